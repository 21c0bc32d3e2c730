"""A diff as plain text for a terminal, readable by someone who never saw one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pkzone.compare.result import KINDS, Change, Diff, RouteDiff
from pkzone.reports.change_sentences import (
    geometry_sentences,
    label_of_change,
    name_of,
    property_lines,
    state_of,
)
from pkzone.reports.sentences import (
    SECTION_HEADS,
    affected_groups,
    area_facts,
    compared,
    event_numbers,
    lead,
    notes,
    route_facts,
    section_row,
    status_sentence,
    title,
)
from pkzone.text_layout import cell, paragraph, table

__all__ = ["to_text"]

Style = Callable[[str], str]


def to_text(diff: Diff, *, width: int = 80, strong: Style = str) -> str:
    """Return a diff as text.

    Parameters
    ----------
    diff : Diff
        What differs.
    width : int, optional
        Columns that the text may take.
    strong : callable, optional
        How headings are set off where the terminal can do so.

    Returns
    -------
    str
        The sentences that sum it up, then routes, areas, features, who is affected, the
        events, and notes; each only if there is something to tell. It ends in a line break.
    """
    parts = [f"{strong(heading)}\n{body}" for heading, body in _sections(diff, width, strong)]
    parts.insert(1, paragraph(" ".join(lead(diff)), width=width))
    return "\n\n".join(parts) + "\n"


def _sections(diff: Diff, width: int, strong: Style) -> Iterator[tuple[str, str]]:
    """Yield heading and body of each section."""
    sides = (("before", diff.base), ("after", diff.target))
    yield cell(title(diff)), _facts([(when, compared(side)) for when, side in sides], width)
    for route in diff.routes:
        yield f"Route {cell(route.route)}", "\n\n".join(_route(diff, route, width, strong))
    if diff.areas is not None:
        yield "Area", _facts(list(area_facts(diff, diff.areas)), width)
    for kind in KINDS:
        changes = [one for one in diff.changes if one.kind == kind]
        if changes:
            body = "\n\n".join("\n".join(_change(diff, one, width)) for one in changes)
            yield f"{kind.capitalize()} ({len(changes)})", body
    if diff.affected:
        yield (
            "Who is affected",
            "\n".join(
                paragraph(
                    f"{effect} ({len(names)}): {'; '.join(names)}",
                    width=width,
                    indent="    ",
                    first="  ",
                )
                for effect, names in affected_groups(diff)
            ),
        )
    if diff.events:
        yield "Why: events in between", "\n".join(_events(diff, width))
    yield (
        "Notes",
        "\n".join(
            paragraph(note, width=width, indent="    ", first="  - ") for note in notes(diff)
        ),
    )


def _route(diff: Diff, route: RouteDiff, width: int, strong: Style) -> Iterator[str]:
    facts = [
        (name, _change_of(before, after) + (f" ({delta})" if delta else ""))
        for name, before, after, delta in route_facts(diff, route)
    ]
    facts += [
        ("status" if not number else "", f"{one.name}: {status_sentence(one)}")
        for number, one in enumerate(route.status_changes)
    ]
    yield _facts(facts, width)
    if route.removed_m or route.added_m:
        rows = [section_row(diff, route, one) for one in route.sections]
        shown = table(
            SECTION_HEADS,
            rows,
            width=width - 2,
            strong=strong,
            right=("km before", "km after", "length"),
        )
        yield _indented(shown)


def _change(diff: Diff, change: Change, width: int) -> Iterator[str]:
    """Yield the lines that tell one change: its id and name, then what happened to it."""
    yield paragraph(
        f"{label_of_change(change)}  {name_of(change)}".rstrip(),
        width=width,
        indent=" " * 6,
        first="  ",
    )
    told = list(geometry_sentences(change))
    if change.kind in ("added", "removed"):
        states = filter(None, map(state_of, (*change.base, *change.target)))
        told = [", ".join([*told, *states])]
    for sentence in filter(None, told):
        yield paragraph(sentence, width=width, indent=" " * 8, first=" " * 6)
    for name, old, new in property_lines(change):
        yield paragraph(
            f"{name}: {_change_of(old, new)}", width=width, indent=" " * 8, first=" " * 6
        )
    numbers = event_numbers(diff, change)
    if numbers:
        noun = "event" if len(numbers) == 1 else "events"
        yield paragraph(
            f"see {noun} {', '.join(map(str, numbers))}", width=width, indent=" " * 8, first=" " * 6
        )


def _events(diff: Diff, width: int) -> Iterator[str]:
    digits = len(str(len(diff.events)))
    for number, event in enumerate(diff.events, 1):
        sources = f" [{', '.join(event.sources)}]" if event.sources else ""
        yield paragraph(
            f"{event.title}{sources}",
            width=width,
            indent=" " * (digits + 16),
            first=f"  {number:{digits}}  {cell(event.date):10}  ",
        )


def _facts(facts: list[tuple[str, str]], width: int) -> str:
    """Return names and values in two columns."""
    names = [cell(name) if name else "" for name, _ in facts]
    column = max(map(len, names)) + 4
    return "\n".join(
        paragraph(value, width=width, indent=" " * column, first=f"  {name}".ljust(column))
        for name, (_, value) in zip(names, facts, strict=True)
    )


def _change_of(before: str, after: str) -> str:
    return f"{before} → {after}" if before else after


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
