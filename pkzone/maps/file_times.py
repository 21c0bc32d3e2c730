"""Find on which days the features of a file hold, by properties with dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from pkzone.errors import BadDate, printable
from pkzone.geojson.model import Feature, FeatureCollection, Notice
from pkzone.layers.dates import period_of
from pkzone.tagging.times import NO_VALUE

__all__ = ["Times", "times_of"]

#: Other forms of a day that `pkzone.tag` reads: 2022/09/01 and 20220901.
_YEAR_FIRST: Final = re.compile(r"^(\d{4})(?:/(\d\d?)/(\d\d?)\b|(\d\d)(\d\d)$)", re.ASCII)


@dataclass(frozen=True)
class Times:
    """The days on which the features of a file hold.

    Attributes
    ----------
    start, end : str or None
        The properties: a feature holds from the day of the one to the day before that of the
        other, without which it does not end.
    spans : tuple of (date or None, date or None), or None
        First day, and first day no more, of each feature; None for one that never begins, or
        never ends. None instead of both where it has no date: it is not on the map.
    """

    start: str
    end: str | None
    spans: tuple[tuple[date | None, date | None] | None, ...]

    @property
    def stops(self) -> list[date]:
        """The days on which something begins or ends, in order."""
        days = {day for span in self.spans if span for day in span}
        return sorted(day for day in days if day is not None)

    @property
    def newest(self) -> date:
        """The last day on which something begins; something is on the map then."""
        begun = [span[0] for span in self.spans if span and span[0] is not None]
        return max(begun, default=self.stops[0])

    @property
    def without(self) -> int:
        """How many features have no date."""
        return self.spans.count(None)

    def holds(self, number: int, day: date) -> bool:
        """Tell whether a feature is on the map on a day."""
        span = self.spans[number]
        if span is None:
            return False
        first, after = span
        return (first is None or first <= day) and (after is None or day < after)

    def to_dict(self) -> dict[str, Any]:
        """Return the properties and what the page says of them, as plain JSON types."""
        return {"start": self.start, "end": self.end, "without": self.without}


def times_of(
    collection: FeatureCollection, file: str, start: str, end: str | None, zone: str
) -> tuple[Times, tuple[Notice, ...]]:
    """Return when features hold, and notices.

    Parameters
    ----------
    collection : FeatureCollection
        The features of a file.
    file : str
        What messages call it.
    start, end : str, str or None
        Properties with dates: days, instants (ISO 8601), months, years; also as whole numbers.
    zone : str
        Time zone of the civil dates of instants.

    Raises
    ------
    BadDate
        A value is not a date, or a feature ends before it begins, or none has a date.
    """
    spans: list[tuple[date | None, date | None] | None] = []
    for number, one in enumerate(collection.features):
        place = f"{printable(file, limit=None)}: {printable(collection.place(number))}"
        first = _day(one, start, place, zone)
        after = _day(one, end, place, zone) if end else None
        if first is None and after is None:
            spans.append(None)
            continue
        if first is not None and after is not None and after <= first:
            if after < first:
                raise BadDate(
                    f"{place}: {printable(str(end))} {after} is before {printable(start)} "
                    f"{first}; mend one of them, or exchange --time and --time-end"
                )
            after = first + timedelta(days=1)
        spans.append((first, after))
    times = Times(start, end, tuple(spans))
    if collection.features and not times.stops:
        named = " or ".join(printable(one) for one in (start, end) if one)
        raise BadDate(f"{printable(file, limit=None)}: none of its features has a date in {named}")
    return times, tuple(_told(times, file))


def _day(feature: Feature, name: str, place: str, zone: str) -> date | None:
    """Return the first day that a property names, none where it is empty."""
    value = feature.properties.get(name)
    if isinstance(value, str):
        value = value.strip()
    if value is None or (isinstance(value, str) and value.lower() in NO_VALUE):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    try:
        return period_of(_YEAR_FIRST.sub(r"\1-\2\4-\3\5", str(value)), zone)[0]
    except BadDate as error:
        raise BadDate(
            f"{place}: property {printable(name)}: {printable(str(error), limit=300)}"
        ) from None


def _told(times: Times, file: str) -> Iterator[Notice]:
    """Yield what is said of features without a date."""
    if times.without:
        of = f"{times.without:,} of {len(times.spans):,} features"
        reason = f"no date in {printable(times.start)}"
        yield Notice("undated", file, None, f"{of} have {reason}; they are not on the map")
