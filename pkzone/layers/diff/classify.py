"""Pairs of features to changes: kind, aspects, class, evidence, and what the uncertainty says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.errors import TooWide, printable
from pkzone.layers.diff.equality import feature_key, same_json
from pkzone.layers.diff.match import Matched, Pair
from pkzone.layers.diff.measured import Measured, measure, size
from pkzone.layers.diff.quick import quick_classes
from pkzone.layers.diff.shape import dimensions_of, repaired, shape_of, takes_the_long_way
from pkzone.layers.diff.values import Change, Evidence, PropertyChange
from pkzone.layers.geojson import Feature

__all__ = ["Terms", "changes_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms features are compared.

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
    """Return the changes between matched features, sorted by id, those without one last."""
    pairs = [*matched.pairs, *matched.renamed]
    found = [
        *(map(_modified, pairs, _plain_classes(pairs, terms), repeat(terms))),
        *(_split(parent, parts, terms) for parent, parts in matched.split),
        *(_merged(parents, child, terms) for parents, child in matched.merged),
        *(_alone(one, "removed", terms) for one in matched.removed),
        *(_alone(one, "added", terms) for one in matched.added),
    ]
    terms.notices.sort()
    return tuple(sorted(found, key=_place))


def _place(change: Change) -> tuple[object, ...]:
    """Sort key that does not depend on the order of features, nor on their sides."""
    nameless = change.id is None
    features = change.base + change.target
    told = min(map(feature_key, features)) if nameless else ()
    return nameless, str(change.id), told, change.kind


def _plain_classes(pairs: Sequence[Pair], terms: Terms) -> Iterator[str | None]:
    """Yield the class of each pair that shows without a measurement, if none is wanted."""
    if terms.evidence:
        return repeat(None, len(pairs))
    moved = [(one.base.geometry, one.target.geometry) for one in pairs if one.moved]
    classes = iter(quick_classes(moved, tolerance_m=terms.tolerance_m))
    return (next(classes) if one.moved else None for one in pairs)


def _modified(pair: Pair, plain_class: str | None, terms: Terms) -> Change:
    """Return the change of one feature, renamed where the id is another."""
    base, target, moved = pair
    properties = _property_changes(base, target)
    told: dict[str, Any] = {}
    if plain_class is not None:
        told = {"geometry_class": plain_class}
    elif moved:
        told = _geometry_told((base,), (target,), terms)
    renamed = base.id != target.id
    return Change(
        id=base.id,
        kind="renamed" if renamed else "modified",
        base=(base,),
        target=(target,),
        new_id=target.id if renamed else None,
        aspects=("geometry",) * moved + ("properties",) * bool(properties),
        properties=properties,
        **told,
    )


def _split(parent: Feature, parts: Sequence[Feature], terms: Terms) -> Change:
    ordered = tuple(sorted(parts, key=feature_key))
    return Change(
        id=parent.id,
        kind="split",
        base=(parent,),
        target=ordered,
        parts=tuple(part.id for part in ordered),
        aspects=("geometry",),
        **_geometry_told((parent,), ordered, terms),
    )


def _merged(parents: Sequence[Feature], child: Feature, terms: Terms) -> Change:
    ordered = tuple(sorted(parents, key=feature_key))
    return Change(
        id=child.id,
        kind="merged",
        base=ordered,
        target=(child,),
        parents=tuple(parent.id for parent in ordered),
        aspects=("geometry",),
        **_geometry_told(ordered, (child,), terms),
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


def _property_changes(base: Feature, target: Feature) -> dict[str, PropertyChange]:
    ours, theirs = base.properties, target.properties
    return {
        key: PropertyChange(ours.get(key), theirs.get(key), key in ours, key in theirs)
        for key in sorted(ours.keys() | theirs.keys())
        if (key in ours) != (key in theirs) or not same_json(ours[key], theirs[key])
    }


def _geometry_told(
    base: tuple[Feature, ...], target: tuple[Feature, ...], terms: Terms
) -> dict[str, Any]:
    """Return the members of a `Change` that tell of its geometry."""
    found = _compared(base, target, terms)
    return {
        "geometry_class": found.geometry_class,
        "within_uncertainty": _within_uncertainty(found.largest_m, base + target),
        "evidence": None if found.evidence == Evidence() else found.evidence,
        "sections": found.sections,
        "gained": found.gained,
        "lost": found.lost,
    }


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


def _compared(base: Sequence[Feature], target: Sequence[Feature], terms: Terms) -> Measured:
    """Compare the ground of some features with that of others."""
    ours, theirs = _shape(base), _shape(target)
    try:
        found = measure(ours, theirs, tolerance_m=terms.tolerance_m)
    except TooWide:
        dimension = max(dimensions_of(ours) | dimensions_of(theirs))
        terms.notices.append(
            f"{_named(base or target)}: it spans more than half the earth, so "
            "its change is not measured"
        )
        return Measured(("moved", "rerouted", "reshaped")[dimension], None, Evidence())
    for side, features in (("base", base), ("target", target)):
        if side in found.repaired or len(features) > 1:
            _note_repair(side, features, terms)
        _note_long_way(side, features, ours if side == "base" else theirs, terms)
    return found


def _shape(features: Sequence[Feature]) -> BaseGeometry:
    """Return the shape of one feature, or of several together."""
    if len(features) == 1:
        return shape_of(features[0].geometry)
    together = shapely.union_all([repaired(shape_of(one.geometry))[0] for one in features])
    return shapely.line_merge(together) if together.geom_type == "MultiLineString" else together


def _note_repair(side: str, features: Sequence[Feature], terms: Terms) -> None:
    for one in features:
        flaw = repaired(shape_of(one.geometry))[1]
        if flaw is not None:
            terms.notices.append(
                f"{side}: {_named([one])}: its area is not valid ({flaw}); a "
                "repaired copy was compared"
            )


def _note_long_way(
    side: str, features: Sequence[Feature], shape: BaseGeometry, terms: Terms
) -> None:
    if shape.is_empty or shape.bounds[2] - shape.bounds[0] < 180:
        return
    for one in features:
        if takes_the_long_way(one.geometry):
            terms.notices.append(
                f"{side}: {_named([one])}: an edge spans 180 degrees of longitude "
                "or more; it is measured the shorter way round the earth"
            )


def _named(features: Sequence[Feature]) -> str:
    labels = (printable(str(one.id)) for one in features if one.id is not None)
    return ", ".join(labels) or "a feature without an id"
