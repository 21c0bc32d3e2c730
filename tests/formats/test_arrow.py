"""What GDAL hands on in Arrow batches; expected values are those written into the files."""

from __future__ import annotations

import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pytest
import shapely

from pkzone.errors import FormatError, UnknownFormat
from pkzone.formats import engine_pyogrio, registry
from pkzone.formats.export import converted
from pkzone.formats.export_source import Subject
from pkzone.formats.import_ import import_file
from pkzone.formats.registry import Format
from pkzone.geojson.model import Feature
from tests.helpers.format_worker import worker_in_this_process

DRIVERS = {"a.gpkg": "GPKG", "a.fgb": "FlatGeobuf"}
POINT = shapely.to_wkb(shapely.Point(46, 39))
TRIANGLE = struct.pack("<BIII8d", 1, 17, 1, 4, 46, 39, 47, 39, 47, 40, 46, 39)
RING = [[46, 39], [47, 39], [47, 40], [46, 39]]
ARC = struct.pack("<BII6d", 1, 8, 3, 46, 39, 46.5, 39.5, 47, 39)


def write(path: Path, *, wkb: bytes | None = POINT, **columns: pa.Array) -> Path:
    """Write a layer of one point for each value, or of the geometry given."""
    rows = max((len(column) for column in columns.values()), default=1)
    table = pa.table({**columns, "geom": pa.array([wkb] * rows, pa.binary())})
    pyogrio.write_arrow(
        table,
        path,
        driver=DRIVERS[path.name],
        geometry_name="geom",
        geometry_type="Unknown",
        crs="EPSG:4326",
        SPATIAL_INDEX="NO",
    )
    return path


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, None], pa.int16()), [1, None]),
        (pa.array([2**40, None]), [2**40, None]),
        (pa.array([1.5, None], pa.float32()), [1.5, None]),
        (pa.array([True, None]), [True, None]),
        (
            pa.array([1661835600500, None], pa.timestamp("ms", tz="UTC")),
            ["2022-08-30T05:00:00.500000+00:00", None],
        ),
        (pa.array([1661835600000, None], pa.timestamp("ms")), ["2022-08-30T05:00:00", None]),
    ],
    ids=["int16", "int64", "float32", "boolean", "instant", "time"],
)
def test_values(tmp_path: Path, name: str, column: pa.Array, expected: list[Any]) -> None:
    features = import_file(write(tmp_path / name, n=column)).features
    assert [one.properties["n"] for one in features] == expected


def test_dates(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", n=pa.array([19234, None], pa.date32()))
    assert [one.properties["n"] for one in import_file(path).features] == ["2022-08-30", None]


@pytest.mark.parametrize("name", DRIVERS)
def test_a_layer_without_geometries(tmp_path: Path, name: str) -> None:
    features = import_file(write(tmp_path / name, wkb=None, n=pa.array([1, 2]))).features
    assert [(one.properties, one.geometry) for one in features] == [
        ({"n": 1}, None),
        ({"n": 2}, None),
    ]


@pytest.mark.filterwarnings("ignore:Registering non-standard gpkg_geom:RuntimeWarning")
@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize(
    ("wkb", "kind", "coordinates"),
    [
        (TRIANGLE, "Polygon", [RING]),
        (struct.pack("<BII", 1, 16, 1) + TRIANGLE, "MultiPolygon", [[RING]]),
        (
            struct.pack("<BIIBI", 1, 15, 1, 1, 3) + TRIANGLE[5:],
            "MultiPolygon",
            [[RING]],
        ),
    ],
    ids=["triangle", "triangles", "surface"],
)
def test_triangles_are_polygons(
    tmp_path: Path, name: str, wkb: bytes, kind: str, coordinates: Any
) -> None:
    feature = import_file(write(tmp_path / name, wkb=wkb, n=pa.array([1]))).features[0]
    plain = json.loads(json.dumps(feature.geometry))
    assert plain == {"type": kind, "coordinates": coordinates}


@pytest.mark.parametrize("name", DRIVERS)
def test_arcs_are_drawn_as_lines(tmp_path: Path, name: str) -> None:
    """Half a circle of radius 0.5: as long as half of its circumference, from end to end."""
    feature = import_file(write(tmp_path / name, wkb=ARC, n=pa.array([1]))).features[0]
    assert feature.geometry is not None
    line = shapely.LineString(feature.geometry["coordinates"])
    assert line.length == pytest.approx(0.5 * 3.14159, rel=1e-3)
    assert line.boundary.equals(shapely.MultiPoint([(46, 39), (47, 39)]))


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (pa.array([19234], pa.date32()), "'soon'", None),
        (pa.array([1661835600000], pa.timestamp("ms", tz="UTC")), "'soon'", None),
    ],
    ids=["date", "time"],
)
def test_a_date_that_is_none_is_no_date_of_1970(
    tmp_path: Path, column: pa.Array, value: str, expected: None
) -> None:
    _edit(write(tmp_path / "a.gpkg", n=column), value)
    assert import_file(tmp_path / "a.gpkg").features[0].properties == {"n": expected}


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    _edit(write(tmp_path / "a.gpkg", n=pa.array(["x"])), "CAST(x'ff41' AS TEXT)")
    with pytest.raises(FormatError, match="is damaged: it holds text that is not UTF-8"):
        import_file(tmp_path / "a.gpkg")


def _edit(path: Path, value: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute(f"UPDATE a SET n = {value}")  # noqa: S608 - our own text


def test_more_features_than_a_batch_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_pyogrio, "BATCH_ROWS", 2)
    path = write(tmp_path / "a.gpkg", n=pa.array(range(5)))
    with worker_in_this_process():
        assert [one.properties["n"] for one in import_file(path).features] == [0, 1, 2, 3, 4]


def test_a_further_format_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MapInfo, which GDAL reads and writes, with nothing but its line in the registry."""
    line = Format("mif", "MapInfo", (".mif",), "MapInfo File", magic=b"Version")
    monkeypatch.setattr(registry, "FORMATS", (*registry.FORMATS, line))
    monkeypatch.setitem(registry._BY_SUFFIX, ".mif", line)
    features = (Feature("a", {"n": 1}, {"type": "Point", "coordinates": [46, 39]}),)
    subject = Subject("x", features)
    with worker_in_this_process():
        files, _, count = converted(subject, line, shown="x.mif")
    assert (list(files), count) == ([".mif"], 1)


def test_a_format_that_is_only_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Format("xyz", "points", (".xyz",), engine="xyz", written=False)
    monkeypatch.setattr(registry, "FORMATS", (*registry.FORMATS, line))
    monkeypatch.setitem(registry._BY_SUFFIX, ".xyz", line)
    assert registry.expected("a.xyz") is line
    with pytest.raises(UnknownFormat, match=r"a\.xyz: points is only read; write one of \.gpkg, "):
        registry.format_of_output("a.xyz")
    with pytest.raises(UnknownFormat, match="xyz: is not a format that is written"):
        registry.format_named("xyz")
