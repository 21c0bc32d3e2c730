"""Find where a point lies as a catalogue is drawn: in which areas, and near which road in use.

Areas are asked by the rule of `pkzone.tag`. What a feature is of is told by its properties, so
that no layer is known by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import shapely

from pkzone.compare.route_chain import is_in_use, route_of
from pkzone.geo.nearest import Nearest
from pkzone.geojson.model import Feature
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.model import Version
from pkzone.tagging import areas
from pkzone.tagging.borders import border_of, grounds_of
from pkzone.tagging.geometries import Lines
from pkzone.tagging.layer_index import index_of

if TYPE_CHECKING:
    from pkzone.tagging.layer_index import AreaIndex, LineIndex

__all__ = ["INSIDE", "OUTSIDE", "UNCERTAIN", "Drawing", "Found", "NearestRoad"]

T = TypeVar("T")

INSIDE, OUTSIDE, UNCERTAIN = (
    areas.ANSWERS[code] for code in (areas.INSIDE, areas.OUTSIDE, areas.UNCERTAIN)
)
"""Answers, in the words of `pkzone.tag`."""

_RESPONSIBILITY, _CONTROL, _TRAFFIC = "responsibility", "control", "traffic"
_STRIP: Final = "corridor_strip"
_ROAD: Final = "road"


class Found(NamedTuple):
    """Where a point lies among areas.

    ``area`` is the one that it is in or nearest to, ``border_m`` the distance to the outer border
    of them all, negative inside; both are None where there are no areas any more.
    """

    answer: str
    area: Feature | None = None
    border_m: float | None = None


class NearestRoad(NamedTuple):
    """A road in use, and how far away it is drawn."""

    distance_m: float
    feature: Feature


class Drawing:
    """Drawn features of a catalogue by day; their ids are ``layer/id``.

    Parameters
    ----------
    catalogue : Catalogue
        One that keeps what it has read: `Catalogue.cached`.

    Attributes
    ----------
    days : list of datetime.date
        On which any layer changes.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.days = sorted({one.valid_from for layer in catalogue.layers for one in layer.versions})
        self._features: dict[str, tuple[Feature, ...]] = {}
        self._grounds: dict[tuple[str, ...], _Ground] = {}
        self._roads: dict[str, _Roads] = {}
        self._answers: dict[tuple[object, float, float], Any] = {}

    def in_force(self, day: date) -> tuple[Version, ...]:
        """Return the version of each layer in force on a day, in the order of the layers."""
        begun = (
            [version for version in layer.versions if version.valid_from <= day]
            for layer in self.catalogue.layers
        )
        return tuple(versions[-1] for versions in begun if versions)

    def features(self, version: Version) -> tuple[Feature, ...]:
        """Return the features of a version."""
        if version.ref not in self._features:
            self._features[version.ref] = tuple(
                Feature(f"{version.layer}/{one.id}", one.properties, one.geometry)
                for one in version.features().features
            )
        return self._features[version.ref]

    def zone(self, versions: Sequence[Version], lon: float, lat: float) -> Found | None:
        """Return where a point lies among the areas of the zone; None where none is known yet."""
        return self._at("zone", versions, lon, lat)

    def corridor(self, versions: Sequence[Version], lon: float, lat: float) -> Found | None:
        """Return where a point lies among the strips of the corridor, which the zone has."""
        return self._at("corridor", versions, lon, lat)

    def control(self, versions: Sequence[Version], lon: float, lat: float) -> Found | None:
        """Return where a point lies among the areas that someone holds."""
        return self._at("control", versions, lon, lat)

    def road(self, versions: Sequence[Version], lon: float, lat: float) -> NearestRoad | None:
        """Return the nearest road in use; None without one."""
        roads = [self._nearest_road(version, lon, lat) for version in versions]
        return min(filter(None, roads), default=None, key=_distance)

    @cached_property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all that is drawn; None for nothing."""
        versions = [one for layer in self.catalogue.layers for one in layer.versions]
        boxes = np.array([one.bbox for one in versions if one.bbox is not None])
        if not len(boxes):
            return None
        west, south = boxes[:, :2].min(axis=0).tolist()
        east, north = boxes[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    @cached_property
    def _sorts(self) -> dict[str, Callable[[Feature], bool]]:
        """How an area of each sort is known.

        Where no area of the catalogue says that it is of the zone, those without a basis are.
        """
        zone: dict[str, str | None] = {"basis": _RESPONSIBILITY}
        if not self._layers_with(partial(_is_area, zone)):
            zone = {"basis": None}
        return {
            "zone": partial(_is_area, zone),
            "corridor": partial(_is_area, {**zone, "kind": _STRIP}),
            "control": partial(_is_area, {"basis": _CONTROL}),
        }

    @cached_property
    def _homes(self) -> dict[str, set[str]]:
        """Names of the layers that have areas of each sort in any version."""
        return {sort: self._layers_with(wanted) for sort, wanted in self._sorts.items()}

    def _layers_with(self, wanted: Callable[[Feature], bool]) -> set[str]:
        return {
            layer.name
            for layer in self.catalogue.layers
            if any(any(map(wanted, self.features(version))) for version in layer.versions)
        }

    def _at(self, sort: str, versions: Sequence[Version], lon: float, lat: float) -> Found | None:
        homes = [version for version in versions if version.layer in self._homes[sort]]
        if not homes:
            return None
        key = sort, *(version.ref for version in homes)
        if key not in self._grounds:
            wanted = self._sorts[sort]
            self._grounds[key] = _Ground(
                [one for version in homes for one in self.features(version) if wanted(one)]
            )
        return self._once(key, self._grounds[key].at, lon, lat)

    def _nearest_road(self, version: Version, lon: float, lat: float) -> NearestRoad | None:
        key = version.ref
        if key not in self._roads:
            self._roads[key] = _Roads([one for one in self.features(version) if _is_road(one)])
        return self._once(key, self._roads[key].nearest, lon, lat)

    def _once(self, key: object, find: Callable[[float, float], T], lon: float, lat: float) -> T:
        """Ask for a point once: what is drawn stays the same on most days."""
        if (key, lon, lat) not in self._answers:
            self._answers[key, lon, lat] = find(lon, lat)
        found: T = self._answers[key, lon, lat]
        return found


class _Ground:
    """Areas of one sort that are in force together."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self._by_id = {str(feature.id): feature for feature in features}
        self._index = cast("AreaIndex", index_of(features, "areas"))
        self._areas = areas.Areas(self._index)

    def at(self, lon: float, lat: float) -> Found:
        """Return where a point lies."""
        if not self._index.ids:
            return Found(OUTSIDE)
        lons, lats = np.array([lon]), np.array([lat])
        tags = self._areas.tags(lons, lats)
        border_m = float(tags.border_m[0])
        if border_m < 0:  # the nearest edge of the area may be a seam, which is not a border
            border_m = -float(self._outer_border.find(lons, lats).distance_m[0])
        area = self._by_id[self._index.ids[int(tags.feature[0])]]
        return Found(areas.ANSWERS[tags.answer[0]], area, border_m)

    @cached_property
    def _outer_border(self) -> Nearest:
        polygons = np.array(self._index.polygons, dtype=object)
        joined = [one.shape for one in grounds_of(polygons, np.array(self._index.uncertainty_m))]
        inner = shapely.point_on_surface(polygons)
        alone = [
            polygon
            for polygon, point in zip(polygons, inner, strict=True)
            if not any(shape.intersects(point) for shape in joined)
        ]
        return Nearest(border_of([*joined, *alone])[0])


