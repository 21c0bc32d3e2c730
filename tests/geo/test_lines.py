"""Two lines compared: hand geometry, and how good it is."""

from __future__ import annotations

import math
import re

import pytest
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    Point,
    box,
    segmentize,
)

from pkzone.errors import TooWide
from pkzone.geo.lines import MIN_SECTION_M, compare_outlines
from pkzone.i18n.messages import Translatable
from tests.helpers.compared_lines import (
    TOLERANCE_M,
    at,
    compare,
    compare_two,
    drawn,
    kinds,
    lengths,
    line,
)
from tests.helpers.geo_ground import inverse_m

STRAIGHT = [(0, 0), (2000, 0)]
DETOUR = [(0, 0), (800, 0), (1000, 300), (1200, 0), (2000, 0)]


# --- hand geometry ---------------------------------------------------------------------------


def test_a_triangular_detour():
    """It leaves at a slope of 3 in 2: 25 m off the road after 25 / sin = 30.05 m of detour."""
    found = compare(STRAIGHT, DETOUR, 25)
    slope = math.atan2(300, 200)
    leaves = 25 / math.sin(slope)
    assert kinds(found) == ["kept", "removed", "added", "kept"]
    kept, removed, added, again = found.sections
    # the base is within 25 m of the detour where its own distance to the slope is below that
    assert removed.from_m == pytest.approx(800 + leaves, abs=0.01)
    assert removed.to_m == pytest.approx(1200 - leaves, abs=0.01)
    assert added.from_m == pytest.approx(800 + leaves, abs=0.01)
    assert added.length_m == pytest.approx(2 * math.hypot(200, 300) - 2 * leaves, abs=0.02)
    assert (kept.from_m, kept.to_m) == (0, removed.from_m)
    assert (kept.target_from_m, kept.target_to_m) == (0, added.from_m)
    assert again.target_from_m == added.to_m
    assert again.target_to_m == found.length_target_m
    assert found.max_offset_m == pytest.approx(300, abs=0.02)
    assert inverse_m(found.max_offset_at, at(1000, 300)) < 0.02
    assert found.hausdorff_m == found.max_offset_m
    assert found.frechet_m == pytest.approx(300, abs=0.1)
    assert found.length_base_m == pytest.approx(lengths(STRAIGHT), rel=1e-9)
    assert found.length_target_m == pytest.approx(lengths(DETOUR), rel=1e-9)
    assert found.length_delta_m == pytest.approx(lengths(DETOUR) - lengths(STRAIGHT), abs=1e-6)
    assert inverse_m(removed.start, at(800 + leaves, 0)) < 0.02
    assert inverse_m(added.end, at(1200 - leaves * math.cos(slope), 25)) < 0.02
    assert not found.same_shape


def test_several_detours_come_in_the_order_of_the_road():
    twice = [(0, 0), (300, 0), (400, 200), (500, 0), (1300, 0), (1400, -150), (1500, 0), (2000, 0)]
    found = compare(STRAIGHT, twice)
    assert kinds(found) == ["kept", "removed", "added", "kept", "removed", "added", "kept"]
    starts = [section.from_m for section in found.sections if section.kind != "added"]
    assert starts == sorted(starts)
    assert found.max_offset_m == pytest.approx(200, abs=0.02)


def test_a_parallel_line_is_kept_or_not_as_a_whole():
    beside = [(0, 40), (2000, 40)]
    near, far = compare(STRAIGHT, beside, 40.5), compare(STRAIGHT, beside, 39.5)
    assert kinds(near) == ["kept"]
    assert near.removed_m == near.added_m == 0
    assert kinds(far) == ["removed", "added"]
    assert far.kept_m == far.kept_target_m == 0
    for found in (near, far):
        assert found.mean_offset_m == pytest.approx(40, abs=0.1)
        assert found.max_offset_m == pytest.approx(40, abs=0.1)
        assert found.frechet_m == pytest.approx(40, abs=0.1)


