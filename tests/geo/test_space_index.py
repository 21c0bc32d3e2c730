"""The grid and the tree of segments against all distances, wherever on earth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkzone.geo.measure import geocentric_m
from pkzone.geo.space_index import SegmentIndex

Array = npt.NDArray[np.float64]


def all_distances_m(start: Array, end: Array, here: Array) -> Array:
    """Return the distances from places to segments of space, shape (places, segments)."""
    start, end, points = map(geocentric_m, (start, end, here))
    way = end - start
    away = points[:, None] - start
    along = np.einsum("psi,si->ps", away, way)
    share = np.clip(along / np.maximum((way**2).sum(axis=1), 1e-30), 0.0, 1.0)
    return np.linalg.norm(away - share[..., None] * way, axis=2)


CORNERS = [(46.7, 39.9), (179.95, 0.0), (-179.99, 65.0), (12.0, 89.8), (0.0, -89.99), (0.0, 0.0)]


@st.composite
def segments(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Segments around a place, points among them, and places to ask about: near, far, on them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = 10.0 ** draw(st.integers(-3, 1))
    corner = np.array(draw(st.sampled_from(CORNERS)))
    count = draw(st.sampled_from([1, 2, 30, 200]))
    low, high = np.maximum(corner - spread, (-1000, -90)), np.minimum(corner + spread, (1000, 90))
    start = rng.uniform(low, high, (count, 2))
    end = start + rng.normal(0, spread * draw(st.sampled_from([0.0, 0.01, 0.3])), (count, 2))
    end[:, 1] = end[:, 1].clip(-90, 90)
    near = rng.uniform(low - spread, high + spread, (3000, 2))
    near[:, 1] = near[:, 1].clip(-90, 90)
    here = np.concatenate([near, start, rng.uniform((-180, -90), (180, 90), (30, 2))])
    here[:, 0] = (here[:, 0] + 180.0) % 360.0 - 180.0
    return start, end, here


@settings(max_examples=25, deadline=None)
@given(segments())
def test_none_is_nearer(table: tuple[Array, Array, Array]) -> None:
    start, end, here = table
    index, points = SegmentIndex(start, end), geocentric_m(here)
    expected = all_distances_m(start, end, here)
    for _ in range(3):  # each time in a finer grid
        segment, share = index.nearest(here, points)
        row = np.arange(len(here))
        assert expected[row, segment] == pytest.approx(expected.min(axis=1), abs=1e-6)
        ends = geocentric_m(start[segment]), geocentric_m(end[segment])
        place = ends[0] + share[:, None] * (ends[1] - ends[0])
        away = np.linalg.norm(points - place, axis=1)
        assert away == pytest.approx(expected.min(axis=1), abs=1e-6)


def grid_of(rows: int) -> Any:
    """Return 400 segments along a wave and so many places around them."""
    x = np.linspace(46.0, 47.0, 401)
    wave = np.column_stack([x, 39.5 + 0.3 * np.sin(9 * x)])
    here = np.random.default_rng(3).uniform((45.5, 38.9), (47.5, 40.1), (rows, 2))
    return wave[:-1], wave[1:], here


def test_a_finer_grid_says_the_same() -> None:
    start, end, here = grid_of(40_000)
    index, points = SegmentIndex(start, end), geocentric_m(here)
    first = SegmentIndex(start, end).nearest(here[:50], points[:50])
    index.nearest(here, points)
    for one, other in zip(index.nearest(here[:50], points[:50]), first, strict=True):
        assert one.tolist() == other.tolist()


def test_of_equals_the_first() -> None:
    start, end, here = grid_of(20_000)
    twice = SegmentIndex(np.tile(start, (2, 1)), np.tile(end, (2, 1)))
    for _ in range(2):
        assert twice.nearest(here, geocentric_m(here))[0].max() < len(start)


def test_threads_refine_one_grid() -> None:
    start, end, here = grid_of(10_000)
    points = geocentric_m(here)
    expected = SegmentIndex(start, end).nearest(here, points)[0].tolist()
    index = SegmentIndex(start, end)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: index.nearest(here, points)[0].tolist(), range(8)))
    assert found == [expected] * 8
