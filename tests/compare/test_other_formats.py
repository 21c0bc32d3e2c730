"""Diffs of files that GDAL and geopandas wrote: as of what `pkzone import` makes of them."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import pkzone
from pkzone import errors
from pkzone.files.filetypes import GEOJSON_ENDINGS, READ_ENDINGS
from pkzone.formats.registry import ENDINGS
from tests.helpers import bad_files
from tests.helpers.own_catalogue import begin, put
from tests.helpers.program import Run, in_process
from tests.helpers.small_features import one, point, told, written

__all__ = ["in_process"]

ROADS = {"a": ((46, 39), (46.1, 39)), "b": ((46, 40), (46.1, 40)), "c": ((46, 41), (46.1, 41))}
NEW_ROADS = {"a": ROADS["a"], "b": ((46, 40), (46.1, 40.1)), "d": ((47, 41), (47.1, 41))}
CHANGES = [("b", "modified"), ("c", "removed"), ("d", "added")]
FORMATS = (".gpkg", ".shp", ".zip", ".fgb", ".parquet", ".kml", ".gpx", ".geojsonl", ".geojson.gz")


def frame(roads: dict[str, Any], *, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    lines = [shapely.LineString(line) for line in roads.values()]
    made = gpd.GeoDataFrame({"name": list(roads)}, geometry=lines, crs="EPSG:4326")
    return made.to_crs(crs)


def by_gdal(roads: dict[str, Any], path: Path) -> Path:
    """Write lines as GDAL does; packed ones with Python's own packers."""
    made = frame(roads)
    suffix = "".join(path.suffixes)
    if suffix == ".parquet":
        made.to_parquet(path)
    elif suffix == ".geojson.gz":
        path.write_bytes(gzip.compress(made.to_json().encode()))
    elif suffix == ".zip":
        inner = path.with_suffix(".shp")
        made.to_file(inner)
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(path.parent.glob(f"{path.stem}.*")):
                if part != path:
                    archive.write(part, part.name)
    elif suffix == ".gpx":
        made.to_file(path, driver="GPX", layer="tracks", FORCE_GPX_TRACK="YES")
    else:
        drivers = {".kml": "KML", ".geojsonl": "GeoJSONSeq"}
        made.to_file(path, driver=drivers.get(suffix))
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_files_of_one_format_are_compared(suffix: str, tmp_path: Path) -> None:
    base = by_gdal(ROADS, tmp_path / f"old{suffix}")
    target = by_gdal(NEW_ROADS, tmp_path / f"new{suffix}")
    assert told(pkzone.diff(base, target, id_property="name")) == CHANGES


@pytest.mark.parametrize("suffix", [one for one in FORMATS if one not in (".gpkg", ".kml")])
def test_files_of_two_formats_are_compared(suffix: str, tmp_path: Path) -> None:
    base = by_gdal(ROADS, tmp_path / "old.gpkg")
    target = by_gdal(NEW_ROADS, tmp_path / f"new{suffix}")
    assert told(pkzone.diff(base, target, id_property="name")) == CHANGES
    assert told(pkzone.diff(base, str(by_gdal(ROADS, target)), id_property="name")) == []


def test_tables_of_points_are_compared(tmp_path: Path) -> None:
    for name, north in (("old.csv", 39), ("new.csv", 39.5)):
        (tmp_path / name).write_text(f"id,lon,lat\nx,46,{north}\ny,47,39\n", encoding="utf-8")
    found = pkzone.diff(tmp_path / "old.csv", tmp_path / "new.csv")
    assert told(found) == [("x", "modified")]
    assert f"{tmp_path / 'old.csv'}: ids are taken from the column id" in found.notices


@pytest.mark.parametrize("options", [(), ("--id", "name"), ("--id", "auto"), ("--id", "name,part")])
@pytest.mark.parametrize("form", ["json", "text", "csv", "geojson"])
def test_a_diff_is_that_of_the_imports(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_process: Run,
    form: str,
    options: tuple[str, ...],
) -> None:
    """Byte for byte, but for the names of the sides and what the imports said already."""
    monkeypatch.chdir(tmp_path)
    frame(ROADS).assign(part=1).to_file("old.gpkg")
    frame(NEW_ROADS).assign(part=1).to_file("new.gpkg")
    direct = in_process("diff", "old.gpkg", "new.gpkg", "-f", form, *options)
    for name in ("old", "new"):
        assert in_process("import", f"{name}.gpkg", "-o", f"{name}.json").code == 0
    by_hand = in_process("diff", "old.json", "new.json", "-f", form, *options)
    assert by_hand.code == direct.code == 0
    assert by_hand.out
    assert direct.out.replace(".gpkg", ".json") == by_hand.out


