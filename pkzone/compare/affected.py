"""Find who enters or leaves a zone or the reach of a route, and the events between versions."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.catalogue_context import PLACES, features_on
from pkzone.compare.memo import once
from pkzone.compare.place_names import distances_m, feature_label, place_of
from pkzone.compare.result import Affected
from pkzone.compare.route_chain import Chain, chains, route_of
from pkzone.formats import any_file
from pkzone.geo.convert import repaired
from pkzone.geo.measure import running
from pkzone.geojson import line_diff
from pkzone.geojson.model import Feature, text_of
from pkzone.layers.dates import overlaps, parse_version_id
from pkzone.layers.identity import identified
from pkzone.layers.references import FileReference, parse

if TYPE_CHECKING:
    from pkzone.compare.inputs import DiffInputs
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Event, Version

__all__ = ["WITHIN_M", "affected", "affected_of", "events_between", "events_of", "may_affect"]

WITHIN_M = 2500.0
"""How far the reach of a route goes unless asked otherwise."""

FAR_M = 50_000.0
"""Beyond this no stated uncertainty matters."""

# What places say of themselves. In a strip of the corridor a place is in the zone, too.
_IN_ZONE = ("inside", "corridor")
_OUT_OF_ZONE = ("outside",)
_UNKNOWN = "unknown"
_IN_CORRIDOR = ("corridor",)
_OUT_OF_CORRIDOR = ("inside", "outside")

_TURNS = (-360.0, 0.0, 360.0)  # degrees: areas across the antimeridian run on beyond 180

FeatureId = str | int | None
Shapes = npt.NDArray[np.object_]


def affected_of(
    sides: DiffInputs, reference: str | os.PathLike[str] | None, within_m: float
) -> tuple[Affected, ...]:
    """Find who enters or leaves the areas or the reach of the routes of the layer compared.

    A reference to a layer as such means it as of either version; any other names the same
    features for both sides. Without one the places of the catalogue are asked about, where a
    version is compared.
    """
    if reference is None and sides.base.version is None and sides.target.version is None:
        return ()
    base, target = (_affecting(side.features(_may_affect)) for side in (sides.base, sides.target))
    if reference is None and not (base or target):
        return ()
    candidates = _candidates(sides, PLACES if reference is None else reference)
    return affected(base, target, *candidates, within_m=within_m)


@once
def _affecting(features: Iterable[Feature]) -> Sequence[Feature]:
    return [*filter(may_affect, features)]


def _candidates(
    sides: DiffInputs, reference: str | os.PathLike[str]
) -> tuple[Sequence[Feature], Sequence[Feature]]:
    parsed = parse(reference, sides)
    if isinstance(parsed, FileReference):
        read = any_file.read(parsed.path, check_validity=False)
        features = identified(read, parsed.path).features
        return features, features
    versions = [side.version for side in (sides.base, sides.target) if side.version is not None]
    if parsed.version is not None or not versions:
        features = sides.catalogue.version(parsed).features().features
        return features, features
    if reference != PLACES:
        sides.catalogue[parsed.layer]  # refuse the name of no layer
    base, target = versions[0], versions[-1]
    return (
        features_on(sides.catalogue, parsed.layer, base),
        features_on(sides.catalogue, parsed.layer, target),
    )


def affected(
    base: Sequence[Feature],
    target: Sequence[Feature],
    base_candidates: Sequence[Feature],
    target_candidates: Sequence[Feature],
    *,
    within_m: float = WITHIN_M,
) -> tuple[Affected, ...]:
    """Find who enters or leaves the areas of a layer, or the reach of its routes.

    A candidate is in the zone where it touches any area of the layer: one that passes from one
    area to another is not affected. It is in the reach of a route where it lies within
    `within_m` of the line in use; each route counts for itself. A candidate that only one side
    knows is taken to have stood in the same place on the other.

    What a candidate says of itself comes first: one whose ``status`` goes from ``inside`` or
    ``corridor`` to ``outside``, or back, has left or entered a zone of responsibility, wherever
    its border is drawn; one that comes from or goes to ``corridor`` has entered or left that of
    the routes. One that says the same of itself before and after, or on either side that it is not
    known, is not certain to have crossed a zone's border. Any border, and the end of the reach of
    a route, is crossed with certainty only where the candidate lies farther from it than the
    stated uncertainty of drawing and candidate together, on both sides.

    Parameters
    ----------
    base, target : sequence of Feature
        The layer compared, all features of either side.
    base_candidates, target_candidates : sequence of Feature
        Points, lines or areas that may be affected, as they are on either side. Those without
        an id are known by their name, those without either, or a geometry, are passed over.
    within_m : float, optional
        Metres.

    Returns
    -------
    tuple of Affected
        By name, then by what they enter or leave. ``of`` is the route, or the area entered in
        the target or left in the base; of several, the first by id.

    Raises
    ------
    TooWide
        A route spans more than half the earth.
    """
    known = _known(base_candidates, target_candidates)
    if not known.keys:
        return ()
    found = [*_of_zone(base, target, known), *_of_routes(base, target, known, within_m)]
    return tuple(sorted(found, key=lambda one: (one.name, str(one.id), str(one.of), one.effect)))


def may_affect(feature: Feature) -> bool:
    """Tell whether a feature is something that others can enter or leave."""
    return route_of(feature) is not None or "Polygon" in (feature.geometry or {"type": ""})["type"]


def _may_affect(line: bytes) -> bool:
    """Tell the same of the feature on a line."""
    return "Polygon" in line_diff.geometry_type(line) or line_diff.has_property(line, "route")


class _Candidates:
    """Candidates to be affected: keys, names, and the place of each on either side."""

    def __init__(self, base: Iterable[Feature], target: Iterable[Feature]) -> None:
        before, after = dict(_keyed(base)), dict(_keyed(target))
        self.keys = list(after | before)
        both = [(before.get(key) or after[key], after.get(key) or before[key]) for key in self.keys]
        self.features = [one for _, one in both]
        self.base = _array(one for one, _ in both)
        self.target = _array(one for _, one in both)
        self.statuses = [tuple(map(_status, pair)) for pair in both]
        self.uncertainty_m = [max(map(_uncertainty_m, pair)) for pair in both]

    def named(
        self, number: int, has_entered: bool, of: FeatureId, relation: str, **more: Any
    ) -> Affected:
        one = self.features[number]
        name = one.properties.get("name")
        text = str(one.id) if name is None else str(name)
        effect = "entered" if has_entered else "left"
        return Affected(one.id, text, effect, of, relation=relation, **more)

    def crossings(self, insides: Collection[str], outsides: Collection[str]) -> dict[int, bool]:
        """Return who came in by what it says itself, and with False who went out."""
        return {
            number: target in insides
            for number, (base, target) in enumerate(self.statuses)
            if (base in insides and target in outsides) or (base in outsides and target in insides)
        }

    def denies(self, number: int) -> bool:
        """Tell whether what one says of itself does not bear out that it crossed a border."""
        base, target = self.statuses[number]
        return (base == target != "") or _UNKNOWN in (base, target)


_known = once(_Candidates)


def _status(feature: Feature) -> str:
    return text_of(feature.properties, "status") or ""


def _uncertainty_m(feature: Feature) -> float:
    stated_m = feature.properties.get("uncertainty_m")
    if isinstance(stated_m, bool) or not isinstance(stated_m, int | float):
        return 0.0
    return min(float(stated_m), FAR_M / 2) if stated_m > 0 else 0.0


def _array(features: Iterable[Feature]) -> Shapes:
    return _stacked(*(_sound(place) for one in features if (place := place_of(one)) is not None))


@once
def _stacked(*shapes: BaseGeometry) -> Shapes:
    """Return shapes as an array: one and the same where they are equal, see `once`."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _keyed(features: Iterable[Feature]) -> Iterator[tuple[tuple[bool, object], Feature]]:
    for feature in features:
        name = feature.properties.get("name")
        if place_of(feature) is None or (feature.id is None and not isinstance(name, str)):
            continue
        yield (feature.id is None, name if feature.id is None else feature.id), feature


