"""Tables of every family, tagged: what was there is kept, and what is added is right."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import pkzone
from pkzone.tagging import table_csv, table_features, table_parquet, tables
from tests.helpers.tag_tables import NEW, NOTES, ROWS, expected

LON, LAT, TIME = ([row[i] for row in ROWS] for i in range(3))


@pytest.fixture
def tag(small_root: Path) -> Callable[..., pkzone.Tagged]:
    """Tag by the zone of the small catalogue, without distances."""

    def call(table: Any, **options: Any) -> pkzone.Tagged:
        options = {"catalogue": small_root, "distances": False, **options}
        return pkzone.tag(table, ["zone"], **options)

    return call


Tag = Callable[..., pkzone.Tagged]


@pytest.fixture(autouse=True, params=[3, 65_536], ids=["in threes", "at once"])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of the pieces, the whole is the same."""
    for module in (table_csv, table_features, tables, table_parquet):
        monkeypatch.setattr(module, "BATCH_ROWS", request.param)


def csv_file(folder: Path) -> Path:
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["note", "lon", "lat", "date"])
        writer.writerows(zip(NOTES, LON, LAT, TIME, strict=True))
    return path


def plain_frame() -> pd.DataFrame:
    lon, lat = np.array(LON, dtype=float), np.array(LAT, dtype=float)
    return pd.DataFrame({"note": NOTES, "lon": lon, "lat": lat, "date": TIME})


def geo_frame() -> gpd.GeoDataFrame:
    frame = plain_frame().drop(index=[6, 7]).reset_index(drop=True)
    shapes = [None if np.isnan(x) else shapely.Point(x, y) for x, y in zip(frame.lon, frame.lat)]  # noqa: B905
    return gpd.GeoDataFrame(frame[["note", "date"]], geometry=shapes, crs="EPSG:4326")


GEO_EXPECTED = [row for i, row in enumerate(expected()) if i not in (6, 7)]


def test_csv(tmp_path: Path, tag: Tag) -> None:
    path = csv_file(tmp_path)
    tagged = tag(path, output=tmp_path / "out.csv")
    before = path.read_bytes().split(b"\r\n")[:-1]
    after = (tmp_path / "out.csv").read_bytes().split(b"\r\n")[:-1]
    assert after[0] == before[0] + b"," + ",".join(NEW).encode()
    for old, new, cells in zip(before[1:], after[1:], expected(), strict=True):
        assert new == old + b"," + ",".join("" if one is None else one for one in cells).encode()
    assert tagged.path == str(tmp_path / "out.csv")
    assert tagged.frame is None


def test_the_summary(tmp_path: Path, tag: Tag) -> None:
    summary = tag(csv_file(tmp_path)).summary
    assert summary.to_dict() == {
        "rows": 10,
        "without_time": 2,
        "without_place": 3,
        "problems": {"no time": 1, "bad time": 1, "no place": 1, "bad longitude": 1,
                     "bad latitude": 1},
        "examples": {"bad time": "1 September", "bad longitude": "460.0", "bad latitude": "-91.0"},
        "oddities": {},
        "looks_swapped": 0,
        "first_swapped": None,
        "with_offset": 2,
        "without_offset": 6,
        "layers": {
            "zone": {
                "answers": {"inside": 2, "outside": 2, "uncertain": 0},
                "versions": {"2020-11-10": 3, "2024-06-12": 1},
                "not_in_force": 1,
            }
        },
    }  # fmt: skip
    assert list(summary.lines()) == [
        "zone: 2 inside, 2 outside, 0 uncertain; by version 2020-11-10 (3), 2024-06-12 (1); "
        "1 before its first version",
        '2 without a time: 1 no time, 1 bad time (such as "1 September")',
        '3 without a place: 1 no place, 1 bad longitude (such as "460.0"), '
        '1 bad latitude (such as "-91.0")',
    ]
    assert list(summary.warnings()) == [
        "2 times have an offset and 6 have none; without one it is local"
    ]


