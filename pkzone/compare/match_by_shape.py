"""Match features by shape: a parent with its parts, and one that was edited under a new id.

Nothing here knows which side is which: scores are symmetric, and ties go by what the features
are, so that the answer mirrors and the order of features does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.equality import feature_key, positions
from pkzone.errors import TooWide
from pkzone.geo.convert import dimensions_of, repaired, shape_of
from pkzone.geo.frame import Frame
from pkzone.geo.lines import compare_outlines
from pkzone.geo.measure import with_steps
from pkzone.geojson.model import Feature

if TYPE_CHECKING:
    from pkzone.compare.match import Matched

__all__ = ["match_shapes"]

# A line under a new id is the same one, slightly edited, if no place of either is farther from
# the other than this share of their size: a bend of a tenth, not another road.
SLIGHT_SHARE = 0.10
# An area is the same if the two share this much of the ground of both together. Half is what
# object detection asks for; a border that merely moved keeps far more.
SLIGHT_IOU = 0.80
# A point is the same within the width of a junction or a building; it has no size to go by.
SLIGHT_POINT_M = 25.0
# Parts make up a whole if they cover each other within the tolerance. A canonical coordinate
# is good to 0.1 m, so less than a metre is not asked for; and a tolerance beyond a twentieth
# of the whole would let anything near by pass for a part.
LEAST_REACH_M = 1.0
REACH_SHARE = 0.05
# Parts may overlap by slivers, but copies of a whole are not its parts.
MOST_OVERLAP = 1.05

_METRES_A_DEGREE = 110_000.0  # of latitude, rounded down: a pre-filter must not be too narrow
_STEP_DEG = 0.02  # an edge as long as this is straight in the plane to a few centimetres
_MOST_STEPS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class _Shaped:
    """A feature with its shape in degrees, its one dimension and its rank among others."""

    feature: Feature
    key: tuple[str, bytes, str]
    shape: BaseGeometry
    dimension: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """A feature that both sides have under one id, with another geometry of one dimension."""

    base: _Shaped
    target: _Shaped


@dataclass(frozen=True, slots=True)
class _Family:
    """A parent and its parts; ``base_parent`` tells which side the parent is on."""

    parent: _Shaped
    parts: tuple[_Shaped, ...]
    base_parent: bool

    @property
    def rank(self) -> tuple[object, ...]:
        return self.parent.key, tuple(part.key for part in self.parts)


def match_shapes(matched: Matched, *, tolerance_m: float) -> list[tuple[Feature, Feature]]:
    """Move splits, merges and slight edits out of what is removed and added.

    A part may keep the id of its parent: then the two were paired, and are no longer.

    Returns
    -------
    list of (Feature, Feature)
        The slight edits; splits and merges are filed.
    """
    ours, theirs = _shaped(matched.removed), _shaped(matched.added)
    kept = _kept(matched, ours, theirs)
    taken: set[int] = set()
    for family in _families(ours, theirs, kept, tolerance_m):
        members = {id(one) for one in (family.parent, *family.parts)}
        if members & taken:
            continue
        taken |= members
        parts = tuple(part.feature for part in family.parts)
        if family.base_parent:
            matched.split.append((family.parent.feature, parts))
        else:
            matched.merged.append((parts, family.parent.feature))
    edits = list(
        _edits(
            [one for one in ours if id(one) not in taken],
            [one for one in theirs if id(one) not in taken],
        )
    )
    taken.update(id(one) for pair in edits for one in pair)
    gone = {id(shaped.feature) for shaped in (*ours, *theirs) if id(shaped) in taken}
    matched.removed = [feature for feature in matched.removed if id(feature) not in gone]
    matched.added = [feature for feature in matched.added if id(feature) not in gone]
    apart = {id(pair.base.feature) for pair in kept if id(pair.base) in taken}
    matched.pairs = [pair for pair in matched.pairs if id(pair.base) not in apart]
    matched.renamed = [pair for pair in matched.renamed if id(pair.base) not in apart]
    return [(ours.feature, theirs.feature) for ours, theirs in edits]


def _shaped(features: Sequence[Feature]) -> list[_Shaped]:
    """Return the features with a shape of one dimension, in an order of their own."""
    found = filter(None, map(_shaped_alone, features))
    return sorted(found, key=lambda one: one.key)


def _shaped_alone(feature: Feature) -> _Shaped | None:
    shape, _ = repaired(shape_of(feature.geometry))
    dimensions = dimensions_of(shape)
    if len(dimensions) != 1:
        return None
    return _Shaped(feature, feature_key(feature), shape, min(dimensions))


def _kept(matched: Matched, ours: Sequence[_Shaped], theirs: Sequence[_Shaped]) -> list[_Kept]:
    """Return the moved pairs that something left over lies near to: it may be a part of one."""
    moved = [pair for pair in (*matched.pairs, *matched.renamed) if pair.moved]
    moved = [pair for pair in moved if pair.base.geometry and pair.target.geometry]
    rest = [shaped.shape for shaped in (*ours, *theirs) if shaped.dimension]
    if not moved or not rest:
        return []
    boxes = np.array([_box(pair.base.geometry, pair.target.geometry) for pair in moved])
    near = sorted({i for i, _ in _overlaps(_wide_boxes(boxes), shapely.STRtree(rest))})
    shaped = [(_shaped_alone(moved[i].base), _shaped_alone(moved[i].target)) for i in near]
    found = [_Kept(a, b) for a, b in shaped if a and b and a.dimension == b.dimension != 0]
    return sorted(found, key=lambda one: one.base.key)


def _box(*geometries: Any) -> tuple[float, float, float, float]:
    """Return the box around some geometries, at less cost than shapes; NaN where all are empty."""
    found = [at for one in geometries for at in positions(one)]
    if not found:
        return math.nan, math.nan, math.nan, math.nan
    lons, lats = [at[0] for at in found], [at[1] for at in found]
    return min(lons), min(lats), max(lons), max(lats)


def _families(
    ours: Sequence[_Shaped], theirs: Sequence[_Shaped], kept: Sequence[_Kept], tolerance_m: float
) -> list[_Family]:
    bases, targets = [pair.base for pair in kept], [pair.target for pair in kept]
    own = {
        id(a): b for pair in kept for a, b in ((pair.base, pair.target), (pair.target, pair.base))
    }
    families = [
        *_families_one_way([*ours, *bases], theirs, own, tolerance_m, base_parent=True),
        *_families_one_way([*theirs, *targets], ours, own, tolerance_m, base_parent=False),
    ]
    return sorted(families, key=lambda family: family.rank)


def _families_one_way(
    parents: Sequence[_Shaped],
    parts: Sequence[_Shaped],
    own: Mapping[int, _Shaped],
    tolerance_m: float,
    *,
    base_parent: bool,
) -> Iterator[_Family]:
    """Yield the families with a parent on one side; `own`: the part that keeps a parent's id."""
    near: dict[int, list[_Shaped]] = {}
    for i, j in _near(parents, parts):
        near.setdefault(i, []).append(parts[j])
    for i, candidates in sorted(near.items()):
        parent = parents[i]
        kept = own.get(id(parent))
        candidates = candidates if kept is None else [kept, *candidates]
        if parent.dimension and len(candidates) > 1:
            chosen = _parts_of(parent, candidates, tolerance_m, kept=kept)
            if chosen:
                yield _Family(parent, chosen, base_parent)


