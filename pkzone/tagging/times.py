"""Times as tables write them to civil dates: ISO 8601 text, seconds since 1970, and zones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pkzone.layers.dates import NAMED_MONTH, in_numbers, time_zone

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BAD_TIME",
    "NO_TIME",
    "NO_VALUE",
    "UTC_ZONE",
    "Clocks",
    "Days",
    "Zone",
    "by_precision",
    "clocks_of_texts",
    "days_at",
    "days_of_seconds",
    "days_of_texts",
    "up_to",
]

DAY_S = 86_400
NO_TIME, BAD_TIME = 1, 2
"""Problems of a time: there is none, or it is of another form."""

NO_VALUE = ("", "-", "na", "n/a", "nan", "nat", "none", "null", "<na>")
"""Words for a missing value, in any case of letters."""

_FIRST_S, _LAST_S = -62_135_596_800 + 2 * DAY_S, 253_402_300_800 - 2 * DAY_S  # years 1 to 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The forms that are read, as regular expressions of Arrow (RE2), and what each becomes, so that
# pandas finds nothing but ISO 8601 in its extended form.
_TAIL = "((?:[ .,Zz+-]|UTC).*)?$"
_BASIC = (
    (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    (r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)" + _TAIL, r"\1-\2-\3 \4:\5\6"),
    (r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)" + _TAIL, r"\1-\2-\3 \4:\5:\6\7"),
)
_EXTENDED = (
    r"^(\d{4})(?:-(\d\d)-|/(\d\d)/)(\d\d)"
    r"(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d|:60)(?:[.,]\d{1,14})?)?"
    r"(?: ?(Z|z|UTC|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?)?$"
)
_AS_ISO = r"\1-\2\3-\4 \5\6\7"
_INSTANT = r":\d\d(?:Z|z|UTC|[+-]\d\d:?\d*)$"

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Days:
    """Civil dates of records, and what is wrong with those that have none.

    Attributes
    ----------
    days : array of datetime64[D]
        NaT where there is no date.
    problems : array of int8
        0, `NO_TIME` or `BAD_TIME`.
    with_offset, without_offset : int
        How many times were instants with an offset or ``Z``, and how many local.
    last : array of datetime64[D] or None
        The last day of each, where a record may be of several; `days` has the first.
    without_end : array of bool or None
        Which of these have none, and are of their first day alone.
    """

    days: Dates
    problems: npt.NDArray[np.int8]
    with_offset: int = 0
    without_offset: int = 0
    last: Dates | None = None
    without_end: Flags | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """Times of day, and what is wrong with those that are none.

    Attributes
    ----------
    seconds : array of int64
        Since midnight in UTC; a time with another offset may be less than 0 or above a day.
    problems : array of int8
        0, `NO_TIME` or `BAD_TIME`.
    """

    seconds: Whole
    problems: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Zone:
    """Time zone in which instants become civil dates: an IANA name, or an offset as ``+04:00``.

    Raises
    ------
    BadOption
        It is neither.

    Examples
    --------
    >>> Zone("+04:00").days(np.array([1661803200]))  # 2022-08-29T20:00:00Z
    array(['2022-08-30'], dtype='datetime64[D]')
    """

    name: str

    def __post_init__(self) -> None:
        _ = self._zone

    @cached_property
    def _zone(self) -> tzinfo:
        return time_zone(self.name)

    def days(self, seconds: Whole) -> Dates:
        """Return the civil dates of instants in seconds since 1970 in UTC."""
        utc_days, place = np.unique(seconds // DAY_S, return_inverse=True)
        first = self._offsets(utc_days * DAY_S)
        offsets = first[place]
        if not isinstance(self._zone, timezone):
            turns = (first != self._offsets((utc_days + 1) * DAY_S))[place]
            offsets[turns] = self._offsets(seconds[turns])
        days: Dates = ((seconds + offsets) // DAY_S).astype("datetime64[D]")
        return days

    def _offsets(self, seconds: Whole) -> Whole:
        clipped = np.clip(seconds, _FIRST_S, _LAST_S).tolist()
        return np.array([_offset(self._zone, one) for one in clipped], dtype=np.int64)


@lru_cache(maxsize=65_536)
def _offset(zone: tzinfo, seconds: int) -> int:
    shift = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    return 0 if shift is None else round(shift.total_seconds())


UTC_ZONE = Zone("UTC")


def days_of_seconds(seconds: Whole, missing: Flags, zone: Zone | None) -> Days:
    """Return the civil dates of times in seconds since 1970: instants, or local without a zone."""
    present = ~missing
    days = np.full(len(seconds), "NaT", dtype="datetime64[D]")
    if zone is None:
        days[present] = (seconds[present] // DAY_S).astype("datetime64[D]")
    else:
        days[present] = zone.days(seconds[present])
    count = int(present.sum())
    counts = (0, count) if zone is None else (count, 0)
    return Days(days, np.where(missing, NO_TIME, 0).astype(np.int8), *counts)


def days_at(days: Days, clocks: Clocks, zone: Zone) -> Days:
    """Return the civil dates of days in UTC at times of day."""
    problems = np.where(days.problems > 0, days.problems, clocks.problems).astype(np.int8)
    sound = problems == 0
    found = np.full(len(problems), "NaT", dtype="datetime64[D]")
    found[sound] = zone.days(days.days[sound].astype(np.int64) * DAY_S + clocks.seconds[sound])
    return Days(found, problems, int(sound.sum()), 0)


def clocks_of_texts(texts: pa.StringArray) -> Clocks:
    """Return the times of day that texts name.

    ``HH:MM``, ``HH:MM:SS``, with a fraction, each with ``Z``, ``UTC`` or an offset, or none, which
    is UTC; and ``HHMM``, of which zeros at the start may be gone: ``945`` is 09:45, ``5`` 00:05.
    """
    import pyarrow.compute as pc

    words, codes = _distinct(texts)
    is_short = pc.match_substring_regex(words, r"^\d{1,4}$")
    four = pc.ascii_lpad(words, 4, "0")
    four = pc.replace_substring_regex(four, pattern=r"^(\d\d)(\d\d)$", replacement=r"\1:\2")
    clocks = pc.if_else(is_short, four, words)
    seconds, good, _ = _instants(pc.binary_join_element_wise("1970-01-01T", clocks, ""))
    return Clocks(seconds[codes], _problems(words, good)[codes])


def days_of_texts(texts: pa.StringArray, zone: Zone) -> Days:
    """Return the civil dates that texts in ISO 8601 name; of instants the one in a zone.

    Notes
    -----
    These forms are read, and no other:

    - a date ``YYYY-MM-DD``, ``YYYY/MM/DD`` or ``YYYYMMDD``, or, without a time of day, ``30 August
      2022`` or ``30-Aug-2022``, in English;
    - after it ``T`` or a space, and the time of day ``HH:MM``, ``HH:MM:SS``, with a
      fraction; after ``YYYYMMDD`` it is ``T`` and ``HHMM`` or ``HHMMSS``, as ISO 8601 has it;
    - after that, with or without a space, ``Z``, ``UTC`` or an offset ``+04``, ``+0400``,
      ``+04:00``.

    Whatever has no offset is local: its date is the one that is written. A word for no value
    (`NO_VALUE`) is not a time. Where day or month may come first nothing is read.
    """
    words, codes = _distinct(texts)
    seconds, good, is_instant = _instants(words)
    days = (seconds // DAY_S).astype("datetime64[D]")
    days[is_instant] = zone.days(seconds[is_instant])
    days[~good] = np.datetime64("NaT", "D")
    instants, count = int(is_instant[codes].sum()), int(good[codes].sum())
    return Days(days[codes], _problems(words, good)[codes], instants, count - instants)


def _distinct(texts: pa.StringArray) -> tuple[pa.StringArray, Whole]:
    """Return the distinct texts, without spaces around them, and the number of each text."""
    import pyarrow.compute as pc

    encoded = pc.ascii_trim_whitespace(texts).dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False)


def _problems(words: pa.StringArray, good: Flags) -> npt.NDArray[np.int8]:
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = pc.is_in(pc.ascii_lower(words), pa.array(NO_VALUE, pa.string()))
    problems = np.where(missing.to_numpy(zero_copy_only=False), NO_TIME, BAD_TIME)
    return np.where(good, 0, problems).astype(np.int8)


def _instants(words: pa.StringArray) -> tuple[Whole, Flags, Flags]:
    """Return seconds since 1970, local times as if in UTC; which are good; which have an offset."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.any(pc.match_substring_regex(words, NAMED_MONTH, ignore_case=True)).as_py():
        words = pa.array([*map(in_numbers, words.to_pylist())], pa.string())
    for pattern, replacement in _BASIC:
        words = pc.replace_substring_regex(words, pattern=pattern, replacement=replacement)
    is_form = pc.and_not(  # there is no year 0
        pc.match_substring_regex(words, _EXTENDED), pc.starts_with(words, "0000")
    )
    iso = pc.replace_substring_regex(words, pattern=_EXTENDED, replacement=_AS_ISO)
    has_offset = pc.and_(is_form, pc.match_substring_regex(iso, _INSTANT))
    for mark, plain in (("UTC", "Z"), ("z", "Z"), (":60", ":59")):  # a leap second is no new day
        iso = pc.replace_substring(iso, mark, plain)
    texts = pc.if_else(is_form, pc.ascii_trim_whitespace(iso), None).to_numpy(zero_copy_only=False)
    stamps = pd.to_datetime(pd.Series(texts), format="ISO8601", errors="coerce", utc=True)
    good = stamps.notna().to_numpy(copy=True)
    seconds = stamps.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
    for row in np.flatnonzero(is_form.to_numpy(zero_copy_only=False) & ~good).tolist():
        with suppress(ValueError):  # no date of the calendar, or none that older pandas can hold
            time = datetime.fromisoformat(texts[row])
            time = time if time.tzinfo else time.replace(tzinfo=UTC)
            seconds[row], good[row] = (time - _EPOCH) // timedelta(seconds=1), True
    return np.where(good, seconds, 0), good, good & has_offset.to_numpy(zero_copy_only=False)


