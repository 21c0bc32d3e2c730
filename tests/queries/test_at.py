"""What held at a place: against the places layer, `pkzone.tag`, pyproj, and dated facts."""

from __future__ import annotations

import importlib
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
import shapely
from pyproj import Geod

import pkzone
from pkzone.errors import BadDate, PlaceNotFound, VersionNotFound
from pkzone.queries.drawn import Drawing
from pkzone.queries.place_table import PlaceTable
from tests.helpers.drawn_catalogue import Feature, feature, line, point, square, write

CATALOGUE = pkzone.catalogue().cached()
GEOD = Geod(ellps="WGS84")
PLACES = sorted(CATALOGUE["places"].latest.frame().index)
Row = dict[str, Any]


DRAWING = Drawing(CATALOGUE)  # shared by the tests of many places, which else is read for each
QUESTION = importlib.import_module("pkzone.queries.at")


@cache
def life(place: str) -> PlaceTable:
    with patch.object(QUESTION, "Drawing", return_value=DRAWING):
        return pkzone.at(place, catalogue=CATALOGUE)


def on(place: str, day: str) -> Row:
    """Return the row of a day."""
    (row,) = (
        row
        for row in life(place).records()
        if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
    )
    return dict(row)


# --- dated facts ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "day", "stated", "certainty"),
    [
        # The statement of 10 November 2020 leaves the corridor, with the town, to the contingent;
        # Azerbaijan takes up positions on 26 August 2022, and traffic moves on 30 August.
        ("Lachin", "2020-11-10", "corridor", "agreed"),
        ("Lachin", "2022-08-25", "corridor", "agreed"),
        ("Lachin", "2022-08-26", "outside", "agreed"),
        ("Lachin", "2022-08-31", "outside", "agreed"),
        ("Lachin", "2022-09-01", "outside", "agreed"),
        ("Sus", "2022-08-25", "corridor", "corroborated"),
        ("Sus", "2022-08-26", "outside", "agreed"),
        ("Aghavno", "2022-08-25", "corridor", "agreed"),
        ("Zabukh", "2022-08-26", "outside", "agreed"),
        # The corridor does not touch the town (point 6), which Azerbaijan took before.
        ("Shusha", "2020-11-10", "outside", "agreed"),
        ("Shushi", "2022-09-01", "outside", "agreed"),
        ("Stepanakert", "2023-09-19", "inside", "reported"),
        # No line of contact from 20 September 2023; the contingent leaves by 12 June 2024.
        ("Khankendi", "2023-09-24", "unknown", "corroborated"),
        ("Khankendi", "2024-06-11", "unknown", "corroborated"),
        ("Ханкенди", "2024-06-12", "outside", "corroborated"),
        ("Խանքենդի", "2025-01-01", "outside", "corroborated"),
    ],
)
def test_what_is_stated_on_a_day(place: str, day: str, stated: str, certainty: str) -> None:
    row = on(place, day)
    assert (row["stated"], row["stated_certainty"]) == (stated, certainty)
    assert row["stated_sources"]


def test_lachin_in_the_four_days_between_the_hand_over_and_the_new_road() -> None:
    row = on("Lachin", "2022-08-28")
    assert (row["valid_from"], row["valid_to"]) == ("2022-08-26", "2022-08-30")
    assert row["zone"] == row["corridor"] == "uncertain"
    assert (row["control"], row["controller"]) == ("inside", "Azerbaijan")
    assert "Traffic used the old road until 30 August" in row["stated_note"]
    assert row["road"] == "corridor/lachin-old-az"
    assert "lachin-zabukh-sus" in row["events"]


def test_stepanakert_when_the_zone_dissolves_and_when_it_has_gone() -> None:
    dissolving, gone = on("Stepanakert", "2023-12-01"), on("Stepanakert", "2024-07-01")
    assert dissolving["zone"] == "inside"
    assert dissolving["zone_status"] == "dissolving"
    assert dissolving["explanation"].startswith("Stated unknown: no source says. As drawn inside")
    assert (gone["zone"], gone["zone_area"], gone["border_km"]) == ("outside", None, None)
    assert {one["controller"] for one in (dissolving, gone)} == {"Azerbaijan"}


def test_a_day_is_the_period_that_it_falls_in() -> None:
    table = pkzone.at("Lachin", "2022-08-28", catalogue=CATALOGUE)
    assert table.about["date"] == "2022-08-28"
    assert dict(table.records()[0]) == on("Lachin", "2022-08-28")
    text = table.to_text()
    assert text.splitlines()[1] == "stated      outside, agreed"
    assert text.index("stated") < text.index("as drawn") < text.index("\nroad ")


