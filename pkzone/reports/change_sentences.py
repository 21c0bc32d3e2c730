"""One change in plain English: what happened to its shape, its place and its properties."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pkzone.compare.equality import same_points
from pkzone.compare.place_names import feature_label
from pkzone.compare.result import Change, Evidence, PropertyChange
from pkzone.geojson.model import Feature
from pkzone.reports.rounding import (
    Rounding,
    compass,
    percent,
    position,
    stated_uncertainty_m,
)
from pkzone.reports.value_pairs import ABSENT, plain, told_apart, unlike

__all__ = [
    "features_of",
    "geometry_sentences",
    "geometry_types",
    "id_text",
    "keeps_points",
    "label_of_change",
    "labels_of",
    "listed",
    "name_of",
    "property_lines",
    "property_texts",
    "rounding_of",
    "state_of",
]

LONG_TEXT = 100
SHOWN_FIRST = ("status", "name", "kind", "controller", "since", "certainty", "uncertainty_m")
SHOWN_LAST = ("sources", "note")


def features_of(changes: Iterable[Change]) -> Iterator[Feature]:
    """Yield the features of some changes, of both sides."""
    return chain.from_iterable((*one.base, *one.target) for one in changes)


def rounding_of(changes: Iterable[Change]) -> Rounding:
    """Return how the numbers of some changes are rounded."""
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
    """Return the ids of features, and of those without one what they are found by."""
    return [feature_label(one) for one in features]


def state_of(feature: Feature) -> str:
    """Return the state of a feature that came or went: ``open since 2022-08-30, reported``."""
    said = feature.properties
    status, since, certainty = (said.get(key) for key in ("status", "since", "certainty"))
    state = " ".join(
        filter(None, (str(status or "").replace("_", " "), f"since {since}" if since else ""))
    )
    unsure = stated_uncertainty_m([feature])
    parts = [state, str(certainty or ""), "" if unsure is None else f"± {unsure:,.0f} m"]
    return ", ".join(filter(None, parts))


def geometry_sentences(change: Change) -> Iterator[str]:
    """Yield what happened to the place and shape of a feature, with the numbers that prove it."""
    yield from _identity_sentence(change)
    found = change.evidence or Evidence()
    rounding = rounding_of([change])
    if change.geometry_class == "revertexed" and change.kind in ("split", "merged"):
        yield "together the same shape"
    elif keeps_points(change):
        yield "same shape, drawn with the same points"
    elif change.geometry_class in _CLASSES:
        yield _CLASSES[change.geometry_class](found, rounding)
    elif size := _size(found, rounding):
        yield size
    elif "geometry" in change.aspects:
        yield _new_type(change)
    if change.geometry_class is not None:
        yield from _type_sentence(change)
    yield from _height_sentence(found)
    if change.within_uncertainty:
        limit = stated_uncertainty_m((*change.base, *change.target))
        stated = "" if limit is None else f" of {limit:,.0f} m"
        yield f"smaller than the stated uncertainty{stated}: may be a mere redrawing"


def _identity_sentence(change: Change) -> Iterator[str]:
    """Yield what became of the id: another one, those of the parts, those of the parents."""
    if change.kind == "renamed":
        _, new = told_apart(change.id, change.new_id, write=id_text, why=False)
        yield f"now has the id {new}"
    elif change.kind == "split":
        yield f"split into {listed(labels_of(change.target) or map(id_text, change.parts))}"
    elif change.kind == "merged":
        yield f"merged from {listed(labels_of(change.base) or map(id_text, change.parents))}"


def property_lines(change: Change) -> Iterator[tuple[str, str, str]]:
    """Yield name, old value and new value of each property that differs, status first.

    Of a long text only the new wording is told, of a list what came and what went: the old
    value is then empty. Values, and names, that would look alike are told apart.
    """
    written = unlike(change.properties)
    for name in sorted(change.properties, key=_property_rank):
        yield written[name], *property_texts(name, change.properties[name])


def id_text(feature_id: str | int | None) -> str:
    """Return an id for people."""
    return "(no id)" if feature_id is None else str(feature_id)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: ``a, b and c``."""
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def geometry_types(change: Change) -> tuple[str | None, str | None]:
    """Return the types of the geometry of one feature on both sides; none where it has none."""
    if len(change.base) != 1 or len(change.target) != 1:
        return None, None
    base, target = (one.geometry and str(one.geometry["type"]) for one in _both(change))
    return base or None, target or None


