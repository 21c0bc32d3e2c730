"""What changed between two lines: which stretch, how long, how far off and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.frame import Frame
from pkzone.geo.measure import line_parts
from pkzone.geo.offsets import Offsets
from pkzone.geo.paths import Path
from pkzone.geo.sections import MIN_SECTION_M, Section, Stretch, cut_sections, kept_stretches
from pkzone.geo.twoway import Farthest, TwoWay

__all__ = ["MIN_SECTION_M", "RESOLUTION_M", "LineComparison", "Section", "compare_lines"]

Array = npt.NDArray[np.float64]

RESOLUTION_M = 0.01
"""Distances up to this one are the same place: a smaller tolerance counts as this one."""

_FRECHET_STEPS = 128
_SAME_STOP_M = 0.001
_MOST_FRECHET_POINTS = 512  # GEOS falls off a cliff at about 800


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
        every 128th of the length (of more than 512 such points, at 512). It is off by at most
        the longest step between them, on the large side but for thinned points, and never
        below ``hausdorff_m``. None also where a side is in several runs: they have no order.
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
    if not 0 <= tolerance_m < float("inf"):
        raise ValueError(f"tolerance_m must be a number of metres from 0, not {tolerance_m!r}")
    lines = _lines(base), _lines(target)
    frame = Frame.around(base, target)
    mine, theirs = Path.lay_all(lines, frame)
    both = TwoWay.between(mine.pieces, theirs.pieces) if lines[0] and lines[1] else None
    kept, target_kept = _kept(mine, theirs, both, max(tolerance_m, RESOLUTION_M))
    kept_m, kept_target_m = _total(kept), _total(target_kept)
    farthest = both.farthest() if both else None
    farthest_m = farthest.distance_m if farthest else None
    same_shape = _same_shape(mine, theirs, farthest_m, same_within_m)
    return LineComparison(
        length_base_m=mine.length_m,
        length_target_m=theirs.length_m,
        length_delta_m=theirs.length_m - mine.length_m,
        kept_m=kept_m,
        kept_target_m=kept_target_m,
        removed_m=mine.length_m - kept_m,
        added_m=theirs.length_m - kept_target_m,
        hausdorff_m=farthest_m,
        frechet_m=_frechet_m(mine, theirs, both, farthest_m),
        mean_offset_m=both.mean_m() if both else None,
        max_offset_m=farthest_m,
        max_offset_at=_place(mine, theirs, farthest),
        is_reversed=same_shape and _runs_backwards(both),
        same_shape=same_shape,
        sections=cut_sections(mine, theirs, kept, target_kept),
    )


def _lines(geometry: BaseGeometry | None) -> list[Array]:
    if geometry is not None and shapely.get_dimensions(geometry) not in {-1, 1}:
        raise TypeError(f"lines are compared here, not a {geometry.geom_type}")
    return list(line_parts(geometry))


def _total(stretches: list[Stretch]) -> float:
    return float(sum(to_m - from_m for from_m, to_m in stretches))


def _kept(
    base: Path, target: Path, both: TwoWay | None, tolerance_m: float
) -> tuple[list[Stretch], list[Stretch]]:
    """Return what either side keeps; nothing where one is empty."""
    if both is None:
        return [], []
    within, target_within = both.stretches_within(tolerance_m)
    return kept_stretches(base, within), kept_stretches(target, target_within)


def _place(base: Path, target: Path, farthest: Farthest | None) -> tuple[float, float] | None:
    if farthest is None:
        return None
    return (target if farthest.on_target else base).place(farthest.segment, farthest.share)


def _same_shape(base: Path, target: Path, hausdorff_m: float | None, same_within_m: float) -> bool:
    """Equal places do not suffice: a road and the same road there and back are not equal."""
    if hausdorff_m is None:
        return len(base.pieces) == len(target.pieces)
    longer = max(base.length_m, target.length_m)
    alike = abs(target.length_m - base.length_m) <= 2 * same_within_m + 1e-3 * longer
    return alike and hausdorff_m <= same_within_m


def _runs_backwards(both: TwoWay | None) -> bool:
    """Return whether the target runs against the base along (nearly) all its length."""
    if both is None:
        return False
    base, target = both.there.mine, both.back.mine
    _, beside = target.nearest((base.start + base.end) / 2)
    other_way = (target.end - target.start)[beside]
    against = ((base.end - base.start) * other_way).sum(axis=1) < 0
    length = float(base.lengths.sum())
    return length > 0 and float(base.lengths[against].sum()) > 0.99 * length


def _frechet_m(
    base: Path, target: Path, both: TwoWay | None, hausdorff_m: float | None
) -> float | None:
    if both is None or base.run[-1] > 0 or target.run[-1] > 0:
        return None
    walks = _walk(base, target, both.back), _walk(target, base, both.there)
    return max(float(shapely.frechet_distance(*walks)), hausdorff_m or 0.0)


def _walk(path: Path, other: Path, other_way: Offsets) -> shapely.LineString:
    """Return a line with the points at which the discrete Fréchet distance is taken.

    ``other_way`` are the offsets of the other line, which know what is nearest to its vertices.
    """
    corners = np.concatenate([other.pieces.start[other.corner], other.pieces.end[-1:]])
    beside = np.append(other_way.low_near[other.corner], other_way.high_near[-1])
    beside_m = path.chainage_m(beside, path.pieces.share_nearest(corners, beside))
    own_m = np.append(path.from_m[path.corner], path.length_m)
    even_m = np.linspace(0.0, path.length_m, _FRECHET_STEPS + 1)
    stops_m = np.sort(np.concatenate([own_m, even_m, beside_m]))
    apart = stops_m[1:] - stops_m[:-1] > _SAME_STOP_M
    stops_m = stops_m[np.append(True, apart)]
    if len(stops_m) > _MOST_FRECHET_POINTS:
        thinned = np.linspace(0, len(stops_m) - 1, _MOST_FRECHET_POINTS).astype(np.intp)
        stops_m = stops_m[thinned]
    points = path.points_at(stops_m, leaving=True)
    return shapely.LineString(points if len(points) > 1 else np.repeat(points, 2, axis=0))
