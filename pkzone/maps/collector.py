"""Python's garbage collector, held back while very many objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused"]


@contextmanager
def paused() -> Iterator[None]:
    """Do without the collector of cycles for a while.

    It walks all objects again whenever there are a quarter more: with a hundred thousand
    vertices read, all of them in use, that is up to half of the time. What nobody refers to is
    freed all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
