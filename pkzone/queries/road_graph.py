"""Segments and links of a catalogue as a graph of the places that they join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, cast

from pkzone.errors import LayerNotFound, VersionNotFound
from pkzone.geojson.model import text_of
from pkzone.i18n.messages import Translatable
from pkzone.layers.terms import BARRED, IN_USE, STATUSES

if TYPE_CHECKING:
    import networkx as nx

    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Version
    from pkzone.tagging.layer_index import LineIndex

__all__ = [
    "ANSWERS",
    "Answer",
    "Edge",
    "RoadNetwork",
    "Segment",
    "answer_of",
    "best_path",
    "graph_of",
    "passing_by",
    "segments_of",
]

Answer: TypeAlias = Literal["yes", "restricted", "not known", "no"]

ANSWERS: Final[tuple[Answer, ...]] = ("yes", "restricted", "not known", "no")
"""What a stretch, or a path by its worst stretch, may answer; the best first.

``restricted``: some traffic passes, and no source says whether this kind does. ``not known``:
nothing is reported of who passes.
"""

_LABELS = {status.word: status.label for status in STATUSES}
_NEAR_M: Final = 5_000
_LINES = ("LineString", "MultiLineString")


class Segment(NamedTuple):
    """A segment of a route, or a link, with the two places that it joins.

    ``ends`` are the ids of the places or nodes at which its line begins and ends.
    """

    layer: str
    feature: Feature
    ends: tuple[str, str]

    @property
    def ref(self) -> str:
        """Layer and id, as events name features."""
        return f"{self.layer}/{self.feature.id}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A segment or link, travelled from one of its ends to the other.

    Attributes
    ----------
    segment : Segment
        What is travelled.
    forward : bool
        Whether it is travelled as its line runs.
    answer : str
        Whether the kind of traffic that was asked about passes; one of `ANSWERS`.
    reason : str
        What the answer follows from.
    length_drawn_m : float
        Geodesic length of the line.
    """

    segment: Segment
    forward: bool
    answer: Answer
    reason: str
    length_drawn_m: float

    @property
    def ref(self) -> str:
        """Layer and id, ``corridor/lachin-new-az``."""
        return self.segment.ref

    @property
    def start(self) -> str:
        """Id of the place it is travelled from."""
        return self.segment.ends[not self.forward]

    @property
    def end(self) -> str:
        """Id of the place it is travelled to."""
        return self.segment.ends[self.forward]

    @property
    def properties(self) -> Mapping[str, Any]:
        """Those of the feature."""
        return self.segment.feature.properties

    @property
    def status(self) -> str | None:
        """The status that the feature states, if any."""
        return text_of(self.properties, "status")


@dataclass(frozen=True)
class RoadNetwork:
    """The segments and links in force over a span of days.

    Attributes
    ----------
    states : tuple of (Version, tuple of Segment)
        Versions of the layers that have any, with those of which both ends are known.
    days : tuple of datetime.date
        Days of the span on which one of these versions begins, and the first on which one is
        in force.
    """

    states: tuple[tuple[Version, tuple[Segment, ...]], ...]
    days: tuple[date, ...]

    @classmethod
    def read(cls, catalogue: Catalogue, first: date, last: date) -> RoadNetwork:
        """Read what is in force on some day from the first to the last.

        Raises
        ------
        VersionNotFound
            Nothing is.
        LayerNotFound
            The catalogue has no segments and links at all.
        """
        states: list[tuple[Version, tuple[Segment, ...]]] = []
        for layer in catalogue.layers:
            found = [
                (version, segments_of(layer.name, version.features().features))
                for version in layer.versions
                if version.valid_from <= last and _is_before(first, version.valid_to)
            ]
            states += found if any(segments for _, segments in found) else []
        if not states:
            raise _nothing_in_force(catalogue, last)
        begins = max(first, min(version.valid_from for version, _ in states))
        changes = {day for one, _ in states for day in (one.valid_from, one.valid_to)}
        later = {day for day in changes if day is not None and begins < day <= last}
        return cls(tuple(states), tuple(sorted({begins, *later})))

    @property
    def segments(self) -> Iterator[Segment]:
        """Every state of every segment and link."""
        return (one for _, segments in self.states for one in segments)

    def on(self, day: date) -> Iterator[Segment]:
        """Yield the segments and links in force on a day."""
        for version, segments in self.states:
            if version.valid_from <= day and _is_before(day, version.valid_to):
                yield from segments


