"""Lengths and areas that the page finds out by itself, against geographiclib."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

import pkzone
from pkzone.maps.geometry import Geometries

Positions = list[list[float]]

LATITUDES = (-79.5, -52.0, -3.0, 0.0, 39.8, 61.0, 79.5)
#: Degrees from one vertex to the next: a few metres, a kilometre, five kilometres.
STEPS = (0.00005, 0.01, 0.034)


def walk(random: Random, lat: float, step: float, count: int = 40) -> Positions:
    """A line whose steps have a length in degrees and any direction."""
    lon, found = 45.0, []
    for _ in range(count):
        found.append([round(lon, 6), round(lat, 6)])
        angle = random.uniform(0, math.tau)
        lon, lat = lon + step * math.cos(angle), lat + step * math.sin(angle) / 20
    return found


def ring(random: Random, lat: float, step: float, count: int, shrink: float = 1.0) -> Positions:
    """A closed ring whose vertices lie about so many degrees apart."""
    radius = shrink * step / (2 * math.sin(math.pi / count)) * 0.9
    angles = [math.tau * (number + random.random() / 9) / count for number in range(count)]
    found = [[round(45 + radius * math.cos(one), 6), round(lat + radius * math.sin(one) / 4, 6)]
             for one in angles]  # fmt: skip
    return [*found, found[0]]


def geometries() -> list[dict[str, Any]]:
    random = Random(7)  # noqa: S311 - not for cryptography
    found: list[dict[str, Any]] = []
    for lat in LATITUDES:
        for step in STEPS:
            found.append({"type": "LineString", "coordinates": walk(random, lat, step)})
            for count in (3, 4, 12):
                outer, hole = (ring(random, lat, step, count, one) for one in (1, 0.4))
                found.append({"type": "Polygon", "coordinates": [outer, hole]})
    lines = [one["coordinates"] for one in found if one["type"] == "LineString"]
    areas = [one["coordinates"] for one in found if one["type"] == "Polygon"]
    return [
        *found,
        {"type": "MultiLineString", "coordinates": lines},
        {"type": "MultiPolygon", "coordinates": [areas[0], areas[-1]]},
        # What the payload states: long steps, over the antimeridian, near a pole.
        {"type": "LineString", "coordinates": [[10, 50], [12, 50], [12.01, 50]]},
        {"type": "LineString", "coordinates": [[179.99, 5], [-179.99, 5]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 85], [0.04, 85], [0.04, 85.04], [0, 85]]]},
    ]


def length_m(line: Positions) -> float:
    return sum(Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"] for a, b in pairwise(line))


def area_m2(rings: Iterable[Positions]) -> float:
    sizes = []
    for one in rings:
        polygon = Geodesic.WGS84.Polygon()
        for lon, lat in one[:-1]:
            polygon.AddPoint(lat, lon)
        sizes.append(abs(polygon.Compute()[2]))
    return sizes[0] - sum(sizes[1:])


def expected(geometry: dict[str, Any]) -> list[float | None]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind.endswith("LineString"):
        lines = coordinates if kind == "MultiLineString" else [coordinates]
        return [sum(map(length_m, lines)), None]
    polygons = coordinates if kind == "MultiPolygon" else [coordinates]
    return [None, sum(map(area_m2, polygons)) / 1e6]


def test_lengths_and_areas_on_the_page_are_geodesic(open_page: Any, tmp_path: Path) -> None:
    shapes = geometries()
    features = [{"type": "Feature", "id": number, "properties": {}, "geometry": one}
                for number, one in enumerate(shapes)]  # fmt: skip
    path = tmp_path / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    page = pkzone.map(path)
    (layer,) = (one for one in page.content["layers"] if one["name"] == "shapes")
    stored = (page.content["geometries"][one["geometry"]] for one in layer["states"])
    stated = [{*one} & {"length_m", "area_km2"} for one in stored]
    assert [bool(one) for one in stated] == [False] * (len(shapes) - 4) + [True] * 4
    found = open_page(page).page.evaluate(
        "() => pkzone.data.layers.find((layer) => layer.name === 'shapes').states.map("
        "({ geometry }) => [geometry.length_m ?? null, geometry.area_km2 ?? null])"
    )
    for one, shape, told in zip(found, shapes, stated, strict=True):
        for value, true in zip(one, expected(shape), strict=True):
            # What is stated is rounded: to a metre, to a tenth of a square kilometre. Where
            # areas are a few square metres, either side is off by some square centimetres.
            rounding = {"length_m": 0.5, "area_km2": 0.05}[next(iter(told))] if told else 1e-9
            assert (value is None) == (true is None)
            assert value is None or value == pytest.approx(true, rel=1e-6, abs=rounding)


@pytest.mark.parametrize(
    ("metres", "is_stated"), [(None, False), (20.0, True)], ids=["as it is", "simplified"]
)
def test_a_simplified_line_states_its_full_length(metres: float | None, is_stated: bool) -> None:
    line = walk(Random(3), 40.0, 0.001)  # noqa: S311
    kept = Geometries(metres)
    kept.add({"type": "LineString", "coordinates": line})
    (stored,) = kept.to_dict()["geometries"]
    assert ("length_m" in stored) == is_stated
    if is_stated:
        assert stored["length_m"] == round(length_m(line))
