"""Mending: what is mended is told and valid, what would need a guess stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from pkzone import errors, geojson
from pkzone.checks import canonical, check_text, mend
from tests.helpers.geojson_strategies import FEATURES

SQUARE = "[[46,39],[47,39],[47,40],[46,40],[46,39]]"


def polygon(*rings: str, feature: str = '"id":"a","properties":{}') -> bytes:
    geometry = f'{{"type":"Polygon","coordinates":[{",".join(rings)}]}}'
    return collection(f'{{"type":"Feature",{feature},"geometry":{geometry}}}')


def collection(*features: str, members: str = "") -> bytes:
    joined = ",\n".join(features)
    return f'{{"type":"FeatureCollection",{members}"features":[\n{joined}\n]}}\n'.encode()


def point(feature_id: str, coordinates: str = "[46,39]") -> str:
    geometry = f'{{"type":"Point","coordinates":{coordinates}}}'
    return f'{{"type":"Feature","id":"{feature_id}","properties":{{}},"geometry":{geometry}}}'


def written(data: bytes) -> Any:
    """The coordinates of the first feature."""
    return json.loads(data)["features"][0]["geometry"]["coordinates"]


# name: the file, the code of what is mended, what the first feature's coordinates are then
MENDED: dict[str, tuple[bytes, str, object]] = {
    "open-ring": (
        polygon("[[46,39],[47,39],[47,40],[46,40]]"),
        "ring-not-closed",
        [[[46, 39], [47, 39], [47, 40], [46, 40], [46, 39]]],
    ),
    "open-triangle": (
        polygon("[[46,39],[47,39],[47,40]]"),
        "ring-not-closed",
        [[[46, 39], [47, 39], [47, 40], [46, 39]]],
    ),
    "end-beside-the-start": (
        polygon("[[46,39],[47,39],[47,40],[46.0000001,39]]"),
        "ring-not-closed",
        [[[46, 39], [47, 39], [47, 40], [46, 39]]],
    ),
    "open-hole": (
        polygon(SQUARE, "[[46.2,39.2],[46.2,39.4],[46.4,39.4]]"),
        "ring-not-closed",
        [json.loads(SQUARE), [[46.2, 39.2], [46.2, 39.4], [46.4, 39.4], [46.2, 39.2]]],
    ),
    "clockwise": (
        polygon("[[46,39],[46,40],[47,40],[47,39],[46,39]]"),
        "wrong-winding",
        [json.loads(SQUARE)],
    ),
    "many-decimals": (
        collection(point("a", "[46.1234567890123,39,1200.00049]")),
        "precision",
        [46.123457, 39, 1200],
    ),
    "negative-zero": (collection(point("a", "[-0.0,39]")), "negative-zero", [0, 39]),
    "order": (collection(point("b"), point("a", "[1,2]")), "order", [1, 2]),
    "byte-order-mark": (b"\xef\xbb\xbf" + collection(point("a")), "bom", [46, 39]),
    "crs84": (
        collection(point("a"), members='"crs":{"type":"name","properties":{"name":"EPSG:4326"}},'),
        "crs84",
        [46, 39],
    ),
    "bbox": (collection(point("a"), members='"bbox":[46,39,46,39],'), "bbox-dropped", [46, 39]),
    "bare-geometry": (b'{"type":"Point","coordinates":[46,39]}', "wrapped", [46, 39]),
    "single-feature": (point("a").encode(), "wrapped", [46, 39]),
    "no-properties": (
        collection(point("a").replace('"properties":{}', '"properties":null')),
        "no-properties",
        [46, 39],
    ),
    "layout": (collection(point("a")).replace(b":", b": "), "layout", [46, 39]),
}
OPEN_AT_ANOTHER_HEIGHT = "[[46,39,1],[47,39,1],[47,40,1],[46,40,1],[46,39,2]]"

# name: the file, the error
LEFT: dict[str, tuple[bytes, type[errors.GeoJSONError]]] = {
    "foreign-member": (
        collection(point("b"), point("a"), members='"name":"roads",'),
        errors.NotMended,
    ),
    "foreign-member-of-a-geometry": (
        collection(point("a").replace('"Point"', '"Point","tags":{}')),
        errors.NotMended,
    ),
    "crossing-rings": (polygon("[[46,39],[47,40],[47,39],[46,40]]"), errors.InvalidGeometry),
    "end-at-another-height": (polygon(OPEN_AT_ANOTHER_HEIGHT), errors.RingNotClosed),
    "line-for-a-ring": (polygon("[[46,39],[47,40]]"), errors.RingTooShort),
    "swapped": (collection(point("a", "[39,146]")), errors.SwappedCoordinates),
    "id-twice": (collection(point("a"), point("a")), errors.DuplicateId),
    "sliver": (polygon("[[46,39],[46.0000001,39],[46.0000001,39.1],[46,39]]"), errors.GeoJSONError),
    "not-json": (b"{", errors.InvalidJSON),
    "array": (b"[]", errors.BadStructure),
    "features-of-numbers": (b'{"type":"FeatureCollection","features":[1]}', errors.BadStructure),
    "key-twice": (b'{"type":"Point","type":"Point","coordinates":[1,1]}', errors.DuplicateKey),
}


@pytest.mark.parametrize(("data", "code", "coordinates"), MENDED.values(), ids=MENDED)
def test_it_is_mended_and_told(data: bytes, code: str, coordinates: object) -> None:
    mended = mend(data, name="a.geojson")
    assert code in [notice.code for notice in mended.notices]
    assert written(mended.data) == coordinates
    assert check_text(mended.data).findings == ()
    assert mend(mended.data) == type(mended)(mended.data, (), is_changed=False)
    assert canonical(mended.data).data == mended.data


@pytest.mark.parametrize(("data", "error"), LEFT.values(), ids=LEFT)
def test_it_is_not_mended(data: bytes, error: type[errors.GeoJSONError]) -> None:
    with pytest.raises(error) as caught:
        mend(data, name="a.geojson")
    assert str(caught.value).startswith("a.geojson: ")


def test_repeated_vertices_stay() -> None:
    line = b'{"type":"LineString","coordinates":[[46,39],[46,39],[47,40]]}'
    assert written(mend(line).data) == [[46, 39], [46, 39], [47, 40]]


def test_rings_are_closed_in_every_kind_of_geometry() -> None:
    ring = "[[46,39],[47,39],[47,40]]"
    parts = (
        f'{{"type":"MultiPolygon","coordinates":[[{ring}]]}}',
        f'{{"type":"GeometryCollection","geometries":[{{"type":"Polygon","coordinates":[{ring}]}}]}}',
    )
    features = (
        f'{{"type":"Feature","id":{i},"properties":{{}},"geometry":{part}}}'
        for i, part in enumerate(parts)
    )
    messages = [str(one) for one in mend(collection(*features), name="a").notices]
    assert messages[:2] == [
        "a: 0: geometry.coordinates[0][0] is closed",
        "a: 1: geometry.geometries[0].coordinates[0] is closed",
    ]


def test_the_canonical_form_says_what_it_drops() -> None:
    data = collection(
        point("a").replace('"type":"Feature"', '"type":"Feature","style":1'),
        members='"name":"roads","bbox":[46,39,46,39],',
    )
    formatted = canonical(data, name="a.geojson")
    assert [str(notice) for notice in formatted.notices] == [
        "a.geojson: the bbox of the collection is dropped",
        "a.geojson: the collection loses members that are not GeoJSON: name",
        "a.geojson: a: the feature loses members that are not GeoJSON: style",
    ]
    assert formatted.data == collection(point("a")).replace(b":[\n", b":[\n")


@pytest.mark.parametrize("name", ["open-ring", "no-properties"])
def test_the_canonical_form_closes_no_ring_but_adds_properties(name: str) -> None:
    data = MENDED[name][0]
    if name == "open-ring":
        with pytest.raises(errors.RingNotClosed):
            canonical(data)
    else:
        assert [notice.code for notice in canonical(data).notices] == ["no-properties"]


@given(FEATURES)
def test_canonical_bytes_have_nothing_to_mend(features: list[geojson.Feature]) -> None:
    data = geojson.dumps(features)
    assert mend(data) == type(mend(data))(data, (), is_changed=False)
    assert canonical(data).data == data
