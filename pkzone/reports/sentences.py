"""A whole diff in plain English: the sentences and facts that the reports for people share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pkzone.compare.result import (
    KINDS,
    AreaTotals,
    Change,
    Diff,
    RouteDiff,
    Section,
    SideInfo,
    StatusChange,
)
from pkzone.layers.terms import BARRED, IN_USE
from pkzone.reports.change_sentences import (
    features_of,
    id_text,
    label_of_change,
    listed,
    name_of,
    property_texts,
    rounding_of,
)
from pkzone.reports.rounding import Rounding, percent, stated_uncertainty_m
from pkzone.reports.value_pairs import told_apart

__all__ = [
    "SECTION_HEADS",
    "affected_groups",
    "area_facts",
    "compared",
    "event_numbers",
    "lead",
    "notes",
    "rounding_of_route",
    "route_facts",
    "section_row",
    "status_sentence",
    "title",
]

SECTION_HEADS = ("stretch", "km before", "km after", "length", "near")
MOST_NAMED = 80
EFFECTS = {"entered": "now", "left": "no longer"}
STRETCH = {"kept": "unchanged", "removed": "no longer used", "added": "new"}


def title(diff: Diff) -> str:
    """Return what was compared, in a few words: ``corridor: 2020-12-01 → 2022-09-01``."""
    base, target = _when(diff.base), _when(diff.target)
    if base and target and diff.base.layer == diff.target.layer:
        return f"{diff.base.layer}: {base} → {target}"
    return f"{diff.base.ref} → {diff.target.ref}"


def compared(side: SideInfo) -> str:
    """Return one side in full: ``corridor@2020-12-01, the version of 2020-11-17``."""
    if side.version is None or side.ref.startswith(f"{side.layer}@{side.version}"):
        return side.ref
    return f"{side.ref}, the version of {side.version}"


def lead(diff: Diff) -> Iterator[str]:
    """Yield the few sentences that say what changed and by how much."""
    if diff.is_empty and not diff.routes:
        same = _number(diff.unchanged, "feature")
        yield f"No difference: {same}, the same on both sides{_ids_changed(diff)}."
        return
    sentences = [_route_sentence(one, rounding_of_route(diff, one)) for one in diff.routes]
    if diff.areas is not None:
        sentences.append(_area_sentence(diff.target.layer, diff.areas, rounding_of(diff.changes)))
    sentences += _affected_sentences(diff)
    sentences.append(_count_sentence(diff))
    if not diff.routes:
        sentences += _status_sentences(diff.changes)
    unsure = sum(bool(one.within_uncertainty) for one in diff.changes)
    if unsure:
        sentences.append(
            f"{_number(unsure, 'change')} of shape or place {'is' if unsure == 1 else 'are'} "
            "smaller than the stated uncertainty and may be a mere redrawing."
        )
    sentences[0] = _period(diff) + sentences[0]
    yield from (one[:1].upper() + one[1:] for one in sentences)


def route_facts(diff: Diff, route: RouteDiff) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, base, target and difference of each number that tells of a whole route."""
    rounding = rounding_of_route(diff, route)
    before, after = route.length_base_m, route.length_target_m
    yield (
        "drawn length",
        rounding.length(before) if before else "none",
        rounding.length(after) if after else "none",
        rounding.difference(after - before) if before and after else "",
    )
    if route.published_base or route.published_target:
        stated = [
            f"{one.text} [{one.source}]" if one else "none stated"
            for one in (route.published_base, route.published_target)
        ]
        yield "published length", stated[0], stated[1], ""
    elif route.length_published_base_km or route.length_published_target_km:
        kms = [
            f"{one:,g} km" if one else "none stated"
            for one in (route.length_published_base_km, route.length_published_target_km)
        ]
        yield "published length", kms[0], kms[1], ""
    if route.max_offset_m and (route.removed_m or route.added_m):
        yield "farthest apart", "", rounding.length(route.max_offset_m), ""


def section_row(diff: Diff, route: RouteDiff, section: Section) -> tuple[str, str, str, str, str]:
    """Return a section as a row under `SECTION_HEADS`."""
    rounding = rounding_of_route(diff, route)
    along = _from_to(rounding, section.from_m, section.to_m)
    base, target = (along, "") if section.kind != "added" else ("", along)
    if section.target_from_m is not None and section.target_to_m is not None:
        target = _from_to(rounding, section.target_from_m, section.target_to_m)
    return (
        STRETCH[section.kind],
        base,
        target,
        rounding.length(section.length_m),
        "; ".join(section.near),
    )


def status_sentence(change: StatusChange) -> str:
    """Return a change of status as it concerns the route."""
    near = f" near {listed(change.near)}" if change.near else ""
    since = f" since {change.since}" if change.since else ""
    note = f" ({change.note})" if change.note else ""
    base, target = told_apart(change.base, change.target, write=_words, why=False)
    return f"{base} → {target}{near}{since}{note}"


