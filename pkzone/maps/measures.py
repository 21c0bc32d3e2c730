"""Measure geometries: bounds, and the lengths and areas that the page cannot measure itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from pkzone.geo import measure
from pkzone.maps.vertex_chunks import Vertices

__all__ = ["MEASURES", "bounds", "far_paths", "measures_of"]

#: The members of a geometry of the payload that are no GeoJSON.
MEASURES: Final = ("length_m", "area_km2")
#: Longest step along either axis, and highest latitude, in degrees, of what the page measures by
#: itself (see ``geodesic.js``): within 3e-7 of the geodesic answer.
_LONGEST: Final = 0.05
_HIGHEST: Final = 80.0


def bounds(geometries: Iterable[dict[str, Any] | None]) -> list[float] | None:
    """Return west, south, east and north in degrees; none if all geometries are empty."""
    from pkzone.geo.convert import shape

    boxes = [shape(one).bounds for one in geometries if one is not None]
    boxes = [box for box in boxes if box and box[0] == box[0]]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


def far_paths(vertices: Vertices) -> set[int]:
    """Return the numbers of the paths whose vertices lie too far apart, or too near a pole."""
    degrees, ends, _ = vertices
    is_long = np.abs(degrees[1:] - degrees[:-1]) > _LONGEST
    is_long[ends[(ends > 0) & (ends < len(degrees))] - 1] = False  # that leads to the next path
    far = np.flatnonzero(is_long.ravel()) // 2
    high = np.flatnonzero(np.abs(degrees[:, 1]) > _HIGHEST)
    return {*np.searchsorted(ends, np.append(far, high), side="right").tolist()}


def measures_of(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page tells of a geometry, geodesic on WGS 84.

    Parameters
    ----------
    geometry : mapping
        A GeoJSON geometry.

    Returns
    -------
    dict
        ``length_m`` in whole metres, or ``area_km2`` with one decimal; nothing for points and
        collections.
    """
    kind: str = geometry["type"]
    coordinates: Any = geometry.get("coordinates")
    if kind.endswith("LineString"):
        lines = coordinates if kind == "MultiLineString" else [coordinates]
        length = sum(float(measure.segment_lengths_m(_flat(line)).sum()) for line in lines)
        return {"length_m": round(length)}
    if kind.endswith("Polygon"):
        polygons = coordinates if kind == "MultiPolygon" else [coordinates]
        square_metres = sum(_area_m2(*rings) for rings in polygons if rings)
        return {"area_km2": round(square_metres / 1e6, 1)}
    return {}


def _area_m2(outer: Any, *holes: Any) -> float:
    inside = sum(measure.ring_area_m2(_flat(hole)) for hole in holes)
    return max(0.0, measure.ring_area_m2(_flat(outer)) - inside)


def _flat(positions: Any) -> list[Any]:
    """Return positions without heights, which some may have and others not."""
    return [position[:2] for position in positions]
