"""Every version of a layer in one table, as a database wants it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import pyarrow.parquet
import pyogrio
import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadReference
from pkzone.geojson import Feature, FeatureCollection
from pkzone.maps.qgis_style import style

CORRIDOR = [  # the small catalogue, corrected records applied
    ("lachin-old@2020-11-10", "lachin-old", "2020-11-10", "2020-11-10", "2022-08-30"),
    ("lachin-new@2022-08-30", "lachin-new", "2022-08-30", "2022-08-30", "2022-08-30"),
    ("lachin-old@2022-08-30", "lachin-old", "2022-08-30", "2022-08-30", "2022-08-30"),
    ("lachin-new@2022-08-30.2", "lachin-new", "2022-08-30.2", "2022-08-30", None),
]
COLUMNS = ["id", "feature", "version", "valid_from", "valid_to"]


def test_a_row_for_each_feature_of_each_version(small_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "corridor.parquet"
    done = pkzone.export("corridor", out, versions=True, catalogue=small_root)
    frame = geopandas.read_parquet(out)
    columns = pyarrow.parquet.read_table(out, columns=COLUMNS)
    assert columns.schema.types[3:] == [pyarrow.date32()] * 2
    rows = [tuple(value and str(value) for value in row.values()) for row in columns.to_pylist()]
    assert sorted(rows) == sorted(CORRIDOR)
    assert done.features == len(CORRIDOR)
    assert frame.set_index("id").status["lachin-new@2022-08-30.2"] == "restricted"
    assert frame.crs.to_authority() == ("OGC", "CRS84")


def test_on_the_command_line(small_root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["export", "zone", "--versions", "-f", "csv", "-o", "-"]
    with pytest.raises(SystemExit) as ended:
        program.main([*arguments, "--catalogue", str(small_root)])
    assert ended.value.code == 0
    (row,) = csv.DictReader(io.StringIO(capfd.readouterr().out))  # the second version is empty
    assert [row[name] for name in COLUMNS] == [
        "core@2020-11-10", "core", "2020-11-10", "2020-11-10", "2024-06-12"
    ]  # fmt: skip


def test_a_geopackage_states_all_of_the_sources(small_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "corridor.gpkg"
    pkzone.export("corridor", out, versions=True, catalogue=small_root)
    with closing(sqlite3.connect(out)) as database:
        query = "SELECT metadata FROM gpkg_metadata WHERE mime_type = 'application/json'"
        texts = [json.loads(text) for (text,) in database.execute(query)]
    (record,) = [text for text in texts if "ref" in text]
    assert record["versions"] == ["2020-11-10", "2022-08-30", "2022-08-30.2"]
    assert (record["valid_from"], record["valid_to"]) == ("2020-11-10", None)
    assert sorted(one["title"] for one in record["sources"]) == ["bbc-2020", "statement-2020"]
    assert len(record["licenses"]) == 1


def test_dates_of_a_geopackage_are_dates_and_the_time_of_its_style(
    small_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "corridor.gpkg"
    pkzone.export("corridor", out, versions=True, catalogue=small_root, styles=style)
    info = pyogrio.read_info(out, layer="corridor")
    kinds = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert [kinds[name] for name in COLUMNS] == ["OFTString"] * 3 + ["OFTDate"] * 2
    with closing(sqlite3.connect(out)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10200,)  # GeoPackage 1.2
        ((qml,),) = database.execute("SELECT styleQML FROM layer_styles")
    time = ElementTree.fromstring(qml).find("temporal")  # noqa: S314 - written by us
    assert time is not None
    assert (time.get("startField"), time.get("endField")) == ("valid_from", "valid_to")

    back = pkzone.import_file(out, layers=["corridor"]).features
    got = [[one.id, *(one.properties[name] for name in COLUMNS[1:])] for one in back]
    assert sorted(map(tuple, got)) == sorted(CORRIDOR)


def test_a_property_of_the_same_name_gives_way(tmp_path: Path) -> None:
    place: dict[str, Any] = {"type": "Point", "coordinates": [46.5, 39.5]}
    feature = Feature("post", {"version": "second", "name": "Post"}, place)
    pkzone.init(tmp_path / "own", title="Own")
    pkzone.publish(
        FeatureCollection((feature,), ()), catalogue=tmp_path / "own", layer="posts",
        valid_from="2024-01-01", title="Posts", new_layer="Posts",
    )  # fmt: skip
    out = tmp_path / "posts.parquet"
    pkzone.export("posts", out, versions=True, catalogue=tmp_path / "own")
    (row,) = geopandas.read_parquet(out).to_dict("records")
    assert (row["version"], row["properties.version"]) == ("2024-01-01", "second")


@pytest.mark.parametrize("ref", ["zone@2020-11-10", "zone@latest", "./zone.geojson"])
def test_a_version_or_a_file_is_refused(ref: str, small_root: Path, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="give its name alone"):
        pkzone.export(ref, tmp_path / "x.gpkg", versions=True, catalogue=small_root)


def test_all_stands_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(["export", "--all", str(tmp_path / "out"), "--versions"])
    assert ended.value.code == 2
    assert "stands alone" in capfd.readouterr().err
