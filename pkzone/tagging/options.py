"""What is asked of tagging, before a table is opened; and the columns it makes of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from pkzone.errors import BadOption, CannotTag, FormatError, printable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_day
from pkzone.tagging.answers import Records
from pkzone.tagging.choose import Chosen, Wanted, choose
from pkzone.tagging.engine import Tagger
from pkzone.tagging.inputs import Inputs, projected_by
from pkzone.tagging.times import Zone

__all__ = ["Plan", "Progress"]

Progress = Callable[[int, int | None], None]
"""Told how much is done of how much in all, None if that is not known."""


@dataclass(frozen=True)
class Plan:
    """What is asked, as the arguments of `pkzone.tag` say it.

    Attributes
    ----------
    day : datetime.date or None
        The date of all records, if it is given.
    """

    layers: tuple[str, ...] | None
    catalogue: Any
    day: date | None
    wanted: Wanted
    crs: str | None
    timezone: Zone | None
    distances: bool
    prefix: str
    strict: bool

    @classmethod
    def of(
        cls,
        layers: Sequence[str] | None = None,
        *,
        time: str | None = None,
        time_end: str | None = None,
        time_utc: str | None = None,
        on: str | date | None = None,
        lon: str | None = None,
        lat: str | None = None,
        crs: str | None = None,
        timezone: str | None = None,
        catalogue: Catalogue | str | os.PathLike[str] | None = None,
        distances: bool = True,
        prefix: str = "",
        strict: bool = False,
    ) -> Plan:
        """Return the plan; see `pkzone.tag`.

        Raises
        ------
        BadOption, BadDate
            The time zone or date is none, or options do not go together.
        """
        if on is not None and not time is time_end is time_utc is None:
            raise BadOption("a column of times and one date for all records do not go together")
        try:
            prefix.encode()
        except UnicodeEncodeError:
            shown = printable(prefix)
            raise BadOption(f"the prefix {shown} holds what is no letter; write it anew") from None
        return cls(
            None if layers is None else tuple(layers),
            catalogue,
            None if on is None else parse_day(on),
            Wanted(time, time_end, time_utc, lon, lat),
            crs,
            None if timezone is None else Zone(timezone),
            distances,
            prefix,
            strict,
        )

    def choose(self, names: Sequence[str], *, shown: str, geometry: bool) -> Chosen:
        """Return the columns to use of a table with these names."""
        return choose(
            names, self.wanted, shown=shown, geometry=geometry, dated=self.day is not None
        )

    def records(self, names: Sequence[str], *, shown: str, shares: bool, periods: bool) -> Records:
        """Return how records of a table with these names become columns.

        Raises
        ------
        CannotTag
            A column that is to be added is there already, or a layer has nothing to tag by.
        """
        tagger = Tagger.of(
            self.layers,
            catalogue=self.catalogue,
            distances=self.distances,
            prefix=self.prefix,
            shares=shares,
        )
        records = Records(tagger, self.prefix, self.strict, shown, periods)
        taken = [name for name in records.kinds if name in names]
        if taken:
            raise CannotTag(
                f"{printable(shown, None)}: has a column {printable(taken[0])} already; "
                "choose other names with --prefix TEXT"
            )
        return records

    def inputs(self, chosen: Chosen, records: Records, *, points: bool) -> Inputs:
        """Return how the columns in use are read: instants by the catalogue's zone, or another.

        Raises
        ------
        BadOption
            A coordinate system is stated for geometries that have one of their own.
        FormatError
            It is not understood.
        """
        crs = self.crs
        if crs is not None and chosen.lon is None and chosen.wkt is None:
            raise BadOption(
                "--crs is for places in columns and in GIS files; the geometries of this table "
                "have their own"
            )
        box = records.tagger.box
        if crs is not None:
            try:
                _ = projected_by(crs, box)
            except FormatError as error:
                raise type(error)(records.shown, error.reason) from None
        return Inputs(
            chosen,
            self.timezone or Zone(records.tagger.time_zone),
            None if self.day is None else np.datetime64(self.day, "D"),
            points,
            crs,
            box,
        )
