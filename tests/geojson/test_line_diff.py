"""Files with a line for each feature: their frame, what a glance at a line tells, what differs."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.geojson import Feature, parse
from pkzone.geojson.line_diff import (
    FeatureLines,
    NotByLinesError,
    differences,
    geometry_type,
    glance,
    has_property,
    parsed,
)
from tests.helpers.geojson_strategies import FEATURES

GDAL = b'{\n"type": "FeatureCollection",\n"name": "x",\n"features": [\n'
LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e"]), max_size=9)


@given(LINES, LINES)
def test_lines_in_common_are_those_of_both_however_often(
    base: list[bytes], target: list[bytes]
) -> None:
    found = differences(base, target, lambda line: Feature(line.decode(), {}, None))
    assert Counter(str(one.id).encode() for one in found.same) == Counter(base) & Counter(target)
    assert Counter(found.base) == Counter(base) - Counter(target)
    assert Counter(found.target) == Counter(target) - Counter(base)


@pytest.mark.parametrize("header", [GDAL, b'{"type":"FeatureCollection","features":[\n'])
@pytest.mark.parametrize("footer", [b"]\n}\n", b"]}\n", b"]}", b'], "bbox": [1, 2, 3, 4]}\n'])
@pytest.mark.parametrize("lines", [[], [b"{1}"], [b"{1}", b"{2}"]], ids=len)
def test_the_frame_is_the_file_without_its_features(
    header: bytes, footer: bytes, lines: list[bytes]
) -> None:
    text = header + b",\n".join(lines) + b"\n" * bool(lines) + footer
    taken: list[bytes] = []
    found = FeatureLines(BytesIO(text), taken.append)
    assert list(found) == lines
    assert found.frame == header + footer
    assert b"".join(taken) == text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[\n]\n",
        b'{"features":[\n{1},\n]}\n',
        b'{"features":[\n{1}\n]',
        b'{"features":[],"x":[\n{1}\n]}\n',
        b'{"x":{"features":[\n{1}\n]}}\n',
        b'{"features":[\n{1}\n]}\n{}\n',
        b'{"features":[\n{1}\n,{2}\n]}\n',
        b'{"features":[\n{1}\n]}' + b" " * 70_000,
        b'{"features":[' + b" " * 70_000 + b"[\n]}",
        b'{"features":[ {1},\n{2} ]}',
    ],
)
def test_what_has_another_frame(text: bytes) -> None:
    with pytest.raises(NotByLinesError):
        list(FeatureLines(BytesIO(text)))


@given(FEATURES, st.sampled_from([None, 1]), st.booleans())
def test_a_glance_tells_what_the_parser_tells(
    drawn: list[Feature], indent: int | None, apart: bool
) -> None:
    for one in drawn:
        value = {
            "type": "Feature",
            **({} if one.id is None else {"id": one.id}),
            "properties": one.properties,
            "geometry": one.geometry,
        }
        text = json.dumps(value, indent=indent, separators=None if apart else (",", ":"))
        line = text.replace("\n", " ").encode()
        [wanted] = parse(line, check_validity=False).features
        seen = glance(line, None)
        assert (seen.id, seen.geometry) == (wanted.id, None)
        assert _flat(seen) == _flat(wanted)
        assert geometry_type(line) == (wanted.geometry or {"type": ""})["type"]
        assert parsed([line], "x") == [wanted]
        for name in (*wanted.properties, "route"):
            assert has_property(line, name) == (name in wanted.properties)
            assert glance(line, (name,)).properties.keys() == wanted.properties.keys() & {name}


def _flat(feature: Feature) -> dict[str, object]:
    """Return the properties that can be ids, all as they were written."""
    return {
        name: None if isinstance(value, list | dict) else value
        for name, value in feature.properties.items()
    }


POINT = '"geometry":{"type":"Point","coordinates":[1,2]}'


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[1]",
        '{"type":"Feature","properties":{},' + POINT,
        '{"type":"Feature","properties":{},' + POINT + "}}",
        '{"type":"Feature","properties":{},' + POINT + '},{"type":"Feature"',
        '{"type":"Feature","id":true,"properties":{},' + POINT + "}",
        '{"type":"Feature","id":1e3,"properties":{},' + POINT + "}",
        '{"type":"Feature","properties":[],' + POINT + "}",
        '{"type":"Feature","properties":{}}',
        '{"type":"Feature","properties":{},"odd":1,' + POINT + "}",
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2],"x":1}}',
        '{"type":"Feature","properties":{"a":[{"b":{"c":1},' + POINT + "}",
        '{"type":"Feature","properties":{"n":"}}","x":[{}',
        '{"type":"Feature","properties":{},"geometry":' + '{"type":"GeometryCollection",'
        '"geometries":[{"type":"Point","coordinates":[1,2],"x":1}]}}',
    ],
)
def test_what_is_no_feature_or_loses_something(line: str) -> None:
    """Either a glance says so, or the line is no JSON at all, which nobody shares with a file."""
    try:
        glance(line.encode())
    except NotByLinesError:
        return
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(line)
    assert line.count("{") == line.count("}")


@pytest.mark.parametrize(
    ("properties", "has"),
    [
        ('{"route":"a"}', True),
        ('{"rout\\u0065":"a"}', True),
        ('{"route":null}', True),
        ('{"kind":"route"}', False),
        ('{"name":"old \\"route\\": a"}', False),
        ('{"bus_route":1}', False),
        ('{"a":{"route":1}}', False),
        ('{"a":"}","route":1}', True),
    ],
)
def test_a_property_is_found_by_its_key(properties: str, has: bool) -> None:
    line = f'{{"type":"Feature","properties":{properties},{POINT}}}'.encode()
    assert has_property(line, "route") == has
