"""Store geometries for the payload: each once, what they share once, simplified where asked."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, groupby, islice
from typing import Any, Final, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from pkzone.errors import BadOption, TooWide
from pkzone.geo import measure
from pkzone.geo.convert import shape_of
from pkzone.geo.frame import Frame
from pkzone.geojson.model import Feature
from pkzone.maps import vertex_chunks

__all__ = ["Geometries", "boxes_of", "check_distance", "extent", "paths_of", "reader", "simplified"]

#: The members of a geometry of the payload that are no GeoJSON.
MEASURES: Final = ("length_m", "area_km2")
#: Decimals of a simplified degree.
_DECIMALS: Final = 6

#: How deep the paths of a type are nested.
_DEPTH: Final = {
    "Point": 0,
    "MultiPoint": 0,
    "LineString": 0,
    "MultiLineString": 1,
    "Polygon": 1,
    "MultiPolygon": 2,
}
#: Vertices of the shortest run that is worth a number of its own.
_WORTH_SHARING: Final = 8


#: A path as the numbers of the runs that it is made of.
Path: TypeAlias = tuple[int, ...]


class _Stored(NamedTuple):
    """A geometry as paths of numbers of runs; ``sizes``: the paths of each part of areas."""

    kind: str
    sizes: tuple[int, ...]
    paths: tuple[Path, ...]


class Geometries:
    """Distinct geometries, in the order in which they were added.

    Parameters
    ----------
    simplify_m : float, optional
        How far, in metres, lines may leave their vertices to be drawn with fewer of them.
        Geometries differ, and are measured, by what they were before.

    Attributes
    ----------
    vertices : list of int
        How many vertices each geometry is drawn with; 0 for a collection.
    """

    def __init__(self, simplify_m: float | None = None) -> None:
        self.vertices: list[int] = []
        self._simplify_m = simplify_m
        self._stored: list[_Stored | dict[str, Any]] = []
        self._measures: dict[int, dict[str, Any]] = {}
        self._index: dict[object, int] = {}
        self._runs: dict[bytes, int] = {}
        self._blocks: list[vertex_chunks.Numbers] = []
        self._block_sizes: list[int] = []

    def add(self, geometry: Mapping[str, Any]) -> int:
        """Return the index of a GeoJSON geometry or of its equal, adding it if it is new."""
        return self.add_all([geometry])[0]

    def add_all(self, geometries: Sequence[Mapping[str, Any]], *, alone: bool = False) -> list[int]:
        """Return what `add` returns for each of some geometries, in a fraction of the time.

        Parameters
        ----------
        geometries : sequence of mapping
            GeoJSON geometries.
        alone : bool, default False
            Whether these are of no series of versions: neither they nor parts of them are then
            looked for in others.
        """
        all_paths = [paths_of(one) for one in geometries]
        vertices = vertex_chunks.flatten([path for paths in all_paths for path in paths])
        far = vertex_chunks.far_paths(vertices)
        if alone and not self._simplify_m:
            whole = vertex_chunks.quantized(vertices)
            if not whole.changed:
                sizes = list(map(len, all_paths))
                return self._add_block(geometries, sizes, vertices, whole.numbers, far)
        cut = self._numbered(vertex_chunks.split_chunks(vertices))
        ends = [0, *vertices.ends.tolist()]
        indexes: list[int] = []
        last = 0
        for geometry, paths in zip(geometries, all_paths, strict=True):
            first, last = last, last + len(paths)
            exact = _in_runs(geometry, cut[first:last])
            key = json.dumps(geometry, sort_keys=True) if exact is None else exact
            index = self._index.setdefault(key, len(self._stored))
            if index == len(self._stored):
                is_far = far and not far.isdisjoint(range(first, last))
                if exact is None or is_far or self._simplify_m:
                    self._measures[index] = _measures(geometry)
                self._keep(geometry, exact, ends[last] - ends[first])
            indexes.append(index)
        return indexes

    def add_of(self, features: Iterable[Feature], *, alone: bool = False) -> list[int | None]:
        """Return what `add_all` returns for the geometries of features; none of one without."""
        placed = list(features)
        drawn = iter(self.add_all([one.geometry for one in placed if one.geometry], alone=alone))
        return [next(drawn) if one.geometry else None for one in placed]

    def _add_block(
        self,
        geometries: Sequence[Mapping[str, Any]],
        sizes: Sequence[int],
        vertices: vertex_chunks.Vertices,
        numbers: vertex_chunks.Numbers,
        far: set[int],
    ) -> list[int]:
        """Add geometries whose paths are runs as they are; ``sizes``: how many each has."""
        index = len(self._stored)
        before = len(self._block_sizes)
        ends = [0, *vertices.ends.tolist()]
        last = 0
        for geometry, size in zip(geometries, sizes, strict=True):
            first, last = last, last + size
            paths = [(run,) for run in range(before + first, before + last)]
            exact = _in_runs(geometry, paths)
            if exact is None or (far and not far.isdisjoint(range(first, last))):
                self._measures[len(self._stored)] = _measures(geometry)
            stored = None if exact is None else _written(exact, list(map(list, exact.paths)))
            self._stored.append(dict(geometry) if stored is None else stored)
            self.vertices.append(ends[last] - ends[first])
        self._blocks.append(numbers)
        self._block_sizes += np.diff(vertices.ends, prepend=0).tolist()
        return list(range(index, len(self._stored)))

    def _numbered(self, paths: Sequence[list[bytes] | None]) -> list[Path | None]:
        """Return paths of runs as paths of their numbers."""
        numbers = self._runs
        return [
            None if path is None else tuple([numbers.setdefault(run, len(numbers)) for run in path])
            for path in paths
        ]

    def _keep(self, geometry: Mapping[str, Any], exact: _Stored | None, count: int) -> None:
        if self._simplify_m:
            geometry = simplified(dict(geometry), self._simplify_m)
            vertices = vertex_chunks.flatten(paths_of(geometry))
            exact = _in_runs(geometry, self._numbered(vertex_chunks.split_chunks(vertices)))
            count = len(vertices.degrees)
        self._stored.append(dict(geometry) if exact is None else exact)
        self.vertices.append(count)

    def to_dict(self) -> dict[str, Any]:
        """Return the members of a payload that hold the geometries.

        Returns
        -------
        dict
            ``geometries``: each has its ``type`` and ``paths``, nested as GeoJSON nests its
            coordinates. A path lists the numbers of the runs that it is made of. ``runs`` says
            how many vertices each run has, ``vertices`` holds all of them, one run after the
            other, in bytes (see `pkzone.maps.vertex_chunks.to_bytes`). What several paths have in
            common is a run of its own. A geometry that this would change (a third dimension, more
            decimals) keeps its GeoJSON members. Where the page cannot measure it by itself, a
            line has ``length_m``, an area ``area_km2``, both geodesic on WGS 84.
        """
        content = list(self._runs)
        kept = [one for one in self._stored if isinstance(one, _Stored)]
        uses = Counter(run for one in kept for path in one.paths for run in path)
        shortest = _WORTH_SHARING * vertex_chunks.VERTEX_BYTES
        shared = {run for run, count in uses.items() if count > 1 and len(content[run]) >= shortest}
        numbers: dict[int, int] = {}
        written: list[bytes] = []
        before = len(self._block_sizes)

        def write(run: bytes) -> int:
            written.append(run)
            return before + len(written) - 1

        def pieces(path: Path) -> list[int]:
            numbered: list[int] = []
            for is_shared, group in groupby(path, shared.__contains__):
                if not is_shared:
                    numbered.append(write(b"".join([content[run] for run in group])))
                    continue
                for run in group:
                    if run not in numbers:
                        numbers[run] = write(content[run])
                    numbered.append(numbers[run])
            return numbered

        geometries = [
            _written(one, [pieces(path) for path in one.paths]) if isinstance(one, _Stored) else one
            for one in self._stored
        ]
        for index, measures in self._measures.items():
            geometries[index] = {**geometries[index], **measures}
        return {
            "geometries": geometries,
            "runs": self._block_sizes + [len(run) // vertex_chunks.VERTEX_BYTES for run in written],
            "vertices": vertex_chunks.to_bytes(
                np.concatenate([*self._blocks, vertex_chunks.join(written)])
            ),
        }


def reader(payload: Mapping[str, Any]) -> Callable[[int], dict[str, Any]]:
    """Return what gives each geometry of a payload back as the GeoJSON that was added.

    Parameters
    ----------
    payload : mapping
        Anything with the members of `Geometries.to_dict`.

    Returns
    -------
    callable
        Takes what `Geometries.add` returned.
    """
    degrees = vertex_chunks.from_bytes(payload["vertices"]).tolist()
    starts = [0, *accumulate(payload["runs"])]

    def positions(path: list[int]) -> list[list[float]]:
        return [one for run in path for one in degrees[starts[run] : starts[run + 1]]]

    def read(index: int) -> dict[str, Any]:
        stored = payload["geometries"][index]
        if "paths" not in stored:
            return {key: value for key, value in stored.items() if key not in MEASURES}
        kind = stored["type"]
        coordinates = _nested(stored["paths"], _DEPTH[kind], positions)
        return {"type": kind, "coordinates": coordinates[0] if kind == "Point" else coordinates}

    return read


def _nested(paths: Any, depth: int, change: Callable[[Any], Any]) -> Any:
    return [_nested(one, depth - 1, change) for one in paths] if depth else change(paths)


def paths_of(geometry: Mapping[str, Any]) -> list[Any]:
    """Return the lists of positions of a geometry, in its order; none of a collection."""
    kind = geometry["type"]
    if kind == "Point":
        return [[geometry["coordinates"]]] if geometry["coordinates"] else []
    match _DEPTH.get(kind):
        case 0:
            return [geometry["coordinates"]]
        case 1:
            return list(geometry["coordinates"])
        case 2:
            return [path for part in geometry["coordinates"] for path in part]
    return []


def _in_runs(geometry: Mapping[str, Any], paths: Sequence[Path | None]) -> _Stored | None:
    """Return a geometry whose paths are of runs; none where these cannot be."""
    kind = geometry["type"]
    if kind not in _DEPTH or None in paths or (kind == "Point" and not paths):
        return None
    sizes = tuple(map(len, geometry["coordinates"])) if kind == "MultiPolygon" else ()
    return _Stored(kind, sizes, cast("tuple[Path, ...]", tuple(paths)))


def _written(stored: _Stored, paths: list[Any]) -> dict[str, Any]:
    """Return a geometry with other paths, nested as GeoJSON nests them."""
    if stored.kind == "MultiPolygon":
        left = iter(paths)
        paths = [list(islice(left, size)) for size in stored.sizes]
    return {"type": stored.kind, "paths": paths if _DEPTH[stored.kind] else paths[0]}


def boxes_of(geometries: Sequence[Mapping[str, Any] | None]) -> npt.NDArray[np.float64]:
    """Return west, south, east and north of each geometry in degrees; NaN where nothing is."""
    outlines = list(map(_outlines, geometries))
    degrees = vertex_chunks.flatten([path for paths in outlines for path in paths]).degrees
    sizes = np.array([sum(map(len, paths)) for paths in outlines], dtype=np.intp)
    boxes = np.full((len(sizes), 4), np.nan)
    (placed,) = sizes.nonzero()
    if len(placed):
        starts = (sizes.cumsum() - sizes)[placed]
        boxes[placed, :2] = np.minimum.reduceat(degrees, starts)
        boxes[placed, 2:] = np.maximum.reduceat(degrees, starts)
    return boxes


def _outlines(geometry: Mapping[str, Any] | None) -> list[Any]:
    """Return the lists of positions that bound a geometry: of an area no holes."""
    match geometry:
        case None:
            return []
        case {"type": "GeometryCollection", "geometries": members}:
            return [path for one in members for path in _outlines(one)]
        case {"type": "Polygon", "coordinates": rings}:
            return list(rings[:1])
        case {"type": "MultiPolygon", "coordinates": parts}:
            return [ring for rings in parts for ring in rings[:1]]
    return paths_of(geometry)


def extent(boxes: npt.NDArray[np.float64]) -> list[float] | None:
    """Return the box round some boxes; none if nothing is in any."""
    known = boxes[~np.isnan(boxes[:, 0])]
    if not len(known):
        return None
    return [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]


def _measures(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page tells of a geometry, geodesic on WGS 84.

    That is ``length_m`` in whole metres, or ``area_km2`` with one decimal; nothing of points and
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


def check_distance(metres: float | None) -> float | None:
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
