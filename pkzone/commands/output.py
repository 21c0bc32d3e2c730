"""Print on standard output, which may fail, or write to a file: texts, tables, whole files."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from pkzone.errors import OutputError, printable
from pkzone.text_layout import escaped_json

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue
    from pkzone.table import Table

__all__ = [
    "READER_LEFT",
    "deliver",
    "emit",
    "emit_file",
    "forget_stdout",
    "hold_standard_streams",
    "layout",
    "print_diff",
    "print_report",
    "print_table",
    "print_text",
    "stdout_failed",
    "strong",
    "terminal_width",
    "warn",
    "wrote",
]

READER_LEFT = 128 + 13
"""Exit code where a file went to a reader who left before its end, as a shell tells of SIGPIPE."""


def emit(content: str | bytes, *, nl: bool = True, color: bool | None = None) -> None:
    """Print on stdout; every command prints here.

    A reader who leaves early (``| head``) ends neither the work nor changes its exit code: what
    is said of the work is no part of it.

    Raises
    ------
    OutputError
        Standard output is closed, or its disk is full.
    """
    try:
        click.echo(content, nl=nl, color=color)  # noqa: TID251 - the one place
    except OSError as error:
        stdout_failed(error)


def warn(message: str) -> None:
    """Print a message for people on stderr."""
    with suppress(OSError):  # that nobody reads it stops no work
        click.echo(f"pkzone: {printable(message, limit=None)}", err=True)  # noqa: TID251 - as above, on stderr


def emit_file(data: bytes) -> None:
    """Print a whole file on stdout; a reader who leaves early did not get it, which is no success.

    Raises
    ------
    OutputError
        Standard output is closed, or its disk is full.
    """
    try:
        click.echo(data, nl=False)  # noqa: TID251 - as above, for files
    except OSError as error:
        stdout_failed(error)
        raise click.exceptions.Exit(READER_LEFT) from None


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


def deliver(document: str | bytes, output: str, *, overwrite: bool) -> None:
    """Write a document to a file, or to stdout where its name is ``-``; UTF-8 in either case.

    What could steer a terminal is escaped on one.
    """
    if isinstance(document, str):
        document = document.encode("utf-8", "backslashreplace")
    if output == "-":
        if sys.stdout.isatty():
            emit(escaped_json(document.decode("utf-8", "backslashreplace")), nl=False)
        else:
            emit(document, nl=False)
        return
    from pkzone.files.atomic import write_bytes

    write_bytes(output, document, overwrite=overwrite)


def wrote(
    files: Mapping[str, bytes], folder: str | None = None, within: Mapping[str, bytes] | None = None
) -> str:
    """Return what to say of files that were written, and of those in a folder, together."""
    parts = [f"{path} ({len(data) / 1000:,.0f} kB)" for path, data in files.items()]
    if within:
        size = sum(map(len, within.values()))
        parts.append(f"{len(within)} files in {folder} ({size / 1000:,.0f} kB)")
    return f"wrote {', '.join(parts)}"


def print_report(report: str | bytes, destination: Destination, *, lang: str | None = None) -> None:
    """Write a report to the place that the command line asks for; say what its language lacks."""
    if isinstance(report, str) and destination.form == "text" and destination.path == "-":
        if report:
            print_text(report.removesuffix("\n"))
    else:
        deliver(report, destination.path, overwrite=destination.overwrite)
    if lang and lang != "en":
        from pkzone.i18n.messages import names_only

        if note := names_only(lang):
            warn(note)


def print_table(
    table: Table,
    destination: Destination,
    *,
    text: Callable[..., str] | None = None,
    lang: str = "en",
    catalogue: Catalogue | None = None,
) -> None:
    """Write a table in the format, and to the place, that the command line asks for.

    Parameters
    ----------
    table : Table
        What there is to say.
    destination : Destination
        Format and place.
    text : callable, optional
        What returns the text for people where that is no plain table; it takes the table in the
        language, and what `layout` returns.
    lang, catalogue : str, Catalogue, optional
        The language of text and Markdown, and whose names and titles stand in the table.
    """
    if lang != "en":
        from pkzone.reports.names import table_in

        table = table_in(lang, catalogue, table, destination.form)
    if destination.form == "text":
        report = (text or type(table).to_text)(table, **layout(destination.path))
    else:
        report = getattr(table, f"to_{destination.form}")()
    print_report(report, destination, lang=lang)


def layout(path: str = "-") -> dict[str, Any]:
    """Return the width that a text for people has to fit, if any, and how it sets off heads."""
    if path != "-":
        return {"width": None, "strong": str}
    return {"width": terminal_width() if sys.stdout.isatty() else None, "strong": strong}


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
    deliver(text, "-", overwrite=False)


def strong(text: str) -> str:
    """Return a text in bold; click drops the style where stdout is no terminal."""
    return click.style(text, bold=True)


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
