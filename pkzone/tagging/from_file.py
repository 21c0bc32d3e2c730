"""Tag files: open them by their type, read them in pieces, write the output in one go."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from pkzone.errors import FormatError, OutputError, printable
from pkzone.files.atomic import labelled, new_file, output_errors
from pkzone.files.inputs import open_regular, stdin, unopened_reason
from pkzone.tagging.answers import Answers, Records
from pkzone.tagging.columns import plain, values_of
from pkzone.tagging.inputs import Cells, Inputs, Places
from pkzone.tagging.options import Plan, Progress
from pkzone.tagging.parallel import WORKERS, ordered_map
from pkzone.tagging.summary import Tally
from pkzone.tagging.table_csv import CsvPiece, CsvTable
from pkzone.tagging.table_features import read_features
from pkzone.tagging.table_parquet import ParquetTable
from pkzone.tagging.writers import FrameSink, Piece, Sink, Table, sink_of

__all__ = ["FileTagger", "open_table", "opened"]


@dataclass(frozen=True)
class FileTagger:
    """Tags the rows of a file that is open."""

    table: Table
    records: Records
    inputs: Inputs
    notices: list[str]

    def write(self, path: str, *, overwrite: bool, progress: Progress | None) -> Tally:
        """Write the tagged table to a file, all of it or nothing, or to standard output."""
        if path == "-":
            stdout = labelled(sys.stdout.buffer, "standard output")
            tally = self._run(sink_of(path, self.table, self.records.kinds, stdout), progress)
            with output_errors("standard output"):
                sys.stdout.buffer.flush()
            return tally
        if self.table.label != "<stdin>" and _same(self.table.label, path):
            label = printable(path, limit=None)
            raise OutputError(f"{label}: is the table itself; give the output another name")
        with new_file(path, overwrite=overwrite) as file:
            sink = sink_of(path, self.table, self.records.kinds, file)
            return self._run(sink, progress)

    def frame(self, progress: Progress | None) -> tuple[Any, Tally]:
        """Return the tagged table as a frame, and the counts."""
        sink = FrameSink(self.table, self.records.kinds)
        tally = self._run(sink, progress)
        return sink.frame(), tally

    def sample(self, count: int) -> list[dict[str, Any]]:
        """Return the first rows in plain JSON values: the columns in use and those added."""
        rows: list[dict[str, Any]] = []
        for piece in self.table.pieces():
            places, answers = self._answers(piece)
            used = piece.columns(self.inputs.chosen.names)
            columns: dict[str, Iterable[Any]] = {
                name: map(plain, cells.to_pylist()) for name, cells in used.items()
            }
            if self.inputs.chosen.lon is None and places.lon is not None and places.lat is not None:
                columns |= {"lon": map(plain, places.lon), "lat": map(plain, places.lat)}
            columns |= {name: values_of(one) for name, one in answers.columns.items()}
            cells = islice(zip(*columns.values(), strict=True), count - len(rows))
            rows += [dict(zip(columns, row, strict=True)) for row in cells]
            if len(rows) >= count:
                break
        return rows

    def _run(self, sink: Sink, progress: Progress | None) -> Tally:
        def prepared(piece: Piece) -> tuple[Any, Tally, int]:
            places, answers = self._answers(piece)
            return sink.prepare(piece, places, answers), answers.tally, piece.done

        tally = Tally()
        pieces: Iterator[Piece] = self.table.pieces()
        try:
            for rows, counted, done in ordered_map(prepared, pieces, WORKERS):
                sink.write(rows)
                tally.add(counted)
                if progress is not None:
                    progress(done, self.table.total)
            self.notices.extend(sink.close())
        except BaseException:
            sink.abandon()
            raise
        return tally

    def _answers(self, piece: Piece) -> tuple[Places, Answers]:
        comma = isinstance(piece, CsvPiece) and piece.table.delimiter != ","
        columns = piece.columns(self.inputs.chosen.names)
        cells = Cells(
            piece.rows, columns.__getitem__, self.table.label, lambda: _shapes_of(piece), comma
        )
        places = self.inputs.places(cells)
        answers = self.records.answers(
            self.inputs.days(cells),
            places,
            piece.first,
            lambda problem, row: self.inputs.example(cells, problem, row),
        )
        return places, answers


def _shapes_of(piece: Piece) -> Any:
    assert not isinstance(piece, CsvPiece)  # noqa: S101 - its places are in columns
    return piece.shapes()


@contextmanager
def opened(path: str | os.PathLike[str], plan: Plan) -> Iterator[FileTagger]:
    """Open a file to be tagged; see `pkzone.tag` for what it raises."""
    crs = plan.options.get("crs") if plan.options.get("lon") is None else None
    with (
        open_table(path, plan.options.get("table_layer"), crs) as table,
        _tagger(table, plan) as tagger,
    ):
        yield tagger


@contextmanager
def open_table(
    path: str | os.PathLike[str], layer: str | None = None, crs: str | None = None
) -> Iterator[Table]:
    """Open a file as a table, by its ending; ``-`` is a CSV on standard input.

    ``layer`` and ``crs`` are those of a GIS file, where it has several or states none.

    Raises
    ------
    FormatError, GeoJSONError
        It is refused, damaged, too large or of a form that is not known.
    """
    label = os.fspath(path)
    lowered = label.lower()
    if label == "-":
        yield CsvTable(stdin(), "<stdin>")
    elif lowered.endswith((".csv", ".tsv", ".txt")):
        with _regular(label) as file:
            yield CsvTable(file, label)
    elif lowered.endswith((".parquet", ".geoparquet", ".pq")):
        with _regular(label) as file:
            yield ParquetTable(file, label)
    else:
        yield read_features(label, layer, crs)


@contextmanager
def _tagger(table: Table, plan: Plan) -> Iterator[FileTagger]:
    geometry = table.geometry
    chosen = plan.choose(table.names, label=table.label, geometry=geometry is not None)
    by_geometry = chosen.lon is None and chosen.wkt is None
    points = chosen.wkt is None and (not by_geometry or table.points)
    records = Records.of(
        plan, table.names, label=table.label, shares=not points, periods=chosen.has_periods
    )
    if by_geometry and table.family == "gis":
        plan = replace(
            plan, options={**plan.options, "crs": None}
        )  # its geometries are in degrees now
    inputs = Inputs.of(plan, chosen, records.tagger, points=points, label=table.label)
    if by_geometry and isinstance(table, ParquetTable):
        _ = table.way  # known, or refused, before the first row
    yield FileTagger(table, records, inputs, [*table.notices, *inputs.notices()])


def _regular(label: str) -> BinaryIO:
    try:
        return open_regular(label)
    except (OSError, ValueError) as error:
        raise FormatError(label, unopened_reason(error, reads_stdin=True)) from None


def _same(table: str, output: str) -> bool:
    try:
        return Path(table).samefile(output)
    except (OSError, ValueError):  # there is no such output yet
        return False
