"""Pairs of geometries to compare: a base and a target each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["Pair", "check"]

Pair = tuple[BaseGeometry | None, BaseGeometry | None]
_KINDS = {1: "lines", 2: "areas"}  # by dimension


def check(pairs: Sequence[Pair], *, dimension: int, tolerance_m: float) -> None:
    """Refuse what cannot be compared as lines (1) or areas (2).

    Raises
    ------
    ValueError
        If the tolerance is negative or not a number.
    TypeError
        If a side has another dimension; an empty one has any.
    """
    if not 0 <= tolerance_m < float("inf"):
        raise ValueError(f"tolerance_m must be a number of metres from 0, not {tolerance_m!r}")
    for side in chain.from_iterable(pairs):
        if side is not None and shapely.get_dimensions(side) not in {-1, dimension}:
            raise TypeError(f"{_KINDS[dimension]} are compared here, not a {side.geom_type}")
