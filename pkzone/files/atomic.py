"""Write files atomically: either every byte is there under its name, or nothing is."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from pkzone.errors import OutputError, printable

__all__ = [
    "TEMPORARY_GLOB",
    "already_exists",
    "flush_folder",
    "folder_for",
    "labelled",
    "new_file",
    "output_errors",
    "write_bytes",
    "write_files",
]

TEMPORARY_GLOB = ".pkzone-*.tmp"
"""Names that temporary files have; one that stays behind tells of a crash."""


def write_bytes(
    path: str | Path, data: bytes, *, overwrite: bool = False, follow_links: bool = True
) -> None:
    """Write bytes to a file atomically.

    They go to a temporary file in the same folder, are flushed to disk and take the file's name
    in one step; the folder is flushed too. A file that is replaced keeps its permissions.

    Parameters
    ----------
    path : str or Path
        The file to write, in a folder that exists.
    data : bytes
        All of its content.
    overwrite : bool, optional
        Replace a file that is there; without it, one that appears meanwhile is safe too.
    follow_links : bool, optional
        Write where a symbolic link of this name leads; without it such a link is refused.

    Raises
    ------
    OutputError
        If the file is there and ``overwrite`` is false, if it is no regular file, or if the
        system refuses (no such folder, no permission, disk full). Nothing is left behind.
    """
    with new_file(path, overwrite=overwrite, follow_links=follow_links) as file:
        file.write(data)


@contextlib.contextmanager
def new_file(
    path: str | Path, *, overwrite: bool = False, follow_links: bool = True
) -> Iterator[BinaryIO]:
    """Open a file to be written that takes its name when the block ends, as `write_bytes` does.

    If the block ends with an error, Ctrl-C included, nothing is left behind.

    Yields
    ------
    binary file
        To be written from its start to its end; what the system refuses is an OutputError.

    Raises
    ------
    OutputError
        As `write_bytes` does; that the file is there, before the block begins.
    """
    label = printable(str(path), limit=None)
    with output_errors(label):
        target = Path(path).resolve() if follow_links else Path(path)
        mode = _mode_of(target, label, overwrite=overwrite)
        temporary = target.with_name(f".pkzone-{secrets.token_hex(8)}.tmp")
    try:
        with output_errors(label):
            file = temporary.open("xb")
        with _closed_in_the_end(file):
            yield labelled(file, label)
            with output_errors(label):
                file.flush()
                os.fsync(file.fileno())
                file.close()
        with output_errors(label):
            if mode is not None:
                temporary.chmod(mode)
            _give_name(temporary, target, overwrite=overwrite)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    flush_folder(target.parent)


def labelled(file: BinaryIO, label: str) -> BinaryIO:
    """Wrap a file to write to, so that its errors are `output_errors`."""
    return cast(BinaryIO, _Labelled(file, label))


@contextlib.contextmanager
def output_errors(label: str) -> Iterator[None]:
    """Raise errors of the system as an OutputError with a label; a broken pipe stays one."""
    try:
        yield
    except FileExistsError:
        raise already_exists(label) from None
    except BrokenPipeError:
        raise
    except FileNotFoundError as error:
        cause = error.strerror
        if (folder := Path(label).parent) != Path() and not folder.exists():
            cause = f"there is no folder {printable(str(folder), None)}"
        raise OutputError(f"{label}: cannot be written: {cause}") from None
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a null character
        cause = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{label}: cannot be written: {printable(cause)}") from None


def already_exists(label: str) -> OutputError:
    """Return the error for a file that is there and may not be replaced."""
    return OutputError(f"{label}: already exists; use --overwrite to replace it")


def write_files(files: Mapping[str, bytes], *, overwrite: bool = False) -> None:
    """Write several files that belong together; each atomically, see `write_bytes`.

    If one cannot be written, those written before it are taken away again, but for files that
    were replaced.

    Raises
    ------
    OutputError
        As for `write_bytes`; if a file is there and may not be replaced, before any is written.
    """
    there = {path for path in files if os.path.lexists(path)}
    if there and not overwrite:
        raise already_exists(printable(min(there), limit=None))
    written: list[str] = []
    try:
        for path, data in files.items():
            write_bytes(path, data, overwrite=overwrite)
            written.append(path)
    except BaseException:
        for path in written:
            if path not in there:
                Path(path).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def folder_for(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make a folder, unless it is there, for what is then written; if that fails, unmake it.

    Raises
    ------
    OutputError
        It cannot be made: a file has its name, or the folder that it is to lie in is missing.
    """
    folder = Path(path)
    is_there = folder.is_dir()
    if not is_there:
        with output_errors(printable(str(path), limit=None)):
            folder.mkdir()
    try:
        yield
    except BaseException:
        if not is_there:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _mode_of(target: Path, label: str, *, overwrite: bool) -> int | None:
    """Return the permissions of the file that is replaced; None if there is none."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise OutputError(f"{label}: cannot be written: it is {kind}")
    if not overwrite:
        raise FileExistsError
    return stat.S_IMODE(mode)


@contextlib.contextmanager
def _closed_in_the_end(file: BinaryIO) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.close()


class _Labelled(io.RawIOBase):
    """A file to write to whose errors are OutputErrors with a label."""

    def __init__(self, file: BinaryIO, label: str) -> None:
        self._file, self._label = file, label

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Write all of the data."""
        with output_errors(self._label):
            return self._file.write(data)

    def tell(self) -> int:
        """Return how much is written."""
        return self._file.tell()


def _give_name(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Rename, or where nothing may be replaced, link: the one call that fails if the name is taken.

    File systems without hard links get a check and a rename.
    """
    if not overwrite:
        try:
            target.hardlink_to(temporary)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):
            if target.exists():
                raise FileExistsError from None
        else:
            return
    temporary.replace(target)


def flush_folder(folder: Path) -> None:
    """Flush a folder to disk, so that a new name lasts through a power cut (POSIX)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
