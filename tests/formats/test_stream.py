"""The stream of records says of each feature what a whole import says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pkzone.errors import FormatError, LimitExceeded, OutputError
from pkzone.formats import import_, staging
from pkzone.formats.export import export
from pkzone.formats.import_ import import_file, stream_file
from tests.helpers import bad_files

pytest.importorskip("fiona", reason="fiona has no wheel here")

ROADS = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": f"r{i}", "properties": {"n": i, "tags": ["a"]},
     "geometry": {"type": "LineString", "coordinates": [[46, 39], [46.5, 39 + i / 10]]}}
    for i in range(5)
]}  # fmt: skip


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.zip", "a.fgb"])
def test_each_feature_is_a_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "roads.geojson").write_text(json.dumps(ROADS))
    export(tmp_path / "roads.geojson", tmp_path / name)
    done = stream_file(tmp_path / name, str(tmp_path / "out.geojsonl"))
    found = sorted(lines_of(tmp_path / "out.geojsonl"), key=lambda one: str(one["id"]))
    assert found == ROADS["features"]
    assert done.features == 5
    assert done.notices == list(import_file(tmp_path / name).notices)


def test_a_text_sequence(tmp_path: Path) -> None:
    bad_files.write_geopackage(tmp_path, name="a.gpkg")
    stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.geojsons"))
    lines = (tmp_path / "out.geojsons").read_bytes().splitlines()
    assert lines
    assert all(line.startswith(b"\x1e{") for line in lines)


def test_ids_from_a_property(tmp_path: Path) -> None:
    (tmp_path / "roads.geojson").write_text(json.dumps(ROADS))
    export(tmp_path / "roads.geojson", tmp_path / "a.gpkg")
    stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.ndjson"), id_property="n")
    assert sorted(one["id"] for one in lines_of(tmp_path / "out.ndjson")) == [0, 1, 2, 3, 4]


def test_a_file_too_large_for_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_files.write_geopackage(tmp_path, name="a.gpkg")
    monkeypatch.setattr(staging.take_in.__wrapped__, "__kwdefaults__", {"most": 1000})
    with pytest.raises(LimitExceeded, match=r"most that is read; pkzone import -o OUT\.geojsonl"):
        import_file(tmp_path / "a.gpkg")
    assert stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.geojsonl")).features > 0


def test_without_fiona_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_files.write_geopackage(tmp_path, name="a.gpkg")
    monkeypatch.setattr(import_, "find_spec", lambda name: None)
    with pytest.raises(FormatError, match=r"no wheel for this Python.*ogr2ogr -f GeoJSONSeq"):
        stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.geojsonl"))
    assert not (tmp_path / "out.geojsonl").exists()


@pytest.mark.parametrize("name", ["a.csv", "a.geojson"])
def test_other_formats_are_read_whole(tmp_path: Path, name: str) -> None:
    point = {"type": "Point", "coordinates": [46, 39]}
    feature = {"type": "Feature", "properties": {}, "geometry": point}
    collection = {"type": "FeatureCollection", "features": [feature]}
    text = {"a.csv": "lon,lat\n46,39\n", "a.geojson": json.dumps(collection)}[name]
    (tmp_path / name).write_text(text)
    assert stream_file(tmp_path / name, str(tmp_path / "out.geojsonl")).features == 1
    assert lines_of(tmp_path / "out.geojsonl") == [feature]


def test_a_damaged_file_leaves_nothing(tmp_path: Path) -> None:
    bad_files.write_geopackage(tmp_path, "UPDATE roads SET geom = X'00112233'", name="a.gpkg")
    with pytest.raises(FormatError):
        stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.geojsonl"))
    assert not (tmp_path / "out.geojsonl").exists()


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    bad_files.write_geopackage(tmp_path, name="a.gpkg")
    (tmp_path / "out.geojsonl").write_text("mine")
    with pytest.raises(OutputError):
        stream_file(tmp_path / "a.gpkg", str(tmp_path / "out.geojsonl"))
    assert (tmp_path / "out.geojsonl").read_text() == "mine"
