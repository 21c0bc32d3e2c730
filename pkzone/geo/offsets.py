"""How far the ends of the segments of one set are from those of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pkzone.geo.segments import Segments, as_complex

__all__ = ["Offsets"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Offsets:
    """The distances from some segments to others; both sets have members.

    Parameters
    ----------
    mine : Segments
        In a plane.
    low, high : ndarray of shape (n,)
        Distance of the start and the end of each of mine to the others.
    low_near, high_near : ndarray of shape (n,)
        The other segment that is nearest there.
    """

    mine: Segments
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
        return cls(mine, distance[:size], distance[after], near[:size], near[after])
