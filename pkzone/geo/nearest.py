"""The place nearest to a point or shape on many lines, anywhere on earth.

Lines are cut into short segments that count as straight in space (`DensifiedSegments`), which are
searched by the chord through the earth (`pkzone.geo.space_index`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import (
    distance_m,
    geocentric_m,
    geodesic_of_chord_m,
)
from pkzone.geo.segments import group_and_rank, runs_of
from pkzone.geo.space_index import SegmentIndex

__all__ = [
    "DensifiedSegments",
    "Nearest",
    "Places",
    "largest_bend_m",
    "nearest_to_shapes",
    "segments_of",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_BEND_M = 0.01
_MOST_PIECES = 1_000_000
_MOST_PIECES_A_DEGREE = 250
"""Of 1 cm: no edge takes more, whichever way it runs (some 200 across meridians near a pole)."""

_CHORD_M = 100_000.0

_FAR_M = 18_000_000.0
"""Up to so far away the shortest chord is that of the shortest geodesic, within 0.01 %."""
_FAR_CELL_M = 4_000.0
_MOST_FAR_PAIRS = 200_000

_MOST_VERTICES = 100_000
_WITHIN = 5e-4
_WITHIN_M = 0.005
_CUTS = 4
_STRETCH_BEND_M = 100.0
"""A stretch bent by so much is 70 km long, and no longer than its geodesic by a millionth."""


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
    place found is the distance, up to 100 km as its chord has it, so that an error in the choice
    counts only by as much as the two places differ: distances are true within 0.1 % or 1 cm,
    whichever is more.

    Parameters
    ----------
    pieces : DensifiedSegments
        At least one.
    """

    def __init__(self, pieces: DensifiedSegments) -> None:
        self.pieces = pieces
        self._index = SegmentIndex(pieces.start, pieces.end)
        cells = (geocentric_m(pieces.start) / _FAR_CELL_M).astype(np.int64)
        _, self._sample = np.unique(cells, axis=0, return_index=True)

    def find(self, lon: Array, lat: Array) -> Places:
        """Return the nearest places to some places given in degrees."""
        here = np.column_stack([lon, lat])
        points = geocentric_m(here)
        piece, share = self._index.nearest(here, points)
        there = self.pieces.at(piece, share)
        points -= geocentric_m(there)
        chord_m = np.sqrt(np.einsum("ij,ij->i", points, points))
        away_m = geodesic_of_chord_m(chord_m, lat, there[:, 1])
        beyond = np.flatnonzero(chord_m > _CHORD_M)
        away_m[beyond] = distance_m(here[beyond], there[beyond])
        far = beyond[away_m[beyond] > _FAR_M]
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


def nearest_to_shapes(shapes: npt.NDArray[np.object_], index: Nearest) -> Places:
    """Return the place of an index that is nearest to the outline of each of some shapes.

    Parameters
    ----------
    shapes : ndarray of shapely geometry
        Degrees lon/lat on WGS 84, of any type, not empty; edges are straight in degrees. What
        lies within a polygon is as far away as from its rings.
    index : Nearest
        What to come near to.

    Returns
    -------
    Places
        The distances are true within 0.1 % or 1 cm.
    """
    batch = np.cumsum(shapely.get_num_coordinates(shapes)) // _MOST_VERTICES
    runs = [slice(0, 0), *(rows for _, rows in runs_of(batch))]
    found = [_nearest_to_few(shapes[rows], index) for rows in runs]
    columns = zip(*((one.piece, one.share, one.distance_m) for one in found), strict=True)
    return Places(*map(np.concatenate, columns))


def _nearest_to_few(shapes: npt.NDArray[np.object_], index: Nearest) -> Places:
    """Return as `nearest_to_shapes` does, for all shapes at once.

    Notes
    -----
    Branch and bound. The distance changes by no more than one goes along the outline, so no
    place of a stretch of length ``l`` whose ends are ``a`` and ``b`` away is nearer than
    ``(a + b - l) / 2``. Stretches that may still hold a nearer place are cut in four.
    """
    count = len(shapes)
    best = Places(np.zeros(count, np.intp), np.zeros(count), np.full(count, np.inf))
    start, end, owner = _stretches(shapes)
    places = index.find(*np.concatenate([start, end]).T)
    _keep_nearest(best, np.tile(owner, 2), places)
    start_m, end_m = places.distance_m.reshape(2, -1)
    while True:
        least_m = (start_m + end_m - distance_m(start, end)) / 2
        left = least_m < best.distance_m[owner] * (1 - _WITHIN) - _WITHIN_M
        if not left.any():
            return best
        start, end, owner = start[left], end[left], owner[left]
        stops = start + np.linspace(0.0, 1.0, _CUTS + 1)[:, None, None] * (end - start)
        places = index.find(*stops.reshape(-1, 2).T)
        _keep_nearest(best, np.tile(owner, _CUTS + 1), places)
        away_m = places.distance_m.reshape(_CUTS + 1, -1)
        start_m, end_m = away_m[:-1].ravel(), away_m[1:].ravel()
        start, end = stops[:-1].reshape(-1, 2), stops[1:].reshape(-1, 2)
        owner = np.tile(owner, _CUTS)


def _keep_nearest(best: Places, owner: Indices, places: Places) -> None:
    """Put places into those that are the nearest of their owners by now; of equals the first."""
    order = np.lexsort((places.distance_m, owner))
    order = order[np.unique(owner[order], return_index=True)[1]]
    order = order[places.distance_m[order] < best.distance_m[owner[order]]]
    best.piece[owner[order]] = places.piece[order]
    best.share[owner[order]] = places.share[order]
    best.distance_m[owner[order]] = places.distance_m[order]


def _stretches(shapes: npt.NDArray[np.object_]) -> tuple[Array, Array, Indices]:
    """Return the ends of short stretches of outlines, and the shape of each.

    Each vertex is a stretch of no length, for the points among them.
    """
    parts, owner = shapes, np.arange(len(shapes))
    while (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
        parts, number = shapely.get_parts(parts, return_index=True)
        owner = owner[number]
    is_area, is_line = (shapely.get_dimensions(parts) == dimension for dimension in (2, 1))
    rings, number = shapely.get_rings(parts[is_area], return_index=True)
    lines = np.concatenate([rings, parts[is_line]])
    line_owner = np.concatenate([owner[is_area][number], owner[is_line]])
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    inner = line[1:] == line[:-1]
    pieces = DensifiedSegments.of(vertices[:-1][inner], vertices[1:][inner], bend_m=_STRETCH_BEND_M)
    piece_owner = line_owner[line[:-1][inner]][pieces.segment]
    vertices, number = shapely.get_coordinates(shapes, return_index=True)
    return (
        np.concatenate([pieces.start, vertices]),
        np.concatenate([pieces.end, vertices]),
        np.concatenate([piece_owner, number]),
    )
