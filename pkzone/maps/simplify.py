"""Geometries with fewer vertices, for maps that would be too large with all of them."""

from __future__ import annotations

import math
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from pkzone.errors import BadOption, TooWide
from pkzone.geo.convert import shape_of
from pkzone.geo.frame import Frame

__all__ = ["check", "simplified"]

_DECIMALS = 6


def check(metres: float | None) -> float | None:
    """Return a distance to simplify by, or raise BadOption."""
    if metres is not None and not (metres > 0 and math.isfinite(metres)):
        raise BadOption(f"simplify_m {metres}: give a distance in metres, more than 0")
    return metres


def simplified(geometry: dict[str, Any], metres: float) -> dict[str, Any]:
    """Return a geometry with the vertices left out that its lines can do without.

    Parameters
    ----------
    geometry : dict
        A GeoJSON geometry (longitude, latitude in degrees of WGS 84).
    metres : float
        No vertex that is left out lies farther than this from the line drawn in its place.

    Returns
    -------
    dict
        A geometry of the same type without heights, in degrees of six decimals; areas stay
        valid, and parts and holes stay. Points, what is not valid, what crosses the
        antimeridian and what could not stay valid otherwise come back as they are. Each
        geometry is simplified by itself: neighbours may part or overlap by twice the distance.

    Notes
    -----
    Douglas and Peucker (1973), kept from crossing itself (GEOS, TopologyPreservingSimplifier),
    in an equal-area plane centred on the geometry.
    """
    if geometry["type"] == "GeometryCollection":
        members = [simplified(one, metres) for one in geometry["geometries"]]
        return {**geometry, "geometries": members}
    if geometry["type"] in ("Point", "MultiPoint"):
        return geometry
    shape = shape_of(geometry)
    if shape.is_empty or not shape.is_valid:
        return geometry
    # Rounding to six decimals may spoil what the plane kept apart; half the distance seldom does.
    for tolerance in (metres, metres / 2, metres / 4):
        fewer = _simplified(shape, tolerance)
        if fewer is not None:
            return {"type": geometry["type"], "coordinates": _lists(mapping(fewer)["coordinates"])}
    return geometry


def _simplified(shape: BaseGeometry, tolerance: float) -> BaseGeometry | None:
    try:
        frame = Frame.around(shape)
    except TooWide:
        return None
    plane = shapely.simplify(frame.to_metres(shape), tolerance, preserve_topology=True)
    fewer = shapely.transform(frame.to_degrees(plane), lambda degrees: degrees.round(_DECIMALS))
    west, south, east, north = fewer.bounds
    is_sound = fewer.is_valid and fewer.geom_type == shape.geom_type
    return (
        fewer if is_sound and west >= -180 and east <= 180 and -90 <= south <= north <= 90 else None
    )


def _lists(coordinates: Any) -> Any:
    if isinstance(coordinates, tuple | list):
        return [_lists(one) for one in coordinates]
    return float(coordinates)
