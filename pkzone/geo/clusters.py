"""The nearest of many straight segments of space, found amid clusters of neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Clusters"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SIZE = 16
_GROUP = 32
_MOST_AT_ONCE = 1500
_MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class _Level:
    """Clusters, each with its members of the level below.

    ``middle`` is a place on some segment within, so that the nearest one is no farther away;
    all others within lie no farther from that than ``radius``.
    """

    members: Indices
    first: Indices
    size: Indices
    middle: Array
    radius: Array

    def opened(self, row: Indices, cluster: Indices) -> tuple[Indices, Indices]:
        """Return, for pairs of rows and clusters, those of rows and members."""
        size = self.size[cluster]
        row = np.repeat(row, size)
        place = np.arange(len(row)) + np.repeat(self.first[cluster] + size - np.cumsum(size), size)
        return row, self.members[place]


class Clusters:
    """An index of straight segments of space, safe to use from several threads.

    Clusters of neighbouring segments are passed over by their distance alone; where there are
    many, clusters of clusters are. What is left is measured, for all places together.

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
        levels = [_of_segments(start, end)]
        while len(levels[0].first) > _MOST_AT_ONCE:
            levels.insert(0, _of_clusters(levels[0]))
        self._levels = levels

    def nearest(self, points: Array) -> tuple[Indices, Array]:
        """Return the nearest segment to each point of space, and the share of the way along it."""
        step = max(1, _MOST_PAIRS // (len(self._levels[0].first) + 8 * _SIZE))
        found = [self._some(points[i : i + step]) for i in range(0, len(points), step)]
        segments, shares = [np.empty(0, np.intp)], [np.empty(0)]
        for segment, share in found:
            segments.append(segment)
            shares.append(share)
        return np.concatenate(segments), np.concatenate(shares)

    def _some(self, points: Array) -> tuple[Indices, Array]:
        top = self._levels[0]
        square = (points * points).sum(axis=1)[:, None] - 2 * points @ top.middle.T
        square += (top.middle * top.middle).sum(axis=1)
        away = np.sqrt(np.maximum(square, 0.0))
        nearest = away.min(axis=1) + 1.0  # a difference of large squares is good to less than that
        row, cluster = np.nonzero(away - top.radius <= nearest[:, None])
        for above, level in zip(self._levels[:-1], self._levels[1:], strict=True):
            row, cluster = above.opened(row, cluster)
            away = np.linalg.norm(points[row] - level.middle[cluster], axis=1)
            within = away - level.radius[cluster] <= _least(away, row)[row]
            row, cluster = row[within], cluster[within]
        row, segment = self._levels[-1].opened(row, cluster)
        share, square = self._measured(points, row, segment)
        pair = np.flatnonzero(square == _least(square, row)[row])
        pair = pair[_begins(row[pair])]
        return segment[pair], share[pair]

    def _measured(self, points: Array, row: Indices, segment: Indices) -> tuple[Array, Array]:
        """Return share and squared distance of the nearest place for pairs of both."""
        # the coordinates are kept apart, which is several times quicker than a last axis of three
        away = [of[row] - start[segment] for of, start in zip(points.T, self._start, strict=True)]
        way = [one[segment] for one in self._way]
        along = away[0] * way[0] + away[1] * way[1] + away[2] * way[2]
        share = np.minimum(np.maximum(along * self._per_square[segment], 0.0), 1.0)
        for one, other in zip(away, way, strict=True):
            one -= share * other
            one *= one
        return share, away[0] + away[1] + away[2]


def _begins(row: Indices) -> Indices:
    """Return where each run of equal rows begins."""
    return np.flatnonzero(np.append(True, row[1:] != row[:-1]))


def _least(value: Array, row: Indices) -> Array:
    """Return the least value of each row, of rows that are sorted and all there."""
    least: Array = np.minimum.reduceat(value, _begins(row))
    return least


def _of_segments(start: Array, end: Array) -> _Level:
    """Return clusters of segments that follow each other along a line, and of single ones."""
    meets = [(a[1:] == b[:-1]).all(axis=1) for a in (start, end) for b in (start, end)]
    breaks = np.append(True, ~np.logical_or.reduce(meets))
    line = np.cumsum(breaks) - 1
    since = np.arange(len(start)) - np.flatnonzero(breaks)[line]
    is_single = np.bincount(line)[line] == 1
    along, single = np.flatnonzero(~is_single), np.flatnonzero(is_single)
    single = single[_along_the_curve(start[single])]
    members = np.concatenate([along, single])
    begins = np.concatenate([since[along] % _SIZE == 0, np.arange(len(single)) % _SIZE == 0])
    first = np.flatnonzero(begins)
    size = np.diff(first, append=len(members))
    middle = start[members[first + size // 2]]
    ends = (one[members] - np.repeat(middle, size, axis=0) for one in (start, end))
    reach = np.maximum(*(np.linalg.norm(one, axis=1) for one in ends))
    return _Level(members, first, size, middle, np.maximum.reduceat(reach, first))


def _of_clusters(below: _Level) -> _Level:
    members = _along_the_curve(below.middle)
    first = np.arange(0, len(members), _GROUP)
    size = np.diff(first, append=len(members))
    middle = below.middle[members[first + size // 2]]
    reach = np.linalg.norm(below.middle[members] - np.repeat(middle, size, axis=0), axis=1)
    reach += below.radius[members]
    return _Level(members, first, size, middle, np.maximum.reduceat(reach, first))


def _along_the_curve(points: Array) -> Indices:
    """Return the order of points of space along Morton's curve, which keeps neighbours close."""
    if not len(points):
        return np.empty(0, np.intp)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (2**20 - 1) / max(float((high - low).max()), 1.0)
    key = np.zeros(len(points), np.int64)
    for axis, cell in enumerate(((points - low) * scale).astype(np.int64).T):
        for bit in range(20):
            key |= (cell >> bit & 1) << (3 * bit + axis)
    return np.argsort(key)