def _is_before(day: date, end: date | None) -> bool:
    return end is None or day < end


def _nothing_in_force(catalogue: Catalogue, day: date) -> VersionNotFound | LayerNotFound:
    """Return the error of a catalogue that has no roads on a day, or none at all."""
    begins = [
        version.valid_from
        for layer in catalogue.layers
        for version in layer.versions
        if segments_of(layer.name, version.features().features)
    ]
    if begins:
        first = min(begins)
        return VersionNotFound(f"no road or other link is in force on {day}; the first is {first}")
    return LayerNotFound(
        "the catalogue has no roads or other links: no lines with a mode or route of which both "
        "ends (from_place, to_place) are known"
    )


def segments_of(layer: str, features: Iterable[Feature]) -> tuple[Segment, ...]:
    """Return the segments and links among the features of a layer of which both ends are known.

    Those are lines that state a ``mode`` or a ``route``. An end is what ``from_place`` or
    ``to_place`` says. Where that is missing, it is that of the neighbour by ``sequence`` on the
    same ``route``, among those in use or barred.
    """
    roads = [one for one in features if _is_road(one)]
    starts = {str(one.id): text_of(one.properties, "from_place") for one in roads}
    ends = {str(one.id): text_of(one.properties, "to_place") for one in roads}
    for before, after in _neighbours(roads):
        joint = ends[before] or starts[after] or f"{before} | {after}"
        ends[before] = ends[before] or joint
        starts[after] = starts[after] or joint
    return tuple(
        Segment(layer, one, (start, end))
        for one in roads
        if (start := starts[str(one.id)]) and (end := ends[str(one.id)])
    )


def _is_road(feature: Feature) -> bool:
    """Tell whether a feature is a line that traffic may follow; airports are points."""
    is_line = feature.geometry is not None and feature.geometry["type"] in _LINES
    return is_line and bool(
        text_of(feature.properties, "mode") or text_of(feature.properties, "route")
    )


def _neighbours(roads: Iterable[Feature]) -> Iterator[tuple[str, str]]:
    """Yield the ids of segments that follow each other on a route."""
    routes: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for one in roads:
        route, sequence = text_of(one.properties, "route"), one.properties.get("sequence")
        is_there = text_of(one.properties, "status") in (None, *IN_USE, *BARRED)
        if route and is_there and _is_number(sequence):
            routes[route].append((cast(float, sequence), str(one.id)))
    for chain in routes.values():
        yield from pairwise(segment for _, segment in sorted(chain))


def answer_of(properties: Mapping[str, Any], traffic: str, *, forward: bool) -> tuple[Answer, str]:
    """Tell whether a kind of traffic passes a segment or link, and why, in words.

    Parameters
    ----------
    properties : mapping of str to JSON value
        Those of the feature.
    traffic : str
        A word of ``traffic``, such as ``civilian``.
    forward : bool
        Whether it is travelled as its line runs, from ``from_place`` to ``to_place``.
    """
    named, status = properties.get("traffic"), text_of(properties, "status")
    if properties.get("direction") == ("backward" if forward else "forward"):
        return "no", Translatable("one way, the other way")
    if isinstance(named, list):
        if traffic in named:
            return "yes", Translatable("{traffic} named", traffic=Translatable(traffic))
        others = tuple(Translatable(str(one)) for one in named if one != "none")
        only = Translatable("only {traffic} named", separator=", ", traffic=others)
        return "no", only if others else Translatable("nobody passes")
    if status == "open":
        return "yes", Translatable("open")
    if status == "restricted":
        # No report tells of a state that is inferred.
        if properties.get("certainty") == "inferred":
            return "not known", Translatable("nothing reported of who passes")
        return "restricted", Translatable("not stated for whom")
    if status in _LABELS:
        return "no", Translatable(_LABELS[status])
    return "not known", Translatable("no known status")


