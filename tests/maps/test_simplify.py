"""Simplified maps: valid, within the distance, and never silent; too large ones are refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption, MapTooLarge
from pkzone.maps import packing
from pkzone.maps.geometry import simplified
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.geojson_strategies import GEOMETRIES
from tests.helpers.pages import version_features

GEOD = Geod(ellps="WGS84")


def coast(count: int = 1000, radius: float = 0.3) -> dict[str, Any]:
    """A ring of many bays of 400 m or so, with a hole."""
    angles = [math.tau * number / count for number in range(count)]
    ring = [[round(46.5 + (radius + 0.004 * math.sin(40 * a)) * math.cos(a), 6),
             round(39.5 + (radius + 0.004 * math.sin(40 * a)) * math.sin(a), 6)]
            for a in angles]  # fmt: skip
    hole = square(46.45, 39.45, 0.1)["coordinates"][0][::-1]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]], hole]}


def vertices(geometry: dict[str, Any]) -> int:
    return int(shapely.get_num_coordinates(shapely.from_geojson(json.dumps(geometry))))


@given(GEOMETRIES, st.sampled_from([1.0, 1_000.0, 100_000.0, 1e7]))
def test_simplified_geometry_keeps_type_parts_and_validity(
    original: dict[str, Any], metres: float
) -> None:
    fewer = simplified(original, metres)
    shape, before = (shapely.from_geojson(json.dumps(one)) for one in (fewer, original))
    assert shape.geom_type == before.geom_type
    assert shape.is_valid or not before.is_valid
    assert shapely.get_num_coordinates(shape) <= shapely.get_num_coordinates(before)
    assert len(shapely.get_parts(shape)) == len(shapely.get_parts(before))


def test_no_vertex_left_out_is_farther_than_said() -> None:
    original = coast()
    fewer = simplified(original, 200)
    assert vertices(fewer) < vertices(original) / 3
    border = shapely.from_geojson(json.dumps(fewer)).exterior
    kept = {tuple(position) for position in fewer["coordinates"][0]}
    left_out = [one for one in original["coordinates"][0] if tuple(one) not in kept]
    assert left_out
    for lon, lat in left_out:
        near = border.interpolate(border.project(shapely.Point(lon, lat)))
        # Nearest in degrees is near enough to the nearest in metres for an upper bound.
        assert GEOD.inv(lon, lat, near.x, near.y)[2] <= 200 * 1.35
    assert len(fewer["coordinates"]) == 2


@pytest.mark.parametrize(
    "original",
    [
        point(46.5, 39.5),
        {"type": "Polygon", "coordinates": [[[46, 39], [47, 40], [47, 39], [46, 40], [46, 39]]]},
        {"type": "Polygon", "coordinates": []},
    ],
    ids=["point", "not-valid", "empty"],
)
def test_what_cannot_be_simplified_stays(original: dict[str, Any]) -> None:
    assert simplified(original, 100_000) == original


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    features = [feature("coast", coast(), name="Coast"), feature("p", point(46.5, 39.5), name="P")]
    return write(tmp_path / "c", {"sea": {"2021-01-01": features}})


def test_map_measures_the_full_geometry_and_draws_the_simplified_one(drawn: Path) -> None:
    full, fewer = (
        pkzone.map(catalogue=pkzone.catalogue(drawn), simplify_m=one).content for one in (None, 300)
    )
    assert full["simplified_m"] is None
    assert fewer["simplified_m"] == 300
    assert fewer["geometries"][0]["area_km2"] == full["geometries"][0]["area_km2"]
    (coast_drawn, p) = version_features(fewer, "sea", "2021-01-01")
    assert coast_drawn.geometry == simplified(coast(), 300)
    assert p.geometry == point(46.5, 39.5)


@pytest.mark.browser
def test_page_says_that_it_is_simplified(open_page: Callable[..., Any], drawn: Path) -> None:
    page = pkzone.map(catalogue=pkzone.catalogue(drawn), simplify_m=300)
    opened = open_page(page, "#tool=download")
    assert opened.text("#pk-simplified") == "Simplified to 300 m."
    assert "no vertex left out lies farther" in opened.text("#pk-about")
    assert opened.text(".pk-files button") == "sea_2021-01-01_simplified-300m.geojson"
    opened.page.select_option("#pk-language", "ru")
    assert opened.text("#pk-simplified") == "Упрощено до 300 м."


@pytest.mark.parametrize("metres", [0, -5, math.nan, math.inf])
def test_distance_must_be_one(drawn: Path, metres: float) -> None:
    with pytest.raises(BadOption, match="a distance in metres"):
        pkzone.map(catalogue=pkzone.catalogue(drawn), simplify_m=metres)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        program.main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


def test_command_refuses_too_much_data_in_one_line(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 30_000)
    out = tmp_path / "map.html"
    assert run("map", "--catalogue", str(drawn), "-o", str(out)) == 3
    told = capsys.readouterr().err
    assert "--simplify" in told
    assert "MB" in told
    assert told.count("\n") == 1
    assert not out.exists()
    assert run("map", "--catalogue", str(drawn), "-o", str(out), "--simplify", "0") == 2


def test_map_refuses_more_features_than_it_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_FEATURES", 3)
    posts = [feature(f"p{number}", point(46 + number / 10, 39)) for number in range(4)]
    root = write(tmp_path / "c", {"a": {"2021-01-01": posts[:2], "2021-02-01": []},
                                  "b": {"2021-01-01": posts[2:]}})  # fmt: skip
    with pytest.raises(MapTooLarge, match="4 features at once, more than the 3"):
        pkzone.map(catalogue=pkzone.catalogue(root))


@pytest.mark.parametrize(
    ("count", "size", "drawn_on_canvas"), [(2000, 1, False), (2001, 1, True), (2, 60_000, True)]
)
def test_canvas_is_for_many_features_or_vertices(
    count: int, size: int, drawn_on_canvas: bool
) -> None:
    states = [{"geometry": number} for number in range(count)]
    layers = [{"states": states, "versions": [{"states": list(range(count))}, {"states": []}]}]
    assert bool(packing.canvas_from(layers, [size] * count)) is drawn_on_canvas


def test_line_of_a_route_keeps_its_ends() -> None:
    route = line(*((46 + number / 1000, 39 + (number % 2) / 10_000) for number in range(101)))
    fewer = simplified(route, 50)
    assert fewer["coordinates"] == [route["coordinates"][0], route["coordinates"][-1]]
