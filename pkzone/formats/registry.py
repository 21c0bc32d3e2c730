"""Registry of the file formats that are read and written, and how a file is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pkzone.errors import FormatError, UnknownFormat, UnsafeFile, did_you_mean
from pkzone.files.filetypes import FILE_TYPES, identify, remedy

__all__ = [
    "DOCTYPE",
    "ENDINGS",
    "FORMATS",
    "LAT_COLUMNS",
    "LON_COLUMNS",
    "MEASURES_LOST",
    "NOTE_SUFFIX",
    "WKT_COLUMNS",
    "Format",
    "expected",
    "format_named",
    "format_of_output",
    "is_known",
    "recognise",
    "written_formats",
]

# How columns of places are usually named in tables, the likeliest first.
LON_COLUMNS = ("lon", "lng", "long", "longitude", "x")
LAT_COLUMNS = ("lat", "latitude", "y")
WKT_COLUMNS = ("wkt", "geom_wkt", "geometry_wkt", "the_geom", "geometry", "geom")


NOTE_SUFFIX: Final = ".pkzone.json"
"""Ending of the file that holds the note on columns beside a Shapefile, and the record of a version
beside GeoJSON."""

_GEOMETRIES: Final = tuple(
    f"{many}{one}" for one in ("Point", "LineString", "Polygon") for many in ("", "Multi")
)
_ALL_GEOMETRIES: Final = (*_GEOMETRIES, "GeometryCollection")


@dataclass(frozen=True)
class Format:
    """A file format: how it is opened, and what it can hold.

    A format that GDAL reads and writes takes a name, a title, endings and a driver; the rest
    says where it differs from a GeoPackage without styles.

    Attributes
    ----------
    name, title : str
        Short name, as in ``--format``, and the name that people know.
    suffixes : tuple of str
        Endings of its files, the usual one first.
    driver : str
        GDAL's driver; empty where GDAL takes no part.
    engine, reader : str
        The module ``engine_NAME`` that writes it, and the one that reads it where that differs.
    written : bool
        Exports write it; else it is only read.
    contents : tuple of str
        What `pkzone.files.filetypes.identify` says of its first bytes; its name if empty.
    magic : bytes
        How its files begin, where `identify` does not know that.
    archive_of : str
        The format of the files within, where it is a ZIP archive.
    sidecars : tuple of str
        Endings of the files that belong to each of its files.
    config, creation : mapping of str to str
        GDAL's settings while it is open, and options on creating a layer, in which ``{title}``,
        ``{description}``, ``{note}``, ``{date}``, ``{fid}``, ``{geometry}`` and ``{spatial}`` are
        filled in.
    layers, splits : bool
        A file can hold several layers; a layer holds one kind of geometry (points, lines or
        areas) only.
    note : bool
        It has a place for the note on columns, which restores what columns cannot say.
    geometries : tuple of str
        The types of geometry that it holds.
    nowhere, empties, mixed_heights, multi_lines, typed_layers : bool
        It holds features without a geometry; geometries without a point; heights of some of the
        features. All lines are multiple. A layer states its type of geometry.
    layer_names : mapping of str to str
        Its names for layers of ``points`` and ``lines``, where these are given.
    geometry_name : str
        The column of geometries.
    nulls, text_only, dates : bool
        A cell can be empty (null) apart from an empty text; cells have no types; a column can hold
        dates, and gives them back as dates alone.
    table : bool
        Coordinates stand in columns of their own, and whole numbers among fractions.
    xml : bool
        It is one XML document in longitude and latitude on WGS 84, read as a whole; texts and
        names are those of XML.
    ascii_names, xml_ids, dbase : bool
        Names are of ASCII letters, ids names of XML. Columns are those of dBASE.
    reserved : str
        Names that columns cannot have, a blank between them.
    name_bytes, text_bytes : int or None
        The longest column name and text.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    driver: str = ""
    engine: str = "pyogrio"
    reader: str = ""
    written: bool = True
    contents: tuple[str, ...] = ()
    magic: bytes = b""
    archive_of: str = ""
    sidecars: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    creation: Mapping[str, str] = field(default_factory=dict)
    layers: bool = False
    splits: bool = False
    note: bool = False
    geometries: tuple[str, ...] = _ALL_GEOMETRIES
    nowhere: bool = True
    empties: bool = False
    mixed_heights: bool = True
    multi_lines: bool = False
    typed_layers: bool = True
    layer_names: Mapping[str, str] = field(default_factory=dict)
    geometry_name: str = "geom"
    nulls: bool = True
    text_only: bool = False
    dates: bool = False
    table: bool = False
    xml: bool = False
    ascii_names: bool = False
    xml_ids: bool = False
    dbase: bool = False
    reserved: str = ""
    name_bytes: int | None = None
    text_bytes: int | None = None

    @property
    def streamed(self) -> bool:
        """Whether GDAL reads it, so that fiona can read it record by record."""
        return self.engine == "pyogrio" and not self.reader

    @property
    def within(self) -> Format:
        """The format of its files, or of those within where it is an archive."""
        return format_named(self.archive_of) if self.archive_of else self


