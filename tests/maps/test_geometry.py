"""Geometries of a payload come back as they were; what they share is stored once."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.maps import vertex_chunks
from pkzone.maps.geometry import Geometries, reader
from tests.helpers.drawn_catalogue import line, square
from tests.helpers.geojson_strategies import GEOMETRIES

Positions = list[list[float]]

# Positions as files have them: whole millionths of a degree.
POSITION = st.tuples(
    st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000)
).map(lambda pair: [pair[0] / 1_000_000, pair[1] / 1_000_000])
STEP = st.tuples(st.integers(-900, 900), st.integers(-900, 900))


@st.composite
def paths(draw: st.DrawFn, min_size: int = 2) -> Positions:
    """A path long enough to be cut, of short steps and now and then a long one."""
    steps = draw(st.lists(STEP, min_size=min_size, max_size=200))
    start = draw(POSITION)
    east, north = round(start[0] * 1e6) // 2, round(start[1] * 1e6) // 2
    found = []
    for dx, dy in steps:
        east, north = east + dx, north + dy
        found.append([east / 1e6, north / 1e6])
    return found + draw(st.lists(POSITION, max_size=3))


@st.composite
def series(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Geometries that have stretches in common, as the versions of one border have."""
    stretches = draw(st.lists(paths(), min_size=1, max_size=6))
    chosen = st.lists(st.sampled_from(stretches), min_size=1, max_size=4)

    def path() -> Positions:
        return [position for stretch in draw(chosen) for position in stretch]

    kinds = draw(st.lists(st.sampled_from(sorted(MAKERS)), min_size=1, max_size=6))
    return [{"type": kind, "coordinates": MAKERS[kind](path)} for kind in kinds]


def closed(path: Positions) -> Positions:
    return [*path, path[0]]


MAKERS: dict[str, Any] = {
    "Point": lambda path: path()[0],
    "MultiPoint": lambda path: path(),
    "LineString": lambda path: path(),
    "MultiLineString": lambda path: [path(), path()],
    "Polygon": lambda path: [closed(path()), closed(path())],
    "MultiPolygon": lambda path: [[closed(path())], [closed(path()), closed(path())]],
}


def survive(geometries: list[dict[str, Any]]) -> dict[str, Any]:
    kept = Geometries()
    indexes = [kept.add(one) for one in geometries]
    stored = kept.to_dict()
    assert list(map(reader(stored), indexes)) == geometries
    return stored


@given(series())
def test_whole_millionths_come_back_from_the_runs(geometries: list[dict[str, Any]]) -> None:
    stored = survive(geometries)
    assert all("paths" in one for one in stored["geometries"])


@given(st.lists(GEOMETRIES, max_size=4))
def test_any_geometry_comes_back(geometries: list[dict[str, Any]]) -> None:
    survive(geometries)


@pytest.mark.parametrize(
    "original",
    [
        {"type": "Point", "coordinates": [46.5, 39.5]},
        {"type": "MultiPoint", "coordinates": [[46.5, 39.5], [-46.000001, 0]]},
        {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7.5, 8]]]},
        {"type": "MultiPolygon", "coordinates": [square(1, 1, 1)["coordinates"],
                                                 square(5, 5, 1)["coordinates"]]},
        line((-180, -90), (180, 90), (-180, 90)),
        {"type": "Point", "coordinates": [46.5, 39.5, 1200.5]},
        {"type": "LineString", "coordinates": [[46.5, 39.5, 1200.5], [46.5, 39.6]]},
        {"type": "Point", "coordinates": [46.123456789, 39.5]},
        {"type": "Point", "coordinates": []},
        {"type": "Polygon", "coordinates": []},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
    ],
    ids=lambda one: f"{one['type']}-{str(one.get('coordinates'))[:24]}",
)  # fmt: skip
def test_geometry_comes_back(original: dict[str, Any]) -> None:
    survive([original])


def test_equal_geometries_have_one_index() -> None:
    kept = Geometries()
    shapes = [line((46.5, 39.5), (46.6, 39.4)), line((46.6, 39.4), (46.5, 39.5))]
    multi = {"type": "MultiPoint", "coordinates": shapes[0]["coordinates"]}
    assert [kept.add(one) for one in (*shapes, shapes[0], multi)] == [0, 1, 0, 2]


