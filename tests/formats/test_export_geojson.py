"""GeoJSON as an export: the canonical form, or its lines, and the record of a version beside it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest
from hypothesis import given

import pkzone
from pkzone.errors import OutputError, UnknownFormat
from pkzone.formats.export import converted
from pkzone.formats.export_source import Subject
from pkzone.formats.registry import format_named
from pkzone.geojson import Feature
from pkzone.geojson.reader import parse
from tests.helpers.geojson_strategies import FEATURES
from tests.helpers.program import Run

SHIPPED = pkzone.catalogue().version("zone@2022-08-30")


@pytest.fixture
def run(in_process: Run, small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program on the small catalogue, in its folder."""
    monkeypatch.setenv("PKZONE_CATALOGUE", str(small_root))
    monkeypatch.chdir(small_root)
    return in_process


def test_a_version_is_the_file_of_the_catalogue(tmp_path: Path) -> None:
    out = tmp_path / "z.geojson"
    done = pkzone.export("zone@2022-08-30", out)
    assert (done.format, done.features, done.notices) == ("GeoJSON", SHIPPED.feature_count, ())
    assert out.read_bytes() == SHIPPED.path.read_bytes()
    assert done.files == (str(out), f"{out}.pkzone.json")


def test_its_record_stands_beside_it(tmp_path: Path) -> None:
    pkzone.export("zone@2022-08-30", tmp_path / "z.geojson")
    record = json.loads((tmp_path / "z.geojson.pkzone.json").read_text(encoding="utf-8"))
    manifest = json.loads((SHIPPED.path.parents[1] / "datapackage.json").read_bytes())
    (resource,) = [one for one in manifest["resources"] if one["path"] == record["path"]]
    assert record["licenses"] == [
        {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0",
         "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]  # fmt: skip
    assert record["source_ids"] == resource["source_ids"]
    assert [one["title"] for one in record["sources"]] == [
        one["title"] for one in resource["sources"]
    ]


def test_others_read_it(run: Run) -> None:
    for name in ("z.geojson", "z.ndjson"):
        assert run("export", "corridor", "-o", name).code == 0
        assert run("check", name).code == 0
        assert run("import", name, "-o", f"back-{name}.geojson").code == 0
        assert Path(f"back-{name}.geojson").read_bytes() == Path("z.geojson").read_bytes()
    assert run("check", "z.geojson", "--strict").code == 0
    lines = geopandas.read_file("GeoJSONSeq:z.ndjson")
    whole = geopandas.read_file("z.geojson")
    assert list(whole.id) == list(lines.id) == ["lachin-new"]
    assert whole.geometry.geom_equals(lines.geometry).all()


def test_a_file_has_no_record(run: Run) -> None:
    Path("a.geojson").write_text('{"type":"Point","coordinates":[46.5,39.5,2]}', encoding="utf-8")
    ended = run("export", "./a.geojson", "-o", "b.json")
    assert (ended.code, ended.out) == (0, "")
    assert Path("b.json").read_text(encoding="utf-8") == (
        '{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{},'
        '"geometry":{"type":"Point","coordinates":[46.5,39.5,2]}}\n]}\n'
    )
    assert not Path("b.json.pkzone.json").exists()


def test_on_standard_output(run: Run) -> None:
    whole = run("export", "corridor", "-f", "geojson", "-o", "-").out
    lines = run("export", "corridor", "-f", "geojsonl", "-o", "-").out
    assert [json.loads(line) for line in lines.splitlines()] == json.loads(whole)["features"]


def test_a_record_that_is_there_stays(tmp_path: Path) -> None:
    other = tmp_path / "z.geojson.pkzone.json"
    other.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="already exists"):
        pkzone.export("zone", tmp_path / "z.geojson")
    assert [one.name for one in tmp_path.iterdir()] == [other.name]
    assert other.read_text(encoding="utf-8") == "mine"


def test_every_version_in_one_file(tmp_path: Path, small_root: Path) -> None:
    out = tmp_path / "corridor.geojsonl"
    pkzone.export("corridor", out, versions=True, catalogue=small_root)
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [row["id"] for row in rows] == [
        "lachin-new@2022-08-30", "lachin-new@2022-08-30.2", "lachin-old@2020-11-10",
        "lachin-old@2022-08-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "hint"),
    [("z.gejson", "did you mean .geojson? "), ("z", "use .gpkg, "), ("z.tif", "use .gpkg, ")],
)
def test_an_ending_that_is_none(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(
        UnknownFormat, match="has no extension of a format that is written; "
    ) as caught:
        pkzone.export("zone", tmp_path / name)
    assert hint in str(caught.value)
    assert not list(tmp_path.iterdir())


@given(FEATURES)
def test_features_come_back(features: list[Feature]) -> None:
    subject = Subject("x", tuple(features))
    for name in ("geojson", "geojsonl"):
        files, notices, count = converted(subject, format_named(name), shown="x")
        (data,) = files.values()
        assert (count, notices) == (len(features), [])
        if data:  # a file without a line is no GeoJSON
            back = parse(data).features
            assert sorted(str(one.id) for one in back) == sorted(str(one.id) for one in features)
            assert sorted(len(one.properties) for one in back) == sorted(
                len(one.properties) for one in features
            )
