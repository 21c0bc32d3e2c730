"""The class of changed geometries where two bounds of the distance decide it; no evidence.

Measuring a change in full takes some milliseconds. The class alone asks for less: whether the
largest distance is beyond the tolerance. It is at least the distance of any vertex from the
other shape, and at most that of vertex from vertex where both shapes have as many. What the
bounds leave open, or what is too large for a local plane, is not decided here. Many pairs are
looked at together, as arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.convert import flat
from pkzone.geo.measure import metres_per_degree

__all__ = ["quick_classes"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Geometry = dict[str, Any]

# Within these limits the local plane is wrong by less than the margin, and no antimeridian or
# pole is near.
_LARGEST_DEG = 0.5
_NORTHERNMOST_DEG = 70.0
_EASTERNMOST_DEG = 179.0
_MARGIN_SHARE = 0.02
_MARGIN_M = 0.05
_PAIRS_AT_ONCE = 1_000
_MOST_DISTANCES = 10_000_000  # of a vertex from a segment, for one pair; a measurement is quicker

_FAR = {"LineString": "rerouted", "Polygon": "reshaped"}


def quick_classes(
    pairs: Sequence[tuple[Geometry | None, Geometry | None]], *, tolerance_m: float
) -> list[str | None]:
    """Return for each pair the class of the change from one geometry to the other, if plain.

    Parameters
    ----------
    pairs : sequence of (dict or None, dict or None)
        GeoJSON geometries of the right structure that are not the same.
    tolerance_m : float
        Metres.

    Returns
    -------
    list of str or None
        The class that a full measurement would find; None if it takes one to say.
    """
    found: list[str | None] = [None] * len(pairs)
    lines: list[tuple[int, Geometry, Geometry]] = []
    for i, (base, target) in enumerate(pairs):
        if base is None or target is None or base["type"] != target["type"]:
            continue
        if not base.get("coordinates") or not target.get("coordinates"):
            continue
        if base["type"] == "Point":
            found[i] = _of_points(base["coordinates"], target["coordinates"])
        elif base["type"] in _FAR:
            lines.append((i, base, target))
    for start in range(0, len(lines), _PAIRS_AT_ONCE):
        numbers, ours, theirs = zip(*lines[start : start + _PAIRS_AT_ONCE], strict=True)
        names = [_FAR[one["type"]] for one in ours]
        classes = _of_lines(_Lines.of(ours), _Lines.of(theirs), names, tolerance_m)
        for i, name in zip(numbers, classes, strict=True):
            found[i] = name
    return found


def _of_points(base: Sequence[float], target: Sequence[float]) -> str | None:
    if list(base[:2]) == list(target[:2]):
        return "revertexed"
    odd = max(abs(base[1]), abs(target[1])) == 90 or max(abs(base[0]), abs(target[0])) == 180
    return None if odd else "moved"  # a pole and the antimeridian have several names


@dataclass(slots=True)
class _Lines:
    """Geometries, each a line or some rings, as arrays.

    ``lengths`` are the numbers of vertices of the runs of each; ``vertices``, shape (n, 2), are
    those of all, without heights, and ``owner`` says of which geometry each is.
    """

    lengths: list[list[int]]
    vertices: Array
    owner: Whole

    @classmethod
    def of(cls, geometries: Sequence[Geometry]) -> _Lines:
        runs = [
            [flat(run) for run in ([found] if one["type"] == "LineString" else found)]
            for one in geometries
            for found in [one["coordinates"]]
        ]
        lengths = [list(map(len, some)) for some in runs]
        owner = np.repeat(np.arange(len(runs)), list(map(sum, lengths)))
        return cls(lengths, np.concatenate([run for some in runs for run in some]), owner)

    @property
    def starts(self) -> Whole:
        """The number of the first vertex of each geometry."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    def shapes(self) -> npt.NDArray[np.object_]:
        """Return the geometries as lines, those of their borders."""
        runs = [length for some in self.lengths for length in some]
        lines = shapely.linestrings(self.vertices, indices=np.repeat(np.arange(len(runs)), runs))
        counts = list(map(len, self.lengths))
        owner = np.repeat(np.arange(len(counts)), counts)
        return np.asarray(shapely.multilinestrings(lines, indices=owner))


def _of_lines(
    ours: _Lines, theirs: _Lines, far: Sequence[str], tolerance_m: float
) -> list[str | None]:
    """Return the classes, one of `far` where the distance is plainly beyond the tolerance."""
    decidable = _are_local(ours, theirs)
    scale = metres_per_degree(ours.vertices[ours.starts, 1])
    for side in (ours, theirs):
        side.vertices = side.vertices * scale[side.owner]
    aligned = np.array([a == b for a, b in zip(ours.lengths, theirs.lengths, strict=True)])
    mine, others = aligned[ours.owner], aligned[theirs.owner]
    shift_m = np.hypot(*(ours.vertices[mine] - theirs.vertices[others]).T)
    most_m = np.where(aligned, 0.0, math.inf)
    np.maximum.at(most_m, ours.owner[mine], shift_m)
    # A vertex that stayed lies on both lines.
    look, look_back = np.ones_like(mine), np.ones_like(others)
    look[mine] = look_back[others] = shift_m > 0
    far_m = (tolerance_m + _MARGIN_M) / (1 - _MARGIN_SHARE)
    least_m = np.zeros(len(far))
    decidable &= _work(ours, look, theirs) + _work(theirs, look_back, ours) <= _MOST_DISTANCES
    _raise(least_m, ours, look & decidable[ours.owner], theirs)
    open_ones = decidable & (least_m <= far_m)
    _raise(least_m, theirs, look_back & open_ones[theirs.owner], ours)
    within = (most_m * (1 + _MARGIN_SHARE) < tolerance_m - _MARGIN_M) & (least_m > _MARGIN_M)
    return [
        None if not can else name if least > far_m else "redrawn" if near else None
        for can, name, least, near in zip(decidable, far, least_m, within, strict=True)
    ]


def _are_local(ours: _Lines, theirs: _Lines) -> Mask:
    """Tell which pairs lie where the local plane is good."""
    low = np.minimum(*(np.minimum.reduceat(one.vertices, one.starts) for one in (ours, theirs)))
    high = np.maximum(*(np.maximum.reduceat(one.vertices, one.starts) for one in (ours, theirs)))
    farthest = np.maximum(-low, high)
    small = (high - low).max(axis=1) <= _LARGEST_DEG
    found: Mask = small & (farthest <= [_EASTERNMOST_DEG, _NORTHERNMOST_DEG]).all(axis=1)
    return found


def _work(ours: _Lines, look: Mask, theirs: _Lines) -> Whole:
    """Return how many distances it takes to look at some vertices, for each pair."""
    count = len(ours.lengths)
    looked = np.bincount(ours.owner[look], minlength=count)
    found: Whole = looked * np.bincount(theirs.owner, minlength=count)
    return found


def _raise(least_m: Array, ours: _Lines, look: Mask, theirs: _Lines) -> None:
    """Raise the bounds to the distances of some vertices from the other lines."""
    if look.any():
        owner = ours.owner[look]
        away_m = shapely.distance(shapely.points(ours.vertices[look]), theirs.shapes()[owner])
        np.maximum.at(least_m, owner, away_m)
