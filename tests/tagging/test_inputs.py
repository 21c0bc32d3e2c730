"""Columns as people's tables have them: times of day apart, periods, codes, metres, WKT."""

from __future__ import annotations

import csv
import io
import warnings
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

import pkzone
from pkzone.errors import BadOption, ColumnError, FormatError, OutOfRange
from pkzone.maps import tagged_records as map_records
from pkzone.tagging.columns import (
    WrongType,
    clocks_of,
    days_of,
    wkt_shapes_of,
)
from pkzone.tagging.engine import Tagger
from pkzone.tagging.read_tagged import ANSWERS, open_tagged
from pkzone.tagging.summary import FAR_KM
from pkzone.tagging.tag import sample
from pkzone.tagging.times import BAD_TIME, NO_TIME, UTC_ZONE, Zone, days_at
from tests.helpers.own_catalogue import begin, point, put, write

WGS84 = Geod(ellps="WGS84")
CORRIDOR = (46.53, 39.60)  # in the zone from 30 August 2022


def tagged(table: Any, tmp_path: Path, **options: Any) -> pkzone.Tagged:
    """Return a table (rows of text, their names first, or a frame) tagged by the shipped zone."""
    if isinstance(table, str):
        path = tmp_path / "table.csv"
        path.write_text(table, encoding="utf-8")
        table = path
    return pkzone.tag(table, ["zone"], **{"distances": False, **options})


@cache
def tagger_of(*layers: str) -> Tagger:
    return Tagger.of(layers)


def column(done: Any, name: str) -> list[Any]:
    cells = done.frame[name].astype(object)
    return cells.where(cells.notna(), None).tolist()


CLOCKS = [
    ("2130", time(21, 30)), ("945", time(9, 45)), ("30", time(0, 30)), ("5", time(0, 5)),
    ("0", time(0, 0)), ("0005", time(0, 5)), ("2359", time(23, 59)), ("21:30", time(21, 30)),
    ("21:30:15", time(21, 30, 15)), ("21:30:15.75", time(21, 30, 15)), ("21:30Z", time(21, 30)),
    ("21:30 UTC", time(21, 30)), ("23:30+04:00", time(19, 30)),
]  # fmt: skip
NO_CLOCKS = ["2400", "960", "213000", "12345", "1:30", "21.30", "9 pm", "-1", "21:60", "25:00"]


@pytest.mark.parametrize("kind", ["arrow", "pandas"])
def test_times_of_day(kind: str) -> None:
    texts = [*(text for text, _ in CLOCKS), *NO_CLOCKS, "", "NaN", None]
    found = clocks_of(pa.array(texts) if kind == "arrow" else pd.Series(texts, dtype="object"))
    at = [one.hour * 3600 + one.minute * 60 + one.second for _, one in CLOCKS]
    assert found.seconds[: len(at)].tolist() == at
    rest = [BAD_TIME] * len(NO_CLOCKS) + [NO_TIME] * 3
    assert found.problems.tolist() == [0] * len(at) + rest


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([2130, 945, None]),
        pa.array([2130, 945, None], pa.float64()),
        pa.array([time(21, 30), time(9, 45), None]),
        pd.Series([2130, 945, None]),
        pd.Series([2130, 945, None], dtype="Int16"),
        pd.Series([time(21, 30), time(9, 45), None]),
        pd.Series(["2130", "945", None], dtype="category"),
    ],
    ids=lambda cells: f"{type(cells).__name__}-{getattr(cells, 'dtype', '') or cells.type}",
)
def test_times_of_day_in_columns_of_other_types(cells: Any) -> None:
    found = clocks_of(cells)
    assert found.problems.tolist() == [0, 0, NO_TIME]
    assert found.seconds[:2].tolist() == [77_400, 35_100]


def test_other_types_are_no_times_of_day() -> None:
    with pytest.raises(WrongType, match="times of day are text or whole numbers"):
        clocks_of(pa.array([True]))
    with pytest.raises(WrongType, match="times of day are text or whole numbers"):
        clocks_of(pd.Series([True]))


