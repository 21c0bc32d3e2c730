"""The nearest of many places anywhere on earth, held against the geodesics to all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from pkzone.geo.nearest import DensifiedSegments, Nearest

EARTH = Geod(ellps="WGS84")
RNG = np.random.default_rng(20)


def around(lon: float, lat: float, spread: float, count: int) -> Any:
    return np.array([lon, lat]) + RNG.uniform(-spread, spread, (count, 2))


def over_the_globe(count: int) -> Any:
    return RNG.uniform((-180, -90), (180, 90), (count, 2))


SCATTERED = over_the_globe(30_000)  # so many that there are clusters of clusters
TOWN = around(46.7, 39.9, 0.5, 300)


@pytest.mark.parametrize(
    ("points", "places"),
    [
        (SCATTERED, over_the_globe(20)),
        (SCATTERED, SCATTERED[:5] + 1e-7),
        (TOWN, around(46.7, 39.9, 1.0, 50)),
        (TOWN, over_the_globe(100)),
        (TOWN, around(46.7 - 180, -39.9, 3.0, 100)),
        (TOWN, np.array([[0.0, 90.0], [77.0, -90.0], [180.0, 0.0], [-180.0, 0.0]])),
    ],
    ids=["globe", "at-places", "near", "far", "antipode", "poles-and-antimeridian"],
)
def test_no_place_is_nearer(points: Any, places: Any) -> None:
    found = Nearest(DensifiedSegments.of(points, points)).find(*places.T)
    for (lon, lat), piece, distance_m in zip(places, found.piece, found.distance_m, strict=True):
        all_m = EARTH.inv(*np.broadcast_to([[lon], [lat]], (2, len(points))), *points.T)[2]
        assert distance_m == pytest.approx(all_m.min(), rel=1e-3, abs=1e-3)
        assert distance_m == pytest.approx(all_m[piece], rel=1e-12, abs=1e-4)


def test_long_edges_are_straight_in_degrees() -> None:
    """An edge along a parallel: the geodesic between its ends runs far to the north of it."""
    edge = np.array([[0.0, 60.0]]), np.array([[60.0, 60.0]])
    found = Nearest(DensifiedSegments.of(*edge)).find(
        np.array([30.0, 30.0]), np.array([60.0, 61.0])
    )
    along_the_meridian_m = EARTH.inv(30, 60, 30, 61)[2]
    assert found.distance_m == pytest.approx([0.0, along_the_meridian_m], rel=1e-3, abs=0.01)
