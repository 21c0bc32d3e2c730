"""Which columns of a table hold times and places: those named, else the only ones that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pkzone.errors import ColumnError, printable

__all__ = ["Chosen", "choose"]

_TIME = ("time", "date", "datetime", "date_time", "timestamp", "day", "event_date", "acq_date")
_LON = ("lon", "lng", "long", "longitude", "x")
_LAT = ("lat", "latitude", "y")
_MOST_TOLD = 200


@dataclass(frozen=True)
class Chosen:
    """Names of columns: of times (None if one date is for all), longitudes and latitudes.

    ``lon`` and ``lat`` are None where records have geometries.
    """

    time: str | None
    lon: str | None
    lat: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.time, self.lon, self.lat) if name is not None)


def choose(
    names: Sequence[str],
    *,
    shown: str,
    geometry: bool,
    dated: bool,
    time: str | None,
    lon: str | None,
    lat: str | None,
) -> Chosen:
    """Return the columns to use.

    Parameters
    ----------
    names : sequence of str
        Names of the table's columns.
    shown : str
        What errors call the table.
    geometry : bool
        Whether its records have geometries, which are used unless columns are named.
    dated : bool
        Whether one date is given for all records.
    time, lon, lat : str or None
        What the user names.

    Raises
    ------
    ColumnError
        There is no such column, it is there twice, or none or several fit.
    """
    if (lon is None) != (lat is None):
        raise ColumnError(shown, "name both columns, of longitude and of latitude, or neither")
    chosen = Chosen(
        None if dated else _column(time, "time", _TIME, names, shown),
        None if geometry and lon is None else _column(lon, "lon", _LON, names, shown),
        None if geometry and lat is None else _column(lat, "lat", _LAT, names, shown),
    )
    if len(set(chosen.names)) < len(chosen.names):
        raise ColumnError(shown, "the same column is named for two things")
    return chosen


def _column(
    named: str | None, option: str, usual: Sequence[str], names: Sequence[str], shown: str
) -> str:
    """Return the column named, else the only one with a usual name."""
    listed = printable(", ".join(map(str, names)), limit=_MOST_TOLD)
    if named is None:
        fitting = [name for name in names if str(name).strip().lower() in usual]
        if len(fitting) == 1:
            return fitting[0]
        what = {"time": "time", "lon": "longitude", "lat": "latitude"}[option]
        also = ", or give one date for all with --on DATE" if option == "time" else ""
        if fitting:
            several = printable(", ".join(fitting), limit=_MOST_TOLD)
            found = f"several columns may be the {what}: {several}"
        else:
            found = f"no column looks like the {what}; it has: {listed}"
        raise ColumnError(shown, f"{found}; name it with --{option} COLUMN{also}")
    if named not in names:
        close = get_close_matches(named, [str(name) for name in names], n=1)
        hint = f"did you mean {printable(close[0])}? " if close else ""
        raise ColumnError(shown, f"has no column {printable(named)}; {hint}it has: {listed}")
    if list(names).count(named) > 1:
        raise ColumnError(shown, f"has the column {printable(named)} twice; rename one")
    return named