@given(
    st.lists(st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)), max_size=20),
    st.sampled_from(["%H%M", "%H:%M", "%H:%M:%S", "%H:%M:%SZ"]),
)
def test_a_date_and_a_time_of_day_have_the_date_of_the_standard_library(
    instants: list[datetime], form: str
) -> None:
    there = ZoneInfo("Asia/Baku")
    clocks = [one.strftime(form) for one in instants]
    clocks = [one.lstrip("0") or "0" for one in clocks] if form == "%H%M" else clocks
    days = [str(one.date()) for one in instants]
    expected = [str(one.replace(tzinfo=UTC).astimezone(there).date()) for one in instants]
    for found in (
        days_at(
            days_of(pa.array(days, pa.string()), UTC_ZONE),
            clocks_of(pa.array(clocks, pa.string())),
            Zone("Asia/Baku"),
        ),
        days_at(
            days_of(pd.Series(days, dtype="str"), UTC_ZONE),
            clocks_of(pd.Series(clocks, dtype="str")),
            Zone("Asia/Baku"),
        ),
    ):
        assert [str(day) for day in found.days] == expected


FIRMS = """latitude,longitude,acq_date,acq_time,frp
39.60,46.53,2022-08-29,2130,10
39.60,46.53,2022-08-29,945,10
39.60,46.53,2022-08-29,1959,10
39.60,46.53,2022-08-29,2000,10
39.60,46.53,2022-08-30,,10
39.60,46.53,2022-08-30,2560,10
"""
FIRMS_DATES = ["2022-08-30", "2022-08-29", "2022-08-29", "2022-08-30", None, None]
FIRMS_NOTICE = (
    "acq_date and acq_time are taken as UTC, as in NASA's FIRMS: dates are those in the time zone "
    "asked for"
)


@pytest.mark.parametrize("kind", ["csv", "parquet", "geojson", "frame"])
def test_firms(kind: str, tmp_path: Path) -> None:
    frame = pd.read_csv(io.StringIO(FIRMS))
    table: Any = tmp_path / f"fires.{kind}"
    if kind == "csv":
        table.write_text(FIRMS)
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pandas(frame.convert_dtypes()), table)
    elif kind == "geojson":
        places = gpd.points_from_xy(frame.longitude, frame.latitude)
        gpd.GeoDataFrame(frame, geometry=places, crs="EPSG:4326").to_file(table, driver="GeoJSON")
    else:
        table = frame
    done = tagged(table, tmp_path)
    assert column(done, "tag_date") == FIRMS_DATES
    assert column(done, "tag_problem") == [None] * 4 + ["no time", "bad time"]
    assert FIRMS_NOTICE in done.notices
    assert done.summary.examples["bad time"].startswith("2022-08-30 2560")
    assert column(tagged(table, tmp_path, timezone="UTC"), "tag_date")[:4] == ["2022-08-29"] * 4
    named = tagged(table, tmp_path, time="acq_date")
    assert column(named, "tag_date") == FIRMS_DATES
    assert FIRMS_NOTICE in named.notices


def test_a_time_of_day_beside_a_date_is_named_or_used(tmp_path: Path) -> None:
    table = "date,time,lat,lon\n2022-08-29,23:30,39.6,46.53\n2022-08-29,21:00Z,39.6,46.53\n"
    with pytest.raises(ColumnError, match="--time date --time-utc time"):
        tagged(table, tmp_path)
    alone = tagged(table, tmp_path, time="date")
    assert column(alone, "tag_date") == ["2022-08-29"] * 2
    (notice,) = alone.notices
    assert "time is not looked at" in notice
    assert "--time-utc time" in notice
    both = tagged(table, tmp_path, time="date", time_utc="time")
    assert column(both, "tag_date") == ["2022-08-30"] * 2
    assert both.notices == ()
    with pytest.raises(ColumnError, match="has no column clock"):
        tagged(table, tmp_path, time="date", time_utc="clock")
    with pytest.raises(BadOption, match="do not go together"):
        tagged(table, tmp_path, on="2022-08-29", time_utc="time")


def test_dates_that_are_instants_are_days_in_utc_beside_times_of_day(tmp_path: Path) -> None:
    # GDAL and others write a date as its midnight in UTC.
    table = "acq_date,acq_time,lat,lon\n2022-08-29T00:00:00Z,2130,39.6,46.53\n"
    assert column(tagged(table, tmp_path), "tag_date") == ["2022-08-30"]