def test_an_extension_is_added_and_nothing_removed():
    found = compare(STRAIGHT, [(0, 0), (2000, 0), (2600, 0)], 25)
    assert kinds(found) == ["kept", "added"]
    assert found.removed_m == 0
    assert found.added_m == pytest.approx(575, abs=0.02)
    assert found.hausdorff_m == pytest.approx(600, abs=0.02)
    assert inverse_m(found.max_offset_at, at(2600, 0)) < 0.02


def test_the_mean_offset_is_taken_over_the_length_not_over_vertices():
    """Wedge from 0 to 300 m: the mean is 150 m along either side, however it is drawn."""
    wedge = [(0, 0), (2000, 300)]
    crowded = [(0, 0), *((x, 0) for x in range(1, 50)), (2000, 0)]
    slant = math.atan2(300, 2000)
    base_mean = 2000 * math.sin(slant) / 2  # the foot on the slant lies before its end
    expected = (2000 * base_mean + math.hypot(2000, 300) * 150) / (2000 + math.hypot(2000, 300))
    for base in (STRAIGHT, crowded):
        assert compare(base, wedge).mean_offset_m == pytest.approx(expected, rel=0.01)


def test_a_loop_beside_the_road_parts_what_is_kept_in_two():
    loop = [(0, 0), (1000, 0), (1200, 400), (800, 400), (1000, 0), (2000, 0)]
    found = compare(STRAIGHT, loop)
    assert kinds(found) == ["kept", "added", "kept"]
    first, added, last = found.sections
    assert first.to_m == pytest.approx(1000, abs=1)
    assert (first.target_to_m, last.target_from_m) == (added.from_m, added.to_m)
    assert found.kept_m == found.length_base_m
    mirrored = compare(loop, STRAIGHT)
    assert kinds(mirrored) == ["kept", "removed", "kept"]
    assert mirrored.sections[0].target_to_m == mirrored.sections[2].target_from_m


def test_a_line_drawn_the_other_way_is_reversed():
    found = compare(DETOUR, DETOUR[::-1])
    assert found.is_reversed
    assert found.same_shape
    assert kinds(found) == ["kept"]
    assert found.hausdorff_m < 1e-6
    (section,) = found.sections
    assert section.target_from_m == pytest.approx(found.length_target_m, abs=1e-6)
    assert section.target_to_m == pytest.approx(0, abs=1e-6)
    assert not compare(DETOUR, DETOUR).is_reversed


def test_a_detour_of_a_line_drawn_the_other_way():
    found = compare(STRAIGHT, DETOUR[::-1], 25)
    assert kinds(found) == ["kept", "removed", "added", "kept"]
    kept, _, added, again = found.sections
    assert kept.target_from_m == pytest.approx(found.length_target_m, abs=1e-6)
    assert kept.target_to_m == added.to_m
    assert again.target_from_m == added.from_m
    assert not found.is_reversed


def test_a_road_there_and_back_is_not_the_same_shape():
    found = compare(STRAIGHT, [*STRAIGHT, (0, 0)])
    assert not found.same_shape
    assert not found.is_reversed
    assert found.added_m == 0  # all of it lies on the road


def test_a_ring_drawn_the_other_way_is_reversed():
    ring = [(0, 0), (900, 0), (900, 700), (0, 0)]
    assert compare(ring, ring[::-1]).is_reversed
    turned = compare(ring, [(900, 0), (900, 700), (0, 0), (900, 0)])
    assert turned.same_shape
    assert not turned.is_reversed


def test_parts_keep_their_own_sections():
    parts = [[(0, 0), (500, 0)], [(900, 0), (1500, 0)]]
    lines = MultiLineString([drawn(part) for part in parts])
    found = compare_two(lines, lines, tolerance_m=TOLERANCE_M)
    assert kinds(found) == ["kept", "kept"]
    assert found.same_shape
    assert found.frechet_m is None
    gap = compare_two(line([(0, 0), (1500, 0)]), lines, tolerance_m=25)
    assert kinds(gap) == ["kept", "removed", "kept"]
    assert gap.removed_m == pytest.approx(350, abs=0.02)
    assert gap.hausdorff_m == pytest.approx(200, abs=0.02)
    assert inverse_m(gap.max_offset_at, at(700, 0)) < 0.05


