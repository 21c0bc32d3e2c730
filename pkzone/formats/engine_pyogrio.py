"""Read and write through GDAL by pyogrio, in Arrow batches."""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from pkzone.errors import FormatError
from pkzone.formats import guards
from pkzone.formats.registry import MEASURES_LOST, Opened, Row
from pkzone.geo.convert import geojson_of, shape

__all__ = ["count", "layer_names", "open_layer", "write_table"]

_BATCH_ROWS = 4096  # a batch of areas of 10,000 vertices each stays below a gigabyte
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
    "json": pa.string(),
}
_INT32 = 2**31
_POLYGON, _MULTIPOLYGON = 3, 6  # types of WKB
_DATETIME = re.compile(r"(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
_WIDTH = b"GDAL:OGR:width"


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the layers of a file that hold features."""
    named = guards.names_without_opening(source, job)
    if named is not None:
        return named
    return [str(name) for name, _ in pyogrio.list_layers(source["path"])]


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
        batch_size=_BATCH_ROWS,
        datetime_as_string=True,
        use_pyarrow=True,
    ) as (_, reader):
        opened = Opened(
            fields,
            info["crs"],
            _rows(reader, fields, late, linear),
            geometry=_geometry_type(info["geometry_type"]),
            count=int(info["features"]),
            bounds=info["total_bounds"],
            note=(info.get("layer_metadata") or {}).get("DESCRIPTION"),
            late_notices=late,
        )
        yield guards.finished(opened, source, name, job)


def write_table(table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
    """Write a layer in a file, which may hold others already."""
    fields, rows = _table_of(table, rows, job["driver"])
    kind = table["geometry"]
    options = {
        "layer": table["layer"],
        "driver": job["driver"],
        "geometry_type": f"{kind.removeprefix('3D ')} Z" if kind.startswith("3D ") else kind,
        "crs": "EPSG:4326",
        "encoding": "UTF-8",
        "append": os.path.exists(table["path"]),  # noqa: PTH110
        **table["options"],
    }
    if job["driver"] == "GPX":
        _write_gpx(table["path"], [name for name, _ in fields], list(rows), options)
        return
    if job["driver"] == "LIBKML":
        rows = list(rows)
        columns = [_narrow_field(field, rows, i) for i, field in enumerate(fields)]
    else:
        columns = [_field(name, kind, table["widths"].get(name)) for name, kind in fields]
    schema = pa.schema([*columns, pa.field(_GEOMETRY, pa.binary())])
    failures: list[Exception] = []
    batches = _batches(iter(rows), schema, failures)
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    try:
        pyogrio.write_arrow(reader, table["path"], geometry_name=_GEOMETRY, **options)
    except Exception as error:  # GDAL only says that there is no further batch
        raise failures[0] if failures else error from None


def _write_gpx(path: str, names: list[str], rows: list[Row], options: dict[str, Any]) -> None:
    """Write a GPX without Arrow, from which GDAL makes no field that its layers have already."""
    arrays = [np.array([*column, None], dtype=object)[:-1] for column in _columns(rows)]
    columns = [
        column.astype(float) if name == "ele" else column
        for name, column in zip(names, arrays, strict=False)
    ]
    masks = [np.array([value is None for value in column]) for column in arrays]
    pyogrio.raw.write(path, arrays[-1], columns, names, field_mask=masks[:-1], **options)


def count(table: dict[str, Any]) -> int:
    """Return how many features a layer that was written holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values, which whoever reads them looks at
        names = [str(name) for name, _ in pyogrio.list_layers(table["path"])]
        # Formats of one layer call it as the file, whatever they are told.
        name = table["layer"] if table["layer"] in names else names[0]
        info = pyogrio.read_info(table["path"], layer=name, force_feature_count=True)
    return int(info["features"])


def _rows(
    reader: Any, fields: list[tuple[str, str]], late: list[str], linear: Callable[[int, int], Any]
) -> Iterator[Row]:
    """Yield the features of all batches; binary columns, which nobody asks for, as nulls.

    ``linear`` reads so many geometries again, from a first one on, with chords for arcs.
    """
    measured = first = 0
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
        measured += int(shapely.has_m(shapes).sum())
        for i, drawn in enumerate(shapes):
            geometry = None if drawn is None else geojson_of(drawn)
            yield [column[i] for column in columns], geometry
        first += batch.num_rows
    if measured:
        late.append(f"{MEASURES_LOST}: {measured}")


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


def _narrow_field(field: tuple[str, str], rows: list[Row], place: int) -> pa.Field:
    """Return a column of KML, which knows whole numbers of 32 bits: larger ones are text."""
    name, kind = field
    if kind != "integer":
        return _field(name, kind, None)
    cells = (values[place] for values, _ in rows)
    fits = all(value is None or -_INT32 <= value < _INT32 for value in cells)
    return pa.field(name, pa.int32() if fits else pa.string())


def _batches(
    rows: Iterator[Row], schema: pa.Schema, failures: list[Exception]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows as Arrow has them, so many at a time; keep the error that ends them."""
    try:
        while batch := list(islice(rows, _BATCH_ROWS)):
            columns = zip(_columns(batch), schema, strict=True)
            arrays = [_array(cells, field) for cells, field in columns]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except Exception as error:
        failures.append(error)
        raise


def _columns(rows: list[Row]) -> list[Sequence[Any]]:
    """Return the values by column, and the geometries as WKB in the last."""
    shapes = [None if drawn is None else shape(drawn, gap_m=0.0) for _, drawn in rows]
    wkb = [None if one is None else shapely.to_wkb(one, flavor="iso") for one in shapes]
    return [*zip(*(values for values, _ in rows), strict=True), wkb]


def _array(cells: Iterable[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_decimal(field.type):
        form = f".{field.type.scale}f"
        cells = [None if cell is None else Decimal(format(cell, form)) for cell in cells]
    elif field.type == pa.string():
        width = (field.metadata or {}).get(_WIDTH)
        cells = [None if cell is None else str(cell) for cell in cells]
        if width:  # GDAL would warn of each text that it cuts
            cells = [
                cell and cell.encode()[: int(width)].decode("utf-8", "ignore") for cell in cells
            ]
    return pa.array(cells, type=field.type)


def _writable(fields: list[list[str]], driver: str) -> list[tuple[str, str]]:
    """Return the fields with the types that a driver can write."""
    if driver == "GPX":
        return [(name, "text") for name, _ in fields]
    plain = {"json": "text"} if driver not in ("GPKG", "FlatGeobuf") else {}
    return [(name, plain.get(kind, kind)) for name, kind in fields]


def _table_of(
    table: dict[str, Any], rows: Iterable[Row], driver: str
) -> tuple[list[tuple[str, str]], Iterator[Row]]:
    """Return the fields and rows of a table as a driver writes them.

    GPX has text only, written here so that numbers keep their digits, and a waypoint's height
    stands in an element of its own.
    """
    fields = _writable(table["fields"], driver)
    if driver != "GPX":
        return fields, iter(rows)
    if table["layer"] != "waypoints" or not table["geometry"].startswith("3D "):
        return fields, ((list(map(_gpx_text, values)), drawn) for values, drawn in rows)
    return [*fields, ("ele", "float")], (
        ([*map(_gpx_text, values), _height(drawn)], drawn) for values, drawn in rows
    )


def _height(drawn: dict[str, Any] | None) -> float | None:
    position = drawn["coordinates"] if drawn else []
    return float(position[2]) if len(position) > 2 else None


def _gpx_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else repr(value)
