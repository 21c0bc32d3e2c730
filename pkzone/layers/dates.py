"""Parse dates: strictly as data has them, and as people write them, in a time zone.

Data has days (`parse_day`), partial dates (`interval_of`) and version ids (`parse_version_id`).
People also leave out zeros, write the name of a month, name a month for all of its days, or copy an
instant with its time of day (`period_of`, `day_of`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from pkzone.errors import BadDate, BadOption, did_you_mean

__all__ = [
    "day_of",
    "interval_of",
    "overlaps",
    "parse_day",
    "parse_version_id",
    "period_of",
    "time_zone",
]

_DIGITS = [4, 2, 2]  # of year, month and day
_FORM = "write it as YYYY-MM-DD, for example 2022-08-30"
_YEAR_LAST = re.compile(r"(\d\d?)[./-](\d\d?)[./-](\d{4})", re.ASCII)
_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[Tt ]"  # ISO 8601, the zeros left out or not
    r"((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,14})?)?) ?(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?)?",
    re.ASCII,
)
#: A day or a month with the English name of the month; a regular expression of Arrow (RE2) too.
NAMED_MONTH = (
    r"^(?:(\d\d?)[ -])?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[ -](\d{4})$"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(NAMED_MONTH, re.IGNORECASE | re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)


def parse_day(value: str | date) -> date:
    """Return the calendar day that a text or a date names.

    Parameters
    ----------
    value : str or datetime.date
        ``YYYY-MM-DD`` in ASCII digits, or a date; a datetime counts for its day.

    Raises
    ------
    BadDate
        The text has another form or the day is not in the calendar.

    Examples
    --------
    >>> parse_day("2022-08-30")
    datetime.date(2022, 8, 30)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]:
        try:
            return date.fromisoformat(value)  # the quick way; whatever it refuses is told below
        except ValueError:
            pass
    numbers = _numbers(value) if isinstance(value, str) else []
    if len(numbers) != 3:
        raise BadDate(f"{value!r} is not a date; {_near(value)}{_FORM}")
    return _day(value, *numbers)


def parse_version_id(text: str) -> tuple[date, int]:
    """Return the day of a version id and its number on that day, in the order of versions.

    Parameters
    ----------
    text : str
        ``2022-08-30`` is number 1 of its day, ``2022-08-30.2`` number 2.

    Raises
    ------
    BadDate
        The text is not a version id.

    Examples
    --------
    >>> parse_version_id("2022-08-30.2")
    (datetime.date(2022, 8, 30), 2)
    """
    if len(text) == 10 and "." not in text:
        return parse_day(text), 1
    day, dot, number = text.partition(".")
    good_number = number.isascii() and number.isdigit() and len(number) < 5 and number[0] != "0"
    if len(_numbers(day)) != 3 or (dot and (not good_number or number == "1")):
        raise BadDate(
            f"{text!r} is not a version id; {_near(text)}write a date, year first, such as "
            "2022-08-30, or 2022-08-30.2 for a second version of that day"
        )
    return parse_day(day), int(number or 1)


