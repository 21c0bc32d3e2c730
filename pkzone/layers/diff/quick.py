"""The class of a changed geometry where two bounds of the distance decide it; no evidence.

Measuring a change in full takes some milliseconds. The class alone asks for less: whether the
largest distance is beyond the tolerance. It is at least the distance of any vertex from the
other shape, and at most that of vertex from vertex where both shapes have as many. What the
bounds leave open, or what is too large for a local plane, is not decided here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["quick_class"]

Array = npt.NDArray[np.float64]

# Within these limits the local plane is wrong by less than the margin, and no antimeridian or
# pole is near.
_LARGEST_DEG = 0.5
_NORTHERNMOST_DEG = 70.0
_EASTERNMOST_DEG = 179.0
_MARGIN_SHARE = 0.02
_MARGIN_M = 0.05

_FAR = {"LineString": "rerouted", "Polygon": "reshaped"}
_SEMI_MAJOR_M = 6_378_137.0  # WGS 84
_ECCENTRICITY_SQUARED = 0.00669437999014


def quick_class(
    base: dict[str, Any] | None, target: dict[str, Any] | None, *, tolerance_m: float
) -> str | None:
    """Return the class of the change from one geometry to another, if it is plain.

    Parameters
    ----------
    base, target : dict or None
        GeoJSON geometries of the right structure that are not the same.
    tolerance_m : float
        Metres.

    Returns
    -------
    str or None
        The class that a full measurement would find; None if it takes one to say.
    """
    if base is None or target is None or base["type"] != target["type"]:
        return None
    if base["type"] not in {"Point", *_FAR}:
        return None
    if not base["coordinates"] or not target["coordinates"]:
        return None
    if base["type"] == "Point":
        return _of_points(base["coordinates"], target["coordinates"])
    ours, theirs = _runs(base), _runs(target)
    if not _is_local(np.concatenate([*ours, *theirs])):
        return None
    scale = _metres_a_degree(float(ours[0][0, 1]))
    least_m, most_m = _bounds_m([run * scale for run in ours], [run * scale for run in theirs])
    if least_m * (1 - _MARGIN_SHARE) > tolerance_m + _MARGIN_M:
        return _FAR[base["type"]]
    plainly_within = most_m * (1 + _MARGIN_SHARE) < tolerance_m - _MARGIN_M
    return "redrawn" if plainly_within and least_m > _MARGIN_M else None


def _of_points(base: Sequence[float], target: Sequence[float]) -> str | None:
    if list(base[:2]) == list(target[:2]):
        return "revertexed"
    odd = max(abs(base[1]), abs(target[1])) == 90 or max(abs(base[0]), abs(target[0])) == 180
    return None if odd else "moved"  # a pole and the antimeridian have several names


def _runs(geometry: dict[str, Any]) -> list[Array]:
    """Return the line of a geometry, or its rings, without heights."""
    coordinates = geometry["coordinates"]
    runs = [coordinates] if geometry["type"] == "LineString" else coordinates
    try:
        return [np.array(run, dtype=np.float64)[:, :2] for run in runs]
    except ValueError:  # some positions have a height
        return [np.array([position[:2] for position in run], dtype=np.float64) for run in runs]


def _is_local(vertices: Array) -> bool:
    west, south = vertices.min(axis=0).tolist()
    east, north = vertices.max(axis=0).tolist()
    return bool(
        max(east - west, north - south) <= _LARGEST_DEG
        and max(north, -south) <= _NORTHERNMOST_DEG
        and max(east, -west) <= _EASTERNMOST_DEG
    )


def _metres_a_degree(lat_deg: float) -> Array:
    """Return the length of a degree of longitude and of latitude (Snyder 1987, p. 25)."""
    sine = math.sin(math.radians(lat_deg))
    flat = 1 - _ECCENTRICITY_SQUARED * sine * sine
    across_m = _SEMI_MAJOR_M / math.sqrt(flat)
    along_m = across_m * (1 - _ECCENTRICITY_SQUARED) / flat
    return np.radians([across_m * math.sqrt(1 - sine * sine), along_m])


def _bounds_m(ours: Sequence[Array], theirs: Sequence[Array]) -> tuple[float, float]:
    """Return what the largest distance between two lines is at least and at most."""
    a, b = np.concatenate(ours), np.concatenate(theirs)
    most_m = math.inf
    own_a, own_b = a, b
    if list(map(len, ours)) == list(map(len, theirs)):
        moved = (a != b).any(axis=1)  # the others lie on both lines
        if not moved.any():
            return 0.0, 0.0
        own_a, own_b = a[moved], b[moved]
        most_m = float(np.hypot(*(own_a - own_b).T).max())
    there = shapely.distance(shapely.points(own_a), _lines(theirs)).max()
    back = shapely.distance(shapely.points(own_b), _lines(ours)).max()
    return float(max(there, back)), most_m


def _lines(runs: Sequence[Array]) -> shapely.Geometry:
    return shapely.MultiLineString(runs) if len(runs) > 1 else shapely.LineString(runs[0])
