"""Records of a tagged table on a map: the page holds what the table says, or refuses it."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, Point

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption, ColumnError, FormatError, MapTooLarge
from pkzone.maps import packing, vertex_chunks
from tests.helpers.drawn_catalogue import feature, square, write
from tests.helpers.pages import block_of

HOSTILE = [
    "<script>alert(1)</script>", "<!--", "{{7*7}}", "]]>", "</ScRiPt >", "a\u2028b", "\x00", "'\"",
    "__proto__", "\u202e", "",
]  # fmt: skip
#: Two states of one area: the second lies further east.
STATES = {
    "2021-01-01": [feature("core", square(46, 39, 1), name="Core", uncertainty_m=500)],
    "2021-06-01": [feature("core", square(46.5, 39, 1), name="Core", uncertainty_m=500)],
}
NAMES = ("who", "lon", "lat", "tag_date", "tag_problem", "zone_version", "zone_answer")
ROWS = [
    ("a", 46.2, 39.5, "2021-05-31", None, "2021-01-01", "inside"),
    ("b", 46.2, 39.5, "2021-06-01", None, "2021-06-01", "outside"),
    ("c", 46.501, 39.5, "2021-06-02", None, "2021-06-01", "uncertain"),
    ("d", -179.999999, -89.5, "2021-07-01", None, "2021-06-01", "outside"),
    ("e", 46.2, 39.5, "2020-12-31", None, None, None),
    ("f", None, 39.5, "2021-06-01", "no place", None, None),
    ("g", 46.2, 39.5, None, "no time", None, None),
    ("h", 46.7, 39.5, "2021-06-01", None, "2021-06-01", "inside"),
]  # fmt: skip
DRAWN = [row for row in ROWS if row[0] not in "fg"]
ANSWERS = ("inside", "outside", "uncertain", "partly", None)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> pkzone.Catalogue:
    root = write(tmp_path_factory.mktemp("tagged") / "c", {"zone": STATES})
    return pkzone.catalogue(root)


def as_csv(path: Path, rows: list[Any] | None = None, names: tuple[str, ...] = NAMES) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *(ROWS if rows is None else rows)])
    return path


def as_frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=list(NAMES))


def as_points() -> gpd.GeoDataFrame:
    frame = as_frame()
    places = [
        None if pd.isna(x) else Point(x, y) for x, y in zip(frame.lon, frame.lat, strict=True)
    ]
    return gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=places, crs="EPSG:4326")


def table(form: str, folder: Path) -> Any:
    path = folder / f"t.{form}"
    match form:
        case "csv":
            return as_csv(path)
        case "parquet":
            pq.write_table(
                pa.Table.from_pylist([dict(zip(NAMES, r, strict=True)) for r in ROWS]), path
            )
            return path
        case "frame":
            return as_frame()
        case "geoframe":
            return as_points()
        case "geojson":
            path.write_text(as_points().to_json(), encoding="utf-8")
            return path
    as_points().to_file(path, driver="GPKG")
    return path


def blocks(page: pkzone.maps.Map) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """What the page has packed: the head with places, rows, days, answers; and the columns."""
    html = page.to_html()
    head, numbers = block_of(html, "pkzone-records")
    count = head["count"]
    pairs = np.rint(vertex_chunks.from_bytes(numbers[8 * count : 16 * count]) * 1e6).astype(int)
    head["degrees"] = vertex_chunks.from_bytes(numbers[: 8 * count]).round(6).tolist()
    head["rows"] = pairs[:, 0].tolist()
    head["days"] = [str(np.datetime64(day, "D")) for day in pairs[:, 1].tolist()]
    head["answers"] = [ANSWERS[one] for one in numbers[16 * count :]]
    told, codes = block_of(html, "pkzone-columns")
    columns, at = {}, 0
    for one in told["columns"]:
        size = one["bytes"]
        planes = np.frombuffer(codes[at : at + size * count], np.uint8).reshape(size, count)
        found = sum(planes[i].astype(int) << 8 * i for i in range(size)) if size else range(count)
        columns[one["name"]] = [one["values"][code] for code in found]
        at += size * count
    assert at == len(codes)
    return head, columns


@pytest.mark.parametrize("form", ["csv", "parquet", "geojson", "gpkg", "frame", "geoframe"])
def test_the_page_holds_what_the_table_says(
    form: str, tmp_path: Path, source: pkzone.Catalogue
) -> None:
    head, columns = blocks(pkzone.map(catalogue=source, tagged=table(form, tmp_path)))
    assert head["degrees"] == [[x, y] for _, x, y, *_ in DRAWN]
    assert head["days"] == [row[3] for row in DRAWN]
    assert head["answers"] == [row[6] for row in DRAWN]
    assert head["rows"] == [1, 2, 3, 4, 5, 8]
    assert (head["layer"], head["without_date"], head["without_place"]) == ("zone", 1, 1)
    nothing = "" if form == "csv" else None
    assert columns["who"] == [row[0] for row in DRAWN]
    assert columns["zone_answer"] == [nothing if row[6] is None else row[6] for row in DRAWN]
    if form in ("csv", "parquet", "frame"):
        made = str if form == "csv" else float
        assert columns["lon"] == [made(row[1]) for row in DRAWN]


def test_a_page_of_many_columns_and_values_is_read_back(
    tmp_path: Path, source: pkzone.Catalogue
) -> None:
    random = np.random.default_rng(7)
    count = 66_000
    frame = pd.DataFrame({
        "lon": random.uniform(46, 47, count).round(6),
        "lat": random.uniform(39, 40, count).round(6),
        "mixed": random.permutation(np.arange(count) % 65_537),  # more than two bytes can number
        "many": random.integers(0, 300, count),
        "tag_date": np.datetime_as_string(
            np.datetime64("2021-01-01") + random.integers(0, 900, count), "D"),
        "zone_version": "2021-01-01", "zone_answer": random.choice(["inside", "outside"], count),
    })  # fmt: skip
    path = tmp_path / "t.parquet"
    frame.to_parquet(path)
    head, columns = blocks(pkzone.map(catalogue=source, tagged=path, compare="none"))
    assert {name: frame[name].tolist() for name in frame} == columns
    assert np.allclose(head["degrees"], frame[["lon", "lat"]], atol=1e-9)


def test_any_text_and_value_is_kept_as_data(tmp_path: Path, source: pkzone.Catalogue) -> None:
    path = as_csv(tmp_path / "t.csv", [(one, *ROWS[0][1:]) for one in HOSTILE if one != "\x00"])
    page = pkzone.map(catalogue=source, tagged=path)
    assert blocks(page)[1]["who"] == [one for one in HOSTILE if one != "\x00"]
    html = page.to_html()
    assert "alert(1)" not in html
    assert "{{7*7}}" not in html
    frame = (
        as_frame()
        .iloc[:2]
        .assign(who=[{"a": [1, None]}, 2**63 + 1], **{"</script>": [float("nan"), True]})
    )
    assert blocks(pkzone.map(catalogue=source, tagged=frame))[1] | {} == {
        **{name: [row[i] for row in ROWS[:2]] for i, name in enumerate(NAMES)},
        "who": [{"a": [1, None]}, str(2**63 + 1)], "</script>": [None, True],
    }  # fmt: skip


def test_what_tag_returns_is_shown(source: pkzone.Catalogue) -> None:
    frame = as_frame()[["who", "lon", "lat"]].assign(day=[row[3] for row in ROWS])
    tagged = pkzone.tag(frame, ["zone"], time="day", catalogue=source, prefix="p_")
    head, columns = blocks(pkzone.map(catalogue=source, tagged=tagged))
    assert head["answers"] == [row[6] for row in DRAWN]
    assert columns["p_zone_version"] == [row[5] for row in DRAWN]


def test_lines_and_areas_stand_at_a_point_on_them(source: pkzone.Catalogue) -> None:
    line = LineString([(46.1, 39.1), (46.3, 39.3), (46.3, 39.5)])
    frame = gpd.GeoDataFrame(
        {"tag_date": ["2021-06-01"], "zone_version": ["2021-06-01"], "zone_answer": ["partly"]},
        geometry=[line], crs="EPSG:4326",
    )  # fmt: skip
    head, _ = blocks(pkzone.map(catalogue=source, tagged=frame))
    assert head["has_shapes"]
    assert head["answers"] == ["partly"]
    assert line.distance(Point(head["degrees"][0])) < 1e-6


@pytest.mark.parametrize(
    ("days", "on", "opens"),
    [
        (["2021-03-01", "2022-01-01"], None, "2021-06-01"),  # the state it opens on has some
        (["2021-03-01"], None, "2021-01-01"),
        (["2021-03-01"], "2021-07-01", "2021-07-01"),
        (["2020-03-01"], None, "2021-06-01"),
        ([], None, "2021-06-01"),
    ],
)
def test_a_map_opens_on_a_state_with_records(
    days: list[str], on: str | None, opens: str, source: pkzone.Catalogue, tmp_path: Path
) -> None:
    path = as_csv(
        tmp_path / "t.csv", [("a", 46, 39, day, "", "2021-01-01", "inside") for day in days]
    )
    assert pkzone.map(catalogue=source, tagged=path, on=on).content["on"] == opens


@pytest.mark.parametrize(
    ("names", "rows", "said"),
    [
        (("who", "lon", "lat"), [], "has no column tag_date; give a table that pkzone tag wrote"),
        (("tag_date", "lon", "lat", "x_answer"), [], "has no column LAYER_answer with what is"),
        (("a_tag_date", "b_tag_date", "zone_answer"), [], "has several columns of dates"),
        (("tag_date", "zone_version", "zone_answer", "x", "lon", "lat"), [],
         "several columns may be the longitude: x, lon; name it with --lon COLUMN"),
        (("tag_date", "zone_version", "zone_answer"), [], "no column looks like the longitude"),
        (NAMES, [ROWS[0], ("b", 46, 39, "2021-02-30", "", "", "")],
         "row 2: 2021-02-30 in tag_date is not a date YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_is_no_tagged_table_is_refused(
    names: tuple[str, ...], rows: list[Any], said: str, tmp_path: Path, source: pkzone.Catalogue
) -> None:
    path = as_csv(tmp_path / "t.csv", rows, names)
    with pytest.raises(ColumnError, match=said.replace("(", r"\(")) as caught:
        pkzone.map(catalogue=source, tagged=path)
    assert str(caught.value).startswith(str(path))


def test_places_are_read_from_the_columns_named(tmp_path: Path, source: pkzone.Catalogue) -> None:
    names = ("east", "north", *NAMES[3:])
    path = as_csv(tmp_path / "t.csv", [ROWS[0][1:]], names)
    head, _ = blocks(pkzone.map(catalogue=source, tagged=path, lon="east", lat="north"))
    assert head["degrees"] == [[46.2, 39.5]]
    with pytest.raises(BadOption, match="lon and lat name columns of a tagged table"):
        pkzone.map(catalogue=source, lon="east", lat="north")
    with pytest.raises(BadOption, match="neither a file nor a frame"):
        pkzone.map(catalogue=source, tagged={"tag_date": []})


def test_more_than_a_page_shows_is_refused(
    tmp_path: Path, source: pkzone.Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_csv(tmp_path / "t.csv")
    monkeypatch.setattr(packing, "MOST_RECORDS", len(DRAWN))
    pkzone.map(catalogue=source, tagged=path)
    monkeypatch.setattr(packing, "MOST_RECORDS", len(DRAWN) - 1)
    with pytest.raises(MapTooLarge, match=r"more than 5 records .* filter the table, or take"):
        pkzone.map(catalogue=source, tagged=path)
    monkeypatch.undo()
    wide = as_csv(tmp_path / "w.csv", [(str(i) * 200, *ROWS[0][1:]) for i in range(100)])
    monkeypatch.setattr(packing, "MOST_BYTES", 20_000)
    with pytest.raises(MapTooLarge, match="leave columns out, or filter the table"):
        pkzone.map(catalogue=source, tagged=wide)


def test_versions_of_another_catalogue_are_told(tmp_path: Path, source: pkzone.Catalogue) -> None:
    path = as_csv(tmp_path / "t.csv", [("a", 46, 39, "2021-02-01", "", "1999-01-01", "inside")])
    (notice,) = pkzone.map(catalogue=source, tagged=path).notices
    assert "was tagged by zone@1999-01-01, which the catalogue of this map does not have" in str(
        notice
    )
    assert pkzone.map(catalogue=source, tagged=as_csv(path)).notices == ()


def test_a_page_without_records_has_none_of_their_script(source: pkzone.Catalogue) -> None:
    plain = pkzone.map(catalogue=source)
    assert "records_here" not in plain.to_html()
    assert "--pk-inside" not in plain.to_html()
    told = pkzone.map(catalogue=source, tagged=as_frame())
    assert "records_here" in told.to_html()
    assert told.to_html() == pkzone.map(catalogue=source, tagged=as_frame()).to_html()


def test_command_writes_a_map_with_records(tmp_path: Path, source: pkzone.Catalogue) -> None:
    path, out = as_csv(tmp_path / "t.csv"), tmp_path / "m.html"
    run = ["map", "--catalogue", str(source.root), "-o", str(out), "--with"]
    done = CliRunner().invoke(program, [*run, str(path), "--lon", "lon", "--lat", "lat"])
    assert done.exit_code == 0, done.stderr
    assert block_of(out.read_text("utf-8"), "pkzone-records")[0]["count"] == len(DRAWN)
    refused = CliRunner().invoke(program, [*run, str(tmp_path / "none.csv"), "--overwrite"])
    assert refused.exit_code == 3
    assert refused.stderr.strip().endswith("none.csv: there is no such file")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, source: pkzone.Catalogue) -> None:
    path = as_csv(tmp_path / "t.csv", ROWS[:1])
    path.write_bytes(path.read_bytes().replace(b"a,46", b"\xff,46"))
    with pytest.raises(FormatError, match="not UTF-8"):
        pkzone.map(catalogue=source, tagged=path)


def test_fixed_maps_and_files_show_records_too(tmp_path: Path, source: pkzone.Catalogue) -> None:
    fixed = pkzone.map("zone@2021-01-01", catalogue=source, tagged=as_frame())
    assert fixed.content["dates"] == ["2021-01-01"]
    assert blocks(fixed)[0]["count"] == len(DRAWN)
    path = tmp_path / "mine.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": STATES["2021-01-01"]}))
    alone = pkzone.map(path, catalogue=source, tagged=as_frame())
    assert alone.content["on"] is None
    assert blocks(alone)[0]["count"] == len(DRAWN)
    assert date.fromisoformat(fixed.content["on"]) == date(2021, 1, 1)
