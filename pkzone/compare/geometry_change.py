"""What happened to one geometry: its class, the numbers that prove it, the parts concerned."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.result import Evidence, Section
from pkzone.errors import TooWide
from pkzone.geo.areas import AreaComparison, compare_many_areas
from pkzone.geo.convert import dimensions_of, repaired
from pkzone.geo.lines import (
    RESOLUTION_M,
    LineComparison,
    compare_many_lines,
    compare_outlines,
)
from pkzone.geo.measure import area_km2, length_m
from pkzone.geo.points import PointComparison, compare_points
from pkzone.geo.sections import Section as Stretch

__all__ = ["FAR", "Measured", "measure", "size"]

_SECTION = tuple(one.name for one in fields(Stretch))
_Pair = tuple[BaseGeometry, BaseGeometry]
_Compare = Callable[[Sequence[_Pair], float], list["Measured"]]
_MOST_PIECES = 20_000
_PIECES_PER_DEGREE = 300  # roughly: long segments are compared in short pieces

FAR = ("moved", "rerouted", "reshaped")
"""The classes of changes beyond the tolerance, by dimension."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The comparison of two geometries.

    Attributes
    ----------
    geometry_class : str
        See `pkzone.compare.result.Change`.
    largest_m : float or None
        The largest distance measured between the two; infinite where one side is nowhere, none
        where nothing can be measured.
    evidence, sections, gained, lost
        See `pkzone.compare.result.Change`.
    repaired : tuple of str
        Which of ``base`` and ``target`` was invalid and was compared in a repaired copy.
    notices : tuple of str
        What could not be measured, or not as well as elsewhere.
    """

    geometry_class: str
    largest_m: float | None
    evidence: Evidence
    sections: tuple[Section, ...] = ()
    gained: BaseGeometry | None = None
    lost: BaseGeometry | None = None
    repaired: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def measure(
    pairs: Sequence[tuple[BaseGeometry, BaseGeometry]], *, tolerance_m: float
) -> list[Measured | None]:
    """Compare pairs of shapes in degrees lon/lat, without heights, of any type, valid or not.

    Where a geometry changes its kind (a line becomes a point), appears or disappears, the
    class is that of the greater dimension met: ``reshaped`` with any area, else ``rerouted``
    with any line, else ``moved``.

    Parameters
    ----------
    pairs : sequence of (geometry, geometry)
        Base and target.
    tolerance_m : float
        Metres.

    Returns
    -------
    list of Measured or None
        Of each pair; None where the two span more than half the earth.
    """
    alike: dict[_Compare, list[int]] = {}
    for i, (base, target) in enumerate(pairs):
        alike.setdefault(_how(base, target), []).append(i)
    found: dict[int, Measured | None] = {}
    for compare, numbers in alike.items():
        for some in _batches(numbers, pairs):
            measured = _measured(compare, [pairs[i] for i in some], tolerance_m)
            found |= zip(some, measured, strict=True)
    return [found[i] for i in range(len(pairs))]


def _how(base: BaseGeometry, target: BaseGeometry) -> _Compare:
    """Return what compares two shapes."""
    dimensions = dimensions_of(base) | dimensions_of(target)
    if len(dimensions) == 1 and not base.is_empty and not target.is_empty:
        return (_of_points, _of_lines, _of_areas)[max(dimensions)]
    return _of_others


def _batches(numbers: Sequence[int], pairs: Sequence[_Pair]) -> Iterator[list[int]]:
    """Part the numbers of pairs so that little is held in memory together."""
    batch: list[int] = []
    held = 0.0
    for i in numbers:
        shapes = np.array(pairs[i])
        vertices, length_deg = shapely.get_num_coordinates(shapes), shapely.length(shapes)
        mine = float(vertices.sum() + _PIECES_PER_DEGREE * length_deg.sum())
        if batch and held + mine > _MOST_PIECES:
            yield batch
            batch, held = [], 0.0
        batch.append(i)
        held += mine
    if batch:
        yield batch


def _measured(
    compare: _Compare, pairs: Sequence[_Pair], tolerance_m: float
) -> Iterable[Measured | None]:
    try:
        return compare(pairs, tolerance_m)
    except TooWide:
        if len(pairs) == 1:
            return [None]
        return [one for pair in pairs for one in _measured(compare, [pair], tolerance_m)]


def size(shape: BaseGeometry, side: str) -> Evidence:
    """Return the length or area of a shape that only one side has.

    Parameters
    ----------
    shape : shapely geometry
        Degrees lon/lat, valid.
    side : str
        ``base`` or ``target``.
    """
    dimensions = dimensions_of(shape)
    found: dict[str, Any] = {}
    if 1 in dimensions:
        found[f"length_{side}_m"] = length_m(shape)
    if 2 in dimensions:
        found[f"area_{side}_km2"] = area_km2(shape)
    return Evidence(**found)


def _of_points(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    return [_told_of_points(compare_points(*pair)) for pair in pairs]


def _told_of_points(found: PointComparison) -> Measured:
    name = "moved" if found.distance_m else "revertexed"
    return Measured(name, found.distance_m, _evidence(found))


def _of_lines(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    found = compare_many_lines(pairs, tolerance_m=tolerance_m)
    return [_told_of_lines(one, tolerance_m) for one in found]


def _told_of_lines(found: LineComparison, tolerance_m: float) -> Measured:
    if found.same_shape:
        name = "reversed" if found.is_reversed else "revertexed"
    else:
        name = _beyond(found.hausdorff_m, tolerance_m, "rerouted")
    sections = tuple(
        Section(**{name: getattr(one, name) for name in _SECTION}) for one in found.sections
    )
    return Measured(name, found.max_offset_m, _evidence(found), sections, notices=found.notices)


def _of_areas(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    found = compare_many_areas(pairs, tolerance_m=tolerance_m)
    return [_told_of_areas(one, tolerance_m) for one in found]


def _told_of_areas(found: AreaComparison, tolerance_m: float) -> Measured:
    name = "revertexed" if found.same_shape else _beyond(found.max_shift_m, tolerance_m, "reshaped")
    evidence = replace(_evidence(found), max_offset_at=found.max_shift_at)
    return Measured(
        name,
        found.max_shift_m,
        evidence,
        gained=found.gained,
        lost=found.lost,
        repaired=found.repaired,
        notices=found.notices,
    )


def _of_others(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    return [_of_mixed(*pair, tolerance_m) for pair in pairs]


def _of_mixed(base: BaseGeometry, target: BaseGeometry, tolerance_m: float) -> Measured:
    """Compare shapes that are not all points, all lines or all areas, or not on both sides."""
    dimensions = dimensions_of(base) | dimensions_of(target)
    if not dimensions:
        return Measured("revertexed", None, Evidence())
    (base, flaw), (target, other_flaw) = repaired(base), repaired(target)
    mended = ("base",) * bool(flaw) + ("target",) * bool(other_flaw)
    name = FAR[max(dimensions)]
    if base.is_empty or target.is_empty:
        return Measured(name, math.inf, _sizes(base, target), repaired=mended)
    apart_m, notices = compare_outlines(base, target)
    if dimensions_of(base) == dimensions_of(target):
        is_same = apart_m is not None and apart_m <= RESOLUTION_M
        name = "revertexed" if is_same else _beyond(apart_m, tolerance_m, name)
    sizes = _sizes(base, target, hausdorff_m=apart_m)
    return Measured(name, apart_m, sizes, repaired=mended, notices=notices)


def _beyond(apart_m: float | None, tolerance_m: float, name: str) -> str:
    return "redrawn" if apart_m is not None and apart_m <= tolerance_m else name


def _sizes(base: BaseGeometry, target: BaseGeometry, **others: float | None) -> Evidence:
    """Return lengths and areas of both; 0 where one side has no line or area."""
    dimensions = dimensions_of(base) | dimensions_of(target)
    found: dict[str, Any] = dict(others)
    if 1 in dimensions:
        ours, theirs = length_m(base), length_m(target)
        found |= {"length_base_m": ours, "length_target_m": theirs, "length_delta_m": theirs - ours}
    if 2 in dimensions:
        found |= {"area_base_km2": area_km2(base), "area_target_km2": area_km2(target)}
    return Evidence(**found)


def _evidence(found: LineComparison | AreaComparison | PointComparison) -> Evidence:
    """Return the numbers of a comparison: its fields bear the names of the evidence's."""
    return Evidence(**{name: getattr(found, name) for name in _TOLD[type(found)]})


_TOLD = {
    comparison: tuple({one.name for one in fields(comparison)} & Evidence.__annotations__.keys())
    for comparison in (LineComparison, AreaComparison, PointComparison)
}
