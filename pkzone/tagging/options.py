"""Options of tagging, and the columns of a table that they name or that fit."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack

from pkzone.errors import BadOption, ColumnError, did_you_mean, printable
from pkzone.formats.registry import LAT_COLUMNS, LON_COLUMNS, WKT_COLUMNS
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_day
from pkzone.tagging.times import Zone

__all__ = ["Chosen", "Plan", "Progress", "TagOptions", "choose"]

Progress = Callable[[int, int | None], None]
"""Called with how much is done of how much in all, None if that is not known."""


class TagOptions(TypedDict, total=False):
    """Keyword options that say how a table is tagged; `pkzone.tag` documents each."""

    time: str | None
    time_end: str | None
    time_utc: str | None
    on: str | date | None
    lon: str | None
    lat: str | None
    crs: str | None
    timezone: str | None
    catalogue: Catalogue | str | os.PathLike[str] | None
    distances: bool
    prefix: str
    strict: bool
    table_layer: str | None


@dataclass(frozen=True)
class Plan:
    """Layers and options of one call, checked.

    Attributes
    ----------
    day : datetime.date or None
        The date of all records, if it is given.
    zone : Zone or None
        The time zone that is asked for.
    """

    layers: tuple[str, ...] | None
    options: TagOptions
    day: date | None
    zone: Zone | None

    @classmethod
    def of(cls, layers: Sequence[str] | None = None, **options: Unpack[TagOptions]) -> Plan:
        """Check layers and options; see `pkzone.tag`.

        Raises
        ------
        BadOption, BadDate
            The time zone or date is none, or options do not go together.
        """
        unknown = options.keys() - TagOptions.__annotations__
        if unknown:
            raise TypeError(f"tag() got an unexpected keyword argument {min(unknown)!r}")
        on, zone = options.get("on"), options.get("timezone")
        columns = (options.get("time"), options.get("time_end"), options.get("time_utc"))
        if on is not None and any(name is not None for name in columns):
            raise BadOption("a column of times and one date for all records do not go together")
        prefix = options.get("prefix", "")
        try:
            prefix.encode()
        except UnicodeEncodeError:
            label = printable(prefix)
            raise BadOption(
                f"the prefix {label} contains a character that is not a letter; write it anew"
            ) from None
        return cls(
            None if layers is None else tuple(layers),
            options,
            None if on is None else parse_day(on),
            None if zone is None else Zone(zone),
        )

    @property
    def prefix(self) -> str:
        """Beginning of the names of all columns that are added."""
        return self.options.get("prefix", "")


_TIME = ("time", "date", "datetime", "date_time", "timestamp", "day", "event_date", "acq_date")
_CLOCK = ("time", "time_of_day", "hour", "utc_time", "time_utc")
_MOST_SHOWN = 200

# How columns of the beginning and of the end of something are named.
_ENDS = (
    ("start", "end"),
    ("begin", "end"),
    ("from", "to"),
    ("from", "until"),
    ("first", "last"),
    ("since", "until"),
)
_ACLED = ("event_date", "time_precision")
_FIRMS = ("acq_date", "acq_time")
_UCDP_PRECISION = "date_prec"


@dataclass(frozen=True)
class Chosen:
    """Names of columns.

    Attributes
    ----------
    time : str or None
        Of times; None if one date is for all.
    clock : str or None
        Of times of day in UTC, for times that are dates.
    end : str or None
        Of the last days of records that have several.
    precision : str or None
        Of ACLED's codes of how exact dates are.
    lon, lat : str or None
        Of longitudes and latitudes; None where records have geometries.
    wkt : str or None
        Of geometries in text.
    notices : tuple of str
        What was taken unasked, or left out.
    """

    time: str | None
    lon: str | None
    lat: str | None
    wkt: str | None = None
    clock: str | None = None
    end: str | None = None
    precision: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns in use."""
        named = (self.time, self.clock, self.end, self.precision, self.lon, self.lat, self.wkt)
        return tuple(name for name in named if name is not None)

    @property
    def by_geometry(self) -> bool:
        """Return whether places are the geometries of the table, not in columns."""
        return self.lon is None and self.wkt is None

    @property
    def has_periods(self) -> bool:
        """Return whether records may be of several days."""
        return self.end is not None or self.precision is not None


def choose(
    names: Sequence[str], wanted: TagOptions, *, label: str, geometry: bool, dated: bool
) -> Chosen:
    """Return the columns to use.

    Parameters
    ----------
    names : sequence of str
        Names of the table's columns.
    wanted : TagOptions
        Columns that the user names.
    label : str
        What errors call the table.
    geometry : bool
        Whether its records have geometries, which are used unless columns are named.
    dated : bool
        Whether one date is given for all records.

    Raises
    ------
    ColumnError
        There is no such column, it is there twice, or none or several fit.
    """
    lon, lat = wanted.get("lon"), wanted.get("lat")
    if (lon is None) != (lat is None):
        raise ColumnError(label, "name both columns, of longitude and of latitude, or neither")
    columns = _Columns(names, label)
    time = None if dated else columns.named(wanted.get("time"), "time", _TIME)
    wkt = None
    if lon is None and not (geometry or any(map(columns.fitting, (LON_COLUMNS, LAT_COLUMNS)))):
        wkt = next(iter(columns.fitting(WKT_COLUMNS)), None)
    if not ((geometry and lon is None) or wkt is not None):
        lon = columns.named(lon, "lon", LON_COLUMNS)
        lat = columns.named(lat, "lat", LAT_COLUMNS)
    if wkt is not None and len(columns.fitting(WKT_COLUMNS)) > 1:
        columns.notices.append(
            f"geometries are taken from {_safe(wkt)}, the first column that fits"
        )
    clock = end = precision = None
    if time is not None:
        clock = columns.clock(time, wanted.get("time_utc"))
        end = columns.end(time, wanted.get("time_end"))
        if end is None:
            precision = columns.precision(time)
    chosen = Chosen(time, lon, lat, wkt, clock, end, precision, tuple(columns.notices))
    if len(set(chosen.names)) < len(chosen.names):
        raise ColumnError(label, "the same column is named for two things")
    return chosen


