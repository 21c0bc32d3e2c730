"""Print tables that fit the terminal, paragraphs, JSON, and the events of a version."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import click

from pkzone import text_layout
from pkzone.commands.process import emit
from pkzone.errors import printable
from pkzone.text_layout import cell

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Event, Version

__all__ = [
    "cell",
    "deliver",
    "events_of",
    "json_text",
    "paragraph",
    "print_diff",
    "print_json",
    "print_text",
    "strong",
    "table",
    "terminal_width",
    "with_events",
]


def print_text(text: str) -> None:
    """Print a text on stdout, in one write, without colour where NO_COLOR is set."""
    emit(text, color=False if os.environ.get("NO_COLOR") else None)


def print_json(value: Any) -> None:
    """Print plain JSON types on stdout, indented."""
    import json

    emit(json_text(json.dumps(value, ensure_ascii=False, indent=2)))


def deliver(text: str, output: str, *, overwrite: bool) -> None:
    """Write a document to a file, or to stdout where its name is ``-``; UTF-8 in either case."""
    data = text.encode("utf-8", "backslashreplace")
    if output == "-":
        emit(text if sys.stdout.isatty() else data, nl=False)
        return
    from pkzone.files.atomic import write_bytes

    write_bytes(output, data, overwrite=overwrite)


def print_diff(name: str, before: bytes, after: bytes) -> None:
    """Print how a file's text changes, as ``diff -u`` does.

    On a terminal control characters are escaped; elsewhere the diff is to be applied.
    """
    from difflib import unified_diff

    old, new = (
        [f"{line}\n" for line in data.decode("utf-8", "replace").split("\n")]
        for data in (before, after)
    )
    for lines in (old, new):
        last = lines.pop().removesuffix("\n")
        if last:
            lines.append(f"{last}\n\\ No newline at end of file\n")
    shown = printable(name, limit=None)
    text = "".join(unified_diff(old, new, fromfile=shown, tofile=shown))
    deliver(json_text(text) if sys.stdout.isatty() else text, "-", overwrite=False)


def json_text(text: str) -> str:
    """Return JSON with control and bidi characters escaped; its value stays the same."""
    if all(map(str.isprintable, text.split("\n"))):
        return text
    import json

    return "".join(
        char if char == "\n" or printable(char) == char else json.dumps(char)[1:-1] for char in text
    )


def strong(text: str) -> str:
    """Return a text in bold; click drops the style where stdout is no terminal."""
    return click.style(text, bold=True)


def paragraph(text: str, indent: str = "", first: str | None = None) -> str:
    """Return a text from a file wrapped to the terminal, every line after ``indent``."""
    return text_layout.paragraph(text, width=terminal_width(), indent=indent, first=first)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]], right: Collection[str] = ()) -> str:
    """Return rows under bold heads, fitted to the terminal; see :func:`layout.table`."""
    return text_layout.table(heads, rows, width=terminal_width(), right=right, strong=strong)


def terminal_width() -> int:
    """Return the columns of the terminal; 80 where stdout is none."""
    # As shutil.get_terminal_size, whose import costs more than this whole module.
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


def events_of(version: Version, catalogue: Catalogue) -> list[Event]:
    """Return the events that explain a version, by date."""
    events = (catalogue.event(event_id) for event_id in version.events)
    return sorted(events, key=lambda event: event.date)


def with_events(version: Version, catalogue: Catalogue) -> dict[str, Any]:
    """Return a version's record as plain JSON types, its events written out."""
    events = [event.to_dict() for event in events_of(version, catalogue)]
    return {**version.to_dict(), "events": events}
