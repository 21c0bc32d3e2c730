"""Read records one by one, by fiona: the stream of a file too large for memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fiona

from pkzone.errors import FormatError
from pkzone.formats import guards
from pkzone.formats.batches import Opened, Row, in_batches

__all__ = ["layer_names", "open_layer"]

_BATCH_ROWS = 500  # memory is not to grow with the file, nor much with the size of an area
_TYPES = {
    "str": "text",
    "bool": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "json": "json",
    "List[str]": "json",
}


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the layers of a file that hold features."""
    return guards.layer_names(source, job, fiona.listlayers)


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open a layer for reading."""
    shapefile = job["driver"] == "ESRI Shapefile"
    options = {"encoding": guards.RAW_TEXT} if shapefile else {"layer": name}
    errors = _FirstError(logging.ERROR)
    logging.getLogger("fiona").addHandler(errors)
    with fiona.open(source["path"], driver=job["driver"], **options) as layer:
        fields = [(key, _type(kind)) for key, kind in layer.schema["properties"].items()]
        opened = Opened(
            fields,
            layer.crs_wkt or None,
            in_batches(_rows(layer, errors), _BATCH_ROWS),
            geometry=str(layer.schema["geometry"]),
            bounds=layer.bounds,
            note=layer.tags().get("DESCRIPTION") if job["driver"] == "FlatGeobuf" else None,
        )
        yield guards.finished(opened, source, name, job)


class _FirstError(logging.Handler):
    """Keeps the first error that GDAL reports while it goes on reading."""

    message = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.message = self.message or record.getMessage()


def _rows(layer: Any, errors: _FirstError) -> Iterator[Row]:
    for feature in layer:
        yield list(feature.properties.values()), _geojson(feature.geometry)
    if errors.message:
        raise FormatError("", f"is damaged: {errors.message}")


def _geojson(geometry: Any) -> dict[str, Any] | None:
    if geometry is None:
        return None
    if geometry.type == "GeometryCollection":
        parts = [_geojson(part) for part in geometry.geometries]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry.type, "coordinates": geometry.coordinates}


def _type(kind: str) -> str:
    base = kind.partition(":")[0]
    if base.startswith("int"):
        return "integer"
    return "float" if base.startswith("float") else _TYPES.get(base, "binary")
