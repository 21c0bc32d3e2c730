"""The discrete Fréchet distance: how far apart two walkers must be who follow two paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pkzone.geo.distances import PairDistances
from pkzone.geo.paths import Paths
from pkzone.geo.ragged import runs_of

__all__ = ["MOST_VERTICES", "Frechet", "frechets"]

MOST_VERTICES = 3_000
"""Of paths with more vertices it is not computed: time grows with the product of both."""

_STEPS = 128
_SAME_STOP_M = 0.001
_ALIKE = 64
_AT_ONCE = 20_000
"""Stops of the shorter walks that are looked at together: as many as fit into a core's cache."""

Array = npt.NDArray[np.float64]
_Walks = tuple[Array, Array]
"""The stops of both paths of a pair, shape (n, 2), those of the path with more stops first."""


class Frechet(NamedTuple):
    """The distance of a pair of paths.

    Attributes
    ----------
    distance_m : float or None
        None unless both paths are a single run of at most `MOST_VERTICES` vertices.
    is_too_long : bool
        Both are a single run, but of more vertices.
    """

    distance_m: float | None = None
    is_too_long: bool = False


def frechets(paths: Paths, both: PairDistances) -> list[Frechet]:
    """Return the distance of each pair of paths.

    It is taken at every vertex, beside every vertex of the other path and at every 128th of the
    length, and too large by at most the longest step between these stops.
    """
    runs = np.array(list(map(len, paths.run_bounds_m)), np.intp).reshape(-1, 2)
    single = (runs == 1).all(axis=1)
    few = (np.diff(paths.first_vertex).reshape(-1, 2) <= MOST_VERTICES).all(axis=1)
    found = [Frechet(is_too_long=one) for one in (single & ~few).tolist()]
    pairs = np.flatnonzero(single & few).tolist()
    walks = list(_walks(paths, both, np.repeat(single & few, 2)))
    for some in _alike(walks):
        for place, distance_m in zip(some, _coupled_m([walks[i] for i in some]), strict=True):
            found[pairs[place]] = Frechet(distance_m)
    return found


def _alike(walks: Sequence[_Walks]) -> Iterator[list[int]]:
    """Yield the numbers of walks that have about as many stops, to be looked at together."""
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (longer, shorter) in enumerate(walks):
        alike[len(longer) // _ALIKE, len(shorter) // _ALIKE].append(number)
    for (_, size), numbers in alike.items():
        step = max(1, _AT_ONCE // (_ALIKE * (size + 1)))
        yield from (numbers[i : i + step] for i in range(0, len(numbers), step))


def _coupled_m(walks: Sequence[_Walks]) -> list[float]:
    """Return the distance of each pair of walks.

    The recurrence of Eiter and Mannila (1994): a pair of stops is reached from the one before
    it on either walk or on both. All that have the same number of steps behind them stand on
    an antidiagonal, which takes no more than the two before it.
    """
    x, y = _padded([longer[::-1] for longer, _ in walks], at_end=False)
    other_x, other_y = _padded([shorter for _, shorter in walks], at_end=True)
    rows, columns = len(x), len(other_x)
    # squares of distances; a row beyond each end of the antidiagonal that nothing reaches
    earlier, before, now = (np.full((columns + 1, len(walks)), np.inf) for _ in range(3))
    earlier[0] = 0.0
    away, across = np.empty_like(other_x), np.empty_like(other_x)
    for steps in range(rows + columns - 1):
        low, high = max(0, steps + 1 - rows), min(columns, steps + 1)
        here = slice(low, high)
        there = slice(rows - 1 - steps + low, rows - 1 - steps + high)
        square, square_y, reach = away[here], across[here], now[low + 1 : high + 1]
        np.subtract(x[there], other_x[here], out=square)
        np.subtract(y[there], other_y[here], out=square_y)
        square *= square
        square_y *= square_y
        square += square_y
        np.minimum(before[here], before[low + 1 : high + 1], out=reach)
        np.minimum(reach, earlier[here], out=reach)
        np.maximum(reach, square, out=reach)
        earlier[0] = np.inf
        earlier, before, now = before, now, earlier
    distances: list[float] = np.sqrt(before[columns]).tolist()
    return distances


def _padded(walks: Sequence[Array], *, at_end: bool) -> tuple[Array, Array]:
    """Return the coordinates of walks, each of shape (stops, walks); the last stop is repeated.

    Who waits at the end comes no farther from the other. ``at_end`` tells where the end is.
    """
    size = max(map(len, walks))
    padding = [(0, size - len(walk)) if at_end else (size - len(walk), 0) for walk in walks]
    every = np.stack(
        [np.pad(walk, (rows, (0, 0)), "edge") for walk, rows in zip(walks, padding, strict=True)],
        axis=1,
    )
    return np.ascontiguousarray(every[..., 0]), np.ascontiguousarray(every[..., 1])


def _walks(paths: Paths, both: PairDistances, wanted: npt.NDArray[np.bool_]) -> Iterator[_Walks]:
    """Yield all stops of the paths of each wanted pair, in metres."""
    path, stops_m = _stops(paths, both, wanted)
    stops = paths.pieces.at(*paths.find(path, stops_m, leaving=True))
    walks = iter([stops[rows] for _, rows in runs_of(path)])
    for base, target in zip(walks, walks, strict=True):
        yield (base, target) if len(base) >= len(target) else (target, base)


def _stops(
    paths: Paths, both: PairDistances, wanted: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Array]:
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
    cell = np.floor(stops_m / _SAME_STOP_M)
    apart = np.ones(len(path), dtype=bool)
    apart[1:] = (cell[1:] != cell[:-1]) | (path[1:] != path[:-1])
    return path[apart], stops_m[apart]
