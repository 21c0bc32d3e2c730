"""Reports as plain text for a terminal, readable by someone who never saw one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from pkzone.compare.result import KINDS
from pkzone.reports.changes import kind_word
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import (
    ChangeRow,
    Day,
    Figure,
    Joined,
    Number,
    Part,
    Report,
    Row,
    Section,
    Sentence,
    cited,
    joined,
    msg,
    plural,
)
from pkzone.reports.names import speaker
from pkzone.reports.series_report import each_section, history_section
from pkzone.table import Column, Table
from pkzone.text_layout import cell, paragraph, table

if TYPE_CHECKING:
    from pkzone.compare.history import History
    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "affected_groups",
    "area_facts",
    "render_diff",
    "render_each",
    "render_history",
    "route_facts",
]

Style = Callable[[str], str]


def render_diff(
    diff: Diff,
    *,
    width: int | None = 80,
    strong: Style = str,
    lang: str | None = None,
    catalogue: Catalogue | None = None,
    ids: bool = False,
) -> str:
    """Return a diff as text of a width, its headings set off by `strong`; it ends in a line break.

    Without a width tables are not wrapped, and paragraphs as for 80 columns.

    The sentences that sum it up, then routes, areas, features, who is affected, the events, and
    notes; each only if there is something to tell. See `report_of` for `ids`, and `names_in` for
    the catalogue that names are from in another language.
    """
    say = speaker(lang, catalogue, diff)
    return _Writer(width, strong, say).diff(report_of(diff, ids=ids))


def render_each(
    diffs: Sequence[Diff],
    *,
    width: int | None = 80,
    strong: Style = str,
    lang: str | None = None,
    catalogue: Catalogue | None = None,
) -> str:
    """Return one row a diff as a table that fits a width; see `render_diff` for the others."""
    section, say = each_section(diffs), speaker(lang, catalogue, *diffs)
    title = say(section.title)
    if not section.rows:
        return f"{title}\n"
    heads = [say(head) for head in (msg("version"), *section.heads[2:])]
    columns = tuple(Column(head, rank=rank) for rank, head in enumerate(heads))
    rows = tuple(tuple(map(say, row.cells[1:])) for row in section.rows)
    listed = Table("each", columns, rows, language=lang or "en")
    return f"{title}\n\n{listed.to_text(width=width, strong=strong)}"


def render_history(
    history: History,
    *,
    width: int | None = 80,
    strong: Style = str,
    lang: str | None = None,
    catalogue: Catalogue | None = None,
) -> str:
    """Return a history as text; see `render_diff` for the others.

    A heading, then one block an entry, oldest first: version, what happened, the events and
    sources behind it.
    """
    say = speaker(lang, catalogue, *(entry.diff for entry in history.entries))
    return _Writer(width, strong, say).history(history_section(history))


def route_facts(route: Section) -> Iterator[tuple[Part, Part, Part, Part]]:
    """Yield term, base, target and difference of each number that tells of a whole route."""
    for row in route.rows:
        if row.short_term is not None and len(row.cells) == 1:
            yield row.short_term, "", row.cells[0], ""
        elif row.short_term is not None:
            base, target, *difference = row.cells
            yield row.short_term, _stated(base), _stated(target), joined("", difference)


def _stated(figure: Part) -> Part:
    if not isinstance(figure, Figure):
        return figure or Number(None)
    if figure.source:
        return msg("{length} [{source}]", figure, figure.source)
    return figure if figure.value else Number(None)


def area_facts(areas: Section) -> list[tuple[Part, Part]]:
    """Return name and value of each number that tells of the ground covered."""
    rows = {row.kind: row for row in areas.rows}
    before, after = rows["whole"].cells
    facts: list[tuple[Part, Part]] = [(msg("before"), before), (msg("after"), after)]
    for kind in ("added", "removed", "kept"):
        if row := rows.get(kind):
            size = next(cell for cell in row.cells if cell)
            if kind == "kept":
                (share,) = rows["common"].cells
                size = msg("{area} ({share} of the area that either covers)", size, share)
            facts.append((row.short_term, size))
    return facts


def affected_groups(rows: Sequence[Row]) -> Iterator[tuple[Part, Part]]:
    """Yield who is affected in what way, with their number, and the names."""
    ordered = sorted(rows, key=lambda row: (row.kind, str(row.cells[1]), str(row.short_term)))
    for group, members in groupby(ordered, key=lambda row: row.short_term):
        names = [row.cells[0] for row in members]
        yield (msg("{group} ({number})", group, str(len(names))), Joined("; ", tuple(names)))


class _Writer:
    """Lays out reports for a width, each part worded by `say`."""

    def __init__(self, width: int | None, strong: Style, say: Callable[[Part], str]) -> None:
        self._width = width
        self._strong = strong
        self._say = say

    def _paragraph(self, part: Part, indent: int = 0, first: str | None = None) -> str:
        return paragraph(self._say(part), width=self._width, indent=" " * indent, first=first)

    def diff(self, report: Report) -> str:
        """Return the report of a diff."""
        parts = [
            f"{self._strong(cell(self._say(heading)))}\n{body}"
            for heading, body in self._sections(report)
        ]
        parts.insert(1, self._paragraph(Joined(" ", report.lead)))
        return "\n\n".join(parts) + "\n"

    def _sections(self, report: Report) -> Iterator[tuple[Part, str]]:
        """Yield heading and body of each section."""
        whens = (msg("before"), msg("after"))
        yield report.title, self._facts(list(zip(whens, report.sides, strict=True)))
        for route in report.sections_of("route"):
            yield route.title, "\n\n".join(self._route(route))
        for areas in report.sections_of("areas"):
            yield msg("Area"), self._facts(area_facts(areas))
        for kind in KINDS:
            changes = [change for change in report.changes if change.kind == kind]
            if changes:
                heading = msg("{kind} ({number})", Sentence(kind_word(kind)), str(len(changes)))
                body = "\n\n".join("\n".join(self._change(change)) for change in changes)
                yield heading, body
        if report.affected:
            lines = (
                msg("{group}: {names}", group, names)
                for group, names in affected_groups(report.affected)
            )
            yield msg("What is affected"), "\n".join(self._paragraph(one, 4, "  ") for one in lines)
        if report.events:
            yield msg("Why: events in between"), "\n".join(self._events(report))
        if report.sources:
            yield msg("Sources"), self._paragraph(Joined("; ", report.sources), 2, "  ")
        notes = (self._paragraph(note, 4, "  - ") for note in report.all_notes)
        yield msg("Notes"), "\n".join(notes)

    def _route(self, route: Section) -> Iterator[str]:
        stretches, statuses = route.sections
        facts = []
        for term, base, target, difference in route_facts(route):
            value = msg("{base} → {target}", base, target) if base else target
            if difference:
                value = msg("{value} ({difference})", value, difference)
            facts.append((term, value))
        for number, row in enumerate(statuses.rows):
            status = msg("{name}: {status}", row.term, row.cells[0])
            facts.append(("" if number else msg("status"), status))
        yield self._facts(facts)
        if any(row.kind != "kept" for row in stretches.rows):
            heads = [self._say(head) for head in stretches.heads]
            rows = [[self._say(part) for part in (row.term, *row.cells)] for row in stretches.rows]
            width = self._width and self._width - 2
            body = table(heads, rows, width=width, strong=self._strong, right=heads[1:5])
            yield "\n".join(f"  {line}" for line in body.splitlines())

    def _change(self, change: ChangeRow) -> Iterator[str]:
        """Yield the lines that tell one change: its name and id, then what happened to it."""
        others = [change.label] if change.label not in ("", change.name) else []
        named = msg("{name} ({label})", change.name, change.label) if change.name and others else ""
        yield self._paragraph(named or change.name or change.label, 6, "  ")
        details = list(change.sentences)
        if change.states:
            details = [joined(", ", (*details, *change.states))]
        details += change.property_sentences()
        if change.events:
            numbers = ", ".join(str(index + 1) for index in change.events)
            details.append(
                plural(len(change.events), "see event {numbers}", "see events {numbers}", numbers)
            )
        for part in details:
            yield self._paragraph(part, 8, " " * 6)

    def _events(self, report: Report) -> Iterator[str]:
        digits = len(str(len(report.events)))
        for number, event in enumerate(report.events, 1):
            first = f"  {number:{digits}}  {cell(self._say(Day(event.date))):10}  "
            yield self._paragraph(cited(event), digits + 16, first)

    def _facts(self, facts: Sequence[tuple[Part, Part]]) -> str:
        """Return names and values in two columns."""
        names = [cell(self._say(name)) if name else "" for name, _ in facts]
        column = max(map(len, names)) + 4
        return "\n".join(
            self._paragraph(value, column, f"  {name}".ljust(column))
            for name, (_, value) in zip(names, facts, strict=True)
        )

    def history(self, history: Section) -> str:
        """Return the life of a layer or feature."""
        (span,) = history.rows[0].cells
        title = self._strong(self._paragraph(history.title))
        blocks = [f"{title}\n{self._paragraph(span)}"]
        for entry in history.sections:
            heading, *rows = entry.rows
            version = cell(self._say(entry.title))
            first = self._paragraph(heading.cells[0], 12, f"{version}  ")
            lines = [self._strong(version) + first.removeprefix(version)]
            for row in rows:
                term = "" if row.term is None else f"{cell(self._say(row.term)):10}  "
                lines.append(self._paragraph(row.cells[0], 14 if term else 4, f"  {term}"))
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks) + "\n"
