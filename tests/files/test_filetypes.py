"""What a file is: told alike by every command, from files that other programs write."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import pkzone
from pkzone import geojson
from pkzone.checks import check_in_place, check_text
from pkzone.cli import pkzone as program
from pkzone.errors import FormatError, GeoJSONError, NotMended, TooLarge
from pkzone.files.filetypes import HEAD_BYTES, identify
from pkzone.formats.registry import ENDINGS
from pkzone.geojson import json_text
from pkzone.maps import packing
from tests.helpers.own_catalogue import begin

POINT = {
    "type": "Feature",
    "id": "road",
    "properties": {"name": "A"},
    "geometry": {"type": "Point", "coordinates": [46.5, 39.6]},
}
OTHER = {**POINT, "id": "rail", "properties": {"name": "B"}}
LINES = json.dumps(POINT) + "\n" + json.dumps(OTHER) + "\n"
COLLECTION = json.dumps({"type": "FeatureCollection", "features": [POINT, OTHER]})
CANONICAL = geojson.dumps(geojson.parse(COLLECTION.encode()).features)
KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "1" * 64 + "\nsize 141\n"
CONFLICT = COLLECTION.replace('[{"type"', '[\n<<<<<<< HEAD\n{"type"', 1) + "\n=======\n>>>>>>> x\n"


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), "x")  # of no time: the bytes name a test
    return data.getvalue()


# text or bytes: name, words of the message of every command that reads GeoJSON
FOREIGN: dict[str, tuple[str | bytes, str]] = {
    "a.kml": (KML, "is KML, not GeoJSON: pkzone import a.kml -o a.geojson"),
    "b.geojson": (KML, "rename it to b.kml, then pkzone import b.kml -o b.geojson"),
    "a.gpx": ("<gpx version='1.1'/>", "is GPX, not GeoJSON: pkzone import a.gpx -o a.geojson"),
    "a.kmz": (archive("doc.kml"), "pkzone import a.kmz -o a.geojson"),
    "a b.zip": (
        archive("a.shp", "a.dbf"),
        "is a ZIP archive, not GeoJSON: pkzone import 'a b.zip'",
    ),
    "a.xlsx": (archive("[Content_Types].xml", "xl/workbook.xml"), "save its sheet as .csv"),
    "a.csv": ("lon,lat\n46.5,39.6\n", "is CSV, not GeoJSON: pkzone import a.csv -o a.geojson"),
    "a.dbf": (b"\x03\x7a\x01\x01" + b"\1" * 60, "is a part of a Shapefile"),
    "lfs.geojson": (LFS, "Git LFS pointer, which stands for a file, not GeoJSON: git lfs pull"),
    "page.geojson": ("<!doctype html><title>404</title>", "is a web page (HTML), not GeoJSON"),
    "html.geojson": ("<html><body>Sign in</body></html>", "download the raw file"),
    "conflict.geojson": (CONFLICT, "conflict markers (<<<<<<< in line 2): resolve the conflict"),
    "first.geojson": ("<<<<<<< ours\n{}\n=======\n>>>>>>> theirs\n", "git checkout --ours"),
    "wide.geojson": (COLLECTION.encode("utf-16"), "UTF-16"),
    "topology.json": ('{"type":"Topology","objects":{},"arcs":[]}', "it is TopoJSON"),
    "esri.json": ('{"geometryType":"esriGeometryPoint","features":[]}', "it is Esri JSON"),
    "overpass.json": ('{"version":0.6,"generator":"Overpass","elements":[]}', "Overpass JSON"),
    "a.gml": ('<wfs:FeatureCollection xmlns:wfs="x"/>', "is GML, not GeoJSON: ogr2ogr"),
    "packed.geojson.gz": (gzip.compress(KML.encode(), mtime=0), "is gzip of what is KML"),
    "empty.geojson": ("", "is empty"),
    "rubbish.geojson": (b"\xfaobs" + bytes(range(256)), "is not text"),
    "picture.geojson": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "is a picture"),
}
COMMANDS = {
    "show": ["show", "./FILE"],
    "map": ["map", "./FILE", "-o", "out.html"],
    "picture": ["picture", "./FILE", "-o", "out.svg"],
    "diff": ["diff", "./FILE", "good.geojson"],
    "diff --id": ["diff", "good.geojson", "./FILE", "--id", "name"],
    "fmt": ["fmt", "FILE"],
    "check": ["check", "FILE"],
    "export": ["export", "./FILE", "-o", "out.gpkg"],
    "publish": ["publish", "FILE", "--layer", "line", "--from", "2025-01-01", "--title", "T", "-y"],
}  # fmt: skip
IMPORTING = {"show", "map", "picture", "diff", "export"}
"""Commands that read files of other formats where their names say so."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, beside a catalogue of the user's own."""
    monkeypatch.setenv("PKZONE_CATALOGUE", str(begin(tmp_path / "own", "line")))
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "good.geojson").write_bytes(CANONICAL)
    return folder


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        program(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_says_what_a_file_is(
    folder: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    for name, (content, says) in FOREIGN.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        if command[0] in IMPORTING and name.endswith(ENDINGS):
            continue
        code = run(*(word.replace("FILE", name) for word in command))
        printed = capfd.readouterr()
        assert code == (1 if command[0] == "check" else 3), name
        assert says.replace("./", "") in (printed.out + printed.err).replace("./", ""), name
        assert "Traceback" not in printed.err
        assert (folder / name).read_bytes() == data
        assert sorted(folder.glob("out.*")) == []


TABLES = {name: words for name, (_, words) in FOREIGN.items() if name.endswith(".csv")}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (archive("xl/workbook.xml"), "is a workbook"),
        (LFS.encode(), "git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "is a web page (HTML): download the raw file"),
        (gzip.compress(b"lon,lat,date\n46.5,39.6,2022-09-01\n", mtime=0), "gunzip < a.csv > OUT"),
        (b"<<<<<<< HEAD\nlon,lat\n=======\n>>>>>>> x\n", "git checkout --ours a.csv"),
        (
            b"lon,lat,date\n1,1,2024-05-01\n<<<<<<< HEAD\n1,1,2024-05-02\n=======\n>>>>>>> x\n",
            "conflict markers (<<<<<<< in line 3): resolve the conflict",
        ),
    ],
)
def test_tag_says_what_a_table_is(folder: Path, content: bytes, says: str) -> None:
    (folder / "a.csv").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        pkzone.tag("a.csv", ["zone"])
    assert says in str(caught.value)


def test_files_that_gdal_writes_are_known_by_their_first_bytes(folder: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(46.5, 39.6)], crs="EPSG:4326")
    frame.to_parquet("x.parquet")
    for name in ("x.gpkg", "x.shp", "x.fgb"):
        frame.to_file(name)
    frame.to_file("x.kml", driver="KML")
    sqlite3.connect("x.sqlite").execute("CREATE TABLE a (b)").connection.close()
    found = {path.suffix: identify(path.read_bytes()[:HEAD_BYTES]) for path in folder.glob("x.*")}
    for ending, kind in {
        ".gpkg": "gpkg", ".shp": "shp", ".fgb": "fgb", ".kml": "kml", ".parquet": "parquet",
        ".sqlite": "sqlite",
    }.items():  # fmt: skip
        assert found[ending] == kind
    with pytest.raises(GeoJSONError, match=r"Shapefile, .*pkzone import x\.shp"):
        geojson.read("x.dbf")


