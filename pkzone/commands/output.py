"""Print on standard output, which may fail: tables that fit the terminal, paragraphs, JSON."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from pkzone import text_layout
from pkzone.errors import OutputError, printable
from pkzone.text_layout import cell

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue, Event, Version
    from pkzone.table import Table

__all__ = [
    "cell",
    "deliver",
    "emit",
    "events_of",
    "forget_stdout",
    "hold_standard_streams",
    "json_text",
    "paragraph",
    "print_diff",
    "print_json",
    "print_table",
    "print_text",
    "stdout_failed",
    "strong",
    "table",
    "terminal_width",
    "with_events",
]


def emit(content: str | bytes, *, nl: bool = True, color: bool | None = None) -> None:
    """Print on stdout; every command prints here.

    A reader who leaves early (``| head``) ends neither the work nor changes its exit code.

    Raises
    ------
    OutputError
        Standard output is closed, or its disk is full.
    """
    try:
        click.echo(content, nl=nl, color=color)  # noqa: TID251 - the one place
    except OSError as error:
        stdout_failed(error)


def stdout_failed(error: OSError) -> None:
    """Give up stdout after an error; raise an OutputError unless its reader left."""
    forget_stdout()
    left = isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL
    )
    if not left:
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from None


def forget_stdout() -> None:
    """Discard what is still buffered: a second error at exit would print a traceback."""
    with suppress(OSError, ValueError, AttributeError):
        stdout = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stdout)
        os.close(nowhere)


def hold_standard_streams() -> None:
    """Fill the places of standard streams that are closed, so that no file of ours takes them.

    What a library prints would else land in that file. Reading from or writing to such a stream
    is an error of the system, but for messages, which are lost.
    """
    for number, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


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


def print_table(table: Table, destination: Destination) -> None:
    """Write a table in the format, and to the place, that the command line asks for."""
    path, form = destination.path, destination.form
    if form == "text":
        width = terminal_width() if path == "-" and sys.stdout.isatty() else None
        text = table.to_text(width=width, strong=strong if path == "-" else str)
    else:
        text = getattr(table, f"to_{form}")()
    if path == "-" and form in ("text", "json"):
        print_text(json_text(text).removesuffix("\n"))
        return
    deliver(text, path, overwrite=destination.overwrite)


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
