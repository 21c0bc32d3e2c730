"""Lengths and areas that the page tells of geometries, measured many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pkzone.geo import bulk
from pkzone.maps.runs import Vertices

__all__ = ["MEASURES", "measures_of"]

#: The members of a geometry of the payload that are no GeoJSON.
MEASURES: Final = ("length_m", "area_km2")


def measures_of(
    geometries: Sequence[tuple[Mapping[str, Any], slice]], vertices: Vertices
) -> list[dict[str, Any]]:
    """Return the length of each line and the area of each polygon, geodesic on WGS 84.

    Parameters
    ----------
    geometries : sequence of (mapping, slice)
        GeoJSON geometries, and which of the paths are theirs.
    vertices : Vertices
        The paths.

    Returns
    -------
    list of dict
        ``length_m`` in whole metres, or ``area_km2`` with one decimal; nothing for points and
        collections.
    """
    is_line = np.zeros(len(vertices.ends), dtype=np.bool_)
    is_ring = is_line.copy()
    for geometry, own in geometries:
        if geometry["type"].endswith("LineString"):
            is_line[own] = True
        elif geometry["type"].endswith("Polygon"):
            is_ring[own] = True
    sizes = np.zeros(len(vertices.ends))
    sizes[is_line] = bulk.path_lengths_m(*_only(vertices, is_line))
    sizes[is_ring] = bulk.ring_areas_m2(*_only(vertices, is_ring))
    every = sizes.tolist()
    return [_measure(geometry, every[own]) for geometry, own in geometries]


def _only(
    vertices: Vertices, is_wanted: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return the vertices and the ends of some of the paths."""
    counts = np.diff(vertices.ends, prepend=0)
    return vertices.degrees.compress(np.repeat(is_wanted, counts), axis=0), np.cumsum(counts[is_wanted])


def _measure(geometry: Mapping[str, Any], sizes: Sequence[float]) -> dict[str, Any]:
    kind = geometry["type"]
    if kind.endswith("LineString"):
        return {"length_m": round(sum(sizes))}
    if kind == "Polygon":
        return {"area_km2": round(_area_m2(sizes) / 1e6, 1)}
    if kind == "MultiPolygon":
        left = iter(sizes)
        parts = (list(islice(left, len(rings))) for rings in geometry["coordinates"])
        return {"area_km2": round(sum(map(_area_m2, parts)) / 1e6, 1)}
    return {}


def _area_m2(rings: Sequence[float]) -> float:
    """Return the area of a polygon: the outer ring's, the holes' subtracted."""
    outer, *holes = rings or (0.0,)
    return max(0.0, outer - sum(holes))
