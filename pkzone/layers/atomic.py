"""Writing a file all at once: either every byte is there under its name, or nothing is."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from pkzone.errors import OutputError, printable

__all__ = ["TEMPORARY_GLOB", "flush_folder", "write_bytes", "write_files"]

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
    shown = printable(str(path), limit=None)
    try:
        target = Path(path).resolve() if follow_links else Path(path)
        mode = _mode_of(target, shown, overwrite=overwrite)
        temporary = target.with_name(f".pkzone-{secrets.token_hex(8)}.tmp")
        try:
            _write_new(temporary, data, mode)
            _give_name(temporary, target, overwrite=overwrite)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        flush_folder(target.parent)
    except FileExistsError:
        raise OutputError(f"{shown}: is there already; use --overwrite to replace it") from None
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a null character
        cause = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{shown}: cannot be written: {printable(cause)}") from None


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
        shown = printable(min(there), limit=None)
        raise OutputError(f"{shown}: is there already; use --overwrite to replace it")
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


def _mode_of(target: Path, shown: str, *, overwrite: bool) -> int | None:
    """Permissions of the file that is replaced; None if there is none."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise OutputError(f"{shown}: cannot be written: it is {kind}")
    if not overwrite:
        raise FileExistsError
    return stat.S_IMODE(mode)


def _write_new(path: Path, data: bytes, mode: int | None) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        path.chmod(mode)


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
    """Make the new name last through a power cut, where the system can (POSIX)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
