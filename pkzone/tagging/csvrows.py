"""Where the rows of a CSV end: at line ends outside of quotes."""

from __future__ import annotations

import csv

import numpy as np
import numpy.typing as npt

__all__ = ["DELIMITERS", "row_ends"]

DELIMITERS = ",;\t|"
_QUOTE, _LINE_END = 34, 10

Places = npt.NDArray[np.int64]


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
