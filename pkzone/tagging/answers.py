"""Records of a table, dated and placed, to the columns that are added to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.errors import BadRecord, CannotTag, printable
from pkzone.tagging.columns import Coded
from pkzone.tagging.engine import Tagger
from pkzone.tagging.inputs import BAD_LATITUDE, BAD_LONGITUDE, Places
from pkzone.tagging.options import Plan
from pkzone.tagging.summary import PROBLEMS, Tally, tally_of
from pkzone.tagging.times import Days, Flags

__all__ = ["Answers", "Records", "bad_record"]

_METRES = 10_000
"""Numbers from here on are no slips of degrees, and no codes for a missing value (-9999)."""

_DECIMALS = {"_m": 1, "_share": 6}

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Answers:
    """Columns added to some records, in order, and their counts."""

    columns: dict[str, Any]
    tally: Tally


@dataclass(frozen=True)
class Records:
    """Turn dated and placed records into columns.

    Attributes
    ----------
    tagger : Tagger
        What knows the layers.
    prefix : str
        What the names of all columns begin with; the tagger's too.
    strict : bool
        Stop at the first record that has a problem.
    label : str
        What errors call the table.
    periods : bool
        Whether records may be of several days.
    """

    tagger: Tagger
    prefix: str = ""
    strict: bool = False
    label: str = "the table"
    periods: bool = False

    @classmethod
    def of(
        cls, plan: Plan, names: Sequence[str], *, label: str, shares: bool, periods: bool
    ) -> Records:
        """Open the layers of a plan for a table that has columns of these names.

        Raises
        ------
        CannotTag
            A column that is to be added is there already, or a layer has nothing to tag by.
        """
        options = plan.options
        tagger = Tagger.of(
            plan.layers,
            catalogue=options.get("catalogue"),
            distances=options.get("distances", True),
            prefix=plan.prefix,
            shares=shares,
        )
        records = cls(tagger, plan.prefix, options.get("strict", False), label, periods)
        taken = [name for name in records.kinds if name in names]
        if taken:
            raise CannotTag(
                f"{printable(label, None)}: has a column {printable(taken[0])} already; "
                "choose other names with --prefix TEXT"
            )
        return records

    @property
    def kinds(self) -> dict[str, str]:
        """Names of the columns with their kinds: ``text``, ``number`` or ``flag``."""
        own = ("tag_date", *(("tag_date_end",) if self.periods else ()), "tag_problem")
        return {f"{self.prefix}{name}": "text" for name in own} | {
            column.name: column.kind for column in self.tagger.columns
        }

    def answers(
        self,
        days: Days,
        places: Places,
        first: int = 0,
        example: Callable[[int, int], str | None] = lambda problem, row: None,
    ) -> Answers:
        """Return the columns for some records, of which ``first`` come before.

        ``example(problem, row)`` is asked for what the first record with a problem says.

        Raises
        ------
        BadRecord
            A record has a problem, and that is to stop it.
        """
        problems = np.where(days.problems > 0, days.problems, places.problems)
        if self.strict and problems.any():
            place = int(np.flatnonzero(problems)[0])
            raise bad_record(self.label, first + place, int(problems[place]))
        sound = problems == 0
        nat = np.datetime64("NaT", "D")
        day = np.where(sound, days.days, nat)
        last = days.last
        if places.lon is None or places.lat is None:
            shapes: Any = np.where(sound, places.shapes, None)
            made = self.tagger.shapes(shapes, day, last)
            boxes = shapely.bounds(shapes).T
        else:
            lon, lat = np.where(sound, places.lon, np.nan), np.where(sound, places.lat, np.nan)
            made = self.tagger.points(lon, lat, day, last)
            boxes = (lon, lat, lon, lat)
        made = {
            column.name: _rounded(column.name, made[column.name]) for column in self.tagger.columns
        }
        odd = self.tagger.odd_places(*boxes)
        odd["projected"] = _in_metres(places, problems)
        if last is not None:
            odd["several"] = self.tagger.have_several(day, last)
        if days.without_end is not None:
            odd["without_end"] = days.without_end & sound
        tally = tally_of(made, len(self.prefix), problems, days, odd, first)
        for problem in tally.problems:
            text = example(problem, int(np.flatnonzero(problems == problem)[0]))
            if text is not None:
                tally.examples[problem] = text
        own = {
            "tag_date": _texts_of(days.days),
            "tag_date_end": _texts_of(days.days if last is None else last),
            "tag_problem": Coded(problems.astype(np.int32) - 1, PROBLEMS),
        }
        named = {f"{self.prefix}{name}": column for name, column in own.items()}
        return Answers({name: (named | made)[name] for name in self.kinds}, tally)


def bad_record(label: str, before: int, problem: int) -> BadRecord:
    """Return the error that a row, with so many before it, has a problem of this number."""
    reason = f"row {before + 1:,}: {PROBLEMS[problem - 1]}"
    return BadRecord(label, f"{reason}; without --strict such rows are kept and marked")


def _in_metres(places: Places, problems: Codes) -> Flags:
    """Tell which places are no degrees by so much that they look like metres."""
    bad: Flags = np.asarray((problems == BAD_LONGITUDE) | (problems == BAD_LATITUDE))
    if not bad.any():
        return bad
    if places.lon is None or places.lat is None:
        x, y = shapely.bounds(places.shapes).T[:2]
    else:
        x, y = places.lon, places.lat
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(x), np.abs(y))
        in_metres: Flags = bad & np.isfinite(x + y) & (size >= _METRES) & (x != y)
    return in_metres


def _texts_of(days: Any) -> Coded:
    """Return days as ISO 8601 has them."""
    dates, codes = np.unique(days, return_inverse=True)
    gone = int(np.isnat(dates).sum())  # NaT sorts last, in one place
    codes = np.where(codes >= len(dates) - gone, -1, codes)
    texts = tuple(np.datetime_as_string(dates[: len(dates) - gone]).tolist())
    return Coded(codes.astype(np.int32), texts)


def _rounded(name: str, values: Any) -> Any:
    """Return numbers as precise as they are meant: tenths of a metre, millionths of a share."""
    for ending, decimals in _DECIMALS.items():
        if name.endswith(ending) and not isinstance(values, Coded):
            return np.round(values, decimals) + 0.0  # no -0
    return values
