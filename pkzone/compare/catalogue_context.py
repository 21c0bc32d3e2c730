"""Context of the routes of one side from the catalogue: places, lengths, scenes, parties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from pkzone.compare.memo import once
from pkzone.compare.place_names import NEAR_M, NOWHERE, Places, distances_m, place_of
from pkzone.compare.published import part_of
from pkzone.compare.result import PublishedLength
from pkzone.compare.route_chain import Chain, chains, place_on_route, route_of
from pkzone.errors import BadDate, VersionNotFound
from pkzone.geojson.model import Feature, texts_of
from pkzone.layers.dates import interval_of
from pkzone.layers.model import Version
from pkzone.layers.names import source_names

if TYPE_CHECKING:
    from pkzone.compare.inputs import DiffInputs
    from pkzone.compare.result import Change
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Event

__all__ = [
    "BETWEEN_ENDS",
    "ENDS",
    "NOTHING",
    "PLACES",
    "Scene",
    "Surroundings",
    "end_names",
    "ends_of",
    "features_on",
    "map_data",
    "parties_of",
    "published_lengths",
    "route_names",
    "sources_and_names",
    "surroundings",
]

PLACES = "places"
"""The layer whose features name a stretch of road."""

ENDS = frozenset(("from_place", "to_place"))
"""Properties of links that hold the id of a place or junction."""

BETWEEN_ENDS = " \N{EN DASH} "
"""What stands between the two places that a route is called by."""

Scene = tuple[str, BaseGeometry]
"""A point that an event names beside a segment: its name and place."""

_SPEAKS = r"(?:: | (?:says?|calls?|speaks?|describes?|den(?:y|ies)) )"


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Context of the routes of one side.

    Parameters
    ----------
    places : Places
        Those of the day on which the side is in force.
    published : mapping of str to PublishedLength
        The stated length of each route, of the road that the side has in use.
    scenes : mapping of segment id to tuple of Scene
        Where the state that a segment is in began, by the events that name the segment.
    parties : frozenset of str
        Who controls a segment of the layer, as the layer says it.
    map_data : frozenset of str
        Sources of the catalogue that are data sets: lines are drawn after them, and they state
        no length.
    """

    places: Places = NOWHERE
    published: Mapping[str, PublishedLength] = field(default_factory=dict)
    scenes: Mapping[str | int | None, tuple[Scene, ...]] = field(default_factory=dict)
    parties: frozenset[str] = frozenset()
    map_data: frozenset[str] = frozenset()

    def published_of(self, chain: Chain) -> PublishedLength | None:
        """Return the length of a whole route by the sources: stated, else summed."""
        stated = self.published.get(chain.route)
        parts = (part_of(feature, self.map_data) for feature in chain.features)
        return stated or PublishedLength.total(parts)

    def scenes_on(self, segment: str | int | None, line: BaseGeometry) -> Iterator[Scene]:
        """Yield the scenes of a segment that lie on or near its line."""
        for name, place in self.scenes.get(segment, ()):
            beside = np.empty(1, dtype=object)
            beside[0] = place
            if distances_m(line, beside, NEAR_M)[0] <= NEAR_M:
                yield name, place


NOTHING = Surroundings()


@once
def surroundings(
    catalogue: Catalogue, version: Version, features: Sequence[Feature]
) -> Surroundings:
    """Collect the context of the routes of a version from a catalogue.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        A file of the catalogue is missing, damaged or not GeoJSON.
    """
    return Surroundings(
        places=Places.of(features_on(catalogue, PLACES, version)),
        published=published_lengths(catalogue, version, features),
        scenes=_scenes(catalogue, version, features),
        parties=frozenset(_controllers(features)),
        map_data=map_data(catalogue, features),
    )


