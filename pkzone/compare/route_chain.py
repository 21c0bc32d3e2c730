"""Chain segments in use into routes by their sequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.compare.memo import once
from pkzone.compare.result import Gap
from pkzone.geo.convert import shape_of
from pkzone.geo.measure import distance_m, line_parts, segment_lengths_m
from pkzone.geojson.model import Feature
from pkzone.layers.terms import IN_USE

__all__ = ["SNAP_M", "Chain", "Stretch", "chains", "is_in_use", "place_on_route", "route_of"]

Array = npt.NDArray[np.float64]

SNAP_M = 10.0
"""Ends of segments up to so far apart are joined; the bit between them counts as road."""


class Stretch(NamedTuple):
    """One line of one segment in its place on a route.

    Parameters
    ----------
    segment : str, int or None
        Id of the segment.
    coords : ndarray of shape (n, 2)
        Degrees lon/lat in the direction of the route.
    number : int
        Index of the segment among those of the route.
    from_m : float
        Chainage along the route at which it begins.
    """

    segment: str | int | None
    coords: Array
    number: int
    from_m: float


@dataclass(frozen=True, slots=True)
class Chain:
    """One route of one side, from its first segment in use to its last.

    Parameters
    ----------
    route : str
        What the segments say in ``route``.
    segments : tuple
        Ids of the segments in use, in their order.
    line : shapely.MultiLineString
        Degrees lon/lat; one part for each piece that runs without a gap.
    gaps : tuple of Gap
        Where one piece ends and the next begins elsewhere.
    stretches : tuple of Stretch
        The lines it is made of.
    features : tuple of Feature
        The segments in use, in their order.
    """

    route: str
    segments: tuple[str | int | None, ...]
    line: shapely.MultiLineString
    gaps: tuple[Gap, ...]
    stretches: tuple[Stretch, ...] = field(default=(), repr=False, compare=False)
    features: tuple[Feature, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def nowhere(cls, route: str) -> Chain:
        """Return the chain of a route that a side does not have in use."""
        return cls(route, (), shapely.MultiLineString(), ())


class _Part(NamedTuple):
    """One line of one segment."""

    segment: str | int | None
    coords: Array
    number: int


def route_of(feature: Feature) -> str | None:
    """Return the route that a feature belongs to; none for what is no segment of one."""
    route = feature.properties.get("route")
    return route if isinstance(route, str) and route else None


def is_in_use(feature: Feature) -> bool:
    """Return whether traffic follows a segment; one that states no status counts."""
    status = feature.properties.get("status")
    return status is None or status in IN_USE


@once
def chains(features: Iterable[Feature]) -> dict[str, Chain]:
    """Return the routes of a layer by name.

    Segments follow each other by ``sequence``, those of one number, or of none, by id. One that
    is drawn the other way round is turned where that joins more ends. Where the ends of two
    segments are more than `SNAP_M` apart the route goes on in a new piece.

    Returns
    -------
    dict of str to Chain
        Sorted by name. Routes whose segments in use have no line at all are left out.
    """
    segments: defaultdict[str, list[Feature]] = defaultdict(list)
    for feature in features:
        route = route_of(feature)
        if route is not None and is_in_use(feature):
            segments[route].append(feature)
    found = (_chain(route, segments[route]) for route in sorted(segments))
    return {chain.route: chain for chain in found if not chain.line.is_empty}


def _chain(route: str, features: Sequence[Feature]) -> Chain:
    ordered = sorted(features, key=place_on_route)
    drawn = [list(line_parts(shape_of(feature.geometry))) for feature in ordered]
    parts: list[_Part] = []
    for number, feature in enumerate(ordered):
        before = [parts[-1].coords] if parts else []
        after = next(filter(None, drawn[number + 1 :]), [])
        lines = _in_order(drawn[number], before, after)
        parts += [_Part(feature.id, line, number) for line in lines]
    turned = _turned([part.coords for part in parts])
    parts = [
        part._replace(coords=part.coords[::-1]) if turn else part
        for part, turn in zip(parts, turned, strict=True)
    ]
    pieces, gaps, starts_m = _pieces(parts)
    stretches = (Stretch(*part, at_m) for part, at_m in zip(parts, starts_m, strict=True))
    ids = tuple(feature.id for feature in ordered)
    line = shapely.MultiLineString(pieces)
    return Chain(route, ids, line, tuple(gaps), tuple(stretches), tuple(ordered))


def place_on_route(feature: Feature) -> tuple[bool, float, str]:
    """Return the sort key of a segment: sequence, then id; those without a number come last."""
    sequence: Any = feature.properties.get("sequence")
    known = isinstance(sequence, int | float) and not isinstance(sequence, bool)
    return not known, sequence if known else 0, str(feature.id)


def _in_order(lines: list[Array], before: list[Array], after: list[Array]) -> list[Array]:
    """Return the lines of one segment in the order of travel; GeoJSON keeps none for them.

    From what is already chained one goes on to the nearest line, and so forth; at the start of
    a route one goes backwards from the next segment, or else from one end.
    """
    if len(lines) < 2:
        return lines
    left = list(lines)
    near = before or after or [left[_outermost(left)]]
    ordered: list[Array] = []
    while left:
        away_m = [min(_ends_apart_m(one, line) for one in near) for line in left]
        near = [left.pop(int(np.argmin(away_m)))]
        ordered += near
    return ordered if before or not after else ordered[::-1]


def _outermost(lines: Sequence[Array]) -> int:
    """Return the index of the line whose beginning is farthest from the ends of the others."""

    def lonely_m(number: int) -> float:
        others = (line for index, line in enumerate(lines) if index != number)
        return min(_ends_apart_m(lines[number][:1], other) for other in others)

    return max(range(len(lines)), key=lonely_m)


def _ends_apart_m(a: Array, b: Array) -> float:
    return min(distance_m(tuple(p), tuple(q)) for p in (a[0], a[-1]) for q in (b[0], b[-1]))


def _turned(lines: Sequence[Array]) -> list[bool]:
    """Return which lines to turn so that the fewest breaks remain, then the fewest are turned.

    A shortest path through two states a line: as drawn, and turned.
    """
    if not lines:
        return []
    first, last = np.array([c[0] for c in lines]), np.array([c[-1] for c in lines])
    ends, starts = (last[:-1], first[:-1]), (first[1:], last[1:])
    parted = [
        [distance_m(ends[was], starts[turn]) > SNAP_M for turn in (False, True)]
        for was in (False, True)
    ]
    cost = [(0, 0), (0, 1)]
    came_from: list[tuple[bool, bool]] = []
    for join in range(len(lines) - 1):
        options = [
            [
                (cost[was][0] + bool(parted[was][turn][join]), cost[was][1] + turn)
                for was in (False, True)
            ]
            for turn in (False, True)
        ]
        came_from.append((options[0][1] < options[0][0], options[1][1] < options[1][0]))
        cost = [min(one) for one in options]
    turn = cost[1] < cost[0]
    answer = [turn]
    for choice in reversed(came_from):
        turn = choice[turn]
        answer.append(turn)
    return answer[::-1]


def _pieces(parts: Sequence[_Part]) -> tuple[list[Array], list[Gap], list[float]]:
    """Join the parts of a route where they meet, note where they do not, and where each begins."""
    if not parts:
        return [], [], []
    pieces, gaps = [[parts[0].coords]], []
    chainage_m = 0.0
    starts_m = [chainage_m]
    for before, after in pairwise(parts):
        start, end = _lonlat(before.coords[-1]), _lonlat(after.coords[0])
        apart_m = distance_m(start, end)
        chainage_m += float(segment_lengths_m(before.coords).sum())
        if apart_m > SNAP_M:
            gaps.append(Gap(chainage_m, apart_m, start, end, before.segment, after.segment))
            pieces.append([after.coords])
        else:
            same = np.array_equal(before.coords[-1], after.coords[0])
            pieces[-1].append(after.coords[1:] if same else after.coords)
            chainage_m += apart_m
        starts_m.append(chainage_m)
    return [np.concatenate(piece) for piece in pieces], gaps, starts_m


def _lonlat(place: Array) -> tuple[float, float]:
    return float(place[0]), float(place[1])
