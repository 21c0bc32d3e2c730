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
#: Self-declared states that nearly no other recognises, and of which island or country their ground
#: is a part: under that name all sides know it.
PARTS = {"Northern Cyprus": "Cyprus", "Somaliland": "Somalia"}
SMALLEST = 0.05  # square degrees; a smaller island is left out, but the largest of its country


def world(inputs: Inputs) -> bytes:
    """Return the file of the world: countries by name, and the box without them."""
    areas = {
        one["properties"]["name"]: shape(one["geometry"]) for one in inputs.features(COUNTRIES)
    }
    for part, whole in PARTS.items():
        areas[whole] = areas[whole].union(areas.pop(part))
    names = sorted(areas)
    simple = shapely.coverage_simplify([areas[name] for name in names], TOLERANCE)
    countries = [
        {"name": name, "outline": _rings(area)} for name, area in zip(names, simple, strict=True)
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