def test_semicolons_and_commas_in_numbers(tmp_path: Path, tag: Tag) -> None:
    (tmp_path / "t.csv").write_bytes(b"x;y;when\r\n46,75;39,75;2022-09-01\r\n")
    tag(tmp_path / "t.csv", time="when", output=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (
        b"x;y;when;tag_date;tag_problem;zone_version;zone_answer;zone_feature\r\n"
        b"46,75;39,75;2022-09-01;2022-09-01;;2020-11-10;inside;core\r\n"
    )


def parquet_file(folder: Path) -> Path:
    table = pa.table(
        {
            "note": pa.array(NOTES).dictionary_encode(),
            "lon": pa.array(LON, pa.float32()).cast(pa.float64()),
            "lat": pa.array(LAT, pa.float64()),
            "date": pa.array(TIME, pa.large_string()),
            "list": pa.array([[1, 2]] * len(ROWS)),
            "when": pa.array(range(len(ROWS)), pa.timestamp("ns", "Asia/Baku")),
        }
    ).replace_schema_metadata({"mine": "kept"})
    pq.write_table(table, folder / "table.parquet", row_group_size=4)
    return folder / "table.parquet"


def test_parquet(tmp_path: Path, tag: Tag) -> None:
    path = parquet_file(tmp_path)
    tag(path, time="date", output=tmp_path / "out.parquet")
    before, after = pq.read_table(path), pq.read_table(tmp_path / "out.parquet")
    assert after.column_names == [*before.column_names, *NEW]
    assert after.select(before.column_names).equals(before, check_metadata=True)
    assert [list(row.values()) for row in after.select(NEW).to_pylist()] == expected()


def test_geoparquet_in_another_system(tmp_path: Path, tag: Tag) -> None:
    frame = geo_frame().to_crs("EPSG:32638")
    frame.to_parquet(tmp_path / "table.parquet")
    tagged = tag(tmp_path / "table.parquet", output=tmp_path / "out.parquet")
    back = gpd.read_parquet(tmp_path / "out.parquet")
    assert back.crs == frame.crs
    assert back.geometry.to_wkb().equals(frame.geometry.to_wkb())
    assert list(back.columns) == [*frame.columns, *NEW]
    rows = back[list(NEW)].astype(object).where(back[list(NEW)].notna(), None)
    assert rows.to_numpy().tolist() == GEO_EXPECTED
    assert any("UTM zone 38N" in notice for notice in tagged.notices)


def geojson_file(folder: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "id": f"r{i}",
            "properties": {
                "z": [1, {"b": 1, "a": None}],
                "note": row.note,
                "date": row.date or None,
            },
            "geometry": None if row.geometry is None else shapely.geometry.mapping(row.geometry),
        }
        for i, row in enumerate(geo_frame().fillna({"date": ""}).itertuples())
    ]
    path = folder / "table.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features[::-1]}))
    return path


def test_geojson(tmp_path: Path, tag: Tag) -> None:
    path = geojson_file(tmp_path)
    tag(path, output=tmp_path / "out.geojson")
    before = json.loads(path.read_text())["features"]
    text = (tmp_path / "out.geojson").read_text(encoding="utf-8")
    after = json.loads(text)["features"]
    assert len(text.splitlines()) == len(before) + 2
    for old, new, cells in zip(before, after, GEO_EXPECTED[::-1], strict=True):
        old["properties"] |= dict(zip(NEW, cells, strict=True))
        assert list(new["properties"]) == list(old["properties"])
        assert new == json.loads(json.dumps(old))


