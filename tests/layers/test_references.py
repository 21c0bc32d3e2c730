"""References: what names a layer, and what names a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import BadDate, BadReference, VersionNotFound
from pkzone.layers.model import Layer, Version
from pkzone.layers.references import (
    FileReference,
    LayerReference,
    RangeReference,
    parse,
    parse_range,
)

LAYERS = ("zone", "corridor")


@pytest.mark.parametrize(
    ("text", "layer", "version"),
    [
        ("zone", "zone", None),
        ("zone@latest", "zone", None),
        ("zone@2022-08-30", "zone", "2022-08-30"),
        ("zone@2022-08-30.2", "zone", "2022-08-30.2"),
        ("unheard-of", "unheard-of", None),
        ("unheard-of@2022-08-30", "unheard-of", "2022-08-30"),
    ],
)
def test_a_layer(text: str, layer: str, version: str | None) -> None:
    assert parse(text, LAYERS) == LayerReference(layer, version)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "./zone",
        "data/zone",
        "/data/zone",
        "road.geojson",
        "road.json",
        "ROAD.GeoJSON",
        "zone.json",
        "data/zone@2022-08-30",
        "zone@2022-08-30.geojson",
    ],
)
def test_a_path(text: str) -> None:
    assert parse(text, LAYERS) == FileReference(text)


@pytest.mark.parametrize("text", ["", "@", "@2022-08-30", "zone@", "zone@2022-08-30@latest"])
def test_neither(text: str) -> None:
    with pytest.raises(BadReference, match="write LAYER, LAYER@VERSION"):
        parse(text, LAYERS)


def test_a_file_without_an_ending_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("road").write_text("{}", encoding="utf-8")
    assert parse("road", LAYERS) == FileReference("road")


def test_a_file_never_hides_a_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zone").write_text("{}", encoding="utf-8")
    Path("zone@2022-08-30").write_text("{}", encoding="utf-8")
    assert parse("zone", LAYERS) == LayerReference("zone", None)
    assert parse("zone@2022-08-30", LAYERS) == LayerReference("zone", "2022-08-30")


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("roads").mkdir()
    assert parse("roads", LAYERS) == LayerReference("roads", None)


def test_a_path_object_is_always_a_file() -> None:
    assert parse(Path("zone"), LAYERS) == FileReference("zone")


def test_a_null_character_opens_nothing() -> None:
    assert parse("zo\0ne", LAYERS) == LayerReference("zo\0ne", None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("zone@2022-08..2023-04-28", "2022-08", "2023-04-28"),
        ("zone@2022-08-30.2..2023-4-28", "2022-08-30.2", "2023-4-28"),
        ("zone@2022-08-30..", "2022-08-30", None),
        ("zone@2022-08-30..latest", "2022-08-30", None),
        ("zone@..2022-08-30T10:00:00.5Z", None, "2022-08-30T10:00:00.5Z"),
    ],
)
def test_a_range(text: str, first: str | None, last: str | None) -> None:
    assert parse_range(text, LAYERS) == RangeReference("zone", first, last)
    with pytest.raises(BadReference, match="is a range of versions, and here one is wanted"):
        parse(text, LAYERS)


@pytest.mark.parametrize(
    "text",
    [
        "zone@..",
        "@2022..2023",
        "zone@2022...2023",
        "zone@2022..2023..2024",
        "zone@1..@2",
        "zone@...",
    ],
)
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(BadReference, match=r"is not a range of versions; write LAYER@A\.\.B"):
        parse_range(text, LAYERS)


def test_one_version_stands_where_a_range_may() -> None:
    assert parse_range("zone@2022-08-30", LAYERS) == LayerReference("zone", "2022-08-30")
    assert parse_range("zone", LAYERS) == LayerReference("zone")


@pytest.mark.parametrize("text", ["-", "./zone@2022..2023", "zone@2022..2023.geojson", "a..b/zone"])
def test_a_file_has_no_versions(text: str) -> None:
    assert parse(text, LAYERS) == FileReference(text)
    with pytest.raises(BadReference, match="names a file, which has no versions"):
        parse_range(text, LAYERS)


def test_a_feature_with_its_layer_is_told_how_to_write_it() -> None:
    with pytest.raises(BadReference, match="'pkzone history zone core'"):
        parse_range("zone/core", LAYERS)


def layer_of(ids: Sequence[str], zone: str = "UTC") -> Layer:
    """A layer with versions of these ids, oldest first, and nothing else about them."""
    versions = tuple(Version.of(id=one, valid_from=date.fromisoformat(one[:10])) for one in ids)
    return Layer("zone", "Zone", "", versions, versions, zone)


START = date(2022, 1, 28)
DAYS = st.integers(0, 70).map(lambda days: START + timedelta(days=days))


def in_force(layer: Layer, day: date) -> str | None:
    """The newest version that does not begin later, found by looking at each."""
    return next((one.id for one in reversed(layer.versions) if one.valid_from <= day), None)


@given(st.lists(DAYS, min_size=1, unique=True).map(sorted), DAYS, DAYS)
def test_a_range_holds_what_is_in_force_on_any_of_its_days(
    begins: list[date], first: date, last: date
) -> None:
    layer = layer_of([day.isoformat() for day in begins])
    reference = RangeReference("zone", first.isoformat(), last.isoformat())
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    expected = list(dict.fromkeys(filter(None, (in_force(layer, day) for day in days))))
    if expected:
        assert [one.id for one in reference.versions({"zone": layer})] == expected
        assert [one.id for one in layer.between(first, last)] == expected
    else:
        message = "exchange the two" if last < first else "no version of zone is in force by"
        with pytest.raises((BadDate, VersionNotFound), match=message):
            reference.versions({"zone": layer})


@given(st.lists(DAYS, min_size=1, unique=True).map(sorted), DAYS)
def test_an_open_range_goes_to_the_end(begins: list[date], day: date) -> None:
    layer = layer_of([one.isoformat() for one in begins])
    later = [one for one in begins if one > day]
    assert layer.between() == layer.versions
    begun = len(begins) - len(later)
    assert layer.between(first=day) == layer.versions[max(begun - 1, 0) :]
    if begun:
        assert layer.between(last=day) == layer.versions[:begun]
    else:
        with pytest.raises(VersionNotFound, match=f"the first is {begins[0]}"):
            layer.between(last=day)


@given(st.lists(DAYS, min_size=1, unique=True).map(sorted), st.sampled_from([1, 2, 3]))
def test_a_month_names_a_version_where_one_covers_it(begins: list[date], month: int) -> None:
    layer = layer_of([one.isoformat() for one in begins])
    days = [START + timedelta(days=one) for one in range(-40, 100)]
    states = {in_force(layer, day) for day in days if (day.year, day.month) == (2022, month)}
    text = f"2022-{month}"
    if len(states) == 1 and None not in states:
        assert {layer.find(text).id, layer.on(text).id} == states
    else:
        message = "is in force the whole of" if None in states else "changes within"
        with pytest.raises(VersionNotFound, match=message):
            layer.find(text)


def test_a_month_that_is_refused_names_the_versions() -> None:
    layer = layer_of(["2022-01-01", "2022-03-02", "2022-03-30", "2022-04-01"])
    with pytest.raises(
        VersionNotFound,
        match=r"changes within 2022-03; name a day, or one of its versions: "
        r"2022-01-01, 2022-03-02, 2022-03-30$",
    ):
        layer.find("2022-03")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2022-03-02", "2022-03-02", ["2022-03-02.2"]),
        ("2022-03-02.2", None, ["2022-03-02.2", "2022-04-01"]),
        ("2022-03-01", "2022-03-02", ["2022-01-01", "2022-03-02", "2022-03-02.2"]),
        ("2022-03-31T20:00Z", None, ["2022-04-01"]),
        (None, "2022-03-31T19:59Z", ["2022-01-01", "2022-03-02", "2022-03-02.2"]),
        ("2019", "2022-02", ["2022-01-01"]),
        ("2030", "2031", ["2022-04-01"]),
    ],
)
def test_the_ends_of_a_range(first: str | None, last: str | None, expected: list[str]) -> None:
    layer = layer_of(["2022-01-01", "2022-03-02", "2022-03-02.2", "2022-04-01"], "+04:00")
    assert [one.id for one in layer.between(first, last)] == expected


@pytest.mark.parametrize(
    ("first", "last", "error", "message"),
    [
        ("2022-03", "2022-02", BadDate, "a range from 2022-03 to 2022-02 runs backwards"),
        ("2022-01-01", "2021", BadDate, "runs backwards"),
        (None, "2021", VersionNotFound, "no version of zone is in force by 2021"),
        ("2022-03-02.7", None, VersionNotFound, "zone has no version 2022-03-02.7"),
        ("spring", None, BadDate, "zone@spring: 'spring' is not a version id"),
    ],
)
def test_what_is_no_end_of_a_range(
    first: str | None, last: str | None, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        layer_of(["2022-01-01", "2022-03-02"]).between(first, last)
