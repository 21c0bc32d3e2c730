"""Shapefiles of other programs, in their projections, encodings and oddities."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
import shapefile
from geographiclib.geodesic import Geodesic

from pkzone.errors import AmbiguousLayer, FormatError
from pkzone.formats.import_ import import_file, layers_of
from tests.helpers import bad_files

UTM_38N = (
    'PROJCS["WGS_1984_UTM_Zone_38N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",'
    '6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",45.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
# 500 000 m east is the central meridian, along which the northing is a distance.
NORTH = Geodesic.WGS84.Direct(0, 45, 0, 4_400_000 / 0.9996)["lat2"]


def test_a_projected_shapefile_in_another_encoding(tmp_path: Path) -> None:
    with shapefile.Writer(
        str(tmp_path / "roads"), shapeType=shapefile.POLYLINE, encoding="cp1251"
    ) as out:
        out.field("name", "C", 40)
        out.field("built", "D")
        out.field("lanes", "N", 4, 0)
        out.field("km", "N", 10, 3)
        out.field("paved", "L")
        out.line([[[500000, 4400000], [510000, 4400000]]])
        out.record("Шуша", date(2021, 11, 7), 2, 12.5, True)
        out.line([[[500000, 4400000], [500000, 4410000]], [[0.0, 4400000], [1.0, 4400000]]])
        out.record("", None, None, None, False)
    (tmp_path / "roads.prj").write_text(UTM_38N)
    (tmp_path / "roads.cpg").write_text("1251")
    imported = import_file(tmp_path / "roads.shp")
    first, second = imported.features
    assert first.properties == {
        "name": "Шуша", "built": "2021-11-07", "lanes": 2, "km": 12.5, "paved": True,
    }  # fmt: skip
    assert second.properties == {**dict.fromkeys(first.properties), "paved": False}
    assert first.geometry is not None
    assert first.geometry["type"] == "LineString"
    assert first.geometry["coordinates"][0] == pytest.approx([45.0, NORTH], abs=1e-9)
    assert second.geometry is not None
    assert second.geometry["type"] == "MultiLineString"
    assert imported.crs == "WGS 84 / UTM zone 38N"
    assert "UTM zone 38N" in str(imported.operation)
    assert any("accuracy 0 m" in notice for notice in imported.notices)


@pytest.mark.parametrize(
    ("page", "encoding"),
    [("65001", "utf-8"), ("ISO 88591", "latin-1"), ("866", "cp866")],
)
def test_the_encoding_that_a_shapefile_states(tmp_path: Path, page: str, encoding: str) -> None:
    name = "Loué" if encoding == "latin-1" else "Шуша"
    with shapefile.Writer(str(tmp_path / "a"), shapeType=1, encoding=encoding) as out:
        out.field("name", "C", 40)
        out.point(46, 39)
        out.record(name)
    (tmp_path / "a.cpg").write_text(page)
    assert import_file(tmp_path / "a.shp").features[0].properties == {"name": name}


def test_names_of_columns_that_are_cut_within_a_letter(tmp_path: Path) -> None:
    with shapefile.Writer(str(tmp_path / "a"), shapeType=1, encoding="latin-1") as out:
        for name in ("дата_с", "дата_п"):
            out.field(name.encode()[:10].decode("latin-1"), "C", 40)
        out.point(46, 39)
        out.record("1", "2")
    (tmp_path / "a.cpg").write_text("UTF-8")
    imported = import_file(tmp_path / "a.shp")
    assert imported.features[0].properties == {"дата_": "1", "дата__2": "2"}
    assert sum("cut within a letter" in notice for notice in imported.notices) == 2
    with pytest.raises(FormatError, match="a column's name: text is not ascii"):
        import_file(tmp_path / "a.shp", encoding="ascii")


def test_the_encoding_that_the_user_states_counts_more(tmp_path: Path) -> None:
    bad_files.write_shapefile(tmp_path, "a", encoding="cp1251")
    with pytest.raises(FormatError, match="text is not utf-8"):
        import_file(tmp_path / "a.shp", encoding="utf-8")
    (feature,) = import_file(tmp_path / "a.shp", encoding="cp1251").features
    assert feature.properties == {"name": "Шуша"}
    guessed = import_file(tmp_path / "a.shp")
    assert any("taken as ISO-8859-1" in notice for notice in guessed.notices)


def test_a_zip_of_shapefiles(tmp_path: Path) -> None:
    for name in ("north", "south"):
        bad_files.write_shapefile(tmp_path, name)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for path in sorted(tmp_path.glob("*.*")):
            if path.suffix in (".shp", ".shx", ".dbf"):
                archive.write(path, f"data/{path.name}")
    with pytest.raises(AmbiguousLayer, match="2 layers: north, south; choose with --layer"):
        import_file(tmp_path / "both.zip")
    imported = import_file(tmp_path / "both.zip", layers=["south"])
    assert imported.layers == ("south",)
    assert [one.properties for one in imported.features] == [{"name": "Шуша"}]
    both = import_file(tmp_path / "both.zip", layers=["south", "north"])
    assert len(both.features) == 2
    assert [one.name for one in layers_of(tmp_path / "both.zip")] == ["north", "south"]
    with pytest.raises(AmbiguousLayer, match="no layer west"):
        import_file(tmp_path / "both.zip", layers=["west"])


def test_a_shapefile_without_its_table(tmp_path: Path) -> None:
    bad_files.write_shapefile(tmp_path, "a")
    (tmp_path / "a.dbf").unlink()
    imported = import_file(tmp_path / "a.shp")
    assert imported.features[0].geometry == {"type": "Point", "coordinates": [46.5, 39.5]}
    notice = "its table a.dbf is missing: read without columns; put it beside the .shp"
    assert notice in imported.notices


def test_records_marked_as_deleted(tmp_path: Path) -> None:
    """dBASE keeps them in the file, with an asterisk in front."""
    with shapefile.Writer(str(tmp_path / "a"), shapeType=shapefile.POINT) as out:
        out.field("n", "N", 4)
        for number in range(3):
            out.point(46 + number, 39)
            out.record(number)
    table = bytearray((tmp_path / "a.dbf").read_bytes())
    start, width = struct.unpack("<HH", table[8:12])
    table[start + width] = ord("*")
    (tmp_path / "a.dbf").write_bytes(table)
    imported = import_file(tmp_path / "a.shp")
    assert [one.properties["n"] for one in imported.features] == [0, 2]
    assert "records marked as deleted are left out: 1" in imported.notices


@pytest.mark.parametrize(
    ("kind", "point", "coordinates", "lost"),
    [
        (shapefile.POINTM, (46, 39, 7), [46, 39], True),
        (shapefile.POINTZ, (46, 39, 5, 7), [46, 39, 5], True),
        (shapefile.POINTZ, (46, 39, 5), [46, 39, 5], False),
        (shapefile.POINT, (46, 39), [46, 39], False),
    ],
)
def test_measures_of_a_shapefile(
    tmp_path: Path, kind: int, point: tuple[float, ...], coordinates: list[float], lost: bool
) -> None:
    with shapefile.Writer(str(tmp_path / "a"), shapeType=kind) as out:
        out.field("n", "N", 4)
        {11: out.pointz, 21: out.pointm, 1: out.point}[kind](*point)
        out.record(1)
    imported = import_file(tmp_path / "a.shp")
    assert imported.features[0].geometry == {"type": "Point", "coordinates": coordinates}
    assert ("measures (M) along geometries are left out: 1" in imported.notices) == lost
