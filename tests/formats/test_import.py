"""Files of other programs become GeoJSON; expected values come from what was written into them."""

from __future__ import annotations

import json
import sqlite3
import struct
import sys
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from geographiclib.geodesic import Geodesic
from pyproj import Geod
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, shape

from pkzone import diff
from pkzone.cli import pkzone as program
from pkzone.errors import BadId, FormatError
from pkzone.formats.import_ import import_file
from pkzone.formats.reproject import Reprojection, changes_of
from tests.helpers import bad_files

# 500 000 m east is the central meridian, along which the northing is a distance.
NORTH = Geodesic.WGS84.Direct(0, 45, 0, 4_400_000 / 0.9996)["lat2"]
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>posts</name>
<NetworkLink><Link><href>http://127.0.0.1:1/more.kml</href></Link></NetworkLink>
<Folder><name>Old</name>
<Placemark id="p1"><name>Բերձոր</name><description>a &lt;b&gt;post&lt;/b&gt;</description>
<styleUrl>http://127.0.0.1:1/style.kml#s</styleUrl>
<ExtendedData><Data name="men"><value>12</value></Data></ExtendedData>
<Point><coordinates>46.55,39.64,0</coordinates></Point></Placemark></Folder>
<Folder><name>New</name>
<Placemark id="p2"><name>road</name><LineString><tessellate>1</tessellate>
<coordinates> 46.5,39.6,0
46.6, 39.7, 0 </coordinates></LineString></Placemark>
</Folder></Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x"
xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="39.64" lon="46.55"><ele>1850</ele><time>2022-08-30T05:00:00Z</time><name>a</name></wpt>
<trk><name>t</name><trkseg><trkpt lat="39.6" lon="46.5"/><trkpt lat="39.7" lon="46.6"/></trkseg>
</trk></gpx>"""


# A projection is a formula and exact; a shift between datums is as good as the EPSG dataset says.
# What differs between versions of PROJ is left out: the order of axes, and 999 m for "unknown".
@pytest.mark.parametrize(
    ("crs", "lines"),
    [
        (
            "EPSG:32638",
            ["WGS 84 / UTM zone 38N to WGS 84 by Inverse of UTM zone 38N (accuracy 0 m)"],
        ),
        (
            "EPSG:3395",
            ["WGS 84 / World Mercator to WGS 84 by Inverse of World Mercator (accuracy 0 m)"],
        ),
        ("+proj=utm +zone=38", ["unknown to WGS 84 by Inverse of UTM zone 38N (accuracy 0 m)"]),
        ("EPSG:4258", ["ETRS89 to WGS 84 by ETRS89 to WGS 84 (1) (accuracy 1 m)"]),
        (
            "+proj=utm +zone=38 +ellps=krass",
            [
                "unknown to WGS 84 by Inverse of UTM zone 38N + Ballpark geographic offset from "
                "unknown to WGS 84 (accuracy not known)",
                "the shift between the datums is not known: it may be off by 100 m or more",
            ],
        ),
    ],
)
def test_a_transformation_is_told_alike_by_every_proj(crs: str, lines: list[str]) -> None:
    assert [
        line.removeprefix("from ") for line in changes_of(Reprojection(crs, None, None).told)
    ] == lines


def test_a_geopackage_of_another_program(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {
            "name": ["Բ", None],
            "n": [2**40, -1],
            "km": [0.1, float("nan")],
            "day": [date(2021, 1, 1), None],
            "at": [datetime(2021, 1, 1, 5, 30), None],
        },
        geometry=[MultiPolygon([box(46, 39, 47, 40)]), None],
        crs="EPSG:4284",
    )
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG", layer="zones", engine="pyogrio")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database, database:
        database.execute("ALTER TABLE zones ADD COLUMN raw BLOB")
    imported = import_file(tmp_path / "a.gpkg")
    first, second = imported.features
    assert {k: v for k, v in first.properties.items() if k not in ("day", "at")} == {
        "name": "Բ", "n": 2**40, "km": 0.1,
    }  # fmt: skip
    assert first.properties["day"].startswith("2021-01-01")
    assert first.properties["at"].startswith("2021-01-01T05:30:00")
    assert second.properties == {"name": None, "n": -1, "km": None, "day": None, "at": None}
    assert first.geometry is not None
    assert first.geometry["type"] == "MultiPolygon"
    assert second.geometry is None
    text = "\n".join(imported.notices)
    assert "from Pulkovo 1942 to WGS 84 by" in text
    assert "binary data are left out: raw" in text
    # The shift of Pulkovo 1942 in the Caucasus is about 100 m.
    west, south, _, _ = shape(first.geometry).bounds
    assert 0.0003 < abs(west - 46) < 0.003
    assert abs(south - 39) < 0.001


def test_triggers_never_fire(tmp_path: Path) -> None:
    name = bad_files.write_geopackage(
        tmp_path,
        "CREATE TRIGGER t AFTER INSERT ON roads BEGIN SELECT load_extension('x'); END",
    )
    before = (tmp_path / name).read_bytes()
    assert len(import_file(tmp_path / name).features) == 1
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_only_the_file_itself_is_read_of_a_geopackage(tmp_path: Path) -> None:
    name = bad_files.write_geopackage(tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("UPDATE roads SET name = 'in the log only'")
        database.commit()
        assert (tmp_path / f"{name}-wal").exists()
        assert import_file(tmp_path / name).features[0].properties == {"name": "a"}


def test_kml_of_another_program(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("files/icon.png", b"x")
        archive.writestr("doc.kml", KML)
    for name in ("a.kml", "a.kmz"):
        imported = import_file(tmp_path / name)
        first, second = imported.features
        assert first.id == "p1"
        assert first.properties["name"] == "Բերձոր"
        assert first.properties["description"] == "a <b>post</b>"
        assert first.properties["men"] == "12"
        assert first.geometry == {"type": "Point", "coordinates": (46.55, 39.64)} or (
            first.geometry == {"type": "Point", "coordinates": [46.55, 39.64]}
        )
        assert second.id == "p2"
        assert second.geometry == {
            "type": "LineString", "coordinates": [[46.5, 39.6], [46.6, 39.7]],
        }  # fmt: skip
        assert imported.layers == ("Old", "New")
        assert "its network links are not followed: 1" in imported.notices
    assert [
        one.properties["name"] for one in import_file(tmp_path / "a.kml", layers=["New"]).features
    ] == ["road"]


def test_gpx_of_another_program(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(GPX)
    first, second = import_file(tmp_path / "a.gpx").features
    assert first.properties == {"name": "a", "time": "2022-08-30T05:00:00Z"}
    assert first.geometry == {"type": "Point", "coordinates": [46.55, 39.64, 1850.0]}
    assert second.properties == {"name": "t"}
    assert second.geometry == {
        "type": "LineString", "coordinates": [[46.5, 39.6], [46.6, 39.7]],
    }  # fmt: skip


def test_flatgeobuf_and_geoparquet_of_another_program(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["b", "a"], "n": [1, 2]},
        geometry=[LineString([(500000, 4400000), (510000, 4400000)]), Point(500000, 4400000)],
        crs="EPSG:32638",
    )
    frame.to_file(tmp_path / "a.fgb", driver="FlatGeobuf", engine="pyogrio")
    frame.to_parquet(tmp_path / "a.parquet")
    for name in ("a.fgb", "a.parquet"):
        by_name = {one.properties["name"]: one for one in import_file(tmp_path / name).features}
        assert by_name["b"].properties["n"] == 1
        point = by_name["a"].geometry
        assert point is not None
        assert point["coordinates"] == pytest.approx([45.0, NORTH], abs=1e-9)


@pytest.mark.parametrize(
    ("text", "properties", "coordinates"),
    [
        ("lon,lat,a\n46,39,x\n", {"a": "x"}, [46, 39]),
        ("LATITUDE;Longitude;a\n39.5;46.5;x\n", {"a": "x"}, [46.5, 39.5]),
        ("\ufefflon\tlat\tz\ta\n46\t39\t1850\tx\n", {"a": "x"}, [46, 39, 1850]),
        ("a,WKT\r\n\"x\ny\",POINT (46 39)\r\n", {"a": "x\ny"}, [46, 39]),
        ("x,y,n,f,b,z0,t\n46,39,7,-1.5,true,007,+5\n",
         {"n": 7, "f": -1.5, "b": True, "z0": "007", "t": "+5"}, [46, 39]),
        ("lon,lat,a,b\n46,39,'=1+1,'tis\n", {"a": "=1+1", "b": "'tis"}, [46, 39]),
        ("lon,lat,a\n46,39,\n", {"a": None}, [46, 39]),
    ],
)  # fmt: skip
def test_csv(
    tmp_path: Path, text: str, properties: dict[str, object], coordinates: list[float]
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    (feature,) = import_file(tmp_path / "a.csv").features
    assert feature.properties == properties
    assert feature.geometry is not None
    assert list(feature.geometry["coordinates"]) == coordinates


@pytest.mark.parametrize(
    ("head", "rows", "ids"),
    [
        ("id", ["a", "b"], ["a", "b"]),
        ("id", ["a", "a"], [None, None]),
        ("id", ["a", ""], [None, None]),
        ("feature_id", ["a", "b"], [None, None]),
        ("ID", ["a", "b"], [None, None]),
        ("feature_id,id", ["a,1", "b,1"], ["a", "b"]),  # as our export writes a property id
    ],
)
def test_no_column_but_id_is_taken_unasked(
    tmp_path: Path, head: str, rows: list[str], ids: list[str | None]
) -> None:
    lines = [f"lon,lat,{head}", *(f"46,39,{row}" for row in rows)]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = import_file(tmp_path / "a.csv")
    assert [one.id for one in found.features] == ids
    assert any("ids are taken from" in one for one in found.notices) == (ids[0] is not None)


def test_a_row_without_the_property_keeps_its_id(tmp_path: Path) -> None:
    text = "lon,lat,id,code\n46,39,a,x\n46,39,b,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = import_file(tmp_path / "a.csv", id_property="code")
    assert [one.id for one in found.features] == ["x", "b"]


def test_csv_with_named_columns_in_metres(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("east,north,id\n500000,4400000,a\n,,b\n")
    imported = import_file(tmp_path / "a.csv", lon="east", lat="north", crs="EPSG:32638")
    first, second = imported.features
    assert (first.id, second.id, second.geometry) == ("a", "b", None)
    assert first.geometry is not None
    assert first.geometry["coordinates"] == pytest.approx([45.0, NORTH], abs=1e-9)
    assert "ids are taken from the column id" in imported.notices


def test_ids_from_a_property(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat,code\n46,39,k1\n47,39,k2\n")
    features = import_file(tmp_path / "a.csv", id_property="code").features
    assert [(one.id, one.properties) for one in features] == [("k1", {}), ("k2", {})]
    with pytest.raises(FormatError, match="has no property name; it has: code"):
        import_file(tmp_path / "a.csv", id_property="name")


def test_ids_from_several_properties(tmp_path: Path) -> None:
    """They stay properties; a row that lacks one keeps its own id."""
    text = "lon,lat,id,sheet,nr\n46,39,a,M12,3\n46,40,b,M/12,3\n46,41,c,M12,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    for asked in ("sheet,nr", ["sheet", "nr"]):
        found = import_file(tmp_path / "a.csv", id_property=asked).features
        assert [one.id for one in found] == ["M12/3", "M~112/3", "c"]
        assert found[0].properties["sheet"] == "M12"
    with pytest.raises(FormatError, match=r"has no property shet; did you mean sheet\?"):
        import_file(tmp_path / "a.csv", id_property="nr,shet")


def test_values_that_make_no_id(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat,a,b\n46,39,x,1.5\n", encoding="utf-8")
    with pytest.raises(BadId, match=r"a\.csv: features\[0\]: a, b make no id"):
        import_file(tmp_path / "a.csv", id_property="a,b")


def test_what_is_saved_is_the_canonical_form(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat,id\n46.12345678,39,b\n47,39,a\n")
    import_file(tmp_path / "a.csv").save(tmp_path / "out.geojson")
    assert (tmp_path / "out.geojson").read_text() == (
        '{"type":"FeatureCollection","features":[\n'
        '{"type":"Feature","id":"a","properties":{},'
        '"geometry":{"type":"Point","coordinates":[47,39]}},\n'
        '{"type":"Feature","id":"b","properties":{},'
        '"geometry":{"type":"Point","coordinates":[46.123457,39]}}\n]}\n'
    )


@pytest.mark.skipif(sys.platform != "linux", reason="limits of the address space")
@pytest.mark.parametrize(
    ("wkt", "coordinates"),
    [("POINT M (46 39 7)", [46, 39]), ("POINT ZM (46 39 5 7)", [46, 39, 5])],
)
@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.gpkg"])
def test_a_measure_is_no_height(
    tmp_path: Path, name: str, wkt: str, coordinates: list[float]
) -> None:
    if name == "a.csv":
        (tmp_path / name).write_text(f"n,wkt\n1,{wkt}\n")
    elif name == "a.parquet":
        frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.from_wkt(wkt)], crs="EPSG:4326")
        frame.to_parquet(tmp_path / name)
    else:
        head = b"GP\0\x01" + struct.pack("<i", 4326)
        blob = head + shapely.to_wkb(shapely.from_wkt(wkt), output_dimension=4, flavor="iso")
        statement = f"UPDATE roads SET geom = x'{blob.hex()}'"  # noqa: S608 - our own bytes
        bad_files.write_geopackage(tmp_path, statement, name=name)
    imported = import_file(tmp_path / name)
    assert imported.features[0].geometry == {"type": "Point", "coordinates": coordinates}
    said = [one for one in imported.notices if one.startswith("measures (M) along geometries")]
    assert len(said) == 1


def test_a_height_that_is_not_known_is_none(tmp_path: Path) -> None:
    line = shapely.from_wkt("LINESTRING Z (46 39 5, 47 39 NaN)")
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[line], crs="EPSG:4326")
    frame.to_parquet(tmp_path / "a.parquet")
    (feature,) = import_file(tmp_path / "a.parquet").features
    assert feature.geometry == {"type": "LineString", "coordinates": [[46, 39, 5], [47, 39]]}


def test_what_a_geopackage_loses(tmp_path: Path) -> None:
    # OGC 12-128r18, 2.1.3: "GP", version 0, little-endian without envelope, then POINT ZM
    blob = b"GP\0\x01" + struct.pack("<i", 4326) + b"\x01" + struct.pack("<I4d", 3001, 46, 39, 5, 7)
    bad_files.write_geopackage(
        tmp_path,
        f"UPDATE roads SET geom = x'{blob.hex()}'",  # noqa: S608 - our own bytes
        "CREATE TABLE log (id INTEGER PRIMARY KEY, x TEXT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('log', 'attributes', 'log')",
        name="a.gpkg",
    )
    imported = import_file(tmp_path / "a.gpkg")
    assert imported.features[0].geometry == {"type": "Point", "coordinates": [46, 39, 5]}
    assert "measures (M) along geometries are left out: 1" in imported.notices
    assert "tables without features are not read: log" in imported.notices


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from pkzone.cli import pkzone as program

    (tmp_path / "a.csv").write_text("lon,lat,id\n46,39,a\n")
    path = str(tmp_path / "a.csv")

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            program.main(["import", path, *arguments])
        return (ended.value.code, *capfd.readouterr())

    code, out, err = run("-o", "-")
    assert code == 0
    assert json.loads(out)["features"][0]["id"] == "a"
    assert "pkzone: read 1 feature from CSV" in err
    code, out, _ = run("--list-layers", "--json")
    row = {"layer": "csv", "features": 1, "geometry": "Point", "crs": None}
    assert json.loads(out) == {"schema": "pkzone.file-layers/1", "rows": [row]}
    code, out, _ = run("--list-layers", "-f", "csv")
    assert out.splitlines()[1] == "csv,1,Point,"
    assert run("-f", "csv", "-o", "-")[0] == 2
    assert run()[0] == 2
    assert run("-o", "-", "--lon", "a")[0] == 2
    target = str(tmp_path / "out.geojson")
    assert run("-o", target)[0] == 0
    assert run("-o", target)[0] == 3
    assert run("-o", target, "--overwrite")[0] == 0


ROUNDED = "coordinates are rounded to 6 decimals, 0.1 m"


def write_parcels(path: Path, *corners: float) -> None:
    """Write squares of 80 m in UTM 38N, each with its west side at an easting."""
    frame = gpd.GeoDataFrame(
        {"parcel": list(range(len(corners)))},
        geometry=[box(east, 4_400_000.3, east + 80, 4_400_080.3) for east in corners],
        crs="EPSG:32638",
    )
    frame.to_file(path, driver="GPKG", layer="parcels", engine="pyogrio")


@pytest.mark.parametrize(("target", "rounds"), [("a.geojson", True), ("a.geojsonl", False)])
def test_an_import_says_that_it_rounds(tmp_path: Path, target: str, rounds: bool) -> None:
    write_parcels(tmp_path / "a.gpkg", 620_000.1, 620_200.1)
    imported = import_file(tmp_path / "a.gpkg")
    assert ROUNDED not in imported.notices  # of the features, which have all decimals
    assert imported.geojson_notices == (*imported.notices, ROUNDED)
    written = str(tmp_path / target)
    run = CliRunner().invoke(program, ["import", str(tmp_path / "a.gpkg"), "-o", written])
    assert run.stderr.count(ROUNDED) == rounds
    again = CliRunner().invoke(program, ["import", written, "-o", "-"])
    assert again.stderr.count(ROUNDED) == (not rounds)  # it had all decimals, or is rounded


def test_a_file_of_6_decimals_in_another_projection_is_not_said_to_be_rounded(
    tmp_path: Path,
) -> None:
    frame = gpd.GeoDataFrame(geometry=[box(46.123456, 39.654321, 46.2, 39.7)], crs="EPSG:4326")
    frame.to_crs("EPSG:32638").to_file(tmp_path / "a.gpkg", driver="GPKG", engine="pyogrio")
    assert ROUNDED not in import_file(tmp_path / "a.gpkg").geojson_notices
    nudged = frame.set_geometry([box(46.1234561, 39.654321, 46.2, 39.7)], crs="EPSG:4326")
    nudged.to_file(
        tmp_path / "b.geojson", driver="GeoJSON", engine="pyogrio", COORDINATE_PRECISION=7
    )
    assert ROUNDED in import_file(tmp_path / "b.geojson").geojson_notices


def test_a_diff_says_of_each_file_that_it_is_rounded(tmp_path: Path) -> None:
    write_parcels(tmp_path / "a.gpkg", 620_000.1)
    write_parcels(tmp_path / "b.gpkg", 620_050.1)
    names = [str(tmp_path / name) for name in ("a.gpkg", "b.gpkg")]
    found = diff(*names, id_property="parcel")
    assert [one for one in found.notices if ROUNDED in one] == [
        f"{name}: {ROUNDED}" for name in names
    ]
    # Geodesic areas are those of the squares within what the docs say that rounding does.
    (change,) = found.changes
    assert change.evidence is not None
    back = frame_in_degrees(tmp_path / "a.gpkg")
    exact_m2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(back)[0])
    for area_km2 in (change.evidence.area_base_km2, change.evidence.area_target_km2):
        assert area_km2 is not None
        assert abs(area_km2 * 1e6 - exact_m2) < 320 * 0.07


def frame_in_degrees(path: Path) -> Polygon:
    """Return the one area of a file as geopandas transforms it."""
    return gpd.read_file(path, engine="pyogrio").to_crs("EPSG:4326").geometry.iloc[0]
