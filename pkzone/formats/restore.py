"""Restore features from the rows of a table: by the note on columns, else by the cells."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pkzone.errors import FormatError, printable
from pkzone.formats.columns import OTHER_ID
from pkzone.formats.registry import Format
from pkzone.geojson.model import Feature
from pkzone.layers.identity import ID, full_and_unique

__all__ = ["Table", "restored_features"]

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})\Z", re.ASCII)
_FRACTION = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)


class Table:
    """The rows of one layer as the child sent them.

    Attributes
    ----------
    fields : list of (str, str)
        Name and type of each column.
    rows : list of (list, dict or None)
        Cells, and the geometry in longitude and latitude.
    note : dict or None
        The note on columns, once it is found to be one.
    """

    def __init__(self, name: str, fields: list[tuple[str, str]], note: dict[str, Any] | None):
        self.name = name
        self.fields = fields
        self.note = note
        self.rows: list[tuple[list[Any], dict[str, Any] | None]] = []


def restored_features(
    table: Table, form: Format, *, id_property: str | None, shown: str, streamed: bool = False
) -> tuple[list[Feature], str | None]:
    """Return the features of a table, and the property that their ids come from.

    Parameters
    ----------
    table : Table
        The rows.
    form : Format
        The format that they were read from.
    id_property : str, optional
        The column to take ids from; a row without it keeps the id that it would have. Without
        it they come from where the note says, else from a column ``id`` that is full and names
        each feature once, or from ``feature_id`` where an export of ours wrote that.
    shown : str
        What errors call the file.
    streamed : bool, optional
        These are some of the rows only: no column is taken for ids unasked.

    Raises
    ------
    FormatError
        There is no such column.
    """
    if table.note is not None and not table.note["columns"] and form.dbase:
        made_up = [name for name, _ in table.fields] == ["FID"]  # dBASE has no table of no columns
        table.fields = [] if made_up else table.fields
    columns = [
        _column(name, kind, [row[0][i] for row in table.rows], table.note, form)
        for i, (name, kind) in enumerate(table.fields)
    ]
    identity = (table.note or {}).get("id")
    ids, source = _ids(columns, identity, id_property, table, form, shown, streamed=streamed)
    features = []
    for place, (_, geometry) in enumerate(table.rows):
        properties = {
            prop: values[place]
            for prop, values, present in columns
            if present[place] and prop != source
        }
        shape = _as_drawn(geometry, (table.note or {}).get("parts"), form)
        features.append(Feature(ids[place], properties, shape))
    return features, source


_Restored = tuple[str, list[Any], list[bool]]


def _column(
    name: str, kind: str, cells: list[Any], note: dict[str, Any] | None, form: Format
) -> _Restored:
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
    columns: Sequence[_Restored],
    identity: dict[str, Any] | None,
    wanted: str | None,
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
    if wanted not in by_name:
        listed = printable(", ".join(by_name), limit=200)
        raise FormatError(shown, f"has no property {printable(wanted)}; it has: {listed}")
    given = zip(by_name[wanted], own, strict=True)
    return [other if value is None else value for value, other in given], wanted


def _own_ids(
    by_name: dict[str, list[Any]],
    identity: dict[str, Any] | None,
    table: Table,
    form: Format,
    *,
    streamed: bool,
) -> tuple[list[Any], str | None]:
    """Return the ids that a table has without being asked, and the property they come from."""
    none = [None] * len(table.rows)
    if identity:
        return by_name.get(identity["column"], none), identity["column"]
    if table.note is not None or streamed:
        return none, None
    # Our own exports write OTHER_ID, where a property is called id or an id is no name in XML.
    names = [OTHER_ID, ID] if form.xml_ids or ID in by_name else []
    for name in names:
        if by_name.get(name) and full_and_unique(by_name[name]):
            return by_name[name], name
    return none, None


def _as_drawn(geometry: dict[str, Any] | None, parts: Any, form: Format) -> dict[str, Any] | None:
    """Return a geometry as one part or many, as it was before a format made all alike."""
    if geometry is None or geometry["type"] == "GeometryCollection":
        return geometry
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if parts == "single":
        if kind.startswith("Multi") and len(coordinates) == 1:
            return {"type": kind.removeprefix("Multi"), "coordinates": coordinates[0]}
    elif parts == "multi" and not kind.startswith("Multi") and coordinates:
        return {"type": f"Multi{kind}", "coordinates": [coordinates]}
    return geometry
