"""What was made of a few files of late, known by the hash of their content."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Recent"]

T = TypeVar("T")


class Recent(Generic[T]):
    """Values that are kept until others, used later, take up the room.

    Parameters
    ----------
    most_bytes : int
        How large the files may be of which something is kept, all together.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """Return the value kept under a key, or none."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][1]

    def put(self, key: Hashable, value: T, size_bytes: int) -> None:
        """Keep a value made of a file of this size, unless the file alone is too large."""
        with self._lock:
            self._kept[key] = (size_bytes, value)
            self._kept.move_to_end(key)
            while sum(size for size, _ in self._kept.values()) > self._most_bytes:
                self._kept.popitem(last=False)
