"""Records of a table, dated and placed, to the columns that are added to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.errors import BadRecord
from pkzone.layers.tag.cells import Numbers
from pkzone.layers.tag.tagger import Coded, Tagger
from pkzone.layers.tag.tally import Tally, tally_of
from pkzone.layers.tag.times import Days, Flags

__all__ = ["PROBLEMS", "Answers", "Places", "Records", "bad_record", "place_points", "place_shapes"]

PROBLEMS = ("no time", "bad time", "no place", "bad longitude", "bad latitude")
"""What can be wrong with a record, in the order in which it is told."""

NO_PLACE, BAD_LONGITUDE, BAD_LATITUDE = 3, 4, 5
_DECIMALS = {"_m": 1, "_share": 6}

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Places:
    """Where records are: points, or geometries of any kind; and what is wrong with them."""

    problems: Codes
    lon: Numbers | None = None
    lat: Numbers | None = None
    shapes: Any = None


@dataclass(frozen=True, slots=True)
class Answers:
    """The columns made for some records, in order, with what there is to count."""

    columns: dict[str, Any]
    tally: Tally


@dataclass(frozen=True)
class Records:
    """How records become columns.

    Attributes
    ----------
    tagger : Tagger
        What knows the layers.
    prefix : str
        What the names of all columns begin with; the tagger's too.
    strict : bool
        Stop at the first record that has a problem.
    shown : str
        What errors call the table.
    """

    tagger: Tagger
    prefix: str = ""
    strict: bool = False
    shown: str = "the table"

    @property
    def kinds(self) -> dict[str, str]:
        """Names of the columns with their kinds: ``text``, ``number`` or ``flag``."""
        own = {f"{self.prefix}tag_date": "text", f"{self.prefix}tag_problem": "text"}
        return own | {column.name: column.kind for column in self.tagger.columns}

    def answers(self, days: Days, places: Places, first: int = 0) -> Answers:
        """Return the columns for some records, of which ``first`` come before.

        Raises
        ------
        BadRecord
            A record has a problem, and that is to stop it.
        """
        problems = np.where(days.problems > 0, days.problems, places.problems)
        if self.strict and problems.any():
            place = int(np.flatnonzero(problems)[0])
            raise bad_record(self.shown, first + place, int(problems[place]))
        sound = problems == 0
        day = np.where(sound, days.days, np.datetime64("NaT", "D"))
        if places.lon is None or places.lat is None:
            shapes: Any = np.where(sound, places.shapes, None)
            made = self.tagger.shapes(shapes, day)
            swapped = np.zeros(len(sound), dtype=bool)
        else:
            lon, lat = np.where(sound, places.lon, np.nan), np.where(sound, places.lat, np.nan)
            made = self.tagger.points(lon, lat, day)
            swapped = self.tagger.looks_swapped(lon, lat) & sound
        names = [column.name for column in self.tagger.columns]
        made = {name: _rounded(name, made[name]) for name in names}
        tally = tally_of(made, len(self.prefix), problems, days, swapped, first)
        dates, codes = np.unique(days.days, return_inverse=True)
        gone = int(np.isnat(dates).sum())  # NaT sorts last, in one place
        codes = np.where(codes >= len(dates) - gone, -1, codes)
        texts = tuple(np.datetime_as_string(dates[: len(dates) - gone]).tolist())
        own = {
            f"{self.prefix}tag_date": Coded(codes.astype(np.int32), texts),
            f"{self.prefix}tag_problem": Coded(problems.astype(np.int32) - 1, PROBLEMS),
        }
        return Answers(own | made, tally)


def bad_record(shown: str, before: int, problem: int) -> BadRecord:
    """Return the error that a row, with so many before it, has a problem of this number."""
    reason = f"row {before + 1:,}: {PROBLEMS[problem - 1]}"
    return BadRecord(shown, f"{reason}; without --strict such rows are kept and marked")


def place_points(lon: tuple[Numbers, Flags], lat: tuple[Numbers, Flags]) -> Places:
    """Return points by their numbers in degrees, NaN for what is none, and where one is missing."""
    (x, no_x), (y, no_y) = lon, lat
    with np.errstate(invalid="ignore"):
        bad_x, bad_y = ~(np.abs(x) <= 180), ~(np.abs(y) <= 90)
    problems = np.select(
        [no_x | no_y, bad_x, bad_y], [NO_PLACE, BAD_LONGITUDE, BAD_LATITUDE], default=0
    )
    return Places(problems.astype(np.int8), x, y)


def place_shapes(shapes: Any, *, points: bool) -> Places:
    """Return geometries in degrees; ``points`` says that nothing else is among them."""
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes = np.where(empty, None, shapes)
    if points:
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)  # NaN where there is none
        return place_points((x, empty), (y, empty))
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        bad_x = ~((west >= -180) & (east <= 180))
        bad_y = ~((south >= -90) & (north <= 90))
    problems = np.select([empty, bad_x, bad_y], [NO_PLACE, BAD_LONGITUDE, BAD_LATITUDE], default=0)
    return Places(problems.astype(np.int8), shapes=shapes)


def _rounded(name: str, values: Any) -> Any:
    """Return numbers as precise as they are meant: tenths of a metre, millionths of a share."""
    for ending, decimals in _DECIMALS.items():
        if name.endswith(ending) and not isinstance(values, Coded):
            return np.round(values, decimals) + 0.0  # no -0
    return values
