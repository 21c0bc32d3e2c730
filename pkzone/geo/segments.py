"""Straight segments in metric planes: distances, nearest segments, buffers, sets of them.

Sets of any size are stored flat, one after the other, with offsets::

    sizes    3        1    2          group  0 0 0 1 2 2
    rows     a0 a1 a2 b0   c0 c1      rank   0 1 2 0 0 1
    offsets  0        3    4     6
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

__all__ = [
    "SegmentSets",
    "Segments",
    "as_complex",
    "distances",
    "group_and_rank",
    "offsets",
    "runs_of",
    "segment_within_buffer",
    "within_one",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_DENSE_PAIRS = 100_000
"""Up to so many pairs, plain arrays are quicker than a tree."""


def offsets(sizes: Sequence[int] | Indices) -> Indices:
    """Return the row at which each group begins, and the number of all rows, shape (k + 1,)."""
    return np.append(0, np.cumsum(sizes, dtype=np.intp))


def group_and_rank(sizes: Indices) -> tuple[Indices, Indices]:
    """Return for each row the number of its group and its rank within that, both from 0."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def runs_of(values: Indices) -> Iterator[tuple[int, slice]]:
    """Yield each run of equal values: the value and its rows."""
    if len(values):
        changes = np.flatnonzero(values[1:] != values[:-1]) + 1
        for begin, end in pairwise([0, *changes.tolist(), len(values)]):
            yield int(values[begin]), slice(begin, end)


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


@dataclass(frozen=True)
class SegmentSets:
    """Sets of segments, each in a plane of its own, as rows of the same arrays.

    Small sets take most of their time in the calls of array functions. So what is asked of
    many sets is asked of all at once, and each has the answer it would have alone. A segment
    is known by its row among all of them.

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
        for own, rows in runs_of(number):
            found = self.each[own].starting_at(points[rows])
            segment[rows] = np.where(found < 0, -1, found + self.first[own])
        return segment

    def nearest(self, points: Array, number: Indices) -> tuple[Array, Indices]:
        """Return, for each point, the distance to one set and its nearest segment.

        The parameters are those of `starting_at`.
        """
        distance, segment = np.empty(len(points)), np.empty(len(points), np.intp)
        for own, rows in runs_of(number):
            distance[rows], found = self.each[own].nearest(points[rows])
            segment[rows] = found + self.first[own]
        return distance, segment


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
    """Return the share along each segment of its place nearest to a point; broadcasts."""
    along = end - start
    square = (along * along).sum(axis=-1)
    dot = ((points - start) * along).sum(axis=-1)
    return within_one(dot / np.where(square > 0, square, 1.0))


def _squared_distances(points: Array, start: Array, end: Array) -> Array:
    """Return the squared distance of points to segments; broadcasts."""
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


def segment_within_buffer(
    a: Array, b: Array, start: Array, end: Array, radius: float
) -> tuple[Array, Array]:
    """Return the interval of each segment a-b that lies within a radius of start-end.

    ::

            . - - - - - - - - - - .        the buffer: a disc round each end
          .     |           |  b    .      and the rectangle between them;
          .   start=======end /     .      it is convex, so that a straight a-b
          .     |           |/      .      is inside along one interval
            . - - - - - - - / - - .
                           a

    Parameters
    ----------
    a, b, start, end : ndarray of shape (n, 2)
        Ends of both segments of each pair, in metres.
    radius : float
        Metres.

    Returns
    -------
    tuple of ndarray of shape (n,)
        Shares of the way from a to b at which it enters and leaves; where it never does, the
        first is larger than the second.
    """
    way = b - a
    # the union of what three convex parts hold of a-b; an empty interval adds nothing
    from_, to = _within_disc(a, way, start, radius)
    for enters, leaves in (
        _within_disc(a, way, end, radius),
        _within_rectangle(a, way, start, end, radius),
    ):
        hit = enters <= leaves
        from_ = np.where(hit, np.minimum(from_, enters), from_)
        to = np.where(hit, np.maximum(to, leaves), to)
    return np.maximum(from_, 0.0), np.minimum(to, 1.0)


def _within_disc(a: Array, way: Array, centre: Array, radius: float) -> tuple[Array, Array]:
    """Return between which shares a + share * way lies in a disc; (inf, -inf) if nowhere."""
    square = (way * way).sum(axis=1)
    moves = square > 0
    safe = np.where(moves, square, 1.0)
    # the chord reaches as far to both sides of the place nearest to the centre (Pythagoras)
    nearest = ((centre - a) * way).sum(axis=1) / safe
    gap = a + nearest[:, None] * way - centre
    room = radius * radius - (gap * gap).sum(axis=1)
    half = np.where(moves, np.sqrt(np.maximum(room, 0.0) / safe), np.inf)
    return np.where(room >= 0, nearest - half, np.inf), np.where(room >= 0, nearest + half, -np.inf)


def _within_rectangle(
    a: Array, way: Array, start: Array, end: Array, radius: float
) -> tuple[Array, Array]:
    """Return between which shares a + share * way lies in the rectangle along start-end."""
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    safe = np.where(length > 0, length, 1.0)
    unit = along / safe[:, None]
    # u runs along start-end from 0 to its length, v across it from -radius to radius
    offset = a - start
    across = np.column_stack([-unit[:, 1], unit[:, 0]])
    from_u, to_u = _within_slab((offset * unit).sum(axis=1), (way * unit).sum(axis=1), 0.0, length)
    from_v, to_v = _within_slab(
        (offset * across).sum(axis=1), (way * across).sum(axis=1), -radius, radius
    )
    from_, to = np.maximum(from_u, from_v), np.minimum(to_u, to_v)
    real = length > 0
    return np.where(real, from_, np.inf), np.where(real, to, -np.inf)


def _within_slab(start: Array, way: Array, low: float, high: Array | float) -> tuple[Array, Array]:
    """Return between which shares start + share * way lies in [low, high]."""
    still = way == 0
    safe = np.where(still, 1.0, way)
    at_low, at_high = (low - start) / safe, (high - start) / safe
    inside = (low <= start) & (start <= high)
    from_ = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(at_low, at_high))
    to = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(at_low, at_high))
    return from_, to
