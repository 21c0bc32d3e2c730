"""Restore features from the columns of a table, and tell what the way there and back changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from pkzone.errors import BadId, FormatError, did_you_mean, printable
from pkzone.formats.batches import Batch, Shapes
from pkzone.formats.registry import Format
from pkzone.formats.tables import OTHER_ID, as_many
from pkzone.geo.canonical import canonical_geometry
from pkzone.geo.convert import geojson_of
from pkzone.geo.coordinates import Coordinates
from pkzone.geojson.model import Feature
from pkzone.layers.identity import ID, IdProperty, full_and_unique, key_of, properties_of

__all__ = ["Restored", "Table", "losses", "restored"]

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})\Z", re.ASCII)
_FRACTION = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)


@dataclass
class Table:
    """One layer as the child sends it.

    Attributes
    ----------
    name : str
        Its name.
    fields : list of (str, str)
        Name and type of each column.
    note : dict or None
        The note on columns, once it is found to be one.
    batches : list of Batch
        Cells by column, and the geometries in longitude and latitude.
    lines : list of int
        The line of each feature in a file that is a table.
    """

    name: str
    fields: list[tuple[str, str]]
    note: dict[str, Any] | None
    batches: list[Batch] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    def column(self, place: int) -> list[Any]:
        """Return the cells of a column."""
        return [cell for batch in self.batches for cell in batch.columns[place]]

    def shapes(self) -> Shapes:
        """Return the geometries."""
        return np.concatenate([np.empty(0, object), *(batch.shapes for batch in self.batches)])


@dataclass(frozen=True)
class Restored:
    """Features whose geometries are still shapes, and the property that their ids come from.

    Those without a shape have the geometry that they have.
    """

    bare: list[Feature]
    shapes: Shapes
    source: str | None = None

    @classmethod
    def of(cls, parts: Sequence[Restored]) -> Restored:
        """Return the features of several tables as one."""
        shapes = np.concatenate([np.empty(0, object), *(part.shapes for part in parts)])
        return cls([one for part in parts for one in part.bare], shapes)

    def feature(self, place: int) -> Feature:
        """Return one feature with its geometry as GeoJSON has it."""
        shape = self.shapes[place]
        if shape is None:
            return self.bare[place]
        geometry = orjson.loads(orjson.dumps(geojson_of(shape)))  # lists in place of tuples
        return replace(self.bare[place], geometry=geometry)

    def features(self) -> tuple[Feature, ...]:
        """Return all features with their geometries."""
        return tuple(map(self.feature, range(len(self.bare))))


def restored(
    table: Table,
    form: Format,
    *,
    id_property: IdProperty | None,
    shown: str,
    streamed: bool = False,
) -> Restored:
    """Restore the features of a table: by the note on columns, else by the cells.

    Parameters
    ----------
    table : Table
        The cells and geometries.
    form : Format
        The format that they were read from.
    id_property : str or sequence of str, optional
        The column to take ids from, which is not a property then, or several that make one together
        and stay; a feature that lacks one keeps the id that it would have. Without
        it they come from where the note says, else from a column ``id`` that is full and names
        each feature once, or from ``feature_id`` where an export of ours wrote that.
    shown : str
        What errors call the file.
    streamed : bool, optional
        These are some of the features only: no column is taken for ids unasked.

    Raises
    ------
    FormatError
        There is no such column.
    """
    note = table.note or {}
    if table.note is not None and not note["columns"] and form.dbase:
        made_up = [name for name, _ in table.fields] == ["FID"]  # dBASE has no table of no columns
        table.fields = [] if made_up else table.fields
    columns = [
        _column(name, kind, table.column(i), table.note, form)
        for i, (name, kind) in enumerate(table.fields)
    ]
    ids, source = _ids(columns, note.get("id"), id_property, table, form, shown, streamed=streamed)
    kept = [column for column in columns if column[0] != source]
    bare = [
        Feature(one, {prop: values[i] for prop, values, present in kept if present[i]}, None)
        for i, one in enumerate(ids)
    ]
    return Restored(bare, _as_drawn(table.shapes(), note.get("parts")), source)


_Column = tuple[str, list[Any], list[bool]]


def _column(
    name: str, kind: str, cells: list[Any], note: dict[str, Any] | None, form: Format
) -> _Column:
    """Return the property of a column, its values, and whether each feature has it."""
    identity = (note or {}).get("id")
    if identity and identity["column"] == name:
        return name, [_value(cell, identity["kind"]) for cell in cells], [True] * len(cells)
    known = (note or {}).get("columns", {}).get(name)
    if known is None:
        if not form.note:
            kind = _seen_kind(cells, form, kind)
        return name, [_value(cell, kind) for cell in cells], [True] * len(cells)
    values, there = [], []
    for cell in cells:
        empty = cell is None or (cell == "" and not form.nulls)
        meaning = known["empty"] if empty else ""
        values.append("" if meaning == "text" else None if empty else _value(cell, known["kind"]))
        there.append(meaning != "absent")
    return known["property"], values, there


def _value(cell: Any, kind: str) -> Any:
    """Return a cell as a value of a kind; as it is where it does not fit, for people edit files."""
    try:
        if cell is None or kind in ("text", "untyped", "date", "time", "datetime"):
            return cell
        if kind == "json":
            return json.loads(cell, parse_constant=_no_constant) if isinstance(cell, str) else cell
        if kind == "boolean":
            return {"true": True, "false": False, 1: True, 0: False}.get(cell, cell)
        if kind == "float":
            return float(cell)
        if kind == "number":
            number = float(cell)
            whole = isinstance(cell, str) and _WHOLE.match(cell)
            return (
                int(number)
                if whole or (not isinstance(cell, str) and number.is_integer())
                else number
            )
        return int(cell) if not isinstance(cell, float) or cell.is_integer() else cell
    except (ValueError, TypeError, OverflowError, RecursionError):
        return cell


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _seen_kind(cells: list[Any], form: Format, kind: str) -> str:
    """Return the kind that the cells of a format without a note show.

    Where text is all that the format has, whole numbers, fractions, true and false are taken as
    that if all of a column are; a zero in front keeps a column text. Lists and objects are.
    """
    texts = [cell for cell in cells if cell is not None]
    if not texts or not all(isinstance(text, str) for text in texts):
        return kind
    if all(text[:1] in ("[", "{") for text in texts):
        return (
            "json" if all(isinstance(_value(text, "json"), list | dict) for text in texts) else kind
        )
    if form.text_only and set(texts) <= {"true", "false"}:
        return "boolean"
    if kind != "untyped":
        return kind
    if all(map(_WHOLE.match, texts)):
        return "integer"
    if all(map(_FRACTION.match, texts)):
        mixed = any(map(_WHOLE.match, texts))
        return "number" if mixed else "float"
    return kind


def _ids(
    columns: Sequence[_Column],
    identity: dict[str, Any] | None,
    wanted: IdProperty | None,
    table: Table,
    form: Format,
    shown: str,
    *,
    streamed: bool,
) -> tuple[list[Any], str | None]:
    by_name = {prop: values for prop, values, _ in columns}
    own, source = _own_ids(by_name, identity, table, form, streamed=streamed)
    if wanted is None:
        return own, source
    names = properties_of(wanted)
    for name in names:
        if name not in by_name:
            listed = printable(", ".join(by_name), limit=200)
            hint = did_you_mean(name, by_name)
            raise FormatError(shown, f"has no property {printable(name)}; {hint}it has: {listed}")
    keys = [key_of(row) for row in zip(*(by_name[name] for name in names), strict=True)]
    for place, key in enumerate(keys):
        if type(key) is list:
            reason = (
                f"{printable(', '.join(names))} make no id: each has to be text or a whole number"
            )
            raise BadId(shown, reason, f"features[{place}]")
    given = zip(keys, own, strict=True)
    ids = [other if value is None else value for value, other in given]
    return ids, names[0] if len(names) == 1 else None


def _own_ids(
    by_name: dict[str, list[Any]],
    identity: dict[str, Any] | None,
    table: Table,
    form: Format,
    *,
    streamed: bool,
) -> tuple[list[Any], str | None]:
    """Return the ids that a table has without being asked, and the property they come from."""
    none = [None] * len(table)
    if identity:
        return by_name.get(identity["column"], none), identity["column"]
    if table.note is not None or streamed:
        return none, None
    # Our own exports write OTHER_ID, where a property is called id or an id is not a name in XML.
    names = [OTHER_ID, ID] if form.xml_ids or ID in by_name else []
    for name in names:
        if by_name.get(name) and full_and_unique(by_name[name]):
            return by_name[name], name
    return none, None


def _as_drawn(shapes: Shapes, parts: Any) -> Shapes:
    """Return geometries as one part or many, as they were before a format made all alike."""
    if parts == "multi":
        return as_many(shapes)
    if parts == "single":
        is_multi = np.isin(shapely.get_type_id(shapes), (4, 5, 6))
        alone = np.flatnonzero(is_multi & (shapely.get_num_geometries(shapes) == 1))
        shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes


_ABSENT = object()
_COLLECTION = 7  # among types of shapes


def losses(before: Sequence[Feature], shapes: Shapes, after: Restored, *, shown: str) -> list[str]:
    """Return one line for each kind of thing that differs after the way there and back.

    Columns and shapes are compared all together; features are looked at where these differ.

    Parameters
    ----------
    before, shapes : sequence of Feature, ndarray of shapely.Geometry or None
        The features exported, and their geometries.
    after : Restored
        Those that the import of the file gives.
    shown : str
        What an error calls the file.

    Raises
    ------
    FormatError
        There are fewer or more features: then the export must not stand.
    """
    if len(before) != len(after.bare):
        reason = f"{len(before)} features were exported, but {len(after.bare)} can be read back"
        raise FormatError(shown, f"{reason}; nothing was written")
    lines: dict[str, int] = {}
    for i, j in _differing_pairs(before, shapes, after):
        for line in _differences(before[i], after.feature(j)):
            lines[line] = lines.get(line, 0) + 1
    return [f"{line}: {count} of {len(before)} features" for line, count in lines.items()]


Pairs = Sequence[tuple[int, int]]


def _differing_pairs(before: Sequence[Feature], shapes: Shapes, after: Restored) -> Pairs:
    """Return the pairs of features in which something may differ.

    Features are paired by id as text; those without one in their order, or else by the place that
    their geometry gives.
    """
    named = {str(one.id): j for j, one in enumerate(after.bare) if one.id is not None}
    pairs = [
        (i, named.pop(str(one.id)))
        for i, one in enumerate(before)
        if one.id is not None and str(one.id) in named
    ]
    rest_before = sorted(set(range(len(before))).difference(i for i, _ in pairs))
    rest_after = sorted(set(range(len(before))).difference(j for _, j in pairs))
    rest = list(zip(rest_before, rest_after, strict=True))
    odd_rest = _differing(before, shapes, after, rest)
    if odd_rest:  # perhaps for their order alone
        rest_before.sort(key=lambda i: _order(before[i]))
        rest_after.sort(key=lambda j: _order(after.feature(j)))
        rest = list(zip(rest_before, rest_after, strict=True))
        odd_rest = _differing(before, shapes, after, rest)
    return _differing(before, shapes, after, pairs) + odd_rest


def _order(feature: Feature) -> str:
    return _flat_text(feature.geometry) + json.dumps(feature.properties, sort_keys=True)


def _differing(
    before: Sequence[Feature], shapes: Shapes, after: Restored, pairs: Pairs
) -> list[tuple[int, int]]:
    """Return the pairs in which something may differ, found by columns."""
    old, new = [before[i] for i, _ in pairs], [after.bare[j] for _, j in pairs]
    columns = [([one.id for one in old], [one.id for one in new])]
    for name in {name for one in (*old, *new) for name in one.properties}:
        was, now = ([one.properties.get(name, _ABSENT) for one in side] for side in (old, new))
        columns.append((was, now))
    odd = {
        place
        for was, now in columns
        for place, same in enumerate(map(_is_same, was, now))
        if not same
    }
    nowhere = np.array([one.geometry is None for one in old], bool)
    places = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    alike = _are_alike(shapes[places[:, 0]], after.shapes[places[:, 1]], nowhere)
    odd.update(np.flatnonzero(~alike).tolist())
    return [pairs[place] for place in sorted(odd)]


def _are_alike(old: Shapes, new: Shapes, nowhere: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell which shapes are plainly the same, as they are or in the canonical form."""
    # Of a collection, or a geometry without a point, the shape does not say how it was written.
    is_simple = ~shapely.is_empty(old) & (shapely.get_type_id(old) < _COLLECTION)
    alike: npt.NDArray[np.bool_] = shapely.equals_identical(old, new) & is_simple
    alike |= nowhere & shapely.is_missing(new)
    rest = np.flatnonzero(~alike)
    texts = []
    for side in (old, new):
        canonical, settled = Coordinates.of_shapes(side[rest]).canonical()
        known = canonical.taken(settled)
        texts.append(dict(zip(rest[known.rows].tolist(), known.texts(), strict=True)))
    for place in texts[0].keys() & texts[1].keys():
        alike[place] = texts[0][place] == texts[1][place]
    return alike


