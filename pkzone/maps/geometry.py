"""Geometries in the payload: each once, what they share once, with drawn lengths and areas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, Final

from pkzone.geo import measure
from pkzone.maps import runs
from pkzone.maps.simplify import simplified

__all__ = ["Geometries", "read"]

_MEASURES: Final = ("length_m", "area_km2")
#: How deep the paths of a type are nested.
_DEPTH: Final = {
    "Point": 0, "MultiPoint": 0, "LineString": 0,
    "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2,
}  # fmt: skip
#: Vertices of the shortest run that is worth a number of its own.
_WORTH_SHARING: Final = 8


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
        How many vertices each geometry has; 0 for one that keeps its GeoJSON members.
    """

    def __init__(self, simplify_m: float | None = None) -> None:
        self.vertices: list[int] = []
        self._simplify_m = simplify_m
        self._stored: list[dict[str, Any]] = []
        self._index: dict[object, int] = {}
        self._runs: dict[bytes, int] = {}
        self._uses: list[int] = []
        self._lengths: list[int] = []

    def add(self, geometry: Mapping[str, Any]) -> int:
        """Return the index of a GeoJSON geometry or of its equal, adding it if it is new."""
        return self.add_all([geometry])[0]

    def add_all(self, geometries: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return what `add` returns for each of some geometries, in a fraction of the time."""
        found = []
        for geometry, paths in zip(geometries, self._paths(geometries), strict=True):
            exact = (geometry["type"], paths)
            key = json.dumps(geometry, sort_keys=True) if paths is None else exact
            if key not in self._index:
                self._index[key] = len(self._stored)
                self._keep(geometry, paths)
            found.append(self._index[key])
        return found

    def _keep(self, geometry: Mapping[str, Any], paths: Any) -> None:
        drawn: Mapping[str, Any] = geometry
        if self._simplify_m:
            drawn = simplified(dict(geometry), self._simplify_m)
            (paths,) = self._paths([drawn])
        stored = dict(drawn) if paths is None else {"type": drawn["type"], "paths": paths}
        self.vertices.append(0)
        _on_paths(stored, self._count)
        self._stored.append(stored | _measures(geometry["type"], geometry.get("coordinates")))

    def to_dict(self) -> dict[str, Any]:
        """Return the members of a payload that hold the geometries.

        Returns
        -------
        dict
            ``geometries``: each has its ``type`` and ``paths``, nested as GeoJSON nests its
            coordinates. A path lists the pieces that it is made of: texts of vertices (see
            `pkzone.maps.runs.to_texts`), and numbers, which point into ``runs``, the texts
            that several paths have in common. A geometry that this would change (a third
            dimension, more decimals) keeps its GeoJSON members. Lines have ``length_m``, areas
            ``area_km2``, both geodesic on WGS 84.
        """
        content = list(self._runs)
        shared = [run for run, uses in enumerate(self._uses)
                  if uses > 1 and self._lengths[run] >= _WORTH_SHARING]  # fmt: skip
        numbers = {run: number for number, run in enumerate(shared)}
        own: list[bytes] = []

        def pieces(path: tuple[int, ...]) -> list[int | bytes]:
            found: list[int | bytes] = []
            for is_shared, group in groupby(path, numbers.__contains__):
                if is_shared:
                    found += (numbers[run] for run in group)
                else:
                    own.append(b"".join(content[run] for run in group))
                    found.append(own[-1])
            return found

        geometries = [_on_paths(one, pieces) for one in self._stored]
        texts = dict(zip(own, runs.to_texts(own), strict=True))

        def written(path: list[int | bytes]) -> list[int | str]:
            return [texts[one] if isinstance(one, bytes) else one for one in path]

        return {
            "runs": runs.to_texts([content[run] for run in shared]),
            "geometries": [_on_paths(one, written) for one in geometries],
        }

    def _paths(self, geometries: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
        """Yield the paths of each geometry, tuples of runs; none where these cannot be."""
        all_positions = [list(_positions(one)) for one in geometries]
        cuts = iter(runs.cut([path for paths in all_positions for path in paths]))
        for geometry, paths in zip(geometries, all_positions, strict=True):
            cut = [one for one in islice(cuts, len(paths)) if one is not None]
            depth = _DEPTH.get(geometry["type"])
            if depth is None or len(cut) < len(paths):
                yield None
            else:
                numbers = map(self._numbers, cut)
                yield _nested(geometry["coordinates"], depth, lambda _: next(numbers), tuple)  # noqa: B023 - used at once

    def _numbers(self, path: list[bytes]) -> tuple[int, ...]:
        for run in path:
            if run not in self._runs:
                self._runs[run] = len(self._uses)
                self._uses.append(0)
                self._lengths.append(len(run) // runs.VERTEX_BYTES)
        return tuple(self._runs[run] for run in path)

    def _count(self, path: tuple[int, ...]) -> None:
        for run in path:
            self._uses[run] += 1
            self.vertices[-1] += self._lengths[run]


def read(payload: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Return a geometry of a payload as the GeoJSON that `Geometries.add` was given.

    Parameters
    ----------
    payload : mapping
        Anything with the members of `Geometries.to_dict`.
    index : int
        What `Geometries.add` returned.
    """
    stored = payload["geometries"][index]
    if "paths" not in stored:
        return {key: value for key, value in stored.items() if key not in _MEASURES}

    def positions(path: list[int | str]) -> list[list[float]]:
        texts = (payload["runs"][one] if isinstance(one, int) else one for one in path)
        return [position for text in texts for position in runs.from_text(text)]

    kind = stored["type"]
    coordinates = _nested(stored["paths"], _DEPTH[kind], positions, list)
    return {"type": kind, "coordinates": coordinates[0] if kind == "Point" else coordinates}


def _on_paths(stored: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a stored geometry with each of its paths changed."""
    if "paths" not in stored:
        return stored
    return stored | {"paths": _nested(stored["paths"], _DEPTH[stored["type"]], change, list)}


def _positions(geometry: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the lists of positions of a geometry, in its order; none of a collection."""
    kind = geometry["type"]
    if kind == "Point":
        yield [geometry["coordinates"]]
    elif kind in _DEPTH:
        lists: list[Any] = []
        _nested(geometry["coordinates"], _DEPTH[kind], lists.append, list)
        yield from lists


def _nested(paths: Any, depth: int, change: Callable[[Any], Any], into: type) -> Any:
    if depth == 0:
        return change(paths)
    return into(_nested(one, depth - 1, change, into) for one in paths)


def _measures(kind: str, coordinates: Any) -> dict[str, Any]:
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
