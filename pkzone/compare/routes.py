"""Compare routes: sections by chainage, places beside them, status changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.catalogue_context import NOTHING, Surroundings, parties_of, surroundings
from pkzone.compare.equality import feature_key
from pkzone.compare.memo import once
from pkzone.compare.place_names import place_of
from pkzone.compare.result import Change, RouteDiff, Section, StatusChange
from pkzone.compare.route_chain import Chain, chains, is_in_use, route_of
from pkzone.errors import printable
from pkzone.geo.lines import LineComparison, compare_lines
from pkzone.geo.measure import line_parts
from pkzone.geo.sections import Section as Stretch
from pkzone.geojson.model import Feature
from pkzone.layers.terms import BARRED

if TYPE_CHECKING:
    from pkzone.compare.classify import Terms
    from pkzone.compare.inputs import DiffInput, DiffInputs

__all__ = ["route_diffs", "routes_of"]

FeatureId = str | int | None
_Side = tuple[Chain, Surroundings]

PARTIES_DIFFER = "the parties differ; see sources"


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
    diffs = []
    for route in sorted({*before, *after}):
        mine = before.get(route) or Chain.nowhere(route)
        theirs = after.get(route) or Chain.nowhere(route)
        statuses = tuple(statuses_of.get(route, ()))
        published = base_around.published.get(route), target_around.published.get(route)
        if mine.line != theirs.line or statuses or published[0] != published[1]:
            sides = (mine, base_around), (theirs, target_around)
            diffs.append(
                _compared(*sides, statuses, tolerance_m, [] if notices is None else notices)
            )
    return tuple(diffs)


def _compared(
    before: _Side,
    after: _Side,
    statuses: tuple[StatusChange, ...],
    tolerance_m: float,
    notices: list[str],
) -> RouteDiff:
    """Return the comparison of a route that at least one side has in use."""
    (base, base_around), (target, target_around) = before, after
    lines = _lines_compared(base.line, target.line, tolerance_m)
    route = f"route {printable(base.route)}"
    # a route has no Fréchet distance that could be missed
    notices.extend(f"{route}: {one}" for one in lines.notices if "frechet_m" not in one)
    published = base_around.published.get(base.route)
    published_target = target_around.published.get(base.route)
    return RouteDiff(
        route=base.route,
        length_base_m=lines.length_base_m,
        length_target_m=lines.length_target_m,
        kept_m=lines.kept_m,
        kept_target_m=lines.kept_target_m,
        removed_m=lines.removed_m,
        added_m=lines.added_m,
        max_offset_m=lines.max_offset_m,
        sections=tuple(
            _section(one, target_around if one.kind == "added" else base_around)
            for one in lines.sections
        ),
        status_changes=statuses,
        length_published_base_km=published.km if published else None,
        length_published_target_km=published_target.km if published_target else None,
        segments_base=tuple(map(str, base.segments)),
        segments_target=tuple(map(str, target.segments)),
        gaps_base=base.gaps,
        gaps_target=target.gaps,
        published_base=published,
        published_target=published_target,
    )


@once
def _lines_compared(base: BaseGeometry, target: BaseGeometry, tolerance_m: float) -> LineComparison:
    [lines] = compare_lines([(base, target)], tolerance_m=tolerance_m)
    return lines


def _section(found: Stretch, around: Surroundings) -> Section:
    """Return a section with the places beside it."""
    return Section(**found._asdict(), near=around.places.along(found.geometry))


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
