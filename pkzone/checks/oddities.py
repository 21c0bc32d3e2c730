"""Find likely mistakes: lookalike ids, hidden characters, points at 0,0, outlying vertices."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pkzone.geojson.model import Feature
from pkzone.text_lookalikes import appearance, hidden_characters

__all__ = ["far_vertex", "has_null_island", "oddities", "positions_of"]

Indices = npt.NDArray[np.intp]
Positions = npt.NDArray[np.float64]

_FAR_TIMES, _FAR_KM, _FEWEST_POSITIONS = 10, 10, 10
_KM_PER_DEGREE = 111.2

Odd = tuple[int, str, str]
"""Index of the feature, code of the rule, and message."""


def oddities(features: Sequence[Feature | None], null_islands: Container[int]) -> Iterator[Odd]:
    """Yield likely mistakes; those of `null_islands` have a point at 0,0."""
    read = [(i, one) for i, one in enumerate(features) if one is not None]
    yield from _lookalike_ids(read)
    for i, feature in read:
        yield from ((i, "hidden-characters", text) for text in _hidden(feature.properties))
        if i in null_islands:
            yield i, "null-island", "geometry has a point at 0,0: is its place not known?"


def _lookalike_ids(read: Sequence[tuple[int, Feature]]) -> Iterator[Odd]:
    seen: dict[str, str] = {}
    for i, feature in read:
        if feature.id is None:
            continue
        text = str(feature.id)
        first = seen.setdefault(appearance(text), text)
        if first != text:
            message = f"its id {json.dumps(text)} looks the same as {json.dumps(first)}"
            yield i, "lookalike-ids", message


def _hidden(value: Any, where: str = "properties") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if characters := hidden_characters(key):
                yield f"{where} has a name with {', '.join(characters)}"
            yield from _hidden(item, f"{where}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _hidden(item, f"{where}[{number}]")
    elif isinstance(value, str) and (characters := hidden_characters(value)):
        yield f"{where} holds {', '.join(characters)}"


def has_null_island(geometry: dict[str, Any]) -> bool:
    """Tell whether a geometry has a single point at 0,0."""
    match geometry["type"]:
        case "Point":
            return bool(geometry["coordinates"][:2] == [0, 0])
        case "MultiPoint":
            return any(one[:2] == [0, 0] for one in geometry["coordinates"])
        case "GeometryCollection":
            return any(map(has_null_island, geometry["geometries"]))
    return False


def far_vertex(lonlat: Positions, owners: Indices) -> Iterator[Odd]:
    """Yield the outlier among the positions of all features, if there is one.

    It is told if it lies ten times as far from the middle (the median of longitudes and of
    latitudes) as any other position of the file, and 10 km at least. In a layer that is wide by
    right others lie far off as well.
    """
    known = lonlat.any(axis=1)  # 0,0 has a rule of its own
    lonlat, owners = lonlat[known], owners[known]
    if len(lonlat) < _FEWEST_POSITIONS or not _may_have_outlier(lonlat):
        return
    places, first = np.unique(lonlat, axis=0, return_index=True)
    if len(places) < _FEWEST_POSITIONS:
        return
    middle = np.median(places, axis=0)
    apart = places - middle
    apart[:, 0] = (apart[:, 0] + 180) % 360 - 180
    apart[:, 0] *= np.cos(np.radians(middle[1]))
    km = _KM_PER_DEGREE * np.hypot(apart[:, 0], apart[:, 1])
    *_, second, farthest = np.argsort(km, kind="stable")
    if km[farthest] < _FAR_KM or km[farthest] <= _FAR_TIMES * km[second]:
        return
    lon, lat = places[farthest]
    message = (
        f"geometry has the vertex {lon:g} {lat:g}, {km[farthest]:,.0f} km from the middle of the "
        f"file; no other lies farther than {km[second]:,.1f} km"
    )
    yield int(owners[first[farthest]]), "far-vertex", message


def _may_have_outlier(lonlat: Positions) -> bool:
    """Tell whether a longitude or latitude stands apart, without a sort of all places.

    Where all others lie within r of the middle and one beyond 10 r, that is beyond 7 r along one
    of the axes: more than three times as far from the others as they are from each other.
    """
    if np.ptp(lonlat[:, 0]) > 180:
        return True  # apart by the way round the globe
    for values in lonlat.T:
        for end in (values.min(), values.max()):
            rest = values[values != end]
            if len(rest) and np.abs(rest - end).min() > 2.9 * np.ptp(rest):
                return True
    return False


def positions_of(geometry: dict[str, Any]) -> Iterator[Sequence[float]]:
    """Yield all positions of a checked geometry."""
    for part in geometry.get("geometries", ()):
        yield from positions_of(part)
    pending = [geometry.get("coordinates") or []]
    while pending:
        value = pending.pop()
        if value and isinstance(value[0], int | float):
            yield value
        else:
            pending.extend(value)
