"""Lines of degrees laid into a metric plane, with geodesic chainage along them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pkzone.geo.frame import Frame
from pkzone.geo.measure import segment_lengths_m
from pkzone.geo.segments import Segments

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
    from_m, to_m : ndarray of shape (n,)
        Chainage at both ends of each piece. It runs on from line to line. Each segment is as
        long as its geodesic, and a place inside it lies at its share of the way.
    start_deg, end_deg : ndarray of shape (n, 2)
        Longitude and latitude at both ends; longitudes may run on beyond 180.
    run : ndarray of shape (n,)
        Lines that begin where the last one ended form one run; this numbers them from 0.
    corner : ndarray of shape (m,)
        The pieces that begin at a vertex.
    """

    pieces: Segments
    from_m: Array
    to_m: Array
    start_deg: Array
    end_deg: Array
    run: Indices
    corner: Indices

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
        if not lines:
            none, number = np.zeros((0, 2)), np.zeros(0, np.intp)
            return cls(Segments(none, none), none[:, 0], none[:, 0], none, none, number, number)
        start = np.concatenate([line[:-1] for line in lines])
        end = _nearer(start, np.concatenate([line[1:] for line in lines]))
        start, end = _at_poles(start, end), _at_poles(end, start)
        lengths = np.concatenate([segment_lengths_m(line) for line in lines])
        segment, share_from, share_to = _pieces(start, end, frame)
        start_deg = _between(start[segment], end[segment], share_from)
        end_deg = _between(start[segment], end[segment], share_to)
        plane = frame.project(np.concatenate([start_deg, end_deg]))
        pieces = Segments(plane[: len(segment)], plane[len(segment) :])
        from_m, total = _chainage(segment, lengths, pieces.lengths)
        to_m = np.append(from_m[1:], total)
        corner = np.flatnonzero(share_from == 0)
        return cls(pieces, from_m, to_m, start_deg, end_deg, _runs(lines)[segment], corner)

    @property
    def length_m(self) -> float:
        """Geodesic length of all lines."""
        return float(self.to_m[-1]) if len(self.to_m) else 0.0

    @cached_property
    def run_bounds_m(self) -> list[tuple[float, float]]:
        """Chainage at which each run begins and ends."""
        if not len(self.run):
            return []
        first = np.flatnonzero(np.diff(self.run, prepend=-1))
        last = np.append(first[1:], len(self.run)) - 1
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
        piece = np.clip(piece, 0, len(self.from_m) - 1)
        width = (self.to_m - self.from_m)[piece]
        share = (chainage_m - self.from_m[piece]) / np.where(width > 0, width, 1.0)
        return piece, np.clip(share, 0.0, 1.0)

    def points_at(self, chainage_m: Array, *, leaving: bool) -> Array:
        """Return the places at some chainages in the plane, shape (k, 2)."""
        return self.pieces.at(*self.find(chainage_m, leaving=leaving))

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


def _pieces(start: Array, end: Array, frame: Frame) -> tuple[Indices, Array, Array]:
    """Return segment, from and to share of each piece; the sag falls with its length squared."""
    ends = frame.project(np.concatenate([start, end, (start + end) / 2]))
    size = len(start)
    bend = ends[2 * size :] - (ends[:size] + ends[size : 2 * size]) / 2
    sag = np.hypot(bend[:, 0], bend[:, 1])
    wanted = np.sqrt(sag / _SAG_M)
    counts = np.ceil(wanted * min(1.0, _MOST_PIECES / max(1.0, float(wanted.sum()))))
    counts = np.maximum(counts, 1).astype(np.intp)
    segment = np.repeat(np.arange(size), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.arange(len(segment)) - first
    return segment, rank / counts[segment], (rank + 1) / counts[segment]


def _chainage(segment: Indices, lengths: Array, widths: Array) -> tuple[Array, float]:
    """Return the chainage at the start of each piece and at the end of all.

    A segment's geodesic length is dealt out to its pieces by their length in the plane.
    """
    ends = np.cumsum(lengths)
    whole = np.bincount(segment, weights=widths, minlength=len(lengths))
    run_up = np.cumsum(widths) - widths
    before = run_up - (np.cumsum(whole) - whole)[segment]
    share = np.clip(before / np.where(whole > 0, whole, 1.0)[segment], 0.0, 1.0)
    share[np.diff(segment, prepend=-1) > 0] = 0.0
    return (ends - lengths)[segment] + share * lengths[segment], float(ends[-1])


def _runs(lines: Sequence[Array]) -> Indices:
    """Return the number of the run that each segment belongs to."""
    parted = [False] + [not np.array_equal(before[-1], line[0]) for before, line in pairwise(lines)]
    return np.repeat(np.cumsum(parted), [len(line) - 1 for line in lines])
