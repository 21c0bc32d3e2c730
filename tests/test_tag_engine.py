"""Tagging places: against an obvious oracle, at switch dates, at borders and around the globe."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import tag_oracle as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

import pkzone
from pkzone.layers.tag.tagger import Coded, Tagger

CATALOGUE = pkzone.catalogue()
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.of()


@pytest.fixture(scope="module")
def quick() -> Tagger:
    return Tagger.of(distances=False)


def days(*texts: str) -> Any:
    return np.array(texts, "datetime64[D]")


def rows(values: dict[str, Any]) -> list[Row]:
    columns = {}
    for name, one in values.items():
        if isinstance(one, Coded):
            columns[name] = [None if code < 0 else one.values[code] for code in one.codes]
        else:
            columns[name] = one.tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def tag(tagger: Tagger, lon: float, lat: float, day: str | date) -> Row:
    (row,) = rows(tagger.points(np.array([lon]), np.array([lat]), days(str(day))))
    return row


STEPANAKERT = (46.7515, 39.8177)
SWITCHES = [(name, version) for name in ("zone", "corridor") for version in CATALOGUE[name]]


@pytest.mark.parametrize(("layer", "version"), SWITCHES)
def test_a_version_holds_from_its_first_day(tagger: Tagger, layer: str, version: str) -> None:
    starts = [one.valid_from for one in CATALOGUE[layer].versions]
    ids = list(CATALOGUE[layer])
    start = CATALOGUE[layer][version].valid_from
    for day in (start - timedelta(days=1), start, start + timedelta(days=1)):
        number = oracle.in_force(starts, day)
        expected = None if number is None else ids[number]
        assert tag(tagger, *STEPANAKERT, day)[f"{layer}_version"] == expected


def test_before_the_first_version_nothing_is_known(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2020-11-09")
    assert all(value is None or value != value or value == -1 for value in row.values())


def test_a_version_without_areas_is_outside_of_everywhere(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2024-06-12")
    assert row["zone_version"] == "2024-06-12"
    assert row["zone_answer"] == "outside"
    assert row["zone_feature"] is None
    assert np.isnan(row["zone_border_m"])


def test_the_town_was_inside(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2022-09-01")
    assert (row["zone_answer"], row["zone_feature"]) == ("inside", "core")
    assert row["places_feature"] == "stepanakert"
    assert row["places_distance_m"] < 2000


# Against the oracle


FEATURES = {
    version.ref: [
        {"id": one.id, "properties": one.properties, "geometry": one.geometry}
        for one in version.features().features
    ]
    for name in ("zone", "corridor", "places")
    for version in CATALOGUE[name].versions
}
EDGES = [
    edge
    for ref, features in FEATURES.items()
    if ref.startswith("zone")
    for feature in features
    for polygon in oracle.polygons(feature["geometry"])
    for ring in polygon
    for edge in oracle.edges(ring)
]


@st.composite
def near_a_border(draw: st.DrawFn) -> tuple[float, float]:
    (lon, lat), (lon2, lat2) = draw(st.sampled_from(EDGES))
    share = draw(st.floats(0, 1))
    away = 10.0 ** draw(st.floats(-6, -1))
    turn = draw(st.floats(0, 6.2832))
    return (
        lon + share * (lon2 - lon) + away * math.cos(turn),
        lat + share * (lat2 - lat) + away * math.sin(turn),
    )


PLACES = st.one_of(
    near_a_border(),
    st.tuples(st.floats(45.8, 47.6), st.floats(39.2, 40.7)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)
DAYS = st.builds(
    lambda start, shift: start + timedelta(days=shift),
    st.sampled_from([CATALOGUE[name][version].valid_from for name, version in SWITCHES]),
    st.sampled_from([-1, 0, 1]),
)


def close(found: float, expected: float) -> bool:
    """Tell whether a distance is true within 0.1 % or 1 cm."""
    return abs(found - expected) <= max(0.011, 1e-3 * abs(expected))


def features_on(name: str, version: str) -> list[Row]:
    return FEATURES[f"{name}@{version}"]


def check_area(row: Row, place: tuple[float, float], features: list[Row], name: str) -> None:
    seen = oracle.borders(place, features)
    expected = oracle.chosen(seen)
    if expected is None:
        assert row[f"{name}_feature"] is None
        assert row[f"{name}_answer"] == "outside"
        return
    if all(one.border_m > 0.02 for one in seen):  # else even the side is a matter of rounding
        found = next(one for one in seen if one.id == row[f"{name}_feature"])
        assert found.inside == expected.inside
        assert close(found.border_m, expected.border_m)
        signed_m = -found.border_m if found.inside else found.border_m
        assert close(row[f"{name}_border_m"], signed_m)
    if all(abs(one.border_m - one.uncertainty_m) > 1e-3 * one.border_m + 0.02 for one in seen):
        assert row[f"{name}_answer"] == oracle.answer(seen)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(table=st.lists(st.tuples(PLACES, DAYS), min_size=1, max_size=4))
def test_zone_as_the_oracle_says(tagger: Tagger, quick: Tagger, table: list[Any]) -> None:
    lon, lat = np.array([place for place, _ in table]).T
    day = days(*(str(one) for _, one in table))
    made = rows(tagger.points(lon, lat, day))
    for row, short, (place, one) in zip(
        made, rows(quick.points(lon, lat, day)), table, strict=True
    ):
        starts = [version.valid_from for version in CATALOGUE["zone"].versions]
        number = oracle.in_force(starts, one)
        version = None if number is None else list(CATALOGUE["zone"])[number]
        assert row["zone_version"] == version
        if version is None:
            assert row["zone_answer"] is None
            continue
        check_area(row, place, features_on("zone", version), "zone")
        assert short["zone_answer"] == row["zone_answer"]
        assert short["zone_feature"] == (row["zone_feature"] if row["zone_border_m"] < 0 else None)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(place=PLACES, day=DAYS)
def test_corridor_and_places_as_the_oracle_says(
    tagger: Tagger, place: tuple[float, float], day: date
) -> None:
    row = tag(tagger, *place, day)
    if row["corridor_version"] is not None:
        features = features_on("corridor", row["corridor_version"])
        away = {
            one["id"]: oracle.to_lines_m(place, oracle.lines(one["geometry"]))[0]
            for one in features
        }
        assert close(row["corridor_distance_m"], min(away.values()))
        assert close(away[row["corridor_feature"]], min(away.values()))
        used = {
            one["id"]: one["properties"]["status"] in {"open", "restricted"} for one in features
        }
        assert row["corridor_in_use"] == used[row["corridor_feature"]]
    if row["places_version"] is not None:
        features = features_on("places", row["places_version"])
        away = {
            one["id"]: oracle.geodesic_m(place, one["geometry"]["coordinates"]) for one in features
        }
        assert close(row["places_distance_m"], min(away.values()))
        assert close(away[row["places_feature"]], min(away.values()))


@pytest.mark.parametrize(("layer", "version"), [one for one in SWITCHES if one[0] == "corridor"])
def test_chainage_is_the_sum_of_geodesics(tagger: Tagger, layer: str, version: str) -> None:
    """At each vertex of the routes in use, which the data draw from Stepanakert to Goris."""
    features = features_on(layer, version)
    routes: dict[str, list[Row]] = {}
    for one in features:
        if one["properties"]["status"] in {"open", "restricted"}:
            routes.setdefault(one["properties"]["route"], []).append(one)
    expected, seen = {}, {}
    for segments in routes.values():
        along_m, last = 0.0, None
        for one in sorted(segments, key=lambda one: one["properties"]["sequence"]):
            for place in one["geometry"]["coordinates"]:
                step_m = 0.0 if last is None else oracle.geodesic_m(last, place)
                is_gap = place is one["geometry"]["coordinates"][0] and step_m > 10
                along_m += 0.0 if is_gap else step_m
                last = place
                expected[one["id"], tuple(place[:2])] = along_m
                seen[tuple(place[:2])] = seen.get(tuple(place[:2]), 0) + 1
    places = [place for place, times in seen.items() if times == 1]
    if not places:
        return
    start = CATALOGUE[layer][version].valid_from
    lon, lat = np.array(places).T
    found = rows(tagger.points(lon, lat, days(*[str(start)] * len(places))))
    checked = 0
    for place, row in zip(places, found, strict=True):
        assert row["corridor_distance_m"] < 0.01
        key = row["corridor_feature"], place
        if key in expected:
            checked += 1
            assert row["corridor_chainage_m"] == pytest.approx(expected[key], abs=0.01)
    assert checked > len(places) / 2
