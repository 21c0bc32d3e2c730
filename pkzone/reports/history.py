"""The life of a layer or feature as plain JSON types, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pkzone.compare.result import Change
from pkzone.reports import as_json
from pkzone.reports.change_sentences import (
    geometry_sentences,
    label_of_change,
    listed,
    property_lines,
    state_of,
)
from pkzone.reports.markdown import escaped
from pkzone.reports.sentences import lead
from pkzone.text_layout import cell, paragraph

if TYPE_CHECKING:
    from pkzone.compare.history import Entry, History
    from pkzone.layers.model import Event

__all__ = ["SCHEMA", "read_schema", "to_dict", "to_markdown", "to_text"]

SCHEMA = "pkzone.history/1"

Style = Callable[[str], str]

# What the line of one feature in the life of a whole layer tells in full; others are only named.
_TOLD = ("status", "name", "kind", "controller")
_OF_A_DIFF = ("summary", "changes", "routes", "areas", "affected")


def to_dict(history: History) -> dict[str, Any]:
    """Return a history as plain JSON types, as ``history.schema.json`` describes them.

    An entry has the members of a diff that apply: of a layer ``summary``, ``changes``,
    ``routes``, ``areas`` and ``affected``, of a feature ``changes`` alone. Keys that do not
    apply are left out.
    """
    about = {} if history.feature is None else {"feature": history.feature, "name": history.name}
    return {
        "schema": SCHEMA,
        "layer": history.layer,
        "title": history.title,
        **about,
        "tolerance_m": history.tolerance_m,
        "versions": list(history.versions),
        "entries": [_entry(history, one) for one in history.entries],
    }


@cache
def read_schema() -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of the document, with that of a diff bundled into it."""
    schema = as_json.read_schema("history.schema.json")
    bundled = {**as_json.read_schema(), "$id": "diff.schema.json"}
    return {**schema, "$defs": {**schema["$defs"], "diff": bundled}}


def to_text(history: History, *, width: int = 80, strong: Style = str) -> str:
    """Return a history as text.

    Parameters
    ----------
    history : History
        What happened.
    width : int, optional
        Columns that the text may take.
    strong : callable, optional
        How headings are set off where the terminal can do so.

    Returns
    -------
    str
        A heading, then one block an entry, oldest first: version, what happened, the events
        and sources behind it. It ends in a line break.
    """
    title = strong(paragraph(_title(history), width=width))
    blocks = [f"{title}\n{paragraph(_span(history), width=width)}"]
    for entry in history.entries:
        version = cell(entry.version.id)
        heading = paragraph(
            _heading(history, entry), width=width, indent=" " * 12, first=f"{version}  "
        )
        lines = [strong(version) + heading.removeprefix(version)]
        lines += [
            paragraph(told, width=width, indent="    ", first="  ")
            for told in _told(history, entry)
        ]
        lines += [
            paragraph(
                _cited(event), width=width, indent=" " * 14, first=f"  {cell(event.date):10}  "
            )
            for event in entry.events
        ]
        if not entry.events and entry.sources:
            lines.append(
                paragraph(
                    ", ".join(entry.sources),
                    width=width,
                    indent=" " * 14,
                    first=f"  {'sources':10}  ",
                )
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def to_markdown(history: History) -> str:
    """Return a history as Markdown: one list item an entry, every text from the data escaped."""
    blocks = [f"### {escaped(_title(history))}", escaped(_span(history))]
    for entry in history.entries:
        lines = [f"- **{escaped(entry.version.id)}** {escaped(_heading(history, entry))}"]
        lines += [f"  - {escaped(told)}" for told in _told(history, entry)]
        lines += [f"  - why: {escaped(f'{event.date} {_cited(event)}')}" for event in entry.events]
        if not entry.events and entry.sources:
            lines.append(f"  - sources: {escaped(', '.join(entry.sources))}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _entry(history: History, entry: Entry) -> dict[str, Any]:
    version = entry.version
    found = as_json.to_dict(entry.diff) if entry.diff else {}
    wanted = _OF_A_DIFF if history.feature is None else ("changes",)
    count = {"feature_count": version.feature_count} if history.feature is None else {}
    return {
        "version": version.id,
        "valid_from": version.valid_from.isoformat(),
        "title": version.title,
        "effect": entry.effect,
        **count,
        **{key: found[key] for key in wanted if key in found},
        "events": [
            {"id": one.id, "date": one.date, "title": one.title, "sources": list(one.sources)}
            for one in entry.events
        ],
        "sources": list(entry.sources),
    }


def _title(history: History) -> str:
    if history.feature is None:
        return f"{history.layer}: {history.title}"
    name = f": {history.name}" if history.name else ""
    return f"{history.layer}/{history.feature}{name}"


def _span(history: History) -> str:
    versions = history.versions
    span = (
        f"{len(versions)} versions, {versions[0]} to {versions[-1]}"
        if len(versions) > 1
        else f"1 version, {versions[0]}"
    )
    count = len(history.entries)
    if history.feature is not None:
        span += f"; this feature {_times(count)}"
    return f"{span}. Tolerance {history.tolerance_m:g} m."


def _times(count: int) -> str:
    return {1: "has one state in them", 2: "changes once in them"}.get(
        count, f"changes {count - 1} times in them"
    )


def _heading(history: History, entry: Entry) -> str:
    if history.feature is None:
        return entry.version.title
    return f"{entry.effect}: {entry.version.title}"


def _told(history: History, entry: Entry) -> Iterator[str]:
    """Yield what happened, one sentence or feature each."""
    if history.feature is not None:
        for change in entry.changes:
            yield from _in_full(change)
        return
    if entry.diff is None:
        count = entry.version.feature_count
        yield f"Begins with {count} {'feature' if count == 1 else 'features'}."
        return
    yield " ".join(lead(entry.diff))
    for change in entry.changes:
        yield _in_short(change)


def _in_full(change: Change) -> Iterator[str]:
    yield from geometry_sentences(change)
    if change.kind in ("added", "removed"):
        yield from filter(None, map(state_of, (*change.base, *change.target)))
    for name, old, new in property_lines(change):
        yield f"{name}: {old} -> {new}" if old else f"{name}: {new}"


def _in_short(change: Change) -> str:
    """Return a change as one line: the numbers and the state in full, of the rest the names."""
    told = list(geometry_sentences(change))
    if change.kind in ("added", "removed"):
        told += filter(None, map(state_of, (*change.base, *change.target)))
    told += [
        f"{name} {old} -> {new}" if old else f"{name} now {new}"
        for name, old, new in property_lines(change)
        if name in _TOLD
    ]
    others = sorted(set(change.properties) - set(_TOLD))
    if others:
        told.append(f"{listed(others)} {'differs' if len(others) == 1 else 'differ'}")
    return f"{change.kind} {label_of_change(change, with_name=True)}: {'; '.join(told)}"


def _cited(event: Event) -> str:
    sources = f" [{', '.join(event.sources)}]" if event.sources else ""
    return f"{event.title}{sources}"
