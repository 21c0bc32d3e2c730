"""Features that lie where they hardly can, by the version before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from pkzone.checks.displaced import displaced
from pkzone.geojson import Feature
from pkzone.layers.model import Version
from tests.helpers.small_features import box, line, one, point

GEOD = Geod(ellps="WGS84")
Geometry = dict[str, Any]


def version(*features: Feature) -> Version:
    """As much of a version as the rule looks at: its name, and the box of its positions."""
    positions = [at for each in features if each.geometry for at in _positions(each.geometry)]
    lons, lats = zip(*positions, strict=True) if positions else ((), ())
    bbox = (min(lons), min(lats), max(lons), max(lats)) if positions else None
    return Version.of(layer="line", id="2024-05-01", bbox=bbox)


def _positions(geometry: Geometry) -> list[list[float]]:
    found = geometry["coordinates"]
    while found and isinstance(found[0], list) and isinstance(found[0][0], list):
        found = [at for part in found for at in part]
    return found if isinstance(found[0], list) else [found]


def swapped(feature: Feature) -> Feature:
    def turned(value: Any) -> Any:
        return [value[1], value[0]] if isinstance(value[0], int | float) else [*map(turned, value)]

    geometry = feature.geometry
    return (
        feature
        if geometry is None
        else replace(feature, geometry={**geometry, "coordinates": turned(geometry["coordinates"])})
    )


def told(before: list[Feature], after: list[Feature]) -> list[tuple[str, str | None]]:
    return [(each.code, each.feature) for each in displaced(before, after, version(*before))]


# Two posts on the equator, 1 degree or 111.32 km apart: so wide is the layer.
WEST, EAST = one("west", point(20, 0)), one("east", point(21, 0))


@pytest.mark.parametrize(
    ("lon", "found"),
    [(20.0, []), (20.99, []), (21.01, [("far-move", "west")]), (18.99, [("far-move", "west")])],
)
def test_a_move_is_far_beyond_the_width_of_the_layer(lon: float, found: list[Any]) -> None:
    assert told([WEST, EAST], [one("west", point(lon, 0)), EAST]) == found


def test_a_small_layer_is_taken_as_10_km_wide() -> None:
    before = [one("a", point(20, 0)), one("b", point(20.001, 0))]
    for lon, found in ((20.089, []), (20.091, [("far-move", "a")])):  # 9.91 and 10.13 km
        assert told(before, [one("a", point(lon, 0)), before[1]]) == found


def test_the_message_names_the_distances_and_what_to_look_at() -> None:
    before = [one("a", point(46.5, 39.5)), one("b", point(46.6, 39.5))]
    (found,) = displaced(before, [one("a", point(44.5, 40.2)), before[1]], version(*before))
    away_km = GEOD.inv(46.5, 39.5, 44.5, 40.2)[2] / 1000
    wide_km = GEOD.inv(46.5, 39.5, 46.6, 39.5)[2] / 1000
    assert found.message == (
        f"geometry lies {away_km:.0f} km from where it was in line@2024-05-01, farther than the "
        f"layer is wide ({wide_km:.1f} km); look at its coordinates and its id"
    )


def test_a_swapped_feature_is_told_with_both_distances() -> None:
    before = [one("a", line((46.5, 39.5), (46.6, 39.6))), one("b", point(46.8, 39.9))]
    edited = one("a", line((46.5, 39.5), (46.6, 39.602)))
    (found,) = displaced(before, [swapped(edited), before[1]], version(*before))
    away_km = GEOD.inv(46.55, 39.55, 39.551, 46.55)[2] / 1000
    left_m = GEOD.inv(46.55, 39.55, 46.55, 39.551)[2]
    assert (found.code, found.feature) == ("swapped-feature", "a")
    assert found.message == (
        f"geometry lies {away_km:.0f} km from where it was in line@2024-05-01, and {left_m:.0f} m "
        "with longitude and latitude exchanged; exchange the two numbers of every position"
    )


def test_all_features_are_told_of_once() -> None:
    before = [one("a", point(46.5, 39.5)), one("b", point(46.6, 39.6)), one("c", None)]
    (found,) = displaced(before, [*map(swapped, before)], version(*before))
    assert (found.code, found.feature) == ("swapped-feature", None)
    assert found.message.startswith("the geometry of all 2 features lies 9")
    far = [one("a", point(6.5, 9.5)), one("b", point(6.6, 9.6)), before[2]]
    assert told(before, far) == [("far-move", None)]
    # One that stays, among those that are left out as they are the same: no longer all.
    (found, other) = displaced(before, [*map(swapped, before)], version(*before), unchanged=1)
    assert (found.feature, other.feature) == ("a", "b")


@pytest.mark.parametrize("label", [None, "new"])
def test_without_a_common_id_the_files_are_compared(label: str | None) -> None:
    before = [one("a", box(46.5, 39.5, 46.9, 39.9)), one("b", point(46.6, 39.6))]
    new = [one(label, box(46.5, 39.51, 46.9, 39.9))]
    assert told(before, new) == []
    assert told(before, [*map(swapped, new)]) == [("swapped-feature", None)]
    assert told(before, [one(label, point(6.5, 9.5))]) == [("far-move", None)]


def test_where_longitude_and_latitude_are_nearly_the_same() -> None:
    """At Antakya, 36.16 E 36.20 N, a swap is a move of 5.7 km."""
    before = [one("a", line((36.16, 36.2), (36.18, 36.24))), one("b", point(37, 36))]
    assert told(before, [swapped(before[0]), before[1]]) == [("swapped-feature", "a")]
    moved = one("a", line((36.2, 36.2), (36.22, 36.24)))
    assert told(before, [moved, before[1]]) == []


def test_growing_is_no_move() -> None:
    before = [one("a", box(46.5, 39.5, 46.6, 39.6))]
    assert told(before, [one("a", box(46.4, 39.4, 46.7, 39.7))]) == []
    assert told(before, [one("a", box(46.0, 39.0, 47.1, 40.1))]) == []


def test_what_lies_nowhere_or_round_the_globe_is_left_out() -> None:
    assert told([one("a", None)], [one("a", point(46, 39))]) == []
    assert told([one("a", point(46, 39))], [one("a", None)]) == []
    assert told([one("a", point(46, 39))], []) == []
    assert told([], [one("a", point(46, 39))]) == []
    fiji = {"type": "MultiPoint", "coordinates": [[179.9, -17.0], [-179.9, -17.0]]}
    assert told([one("a", point(179.8, -17)), EAST], [one("a", fiji), EAST]) == []


def test_a_longitude_beyond_90_is_no_latitude() -> None:
    before = [one("a", point(40, 30)), one("b", point(41, 30))]
    assert told(before, [one("a", point(120, 35)), before[1]]) == [("far-move", "a")]


LONLATS = st.tuples(st.integers(-80, 80), st.integers(-80, 80))


@given(st.lists(LONLATS, min_size=2, max_size=8))
def test_a_version_fits_itself_and_swapped_it_does_not(places: list[tuple[int, int]]) -> None:
    before = [one(str(i), point(*place)) for i, place in enumerate(places)]
    assert told(before, before) == []
    turned = {i for i, (lon, lat) in enumerate(places) if lon != lat}
    found = told(before, [*map(swapped, before)])
    if len(turned) == len(places):
        assert found == [("swapped-feature", None)]
    else:
        assert found == [("swapped-feature", str(i)) for i in sorted(turned)]
