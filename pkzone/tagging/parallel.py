"""Ordered parallel map with bounded look-ahead, and a thread-safe cache of lazy values."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import RLock
from typing import Any, TypeVar

__all__ = ["WORKERS", "LazyCache", "ordered_map"]

WORKERS = min(os.cpu_count() or 1, 8)
"""Threads: more would wait for the one that reads and writes, and hold more rows in memory."""

T = TypeVar("T")
R = TypeVar("R")


def ordered_map(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield the results of a function in the order of the items.

    Items are taken no further ahead than two for each worker, so that few are held at a time.
    An error is raised in the place of its item; what had not begun by then never does.
    """
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="pkzone-tag") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


class LazyCache:
    """Values by key, each made once, when it is first asked for, whichever thread asks."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}
        self._lock = RLock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made now if it is not there yet."""
        if key not in self._made:
            with self._lock:
                if key not in self._made:
                    self._made[key] = make()
        found: T = self._made[key]
        return found
