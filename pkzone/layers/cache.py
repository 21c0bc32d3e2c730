"""Keep what was made of files while they are in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["LRUCache"]

T = TypeVar("T")


class LRUCache(Generic[T]):
    """LRU cache, safe with threads, bounded by the sum of the sizes of its values."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._values: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """Return the value under a key, or none; it is now the one used last."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][1]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep a value of this size; those unused for longest make room for it."""
        with self._lock:
            self._values[key] = (size, value)
            self._values.move_to_end(key)
            while sum(each for each, _ in self._values.values()) > self._max_size:
                self._values.popitem(last=False)