def area_facts(diff: Diff, areas: AreaTotals) -> Iterator[tuple[str, str]]:
    """Yield name and value of each number that tells of the ground covered."""
    rounding = rounding_of(diff.changes)
    yield "before", rounding.area(areas.base_km2)
    yield "after", rounding.area(areas.target_km2)
    yield "gained", rounding.area(areas.gained_km2)
    yield "lost", rounding.area(areas.lost_km2)
    yield (
        "in both",
        (
            f"{rounding.area(areas.kept_km2)} ({percent(areas.iou)} of the ground that "
            "either covers)"
        ),
    )


def affected_groups(diff: Diff) -> Iterator[tuple[str, list[str]]]:
    """Yield who is affected: ``no longer within reach of the route a-b``, and the names."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in diff.affected:
        groups.setdefault((one.effect, one.of_label or id_text(one.of)), []).append(one.name)
    routes = {one.route for one in diff.routes}
    for (effect, of), names in sorted(groups.items()):
        where = f"within reach of the route {of}" if of in routes else f"inside {of}"
        yield f"{EFFECTS[effect]} {where}", names


def event_numbers(diff: Diff, change: Change) -> list[int]:
    """Return the numbers, from 1, of the events that name the feature that changed."""
    layer = diff.target.layer or diff.base.layer
    keys = {f"{layer}/{one.id}" for one in features_of([change])}
    return [
        number for number, event in enumerate(diff.events, 1) if not keys.isdisjoint(event.features)
    ]


def notes(diff: Diff, *, with_source_ids: bool = True) -> Iterator[str]:
    """Yield what a reader must know to judge the numbers, and to find sources told by id."""
    yield (
        f"Tolerance {diff.tolerance_m:g} m: lines no farther from each other than that count "
        "as the same."
    )
    limit = stated_uncertainty_m(features_of(diff.changes))
    if limit:
        yield (
            f"What changed is drawn with a stated uncertainty of up to {limit:,.0f} m; lengths "
            "and areas are measured on the drawing and rounded accordingly."
        )
    for route in diff.routes:
        for side, gaps in (("of the base", route.gaps_base), ("of the target", route.gaps_target)):
            for gap in gaps:
                at = rounding_of_route(diff, route).chainage(gap.at_m)
                wide = Rounding(10).length(gap.length_m)
                behind = "" if gap.after is None else f", behind {gap.after}"
                yield (
                    f"The drawn route {route.route} has a gap of {wide} at km {at} {side}{behind}; "
                    "it is not counted in the length."
                )
    if any(one.length_published_base_km or one.length_published_target_km for one in diff.routes):
        yield (
            "Published lengths are those that a source states for the whole road. A drawn line "
            "cuts corners and comes out shorter: compare drawn with drawn lengths only."
        )
    if with_source_ids and diff.target.layer and any(event.sources for event in diff.events):
        yield (
            "Sources stand in brackets by their id; the command 'pkzone sources' lists them in "
            "full."
        )
    yield from diff.notices


def _when(side: SideInfo) -> str:
    """Return the date that was asked for, else the version; of a file, nothing."""
    if side.layer is None or side.version is None:
        return ""
    written = side.ref.removeprefix(f"{side.layer}@")
    return side.version if written in (side.ref, "latest") else written


def _period(diff: Diff) -> str:
    base, target = _when(diff.base), _when(diff.target)
    if not base or not target or base == target:
        return ""
    return f"between {base} and {target}, " if base <= target else f"from {base} back to {target}, "


def _route_sentence(route: RouteDiff, rounding: Rounding) -> str:
    before, after = rounding.length(route.length_base_m), rounding.length(route.length_target_m)
    name = f"the route {route.route}"
    if not route.length_base_m:
        return f"{name} came into use, {after} long as drawn."
    if not route.length_target_m:
        return f"{name}, {before} long as drawn, went out of use."
    if not route.removed_m and not route.added_m:
        statuses = _statuses_of(route.status_changes)
        told = f", but its status changed: {statuses}" if statuses else ""
        return f"{name} kept its course{told}."
    delta_m = route.length_target_m - route.length_base_m
    now = "longer than" if delta_m > 0 else "shorter than"
    delta = rounding.length(abs(delta_m))
    length = (
        f"as long as before ({after})"
        if not delta_m
        else f"{after} long, {delta} {now} before ({before})"
    )
    told = f"{name} {_moved(route, rounding)}. As drawn it is now {length}."
    statuses = _statuses_of(one for one in route.status_changes if _concerns_traffic(one))
    return f"{told} Status: {statuses}." if statuses else told


def _statuses_of(changes: Iterable[StatusChange]) -> str:
    return "; ".join(dict.fromkeys(map(status_sentence, changes)))


def _concerns_traffic(change: StatusChange) -> bool:
    """Whether traffic on a segment is freer or less free; other changes follow the course."""
    return {change.base, change.target} <= IN_USE | BARRED


def _moved(route: RouteDiff, rounding: Rounding) -> str:
    """Return how much road a route left, took instead and kept."""
    left, new = rounding.length(route.removed_m), rounding.length(route.added_m)
    if not route.added_m:
        told = f"lost {left} of road without another in its place"
    elif not route.removed_m:
        told = f"was extended by {new}"
    else:
        where = _where([one for one in route.sections if one.kind == "removed"], rounding)
        told = f"left {left} of its road{where} and took {new} of other road instead"
    return f"{told}; {rounding.length(route.kept_m)} stayed the same" if route.kept_m else told


def _where(sections: Sequence[Section], rounding: Rounding) -> str:
    """Return in brackets where the only section of its kind runs; nothing if there are more."""
    if len(sections) != 1:
        return ""
    one = sections[0]
    places = [", ", " to ".join(dict.fromkeys((one.near[0], one.near[-1])))] if one.near else []
    return f" (km {_from_to(rounding, one.from_m, one.to_m)}{''.join(places)})"


def _area_sentence(layer: str | None, areas: AreaTotals, rounding: Rounding) -> str:
    what = f"the ground that the layer {layer} covers" if layer else "the ground covered"
    before, after = rounding.area(areas.base_km2), rounding.area(areas.target_km2)
    if not areas.gained_km2 and not areas.lost_km2:
        return f"{what} stayed the same, {after}."
    if not areas.base_km2 or not areas.target_km2:
        return f"{what} went from {before} to {after}."
    moved = [
        f"{rounding.area(km2)} {how}" if km2 else f"nothing {how}"
        for km2, how in ((areas.gained_km2, "gained"), (areas.lost_km2, "lost"))
    ]
    return f"{what} went from {before} to {after}: {', '.join(moved)}."


def _affected_sentences(diff: Diff) -> Iterator[str]:
    routes = {one.route for one in diff.routes}
    for effect, words in EFFECTS.items():
        for where, is_route in (("within reach of the route", True), ("inside the area", False)):
            names = [
                one.name
                for one in diff.affected
                if one.effect == effect and (one.of in routes) == is_route
            ]
            if names:
                verb = "is" if len(names) == 1 else "are"
                yield f"{_number(len(names), 'place')} {verb} {words} {where}{_named(names)}."


def _count_sentence(diff: Diff) -> str:
    told: list[str] = []
    for kind in KINDS:
        of_kind = [one for one in diff.changes if one.kind == kind]
        if of_kind:
            verb = "" if told else " was" if len(of_kind) == 1 else " were"
            count = f"{len(of_kind):,}" if told else _number(len(of_kind), "feature")
            names = _named([name_of(one) or label_of_change(one, brief=True) for one in of_kind])
            told.append(f"{count}{verb} {kind}{names}")
    unchanged = f"{diff.unchanged or 'none'} {'are' if diff.unchanged > 1 else 'is'} unchanged"
    return f"{listed(told or ['no feature changed'])}; {unchanged}{_ids_changed(diff)}."


def _ids_changed(diff: Diff) -> str:
    if not diff.ids_changed:
        return ""
    pairs = (
        told_apart(base.id, target.id, write=id_text, why=False)
        for base, target in diff.ids_changed
    )
    names = [f"{old} → {new}" for old, new in pairs]
    return f", ids changed: {len(names):,}{_named(names)}"


def _status_sentences(changes: Sequence[Change]) -> Iterator[str]:
    """Yield one sentence on the features that have another status, if there are any."""
    groups: dict[tuple[str, str], int] = {}
    for one in changes:
        if "status" in one.properties:
            pair = property_texts("status", one.properties["status"])
            groups[pair] = groups.get(pair, 0) + 1
    if groups:
        told = [f"{' → '.join(filter(None, pair))} ({count:,})" for pair, count in groups.items()]
        yield f"status: {', '.join(told)}."


def _named(names: Sequence[str]) -> str:
    """Return a few names in brackets; many or long ones would only hide the number."""
    text = "; ".join(names)
    return f" ({text})" if len(text) <= MOST_NAMED else ""


def rounding_of_route(diff: Diff, route: RouteDiff) -> Rounding:
    """Return how the numbers of a route are rounded: by its own changed segments, else by all."""
    segments = {*route.segments_base, *route.segments_target}
    own = [
        one
        for one in diff.changes
        if any(str(feature.id) in segments for feature in features_of([one]))
    ]
    return rounding_of(own or diff.changes)


def _from_to(rounding: Rounding, from_m: float, to_m: float) -> str:
    return f"{rounding.chainage(from_m)}-{rounding.chainage(to_m)}"


def _words(status: object) -> str:
    return "no status" if status is None else str(status).replace("_", " ")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
