"""The text that git diff compares: readable, stable, and different wherever the file is."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from pkzone.errors import GeoJSONError, Unreadable
from pkzone.geojson import Feature, FeatureCollection
from pkzone.geojson.reader import parse
from pkzone.git.textconv import summary, textconv
from tests.helpers.geojson_strategies import FEATURES, GEOMETRIES

LINE = {"type": "LineString", "coordinates": [[46.75, 39.82], [46.6, 39.7], [46.4, 39.6]]}
RING = [[46.0, 39.0], [47.0, 39.0], [47.0, 40.0], [46.0, 40.0], [46.0, 39.0]]
HOLE = [[46.4, 39.4], [46.4, 39.6], [46.6, 39.6], [46.6, 39.4], [46.4, 39.4]]

NUMBER = re.compile(r"-?\d[\d.e+-]*")


def told(*features: Feature) -> str:
    return summary(FeatureCollection(features, ()))


def block(geometry: dict[str, Any] | None) -> dict[str, str]:
    """The lines on the geometry, by their first word."""
    lines = told(Feature("a", {}, geometry)).partition("  geometry: ")[2].splitlines()
    pairs = dict(line.strip().split(": ") for line in lines[1:])
    return {"geometry": lines[0], **pairs}


def test_a_feature_is_a_block() -> None:
    road = Feature(
        "road",
        {"status": "open", "name": "Berdzor / Lachin", "sources": ["a", "b"], "note": None},
        {"type": "Point", "coordinates": [46, 39.5]},
    )
    text = told(road, Feature(None, {}, None))
    assert text == (
        "2 features\n"
        "\n"
        'feature "road"\n'
        "  properties:\n"
        '    name: "Berdzor / Lachin"\n'
        "    note: null\n"
        '    sources: ["a", "b"]\n'
        '    status: "open"\n'
        "  geometry: Point\n"
        "    position: 46 39.5\n"
        "\n"
        "feature without id\n"
        "  properties: none\n"
        "  geometry: none\n"
    )


def test_length_is_geodesic() -> None:
    length_m = sum(
        Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"]
        for a, b in zip(LINE["coordinates"], LINE["coordinates"][1:], strict=False)
    )
    facts = block(LINE)
    assert facts["length"] == f"{length_m:,.1f} m"
    assert facts["vertices"] == "3"
    assert facts["bbox"] == "46.400000 39.600000 46.750000 39.820000"
    assert "area" not in facts


def test_area_is_geodesic_and_without_its_hole() -> None:
    areas_m2 = []
    for ring in (RING, HOLE):
        polygon = Geodesic.WGS84.Polygon()
        for lon, lat in ring[:-1]:
            polygon.AddPoint(lat, lon)
        areas_m2.append(abs(polygon.Compute(False, True)[2]))
    facts = block({"type": "Polygon", "coordinates": [RING, HOLE]})
    assert facts["area"] == f"{(areas_m2[0] - areas_m2[1]) / 1e6:,.4f} km2"
    assert facts["vertices"] == "8"
    assert "length" not in facts


def test_a_collection_has_what_its_members_have() -> None:
    facts = block(
        {
            "type": "GeometryCollection",
            "geometries": [
                LINE,
                {"type": "Polygon", "coordinates": [RING]},
                {"type": "MultiPoint", "coordinates": [[46, 39], [47, 39]]},
                {"type": "Point", "coordinates": []},
            ],
        }
    )
    assert facts["length"] == block(LINE)["length"]
    assert facts["area"] == block({"type": "Polygon", "coordinates": [RING]})["area"]
    assert facts["vertices"] == "9"


def test_an_empty_geometry() -> None:
    facts = block({"type": "MultiLineString", "coordinates": []})
    assert set(facts) == {"geometry", "vertices", "length", "hash"}
    assert (facts["vertices"], facts["length"]) == ("0", "0.0 m")


@given(GEOMETRIES, st.data())
def test_any_other_number_in_a_geometry_shows(
    geometry: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(geometry)
    places = [match.span() for match in NUMBER.finditer(text)]
    assume(places)
    start, end = data.draw(st.sampled_from(places))
    old = float(text[start:end])
    new = data.draw(st.sampled_from([math.nextafter(old, math.inf), old / 2, -old, old + 1e-9]))
    assume(new != old)
    changed = f"{text[:start]}{new!r}{text[end:]}"
    other = json.loads(changed)
    feature = f'{{"type":"Feature","id":"a","properties":{{}},"geometry":{changed}}}'
    try:
        parse(feature.encode(), check_validity=False)
    except GeoJSONError:  # a ring that is open now, which git-textconv shows as it is
        reject()
    assert told(Feature("a", {}, other)) != told(Feature("a", {}, geometry))


@given(FEATURES, st.randoms(use_true_random=False))
def test_the_order_of_features_does_not_matter(features: list[Feature], random: Any) -> None:
    shuffled = list(features)
    random.shuffle(shuffled)
    assert told(*shuffled) == told(*features)


def test_equal_numbers_are_told_alike() -> None:
    whole, point = {"type": "Point", "coordinates": [46, 0]}, [46.0, -0.0]
    assert block(whole) == block({"type": "Point", "coordinates": point})
    assert block(whole) == {"geometry": "Point", "position": "46 0"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (1, "1"),
        (None, "null"),
        ("\u202e", "\\u202e"),
        ([1], [[1]]),
        ("", None),
    ],
    ids=repr,
)
def test_values_that_differ_are_told_apart(one: Any, other: Any) -> None:
    assert told(Feature("a", {"v": one}, None)) != told(Feature("a", {"v": other}, None))


def test_invisible_characters_are_escaped() -> None:
    text = told(Feature("a\x1b[2J", {"k\n\u202e": "v\x9b\n"}, None))
    assert 'feature "a\\u001b[2J"\n' in text
    assert '    k\\n\\u202e: "v\\x9b\\n"\n' in text


def test_what_the_reader_drops_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","title":"T","features":[{"type":"Feature","id":1,'
        '"tag":"x","properties":{},"geometry":null}]}',
        encoding="utf-8",
    )
    lines = textconv(path).decode().splitlines()
    assert lines[1].startswith("note: ")
    assert lines[1].endswith(": title")
    assert lines[lines.index("feature 1") + 1].startswith("  note: ")
    assert lines[lines.index("feature 1") + 1].endswith(": tag")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", b"is empty: no JSON in it"),
        (b"\xff\xfe\x00", b"is UTF-16 or UTF-32: save it as UTF-8"),
        (b"{}\r\n", b'it has no "type": not GeoJSON'),
        (
            b'{"type":"Feature","id":"r","properties":{},"geometry":{"type":"Line"}}',
            b'r: geometry.type is "Line", no geometry type of RFC 7946',
        ),
        (b"[" * 100_000, b"is nested more than 64 levels deep"),
    ],
    ids=["empty", "UTF-16", "JSON", "geometry", "deep"],
)
def test_what_is_no_geojson_is_shown_as_it_is(tmp_path: Path, data: bytes, reason: bytes) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(data)
    assert textconv(path) == b"not read as GeoJSON: " + reason + b"\n" + data


def test_an_unforeseen_failure_shows_the_file_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b"{}")
    monkeypatch.setattr("pkzone.git.textconv.parse", lambda *_, **__: 1 / 0)
    assert (
        textconv(path) == b"not read as GeoJSON: unforeseen ZeroDivisionError: division by zero\n{}"
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"none\.geojson: there is no such file"):
        textconv(tmp_path / "none.geojson")
