"""Read and write through GDAL by pyogrio, in Arrow batches."""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from pkzone.errors import FormatError
from pkzone.formats import guards
from pkzone.formats.batches import BATCH_ROWS, Batch, Opened, without_measures
from pkzone.formats.registry import MEASURES_LOST

__all__ = ["count", "layer_names", "open_layer", "write_table"]

_GEOMETRY = "pkzone_geometry"
_TYPES = {
    "OFTString": "text",
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "float",
    "OFTDate": "date",
    "OFTTime": "time",
    "OFTDateTime": "datetime",
    "OFTStringList": "json",
    "OFTIntegerList": "json",
    "OFTInteger64List": "json",
    "OFTRealList": "json",
}
_SUBTYPES = {"OFSTBoolean": "boolean", "OFSTJSON": "json"}
_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "json": pa.string(),
}
_INT32 = 2**31
_POLYGON, _MULTIPOLYGON = 3, 6  # types of WKB
_DATETIME = re.compile(r"(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
_WIDTH = b"GDAL:OGR:width"


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the layers of a file that hold features."""
    return guards.layer_names(source, job, lambda path: pyogrio.list_layers(path)[:, 0])


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open a layer for reading."""
    shapefile = job["driver"] == "ESRI Shapefile"
    options: dict[str, Any] = {"encoding": guards.RAW_TEXT} if shapefile else {"layer": name}
    info = pyogrio.read_info(
        source["path"], **options, force_feature_count=True, force_total_bounds=True
    )
    kinds = zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
    fields = [
        (str(key), _SUBTYPES.get(subtype) or _TYPES.get(kind, "binary"))
        for key, (kind, subtype) in zip(info["fields"], kinds, strict=True)
    ]
    late: list[str] = []

    def linear(first: int, count: int) -> Any:
        wanted = {"columns": [], "skip_features": first, "max_features": count}
        return pyogrio.raw.read(source["path"], **options, **wanted)[2]

    with pyogrio.open_arrow(
        source["path"],
        **options,
        batch_size=BATCH_ROWS,
        datetime_as_string=True,
        use_pyarrow=True,
    ) as (_, reader):
        opened = Opened(
            fields,
            info["crs"],
            _batches_of(reader, fields, late, linear),
            geometry=_geometry_type(info["geometry_type"]),
            count=int(info["features"]),
            bounds=info["total_bounds"],
            note=(info.get("layer_metadata") or {}).get("DESCRIPTION"),
            late_notices=late,
        )
        yield guards.finished(opened, source, name, job)


def write_table(table: dict[str, Any], batches: Iterable[Batch], job: dict[str, Any]) -> None:
    """Write a layer in a file, which may hold others already."""
    driver, kind = job["driver"], table["geometry"]
    options = {
        "layer": table["layer"],
        "driver": driver,
        "geometry_type": f"{kind.removeprefix('3D ')} Z" if kind.startswith("3D ") else kind,
        "crs": "EPSG:4326",
        "encoding": "UTF-8",
        "append": os.path.exists(table["path"]),  # noqa: PTH110
        **table["options"],
    }
    if driver == "GPX":
        _write_gpx(table, list(batches), options)
        return
    plain = {} if driver in ("GPKG", "FlatGeobuf") else {"json": "text"}
    fields = [
        _field(name, plain.get(kind, kind), table["widths"].get(name))
        for name, kind in table["fields"]
    ]
    if driver == "LIBKML":
        batches = list(batches)
        fields = [_narrow(one, batches, place) for place, one in enumerate(fields)]
    schema = pa.schema([*fields, pa.field(_GEOMETRY, pa.binary())])
    failures: list[Exception] = []
    reader = pa.RecordBatchReader.from_batches(schema, _arrow(batches, schema, failures))
    try:
        pyogrio.write_arrow(reader, table["path"], geometry_name=_GEOMETRY, **options)
    except Exception as error:  # GDAL only says that there is no further batch
        raise failures[0] if failures else error from None


def _write_gpx(table: dict[str, Any], batches: list[Batch], options: dict[str, Any]) -> None:
    """Write a GPX without Arrow, from which GDAL makes no field that its layers have already.

    It has text only, written here so that numbers keep their digits, and a waypoint's height
    stands in an element of its own.
    """
    names = [name for name, _ in table["fields"]]
    wkb = _objects(chain.from_iterable(batch.wkb() for batch in batches))
    columns = [
        _objects(map(_gpx_text, chain.from_iterable(batch.columns[place] for batch in batches)))
        for place in range(len(names))
    ]
    masks = [np.array([cell is None for cell in column], bool) for column in columns]
    if table["layer"] == "waypoints" and table["geometry"].startswith("3D "):
        names.append("ele")
        columns.append(shapely.get_z(shapely.from_wkb(wkb)))
        masks.append(np.isnan(columns[-1]))
    pyogrio.raw.write(table["path"], wkb, columns, names, field_mask=masks, **options)


def _objects(values: Iterable[Any]) -> npt.NDArray[np.object_]:
    """Return values as they are in an array."""
    return np.array([*values, None], dtype=object)[:-1]


def count(table: dict[str, Any]) -> int:
    """Return how many features a layer that was written holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values, which whoever reads them looks at
        names = [str(name) for name, _ in pyogrio.list_layers(table["path"])]
        # Formats of one layer call it as the file, whatever they are told.
        name = table["layer"] if table["layer"] in names else names[0]
        info = pyogrio.read_info(table["path"], layer=name, force_feature_count=True)
    return int(info["features"])


def _batches_of(
    reader: Any, fields: list[tuple[str, str]], late: list[str], linear: Callable[[int, int], Any]
) -> Iterator[Batch]:
    """Yield the features of all batches; binary columns, which nobody asks for, as nulls.

    ``linear`` reads so many geometries again, from a first one on, with chords for arcs.
    """
    all_measured = first = 0
    for batch in reader:
        columns = [
            _cells(batch.column(i), kind) if kind != "binary" else [None] * batch.num_rows
            for i, (_, kind) in enumerate(fields)
        ]
        has_geometry = batch.num_columns > len(fields)
        wkb = batch.column(len(fields)).to_pylist() if has_geometry else [None] * batch.num_rows
        try:
            shapes = shapely.from_wkb([_with_polygons(one) for one in wkb])
        except (NotImplementedError, shapely.GEOSException):  # arcs, which shapely has no type for
            shapes = shapely.from_wkb(linear(first, batch.num_rows))
        shapes, measured = without_measures(shapes)
        all_measured += measured
        yield Batch(columns, shapes)
        first += batch.num_rows
    if all_measured:
        late.append(f"{MEASURES_LOST}: {all_measured}")


def _cells(column: pa.Array, kind: str) -> list[Any]:
    """Return the values of a column, dates and times as ISO 8601 has them."""
    try:
        cells: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        raise FormatError("", "is damaged: it holds text that is not UTF-8") from None
    if kind == "datetime":
        return [cell and _DATETIME.sub(_iso, cell) for cell in cells]
    if kind in ("date", "time"):
        return [cell and cell.isoformat() for cell in cells]
    return cells


def _iso(parts: re.Match[str]) -> str:
    """Write a time as Python does: six digits or none behind the second, no Z."""
    second, fraction, zone = parts.groups()
    fraction = f".{fraction[:6]:0<6}" if fraction and int(fraction) else ""
    return f"{second}{fraction}{'+00:00' if zone == 'Z' else zone or ''}"


def _with_polygons(wkb: bytes | None) -> bytes | None:
    """Return WKB with polygons in place of triangles, which shapely has no type for.

    A surface of polygons (15) or triangles (16) becomes a MultiPolygon (6), a triangle (17) a
    Polygon (3). Thousands of the type say which of Z and M each position has.
    """
    if wkb is None:
        return None
    ordinates, kind = divmod(int.from_bytes(wkb[1:5], "little"), 1000)
    if kind not in (15, 16, 17):
        return wkb
    single, several = (
        struct.pack("<BI", 1, 1000 * ordinates + polygon) for polygon in (_POLYGON, _MULTIPOLYGON)
    )
    if kind == 17:
        return single + wkb[5:]
    if kind == 15:
        return several + wkb[5:]
    length = 13 + 4 * 8 * (2, 3, 3, 4)[ordinates]  # a header, one ring, four positions
    triangles = (wkb[i : i + length] for i in range(9, len(wkb), length))
    return several + wkb[5:9] + b"".join(single + one[5:] for one in triangles)


def _geometry_type(name: str | None) -> str:
    """Return a type of geometry in GDAL's words: ``3D Point``, where pyogrio has ``Point Z``."""
    kind = str(name)
    return f"3D {kind.removesuffix(' Z')}" if kind.endswith(" Z") else kind


def _field(name: str, kind: str, width: list[int] | None) -> pa.Field:
    """Return a column with what GDAL reads of its metadata: that it is JSON, and its width.

    A width of two numbers is that of dBASE, digits and decimals: GDAL takes decimals only from
    a decimal type of Arrow.
    """
    if width and kind == "float":
        return pa.field(name, pa.decimal128(*width))
    facts = {_WIDTH: str(width[0])} if width else {}
    if kind == "json":
        facts[b"GDAL:OGR:subtype"] = "JSON"
    return pa.field(name, _ARROW[kind], metadata=facts or None)


def _narrow(field: pa.Field, batches: list[Batch], place: int) -> pa.Field:
    """Return a column of KML, which knows whole numbers of 32 bits: larger ones are text."""
    if field.type != pa.int64():
        return field
    cells = chain.from_iterable(batch.columns[place] for batch in batches)
    fits = all(value is None or -_INT32 <= value < _INT32 for value in cells)
    return pa.field(field.name, pa.int32() if fits else pa.string())


def _arrow(
    batches: Iterable[Batch], schema: pa.Schema, failures: list[Exception]
) -> Iterator[pa.RecordBatch]:
    """Yield batches as Arrow has them; keep the error that ends them."""
    try:
        for batch in batches:
            columns = zip((*batch.columns, batch.wkb()), schema, strict=True)
            arrays = [_array(cells, field) for cells, field in columns]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except Exception as error:
        failures.append(error)
        raise


def _array(cells: Sequence[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_decimal(field.type):
        form = f".{field.type.scale}f"
        cells = [None if cell is None else Decimal(format(cell, form)) for cell in cells]
    elif field.type == pa.date32():
        cells = [cell and date.fromisoformat(cell) for cell in cells]
    elif field.type == pa.string():
        width = (field.metadata or {}).get(_WIDTH)
        cells = [None if cell is None else str(cell) for cell in cells]
        if width:  # GDAL would warn of each text that it cuts
            cells = [
                cell and cell.encode()[: int(width)].decode("utf-8", "ignore") for cell in cells
            ]
    return pa.array(cells, type=field.type)


def _gpx_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else repr(value)
