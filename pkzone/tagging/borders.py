"""The border of an area: the edges of its rings where the area really ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import ring_parts
from pkzone.geo.nearest import DensifiedSegments, segments_of

__all__ = ["border_along", "border_of"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def border_of(polygons: Sequence[shapely.Geometry]) -> tuple[DensifiedSegments, Indices]:
    """Return the borders of some areas, and the number of the area of each piece.

    An area that reaches over the antimeridian is cut there, as RFC 7946 has it; where both of
    its sides meet along the cut there is no border, nor along the edge of a map at a pole.
    """
    starts, ends, owners = [], [], []
    for number, polygon in enumerate(polygons):
        start, end = _edges(list(ring_parts(polygon)))
        starts.append(start)
        ends.append(end)
        owners.append(np.full(len(start), number, np.intp))
    pieces = DensifiedSegments.of(np.concatenate(starts), np.concatenate(ends))
    return pieces, np.concatenate(owners)[pieces.segment]


def border_along(lines: Sequence[Array]) -> DensifiedSegments:
    """Return as `border_of` does the border that runs along some lines, whoever's it is."""
    return DensifiedSegments.of(*_edges(lines))


def _edges(lines: Sequence[Array]) -> tuple[Array, Array]:
    start, end, _ = segments_of(lines)
    # the same edge of two areas has the same two ends, so that both are exactly as far away
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned]
    at_pole = (np.abs(start[:, 1]) == 90) & (start[:, 1] == end[:, 1])
    east = (start[:, 0] == 180) & (end[:, 0] == 180)
    west = (start[:, 0] == -180) & (end[:, 0] == -180)
    kept = ~(at_pole | east | west)
    seam = [
        np.array([[lon, low], [lon, high]])
        for lon, low, high in _open_seam(
            np.column_stack([start[east, 1], end[east, 1]]),
            np.column_stack([start[west, 1], end[west, 1]]),
        )
    ]
    seam_start, seam_end, _ = segments_of(seam)
    return np.concatenate([start[kept], seam_start]), np.concatenate([end[kept], seam_end])


def _open_seam(east: Array, west: Array) -> list[tuple[float, float, float]]:
    """Return where along the antimeridian only one side is area: longitude and two latitudes."""
    levels = np.unique(np.concatenate([east.ravel(), west.ravel()]))
    found = []
    for low, high in zip(levels[:-1].tolist(), levels[1:].tolist(), strict=True):
        on_east, on_west = (
            bool(((side[:, 0] <= low) & (side[:, 1] >= high)).any()) for side in (east, west)
        )
        if on_east != on_west:
            found.append((180.0 if on_east else -180.0, low, high))
    return found