_GEOPACKAGE: Final = Format(
    "gpkg",
    "GeoPackage",
    (".gpkg",),
    "GPKG",
    config={
        "OGR_GPKG_FOREIGN_KEY_CHECK": "NO",
        "OGR_GPKG_STREAM_BASE_IMPL": "YES",  # its own makes 1970 of a date that is none
    },
    creation={
        "VERSION": "1.2",  # GDAL before 3.7, as in QGIS 3.22, warns of later ones
        "IDENTIFIER": "{title}",
        "DESCRIPTION": "{description}",
        "FID": "{fid}",
        "GEOMETRY_NAME": "{geometry}",
    },
    layers=True,
    splits=True,
    note=True,
    dates=True,
    reserved="fid geom",
)
_SHAPEFILE: Final = Format(
    "shp",
    "Shapefile",
    (".shp",),
    "ESRI Shapefile",
    sidecars=(".shx", ".dbf", ".prj", ".cpg", NOTE_SUFFIX),
    config={"SHAPE_RESTORE_SHX": "NO", "SHAPE_REWIND_ON_WRITE": "NO"},
    creation={"DBF_DATE_LAST_UPDATE": "{date}"},
    splits=True,
    note=True,
    geometries=_GEOMETRIES,
    nulls=False,
    dbase=True,
    name_bytes=10,
    text_bytes=254,
)
_GPX: Final = Format(
    "gpx",
    "GPX",
    (".gpx",),
    "GPX",
    reader="gpx",
    config={"GPX_ELE_AS_25D": "YES"},
    creation={"GPX_USE_EXTENSIONS": "YES"},
    splits=True,
    geometries=("Point", "LineString", "MultiLineString"),
    nowhere=False,
    multi_lines=True,
    layer_names={"points": "waypoints", "lines": "tracks"},
    nulls=False,
    text_only=True,
    xml=True,
    ascii_names=True,
    reserved=(
        "ele time magvar geoidheight number fix sat hdop vdop pdop ageofdgpsdata dgpsid link "
        "link1_href link1_text link1_type link2_href link2_text link2_type track_fid "
        "route_fid"
    ),
)
_FLATGEOBUF: Final = Format(
    "fgb",
    "FlatGeobuf",
    (".fgb",),
    "FlatGeobuf",
    config={"OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES"},  # its own fails without a geometry
    creation={"SPATIAL_INDEX": "{spatial}", "DESCRIPTION": "{note}"},
    note=True,
    mixed_heights=False,
)
_CSV: Final = Format(
    "csv",
    "CSV",
    (".csv", ".tsv"),
    engine="csv",
    nulls=False,
    text_only=True,
    table=True,
    reserved="lon lat height wkt",
)
_KML: Final = Format(
    "kml",
    "KML",
    (".kml",),
    "LIBKML",
    reader="kml",
    config={
        "LIBKML_RESOLVE_STYLE": "NO",
        "LIBKML_EXTERNAL_STYLE": "NO",
        "LIBKML_ID_FIELD": "id",
        "LIBKML_NAME_FIELD": "name",
    },
    typed_layers=False,
    nulls=False,
    xml=True,
    xml_ids=True,
    reserved=(
        "timestamp begin end altitudemode tessellate extrude visibility draworder icon "
        "snippet heading tilt roll model scale_x scale_y scale_z networklink folder address "
        "phonenumber camera_mode"
    ),
)
_GEOPARQUET: Final = Format(
    "parquet",
    "GeoParquet",
    (".parquet", ".geoparquet"),
    engine="parquet",
    note=True,
    dates=True,
    empties=True,
    geometry_name="geometry",
    reserved="geometry bbox",
)
_ARCHIVES: Final = ("zip", "kmz")  # a zipped KML can be in both