def _of_zone(
    base: Sequence[Feature], target: Sequence[Feature], known: _Candidates
) -> Iterator[Affected]:
    sides = (base, known.base), (target, known.target)
    before, after = (_areas_around(*side) for side in sides)
    is_responsibility = any(_is_responsibility(one) for one in (*base, *target))
    stated = known.crossings(_IN_ZONE, _OUT_OF_ZONE) if is_responsibility else {}
    for number, has_entered in stated.items():
        where = after if has_entered else before
        area = where.get(number) or _nearest_area(*sides[has_entered], number)
        if area is not None:
            by_status = known.statuses[number]
            yield known.named(
                number, has_entered, area.id, "inside", **_label(area), by_status=by_status
            )
    crossed = sorted((before.keys() ^ after.keys()) - stated.keys())
    clear = _clear(base, known.base, known, crossed) & _clear(target, known.target, known, crossed)
    for number in crossed:
        has_entered = number in after
        area = after[number] if has_entered else before[number]
        is_certain = number in clear and not (is_responsibility and known.denies(number))
        yield known.named(
            number, has_entered, area.id, "inside", **_label(area), certain=is_certain
        )


def _clear(
    features: Sequence[Feature], places: Shapes, known: _Candidates, numbers: Sequence[int]
) -> set[int]:
    """Return which places are farther than the uncertainty from the border of the areas.

    One in several areas need be so in one only.
    """
    if not numbers:
        return set()
    asked = places[numbers]
    own_m = np.array([known.uncertainty_m[number] for number in numbers])
    is_deep, is_near, is_in = (np.zeros(len(numbers), dtype=bool) for _ in range(3))
    for feature in features:
        area = _area(feature)
        if area is None or area.is_empty:
            continue
        margin_m = own_m + _uncertainty_m(feature)
        is_far = np.ones(len(numbers), dtype=bool)
        if margin_m.any():
            # of all places at once: the same of every pair of versions, see `once`
            within_m = max(known.uncertainty_m) + _uncertainty_m(feature)
            is_far = _away_m(area.boundary, places, within_m)[numbers] >= margin_m
        in_this = np.any([shapely.intersects(area, _moved(asked, deg)) for deg in _TURNS], axis=0)
        is_in |= in_this
        is_deep |= in_this & is_far
        is_near |= ~in_this & ~is_far
    is_clear = np.where(is_in, is_deep, ~is_near)
    return {number for number, sure in zip(numbers, is_clear.tolist(), strict=True) if sure}


