"""Compare areas: ground gained, lost and kept, and how far the border moved.

::

    base  +-------------+
          |   lost  +---+-----------+
          |         | k |   gained  |  target       k = kept, the ground of both
          +---------+---+           |
                    +---------------+
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.distances import Pair, PairDistances, check_pairs, means_m, precision_notices
from pkzone.geo.frame import Frame
from pkzone.geo.measure import area_km2, as_drawn, length_m, polygon_parts, ring_parts, running
from pkzone.geo.paths import Paths

__all__ = ["SLIVER_M", "AreaComparison", "Ground", "compare_areas", "compare_ground"]

Array = npt.NDArray[np.float64]

SLIVER_M = 0.2
"""Pieces thinner than this come from coordinates rounded to six decimals, not from a change."""

_SAME_WITHIN_M = 0.01
_GRID_DEG = 1e-9
_M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class AreaComparison:
    """The difference of a target area from a base area.

    ``kept_km2 + lost_km2`` is ``area_base_km2`` and ``kept_km2 + gained_km2`` is
    ``area_target_km2``, by construction.

    Parameters
    ----------
    area_base_km2, area_target_km2 : float
        Geodesic areas, of the repaired copy where a side had to be repaired.
    gained_km2, lost_km2, kept_km2 : float
        Ground of the target alone, of the base alone, and of both.
    iou : float or None
        Kept ground as a share of all ground, 0 to 1; None if there is no ground.
    mean_shift_m : float or None
        Mean distance to the other border along both borders, holes included; within about 1 %
        and 1 cm. None, like all shifts, if a side is empty.
    max_shift_m : float or None
        The largest such distance, within 5 mm.
    max_shift_at : tuple of float or None
        (longitude, latitude) of its place, on the border farthest from the other.
    same_shape : bool
        Both cover the same ground, within 1 cm of the border.
    gained, lost : Polygon or MultiPolygon
        The ground itself in degrees, perhaps empty, without slivers. Longitudes run on beyond
        180 where the areas reach over the antimeridian.
    repaired : tuple of str
        Which of ``base`` and ``target`` was invalid and is compared in a repaired copy.
    notices : tuple of str
        What could not be measured as well as stated here.
    """

    area_base_km2: float
    area_target_km2: float
    gained_km2: float
    lost_km2: float
    kept_km2: float
    iou: float | None
    mean_shift_m: float | None
    max_shift_m: float | None
    max_shift_at: tuple[float, float] | None
    same_shape: bool
    gained: BaseGeometry
    lost: BaseGeometry
    repaired: tuple[str, ...]
    notices: tuple[str, ...]


def compare_areas(pairs: Sequence[Pair], *, tolerance_m: float) -> list[AreaComparison]:
    """Compare pairs of areas, with any number of parts and holes.

    Areas are overlaid in degrees, where edges are straight (RFC 7946), so edges that both
    share leave nothing between them; only rings round a pole are overlaid in a metric plane.
    Pieces are measured on the ellipsoid: where a cut edge is long, ``L`` metres, the cut is
    off by up to ``L**3 * tan(latitude) / 12 / earth radius`` square metres, 0.01 km2 at 10 km.

    Parameters
    ----------
    pairs : sequence of (Polygon, MultiPolygon, their collection, or None)
        Bases and targets. Degrees lon/lat on WGS 84. Heights are ignored; any side may be empty
        or invalid. All pairs are measured in the same steps, which takes less time, and held in
        memory together, with some hundred numbers a vertex.
    tolerance_m : float
        Metres, not negative. Pieces of ground thinner than it *and* than `SLIVER_M` are taken
        for rounding; a larger tolerance changes no area: compare it with ``max_shift_m``.

    Returns
    -------
    list of AreaComparison
        Areas, shifts and the ground gained and lost of each pair.

    Raises
    ------
    TypeError
        If a side has lines or points alone.
    ValueError
        If the tolerance is negative or not a number, or a coordinate is not finite.
    TooWide
        If the areas of a pair span more than half the earth.
    """
    check_pairs(pairs, dimension=2, tolerance_m=tolerance_m)
    frames = [Frame.around(*pair) for pair in pairs]
    overlays = [
        _overlay(base, target, frame, min(tolerance_m, SLIVER_M))
        for (base, target), frame in zip(pairs, frames, strict=True)
    ]
    return list(map(_comparison, overlays, _shifts(overlays, frames)))


def compare_ground(
    base: BaseGeometry | None, target: BaseGeometry | None, *, tolerance_m: float
) -> Ground:
    """Compare the ground of two areas as `compare_areas` does, and nothing of their borders."""
    check_pairs([(base, target)], dimension=2, tolerance_m=tolerance_m)
    return _ground(_overlay(base, target, Frame.around(base, target), min(tolerance_m, SLIVER_M)))


class Ground(NamedTuple):
    """Ground in km2: of two areas, of the target alone, of the base alone, and of both."""

    base_km2: float
    target_km2: float
    gained_km2: float
    lost_km2: float
    kept_km2: float


def _ground(overlay: _Overlay) -> Ground:
    """Return the kept ground, the smaller of what either side says is left, and the rest.

    The two differ by slivers and by the bend of long edges, which then count as ground.
    """
    base_km2, target_km2 = area_km2(overlay.base), area_km2(overlay.target)
    kept_km2 = min(base_km2 - overlay.lost_km2, target_km2 - overlay.gained_km2)
    if kept_km2 <= 1e-12 * max(base_km2, target_km2):
        kept_km2 = 0.0
    return Ground(base_km2, target_km2, target_km2 - kept_km2, base_km2 - kept_km2, kept_km2)


def _comparison(overlay: _Overlay, shift: _Shift) -> AreaComparison:
    ground = _ground(overlay)
    all_km2 = ground.base_km2 + ground.target_km2 - ground.kept_km2
    return AreaComparison(
        area_base_km2=ground.base_km2,
        area_target_km2=ground.target_km2,
        gained_km2=ground.gained_km2,
        lost_km2=ground.lost_km2,
        kept_km2=ground.kept_km2,
        iou=ground.kept_km2 / all_km2 if all_km2 > 0 else None,
        mean_shift_m=shift.mean_m,
        max_shift_m=shift.maximum_m,
        max_shift_at=shift.maximum_at,
        same_shape=_same_shape(overlay, shift.maximum_m),
        gained=overlay.gained,
        lost=overlay.lost,
        repaired=overlay.repaired,
        notices=shift.notices,
    )


@dataclass(frozen=True, slots=True)
class _Overlay:
    """Overlay in degrees: both sides, valid and close together, and what they do not share."""

    base: BaseGeometry
    target: BaseGeometry
    lost: BaseGeometry
    gained: BaseGeometry
    lost_km2: float
    gained_km2: float
    repaired: tuple[str, ...]


def _overlay(
    base: BaseGeometry | None, target: BaseGeometry | None, frame: Frame, sliver_m: float
) -> _Overlay:
    sides = [list(polygon_parts(base)), list(polygon_parts(target))]
    simple = _is_simple([*sides[0], *sides[1]], frame.lon_deg)
    polar = not simple and any(_rounds_pole(part) for side in sides for part in side)
    ready, repaired = [], []
    for name, parts in zip(("base", "target"), sides, strict=True):
        placed = parts
        if polar:
            placed = [frame.to_metres(part) for part in parts]
        elif not simple:
            placed = [_near_centre(part, frame.lon_deg) for part in parts]
        moved = any(after is not before for after, before in zip(placed, parts, strict=True))
        side, was_valid = _valid(placed, split=moved)
        ready.append(side)
        repaired += [] if was_valid else [name]
    pieces = [*ready, _minus(*ready), _minus(*reversed(ready))]
    if polar:
        pieces = [frame.to_degrees(piece) for piece in pieces]
    mine, theirs, lost, gained = pieces
    (lost, lost_km2), (gained, gained_km2) = (
        _without_slivers(piece, sliver_m) for piece in (lost, gained)
    )
    return _Overlay(mine, theirs, lost, gained, lost_km2, gained_km2, tuple(repaired))


def _valid(polygons: list[shapely.Polygon], *, split: bool) -> tuple[BaseGeometry, bool]:
    """Return valid polygons as one geometry, and whether they were valid already.

    Parts that were ``split`` at the antimeridian may share an edge there: that is no fault.
    """
    side = _collected(polygons)
    if shapely.is_valid(side):
        return side, True
    if split and all(shapely.is_valid(polygon) for polygon in polygons):
        return _collected(polygon_parts(shapely.union_all(polygons))), True
    return _collected(polygon_parts(shapely.make_valid(side, method="structure"))), False


def _collected(polygons: Iterable[BaseGeometry]) -> BaseGeometry:
    found = list(polygons)
    return found[0] if len(found) == 1 else shapely.MultiPolygon(found)


def _is_simple(polygons: list[shapely.Polygon], lon_deg: float) -> bool:
    """Return whether all lie within 90 degrees of longitude of the centre and touch no pole."""
    bounds = shapely.bounds(polygons).reshape(-1, 4)
    near = np.abs(bounds[:, [0, 2]] - lon_deg) < 90.0
    return bool(near.all() and (np.abs(bounds[:, [1, 3]]) < 90.0).all())


def _rounds_pole(polygon: shapely.Polygon) -> bool:
    """Return whether a ring goes round a pole without touching it, so has no inside in degrees."""
    for ring in ring_parts(polygon):
        ends = running(ring)[[0, -1], 0]
        if ends[0] != ends[1] and np.abs(ring[:, 1]).max() < 90.0:
            return True
    return False


def _near_centre(polygon: shapely.Polygon, lon_deg: float) -> shapely.Polygon:
    """Move a polygon by whole turns to the centre's side of the earth, jumps in rings undone.

    The polygon itself is returned if nothing has to move.
    """
    rings = list(ring_parts(polygon))
    drawn = list(map(running, rings))
    if any(np.ptp(ring[:, 0]) == 0 or ring[0, 0] != ring[-1, 0] for ring in drawn):
        drawn = rings  # a box right round the earth, or drawn along the antimeridian to a pole
    placed = []
    for ring in drawn:
        middle = (ring[:, 0].min() + ring[:, 0].max()) / 2
        turns = np.round((middle - lon_deg) / 360.0)
        placed.append(ring - [360.0 * turns, 0.0] if turns else ring)
    if all(after is before for after, before in zip(placed, rings, strict=True)):
        return polygon
    return shapely.Polygon(placed[0], placed[1:])


def _minus(first: BaseGeometry, second: BaseGeometry) -> BaseGeometry:
    try:
        return shapely.difference(first, second)
    except shapely.errors.GEOSException:  # floating overlay failed: snap to 0.1 mm
        return shapely.difference(first, second, grid_size=_GRID_DEG)


def _without_slivers(geometry: BaseGeometry, sliver_m: float) -> tuple[BaseGeometry, float]:
    """Drop the parts that are thinner on average than a width; return the rest and its km2."""
    kept, total_km2 = [], 0.0
    for part in polygon_parts(geometry):
        part_km2, border_m = area_km2(part), length_m(part.boundary)
        if 2 * _M2_PER_KM2 * part_km2 > sliver_m * border_m:
            kept.append(part)
            total_km2 += part_km2
    return _collected(kept), total_km2


def _same_shape(overlay: _Overlay, shift_m: float | None) -> bool:
    """Tell whether both cover the same ground: equal borders do not suffice.

    A hole may have become ground.
    """
    base, target = overlay.base, overlay.target
    if shift_m is None:
        return bool(base.is_empty and target.is_empty)
    if shift_m > _SAME_WITHIN_M:
        return False
    changed_m2 = (overlay.lost_km2 + overlay.gained_km2) * _M2_PER_KM2
    return changed_m2 <= _SAME_WITHIN_M * (length_m(base.boundary) + length_m(target.boundary))


@dataclass(frozen=True, slots=True)
class _Shift:
    """Distance of two borders; all None if either is empty."""

    maximum_m: float | None
    maximum_at: tuple[float, float] | None
    mean_m: float | None
    notices: tuple[str, ...] = ()


def _shifts(overlays: Sequence[_Overlay], frames: Sequence[Frame]) -> list[_Shift]:
    borders = [_border(side) for one in overlays for side in (one.base, one.target)]
    paths = Paths.lay(borders, [frame for frame in frames for _ in range(2)])
    both = PairDistances.between(paths.sets)
    sag_m = paths.sag_m.reshape(-1, 2).max(axis=1).tolist()
    return [
        _Shift(
            far.distance_m,
            paths.place(far.segment, far.share),
            mean_m,
            tuple(precision_notices(frame, pair_sag_m)),
        )
        if far
        else _Shift(None, None, None)
        for far, mean_m, frame, pair_sag_m in zip(
            both.farthest(), means_m(both), frames, sag_m, strict=True
        )
    ]


def _border(area: BaseGeometry) -> list[Array]:
    return [as_drawn(ring) for ring in ring_parts(area)]