def test_the_import_that_is_named_works(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(46.5, 39.6)], crs="EPSG:4326")
    frame.to_file("x.gpkg")
    assert run("fmt", "x.gpkg") == 3
    command = capfd.readouterr().err.partition("GeoJSON: ")[2].split()
    assert command == ["pkzone", "import", "x.gpkg", "-o", "x.geojson"]
    assert run(*command[1:]) == 0
    assert run("map", "x.geojson", "-o", "m.html") == 0


SEQUENCES = {
    "newline-delimited GeoJSON": LINES,
    "newline-delimited GeoJSON, no last line end": LINES.rstrip("\n"),
    "newline-delimited GeoJSON, CRLF and empty lines": LINES.replace("\n", "\r\n\r\n"),
    "a GeoJSON text sequence": "".join(f"\x1e{json.dumps(one)}\n" for one in (POINT, OTHER)),
    "a GeoJSON text sequence, indented": "".join(
        f"\x1e{json.dumps(one, indent=1)}\n" for one in (POINT, OTHER)
    ),
}


@pytest.mark.parametrize("form", SEQUENCES)
@pytest.mark.parametrize("packed", [False, True])
def test_sequences_and_gzip_are_read(form: str, packed: bool) -> None:
    data = SEQUENCES[form].encode()
    read = geojson.parse(gzip.compress(data) if packed else data, name="x")
    assert read.features == geojson.parse(COLLECTION.encode()).features
    notices = [str(one) for one in read.notices]
    expected = f"x: is {form.partition(',')[0]}; its 2 features are taken as one collection"
    assert notices == ["x: is gzip; what is in it is read"] * packed + [expected]


