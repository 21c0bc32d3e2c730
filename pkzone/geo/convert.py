"""Convert between GeoJSON and shapely geometries, and make shapes fit to be measured.

One geometry: `shape_of` drops heights, as measuring on the ground wants it, `shape` keeps them.
Many at once: `shapes_of`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from pkzone.geo.coordinates import Coordinates

__all__ = [
    "dimensions_of",
    "flat",
    "geojson_of",
    "repaired",
    "shape",
    "shape_of",
    "shapes_of",
    "without_gaps",
]

Geometry = dict[str, Any]
Array = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


def shape_of(geometry: Geometry | None) -> BaseGeometry:
    """Convert a checked geometry, heights dropped; None becomes an empty collection."""
    return shapely.GeometryCollection() if geometry is None else _built(geometry, flat)


def shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """Convert a sound GeoJSON geometry, heights kept; NaN where others have one."""
    try:
        return _built(geometry, _array)
    except ValueError:  # some positions of a line have a height
        return shapely.from_geojson(json.dumps(geometry))


def without_gaps(shapes: Shapes) -> Shapes:
    """Return shapes with a height of 0 where some of their positions have one and others not."""
    result, high = shapes.copy(), shapely.has_z(shapes)
    result[high] = shapely.transform(
        shapely.force_3d(shapes[high]), lambda at: np.where(np.isnan(at), 0.0, at), include_z=True
    )
    return result


def flat(positions: Sequence[Sequence[float]]) -> Array:
    """Return longitudes and latitudes as an array, which shapely takes quicker than a list."""
    try:
        return _array(positions)[:, :2]
    except ValueError:  # some positions have a height
        return np.array([position[:2] for position in positions], dtype=np.float64)


def _array(positions: Sequence[Sequence[float]]) -> Array:
    return np.array(positions, dtype=np.float64) if positions else np.empty((0, 2))


def _built(geometry: Mapping[str, Any], vertices: _Vertices) -> BaseGeometry:
    """Convert a geometry with the vertices that a function makes of lists of positions."""
    if geometry["type"] == "GeometryCollection":
        parts = [_built(part, vertices) for part in geometry["geometries"]]
        return shapely.GeometryCollection(parts)
    return _BUILDERS[geometry["type"]](geometry["coordinates"], vertices)


def _point(position: Sequence[float], vertices: _Vertices) -> BaseGeometry:
    return shapely.Point(vertices([position])[0]) if position else shapely.Point()


def _polygon(rings: Sequence[Sequence[Sequence[float]]], vertices: _Vertices) -> BaseGeometry:
    return (
        shapely.Polygon(vertices(rings[0]), list(map(vertices, rings[1:]))) if rings else _NO_AREA
    )


_NO_AREA = shapely.Polygon()
_Vertices = Callable[[Any], Array]
_BUILDERS: dict[str, Callable[[Any, _Vertices], BaseGeometry]] = {
    "Point": _point,
    "MultiPoint": lambda positions, vertices: shapely.MultiPoint(vertices(positions)),
    "LineString": lambda positions, vertices: shapely.LineString(vertices(positions)),
    "MultiLineString": lambda lines, vertices: shapely.MultiLineString(list(map(vertices, lines))),
    "Polygon": _polygon,
    "MultiPolygon": lambda parts, vertices: shapely.MultiPolygon(
        [_polygon(part, vertices) for part in parts]
    ),
}


def geojson_of(geometry: shapely.Geometry) -> Geometry:
    """Convert a shapely geometry to GeoJSON, without measures (M) and heights that are NaN.

    `shapely.geometry.mapping` gives a measure as if it were a height.
    """
    if geometry.is_empty:
        member = "geometries" if geometry.geom_type == "GeometryCollection" else "coordinates"
        return {"type": geometry.geom_type, member: []}
    plain: Geometry = mapping(geometry)
    has_gaps = geometry.has_z and bool(
        np.isnan(shapely.get_coordinates(geometry, include_z=True)[:, 2]).any()
    )
    if shapely.has_m(geometry) or has_gaps:
        return _cut(plain, 3 if geometry.has_z else 2)
    return plain


def _cut(geometry: Geometry, most: int) -> Geometry:
    if geometry["type"] == "GeometryCollection":
        parts = [_cut(part, most) for part in geometry["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": _cut_positions(geometry["coordinates"], most)}


def _cut_positions(coordinates: Any, most: int) -> Any:
    if not coordinates or isinstance(coordinates[0], tuple | list):
        return [_cut_positions(part, most) for part in coordinates]
    return [number for number in coordinates[:most] if not math.isnan(number)]


def shapes_of(
    geometries: Sequence[Geometry | None], coordinates: Coordinates | None = None
) -> Shapes:
    """Convert sound GeoJSON geometries, None where there is none; heights are kept.

    Most are made all together, which takes a fraction of the time that one by one would.

    Parameters
    ----------
    geometries : sequence of dict or None
        Geometries as RFC 7946 wants them.
    coordinates : Coordinates, optional
        Theirs, if they were gathered already.

    Returns
    -------
    ndarray of shapely.Geometry or None
        In the order given.
    """
    gathered = Coordinates.of(geometries) if coordinates is None else coordinates
    converted = np.full(len(geometries), None, dtype=object)
    converted[gathered.rows] = gathered.shapes()
    for i, geometry in enumerate(geometries):
        if geometry is not None and converted[i] is None:
            converted[i] = shape(geometry)
    return converted


def repaired(shape: BaseGeometry) -> tuple[BaseGeometry, str | None]:
    """Return a shape with valid areas, and why those given are not valid.

    Areas without any width vanish: they are no ground.
    """
    if shape.is_empty or shape.is_valid:
        return shape, None
    reason = str(shapely.is_valid_reason(shape)).replace("[", " [")
    if shapely.get_dimensions(shape) < 2:
        return shape, None  # a line may have no length: that is odd, but can be measured
    return shapely.make_valid(shape, method="structure", keep_collapsed=False), reason


def dimensions_of(shape: BaseGeometry) -> frozenset[int]:
    """Return the dimensions of the parts of a shape: 0 points, 1 lines, 2 areas."""
    if shape.is_empty:
        return frozenset()
    if shape.geom_type == "GeometryCollection":
        return frozenset().union(*map(dimensions_of, shape.geoms))
    return frozenset({int(shapely.get_dimensions(shape))})
