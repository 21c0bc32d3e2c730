"""The metric plane: how true its distances are, and where it can be laid."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, Polygon, box

from pkzone.errors import TooWide
from pkzone.geo.frame import Frame
from tests.helpers.geo_ground import PLACES, at, inverse_m, ring_km2

LAW = settings(deadline=None)
EARTH_RADIUS_M = 6_371_009.0


def spots(radius_m: float):
    """Places round a centre, as metres along a compass bearing."""
    polar = st.tuples(st.floats(0, 2 * math.pi), st.floats(0, radius_m))
    return polar.map(lambda found: (found[1] * math.sin(found[0]), found[1] * math.cos(found[0])))


@pytest.mark.parametrize("centre", PLACES.values(), ids=PLACES)
@LAW
@given(a=spots(500_000), b=spots(500_000))
def test_distances_hold_within_a_thousandth_over_a_thousand_km(centre, a, b):
    frame = Frame.at(*centre)
    here, there = at(*a, centre), at(*b, centre)
    one, two = frame.project([here, there])
    slack_m = 0.3 if centre[1] == 90 else 1e-4
    assert math.dist(one, two) == pytest.approx(inverse_m(here, there), rel=1e-3, abs=slack_m)


@LAW
@given(a=spots(2_000_000), b=spots(2_000_000))
def test_the_stated_distortion_bounds_the_error_of_wider_frames(a, b):
    here, there = at(*a), at(*b)
    frame = Frame.around(MultiPoint([here, there, at(-2e6, 0), at(2e6, 0)]))
    one, two = frame.project([here, there])
    expected = inverse_m(here, there)
    # the bound is of second order and for a sphere: a tenth more for what both leave out
    assert abs(math.dist(one, two) - expected) <= 1.1 * frame.distortion * expected + 1e-3


def test_the_distortion_is_the_one_stated():
    ends = LineString([at(-500_000, 0), at(500_000, 0)])
    assert Frame.around(ends).distortion == pytest.approx(0.00077, rel=0.02)
    assert Frame.around(Point(46, 39)).distortion < 1e-12


@pytest.mark.parametrize("centre", PLACES.values(), ids=PLACES)
def test_the_frame_lies_amid_the_data_wherever_they_are(centre):
    corners = [at(x, y, centre) for x in (-1e5, 1e5) for y in (-1e5, 1e5)]
    frame = Frame.around(MultiPoint(corners[:2]), None, MultiPoint(corners[2:]), Point())
    assert inverse_m((frame.lon_deg, frame.lat_deg), centre) < 1500
    assert frame.radius_m == pytest.approx(1e5 * math.sqrt(2), rel=0.02)


def test_how_densely_a_line_is_drawn_does_not_move_the_frame():
    ends = [at(-9000, 0), at(9000, 0)]
    dense = LineString([ends[0], *(at(8000 + i, 0) for i in range(500)), ends[1]])
    frame, sparse = Frame.around(dense), Frame.around(LineString(ends))
    assert inverse_m((frame.lon_deg, frame.lat_deg), (sparse.lon_deg, sparse.lat_deg)) < 1


@pytest.mark.parametrize("centre", PLACES.values(), ids=PLACES)
def test_there_and_back_again(centre):
    line = LineString([at(x, y, centre) for x, y in [(0, 0), (4e5, 0), (-3e5, 2e5), (0, -5e5)]])
    frame = Frame.around(line)
    back = frame.to_degrees(frame.to_metres(line))
    for before, after in zip(line.coords, back.coords, strict=True):
        assert inverse_m(before, after) < 2e-3


def test_areas_are_true():
    ring = [at(x, y) for x, y in [(-3e5, -3e5), (3e5, -3e5), (3e5, 3e5), (-3e5, 3e5)]]
    dense = shapely.segmentize(Polygon(ring), 0.01)
    plane = Frame.around(dense).to_metres(dense)
    assert plane.area / 1e6 == pytest.approx(ring_km2(list(dense.exterior.coords)), rel=1e-6)


def test_a_geometry_over_the_antimeridian_stays_in_one_piece():
    frame = Frame.around(box(179.5, 50, 180, 51), box(-180, 50, -179.5, 51))
    east = frame.to_metres(Point(-179.5, 50))
    assert 179 < frame.lon_deg <= 180 or -180 <= frame.lon_deg < -179
    lon = frame.to_degrees(east).x
    assert abs(lon - frame.lon_deg) < 1
    assert frame.unproject([east.coords[0]])[0] == pytest.approx([-179.5, 50], abs=2e-8)


def test_types_stay_and_heights_go():
    frame = Frame.at(46, 39)
    plane = frame.to_metres(Polygon([(46, 39, 5), (46.1, 39, 5), (46, 39.1, 5)]))
    assert plane.geom_type == "Polygon"
    assert not plane.has_z
    assert plane.exterior.coords[0] == pytest.approx((0, 0), abs=1e-6)
    assert frame.to_metres(LineString()).is_empty


def test_nothing_at_all_has_a_frame():
    assert (Frame.around().lon_deg, Frame.around(None, Point()).lat_deg) == (0, 0)


@pytest.mark.parametrize(
    "line",
    [[(0, 0), (180, 0)], [(0, 90), (0, -90)], [(-120, 0), (0, 0), (120, 0)]],
    ids=["antipodes", "poles", "round-the-earth"],
)
def test_more_than_half_the_earth_is_refused(line):
    with pytest.raises(TooWide, match="half the earth"):
        Frame.around(LineString(line))


def test_the_far_side_of_the_earth_is_refused():
    with pytest.raises(TooWide):
        Frame.at(0, 0).project([(180, 0)])
    with pytest.raises(TooWide):
        Frame.at(0, 0, radius_m=EARTH_RADIUS_M * 2)


def test_coordinates_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="finite"):
        Frame.around(Point(np.inf, 0))
