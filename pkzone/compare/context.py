"""What stands around the changes: routes, who is affected, and the events between."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pkzone.compare.affected import affected, events_between, may_affect
from pkzone.compare.catalogue_context import (
    NOTHING,
    PLACES,
    Surroundings,
    features_on,
    surroundings,
)
from pkzone.compare.equality import feature_key
from pkzone.compare.routes import route_diffs
from pkzone.geojson import reader
from pkzone.geojson.model import Feature
from pkzone.layers.identity import identified
from pkzone.layers.references import FileReference, parse

if TYPE_CHECKING:
    from pkzone.compare.classify import Terms
    from pkzone.compare.inputs import Side, Sides
    from pkzone.compare.result import Affected, Change, RouteDiff
    from pkzone.layers.model import Event

__all__ = ["affected_of", "events_of", "routes_of"]


def routes_of(sides: Sides, changes: Sequence[Change], terms: Terms) -> tuple[RouteDiff, ...]:
    """Return what differs between the routes of both sides."""
    changed = any("route" in one.properties for change in changes for one in change.target)
    if not changed and not sides.base.mentions(b'route"'):  # what is unchanged stands there too
        return ()
    # Sorted: segments without id and number are chained in the order in which they come.
    base, target = (
        sorted(side.collection.features, key=feature_key) for side in (sides.base, sides.target)
    )
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


def _around(sides: Sides, side: Side) -> Surroundings | None:
    if side.version is None:
        return None
    return surroundings(sides.catalogue, side.version, side.collection.features)


def _places_only(other: Surroundings | None) -> Surroundings:
    """Return what holds for a file too, if it is compared with a version: the places."""
    return NOTHING if other is None else replace(NOTHING, places=other.places)


def affected_of(
    sides: Sides, reference: str | os.PathLike[str] | None, within_m: float
) -> tuple[Affected, ...]:
    """Return who enters or leaves the areas or the reach of the routes of the layer compared.

    A reference to a layer as such means it as of either version; any other names the same
    features for both sides. Without one the places of the catalogue are asked about, where a
    version is compared.
    """
    if reference is None and sides.base.version is None and sides.target.version is None:
        return ()
    base, target = sides.base.collection.features, sides.target.collection.features
    if reference is None and not any(map(may_affect, (*base, *target))):
        return ()
    candidates = _candidates(sides, PLACES if reference is None else reference)
    return affected(base, target, *candidates, within_m=within_m)


def _candidates(
    sides: Sides, reference: str | os.PathLike[str]
) -> tuple[Sequence[Feature], Sequence[Feature]]:
    parsed = parse(reference, sides)
    if isinstance(parsed, FileReference):
        read = reader.read(parsed.path, check_validity=False)
        found = identified(read, parsed.path).features
        return found, found
    versions = [side.version for side in (sides.base, sides.target) if side.version is not None]
    if parsed.version is not None or not versions:
        found = sides.catalogue.version(parsed).features().features
        return found, found
    if reference != PLACES:
        sides.catalogue[parsed.layer]  # refuse the name of no layer
    base, target = versions[0], versions[-1]
    return (
        features_on(sides.catalogue, parsed.layer, base),
        features_on(sides.catalogue, parsed.layer, target),
    )


def events_of(sides: Sides) -> tuple[Event, ...]:
    """Return the events between two versions of one layer."""
    base, target = sides.base.version, sides.target.version
    if base is None or target is None or base.layer != target.layer:
        return ()
    return events_between(sides.catalogue, base.layer, base, target)
