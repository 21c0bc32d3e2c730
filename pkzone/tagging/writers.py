"""Write tagged rows: CSV, Parquet and GeoJSON in a stream, other GIS formats, or a frame."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import PurePath
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from pkzone.errors import LimitExceeded, UnknownFormat
from pkzone.formats.registry import Format, format_of_output
from pkzone.geojson.model import FOOTER, HEADER, Feature
from pkzone.geojson.writer import dump_line
from pkzone.tagging.answers import WORKERS, Answers, Sink, TableTagger, run
from pkzone.tagging.columns import Coded, arrow_of, plain, series_of, texts_of
from pkzone.tagging.engine import Kind
from pkzone.tagging.inputs import Places
from pkzone.tagging.options import Progress
from pkzone.tagging.summary import Tally
from pkzone.tagging.table_csv import CsvPiece, CsvTable
from pkzone.tagging.table_features import FeaturePiece
from pkzone.tagging.table_parquet import ParquetPiece
from pkzone.tagging.tables import FilePiece, FileTable, FramePiece, FrameTable, Table
from pkzone.text_layout import FORMULA, defused

__all__ = ["frame_of", "sink_of"]

MAX_FEATURES = 500_000
_GROUP_ROWS = 262_144
_TYPES = {"text": pa.string(), "number": pa.float64(), "flag": pa.bool_()}


def frame_of(
    table: Table,
    tagger: TableTagger,
    *,
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> tuple[Any, Tally]:
    """Return a tagged table as a frame, and its counts."""
    sink: _JoinSink | _FrameSink
    if isinstance(table, FrameTable):
        sink = _JoinSink(table, tagger.kinds)
    else:
        sink = _FrameSink(table, tagger.kinds)
    tally = run(table, tagger, sink, workers=workers, progress=progress)
    return sink.frame(), tally


def sink_of(path: str, table: FileTable, kinds: dict[str, Kind], file: BinaryIO) -> Sink:
    """Return where rows of a table go, by the extension of the output's name.

    Parameters
    ----------
    path : str
        The output; ``-`` is GeoJSON if the table is, else CSV.
    table : CsvTable, ParquetTable or FeatureTable
        Where rows come from.
    kinds : dict of str to str
        The columns that are added, with their kinds.
    file : binary file
        What is written to.

    Raises
    ------
    UnknownFormat
        The ending is that of no format.
    """
    lowered = path.lower()
    if lowered.endswith((".geojson", ".json")) or (path == "-" and table.family == "geojson"):
        return _GeoJsonSink(path, table, file)
    if path == "-" or lowered.endswith((".csv", ".tsv")):
        return _CsvSink(path, table, kinds, file)
    form = format_of_output(path)
    if form.name == "parquet":
        return _ParquetSink(table, kinds, file)
    if form.name == "shp":
        raise UnknownFormat(path, "a Shapefile is several files; name it .zip, or use .gpkg")
    return _GisSink(path, table, kinds, file, form)


class _CsvSink(Sink):
    """Values of a CSV go on as they are, in quotes only where RFC 4180 needs them.

    In rows of other tables, text that a spreadsheet would run as a formula is marked.
    """

    def __init__(self, path: str, table: FileTable, kinds: dict[str, Kind], file: BinaryIO) -> None:
        self._file = file
        names, preface = list(kinds), b""
        if isinstance(table, CsvTable):
            self._delimiter, self._line_end, preface = (
                table.delimiter,
                table.line_end,
                table.preface,
            )
            names = [*table.names, *names]
        else:
            self._delimiter, self._line_end = "\t" if path.lower().endswith(".tsv") else ",", "\n"
            names = [defused(name) for name in (*table.schema.names, *names)]
        self._special = ('"', "\r", "\n", self._delimiter)
        head = self._delimiter.join(map(self._quoted, names)) + self._line_end
        file.write(preface + head.encode("utf-8", "surrogateescape"))

    def prepare(self, piece: FilePiece, answers: Answers) -> Any:
        if isinstance(piece, CsvPiece):
            cells = [self._texts(column) for column in piece.batch.columns]
        else:
            batch = piece.arrow()
            geometry = piece.table.geometry
            cells = [
                self._texts(_wkt(piece) if name == geometry else _marked(batch.column(name)))
                for name in batch.schema.names
            ]
        cells += map(self._added, answers.columns.values())
        rows = pc.binary_join_element_wise(
            *cells, self._delimiter, null_handling="replace", null_replacement=""
        )
        ended = pc.binary_join_element_wise(rows, "", self._line_end)
        return _bytes_of(ended)

    def write(self, prepared: Any) -> None:
        self._file.write(prepared)

    def _added(self, column: Any) -> pa.Array:
        """Return a column that is added as text."""
        if isinstance(column, Coded):
            texts = tuple(self._quoted(defused(text)) for text in column.values)
            return arrow_of(Coded(column.codes, texts))
        return arrow_of(column).cast(pa.string())  # numbers and flags need no quotes

    def _texts(self, column: pa.Array) -> pa.Array:
        """Return cells as text, in quotes where they need them."""
        texts = column if pa.types.is_string(column.type) else texts_of(column)
        data = bytes(_bytes_of(texts))
        if not any(mark.encode() in data for mark in self._special):
            return texts
        special = pc.match_substring_regex(texts, f'["\\r\\n{re.escape(self._delimiter)}]')
        quoted = pc.replace_substring(texts, '"', '""')
        quoted = pc.binary_join_element_wise('"', quoted, '"', "")
        return pc.if_else(special, quoted, texts)

    def _quoted(self, text: str) -> str:
        if any(mark in text for mark in self._special):
            return '"' + text.replace('"', '""') + '"'
        return text


class _ParquetSink(Sink):
    """Columns keep their types; the metadata of GeoParquet, if any, are kept."""

    def __init__(self, table: FileTable, kinds: dict[str, Kind], file: BinaryIO) -> None:
        self._schema = _schema_of(table, kinds)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []

    def prepare(self, piece: FilePiece, answers: Answers) -> Any:
        return _batch(piece, answers, self._schema)

    def write(self, prepared: Any) -> None:
        self._waiting.append(prepared)
        if sum(batch.num_rows for batch in self._waiting) >= _GROUP_ROWS:
            self._flush()

    def close(self) -> list[str]:
        self._flush()
        self._writer.close()
        return []

    def abandon(self) -> None:
        with suppress(Exception):  # the disk may be full
            self._writer.close()
        self._writer.is_open = False  # else it would try again when it is collected

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting), _GROUP_ROWS)
            self._waiting = []


class _GeoJsonSink(Sink):
    """One feature a line, in the order of the rows."""

    def __init__(self, path: str, table: FileTable, file: BinaryIO) -> None:
        self._path, self._table, self._file = path, table, file
        self._lines = 0
        file.write(HEADER)

    def prepare(self, piece: FilePiece, answers: Answers) -> Any:
        return [dump_line(one, name=self._path) for one in _features(piece, answers)]

    def write(self, prepared: Any) -> None:
        if prepared:
            between = b",\n" if self._lines else b""
            self._file.write(between + b",\n".join(prepared))
            self._lines += len(prepared)

    def close(self) -> list[str]:
        self._file.write((b"\n" if self._lines else b"") + FOOTER)
        return []


class _GisSink(Sink):
    """Other GIS formats, written by the export, whole, once all rows are there."""

    def __init__(
        self, path: str, table: FileTable, kinds: dict[str, Kind], file: BinaryIO, form: Format
    ) -> None:
        self._path, self._file, self._form = path, file, form
        self._columns = (*table.names, *kinds)
        self._features: list[Feature] = []

    def prepare(self, piece: FilePiece, answers: Answers) -> Any:
        return _features(piece, answers)

    def write(self, prepared: Any) -> None:
        self._features += prepared
        if len(self._features) > MAX_FEATURES:
            reason = (
                f"more than {MAX_FEATURES:,} features are too many for {self._form.title} here; "
                "write .parquet, .csv or .geojson"
            )
            raise LimitExceeded(self._path, reason)

    def close(self) -> list[str]:
        from pkzone.formats.export import converted
        from pkzone.formats.export_source import Subject

        name = PurePath(self._path).stem
        subject = Subject(name, tuple(self._features), title=name, columns=self._columns)
        files, notices, _ = converted(subject, self._form, shown=self._path)
        if len(files) > 1:
            raise UnknownFormat(
                self._path, f"{self._form.title} takes {len(files)} files for this; use .gpkg"
            )
        self._file.write(next(iter(files.values())))
        return notices


class _FrameSink(Sink):
    """Frame of pandas, or of geopandas if the table has a geometry."""

    def __init__(self, table: FileTable, kinds: dict[str, Kind]) -> None:
        self._table = table
        self._schema = _schema_of(table, kinds)
        self._batches: list[pa.RecordBatch] = []

    def prepare(self, piece: FilePiece, answers: Answers) -> Any:
        return _batch(piece, answers, self._schema)

    def write(self, prepared: Any) -> None:
        self._batches.append(prepared)

    def frame(self) -> Any:
        """Return what was written."""
        frame = pa.Table.from_batches(self._batches, self._schema).to_pandas()
        geometry = self._table.geometry
        if geometry is None or isinstance(self._table, CsvTable):
            return frame
        import geopandas as gpd

        shapes = gpd.GeoSeries.from_wkb(frame[geometry], crs=self._table.crs)
        return gpd.GeoDataFrame(frame, geometry=shapes)


class _JoinSink(Sink):
    """Copy of a frame with the columns that are made; class, index and attrs stay."""

    def __init__(self, table: FrameTable, kinds: dict[str, Kind]) -> None:
        self._table, self._kinds = table, kinds
        self._parts: list[dict[str, Any]] = []

    def prepare(self, piece: FramePiece, answers: Answers) -> Any:
        return answers.columns

    def write(self, prepared: Any) -> None:
        self._parts.append(prepared)

    def frame(self) -> Any:
        """Return what was written."""
        import pandas as pd

        made = {
            name: pd.concat([series_of(part[name]) for part in self._parts], ignore_index=True)
            for name in self._kinds
        }
        found = self._table.frame.copy()
        added = pd.DataFrame(made).set_axis(found.index)
        # All at once: one by one they would leave a frame in fragments.
        joined = pd.concat([found, added], axis=1)
        if self._table.is_geo:
            joined = joined.set_geometry(self._table.geometry)
        joined.attrs = found.attrs
        return joined


def _schema_of(table: FileTable, kinds: dict[str, Kind]) -> pa.Schema:
    fields = [*table.schema, *(pa.field(name, _TYPES[kind]) for name, kind in kinds.items())]
    return pa.schema(fields, metadata=table.schema.metadata)


def _batch(piece: FilePiece, answers: Answers, schema: pa.Schema) -> pa.RecordBatch:
    made = [arrow_of(one) for one in answers.columns.values()]
    return pa.RecordBatch.from_arrays([*piece.arrow().columns, *made], schema=schema)


def _features(piece: FilePiece, answers: Answers) -> list[Feature]:
    """Return tagged rows as features in degrees."""
    names = list(answers.columns)
    made = zip(*(arrow_of(one).to_pylist() for one in answers.columns.values()), strict=True)
    if isinstance(piece, FeaturePiece):
        return [
            Feature(one.id, one.properties | dict(zip(names, row, strict=True)), one.geometry)
            for one, row in zip(piece.features, made, strict=True)
        ]
    batch = piece.arrow()
    own = [name for name in batch.schema.names if name != piece.table.geometry]
    columns = [map(plain, batch.column(name).to_pylist()) for name in own]
    rows = zip(*columns, strict=True) if columns else iter([()] * piece.rows)
    return [
        Feature(None, dict(zip([*own, *names], [*row, *added], strict=True)), geometry)
        for row, added, geometry in zip(rows, made, _geometries(piece, answers.places), strict=True)
    ]


def _geometries(piece: CsvPiece | ParquetPiece, places: Places) -> list[dict[str, Any] | None]:
    if isinstance(piece, ParquetPiece) and piece.table.geometry is not None:
        shapes = piece.shapes()
    else:
        drawn = shapely.points(places.lon, places.lat) if places.shapes is None else places.shapes
        shapes = np.where(places.problems > 0, None, drawn)
    return [None if text is None else json.loads(text) for text in shapely.to_geojson(shapes)]


def _wkt(piece: ParquetPiece | FeaturePiece) -> pa.Array:
    return pa.array(shapely.to_wkt(piece.drawn(), rounding_precision=-1), pa.string())


def _marked(column: pa.Array) -> pa.Array:
    """Return a column whose texts no spreadsheet takes for a formula; numbers stay."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        return column
    texts = texts_of(column)
    marked = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(pc.match_substring_regex(texts, f"^(?:{FORMULA})"), marked, texts)


def _bytes_of(texts: pa.Array) -> pa.Buffer:
    """Return the bytes of all texts, one after the other."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)
    begin, end = int(ends[texts.offset]), int(ends[texts.offset + len(texts)])
    return (data or pa.py_buffer(b"")).slice(begin, end - begin)
