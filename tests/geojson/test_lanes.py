"""The two lanes of the reader: what the fast one takes, the strict one reads to the last digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkzone import geojson
from pkzone.errors import GeoJSONError
from pkzone.geojson import Feature, batches, reader
from pkzone.geojson.batches import Batch, features_of, read_in_batches
from pkzone.geojson.model import Report
from tests.geojson.test_bad_input import CASES, FOLDER, MADE, name_of
from tests.helpers.geojson_strategies import FEATURES

HEAD, TAIL = '{"type":"FeatureCollection","features":[\n', "\n]}\n"
POINT = '{"type":"Point","coordinates":[46.5,39.5]}'


def outcome(read: Callable[[], Any]) -> str:
    """What was read, or why it was refused; as text, in which 1 is not 1.0."""
    try:
        return repr(read())
    except GeoJSONError as error:
        return f"{type(error).__name__}: {error}"


def assert_lanes_agree(data: bytes, **options: bool) -> None:
    """Read a text in the fast lane, in pieces of a line each, and in the strict one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_BATCH_BYTES", 1)
        fast = outcome(lambda: geojson.parse(data, **options))
        features = outcome(lambda: reader.read_fast(data))
        patch.setattr(reader, "read_in_batches", lambda *_, **__: None)
        assert fast == outcome(lambda: geojson.parse(data, **options))
        assert features == outcome(lambda: reader.read_fast(data))


def feature(properties: str = "{}", geometry: str = POINT, label: str = '"a"') -> str:
    return f'{{"type":"Feature","id":{label},"properties":{properties},"geometry":{geometry}}}'


def collection(*features: str) -> bytes:
    return (HEAD + ",\n".join(features) + TAIL).encode()


def fast_count(data: bytes) -> int | None:
    """How many features are read without a look at each; none if the text is not for that lane."""

    def count(read: Any, _: Report) -> int:
        return sum(sum(batch.plain) for batch in read)

    return read_in_batches(data, count)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_bad_file(case: dict[str, Any]) -> None:
    data = (FOLDER / case["file"]).read_bytes()
    assert_lanes_agree(data, ids_required=case.get("ids_required", False))


@pytest.mark.parametrize("data", [made[0] for made in MADE.values()], ids=MADE)
def test_bad_bytes(data: bytes) -> None:
    assert_lanes_agree(data)


@pytest.mark.parametrize(
    "data",
    [
        collection(feature()),
        collection(feature(label="1"), feature(label='"b"', geometry="null")),
        b"\xef\xbb\xbf" + collection(feature()),
        collection(feature()).replace(b"\n", b"\r\n"),
        collection(feature('{"a":"b:c","d":[1,{"e":-0.0}]}'), feature(label='"x:y"')),
        collection(feature('{"a":"\\u00e9 \\" \\\\"}')),
        b'{"type" : "FeatureCollection", "features" : [ ] }',
        HEAD.encode() + feature('{"a" : 1}').encode() + b'],"bbox":[1,2,3,4]}',
        b'{"name":"n","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"features":[\n'
        + feature().encode()
        + b'],"type":"FeatureCollection"}',
    ],
)
def test_what_the_fast_lane_takes(data: bytes) -> None:
    assert fast_count(data) == data.count(b'"Feature"')
    assert_lanes_agree(data)


