"""Map properties to columns of a table and back, with a note that says what a column cannot.

A column has one type and every row has it; properties of GeoJSON have neither rule. The note is
a small JSON text that travels with the file where the format has a place for it. It names the
property behind a column, its kind, what an empty cell stands for, and the column of ids.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pkzone.errors import printable
from pkzone.formats.registry import Format
from pkzone.geojson.model import Feature

__all__ = ["DBF_DIGITS", "OTHER_ID", "Column", "Columns", "plan_columns", "read_note"]

OTHER_ID = "feature_id"
"""Column of ids where a format keeps ``id`` for ids that are names in XML."""

_EXACT = 2**53
_INT64 = 2**63
DBF_DIGITS = 19
"""Digits of a number in dBASE, with those behind the point: as many as GDAL takes of a decimal."""

_DBF_WHOLE = 10**17
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|\r")
_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_ODD_IN_NAME = re.compile(r"[\x00-\x1f\x7f\"'`\[\]\\/<>&;:]")


@dataclass(frozen=True)
class Column:
    """A column: its name in the file, the property it holds, its kind, what empty stands for.

    ``origin`` is the name of the property.
    ``kind`` is ``text``, ``integer``, ``float``, ``number`` (whole numbers among fractions),
    ``boolean`` or ``json`` (anything else, as JSON text); ``empty`` is ``absent``, ``null`` or
    ``text`` (an empty one).
    """

    name: str
    origin: str
    kind: str
    empty: str

    @property
    def cell_type(self) -> str:
        """Type of the cells."""
        return "float" if self.kind == "number" else self.kind


@dataclass(frozen=True)
class Columns:
    """The columns of a table and the one of ids.

    ``fits`` tells whether the format can hold a text; a kind ``as_it_is`` needs no conversion.
    """

    columns: tuple[Column, ...]
    id_column: Column | None
    fits: Callable[[str], bool]
    as_it_is: str = ""

    @property
    def fields(self) -> list[list[str]]:
        """Name and type of each column of the table, the ids first."""
        first = [self.id_column] if self.id_column else []
        return [[one.name, one.cell_type] for one in (*first, *self.columns)]

    def row(self, feature: Feature) -> list[Any]:
        """Return the cells of a feature."""
        cells = [self._cell(feature.id, self.id_column.kind)] if self.id_column else []
        properties = feature.properties
        return cells + [self._cell(properties.get(c.origin), c.kind) for c in self.columns]

    def _cell(self, value: Any, kind: str) -> Any:
        if value is None or kind in ("text", "integer", "boolean", self.as_it_is):
            return value
        if kind in ("float", "number"):
            return float(value)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text if self.fits(text) else json.dumps(value, separators=(",", ":"))

    def note(self, **more: Any) -> str:
        """Return the note on these columns, with what else it is to say."""
        columns = {
            one.name: {"property": one.origin, "kind": one.kind, "empty": one.empty}
            for one in self.columns
        }
        own = self.id_column
        identity = {"id": {"column": own.name, "kind": own.kind}} if own else {"id": None}
        value = {"pkzone": 1, **identity, "columns": columns, **more}
        return json.dumps(value, separators=(",", ":"), sort_keys=True)

    def notices(self, form: Format) -> list[str]:
        """Return a line on columns of other names, and one on those that are JSON text."""
        lines = []
        renamed = [f"{c.origin} as {c.name}" for c in self.columns if c.name != c.origin]
        if self.id_column and self.id_column.name != "id":
            renamed.append(f"the ids as {self.id_column.name}")
        if renamed:
            lines.append(f"columns have other names: {_listed(renamed)}")
        texts = [one.name for one in self.columns if one.kind == "json"]
        if texts:
            lines.append(f"lists and values of mixed types are JSON text: {_listed(texts)}")
        return lines


def _listed(names: Sequence[str], limit: int = 8) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(printable(name, 40) for name in names[:limit]) + more


def plan_columns(features: Sequence[Feature], form: Format, first: Sequence[str] = ()) -> Columns:
    """Return the columns that hold the properties and ids of features in a format.

    Those named ``first`` stand in that order, all others after them by their names.
    """
    used = {name for feature in features for name in feature.properties}
    names = [name for name in first if name in used]
    names += sorted(used.difference(names))

    def fits(text: str) -> bool:
        if form.xml:
            return not _XML_FORBIDDEN.search(text) and text == text.strip()
        return "\0" not in text

    taken = {"geometry", *form.reserved.split()}
    own = None
    if any(feature.id is not None for feature in features):
        ids = [feature.id for feature in features if feature.id is not None]
        kind = _kind(ids, form, fits)
        # LIBKML writes its ids into an attribute as they are: others go among the data.
        plain = not form.xml_ids or all(map(_XML_ID.match, map(str, ids)))
        own = Column(_column_name("id" if plain else OTHER_ID, taken, form), "", kind, "absent")
    if form.xml:
        taken.add("id")
    columns = []
    for name in names:
        values = [one.properties[name] for one in features if name in one.properties]
        filled = [value for value in values if value is not None]
        meanings = Counter(
            {"absent": len(features) - len(values), "null": len(values) - len(filled)}
        )
        kind = _kind(filled, form, fits)
        if not form.nulls and kind == "text":
            meanings["text"] = sum(value == "" for value in filled)
        empty = max(("null", "absent", "text"), key=lambda meaning: meanings[meaning])
        columns.append(Column(_column_name(name, taken, form), name, kind, empty))
    return Columns(tuple(columns), own, fits, "number" if form.table else "")


def _kind(values: Iterable[Any], form: Format, fits: Callable[[str], bool]) -> str:
    """Return the kind of column that holds these values, none of them null."""
    values = list(values)
    types = {type(value) for value in values}
    if types <= {str}:
        return "text" if all(map(fits, values)) else "json"
    if types == {bool}:
        return "boolean"
    if types == {int}:
        most = _DBF_WHOLE if form.dbase else _INT64
        return "integer" if all(-most < value < most for value in values) else "json"
    if types <= {int, float}:
        exact = all(abs(value) <= _EXACT for value in values if isinstance(value, int))
        if not exact or (form.dbase and decimals(values) is None):
            return "json"
        return "float" if types == {float} else "number"
    return "json"


def decimals(values: Iterable[float]) -> int | None:
    """Return the fewest decimals with which dBASE holds all numbers exactly, None if it cannot."""
    most = widest = 0
    for value in values:
        for places in range(most, 16):
            text = f"{value:.{places}f}"
            if float(text) == value:
                break
        else:
            return None
        most = places
        widest = max(widest, len(text.lstrip("-").partition(".")[0]))
        if widest + max(most, 1) > DBF_DIGITS:
            return None
    return most


def _column_name(wanted: str, taken: set[str], form: Format) -> str:
    """Return a name that the format can hold and no other column has, and note it as taken."""
    limit = form.name_bytes or 60
    clean = _ODD_IN_NAME.sub("_", wanted).strip() or "property"
    if form.xml:  # names of elements, or nearly so
        clean = re.sub(r"[^\w.-]", "_", clean, flags=re.ASCII if form.ascii_names else 0)
        clean = f"p_{clean}" if not (clean[0].isalpha() or clean[0] == "_") else clean
    name, number = _cut(clean, limit), 1
    while name.casefold() in taken or name.startswith("ogr_"):
        number += 1
        suffix = f"_{number}"
        name = _cut(clean.removeprefix("ogr_") or "p", limit - len(suffix)) + suffix
    taken.add(name.casefold())
    return name


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode("utf-8", "ignore")


_KINDS = {"text", "integer", "float", "number", "boolean", "json"}
_EMPTY = {"absent", "null", "text"}


def read_note(text: str | None) -> dict[str, Any] | None:
    """Return the note on columns that a text holds, None if it holds none: it is from outside."""
    if not text:
        return None
    try:
        note = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(note, dict) and note.get("pkzone") == 1):
        return None
    columns, identity = note.get("columns"), note.get("id")
    if not isinstance(columns, dict) or not all(map(_is_column, columns.values())):
        return None
    if identity is not None and not (
        isinstance(identity, dict)
        and isinstance(identity.get("column"), str)
        and identity.get("kind") in _KINDS
    ):
        return None
    return note


def _is_column(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("property"), str)
        and value.get("kind") in _KINDS
        and value.get("empty") in _EMPTY
    )
