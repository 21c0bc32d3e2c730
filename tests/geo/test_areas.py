"""Two areas compared: hand geometry measured with geographiclib, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from pkzone.errors import TooWide
from pkzone.geo.areas import compare_areas
from pkzone.geo.frame import Frame
from pkzone.geo.segments import Segments
from tests.geo.test_measure import cap_km2
from tests.helpers.geo_ground import LACHIN, PLACES, WGS84, drawn, inverse_m, ring_km2

LAW = settings(max_examples=40, deadline=None)
EQUATOR = PLACES["equator"]
SQUARE = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]


def ground(ring, holes=(), centre=EQUATOR):
    return Polygon(drawn(ring, centre), [drawn(hole, centre) for hole in holes])


def rectangle(west, south, east, north):
    return [(west, south), (east, south), (east, north), (west, north)]


def km2(ring):
    return ring_km2(drawn(ring, EQUATOR))


def compare(base, target, tolerance_m=25.0):
    [found] = compare_areas([(base, target)], tolerance_m=tolerance_m)
    return found


def assert_sums(found):
    assert found.kept_km2 + found.lost_km2 == pytest.approx(found.area_base_km2, rel=1e-9)
    assert found.kept_km2 + found.gained_km2 == pytest.approx(found.area_target_km2, rel=1e-9)
    assert min(found.kept_km2, found.lost_km2, found.gained_km2) >= 0
    if found.iou is not None:
        assert 0 <= found.iou <= 1


# --- hand geometry ---------------------------------------------------------------------------


def test_an_edge_that_moves_out():
    found = compare(ground(SQUARE), ground(rectangle(0, 0, 1200, 1000)))
    assert_sums(found)
    assert found.area_base_km2 == pytest.approx(km2(SQUARE), rel=1e-9)
    assert found.gained_km2 == pytest.approx(km2(rectangle(1000, 0, 1200, 1000)), rel=1e-5)
    assert found.lost_km2 == 0
    assert found.lost.is_empty
    assert found.iou == pytest.approx(1000 / 1200, rel=1e-5)
    assert found.max_shift_m == pytest.approx(200, abs=0.02)
    assert found.gained.geom_type == "Polygon"
    assert not found.same_shape
    assert found.repaired == ()


def test_the_mean_shift_is_taken_along_both_borders():
    """The east edge moves out by 200 m; the rims of 200 m beside it are 100 m off on average.

    Along the base only its east edge is off: its ends touch the target's rims, so its distance
    is the lesser of 200 m and of the way to a corner.
    """
    found = compare(ground(SQUARE), ground(rectangle(0, 0, 1200, 1000)))
    base = 2 * 200**2 / 2 + 600 * 200  # two ramps of 200 m and 600 m between them
    target = 1000 * 200 + 2 * 200**2 / 2
    assert found.mean_shift_m == pytest.approx((base + target) / (4000 + 4400), rel=0.01)


def test_a_square_that_moves_loses_and_gains():
    found = compare(ground(SQUARE), ground(rectangle(100, 0, 1100, 1000)))
    assert_sums(found)
    strip = km2(rectangle(0, 0, 100, 1000))
    assert found.lost_km2 == pytest.approx(strip, rel=1e-4)
    assert found.gained_km2 == pytest.approx(strip, rel=1e-4)
    assert found.kept_km2 == pytest.approx(km2(rectangle(100, 0, 1000, 1000)), rel=1e-5)
    assert found.max_shift_m == pytest.approx(100, abs=0.02)


def test_a_hole_is_ground_lost():
    hole = rectangle(400, 400, 600, 600)
    found = compare(ground(SQUARE), ground(SQUARE, [hole]))
    assert_sums(found)
    assert found.lost_km2 == pytest.approx(km2(hole), rel=1e-6)
    assert found.gained_km2 == pytest.approx(0, abs=1e-9)
    assert found.max_shift_m == pytest.approx(math.dist((400, 400), (0, 400)), abs=0.5)
    filled = MultiPolygon([ground(SQUARE, [hole]), ground(rectangle(450, 450, 550, 550))])
    assert_sums(compare(filled, ground(SQUARE, [hole])))


def test_a_hole_that_becomes_a_part_is_not_the_same_shape():
    """The borders are equal, the ground is not: a hole against an island of its size."""
    hole = rectangle(400, 400, 600, 600)
    island = MultiPolygon([ground(rectangle(0, 0, 300, 300)), ground(hole)])
    pierced = ground(hole)
    found = compare(island, pierced)
    assert not found.same_shape
    ring = ground(SQUARE, [hole])
    plugged = GeometryCollection([ring, ground(hole)])
    assert not compare(ring, plugged).same_shape


def test_parts_come_and_go():
    one, two = ground(SQUARE), ground(rectangle(3000, 0, 3500, 500))
    found = compare(MultiPolygon([one, two]), one)
    assert_sums(found)
    assert found.lost_km2 == pytest.approx(km2(rectangle(3000, 0, 3500, 500)), rel=1e-9)
    assert found.gained_km2 == pytest.approx(0, abs=1e-12)
    assert found.max_shift_m == pytest.approx(math.hypot(2500, 0), abs=1)


@pytest.mark.parametrize(
    "other",
    [
        rectangle(1000, 0, 2000, 1000),
        rectangle(5000, 0, 6000, 1000),
        rectangle(1000, 1000, 9000, 2000),
    ],
    ids=["along-an-edge", "apart", "at-a-corner"],
)
def test_areas_that_only_touch_share_nothing(other):
    found = compare(ground(SQUARE), ground(other))
    assert_sums(found)
    assert found.kept_km2 == pytest.approx(0, abs=1e-9)
    assert found.iou == pytest.approx(0, abs=1e-9)
    assert found.lost_km2 == pytest.approx(km2(SQUARE), rel=1e-9)


def test_shared_edges_leave_nothing_between_them():
    """A corner moves: all that differs is the triangle at it, in one piece."""
    base = [(0, 0), (333, 7), (1000, 0), (1007, 431), (1000, 1000), (411, 1013), (0, 1000)]
    target = [*base[:4], (1100, 1100), *base[5:]]
    found = compare(ground(base), ground(target), 0)
    assert found.lost.is_empty
    assert found.lost_km2 == 0
    assert found.gained.geom_type == "Polygon"
    corner = km2([base[3], (1100, 1100), base[5], base[4]])
    assert found.gained_km2 == pytest.approx(corner, rel=1e-4)


def test_rounding_is_no_change_of_ground():
    """Vertices put into the edges and rounded to six decimals leave slivers of centimetres."""
    places = drawn([(0, 0), (5000, 1234), (4000, 6000), (-800, 3456)], LACHIN)
    dense = shapely.segmentize(Polygon(places), 0.003)
    rounded = shapely.transform(dense, lambda xy: np.round(xy, 6))
    found = compare(Polygon(places), rounded)
    assert_sums(found)
    assert found.lost.is_empty
    assert found.gained.is_empty
    assert found.lost_km2 + found.gained_km2 < 0.11 * found.area_base_km2 / 1000
    assert found.max_shift_m < 0.12
    exact = compare(Polygon(places), rounded, 0)
    assert not (exact.lost.is_empty and exact.gained.is_empty)


def test_more_vertices_and_another_start_are_the_same_shape():
    dense = shapely.segmentize(ground(SQUARE), 0.0007)
    ring = list(dense.exterior.coords)[:-1]
    turned = Polygon([*ring[5:], *ring[:5]][::-1])
    found = compare(ground(SQUARE), turned)
    assert found.same_shape
    assert found.max_shift_m < 0.001
    assert found.iou == pytest.approx(1, abs=1e-8)


def test_empty_sides():
    square = ground(SQUARE)
    for nothing in (None, Polygon(), MultiPolygon()):
        found = compare(nothing, square)
        assert_sums(found)
        assert found.gained_km2 == found.area_target_km2 == pytest.approx(km2(SQUARE))
        assert found.kept_km2 == found.iou == 0
        assert found.max_shift_m is found.mean_shift_m is found.max_shift_at is None
        assert shapely.equals(found.gained, square)
        assert not found.same_shape
    neither = compare(None, Polygon())
    assert neither.iou is None
    assert neither.same_shape
    assert neither.gained.is_empty


def test_an_invalid_side_is_repaired_and_named():
    bow_tie = ground([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    found = compare(ground(SQUARE), bow_tie)
    assert_sums(found)
    assert found.repaired == ("target",)
    assert found.area_target_km2 == pytest.approx(km2(SQUARE) / 2, rel=1e-4)
    assert compare(bow_tie, bow_tie).repaired == ("base", "target")
    assert compare(bow_tie, bow_tie).same_shape
    spike = Polygon([*drawn(SQUARE, EQUATOR), *drawn([(-500, 1000)], EQUATOR)])
    overlapping = MultiPolygon([ground(SQUARE), ground(rectangle(500, 0, 1500, 1000))])
    flat = Polygon([(10, 0), (10.1, 0), (10.2, 0)])
    for bad in (overlapping, flat, spike):
        assert_sums(compare(bad, ground(SQUARE)))
    assert compare(flat, ground(SQUARE)).area_base_km2 == 0
    both = compare(overlapping, ground(SQUARE))
    assert both.area_base_km2 == pytest.approx(km2(rectangle(0, 0, 1500, 1000)), rel=1e-6)


def test_a_tolerance_larger_than_the_areas_hides_no_ground():
    small = compare(ground(SQUARE), ground(rectangle(0, 0, 1200, 1000)), 1e7)
    assert small.gained_km2 == pytest.approx(km2(rectangle(1000, 0, 1200, 1000)), rel=1e-5)


def test_an_area_over_the_antimeridian_however_it_is_drawn():
    whole = Polygon([(179.9, 0), (-179.9, 0), (-179.9, 0.2), (179.9, 0.2)])
    running = Polygon([(179.9, 0), (180.1, 0), (180.1, 0.2), (179.9, 0.2)])
    split = MultiPolygon([box(179.9, 0, 180, 0.2), box(-180, 0, -179.9, 0.2)])
    for one in (whole, running, split):
        for two in (whole, running, split):
            found = compare(one, two)
            assert_sums(found)
            assert found.same_shape
            assert found.repaired == ()
    wider = Polygon([(179.9, 0), (-179.8, 0), (-179.8, 0.2), (179.9, 0.2)])
    for one in (whole, running, split):
        found = compare(one, wider)
        strip = ring_km2([(-179.9, 0), (-179.8, 0), (-179.8, 0.2), (-179.9, 0.2)])
        assert found.gained_km2 == pytest.approx(strip, rel=1e-5)
        assert found.lost_km2 == pytest.approx(0, abs=1e-6)
        assert found.max_shift_m == pytest.approx(inverse_m((0, 0), (0.1, 0)), rel=1e-4)


def parallel(lat):
    return [(lon, lat) for lon in range(-180, 180, 2)]


def test_rings_round_a_pole():
    for side in (1, -1):
        found = compare(Polygon(parallel(80 * side)), Polygon(parallel(81 * side)))
        assert_sums(found)
        lost = ring_km2(parallel(80)) - ring_km2(parallel(81))
        assert found.lost_km2 == pytest.approx(lost, rel=1e-6)
        assert found.gained_km2 == pytest.approx(0, abs=1e-6)
        assert found.repaired == ()
        # 1,100 km from the centre of its frame a distance is wrong by up to 0.4 %
        assert found.max_shift_m == pytest.approx(WGS84.Inverse(80, 0, 81, 0)["s12"], rel=4e-3)


def test_areas_drawn_along_the_antimeridian_to_a_pole():
    north = Polygon([*parallel(80), (180, 80), (180, 90), (-180, 90)])
    smaller = Polygon([*parallel(81), (180, 81), (180, 90), (-180, 90)])
    found = compare(north, smaller)
    assert_sums(found)
    assert found.repaired == ()
    assert found.lost_km2 == pytest.approx(cap_km2(80) - cap_km2(81), rel=1e-3)


def test_boxes_right_round_the_earth():
    found = compare(box(-180, 70, 180, 90), box(-180, 71, 180, 90))
    assert_sums(found)
    assert found.lost_km2 == pytest.approx(cap_km2(70) - cap_km2(71), rel=1e-3)
    assert found.max_shift_m == pytest.approx(WGS84.Inverse(70, 0, 71, 0)["s12"], rel=1e-2)


@pytest.mark.parametrize("bad", [Point(46, 39), LineString([(46, 39), (47, 40)])])
def test_other_geometry_is_refused(bad):
    with pytest.raises(TypeError, match=bad.geom_type):
        compare(bad, ground(SQUARE))


def test_numbers_that_are_none_are_refused():
    with pytest.raises(ValueError, match="tolerance_m"):
        compare(ground(SQUARE), ground(SQUARE), math.nan)
    with pytest.raises(ValueError, match="finite"):
        compare(shapely.from_wkt("POLYGON ((0 0, 1 inf, 1 1, 0 0))"), ground(SQUARE))
    with pytest.raises(TooWide):
        compare(box(0, 0, 10, 10), box(175, -10, 185, 0))


# --- laws --------------------------------------------------------------------------------------


@st.composite
def stars(draw):
    """Polygons that never cross themselves: a radius for each of some bearings."""
    radii = draw(st.lists(st.integers(100, 900), min_size=3, max_size=9))
    middle = draw(st.tuples(st.integers(-600, 600), st.integers(-600, 600)))
    turns = [2 * math.pi * i / len(radii) for i in range(len(radii))]
    return [
        (middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn))
        for radius, turn in zip(radii, turns, strict=True)
    ]


@LAW
@given(stars(), stars())
def test_ground_is_that_of_the_plane(base, target):
    """Overlaid as drawn, in metres: at the equator the plane is true to a millionth."""
    found = compare(ground(base), ground(target), 0)
    assert_sums(found)
    one, two = Polygon(base), Polygon(target)
    shared = one.intersection(two).area / 1e6
    assert found.kept_km2 == pytest.approx(shared, rel=1e-4, abs=1e-6)
    assert found.area_base_km2 == pytest.approx(km2(base), rel=1e-9)
    shift = shapely.hausdorff_distance(one.exterior, two.exterior, densify=0.002)
    assert found.max_shift_m == pytest.approx(shift, abs=4)


@LAW
@given(stars())
def test_an_area_is_its_own_equal(ring):
    found = compare(ground(ring), ground(ring))
    assert found.same_shape
    assert found.iou == 1
    assert found.gained_km2 == found.lost_km2 == 0
    assert max(found.mean_shift_m, found.max_shift_m) < 1e-6


@LAW
@given(stars(), stars(), st.sampled_from([0.0, 25.0]))
def test_swapping_the_sides_mirrors_the_answer(base, target, tolerance_m):
    one = compare(ground(base), ground(target), tolerance_m)
    two = compare(ground(target), ground(base), tolerance_m)
    assert one.gained_km2 == pytest.approx(two.lost_km2, rel=1e-9, abs=1e-12)
    assert one.lost_km2 == pytest.approx(two.gained_km2, rel=1e-9, abs=1e-12)
    assert one.iou == pytest.approx(two.iou, rel=1e-9, abs=1e-12)
    assert one.max_shift_m == pytest.approx(two.max_shift_m, abs=0.006)
    assert one.mean_shift_m == pytest.approx(two.mean_shift_m, rel=1e-6)
    assert shapely.equals(one.gained, two.lost)


@LAW
@given(stars(), stars(), st.sampled_from(["forty", "south", "antimeridian", "eighty"]))
def test_the_answer_does_not_depend_on_the_place(base, target, name):
    here = compare(ground(base), ground(target))
    there = compare(ground(base, centre=PLACES[name]), ground(target, centre=PLACES[name]))
    # edges of 1.8 km bend by up to 0.4 m at 80 degrees
    slack = 0.4 * 12 / 1000
    assert there.kept_km2 == pytest.approx(here.kept_km2, rel=1e-3, abs=slack)
    assert there.area_base_km2 == pytest.approx(here.area_base_km2, rel=1e-6)
    assert there.max_shift_m == pytest.approx(here.max_shift_m, rel=1e-3, abs=0.8)
    assert there.repaired == ()


RINGS = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=6)


@settings(max_examples=12, deadline=None)
@given(RINGS, RINGS)
def test_rings_anywhere_on_earth_get_an_answer_or_a_clear_refusal(base, target):
    """Most of these cross themselves, many go round a pole or the antimeridian."""
    try:
        found = compare(Polygon(base), Polygon(target))
    except TooWide:
        return
    assert_sums(found)


def rough_ring(count, spread_m, seed):
    """Return a ring of 10 km whose vertices stray to either side."""
    random = np.random.default_rng(seed)
    bearing = np.linspace(0, 2 * math.pi, count, endpoint=False)
    away_m = 10_000 + random.normal(0, spread_m, count)
    corners = np.column_stack([away_m * np.cos(bearing), away_m * np.sin(bearing)])
    return Polygon(drawn(corners.tolist(), LACHIN))


def test_the_mean_shift_of_many_short_edges():
    base, target = rough_ring(2_600, 20, 1), rough_ring(2_600, 20, 2)
    frame = Frame.around(base, target)
    total_m2 = length_m = 0.0
    for one, other in ((base, target), (target, base)):
        border = shapely.get_coordinates(frame.to_metres(other))
        index = shapely.STRtree(shapely.linestrings(np.stack([border[:-1], border[1:]], axis=1)))
        ends = shapely.get_coordinates(frame.to_metres(one))
        edges = np.diff(ends, axis=0)
        shares = (np.arange(16) + 0.5) / 16
        places = (ends[:-1, None] + shares[:, None] * edges[:, None]).reshape(-1, 2)
        _, away_m = index.query_nearest(
            shapely.points(places), return_distance=True, all_matches=False
        )
        away_m = away_m.reshape(len(edges), 16).mean(axis=1)
        lengths_m = np.hypot(*edges.T)
        total_m2 += float((away_m * lengths_m).sum())
        length_m += float(lengths_m.sum())
    assert compare(base, target).mean_shift_m == pytest.approx(total_m2 / length_m, rel=0.01)


def test_a_border_drawn_again_is_asked_for_so_many_places_a_vertex(monkeypatch):
    asked = []
    nearest = Segments.nearest

    def counted(segments, points):
        asked.append(len(points))
        return nearest(segments, points)

    monkeypatch.setattr(Segments, "nearest", counted)
    numbers = []
    for count in (2_600, 5_200):
        asked.clear()
        compare(rough_ring(count, 20, 1), rough_ring(count, 20, 2))
        numbers.append(sum(asked))
    assert numbers[1] <= 2.2 * numbers[0]
