"""Values that are made when they are first asked for, once, whichever thread asks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

__all__ = ["Once"]

T = TypeVar("T")


class Once:
    """Made values by key. One key stands for one type of value."""

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
