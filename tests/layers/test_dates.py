"""Dates: days, partial dates and version ids."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pkzone.errors import BadDate
from pkzone.layers.dates import interval_of, parse_day, parse_version_id


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2022-08-30", date(2022, 8, 30)),
        ("2024-02-29", date(2024, 2, 29)),
        (date(2020, 11, 10), date(2020, 11, 10)),
        (datetime(2020, 11, 10, 23, 59), date(2020, 11, 10)),
    ],
)
def test_a_day(value: str | date, day: date) -> None:
    parsed = parse_day(value)
    assert parsed == day
    assert type(parsed) is date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "2022-08",
        "2022-8-30",
        "20220830",
        "2022-W35-2",
        "2022-08-30T00:00",
        " 2022-08-30",
        "2022-08-30\n",
        "30.08.2022",
        "2022/08/30",
        "+2022-08-30",
        "٢٠٢٢-٠٨-٣٠",
        "2022-08-30.2",
        "latest",
        "2023-02-29",
        "2022-13-01",
        "2022-04-31",
        "2022-00-10",
        "0000-01-01",
        "2022-08-00",
    ],
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(BadDate) as caught:
        parse_day(text)
    assert "\n" not in str(caught.value)


def test_a_number_is_no_day() -> None:
    with pytest.raises(BadDate):
        parse_day(20220830)  # type: ignore[arg-type]


def test_an_impossible_day_is_told_from_a_bad_form() -> None:
    with pytest.raises(BadDate, match="'2022-02-30' is not in the calendar"):
        parse_day("2022-02-30")
    with pytest.raises(BadDate, match="write it as YYYY-MM-DD"):
        parse_day("30 August 2022")


def test_version_ids_sort_by_day_then_by_number() -> None:
    ids = ["2022-08-30.10", "2022-08-30", "2022-08-31", "2022-08-30.9", "2022-08-30.2"]
    assert sorted(ids, key=parse_version_id) == [
        "2022-08-30",
        "2022-08-30.2",
        "2022-08-30.9",
        "2022-08-30.10",
        "2022-08-31",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2022-08",
        "2022-08-30.1",
        "2022-08-30.0",
        "2022-08-30.02",
        "2022-08-30.",
        "2022-08-30.-2",
        "2022-08-30.2.3",
        "2022-08-30_r2",
        "2022-02-30.2",
        "2022-08-30.99999",
        "latest",
        "",
    ],
)
def test_what_is_no_version_id(text: str) -> None:
    with pytest.raises(BadDate):
        parse_version_id(text)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2021", date(2021, 1, 1), date(2022, 1, 1)),
        ("2021-07", date(2021, 7, 1), date(2021, 8, 1)),
        ("2021-12", date(2021, 12, 1), date(2022, 1, 1)),
        ("2020-02", date(2020, 2, 1), date(2020, 3, 1)),
        ("2021-12-31", date(2021, 12, 31), date(2022, 1, 1)),
    ],
)
def test_a_partial_date_is_an_interval(text: str, first: date, after: date) -> None:
    assert interval_of(text) == (first, after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21",
        "2021-",
        "2021-13",
        "2021-00",
        "2021-7",
        "July 2021",
        "9999",
        "9999-12-31",
        "2021-07-32",
    ],
)
def test_what_is_no_partial_date(text: str) -> None:
    with pytest.raises(BadDate):
        interval_of(text)
