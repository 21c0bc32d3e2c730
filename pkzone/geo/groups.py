"""Groups of values that stand one after the other in the same arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["counted", "firsts", "in_turn", "runs_of"]

Indices = npt.NDArray[np.intp]
_Number = TypeVar("_Number", bound=np.generic)


def firsts(sizes: Sequence[int]) -> Indices:
    """Return where each group of some sizes begins, and the last one ends, shape (k + 1,)."""
    return np.append(0, np.cumsum(sizes, dtype=np.intp))


def counted(sizes: Indices) -> tuple[Indices, Indices]:
    """Return, for all members of groups of some sizes, the number of the group and the rank in it.

    Both start at 0.
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def runs_of(values: Indices) -> Iterator[tuple[int, slice]]:
    """Yield each value and the rows that have it, those that follow each other together."""
    if len(values):
        changes = np.flatnonzero(values[1:] != values[:-1]) + 1
        for begin, end in pairwise([0, *changes.tolist(), len(values)]):
            yield int(values[begin]), slice(begin, end)


def in_turn(first: npt.NDArray[_Number], second: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return the members of two arrays by turns, those of the first before those of the second."""
    return np.column_stack([first, second]).ravel()