_WEEK = 2
_DAYS_OF_WEEK = np.timedelta64(6, "D")
_DAY, _MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")


def up_to(begin: Days, end: Days) -> Days:
    """Return days with their last ones.

    What has no end is of its first day alone, and counted; a bad end, or one before the first
    day, is a bad time.
    """
    sound = begin.problems == 0
    without = sound & (end.problems == NO_TIME)
    last = np.where(without, begin.days, end.days)
    with np.errstate(invalid="ignore"):
        bad = sound & ((end.problems == BAD_TIME) | (last < begin.days))
    return replace(
        begin,
        days=np.where(bad, np.datetime64("NaT", "D"), begin.days),
        problems=np.where(bad, BAD_TIME, begin.problems).astype(np.int8),
        last=np.where(bad | ~sound, np.datetime64("NaT", "D"), last),
        without_end=without,
    )


def by_precision(days: Days, codes: npt.NDArray[np.float64]) -> Days:
    """Return days as far as ACLED's ``time_precision`` lets them be others.

    1 is the day itself; 2 a week, any that the day is in; 3, and whatever is not a code, the month.
    """
    exact, week = codes == 1, codes == _WEEK
    months = days.days.astype("datetime64[M]")
    first = np.where(week, days.days - _DAYS_OF_WEEK, months.astype("datetime64[D]"))
    last = np.where(
        week, days.days + _DAYS_OF_WEEK, (months + _MONTH).astype("datetime64[D]") - _DAY
    )
    return replace(
        days,
        days=np.where(exact, days.days, first),
        last=np.where(exact, days.days, last),
    )
