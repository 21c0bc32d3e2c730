"""Tables of every kind: files, opened by their ending, and frames of pandas and geopandas."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from pkzone.errors import FormatError
from pkzone.files.inputs import open_regular, stdin, unopened_reason
from pkzone.tagging.table_csv import CsvPiece, CsvTable
from pkzone.tagging.table_features import FeaturePiece, FeatureTable, read_features
from pkzone.tagging.table_parquet import ParquetPiece, ParquetTable

__all__ = ["FilePiece", "FileTable", "FramePiece", "FrameTable", "Piece", "Table", "open_table"]

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class FramePiece:
    """Rows of a frame; ``first`` come before."""

    table: FrameTable
    frame: Any
    first: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.frame)

    @property
    def done(self) -> int:
        """Number of rows up to the last of these."""
        return self.first + self.rows

    def columns(self, names: Any) -> dict[str, Any]:
        """Return columns by name, each a Series."""
        return {name: self.frame[name] for name in names}

    def shapes(self) -> Any:
        """Return the geometries in longitude and latitude."""
        import geopandas as gpd
        import shapely

        geometry = self.frame[self.table.geometry]
        if not self.table.is_geo:
            shapes = shapely.from_wkb(geometry.to_numpy(dtype=object, na_value=None))
            geometry = gpd.GeoSeries(shapes, crs=self.table.crs)
        if geometry.crs is not None and not geometry.crs.equals(
            "OGC:CRS84", ignore_axis_order=True
        ):
            geometry = geometry.to_crs("OGC:CRS84")
        return geometry.to_numpy()


class FrameTable:
    """Frame of pandas, or of geopandas with a geometry in use.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        The rows.
    label : str, optional
        What messages call it.
    wkb : tuple of str and object, optional
        Name of a column of WKB and its coordinate system, in a frame of pandas.
    points : bool, optional
        Whether all of that are points.
    comma : bool, optional
        Whether numbers in text may have a comma for a point.
    """

    family = "frame"

    def __init__(
        self,
        frame: Any,
        label: str = "the frame",
        *,
        wkb: tuple[str, Any] | None = None,
        points: bool = False,
        comma: bool = False,
    ) -> None:
        self.frame, self.label, self.comma = frame, label, comma
        self.names = list(frame.columns)
        self.total = len(frame)
        self.notices: list[str] = []
        active = getattr(frame, "_geometry_column_name", "")
        self.is_geo = active in self.names
        self.geometry: Any
        self.crs: Any
        self.geometry, self.crs = wkb or (active if self.is_geo else None, None)
        self._points = points

    @property
    def points(self) -> bool:
        """Return whether all geometries are points."""
        if not self.is_geo:
            return self._points
        return bool(self.frame.geom_type.dropna().eq("Point").all())

    def pieces(self) -> Iterator[FramePiece]:
        """Yield the rows in pieces, in their order; one without rows if there are none."""
        for first in range(0, self.total or 1, BATCH_ROWS):
            yield FramePiece(self, self.frame.iloc[first : first + BATCH_ROWS], first)


FileTable = CsvTable | ParquetTable | FeatureTable
FilePiece = CsvPiece | ParquetPiece | FeaturePiece
Table = FileTable | FrameTable
Piece = FilePiece | FramePiece


@contextmanager
def open_table(
    path: str | os.PathLike[str], layer: str | None = None, crs: str | None = None
) -> Iterator[FileTable]:
    """Open a file as a table, by its extension; ``-`` is a CSV on standard input.

    ``layer`` and ``crs`` are those of a GIS file, where it has several or states none.

    Raises
    ------
    FormatError, GeoJSONError
        It is refused, damaged, too large or of a form that is not known.
    """
    label = os.fspath(path)
    lowered = label.lower()
    if label == "-":
        yield CsvTable(stdin(), "<stdin>")
    elif lowered.endswith((".csv", ".tsv", ".txt")):
        with _regular(label) as file:
            yield CsvTable(file, label)
    elif lowered.endswith((".parquet", ".geoparquet", ".pq")):
        with _regular(label) as file:
            yield ParquetTable(file, label)
    else:
        yield read_features(label, layer, crs)


def _regular(label: str) -> BinaryIO:
    try:
        return open_regular(label)
    except (OSError, ValueError) as error:
        raise FormatError(label, unopened_reason(error, reads_stdin=True)) from None
