"""Compare lines: kept, removed and added sections, lengths, offsets and Fréchet distance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from pkzone.geo.measure import line_parts, outline_parts
from pkzone.geo.paths import Paths
from pkzone.geo.sections import MIN_SECTION_M, Section, Stretch, cut_sections, kept_stretches
from pkzone.geo.segments import Segments, runs_of
from pkzone.i18n.messages import Translatable

__all__ = [
    "MIN_SECTION_M",
    "RESOLUTION_M",
    "LineComparison",
    "Section",
    "compare_lines",
    "compare_outlines",
]

Array = npt.NDArray[np.float64]

RESOLUTION_M = 0.01
"""Distances up to this one are the same place: a smaller tolerance counts as this one."""

_MOST_VERTICES = 3_000
"""Paths with more have no Fréchet distance: time grows with the product of both."""
_EVEN_STOPS = 128
_SAME_STOP_M = 0.001
_SIZE_CLASS = 64
_STOPS_AT_ONCE = 20_000
"""Stops of the shorter walks that are looked at together: as many as fit into a core's cache."""

_Walks = tuple[Array, Array]
"""The stops of both paths of a pair, shape (n, 2), those of the path with more stops first."""


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
        Both lines run through the same places, within 1 cm.
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


def compare_lines(pairs: Sequence[Pair], *, tolerance_m: float) -> list[LineComparison]:
    """Compare pairs of lines, however many vertices, parts and directions they have.

    A stretch of one line is kept where it lies within the tolerance of the other line,
    wherever that runs and in whichever direction. Distances are measured in a plane centred on
    the pair (`Frame` states the error) and cuts are exact to about 1 cm where the lines part
    at a clear angle. Sections shorter than `MIN_SECTION_M` are merged into their neighbours.

    Parameters
    ----------
    pairs : sequence of (LineString, MultiLineString, their collection, or None)
        Bases and targets. Degrees lon/lat on WGS 84, straight between vertices. Heights are
        ignored; any side may be empty or of zero length. All pairs are measured in the same
        steps, which takes half the time, and held in memory together, with some hundred numbers
        a vertex.
    tolerance_m : float
        Metres, not negative. Less than `RESOLUTION_M` counts as that.

    Returns
    -------
    list of LineComparison
        Lengths, offsets and sections of each pair.

    Raises
    ------
    TypeError
        If a side has polygons, or points alone.
    ValueError
        If the tolerance is negative or not a number, or a coordinate is not finite.
    TooWide
        If the lines of a pair span more than half the earth.
    """
    check_pairs(pairs, dimension=1, tolerance_m=tolerance_m)
    lines = [list(line_parts(side)) for pair in pairs for side in pair]
    frames = [frame for pair in pairs for frame in [Frame.around(*pair)] * 2]
    paths = Paths.lay(lines, frames)
    both = PairDistances.between(paths.sets)
    kept = kept_stretches(paths, both.stretches_within(max(tolerance_m, RESOLUTION_M)))
    measured = zip(
        both.farthest(),
        means_m(both),
        _frechets(paths, both),
        cut_sections(paths, kept),
        strict=True,
    )
    kept_m = list(map(_total, kept))
    return [
        _comparison(paths, frames[2 * pair], pair, kept_m, measures)
        for pair, measures in enumerate(measured)
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
    measures: tuple[Farthest | None, float | None, _Frechet, tuple[Section, ...]],
) -> LineComparison:
    """Return the comparison of one pair of paths."""
    pair = slice(2 * number, 2 * number + 2)
    farthest, mean_m, frechet, sections = measures
    walked_m = frechet.distance_m
    farthest_m = farthest.distance_m if farthest else None
    length_m, length_target_m = paths.lengths_m[pair].tolist()
    same_shape = _same_shape(paths, pair, farthest_m)
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


