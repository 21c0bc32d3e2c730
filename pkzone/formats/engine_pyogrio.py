"""Reading and writing through pyogrio: KML, and the rest where fiona is not installed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyogrio
import shapely

from pkzone.formats import gdal_common as common
from pkzone.formats.engine import MEASURES_LOST, Opened, Row
from pkzone.geo.convert import geojson_of, shape

__all__ = ["count", "layer_names", "open_layer", "write_table"]

_BATCH = 10_000
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
_INT32 = 2**31


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the layers of a file that hold features."""
    named = common.names_without_opening(source, job)
    if named is not None:
        return named
    return [str(name) for name, _ in pyogrio.list_layers(source["path"])]


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open a layer for reading."""
    shapefile = job["driver"] == "ESRI Shapefile"
    options: dict[str, Any] = {"encoding": common.RAW_TEXT} if shapefile else {"layer": name}
    info = pyogrio.read_info(source["path"], **options, force_feature_count=True)
    fields = [
        (str(key), _SUBTYPES.get(subtype) or _TYPES.get(kind, "binary"))
        for key, kind, subtype in zip(
            info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True
        )
    ]
    late: list[str] = []
    opened = Opened(
        fields,
        info["crs"],
        _rows(source["path"], options, [kind for _, kind in fields], late),
        geometry=str(info["geometry_type"]),
        count=int(info["features"]),
        bounds=info["total_bounds"],
        note=(info.get("layer_metadata") or {}).get("DESCRIPTION"),
        late_notices=late,
    )
    yield common.finished(opened, source, name, job)


def write_table(table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
    """Write a layer in a file, which may hold others already."""
    kinds, given = common.table_of(table, rows, job["driver"])
    taken = list(given)
    shapes = [
        None if geometry is None else shapely.to_wkb(shape(geometry, gap_m=0.0), flavor="iso")
        for _, geometry in taken
    ]
    columns, masks = [], []
    for i, (_, kind) in enumerate(kinds):
        values = [row[0][i] for row in taken]
        column, mask = _column(values, kind, narrow=job["driver"] == "LIBKML")
        columns.append(column)
        masks.append(mask)
    pyogrio.raw.write(
        table["path"],
        np.array([*shapes, None], dtype=object)[:-1],
        columns,
        [name for name, _ in kinds],
        field_mask=masks,
        layer=table["layer"],
        driver=job["driver"],
        geometry_type=table["geometry"].removeprefix("3D ")
        + (" Z" if table["geometry"].startswith("3D ") else ""),
        crs="EPSG:4326",
        encoding="UTF-8",
        append=os.path.exists(table["path"]),  # noqa: PTH110
        **common.creation_options(table, job),
    )


def count(table: dict[str, Any]) -> int:
    """Return how many features a layer that was written holds."""
    shapefile = table["path"].endswith(".shp")
    options = {} if shapefile else {"layer": table["layer"]}
    return int(pyogrio.read_info(table["path"], **options, force_feature_count=True)["features"])


def _rows(path: str, options: dict[str, Any], kinds: list[str], late: list[str]) -> Iterator[Row]:
    start = measured = 0
    while True:
        _, _, shapes, columns = pyogrio.raw.read(
            path, **options, skip_features=start, max_features=_BATCH, datetime_as_string=True
        )
        length = len(shapes) if shapes is not None else len(columns[0]) if columns else 0
        lists = [_values(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        drawn = shapely.from_wkb([None] * length if shapes is None else shapes)
        measured += int(shapely.has_m(drawn).sum())
        for i in range(length):
            geometry = None if drawn[i] is None else geojson_of(drawn[i])
            yield [values[i] for values in lists], geometry
        if length < _BATCH:
            if measured:
                late.append(f"{MEASURES_LOST}: {measured}")
            return
        start += length


def _values(column: Any, kind: str) -> list[Any]:
    """Return a column as plain values; an integer column with nulls comes as floats."""
    if column.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in column]
    values = column.tolist()
    if kind == "integer":
        return [None if value != value else int(value) for value in values]
    if kind == "boolean":
        return [None if value != value else bool(value) for value in values]
    return values if kind != "float" else [None if v != v else v for v in values]


def _column(values: list[Any], kind: str, *, narrow: bool) -> tuple[Any, Any]:
    """Return a column as an array and where it is null; KML knows whole numbers of 32 bits."""
    missing = np.array([value is None for value in values], dtype=bool)
    if kind == "integer":
        filled = [0 if value is None else value for value in values]
        if not narrow:
            return np.array(filled, dtype="int64"), missing
        if all(-_INT32 <= value < _INT32 for value in filled):
            return np.array(filled, dtype="int32"), missing
        values = [None if value is None else str(value) for value in values]
    if kind == "float":
        return np.array([0.0 if v is None else v for v in values], dtype="float64"), missing
    if kind == "boolean":
        return np.array([bool(value) for value in values], dtype=bool), missing
    return np.array([*values, None], dtype=object)[:-1], None