def circle(count: int, radius: float = 0.4) -> Positions:
    angles = [math.tau * number / count for number in range(count)]
    return [[round(46.5 + radius * math.cos(one), 6), round(39.5 + radius * math.sin(one), 6)]
            for one in angles]  # fmt: skip


@pytest.mark.parametrize("turn", [0, 1234], ids=["same-start", "other-start"])
def test_a_border_that_moves_in_one_stretch_stores_that_stretch_alone(turn: int) -> None:
    before = circle(3000)
    after = [*before[:1000], *circle(3000, 0.41)[1000:1100], *before[1100:]]
    turned = [*after[turn:], *after[:turn]]
    stored = survive(
        [{"type": "Polygon", "coordinates": [closed(one)]} for one in (before, turned)]
    )
    paths = [one["paths"][0] for one in stored["geometries"]]
    common = {*paths[0]} & {*paths[1]}
    own = [sum(stored["runs"][run] for run in path if run not in common) for path in paths]
    # 100 vertices moved; a run has 32 on average, so what is cut off beside them is short.
    assert 100 <= own[0] < 500
    assert 100 <= own[1] < 500
    assert sum(stored["runs"][run] for run in common) > 2500


def test_bytes_of_runs_are_what_the_docstring_says() -> None:
    # 46.5 = 46,500,000: twice that is 5*256^3 + 139*256^2 + 17*256 + 64,
    # by hand; 0.000001 and -0.000001 are 2 and 1.
    path = [[46.5, -0.000001], [46.500001, -0.000002], [46.500001, -0.000001]]
    (found,) = vertex_chunks.split_chunks(vertex_chunks.flatten([path]))
    longitudes = [b"\x40\x02\x00", b"\x11\x00\x00", b"\x8b\x00\x00", b"\x05\x00\x00"]
    latitudes = [b"\x01\x01\x02", bytes(3), bytes(3), bytes(3)]
    written = vertex_chunks.to_bytes(vertex_chunks.join(found or []))
    assert written == b"".join([*longitudes, *latitudes])
    assert vertex_chunks.from_bytes(written).tolist() == path


@pytest.mark.parametrize("path", [[[46.1234567, 39.0]], [[46.0, 39.0, 1.0]], [[400.0, 39.0]]])
def test_path_that_would_change_has_no_runs(path: Positions) -> None:
    paths = vertex_chunks.flatten([[], path, [[1, 2]]])
    assert [cut is None for cut in vertex_chunks.split_chunks(paths)] == [False, True, False]


@given(series())
def test_geometries_alone_come_back_in_whole_paths(geometries: list[dict[str, Any]]) -> None:
    kept = Geometries()
    indexes = kept.add_all(geometries, alone=True)
    stored = kept.to_dict()
    assert list(map(reader(stored), indexes)) == geometries
    lists = [path for one in geometries for path in lists_of(one["coordinates"])]
    assert len(stored["runs"]) <= len(lists)


def lists_of(coordinates: Any) -> list[Any]:
    """The paths of a geometry, however deep; a point is one."""
    if not isinstance(coordinates[0], list) or not isinstance(coordinates[0][0], list):
        return [coordinates]
    return [path for one in coordinates for path in lists_of(one)]


def measured(geometry: dict[str, Any]) -> dict[str, Any]:
    kept = Geometries()
    kept.add(geometry)
    (stored,) = kept.to_dict()["geometries"]
    return {key: value for key, value in stored.items() if key not in ("type", "paths")}


def test_measures_are_geodesic() -> None:
    # One degree of the equator: the semi-major axis of WGS 84 times pi / 180.
    assert measured(line((10, 0), (11, 0))) == {"length_m": round(6_378_137 * math.pi / 180)}
    # The whole ellipsoid has 510,065,621.7 km2 (NGA.STND.0036); an octant is an eighth of it.
    octant = {"type": "Polygon", "coordinates": [[[0, 0], [90, 0], [0, 90], [0, 0]]]}
    assert measured(octant) == {"area_km2": pytest.approx(510_065_621.7 / 8, abs=0.1)}
    assert measured({"type": "Point", "coordinates": [1, 2]}) == {}
