"""The quick twin of the strict reader: it says the same, or leaves the line alone."""

from __future__ import annotations

import pytest
from hypothesis import given

from pkzone import geojson
from pkzone.geojson import Feature
from pkzone.geojson.fast_lines import plain_feature
from pkzone.geojson.reader import read_fast
from tests.helpers.geojson_strategies import FEATURES

POINT = b'"geometry":{"type":"Point","coordinates":[46.5,39.5]}'


def line(
    label: bytes = b'"a"', properties: bytes = b'{"name":"A"}', geometry: bytes = POINT
) -> bytes:
    return (
        b'{"type":"Feature","id":' + label + b',"properties":' + properties + b"," + geometry + b"}"
    )


def strictly(text: bytes) -> Feature:
    return geojson.parse(text, check_validity=False).features[0]


@given(FEATURES)
def test_it_reads_what_the_strict_reader_reads(drawn: list[Feature]) -> None:
    data = geojson.dumps(drawn)
    for text in data.split(b"\n")[1:-2]:
        found = plain_feature(text.removesuffix(b","))
        assert found is None or found == strictly(text.removesuffix(b","))
    assert read_fast(data) == geojson.parse(data).features


@pytest.mark.parametrize(
    "text",
    [
        line(),
        line(b'"a\\u0062"'),
        line(b"7"),
        line(b"-7"),
        line(
            '"Ağdam"'.encode(),
            '{"name":"Աղդամ","note":"a b \\"c\\"","n":[1,2.5,null]}'.encode(),
        ),
        line(properties=b'{"note":"no \\u00e9, true \\\\"}'),
        line(properties=b'{"a":1e3,"b":-0,"c":1.0,"d":123456789012345,"e":false}'),
        line(geometry=b'"geometry":null'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":[]}'),
        line(geometry=b'"geometry":{"type":"LineString","coordinates":[[1,2],[3,4,5]]}'),
        line(geometry=b'"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'),
    ],
)
def test_plain_lines(text: bytes) -> None:
    found, wanted = plain_feature(text), strictly(text)
    assert found is not None
    assert (found.id, found.geometry) == (wanted.id, wanted.geometry)
    assert repr(found.properties) == repr(wanted.properties)  # 1 is not 1.0


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        line(b"true"),
        line(b"1.5"),
        line(b"123456789012345678901234"),
        line(properties=b'{"a":[[1]]}'),
        line(b'"\xff"'),
        line(properties=b'{"a":1,"a":2}'),
        line(properties=b'{"a":{"b":1}}'),
        line(properties=b'{"a":12345678901234567890123}'),
        line(properties=b'{"a":1e400}'),
        line(properties=b'{"a":NaN}'),
        line(properties=b'{"a":"\\ud800"}'),
        line(properties=b'{"a":' + b"[" * 70 + b"]" * 70 + b"}"),
        line(properties=b'{"a":1'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":[46.5,139.5]}'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":["46.5",39.5]}'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":[true,39.5]}'),
        line(geometry=b'"geometry":{"type":"point","coordinates":[46.5,39.5]}'),
        line(geometry=b'"geometry":{"type":"LineString","coordinates":[[46.5,39.5]]}'),
        line(geometry=b'"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}'),
        line(geometry=b'"geometry":{"type":"Point","coordinates":[1,2],"bbox":[1,2,1,2]}'),
        line(geometry=POINT + b',"x":1'),
        line() + b"," + line(),
    ],
)
def test_what_is_left_to_the_strict_reader(text: bytes) -> None:
    assert plain_feature(text) is None
