"""A diff as JSON: the document that ``diff.schema.json`` describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from pkzone.compare.result import (
    Affected,
    AreaTotals,
    Change,
    Diff,
    Evidence,
    PropertyChange,
    RouteDiff,
    Section,
    SideInfo,
    StatusChange,
    stated,
)
from pkzone.errors import printable
from pkzone.layers.model import Event
from pkzone.reports.change_sentences import geometry_types, keeps_points, label_of_change, labels_of

__all__ = ["SCHEMA", "read_schema", "to_dict", "to_json"]

SCHEMA = "pkzone.diff/1"

# A tenth of a millimetre, so that sums of several lengths still hold to the millimetre.
_DECIMALS = {"_m": 4, "_km": 6, "_km2": 6, "_deg": 2}


def to_json(diff: Diff) -> str:
    """Return a diff as the text of a JSON document; the same diff gives the same bytes.

    Control and bidi characters are escaped, so that the text is harmless in a terminal.
    """
    return harmless(json.dumps(to_dict(diff), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def to_dict(diff: Diff) -> dict[str, Any]:
    """Return a diff as plain JSON types, as ``diff.schema.json`` describes them.

    Keys that do not apply are left out. Lengths are rounded to 0.0001 m, areas to
    0.000001 km2, shares and degrees of places to six decimals, bearings to two.
    """
    areas = {} if diff.areas is None else {"areas": _areas(diff.areas)}
    ids = [{"id": base.id, "new_id": target.id} for base, target in diff.ids_changed]
    notices = {"notices": list(diff.notices)} if diff.notices else {}
    return {
        "schema": SCHEMA,
        "base": _side(diff.base),
        "target": _side(diff.target),
        "tolerance_m": diff.tolerance_m,
        "summary": diff.summary,
        "changes": [_change(one) for one in diff.changes],
        **({"ids_changed": ids} if ids else {}),
        "routes": [_route(one) for one in diff.routes],
        **areas,
        "affected": [_affected(one) for one in diff.affected],
        "events": [_event(one) for one in diff.events],
        **notices,
    }


@cache
def read_schema(name: str = "diff.schema.json") -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of a report, as it is shipped; of a diff unless named."""
    from importlib.resources import files

    text = files("pkzone.reports").joinpath(name).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def harmless(text: str) -> str:
    """Return JSON with control and bidi characters escaped; its value stays the same."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        char if char == "\n" or printable(char) == char else json.dumps(char)[1:-1] for char in text
    )


def numbers(evidence: Evidence) -> dict[str, Any]:
    """Return the numbers of an evidence that apply, by name, rounded."""
    return {name: _rounded(name, value) for name, value in stated(evidence).items()}


def _side(side: SideInfo) -> dict[str, Any]:
    members = {"ref": side.ref, "layer": side.layer, "version": side.version, "sha256": side.sha256}
    return _without_none(members)


def _change(change: Change) -> dict[str, Any]:
    members = _identity(change) | {"kind": change.kind}
    if change.aspects:
        members["aspects"] = list(change.aspects)
    members |= _without_none(
        {"class": change.geometry_class, "within_uncertainty": change.within_uncertainty}
    )
    types = geometry_types(change)
    if types[0] != types[1]:
        members["geometry_types"] = {"base": types[0], "target": types[1]}
    if keeps_points(change):
        members["same_points"] = True
    if change.properties:
        members["properties"] = {
            key: _property(change.properties[key]) for key in sorted(change.properties)
        }
    if change.evidence is not None and stated(change.evidence):
        members["geometry"] = numbers(change.evidence)
    if change.sections:
        members["sections"] = [_section(one) for one in change.sections]
    return members


def _identity(change: Change) -> dict[str, Any]:
    """Return the ids of a change; with them, of what has none, what it is found by."""
    members: dict[str, Any] = {"id": change.id}
    if change.id is None:
        members["label"] = label_of_change(change, with_name=True)
    if change.kind == "renamed":
        members["new_id"] = change.new_id
    for name, ids, features in (
        ("part", change.parts, change.target),
        ("parent", change.parents, change.base),
    ):
        if ids:
            members[f"{name}s"] = list(ids)
        if None in ids:
            members[f"{name}_labels"] = labels_of(features)
    return members


def _property(change: PropertyChange) -> dict[str, Any]:
    """Return both values; what is not there is null, and is said not to be there."""
    there = {"in_base": change.in_base, "in_target": change.in_target}
    absent = {name: False for name, is_there in there.items() if not is_there}
    return {"base": change.base, "target": change.target, **absent}


def _route(route: RouteDiff) -> dict[str, Any]:
    named = (
        "route",
        "length_base_m",
        "length_target_m",
        "length_published_base_km",
        "length_published_target_km",
        "kept_m",
        "kept_target_m",
        "removed_m",
        "added_m",
        "max_offset_m",
    )
    members = {name: _rounded(name, getattr(route, name)) for name in named}
    members["sections"] = [_section(one) for one in route.sections]
    if route.status_changes:
        members["status_changes"] = [_status_change(one) for one in route.status_changes]
    return _without_none(members)


def _section(section: Section) -> dict[str, Any]:
    members = {
        one.name: _rounded(one.name, getattr(section, one.name))
        for one in fields(Section)
        if one.name not in ("near", "geometry")
    }
    return _without_none(members) | {"near": list(section.near)}


def _status_change(change: StatusChange) -> dict[str, Any]:
    members = {
        one.name: getattr(change, one.name) for one in fields(StatusChange) if one.name != "near"
    }
    return _without_none(members) | {"near": list(change.near)}


def _areas(areas: AreaTotals) -> dict[str, Any]:
    return {one.name: _rounded(one.name, getattr(areas, one.name)) for one in fields(AreaTotals)}


def _affected(one: Affected) -> dict[str, Any]:
    members = {"id": one.id, "name": one.name, "effect": one.effect, "of": one.of}
    return members | _without_none({"of_label": one.of_label})


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "date": event.date,
        "title": event.title,
        "sources": list(event.sources),
    }


def _rounded(name: str, value: Any) -> Any:
    """Round a number by the unit that its name ends in; others, to six decimals."""
    if isinstance(value, tuple):
        return [_rounded(name, one) for one in value]
    if not isinstance(value, float):
        return value
    decimals = _DECIMALS.get("_" + name.rpartition("_")[2], 6)
    return round(value, decimals) + 0.0  # no -0.0


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
