"""Merge features three ways: take what one side changed; what both changed must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from pkzone.errors import BadId, DuplicateId, MissingId, printable
from pkzone.geo.canonical import canonical_geometry
from pkzone.geojson.model import Feature
from pkzone.git.merge_json import CLASH, chosen, merge_members, same_value

__all__ = ["STAND_IN", "Conflict", "Merged", "aligned", "is_stand_in", "merge_features"]

STAND_IN = "\U0010fffd"
"""Prefix of the ids that `aligned` gives to features without one: for private use, last."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One feature that both sides changed in ways that exclude each other.

    Attributes
    ----------
    id : str, int or None
        Its id; None for one without.
    base, ours, theirs : Feature or None
        The feature in each version; None where it is not there. At most one of ours and
        theirs is None.
    geometry : bool
        Whether both sides changed the geometry, each in its own way.
    properties : tuple of str
        The properties that both sides changed, each in its own way.
    """

    id: str | int | None
    base: Feature | None
    ours: Feature | None
    theirs: Feature | None
    geometry: bool = False
    properties: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why the sides exclude each other, for people."""
        if self.base is None:
            return "both sides added it, each in its own way"
        if self.ours is None or self.theirs is None:
            removed, changed = ("ours", "theirs") if self.ours is None else ("theirs", "ours")
            return f"{removed} removed it, {changed} changed it"
        clashes = ["the geometry"] if self.geometry else []
        clashes += [f'the property "{printable(name)}"' for name in self.properties]
        return f"both sides changed {' and '.join(clashes)}"


@dataclass(frozen=True, slots=True)
class Merged:
    """Result of a merge: merged features and conflicts, each sorted by id."""

    features: tuple[Feature, ...]
    conflicts: tuple[Conflict, ...]


def aligned(base: Sequence[Feature], *sides: Sequence[Feature]) -> Iterator[list[Feature]]:
    """Yield the features of the base and of each side, all with an id: matched ones with the same.

    A feature without one has that of the feature of the base that it was, by place and shape, or
    else a stand-in. What several sides added alike has the same stand-in.

    Raises
    ------
    BadId
        An id begins as the stand-ins do.
    """
    fresh = (f"{STAND_IN}{number:09}" for number in count())
    before = [_labelled(one, None if one.id is not None else next(fresh)) for one in base]
    added: dict[object, str] = {}
    yield before
    for side in sides:
        labels = _labels(before, side)
        seen: Counter[object] = Counter()
        for feature in side:
            if feature.id is None and id(feature) not in labels:
                key = _content(feature)
                seen[key] += 1
                label = added.get((key, seen[key])) or next(fresh)
                labels[id(feature)] = added[key, seen[key]] = label
        yield [_labelled(feature, labels.get(id(feature))) for feature in side]


def _labels(before: Sequence[Feature], side: Sequence[Feature]) -> dict[int, str | int | None]:
    """Return the ids of the base for the features of a side that lack one, by their identity."""
    nameless = [one for one in side if one.id is None]
    if not nameless:
        return {}
    from pkzone.compare import TOLERANCE_M
    from pkzone.compare.match import match_features

    taken = {str(one.id) for one in side if one.id is not None}
    free = [one for one in before if str(one.id) not in taken]
    same: dict[object, list[Feature]] = {}
    for one in free:
        if is_stand_in(one.id or ""):
            same.setdefault(_content(one), []).append(one)
    labels: dict[int, str | int | None] = {}
    for one in nameless:  # equal ones first: nothing else knows one without a place
        if same and (equals := same.get(_content(one))):
            labels[id(one)] = equals.pop(0).id
    given = {str(label) for label in labels.values()}
    matched = match_features(
        [one for one in free if str(one.id) not in given],
        [one for one in nameless if id(one) not in labels],
        tolerance_m=TOLERANCE_M,
    )
    pairs = [*((one.base, one.target) for one in matched.pairs), *matched.ids_changed]
    return labels | {id(theirs): ours.id for ours, theirs in pairs}


def _content(feature: Feature) -> object:
    from pkzone.compare.equality import geometry_key, properties_key

    return geometry_key(feature), properties_key(feature)


