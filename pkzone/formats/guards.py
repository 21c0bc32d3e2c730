"""Check GeoPackages and Shapefiles without GDAL, before and after it opens a layer.

A view runs a query of the file's, a virtual table the code that it names: both are refused. What
GDAL passes over in silence, from a geometry that it cannot read to a damaged table, is counted.
"""

from __future__ import annotations

import codecs
import re
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from html import unescape
from itertools import chain, count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pkzone.errors import FormatError, UnsafeFile, printable
from pkzone.formats.batches import Batch, Opened
from pkzone.formats.registry import MEASURES_LOST

__all__ = ["NOTE_STANDARD", "RAW_TEXT", "finished", "layer_names"]

NOTE_STANDARD = "urn:pkzone:columns"
"""Standard that the note on columns names in ``gpkg_metadata``."""

_VIRTUAL = re.compile(r"\A\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+(\w+)", re.I | re.S)
_MAX_NOTE = 1024**2
# Texts of QGIS' metadata; of entities, no parser of XML is asked.
_QGIS_FACT = re.compile(r"<(title|rights|license)>([^<>]*)</\1>")
_QGIS_NAMES = {"title": "title", "rights": "attribution", "license": "license"}
_LONGEST_FACT = 500


def _feature_tables(path: str) -> list[str]:
    """Return the layers with features that a GeoPackage lists, once it is found harmless.

    Raises
    ------
    UnsafeFile
        A layer is a view, or there is a virtual table other than a spatial index.
    FormatError
        It is no sound GeoPackage.
    """
    try:
        with closing(_opened(path)) as database:
            kinds = {}
            for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
                if kind in ("table", "view"):
                    kinds[str(name).lower()] = kind
                virtual = _VIRTUAL.match(sql or "")
                if virtual and virtual[1].lower() != "rtree":
                    reason = f"holds a virtual table ({printable(virtual[1])}), which runs code"
                    raise UnsafeFile("", f"{reason}; export the layer to a new GeoPackage")
            rows = database.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            ).fetchall()
    except sqlite3.Error as error:
        raise FormatError("", f"is a damaged GeoPackage: {printable(str(error))}") from None
    names = [str(row[0]) for row in rows]
    for name in names:
        if kinds.get(name.lower()) == "view":
            reason = f"its layer {printable(name)} is a view, which runs a query of the file's"
            raise UnsafeFile("", f"{reason}; export it to a table first")
        if name.lower() not in kinds:
            raise FormatError("", f"is a damaged GeoPackage: no table {printable(name)}")
    return names


def _completed(opened: Opened, path: str, table: str) -> Opened:
    """Return an opened layer of a GeoPackage with what only the database says of it."""
    with closing(_opened(path)) as database:
        located, measured = _count_geometries(database, table)
        rows = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type != 'features'"
            " AND table_name != 'layer_styles' ORDER BY table_name"
        ).fetchall()
        note, about = _stored_note(database, table), _about(database, table)
        opened = replace(opened, note=note, located=located, about=about)
    if measured:
        opened.notices.append(f"{MEASURES_LOST}: {measured}")
    if rows:
        listed = printable(", ".join(str(row[0]) for row in rows), 200)
        opened.notices.append(f"tables without features are not read: {listed}")
    return opened


def _stored_note(database: sqlite3.Connection, table: str) -> str | None:
    """Return the note on columns that belongs to a layer, None if there is none."""
    query = (
        "SELECT m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r"
        " ON r.md_file_id = m.id WHERE m.md_standard_uri = ? AND r.table_name = ?"
        " AND length(m.metadata) <= ?"
    )
    try:
        row = database.execute(query, (NOTE_STANDARD, table, _MAX_NOTE)).fetchone()
    except sqlite3.Error:
        return None  # there are no such tables: nobody left a note
    return row[0] if row and isinstance(row[0], str) else None