UCDP = """id,date_prec,latitude,longitude,date_start,date_end
1,1,39.7,46.65,2020-12-01 00:00:00.000,2020-12-01 00:00:00.000
2,4,39.56,46.58,2022-08-01 00:00:00.000,2022-08-31 00:00:00.000
3,4,39.82,46.75,2022-08-01,2022-08-31
4,4,39.82,46.75,2020-11-01,2020-11-30
5,2,39.6,46.53,2022-08-30,2022-09-02
6,2,39.6,46.53,2022-08-30,
7,2,39.6,46.53,2022-08-30,2022-08-29
8,2,39.6,46.53,2022-08-30,soon
"""


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame"])
def test_ucdp(kind: str, tmp_path: Path) -> None:
    table: Any = UCDP
    if kind == "frame":
        table = pd.read_csv(io.StringIO(UCDP))
    elif kind == "parquet":
        table = tmp_path / "ucdp.parquet"
        pq.write_table(pa.Table.from_pandas(pd.read_csv(io.StringIO(UCDP))), table)
    with pytest.raises(ColumnError, match="--time date_start takes the days from it to date_end"):
        tagged(table, tmp_path)
    done = tagged(table, tmp_path, time="date_start")
    assert done.frame.columns.tolist()[6:9] == ["tag_date", "tag_date_end", "tag_problem"]
    assert column(done, "tag_date_end") == [
        "2020-12-01", "2022-08-31", "2022-08-31", "2020-11-30", "2022-09-02", "2022-08-30",
        None, None,
    ]  # fmt: skip
    assert column(done, "zone_version") == [
        "2020-11-10", "2020-12-13;2022-08-26;2022-08-30", "2020-12-13;2022-08-26;2022-08-30",
        ";2020-11-10", "2022-08-30", "2022-08-30", None, None,
    ]  # fmt: skip
    assert column(done, "zone_answer") == [
        "inside", "several versions", "inside", "several versions", "uncertain", "uncertain",
        None, None,
    ]  # fmt: skip
    assert column(done, "zone_feature")[1:4] == [None, "core", None]
    assert column(done, "tag_problem") == [None] * 6 + ["bad time"] * 2
    assert "from date_start to date_end" in done.notices[0]
    assert done.summary.oddities == {"without_end": 1, "several": 3}
    assert done.summary.first_odd == {"without_end": 6, "several": 2}
    assert done.summary.layers["zone"].answers["several versions"] == 2
    warnings = "\n".join(done.summary.warnings())
    assert "1 row without a last day, row 6" in warnings
    assert "3 rows of days on which several versions hold, the first is row 2" in warnings


def test_a_map_of_records_of_several_days(tmp_path: Path) -> None:
    done = tagged(UCDP, tmp_path, time="date_start", output=tmp_path / "tagged.csv")
    records = map_records.read(done, ["zone"], pkzone.catalogue())
    assert (records.total, records.notices) == (8, ())
    assert [str(day) for day in records.days[:2]] == ["2020-12-01", "2022-08-01"]
    assert [*ANSWERS, None][records.answers[1]] is None


def test_a_named_last_day(tmp_path: Path) -> None:
    table = "day,until_when,lat,lon\n2022-08-29,2022-08-30,39.6,46.53\n"
    assert column(tagged(table, tmp_path), "zone_version") == ["2022-08-26"]
    done = tagged(table, tmp_path, time_end="until_when")
    assert column(done, "zone_version") == ["2022-08-26;2022-08-30"]
    assert done.notices == ()
    table += ",2022-08-30,39.6,46.53\n"
    done = tagged(table, tmp_path, time_end="until_when")
    assert column(done, "tag_date_end") == ["2022-08-30", None]
    assert column(done, "tag_problem") == [None, "no time"]


ACLED = """event_date,time_precision,latitude,longitude
29 August 2022,1,39.6,46.53
2022-08-30,2,39.6,46.53
2022-09-05,2,39.6,46.53
2022-09-06,2,39.6,46.53
2022-08-15,3,39.6,46.53
2022-09-15,3,39.6,46.53
2022-08-15,,39.6,46.53
"""


def test_acled(tmp_path: Path) -> None:
    done = tagged(ACLED, tmp_path)
    assert column(done, "zone_version") == [
        "2022-08-26", "2020-12-13;2022-08-26;2022-08-30", "2022-08-30", "2022-08-30",
        "2020-12-13;2022-08-26;2022-08-30", "2022-08-30", "2020-12-13;2022-08-26;2022-08-30",
    ]  # fmt: skip
    assert column(done, "tag_date")[2:6] == ["2022-08-30", "2022-08-31", "2022-08-01", "2022-09-01"]
    assert column(done, "tag_date_end")[3:6] == ["2022-09-12", "2022-08-31", "2022-09-30"]
    assert "time_precision 2 is taken as up to six days" in done.notices[0]


