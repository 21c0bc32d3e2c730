"""Tell whether a kind of traffic could pass from one place to another, on a day or over a span."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import isfinite, nan
from typing import TYPE_CHECKING, overload

from pkzone.errors import BadDate, BadOption, PlaceNotFound, did_you_mean, printable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.dates import day_of, period_of
from pkzone.layers.names import source_names
from pkzone.layers.terms import BARRED, IN_USE, TRAFFIC
from pkzone.queries.passage import Passage, PassagePeriod, PassageSpan, PassingBy, Terminus
from pkzone.queries.place_index import Place, PlaceIndex
from pkzone.queries.road_graph import (
    ANSWERS,
    RoadNetwork,
    Segment,
    best_path,
    graph_of,
    passing_by,
)

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["passable"]


@overload
def passable(
    origin: str,
    destination: str,
    on: str | date,
    *,
    traffic: str = ...,
    catalogue: Catalogue | str | os.PathLike[str] | None = ...,
) -> Passage: ...
@overload
def passable(
    origin: str,
    destination: str,
    on: None = ...,
    *,
    start: str | date,
    end: str | date,
    traffic: str = ...,
    catalogue: Catalogue | str | os.PathLike[str] | None = ...,
) -> PassageSpan: ...
@overload
def passable(
    origin: str,
    destination: str,
    on: str | date | None = ...,
    *,
    start: str | date | None = ...,
    end: str | date | None = ...,
    traffic: str = ...,
    catalogue: Catalogue | str | os.PathLike[str] | None = ...,
) -> Passage | PassageSpan: ...
def passable(
    origin: str,
    destination: str,
    on: str | date | None = None,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    traffic: str = "civilian",
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> Passage | PassageSpan:
    """Tell whether a kind of traffic could pass from one place to another.

    The segments and links of every layer that are in force make a graph of the places that they
    join. Each answers by its state: traffic that it names passes, in its ``direction``, and no
    other. Where it names none, everybody passes if it is ``open``, and nobody if it is out of
    service; if it is ``restricted`` the answer is ``restricted`` (some traffic passes, and no
    source says whether this kind does), or, where that is inferred since nothing is reported,
    ``not known``. The answer of a path is that of its worst edge. The best path counts: among
    equals the one with fewer edges of the worse answers, then the shorter as drawn.

    Parameters
    ----------
    origin, destination : str
        Ids or names, in any language of the catalogue, of places at which a segment or link ends.
    on : str or datetime.date, optional
        The day.
    start, end : str or datetime.date, optional
        First and last day of a span, instead of `on`. A month or year counts whole.
    traffic : str, optional
        Who travels; a word of ``traffic``.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    Passage, or PassageSpan for a span

    Raises
    ------
    BadOption
        Neither a day nor a whole span is given, or both; or no state knows such traffic.
    BadDate
        A date has another form, or the span ends before it begins.
    PlaceNotFound
        A place is unknown, its name has several meanings, or no segment or link ends there.
    VersionNotFound, LayerNotFound
        Nothing is in force at the time, or the catalogue has no segments and links at all.

    Examples
    --------
    >>> passable("Goris", "Stepanakert", "2022-12-11").answer
    'yes'
    >>> passable("Goris", "Stepanakert", "2022-12-13").decided_by[0].ref
    'corridor/lachin-new-az'
    """
    catalogue = open_catalogue(catalogue)
    first, last = _span(on, start, end, catalogue.time_zone)
    roads = RoadNetwork.read(catalogue, first, last)
    termini = Termini(catalogue, roads.segments)
    here, there = termini.find(origin), termini.find(destination)
    if here == there:
        raise PlaceNotFound(f"{printable(origin)} and {printable(destination)} are the same place")
    _check_traffic(traffic, roads)
    passages = [_passage(roads, here, there, day, traffic, termini) for day in roads.days]
    if on is not None:
        return passages[0]
    return PassageSpan(here, there, traffic, first, last, tuple(_periods(passages, last)))


def _span(
    on: str | date | None, start: str | date | None, end: str | date | None, zone: str
) -> tuple[date, date]:
    """Return the first and the last day asked about."""
    if on is not None and start is None and end is None:
        day = day_of(on, zone)
        return day, day
    if on is not None or start is None or end is None:
        raise BadOption("give either a date, or the first and the last day of a span")
    first, last = period_of(start, zone)[0], period_of(end, zone)[1]
    if last < first:
        raise BadDate(f"the span from {start} to {end} ends before it begins")
    if last == date.max:
        raise BadDate(f"{end} is too late for the calendar")
    return first, last


class Termini:
    """The places at which segments and links end, by their ids and names.

    Attributes
    ----------
    names : dict of str to str
        Their names by their ids.
    source_names : dict of str to str
        Who published each source, and when, by its id.
    points : dict of str to tuple of float
        Their longitude and latitude by their ids; nan where it is not known.
    """

    def __init__(self, catalogue: Catalogue, segments: Iterable[Segment]) -> None:
        segments = tuple(segments)
        ends = {end for one in segments for end in one.ends}
        self._every = PlaceIndex.of(catalogue)
        unnamed = [Place("", end, end, (), nan, nan, False) for end in sorted(ends)]
        places: dict[str, Place] = {}
        for place in (*self._every.places, *unnamed):
            if place.id in ends:
                places.setdefault(place.id, place)
        self._ends = PlaceIndex(places.values())
        self.names = {place.id: place.name for place in places.values()}
        self.source_names = source_names(catalogue)
        self.points = {place.id: (place.lon, place.lat) for place in places.values()}
        self._of_roads_there = {
            end
            for one in segments
            if one.feature.properties.get("status") in (None, *IN_USE, *BARRED)
            for end in one.ends
        }

    def find(self, text: str) -> Terminus:
        """Return the place that an id or a name means.

        Raises
        ------
        PlaceNotFound
            There is none, there are several, or no segment or link ends there.
        """
        try:
            place = self._ends.find(text)
        except PlaceNotFound:
            reason = self._reason(text)
            if reason is None:
                raise
            named = self._of_roads_there or self.names
            choices = ", ".join(sorted({self.names[one] for one in named}))
            raise PlaceNotFound(f"{reason}; they end at {printable(choices, None)}") from None
        return Terminus(place.id, place.name)

    def _reason(self, text: str) -> str | None:
        """Return why no link ends at a place; none where the text is ambiguous or nearly right."""
        try:
            name = self._every.find(text).name
        except PlaceNotFound:
            if self._ends.suggestions(text):
                return None
            return f"no place at which roads or other links end is called {printable(text)}"
        return f"no road or other link ends at {printable(name)}"


def _check_traffic(traffic: str, roads: RoadNetwork) -> None:
    """Refuse a kind of traffic that neither the fixed words nor any state knows."""
    words = [term.word for term in TRAFFIC]
    for one in roads.segments:
        named = one.feature.properties.get("traffic")
        words += map(str, named) if isinstance(named, list) else ()
    kinds = [one for one in dict.fromkeys(words) if one != "none"]
    if traffic not in kinds:
        hint = did_you_mean(traffic, kinds)
        choices = printable(", ".join(kinds), limit=None)
        raise BadOption(f"{printable(traffic)} is not a kind of traffic; {hint}choose {choices}")


def _passage(
    roads: RoadNetwork,
    origin: Terminus,
    destination: Terminus,
    day: date,
    traffic: str,
    termini: Termini,
) -> Passage:
    """Return the answer for a day."""
    graph = graph_of(roads.on(day), traffic)
    path = best_path(graph, origin.id, destination.id)
    worst = max((ANSWERS.index(one.answer) for one in path), default=ANSWERS.index("not known"))
    passing = () if path else tuple(_passing(graph, origin, destination, termini))
    names = {**termini.source_names, **termini.names}
    return Passage(origin, destination, day, traffic, ANSWERS[worst], path, names, passing)


def _passing(
    graph: nx.MultiDiGraph, origin: Terminus, destination: Terminus, termini: Termini
) -> Iterator[PassingBy]:
    """Yield the roads that lead from one of two places past the other."""
    for place, other in ((origin, destination), (destination, origin)):
        lon, lat = termini.points[place.id]
        if other.id in graph and isfinite(lon) and isfinite(lat):
            near = passing_by(graph, other.id, lon, lat)
            if near is not None:
                yield PassingBy(place, *near)


def _periods(passages: Sequence[Passage], last: date) -> Iterator[PassagePeriod]:
    """Yield the runs of one answer; a road changes on the day of each passage."""
    runs = [tuple(run) for _, run in groupby(passages, lambda one: one.answer_in_words)]
    ends = [run[0].on for run in runs[1:]] + [last + timedelta(days=1)]
    for run, end in zip(runs, ends, strict=True):
        yield PassagePeriod(run[0].on, end, run)
