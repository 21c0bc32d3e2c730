"""What a GeoPackage carries beside its features, read by sqlite3 and GDAL."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyogrio
import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.formats.export import export
from pkzone.maps.qgis_style import style
from pkzone.maps.style import RULES
from tests.helpers.format_worker import worker_in_this_process
from tests.helpers.pages import rule_for

CATALOGUE = pkzone.catalogue()
FULLEST = {
    layer.name: max(layer.versions, key=lambda one: one.feature_count) for layer in CATALOGUE.layers
}
# OGC 12-128r18: columns of the tables, with types and whether they may be null.
METADATA = [
    ("id", "INTEGER", 1), ("md_scope", "TEXT", 1), ("md_standard_uri", "TEXT", 1),
    ("mime_type", "TEXT", 1), ("metadata", "TEXT", 1),
]  # fmt: skip
REFERENCE = [
    ("reference_scope", "TEXT", 1), ("table_name", "TEXT", 0), ("column_name", "TEXT", 0),
    ("row_id_value", "INTEGER", 0), ("timestamp", "DATETIME", 1), ("md_file_id", "INTEGER", 1),
    ("md_parent_id", "INTEGER", 0),
]  # fmt: skip


@pytest.fixture(scope="module")
def transport(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "transport.gpkg"
    export("transport@2024-05-15", path, styles=style)
    return path


def rows(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


def columns(path: Path, table: str) -> list[tuple[str, str, int]]:
    found = rows(path, 'SELECT name, type, "notnull" FROM pragma_table_info(?)', table)
    return [(name, kind, required) for name, kind, required in found]


def test_it_is_a_sound_geopackage(transport: Path) -> None:
    assert rows(transport, "PRAGMA integrity_check") == [("ok",)]
    assert rows(transport, "PRAGMA foreign_key_check") == []
    assert rows(transport, "PRAGMA application_id") == [(0x47504B47,)]
    assert columns(transport, "gpkg_metadata") == METADATA
    assert columns(transport, "gpkg_metadata_reference") == REFERENCE
    extensions = rows(
        transport,
        "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_metadata' "
        "AND scope = 'read-write'",
    )
    assert extensions == [("gpkg_metadata",), ("gpkg_metadata_reference",)]
    # every table that is listed is there, and the other way round
    listed = {name for (name,) in rows(transport, "SELECT table_name FROM gpkg_contents")}
    assert listed == {"transport_lines", "transport_points", "layer_styles"}


def test_the_record_of_the_version_is_in_it(transport: Path) -> None:
    query = (
        "SELECT metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id"
        " WHERE reference_scope = 'geopackage' AND mime_type = 'application/json'"
    )
    ((text,),) = rows(transport, query)
    version = CATALOGUE["transport"]["2024-05-15"]
    record = json.loads(text)
    assert record == version.to_dict()
    assert record["licenses"][0]["name"] == "CC-BY-4.0"
    assert record["sources"]


def test_qgis_metadata_names_licence_and_sources(transport: Path) -> None:
    query = (
        "SELECT metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id"
        " WHERE reference_scope = 'table' AND table_name = ? AND md_standard_uri = ?"
    )
    ((text,),) = rows(transport, query, "transport_lines", "http://mrcc.com/qgis.dtd")
    root = ElementTree.fromstring(text)  # noqa: S314 - written by us
    assert root.findtext("license") == "Creative Commons Attribution 4.0"
    version = CATALOGUE["transport"]["2024-05-15"]
    links = [(link.get("name"), link.get("url")) for link in root.iter("link")]
    assert links == list(version.sources)


def test_gdal_reads_the_styles(transport: Path) -> None:
    layers = {str(name) for name, _ in pyogrio.list_layers(transport)}
    assert layers == {"transport_lines", "transport_points", "layer_styles"}
    frame = pyogrio.read_dataframe(transport, layer="layer_styles")
    assert list(frame["f_table_name"]) == ["transport_lines", "transport_points"]
    assert set(frame["f_geometry_column"]) == {"geom"}
    assert frame["useAsDefault"].astype(bool).all()
    for text in frame["styleQML"]:
        ElementTree.fromstring(text)  # noqa: S314


def _sql(expression: str) -> str:
    return expression.replace("TRUE", "1")


@pytest.mark.parametrize("layer", RULES)
def test_each_feature_has_the_rule_of_the_map(layer: str, tmp_path: Path) -> None:
    """QGIS's expression is SQL too: SQLite gives the rule that the page would draw by."""
    path = tmp_path / "a.gpkg"
    with worker_in_this_process():
        export(FULLEST[layer].ref, path, styles=style)
    wanted = {
        one.id: rule_for(layer, one.properties, one.geometry["type"])["label"]
        for one in FULLEST[layer].features().features
        if one.geometry
    }
    found = {}
    for table, qml in rows(path, "SELECT f_table_name, styleQML FROM layer_styles"):
        renderer = ElementTree.fromstring(qml).find("renderer-v2")  # noqa: S314
        assert renderer is not None
        labels = [one.get("label") for one in renderer.iter("category")]
        symbols = {one.get("name") for one in renderer.findall("symbols/symbol")}
        assert symbols == {str(number) for number in range(len(labels))}
        query = f'SELECT id, {_sql(str(renderer.get("attr")))} FROM "{table}"'  # noqa: S608
        found |= {name: labels[number] for name, number in rows(path, query)}
    assert found == wanted


def test_the_same_bytes_every_time(transport: Path, tmp_path: Path) -> None:
    export("transport@2024-05-15", tmp_path / "again.gpkg", styles=style)
    assert (tmp_path / "again.gpkg").read_bytes() == transport.read_bytes()


def test_the_command(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    target = tmp_path / "sites.gpkg"

    def run(*arguments: str) -> tuple[object, bytes, bytes]:
        with pytest.raises(SystemExit) as ended:
            program.main(["export", *arguments])
        out, err = capfdbinary.readouterr()
        return ended.value.code, out, err

    code, out, err = run("sites", "-o", str(target))
    assert (code, out) == (0, b"")
    assert b"features, read back and counted" in err
    assert rows(target, "SELECT count(*) FROM layer_styles") == [(1,)]
    before = target.read_bytes()
    code, _, err = run("sites", "-o", str(target))
    assert code == 3
    assert b"--overwrite" in err
    assert target.read_bytes() == before
    code, out, _ = run("sites", "-f", "csv", "-o", "-")
    assert code == 0
    assert out.startswith(b"id,")
    code, _, err = run("zone@2022-09-01", "-o", str(tmp_path / "zone.gpx"))
    assert code == 3
    assert b"GPX holds points and lines only" in err
    code, _, err = run("zone", "-o", str(tmp_path / "zone.tif"))
    assert code == 3
    assert b"has no extension of a format that is written" in err
    assert run("zone")[0] == 2
    assert run("zone", "-o", "-")[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["sites.gpkg"]


def test_an_export_imports_no_library_of_frames_or_maps(small_root: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pkzone.cli import pkzone as program\n"
        "try:\n"
        f"    program.main(['export', 'corridor', '-o', {str(tmp_path / 'a.gpkg')!r}, "
        f"'--catalogue', {str(small_root)!r}])\n"
        "except SystemExit:\n"
        "    print({'folium', 'pandas', 'geopandas', 'matplotlib', 'pyogrio'} & {*sys.modules})"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