def keeps_points(change: Change) -> bool:
    """Tell whether a shape that stayed the same is drawn with the same points, too."""
    if change.geometry_class != "revertexed" or None in geometry_types(change):
        return False
    return same_points(*(one.geometry for one in _both(change)))


def _both(change: Change) -> tuple[Feature, Feature]:
    return change.base[0], change.target[0]


def _type_sentence(change: Change) -> Iterator[str]:
    """Yield that a geometry came, went, or has another type."""
    base, target = geometry_types(change)
    if base == target:
        return
    if base is None:
        yield f"had no geometry, now has a {target}"
    elif target is None:
        yield f"no longer has a geometry, had a {base}"
    else:
        old, new = (_type_text(one.geometry or {}) for one in _both(change))
        yield f"now a {new} instead of a {old}"


def _type_text(geometry: Mapping[str, Any]) -> str:
    """Return the type of a geometry; of one of several parts, their number."""
    parts = geometry.get("geometries", geometry.get("coordinates", ()))
    kind = str(geometry["type"])
    if not kind.startswith(("Multi", "Geometry")):
        return kind
    return f"{kind} of {'one part' if len(parts) == 1 else f'{len(parts):,} parts'}"


def _height_sentence(found: Evidence) -> Iterator[str]:
    """Yield that heights came, went or changed, with their range."""
    if found.heights_base is None or found.heights_target is None:
        return
    before = _heights(found.height_min_base_m, found.height_max_base_m)
    after = _heights(found.height_min_target_m, found.height_max_target_m)
    if not found.heights_base:
        yield f"heights added at {_positions(found.heights_target)}: {after}"
    elif not found.heights_target:
        yield f"heights removed from {_positions(found.heights_base)}: {before}"
    else:
        parts = []
        if found.heights_changed and found.max_height_change_m is not None:
            most = _metres(found.max_height_change_m)
            parts.append(f"changed at {_positions(found.heights_changed)} by {most} at most")
        if found.heights_base != found.heights_target or not parts:
            before_at = _positions(found.heights_base)
            parts.append(f"at {before_at} before, at {found.heights_target:,} after")
        yield f"heights {'; '.join([*parts, f'{before} → {after}'])}"


def _heights(least_m: float | None, most_m: float | None) -> str:
    if least_m is None or most_m is None:
        return "none"
    least, most = _metres(least_m), _metres(most_m)
    return least if least == most else f"{least} to {most}"


def _metres(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".") + " m"


def _positions(count: int) -> str:
    return f"{count:,} position{'' if count == 1 else 's'}"


def _revertexed(_found: Evidence, _rounding: Rounding) -> str:
    return "same shape, drawn with other points"


def _reversed(_found: Evidence, _rounding: Rounding) -> str:
    return "same line, drawn in the opposite direction"


def _redrawn(found: Evidence, rounding: Rounding) -> str:
    most = found.max_offset_m if found.max_offset_m is not None else found.max_shift_m
    by = "" if most is None else f": nowhere more than {Rounding(10).length(most)} off"
    return f"redrawn within the tolerance{by}"


def _moved(found: Evidence, rounding: Rounding) -> str:
    by = "" if found.distance_m is None else f" {rounding.length(found.distance_m)}"
    to = "" if found.bearing_deg is None else f" to the {compass(found.bearing_deg)}"
    return f"moved{by}{to}"


def _rerouted(found: Evidence, rounding: Rounding) -> str:
    parts = []
    if found.removed_m is not None and found.added_m is not None:
        parts.append(
            f"{rounding.length(found.removed_m)} of the old line is no longer used, "
            f"{rounding.length(found.added_m)} is new"
        )
    if found.mean_offset_m is not None and found.max_offset_m is not None:
        where = f" at {position(found.max_offset_at)}" if found.max_offset_at else ""
        parts.append(
            f"{rounding.length(found.mean_offset_m)} apart on average, "
            f"{rounding.length(found.max_offset_m)} at most{where}"
        )
    if found.length_base_m is not None and found.length_target_m is not None:
        parts.append(f"length {_from_to(found.length_base_m, found.length_target_m, rounding)}")
    return ": ".join(["rerouted", *filter(None, ["; ".join(parts)])])