class _Columns:
    """Names of the columns of a table, and what is taken of them unasked."""

    def __init__(self, names: Sequence[str], label: str) -> None:
        self._names, self._label = names, label
        self.notices: list[str] = []

    def fitting(self, usual: Sequence[str]) -> list[str]:
        """Return those that are one of some usual names, in any case of letters."""
        return [name for name in self._names if str(name).strip().lower() in usual]

    def clock(self, time: str, named: str | None) -> str | None:
        """Return that of times of day in UTC: the one named, or that of NASA's FIRMS."""
        if named is not None:
            return self.named(named, "time-utc")
        lowered = time.strip().lower()
        if lowered == _FIRMS[0]:
            for clock in self.fitting(_FIRMS[1:]):
                self.notices.append(
                    f"{_safe(time)} and {_safe(clock)} are taken as UTC, as in NASA's FIRMS: dates "
                    "are those in the time zone asked for"
                )
                return clock
        if "date" in lowered or lowered == "day":
            for clock in self.fitting((lowered.replace("date", "time"), *_CLOCK)):
                if clock != time:
                    self.notices.append(
                        f"{_safe(clock)} is not looked at: {_safe(time)} alone is taken, as local; "
                        f"if the times of day are UTC, add --time-utc {_safe(clock)}"
                    )
                    break
        return None

    def end(self, time: str, named: str | None) -> str | None:
        """Return that of last days: the one named, or that which goes with the first ones."""
        if named is not None:
            return self.named(named, "time-end")
        end = self._end_of(time)
        if end is not None:
            self.notices.append(
                f"records are of the days from {_safe(time)} to {_safe(end)}, and are held against "
                "every version in between"
            )
        return end

    def precision(self, time: str) -> str | None:
        """Return that of codes of how exact dates are, where it is known what they mean."""
        if time.strip().lower() == _ACLED[0]:
            for code in self.fitting(_ACLED[1:]):
                self.notices.append(
                    f"{_safe(code)} 2 is taken as up to six days about {_safe(time)}, 3 or none as "
                    "its month, as in ACLED, and such records are held against every version in it"
                )
                return code
        self.notices += [
            f"{_safe(code)} says how exact dates are and is not looked at; name the column of last "
            "days, --time-end COLUMN"
            for code in self.fitting((_UCDP_PRECISION,))
        ]
        return None

    def named(self, name: str | None, option: str, usual: Sequence[str] = ()) -> str:
        """Return the one named, else the only one with a usual name."""
        listed = printable(", ".join(map(str, self._names)), limit=_MOST_SHOWN)
        if name is None:
            fitting = self.fitting(usual)
            if len(fitting) == 1:
                return fitting[0]
            what = {"time": "time", "lon": "longitude", "lat": "latitude"}[option]
            if fitting:
                several = printable(", ".join(fitting), limit=_MOST_SHOWN)
                found = f"several columns may be the {what}: {several}"
            else:
                found = f"no column looks like the {what}; it has: {listed}"
            also = f", or give one date for all with --on DATE{self._hint(fitting)}"
            remedy = f"name it with --{option} COLUMN{also if option == 'time' else ''}"
            raise ColumnError(self._label, f"{found}; {remedy}")
        if name not in self._names:
            hint = did_you_mean(name, self._names)
            raise ColumnError(self._label, f"has no column {_safe(name)}; {hint}it has: {listed}")
        if list(self._names).count(name) > 1:
            raise ColumnError(self._label, f"has the column {_safe(name)} twice; rename one")
        return name

    def _end_of(self, time: str) -> str | None:
        lowered = time.strip().lower()
        for begin, end in _ENDS:
            other = re.sub(rf"(?<![a-z]){begin}(?=$|[^a-z]|date|time)", end, lowered)
            found = self.fitting((other,)) if other != lowered else []
            if len(found) == 1:
                return found[0]
        return None

    def _hint(self, fitting: Sequence[str]) -> str:
        """Return what to write for a date with a time of day, or for records of several days."""
        by_name = {str(name).strip().lower(): _safe(name) for name in fitting}
        if by_name.keys() == {"date", "time"}:
            return (
                "; for a date and a time of day in UTC "
                f"--time {by_name['date']} --time-utc {by_name['time']}"
            )
        for name in self._names if not fitting else ():
            end = self._end_of(str(name))
            if end is not None:
                return f"; --time {_safe(name)} takes the days from it to {_safe(end)}"
        return ""


def _safe(name: str) -> str:
    return printable(str(name))
