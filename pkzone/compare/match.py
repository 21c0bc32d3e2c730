"""Match features of base and target: by id, by equal geometry, by shape."""

from __future__ import annotations

import shlex
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pkzone.compare.equality import (
    geometry_key,
    is_located,
    outline,
    properties_key,
    same_geometry,
    same_json,
)
from pkzone.compare.match_by_shape import match_shapes
from pkzone.errors import MissingId, did_you_mean, printable
from pkzone.geojson import line_diff
from pkzone.geojson.line_diff import NotByLinesError
from pkzone.geojson.model import Feature, gc_paused
from pkzone.layers.identity import AUTO, ID, has_other_id, identifying_property, repeats_id

if TYPE_CHECKING:
    from pkzone.compare.inputs import DiffInput

__all__ = ["Matched", "Pair", "has_new_ids", "match", "match_features"]

FeatureId = str | int | None
Groups = dict[object, list[Feature]]


class Pair(NamedTuple):
    """One feature as it is on both sides; ``moved`` if its geometry is not the same."""

    base: Feature
    target: Feature
    moved: bool


@dataclass(slots=True)
class Matched:
    """Outcome of matching: pairs, splits, merges, what is left over, how many are unchanged.

    Attributes
    ----------
    pairs : list of Pair
        The same feature on both sides, with a difference.
    renamed : list of Pair
        The same feature under another id, with another difference.
    split, merged : list
        A base feature with its parts in the target; the parents in the base with the feature
        of the target that they became.
    removed, added : list of Feature
        What only the base, or only the target, has.
    unchanged : int
        How many features are the same, but for the id.
    ids_changed : list of (Feature, Feature)
        The unchanged ones that have another id, or none, on one of the sides.
    repeated_ids : int
        How many pairs have a property ``id`` on one side that only repeats the id.
    notices : list of str
        How features were told apart, where there is something to say of it.
    """

    pairs: list[Pair] = field(default_factory=list)
    renamed: list[Pair] = field(default_factory=list)
    split: list[tuple[Feature, tuple[Feature, ...]]] = field(default_factory=list)
    merged: list[tuple[tuple[Feature, ...], Feature]] = field(default_factory=list)
    removed: list[Feature] = field(default_factory=list)
    added: list[Feature] = field(default_factory=list)
    unchanged: int = 0
    ids_changed: list[tuple[Feature, Feature]] = field(default_factory=list)
    repeated_ids: int = 0
    notices: list[str] = field(default_factory=list)


def match(base: DiffInput, target: DiffInput, *, tolerance_m: float) -> Matched:
    """Match the features of two sides.

    Two files with a line for each feature are compared by lines; whatever else is read whole.
    The answer is the same, but for one thing: lines that both files share are not judged.

    Raises
    ------
    GeoJSONError, HashMismatch, CatalogueError
        A file is refused.
    """
    with gc_paused():
        matched = _by_lines(base, target) or _by_id_said(base, target)
        _refuse_unknown_property(base, target)
        elsewhere = _ids_elsewhere(matched)
        _by_place(matched, tolerance_m=tolerance_m)
        if matched.repeated_ids:
            matched.notices.append(
                f"one side repeats the ids in its property {ID}, which is no change: "
                f"{matched.repeated_ids:,} of the features"
            )
        name = _other_property(base, target, matched, elsewhere)
        if name is not None and AUTO in (base.id_property, target.id_property):
            for side in (base, target):
                side.take_ids_from(name)
            matched = match(base, target, tolerance_m=tolerance_m)
            shown = printable(name)
            matched.notices.insert(0, f"features are told apart by the property {shown}")
        return matched


def _refuse_unknown_property(base: DiffInput, target: DiffInput) -> None:
    """Refuse a property that tells features apart and that none has on either side."""
    sides = (base, target)
    lacking = [side for side in sides if side.lacks_property]
    if not lacking or any(not side.lacks_property and side.properties() for side in sides):
        return
    names = sorted({name for side in sides for one in side.properties() for name in one.properties})
    asked = str(base.id_property)
    listed = printable(", ".join(names) or "none")
    raise MissingId(
        " and ".join(dict.fromkeys(side.name for side in lacking)),
        f"no feature has the property {printable(asked)} to be told apart by; "
        f"{did_you_mean(asked, names)}it has: {listed}",
    )


def match_features(
    base: Sequence[Feature], target: Sequence[Feature], *, tolerance_m: float
) -> Matched:
    """Match features at hand by the ids that they have, the rest by place and shape."""
    with gc_paused():
        matched = _by_id(base, target)
        _by_place(matched, tolerance_m=tolerance_m)
        return matched


