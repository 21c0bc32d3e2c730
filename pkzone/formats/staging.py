"""Copy a file from outside into a private folder, under a name of our own, before GDAL sees it.

GDAL opens by path, and a path can be a URL, an archive, a virtual file or a whole document. What
it is given here is always a regular file that we wrote, in a folder that holds nothing else: no
neighbour file is picked up, nothing is written beside the user's file, and nobody can swap it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pkzone.errors import FormatError, LimitExceeded, UnknownFormat, UnsafeFile, printable
from pkzone.files.filetypes import HEAD_BYTES, head_of, unread_reason
from pkzone.files.inputs import open_regular, unopened_reason
from pkzone.formats.archives import Member, unpack
from pkzone.formats.registry import NOTE_SUFFIX, Format, expected, recognise

__all__ = ["MAX_INPUT_BYTES", "Intake", "Source", "take_in"]

MAX_INPUT_BYTES = 256 * 1024**2
_MAX_SMALL_BYTES = 1024**2
_CHUNK = 1 << 20


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

    Parameters
    ----------
    path : str or os.PathLike
        A regular local file. A path that looks like a URL or a driver's prefix is the name of
        a file that is not there.
    most : int, optional
        How many bytes each of its files may have.

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
        form = expected(shown)  # a wrong ending is told before anything is copied
    except UnknownFormat:
        if reason := unread_reason(head_of(shown), shown):
            raise UnknownFormat(shown, reason) from None
        raise
    copy = folder / "input"
    advice = "; pkzone import -o OUT.geojsonl streams it" if form.streamed else ""
    _copy(shown, copy, shown=shown, limit=most, advice=advice)
    with copy.open("rb") as file:
        form = recognise(shown, file.read(HEAD_BYTES))
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    if form.archive_of:
        members = unpack(copy, unpacked, shown=shown)
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
    """Yield the files that belong to a Shapefile by their endings, in any case."""
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
    note = folder / f"{number}{NOTE_SUFFIX}"
    return Source(
        folder / f"{number}.shp",
        layer,
        note=_small_text(note) if note.exists() else None,
    )


def _small_text(path: Path) -> str | None:
    data = path.read_bytes()
    try:
        return data.decode("utf-8") if len(data) <= _MAX_SMALL_BYTES else None
    except UnicodeDecodeError:
        return None


def _zipped_shapefile(form: Format, shown: str, folder: Path, members: Iterable[Member]) -> Intake:
    by_name = {one.name.casefold(): one for one in members if "__MACOSX/" not in one.name}
    stems = [name[:-4] for name in by_name if name.endswith(".shp")]
    if not stems:
        raise FormatError(shown, "holds no Shapefile (.shp); only zipped Shapefiles are read")
    sources = []
    for number, stem in enumerate(sorted(stems)):
        for suffix in (".shp", *form.sidecars):
            if part := by_name.get(stem + suffix):
                part.path.rename(folder / f"{number}{suffix}")
        layer = PurePosixPath(by_name[f"{stem}.shp"].name.replace("\\", "/")).stem
        with (folder / f"{number}.shp").open("rb") as file:
            recognise(f"{shown}/{layer}.shp", file.read(HEAD_BYTES))
        sources.append(_shapefile(folder, number, layer, shown))
    return Intake(form, shown, folder, tuple(sources))


def _kmz(form: Format, shown: str, folder: Path, members: Iterable[Member]) -> Intake:
    """Take the document of a KMZ: ``doc.kml``, else the first KML at its root."""
    documents = [one for one in members if one.name.lower().endswith(".kml")]
    documents.sort(key=lambda one: (one.name.count("/"), one.name.lower() != "doc.kml", one.name))
    if not documents:
        raise FormatError(shown, "holds no KML document")
    target = documents[0].path.rename(folder / "0.kml")
    notices = []
    if len(documents) > 1:
        others = printable(", ".join(one.name for one in documents[1:]), limit=200)
        notices.append(f"only {printable(documents[0].name)} is read, not {others}")
    return Intake(form, shown, folder, (Source(target),), notices)
