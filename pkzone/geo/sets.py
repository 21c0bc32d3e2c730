"""Several sets of segments, each in a plane of its own, as rows of the same arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pkzone.geo.ragged import runs_of
from pkzone.geo.segments import Segments

__all__ = ["SegmentSets"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class SegmentSets:
    """Several sets of segments; a segment is told by its number among all of them.

    Small sets take most of their time in the calls of array functions. So what is asked of
    many sets is asked of all at once, and each has the answer it would have alone.

    Parameters
    ----------
    every : Segments
        The segments of the first set, then those of the next, and so on.
    first : ndarray of shape (k + 1,)
        The number at which each set begins; the last one is the number of segments.
    """

    every: Segments
    first: Indices

    def __len__(self) -> int:
        return len(self.first) - 1

    @cached_property
    def sizes(self) -> Indices:
        """Number of segments in each set, shape (k,)."""
        return np.diff(self.first)

    @cached_property
    def number(self) -> Indices:
        """Number of the set that each segment belongs to, shape (n,)."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @cached_property
    def each(self) -> list[Segments]:
        """The sets one by one."""
        bounds = map(slice, self.first.tolist(), self.first[1:].tolist())
        return [Segments(self.every.start[rows], self.every.end[rows]) for rows in bounds]

    def starting_at(self, points: Array, number: Indices) -> Indices:
        """Return, for each point, a segment of one set that starts there exactly, or -1.

        Parameters
        ----------
        points : ndarray of shape (m, 2)
            In the plane of the set; those for one set had best follow each other.
        number : ndarray of shape (m,)
            The set to look in, for each point; it has segments.
        """
        segment = np.empty(len(points), np.intp)
        for one, rows in runs_of(number):
            found = self.each[one].starting_at(points[rows])
            segment[rows] = np.where(found < 0, -1, found + self.first[one])
        return segment

    def nearest(self, points: Array, number: Indices) -> tuple[Array, Indices]:
        """Return, for each point, the distance to one set and its nearest segment.

        The parameters are those of `starting_at`.
        """
        distance, segment = np.empty(len(points)), np.empty(len(points), np.intp)
        for one, rows in runs_of(number):
            distance[rows], found = self.each[one].nearest(points[rows])
            segment[rows] = found + self.first[one]
        return distance, segment
