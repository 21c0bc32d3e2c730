"""GeoDataFrames: columns, types, index, CRS and the record that travels along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

import pkzone
from pkzone.errors import (
    BadPosition,
    CatalogueError,
    HashMismatch,
    SchemaError,
    SwappedCoordinates,
)
from pkzone.geojson import Feature
from pkzone.layers.frames import FrameCache, frame_of_features
from pkzone.layers.schemas import Rules, property_types
from tests.conftest import SCHEMA, write_catalogue
from tests.helpers.schema_check import check_version

COLUMNS = [
    "certainty",
    "name",
    "name_hy",
    "sequence",
    "since",
    "sources",
    "status",
    "uncertainty_m",
    "geometry",
]
DTYPES = {
    "certainty": "string",
    "name": "string",
    "name_hy": "string",
    "sequence": "Int64",
    "since": "string",
    "sources": "object",
    "status": "string",
    "uncertainty_m": "float64",
    "geometry": "geometry",
}


@pytest.fixture
def old_and_new(small_root: Path) -> gpd.GeoDataFrame:
    return pkzone.load("corridor@2022-08-30", catalogue=small_root)


def test_rows_columns_and_crs(old_and_new: gpd.GeoDataFrame) -> None:
    assert list(old_and_new.index) == ["lachin-new", "lachin-old"]
    assert old_and_new.index.name == "id"
    assert list(old_and_new.columns) == COLUMNS
    assert {name: str(kind) for name, kind in old_and_new.dtypes.items()} == DTYPES
    assert old_and_new.crs.to_epsg() == 4326


def test_values_and_axis_order(old_and_new: gpd.GeoDataFrame) -> None:
    row = old_and_new.loc["lachin-old"]
    assert (row["status"], row["sequence"], row["uncertainty_m"]) == ("former", 2, 250.0)
    assert row["name_hy"] == "Բերձոր"
    assert row["sources"] == ["bbc-2020"]
    assert list(row.geometry.coords) == [(46.75, 39.82), (46.6, 39.7), (46.4, 39.6)]


def test_an_empty_version_has_the_columns_of_its_schema(small_root: Path) -> None:
    frame = pkzone.load("zone@2024-06-12", catalogue=small_root)
    assert len(frame) == 0
    assert frame.index.name == "id"
    assert list(frame.columns) == COLUMNS
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == DTYPES
    assert frame.geometry.name == "geometry"
    assert frame.crs.to_epsg() == 4326


def test_types_do_not_depend_on_the_version(small_root: Path) -> None:
    core = pkzone.load("zone@2020-11-10", catalogue=small_root)
    assert {str(kind) for kind in core.dtypes} <= set(DTYPES.values())
    assert all(str(kind) == DTYPES[name] for name, kind in core.dtypes.items())
    assert "sequence" not in core.columns  # no feature has it


def test_the_record_travels_along(small_root: Path) -> None:
    version = pkzone.catalogue(small_root)["corridor"]["2022-08-30"]
    frame = version.frame()
    assert frame.attrs["pkzone"] == version.to_dict()
    assert frame.copy().attrs["pkzone"]["ref"] == "corridor@2022-08-30"
    assert frame.to_crs(32638).attrs["pkzone"]["licenses"][0]["name"] == "CC-BY-4.0"
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs


def test_the_catalogue_may_be_open_already(small_root: Path) -> None:
    small = pkzone.catalogue(small_root)
    assert pkzone.load("zone@2021-01-01", catalogue=small).index.tolist() == ["core"]


def test_a_file_needs_no_ids(tmp_path: Path) -> None:
    path = tmp_path / "road.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"lanes":2},'
        '"geometry":{"type":"Point","coordinates":[46.75,39.82]}}]}',
        encoding="utf-8",
    )
    for ref in (path, str(path)):
        frame = pkzone.load(ref)
        assert frame.index.tolist() == [None]
        assert frame["lanes"].tolist() == [2]
        assert frame.attrs["pkzone"] == {"file": str(path)}


def _frame(*properties: dict[str, Any]) -> gpd.GeoDataFrame:
    return frame_of_features(
        [Feature(f"f{number}", each, None) for number, each in enumerate(properties)]
    )


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "Int64"),
        ([1, None], "Int64"),
        ([1, 2.5], "float64"),
        ([1.5, None], "float64"),
        (["a", None], "string"),
        ([True, None], "boolean"),
        ([True, 1], "object"),
        (["a", 1], "object"),
        ([[1], [2]], "object"),
        ([None, None], "object"),
        ([10**30, 1], "object"),
    ],
)
def test_types_are_told_from_the_values(values: list[Any], dtype: str) -> None:
    frame = _frame(*({"value": value} for value in values))
    assert str(frame["value"].dtype) == dtype


def test_a_property_named_like_the_geometry_hides_nothing() -> None:
    frame = _frame({"geometry": "round", "id": 7})
    assert list(frame.columns) == ["properties.geometry", "properties.id", "geometry"]
    assert frame["properties.geometry"].tolist() == ["round"]
    assert frame.reset_index()["id"].tolist() == ["f0"]


def test_features_without_geometry_stay() -> None:
    frame = _frame({"a": 1}, {"b": 2})
    assert frame.geometry.isna().all()
    assert frame["a"].isna().tolist() == [False, True]


def test_no_features_and_no_schema() -> None:
    frame = frame_of_features([])
    assert (len(frame), list(frame.columns), frame.crs.to_epsg()) == (0, ["geometry"], 4326)


def test_every_version_of_the_small_catalogue_follows_its_schema(small_root: Path) -> None:
    for layer in pkzone.catalogue(small_root).layers:
        for version in layer.versions:
            check_version(version)


def _feature(**changes: Any) -> Feature:
    return Feature("road", {"name": "Road", "status": "open", **changes}, {"type": "Point"})


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        (
            _feature(certainty="sure"),
            "road.geojson: road: properties.certainty: 'sure' is not one of",
        ),
        (_feature(uncertainty_m=-5), "properties.uncertainty_m: -5 is less than the minimum"),
        (_feature(colour="red"), "'colour' was unexpected"),
        (
            Feature("road", {"status": "open"}, {}),
            "road: properties: 'name' is a required property",
        ),
        (
            Feature("road", {"name": "Road", "status": "open"}, None),
            "geometry: None is not of type",
        ),
        (Feature(None, {"name": "Road", "status": "open"}, {}), "features[0]: 'id' is a required"),
    ],
)
def test_features_that_break_the_schema(feature: Feature, text: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Rules(SCHEMA).check([feature], name="road.geojson")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_finding_is_told() -> None:
    features = [_feature(certainty="sure", colour="red"), _feature(), _feature(status=1)]
    assert len(list(Rules(SCHEMA).breaches(features))) == 3
    with pytest.raises(SchemaError, match=r"\(and 2 more\)"):
        Rules(SCHEMA).check(features, name="road.geojson")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "no-such-type"},
        {"$ref": "https://example.org/schema.json"},
        {"$ref": "#/$defs/missing"},
    ],
)
def test_a_bad_schema_is_refused_and_nothing_is_fetched(schema: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError, match="the schema"):
        list(Rules(schema).breaches([_feature()]))


def test_types_that_a_schema_states() -> None:
    rules = {
        "ref": {"$ref": "#/$defs/id_text"},
        "nullable": {"type": ["integer", "null"]},
        "either": {"type": ["integer", "string"]},
        "choice": {"enum": ["a", "b"]},
        "fixed": {"const": "a"},
        "many": {"type": "array"},
        "anything": True,
    }
    schema = {
        "$defs": {"id_text": {"type": "string"}},
        "properties": {"properties": {"properties": rules}},
    }
    assert property_types(schema) == {
        "ref": "string",
        "nullable": "integer",
        "either": "other",
        "choice": "string",
        "fixed": "string",
        "many": "other",
        "anything": "other",
    }


def test_a_missing_schema_is_told(small_root: Path) -> None:
    write_catalogue(small_root)
    (small_root / "schemas/zone.json").unlink()
    with pytest.raises(CatalogueError, match=r"schemas/zone\.json: no such file"):
        pkzone.load("zone", catalogue=small_root)


def test_a_frame_is_nobody_elses(small_root: Path) -> None:
    ref = "corridor@2022-08-30"
    first = pkzone.load(ref, catalogue=small_root)
    first.loc["lachin-old", "sources"].append("mine")
    first.loc["lachin-old", "status"] = "mine"
    first.attrs["pkzone"]["layer"] = "mine"
    second = pkzone.load(ref, catalogue=small_root)
    assert second.loc["lachin-old", "sources"] == ["bbc-2020"]
    assert second.loc["lachin-old", "status"] == "former"
    assert second.attrs["pkzone"]["layer"] == "corridor"


def test_a_file_that_was_loaded_is_checked_again(small_root: Path) -> None:
    version = pkzone.catalogue(small_root)["corridor"]["2022-08-30"]
    version.frame()
    version.path.write_bytes(version.path.read_bytes().replace(b"former", b"formed"))
    with pytest.raises(HashMismatch):
        version.frame()


@pytest.mark.parametrize(
    ("coordinates", "error"),
    [
        ("[46.5,true]", BadPosition),
        ('["46.5",39.5]', BadPosition),
        ("[46.5,null]", BadPosition),
        ("[46.5,139.5]", SwappedCoordinates),
        ("[46.5,1e2]", SwappedCoordinates),
    ],
)
def test_the_quick_way_refuses_what_the_slow_one_does(
    coordinates: str, error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "one.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[\n'
        '{"type":"Feature","id":"a","properties":{},'
        f'"geometry":{{"type":"Point","coordinates":{coordinates}}}}}\n]}}\n'
    )
    with pytest.raises(error):
        pkzone.load(path)


def test_only_so_much_is_kept() -> None:
    cache = FrameCache(max_size=10)
    a, b, c, d = (gpd.GeoDataFrame() for _ in range(4))
    cache.put("a", a, 4)
    cache.put("b", b, 4)
    assert cache.get("a") is a
    cache.put("c", c, 4)
    assert [cache.get(key) is frame for key, frame in zip("abc", (a, None, c), strict=True)]
    cache.put("d", d, 11)
    assert cache.get("d") is None
