"""The countries of the world, thinned: what tells where a map lies that is far from the layers."""

from __future__ import annotations

import json
from typing import Any

import shapely
from shapely.geometry import shape

from authoring.inputs import Inputs
from authoring.regions import COUNTRIES, WINDOW

#: Root of the area, in degrees, that a vertex must stand for: borders that two share stay shared.
TOLERANCE = 0.5
SMALLEST = 0.05  # square degrees; a smaller island is left out, but the largest of its country


def world(inputs: Inputs) -> bytes:
    """Return the file of the world: countries by name, and the box without them."""
    features = sorted(inputs.features(COUNTRIES), key=lambda one: one["properties"]["name"])
    areas = shapely.coverage_simplify([shape(one["geometry"]) for one in features], TOLERANCE)
    countries = [
        {"name": one["properties"]["name"], "outline": _rings(area)}
        for one, area in zip(features, areas, strict=True)
    ]
    content: dict[str, Any] = {"without": list(WINDOW.bounds), "countries": countries}
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _rings(area: shapely.Geometry) -> list[list[int]]:
    """Return rings in tenths of a degree, longitude and latitude in turn, the largest first."""
    parts = sorted(shapely.get_parts(area), key=lambda one: -one.area)
    return [
        [round(10 * value) for vertex in one.exterior.coords[:-1] for value in vertex]
        for number, one in enumerate(parts)
        if not number or one.area > SMALLEST
    ]