def end_names(sides: DiffInputs, changes: Iterable[Change]) -> dict[str, str]:
    """Return the names of the places and junctions at which links have another end than before."""
    ids = {
        end
        for change in changes
        for key in ENDS & change.properties.keys()
        for end in (change.properties[key].base, change.properties[key].target)
        if isinstance(end, str)
    }
    version = sides.target.version or sides.base.version
    if not ids or version is None:
        return {}
    named = [
        (one.id, one.properties.get("name"))
        for one in features_on(sides.catalogue, PLACES, version)
    ]
    named += [(node.id, node.names.get("name")) for node in sides.catalogue.nodes]
    return {str(one): name for one, name in named if one in ids and isinstance(name, str)}


def sources_and_names(sides: DiffInputs, changes: Iterable[Change]) -> dict[str, Any]:
    """Return the ids of the sources that a difference rests on, and what people read for ids.

    The sources, in order, are those of the features that differ, and those that a version cites as
    a whole: of which no feature of it says that it rests on them. A route is called by the places
    where it begins and ends, a source by its publisher and date; of files only features have
    names.
    """
    version = sides.target.version or sides.base.version
    differing = [one for change in changes for one in (*change.base, *change.target)]
    if version is None:
        own = [one for side in (sides.base, sides.target) for one in side.having("route")]
        return {"feature_names": _names_by_id((*own, *differing))}
    cited, own = _sources(differing), list[Feature]()
    for side in (sides.base, sides.target):
        if side.version is None:
            own += side.having("route")
            continue
        of_version = side.version.features().features
        cited |= set(side.version.source_ids) - _sources(of_version)
        own += of_version
    are_versions = sides.base.version is not None and sides.target.version is not None
    return {
        "sources": tuple(sorted(cited)) if are_versions else (),
        "route_names": route_names(sides.catalogue, version, own),
        "feature_names": _names_by_id(own),
        "source_names": source_names(sides.catalogue),
        "layer_titles": {one.name: one.title for one in sides.catalogue.layers if one.title},
    }


def _sources(features: Iterable[Feature]) -> set[str]:
    return {source for one in features for source in texts_of(one.properties, "sources")}


def _names_by_id(features: Iterable[Feature]) -> dict[str, str]:
    return {str(one.id): name for one in features if (name := _name_of(one))}


def route_names(
    catalogue: Catalogue, version: Version, features: Iterable[Feature]
) -> dict[str, str]:
    """Return what people call the routes of features: the two places where each begins and ends."""
    segments: dict[str, list[Feature]] = {}
    for feature in features:
        if (route := route_of(feature)) is not None:
            segments.setdefault(route, []).append(feature)
    if not segments:
        return {}
    places = {str(node.id): node.names.get("name") for node in catalogue.nodes}
    places |= {str(one.id): _name_of(one) for one in features_on(catalogue, PLACES, version)}
    ends = {route: ends_of(own) for route, own in segments.items()}
    named = {route: [places.get(end) for end in both] for route, both in ends.items()}
    return {
        route: f"{start}{BETWEEN_ENDS}{end}"
        for route, (start, end) in named.items()
        if start and end
    }


def ends_of(segments: Iterable[Feature]) -> tuple[str, str]:
    """Return the ids of the places where a route begins and ends, by the order of its segments."""
    ordered = sorted(segments, key=place_on_route)
    ends = ordered[0].properties.get("from_place"), ordered[-1].properties.get("to_place")
    return str(ends[0] or ""), str(ends[1] or "")


def _name_of(feature: Feature) -> str:
    name = feature.properties.get("name")
    return name if isinstance(name, str) else ""


def features_on(catalogue: Catalogue, layer: str, version: Version) -> tuple[Feature, ...]:
    """Return the features of a layer in force when a version took effect; none without it."""
    try:
        return catalogue[layer].on(version.valid_from).features().features
    except (LookupError, VersionNotFound):
        return ()


def map_data(catalogue: Catalogue, features: Iterable[Feature]) -> frozenset[str]:
    """Return the sources of a catalogue that are data sets, where a segment carries a length."""
    if not any(part_of(feature) for feature in features):
        return frozenset()
    return frozenset(one["id"] for one in catalogue.sources if one.get("type") == "dataset")


