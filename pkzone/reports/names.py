"""Put names in the place of ids in what people read of a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pkzone.compare.result import Diff, Gap, PropertyChange, PublishedLength, RouteDiff

if TYPE_CHECKING:
    from pkzone.compare.result import Affected, Change
    from pkzone.layers.model import Event
    from pkzone.reports.model import ChangeRow

__all__ = ["cited_by_name", "named", "rows_by_name"]


def named(diff: Diff) -> Diff:
    """Return a diff with the names of routes, features and sources for their ids.

    It is for reports for people only. Ids of the changes stay: rows refer to them.
    """
    return replace(
        diff,
        routes=tuple(_route(route, diff) for route in diff.routes),
        events=cited_by_name(diff.events, diff.source_names),
        affected=tuple(_affected(one, diff) for one in diff.affected),
        changes=tuple(_change(change, diff) for change in diff.changes),
    )


def cited_by_name(events: Iterable[Event], names: Mapping[str, str]) -> tuple[Event, ...]:
    """Return events with the names of their sources for the ids."""
    return tuple(event._replace(sources=_sources(event.sources, names)) for event in events)


def rows_by_name(rows: Sequence[ChangeRow]) -> tuple[ChangeRow, ...]:
    """Return rows without the ids of features whose name no other of them has."""
    counts = Counter(row.name for row in rows)
    return tuple(
        replace(row, label="", full_label=row.name)
        if row.name and counts[row.name] == 1 and row.kind != "renamed"
        else row
        for row in rows
    )


def _sources(ids: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.get(one, one) for one in ids))


def _length(length: PublishedLength | None, diff: Diff) -> PublishedLength | None:
    if length is None:
        return None
    names = diff.feature_names
    parts = tuple(
        part._replace(segment=names.get(str(part.segment), part.segment)) for part in length.parts
    )
    return replace(length, sources=_sources(length.sources, diff.source_names), parts=parts)


def _gap(gap: Gap, diff: Diff) -> Gap:
    return replace(gap, after=diff.feature_names.get(str(gap.after), gap.after))


def _route(route: RouteDiff, diff: Diff) -> RouteDiff:
    return replace(
        route,
        route=diff.route_names.get(route.route, route.route),
        published_base=_length(route.published_base, diff),
        published_target=_length(route.published_target, diff),
        sections=tuple(replace(o, published=_length(o.published, diff)) for o in route.sections),
        gaps_base=tuple(_gap(gap, diff) for gap in route.gaps_base),
        gaps_target=tuple(_gap(gap, diff) for gap in route.gaps_target),
    )


def _affected(affected: Affected, diff: Diff) -> Affected:
    if affected.of_label is not None:
        return affected
    names = diff.feature_names if affected.relation == "inside" else diff.route_names
    return replace(affected, of_label=names.get(str(affected.of)))


def _change(change: Change, diff: Diff) -> Change:
    kinds = {"sources": diff.source_names, "route": diff.route_names}
    told = {
        key: _property(one, kinds[key]) if key in kinds else one
        for key, one in change.properties.items()
    }
    return replace(change, properties=told)


def _property(one: PropertyChange, names: Mapping[str, str]) -> PropertyChange:
    base, target = (_value(value, names) for value in (one.base, one.target))
    return one if base == target else replace(one, base=base, target=target)


def _value(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        known = [names.get(one, one) if isinstance(one, str) else one for one in value]
        return list(dict.fromkeys(known)) if all(isinstance(one, str) for one in known) else known
    return names.get(value, value) if isinstance(value, str) else value
