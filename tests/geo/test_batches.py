"""Many pairs compared together: each has the answer it has alone, to the last bit."""

from __future__ import annotations

import math
from itertools import accumulate, chain, groupby, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
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

from pkzone.compare.geometry_change import measure
from pkzone.errors import TooWide
from pkzone.geo.areas import compare_areas
from pkzone.geo.frame import Frame
from pkzone.geo.lines import compare_lines
from pkzone.geo.paths import Paths
from pkzone.geo.segments import group_and_rank, offsets, runs_of
from tests.helpers.geo_ground import LACHIN, PLACES, drawn, inverse_m

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


# Empty groups stand at the beginning, in the middle and at the end, alone and several in a row.
SIZES = st.lists(st.integers(0, 4), max_size=8)
PATHS = st.lists(st.just([]) | STROKES, min_size=1, max_size=6)
LINE = [(0, 0), (300, 40), (350, 400)]


@given(SIZES)
@example([0])
@example([0, 3, 0, 0, 2, 0])
def test_groups_of_which_some_are_empty(sizes):
    members = [(group, rank) for group, size in enumerate(sizes) for rank in range(size)]
    group, rank = group_and_rank(np.array(sizes, np.intp))
    assert list(zip(group.tolist(), rank.tolist(), strict=True)) == members
    assert offsets(sizes).tolist() == [0, *accumulate(sizes)]
    rows = {one: list(range(len(members)))[span] for one, span in runs_of(group)}
    assert rows == {
        one: [row for row, _ in some]
        for one, some in groupby(enumerate(group.tolist()), key=lambda pair: pair[1])
        for some in [list(some)]
    }


@LAW
@given(PATHS)
@example([[], [LINE]])
@example([[], [], [LINE], [], [LINE, LINE[::-1]], []])
def test_chainage_beside_paths_without_lines(strokes):
    paths = [[np.array(drawn(line)) for line in path] for path in strokes]
    frame = Frame.around(Point(LACHIN))
    laid = Paths.lay(paths, [frame] * len(paths))
    run_up, lengths_m = [], []
    for path in paths:
        steps_m = [[inverse_m(a, b) for a, b in pairwise(line.tolist())] for line in path]
        starts_m = accumulate(map(sum, steps_m), initial=0.0)
        run_up += [
            accumulate(one, initial=at_m) for one, at_m in zip(steps_m, starts_m, strict=False)
        ]
        lengths_m.append(sum(map(sum, steps_m)))
    assert laid.vertex_m == pytest.approx(list(chain.from_iterable(run_up)), abs=1e-6)
    assert laid.lengths_m == pytest.approx(lengths_m, abs=1e-6)
    ends_m = [(runs[0][0], runs[-1][1]) if runs else None for runs in laid.run_bounds_m]
    expected = [(0.0, pytest.approx(m, abs=1e-6)) for m in lengths_m]
    assert ends_m == [ends if path else None for path, ends in zip(paths, expected, strict=True)]


def area(rings):
    return MultiPolygon([Polygon(ring) for ring in rings])


@LAW
@given(pairs_of(STROKES, MultiLineString), st.sampled_from([0.0, TOLERANCE_M, 1e4]))
def test_lines(pairs, tolerance_m):
    alone = [compare_lines([pair], tolerance_m=tolerance_m)[0] for pair in pairs]
    assert compare_lines(pairs, tolerance_m=tolerance_m) == alone


@LAW
@given(pairs_of(RINGS, area))
def test_areas(pairs):
    alone = [compare_areas([pair], tolerance_m=TOLERANCE_M)[0] for pair in pairs]
    assert compare_areas(pairs, tolerance_m=TOLERANCE_M) == alone


def zigzag(number, vertices):
    """Return a line that no other number has, and one beside it."""
    east = [(20 * i, 30 * math.sin(i * number)) for i in range(vertices)]
    return LineString(drawn(east)), LineString(drawn([(x, y + number) for x, y in east]))


def test_no_pairs_at_all():
    assert compare_lines([], tolerance_m=25) == []
    assert compare_areas([], tolerance_m=25) == []
    assert measure([], tolerance_m=25) == []


@pytest.mark.long
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
        compare_lines(pairs[:2], tolerance_m=25)
    found = measure(pairs, tolerance_m=25)
    assert [i for i, one in enumerate(found) if one is None] == [1, 4]
    assert found == [measure([pair], tolerance_m=25)[0] for pair in pairs]
    assert found[3].geometry_class == "reshaped"
    assert found[5].geometry_class == "revertexed"
