"""Turn signals that ask the program to end into an exception, so that what is begun is undone."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

__all__ = ["Stopped", "exit_code_of", "stopping_signals"]

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
