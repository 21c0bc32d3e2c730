"""Where the outline of a shape comes nearest to an index of pieces, anywhere on earth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import distance_m, line_parts, ring_parts
from pkzone.geo.nearest import Nearest, Places
from pkzone.geo.pieces import Pieces, segments_of

__all__ = ["Approach", "approach"]

Array = npt.NDArray[np.float64]

_WITHIN = 5e-4
_WITHIN_M = 0.005
_CUTS = 4
_BEND_M = 100.0
"""A stretch bent by so much is 70 km long, and no longer than its geodesic by a millionth."""


class Approach(NamedTuple):
    """The nearest place of an index: on which piece, how far along it, and how far away."""

    piece: int
    share: float
    distance_m: float


def approach(shape: shapely.Geometry, index: Nearest) -> Approach:
    """Return the place of an index that is nearest to the outline of a shape.

    The distance at one place of the outline bounds those around it, for it changes by no more
    than one goes. So it is looked for at all vertices, then again and again along the stretches
    that may still hold a nearer place.

    Parameters
    ----------
    shape : shapely geometry
        Degrees lon/lat on WGS 84, of any type, not empty; edges are straight in degrees. What
        lies within a polygon is as far away as from its rings.
    index : Nearest
        What to come near to.

    Returns
    -------
    Approach
        The distance is true within 0.1 % or 1 cm.
    """
    start, end = _stretches(shape)
    ends = index.find(*np.concatenate([start, end]).T)
    best = _best(ends)
    here, there = ends.distance_m.reshape(2, -1)
    while True:
        least = (here + there - distance_m(start, end)) / 2
        left = least < best.distance_m * (1 - _WITHIN) - _WITHIN_M
        if not left.any():
            return best
        start, end = start[left], end[left]
        stops = start + np.linspace(0.0, 1.0, _CUTS + 1)[:, None, None] * (end - start)
        found = index.find(*stops.reshape(-1, 2).T)
        best = min(best, _best(found), key=lambda one: one.distance_m)
        distance = found.distance_m.reshape(_CUTS + 1, -1)
        here, there = distance[:-1].ravel(), distance[1:].ravel()
        start, end = stops[:-1].reshape(-1, 2), stops[1:].reshape(-1, 2)


def _stretches(shape: shapely.Geometry) -> tuple[Array, Array]:
    """Return the ends of short stretches of the outline; a point is one of no length."""
    start, end, _ = segments_of([*ring_parts(shape), *line_parts(shape)])
    pieces, vertices = Pieces.of(start, end, bend_m=_BEND_M), shapely.get_coordinates(shape)
    return np.concatenate([pieces.start, vertices]), np.concatenate([pieces.end, vertices])


def _best(found: Places) -> Approach:
    at = int(found.distance_m.argmin())
    return Approach(int(found.piece[at]), float(found.share[at]), float(found.distance_m[at]))
