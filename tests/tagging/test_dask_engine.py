"""Tagging on Dask: the rows of one machine, by two real workers."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from distributed import Client

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import (
    BadOption,
    BadRecord,
    CannotTag,
    FormatError,
    OutputError,
    UnknownFormat,
)
from pkzone.tagging import dask_engine
from pkzone.tagging.options import Plan
from pkzone.tagging.tag import tag

LAYERS = ["zone"]
ROWS = 6_000
PLAN = Plan.of(LAYERS)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two worker processes on loopback."""
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        yield client


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    """Records of every kind, with bad ones among them, and text that CSV has to quote."""
    random = np.random.default_rng(11)
    days = np.datetime64("2020-10-20") + random.integers(0, 1400, ROWS).astype("m8[D]")
    frame = pd.DataFrame(
        {
            "id": np.arange(ROWS),
            "lon": random.uniform(45.5, 47.5, ROWS).round(5),
            "lat": random.uniform(39.0, 40.6, ROWS).round(5),
            "date": days.astype(str),
            "note": np.where(random.random(ROWS) < 0.5, 'a "b", c', "Բերձոր"),
        }
    )
    frame.loc[4_000, "lon"], frame.loc[4_001, "lat"], frame.loc[4_002, "date"] = np.nan, 95, "soon"
    return frame


