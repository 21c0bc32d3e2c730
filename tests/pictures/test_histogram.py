"""Records counted over time: bars equal an independent count, switches and events stand right."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption, BadReference, ColumnError
from pkzone.pictures.histogram import MOST_BARS, bins
from pkzone.tagging.read_tagged import ANSWERS
from tests.helpers.drawn_catalogue import feature, square, write

SVG = "{http://www.w3.org/2000/svg}"
AREA = [feature("core", square(46, 39, 1), name="Core")]
EVENTS = [
    {"id": "e1", "date": "2021-03", "title": "In <March> $x^2$", "layers": ["zone"]},
    {"id": "e2", "date": "2021-06-01", "title": "The switch", "layers": []},
    {"id": "e3", "date": "2021-05-01", "title": "Elsewhere", "layers": ["places"]},
    {"id": "e4", "date": "2030-05-01", "title": "Too late", "layers": ["zone"]},
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> pkzone.Catalogue:
    layers = {
        "zone": {"2021-01-01": AREA, "2021-06-01": AREA, "2022-06-01": []},
        "other": {"2021-01-01": AREA},
    }
    events = [{"sources": [], "summary": "", **one} for one in EVENTS]
    root = write(
        tmp_path_factory.mktemp("counts") / "c", layers, events=events,
        version_events={"2021-06-01": ["e2"]},
    )  # fmt: skip
    return pkzone.catalogue(root)


def table(days: int, count: int = 3_000, first: str = "2021-01-15") -> pd.DataFrame:
    random = np.random.default_rng(days)
    dates = np.datetime64(first) + random.integers(0, days, count)
    dates[:2] = np.datetime64(first), np.datetime64(first) + np.timedelta64(days - 1, "D")
    answers = random.choice(["inside", "outside", "uncertain", "partly", None], count)
    frame = pd.DataFrame(
        {"tag_date": np.datetime_as_string(dates, "D"), "zone_version": "x", "zone_answer": answers}
    )
    frame.loc[5::100, "tag_date"] = None
    return frame


def bars(picture: Any) -> dict[tuple[str, int], float]:
    """The heights of the bars of a drawn SVG by first day and answer."""
    root = ET.fromstring(picture.to_bytes("svg"))  # noqa: S314 - our own
    found = {}
    for group in root.iter(f"{SVG}g"):
        name = group.get("id", "")
        if name.startswith("bar/"):
            _, day, answer = name.split("/")
            numbers = [
                list(map(float, re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))))
                for path in group.iter(f"{SVG}path")
            ]
            ys = numbers[0][1::2]
            found[day, int(answer)] = max(ys) - min(ys)
    return found


@pytest.mark.parametrize(
    ("days", "unit", "rule"), [(40, "day", "D"), (300, "week", "W-SUN"), (900, "month", "M")]
)
def test_bars_are_as_high_as_pandas_counts(
    days: int, unit: str, rule: str, source: pkzone.Catalogue, tmp_path: Path
) -> None:
    frame = table(days)
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    kept = frame.dropna(subset="tag_date")
    periods = pd.to_datetime(kept.tag_date).dt.to_period(rule)
    counted = Counter(
        zip(
            periods.dt.start_time.dt.strftime("%Y-%m-%d"),
            kept.zone_answer.map(lambda one: ANSWERS.index(one) if one in ANSWERS else 4),
            strict=True,
        )
    )
    for tagged in (path, frame):
        picture = pkzone.picture(tagged=tagged, catalogue=source)
        content = picture.content
        assert content.unit == unit
        assert {
            (str(start), answer): int(count)
            for start, row in zip(content.starts, content.counts, strict=False)
            for answer, count in enumerate(row)
            if count
        } == counted
    heights = bars(picture)
    assert heights.keys() == counted.keys()
    one = sum(heights.values()) / sum(counted.values())
    assert all(abs(heights[key] - one * counted[key]) < 0.05 for key in counted)


def test_versions_and_events_are_marked_and_told(source: pkzone.Catalogue) -> None:
    picture = pkzone.picture("zone", tagged=table(900), catalogue=source, title="A <b>title")
    assert [one.day for one in picture.content.switches] == [
        date(2021, 1, 1), date(2021, 6, 1), date(2022, 6, 1),
    ]  # fmt: skip
    assert [(one.day, one.text) for one in picture.content.events] == [
        (date(2021, 3, 1), "In <March> $x^2$"), (date(2021, 6, 1), "The switch"),
    ]  # fmt: skip
    root = ET.fromstring(picture.to_bytes("svg"))  # noqa: S314 - our own
    said = [one.text or "" for one in root.iter(f"{SVG}text")]
    for text in (
        "A <b>title", "Records per month", "Date", "1  2021-03-01: In <March> $x^2$",
        "b  2021-06-01: A state", "Data: A drawn zone, CC0", "Inside: ",
    ):  # fmt: skip
        assert any(one.startswith(text) for one in said), text
    assert not any("map" in one for one in said)  # a chart is none
    assert any(one.startswith("Records are compared with the layer as drawn") for one in said)
    assert any("30 without a date are left out" in one for one in said)
    ids = {one.get("id") for one in root.iter(f"{SVG}g")}
    assert {"switch/2021-06-01/2", "switch/2022-06-01/3"} <= ids


def test_files_are_the_same_every_time_in_each_form(source: pkzone.Catalogue) -> None:
    picture = pkzone.picture(
        tagged=table(20), catalogue=source, width_cm=9, theme="dark", lang="ru"
    )
    for form, start in (("png", b"\x89PNG"), ("pdf", b"%PDF-")):
        assert picture.to_bytes(form).startswith(start)
    drawn = picture.to_bytes("svg")
    assert drawn == picture.to_bytes("svg")
    assert "Записей за день" in drawn.decode()


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"on": "2021-01-01"}, BadOption, "records are counted over all dates; leave out the day"),
        ({"refs": ("zone", "other")}, BadOption, "name one LAYER, or none"),
        ({"refs": ("zone@2021-01-01",)}, BadOption, "name a LAYER alone"),
        ({"refs": ("other",)}, ColumnError, "has no column other_answer; it was tagged by zone"),
        ({"tagged": table(9).iloc[:0]}, BadReference, "no record has a date; there is nothing to"),
        ({"tagged": table(9).drop(columns="tag_date")}, ColumnError, "has no column tag_date"),
        ({"tagged": table(9).drop(columns="zone_answer")}, ColumnError, "no column LAYER_answer"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    options: dict[str, Any], error: type[Exception], said: str, source: pkzone.Catalogue
) -> None:
    given = {"tagged": table(9), **options}
    with pytest.raises(error, match=re.escape(said)):
        pkzone.picture(*given.pop("refs", ()), catalogue=source, **given)


def test_command_draws_the_count(tmp_path: Path, source: pkzone.Catalogue) -> None:
    path, out = tmp_path / "t.csv", tmp_path / "p.svg"
    table(30).to_csv(path, index=False)
    run = ["picture", "--catalogue", str(source.root), "-o", str(out), "--with", str(path)]
    done = CliRunner().invoke(program, run)
    assert done.exit_code == 0, done.stderr
    assert "t.csv: 2,970 records" in out.read_text("utf-8")
    empty = tmp_path / "e.csv"
    table(30).iloc[:0].to_csv(empty, index=False)
    refused = CliRunner().invoke(program, [*run[:-1], str(empty), "--overwrite"])
    assert refused.exit_code == 3
    assert "e.csv: no record has a date" in refused.stderr


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        ("2021-01-01", "2021-01-01", "day"), ("2021-01-01", "2021-03-03", "day"),
        ("2021-01-01", "2021-03-04", "week"), ("2021-01-01", "2024-12-31", "month"),
        ("2021-01-01", "2026-12-31", "year"), ("0001-01-01", "9999-12-31", "year"),
        ("9999-12-30", "9999-12-31", "day"),
    ],
)  # fmt: skip
def test_units_hold_the_span_in_few_bars(first: str, last: str, unit: str) -> None:
    name, edges = bins(date.fromisoformat(first), date.fromisoformat(last))
    starts = edges.tolist()
    assert name == unit
    assert starts == sorted(starts)
    assert starts[0] <= date.fromisoformat(first)
    assert unit == "year" or len(starts) - 1 <= MOST_BARS
    assert starts[-1] > date.fromisoformat(last) or starts[-1] == date.max


@pytest.mark.parametrize("width_cm", [6, 18, 60])
@pytest.mark.parametrize("days", [1, 2, 5, 31, 62, 100, 400, 3_000, 40_000, 2_900_000])
def test_dates_and_numbers_at_the_axes_never_crowd(
    days: int, width_cm: float, source: pkzone.Catalogue
) -> None:
    frame = pd.DataFrame({"tag_date": ["1999-02-03"] * 2, "zone_version": "x", "zone_answer": None})
    last = date.fromordinal(date(1999, 2, 3).toordinal() + days - 1)
    frame.loc[1, "tag_date"] = last.isoformat()
    picture = pkzone.picture(tagged=frame, catalogue=source, width_cm=width_cm)
    root = ET.fromstring(picture.to_bytes("svg"))  # noqa: S314 - our own
    axes = next(one for one in root.iter(f"{SVG}g") if one.get("id", "").startswith("axes_"))
    texts = [one.text or "" for one in axes.iter(f"{SVG}text")]
    dates = [one for one in texts if re.fullmatch(r"\d{4}(-\d\d){0,2}", one)]
    assert 1 <= len(dates) <= 1.2 * width_cm + 2
    assert dates == sorted(set(dates))
    assert "0" in texts
    assert {"1", "2"} & set(texts)
