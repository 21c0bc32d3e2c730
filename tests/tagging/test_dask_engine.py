"""Tagging on Dask: the rows of one machine, by two real workers, one of which is killed."""

from __future__ import annotations

import json
import os
import resource
import signal
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, KilledWorker

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import (
    BadOption,
    BadRecord,
    CannotTag,
    FormatError,
    OutputError,
    PkzoneError,
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
    """Two worker processes on loopback, as pkzone starts them on a machine of two cores."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 2)
        with dask_engine._client(None) as client, client.as_current():
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
    frame.loc[5_000, ["lon", "lat"]] = [39.8, 46.7]
    return frame


@pytest.fixture(params=["csv", "parquet"])
def table(request: pytest.FixtureRequest, incidents: pd.DataFrame, tmp_path: Path) -> Path:
    """The records as a file, of which Dask makes several parts."""
    path = tmp_path / f"incidents [1].{request.param}"
    if request.param == "csv":
        incidents.to_csv(path, index=False)
        return path
    columns = pa.Table.from_pandas(incidents, preserve_index=False)
    more = {  # types that a frame of plain pandas would change
        "count": pa.array([None, 2**53 + 1] * (ROWS // 2), pa.int64()),
        "list": pa.array([[1, None], None] * (ROWS // 2), pa.list_(pa.int32())),
        "at": pa.array(range(ROWS), pa.timestamp("ns", "Asia/Baku")),
        "share": pa.array([float("nan"), None] * (ROWS // 2), pa.float32()),
        "code": pa.array(["x", None] * (ROWS // 2)).dictionary_encode(),
        "raw": pa.array([b"\xff", None] * (ROWS // 2), pa.binary()),
    }
    for name, column in more.items():
        columns = columns.append_column(name, column)
    pq.write_table(columns, path, row_group_size=1_000)
    return path


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_engine, "PART_BYTES", 60_000)


def rows_of(folder: Path) -> pa.Table:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"part-{i:06}.parquet" for i in range(len(files))]
    assert len(files) >= 4
    return pa.concat_tables(pq.read_table(file) for file in files)


def dying_once(mark: str) -> None:
    """End this process at once, if it is the first to come here."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def write_part_or_die(
    part: Any, number: int, folder: str, job: dask_engine._Job
) -> dask_engine._Done:
    """Write the second part when it is tried again; at first leave half of it, and be gone."""
    if number == 1:
        Path(folder, f".pkzone-{os.getpid()}.tmp").write_bytes(b"half a fi")
        dying_once(str(Path(folder).parent / "died"))
    return job.write(part, number, folder)


