"""Geodesic measures, against geographiclib and formulas of the ellipsoid."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from pkzone.geo.measure import (
    area_km2,
    bearing_deg,
    distance_m,
    geocentric_m,
    geodesic_of_chord_m,
    length_m,
    metres_per_degree,
    segment_lengths_m,
)
from tests.helpers.geo_ground import LACHIN, WGS84, at, inverse_m, ring_km2

LAW = settings(deadline=None)
PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
EARTH_KM2 = 510_065_621.724088  # of WGS 84 (NGA.STND.0036)


def cap_km2(lat_deg: float) -> float:
    """Area poleward of a parallel, from the closed formula (Snyder 1987, eq. 3-12)."""
    e2 = WGS84.f * (2 - WGS84.f)
    e = math.sqrt(e2)

    def q(sine: float) -> float:
        return (1 - e2) * (
            sine / (1 - e2 * sine**2) - math.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
        )

    return math.pi * WGS84.a**2 * (q(1.0) - q(math.sin(math.radians(lat_deg)))) / 1e6


@LAW
@given(PLACES, PLACES)
def test_distances_are_geodesic(a, b):
    assert distance_m(a, b) == pytest.approx(inverse_m(a, b), rel=1e-9, abs=1e-6)


@LAW
@given(st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=9))
def test_many_distances_are_those_of_each(pairs):
    here, there = (np.array(side) for side in zip(*pairs, strict=True))
    assert distance_m(here, there).tolist() == [distance_m(a, b) for a, b in pairs]


@LAW
@given(st.lists(PLACES, min_size=1, max_size=9))
def test_places_in_space_are_those_of_proj(places):
    lonlat = np.array(places)
    to_space = Transformer.from_pipeline("+proj=cart +ellps=WGS84")
    expected = to_space.transform(*np.radians(lonlat).T, np.zeros(len(places)), radians=True)
    assert geocentric_m(lonlat) == pytest.approx(np.column_stack(expected), abs=1e-6)


@pytest.mark.parametrize(
    ("lat", "across_m", "along_m"),
    [(0, 111_320, 110_574), (30, 96_486, 110_852), (60, 55_800, 111_412), (75, 28_902, 111_618)],
)
def test_a_degree_is_as_long_as_the_textbook_has_it(lat, across_m, along_m):
    """Wikipedia, Longitude and Latitude, from the series of the ellipsoid WGS 84."""
    [lengths] = metres_per_degree(np.array([float(lat)]))
    assert lengths == pytest.approx([across_m, along_m], abs=1)


@LAW
@given(st.lists(PLACES, min_size=2, max_size=9))
def test_lengths_add_up_geodesics(vertices):
    expected = [inverse_m(a, b) for a, b in pairwise(vertices)]
    assert segment_lengths_m(vertices) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert length_m(LineString(vertices)) == pytest.approx(sum(expected), rel=1e-9, abs=1e-6)


@LAW
@given(
    st.tuples(st.floats(-180, 180), st.floats(-80, 80)),
    st.floats(0, 359.999),
    st.floats(1, 5e6),
)
def test_bearing_is_where_the_geodesic_sets_out(start, bearing, distance):
    found = WGS84.Direct(start[1], start[0], bearing, distance)
    measured = bearing_deg(start, (found["lon2"], found["lat2"]))
    assert 0 <= measured < 360
    assert abs((measured - bearing + 180) % 360 - 180) < 1e-6


def test_bearings_of_the_compass():
    east, west = at(1000, 0), at(-1000, 0)
    assert bearing_deg(LACHIN, (LACHIN[0], LACHIN[1] + 1)) == 0
    assert bearing_deg(LACHIN, (LACHIN[0], LACHIN[1] - 1)) == 180
    assert bearing_deg(LACHIN, east) == pytest.approx(90, abs=1e-6)
    assert bearing_deg(LACHIN, west) == pytest.approx(270, abs=1e-6)
    assert bearing_deg(LACHIN, LACHIN) == 0


def test_a_bearing_just_west_of_north_stays_below_360():
    assert 0 <= bearing_deg((0.0, 0.0), (-1e-17, 10.0)) < 360


def test_lengths_of_all_parts_and_of_nothing_else():
    a, b, c = LACHIN, at(700, 0), at(700, 900)
    lines = MultiLineString([[a, b], [b, c]])
    expected = inverse_m(a, b) + inverse_m(b, c)
    assert length_m(lines) == pytest.approx(expected, rel=1e-12)
    mixed = GeometryCollection([lines, Point(a), GeometryCollection([LineString([a, c])])])
    assert length_m(mixed) == pytest.approx(expected + inverse_m(a, c), rel=1e-12)
    for other in (None, Point(a), box(46, 39, 47, 40), LineString(), LineString([a, a])):
        assert length_m(other) == 0


def test_heights_are_ignored():
    a, b = LACHIN, at(700, 0)
    assert length_m(LineString([(*a, 0), (*b, 3000)])) == length_m(LineString([a, b]))
    assert len(segment_lengths_m([(*a, 5)])) == 0


@pytest.mark.parametrize(
    "ring",
    [
        [(46, 39), (47, 39), (47, 40), (46, 40)],
        [(179, 0), (-179, 0), (-179, 2), (179, 2)],
        [(0, 0), (90, 0), (0, 90)],
        [(-180, 60), (-60, 60), (60, 60)],
        [(0, -70), (90, -75), (180, -70), (-90, -60)],
        [(-100, -60), (20, -50), (60, 70), (-60, 75)],
    ],
    ids=["degree", "antimeridian", "octant", "north-pole", "south-pole", "ocean"],
)
def test_areas_are_those_of_geographiclib(ring):
    assert area_km2(Polygon(ring)) == pytest.approx(ring_km2(ring), rel=1e-9)
    assert area_km2(Polygon(ring[::-1])) == pytest.approx(ring_km2(ring), rel=1e-9)


def test_an_octant_is_an_eighth_of_the_earth():
    assert area_km2(Polygon([(0, 0), (90, 0), (0, 90)])) == pytest.approx(EARTH_KM2 / 8, rel=1e-12)


def test_holes_are_subtracted_and_parts_added():
    outer = [(46, 39), (47, 39), (47, 40), (46, 40)]
    hole = [(46.2, 39.2), (46.4, 39.2), (46.3, 39.5)]
    other = [(48, 39), (48, 40), (49, 40)]
    expected = ring_km2(outer) - ring_km2(hole)
    assert area_km2(Polygon(outer, [hole])) == pytest.approx(expected, rel=1e-12)
    parts = MultiPolygon([Polygon(outer, [hole]), Polygon(other)])
    assert area_km2(parts) == pytest.approx(expected + ring_km2(other), rel=1e-12)
    mixed = GeometryCollection([parts, LineString(outer), GeometryCollection([Polygon(other)])])
    assert area_km2(mixed) == pytest.approx(expected + 2 * ring_km2(other), rel=1e-12)
    for nothing in (None, Point(46, 39), LineString(outer), Polygon()):
        assert area_km2(nothing) == 0


@pytest.mark.parametrize("lat", [60, 80, 89])
def test_polar_caps_have_their_closed_area(lat):
    parallel = [(lon / 10, lat) for lon in range(-1800, 1801)]
    assert area_km2(Polygon(parallel)) == pytest.approx(cap_km2(lat), rel=1e-5)
    drawn_to_the_pole = [*parallel, (180, 90), (-180, 90)]
    assert area_km2(Polygon(drawn_to_the_pole)) == pytest.approx(cap_km2(lat), rel=1e-5)


def test_a_box_right_round_the_earth_follows_its_parallels():
    assert area_km2(box(-180, 60, 180, 90)) == pytest.approx(cap_km2(60), rel=1e-4)
    assert area_km2(box(-180, 10, 180, 60)) == pytest.approx(cap_km2(10) - cap_km2(60), rel=1e-4)


def test_the_reference_knows_the_size_of_the_earth():
    assert cap_km2(0) == pytest.approx(EARTH_KM2 / 2, rel=1e-12)


def test_segment_lengths_take_any_array():
    metres = segment_lengths_m(np.array([LACHIN, at(3, 4), at(3, 4)]))
    assert metres == pytest.approx([5.0, 0.0], abs=1e-8)


def test_the_geodesic_over_a_chord() -> None:
    """In every direction at every latitude, the ends found by geographiclib's direct problem."""
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(-180, 180, 500), rng.uniform(-90, 90, 500)
    expected_m = rng.uniform(0, 100_000, 500)
    end_lon, end_lat, _ = Geod(ellps="WGS84").fwd(lon, lat, rng.uniform(0, 360, 500), expected_m)
    ends = geocentric_m(np.column_stack([end_lon, end_lat]))
    chord_m = np.linalg.norm(geocentric_m(np.column_stack([lon, lat])) - ends, axis=1)
    assert geodesic_of_chord_m(chord_m, lat, end_lat) == pytest.approx(expected_m, abs=1e-4)
