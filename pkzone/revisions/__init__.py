"""Read states of files from git, without a checkout: ``REV:PATH``, and a file's history."""
