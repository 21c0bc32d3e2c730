"""Features whose geometries are given as shapes: the same bytes and refusals as one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import GeoJSONError
from pkzone.geo.convert import geojson_of, shapes_of
from pkzone.geojson.model import Feature
from pkzone.geojson.writer import dumps
from tests.helpers import geojson_strategies as gs


def written(write: Callable[[], bytes]) -> bytes | tuple[type, str]:
    try:
        return write()
    except GeoJSONError as error:
        return type(error), str(error)


def both_ways(shapes: Any, ids: list[Any]) -> list[Any]:
    """Return what is written of shapes all together, and of their geometries one by one."""
    plain = [None if one is None else geojson_of(one) for one in shapes]
    single = [Feature(i, {"n": 1}, geometry) for i, geometry in zip(ids, plain, strict=True)]
    bare = [Feature(i, {"n": 1}, None) for i in ids]
    return [written(lambda: dumps(single)), written(lambda: dumps(bare, shapes=shapes))]


@given(st.lists(gs.GEOMETRIES | st.none(), max_size=5), st.booleans())
def test_shapes_are_written_as_their_geometries_are(geometries: list[Any], named: bool) -> None:
    ids: list[Any] = list(range(len(geometries))) if named else [None] * len(geometries)
    together, single = both_ways(shapes_of(geometries), ids)
    assert together == single


@pytest.mark.parametrize(
    "wkt",
    [
        "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))",  # crosses itself
        "POLYGON ((0 0, 1e-8 0, 1e-8 1e-8, 0 0))",  # collapses
        "POLYGON Z ((0 0 0.0001, 1 0 1, 1 1 1, 0 0 0.0002))",  # is not closed in height
        "LINESTRING (1 1, 1 1)",
        "LINESTRING (1 1, 1.00000001 1)",
        "POINT (1 95)",
        "POINT Z (1 5 Inf)",
    ],
)
def test_a_shape_that_is_not_sound_is_refused_in_the_same_words(wkt: str) -> None:
    together, single = both_ways(shapely.from_wkt(np.array(["POINT (0 0)", wkt])), ["a", "b"])
    assert together == single
    assert isinstance(single, tuple)
