"""Features on their way between processes, in batches of columns, and what an engine gives.

A batch is a line of JSON with the values by column and the sizes of the geometries, and behind
it the geometries themselves as WKB, without anything between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import accumulate, islice, pairwise
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.convert import shapes_of

__all__ = [
    "BATCH_ROWS",
    "Batch",
    "Engine",
    "Opened",
    "Row",
    "encoded",
    "in_batches",
    "line_of",
    "read_batch",
    "without_measures",
]

BATCH_ROWS = 4096
"""Features of a batch: with areas of 10,000 vertices each it stays below a gigabyte."""

Row = tuple[list[Any], dict[str, Any] | None]
"""The values of a feature in the order of the fields, and its geometry as GeoJSON has it."""

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Batch:
    """Some features: the values of each field in turn, and the geometries, None for none."""

    columns: Sequence[Sequence[Any]]
    shapes: Shapes

    def __len__(self) -> int:
        return len(self.shapes)

    def part(self, first: int) -> Batch:
        """Return as many features as a batch is to have, from a first one on."""
        place = slice(first, first + BATCH_ROWS)
        return Batch([column[place] for column in self.columns], self.shapes[place])

    def wkb(self) -> list[bytes | None]:
        """Return the geometries as WKB."""
        data: list[bytes | None] = shapely.to_wkb(self.shapes, flavor="iso").tolist()
        return data

    def rows(self) -> Iterator[list[Any]]:
        """Yield the values of each feature."""
        if not self.columns:
            return ([] for _ in self.shapes)
        return map(list, zip(*self.columns, strict=True))


def in_batches(rows: Iterable[Row], most: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield the rows of an engine that reads feature by feature in batches of so many."""
    rows = iter(rows)
    while some := list(islice(rows, most)):
        columns = list(zip(*(values for values, _ in some), strict=True))
        yield Batch(columns, shapes_of([geometry for _, geometry in some]))


def without_measures(shapes: Shapes) -> tuple[Shapes, int]:
    """Return shapes without measures (M), and how many of them had any."""
    measured = shapely.has_m(shapes)
    if not measured.any():
        return shapes, 0
    shapes = shapes.copy()
    flat, high = measured & ~shapely.has_z(shapes), measured & shapely.has_z(shapes)
    shapes[flat] = shapely.force_2d(shapes[flat])
    shapes[high] = shapely.from_wkb(shapely.to_wkb(shapes[high], output_dimension=3))
    return shapes, int(measured.sum())


def encoded(value: Batch | Mapping[str, Any]) -> bytes:
    """Return a batch, or any other word, as it goes from one process to the other."""
    if not isinstance(value, Batch):
        return line_of(value)
    wkb = value.wkb()
    sizes = [len(one or b"") for one in wkb]
    return line_of({"columns": value.columns, "sizes": sizes}) + b"".join(filter(None, wkb))


def line_of(value: object) -> bytes:
    """Return a value as a line of JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def read_batch(head: Mapping[str, Any], stream: IO[bytes]) -> Batch | None:
    """Return the batch that begins with this line; None where the stream ends within it."""
    ends = list(accumulate(head["sizes"], initial=0))
    data = stream.read(ends[-1])
    if len(data) < ends[-1]:
        return None
    wkb = np.array([data[begin:end] or None for begin, end in pairwise(ends)], dtype=object)
    return Batch(head["columns"], np.asarray(shapely.from_wkb(wkb)))


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
    batches : iterator of Batch
        The features, in the layer's own coordinates, x before y; see `in_batches`.
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
    about : dict of str to str
        What the layer says of itself, as `pkzone.geojson.model.FeatureCollection` has it.
    lines : list of int
        The line of each feature in a file that is a table.
    notices, late_notices : list of str
        Notices: known on opening, and once all features were read.
    """

    fields: list[tuple[str, str]]
    crs: str | None
    batches: Iterator[Batch]
    geometry: str = "Unknown"
    count: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    note: str | None = None
    located: int | None = None
    about: dict[str, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
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

    def write_table(
        self, table: dict[str, Any], batches: Iterable[Batch], job: dict[str, Any]
    ) -> None:
        """Write a layer."""

    def count(self, table: dict[str, Any]) -> int:
        """Return how many features a layer that was written holds."""