def _reshaped(found: Evidence, rounding: Rounding) -> str:
    parts = []
    if found.gained_km2 is not None and found.lost_km2 is not None:
        parts.append(
            f"{rounding.area(found.gained_km2)} gained, {rounding.area(found.lost_km2)} lost"
        )
    if found.area_base_km2 is not None and found.area_target_km2 is not None:
        before, after = found.area_base_km2, found.area_target_km2
        parts.append(f"area {rounding.area(before)} → {rounding.area(after)}")
    if found.iou is not None:
        parts.append(f"{percent(found.iou)} in common")
    if found.mean_shift_m is not None and found.max_shift_m is not None:
        parts.append(
            f"border shifted by {rounding.length(found.mean_shift_m)} on average, "
            f"{rounding.length(found.max_shift_m)} at most"
        )
    return ": ".join(["reshaped", *filter(None, ["; ".join(parts)])])


_CLASSES: Mapping[str | None, Callable[[Evidence, Rounding], str]] = {
    "revertexed": _revertexed,
    "reversed": _reversed,
    "redrawn": _redrawn,
    "moved": _moved,
    "rerouted": _rerouted,
    "reshaped": _reshaped,
}


def _size(found: Evidence, rounding: Rounding) -> str:
    """Return length or area, of both sides where both have one; nothing where there is none."""
    lengths = [one for one in (found.length_base_m, found.length_target_m) if one]
    areas = [one for one in (found.area_base_km2, found.area_target_km2) if one]
    texts = [rounding.length(one) for one in lengths] or [rounding.area(one) for one in areas]
    return " → ".join(dict.fromkeys(texts))


def _from_to(before_m: float, after_m: float, rounding: Rounding) -> str:
    return (
        f"{rounding.length(before_m)} → {rounding.length(after_m)} "
        f"({rounding.difference(after_m - before_m)})"
    )


def _new_type(change: Change) -> str:
    """Say how the geometry differs where no class applies: it came, went or is another type."""
    types = [
        one[0].geometry["type"] if one and one[0].geometry else "no geometry"
        for one in (change.base, change.target)
    ]
    return f"{types[0]} → {types[1]}" if types[0] != types[1] else "geometry differs"


def _property_rank(name: str) -> tuple[int, int | str]:
    if name in SHOWN_FIRST:
        return 0, SHOWN_FIRST.index(name)
    if name in SHOWN_LAST:
        return 2, SHOWN_LAST.index(name)
    return 1, name


def property_texts(name: str, change: PropertyChange) -> tuple[str, str]:
    """Return the old and new value of a property; see `property_lines`."""
    base = change.base if change.in_base else ABSENT
    target = change.target if change.in_target else ABSENT
    if isinstance(base, list) and isinstance(target, list):
        found = _came_and_went(base, target)
        return ("", found) if found else told_apart(base, target)
    write = _words if name == "status" else plain
    old, new = write(base), write(target)
    texts = told_apart(base, target, write=write)
    if new not in ("none", "null") and texts == (old, new) and max(len(old), len(new)) > LONG_TEXT:
        return "", new
    return texts


def _words(status: Any) -> str:
    return plain(status.replace("_", " ") if isinstance(status, str) else status)


def _came_and_went(base: list[Any], target: list[Any]) -> str:
    """Return what a list gained and lost; nothing where that does not tell the two apart."""
    ours, theirs = Counter(map(_key, base)), Counter(map(_key, target))
    if ours == theirs:
        return "in another order"
    came = ", ".join(plain(one) for one in target if _key(one) not in ours)
    went = ", ".join(plain(one) for one in base if _key(one) not in theirs)
    if told_apart(went, came) != (plain(went), plain(came)):
        return ""
    return "; ".join(
        [*([f"new: {came}"] if came else []), *([f"no longer: {went}"] if went else [])]
    )


def _key(value: Any) -> str:
    """Return a text that is the same for the same JSON value only, at the top of a list."""
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, sort_keys=True)
