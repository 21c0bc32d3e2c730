"""The mean distance of two sets of segments from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pkzone.geo.distances import TwoWay
from pkzone.geo.ragged import group_and_rank, interleave, runs_of

__all__ = ["means_m"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_ERROR = 0.01
_ERROR_M = 0.01
_TRUSTED_WIDTH = 0.125
_FEW = 128
_SHARE_A_ROUND = 0.1
"""So much of what the sum may yet be off by is spent on small stretches in each round."""


def means_m(both: TwoWay) -> list[float | None]:
    """Return of each pair the mean distance over the length of both sets.

    Of sets of nothing but points it is the mean over these; None where a set is empty.

    Notes
    -----
    Simpson's rule. The stretches whose middle is farthest off the straight line between
    their ends are halved, until all are off by less than 1 % and 1 cm together. Where the
    nearest segment changes along a stretch its middle may lie on that line by chance: unless
    it is an eighth of a segment or less, it counts as off by all that a distance can change
    on its way. Of few segments, for which chance does not even out, one begins with eighths.
    """
    lengths = both.sets.every.lengths
    sums = [_Sum(float(lengths[rows].sum())) for rows in both.pairs]
    stretches = _begun(both)
    while len(stretches.segment):
        stretches = _halved(both, stretches, sums)
    means: list[float | None] = []
    for one, rows, is_measured in zip(sums, both.pairs, both.is_measured, strict=True):
        if not is_measured:
            means.append(None)
        elif one.length_m:
            means.append(one.integral_m2 / one.length_m)
        else:
            means.append(float(both.low[rows].mean()))
    return means


@dataclass(slots=True)
class _Sum:
    """What of the integral of one pair is found, and how much that may be off."""

    length_m: float
    integral_m2: float = 0.0
    error_m2: float = 0.0

    def add(self, parts: Array, errors: Array) -> Indices:
        """Add the parts that are good enough; return the number of the others, in order."""
        allowed = _ERROR * (self.integral_m2 + float(parts.sum())) + _ERROR_M * self.length_m
        if self.error_m2 + float(errors.sum()) <= allowed:
            self.integral_m2 += float(parts.sum())
            return np.empty(0, np.intp)
        order = np.argsort(errors)
        spent = _SHARE_A_ROUND * (allowed - self.error_m2)
        count = int(np.searchsorted(np.cumsum(errors[order]), spent))
        small = order[:count]
        self.integral_m2 += float(parts[small].sum())
        self.error_m2 += float(errors[small].sum())
        return np.sort(order[count:])


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stretches of segments, with the distances at both ends and what is nearest there."""

    segment: Indices
    share: Array
    width: Array
    low: Array
    high: Array
    low_near: Indices
    high_near: Indices


def _begun(both: TwoWay) -> _Stretches:
    """Return the stretches to begin with, in the order of their segments."""
    apart = both.apart
    pair = both.sets.number[apart] >> 1
    is_few = np.bincount(pair, minlength=len(both.pairs)) <= _FEW
    parts = np.where(is_few[pair], round(1 / _TRUSTED_WIDTH), 1)
    number, rank = group_and_rank(parts)
    segment, width = apart[number], 1 / parts[number]
    share = rank * width
    low, high = both.low[segment], both.high[segment]
    low_near, high_near = both.low_near[segment], both.high_near[segment]
    inner = np.flatnonzero(rank)
    low[inner], low_near[inner] = both.nearest(segment[inner], share[inner])
    high[inner - 1], high_near[inner - 1] = low[inner], low_near[inner]
    return _Stretches(segment, share, width, low, high, low_near, high_near)


def _halved(both: TwoWay, found: _Stretches, sums: list[_Sum]) -> _Stretches:
    """Add what is known well enough to the sums, and return the halves of the other stretches."""
    middle, near = both.nearest(found.segment, found.share + found.width / 2)
    lengths = both.sets.every.lengths[found.segment] * found.width
    parts = (found.low + 4 * middle + found.high) / 6 * lengths
    errors = np.abs(found.low + found.high - 2 * middle) / 2 * lengths
    changes = (found.low_near != near) | (near != found.high_near)
    changes &= found.width > _TRUSTED_WIDTH
    errors[changes] = (lengths**2 - (found.high - found.low) ** 2)[changes] / 4
    left = [np.empty(0, np.intp)]
    for pair, rows in runs_of(both.sets.number[found.segment] >> 1):
        open_ = sums[pair].add(parts[rows], errors[rows])
        left.append(open_ + rows.start)
    open_ = np.concatenate(left)
    width = found.width[open_] / 2
    low, middle, high = found.low[open_], middle[open_], found.high[open_]
    low_near, near, high_near = found.low_near[open_], near[open_], found.high_near[open_]
    share = found.share[open_]
    return _Stretches(
        np.repeat(found.segment[open_], 2),
        interleave(share, share + width),
        np.repeat(width, 2),
        interleave(low, middle),
        interleave(middle, high),
        interleave(low_near, near),
        interleave(near, high_near),
    )
