"""Parquet and GeoParquet in a stream: batches of rows, with their geometry in degrees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from pkzone.errors import FormatError, LimitExceeded, printable
from pkzone.formats.reproject import Reprojection, changes_of

__all__ = ["ParquetPiece", "ParquetTable"]

BATCH_ROWS = 65_536
_BATCH_BYTES = 64 * 1024**2
_MAX_ROW_BYTES = 64 * 1024**2
_POINTS = ({"Point"}, {"Point Z"}, {"Point", "Point Z"})


@dataclass(frozen=True)
class ParquetPiece:
    """Rows of the file; ``first`` come before, ``done`` are read with these."""

    table: ParquetTable
    batch: pa.RecordBatch
    first: int
    done: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.batch.num_rows)

    def columns(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """Return columns by name."""
        return {name: self.batch.column(name) for name in names}

    def arrow(self) -> pa.RecordBatch:
        """Return all columns."""
        return self.batch

    def shapes(self) -> Any:
        """Return the geometries in longitude and latitude."""
        return self.table.in_degrees(self.drawn(), self.first)

    def drawn(self) -> Any:
        """Return the geometries as they stand."""
        wkb = self.batch.column(self.table.geometry).to_numpy(zero_copy_only=False)
        try:
            return shapely.from_wkb(wkb)
        except (shapely.errors.GEOSException, TypeError):
            reason = f"a geometry after row {self.first:,} is not WKB; the file is damaged"
            raise FormatError(self.table.label, reason) from None


class ParquetTable:
    """Parquet file that is read once; with the metadata of GeoParquet its geometry is known.

    Parameters
    ----------
    file : binary file
        Open for reading.
    label : str
        What messages call it.

    Attributes
    ----------
    names : tuple of str
        Names of the columns.
    schema : pyarrow.Schema
        The columns with their types.
    geometry : str or None
        The column of geometries.
    points : bool
        Whether the metadata say that all geometries are points.
    notices : list of str
        What is assumed.

    Raises
    ------
    FormatError
        It is no Parquet, damaged, or has geometries in another form than WKB.
    """

    family = "parquet"
    comma = False

    def __init__(self, file: BinaryIO, label: str) -> None:
        self.label = label
        self.notices: list[str] = []
        try:
            self._file = pq.ParquetFile(file, pre_buffer=False, buffer_size=1024**2)
            self.schema = self._file.schema_arrow
            facts = self._file.metadata
        except (pa.ArrowException, OSError, ValueError):
            raise FormatError(label, "is not a Parquet file, or is cut off or damaged") from None
        self.names = tuple(self.schema.names)
        if len(set(self.names)) < len(self.names):
            raise FormatError(label, "has two columns of one name; rename one")
        self.total = int(facts.num_rows)
        groups = [facts.row_group(i) for i in range(facts.num_row_groups)]
        self._row_bytes = max((g.total_byte_size // max(g.num_rows, 1) for g in groups), default=1)
        if self._row_bytes > _MAX_ROW_BYTES:
            reason = f"its rows have more than {_MAX_ROW_BYTES // 1024**2} MiB each on average"
            raise LimitExceeded(label, reason)
        self.geo = self._geo_metadata()
        self.geometry: str | None = self.geo["primary_column"] if self.geo else None

    @property
    def points(self) -> bool:
        """Return whether all geometries are points."""
        kinds = self._about.get("geometry_types")
        return isinstance(kinds, list) and {*map(str, kinds)} in _POINTS

    def pieces(self) -> Iterator[ParquetPiece]:
        """Yield the rows in pieces, in their order."""
        size = max(1, min(BATCH_ROWS, _BATCH_BYTES // max(self._row_bytes, 1)))
        first = 0
        try:
            for batch in self._file.iter_batches(size):
                yield ParquetPiece(self, batch, first, first + batch.num_rows)
                first += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            cause = printable(str(error).split("\n")[0], limit=120)
            raise FormatError(self.label, f"is damaged after row {first:,}: {cause}") from None

    def in_degrees(self, shapes: Any, first: int) -> Any:
        """Return geometries in longitude and latitude, of which ``first`` come before."""
        way = self.way
        if "operation" not in way.told:
            return shapes

        def moved(positions: Any) -> Any:
            return np.column_stack(way.positions(positions[:, 0], positions[:, 1]))

        return shapely.transform(shapes, moved)

    @cached_property
    def way(self) -> Reprojection:
        """Reprojection of its coordinates to longitude and latitude; it fills the notices."""
        crs = self.crs
        stated = crs if isinstance(crs, str) else None if crs is None else json.dumps(crs)
        if stated is None:
            self.notices.append(
                "states no coordinate system; taken as longitude and latitude on WGS 84"
            )
        bounds = self._about.get("bbox")
        corners = None
        if isinstance(bounds, list) and len(bounds) in (4, 6):
            half = len(bounds) // 2
            corners = (*bounds[:2], *bounds[half : half + 2])
        try:
            way = Reprojection(stated, None, corners)
        except FormatError as error:
            raise type(error)(self.label, error.reason) from None
        self.notices.extend(changes_of(way.told))
        return way

    @property
    def crs(self) -> Any:
        """Its coordinate system, as the metadata state it; None if they state none."""
        return self._about.get("crs", "OGC:CRS84")  # as the standard has it

    @property
    def _about(self) -> dict[str, Any]:
        """Metadata of the geometry column."""
        about: dict[str, Any] = self.geo["columns"][self.geometry] if self.geo else {}
        return about

    def _geo_metadata(self) -> dict[str, Any] | None:
        """Return the metadata of GeoParquet, if they are there and sound."""
        stored = (self.schema.metadata or {}).get(b"geo")
        if stored is None:
            return None
        try:
            geo = json.loads(stored)
            primary = geo["primary_column"]
            encoding = geo["columns"][primary]["encoding"]
            sound = isinstance(primary, str) and primary in self.names
        except (ValueError, KeyError, TypeError, RecursionError):
            sound = False
        if not sound:
            raise FormatError(self.label, "its metadata of GeoParquet are damaged")
        if encoding != "WKB":
            reason = f"has geometries as {printable(str(encoding))}, not as WKB; write it anew"
            raise FormatError(self.label, reason)
        found: dict[str, Any] = geo
        return found
