"""Areas that touch: near a seam between them it is as sure to be inside as far from any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pkzone.tagging.areas import ANSWERS, INSIDE, Areas
from pkzone.tagging.geometries import shape_tags
from pkzone.tagging.layer_index import AreaIndex
from tests.helpers import tag_oracle as oracle

M = 1 / 110_946.3  # degrees of latitude at 39 N (geographiclib), whole metres within a decimetre


def areas_of(shapes: Sequence[Any], uncertainty_m: Sequence[float]) -> Areas:
    names = tuple(map(str, range(len(shapes))))
    return Areas(AreaIndex(names, tuple(shapes), tuple(uncertainty_m)))


def answers(areas: Areas, *places: tuple[float, float]) -> list[str]:
    """Return what is said of places, the same with distances and without."""
    lon, lat = np.array(places).T
    found = areas.tags(lon, lat)
    quick, feature = areas.answers(lon, lat)
    assert quick.tolist() == found.answer.tolist()
    assert ((feature >= 0) | (quick != INSIDE)).all()
    return [ANSWERS[one] for one in found.answer]


SOUTH, NORTH = shapely.box(46, 39, 47, 39.2), shapely.box(46, 39.2, 47, 39.4)
SEAM = [(46.5, 39.2 + away_m * M) for away_m in (-900, -10, -0.01, 0, 0.01, 10, 900)]


@pytest.mark.parametrize(
    ("north", "what"),
    [
        (NORTH, "one edge"),
        (shapely.box(46, 39.200001, 47, 39.4), "a gap of one step of six decimals"),
        (shapely.box(46, 39.199999, 47, 39.4), "as much too much"),
        (shapely.box(46, 39.1, 47, 39.4), "a wide overlap"),
        (shapely.box(45.5, 39.2, 46.7, 39.4), "a longer edge"),
        (
            shapely.Polygon(
                [
                    (46, 39.2),
                    (46.3, 39.199999),
                    (46.71, 39.200001),
                    (47, 39.2),
                    (47, 39.4),
                    (46, 39.4),
                ]
            ),
            "vertices where the other has none",
        ),
    ],
)
def test_along_a_seam_it_is_inside(north: shapely.Geometry, what: str) -> None:
    areas = areas_of([SOUTH, north], [1000, 1000])
    assert answers(areas, *SEAM) == ["inside"] * len(SEAM), what
    # but not where the seam meets the outer border, nor along that
    near = [(46.5, 39 + 900 * M), (46.5, 39 - 900 * M), (46.5, 39.4 - 900 * M), (46.001, 39.195)]
    assert answers(areas, *near) == ["uncertain"] * 4
    assert answers(areas, (46.5, 39 + 1100 * M), (46.5, 39 - 1100 * M)) == ["inside", "outside"]
    across = shapely.LineString([(46.5, 39.1), (46.5, 39.3)])
    along = shapely.LineString([(46.2, 39.2003), (46.6, 39.2003)])
    found = shape_tags(areas, np.array([across, along]), distances=False)
    assert [ANSWERS[one] for one in found.answer] == ["inside", "inside"]


def test_a_real_gap_is_no_seam() -> None:
    areas = areas_of([SOUTH, shapely.box(46, 39.2 + 10 * M, 47, 39.4)], [1000, 1000])
    places = [(46.5, 39.2 + away_m * M) for away_m in (-10, 5, 20)]
    assert answers(areas, *places) == ["uncertain"] * 3


def test_each_stretch_of_the_outer_border_counts_with_its_own_uncertainty() -> None:
    areas = areas_of([SOUTH, NORTH], [1000, 5000])
    assert answers(areas, *SEAM) == ["inside"] * len(SEAM)
    west = [(46 + 3000 * M / 0.7771, 39.2 + away_m * M) for away_m in (-1500, -900, 900)]
    # 3 km from the western border, deep enough in the south, nearer than that to the north's
    assert answers(areas, *west) == ["inside", "uncertain", "uncertain"]


def test_an_area_that_fills_a_hole() -> None:
    hole = [(46.4, 39.1), (46.6, 39.1), (46.6, 39.3), (46.4, 39.3)]
    ring = shapely.Polygon([(46, 39), (47, 39), (47, 39.4), (46, 39.4)], [hole])
    filled = areas_of([ring, shapely.Polygon(hole)], [2000, 9000])
    places = [(46.5, 39.2), (46.401, 39.2), (46.399, 39.2), (46.4, 39.1), (46.5, 39.1)]
    assert answers(filled, *places) == ["inside"] * 5
    assert answers(areas_of([ring], [2000]), *places[1:4]) == ["uncertain"] * 3


def test_without_uncertainty_a_seam_is_inside_and_the_border_is_not() -> None:
    areas = areas_of([SOUTH, NORTH], [0, 0])
    places = [*SEAM, (46.5, 39.4 + M), (46.5, 39.4 - M)]
    assert answers(areas, *places) == ["inside"] * len(SEAM) + ["outside", "inside"]


def test_across_the_antimeridian() -> None:
    east, west = shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)
    areas = areas_of([east, west], [1000, 1000])
    places = [(180.0, 0.0), (-180.0, 0.5), (179.999, 0.0), (-179.999, 0.0)]
    assert answers(areas, *places) == ["inside"] * 4
    assert answers(areas, (180.0, 0.995), (179.001, 0)) == ["uncertain"] * 2


@st.composite
def parted(draw: st.DrawFn) -> list[shapely.Geometry]:
    """A rectangle cut into rectangles, and drawn in six decimals that are off by up to one step."""
    boxes = [(46.0, 39.0, 47.0, 39.5)]
    for _ in range(draw(st.integers(1, 5))):
        number = draw(st.integers(0, len(boxes) - 1))
        west, south, east, north = boxes.pop(number)
        share = draw(st.sampled_from([0.25, 0.3333333, 0.5, 0.7]))
        if draw(st.booleans()):
            at = west + share * (east - west)
            boxes += [(west, south, at, north), (at, south, east, north)]
        else:
            at = south + share * (north - south)
            boxes += [(west, south, east, at), (west, at, east, north)]
    step = st.sampled_from([-1e-6, 0.0, 0.0, 1e-6])

    def drawn(edge: float) -> float:
        return round(edge + draw(step), 6)

    return [shapely.box(*map(drawn, one)) for one in boxes]


@settings(max_examples=40, deadline=None)
@given(parted(), st.sampled_from([0.0, 300.0, 2000.0]), st.data())
def test_a_rectangle_in_parts_answers_as_the_whole(
    parts: list[shapely.Geometry], uncertainty_m: float, data: st.DataObject
) -> None:
    vertices = [tuple(at) for at in shapely.get_coordinates(parts).tolist()]
    away = st.floats(-0.03, 0.03) | st.floats(-1e-5, 1e-5)
    near = st.builds(lambda at, x, y: (at[0] + x, at[1] + y), st.sampled_from(vertices), away, away)
    places = data.draw(st.lists(near, min_size=1, max_size=5))
    whole = shapely.geometry.mapping(shapely.box(46.0, 39.0, 47.0, 39.5))
    feature = {"id": "whole", "properties": {"uncertainty_m": uncertainty_m}, "geometry": whole}
    found = answers(areas_of(parts, [uncertainty_m] * len(parts)), *places)
    for place, answer in zip(places, found, strict=True):
        (seen,) = oracle.borders(place, [feature])
        if abs(seen.border_m - uncertainty_m) > 2 + 1e-3 * uncertainty_m:
            assert answer == oracle.answer([seen])
