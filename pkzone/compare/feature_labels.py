"""What a feature is called where it has no id: by a name or key of its own, and by its place."""

from __future__ import annotations

import re
from typing import Any

from pkzone.errors import printable
from pkzone.geojson.model import Feature

__all__ = ["label_of"]

# Properties that are likely to tell features apart: the first that has a value is told.
_KEYS = (
    re.compile(r"name|title|label", re.IGNORECASE),
    re.compile(r"(id|code|ref|key|uuid|nr|number)\Z", re.IGNORECASE),
)
_LONGEST = 60
_DECIMALS = 5  # of degrees: about a metre


def label_of(feature: Feature, *, with_name: bool = True, brief: bool = False) -> str:
    """Return the id of a feature; of one without, what to find it by in its file.

    Parameters
    ----------
    feature : Feature
        Any.
    with_name : bool, optional
        Without it the ``name`` is left out: for where it stands beside the label.
    brief : bool, optional
        With it the place is left out where there is a name or a key.

    Examples
    --------
    >>> place = {"type": "Point", "coordinates": [46.55, 39.6]}
    >>> label_of(Feature(None, {"name": "Post", "osm_id": 7}, place))
    'Post (Point near 39.6° N 46.55° E)'
    >>> label_of(Feature(None, {"osm_id": 7}, place))
    'osm_id 7 (Point near 39.6° N 46.55° E)'
    """
    if feature.id is not None:
        return str(feature.id)
    place = _place(feature.geometry)
    known = _text(feature.properties.get("name"))
    if known and not with_name:
        return place
    own = known or next((f"{key} {text}" for key, text in _candidates(feature.properties)), "")
    if own and brief:
        return own
    return f"{own} ({place})" if own else place


def _candidates(properties: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, text)
        for pattern in _KEYS
        for key in sorted(properties)
        if pattern.search(key) and (text := _text(properties[key]))
    ]


def _text(value: Any) -> str:
    """Return a value that can stand for a feature: text or a whole number; else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return printable(str(value).strip(), _LONGEST)


def _place(geometry: dict[str, Any] | None) -> str:
    if geometry is None:
        return "no id, no geometry"
    at = _position(geometry)
    if at is None:
        return f"empty {geometry['type']}"
    lon, lat = (_degrees(value) for value in at[:2])
    north, east = "S" if at[1] < 0 else "N", "W" if at[0] < 0 else "E"
    return f"{geometry['type']} near {lat}° {north} {lon}° {east}"


def _position(geometry: dict[str, Any]) -> tuple[float, float] | None:
    """Return a position that stands for a geometry, whichever way its rings are written.

    Of an area it is the middle of the box round its first outer ring, of the ring that starts
    farthest south-west; of a line the middle vertex; of points the first.
    """
    if geometry["type"] == "GeometryCollection":
        found = filter(None, map(_position, geometry["geometries"]))
        return next(found, None)
    coordinates = geometry["coordinates"]
    kind = geometry["type"].removeprefix("Multi")
    parts = coordinates if kind != geometry["type"] else [coordinates]
    parts = [one for one in parts if one]
    if not parts:
        return None
    if kind == "Polygon":
        boxes = [_box(part[0]) for part in parts if part[0]]
        west, south, east, north = min(boxes)
        return (west + east) / 2, (south + north) / 2
    part = min(parts)
    lon, lat, *_ = part if kind == "Point" else part[len(part) // 2]
    return lon, lat


def _box(ring: list[list[float]]) -> tuple[float, float, float, float]:
    lons, lats = [one[0] for one in ring], [one[1] for one in ring]
    return min(lons), min(lats), max(lons), max(lats)


def _degrees(value: float) -> str:
    return f"{abs(value):.{_DECIMALS}f}".rstrip("0").rstrip(".")