@pytest.mark.parametrize(
    "properties",
    [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"a" :1,"a" :2,"b":"\\":"}',  # as many `":` as keys
        '{"a":"\\u003a","b":1,"b":2}',  # as many colons as keys
        '{"a":{"x":1,"x":"c:d"},"b":"::"}',
        '{"a":123456789012345678901}',
        '{"a":[-18446744073709551616]}',
        '{"a":1e400}',
        '{"a":NaN}',
        '{"a":"\\ud800"}',
        '{"a":' + "[" * 40 + "]" * 40 + "}",
    ],
)
def test_what_it_leaves(properties: str) -> None:
    data = collection(feature(properties), feature(label='"b"'))
    assert fast_count(data) is None
    assert_lanes_agree(data)


@pytest.mark.parametrize(
    "other",
    [
        feature(geometry='{"type":"GeometryCollection","geometries":[' + POINT + "]}"),
        feature(geometry='{"type":"LineString","coordinates":[[1,2],[3,4,5]]}'),
        feature(geometry='{"type":"LineString","coordinates":[[1,2],[1,2],[3,4]]}'),
        feature(geometry='{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}'),
        feature(geometry='{"coordinates":[],"type":"Point"}'),
        feature("null"),
        feature(label="null"),
        feature(label='"\\u200b"'),
        feature(label="9007199254740993"),
        feature()[:-1] + ',"foreign":{"a":1}}',
    ],
)
def test_one_odd_feature_is_read_strictly_and_no_other(other: str) -> None:
    data = collection(feature(label='"b"'), other, feature(label='"c"'))
    assert fast_count(data) == 2
    assert_lanes_agree(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"x":{"features":[1]},"features":[],"type":"FeatureCollection"}',
        b'{"x":{"features":[]},"type":"FeatureCollection","features":[1]}',
        b'{"type":"FeatureCollection","features":[],"features":[1]}',
        b'{"type":"FeatureCollection","x\\"features":[1],"features":[]}',
        b'{"type":"FeatureCollection","features":[1,\n]}',
        b'{"type":"FeatureCollection","features":[\n,\n]}',
        b'{"type":"FeatureCollection","features":[1\n2]}',
        b'{"type":"FeatureCollection","features":[{}],[{}\n]}',
        b'{"type":"FeatureCollection","features":[[\n],\n[]\n]}',
        b'{"type":"FeatureCollection","features":[]}]}',
        b'{"type":"FeatureCollection","features":[ ]} {"features":[ ]}',
    ],
)
def test_pieces_that_are_lists_and_the_whole_is_none(data: bytes) -> None:
    assert_lanes_agree(data)


@given(FEATURES, st.sampled_from([b",", b", ", b",\n", b",\r\n  "]))
def test_sound_features(drawn: list[Feature], between: bytes) -> None:
    data = geojson.dumps(drawn)
    assert_lanes_agree(data)
    assert_lanes_agree(data.replace(b",\n", between).replace(b'":', b'" : '))


# Texts of values that parsers are known to differ on, in any place that a value can have.
NUMBERS = st.sampled_from(
    re.findall(
        r"\S+",
        "0 -0 -0.0 1 1.0 46.5 1e2 1E-7 0.1e1 90.0000001 180 5e-324 1e400 123456789012345678901 "
        "18446744073709551616 9223372036854775808 NaN -Infinity 01 1. .5 true null []",
    )
) | st.floats(allow_nan=False, allow_infinity=False).map(repr)
STRINGS = st.sampled_from(
    re.findall(
        r"\S+",
        r'"" "a" "b" "id" "type" "a:b" "\":" "\u0061" "\u003a" "\ud800" "\ud83d\ude00" "é" "\\"',
    )
)
SPACES = st.sampled_from(["", "", "", " ", "\n"])


@st.composite
def objects(draw: st.DrawFn, keys: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> str:
    members = draw(st.lists(st.tuples(keys, SPACES, values), max_size=3))
    return "{" + ",".join(f"{key}{space}:{value}" for key, space, value in members) + "}"


VALUES = st.recursive(
    NUMBERS | STRINGS,
    lambda inner: (
        objects(STRINGS, inner) | st.lists(inner, max_size=2).map(",".join).map("[{}]".format)
    ),
    max_leaves=5,
)
POSITIONS = st.lists(NUMBERS, min_size=2, max_size=3).map(",".join).map("[{}]".format)
PATHS = st.lists(POSITIONS, min_size=1, max_size=4).flatmap(
    lambda path: st.sampled_from([path, [*path, path[0]]])
)
RUNS = PATHS.map(",".join).map("[{}]".format)
KINDS = ("Point", "LineString", "MultiPoint", "MultiLineString", "Polygon", "MultiPolygon", "point")
GEOMETRIES = st.builds(
    lambda kind, coordinates: f'{{"type":"{kind}","coordinates":{coordinates}}}',
    st.sampled_from(KINDS),
    POSITIONS | RUNS | RUNS.map("[{}]".format) | RUNS.map("[[{}]]".format) | VALUES,
)
TEXTS_OF_FEATURES = st.builds(
    feature, objects(STRINGS, VALUES), GEOMETRIES | st.just("null") | VALUES, VALUES
)


@given(
    st.lists(TEXTS_OF_FEATURES | VALUES, max_size=3),
    st.sampled_from([",", ",\n", " , ", "\n,\n"]),
    objects(STRINGS, VALUES),
)
@example([feature(), feature()], ",\n", "{}")
def test_hostile_texts(features: list[str], between: str, root: str) -> None:
    inner = between.join(features)
    members = root[1:-1] + "," if root != "{}" else ""
    for before, after in ((members, ""), ("", f",{members[:-1]}" if members else "")):
        text = f'{{{before}"type":"FeatureCollection","features":[{inner}]{after}}}'
        assert_lanes_agree(text.encode("utf-8", "surrogatepass"))


def test_a_batch_knows_its_places_and_coordinates() -> None:
    line = '{"type":"LineString","coordinates":[[1,2],[1,2]]}'
    data = collection(feature(), feature(label="2", geometry=line), feature(label='"c"'))

    def read(given: Any, report: Report) -> list[tuple[Batch, list[Feature]]]:
        return [(batch, list(features_of(batch, report))) for batch in given]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_BATCH_BYTES", 1)
        pieces = read_in_batches(data, read)
    assert pieces is not None
    assert [batch.places for batch, _ in pieces] == [[f"features[{i}]"] for i in range(3)]
    assert [batch.plain for batch, _ in pieces] == [[True], [False], [True]]
    assert [one.id for _, features in pieces for one in features] == ["a", 2, "c"]
    (middle,) = [batch.coordinates for batch, _ in pieces[1:2]]
    assert middle is not None
    assert middle.lonlat.tolist() == [[1, 2], [1, 2]]
