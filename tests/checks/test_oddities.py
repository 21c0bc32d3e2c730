"""Warnings about what stands in a file by mistake: twins of ids, hidden characters, far places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.checks import check_file, check_text
from pkzone.checks.report import sarif, to_dict, to_json

NEW = (
    "lookalike-ids",
    "hidden-characters",
    "null-island",
    "far-vertex",
    "far-move",
    "swapped-feature",
)
ROW = [[46.5 + i / 100, 39.6] for i in range(12)]


def found(features: Sequence[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    checked = check_text(text.encode())
    assert checked.errors == 0
    return [(one.code, one.feature, one.message) for one in checked.findings if one.code in NEW]


def point(label: object, at: Sequence[float] = (46.5, 39.6), **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(at)}
    return {"type": "Feature", "id": label, "properties": properties, "geometry": geometry}


# Pairs from Unicode: canonical equivalence, white space, zero width, and confusables.txt (UTS 39).
TWINS = {
    "NFC and NFD": ("caf\u00e9", "cafe\u0301"),
    "zero width space": ("road", "ro\u200bad"),
    "soft hyphen": ("road", "ro\u00adad"),
    "no-break space": ("a b", "a\u00a0b"),
    "blank at the end": ("road", "road "),
    "Cyrillic a": ("lachin", "l\u0430chin"),
    "Cyrillic, all of it": ("COP", "\u0421\u041e\u0420"),
    "Greek omicron": ("road", "r\u03bfad"),
    "Armenian oh": ("road", "r\u0585ad"),
    "Cyrillic io and Latin e with diaeresis": ("\u00cb", "\u0401"),
    "variation selector": ("a", "a\ufe0f"),
}


@pytest.mark.parametrize("pair", TWINS.values(), ids=TWINS)
def test_ids_that_look_the_same(pair: tuple[str, str]) -> None:
    (first, *_) = [one for one in found([point(label) for label in pair]) if one[0] == NEW[0]]
    assert first[2] == f"its id {json.dumps(pair[1])} looks the same as {json.dumps(pair[0])}"
    assert first[1] == pair[1]


def test_ids_that_differ_to_the_eye() -> None:
    labels = ["road", "Road", "road-1", "rad", "röad", "дорога", "дорог", "ճանապարհ", "1", 2]
    assert found([point(label) for label in labels]) == []


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"name": "a\u202eb"}, "properties.name holds U+202E RIGHT-TO-LEFT OVERRIDE"),
        ({"n": ["x", {"m": "\u2066"}]}, "properties.n[1].m holds U+2066 LEFT-TO-RIGHT ISOLATE"),
        ({"note": "a\x1b[2J"}, "properties.note holds U+001B"),
        ({"na\u200bme": 1}, "properties has a name with U+200B ZERO WIDTH SPACE"),
        ({"a": "\ufeffx"}, "properties.a holds U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ],
)
def test_characters_that_no_eye_sees(properties: dict[str, Any], message: str) -> None:
    assert found([point("a", **properties)]) == [("hidden-characters", "a", message)]


def test_characters_that_texts_need() -> None:
    texts = ["line\nbreak\ttab\r\n", "می\u200cخواهم", "👩\u200d🚒", "Բերձոր / Лачин / Laçın", "❤️"]
    assert found([point("a", **{f"t{i}": text for i, text in enumerate(texts)})]) == []


def test_a_point_at_nought() -> None:
    many = {"type": "MultiPoint", "coordinates": [[46, 39], [0, 0, 5]]}
    group = {"type": "GeometryCollection", "geometries": [many]}
    features = [point("a", (0, 0)), point("b", (0, 39)), {**point("c"), "geometry": group}]
    assert [one[:2] for one in found(features)] == [("null-island", "a"), ("null-island", "c")]


def test_one_vertex_far_from_all_others() -> None:
    line = {"type": "LineString", "coordinates": [*ROW, [39.6, 46.5]]}
    (one,) = found([point("a"), {**point("b"), "geometry": line}])
    assert one[:2] == ("far-vertex", "b")
    # 39.6 46.5 lies some 930 km from 46.55 39.6 (Vincenty), the row within 6 km
    assert one[2].startswith("geometry has the vertex 39.6 46.5, ")
    assert 850 < float(one[2].split(", ")[1].split()[0]) < 1000


@pytest.mark.parametrize(
    "far",
    [
        [[48, 39.6]],  # not ten times as far
        [[30, 60], [30.1, 60]],  # two of them
        [],
    ],
)
def test_a_wide_layer_is_no_mistake(far: list[list[float]]) -> None:
    spread = [[46 + i / 10, 39 + i / 20] for i in range(12)]
    assert found([point(f"p{i}", at) for i, at in enumerate([*spread, *far])]) == []


def test_a_few_points_say_nothing() -> None:
    assert found([point(f"p{i}", at) for i, at in enumerate([*ROW[:5], [0.1, 0.1]])]) == []


def test_the_shipped_layers_have_none() -> None:
    root = Path(pkzone.catalogue().root)
    files = sorted(root.glob("*/*.geojson"))
    assert files
    for path in files:
        assert [one for one in check_file(path).findings if one.code in NEW] == [], path


def test_the_forms_carry_them() -> None:
    features = [point("a", (0, 0), name="\u202e"), point("\u0430")]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    checked = check_text(text.encode())
    codes = {"null-island", "hidden-characters", "lookalike-ids"}
    assert {one["code"] for one in to_dict([checked])["files"][0]["findings"]} == codes
    assert to_json([checked]).count('"warning"') >= 3
    results = sarif([checked])["runs"][0]["results"]
    assert {one["ruleId"] for one in results} == codes
    assert {one["level"] for one in results} == {"warning"}
