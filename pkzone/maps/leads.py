"""Lead the ends of lines to the towns that they are said to end at: for the eye, never measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, hypot, radians
from typing import TYPE_CHECKING, Any, Final

from pkzone.maps.style import PLACES

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue

__all__ = ["Town", "lead_of", "towns_of"]

Position = tuple[float, float]
Town = tuple[Position, float]
"""Where a town is, longitude and latitude, and by how many metres it may be off."""

_ENDS: Final = ("from_place", "to_place")
_METRES_PER_DEGREE: Final = 111_195.0


def towns_of(catalogue: Catalogue) -> dict[str, Town]:
    """Return the towns that lines may end at, by their ids: the newest places of a catalogue."""
    if PLACES not in catalogue:
        return {}
    features = catalogue[PLACES].versions[-1].features().features
    return {
        str(one.id): ((x, y), _metres(one.properties))
        for one in features
        if one.geometry and one.geometry["type"] == "Point"
        for x, y, *_ in [one.geometry["coordinates"]]
    }


def lead_of(feature: Feature, towns: Mapping[str, Town]) -> dict[str, Any] | None:
    """Return what leads from the ends of a line to its towns, as a geometry, or none.

    An end farther from its town than both may be off together stays as it is.
    """
    geometry = feature.geometry
    if not geometry or geometry["type"] != "LineString":
        return None
    course = geometry["coordinates"]
    reach = _metres(feature.properties)
    leads = []
    for town in _towns_at_ends(feature.properties, towns):
        (x, y), metres = town
        end = min((course[0], course[-1]), key=lambda one: _distance(one, (x, y)))
        if 0 < _distance(end, (x, y)) <= reach + metres:
            leads.append([[end[0], end[1]], [x, y]])
    return {"type": "MultiLineString", "coordinates": leads} if leads else None


def _towns_at_ends(properties: Mapping[str, Any], towns: Mapping[str, Town]) -> Iterable[Town]:
    ids = (properties.get(end) for end in _ENDS)
    return [towns[one] for one in ids if isinstance(one, str) and one in towns]


def _metres(properties: Mapping[str, Any]) -> float:
    metres = properties.get("uncertainty_m")
    return float(metres) if isinstance(metres, int | float) else 0.0


def _distance(a: Iterable[float], b: Position) -> float:
    """Return about how many metres lie between two near places."""
    x, y, *_ = a
    return hypot((x - b[0]) * cos(radians(y)), y - b[1]) * _METRES_PER_DEGREE
