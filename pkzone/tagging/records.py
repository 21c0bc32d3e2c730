"""Records that are lines or areas, made ready: flat, sound, cut at the antimeridian."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import area_km2, length_m
from pkzone.geo.shape import repaired
from pkzone.tagging.margins import on_the_globe

__all__ = ["part_of", "ready"]

Shapes = npt.NDArray[np.object_]


def ready(shapes: Shapes) -> Shapes:
    """Return records as they are worked with; None for those that have no place on earth.

    Parameters
    ----------
    shapes : ndarray of shapely geometry or None
        Degrees lon/lat. Heights are dropped, areas that are not valid repaired. A line takes
        the shorter way round the earth from each vertex to the next.
    """
    found = np.full(len(shapes), None, dtype=object)
    flat = shapely.force_2d(shapes)
    bounds = np.abs(shapely.bounds(flat))
    coordinates, owner = shapely.get_coordinates(flat, return_index=True)
    good = (bounds <= (180, 90, 180, 90)).all(axis=1)  # NaN, of what is empty, is not good
    good[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    dimension = shapely.get_dimensions(flat)
    for row in np.flatnonzero(good).tolist():
        shape = flat[row]
        if dimension[row] == 2:
            shape = repaired(shape)[0]
        elif dimension[row] == 1:
            shape = _the_shorter_way(shape)
        found[row] = None if shape.is_empty else shape
    return found


def part_of(shape: shapely.Geometry, ground: shapely.Geometry) -> float:
    """Return which part of a record lies on some ground, in [0, 1].

    By geodesic area, else by geodesic length, else by the number of points.
    """
    if shapely.covers(ground, shape):
        return 1.0
    common = shapely.intersection(shape, ground)
    for measured in (area_km2, length_m, shapely.get_num_coordinates):
        whole = float(measured(shape))
        if whole > 0:
            return min(1.0, float(measured(common)) / whole)
    return 0.0


def _the_shorter_way(shape: shapely.Geometry) -> shapely.Geometry:
    coordinates = shapely.get_coordinates(shape)
    if not (np.abs(np.diff(coordinates[:, 0])) > 180).any():
        return shape
    lines = [_unwrapped(shapely.get_coordinates(part)) for part in shapely.get_parts(shape)]
    return on_the_globe(shapely.MultiLineString(lines))


def _unwrapped(line: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack([np.unwrap(line[:, 0], period=360.0), line[:, 1]])
