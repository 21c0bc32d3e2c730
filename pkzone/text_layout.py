"""Lay out plain text in a width: cells, paragraphs and tables; safe to print in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from pkzone.errors import printable

__all__ = ["cell", "counted", "paragraph", "table"]

GAP = "  "
NARROWEST = 8
WIDEST_PARAGRAPH = 100


def cell(value: Any) -> str:
    """Return a value from a file as one line that is safe to print; none is a hyphen."""
    if value is None or value == "":
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value), limit=None)


def counted(number: int, what: str) -> str:
    """Return a number of things with their name, which has a plural in ``s``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def paragraph(text: str, *, width: int, indent: str = "", first: str | None = None) -> str:
    """Return a text wrapped to a width of at most 100 columns.

    Parameters
    ----------
    text : str
        Any text, from a file too.
    width : int
        Columns of the terminal.
    indent : str, optional
        What every line begins with.
    first : str, optional
        What the first line begins with instead.
    """
    safe = printable(text, limit=None)
    room = min(width, WIDEST_PARAGRAPH)
    start = indent if first is None else first
    if len(start) + len(safe) <= room and safe.strip() == safe != "":
        return start + safe  # as wrapping would leave it
    from textwrap import fill

    return fill(
        safe,
        room,
        break_on_hyphens=False,
        break_long_words=False,
        subsequent_indent=indent,
        initial_indent=start,
    )


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    width: int,
    right: Collection[str] = (),
    strong: Callable[[str], str] = str,
) -> str:
    """Return rows under heads, fitted to a width by wrapping the widest columns.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns.
    rows : sequence of sequences
        Values from a file; see :func:`cell`.
    width : int
        Columns of the terminal.
    right : collection of str, optional
        Heads of the columns that are aligned to the right.
    strong : callable, optional
        How the line of heads is set off.
    """
    texts = [[cell(value) for value in row] for row in rows]
    widths = _fit(list(zip(heads, *texts, strict=True)), width)
    aligned = [head in right for head in heads]
    lines = [strong(line) for line in _lines(heads, widths, aligned)]
    for row in texts:
        lines += _lines(row, widths, aligned)
    return "\n".join(lines)


def _fit(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return widths of columns, the widest narrowed until a line fits.

    Words stay whole as long as that is possible at all.
    """
    widths = [max(map(_columns, column)) for column in columns]
    room = width - len(GAP) * (len(columns) - 1)
    if sum(widths) > room:
        words = [max(map(_longest_word, column)) for column in columns]
        widths = _narrowed(_narrowed(widths, words, room), [NARROWEST] * len(columns), room)
    return widths


def _narrowed(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    narrowed = list(widths)
    while sum(narrowed) > room:
        slack = [(width, number) for number, width in enumerate(narrowed) if width > floors[number]]
        if not slack:
            break
        narrowed[max(slack)[1]] -= 1
    return narrowed


def _longest_word(text: str) -> int:
    """Return the length of the longest part that wrapping keeps whole."""
    words = text if text[:1].isdigit() else text.replace("-", "- ")
    return max(map(len, words.split()), default=0)


def _lines(row: Sequence[str], widths: Sequence[int], aligned: Sequence[bool]) -> list[str]:
    """Return the lines of one row, its cells wrapped."""
    cells = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
    lines = []
    for number in range(max(map(len, cells))):
        parts = []
        for wrapped, width, right in zip(cells, widths, aligned, strict=True):
            text = wrapped[number] if number < len(wrapped) else ""
            space = " " * max(0, width - _columns(text))
            parts.append(space + text if right else text + space)
        lines.append(GAP.join(parts).rstrip())
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    from textwrap import wrap

    return wrap(text, width) or [""]


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)