def _label(area: Feature) -> dict[str, str]:
    return {"of_label": feature_label(area)} if area.id is None else {}


def _is_responsibility(feature: Feature) -> bool:
    return _area(feature) is not None and feature.properties.get("basis") == "responsibility"


def _nearest_area(features: Sequence[Feature], places: Shapes, number: int) -> Feature | None:
    areas = sorted(filter(_is_responsibility, features), key=lambda one: str(one.id))
    return min(areas, key=lambda one: _away_m(_area(one), places, FAR_M)[number], default=None)


@once
def _areas_around(features: Sequence[Feature], places: Shapes) -> dict[int, Feature]:
    """Return, for each place in an area, by its index, the first area by id.

    Edges are straight in degrees, as RFC 7946 has it, so no plane is needed.
    """
    areas = [(one, area) for one in features if (area := _area(one)) is not None]
    areas.sort(key=lambda pair: str(pair[0].id))
    tree = shapely.STRtree([area for _, area in areas])
    first: dict[int, int] = {}
    for turn_deg in _TURNS:
        for place, area in tree.query(_moved(places, turn_deg), predicate="intersects").T.tolist():
            first[place] = min(first.get(place, area), area)
    return {place: areas[area][0] for place, area in first.items()}


def _moved(places: Shapes, turn_deg: float) -> Shapes:
    """Return the same places with longitudes that count from another turn."""
    moved: Shapes = shapely.transform(places, lambda lonlat: lonlat + np.array([turn_deg, 0.0]))
    return moved


def _area(feature: Feature) -> BaseGeometry | None:
    if not feature.geometry or "Polygon" not in feature.geometry["type"]:
        return None
    area = place_of(feature)
    return None if area is None else _sound(area)


