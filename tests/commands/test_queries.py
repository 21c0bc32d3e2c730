"""The commands that answer questions: what they print, refuse, and exit with."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import manifest, write_catalogue
from tests.helpers.program import Run


def test_events_as_text_csv_and_json(run: Run) -> None:
    text = run("events")
    assert (text.code, text.err) == (0, "")
    assert text.out.splitlines()[0] == "2020-11-10  Ceasefire statement"
    rows = list(csv.DictReader(io.StringIO(run("events", "--layer", "zone", "-f", "csv").out)))
    assert [(row["id"], row["addresses"]) for row in rows] == [
        ("ceasefire", "https://example.org/statement")
    ]
    whole = json.loads(run("events", "--from", "2022-08-15", "--to", "2022", "--json").out)
    assert whole["schema"] == "pkzone.events/1"
    assert [row["id"] for row in whole["rows"]] == ["new-road"]


def test_at_a_point_on_a_day_and_through_time(run: Run) -> None:
    day = run("at", "46.75,39.75", "2021-01-01")
    assert (day.code, day.err) == (0, "")
    assert day.out.splitlines()[0] == "46.75,39.75 on 2021-01-01"
    assert "inside Core" in day.out
    life = json.loads(run("at", "46.75,39.75", "--json").out)
    assert life["schema"] == "pkzone.at/1"
    assert life["rows"][0]["valid_from"] == "2020-11-10"


def test_features_and_what_they_rest_on(run: Run) -> None:
    out = run("sources", "--features", "--at-most", "1", "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["source_count"] for row in rows} == {"1"}
    assert ("corridor", "lachin-new", "bbc-2020") in {
        (row["layer"], row["feature"], row["sources"]) for row in rows
    }
    named = json.loads(run("sources", "zone", "--features", "--source", "bbc-2020", "--json").out)
    assert (named["schema"], named["rows"]) == ("pkzone.feature-sources/1", [])
    assert named["notes"] == ["No feature fits."]


def test_markdown_of_a_day_and_of_a_life(run: Run) -> None:
    day = run("at", "46.75,39.75", "2021-01-01", "-f", "markdown").out.splitlines()
    assert day[0] == "| what | 46.75,39.75 on 2021-01-01 |"
    assert day[2].startswith("| as drawn | inside Core")
    life = run("at", "46.75,39.75", "-f", "markdown").out.splitlines()
    assert life[0].startswith("| from | until | stated |")
    assert life[2].startswith("| 2020-11-10 | 2022-08-30 |")


def test_a_longitude_in_the_west_is_no_option(run: Run) -> None:
    assert "-3.7,40.4 on 2021-01-01" in run("at", "-3.7,40.4", "2021-01-01").out
    assert run("at", "2.3,-48.9", "2021-01-01", "-f", "csv").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["at"], 2, "Missing argument"),
        (["at", "--where", "46,39"], 2, "No such option"),
        (["at", "46,39", "--overwrit"], 2, "Did you mean"),
        (["at", "Nowhere"], 3, "has no places to find Nowhere among; write a point, LON,LAT"),
        (["at", "39.7,46.6"], 3, "did you mean 46.6,39.7?"),
        (["at", "46.6,39.7", "2019-01-01"], 3, "the first is 2020-11-10"),
        (["events", "--layer", "zon"], 3, "did you mean zone?"),
        (["events", "--kind", "aid"], 2, "its events have no kinds"),
        (["events", "--from", "2022", "--to", "2021"], 3, "the end is before the start"),
        (["sources", "--at-most", "1"], 2, "are for --features; add it"),
        (["sources", "--source", "bbc-2020"], 2, "are for --features; add it"),
        (["sources", "--features", "--source", "bbc"], 3, "no source bbc"),
        (["sources", "--features", "--at-most", "-1"], 2, "0 or more, not -1"),
        (["events", "-o", "x.xyz"], 2, "its extension chooses no format"),
    ],
)
def test_what_is_refused(run: Run, arguments: list[str], code: int, said: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "layers",
        "log zone",
        "on 2022-09-01",
        "show corridor",
        "series zone",
        "history zone",
        "events",
        "diff zone@2020-11-10 zone@2024-06-12",
    ],
)
def test_a_language_without_words_is_said(run: Run, small_root: Path, command: str) -> None:
    write_catalogue(small_root, manifest() | {"languages": ["en", "el"]})
    ended = run(*command.split(), "--lang", "el")
    assert ended.code == 0
    assert "pkzone: Names and titles are in el where the catalogue has them; all" in ended.err
