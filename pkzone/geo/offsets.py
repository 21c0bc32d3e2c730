"""How far one set of segments is from another: where within, the farthest place, the mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pkzone.geo.capsules import within_capsule
from pkzone.geo.segments import Segments, as_complex, distances

__all__ = ["Farthest", "Offsets"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_FARTHEST_ERROR_M = 0.005
_MEAN_ERROR = 0.01
_MEAN_ERROR_M = 0.01
_MOST_HALVINGS = 10
_PARTS = 8
_MOST_ROUNDS = 60
_CHUNK = 200_000


@dataclass(frozen=True, slots=True)
class Farthest:
    """The largest distance from one set of segments to another, and where it is."""

    distance_m: float
    segment: int
    share: float


@dataclass(frozen=True)
class Offsets:
    """The distances from some segments to others; both sets have members.

    Parameters
    ----------
    mine, other : Segments
        In one plane.
    low, high : ndarray of shape (n,)
        Distance of the start and the end of each of mine to the others.
    low_near, high_near : ndarray of shape (n,)
        The other segment that is nearest there.
    """

    mine: Segments
    other: Segments
    low: Array
    high: Array
    low_near: Indices
    high_near: Indices

    @classmethod
    def between(cls, mine: Segments, other: Segments) -> Offsets:
        """Measure the ends of each of mine, once where two segments share one."""
        joined = as_complex(mine.end)[:-1] == as_complex(mine.start)[1:]
        loose = np.append(np.flatnonzero(~joined), len(mine) - 1)
        points = np.concatenate([mine.start, mine.end[loose]])
        near = other.starting_at(points)
        distance = np.zeros(len(points))
        elsewhere = np.flatnonzero(near < 0)
        distance[elsewhere], near[elsewhere] = other.nearest(points[elsewhere])
        after = np.arange(len(mine)) + 1
        after[loose] = len(mine) + np.arange(len(loose))
        size = len(mine)
        return cls(mine, other, distance[:size], distance[after], near[:size], near[after])

    @cached_property
    def _apart(self) -> Indices:
        """My segments that are none of the others', drawn either way."""
        mine, other = self.mine, self.other
        start, end = as_complex(mine.start), as_complex(mine.end)
        other_start, other_end = as_complex(other.start), as_complex(other.end)
        same = (start == other_start[self.low_near]) & (end == other_end[self.low_near])
        turned = (start == other_end[self.high_near]) & (end == other_start[self.high_near])
        return np.flatnonzero(~(same | turned))

    @cached_property
    def _within_reach(self) -> tuple[Segments, Indices]:
        """The others that may be nearest to a place on mine that are apart, and their indices.

        A place is no farther from the others than the end of its segment is, and half the
        segment's length more.
        """
        mine, other, apart = self.mine, self.other, self._apart
        ends = np.concatenate([mine.start[apart], mine.end[apart]])
        reach_m = np.maximum(self.low[apart], self.high[apart]) + mine.lengths[apart] / 2
        reach_m = reach_m.max(initial=0.0) * (1 + 1e-9)
        low, high = ends.min(axis=0, initial=np.inf), ends.max(axis=0, initial=-np.inf)
        meets = np.maximum(other.start, other.end) >= low - reach_m
        meets &= np.minimum(other.start, other.end) <= high + reach_m
        found = np.flatnonzero(meets[:, 0] & meets[:, 1])
        if 2 * len(found) > len(other):
            return other, np.arange(len(other))
        return Segments(other.start[found], other.end[found]), found

    def _nearest(self, points: Array) -> tuple[Array, Indices]:
        """Return, of places on my segments that are apart, what `Segments.nearest` would."""
        others, index = self._within_reach
        distance, found = others.nearest(points)
        return distance, index[found]

    def _ends_of(self, segment: Indices) -> tuple[Array, Array, Indices, Indices]:
        """Return the distances at both ends of some of mine, and what is nearest there."""
        ends = self.low[segment], self.high[segment]
        return *ends, self.low_near[segment], self.high_near[segment]

    def stretches_within(self, radius_m: float) -> tuple[Indices, Array, Array]:
        """Return the stretches that lie within a distance of the others.

        The points within ``radius_m`` of one segment form a convex capsule, so each segment
        meets it in one stretch, found in closed form.

        Returns
        -------
        segment, share_from, share_to : ndarray of shape (k,)
            A stretch runs along ``segment`` from one share of its length to another. Stretches
            overlap: their union is what lies within.
        """
        mine, other = self.mine, self.other
        far_end = distances(mine.end, other.start[self.low_near], other.end[self.low_near])
        whole = (self.low <= radius_m) & (far_end <= radius_m)
        inside = np.flatnonzero(whole)
        found = [(inside, np.zeros(len(inside)), np.ones(len(inside)))]
        rows, columns = mine.pairs_near(other, radius_m, np.flatnonzero(~whole))
        for chunk in range(0, len(rows), _CHUNK):
            i, j = rows[chunk : chunk + _CHUNK], columns[chunk : chunk + _CHUNK]
            share_from, share_to = within_capsule(
                mine.start[i], mine.end[i], other.start[j], other.end[j], radius_m
            )
            hit = share_from <= share_to
            found.append((i[hit], share_from[hit], share_to[hit]))
        segment, share_from, share_to = (np.concatenate(part) for part in zip(*found, strict=True))
        return segment, share_from, share_to

    def farthest(self) -> Farthest:
        """Return the largest distance of any of my points, at most 5 mm too small.

        Notes
        -----
        Branch and bound. The distance to *one* segment is convex along a stretch, so the
        larger of the distances of both ends to it bounds the stretch from above; a stretch
        that may still hold a farther point is cut where two segments become equally near.
        """
        mine, other = self.mine, self.other
        ends = np.concatenate([self.low, self.high])
        top = int(ends.argmax())
        best = Farthest(float(ends[top]), top % len(mine), float(top >= len(mine)))
        i = self._apart
        if not len(i):
            return best
        low, high, low_near, high_near = self._ends_of(i)
        t0, t1 = np.zeros(len(i)), np.ones(len(i))
        for _ in range(_MOST_ROUNDS):
            p0, p1 = mine.at(i, t0), mine.at(i, t1)
            low_cross = distances(p0, other.start[high_near], other.end[high_near])
            high_cross = distances(p1, other.start[low_near], other.end[low_near])
            bound = np.minimum(np.maximum(low, high_cross), np.maximum(high, low_cross))
            bound = np.minimum(bound, (low + high + np.hypot(*(p1 - p0).T)) / 2)
            open_ = np.flatnonzero(bound > best.distance_m + _FARTHEST_ERROR_M)
            if not len(open_):
                break
            i, t0, t1 = i[open_], t0[open_], t1[open_]
            low, high = low[open_], high[open_]
            low_near, high_near = low_near[open_], high_near[open_]
            # where the nearest of one end and that of the other are equally far, if linear
            lead, lag = low_cross[open_] - low, high_cross[open_] - high
            share = lead / np.maximum(lead + lag, 1e-12)
            cut = t0 + (t1 - t0) * np.minimum(np.maximum(share, 0.1), 0.9)
            middle, near = self._nearest(mine.at(i, cut))
            top = int(middle.argmax())
            if middle[top] > best.distance_m:
                best = Farthest(float(middle[top]), int(i[top]), float(cut[top]))
            i, t0, t1 = np.concatenate([i, i]), np.concatenate([t0, cut]), np.concatenate([cut, t1])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            low_near = np.concatenate([low_near, near])
            high_near = np.concatenate([near, high_near])
        return best

    def integral_m2(self) -> float:
        """Return the integral of the distance along all my segments, in square metres.

        Notes
        -----
        Simpson's rule on eighths of my segments. Those whose middle is farthest off the straight
        line between their ends are halved, until all are off by less than 1 % and 1 cm together.
        (On longer stretches the nearest segment changes, and a middle may lie on that line by
        chance.)
        """
        mine = self.mine
        if not len(self._apart):
            return 0.0
        i, width = np.repeat(self._apart, _PARTS), 1 / _PARTS
        t0 = np.tile(np.arange(_PARTS) * width, len(self._apart))
        low, high = self._of_parts(i, t0)
        done, done_error = 0.0, 0.0
        slack = _MEAN_ERROR_M * float(mine.lengths.sum())
        while True:
            middle, _ = self._nearest(mine.at(i, t0 + width / 2))
            lengths = mine.lengths[i] * width
            parts = (low + 4 * middle + high) / 6 * lengths
            errors = np.abs(low + high - 2 * middle) / 2 * lengths
            allowed = _MEAN_ERROR * (done + float(parts.sum())) + slack
            if done_error + float(errors.sum()) <= allowed or width <= 0.5**_MOST_HALVINGS:
                return done + float(parts.sum())
            order = np.argsort(errors)
            growing = np.cumsum(errors[order])
            count = int(np.searchsorted(growing, allowed / _MOST_HALVINGS))
            small, open_ = order[:count], order[count:]
            done += float(parts[small].sum())
            done_error += float(errors[small].sum())
            i, t0, width = i[open_], t0[open_], width / 2
            low, middle, high = low[open_], middle[open_], high[open_]
            i, t0 = np.concatenate([i, i]), np.concatenate([t0, t0 + width])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])

    def _of_parts(self, segment: Indices, share: Array) -> tuple[Array, Array]:
        """Return the distances at both ends of each part of my segments that are apart."""
        inner = np.flatnonzero(share > 0)
        low = self.low[segment]
        low[inner], _ = self._nearest(self.mine.at(segment[inner], share[inner]))
        high = np.append(low[1:], 0.0)
        high[_PARTS - 1 :: _PARTS] = self.high[self._apart]
        return low, high
