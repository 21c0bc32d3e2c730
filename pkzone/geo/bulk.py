"""Geodesic lengths and areas of many paths at once, as `pkzone.geo.measure` has them of one.

Where vertices lie close together, as they do on maps, a few array operations replace a geodesic
for each segment. A path with a longer step, or near a pole, goes to `pkzone.geo.measure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from pkzone.geo.measure import ring_area_m2, segment_lengths_m

__all__ = ["path_lengths_m", "ring_areas_m2"]

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.intp]

#: Longest step along either axis, and highest latitude, in degrees, of what is measured here.
_STEP: Final = 0.05
_HIGHEST: Final = 80.0
#: Vertices that are worked on at a time, so that a long series takes little memory.
_BATCH: Final = 65_536

_GEOD: Final = Geod(ellps="WGS84")
_A: Final = float(_GEOD.a)
_E2: Final = float(_GEOD.es)
_RADIUS_M: Final = 6_371_009.0
#: The series of atanh(e s) / (e s) in powers of s squared, as far as doubles tell.
_ATANH: Final = tuple(_E2**power / (2 * power + 1) for power in range(8))
_POLE: Final = 1.0 / (1.0 - _E2) + sum(_ATANH)
#: The square of the radius of the sphere that has the ellipsoid's area.
_AUTHALIC_M2: Final = _A**2 * (1.0 - _E2) * _POLE / 2.0


def path_lengths_m(degrees: Array, ends: Indexes) -> Array:
    """Return the geodesic length of each of some paths.

    Parameters
    ----------
    degrees : ndarray of shape (n, 2)
        The vertices of all paths, one path after the other: longitude and latitude on WGS 84.
    ends : ndarray of int
        Where each path ends, and the next one begins.

    Returns
    -------
    ndarray of the shape of ``ends``
        Metres, with a relative error below 1e-8; 0 for a path of one vertex or none.

    Notes
    -----
    The chord between two vertices, a straight line through the earth, is lengthened to the arc
    of a circle of the mean radius: over 8 km by 1e-7, which the ellipsoid's radii of curvature
    change by a hundredth.
    """
    return _measured(_lengths, lambda path: float(segment_lengths_m(path).sum()), degrees, ends)


def ring_areas_m2(degrees: Array, ends: Indexes) -> Array:
    """Return the area within each of some closed rings.

    Parameters
    ----------
    degrees : ndarray of shape (n, 2)
        The vertices of all rings, one ring after the other: longitude and latitude on WGS 84.
        The last vertex of a ring is equal to its first.
    ends : ndarray of int
        Where each ring ends, and the next one begins.

    Returns
    -------
    ndarray of the shape of ``ends``
        Square metres, never negative, with a relative error below 1e-6 for rings that are no
        slivers.

    Notes
    -----
    Latitudes are mapped to the sphere of equal area (authalic latitude: Snyder, Map Projections:
    A Working Manual, 1987, equation 3-12). There the strip between the equator and an edge, which
    is taken for a great circle, has a closed form.
    """
    return _measured(_areas, ring_area_m2, degrees, ends)


def _measured(
    together: Callable[[Array, Array, Indexes], Array],
    alone: Callable[[Array], float],
    degrees: Array,
    ends: Indexes,
) -> Array:
    found = np.zeros(len(ends))
    for first, last in _batches(ends):
        start = int(ends[first - 1]) if first else 0
        part, own = degrees[start : ends[last - 1]], ends[first:last] - start
        east, north = np.diff(part, axis=0, append=part[-1:]).T
        east[own[own > 0] - 1] = north[own[own > 0] - 1] = 0.0  # that leads to the next path
        far = np.flatnonzero(
            (np.abs(east) > _STEP) | (np.abs(north) > _STEP) | (np.abs(part[:, 1]) > _HIGHEST)
        )
        east[far] = 0.0
        found[first:last] = together(np.clip(part[:, 1], -_HIGHEST, _HIGHEST), east, own)
        for path in np.unique(np.searchsorted(own, far, side="right")).tolist():
            found[first + path] = alone(part[own[path - 1] if path else 0 : own[path]])
    return found


def _batches(ends: Indexes) -> Iterator[tuple[int, int]]:
    """Yield which paths come first and after the last, some whole paths at a time."""
    first = 0
    while first < len(ends):
        most = _BATCH + (int(ends[first - 1]) if first else 0)
        last = max(first + 1, int(np.searchsorted(ends, most, side="right")))
        yield first, last
        first = last


# Angles of steps are so small that two terms of each series leave an error below 1e-13.


def _lengths(latitude: Array, east: Array, ends: Indexes) -> Array:
    sine = np.sin(np.radians(latitude))
    squared = sine * sine
    normal = _A / np.sqrt(1.0 - _E2 * squared)
    from_axis = normal * np.sqrt(1.0 - squared)
    north = normal * sine * (1.0 - _E2)
    angle = np.radians(east)
    squares = np.zeros_like(sine)
    squares[:-1] = from_axis[1:] * from_axis[:-1]
    squares *= angle**2 * (1.0 - angle**2 / 12.0)
    squares[:-1] += np.diff(from_axis) ** 2 + np.diff(north) ** 2
    lengths = np.sqrt(squares) * (1.0 + squares / (24.0 * _RADIUS_M**2))
    lengths[ends[ends > 0] - 1] = 0.0
    return _sums(lengths, ends)


def _areas(latitude: Array, east: Array, ends: Indexes) -> Array:
    sine = np.sin(np.radians(latitude))
    squared = sine * sine
    atanh = np.full_like(squared, _ATANH[-1])
    for factor in _ATANH[-2::-1]:
        atanh *= squared
        atanh += factor
    authalic = sine * (1.0 / (1.0 - _E2 * squared) + atanh) / _POLE
    half = authalic / (1.0 + np.sqrt(1.0 - authalic**2))  # the tangent of half the angle
    after = np.append(half[1:], 0.0)
    angle = np.radians(east) / 2.0
    strip = angle * (1.0 + angle**2 / 3.0) * (half + after) / (1.0 + half * after)
    areas: Array = np.abs(_sums(2.0 * strip * (1.0 - strip**2 / 3.0), ends)) * _AUTHALIC_M2
    return areas


def _sums(values: Array, ends: Indexes) -> Array:
    """Return the sum of each stretch of some values; 0 of an empty one."""
    running = np.append(0.0, np.cumsum(values))
    found: Array = np.diff(running[ends], prepend=0.0)
    return found