def test_a_sequence_that_gdal_writes_is_read(folder: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"a": [1, 2]}, geometry=[shapely.Point(46.5, 39.6), None], crs="EPSG:4326"
    )
    for name, options in (("x.geojsonl", {}), ("x.geojsons", {"RS": "YES"})):
        frame.to_file(name, driver="GeoJSONSeq", **options)
        read = geojson.read(name)
        assert [one.properties for one in read.features] == [{"a": 1}, {"a": 2}]
        assert [one.code for one in read.notices] == ["wrapped"]


@pytest.mark.parametrize("name", ["x.geojsonl", "x.ndjson", "x.geojson.gz", "x.json.gz", "x"])
def test_every_command_reads_them(
    folder: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    data = LINES.encode()
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert run("show", f"./{name}") == 0
    assert run("map", f"./{name}", "-o", "m.html") == 0
    assert run("picture", f"./{name}", "-o", "p.svg") == 0
    assert run("check", name) == 0
    assert run("export", f"./{name}", "-o", "e.kml") == 0
    assert run("import", name, "-o", "i.geojson") == 0
    assert (folder / "i.geojson").read_bytes() == CANONICAL
    assert run("diff", f"./{name}", "i.geojson", "--exit-code") == 0
    assert run("tag", name, "--on", "2024-09-01", "-o", "t.csv", "--layer", "line") == 0
    assert "read" in capfd.readouterr().err


def test_nothing_is_written_into_gzip_or_a_sequence(folder: Path) -> None:
    packed = gzip.compress(COLLECTION.encode(), mtime=0)
    for name, data in {
        "x.geojson.gz": packed,
        "y.geojson": packed,
        "x.geojsonl": LINES.encode(),
    }.items():
        (folder / name).write_bytes(data)
        assert run("fmt", name) == 3
        assert run("check", "--fix", name) == 0
        assert (folder / name).read_bytes() == data
        with pytest.raises(NotMended, match=r"pkzone fmt - < x\.geojson|pkzone fmt - < y"):
            check_in_place(data, name)


def test_places_in_a_sequence_are_those_of_the_file() -> None:
    bad = LINES + json.dumps(POINT).replace("39.6", "139.6").replace("road", "far")
    for data in (bad.encode(), gzip.compress(bad.encode())):
        (error,) = [one for one in check_text(data).findings if one.code == "swapped-coordinates"]
        assert (error.line, error.column) == (3, bad.splitlines()[2].index("[46.5") + 1)


def test_a_bomb_of_gzip_is_refused_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_BYTES", 10_000)
    bomb = gzip.compress(b'{"a":"' + b"a" * 1_000_000 + b'"}')
    assert len(bomb) < 10_000
    with pytest.raises(TooLarge, match="unpacked, is larger than"):
        geojson.parse(bomb)


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:4326",
        "epsg:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:EPSG:6.6:4326",
        "urn:x-ogc:def:crs:EPSG:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "http://www.opengis.net/gml/srs/epsg.xml#4326",
    ],
)
def test_epsg_4326_in_every_spelling_is_longitude_first(name: str) -> None:
    member = {"crs": {"type": "name", "properties": {"name": name}}}
    read = geojson.parse(json.dumps({**json.loads(COLLECTION), **member}).encode())
    assert read.features[0].geometry == POINT["geometry"]
    (notice,) = read.notices
    assert notice.message == f"its crs is {name}, taken as longitude before latitude, and dropped"