# --- the places layer, `pkzone.tag`, and pyproj -----------------------------------------------
@pytest.mark.parametrize("place", PLACES)
def test_every_place_in_every_version_says_what_its_layer_says(place: str) -> None:
    rows = life(place).records()
    starts = [row["valid_from"] for row in rows]
    assert starts == sorted(set(starts))
    assert [row["valid_to"] for row in rows] == [*starts[1:], None]
    for version in CATALOGUE["places"].versions:
        (own,) = (one for one in version.features().features if one.id == place)
        row = on(place, version.id)
        assert row["stated"] == own.properties["status"]
        assert row["stated_certainty"] == own.properties["certainty"]
        assert row["stated_sources"] == own.properties["sources"]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_stated_and_what_is_drawn_agree_or_it_is_explained(place: str) -> None:
    for row in life(place).records():
        if row["stated"] in ("unknown", "disputed", "divided"):
            assert row["agreement"] is None
            assert row["explanation"].startswith(f"Stated {row['stated']}: ")
        else:
            # Nowhere do the shipped layers contradict each other beyond what the border may be off.
            assert row["agreement"] in ("agrees", "uncertain"), row["valid_from"]
            assert row["explanation"] is None
        if row["agreement"] == "uncertain":
            assert "uncertain" in (row["zone"], row["corridor"])


def test_answers_are_those_of_tagged_records() -> None:
    days = sorted({version.valid_from for version in CATALOGUE["zone"].versions})
    frame = CATALOGUE["places"].latest.frame()
    records = pd.DataFrame(
        [
            {"place": place, "time": day.isoformat(), "lon": at.x, "lat": at.y}
            for day in days
            for place, at in frame.geometry.items()
        ]
    )
    tagged = pkzone.tag(records, ["zone", "control"], catalogue=CATALOGUE)
    for one in tagged.frame.to_dict("records"):
        row = on(one["place"], one["time"])
        assert row["zone"] == one["zone_answer"]
        assert row["control"] == one["control_answer"]
        if row["zone"] == "outside" and row["border_km"] is not None:
            assert row["border_km"] == round(one["zone_border_m"] / 1000, 1)


@pytest.mark.parametrize("place", ["stepanakert", "shusha", "turshsu", "goris"])
def test_distances_are_geodesic(place: str) -> None:
    frame = pkzone.load("zone@2022-09-01", CATALOGUE)
    roads = pkzone.load("corridor@2022-09-01", CATALOGUE).query("status in ['open', 'restricted']")
    links = pkzone.load("transport@2022-09-01", CATALOGUE).query(
        "status in ['open', 'restricted'] and mode == 'road'"
    )
    at = CATALOGUE["places"].latest.frame().geometry[place]
    row = on(place, "2022-09-01")
    ground = shapely.union_all(shapely.buffer(frame.geometry.array, 1e-6)).boundary
    assert abs(row["border_km"]) == pytest.approx(nearest_km(at, ground), abs=0.06)
    shortest = min(nearest_km(at, one) for one in [*roads.geometry, *links.geometry])
    assert row["road_km"] == pytest.approx(shortest, abs=0.06)


def nearest_km(at: shapely.Point, shape: shapely.Geometry) -> float:
    """Return the distance to the nearest of many stops along a shape, by pyproj."""
    stops = shapely.get_coordinates(shapely.segmentize(shape, 0.0005))
    lons, lats = [at.x] * len(stops), [at.y] * len(stops)
    return float(min(GEOD.inv(lons, lats, *stops.T)[2])) / 1000


def test_events_of_a_place_are_those_that_name_it_each_in_its_period() -> None:
    rows = life("Lachin").records()
    named = [event.id for event in CATALOGUE.events if "places/lachin" in event.features]
    assert [one for row in rows for one in row["events"]] == named
    for row in rows:
        for one in row["events"]:
            assert row["valid_from"] <= CATALOGUE.event(one).date
            assert row["valid_to"] is None or CATALOGUE.event(one).date < row["valid_to"]


# --- points -----------------------------------------------------------------------------------
def test_a_point_says_what_a_place_there_would_but_nothing_is_stated() -> None:
    place = on("Stepanakert", "2022-09-01")
    table = pkzone.at("46.7528,39.8177", "2022-09-01", catalogue=CATALOGUE)
    (row,) = table.records()
    drawn = ("zone", "zone_area", "border_km", "corridor", "control", "road", "road_km")
    assert [row[key] for key in drawn] == [place[key] for key in drawn]
    assert (row["stated"], row["stated_sources"], row["agreement"]) == (None, [], None)
    assert table.about["place"] == {"lon": 46.7528, "lat": 39.8177}
    assert pkzone.at((46.7528, 39.8177), "2022-09-01", catalogue=CATALOGUE) == table


