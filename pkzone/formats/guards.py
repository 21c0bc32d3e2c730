"""A first look into a GeoPackage: no SQL of its makers is run, and what a layer is made of.

The file is opened for reading only and as one that nobody changes: triggers cannot fire, no
journal is looked for. A layer that is a view would run a query that the file brings along, and a
virtual table code that it names; both are refused.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pkzone.errors import FormatError, UnsafeFile, printable

__all__ = ["NOTE_STANDARD", "feature_tables", "located", "note", "other_tables"]

NOTE_STANDARD = "urn:pkzone:columns"
"""What the note on columns says that it follows, in ``gpkg_metadata``."""

_VIRTUAL = re.compile(r"\A\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+(\w+)", re.I | re.S)
_MAX_NOTE = 1024**2


def feature_tables(path: str) -> list[str]:
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


def note(path: str, table: str) -> str | None:
    """Return the note on columns that belongs to a layer, None if there is none."""
    query = (
        "SELECT m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r"
        " ON r.md_file_id = m.id WHERE m.md_standard_uri = ? AND r.table_name = ?"
        " AND length(m.metadata) <= ?"
    )
    try:
        with closing(_opened(path)) as database:
            row = database.execute(query, (NOTE_STANDARD, table, _MAX_NOTE)).fetchone()
    except sqlite3.Error:
        return None  # there are no such tables: nobody left a note
    return row[0] if row and isinstance(row[0], str) else None


def located(path: str, table: str) -> tuple[int, int]:
    """Return how many features of a layer have a geometry, and how many of these measures (M)."""
    try:
        with closing(_opened(path)) as database:
            (column,) = database.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
            ).fetchone()
            name, layer = _quoted(column), _quoted(table)
            query = f"SELECT substr({name}, 1, 80) FROM {layer} WHERE {name} NOT NULL"  # noqa: S608
            count = measured = 0
            for (start,) in database.execute(query):
                count += 1
                measured += isinstance(start, bytes) and _has_measures(start)
    except (sqlite3.Error, TypeError) as error:
        reason = f"is a damaged GeoPackage: {printable(table)}: {printable(str(error))}"
        raise FormatError("", reason) from None
    return count, measured


def _has_measures(start: bytes) -> bool:
    """Tell from the start of a geometry (OGC 12-128r18, 2.1.3) whether its positions have an M."""
    envelope = (0, 32, 48, 48, 64)
    kind = (start[3] >> 1) & 7 if len(start) > 3 else 0
    wkb = start[8 + envelope[min(kind, 4)] :][:5]
    order: Literal["little", "big"] = "little" if wkb[:1] == b"\1" else "big"
    return int.from_bytes(wkb[1:], order) // 1000 in (2, 3)


def other_tables(path: str) -> list[str]:
    """Return the tables that a GeoPackage lists and that hold no features, but for styles."""
    with closing(_opened(path)) as database:
        rows = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type != 'features'"
            " AND table_name != 'layer_styles' ORDER BY table_name"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _opened(path: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(Path(path).resolve()))}?mode=ro&immutable=1"
    database = sqlite3.connect(uri, uri=True)
    database.execute("PRAGMA trusted_schema=OFF")
    database.execute("PRAGMA query_only=ON")
    database.execute("PRAGMA cell_size_check=ON")
    return database
