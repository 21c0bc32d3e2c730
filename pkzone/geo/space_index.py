"""The nearest of many straight segments of space: by a grid of candidates, or by a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from pkzone.geo.measure import geocentric_m
from pkzone.geo.segments import group_and_rank

__all__ = ["SegmentIndex"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Short = npt.NDArray[np.int32]

_LEAF_SIZE = 16
_NODE_SIZE = 32
_MOST_ROOTS = 1500
_MOST_PAIRS = 100_000

_LARGEST_RADIUS_M = 6_399_594.0  # of curvature, on WGS 84
_ROUNDING_M = 0.01
_MOST_CANDIDATES = 48
"""Of a cell; where more segments can be the nearest the tree is quicker."""
_ENOUGH_CANDIDATES = 4
"""Of a cell, on average: with fewer a finer grid would save little."""
_MOST_MEMBERS = 2_000_000
_WORTH = 3
"""Candidates of a grid that are looked at to make a finer one, for each place asked for."""
_FINEST = 10
_CHUNK_ROWS = 16_384
_CHUNK_MEMBERS = 60_000


class SegmentIndex:
    """An index of straight segments of space, safe to use from several threads.

    Places are looked up in a grid of degrees around the segments, which becomes finer as more of
    them are asked for; what lies off the grid, or where too many segments are about as near, in
    a tree. Both find the same segment, of equals the first.

    Parameters
    ----------
    start, end : ndarray of shape (n, 2)
        Degrees of the ends of at least one segment; one of no length is a point.
    """

    def __init__(self, start: Array, end: Array) -> None:
        from_m, to_m = geocentric_m(start), geocentric_m(end)
        segments = _Segments.between(from_m, to_m)
        self._tree = BoundingSphereTree(segments, from_m, to_m)
        self._grid = CandidateGrid.around(segments, start)
        self._asked = 0
        self._refining = Lock()

    def nearest(self, here: Array, points: Array) -> tuple[Indices, Array]:
        """Return the nearest segment to each place, and the share of the way along it.

        Parameters
        ----------
        here : ndarray of shape (n, 2)
            The places, in degrees.
        points : ndarray of shape (n, 3)
            The same as points of space.
        """
        self._asked += len(here)
        grid = self._refined()
        segment, share = np.empty(len(here), np.intp), np.empty(len(here))
        cell = grid.cell_of(*here.T)
        count = grid.candidates(cell)
        axes = np.ascontiguousarray(points.T)
        for row in grid.rows_by_count(count):
            segment[row], share[row] = grid.nearest(axes[:, row], cell[row])
        other = np.flatnonzero(count == 0)
        if len(other):
            segment[other], share[other] = self._tree.nearest(points[other])
        return segment, share

    def _refined(self) -> CandidateGrid:
        """Return the grid, finer if as many places were asked for as it takes to make it so."""
        if self._grid.can_be_finer(self._asked) and self._refining.acquire(blocking=False):
            try:
                while self._grid.can_be_finer(self._asked):
                    self._grid = self._grid.finer()
            finally:
                self._refining.release()
        return self._grid


@dataclass(frozen=True, slots=True)
class _Segments:
    """Segments of space: where they start, and the way to their ends, each of shape (3, n)."""

    start: Array
    way: Array
    per_square: Array

    @classmethod
    def between(cls, start: Array, end: Array) -> _Segments:
        way = end - start
        square = (way * way).sum(axis=1)
        return cls(
            np.ascontiguousarray(start.T),
            np.ascontiguousarray(way.T),
            1.0 / np.where(square > 0, square, 1.0),
        )

    def measured(self, points: Array, segment: Indices | Short) -> tuple[Array, list[Array], Array]:
        """Return share, way to, and squared distance of the nearest place, for pairs of both.

        ``points`` has shape (3, n): coordinates are kept apart, which is several times quicker
        than a last axis of three.
        """
        away = [of - start[segment] for of, start in zip(points, self.start, strict=True)]
        way = [axis[segment] for axis in self.way]
        share = away[0] * way[0]
        share += away[1] * way[1]
        share += away[2] * way[2]
        share *= self.per_square[segment]
        np.clip(share, 0.0, 1.0, out=share)
        for axis, along in zip(away, way, strict=True):
            along *= share
            axis -= along
        square = away[0] * away[0]
        square += away[1] * away[1]
        square += away[2] * away[2]
        return share, away, square


@dataclass(frozen=True, slots=True)
class CandidateGrid:
    """A grid of degrees: each cell has the segments that can be nearest to a place in it.

    ::

        +-------------+
        |             |
        |      +------|--    r: half of the diagonal
        |    centre   |
        +-------------+

    Let the segment nearest to the centre be d away, in the direction u, and another one D in the
    direction v. Within r of the centre the first is no farther than its distance there and what
    the way along u adds, and r r / (2 (d - r)) as its circles are curved; the other, as distances
    from what is convex are, is no nearer than the way along v makes it. So it is nowhere the
    nearest if D - d is more than r |v - u| + r r / (2 (d - r)), nor if it is more than 2 r. A
    finer grid has four cells for each, with what is left of its candidates.

    Attributes
    ----------
    segments : _Segments
        All segments.
    west, south, width, height : float
        What it covers, in degrees; longitudes run on beyond 180.
    side : int
        The number of rows, and of columns; cells are numbered column by column.
    first : ndarray of int32
        Where the candidates of each cell begin in `members`, and where the last ones end.
    members : ndarray of int32
        Candidates, those of a cell in their order.
    """

    segments: _Segments
    west: float
    south: float
    width: float
    height: float
    side: int
    first: Short
    members: Short

    @classmethod
    def around(cls, segments: _Segments, start: Array) -> CandidateGrid:
        """Return a grid of one cell, three times as wide and high as what starts at some places."""
        lon = np.unique(start[:, 0] % 360.0)
        gaps = np.diff(lon, append=lon[0] + 360.0)
        widest = int(gaps.argmax())
        east, west = lon[widest], lon[(widest + 1) % len(lon)]
        low, high = float(start[:, 1].min()), float(start[:, 1].max())
        margin = max((east - west) % 360.0, high - low, 0.1)
        south, north = max(-90.0, low - margin), min(90.0, high + margin)
        width = min(360.0, (east - west) % 360.0 + 2 * margin)
        every = np.arange(segments.start.shape[1], dtype=np.int32)
        first = np.array([0, len(every)], np.int32)
        return cls(segments, west - margin, south, width, north - south, 1, first, every)

    def cell_of(self, lon: Array, lat: Array) -> Indices:
        """Return the number of the cell that each place lies in, -1 for none."""
        x, y = (lon - self.west) % 360.0, lat - self.south
        within = (x < self.width) & (y >= 0) & (y < self.height)
        last = self.side - 1
        with np.errstate(invalid="ignore"):
            column = np.minimum((x * (self.side / self.width)).astype(np.intp), last)
            row = np.minimum((y * (self.side / self.height)).astype(np.intp), last)
        return np.where(within, column * self.side + row, -1)

    def candidates(self, cell: Indices) -> npt.NDArray[np.uint8]:
        """Return how many candidates cells have; 0 for none, or too many, or no cell."""
        count = np.append(np.diff(self.first), 0)
        count[count > _MOST_CANDIDATES] = 0
        return count.astype(np.uint8)[cell]

    def rows_by_count(self, count: npt.NDArray[np.uint8]) -> Iterator[Indices]:
        """Yield rows that have candidates, in chunks, those with more of them first."""
        order = np.argsort(_MOST_CANDIDATES - count, kind="stable")[: np.count_nonzero(count)]
        for i in range(0, len(order), _CHUNK_ROWS):
            yield order[i : i + _CHUNK_ROWS]

    def nearest(self, points: Array, cell: Indices) -> tuple[Short, Array]:
        """Return the nearest candidate of points in some cells, and the share along it.

        Cells with more candidates come first.
        """
        begin = self.first[cell]
        count = self.first[cell + 1] - begin
        nearest = self.members[begin]
        share, _, square = self.segments.measured(points, nearest)
        for place in range(1, int(count[0])):
            rows = int(np.searchsorted(-count, -place))  # those that have one more
            segment = self.members[begin[:rows] + place]
            other_share, _, other = self.segments.measured(points[:, :rows], segment)
            closer = np.flatnonzero(other < square[:rows])
            nearest[closer], share[closer] = segment[closer], other_share[closer]
            square[closer] = other[closer]
        return nearest, share

    def can_be_finer(self, asked: int) -> bool:
        """Tell whether a finer grid is worth its making, of so many places asked for by now."""
        count = len(self.members)
        return (
            count <= min(_WORTH * asked, _MOST_MEMBERS)
            and self.side < 2**_FINEST
            and count > _ENOUGH_CANDIDATES * self.side**2
        )

    def finer(self) -> CandidateGrid:
        """Return a grid of twice as many columns and rows."""
        cells, members = [], []
        for begin, end in self._chunks():
            for child, kept in self._children(begin, end):
                cells.append(child)
                members.append(kept)
        cell = np.concatenate(cells)
        order = np.argsort(cell, kind="stable")
        sizes = np.bincount(cell, minlength=4 * self.side**2)
        first = np.append(0, np.cumsum(sizes)).astype(np.int32)
        found = np.concatenate(members)[order]
        where = self.west, self.south, self.width, self.height
        return CandidateGrid(self.segments, *where, 2 * self.side, first, found)

    def _chunks(self) -> Iterator[tuple[int, int]]:
        """Yield runs of cells that have a bounded number of candidates together, or one cell."""
        begin, cells = 0, len(self.first) - 1
        while begin < cells:
            most = self.first[begin] + _CHUNK_MEMBERS
            end = max(begin + 1, int(np.searchsorted(self.first, most, side="right")) - 1)
            yield begin, min(end, cells)
            begin = end

    def _children(self, begin: int, end: int) -> Iterator[tuple[Indices, Short]]:
        """Yield, for each quarter of some cells, pairs of the finer cell and a candidate of it."""
        first = self.first[begin:end]
        sizes = np.diff(self.first[begin : end + 1])
        members = self.members[first[0] : first[0] + sizes.sum()]
        column, row = np.divmod(np.arange(begin, end), self.side)
        for quarter in range(4):
            x, y = 2 * column + quarter // 2, 2 * row + quarter % 2
            centre, radius_m = self._centres(x, y)
            points = np.repeat(geocentric_m(centre), sizes, axis=0).T
            _, away, square = self.segments.measured(points, members)
            away_m = np.sqrt(square)
            for axis in away:
                axis /= np.maximum(away_m, _ROUNDING_M)
            cell = np.repeat(np.arange(len(sizes)), sizes)
            nearest = np.flatnonzero(away_m == np.minimum.reduceat(away_m, first - first[0])[cell])
            nearest = nearest[_begins(cell[nearest])]
            least_m = away_m[nearest]
            turn = np.sqrt(sum((axis - axis[nearest][cell]) ** 2 for axis in away))
            with np.errstate(divide="ignore"):
                curve_m = radius_m**2 / (2 * np.maximum(least_m - radius_m, 0.0))
            more_m = np.minimum(turn * radius_m[cell] + curve_m[cell], 2 * radius_m[cell])
            kept = away_m - least_m[cell] <= more_m + _ROUNDING_M
            yield np.repeat(x * (2 * self.side) + y, sizes)[kept], members[kept]

    def _centres(self, x: Indices, y: Indices) -> tuple[Array, Array]:
        """Return the centres of cells of the finer grid, and how far a place in one is at most."""
        half_lon, half_lat = self.width / (4 * self.side), self.height / (4 * self.side)
        lat = self.south + (2 * y + 1) * half_lat
        centre = np.column_stack([self.west + (2 * x + 1) * half_lon, lat])
        nearest_equator = np.maximum(np.abs(lat) - half_lat, 0.0)
        cosines = np.cos(np.radians(lat)) * np.cos(np.radians(nearest_equator))
        sine2 = np.sin(np.radians(half_lat) / 2) ** 2
        sine2 = sine2 + cosines * np.sin(np.radians(half_lon) / 2) ** 2
        # by the haversine formula on a sphere that is nowhere less curved than the ellipsoid
        radius_m = 2 * _LARGEST_RADIUS_M * np.arcsin(np.minimum(np.sqrt(sine2), 1.0))
        return centre, radius_m


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
        pair, rank = group_and_rank(self.size[node])
        return row[pair], self.members[self.first[node[pair]] + rank]


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
    segments : _Segments
        At least one; one of no length is a point.
    start, end : ndarray of shape (n, 3)
        Their ends.
    """

    def __init__(self, segments: _Segments, start: Array, end: Array) -> None:
        self._segments = segments
        levels = [_leaves(start, end)]
        while len(levels[0].first) > _MOST_ROOTS:
            levels.insert(0, _nodes(levels[0]))
        self._levels = levels

    def nearest(self, points: Array) -> tuple[Indices, Array]:
        """Return the nearest segment to each point of space, and the share of the way along it."""
        step = max(1, _MOST_PAIRS // (len(self._levels[0].first) + 8 * _LEAF_SIZE))
        few = [self._nearest_of_few(points[i : i + step]) for i in range(0, len(points), step)]
        segment, share = map(np.concatenate, zip(*few, strict=True))
        return segment, share

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
        share, _, square = self._segments.measured(points[row].T, segment)
        pair = np.flatnonzero(square == _least(square, row)[row])
        pair = pair[np.lexsort((segment[pair], row[pair]))]
        pair = pair[_begins(row[pair])]
        return segment[pair], share[pair]


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
