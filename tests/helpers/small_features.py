"""Small features for the tests of the diff, and what a diff says in short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pkzone import geojson
from pkzone.compare import Diff
from pkzone.geojson import Feature, FeatureCollection


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def line(*vertices: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(vertex) for vertex in vertices]}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def one(label: str | int | None, geometry: dict[str, Any] | None, **properties: Any) -> Feature:
    return Feature(label, properties, geometry)


def features(*given: Feature) -> FeatureCollection:
    return FeatureCollection(given, ())


def told(diff: Diff) -> list[tuple[Any, ...]]:
    """Return id and kind of every change, and what it became."""
    return [
        (change.id, change.kind, *filter(None, (change.new_id, change.parts, change.parents)))
        for change in diff.changes
    ]


BASE = (
    one("a", point(46, 39), name="A"),
    one("b", line((46, 39), (46.1, 39)), name="B"),
    one("c", None, name="C"),
    one("d", point(46.5, 39.5), tags=["x", 1]),
    one("e", box(47, 39, 47.1, 39.1), text='brace } and quote " and \\'),
)
TARGET = (
    one("a", point(46, 39), name="A"),
    one("b", line((46, 39), (46.1, 39.1)), name="B"),
    one("c", None, name="Z"),
    one("e", box(47, 39, 47.1, 39.1), text="other {"),
    one("f", point(40, 40)),
)
TOLD = [("b", "modified"), ("c", "modified"), ("d", "removed"), ("e", "modified"), ("f", "added")]


def written(path: Path, *given: Feature) -> Path:
    geojson.write(path, given)
    return path
