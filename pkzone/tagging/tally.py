"""What a summary of a tagged table counts: batch by batch, then all together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pkzone.tagging.engine import Coded
from pkzone.tagging.times import Days, Flags

__all__ = ["Tally", "tally_of"]


@dataclass(slots=True)
class Tally:
    """Counts of some records, which can be added up in the order of the records.

    Attributes
    ----------
    rows : int
        All of them.
    oddities : dict of str to tuple of int
        By the name of what is odd about records without being a problem: how many there are,
        and the number of the first, from 1. Longitude and latitude look ``swapped``, or are too
        large for degrees, as if in metres (``projected``); the place is 0, 0 (``zero``) or
        ``far`` from all layers; a record of several days is ``without_end`` or of ``several``
        versions.
    examples : dict of int to str
        By the number of a problem: what the first record that has it says.
    with_offset, without_offset : int
        Times that are instants, and that are local.
    problems : Counter
        Records by the number of their problem.
    columns : dict of str to Counter
        Of each column ``<layer>_version`` and ``<layer>_answer``, how often each text occurs.
    """

    rows: int = 0
    oddities: dict[str, tuple[int, int]] = field(default_factory=dict)
    examples: dict[int, str] = field(default_factory=dict)
    with_offset: int = 0
    without_offset: int = 0
    problems: Counter[int] = field(default_factory=Counter)
    columns: dict[str, Counter[str]] = field(default_factory=dict)

    def after(self, rows: int) -> Tally:
        """Return the same for records that so many come before."""
        moved = {name: (count, at + rows) for name, (count, at) in self.oddities.items()}
        return replace(self, oddities=moved)

    def add(self, other: Tally) -> None:
        """Add the counts of the records that come next."""
        for name, (count, first) in other.oddities.items():
            before, at = self.oddities.get(name, (0, first))
            self.oddities[name] = (before + count, at)
        self.examples = other.examples | self.examples
        self.rows += other.rows
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
    odd: dict[str, Flags],
    first: int,
) -> Tally:
    """Return the counts of some records, of which ``first`` come before."""
    which = {name: np.flatnonzero(flags) for name, flags in odd.items()}
    numbers, counts = np.unique(problems[problems > 0], return_counts=True)
    return Tally(
        len(problems),
        {name: (len(rows), first + int(rows[0]) + 1) for name, rows in which.items() if len(rows)},
        {},
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
