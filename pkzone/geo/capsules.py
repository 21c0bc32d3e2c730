"""Where a straight way comes within a distance of a segment: in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["within_capsule"]

Array = npt.NDArray[np.float64]


def within_capsule(
    a: Array, b: Array, start: Array, end: Array, radius: float
) -> tuple[Array, Array]:
    """Return from and to share of a-b within a distance of start-end; from > to if none is."""
    way = b - a
    from_, to = _within_disc(a, way, start, radius)
    for found in (_within_disc(a, way, end, radius), _within_band(a, way, start, end, radius)):
        hit = found[0] <= found[1]
        from_ = np.where(hit, np.minimum(from_, found[0]), from_)
        to = np.where(hit, np.maximum(to, found[1]), to)
    return np.maximum(from_, 0.0), np.minimum(to, 1.0)


def _within_disc(a: Array, way: Array, centre: Array, radius: float) -> tuple[Array, Array]:
    """Shares at which a + share * way lies in a disc; (inf, -inf) if nowhere."""
    square = (way * way).sum(axis=1)
    moves = square > 0
    safe = np.where(moves, square, 1.0)
    nearest = ((centre - a) * way).sum(axis=1) / safe
    gap = a + nearest[:, None] * way - centre
    room = radius * radius - (gap * gap).sum(axis=1)
    half = np.where(moves, np.sqrt(np.maximum(room, 0.0) / safe), np.inf)
    return np.where(room >= 0, nearest - half, np.inf), np.where(room >= 0, nearest + half, -np.inf)


def _within_band(
    a: Array, way: Array, start: Array, end: Array, radius: float
) -> tuple[Array, Array]:
    """Shares at which a + share * way lies in the rectangle along start-end."""
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    safe = np.where(length > 0, length, 1.0)
    unit = along / safe[:, None]
    offset = a - start
    across = np.column_stack([-unit[:, 1], unit[:, 0]])
    from_u, to_u = _within_slab((offset * unit).sum(axis=1), (way * unit).sum(axis=1), 0.0, length)
    from_v, to_v = _within_slab(
        (offset * across).sum(axis=1), (way * across).sum(axis=1), -radius, radius
    )
    from_, to = np.maximum(from_u, from_v), np.minimum(to_u, to_v)
    real = length > 0
    return np.where(real, from_, np.inf), np.where(real, to, -np.inf)


def _within_slab(start: Array, way: Array, low: float, high: Array | float) -> tuple[Array, Array]:
    """Shares at which start + share * way lies in [low, high]."""
    still = way == 0
    safe = np.where(still, 1.0, way)
    one, two = (low - start) / safe, (high - start) / safe
    inside = (low <= start) & (start <= high)
    from_ = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, two))
    to = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, two))
    return from_, to
