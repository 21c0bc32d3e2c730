"""Reports as GitHub Markdown: short, for a pull request or a changelog."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pkzone.reports.changes import kind_word
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import (
    ChangeRow,
    Day,
    Joined,
    Part,
    Report,
    Section,
    Sentence,
    Term,
    cited,
    joined,
    listed,
    msg,
)
from pkzone.reports.names import speaker
from pkzone.reports.series_report import each_section, history_section
from pkzone.reports.text import affected_groups, area_facts, route_facts
from pkzone.text_layout import escaped_markdown

if TYPE_CHECKING:
    from pkzone.compare.history import History
    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue

__all__ = ["render_diff", "render_each", "render_history"]

LEFT_OUT = ("sources", "note")  # long: the text and JSON reports have them
_MARKS = {"event": msg("why"), "sources": msg("sources")}


def render_diff(diff: Diff, *, lang: str | None = None, catalogue: Catalogue | None = None) -> str:
    """Return a diff as Markdown: tables as GitHub has them, every text from the data escaped.

    The sums, routes and areas are told in full, a feature in one row of a table. See `names_in`
    for the catalogue that names are from in another language.
    """
    writer = _Writer(speaker(lang, catalogue, diff))
    return "\n\n".join(writer.diff(report_of(diff))) + "\n"


def render_each(
    diffs: Sequence[Diff], *, lang: str | None = None, catalogue: Catalogue | None = None
) -> str:
    """Return one row a diff as a Markdown table."""
    section, say = each_section(diffs), speaker(lang, catalogue, *diffs)
    if not section.rows:
        return say(Sentence(section.title)) + ".\n"
    return _Writer(say).table(section.heads, [row.cells for row in section.rows]) + "\n"


def render_history(
    history: History, *, lang: str | None = None, catalogue: Catalogue | None = None
) -> str:
    """Return a history as Markdown: one list item an entry, every text from the data escaped."""
    say = speaker(lang, catalogue, *(entry.diff for entry in history.entries))
    return "\n\n".join(_Writer(say).history(history_section(history))) + "\n"


class _Writer:
    """Writes reports, each part worded and then escaped."""

    def __init__(self, word: Callable[[Part], str]) -> None:
        self._word = word

    def _say(self, part: Part) -> str:
        return escaped_markdown(self._word(part))

    def table(
        self, heads: Sequence[Part], rows: Sequence[Sequence[Part]], right: Sequence[int] = ()
    ) -> str:
        """Return a table; `right`: indices of numeric columns."""
        marks = ["--:" if number in right else "---" for number in range(len(heads))]
        lines = [[self._say(part) for part in row] for row in (heads, *rows)]
        lines.insert(1, marks)
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _list(self, title: Part, items: Iterable[Sequence[Part]]) -> str:
        lines = "\n".join(f"- {': '.join(map(self._say, item))}" for item in items)
        return f"**{self._say(title)}**\n\n{lines}"

    def diff(self, report: Report) -> Iterator[str]:
        """Yield the blocks of the report of a diff."""
        yield f"### {self._say(report.title)}"
        yield self._say(Joined(" ", report.lead))
        for route in report.sections_of("route"):
            yield from self._route(route)
        for areas in report.sections_of("areas"):
            names, values = zip(*area_facts(areas), strict=True)
            heads = [msg("area {name}", names[0]), *names[1:]]
            yield self.table(heads, [values], right=range(len(heads)))
        if report.changes:
            heads = [msg("change"), msg("name"), msg("id"), msg("what differs")]
            rows = [_change(change) for change in report.changes]
            if not any(change.label for change in report.changes):
                heads, rows = [*heads[:2], heads[3]], [(*one[:2], one[3]) for one in rows]
            yield self.table(heads, rows)
        if report.affected:
            yield self._list(msg("What is affected"), affected_groups(report.affected))
        if report.events:
            events = ((Day(event.date), cited(event)) for event in report.events)
            yield self._list(msg("Why: events in between"), events)
        if report.sources:
            yield self._list(msg("Sources"), ((one,) for one in report.sources))
        base, target = report.sides
        sides = msg("Before: {base}; after: {target}.", base, target)
        yield self._list(msg("Notes"), ((note,) for note in (sides, *report.all_notes)))

    def _route(self, route: Section) -> Iterator[str]:
        stretches, statuses = route.sections
        yield f"**{self._say(route.title)}**"
        yield self.table(route.heads, list(route_facts(route)))
        if statuses.rows:
            told = (msg("{name}: {status}", row.term, row.cells[0]) for row in statuses.rows)
            yield "\n".join(f"- {self._say(one)}" for one in told)
        if any(row.kind != "kept" for row in stretches.rows):
            rows = [(row.term, *row.cells) for row in stretches.rows]
            yield self.table(stretches.heads, rows, right=(1, 2, 3, 4))

    def history(self, history: Section) -> Iterator[str]:
        """Yield the blocks of the life of a layer or feature."""
        yield f"### {self._say(history.title)}"
        yield self._say(history.rows[0].cells[0])
        for entry in history.sections:
            heading, *rows = entry.rows
            lines = [f"- **{self._say(entry.title)}** {self._say(heading.cells[0])}"]
            for row in rows:
                mark = _MARKS.get(row.kind)
                date = row.term if row.kind == "event" else ""
                told = self._say(joined(" ", (date, row.cells[0])))
                lines.append(f"  - {self._say(mark)}: {told}" if mark else f"  - {told}")
            yield "\n".join(lines)


def _change(change: ChangeRow) -> tuple[Part, ...]:
    """Return a change as a row: kind, name, id, what differs."""
    details = [*change.sentences, *change.states, *change.property_sentences(without=LEFT_OUT)]
    keys = {key for key, *_ in change.properties}
    left_out = [key for key in LEFT_OUT if key in keys]
    if left_out:
        details.append(msg("{names} differ", listed(map(Term, left_out))))
    return kind_word(change.kind), change.name, change.label, Joined("; ", tuple(details))
