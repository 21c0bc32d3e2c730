"""Several diffs as one table: every version of a layer against the one before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from pkzone.compare.result import KINDS, Diff
from pkzone.reports.as_json import harmless, to_dict
from pkzone.reports.change_sentences import rounding_of
from pkzone.reports.markdown import markdown_table
from pkzone.reports.sentences import rounding_of_route
from pkzone.text_layout import table

__all__ = ["FORMATS", "pairs_json", "pairs_markdown", "pairs_text"]


def pairs_text(
    diffs: Sequence[Diff], *, width: int = 80, strong: Callable[[str], str] = str
) -> str:
    """Return one row a diff as a table that fits a width; see `to_text` for `strong`."""
    if not diffs:
        return "one version only: nothing to compare\n"
    columns = _columns(diffs)
    first = columns.pop("before")[0]
    columns = {"version": columns.pop("after"), **columns}
    heading = f"{len(diffs) + 1} versions from {first} on, each compared with the one before:"
    body = table(
        list(columns), list(zip(*columns.values(), strict=True)), width=width, strong=strong
    )
    return f"{heading}\n\n{body}\n"


def pairs_markdown(diffs: Sequence[Diff]) -> str:
    """Return one row a diff as a Markdown table."""
    if not diffs:
        return "One version only: nothing to compare.\n"
    columns = _columns(diffs)
    return markdown_table(list(columns), list(zip(*columns.values(), strict=True))) + "\n"


def pairs_json(diffs: Sequence[Diff]) -> str:
    """Return a JSON array of the documents of the diffs."""
    documents = [to_dict(one) for one in diffs]
    return harmless(json.dumps(documents, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Diff]], str]] = {
    "text": pairs_text,
    "json": pairs_json,
    "markdown": pairs_markdown,
}
"""The writers by name."""


def _columns(diffs: Sequence[Diff]) -> dict[str, list[str]]:
    """Return the columns of the table by their heads; one that would be empty is left out."""
    columns = {
        "before": [_when(one, "base") for one in diffs],
        "after": [_when(one, "target") for one in diffs],
        "features": [_features(one) for one in diffs],
        "route": [_routes(one) for one in diffs],
        "area": [_area(one) for one in diffs],
        "affected": [_affected(one) for one in diffs],
        "last event": [one.events[-1].title if one.events else "" for one in diffs],
    }
    return {head: texts for head, texts in columns.items() if any(texts)}


def _when(diff: Diff, side: str) -> str:
    info = diff.base if side == "base" else diff.target
    return info.version or info.ref


def _features(diff: Diff) -> str:
    counts = diff.summary
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]) or "the same"


def _routes(diff: Diff) -> str:
    """Return the length that each route lost and gained, or that it only has another status."""
    told = []
    for route in diff.routes:
        rounding = rounding_of_route(diff, route)
        moved = _signed(route.removed_m, route.added_m, rounding.length)
        statuses = dict.fromkeys(one.target or "no status" for one in route.status_changes)
        told.append(moved or ", ".join(statuses).replace("_", " "))
    return "; ".join(filter(None, told))


def _area(diff: Diff) -> str:
    if diff.areas is None:
        return ""
    rounding = rounding_of(diff.changes)
    return _signed(diff.areas.lost_km2, diff.areas.gained_km2, rounding.area) or "the same"


def _signed(lost: float, gained: float, write: Callable[[float], str]) -> str:
    """Return ``-12.4 km +15.8 km``; what rounds to nothing only if all does."""
    texts = [f"{sign}{write(value)}" for sign, value in (("-", lost), ("+", gained)) if value]
    return " ".join(one for one in texts if "under" not in one) or " ".join(texts)


def _affected(diff: Diff) -> str:
    counts = {
        effect: sum(one.effect == effect for one in diff.affected) for effect in ("entered", "left")
    }
    return ", ".join(f"{count} {effect}" for effect, count in counts.items() if count)