def test_a_precision_without_a_last_day_is_named(tmp_path: Path) -> None:
    table = "date,date_prec,lat,lon\n2022-08-29,4,39.6,46.53\n"
    (notice,) = tagged(table, tmp_path).notices
    assert "date_prec says how exact dates are and is not looked at" in notice
    assert "--time-end" in notice


DAYS = st.dates(date(2020, 11, 1), date(2024, 7, 1))
NEAR = st.sampled_from([CORRIDOR, (46.75, 39.82), (46.65, 39.70), (45.0, 39.0), (46.4, 39.62)])


@settings(max_examples=25)
@given(st.lists(st.tuples(DAYS, st.integers(0, 40), NEAR), min_size=1, max_size=4))
def test_a_period_says_what_each_of_its_days_says(rows: list[Any]) -> None:
    tagger = tagger_of("zone", "corridor")
    start = np.array([day for day, _, _ in rows], "datetime64[D]")
    last = start + np.array([more for _, more, _ in rows])
    lon, lat = np.array([place for _, _, place in rows]).T
    made = tagger.points(lon, lat, start, last)
    for row in range(len(rows)):
        each = np.arange(start[row], last[row] + np.timedelta64(1, "D"))
        alone = tagger.points(np.full(len(each), lon[row]), np.full(len(each), lat[row]), each)
        for name, cells in made.items():
            texts = hasattr(cells, "codes")
            values = [*cells.values, None] if texts else cells
            several = [*alone[name].values, None] if texts else alone[name]
            found = values[cells.codes[row]] if texts else values[row]
            seen = [several[code] for code in alone[name].codes] if texts else list(several)
            distinct = list(dict.fromkeys(seen))
            if name.endswith("_version"):
                expected: Any = ";".join("" if one is None else one for one in distinct) or None
            elif len(distinct) == 1 or np.allclose(
                np.array(seen, float) if not texts else np.arange(2), seen[0] if not texts else -1,
                rtol=0, atol=1e-6, equal_nan=True,
            ):  # fmt: skip
                expected = distinct[0]
            elif name.endswith("_answer"):
                expected = "several versions"
            else:
                expected = None if texts else -1 if name.endswith("_in_use") else np.nan
            assert found == expected or (found != found and expected != expected), name


def test_versions_of_one_day_that_never_held_are_left_out(tmp_path: Path) -> None:
    root = begin(tmp_path / "own", "spots")
    for number, day in enumerate(("2024-06-01", "2024-06-01.2", "2024-07-01")):
        file = write(tmp_path / f"{number}.geojson", point("a", 20.5, 42.5, name=f"A {number}"))
        put(root, file, day, layer="spots")
    rows = {"start": ["2024-05-31"], "end": ["2024-07-31"], "lat": [42.5], "lon": [20.5]}
    done = pkzone.tag(pd.DataFrame(rows), catalogue=root, time="start")
    assert column(done, "spots_version") == ["2024-05-01;2024-06-01.2;2024-07-01"]


PLACES = """date,lat,lon
2022-09-01,39.82,46.75
2022-09-01,0,0
2022-09-01,0.0,-0.0
2022-09-01,52.5,13.4
2022-09-01,4396000,642000
2022-09-01,-9999,-9999
2022-09-01,NA,null
2022-09-01,46.75,39.82
"""


@pytest.mark.parametrize("kind", ["csv", "frame", "geojson"])
def test_odd_places_are_named(kind: str, tmp_path: Path) -> None:
    table: Any = PLACES
    if kind != "csv":
        table = pd.read_csv(io.StringIO(PLACES))
    if kind == "geojson":
        table = table.iloc[[0, 1, 2, 3, 7]]
        places = gpd.points_from_xy(table.lon, table.lat)
        table = gpd.GeoDataFrame(table[["date"]], geometry=places, crs="EPSG:4326")
    done = tagged(table, tmp_path)
    expected = {"zero": 2, "far": 1} | ({"projected": 1} if kind != "geojson" else {})
    assert dict(done.summary.oddities) == expected
    assert done.summary.looks_swapped == 1
    assert done.summary.first_odd["zero"] == 2
    assert done.summary.first_odd["far"] == 4
    warnings = "\n".join(done.summary.warnings())
    assert "2 rows at 0,0, the first is row 2" in warnings
    assert "1 row more than 500 km from the layers, row 4" in warnings
    if kind != "geojson":
        assert "1 row with numbers too large for degrees, row 5" in warnings
        assert "--crs EPSG:CODE" in warnings
        problems = [None] * 4 + ["bad longitude"] * 2 + ["no place", None]
        assert column(done, "tag_problem") == problems


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_is_far_off_is_farther_than_is_said(lon: float, lat: float) -> None:
    tagger = tagger_of("zone")
    one, other = np.array([lon]), np.array([lat])
    far = tagger.odd_places(one, other, one, other)
    west, south, east, north = tagger.box
    edge = shapely.segmentize(shapely.box(west, south, east, north).exterior, 0.02)
    x, y = shapely.get_coordinates(edge).T
    near_km = WGS84.inv(np.full_like(x, lon), np.full_like(y, lat), x, y)[2].min() / 1000
    if far["far"][0]:
        assert near_km > FAR_KM
    elif near_km > 2 * FAR_KM:
        assert far["swapped"][0] or far["zero"][0]


