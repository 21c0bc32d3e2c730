"""Diffs and histories as JSON, by ``diff.json`` and ``history.json`` in `pkzone/schemas`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from pkzone.compare.json_paths import PathChange, inner_differences
from pkzone.compare.result import (
    Affected,
    AreaTotals,
    Change,
    Diff,
    Evidence,
    PropertyChange,
    PublishedLength,
    RouteDiff,
    Section,
    StatusChange,
    stated,
)
from pkzone.layers.model import Event
from pkzone.reports.changes import geometry_types, keeps_points, label_of_change, labels_of
from pkzone.table import json_document

if TYPE_CHECKING:
    from pkzone.compare.history import Entry, History

__all__ = [
    "EACH_SCHEMA",
    "HISTORY_SCHEMA",
    "MOST_PATHS",
    "SCHEMA",
    "history_to_dict",
    "numbers",
    "render_diff",
    "render_each",
    "render_history",
    "rounded",
    "to_dict",
]

SCHEMA = "pkzone.diff/1"
HISTORY_SCHEMA = "pkzone.history/1"
EACH_SCHEMA = "pkzone.each/1"

MOST_PATHS = 1000
"""Most differences inside the value of one property that are listed; more are counted."""

# A tenth of a millimetre, so that sums of several lengths still hold to the millimetre.
_DECIMALS = {"_m": 4, "_km": 6, "_km2": 6, "_deg": 2}

SIDES = ("base", "target")
# What an entry of a history has of a diff: of a layer, or of one feature.
_OF_LAYER = ("summary", "changes", "routes", "areas", "affected")
_OF_FEATURE = ("changes",)


def render_diff(diff: Diff) -> str:
    """Return a diff as the text of a JSON document; the same diff gives the same bytes.

    Control and bidi characters are escaped, so that the text is harmless in a terminal.
    """
    return json_document(to_dict(diff))


def render_each(diffs: Sequence[Diff]) -> str:
    """Return the documents of diffs as the rows of one."""
    return json_document({"schema": EACH_SCHEMA, "rows": list(map(to_dict, diffs))})


def render_history(history: History) -> str:
    """Return a history as the text of a JSON document."""
    return json_document(history_to_dict(history))


def to_dict(diff: Diff) -> dict[str, Any]:
    """Return a diff as plain JSON types, as ``diff.json`` describes them.

    Keys that do not apply are left out. Lengths are rounded to 0.0001 m, areas to
    0.000001 km2, shares and degrees of places to six decimals, bearings to two.
    """
    ids = [{"id": base.id, "new_id": target.id} for base, target in diff.ids_changed]
    members = {
        "schema": SCHEMA,
        "base": _without_none(asdict(diff.base)),
        "target": _without_none(asdict(diff.target)),
        "tolerance_m": diff.tolerance_m,
        "summary": diff.summary,
        "changes": list(map(_change, diff.changes)),
        "ids_changed": ids or None,
        "matched": dict(diff.matched) or None,
        "routes": list(map(_route, diff.routes)),
        "areas": diff.areas and _members(diff.areas),
        "affected": list(map(_affected, diff.affected)),
        "events": list(map(_event, diff.events)),
        "sources": list(diff.sources) or None,
        "notices": list(diff.notices) or None,
    }
    return _without_none(members)


def history_to_dict(history: History) -> dict[str, Any]:
    """Return a history as plain JSON types, as ``history.json`` describes them.

    An entry has the members of a diff that apply: of a layer ``summary``, ``changes``,
    ``routes``, ``areas`` and ``affected``, of a feature ``changes`` alone. Keys that do not
    apply are left out.
    """
    about = {} if history.feature is None else {"feature": history.feature, "name": history.name}
    return {
        "schema": HISTORY_SCHEMA,
        "layer": history.layer,
        "title": history.title,
        **about,
        "tolerance_m": history.tolerance_m,
        "versions": list(history.versions),
        "entries": [_entry(history, entry) for entry in history.entries],
        **({"notices": list(history.notices)} if history.notices else {}),
    }


def _entry(history: History, entry: Entry) -> dict[str, Any]:
    version = entry.version
    of_diff = to_dict(entry.diff) if entry.diff else {}
    wanted = _OF_LAYER if history.feature is None else _OF_FEATURE
    count = {"feature_count": version.feature_count} if history.feature is None else {}
    return {
        "version": version.id,
        "valid_from": version.valid_from.isoformat(),
        "title": version.title,
        "effect": entry.effect,
        **count,
        **{key: of_diff[key] for key in wanted if key in of_diff},
        "events": list(map(_event, entry.events)),
        "sources": list(entry.sources),
    }


def numbers(evidence: Evidence) -> dict[str, Any]:
    """Return the numbers of an evidence that apply, by name, rounded."""
    return {name: rounded(name, value) for name, value in stated(evidence).items()}


def _change(change: Change) -> dict[str, Any]:
    types = geometry_types(change)
    members = {
        "aspects": list(change.aspects) or None,
        "class": change.geometry_class,
        "within_uncertainty": change.within_uncertainty,
        "geometry_types": dict(zip(SIDES, types, strict=True)) if types[0] != types[1] else None,
        "same_points": keeps_points(change) or None,
        "properties": {
            name: _property(change.properties[name]) | _paths(name, change.properties[name])
            for name in sorted(change.properties)
        }
        or None,
        "geometry": (change.evidence and numbers(change.evidence)) or None,
        "sections": list(map(_section, change.sections)) or None,
    }
    return _identity(change) | {"kind": change.kind} | _without_none(members)


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


def _property(change: PropertyChange | PathChange) -> dict[str, Any]:
    """Return both values; what is not there is null, and is said not to be there."""
    there = {"in_base": change.in_base, "in_target": change.in_target}
    absent = {name: False for name, is_there in there.items() if not is_there}
    return {"base": change.base, "target": change.target, **absent}


def _paths(name: str, change: PropertyChange) -> dict[str, Any]:
    """Return the differences inside a nested value, the first `MOST_PATHS`, and how many more."""
    found = inner_differences(name, change.base, change.target)
    paths = [{"path": one.path} | _property(one) for one in islice(found, MOST_PATHS)]
    rest = sum(1 for _ in found)
    return ({"paths": paths} if paths else {}) | ({"paths_left_out": rest} if rest else {})


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
    members = {name: rounded(name, getattr(route, name)) for name in named}
    for side, length in (("base", route.published_base), ("target", route.published_target)):
        members |= {f"published_{side}_{name}": value for name, value in _published(length)}
    for name in ("schematic_base_m", "schematic_target_m"):
        members[name] = rounded(name, getattr(route, name)) or None
    members["sections"] = list(map(_section, route.sections))
    members["status_changes"] = list(map(_with_near, route.status_changes)) or None
    return _without_none(members)


def _published(length: PublishedLength | None) -> Iterator[tuple[str, Any]]:
    """Yield what else there is to say of a published length: wording, sources, segments."""
    if length is not None:
        yield "text", length.text
        yield "sources", list(length.sources)
        yield "segments", [part.segment for part in length.parts] or None


def _section(section: Section) -> dict[str, Any]:
    """Return a stretch; one of a route with its length by the sources and its drawing."""
    members = {name: value for name, value in _with_near(section).items() if name != "published"}
    if section.published is not None:
        length = rounded("length_published_km", section.length_published_km)
        members |= {"length_published_km": length}
        members |= {f"published_{name}": value for name, value in _published(section.published)}
    if not section.restated:
        del members["restated"]
    return members


def _with_near(value: Section | StatusChange) -> dict[str, Any]:
    return _without_none(_members(value)) | {"near": list(value.near)}


def _affected(affected: Affected) -> dict[str, Any]:
    members = _members(affected)
    statuses = members.pop("by_status")
    members["by_status"] = statuses and dict(zip(SIDES, statuses, strict=True))
    left_out = [name for name in ("of_label", "by_status") if members[name] is None]
    return {name: value for name, value in members.items() if name not in left_out}


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "date": event.date,
        "title": event.title,
        "sources": list(event.sources),
    }


def rounded(name: str, value: Any) -> Any:
    """Round a number by the unit that its name ends in; others, to six decimals."""
    if isinstance(value, tuple):
        return [rounded(name, each) for each in value]
    if not isinstance(value, float):
        return value
    decimals = _DECIMALS.get("_" + name.rpartition("_")[2], 6)
    return round(value, decimals) + 0.0  # no -0.0


def _members(value: AreaTotals | Affected | Section | StatusChange) -> dict[str, Any]:
    """Return the numbers and words of a value; but for its geometry and what it is near."""
    names = [field.name for field in fields(value) if field.name not in ("near", "geometry")]
    return {name: rounded(name, getattr(value, name)) for name in names}


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
