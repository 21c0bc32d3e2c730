"""Geometries in the payload: coordinates as whole steps, drawn lengths and areas."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["decode", "encode"]

_SCALE: Final = 1_000_000
_MEASURES: Final = ("length_m", "area_km2")
_DEPTH: Final = {
    "Point": 0, "MultiPoint": 1, "LineString": 1,
    "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip


def encode(geometry: dict[str, Any]) -> dict[str, Any]:
    """Return a geometry as the payload stores it.

    Parameters
    ----------
    geometry : dict
        A GeoJSON geometry (longitude, latitude in degrees of WGS 84).

    Returns
    -------
    dict
        ``type`` and ``steps``: every run of positions as one flat list of longitude and
        latitude in millionths of a degree, each position as the difference from the one
        before; half the bytes of decimal coordinates. A geometry that this would change (a
        third dimension, more decimals) keeps its members as they are. Lines gain
        ``length_m``, areas ``area_km2``, both geodesic on WGS 84.
    """
    kind = geometry["type"]
    stored = dict(geometry)
    if kind in _DEPTH:
        steps = _to_steps(geometry["coordinates"], _DEPTH[kind])
        candidate = {"type": kind, "steps": steps}
        if decode(candidate) == geometry:
            stored = candidate
    return stored | _measures(geometry)


def decode(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the GeoJSON geometry that `encode` was given."""
    if "steps" not in stored:
        return {key: value for key, value in stored.items() if key not in _MEASURES}
    kind = stored["type"]
    return {"type": kind, "coordinates": _from_steps(stored["steps"], _DEPTH[kind])}


def _to_steps(coordinates: Any, depth: int) -> Any:
    if depth > 1:
        return [_to_steps(part, depth - 1) for part in coordinates]
    steps: list[int] = []
    last = (0, 0)
    for position in [coordinates] if depth == 0 else coordinates:
        here = (round(position[0] * _SCALE), round(position[1] * _SCALE))
        steps += (here[0] - last[0], here[1] - last[1])
        last = here
    return steps


def _from_steps(steps: Any, depth: int) -> Any:
    if depth > 1:
        return [_from_steps(part, depth - 1) for part in steps]
    positions = []
    east = north = 0
    for index in range(0, len(steps), 2):
        east += steps[index]
        north += steps[index + 1]
        positions.append([east / _SCALE, north / _SCALE])
    return positions[0] if depth == 0 else positions


def _measures(geometry: dict[str, Any]) -> dict[str, Any]:
    from pyproj import Geod
    from shapely.geometry import shape

    if geometry["type"].endswith("LineString"):
        return {"length_m": round(Geod(ellps="WGS84").geometry_length(shape(geometry)))}
    if geometry["type"].endswith("Polygon"):
        square_metres, _ = Geod(ellps="WGS84").geometry_area_perimeter(shape(geometry))
        return {"area_km2": round(abs(square_metres) / 1e6, 1)}
    return {}
