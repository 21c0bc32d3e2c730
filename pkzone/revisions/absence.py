"""Say why a revision does not have a file, and what is meant instead."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import PurePosixPath

from pkzone.errors import FileNotThere, RevisionNotFound, did_you_mean, printable
from pkzone.revisions.log import knows, names_before, renamed_to
from pkzone.revisions.names import FileState
from pkzone.revisions.repository import Repository

__all__ = ["absence"]


def absence(
    repository: Repository,
    state: FileState,
    path: str,
    tree: str | None,
    *,
    asked: str | None = None,
) -> RevisionNotFound:
    """Return the error for a file that is not in a tree, or without one not in the index.

    A `FileNotThere` where the history that the revision is part of has a file of this path, which
    was not renamed: then it has no features there.

    Parameters
    ----------
    repository, state, tree
        Where it is looked for; the tree is that of the state's revision.
    path : str
        Its path from the top.
    asked : str, optional
        What was written before the path, where that was a range, with its colon.
    """
    asked = str(state)[: -len(state.path)] if asked is None else asked
    where = printable(state.revision, 200) or "the index"
    lead = f"{printable(path, None)} is not in {where}"
    if hint := _otherwise(repository, state, path, tree, asked):
        return RevisionNotFound(f"{lead}; {hint}")
    if name := _other_name(repository, path, tree):
        there = printable(f"{asked}{name}", None)
        return RevisionNotFound(f"{lead}, where it is called {printable(name, None)}: {there}")
    if knows(repository, _commit(repository, state), path):
        return FileNotThere(lead)
    lead += " and never was in any commit of its history"
    if repository.top and os.path.isfile(f"{repository.top}/{path}"):  # noqa: PTH113
        return RevisionNotFound(f"{lead}; it is in the folder, where its name alone names it")
    return RevisionNotFound(f"{lead}; {_near(repository, path, tree)}write its path from the top")


def _commit(repository: Repository, state: FileState) -> str | None:
    """Return the commit that a state is of, or for the index grows from; none of a bare tree."""
    with suppress(RevisionNotFound):
        return repository.commit(state.revision or "HEAD")
    return None


def _otherwise(
    repository: Repository, state: FileState, path: str, tree: str | None, asked: str
) -> str:
    """Return git's hint, where the path from where one is, or the one from the top, is there."""
    is_relative = state.path.startswith(("./", "../"))
    other = state.path.removeprefix("./") if is_relative else repository.prefix + path
    if other == path or ".." in other.split("/") or not repository.has(tree, other):
        return ""
    hint = printable(f"{asked}{other if is_relative else f'./{path}'}", None)
    full = "" if is_relative else f", or {printable(f'{asked}{other}', None)}"
    return f"{printable(other, None)} is: write {hint}{full}"


def _other_name(repository: Repository, path: str, tree: str | None) -> str | None:
    """Return what a file that was renamed is called in a tree: its old name, or its new one."""
    with suppress(RevisionNotFound):  # no commit is checked out yet
        head = repository.commit("HEAD")
        for name in names_before(repository, head, path):
            if repository.has(tree, name):
                return name
        name, seen = path, {path}
        while found := renamed_to(repository, head, name):
            name = found[0]
            if name in seen:
                break
            seen.add(name)
            if repository.has(tree, name):
                return name
    return None


def _near(repository: Repository, path: str, tree: str | None) -> str:
    names = repository.names(tree)
    same = [one for one in names if PurePosixPath(one).name == PurePosixPath(path).name]
    return did_you_mean(path, same or names)
