"""Convert between GeoJSON and shapely geometries, and make shapes fit to be measured.

One geometry: `shape_of` drops heights, as measuring on the ground wants it, `shape` keeps them.
Many at once: `shapes_of`, and `shapes_of_plain` where nothing is known of them yet.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

__all__ = [
    "dimensions_of",
    "flat",
    "geojson_of",
    "repaired",
    "shape",
    "shape_of",
    "shapes_of",
    "shapes_of_plain",
]

Geometry = dict[str, Any]
Array = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


def shape_of(geometry: Geometry | None) -> BaseGeometry:
    """Convert a checked geometry, heights dropped; None becomes an empty collection."""
    return shapely.GeometryCollection() if geometry is None else _built(geometry, flat)


def shape(geometry: Mapping[str, Any], *, gap_m: float = math.nan) -> BaseGeometry:
    """Convert a sound GeoJSON geometry, heights kept; some positions may have none.

    Parameters
    ----------
    geometry : dict
        As RFC 7946 wants it.
    gap_m : float, optional
        The height of positions that have none where others have one.
    """
    try:
        converted = _built(geometry, _array)
    except ValueError:  # some positions of a line have a height
        converted = shapely.from_geojson(json.dumps(geometry))
    if not converted.has_z or math.isnan(gap_m):
        return converted
    return shapely.transform(
        shapely.force_3d(converted), lambda at: np.where(np.isnan(at), gap_m, at), include_z=True
    )


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


def shapes_of(geometries: Sequence[Geometry | None]) -> Shapes:
    """Convert sound GeoJSON geometries, None where there is none; heights are kept.

    Points, lines and polygons are made all together, which takes a fraction of the time that
    one by one would. Coordinates stay as they are, heights included.

    Parameters
    ----------
    geometries : sequence of dict or None
        Geometries as RFC 7946 wants them.

    Returns
    -------
    ndarray of shapely.Geometry or None
        In the order given.
    """
    converted = np.full(len(geometries), None, dtype=object)
    for kind, members in _by_type(geometries).items():
        alike = [geometry for i in members if (geometry := geometries[i]) is not None]
        group = _Group.of(kind, alike) if kind in _RUNS else None
        shapes = None if group is None else group.shapes()
        converted[members] = list(map(shape, alike)) if shapes is None else shapes
    return converted


def shapes_of_plain(geometries: Sequence[Geometry | None]) -> Shapes | None:
    """Convert geometries of which nothing is known yet, if they are plainly sound.

    Parameters
    ----------
    geometries : sequence of dict or None
        Objects with ``type`` and ``coordinates``, an array in which there is nothing but arrays
        and numbers.

    Returns
    -------
    ndarray of shapely.Geometry, or None
        As `shapes_of`. None unless all are points, lines and polygons, their numbers degrees of
        WGS 84, their lines of two positions or more, their rings closed and of four or more;
        and none of a type has a height, or all have.
    """
    converted = np.full(len(geometries), None, dtype=object)
    for kind, members in _by_type(geometries).items():
        if kind not in _RUNS:
            return None
        alike = [geometry for i in members if (geometry := geometries[i]) is not None]
        try:
            group = _Group.of(kind, alike)
            shapes = group.shapes() if group.is_sound() else None
        except (TypeError, ValueError):  # a number where an array belongs, or the reverse
            return None
        if shapes is None:
            return None
        converted[members] = shapes
    return converted


def _by_type(geometries: Sequence[Geometry | None]) -> dict[str, list[int]]:
    """Return the numbers of the geometries of each type; of those that are empty under ``""``."""
    groups: dict[str, list[int]] = {}
    for i, geometry in enumerate(geometries):
        if geometry is not None:
            kind = geometry["type"] if geometry.get("coordinates") else ""
            groups.setdefault(kind, []).append(i)
    return groups


@dataclass(frozen=True, slots=True)
class _Group:
    """Geometries of one type: their coordinates, and the runs of positions in all of these."""

    kind: str
    coordinates: Sequence[Any]
    runs: Sequence[Any]
    vertices: Array | None

    @classmethod
    def of(cls, kind: str, geometries: Sequence[Geometry]) -> _Group:
        coordinates = [geometry["coordinates"] for geometry in geometries]
        runs = _RUNS[kind](coordinates)
        return cls(kind, coordinates, runs, _vertices(runs))

    def is_sound(self) -> bool:
        """Tell whether numbers are degrees, lines long enough and rings closed."""
        shortest = {"Point": 1, "LineString": 2, "Polygon": 4}[self.kind]
        if not all(type(run) is list and len(run) >= shortest for run in self.runs):
            return False
        if self.kind == "Polygon" and any(run[0] != run[-1] for run in self.runs):
            return False
        vertices = self.vertices
        if vertices is None or vertices.shape[1] not in (2, 3) or not np.isfinite(vertices).all():
            return False
        return bool((np.abs(vertices[:, :2]).max(axis=0) <= (180.0, 90.0)).all())

    def shapes(self) -> Shapes | None:
        """Return the shapes; None if some positions have a height and others not."""
        vertices = self.vertices
        if vertices is None:
            return None
        if self.kind == "Point":
            return np.asarray(shapely.points(vertices))
        if self.kind == "LineString":
            return np.asarray(shapely.linestrings(vertices, indices=_owners(self.runs)))
        rings = shapely.linearrings(vertices, indices=_owners(self.runs))
        return np.asarray(shapely.polygons(rings, indices=_owners(self.coordinates)))


def _vertices(runs: Iterable[Any]) -> Array | None:
    """Return all positions as an array; None if some have a height and others not."""
    positions = list(chain.from_iterable(runs))
    dimensions = set(map(len, positions))
    if len(dimensions) != 1:
        return None
    numbers = np.fromiter(chain.from_iterable(positions), np.float64)
    return numbers.reshape(-1, dimensions.pop())


_RUNS: dict[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
    "Point": lambda coordinates: [coordinates],
    "LineString": lambda coordinates: coordinates,
    "Polygon": lambda coordinates: list(chain.from_iterable(coordinates)),
}


def _owners(groups: Iterable[Sequence[Any]]) -> npt.NDArray[np.intp]:
    """Return for each member of some groups, in their order, the number of its group."""
    lengths = list(map(len, groups))
    return np.repeat(np.arange(len(lengths)), lengths)


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
