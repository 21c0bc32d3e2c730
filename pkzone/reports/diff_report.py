"""Make the report of a diff: title, lead, numbers of routes and areas, changes, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pkzone.compare.result import (
    KINDS,
    Affected,
    AreaTotals,
    Change,
    Diff,
    RouteDiff,
    SideInfo,
    StatusChange,
)
from pkzone.compare.result import Section as Stretch
from pkzone.layers.model import Route
from pkzone.layers.terms import BARRED, IN_USE
from pkzone.reports.changes import (
    change_row,
    features_of,
    id_text,
    label_of_change,
    name_of,
    property_texts,
    rounding_of,
)
from pkzone.reports.model import (
    Figure,
    Joined,
    Message,
    Number,
    Part,
    Report,
    Row,
    Section,
    Sentence,
    joined,
    listed,
    msg,
    plural,
)
from pkzone.reports.values import Rounding, percent, stated_uncertainty_m, told_apart

__all__ = ["lead", "report_of", "rounding_of_route", "status_text"]

MOST_NAMED = 80
EFFECTS = {"entered": "now", "left": "no longer"}
STRETCHES = {"kept": "unchanged", "removed": "no longer used", "added": "new"}
STRETCH_HEADS = tuple(map(msg, ("stretch", "km before", "km after", "length", "near")))


def report_of(diff: Diff) -> Report:
    """Return the report of a diff, from which every format for people is rendered."""
    layer = diff.target.layer or diff.base.layer
    base, target = _when(diff.base), _when(diff.target)
    is_one_layer = diff.base.layer is not None and diff.base.layer == diff.target.layer
    title = msg("{base} → {target}", diff.base.ref, diff.target.ref)
    if base and target and is_one_layer:
        title = msg("{layer}: {base} → {target}", layer, base, target)
    heads = _head(diff.base, is_one_layer), _head(diff.target, is_one_layer)
    full_title = msg("{base} compared with {target}", heads[0], heads[1])
    if is_one_layer:
        full_title = msg("{layer}: {title}", layer, full_title)
    return Report(
        title=title,
        full_title=full_title,
        heads=heads,
        sides=(_side(diff.base), _side(diff.target)),
        lead=lead(diff),
        sections=tuple(_sections(diff)),
        changes=tuple(change_row(change, layer, diff.events) for change in diff.changes),
        affected=tuple(_affected_row(diff, *pair) for pair in enumerate(diff.affected)),
        events=diff.events,
        notes=tuple(_notes(diff)),
        notices=diff.notices,
        cites_sources=bool(diff.target.layer and any(event.sources for event in diff.events)),
    )


def lead(diff: Diff) -> tuple[Sentence, ...]:
    """Return the few sentences that say what changed and by how much."""
    first, *others = _lead(diff)
    base, target = _when(diff.base), _when(diff.target)
    if base and target and base != target and (diff.changes or diff.routes):
        forwards = msg("between {base} and {target}, {sentence}", base, target, first)
        backwards = msg("from {base} back to {target}, {sentence}", base, target, first)
        first = forwards if base < target else backwards
    return tuple(map(Sentence, (first, *others)))


def _lead(diff: Diff) -> Iterator[Message]:
    if diff.is_empty and not diff.routes:
        same = plural(diff.unchanged, "{count} feature", "{count} features")
        ids = _ids_changed(diff)
        yield msg("No difference: {same}, the same on both sides{ids}.", same, ids)
        return
    for route in diff.routes:
        yield _route_sentence(route, rounding_of_route(diff, route))
    if diff.areas is not None:
        yield _area_sentence(diff.target.layer, diff.areas, rounding_of(diff.changes))
    yield from _affected_sentences(diff)
    yield _count_sentence(diff)
    if not diff.routes:
        yield from _status_sentences(diff.changes)
    unsure = sum(bool(change.within_uncertainty) for change in diff.changes)
    if unsure:
        yield plural(
            unsure,
            "{count} change of shape or place is smaller than the stated uncertainty and may be a "
            "mere redrawing.",
            "{count} changes of shape or place are smaller than the stated uncertainty and may be "
            "a mere redrawing.",
        )


def rounding_of_route(diff: Diff, route: RouteDiff) -> Rounding:
    """Return how the numbers of a route are rounded: by its own changed segments, else by all."""
    segments = {*route.segments_base, *route.segments_target}
    own = [
        change
        for change in diff.changes
        if any(str(feature.id) in segments for feature in features_of([change]))
    ]
    return rounding_of(own or diff.changes)


def _when(side: SideInfo) -> str:
    """Return the date that was asked for, else the version; of a file, nothing."""
    if side.layer is None or side.version is None:
        return ""
    written = side.ref.removeprefix(f"{side.layer}@")
    return side.version if written in (side.ref, "latest") else written


def _head(side: SideInfo, only_date: bool) -> str:
    """Return what a side is called at the head of a column: its date, or a name of its own."""
    if side.layer is None:
        return side.ref.replace("\\", "/").rpartition("/")[2] or side.ref
    written = side.ref.partition("@")[2]
    date = written if written not in ("", "latest") else str(side.version)
    return date if only_date else f"{side.layer} {date}"


def _side(side: SideInfo) -> Part:
    """Return one side in full: ``corridor@2020-12-01, the version of 2020-11-17``."""
    if side.version is None or side.ref.startswith(f"{side.layer}@{side.version}"):
        return side.ref
    return msg("{reference}, the version of {version}", side.ref, side.version)


def _sections(diff: Diff) -> Iterator[Section]:
    """Yield the numbers by subject: each route, the areas, the features, what was measured with."""
    for number, route in enumerate(diff.routes):
        yield _route_section(diff, number, route)
    if diff.areas is not None:
        yield _area_section(diff.areas, rounding_of(diff.changes))
    counts = (
        Row(msg(kind.replace("_", " ").capitalize()), (Figure(count, "features", count),))
        for kind, count in diff.summary.items()
        if count
    )
    yield Section("features", msg("Features"), tuple(counts))
    limit = stated_uncertainty_m(features_of(diff.changes))
    tolerance = msg("{number} m", f"{diff.tolerance_m:,g}")
    measure = [Row(msg("tolerance"), (Figure(diff.tolerance_m, "m", tolerance),))]
    if limit is not None:
        figure = Figure(limit, "m", msg("{number} m", Number(limit)))
        measure.append(Row(msg("stated uncertainty up to"), (figure,)))
    yield Section("measure", msg("Measured with"), tuple(measure))


def _route_section(diff: Diff, number: int, route: RouteDiff) -> Section:
    rounding = rounding_of_route(diff, route)
    length = rounding.length
    before, after = route.length_base_m, route.length_target_m
    published = (
        _published(route.published_base, route.length_published_base_km),
        _published(route.published_target, route.length_published_target_km),
    )
    farthest = None if route.max_offset_m is None else length(route.max_offset_m)
    is_apart = route.max_offset_m and (route.removed_m or route.added_m)
    delta = rounding.difference(after - before) if before and after else ""
    rows = (
        Row(msg("Length as drawn"), (length(before), length(after), delta), msg("drawn length")),
        Row(msg("Length as published"), published, msg("published length")),
        Row(msg("Kept"), (length(route.kept_m), length(route.kept_target_m))),
        Row(msg("Removed"), (length(route.removed_m), None)),
        Row(msg("Added"), (None, length(route.added_m))),
        Row(msg("Farthest apart"), (farthest,), msg("farthest apart") if is_apart else None),
    )
    stretches = (
        _stretch_row(f"section/{number}/{index}", stretch, rounding)
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
            Section("stretches", None, tuple(stretches), STRETCH_HEADS),
            Section("statuses", None, tuple(statuses)),
        ),
    )


def _published(record: Route | None, km: float | None) -> Figure | None:
    """Return a published length as its source prints it."""
    if km is None:
        return None
    printed = record.text if record else f"{km:,g} km"
    number = printed.removesuffix(" km")
    rounded = printed if number == printed else msg("{number} km", number)
    return Figure(km, "km", rounded, record.source if record else "")


def _stretch_row(ref: str, stretch: Stretch, rounding: Rounding) -> Row:
    along: Part = rounding.stretch(stretch.from_m, stretch.to_m)
    before, after = (along, "") if stretch.kind != "added" else ("", along)
    if stretch.target_from_m is not None and stretch.target_to_m is not None:
        after = rounding.stretch(stretch.target_from_m, stretch.target_to_m)
    length = rounding.length(stretch.length_m)
    cells = (before, after, length, Joined("; ", stretch.near))
    return Row(msg(STRETCHES[stretch.kind]), cells, kind=stretch.kind, ref=ref)


def _status_sentence(change: StatusChange) -> Message:
    """Return a change of status as it concerns the route."""
    base, target = told_apart(change.base, change.target, write=status_text, why=False)
    return msg(
        "{base} → {target}{near}{since}{note}",
        base,
        target,
        msg(" near {places}", listed(change.near)) if change.near else "",
        msg(" since {date}", change.since) if change.since else "",
        msg(" ({note})", change.note) if change.note else "",
    )


def status_text(status: object) -> Part:
    """Return a status for people."""
    return msg("no status") if status is None else str(status).replace("_", " ")


def _ref_of_segment(diff: Diff, segment: str) -> str | None:
    for number, change in enumerate(diff.changes):
        if any(str(feature.id) == str(segment) for feature in features_of([change])):
            return f"change/{number}"
    return None


def _area_section(areas: AreaTotals, rounding: Rounding) -> Section:
    area = rounding.area
    rows = (
        Row(msg("Area as drawn"), (area(areas.base_km2), area(areas.target_km2))),
        Row(msg("Kept"), (area(areas.kept_km2),)),
        Row(msg("Lost"), (area(areas.lost_km2), None)),
        Row(msg("Gained"), (None, area(areas.gained_km2))),
        Row(msg("Share of both in common"), (percent(areas.iou),)),
    )
    return Section("areas", msg("Ground covered"), rows, (None, msg("before"), msg("after")))


def _affected_row(diff: Diff, number: int, affected: Affected) -> Row:
    """Return who enters or leaves what: an area, or the reach of a route."""
    of = affected.of_label or id_text(affected.of)
    is_route = any(route.route == affected.of for route in diff.routes)
    change = msg(EFFECTS.get(affected.effect, affected.effect))
    where = msg("within reach of {name}" if is_route else "inside {name}", name=of)
    group = msg("within reach of the route {name}" if is_route else "inside {name}", name=of)
    return Row(
        msg("{name}: {change} {where}", affected.name, change, where),
        (affected.name, of),
        msg("{change} {where}", change, group),
        affected.effect,
        f"affected/{number}",
    )


def _notes(diff: Diff) -> Iterator[Message]:
    """Yield what a reader must know to judge the numbers."""
    yield msg(
        "Tolerance {number} m: lines no farther from each other than that count as the same.",
        f"{diff.tolerance_m:g}",
    )
    limit = stated_uncertainty_m(features_of(diff.changes))
    if limit:
        yield msg(
            "What changed is drawn with a stated uncertainty of up to {number} m; lengths and "
            "areas are measured on the drawing and rounded accordingly.",
            Number(limit),
        )
    for route in diff.routes:
        yield from _gap_notes(route, rounding_of_route(diff, route))
    if any(
        route.length_published_base_km or route.length_published_target_km for route in diff.routes
    ):
        yield msg(
            "Published lengths are those that a source states for the whole road. A drawn line "
            "cuts corners and comes out shorter: compare drawn with drawn lengths only."
        )


def _gap_notes(route: RouteDiff, rounding: Rounding) -> Iterator[Message]:
    for side, gaps in (("of the base", route.gaps_base), ("of the target", route.gaps_target)):
        for gap in gaps:
            yield msg(
                "The drawn route {route} has a gap of {width} at km {chainage} {side}{behind}; it "
                "is not counted in the length.",
                route.route,
                Rounding(10).length(gap.length_m),
                rounding.chainage(gap.at_m),
                msg(side),
                "" if gap.after is None else msg(", behind {segment}", str(gap.after)),
            )


def _route_sentence(route: RouteDiff, rounding: Rounding) -> Message:
    before, after = rounding.length(route.length_base_m), rounding.length(route.length_target_m)
    name = msg("the route {name}", route.route)
    if not route.length_base_m:
        return msg("{route} came into use, {length} long as drawn.", name, after)
    if not route.length_target_m:
        return msg("{route}, {length} long as drawn, went out of use.", name, before)
    if not route.removed_m and not route.added_m:
        if not route.status_changes:
            return msg("{route} kept its course.", name)
        statuses = _statuses(route.status_changes)
        return msg("{route} kept its course, but its status changed: {statuses}.", name, statuses)
    delta_m = route.length_target_m - route.length_base_m
    length = msg("as long as before ({length})", after)
    lengths = after, rounding.length(delta_m), before
    if delta_m > 0:
        length = msg("{length} long, {difference} longer than before ({before})", *lengths)
    elif delta_m < 0:
        length = msg("{length} long, {difference} shorter than before ({before})", *lengths)
    moved = _moved(route, rounding)
    sentence = msg("{route} {moved}. As drawn it is now {length}.", name, moved, length)
    of_traffic = [change for change in route.status_changes if _concerns_traffic(change)]
    if not of_traffic:
        return sentence
    return msg("{sentence} Status: {statuses}.", sentence, _statuses(of_traffic))


def _statuses(changes: Iterable[StatusChange]) -> Part:
    return joined("; ", dict.fromkeys(map(_status_sentence, changes)))


def _concerns_traffic(change: StatusChange) -> bool:
    """Tell whether traffic on a segment is freer or less free; other changes follow the course."""
    return {change.base, change.target} <= IN_USE | BARRED


def _moved(route: RouteDiff, rounding: Rounding) -> Message:
    """Return how much road a route left, took instead and kept."""
    left, new = rounding.length(route.removed_m), rounding.length(route.added_m)
    if not route.added_m:
        moved = msg("lost {length} of road without another in its place", left)
    elif not route.removed_m:
        moved = msg("was extended by {length}", new)
    else:
        where = _where([one for one in route.sections if one.kind == "removed"], rounding)
        moved = msg(
            "left {left} of its road{where} and took {new} of other road instead", left, where, new
        )
    if not route.kept_m:
        return moved
    return msg("{moved}; {kept} stayed the same", moved, rounding.length(route.kept_m))


def _where(stretches: Sequence[Stretch], rounding: Rounding) -> Part:
    """Return in brackets where the only stretch of its kind runs; nothing if there are more."""
    if len(stretches) != 1:
        return ""
    (stretch,) = stretches
    along = rounding.stretch(stretch.from_m, stretch.to_m)
    if not stretch.near:
        return msg(" (km {along})", along)
    first, last = stretch.near[0], stretch.near[-1]
    places = first if first == last else msg("{first} to {last}", first, last)
    return msg(" (km {along}, {places})", along, places)


def _area_sentence(layer: str | None, areas: AreaTotals, rounding: Rounding) -> Message:
    ground = msg("the ground covered")
    if layer:
        ground = msg("the ground that the layer {layer} covers", layer)
    before, after = rounding.area(areas.base_km2), rounding.area(areas.target_km2)
    if not areas.gained_km2 and not areas.lost_km2:
        return msg("{ground} stayed the same, {area}.", ground, after)
    change = msg("{ground} went from {before} to {after}", ground, before, after)
    if not areas.base_km2 or not areas.target_km2:
        return msg("{change}.", change)
    gained, lost = (
        rounding.area(km2) if km2 else msg("nothing") for km2 in (areas.gained_km2, areas.lost_km2)
    )
    return msg("{change}: {gained} gained, {lost} lost.", change, gained, lost)


def _affected_sentences(diff: Diff) -> Iterator[Message]:
    routes = {route.route for route in diff.routes}
    for effect, when in EFFECTS.items():
        for where, is_route in (("within reach of the route", True), ("inside the area", False)):
            names = [
                affected.name
                for affected in diff.affected
                if affected.effect == effect and (affected.of in routes) == is_route
            ]
            if names:
                yield plural(
                    len(names),
                    "{count} place is {when} {where}{names}.",
                    "{count} places are {when} {where}{names}.",
                    msg(when),
                    msg(where),
                    _in_brackets(names),
                )


def _count_sentence(diff: Diff) -> Message:
    counts: list[Part] = []
    for kind in KINDS:
        of_kind = [change for change in diff.changes if change.kind == kind]
        if of_kind:
            names = _in_brackets(
                [name_of(change) or label_of_change(change, brief=True) for change in of_kind]
            )
            parts = msg(kind), names
            later = msg("{count} {kind}{names}", len(of_kind), *parts)
            first = "{count} feature was {kind}{names}", "{count} features were {kind}{names}"
            counts.append(later if counts else plural(len(of_kind), *first, *parts))
    number = str(diff.unchanged) if diff.unchanged else msg("none")
    unchanged = plural(
        max(diff.unchanged, 1), "{number} is unchanged", "{number} are unchanged", number
    )
    changed = listed(counts or [msg("no feature changed")])
    return msg("{changed}; {unchanged}{ids}.", changed, unchanged, _ids_changed(diff))


def _ids_changed(diff: Diff) -> Part:
    if not diff.ids_changed:
        return ""
    pairs = (
        told_apart(base.id, target.id, write=id_text, why=False)
        for base, target in diff.ids_changed
    )
    names = [f"{old} → {new}" for old, new in pairs]
    return msg(", ids changed: {count}{names}", len(names), _in_brackets(names))


def _status_sentences(changes: Sequence[Change]) -> Iterator[Message]:
    """Yield one sentence on the features that have another status, if there are any."""
    counts: dict[Part, int] = {}
    for change in changes:
        if "status" in change.properties:
            pair = joined(" → ", property_texts("status", change.properties["status"]))
            counts[pair] = counts.get(pair, 0) + 1
    if counts:
        parts = (msg("{status} ({count})", pair, n) for pair, n in counts.items())
        yield msg("status: {counts}.", joined(", ", parts))


def _in_brackets(names: Sequence[str]) -> str:
    """Return a few names in brackets; many or long ones would only hide the number."""
    text = "; ".join(names)
    return f" ({text})" if len(text) <= MOST_NAMED else ""