def test_geopackage(tmp_path: Path, tag: Tag) -> None:
    geo_frame().to_file(tmp_path / "table.gpkg", driver="GPKG")
    tag(tmp_path / "table.gpkg", output=tmp_path / "out.gpkg")
    back = gpd.read_file(tmp_path / "out.gpkg")
    assert list(back.columns) == ["note", "date", *NEW, "geometry"]
    rows = back[list(NEW)].astype(object).where(back[list(NEW)].notna(), None)
    assert rows.to_numpy().tolist() == GEO_EXPECTED
    assert back["note"].fillna("").tolist() == geo_frame()["note"].tolist()


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson", "fgb"])
def test_from_one_family_to_another(ending: str, tmp_path: Path, tag: Tag) -> None:
    path = tmp_path / f"out.{ending}"
    tag(csv_file(tmp_path), output=path)
    again = tag(path, output=tmp_path / "again.csv", prefix="b_", lon="lon", lat="lat", time="date")
    assert again.summary == tag(csv_file(tmp_path)).summary
    with (tmp_path / "again.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    marked = ["'=1+1" if note == "=1+1" else "'-5" if note == "-5" else note for note in NOTES]
    assert [row["note"] for row in rows] == (NOTES if ending == "csv" else marked)
    texts = [["" if one is None else one for one in row] for row in expected()]
    for prefix in ("", "b_"):
        assert [[row[prefix + name] for name in NEW] for row in rows] == texts


def test_a_frame_of_pandas(tag: Tag) -> None:
    frame = plain_frame().set_index(pd.Index(list("abcdefghij"), name="key"))
    frame.attrs["mine"] = {"kept": 1}
    before = frame.copy()
    tagged = tag(frame).frame
    assert type(tagged) is pd.DataFrame
    pd.testing.assert_frame_equal(tagged[list(before.columns)], before)
    assert frame.equals(before)
    assert tagged.attrs == {"mine": {"kept": 1}}
    assert tagged.columns.tolist() == [*before.columns, *NEW]
    new = tagged[list(NEW)]
    assert new.astype(object).where(new.notna(), None).to_numpy().tolist() == expected()
    assert {str(kind) for kind in new.dtypes} == {"string"}


def test_a_frame_of_geopandas(tag: Tag) -> None:
    frame = geo_frame().rename_geometry("place").to_crs("EPSG:32638")
    tagged = tag(frame).frame
    assert type(tagged) is gpd.GeoDataFrame
    assert tagged.geometry.name == "place"
    assert tagged.crs == frame.crs
    assert tagged[list(frame.columns)].equals(frame)
    new = tagged[list(NEW)]
    assert new.astype(object).where(new.notna(), None).to_numpy().tolist() == GEO_EXPECTED


def test_a_file_without_an_output_is_a_frame(tmp_path: Path, tag: Tag) -> None:
    assert type(tag(csv_file(tmp_path)).frame) is pd.DataFrame
    frame = tag(geojson_file(tmp_path)).frame
    assert type(frame) is gpd.GeoDataFrame
    assert frame.crs == "OGC:CRS84"
    assert frame["id"].tolist() == [f"r{i}" for i in reversed(range(8))]


def test_no_rows(tmp_path: Path, tag: Tag) -> None:
    (tmp_path / "none.csv").write_bytes(b"lon,lat,date\n")
    assert tag(tmp_path / "none.csv", output=tmp_path / "out.csv").summary.rows == 0
    assert (tmp_path / "out.csv").read_bytes() == b"lon,lat,date," + ",".join(NEW).encode() + b"\n"
    tag(tmp_path / "none.csv", output=tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").column_names == ["lon", "lat", "date", *NEW]
    tag(tmp_path / "out.parquet", prefix="b_", output=tmp_path / "out.geojson")
    assert json.loads((tmp_path / "out.geojson").read_text())["features"] == []
    empty = plain_frame().iloc[:0]
    assert tag(empty).frame.columns.tolist() == [*empty.columns, *NEW]


def test_one_date_for_all(tag: Tag) -> None:
    frame = plain_frame().drop(columns="date")
    tagged = tag(frame, on="2024-06-12").frame
    assert set(tagged["tag_date"]) == {"2024-06-12"}
    assert tagged["zone_answer"].dropna().unique().tolist() == ["outside"]


def test_instants_have_the_date_of_the_zone_asked_for(tag: Tag) -> None:
    frame = pd.DataFrame({"lon": [46.75], "lat": [39.75], "date": ["2024-06-11T20:00:00Z"]})
    assert tag(frame).frame["zone_answer"].tolist() == ["inside"]
    assert tag(frame, timezone="Asia/Baku").frame["zone_answer"].tolist() == ["outside"]


def test_distances_are_in_tenths_of_a_metre(small_root: Path) -> None:
    frame = pd.DataFrame({"lon": [46.75, 46.49], "lat": [39.75, 39.75]})
    tagged = pkzone.tag(frame, ["zone", "corridor"], on="2022-09-01", catalogue=small_root).frame
    border = tagged["zone_border_m"].tolist()
    assert border[0] < -20_000
    assert border[1] == pytest.approx(856.4, abs=1)  # a hundredth of a degree at 39.75 north
    assert border == [round(one, 1) for one in border]
    assert str(tagged["corridor_in_use"].dtype) == "boolean"
    assert tagged["corridor_in_use"].tolist() == [True, True]


def test_swapped_places_are_named_and_left(tag: Tag) -> None:
    frame = pd.DataFrame({"lon": [46.75, 39.75, 39.8], "lat": [39.75, 46.75, 46.8]})
    tagged = tag(frame, on="2022-09-01")
    assert tagged.frame["zone_answer"].tolist() == ["inside", "outside", "outside"]
    assert list(tagged.summary.warnings()) == [
        "2 rows look as if longitude and latitude were swapped, the first is row 2; "
        "if so, exchange them"
    ]


LINE, INSIDE = (
    shapely.LineString([(46, 39.75), (46.75, 39.75)]),
    shapely.box(46.6, 39.6, 46.9, 39.9),
)


@pytest.mark.parametrize("ending", ["parquet", "geojson", "gpkg"])
def test_lines_and_areas_have_shares(ending: str, tmp_path: Path, tag: Tag) -> None:
    frame = gpd.GeoDataFrame({"a": [1, 2, 3]}, geometry=[LINE, INSIDE, None], crs="EPSG:4326")
    tagged = tag(frame, on="2022-09-01", distances=True).frame
    assert tagged["zone_answer"].tolist() == ["partly", "inside", pd.NA]
    assert tagged["zone_share"].tolist()[:2] == [pytest.approx(1 / 3, abs=1e-3), 1]
    if ending == "gpkg":  # holds one kind of geometry
        frame = frame.drop(index=1)
    path = tmp_path / f"t.{ending}"
    frame.to_parquet(path) if ending == "parquet" else frame.to_file(path)
    tag(path, on="2022-09-01", output=tmp_path / "out.csv", distances=True)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["a"]: row for row in csv.DictReader(file)}
    assert rows["1"]["zone_answer"] == "partly"
    assert float(rows["1"]["zone_share"]) == tagged["zone_share"][0]
    assert rows["1"]["geometry"] == LINE.wkt
    assert rows["3"]["tag_problem"] == "no place"
