"""How far the segments of one set are from those of another, at their ends and on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pkzone.geo.capsules import within_capsule
from pkzone.geo.segments import Segments, as_complex, distances

__all__ = ["Offsets"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_CHUNK = 200_000


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
