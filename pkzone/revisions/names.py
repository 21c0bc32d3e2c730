"""Parse ``REV:PATH`` and ``A..B:PATH``, and tell them from the names of files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import NamedTuple

from pkzone.errors import BadReference
from pkzone.files.filetypes import title_of_path

__all__ = [
    "FileRange",
    "FileState",
    "at_hand",
    "committed",
    "file_title",
    "is_state",
    "parse_range",
    "parse_state",
]

_STAGED = re.compile(r"([0-3]):(.*)", re.DOTALL)


class FileState(NamedTuple):
    """A file as a revision has it; an empty revision is the index, of which it is the stage."""

    revision: str
    path: str
    stage: int = 0

    def __str__(self) -> str:
        stage = f":{self.stage}" if self.stage else ""
        return f"{self.revision}{stage}:{self.path}"


class FileRange(NamedTuple):
    """The states of a file after ``first``, with the one there, up to ``last``; none for open."""

    path: str
    first: str | None
    last: str


def is_state(text: str) -> bool:
    """Tell whether a text is ``REV:PATH``, and no file of that very name is there.

    As git does, the first colon outside of braces separates. What begins with ``/``, ``./`` or
    ``../`` is a path, likewise what has a slash behind the colon, as the address of a page has; and
    on Windows what has a single letter before it, a drive.

    Examples
    --------
    >>> [is_state(one) for one in ("HEAD~1:roads.geojson", "./a:b.geojson", "https://a.org/b")]
    [True, False, False]
    """
    colon = _colon(text)
    if colon < 0 or "\0" in text or text.startswith(("/", "./", "../")):
        return False
    if text[colon + 1 : colon + 2] == "/":
        return False
    if os.name == "nt" and (
        text.startswith((".\\", "..\\", "\\")) or (colon == 1 and text[0].isalpha())
    ):
        return False
    return not os.path.lexists(text)


def committed(path: str) -> str:
    """Return the reference to a file as the last commit has it; empty outside of a repository.

    Git is not asked: the folder, or one above it, need only look like a repository.
    """
    relative = os.path.normpath(path)
    if os.path.isabs(path) or relative.startswith("..") or not os.path.isfile(path):  # noqa: PTH113, PTH117
        return ""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return f"HEAD:{'' if folder == here else './'}{PurePath(relative).as_posix()}"
    return ""


@contextmanager
def at_hand(name: str, shown: str | None = None) -> Iterator[str]:
    """Yield the path by which a file can be read: its own, or that of a copy of ``REV:PATH``.

    Parameters
    ----------
    name, shown : str
        The file, and what errors call one of a revision, where that is something else.

    Raises
    ------
    GitError, TooLarge, Unreadable
        See `pkzone.revisions.checkout.checked_out`.
    """
    if is_state(name):
        from pkzone.revisions.checkout import checked_out  # late: a file in a folder needs none

        with checked_out(name, shown) as path:
            yield path
    else:
        yield name


def file_title(name: str, *, full: bool = False) -> str:
    """Return a file's name without its extension; of ``REV:PATH`` that of the path.

    Parameters
    ----------
    name : str
        A path, or ``REV:PATH``.
    full : bool, optional
        Add the revision, so that two states of a file are told apart.
    """
    if not is_state(name):
        return title_of_path(name)
    state = parse_state(name)
    title = title_of_path(state.path)
    return f"{title} ({state.revision or 'staged'})" if full else title


def parse_state(text: str) -> FileState:
    """Parse the reference to a file in git; whether `is_state`, its caller has asked.

    Raises
    ------
    BadReference
        It names no file, or a range.

    Examples
    --------
    >>> parse_state("HEAD^{/fix: y}:data/roads.geojson")
    FileState(revision='HEAD^{/fix: y}', path='data/roads.geojson', stage=0)
    >>> parse_state(":2:roads.geojson")
    FileState(revision='', path='roads.geojson', stage=2)
    """
    revision, path = _split(text)
    if _dots(revision) >= 0:
        raise BadReference(
            f"{text!r} is a range of states, and here one is wanted: write REV:PATH "
            "(pkzone diff --each, series and history take a range)"
        )
    if not revision and (staged := _STAGED.fullmatch(path)):
        return FileState("", _named(text, staged[2]), int(staged[1]))
    return FileState(revision, _named(text, path))


def parse_range(text: str) -> FileRange:
    """Parse what names the states of a file through time; whether `is_state`, its caller has asked.

    Raises
    ------
    BadReference
        It names no file, or the index.

    Examples
    --------
    >>> parse_range("v1.0..:roads.geojson")
    FileRange(path='roads.geojson', first='v1.0', last='HEAD')
    >>> parse_range("main:roads.geojson")
    FileRange(path='roads.geojson', first=None, last='main')
    """
    revision, path = _split(text)
    dots = _dots(revision)
    if not revision:
        raise BadReference(
            f"{text!r} is one state, that of the index; write HEAD:PATH for all states up to HEAD"
        )
    if dots < 0:
        return FileRange(_named(text, path), None, revision)
    first, last = revision[:dots], revision[dots + 2 :]
    if last.startswith(".") or _dots(last) >= 0:
        raise BadReference(
            f"{text!r} is not a range of states; write A..B:PATH, A..:PATH or ..B:PATH"
        )
    return FileRange(_named(text, path), first or None, last or "HEAD")


def _split(text: str) -> tuple[str, str]:
    colon = _colon(text)
    return text[:colon], text[colon + 1 :]


def _named(text: str, path: str) -> str:
    if not path:
        raise BadReference(f"{text!r} names a revision without a file; write REV:PATH")
    return path


def _colon(text: str) -> int:
    """Return where the first colon outside of braces stands, -1 without one."""
    return _outside_braces(text, ":")


def _dots(revision: str) -> int:
    """Return where the dots of a range stand, -1 without any."""
    return _outside_braces(revision, "..")


def _outside_braces(text: str, mark: str) -> int:
    depth = 0
    for place, char in enumerate(text):
        if char == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif not depth and text.startswith(mark, place):
            return place
    return -1