def _labelled(feature: Feature, label: str | int | None) -> Feature:
    if feature.id is not None and is_stand_in(feature.id):
        raise BadId("<merge>", f"it begins with {printable(STAND_IN)}", str(feature.id))
    return feature if feature.id is not None else replace(feature, id=label)


def is_stand_in(feature_id: str | int) -> bool:
    """Tell whether an id stands for none."""
    return str(feature_id).startswith(STAND_IN)


def merge_features(
    base: Iterable[Feature], ours: Iterable[Feature], theirs: Iterable[Feature]
) -> Merged:
    """Return the features of two versions that grew from a common one.

    Features are matched by id; ``1`` and ``"1"`` are the same. A feature that one side added,
    removed or changed is taken as that side has it. Where both sides changed it, each property
    and the geometry as a whole count on their own: what one side changed is taken, what both
    changed alike is taken, and all else is a conflict. Two edits of one geometry are never
    blended. Two values are alike if the canonical form writes them alike: a ring that only
    starts elsewhere has not changed.

    Parameters
    ----------
    base, ours, theirs : iterable of Feature
        The common ancestor and the two sides, in any order; they are not changed.

    Returns
    -------
    Merged
        Every feature of either side is among its features or conflicts, unless one side
        removed it and the other left it as it was.

    Raises
    ------
    MissingId, DuplicateId
        If a feature has no id, or two of one side have the same.
    """
    o, a, b = _by_id(base, "base"), _by_id(ours, "ours"), _by_id(theirs, "theirs")
    settled: list[Feature] = []
    conflicts: list[Conflict] = []
    for key in sorted(o.keys() | a.keys() | b.keys()):
        result = _merged(o.get(key), a.get(key), b.get(key))
        if isinstance(result, Conflict):
            conflicts.append(result)
        elif result is not None:
            settled.append(result)
    return Merged(tuple(settled), tuple(conflicts))


def _by_id(features: Iterable[Feature], side: str) -> dict[str, Feature]:
    by_id: dict[str, Feature] = {}
    for i, feature in enumerate(features):
        if feature.id is None:
            raise MissingId(side, "it has no id, and a merge goes by ids", f"features[{i}]")
        if str(feature.id) in by_id:
            raise DuplicateId(side, "two features have this id", str(feature.id))
        by_id[str(feature.id)] = feature
    return by_id


def _merged(
    base: Feature | None, ours: Feature | None, theirs: Feature | None
) -> Feature | Conflict | None:
    feature: Feature | None = chosen(base, ours, theirs, _alike)
    if feature is not CLASH:
        return feature
    if base is not None and ours is not None and theirs is not None:
        return _merged_inside(base, ours, theirs)
    known = next(feature for feature in (ours, theirs) if feature is not None)
    return Conflict(_id_of(known), base, ours, theirs)


def _merged_inside(base: Feature, ours: Feature, theirs: Feature) -> Feature | Conflict:
    """Merge a feature that is on all three sides and differs on each."""
    feature_id = chosen(base.id, ours.id, theirs.id)  # 1 may have become "1"
    geometry = chosen(base.geometry, ours.geometry, theirs.geometry, _same_geometry)
    properties = merge_members(base.properties, ours.properties, theirs.properties)
    clashes = tuple(sorted(name for name, value in properties.items() if value is CLASH))
    if geometry is CLASH or clashes:
        return Conflict(_id_of(ours), base, ours, theirs, geometry is CLASH, clashes)
    return Feature(feature_id, properties, geometry)


def _alike(first: Feature | None, second: Feature | None) -> bool:
    if first is None or second is None:
        return first is second
    return (
        same_value(first.id, second.id)
        and same_value(first.properties, second.properties)
        and _same_geometry(first.geometry, second.geometry)
    )


def _same_geometry(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    if one is None or other is None or one == other:
        return one == other
    return canonical_geometry(one) == canonical_geometry(other)


def _id_of(feature: Feature) -> str | int:
    assert feature.id is not None  # noqa: S101 - features without one were refused
    return feature.id
