"""Files from outside that must be refused: made here, each in a few lines, none a blob."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import shapefile
from shapely.geometry import Point

CANARY = "canary-5d41402abc4b2a76"
"""A text that stands in a file outside, and may appear nowhere."""

Maker = Callable[[Path], str]
"""Writes a file into a folder, and returns its name; ``canary.txt`` lies in the folder above."""


# XML

KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">{}</kml>'
PLACE = "<Placemark><name>{}</name><Point><coordinates>{}</coordinates></Point></Placemark>"
GPX = (
    '<?xml version="1.0"?><gpx version="1.1" creator="x" '
    'xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'
)


def doctype(root: str, subset: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE {root} {subset}><{root}>&e;</{root}>'


def billion(root: str) -> str:
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)
    )
    return f"<!DOCTYPE {root} [{entities}]><{root}>&e9;</{root}>"


XML: dict[str, tuple[str, bytes, str]] = {}


def _xml() -> None:
    for root in ("kml", "gpx"):
        bad: dict[str, tuple[str | bytes, str]] = {
            "doctype": (doctype(root, ""), "DOCTYPE"),
            "external-entity": (
                doctype(root, '[<!ENTITY e SYSTEM "../canary.txt">]'), "DOCTYPE",
            ),
            "file-url-entity": (
                doctype(root, '[<!ENTITY e SYSTEM "file:///etc/passwd">]'), "DOCTYPE",
            ),
            "external-subset": (doctype(root, 'SYSTEM "http://127.0.0.1:{port}/x.dtd"'), "DOCTYPE"),
            "parameter-entity": (
                doctype(root, '[<!ENTITY % p SYSTEM "../canary.txt">%p;]'), "DOCTYPE",
            ),
            "billion-laughs": (billion(root), "DOCTYPE"),
            "doctype-in-utf-16": (doctype(root, "[]").encode("utf-16"), "DOCTYPE"),
            "doctype-after-comment": (
                f"<!-- c --><!DOCTYPE {root} []><{root}/>", "DOCTYPE",
            ),
            "deep": (f"<{root}>" + "<a>" * 200 + "</a>" * 200 + f"</{root}>", "deep"),
            "unclosed": (f"<{root}><Placemark>", "well-formed"),
            "undefined-entity": (f"<{root}>&nbsp;</{root}>", "well-formed"),
            "two-roots": (f"<{root}/><{root}/>", "well-formed"),
            "unknown-encoding": (
                f'<?xml version="1.0" encoding="x-none"?><{root}/>', "well-formed",
            ),
            "bad-bytes": (f"<{root}>".encode() + b"\xff\xfe", "well-formed"),
            "null-bytes": (f"<{root}>\0</{root}>", "not of any format"),
            "html": ("<!DOCTYPE html><html><body>404</body></html>", "a web page"),
            "vrt": (
                "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>../canary.txt"
                "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>", "XML of another kind",
            ),
            "wfs": ("<OGRWFSDataSource><URL>http://127.0.0.1:{port}/</URL></OGRWFSDataSource>",
                    "XML of another kind"),
            "text": ("not XML at all", "its content is text"),
            "json": ('{"type":"FeatureCollection","features":[]}', "JSON"),
            "empty": ("", "is empty"),
            "blank": ("  \n", "its content is text"),
            "gzip": (gzip.compress(b"<kml/>", mtime=0), "its content is gzip; gunzip < "),
        }  # fmt: skip
        for name, (content, says) in bad.items():
            data = content if isinstance(content, bytes) else content.encode()
            XML[f"{root}-{name}"] = (f"bad.{root}", data, says)
    XML["kml-is-gpx"] = ("bad.kml", GPX.format("").encode(), "its content is GPX")
    XML["kml-other-root"] = ("bad.kml", b"<x:kml xmlns:x='u'><kml/></x:kml", "well-formed")
    XML["gpx-swapped"] = (
        "bad.gpx",
        GPX.format('<wpt lat="139" lon="46"><name>a</name></wpt>').encode(),
        "swapped",
    )
    for name, point in (
        ("words", 'lat="north" lon="east"'),
        ("commas", 'lat="39,5" lon="46,5"'),
        ("not-a-number", 'lat="nan" lon="46"'),
        ("half", 'lat="39"'),
    ):
        text = GPX.format(f"<trk><trkseg><trkpt {point}/></trkseg></trk>")
        XML[f"gpx-{name}"] = ("bad.gpx", text.encode(), "is not a position")
    child = "line 1: <coordinates> holds an element <b> where only text belongs"
    for name, position, says in (
        ("swapped", "39.8,146.7", "swapped"),
        ("projected", "486000,4400000", "projected"),
        ("child-in-coordinates", "46<b>.5</b>,39.6", child),
        ("words", "east,north", "is not a position"),
        ("half", "46,39 47", "is not a position"),
        ("semicolon", "46;39", "is not a position"),
        ("degrees", "46\N{DEGREE SIGN},39", "is not a position"),
        ("not-a-number", "46,39,nan", "is not a position"),
        ("four", "46,39,0,1", "is not a position"),
    ):
        XML[f"kml-{name}"] = ("bad.kml", KML.format(PLACE.format("a", position)).encode(), says)


_xml()


# Archives


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], stored: bool = False) -> bytes:
    target = io.BytesIO()
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data, compress_type=how)
    return target.getvalue()


LINK, DEVICE = 0o120777, 0o020666


def _unix_entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def _lying(data: bytes, size: int) -> bytes:
    """Return an archive of one entry that states another size in its directory and its head."""
    packed = bytearray(data)
    head, directory = packed.index(b"PK\x03\x04"), packed.index(b"PK\x01\x02")
    struct.pack_into("<I", packed, head + 22, size)
    struct.pack_into("<I", packed, directory + 24, size)
    return bytes(packed)


def _encrypted(data: bytes) -> bytes:
    packed = bytearray(data)
    packed[packed.index(b"PK\x03\x04") + 6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


SMALL_KML = KML.format(PLACE.format("a", "46,39")).encode()
ARCHIVES: dict[str, tuple[str, bytes, str]] = {}


def _archives() -> None:
    for ending, entry in ((".zip", "x.shp"), (".kmz", "doc.kml")):
        bad: dict[str, tuple[bytes, str]] = {
            "climbs": (zipped((f"../{entry}", b"x")), "leaves the archive"),
            "climbs-inside": (zipped((f"a/../../{entry}", b"x")), "leaves the archive"),
            "climbs-backslash": (zipped((f"..\\{entry}", b"x")), "leaves the archive"),
            "absolute": (zipped((f"/etc/{entry}", b"x")), "absolute"),
            "drive": (zipped((f"C:\\{entry}", b"x")), "absolute"),
            "link": (zipped((_unix_entry(entry, LINK), b"../canary.txt")), "link"),
            "device": (zipped((_unix_entry(entry, DEVICE), b"")), "link or device"),
            "twice": (zipped((entry, b"a"), (entry.upper(), b"b")), "twice"),
            "nested": (zipped((entry, b"x"), ("more.zip", zipped(("a", b"")))), "archive in the"),
            "many": (zipped(*((f"{i}.txt", b"") for i in range(101))), "101 entries"),
            "bomb": (zipped((entry, b"\0" * 2_000_000)), "100 to 1"),
            "large": (zipped((entry, b"\0" * (101 * 1024**2))), "100 MiB"),
            "lying": (_lying(zipped((entry, b"\0" * 3_000_000)), 10), ""),
            "encrypted": (_encrypted(zipped((entry, b"x"))), "encrypted"),
            "none": (zipped(("readme.txt", b"x")), "holds no"),
            "no-entries": (zipped(), "holds no"),
            "cut": (zipped((entry, b"x" * 99))[:-30], "damaged archive"),
            "flipped": (zipped((entry, bytes(range(256)))).replace(b"\x10\x11", b"\x11\x10"),
                        "damaged archive"),
            "head-only": (b"PK\x03\x04", "damaged archive"),
            "text": (b"not an archive", "its content is text"),
        }  # fmt: skip
        for name, (data, says) in bad.items():
            ARCHIVES[f"{ending[1:]}-{name}"] = (f"bad{ending}", data, says)
    ARCHIVES["kmz-with-doctype"] = (
        "bad.kmz",
        zipped(("doc.kml", doctype("kml", '[<!ENTITY e SYSTEM "../canary.txt">]').encode())),
        "DOCTYPE",
    )
    ARCHIVES["kmz-of-gpx"] = ("bad.kmz", zipped(("doc.kml", GPX.format("").encode())), "<gpx>")
    ARCHIVES["zip-of-text"] = (
        "bad.zip",
        zipped(("x.shp", b"text"), ("x.shx", b""), ("x.dbf", b"")),
        "its content is text",
    )


_archives()


# Good files that are changed


def _changed(make: Maker, change: Callable[[bytes], bytes], ending: str | None = None) -> Maker:
    """Make a file, then change its bytes, or those of the file of another ending beside it."""

    def make_changed(folder: Path) -> str:
        name = make(folder)
        path = folder / name
        if ending is not None:
            path = path.with_suffix(ending)
        path.write_bytes(change(path.read_bytes()))
        return name

    return make_changed


def _frame(name: str = "a") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": [name]}, geometry=[Point(46, 39)], crs="EPSG:4326")


# Shapefiles


def write_shapefile(
    folder: Path, name: str = "bad", *, crs: str | None = None, encoding: str = "utf-8"
) -> str:
    with shapefile.Writer(str(folder / name), shapeType=shapefile.POINT, encoding=encoding) as out:
        out.field("name", "C", 40)
        out.point(46.5, 39.5)
        out.record("Шуша" if encoding != "ascii" else "a")
    if crs is not None:
        (folder / f"{name}.prj").write_text(crs)
    return f"{name}.shp"


def _no_index(folder: Path) -> str:
    name = write_shapefile(folder)
    (folder / "bad.shx").unlink()
    return name


def _with_table(change: Callable[[bytes], bytes]) -> Maker:
    """A Shapefile of one point whose table is changed: 65 bytes of header, a record of 41."""
    return _changed(write_shapefile, change, ".dbf")


def _linked(suffix: str) -> Maker:
    def make(folder: Path) -> str:
        name = write_shapefile(folder)
        side = folder / f"bad{suffix}"
        side.unlink(missing_ok=True)
        side.symlink_to("../canary.txt")
        return name

    return make


def _with_crs(text: str) -> Maker:
    return lambda folder: write_shapefile(folder, crs=text)


def _with_page(text: str) -> Maker:
    def make(folder: Path) -> str:
        name = write_shapefile(folder)
        (folder / "bad.cpg").write_text(text)
        return name

    return make


def _projected(folder: Path) -> str:
    with shapefile.Writer(str(folder / "bad"), shapeType=shapefile.POINT) as out:
        out.field("name", "C", 40)
        out.point(486000, 4400000)
        out.record("a")
    return "bad.shp"


GRID = (
    'PROJCS["x",GEOGCS["y",DATUM["z",SPHEROID["s",6378137,298.257]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],UNIT["metre",1],'
    'EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +nadgrids=../canary.txt +wktext"]]'
)
LOCAL = 'LOCAL_CS["ship",UNIT["metre",1]]'
SHAPEFILES: dict[str, tuple[Maker, str]] = {
    "no-index": (_no_index, "bad.shx is missing"),
    "cut": (_changed(write_shapefile, lambda data: data[:110]), ""),
    "linked-cpg": (_linked(".cpg"), "symbolic link"),
    "linked-prj": (_linked(".prj"), "symbolic link"),
    "dbf-empty": (_with_table(lambda data: b""), "list of columns is cut off"),
    "dbf-cut-header": (_with_table(lambda data: data[:50]), "list of columns is cut off"),
    "dbf-cut-record": (_with_table(lambda data: data[:80]), "bad.dbf is damaged: it is cut off"),
    "dbf-zeros": (_with_table(lambda data: bytes(len(data))), "bad.dbf is damaged"),
    "dbf-fewer": (_with_table(lambda data: data[:4] + bytes(4) + data[8:]), "0 records for 1"),
    "dbf-width": (_with_table(lambda data: data[:48] + b"\x09" + data[49:]), "take 10 bytes"),
    "linked-dbf": (_linked(".dbf"), "symbolic link"),
    "linked-shx": (_linked(".shx"), "symbolic link"),
    "linked-note": (_linked(".pkzone.json"), "symbolic link"),
    "prj-with-grid": (_with_crs(GRID), "grid"),
    "prj-local": (_with_crs(LOCAL), "not a place on the earth"),
    "cpg-unknown": (_with_page("x-klingon"), "is not known"),
    "cpg-no-text": (_with_page("zlib"), "is not known"),
    "cpg-wrong": (_with_page("ascii"), "text is not ascii"),
    "shape-type-unknown": (
        _changed(write_shapefile, lambda data: data[:108] + struct.pack("<i", 77) + data[112:]),
        "",
    ),
    "projected": (_projected, "projected"),
}


# GeoPackages


def write_geopackage(folder: Path, *statements: str, name: str = "bad.gpkg") -> str:
    _frame().to_file(folder / name, driver="GPKG", layer="roads", engine="pyogrio")
    with closing(sqlite3.connect(folder / name)) as database, database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            database.execute(statement)
    return name


def _gpkg(*statements: str) -> Maker:
    return lambda folder: write_geopackage(folder, *statements)


_AS_VIEW = (
    "ALTER TABLE roads RENAME TO hidden",
    "CREATE VIEW roads AS {}",
)
_ENDLESS = (
    "WITH RECURSIVE c(fid, geom, name) AS (SELECT 1, NULL, 'a' UNION ALL "
    "SELECT fid + 1, NULL, 'a' FROM c) SELECT * FROM c"
)


def _generated(folder: Path) -> str:
    """A column that SQLite makes up on reading: a hundred million letters of one row."""
    column = "x TEXT GENERATED ALWAYS AS (hex(zeroblob(50000000))) VIRTUAL"
    return write_geopackage(folder, f"ALTER TABLE roads ADD COLUMN {column}")


def _virtual(folder: Path) -> str:
    name = write_geopackage(folder, "CREATE TABLE v (a)")
    with closing(sqlite3.connect(folder / name)) as database, database:
        database.execute("PRAGMA writable_schema=ON")
        database.execute(
            "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE v USING VirtualOGR("
            "\"../canary.txt\")' WHERE name = 'v'"
        )
    return name


def _plain_sqlite(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "bad.gpkg")) as database, database:
        database.execute("CREATE TABLE a (b)")
    return "bad.gpkg"


def _two_layers(folder: Path) -> str:
    name = write_geopackage(folder)
    _frame("b").to_file(folder / name, driver="GPKG", layer="rivers", engine="pyogrio")
    return name


SWAPPED = "47500001E6100000" + Point(31, 135).wkb_hex

GEOPACKAGES: dict[str, tuple[Maker, str]] = {
    "view": (_gpkg(_AS_VIEW[0], _AS_VIEW[1].format("SELECT * FROM hidden")), "is a view"),
    "endless-view": (_gpkg(_AS_VIEW[0], _AS_VIEW[1].format(_ENDLESS)), "is a view"),
    "generated-column": (_generated, "more than 100 times as large on reading"),
    "virtual-table": (_virtual, "virtual table"),
    "no-contents": (_gpkg("DELETE FROM gpkg_contents"), "no layer"),
    "contents-lost": (_gpkg("DROP TABLE gpkg_contents"), "damaged GeoPackage"),
    "table-lost": (
        _gpkg("INSERT INTO gpkg_contents (table_name, data_type) VALUES ('gone', 'features')"),
        "no table gone",
    ),
    "geometry-damaged": (_gpkg("UPDATE roads SET geom = X'00112233'"), ""),
    "geometry-is-text": (_gpkg("UPDATE roads SET geom = 'POINT(1 2)'"), ""),
    "geometry-cut": (_gpkg("UPDATE roads SET geom = substr(geom, 1, 20)"), ""),
    "cut": (_changed(write_geopackage, lambda data: data[:5000]), "damaged GeoPackage"),
    "plain-sqlite": (_plain_sqlite, "without the mark of a GeoPackage"),
    "two-layers": (_two_layers, "choose with --layer"),
    "swapped": (
        _gpkg(f"UPDATE roads SET geom = X'{SWAPPED}'"),  # noqa: S608 - our own number
        "swapped",
    ),
}  # fmt: skip


# FlatGeobuf, Parquet


def _flatgeobuf(folder: Path) -> str:
    _frame().to_file(folder / "bad.fgb", driver="FlatGeobuf", engine="pyogrio")
    return "bad.fgb"


def _geoparquet(folder: Path) -> str:
    _frame().to_parquet(folder / "bad.parquet")
    return "bad.parquet"


def _plain_parquet(folder: Path) -> str:
    pq.write_table(pa.table({"a": [1]}), folder / "bad.parquet")
    return "bad.parquet"


def _odd_geo(folder: Path) -> str:
    table = pa.table({"geometry": [b"no WKB"]})
    geo = {"version": "1.0.0", "primary_column": "geometry",
           "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}  # fmt: skip
    table = table.replace_schema_metadata({b"geo": json.dumps(geo).encode()})
    pq.write_table(table, folder / "bad.parquet")
    return "bad.parquet"


def _bomb_parquet(folder: Path) -> str:
    table = pa.table({"a": pa.nulls(51_000_000, pa.int8())})
    table = table.replace_schema_metadata({b"geo": b"{}"})
    pq.write_table(table, folder / "bad.parquet", compression="zstd")
    return "bad.parquet"


BINARIES: dict[str, tuple[Maker, str]] = {
    "fgb-head-only": (_changed(_flatgeobuf, lambda data: data[:8]), ""),
    "fgb-cut-in-header": (_changed(_flatgeobuf, lambda data: data[:40]), ""),
    "fgb-cut-in-features": (_changed(_flatgeobuf, lambda data: data[:-20]), ""),
    "fgb-huge-header": (
        _changed(_flatgeobuf, lambda data: data[:8] + struct.pack("<I", 2**31 - 1) + data[12:]), "",
    ),
    "fgb-text": (_changed(_flatgeobuf, lambda data: b"not it"), "its content is text"),
    "parquet-head-only": (_changed(_geoparquet, lambda data: data[:4]), "damaged Parquet"),
    "parquet-cut": (_changed(_geoparquet, lambda data: data[:-12]), "damaged Parquet"),
    "parquet-footer-flipped": (
        _changed(_geoparquet, lambda data: data[:-60] + bytes(52) + data[-8:]), "damaged",
    ),
    "parquet-without-geo": (_plain_parquet, "without the metadata of GeoParquet"),
    "parquet-odd-geometry": (_odd_geo, "damaged GeoParquet"),
    "parquet-bomb": (_bomb_parquet, "more than 1 GiB"),
}  # fmt: skip


# CSV

CSV: dict[str, tuple[bytes, str]] = {
    "no-coordinates": (b"name,status\na,b\n", "--lon and --lat"),
    "ragged": (b"lon,lat,name\n46,39\n", "line 2 has 2 cells, the head has 3"),
    "too-many": (b"lon,lat\n46,39,a\n", "line 2 has 3 cells"),
    "words": (b"lon,lat\neast,north\n", "east is no longitude"),
    "half": (b"lon,lat\n46,\n", "no latitude"),
    "comma-numbers": (b"lon;lat\n46,5;39,5\n", "with a point"),
    "nan": (b"lon,lat\nnan,39\n", "no longitude"),
    "infinity": (b"lon,lat\n1e999,39\n", "finite"),
    "swapped": (b"lon,lat\n39,146\n", "swapped"),
    "projected": (b"lon,lat\n486000,4400000\n", "--crs EPSG:32638"),
    "degrees": ("lon,lat\n46°30',39°\n".encode(), "no longitude"),
    "unclosed-quote": (b'lon,lat,name\n46,39,"a\n', "is not CSV"),
    "quote-inside": (b'lon,lat,name\n46,39,"a"b\n', "is not CSV"),
    "latin-1": (b"lon,lat,name\n46,39,L\xe9\n", "byte 20 is not UTF-8"),
    "utf-16": ("lon,lat\n46,39\n".encode("utf-16"), "not UTF-8"),
    "nul": (b"lon,lat\n46\0,39\n", "not of any format"),
    "bad-wkt": (b"wkt\nPOINT(1\n", "not WKT"),
    "wkt-words": (b"wkt\nSECRET\n", "not WKT"),
    "wkt-curve": (b"wkt\n\"CIRCULARSTRING(0 0,1 1,2 0)\"\n", ""),
    "column-twice": (b"lon,lat,a,a\n46,39,1,2\n", "column a twice"),
    "only-a-mark": (b"\xef\xbb\xbf", ""),
    "json": (b'{"type":"FeatureCollection","features":[]}', "JSON"),
    "long-cell": (b"lon,lat,n\n46,39," + b"x" * (17 * 1024**2) + b"\n", "is not CSV"),
    "bowtie": (
        b'wkt\n"POLYGON((0 0,1 1,1 0,0 1,0 0))"\n', "not valid",
    ),
}  # fmt: skip


# Names that a driver would take for something else than a file


NAMES = (
    "/vsicurl/http://127.0.0.1:{port}/x.gpkg",
    "/vsizip/../canary.zip/x.kml",
    "/vsistdin/x.csv",
    "/vsimem/x.gpkg",
    "http://127.0.0.1:{port}/x.kml",
    "https://127.0.0.1:{port}/x.fgb",
    "WFS:http://127.0.0.1:{port}/x.gpx",
    "zip+file:///tmp/x.zip",
    "zip://x.zip",
    "CSV:../canary.csv",
    "GPKG:x.gpkg",
    "PG:dbname=x.kml",
    "GDALG:x.csv",
    '{"type":"gdal_streamed_alg","command_line":"gdal vector x.csv"}.csv',
    "<OGRVRTDataSource/>.kml",
    "missing.gpkg",
    "x\0.csv",
    "-.csv",
    "../canary.txt",
    "noending",
    "raster.tif",
    "layer.vrt",
    "layer.gml",
    "done.geojson",
)


def _symlink(folder: Path) -> str:
    (folder / "bad.csv").symlink_to("../canary.txt")
    return "bad.csv"


def _folder(folder: Path) -> str:
    (folder / "bad.gpkg").mkdir()
    return "bad.gpkg"


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "bad.kml")
    return "bad.kml"


PLACES: dict[str, tuple[Maker, str]] = {
    "symlink": (_symlink, "symbolic link"),
    "folder": (_folder, "is a folder"),
    "pipe": (_pipe, "is a pipe"),
}
