"""Two lines compared: an oracle by brute force, and laws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import (
    LineString,
)

from pkzone.errors import TooWide
from pkzone.geo import lines
from tests.helpers.compared_lines import (
    EQUATOR,
    TOLERANCE_M,
    compare,
    compare_two,
    drawn,
    kinds,
    lengths,
    line,
)
from tests.helpers.geo_ground import PLACES, brute_distances_m, inverse_m, steps

LAW = settings(max_examples=40, deadline=None)


# --- an oracle: the same shape in plain metres, sampled every few centimetres ------------------

XYS = st.tuples(st.integers(-400, 400), st.integers(-400, 400))
SHAPES = st.lists(XYS, min_size=2, max_size=6).filter(lambda points: len(set(points)) > 1)


@LAW
@given(SHAPES, SHAPES)
def test_offsets_and_lengths_are_those_of_brute_force(base, target):
    found = compare(base, target)
    there = brute_distances_m(steps(base, 0.5), target)
    back = brute_distances_m(steps(target, 0.5), base)
    farthest = max(there.max(), back.max())
    assert found.hausdorff_m == pytest.approx(farthest, abs=0.4)
    weights = [len(there) - 1, len(back) - 1]
    mean = np.average([there.mean(), back.mean()], weights=weights)
    assert found.mean_offset_m == pytest.approx(mean, rel=0.03, abs=0.5)
    for measured, offsets, shape in (
        (found.kept_m, there, base),
        (found.kept_target_m, back, target),
    ):
        if shortest_run(offsets < TOLERANCE_M) < 6:  # 3 m: no sliver that may have been merged
            continue
        length = lengths(shape)
        least = length * (offsets < TOLERANCE_M - 0.1).mean()
        most = length * (offsets < TOLERANCE_M + 0.1).mean()
        slack = 0.5 * (len(found.sections) + len(shape))
        assert least - slack <= measured <= most + slack


def shortest_run(mask):
    """Return how many samples the shortest run of equal ones has."""
    ends = np.flatnonzero(np.diff(mask)) + 1
    return np.diff([0, *ends, len(mask)]).min()


def discrete_frechet_m(a, b):
    """The recurrence of Eiter and Mannila (1994), written out."""
    apart = np.linalg.norm(a[:, None] - b[None, :], axis=2)
    reach = np.full(apart.shape, np.inf)
    for i, j in np.ndindex(apart.shape):
        before = [reach[i - 1, j]] if i else []
        before += [reach[i, j - 1]] if j else []
        before += [reach[i - 1, j - 1]] if i and j else []
        reach[i, j] = max(apart[i, j], min(before, default=0.0))
    return float(reach[-1, -1])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(XYS, min_size=2, max_size=4, unique=True),
    st.lists(XYS, min_size=2, max_size=4, unique=True),
)
def test_frechet_is_bounded_by_a_denser_one(base, target):
    found = compare(base, target).frechet_m
    spacing = 12.0
    dense = discrete_frechet_m(steps(base, spacing), steps(target, spacing))
    # dense is too large by at most its spacing; found by at most a 128th of the longer line
    most_off = max(lengths(base), lengths(target)) / 128
    assert dense - spacing - 0.2 <= found <= dense + most_off + 0.2


def wandering(sizes):
    """Return walks of random steps, one of each size."""
    random = np.random.default_rng(sum(sizes))
    return [random.normal(size=(size, 2)).cumsum(axis=0) for size in sizes]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=5))
def test_walks_of_any_length_are_coupled_together(sizes):
    pairs = [tuple(sorted(wandering(pair), key=len, reverse=True)) for pair in sizes]
    expected = [discrete_frechet_m(*pair) for pair in pairs]
    assert lines._coupled_m(pairs) == pytest.approx(expected, rel=1e-12)


def bends(count, side_m=0.0):
    """Return a road with so many vertices, 20 m from one to the next and up to 9 m aside."""
    random = np.random.default_rng(count)
    aside = side_m + random.uniform(-9, 9, count)
    return list(zip((20.0 * np.arange(count)).tolist(), aside.tolist(), strict=True))


@pytest.mark.parametrize("count", [40, 257, 600, 3000])
def test_frechet_of_a_shifted_line_is_the_shift(count):
    """The starts are as far apart as that, and who walk abreast are never farther."""
    base = bends(count)
    found = compare(base, [(x, y + 33.3) for x, y in base])
    assert found.frechet_m == pytest.approx(33.3, abs=0.05)
    assert found.notices == ()


def test_frechet_of_many_vertices_close_together():
    """Both set out from one place, the one east, the other north, with half a millimetre a step."""
    way = np.arange(2500) * 0.0005
    zero = np.zeros_like(way)
    found = compare(np.column_stack([way, zero]).tolist(), np.column_stack([zero, way]).tolist())
    assert found.frechet_m == pytest.approx(math.sqrt(2) * way[-1], abs=0.005)


def test_frechet_is_left_out_beyond_its_limit():
    found = compare(bends(3001), [(0, 0), (60_000, 0)])
    assert found.frechet_m is None
    assert found.hausdorff_m == pytest.approx(9, abs=0.1)
    assert found.notices == (
        "the Fréchet distance is not computed for lines of more than 3,000 vertices",
    )


# --- laws --------------------------------------------------------------------------------------


@LAW
@given(SHAPES)
def test_a_line_is_its_own_equal(shape):
    found = compare(shape, shape)
    assert found.same_shape
    assert kinds(found) == ["kept"]
    assert found.removed_m == found.added_m == found.length_delta_m == 0
    assert max(found.hausdorff_m, found.mean_offset_m, found.frechet_m) < 1e-6


@LAW
@given(SHAPES, SHAPES, st.floats(0, 500))
def test_sums_and_sections_hold(base, target, tolerance_m):
    found = compare(base, target, tolerance_m)
    assert found.kept_m + found.removed_m == pytest.approx(found.length_base_m, abs=1e-6)
    assert found.kept_target_m + found.added_m == pytest.approx(found.length_target_m, abs=1e-6)
    for kind, total in (
        ("kept", found.kept_m),
        ("removed", found.removed_m),
        ("added", found.added_m),
    ):
        ours = [s for s in found.sections if s.kind == kind]
        assert sum(s.length_m for s in ours) == pytest.approx(total, abs=1e-6)
        assert all(s.length_m == pytest.approx(s.to_m - s.from_m) for s in ours)
        assert all((s.target_from_m is None) == (kind != "kept") for s in ours)
    along = [s for s in found.sections if s.kind != "added"]
    assert along[0].from_m == 0
    assert along[-1].to_m == found.length_base_m
    for before, after in pairwise(along):
        assert before.to_m == pytest.approx(after.from_m, abs=1e-6)


@LAW
@given(SHAPES, SHAPES)
def test_swapping_the_sides_mirrors_the_answer(base, target):
    one, two = compare(base, target), compare(target, base)
    assert (one.kept_m, one.removed_m) == pytest.approx((two.kept_target_m, two.added_m))
    assert (one.kept_target_m, one.added_m) == pytest.approx((two.kept_m, two.removed_m))
    assert one.length_delta_m == pytest.approx(-two.length_delta_m)
    assert one.hausdorff_m == pytest.approx(two.hausdorff_m, abs=0.006)
    assert one.mean_offset_m == pytest.approx(two.mean_offset_m, rel=1e-6)
    assert one.frechet_m == pytest.approx(two.frechet_m, rel=1e-6)
    spans = [(s.from_m, s.to_m) for s in one.sections if s.kind == "removed"]
    assert spans == [
        (s.from_m, s.to_m)
        for s in sorted((s for s in two.sections if s.kind == "added"), key=lambda s: s.from_m)
    ]


@LAW
@given(SHAPES, SHAPES)
def test_the_direction_of_drawing_does_not_matter(base, target):
    one, two = compare(base, target), compare(base, target[::-1])
    assert one.kept_m == pytest.approx(two.kept_m, abs=0.01)
    assert one.kept_target_m == pytest.approx(two.kept_target_m, abs=0.01)
    assert one.hausdorff_m == pytest.approx(two.hausdorff_m, abs=0.006)
    assert one.mean_offset_m == pytest.approx(two.mean_offset_m, rel=0.02, abs=0.02)


@LAW
@given(SHAPES, SHAPES, st.lists(st.tuples(st.integers(0, 4), st.floats(0.01, 0.99)), max_size=5))
def test_vertices_on_the_line_do_not_matter(base, target, inserted):
    places = drawn(base)
    for segment, share in inserted:
        i = segment % (len(places) - 1)
        (x0, y0), (x1, y1) = places[i : i + 2]
        places.insert(i + 1, (x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    more, plain = LineString(places), line(base)
    assert compare_two(plain, more, tolerance_m=0).same_shape
    found = compare_two(more, line(target), tolerance_m=TOLERANCE_M)
    least = compare(base, target, TOLERANCE_M - 0.02)
    most = compare(base, target, TOLERANCE_M + 0.02)
    assert least.kept_m - 0.1 <= found.kept_m <= most.kept_m + 0.1
    assert least.kept_target_m - 0.1 <= found.kept_target_m <= most.kept_target_m + 0.1
    assert found.hausdorff_m == pytest.approx(least.hausdorff_m, abs=0.02)


@LAW
@given(SHAPES, SHAPES, st.floats(0, 300), st.floats(0, 300))
def test_a_larger_tolerance_keeps_more(base, target, one, two):
    small, large = sorted((one, two))
    less, more = compare(base, target, small), compare(base, target, large)
    assert less.kept_m <= more.kept_m + 1e-6
    assert less.kept_target_m <= more.kept_target_m + 1e-6


@LAW
@given(SHAPES, SHAPES, st.sampled_from(sorted(PLACES)))
def test_the_answer_does_not_depend_on_the_place(base, target, name):
    assume(name != "pole")  # straight lines of degrees are circles there
    found = compare(base, target, centre=PLACES[name])
    # segments of 1 km bend by 0.15 m at 80 degrees: the tolerance is widened by twice that
    least, most = compare(base, target, TOLERANCE_M - 0.4), compare(base, target, TOLERANCE_M + 0.4)
    slack = 1 + 1e-3 * found.length_base_m
    assert least.kept_m - slack <= found.kept_m <= most.kept_m + slack
    assert found.length_base_m == pytest.approx(least.length_base_m, rel=1e-6)
    assert found.hausdorff_m == pytest.approx(least.hausdorff_m, rel=1e-3, abs=0.4)
    assert found.mean_offset_m == pytest.approx(least.mean_offset_m, rel=0.03, abs=0.4)


@LAW
@given(SHAPES, SHAPES)
def test_kept_sections_lie_beside_their_stretch_of_the_target(base, target):
    found = compare(base, target)
    kept = [s for s in found.sections if s.kind == "kept"]
    for section in kept:
        low, high = sorted((section.target_from_m, section.target_to_m))
        assert 0 <= low <= high <= found.length_target_m + 1e-9
    places = [place for s in found.sections for place in (s.start, s.end)]
    offsets = {s.kind for s in found.sections}
    assert offsets <= {"kept", "removed", "added"}
    assert all(inverse_m(place, EQUATOR) < 600 for place in places)


EARTH = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=4)


@settings(max_examples=12, deadline=None)
@given(EARTH, EARTH, st.floats(0, 1e6))
def test_lines_anywhere_on_earth_get_an_answer_or_a_clear_refusal(base, target, tolerance_m):
    try:
        found = compare_two(LineString(base), LineString(target), tolerance_m=tolerance_m)
    except TooWide:
        return
    expected = sum(inverse_m(a, b) for a, b in pairwise(base))
    assert found.length_base_m == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert found.kept_m + found.removed_m == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert 0 <= found.mean_offset_m <= found.hausdorff_m + 0.02
    assert found.hausdorff_m <= found.frechet_m
    assert all(-180 <= s.start[0] <= 180 and -90 <= s.start[1] <= 90 for s in found.sections)
