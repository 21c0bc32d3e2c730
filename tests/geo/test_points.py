"""Two points compared, against geographiclib."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPoint, Point

from pkzone.errors import TooWide
from pkzone.geo.measure import points_apart
from tests.helpers.geo_ground import LACHIN, PLACES, WGS84, at, inverse_m

LAW = settings(max_examples=50, deadline=None)


def test_a_point_that_moves():
    distance_m, bearing_deg = points_apart(Point(LACHIN), Point(at(300, 400)))
    assert distance_m == pytest.approx(500, abs=1e-6)
    assert bearing_deg == pytest.approx(36.8698976, abs=1e-4)  # atan(3 / 4)


def test_heights_and_equal_points_are_no_move():
    distance_m, bearing_deg = points_apart(Point(*LACHIN, 12), Point(*LACHIN, 900))
    assert distance_m == 0
    assert bearing_deg is None


def test_a_move_over_the_antimeridian():
    distance_m, bearing_deg = points_apart(Point(179.99, 10), Point(-179.99, 10))
    assert distance_m == pytest.approx(inverse_m((179.99, 10), (-179.99, 10)), rel=1e-12)
    assert bearing_deg == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("nothing", [None, Point(), MultiPoint()])
def test_empty_sides(nothing):
    assert points_apart(nothing, Point(LACHIN)) == (None, None)
    assert points_apart(Point(LACHIN), nothing) == (None, None)


def test_sets_of_points_in_any_order():
    base = MultiPoint([at(0, 0), at(1000, 0), at(2000, 0)])
    target = MultiPoint([at(2000, 0), at(0, 70), at(1000, 0)])
    distance_m, bearing_deg = points_apart(base, target)
    assert distance_m == pytest.approx(70, abs=1e-3)
    assert bearing_deg == pytest.approx(0, abs=1e-3)
    assert points_apart(base, MultiPoint(list(base.geoms)[::-1]))[0] == 0


def test_a_point_more_counts_by_its_distance_to_the_nearest():
    one = GeometryCollection([Point(at(0, 0))])
    more = MultiPoint([at(0, 0), at(0, -800)])
    distance_m, bearing_deg = points_apart(one, more)
    assert distance_m == pytest.approx(800, abs=1e-3)
    assert bearing_deg == pytest.approx(180, abs=1e-3)
    back_m, back_deg = points_apart(more, one)
    assert back_m == distance_m
    assert back_deg == pytest.approx(0, abs=1e-3)


def test_bad_sides_are_refused():
    with pytest.raises(TypeError, match="LineString"):
        points_apart(LineString([(46, 39), (47, 40)]), Point(LACHIN))
    with pytest.raises(ValueError, match="finite"):
        points_apart(Point(LACHIN), Point(float("inf"), 0))
    with pytest.raises(TooWide):
        points_apart(MultiPoint([(0, 0), (120, 0), (-120, 0)]), Point(LACHIN))


@LAW
@given(st.floats(0, 359.99), st.floats(0.01, 1e6), st.sampled_from(sorted(PLACES)))
def test_distance_and_bearing_lead_from_base_to_target(bearing, distance, name):
    lon, lat = PLACES[name]
    end = WGS84.Direct(lat, lon, bearing, distance)
    distance_m, bearing_deg = points_apart(Point(lon, lat), Point(end["lon2"], end["lat2"]))
    assert distance_m == pytest.approx(distance, rel=1e-9, abs=1e-6)
    again = WGS84.Direct(lat, lon, bearing_deg, distance_m)
    assert inverse_m((again["lon2"], again["lat2"]), (end["lon2"], end["lat2"])) < 1e-3


PLACES_NEAR = st.lists(
    st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=2, max_size=6
)


@LAW
@given(PLACES_NEAR, PLACES_NEAR)
def test_sets_are_as_far_apart_as_the_definition_of_hausdorff_says(base, target):
    one, two = [at(*xy) for xy in base], [at(*xy) for xy in target]
    distance_m, _ = points_apart(MultiPoint(one), MultiPoint(two))
    expected = max(
        max(min(inverse_m(a, b) for b in two) for a in one),
        max(min(inverse_m(a, b) for a in one) for b in two),
    )
    assert distance_m == pytest.approx(expected, rel=1e-6, abs=1e-3)
