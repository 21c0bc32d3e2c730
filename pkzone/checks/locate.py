"""Find line and column of a value in a JSON text; looked up only when something is wrong."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecoder
from typing import NamedTuple

__all__ = ["Place", "Places"]

_GAP = re.compile(r"[ \t\r\n\x1e]*")  # a record separator stands before a text of a sequence
_INDEX = re.compile(r"\[(\d{1,9})\]")
# Only ends are of interest, so numbers need no value; a long one would not even convert.
_DECODER = JSONDecoder(parse_int=len, parse_float=len)


class Place(NamedTuple):
    """Line and column of a value, counted from 1; a column is a code point."""

    line: int
    column: int


class Places:
    """Index of the values of one text that is known to be JSON.

    Parameters
    ----------
    data : bytes
        The text in UTF-8, with or without a byte order mark.
    is_feature : bool, optional
        The whole text is one feature, or the geometry of one.
    """

    def __init__(self, data: bytes, *, is_feature: bool = False) -> None:
        self._text = data.decode("utf-8-sig")
        self._breaks = [found.start() for found in re.finditer("\n", self._text)]
        self._root = _after_gap(self._text, 0)
        # Kept: a value with many findings is gone through once.
        self._objects: dict[int, list[tuple[str, int]]] = {}
        self._arrays: dict[int, list[int]] = {}
        self._features: list[int] | None = [self._root] if is_feature else None

    def of(self, index: int | None, path: str = "") -> Place:
        """Return the place of a part of a feature.

        Parameters
        ----------
        index : int or None
            The feature, counted from 0; None if the path starts at the whole file.
        path : str, optional
            Names a part, ``geometry.coordinates[0][3]``; any text may follow, and the place is
            that of the last part that is there.
        """
        start = self._root if index is None else self._start_of(index)
        return self._place(self._descend(start, path))

    def _start_of(self, index: int) -> int:
        if self._features is None:
            members = dict(self._members(self._root))
            listed = members.get("features")
            self._features = self._sequence() if listed is None else self._items(listed)
        return self._features[index]

    def _sequence(self) -> list[int]:
        """Return the places of the texts of a sequence: one a line, or as RFC 8142 has it."""
        starts, position = [], self._root
        while position < len(self._text):
            starts.append(position)
            position = _after_gap(self._text, _DECODER.raw_decode(self._text, position)[1])
        return starts

    def _descend(self, start: int, path: str) -> int:
        path = f".{path}"
        while path:
            if self._text[start] == "{" and path[0] == ".":
                inner = [
                    (len(key), place)
                    for key, place in self._members(start)
                    if path.startswith(key, 1) and not path[len(key) + 1 :][:1].isalnum()
                ]
                if not inner:
                    break
                length, start = max(inner)
                path = path[length + 1 :]
            elif self._text[start] == "[" and (index := _INDEX.match(path)):
                items, wanted = self._items(start), int(index[1])
                if wanted >= len(items):
                    break
                start, path = items[wanted], path[index.end() :]
            else:
                break
        return start

    def _members(self, start: int) -> list[tuple[str, int]]:
        """Return the keys of an object, each with the place of its value."""
        if start not in self._objects:
            text, position = self._text, _after_gap(self._text, start + 1)
            members: list[tuple[str, int]] = []
            while text[position] != "}":
                key, position = _DECODER.raw_decode(text, position)
                position = _after_gap(text, _after_gap(text, position) + 1)
                members.append((key, position))
                position = self._after_value(position)
            self._objects[start] = members
        return self._objects[start]

    def _items(self, start: int) -> list[int]:
        """Return the places of an array's items."""
        if start not in self._arrays:
            text, position = self._text, _after_gap(self._text, start + 1)
            items: list[int] = []
            while text[position] != "]":
                items.append(position)
                position = self._after_value(position)
            self._arrays[start] = items
        return self._arrays[start]

    def _after_value(self, position: int) -> int:
        """Return where the next key or item stands, or the bracket that closes."""
        position = _after_gap(self._text, _DECODER.raw_decode(self._text, position)[1])
        return _after_gap(self._text, position + 1) if self._text[position] == "," else position

    def _place(self, position: int) -> Place:
        line = bisect_right(self._breaks, position)
        start = self._breaks[line - 1] + 1 if line else 0
        return Place(line + 1, position - start + 1)


def _after_gap(text: str, position: int) -> int:
    found = _GAP.match(text, position)
    return found.end() if found else position
