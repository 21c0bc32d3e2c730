"""Features of GeoJSON and of GIS files as a table: all in memory, handed out in pieces."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import shapely

from pkzone.errors import AmbiguousLayer, LimitExceeded, TooLarge
from pkzone.files.filetypes import is_geojson
from pkzone.formats.registry import ENDINGS
from pkzone.geo.convert import shapes_of
from pkzone.geojson import reader
from pkzone.geojson.model import Feature

__all__ = ["FeaturePiece", "FeatureTable", "read_features"]

BATCH_ROWS = 16_384
_SMALLER = "convert it to GeoParquet (.parquet), which is read in a stream"


@dataclass(frozen=True)
class FeaturePiece:
    """Rows of the table; ``first`` come before, ``done`` are read with these."""

    table: FeatureTable
    features: tuple[Feature, ...]
    first: int
    done: int

    @property
    def rows(self) -> int:
        """Number of features."""
        return len(self.features)

    def columns(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """Return properties by name."""
        schema = self.table.schema
        return {name: self._column(name, schema.field(name).type) for name in names}

    def arrow(self) -> pa.RecordBatch:
        """Return all properties and the geometry as WKB."""
        schema = self.table.schema
        columns = [self._column(field.name, field.type) for field in schema]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def shapes(self) -> Any:
        """Return the geometries."""
        return shapes_of([one.geometry for one in self.features])

    drawn = shapes

    def _column(self, name: str, kind: pa.DataType) -> pa.Array:
        if name == self.table.geometry:
            return pa.array(shapely.to_wkb(self.shapes(), flavor="iso"), type=kind)
        if name == self.table.id_column:
            values: list[Any] = [one.id for one in self.features]
        else:
            values = [one.properties.get(name) for one in self.features]
        if kind == pa.string():
            values = [_text(value) for value in values]
        return pa.array(values, type=kind)


class FeatureTable:
    """Table of the features of a file.

    Parameters
    ----------
    features : tuple of Feature
        The features, in degrees.
    label : str
        What messages call the file.
    family : str
        ``geojson`` or ``gis``.
    notices : list of str
        What was odd, assumed or left out.

    Attributes
    ----------
    names : tuple of str
        Names of the properties in the order of their first use.
    geometry, id_column : str
        Names that the geometry and the ids have in a table; ids only if there are any.
    """

    crs = "OGC:CRS84"
    comma = False

    def __init__(
        self, features: tuple[Feature, ...], label: str, family: str, notices: list[str]
    ) -> None:
        self.features, self.label, self.family, self.notices = features, label, family, notices
        self.names = tuple(dict.fromkeys(name for one in features for name in one.properties))
        self.total = len(features)
        self.geometry: str = _free("geometry", self.names)
        has_ids = any(one.id is not None for one in features)
        self.id_column = _free("id", self.names) if has_ids else None

    @property
    def points(self) -> bool:
        """Return whether all geometries are points."""
        return all(one.geometry is None or one.geometry["type"] == "Point" for one in self.features)

    def pieces(self) -> Iterator[FeaturePiece]:
        """Yield the features in pieces, in their order."""
        for i in range(0, self.total, BATCH_ROWS):
            some = self.features[i : i + BATCH_ROWS]
            yield FeaturePiece(self, some, i, i + len(some))

    @cached_property
    def schema(self) -> pa.Schema:
        """Ids, properties and the geometry as WKB; properties of mixed types are JSON text."""
        fields = []
        if self.id_column is not None:
            fields.append((self.id_column, _kind([one.id for one in self.features])))
        fields += [
            (name, _kind([one.properties.get(name) for one in self.features]))
            for name in self.names
        ]
        geo = {
            "version": "1.1.0",
            "primary_column": self.geometry,
            "columns": {
                self.geometry: {
                    "encoding": "WKB",
                    "geometry_types": sorted(self._geometry_types()),
                }
            },
        }
        schema = pa.schema([*fields, (self.geometry, pa.binary())])
        return schema.with_metadata({b"geo": json.dumps(geo).encode()})

    def _geometry_types(self) -> set[str]:
        shapes = shapes_of([one.geometry for one in self.features])
        return {one.geom_type + (" Z" if one.has_z else "") for one in shapes if one is not None}


def read_features(
    path: str | os.PathLike[str], layer: str | None = None, crs: str | None = None
) -> FeatureTable:
    """Return the features of a GeoJSON file, or of one that `pkzone.import_file` reads.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    layer : str, optional
        The layer to read, where there are several.
    crs : str, optional
        What its coordinates are; not of GeoJSON.

    Raises
    ------
    GeoJSONError, FormatError
        The file is refused, too large or damaged.
    AmbiguousLayer
        It has several layers, and ``layer`` names none of them.
    """
    label = os.fspath(path)
    if is_geojson(label, ENDINGS):
        try:
            found = reader.read(label)
        except TooLarge as error:
            raise TooLarge(label, f"{error.reason}; {_SMALLER}") from None
        return FeatureTable(found.features, label, "geojson", [n.message for n in found.notices])
    from pkzone.formats.import_ import import_file

    try:
        imported = import_file(label, layers=() if layer is None else (layer,), crs=crs)
    except AmbiguousLayer as error:
        raise AmbiguousLayer(
            label, error.reason.partition("; choose")[0] + ("; choose with --table-layer NAME")
        ) from None
    except LimitExceeded as error:
        raise LimitExceeded(label, f"{error.reason}; {_SMALLER}") from None
    return FeatureTable(imported.features, label, "gis", list(imported.notices))


def _kind(values: list[Any]) -> pa.DataType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int} and all(value is None or abs(value) < 2**63 for value in values):
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} and _exact(values) else pa.string()


def _exact(values: list[Any]) -> bool:
    return all(abs(value) <= 2**53 for value in values if isinstance(value, int))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name
