"""List the commits that changed a file, on the first-parent line, following renames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from pkzone.errors import Unreadable
from pkzone.revisions.repository import Repository
from pkzone.revisions.runner import first_line, pathspec

__all__ = ["Commit", "commits_of", "knows", "names_before", "renamed_from", "renamed_to"]

_REMOVED = "000000"


class Commit(NamedTuple):
    """A commit that changed a file.

    Attributes
    ----------
    hash, short : str
        The commit, by its whole hash, and by as many digits as it takes, at least 7.
    seconds : int
        Its committer date, in seconds since 1970.
    subject : str
        The first line of its message.
    path : str
        What the file is called there, from the top.
    blob : str
        Hash of the content; empty where the commit removed the file.
    is_new : bool
        Whether the path was not there before.
    """

    hash: str
    short: str
    seconds: int
    subject: str
    path: str
    blob: str
    is_new: bool


def commits_of(
    repository: Repository, last: str, path: str, *, since: str | None = None
) -> Iterator[Commit]:
    """Yield the commits that changed a file, newest first.

    A merge counts as one change, as it changed the file on its first parent's line.

    Parameters
    ----------
    repository : Repository
        Where they are.
    last, since : str
        Hash of the commit to begin with, and of one that ends the line with all before it.
    path : str
        The file's path from the top, in ``last``.
    """
    start = last
    while True:
        for commit in _changes(repository, start, path, since):
            yield commit
            before = renamed_from(repository, commit.hash, path) if commit.is_new else None
            if before is not None:
                start, path = f"{commit.hash}^1", before
                break
        else:
            return


def _changes(repository: Repository, start: str, path: str, since: str | None) -> Iterator[Commit]:
    printed = repository.output(
        "log", "--first-parent", "-m", "--raw", "-z", "--no-abbrev", "--no-renames",
        "--no-show-signature", "--no-notes", "--no-color", "--encoding=UTF-8",
        "--format=%H %h %ct %s", "--abbrev=7",
        start, *([f"^{since}"] if since else []), "--", pathspec(path),
    )  # fmt: skip
    texts = iter(os.fsdecode(printed).split("\0"))
    for about in texts:
        if not about:
            return
        name, short, seconds, subject = about.split(" ", 3)
        _, mode, _, blob, kind = next(texts).lstrip("\n").split(" ")
        if next(texts) != path:
            raise Unreadable(path, "is a folder; name a file in it")
        gone = mode == _REMOVED
        blob = "" if gone else blob
        yield Commit(name, short, int(seconds), subject, path, blob, kind == "A")


def renamed_from(repository: Repository, commit: str, path: str) -> str | None:
    """Return what a file was called before a commit that renamed it; none where none did."""
    return next((old for old, new in _renames(repository, commit) if new == path), None)


def renamed_to(repository: Repository, last: str, path: str) -> tuple[str, str] | None:
    """Return a file's new name, and the commit that renamed it; none where none did.

    Parameters
    ----------
    repository : Repository
        Where to look.
    last : str
        Hash of the commit to look back from.
    path : str
        The old name, from the top.
    """
    printed = repository.output(
        "log", "-1", "--first-parent", "-m", "--no-renames", "--no-show-signature",
        "--diff-filter=D", "--format=%H", last, "--", pathspec(path),
    )  # fmt: skip
    commit = os.fsdecode(printed).strip()
    pairs = _renames(repository, commit) if commit else ()
    return next(((new, commit) for old, new in pairs if old == path), None)


def _renames(repository: Repository, commit: str) -> Iterator[tuple[str, str]]:
    """Yield old and new path of each file that a commit renamed on its first parent's line."""
    if repository.run("rev-parse", "--verify", "--quiet", f"{commit}^1").returncode != 0:
        return
    printed = repository.output(
        "diff-tree", "-r", "-z", "-M", "-l2000", "--diff-filter=R", "--raw", "--no-commit-id",
        f"{commit}^1", commit, "--",
    )  # fmt: skip
    words = os.fsdecode(printed).split("\0")
    yield from zip(words[1::3], words[2::3], strict=False)


def knows(repository: Repository, commit: str | None, path: str) -> bool:
    """Tell whether a file of this path comes up in the history that a commit is part of.

    Those are the commits before it, and those that have one in common with it; and the index.
    Without a commit every one of the repository counts.
    """
    log = ("log", "-1", "--no-show-signature", "--format=%H")
    name = ("--", pathspec(path))
    if not repository.is_bare and repository.staged(path):
        return True
    if commit is not None and repository.run(*log, commit, *name).stdout:
        return True
    other = first_line(repository.run(*log, "--all", "HEAD", *name).stdout)
    return bool(other) and (commit is None or repository.are_related(commit, other))


def names_before(repository: Repository, last: str, path: str) -> list[str]:
    """Return what a file was called before, the last name first."""
    names = dict.fromkeys(one.path for one in commits_of(repository, last, path))
    return [one for one in names if one != path]
