"""Times as tables write them to civil dates: ISO 8601 text, seconds since 1970, and zones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from pkzone.errors import BadOption

__all__ = [
    "BAD_TIME",
    "NO_TIME",
    "NO_VALUE",
    "UTC_ZONE",
    "WIDTH",
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
WIDTH = 41
"""Bytes in which a time must end: nanoseconds and an offset fit in 35."""

NO_TIME, BAD_TIME = 1, 2
"""What is wrong with a time: there is none, or it is of another form."""

NO_VALUE = ("", "-", "na", "n/a", "nan", "nat", "none", "null", "<na>")
"""What tables have in place of a value, in any case of letters."""

_MIDNIGHT = np.frombuffer(b"2000-01-01T", np.uint8)
_UTC = np.frombuffer(b"UTC", np.uint8)
_NAMED = re.compile(
    rb"(\d\d?)[ -](jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    rb"sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[ -](\d{4})",
    re.IGNORECASE,
)
_MONTHS = b"jan feb mar apr may jun jul aug sep oct nov dec".split()
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\Z", re.ASCII)
_FIRST_S, _LAST_S = -62_135_596_800 + 2 * DAY_S, 253_402_300_800 - 2 * DAY_S  # years 1 to 9999

Texts = npt.NDArray[np.bytes_]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
Bytes = npt.NDArray[np.uint8]


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
    """The zone in which instants become civil dates: an IANA name, or an offset as ``+04:00``.

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
        found = _OFFSET.match(self.name)
        if found:
            hours, minutes = int(found[2]), int(found[3])
            if hours < 24 and minutes < 60:
                shift = timedelta(hours=hours, minutes=minutes)
                return timezone(-shift if found[1] == "-" else shift)
        elif self.name.upper() in ("Z", "UTC"):
            return UTC
        else:
            try:
                return ZoneInfo(self.name)
            except (LookupError, ValueError, OSError):
                pass
        raise BadOption(
            f"{self.name!r} is no time zone that is known here; "
            "write an offset such as +04:00, or a name such as Asia/Baku"
        )

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


def clocks_of_texts(texts: Bytes, lengths: Whole) -> Clocks:
    """Return the times of day that texts name; parameters as of `days_of_texts`.

    ``HH:MM``, ``HH:MM:SS``, with a fraction, each with ``Z``, ``UTC`` or an offset, or none, which
    is UTC; and ``HHMM``, of which zeros at the start may be gone: ``945`` is 09:45, ``5`` 00:05.
    """
    missing = lengths == 0
    short = np.flatnonzero((lengths > 0) & (lengths <= 4))
    whole = np.zeros((len(texts), WIDTH), np.uint8)
    whole[:, :11] = _MIDNIGHT
    whole[:, 11:] = texts[:, : WIDTH - 11]
    few, count = texts[short, :4], lengths[short]
    place = np.arange(4) - (4 - count)[:, None]  # right-aligned, zeros before
    four = np.where(place >= 0, np.take_along_axis(few, np.maximum(place, 0), 1), ord("0"))
    whole[short, 11:] = 0
    whole[short[:, None], (11, 12, 14, 15)] = four
    whole[short, 13] = ord(":")
    length = np.where(missing, 16, lengths + 11)
    length[short] = 16
    good = (length < WIDTH) & ((whole != 0).sum(axis=1) == length)
    digits = whole - 48
    clock, offset, _, sound = _clocks(whole, digits.astype(np.int64), digits <= 9, length)
    good &= sound & ~missing
    missing |= _without_value(texts, ~good & ~missing)
    problems = np.where(missing, NO_TIME, np.where(good, 0, BAD_TIME)).astype(np.int8)
    return Clocks(clock - offset, problems)


