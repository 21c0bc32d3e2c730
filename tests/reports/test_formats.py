"""All formats on the same diffs: what holds for each of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from jsonschema import ValidationError

from pkzone import geojson
from pkzone.compare import diff
from pkzone.compare.result import Diff
from pkzone.geojson import Feature, FeatureCollection
from pkzone.reports import FORMATS, formats_of, render
from pkzone.reports.as_json import to_dict
from pkzone.table import ENDINGS
from tests.helpers import drawn_diffs
from tests.helpers.shipped_schemas import validator

Make = Callable[[], Diff]

formats = pytest.mark.parametrize("form", [name for name in FORMATS if name != "html"])
diffs = pytest.mark.parametrize("make", drawn_diffs.ALL.values(), ids=drawn_diffs.ALL)


def test_every_format_has_an_ending_and_renders_its_inputs() -> None:
    assert formats_of("diff") == (
        "text", "csv", "json", "jsonl", "geojson", "markdown", "html",
    )  # fmt: skip
    assert formats_of("each") == formats_of("history") == (
        "text", "csv", "json", "jsonl", "markdown",
    )  # fmt: skip
    assert FORMATS.keys() <= ENDINGS.keys()
    for form in FORMATS.values():
        for kind in form.inputs:
            assert callable(getattr(import_module(form.module), f"render_{kind}"))


@formats
@diffs
def test_the_same_diff_gives_the_same_bytes(form: str, make: Make) -> None:
    assert make().report(form) == make().report(form)


@formats
@diffs
def test_a_report_ends_in_one_line_break(form: str, make: Make) -> None:
    report = make().report(form)
    assert report.endswith("\n") or (form == "jsonl" and report == "")
    assert not report.endswith("\n\n")


@formats
def test_every_format_tells_of_the_same_change(form: str) -> None:
    report = drawn_diffs.corridor().report(form)
    for told in ("new", "The bypass", "former", "Hin Shen / Kichik Galadarasi", "2022-08-30"):
        lacking = {"json": "The bypass", "csv": "Hin Shen", "jsonl": "Hin Shen"}.get(form, "none")
        assert told in report or told.startswith(lacking)


@formats
def test_no_text_from_outside_steers_a_terminal(form: str) -> None:
    if form == "geojson":
        return  # the catalogue's own form, made harmless where it is shown
    report = drawn_diffs.hostile().report(form)
    assert report.replace("\n", "").isprintable()


@diffs
def test_json_follows_the_shipped_schema(make: Make) -> None:
    validator("diff").validate(json.loads(make().report("json")))


def test_a_property_that_is_not_there_is_not_null() -> None:
    place = {"type": "Point", "coordinates": [46.0, 39.0]}
    base = Feature("p", {"gone": None, "nulled": 1, "same": 1}, place)
    target = Feature("p", {"nulled": None, "new": None, "same": 1}, place)
    found = diff(FeatureCollection((base,), ()), FeatureCollection((target,), ()))
    document = to_dict(found)
    validator("diff").validate(document)
    assert document["changes"][0]["properties"] == {
        "gone": {"base": None, "target": None, "in_target": False},
        "new": {"base": None, "target": None, "in_base": False},
        "nulled": {"base": 1, "target": None},
    }
    for form in ("text", "markdown"):
        for line in ("gone: null → not stated", "new: not stated → null", "nulled: 1 → null"):
            assert line in found.report(form)
    (drawn,) = json.loads(found.report("geojson"))["features"]
    assert drawn["properties"]["not_in_base"] == "new"


def test_differences_inside_a_value_are_listed_up_to_a_thousand_and_counted() -> None:
    many = {f"k{number}": number for number in range(1500)}
    both = [Feature("p", {"tags": {"m": values, "same": [1]}}, None) for values in (many, {})]
    document = to_dict(diff(*(FeatureCollection((one,), ()) for one in both)))
    validator("diff").validate(document)
    told = document["changes"][0]["properties"]["tags"]
    assert told["paths"][0] == {"path": "/tags/m/k0", "base": 0, "target": None, "in_target": False}
    assert (len(told["paths"]), told["paths_left_out"]) == (1000, 500)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("summary"),
        lambda d: d.update(extra=1),
        lambda d: d["summary"].pop("split"),
        lambda d: d["changes"][0].update(kind="changed"),
        lambda d: d["changes"][0].update(kind="renamed"),
        lambda d: d["changes"][1].pop("aspects"),
        lambda d: d["routes"][0]["sections"][0].update(kind="same"),
        lambda d: d["routes"][0].update(kept_m=-1.0),
        lambda d: d["affected"][0].update(effect="came"),
        lambda d: d["events"][0].update(date="yesterday"),
    ],
)
def test_the_schema_refuses_what_is_wrong(spoil: Callable[[dict[str, Any]], Any]) -> None:
    document = json.loads(drawn_diffs.corridor().report("json"))
    spoil(document)
    with pytest.raises(ValidationError):
        validator("diff").validate(document)


def test_json_has_the_keys_of_its_form_in_their_order() -> None:
    document = to_dict(drawn_diffs.corridor())
    assert list(document) == [
        "schema",
        "base",
        "target",
        "tolerance_m",
        "summary",
        "changes",
        "routes",
        "affected",
        "events",
        "notices",
    ]
    assert document["base"] == {
        "ref": "corridor@2020-12-01",
        "layer": "corridor",
        "version": "2020-11-17",
        "sha256": "a" * 64,
    }
    assert document["changes"][0] == {
        "id": "new",
        "kind": "added",
        "geometry": {"length_target_m": 20_487.3},
    }
    assert document["changes"][1] == {
        "id": "old",
        "kind": "modified",
        "aspects": ["properties"],
        "properties": {
            "since": {"base": "2020-11-17", "target": "2022-08-30"},
            "sources": {
                "base": ["one", "two"],
                "target": ["two", "three"],
                "paths": [
                    {"path": "/sources/0", "base": "one", "target": "two"},
                    {"path": "/sources/1", "base": "two", "target": "three"},
                ],
            },
            "status": {"base": "open", "target": "former"},
        },
    }
    assert document["routes"][0]["sections"][0] == {
        "kind": "kept",
        "from_m": 0.0,
        "to_m": 30_000.0,
        "length_m": 30_000.0,
        "start": [45.7, 39.5],
        "end": [46.0, 39.5],
        "target_from_m": 0.0,
        "target_to_m": 30_000.0,
        "near": ["Khankendi / Stepanakert", "Zarisli"],
    }
    assert "target_from_m" not in document["routes"][0]["sections"][1]
    assert document["routes"][0]["length_published_base_km"] == 80.0
    assert "length_published_target_km" not in document["routes"][0]
    assert document["events"][1] == {
        "id": "moved",
        "date": "2022-08-30",
        "title": "Traffic moves to the new road",
        "sources": ["two", "three"],
    }


def test_json_has_lengths_by_the_sources_with_their_segments() -> None:
    document = to_dict(drawn_diffs.sourced())
    validator("diff").validate(document)
    (route,) = document["routes"]
    assert route["published_base_sources"] == ["bbc-2020"]
    assert route["schematic_target_m"] == 20_487.3
    _, removed, added = route["sections"]
    assert "length_published_km" not in removed
    assert {key: added[key] for key in added if key.startswith(("length", "publ", "schem"))} == {
        "length_m": 20_487.3,
        "schematic_m": 20_487.3,
        "length_published_km": 26.0,
        "published_text": "26.0 km",
        "published_sources": ["one", "two"],
        "published_segments": ["new-az", "connector"],
    }
    assert json.dumps(added["length_published_km"]) == "26.0"
    assert document["affected"][0] == {
        "id": "lachin",
        "name": "Berdzor / Lachin",
        "effect": "left",
        "of": "a-b",
        "relation": "reach",
        "certain": True,
    }


def test_json_of_split_merged_and_renamed_names_the_others() -> None:
    changes = {one["id"]: one for one in to_dict(drawn_diffs.every_kind())["changes"]}
    assert changes["s"]["parts"] == ["s1", "s2"]
    assert changes["g"]["parents"] == ["g1", 7]
    assert changes["n"]["new_id"] == "n2"
    assert changes[None]["properties"] == {"a": {"base": 1, "target": None}}
    assert changes["o"]["geometry"]["max_offset_at"] == [46.1, 39.45]


def test_rounding_keeps_sums_to_the_millimetre() -> None:
    from dataclasses import replace

    third = 100_000 / 3
    route = replace(
        drawn_diffs.corridor().routes[0], length_base_m=100_000.0, kept_m=third, removed_m=2 * third
    )
    told = to_dict(replace(drawn_diffs.corridor(), routes=(route,)))["routes"][0]
    assert told["kept_m"] == 33333.3333
    assert abs(told["kept_m"] + told["removed_m"] - told["length_base_m"]) < 0.001


@diffs
def test_geojson_is_read_by_the_strict_reader_and_is_canonical(make: Make) -> None:
    report = make().report("geojson")
    collection = geojson.parse(report.encode(), name="report", ids_required=True)
    assert geojson.dumps(collection.features).decode() == report
    for feature in collection.features:
        assert {"layer", "change", "side"} <= feature.properties.keys()
        assert feature.properties["side"] in ("base", "target", "both")


def test_drawn_lengths_in_a_table_have_the_decimals_of_the_reports() -> None:
    diffs = [drawn_diffs.corridor(), drawn_diffs.sourced()]
    rows = list(csv.DictReader(StringIO(render("csv", "each", diffs))))
    assert [row["route_lost_drawn_km"] for row in rows] == ["17.2", "17.2"]
    assert [row["route_gained_drawn_km"] for row in rows] == ["20.5", "20"]
