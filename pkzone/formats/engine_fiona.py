"""Streaming through fiona: GeoPackage, Shapefile, GPX and FlatGeobuf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fiona

from pkzone.formats import gdal_common as common
from pkzone.formats.engine import Opened, Row

__all__ = ["count", "layer_names", "open_layer", "write_table"]

_TYPES = {
    "str": "text",
    "bool": "boolean",
    "float": "float",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "json": "json",
    "bytes": "binary",
    "List[str]": "json",
}
_WRITTEN = {"text": "str", "integer": "int64", "float": "float", "boolean": "bool", "json": "json"}


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the layers of a file that hold features."""
    named = common.names_without_opening(source, job)
    if named is not None:
        return named
    with fiona.Env():
        return list(fiona.listlayers(source["path"]))


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open a layer for reading."""
    shapefile = job["driver"] == "ESRI Shapefile"
    layer = {} if shapefile else {"layer": name}
    encoding = {"encoding": common.RAW_TEXT} if shapefile else {}
    with fiona.open(source["path"], driver=job["driver"], **layer, **encoding) as opened:
        fields = [(key, _type(kind)) for key, kind in opened.schema["properties"].items()]
        tags = opened.tags() if job["driver"] == "FlatGeobuf" else {}
        yield common.finished(
            Opened(
                fields,
                opened.crs_wkt or None,
                _rows(opened),
                geometry=str(opened.schema["geometry"]),
                count=_count(opened),
                bounds=_bounds(opened),
                note=tags.get("DESCRIPTION"),
            ),
            source,
            name,
            job,
        )


def write_table(table: dict[str, Any], rows: Iterable[Row], job: dict[str, Any]) -> None:
    """Write a layer in a file, which may hold others already."""
    kinds, taken = common.table_of(table, rows, job["driver"])
    schema = {
        "geometry": table["geometry"],
        "properties": [(name, _written(name, kind, table)) for name, kind in kinds],
    }
    options = common.creation_options(table, job)
    with fiona.open(
        table["path"],
        "w",
        driver=job["driver"],
        layer=table["layer"],
        schema=schema,
        crs="EPSG:4326",
        encoding="UTF-8",
        **options,
    ) as opened:
        names = [name for name, _ in kinds]
        opened.writerecords(
            fiona.Feature(
                geometry=None if geometry is None else fiona.Geometry.from_dict(geometry),
                properties=fiona.Properties.from_dict(dict(zip(names, values, strict=True))),
            )
            for values, geometry in taken
        )


def count(table: dict[str, Any]) -> int:
    """Return how many features a layer that was written holds."""
    shapefile = Path(table["path"]).suffix == ".shp"
    layer = {} if shapefile else {"layer": table["layer"]}
    with fiona.open(table["path"], **layer) as opened:
        return sum(1 for _ in opened)


def _rows(opened: Any) -> Iterator[Row]:
    for feature in opened:
        yield list(feature.properties.values()), _plain(feature.geometry)


def _plain(geometry: Any) -> dict[str, Any] | None:
    if geometry is None:
        return None
    if geometry.type == "GeometryCollection":
        parts = [_plain(part) for part in geometry.geometries]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry.type, "coordinates": geometry.coordinates}


def _type(kind: str) -> str:
    base = kind.partition(":")[0]
    return "integer" if base.startswith("int") else _TYPES.get(base, "binary")


def _written(name: str, kind: str, table: dict[str, Any]) -> str:
    if name in table["widths"]:
        return str(table["widths"][name])
    return _WRITTEN[kind]


def _count(opened: Any) -> int | None:
    try:
        return len(opened)
    except TypeError:  # GPX, and FlatGeobuf without features, do not say
        return None


def _bounds(opened: Any) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = opened.bounds
    except Exception:  # a layer without features has none
        return None
    return west, south, east, north