def published_lengths(
    catalogue: Catalogue, version: Version, features: Sequence[Feature]
) -> dict[str, PublishedLength]:
    """Return the stated length of each route, where it is that of the road in use.

    A record speaks of the road on its day: of the segments in use in the version then in force
    (in the first one, where the record is older). It holds for every version with the same
    segments in use, so that the length of an old road is never given for a new one. The newest
    such record up to the version's day counts.
    """
    records = [route for route in catalogue.routes if route.valid_from <= version.valid_from]
    if not records:
        return {}
    roads: dict[str, dict[str, frozenset[object]]] = {version.id: _roads(features)}
    layer = catalogue[version.layer]
    lengths = {}
    for record in sorted(records, key=lambda route: route.valid_from):
        day = max(record.valid_from, layer.versions[0].valid_from)
        then = layer.on(day)
        if then.id not in roads:
            roads[then.id] = _roads(then.features().features)
        road = roads[version.id].get(record.route)
        if road and road == roads[then.id].get(record.route):
            lengths[record.route] = PublishedLength(record.km, record.text, (record.source,))
    return lengths


def _roads(features: Iterable[Feature]) -> dict[str, frozenset[object]]:
    return {route: frozenset(chain.segments) for route, chain in chains(features).items()}


def _scenes(
    catalogue: Catalogue, version: Version, features: Iterable[Feature]
) -> dict[str | int | None, tuple[Scene, ...]]:
    """Return the points named by the events with which each segment's state began."""
    by_segment: dict[str | int | None, tuple[Scene, ...]] = {}
    points: dict[str, dict[str, Scene]] = {}
    for feature in features:
        own = f"{version.layer}/{feature.id}"
        since = feature.properties.get("since")
        if route_of(feature) is None or not isinstance(since, str):
            continue
        named = [
            name
            for event in catalogue.events
            if own in event.features and _same_time(event, since)
            for name in event.features
        ]
        scenes = [_scene(catalogue, name, version, points) for name in dict.fromkeys(named)]
        by_segment[feature.id] = tuple(scene for scene in scenes if scene is not None)
    return by_segment


def _same_time(event: Event, since: str) -> bool:
    try:
        first, end = interval_of(since)
    except BadDate:
        return False
    begins, ends = interval_of(event.date)
    return begins < end and first < ends


def _scene(
    catalogue: Catalogue, name: str, version: Version, points: dict[str, dict[str, Scene]]
) -> Scene | None:
    """Return the point that ``layer/id`` names; places are where people live, not scenes."""
    layer, _, feature_id = name.partition("/")
    if layer in {PLACES, version.layer}:
        return None
    if layer not in points:
        points[layer] = dict(_points(features_on(catalogue, layer, version)))
    return points[layer].get(feature_id)


def _points(features: Iterable[Feature]) -> Iterator[tuple[str, Scene]]:
    for feature in features:
        place = place_of(feature)
        if place is not None and place.geom_type == "Point":
            yield str(feature.id), (str(feature.properties.get("name") or ""), place)


def _controllers(features: Iterable[Feature]) -> Iterator[str]:
    for feature in features:
        controller = feature.properties.get("controller")
        if isinstance(controller, str):
            yield from filter(None, map(str.strip, controller.split(" / ")))


def parties_of(feature: Feature, parties: Iterable[str]) -> frozenset[str]:
    """Return which parties the note of a feature quotes.

    ``Azerbaijan: a protest.`` quotes one, and so does ``Azerbaijan says that it is a protest.``
    """
    note = feature.properties.get("note")
    if not isinstance(note, str):
        return frozenset()
    return frozenset(
        party
        for party in parties
        if re.search(rf"(?:^|[.;] ){re.escape(party)}\b[^.:;]{{0,40}}{_SPEAKS}", note)
    )
