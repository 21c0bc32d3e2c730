"""The place nearest to a point or shape on many lines, anywhere on earth.

Lines are cut into short segments that count as straight in space (`DensifiedSegments`), these are
indexed by bounding spheres (`BoundingSphereTree`) and searched by the chord through the earth;
distances are geodesics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import distance_m, geocentric_m, line_parts, ring_parts
from pkzone.geo.segments import group_and_rank

__all__ = [
    "DensifiedSegments",
    "Nearest",
    "NearestToShape",
    "Places",
    "largest_bend_m",
    "nearest_to_shape",
    "segments_of",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_BEND_M = 0.01
_MOST_PIECES = 1_000_000
_MOST_PIECES_A_DEGREE = 250
"""Of 1 cm: no edge takes more, whichever way it runs (some 200 across meridians near a pole)."""

_FAR_M = 18_000_000.0
"""Up to so far away the shortest chord is that of the shortest geodesic, within 0.01 %."""
_FAR_CELL_M = 4_000.0
_MOST_FAR_PAIRS = 200_000

_WITHIN = 5e-4
_WITHIN_M = 0.005
_CUTS = 4
_STRETCH_BEND_M = 100.0
"""A stretch bent by so much is 70 km long, and no longer than its geodesic by a millionth."""

_LEAF_SIZE = 16
_NODE_SIZE = 32
_MOST_ROOTS = 1500
_MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class DensifiedSegments:
    """Segments that are straight in degrees, as RFC 7946 has it, cut into pieces.

    Unless asked otherwise, no piece leaves its segment by more than 1 cm. Where that would take
    more than a million pieces, twice as long ones leave it by four times as much, and so on:
    `largest_bend_m` tells by how much.

    Parameters
    ----------
    start, end : ndarray of shape (n, 2)
        Longitude and latitude of the ends in degrees; longitudes may run on beyond 180. A piece
        of no length is a point.
    segment : ndarray of shape (n,)
        The number of the segment, among those given, that each is a piece of.
    share_from, share_to : ndarray of shape (n,)
        Where on the way along its segment each begins and ends, in [0, 1].
    """

    start: Array
    end: Array
    segment: Indices
    share_from: Array
    share_to: Array

    def __len__(self) -> int:
        return len(self.start)

    @classmethod
    def of(cls, start: Array, end: Array, *, bend_m: float = _BEND_M) -> DensifiedSegments:
        """Cut segments, given by the degrees of their ends.

        Parameters
        ----------
        start, end : ndarray of shape (n, 2)
            Each segment follows the straight line of degrees between them, however long.
        bend_m : float, optional
            By how much a piece may leave it.
        """
        counts, _ = _counts(start, end, bend_m)
        segment, number = group_and_rank(counts)
        share_from, share_to = number / counts[segment], (number + 1) / counts[segment]
        way = (end - start)[segment]
        pieces_end = start[segment] + share_to[:, None] * way
        pieces_end = np.where((share_to == 1)[:, None], end[segment], pieces_end)
        pieces_start = start[segment] + share_from[:, None] * way
        return cls(pieces_start, pieces_end, segment, share_from, share_to)

    def at(self, piece: Indices, share: Array) -> Array:
        """Return the places at a share of the way along some pieces, in degrees, shape (k, 2)."""
        return self.start[piece] + share[:, None] * (self.end[piece] - self.start[piece])


def largest_bend_m(start: Array, end: Array) -> float:
    """Return by how much pieces of segments leave them at most: beyond 1 cm if too many are long.

    The parameters are those of `DensifiedSegments.of`.
    """
    length_deg = np.hypot(*(end - start).T).sum()
    if len(start) + _MOST_PIECES_A_DEGREE * length_deg <= _MOST_PIECES:  # most layers, by far
        return _BEND_M
    return max(_BEND_M, _counts(start, end, _BEND_M)[1])


def _counts(start: Array, end: Array, bend_m: float) -> tuple[Indices, float]:
    """Return into how many pieces to cut each segment, and by how much a piece leaves it at most.

    ::

           . - ' ' - .        the line of degrees, on the ground
        start ------- end    the chord through the earth; the bend is between their middles

    """
    chord_middle = (geocentric_m(start) + geocentric_m(end)) / 2
    bend = np.linalg.norm(geocentric_m((start + end) / 2) - chord_middle, axis=1)
    # a piece of one nth of the length is bent by one nth of the nth
    counts = np.maximum(np.ceil(np.sqrt(bend / bend_m)).astype(np.intp), 1)
    while counts.sum() > max(_MOST_PIECES, len(counts)):
        counts = (counts + 1) // 2
    return counts, float((bend / counts**2).max(initial=0.0))


def segments_of(lines: Sequence[Array]) -> tuple[Array, Array, Indices]:
    """Return start and end of the segments of some lines, and the number of the line of each."""
    if not lines:
        return np.empty((0, 2)), np.empty((0, 2)), np.empty(0, np.intp)
    vertices = np.concatenate(lines)
    line = np.repeat(np.arange(len(lines)), list(map(len, lines)))
    inner = line[1:] == line[:-1]
    return vertices[:-1][inner], vertices[1:][inner], line[:-1][inner]


@dataclass(frozen=True, slots=True)
class Places:
    """The nearest place to each of n places.

    Parameters
    ----------
    piece : ndarray of shape (n,)
        On which piece it lies.
    share : ndarray of shape (n,)
        How far along that, in [0, 1].
    distance_m : ndarray of shape (n,)
        The geodesic between the two.
    """

    piece: Indices
    share: Array
    distance_m: Array


class Nearest:
    """An index of pieces of lines, safe to use from several threads.

    What is nearest is told by the chords through the earth, and beyond 18,000 km, close to the
    antipode, where they tell no more, by geodesics to a sample of places. The geodesic to the
    place found is the distance, so that an error in the choice counts only by as much as the
    two places differ: distances are true within 0.1 % or 1 cm, whichever is more.

    Parameters
    ----------
    pieces : DensifiedSegments
        At least one.
    """

    def __init__(self, pieces: DensifiedSegments) -> None:
        self.pieces = pieces
        start = geocentric_m(pieces.start)
        self._tree = BoundingSphereTree(start, geocentric_m(pieces.end))
        cells = (start / _FAR_CELL_M).astype(np.int64)
        _, self._sample = np.unique(cells, axis=0, return_index=True)

    def find(self, lon: Array, lat: Array) -> Places:
        """Return the nearest places to some places given in degrees."""
        here = np.column_stack([lon, lat])
        piece, share = self._tree.nearest(geocentric_m(here))
        away_m = distance_m(here, self.pieces.at(piece, share))
        far = np.flatnonzero(away_m > _FAR_M)
        step = max(1, _MOST_FAR_PAIRS // len(self._sample))
        for row in (far[i : i + step] for i in range(0, len(far), step)):
            piece[row] = self._sample[self._to_sample_m(here[row]).argmin(axis=1)]
            share[row] = 0.0
            away_m[row] = distance_m(here[row], self.pieces.start[piece[row]])
        return Places(piece, share, away_m)

    def _to_sample_m(self, here: Array) -> Array:
        """Return the distances from some places to all of the sample, shape (n, samples)."""
        count = len(self._sample)
        there = np.tile(self.pieces.start[self._sample], (len(here), 1))
        return distance_m(np.repeat(here, count, axis=0), there).reshape(-1, count)


class NearestToShape(NamedTuple):
    """The place of an index nearest to a shape: its piece, the share along it, the distance."""

    piece: int
    share: float
    distance_m: float


def nearest_to_shape(shape: shapely.Geometry, index: Nearest) -> NearestToShape:
    """Return the place of an index that is nearest to the outline of a shape.

    Parameters
    ----------
    shape : shapely geometry
        Degrees lon/lat on WGS 84, of any type, not empty; edges are straight in degrees. What
        lies within a polygon is as far away as from its rings.
    index : Nearest
        What to come near to.

    Returns
    -------
    NearestToShape
        The distance is true within 0.1 % or 1 cm.

    Notes
    -----
    Branch and bound. The distance changes by no more than one goes along the outline, so no
    place of a stretch of length ``l`` whose ends are ``a`` and ``b`` away is nearer than
    ``(a + b - l) / 2``. Stretches that may still hold a nearer place are cut in four.
    """
    start, end = _stretches(shape)
    ends = index.find(*np.concatenate([start, end]).T)
    best = _best(ends)
    start_m, end_m = ends.distance_m.reshape(2, -1)
    while True:
        least_m = (start_m + end_m - distance_m(start, end)) / 2
        left = least_m < best.distance_m * (1 - _WITHIN) - _WITHIN_M
        if not left.any():
            return best
        start, end = start[left], end[left]
        stops = start + np.linspace(0.0, 1.0, _CUTS + 1)[:, None, None] * (end - start)
        places = index.find(*stops.reshape(-1, 2).T)
        best = min(best, _best(places), key=lambda place: place.distance_m)
        away_m = places.distance_m.reshape(_CUTS + 1, -1)
        start_m, end_m = away_m[:-1].ravel(), away_m[1:].ravel()
        start, end = stops[:-1].reshape(-1, 2), stops[1:].reshape(-1, 2)


def _stretches(shape: shapely.Geometry) -> tuple[Array, Array]:
    """Return the ends of short stretches of the outline; a point is one of no length."""
    start, end, _ = segments_of([*ring_parts(shape), *line_parts(shape)])
    pieces = DensifiedSegments.of(start, end, bend_m=_STRETCH_BEND_M)
    vertices = shapely.get_coordinates(shape)
    return np.concatenate([pieces.start, vertices]), np.concatenate([pieces.end, vertices])


def _best(places: Places) -> NearestToShape:
    row = int(places.distance_m.argmin())
    return NearestToShape(
        int(places.piece[row]), float(places.share[row]), float(places.distance_m[row])
    )


@dataclass(frozen=True, slots=True)
class _Level:
    """Nodes of one level of a tree, each with its members of the level below.

    ``middle`` is a place on some segment within, so that the nearest one is no farther away;
    all others within lie no farther from that than ``radius``.
    """

    members: Indices
    first: Indices
    size: Indices
    middle: Array
    radius: Array

    def opened(self, row: Indices, node: Indices) -> tuple[Indices, Indices]:
        """Return, for pairs of rows and nodes, those of rows and members."""
        size = self.size[node]
        row = np.repeat(row, size)
        place = np.arange(len(row)) + np.repeat(self.first[node] + size - np.cumsum(size), size)
        return row, self.members[place]


class BoundingSphereTree:
    """A tree of bounding spheres over straight segments of space, safe to use from threads.

    Leaves hold neighbouring segments, nodes neighbouring leaves, and so on. A node is passed
    over where no segment in its sphere can be nearer than the middle of another::

             place                 away - radius  >  least away of any node: passed over
               *- - - - - - away - - - - -(- - + - -)
               |                               radius
               |- away -(- + - )  its middle lies on a segment: the nearest is no farther

    What is left is measured, for all places together.

    Parameters
    ----------
    start, end : ndarray of shape (n, 3)
        The ends of at least one segment; one of no length is a point.
    """

    def __init__(self, start: Array, end: Array) -> None:
        way = end - start
        square = (way * way).sum(axis=1)
        self._start, self._way = np.ascontiguousarray(start.T), np.ascontiguousarray(way.T)
        self._per_square = 1.0 / np.where(square > 0, square, 1.0)
        levels = [_leaves(start, end)]
        while len(levels[0].first) > _MOST_ROOTS:
            levels.insert(0, _nodes(levels[0]))
        self._levels = levels

    def nearest(self, points: Array) -> tuple[Indices, Array]:
        """Return the nearest segment to each point of space, and the share of the way along it."""
        step = max(1, _MOST_PAIRS // (len(self._levels[0].first) + 8 * _LEAF_SIZE))
        segments, shares = [np.empty(0, np.intp)], [np.empty(0)]
        for i in range(0, len(points), step):
            segment, share = self._nearest_of_few(points[i : i + step])
            segments.append(segment)
            shares.append(share)
        return np.concatenate(segments), np.concatenate(shares)

    def _nearest_of_few(self, points: Array) -> tuple[Indices, Array]:
        top = self._levels[0]
        # |p - m|^2 = |p|^2 - 2 p.m + |m|^2: one product of matrices for all pairs
        square = (points * points).sum(axis=1)[:, None] - 2 * points @ top.middle.T
        square += (top.middle * top.middle).sum(axis=1)
        away = np.sqrt(np.maximum(square, 0.0))
        nearest = away.min(axis=1) + 1.0  # a difference of large squares is good to less than that
        row, node = np.nonzero(away - top.radius <= nearest[:, None])
        for above, level in zip(self._levels[:-1], self._levels[1:], strict=True):
            row, node = above.opened(row, node)
            away = np.linalg.norm(points[row] - level.middle[node], axis=1)
            within = away - level.radius[node] <= _least(away, row)[row]
            row, node = row[within], node[within]
        row, segment = self._levels[-1].opened(row, node)
        share, square = self._measured(points, row, segment)
        pair = np.flatnonzero(square == _least(square, row)[row])
        pair = pair[_begins(row[pair])]
        return segment[pair], share[pair]

    def _measured(self, points: Array, row: Indices, segment: Indices) -> tuple[Array, Array]:
        """Return share and squared distance of the nearest place for pairs of both."""
        # the coordinates are kept apart, which is several times quicker than a last axis of three
        away = [of[row] - start[segment] for of, start in zip(points.T, self._start, strict=True)]
        way = [axis[segment] for axis in self._way]
        along = away[0] * way[0] + away[1] * way[1] + away[2] * way[2]
        share = np.minimum(np.maximum(along * self._per_square[segment], 0.0), 1.0)
        for axis, along_axis in zip(away, way, strict=True):
            axis -= share * along_axis
            axis *= axis
        return share, away[0] + away[1] + away[2]


def _begins(row: Indices) -> Indices:
    """Return where each run of equal rows begins."""
    return np.flatnonzero(np.append(True, row[1:] != row[:-1]))


def _least(value: Array, row: Indices) -> Array:
    """Return the least value of each row, of rows that are sorted and all there."""
    least: Array = np.minimum.reduceat(value, _begins(row))
    return least


def _leaves(start: Array, end: Array) -> _Level:
    """Group segments that follow each other along a line; single ones by Morton's curve."""
    meets = [(a[1:] == b[:-1]).all(axis=1) for a in (start, end) for b in (start, end)]
    breaks = np.append(True, ~np.logical_or.reduce(meets))
    line = np.cumsum(breaks) - 1
    since = np.arange(len(start)) - np.flatnonzero(breaks)[line]
    is_single = np.bincount(line)[line] == 1
    along, single = np.flatnonzero(~is_single), np.flatnonzero(is_single)
    single = single[_morton_order(start[single])]
    members = np.concatenate([along, single])
    rank = np.concatenate([since[along], np.arange(len(single))])
    first = np.flatnonzero(rank % _LEAF_SIZE == 0)
    size = np.diff(first, append=len(members))
    middle = start[members[first + size // 2]]
    ends = (side[members] - np.repeat(middle, size, axis=0) for side in (start, end))
    reach = np.maximum(*(np.linalg.norm(side, axis=1) for side in ends))
    return _Level(members, first, size, middle, np.maximum.reduceat(reach, first))


def _nodes(below: _Level) -> _Level:
    """Group the nodes of a level by Morton's curve."""
    members = _morton_order(below.middle)
    first = np.arange(0, len(members), _NODE_SIZE)
    size = np.diff(first, append=len(members))
    middle = below.middle[members[first + size // 2]]
    reach = np.linalg.norm(below.middle[members] - np.repeat(middle, size, axis=0), axis=1)
    reach += below.radius[members]
    return _Level(members, first, size, middle, np.maximum.reduceat(reach, first))


def _morton_order(points: Array) -> Indices:
    """Return the order of points of space along Morton's curve, which keeps neighbours close."""
    if not len(points):
        return np.empty(0, np.intp)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (2**20 - 1) / max(float((high - low).max()), 1.0)
    key = np.zeros(len(points), np.int64)
    for axis, cell in enumerate(((points - low) * scale).astype(np.int64).T):
        for bit in range(20):  # interleave the bits of x, y and z
            key |= (cell >> bit & 1) << (3 * bit + axis)
    return np.argsort(key)