_SLOW_HEADS = """
from pkzone.files.filetypes import HEAD_BYTES, identify
for unit in (b"<?a?>", b"<!--a-->", b"<!--a--> <?a?>", b" ", b"<a", b"<?", b"<!--", b"<!DOCTYPE "):
    print(identify((unit * HEAD_BYTES)[: HEAD_BYTES - 1] + b"!"))
"""


def test_no_beginning_takes_for_ever() -> None:
    """Some 800 comments in a row had more ways to be passed over than there are atoms."""
    run = subprocess.run(
        [sys.executable, "-c", _SLOW_HEADS],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout.split() == ["xml", "xml", "xml", "csv", "xml", "xml", "xml", "doctype"]


EMPTY = b'{"type":"FeatureCollection","features":[]}'
NOWHERE = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":null}]}'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [(EMPTY, "is empty: it has no features"), (NOWHERE, "none of its 1 features has a place")],
)
def test_a_map_of_nothing_says_so(
    folder: Path, capfd: pytest.CaptureFixture[str], data: bytes, says: str
) -> None:
    (folder / "x.geojson").write_bytes(data)
    assert run("map", "-o", "m.html", "./x.geojson") == 0
    assert says in capfd.readouterr().err


def test_show_prints_properties_beside_names(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    properties = {"date": "2022-08-28", "name": "A", **{f"p{i}": i for i in range(6)}}
    feature = {**POINT, "properties": properties}
    (folder / "x.geojson").write_text(json.dumps(feature), encoding="utf-8")
    assert run("show", "./x.geojson") == 0
    printed = capfd.readouterr()
    assert printed.out.splitlines()[2].split() == ["name", "id", "date", "p0", "p1", "p2", "p3"]
    assert "2022-08-28" in printed.out
    assert "2 more properties are not in the table: p4, p5; use -f csv" in printed.err


def test_what_export_does_not_see_is_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    text = json.dumps({**json.loads(COLLECTION), "crs": crs, "owner": "me"})
    (folder / "x.geojson").write_text(text, encoding="utf-8")
    for command in (["export", "-o", "e.kml"], ["picture", "-o", "p.svg"], ["map", "-o", "m.html"]):
        assert run(*command, "./x.geojson") == 0
        said = capfd.readouterr().err
        assert "EPSG::4326, taken as longitude before latitude" in said
        assert "the collection loses members that are not GeoJSON: owner" in said


def nested(count: int) -> bytes:
    """As many features, each with three more in its properties."""
    inner = {"type": "Feature", "properties": {}, "geometry": None}
    feature = {**POINT, "properties": {"a": [inner, {"b": inner}], "c": inner}}
    features = [{**feature, "id": f"f{i}"} for i in range(count)]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_map_stops_at_the_first_feature_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []
    plain = json_text._object

    def counted(pairs: list[tuple[str, object]]) -> object:
        seen.append(dict(pairs))
        return plain(pairs)

    monkeypatch.setattr(json_text, "_object", counted)
    monkeypatch.setattr(json_text, "_MOST_NESTED", 30)
    lines = (json.dumps(POINT) + "\n").encode()
    for data in (nested(1000), lines * 1000):
        seen.clear()
        with pytest.raises(json_text.TooManyFeaturesError):
            geojson.parse(data, most_features=10)
        assert len([one for one in seen if one.get("id")]) < 50
    for data in (nested(10), lines.replace(b'"id": "road", ', b"") * 10):
        assert len(geojson.parse(data, most_features=10).features) == 10


def test_a_map_of_too_many_features_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_FEATURES", 1)
    (folder / "x.geojson").write_text(COLLECTION, encoding="utf-8")
    assert run("map", "./x.geojson", "-o", "m.html") == 3
    assert "x.geojson has more than the 1 features that a page can draw" in capfd.readouterr().err
    assert not (folder / "m.html").exists()
