"""What changed between two lines: which stretch, how long, how far off and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from pkzone.geo.distances import (
    Farthest,
    Pair,
    PairDistances,
    check_pairs,
    means_m,
    precision_notices,
)
from pkzone.geo.frame import Frame
from pkzone.geo.frechet import MOST_VERTICES, Frechet, frechets
from pkzone.geo.measure import line_parts, outline_parts
from pkzone.geo.paths import Paths
from pkzone.geo.sections import MIN_SECTION_M, Section, Stretch, cut_sections, kept_stretches
from pkzone.geo.segments import Segments

__all__ = [
    "MIN_SECTION_M",
    "RESOLUTION_M",
    "LineComparison",
    "Section",
    "compare_lines",
    "compare_many_lines",
    "compare_outlines",
]

Array = npt.NDArray[np.float64]

RESOLUTION_M = 0.01
"""Distances up to this one are the same place: a smaller tolerance counts as this one."""


@dataclass(frozen=True, slots=True)
class LineComparison:
    """The difference of a target line from a base line.

    ``kept_m + removed_m`` is ``length_base_m`` and ``kept_target_m + added_m`` is
    ``length_target_m``, by construction. Offsets are None where a side is empty.

    Parameters
    ----------
    length_base_m, length_target_m : float
        Geodesic lengths.
    length_delta_m : float
        Target minus base.
    kept_m, removed_m : float
        Length of the base within the tolerance of the target, and beyond it.
    kept_target_m, added_m : float
        Length of the target within the tolerance of the base, and beyond it.
    hausdorff_m : float or None
        The largest distance of any place on one line to the other line, within 5 mm.
    frechet_m : float or None
        The discrete Fréchet distance: how far apart two walkers must be who follow the lines
        from start to end, taken at every vertex, beside every vertex of the other line and at
        every 128th of the length. It is too large by at most the longest step between these,
        and never below ``hausdorff_m``. None also where a side is in several runs, which have
        no order, or has more than 3,000 vertices.
    mean_offset_m : float or None
        The mean distance to the other line along both lines, within about 1 % and 1 cm.
    max_offset_m : float or None
        The same as ``hausdorff_m``.
    max_offset_at : tuple of float or None
        (longitude, latitude) of the place, on the line that is farthest from the other.
    is_reversed : bool
        The shape is the same, but drawn in the opposite direction.
    same_shape : bool
        Both lines run through the same places, within 1 cm unless asked otherwise.
    sections : tuple of Section
        In the order in which one meets them along the base.
    notices : tuple of str
        What could not be measured, or not as well as stated here.
    """

    length_base_m: float
    length_target_m: float
    length_delta_m: float
    kept_m: float
    kept_target_m: float
    removed_m: float
    added_m: float
    hausdorff_m: float | None
    frechet_m: float | None
    mean_offset_m: float | None
    max_offset_m: float | None
    max_offset_at: tuple[float, float] | None
    is_reversed: bool
    same_shape: bool
    sections: tuple[Section, ...]
    notices: tuple[str, ...]


def compare_lines(
    base: BaseGeometry | None,
    target: BaseGeometry | None,
    *,
    tolerance_m: float,
    same_within_m: float = RESOLUTION_M,
) -> LineComparison:
    """Compare two lines, however many vertices, parts and directions they have.

    A stretch of one line is kept where it lies within the tolerance of the other line,
    wherever that runs and in whichever direction. Distances are measured in a plane centred on
    the pair (`Frame` states the error) and cuts are exact to about 1 cm where the lines part
    at a clear angle. Sections shorter than `MIN_SECTION_M` are merged into their neighbours.

    Parameters
    ----------
    base, target : LineString, MultiLineString, their collection, or None
        Degrees lon/lat on WGS 84, straight between vertices. Heights are ignored; any side
        may be empty or of zero length.
    tolerance_m : float
        Metres, not negative. Less than `RESOLUTION_M` counts as that.
    same_within_m : float, optional
        How far apart lines of the same shape may be.

    Returns
    -------
    LineComparison
        Lengths, offsets and sections.

    Raises
    ------
    TypeError
        If a side has polygons, or points alone.
    ValueError
        If the tolerance is negative or not a number, or a coordinate is not finite.
    TooWide
        If the lines span more than half the earth.
    """
    [found] = compare_many_lines(
        [(base, target)], tolerance_m=tolerance_m, same_within_m=same_within_m
    )
    return found


def compare_many_lines(
    pairs: Sequence[Pair],
    *,
    tolerance_m: float,
    same_within_m: float = RESOLUTION_M,
) -> list[LineComparison]:
    """Return what `compare_lines` does for each of several pairs, in about half the time.

    Parameters
    ----------
    pairs : sequence of (geometry or None, geometry or None)
        Base and target. All are held in memory together, with some hundred numbers a vertex.
    tolerance_m, same_within_m : float
        As for `compare_lines`.

    Returns
    -------
    list of LineComparison
        One for each pair.

    Raises
    ------
    TypeError, ValueError, TooWide
        As `compare_lines` does, for any of the pairs.
    """
    check_pairs(pairs, dimension=1, tolerance_m=tolerance_m)
    lines = [list(line_parts(side)) for pair in pairs for side in pair]
    frames = [frame for pair in pairs for frame in [Frame.around(*pair)] * 2]
    paths = Paths.lay(lines, frames)
    both = PairDistances.between(paths.sets)
    kept = kept_stretches(paths, both.stretches_within(max(tolerance_m, RESOLUTION_M)))
    told = zip(
        both.farthest(),
        means_m(both),
        frechets(paths, both),
        cut_sections(paths, kept),
        strict=True,
    )
    kept_m = list(map(_total, kept))
    return [
        _comparison(paths, frames[2 * pair], pair, kept_m, one, same_within_m)
        for pair, one in enumerate(told)
    ]


def compare_outlines(
    base: BaseGeometry, target: BaseGeometry
) -> tuple[float | None, tuple[str, ...]]:
    """Return how far two geometries of any type are apart, and how far that is to be trusted.

    Parameters
    ----------
    base, target : shapely geometry
        Degrees lon/lat on WGS 84. An area counts as its rings.

    Returns
    -------
    hausdorff_m : float or None
        The largest distance of any place on one outline to the other outline, within 5 mm;
        None if one is empty.
    notices : tuple of str
        Where it is not as good as that.

    Raises
    ------
    TooWide
        If the two span more than half the earth.
    """
    frame = Frame.around(base, target)
    paths = Paths.lay([list(outline_parts(side)) for side in (base, target)], [frame] * 2)
    [farthest] = PairDistances.between(paths.sets).farthest()
    if farthest is None:
        return None, ()
    return farthest.distance_m, tuple(precision_notices(frame, float(paths.sag_m.max())))


def _comparison(
    paths: Paths,
    frame: Frame,
    number: int,
    kept_m: Sequence[float],
    told: tuple[Farthest | None, float | None, Frechet, tuple[Section, ...]],
    same_within_m: float,
) -> LineComparison:
    """Return what is found of one pair of paths."""
    pair = slice(2 * number, 2 * number + 2)
    farthest, mean_m, frechet, sections = told
    walked_m = frechet.distance_m
    farthest_m = farthest.distance_m if farthest else None
    length_m, length_target_m = paths.lengths_m[pair].tolist()
    same_shape = _same_shape(paths, pair, farthest_m, same_within_m)
    return LineComparison(
        length_base_m=length_m,
        length_target_m=length_target_m,
        length_delta_m=length_target_m - length_m,
        kept_m=kept_m[pair.start],
        kept_target_m=kept_m[pair.start + 1],
        removed_m=length_m - kept_m[pair.start],
        added_m=length_target_m - kept_m[pair.start + 1],
        hausdorff_m=farthest_m,
        frechet_m=None if walked_m is None else max(walked_m, farthest_m or 0.0),
        mean_offset_m=mean_m,
        max_offset_m=farthest_m,
        max_offset_at=paths.place(farthest.segment, farthest.share) if farthest else None,
        is_reversed=same_shape and _runs_backwards(*paths.sets.each[pair]),
        same_shape=same_shape,
        sections=sections,
        notices=tuple(_notices(paths.sag_m[pair], frame, frechet)) if farthest else (),
    )


def _notices(sag_m: Array, frame: Frame, frechet: Frechet) -> Iterator[str]:
    yield from precision_notices(frame, float(sag_m.max()))
    if frechet.is_too_long:
        yield f"frechet_m is not computed for lines of more than {MOST_VERTICES:,} vertices"


def _total(stretches: Sequence[Stretch]) -> float:
    return float(sum(to_m - from_m for from_m, to_m in stretches))


def _same_shape(paths: Paths, pair: slice, hausdorff_m: float | None, same_within_m: float) -> bool:
    """Equal places do not suffice: a road and the same road there and back are not equal."""
    if hausdorff_m is None:
        return not paths.sets.sizes[pair].any()
    base_m, target_m = paths.lengths_m[pair].tolist()
    alike = abs(target_m - base_m) <= 2 * same_within_m + 1e-3 * max(base_m, target_m)
    return alike and hausdorff_m <= same_within_m


def _runs_backwards(base: Segments, target: Segments) -> bool:
    """Return whether the target runs against the base along (nearly) all its length."""
    if not len(base) or not len(target):
        return False
    _, beside = target.nearest((base.start + base.end) / 2)
    other_way = (target.end - target.start)[beside]
    against = ((base.end - base.start) * other_way).sum(axis=1) < 0
    length = float(base.lengths.sum())
    return length > 0 and float(base.lengths[against].sum()) > 0.99 * length
