"""Read the dated figures of a catalogue: ``figures.csv``, a table with a schema."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from pkzone.errors import BadDate, CatalogueError
from pkzone.layers.dates import parse_day
from pkzone.layers.json_fields import Fields, read_bytes

__all__ = ["COLUMNS", "FILE_NAME", "Figure", "read", "resource"]

FILE_NAME = "figures.csv"
COLUMNS = ("date", "subject", "value", "unit", "precision", "counted_by", "source_ids")
PRECISIONS = ("exact", "about", "more_than")
MAX_BYTES = 10_000_000


class Figure(NamedTuple):
    """A number that a source states for a day: how many posts, people, vehicles.

    ``precision`` is ``exact``, ``about`` or ``more_than``, as the source words it;
    ``counted_by`` says whose count it is. Of one day and subject there may be several: the
    counts of two parties differ.
    """

    date: date
    subject: str
    value: float
    unit: str
    precision: str
    counted_by: str
    source_ids: tuple[str, ...]


def read(item: Fields, root: str) -> tuple[Figure, ...]:
    """Return the figures of a catalogue, in the order of the file.

    Parameters
    ----------
    item : Fields
        The resource that describes the table.
    root : str
        The folder of the catalogue.

    Raises
    ------
    CatalogueError
        The file is missing, is not what the manifest records, or a row breaks a rule.
    """
    path = f"{root}/{FILE_NAME}"
    data = read_bytes(path, max_bytes=MAX_BYTES)
    if f"sha256:{sha256(data).hexdigest()}" != item.text("hash"):
        raise CatalogueError(
            f"{path}: the content is not what datapackage.json records; restore the file"
        )
    return tuple(parse(data, path))


def parse(data: bytes, name: str) -> Iterator[Figure]:
    """Yield the figures of a table in CSV, each row checked.

    Raises
    ------
    CatalogueError
        The file is no such table; the message names the row.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(f"{name}: is no CSV in UTF-8: {error}; fix the file") from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise CatalogueError(f"{name}: its first row must be {','.join(COLUMNS)}")
    for number, row in enumerate(rows[1:], start=2):
        try:
            yield _figure(row)
        except (BadDate, ValueError) as error:
            raise CatalogueError(f"{name}: row {number}: {error}; fix the row") from None


def _figure(row: Sequence[str]) -> Figure:
    if len(row) != len(COLUMNS):
        raise ValueError(f"has {len(row)} cells, not {len(COLUMNS)}")
    day, subject, value, unit, precision, counted_by, source_ids = row
    if not (subject and unit and counted_by and source_ids.split()):
        raise ValueError("a subject, a unit, who counted and a source are all needed")
    if precision not in PRECISIONS:
        raise ValueError(f"precision {precision!r} is not one of {', '.join(PRECISIONS)}")
    number = float(value)
    if not 0 <= number < float("inf"):
        raise ValueError(f"value {value!r} is not a number from 0 up")
    return Figure(
        parse_day(day), subject, number, unit, precision, counted_by, tuple(source_ids.split())
    )


def resource(data: bytes) -> Mapping[str, Any]:
    """Return the manifest's entry of the table, with its table schema (Data Package 2.0)."""
    subjects = sorted({figure.subject for figure in parse(data, FILE_NAME)})
    text = {"type": "string", "constraints": {"required": True}}
    fields: dict[str, dict[str, Any]] = {
        "date": {"type": "date", "constraints": {"required": True}},
        "subject": {"type": "string", "constraints": {"required": True, "enum": subjects}},
        "value": {"type": "number", "constraints": {"required": True, "minimum": 0}},
        "unit": text,
        "precision": {
            "type": "string",
            "constraints": {"required": True, "enum": list(PRECISIONS)},
        },
        "counted_by": text,
        "source_ids": {**text, "description": "ids of sources.json, separated by blanks"},
    }
    return {
        "name": "figures",
        "path": FILE_NAME,
        "title": "Figures by date, as the sources state them",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "schema": {"fields": [{"name": name, **rules} for name, rules in fields.items()]},
    }