def _parts_of(
    parent: _Shaped, candidates: Sequence[_Shaped], tolerance_m: float, *, kept: _Shaped | None
) -> tuple[_Shaped, ...]:
    """Return the candidates that together make up a parent; none unless there are two.

    One that keeps the parent's id has to be among them, and not to be nearly the whole.
    """
    try:
        frame = Frame.around(parent.shape, *(part.shape for part in candidates))
        whole = _placed(parent.shape, frame)
        reach_m = max(LEAST_REACH_M, min(tolerance_m, REACH_SHARE * _size_m(whole)))
        around = whole.buffer(reach_m)
        shapely.prepare(around)
        inside = [
            (part, placed)
            for part in candidates
            if around.covers(placed := _placed(part.shape, frame))
        ]
    except TooWide:
        return ()
    if len(inside) < 2 or (
        kept is not None
        and (inside[0][0] is not kept or inside[0][1].buffer(reach_m).covers(whole))
    ):
        return ()
    together = shapely.union_all([placed for _, placed in inside])
    total = sum(_measure(placed, parent.dimension) for _, placed in inside)
    if total > MOST_OVERLAP * _measure(together, parent.dimension):
        return ()
    return tuple(part for part, _ in inside) if together.buffer(reach_m).covers(whole) else ()


def _edits(ours: Sequence[_Shaped], theirs: Sequence[_Shaped]) -> Iterator[tuple[_Shaped, _Shaped]]:
    """Yield pairs that are slightly edited, the most alike first, nobody twice."""
    scored: list[tuple[float, Any, Any, int, int]] = []
    for i, j in _near(ours, theirs):
        difference = _difference(ours[i], theirs[j])
        if difference is not None:
            low, high = sorted((ours[i].key, theirs[j].key))
            scored.append((difference, low, high, i, j))
    taken: set[tuple[str, int]] = set()
    for *_, i, j in sorted(scored):
        if not {("base", i), ("target", j)} & taken:
            taken |= {("base", i), ("target", j)}
            yield ours[i], theirs[j]


