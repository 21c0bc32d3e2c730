"""Pairs of geometries to compare, a base and a target each: what is refused, and how good it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.frame import Frame

__all__ = ["Pair", "check", "limits"]

Pair = tuple[BaseGeometry | None, BaseGeometry | None]
_KINDS = {1: "lines", 2: "areas"}  # by dimension
_MOST_DISTORTION = 0.001
_MOST_SAG_M = 0.01


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


def limits(frame: Frame, sag_m: float) -> Iterator[str]:
    """Yield where the distances between the two of a pair are not as good as they are elsewhere.

    Parameters
    ----------
    frame : Frame
        The plane that they are measured in.
    sag_m : float
        By how much the pieces that are measured leave the lines at most.
    """
    if frame.distortion > _MOST_DISTORTION:
        yield (
            f"it reaches about {round(frame.radius_m, -4) / 1000:,.0f} km from its middle, so "
            f"distances between both sides are good to {100 * frame.distortion:.1f} % only"
        )
    if sag_m > _MOST_SAG_M:
        yield (
            f"its edges are so long that distances between both sides may be off by {sag_m:,.2f} m"
        )
