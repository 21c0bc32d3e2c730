"""Geometries in arrays: each answer is that of the function which looks at one at a time."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.geometry
from hypothesis import example, given
from hypothesis import strategies as st

from pkzone.errors import GeoJSONError
from pkzone.geo.canonical import canonical_geometry
from pkzone.geo.convert import shapes_of
from pkzone.geo.coordinates import Coordinates
from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.model import Report
from pkzone.geojson.writer import _geometry_text
from tests.helpers.geojson_strategies import GEOMETRIES, HEIGHTS_M

Geometry = dict[str, Any]

# Few places, so that vertices recur, lines stand still, rings cross and numbers are hard to round.
LONS = st.sampled_from(
    [0, -0.0, 1, 1.0, 2, 1e-6, 1.0000005, 1.0000015, 0.1234567, 179.5, -180, 181]
)
LATS = st.sampled_from([0, 1, 1.0, 2, 3.5, 1.0000004, 1.0000025, 89.9999999, 90.5])
FLAT = st.tuples(LONS, LATS).map(list)
HIGH = st.tuples(LONS, LATS, HEIGHTS_M | st.sampled_from([0, 1e19])).map(list)
PATHS = st.one_of(
    st.lists(position, min_size=1, max_size=7) for position in (FLAT, HIGH, FLAT | HIGH)
)
RINGS = PATHS.map(lambda path: [*path, list(path[0])])
POLYGONS = st.lists(RINGS, max_size=3)
ROUGH = st.one_of(
    st.builds(lambda kind, drawn: {"type": kind, "coordinates": drawn}, st.just(kind), coordinates)
    for kind, coordinates in {
        "Point": FLAT | HIGH,
        "MultiPoint": PATHS,
        "LineString": PATHS,
        "MultiLineString": st.lists(PATHS, max_size=3),
        "Polygon": POLYGONS,
        "MultiPolygon": st.lists(POLYGONS, max_size=3),
    }.items()
)
DRAWN = st.lists(GEOMETRIES | ROUGH | st.none(), max_size=6)


def said_of(geometry: Any) -> list[str] | None:
    """What the strict reader notes about a geometry; none if it refuses it."""
    report = Report("x")
    try:
        check_geometry(geometry, report)
    except GeoJSONError:
        return None
    return [notice.code for notice in report.notices]


@given(DRAWN)
def test_what_is_gathered_is_sound_and_what_is_quiet_is_not_odd(drawn: list[Any]) -> None:
    coordinates = Coordinates.of(drawn)
    rows = coordinates.rows.tolist()
    for row, is_quiet in zip(rows, coordinates.quiet.tolist(), strict=True):
        assert said_of(drawn[row]) is not None
        assert not is_quiet or said_of(drawn[row]) == []
    for row in set(range(len(drawn))) - set(rows):
        geometry = drawn[row]
        if geometry is None or geometry["type"] == "GeometryCollection":
            continue
        if any(abs(number) > 1e18 for number in numbers_of(geometry["coordinates"])):
            continue  # a height that the fast parser may have rounded
        said = said_of(geometry)
        assert said is None or {"empty-geometry", "mixed-dimensions"} & {*said}


@given(st.lists(GEOMETRIES | st.none(), max_size=6))
def test_shapes_give_what_their_geometries_give(drawn: list[Any]) -> None:
    from_geometries = Coordinates.of(drawn)
    from_shapes = Coordinates.of_shapes(shapes_of(drawn))
    for name in ("rows", "kinds", "part_counts", "run_counts", "sizes", "lonlat", "has_heights"):
        assert getattr(from_shapes, name).tolist() == getattr(from_geometries, name).tolist()
    heights = [one.heights for one in (from_geometries, from_shapes)]
    assert (heights[0] is None) == (heights[1] is None)
    assert heights[0] is None or heights[0].tolist() == heights[1].tolist()  # type: ignore[union-attr]


def numbers_of(value: Any) -> list[float]:
    if isinstance(value, list):
        return list(chain.from_iterable(map(numbers_of, value)))
    return [value]


@given(DRAWN)
def test_the_canonical_form(drawn: list[Any]) -> None:
    coordinates = Coordinates.of(drawn)
    wound, settled = coordinates.canonical()
    texts = list(wound.texts())
    assert len(texts) == len(settled) == len(coordinates.rows)
    finer = coordinates.finer.tolist()
    for i, row in enumerate(coordinates.rows.tolist()):
        canonical = canonical_geometry(drawn[row])
        if settled[i]:
            assert texts[i].decode() == _geometry_text(canonical)
        before, after = map(numbers_of, (drawn[row]["coordinates"], canonical["coordinates"]))
        assert finer[i] == ({*before} != {*after})


@given(DRAWN)
@example([{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}])
def test_shapes_and_their_validity(drawn: list[Any]) -> None:
    coordinates = Coordinates.of(drawn)
    found = zip(coordinates.rows.tolist(), coordinates.shapes(), coordinates.valid, strict=True)
    for row, shape, is_valid in found:
        one = shapely.from_geojson(json.dumps(drawn[row]))
        assert shape.has_z == one.has_z
        assert shapely.equals_identical(shape, one)
        assert is_valid == (shapely.get_dimensions(one) < 2 or bool(shapely.is_valid(one)))


@given(st.lists(st.floats(-180, 180) | st.integers(-(10**9), 10**9).map(lambda n: (n + 0.5) / 1e6)))
def test_numbers_are_rounded_by_their_exact_value(lons: list[float]) -> None:
    points = [{"type": "Point", "coordinates": [lon, 0]} for lon in lons if abs(lon) <= 180]
    rounded = Coordinates.of(points).rounded.lonlat[:, 0].tolist()
    assert list(map(repr, rounded)) == [
        repr(round(float(point["coordinates"][0]), 6) + 0.0) for point in points
    ]


SQUARE = [[0.5, 0.5], [2, 0.5], [2, 2], [0.5, 2], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "text"),
    [
        ("Point", [46.0, 39.5], "[46,39.5]"),
        ("Point", [46.1234565, -0.0, 12.0], "[46.123457,0,12]"),
        ("MultiPoint", [[1, 2], [1, 3]], "[[1,2],[1,3]]"),
        ("LineString", [[3, 1], [2, 10.0]], "[[3,1],[2,10]]"),
        ("MultiLineString", [[[1, 1], [0, 0]], [[2, 2], [3, 3]]], "[[[1,1],[0,0]],[[2,2],[3,3]]]"),
        ("Polygon", [SQUARE[::-1]], "[[[0.5,0.5],[2,0.5],[2,2],[0.5,2],[0.5,0.5]]]"),
        (
            "MultiPolygon",
            [[[*SQUARE[2:], *SQUARE[1:3]]]],
            "[[[[0.5,0.5],[2,0.5],[2,2],[0.5,2],[0.5,0.5]]]]",
        ),
    ],
)
def test_what_is_settled(kind: str, coordinates: Any, text: str) -> None:
    wound, settled = Coordinates.of([None, {"type": kind, "coordinates": coordinates}]).canonical()
    assert settled.tolist() == [True]
    assert [one.decode() for one in wound.texts()] == [f'{{"type":"{kind}","coordinates":{text}}}']


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", [0.00001, 1]),
        ("MultiPoint", [[2, 1], [1, 1]]),
        ("LineString", [[1, 1], [1, 1.0000001]]),
        ("MultiLineString", [[[2, 2], [3, 3]], [[1, 1], [0, 0]]]),
        ("Polygon", [[[0, 0], [1, 1], [2, 2], [0, 0]]]),
        ("Polygon", [[[0, 0], [2, 1], [0, 0], [1, 2], [0, 0]]]),
    ],
)
def test_what_is_left_to_a_closer_look(kind: str, coordinates: Any) -> None:
    _, settled = Coordinates.of([{"type": kind, "coordinates": coordinates}]).canonical()
    assert settled.tolist() == [False]


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        {},
        {"type": "Point"},
        {"type": ["Point"], "coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1, 2], "bbox": [1, 2, 1, 2]},
        {"type": "Point", "coordinates": [True, 2]},
        {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [1, 10**400]},
        {"type": "Point", "coordinates": [1, float("nan")]},
        {"type": "LineString", "coordinates": "ab"},
        {"type": "LineString", "coordinates": [[1, 2], {"1": 1, "2": 2}]},
        {"type": "Point", "coordinates": [181, 0]},
        {"type": "Point", "coordinates": [0, -90.5]},
        {"type": "Point", "coordinates": [0]},
        {"type": "Point", "coordinates": [0, 1, 2, 3]},
        {"type": "Point", "coordinates": 5},
        {"type": "Point", "coordinates": [[0, 1]]},
        {"type": "LineString", "coordinates": [[0, 1]]},
        {"type": "LineString", "coordinates": [0, 1]},
        {"type": "LineString", "coordinates": [[0, 1], [0, 1, 2]]},
        {"type": "LineString", "coordinates": [[0, 1], [0, float("inf")]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[0, 0], [1, 0], [1, 1], [0, 0]]},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "LineString", "coordinates": []},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_what_is_not_gathered(value: Any) -> None:
    point = {"type": "Point", "coordinates": (1, 2.5)}
    coordinates = Coordinates.of([value, point])
    assert coordinates.rows.tolist() == [1]
    assert np.array_equal(coordinates.lonlat, [[1, 2.5]])


def test_none_at_all() -> None:
    coordinates = Coordinates.of([])
    wound, settled = coordinates.canonical()
    assert [len(flags) for flags in (coordinates.quiet, coordinates.valid, settled)] == [0, 0, 0]
    assert list(wound.texts()) == list(coordinates.shapes()) == []
