"""What commands print: tables that fit the terminal, paragraphs, and JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from typing import Any

import click

from pkzone.errors import printable

__all__ = ["cell", "json_text", "paragraph", "print_json", "print_text", "strong", "table"]

GAP = "  "
NARROWEST = 8
WIDEST_PARAGRAPH = 100


def print_text(text: str) -> None:
    """Print a text on stdout, in one write, without colour where NO_COLOR is set."""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def print_json(value: Any) -> None:
    """Print plain JSON types on stdout, indented."""
    import json

    click.echo(json_text(json.dumps(value, ensure_ascii=False, indent=2)))


def json_text(text: str) -> str:
    """Return JSON with control and bidi characters escaped; its value stays the same."""
    import json

    return "".join(
        char if char == "\n" or printable(char) == char else json.dumps(char)[1:-1]
        for char in text
    )


def strong(text: str) -> str:
    """Return a text in bold; click drops the style where stdout is no terminal."""
    return click.style(text, bold=True)


def cell(value: Any) -> str:
    """Return a value from a file as one line that is safe to print; none is a hyphen."""
    if value is None or value == "":
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value), limit=None)


def paragraph(text: str, indent: str = "", first: str | None = None) -> str:
    """Return a text from a file wrapped to the terminal, every line after ``indent``."""
    start = indent if first is None else first
    line = printable(text, limit=None)
    width = min(_terminal_width(), WIDEST_PARAGRAPH)
    if len(start) + len(line) <= width:
        return start + line
    from textwrap import fill

    return fill(line, width, break_on_hyphens=False, break_long_words=False,
                initial_indent=start, subsequent_indent=indent)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]], right: Collection[str] = ()) -> str:
    """Return rows under bold heads, fitted to the terminal by wrapping the widest columns.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns.
    rows : sequence of sequences
        Values from a file; see :func:`cell`.
    right : collection of str
        Heads of the columns that are aligned to the right.
    """
    texts = [[cell(value) for value in row] for row in rows]
    widths = _fit(list(zip(heads, *texts, strict=True)))
    aligned = [head in right for head in heads]
    lines = [strong(line) for line in _lines(heads, widths, aligned)]
    for row in texts:
        lines += _lines(row, widths, aligned)
    return "\n".join(lines)


def _fit(columns: Sequence[Sequence[str]]) -> list[int]:
    """Return widths of columns, the widest narrowed until a line fits the terminal.

    Words stay whole as long as that is possible at all.
    """
    widths = [max(map(_width, column)) for column in columns]
    room = _terminal_width() - len(GAP) * (len(columns) - 1)
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
            space = " " * max(0, width - _width(text))
            parts.append(space + text if right else text + space)
        lines.append(GAP.join(parts).rstrip())
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    from textwrap import wrap

    return wrap(text, width) or [""]


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)


def _terminal_width() -> int:
    """Return the columns of the terminal; 80 where stdout is none."""
    # As shutil.get_terminal_size, whose import costs more than this whole module.
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80
