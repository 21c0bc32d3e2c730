"""Records of a tagged table counted over time: what a picture of them shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pkzone.errors import BadOption, BadReference, ColumnError, printable
from pkzone.i18n.messages import day_in_words, say, say_count
from pkzone.layers.catalogue import Catalogue, Layer
from pkzone.layers.dates import interval_of
from pkzone.layers.references import FileReference, parse
from pkzone.pictures.map_content import credit
from pkzone.tagging.read_tagged import ANSWERS, open_answered

__all__ = ["Counts", "Dated", "counts_of", "starts_of"]

#: Most bars of a picture: a unit of time that would make more gives way to the next.
MOST_BARS: Final = 62
#: Units of time, and the fewest days that each has.
_UNITS: Final = {"day": 1, "week": 7, "month": 28, "year": 365}
_KINDS: Final = len(ANSWERS) + 1

Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dated:
    """A version or an event that is marked: its day, and what is said of it."""

    day: date
    text: str


@dataclass(frozen=True)
class Counts:
    """How many records there are in each unit of time, by what was answered.

    Attributes
    ----------
    title, lines, sources, cited, credit
        See `pkzone.pictures.model.Content`.
    unit : str
        ``day``, ``week`` (from Monday), ``month`` or ``year``.
    starts : tuple of datetime.date
        The first day of each unit, without a gap, and the day after the last.
    counts : ndarray of shape (units, answers)
        Answers in the order of `pkzone.tagging.read_tagged.ANSWERS`, then those without one.
    switches, events : tuple of Dated
        New versions of the layer and the catalogue's events about it, within the units.
    """

    title: str
    lines: tuple[str, ...]
    unit: str
    starts: tuple[date, ...]
    counts: Array
    switches: tuple[Dated, ...]
    events: tuple[Dated, ...]
    sources: tuple[Mapping[str, Any], ...]
    cited: frozenset[str]
    credit: str
    notices: tuple[str, ...] = ()


def counts_of(table: Any, reference: str | None, catalogue: Catalogue, language: str) -> Counts:
    """Return the counts of a tagged table.

    Parameters
    ----------
    table
        See `pkzone.tagging.read_tagged.open_answered`.
    reference : str or None
        The layer whose answers count; else the first that the table was tagged by.
    catalogue : Catalogue
        Has the layer's versions and events.
    language : str
        Code of a language; words have those of `pkzone.i18n.messages.LANGUAGES`.

    Raises
    ------
    BadOption
        The reference is more than the name of a layer.
    BadReference
        No record has a date.
    LayerNotFound, ColumnError, FormatError, GeoJSONError
        There is no such layer, or the table is none that was tagged, or by others.
    """
    asked = None if reference is None else _layer_of(reference, catalogue)
    found: Counter[tuple[int, int]] = Counter()
    undated = 0
    with open_answered(table, [asked] if asked else [], places=False) as source:
        if asked and source.layer != asked:
            reason = (
                f"has no column {asked}_answer; it was tagged by {printable(source.layer)}: "
                "name that layer, or none"
            )
            raise ColumnError(source.shown, reason)
        for piece in source.pieces():
            days, answers = piece.days(), piece.answers()
            dated = ~np.isnat(days)
            undated += int((~dated).sum())
            kinds = days[dated].astype(np.int64) * _KINDS + answers[dated]
            for kind, count in zip(*np.unique(kinds, return_counts=True), strict=True):
                found[divmod(int(kind), _KINDS)] += int(count)
    if not found:
        raise BadReference(
            f"{printable(source.shown, limit=None)}: no record has a date; there is nothing to draw"
        )
    first, last = min(found)[0], max(found)[0]
    unit, starts = starts_of(_day(first), _day(last))
    bounds = np.array(starts, "datetime64[D]").astype(np.int64)
    counts = np.zeros((len(starts) - 1, _KINDS), np.int64)
    for (day, answer), count in found.items():
        place = np.searchsorted(bounds[1:-1], day, side="right")
        counts[place, answer] += count
    layer = catalogue.get(source.layer)
    name = (layer.title if layer else "") or source.layer
    span = [day_in_words(_day(one), language) for one in (first, last)]
    told = [
        say_count(
            "{count} record, {first} to {last}",
            "{count} records, {first} to {last}",
            int(counts.sum()),
            language,
            first=span[0],
            last=span[1],
        )
    ]
    if undated:
        told.append(
            say_count(
                "{count} without a date is left out",
                "{count} without a date are left out",
                undated,
                language,
            )
        )
    switches = _switches(layer, starts) if layer else ()
    events, cited = _events(layer, catalogue, starts) if layer else ((), frozenset())
    return Counts(
        say("Records over time: {layer}", language, layer=say(name, language)),
        (": ".join(filter(None, (source.title, "; ".join(told)))),),
        unit, starts, counts, switches, events,
        tuple(catalogue.sources), cited, credit(catalogue, language) if layer else "",
    )  # fmt: skip


def starts_of(first: date, last: date) -> tuple[str, tuple[date, ...]]:
    """Return the unit for a span of days, and the first day of each unit in it and after it."""
    for unit, days in _UNITS.items():
        # Most units are far too many bars: then they are not so much as listed.
        if unit != "year" and (last - first).days > (MOST_BARS + 7) * days:
            continue
        starts = _starts(unit, first, last)
        if len(starts) <= MOST_BARS + 1:
            return unit, starts
    return "year", _starts("year", first, last)


def _starts(unit: str, first: date, last: date) -> tuple[date, ...]:
    if unit in ("day", "week"):
        step = 7 if unit == "week" else 1
        start = first.toordinal() - (first.weekday() if unit == "week" else 0)
        count = (last.toordinal() - start) // step + 1
        return tuple(_clamped(start + number * step) for number in range(count + 1))
    if unit == "month":
        start, end = (one.year * 12 + one.month - 1 for one in (first, last))
        return tuple(_first_of(*divmod(number, 12)) for number in range(start, end + 2))
    return tuple(_first_of(year, 0) for year in range(first.year, last.year + 2))


def _first_of(year: int, month: int) -> date:
    return date.max if year > date.max.year else date(year, month + 1, 1)


def _clamped(ordinal: int) -> date:
    return date.fromordinal(min(max(1, ordinal), date.max.toordinal()))


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def _layer_of(reference: str, catalogue: Catalogue) -> str:
    parsed = parse(reference, catalogue)
    if isinstance(parsed, FileReference) or "@" in reference:
        raise BadOption(
            f"{printable(reference)}: records are counted over all dates; name a LAYER alone"
        )
    return catalogue[parsed.layer].name


def _switches(layer: Layer, starts: tuple[date, ...]) -> tuple[Dated, ...]:
    return tuple(
        Dated(one.valid_from, one.title)
        for one in layer.versions
        if starts[0] <= one.valid_from < starts[-1]
    )


def _events(
    layer: Layer, catalogue: Catalogue, starts: tuple[date, ...]
) -> tuple[tuple[Dated, ...], frozenset[str]]:
    """Return the events that touch a layer, oldest first, and the ids of their sources."""
    named = {event for version in layer.versions for event in version.events}
    about = [
        (interval_of(one.date)[0], one)
        for one in catalogue.events
        if one.id in named or layer.name in one.layers
    ]
    shown = [pair for pair in about if starts[0] <= pair[0] < starts[-1]]
    shown.sort(key=lambda pair: (pair[0], pair[1].id))
    cited = frozenset(source for _, one in shown for source in one.sources)
    return tuple(Dated(day, one.title) for day, one in shown), cited
