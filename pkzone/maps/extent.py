"""How far geometries reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["bounds"]


def bounds(geometries: Iterable[dict[str, Any] | None]) -> list[float] | None:
    """Return west, south, east and north in degrees; none if all geometries are empty."""
    from pkzone.geo.convert import shape

    boxes = [shape(one).bounds for one in geometries if one is not None]
    boxes = [box for box in boxes if box and box[0] == box[0]]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]
