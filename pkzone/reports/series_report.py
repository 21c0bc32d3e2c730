"""Make the reports of several versions: the life of a layer or feature, and diffs as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from pkzone.compare.history import Entry, History
from pkzone.compare.result import KINDS, Change, Diff, RouteDiff
from pkzone.i18n.messages import phrase, phrase_count
from pkzone.reports.changes import change_row, kind_word, rounding_of
from pkzone.reports.diff_report import PLACE, lead
from pkzone.reports.lengths import drawn_figure, published_figure
from pkzone.reports.model import (
    ChangeRow,
    Day,
    Digits,
    Figure,
    Joined,
    Part,
    Row,
    Section,
    Term,
    cited,
    joined,
    listed,
    msg,
    plural,
)
from pkzone.reports.names import cited_by_name, named, rows_by_name
from pkzone.reports.properties import NAMED
from pkzone.reports.route_report import rounding_of_route, status_text, total_of
from pkzone.reports.values import Rounding

__all__ = ["each_section", "history_section"]

# What the line of one feature in the life of a whole layer tells in full. The rest is told with its
# values where it is little, else only named.
_IN_FULL = ("status", "name", "kind", "controller")
_FEW, _SHORT = 3, 60  # differences, and the characters of each
_EFFECTS = phrase("appeared"), phrase("changed"), phrase("unchanged"), phrase("disappeared")
# What a place is in, or out of, in the cell of a table.
_RELATIONS = {
    "reach": phrase("in reach"),
    "corridor": phrase("in the corridor"),
    "inside": phrase("inside"),
}


def history_section(history: History) -> Section:
    """Return a history: a row with its span, and a section for each entry.

    The rows of an entry are its ``heading``, what is ``told``, each ``event`` behind it, or else
    its ``sources``.
    """
    title, reference = history.title, history.layer
    if history.feature is not None:
        title, reference = history.name, f"{history.layer}/{history.feature}"
    heading = msg("{name} ({label})", title, reference) if title else reference
    history = replace(history, entries=tuple(_by_name(one, history) for one in history.entries))
    entries = tuple(
        Section("entry", Day(entry.version.id), tuple(_entry_rows(history, entry)))
        for entry in history.entries
    )
    return Section("history", heading, (Row(None, (_span(history),)),), sections=entries)


def _by_name(entry: Entry, history: History) -> Entry:
    """Return an entry with names for ids; see `pkzone.reports.names`."""
    names = history.source_names
    return replace(
        entry,
        diff=entry.diff and named(entry.diff),
        events=cited_by_name(entry.events, names),
        sources=tuple(dict.fromkeys(names.get(one, one) for one in entry.sources)),
    )


def each_section(diffs: Sequence[Diff]) -> Section:
    """Return each diff as a row; columns that would be empty are left out."""
    if not diffs:
        return Section("each", msg("one version only: nothing to compare"), ())
    columns = {head: [write(diff) for diff in diffs] for head, write in _COLUMNS.items()}
    columns = {head: cells for head, cells in columns.items() if any(cells)}
    rows = zip(*columns.values(), strict=True)
    return Section(
        "each",
        msg(
            "Each version compared with the one before, the first with {first}:",
            columns["before"][0],
        ),
        tuple(Row(cells[1], cells) for cells in rows),
        tuple(map(msg, columns)),
    )


def _span(history: History) -> Part:
    versions, times = tuple(map(Day, history.versions)), len(history.entries) - 1
    span = msg("1 version, {first}", versions[0])
    if len(versions) > 1:
        count = str(len(versions))
        span = msg("{count} versions, {first} to {last}", count, versions[0], versions[-1])
    if history.feature is not None:
        changes = msg("has one state in them")
        if times:
            changes = msg("changes once in them")
        if times > 1:
            changes = plural(times, "changes {count} time in them", "changes {count} times in them")
        span = msg("{span}; this feature {changes}", span, changes)
    return msg("{span}. Tolerance {number} m.", span, Digits(f"{history.tolerance_m:g}"))


def _entry_rows(history: History, entry: Entry) -> Iterator[Row]:
    heading: Part = entry.version.title
    if history.feature is not None:
        heading = msg("{effect}: {title}", msg(entry.effect), heading)
    yield Row(None, (heading,), kind="heading")
    for text in _told(history, entry):
        yield Row(None, (text,), kind="told")
    for event in entry.events:
        yield Row(Day(event.date), (cited(event),), kind="event")
    if not entry.events and entry.sources:
        yield Row(msg("sources"), (joined(", ", entry.sources),), kind="sources")


def _told(history: History, entry: Entry) -> Iterator[Part]:
    """Yield what happened, one sentence or feature each."""
    if history.feature is not None:
        names = entry.diff.end_names if entry.diff else {}
        layer = entry.diff.target.layer if entry.diff else None
        for change in entry.changes:
            row = change_row(change, layer, end_names=names)
            yield from (*row.sentences, *row.states, *row.property_sentences("->"))
    elif entry.diff is None:
        count = entry.version.feature_count
        templates = phrase_count("Begins with {number} feature.", "Begins with {number} features.")
        yield plural(count, *templates, str(count))
    else:
        yield Joined(" ", lead(entry.diff, Day))
        layer = entry.diff.target.layer
        rows = rows_by_name([change_row(change, layer) for change in entry.changes])
        yield from map(_in_short, rows, entry.changes)


def _in_short(row: ChangeRow, change: Change) -> Part:
    """Return a change as one line: the numbers and the state in full, of the rest what is short."""
    details = [*row.sentences, *row.states]
    for key, name, old, new in row.properties:
        if key in _IN_FULL:
            template = phrase("{name} {old} -> {new}") if old else phrase("{name} now {new}")
            details.append(msg(template, name=name, old=old, new=new))
    others = sorted(set(change.properties) - set(_IN_FULL))
    values = row.property_sentences("->", without=_IN_FULL)
    if len(values) <= _FEW and all(len(str(value)) <= _SHORT for value in values):
        details += values
    elif others:
        names = listed(Term(other) if other in NAMED else other for other in others)
        details.append(plural(len(others), "{names} differs", "{names} differ", names))
    told = joined(": ", (row.full_label, joined("; ", details)))
    return msg("{kind} {feature}", kind_word(change.kind), told)


def _features(diff: Diff) -> Part:
    counts = diff.summary
    parts = [
        msg("{number} {kind}", str(counts[kind]), kind_word(kind)) for kind in KINDS if counts[kind]
    ]
    return joined(", ", parts) or msg("the same")


def _routes(diff: Diff) -> Part:
    """Return the length that each route lost and gained, or that it only has another status."""
    parts: list[Part] = []
    for route in diff.routes:
        statuses = dict.fromkeys(
            status_text(change.target or None) for change in route.status_changes
        )
        parts.append(_moved(route, rounding_of_route(diff, route)) or joined(", ", statuses))
    return joined("; ", parts)


def _moved(route: RouteDiff, rounding: Rounding) -> Part:
    """Return ``-12.4 km drawn +15.8 km drawn``; what rounds to nothing only if all does.

    Both are lengths by the sources where these have both: lengths of two kinds do not compare.
    """
    totals = [(sign, total_of(route, kind)) for sign, kind in (("-", "removed"), ("+", "added"))]
    is_known = all(published for _, (published, drawn_m, _) in totals if drawn_m)
    figures = []
    for sign, (published, drawn_m, schematic_m) in totals:
        stated = published_figure(published) if is_known else None
        figure = stated or drawn_figure(drawn_m, schematic_m, rounding)
        if figure.value:
            size = msg("{size} published", figure) if is_known else msg("{size} drawn", figure)
            figures.append((figure.is_below_step, msg("{sign}{size}", sign, size)))
    all_small = all(is_below for is_below, _ in figures)
    return joined(" ", (text for is_below, text in figures if all_small or not is_below))


def _area(diff: Diff) -> Part:
    if diff.areas is None:
        return ""
    both = diff.areas.lost_km2, diff.areas.gained_km2
    write = partial(rounding_of(diff.changes).area, beside=both)
    return _lost_and_gained(*both, write) or msg("the same")


def _lost_and_gained(lost: float, gained: float, write: Callable[[float], Figure]) -> Part:
    """Return ``-12.4 km +15.8 km``; what rounds to nothing only if all does."""
    figures = [(sign, write(value)) for sign, value in (("-", lost), ("+", gained)) if value]
    seen = [pair for pair in figures if not pair[1].is_below_step] or figures
    return joined(" ", (msg("{sign}{size}", sign, size) for sign, size in seen))


def _affected(diff: Diff) -> Part:
    """Return how many places are now, or may be, in what or out of it: in words of the report."""
    counts = Counter((one.effect, one.relation, one.certain) for one in diff.affected)
    parts = [
        msg("{number} {what}", str(number), msg(PLACE[effect, is_certain], msg(where)))
        for effect in ("entered", "left")
        for relation, where in _RELATIONS.items()
        for is_certain in (True, False)
        if (number := counts[effect, relation, is_certain])
    ]
    return joined(", ", parts)


_COLUMNS: Mapping[str, Callable[[Diff], Part]] = {
    phrase("before"): lambda diff: Day(diff.base.version or diff.base.ref),
    phrase("after"): lambda diff: Day(diff.target.version or diff.target.ref),
    phrase("date"): lambda diff: Day(diff.target.date) if diff.target.date else "",
    phrase("features"): _features,
    phrase("route"): _routes,
    phrase("area"): _area,
    phrase("affected"): _affected,
    phrase("last event"): lambda diff: diff.events[-1].title if diff.events else "",
    phrase("what is new"): lambda diff: diff.target.subject or "",
}
