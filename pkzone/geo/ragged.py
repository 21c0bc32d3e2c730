"""Helpers for ragged arrays: groups of any size stored flat, one after the other, with offsets.

::

    sizes    3        1    2          group  0 0 0 1 2 2
    rows     a0 a1 a2 b0   c0 c1      rank   0 1 2 0 0 1
    offsets  0        3    4     6
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["group_and_rank", "interleave", "offsets", "runs_of"]

Indices = npt.NDArray[np.intp]
_Number = TypeVar("_Number", bound=np.generic)


def offsets(sizes: Sequence[int]) -> Indices:
    """Return the row at which each group begins, and the number of all rows, shape (k + 1,)."""
    return np.append(0, np.cumsum(sizes, dtype=np.intp))


def group_and_rank(sizes: Indices) -> tuple[Indices, Indices]:
    """Return for each row the number of its group and its rank within that, both from 0."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def runs_of(values: Indices) -> Iterator[tuple[int, slice]]:
    """Yield each run of equal values: the value and its rows."""
    if len(values):
        changes = np.flatnonzero(values[1:] != values[:-1]) + 1
        for begin, end in pairwise([0, *changes.tolist(), len(values)]):
            yield int(values[begin]), slice(begin, end)


def interleave(first: npt.NDArray[_Number], second: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return the values of two arrays by turns: first[0], second[0], first[1], second[1], ..."""
    return np.column_stack([first, second]).ravel()