def _differences(old: Feature, new: Feature) -> Iterator[str]:
    if old.id is not None and new.id is None:
        yield "ids are lost"
    elif type(old.id) is not type(new.id):
        yield "ids change between text and number"
    elif old.id != new.id:
        yield "ids change"
    for name in sorted({*old.properties, *new.properties}):
        was, now = old.properties.get(name, _ABSENT), new.properties.get(name, _ABSENT)
        change = _change(was, now)
        if change:
            yield f"{printable(name, 40)}: {change}"
    if _text(old.geometry) != _text(new.geometry):
        yield _geometry_change(old.geometry, new.geometry)


def _change(was: Any, now: Any) -> str:
    """Say how a value changed; empty if it did not."""
    if _is_same(was, now):
        return ""
    hollow = {"no property": was is _ABSENT, "null": was is None, "empty text": was == ""}
    if any(hollow.values()) and (now is _ABSENT or now is None or now == ""):
        name = next(name for name, holds in hollow.items() if holds)
        other = "no property" if now is _ABSENT else "null" if now is None else "empty text"
        return f"{name} becomes {other}"
    if now is _ABSENT:
        return "is lost"
    if was is _ABSENT:
        return "appears"
    if isinstance(was, str) and isinstance(now, str):
        if was.startswith(now) and now:
            return "text is cut"
        return "text changes"
    kinds = [_kind(was), _kind(now)]
    return f"{kinds[0]} becomes {kinds[1]}" if kinds[0] != kinds[1] else "value changes"


