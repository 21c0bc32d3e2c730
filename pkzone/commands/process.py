"""Handle what the system does to the process: signals, and standard streams that fail.

A signal that asks the program to end becomes an exception, so that what is begun is undone.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import click

from pkzone.errors import OutputError

__all__ = [
    "Stopped",
    "emit",
    "exit_code_of",
    "forget_stdout",
    "hold_standard_streams",
    "stdout_failed",
    "stopping_signals",
]

# The hang-up of a terminal is not known to Windows, Ctrl-Break to nothing else.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_CLEANING_UP_S = 5.0


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end: undone by whatever undoes Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code_of(error: BaseException | None) -> int:
    """Return 128 and the number of the signal that an exception stands for, as shells do."""
    return 128 + (error.number if isinstance(error, Stopped) else signal.SIGINT)


@contextmanager
def stopping_signals() -> Iterator[None]:
    """Raise `Stopped` in the block at the first signal that asks the program to end.

    Others that follow would stop the cleaning up, so they do nothing; after some seconds one
    counts again, for work that goes on in spite of the first. A signal that is ignored stays so
    (``nohup``), likewise one that a program around this one handles.
    """
    first: float | None = None

    def stop(number: int, _frame: Any) -> None:
        nonlocal first
        now = monotonic()
        if first is None or now - first > _CLEANING_UP_S:
            first = now
            raise Stopped(number)

    usual = (signal.SIG_DFL, signal.default_int_handler)
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) in usual:
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
