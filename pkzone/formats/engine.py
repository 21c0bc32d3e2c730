"""What every engine offers to the worker: the names of layers, and one layer opened or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["MEASURES_LOST", "Engine", "Opened", "Row"]

MEASURES_LOST = "measures (M) along geometries are left out"

Row = tuple[list[Any], dict[str, Any] | None]
"""The values of a feature in the order of the fields, and its geometry as GeoJSON has it."""


@dataclass
class Opened:
    """A layer that is open for reading.

    Attributes
    ----------
    fields : list of (str, str)
        Name and type of each: ``text``, ``integer``, ``float``, ``boolean``, ``date``,
        ``time``, ``datetime``, ``json``.
    crs : str or None
        Its coordinate system as WKT or code; None if it states none.
    rows : iterator of Row
        The features, in the layer's own coordinates, x before y.
    geometry : str
        Its type of geometry, for people.
    count : int or None
        How many features it states to have.
    bounds : tuple of float or None
        West, south, east, north in its own coordinates.
    note : str or None
        The note on columns that `pkzone export` left.
    located : int or None
        How many of its features have a geometry, as far as that is known without GDAL: one that
        GDAL cannot read comes from it as none.
    notices, late_notices : list of str
        What is to be told: known on opening, and once all rows were read.
    """

    fields: list[tuple[str, str]]
    crs: str | None
    rows: Iterator[Row]
    geometry: str = "Unknown"
    count: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    note: str | None = None
    located: int | None = None
    notices: list[str] = field(default_factory=list)
    late_notices: list[str] = field(default_factory=list)


class Engine(Protocol):
    """A module that reads and writes; ``source`` and ``table`` are plain JSON from the job."""

    def layer_names(self, source: dict[str, Any], job: dict[str, Any]) -> list[str]:
        """Return the layers of a file that hold features."""

    def open_layer(
        self, source: dict[str, Any], name: str, job: dict[str, Any]
    ) -> AbstractContextManager[Opened]:
        """Open one of them."""

    def write_table(self, table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
        """Write a layer."""

    def count(self, table: dict[str, Any]) -> int:
        """Return how many features a layer that was written holds."""