def _by_place(matched: Matched, *, tolerance_m: float) -> None:
    _same_geometry(matched)
    if matched.removed or matched.added:
        _sort_out(match_shapes(matched, tolerance_m=tolerance_m), matched)


def _by_lines(base: DiffInput, target: DiffInput) -> Matched | None:
    """Match the features of two files by their lines; None where these do not tell enough."""
    found = _differences(base, target)
    if found is None:
        return None
    same = len(found.same)
    try:
        ours = base.identify([*found.same, *map(base.look, found.base)])
        theirs = target.identify([*found.same, *map(target.look, found.target)])
        if ours[:same] != theirs[:same]:  # the ids of one side are properties of the other
            return None
        matched = _by_id(base.keep(found.base), target.keep(found.target))
    except NotByLinesError:
        return None
    matched.unchanged += same
    _tell_of_ids(matched, (base, ours), (target, theirs))
    return matched


def _differences(base: DiffInput, target: DiffInput) -> line_diff.Differences | None:
    """Compare two files by lines as they are or, where these have little in common, rewritten."""
    if not (base.is_streamed and target.is_streamed):
        return None
    for rewrites in (False, True):
        try:
            if rewrites:
                base.rewrite()
                target.rewrite()
            found = line_diff.differences(base.lines(), target.lines(), base.look)
        except NotByLinesError:
            continue
        if rewrites or len(found.base) + len(found.target) <= 2 * len(found.same):
            return found
    return None


def _by_id_said(base: DiffInput, target: DiffInput) -> Matched:
    """Match by id, with a notice where one side has none."""
    before, after = base.collection.features, target.collection.features
    matched = _by_id(before, after)
    sides = ((side, [one.id for one in side.collection.features]) for side in (base, target))
    _tell_of_ids(matched, *sides)
    return matched


def _tell_of_ids(matched: Matched, *sides: tuple[DiffInput, Sequence[FeatureId]]) -> None:
    """Note that one side has no ids, or that a file has none of those of a version of a layer."""
    named = [any(one is not None for one in ids) for _, ids in sides]
    for (side, ids), own in zip(sides, named, strict=True):
        if ids and any(named) and not own:
            shown = printable(side.name, limit=None)
            matched.notices.append(f"{shown}: has no ids; its features are paired by place")
    versions = [side for side, _ in sides if side.info.layer is not None]
    if len(versions) == 1 and all(named) and not (matched.unchanged or matched.pairs):
        other = next(side for side, _ in sides if side.info.layer is None)
        matched.notices.append(
            f"{printable(other.name, limit=None)}: none of its ids is one of "
            f"{versions[0].info.ref}; is it of the layer {versions[0].info.layer}?"
        )


def _by_id(base: Sequence[Feature], target: Sequence[Feature]) -> Matched:
    """Match by id; 1 and "1" are the same id, as in the files."""
    theirs = {str(feature.id): feature for feature in target if feature.id is not None}
    ours = {str(feature.id) for feature in base if feature.id is not None}
    matched = Matched(
        removed=[
            feature for feature in base if feature.id is None or str(feature.id) not in theirs
        ],
        added=[feature for feature in target if feature.id is None or str(feature.id) not in ours],
    )
    both = (feature for feature in base if feature.id is not None and str(feature.id) in theirs)
    _sort_out(((feature, theirs[str(feature.id)]) for feature in both), matched)
    return matched


def has_new_ids(base: Sequence[Feature], target: Sequence[Feature]) -> bool:
    """Tell whether most features with an id of the base lie exactly where another id lay."""
    return _ids_elsewhere(_by_id(base, target))[0] > 0


def _ids_elsewhere(matched: Matched) -> tuple[int, int]:
    """Count the features that lie exactly where another id lay, if most do.

    Also returns how many were matched by id.
    """
    known = matched.unchanged + len(matched.pairs)
    moved = [pair for pair in matched.pairs if pair.moved and is_located(pair.target)]
    if len(moved) < 2 or 2 * len(moved) <= known:
        return 0, known
    before = [*(pair.base for pair in moved), *matched.removed]
    outlines = set(map(outline, before))
    likely = [pair.target for pair in moved if outline(pair.target) in outlines]
    if 2 * len(likely) <= len(moved):  # few are left for what costs more to find
        return 0, known
    places = set(map(geometry_key, before))
    count = sum(geometry_key(feature) in places for feature in likely)
    return (count, known) if 2 * count > len(moved) else (0, known)


