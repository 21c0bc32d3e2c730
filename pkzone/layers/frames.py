"""Layers as GeoDataFrames with stable columns, types and a record of where they come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import shape

from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.geojson import Feature, read
from pkzone.layers.records import Version
from pkzone.layers.references import FileReference, parse
from pkzone.layers.schemas import property_types, read_schema

__all__ = ["frame_of_features", "frame_of_version", "load"]

CRS = "EPSG:4326"
_DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}
_TAKEN = ("geometry", "id")


def load(
    ref: str | os.PathLike[str], catalogue: Catalogue | str | os.PathLike[str] | None = None
) -> gpd.GeoDataFrame:
    """Return the features that a reference names as a GeoDataFrame.

    Parameters
    ----------
    ref : str or os.PathLike
        ``LAYER``, ``LAYER@VERSION``, ``LAYER@DATE``, a path to a GeoJSON file, or ``-`` for
        standard input.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a feature, index ``id``, EPSG:4326 (longitude, latitude), one column a
        property in alphabetical order; ``attrs["pkzone"]`` says where it comes from, in
        plain JSON types: the version's record, or ``{"file": name}``.

    Raises
    ------
    BadReference, BadDate, LayerNotFound, VersionNotFound
        The reference names nothing.
    CatalogueError, HashMismatch
        The catalogue or the version's file is missing or damaged.
    GeoJSONError
        The file is not valid GeoJSON.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.load("corridor@2022-09-01").crs.to_string()
    'EPSG:4326'
    """
    source = catalogue if isinstance(catalogue, Catalogue) else open_catalogue(catalogue)
    parsed = parse(ref, source)
    if isinstance(parsed, FileReference):
        return frame_of_features(read(parsed.path).features, attrs={"file": parsed.path})
    return frame_of_version(source.version(parsed))


def frame_of_version(version: Version) -> gpd.GeoDataFrame:
    """Return a version's features; the types of its columns are those of the layer's schema.

    An empty version has every column that the schema names, so that code written for one
    version runs on all.
    """
    features = version.features().features
    types = property_types(read_schema(version.schema_path))
    return frame_of_features(features, types=types, attrs=version.to_dict())


def frame_of_features(
    features: Sequence[Feature],
    *,
    types: Mapping[str, str] | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> gpd.GeoDataFrame:
    """Return features as a GeoDataFrame, their rows in the order given.

    Parameters
    ----------
    features : sequence of Feature
        What the strict parser returned.
    types : mapping of str to str, optional
        JSON type (``string``, ``integer``, ``number``, ``boolean``, else kept as it is) of
        each property, as far as it is known; the others are told from the values.
    attrs : mapping, optional
        Plain JSON types to keep in ``attrs["pkzone"]``.
    """
    known = types or {}
    names = {name for feature in features for name in feature.properties} if features else known
    columns = {
        f"properties.{name}" if name in _TAKEN else name: _column(
            [feature.properties.get(name) for feature in features], known.get(name)
        )
        for name in sorted(names)
    }
    geometries = [shape(one.geometry) if one.geometry else None for one in features]
    index = _index([feature.id for feature in features])
    table = pd.DataFrame(
        {name: values.set_axis(index) for name, values in columns.items()}, index=index
    )
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometries, index=index, crs=CRS))
    frame.attrs["pkzone"] = dict(attrs or {})
    return frame


def _column(values: list[Any], json_type: str | None) -> pd.Series:
    """Return one column; values that do not fit the type expected keep their own."""
    found = _json_type(value for value in values if value is not None)
    if json_type == "number" and found == "integer":
        found = "number"
    if found == "none":
        found = json_type or "other"
    try:
        return pd.Series(values, dtype=_DTYPES.get(found, "object"))
    except OverflowError:  # a whole number beyond 64 bits
        return pd.Series(values, dtype="object")


def _json_type(values: Iterable[Any]) -> str:
    kinds = {type(value) for value in values}
    if not kinds:
        return "none"
    if kinds == {int, float}:
        return "number"
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return names.get(kinds.pop(), "other") if len(kinds) == 1 else "other"


def _index(ids: list[Any]) -> pd.Index:
    texts = all(isinstance(one, str) for one in ids)
    return pd.Index(ids, dtype="string" if texts else "object", name="id")
