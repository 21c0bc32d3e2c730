"""The quick twin of the strict reader: it says the same, or leaves the line alone."""

from __future__ import annotations

import pytest
from hypothesis import given

from pkzone import geojson
from pkzone.geojson import Feature
from pkzone.geojson.fast_lines import features_of_lines
from pkzone.geojson.model import enclosed
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
        found = features_of_lines(enclosed([text.removesuffix(b",")]))
        assert found is None or found == (strictly(text.removesuffix(b",")),)
    assert read_fast(data) == geojson.parse(data).features


PLAIN_IDS = [b'"a"', b'"a\\u0062"', b"7", b"-7", '"Ağdam"'.encode()]
PLAIN_PROPERTIES = [
    '{"name":"Աղդամ","note":"a b \\"c\\"","n":[1,2.5,null]}'.encode(),
    b'{"note":"no \\u00e9, true \\\\"}',
    b'{"a":1e3,"b":-0,"c":1.0,"d":123456789012345,"e":false}',
]
PLAIN_GEOMETRIES = [
    b"null",
    b'{"type":"Point","coordinates":[]}',
    b'{"type":"LineString","coordinates":[[1,2],[3,4,5]]}',
    b'{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}',
]


@pytest.mark.parametrize(
    "text",
    [
        *(line(label) for label in PLAIN_IDS),
        *(line(properties=properties) for properties in PLAIN_PROPERTIES),
        *(line(geometry=b'"geometry":' + geometry) for geometry in PLAIN_GEOMETRIES),
    ],
)
def test_plain_lines(text: bytes) -> None:
    wanted = strictly(text)
    [found] = features_of_lines(enclosed([text])) or [None]
    assert found is not None
    assert (found.id, found.geometry) == (wanted.id, wanted.geometry)
    assert repr(found.properties) == repr(wanted.properties)  # 1 is not 1.0


ODD_IDS = [b"true", b"1.5", b"123456789012345678901234", b'"\xff"']
ODD_PROPERTIES = [
    b'{"a":[[1]]}',
    b'{"a":1,"a":2}',
    b'{"a":{"b":1}}',
    b'{"a":12345678901234567890123}',
    b'{"a":1e400}',
    b'{"a":NaN}',
    b'{"a":"\\ud800"}',
    b'{"a":' + b"[" * 70 + b"]" * 70 + b"}",
    b'{"a":1',
]
ODD_GEOMETRIES = [
    b'{"type":"Point","coordinates":["46.5",39.5]}',
    b'{"type":"Point","coordinates":[true,39.5]}',
    b'{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}',
    b'{"type":"Point","coordinates":[1,2],"bbox":[1,2,1,2]}',
    b'{"type":"Point","coordinates":[46.5,39.5]},"x":1',
]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        line() + b"," + line(),
        *(line(label) for label in ODD_IDS),
        *(line(properties=properties) for properties in ODD_PROPERTIES),
        *(line(geometry=b'"geometry":' + geometry) for geometry in ODD_GEOMETRIES),
    ],
)
def test_what_is_left_to_the_strict_reader(text: bytes) -> None:
    assert features_of_lines(enclosed([text])) is None
