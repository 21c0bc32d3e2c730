"""Open what arguments name: regular files, folders of GeoJSON, and standard input."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol, cast

from pkzone.errors import Unreadable

__all__ = [
    "NotRegularError",
    "geojson_files",
    "open_regular",
    "read_at_most",
    "read_regular",
    "read_stdin",
    "stdin",
    "unopened_reason",
]

_BLOCK_BYTES = 1 << 20


def geojson_files(names: Iterable[str]) -> list[str]:
    """Return the files that names stand for, each once, in the order of the names.

    Parameters
    ----------
    names : iterable of str
        Files, taken as they are whatever their extension; ``-``; and folders, of which all
        ``*.geojson`` below count, sorted, but nothing hidden and no symbolic link.

    Raises
    ------
    Unreadable
        A folder cannot be read, or there is no such file in it.
    """
    files: dict[str, None] = {}
    for name in names:
        if name != "-" and os.path.isdir(name):  # noqa: PTH112 - a null character is not a folder
            below = list(_below(name))
            if not below:
                raise Unreadable(name, "is a folder without a .geojson file; name the files")
            files.update(dict.fromkeys(below))
        else:
            files[name] = None
    return list(files)


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for one in sorted(files):
            path = os.path.join(parent, one)  # noqa: PTH118 - keeps a leading ./
            is_named = one.lower().endswith(".geojson") and not one.startswith(".")
            if is_named and not os.path.islink(path):  # noqa: PTH114
                yield path


def _refuse(error: OSError) -> None:
    raise Unreadable(str(error.filename), f"cannot be read: {error.strerror}") from None


# What may be REV:PATH, a file as git has it, and is not a path of a folder or a drive.
_REVISION = re.compile(r"(?!/|\.\.?/)(?![A-Za-z]:)[^\\]*?:[^/\\]")


class NotRegularError(OSError):
    """A folder, symbolic link, pipe or device where a regular file is wanted."""

    def __init__(self, title: str, path: str | os.PathLike[str]) -> None:
        super().__init__(errno.EINVAL, f"is a {title}, not a regular file", os.fspath(path))


def open_regular(path: str | os.PathLike[str], *, follow_links: bool = True) -> BinaryIO:
    """Open a regular local file for reading, and nothing else.

    The open file is asked for its type, so that nobody can swap it in between; a named pipe does
    not make the program wait for its other end.

    Parameters
    ----------
    path : str or os.PathLike
        The file; what looks like a URL or a driver's prefix is the name of a local file.
    follow_links : bool, optional
        Whether a symbolic link stands for the file that it leads to.

    Raises
    ------
    NotRegularError
        It is of another type.
    OSError, ValueError
        It cannot be opened, or no file can have such a name; `unopened_reason` words it.
    """
    no_follow = 0 if follow_links else getattr(os, "O_NOFOLLOW", 0)
    if not follow_links and os.path.islink(path):  # noqa: PTH114 - also where a name can be none
        raise NotRegularError("symbolic link", path)

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0) | no_follow)

    try:
        file = open(path, "rb", opener=opener)  # noqa: SIM115 - the caller closes it
    except IsADirectoryError:
        raise NotRegularError("folder", path) from None
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISREG(mode):
        return file
    file.close()
    raise NotRegularError("pipe" if stat.S_ISFIFO(mode) else "device", path)


def unopened_reason(error: OSError | ValueError, *, reads_stdin: bool = False) -> str:
    """Return why `open_regular` did not open a file, and what to do: the one wording for it."""
    if isinstance(error, NotRegularError):
        return f"{error.strerror}; name one{', or - for standard input' if reads_stdin else ''}"
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file"
        if _REVISION.match(os.fsdecode(error.filename or "")):
            reason += (
                "; REV:PATH is for diff, series, history, show, export, map and picture, here a "
                "file is wanted"
            )
        return reason
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a regular file; see `open_regular` for what it raises."""
    with open_regular(path) as file:
        return file.read()


def stdin() -> BinaryIO:
    """Return standard input, to be read as bytes.

    Raises
    ------
    Unreadable
        It is closed, or a folder.
    """
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise Unreadable("<stdin>", "is closed")
    try:
        if isinstance(stream, io.BufferedReader):
            stream.peek(1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise Unreadable("<stdin>", f"cannot be read: {cause}") from None
    return cast(BinaryIO, stream)


def read_stdin(max_bytes: int) -> bytes:
    """Return at most so many bytes of standard input; see `stdin` for what it raises."""
    return read_at_most(stdin(), max_bytes)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_at_most(file: _Readable, max_bytes: int) -> bytes:
    """Return the rest of a file, but no more than so many bytes.

    One call of ``read`` would ask for the memory of all of them, however small the file is.
    """
    data = bytearray()
    while block := file.read(min(_BLOCK_BYTES, max_bytes - len(data))):
        data += block
    return bytes(data)