def test_parts_that_meet_are_one_run():
    parts = MultiLineString([drawn([(0, 0), (500, 0)]), drawn([(500, 0), (2000, 0)])])
    found = compare_two(line(STRAIGHT), parts, tolerance_m=TOLERANCE_M)
    assert kinds(found) == ["kept"]
    assert found.same_shape
    assert found.frechet_m == pytest.approx(0, abs=0.01)


def test_parts_in_any_order_and_direction_lie_beside_their_stretch():
    """The base is one road; the target has its three stretches shuffled, one turned round."""
    parts = [[(1500, 0), (2000, 0)], [(700, 0), (0, 0)], [(700, 0), (900, 300), (1500, 0)]]
    target = MultiLineString([drawn(part) for part in parts])
    found = compare_two(line(STRAIGHT), target, tolerance_m=25)
    leaves = 25 / (300 / math.hypot(200, 300))  # up the slope of the part that was moved
    returns = 25 / (300 / math.hypot(600, 300))
    moved = math.hypot(200, 300) + math.hypot(600, 300)
    rows = [(s.kind, s.from_m, s.to_m, s.target_from_m, s.target_to_m) for s in found.sections]
    expected = [
        ("kept", 0, 700, 1200, 500),
        ("kept", 700, 700 + leaves, 1200, 1200 + leaves),
        ("removed", 700 + leaves, 1500 - returns, None, None),
        ("added", 1200 + leaves, 1200 + moved - returns, None, None),
        ("kept", 1500 - returns, 1500, 1200 + moved - returns, 1200 + moved),
        ("kept", 1500, 2000, 0, 500),
    ]
    for row, wanted in zip(rows, expected, strict=True):
        assert row[0] == wanted[0]
        assert row[1:3] == pytest.approx(wanted[1:3], abs=0.02)
        assert row[3:] == (None, None) or row[3:] == pytest.approx(wanted[3:], abs=0.02)


def test_tolerance_zero_keeps_what_did_not_move():
    found = compare(STRAIGHT, DETOUR, 0)
    assert kinds(found) == ["kept", "removed", "added", "kept"]
    assert found.kept_m == pytest.approx(1600, abs=0.1)
    assert compare(STRAIGHT, [(0, 500), (2000, -500)], 0).kept_m == 0


def test_a_tolerance_larger_than_the_lines_keeps_all():
    found = compare(STRAIGHT, [(0, 500), (2000, -900), (2500, 0)], 1e6)
    assert kinds(found) == ["kept"]
    assert found.removed_m == found.added_m == 0


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        (None, LineString(), []),
        (LineString(), line(STRAIGHT), ["added"]),
        (line(STRAIGHT), MultiLineString(), ["removed"]),
    ],
    ids=["both", "base", "target"],
)
def test_empty_sides(base, target, expected):
    found = compare_two(base, target, tolerance_m=25)
    assert kinds(found) == expected
    assert found.kept_m == found.kept_target_m == 0
    assert found.hausdorff_m is found.frechet_m is found.mean_offset_m is None
    assert found.max_offset_at is None
    assert found.same_shape == (not expected)
    assert not found.is_reversed
    sums = (found.removed_m, found.added_m)
    assert sums == (found.length_base_m, found.length_target_m)


