"""Judge the validity of polygons: rings that cross or touch along a line, overlapping parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["invalid_reasons"]


def invalid_reasons(geometries: Sequence[dict[str, Any] | None]) -> dict[int, str]:
    """Return why geometries are not valid, by their index; valid ones are left out.

    Parameters
    ----------
    geometries : sequence of dict or None
        GeoJSON geometries of the right structure.

    Returns
    -------
    dict of int to str
        GEOS's reason and place, ``Self-intersection [46.5 39.7]``. Only geometries that hold
        polygons are judged; shapely is imported if there is one.
    """
    chosen = [i for i, geometry in enumerate(geometries) if geometry and _has_area(geometry)]
    if not chosen:
        return {}
    import shapely

    shapes = shapely.from_geojson([json.dumps(geometries[i]) for i in chosen])
    return {
        i: str(shapely.is_valid_reason(shape)).replace("[", " [")
        for i, shape, valid in zip(chosen, shapes, shapely.is_valid(shapes), strict=True)
        if not valid
    }


def _has_area(geometry: dict[str, Any]) -> bool:
    if geometry["type"] == "GeometryCollection":
        return any(map(_has_area, geometry["geometries"]))
    return geometry["type"] in ("Polygon", "MultiPolygon")
