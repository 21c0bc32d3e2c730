"""GeoJSON written and read back: the exact bytes, and that nothing gets lost on the way."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import shapely
import shapely.geometry
from hypothesis import given
from hypothesis import strategies as st

from pkzone import errors, geojson
from pkzone.geojson import Feature
from tests.helpers.geojson_strategies import FEATURES, redrawn

POINT: dict[str, Any] = {"type": "Point", "coordinates": [46.75, 39.82]}
SQUARE: list[list[float]] = [[46, 39], [47, 39], [47, 40], [46, 40], [46, 39]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_the_bytes_of_a_collection() -> None:
    features = [
        Feature(None, {"b": 1}, None),
        Feature(
            "zone",
            {"note": 'Լաչին\t"x" \\ é', "km": 2.5, "a": {"z": None, "b": [True, 1.0, 1e-7]}},
            polygon(SQUARE[::-1]),
        ),
        Feature(None, {}, None),
        Feature(
            "Road", {}, {"type": "LineString", "coordinates": [[46.6, 39.0], [46.5000001, -0.0]]}
        ),
        Feature(10, {}, {"type": "Point", "coordinates": [46, 1e-5, 1234.5678]}),
        Feature(9, {}, {"type": "Point", "coordinates": []}),
    ]
    assert geojson.dumps(features).decode("utf-8") == (
        '{"type":"FeatureCollection","features":[\n'
        '{"type":"Feature","id":10,"properties":{},'
        '"geometry":{"type":"Point","coordinates":[46,0.00001,1234.568]}},\n'
        '{"type":"Feature","id":9,"properties":{},'
        '"geometry":{"type":"Point","coordinates":[]}},\n'
        '{"type":"Feature","id":"Road","properties":{},'
        '"geometry":{"type":"LineString","coordinates":[[46.6,39],[46.5,0]]}},\n'
        '{"type":"Feature","id":"zone","properties":'
        '{"a":{"b":[true,1.0,1e-07],"z":null},"km":2.5,"note":"Լաչին\\t\\"x\\" \\\\ é"},'
        '"geometry":{"type":"Polygon",'
        '"coordinates":[[[46,39],[47,39],[47,40],[46,40],[46,39]]]}},\n'
        '{"type":"Feature","properties":{"b":1},"geometry":null},\n'
        '{"type":"Feature","properties":{},"geometry":null}\n'
        "]}\n"
    )


def test_the_bytes_of_no_features() -> None:
    empty = b'{"type":"FeatureCollection","features":[\n]}\n'
    assert geojson.dumps([]) == empty
    assert geojson.parse(empty) == geojson.FeatureCollection((), ())


def test_ids_sort_by_code_point() -> None:
    ids = ["é", "z", "Z", "a-1", "a", "😀", "\uffff", 10, 2, "1", ""]
    lines = geojson.dumps([Feature(i, {}, None) for i in ids]).decode("utf-8").split("\n")[1:-2]
    wanted = ["", "1", 10, 2, "Z", "a", "a-1", "z", "é", "\uffff", "😀"]
    assert [json.loads(line.rstrip(","))["id"] for line in lines] == wanted


def test_what_is_read_stays_as_it_stands_in_the_file() -> None:
    text = (
        '{"type":"Feature","id":"a","properties":{"n":1,"x":1.0},'
        '"geometry":{"type":"LineString","coordinates":[[46.123456789,39],[46,39.5]]}}'
    )
    (feature,) = geojson.parse(text.encode()).features
    assert feature == Feature(
        "a",
        {"n": 1, "x": 1.0},
        {"type": "LineString", "coordinates": [[46.123456789, 39], [46, 39.5]]},
    )
    assert isinstance(feature.properties["n"], int)
    assert isinstance(feature.properties["x"], float)


def exact(value: Any) -> str:
    """JSON text that tells 1 from 1.0 and True, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def filled(shape: Any) -> list[Any]:
    """The simple parts of a shape that hold something; GEOS measures no distance to the rest."""
    parts = getattr(shape, "geoms", [shape])
    nested = [filled(part) if hasattr(part, "geoms") else [part] for part in parts]
    return [part for inner in nested for part in inner if not part.is_empty]