def test_lines_of_no_length():
    dot, other = line([(0, 0), (0, 0)]), line([(30, 40), (30, 40)])
    assert compare_two(dot, dot, tolerance_m=25).same_shape
    apart = compare_two(dot, other, tolerance_m=25)
    for offset in (apart.hausdorff_m, apart.frechet_m, apart.mean_offset_m):
        assert offset == pytest.approx(50, abs=1e-3)
    assert apart.sections == ()
    onto_road = compare_two(dot, line([(-500, 0), (500, 0)]), tolerance_m=25)
    assert onto_road.length_base_m == onto_road.kept_m == 0
    assert onto_road.kept_target_m == pytest.approx(50, abs=0.01)
    assert [round(s.length_m, 1) for s in onto_road.sections] == [475.0, 475.0]


def test_repeated_vertices_and_heights_change_nothing():
    doubled = [STRAIGHT[0], *DETOUR, DETOUR[-1]]
    assert compare(STRAIGHT, DETOUR).sections == compare(STRAIGHT, doubled[1:-1]).sections
    assert compare(DETOUR, doubled).same_shape
    high = LineString([(*place, 100.0 * i) for i, place in enumerate(drawn(DETOUR))])
    assert compare_two(line(DETOUR), high, tolerance_m=0).same_shape


def test_slivers_are_merged_and_the_sums_hold():
    """A tooth that comes within the tolerance for less than the least section."""
    depth = 30 - math.sqrt(25**2 - 0.3**2)
    tooth = [(0, 30), (1000, 30), (1000.0, depth), (1000.01, 30), (2000, 30)]
    found = compare(STRAIGHT, tooth, 25)
    assert all(section.length_m >= MIN_SECTION_M for section in found.sections)
    base = sum(s.length_m for s in found.sections if s.kind in {"kept", "removed"})
    assert base == pytest.approx(found.length_base_m, abs=1e-6)


def test_a_straight_line_of_degrees_is_the_same_with_more_vertices():
    """Over 60 km a parallel bends by 60 m away from the geodesic: it is still one shape."""
    ends = LineString([(46.0, 39.5), (46.7, 39.5)])
    dense = LineString([(46.0, 39.5), (46.1, 39.5), (46.35, 39.5), (46.7, 39.5)])
    found = compare_two(ends, dense, tolerance_m=0)
    assert found.same_shape
    assert kinds(found) == ["kept"]
    assert found.hausdorff_m < 0.01


def test_a_line_across_the_antimeridian_is_one_line():
    crossing = LineString([(179.9, 10.0), (-179.9, 10.0)])
    split = MultiLineString([[(179.9, 10), (180, 10)], [(-180, 10), (-179.9, 10)]])
    found = compare_two(crossing, split, tolerance_m=0)
    assert found.same_shape
    assert found.length_base_m == pytest.approx(inverse_m((179.9, 10), (-179.9, 10)), rel=1e-9)
    beside = LineString([(179.9, 10.001), (-179.9, 10.001)])
    far = compare_two(crossing, beside, tolerance_m=5)
    assert far.max_offset_m == pytest.approx(inverse_m((180, 10), (180, 10.001)), rel=1e-3)
    assert all(-180 <= s.end[0] <= 180 for s in far.sections)


def test_a_line_over_a_pole_follows_its_meridians():
    over = LineString([(20, 89.9), (-160, 89.9)])
    through = LineString([(20, 89.9), (77, 90), (-160, 89.9)])
    assert compare_two(through, LineString(through.coords[::-1]), tolerance_m=1).is_reversed
    assert compare_two(through, through, tolerance_m=0).length_base_m == pytest.approx(
        inverse_m(over.coords[0], over.coords[1]), rel=1e-9
    )


@pytest.mark.parametrize("bad", [Point(46, 39), box(46, 39, 47, 40)])
def test_other_geometry_is_refused(bad):
    with pytest.raises(TypeError, match=bad.geom_type):
        compare_two(line(STRAIGHT), bad, tolerance_m=25)


def test_collections_of_lines_are_taken():
    found = compare_two(GeometryCollection([line(DETOUR)]), line(DETOUR), tolerance_m=1)
    assert found.same_shape


