"""Check out one file of a revision, into a private folder and byte for byte as git would.

Line ends, smudge filters and ``.gitattributes`` are those of the revision: the file and the
attributes above it go into an index of their own, from which ``git checkout-index`` writes.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from pkzone.errors import (
    FormatError,
    GeoJSONError,
    GitError,
    RevisionNotFound,
    TooLarge,
    Unreadable,
    printable,
)
from pkzone.geojson.json_text import too_large_reason
from pkzone.geojson.model import MAX_BYTES
from pkzone.revisions.absence import absence
from pkzone.revisions.names import FileState, parse_state
from pkzone.revisions.repository import BLOB, LINK, SUBMODULE, Repository, TreeEntry, parents
from pkzone.revisions.runner import reason_of, run_git

__all__ = ["checked_out", "opened"]

# An index of our own has no watcher, no second part beside it, and no hook to tell.
_PLAIN = (
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.untrackedCache=false",
    f"core.hooksPath={os.devnull}",
)


class _Found(NamedTuple):
    """A file in git: its repository, path there, and what it takes to check it out."""

    repository: Repository
    path: str
    entries: Sequence[TreeEntry]


@contextmanager
def checked_out(name: str, shown: str | None = None) -> Iterator[str]:
    """Write a file of a revision to a private folder; yield its path there, remove it at the end.

    Parameters
    ----------
    name : str
        ``REV:PATH``, or ``:PATH`` for what is staged. With a Shapefile come the files of the same
        stem.
    shown : str, optional
        What errors call it, also one in the block that names the file; else as it is named.

    Raises
    ------
    RevisionNotFound
        There is no such revision, or no such file in it; `FileNotThere`, where it is known.
    TooLarge
        It has more bytes than are read.
    GitError, Unreadable
        There is no repository, git refuses, or it is no regular file.
    """
    shown = shown or name
    found = _find(parse_state(name), shown)
    with tempfile.TemporaryDirectory(prefix="pkzone-") as folder:
        path = _write(found, folder, shown)
        try:
            yield path
        except (GeoJSONError, FormatError) as error:
            _rename(error, path, shown)
            raise


def opened(name: str, shown: str | None = None) -> BinaryIO:
    """Return a file of a revision, open for reading; see `checked_out` for what it raises."""
    with checked_out(name, shown) as path, open(path, "rb") as source:  # noqa: PTH123 - a path of any bytes
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        left = MAX_BYTES + 1  # a filter may make it larger than git has it
        while block := source.read(min(left, 1 << 20)):
            copy.write(block)
            left -= len(block)
    copy.seek(0)
    return copy


def _rename(error: GeoJSONError | FormatError, path: str, name: str) -> None:
    """Give an error the name that the user knows the file by."""
    before, after = printable(path, None), printable(name, None)
    error.args = tuple(
        one.replace(before, after) if isinstance(one, str) else one for one in error.args
    )
    error.reason = error.reason.replace(path, name)
    error.file = name if error.file == path else error.file


def _find(state: FileState, name: str) -> _Found:
    repository = Repository()
    try:
        _ = repository.git_dir
    except GitError as error:
        if "not a git repository" not in str(error):
            raise
        reason = "there is no such file; as REV:PATH it is read inside a git repository only"
        raise Unreadable(name, reason) from None
    path = repository.full_path(state.path)
    if not state.revision:
        return _in_index(repository, state, path, name)
    return _in_tree(repository, state, path, repository.tree(state.revision), name)


def _in_tree(repository: Repository, state: FileState, path: str, tree: str, name: str) -> _Found:
    attributes = _attributes(path)
    entries = repository.entries(tree, path, *attributes)
    entry = next((one for one in entries if one.path == path), None)
    if entry is None:
        inner = repository.submodule(tree, path)
        if inner is None:
            raise absence(repository, state, path, tree)
        return _in_submodule(repository, state, path, inner, name)
    _check(repository, entry, entry.size, name)
    companions: list[TreeEntry] = []
    if path.lower().endswith(".shp"):
        folder = posixpath.dirname(path)
        beside = repository.entries(tree, f"{folder}/" if folder else "")
        companions = [one for one in beside if _is_companion(one, path)]
    files = [one for one in entries if one.path != path and one.mode.startswith(BLOB)]
    return _Found(repository, path, (*files, *companions, entry))


def _in_index(repository: Repository, state: FileState, path: str, name: str) -> _Found:
    if repository.is_bare:
        raise RevisionNotFound(
            f"{printable(name, None)}: the repository is bare and has no index; write REV:PATH, "
            "such as HEAD:PATH"
        )
    pattern = posixpath.dirname(path) if path.lower().endswith(".shp") else path
    entries = repository.staged(pattern, *_attributes(path))
    stages = [one for one in entries if one.path == path]
    entry = next((one for one in stages if one.stage == state.stage), None)
    if entry is None:
        if stages:
            has = ", ".join(printable(f":{one.stage}:{path}", None) for one in stages)
            raise RevisionNotFound(f"{printable(name, None)} is not in the index, which has {has}")
        if any(one.path.startswith(f"{path}/") for one in entries):
            raise Unreadable(name, "is a folder; name a file in it")
        raise absence(repository, state, path, None)
    size = repository.size(entry.hash) if entry.mode.startswith(BLOB) else 0
    _check(repository, entry, size, name)
    kept = [
        one
        for one in entries
        if one.mode.startswith(BLOB)
        and not one.stage
        and one.path != path
        and (posixpath.basename(one.path) == ".gitattributes" or _is_companion(one, path))
    ]
    return _Found(repository, path, (*kept, entry))


def _attributes(path: str) -> list[str]:
    """Return the files that may say how a file is to be checked out."""
    return [".gitattributes", *(f"{parent}/.gitattributes" for parent in parents(path))]


def _is_companion(entry: TreeEntry, path: str) -> bool:
    """Tell whether a file lies beside another and has its name up to the extension."""
    stem = posixpath.splitext(path)[0].casefold()
    own = posixpath.splitext(entry.path)[0].casefold()
    fits = entry.mode.startswith(BLOB) and entry.size <= MAX_BYTES
    return fits and own == stem and entry.path != path


def _check(repository: Repository, entry: TreeEntry, size: int, name: str) -> None:
    """Refuse what is no regular file, or too large to be read."""
    if entry.mode.startswith(LINK):
        target = os.fsdecode(repository.output("cat-file", "blob", entry.hash))
        raise Unreadable(name, f"is a symbolic link to {printable(target)}; name that")
    if entry.mode.startswith(SUBMODULE):
        raise Unreadable(name, "is a submodule; name a file in it")
    if not entry.mode.startswith(BLOB):
        raise Unreadable(name, "is a folder; name a file in it")
    if size > MAX_BYTES:
        raise TooLarge(name, too_large_reason())


def _in_submodule(
    repository: Repository, state: FileState, path: str, inner: TreeEntry, name: str
) -> _Found:
    """Return a file of a submodule, at the commit that the revision around it records."""
    folder = f"{repository.top}/{inner.path}"
    rest = path[len(inner.path) + 1 :]
    lead = f"{printable(name, None)} is in the submodule {printable(inner.path, None)}"
    if repository.top is None or not os.path.lexists(f"{folder}/.git"):
        raise RevisionNotFound(
            f"{lead}, which is not checked out; git submodule update --init brings it"
        )
    submodule = Repository(folder)
    try:
        tree = submodule.tree(inner.hash)
    except RevisionNotFound:
        raise RevisionNotFound(
            f"{lead}, which does not have the commit {inner.hash[:10]} that "
            f"{printable(state.revision, 200)} records; git submodule update brings it"
        ) from None
    return _in_tree(submodule, FileState(inner.hash[:10], rest), rest, tree, name)


def _write(found: _Found, folder: str, name: str) -> str:
    """Check a file out into a folder, and return its path."""
    files = f"{folder}/files"
    os.mkdir(files)  # noqa: PTH102 - a path of any bytes
    settings = {
        "GIT_DIR": found.repository.git_dir,
        "GIT_WORK_TREE": files,
        "GIT_INDEX_FILE": f"{folder}/index",
    }
    plain = [word for one in _PLAIN for word in ("-c", one)]
    lines = (f"{one.mode} {one.hash} 0\t{one.path}\0" for one in found.entries)
    attributes = set(_attributes(found.path)) - {found.path}
    wanted = [one.path for one in found.entries if one.path not in attributes]
    for words, stdin in (
        (("update-index", "-z", "--index-info"), "".join(lines)),
        (("checkout-index", "-f", "-q", "-z", "--stdin"), "".join(f"{one}\0" for one in wanted)),
    ):
        result = run_git(*plain, *words, folder=files, stdin=os.fsencode(stdin), settings=settings)
        if result.returncode != 0:
            raise GitError(f"{printable(name, None)}: git cannot check it out: {reason_of(result)}")
    path = f"{files}/{found.path}"
    if not os.path.isfile(path):  # noqa: PTH113 - cheap
        raise GitError(f"{printable(name, None)}: git cannot check it out: {reason_of(result)}")
    return path