@pytest.mark.parametrize("text", ["46.75,39.82", " +46.75 , 39.82 ", "46.75 39.82", "46.75;39.82"])
def test_how_a_point_is_written(text: str) -> None:
    table = pkzone.at(text, "2022-09-01", catalogue=CATALOGUE)
    assert table.about["place"] == {"lon": 46.75, "lat": 39.82}


def test_a_point_far_away_is_answered() -> None:
    (row,) = pkzone.at("-3.7,40.4", "2022-09-01", catalogue=CATALOGUE).records()
    assert (row["zone"], row["control"]) == ("outside", "outside")
    assert 4100 < row["border_km"] < 4300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("39.64,46.55", r"39.64,46.55 is far from every layer; did you mean 46.55,39.64\?"),
        ("45,170", r"45,170 is not a point on earth; did you mean 170,45\?"),
        ("200,10", "200,10 is not a point on earth; write LON,LAT in degrees"),
        ("Lachim", r"did you mean Berdzor / Lachin \(lachin\)\?"),
        ("46.75", "no place is called 46.75"),
        ("46.75,39.82,5", "no place is called 46.75,39.82,5"),
        ("nan,1", "no place is called nan,1"),
        ("1e5,1", "no place is called 1e5,1"),
    ],
)
def test_what_is_no_place(text: str, said: str) -> None:
    with pytest.raises(PlaceNotFound, match=said):
        pkzone.at(text, catalogue=CATALOGUE)


@pytest.mark.parametrize("pair", [(float("nan"), 1.0), (1.0, float("inf"))])
def test_numbers_that_are_none_are_no_point(pair: tuple[float, float]) -> None:
    with pytest.raises(PlaceNotFound, match="is not a point on earth"):
        pkzone.at(pair, catalogue=CATALOGUE)


def test_days_without_an_answer() -> None:
    with pytest.raises(VersionNotFound, match=r"on 2020-11-09; the first is 2020-11-10"):
        pkzone.at("Lachin", "2020-11-09", catalogue=CATALOGUE)
    with pytest.raises(BadDate):
        pkzone.at("Lachin", "soon", catalogue=CATALOGUE)


def test_a_month_has_an_answer_where_it_stays_the_same() -> None:
    table = pkzone.at("Lachin", "2022-07", catalogue=CATALOGUE)
    assert table.about["date"] == "2022-07"
    assert table.rows == pkzone.at("Lachin", "2022-7-15", catalogue=CATALOGUE).rows
    with pytest.raises(
        VersionNotFound, match=r"the answer changes on 2022-08-26, 2022-08-30; name a day"
    ):
        pkzone.at("Lachin", "2022-08", catalogue=CATALOGUE)
    with pytest.raises(VersionNotFound, match="on 2020-11-01; the first is 2020-11-10"):
        pkzone.at("Lachin", "2020-11", catalogue=CATALOGUE)
    with pytest.raises(VersionNotFound, match=r"on 2021-11-07 \(the nearest road only\); name"):
        pkzone.at("Shusha", "2021")


# --- other catalogues -------------------------------------------------------------------------
def own(
    tmp_path: Path, layers: dict[str, dict[str, list[Feature]]], **more: Any
) -> pkzone.Catalogue:
    return pkzone.catalogue(write(tmp_path / "own", layers, **more))


def test_areas_without_a_basis_are_the_zone_and_layers_may_have_any_name(tmp_path: Path) -> None:
    catalogue = own(
        tmp_path,
        {
            "mandate": {
                "2020-01-01": [feature("a", square(46.0, 39.0, 0.5), uncertainty_m=1000)],
                "2021-01-01": [],
            },
            "supply": {"2020-06-01": [feature("r", line((46, 39), (46.5, 39)), status="open")]},
        },
    )
    rows = pkzone.at("46.25,39.25", catalogue=catalogue).records()
    keys = ("valid_from", "valid_to", "zone", "zone_area", "corridor", "control", "road")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("2020-01-01", "2020-06-01", "inside", "mandate/a", None, None, None),
        ("2020-06-01", "2021-01-01", "inside", "mandate/a", None, None, "supply/r"),
        ("2021-01-01", None, "outside", None, None, None, "supply/r"),
    ]
    (edge,) = pkzone.at("46.005,39.25", "2020-01-01", catalogue=catalogue).records()
    assert edge["zone"] == "uncertain"


