"""Run git: one fixed environment, no terminal, no locks; and name files to it, never patterns."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from pkzone.errors import GitError, printable

__all__ = ["first_line", "pathspec", "reason_of", "run_git"]

_ENVIRONMENT = {
    "LC_ALL": "C",
    "LANGUAGE": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    # Each path says for itself how it is read, see `pathspec`.
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_GLOB_PATHSPECS": "0",
    "GIT_NOGLOB_PATHSPECS": "0",
    "GIT_ICASE_PATHSPECS": "0",
}
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
"""What names the repository that is worked on; it must not reach one inside of it."""


def run_git(
    *arguments: str,
    folder: str | None = None,
    stdin: bytes | None = None,
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git and return what it printed and its exit code.

    Parameters
    ----------
    *arguments : str
        The words after ``git``; none of them is split or read by a shell.
    folder : str, optional
        Where to run it, in the repository that it finds there; else in the current folder, in the
        repository that the environment names, if it names one.
    stdin : bytes, optional
        What it reads; nothing without it.
    settings : mapping of str to str, optional
        Further variables of its environment.

    Raises
    ------
    GitError
        There is no git, or an argument holds a null character.
    """
    git = shutil.which("git")
    if git is None:
        raise GitError("there is no git on the PATH; install it and try again")
    environment = {**os.environ, **_ENVIRONMENT}
    if folder is not None:
        for name in _PLACES:
            environment.pop(name, None)
    try:
        return subprocess.run(  # noqa: S603
            [git, *arguments],
            cwd=folder,
            input=b"" if stdin is None else stdin,
            env=environment | dict(settings or {}),
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError) as error:
        raise GitError(f"git cannot be run: {printable(str(error), 200)}") from None


def pathspec(path: str) -> str:
    """Return the argument that names a path from the top, wherever git runs, and is not a pattern.

    Examples
    --------
    >>> pathspec("data/*.geojson")
    ':(top,literal)data/*.geojson'
    """
    return f":(top,literal){path}"


def first_line(output: bytes) -> str:
    """Return the first line of what git printed; a path in it may be of any bytes."""
    return os.fsdecode(output).partition("\n")[0].removesuffix("\r")


def reason_of(result: subprocess.CompletedProcess[bytes]) -> str:
    """Return why git refused, one line for a message."""
    lines = os.fsdecode(result.stderr).splitlines()
    told: Sequence[str] = [one for one in lines if one.startswith(("fatal: ", "error: "))]
    text = (told or lines or [f"it ended with exit code {result.returncode}"])[-1]
    return printable(text.removeprefix("fatal: ").removeprefix("error: ").rstrip("."), 300)
