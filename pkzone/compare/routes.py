"""Compare routes: sections by chainage, places beside them, status changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.catalogue_context import NOTHING, Surroundings, parties_of, surroundings
from pkzone.compare.equality import feature_key
from pkzone.compare.memo import once
from pkzone.compare.place_names import place_of
from pkzone.compare.published import (
    SLACK_SHARE,
    Span,
    published_of,
    schematic_m,
    spans,
)
from pkzone.compare.result import Change, PublishedLength, RouteDiff, Section, StatusChange
from pkzone.compare.route_chain import Chain, chains, is_in_use, route_of
from pkzone.errors import printable
from pkzone.geo.lines import LineComparison, compare_lines
from pkzone.geo.measure import line_parts
from pkzone.geo.sections import Section as Stretch
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable, phrase
from pkzone.layers.terms import BARRED

if TYPE_CHECKING:
    from pkzone.compare.classify import Terms
    from pkzone.compare.inputs import DiffInput, DiffInputs

__all__ = ["route_diffs", "routes_of"]

FeatureId = str | int | None
Ends = tuple[float, float]
PARTIES_DIFFER = phrase("the parties differ; see sources")


def routes_of(sides: DiffInputs, changes: Sequence[Change], terms: Terms) -> tuple[RouteDiff, ...]:
    """Compare the routes of both sides."""
    # Sorted: segments without id and number are chained in the order in which they come.
    base, target = (_in_order(side.having("route")) for side in (sides.base, sides.target))
    if not base and not target:
        return ()
    base_around, target_around = (_around(sides, one) for one in (sides.base, sides.target))
    return route_diffs(
        base,
        target,
        tolerance_m=terms.tolerance_m,
        changes=changes,
        base_around=base_around or _places_only(target_around),
        target_around=target_around or _places_only(base_around),
        notices=terms.notices,
    )


@once
def _in_order(features: Iterable[Feature]) -> Sequence[Feature]:
    return sorted(features, key=feature_key)


def _around(sides: DiffInputs, side: DiffInput) -> Surroundings | None:
    if side.version is None:
        return None
    return surroundings(sides.catalogue, side.version, side.having("route", "controller"))


def _places_only(other: Surroundings | None) -> Surroundings:
    """Return the context of a file that is compared with a version: its places alone."""
    return NOTHING if other is None else replace(NOTHING, places=other.places)


def route_diffs(
    base: Sequence[Feature],
    target: Sequence[Feature],
    *,
    tolerance_m: float,
    changes: Iterable[Change] = (),
    base_around: Surroundings = NOTHING,
    target_around: Surroundings = NOTHING,
    notices: list[str] | None = None,
) -> tuple[RouteDiff, ...]:
    """Compare the routes of two sides.

    Parameters
    ----------
    base, target : sequence of Feature
        All features of either side; those with a ``route`` count, see `chains`.
    tolerance_m : float
        How far apart, in metres, two lines may be that count as the same road.
    changes : iterable of Change, optional
        Tells which segments were renamed.
    base_around, target_around : Surroundings, optional
        Places, published lengths and scenes of either side.
    notices : list of str, optional
        Takes where distances are not as good as elsewhere.

    Returns
    -------
    tuple of RouteDiff
        By name. ``kept_m + removed_m`` is ``length_base_m`` and ``kept_target_m + added_m`` is
        ``length_target_m``. A route is left out if neither side has it in use, or if both have
        it along the same line, with the same status and published length.

    Raises
    ------
    TooWide
        A route spans more than half the earth.
    """
    before, after = chains(base), chains(target)
    statuses_of = _status_changes(base, target, changes, target_around)
    resting = _resting(base), _resting(target)
    diffs = []
    for route in sorted({*before, *after}):
        mine = before.get(route) or Chain.nowhere(route)
        theirs = after.get(route) or Chain.nowhere(route)
        statuses = tuple(statuses_of.get(route, ()))
        sides = (
            _Side(mine, base_around, resting[0][route]),
            _Side(theirs, target_around, resting[1][route]),
        )
        if mine.line != theirs.line or statuses or _texts(sides[0]) != _texts(sides[1]):
            diffs.append(
                _compared(*sides, statuses, tolerance_m, [] if notices is None else notices)
            )
    return tuple(diffs)


def _resting(features: Iterable[Feature]) -> defaultdict[str, list[Feature]]:
    """Return the segments that are not in use, by route."""
    by_route = defaultdict(list)
    for feature in features:
        route = route_of(feature)
        if route is not None and not is_in_use(feature):
            by_route[route].append(feature)
    return by_route


class _Side:
    """One side of a route: its segments in their places, and what the sources say of it.

    ``resting`` has the geometries of its segments that are not in use, by id.
    """

    def __init__(self, chain: Chain, around: Surroundings, resting: Iterable[Feature]) -> None:
        self.chain = chain
        self.around = around
        self.published = around.published_of(chain)
        self.resting = {one.id: one.geometry for one in resting}

    @cached_property
    def road(self) -> list[Span]:
        """The segments in their places."""
        return spans(self.chain)

    def published_between(
        self, from_m: float, to_m: float, tolerance_m: float
    ) -> PublishedLength | None:
        known = self.around.map_data
        return published_of(self.road, from_m, to_m, slack_m=tolerance_m, map_data=known)

    def schematic_between(self, from_m: float, to_m: float, tolerance_m: float) -> float:
        """Return how much of a stretch is schematic; what lies within the slack is no share."""
        drawn_m, found_m = to_m - from_m, schematic_m(self.road, from_m, to_m)
        slack_m = max(tolerance_m, SLACK_SHARE * drawn_m)
        if found_m <= slack_m and drawn_m > slack_m:
            return 0.0
        return drawn_m if drawn_m - found_m <= slack_m and found_m else found_m


def _texts(side: _Side) -> str | None:
    return side.published.text if side.published else None


def _compared(
    before: _Side,
    after: _Side,
    statuses: tuple[StatusChange, ...],
    tolerance_m: float,
    notices: list[str],
) -> RouteDiff:
    """Return the comparison of a route that at least one side has in use."""
    base, target = before.chain, after.chain
    lines = _lines_compared(base.line, target.line, tolerance_m)
    route = Translatable("route {name}", name=printable(base.route))
    base_stretches = [(one.from_m, one.to_m) for one in lines.sections if one.kind != "added"]
    target_stretches = [_ends_in_target(one) for one in lines.sections if one.kind != "removed"]
    # a route has no Fréchet distance that could be missed
    notices.extend(
        Translatable("{what}: {notice}", what=route, notice=one)
        for one in lines.notices
        if "frechet_m" not in one
    )
    return RouteDiff(
        route=base.route,
        length_base_m=lines.length_base_m,
        length_target_m=lines.length_target_m,
        kept_m=lines.kept_m,
        kept_target_m=lines.kept_target_m,
        removed_m=lines.removed_m,
        added_m=lines.added_m,
        max_offset_m=lines.max_offset_m,
        sections=tuple(_section(one, before, after, tolerance_m) for one in lines.sections),
        status_changes=statuses,
        segments_base=tuple(map(str, base.segments)),
        segments_target=tuple(map(str, target.segments)),
        gaps_base=base.gaps,
        gaps_target=target.gaps,
        published_base=before.published,
        published_target=after.published,
        schematic_base_m=_schematic_of_all(before, base_stretches, tolerance_m),
        schematic_target_m=_schematic_of_all(after, target_stretches, tolerance_m),
    )


def _schematic_of_all(side: _Side, stretches: Iterable[Ends], tolerance_m: float) -> float:
    """Return how much of a side is schematic: the sum over its stretches, as they are told."""
    return sum((side.schematic_between(*ends, tolerance_m) for ends in stretches), 0.0)


def _ends_in_target(found: Stretch) -> Ends:
    """Return where a stretch lies along the target, the lesser end first."""
    if found.target_from_m is None or found.target_to_m is None:
        return found.from_m, found.to_m
    ends = found.target_from_m, found.target_to_m  # the other way round in a line turned round
    return min(ends), max(ends)


@once
def _lines_compared(base: BaseGeometry, target: BaseGeometry, tolerance_m: float) -> LineComparison:
    [lines] = compare_lines([(base, target)], tolerance_m=tolerance_m)
    return lines


def _section(found: Stretch, before: _Side, after: _Side, tolerance_m: float) -> Section:
    """Return a section with the places beside it, its length by the sources and its drawing."""
    own, other = (after, before) if found.kind == "added" else (before, after)
    along = found.from_m, found.to_m, tolerance_m
    published = own.published_between(*along)
    schematic = own.schematic_between(*along)
    if found.target_from_m is not None and found.target_to_m is not None:
        beside = *_ends_in_target(found), tolerance_m
        published = _agreed(published, other.published_between(*beside))
        schematic = max(schematic, other.schematic_between(*beside))
    return Section(
        **found._asdict(),
        near=own.around.places.along(found.geometry),
        published=published,
        schematic_m=min(schematic, found.length_m),
        restated=found.kind != "kept" and _is_restated(own, other, *along),
    )


def _agreed(base: PublishedLength | None, target: PublishedLength | None) -> PublishedLength | None:
    """Return the published length of a stretch that both sides have, if they agree on it."""
    if base is None or target is None or base.km != target.km:
        return None
    sources = tuple(sorted({*base.sources, *target.sources}))
    return replace(min(base, target, key=lambda one: len(one.text)), sources=sources)


def _is_restated(own: _Side, other: _Side, from_m: float, to_m: float, slack_m: float) -> bool:
    """Tell whether the other side has the segments of a stretch as they are, but not in use."""
    covered = [
        one.feature
        for one in own.road
        if one.overlap_m(from_m, to_m) > max(slack_m, SLACK_SHARE * (one.to_m - one.from_m))
    ]
    return bool(covered) and all(
        feature.id in other.resting and other.resting[feature.id] == feature.geometry
        for feature in covered
    )


def _status_changes(
    base: Iterable[Feature],
    target: Iterable[Feature],
    changes: Iterable[Change],
    around: Surroundings,
) -> dict[str, list[StatusChange]]:
    """Return, by route, the segments with another status, in the order of the target.

    Those that neither side has in use do not concern the route.
    """
    renamed = (one for one in changes if one.kind == "renamed")
    old_ids: dict[FeatureId, FeatureId] = {one.new_id: one.id for one in renamed}
    before: dict[FeatureId, Feature] = {one.id: one for one in base if route_of(one)}
    by_route: dict[str, list[StatusChange]] = {}
    for feature in target:
        route = route_of(feature)
        old = before.get(old_ids.get(feature.id, feature.id))
        if route is None or old is None or route_of(old) != route or feature.id is None:
            continue
        if not (is_in_use(old) or is_in_use(feature)):
            continue
        if old.properties.get("status") != feature.properties.get("status"):
            by_route.setdefault(route, []).append(_status_change(old, feature, around))
    return by_route


def _status_change(base: Feature, target: Feature, around: Surroundings) -> StatusChange:
    differ = len(parties_of(target, around.parties)) > 1
    return StatusChange(
        segment=str(target.id),
        name=_text(target, "name") or str(target.id),
        base=_text(base, "status"),
        target=_text(target, "status"),
        since=_text(target, "since"),
        near=_near(target, around),
        note=PARTIES_DIFFER if differ else None,
    )


def _near(segment: Feature, around: Surroundings) -> tuple[str, ...]:
    """Name where on a segment it happened; failing that, where the segment begins and ends."""
    lines = list(line_parts(place_of(segment)))
    if not lines:
        return ()
    line = shapely.LineString(np.concatenate(lines))
    names: list[str] = []
    # A road is barred at a place, but opened, left or planned as a whole.
    if segment.properties.get("status") in BARRED:
        for name, place in around.scenes_on(segment.id, line):
            names += around.places.at(place) or (name,)
    if not names:
        along = around.places.along(line)
        names = [*along[:1], *along[-1:]]
    return tuple(dict.fromkeys(names))


def _text(feature: Feature, key: str) -> str | None:
    value = feature.properties.get(key)
    return None if value is None else str(value)
