"""The formats that are read and written, and how a file is told to be of one: the allow-list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pkzone.errors import FormatError, UnknownFormat, UnsafeFile
from pkzone.files.filetypes import FILE_TYPES, identify, remedy

__all__ = [
    "DOCTYPE",
    "ENDINGS",
    "FORMATS",
    "LAT_COLUMNS",
    "LON_COLUMNS",
    "MEASURES_LOST",
    "WKT_COLUMNS",
    "Engine",
    "Format",
    "Opened",
    "Row",
    "expected",
    "format_named",
    "format_of_output",
    "recognise",
]

# How columns of places are usually named in tables, the likeliest first.
LON_COLUMNS = ("lon", "lng", "long", "longitude", "x")
LAT_COLUMNS = ("lat", "latitude", "y")
WKT_COLUMNS = ("wkt", "geom_wkt", "geometry_wkt", "the_geom", "geometry", "geom")


@dataclass(frozen=True)
class Format:
    """A format: how it is opened, and what it can hold.

    Attributes
    ----------
    name, title : str
        Short name, as in ``--format``, and the name that people know.
    suffixes : tuple of str
        Endings of its files, the usual one first.
    driver : str
        GDAL's driver; empty where GDAL takes no part.
    engine : str
        ``gdal`` is fiona, or pyogrio where fiona is not installed.
    reader : str
        The engine that reads it, where that is not the one that writes.
    splits : bool
        A file or layer holds one kind of geometry (points, lines or areas) only.
    layers : bool
        A file can hold several layers.
    note : bool
        It has a place for the note on columns, which restores what columns cannot say.
    whole_document : bool
        Its layers are parts of one document and are read together.
    nulls : bool
        A cell can be empty (null) apart from an empty text.
    collections, nowhere, empties : bool
        It holds geometry collections; features without a geometry; geometries without a point.
    name_bytes, text_bytes : int or None
        The longest column name and text.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    driver: str
    engine: str
    reader: str = ""
    splits: bool = False
    layers: bool = False
    note: bool = False
    whole_document: bool = False
    nulls: bool = True
    collections: bool = True
    nowhere: bool = True
    empties: bool = False
    name_bytes: int | None = None
    text_bytes: int | None = None


FORMATS: Final[tuple[Format, ...]] = (
    Format("gpkg", "GeoPackage", (".gpkg",), "GPKG", "gdal", splits=True, layers=True, note=True),
    Format("shp", "Shapefile", (".shp",), "ESRI Shapefile", "gdal", splits=True, note=True,
           nulls=False, collections=False, name_bytes=10, text_bytes=254),
    Format("zip", "zipped Shapefile", (".zip",), "ESRI Shapefile", "gdal", splits=True,
           layers=True, note=True, nulls=False, collections=False, name_bytes=10, text_bytes=254),
    Format("gpx", "GPX", (".gpx",), "GPX", "gdal", "gpx", splits=True, whole_document=True,
           nulls=False, collections=False, nowhere=False),
    Format("fgb", "FlatGeobuf", (".fgb",), "FlatGeobuf", "gdal", note=True),
    Format("csv", "CSV", (".csv", ".tsv"), "", "csv", nulls=False),
    Format("kml", "KML", (".kml",), "LIBKML", "pyogrio", "kml", whole_document=True, nulls=False),
    Format("kmz", "KMZ", (".kmz",), "LIBKML", "pyogrio", "kml", whole_document=True, nulls=False),
    Format("parquet", "GeoParquet", (".parquet", ".geoparquet"), "", "parquet", note=True,
           empties=True),
)  # fmt: skip

DOCTYPE: Final = "has a DOCTYPE, which can read other files; remove it"
"""Why XML is refused, wherever that is found."""

_CONTENTS: Final = dict.fromkeys(("zip", "kmz"), ("zip", "kmz"))  # a zipped KML can be in both
_BY_SUFFIX: Final = {suffix: one for one in FORMATS for suffix in one.suffixes}
ENDINGS: Final = tuple(_BY_SUFFIX)
"""Endings of all formats."""


def format_named(name: str) -> Format:
    """Return the format with this short name, or raise UnknownFormat."""
    for one in FORMATS:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in FORMATS)
    raise UnknownFormat(name, f"is no format that is written; choose one of {known}")


def format_of_output(path: str) -> Format:
    """Return the format that the ending of an output names, or raise UnknownFormat."""
    return expected(path, "is written")


def expected(path: str, done: str = "is read") -> Format:
    """Return the format that a file's ending promises, or raise UnknownFormat."""
    lowered = path.lower()
    for suffix, one in _BY_SUFFIX.items():
        if lowered.endswith(suffix):
            return one
    raise UnknownFormat(path, f"has no ending of a format that {done}: {', '.join(ENDINGS)}")


def recognise(path: str, head: bytes) -> Format:
    """Return the format of a file whose ending and first bytes agree on one.

    GDAL never chooses: a file whose content is of another format than its name is refused.

    Parameters
    ----------
    path : str
        The name of the file.
    head : bytes
        Its first kilobytes.

    Raises
    ------
    UnknownFormat
        The ending is not one of ours, or the content is something else.
    """
    wanted = expected(path)
    if not head:
        raise FormatError(path, "is empty")
    found = identify(head)
    if found == "doctype" and wanted.name in ("kml", "gpx"):
        raise UnsafeFile(path, DOCTYPE)
    if found not in _CONTENTS.get(wanted.name, (wanted.name,)):
        reason = f"is named as {wanted.title}, but its content is {FILE_TYPES[found].title}"
        advice = FILE_TYPES[found].remedy and remedy(found, path)
        advice = advice or "give it the right ending if that is what it is"
        raise UnknownFormat(path, f"{reason}; {advice}")
    return wanted


MEASURES_LOST = "measures (M) along geometries are left out"

Row = tuple[list[Any], dict[str, Any] | None]
"""The values of a feature in the order of the fields, and its geometry as GeoJSON has it."""


@dataclass
class Opened:
    """A layer that is open for reading.

    Attributes
    ----------
    fields : list of (str, str)
        Name and type of each: ``text``, ``integer``, ``float``, ``boolean``, ``date``,
        ``time``, ``datetime``, ``json``.
    crs : str or None
        Its coordinate system as WKT or code; None if it states none.
    rows : iterator of Row
        The features, in the layer's own coordinates, x before y.
    geometry : str
        Its type of geometry, for people.
    count : int or None
        How many features it states to have.
    bounds : tuple of float or None
        West, south, east, north in its own coordinates.
    note : str or None
        The note on columns that `pkzone export` left.
    located : int or None
        How many of its features have a geometry, as far as that is known without GDAL: one that
        GDAL cannot read comes from it as none.
    notices, late_notices : list of str
        What is to be told: known on opening, and once all rows were read.
    """

    fields: list[tuple[str, str]]
    crs: str | None
    rows: Iterator[Row]
    geometry: str = "Unknown"
    count: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    note: str | None = None
    located: int | None = None
    notices: list[str] = field(default_factory=list)
    late_notices: list[str] = field(default_factory=list)


class Engine(Protocol):
    """A module that reads and writes; ``source`` and ``table`` are plain JSON from the job."""

    def layer_names(self, source: dict[str, Any], job: dict[str, Any]) -> list[str]:
        """Return the layers of a file that hold features."""

    def open_layer(
        self, source: dict[str, Any], name: str, job: dict[str, Any]
    ) -> AbstractContextManager[Opened]:
        """Open one of them."""

    def write_table(self, table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
        """Write a layer."""

    def count(self, table: dict[str, Any]) -> int:
        """Return how many features a layer that was written holds."""
