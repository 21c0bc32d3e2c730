"""Tag the rows of a table of any kind: from their cells to the columns that are added."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from pkzone.errors import BadRecord, CannotTag, printable
from pkzone.tagging.columns import Coded
from pkzone.tagging.engine import Kind, Tagger
from pkzone.tagging.inputs import BAD_LATITUDE, BAD_LONGITUDE, Inputs, Places
from pkzone.tagging.options import Plan, Progress, choose
from pkzone.tagging.summary import PROBLEMS, Tally, tally_of
from pkzone.tagging.table_parquet import ParquetTable
from pkzone.tagging.tables import Piece, Table
from pkzone.tagging.times import Flags

__all__ = ["WORKERS", "Answers", "Sink", "TableTagger", "run"]

WORKERS = min(os.cpu_count() or 1, 8)
"""Threads: more would wait for the one that reads and writes, and hold more rows in memory."""

_METRES = 10_000
"""Numbers from here on are no slips of degrees, and no codes for a missing value (-9999)."""

_DECIMALS = {"_m": 1, "_share": 6}

Codes = npt.NDArray[np.int8]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answers:
    """Columns added to some records, in order, their counts, and where the records were."""

    columns: dict[str, Any]
    tally: Tally
    places: Places


@dataclass(frozen=True)
class TableTagger:
    """Tag the rows of a table, or of others of the same columns and types; it can be pickled.

    Attributes
    ----------
    tagger : Tagger
        What knows the layers.
    inputs : Inputs
        How dates and places are read.
    prefix : str
        What the names of all columns begin with; the tagger's too.
    strict : bool
        Stop at the first record that has a problem.
    """

    tagger: Tagger
    inputs: Inputs
    prefix: str = ""
    strict: bool = False

    @classmethod
    def of(cls, table: Table, plan: Plan) -> TableTagger:
        """Choose the columns to use of a table, and open the layers of a plan.

        Raises
        ------
        ColumnError
            A column is missing, or cannot be told from others.
        CannotTag
            A column that is to be added already exists, or a layer has nothing to tag by.
        """
        options = plan.options
        chosen = choose(
            table.names,
            options,
            label=table.label,
            geometry=table.geometry is not None,
            dated=plan.day is not None,
        )
        tagger = Tagger.of(
            plan.layers,
            catalogue=options.get("catalogue"),
            distances=options.get("distances", True),
            prefix=plan.prefix,
            shares=chosen.wkt is not None or (chosen.by_geometry and not table.points),
        )
        inputs = Inputs.of(plan, chosen, tagger, table)
        found = cls(tagger, inputs, plan.prefix, options.get("strict", False))
        taken = [name for name in found.kinds if name in table.names]
        if taken:
            raise CannotTag(
                f"{printable(table.label, None)}: has a column {printable(taken[0])} already; "
                "choose other names with --prefix TEXT"
            )
        if chosen.by_geometry and isinstance(table, ParquetTable):
            _ = table.way  # known, or refused, before the first row
        return found

    @property
    def kinds(self) -> dict[str, Kind]:
        """Names of the columns with their kinds: ``text``, ``number`` or ``flag``."""
        periods = self.inputs.chosen.has_periods
        own = ("tag_date", *(("tag_date_end",) if periods else ()), "tag_problem")
        names: dict[str, Kind] = {f"{self.prefix}{name}": "text" for name in own}
        return names | self.tagger.kinds

    def answers(self, piece: Piece) -> Answers:
        """Return the columns for some rows.

        Raises
        ------
        BadRecord
            A record has a problem, and that is to stop it.
        ColumnError
            A column is of a wrong type.
        """
        places, days = self.inputs.places(piece), self.inputs.days(piece)
        problems = np.where(days.problems > 0, days.problems, places.problems)
        if self.strict and problems.any():
            row = int(np.flatnonzero(problems)[0])
            reason = f"row {piece.first + row + 1:,}: {PROBLEMS[problems[row] - 1]}"
            remedy = "without --strict such rows are kept and marked"
            raise BadRecord(piece.table.label, f"{reason}; {remedy}")
        sound = problems == 0
        nat = np.datetime64("NaT", "D")
        day = np.where(sound, days.days, nat)
        last = days.last
        if places.lon is None or places.lat is None:
            shapes: Any = np.where(sound, places.shapes, None)
            made = self.tagger.shapes(shapes, day, last)
            boxes = shapely.bounds(shapes).T
        else:
            lon, lat = np.where(sound, places.lon, np.nan), np.where(sound, places.lat, np.nan)
            made = self.tagger.points(lon, lat, day, last)
            boxes = (lon, lat, lon, lat)
        made = {name: _rounded(name, column) for name, column in made.items()}
        odd = self.tagger.odd_places(*boxes)
        odd["projected"] = _in_metres(places, problems)
        if last is not None:
            odd["several"] = self.tagger.have_several(day, last)
        if days.without_end is not None:
            odd["without_end"] = days.without_end & sound
        tally = tally_of(made, len(self.prefix), problems, days, odd, piece.first)
        for problem in tally.problems:
            text = self.inputs.example(piece, problem, int(np.argmax(problems == problem)))
            if text is not None:
                tally.examples[problem] = text
        own = {
            "tag_date": _texts_of(days.days),
            "tag_date_end": _texts_of(days.days if last is None else last),
            "tag_problem": Coded(problems.astype(np.int32) - 1, PROBLEMS),
        }
        named = {f"{self.prefix}{name}": column for name, column in own.items()}
        return Answers({name: (named | made)[name] for name in self.kinds}, tally, places)


class Sink:
    """Takes tagged rows in their order; ``prepare`` may run in several threads at once."""

    def prepare(self, piece: Any, answers: Answers) -> Any:
        """Return rows as they are to be written."""
        raise NotImplementedError

    def write(self, prepared: Any) -> None:
        """Write what was prepared."""
        raise NotImplementedError

    def close(self) -> list[str]:
        """Write the rest; return notices."""
        return []

    def abandon(self) -> None:
        """Leave it unfinished."""


def run(
    table: Table,
    tagger: TableTagger,
    sink: Sink,
    *,
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> Tally:
    """Tag all rows of a table into a sink; return their counts, with the notices of the sink."""

    def prepared(piece: Piece) -> tuple[Any, Tally, int]:
        answers = tagger.answers(piece)
        return sink.prepare(piece, answers), answers.tally, piece.done

    tally = Tally()
    pieces: Iterator[Piece] = table.pieces()
    try:
        for rows, counted, done in _ordered_map(prepared, pieces, workers):
            sink.write(rows)
            tally.add(counted)
            if progress is not None:
                progress(done, table.total)
        table.notices.extend(sink.close())
    except BaseException:
        sink.abandon()
        raise
    return tally


def _ordered_map(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield the results of a function in the order of the items.

    Items are taken no further ahead than two for each worker, so that few are held at a time.
    An error is raised in the place of its item; what had not begun by then never does.
    """
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="pkzone-tag") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


def _in_metres(places: Places, problems: Codes) -> Flags:
    """Tell which places are no degrees by so much that they look like metres."""
    bad: Flags = np.asarray((problems == BAD_LONGITUDE) | (problems == BAD_LATITUDE))
    if not bad.any():
        return bad
    if places.lon is None or places.lat is None:
        x, y = shapely.bounds(places.shapes).T[:2]
    else:
        x, y = places.lon, places.lat
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(x), np.abs(y))
        in_metres: Flags = bad & np.isfinite(x + y) & (size >= _METRES) & (x != y)
    return in_metres


def _texts_of(days: Any) -> Coded:
    """Return days as ISO 8601 has them."""
    encoded = pa.array(days).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(codes, tuple(encoded.dictionary.cast(pa.string()).to_pylist()))


def _rounded(name: str, values: Any) -> Any:
    """Return numbers as precise as they are meant: tenths of a metre, millionths of a share."""
    for ending, decimals in _DECIMALS.items():
        if name.endswith(ending) and not isinstance(values, Coded):
            return np.round(values, decimals) + 0.0  # no -0
    return values