def test_a_shapefile_in_metres_is_only_redrawn(tmp_path: Path) -> None:
    """The same roads in UTM zone 38, to half a metre, against the GeoPackage in degrees."""
    base = by_gdal(ROADS, tmp_path / "old.gpkg")
    metric = frame(ROADS, crs="EPSG:32638")
    metric.geometry = shapely.set_precision(metric.geometry.values, 0.5)
    metric.to_file(tmp_path / "new.shp")
    found = pkzone.diff(base, tmp_path / "new.shp", id_property="name", tolerance_m=1)
    assert {change.geometry_class for change in found.changes} == {"redrawn"}
    (notice,) = (one for one in found.notices if "UTM zone 38N" in one)
    assert notice.startswith(f"{tmp_path / 'new.shp'}: ")


def test_layers_are_chosen_for_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_process: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, roads in (("old.gpkg", ROADS), ("new.gpkg", NEW_ROADS)):
        frame(roads).to_file(name, layer="roads")
        frame({"z": ROADS["a"]}).to_file(name, layer="rails")
    plain = in_process("diff", "old.gpkg", "new.gpkg")
    assert plain.code == 3
    assert "old.gpkg: has 2 layers: roads, rails; choose with --layer" in plain.err
    assert told(pkzone.diff("old.gpkg", "new.gpkg", layers=["rails"])) == []
    both = pkzone.diff("old.gpkg", "new.gpkg", layers=["roads", "rails"], id_property="name")
    assert told(both) == CHANGES
    assert "old.gpkg: 2 layers are read as one: roads, rails" in both.notices
    chosen = in_process("diff", "old.gpkg", "new.gpkg", "--layer", "rails", "--json")
    assert json.loads(chosen.out)["base"] == {"ref": "old.gpkg", "file_layers": ["rails"]}
    # a side that holds one layer needs no choice
    by_gdal(NEW_ROADS, Path("new.shp"))
    mixed = pkzone.diff("old.gpkg", "new.shp", layers=["roads"], id_property="name")
    assert told(mixed) == CHANGES


@pytest.mark.parametrize("sides", [("a.geojson", "b.geojson"), ("a.shp", "a.fgb"), ("zone", "-")])
def test_layers_of_what_holds_one_are_refused(in_process: Run, sides: tuple[str, str]) -> None:
    ended = in_process("diff", *sides, "--layer", "roads")
    assert ended.code == 2
    assert "--layer" in ended.err


def test_the_page_draws_what_is_unchanged_too(tmp_path: Path) -> None:
    for name, roads in (("old.gpkg", ROADS), ("new.gpkg", NEW_ROADS)):
        frame(roads).to_file(tmp_path / name, layer="roads")
        frame({"z": ROADS["a"]}).to_file(tmp_path / name, layer="rails")
    sides = [tmp_path / name for name in ("old.gpkg", "new.gpkg")]
    found = pkzone.diff(*sides, layers=["roads"], id_property="name")
    from pkzone.maps.diff.sides import sides_of

    base, target = sides_of(found, pkzone.catalogue())
    assert [one.id for one in base.features] == ["a", "b", "c"]
    assert [one.id for one in target.features] == ["a", "b", "d"]


def test_a_version_is_compared_with_a_file(tmp_path: Path) -> None:
    root = begin(tmp_path / "own", "road")
    both = (one("x", point(46, 39)), one("y", point(47, 39)))
    put(root, str(written(tmp_path / "old.geojson", *both)), "2024-05-02", layer="road")
    points = gpd.GeoDataFrame(
        {"id": ["x", "y"]}, geometry=[shapely.Point(46, 39), shapely.Point(47, 40)], crs=4326
    )
    points.to_file(tmp_path / "new.gpkg")
    found = pkzone.diff("road", tmp_path / "new.gpkg", catalogue=root)
    assert told(found) == [("y", "modified")]


