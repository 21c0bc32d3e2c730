"""Compare points or sets of points: distance and bearing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.frame import Frame
from pkzone.geo.measure import bearing_deg, distance_m

__all__ = ["PointComparison", "compare_points"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PointComparison:
    """The move from a base point to a target point.

    Parameters
    ----------
    distance_m : float or None
        Geodesic distance. Of several points the largest distance of any of them, on either
        side, to the nearest on the other (Hausdorff). None if a side is empty.
    bearing_deg : float or None
        Degrees clockwise from north in [0, 360) from base to target along that distance; None
        if it is zero or a side is empty.
    """

    distance_m: float | None
    bearing_deg: float | None


def compare_points(base: BaseGeometry | None, target: BaseGeometry | None) -> PointComparison:
    """Compare two points, or two sets of points in any order.

    Parameters
    ----------
    base, target : Point, MultiPoint, their collection, or None
        Degrees lon/lat on WGS 84; heights are ignored; either may be empty.

    Returns
    -------
    PointComparison
        Distance and bearing.

    Raises
    ------
    TypeError
        If a side has lines or polygons.
    ValueError
        If a coordinate is not finite.
    TooWide
        If sets of several points span more than half the earth.
    """
    mine, theirs = _points(base), _points(target)
    if not len(mine) or not len(theirs):
        return PointComparison(None, None)
    a, b = _pair(mine, theirs) if len(mine) + len(theirs) > 2 else (mine[0], theirs[0])
    start, end = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
    distance = distance_m(start, end)
    return PointComparison(distance, bearing_deg(start, end) if distance > 0 else None)


def _points(geometry: BaseGeometry | None) -> Array:
    if geometry is None:
        return np.zeros((0, 2))
    if shapely.get_dimensions(geometry) > 0:
        raise TypeError(f"points are compared here, not a {geometry.geom_type}")
    points: Array = shapely.get_coordinates(geometry)
    if not np.isfinite(points).all():
        raise ValueError("coordinates must be finite numbers")
    return points


def _pair(base: Array, target: Array) -> tuple[Array, Array]:
    """Return the base and the target point that are the Hausdorff distance apart."""
    frame = Frame.around(shapely.MultiPoint(base), shapely.MultiPoint(target))
    here, there = shapely.points(frame.project(base)), shapely.points(frame.project(target))
    to_target, away = shapely.STRtree(there).query_nearest(
        here, return_distance=True, all_matches=False
    )
    to_base, back = shapely.STRtree(here).query_nearest(
        there, return_distance=True, all_matches=False
    )
    if away.max() >= back.max():
        i, j = to_target[:, int(away.argmax())]
    else:
        j, i = to_base[:, int(back.argmax())]
    return base[i], target[j]