def test_metres_with_their_system(tmp_path: Path) -> None:
    # On the central meridian of UTM 38N x is 500 km, and y the meridian's arc times 0.9996.
    y = WGS84.inv(45, 0, 45, 40)[2] * 0.9996
    table = f"date,x,y\n2022-09-01,500000,{y:.3f}\n2022-09-01,,\n2022-09-01,x,1\n"
    done = tagged(table, tmp_path, crs="EPSG:32638", output=tmp_path / "out.geojson")
    (point,) = pkzone.load(tmp_path / "out.geojson").geometry.dropna()
    assert (point.x, point.y) == pytest.approx((45, 40), abs=1e-6)
    assert done.summary.problems == {"no place": 1, "bad longitude": 1}
    assert done.notices[0].startswith("from WGS 84 / UTM zone 38N to WGS 84 by ")
    frame = pd.DataFrame({"date": ["2022-09-01"], "x": [500000], "y": [y]})
    assert tagged(frame, tmp_path, crs="EPSG:32638").notices == done.notices
    for crs, says in (("EPSG:0", "--crs is not understood"), ("grids=/etc/x", "names a file")):
        with pytest.raises(FormatError, match=says):
            tagged(frame, tmp_path, crs=crs)
    own = gpd.GeoDataFrame(frame[["date"]], geometry=gpd.points_from_xy([1], [1]), crs="EPSG:4326")
    with pytest.raises(BadOption, match="have their own"):
        tagged(own, tmp_path, crs="EPSG:32638")


