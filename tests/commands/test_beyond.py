"""Dates after the last that a catalogue knows: each command says so, once, in the same words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import pkzone
from tests.helpers.program import Run

# The newest version of the small catalogue is that of the zone, 2024-06-12.
WORDS = "not known after 2024-06-12: on 2030-01-01 it is the last known state"


def test_the_newest_version_is_the_last_known_day(small_root: Path) -> None:
    small = pkzone.catalogue(small_root)
    assert small.known_until == date(2024, 6, 12)
    assert small.beyond(date(2024, 6, 12)) == ""
    assert small.beyond(date(2030, 1, 1)) == WORDS


@pytest.mark.parametrize(
    ("released", "known"), [("2025-03-04", date(2025, 3, 4)), ("2021-01-01", date(2024, 6, 12))]
)
def test_a_release_counts_where_it_is_later(small_root: Path, released: str, known: date) -> None:
    path = small_root / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["created"] = f"{released}T00:00:00Z"
    path.write_text(json.dumps(package), encoding="utf-8")
    assert pkzone.catalogue(small_root).known_until == known


@pytest.mark.parametrize(
    "command",
    [
        "show zone@2030-01-01 -f json",
        "diff zone@2022-01-01 zone@2030-01-01",
        "diff zone@2030-01-01 zone@2030-01-01",
        "at 46.5,39.7 2030-01-01 -f csv",
        "export zone@2030-01-01 -o - -f geojson",
        "map --on 2030-01-01 -o map.html",
    ],
)
def test_a_note_on_stderr(run: Run, command: str) -> None:
    result = run(*command.split())
    assert result.code == 0
    assert result.err.count(WORDS) == 1
    assert f"pkzone: note: {WORDS}\n" in result.err
    early = run(
        *command.replace("2030-01-01", "2024-06-12").split(),
        *(["--overwrite"] * ("map" in command)),
    )
    assert early.code == 0
    assert "not known after" not in early.err


def test_a_note_of_a_table(run: Run) -> None:
    command = "on 2030-01-01"
    sentence = f"N{WORDS[1:]}."
    assert " ".join(run(*command.split()).out.split()).count(sentence) == 1
    assert json.loads(run(*command.split(), "--json").out)["notes"].count(sentence) == 1


def test_a_version_by_its_id_and_a_quiet_diff_have_none(run: Run) -> None:
    assert "not known" not in run("show", "zone@2024-06-12").err
    assert run("diff", "zone@2022-01-01", "zone@2030-01-01", "-q").err == ""
