"""Compare features with those read back from an export: what the format did not keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pkzone.errors import FormatError, printable
from pkzone.formats.tables import flattened
from pkzone.geo.canonical import canonical_geometry
from pkzone.geojson.model import Feature

__all__ = ["losses"]

_ABSENT = object()


def losses(before: Sequence[Feature], after: Sequence[Feature], *, shown: str) -> list[str]:
    """Return one line for each kind of thing that differs after the way there and back.

    Parameters
    ----------
    before, after : sequence of Feature
        The features exported, and those that the import of the file gives.
    shown : str
        What an error calls the file.

    Raises
    ------
    FormatError
        There are fewer or more features: then the export must not stand.
    """
    if len(before) != len(after):
        reason = f"{len(before)} features were exported, but {len(after)} can be read back"
        raise FormatError(shown, f"{reason}; nothing was written")
    lines: dict[str, int] = {}
    for old, new in _pairs(before, after):
        for line in _differences(old, new):
            lines[line] = lines.get(line, 0) + 1
    return [f"{line}: {count} of {len(before)} features" for line, count in lines.items()]


def _pairs(
    before: Sequence[Feature], after: Sequence[Feature]
) -> Iterator[tuple[Feature, Feature]]:
    """Pair features by id as text; those without one by the place that their geometry gives."""
    named = {str(one.id): one for one in after if one.id is not None}
    rest_before = [one for one in before if one.id is None or str(one.id) not in named]
    for one in before:
        if one.id is not None and str(one.id) in named:
            yield one, named.pop(str(one.id))
    rest_after = [one for one in after if one.id is None or str(one.id) in named]
    yield from zip(sorted(rest_before, key=_order), sorted(rest_after, key=_order), strict=True)


def _order(feature: Feature) -> str:
    return _flat_text(feature.geometry) + json.dumps(feature.properties, sort_keys=True)


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
    if was is now or (type(was) is type(now) and _json(was) == _json(now)):
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


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _text(geometry: dict[str, Any] | None) -> str:
    return "" if geometry is None else json.dumps(canonical_geometry(geometry))


def _flat_text(geometry: dict[str, Any] | None) -> str:
    return "" if geometry is None else json.dumps(canonical_geometry(flattened(geometry)))
