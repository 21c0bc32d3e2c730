"""CSV in a stream: Arrow reads batches of rows, every column as text."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from pkzone.errors import FormatError, LimitExceeded, printable
from pkzone.files.filetypes import HEAD_BYTES, conflict_reason, unread_reason

__all__ = ["BATCH_ROWS", "MAX_COLUMNS", "MAX_ROW_BYTES", "CsvPiece", "CsvTable"]

MAX_COLUMNS = 10_000
MAX_ROW_BYTES = 16 * 1024**2
_TOO_LONG = "has more than 16 MiB, the most that is read; is a quote left open?"
_BLOCK = 1024**2  # what Arrow is given at a time, of which it takes up to 32 ahead

BATCH_ROWS = 65_536
_DELIMITERS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEP_LINE = re.compile(rf"sep=([{_DELIMITERS}])\r?\n", re.IGNORECASE)  # Excel writes and reads it

_WRONG_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class CsvPiece:
    """Rows of the file, every column as text that may not be UTF-8.

    Before them come ``first`` rows; ``done`` bytes of the file are read with these.
    """

    table: CsvTable
    batch: pa.RecordBatch
    first: int
    done: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.batch.num_rows)

    def columns(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """Return columns by name."""
        return {name: self.batch.column(self.table.names.index(name)) for name in names}

    def shapes(self) -> npt.NDArray[np.object_]:
        """Return no geometries: its places are in columns."""
        return np.full(self.rows, None)

    def arrow(self) -> pa.RecordBatch:
        """Return all columns, checked to be UTF-8."""
        try:
            self.batch.validate(full=True)
        except pa.ArrowInvalid:
            reason = f"the rows after row {self.first:,} are not UTF-8; save the file as UTF-8"
            raise FormatError(self.table.label, reason) from None
        return pa.RecordBatch.from_arrays(self.batch.columns, schema=self.table.schema)


class CsvTable:
    """CSV file that is read once, from its start to its end.

    Commas, semicolons, tabs and bars separate; the first row has the names. Rows are counted
    from 1 after it; empty lines are no rows.

    Parameters
    ----------
    file : binary file
        Open for reading.
    label : str
        Its name in messages.

    Attributes
    ----------
    names : tuple of str
        Names of the columns.
    delimiter, line_end : str
        What separates cells, and what ends rows.
    preface : bytes
        What comes before the row of names: a byte order mark, a line ``sep=;``.

    Raises
    ------
    FormatError
        It is not CSV in an encoding that keeps ASCII; likewise while it is read.
    LimitExceeded
        It has more than `MAX_COLUMNS`, or a row of more than `MAX_ROW_BYTES`.
    """

    family = "csv"
    geometry: str | None = None
    points = True

    def __init__(self, file: BinaryIO, label: str) -> None:
        self.label = label
        self.notices: list[str] = []
        self._source = _Source(file, label)
        self.total: int | None = None
        with suppress(OSError):  # not a file on disk: nobody knows how long it is
            self.total = os.fstat(file.fileno()).st_size or None
        try:
            data = self._source.read(MAX_ROW_BYTES)
        except _RowTooLong:
            raise LimitExceeded(label, f"the row of names {_TOO_LONG}") from None
        self._refuse_other_types(data)
        text = data.decode("utf-8", "surrogateescape")
        sep_line = _SEP_LINE.match(text.removeprefix("\ufeff"))
        preface = "\ufeff" * text.startswith("\ufeff") + (sep_line[0] if sep_line else "")
        self.preface = preface.encode()
        head = self._first_row(text.removeprefix(preface))
        bare = "".join(head.split('"')[::2])  # what is outside of quotes
        self.line_end = "\r\n" if head.endswith("\r\n") else "\n"
        self.delimiter = sep_line[1] if sep_line else max(_DELIMITERS, key=bare.count)
        if head.count(self.delimiter) >= MAX_COLUMNS:
            reason = f"has more than {MAX_COLUMNS:,} columns, the most that is read"
            raise LimitExceeded(label, reason)
        if "\r" in bare.rstrip("\r\n"):
            reason = "its lines end in a carriage return alone; save it with line feeds"
            raise FormatError(label, reason)
        if not head.strip():
            raise FormatError(label, "begins with an empty line; the first row has the names")
        try:
            self.names = tuple(next(csv.reader(io.StringIO(head), delimiter=self.delimiter)))
        except csv.Error as error:
            raise FormatError(label, f"is not CSV: {error}") from None
        # A last row of our own: it is swallowed where a quote is left open.
        self._source.give_back(data[len(self.preface) :])
        self._source.last_row = f"\n{self.delimiter * (len(self.names) - 1)}\0\n".encode()

    @property
    def comma(self) -> bool:
        """Return whether numbers may have a comma for a point."""
        return self.delimiter != ","

    @cached_property
    def schema(self) -> pa.Schema:
        """Schema with every column as text, for a format with types."""
        twice = {name for name in self.names if self.names.count(name) > 1}
        if twice:
            reason = f"has the column {printable(min(twice))} twice; rename one"
            raise FormatError(self.label, reason)
        names = [name.encode("utf-8", "replace").decode() for name in self.names]
        return pa.schema([(name, pa.string()) for name in names])

    def pieces(self) -> Iterator[CsvPiece]:
        """Yield the rows in pieces, in their order."""
        first = 0
        for batch in self._batches():
            for start in range(0, batch.num_rows, BATCH_ROWS):
                rows = batch.slice(start, BATCH_ROWS)
                yield CsvPiece(self, rows, first, self._source.done)
                first += rows.num_rows

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as Arrow reads them; the last row, which is ours, is left out."""
        columns = [str(place) for place in range(len(self.names))]  # names may occur twice
        first, is_closed = 0, False
        try:
            with arrow_csv.open_csv(
                pa.PythonFile(self._source, "r"),
                arrow_csv.ReadOptions(
                    column_names=columns,
                    skip_rows_after_names=1,
                    block_size=MAX_ROW_BYTES,
                    use_threads=False,  # else rows that are wrong have no number
                ),
                arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            ) as reader:
                for batch in reader:
                    is_closed = _last_cell(batch) == b"\0"
                    rows = batch.slice(0, batch.num_rows - is_closed)
                    yield rows
                    first += rows.num_rows
        except (pa.ArrowInvalid, _RowTooLong) as error:
            raise self._explained(error, first) from None
        if not is_closed:
            raise FormatError(self.label, _open_quote(first))

    def _explained(self, error: Exception, first: int) -> FormatError:
        """Return an error of Arrow in our words; so many rows are read."""
        if isinstance(error, _RowTooLong) or "straddl" in str(error):
            return LimitExceeded(self.label, f"a row after row {first:,} {_TOO_LONG}")
        match = _WRONG_ROW.search(str(error))
        if match is None:
            return FormatError(self.label, f"is not CSV: {error}")
        number = int(match[1]) - 1  # the row of names is not counted
        text = match[4]
        if text.startswith("<<<<<<<"):
            return FormatError(self.label, conflict_reason(number + 1, self.label))
        if "\0" in text or ("\n" in text and text.count('"') % 2):
            return FormatError(self.label, _open_quote(number))
        reason = f"row {number:,} has {match[3]} cells, the head has {match[2]}"
        return FormatError(self.label, f"{reason}; check its quotes and separators")

    def _refuse_other_types(self, data: bytes) -> None:
        """Refuse what the first bytes show to be no CSV."""
        if reason := unread_reason(data[:HEAD_BYTES], self.label):
            raise FormatError(self.label, reason)
        if data.startswith(_UTF_16) or b"\0" in data:
            raise FormatError(self.label, "is not text in UTF-8; save it as CSV in UTF-8")
        if not data.strip():
            raise FormatError(self.label, "is empty; a CSV begins with a row of column names")

    def _first_row(self, text: str) -> str:
        """Return the row of names: up to the first line end outside of quotes."""
        head = ""
        for line in io.StringIO(text, newline="\n"):
            head += line
            if head.count('"') % 2 == 0:
                break
        return head


