"""What one version of a layer has to tag by: small values that travel to other processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.compare.route_chain import chains, is_in_use, route_of
from pkzone.geo.measure import line_parts, polygon_parts, segment_lengths_m
from pkzone.geo.shape import dimensions_of, repaired, shape_of
from pkzone.geojson.model import Feature

__all__ = ["AreaScene", "Family", "LineScene", "PlaceScene", "Scene", "family_of", "scene_of"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Family = Literal["areas", "lines", "places"]

_FAMILIES: tuple[Family, ...] = ("places", "lines", "areas")


@dataclass(frozen=True, slots=True)
class AreaScene:
    """The areas of a version.

    Parameters
    ----------
    ids : tuple of str
        Ids of the features that have an area.
    polygons : tuple of shapely geometry
        The area of each, valid, in degrees, without heights.
    uncertainty_m : tuple of float
        Of each; 0 where the feature states none.
    """

    ids: tuple[str, ...]
    polygons: tuple[shapely.Geometry, ...]
    uncertainty_m: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LineScene:
    """The lines of a version, and the points among them.

    Parameters
    ----------
    ids : tuple of str
        Ids of the features that have a line or a point.
    in_use : tuple of bool
        Of each: whether traffic follows it.
    lines : tuple of ndarray of shape (n, 2)
        Degrees lon/lat in the direction of the chainage.
    line_of : tuple of int
        The number of the feature that each line belongs to.
    from_m : tuple of float
        The chainage at which each begins: along the route if it is part of one in use.
    points : ndarray of shape (m, 2)
        Places of points.
    point_of : tuple of int
        The number of the feature that each point belongs to.
    """

    ids: tuple[str, ...]
    in_use: tuple[bool, ...]
    lines: tuple[Array, ...]
    line_of: tuple[int, ...]
    from_m: tuple[float, ...]
    points: Array
    point_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlaceScene:
    """The points of a version.

    Parameters
    ----------
    ids : tuple of str
        Ids of the features that have a point.
    points : ndarray of shape (m, 2)
        Places in degrees.
    point_of : tuple of int
        The number of the feature that each belongs to.
    """

    ids: tuple[str, ...]
    points: Array
    point_of: tuple[int, ...]


Scene = AreaScene | LineScene | PlaceScene


def family_of(versions: Sequence[Sequence[Feature]]) -> Family | None:
    """Return the family of a layer: that of the greatest dimension in any of its versions."""
    found: set[int] = set()
    for features in versions:
        for feature in features:
            found |= dimensions_of(shape_of(feature.geometry))
    return _FAMILIES[max(found)] if found else None


def scene_of(features: Sequence[Feature], family: Family) -> Scene:
    """Return what a version of a layer of some family has to tag by."""
    if family == "areas":
        return _area_scene(features)
    return _line_scene(features) if family == "lines" else _place_scene(features)


def _area_scene(features: Sequence[Feature]) -> AreaScene:
    ids, polygons, uncertainty_m = [], [], []
    for feature in features:
        parts = list(polygon_parts(repaired(shape_of(feature.geometry))[0]))
        if parts:
            ids.append(str(feature.id))
            polygons.append(parts[0] if len(parts) == 1 else _one_area(parts))
            uncertainty_m.append(_uncertainty_m(feature))
    return AreaScene(tuple(ids), tuple(polygons), tuple(uncertainty_m))


def _one_area(parts: list[shapely.Polygon]) -> shapely.Geometry:
    together = shapely.MultiPolygon(parts)
    return together if together.is_valid else shapely.union_all(parts)


def _uncertainty_m(feature: Feature) -> float:
    value = feature.properties.get("uncertainty_m")
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return max(0.0, float(value)) if known and value is not None else 0.0


def _line_scene(features: Sequence[Feature]) -> LineScene:
    on_routes: dict[str, list[tuple[Array, float]]] = {}
    for chain in chains(features).values():
        for stretch in chain.stretches:
            on_routes.setdefault(str(stretch.segment), []).append((stretch.coords, stretch.from_m))
    ids: list[str] = []
    in_use, lines, line_of, from_m, point_of = [], [], [], [], []
    places: list[Array] = []
    for feature in features:
        shape, label = shape_of(feature.geometry), str(feature.id)
        points = _points(shape)
        own = list(line_parts(shape))
        if not own and not len(points):
            continue
        used = is_in_use(feature)
        routed = on_routes.get(label) if used and route_of(feature) is not None else None
        for coords, at_m in routed or _along(own):
            lines.append(coords)
            line_of.append(len(ids))
            from_m.append(at_m)
        places.append(points)
        point_of += [len(ids)] * len(points)
        in_use.append(used)
        ids.append(label)
    return LineScene(
        tuple(ids),
        tuple(in_use),
        tuple(lines),
        tuple(line_of),
        tuple(from_m),
        np.concatenate([np.empty((0, 2)), *places]),
        tuple(point_of),
    )


def _along(lines: Sequence[Array]) -> list[tuple[Array, float]]:
    """Return the lines of a feature with the chainage at which each begins."""
    lengths = [float(segment_lengths_m(line).sum()) for line in lines]
    ends = np.cumsum(lengths).tolist()
    return [(line, end - length) for line, length, end in zip(lines, lengths, ends, strict=True)]


def _place_scene(features: Sequence[Feature]) -> PlaceScene:
    ids: list[str] = []
    places: list[Array] = []
    point_of: list[int] = []
    for feature in features:
        points = _points(shape_of(feature.geometry))
        if len(points):
            places.append(points)
            point_of += [len(ids)] * len(points)
            ids.append(str(feature.id))
    return PlaceScene(tuple(ids), np.concatenate([np.empty((0, 2)), *places]), tuple(point_of))


def _points(shape: shapely.Geometry) -> Array:
    """Return the places of the points of a shape, those in collections among them."""
    if shape.is_empty:
        return np.empty((0, 2))
    if shape.geom_type == "GeometryCollection":
        return np.concatenate([_points(part) for part in shape.geoms])
    found: Array = shapely.get_coordinates(shape)
    return found if shape.geom_type in {"Point", "MultiPoint"} else np.empty((0, 2))
