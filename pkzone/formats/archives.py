"""Unpack ZIP archives from outside with limits; pack our own, the same bytes on every day."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pkzone.errors import FormatError, LimitExceeded, UnsafeFile, printable

__all__ = ["MAX_ENTRIES", "MAX_RATIO", "MAX_UNPACKED_BYTES", "Member", "unpack", "zipped"]

MAX_UNPACKED_BYTES = 100 * 1024**2
MAX_RATIO = 100
MAX_ENTRIES = 100
_RATIO_FREE_BYTES = 1024**2  # a megabyte of zeros is no bomb
_NESTED = (".zip", ".kmz", ".gz", ".bz2", ".xz", ".7z", ".tar", ".tgz", ".rar", ".zst")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name in there, and where it was unpacked to."""

    name: str
    path: Path


def unpack(archive: Path, folder: Path, *, shown: str) -> tuple[Member, ...]:
    """Unpack a ZIP archive into a folder, under names of our own.

    Nothing is written until every entry has been looked at; sizes are counted as the bytes
    come, because what an archive says of itself may be a lie.

    Parameters
    ----------
    archive, folder : Path
        The archive, and an empty folder.
    shown : str
        What errors call the archive.

    Raises
    ------
    UnsafeFile
        An entry is a link, a device, encrypted, an archive, stands twice, or has a name that
        is absolute or climbs.
    LimitExceeded
        More entries, bytes or a higher ratio than the limits.
    FormatError
        It is no sound archive.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [one for one in _checked(opened, shown) if not one.is_dir()]
            left = MAX_UNPACKED_BYTES
            members = []
            for number, entry in enumerate(entries):
                target = folder / f"{number}.part"
                left -= _unpack_one(opened, entry, target, left, shown)
                members.append(Member(entry.filename, target))
            return tuple(members)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        UnicodeDecodeError,
        ValueError,
        RuntimeError,
    ) as error:
        reason = printable(str(error) or type(error).__name__)
        raise FormatError(shown, f"is a damaged archive: {reason}") from None


def _checked(opened: zipfile.ZipFile, shown: str) -> list[zipfile.ZipInfo]:
    entries = opened.infolist()
    if len(entries) > MAX_ENTRIES:
        reason = f"has {len(entries)} entries; at most {MAX_ENTRIES} are read"
        raise LimitExceeded(shown, reason)
    names: set[str] = set()
    for entry in entries:
        flaw = _flaw(entry)
        if not flaw and entry.filename.casefold() in names:
            flaw = "stands twice"
        if flaw:
            raise UnsafeFile(shown, f"its entry {printable(entry.filename)} {flaw}")
        names.add(entry.filename.casefold())
    stated = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    _check_size(stated, packed, shown)
    return entries


def _flaw(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is refused; empty for a plain file or folder with a plain name."""
    name = entry.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if "\0" in name:
        return "has a null character in its name"
    if not parts or name.startswith(("/", "\\")) or ":" in parts[0]:
        return "has an absolute name"
    if ".." in parts:
        return "has a name that leaves the archive (..)"
    if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        return "is a link or device, not a file"
    if entry.flag_bits & 0x1:
        return "is encrypted; unpack it yourself first"
    if entry.compress_type not in _METHODS:
        return "is packed in a way that is not read; use deflate"
    if name.lower().endswith(_NESTED):
        return "is an archive in the archive; unpack it yourself first"
    return ""


def _unpack_one(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, shown: str
) -> int:
    size = 0
    with opened.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left:
                _check_size(MAX_UNPACKED_BYTES + 1, MAX_UNPACKED_BYTES, shown)
            _check_size(size, entry.compress_size, shown)
            file.write(chunk)
    return size


def _check_size(size: int, packed: int, shown: str) -> None:
    if size > MAX_UNPACKED_BYTES:
        reason = f"unpacks to more than {MAX_UNPACKED_BYTES // 1024**2} MiB, the most that is read"
        raise LimitExceeded(shown, reason)
    if size > _RATIO_FREE_BYTES and size > packed * MAX_RATIO:
        reason = f"is packed more than {MAX_RATIO} to 1, as an archive bomb is; unpack it yourself"
        raise LimitExceeded(shown, reason)


_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by name, without a time in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return target.getvalue()