@pytest.mark.long
def test_the_rows_of_one_machine_though_a_worker_is_killed(
    client: Client, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tag(table, LAYERS, output=tmp_path / "one.parquet")
    killed = table.suffix == ".parquet"  # once is enough: a new worker takes its seconds
    if killed:
        monkeypatch.setattr(dask_engine, "_write_part", write_part_or_die)
    told: list[tuple[int, int | None]] = []
    got = dask_engine.tagged_dataset(
        table, PLAN, tmp_path / "many.parquet", progress=lambda *done: told.append(done)
    )
    assert (tmp_path / "died").exists() == killed
    rows, wanted = rows_of(tmp_path / "many.parquet"), pq.read_table(tmp_path / "one.parquet")
    assert rows.schema.equals(wanted.schema, check_metadata=True)
    # NaN is not equal to itself, but has the same text.
    assert str(rows.to_pylist()) == str(wanted.to_pylist())
    assert got.summary == one.summary
    assert got.summary.first_swapped == 5_001
    assert told == [(i + 1, len(told)) for i in range(len(told))]
    assert not list(tmp_path.glob(".pkzone-*"))


def test_a_dask_frame_gives_a_dask_frame(client: Client, incidents: pd.DataFrame) -> None:
    frame = dd.from_pandas(incidents, npartitions=5)
    wanted = tag(frame.compute(), LAYERS).frame
    got = dask_engine.tagged_partitions(frame, PLAN)
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
        HEAD * 9,
        HEAD + "\r\n" * 90 + ROW,
        HEAD,
        HEAD.strip(),
        HEAD + ROW + ROW.strip(),
    ],
    ids=["mark", "heads among rows", "empty lines", "head", "bare head", "no line end"],
)
def test_csv_of_any_kind(
    text: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is cut, even at each line."""
    monkeypatch.setattr(dask_engine, "PART_BYTES", 24)
    table, folder = tmp_path / "in.csv", tmp_path / "out"
    table.write_text(text, newline="")
    one = tag(table, LAYERS, output=tmp_path / "one.parquet")
    got = dask_engine.tagged_dataset(table, PLAN, folder)
    rows = pa.concat_tables(pq.read_table(file) for file in sorted(folder.iterdir()))
    assert rows.equals(pq.read_table(tmp_path / "one.parquet"), check_metadata=True)
    assert got.summary == one.summary


PEOPLES = {  # tables as people have them, with the options that they take
    "firms": (
        "acq_date,acq_time,latitude,longitude\n"
        + "2022-08-29,2130,39.6,46.53\n2022-08-29,945,0,0\n" * 40,
        {},
    ),
    "ucdp": (
        "date_start,date_end,latitude,longitude\n"
        + "2022-08-01,2022-08-31,39.6,46.53\n2022-08-30,,39.6,46.53\nsoon,,52.5,13.4\n" * 30,
        {"time": "date_start"},
    ),
    "metres": ("date,x,y\n" + "2022-08-30,642000,4396000\n" * 90, {"crs": "EPSG:32638"}),
    "wkt": ("date,wkt\n" + '2022-08-30,"LINESTRING (46 39, 46.75 39.82)"\n' * 90, {}),
}


@pytest.mark.parametrize("name", PEOPLES)
def test_tables_of_people(
    name: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is odd, assumed and given as an example is that of one machine too."""
    monkeypatch.setattr(dask_engine, "PART_BYTES", 500)
    text, options = PEOPLES[name]
    table, folder = tmp_path / "in.csv", tmp_path / "out"
    table.write_text(text)
    one = tag(table, LAYERS, distances=False, output=tmp_path / "one.parquet", **options)
    plan = Plan.of(LAYERS, distances=False, **options)
    got = dask_engine.tagged_dataset(table, plan, folder)
    rows = pa.concat_tables(pq.read_table(file) for file in sorted(folder.iterdir()))
    assert len(list(folder.iterdir())) > 2
    assert rows.equals(pq.read_table(tmp_path / "one.parquet"), check_metadata=True)
    assert (got.summary, got.notices) == (one.summary, one.notices)
    frame = dd.from_pandas(pd.read_csv(table), npartitions=3)
    wanted = tag(frame.compute(), LAYERS, distances=False, **options)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        lazy = dask_engine.tagged_partitions(frame, plan)
    assert [str(one.message) for one in said] == [f"the frame: {one}" for one in wanted.notices]
    pd.testing.assert_frame_equal(lazy.compute(), wanted.frame)


def test_strict_names_the_first_bad_row_of_the_table(
    client: Client, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadRecord, match=r"row 4,001: no place; without --strict"):
        dask_engine.tagged_dataset(table, Plan.of(LAYERS, strict=True), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [table.name]


def test_a_line_break_in_quotes_cannot_be_cut(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("lon,lat,date,note\n" + '46.7,39.8,2022-09-01,"a\nb\nc\nd"\n' * 6_000)
    one = tag(path, ["zone"], distances=False, output=tmp_path / "one.parquet")
    assert one.summary.rows == 6_000
    with pytest.raises(FormatError, match=r"in part \d of \d, rows counted from its start"):
        dask_engine.tagged_dataset(path, Plan.of(["zone"], distances=False), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def write_part_on_a_full_disk(
    part: Any, number: int, folder: str, job: dask_engine._Job
) -> dask_engine._Done:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        return job.write(part, number, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_part_elsewhere(
    part: Any, number: int, folder: str, job: dask_engine._Job
) -> dask_engine._Done:
    return replace(job, path="/none/of/ours").write(part, number, folder)


def write_part_never(
    part: Any, number: int, folder: str, job: dask_engine._Job
) -> dask_engine._Done:
    raise KilledWorker("write", SimpleNamespace(address="tcp://127.0.0.1:1"), 3)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (write_part_on_a_full_disk, r"/out/part-\d+\.parquet: cannot be written: File too large"),
        (write_part_elsewhere, r"in part \d of \d: a worker cannot read it: No such file"),
        (write_part_never, r"in part \d of \d: worker after worker died of it"),
    ],
    ids=["full disk", "not seen by a worker", "workers keep dying"],
)
def test_what_workers_cannot_do_is_one_line(
    write: Any,
    told: str,
    client: Client,
    incidents: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = tmp_path / "in.parquet"
    incidents.to_parquet(table, row_group_size=1_000)
    monkeypatch.setattr(dask_engine, "_write_part", write)
    with pytest.raises(PkzoneError, match=told):
        dask_engine.tagged_dataset(table, PLAN, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    ("name", "output", "error", "told"),
    [
        ("in.csv", "there", OutputError, "no folder is replaced"),
        ("in.csv", "out.csv", UnknownFormat, "a folder of Parquet files"),
        ("in.csv", "none/out", OutputError, "cannot be written: No such file"),
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
    told: str,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "in.csv").write_text("lon,lat,date\n46.7,39.8,2022-09-01\n")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error, match=told):
        dask_engine.tagged_dataset(name, PLAN, output)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere at all"])
def test_no_scheduler_answers(address: str, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("lon,lat,date\n46.7,39.8,2022-09-01\n")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "100ms"}),
        pytest.raises(CannotTag, match="no Dask scheduler answers there"),
    ):
        dask_engine.tagged_dataset(path, PLAN, tmp_path / "out", scheduler=address)
    assert not (tmp_path / "out").exists()


def test_through_the_library_and_the_command_line(
    client: Client, incidents: pd.DataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lazy = pkzone.tag(dd.from_pandas(incidents, npartitions=2), LAYERS)
    assert isinstance(lazy, dd.DataFrame)
    table, folder = tmp_path / "in.csv", tmp_path / "out"
    incidents.to_csv(table, index=False)
    with pytest.raises(SystemExit) as ended:
        program.main([
            "tag", str(table), "-o", str(folder), "--layer", "zone", "--json",
            "--engine", "dask", "--scheduler", client.scheduler.address,
        ])  # fmt: skip
    assert ended.value.code == 0
    told = capfd.readouterr()
    assert json.loads(told.out)["rows"] == ROWS == rows_of(folder).num_rows
    assert f"wrote {folder} (6,000 rows)" in told.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"engine": "spark", "output": "out"}, "spark is no engine"),
        ({"scheduler": "tcp://127.0.0.1:1", "output": "out"}, "ask for that too"),
        ({"engine": "dask"}, "the output is a folder"),
        ({"engine": "dask", "output": "-"}, "the output is a folder"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, Any], told: str) -> None:
    with pytest.raises(BadOption, match=told):
        pkzone.tag("in.csv", LAYERS, **options)


def test_frames_and_engines(incidents: pd.DataFrame) -> None:
    with pytest.raises(BadOption, match="make it a Dask DataFrame"):
        pkzone.tag(incidents, LAYERS, engine="dask", output="out")
    with pytest.raises(BadOption, match="its own to_parquet"):
        pkzone.tag(dd.from_pandas(incidents, npartitions=2), LAYERS, output="out")
