"""A diff as GeoJSON and as a GeoDataFrame: which features it has, and what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import pkzone
from pkzone.compare import diff as compare
from pkzone.compare.result import Change
from pkzone.geojson import Feature, FeatureCollection
from pkzone.maps.style import PALETTE
from pkzone.reports.as_features import _change_features, to_geojson
from tests.helpers import drawn_diffs


def by_id(diff: Any) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in to_geojson(diff)["features"]}


def test_the_corridor() -> None:
    features = by_id(drawn_diffs.corridor())
    assert sorted(features) == [
        "new:target",
        "old:target",
        "route:a-b:section-1",
        "route:a-b:section-2",
        "route:a-b:section-3",
    ]
    told = {
        key: [features[key]["properties"][name] for name in ("layer", "change", "side")]
        for key in features
    }
    assert told == {
        "new:target": ["corridor", "added", "target"],
        "old:target": ["corridor", "modified", "both"],
        "route:a-b:section-1": ["corridor", "kept", "both"],
        "route:a-b:section-2": ["corridor", "removed", "base"],
        "route:a-b:section-3": ["corridor", "added", "target"],
    }
    assert features["old:target"]["properties"]["status"] == "former"
    assert features["old:target"]["properties"]["base.status"] == "open"
    assert features["new:target"]["geometry"]["coordinates"] == drawn_diffs.BYPASS
    section = features["route:a-b:section-2"]
    assert section["geometry"]["coordinates"] == drawn_diffs.ROAD
    assert (section["properties"]["from_m"], section["properties"]["to_m"]) == (30_000, 47_189.4)
    assert section["properties"]["near"] == "Berdzor / Lachin"


def test_gained_ground_is_a_feature_of_its_own() -> None:
    features = by_id(drawn_diffs.zone())
    assert sorted(features) == ["core:base", "core:gained", "core:target"]
    gained = features["core:gained"]
    assert gained["properties"] == {
        "layer": "zone",
        "change": "gained",
        "side": "target",
        "part": "area",
        "feature": "core",
        "name": "Core",
        "title": "Core: new",
        "description": features["core:base"]["properties"]["description"],
        "stroke": "#0072b2",
        "stroke-width": 4,
        "stroke-opacity": 1,
        "fill": "#0072b2",
        "fill-opacity": 0.35,
    }
    assert gained["geometry"]["coordinates"] == [
        [[46.1, 39], [46.2, 39], [46.2, 39.1], [46.1, 39.1], [46.1, 39]]
    ]
    assert features["core:base"]["properties"]["class"] == "reshaped"
    assert features["core:base"]["properties"]["gained_km2"] == 95.9312


def test_a_stretch_has_its_length_by_the_sources() -> None:
    properties = by_id(drawn_diffs.sourced())["route:a-b:section-3"]["properties"]
    assert properties["length_published_km"] == 26
    assert properties["published_sources"] == "one; two"
    assert properties["schematic_m"] == properties["length_m"] == 20_487.3
    assert "published_sources" not in by_id(drawn_diffs.sourced())["route:a-b:section-2"]


def test_ids_stay_apart_whatever_the_features_are_called() -> None:
    point = drawn_diffs.point
    changes = (
        Change("a", "added", (), (point("a", 46, 39),)),
        Change("a:target", "removed", (point("a:target", 46, 39),), ()),
        Change(None, "added", (), (point(None, 46, 39),)),
        Change(1, "added", (), (point(1, 46, 39),)),
        Change("1", "removed", (point("1", 46, 39),), ()),
        Change("1", "added", (), (point("1", 46.5, 39),)),
    )
    diff = replace(drawn_diffs.same(), changes=changes)
    assert sorted(by_id(diff)) == [
        "1:base",
        "1:target",
        "1:target-2",
        "a:target",
        "a:target:base",
        "change-3:target",
    ]


def test_a_property_whose_name_is_taken_keeps_its_value() -> None:
    odd = drawn_diffs.point("p", 46, 39, side="left", layer=3, repaired="no", name="P")
    diff = replace(drawn_diffs.zone(), changes=(Change("p", "added", (), (odd,)),))
    properties = by_id(diff)["p:target"]["properties"]
    assert properties["side"] == "target"
    assert (properties["properties.side"], properties["properties.layer"]) == ("left", 3)
    assert (properties["properties.repaired"], properties["name"]) == ("no", "P")


@pytest.mark.parametrize(
    ("kind", "coordinates", "left"),
    [
        ("Polygon", [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], "MultiPolygon"),  # a bow tie
        ("Polygon", [[[0, 0], [1e-9, 0], [1e-9, 1e-9], [0, 0]]], None),  # nothing after rounding
        ("LineString", [[0, 0], [0, 0]], "Point"),  # no length
    ],
)
def test_a_geometry_that_cannot_be_written_is_repaired(
    kind: str, coordinates: list[Any], left: str | None
) -> None:
    odd = Feature("odd", {}, {"type": kind, "coordinates": coordinates})
    whole = drawn_diffs.point("whole", 46, 39)
    diff = replace(
        drawn_diffs.zone(),
        changes=(Change("odd", "removed", (odd,), ()), Change("whole", "added", (), (whole,))),
    )
    features = by_id(diff)
    assert features["odd:base"]["properties"]["repaired"] is True
    geometry = features["odd:base"]["geometry"]
    assert (geometry and geometry["type"]) == left
    assert "repaired" not in features["whole:target"]["properties"]


def test_the_frame_has_one_row_a_change() -> None:
    frame = drawn_diffs.every_kind().to_frame()
    assert list(frame.index) == [1, 2, "v", "r", "d", "m", "o", "s", "g", "n", None]
    assert frame.crs.to_string() == "EPSG:4326"
    assert frame["kind"].value_counts().to_dict() == {
        "modified": 6,
        "added": 1,
        "removed": 1,
        "split": 1,
        "merged": 1,
        "renamed": 1,
    }
    assert frame.loc["m", "class"] == "moved"
    assert frame.loc["m", "distance_m"] == 8656.4
    assert frame.loc["m"].geometry.coords[0] == (46.1, 39.0)
    assert frame.loc["s"].geometry.length == pytest.approx(0.2)  # the whole, not a part
    assert frame["removed_m"].isna().sum() == 10
    assert frame.loc["d", "within_uncertainty"]
    assert frame.loc["g", "parents"] == ("g1", 7)
    assert frame.attrs["pkzone"]["summary"]["modified"] == 6


def test_the_frame_of_no_difference_has_the_same_columns() -> None:
    empty = drawn_diffs.same().to_frame()
    assert len(empty) == 0
    assert list(empty.columns) == list(drawn_diffs.zone().to_frame().columns)
    assert empty.dtypes.equals(drawn_diffs.zone().to_frame().dtypes)
    assert empty.crs.to_string() == "EPSG:4326"


# simplestyle-spec 1.1.0: what each property may be, https://github.com/mapbox/simplestyle-spec
COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
ALLOWED: dict[str, Callable[[Any], Any]] = {
    "title": lambda value: isinstance(value, str),
    "description": lambda value: isinstance(value, str),
    "marker-size": ("small", "medium", "large").__contains__,
    "marker-color": COLOR.fullmatch,
    "stroke": COLOR.fullmatch,
    "stroke-width": lambda value: value >= 0,
    "stroke-opacity": lambda value: 0 <= value <= 1,
    "fill": COLOR.fullmatch,
    "fill-opacity": lambda value: 0 <= value <= 1,
}
LINE, AREA = {"stroke", "stroke-width", "stroke-opacity"}, {"fill", "fill-opacity"}
STYLED_BY = {
    "Point": {"marker-color", "marker-size"},
    "LineString": LINE,
    "Polygon": LINE | AREA,
    "GeometryCollection": {"marker-color", "marker-size"} | LINE | AREA,
    None: set(),
}


@pytest.mark.parametrize("make", drawn_diffs.ALL.values(), ids=drawn_diffs.ALL)
def test_every_feature_is_styled_as_the_specification_allows(make: Callable[[], Any]) -> None:
    for feature in to_geojson(make())["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        kind = geometry and geometry["type"].removeprefix("Multi")
        styled = properties.keys() & ALLOWED.keys()
        assert styled - {"title", "description"} == STYLED_BY[kind]
        assert properties["title"]
        for name in styled:
            assert ALLOWED[name](properties[name]), (name, properties[name])


def test_colours_are_those_of_the_page_and_width_tells_kinds_apart_too() -> None:
    features = by_id(drawn_diffs.corridor())
    looks = {key: properties_of(features[key]) for key in features}
    light = PALETTE["light"]
    assert looks["new:target"] == (light["added"], 4, 1)
    assert looks["old:target"] == (light["changed"], 3, 1)
    assert looks["route:a-b:section-1"][0] == light["kept"]
    assert looks["route:a-b:section-2"][0] == light["removed"]
    assert looks["route:a-b:section-3"][0] == light["added"]
    widths = [looks[f"route:a-b:section-{number}"][1] for number in (1, 2, 3)]
    assert widths == sorted({*widths})
    # Whatever lies above: the band is wider than the line, and lets it through.
    for number in (1, 2, 3):
        _, width, opacity = looks[f"route:a-b:section-{number}"]
        assert width > 4
        assert opacity < 0.7


def properties_of(feature: dict[str, Any]) -> tuple[Any, ...]:
    names = ("stroke", "stroke-width", "stroke-opacity")
    return tuple(feature["properties"][name] for name in names)


def test_title_and_description_say_what_the_text_report_says() -> None:
    features = by_id(drawn_diffs.corridor())
    text = " ".join(drawn_diffs.corridor().to_text(width=200).split())
    told = {key: features[key]["properties"] for key in features}
    assert told["new:target"]["title"] == "The bypass: added"
    assert told["old:target"]["title"] == "Berdzor / Lachin: open → former"
    for key in ("new:target", "old:target"):
        for sentence in told[key]["description"].split("; "):
            assert sentence in text
    assert told["route:a-b:section-2"]["title"] == "Route a-b: no longer used"
    assert told["route:a-b:section-2"]["description"] == (
        "km before: 30.0-47.2; published: not known; drawn: 17.2 km; near: Berdzor / Lachin"
    )


def test_an_area_whose_gains_are_drawn_is_a_grey_outline_that_hides_nothing() -> None:
    features = by_id(drawn_diffs.zone())
    for side in ("base", "target"):
        properties = features[f"core:{side}"]["properties"]
        assert properties["stroke"] == PALETTE["light"]["kept"]
        assert properties["fill-opacity"] == 0
        assert properties["stroke-width"] < features["core:gained"]["properties"]["stroke-width"]


def test_a_point_that_moved_has_two_markers() -> None:
    base, target = drawn_diffs.point("p", 46, 39), drawn_diffs.point("p", 46.1, 39)
    diff = compare(FeatureCollection((base,), ()), FeatureCollection((target,), ()))
    features = by_id(diff)
    assert [features[f"p:{side}"]["properties"]["marker-color"] for side in ("base", "target")] == [
        PALETTE["light"]["removed"],
        PALETTE["light"]["added"],
    ]
    assert features["p:base"]["properties"]["title"] == "p: moved, before"


def test_style_and_words_of_the_own_properties_keep_their_values() -> None:
    own = {"stroke": "#123456", "title": "Mine", "marker-symbol": "bus", "description": 5}
    odd = drawn_diffs.point("p", 46, 39, **own)
    diff = replace(drawn_diffs.zone(), changes=(Change("p", "added", (), (odd,)),))
    properties = by_id(diff)["p:target"]["properties"]
    assert {name: properties[f"properties.{name}"] for name in own} == own
    assert properties["title"] == "p: added"
    assert not properties.keys() & {"stroke", "marker-symbol"}


def test_hostile_texts_are_plain_inert_and_short() -> None:
    name = "<img src=x onerror=alert(1)>\u202e\x1b[31m\ud800\n" + "x" * 5000
    odd = drawn_diffs.point("p", 46, 39, name=name, status="<script>" * 1000)
    diff = replace(drawn_diffs.zone(), changes=(Change("p", "added", (), (odd,)),))
    (feature,) = list(_change_features(diff, 1, diff.changes[0]))
    title, description = (feature.properties[key] for key in ("title", "description"))
    for text in (title, description):
        assert text.isprintable()
        assert not {*"<>"} & {*text}
    assert title.endswith("…: added")
    assert title.startswith("‹img src=x onerror=alert(1)›\\u202e\\x1b[31m\\ud800\\n")
    assert len(title) < 300
    assert len(description) < 3000


def test_an_area_that_changed_hands_is_neither_new_nor_gone() -> None:
    found = json.loads(pkzone.diff("control@2022-08-25", "control@2022-08-26").report("geojson"))
    areas = [one["properties"] for one in found["features"]]
    assert {one["stroke"] for one in areas} == {"#8f3f71"}
    held = "now under the control of Azerbaijan"
    assert [one["title"].partition(": ")[2] for one in areas] == [held] * len(areas) != []
