"""Classify the change of a geometry: `measure` with evidence, `classify_fast` the class alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.result import Evidence, Section
from pkzone.errors import TooWide
from pkzone.geo.areas import AreaComparison, compare_areas
from pkzone.geo.convert import dimensions_of, flat, repaired
from pkzone.geo.lines import (
    RESOLUTION_M,
    LineComparison,
    compare_lines,
    compare_outlines,
)
from pkzone.geo.measure import area_km2, length_m, metres_per_degree, points_apart

__all__ = ["FAR", "Measured", "classify_fast", "measure", "size"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Geometry = dict[str, Any]

_Pair = tuple[BaseGeometry, BaseGeometry]
_Compare = Callable[[Sequence[_Pair], float], list["Measured"]]
_MOST_PIECES = 20_000
_PIECES_PER_DEGREE = 300  # roughly: long segments are compared in short pieces

FAR = ("moved", "rerouted", "reshaped")
"""The classes of changes beyond the tolerance, by dimension."""

# Of `classify_fast`: within these limits the local plane is wrong by less than the margin, and no
# antimeridian or pole is near.
_LARGEST_DEG = 0.5
_NORTHERNMOST_DEG = 70.0
_EASTERNMOST_DEG = 179.0
_MARGIN_SHARE = 0.02
_MARGIN_M = 0.05
_PAIRS_AT_ONCE = 1_000
_MOST_DISTANCES = 10_000_000  # of a vertex from a segment, for one pair; a measurement is quicker
_FAR_CLASSES = {"LineString": "rerouted", "Polygon": "reshaped"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Comparison of two geometries: class, evidence, parts.

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

    Returns
    -------
    list of Measured or None
        Of each pair; None where the two span more than half the earth.
    """
    alike: dict[_Compare, list[int]] = {}
    for i, (base, target) in enumerate(pairs):
        alike.setdefault(_measure_for(base, target), []).append(i)
    results: dict[int, Measured | None] = {}
    for compare, numbers in alike.items():
        for batch in _batches(numbers, pairs):
            measured = _measured(compare, [pairs[i] for i in batch], tolerance_m)
            results |= zip(batch, measured, strict=True)
    return [results[i] for i in range(len(pairs))]


def _measure_for(base: BaseGeometry, target: BaseGeometry) -> _Compare:
    """Return the function that measures shapes of their dimensions."""
    dimensions = dimensions_of(base) | dimensions_of(target)
    if len(dimensions) == 1 and not base.is_empty and not target.is_empty:
        return (_measure_points, _measure_lines, _measure_areas)[max(dimensions)]
    return _measure_others


def _batches(numbers: Sequence[int], pairs: Sequence[_Pair]) -> Iterator[list[int]]:
    """Split the numbers of pairs into batches that take little memory together."""
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
    """Return the length or area of a valid shape that only one side has, ``base`` or ``target``."""
    dimensions = dimensions_of(shape)
    sizes: dict[str, Any] = {}
    if 1 in dimensions:
        sizes[f"length_{side}_m"] = length_m(shape)
    if 2 in dimensions:
        sizes[f"area_{side}_km2"] = area_km2(shape)
    return Evidence(**sizes)


