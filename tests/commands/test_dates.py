"""Dates on a command line: written as people do, and ``today``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import pkzone
from pkzone.errors import BadDate
from tests.conftest import manifest, write_catalogue
from tests.helpers.program import Run


@pytest.mark.parametrize(
    ("command", "version"),
    [
        ("show corridor@2022-8-30 -f json", "2022-08-30"),  # as if the zero were there
        ("show corridor@2022-8-31 -f json", "2022-08-30.2"),
        ("show zone@2024-6-12 -f json", "2024-06-12"),
        ("show zone@2024-6-11 -f json", "2020-11-10"),
        ("show zone@2024-06-12T10:00:00Z -f json", "2024-06-12"),
        ("show zone@2024-05 -f json", "2020-11-10"),
    ],
)
def test_a_reference(run: Run, command: str, version: str) -> None:
    ended = run(*command.split())
    late = "not known after 2024-06-12: on 2025-01-01 it is the last known state"
    assert (ended.code, ended.err) == (0, f"pkzone: note: {late}\n" if "2025" in command else "")
    assert json.loads(ended.out)["version"] == version


def test_an_argument_and_options(run: Run) -> None:
    for line in ("on 2022-9-1", "on 2022-09-01T23:59", "on 2022-09-01 --known-on 2030-1-1"):
        assert run(*line.split(), "--json").out == run("on", "2022-09-01", "--json").out
    pages = [Path("a.html"), Path("b.html")]
    for page, day in zip(pages, ("2022-9-1", "2022-09-01"), strict=True):
        assert run("map", "--on", day, "-o", page).code == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("on 2022-08", "corridor changes within 2022-08; name a day, or one of its versions: "),
        ("on 2020", "no version of zone is in force the whole of 2020; the first is 2020-11-10"),
        ("on yesterday", "'yesterday' is not a date; write it as YYYY-MM-DD"),
        ("show zone@2024", "zone changes within 2024; name a day, or one of its versions: "),
        ("show zone@2022..2024", "is a range of versions, and here one is wanted"),
        ("map --on 2024-05 -o m.html", "'2024-05' is more than a day; name one, for example 2024"),
    ],
)
def test_what_is_no_day_is_one_line(run: Run, command: str, message: str) -> None:
    ended = run(*command.split())
    assert (ended.code, ended.out) == (3, "")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1


ZONES = {"-12:00": -12, "UTC": 0, "+14:00": 14}  # the civil dates of the first and last differ


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, small_root: Path) -> str:
    """The small catalogue keeps this time."""
    name: str = request.param
    write_catalogue(small_root, manifest() | {"time_zone": name})
    return name


@pytest.fixture
def days(zone: str) -> Callable[[], set[str]]:
    """From when it is made to when it is called: the civil dates that are today."""

    def now() -> str:
        return datetime.now(timezone(timedelta(hours=ZONES[zone]))).date().isoformat()

    before = now()
    return lambda: {before, now()}


def test_today_is_the_civil_date_of_the_catalogue(
    run: Run, zone: str, days: Callable[[], set[str]]
) -> None:
    ended = run("on", "today", "--known-on", "today", "--json")
    assert ended.code == 0
    date = json.loads(ended.out)["date"]
    assert date in days()
    assert ended.err == f"pkzone: note: today is {date} ({zone})\n"


@pytest.mark.parametrize("order", ["--catalogue {} on today", "on today --catalogue {}"])
def test_wherever_the_catalogue_is_named(
    run: Run, days: Callable[[], set[str]], small_root: Path, order: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("PKZONE_CATALOGUE")
    ended = run(*order.format(small_root).split(), "--json")
    assert json.loads(ended.out)["date"] in days()


def test_today_in_a_reference(run: Run) -> None:
    ended = run("show", "zone@today", "--json")
    assert json.loads(ended.out)["version"] == "2024-06-12"
    assert ended.err.startswith("pkzone: note: today is 20")
    assert run("diff", "zone@2020-11-10", "zone@today", "-q", "--exit-code").code == 1


def test_elsewhere_today_is_a_word(run: Run) -> None:
    Path("today").write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    Path("x@today").mkdir()
    assert "no such file" in run("show", "./x@today.geojson").err
    assert "the catalogue has no layer x" in run("show", "x@today").err
    assert run("show", "today").code == 0


def test_there_is_no_today_in_the_library(small_root: Path) -> None:
    small = pkzone.catalogue(small_root)
    with pytest.raises(BadDate):
        small.version("zone@today")
    with pytest.raises(BadDate):
        small["zone"].between("2020", "today")
    with pytest.raises(BadDate):
        pkzone.catalogue(small_root, known_on="today")


@pytest.mark.parametrize("text", ["2022-8-30", "2022-08-30T10:00", "2022-8-31", "2022-08-30"])
def test_the_library_reads_a_reference_as_the_command_line_does(
    run: Run, small_root: Path, text: str
) -> None:
    printed = json.loads(run("show", f"corridor@{text}", "--json").out)
    assert pkzone.catalogue(small_root).version(f"corridor@{text}").id == printed["version"]
