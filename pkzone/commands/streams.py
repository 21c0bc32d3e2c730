"""Handle standard streams that are closed, full, or no longer read."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

import click

from pkzone.errors import OutputError

__all__ = ["emit", "forget_stdout", "hold_standard_streams", "stdout_failed"]


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