def test_a_gis_file_without_a_system(tmp_path: Path) -> None:
    y = WGS84.inv(45, 0, 45, 40)[2] * 0.9996
    frame = gpd.GeoDataFrame({"date": ["2022-09-01"]}, geometry=[shapely.Point(500_000, y)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pyogrio: there is no system
        frame.to_file(tmp_path / "spots.fgb")
    with pytest.raises(OutOfRange, match="--crs EPSG:32638"):
        tagged(tmp_path / "spots.fgb", tmp_path)
    done = tagged(tmp_path / "spots.fgb", tmp_path, crs="EPSG:32638")
    (point,) = done.frame.geometry
    assert (point.x, point.y) == pytest.approx((45, 40), abs=1e-6)
    (change,) = (one for one in done.notices if "UTM" in one)
    assert change.startswith("from WGS 84 / UTM zone 38N to WGS 84 by ")


def test_our_own_csv_of_lines_is_tagged(tmp_path: Path) -> None:
    path = tmp_path / "corridor.csv"
    pkzone.export("corridor@2022-09-01", path)
    done = tagged(path, tmp_path, on="2022-09-01", distances=True)
    direct = tagged(pkzone.load("corridor@2022-09-01"), tmp_path, on="2022-09-01", distances=True)
    for name in ("zone_answer", "zone_feature", "zone_border_m", "zone_share"):
        assert column(done, name) == column(direct, name)
    tagged(path, tmp_path, on="2022-09-01", output=tmp_path / "out.geojson")
    drawn = pkzone.load(tmp_path / "out.geojson").geometry
    assert drawn.tolist() == pkzone.load("corridor@2022-09-01").geometry.tolist()


WKT = [
    ("POINT (46.75 39.82)", None, "inside"),
    ("point z(46.75 39.82 100)", None, "inside"),
    ("  POINT(4.675e1 3982E-2) ", None, "inside"),
    ("LINESTRING (46 39, 46.75 39.82)", None, "partly"),
    ("GEOMETRYCOLLECTION (POINT (46.75 39.82), POINT (46.76 39.82))", None, "inside"),
    ("POINT EMPTY", "no place", None),
    ("", "no place", None),
    ("null", "no place", None),
    ("POINT (642000 4396000)", "bad longitude", None),
    ("POINT (46.75)", "bad geometry", None),
    ("SRID=4326;POINT (46.75 39.82)", "bad geometry", None),
    ("0101000000000000000000F03F000000000000F03F", "bad geometry", None),
    ('{"type":"Point","coordinates":[46.75,39.82]}', "bad geometry", None),
    ("POINT (46.75 39.82)\0", "bad geometry", None),
    ("POINT (٤٦ ٣٩)", "bad geometry", None),
    ("GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (46.75 39.82)))", "bad geometry", None),
    (
        "GEOMETRYCOLLECTION (" * 100_000 + "POINT (46.75 39.82)" + ")" * 100_000,
        "bad geometry",
        None,
    ),
]


@pytest.mark.parametrize("name", ["wkt", "WKT", "geom", "geometry"])
@pytest.mark.parametrize("kind", ["csv", "frame"])
def test_wkt(name: str, kind: str, tmp_path: Path) -> None:
    texts = [text for text, _, _ in WKT if kind == "frame" or "\0" not in text]
    rest = [row[1:] for row in WKT if kind == "frame" or "\0" not in row[0]]
    table: Any = pd.DataFrame({name: texts})
    if kind == "csv":
        table = table.to_csv(index=False, quoting=csv.QUOTE_ALL)
    done = tagged(table, tmp_path, on="2022-09-01")
    found = zip(column(done, "tag_problem"), column(done, "zone_answer"), strict=True)
    assert list(found) == rest
    assert done.summary.oddities["projected"] == 1
    assert done.summary.examples["bad geometry"] == "POINT (46.75)"


def test_wkt_with_empty_cells_and_none_that_is_bad(tmp_path: Path) -> None:
    done = tagged('wkt\n"POINT (46.75 39.82)"\n""\n-\n', tmp_path, on="2022-09-01")
    assert column(done, "tag_problem") == [None, "no place", "no place"]


def test_columns_of_numbers_come_before_wkt(tmp_path: Path) -> None:
    table = "lat,lon,geom_wkt\n39.82,46.75,POINT (0 0)\n"
    assert column(tagged(table, tmp_path, on="2022-09-01"), "zone_answer") == ["inside"]
    with pytest.raises(ColumnError, match="no column looks like the latitude"):
        tagged("lon,geom_wkt\n1,POINT (0 0)\n", tmp_path, on="2022-09-01")


def test_wkt_in_metres(tmp_path: Path) -> None:
    y = WGS84.inv(45, 0, 45, 40)[2] * 0.9996
    table = f"wkt\nPOINT (500000 {y:.3f})\n"
    tagged(table, tmp_path, on="2022-09-01", crs="EPSG:32638", output=tmp_path / "out.geojson")
    (point,) = pkzone.load(tmp_path / "out.geojson").geometry
    assert (point.x, point.y) == pytest.approx((45, 40), abs=1e-6)


def test_wkt_of_other_types() -> None:
    for read, cells in (
        (wkt_shapes_of, pa.array([1.5])),
        (wkt_shapes_of, pd.Series([shapely.Point(1, 1)], dtype="object")),
    ):
        with pytest.raises(WrongType, match="geometries in columns are text, WKT"):
            read(cells)


def test_a_sample_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "fires.csv").write_text(FIRMS)
    rows, notices = sample(tmp_path / "fires.csv", ["zone"], count=6, distances=False)
    assert [row["tag_date"] for row in rows] == FIRMS_DATES
    assert list(rows[0])[:4] == ["acq_date", "acq_time", "longitude", "latitude"]
    assert notices == (FIRMS_NOTICE,)


def test_a_map_of_a_table_with_wkt(tmp_path: Path) -> None:
    table = "date,wkt\n2022-09-01,POINT (46.75 39.82)\n2022-09-01,\n"
    done = tagged(table, tmp_path, output=tmp_path / "tagged.csv")
    with open_tagged(done) as answered:
        (piece,) = answered.pieces()
        places, is_shape = piece.points()
    assert places[0].tolist() == [46.75, 39.82]
    assert np.isnan(places[1]).all()
    assert not is_shape.any()
