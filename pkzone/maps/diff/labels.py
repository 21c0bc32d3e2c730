"""The words of a difference's page: the numbers in their box, the rows of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from pkzone.i18n.messages import phrase
from pkzone.maps.payload import cited_by
from pkzone.reports import change_sentences as told
from pkzone.reports import sentences
from pkzone.reports.rounding import percent, stated_uncertainty_m

if TYPE_CHECKING:
    from pkzone.compare.result import Affected, Change, Diff, RouteDiff, SideInfo
    from pkzone.layers.model import Route

__all__ = ["affected_text", "boxes", "change_rows", "heads", "route_rows", "title"]

Cell = dict[str, Any] | None

_KINDS: Final = {
    "added": "added", "removed": "removed", "split": "split", "merged": "merged",
    "renamed": "new id", "revertexed": "same shape", "reversed": "direction",
    "redrawn": "redrawn", "moved": "moved", "rerouted": "rerouted", "reshaped": "reshaped",
}  # fmt: skip
_ATTRIBUTES: Final = "attributes"
_EFFECTS: Final = {"entered": "now", "left": "no longer"}


def title(diff: Diff) -> str:
    """Return what is compared: ``corridor: 2020-12-01 compared with 2022-08-30``."""
    base, target = heads(diff)
    layer = f"{diff.base.layer}: " if _is_one_layer(diff) else ""
    return f"{layer}{base} compared with {target}"


def heads(diff: Diff) -> tuple[str, str]:
    """Return what the two sides are called in a table: their dates, or names that differ."""
    return _head(diff.base, _is_one_layer(diff)), _head(diff.target, _is_one_layer(diff))


def _is_one_layer(diff: Diff) -> bool:
    return diff.base.layer is not None and diff.base.layer == diff.target.layer


def _head(side: SideInfo, only_date: bool) -> str:
    if side.layer is None:
        return side.ref.replace("\\", "/").rpartition("/")[2] or side.ref
    written = side.ref.partition("@")[2]
    date = written if written not in ("", "latest") else str(side.version)
    return date if only_date else f"{side.layer} {date}"


def boxes(diff: Diff) -> list[dict[str, Any]]:
    """Return the tables of numbers: each has a ``title`` and ``rows``.

    A row has a ``term`` and ``cells``, one for the base and one for the target, or a single
    one for both; a cell is ``value`` (metres, km, km2, a share or a count, as in the JSON
    report) and ``text`` (rounded as in the text report), or none.
    """
    whole = diff.to_dict()
    found = [_route_box(diff, *pair) for pair in zip(diff.routes, whole["routes"], strict=True)]
    if "areas" in whole:
        found.append(_area_box(diff, whole["areas"]))
    return [*found, _count_box(whole["summary"]), _measure_box(diff)]


def _row(term: str, *cells: Cell) -> dict[str, Any]:
    return {"term": term, "cells": list(cells)}


def _cell(value: Any, write: Callable[[Any], str]) -> Cell:
    return None if value is None else {"value": value, "text": write(value)}


def _route_box(diff: Diff, route: RouteDiff, numbers: dict[str, Any]) -> dict[str, Any]:
    rounding = sentences.rounding_of_route(diff, route)

    def length(name: str) -> Cell:
        return _cell(numbers.get(name), rounding.length)

    def published(name: str, record: Route | None) -> Cell:
        text = record.text if record else None
        return _cell(numbers.get(name), lambda km: text or f"{km:,g} km")

    rows = [
        _row("Length as drawn", length("length_base_m"), length("length_target_m")),
        _row("Length as published", published("length_published_base_km", route.published_base),
             published("length_published_target_km", route.published_target)),
        _row("Kept", length("kept_m"), length("kept_target_m")),
        _row("Removed", length("removed_m"), None),
        _row("Added", None, length("added_m")),
        _row("Farthest apart", length("max_offset_m")),
    ]  # fmt: skip
    return {"title": f"Route {route.route}", "rows": [one for one in rows if any(one["cells"])]}


def _area_box(diff: Diff, areas: dict[str, Any]) -> dict[str, Any]:
    rounding = told.rounding_of(diff.changes)

    def area(name: str) -> Cell:
        return _cell(areas[name], rounding.area)

    rows = [
        _row("Area as drawn", area("base_km2"), area("target_km2")),
        _row("Kept", area("kept_km2")),
        _row("Lost", area("lost_km2"), None),
        _row("Gained", None, area("gained_km2")),
        _row("Share of both in common", _cell(areas["iou"], percent)),
    ]
    return {"title": "Ground covered", "rows": rows}


def _count_box(summary: dict[str, int]) -> dict[str, Any]:
    rows = [
        _row(kind.replace("_", " ").capitalize(), _cell(count, lambda number: f"{number:,}"))
        for kind, count in summary.items()
        if count
    ]
    return {"title": phrase("Features"), "rows": rows}


def _measure_box(diff: Diff) -> dict[str, Any]:
    """Return what the numbers were measured with, which a reader needs to judge them."""
    stated = stated_uncertainty_m(told.features_of(diff.changes))
    rows = [
        _row(phrase("tolerance"), _cell(diff.tolerance_m, lambda metres: f"{metres:,g} m")),
        _row(phrase("stated uncertainty up to"), _cell(stated, lambda metres: f"{metres:,.0f} m")),
    ]
    return {"title": phrase("Measured with"), "rows": [one for one in rows if any(one["cells"])]}


def route_rows(diff: Diff) -> list[dict[str, Any]]:
    """Return each route with the rows of its sections and the sentences of its statuses."""
    return [
        {
            "title": f"Route {route.route}",
            "sections": list(_section_rows(diff, number, route)),
            "statuses": [
                {"row": _row_of_segment(diff, one.segment), "name": one.name,
                 "text": sentences.status_sentence(one)}
                for one in route.status_changes
            ],
        }
        for number, route in enumerate(diff.routes)
    ]  # fmt: skip


def _section_rows(diff: Diff, number: int, route: RouteDiff) -> Iterator[dict[str, Any]]:
    for index, one in enumerate(route.sections):
        stretch, before, after, length, near = sentences.section_row(diff, route, one)
        yield {
            "row": f"section/{number}/{index}", "kind": one.kind, "stretch": stretch,
            "km": [before, after], "near": near,
            "length": {"value": round(one.length_m, 4), "text": length},
        }  # fmt: skip


def _row_of_segment(diff: Diff, segment: str) -> str | None:
    for number, change in enumerate(diff.changes):
        if any(str(one.id) == str(segment) for one in (*change.base, *change.target)):
            return f"change/{number}"
    return None


def change_rows(diff: Diff) -> list[dict[str, Any]]:
    """Return one row a change: what it is called, what happened, how sure, on whose word."""
    return [_change_row(diff, number, change) for number, change in enumerate(diff.changes)]


def _change_row(diff: Diff, number: int, change: Change) -> dict[str, Any]:
    features = (*change.base, *change.target)
    alone = features if change.kind in ("added", "removed") else ()
    cited = {source for one in features for source in cited_by(one.properties)}
    return {
        "row": f"change/{number}",
        "id": told.label_of_change(change),
        "name": told.name_of(change),
        "change": change.kind,
        "kind": _kind(change),
        "brief": _brief(change),
        "told": [*told.geometry_sentences(change), *filter(None, map(told.state_of, alone))],
        "within_uncertainty": change.within_uncertainty,
        "properties": [list(one) for one in told.property_lines(change)],
        "events": [one - 1 for one in sentences.event_numbers(diff, change)],
        "sources": sorted(cited),
    }


def _kind(change: Change) -> str:
    word = _KINDS.get(change.geometry_class or "") or _KINDS.get(change.kind)
    if change.kind in ("split", "merged", "renamed"):
        word = _KINDS[change.kind]
    also = [_ATTRIBUTES] if "properties" in change.aspects and change.kind == "modified" else []
    return " + ".join(filter(None, [word, *also])) or _ATTRIBUTES


def _brief(change: Change) -> str:
    """Return the change of status, which most readers look for, of what has no other news."""
    status = change.properties.get("status")
    if status is None or change.aspects != ("properties",):
        return ""
    return " \u2192 ".join(filter(None, told.property_texts("status", status)))


def affected_text(diff: Diff, one: Affected) -> str:
    """Return who enters or leaves what: an area, or the reach of a route."""
    is_route = any(route.route == one.of for route in diff.routes)
    where = "within reach of" if is_route else "inside"
    of = one.of_label or told.id_text(one.of)
    return f"{one.name}: {_EFFECTS.get(one.effect, one.effect)} {where} {of}"