def _sound(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in one piece across the antimeridian, and valid."""
    west, _, east, _ = geometry.bounds
    whole = _unwrapped(geometry) if east - west > 180.0 else geometry
    return repaired(whole)[0]


def _unwrapped(geometry: BaseGeometry) -> BaseGeometry:
    """Let longitudes run on beyond 180 where a line or ring jumps across the antimeridian."""
    if hasattr(geometry, "geoms"):
        return type(geometry)([_unwrapped(part) for part in geometry.geoms])
    if geometry.geom_type == "LineString":
        return shapely.LineString(_without_jumps(shapely.get_coordinates(geometry)))
    if geometry.geom_type != "Polygon":
        return geometry
    shell = _without_jumps(shapely.get_coordinates(geometry.exterior))
    holes = [_without_jumps(shapely.get_coordinates(hole)) for hole in geometry.interiors]
    for hole in holes:
        hole[:, 0] += 360.0 * np.round((shell[:, 0].mean() - hole[:, 0].mean()) / 360.0)
    return shapely.Polygon(shell, holes)


def _without_jumps(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Unwrap longitudes; a ring round a pole, which would not close, stays as it is."""
    whole = running(lonlat)
    closed = np.array_equal(lonlat[0], lonlat[-1])
    return lonlat if closed and abs(whole[0, 0] - whole[-1, 0]) > 180.0 else whole


def _of_routes(
    base: Sequence[Feature], target: Sequence[Feature], known: _Candidates, within_m: float
) -> Iterator[Affected]:
    before, after = chains(base), chains(target)
    routes = sorted({*before, *after})
    stated = known.crossings(_IN_CORRIDOR, _OUT_OF_CORRIDOR) if routes else {}
    for number, has_entered in stated.items():
        side, places = (after, known.target) if has_entered else (before, known.base)
        route = _nearest_route(side or before | after, places, number)
        by_status = known.statuses[number]
        yield known.named(number, has_entered, route, "corridor", by_status=by_status)
    most_m = max(known.uncertainty_m)
    for route in routes:
        drawn_m = [_drawn_m(chains_of, route) for chains_of in (before, after)]
        sides = [
            _away_m(_line(chains_of, route), places, within_m + most_m + max(drawn_m))
            for chains_of, places in ((before, known.base), (after, known.target))
        ]
        was, now = (away_m <= within_m for away_m in sides)
        for number in np.flatnonzero(was != now).tolist():
            if number in stated:
                continue
            is_certain = all(
                abs(away_m[number] - within_m) >= known.uncertainty_m[number] + line_m
                for away_m, line_m in zip(sides, drawn_m, strict=True)
            )
            yield known.named(number, bool(now[number]), route, "reach", certain=is_certain)


def _line(chains_of: Mapping[str, Chain], route: str) -> BaseGeometry | None:
    return chains_of[route].line if route in chains_of else None


def _drawn_m(chains_of: Mapping[str, Chain], route: str) -> float:
    """Return the stated uncertainty of the line of a route."""
    features = chains_of[route].features if route in chains_of else ()
    return max(map(_uncertainty_m, features), default=0.0)


def _nearest_route(chains_of: Mapping[str, Chain], places: Shapes, number: int) -> str | None:
    return min(
        sorted(chains_of),
        key=lambda route: _away_m(chains_of[route].line, places, FAR_M)[number],
        default=None,
    )


@once
def _away_m(line: BaseGeometry | None, places: Shapes, within_m: float) -> npt.NDArray[np.float64]:
    """Return how far places are from a line or area; inf for what is beyond a distance."""
    if line is None:
        return np.full(len(places), np.inf)
    return distances_m(line, places, within_m)


def events_of(sides: DiffInputs) -> tuple[Event, ...]:
    """Return the events between two versions of one layer."""
    base, target = sides.base.version, sides.target.version
    if base is None or target is None or base.layer != target.layer:
        return ()
    return events_between(sides.catalogue, base.layer, base, target)


def events_between(
    catalogue: Catalogue, layer: str, base: Version, target: Version
) -> tuple[Event, ...]:
    """Return the events that tell why two versions of a layer differ.

    Returns
    -------
    tuple of Event
        By date: those that touch the layer, later than the earlier version's ``valid_from`` and
        up to the later one's, where a partial date counts if it overlaps; and those that the
        later version, or one between the two, names, unless the earlier one does.

    Raises
    ------
    CatalogueError
        ``events.json`` is missing, damaged or inconsistent.
    """
    earlier, later = sorted((base, target), key=_order)
    versions = catalogue[layer].versions
    after_earlier = bisect_right(versions, _order(earlier), key=_order)
    between = versions[after_earlier : bisect_left(versions, _order(later), key=_order)]
    named = {event for one in (*between, later) for event in one.events} - set(earlier.events)
    begins, ends = earlier.valid_from + timedelta(days=1), later.valid_from
    return tuple(
        event
        for event in catalogue.events
        if event.id in named
        or (begins <= ends and event.names(layer) and overlaps(event.date, begins, ends))
    )


def _order(version: Version) -> tuple[date, int]:
    """Return what versions are sorted by."""
    return parse_version_id(version.id)
