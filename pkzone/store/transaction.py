"""Change a catalogue: one writer at a time, and all of a change or none of it.

New files are on disk before the manifest names them, and the manifest takes its new content in
one step. A journal lists the new files meanwhile: what a crash leaves is known by it, and the
next writer clears it away.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from pkzone.errors import CatalogueError, CatalogueLocked, OutputError, PkzoneError
from pkzone.files.atomic import TEMPORARY_GLOB, flush_folder, write_bytes
from pkzone.files.inputs import open_regular
from pkzone.layers.json_fields import is_plain, read_bytes
from pkzone.layers.manifest import FILE_NAME

__all__ = ["JOURNAL", "LOCK", "TIMEOUT_S", "commit", "is_locked", "leftovers", "locked"]

LOCK = ".pkzone.lock"
JOURNAL = ".pkzone-journal.tmp"
MAX_BYTES = 64_000_000
TIMEOUT_S = 10.0
"""How long to wait for another process that is changing the catalogue."""


@contextmanager
def locked(root: str | Path, *, timeout: float) -> Iterator[None]:
    """Hold the catalogue's lock; clear away what a crashed writer left.

    Raises
    ------
    CatalogueLocked
        Another process holds it and did not let go in time.
    OutputError
        The folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    path = Path(root, LOCK)
    lock = FileLock(path, timeout=timeout)
    try:
        if path.is_symlink():
            raise OutputError(f"{path}: is a symbolic link; remove it")
        lock.acquire()
    except Timeout:
        raise CatalogueLocked(
            f"{path}: another process is writing to the catalogue and did not finish within "
            f"{timeout:g} s; try again when it has"
        ) from None
    except (OSError, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{path}: the catalogue cannot be locked: {reason}") from None
    try:
        _clear_away(root)
        yield
    finally:
        with suppress(OSError):
            lock.release()


def is_locked(root: str | Path) -> bool:
    """Return whether a process is changing the catalogue; write nothing, make no lock.

    For readers: the lock of a process that died is let go of by the system.
    """
    path = os.fspath(Path(root, LOCK))
    try:
        file = open_regular(path, follow_links=False)
    except OSError:
        return False
    with file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:  # others: the file system has no locks
            return error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return False


def _clear_away(root: str | Path) -> None:
    try:
        _clear(root)
    except OSError as error:
        name = error.filename or root
        raise OutputError(
            f"{name}: is left from an interrupted change and cannot be cleared away: "
            f"{error.strerror}; check the folder's permissions"
        ) from None


def commit(root: str | Path, files: Mapping[str, bytes | Path], manifest: bytes) -> None:
    """Add files and replace the manifest, under the lock.

    Parameters
    ----------
    root : str or Path
        The folder of the catalogue.
    files : mapping of str to bytes or Path
        New files by their path in the catalogue: their content, or where it is.
    manifest : bytes
        The new manifest, which is written last.

    Raises
    ------
    OutputError
        The system refuses, or a file that is not recorded is in the way. The catalogue is then
        as it was.
    """
    target = Path(root, FILE_NAME)
    try:
        if files:
            _begin(root, files)
            for path, content in files.items():
                _place(Path(root), path, _content(content))
        write_bytes(target, manifest, overwrite=True, follow_links=False)
    except BaseException:
        # Even an interrupt may come after the manifest took its place: what it records stays.
        with suppress(PkzoneError, OSError):
            _clear(root)
        raise
    with suppress(OSError):
        Path(root, JOURNAL).unlink(missing_ok=True)


def leftovers(root: str | Path) -> dict[str, str]:
    """Return the files, by path, that an unfinished change announced, with their hashes."""
    try:
        listed = json.loads(read_bytes(Path(root, JOURNAL), max_bytes=MAX_BYTES))
    except (CatalogueError, ValueError, RecursionError):
        return {}
    if not isinstance(listed, dict):
        return {}
    return {
        path: digest
        for path, digest in listed.items()
        if isinstance(digest, str) and all(map(is_plain, path.split("/")))
    }


def _begin(root: str | Path, files: Mapping[str, bytes | Path]) -> None:
    listed = {path: sha256(_content(content)).hexdigest() for path, content in files.items()}
    data = json.dumps(listed, indent=0).encode()
    write_bytes(Path(root, JOURNAL), data, overwrite=True, follow_links=False)


def _content(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _place(root: Path, path: str, data: bytes) -> None:
    """Write one new file; the same bytes may be there already."""
    target = root / path
    folder = target.parent
    if folder.is_symlink() or target.is_symlink():
        raise OutputError(f"{target}: passes a symbolic link; put a real folder in its place")
    try:
        if not folder.is_dir():
            folder.mkdir()
            flush_folder(root)
        if target.is_file() and target.read_bytes() == data:
            return
    except OSError as error:
        raise OutputError(f"{target}: cannot be written: {error.strerror}") from None
    try:
        write_bytes(target, data, follow_links=False)
    except OutputError:
        if target.exists():
            raise OutputError(
                f"{target}: is there already, and the manifest does not record it; "
                "move or remove it"
            ) from None
        raise


def _clear(root: str | Path) -> None:
    """Remove temporary files, and the announced files that the manifest does not record."""
    folder = Path(root)
    announced = leftovers(root)
    if announced:
        recorded = _recorded(root)
        if recorded is None:  # the manifest is damaged: nothing can be told
            return
        for path, digest in announced.items():
            if path not in recorded:
                _remove_own(folder / path, digest)
    folders = [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()]
    for one in (*folders, folder):  # the journal, which lies at the top, last
        for stray in one.glob(TEMPORARY_GLOB):
            stray.unlink(missing_ok=True)


def _recorded(root: str | Path) -> set[str] | None:
    """Return every path that the manifest names, none if it cannot be read."""
    try:
        value: Any = json.loads(read_bytes(Path(root, FILE_NAME), max_bytes=MAX_BYTES))
        resources = value["resources"]
        return {one[key] for one in resources for key in ("path", "feature_schema") if key in one}
    except (CatalogueError, ValueError, RecursionError, KeyError, TypeError):
        return None


def _remove_own(path: Path, digest: str) -> None:
    """Remove a file if its content is what was announced."""
    if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
        return
    if sha256(path.read_bytes()).hexdigest() == digest:
        path.unlink()