class _RowTooLong(Exception):
    """Error of a row that has more bytes than are read."""


class _Source(io.RawIOBase):
    """Bytes of a file in whole blocks, however few a pipe gives at a time.

    Attributes
    ----------
    last_row : bytes
        What follows the end of the file.
    done : int
        How many bytes of the file are read.
    """

    last_row = b""

    def __init__(self, file: BinaryIO, label: str) -> None:
        self._file, self._shown = file, label
        self._ahead = b""
        self._at_end = False
        self.done = 0

    def readable(self) -> bool:
        """Return true, as Arrow asks."""
        return True

    def give_back(self, data: bytes) -> None:
        """Read some bytes again."""
        self._ahead = data

    def read(self, size: int = -1) -> bytes:
        """Return about a block, and of longer rows one that has the end of a row.

        Arrow takes no row of which the end is not in the next block.
        """
        parts, length, has_row_end = [], 0, False
        while length < _BLOCK or not has_row_end:
            if length >= size:
                raise _RowTooLong
            part = self._next(min(size - length, _BLOCK))
            if not part:
                break
            parts.append(part)
            length += len(part)
            has_row_end = has_row_end or b"\n" in part
        return b"".join(parts)

    def _next(self, size: int) -> bytes:
        """Return some bytes: those given back, of the file, or those after its end."""
        if not self._ahead and not self._at_end:
            try:
                data = self._file.read(size)
            except (OSError, EOFError) as error:
                cause = getattr(error, "strerror", None) or str(error)
                raise FormatError(self._shown, f"cannot be read: {printable(cause)}") from None
            self.done += len(data)
            self._ahead, self._at_end = data, not data
        if not self._ahead:
            self._ahead, self.last_row = self.last_row, b""
        part, self._ahead = self._ahead[:size], self._ahead[size:]
        return part


def _last_cell(batch: pa.RecordBatch) -> bytes:
    cells = batch.columns[-1]
    return cells[-1].as_buffer().to_pybytes() if len(cells) else b""


def _open_quote(row: int) -> str:
    return f"a quote is left open in row {row:,}, or the file is cut off there"
