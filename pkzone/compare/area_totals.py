"""Sum the ground that a layer of areas covers on both sides, without dissolving it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.memo import once
from pkzone.compare.result import AreaTotals
from pkzone.errors import TooWide
from pkzone.geo.areas import Ground, compare_ground
from pkzone.geo.convert import repaired, shape_of
from pkzone.geo.measure import area_km2
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable

if TYPE_CHECKING:
    from pkzone.compare.classify import Terms
    from pkzone.compare.inputs import DiffInputs
    from pkzone.compare.result import Change

__all__ = ["MOST_AREAS", "area_totals", "ground_km2"]

MOST_AREAS = 20_000
"""Layers with more features than this get no totals: every one of them has to be measured."""

_NOISE = 1e-12
"""Share of the whole below which ground is what is left over when sums are subtracted."""

_AREA_TYPES = {"Polygon", "MultiPolygon"}
_BASE, _TARGET, _SAME = range(3)  # where a shape is: on a side alone, or alike on both


def area_totals(sides: DiffInputs, changes: Sequence[Change], terms: Terms) -> AreaTotals | None:
    """Sum the ground of the layer on both sides; None where that says nothing.

    Given only if every feature with a geometry is an area and the geometry of one differs.
    Ground that several features cover counts once. Gained and lost ground is found among the
    changed features and the unchanged ones that touch them, so that land which passes from one
    feature to another is neither; of all others only the area is taken.
    """
    before = [feature for change in changes for feature in change.base]
    after = [feature for change in changes for feature in change.target]
    if not _move_ground(changes) or not _are_areas(before + after):
        return None
    unchanged = []
    for feature in _others(sides, before):
        if not _are_areas([feature]):
            return None
        unchanged.append(feature)
        if len(unchanged) + len(after) > MOST_AREAS:
            terms.notices.append(
                Translatable(
                    "areas: no totals for more than {number} features", number=str(MOST_AREAS)
                )
            )
            return None
    try:
        return _totals(_shapes(before), _shapes(after), _shapes(unchanged), terms.tolerance_m)
    except TooWide:
        terms.notices.append(
            Translatable("areas: no totals, for the areas that touch span more than half the earth")
        )
        return None


def ground_km2(shapes: Sequence[BaseGeometry]) -> float:
    """Return the ground that areas cover, in km2; what several of them cover counts once."""
    sound = [repaired(shape)[0] for shape in shapes]
    areas = np.array([shape for shape in sound if not shape.is_empty], dtype=object)
    clusters = _clusters(areas, np.full(len(areas), _SAME))
    return math.fsum(_ground_km2(areas[cluster]) for cluster in clusters)


def _move_ground(changes: Sequence[Change]) -> bool:
    return any(
        change.kind in ("added", "removed") or "geometry" in change.aspects for change in changes
    )


def _are_areas(features: Sequence[Feature]) -> bool:
    return all(one.geometry is None or one.geometry["type"] in _AREA_TYPES for one in features)


def _others(sides: DiffInputs, changed: Sequence[Feature]) -> Iterator[Feature]:
    """Yield the features of the base that are the same in the target."""
    labels = {str(feature.id) for feature in changed if feature.id is not None}
    themselves = {id(feature) for feature in changed}
    for feature in sides.base.features():
        if id(feature) not in themselves and (feature.id is None or str(feature.id) not in labels):
            yield feature


def _shapes(features: Sequence[Feature]) -> list[BaseGeometry]:
    shapes = (shape_of(one.geometry) for one in features)
    return [repaired(shape)[0] for shape in shapes if not shape.is_empty]


def _totals(
    before: list[BaseGeometry],
    after: list[BaseGeometry],
    same: list[BaseGeometry],
    tolerance_m: float,
) -> AreaTotals | None:
    """Compare cluster by cluster of what touches; where nothing changed, take the area."""
    shapes = np.array([*before, *after, *same], dtype=object)
    where = np.repeat([_BASE, _TARGET, _SAME], [len(before), len(after), len(same)])
    kept_km2, gained_km2, lost_km2 = [], [], []
    for cluster in _clusters(shapes, where):
        kinds = where[cluster]
        if (kinds == _SAME).all():
            kept_km2.append(_ground_km2(shapes[cluster]))
            continue
        base, target = (
            shapely.union_all(shapes[cluster[kinds != other]]) for other in (_TARGET, _BASE)
        )
        ground = _compared(base, target, tolerance_m)
        kept_km2.append(ground.kept_km2)
        gained_km2.append(ground.gained_km2)
        lost_km2.append(ground.lost_km2)
    # exact sums, so that the order of features does not show in the last digit
    kept, gained, lost = map(math.fsum, (kept_km2, gained_km2, lost_km2))
    everything = kept + gained + lost
    if everything == 0:
        return None
    gained, lost = (km2 if km2 > _NOISE * everything else 0.0 for km2 in (gained, lost))
    return AreaTotals(kept + lost, kept + gained, gained, lost, kept, kept / everything)


@once
def _compared(base: BaseGeometry, target: BaseGeometry, tolerance_m: float) -> Ground:
    return compare_ground(base, target, tolerance_m=tolerance_m)


def _ground_km2(shapes: np.ndarray) -> float:
    return area_km2(shapes[0] if len(shapes) == 1 else shapely.union_all(shapes))


def _clusters(shapes: np.ndarray, where: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the indices of shapes that belong together.

    Two unchanged ones belong together if they overlap; a changed one and any other, if they
    touch. So what merely touches a neighbour of a change is left alone.
    """
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    forward = first < second
    first, second = first[forward], second[forward]
    both_same = (where[first] == _SAME) & (where[second] == _SAME)
    overlap = shapely.relate_pattern(shapes[first], shapes[second], "T********")
    joined = ~both_same | overlap
    first, second = first[joined], second[joined]
    root = np.arange(len(shapes))
    while len(apart := np.flatnonzero(root[first] != root[second])):
        ours, theirs = root[first[apart]], root[second[apart]]
        np.minimum.at(root, np.maximum(ours, theirs), np.minimum(ours, theirs))
        root = root[root]
    order = np.argsort(root, kind="stable")
    starts = np.flatnonzero(np.diff(root[order])) + 1
    yield from np.split(order, starts) if len(order) else []
