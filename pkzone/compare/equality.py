"""Equality of features: JSON values exactly, geometries in their canonical form, heights apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from pkzone.geo.canonical import Z_DECIMALS, canonical_geometry
from pkzone.geojson.model import Feature

__all__ = [
    "feature_key",
    "geometry_key",
    "height_numbers",
    "is_located",
    "outline",
    "positions",
    "properties_key",
    "same_feature",
    "same_geometry",
    "same_json",
    "same_points",
]

_DECIMALS = 6  # of degrees, that the canonical form keeps
_Places = dict[tuple[float, float], list[float | None]]


def same_json(a: Any, b: Any) -> bool:
    """Tell whether two JSON values are equal: 1 and 1.0 are one number, true and 1 are not."""
    if type(a) is type(b) and type(a) in _PLAIN:
        return bool(a == b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(value, b[key]) for key, value in a.items())
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same_json, a, b))
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


_PLAIN = {str, int, float, bool, type(None)}


def same_geometry(a: dict[str, Any] | None, b: dict[str, Any] | None) -> bool:
    """Tell whether two geometries have the same canonical form.

    So the start and direction of a ring, the order of parts and digits beyond those that the
    canonical form keeps make no difference; the direction of a line does.
    """
    if a is None or b is None:
        return a is b
    if a == b:
        return True
    if a["type"] != b["type"] or _has_a_place_of_its_own(a, b):
        return False
    return canonical_geometry(a) == canonical_geometry(b)


def _has_a_place_of_its_own(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Tell, at little cost, whether some position of one is clearly none of the other's."""
    ours, theirs = positions(a), positions(b)
    if len(ours) != len(theirs):
        return True
    if a["type"] == "LineString":  # its vertices keep their order
        differing = (([p], [q]) for p, q in zip(ours, theirs, strict=True) if p != q)
        ours, theirs = next(differing, ([], []))
    known = set(map(tuple, theirs))
    lone = next((one for one in ours if tuple(one) not in known), None)
    if lone is None:
        return False
    lon, lat = lone[0], lone[1]
    return not any(
        abs(x - lon) < _CLEARLY_DEG and abs(y - lat) < _CLEARLY_DEG for x, y, *_ in theirs
    )


def positions(geometry: dict[str, Any]) -> list[Any]:
    """Return all positions of a geometry in its own order."""
    if "geometries" in geometry:
        return [position for part in geometry["geometries"] for position in positions(part)]
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Point":
        return [coordinates] if coordinates else []
    for _ in range(_DEPTHS[geometry["type"]]):
        coordinates = [position for part in coordinates for position in part]
    return list(coordinates)


_DEPTHS = {"MultiPoint": 0, "LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
_CLEARLY_DEG = 1.1e-6  # rounding to six decimals moves two numbers together by no more


def same_feature(a: Feature, b: Feature) -> bool:
    """Tell whether id, properties and geometry of two features are the same."""
    return (
        a.id == b.id
        and same_json(a.properties, b.properties)
        and same_geometry(a.geometry, b.geometry)
    )


def is_located(feature: Feature) -> bool:
    """Tell whether a feature has a geometry with at least one position."""
    return feature.geometry is not None and bool(positions(feature.geometry))


def geometry_key(feature: Feature) -> bytes:
    """Return 16 bytes that are the same for the same geometry only, as far as a hash tells."""
    geometry = feature.geometry and canonical_geometry(feature.geometry)
    return blake2b(repr(geometry).encode(), digest_size=16).digest()


def properties_key(feature: Feature) -> str:
    """Return a text that is the same for the same properties only."""
    return json.dumps(_one_number(feature.properties), sort_keys=True)


def feature_key(feature: Feature) -> tuple[str, bytes, str]:
    """Return what features are sorted by where the order in their files must not matter.

    The id says it all, where there is one.
    """
    if feature.id is not None:
        return str(feature.id), b"", ""
    return "", geometry_key(feature), properties_key(feature)


def outline(feature: Feature) -> tuple[object, ...]:
    """Return what is cheap to find and the same for all geometries of one canonical form."""
    geometry = feature.geometry
    if geometry is None:
        return ()
    found = positions(geometry)
    lons, lats = [one[0] for one in found], [one[1] for one in found]
    box = (min(lons), min(lats), max(lons), max(lats)) if found else ()
    return geometry["type"], len(found), *(round(edge, 6) + 0.0 for edge in box)


def _one_number(value: Any) -> Any:
    """Write 1.0 as 1, at every depth."""
    if isinstance(value, dict):
        return {key: _one_number(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_one_number(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def height_numbers(base: Iterable[Feature], target: Iterable[Feature]) -> dict[str, Any]:
    """Return the numbers of heights on both sides, by their names in `Evidence`.

    There are none where neither side has heights, and where all that lies in the same place on
    both sides has the same ones.
    """
    ours, theirs = _places(base), _places(target)
    heights = [
        [z for values in side.values() for z in values if z is not None] for side in (ours, theirs)
    ]
    common = [(ours[place], theirs[place]) for place in ours.keys() & theirs.keys()]
    differing = [(a, b) for a, b in common if a != b]
    if not any(heights) or (all(heights) and not differing):
        return {}
    numbers: dict[str, Any] = {}
    for side, values in zip(("base", "target"), heights, strict=True):
        numbers[f"heights_{side}"] = len(values)
        if values:
            numbers |= {f"height_min_{side}_m": min(values), f"height_max_{side}_m": max(values)}
    changes = [
        abs(a - b)
        for pair in differing
        for a, b in zip(*pair, strict=False)
        if a is not None and b is not None and a != b
    ]
    if changes:
        numbers |= {"heights_changed": len(changes), "max_height_change_m": max(changes)}
    return numbers


def same_points(a: dict[str, Any] | None, b: dict[str, Any] | None) -> bool:
    """Tell whether two geometries have the same parts with the same points, heights aside.

    Whether a single part is written as such or as a collection of one does not matter.
    """
    if a is None or b is None:
        return a is b
    return bool(_flat_parts(a) == _flat_parts(b))


def _places(features: Iterable[Feature]) -> _Places:
    """Return the heights in each place, sorted; None for a position without one."""
    heights_at: _Places = defaultdict(list)
    for feature in features:
        for position in positions(feature.geometry) if feature.geometry else ():
            place = round(position[0], _DECIMALS) + 0.0, round(position[1], _DECIMALS) + 0.0
            heights_at[place].append(
                round(position[2], Z_DECIMALS) + 0.0 if len(position) > 2 else None
            )
    for heights in heights_at.values():
        heights.sort(key=lambda z: (z is None, z or 0.0))
    return heights_at


def _flat_parts(geometry: dict[str, Any]) -> Any:
    if geometry["type"] == "GeometryCollection":
        parts = geometry["geometries"]
        return (
            _flat_parts(parts[0]) if len(parts) == 1 else sorted(map(repr, map(_flat_parts, parts)))
        )
    kind = geometry["type"].removeprefix("Multi")
    found = _without_heights(geometry["coordinates"])
    if kind == geometry["type"]:
        found = [found] if found else []
    return canonical_geometry({"type": f"Multi{kind}", "coordinates": found})


def _without_heights(coordinates: list[Any]) -> list[Any]:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        return [*coordinates[:2]]
    return [_without_heights(one) for one in coordinates]
