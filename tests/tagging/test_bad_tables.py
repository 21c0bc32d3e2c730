"""Tables that cannot be tagged: one line that says what and what to do, and nothing is left."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import pkzone
from pkzone.errors import (
    BadOption,
    BadRecord,
    CannotTag,
    ColumnError,
    FormatError,
    LimitExceeded,
    OutputError,
)
from pkzone.files import atomic
from pkzone.formats import staging
from pkzone.tagging import table_csv, writers
from tests.commands.conftest import run  # noqa: F401 - a fixture
from tests.commands.test_cli import spawn
from tests.helpers.program import Run

GOOD = b"lon,lat,date\n46.75,39.75,2022-09-01\n"


@pytest.fixture
def tag(small_root: Path, tmp_path: Path) -> Callable[..., pkzone.Tagged]:
    def call(table: Any, **options: Any) -> pkzone.Tagged:
        options = {"catalogue": small_root, "distances": False, **options}
        if isinstance(table, bytes):
            (tmp_path / "t.csv").write_bytes(table)
            table = tmp_path / "t.csv"
        if not isinstance(table, pd.DataFrame):
            options = {"output": tmp_path / "out.csv", **options}
        return pkzone.tag(table, ["zone"], **options)

    return call


Tag = Callable[..., pkzone.Tagged]


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Any:
    yield
    names = [one.name for one in tmp_path.rglob("*")]
    assert not [name for name in names if name.startswith((".pkzone", "out."))]


@pytest.mark.parametrize(
    ("head", "options", "says"),
    [
        ("lon,lat,when", {}, "no column looks like the time; it has: lon, lat, when; name it with "
         "--time COLUMN, or give one date for all with --on DATE"),
        ("lon,lat,date,time", {}, "several columns may be the time: date, time"),
        ("east,north,date", {}, "no column looks like the longitude; it has: east, north, date; "
         "name it with --lon COLUMN$"),
        ("lon,x,lat,date", {}, "several columns may be the longitude: lon, x"),
        ("lon,lat,date", {"time": "dat"}, "has no column dat; did you mean date\\? it has"),
        ("lon,lat,date", {"lon": "lon"}, "name both columns"),
        ("lon,lat,date", {"lon": "lon", "lat": "lon"}, "the same column is named for two"),
        ("lon,lat,date,date", {}, "several columns may be the time: date, date"),
        ("lon,lat,date,date", {"time": "date"}, "has the column date twice"),
        ("lon,lat,\x1b[31mdate", {}, r"it has: lon, lat, \\x1b\[31mdate"),
    ],
)  # fmt: skip
def test_columns_that_are_not_there(head: str, options: Any, says: str, tag: Tag) -> None:
    with pytest.raises(ColumnError, match=says):
        tag(f"{head}\n1,2,3\n".encode(), **options)


@pytest.mark.parametrize(
    ("column", "options", "says"),
    [
        ("lon", {}, "column lon is of type bool; coordinates are numbers"),
        ("lat", {}, "column lat is of type bool; coordinates are numbers"),
        ("date", {}, "column date is of type bool; times are dates"),
    ],
)
def test_columns_of_a_wrong_type(
    column: str, options: Any, says: str, tag: Tag, tmp_path: Path
) -> None:
    columns: dict[str, Any] = {"lon": [46.75], "lat": [39.75], "date": ["2022-09-01"]}
    columns[column] = [True]
    with pytest.raises(ColumnError, match=says):
        tag(pd.DataFrame(columns))
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    with pytest.raises(ColumnError, match=says):
        tag(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"time": "date", "on": "2022-09-01"}, BadOption, "do not go together"),
        ({"timezone": "Mars/Olympus"}, BadOption, "not a time zone"),
        ({"on": "today"}, pkzone.PkzoneError, "is not a date"),
        ({"output": "out.xyz"}, FormatError, "no extension of a format"),
        ({"output": "out.shp"}, FormatError, "several files"),
    ],
)
def test_options(options: Any, kind: type[Exception], says: str, tag: Tag, tmp_path: Path) -> None:
    if "output" in options:
        options = {"output": tmp_path / options["output"]}
    with pytest.raises(kind, match=says):
        tag(GOOD, **options)


def test_a_column_that_is_taken(tag: Tag) -> None:
    with pytest.raises(CannotTag, match=r"has a column zone_answer already; .* --prefix"):
        tag(b"lon,lat,date,zone_answer\n1,2,2022-01-01,x\n")
    with pytest.raises(CannotTag, match="has a column tag_date already"):
        tag(pd.DataFrame({"lon": [1.0], "lat": [2.0], "tag_date": ["x"]}), on="2022-01-01")


def test_strict_stops_at_the_first(tag: Tag) -> None:
    rows = b"46,39,2022-01-01\n" * 70_000 + b"46,39,x\n,39,2022-01-01\n"
    with pytest.raises(BadRecord, match=r"row 70,001: bad time"):
        tag(b"lon,lat,date\n" + rows, strict=True)
    with pytest.raises(BadRecord, match=r"row 2: no place"):
        tag(pd.DataFrame({"lon": [1, None], "lat": [1, 1]}), on="2022-01-01", strict=True)


@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        ("nan", "1", "no place"),
        ("null", "null", "no place"),
        ("NA", "None", "no place"),
        ("1", "-", "no place"),
        ("inf", "1", "bad longitude"),
        ("1", "-inf", "bad latitude"),
        ("180.0001", "1", "bad longitude"),
        ("1", "90.0001", "bad latitude"),
        ("1E400", "1", "bad longitude"),
        ("46°30'", "1", "bad longitude"),
        ("", "1", "no place"),
        ("1", " ", "no place"),
        ("180", "-90", ""),
        ("-180", "90", ""),
    ],
)
def test_places(lon: str, lat: str, problem: str, tag: Tag, tmp_path: Path) -> None:
    done = tag(f"lon,lat\n{lon},{lat}\n".encode(), on="2022-01-01", output=None)
    assert done.frame["tag_problem"].fillna("").tolist() == [problem]


def test_geometries_off_the_earth(tag: Tag) -> None:
    shapes = [shapely.Point(200, 0), shapely.Point(0, 91), shapely.Point(), None]
    frame = gpd.GeoDataFrame({"a": range(4)}, geometry=shapes)
    found = tag(frame, on="2022-01-01").frame["tag_problem"].tolist()
    assert found == ["bad longitude", "bad latitude", "no place", "no place"]


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson", "gpkg", "kml", "txt", "xyz", ""])
@pytest.mark.parametrize("what", ["missing", "folder", "random", "pipe"])
def test_files_that_are_none(ending: str, what: str, tag: Tag, tmp_path: Path) -> None:
    path = tmp_path / f"t.{ending}"
    if what == "folder":
        path.mkdir()
    elif what == "random":
        path.write_bytes(bytes(range(256)) * 20)
    elif what == "pipe":
        os.mkfifo(path)
    with pytest.raises(pkzone.PkzoneError) as caught:
        tag(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson", "gpkg", "fgb"])
def test_files_that_are_cut_off(ending: str, tag: Tag, tmp_path: Path) -> None:
    rows = b"".join(
        b'46.%d,39.75,2022-09-01,"%s"\n' % (i, os.urandom(64).hex().encode()) for i in range(200)
    )
    path = tmp_path / f"t.{ending}"
    if ending == "csv":
        path.write_bytes(b"lon,lat,date,note\n" + rows)
    else:
        tag(b"lon,lat,date,note\n" + rows, output=path)
    data = path.read_bytes()
    for part in (0.2, 0.6, 0.97) if ending in ("csv", "parquet", "geojson") else (0.6,):
        path.write_bytes(data[: int(len(data) * part)])
        with pytest.raises(pkzone.PkzoneError) as caught:
            tag(path, prefix="b_", time="date")
        assert str(caught.value).startswith(f"{path}: ")


def test_parquet_that_is_damaged_within(tag: Tag, tmp_path: Path) -> None:
    columns = {"lon": [46.75] * 50_000, "lat": [39.75] * 50_000, "date": ["2022-09-01"] * 50_000}
    columns["note"] = [os.urandom(16).hex() for _ in range(50_000)]  # type: ignore[misc]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table(columns), path, compression="zstd", row_group_size=10_000)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = b"\xff" * 4000
    path.write_bytes(data)
    for output in ("out.csv", "out.parquet", "out.geojson"):
        with pytest.raises(FormatError, match=r"is damaged after row \d"):
            tag(path, output=tmp_path / output)


@pytest.mark.parametrize(
    ("geo", "says"),
    [
        (b"{", "metadata of GeoParquet are damaged"),
        (b"[]", "metadata of GeoParquet are damaged"),
        (b'{"primary_column":"no","columns":{"no":{"encoding":"WKB"}}}', "are damaged"),
        (b'{"primary_column":"g","columns":{"g":{"encoding":"point"}}}', "as point, not as WKB"),
        (b'{"primary_column":"g","columns":{"g":{"encoding":"WKB"}}}', "row 0 is not WKB"),
        (b'{"primary_column":"g","columns":{"g":{"encoding":"WKB","crs":"EPSG:0"}}}',
         "coordinate system is not understood"),
        (b'{"primary_column":"g","columns":{"g":{"encoding":"WKB","crs":{"type":7}}}}',
         "coordinate system is not understood"),
    ],
)  # fmt: skip
def test_geoparquet_that_lies(geo: bytes, says: str, tag: Tag, tmp_path: Path) -> None:
    table = pa.table({"g": pa.array([b"\x07not WKB"])}).replace_schema_metadata({b"geo": geo})
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(FormatError, match=says):
        tag(tmp_path / "t.parquet", on="2022-01-01")


def test_gis_files_have_a_limit_and_the_remedy_is_said(
    tag: Tag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag(GOOD, output=tmp_path / "t.gpkg")
    monkeypatch.setitem(staging.take_in.__wrapped__.__kwdefaults__, "most", 10)
    with pytest.raises(LimitExceeded, match=r"; convert it to GeoParquet"):
        tag(tmp_path / "t.gpkg", prefix="b_")
    monkeypatch.setattr(writers, "MAX_FEATURES", 1)
    with pytest.raises(LimitExceeded, match=r"too many for GeoPackage here; write \.parquet"):
        tag(GOOD + GOOD.split(b"\n")[1], output=tmp_path / "out.gpkg")


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson"])
def test_an_output_that_exists(ending: str, tag: Tag, tmp_path: Path) -> None:
    path = tmp_path / f"there.{ending}"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="already exists; use --overwrite"):
        tag(GOOD, output=path)
    assert path.read_bytes() == b"mine"
    tag(GOOD, output=path, overwrite=True)
    assert path.read_bytes() != b"mine"


def test_the_output_is_the_table(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "t.csv")
    for name in ("t.csv", "link.csv", "../" + tmp_path.name + "/t.csv"):
        with pytest.raises(OutputError, match="is the table itself"):
            tag(GOOD, output=tmp_path / name, overwrite=True)
    assert (tmp_path / "t.csv").read_bytes() == GOOD


MANY = b"lon,lat,date\n" + b"46.75,39.75,2022-09-01\n" * 1000


@pytest.mark.parametrize(
    ("ending", "after"),
    [(ending, after) for ending in ("csv", "parquet", "geojson") for after in (0, 2000)]
    + [("gpkg", 0)],
)
def test_a_disk_that_fills(
    ending: str, after: int, tag: Tag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [after]

    def full(self: Any, data: Any) -> int:
        left[0] -= len(data)
        with atomic.output_errors(self._label):
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(self._file.write(data))

    monkeypatch.setattr(atomic._Labelled, "write", full)
    with pytest.raises(OutputError, match=f"out.{ending}: cannot be written: No space left"):
        tag(MANY, output=tmp_path / f"out.{ending}")


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson"])
def test_control_c(ending: str, tag: Tag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_csv, "BATCH_ROWS", 10)

    def pressed(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tag(MANY, output=tmp_path / f"out.{ending}", progress=pressed)


def test_a_frame_has_no_output(tag: Tag) -> None:
    with pytest.raises(BadOption, match="a frame gives a frame"):
        tag(pd.DataFrame({"lon": [1.0], "lat": [1.0]}), on="2022-01-01", output="out.csv")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "give an output, -o PATH, or look at a few: --sample"),
        (["-o", "out.csv", "--sample"], 2, "give an output"),
        (["-o", "-", "--json"], 2, "both want standard output"),
        (["-o", "out.csv", "--timezone", "x"], 2, "not a time zone"),
        (["-o", "out.csv", "--time", "date", "--on", "2022-01-01"], 2, "do not go together"),
        (["-o", "out.csv", "--layer", "nothing"], 3, "the catalogue has no layer nothing"),
        (["-o", "out.csv", "--time", "when"], 3, "has no column when"),
        (["-o", "out.csv", "--on", "soon"], 3, "is not a date"),
        (["-o", "out.csv", "--strict"], 3, "row 2: bad time"),
        (["-o", "no/out.csv"], 3, "there is no folder no"),
    ],
)
def test_exit_codes(
    arguments: list[str],
    code: int,
    says: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "t.csv").write_bytes(GOOD + b"1,2,x\n")
    monkeypatch.chdir(tmp_path)
    result = run("tag", "t.csv", *arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err
    assert len(result.err.splitlines()) == 1


def test_the_command(run: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "t.csv").write_bytes(GOOD + b"1,2,x\n")
    options = ["--layer", "zone", "--no-distances"]
    result = run("tag", tmp_path / "t.csv", "-o", "-", *options)
    assert result.code == 0
    assert result.out.splitlines()[1:] == [
        "46.75,39.75,2022-09-01,2022-09-01,,2020-11-10,inside,core",
        "1,2,x,,bad time,,,",
    ]
    assert "wrote <stdout> (2 rows)" in result.err
    assert "1 without a time: 1 bad time" in result.err

    result = run("tag", tmp_path / "t.csv", "-o", tmp_path / "o.csv", "--json", *options)
    summary = json.loads(result.out)
    assert summary["schema"] == "pkzone.tag/1"
    assert (summary["rows"], summary["output"]) == (2, str(tmp_path / "o.csv"))

    result = run("tag", tmp_path / "t.csv", "--sample", "1", "--json", *options)
    assert json.loads(result.out)["rows"] == [
        {"date": "2022-09-01", "lon": "46.75", "lat": "39.75", "tag_date": "2022-09-01",
         "tag_problem": None, "zone_version": "2020-11-10", "zone_answer": "inside",
         "zone_feature": "core"},
    ]  # fmt: skip
    result = run("tag", tmp_path / "t.csv", "--sample", "--prefix", "p_", *options)
    assert result.out.startswith("row 1\n  date            2022-09-01\n")
    assert "  p_zone_answer   inside\n" in result.out
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["o.csv", "t.csv"]


def test_a_sample_warns_as_the_whole_run_does(run: Run, tmp_path: Path) -> None:  # noqa: F811
    table = tmp_path / "t.csv"
    table.write_text("id,what,date,lon,lat\n7,x,2022-09-01,39.75,46.75\n", encoding="utf-8")
    sample = run("tag", table, "--sample", "--layer", "corridor")
    assert "\n  id                   7\n  date                 2022-09-01\n" in sample.out
    assert "\n  corridor_in_use      true\n" in sample.out
    written = run("tag", table, "-o", tmp_path / "o.csv", "--layer", "corridor")
    assert (tmp_path / "o.csv").read_text("utf-8").splitlines()[1].endswith(",true")
    warnings = [
        [line for line in one.err.splitlines() if "warning" in line] for one in (sample, written)
    ]
    assert "longitude and latitude were swapped" in warnings[0][0]
    assert warnings[0] == warnings[1]


def test_standard_input(tmp_path: Path, small_root: Path) -> None:
    options = ("--layer", "zone", "--no-distances", "--catalogue", small_root)
    done = spawn("tag", "-", "-o", "-", *options, input=GOOD.decode())
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].endswith(",2022-09-01,,2020-11-10,inside,core")
    assert "Traceback" not in done.stderr


UNREAD = b"lon,lat,date\n46.75,39.75,31/12/22\n46.75,39.75,\n"


def test_a_table_without_any_date_is_refused(tag: Tag, tmp_path: Path) -> None:
    message = (
        r't\.csv: no date can be read in any of 2 rows of the column date, such as "31/12/22"; '
        "name another with --time COLUMN, or give one date for all with --on DATE"
    )
    for output in (tmp_path / "out.csv", tmp_path / "out.parquet", None):
        with pytest.raises(ColumnError, match=message):
            tag(UNREAD, output=output)
    with pytest.raises(ColumnError, match="in the only row of the column when; name"):
        tag(b"lon,lat,when\n46.75,39.75,\n", time="when")


def test_one_date_is_enough_and_no_row_is_no_fault(tag: Tag, tmp_path: Path) -> None:
    out = tmp_path / "kept.csv"
    assert tag(UNREAD + b"46.75,39.75,2022-09-01\n", output=out).summary.without_time == 2
    assert tag(UNREAD, on="2022-09-01", output=out, overwrite=True).summary.without_time == 0
    assert tag(b"lon,lat,date\n", output=out, overwrite=True).summary.rows == 0


def test_a_frame_without_any_date_is_kept_and_says_so(tag: Tag) -> None:
    frame = pd.DataFrame({"lon": [46.75], "lat": [39.75], "date": ["soon"]})
    done = tag(frame)
    assert done.frame["tag_problem"].tolist() == ["bad time"]
    assert done.notices[-1].startswith(
        "no date can be read in the only row of the column date, such"
    )


def test_the_program_ends_with_3(run: Run, tmp_path: Path) -> None:  # noqa: F811
    table = tmp_path / "t.csv"
    table.write_bytes(UNREAD)
    result = run("tag", str(table), "--layer", "zone", "-o", str(tmp_path / "out.csv"))
    assert (result.code, result.out) == (3, "")
    assert result.err.count("\n") == 1
    assert "of the column date" in result.err