def _measure_points(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    apart = (points_apart(*pair) for pair in pairs)
    return [
        Measured(
            "moved" if distance_m else "revertexed",
            distance_m,
            Evidence(distance_m=distance_m, bearing_deg=bearing_deg),
        )
        for distance_m, bearing_deg in apart
    ]


def _measure_lines(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    return [
        Measured(
            ("reversed" if one.is_reversed else "revertexed")
            if one.same_shape
            else _beyond(one.max_offset_m, tolerance_m, "rerouted"),
            one.max_offset_m,
            _evidence(one),
            tuple(Section(**section._asdict()) for section in one.sections),
            notices=one.notices,
        )
        for one in compare_lines(pairs, tolerance_m=tolerance_m)
    ]


def _measure_areas(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    return [
        Measured(
            "revertexed" if one.same_shape else _beyond(one.max_shift_m, tolerance_m, "reshaped"),
            one.max_shift_m,
            replace(_evidence(one), max_offset_at=one.max_shift_at),
            gained=one.gained,
            lost=one.lost,
            repaired=one.repaired,
            notices=one.notices,
        )
        for one in compare_areas(pairs, tolerance_m=tolerance_m)
    ]


def _measure_others(pairs: Sequence[_Pair], tolerance_m: float) -> list[Measured]:
    return [_measure_mixed(*pair, tolerance_m) for pair in pairs]


def _measure_mixed(base: BaseGeometry, target: BaseGeometry, tolerance_m: float) -> Measured:
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
    numbers: dict[str, Any] = dict(others)
    if 1 in dimensions:
        ours, theirs = length_m(base), length_m(target)
        numbers |= {
            "length_base_m": ours,
            "length_target_m": theirs,
            "length_delta_m": theirs - ours,
        }
    if 2 in dimensions:
        numbers |= {"area_base_km2": area_km2(base), "area_target_km2": area_km2(target)}
    return Evidence(**numbers)


def _evidence(comparison: LineComparison | AreaComparison) -> Evidence:
    """Return the numbers of a comparison: its fields bear the names of the evidence's."""
    return Evidence(
        **{name: getattr(comparison, name) for name in _EVIDENCE_FIELDS[type(comparison)]}
    )


_EVIDENCE_FIELDS = {
    comparison: tuple({one.name for one in fields(comparison)} & Evidence.__annotations__.keys())
    for comparison in (LineComparison, AreaComparison)
}


def classify_fast(
    pairs: Sequence[tuple[Geometry | None, Geometry | None]], *, tolerance_m: float
) -> list[str | None]:
    """Classify the change of each pair from bounds of the distance, where these decide it.

    Measuring a change in full takes some milliseconds. The class alone asks for less: whether
    the largest distance is beyond the tolerance. It is at least the distance of any vertex from
    the other shape, and at most that of vertex from vertex where both shapes have as many. Pairs
    that the bounds leave open, or that are too large for a local plane, are not classified.

    Parameters
    ----------
    pairs : sequence of (dict or None, dict or None)
        GeoJSON geometries of the right structure that are not the same.
    tolerance_m : float
        Metres.

    Returns
    -------
    list of str or None
        The class that a full measurement would find; None if it takes one to say.
    """
    classes: list[str | None] = [None] * len(pairs)
    lines: list[tuple[int, Geometry, Geometry]] = []
    for i, (base, target) in enumerate(pairs):
        if base is None or target is None or base["type"] != target["type"]:
            continue
        if not base.get("coordinates") or not target.get("coordinates"):
            continue
        if base["type"] == "Point":
            classes[i] = _fast_class_of_points(base["coordinates"], target["coordinates"])
        elif base["type"] in _FAR_CLASSES:
            lines.append((i, base, target))
    for start in range(0, len(lines), _PAIRS_AT_ONCE):
        numbers, ours, theirs = zip(*lines[start : start + _PAIRS_AT_ONCE], strict=True)
        names = [_FAR_CLASSES[one["type"]] for one in ours]
        decided = _fast_classes_of_lines(_Lines.of(ours), _Lines.of(theirs), names, tolerance_m)
        for i, name in zip(numbers, decided, strict=True):
            classes[i] = name
    return classes


def _fast_class_of_points(base: Sequence[float], target: Sequence[float]) -> str | None:
    if list(base[:2]) == list(target[:2]):
        return "revertexed"
    odd = max(abs(base[1]), abs(target[1])) == 90 or max(abs(base[0]), abs(target[0])) == 180
    return None if odd else "moved"  # a pole and the antimeridian have several names


@dataclass(slots=True)
class _Lines:
    """Geometries, each a line or some rings, as arrays.

    ``lengths`` are the numbers of vertices of the runs of each; ``vertices``, shape (n, 2), are
    those of all, without heights, and ``owner`` says of which geometry each is.
    """

    lengths: list[list[int]]
    vertices: Array
    owner: Whole

    @classmethod
    def of(cls, geometries: Sequence[Geometry]) -> _Lines:
        runs = [
            [flat(run) for run in ([found] if one["type"] == "LineString" else found)]
            for one in geometries
            for found in [one["coordinates"]]
        ]
        lengths = [list(map(len, some)) for some in runs]
        owner = np.repeat(np.arange(len(runs)), list(map(sum, lengths)))
        return cls(lengths, np.concatenate([run for some in runs for run in some]), owner)

    @property
    def starts(self) -> Whole:
        """The number of the first vertex of each geometry."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    def shapes(self) -> npt.NDArray[np.object_]:
        """Return the geometries as lines, those of their borders."""
        runs = [length for some in self.lengths for length in some]
        lines = shapely.linestrings(self.vertices, indices=np.repeat(np.arange(len(runs)), runs))
        counts = list(map(len, self.lengths))
        owner = np.repeat(np.arange(len(counts)), counts)
        return np.asarray(shapely.multilinestrings(lines, indices=owner))


def _fast_classes_of_lines(
    ours: _Lines, theirs: _Lines, far: Sequence[str], tolerance_m: float
) -> list[str | None]:
    """Classify pairs of lines: one of `far` where the distance is plainly beyond the tolerance."""
    decidable = _are_local(ours, theirs)
    scale = metres_per_degree(ours.vertices[ours.starts, 1])
    for side in (ours, theirs):
        side.vertices = side.vertices * scale[side.owner]
    aligned = np.array([a == b for a, b in zip(ours.lengths, theirs.lengths, strict=True)])
    mine, others = aligned[ours.owner], aligned[theirs.owner]
    shift_m = np.hypot(*(ours.vertices[mine] - theirs.vertices[others]).T)
    most_m = np.where(aligned, 0.0, math.inf)
    np.maximum.at(most_m, ours.owner[mine], shift_m)
    # A vertex that stayed lies on both lines.
    look, look_back = np.ones_like(mine), np.ones_like(others)
    look[mine] = look_back[others] = shift_m > 0
    far_m = (tolerance_m + _MARGIN_M) / (1 - _MARGIN_SHARE)
    least_m = np.zeros(len(far))
    decidable &= _work(ours, look, theirs) + _work(theirs, look_back, ours) <= _MOST_DISTANCES
    _raise_bounds(least_m, ours, look & decidable[ours.owner], theirs)
    open_ones = decidable & (least_m <= far_m)
    _raise_bounds(least_m, theirs, look_back & open_ones[theirs.owner], ours)
    within = (most_m * (1 + _MARGIN_SHARE) < tolerance_m - _MARGIN_M) & (least_m > _MARGIN_M)
    return [
        None if not can else name if least > far_m else "redrawn" if near else None
        for can, name, least, near in zip(decidable, far, least_m, within, strict=True)
    ]


def _are_local(ours: _Lines, theirs: _Lines) -> Mask:
    """Tell which pairs lie where the local plane is good."""
    low = np.minimum(*(np.minimum.reduceat(one.vertices, one.starts) for one in (ours, theirs)))
    high = np.maximum(*(np.maximum.reduceat(one.vertices, one.starts) for one in (ours, theirs)))
    farthest = np.maximum(-low, high)
    small = (high - low).max(axis=1) <= _LARGEST_DEG
    found: Mask = small & (farthest <= [_EASTERNMOST_DEG, _NORTHERNMOST_DEG]).all(axis=1)
    return found


def _work(ours: _Lines, look: Mask, theirs: _Lines) -> Whole:
    """Return how many distances it takes to look at some vertices, for each pair."""
    count = len(ours.lengths)
    looked = np.bincount(ours.owner[look], minlength=count)
    found: Whole = looked * np.bincount(theirs.owner, minlength=count)
    return found


def _raise_bounds(least_m: Array, ours: _Lines, look: Mask, theirs: _Lines) -> None:
    """Raise the bounds to the distances of some vertices from the other lines."""
    if look.any():
        owner = ours.owner[look]
        away_m = shapely.distance(shapely.points(ours.vertices[look]), theirs.shapes()[owner])
        np.maximum.at(least_m, owner, away_m)
