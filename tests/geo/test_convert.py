"""Shapes made together are those that shapely makes one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape as plain_shape

from pkzone.geo.convert import shape, shapes_of, without_gaps
from tests.helpers.geojson_strategies import GEOMETRIES

SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


def geometry(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


@given(st.lists(st.none() | GEOMETRIES, max_size=8))
def test_one_by_one_and_together(drawn: list[dict[str, Any] | None]) -> None:
    wanted = [None if one is None else plain_shape(one) for one in drawn]
    found = shapes_of(drawn)
    assert [one is None for one in found] == [one is None for one in wanted]
    for mine, other in zip(found, wanted, strict=True):
        if other is not None and mine is not None:
            assert mine.geom_type == other.geom_type
            assert shapely.to_wkb(mine) == shapely.to_wkb(other)


def test_several_types_are_made() -> None:
    found = shapes_of(
        [
            geometry("Point", [1, 2]),
            None,
            geometry("LineString", [[1, 2, 3], [3, 4, 5]]),
            geometry("Polygon", SQUARE),
            geometry("Point", [180, -90]),
        ]
    )
    assert [one and one.wkt for one in found] == [
        "POINT (1 2)",
        None,
        "LINESTRING Z (1 2 3, 3 4 5)",
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "POINT (180 -90)",
    ]


@pytest.mark.parametrize(
    ("geometry", "wkt"),
    [
        (
            {"type": "LineString", "coordinates": [[1, 2, 3], [3, 4]]},
            "LINESTRING Z (1 2 3, 3 4 {gap})",
        ),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0, 7], [1, 1], [0, 0]]]},
            "POLYGON Z ((0 0 {gap}, 1 0 7, 1 1 {gap}, 0 0 {gap}))",
        ),
        (
            {"type": "MultiPoint", "coordinates": [[0, 0, 1], [1, 0]]},
            "MULTIPOINT Z ((0 0 1), (1 0 {gap}))",
        ),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "LINESTRING (1 2, 3 4)"),
    ],
)
def test_a_height_here_and_there(geometry: dict[str, Any], wkt: str) -> None:
    assert shapely.to_wkt(shape(geometry)) == wkt.format(gap="NaN")
    [filled] = without_gaps(np.array([shape(geometry)], dtype=object))
    assert shapely.to_wkt(filled) == wkt.format(gap="0")
