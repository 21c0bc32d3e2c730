"""Canonical form of a GeoJSON geometry: rounding, winding, ring start, order of parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["DECIMALS", "Z_DECIMALS", "canonical_geometry"]

Position = list[float]
Line = list[Position]
Polygon = list[Line]

DECIMALS = 6
"""Decimals that longitude and latitude in degrees are rounded to, about 0.1 m."""

Z_DECIMALS = 3
"""Decimals that heights in metres are rounded to."""


def canonical_geometry(geometry: dict[str, Any]) -> dict[str, Any]:
    """Return the canonical form of a well-formed geometry.

    Coordinates are rounded, outer rings run counter-clockwise and holes clockwise, each ring
    starts at its smallest vertex, holes and the parts of a multi-geometry are sorted by their
    first vertex. Lines are never reversed and no vertex is dropped. The members of a
    GeometryCollection are a set like the parts of a multi-geometry, so they are sorted in the
    same way. Equal shapes thus get equal coordinates, however they were drawn.

    Parameters
    ----------
    geometry : dict
        A GeoJSON geometry of the right structure: numbers as coordinates, closed rings. It is
        not changed.

    Returns
    -------
    dict
        A new geometry of ``type`` and ``coordinates`` (or ``geometries``) whose coordinates are
        lists of floats, never ``-0.0``. Rounding may have made it invalid: that is for the
        caller to check.

    Raises
    ------
    ValueError
        If the type is not one of the seven of RFC 7946.

    Examples
    --------
    >>> canonical_geometry({"type": "MultiPoint", "coordinates": [[46.75, 39.82], [46.55, 39.64]]})
    {'type': 'MultiPoint', 'coordinates': [[46.55, 39.64], [46.75, 39.82]]}
    """
    kind = geometry["type"]
    if kind == "GeometryCollection":
        members = [canonical_geometry(part) for part in geometry["geometries"]]
        return {"type": kind, "geometries": sorted(members, key=_member_key)}
    coordinates = _canonical_coordinates(kind, geometry["coordinates"])
    return {"type": kind, "coordinates": coordinates}


def _canonical_coordinates(kind: str, coordinates: Sequence[Any]) -> list[Any]:
    match kind:
        case "Point":
            return _rounded([coordinates])[0] if coordinates else []
        case "MultiPoint":
            return sorted(_rounded(coordinates))
        case "LineString":
            return _rounded(coordinates)
        case "MultiLineString":
            return sorted(_rounded(line) for line in coordinates)
        case "Polygon":
            return _polygon(coordinates)
        case "MultiPolygon":
            return sorted(_polygon(part) for part in coordinates)
    raise ValueError(f"no geometry type of RFC 7946: {kind!r}")


def _rounded(positions: Sequence[Sequence[float]]) -> Line:
    """Round each position; adding 0.0 turns -0.0 into 0.0."""
    return [
        [
            round(float(position[0]), DECIMALS) + 0.0,
            round(float(position[1]), DECIMALS) + 0.0,
            *[round(float(height_m), Z_DECIMALS) + 0.0 for height_m in position[2:]],
        ]
        for position in positions
    ]


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> Polygon:
    if not rings:
        return []
    outer, *holes = rings
    return [
        _ring(outer, clockwise=False),
        *sorted(_ring(hole, clockwise=True) for hole in holes),
    ]


def _ring(ring: Sequence[Sequence[float]], *, clockwise: bool) -> Line:
    vertices = _rounded(ring[:-1])
    area = _twice_signed_area(vertices)
    if area == 0:  # neither direction is the right one: take the one that sorts first
        vertices = min(_from_smallest(vertices), _from_smallest(vertices[::-1]))
    elif (area < 0) != clockwise:
        vertices = _from_smallest(vertices[::-1])
    else:
        vertices = _from_smallest(vertices)
    return [*vertices, list(vertices[0])]


def _twice_signed_area(vertices: Line) -> int:
    """Return twice the planar area in squared units of the last decimal; counter-clockwise is > 0.

    Whole numbers make the sign exact even for slivers (shoelace formula).
    """
    scale = 10**DECIMALS
    xs = [round(vertex[0] * scale) for vertex in vertices]
    ys = [round(vertex[1] * scale) for vertex in vertices]
    return sum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(vertices)))


def _from_smallest(vertices: Line) -> Line:
    """Rotate an open ring to its smallest vertex; if that recurs, to the smallest rotation."""
    smallest = min(vertices)
    recurs = vertices.count(smallest) > 1
    start = _least_rotation(vertices) if recurs else vertices.index(smallest)
    return vertices[start:] + vertices[:start]


def _least_rotation(vertices: Line) -> int:
    """Return the index at which the lexicographically least rotation starts, in linear time.

    Two candidate starts are compared vertex by vertex; the loser skips all that it has matched
    (the minimal representation of a cyclic string).
    """
    size = len(vertices)
    left, right, matched = 0, 1, 0
    while left < size and right < size and matched < size:
        a = vertices[(left + matched) % size]
        b = vertices[(right + matched) % size]
        if a == b:
            matched += 1
            continue
        if a > b:
            left += matched + 1
        else:
            right += matched + 1
        if left == right:
            right += 1
        matched = 0
    return min(left, right)


def _member_key(geometry: dict[str, Any]) -> tuple[Position, str, str]:
    """Return the sort key of a collection's member: first vertex, then type, then all of it."""
    inner: Any = geometry
    while isinstance(inner, dict):
        members = inner.get("geometries")
        inner = inner["coordinates"] if members is None else (members[0] if members else [])
    while inner and isinstance(inner[0], list):
        inner = inner[0]
    return inner, geometry["type"], repr(geometry)
