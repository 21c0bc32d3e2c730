"""How far two sets of segments are apart, seen from both: what is near, the farthest, the mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pkzone.geo.capsules import within_capsule
from pkzone.geo.offsets import Offsets
from pkzone.geo.segments import Segments, as_complex, distances

__all__ = ["Farthest", "Stretches", "TwoWay"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_FARTHEST_ERROR_M = 0.005
_MEAN_ERROR = 0.01
_MEAN_ERROR_M = 0.01
_TRUSTED_WIDTH = 0.125
_FEW = 128
_MOST_HALVINGS = 10
_MOST_ROUNDS = 60
_CHUNK = 200_000


@dataclass(frozen=True, slots=True)
class Farthest:
    """The place on either set that is farthest from the other.

    Parameters
    ----------
    distance_m : float
        Its distance, at most 5 mm too small.
    on_target : bool
        Whether the place is on the target's segments, not on the base's.
    segment : int
        The segment it is on, by number in its set.
    share : float
        How far along that segment, in [0, 1].
    """

    distance_m: float
    on_target: bool
    segment: int
    share: float


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of single segments.

    Parameters
    ----------
    segment : ndarray of shape (k,)
        The segment of each, by number in its set.
    share_from, share_to : ndarray of shape (k,)
        It runs from one share of the segment's length to another.
    """

    segment: Indices
    share_from: Array
    share_to: Array


