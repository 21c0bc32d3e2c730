"""The discrete Fréchet distance: how far apart two walkers must be who follow two paths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.groups import runs_of
from pkzone.geo.paths import Paths
from pkzone.geo.twoway import TwoWay

__all__ = ["frechets_m"]

_STEPS = 128
_SAME_STOP_M = 0.001
_MOST_STOPS = 512  # GEOS falls off a cliff at about 800


def frechets_m(paths: Paths, both: TwoWay) -> list[float | None]:
    """Return the distance of each pair of paths; None unless each of the two is a single run.

    It is taken at every vertex, beside every vertex of the other path and at every 128th of the
    length (of more than 512 such stops, at 512), and off by at most the longest step between
    them, on the large side but for thinned stops.
    """
    runs = np.array(list(map(len, paths.run_bounds_m)), np.intp).reshape(-1, 2)
    single = (runs == 1).all(axis=1)
    found: list[float | None] = [None] * len(single)
    if single.any():
        walks = _walks(paths, both, np.repeat(single, 2))
        apart_m = shapely.frechet_distance(walks[::2], walks[1::2]).tolist()
        for pair, distance_m in zip(np.flatnonzero(single).tolist(), apart_m, strict=True):
            found[pair] = distance_m
    return found


def _walks(paths: Paths, both: TwoWay, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Return a line with all stops for each wanted path, shape (w,)."""
    path, stops_m = _stops(paths, both, wanted)
    taken = [rows.start + _thinned(rows.stop - rows.start) for _, rows in runs_of(path)]
    rows = np.concatenate(taken)
    stops = paths.pieces.at(*paths.find(path[rows], stops_m[rows], leaving=True))
    walk = np.repeat(np.arange(len(taken)), list(map(len, taken)))
    return np.asarray(shapely.linestrings(stops, indices=walk), dtype=object)


def _stops(
    paths: Paths, both: TwoWay, wanted: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return path and chainage of all stops, in order."""
    pieces, number = paths.pieces, paths.sets.number
    corner = paths.corner[wanted[number[paths.corner]]]
    last = (paths.sets.first[1:] - 1)[wanted]
    own_m = np.concatenate([paths.from_m[corner], paths.to_m[last]])
    vertices = np.concatenate([pieces.start[corner], pieces.end[last]])
    near = np.concatenate([both.low_near[corner], both.high_near[last]])
    beside_m = paths.chainage_m(near, pieces.share_nearest(vertices, near))
    even_m = paths.to_m[last, None] * np.linspace(0.0, 1.0, _STEPS + 1)
    own = number[np.concatenate([corner, last])]
    path = np.concatenate([own, own ^ 1, np.repeat(number[last], _STEPS + 1)])
    stops_m = np.concatenate([own_m, beside_m, even_m.ravel()])
    order = np.lexsort((stops_m, path))
    path, stops_m = path[order], stops_m[order]
    apart = np.ones(len(path), dtype=bool)
    apart[1:] = (stops_m[1:] - stops_m[:-1] > _SAME_STOP_M) | (path[1:] != path[:-1])
    return path[apart], stops_m[apart]


def _thinned(count: int) -> npt.NDArray[np.intp]:
    """Return which of so many stops to take: at least two, if need be the same one twice."""
    if count > _MOST_STOPS:
        return np.linspace(0, count - 1, _MOST_STOPS).astype(np.intp)
    return np.arange(count) if count > 1 else np.zeros(2, np.intp)
