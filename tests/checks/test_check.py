"""Checking by rules: every case of tests/data/bad, places counted by hand, and the three forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from pkzone import errors, geojson
from pkzone.checks import ERROR, RULES, WARNING, check_file, check_text, layer_demands, mend
from pkzone.checks.report import FORMATS, summary, to_dict
from pkzone.checks.rules import code_of
from pkzone.checks.survey import survey
from pkzone.errors import GeoJSONError, printable
from pkzone.layers.catalogue import catalogue
from pkzone.layers.schemas import Rules
from pkzone.store.publish import publish
from tests.geojson.test_bad_input import CASES, FOLDER, MADE, NOTICED, REFUSED, name_of
from tests.helpers.own_catalogue import begin
from tests.helpers.shipped_schemas import validator

# Every line and column below was counted by hand.
MANY = b"""\
{
  "type": "FeatureCollection",
  "name": "roads",
  "features": [
    {"type": "Feature", "id": "good", "properties": {},
     "geometry": {"type": "Point", "coordinates": [46.75, 39.82]}},
    {
      "type": "Feature",
      "id": "ring",
      "properties": {"name": "Berdzor / Lachin", "length": NaN},
      "geometry": {
        "type": "Polygon",
        "coordinates": [
          [[46, 39], [47, 39], [47, 40], [46, 39]],
          [[46.1, 39.1],
           [46.2, 39.1],
           [46.2, 39.2]]
        ]
      }
    },
    {"type": "Feature", "id": "far", "properties": {},
     "geometry": {"type": "LineString", "coordinates": [
       [46.75, 39.82],
       [39.82, 146.75]]}},
    {"type": "Feature", "id": "good", "properties": {}, "geometry": null},
    {"type": "Feature", "id": "bow", "properties": {},
     "geometry": {"type": "Polygon", "coordinates":
       [[[46, 39], [47, 40], [47, 39], [46, 40], [46, 39]]]}},
    17,
    {"type": "Feature", "id": "fine", "properties": {},
     "geometry": {"type": "Point", "coordinates": [46.1234567, 39.82]}}
  ]
}
"""
FOUND = [  # line, column, code, feature
    (1, 1, "foreign-members", None),
    (10, 60, "bad-number", "ring"),
    (15, 11, "ring-too-short", "ring"),
    (24, 8, "swapped-coordinates", "far"),
    (25, 31, "duplicate-id", "good"),
    (27, 18, "invalid-polygon", "bow"),
    (29, 5, "bad-structure", "features[5]"),
    (31, 51, "precision", "fine"),
]
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "properties": {
            "required": ["name"],
            "properties": {
                "status": {"enum": ["open", "closed"]},
                "sources": {"type": "array", "items": {"type": "string"}},
            },
        },
    },
}
IN_A_LAYER = b"""\
{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a","properties":{"name":"A","status":"shut"},"geometry":null},
{"type":"Feature","id":"b","properties":{"name":"B","sources":["known","unknown",5]},
 "geometry":null},
{"type":"Feature","properties":{"name":"C"},"geometry":null},
{"type":"Feature","id":"d","properties":{},"geometry":null}
]}
"""


def _below(error: type[GeoJSONError]) -> Iterator[type[GeoJSONError]]:
    for child in error.__subclasses__():
        yield child
        yield from _below(child)


def kebab(name: str) -> str:
    words = "".join(f"-{char.lower()}" if char.isupper() else char for char in name).strip("-")
    return words.replace("j-s-o-n", "json").replace("c-r-s", "crs")


def places(found: Any) -> list[tuple[int | None, int | None, str, str | None]]:
    return [(one.line, one.column, one.code, one.feature) for one in found.findings]


def test_everything_is_found_at_its_place() -> None:
    found = check_text(MANY, name="roads.geojson")
    assert places(found) == FOUND
    assert (found.features, found.errors, found.warnings) == (7, 6, 2)


@pytest.mark.parametrize("change", ["indent", "crlf", "bom"])
def test_places_follow_the_layout(change: str) -> None:
    data = MANY.replace(b" NaN", b" 1")
    if change == "indent":
        data = json.dumps(json.loads(data), indent=1).encode()
    elif change == "crlf":
        data = data.replace(b"\n", b"\r\n")
    else:
        data = b"\xef\xbb\xbf" + data
    lines = data.decode("utf-8-sig").splitlines()
    (far,) = (one for one in check_text(data).findings if one.feature == "far")
    assert far.line is not None
    assert far.column is not None
    assert lines[far.line - 1][far.column - 1 :].startswith("[")
    following = " ".join(lines[far.line - 1 : far.line + 3])[far.column - 1 :]
    assert following.replace(" ", "").startswith("[39.82,146.75]")


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_the_reader_refuses_is_an_error(case: dict[str, Any]) -> None:
    rules = Rules({}) if case.get("ids_required") else None
    found = check_text((FOLDER / case["file"]).read_bytes(), name="bad.geojson", rules=rules)
    first = next(one for one in found.findings if one.code == kebab(case["error"]))
    assert first.rule.level == ERROR
    assert first.feature == case["feature"]
    assert case["says"] in first.message
    assert str(first).isprintable()
    assert first.line or "empty" in first.message


@pytest.mark.parametrize("case", NOTICED, ids=name_of)
def test_what_the_reader_notes_is_found(case: dict[str, Any]) -> None:
    found = check_file(FOLDER / case["file"])
    (noted,) = (one for one in found.findings if one.code == case["notice"])
    assert printable(noted.feature or "") == (case["feature"] or "")
    assert noted.line
    cannot_be_written = case["notice"] in ("invalid-polygon", "zero-length-line")
    assert noted.rule.level == (ERROR if cannot_be_written else WARNING)


@pytest.mark.parametrize(("data", "error", "says"), MADE.values(), ids=MADE)
def test_bad_bytes_are_a_finding(data: bytes, error: type[GeoJSONError], says: str) -> None:
    found = [one for one in check_text(data).findings if one.code == code_of_type(error)]
    assert len(found) == 1
    assert says in str(found[0])


def code_of_type(error: type[GeoJSONError]) -> str:
    return code_of(error("file", "reason"))


def test_every_refusal_of_the_reader_is_a_rule_under_its_name() -> None:
    writers = {"BadValue", "InvalidGeometry", "CollapsedGeometry", "NotMended"}
    refusals = [error for error in _below(GeoJSONError) if error.__name__ not in writers]
    noted = {case["notice"] for case in CASES if "notice" in case} | {"bom"}
    own = {"schema", "unknown-source", "precision", "collapsed-geometry", "fine-crossing"}
    own |= {"lookalike-ids", "hidden-characters", "null-island", "far-vertex"}
    own |= {"far-move", "swapped-feature"}
    assert set(RULES) == {kebab(error.__name__) for error in refusals} | noted | own


def test_every_rule_has_a_line_of_help_and_a_remedy() -> None:
    for code, rule in RULES.items():
        assert rule.code == code
        assert rule.level in (ERROR, WARNING)
        for line in (rule.asks, rule.remedy):
            assert line.endswith(".")
            assert line.isprintable()
        assert rule.mended == ("check --fix" in rule.remedy)


def test_a_line_that_rounding_takes_the_length_of() -> None:
    line = b'{"type":"LineString","coordinates":[[46.1,39.1],[46.1000001,39.1]]}'
    codes = [one.code for one in check_text(line).findings]
    assert codes == ["wrapped", "collapsed-geometry", "precision"]


def test_a_polygon_that_rounding_makes_invalid() -> None:
    ring = b"[[46,39],[46.0000004,39],[46.0000004,39.0000004],[46,39]]"
    found = check_text(b'{"type":"Polygon","coordinates":[' + ring + b"]}")
    assert "collapsed-geometry" in [one.code for one in found.findings]


def test_a_polygon_that_rounding_makes_valid() -> None:
    ring = "[[0,0],[1,0],[1,1.0000001],[1,1],[0,0]]"  # goes up and back along its right side
    polygon = f'{{"type":"Polygon","coordinates":[{ring}]}}'.encode()
    codes = [one.code for one in check_text(polygon).findings]
    assert codes == ["wrapped", "fine-crossing", "precision"]
    assert check_text(mend(polygon).data).findings[0].code == "repeated-vertices"


def test_a_feature_is_refused_once_a_part() -> None:
    data = (
        b'{"type":"Feature","id":true,"properties":[],'
        b'"geometry":{"type":"Point","coordinates":[200,1]}}'
    )
    codes = [one.code for one in check_text(data).findings if one.rule.level == ERROR]
    assert codes == ["bad-id", "bad-structure", "out-of-range"]


def test_a_layer_asks_for_ids_and_its_schema() -> None:
    found = check_text(IN_A_LAYER, rules=Rules(SCHEMA), sources={"known"})
    assert places(found) == [
        (2, 62, "schema", "a"),
        (3, 72, "unknown-source", "b"),
        (3, 82, "schema", "b"),
        (5, 1, "missing-id", "features[2]"),
        (6, 41, "schema", "d"),
    ]
    assert found.findings[0].message == "properties.status: 'shut' is not one of ['open', 'closed']"


def test_the_shipped_layers_keep_every_rule() -> None:
    shipped = catalogue()
    for layer in shipped.values():
        demands = layer_demands(shipped, layer.name)
        assert check_file(layer.latest.path, **demands).findings == ()


def test_keys_that_look_like_a_path() -> None:
    data = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":\n'
        b'{"a.b":{"c[0]":\n"\\ud800"},"a":1,"ab":3},"geometry":null}]}'
    )
    (found,) = check_text(data).findings
    assert (found.line, found.code) == (3, "bad-string")


@pytest.mark.parametrize("path", ["missing.geojson", ".", "a\0b.geojson"])
def test_what_cannot_be_read_is_a_finding_without_a_line(path: str) -> None:
    found = check_file(path)
    assert places(found) == [(None, None, "unreadable", None)]
    assert not found.is_readable


def test_json_follows_its_schema() -> None:
    checked = [check_file(path) for path in sorted(FOLDER.glob("*.geojson"))]
    checked.append(check_file("missing.geojson"))
    document = json.loads(FORMATS["json"](checked))
    validator("check").validate(document)
    assert document == to_dict(checked)
    assert document["summary"]["files"] == len(checked)
    assert document["summary"]["errors"] == sum(one["errors"] for one in document["files"])


def test_sarif_is_what_the_standard_says() -> None:
    checked = [check_file(path) for path in sorted(FOLDER.glob("*.geojson"))]
    checked += [check_text(MANY, name="sub folder/ü#1.geojson"), check_file("missing.geojson")]
    text = FORMATS["sarif"](checked)
    Sarif.model_validate_json(text)  # made from the schema of SARIF 2.1.0; refuses other members
    (run,) = json.loads(text)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == sum(len(one.findings) for one in checked)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].isprintable()
    ours = [
        result["locations"][0]["physicalLocation"]
        for result in run["results"]
        if "1.geojson" in result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    ]
    assert [(one["region"]["startLine"], one["region"]["startColumn"]) for one in ours] == [
        place[:2] for place in FOUND
    ]
    assert ours[0]["artifactLocation"]["uri"] == "sub%20folder/%C3%BC%231.geojson"
    assert run["invocations"] == [{"executionSuccessful": False}]
    prints = [result["partialFingerprints"]["findingHash/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_text_is_one_line_a_finding() -> None:
    lines = FORMATS["text"]([check_text(MANY, name="roads.geojson")]).splitlines()
    assert lines[2] == (
        "roads.geojson:15: error: ring: geometry.coordinates[1] is a ring of 3 positions; "
        "it needs four [ring-too-short]"
    )
    assert len(lines) == len(FOUND)


def test_the_sum() -> None:
    one = check_text(MANY)
    assert summary([one]) == "checked 1 file with 7 features: 6 errors, 2 warnings"
    assert summary([one, check_text(b'{"type":"FeatureCollection","features":[]}')]).startswith(
        "checked 2 files with 7 features: 6"
    )
    assert summary([]).endswith("no findings")


def test_a_survey_refuses_what_the_reader_refuses_first() -> None:
    for case in REFUSED:
        data = (FOLDER / case["file"]).read_bytes()
        required = case.get("ids_required", False)
        with pytest.raises(errors.GeoJSONError) as caught:
            geojson.parse(data, name="x", ids_required=required)
        (_, first), *_ = survey(data, name="x", ids_required=required).refusals
        assert str(first) == str(caught.value)


def test_publish_refuses_what_check_calls_an_error(tmp_path: Path) -> None:
    root = begin(tmp_path / "own", "line")
    demands = layer_demands(catalogue(root), "line")
    agreed = set()
    for path in sorted(FOLDER.glob("*.geojson")):
        found = check_file(path, **demands)
        faults = [one for one in found.findings if one.rule.level == ERROR]
        codes = {one.code for one in faults if not one.message.startswith("id: ")}
        if codes == {"missing-id"} or (faults and not codes):
            continue  # publish gives ids, and writes numbers as texts
        try:
            publish(
                path, catalogue=root, layer="line", valid_from="2024-06-01", title="T", dry_run=True
            )
        except errors.PkzoneError:
            assert codes, path.name
        else:
            assert not codes, path.name
        agreed.add(bool(codes))
    assert agreed == {True, False}
