"""Events: which belong to a layer, a feature, a span, a kind or a source."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import Catalogue
from pkzone.errors import (
    BadDate,
    BadOption,
    FeatureNotFound,
    LayerNotFound,
    SourceNotFound,
)
from pkzone.layers.dates import overlaps
from tests.helpers.drawn_catalogue import feature, line, point, write

DATA = Path(pkzone.catalogue().root)
SHIPPED: list[dict[str, Any]] = json.loads((DATA / "events.json").read_text(encoding="utf-8"))


def ids(**wanted: Any) -> list[str]:
    return [row["id"] for row in pkzone.events(**wanted).records()]


def test_every_event_is_there_by_date() -> None:
    rows = pkzone.events().records()
    assert {row["id"] for row in rows} == {event["id"] for event in SHIPPED}
    dates = [row["date"] for row in rows]
    assert [one[:4] for one in dates] == sorted(one[:4] for one in dates)


def test_a_row_has_what_the_file_says() -> None:
    given = {event["id"]: event for event in SHIPPED}
    for row in pkzone.events().records():
        event = given[row["id"]]
        for key in ("date", "kind", "title", "summary", "certainty", "layers", "features"):
            assert row[key] == event[key]
        assert row["note"] == event.get("note")
        assert row["sources"] == event["sources"]
        assert len(row["addresses"]) == len(row["sources"])


def test_an_event_concerns_a_layer_by_name_by_feature_or_by_version() -> None:
    manifest = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    cited = {
        event
        for resource in manifest["resources"]
        if resource.get("layer") == "corridor"
        for event in resource["events"]
    }
    wanted = {
        event["id"]
        for event in SHIPPED
        if "corridor" in event["layers"]
        or any(one.startswith("corridor/") for one in event["features"])
        or event["id"] in cited
    }
    assert set(ids(layer="corridor")) == wanted
    assert len(wanted) > len(cited)  # some explain no version


def test_incidents_have_a_certainty_and_the_accounts_of_both_sides() -> None:
    table = pkzone.events(kind="incident", start="2023-04-11", end="2023-06-15")
    rows = {row["id"]: row for row in table.records()}
    assert list(rows) == ["tegh-clash-2023-04-11", "hakari-flag-incident"]
    assert {row["certainty"] for row in rows.values()} == {"corroborated"}
    assert "Each side says that the other fired first" in rows["tegh-clash-2023-04-11"]["summary"]
    text = " ".join(table.to_text().split())
    assert "Armenia says that Azerbaijani border guards tried to cross the bridge" in text
    assert "Azerbaijan says that one of its border guards was wounded" in text


def test_csv_has_a_line_for_each_event_with_addresses() -> None:
    rows = list(csv.DictReader(io.StringIO(pkzone.events("corridor").to_csv())))
    assert [row["id"] for row in rows] == ids(layer="corridor")
    moves = next(row for row in rows if row["id"] == "corridor-moves-2022")
    assert moves["date"] == "2022-08-30"
    assert "corridor@2022-08-30" in moves["versions"].split("; ")
    assert "https://" in moves["addresses"]


@pytest.mark.parametrize(
    ("when", "first", "last", "counts"),
    [
        ("2021-07", date(2021, 7, 31), date(2021, 7, 31), True),
        ("2021-07", date(2021, 6, 1), date(2021, 6, 30), False),
        ("2021-07", date(2021, 6, 1), date(2021, 7, 1), True),
        ("2021-07", date(2021, 8, 1), date.max, False),
        ("2021", date(2021, 12, 31), date.max, True),
        ("2021-07-03", date(2021, 7, 3), date(2021, 7, 3), True),
        ("2021-07-03", date(2021, 7, 4), date.max, False),
        ("2021-07-03", date.min, date(2021, 7, 2), False),
    ],
)
def test_a_partial_date_counts_where_it_overlaps(
    when: str, first: date, last: date, counts: bool
) -> None:
    assert overlaps(when, first, last) is counts


LAYERS = {
    "road": {"2020-01-01": [feature("a", line((46, 39), (47, 40)))]},
    "towns": {"2020-01-01": [feature("a", point(46, 39)), feature("b", point(46, 39.5))]},
}
EVENTS = [
    {"id": "one", "date": "2021-07", "title": "One", "layers": ["road"], "sources": ["s"]},
    {"id": "two", "date": "2021-08-01", "title": "Two", "features": ["towns/a"], "kind": "aid"},
    {"id": "three", "date": "2021-08-02", "title": "Three"},
]
SOURCES = [{"id": "s", "title": "S"}, {"id": "t", "title": "T"}]


@pytest.fixture
def own(tmp_path: Path) -> Catalogue:
    root = write(
        tmp_path / "own", LAYERS, events=EVENTS, sources=SOURCES,
        version_events={"2020-01-01": ["three"]}, time_zone="+04:00",
    )  # fmt: skip
    return pkzone.catalogue(root)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["one", "two", "three"]),
        ({"layer": "road"}, ["one", "three"]),
        ({"layer": "towns"}, ["two", "three"]),
        ({"feature": "a"}, ["two"]),
        ({"feature": "towns/a"}, ["two"]),
        ({"feature": "road/a"}, []),
        ({"feature": "b"}, []),
        ({"feature": "a", "layer": "road"}, []),
        ({"start": "2021-07-31", "end": "2021-08-01"}, ["one", "two"]),
        ({"start": "2021-08"}, ["two", "three"]),
        ({"end": date(2021, 7, 1)}, ["one"]),
        ({"start": "2022"}, []),
        ({"start": "2021-8-2", "end": "2021-08-01T20:30:00Z"}, ["three"]),
        ({"kind": "aid"}, ["two"]),
        ({"kind": ["aid"]}, ["two"]),
        ({"source": "s"}, ["one"]),
        ({"source": "t"}, []),
    ],
)
def test_what_fits(own: Catalogue, wanted: dict[str, Any], found: list[str]) -> None:
    table = pkzone.events(catalogue=own, **wanted)
    assert [row["id"] for row in table.records()] == found
    assert bool(table.notes) is not bool(found)


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"layer": "raod"}, LayerNotFound, "did you mean road"),
        ({"kind": "ald"}, BadOption, r"no events of kind ald; did you mean aid\? kinds: aid"),
        ({"kind": "incident"}, BadOption, "no events of kind incident; kinds: aid"),
        ({"feature": "c"}, FeatureNotFound, "no layer has a feature c"),
        ({"feature": "towns/c"}, FeatureNotFound, "layer towns has no feature c"),
        ({"feature": "sea/a"}, LayerNotFound, "no layer sea"),
        ({"source": "u"}, SourceNotFound, "no source u"),
        ({"start": "soon"}, BadDate, "'soon'"),
        ({"start": "2022", "end": "2021"}, BadDate, "the end is before the start"),
    ],
)
def test_what_is_refused(
    own: Catalogue, wanted: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        pkzone.events(catalogue=own, **wanted)


def test_a_catalogue_whose_events_have_no_kinds_says_so(tmp_path: Path) -> None:
    root = write(tmp_path / "own", LAYERS, events=[EVENTS[2]])
    with pytest.raises(BadOption, match="its events have no kinds"):
        pkzone.events(kind="aid", catalogue=root)


def test_a_source_that_is_not_listed_has_no_address(tmp_path: Path) -> None:
    root = write(tmp_path / "own", LAYERS, events=[EVENTS[0]])
    (row,) = pkzone.events(catalogue=root).records()
    assert (row["sources"], row["addresses"]) == (["s"], [""])


def test_a_note_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    root = write(tmp_path / "own", LAYERS, events=[{**EVENTS[2], "note": None}])
    assert pkzone.events(catalogue=root).records()[0]["note"] is None


def test_an_empty_catalogue_has_no_events(tmp_path: Path) -> None:
    table = pkzone.events(catalogue=write(tmp_path / "own", {"road": {}}))
    assert table.rows == ()
    assert table.to_text() == "No event is known that fits.\n"
    assert table.to_frame().empty
