"""The commands that answer questions: what they print, refuse, and exit with."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.helpers.program import Run


def test_events_as_text_csv_and_json(run: Run) -> None:
    text = run("events")
    assert (text.code, text.err) == (0, "")
    assert "2020-11-10  Ceasefire statement" in text.out.splitlines()[0]
    rows = list(csv.DictReader(io.StringIO(run("events", "--layer", "zone", "-f", "csv").out)))
    assert [(row["id"], row["addresses"]) for row in rows] == [
        ("ceasefire", "https://example.org/statement")
    ]
    whole = json.loads(run("events", "--from", "2022-08-15", "--to", "2022", "--json").out)
    assert whole["schema"] == "pkzone.events/1"
    assert [row["id"] for row in whole["rows"]] == ["new-road"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["events", "--layer", "zon"], 3, "did you mean zone?"),
        (["events", "--kind", "aid"], 3, "its events have no kinds"),
        (["events", "--from", "2022", "--to", "2021"], 3, "the end is before the start"),
        (["events", "-o", "x.xyz"], 2, "its ending chooses no format"),
    ],
)
def test_what_is_refused(run: Run, arguments: list[str], code: int, said: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert result.err.count("\n") == 1