def test_a_disagreement_beyond_the_uncertainty_is_explained(tmp_path: Path) -> None:
    zone = feature("z", square(46.0, 39.0, 0.5), basis="responsibility", status="in_force")
    town = feature("t", point(46.25, 39.25), name="Town", status="outside", sources=["s"])
    catalogue = own(tmp_path, {"area": {"2020-01-01": [zone]}, "towns": {"2020-01-01": [town]}})
    (row,) = pkzone.at("town", catalogue=catalogue).records()
    assert row["agreement"] == "differs"
    assert row["explanation"].startswith(
        "Stated outside, by its sources, which go first; as drawn inside"
    )
    assert row["explanation"] in " ".join(pkzone.at("town", catalogue=catalogue).to_text().split())


def test_a_seam_between_areas_is_no_border(tmp_path: Path) -> None:
    halves = [
        feature("east", square(46.5, 39.0, 0.5), basis="responsibility", uncertainty_m=5000),
        feature("west", square(46.0, 39.0, 0.5), basis="responsibility", uncertainty_m=5000),
    ]
    catalogue = own(tmp_path, {"area": {"2020-01-01": halves}})
    (row,) = pkzone.at("46.499,39.25", catalogue=catalogue).records()
    assert (row["zone"], row["zone_area"]) == ("inside", "area/west")
    to_south = GEOD.inv(46.499, 39.25, 46.499, 39.0)[2]
    assert row["border_km"] == pytest.approx(-to_south / 1000, abs=0.06)


def test_roads_that_nobody_follows_and_other_lines_do_not_count(tmp_path: Path) -> None:
    at_hand = line((46, 39), (46.5, 39))
    lines = [
        feature("a", at_hand, status="closed", mode="road"),
        feature("b", at_hand, status="open", mode="rail"),
        feature("c", at_hand, status="shown", basis="geography"),
        feature("d", at_hand),
        feature("far", line((46, 40), (46.5, 40)), status="restricted", mode="road"),
    ]
    (row,) = pkzone.at("46.2,39.0", catalogue=own(tmp_path, {"x": {"2020-01-01": lines}})).records()
    assert (row["road"], row["road_status"]) == ("x/far", "restricted")


def test_odd_properties_are_left_out(tmp_path: Path) -> None:
    odd = {"certainty": 7, "sources": "s", "note": ["n"], "uncertainty_m": "far", "basis": None}
    town = feature("t", point(46.25, 39.25), name="Town", status="inside", **odd)
    area = feature("a", square(46, 39, 0.5), controller=3, status=1, **odd)
    road = feature("r", line((46, 39), (47, 39)), traffic="all", controller=1, route="r", **odd)
    layers = {"towns": {"2020-01-01": [town]}, "lines": {"2020-01-01": [area, road]}}
    (row,) = pkzone.at("town", catalogue=own(tmp_path, layers)).records()
    assert (row["stated"], row["stated_certainty"], row["stated_sources"]) == ("inside", None, [])
    assert (row["zone"], row["zone_uncertainty_km"], row["road_traffic"]) == ("inside", None, [])
    json.dumps(row)


def test_a_catalogue_without_anything_drawn(tmp_path: Path) -> None:
    catalogue = own(tmp_path, {"x": {}})
    with pytest.raises(VersionNotFound, match="no layer of the catalogue has a version yet"):
        pkzone.at("46,39", catalogue=catalogue)
    with pytest.raises(PlaceNotFound, match="has no places to find Town among"):
        pkzone.at("Town", catalogue=catalogue)


def test_a_place_that_moves_and_one_that_begins_later(tmp_path: Path) -> None:
    layers = {
        "area": {"2020-01-01": [feature("z", square(46, 39, 0.5), basis="responsibility")]},
        "towns": {
            "2021-01-01": [feature("t", point(46.2, 39.2), name="Town", status="inside")],
            "2022-01-01": [feature("t", point(46.8, 39.2), name="Town", status="outside")],
            "2023-01-01": [feature("u", point(46.8, 39.2), name="Other", status="outside")],
        },
    }
    rows = pkzone.at("town", catalogue=own(tmp_path, layers)).records()
    assert [(row["valid_from"], row["stated"], row["zone"]) for row in rows] == [
        ("2020-01-01", None, "outside"),  # by where it is drawn last
        ("2021-01-01", "inside", "inside"),
        ("2022-01-01", "outside", "outside"),
        ("2023-01-01", None, "outside"),
    ]


def test_every_day_is_in_one_period() -> None:
    rows = life("Farrukh").records()
    day, last = date(2020, 11, 10), date(2024, 12, 31)
    while day <= last:
        assert on("Farrukh", day.isoformat()) in rows
        day += timedelta(days=17)