@pytest.fixture(params=["csv", "parquet"])
def table(request: pytest.FixtureRequest, incidents: pd.DataFrame, tmp_path: Path) -> Path:
    """The records as a file, of which Dask makes several partitions."""
    path = tmp_path / f"incidents [1].{request.param}"
    if request.param == "csv":
        incidents.to_csv(path, index=False)
        return path
    columns = pa.Table.from_pandas(incidents, preserve_index=False)
    more = {  # types that a frame of plain pandas would change
        "count": pa.array([None, 2**53 + 1] * (ROWS // 2), pa.int64()),
        "list": pa.array([[1, None], None] * (ROWS // 2), pa.list_(pa.int32())),
        "at": pa.array(range(ROWS), pa.timestamp("ns", "Asia/Baku")),
        "raw": pa.array([b"\xff", None] * (ROWS // 2), pa.binary()),
    }
    for name, column in more.items():
        columns = columns.append_column(name, column)
    pq.write_table(columns, path, row_group_size=1_000)
    return path


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_engine, "PART_BYTES", 60_000)


def on_dask(table: Path, folder: Path, plan: Plan = PLAN, **options: Any) -> pkzone.Tagged:
    return dask_engine.tag_dataset(str(table), plan, str(folder), **options)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"part-{i:06}.parquet" for i in range(len(files))]
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def test_the_rows_of_one_machine(client: Client, table: Path, tmp_path: Path) -> None:
    one = tag(table, LAYERS, output=tmp_path / "one.parquet")
    many = on_dask(table, tmp_path / "many")
    assert len([*(tmp_path / "many").iterdir()]) >= 4
    wanted = pq.read_table(tmp_path / "one.parquet").to_pylist()
    assert str(rows_of(tmp_path / "many")) == str(wanted)  # NaN is not equal to itself
    for fact in ("rows", "problems", "layers"):
        assert many.summary.to_dict()[fact] == one.summary.to_dict()[fact]
    assert many.notices == one.notices


def test_geoparquet_keeps_its_geometry(client: Client, tmp_path: Path) -> None:
    line = shapely.LineString([(46, 39), (46.75, 39.82)])
    frame = gpd.GeoDataFrame(
        {"date": ["2022-08-30"] * 200}, geometry=[line, None] * 100, crs="EPSG:4326"
    ).to_crs("EPSG:32638")
    frame.to_parquet(tmp_path / "in.parquet", row_group_size=50)
    tag(tmp_path / "in.parquet", LAYERS, output=tmp_path / "one.parquet")
    on_dask(tmp_path / "in.parquet", tmp_path / "out")
    one, many = (gpd.read_parquet(tmp_path / name) for name in ("one.parquet", "out"))
    assert many.crs == one.crs
    assert many.geometry.to_wkb().equals(one.geometry.to_wkb())
    assert many["zone_share"].tolist()[0] == one["zone_share"].tolist()[0] > 0


def test_a_dask_frame_gives_a_dask_frame(client: Client, incidents: pd.DataFrame) -> None:
    frame = dd.from_pandas(incidents, npartitions=5)
    wanted = tag(frame.compute(), LAYERS).frame
    got = dask_engine.tag_partitions(frame, PLAN)
    assert (got.npartitions, got.divisions) == (frame.npartitions, frame.divisions)
    pd.testing.assert_frame_equal(got._meta, wanted.iloc[:0])
    pd.testing.assert_frame_equal(got.compute(), wanted)
    with dask.config.set(scheduler="threads"):
        pd.testing.assert_frame_equal(got.tail(3), wanted.tail(3))


HEAD, ROW = "date;lon;lat\r\n", "2022-09-01;46,75;39,82\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + ROW * 9,
        HEAD * 9 + ROW,
        HEAD + "\r\n" * 90 + ROW,
        HEAD,
        HEAD + ROW + ROW.strip(),
    ],
    ids=["mark", "heads among rows", "empty lines", "head", "no line end"],
)
def test_csv_of_any_kind(text: str, client: Client, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text(text, newline="")
    tag(table, LAYERS, output=tmp_path / "one.parquet")
    on_dask(table, tmp_path / "out")
    assert rows_of(tmp_path / "out") == pq.read_table(tmp_path / "one.parquet").to_pylist()


def test_what_is_assumed_of_a_table_is_said(client: Client, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("acq_date,acq_time,latitude,longitude\n2022-08-29,2130,39.6,46.53\n" * 40)
    one = tag(table, LAYERS, distances=False, output=tmp_path / "one.parquet")
    plan = Plan.of(LAYERS, distances=False)
    assert on_dask(table, tmp_path / "out", plan).notices == one.notices
    frame = dd.from_pandas(pd.read_csv(table, dtype=str), npartitions=3)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        dask_engine.tag_partitions(frame, plan)
    assert [str(one.message) for one in said] == [f"the frame: {one}" for one in one.notices]


def test_strict_stops(client: Client, table: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match=r"a partition: row [\d,]+: no place; without --strict"):
        on_dask(table, tmp_path / "out", Plan.of(LAYERS, strict=True))


def test_a_line_break_in_quotes_cannot_be_cut(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("lon,lat,date,note\n" + '46.7,39.8,2022-09-01,"a\nb\nc\nd"\n' * 6_000)
    with pytest.raises(CannotTag, match=r"notes\.csv: Dask stopped: .*EOF inside string"):
        on_dask(path, tmp_path / "out", Plan.of(LAYERS, distances=False))


@pytest.mark.parametrize(
    ("name", "output", "error", "says"),
    [
        ("in.csv", "there", OutputError, "already exists; name a new folder"),
        ("in.csv", "in.csv/out", CannotTag, "Dask stopped"),
        ("in.geojson", "out", UnknownFormat, "Dask reads CSV and Parquet"),
        ("a*b.csv", "out", UnknownFormat, "for a pattern; rename it"),
        ("-", "out", UnknownFormat, "Dask reads CSV and Parquet"),
        ("missing.csv", "out", FormatError, "no such file"),
    ],
)
def test_what_is_refused(
    name: str,
    output: str,
    error: type[Exception],
    says: str,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "in.csv").write_text("lon,lat,date\n46.7,39.8,2022-09-01\n")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error, match=says):
        dask_engine.tag_dataset(name, PLAN, output)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere at all"])
def test_no_scheduler_answers(address: str, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("lon,lat,date\n46.7,39.8,2022-09-01\n")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "100ms"}),
        pytest.raises(CannotTag, match="no Dask scheduler answers there"),
    ):
        on_dask(path, tmp_path / "out", scheduler=address)
    assert not (tmp_path / "out").exists()


def test_through_the_library_and_the_command_line(
    client: Client, incidents: pd.DataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lazy = pkzone.tag(dd.from_pandas(incidents, npartitions=2), LAYERS)
    assert isinstance(lazy, dd.DataFrame)
    table, folder = tmp_path / "in.csv", tmp_path / "out"
    incidents.to_csv(table, index=False)
    arguments = ["--layer", "zone", "--json", "--engine", "dask", "--scheduler"]
    with pytest.raises(SystemExit) as ended:
        program.main(["tag", str(table), "-o", str(folder), *arguments, client.scheduler.address])
    assert ended.value.code == 0
    output = capfd.readouterr()
    assert json.loads(output.out)["rows"] == ROWS == len(rows_of(folder))
    assert f"wrote {folder} (6,000 rows)" in output.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"engine": "spark", "output": "out"}, "spark is not an engine"),
        ({"scheduler": "tcp://127.0.0.1:1", "output": "out"}, "ask for that too"),
        ({"engine": "dask"}, "the output is a folder"),
        ({"engine": "dask", "output": "-"}, "the output is a folder"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        pkzone.tag("in.csv", LAYERS, **options)


def test_frames_and_engines(incidents: pd.DataFrame) -> None:
    with pytest.raises(BadOption, match="make it a Dask DataFrame"):
        pkzone.tag(incidents, LAYERS, engine="dask", output="out")
    with pytest.raises(BadOption, match="its own to_parquet"):
        pkzone.tag(dd.from_pandas(incidents, npartitions=2), LAYERS, output="out")
