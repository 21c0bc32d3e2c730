"""Make the report of a diff: title, lead, numbers of routes and areas, changes, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pkzone.compare.result import (
    KINDS,
    Affected,
    AreaTotals,
    Change,
    Diff,
    SideInfo,
)
from pkzone.i18n.messages import Translatable, phrase, phrase_count
from pkzone.reports.changes import (
    change_row,
    features_of,
    ground_words,
    id_text,
    kind_head,
    kind_word,
    label_of_change,
    name_of,
    rounding_of,
)
from pkzone.reports.model import (
    ChangeRow,
    Day,
    Digits,
    Figure,
    Joined,
    LongDay,
    Message,
    Note,
    Number,
    Part,
    Report,
    Row,
    Section,
    Sentence,
    joined,
    msg,
    plural,
)
from pkzone.reports.names import named, rows_by_name
from pkzone.reports.properties import property_texts
from pkzone.reports.route_report import (
    gap_notes,
    length_notes,
    rounding_of_route,
    route_section,
    route_sentences,
    status_text,
)
from pkzone.reports.values import Rounding, percent, stated_uncertainty_m, told_apart

__all__ = ["PLACE", "lead", "report_of"]

MOST_NAMED = 80
RELATIONS = {
    "reach": phrase("within reach of the route"),
    "corridor": phrase("in the corridor"),
    "inside": phrase("inside the area"),
}
#: What is said of places by effect and certainty: in the lead, of one in a list, of its group.
PLACES = {
    ("entered", True): phrase_count(
        "{count} place is now {where}{names}.", "{count} places are now {where}{names}."
    ),
    ("entered", False): phrase_count(
        "{count} place may now be {where}{names}.", "{count} places may now be {where}{names}."
    ),
    ("left", True): phrase_count(
        "{count} place is no longer {where}{names}.",
        "{count} places are no longer {where}{names}.",
    ),
    ("left", False): phrase_count(
        "{count} place may no longer be {where}{names}.",
        "{count} places may no longer be {where}{names}.",
    ),
}
PLACE = {
    ("entered", True): phrase("now {where}"),
    ("entered", False): phrase("may now be {where}"),
    ("left", True): phrase("no longer {where}"),
    ("left", False): phrase("may no longer be {where}"),
}


def report_of(diff: Diff, *, ids: bool = False) -> Report:
    """Return the report of a diff, from which every format for people is rendered.

    With `ids` features of versions have their ids beside their names, too.
    """
    diff = named(diff)
    layer = diff.target.layer or diff.base.layer
    base, target = _when(diff.base), _when(diff.target)
    is_one_layer = diff.base.layer is not None and diff.base.layer == diff.target.layer
    title = msg("{base} → {target}", diff.base.ref, diff.target.ref)
    if base and target and is_one_layer:
        days = LongDay(base), LongDay(target)
        title = msg("{layer}: {base} → {target}", _title_of(diff, layer), *days)
    heads = _head(diff, diff.base, is_one_layer), _head(diff, diff.target, is_one_layer)
    full_title = msg("{base} compared with {target}", *heads)
    if is_one_layer:
        full_title = msg("{layer}: {title}", _title_of(diff, layer), full_title)
    return Report(
        title=title,
        full_title=full_title,
        heads=heads,
        sides=(_side(diff.base), _side(diff.target)),
        lead=lead(diff),
        sections=tuple(_sections(diff)),
        changes=_change_rows(diff, layer, ids=ids),
        affected=tuple(_affected_row(*pair) for pair in enumerate(diff.affected)),
        events=diff.events,
        notes=tuple(_notes(diff)),
        notices=tuple(one if isinstance(one, Translatable) else Note(one) for one in diff.notices),
        sources=diff.sources,
    )


def _change_rows(diff: Diff, layer: str | None, *, ids: bool) -> tuple[ChangeRow, ...]:
    rows = [change_row(change, layer, diff.events, diff.end_names) for change in diff.changes]
    return tuple(rows) if ids or layer is None else rows_by_name(rows)


def lead(diff: Diff, day: type[Day] = LongDay) -> tuple[Sentence, ...]:
    """Return the few sentences that say what changed and by how much, dates as `day` has them."""
    first, *others = _lead(diff)
    before, after = _when(diff.base), _when(diff.target)
    base, target = day(before), day(after)
    if _is_correction(diff) and diff.changes:
        first = msg("as corrected from {base} to {target}, {sentence}", base, target, first)
    elif before and after and before != after and (diff.changes or diff.routes):
        forwards = msg("between {base} and {target}, {sentence}", base, target, first)
        backwards = msg("from {base} back to {target}, {sentence}", base, target, first)
        first = forwards if before < after else backwards
    return tuple(map(Sentence, (first, *others)))


def _lead(diff: Diff) -> Iterator[Part]:
    if diff.is_empty and not diff.routes:
        same = plural(diff.unchanged, "{count} feature", "{count} features")
        ids = _ids_changed(diff)
        yield msg("No difference: {same}, the same on both sides{ids}.", same, ids)
        return
    for route in diff.routes:
        yield from route_sentences(route, rounding_of_route(diff, route))
    if diff.areas is not None:
        yield _area_sentence(diff, diff.areas, rounding_of(diff.changes))
    yield from _affected_sentences(diff)
    yield _count_sentence(diff)
    if not diff.routes:
        yield from _status_sentences(diff.changes)
    unsure = sum(bool(change.within_uncertainty) for change in diff.changes)
    if unsure:
        yield plural(
            unsure,
            "{count} change of shape or place is smaller than the stated uncertainty and may be "
            "only a redrawing.",
            "{count} changes of shape or place are smaller than the stated uncertainty and may be "
            "only a redrawing.",
        )


def _is_correction(diff: Diff) -> bool:
    """Tell whether two records of one version are compared: nothing happened in between."""
    base, target = diff.base, diff.target
    is_one = base.version is not None and (base.layer, base.version) == (
        target.layer,
        target.version,
    )
    return is_one and base.sha256 != target.sha256


def _when(side: SideInfo) -> str:
    """Return the date that was asked for, else the version; of a file, nothing."""
    if side.layer is None or side.version is None:
        return ""
    written = side.ref.removeprefix(f"{side.layer}@")
    return side.version if written in (side.ref, "latest") else written


def _title_of(diff: Diff, layer: str | None) -> Part:
    """Return the title of a layer, or its name where it has none."""
    return diff.layer_titles.get(layer or "", layer)


def _head(diff: Diff, side: SideInfo, only_date: bool) -> Part:
    """Return what a side is called at the head of a column: its date, or a name of its own."""
    if side.layer is None:
        return side.ref.replace("\\", "/").rpartition("/")[2] or side.ref
    written = side.ref.partition("@")[2]
    date = LongDay(written if written not in ("", "latest") else str(side.version))
    return date if only_date else msg("{layer}, {date}", _title_of(diff, side.layer), date)


def _side(side: SideInfo) -> Part:
    """Return one side in full: ``corridor@2020-12-01, the version of 2020-11-17``."""
    if side.version is None or side.ref.startswith(f"{side.layer}@{side.version}"):
        return side.ref
    return msg("{reference}, the version of {version}", side.ref, LongDay(side.version))


def _sections(diff: Diff) -> Iterator[Section]:
    """Yield the numbers by subject: each route, the areas, the features, what was measured with."""
    for number, route in enumerate(diff.routes):
        yield route_section(diff, number, route)
    if diff.areas is not None:
        yield _area_section(diff, diff.areas, rounding_of(diff.changes))
    counts = (
        Row(kind_head(kind), (Figure(count, "features", count),))
        for kind, count in diff.summary.items()
        if count
    )
    yield Section("features", msg("Features"), tuple(counts))
    limit = stated_uncertainty_m(features_of(diff.changes))
    tolerance = msg("{number} m", Digits(f"{diff.tolerance_m:,g}"))
    measure = [Row(msg("tolerance"), (Figure(diff.tolerance_m, "m", tolerance),))]
    if limit is not None:
        figure = Figure(limit, "m", msg("{number} m", Number(limit)))
        measure.append(Row(msg("stated uncertainty up to"), (figure,)))
    yield Section("measure", msg("Measured with"), tuple(measure))


def _area_writer(areas: AreaTotals, rounding: Rounding) -> Callable[[float], Figure]:
    """Return what writes the areas of a comparison, all with the decimals of the smallest."""
    all_km2 = areas.base_km2, areas.target_km2, areas.gained_km2, areas.lost_km2
    return partial(rounding.area, beside=all_km2)


def _area_section(diff: Diff, areas: AreaTotals, rounding: Rounding) -> Section:
    area, words = _area_writer(areas, rounding), ground_words(diff.changes)
    parts = (
        ("kept", areas.kept_km2, (area(areas.kept_km2),)),
        ("removed", areas.lost_km2, (area(areas.lost_km2), None)),
        ("added", areas.gained_km2, (None, area(areas.gained_km2))),
    )
    rows = (
        Row(msg("Area as drawn"), (area(areas.base_km2), area(areas.target_km2)), kind="whole"),
        *(
            Row(Sentence(words[kind]), cells, words[kind], kind)
            for kind, km2, cells in parts
            if km2
        ),
        Row(msg("Overlap, share of both"), (percent(areas.iou),), kind="common"),
    )
    return Section("areas", msg("Area covered"), rows, (None, msg("before"), msg("after")))


def _affected_row(number: int, affected: Affected) -> Row:
    """Return who enters or leaves what: an area, the reach of a route, or its corridor."""
    of = affected.of_label or id_text(affected.of)
    template = PLACE[affected.effect, affected.certain]
    where = {
        "inside": msg("inside {name}", of),
        "reach": msg("within reach of {name}", of),
        "corridor": msg("in the corridor of {name}", of),
    }[affected.relation]
    group = where
    if affected.relation == "reach":
        group = msg("within reach of the route {name}", of)
    if affected.by_status:
        statuses = msg("{base} → {target}", *map(status_text, affected.by_status))
        group = msg("{where}, status {statuses}", where, statuses)
    return Row(
        msg("{name}: {what}", affected.name, msg(template, where)),
        (affected.name, of),
        msg(template, group),
        affected.effect,
        f"affected/{number}",
    )


def _notes(diff: Diff) -> Iterator[Part]:
    """Yield what a reader must know to judge the numbers."""
    yield msg(
        "Tolerance {number} m: lines closer together than that count as the same.",
        Digits(f"{diff.tolerance_m:g}"),
    )
    limit = stated_uncertainty_m(features_of(diff.changes))
    if limit:
        yield msg(
            "What changed is drawn with a stated uncertainty of up to {number} m; lengths and "
            "areas are measured on the drawing and rounded accordingly; sums may differ by the "
            "last digit.",
            Number(limit),
        )
    for route in diff.routes:
        yield from gap_notes(route, rounding_of_route(diff, route))
    yield from length_notes(diff.routes)


def _area_sentence(diff: Diff, areas: AreaTotals, rounding: Rounding) -> Message:
    ground = msg("the area covered")
    if diff.target.layer:
        ground = msg("the area of the layer {layer}", _title_of(diff, diff.target.layer))
    area = _area_writer(areas, rounding)
    before, after = area(areas.base_km2), area(areas.target_km2)
    if not areas.gained_km2 and not areas.lost_km2:
        return msg("{ground} stayed the same, {area}.", ground, after)
    change = msg("{ground} went from {before} to {after}", ground, before, after)
    if not areas.base_km2 or not areas.target_km2:
        return msg("{change}.", change)
    words = ground_words(diff.changes)
    parts = [
        msg("{size} {word}", area(km2), words[kind])
        for kind, km2 in (("added", areas.gained_km2), ("removed", areas.lost_km2))
        if km2
    ]
    return msg("{change}: {parts}.", change, joined(", ", parts))


def _affected_sentences(diff: Diff) -> Iterator[Message]:
    for effect in ("entered", "left"):
        for relation, where in RELATIONS.items():
            for is_certain in (True, False):
                names = [
                    one.name
                    for one in diff.affected
                    if (one.effect, one.relation, one.certain) == (effect, relation, is_certain)
                ]
                if names:
                    forms = PLACES[effect, is_certain]
                    yield plural(len(names), *forms, msg(where), _in_brackets(names))


def _count_sentence(diff: Diff) -> Message:
    counts: list[Part] = []
    for kind in KINDS:
        of_kind = [change for change in diff.changes if change.kind == kind]
        if of_kind:
            names = _in_brackets(
                [name_of(change) or label_of_change(change, brief=True) for change in of_kind]
            )
            parts = kind_word(kind), names
            later = msg("{count} {kind}{names}", len(of_kind), *parts)
            first = phrase_count(
                "{count} feature was {kind}{names}", "{count} features were {kind}{names}"
            )
            counts.append(later if counts else plural(len(of_kind), *first, *parts))
    *others, last = counts or [msg("no feature changed")]
    changed = msg("{changes} and {last}", joined(", ", others), last) if others else last
    if not diff.unchanged:
        return msg("{changed}.", changed)
    number = str(diff.unchanged)
    unchanged = plural(diff.unchanged, "{number} is unchanged", "{number} are unchanged", number)
    return msg("{changed}; {unchanged}{ids}.", changed, unchanged, _ids_changed(diff))


def _ids_changed(diff: Diff) -> Part:
    if not diff.ids_changed:
        return ""
    pairs = (
        told_apart(base.id, target.id, write=id_text, why=False)
        for base, target in diff.ids_changed
    )
    names = [Joined(" → ", pair) for pair in pairs]
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


def _in_brackets(names: Sequence[Part]) -> Part:
    """Return a few names in brackets; many or long ones would only hide the number."""
    text = Joined("; ", tuple(names))
    return Joined("", (" (", text, ")")) if len(str(text)) <= MOST_NAMED else ""