def assert_same_shape(before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """Judged by shapely, with the rounding of half a millionth of a degree as the only slack."""
    if before is None or after is None:
        assert before is after
        return
    a, b = shapely.geometry.shape(before), shapely.geometry.shape(after)
    assert a.geom_type == b.geom_type
    assert shapely.get_num_geometries(a) == shapely.get_num_geometries(b)
    a, b = (shapely.GeometryCollection(filled(shape)) for shape in (a, b))
    assert len(a.geoms) == len(b.geoms)
    if not a.is_empty:
        slack = 0.5e-6 * math.sqrt(2) + 1e-9
        assert shapely.hausdorff_distance(a, b) <= slack
        assert abs(a.length - b.length) <= 2 * slack * shapely.get_num_coordinates(a)
        assert abs(a.area - b.area) <= slack * (a.length + 1)


@given(FEATURES)
def test_nothing_gets_lost_but_the_stated_rounding(features: list[Feature]) -> None:
    again = geojson.parse(geojson.dumps(features)).features
    key = lambda f: (exact(f.id), exact(f.properties))  # noqa: E731
    assert Counter(map(key, again)) == Counter(map(key, features))
    named = {exact(f.id): f for f in again if f.id is not None}
    for feature in features:
        if feature.id is not None:
            assert_same_shape(feature.geometry, named[exact(feature.id)].geometry)


@given(FEATURES)
def test_writing_what_was_read_gives_the_same_bytes(features: list[Feature]) -> None:
    data = geojson.dumps(features)
    assert geojson.dumps(geojson.parse(data).features) == data


def shuffled(value: Any, random: Random) -> Any:
    """The same value, its objects' keys in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        random.shuffle(items)
        return {key: shuffled(item, random) for key, item in items}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(FEATURES, st.integers(0, 9999))
def test_the_bytes_do_not_depend_on_order(features: list[Feature], seed: int) -> None:
    random = Random(seed)  # noqa: S311  not for cryptography
    others = [
        Feature(
            feature.id,
            shuffled(feature.properties, random),
            feature.geometry and redrawn(feature.geometry, random),
        )
        for feature in features
    ]
    random.shuffle(others)
    assert geojson.dumps(others) == geojson.dumps(features)


@given(FEATURES)
def test_the_standard_parser_reads_one_feature_a_line(features: list[Feature]) -> None:
    text = geojson.dumps(features).decode("utf-8")
    header, *lines, footer, end = text.split("\n")
    assert (header, footer, end) == ('{"type":"FeatureCollection","features":[', "]}", "")
    assert len(lines) == len(features)
    whole = json.loads(text)
    assert [json.loads(line.removesuffix(",")) for line in lines] == whole["features"]
    for feature in whole["features"]:
        assert list(feature) == [
            key for key in ("type", "id", "properties", "geometry") if key in feature
        ]


@given(FEATURES)
def test_coordinates_are_written_in_their_shortest_form(features: list[Feature]) -> None:
    text = geojson.dumps([Feature(None, {}, feature.geometry) for feature in features]).decode()
    for number in re.findall(r"-?[0-9][0-9.eE+-]*", text):
        assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", number)
        assert number != "-0"
        assert len(number.partition(".")[2]) <= 6
        digits = Decimal(repr(float(number))).normalize().as_tuple().digits
        assert Decimal(number).normalize().as_tuple().digits == digits


@given(FEATURES)
def test_shapely_reads_the_same_shape_and_finds_it_valid(features: list[Feature]) -> None:
    for feature in json.loads(geojson.dumps(features))["features"]:
        if feature["geometry"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert shape.is_valid
            assert shape.equals(shapely.geometry.shape(feature["geometry"]))


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "import sys; from pkzone import geojson as g\n"
        "features = [g.Feature(i, {k: {k, 'x'}.pop() and {k: 1, 'y': 2} for k in 'qwerty'}, None)"
        " for i in {'b', 'a', 'c', 'd'}]\n"
        "sys.stdout.buffer.write(g.dumps(features))"
    )
    written = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert written[0] == written[1]
    assert written[0].startswith(b'{"type":"FeatureCollection","features":[\n{"type":"Feature"')


LOOP: list[Any] = []
LOOP.append(LOOP)
DEEP: Any = POINT
for _ in range(5000):
    DEEP = {"type": "GeometryCollection", "geometries": [DEEP]}
NEEDLE = [[46, 39], [47, 39], [46.5, 39.0000001], [46, 39]]
BOW_TIE = [[46, 39], [47, 40], [47, 39], [46, 40], [46, 39]]
LINE = "LineString"
# id: feature, error, what the message says
UNWRITABLE: dict[str, tuple[Feature, type[errors.GeoJSONError], str]] = {
    "id-float": (Feature(1.0, {}, None), errors.BadId, "features[1]: its id is of type float"),  # type: ignore[arg-type]
    "id-bool": (Feature(True, {}, None), errors.BadId, "features[1]: its id is of type bool"),
    "id-bytes": (Feature(b"a", {}, None), errors.BadId, "features[1]: its id is of type bytes"),  # type: ignore[arg-type]
    "id-surrogate": (Feature("\ud800", {}, None), errors.BadString, "\\ud800: a string holds half"),
    "id-huge": (
        Feature(10**400, {}, None),
        errors.BadNumber,
        "features[1]: its id is a number too large",
    ),
    "nan": (Feature("a", {"x": [math.nan]}, None), errors.BadNumber, "a: properties.x[0] is nan"),
    "infinity": (Feature("a", {"x": math.inf}, None), errors.BadNumber, "a: properties.x is inf"),
    "huge-integer": (Feature("a", {"x": 10**400}, None), errors.BadNumber, "a: properties.x is a"),
    "surrogate": (Feature("a", {"x": "\udfff"}, None), errors.BadString, "a: a string holds half"),
    "no-properties": (
        Feature("a", None, None),  # type: ignore[arg-type]
        errors.BadValue,
        "a: its properties are of type NoneType",
    ),
    "set": (Feature("a", {"x": {1}}, None), errors.BadValue, "a: properties.x is of type set"),
    "date": (
        Feature("a", {"x": date(2020, 11, 10)}, None),
        errors.BadValue,
        "a: properties.x is of",
    ),
    "number-as-key": (
        Feature("a", {"x": {1: 2}}, None),
        errors.BadValue,
        "a: a key of properties.x is of type int",
    ),
    "loop": (Feature("a", {"x": LOOP}, None), errors.TooDeep, "a: properties.x[0]"),
    "deep-collections": (
        Feature("a", {}, DEEP),
        errors.TooDeep,
        "a: holds geometry collections nested too deep",
    ),
    "no-type": (
        Feature("a", {}, {"coordinates": []}),
        errors.BadStructure,
        'a: geometry has no "type"',
    ),
    "out-of-range": (
        Feature("a", {}, {"type": "Point", "coordinates": [190, 0]}),
        errors.OutOfRange,
        "a: geometry.coordinates = [190, 0] is beyond 180",
    ),
    "nan-coordinate": (
        Feature("a", {}, {"type": "Point", "coordinates": [46, 39, math.nan]}),
        errors.OutOfRange,
        "a: geometry.coordinates holds a number that is not finite",
    ),
    "open-ring": (
        Feature("a", {}, polygon(SQUARE[:-1])),
        errors.RingNotClosed,
        "a: geometry.coordinates[0] is a ring that is not closed",
    ),
    "bow-tie": (
        Feature("a", {}, polygon(BOW_TIE)),
        errors.InvalidGeometry,
        "a: geometry is not valid: Self-intersection [46.5 39.5]",
    ),
    "bow-tie-in-collection": (
        Feature("a", {}, {"type": "GeometryCollection", "geometries": [POINT, polygon(BOW_TIE)]}),
        errors.InvalidGeometry,
        "a: geometry is not valid: Self-intersection",
    ),
    "overlapping-parts": (
        Feature("a", {}, {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}),
        errors.InvalidGeometry,
        "a: geometry is not valid",
    ),
    "line-of-no-length": (
        Feature("a", {}, {"type": LINE, "coordinates": [[46, 39], [46, 39]]}),
        errors.InvalidGeometry,
        "a: geometry.coordinates is a line of no length",
    ),
    "line-that-rounding-collapses": (
        Feature("a", {}, {"type": LINE, "coordinates": [[46, 39], [46, 39.0000001]]}),
        errors.CollapsedGeometry,
        "a: a line has no length once it is rounded",
    ),
    "ring-that-rounding-collapses": (
        Feature("a", {}, polygon(NEEDLE)),
        errors.CollapsedGeometry,
        "a: rounding makes the geometry invalid",
    ),
}


@pytest.mark.parametrize(("feature", "error", "says"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_cannot_be_read_back_is_not_written(
    feature: Feature, error: type[errors.GeoJSONError], says: str
) -> None:
    with pytest.raises(errors.GeoJSONError) as caught:
        geojson.dumps([Feature("good", {}, POINT), feature], name="out.geojson")
    assert type(caught.value) is error
    assert str(caught.value).startswith(f"out.geojson: {says}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("ids", [("a", "b", "a"), (7, "b", "7")], ids=["strings", "number"])
def test_ids_that_look_alike_are_not_written(ids: tuple[str | int, ...]) -> None:
    with pytest.raises(errors.DuplicateId, match=f"^out: {ids[0]}: "):
        geojson.dumps([Feature(i, {}, None) for i in ids], name="out")


def test_what_rounding_heals_is_written() -> None:
    crossing = [[46, 39], [47, 39], [47, 40], [46.9999999, 39], [46, 39]]
    healed = [[46, 39], [47, 39], [47, 40], [46, 40], [46.0000001, 39.5], [46, 39.5], [46, 39]]
    with pytest.raises(errors.InvalidGeometry):
        geojson.dumps([Feature("a", {}, polygon(crossing))])
    assert geojson.parse(geojson.dumps([Feature("a", {}, polygon(healed))])).features


def test_geometries_of_tuples_and_numpy_numbers_are_written() -> None:
    shape = shapely.Polygon([(46, 39), (47, 39), (47, 40)])
    numbers = {"type": "Point", "coordinates": tuple(shapely.get_coordinates(shape)[1])}
    features = [
        Feature("a", {"list": (1, 2)}, shapely.geometry.mapping(shape)),
        Feature("b", {}, numbers),
    ]
    again = geojson.parse(geojson.dumps(features)).features
    assert again[0].properties == {"list": [1, 2]}
    assert again[0].geometry == polygon([[46, 39], [47, 39], [47, 40], [46, 39]])
    assert again[1].geometry == {"type": "Point", "coordinates": [47, 39]}


def test_write_and_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    features = [Feature("a", {}, POINT)]
    geojson.write(path, features)
    assert path.read_bytes() == geojson.dumps(features)
    assert geojson.read(path).features == tuple(features)
    with pytest.raises(errors.OutputError, match="already exists"):
        geojson.write(path, [])
    geojson.write(path, [], overwrite=True)
    assert geojson.read(path).features == ()


def test_a_refusal_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    geojson.write(path, [Feature("a", {}, POINT)])
    before = path.read_bytes()
    with pytest.raises(errors.InvalidGeometry, match=r"roads\.geojson: b: "):
        geojson.write(path, [Feature("b", {}, polygon(BOW_TIE))], overwrite=True)
    assert path.read_bytes() == before


def test_validity_is_noted_only_where_asked() -> None:
    data = json.dumps({"type": "Feature", "properties": {}, "geometry": polygon(BOW_TIE)}).encode()
    assert "invalid-polygon" in {notice.code for notice in geojson.parse(data).notices}
    unchecked = geojson.parse(data, check_validity=False)
    assert "invalid-polygon" not in {notice.code for notice in unchecked.notices}


def test_importing_and_reading_lines_needs_no_shapely() -> None:
    script = (
        "import sys; from pkzone import geojson as g\n"
        "f = g.Feature('a', {}, {'type': 'LineString', 'coordinates': [[46, 39], [47, 40]]})\n"
        "g.parse(g.dumps([f])); assert not {'shapely', 'numpy', 'pyproj'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
