"""Ground to draw on: metres round a place become degrees with geographiclib, not with pkzone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from geographiclib.geodesic import Geodesic

WGS84 = Geodesic.WGS84

Place = tuple[float, float]
XY = tuple[float, float]

LACHIN: Place = (46.55, 39.64)
PLACES: dict[str, Place] = {
    "equator": (10.0, 0.0),
    "forty": LACHIN,
    "eighty": (-70.0, 80.0),
    "south": (150.0, -35.0),
    "antimeridian": (180.0, 52.0),
    "pole": (0.0, 90.0),
}


def at(x_m: float, y_m: float, centre: Place = LACHIN) -> Place:
    """Return the place so many metres east and north of a centre, longitude in [-180, 180]."""
    azimuth = math.degrees(math.atan2(x_m, y_m))
    found = WGS84.Direct(centre[1], centre[0], azimuth, math.hypot(x_m, y_m))
    return found["lon2"], found["lat2"]


def drawn(points: Iterable[XY], centre: Place = LACHIN) -> list[Place]:
    return [at(x, y, centre) for x, y in points]


def inverse_m(a: Place, b: Place) -> float:
    return float(WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"])


def ring_km2(ring: Sequence[Place]) -> float:
    """Return the area inside a ring, closed or not, on the ellipsoid."""
    polygon = WGS84.Polygon()
    for lon, lat in ring:
        polygon.AddPoint(lat, lon)
    return abs(float(polygon.Compute()[2])) / 1e6


def steps(points: Sequence[XY], spacing_m: float) -> np.ndarray:
    """Return points along a line of the plane, none farther apart than a spacing."""
    found = [np.array(points[:1], dtype=float)]
    for a, b in pairwise(points):
        count = max(1, math.ceil(math.dist(a, b) / spacing_m))
        share = np.arange(1, count + 1)[:, None] / count
        found.append(np.array(a) + share * (np.array(b) - np.array(a)))
    return np.concatenate(found)


def brute_distances_m(points: np.ndarray, line: Sequence[XY]) -> np.ndarray:
    """Return the distance of each point to a line of the plane, one segment after another."""
    nearest = np.full(len(points), np.inf)
    for a, b in pairwise(line):
        start, way = np.array(a, dtype=float), np.subtract(b, a).astype(float)
        square = float(way @ way)
        share = np.clip((points - start) @ way / square, 0, 1) if square else np.zeros(len(points))
        nearest = np.minimum(nearest, np.linalg.norm(points - start - share[:, None] * way, axis=1))
    return nearest