def _notices(sag_m: Array, frame: Frame, frechet: _Frechet) -> Iterator[str]:
    yield from precision_notices(frame, float(sag_m.max()))
    if frechet.is_too_long:
        most = f"{_MOST_VERTICES:,}"
        yield Translatable(
            "the Fréchet distance is not computed for lines of more than {number} vertices",
            number=most,
        )


def _total(stretches: Sequence[Stretch]) -> float:
    return float(sum(to_m - from_m for from_m, to_m in stretches))


def _same_shape(paths: Paths, pair: slice, hausdorff_m: float | None) -> bool:
    """Tell whether two paths run through the same places, and are as long.

    Equal places do not suffice: a road and the same road there and back are not equal.
    """
    if hausdorff_m is None:
        return not paths.sets.sizes[pair].any()
    base_m, target_m = paths.lengths_m[pair].tolist()
    alike = abs(target_m - base_m) <= 2 * RESOLUTION_M + 1e-3 * max(base_m, target_m)
    return alike and hausdorff_m <= RESOLUTION_M


def _runs_backwards(base: Segments, target: Segments) -> bool:
    """Return whether the target runs against the base along (nearly) all its length."""
    if not len(base) or not len(target):
        return False
    _, beside = target.nearest((base.start + base.end) / 2)
    other_way = (target.end - target.start)[beside]
    against = ((base.end - base.start) * other_way).sum(axis=1) < 0
    length = float(base.lengths.sum())
    return length > 0 and float(base.lengths[against].sum()) > 0.99 * length


class _Frechet(NamedTuple):
    """Discrete Fréchet distance of a pair of paths.

    Attributes
    ----------
    distance_m : float or None
        None unless both paths are a single run of at most `_MOST_VERTICES` vertices.
    is_too_long : bool
        Both are a single run, but of more vertices.
    """

    distance_m: float | None = None
    is_too_long: bool = False


def _frechets(paths: Paths, both: PairDistances) -> list[_Frechet]:
    """Return the discrete Fréchet distance of each pair of paths.

    It is taken at every vertex, beside every vertex of the other path and at every 128th of the
    length, and too large by at most the longest step between these stops.
    """
    runs = np.array(list(map(len, paths.run_bounds_m)), np.intp).reshape(-1, 2)
    single = (runs == 1).all(axis=1)
    few = (np.diff(paths.first_vertex).reshape(-1, 2) <= _MOST_VERTICES).all(axis=1)
    frechets = [_Frechet(is_too_long=long) for long in (single & ~few).tolist()]
    pairs = np.flatnonzero(single & few).tolist()
    walks = list(_walks(paths, both, np.repeat(single & few, 2)))
    for batch in _alike(walks):
        for number, distance_m in zip(batch, _coupled_m([walks[i] for i in batch]), strict=True):
            frechets[pairs[number]] = _Frechet(distance_m)
    return frechets


