"""The canonical form of a geometry: cases drawn by hand, and shapes drawn at random."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pkzone.geo.canonical import canonical_geometry
from tests.helpers.geojson_strategies import GEOMETRIES, redrawn

# kind, coordinates, canonical coordinates
CASES: dict[str, tuple[str, list[Any], list[Any]]] = {
    "rounds-to-six-decimals": ("Point", [46.75123449, 39.82000051], [46.751234, 39.820001]),
    "rounds-heights-to-three": ("Point", [46, 39, 712.34567], [46, 39, 712.346]),
    "empty-point": ("Point", [], []),
    "keeps-the-direction-of-lines": ("LineString", [[2, 2], [1, 1]], [[2, 2], [1, 1]]),
    "keeps-repeated-vertices": ("LineString", [[1, 1], [1, 1], [2, 2]], [[1, 1], [1, 1], [2, 2]]),
    "sorts-points": ("MultiPoint", [[2, 1], [1, 2], [1, 1, 5]], [[1, 1, 5], [1, 2], [2, 1]]),
    "sorts-lines-by-their-first-vertex": (
        "MultiLineString",
        [[[3, 0], [0, 0]], [[1, 0], [9, 9]]],
        [[[1, 0], [9, 9]], [[3, 0], [0, 0]]],
    ),
    "turns-and-rotates-an-outer-ring": (
        "Polygon",
        [[[1, 1], [1, 0], [0, 0], [0, 1], [1, 1]]],
        [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]],
    ),
    "starts-at-the-westernmost-then-southernmost": (
        "Polygon",
        [[[1, 0], [2, 2], [0, 3], [0, 1], [1, 0]]],
        [[[0, 1], [1, 0], [2, 2], [0, 3], [0, 1]]],
    ),
    "turns-and-sorts-holes": (
        "Polygon",
        [
            [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]],
            [[5, 5], [6, 5], [6, 6], [5, 5]],
            [[2, 2], [1, 1], [1, 2], [2, 2]],
        ],
        [
            [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]],
            [[1, 1], [1, 2], [2, 2], [1, 1]],
            [[5, 5], [6, 6], [6, 5], [5, 5]],
        ],
    ),
    "sorts-polygons-by-their-first-vertex": (
        "MultiPolygon",
        [[[[5, 0], [6, 0], [6, 1], [5, 0]]], [[[2, 1], [1, 0], [2, 0], [2, 1]]]],
        [[[[1, 0], [2, 0], [2, 1], [1, 0]]], [[[5, 0], [6, 0], [6, 1], [5, 0]]]],
    ),
    "starts-a-repeated-smallest-vertex-with-all-its-copies": (
        "Polygon",
        [[[0, 0], [1, 0], [1, 1], [0, 0], [0, 0]]],
        [[[0, 0], [0, 0], [1, 0], [1, 1], [0, 0]]],
    ),
    "chooses-the-least-rotation-of-a-ring-that-touches-its-start": (
        "Polygon",
        [[[0, 0], [2, 1], [1, 2], [0, 0], [2, -2], [2, -1], [0, 0]]],
        [[[0, 0], [2, -2], [2, -1], [0, 0], [2, 1], [1, 2], [0, 0]]],
    ),
    "gives-a-ring-without-area-one-direction": (
        "Polygon",
        [[[0, 0], [2, 0], [1, 0], [0, 0]]],
        [[[0, 0], [1, 0], [2, 0], [0, 0]]],
    ),
    "tells-the-winding-of-a-sliver": (
        "Polygon",
        [[[-179, 1e-6], [0, 2e-6], [179, 2e-6], [-179, 1e-6]]],
        [[[-179, 1e-6], [179, 2e-6], [0, 2e-6], [-179, 1e-6]]],
    ),
}


@pytest.mark.parametrize(("kind", "given_", "wanted"), CASES.values(), ids=CASES.keys())
def test_a_shape_takes_its_canonical_form(kind: str, given_: list[Any], wanted: list[Any]) -> None:
    before = {"type": kind, "coordinates": given_}
    assert canonical_geometry(before) == {"type": kind, "coordinates": wanted}


def test_members_of_a_collection_are_sorted_by_first_vertex_then_type() -> None:
    point = {"type": "Point", "coordinates": [1.0, 1.0]}
    line = {"type": "LineString", "coordinates": [[1.0, 1.0], [0.0, 0.0]]}
    west = {"type": "MultiPoint", "coordinates": [[0.0, 9.0]]}
    empty: dict[str, Any] = {"type": "GeometryCollection", "geometries": []}
    nested = {"type": "GeometryCollection", "geometries": [point]}
    mixed = {"type": "GeometryCollection", "geometries": [point, nested, line, west, empty]}
    wanted = [empty, west, nested, line, point]
    assert canonical_geometry(mixed) == {"type": "GeometryCollection", "geometries": wanted}


def test_minus_zero_becomes_zero() -> None:
    point = {"type": "Point", "coordinates": [-0.0, -1e-9, -0.0001]}
    assert json.dumps(canonical_geometry(point)["coordinates"]) == "[0.0, 0.0, 0.0]"


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="Circle"):
        canonical_geometry({"type": "Circle", "coordinates": [46, 39]})


def positions(coordinates: list[Any]) -> Iterator[list[float]]:
    if coordinates and isinstance(coordinates[0], list):
        for part in coordinates:
            yield from positions(part)
    elif coordinates:
        yield coordinates


def leaves(geometry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if geometry["type"] == "GeometryCollection":
        for member in geometry["geometries"]:
            yield from leaves(member)
    else:
        yield geometry


def vertices(geometry: dict[str, Any]) -> Counter[tuple[Decimal, ...]]:
    """Every vertex once, closing ones left out, rounded in exact decimal arithmetic."""
    found: Counter[tuple[Decimal, ...]] = Counter()
    for leaf in leaves(geometry):
        coordinates = leaf["coordinates"]
        if leaf["type"] == "Polygon":
            coordinates = [ring[:-1] for ring in coordinates]
        elif leaf["type"] == "MultiPolygon":
            coordinates = [[ring[:-1] for ring in polygon] for polygon in coordinates]
        for position in positions(coordinates):
            places = (Decimal("1e-6"), Decimal("1e-6"), Decimal("1e-3"))
            pairs = zip(position, places, strict=False)
            found[tuple(Decimal(n).quantize(p, ROUND_HALF_EVEN) for n, p in pairs)] += 1
    return found


@given(GEOMETRIES)
def test_every_vertex_is_kept_and_rounded(geometry: dict[str, Any]) -> None:
    assert vertices(canonical_geometry(geometry)) == vertices(geometry)


@given(GEOMETRIES)
def test_the_input_is_left_alone(geometry: dict[str, Any]) -> None:
    before = copy.deepcopy(geometry)
    canonical_geometry(geometry)
    assert geometry == before


@given(GEOMETRIES)
def test_twice_is_the_same_as_once(geometry: dict[str, Any]) -> None:
    once = canonical_geometry(geometry)
    assert canonical_geometry(once) == once


@given(GEOMETRIES, st.integers(0, 9999))
def test_the_form_does_not_depend_on_how_the_shape_was_drawn(
    geometry: dict[str, Any], seed: int
) -> None:
    other = redrawn(geometry, Random(seed))  # noqa: S311  not for cryptography
    assert canonical_geometry(other) == canonical_geometry(geometry)


@given(GEOMETRIES)
def test_rings_wind_as_rfc_7946_asks(geometry: dict[str, Any]) -> None:
    for leaf in leaves(canonical_geometry(geometry)):
        polygons = leaf["coordinates"] if leaf["type"] == "MultiPolygon" else [leaf["coordinates"]]
        if leaf["type"].endswith("Polygon"):
            for outer, *holes in polygons:
                assert shapely.LinearRing(outer).is_ccw
                assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
