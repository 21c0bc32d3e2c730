"""Whether coordinates have more decimals than the canonical form keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pkzone.geo.canonical import Z_DECIMALS

__all__ = ["DECIMALS", "is_finer", "numbers"]

DECIMALS = 6
"""Decimals that are kept of longitude and latitude, about 0.1 m."""


def is_finer(geometry: Any) -> bool:
    """Tell whether a checked geometry, or a part of its coordinates, has more decimals."""
    if isinstance(geometry, dict):
        return any(map(is_finer, _parts(geometry)))
    if geometry and not isinstance(geometry[0], list):
        return any(
            round(number, Z_DECIMALS if axis == 2 else DECIMALS) != number
            for axis, number in enumerate(geometry)
        )
    return any(map(is_finer, geometry))


def numbers(geometry: Any) -> Iterator[float]:
    """Yield all numbers of checked geometries."""
    if isinstance(geometry, dict):
        geometry = _parts(geometry)
    for part in geometry:
        if isinstance(part, list | dict):
            yield from numbers(part)
        else:
            yield part


def _parts(geometry: dict[str, Any]) -> list[Any]:
    return geometry["geometries"] if "geometries" in geometry else [geometry["coordinates"]]