def _alike(walks: Sequence[_Walks]) -> Iterator[list[int]]:
    """Yield the numbers of walks that have about as many stops, to be looked at together."""
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (longer, shorter) in enumerate(walks):
        alike[len(longer) // _SIZE_CLASS, len(shorter) // _SIZE_CLASS].append(number)
    for (_, size), numbers in alike.items():
        step = max(1, _STOPS_AT_ONCE // (_SIZE_CLASS * (size + 1)))
        yield from (numbers[i : i + step] for i in range(0, len(numbers), step))


def _coupled_m(walks: Sequence[_Walks]) -> list[float]:
    """Return the discrete Fréchet distance of each pair of walks.

    The recurrence of Eiter and Mannila (1994): a pair of stops is reached from the one before
    it on either walk or on both, at the largest distance met on the way::

                  stops of the shorter walk
        longer    .  .  e  b  .               now = max(distance, min(earlier, before, before))
                  .  e  b  n  .
                  .  b  n  .  .               all pairs n with the same number of steps behind
                  .  n  .  .  .               them stand on an antidiagonal: one array operation

    """
    x, y = _padded([longer[::-1] for longer, _ in walks], at_end=False)
    other_x, other_y = _padded([shorter for _, shorter in walks], at_end=True)
    rows, columns = len(x), len(other_x)
    # squares of distances; a row beyond each end of the antidiagonal that nothing reaches
    earlier, before, now = (np.full((columns + 1, len(walks)), np.inf) for _ in range(3))
    earlier[0] = 0.0
    away, across = np.empty_like(other_x), np.empty_like(other_x)
    for steps in range(rows + columns - 1):
        low, high = max(0, steps + 1 - rows), min(columns, steps + 1)
        here = slice(low, high)
        there = slice(rows - 1 - steps + low, rows - 1 - steps + high)
        square, square_y, reach = away[here], across[here], now[low + 1 : high + 1]
        np.subtract(x[there], other_x[here], out=square)
        np.subtract(y[there], other_y[here], out=square_y)
        square *= square
        square_y *= square_y
        square += square_y
        np.minimum(before[here], before[low + 1 : high + 1], out=reach)
        np.minimum(reach, earlier[here], out=reach)
        np.maximum(reach, square, out=reach)
        earlier[0] = np.inf
        earlier, before, now = before, now, earlier
    distances: list[float] = np.sqrt(before[columns]).tolist()
    return distances


def _padded(walks: Sequence[Array], *, at_end: bool) -> tuple[Array, Array]:
    """Return the coordinates of walks, each of shape (stops, walks); the last stop is repeated.

    Who waits at the end comes no farther from the other. ``at_end`` tells where the end is.
    """
    size = max(map(len, walks))
    padding = [(0, size - len(walk)) if at_end else (size - len(walk), 0) for walk in walks]
    every = np.stack(
        [np.pad(walk, (rows, (0, 0)), "edge") for walk, rows in zip(walks, padding, strict=True)],
        axis=1,
    )
    return np.ascontiguousarray(every[..., 0]), np.ascontiguousarray(every[..., 1])


def _walks(paths: Paths, both: PairDistances, wanted: npt.NDArray[np.bool_]) -> Iterator[_Walks]:
    """Yield all stops of the paths of each wanted pair, in metres."""
    path, stops_m = _stops(paths, both, wanted)
    stops = paths.pieces.at(*paths.find(path, stops_m, leaving=True))
    walks = iter([stops[rows] for _, rows in runs_of(path)])
    for base, target in zip(walks, walks, strict=True):
        yield (base, target) if len(base) >= len(target) else (target, base)


def _stops(
    paths: Paths, both: PairDistances, wanted: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Array]:
    """Return path and chainage of all stops, in order."""
    pieces, number = paths.pieces, paths.sets.number
    corner = paths.corner[wanted[number[paths.corner]]]
    last = (paths.sets.first[1:] - 1)[wanted]
    own_m = np.concatenate([paths.from_m[corner], paths.to_m[last]])
    vertices = np.concatenate([pieces.start[corner], pieces.end[last]])
    near = np.concatenate([both.low_near[corner], both.high_near[last]])
    beside_m = paths.chainage_m(near, pieces.share_nearest(vertices, near))
    even_m = paths.to_m[last, None] * np.linspace(0.0, 1.0, _EVEN_STOPS + 1)
    own = number[np.concatenate([corner, last])]
    path = np.concatenate([own, own ^ 1, np.repeat(number[last], _EVEN_STOPS + 1)])
    stops_m = np.concatenate([own_m, beside_m, even_m.ravel()])
    order = np.lexsort((stops_m, path))
    path, stops_m = path[order], stops_m[order]
    cell = np.floor(stops_m / _SAME_STOP_M)
    apart = np.ones(len(path), dtype=bool)
    apart[1:] = (cell[1:] != cell[:-1]) | (path[1:] != path[:-1])
    return path[apart], stops_m[apart]
