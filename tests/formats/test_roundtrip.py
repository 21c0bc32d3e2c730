"""There and back: what a format keeps, for every shipped layer and for collections made up."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

import pkzone
from pkzone import geojson
from pkzone.errors import CannotHold
from pkzone.formats import import_
from pkzone.formats.export import converted
from pkzone.formats.export_source import Subject
from pkzone.formats.registry import FORMATS, format_named
from pkzone.geojson import Feature
from tests.helpers import geojson_strategies as gs
from tests.helpers.format_worker import worker_in_this_process

CATALOGUE = pkzone.catalogue()
NAMES = [one.name for one in FORMATS if one.written]
VERSIONS = [version for layer in CATALOGUE.layers for version in layer.versions]
FULLEST = [max(layer.versions, key=lambda one: one.feature_count) for layer in CATALOGUE.layers]
LOSSLESS = ("gpkg", "fgb", "parquet")


@pytest.fixture(scope="module", autouse=True)
def _in_this_process() -> Iterator[None]:
    with worker_in_this_process():
        yield


def there_and_back(features: tuple[Feature, ...], name: str, folder: Path) -> tuple[Any, list[str]]:
    """Return the features that come back by an import of the files, and the notices."""
    files, notices, _ = converted(Subject("x", features), format_named(name), shown="x")
    back: list[Feature] = []
    for ending, data in files.items():
        (folder / f"x{ending}").write_bytes(data)
    for ending in files:
        if ending.endswith(format_named(name).suffixes):
            back += import_.import_file(folder / f"x{ending}").features
    for ending in files:
        (folder / f"x{ending}").unlink()
    return tuple(back), notices


def without(features: tuple[Feature, ...], keep: Any) -> bytes:
    return geojson.dumps(
        Feature(one.id, {k: v for k, v in one.properties.items() if keep(v)}, one.geometry)
        for one in features
    )


def _ids(version: Any) -> str:
    return str(version.ref)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", FULLEST, ids=_ids)
def test_the_fullest_version_of_each_layer(version: Any, name: str, tmp_path: Path) -> None:
    _check_version(version, name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", VERSIONS, ids=_ids)
def test_every_version(version: Any, name: str, tmp_path: Path) -> None:
    _check_version(version, name, tmp_path)


def _check_version(version: Any, name: str, folder: Path) -> None:
    features = version.features().features
    areas = any(one.geometry["type"].endswith("Polygon") for one in features)
    if name == "gpx" and areas:
        with pytest.raises(CannotHold, match=r"GPX holds points and lines only; export to \.kml"):
            there_and_back(features, name, folder)
        return
    back, notices = there_and_back(features, name, folder)
    said = "\n".join(notices)
    if name in LOSSLESS:
        assert geojson.dumps(back) == version.read_bytes()
        assert not any(notice.endswith(" features") for notice in notices)
        return
    assert len(back) == len(features)
    # What is not kept word for word is one of these, and is said.
    if name in ("shp", "zip"):
        long = [k for one in features for k, v in one.properties.items()
                if len(str(v).encode()) > 254]  # fmt: skip
        assert all(f"{key}: text is cut" in said for key in long)
        assert ("text is cut" in said) == bool(long)
    if name == "csv":
        changed = [notice for notice in notices if notice.endswith(" features")]
        known = r"since: text becomes whole number|(from|to)_place: no property becomes null"
        assert all(re.search(known, notice) for notice in changed)
        assert changed or geojson.dumps(back) == version.read_bytes()
    # GPX reads a year alone as a number.
    if name in ("kml", "kmz", "gpx") and "text becomes whole number" not in said:
        assert without(back, _is_text) == without(features, _is_text)
        assert _numbers(back) == _numbers(features)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | list)


def _numbers(features: tuple[Feature, ...]) -> dict[Any, dict[str, float]]:
    return {
        one.id: {k: float(v) for k, v in one.properties.items() if isinstance(v, int | float)}
        for one in features
    }


# Collections made up: whatever a format is said to keep, it keeps.

NAMES_OF_PROPERTIES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=14
) | st.sampled_from(
    ["fid", "geom", "GEOM", "id", "name", "Name", "wkt", "geometry", "a_very_long_name"]
)
FEATURES = st.lists(
    st.builds(
        Feature,
        id=st.none() | st.text(min_size=1, max_size=8) | st.integers(-(2**53), 2**53),
        properties=st.dictionaries(NAMES_OF_PROPERTIES, gs.VALUES, max_size=4),
        geometry=st.none() | gs.GEOMETRIES,
    ),
    max_size=5,
    unique_by=lambda feature: object() if feature.id is None else str(feature.id),
).map(tuple)
QUICK = settings(
    max_examples=int(os.environ.get("PKZONE_EXAMPLES", "5")),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller example costs minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _is_drawable(geometry: Any) -> bool:
    """Whether a geometry has no empty part: formats of GIS hold none."""
    if geometry is None:
        return True
    if geometry["type"] == "GeometryCollection":
        return bool(geometry["geometries"]) and all(map(_is_drawable, geometry["geometries"]))
    return bool(geometry["coordinates"]) and not shape(geometry).is_empty


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(features=FEATURES)
def test_nothing_is_lost_without_a_word(
    name: str, tmp_path: Path, features: tuple[Feature, ...]
) -> None:
    try:
        back, notices = there_and_back(features, name, tmp_path)
    except CannotHold:
        assert name in ("shp", "zip", "gpx")
        return
    assert len(back) == len(features)
    told = [notice for notice in notices if notice.endswith(" features")]
    if not told:
        assert geojson.dumps(back) == geojson.dumps(features)


def test_a_column_name_cut_at_a_blank(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [46, 39]}
    features = (Feature("r", {"published length": 21.3, "published by": "x"}, point),)
    back, _ = there_and_back(features, "shp", tmp_path)
    assert back[0].properties == features[0].properties


@pytest.mark.parametrize("name", NAMES)
def test_a_height_here_and_there(name: str, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[46, 39, 900], [46.1, 39.1], [46.2, 39, 902]]}
    back, notices = there_and_back((Feature("r", {"name": "R"}, line),), name, tmp_path)
    geometry = back[0].geometry
    assert geometry is not None
    kept = geometry["coordinates"] == line["coordinates"]
    assert kept or any("heights" in notice for notice in notices)
    assert [at[:2] for at in geometry["coordinates"]] == [at[:2] for at in line["coordinates"]]


PLAIN = st.lists(
    st.builds(
        Feature,
        id=st.text(st.characters(min_codepoint=33, max_codepoint=0x4FF), min_size=1, max_size=8),
        properties=st.fixed_dictionaries(
            {
                "name": st.none() | st.text(min_size=1, max_size=20),
                "n": st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
                "f": st.none() | st.floats(allow_nan=False, allow_infinity=False),
                "b": st.none() | st.booleans(),
                "tags": st.lists(st.text(max_size=5), max_size=3),
            }
        ),
        geometry=st.none() | gs.SIMPLE.filter(_is_drawable),
    ),
    max_size=6,
    unique_by=lambda feature: feature.id,
).map(tuple)


def _is_alike(features: tuple[Feature, ...]) -> bool:
    """Whether no height is among positions without one, and no part alone in a multi-geometry."""
    drawn = [one.geometry for one in features if one.geometry]
    alone = any(one["type"].startswith("Multi") and len(one["coordinates"]) == 1 for one in drawn)
    return not alone and not any("Z" in shape(one).wkt for one in drawn)


@pytest.mark.parametrize("name", LOSSLESS)
@QUICK
@given(features=PLAIN.filter(_is_alike))
def test_typed_properties_come_back_equal(
    name: str, tmp_path: Path, features: tuple[Feature, ...]
) -> None:
    back, notices = there_and_back(features, name, tmp_path)
    assert geojson.dumps(back) == geojson.dumps(features), notices


# Read with other eyes: the files as programs that know nothing of pkzone see them.

SAMPLE = (
    Feature("a", {"name": "Բերձոր", "n": 2**40, "km": 0.5, "open": True, "tags": ["x"]},
            {"type": "Point", "coordinates": [46.5, 39.5]}),
    Feature("b", {"name": None, "n": None, "km": None, "open": None, "tags": []},
            {"type": "Point", "coordinates": [46.6, 39.6]}),
)  # fmt: skip


@pytest.mark.parametrize("name", ["gpkg", "fgb", "parquet", "shp", "kml"])
def test_geopandas_reads_it(name: str, tmp_path: Path) -> None:
    files, _, _ = converted(Subject("x", SAMPLE), format_named(name), shown="x")
    for ending, data in files.items():
        (tmp_path / f"x{ending}").write_bytes(data)
    path = tmp_path / f"x.{name}"
    frame = gpd.read_parquet(path) if name == "parquet" else gpd.read_file(path, engine="pyogrio")
    frame = frame.set_index("id").sort_index()
    assert frame.crs.to_epsg() == 4326 or frame.crs.to_authority() == ("OGC", "CRS84")
    assert list(frame.geometry.x) == [46.5, 46.6]
    assert frame.loc["a", "name"] == "Բերձոր"
    assert float(frame.loc["a", "km"]) == 0.5
    assert int(frame.loc["a", "n"]) == 2**40
    assert bool(frame.loc["a", "open"])
    assert json.loads(str(frame.loc["a", "tags"]).replace("'", '"')) == ["x"]
    assert frame.loc["b", ["name", "n", "km"]].isna().all()


def test_the_csv_module_reads_it() -> None:
    files, notices, _ = converted(Subject("x", SAMPLE), format_named("csv"), shown="x")
    rows = list(csv.DictReader(io.StringIO(files[".csv"].decode("utf-8"), newline="")))
    assert rows == [
        {"id": "a", "km": "0.5", "n": str(2**40), "name": "Բերձոր", "open": "true",
         "tags": '["x"]', "lon": "46.5", "lat": "39.5"},
        {"id": "b", "km": "", "n": "", "name": "", "open": "", "tags": "[]",
         "lon": "46.6", "lat": "39.6"},
    ]  # fmt: skip
    assert notices == ["lists and values of mixed types are JSON text: tags"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@"])
def test_formulas_are_text_in_a_spreadsheet(text: str, tmp_path: Path) -> None:
    feature = Feature(
        text, {text: text, "n": -1, "f": -1.5}, {"type": "Point", "coordinates": [1, 2]}
    )
    files, _, _ = converted(Subject("x", (feature,)), format_named("csv"), shown="x")
    head, row = csv.reader(io.StringIO(files[".csv"].decode(), newline=""))
    cells = dict(zip(head, row, strict=True))
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in (*head, *row))
    assert cells["n"] == "-1"
    assert cells["f"] == "-1.5"
    assert f"'{text}" in row
    back, _ = there_and_back((feature,), "csv", tmp_path)
    assert back[0].id == text
    assert back[0].properties["n"] == -1
    assert text in back[0].properties.values()


def test_wkt_is_exact() -> None:
    line = Feature(
        "a", {}, {"type": "LineString", "coordinates": [[0.1, 1 / 3], [46.123456789, 2]]}
    )
    files, _, _ = converted(Subject("x", (line,)), format_named("csv"), shown="x")
    rows = list(csv.DictReader(io.StringIO(files[".csv"].decode(), newline="")))
    assert shapely.from_wkt(rows[0]["wkt"]).equals(shape(line.geometry))
