"""Add metadata, notes on columns and QGIS styles to a GeoPackage."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pkzone.formats.guards import NOTE_STANDARD
from pkzone.formats.tables import FeatureTable

if TYPE_CHECKING:
    from pkzone.formats.export_source import Subject

__all__ = ["Styles", "complete"]

Styles = Callable[[str, str, Iterable[Mapping[str, Any]], Sequence[str]], str | None]
"""From the name of a layer, the kind of its geometry (point, line, area), the properties of its
features and the two columns of dates, if it has these, to its QGIS style."""

# OGC 12-128r18, annex F.8 (metadata) as the standard writes the tables.
_METADATA = """
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC AUTOINCREMENT NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT ''
);
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL,
  table_name TEXT,
  column_name TEXT,
  row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""
_EXTENSION = (
    "gpkg_metadata",
    "http://www.geopackage.org/spec121/#extension_metadata",
    "read-write",
)

# As QGIS makes the table itself.
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
"""
_KINDS = {"points": "point", "lines": "line", "areas": "area"}
_QGIS_METADATA = "http://mrcc.com/qgis.dtd"
_RECORD_STANDARD = "https://datapackage.org/profiles/2.0/dataresource.json"


def complete(
    path: Path,
    subject: Subject,
    tables: Sequence[FeatureTable],
    notes: Sequence[str],
    styles: Styles | None,
) -> None:
    """Add metadata and styles to a GeoPackage that was just written.

    The record of the version (title, dates, sources, licences) occurs twice: as JSON for
    programs, and in the form that QGIS shows among a layer's properties. The note on columns is
    metadata of its table.
    """
    time = f"{subject.date}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_METADATA)
        database.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)",
            [(name, *_EXTENSION) for name in ("gpkg_metadata", "gpkg_metadata_reference")],
        )
        if subject.record:
            record = json.dumps(subject.record, ensure_ascii=False, sort_keys=True)
            _add(database, (_RECORD_STANDARD, "application/json", record), None, time)
        for table, note in zip(tables, notes, strict=True):
            if subject.record:
                text = _layer_metadata(subject, table.layer)
                _add(database, (_QGIS_METADATA, "text/xml", text), table.layer, time)
            _add(database, (NOTE_STANDARD, "application/json", note), table.layer, time)
        if styles:
            known = [one.properties for one in subject.features]
            made = [
                (table, styles(subject.name, _KINDS.get(table.family, ""), known, subject.dates))
                for table in tables
            ]
            if any(style for _, style in made):
                _add_styles(database, made, time)


def _add(
    database: sqlite3.Connection, content: tuple[str, str, str], table: str | None, time: str
) -> None:
    """Add a piece of metadata about a table, or about the whole GeoPackage."""
    cursor = database.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata)"
        " VALUES ('dataset', ?, ?, ?)",
        content,
    )
    scope = "table" if table else "geopackage"
    database.execute(
        "INSERT INTO gpkg_metadata_reference VALUES (?, ?, NULL, NULL, ?, ?, NULL)",
        (scope, table, time, cursor.lastrowid),
    )


def _add_styles(
    database: sqlite3.Connection, made: Sequence[tuple[FeatureTable, str | None]], time: str
) -> None:
    database.executescript(_STYLES)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (time,),
    )
    columns = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, useAsDefault, description,"
        " owner, ui, update_time)"
        " VALUES ('', '', ?, ?, ?, ?, 1, 'made by pkzone', '', NULL, ?)",
        [
            (table.layer, columns[table.layer], table.layer[:30], style, time)
            for table, style in made
            if style is not None
        ],
    )


def _layer_metadata(subject: Subject, layer: str) -> str:
    """Return title, text, dates, licences and sources of a version as QGIS metadata."""
    record = subject.record
    root = Element("qgis", version="3.22.0")
    for name, text in (
        ("identifier", str(record.get("ref", layer))),
        ("parentidentifier", ""),
        ("language", "ENG"),
        ("type", "dataset"),
        ("title", subject.title),
        ("abstract", subject.description),
    ):
        SubElement(root, name).text = _clean(text)
    for licence in record.get("licenses", []):
        SubElement(root, "license").text = _clean(licence["title"] or licence["name"])
    links = SubElement(root, "links")
    for source in record.get("sources", []):
        facts = {"name": _clean(source["title"]), "type": "WWW:LINK", "url": _clean(source["path"])}
        facts |= {"description": "source", "format": "", "mimeType": "", "size": ""}
        SubElement(links, "link", facts)
    history = f"valid from {record.get('valid_from')} to {record.get('valid_to') or 'now'}"
    SubElement(root, "history").text = _clean(history)
    for name in ("dates", "fees", "encoding"):
        SubElement(root, name)
    return tostring(root, encoding="unicode")


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(char if char.isprintable() or char in "\t\n" else " " for char in text)
