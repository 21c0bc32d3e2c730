"""Directed distances between two sets of segments: near stretches, farthest place and mean.

The distance from the base to the target is that of each place of the base to the nearest place
of the target; it differs from the distance the other way::

    base    o---------------------------o    its right end is far from the target;
    target  o-----------------o              no place of the target is far from the base
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.frame import Frame
from pkzone.geo.segments import (
    SegmentSets,
    as_complex,
    distances,
    group_and_rank,
    runs_of,
    segment_within_buffer,
)
from pkzone.i18n.messages import Translatable

__all__ = [
    "Farthest",
    "Pair",
    "PairDistances",
    "Stretches",
    "check_pairs",
    "means_m",
    "precision_notices",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
_Values = TypeVar("_Values", Array, Indices)

_FARTHEST_ERROR_M = 0.005
_PAIRS_AT_ONCE = 200_000

_MEAN_ERROR = 0.01
_MEAN_ERROR_M = 0.01
_TRUSTED_WIDTH = 0.125
_FEW_SEGMENTS = 128
_MANY_INTERVALS = 5_000
_SIGMAS = 4
_SPENT_A_ROUND = 0.1
"""So much of the error still allowed is spent on the smallest errors in each round."""

Pair = tuple[BaseGeometry | None, BaseGeometry | None]
"""A base and a target to compare."""
_KINDS = {1: "lines", 2: "areas"}  # by dimension
_MOST_DISTORTION = 0.001
_MOST_SAG_M = 0.01


def check_pairs(pairs: Sequence[Pair], *, dimension: int, tolerance_m: float) -> None:
    """Refuse what cannot be compared as lines (1) or areas (2).

    Raises
    ------
    ValueError
        If the tolerance is negative or not a number.
    TypeError
        If a side has another dimension; an empty one has any.
    """
    if not 0 <= tolerance_m < float("inf"):
        raise ValueError(f"tolerance_m must be a number of metres from 0, not {tolerance_m!r}")
    for side in chain.from_iterable(pairs):
        if side is not None and shapely.get_dimensions(side) not in {-1, dimension}:
            raise TypeError(f"{_KINDS[dimension]} are compared here, not a {side.geom_type}")


def precision_notices(frame: Frame, sag_m: float) -> Iterator[str]:
    """Yield why distances in a plane, between pieces of some sag, are less precise than stated."""
    if frame.distortion > _MOST_DISTORTION:
        reach_km = f"{round(frame.radius_m, -4) / 1000:,.0f}"
        percent = f"{100 * frame.distortion:.1f}"
        yield Translatable(
            "it reaches about {number} km from its middle, so distances between both sides are "
            "good to {percent} % only",
            number=reach_km,
            percent=percent,
        )
    if sag_m > _MOST_SAG_M:
        off_m = f"{sag_m:,.2f}"
        yield Translatable(
            "its edges are so long that distances between both sides may be off by {number} m",
            number=off_m,
        )


class Farthest(NamedTuple):
    """The place on either set of a pair that is farthest from the other: its Hausdorff distance.

    Parameters
    ----------
    distance_m : float
        Its distance, at most 5 mm too small.
    segment : int
        The segment it is on.
    share : float
        How far along that segment, in [0, 1].
    """

    distance_m: float
    segment: int
    share: float


class Stretches(NamedTuple):
    """Stretches of single segments.

    Parameters
    ----------
    segment : ndarray of shape (k,)
        The segment of each.
    share_from, share_to : ndarray of shape (k,)
        It runs from one share of the segment's length to another.
    """

    segment: Indices
    share_from: Array
    share_to: Array


@dataclass(frozen=True)
class PairDistances:
    """Directed distances, both ways, of the two sets of each of several pairs.

    Sets 0 and 1 are the base and the target of the first pair, sets 2 and 3 those of the next.
    All pairs, and both directions, are measured in the same steps. Where one set of a pair has
    no segments, the other is infinitely far from it. Segments that both sets have are passed
    over: nothing is apart there.

    Parameters
    ----------
    sets : SegmentSets
        An even number of sets; both of a pair in the same plane, in metres.
    low, high : ndarray of shape (n,)
        Distance of the start and the end of each segment to the other set of its pair.
    low_near, high_near : ndarray of shape (n,)
        The segment of the other set that is nearest there.
    """

    sets: SegmentSets
    low: Array
    high: Array
    low_near: Indices
    high_near: Indices

    @classmethod
    def between(cls, sets: SegmentSets) -> PairDistances:
        """Measure the ends of all segments, once where a segment starts at the end of the last."""
        every, number = sets.every, sets.number
        loose = np.ones(len(every), dtype=bool)
        loose[:-1] = as_complex(every.end)[:-1] != as_complex(every.start)[1:]
        loose[:-1] |= number[1:] != number[:-1]
        # the rows of all ends: that of a segment's end is the next one after its start's
        start = np.arange(len(every)) + np.cumsum(loose) - loose
        points = np.empty((len(every) + int(loose.sum()), 2))
        points[start], points[start[loose] + 1] = every.start, every.end[loose]
        other = np.repeat(number ^ 1, 1 + loose)
        distance, near = np.full(len(points), np.inf), np.full(len(points), -1)
        rows = np.flatnonzero(sets.sizes[other])
        near[rows] = sets.starting_at(points[rows], other[rows])
        distance[rows] = 0.0
        rows = rows[near[rows] < 0]
        distance[rows], near[rows] = sets.nearest(points[rows], other[rows])
        return cls(sets, distance[start], distance[start + 1], near[start], near[start + 1])

    @property
    def pairs(self) -> list[slice]:
        """The segments of each pair, those of the base first."""
        return [slice(*bounds) for bounds in pairwise(self.sets.first[::2].tolist())]

    @cached_property
    def is_measured(self) -> list[bool]:
        """Whether both sets of each pair have segments."""
        return [bool(base and target) for base, target in self.sets.sizes.reshape(-1, 2).tolist()]

    @cached_property
    def apart(self) -> Indices:
        """The segments that the other set lacks in either direction; that set is not empty."""
        start, end = as_complex(self.sets.every.start), as_complex(self.sets.every.end)
        same = (start == start[self.low_near]) & (end == end[self.low_near])
        turned = (start == end[self.high_near]) & (end == start[self.high_near])
        return np.flatnonzero(~(same | turned) & np.isfinite(self.low))

    def nearest(self, segment: Indices, share: Array) -> tuple[Array, Indices]:
        """Return distance and number of the other set's segment nearest to places on segments."""
        return self.sets.nearest(self.sets.every.at(segment, share), self.sets.number[segment] ^ 1)

    def stretches_within(self, radius_m: float) -> Stretches:
        """Return the stretches of all segments within a radius of the other set.

        What lies within ``radius_m`` of one segment is its buffer, which is convex: each segment
        meets it in one stretch, found in closed form. Stretches overlap: their union is what
        lies within.
        """
        every, near = self.sets.every, self.low_near
        # a buffer is convex: a segment with both ends in that of one other is all inside
        whole = (self.low <= radius_m) & (
            distances(every.end, every.start[near], every.end[near]) <= radius_m
        )
        inside, rest = np.flatnonzero(whole), np.flatnonzero(~whole)
        parts = [(inside, np.zeros(len(inside)), np.ones(len(inside)))]
        rows, columns = self._pairs_near(rest, radius_m)
        for chunk in range(0, len(rows), _PAIRS_AT_ONCE):
            i, j = rows[chunk : chunk + _PAIRS_AT_ONCE], columns[chunk : chunk + _PAIRS_AT_ONCE]
            share_from, share_to = segment_within_buffer(
                every.start[i], every.end[i], every.start[j], every.end[j], radius_m
            )
            hit = share_from <= share_to
            parts.append((i[hit], share_from[hit], share_to[hit]))
        return Stretches(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _pairs_near(self, segment: Indices, radius_m: float) -> tuple[Indices, Indices]:
        """Return the pairs of some segments with those of the other set whose boxes are near."""
        sets, first = self.sets.each, self.sets.first
        mine, theirs = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for own, rows in runs_of(self.sets.number[segment]):
            other = own ^ 1  # base and target of a pair have the numbers 2k and 2k + 1
            i, j = sets[own].pairs_near(sets[other], radius_m, segment[rows] - first[own])
            mine.append(i + first[own])
            theirs.append(j + first[other])
        return np.concatenate(mine), np.concatenate(theirs)

    def farthest(self) -> list[Farthest | None]:
        """Return the place of each pair that is farthest from the other set.

        Notes
        -----
        Branch and bound over stretches of segments. The distance to *one* segment is convex
        along a stretch, so that it is largest at an end::

            low --------------- high      distances of both ends to the other set
             :                   :
            low_near      high_near       the segments nearest to them

        The larger of the distances of both ends to ``low_near`` bounds the stretch from above,
        and so do those to ``high_near``. A stretch that may still hold a farther place is cut
        where the two are equally near.
        """
        every, i = self.sets.every, self.apart
        best = self._farthest_ends()
        known = np.array([far.distance_m if far else np.inf for far in best])
        low, high = self.low[i], self.high[i]
        low_near, high_near = self.low_near[i], self.high_near[i]
        t0, t1 = np.zeros(len(i)), np.ones(len(i))
        while True:
            p0, p1 = every.at(i, t0), every.at(i, t1)
            low_cross = distances(p0, every.start[high_near], every.end[high_near])
            high_cross = distances(p1, every.start[low_near], every.end[low_near])
            bound = np.minimum(np.maximum(low, high_cross), np.maximum(high, low_cross))
            # nor can a distance change by more than one goes along the stretch
            bound = np.minimum(bound, (low + high + np.hypot(*(p1 - p0).T)) / 2)
            pair = self.sets.number[i] >> 1
            open_ = np.flatnonzero(bound > known[pair] + _FARTHEST_ERROR_M)
            if not len(open_):
                return best
            i, t0, t1, pair = i[open_], t0[open_], t1[open_], pair[open_]
            low, high = low[open_], high[open_]
            low_near, high_near = low_near[open_], high_near[open_]
            # where the nearest of one end and that of the other are equally far, if linear
            lead, lag = low_cross[open_] - low, high_cross[open_] - high
            share = lead / np.maximum(lead + lag, 1e-12)
            cut = t0 + (t1 - t0) * np.minimum(np.maximum(share, 0.1), 0.9)
            middle, near = self.nearest(i, cut)
            for number, rows in runs_of(pair):
                top = rows.start + int(middle[rows].argmax())
                if middle[top] > known[number]:
                    known[number] = middle[top]
                    best[number] = Farthest(float(middle[top]), int(i[top]), float(cut[top]))
            i, t0, t1 = np.repeat(i, 2), _by_turns(t0, cut), _by_turns(cut, t1)
            low, high = _by_turns(low, middle), _by_turns(middle, high)
            low_near, high_near = _by_turns(low_near, near), _by_turns(near, high_near)

    def _farthest_ends(self) -> list[Farthest | None]:
        """Return the end of a segment of each pair that is farthest from the other set."""
        best: list[Farthest | None] = []
        for rows, is_measured in zip(self.pairs, self.is_measured, strict=True):
            if not is_measured:
                best.append(None)
                continue
            low, high = self.low[rows], self.high[rows]
            start, end = int(low.argmax()), int(high.argmax())
            if low[start] >= high[end]:
                best.append(Farthest(float(low[start]), rows.start + start, 0.0))
            else:
                best.append(Farthest(float(high[end]), rows.start + end, 1.0))
        return best


def _by_turns(first: _Values, second: _Values) -> _Values:
    """Return the values of two arrays by turns: first[0], second[0], first[1], second[1], ..."""
    return np.column_stack([first, second]).ravel()


def means_m(both: PairDistances) -> list[float | None]:
    """Return the mean distance of each pair over the length of both sets.

    Of sets of nothing but points it is the mean over these; None where a set is empty.

    Notes
    -----
    Adaptive Simpson's rule: intervals whose middle is farthest off the straight line between
    their ends are halved, until all are off by less than 1 % and 1 cm together::

        distance |          . middle
                 |    low .   . high     error: how far the middle is off the chord
                 +------------------

    Where the nearest segment changes along an interval its middle may lie on that line by
    chance: unless it is an eighth of a segment or less, it counts as off by all that a distance
    can change on its way. Of few segments, for which chance does not even out, one begins with
    eighths. Of many, chance evens out, for Simpson's rule is right on average wherever the nearest
    segment changes: together they count as off by four times the root of the sum of their squares.
    """
    lengths = both.sets.every.lengths
    integrals = [_Integral(float(lengths[rows].sum())) for rows in both.pairs]
    intervals = _first_intervals(both)
    while len(intervals.segment):
        intervals = _halved(both, intervals, integrals)
    means: list[float | None] = []
    for integral, rows, is_measured in zip(integrals, both.pairs, both.is_measured, strict=True):
        if not is_measured:
            means.append(None)
        elif integral.length_m:
            means.append(integral.sum_m2 / integral.length_m)
        else:
            means.append(float(both.low[rows].mean()))
    return means


@dataclass(slots=True)
class _Integral:
    """Integral of the distance of one pair so far, and how much that may be off."""

    length_m: float
    sum_m2: float = 0.0
    error_m2: float = 0.0

    def add(self, parts: Array, errors: Array) -> Indices:
        """Add the parts that are good enough; return the number of the others, in order."""
        allowed = _MEAN_ERROR * (self.sum_m2 + float(parts.sum())) + _MEAN_ERROR_M * self.length_m
        is_many = len(errors) > _MANY_INTERVALS
        left_m2 = _SIGMAS * np.linalg.norm(errors) if is_many else errors.sum()
        if self.error_m2 + float(left_m2) <= allowed:
            self.sum_m2 += float(parts.sum())
            return np.empty(0, np.intp)
        order = np.argsort(errors)
        spent = _SPENT_A_ROUND * (allowed - self.error_m2)
        count = int(np.searchsorted(np.cumsum(errors[order]), spent))
        small = order[:count]
        self.sum_m2 += float(parts[small].sum())
        self.error_m2 += float(errors[small].sum())
        return np.sort(order[count:])


class _Intervals(NamedTuple):
    """Stretches of segments, with the distances at both ends and what is nearest there."""

    segment: Indices
    share: Array
    width: Array
    low: Array
    high: Array
    low_near: Indices
    high_near: Indices


def _first_intervals(both: PairDistances) -> _Intervals:
    """Return whole segments, or eighths of them where a pair has few, in their order."""
    apart = both.apart
    pair = both.sets.number[apart] >> 1
    is_few = np.bincount(pair, minlength=len(both.pairs)) <= _FEW_SEGMENTS
    parts = np.where(is_few[pair], round(1 / _TRUSTED_WIDTH), 1)
    number, rank = group_and_rank(parts)
    segment, width = apart[number], 1 / parts[number]
    share = rank * width
    low, high = both.low[segment], both.high[segment]
    low_near, high_near = both.low_near[segment], both.high_near[segment]
    inner = np.flatnonzero(rank)
    low[inner], low_near[inner] = both.nearest(segment[inner], share[inner])
    high[inner - 1], high_near[inner - 1] = low[inner], low_near[inner]
    return _Intervals(segment, share, width, low, high, low_near, high_near)


def _halved(both: PairDistances, whole: _Intervals, integrals: Sequence[_Integral]) -> _Intervals:
    """Add the intervals that are known well enough, and return the halves of the others."""
    middle, near = both.nearest(whole.segment, whole.share + whole.width / 2)
    lengths = both.sets.every.lengths[whole.segment] * whole.width
    parts = (whole.low + 4 * middle + whole.high) / 6 * lengths
    errors = np.abs(whole.low + whole.high - 2 * middle) / 2 * lengths
    changes = (whole.low_near != near) | (near != whole.high_near)
    pair = both.sets.number[whole.segment] >> 1
    changes &= whole.width > _TRUSTED_WIDTH
    # a distance is no steeper than 1: half of the parallelogram that its graph stays in
    errors[changes] = (lengths**2 - (whole.high - whole.low) ** 2)[changes] / 4
    left = [np.empty(0, np.intp)]
    for number, rows in runs_of(pair):
        left.append(integrals[number].add(parts[rows], errors[rows]) + rows.start)
    open_ = np.concatenate(left)
    width = whole.width[open_] / 2
    low, middle, high = whole.low[open_], middle[open_], whole.high[open_]
    low_near, near, high_near = whole.low_near[open_], near[open_], whole.high_near[open_]
    share = whole.share[open_]
    return _Intervals(
        np.repeat(whole.segment[open_], 2),
        _by_turns(share, share + width),
        np.repeat(width, 2),
        _by_turns(low, middle),
        _by_turns(middle, high),
        _by_turns(low_near, near),
        _by_turns(near, high_near),
    )