@pytest.mark.parametrize("tolerance", [-1.0, math.nan, math.inf])
def test_a_tolerance_must_be_a_distance(tolerance):
    with pytest.raises(ValueError, match="tolerance_m"):
        compare_two(line(STRAIGHT), line(DETOUR), tolerance_m=tolerance)


def test_lines_round_the_earth_are_refused():
    with pytest.raises(TooWide):
        compare_two(LineString([(0, 0), (120, 0), (-120, 0)]), None, tolerance_m=25)


def test_long_lines_agree_with_short_ones():
    """Thousands of vertices take another way through the code: the answer is the same."""
    dense = segmentize(line(DETOUR), 1e-5)
    assert len(dense.coords) > 2000
    found, expected = (
        compare_two(line(STRAIGHT), dense, tolerance_m=25),
        compare(STRAIGHT, DETOUR, 25),
    )
    assert found.kept_m == pytest.approx(expected.kept_m, abs=0.05)
    assert found.added_m == pytest.approx(expected.added_m, abs=0.05)
    both = compare_two(dense, segmentize(line(STRAIGHT), 1e-5), tolerance_m=25)
    assert both.removed_m == pytest.approx(expected.added_m, abs=0.05)
    assert both.hausdorff_m == pytest.approx(300, abs=0.02)
    assert both.mean_offset_m == pytest.approx(expected.mean_offset_m, rel=0.02, abs=0.02)


# --- how good it is ----------------------------------------------------------------------------


def test_far_spread_lines_say_how_good_distances_are():
    # 0.3 % at 1,000 km from the middle, says Snyder
    found = compare([(-1_000_000, 0), (1_000_000, 0)], [(-1_000_000, 500), (1_000_000, 500)])
    (notice,) = found.notices
    assert notice.startswith("it reaches about 1,000 km from its middle")
    assert notice.endswith("are good to 0.3 % only")
    assert isinstance(notice, Translatable)
    assert not re.search("[A-Za-z]", notice.said("ru", {}))


def test_the_mean_offset_of_a_zigzag_from_one_long_edge():
    """Of the zigzag 25 m; of the edge up to 20 m from a crossing, times the sine of the slope."""
    steps_of_zigzag = [(40 * i, 50 * (-1) ** i) for i in range(1001)]
    found = compare([(0, 0), (40_000, 0)], steps_of_zigzag)
    slant = math.hypot(40, 100)
    expected = (25 * slant + 10 * (100 / slant) * 40) / (slant + 40)
    assert found.mean_offset_m == pytest.approx(expected, rel=0.01, abs=0.01)


def test_many_long_edges_say_how_far_off_they_are():
    """A chord of 300 km lies 3.06 km beside its parallel of 60 degrees, a 13th of it 18 m."""
    half_deg = 300 / 2 / (111.4 * math.cos(math.radians(60)))
    edges = [(10 + half_deg * (-1) ** i, 60 + i * 1e-4) for i in range(401)]
    found = compare_two(LineString(edges), LineString(edges[:-1]), tolerance_m=25)
    (notice,) = found.notices
    off_m = float(notice.rpartition("off by ")[2].removesuffix(" m"))
    assert off_m == pytest.approx(18, rel=0.25)


@pytest.mark.parametrize("with_point", [False, True])
def test_outlines_are_compared_between_their_vertices_too(with_point):
    """Stubs at both ends of a road leave its middle 3,500 m from either."""
    post = [Point(at(0, 0))] if with_point else []
    road = GeometryCollection([*post, line([(0, 0), (9000, 0)])])
    stubs = MultiLineString([drawn([(0, 0), (1000, 0)]), drawn([(8000, 0), (9000, 0)])])
    apart_m, notices = compare_outlines(road, GeometryCollection([*post, stubs]))
    assert (apart_m, notices) == (pytest.approx(3500, abs=0.1), ())
    assert compare_outlines(road, GeometryCollection()) == (None, ())
    assert compare_outlines(Point(at(0, 0)), Point(at(30, 40)))[0] == pytest.approx(50, abs=0.01)
