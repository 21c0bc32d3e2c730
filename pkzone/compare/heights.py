"""What became of the heights (third coordinates) of a feature, and whether its points stayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pkzone.compare.equality import positions
from pkzone.geo.canonical import canonical_geometry
from pkzone.geojson.model import Feature

__all__ = ["height_numbers", "same_points"]

_DEGREES, _METRES = 6, 3  # decimals that the canonical form keeps
_Places = dict[tuple[float, float], list[float | None]]


def height_numbers(base: Iterable[Feature], target: Iterable[Feature]) -> dict[str, Any]:
    """Return the numbers of heights on both sides, by their names in `Evidence`.

    There are none where neither side has heights, and where all that lies in the same place on
    both sides has the same ones.
    """
    ours, theirs = _places(base), _places(target)
    heights = [
        [z for found in side.values() for z in found if z is not None] for side in (ours, theirs)
    ]
    common = [(ours[at], theirs[at]) for at in ours.keys() & theirs.keys()]
    differing = [(a, b) for a, b in common if a != b]
    if not any(heights) or (all(heights) and not differing):
        return {}
    numbers: dict[str, Any] = {}
    for side, found in zip(("base", "target"), heights, strict=True):
        numbers[f"heights_{side}"] = len(found)
        if found:
            numbers |= {f"height_min_{side}_m": min(found), f"height_max_{side}_m": max(found)}
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
    found: _Places = defaultdict(list)
    for one in features:
        for at in positions(one.geometry) if one.geometry else ():
            place = round(at[0], _DEGREES) + 0.0, round(at[1], _DEGREES) + 0.0
            found[place].append(round(at[2], _METRES) + 0.0 if len(at) > 2 else None)
    for heights in found.values():
        heights.sort(key=lambda z: (z is None, z or 0.0))
    return found


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
