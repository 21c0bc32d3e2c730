"""GeoJSON geometries as shapes in two dimensions, polygons repaired where they are not valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.ragged import group_and_rank

__all__ = ["dimensions_of", "flat", "repaired", "shape_of", "takes_the_long_way", "with_steps"]


def shape_of(geometry: dict[str, Any] | None) -> BaseGeometry:
    """Return the shape of a checked geometry, without heights; an empty one for None."""
    if geometry is None:
        return shapely.GeometryCollection()
    if geometry["type"] == "GeometryCollection":
        return shapely.GeometryCollection([shape_of(one) for one in geometry["geometries"]])
    return _BUILDERS[geometry["type"]](geometry["coordinates"])


def repaired(shape: BaseGeometry) -> tuple[BaseGeometry, str | None]:
    """Return a shape whose areas are valid, and why those given are not.

    Areas without any width vanish: they are no ground.
    """
    if shape.is_empty or shape.is_valid:
        return shape, None
    reason = str(shapely.is_valid_reason(shape)).replace("[", " [")
    if shapely.get_dimensions(shape) < 2:
        return shape, None  # a line may have no length: that is odd, but can be measured
    return shapely.make_valid(shape, method="structure", keep_collapsed=False), reason


def dimensions_of(shape: BaseGeometry) -> frozenset[int]:
    """Return which dimensions the parts of a shape have: 0 points, 1 lines, 2 areas."""
    if shape.is_empty:
        return frozenset()
    if shape.geom_type == "GeometryCollection":
        return frozenset().union(*map(dimensions_of, shape.geoms))
    return frozenset({int(shapely.get_dimensions(shape))})


def with_steps(shape: BaseGeometry, longest: float) -> BaseGeometry:
    """Return a shape with vertices added where edges are longer than a length, in its own unit.

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


def takes_the_long_way(geometry: dict[str, Any] | None) -> bool:
    """Tell whether an edge spans half a turn of longitude or more, so that its way is unclear."""
    if geometry is None:
        return False
    if geometry["type"] == "GeometryCollection":
        return any(map(takes_the_long_way, geometry["geometries"]))
    depth = _DEPTHS.get(geometry["type"])
    if depth is None:
        return False
    runs = [geometry["coordinates"]]
    for _ in range(depth):
        runs = [run for part in runs for run in part]
    return any(abs(b[0] - a[0]) >= 180 for run in runs for a, b in pairwise(run))


_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


def flat(positions: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """Return positions as an array, which takes shapely less time than a list."""
    if not positions:
        return np.empty((0, 2))
    try:
        return np.array(positions, dtype=np.float64)[:, :2]
    except ValueError:  # some positions have a height
        return np.array([position[:2] for position in positions], dtype=np.float64)


def _point(position: Sequence[float]) -> BaseGeometry:
    return shapely.Point(position[0], position[1]) if position else shapely.Point()


def _line(positions: Sequence[Sequence[float]]) -> BaseGeometry:
    return shapely.LineString(flat(positions))


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> BaseGeometry:
    return shapely.Polygon(flat(rings[0]), list(map(flat, rings[1:]))) if rings else _NO_AREA


_NO_AREA = shapely.Polygon()
_BUILDERS: dict[str, Callable[[Any], BaseGeometry]] = {
    "Point": _point,
    "MultiPoint": lambda positions: shapely.MultiPoint(flat(positions)),
    "LineString": _line,
    "MultiLineString": lambda lines: shapely.MultiLineString(list(map(flat, lines))),
    "Polygon": _polygon,
    "MultiPolygon": lambda parts: shapely.MultiPolygon(list(map(_polygon, parts))),
}
