"""Times in tables become civil dates: by the text, by the zone, and never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import BadOption
from pkzone.tagging.columns import (
    WrongType,
    days_of,
    numbers_of,
)
from pkzone.tagging.times import BAD_TIME, NO_TIME, Days, Zone

HERE = Zone("+04:00")


def read(texts: Sequence[str | None], zone: Zone = HERE) -> Days:
    return days_of(pa.array(texts, pa.string()), zone)


def shown(days: Days) -> list[str]:
    return [str(day) for day in days.days]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-08-30", "2022-08-30"),
        ("2024-02-29", "2024-02-29"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        (" 2022-08-30 ", "2022-08-30"),
        ("2022-08-30T23:59", "2022-08-30"),
        ("2022-08-30 23:59:59", "2022-08-30"),
        ("2022-08-30t23:59:59.999999999", "2022-08-30"),
        ("2022-08-30 23:59:59,5", "2022-08-30"),
        ("2022-08-29T20:00:00Z", "2022-08-30"),
        ("2022-08-29T19:59:59.999999999Z", "2022-08-29"),
        ("2022-08-29T20:00z", "2022-08-30"),
        ("2022-08-30 00:00:00+04", "2022-08-30"),
        ("2022-08-29T23:59:59+0400", "2022-08-29"),
        ("2022-08-30T01:00:00+05:30", "2022-08-29"),
        ("2022-08-29T16:00:00-04:00", "2022-08-30"),
        ("2022-12-31T20:00:00Z", "2023-01-01"),
        ("2016-12-31T19:59:60Z", "2016-12-31"),
        ("2022/08/30", "2022-08-30"),
        ("2022/08/29 20:00Z", "2022-08-30"),
        ("20220830", "2022-08-30"),
        ("20220830T2359", "2022-08-30"),
        ("20220829t195959.999Z", "2022-08-29"),
        ("20220829T2000Z", "2022-08-30"),
        ("20220829T200000.123456789Z", "2022-08-30"),
        ("20220829T160000,5-0400", "2022-08-30"),
        ("20220830T0100+0530", "2022-08-29"),
        ("2022-08-29 20:00:00 UTC", "2022-08-30"),
        ("2022-08-29 19:59:59.999999 UTC", "2022-08-29"),
        ("2022-08-29 20:00:00UTC", "2022-08-30"),
        ("2022-08-29 20:00:00+00:00", "2022-08-30"),
        ("2022-08-29 20:00:00 +0000", "2022-08-30"),
        ("2022-08-29 20:00 Z", "2022-08-30"),
        ("2022-08-30 00:00:00.000", "2022-08-30"),
        ("30 August 2022", "2022-08-30"),
        ("1 May 2023", "2023-05-01"),
        ("05 SEP 2022", "2022-09-05"),
        ("30-Aug-2022", "2022-08-30"),
    ],
)
def test_a_time_has_a_date(text: str, day: str) -> None:
    found = read([text])
    assert (shown(found), found.problems.tolist()) == ([day], [0])


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29", "2022-13-01", "2022-00-10", "2022-01-00", "2022-01-32", "0000-01-01",
        "2022-8-30", "30.08.2022", "08/30/2022", "07/04/2021", "07-04-2021", "2022-08",
        "2022", "yesterday",
        "2022-08-30T", "2022-08-30T12", "2022-08-30T24:00", "2022-08-30T12:60",
        "2022-08-30T12:00:61", "2022-08-30T12:00:", "2022-08-30T12:00:00.", "2022-08-30x12:00",
        "2022-08-30T12:00:00+4", "2022-08-30T12:00:00+04:0", "2022-08-30T12:00:00+24:00",
        "2022-08-30T12:00:00+04:60", "2022-08-30T12:00:00+04-00", "2022-08-30T12:00:00  UTC",
        "2022-08-30Z", "2022-08-30+04:00", "-022-08-30", "٢٠٢٢-٠٨-٣٠", "2022-08-30\x00",
        "30 August", "30 Aug 22", "30 Augu 2022", "31 June 2022", "30 août 2022", "0 May 2022",
        "August 30 2022", "30 August 2022 12:00", "30  August 2022", "100 May 2022", "1 May 2022\0",
        "30Aug2022",
        "2022/08-30", "2022-08/30", "2022/8/9", "2022.08.30", "20220230", "2022083", "202208301",
        "20220830 1200", "20220830T12", "20220830T12:00", "20220830T120", "20220830T2400Z",
        "20220830T12000Z", "20220830120000", "2022-08-30 UTC", "2022-08-30 12:00 CET",
        "2022-08-30T12:00:00 utc", "2022-08-30T12:00:00+04:00[Asia/Baku]", "1661889660",
        "2022-08-30T12:00:00.0000000000000000000000000000000000000000000000000000000",
    ],
)  # fmt: skip
def test_another_form_is_a_bad_time(text: str) -> None:
    found = read([text, "2022-08-30"])
    assert (shown(found), found.problems.tolist()) == (["NaT", "2022-08-30"], [BAD_TIME, 0])


def test_no_text_is_no_time() -> None:
    texts = [None, "", "  ", "-", "NA", "n/a", "NaN", "NaT", "None", "null", "NULL", "<NA>"]
    for found in (read(texts), days_of(pd.Series(texts, dtype="object"), HERE)):
        assert found.problems.tolist() == [NO_TIME] * len(texts)
    assert (found.with_offset, found.without_offset) == (0, 0)


def test_both_kinds_are_counted() -> None:
    found = read(["2022-08-30", "2022-08-30T00:00", "2022-08-30T00:00Z", "no", None])
    assert (found.with_offset, found.without_offset) == (1, 2)


INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 2),
    max_value=datetime(2100, 1, 1),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@given(st.lists(st.dates(), max_size=20), st.sampled_from(["%d %B %Y", "%d %b %Y", "%d-%b-%Y"]))
def test_months_by_their_english_names(days: list[date], form: str) -> None:
    texts = [one.strftime(form.replace("%Y", f"{one.year:04}")) for one in days]
    assert shown(read(texts)) == [str(one) for one in days]


DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d")
OFFSETS = ("%z", " %z", "Z", " Z", " UTC", "UTC")


@st.composite
def spelt(draw: st.DrawFn) -> tuple[str, datetime]:
    """An instant, and a text in one of the forms that are read."""
    instant, basic = draw(INSTANTS), draw(st.booleans())
    offset = draw(st.sampled_from(OFFSETS))
    if "%z" not in offset:
        instant = instant.astimezone(UTC)
    if basic:
        form = "%Y%m%dT%H%M" + draw(st.sampled_from(["", "%S", "%S.%f", "%S,%f"]))
    else:
        clock = draw(st.sampled_from(["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]))
        form = draw(st.sampled_from(DATE_FORMS)) + draw(st.sampled_from("T ")) + clock
    if "%S" not in form:
        instant = instant.replace(second=0)
    return instant.strftime(form + offset), instant


@given(st.lists(spelt(), max_size=20), st.sampled_from(["Asia/Baku", "Asia/Kathmandu"]))
def test_every_spelling_has_the_date_of_the_standard_library(
    drawn: list[tuple[str, datetime]], name: str
) -> None:
    texts, there = [text for text, _ in drawn], ZoneInfo(name)
    expected = [str(instant.astimezone(there).date()) for _, instant in drawn]
    for found in (read(texts, Zone(name)), days_of(pd.Series(texts, dtype="str"), Zone(name))):
        assert shown(found) == expected
        assert found.with_offset == len(texts)


@given(st.lists(INSTANTS, max_size=20), st.sampled_from(["Asia/Baku", "America/New_York", "UTC"]))
def test_dates_are_those_of_the_standard_library(instants: list[datetime], name: str) -> None:
    there = ZoneInfo(name)
    found = read([one.isoformat() for one in instants], Zone(name))
    assert shown(found) == [str(one.astimezone(there).date()) for one in instants]


@pytest.mark.parametrize(
    "name", ["Asia/Baku", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "Europe/Moscow"]
)
def test_a_zone_turns_where_the_standard_library_says(name: str) -> None:
    start = int(datetime(2011, 1, 1, tzinfo=UTC).timestamp())
    seconds = np.arange(start, start + 366 * 86_400, 907)
    there = ZoneInfo(name)
    expected = [datetime.fromtimestamp(one, there).date() for one in seconds.tolist()]
    assert Zone(name).days(seconds).tolist() == expected


@pytest.mark.parametrize(
    "name", ["Nowhere/Land", "../../etc/passwd", "/etc/passwd", "+25:00", "+04:75", "", "4", "Asia"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadOption, match="not a time zone"):
        Zone(name)


NOON = datetime(2022, 8, 29, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([date(2022, 8, 30)]),
        pa.array([datetime(2022, 8, 30)], pa.date64()),
        *(pa.array([NOON.replace(tzinfo=None)], pa.timestamp(u)).cast(pa.timestamp(u, "UTC"))
          for u in ("s", "ms", "us", "ns")),
        pa.array([datetime(2022, 8, 30, 23)], pa.timestamp("us")),
        pa.array(["2022-08-30"]).dictionary_encode(),
        pa.array(["2022-08-30"], pa.large_string()),
        pa.array(["2022-08-30"], pa.string_view()),
        pa.array([20220830]),
        pa.array([20220830], pa.uint32()),
        pa.array([20220830.0]),
    ],
    ids=lambda column: str(column.type),
)  # fmt: skip
def test_columns_of_arrow(column: Any) -> None:
    assert shown(days_of(column, HERE)) == ["2022-08-30"]
    gone = pa.nulls(1, column.type)
    assert days_of(gone, HERE).problems.tolist() == [NO_TIME]


def test_a_time_before_1970_keeps_its_day() -> None:
    column = pa.array([-1], pa.timestamp("ms"))
    assert shown(days_of(column, HERE)) == ["1969-12-31"]
    series = pd.Series(pd.to_datetime(["1969-12-31 23:59:59.999"])).astype("datetime64[ns]")
    assert shown(days_of(series, HERE)) == ["1969-12-31"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["2022-08-30", None]),
        pd.Series(["2022-08-30", None], dtype="object"),
        pd.Series(["2022-08-30", None], dtype="category"),
        pd.Series(["2022-08-30", None], dtype="string[pyarrow]"),
        pd.Series([date(2022, 8, 30), None]),
        pd.Series([NOON, None], dtype="object"),
        pd.Series(pd.to_datetime(["2022-08-30 23:00", None])),
        pd.Series(pd.to_datetime(["2022-08-29 20:00", None]).tz_localize("UTC")),
        pd.Series(pd.to_datetime(["2022-08-29 21:00", None]).tz_localize("Europe/Paris")),
        pd.Series([date(2022, 8, 30), None], dtype=pd.ArrowDtype(pa.date32())),
        pd.Series([NOON, None], dtype=pd.ArrowDtype(pa.timestamp("us", "UTC"))),
        pd.Series([20220830, None], dtype="Int64"),
        pd.Series([20220830, None]),
        pd.Series([20220830, None], dtype="object"),
        pd.Series([20220830, None], dtype=pd.ArrowDtype(pa.int32())),
    ],
    ids=lambda column: f"{column.dtype}-{column.iloc[0]}",
)
def test_columns_of_pandas(column: Any) -> None:
    if "Paris" in str(column.dtype):  # 21:00 there is 19:00 in UTC, 23:00 here
        column = column + pd.Timedelta(hours=1)
    found = days_of(column, HERE)
    assert (shown(found), found.problems.tolist()) == (["2022-08-30", "NaT"], [0, NO_TIME])


def test_other_types_are_refused() -> None:
    for column in (
        pa.array([1661889660]),
        pa.array([20220830, 0]),
        pa.array([True]),
        pa.array([1.5]),
        pa.array([[1]]),
    ):
        with pytest.raises(WrongType, match="is of type"):
            days_of(column, HERE)
    for series in (
        pd.Series([1661889660]),
        pd.Series([float("inf"), 20220830.5]),
        pd.Series([True]),
        pd.Series([1.5]),
    ):
        with pytest.raises(WrongType, match="is of type"):
            days_of(series, HERE)


def test_numbers_in_text() -> None:
    texts = [
        "1.5",
        " -0.25",
        "+7",
        "1e1",
        ".5",
        "5.",
        "",
        "1,5",
        "12 E",
        "0x10",
        "nan",
        "inf",
        "１",
    ]
    numbers, missing = numbers_of(pa.array([*texts, None]))
    assert numbers[:6].tolist() == [1.5, -0.25, 7, 10, 0.5, 5]
    assert not np.isfinite(numbers[6:]).any()
    assert np.flatnonzero(missing).tolist() == [6, 10, 13]
    for words in (["NaN", ""], ["null", "NA", "None", " - ", "n/a", "<NA>"], ["nan", "x"]):
        expected = [word != "x" for word in words]
        assert numbers_of(pa.array(words))[1].tolist() == expected
        assert numbers_of(pd.Series(words, dtype="object"))[1].tolist() == expected
    assert numbers_of(pa.array([1.5, float("nan"), None]))[1].tolist() == [False, True, True]
    assert numbers_of(pa.array(["46,75"]), comma=True)[0].tolist() == [46.75]
