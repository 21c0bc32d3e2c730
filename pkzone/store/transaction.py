"""Change a catalogue: one writer at a time, and all of a change or none of it.

New files are on disk before the manifest names them, and the manifest takes its new content in
one step, which decides: before it a change that is broken off is undone, after it completed.

    journal     which files are new, which go, and what others are to hold
    new files, and beside each file that is replaced what it is to hold
    manifest    the step that decides
    replaced files, then the files that go, then the journal

Files that are new and files that go follow one rule, so that the journal lists them alike: a file
that it announces and that the manifest does not record is removed. What a crash leaves is known by
the journal, and the next writer completes or clears it.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pkzone.errors import CatalogueLocked, OutputError, PkzoneError
from pkzone.files.atomic import TEMPORARY_GLOB, flush_folder, write_bytes
from pkzone.files.inputs import NotRegularError, open_regular
from pkzone.layers.json_fields import is_plain
from pkzone.layers.manifest import FILE_NAME

__all__ = [
    "JOURNAL",
    "LOCK",
    "TIMEOUT_S",
    "commit",
    "is_locked",
    "leftovers",
    "locked",
    "unfinished",
]

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


def commit(
    root: str | Path,
    files: Mapping[str, bytes | Path],
    manifest: bytes,
    *,
    replaced: Mapping[str, bytes] = MappingProxyType({}),
    removed: Iterable[str] = (),
) -> None:
    """Add files and replace the manifest, under the lock; replace and remove others with it.

    Parameters
    ----------
    root : str or Path
        The folder of the catalogue.
    files : mapping of str to bytes or Path
        New files by their path in the catalogue: their content, or where it is.
    manifest : bytes
        The new manifest.
    replaced : mapping of str to bytes, optional
        Other files that take a new content, such as ``events.json``.
    removed : iterable of str, optional
        Files that go; the new manifest does not record them.

    Raises
    ------
    OutputError
        The system refuses, or a file that is not recorded is in the way. The catalogue is then
        as it was.
    """
    target = Path(root, FILE_NAME)
    going = {path: Path(root, path) for path in removed}
    try:
        if files or replaced or going:
            _begin(root, {**going, **files}, replaced, manifest)
            for path, content in files.items():
                _place(Path(root), path, _content(content))
            for path, data in replaced.items():
                write_bytes(_staged(root, path), data, follow_links=False)
        write_bytes(target, manifest, overwrite=True, follow_links=False)
        if replaced or going:
            _complete(root)
    except BaseException as error:
        # Even an interrupt may come after the manifest took its place: what it records stays.
        with suppress(PkzoneError, OSError):
            _clear(root)
        if isinstance(error, OSError):
            name = error.filename or root
            raise OutputError(f"{name}: cannot be read: {error.strerror}") from None
        raise
    with suppress(OSError):
        Path(root, JOURNAL).unlink(missing_ok=True)


def _complete(root: str | Path) -> None:
    """Do what is left to do once the manifest is in its place."""
    for last in (False, True):  # once more where the system refuses: the change is made by now
        try:
            _clear(root)
        except OSError as error:
            if last:
                raise OutputError(
                    f"{error.filename or root}: the change is made, but this file could not be "
                    f"replaced or removed: {error.strerror}; the next change completes it"
                ) from None
        else:
            return


def leftovers(root: str | Path) -> dict[str, str]:
    """Return the files, by path, that an unfinished change announced, with their hashes."""
    with suppress(OSError):
        return _announced(_journal(root))
    return {}


def unfinished(root: str | Path) -> dict[str, Path]:
    """Return where the content of each file is that a broken-off change has still to replace.

    None where the manifest is not that of the change, which is undone then.
    """
    with suppress(OSError):
        return _pending(root, _journal(root))
    return {}


def _announced(journal: Mapping[str, Any]) -> dict[str, str]:
    return {
        path: digest
        for path, digest in journal.items()
        if isinstance(digest, str) and _is_inside(path)
    }


def _pending(root: str | Path, journal: Mapping[str, Any]) -> dict[str, Path]:
    replaced = journal.get("replaced")
    if not isinstance(replaced, dict) or journal.get("manifest") != [
        _digest(Path(root, FILE_NAME))
    ]:
        return {}
    return {
        path: _staged(root, path)
        for path, digests in replaced.items()
        if _is_inside(path) and digests == [_digest(Path(root, path)), _digest(_staged(root, path))]
    }


def _journal(root: str | Path) -> dict[str, Any]:
    """Return what the journal says: nothing if it is none. What the system refuses is raised."""
    try:
        listed = json.loads(_read(Path(root, JOURNAL)))
    except (FileNotFoundError, NotRegularError, ValueError, RecursionError):
        return {}
    return listed if isinstance(listed, dict) else {}


def _read(path: Path) -> bytes:
    """Return the content of a regular file, as far as it may be long."""
    with open_regular(path, follow_links=False) as file:
        return file.read(MAX_BYTES)


def _is_inside(path: str) -> bool:
    return all(map(is_plain, path.split("/")))


def _begin(
    root: str | Path,
    files: Mapping[str, bytes | Path],
    replaced: Mapping[str, bytes],
    manifest: bytes,
) -> None:
    listed: dict[str, Any] = {}
    if replaced:  # the hash of each before and after, to be held against "manifest"
        listed["manifest"] = [sha256(manifest).hexdigest()]
        listed["replaced"] = {
            path: [_digest(Path(root, path)), sha256(data).hexdigest()]
            for path, data in replaced.items()
        }
    for path, content in files.items():
        listed[path] = sha256(_content(content)).hexdigest()
    data = json.dumps(listed, indent=0).encode()
    write_bytes(Path(root, JOURNAL), data, overwrite=True, follow_links=False)


def _staged(root: str | Path, path: str) -> Path:
    """Return where the new content of a file waits, beside it and under a temporary name."""
    target = Path(root, path)
    return target.with_name(f".pkzone-next-{target.name}.tmp")


def _digest(path: Path) -> str:
    """Return the hash of a file, empty if there is none; what the system refuses is raised."""
    try:
        return sha256(_read(path)).hexdigest()
    except (FileNotFoundError, NotRegularError):
        return ""


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
                f"{target}: already exists, and the manifest does not record it; move or remove it"
            ) from None
        raise


def _clear(root: str | Path) -> None:
    """Complete or undo what the journal announces, and remove temporary files."""
    folder = Path(root)
    journal = _journal(root)
    for path, staged in _pending(root, journal).items():
        staged.chmod(stat.S_IMODE((folder / path).stat().st_mode))
        staged.replace(folder / path)
        flush_folder(staged.parent)
    announced = _announced(journal)
    if announced:
        recorded = _recorded(root)
        if recorded is None:  # the manifest is damaged: nothing can be told
            return
        for path, digest in announced.items():
            if path not in recorded:
                _remove_own(folder / path, digest)
                with suppress(OSError):  # the folder holds other files, or is gone
                    (folder / path).parent.rmdir()
    folders = [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()]
    for one in (*folders, folder):  # the journal, which lies at the top, last
        for stray in one.glob(TEMPORARY_GLOB):
            stray.unlink(missing_ok=True)


def _recorded(root: str | Path) -> set[str] | None:
    """Return every path that the manifest names and every schema; none if it is damaged."""
    try:
        value: Any = json.loads(_read(Path(root, FILE_NAME)))
        resources = value["resources"]
        named = {one[key] for one in resources for key in ("path", "feature_schema") if key in one}
        return named | {f"schemas/{one['name']}.json" for one in value["layers"]}
    except (FileNotFoundError, NotRegularError, ValueError, RecursionError, KeyError, TypeError):
        return None


def _remove_own(path: Path, digest: str) -> None:
    """Remove a file if its content is what was announced."""
    if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
        return
    if sha256(path.read_bytes()).hexdigest() == digest:
        path.unlink()