def test_a_file_may_be_asked_about(tmp_path: Path) -> None:
    """Who enters an area: points of a GeoPackage."""
    for name, east in (("old.geojson", 46.5), ("new.geojson", 47.5)):
        ring = [[46, 39], [east, 39], [east, 40], [46, 40], [46, 39]]
        area = {"type": "Polygon", "coordinates": [ring]}
        written(tmp_path / name, one("a", area, status="in force"))
    posts = gpd.GeoDataFrame(
        {"id": ["in", "new"]}, geometry=gpd.points_from_xy([46.2, 47.2], [39.5, 39.5]), crs=4326
    )
    posts.to_file(tmp_path / "posts.gpkg")
    sides = (tmp_path / "old.geojson", tmp_path / "new.geojson")
    found = pkzone.diff(*sides, affected=tmp_path / "posts.gpkg")
    assert [(one.id, one.effect) for one in found.affected] == [("new", "entered")]


def test_standard_input_is_one_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = by_gdal(ROADS, tmp_path / "old.gpkg")
    text = frame(NEW_ROADS).to_json().encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert told(pkzone.diff(base, "-", id_property="name")) == CHANGES


def test_a_geopackage_on_standard_input_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = by_gdal(ROADS, tmp_path / "old.gpkg")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(base.read_bytes())))
    with pytest.raises(errors.GeoJSONError, match=r"<stdin>: is a GeoPackage.*save it as FILE"):
        pkzone.diff(base, "-")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.gpkg", b"lon,lat\n1,2\n", "is named as GeoPackage, but its content is text"),
        ("a.gpkg", None, "there is no such file"),
        ("a.geojson", "gpkg", "is a GeoPackage, not GeoJSON: rename it to a.gpkg"),
        ("a.zip", "bomb", "100 to 1"),
        ("a.kml", b"<!DOCTYPE kml [<!ENTITY e 'x'>]><kml/>", "DOCTYPE"),
    ],
)
def test_what_import_refuses_is_refused_in_its_words(
    name: str,
    content: bytes | str | None,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_process: Run,
) -> None:
    monkeypatch.chdir(tmp_path)
    good = by_gdal(ROADS, Path("good.gpkg"))
    if isinstance(content, bytes):
        Path(name).write_bytes(content)
    elif content == "gpkg":
        Path(name).write_bytes(good.read_bytes())
    elif content == "bomb":
        Path(name).write_bytes(bad_files.ARCHIVES["zip-bomb"][1])
    for sides in ((name, "good.gpkg"), ("good.gpkg", name)):
        ended = in_process("diff", *sides)
        assert ended.code == 3
        assert ended.out == ""
        (line,) = ended.err.splitlines()
        assert line.startswith(f"pkzone: error: {name}: ")
        assert says in line


def test_references_know_the_endings_of_all_formats() -> None:
    """Or a file that is missing would be called a layer that is not there."""
    assert {*READ_ENDINGS} == {*GEOJSON_ENDINGS, *ENDINGS}


@pytest.mark.parametrize(
    "arguments", [("show",), ("map", "-o", "x.html"), ("export", "-o", "x.fgb")]
)
def test_other_commands_read_such_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_process: Run, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    by_gdal(ROADS, Path("old.shp"))
    assert in_process(arguments[0], "old.shp", *arguments[1:]).code == 0


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs ogr2ogr")
def test_files_of_ogr2ogr_are_compared(tmp_path: Path) -> None:
    written(tmp_path / "old.geojson", *_parcels(moved=False))
    written(tmp_path / "new.geojson", *_parcels(moved=True))
    for ending, driver in {"gpkg": "GPKG", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf"}.items():
        for name in ("old", "new"):
            source, made = tmp_path / f"{name}.geojson", tmp_path / f"{name}.{ending}"
            subprocess.run(["ogr2ogr", "-f", driver, made, source], check=True)
    for ours in ("gpkg", "shp", "fgb", "geojson"):
        for theirs in ("gpkg", "shp", "fgb", "geojson"):
            found = pkzone.diff(
                tmp_path / f"old.{ours}", tmp_path / f"new.{theirs}", id_property="code"
            )
            assert told(found) == [("p2", "modified")], (ours, theirs)


def _parcels(*, moved: bool) -> list[Any]:
    return [
        one(None, point(46 + i / 10, 39.5 if moved and i == 2 else 39), code=f"p{i}")
        for i in range(5)
    ]