def graph_of(segments: Iterable[Segment], traffic: str) -> nx.MultiDiGraph:
    """Return the graph of segments and links for a kind of traffic, each travelled both ways.

    Every edge has an `Edge` as ``edge`` and a whole number as ``cost``, by which the cheapest
    path is the best: the one with fewest roads out of service, then with fewest other ones that
    answer no, then not known, then restricted, then the shortest as drawn. Of two paths the one
    whose worst edge is better is thus always the cheaper.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for segment in sorted(segments, key=lambda one: one.ref):
        for edge in _edges(segment, traffic):
            graph.add_edge(edge.start, edge.end, key=edge.ref, edge=edge)
    # More than any path has edges, and than it is long.
    step = 1 + sum(1 + _whole_m(edge) for *_, edge in graph.edges.data("edge"))
    for *_, data in graph.edges.data():
        rank = _rank(data["edge"])
        data["cost"] = _whole_m(data["edge"]) + (step**rank if rank else 0)
    return graph


def _edges(segment: Segment, traffic: str) -> Iterator[Edge]:
    from pkzone.geo.convert import shape_of
    from pkzone.geo.measure import length_m

    drawn_m = length_m(shape_of(segment.feature.geometry))
    for forward in (True, False):
        answer, reason = answer_of(segment.feature.properties, traffic, forward=forward)
        yield Edge(segment, forward, answer, reason, drawn_m)


def _rank(edge: Edge) -> int:
    """Return how bad an edge is: its answer, where a road out of service is worse than barred."""
    out_of_service = edge.answer == "no" and edge.status not in IN_USE | BARRED
    return ANSWERS.index(edge.answer) + out_of_service


def _whole_m(edge: Edge) -> int:
    """Return the length as a whole number: sums of those are exact, however large."""
    return round(edge.length_drawn_m)


def best_path(graph: nx.MultiDiGraph, start: str, end: str) -> tuple[Edge, ...]:
    """Return the edges of the best path from one place to another; none where none joins them."""
    import networkx as nx

    try:
        places = nx.shortest_path(graph, start, end, weight="cost")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return ()
    parallel = (graph[here][there].items() for here, there in pairwise(places))
    cheapest = (min(roads, key=lambda road: (road[1]["cost"], road[0])) for roads in parallel)
    return tuple(data["edge"] for _, data in cheapest)


def passing_by(
    graph: nx.MultiDiGraph, linked_with: str, lon: float, lat: float
) -> tuple[Segment, float] | None:
    """Return which of the segments linked with a place is drawn nearest to a point, and how near.

    Only those count that are in use or barred, and that pass within 5 km.
    """
    import networkx as nx
    import numpy as np

    from pkzone.tagging.geometries import Lines
    from pkzone.tagging.layer_index import index_of

    linked = {linked_with, *nx.descendants(graph, linked_with)}
    segments = {one.ref: one.segment for *_, one in graph.edges(linked, data="edge")}
    near: list[tuple[float, str]] = []
    for ref, segment in segments.items():
        if text_of(segment.feature.properties, "status") in IN_USE | BARRED:
            lines = Lines(cast("LineIndex", index_of([segment.feature], "lines")))
            away_m = lines.tags(np.array([lon]), np.array([lat])).distance_m[0]
            near += [(float(away_m), ref)] if away_m <= _NEAR_M else []
    if not near:
        return None
    away_m, ref = min(near)
    return segments[ref], away_m


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
