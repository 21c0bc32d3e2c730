"""Many pairs compared together: each has the answer it has alone, to the last bit."""

from __future__ import annotations

import math

import pytest
from geo_ground import PLACES, drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from pkzone.errors import TooWide
from pkzone.geo.areas import compare_areas, compare_many_areas
from pkzone.geo.lines import compare_lines, compare_many_lines
from pkzone.layers.diff.measured import measure

LAW = settings(max_examples=25, deadline=None)
TOLERANCE_M = 24.37

XYS = st.tuples(st.integers(-400, 400), st.integers(-400, 400))
STROKES = st.lists(st.lists(XYS, min_size=2, max_size=6), min_size=1, max_size=3)
RINGS = st.lists(st.lists(XYS, min_size=3, max_size=6, unique=True), min_size=1, max_size=2)
CENTRES = st.sampled_from(list(PLACES.values()))


def pairs_of(shapes, build):
    """Draw several pairs, each somewhere on earth; a side may be missing, or stretched far."""

    def placed(centre, scale, sides):
        return tuple(
            side
            and build([drawn([(scale * x, scale * y) for x, y in part], centre) for part in side])
            for side in sides
        )

    side = st.none() | shapes
    pair = st.builds(placed, CENTRES, st.sampled_from([1, 1, 300]), st.tuples(side, side))
    return st.lists(pair, min_size=2, max_size=6)


def area(rings):
    return MultiPolygon([Polygon(ring) for ring in rings])


@LAW
@given(pairs_of(STROKES, MultiLineString), st.sampled_from([0.0, TOLERANCE_M, 1e4]))
def test_lines(pairs, tolerance_m):
    alone = [compare_lines(*pair, tolerance_m=tolerance_m) for pair in pairs]
    assert compare_many_lines(pairs, tolerance_m=tolerance_m) == alone


@LAW
@given(pairs_of(RINGS, area))
def test_areas(pairs):
    alone = [compare_areas(*pair, tolerance_m=TOLERANCE_M) for pair in pairs]
    assert compare_many_areas(pairs, tolerance_m=TOLERANCE_M) == alone


def zigzag(number, vertices):
    """Return a line that no other number has, and one beside it."""
    east = [(20 * i, 30 * math.sin(i * number)) for i in range(vertices)]
    return LineString(drawn(east)), LineString(drawn([(x, y + number) for x, y in east]))


def test_no_pairs_at_all():
    assert compare_many_lines([], tolerance_m=25) == []
    assert compare_many_areas([], tolerance_m=25) == []
    assert measure([], tolerance_m=25) == []


def test_more_vertices_than_are_compared_at_once():
    pairs = [zigzag(number, 200) for number in range(1, 56)]
    found = measure(pairs, tolerance_m=3.5)
    assert found == [measure([pair], tolerance_m=3.5)[0] for pair in pairs]
    # one is nowhere farther from the other than the three metres at most that it was shifted by
    assert [one.geometry_class for one in found[:3]] == ["redrawn"] * 3


def test_what_is_too_wide_does_not_touch_the_others():
    around = LineString([(0, 0), (120, 0), (-120, 0)])
    pairs = [
        zigzag(1, 9),
        (around, LineString([(0, 0), (120, 1), (-120, 0)])),
        (Point(46, 39), Point(46, 40)),
        (box(46, 39, 47, 40), box(46, 39, 47, 41)),
        (Point(46, 39), around),
        (GeometryCollection(), GeometryCollection()),
        zigzag(2, 9),
        (GeometryCollection([Point(46, 39), LineString([(46, 39), (47, 39)])]), Point(46, 39)),
    ]
    with pytest.raises(TooWide):
        compare_many_lines(pairs[:2], tolerance_m=25)
    found = measure(pairs, tolerance_m=25)
    assert [i for i, one in enumerate(found) if one is None] == [1, 4]
    assert found == [measure([pair], tolerance_m=25)[0] for pair in pairs]
    assert found[3].geometry_class == "reshaped"
    assert found[5].geometry_class == "revertexed"
