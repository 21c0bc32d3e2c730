"""Classify pairs of features as changes: kind, aspects, class, evidence, within uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.equality import feature_key, height_numbers, same_json
from pkzone.compare.geometry_change import FAR, Measured, classify_fast, measure, size
from pkzone.compare.place_names import feature_label
from pkzone.compare.result import Change, Evidence, PropertyChange
from pkzone.errors import printable
from pkzone.geo.convert import dimensions_of, repaired, shape_of
from pkzone.geo.measure import takes_the_long_way
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable, phrase
from pkzone.layers.identity import ID, has_other_id, repeats_id

if TYPE_CHECKING:
    from pkzone.compare.match import Matched, Pair

__all__ = ["Terms", "changes_of", "ids_changed_of"]

_Sides = tuple[tuple[Feature, ...], tuple[Feature, ...]]
_Shapes = tuple[BaseGeometry, BaseGeometry]

_PAIRS_AT_ONCE = 64  # compared together; many more gain nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a comparison.

    Attributes
    ----------
    tolerance_m : float
        Up to so many metres a geometry is only redrawn.
    evidence : bool
        Whether to measure what proves a class; without it only the class is found.
    notices : list of str
        Takes what had to be repaired or cannot be measured.
    """

    tolerance_m: float
    evidence: bool = True
    notices: list[str] = field(default_factory=list)


def changes_of(matched: Matched, terms: Terms) -> tuple[Change, ...]:
    """Classify matched features as changes, sorted by id, those without one last."""
    pairs = [*matched.pairs, *matched.renamed]
    changes = [
        *map(_modified, pairs, _geometry_members(pairs, terms)),
        *(_family((parent,), parts, "split", terms) for parent, parts in matched.split),
        *(_family(parents, (child,), "merged", terms) for parents, child in matched.merged),
        *(_alone(one, "removed", terms) for one in matched.removed),
        *(_alone(one, "added", terms) for one in matched.added),
    ]
    terms.notices.sort()
    return tuple(sorted(changes, key=_place))


def ids_changed_of(matched: Matched) -> tuple[tuple[Feature, Feature], ...]:
    """Return the pairs that differ in nothing but the id, in an order of their own."""
    return tuple(sorted(matched.ids_changed, key=lambda pair: tuple(map(feature_key, pair))))


def _place(change: Change) -> tuple[object, ...]:
    """Return a sort key that does not depend on the order of features.

    Nor on their sides, but for two changes of which one has in the base the id that the other
    has in the target.
    """
    nameless = change.id is None
    features = change.base + change.target
    content = min(map(feature_key, features)) if nameless else ()
    return nameless, str(change.id), content, change.kind, [one.id is None for one in features]


def _geometry_members(pairs: Sequence[Pair], terms: Terms) -> Iterator[dict[str, Any]]:
    """Yield the members of each pair's `Change` that describe its geometry."""
    moved = [one for one in pairs if one.moved]
    members = _measured_members(moved, terms) if terms.evidence else _class_members(moved, terms)
    return (next(members) if one.moved else {} for one in pairs)


def _measured_members(pairs: Sequence[Pair], terms: Terms) -> Iterator[dict[str, Any]]:
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        some = pairs[start : start + _PAIRS_AT_ONCE]
        yield from _members([((one.base,), (one.target,)) for one in some], terms)


def _class_members(pairs: Sequence[Pair], terms: Terms) -> Iterator[dict[str, Any]]:
    """Find the classes alone; measure only the pairs that cannot be classified without."""
    geometries = [(one.base.geometry, one.target.geometry) for one in pairs]
    classes = classify_fast(geometries, tolerance_m=terms.tolerance_m)
    open_ = [one for one, name in zip(pairs, classes, strict=True) if name is None]
    measured = _measured_members(open_, terms)
    return (next(measured) if name is None else {"geometry_class": name} for name in classes)


def _modified(pair: Pair, members: dict[str, Any]) -> Change:
    """Return the change of one feature, renamed where the id is another."""
    base, target, moved, _ = pair
    properties = _property_changes(base, target)
    renamed = has_other_id(base, target)
    return Change(
        id=target.id if base.id is None else base.id,
        kind="renamed" if renamed else "modified",
        base=(base,),
        target=(target,),
        new_id=target.id if renamed else None,
        aspects=("geometry",) * moved + ("properties",) * bool(properties),
        properties=properties,
        **members,
    )


def _family(base: Sequence[Feature], target: Sequence[Feature], kind: str, terms: Terms) -> Change:
    """Return the change of a feature that was split, or of several that were merged."""
    base, target = (tuple(sorted(side, key=feature_key)) for side in (base, target))
    [whole] = base if kind == "split" else target
    properties = _kept_properties(base, target)
    return Change(
        id=whole.id,
        kind=kind,
        base=base,
        target=target,
        parts=tuple(one.id for one in target) if kind == "split" else (),
        parents=tuple(one.id for one in base) if kind == "merged" else (),
        aspects=("geometry",) + ("properties",) * bool(properties),
        properties=properties,
        **_members([(base, target)], terms)[0],
    )


