"""What the readers of KML and GPX have in common: tables of what a document holds, and heights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pkzone.formats.engine import Opened, Row
from pkzone.formats.xml_stream import Flaws

__all__ = ["Table", "line_or_none", "put", "said_of_heights"]

Values = dict[str, Any]


@dataclass
class Table:
    """A layer of a document: the values and the geometry of each feature."""

    rows: list[tuple[Values, dict[str, Any] | None]] = field(default_factory=list)
    untyped: set[str] = field(default_factory=set)
    flaws: Flaws = field(default_factory=Flaws)

    def opened(self, told: list[str]) -> Opened:
        """Return it as a layer that is open, with what is to be told of the whole document."""
        names = list(dict.fromkeys(name for values, _ in self.rows for name in values))
        kinds = {one["type"] for _, one in self.rows if one is not None}
        return Opened(
            [(name, "untyped" if name in self.untyped else "text") for name in names],
            "EPSG:4326",
            self._in_columns(names),
            geometry=next(iter(kinds)) if len(kinds) == 1 else "Unknown",
            count=len(self.rows),
            notices=[*told, *self.flaws.told()],
        )

    def _in_columns(self, names: list[str]) -> Iterator[Row]:
        for values, geometry in self.rows:
            yield [values.get(name) for name in names], geometry


def put(values: Values, name: str, value: Any) -> str:
    """Set a value under a name, or under the next free one (``name_2``); return that name."""
    free, number = name, 1
    while free in values and values[free] != value:
        number += 1
        free = f"{name}_{number}"
    values[free] = value
    return free


def line_or_none(parts: list[list[list[float]]]) -> dict[str, Any] | None:
    """Return lines as one geometry."""
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts} if parts else None


def said_of_heights(positions: list[list[float]], place: str, flaws: Flaws) -> None:
    """Note where some positions of a geometry have a height and others none, which is no 0."""
    missing = sum(len(one) < 3 for one in positions)
    if 0 < missing < len(positions):
        flaws.add("points without a height beside points with one", place, missing)
