"""Between degrees on WGS 84 and metres on an equal-area plane centred on the zone."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
import shapely
from pyproj import Transformer

PLANE = "+proj=laea +lat_0=39.8 +lon_0=46.6 +ellps=WGS84 +units=m"
GRID_DEG = 1e-5  # shipped coordinates: about 1 m, far below every stated uncertainty

Geometry = TypeVar("Geometry", bound=shapely.Geometry)


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs("EPSG:4326", PLANE, always_xy=True)


def to_plane(geometry: Geometry) -> Geometry:
    """Geometry in metres from one in degrees (lon, lat)."""
    return _transform(geometry, "FORWARD")


def to_degrees(geometry: Geometry) -> Geometry:
    """Geometry in degrees (lon, lat) from one in metres, not yet on the grid."""
    return _transform(geometry, "INVERSE")


def on_grid(geometry: Geometry) -> Geometry:
    """Geometry in degrees with every coordinate rounded to the grid, repeats left out."""
    return shapely.remove_repeated_points(shapely.transform(geometry, lambda xy: np.round(xy, 5)))


def _transform(geometry: Geometry, direction: str) -> Geometry:
    def move(xy: np.ndarray) -> np.ndarray:
        x, y = _transformer().transform(xy[:, 0], xy[:, 1], direction=direction)
        return np.column_stack([x, y])

    return shapely.transform(geometry, move)
