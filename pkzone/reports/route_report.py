"""Make the report of one route: its lengths by the sources and as drawn, stretches, statuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pkzone.compare.result import Diff, PublishedLength, RouteDiff, StatusChange
from pkzone.compare.result import Section as Stretch
from pkzone.i18n.messages import phrase
from pkzone.layers.terms import BARRED, CLASSES, IN_USE
from pkzone.reports.changes import features_of
from pkzone.reports.lengths import (
    chainage_rounding,
    drawn_difference,
    drawn_figure,
    length_words,
    published_difference,
    published_figure,
    rounding_of_drawing,
)
from pkzone.reports.model import (
    Day,
    Digits,
    Joined,
    Message,
    Part,
    Row,
    Section,
    Sentence,
    Term,
    joined,
    listed,
    msg,
)
from pkzone.reports.values import Rounding, stated_uncertainty_m, told_apart

__all__ = [
    "gap_notes",
    "length_notes",
    "rounding_of_route",
    "route_section",
    "route_sentences",
    "status_text",
    "total_of",
]

STRETCHES = CLASSES["road"]
HEADS = (
    *(msg("stretch"), msg("km before"), msg("km after"), msg("published"), msg("drawn")),
    msg("near"),
)
Total = tuple[PublishedLength | None, float, float]
"""Length by the sources, drawn length in metres, and how much of it is schematic."""


def rounding_of_route(diff: Diff, route: RouteDiff) -> Rounding:
    """Return how the drawn lengths of a route are rounded where they are not schematic.

    By the route's own changed segments; where none changed, by all that did.
    """
    segments = {*route.segments_base, *route.segments_target}
    own = [
        change
        for change in diff.changes
        if any(str(feature.id) in segments for feature in features_of([change]))
    ]
    features = list(features_of(own or diff.changes))
    return rounding_of_drawing(features, stated_uncertainty_m(features))


def route_section(diff: Diff, number: int, route: RouteDiff) -> Section:
    """Return the numbers of a route, with its stretches, statuses and sums as sections."""
    rounding = rounding_of_route(diff, route)
    base, target = _whole(route)
    published = _whole_figure(base), _whole_figure(target)
    drawn = drawn_figure(*base[1:], rounding), drawn_figure(*target[1:], rounding)
    farthest = None if route.max_offset_m is None else rounding.length(route.max_offset_m)
    is_apart = route.max_offset_m and (route.removed_m or route.added_m)
    differences = (
        published_difference(base[0], target[0]) or "",
        drawn_difference(route, rounding) or "",
    )
    parts = [row for kind in _TERMS for row in _part_rows(route, kind, rounding)]
    rows = (
        Row(msg("Length as published"), (*published, differences[0]), msg("published length")),
        Row(msg("Length as drawn"), (*drawn, differences[1]), msg("drawn length")),
        Row(msg("Of it schematic"), _schematic(base, target), msg("of it schematic")),
        *parts,
        Row(
            msg("Greatest distance between the lines"),
            (farthest,),
            msg("farthest apart") if is_apart else None,
        ),
    )
    stretches = (
        _stretch_row(f"section/{number}/{index}", route, stretch, rounding)
        for index, stretch in enumerate(route.sections)
    )
    statuses = (
        Row(change.name, (_status_sentence(change),), ref=_ref_of_segment(diff, change.segment))
        for change in route.status_changes
    )
    return Section(
        "route",
        msg("Route {name}", route.route),
        tuple(row for row in rows if any(row.cells)),
        (None, msg("before"), msg("after"), msg("difference")),
        (
            Section("stretches", None, tuple(stretches), HEADS),
            Section("statuses", None, tuple(statuses)),
        ),
    )


_TERMS = {
    kind: tuple(
        msg(template, Sentence(msg(STRETCHES[kind])))
        for template in (phrase("{what}, as published"), phrase("{what}, as drawn"))
    )
    for kind in ("kept", "removed", "added")
}


def _part_rows(route: RouteDiff, kind: str, rounding: Rounding) -> Iterator[Row]:
    """Yield the length of what was kept, removed or added, by the sources where all of it has one.

    It stands on both sides or on one.
    """
    published, drawn_m, schematic_m = total_of(route, kind)
    stated, drawn = published_figure(published), drawn_figure(drawn_m, schematic_m, rounding)
    for term, own in zip(_TERMS[kind], (stated, drawn), strict=True):
        if kind == "kept" and own is drawn:
            yield Row(term, (own, drawn_figure(route.kept_target_m, schematic_m, rounding)))
        elif kind == "kept":
            yield Row(term, (own, own))
        else:
            yield Row(term, (own, None) if kind == "removed" else (None, own))


def _whole_figure(side: Total) -> Part:
    """Return the length of a whole route by the sources, or that it is not known."""
    published, drawn_m, _ = side
    if published is None:
        return msg("not known") if drawn_m else None
    figure = published_figure(published)
    return replace(figure, source="") if figure and published.parts else figure


def _schematic(base: Total, target: Total) -> tuple[Part, ...]:
    """Return how much of each side is schematic; nothing where none is."""
    if not base[2] and not target[2]:
        return (None, None)
    rounding = Rounding(None)
    return tuple(
        drawn_figure(one[2], one[2], rounding) if one[2] else None for one in (base, target)
    )


def _whole(route: RouteDiff) -> tuple[Total, Total]:
    return (
        (route.published_base, route.length_base_m, route.schematic_base_m),
        (route.published_target, route.length_target_m, route.schematic_target_m),
    )


def total_of(route: RouteDiff, kind: str) -> Total:
    """Return the length of all that was kept, removed or added, published where all of it is."""
    stretches = [one for one in route.sections if one.kind == kind]
    drawn_m = {"kept": route.kept_m, "removed": route.removed_m, "added": route.added_m}[kind]
    published = PublishedLength.of_all(one.published for one in stretches)
    return published, drawn_m, min(drawn_m, sum(one.schematic_m or 0.0 for one in stretches))


def _stretch_row(ref: str, route: RouteDiff, stretch: Stretch, rounding: Rounding) -> Row:
    base = chainage_rounding(route.schematic_base_m, rounding)
    target = chainage_rounding(route.schematic_target_m, rounding)
    ends = stretch.from_m, stretch.to_m
    before: Part = "" if stretch.kind == "added" else base.stretch(*ends)
    after: Part = target.stretch(*ends) if stretch.kind == "added" else ""
    if stretch.target_from_m is not None and stretch.target_to_m is not None:
        after = target.stretch(stretch.target_from_m, stretch.target_to_m)
    cells = (
        before,
        after,
        published_figure(stretch.published) or msg("not known"),
        drawn_figure(stretch.length_m, stretch.schematic_m, rounding),
        Joined("; ", stretch.near),
    )
    return Row(msg(STRETCHES[stretch.kind]), cells, kind=stretch.kind, ref=ref)


def _status_sentence(change: StatusChange) -> Message:
    """Return a change of status as it concerns the route."""
    base, target = told_apart(change.base, change.target, write=status_text, why=False)
    return msg(
        "{base} → {target}{near}{since}{note}",
        base,
        target,
        msg(" near {places}", listed(change.near)) if change.near else "",
        msg(" since {date}", Day(change.since)) if change.since else "",
        msg(" ({note})", Term(change.note)) if change.note else "",
    )


def status_text(status: object) -> Part:
    """Return a status for people."""
    return msg("no status") if status is None else Term(str(status).replace("_", " "))


def _ref_of_segment(diff: Diff, segment: str) -> str | None:
    for number, change in enumerate(diff.changes):
        if any(str(feature.id) == str(segment) for feature in features_of([change])):
            return f"change/{number}"
    return None


def route_sentences(route: RouteDiff, rounding: Rounding) -> Iterator[Part]:
    """Yield what became of a route, how long it is all in all, and who may pass it now."""
    name = msg("the route {name}", route.route)
    before, after = (length_words(*one, rounding) for one in _whole(route))
    if not route.length_base_m:
        yield msg("{route} came into use: {length}.", name, after)
    elif not route.length_target_m:
        yield msg("{route} went out of use: {length}.", name, before)
    elif route.removed_m or route.added_m:
        yield joined(" ", _moved(name, route, rounding))
        kept = msg("Unchanged: {length}.", length_words(*total_of(route, "kept"), rounding))
        whole = msg("The whole route before: {before}. Now: {after}.", before, after)
        yield joined(" ", (kept if route.kept_m else "", whole, _difference(route, rounding)))
        of_traffic = [change for change in route.status_changes if _concerns_traffic(change)]
        if of_traffic and not _is_restated(route):
            yield msg("Status: {statuses}.", _statuses(of_traffic))
    elif route.status_changes:
        statuses = _statuses(route.status_changes)
        yield msg("{route} kept its course, but its status changed: {statuses}.", name, statuses)
    else:
        yield msg("{route} kept its course.", name)


def _difference(route: RouteDiff, rounding: Rounding) -> Part:
    """Return by how much the whole differs, between lengths of one kind only; else nothing."""
    published = published_difference(route.published_base, route.published_target)
    if published is not None:
        return msg("Difference according to sources: {difference}.", published)
    drawn = drawn_difference(route, rounding)
    return "" if drawn is None else msg("Difference as drawn: {difference}.", drawn)


def _statuses(changes: Iterable[StatusChange]) -> Part:
    return joined("; ", dict.fromkeys(map(_status_sentence, changes)))


def _concerns_traffic(change: StatusChange) -> bool:
    """Tell whether traffic on a segment is freer or less free; other changes follow the course."""
    return {change.base, change.target} <= IN_USE | BARRED


def _is_restated(route: RouteDiff) -> bool:
    """Tell whether the road stayed as it is, and only went out of use or came into it."""
    moved = [one for one in route.sections if one.kind != "kept"]
    return all(one.restated for one in moved) and not (route.removed_m and route.added_m)


def _moved(name: Part, route: RouteDiff, rounding: Rounding) -> Iterator[Message]:
    """Yield what road a route left, took instead, lost or gained, and how long that is."""
    left, new = (length_words(*total_of(route, kind), rounding) for kind in ("removed", "added"))
    kind = "removed" if route.removed_m else "added"
    where = _where(route, kind, rounding)
    if route.removed_m and route.added_m:
        yield msg(
            "{route} no longer uses part of its road{where} and follows a different "
            "road instead: {new}.",
            name,
            where,
            new,
        )
        yield msg("No longer used: {length}.", left)
    elif _is_restated(route):
        moved = [change for change in route.status_changes if _changes_use(change)]
        gone = msg("part of {route} is no longer in use{where}: {length}.", name, where, left)
        came = msg("part of {route} is in use now{where}: {length}.", name, where, new)
        yield gone if route.removed_m else came
        yield msg("The road is the same, its status changed: {statuses}.", _statuses(moved))
    elif route.removed_m:
        yield msg(
            "{route} no longer uses part of its road{where}, with no replacement: {left}.",
            name,
            where,
            left,
        )
    else:
        yield msg("{route} was extended{where}: {new}.", name, where, new)


def _changes_use(change: StatusChange) -> bool:
    return (change.base in IN_USE) != (change.target in IN_USE)


def _where(route: RouteDiff, kind: str, rounding: Rounding) -> Part:
    """Return in brackets where the only stretch of its kind runs; nothing if there are more."""
    stretches: Sequence[Stretch] = [one for one in route.sections if one.kind == kind]
    if len(stretches) != 1:
        return ""
    (stretch,) = stretches
    schematic_m = route.schematic_base_m if kind == "removed" else route.schematic_target_m
    write = chainage_rounding(schematic_m, rounding)
    along = write.stretch(stretch.from_m, stretch.to_m)
    if not stretch.near:
        return msg(" (km {along})", along)
    first, last = stretch.near[0], stretch.near[-1]
    places = first if first == last else msg("{first} to {last}", first, last)
    return msg(" (km {along}, {places})", along, places)


def length_notes(routes: Sequence[RouteDiff]) -> Iterator[Part]:
    """Yield how published lengths were found, and what drawn ones are not good for."""
    if not routes:
        return
    yield msg(
        "Lengths according to sources are lengths on the ground: of a whole route where a source "
        "states it, otherwise the sum of its segments where each has one (in brackets: the sources "
        "they cite). A drawn line cuts corners and comes out shorter; a schematic one consists of "
        "straight lines between known points. Differences are given only between lengths of the "
        "same kind."
    )
    for route in routes:
        name = msg("Route {name}", route.route)
        sides = ((msg("before"), route.published_base), (msg("after"), route.published_target))
        lengths = [(msg("{route}, {side}", name, side), length) for side, length in sides]
        lengths += [(msg(STRETCHES[one.kind]), one.published) for one in route.sections]
        for what, length in lengths:
            if length is not None and length.parts:
                yield _sum_note(what, length)


def _sum_note(what: Part, length: PublishedLength) -> Sentence:
    """Return the segments that a published length is the sum of, and whom they cite."""
    parts = [
        msg("{km} km ({segment})", Digits(f"{one.km:,f}"), one.segment or "?")
        for one in length.parts
    ]
    cited = msg(" [{sources}]", joined(", ", length.sources)) if length.sources else ""
    figure = published_figure(length)
    return Sentence(
        msg("{what}, {length}: {parts}{sources}", what, figure, joined(" + ", parts), cited)
    )


def gap_notes(route: RouteDiff, rounding: Rounding) -> Iterator[Message]:
    """Yield where the drawn line of a route has a gap, on either side."""
    for side, gaps in (
        (msg("as it was"), route.gaps_base),
        (msg("as it is now"), route.gaps_target),
    ):
        for gap in gaps:
            yield msg(
                "The drawn route {route}, {side}, has a gap of {width} at km {chainage}{behind}; "
                "it is not counted in the length.",
                route.route,
                side,
                Rounding(10).length(gap.length_m),
                rounding.chainage(gap.at_m),
                "" if gap.after is None else msg(", behind {segment}", str(gap.after)),
            )