FORMATS: Final[tuple[Format, ...]] = (
    _GEOPACKAGE,
    _SHAPEFILE,
    replace(
        _SHAPEFILE,
        name="zip",
        title="zipped Shapefile",
        suffixes=(".zip",),
        contents=_ARCHIVES,
        archive_of="shp",
        layers=True,
    ),
    _GPX,
    _FLATGEOBUF,
    _CSV,
    _KML,
    replace(
        _KML, name="kmz", title="KMZ", suffixes=(".kmz",), contents=_ARCHIVES, archive_of="kml"
    ),
    _GEOPARQUET,
)
"""All formats. A further one that GDAL reads is a line here: ``Format("mif", "MapInfo",
(".mif",), "MapInfo File", magic=b"Version")``; any other a line and a module ``engine_NAME``."""

_GEOJSON: Final = (
    Format("geojson", "GeoJSON", (".geojson", ".json"), engine="geojson"),
    Format(
        "geojsonl",
        "newline-delimited GeoJSON",
        (".geojsonl", ".ndjson", ".jsonl"),
        engine="geojson",
    ),
)
"""What exports write themselves; reading it takes no format, but `pkzone.geojson`."""

DOCTYPE: Final = "has a DOCTYPE, which can read other files; remove it"
"""Why XML is refused, wherever that is found."""

_BY_SUFFIX: Final = {suffix: form for form in FORMATS for suffix in form.suffixes}
ENDINGS: Final = tuple(_BY_SUFFIX)
"""Endings of all formats."""


def written_formats() -> tuple[Format, ...]:
    """Return the formats that exports write."""
    return (*(form for form in FORMATS if form.written), *_GEOJSON)


def format_named(name: str) -> Format:
    """Return the format to write that has this short name, or raise UnknownFormat."""
    for form in written_formats():
        if form.name == name:
            return form
    known = [form.name for form in written_formats()]
    hint = did_you_mean(name, known)
    reason = f"is not a format that is written; {hint}choose one of {', '.join(known)}"
    raise UnknownFormat(name, reason)


def format_of_output(path: str) -> Format:
    """Return the format that the extension of an output names, or raise UnknownFormat."""
    lowered = path.lower()
    for form in written_formats():
        if lowered.endswith(form.suffixes):
            return form
    endings = [suffix for form in written_formats() for suffix in form.suffixes]
    listed = ", ".join(endings)
    for form in FORMATS:
        if lowered.endswith(form.suffixes):
            raise UnknownFormat(path, f"{form.title} is only read; write one of {listed}")
    hint = did_you_mean(f".{lowered.rpartition('.')[2]}", endings)
    raise UnknownFormat(path, f"has no extension of a format that is written; {hint}use {listed}")


def is_known(path: str) -> bool:
    """Tell whether a file's extension promises a format that is read."""
    return path.lower().endswith(tuple(_BY_SUFFIX))


def expected(path: str) -> Format:
    """Return the format that a file's extension promises, or raise UnknownFormat."""
    lowered = path.lower()
    for suffix, form in _BY_SUFFIX.items():
        if lowered.endswith(suffix):
            return form
    raise UnknownFormat(path, f"has no extension of a format that is read: {', '.join(ENDINGS)}")


def recognise(path: str, head: bytes) -> Format:
    """Return the format of a file whose extension and first bytes agree on one.

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
        The extension is not one of ours, or the content is something else.
    """
    wanted = expected(path)
    if not head:
        raise FormatError(path, "is empty")
    content = identify(head)
    if content == "doctype" and wanted.xml:
        raise UnsafeFile(path, DOCTYPE)
    known = head.startswith(wanted.magic) if wanted.magic else False
    if not known and content not in (wanted.contents or (wanted.name,)):
        reason = f"is named as {wanted.title}, but its content is {FILE_TYPES[content].title}"
        advice = FILE_TYPES[content].remedy and remedy(content, path)
        advice = advice or "give it the right extension if that is what it is"
        raise UnknownFormat(path, f"{reason}; {advice}")
    return wanted


MEASURES_LOST = "measures (M) along geometries are left out"
