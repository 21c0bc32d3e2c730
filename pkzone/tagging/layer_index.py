"""Layers read for tagging: the areas, lines or points of each version, small enough to pickle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.compare.route_chain import chains, is_in_use, route_of
from pkzone.errors import CannotTag
from pkzone.geo.convert import dimensions_of, repaired, shape_of
from pkzone.geo.measure import line_parts, polygon_parts, segment_lengths_m
from pkzone.geojson.model import Feature
from pkzone.layers.catalogue import SHIPPED, Catalogue, Layer

__all__ = [
    "AreaIndex",
    "Family",
    "LayerIndex",
    "LineIndex",
    "TagLayer",
    "family_of",
    "index_of",
    "read_layers",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Family = Literal["areas", "lines", "places"]

_FAMILIES: tuple[Family, ...] = ("places", "lines", "areas")


@dataclass(frozen=True, slots=True)
class AreaIndex:
    """Areas of a version.

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
class LineIndex:
    """Lines and points of a version.

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


LayerIndex = AreaIndex | LineIndex


def family_of(versions: Sequence[Sequence[Feature]]) -> Family | None:
    """Return the family of a layer: that of the greatest dimension in any of its versions."""
    found: set[int] = set()
    for features in versions:
        for feature in features:
            found |= dimensions_of(shape_of(feature.geometry))
    return _FAMILIES[max(found)] if found else None


def index_of(features: Sequence[Feature], family: Family) -> LayerIndex:
    """Return what a version of a layer of some family has to tag by."""
    return _area_index(features) if family == "areas" else _line_index(features)


def _area_index(features: Sequence[Feature]) -> AreaIndex:
    ids, polygons, uncertainty_m = [], [], []
    for feature in features:
        parts = list(polygon_parts(repaired(shape_of(feature.geometry))[0]))
        if parts:
            ids.append(str(feature.id))
            polygons.append(parts[0] if len(parts) == 1 else _one_area(parts))
            uncertainty_m.append(_uncertainty_m(feature))
    return AreaIndex(tuple(ids), tuple(polygons), tuple(uncertainty_m))


def _one_area(parts: list[shapely.Polygon]) -> shapely.Geometry:
    together = shapely.MultiPolygon(parts)
    return together if together.is_valid else shapely.union_all(parts)


def _uncertainty_m(feature: Feature) -> float:
    value = feature.properties.get("uncertainty_m")
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return max(0.0, float(value)) if known and value is not None else 0.0


def _line_index(features: Sequence[Feature]) -> LineIndex:
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
    return LineIndex(
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


def _points(shape: shapely.Geometry) -> Array:
    """Return the places of the points of a shape, those in collections among them."""
    if shape.is_empty:
        return np.empty((0, 2))
    if shape.geom_type == "GeometryCollection":
        return np.concatenate([_points(part) for part in shape.geoms])
    found: Array = shapely.get_coordinates(shape)
    return found if shape.geom_type in {"Point", "MultiPoint"} else np.empty((0, 2))


_OF_THE_SHIPPED = ("zone", "corridor", "transport", "places")
#: What other catalogues draw for orientation: near it lies everything.
_AROUND = ("boundaries", "physical")


@dataclass(frozen=True, slots=True)
class TagLayer:
    """A layer with the index of each of its versions.

    Parameters
    ----------
    name : str
        Its name.
    family : str
        Whether its areas, its lines or its places count.
    versions : tuple of str
        Ids, oldest first.
    starts : ndarray of datetime64[D]
        When each takes effect.
    index_of : ndarray of int
        Which of `indexes` each has; versions of the same bytes share one.
    indexes : tuple
        What there is to tag by.
    ids : tuple of str
        Ids of all features in any of the indexes.
    codes : tuple of ndarray
        For each index: which of `ids` each of its features has; after them -1, for none.
    box : tuple of float
        West, south, east and north of all versions.
    """

    name: str
    family: Family
    versions: tuple[str, ...]
    starts: npt.NDArray[np.datetime64]
    index_of: npt.NDArray[np.intp]
    indexes: tuple[LayerIndex, ...]
    ids: tuple[str, ...]
    codes: tuple[npt.NDArray[np.int32], ...]
    box: tuple[float, float, float, float]


def read_layers(names: Sequence[str] | None, catalogue: Catalogue) -> tuple[TagLayer, ...]:
    """Return some layers of a catalogue, or those that one tags by if no names are given.

    Raises
    ------
    LayerNotFound
        The catalogue has no such layer.
    CannotTag
        A layer asked for has no geometry in any version, or none has any.
    CatalogueError, HashMismatch, GeoJSONError
        A file of the catalogue is missing or damaged.
    """
    chosen = dict.fromkeys(_usual(catalogue) if names is None else names)
    read = {name: _read(catalogue[name]) for name in chosen}
    missing = [name for name, layer in read.items() if layer is None]
    if missing and names is not None:
        raise CannotTag(
            f"layer {missing[0]} has no geometry in any version, so that nothing can be tagged "
            "by it; leave it out"
        )
    found = tuple(layer for layer in read.values() if layer is not None)
    if not found:
        raise CannotTag("no layer to tag by; name one, or publish one with a geometry first")
    return found


def _usual(catalogue: Catalogue) -> Sequence[str]:
    is_shipped = catalogue.root.resolve() == Path(SHIPPED).resolve()
    if is_shipped:
        return [name for name in _OF_THE_SHIPPED if name in catalogue]
    return [name for name in catalogue if name not in _AROUND] or [*catalogue]


def _read(layer: Layer) -> TagLayer | None:
    content = {version.sha256: version for version in layer.versions}
    features = {sha256: version.features().features for sha256, version in content.items()}
    family = family_of(list(features.values()))
    if family is None:
        return None
    indexes = tuple(index_of(one, family) for one in features.values())
    ids = tuple(dict.fromkeys(label for index in indexes for label in index.ids))
    code = {label: place for place, label in enumerate(ids)}
    number = {sha256: place for place, sha256 in enumerate(features)}
    boxes = np.array([version.bbox for version in layer.versions if version.bbox is not None])
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return TagLayer(
        layer.name,
        family,
        tuple(version.id for version in layer.versions),
        np.array([version.valid_from for version in layer.versions], "datetime64[D]"),
        np.array([number[version.sha256] for version in layer.versions], np.intp),
        indexes,
        ids,
        tuple(np.array([*map(code.__getitem__, one.ids), -1], np.int32) for one in indexes),
        (west, south, east, north),
    )
