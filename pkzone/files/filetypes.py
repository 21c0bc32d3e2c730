"""Recognise the type of a file by its first bytes, and name the command that helps.

Every reader asks here. A name only decides where the bytes do not: a table without a mark of its
own, and the companions of a Shapefile.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from shlex import quote
from typing import Final, NamedTuple

from pkzone.files.inputs import open_regular

__all__ = [
    "FILE_TYPES",
    "GEOJSON_ENDINGS",
    "GZIP_MAGIC",
    "HEAD_BYTES",
    "READ_ENDINGS",
    "SEQUENCE_ENDINGS",
    "FileType",
    "conflict_line",
    "conflict_reason",
    "foreign_reason",
    "head_of",
    "identify",
    "is_geojson",
    "remedy",
    "title_of_path",
    "unread_reason",
]

HEAD_BYTES = 4096
"""How much of a file `identify` wants to see."""

SEQUENCE_ENDINGS: Final = (".geojsonl", ".geojsons", ".ndjson", ".jsonl")
"""Endings of newline-delimited GeoJSON and text sequences."""

GEOJSON_ENDINGS: Final = tuple(
    ending + packed for packed in ("", ".gz") for ending in (".geojson", ".json", *SEQUENCE_ENDINGS)
)
"""Endings of files that are read as GeoJSON."""

GZIP_MAGIC: Final = b"\x1f\x8b"


class FileType(NamedTuple):
    """A type of file.

    Attributes
    ----------
    title : str
        Completes "it is".
    suffixes : tuple of str
        Its usual extensions, where ``pkzone import`` reads it.
    remedy : str
        What to do where it does not; ``{file}`` stands for its name.
    """

    title: str
    suffixes: tuple[str, ...] = ()
    remedy: str = ""


_UNPACK: Final = "unpack it and name the file in it"
_OGR: Final = "ogr2ogr -f GeoJSON OUT.geojson {file}"

FILE_TYPES: Final[dict[str, FileType]] = {
    "kml": FileType("KML", (".kml",)),
    "gpx": FileType("GPX", (".gpx",)),
    "gpkg": FileType("a GeoPackage", (".gpkg",)),
    "fgb": FileType("FlatGeobuf", (".fgb",)),
    "parquet": FileType("Parquet", (".parquet", ".geoparquet")),
    "shp": FileType("a Shapefile's geometry", (".shp",)),
    "csv": FileType("text", (".csv", ".tsv")),
    "kmz": FileType("KMZ (KML in a ZIP archive)", (".kmz",)),
    "zip": FileType("a ZIP archive", (".zip",)),
    "office": FileType(
        "a workbook or document (Excel's .xlsx and the like)",
        remedy="save its sheet as .csv in UTF-8, which pkzone tag and pkzone import read",
    ),
    "companion": FileType(
        "a part of a Shapefile", remedy="name the .shp beside it: pkzone import {stem}.shp"
    ),
    "sqlite": FileType(
        "an SQLite database without the mark of a GeoPackage",
        remedy="export its layer as a GeoPackage (.gpkg) first",
    ),
    "gml": FileType("GML", remedy=_OGR),
    "osm": FileType("OpenStreetMap XML", remedy="convert it with osmtogeojson"),
    "xml": FileType("XML of another kind"),
    "doctype": FileType("XML with a DOCTYPE"),
    "html": FileType(
        "a web page (HTML)", remedy="download the raw file, not the page that shows it"
    ),
    "lfs": FileType("a Git LFS pointer, which stands for a file", remedy="git lfs pull"),
    "conflict": FileType(
        "a file with Git's conflict markers",
        remedy="resolve the conflict, or take one side whole: "
        "git checkout --ours {file} (or --theirs)",
    ),
    "gzip": FileType("gzip", remedy="gunzip -k {file}"),
    "compressed": FileType("a compressed file or archive", remedy=_UNPACK),
    "picture": FileType("a picture or PDF", remedy="name the file with the data"),
    "json": FileType("JSON"),
    "empty": FileType("empty"),
    "binary": FileType("not of any format that is read"),
}
"""All types by the name that `identify` returns."""

READ_ENDINGS: Final = (
    *GEOJSON_ENDINGS,
    *(suffix for file_type in FILE_TYPES.values() for suffix in file_type.suffixes),
)
"""Endings of all files that are read: GeoJSON, and what ``pkzone import`` takes."""

_GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
_SHAPEFILE_CODE, _SHAPEFILE_VERSION = (9994).to_bytes(4, "big"), (1000).to_bytes(4, "little")
_OFFICE_PARTS = (b"[Content_Types].xml", b"docProps/", b"_rels/", b"xl/", b"mimetypeapplication/v")
_MAGIC: Final = (
    (b"fgb\x03fgb", "fgb"),
    (b"PAR1", "parquet"),
    (GZIP_MAGIC, "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),  # before 2007
    (b"version https://git-lfs.github.com/spec/", "lfs"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\0", "compressed"),
    (b"7z\xbc\xaf\x27\x1c", "compressed"),
    (b"Rar!\x1a\x07", "compressed"),
    (b"\x28\xb5\x2f\xfd", "compressed"),  # Zstandard
    (b"%PDF-", "picture"),
    (b"\x89PNG\r\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
)
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Possessive: what was passed over is not looked at again, or a few lines would take for ever.
_ROOT = re.compile(rb"\A(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<(?:[\w.-]++:)?(\w+)", re.DOTALL)
_ROOTS: Final = {
    "kml": "kml",
    "gpx": "gpx",
    "html": "html",
    "featurecollection": "gml",
    "osm": "osm",
}
_RECORD_SEPARATOR = b"\x1e"  # RFC 8142 puts one before each text
_COMPANIONS: Final = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj")
_CONFLICT = re.compile(rb"^<{7,}(?: .*)?\r?$", re.MULTILINE)
_CONFLICT_END = re.compile(rb"^>{7,}(?: .*)?\r?$", re.MULTILINE)
_PACKED_TABLES: Final = (".csv.gz", ".tsv.gz")
_UNCLEAR: Final = frozenset({"json", "csv", "empty", "binary"})
_LONGEST_SHOWN = 120


def identify(head: bytes) -> str:
    """Return the name of a file's type by its first `HEAD_BYTES`; see `FILE_TYPES`.

    ``csv`` is any other text, ``json`` any text that begins as JSON does.
    """
    if not head:
        return "empty"
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg" if head[68:72] in _GEOPACKAGE_IDS else "sqlite"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(head)
    if head.startswith(_SHAPEFILE_CODE) and head[28:32] == _SHAPEFILE_VERSION:
        return "shp"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "compressed" if head[257:262] == b"ustar" else _text(head)


def _archive(head: bytes) -> str:
    """Tell ZIP archives apart by the name of their first member."""
    member = head[30:]
    length = int.from_bytes(head[26:28], "little")
    if member[:length].lower().endswith(b".kml"):
        return "kmz"
    return "office" if member.startswith(_OFFICE_PARTS) else "zip"


def _text(head: bytes) -> str:
    text = head
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            whole = head[len(mark) : len(head) - len(head) % 4]
            text = whole.decode(encoding, "replace").encode()
            break
    if b"\0" in text:
        return "binary"
    start = text.lstrip()
    if start.startswith(b"<"):
        return "conflict" if _CONFLICT.match(start) else _markup(text)
    return "json" if start.startswith((b"{", b"[", _RECORD_SEPARATOR)) else "csv"


def _markup(text: bytes) -> str:
    root = _ROOT.match(text)
    name = root[1].decode("ascii", "replace").lower() if root else ""
    if not name and b"<!DOCTYPE" in text.upper():
        return "html" if b"html" in text.lower() else "doctype"
    return _ROOTS.get(name, "xml")


def head_of(path: str) -> bytes:
    """Return the first `HEAD_BYTES` of a regular file; nothing of what cannot be read."""
    try:
        with open_regular(path) as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError):  # ValueError: a null character in the name
        return b""


def is_geojson(path: str, other_endings: tuple[str, ...]) -> bool:
    """Tell whether a file is for the reader of GeoJSON: by its extension, else by its content.

    With one of the ``other_endings`` it never is.
    """
    lowered = path.lower()
    if lowered.endswith(GEOJSON_ENDINGS):
        return True
    return not lowered.endswith(other_endings) and identify(head_of(path)) in ("json", "gzip")


def unread_reason(head: bytes, file: str) -> str | None:
    """Return the type of a file and the command that helps; None where the bytes do not say."""
    name = identify(head)
    if name in _UNCLEAR:
        return None
    return ": ".join(filter(None, (f"is {FILE_TYPES[name].title}", remedy(name, file))))


def foreign_reason(head: bytes, file: str, *, packed: bool = False) -> str | None:
    """Return why a file is not read as GeoJSON, and the command that helps.

    None where it may be GeoJSON, or text of which the parser can say more. Of a ``packed`` file
    the head is that of its content.
    """
    name = identify(head)
    is_table = name == "csv" and file.lower().endswith(_PACKED_TABLES)
    if packed and (is_table or name not in _UNCLEAR):
        title = FILE_TYPES[name].title
        return f"is gzip of what is {title}, not GeoJSON: {remedy('gzip', file)}, and name that"
    ending = PurePath(file).suffix.lower()
    if ending in _COMPANIONS and name not in ("json", "empty"):
        name = "companion"
    elif name == "csv" and ending not in FILE_TYPES["csv"].suffixes:
        return None
    if name in _UNCLEAR - {"csv"}:
        return None
    title = "CSV" if name == "csv" else FILE_TYPES[name].title
    return ": ".join(filter(None, (f"is {title}, not GeoJSON", remedy(name, file))))


def remedy(name: str, file: str) -> str:
    """Return the remedy for a file of a type that is not read where it stands."""
    file_type = FILE_TYPES[name]
    if name == "gzip" and not file.lower().endswith(".gz"):
        return f"gunzip < {_shown(file)} > OUT"  # it takes no other extension for one of its own
    if not file_type.suffixes:
        stem = PurePath(file).with_suffix("")
        return file_type.remedy.format(file=_shown(file), stem=_shown(str(stem)))
    suffix = file_type.suffixes[0]
    if file == "<stdin>" or len(file) > _LONGEST_SHOWN:
        return f"save it as FILE{suffix}, then pkzone import FILE{suffix} -o FILE.geojson"
    output = quote(f"{PurePath(file).stem}.geojson")
    if file.lower().endswith(file_type.suffixes):
        return f"pkzone import {quote(file)} -o {output}"
    renamed = quote(str(PurePath(file).with_suffix(suffix)))
    return f"rename it to {renamed}, then pkzone import {renamed} -o {output}"


def _shown(file: str) -> str:
    return "FILE" if file == "<stdin>" or len(file) > _LONGEST_SHOWN else quote(file)


def conflict_line(data: bytes) -> int | None:
    """Return the line of the first conflict that Git has left in a text, counted from 1."""
    begin = _CONFLICT.search(data)
    if begin is None or _CONFLICT_END.search(data, begin.end()) is None:
        return None
    return data.count(b"\n", 0, begin.start()) + 1


def conflict_reason(line: int, file: str) -> str:
    """Return why a text with conflict markers is refused."""
    return f"has Git's conflict markers (<<<<<<< in line {line}): {remedy('conflict', file)}"


def title_of_path(path: str) -> str:
    """Return a file's name without its extension, ``.gz`` included."""
    name = PurePath(path).name
    return PurePath(name[:-3] if name.lower().endswith(".gz") else name).stem
