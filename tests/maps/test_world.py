"""What lies around a map elsewhere in the world: countries by Natural Earth, thinned."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import shapely

import pkzone
from pkzone.maps.world import borders_of, is_world, regions_around

DATA = json.loads(files("pkzone.maps").joinpath("world.json").read_text("utf-8"))


def country_at(lon: float, lat: float) -> set[str]:
    at = shapely.Point(lon, lat)
    return {
        one["name"]
        for one in DATA["countries"]
        for ring in one["outline"]
        if shapely.Polygon(
            [(x / 10, y / 10) for x, y in zip(ring[::2], ring[1::2], strict=True)]
        ).contains(at)
    }


# Capitals inland, by longitude and latitude.
@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (2.35, 48.86, "France"),
        (36.82, -1.29, "Kenya"),
        (-47.88, -15.79, "Brazil"),
        (116.4, 39.9, "China"),
        (21.01, 52.23, "Poland"),
        (67.0, -70.0, "Antarctica"),
    ],
)
def test_capitals_lie_in_their_countries(lon: float, lat: float, name: str) -> None:
    assert country_at(lon, lat) == {name}


def test_it_is_small_and_whole() -> None:
    assert len(DATA["countries"]) == 175  # of 177 at this scale, two are part of another
    assert files("pkzone.maps").joinpath("world.json").stat().st_size < 55_000  # type: ignore[attr-defined]


def test_countries_near_a_map_are_cut_off_round_it() -> None:
    regions = regions_around(pkzone.catalogue(), (20.0, 51.8, 21.5, 52.5))
    names = {one.names["name"] for one in regions}
    assert {"Poland", "Belarus"} <= names
    assert not {"Spain", "Armenia", "Azerbaijan"} & names
    assert is_world(regions)
    for one in regions:
        for x, y in (at for ring in one.outline for at in ring):
            assert 5 < x < 37
            assert 45 < y < 60


@pytest.mark.parametrize(
    "home",
    [None, (46.0, 39.0, 47.0, 40.0), (42.0, 43.0, 42.5, 43.2), (-170, -60, 170, 70)],
    ids=str,
)
def test_none_where_names_are_placed_by_hand_and_of_the_whole_world(home: Any) -> None:
    assert not is_world(regions_around(pkzone.catalogue(), home))


def test_pages_of_the_region_have_nothing_of_it() -> None:
    html = pkzone.map("corridor").get_root().render()
    assert "natural-earth-110m" not in html


def test_borders_are_lines_of_the_ground_and_no_edges_of_what_was_cut_off() -> None:
    home = (20.0, 51.8, 21.5, 52.5)
    regions = regions_around(pkzone.catalogue(), home)
    lines = [shapely.LineString(line) for line in borders_of(regions)]
    outlines = [
        shapely.LinearRing([(x / 10, y / 10) for x, y in zip(ring[::2], ring[1::2], strict=True)])
        for one in DATA["countries"]
        for ring in one["outline"]
    ]
    ground = shapely.union_all(outlines).buffer(1e-6)
    assert lines
    assert all(ground.covers(line) for line in lines)
    # All of what lies within the regions: nothing was left out with the edges.
    around = shapely.box(*shapely.union_all(lines).bounds).buffer(-0.5)
    drawn = shapely.union_all(lines).intersection(around)
    assert drawn.length == pytest.approx(
        shapely.union_all(outlines).intersection(around).length, rel=0.02
    )
    assert borders_of(pkzone.catalogue().regions) == []
    assert borders_of(()) == []


@pytest.mark.browser
def test_a_map_of_a_file_elsewhere_says_where_it_is(open_page: Any, tmp_path: Path) -> None:
    file = tmp_path / "far.geojson"
    file.write_text(
        '{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "LineString", '
        '"coordinates": [[20, 51.8], [21.5, 52.5]]}}'
    )
    opened = open_page(pkzone.map(file), size=(1440, 900))
    assert "POLAND" in opened.page.locator(".pk-label-region").all_inner_texts()
    assert "Belarus" in opened.page.locator(".pk-inset text").all_text_contents()
    borders = opened.page.locator(".leaflet-pk-borders-pane path")
    borders.wait_for(state="hidden")  # so close by they would look wrong
    opened.page.evaluate("() => pkzone.draw.map.setZoom(5, { animate: false })")
    borders.wait_for(state="visible")
    opened.page.click("#pk-sources summary")
    opened.page.get_by_role("link", name="Natural Earth, 1:110m").wait_for()
    assert opened.troubles == []
