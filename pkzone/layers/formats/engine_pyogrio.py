"""Reading and writing through pyogrio: KML, and the rest where fiona is not installed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry import mapping, shape

from pkzone.layers.formats import gdal_common as common
from pkzone.layers.formats.opened import Opened, Row

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
    found = [str(name) for name, _ in pyogrio.list_layers(source["path"])]
    return common.names_with_features(found, source, job)


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
    opened = Opened(
        fields,
        info["crs"],
        _rows(source["path"], options, [kind for _, kind in fields]),
        geometry=str(info["geometry_type"]),
        count=int(info["features"]),
        bounds=info["total_bounds"],
        note=(info.get("layer_metadata") or {}).get("DESCRIPTION"),
    )
    if job["driver"] == "LIBKML":
        opened = _kml(opened, name)
    yield common.finished(opened, source, name, job)


def write_table(table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
    """Write a layer in a file, which may hold others already."""
    kinds, given = common.table_of(table, rows, job["driver"])
    taken = list(given)
    shapes = [
        None if geometry is None else shapely.to_wkb(shape(geometry), flavor="iso")
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


def _rows(path: str, options: dict[str, Any], kinds: list[str]) -> Iterator[Row]:
    start = 0
    while True:
        _, _, shapes, columns = pyogrio.raw.read(
            path, **options, skip_features=start, max_features=_BATCH, datetime_as_string=True
        )
        length = len(shapes) if shapes is not None else len(columns[0]) if columns else 0
        lists = [_values(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        for i in range(length):
            geometry = None if shapes is None else shapes[i]
            yield [values[i] for values in lists], _geometry(geometry)
        if length < _BATCH:
            return
        start += length


def _geometry(wkb: bytes | None) -> dict[str, Any] | None:
    if wkb is None:
        return None
    found = shapely.from_wkb(wkb)
    if found.is_empty:
        member = "geometries" if found.geom_type == "GeometryCollection" else "coordinates"
        return {"type": found.geom_type, member: []}
    plain: dict[str, Any] = mapping(found)
    return plain


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


def _kml(opened: Opened, layer: str) -> Opened:
    """Leave out what LIBKML adds of itself, and heights where all are zero.

    To a feature without an id it gives the name of the layer and a number.
    """
    made_up = re.compile(rf"{re.escape(layer)}\.\d+\Z")
    names = [name for name, _ in opened.fields]
    rows = list(opened.rows)
    if "id" in names:
        place = names.index("id")
        for values, _ in rows:
            if values[place] and made_up.match(values[place]):
                values[place] = None
    keep = [
        i
        for i, (name, _) in enumerate(opened.fields)
        if name not in _KML_FIELDS or any(values[i] not in _KML_FIELDS[name] for values, _ in rows)
    ]
    flat = all(_is_flat(geometry) for _, geometry in rows)
    return Opened(
        [opened.fields[i] for i in keep],
        "EPSG:4326",
        (
            ([values[i] for i in keep], _without_heights(geometry) if flat else geometry)
            for values, geometry in rows
        ),
        geometry=opened.geometry,
        count=opened.count,
        notices=opened.notices,
    )


_KML_FIELDS: dict[str, tuple[Any, ...]] = {
    "id": (None, ""),
    "name": (None, ""),
    "description": (None, ""),
    "timestamp": (None,),
    "begin": (None,),
    "end": (None,),
    "altitudeMode": (None, "clampToGround"),
    "tessellate": (None, -1, 0, 1),
    "extrude": (None, -1, 0),
    "visibility": (None, -1, 1),
    "drawOrder": (None, -1, 0),
    "icon": (None, ""),
    "snippet": (None, ""),
}  # what a feature has that says nothing of it


def _positions(coordinates: Any) -> Iterator[Any]:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        yield coordinates
        return
    for part in coordinates:
        yield from _positions(part)


def _is_flat(geometry: dict[str, Any] | None) -> bool:
    if geometry is None:
        return True
    if geometry["type"] == "GeometryCollection":
        return all(map(_is_flat, geometry["geometries"]))
    return all(len(one) < 3 or one[2] == 0 for one in _positions(geometry["coordinates"]))


def _without_heights(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    if geometry is None:
        return None
    if geometry["type"] == "GeometryCollection":
        parts = [_without_heights(part) for part in geometry["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": _cut(geometry["coordinates"])}


def _cut(coordinates: Any) -> Any:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        return coordinates[:2]
    return [_cut(part) for part in coordinates]
