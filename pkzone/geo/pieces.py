"""Lines of degrees cut into pieces so short that they count as straight in space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pkzone.geo.measure import geocentric_m
from pkzone.geo.ragged import group_and_rank

__all__ = ["Pieces", "segments_of"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_BEND_M = 0.01
_MOST_PIECES = 1_000_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of lines whose segments are straight in degrees, as RFC 7946 has it.

    Unless asked otherwise, no piece leaves its line by more than 1 cm (where that would take
    more than a million pieces, twice as long ones leave it by four times as much, and so on).

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
    def of(cls, start: Array, end: Array, *, bend_m: float = _BEND_M) -> Pieces:
        """Cut segments, given by the degrees of their ends.

        Parameters
        ----------
        start, end : ndarray of shape (n, 2)
            Each segment follows the straight line of degrees between them, however long.
        bend_m : float, optional
            By how much a piece may leave it.
        """
        bend = geocentric_m((start + end) / 2) - (geocentric_m(start) + geocentric_m(end)) / 2
        # a piece of one nth of the length is bent by one nth of the nth
        counts = np.ceil(np.sqrt(np.linalg.norm(bend, axis=1) / bend_m)).astype(np.intp)
        counts = np.maximum(counts, 1)
        while counts.sum() > max(_MOST_PIECES, len(counts)):
            counts = (counts + 1) // 2
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


def segments_of(lines: Sequence[Array]) -> tuple[Array, Array, Indices]:
    """Return start and end of the segments of some lines, and the number of the line of each."""
    if not lines:
        return np.empty((0, 2)), np.empty((0, 2)), np.empty(0, np.intp)
    vertices = np.concatenate(lines)
    line = np.repeat(np.arange(len(lines)), [len(one) for one in lines])
    inner = line[1:] == line[:-1]
    return vertices[:-1][inner], vertices[1:][inner], line[:-1][inner]