def _other_property(
    base: DiffInput, target: DiffInput, matched: Matched, elsewhere: tuple[int, int]
) -> str | None:
    """Return the property that would identify features where ids do not, with a notice."""
    if not {base.id_property, target.id_property} <= {None, AUTO}:
        return None
    differing = [*matched.removed, *matched.added]
    differing += [one for pair in (*matched.pairs, *matched.renamed) for one in pair[:2]]
    count, known = elsewhere
    if not count and all(one.id is not None for one in differing):
        return None
    name = identifying_property(base.properties(), target.properties())
    remarks = []
    if count:
        remarks.append(
            f"ids may have been given anew: {count:,} of {known:,} features with the same id lie "
            "exactly where another id lay"
        )
        if name is None:
            remarks.append("no property tells the features apart on both sides")
    if name is not None:
        shown = shlex.quote(printable(name))
        remarks.append(f"--id {shown}, or --id {AUTO}, tells features apart by that property")
    if remarks:
        matched.notices.append("; ".join(remarks))
    return name


def _sort_out(pairs: Iterable[tuple[Feature, Feature]], matched: Matched) -> None:
    """Sort pairs into unchanged, renamed and changed ones."""
    for ours, theirs in pairs:
        pair = Pair(ours, theirs, moved=not same_geometry(ours.geometry, theirs.geometry))
        if pair.moved or not _same_properties(ours, theirs, matched):
            (matched.renamed if has_other_id(ours, theirs) else matched.pairs).append(pair)
            continue
        matched.unchanged += 1
        if ours.id != theirs.id:
            matched.ids_changed.append((ours, theirs))


def _same_properties(ours: Feature, theirs: Feature, matched: Matched) -> bool:
    if same_json(ours.properties, theirs.properties):
        return True
    if not repeats_id(ours, theirs):
        return False
    matched.repeated_ids += 1
    one, other = ({**each.properties, ID: None} for each in (ours, theirs))
    return same_json(one, other)


def _same_geometry(matched: Matched) -> None:
    """Match what is left over by equal geometry; those with equal properties first.

    Features without any place are matched only if they have no id either, and the same
    properties: nothing else says that they are the same.
    """
    if not (matched.removed and matched.added):
        return
    ours, theirs = _by(outline, matched.removed), _by(outline, matched.added)
    found: list[tuple[Feature, Feature]] = []
    for key in ours.keys() & theirs.keys():  # few are left for what costs more to find
        mine, others = ours[key], theirs[key]
        if len(mine) == len(others) == 1 and _is_same_place(mine[0], others[0]):
            found.append((mine[0], others[0]))
        elif len(mine) + len(others) > 2:
            places, other_places = _by(_place, mine), _by(_place, others)
            for place in places.keys() & other_places.keys():
                found += _equal_first(places[place], other_places[place])
    _sort_out(found, matched)
    taken = {id(one) for pair in found for one in pair}
    matched.removed = [one for one in matched.removed if id(one) not in taken]
    matched.added = [one for one in matched.added if id(one) not in taken]


def _by(key: Callable[[Feature], object], features: Iterable[Feature]) -> Groups:
    groups: Groups = defaultdict(list)
    for one in features:
        groups[key(one)].append(one)
    return groups


def _place(feature: Feature) -> object:
    if is_located(feature):
        return geometry_key(feature)
    if feature.id is None:
        return geometry_key(feature), properties_key(feature)
    return id(feature)


def _is_same_place(ours: Feature, theirs: Feature) -> bool:
    """Tell whether two features have one place, without looking for a key of it."""
    if is_located(ours):
        return same_geometry(ours.geometry, theirs.geometry)
    return _place(ours) == _place(theirs)


def _equal_first(
    ours: Sequence[Feature], theirs: Sequence[Feature]
) -> list[tuple[Feature, Feature]]:
    """Pair the features of one geometry, whatever their order and whichever side is which."""
    waiting: dict[str, deque[Feature]] = defaultdict(deque)
    for properties, _, feature in _ranked(theirs):
        waiting[properties].append(feature)
    pairs, left = [], []
    for properties, _, feature in _ranked(ours):
        if waiting[properties]:
            pairs.append((feature, waiting[properties].popleft()))
        else:
            left.append(feature)
    others = [feature for properties in sorted(waiting) for feature in waiting[properties]]
    return pairs + list(zip(left, others, strict=False))


def _ranked(features: Sequence[Feature]) -> list[tuple[str, str, Feature]]:
    return sorted(
        ((properties_key(one), str(one.id), one) for one in features), key=lambda row: row[:2]
    )
