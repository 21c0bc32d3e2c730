"""What a summary of a tagged table counts: batch by batch, then all together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pkzone.layers.tag.tagger import Coded
from pkzone.layers.tag.times import Days, Flags

__all__ = ["Tally", "tally_of"]


@dataclass(slots=True)
class Tally:
    """Counts of some records, which can be added up in the order of the records.

    Attributes
    ----------
    rows, swapped : int
        All of them, and those that look as if longitude and latitude were swapped.
    first_swapped : int or None
        The first of those, counted from 1.
    with_offset, without_offset : int
        Times that are instants, and that are local.
    problems : Counter
        Records by the number of their problem.
    columns : dict of str to Counter
        Of each column ``<layer>_version`` and ``<layer>_answer``, how often each text occurs.
    """

    rows: int = 0
    swapped: int = 0
    first_swapped: int | None = None
    with_offset: int = 0
    without_offset: int = 0
    problems: Counter[int] = field(default_factory=Counter)
    columns: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add the counts of the records that come next."""
        self.rows += other.rows
        self.swapped += other.swapped
        if self.first_swapped is None:
            self.first_swapped = other.first_swapped
        self.with_offset += other.with_offset
        self.without_offset += other.without_offset
        self.problems += other.problems
        for name, counts in other.columns.items():
            self.columns.setdefault(name, Counter()).update(counts)


def tally_of(
    made: dict[str, Any],
    prefix_length: int,
    problems: npt.NDArray[np.int8],
    days: Days,
    swapped: Flags,
    first: int,
) -> Tally:
    """Return the counts of some records, of which ``first`` come before."""
    which = np.flatnonzero(swapped)
    numbers, counts = np.unique(problems[problems > 0], return_counts=True)
    return Tally(
        len(problems),
        len(which),
        first + int(which[0]) + 1 if len(which) else None,
        days.with_offset,
        days.without_offset,
        Counter(dict(zip(numbers.tolist(), counts.tolist(), strict=True))),
        {
            name[prefix_length:]: _counted(column)
            for name, column in made.items()
            if name.endswith(("_version", "_answer")) and isinstance(column, Coded)
        },
    )


def _counted(column: Coded) -> Counter[str]:
    counts = np.bincount(column.codes + 1, minlength=len(column.values) + 1)[1:].tolist()
    return Counter(dict(zip(column.values, counts, strict=True)))
