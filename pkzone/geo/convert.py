"""GeoJSON geometries as shapely geometries, many at once."""

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
from shapely.geometry import shape as _plain_shape

__all__ = ["geojson_of", "shape", "shapes_of", "shapes_of_plain"]

Geometry = dict[str, Any]
Shapes = npt.NDArray[np.object_]


def shape(geometry: Mapping[str, Any], *, gap_m: float = math.nan) -> shapely.Geometry:
    """Return one sound GeoJSON geometry, of which some positions may have no height.

    `shapely.geometry.shape` fails on lines and areas of that kind.

    Parameters
    ----------
    geometry : dict
        As RFC 7946 wants it.
    gap_m : float, optional
        The height of positions that have none where others have one.
    """
    try:
        found = _plain_shape(geometry)
    except ValueError:
        found = shapely.from_geojson(json.dumps(geometry))
    if not found.has_z or math.isnan(gap_m):
        return found
    return shapely.transform(
        shapely.force_3d(found), lambda at: np.where(np.isnan(at), gap_m, at), include_z=True
    )


def geojson_of(found: shapely.Geometry) -> Geometry:
    """Return a shapely geometry as GeoJSON has it: no measures (M), and no height that is NaN.

    `shapely.geometry.mapping` gives a measure as if it were a height.
    """
    if found.is_empty:
        member = "geometries" if found.geom_type == "GeometryCollection" else "coordinates"
        return {"type": found.geom_type, member: []}
    plain: Geometry = mapping(found)
    heights = shapely.get_coordinates(found, include_z=True)[:, 2] if found.has_z else np.zeros(0)
    if shapely.has_m(found) or np.isnan(heights).any():
        return _cut(plain, 3 if found.has_z else 2)
    return plain


def _cut(geometry: Geometry, most: int) -> Geometry:
    if geometry["type"] == "GeometryCollection":
        parts = [_cut(part, most) for part in geometry["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": _cut_positions(geometry["coordinates"], most)}


def _cut_positions(coordinates: Any, most: int) -> Any:
    if isinstance(coordinates[0], tuple | list):
        return [_cut_positions(part, most) for part in coordinates]
    return [one for one in coordinates[:most] if not math.isnan(one)]


def shapes_of(geometries: Sequence[Geometry | None]) -> Shapes:
    """Return sound GeoJSON geometries as shapely geometries, None where there is none.

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
    found = np.full(len(geometries), None, dtype=object)
    for kind, members in _by_type(geometries).items():
        some = [one for i in members if (one := geometries[i]) is not None]
        group = _Group.of(kind, some) if kind in _RUNS else None
        made = None if group is None else group.shapes()
        found[members] = list(map(shape, some)) if made is None else made
    return found


def shapes_of_plain(geometries: Sequence[Geometry | None]) -> Shapes | None:
    """Return geometries of which nothing is known yet, if they are plainly sound.

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
    found = np.full(len(geometries), None, dtype=object)
    for kind, members in _by_type(geometries).items():
        if kind not in _RUNS:
            return None
        try:
            group = _Group.of(kind, [one for i in members if (one := geometries[i]) is not None])
            made = group.shapes() if group.is_sound() else None
        except (TypeError, ValueError):  # a number where an array belongs, or the reverse
            return None
        if made is None:
            return None
        found[members] = made
    return found


def _by_type(geometries: Sequence[Geometry | None]) -> dict[str, list[int]]:
    """Return the numbers of the geometries of each type; of those that are empty under ``""``."""
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(geometries):
        if one is not None:
            groups.setdefault(one["type"] if one.get("coordinates") else "", []).append(i)
    return groups


@dataclass(frozen=True, slots=True)
class _Group:
    """Geometries of one type: their coordinates, and the runs of positions in all of these."""

    kind: str
    coordinates: Sequence[Any]
    runs: Sequence[Any]
    vertices: npt.NDArray[np.float64] | None

    @classmethod
    def of(cls, kind: str, geometries: Sequence[Geometry]) -> _Group:
        coordinates = [one["coordinates"] for one in geometries]
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


def _vertices(runs: Iterable[Any]) -> npt.NDArray[np.float64] | None:
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
