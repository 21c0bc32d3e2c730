"""Summary of a tagged table: counts of its records, batch by batch and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pkzone.errors import printable
from pkzone.table import Column, Table
from pkzone.tagging.columns import Coded
from pkzone.tagging.times import Days, Flags

__all__ = [
    "FAR_KM",
    "PROBLEMS",
    "SEVERAL",
    "LayerSummary",
    "Summary",
    "Tagged",
    "Tally",
    "summary_of",
    "tally_of",
]

PROBLEMS = (
    "no time",
    "bad time",
    "no place",
    "bad longitude",
    "bad latitude",
    "bad geometry",
)
"""Problems of records, in the order of reports."""

PLACE_PROBLEMS = PROBLEMS[2:]
FAR_KM = 500
"""Distance from all layers beyond which a record is counted as far."""

SEVERAL = "several versions"
"""In place of an answer where versions that hold for a record answer differently."""

_MOST_VERSIONS = 6
_MOST_SHOWN = 40
_ALWAYS = ("inside", "outside", "uncertain")
_ODD = {
    "projected": "{rows} with numbers too large for degrees, {first}: they look projected, in "
    "metres; say in which system, --crs EPSG:CODE",
    "zero": "{rows} at 0,0, {first}: a code for no place, as a rule",
    "far": "{rows} more than " + f"{FAR_KM} km from the layers, " + "{first}",
    "without_end": "{rows} without a last day, {first}: taken as of the first day alone",
    "several": "{rows} of days on which several versions hold, {first}: an answer that is not the "
    f"same in all is '{SEVERAL}'",
}


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """Counts of one layer.

    Attributes
    ----------
    versions : mapping of str to int
        Records by the version that was in force; those that occur.
    not_in_force : int
        Records without a problem from before its first version.
    answers : mapping of str to int
        Of areas: ``inside``, ``outside``, ``uncertain``, and ``partly`` and ``several versions``
        if they occur; else empty.
    """

    versions: Mapping[str, int]
    not_in_force: int
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a tagged table.

    Attributes
    ----------
    rows : int
        All records.
    problems : mapping of str to int
        Records by what is wrong with them, ``bad time``; those that occur.
    layers : mapping of str to LayerSummary
        By layer.
    looks_swapped : int
        Records that may have longitude and latitude swapped.
    first_swapped : int or None
        The number of the first of them, from 1.
    oddities : mapping of str to int
        Records by what else is odd: ``zero`` (at 0, 0), ``far`` (more than 500 km from all
        layers), ``projected`` (too large for degrees, as if in metres), ``without_end`` (days
        that should have a last one), ``several`` (versions hold for it); those that occur.
    first_odd : mapping of str to int
        The number of the first of each, from 1.
    examples : mapping of str to str
        What the first record with a problem says, ``bad time``.
    with_offset, without_offset : int
        Times with an offset or ``Z``, and local ones.
    """

    rows: int
    problems: Mapping[str, int]
    layers: Mapping[str, LayerSummary]
    looks_swapped: int
    first_swapped: int | None
    with_offset: int
    without_offset: int
    oddities: Mapping[str, int] = field(default_factory=dict)
    first_odd: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def without_time(self) -> int:
        """Records whose time is missing or cannot be read."""
        return self.problems.get("no time", 0) + self.problems.get("bad time", 0)

    @property
    def without_place(self) -> int:
        """Records with a time whose place is missing or cannot be used."""
        return sum(self.problems.values()) - self.without_time

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain JSON types."""
        return {
            "rows": self.rows,
            "without_time": self.without_time,
            "without_place": self.without_place,
            "problems": dict(self.problems),
            "examples": dict(self.examples),
            "oddities": dict(self.oddities),
            "looks_swapped": self.looks_swapped,
            "first_swapped": self.first_swapped,
            "with_offset": self.with_offset,
            "without_offset": self.without_offset,
            "layers": {
                name: {
                    **({"answers": dict(one.answers)} if one.answers else {}),
                    "versions": dict(one.versions),
                    "not_in_force": one.not_in_force,
                }
                for name, one in self.layers.items()
            },
        }

    def warnings(self) -> Iterator[str]:
        """Yield what is odd about the table, a line each."""
        if self.with_offset and self.without_offset:
            times = "time has" if self.with_offset == 1 else "times have"
            none = "has" if self.without_offset == 1 else "have"
            yield (
                f"{self.with_offset:,} {times} an offset and {self.without_offset:,} {none} none; "
                "without one it is local"
            )
        if self.looks_swapped:
            one = self.looks_swapped == 1
            yield (
                f"{self.looks_swapped:,} {'row looks' if one else 'rows look'} as if longitude and "
                f"latitude were swapped, {'' if one else 'the first is '}row "
                f"{self.first_swapped:,}; if so, exchange them"
            )
        for what, says in _ODD.items():
            count = self.oddities.get(what, 0)
            if count:
                rows = f"{count:,} {'row' if count == 1 else 'rows'}"
                first = "" if count == 1 else "the first is "
                yield says.format(rows=rows, first=f"{first}row {self.first_odd[what]:,}")

    def undated(self, column: str | None) -> str | None:
        """Return why no record has a date, and what to do; None where some have, or none is."""
        if not self.rows or self.without_time < self.rows:
            return None
        example = self.examples.get("bad time")
        such = "" if example is None else f', such as "{printable(example, _MOST_SHOWN)}"'
        rows = "the only row" if self.rows == 1 else f"any of {self.rows:,} rows"
        return (
            f"no date can be read in {rows} of the column {printable(str(column))}{such}; name "
            "another with --time COLUMN, or give one date for all with --on DATE"
        )

    def lines(self) -> Iterator[str]:
        """Yield what was counted, a line each, for people."""
        for name, one in self.layers.items():
            answers = ", ".join(f"{count:,} {answer}" for answer, count in one.answers.items())
            counted = sorted(one.versions.items())
            versions = ", ".join(f"{version} ({n:,})" for version, n in counted[:_MOST_VERSIONS])
            if len(counted) > _MOST_VERSIONS:
                rest = sum(n for _, n in counted[_MOST_VERSIONS:])
                versions += f" and {len(counted) - _MOST_VERSIONS} more ({rest:,})"
            parts = [answers, f"by version {versions}" if versions else ""]
            if one.not_in_force:
                parts.append(f"{one.not_in_force:,} before its first version")
            yield f"{name}: {'; '.join(filter(None, parts)) or 'none'}"
        for what, count, reasons in (
            ("time", self.without_time, ("no time", "bad time")),
            ("place", self.without_place, PLACE_PROBLEMS),
        ):
            if count:
                parts = [self._problem_text(r) for r in reasons if r in self.problems]
                yield f"{count:,} without a {what}: {', '.join(parts)}"

    def _problem_text(self, problem: str) -> str:
        """Return how many records have a problem, and what the first of them says."""
        text = f"{self.problems[problem]:,} {problem}"
        if problem in self.examples:
            text += f' (such as "{printable(self.examples[problem], _MOST_SHOWN)}")'
        return text


@dataclass(frozen=True)
class Tagged:
    """Tagged table: the file that it was written to, or a frame.

    Attributes
    ----------
    path : str or None
        The file.
    frame : DataFrame, GeoDataFrame or None
        The frame, of the class of the one that was given.
    summary : Summary
        What was counted.
    notices : tuple of str
        What was odd, assumed or left out, a line each.
    """

    path: str | None
    frame: Any
    summary: Summary
    notices: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        where = "a frame" if self.path is None else printable(self.path)
        counted = printable("; ".join(self.summary.lines()), 500)
        return f"<Tagged {where}: {self.summary.rows:,} rows; {counted}>"

    def _repr_html_(self) -> str:
        lines = tuple(tuple(line.split(": ", 1)) for line in self.summary.lines())
        where = "a frame" if self.path is None else self.path
        about = (("written to", where), ("rows", f"{self.summary.rows:,}"))
        columns = (Column("of"), Column("counted"))
        return Table("tagged", columns, (*about, *lines), notes=self.notices)._repr_html_()


def summary_of(tally: Tally) -> Summary:
    """Return the summary of counts."""
    sound = tally.rows - tally.problems.total()
    layers = {}
    for name, versions in tally.columns.items():
        if not name.endswith("_version"):
            continue
        layer = name.removesuffix("_version")
        answers: Mapping[str, int] = tally.columns.get(f"{layer}_answer", {})
        layers[layer] = LayerSummary(
            {one: count for one, count in versions.items() if count},
            sound - versions.total(),
            {one: count for one, count in answers.items() if count or one in _ALWAYS},
        )
    swapped, first_swapped = tally.oddities.get("swapped", (0, None))
    return Summary(
        tally.rows,
        {PROBLEMS[i - 1]: tally.problems[i] for i in sorted(tally.problems)},
        layers,
        swapped,
        first_swapped,
        tally.with_offset,
        tally.without_offset,
        {name: tally.oddities[name][0] for name in _ODD if name in tally.oddities},
        {name: tally.oddities[name][1] for name in _ODD if name in tally.oddities},
        {PROBLEMS[i - 1]: tally.examples[i] for i in sorted(tally.examples)},
    )


def summary_of_dataset(parts: Any, prefix: str) -> Summary:
    """Return the counts of a tagged dataset of Arrow, read back: answers and problems alone."""
    import pyarrow.compute as pc

    names = parts.schema.names
    made = [name for name in names if name.endswith(("_version", "_answer"))]
    problem = f"{prefix}tag_problem"
    made = [name for name in made if names.index(name) > names.index(problem)]
    tally = Tally(columns={name.removeprefix(prefix): Counter() for name in made})
    for batch in parts.to_batches(columns=[problem, *made]):
        tally.rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            counts = {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()}
            counts.pop(None, None)
            if name == problem:
                tally.problems.update({PROBLEMS.index(text) + 1: n for text, n in counts.items()})
            else:
                tally.columns[name.removeprefix(prefix)].update(counts)
    for name, counter in tally.columns.items():
        order = (*_ALWAYS, "partly", SEVERAL) if name.endswith("_answer") else sorted(counter)
        tally.columns[name] = Counter({text: counter[text] for text in order})
    return summary_of(tally)


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
