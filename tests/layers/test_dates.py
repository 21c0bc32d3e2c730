"""Dates: days, partial dates and version ids."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import BadDate, BadOption
from pkzone.layers.dates import (
    day_of,
    interval_of,
    parse_day,
    parse_version_id,
    period_of,
    time_zone,
)

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
DAYS = st.dates(date(1, 1, 3), date(9999, 12, 28))  # one to each side in any time zone


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


@pytest.mark.parametrize("read", [parse_day, parse_version_id, period_of])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("31.05.2024", "did you mean 2024-05-31? "),
        ("5/31/2024", "did you mean 2024-05-31? "),
        ("02-02-2024", "did you mean 2024-02-02? "),
        ("01.05.2024", "it may be 2024-01-05 or 2024-05-01; "),
        ("31.04.2024", ""),
    ],
)
def test_a_year_that_stands_last(read: Callable[[str], object], text: str, meant: str) -> None:
    with pytest.raises(BadDate, match="2022-08-30") as caught:
        read(text)
    assert str(caught.value).partition("; ")[2].startswith(f"{meant}write ")


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


@given(DAYS)
def test_zeros_may_be_left_out(day: date) -> None:
    assert day_of(f"{day.year:04}-{day.month}-{day.day}") == day
    assert period_of(day.isoformat()) == (day, day)
    assert period_of(day) == (day, day)


@given(st.integers(1, 9998), st.integers(1, 12))
def test_a_month_is_all_of_its_days(year: int, month: int) -> None:
    whole = (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    assert period_of(f"{year:04}-{month:02}") == whole
    assert period_of(f"{year:04}-{month}") == whole
    assert period_of(f"{year:04}") == (date(year, 1, 1), date(year, 12, 31))
    with pytest.raises(BadDate, match=f"is more than a day; name one, for example {whole[0]}"):
        day_of(f"{year:04}-{month:02}")


@pytest.mark.parametrize("form", ["%d %B %Y", "%d %b %Y", "%d-%b-%Y"])
@given(day=st.dates(date(1000, 1, 1)))
def test_a_month_may_have_its_english_name(form: str, day: date) -> None:
    assert day_of(day.strftime(form)) == day_of(day.strftime(form).upper()) == day
    month = f"{day:%Y-%m}"
    assert period_of(day.strftime("%B %Y")) == period_of(day.strftime("%b %Y")) == period_of(month)


@pytest.mark.parametrize("text", ["30 Augst 2022", "30 August", "31 April 2022", "1 May 2022\n"])
def test_a_named_month_that_is_no_date(text: str) -> None:
    with pytest.raises(BadDate):
        period_of(text)


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28)),
    OFFSETS,
    OFFSETS,
    st.sampled_from("Tt "),
    st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
)
def test_an_instant_is_of_its_civil_date_in_the_zone(
    local: datetime, own: timezone, zone: timezone, mark: str, precision: str
) -> None:
    instant = local.replace(tzinfo=own)
    text = instant.isoformat(mark, precision)
    name = datetime(2000, 1, 1, tzinfo=zone).isoformat()[-6:]
    assert day_of(text, name) == instant.astimezone(zone).date()
    assert day_of(instant, name) == instant.astimezone(zone).date()
    assert day_of(text[:-6], name) == local.date()  # a local time is of the date that is written


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2022-08-31T19:59:59Z", "+04:00", date(2022, 8, 31)),
        ("2022-08-31T20:00:00Z", "+04:00", date(2022, 9, 1)),
        ("2022-08-31T20:00Z", "Asia/Baku", date(2022, 9, 1)),
        ("2022-08-31 20:00 Z", "UTC", date(2022, 8, 31)),
        ("2022-9-1T02:00+04", "UTC", date(2022, 8, 31)),
        ("2022-9-1T02:00+0430", "-01:00", date(2022, 8, 31)),
        ("2022-07-01T22:30:00z", "Europe/Berlin", date(2022, 7, 2)),  # summer time
        ("2022-01-01T22:30:00z", "Europe/Berlin", date(2022, 1, 1)),
    ],
)
def test_an_instant(text: str, zone: str, day: date) -> None:
    assert day_of(text, zone) == day


@given(st.text(alphabet="0123456789-.:TZ+/ W\n٢today", max_size=12))
def test_other_text_is_a_day_of_the_calendar_or_refused_in_one_line(text: str) -> None:
    try:
        first, last = period_of(text)
    except BadDate as error:
        told = str(error)
    else:
        told = f"{first} to {last}"
        assert first <= last
    assert told.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "today",
        "",
        "22-9-1",
        "2022-9-1.2",
        "2022-009-1",
        "2022-9-31",
        "2022-13",
        "2022-00",
        "2022-W35-2",
        "20220901",
        "2022-09-01T",
        "2022-09-01T24:00",
        "2022-09-01T10",
        "2022-09-01T10:60",
        "2022-09-01T10:00+24:00",
        "2022-09-01T10:00 +4",
        " 2022-09-01",
        "2022-09-01\n",
        "٢٠٢٢-٠٨-٣٠",
        "0000-01-01",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00",
        "9999",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(BadDate) as caught:
        period_of(text)
    assert "\n" not in str(caught.value)


def test_a_number_is_no_date() -> None:
    with pytest.raises(BadDate):
        period_of(20220830)  # type: ignore[arg-type]


@given(OFFSETS)
def test_an_offset_is_a_time_zone(offset: timezone) -> None:
    text = datetime(2000, 1, 1, tzinfo=offset).isoformat()[-6:]
    assert time_zone(text).utcoffset(None) == offset.utcoffset(None)
    assert time_zone(text.replace(":", "")) == time_zone(text)


def test_a_name_is_a_time_zone() -> None:
    assert time_zone("Asia/Yerevan") == ZoneInfo("Asia/Yerevan")
    assert time_zone("utc") == UTC


def test_a_name_that_is_none_suggests_the_near_one() -> None:
    with pytest.raises(BadOption, match=r"known here; did you mean Asia/Baku\? write an offset"):
        time_zone("asia/Bakuu")


@pytest.mark.parametrize("name", ["", "+25:00", "+04:60", "04:00", "Asia/Nowhere", "../etc/passwd"])
def test_what_is_no_time_zone(name: str) -> None:
    with pytest.raises(BadOption, match="is not a time zone that is known here"):
        time_zone(name)
