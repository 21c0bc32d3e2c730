"""Days that are not exact: records from one day to another, and codes of precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pkzone.tagging.times import BAD_TIME, NO_TIME, Days

__all__ = ["by_precision", "up_to"]

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
