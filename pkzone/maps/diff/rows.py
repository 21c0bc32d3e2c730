"""Word the rows of a report for a page, as plain JSON types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from pkzone.compare.result import Change
from pkzone.maps.payload import cited_by
from pkzone.reports.as_json import rounded
from pkzone.reports.model import ChangeRow, Figure, Part, Report, Section, worded

__all__ = ["Say", "change_row", "figure_tables", "route_rows"]

Say: TypeAlias = Callable[[Part], str]
"""Words a part of a report in the language of the page."""


def figure_tables(report: Report, say: Say = worded) -> list[dict[str, Any]]:
    """Return the tables of numbers: each has a ``title`` and ``rows``.

    A row has a ``term`` and ``cells``, one for the base and one for the target, or a single
    one for both; a cell is ``value`` (metres, km, km2, a share or a count, as in the JSON
    report) and ``text`` (rounded as in the text report), or none.
    """
    return [
        {
            "title": say(section.title),
            "rows": [
                {"term": say(row.term), "cells": [_cell(part, say) for part in row.cells[:2]]}
                for row in section.rows
            ],
        }
        for section in report.sections
    ]


def _cell(part: Part, say: Say) -> dict[str, Any] | None:
    if not isinstance(part, Figure):
        return None
    return {"value": rounded(part.unit, part.value), "text": say(part)}


def route_rows(report: Report, say: Say = worded) -> list[dict[str, Any]]:
    """Return each route with the rows of its stretches and the sentences of its statuses."""
    return [
        {
            "title": say(route.title),
            "sections": list(_stretch_rows(route.sections[0], say)),
            "statuses": [
                {"row": row.ref, "name": say(row.term), "text": say(row.cells[0])}
                for row in route.sections[1].rows
            ],
        }
        for route in report.sections_of("route")
    ]


def _stretch_rows(stretches: Section, say: Say) -> Iterator[dict[str, Any]]:
    for row in stretches.rows:
        before, after, length, near = row.cells
        yield {
            "row": row.ref,
            "kind": row.kind,
            "stretch": say(row.term),
            "km": [say(before), say(after)],
            "near": say(near),
            "length": _cell(length, say),
        }


def change_row(row: ChangeRow, change: Change, number: int, say: Say = worded) -> dict[str, Any]:
    """Return a change as a row: what it is called, what happened, how sure, on whose word."""
    cited = {
        source
        for feature in (*change.base, *change.target)
        for source in cited_by(feature.properties)
    }
    return {
        "row": f"change/{number}",
        "id": row.label,
        "name": row.name,
        "change": row.kind,
        "kind": say(row.summary),
        "brief": say(row.status),
        "told": [say(part) for part in (*row.sentences, *row.states)],
        "within_uncertainty": row.within_uncertainty,
        "properties": [[say(part) for part in texts] for _, *texts in row.properties],
        "events": list(row.events),
        "sources": sorted(cited),
    }
