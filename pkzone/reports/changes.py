"""One change as a row of the report: what happened to its shape, its place and its properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from pkzone.compare.equality import same_points
from pkzone.compare.place_names import feature_label
from pkzone.compare.published import is_schematic
from pkzone.compare.result import Change, Evidence, stated
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable, phrase
from pkzone.layers.model import Event
from pkzone.layers.terms import CLASSES, controller_of
from pkzone.reports.lengths import (
    drawn_figure,
    feature_length,
    rounding_of_drawing,
)
from pkzone.reports.model import (
    ChangeRow,
    Day,
    Message,
    Number,
    Part,
    Term,
    joined,
    listed,
    messages_of,
    msg,
    names_in,
    plural,
)
from pkzone.reports.properties import parties, property_rows, property_texts
from pkzone.reports.values import (
    Rounding,
    compass,
    percent,
    position,
    stated_uncertainty_m,
    told_apart,
)

__all__ = [
    "change_row",
    "controllers_of",
    "features_of",
    "geometry_sentences",
    "geometry_types",
    "ground_words",
    "id_text",
    "keeps_points",
    "kind_head",
    "kind_word",
    "label_of_change",
    "labels_of",
    "name_of",
    "rounding_of",
]

#: What is said of control that ended and that began.
HANDS = (
    phrase("no longer under the control of {controller}"),
    phrase("now under the control of {controller}"),
)
# What a change is called in a word where its kind or class is not a word for it.
SUMMARIES = {
    "renamed": phrase("new id"),
    "revertexed": phrase("same shape"),
    "reversed": phrase("direction"),
}
KIND_WORDS = (
    *(phrase("added"), phrase("removed"), phrase("modified"), phrase("split"), phrase("merged")),
    *(phrase("renamed"), phrase("unchanged"), phrase("ids changed")),
)


def change_row(
    change: Change,
    layer: str | None = None,
    events: Sequence[Event] = (),
    end_names: Mapping[str, str] | None = None,
) -> ChangeRow:
    """Return a change as a row.

    `events` are those that may name its features in `layer`, `end_names` the names of what
    links begin and end at, by id.
    """
    features = (*change.base, *change.target)
    keys = {f"{layer}/{feature.id}" for feature in features}
    alone = features if change.kind in ("added", "removed") else ()
    return ChangeRow(
        kind=change.kind,
        label=label_of_change(change),
        name=name_of(change),
        full_label=label_of_change(change, with_name=True),
        summary=_summary(change),
        status=_status(change),
        within_uncertainty=change.within_uncertainty,
        sentences=tuple(geometry_sentences(change)),
        states=tuple(filter(None, map(_state, alone))),
        properties=tuple(property_rows(change, end_names, in_catalogue=layer is not None)),
        events=tuple(
            index for index, event in enumerate(events) if not keys.isdisjoint(event.features)
        ),
    )


def kind_word(kind: str) -> Message:
    """Return what people read for a kind of change: ``ids changed`` for ``ids_changed``."""
    return msg(kind.replace("_", " "))


def kind_head(kind: str) -> Message:
    """Return the same as a head, which translations have as a phrase of its own."""
    return msg(kind_word(kind).template.capitalize())


def ground_words(changes: Iterable[Change]) -> dict[str, Part]:
    """Return the words for the ground that came, went and stayed.

    Where all changes say control on the ground it changed hands, and was neither gained nor lost.
    """
    words: dict[str, Part] = {kind: msg(word) for kind, word in CLASSES["ground"].items()}
    pairs = [tuple(map(controllers_of, (change.base, change.target))) for change in changes]
    if not pairs or not all(before or after for before, after in pairs):
        return words
    for side, kind in enumerate(("removed", "added")):
        held = dict.fromkeys(pair[side] or pair[1 - side] or "" for pair in pairs)
        names = joined(", ", map(parties, held))
        words[kind] = msg(HANDS[side], names)
    return words


def controllers_of(features: Iterable[Feature]) -> str | None:
    """Return who controls features that say control on the ground, the same for all of them."""
    controllers = {controller_of(feature.properties) for feature in features}
    return controllers.pop() if len(controllers) == 1 else None


def features_of(changes: Iterable[Change]) -> Iterator[Feature]:
    """Yield the features of changes, of both sides."""
    return chain.from_iterable((*change.base, *change.target) for change in changes)


def rounding_of(changes: Iterable[Change]) -> Rounding:
    """Return how the numbers of changes are rounded."""
    return Rounding(stated_uncertainty_m(features_of(changes)))


def name_of(change: Change) -> str:
    """Return the name of what changed: that in the target, else in the base; or nothing."""
    for features in (change.target, change.base):
        if len(features) == 1 and features[0].properties.get("name"):
            return str(features[0].properties["name"])
    return ""


def label_of_change(change: Change, *, with_name: bool = False, brief: bool = False) -> str:
    """Return what a change is called: its id, else what its feature is found by."""
    features = change.target if change.kind in ("added", "merged") else change.base
    if change.id is not None or not features:
        return id_text(change.id)
    return feature_label(features[0], with_name=with_name, brief=brief)


def labels_of(features: Iterable[Feature]) -> list[str]:
    """Return the names of features that each have one of their own, else what they are found by."""
    own = list(features)
    names = {str(feature.properties.get("name") or "") for feature in own}
    if len(names) == len(own) and "" not in names:
        return [str(feature.properties["name"]) for feature in own]
    return [feature_label(feature) for feature in own]


def id_text(feature_id: str | int | None) -> str:
    """Return an id for people."""
    return Translatable("(no id)") if feature_id is None else str(feature_id) or '""'


def geometry_types(change: Change) -> tuple[str | None, str | None]:
    """Return the types of the geometry of one feature on both sides; none where it has none."""
    if len(change.base) != 1 or len(change.target) != 1:
        return None, None
    base, target = (each.geometry and str(each.geometry["type"]) for each in _both(change))
    return base or None, target or None


def keeps_points(change: Change) -> bool:
    """Tell whether a shape that stayed the same is drawn with the same points, too."""
    if change.geometry_class != "revertexed" or None in geometry_types(change):
        return False
    return same_points(*(each.geometry for each in _both(change)))


def geometry_sentences(change: Change) -> Iterator[Part]:
    """Yield what happened to the place and shape of a feature, with the numbers that prove it."""
    yield from _identity_sentence(change)
    evidence = change.evidence or Evidence()
    rounding = rounding_of([change])
    if change.geometry_class == "revertexed" and change.kind in ("split", "merged"):
        yield msg("together the same shape")
    elif keeps_points(change):
        yield msg("same shape, drawn with the same points")
    elif change.geometry_class is not None and change.geometry_class in _CLASSES:
        yield _class_sentence(change, change.geometry_class, evidence)
    elif size := _size(change, evidence, rounding):
        yield size
    elif "geometry" in change.aspects:
        yield _new_type(change)
    if change.geometry_class is not None:
        yield from _type_sentence(change)
    yield from _height_sentence(evidence)
    if change.within_uncertainty:
        limit = stated_uncertainty_m((*change.base, *change.target))
        stated = "" if limit is None else msg(" of {number} m", Number(limit))
        yield msg("smaller than the stated uncertainty{stated}: possibly only a redrawing", stated)


def _summary(change: Change) -> Part:
    """Return the kind or class of a change, and whether properties differ besides."""
    named = change.kind in ("split", "merged", "renamed")
    word = change.kind if named else change.geometry_class
    if change.kind in ("added", "removed"):
        return joined(", ", _hands(change)) or kind_word(change.kind)
    words = [msg(SUMMARIES.get(word, word))] if word else []
    if not words or (change.kind == "modified" and "properties" in change.aspects):
        words.append(msg("attributes"))
    return joined(" + ", words)


def _hands(change: Change) -> Iterator[Part]:
    """Yield whose control of a feature ended and began, where it says control on the ground."""
    before, after = map(controllers_of, (change.base, change.target))
    if before != after:
        yield from (
            msg(HANDS[side], parties(one))
            for side, one in enumerate((before, after))
            if one is not None
        )


def _status(change: Change) -> Part:
    status = change.properties.get("status")
    if status is None or change.aspects != ("properties",):
        return ""
    return joined(" → ", property_texts("status", status))


def _state(feature: Feature) -> Part:
    """Return the state of a feature that came or went: ``open since 2022-08-30, reported``."""
    status, since, certainty = (
        feature.properties.get(key) for key in ("status", "since", "certainty")
    )
    limit = stated_uncertainty_m([feature])
    since_when = msg("since {date}", Day(str(since))) if since else ""
    state = joined(" ", [Term(str(status).replace("_", " ")) if status else "", since_when])
    unsure = None if limit is None else msg("± {number} m", Number(limit))
    return joined(", ", [state, Term(str(certainty)) if certainty else "", unsure])


def _identity_sentence(change: Change) -> Iterator[Message]:
    """Yield the new id of a renamed feature, the parts of a split, the parents of a merged one."""
    if change.kind == "renamed":
        _, new = told_apart(change.id, change.new_id, write=id_text, why=False)
        yield msg("now has the id {id}", new)
    elif change.kind == "split":
        names = labels_of(change.target) or map(id_text, change.parts)
        yield msg("split into {names}", listed(names))
    elif change.kind == "merged":
        names = labels_of(change.base) or map(id_text, change.parents)
        yield msg("merged from {names}", listed(names))


def _both(change: Change) -> tuple[Feature, Feature]:
    return change.base[0], change.target[0]


def _type_sentence(change: Change) -> Iterator[Message]:
    """Yield that a geometry came, went, or has another type."""
    base, target = geometry_types(change)
    if base == target:
        return
    if base is None:
        yield msg("had no geometry, now has a {type}", target)
    elif target is None:
        yield msg("no longer has a geometry, had a {type}", base)
    else:
        old, new = (_type_text(each.geometry or {}) for each in _both(change))
        yield msg("now a {new} instead of a {old}", new, old)


def _type_text(geometry: Mapping[str, Any]) -> Part:
    """Return the type of a geometry; of one of several parts, their number."""
    parts = geometry.get("geometries", geometry.get("coordinates", ()))
    name = str(geometry["type"])
    if not name.startswith(("Multi", "Geometry")):
        return name
    if len(parts) == 1:
        return msg("{type} of one part", name)
    return plural(len(parts), "{type} of {count} part", "{type} of {count} parts", name)


def _height_sentence(evidence: Evidence) -> Iterator[Message]:
    """Yield that heights came, went or changed, with their range."""
    if evidence.heights_base is None or evidence.heights_target is None:
        return
    before = _heights(evidence.height_min_base_m, evidence.height_max_base_m)
    after = _heights(evidence.height_min_target_m, evidence.height_max_target_m)
    if not evidence.heights_base:
        where = _positions(evidence.heights_target)
        yield msg("heights added at {where}: {range}", where, after)
    elif not evidence.heights_target:
        where = _positions(evidence.heights_base)
        yield msg("heights removed from {where}: {range}", where, before)
    else:
        parts: list[Part] = []
        if evidence.heights_changed and evidence.max_height_change_m is not None:
            where = _positions(evidence.heights_changed)
            most = _metres(evidence.max_height_change_m)
            parts.append(msg("changed at {where} by {most} at most", where, most))
        if evidence.heights_base != evidence.heights_target or not parts:
            where = _positions(evidence.heights_base)
            count = evidence.heights_target
            parts.append(msg("at {where} before, at {count} after", where, count))
        parts.append(_arrow(before, after))
        yield msg("heights {details}", joined("; ", parts))


def _heights(least_m: float | None, most_m: float | None) -> Part:
    if least_m is None or most_m is None:
        return Number(None)
    least, most = _metres(least_m), _metres(most_m)
    return least if least == most else msg("{least} to {most}", least, most)


def _metres(value: float) -> Message:
    """Return a height with as many of three decimals as it needs."""
    decimals = next(few for few in range(4) if few == 3 or round(value, few) == round(value, 3))
    return msg("{number} m", Number(round(value, 3), decimals))


def _positions(count: int) -> Message:
    return plural(count, "{count} position", "{count} positions")


def _arrow(before: Part, after: Part) -> Message:
    return msg("{before} → {after}", before, after)


# By class: what happened, what stands before and between the details, and the details, each told
# where the evidence has its numbers.
_CLASSES: Mapping[str, tuple[str, tuple[str, str], tuple[str, ...]]] = {
    "revertexed": (phrase("same shape, drawn with other points"), ("", ""), ()),
    "reversed": (phrase("same line, drawn in the opposite direction"), ("", ""), ()),
    "redrawn": (
        phrase("redrawn within the tolerance"),
        (": ", "; "),
        (phrase("at most {farthest} off"),),
    ),
    "moved": (phrase("moved"), (" ", " "), ("{distance_m}", phrase("to the {direction}"))),
    "rerouted": (
        phrase("rerouted"),
        (": ", "; "),
        (
            phrase("{removed_m} of the old line is no longer used, {added_m} is new"),
            phrase("{mean_offset_m} apart on average, {max_offset_m} at most{where}"),
            phrase("length {length_base_m} → {length_target_m}{difference}"),
        ),
    ),
    "reshaped": (
        phrase("reshaped"),
        (": ", "; "),
        (
            phrase("{gained_km2} {came}, {lost_km2} {went}"),
            phrase("area {area_base_km2} → {area_target_km2}"),
            phrase("{iou} in common"),
            phrase("border shifted by {mean_shift_m} on average, {max_shift_m} at most"),
        ),
    ),
}


#: What is told of a line or an area of which nothing went, or nothing came.
_ALONE = {
    "removed_m": phrase("{added_m} is new"),
    "added_m": phrase("{removed_m} of the old line is no longer used"),
    "lost_km2": phrase("{gained_km2} {came}"),
    "gained_km2": phrase("{lost_km2} {went}"),
}


def _class_sentence(change: Change, name: str, evidence: Evidence) -> Part:
    """Return the class of a change of geometry with the details that the evidence has."""
    head, (lead_in, separator), templates = _CLASSES[name]
    numbers = stated(evidence)
    none = [part for part in _ALONE if numbers.get(part) == 0]
    if name in ("rerouted", "reshaped") and none:
        templates = (*([_ALONE[none[0]]] if len(none) == 1 else []), *templates[1:])
    rounding, ground = rounding_of([change]), ground_words([change])
    all_km2 = [number for part, number in numbers.items() if part.endswith("_km2")]
    area = partial(rounding.area, beside=all_km2)
    write: dict[str, Callable[[float], Part]]
    write = {"m": rounding.length, "km2": area, "iou": percent}
    of_lines = dict.fromkeys(("length_base_m", "removed_m"), change.base)
    of_lines |= dict.fromkeys(("length_target_m", "added_m"), change.target)
    parts: dict[str, Part] = {
        part: _drawn(numbers[part], of_lines[part])
        if part in of_lines
        else write[part.rpartition("_")[2]](numbers[part])
        for template in templates
        for part in names_in(template)
        if part in numbers
    }
    place, bearing = evidence.max_offset_at, evidence.bearing_deg
    parts["where"] = msg(" at {place}", position(place)) if place else ""
    parts |= {"came": ground["added"], "went": ground["removed"]}
    if bearing is not None:
        parts["direction"] = compass(bearing)
    if {"length_base_m", "length_target_m"} <= parts.keys():
        delta_m = numbers["length_target_m"] - numbers["length_base_m"]
        parts["difference"] = _difference(change, delta_m)
    farthest = numbers.get("max_offset_m", numbers.get("max_shift_m"))
    if farthest is not None and name == "redrawn":
        parts["farthest"] = Rounding(10).length(farthest)
    return joined(lead_in, (msg(head), joined(separator, messages_of(templates, parts))))


def _drawn(length_m: float, lines: Sequence[Feature]) -> Part:
    """Return the length of drawn lines, of schematic ones in whole km."""
    rounding = rounding_of_drawing(lines, stated_uncertainty_m(lines))
    is_rough = any(map(is_schematic, lines))
    return drawn_figure(length_m, length_m if is_rough else None, rounding)


def _difference(change: Change, delta_m: float) -> Part:
    """Return in brackets by how much a drawn length differs; a schematic one is none to compare."""
    features = (*change.base, *change.target)
    if any(map(is_schematic, features)):
        return ""
    rounding = rounding_of_drawing(features, stated_uncertainty_m(features))
    return msg(" ({difference})", rounding.difference(delta_m))


def _size(change: Change, evidence: Evidence, rounding: Rounding) -> Part:
    """Return length or area, of both sides where both have one; nothing where there is none."""
    lengths = [each for each in (evidence.length_base_m, evidence.length_target_m) if each]
    areas = [each for each in (evidence.area_base_km2, evidence.area_target_km2) if each]
    alone = (*change.base, *change.target)
    if len(lengths) == 1 and len(alone) == 1:
        return feature_length(alone[0], lengths[0], rounding)
    all_km2 = [each for each in (*areas, evidence.gained_km2, evidence.lost_km2) if each]
    figures = [rounding.length(each) for each in lengths] or [
        rounding.area(each, all_km2) for each in areas
    ]
    return joined(" → ", dict.fromkeys(figure.rounded for figure in figures))


def _new_type(change: Change) -> Part:
    """Return how a geometry differs where no class applies: it came, went, or has another type."""
    types = [
        side[0].geometry["type"] if side and side[0].geometry else msg("no geometry")
        for side in (change.base, change.target)
    ]
    return _arrow(*types) if types[0] != types[1] else msg("geometry differs")