@lru_cache(maxsize=4096)
def interval_of(text: str) -> tuple[date, date]:
    """Return the first day of a possibly partial date and the day after its last.

    Parameters
    ----------
    text : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Raises
    ------
    BadDate
        The text has another form or is not in the calendar.

    Examples
    --------
    >>> interval_of("2021-07")
    (datetime.date(2021, 7, 1), datetime.date(2021, 8, 1))
    """
    numbers = _numbers(text)
    if not numbers:
        raise BadDate(f"{text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
    first = _day(text, *numbers)
    try:
        if len(numbers) == 3:
            return first, first + timedelta(days=1)
        if len(numbers) == 2 and first.month < 12:
            return first, first.replace(month=first.month + 1)
        return first, date(first.year + 1, 1, 1)
    except (OverflowError, ValueError):
        raise BadDate(f"{text!r} is too late for the calendar") from None


def overlaps(text: str, first: date, last: date) -> bool:
    """Tell whether a possibly partial date falls on some day from the first to the last.

    Raises
    ------
    BadDate
        As for `interval_of`.
    """
    begins, after = interval_of(text)
    return begins <= last and after > first


def period_of(value: str | date, zone: str = "UTC") -> tuple[date, date]:
    """Return the first and the last day that a date names, as people write it.

    Parameters
    ----------
    value : str or datetime.date
        A day ``2022-09-01``, ``2022-9-1`` or ``1 September 2022``; an instant in ISO 8601,
        ``2022-08-31T22:00:00Z``, which is of its civil date in the zone, or without an offset of
        the date that is written; a month ``2022-09`` or ``Sep 2022``, or a year ``2022``, which
        is all of its days; or a date or datetime.
    zone : str, optional
        Time zone of the civil dates, as `time_zone` has it.

    Raises
    ------
    BadDate
        The text has another form or is not in the calendar.

    Examples
    --------
    >>> period_of("2022-9")
    (datetime.date(2022, 9, 1), datetime.date(2022, 9, 30))
    >>> period_of("2022-08-31T22:00:00Z", "+04:00")[0]
    datetime.date(2022, 9, 1)
    """
    if isinstance(value, datetime):
        day = _civil(value, value, zone)
        return day, day
    if isinstance(value, date):
        return value, value
    match = _WRITTEN.fullmatch(in_numbers(value)) if isinstance(value, str) else None
    if match is None:
        raise BadDate(f"{value!r} is not a date; {_near(value)}{_FORM}")
    year, month, day_of_month, clock, offset = match.groups()
    if day_of_month is None:
        first, after = interval_of(year if month is None else f"{year}-{month:0>2}")
        return first, after - timedelta(days=1)
    day = _day(value, int(year), int(month), int(day_of_month))
    if offset is not None:
        try:
            instant = datetime.fromisoformat(f"{day}T{clock}{offset.upper()}")
        except ValueError:  # an offset of a day and more
            raise BadDate(f"{value!r} is not a date; {_near(value)}{_FORM}") from None
        day = _civil(value, instant, zone)
    return day, day


def day_of(value: str | date, zone: str = "UTC") -> date:
    """Return the one day that a date names, as people write it; see `period_of`.

    Raises
    ------
    BadDate
        The text names no day, or a month or a year.
    """
    first, last = period_of(value, zone)
    if first != last:
        raise BadDate(f"{value!r} is more than a day; name one, for example {first}")
    return first


def in_numbers(text: str) -> str:
    """Return a day or a month that is named in English as ``YYYY-MM-DD`` or ``YYYY-MM``.

    Any other text is returned as it is.

    Examples
    --------
    >>> in_numbers("30 Aug 2022")
    '2022-08-30'
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        return text
    month = f"{match[3]}-{_MONTHS.index(match[2][:3].lower()) + 1:02}"
    return month if match[1] is None else f"{month}-{int(match[1]):02}"


def time_zone(name: str) -> tzinfo:
    """Return the time zone of a name such as ``Asia/Baku`` or an offset such as ``+04:00``.

    Raises
    ------
    BadOption
        It is neither, or the system does not know the name.
    """
    offset, hint = _OFFSET.fullmatch(name), ""
    if name.upper() in ("Z", "UTC"):
        return UTC
    if offset is None:
        from zoneinfo import ZoneInfo, available_timezones  # late: a listing has no use for it

        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            hint = did_you_mean(name, sorted(available_timezones()))
    elif int(offset[2]) < 24 and int(offset[3]) < 60:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-shift if offset[1] == "-" else shift)
    raise BadOption(
        f"{name!r} is not a time zone that is known here; {hint}"
        "write an offset such as +04:00, or a name such as Asia/Baku"
    )


def _civil(shown: object, instant: datetime, zone: str) -> date:
    """Return the civil date of an instant; one without an offset has the date that it says."""
    if instant.tzinfo is None:
        return instant.date()
    try:
        return instant.astimezone(time_zone(zone)).date()
    except OverflowError:
        raise BadDate(f"{str(shown)!r} is beyond the calendar") from None


def _near(text: object) -> str:
    """Return what day a text with its year last means: ``did you mean DATE? ``, or both."""
    match = _YEAR_LAST.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return ""
    one, other, year = map(int, match.groups())
    days = set()
    for month, day in ((one, other), (other, one)):
        with suppress(ValueError):
            days.add(date(year, month, day))
    if len(days) == 2:
        first, second = sorted(days)
        return f"it may be {first} or {second}; "
    return f"did you mean {days.pop()}? " if days else ""


def _numbers(text: str) -> list[int]:
    """Return year, month and day as far as they are written; none for another form."""
    parts = text.split("-")
    if [len(part) for part in parts] != _DIGITS[: len(parts)]:
        return []
    return [int(part) for part in parts] if text.isascii() and all(map(str.isdigit, parts)) else []


def _day(text: str, year: int, month: int = 1, day: int = 1) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(f"{text!r} is not in the calendar; check its year, month and day") from None
