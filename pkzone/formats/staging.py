"""Copy or unpack a file from outside into a private folder, before GDAL sees it.

GDAL opens by path, and a path can be a URL, an archive, a virtual file or a whole document. What
it is given here is always a regular file that we wrote, in a folder that holds nothing else: no
neighbour file is picked up, nothing is written beside the user's file, and nobody can swap it.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pkzone.errors import FormatError, LimitExceeded, UnknownFormat, UnsafeFile, printable
from pkzone.files.filetypes import HEAD_BYTES, head_of, unread_reason
from pkzone.files.inputs import open_regular, unopened_reason
from pkzone.formats.registry import NOTE_SUFFIX, Format, expected, recognise

__all__ = ["MAX_INPUT_BYTES", "Intake", "Source", "take_in"]

MAX_INPUT_BYTES = 256 * 1024**2
_MAX_NOTE_BYTES = 1024**2
_CHUNK = 1 << 20

MAX_UNPACKED_BYTES = 100 * 1024**2
MAX_RATIO = 100
MAX_ENTRIES = 100
_RATIO_FREE_BYTES = 1024**2  # a megabyte of zeros is no bomb
_NESTED = (".zip", ".kmz", ".gz", ".bz2", ".xz", ".7z", ".tar", ".tgz", ".rar", ".zst")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Source:
    """One file for the reader.

    Attributes
    ----------
    path : Path
        The private copy.
    layer, note : str or None
        The layer's name where the file is one, and the note on its columns beside it.
    """

    path: Path
    layer: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Intake:
    """A file that was taken in: its format, the copies for GDAL, their folder, and notices."""

    format: Format
    shown: str
    folder: Path
    sources: tuple[Source, ...]
    notices: list[str] = field(default_factory=list)


@contextmanager
def take_in(path: str | os.PathLike[str], *, most: int = MAX_INPUT_BYTES) -> Iterator[Intake]:
    """Copy a file into a private folder for as long as the context lasts.

    A path that looks like a URL or a driver's prefix is the name of a file that is not there.
    Each of its files may have so many bytes at most.

    Raises
    ------
    FormatError
        One of its subclasses: there is no such file, it is no regular file, too large, not of
        the format that its name says, a bad archive, or XML that is refused.
    """
    shown = os.fspath(path)
    with TemporaryDirectory(prefix="pkzone-") as name:
        try:
            yield _intake(shown, Path(name), most)
        except OSError as error:
            if error.filename and not str(error.filename).startswith(name):
                raise
            cause = printable(error.strerror or str(error))
            raise FormatError(shown, f"its private copy cannot be used: {cause}") from None


def _intake(shown: str, folder: Path, most: int) -> Intake:
    try:
        form = expected(shown)  # a wrong extension is refused before anything is copied
    except UnknownFormat:
        if reason := unread_reason(head_of(shown), shown):
            raise UnknownFormat(shown, reason) from None
        raise
    copy = folder / "input"
    advice = "; pkzone import -o OUT.geojsonl streams it" if form.streamed else ""
    _copy(shown, copy, shown=shown, limit=most, advice=advice)
    with copy.open("rb") as file:
        form = recognise(shown, file.read(HEAD_BYTES))
    if form.archive_of:
        unpacked = folder / "unpacked"
        unpacked.mkdir()
        members = _unpack(copy, unpacked, shown)
        take = _zipped_shapefile if form.sidecars else _kmz
        return take(form, shown, folder, members)
    if form.sidecars:
        copy.rename(folder / "0.shp")
        for suffix, name in _neighbours(shown, form.sidecars):
            _copy(name, folder / f"0{suffix}", shown=name, limit=most, advice=advice)
        source = _shapefile(folder, 0, PurePosixPath(Path(shown).stem).name, shown)
        return Intake(form, shown, folder, (source,))
    target = copy.rename(folder / f"0{form.suffixes[0]}")
    return Intake(form, shown, folder, (Source(target),))


def _copy(path: str, target: Path, *, shown: str, limit: int, advice: str) -> None:
    """Copy a regular file that no symbolic link stands for."""
    try:
        source = open_regular(path, follow_links=False)
    except (OSError, ValueError) as error:
        refused = UnsafeFile if os.path.islink(path) else FormatError  # noqa: PTH114
        raise refused(shown, unopened_reason(error)) from None
    with source, target.open("xb") as file:
        size = 0
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                reason = f"is larger than {limit // 1024**2} MiB, the most that is read{advice}"
                raise LimitExceeded(shown, reason)
            file.write(chunk)


def _neighbours(shown: str, suffixes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the files that belong to a Shapefile by their extensions, in any case."""
    path = Path(shown)
    try:
        names = sorted(one.name for one in path.parent.iterdir())
    except OSError as error:
        raise FormatError(shown, f"its folder cannot be read: {error.strerror}") from None
    for suffix in suffixes:
        wanted = (path.stem + suffix).lower()
        matches = [name for name in names if name.lower() == wanted]
        if matches:
            exact = [name for name in matches if name.startswith(path.stem)] or matches
            yield suffix, str(path.parent / exact[0])


