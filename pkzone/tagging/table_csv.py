"""CSV in a stream: rows stay the bytes they are, and only the columns in use are looked into."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from pkzone.errors import FormatError, LimitExceeded, printable
from pkzone.files.filetypes import HEAD_BYTES, conflict_reason, unread_reason

__all__ = [
    "BATCH_ROWS",
    "DELIMITERS",
    "MAX_COLUMNS",
    "MAX_ROW_BYTES",
    "CsvPiece",
    "CsvTable",
    "row_ends",
]

MAX_COLUMNS = 10_000
MAX_ROW_BYTES = 16 * 1024**2
BATCH_ROWS = 65_536
_BLOCK = 4 * 1024**2
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CsvPiece:
    """Some rows of the file.

    Attributes
    ----------
    data : bytes
        The rows, each with its line end.
    ends : array of int64
        Where each row ends in the data, its line end included.
    first : int
        How many rows come before.
    done : int
        How much of the file is read, in bytes.
    """

    table: CsvTable
    data: bytes
    ends: Places
    first: int
    done: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.ends)

    def columns(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """Return columns as text, by name."""
        places = {name: self.table.names.index(name) for name in names}
        found = self._read([str(place) for place in places.values()])
        return {name: found.column(str(place)) for name, place in places.items()}

    def arrow(self) -> pa.RecordBatch:
        """Return all columns as text."""
        found = self._read([str(place) for place in range(len(self.table.names))])
        try:
            for column in found.columns:
                column.validate(full=True)
        except pa.ArrowInvalid:
            reason = f"the rows after row {self.first:,} are not UTF-8; save the file as UTF-8"
            raise FormatError(self.table.shown, reason) from None
        return pa.RecordBatch.from_arrays(found.columns, schema=self.table.schema)

    def lines(self) -> pa.Array:
        """Return the rows as they stand, without their line ends."""
        offsets = np.concatenate([[0], self.ends]).astype(np.int32)
        rows = pa.StringArray.from_buffers(
            self.rows, pa.py_buffer(offsets), pa.py_buffer(self.data)
        )
        return pc.ascii_rtrim(rows, characters="\r\n")

    def _read(self, wanted: list[str]) -> pa.RecordBatch:
        table = self.table
        wrong: list[Any] = []

        def note(row: Any) -> str:
            wrong.append(row)
            return "error"

        try:
            found = arrow_csv.read_csv(
                pa.BufferReader(self.data),
                arrow_csv.ReadOptions(
                    column_names=[str(place) for place in range(len(table.names))],
                    block_size=len(self.data) + 1,
                    use_threads=False,
                ),
                arrow_csv.ParseOptions(
                    delimiter=table.delimiter, newlines_in_values=True, invalid_row_handler=note
                ),
                arrow_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types={name: pa.string() for name in wanted},
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if not wrong:
                raise FormatError(table.shown, f"is not CSV: {error}") from None
            row = wrong[0]
            if row.text.startswith("<<<<<<<"):
                line = self.first + row.number + 1  # after the row of names
                raise FormatError(table.shown, conflict_reason(line, table.shown)) from None
            reason = (
                f"row {self.first + row.number:,} has {row.actual_columns} cells, the head has "
                f"{row.expected_columns}; check its quotes and separators"
            )
            raise FormatError(table.shown, reason) from None
        if found.num_rows != self.rows:
            reason = (
                f"the rows after row {self.first:,} cannot be told apart; "
                "is there a quote too many, or a carriage return on its own?"
            )
            raise FormatError(table.shown, reason)
        return found.combine_chunks().to_batches(max_chunksize=None)[0]


class CsvTable:
    """A CSV file that is read once, from its start to its end.

    Commas, semicolons, tabs and bars separate; the first row has the names. Rows are counted
    from 1 after it; empty lines are no rows.

    Parameters
    ----------
    file : binary file
        Open for reading.
    shown : str
        What messages call it.

    Attributes
    ----------
    names : tuple of str
        Names of the columns.
    head : bytes
        The first row as it stands, without its line end.
    delimiter, line_end : str
        What separates cells, and what ends rows.

    Raises
    ------
    FormatError
        It is not CSV in an encoding that keeps ASCII; likewise while it is read.
    LimitExceeded
        It has more than `MAX_COLUMNS`, or a row of more than `MAX_ROW_BYTES`.
    """

    family = "csv"
    geometry: str | None = None

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self.shown = shown
        self.notices: list[str] = []
        self._file = file
        self._read_bytes = 0
        self.delimiter = DELIMITERS
        first, end = self._first_row()
        self._rest = first[end:]
        self.head = first[:end].rstrip(b"\r\n")
        self.line_end = "\r\n" if first[:end].endswith(b"\r\n") else "\n"
        text = self.head.removeprefix(_BOM).decode("utf-8", "surrogateescape")
        self.delimiter = max(DELIMITERS, key=_outside_quotes(text).count)
        if text.count(self.delimiter) >= MAX_COLUMNS:
            reason = f"has more than {MAX_COLUMNS:,} columns, the most that is read"
            raise LimitExceeded(shown, reason)
        if "\r" in _outside_quotes(text):
            reason = "its lines end in a carriage return alone; save it with line feeds"
            raise FormatError(shown, reason)
        if not text.strip():
            raise FormatError(shown, "begins with an empty line; the first row has the names")
        with self._in_our_words():
            self.names = tuple(next(csv.reader(io.StringIO(text), delimiter=self.delimiter)))
        self.total: int | None = None
        with suppress(OSError):  # not a file on disk: nobody knows how long it is
            self.total = os.fstat(file.fileno()).st_size or None

    @property
    def points(self) -> bool:
        """Whether all places are points: they can be nothing else."""
        return True

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns as text, for a format with types."""
        twice = {name for name in self.names if self.names.count(name) > 1}
        if twice:
            reason = f"has the column {printable(min(twice))} twice; rename one"
            raise FormatError(self.shown, reason)
        names = [name.encode("utf-8", "replace").decode() for name in self.names]
        return pa.schema([(name, pa.string()) for name in names])

    def pieces(self) -> Iterator[CsvPiece]:
        """Yield the rows in pieces, in their order."""
        first = 0
        for data, ends in self._blocks():
            for i in range(0, len(ends), BATCH_ROWS):
                begin = int(ends[i - 1]) if i else 0
                part = ends[i : i + BATCH_ROWS]
                yield CsvPiece(
                    self, data[begin : int(part[-1])], part - begin, first, self._read_bytes
                )
                first += len(part)

    def _first_row(self) -> tuple[bytes, int]:
        """Return the first bytes, and where the row of names ends among them."""
        data = b""
        while block := self._next_block():
            data += block
            if reason := unread_reason(data[:HEAD_BYTES], self.shown):
                raise FormatError(self.shown, reason)
            if data.startswith(_WIDE) or b"\0" in block:
                raise FormatError(self.shown, "is not text in UTF-8; save it as CSV in UTF-8")
            mark = len(_BOM) if data.startswith(_BOM) else 0
            ends = self._ends(data[mark:])
            if ends.size:
                return data, int(ends[0]) + mark
            self._check_row(data, "the row of names")
        if not data.strip():
            raise FormatError(self.shown, "is empty; a CSV begins with a row of column names")
        return data + b"\n", len(data) + 1

    def _blocks(self) -> Iterator[tuple[bytes, Places]]:
        """Yield whole rows, and where each ends."""
        rest, block, count = self._rest, b"-", 0
        while block:
            ends = self._ends(rest)
            if ends.size:
                rows, rest = rest[: ends[-1]], rest[ends[-1] :]
                rows, ends = _without_empty_lines(rows, ends)
                count += len(ends)
                yield rows, ends
            self._check_row(rest, f"row {count + 1:,}")
            block = self._next_block()
            rest += block
        if rest:
            rest += b"\n"
            ends = self._ends(rest)
            if not ends.size or ends[-1] < len(rest):
                at = count + len(ends) + 1
                reason = f"a quote is left open in row {at:,}, or the file is cut off there"
                raise FormatError(self.shown, reason)
            yield _without_empty_lines(rest, ends)

    def _ends(self, data: bytes) -> Places:
        with self._in_our_words():
            return row_ends(data, self.delimiter, MAX_ROW_BYTES)

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except csv.Error as error:
            raise FormatError(self.shown, f"is not CSV: {error}") from None

    def _check_row(self, data: bytes, what: str) -> None:
        if len(data) > MAX_ROW_BYTES:
            reason = (
                f"{what} has more than {MAX_ROW_BYTES // 1024**2} MiB, the most that is read; "
                "is a quote left open?"
            )
            raise LimitExceeded(self.shown, reason)

    def _next_block(self) -> bytes:
        try:
            block = self._file.read(_BLOCK)
        except (OSError, EOFError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            raise FormatError(self.shown, f"cannot be read: {printable(cause)}") from None
        self._read_bytes += len(block)
        return block


def _without_empty_lines(data: bytes, ends: Places) -> tuple[bytes, Places]:
    """Return the rows that hold something; Arrow passes over the others too."""
    starts = np.concatenate([[0], ends[:-1]])
    lengths = ends - starts
    return_first = np.frombuffer(data, np.uint8)[starts] == ord("\r")
    filled = (lengths > 2) | ((lengths == 2) & ~return_first)
    if filled.all():
        return data, ends
    kept = [data[a:b] for a, b in zip(starts[filled], ends[filled], strict=True)]
    return b"".join(kept), np.cumsum(lengths[filled])


def _outside_quotes(text: str) -> str:
    return "".join(text.split('"')[::2])


DELIMITERS = ",;\t|"
_QUOTE, _LINE_END = 34, 10


def row_ends(data: bytes, delimiters: str, longest: int) -> Places:
    """Return where the rows that are complete end, after their line ends.

    Parameters
    ----------
    data : bytes
        Rows from the start of one; the last may be a part of one.
    delimiters : str
        What may separate cells.
    longest : int
        The most bytes that a cell may have.

    Raises
    ------
    csv.Error
        A cell is longer, or a carriage return stands on its own.
    """
    codes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(codes == _LINE_END) + 1
    quotes = np.flatnonzero(codes == _QUOTE) if b'"' in data else np.empty(0, np.int64)
    if not (ends.size and quotes.size):
        return ends
    # In a regular file every other quote opens a cell, and the next one closes it; two that
    # stand together in a cell are one that closes and one that opens.
    beside = np.zeros(256, dtype=bool)
    beside[list(f'{delimiters}\r\n"'.encode())] = True
    opening, closing = quotes[::2], quotes[1::2]
    regular = beside[codes[opening[opening > 0] - 1]].all()
    regular = regular and beside[codes[np.minimum(closing + 1, len(codes) - 1)]].all()
    if not regular:
        return _ends_as_csv_sees_them(data, delimiters[0], longest)
    inside = np.searchsorted(quotes, ends) % 2 == 1
    outside: Places = ends[~inside]
    return outside


def _ends_as_csv_sees_them(data: bytes, delimiter: str, longest: int) -> Places:
    """Return the same where some cells have quotes in their middle."""
    lines = data.decode("latin-1").split("\n")[:-1]
    after: Places = np.cumsum([len(line) + 1 for line in lines])
    before = csv.field_size_limit(longest)
    try:
        # One more line: what is complete does not run into it.
        reader = csv.reader([*(f"{line}\n" for line in lines), "\n"], delimiter=delimiter)
        counts = [reader.line_num for _ in reader]
    finally:
        csv.field_size_limit(before)
    complete = np.array(counts[:-1], dtype=np.int64)
    found: Places = after[complete - 1]
    return found
