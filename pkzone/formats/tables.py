"""Sort features into the tables that a format can hold, and their properties into columns.

A table holds one kind of geometry where it must be so. A column has one type and every row has
it; properties of GeoJSON have neither rule. The note is a small JSON text that travels with the
file where the format has a place for it: it names the property behind a column, its kind, what
an empty cell stands for, and the column of ids.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from pkzone.errors import CannotHold, printable
from pkzone.formats.batches import Shapes
from pkzone.formats.registry import Format
from pkzone.geo.convert import shapes_of, without_gaps
from pkzone.geojson.model import Feature

__all__ = [
    "DBF_DIGITS",
    "OTHER_ID",
    "Columns",
    "FeatureTable",
    "as_many",
    "decimals",
    "plan_columns",
    "plan_tables",
    "read_note",
]

_FAMILIES = {
    "Point": "points",
    "MultiPoint": "points",
    "LineString": "lines",
    "MultiLineString": "lines",
    "Polygon": "areas",
    "MultiPolygon": "areas",
    "GeometryCollection": "collections",
}
_SINGLE = {"points": "Point", "lines": "LineString", "areas": "Polygon"}


@dataclass(frozen=True)
class FeatureTable:
    """Features that go into one layer.

    Attributes
    ----------
    layer, suffix : str
        Name of the layer, and what it adds to the name of the whole (``_lines``, or nothing).
    family : str
        ``points``, ``lines``, ``areas``, ``collections``, or ``any``.
    geometry : str
        The type of the column in GDAL's words, ``3D MultiPolygon``.
    features, shapes : tuple of Feature, ndarray of shapely.Geometry or None
        The features, and their geometries as they are written: all as many where some are, and
        without heights where the format cannot hold some.
    parts : str or None
        ``single`` if one part on its own was a single geometry in the layer, ``multi`` if it was
        not.
    """

    layer: str
    suffix: str
    family: str
    geometry: str
    features: tuple[Feature, ...]
    shapes: Shapes
    parts: str | None


def plan_tables(
    features: Sequence[Feature], form: Format, *, name: str, shown: str
) -> tuple[tuple[FeatureTable, ...], Shapes]:
    """Return the tables for features in a format; each feature stands in one of them.

    And the shapes of all features as they are, none of those that a format cannot hold as such.

    Raises
    ------
    CannotHold
        The format has no place for one of the geometries.
    """
    given = features
    if not form.empties:
        features = [_filled(one) for one in features]
    for place, feature in enumerate(features):
        _check(feature, place, form, shown)
    shapes = shapes_of([one.geometry for one in features])
    known = shapes.copy()
    known[[was is not now for was, now in zip(given, features, strict=True)]] = None

    def table(members: Sequence[int], family: str, suffix: str = "") -> FeatureTable:
        return _table(
            [features[i] for i in members], shapes[list(members)], name, suffix, family, form
        )

    everything = range(len(features))
    if not form.splits:
        return (table(everything, "any"),), known
    by_family: dict[str, list[int]] = {}
    for i, feature in enumerate(features):
        if feature.geometry is not None:
            by_family.setdefault(_FAMILIES[feature.geometry["type"]], []).append(i)
    if not by_family:
        return (table(everything, "points"),), known
    most = max(by_family, key=lambda family: len(by_family[family]))
    nowhere = [i for i in everything if features[i].geometry is None]
    by_family[most] = sorted(by_family[most] + nowhere)  # in the order that all had
    alone = len(by_family) == 1
    tables = [
        table(by_family[family], family, "" if alone else f"_{family}")
        for family in sorted(by_family)
    ]
    return tuple(tables), known


def _filled(feature: Feature) -> Feature:
    """Return a feature without the parts of its geometry that have no point, or without any."""
    geometry = _with_points(feature.geometry)
    return feature if geometry is feature.geometry else replace(feature, geometry=geometry)


def _with_points(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    if geometry is None:
        return None
    kind = geometry["type"]
    if kind == "GeometryCollection":
        members = [part for part in map(_with_points, geometry["geometries"]) if part]
        return {"type": kind, "geometries": members} if members else None
    coordinates = geometry["coordinates"]
    if kind.startswith("Multi") and not all(coordinates):
        geometry = {"type": kind, "coordinates": [part for part in coordinates if part]}
    return geometry if geometry["coordinates"] else None


def _check(feature: Feature, place: int, form: Format, shown: str) -> None:
    kind = feature.geometry["type"] if feature.geometry else None
    if form.nowhere if kind is None else kind in form.geometries:
        return
    if kind is None:
        reason = f"has no geometry, which {form.title} cannot hold; leave it out first"
    elif kind == "GeometryCollection":
        reason = f"is a geometry collection, which {form.title} cannot hold; export to .gpkg"
    else:
        families = " and ".join(dict.fromkeys(_FAMILIES[one] for one in form.geometries))
        reason = f"is a {kind}, but {form.title} holds {families} only; export to .kml"
    label = printable(f"features[{place}]" if feature.id is None else str(feature.id))
    raise CannotHold(shown, f"{label} {reason}")


def _table(
    features: Sequence[Feature], shapes: Shapes, name: str, suffix: str, family: str, form: Format
) -> FeatureTable:
    kinds = {one.geometry["type"] for one in features if one.geometry}
    many = {kind for kind in kinds if kind.startswith("Multi")}
    heights = shapely.has_z(shapes[~shapely.is_missing(shapes)])
    # One rule holds for all heights of a FlatGeobuf, whatever the types of its geometries.
    flat = not form.mixed_heights and not (all(heights) and len(kinds) == 1)
    shapes = shapely.force_2d(shapes) if flat else without_gaps(shapes)
    parts = None
    if family in _SINGLE:
        promoted = bool(many) or (form.multi_lines and family == "lines")
        geometry = ("Multi" if promoted else "") + _SINGLE[family]
        parts = "multi" if many and many == kinds else "single"
        shapes = as_many(shapes) if promoted else shapes
    else:
        geometry = kinds.pop() if len(kinds) == 1 and form.typed_layers else "Unknown"
        geometry = "GeometryCollection" if family == "collections" else geometry
    high = any(heights) and not flat and form.typed_layers
    return FeatureTable(
        (re.sub(r"[^\w-]+", "_", name)[:40].strip("_") or "layer") + suffix,
        suffix,
        family,
        f"3D {geometry}" if high else geometry,
        tuple(features),
        shapes,
        parts,
    )


def as_many(shapes: Shapes) -> Shapes:
    """Return shapes with single geometries as multiple ones of one part."""
    kinds, result = shapely.get_type_id(shapes), shapes.copy()
    makers = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
    for kind, make in makers.items():
        single = np.flatnonzero((kinds == kind) & ~shapely.is_empty(shapes))
        result[single] = make(shapes[single], indices=np.arange(len(single)))
    return result


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
    ``boolean``, ``date`` (of a text) or ``json`` (anything else, as JSON text); ``empty`` is
    ``absent``, ``null`` or ``text`` (an empty one).
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

    def cells(self, features: Sequence[Feature]) -> list[list[Any]]:
        """Return the cells of features, column by column."""
        own = self.id_column
        ids = [[self._cell(one.id, own.kind) for one in features]] if own else []
        return ids + [
            [self._cell(one.properties.get(column.origin), column.kind) for one in features]
            for column in self.columns
        ]

    def _cell(self, value: Any, kind: str) -> Any:
        if value is None or kind in ("text", "integer", "boolean", "date", self.as_it_is):
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


def plan_columns(
    features: Sequence[Feature],
    form: Format,
    first: Sequence[str] = (),
    dates: Sequence[str] = (),
) -> Columns:
    """Return the columns that hold the properties and ids of features in a format.

    Those named ``first`` stand in that order, all others after them by their names. The texts of
    those named in ``dates`` are ISO dates.
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
        kind = "date" if form.dates and name in dates else _kind(filled, form, fits)
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
    return text.encode()[:limit].decode("utf-8", "ignore").rstrip()  # GDAL drops a last blank


_KINDS = {"text", "integer", "float", "number", "boolean", "date", "json"}
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
    is_sound = isinstance(columns, dict) and all(
        _names(one, "property") and one.get("empty") in _EMPTY for one in columns.values()
    )
    return note if is_sound and (identity is None or _names(identity, "column")) else None


def _names(value: Any, member: str) -> bool:
    """Tell whether a value from outside names a property or column, and its kind."""
    return (
        isinstance(value, dict)
        and isinstance(value.get(member), str)
        and value.get("kind") in _KINDS
    )
