"""Lines of degrees laid into a metric plane, with geodesic chainage along them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.frame import Frame
from pkzone.geo.measure import segment_lengths_m
from pkzone.geo.segments import Segments, within_one

__all__ = ["Path"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SAG_M = 0.0025
"""A straight line of degrees is bent in the plane: pieces may leave it by so much."""
_MOST_PIECES = 10_000


@dataclass(frozen=True)
class Path:
    """One or more lines, cut into pieces that are straight in the plane.

    Segments are straight in degrees, as RFC 7946 has it, and take the shorter way round the
    earth; at a pole, where longitude means nothing, they follow the meridian of their other
    end. Each is cut into pieces that leave its image in the plane by at most 2.5 mm. Where
    that would take more than 10,000 pieces (4,000 km along a parallel at 40 degrees), twice as
    long pieces leave it by four times as much, and so on.

    Parameters
    ----------
    pieces : Segments
        In metres of the frame.
    start_deg, end_deg : ndarray of shape (n, 2)
        Longitude and latitude at both ends of each; longitudes may run on beyond 180.
    segment : ndarray of shape (n,)
        The number of the segment that each is a piece of.
    run : ndarray of shape (n,)
        Lines that begin where the last one ended form one run; this numbers them from 0.
    corner : ndarray of shape (m,)
        The pieces that begin at a vertex.
    vertices : ndarray of shape (v, 2)
        All vertices as they were given.
    inner : ndarray of bool, of shape (v - 1,)
        Whether the step from each vertex to the next is a segment, not the gap between lines.
    """

    pieces: Segments
    start_deg: Array
    end_deg: Array
    segment: Indices
    run: Indices
    corner: Indices
    vertices: Array
    inner: npt.NDArray[np.bool_]

    @classmethod
    def lay(cls, lines: Sequence[Array], frame: Frame) -> Path:
        """Lay lines into a frame.

        Parameters
        ----------
        lines : sequence of ndarray of shape (n, 2)
            Vertices in degrees lon/lat, at least two a line.
        frame : Frame
            The plane.

        Returns
        -------
        Path
            Without pieces if there is no line.
        """
        return cls.lay_all([lines], frame)[0]

    @classmethod
    def lay_all(cls, sets: Sequence[Sequence[Array]], frame: Frame) -> list[Path]:
        """Return what `lay` does for each of several sets of lines, in fewer steps."""
        lines = [line for one in sets for line in one]
        vertices = np.concatenate([np.zeros((0, 2)), *lines])
        inner = _inner([len(line) for line in lines])
        start, end = vertices[:-1][inner], vertices[1:][inner]
        end = _nearer(start, end)
        start, end = _at_poles(start, end), _at_poles(end, start)
        plane = frame.project(np.concatenate([start, end, (start + end) / 2]))
        segment, share_from, share_to = _pieces(*plane.reshape(3, -1, 2))
        if len(segment) > len(start):
            start, end = (
                _between(start[segment], end[segment], share) for share in (share_from, share_to)
            )
            plane = frame.project(np.concatenate([start, end]))
        plane_start, plane_end = plane[: 2 * len(segment)].reshape(2, -1, 2)
        found, first, vertex = [], 0, 0
        for one in sets:
            last = first + sum(len(line) - 1 for line in one)
            beyond = vertex + sum(map(len, one))
            part = slice(*segment.searchsorted([first, last]).tolist())
            pieces = Segments(plane_start[part], plane_end[part])
            own = segment[part] - first
            found.append(
                cls(
                    pieces,
                    start[part],
                    end[part],
                    own,
                    _runs(one)[own],
                    np.flatnonzero(share_from[part] == 0),
                    vertices[vertex:beyond],
                    inner[vertex : max(vertex, beyond - 1)],
                )
            )
            first, vertex = last, beyond
        return found

    @cached_property
    def vertex_m(self) -> Array:
        """Chainage of each vertex, shape (v,): a segment is as long as its geodesic."""
        return np.append(0.0, np.cumsum(segment_lengths_m(self.vertices) * self.inner))

    @cached_property
    def from_m(self) -> Array:
        """Chainage at the start of each piece, shape (n,); it runs on from line to line.

        A segment's geodesic length is dealt out to its pieces by their length in the plane.
        """
        begin_m = self.vertex_m[:-1][self.inner]
        if len(self.segment) == len(begin_m):
            return begin_m
        widths, segment = self.pieces.lengths, self.segment
        whole = np.bincount(segment, weights=widths, minlength=len(begin_m))
        run_up = np.cumsum(widths) - widths
        before = run_up - (np.cumsum(whole) - whole)[segment]
        share = within_one(before / np.where(whole > 0, whole, 1.0)[segment])
        share[self.corner] = 0.0
        length_m = self.vertex_m[1:][self.inner] - begin_m
        from_m: Array = begin_m[segment] + share * length_m[segment]
        return from_m

    @cached_property
    def to_m(self) -> Array:
        """Chainage at the end of each piece, shape (n,)."""
        return np.append(self.from_m[1:], self.vertex_m[-1:])[: len(self.pieces)]

    @property
    def length_m(self) -> float:
        """Geodesic length of all lines."""
        return float(self.to_m[-1]) if len(self.to_m) else 0.0

    @cached_property
    def run_bounds_m(self) -> list[tuple[float, float]]:
        """Chainage at which each run begins and ends."""
        if not len(self.run):
            return []
        last = np.append(np.flatnonzero(self.run[1:] != self.run[:-1]), len(self.run) - 1)
        first = np.append(0, last[:-1] + 1)
        return list(zip(self.from_m[first].tolist(), self.to_m[last].tolist(), strict=True))

    def chainage_m(self, piece: Indices, share: Array) -> Array:
        """Return the chainage at a share of the way along some pieces."""
        chainage: Array = self.from_m[piece] + share * (self.to_m - self.from_m)[piece]
        return chainage

    def chainage_near_m(self, points: Array) -> Array:
        """Return the chainage of the place nearest to each point of the plane."""
        _, piece = self.pieces.nearest(points)
        return self.chainage_m(piece, self.pieces.share_nearest(points, piece))

    def find(self, chainage_m: Array, *, leaving: bool) -> tuple[Indices, Array]:
        """Return the piece and the share of the way along it at each chainage.

        Where one run ends and the next begins, ``leaving`` takes the beginning of the next.
        """
        if leaving:
            piece = np.searchsorted(self.from_m, chainage_m, side="right") - 1
        else:
            piece = np.searchsorted(self.to_m, chainage_m, side="left")
        piece = np.minimum(np.maximum(piece, 0), len(self.from_m) - 1)
        width = (self.to_m - self.from_m)[piece]
        share = (chainage_m - self.from_m[piece]) / np.where(width > 0, width, 1.0)
        return piece, within_one(share)

    def points_at(self, chainage_m: Array, *, leaving: bool) -> Array:
        """Return the places at some chainages in the plane, shape (k, 2)."""
        return self.pieces.at(*self.find(chainage_m, leaving=leaving))

    def stretch(
        self, from_m: float, to_m: float, start: tuple[float, float], end: tuple[float, float]
    ) -> shapely.LineString:
        """Return a stretch within one run as a line of its own, between the given places."""
        after, before = (
            self.vertex_m.searchsorted(from_m, "right"),
            self.vertex_m.searchsorted(to_m),
        )
        return shapely.LineString(np.concatenate([[start], self.vertices[after:before], [end]]))

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


def _nearer(start: Array, end: Array) -> Array:
    """Shift the longitude of each end by whole turns to within 180 degrees of its start."""
    turns = np.round((end[:, 0] - start[:, 0]) / 360.0)
    if not turns.any():
        return end
    return np.column_stack([end[:, 0] - 360.0 * turns, end[:, 1]])


def _at_poles(place: Array, other: Array) -> Array:
    """Give places at a pole the longitude of the other end of their segment."""
    polar = np.abs(place[:, 1]) == 90.0
    if not polar.any():
        return place
    return np.column_stack([np.where(polar, other[:, 0], place[:, 0]), place[:, 1]])


def _between(start: Array, end: Array, share: Array) -> Array:
    """Interpolate degrees so that shares of 0 and 1 give the very ends."""
    place: Array = start * (1.0 - share)[:, None] + end * share[:, None]
    return place


def _pieces(start: Array, end: Array, middle: Array) -> tuple[Indices, Array, Array]:
    """Return segment, from and to share of each piece; the sag falls with its length squared.

    The middle of a segment, like its ends, is given in the plane.
    """
    size = len(start)
    bend = middle - (start + end) / 2
    sag = np.hypot(bend[:, 0], bend[:, 1])
    wanted = np.sqrt(sag / _SAG_M)
    counts = np.ceil(wanted * min(1.0, _MOST_PIECES / max(1.0, float(wanted.sum()))))
    counts = np.maximum(counts, 1).astype(np.intp)
    segment = np.repeat(np.arange(size), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.arange(len(segment)) - first
    return segment, rank / counts[segment], (rank + 1) / counts[segment]


def _inner(sizes: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Tell of each step from vertex to vertex of all lines whether it is a line's own segment."""
    inner = np.ones(max(0, sum(sizes) - 1), dtype=bool)
    inner[np.cumsum(sizes[:-1], dtype=np.intp) - 1] = False
    return inner


def _runs(lines: Sequence[Array]) -> Indices:
    """Return the number of the run that each segment belongs to."""
    if not lines:
        return np.zeros(0, np.intp)
    parted = [False] + [not np.array_equal(before[-1], line[0]) for before, line in pairwise(lines)]
    return np.repeat(np.cumsum(parted), [len(line) - 1 for line in lines])
