"""Sets of straight segments in a metric plane, and what is nearest to what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Segments", "as_complex", "distances", "within_one"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_DENSE_PAIRS = 100_000
"""Up to so many pairs, plain arrays are quicker than a tree."""


@dataclass(frozen=True)
class Segments:
    """Straight segments of a plane, in metres; a segment of no length is a point.

    Parameters
    ----------
    start, end : ndarray of shape (n, 2)
        The ends of each segment.
    """

    start: Array
    end: Array

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def lengths(self) -> Array:
        """Length of each segment, shape (n,)."""
        return np.hypot(self._way[:, 0], self._way[:, 1])

    @cached_property
    def _way(self) -> Array:
        return self.end - self.start

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.linestrings(np.stack([self.start, self.end], axis=1)))

    def at(self, segment: Indices, share: Array) -> Array:
        """Return the points at a share in [0, 1] of the way along some segments, shape (k, 2)."""
        points: Array = self._way[segment]
        points *= share[:, None]
        points += self.start[segment]
        return points

    @cached_property
    def _sorted_starts(self) -> tuple[npt.NDArray[np.complex128], Indices]:
        starts = as_complex(self.start)
        order = np.argsort(starts)
        return starts[order], order

    def starting_at(self, points: Array) -> Indices:
        """Return the index of a segment that starts at each point exactly; -1 for none."""
        starts, order = self._sorted_starts
        wanted = as_complex(points)
        place = np.minimum(np.searchsorted(starts, wanted), len(starts) - 1)
        return np.where(starts[place] == wanted, order[place], -1)

    def nearest(self, points: Array) -> tuple[Array, Indices]:
        """Return, for each point, the distance to these segments and the nearest one's index."""
        if len(points) * len(self) <= _DENSE_PAIRS:
            squares = _squared_distances(points[:, None, :], self.start, self.end)
            index = squares.argmin(axis=1)
            return np.sqrt(squares[np.arange(len(points)), index]), index
        (_, index), distance = self._tree.query_nearest(
            shapely.points(points), return_distance=True, all_matches=False
        )
        return distance, index

    def share_nearest(self, points: Array, segment: Indices) -> Array:
        """Return how far along a given segment each point's nearest place on it is, in [0, 1]."""
        return _nearest_share(points, self.start[segment], self.end[segment])

    def pairs_near(
        self, other: Segments, radius_m: float, only: Indices
    ) -> tuple[Indices, Indices]:
        """Return the pairs, of some segments here with all others, whose boxes are that near."""
        low = np.minimum(self.start, self.end)[only] - radius_m
        high = np.maximum(self.start, self.end)[only] + radius_m
        if len(only) * len(other) > _DENSE_PAIRS:
            boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
            mine, theirs = other._tree.query(boxes)
            return only[mine], theirs
        other_low = np.minimum(other.start, other.end)
        other_high = np.maximum(other.start, other.end)
        meet = (low[:, None, 0] <= other_high[:, 0]) & (high[:, None, 0] >= other_low[:, 0])
        meet &= (low[:, None, 1] <= other_high[:, 1]) & (high[:, None, 1] >= other_low[:, 1])
        rows, columns = np.nonzero(meet)
        return only[rows], columns


def as_complex(points: Array) -> npt.NDArray[np.complex128]:
    """Return points as one sortable number each."""
    return np.ascontiguousarray(points).view(np.complex128)[:, 0]


def within_one(share: Array) -> Array:
    """Return shares of a way held to [0, 1]; for few of them in a third of `numpy.clip`'s time."""
    held: Array = np.minimum(np.maximum(share, 0.0), 1.0)
    return held


def distances(points: Array, start: Array, end: Array) -> Array:
    """Return the distance of each point to its segment, shape (k,)."""
    return np.sqrt(_squared_distances(points, start, end))


def _nearest_share(points: Array, start: Array, end: Array) -> Array:
    """Share of the way along each segment of its place nearest to a point; broadcasts."""
    along = end - start
    square = (along * along).sum(axis=-1)
    dot = ((points - start) * along).sum(axis=-1)
    return within_one(dot / np.where(square > 0, square, 1.0))


def _squared_distances(points: Array, start: Array, end: Array) -> Array:
    """Squared distance of points to segments; broadcasts."""
    # the coordinates are kept apart, which is several times quicker than a last axis of two
    along_x, along_y = end[..., 0] - start[..., 0], end[..., 1] - start[..., 1]
    square = along_x * along_x + along_y * along_y
    x, y = points[..., 0] - start[..., 0], points[..., 1] - start[..., 1]
    share = x * along_x
    share += y * along_y
    share *= 1.0 / np.where(square > 0, square, 1.0)
    np.maximum(share, 0.0, out=share)
    np.minimum(share, 1.0, out=share)
    x -= share * along_x
    y -= share * along_y
    x *= x
    y *= y
    squares: Array = x + y
    return squares
