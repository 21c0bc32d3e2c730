"""The GeoJSON files that arguments name: files, folders, and standard input."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol, cast

from pkzone.errors import Unreadable

__all__ = [
    "geojson_files",
    "open_at_once",
    "read_at_most",
    "read_regular",
    "read_stdin",
    "stdin",
]

_BLOCK_BYTES = 1 << 20


def geojson_files(names: Iterable[str]) -> list[str]:
    """Return the files that names stand for, each once, in the order of the names.

    Parameters
    ----------
    names : iterable of str
        Files, taken as they are whatever their ending; ``-``; and folders, of which all
        ``*.geojson`` below count, sorted, but nothing hidden and no symbolic link.

    Raises
    ------
    Unreadable
        A folder cannot be read, or there is no such file in it.
    """
    found: dict[str, None] = {}
    for name in names:
        if name != "-" and os.path.isdir(name):  # noqa: PTH112 - a null character is no folder
            below = list(_below(name))
            if not below:
                raise Unreadable(name, "is a folder without a .geojson file; name the files")
            found.update(dict.fromkeys(below))
        else:
            found[name] = None
    return list(found)


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


def open_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a named pipe: an opener for `open`."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a regular file; of a pipe or a device there may be no end.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or its name cannot be one.
    """
    with open(path, "rb", opener=open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", os.fspath(path))
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