def _difference(first: _Shaped, second: _Shaped) -> float | None:
    """Return the difference of two shapes, from 0 to 1; None if they are no one feature edited."""
    first, second = sorted((first, second), key=lambda shaped: shaped.key)  # rounding mirrors, too
    try:
        frame = Frame.around(first.shape, second.shape)
        a, b = _placed(first.shape, frame), _placed(second.shape, frame)
    except TooWide:
        return None
    if first.dimension == 2:
        union = shapely.union(a, b).area
        share = 1 - shapely.intersection(a, b).area / union if union else 1.0
        limit = 1 - SLIGHT_IOU
    else:
        limit = 1.0
        size = (
            SLIGHT_POINT_M if first.dimension == 0 else SLIGHT_SHARE * min(_size_m(a), _size_m(b))
        )
        # GEOS looks at vertices alone, so that far can be near; what it finds far is far
        share = float(shapely.hausdorff_distance(a, b)) / size if size else math.inf
        if first.dimension == 1 and share <= limit:
            share = (compare_outlines(first.shape, second.shape)[0] or 0.0) / size
    return round(share, 9) if share <= limit else None


def _near(ours: Sequence[_Shaped], theirs: Sequence[_Shaped]) -> list[tuple[int, int]]:
    """Return the pairs of one dimension whose boxes come near each other, as indices.

    Boxes are widened in degrees, all round the earth near a pole, and looked for again a full
    turn to either side.
    """
    if not ours or not theirs:
        return []
    tree = shapely.STRtree([one.shape for one in theirs])
    boxes = _wide_boxes(shapely.bounds([one.shape for one in ours]))
    found = _overlaps(boxes, tree)
    return sorted((i, j) for i, j in found if ours[i].dimension == theirs[j].dimension)


def _overlaps(boxes: Any, tree: shapely.STRtree) -> set[tuple[int, int]]:
    """Return the pairs of boxes and shapes in a tree that overlap, as indices."""
    overlaps: set[tuple[int, int]] = set()
    for turn_deg in (-360.0, 0.0, 360.0):
        moved = shapely.box(
            boxes[:, 0] + turn_deg, boxes[:, 1], boxes[:, 2] + turn_deg, boxes[:, 3]
        )
        overlaps.update(zip(*tree.query(moved).tolist(), strict=True))
    return overlaps


def _wide_boxes(boxes: Any) -> Any:
    """Widen boxes of degrees by a fifth of their size and at least the reach of a point."""
    west, south, east, north = boxes.T
    margin = 2 * SLIGHT_POINT_M / _METRES_A_DEGREE
    margin = margin + 2 * SLIGHT_SHARE * np.hypot(east - west, north - south)
    nearest_pole = np.maximum(-south, north) + margin
    shrink = np.cos(np.radians(np.minimum(nearest_pole, 89.0)))
    wide = np.where(nearest_pole < 89.0, np.minimum(margin / shrink, 360.0), 360.0)
    return np.column_stack([west - wide, south - margin, east + wide, north + margin])


def _placed(shape: BaseGeometry, frame: Frame) -> BaseGeometry:
    """Return a shape in the plane, its long edges bent as degrees are."""
    west, south, east, north = shape.bounds
    step_deg = max(_STEP_DEG, max(east - west, north - south) / _MOST_STEPS)
    return repaired(frame.to_metres(with_steps(shape, step_deg)))[0]


def _size_m(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return math.hypot(east - west, north - south)


def _measure(shape: BaseGeometry, dimension: int) -> float:
    return float(shape.area if dimension == 2 else shape.length)
