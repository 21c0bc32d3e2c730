"""Diffs and histories as rows, for CSV and JSON Lines: one a change, a diff or a version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pkzone.compare.result import KINDS, Change, Diff, Evidence, PublishedLength
from pkzone.reports.as_json import numbers, rounded, to_dict
from pkzone.reports.changes import change_row, label_of_change, name_of
from pkzone.reports.lengths import drawn_km
from pkzone.reports.model import joined, worded
from pkzone.reports.names import rows_by_name
from pkzone.reports.route_report import rounding_of_route, total_of
from pkzone.table import Column, Table

if TYPE_CHECKING:
    from pkzone.compare.history import Entry, History

__all__ = [
    "changes_table",
    "each_table",
    "history_table",
    "render_diff",
    "render_each",
    "render_history",
]

_EFFECTS = ("entered", "left")
_NUMBERS = tuple(field.name for field in fields(Evidence))
_SIDES = (Column("base"), Column("target"))
_CHANGE_COLUMNS = (
    *_SIDES,
    Column("kind"),
    Column("id", "id"),
    Column("label"),
    Column("new_id", "id"),
    Column("parts", "array"),
    Column("parents", "array"),
    Column("name"),
    Column("aspects", "array"),
    Column("class"),
    Column("within_uncertainty", "boolean"),
    Column("properties", "array"),
    Column("differs"),
    *(Column(name, "array" if name == "max_offset_at" else "number") for name in _NUMBERS),
)
_COMMIT = (Column("date"), Column("subject"))
_SUMS = (
    *(Column(kind, "integer") for kind in (*KINDS, "unchanged")),
    Column("route_lost_published_km", "number"),
    Column("route_lost_drawn_km", "number"),
    Column("route_gained_published_km", "number"),
    Column("route_gained_drawn_km", "number"),
    Column("area_lost_km2", "number"),
    Column("area_gained_km2", "number"),
    Column("places_entered", "integer"),
    Column("places_left", "integer"),
    Column("places_that_may_have_entered", "integer"),
    Column("places_that_may_have_left", "integer"),
    Column("events", "array"),
)
_ENTRY_COLUMNS = (
    Column("version"),
    Column("valid_from", "date"),
    Column("effect"),
    Column("title"),
    Column("feature_count", "integer"),
    *_SUMS,
    Column("sources", "array"),
    Column("differs"),
)


def render_diff(diff: Diff, *, form: str) -> str:
    """Return one row a change in a format of tables."""
    return _rendered(changes_table(diff), form)


def render_each(diffs: Sequence[Diff], *, form: str) -> str:
    """Return one row a diff in a format of tables; in JSON Lines the whole diff."""
    if form == "jsonl":
        return Table("each", (), (), items=tuple(map(to_dict, diffs))).to_jsonl()
    return _rendered(each_table(diffs), form)


def render_history(history: History, *, form: str) -> str:
    """Return one row an entry in a format of tables."""
    return _rendered(history_table(history), form)


def changes_table(diff: Diff) -> Table:
    """Return one row a change, with the numbers that apply to it and what differs in words."""
    sides = (diff.base.ref, diff.target.ref)
    rows = []
    for change in diff.changes:
        measured = numbers(change.evidence) if change.evidence else {}
        rows.append(
            (
                *sides,
                change.kind,
                change.id,
                label_of_change(change, with_name=True) if change.id is None else None,
                change.new_id if change.kind == "renamed" else None,
                list(change.parts),
                list(change.parents),
                name_of(change) or None,
                list(change.aspects),
                change.geometry_class,
                change.within_uncertainty,
                sorted(change.properties),
                _differs([change], diff, named=False),
                *(measured.get(name) for name in _NUMBERS),
            )
        )
    return Table("changes", _CHANGE_COLUMNS, tuple(rows))


def each_table(diffs: Sequence[Diff]) -> Table:
    """Return one row a diff: how many features differ, what routes and ground lost and gained."""
    rows = (
        (
            diff.base.ref,
            diff.target.ref,
            *_sums(diff, diff.events),
            diff.target.date,
            diff.target.subject,
        )
        for diff in diffs
    )
    return Table("each", (*_SIDES, *_SUMS, *_COMMIT), tuple(rows))


def history_table(history: History) -> Table:
    """Return one row an entry of the life of a layer or feature."""
    rows = tuple(_entry_row(entry, of_layer=history.feature is None) for entry in history.entries)
    return Table("entries", _ENTRY_COLUMNS, rows)


def _rendered(table: Table, form: str) -> str:
    text: str = getattr(table, f"to_{form}")()
    return text


def _entry_row(entry: Entry, *, of_layer: bool) -> tuple[Any, ...]:
    version = entry.version
    return (
        version.id,
        version.valid_from.isoformat(),
        entry.effect,
        version.title,
        version.feature_count,
        *_sums(entry.diff, entry.events),
        list(entry.sources),
        _differs(entry.changes, entry.diff, named=of_layer),
    )


def _sums(diff: Diff | None, events: Sequence[Any]) -> tuple[Any, ...]:
    """Return counts and sums of a diff, nothing where there was nothing before."""
    ids = [event.id for event in events]
    if diff is None:
        return (*(None for _ in _SUMS[1:]), ids)
    effects = Counter((affected.effect, affected.certain) for affected in diff.affected)
    summary = diff.summary
    areas = (diff.areas.lost_km2, diff.areas.gained_km2) if diff.areas else (None, None)
    return (
        *(summary[kind] for kind in (*KINDS, "unchanged")),
        *_route_km(diff, "removed"),
        *_route_km(diff, "added"),
        *(rounded("_km2", number) for number in areas),
        *(effects[effect, is_certain] for is_certain in (True, False) for effect in _EFFECTS),
        ids,
    )


def _route_km(diff: Diff, kind: str) -> tuple[float | None, float | None]:
    """Return the length of the stretches of a kind on all routes, by the sources and as drawn."""
    if not diff.routes:
        return None, None
    totals = [total_of(route, kind) for route in diff.routes]
    if not any(drawn_m for _, drawn_m, _ in totals):
        return 0, 0
    figures = [
        drawn_km(drawn_m, schematic_m, rounding_of_route(diff, route))
        for route, (_, drawn_m, schematic_m) in zip(diff.routes, totals, strict=True)
        if drawn_m
    ]
    published = PublishedLength.of_all(length for length, drawn_m, _ in totals if drawn_m)
    return (published.km if published else None), rounded("_km", sum(figures))


def _differs(changes: Sequence[Change], diff: Diff | None, *, named: bool) -> str:
    """Return in words what happened to shape, state and properties, of each feature by name."""
    texts = []
    names = diff.end_names if diff else {}
    for row in rows_by_name([change_row(change, end_names=names) for change in changes]):
        told = joined("; ", (*row.sentences, *row.states, *row.property_sentences("->")))
        texts.append(worded(joined(": ", (row.full_label, told)) if named else told))
    return "; ".join(texts)
