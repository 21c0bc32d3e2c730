"""Published lengths of segments, and their sums: only where not one of the parts is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from pkzone.compare.result import PublishedLength, PublishedPart
from pkzone.compare.route_chain import Chain
from pkzone.geo.measure import segment_lengths_m
from pkzone.geojson.model import Feature, texts_of

__all__ = [
    "SCHEMATIC",
    "SLACK_SHARE",
    "Span",
    "is_schematic",
    "part_of",
    "published_of",
    "schematic_m",
    "spans",
]

SLACK_SHARE = 0.01
"""Share of a segment that may be missing at either end for it to count as a whole."""

SCHEMATIC = "schematic"
_MOST_KM = 1e9  # sums of more would not be exact; no road is


class Span(NamedTuple):
    """A segment in its place on a route: from where to where it runs, in metres along it."""

    feature: Feature
    from_m: float
    to_m: float

    def overlap_m(self, from_m: float, to_m: float) -> float:
        """Return how much of the segment lies between two places along the route."""
        return max(0.0, min(self.to_m, to_m) - max(self.from_m, from_m))


def spans(chain: Chain) -> list[Span]:
    """Return the segments of a route in their order; those without a line are left out."""
    found: dict[int, tuple[float, float]] = {}
    for one in chain.stretches:
        end_m = one.from_m + float(segment_lengths_m(one.coords).sum())
        start_m, _ = found.get(one.number, (one.from_m, end_m))
        found[one.number] = start_m, end_m
    return [Span(chain.features[number], *ends) for number, ends in found.items()]


def is_schematic(feature: Feature) -> bool:
    """Tell whether a feature is straight lines between known points, which are no course."""
    return feature.properties.get("geometry_basis") == SCHEMATIC


def part_of(feature: Feature, map_data: Collection[str] = ()) -> PublishedPart | None:
    """Return the length that a segment carries, with its sources but those of its drawing."""
    length = feature.properties.get("length_published_km")
    if isinstance(length, bool) or not isinstance(length, int | float):
        return None
    if not 0 < length < _MOST_KM:
        return None
    whole = int(length) if float(length).is_integer() else length
    return PublishedPart(
        None if feature.id is None else str(feature.id),
        Decimal(str(whole)),
        tuple(one for one in texts_of(feature.properties, "sources") if one not in map_data),
    )


def published_of(
    road: Sequence[Span], from_m: float, to_m: float, *, slack_m: float, map_data: Collection[str]
) -> PublishedLength | None:
    """Return the published length of a stretch of a route.

    Parameters
    ----------
    road : sequence of Span
        The segments of the route.
    from_m, to_m : float
        Where the stretch begins and ends along the route.
    slack_m : float
        How much of a segment may be missing at either end, if that is more than `SLACK_SHARE`
        of it; so much of another one is no part of the stretch either.
    map_data : collection of str
        Sources that give drawings and no lengths.

    Returns
    -------
    PublishedLength or None
        The sum over its segments; none where it has only a part of one, or where one carries no
        length: a part has no published length, and never a share of it.
    """
    parts = []
    for span in road:
        length_m, covered_m = span.to_m - span.from_m, span.overlap_m(from_m, to_m)
        slack = max(slack_m, SLACK_SHARE * length_m)
        missing_m = max(from_m - span.from_m, span.to_m - to_m)
        if covered_m * 2 > length_m and missing_m <= slack:
            parts.append(part_of(span.feature, map_data))
        elif covered_m > slack or covered_m * 2 == length_m > 0:
            return None
    return PublishedLength.total(parts)


def schematic_m(road: Iterable[Span], from_m: float, to_m: float) -> float:
    """Return how much of a stretch of a route is schematic."""
    return sum(one.overlap_m(from_m, to_m) for one in road if is_schematic(one.feature))