@dataclass(frozen=True)
class TwoWay:
    """The distances of two sets of segments, both with members, from each other.

    Both directions are measured in the same steps, as rows of the same arrays: those of the
    base come first. Segments that both sets have are passed over: nothing is apart there.

    Parameters
    ----------
    there, back : Offsets
        From base to target, and from target to base.
    """

    there: Offsets
    back: Offsets

    @classmethod
    def between(cls, base: Segments, target: Segments) -> TwoWay:
        """Measure the ends of all segments of both sets."""
        return cls(Offsets.between(base, target), Offsets.between(target, base))

    @cached_property
    def _all(self) -> Segments:
        """The segments of both sets."""
        base, target = self.there.mine, self.back.mine
        start, end = (base.start, target.start), (base.end, target.end)
        return Segments(np.concatenate(start), np.concatenate(end))

    @cached_property
    def _ends(self) -> tuple[Array, Array, Indices, Indices]:
        """Distances at both ends of each of all segments, and what is nearest there."""
        there, back, size = self.there, self.back, len(self.there.mine)
        return (
            np.concatenate([there.low, back.low]),
            np.concatenate([there.high, back.high]),
            np.concatenate([there.low_near + size, back.low_near]),
            np.concatenate([there.high_near + size, back.high_near]),
        )

    @cached_property
    def _apart(self) -> Indices:
        """The segments that are none of the other set, drawn either way."""
        start, end = as_complex(self._all.start), as_complex(self._all.end)
        _, _, low_near, high_near = self._ends
        same = (start == start[low_near]) & (end == end[low_near])
        turned = (start == end[high_near]) & (end == start[high_near])
        return np.flatnonzero(~(same | turned))

    def _nearest(self, points: Array, segment: Indices) -> tuple[Array, Indices]:
        """Return what is nearest in the other set to places on some of all segments."""
        size = len(self.there.mine)
        distance, near = np.empty(len(points)), np.empty(len(points), np.intp)
        ours = segment < size
        for mine, other, shift in ((ours, self.back.mine, size), (~ours, self.there.mine, 0)):
            rows = np.flatnonzero(mine)
            if len(rows):
                distance[rows], found = other.nearest(points[rows])
                near[rows] = found + shift
        return distance, near

    def stretches_within(self, radius_m: float) -> tuple[Stretches, Stretches]:
        """Return the stretches of the base and of the target that lie that near to the other.

        The points within ``radius_m`` of one segment form a convex capsule, so each segment
        meets it in one stretch, found in closed form. Stretches overlap: their union is what
        lies within.
        """
        every, size = self._all, len(self.there.mine)
        low, _, near, _ = self._ends
        far_end = distances(every.end, every.start[near], every.end[near])
        whole = (low <= radius_m) & (far_end <= radius_m)
        inside, rest = np.flatnonzero(whole), np.flatnonzero(~whole)
        found = [(inside, np.zeros(len(inside)), np.ones(len(inside)))]
        rows, columns = self._pairs_near(rest, radius_m)
        for chunk in range(0, len(rows), _CHUNK):
            i, j = rows[chunk : chunk + _CHUNK], columns[chunk : chunk + _CHUNK]
            share_from, share_to = within_capsule(
                every.start[i], every.end[i], every.start[j], every.end[j], radius_m
            )
            hit = share_from <= share_to
            found.append((i[hit], share_from[hit], share_to[hit]))
        segment, share_from, share_to = (np.concatenate(part) for part in zip(*found, strict=True))
        ours, theirs = np.flatnonzero(segment < size), np.flatnonzero(segment >= size)
        return (
            Stretches(segment[ours], share_from[ours], share_to[ours]),
            Stretches(segment[theirs] - size, share_from[theirs], share_to[theirs]),
        )

    def _pairs_near(self, segment: Indices, radius_m: float) -> tuple[Indices, Indices]:
        """Return the pairs of some of all segments with those of the other set that are near."""
        base, target, size = self.there.mine, self.back.mine, len(self.there.mine)
        mine, theirs = base.pairs_near(target, radius_m, segment[segment < size])
        back, others = target.pairs_near(base, radius_m, segment[segment >= size] - size)
        return np.concatenate([mine, back + size]), np.concatenate([theirs + size, others])

    def farthest(self) -> Farthest:
        """Return the largest distance of any place on either set to the other one.

        Notes
        -----
        Branch and bound. The distance to *one* segment is convex along a stretch, so the
        larger of the distances of both ends to it bounds the stretch from above; a stretch
        that may still hold a farther point is cut where two segments become equally near.
        """
        every, i = self._all, self._apart
        low, high, low_near, high_near = self._ends
        ends = np.concatenate([low, high])
        top = int(ends.argmax())
        best = float(ends[top]), top % len(every), float(top >= len(every))
        low, high, low_near, high_near = low[i], high[i], low_near[i], high_near[i]
        t0, t1 = np.zeros(len(i)), np.ones(len(i))
        for _ in range(_MOST_ROUNDS):
            p0, p1 = every.at(i, t0), every.at(i, t1)
            low_cross = distances(p0, every.start[high_near], every.end[high_near])
            high_cross = distances(p1, every.start[low_near], every.end[low_near])
            bound = np.minimum(np.maximum(low, high_cross), np.maximum(high, low_cross))
            bound = np.minimum(bound, (low + high + np.hypot(*(p1 - p0).T)) / 2)
            open_ = np.flatnonzero(bound > best[0] + _FARTHEST_ERROR_M)
            if not len(open_):
                break
            i, t0, t1 = i[open_], t0[open_], t1[open_]
            low, high = low[open_], high[open_]
            low_near, high_near = low_near[open_], high_near[open_]
            # where the nearest of one end and that of the other are equally far, if linear
            lead, lag = low_cross[open_] - low, high_cross[open_] - high
            share = lead / np.maximum(lead + lag, 1e-12)
            cut = t0 + (t1 - t0) * np.minimum(np.maximum(share, 0.1), 0.9)
            middle, near = self._nearest(every.at(i, cut), i)
            top = int(middle.argmax())
            if middle[top] > best[0]:
                best = float(middle[top]), int(i[top]), float(cut[top])
            i, t0, t1 = _twice(i), np.concatenate([t0, cut]), np.concatenate([cut, t1])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            low_near = np.concatenate([low_near, near])
            high_near = np.concatenate([near, high_near])
        distance_m, segment, along = best
        size = len(self.there.mine)
        on_target = segment >= size
        return Farthest(distance_m, on_target, segment - size * on_target, along)

    def mean_m(self) -> float:
        """Return the mean distance over the length of both; of nothing but points, of these.

        Notes
        -----
        Simpson's rule. The stretches whose middle is farthest off the straight line between
        their ends are halved, until all are off by less than 1 % and 1 cm together. Where the
        nearest segment changes along a stretch its middle may lie on that line by chance: unless
        it is an eighth of a segment or less, it counts as off by all that a distance can change
        on its way. Of few segments, for which chance does not even out, one begins with eighths.
        """
        length_m = float(self._all.lengths.sum())
        return self._integral_m2(length_m) / length_m if length_m else float(self._ends[0].mean())

    def _integral_m2(self, length_m: float) -> float:
        every = self._all
        i, t0, width = self._begun()
        low, high, low_near, high_near = self._at_ends_of(i, t0, width)
        done, done_error = 0.0, 0.0
        slack = _MEAN_ERROR_M * length_m
        while True:
            middle, near = self._nearest(every.at(i, t0 + width / 2), i)
            lengths = every.lengths[i] * width
            parts = (low + 4 * middle + high) / 6 * lengths
            errors = np.abs(low + high - 2 * middle) / 2 * lengths
            if width > _TRUSTED_WIDTH:
                changes = (low_near != near) | (near != high_near)
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
            i, t0 = _twice(i), np.concatenate([t0, t0 + width])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            low_near, high_near = (
                np.concatenate([low_near, near]),
                np.concatenate([near, high_near]),
            )

    def _begun(self) -> tuple[Indices, Array, float]:
        """Return the stretches to begin with: segment, share at the start, width."""
        apart = self._apart
        if len(apart) > _FEW:
            return apart, np.zeros(len(apart)), 1.0
        parts = round(1 / _TRUSTED_WIDTH)
        begins = np.arange(parts) * _TRUSTED_WIDTH
        return np.repeat(apart, parts), np.tile(begins, len(apart)), _TRUSTED_WIDTH

    def _at_ends_of(
        self, segment: Indices, share: Array, width: float
    ) -> tuple[Array, Array, Indices, Indices]:
        """Return the distances at both ends of stretches that fill segments, and what is nearest.

        The stretches of a segment follow each other.
        """
        low, high, low_near, high_near = self._ends
        low, high = low[segment], high[segment]
        low_near, high_near = low_near[segment], high_near[segment]
        inner = np.flatnonzero(share > 0)
        if len(inner):
            places = self._all.at(segment[inner], share[inner])
            low[inner], low_near[inner] = self._nearest(places, segment[inner])
            before = np.flatnonzero(share + width < 1)
            high[before], high_near[before] = low[before + 1], low_near[before + 1]
        return low, high, low_near, high_near


def _twice(values: Indices) -> Indices:
    return np.concatenate([values, values])