def days_of_texts(texts: Bytes, lengths: Whole, zone: Zone) -> Days:
    """Return the civil dates that texts in ISO 8601 name.

    Parameters
    ----------
    texts : array of uint8, (n, WIDTH)
        The first bytes of each text, without spaces around it, filled up with zeros.
    lengths : array of int64
        How many bytes each text has; 0 where there is none.
    zone : Zone
        Where an instant's civil date is asked for.

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
    (`NO_VALUE`) is no time. Where day or month may come first nothing is read.
    """
    texts, lengths = _extended(np.ascontiguousarray(texts), lengths)
    texts, lengths = _numbered(texts, lengths)
    digits = texts - 48  # bytes below "0" wrap to above 9
    is_digit = digits <= 9
    missing = lengths == 0
    days, good = _dates(texts, digits, is_digit)
    good &= (lengths < WIDTH) & ((texts != 0).sum(axis=1) == lengths)
    longer = np.flatnonzero(good & (lengths > 10))
    instants = np.zeros(len(texts), dtype=bool)
    if longer.size:
        clock, offset, has_offset, sound = _clocks(
            texts[longer], digits[longer].astype(np.int64), is_digit[longer], lengths[longer]
        )
        good[longer] &= sound
        chosen = longer[sound & has_offset]
        instants[chosen] = True
        if chosen.size:
            seconds = days[chosen].astype(np.int64) * DAY_S + (clock - offset)[sound & has_offset]
            days[chosen] = zone.days(seconds)
    days[~good] = np.datetime64("NaT", "D")
    missing |= _without_value(texts, ~good & ~missing)
    problems = np.where(missing, NO_TIME, np.where(good, 0, BAD_TIME)).astype(np.int8)
    count = int(instants.sum())
    return Days(days, problems, count, int(good.sum()) - count)


def _extended(texts: Bytes, lengths: Whole) -> tuple[Bytes, Whole]:
    """Return texts with those in the basic form of ISO 8601 in its extended form."""
    rows = np.flatnonzero((texts[:, 4] - 48 <= 9) & (lengths < WIDTH - 4))
    timed = _among(texts[rows, 8], b"Tt") & (lengths[rows] >= 13)
    rows = rows[timed | (lengths[rows] == 8)]
    if not rows.size:
        return texts, lengths
    found, length = texts.copy(), lengths.copy()
    source, target = texts[rows], np.zeros((len(rows), WIDTH), np.uint8)
    target[:, [4, 7]] = ord("-")
    target[:, [0, 1, 2, 3, 5, 6, 8, 9]] = source[:, :8]
    timed = lengths[rows] > 8
    seconds = timed & ((source[:, 13:15] - 48) <= 9).all(axis=1)
    target[timed, 13] = ord(":")
    target[timed, 10:13], target[timed, 14:16] = source[timed, 8:11], source[timed, 11:13]
    target[seconds, 16] = ord(":")
    target[seconds, 17:19] = source[seconds, 13:15]
    for chosen, begin, end in ((timed & ~seconds, 13, 16), (seconds, 15, 19)):
        target[chosen, end:] = source[chosen, begin : begin + WIDTH - end]
        length[rows[chosen]] += end - begin
    length[rows[~timed]] += 2
    found[rows] = target
    return found, length


def _numbered(texts: Bytes, lengths: Whole) -> tuple[Bytes, Whole]:
    """Return texts with dates whose month has its English name as ``YYYY-MM-DD``."""
    rows = np.flatnonzero((texts[:, 0] - 48 <= 9) & ((texts[:, 3] | 32) - 97 < 26))
    if not rows.size:
        return texts, lengths
    found, length = texts.copy(), lengths.copy()
    words, place = np.unique(texts[rows].view(f"S{WIDTH}")[:, 0], return_inverse=True)
    dates = np.zeros(len(words), dtype=f"S{WIDTH}")
    for number, word in enumerate(words.tolist()):
        match = _NAMED.fullmatch(word)
        if match:
            month = _MONTHS.index(match[2][:3].lower()) + 1
            dates[number] = match[3] + b"-%02d-%02d" % (month, int(match[1]))
    read = (dates != b"")[place] & (lengths[rows] == np.char.str_len(words)[place])
    found[rows[read]] = dates[place[read], None].view(np.uint8).reshape(-1, WIDTH)
    length[rows[read]] = 10
    return found, length


