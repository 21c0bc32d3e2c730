"""How far one set of segments is from another: where within, the farthest place, the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pkzone.geo.capsules import within_capsule
from pkzone.geo.segments import Segments, distances

__all__ = ["Farthest", "Offsets"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_FARTHEST_ERROR_M = 0.005
_MEAN_ERROR = 0.01
_MEAN_ERROR_M = 0.01
_MOST_HALVINGS = 10
_TRUSTED_WIDTH = 0.125
_FEW = 32  # of so few segments each counts: chance does not even out
_MOST_ROUNDS = 60
_CHUNK = 200_000


@dataclass(frozen=True, slots=True)
class Farthest:
    """The largest distance from one set of segments to another, and where it is."""

    distance_m: float
    segment: int
    share: float


@dataclass(frozen=True, slots=True)
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
        joined = np.append((mine.end[:-1] == mine.start[1:]).all(axis=1), False)
        loose = np.flatnonzero(~joined)
        points = np.concatenate([mine.start, mine.end[loose]])
        near = other.starting_at(points)
        distance = np.zeros(len(points))
        elsewhere = np.flatnonzero(near < 0)
        distance[elsewhere], near[elsewhere] = other.nearest(points[elsewhere])
        after = np.arange(len(mine)) + 1
        after[loose] = len(mine) + np.arange(len(loose))
        size = len(mine)
        return cls(mine, other, distance[:size], distance[after], near[:size], near[after])

    @property
    def _apart(self) -> Indices:
        """My segments that are none of the others', drawn either way."""
        mine, other = self.mine, self.other
        same = (mine.start == other.start[self.low_near]).all(axis=1)
        same &= (mine.end == other.end[self.low_near]).all(axis=1)
        turned = (mine.start == other.end[self.high_near]).all(axis=1)
        turned &= (mine.end == other.start[self.high_near]).all(axis=1)
        return np.flatnonzero(~(same | turned))

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
        low, high, low_near, high_near = self.low, self.high, self.low_near, self.high_near
        i, t0, t1 = np.arange(len(mine)), np.zeros(len(mine)), np.ones(len(mine))
        ends = np.concatenate([low, high])
        top = int(ends.argmax())
        best = Farthest(float(ends[top]), top % len(mine), float(top >= len(mine)))
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
            cut = t0 + (t1 - t0) * np.clip(lead / np.maximum(lead + lag, 1e-12), 0.1, 0.9)
            middle, near = other.nearest(mine.at(i, cut))
            top = int(middle.argmax())
            if middle[top] > best.distance_m:
                best = Farthest(float(middle[top]), int(i[top]), float(cut[top]))
            i, t0, t1 = np.tile(i, 2), np.concatenate([t0, cut]), np.concatenate([cut, t1])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            low_near = np.concatenate([low_near, near])
            high_near = np.concatenate([near, high_near])
        return best

    def integral_m2(self) -> float:
        """Return the integral of the distance along all my segments, in square metres.

        Notes
        -----
        Simpson's rule. The stretches whose middle is farthest off the straight line between
        their ends are halved, until all are off by less than 1 % and 1 cm together. Where the
        nearest segment changes along a stretch its middle may lie on that line by chance: until
        it was halved three times, it counts as off by all that a distance can change on its
        way; of few segments, every stretch does.
        """
        mine, other = self.mine, self.other
        i, width = self._apart, 1.0
        t0, low, high = np.zeros(len(i)), self.low[i], self.high[i]
        low_near, high_near = self.low_near[i], self.high_near[i]
        done, done_error = 0.0, 0.0
        slack = _MEAN_ERROR_M * float(mine.lengths.sum())
        while True:
            middle, near = other.nearest(mine.at(i, t0 + width / 2))
            lengths = mine.lengths[i] * width
            parts = (low + 4 * middle + high) / 6 * lengths
            errors = np.abs(low + high - 2 * middle) / 2 * lengths
            if width > _TRUSTED_WIDTH:
                changes = (low_near != near) | (near != high_near) | (len(mine) <= _FEW)
                errors[changes] = (lengths**2 - (high - low) ** 2)[changes] / 4
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
            low_near, near, high_near = low_near[open_], near[open_], high_near[open_]
            i, t0 = np.tile(i, 2), np.concatenate([t0, t0 + width])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            low_near, high_near = (
                np.concatenate([low_near, near]),
                np.concatenate([near, high_near]),
            )