def _alone(feature: Feature, kind: str, terms: Terms) -> Change:
    base, target = ((feature,), ()) if kind == "removed" else ((), (feature,))
    evidence = None
    if terms.evidence:
        side = "base" if base else "target"
        shape, flaw = repaired(shape_of(feature.geometry))
        sized = size(shape, side)
        evidence = None if sized == Evidence() else sized
        if flaw is not None:
            _note_repair(side, (feature,), terms)
        _note_long_way(side, (feature,), shape, terms)
    return Change(
        id=feature.id,
        kind=kind,
        base=base,
        target=target,
        evidence=evidence,
    )


def _kept_properties(
    base: Sequence[Feature], target: Sequence[Feature]
) -> dict[str, PropertyChange]:
    """Return the property changes of the one that keeps its id in a split or a merge."""
    theirs = {str(one.id): one for one in target if one.id is not None}
    pairs = [
        (one, theirs[str(one.id)]) for one in base if one.id is not None and str(one.id) in theirs
    ]
    return _property_changes(*pairs[0]) if pairs else {}


def _property_changes(base: Feature, target: Feature) -> dict[str, PropertyChange]:
    ours, theirs = base.properties, target.properties
    keys = ours.keys() | theirs.keys()
    if repeats_id(base, target):
        keys.discard(ID)
    return {
        key: PropertyChange(ours.get(key), theirs.get(key), key in ours, key in theirs, key)
        for key in sorted(keys)
        if (key in ours) != (key in theirs) or not same_json(ours[key], theirs[key])
    }


def _members(pairs: Sequence[_Sides], terms: Terms) -> list[dict[str, Any]]:
    """Return the members of a `Change` that describe its geometry, for each pair of sides."""
    shapes = [(_shape(base), _shape(target)) for base, target in pairs]
    measured = measure(shapes, tolerance_m=terms.tolerance_m)
    return [
        _members_of(comparison, sides, both, terms)
        for comparison, sides, both in zip(measured, pairs, shapes, strict=True)
    ]


def _members_of(
    measured: Measured | None, sides: _Sides, shapes: _Shapes, terms: Terms
) -> dict[str, Any]:
    if measured is None:
        measured = _unmeasured(sides, shapes, terms)
    else:
        label = _named(sides[0] or sides[1])
        terms.notices.extend(
            Translatable("{what}: {notice}", separator=", ", what=label, notice=notice)
            for notice in measured.notices
        )
        for side, features, shape in zip(("base", "target"), sides, shapes, strict=True):
            if side in measured.repaired or len(features) > 1:
                _note_repair(side, features, terms)
            _note_long_way(side, features, shape, terms)
    evidence = replace(measured.evidence, **height_numbers(*sides))
    return {
        "geometry_class": measured.geometry_class,
        "within_uncertainty": _within_uncertainty(measured.largest_m, sides[0] + sides[1]),
        "evidence": None if evidence == Evidence() else evidence,
        "sections": measured.sections,
        "gained": measured.gained,
        "lost": measured.lost,
    }


def _unmeasured(sides: _Sides, shapes: _Shapes, terms: Terms) -> Measured:
    """Return the class of a change that spans more than half the earth, without evidence."""
    base, target = sides
    terms.notices.append(
        Translatable(
            "{what}: it spans more than half the earth, so its change is not measured",
            separator=", ",
            what=_named(base or target),
        )
    )
    dimension = max(dimensions_of(shapes[0]) | dimensions_of(shapes[1]))
    return Measured(FAR[dimension], None, Evidence())


def _within_uncertainty(largest_m: float | None, features: Iterable[Feature]) -> bool | None:
    """Tell whether a change is smaller than what every feature states of itself."""
    if largest_m is None:
        return None
    stated = [_uncertainty_m(feature) for feature in features]
    if None in stated:
        return None
    return largest_m < min(value for value in stated if value is not None)


def _uncertainty_m(feature: Feature) -> float | None:
    value: object = feature.properties.get("uncertainty_m")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value >= 0 else None


def _shape(features: Sequence[Feature]) -> BaseGeometry:
    """Return the shape of one feature, or of several together."""
    if len(features) == 1:
        return shape_of(features[0].geometry)
    together = shapely.union_all([repaired(shape_of(one.geometry))[0] for one in features])
    return shapely.line_merge(together) if together.geom_type == "MultiLineString" else together


def _note_repair(side: str, features: Sequence[Feature], terms: Terms) -> None:
    for feature in features:
        flaw = repaired(shape_of(feature.geometry))[1]
        if flaw is not None:
            terms.notices.append(
                Translatable(
                    "{side}: {what}: its area is not valid ({flaw}); a repaired copy was compared",
                    **_of(side, feature),
                    flaw=flaw,
                )
            )


def _note_long_way(
    side: str, features: Sequence[Feature], shape: BaseGeometry, terms: Terms
) -> None:
    if shape.is_empty or shape.bounds[2] - shape.bounds[0] < 180:
        return
    for feature in features:
        if takes_the_long_way(shape_of(feature.geometry)):
            terms.notices.append(
                Translatable(
                    "{side}: {what}: an edge spans 180 degrees of longitude or more; it is "
                    "measured the shorter way round the earth",
                    **_of(side, feature),
                )
            )


def _of(side: str, feature: Feature) -> dict[str, str]:
    """Return which feature of which side a notice is about."""
    (what,) = _named([feature])
    word = phrase("base") if side == "base" else phrase("target")
    return {"side": Translatable(word), "what": what}


def _named(features: Sequence[Feature]) -> tuple[str, ...]:
    labels = map(feature_label, features)
    return tuple(one if isinstance(one, Translatable) else printable(one) for one in labels)
