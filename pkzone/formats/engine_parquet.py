"""Read and write GeoParquet by geopandas and pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from pkzone.errors import FormatError, LimitExceeded
from pkzone.formats.batches import BATCH_ROWS, Batch, Opened, without_measures
from pkzone.formats.registry import MEASURES_LOST

__all__ = ["count", "layer_names", "open_layer", "write_table"]

_NOTE_KEY = b"pkzone:columns"
_MAX_CELLS = 50_000_000
_MAX_UNPACKED_BYTES = 1024**3
_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "json": pa.string(),
}


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the one layer of a file."""
    return ["parquet"]


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open the file for reading, once its own figures are within the limits."""
    path = source["path"]
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError):
        raise FormatError("", "is a damaged Parquet file") from None
    facts = file.metadata
    unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
    if facts.num_rows * facts.num_columns > _MAX_CELLS or unpacked > _MAX_UNPACKED_BYTES:
        raise LimitExceeded("", "unpacks to more than 1 GiB, the most that is read")
    stored = file.schema_arrow.metadata or {}
    if b"geo" not in stored:
        raise FormatError("", "is Parquet without the metadata of GeoParquet")
    note = stored.get(_NOTE_KEY, b"").decode("utf-8", "replace") or None
    import geopandas as gpd  # late: it costs most of the time

    try:
        frame = gpd.read_parquet(path)
    except MemoryError:
        raise
    except Exception:  # geopandas trusts what the metadata say
        raise FormatError("", "is a damaged GeoParquet file") from None
    geometry = frame.geometry.name
    table = file.read(columns=[name for name in file.schema_arrow.names if name != geometry])
    fields = [(field.name, _type(field.type)) for field in table.schema]
    binary = [name for name, kind in fields if kind == "geometry"]
    fields = [(name, kind) for name, kind in fields if kind != "geometry"]
    columns = [_values(table.column(name)) for name, _ in fields]
    shapes, measured = without_measures(frame.geometry.to_numpy())
    notices = [f"columns of binary data are left out: {', '.join(binary)}"] if binary else []
    if measured:
        notices.append(f"{MEASURES_LOST}: {measured}")
    yield Opened(
        fields,
        frame.crs.to_wkt() if frame.crs is not None else None,
        map(Batch(columns, shapes).part, range(0, len(shapes), BATCH_ROWS)),
        geometry="/".join(sorted({str(one) for one in frame.geom_type.dropna()})) or "none",
        count=facts.num_rows,
        bounds=_bounds(frame),
        note=note,
        notices=notices,
    )


def write_table(table: dict[str, Any], batches: Iterable[Batch], job: dict[str, Any]) -> None:
    """Write the file as GeoParquet 1.1 with WKB."""
    taken = list(batches)
    shapes = [one for batch in taken for one in batch.shapes]
    wkb = [one for batch in taken for one in batch.wkb()]
    columns = {
        name: _array((cell for batch in taken for cell in batch.columns[i]), kind)
        for i, (name, kind) in enumerate(table["fields"])
    }
    place = table["geometry_name"]
    written = pa.table({**columns, place: pa.array(wkb, type=pa.binary())})
    kinds = sorted({one.geom_type + (" Z" if one.has_z else "") for one in shapes if one})
    geo: dict[str, Any] = {
        "version": "1.1.0",
        "primary_column": place,
        "columns": {place: {"encoding": "WKB", "geometry_types": kinds, "crs": _crs84()}},
    }
    filled = [one for one in shapes if one is not None and not one.is_empty]
    if filled:
        geo["columns"][place]["bbox"] = [float(one) for one in shapely.total_bounds(filled)]
    metadata = {b"geo": json.dumps(geo).encode(), _NOTE_KEY: (table.get("note") or "").encode()}
    pq.write_table(written.replace_schema_metadata(metadata), table["path"], compression="zstd")


def _array(cells: Iterable[Any], kind: str) -> pa.Array:
    if kind == "date":
        cells = (cell and date.fromisoformat(cell) for cell in cells)
    return pa.array(cells, type=_ARROW[kind])


def count(table: dict[str, Any]) -> int:
    """Return how many features the file holds."""
    return int(pq.ParquetFile(table["path"]).metadata.num_rows)


def _bounds(frame: Any) -> tuple[float, float, float, float] | None:
    west, south, east, north = map(float, frame.total_bounds)
    return west, south, east, north


def _crs84() -> dict[str, Any]:
    from pyproj import CRS

    definition: dict[str, Any] = CRS("OGC:CRS84").to_json_dict()
    return definition


def _type(kind: Any) -> str:
    types = pa.types
    if types.is_boolean(kind):
        return "boolean"
    if types.is_integer(kind):
        return "integer"
    if types.is_floating(kind) or types.is_decimal(kind):
        return "float"
    if types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind):
        return "text"
    if types.is_temporal(kind):
        return "datetime"
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return "geometry"  # a second geometry, or data that GeoJSON has no place for
    return "json"


def _values(column: Any) -> list[Any]:
    return [_plain(value) for value in column.to_pylist()]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)
