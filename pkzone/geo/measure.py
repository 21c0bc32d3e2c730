"""Geodesic measures on WGS 84: lengths, areas, distances and bearings of degrees lon/lat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from pkzone.geo.frame import Frame
from pkzone.geo.segments import group_and_rank

__all__ = [
    "area_km2",
    "as_drawn",
    "bearing_deg",
    "distance_m",
    "geocentric_m",
    "geodesic_of_chord_m",
    "length_m",
    "line_parts",
    "metres_per_degree",
    "outline_parts",
    "points_apart",
    "polygon_parts",
    "ring_area_m2",
    "ring_parts",
    "running",
    "segment_lengths_m",
    "takes_the_long_way",
    "with_steps",
]

Array = npt.NDArray[np.float64]
Place: TypeAlias = tuple[float, float]

_GEOD = Geod(ellps="WGS84")
_FLATTENING = 1 / 298.257223563
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)
_M2_PER_KM2 = 1e6


def length_m(geometry: BaseGeometry | None) -> float:
    """Return the length of all lines of a geometry.

    Parameters
    ----------
    geometry : shapely geometry or None
        Degrees lon/lat on WGS 84; heights are ignored. Each segment counts as the geodesic
        between its ends, which takes the shorter way round the earth: a segment from 179 to
        -179 degrees crosses the antimeridian.

    Returns
    -------
    float
        Metres; 0 for points, areas, and empty or missing geometry. The relative error is that
        of the geodesic (Karney 2013, about 1e-15).
    """
    return sum((float(segment_lengths_m(line).sum()) for line in line_parts(geometry)), 0.0)


def area_km2(geometry: BaseGeometry | None) -> float:
    """Return the area of all polygons of a geometry, holes subtracted.

    Parameters
    ----------
    geometry : shapely geometry or None
        Degrees lon/lat on WGS 84. Edges count as geodesics, so a ring may cross the
        antimeridian or run round a pole; its winding does not matter. Two things stay
        undefined: a ring larger than half the earth gives the area of its other side, and an
        edge over 180 degrees of longitude or more is the shorter way, maybe over a pole. (Only
        where that would leave nothing, as of a box from -180 to 180, such edges follow their
        parallel.) Parts must not overlap (valid geometry).

    Returns
    -------
    float
        Square kilometres, never negative; 0 for points, lines, and empty or missing geometry.

    Notes
    -----
    Polygon area by Karney, Algorithms for geodesics, Journal of Geodesy 87 (2013), section 6.
    """
    total = 0.0
    for polygon in polygon_parts(geometry):
        outer, *holes = map(ring_area_m2, ring_parts(polygon))
        total += max(0.0, outer - sum(holes))
    return total / _M2_PER_KM2


def ring_area_m2(ring: npt.ArrayLike) -> float:
    """Return the area within a closed ring, as `area_km2` counts it.

    Parameters
    ----------
    ring : array_like of shape (n, 2) or (n, 3)
        The vertices, longitude and latitude in degrees first, the last one equal to the first.

    Returns
    -------
    float
        Square metres, never negative.
    """
    return abs(_signed_m2(as_drawn(np.asarray(ring, dtype=np.float64))))


@overload
def distance_m(a: Place, b: Place) -> float: ...
@overload
def distance_m(a: Array, b: Array) -> Array: ...
def distance_m(a: Place | Array, b: Place | Array) -> float | Array:
    """Return the geodesic distance between two places, or of each place to the one beside it.

    Parameters
    ----------
    a, b : tuple of float, or ndarray of shape (n, 2)
        Longitude and latitude in degrees.

    Returns
    -------
    float, or ndarray of shape (n,)
        Metres.
    """
    if isinstance(a, tuple):
        return float(_GEOD.inv(a[0], a[1], b[0], b[1])[2])
    start, end = np.asarray(a), np.asarray(b)
    metres: Any = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return np.asarray(metres, dtype=np.float64)


def geocentric_m(lonlat: Array) -> Array:
    """Return places on the ellipsoid as points of space (earth-centred, earth-fixed).

    Parameters
    ----------
    lonlat : ndarray of shape (n, 2)
        Longitude and latitude in degrees.

    Returns
    -------
    ndarray of shape (n, 3)
        Metres from the earth's centre: towards (0, 0), towards 90 degrees east, and north.
    """
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    sin_lat = np.sin(lat)
    # the radius of curvature across the meridian, from the surface to the axis
    radius = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY2 * sin_lat * sin_lat)
    flat = radius * np.cos(lat)
    north = radius * (1 - _ECCENTRICITY2) * sin_lat
    return np.column_stack([flat * np.cos(lon), flat * np.sin(lon), north])


def geodesic_of_chord_m(chord_m: Array, lat_deg: Array, other_lat_deg: Array) -> Array:
    """Return the geodesics over chords through the earth of up to 100 km.

    Parameters
    ----------
    chord_m : ndarray of shape (n,)
        The straight distances of two places each.
    lat_deg, other_lat_deg : ndarray of shape (n,)
        Their latitudes in degrees.

    Returns
    -------
    ndarray of shape (n,)
        Metres, within a tenth of a millimetre: arcs as curved as the ellipsoid is in their
        direction in the middle (Euler's formula for normal curvature).
    """
    sine = np.sin(np.radians((lat_deg + other_lat_deg) / 2))
    flattened = 1 - _ECCENTRICITY2 * sine * sine
    across = np.sqrt(flattened) / _SEMI_MAJOR_M
    along = across * flattened / (1 - _ECCENTRICITY2)
    northward_m = np.radians(lat_deg - other_lat_deg) / along
    is_along = np.minimum((northward_m / np.maximum(chord_m, 1.0)) ** 2, 1.0)
    curvature = across + is_along * (along - across)
    arc_m: Array = chord_m * (1 + (chord_m * curvature) ** 2 / 24)
    return arc_m


def metres_per_degree(lat_deg: Array) -> Array:
    """Return how long a degree of longitude and one of latitude are at some latitudes.

    Times these, degrees around a place become metres of a local plane, good over some 50 km.

    Parameters
    ----------
    lat_deg : ndarray of shape (n,)
        Degrees.

    Returns
    -------
    ndarray of shape (n, 2)
        Metres (Snyder, Map Projections, 1987, p. 25).
    """
    sine = np.sin(np.radians(lat_deg))
    flattened = 1 - _ECCENTRICITY2 * sine * sine
    across_m = _SEMI_MAJOR_M / np.sqrt(flattened)
    along_m = across_m * (1 - _ECCENTRICITY2) / flattened
    lengths: Array = np.radians(np.column_stack([across_m * np.sqrt(1 - sine * sine), along_m]))
    return lengths


def bearing_deg(a: Place, b: Place) -> float:
    """Return the bearing in which the geodesic from one place to another sets out.

    Parameters
    ----------
    a, b : tuple of float
        (longitude, latitude) in degrees.

    Returns
    -------
    float
        Degrees clockwise from north in [0, 360). Two equal places have no bearing: the answer
        is then 0.
    """
    azimuth, _, distance = _GEOD.inv(a[0], a[1], b[0], b[1])
    bearing = float(azimuth) % 360.0
    return 0.0 if distance == 0 or bearing == 360.0 else bearing  # -1e-17 % 360 is 360


def points_apart(
    base: BaseGeometry | None, target: BaseGeometry | None
) -> tuple[float | None, float | None]:
    """Return the distance between two points, or sets of points in any order, and its bearing.

    Parameters
    ----------
    base, target : Point, MultiPoint, their collection, or None
        Degrees lon/lat on WGS 84; heights are ignored; either may be empty.

    Returns
    -------
    distance_m : float or None
        Geodesic distance. Of several points the largest distance of any of them, on either
        side, to the nearest on the other (Hausdorff). None if a side is empty.
    bearing_deg : float or None
        Degrees clockwise from north in [0, 360) from base to target along that distance; None
        if it is zero or a side is empty.

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
        return None, None
    a, b = _farthest(mine, theirs) if len(mine) + len(theirs) > 2 else (mine[0], theirs[0])
    start, end = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
    away_m = distance_m(start, end)
    return away_m, bearing_deg(start, end) if away_m > 0 else None


def _points(geometry: BaseGeometry | None) -> Array:
    if geometry is None:
        return np.zeros((0, 2))
    if shapely.get_dimensions(geometry) > 0:
        raise TypeError(f"points are compared here, not a {geometry.geom_type}")
    points: Array = shapely.get_coordinates(geometry)
    if not np.isfinite(points).all():
        raise ValueError("coordinates must be finite numbers")
    return points


def _farthest(base: Array, target: Array) -> tuple[Array, Array]:
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


def segment_lengths_m(coords: npt.ArrayLike) -> Array:
    """Return the geodesic length of each segment of a line.

    Parameters
    ----------
    coords : array_like of shape (n, 2) or (n, 3)
        The line's vertices, longitude and latitude in degrees first.

    Returns
    -------
    ndarray of shape (max(n - 1, 0),)
        Metres.
    """
    points = np.asarray(coords, dtype=np.float64)
    if len(points) < 2:
        return np.zeros(0)
    return distance_m(points[:-1], points[1:])


def line_parts(geometry: BaseGeometry | None) -> Iterator[Array]:
    """Yield the vertices, shape (n, 2), of each line that is not empty, in order.

    Collections are opened; points and polygons are passed over.
    """
    for part in _parts(geometry):
        if part.geom_type in {"LineString", "LinearRing"}:
            yield shapely.get_coordinates(part)


def polygon_parts(geometry: BaseGeometry | None) -> Iterator[shapely.Polygon]:
    """Yield each polygon that is not empty, in order; collections are opened."""
    for part in _parts(geometry):
        if part.geom_type == "Polygon":
            yield part


def ring_parts(geometry: BaseGeometry | None) -> Iterator[Array]:
    """Yield the vertices, shape (n, 2), of each ring of each polygon, the outer one first."""
    for part in polygon_parts(geometry):
        for ring in (part.exterior, *part.interiors):
            yield shapely.get_coordinates(ring)


def outline_parts(geometry: BaseGeometry | None) -> Iterator[Array]:
    """Yield the vertices, shape (n, 2), of each line and ring, and of each point twice."""
    for part in _parts(geometry):
        if part.geom_type == "Point":
            yield np.repeat(shapely.get_coordinates(part), 2, axis=0)
    yield from line_parts(geometry)
    yield from map(as_drawn, ring_parts(geometry))


def _parts(geometry: BaseGeometry | None) -> Iterator[BaseGeometry]:
    """Yield the simple geometries of any geometry, however deep its collections."""
    if geometry is None or geometry.is_empty:
        return
    if hasattr(geometry, "geoms"):
        for member in geometry.geoms:
            yield from _parts(member)
    else:
        yield geometry


def takes_the_long_way(geometry: BaseGeometry) -> bool:
    """Tell whether an edge spans half a turn of longitude or more: its way round is ambiguous."""
    runs = (*line_parts(geometry), *ring_parts(geometry))
    return any((np.abs(np.diff(run[:, 0])) >= 180.0).any() for run in runs)


def running(line: Array) -> Array:
    """Unwrap longitudes that jump at the antimeridian: they run on beyond 180."""
    jumps = np.round((line[1:, 0] - line[:-1, 0]) / 360.0)
    if not jumps.any():
        return line
    turns = np.append(0.0, np.cumsum(jumps))
    return np.column_stack([line[:, 0] - 360.0 * turns, line[:, 1]])


def as_drawn(ring: Array) -> Array:
    """Return a ring with vertices along its parallels where geodesics would leave no inside.

    Only edges over 180 degrees of longitude or more need them, as of a box from -180 to 180.
    """
    steps = np.abs(ring[1:, 0] - ring[:-1, 0])
    if steps.max() < 180.0 or abs(_signed_m2(ring)) >= 1.0:
        return ring
    counts = np.where(steps >= 180.0, np.ceil(steps), 1).astype(np.intp)
    edge, rank = group_and_rank(counts)
    share = rank / counts[edge]
    filled = ring[edge] + share[:, None] * (ring[edge + 1] - ring[edge])
    return np.concatenate([filled, ring[-1:]])


def _signed_m2(ring: Array) -> float:
    return float(_GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])[0])


def with_steps(shape: BaseGeometry, longest: float) -> BaseGeometry:
    """Densify edges that are longer than a length in the shape's own unit.

    `shapely.segmentize` does the same but crashes on lines of no length (GEOS 3.14).
    """
    if hasattr(shape, "geoms"):
        return type(shape)([with_steps(part, longest) for part in shape.geoms])
    if shape.is_empty or shape.geom_type == "Point":
        return shape
    if shape.geom_type == "Polygon":
        holes = [_stepped(hole.coords, longest) for hole in shape.interiors]
        return shapely.Polygon(_stepped(shape.exterior.coords, longest), holes)
    return shapely.LineString(_stepped(shape.coords, longest))


def _stepped(positions: Any, longest: float) -> npt.NDArray[np.float64]:
    vertices = np.asarray(positions, dtype=np.float64)
    edges = np.diff(vertices, axis=0)
    counts = np.maximum(np.ceil(np.hypot(*edges.T) / longest), 1).astype(np.intp)
    edge, number = group_and_rank(counts)
    steps = (edges / counts[:, None])[edge] * number[:, None]
    return np.concatenate([vertices[:-1][edge] + steps, vertices[-1:]])