def _is_same(was: Any, now: Any) -> bool:
    if was is now or type(was) is not type(now):
        return was is now
    return bool(was == now) if isinstance(was, str | int) else _json(was) == _json(now)


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "whole number", float: "number", str: "text", list: "list"}
    return "null" if value is None else names.get(type(value), "object")


def _geometry_change(old: Any, new: Any) -> str:
    if old is None or new is None:
        return "the geometry is lost" if new is None else "a geometry appears"
    if old["type"] != new["type"]:
        return f"{old['type']} becomes {new['type']}"
    if _flat_text(old) == _flat_text(new):
        return "heights are lost or added"
    return "coordinates change"


def _flattened(value: Any) -> Any:
    """Return a geometry without heights."""
    if isinstance(value, dict):
        return {key: _flattened(item) for key, item in value.items()}
    if not isinstance(value, list | tuple):
        return value
    is_position = bool(value) and not isinstance(value[0], list | tuple | dict)
    return list(value[:2]) if is_position else [_flattened(item) for item in value]


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _text(geometry: dict[str, Any] | None) -> str:
    return "" if geometry is None else json.dumps(canonical_geometry(geometry))


def _flat_text(geometry: dict[str, Any] | None) -> str:
    return "" if geometry is None else json.dumps(canonical_geometry(_flattened(geometry)))
