"""Bounds on a diff: conditions, which feature exceeds them, and what was not measured."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

import pkzone
from pkzone.compare.bounds import MEASURES, parse_bound
from pkzone.compare.result import Change, Diff, Evidence, SideInfo
from pkzone.errors import BadOption
from pkzone.geojson import Feature
from tests.helpers.small_features import box, features, line, one, point

# Along a meridian a road is straight in every sense: what geographiclib gives is its length.
LONG_M = Geodesic.WGS84.Inverse(39.0, 46.0, 39.2, 46.0)["s12"]
SHORT_M = Geodesic.WGS84.Inverse(39.0, 46.0, 39.1, 46.0)["s12"]
APART_M = Geodesic.WGS84.Inverse(39.5, 46.5, 39.51, 46.5)["s12"]
BASE = features(
    one("gone", point(40, 40)),
    one("post", point(46.5, 39.5)),
    one("road", line((46, 39), (46, 39.1))),
    one("land", box(47, 39, 47.1, 39.1)),
    one("name", point(41, 41), n=1),
)
TARGET = features(
    one("post", point(46.5, 39.51)),
    one("road", line((46, 39), (46, 39.2))),
    one("land", box(47, 39, 47.1, 39.05)),
    one("name", point(41, 41), n=2),
    one("new", line((48, 39), (48, 39.9))),
    one("newer", box(50, 39, 51, 40)),
)
DIFF = pkzone.diff(BASE, TARGET)


def box_km2(west: float, south: float, east: float, north: float) -> float:
    """Return the area of a box whose edges are geodesics, as pkzone takes them."""
    polygon = Geodesic.WGS84.Polygon()
    for lat, lon in ((south, west), (south, east), (north, east), (north, west)):
        polygon.AddPoint(lat, lon)
    return abs(polygon.Compute()[2]) / 1e6


WHOLE_KM2 = box_km2(47, 39, 47.1, 39.1)
LOST_KM2 = WHOLE_KM2 - box_km2(47, 39, 47.1, 39.05)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("added>1", "added>1: 2 features added"),
        ("added>=2", "added>=2: 2 features added"),
        ("added>2", None),
        ("removed>0", "removed>0: 1 feature removed"),
        ("modified>3", "modified>3: 4 features modified"),
        ("renamed>0", None),
        ("changes>=7", "changes>=7: 7 changes"),
        ("changes>7", None),
        ("length>50%", "length>50%: the length of road changed by 100.0 %"),
        ("length>101%", None),
        ("gained>1m2", None),
        ("area>51%", None),
    ],
)
def test_a_condition_holds_or_not(condition: str, reason: str | None) -> None:
    assert DIFF.exceeds(condition) == ((reason,) if reason else ())


@pytest.mark.parametrize(
    ("measure", "unit", "value", "words"),
    [
        ("moved", "m", LONG_M - SHORT_M, "road moved by"),
        ("moved", "km", (LONG_M - SHORT_M) / 1000, "road moved by"),
        ("length", "m", LONG_M - SHORT_M, "the length of road changed by"),
        ("length", "%", 100 * (LONG_M / SHORT_M - 1), "the length of road changed by"),
        ("area", "km2", LOST_KM2, "the area of land changed by"),
        ("area", "%", 100 * LOST_KM2 / WHOLE_KM2, "the area of land changed by"),
        ("lost", "ha", 100 * LOST_KM2, "land lost"),
        ("lost", "m2", 1e6 * LOST_KM2, "land lost"),
    ],
)
def test_values_are_those_of_geographiclib(
    measure: str, unit: str, value: float, words: str
) -> None:
    """The larger of what came and went counts in nothing but its own measure."""
    [reason] = DIFF.exceeds(f"{measure}>={value * 0.9999:.9f}{unit}")
    shown = re.fullmatch(rf".*: {words} ([0-9,.]+) {unit}(, the most of 2 beyond it)?", reason)
    assert shown is not None, reason
    assert float(shown[1].replace(",", "")) == pytest.approx(value, rel=1e-3)
    assert DIFF.exceeds(f"{measure}>{value * 1.0001:.9f}{unit}") == ()


def test_how_many_are_beyond_is_told() -> None:
    [reason] = DIFF.exceeds(f"moved>={APART_M - 0.01:.2f}m")
    assert reason.endswith(", the most of 3 beyond it")  # the border of the land moved too


def test_all_conditions_that_hold_are_told_in_their_order() -> None:
    found = DIFF.exceeds("removed > 0", "split>0", "moved >= 1 km")
    assert [one.partition(":")[0] for one in found] == ["removed>0", "moved>=1km"]


def test_splits_and_merges_count_as_wholes() -> None:
    whole = features(one("a", line((46, 39), (46, 39.2))))
    parts = features(one("b", line((46, 39), (46, 39.1))), one("c", line((46, 39.1), (46, 39.2))))
    for found, kind in (
        (pkzone.diff(whole, parts), "split"),
        (pkzone.diff(parts, whole), "merged"),
    ):
        assert found.exceeds(f"{kind}>0", "moved>1m", "length>1m") == (
            f"{kind}>0: 1 feature {kind}",
        )


def test_a_share_of_nothing_is_beyond_every_share() -> None:
    found = pkzone.diff(features(one("a", None)), features(one("a", line((46, 39), (46, 39.1)))))
    assert found.exceeds("length>1000000%") == (
        "length>1000000%: the length of a changed by more than any percentage, "
        "as there was none before",
    )
    [reason] = found.exceeds(f"length>{SHORT_M - 1:.3f}m")
    assert float(reason.split()[-2].replace(",", "")) == pytest.approx(SHORT_M, abs=1)


GROUND = box(47, 39, 47.1, 39.1)


def test_ground_that_comes_or_goes_whole_is_gained_or_lost() -> None:
    came = pkzone.diff(features(one("a", None)), features(one("a", GROUND)))
    gone = pkzone.diff(features(one("a", GROUND)), features(one("a", None)))
    for found, does, not_ in ((came, "gained", "lost"), (gone, "lost", "gained")):
        limit = f"{WHOLE_KM2 - 0.01:.6f}km2"
        [reason] = found.exceeds(f"{does}>{limit}", f"{not_}>0m2")
        assert reason.startswith(f"{does}>{limit}: a {does} ")


@pytest.mark.parametrize(
    ("base", "target", "condition"),
    [
        (None, point(46, 39), "moved>1000km"),
        (line((-100, 0), (0, 0)), line((-100, 0), (100, 0)), "length>1000km"),
        (
            {"type": "GeometryCollection", "geometries": [GROUND, point(46, 39)]},
            {"type": "GeometryCollection", "geometries": [GROUND, point(46, 39.5)]},
            "gained>1000km2",
        ),
    ],
)
def test_what_is_not_measured_exceeds_every_bound(base: Any, target: Any, condition: str) -> None:
    found = pkzone.diff(features(one("a", base)), features(one("a", target)))
    assert found.exceeds(condition) == (f"{condition}: the change of a is not measured",)


def test_without_the_evidence_nothing_passes_in_silence() -> None:
    found = pkzone.diff(BASE, TARGET, evidence=False)
    assert found.exceeds("moved>1000km", "added>9", "length>1000%") == (
        "moved>1000km: the change of land is not measured, nor that of 2 more",
        "length>1000%: the change of road is not measured",
    )


def test_what_only_changes_its_properties_is_measured_by_none() -> None:
    found = pkzone.diff(features(one("a", GROUND, n=1)), features(one("a", GROUND, n=2)))
    measured = [
        f"{name}>=0{'km' if name in ('moved', 'length') else 'km2'}" for name in MEASURES[7:]
    ]
    assert len(measured) == 5
    assert found.exceeds(*measured) == ()


def test_labels_cannot_steer_a_terminal() -> None:
    found = pkzone.diff(
        features(one("a\x1b[2J\n", point(46, 39))), features(one("a\x1b[2J\n", point(46, 40)))
    )
    assert found.exceeds("moved>1m")[0].isprintable()


@given(
    st.floats(0, 1e7, allow_subnormal=False),
    st.decimals(0, 10**7, places=6),
    st.sampled_from([">", ">="]),
    st.sampled_from(["m", "km"]),
)
def test_rounding_never_hides_that_a_bound_is_exceeded(
    value_m: float, limit: Decimal, operator: str, unit: str
) -> None:
    moved = Change(
        "a",
        "modified",
        (Feature("a", {}, point(46, 39)),),
        (Feature("a", {}, point(46, 40)),),
        aspects=("geometry",),
        evidence=Evidence(distance_m=value_m),
    )
    side = SideInfo("x")
    found = Diff(side, side, 25.0, (moved,), 0).exceeds(f"moved{operator}{limit:f}{unit}")
    value = Decimal(value_m) / {"m": 1, "km": 1000}[unit]
    assert bool(found) == (value > limit or (operator == ">=" and value == limit))
    for reason in found:
        told = re.fullmatch(rf"moved.*: a moved by ([0-9,.]+) {unit}", reason)
        assert told is not None
        shown = Decimal(told[1].replace(",", ""))
        assert shown > limit or (operator == ">=" and shown == limit)
        assert abs(shown - value) <= value / 1000


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("moved>100m", "moved>100m"),
        ("  moved  >=  0.50  km ", "moved>=0.50km"),
        ("area>5%", "area>5%"),
        ("gained>1 km²", "gained>1km2"),
        ("lost>=10ha", "lost>=10ha"),
        ("changes>0", "changes>0"),
    ],
)
def test_conditions_are_read(text: str, bound: str) -> None:
    assert str(parse_bound(text)) == bound


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not a condition; write MEASURE>NUMBER UNIT"),
        ("moved", "'moved' is not a condition; write"),
        ("movd>1m", "did you mean moved?"),
        ("moved<1m", "'moved<1m' is not a condition; write"),
        ("moved=>1m", "is not a condition; write"),
        ("moved>-1m", "is not a condition; write"),
        ("moved>nanm", "is not a condition; write"),
        ("moved>٣m", "is not a condition; write"),
        ("moved>" + "9" * 400 + "m", "is not a condition; write"),
        ("moved>1", "'moved>1' has no unit; units of moved are m, km"),
        ("moved>1%", "has the unit %; units of moved are m, km"),
        ("area>1m", "has the unit m; units of area are m2, ha, km2, %"),
        ("length>1ft", "has the unit ft; units of length are m, km, %"),
        ("moved>1e5m", "has the unit e5m"),
        ("added>1m", "'added>1m' has a unit, but added is a number of features"),
        ("moved>1\x1b[2J", r"'moved>1\x1b[2J' has the unit \x1b[2J; units"),
    ],
)
def test_a_condition_of_another_form_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadOption) as caught:
        DIFF.exceeds(text)
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()
