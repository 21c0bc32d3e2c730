"""Look things up in a git repository: revisions, and the files of their trees."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pkzone.errors import GitError, RevisionNotFound, did_you_mean, printable
from pkzone.revisions.runner import first_line, pathspec, reason_of, run_git

__all__ = ["BLOB", "LINK", "SUBMODULE", "Repository", "TreeEntry", "parents"]

BLOB, LINK, SUBMODULE = "100", "120", "160"
"""How the modes of regular files, symbolic links and submodules begin."""
_HASH = re.compile(r"[0-9a-f]{40,64}")
_MOST_NAMES = 20_000
_STEP = re.compile(r"([~^]|@\{).*", re.DOTALL)
# What a user may have set for people to read would change what is parsed.
_PLAIN = ("-c", "diff.relative=false", "-c", "log.follow=false", "-c", "log.showRoot=true")


class TreeEntry(NamedTuple):
    """An entry of a tree or of the index: mode, hash of its content, size, and path from the top.

    The size is 0 of what is not a file, and of what stands in the index.
    """

    mode: str
    hash: str
    size: int
    path: str
    stage: int = 0


@dataclass(frozen=True)
class Repository:
    """The git repository of a folder; without one that of the current folder.

    Attributes
    ----------
    folder : str or None
        Where git runs.
    """

    folder: str | None = None

    @cached_property
    def git_dir(self) -> str:
        """The folder in which git keeps its data.

        Raises
        ------
        GitError
            The folder is in no repository, or git does not trust it.
        """
        return os.fsdecode(self.output("rev-parse", "--absolute-git-dir")).removesuffix("\n")

    @cached_property
    def top(self) -> str | None:
        """The folder with the files; none where one is not in it, or the repository is bare."""
        result = self.run("rev-parse", "--show-toplevel")
        return os.fsdecode(result.stdout).removesuffix("\n") if result.returncode == 0 else None

    @cached_property
    def prefix(self) -> str:
        """The path from the top to where one is, empty or with a slash at its end."""
        result = self.run("rev-parse", "--show-prefix")
        return os.fsdecode(result.stdout).removesuffix("\n") if result.returncode == 0 else ""

    @cached_property
    def is_bare(self) -> bool:
        """Whether it has neither files beside its data nor an index."""
        return self.line("rev-parse", "--is-bare-repository") == "true"

    @cached_property
    def is_shallow(self) -> bool:
        """Whether older commits were left out when it was cloned."""
        return self.line("rev-parse", "--is-shallow-repository") == "true"

    def run(
        self, *arguments: str, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git here; see `run_git`."""
        return run_git("--no-pager", *_PLAIN, *arguments, folder=self.folder, stdin=stdin)

    def output(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Return what git prints.

        Raises
        ------
        GitError
            It refuses.
        """
        result = self.run(*arguments, stdin=stdin)
        if result.returncode != 0:
            raise GitError(f"git: {reason_of(result)}")
        return result.stdout

    def line(self, *arguments: str) -> str:
        """Return the one line that git prints; see `output`."""
        return first_line(self.output(*arguments))

    def tree(self, revision: str) -> str:
        """Return the hash of a revision's tree, or raise RevisionNotFound."""
        return self._peeled(revision, "tree")

    def commit(self, revision: str) -> str:
        """Return the hash of a revision's commit, or raise RevisionNotFound."""
        return self._peeled(revision, "commit")

    def are_related(self, one: str, other: str) -> bool:
        """Tell whether two commits have one in common, that both grew from."""
        return bool(self.run("merge-base", one, other).stdout)

    def _peeled(self, revision: str, kind: str) -> str:
        _ = self.git_dir  # whatever is wrong with the repository comes first
        spec = f"{revision}^{{{kind}}}"
        result = self.run("rev-parse", "--verify", "--end-of-options", spec)
        found = first_line(result.stdout)
        if result.returncode == 0 and _HASH.fullmatch(found):
            return found
        raise self._no_revision(revision, os.fsdecode(result.stderr))

    def _no_revision(self, revision: str, said: str) -> RevisionNotFound:
        shown = printable(revision, 200)
        if "is ambiguous" in said:
            return RevisionNotFound(f"{shown} is ambiguous: several commits begin so; add digits")
        if not self.run("rev-list", "-n", "1", "--all").stdout:
            return RevisionNotFound(f"there is no {shown}: the repository has no commit yet")
        if "expected" in said and "type" in said:
            return RevisionNotFound(f"{shown} is not a commit; name one, a branch or a tag")
        older = (
            "; the clone is shallow, git fetch --unshallow brings what is older"
            if self.is_shallow
            else ""
        )
        step = _STEP.search(revision)
        base = revision[: step.start()] if step else ""
        verify = ("rev-parse", "--verify", "--quiet", "--end-of-options", base)
        if step and base and self.run(*verify).returncode == 0:
            reason = f"{printable(base, 200)} is one, but has no {printable(step[0], 200)}"
            return RevisionNotFound(f"there is no revision {shown}: {reason}{older}")
        form = "--format=%(refname:short)"
        listed = self.run("for-each-ref", form, "refs/heads", "refs/tags", "refs/remotes").stdout
        hint = did_you_mean(revision, ["HEAD", *os.fsdecode(listed).splitlines()])
        reason = "no commit, branch or tag of this repository is called so"
        return RevisionNotFound(f"there is no revision {shown}: {hint}{reason}{older}")

    def full_path(self, path: str) -> str:
        """Return a path from the top; ``./PATH`` and ``../PATH`` are from where one is.

        Raises
        ------
        GitError
            It leads out of the repository, or one is not among its files.
        """
        if not path.startswith(("./", "../")):
            return path
        if self.top is None:
            raise GitError(
                f"{printable(path, 200)} is from where one is, which is not among the files of a "
                "repository; write the path from its top"
            )
        full = posixpath.normpath(self.prefix + path)
        if full.startswith("../"):
            raise GitError(f"{printable(path, 200)} leads out of the repository")
        return full

    def entries(self, tree: str, *paths: str) -> list[TreeEntry]:
        """Return those of some paths that a tree has; a path with a slash at its end is a folder.

        Of a folder its members are returned, of the path ``""`` those of the tree itself.
        """
        wanted = [pathspec(path) for path in paths if path]
        printed = self.output("ls-tree", "-l", "-z", "--full-tree", tree, "--", *wanted)
        return list(map(_entry_of_tree, filter(None, printed.split(b"\0"))))

    def submodule(self, tree: str, path: str) -> TreeEntry | None:
        """Return the submodule of a tree that a path leads into, if it does."""
        for parent in parents(path):
            for entry in self.entries(tree, parent):
                if entry.path == parent and entry.mode.startswith(SUBMODULE):
                    return entry
        return None

    def staged(self, *paths: str) -> list[TreeEntry]:
        """Return those of some paths that the index has, each stage for itself; of ``""`` all."""
        wanted = map(pathspec, paths)
        printed = self.output("ls-files", "-s", "-z", "--full-name", "--", *wanted)
        return list(map(_entry_of_index, filter(None, printed.split(b"\0"))))

    def size(self, blob: str) -> int:
        """Return how many bytes a file has, as git keeps it."""
        return int(self.line("cat-file", "-s", blob))

    def has(self, tree: str | None, path: str) -> bool:
        """Tell whether a tree, or without one the index, has a file or folder of this path."""
        return bool(self.staged(path) if tree is None else self.entries(tree, path))

    def names(self, tree: str | None) -> list[str]:
        """Return the paths of the files in a tree, or in the index, at most some thousands."""
        if tree is None:
            printed = self.output("ls-files", "-z", "--full-name", "--", pathspec(""))
        else:
            printed = self.output("ls-tree", "-r", "-z", "--full-tree", "--name-only", tree)
        return [os.fsdecode(one) for one in printed.split(b"\0")[:_MOST_NAMES] if one]


def _entry_of_tree(line: bytes) -> TreeEntry:
    about, _, path = line.partition(b"\t")
    mode, _, name, size = about.decode("ascii").split()
    return TreeEntry(mode, name, int(size) if size.isdigit() else 0, os.fsdecode(path))


def _entry_of_index(line: bytes) -> TreeEntry:
    about, _, path = line.partition(b"\t")
    mode, name, stage = about.decode("ascii").split()
    return TreeEntry(mode, name, 0, os.fsdecode(path), int(stage))


def parents(path: str) -> Iterator[str]:
    """Yield the folders above a path, the outermost first."""
    for place, char in enumerate(path):
        if char == "/" and place:
            yield path[:place]
