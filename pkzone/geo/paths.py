"""Lay lines of degrees into metric planes, with geodesic chainage along them.

::

    degrees   A ------------------------- B          a segment: straight in degrees (RFC 7946)
    plane     A . - - - - - - - - - - - . B          its image is bent by up to the sag,
              o-----o-----o-----o-----o---o          so that it is cut into pieces
    chainage  0                          12,345 m    geodesic metres from the start of the path
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.frame import Frame
from pkzone.geo.measure import segment_lengths_m
from pkzone.geo.segments import (
    Segments,
    SegmentSets,
    group_and_rank,
    offsets,
    runs_of,
    within_one,
)

__all__ = ["Paths"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SAG_M = 0.0025
"""A straight line of degrees is bent in the plane: pieces may leave it by so much."""
_MOST_PIECES = 5_000


@dataclass(frozen=True)
class Paths:
    """Paths of one or more lines each, as pieces that are straight in the plane.

    Segments are straight in degrees, as RFC 7946 has it, and take the shorter way round the
    earth; at a pole, where longitude means nothing, they follow the meridian of their other
    end. Each is cut into pieces that leave its image in the plane by at most 2.5 mm. Where
    that would take more than 5,000 pieces a path (2,000 km along a parallel at 40 degrees),
    twice as long pieces leave it by four times as much, and so on: ``sag_m`` tells by how much.

    All paths are rows of the same arrays, and numbers of pieces, segments and runs go on from
    path to path. Chainage begins with 0 in each.

    Parameters
    ----------
    sets : SegmentSets
        The pieces of each path, in metres of its frame.
    start_deg, end_deg : ndarray of shape (n, 2)
        Longitude and latitude at both ends of each piece; longitudes may run on beyond 180.
    segment : ndarray of shape (n,)
        The segment that each is a piece of.
    corner : ndarray of shape (m,)
        The first piece of each segment.
    run : ndarray of shape (n,)
        The run that each belongs to: lines that begin where the last one ended form one.
    vertices : ndarray of shape (v, 2)
        All vertices as they were given.
    first_vertex : ndarray of shape (k + 1,)
        The vertex at which each path begins.
    inner : ndarray of bool, of shape (v - 1,)
        Whether the step from each vertex to the next is a segment, not the gap between lines.
    sag_m : ndarray of shape (k,)
        By how much pieces of each path leave it at most.
    """

    sets: SegmentSets
    start_deg: Array
    end_deg: Array
    segment: Indices
    corner: Indices
    run: Indices
    vertices: Array
    first_vertex: Indices
    inner: npt.NDArray[np.bool_]
    sag_m: Array

    @classmethod
    def lay(cls, paths: Sequence[Sequence[Array]], frames: Sequence[Frame]) -> Paths:
        """Project each path into its frame and cut it into pieces.

        Parameters
        ----------
        paths : sequence of sequence of ndarray of shape (n, 2)
            The lines of each path: vertices in degrees lon/lat, at least two a line.
        frames : sequence of Frame
            The plane of each path.

        Returns
        -------
        Paths
            A path without lines has no pieces.
        """
        lines = [line for path in paths for line in path]
        vertices = np.concatenate([np.zeros((0, 2)), *lines])
        inner = _inner([len(line) for line in lines])
        start, end = vertices[:-1][inner], vertices[1:][inner]
        end = _nearer(start, end)
        start, end = _at_poles(start, end), _at_poles(end, start)
        first_segment = offsets([sum(map(len, path)) - len(path) for path in paths])
        # the middle in degrees shows how far the image of a segment is bent
        corners = np.stack([start, end, (start + end) / 2], axis=1)
        plane = _projected(corners, first_segment, frames)
        segment, share_from, share_to, sag_m = _pieces(plane, first_segment)
        first = segment.searchsorted(first_segment)
        if len(segment) > len(start):  # some segment is cut
            start, end = (
                _between(start[segment], end[segment], share) for share in (share_from, share_to)
            )
            plane = _projected(np.stack([start, end], axis=1), first, frames)
        return cls(
            SegmentSets(Segments(plane[:, 0].copy(), plane[:, 1].copy()), first),
            start,
            end,
            segment,
            np.flatnonzero(share_from == 0),
            _runs(paths)[segment],
            vertices,
            offsets([sum(map(len, path)) for path in paths]),
            inner,
            sag_m,
        )

    def __len__(self) -> int:
        return len(self.sets)

    @property
    def pieces(self) -> Segments:
        """The pieces of all paths, in metres of the frame of each."""
        return self.sets.every

    @cached_property
    def vertex_m(self) -> Array:
        """Chainage of each vertex, shape (v,): a segment is as long as its geodesic."""
        steps = np.append(segment_lengths_m(self.vertices) * self.inner, 0.0)
        return _run_up(steps[: len(self.vertices)], self.first_vertex)

    @cached_property
    def from_m(self) -> Array:
        """Chainage at the start of each piece, shape (n,); it runs on from line to line.

        A segment's geodesic length is dealt out to its pieces by their length in the plane.
        """
        begin_m = self.vertex_m[:-1][self.inner]
        if len(self.segment) == len(self.corner):
            return begin_m
        widths, segment = self.pieces.lengths, self.segment
        whole = np.bincount(segment, weights=widths, minlength=len(begin_m))[segment]
        run_up = _run_up(widths, self.sets.first)
        before = run_up - run_up[self.corner][segment]
        share = within_one(before / np.where(whole > 0, whole, 1.0))
        length_m = self.vertex_m[1:][self.inner] - begin_m
        from_m: Array = begin_m[segment] + share * length_m[segment]
        return from_m

    @cached_property
    def to_m(self) -> Array:
        """Chainage at the end of each piece, shape (n,)."""
        to_m = np.append(self.from_m[1:], 0.0)[: len(self.pieces)]
        some = np.flatnonzero(self.sets.sizes)
        to_m[self.sets.first[some + 1] - 1] = self.lengths_m[some]
        return to_m

    @cached_property
    def lengths_m(self) -> Array:
        """Geodesic length of all lines of each path, shape (k,)."""
        lengths_m = np.zeros(len(self))
        some = np.flatnonzero(np.diff(self.first_vertex))
        lengths_m[some] = self.vertex_m[self.first_vertex[some + 1] - 1]
        return lengths_m

    @cached_property
    def run_bounds_m(self) -> list[list[tuple[float, float]]]:
        """From and to chainage of each run of each path."""
        bounds: list[list[tuple[float, float]]] = [[] for _ in range(len(self))]
        for _, rows in runs_of(self.run):
            path = bounds[self.sets.number[rows.start]]
            path.append((float(self.from_m[rows.start]), float(self.to_m[rows.stop - 1])))
        return bounds

    def chainage_m(self, piece: Indices, share: Array) -> Array:
        """Return the chainage at a share of the way along some pieces."""
        from_m = self.from_m[piece]
        chainage: Array = from_m + share * (self.to_m[piece] - from_m)
        return chainage

    def chainage_near_m(self, points: Array, path: Indices) -> Array:
        """Return the chainage of the place nearest to each point of the plane on one path."""
        _, piece = self.sets.nearest(points, path)
        return self.chainage_m(piece, self.pieces.share_nearest(points, piece))

    def find(self, path: Indices, chainage_m: Array, *, leaving: bool) -> tuple[Indices, Array]:
        """Locate chainages on paths: return the piece and the share of the way along it.

        Where one run ends and the next begins, ``leaving`` takes the beginning of the next.
        """
        if leaving:
            piece = _search(self.sets.number, self.from_m, path, chainage_m, "right") - 1
        else:
            piece = _search(self.sets.number, self.to_m, path, chainage_m, "left")
        first, last = self.sets.first[path], self.sets.first[path + 1] - 1
        piece = np.minimum(np.maximum(piece, first), last)
        from_m = self.from_m[piece]
        width = self.to_m[piece] - from_m
        return piece, within_one((chainage_m - from_m) / np.where(width > 0, width, 1.0))

    def places(self, piece: Indices, share: Array) -> list[tuple[float, float]]:
        """Return places as longitude in [-180, 180] and latitude, in degrees."""
        lon, lat = _between(self.start_deg[piece], self.end_deg[piece], share).T
        beyond = np.abs(lon) > 180.0
        if beyond.any():
            lon = np.where(beyond, (lon + 180.0) % 360.0 - 180.0, lon)
        return list(zip(lon.tolist(), lat.tolist(), strict=True))

    def place(self, piece: int, share: float) -> tuple[float, float]:
        """Return one place as longitude in [-180, 180] and latitude, in degrees."""
        return self.places(np.array([piece]), np.array([share]))[0]

    def lines(
        self,
        path: Indices,
        chainage_m: tuple[Array, Array],
        ends: tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]],
    ) -> npt.NDArray[np.object_]:
        """Return stretches of paths as LineStrings in degrees, with all vertices between them.

        Parameters
        ----------
        path : ndarray of shape (k,)
            The path of each.
        chainage_m : tuple of ndarray of shape (k,)
            Where each begins and ends, within one run.
        ends : tuple of sequence of tuple of float
            The places there, longitude and latitude in degrees.
        """
        number = np.repeat(np.arange(len(self)), np.diff(self.first_vertex))
        after = _search(number, self.vertex_m, path, chainage_m[0], "right")
        before = _search(number, self.vertex_m, path, chainage_m[1], "left")
        counts = np.maximum(before - after, 0) + 2
        line, rank = group_and_rank(counts)
        inner = (rank > 0) & (rank < counts[line] - 1)
        coordinates = np.empty((len(line), 2))
        coordinates[inner] = self.vertices[(after[line] + rank - 1)[inner]]
        coordinates[rank == 0], coordinates[rank == counts[line] - 1] = ends
        return np.asarray(shapely.linestrings(coordinates, indices=line), dtype=object)


def _search(
    number: Indices,
    chainage_m: Array,
    path: Indices,
    wanted_m: Array,
    side: Literal["left", "right"],
) -> Indices:
    """Binary search for chainages among those of all paths, each within its own path."""
    return np.searchsorted(_keyed(number, chainage_m), _keyed(path, wanted_m), side)


def _keyed(path: Indices, chainage_m: Array) -> npt.NDArray[np.complex128]:
    """Return complex numbers, which sort by path (real), then by chainage (imaginary)."""
    keys = np.empty(len(path), np.complex128)
    keys.real, keys.imag = path, chainage_m
    return keys


def _run_up(values: Array, first: Indices) -> Array:
    """Return the exclusive prefix sum of values within each path."""
    sums = np.zeros(len(values))
    for begin, end in pairwise(first.tolist()):
        if begin < end:  # an empty path at the very beginning would be summed to the index -1
            np.cumsum(values[begin : end - 1], out=sums[begin + 1 : end])
    return sums


def _projected(places: Array, first: Indices, frames: Sequence[Frame]) -> Array:
    """Project the places of each path, shape (n, m, 2), into its frame; alike frames at once."""
    plane = np.empty_like(places)
    for _, group in groupby(range(len(frames)), key=lambda path: id(frames[path])):
        alike = list(group)
        rows = slice(first[alike[0]], first[alike[-1] + 1])
        plane[rows] = frames[alike[0]].project(places[rows]).reshape(places[rows].shape)
    return plane


def _nearer(start: Array, end: Array) -> Array:
    """Shift the longitude of each end by whole turns to within 180 degrees of its start."""
    turns = np.round((end[:, 0] - start[:, 0]) / 360.0)
    if not turns.any():
        return end
    return np.column_stack([end[:, 0] - 360.0 * turns, end[:, 1]])


def _at_poles(place: Array, other: Array) -> Array:
    """Give places at a pole, where longitude means nothing, that of the other end."""
    polar = np.abs(place[:, 1]) == 90.0
    if not polar.any():
        return place
    return np.column_stack([np.where(polar, other[:, 0], place[:, 0]), place[:, 1]])


def _between(start: Array, end: Array, share: Array) -> Array:
    """Interpolate degrees so that shares of 0 and 1 give the very ends."""
    place: Array = start * (1.0 - share)[:, None] + end * share[:, None]
    return place


def _pieces(plane: Array, first: Indices) -> tuple[Indices, Array, Array, Array]:
    """Return segment, from and to share of each piece, and the largest sag of each path.

    The start, the end and the middle of each segment are given in the plane, shape (n, 3, 2)::

              . - middle - .          sag: from the middle to the chord
        start ------------- end       a piece of one nth of the length has one nth of the nth of it

    """
    off = plane[:, 2] - (plane[:, 0] + plane[:, 1]) / 2
    bend_m = np.hypot(off[:, 0], off[:, 1])
    wanted = np.sqrt(bend_m / _SAG_M)
    path = np.repeat(np.arange(len(first) - 1), np.diff(first))
    whole = np.bincount(path, weights=wanted, minlength=len(first) - 1)
    counts = np.ceil(wanted * np.minimum(1.0, _MOST_PIECES / np.maximum(1.0, whole))[path])
    counts = np.maximum(counts, 1).astype(np.intp)
    sag_m = np.zeros(len(first) - 1)
    np.maximum.at(sag_m, path, bend_m / counts**2)
    segment, rank = group_and_rank(counts)
    return segment, rank / counts[segment], (rank + 1) / counts[segment], sag_m


def _inner(sizes: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Tell which steps from vertex to vertex are segments, not gaps between lines."""
    inner = np.ones(max(0, sum(sizes) - 1), dtype=bool)
    inner[np.cumsum(sizes[:-1], dtype=np.intp) - 1] = False
    return inner


def _runs(paths: Sequence[Sequence[Array]]) -> Indices:
    """Return the number of the run that each segment belongs to."""
    runs: list[int] = []
    sizes: list[int] = []
    for lines in paths:
        for i, line in enumerate(lines):
            goes_on = i > 0 and np.array_equal(lines[i - 1][-1], line[0])
            runs.append(runs[-1] + (not goes_on) if runs else 0)
            sizes.append(len(line) - 1)
    return np.repeat(np.array(runs, np.intp), sizes)
