"""The slow and obvious answer: one record, one version, one edge at a time.

Versions are found by a loop, the inside of a ring by casting a ray in degrees, distances by
geographiclib to places along every edge. Nothing of pkzone is used but the features themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

import shapely
import shapely.geometry
from geographiclib.geodesic import Geodesic

Position = Sequence[float]
Feature = dict[str, Any]

_EARTH = Geodesic.WGS84


@lru_cache(4096)
def _geodesic_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(_EARTH.Inverse(a[1], a[0], b[1], b[0], Geodesic.DISTANCE)["s12"])


def geodesic_m(a: Position, b: Position) -> float:
    return _geodesic_m((a[0], a[1]), (b[0], b[1]))


def in_force(starts: Sequence[date], day: date) -> int | None:
    """Number of the version in force, of those sorted by their first day."""
    found = None
    for number, start in enumerate(starts):
        if start <= day:
            found = number
    return found


def polygons(geometry: dict[str, Any] | None) -> list[list[list[Position]]]:
    if geometry is None:
        return []
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else []


def lines(geometry: dict[str, Any] | None) -> list[list[Position]]:
    if geometry is None:
        return []
    if geometry["type"] == "LineString":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry["type"] == "MultiLineString" else []


def is_inside(place: Position, geometry: dict[str, Any] | None) -> bool:
    """Cast a ray to the east; a place in a hole crosses one more ring."""
    crossings = 0
    for polygon in polygons(geometry):
        for ring in polygon:
            for a, b in edges(ring):
                if (a[1] > place[1]) != (b[1] > place[1]):
                    at = a[0] + (place[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
                    crossings += place[0] < at
    return crossings % 2 == 1


def edges(positions: Sequence[Position]) -> Iterator[tuple[Position, Position]]:
    return pairwise(positions)


def to_edge_m(place: Position, a: Position, b: Position) -> tuple[float, float]:
    """Least distance to an edge straight in degrees, and the share of the way to that place."""

    def away(share: float) -> float:
        return geodesic_m(place, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))

    steps = 4
    best = min(range(steps + 1), key=lambda number: away(number / steps))
    low, high = max(0.0, (best - 1) / steps), min(1.0, (best + 1) / steps)
    for _ in range(30):  # golden section: one valley between the neighbours of the best sample
        width = (high - low) * (math.sqrt(5) - 1) / 2
        left, right = high - width, low + width
        if away(left) <= away(right):
            high = right
        else:
            low = left
    share = min((low, (low + high) / 2, high), key=away)
    return away(share), share


def to_lines_m(place: Position, drawn: Sequence[Sequence[Position]]) -> tuple[float, float]:
    """Least distance to some lines, and how far along them that is."""
    found, so_far_m = [], 0.0
    for line in drawn:
        for a, b in edges(line):
            length_m = geodesic_m(a, b)
            nearer_end_m = min(geodesic_m(place, a), geodesic_m(place, b))
            found.append((nearer_end_m - 0.51 * length_m, a, b, so_far_m, length_m))
            so_far_m += length_m
    best, along_m = math.inf, 0.0
    for least_m, a, b, begins_m, length_m in sorted(found):
        if least_m >= best:  # an edge is no nearer than its nearer end, less half its length
            break
        distance_m, share = to_edge_m(place, a, b)
        if distance_m < best:
            best, along_m = distance_m, begins_m + share * length_m
    return best, along_m


@dataclass(frozen=True)
class Border:
    """One area as seen from one place."""

    id: str
    inside: bool
    border_m: float
    uncertainty_m: float
    outer_m: float
    """Distance to what of its border no other area touches; infinite if there is none."""


def outer_lines(features: Sequence[Feature], number: int) -> list[list[Position]]:
    """Return the border of an area without what is within a metre of another area."""
    shapes = [shapely.geometry.shape(one["geometry"]) for one in features if one["geometry"]]
    others = [one.buffer(1e-5) for i, one in enumerate(shapes) if i != number]
    outer = shapes[number].boundary.difference(shapely.union_all(others))
    return [list(part.coords) for part in shapely.get_parts(outer) if not part.is_empty]


def borders(place: Position, features: Sequence[Feature]) -> list[Border]:
    found = []
    for number, feature in enumerate(features):
        geometry = feature["geometry"]
        rings = [ring for polygon in polygons(geometry) for ring in polygon]
        if rings:
            found.append(
                Border(
                    str(feature["id"]),
                    is_inside(place, geometry),
                    to_lines_m(place, rings)[0],
                    feature["properties"].get("uncertainty_m") or 0.0,
                    to_lines_m(place, outer_lines(features, number))[0],
                )
            )
    return found


def answer(seen: Sequence[Border]) -> str:
    if any(one.inside and one.border_m >= one.uncertainty_m for one in seen):
        return "inside"
    if any(one.inside for one in seen) and all(one.outer_m >= one.uncertainty_m for one in seen):
        return "inside"
    if all(not one.inside and one.border_m >= one.uncertainty_m for one in seen):
        return "outside"
    return "uncertain"


def chosen(seen: Sequence[Border]) -> Border | None:
    """Return the area that the place is in, the deepest, or else the nearest."""
    within = [one for one in seen if one.inside]
    if within:
        return max(within, key=lambda one: one.border_m)
    return min(seen, key=lambda one: one.border_m, default=None)