def _shapefile(folder: Path, number: int, layer: str, shown: str) -> Source:
    """Return the source of a Shapefile whose parts lie in the folder as ``number.*``."""
    if not (folder / f"{number}.shx").exists():
        reason = f"the index {printable(layer)}.shx is missing; put it beside the .shp"
        raise FormatError(shown, reason)
    return Source(folder / f"{number}.shp", layer, _note(folder / f"{number}{NOTE_SUFFIX}"))


def _note(path: Path) -> str | None:
    """Return the text of a note, if there is one of a size that a note has."""
    if not path.exists() or path.stat().st_size > _MAX_NOTE_BYTES:
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def _zipped_shapefile(
    form: Format, shown: str, folder: Path, members: Mapping[str, Path]
) -> Intake:
    names = {name.casefold(): name for name in members if "__MACOSX/" not in name}
    stems = [name[:-4] for name in names if name.endswith(".shp")]
    if not stems:
        raise FormatError(shown, "holds no Shapefile (.shp); only zipped Shapefiles are read")
    sources = []
    for number, stem in enumerate(sorted(stems)):
        for suffix in (".shp", *form.sidecars):
            if name := names.get(stem + suffix):
                members[name].rename(folder / f"{number}{suffix}")
        layer = PurePosixPath(names[f"{stem}.shp"].replace("\\", "/")).stem
        with (folder / f"{number}.shp").open("rb") as file:
            recognise(f"{shown}/{layer}.shp", file.read(HEAD_BYTES))
        sources.append(_shapefile(folder, number, layer, shown))
    return Intake(form, shown, folder, tuple(sources))


def _kmz(form: Format, shown: str, folder: Path, members: Mapping[str, Path]) -> Intake:
    """Take the document of a KMZ: ``doc.kml``, else the first KML at its root."""
    documents = [name for name in members if name.lower().endswith(".kml")]
    documents.sort(key=lambda name: (name.count("/"), name.lower() != "doc.kml", name))
    if not documents:
        raise FormatError(shown, "holds no KML document")
    target = members[documents[0]].rename(folder / "0.kml")
    notices = []
    if len(documents) > 1:
        others = printable(", ".join(documents[1:]), limit=200)
        notices.append(f"only {printable(documents[0])} is read, not {others}")
    return Intake(form, shown, folder, (Source(target),), notices)


def _unpack(archive: Path, folder: Path, shown: str) -> dict[str, Path]:
    """Unpack a ZIP archive under names of our own; return the files by their names in it.

    Nothing is written until every entry has been looked at; sizes are counted as the bytes
    come, because what an archive says of itself may be a lie.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [one for one in _checked(opened, shown) if not one.is_dir()]
            left = MAX_UNPACKED_BYTES
            members = {}
            for number, entry in enumerate(entries):
                members[entry.filename] = target = folder / f"{number}.part"
                left -= _unpack_one(opened, entry, target, left, shown)
            return members
    except _DAMAGES as error:
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
            flaw = "occurs twice"
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
