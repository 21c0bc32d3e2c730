"""Parse dates strictly: days, partial dates, and version ids such as ``2022-08-30.2``."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pkzone.errors import BadDate

__all__ = ["interval_of", "parse_day", "parse_version_id"]

_DIGITS = [4, 2, 2]  # of year, month and day


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
        raise BadDate(f"{value!r} is not a date; write it as YYYY-MM-DD, for example 2022-08-30")
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
            f"{text!r} is not a version id; write a date such as 2022-08-30, or "
            "2022-08-30.2 for a second version of that day"
        )
    return parse_day(day), int(number or 1)


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
