"""Hypothesis strategies for GeoJSON geometries and features, and ways to draw a shape anew."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import shapely
import shapely.geometry
from hypothesis import strategies as st

from pkzone.geojson import Feature

LONS = st.floats(-180, 180) | st.integers(-180, 180) | st.decimals(-180, 180, places=6).map(float)
LATS = st.floats(-90, 90) | st.integers(-90, 90) | st.decimals(-90, 90, places=6).map(float)
HEIGHTS_M = st.floats(-500, 9000) | st.integers(-500, 9000) | st.sampled_from([-0.0, 1e-7, 1e17])
FLAT = st.tuples(LONS, LATS).map(list)
HIGH = st.tuples(LONS, LATS, HEIGHTS_M).map(list)


def _is_line(positions: list[list[float]]) -> bool:
    return len({(round(p[0], 6), round(p[1], 6)) for p in positions}) > 1


LINES = st.one_of(
    st.lists(FLAT, min_size=2, max_size=6).filter(_is_line),
    st.lists(HIGH, min_size=2, max_size=6).filter(_is_line),
)


@st.composite
def polygons(draw: st.DrawFn, lon: float | None = None) -> list[list[list[float]]]:
    """A star-shaped ring about a centre, with up to two holes in it; any winding and start."""
    centre = [draw(st.floats(-170, 170)) if lon is None else lon, draw(st.floats(-80, 80))]
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.5, 1), min_size=count, max_size=count))
    turn = draw(st.floats(0, math.tau))
    angles = [turn + math.tau * i / count for i in range(count)]
    outer = [
        [centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)]
        for radius, angle in zip(radii, angles, strict=True)
    ]
    rings = [outer]
    for east in draw(st.sampled_from([(), (0.0,), (-0.08, 0.08)])):
        hole = [[centre[0] + east + 0.07 * dx, centre[1] + 0.1 * dy] for dx, dy in _DIAMOND]
        rings.append(hole)
    closed = [[*ring, list(ring[0])] for ring in rings]
    seed = draw(st.integers(0, 99))
    return redrawn_polygon(closed, Random(seed))  # noqa: S311  not for cryptography


_DIAMOND = ((1, 0), (0, 1), (-1, 0), (0, -1))


@st.composite
def multipolygons(draw: st.DrawFn) -> list[list[list[list[float]]]]:
    """Up to three polygons side by side."""
    return [draw(polygons(lon=lon)) for lon in draw(st.sampled_from([(), (5.0,), (5.0, 9.0, 1.0)]))]


def geometry(kind: str, coordinates: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return coordinates.map(lambda drawn: {"type": kind, "coordinates": drawn})


def _is_valid(drawn: dict[str, Any]) -> bool:
    rounded = shapely.set_precision(shapely.geometry.shape(drawn), 1e-6, mode="pointwise")
    return bool(rounded.is_valid)


SIMPLE = st.one_of(
    geometry("Point", FLAT | HIGH | st.just([])),
    geometry("MultiPoint", st.lists(FLAT | HIGH, max_size=4)),
    geometry("LineString", LINES),
    geometry("MultiLineString", st.lists(LINES, max_size=3)),
    geometry("Polygon", polygons()).filter(_is_valid),
    geometry("MultiPolygon", multipolygons()).filter(_is_valid),
)
GEOMETRIES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3).map(
        lambda members: {"type": "GeometryCollection", "geometries": members}
    ),
    max_leaves=4,
)
TEXTS = st.text(max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FEATURES = st.lists(
    st.builds(
        Feature,
        id=st.none() | st.integers() | TEXTS,
        properties=st.dictionaries(TEXTS, VALUES, max_size=4),
        geometry=st.none() | GEOMETRIES,
    ),
    max_size=5,
    unique_by=lambda feature: object() if feature.id is None else str(feature.id),
)


def redrawn_polygon(rings: list[list[list[float]]], random: Random) -> list[list[list[float]]]:
    """The same polygon, its rings started elsewhere, perhaps turned round, its holes shuffled."""
    outer, *holes = [_redrawn_ring(ring, random) for ring in rings]
    random.shuffle(holes)
    return [outer, *holes]


def _redrawn_ring(ring: list[list[float]], random: Random) -> list[list[float]]:
    vertices = ring[:-1]
    start = random.randrange(len(vertices))
    vertices = vertices[start:] + vertices[:start]
    if random.random() < 0.5:
        vertices.reverse()
    return [*vertices, vertices[0]]


def redrawn(drawn: dict[str, Any], random: Random) -> dict[str, Any]:
    """The same geometry in another order of parts, holes and ring vertices."""
    kind = drawn["type"]
    if kind == "GeometryCollection":
        members = [redrawn(member, random) for member in drawn["geometries"]]
        random.shuffle(members)
        return {"geometries": members, "type": kind}
    parts = list(drawn["coordinates"])
    if kind == "Polygon" and parts:
        parts = redrawn_polygon(parts, random)
    elif kind == "MultiPolygon":
        parts = [redrawn_polygon(part, random) for part in parts]
    if kind.startswith("Multi"):
        random.shuffle(parts)
    return {"coordinates": parts, "type": kind}
