"""Find likely mistakes: lookalike ids, hidden characters, points at 0,0, outlying vertices."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pkzone.geojson.model import Feature
from pkzone.text_lookalikes import appearance, hidden_characters

__all__ = ["oddities"]

_FAR_TIMES, _FAR_KM, _FEWEST_POSITIONS = 10, 10, 10
_KM_PER_DEGREE = 111.2

_Odd = tuple[int, str, str]  # index of the feature, code, message


def oddities(features: Sequence[Feature | None]) -> Iterator[_Odd]:
    """Yield likely mistakes: index of the feature, code of the rule and message."""
    read = [(i, one) for i, one in enumerate(features) if one is not None]
    yield from _lookalike_ids(read)
    for i, feature in read:
        yield from ((i, "hidden-characters", text) for text in _hidden(feature.properties))
        if feature.geometry is not None and _has_null_island(feature.geometry):
            yield i, "null-island", "geometry has a point at 0,0: is its place not known?"
    yield from _far_vertex(read)


def _lookalike_ids(read: Sequence[tuple[int, Feature]]) -> Iterator[_Odd]:
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


def _has_null_island(geometry: dict[str, Any]) -> bool:
    match geometry["type"]:
        case "Point":
            return bool(geometry["coordinates"][:2] == [0, 0])
        case "MultiPoint":
            return any(one[:2] == [0, 0] for one in geometry["coordinates"])
        case "GeometryCollection":
            return any(map(_has_null_island, geometry["geometries"]))
    return False


def _far_vertex(read: Sequence[tuple[int, Feature]]) -> Iterator[_Odd]:
    """Yield the outlier among the positions, if there is one.

    It is told if it lies ten times as far from the middle (the median of longitudes and of
    latitudes) as any other position of the file, and 10 km at least. In a layer that is wide by
    right others lie far off as well.
    """
    import numpy as np

    owners: list[int] = []
    positions: list[tuple[float, float]] = []
    for i, feature in read:
        if feature.geometry is not None:
            before = len(positions)
            positions += ((one[0], one[1]) for one in _positions(feature.geometry))
            owners += [i] * (len(positions) - before)
    if len(positions) < _FEWEST_POSITIONS:
        return
    places, first = np.unique(np.array(positions, dtype=np.float64), axis=0, return_index=True)
    known = (places != 0).any(axis=1)  # 0,0 has a rule of its own
    places, first = places[known], first[known]
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
    yield owners[first[farthest]], "far-vertex", message


def _positions(geometry: dict[str, Any]) -> Iterator[Sequence[float]]:
    for part in geometry.get("geometries", ()):
        yield from _positions(part)
    pending = [geometry.get("coordinates") or []]
    while pending:
        value = pending.pop()
        if value and isinstance(value[0], int | float):
            yield value
        else:
            pending.extend(value)