def _about(database: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return title, attribution and licence of a layer as QGIS writes them, else its identifier."""
    about: dict[str, str] = {}
    with suppress(sqlite3.Error):  # any of these tables may lack
        query = "SELECT identifier FROM gpkg_contents WHERE table_name = ?"
        about["title"] = str(next(database.execute(query, (table,)))[0] or "")
        query = (
            "SELECT m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r"
            " ON r.md_file_id = m.id WHERE m.md_standard_uri LIKE '%qgis%'"
            " AND r.table_name = ? AND length(m.metadata) <= ?"
        )
        for (text,) in database.execute(query, (table, _MAX_NOTE)):
            facts = {tag: unescape(value).strip() for tag, value in _QGIS_FACT.findall(str(text))}
            about |= {_QGIS_NAMES[tag]: value for tag, value in facts.items() if value}
    return {name: text[:_LONGEST_FACT] for name, text in about.items() if text}


def _count_geometries(database: sqlite3.Connection, table: str) -> tuple[int, int]:
    """Return how many features of a layer have a geometry, and how many of these measures (M)."""
    try:
        (column,) = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
        ).fetchone()
        name, layer = _quoted(column), _quoted(table)
        query = f"SELECT substr({name}, 1, 80) FROM {layer} WHERE {name} NOT NULL"  # noqa: S608
        starts = [start for (start,) in database.execute(query)]
    except (sqlite3.Error, TypeError) as error:
        reason = f"is a damaged GeoPackage: {printable(table)}: {printable(str(error))}"
        raise FormatError("", reason) from None
    return len(starts), sum(isinstance(one, bytes) and _has_measures(one) for one in starts)


def _has_measures(start: bytes) -> bool:
    """Tell from the start of a geometry (OGC 12-128r18, 2.1.3) whether its positions have an M."""
    envelope = (0, 32, 48, 48, 64)
    kind = (start[3] >> 1) & 7 if len(start) > 3 else 0
    wkb = start[8 + envelope[min(kind, 4)] :][:5]
    order: Literal["little", "big"] = "little" if wkb[:1] == b"\1" else "big"
    return int.from_bytes(wkb[1:], order) // 1000 in (2, 3)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _opened(path: str) -> sqlite3.Connection:
    """Open a GeoPackage that nobody changes: no trigger fires, no journal is looked for."""
    uri = f"file:{quote(str(Path(path).resolve()))}?mode=ro&immutable=1"
    database = sqlite3.connect(uri, uri=True)
    database.execute("PRAGMA trusted_schema=OFF")
    database.execute("PRAGMA query_only=ON")
    database.execute("PRAGMA cell_size_check=ON")
    return database


_NO_MEASURE = -1e38  # of a Shapefile: what is less is none
_MEASURED_SHAPES = (21, 23, 25, 28)
_DELETED = 0x2A
_DBF_NAME = 10  # bytes that the name of a column has at most
_SHAPES_OF_HEIGHT = (11, 13, 15, 18)  # which may have measures too

RAW_TEXT = "ISO-8859-1"
"""Text of a Shapefile is taken byte by byte and decoded here: GDAL drops what does not fit."""

# Language drivers of dBASE that are met; the full table is longer than the use of it.
_DBF_LANGUAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x26: "cp866", 0x57: "cp1252", 0x64: "cp852",
    0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip


def layer_names(
    source: dict[str, Any], job: dict[str, Any], listed: Callable[[str], Iterable[str]]
) -> list[str]:
    """Return the layers that hold features, listed by GDAL where they are not known without it."""
    if job["driver"] == "ESRI Shapefile":
        return [source["layer"]]
    names = _feature_tables if job["driver"] == "GPKG" else listed
    return list(map(str, names(source["path"])))


def finished(opened: Opened, source: dict[str, Any], name: str, job: dict[str, Any]) -> Opened:
    """Return an opened layer with its note, its text decoded, and columns of no use left out."""
    if job["driver"] == "GPKG":
        opened = _completed(opened, source["path"], name)
    if job["driver"] == "ESRI Shapefile":
        shapes, has_measures = _shapes(Path(source["path"]))
        deleted = _deleted(Path(source["path"]).with_suffix(".dbf"), name, len(shapes), opened)
        opened = replace(
            _decoded(opened, source, job),
            note=source.get("note"),
            count=len(shapes) - len(deleted),
            located=sum(shapes) - sum(shapes[place] for place in deleted),
        )
        if deleted:
            opened.notices.append(f"records marked as deleted are left out: {len(deleted)}")
        if has_measures:
            opened.notices.append(f"{MEASURES_LOST}: {sum(shapes)}")
    binary = {i for i, (_, kind) in enumerate(opened.fields) if kind == "binary"}
    if binary:
        names = ", ".join(opened.fields[i][0] for i in sorted(binary))
        opened.notices.append(f"columns of binary data are left out: {names}")
    return _without(opened, binary)


def _without(opened: Opened, dropped: set[int]) -> Opened:
    """Return a layer without some of its columns."""
    if not dropped:
        return opened
    keep = [i for i in range(len(opened.fields)) if i not in dropped]
    batches = (Batch([one.columns[i] for i in keep], one.shapes) for one in opened.batches)
    return replace(opened, fields=[opened.fields[i] for i in keep], batches=batches)


def _shapes(path: Path) -> tuple[bytearray, bool]:
    """Return of each record of a .shp whether it holds a shape, found without GDAL.

    And whether they have measures: by their type, or by the range of measures in the header.
    """
    data = path.read_bytes()
    place, located = 100, bytearray()
    while place + 12 <= len(data):
        words = int.from_bytes(data[place + 4 : place + 8], "big")
        located.append(data[place + 8 : place + 12] != b"\0\0\0\0")
        place += 8 + 2 * words
    if place != len(data):
        raise FormatError("", "is damaged: its last shape is cut off")
    kind = int.from_bytes(data[32:36], "little")
    bounds = struct.unpack("<2d", data[84:100])
    ranged = bounds != (0, 0) and all(one > _NO_MEASURE for one in bounds)
    return located, kind in _MEASURED_SHAPES or (kind in _SHAPES_OF_HEIGHT and ranged)


def _deleted(path: Path, layer: str, shapes: int, opened: Opened) -> list[int]:
    """Return which records of a table are marked as deleted: programs leave them in the file.

    A damaged table, which GDAL reads as far as it goes, is refused; one that is missing is said.
    """
    shown = f"{printable(layer)}.dbf"
    if not path.exists():
        reason = f"its table {shown} is missing: read without columns; put it beside the .shp"
        opened.notices.append(reason)
        return []
    data = path.read_bytes()
    records, start, width = (
        int.from_bytes(data[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12))
    )
    columns, whole = _dbf_columns(data[32:start])
    flaw = ""
    if len(data) < max(start, 32) or not whole:
        flaw = "its list of columns is cut off"
    elif width not in (1 + sum(columns), 1 + sum(one & 0xFF for one in columns)):
        flaw = f"its columns take {1 + sum(columns)} bytes, but a record {width}"
    elif len(data) < start + records * width:
        flaw = f"it is cut off, or has fewer than the {records} records that it states"
    elif records != shapes:
        flaw = f"it has {records} records for {shapes} shapes"
    if flaw:
        remedy = "take the file from its source again, or move the .dbf away to read the shapes"
        raise FormatError("", f"the table {shown} is damaged: {flaw}; {remedy} alone")
    marks = data[start : start + records * width : width]
    return [place for place, mark in enumerate(marks) if mark == _DELETED]


def _dbf_columns(fields: bytes) -> tuple[list[int], bool]:
    """Return the widths of a dBASE table's columns, and whether its list of them is whole."""
    widths: list[int] = []
    for start in range(0, len(fields), 32):
        if fields[start] == 0x0D:
            return widths, True
        if len(fields) < start + 32:
            break
        # Long texts count on in the decimals, where other programs write what they show of it.
        wide = fields[start + 11] == ord("C")
        widths.append(fields[start + 16] + (fields[start + 17] << 8 if wide else 0))
    return widths, False


def _decoded(opened: Opened, source: dict[str, Any], job: dict[str, Any]) -> Opened:
    encoding, notice = _dbf_encoding(source, job["encoding"])
    if notice and any(kind == "text" for _, kind in opened.fields):
        opened.notices.append(notice)

    def decode(text: Any, where: str) -> Any:
        if not isinstance(text, str) or text.isascii():
            return text
        try:
            return text.encode(RAW_TEXT).decode(encoding)
        except UnicodeDecodeError:
            reason = f"{where}: text is not {encoding}; state what it is with --encoding"
            raise FormatError("", reason) from None

    def batches() -> Iterator[Batch]:
        first = 0
        for batch in opened.batches:
            columns: Sequence[Any] = batch.columns
            if not all(map(_is_ascii, columns)):
                decoded = [
                    [decode(value, f"feature {place}") for value in values]
                    for place, values in enumerate(batch.rows(), first)
                ]
                columns = list(zip(*decoded, strict=True))
            yield Batch(columns, batch.shapes)
            first += len(batch)

    names: list[str] = []
    for key, _ in opened.fields:
        cut = _cut(key, encoding)
        whole = cut or decode(key, "a column's name")
        name = next(n for n in _numbered(whole) if n not in names)
        names.append(name)
        if cut:
            reason = "was cut within a letter, which is dropped"
            opened.notices.append(f'the name of column "{name}" {reason}')
    fields = [(name, kind) for name, (_, kind) in zip(names, opened.fields, strict=True)]
    return replace(opened, fields=fields, batches=batches())


def _is_ascii(column: Iterable[Any]) -> bool:
    return all(value.isascii() for value in column if isinstance(value, str))


def _cut(key: str, encoding: str) -> str:
    """Decode a name less the letter that its tenth byte cuts, or return nothing if it cuts none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        name = decoder.decode(key.encode(RAW_TEXT))
    except UnicodeDecodeError:
        return ""
    return name if len(key) == _DBF_NAME and decoder.getstate()[0] else ""


def _numbered(name: str) -> Iterator[str]:
    return chain([name], (f"{name}_{number}" for number in count(2)))


def _dbf_encoding(source: dict[str, Any], stated: str | None) -> tuple[str, str]:
    """Return the encoding of a Shapefile's text, and a notice where it is a guess."""
    if stated:
        return _codec(stated, "--encoding"), ""
    table = Path(source["path"]).with_suffix(".dbf")
    page = table.with_suffix(".cpg")
    if page.exists():
        text = page.read_bytes()[:64].decode("ascii", "replace").strip()
        return _codec(text, "its .cpg names an encoding that"), ""
    if not table.exists():
        return "utf-8", ""
    data = table.read_bytes()
    if len(data) > 29 and data[29] in _DBF_LANGUAGES:
        return _DBF_LANGUAGES[data[29]], ""
    if data[32:].isascii():
        return "ascii", ""
    try:
        data[32:].decode("utf-8")
    except UnicodeDecodeError:
        guess = "ISO-8859-1"
    else:
        guess = "UTF-8"
    return guess, f"no .cpg says in what encoding its text is: taken as {guess}; see --encoding"


def _codec(name: str, what: str) -> str:
    compact = name.replace(" ", "-")
    candidates = [f"cp{name}", compact] if name.isdigit() else [compact]
    if match := re.fullmatch(r"(?:ISO)?[ -_]?8859[ -_]?(\d{1,2})", name, re.IGNORECASE):
        candidates.append(f"iso8859-{match[1]}")
    for candidate in candidates:
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding:
            return info.name
    raise FormatError("", f"{what} is not known: {name}")