class _Roads:
    """Roads in use of one version."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self._by_id = {str(feature.id): feature for feature in features}
        index = cast("LineIndex", index_of(features, "lines"))
        self._ids = index.ids
        self._lines = Lines(index)

    def nearest(self, lon: float, lat: float) -> NearestRoad | None:
        """Return the road nearest to a point; None without any."""
        if not self._ids:
            return None
        tags = self._lines.tags(np.array([lon]), np.array([lat]))
        feature = self._by_id[self._ids[int(tags.feature[0])]]
        return NearestRoad(float(tags.distance_m[0]), feature)


def _distance(road: NearestRoad) -> float:
    return road.distance_m


def _is_area(wanted: Mapping[str, str | None], feature: Feature) -> bool:
    """Tell whether a feature is an area with these properties."""
    geometry = feature.geometry
    return (
        geometry is not None
        and geometry["type"].endswith("Polygon")
        and bool(geometry["coordinates"])
        and all(feature.properties.get(key) == value for key, value in wanted.items())
    )


def _is_road(feature: Feature) -> bool:
    """Tell whether a feature is a road in use.

    A line that states neither a mode nor a basis counts, if it has a status or a route.
    """
    geometry, properties = feature.geometry, feature.properties
    return (
        geometry is not None
        and geometry["type"].endswith("LineString")
        and bool(geometry["coordinates"])
        and properties.get("basis") in (None, _TRAFFIC)
        and properties.get("mode") in (None, _ROAD)
        and (properties.get("status") is not None or route_of(feature) is not None)
        and is_in_use(feature)
    )