def _without_value(texts: Bytes, asked: Flags) -> Flags:
    """Tell which of some texts are words for no value."""
    found = np.zeros(len(texts), dtype=bool)
    rows = np.flatnonzero(asked)
    words = np.ascontiguousarray(texts[rows]).view(f"S{WIDTH}")[:, 0]
    found[rows] = np.isin(np.char.lower(words), np.array([*NO_VALUE], dtype=bytes))
    return found


def _dates(texts: Bytes, digits: Bytes, is_digit: Flags) -> tuple[Dates, Flags]:
    """Return the dates at the start of texts, and which are in the calendar."""
    good = is_digit[:, (0, 1, 2, 3, 5, 6, 8, 9)].all(axis=1)
    between = texts[:, 4]
    good &= ((between == ord("-")) | (between == ord("/"))) & (texts[:, 7] == between)
    year = digits[:, :4].astype(np.int64) @ np.array([1000, 100, 10, 1])
    month = digits[:, 5:7].astype(np.int64) @ np.array([10, 1])
    day = digits[:, 8:10].astype(np.int64) @ np.array([10, 1])
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0)
    good &= days.astype("datetime64[M]") == months
    return days, good


def _clocks(
    texts: Bytes, digits: Whole, is_digit: Flags, length: Whole
) -> tuple[Whole, Whole, Flags, Flags]:
    """Return the time of day and the offset in seconds, which have one, and which are sound."""
    rows = np.arange(len(texts))
    sound = _among(texts[:, 10], b"Tt ")
    sound &= is_digit[:, (11, 12, 14, 15)].all(axis=1) & (texts[:, 13] == ord(":"))
    hour, minute = digits[:, 11] * 10 + digits[:, 12], digits[:, 14] * 10 + digits[:, 15]
    has_second = texts[:, 16] == ord(":")
    sound &= ~has_second | is_digit[:, 17:19].all(axis=1)
    second = np.where(has_second, digits[:, 17] * 10 + digits[:, 18], 0)
    sound &= (hour < 24) & (minute < 60) & (second <= 60)
    end = np.where(has_second, 19, 16)
    has_fraction = has_second & _among(texts[:, 19], b".,")
    fraction = np.logical_and.accumulate(is_digit[:, 20:34], axis=1).sum(axis=1)
    sound &= ~has_fraction | (fraction > 0)
    end = np.where(has_fraction, 20 + fraction, end)

    mark = texts[rows, end]
    after_space = (mark == ord(" ")) & (length > end + 1)
    if after_space.any():
        end = end + after_space
        mark = texts[rows, end]
    tail = length - end
    has_offset = tail > 0
    in_utc = (tail == 1) & _among(mark, b"Zz")
    word = np.flatnonzero((tail == 3) & (mark == _UTC[0]))
    in_utc[word] = (texts[word[:, None], end[word, None] + (0, 1, 2)] == _UTC).all(axis=1)
    signed = _among(mark, b"+-") & ((tail == 3) | (tail == 5) | (tail == 6))

    def at(place: Whole) -> tuple[Whole, Flags]:
        place = np.minimum(place, WIDTH - 2)
        number = digits[rows, place] * 10 + digits[rows, place + 1]
        return number, is_digit[rows, place] & is_digit[rows, place + 1]

    hours, hours_good = at(end + 1)
    minutes, minutes_good = at(end + np.where(tail == 6, 4, 3))
    colon = texts[rows, np.minimum(end + 3, WIDTH - 1)] == ord(":")
    signed &= hours_good & (hours < 24) & ((tail != 6) | colon)
    signed &= (tail == 3) | (minutes_good & (minutes < 60))
    sound &= (tail == 0) | in_utc | signed
    shift = hours * 3600 + np.where(tail > 3, minutes, 0) * 60
    offset = np.where(signed, np.where(mark == ord("-"), -shift, shift), 0)
    clock = hour * 3600 + minute * 60 + np.minimum(second, 59)  # a leap second is no new day
    return clock, offset, has_offset, sound


def _among(column: Bytes, marks: bytes) -> Flags:
    wanted = np.zeros(256, dtype=bool)
    wanted[list(marks)] = True
    found: Flags = wanted[column]
    return found


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

    1 is the day itself; 2 a week, any that the day is in; 3, and whatever is no code, the month.
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
