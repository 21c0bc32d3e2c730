"""Areas anywhere on earth, in batches with records of any kind: laws that hold for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pkzone.tagging.areas import ANSWERS, INSIDE, OUTSIDE, Areas
from pkzone.tagging.engine import Tagger
from pkzone.tagging.geometries import Lines, shape_tags
from pkzone.tagging.layer_index import AreaIndex, LineIndex
from tests.helpers import tag_oracle as oracle

UNCERTAINTY_M = 5_000.0


def index_of(*shapes: shapely.Geometry) -> Areas:
    names = tuple(map(str, range(len(shapes))))
    return Areas(AreaIndex(names, shapes, (UNCERTAINTY_M,) * len(shapes)))


@dataclass(frozen=True)
class Ground:
    """An area, the lines that bound it, and what tells whether a place is in it."""

    shape: shapely.Geometry
    border: list[list[tuple[float, float]]]
    holds: Callable[[float, float], bool]


PARALLELS = [*range(-180, 181, 20)]
GROUNDS = {
    "across the antimeridian": Ground(
        shapely.MultiPolygon([shapely.box(178, -3, 180, 3), shapely.box(-180, -3, -179, 3)]),
        [
            [(180, 3), (178, 3), (178, -3), (180, -3)],
            [(-180, 3), (-179, 3), (-179, -3), (-180, -3)],
        ],
        lambda lon, lat: abs(lat) < 3 and (lon > 178 or lon < -179),
    ),
    "around the pole": Ground(
        shapely.Polygon([*((lon, 80) for lon in PARALLELS), (180, 90), (-180, 90)]),
        [[(lon, 80) for lon in PARALLELS]],
        lambda lon, lat: lat > 80,
    ),
    "a band around the earth": Ground(
        shapely.box(-180, -10, 180, 10),
        [[(lon, lat) for lon in PARALLELS] for lat in (-10, 10)],
        lambda lon, lat: abs(lat) < 10,
    ),
    "beside the south pole": Ground(
        shapely.box(10, -89, 40, -85),
        [[(10, -89), (40, -89), (40, -85), (10, -85), (10, -89)]],
        lambda lon, lat: 10 < lon < 40 and -89 < lat < -85,
    ),
}
LONGITUDES = st.one_of(
    st.floats(-180, 180), st.sampled_from([180.0, -180.0, 179.9999, -179.9, 0.0, 12.0])
)
LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from([90.0, -90.0, 80.01, -87.0, 2.99, 0.0]))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(GROUNDS)), LONGITUDES, LATITUDES)
def test_distances_to_a_border_anywhere(name: str, lon: float, lat: float) -> None:
    ground = GROUNDS[name]
    expected_m = oracle.to_lines_m((lon, lat), ground.border)[0]
    areas = index_of(ground.shape)
    found = areas.tags(np.array([lon]), np.array([lat]))
    if expected_m > 0.02:
        sign = -1 if ground.holds(lon, lat) else 1
        assert found.border_m[0] == pytest.approx(sign * expected_m, rel=1e-3, abs=0.011)
    if abs(expected_m - UNCERTAINTY_M) > 1e-3 * UNCERTAINTY_M:
        sure = INSIDE if ground.holds(lon, lat) else OUTSIDE
        answer = sure if expected_m > UNCERTAINTY_M else ANSWERS.index("uncertain")
        assert found.answer.tolist() == [answer]
        assert areas.answers(np.array([lon]), np.array([lat]))[0].tolist() == [answer]


SHAPES = st.one_of(
    st.builds(
        lambda x, y, size: shapely.box(x, y, x + size, y + size),
        *(st.floats(45, 48), st.floats(38, 41), st.floats(0.001, 1.0)),
    ),
    st.builds(
        lambda x, y, dx, dy: shapely.LineString([(x, y), (x + dx, y + dy), (x, y + 0.3)]),
        *(st.floats(45, 48), st.floats(38, 41), st.floats(-1, 1), st.floats(-0.5, 0.5)),
    ),
    st.builds(
        lambda x, y: shapely.MultiPoint([(x, y), (y, x)]), st.floats(38, 48), st.floats(38, 48)
    ),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(SHAPES, max_size=8))
def test_records_of_a_batch_do_not_touch_each_other(shapes: list[shapely.Geometry]) -> None:
    areas = index_of(
        shapely.box(46, 39, 46.6, 39.6), shapely.box(46.4, 39.4, 47, 40), shapely.box(60, 0, 61, 1)
    )
    records = np.empty(len(shapes), dtype=object)
    records[:] = shapes
    together = shape_tags(areas, records, distances=True)
    for row in range(len(shapes)):
        alone = shape_tags(areas, records[row : row + 1], distances=True)
        for part in ("answer", "feature", "border_m", "share"):
            assert getattr(together, part)[row] == getattr(alone, part)[0]


BAD = st.sampled_from([math.nan, math.inf, -math.inf, 181.0, -1e300])
CELLS = st.tuples(
    st.one_of(st.floats(45, 48), BAD),
    st.one_of(st.floats(38, 41), BAD),
    st.sampled_from(["2022-09-01", "2019-01-01", "2024-06-12", "NaT"]),
)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.of()


@settings(max_examples=25, deadline=None)
@given(st.lists(CELLS, max_size=12))
def test_bad_records_are_null_and_leave_others_alone(tagger: Tagger, table: list[Any]) -> None:
    lon, lat = (np.array([row[axis] for row in table], dtype=float) for axis in (0, 1))
    day = np.array([row[2] for row in table], "datetime64[D]")
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ~np.isnat(day)
    together = tagger.points(lon, lat, day)
    apart = tagger.points(lon[good], lat[good], day[good])
    for name, kind in tagger.kinds.items():
        whole, part = (
            one[name].codes if kind == "text" else one[name] for one in (together, apart)
        )
        assert np.array_equal(whole[good], part, equal_nan=kind == "number")
        nulls = whole[~good]
        assert (np.isnan(nulls) if kind == "number" else nulls == -1).all()


def test_a_version_without_anything_is_far_from_all() -> None:
    lon, lat = np.array([0.0, 180.0]), np.array([90.0, 0.0])
    nothing = Areas(AreaIndex((), (), ())).tags(lon, lat)
    assert (nothing.answer.tolist(), nothing.feature.tolist()) == ([OUTSIDE] * 2, [-1] * 2)
    assert np.isnan(nothing.border_m).all()
    lines = Lines(LineIndex((), (), (), (), (), np.empty((0, 2)), ())).tags(lon, lat)
    assert lines.feature.tolist() == [-1, -1]
    assert np.isnan(lines.distance_m).all()
