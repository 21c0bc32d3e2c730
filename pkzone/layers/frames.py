"""Make GeoDataFrames of features, with stable columns and types, and features of such frames."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from pkzone.errors import BadId, ForeignCRS
from pkzone.geo.convert import shapes_of
from pkzone.geojson.batches import Batch, features_of, read_in_batches
from pkzone.geojson.model import Feature, Report, gc_paused
from pkzone.geojson.objects import id_refusals
from pkzone.geojson.reader import file_name, read_bytes, read_fast
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.model import Version
from pkzone.layers.references import FileReference, parse
from pkzone.layers.schemas import property_types, read_schema
from pkzone.revisions.names import at_hand

__all__ = ["frame_of_features", "frame_of_version", "load"]

CRS = "EPSG:4326"
_DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}
_TAKEN = ("geometry", "id")
_PREFIX = "properties."
_PREFIXED = tuple(_PREFIX + name for name in _TAKEN)


def load(
    ref: str | os.PathLike[str], catalogue: Catalogue | str | os.PathLike[str] | None = None
) -> gpd.GeoDataFrame:
    """Return the features that a reference names as a GeoDataFrame.

    Parameters
    ----------
    ref : str or os.PathLike
        ``LAYER``, ``LAYER@VERSION``, ``LAYER@DATE``, a path to a GeoJSON file, ``REV:PATH``
        for a file as a revision of git has it, or ``-`` for standard input.
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
    GitError
        No revision of that name, or none of its files, can be had.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.load("corridor@2022-09-01").crs.to_string()
    'EPSG:4326'
    """
    source = open_catalogue(catalogue)
    parsed = parse(ref, source)
    if isinstance(parsed, FileReference):
        with at_hand(parsed.path) as path:
            data = read_bytes(path)
        return _frame_of_bytes(data, file_name(parsed.path), attrs={"file": parsed.path})
    return frame_of_version(source.version(parsed))


def frame_of_version(version: Version) -> gpd.GeoDataFrame:
    """Return a version's features; the types of its columns are those of the layer's schema.

    The file is read, and held against its hash, each time; what was made of it is kept for a
    while, so that a second frame of the same content is a copy of the first.

    An empty version has every column that the schema names, so that code written for one
    version runs on all.
    """
    types = property_types(read_schema(version.schema_path))
    data = version.read_bytes()
    key = (version.sha256, tuple(sorted(types.items())))
    frame = _CACHE.get(key)
    if frame is None:
        frame = _frame_of_bytes(data, version.file, ids_required=True, types=types)
        _CACHE.put(key, frame, len(data))
    fresh = _unshared(frame)
    fresh.attrs["pkzone"] = version.to_dict()
    return fresh


class FrameCache:
    """LRU cache of frames, safe with threads, bounded by the sizes of their files."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._values: OrderedDict[Hashable, tuple[int, gpd.GeoDataFrame]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> gpd.GeoDataFrame | None:
        """Return the frame under a key, or none; it is now the one used last."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][1]

    def put(self, key: Hashable, frame: gpd.GeoDataFrame, size: int) -> None:
        """Keep the frame of a file of this size; those unused for longest make room for it."""
        with self._lock:
            self._values[key] = (size, frame)
            self._values.move_to_end(key)
            while sum(each for each, _ in self._values.values()) > self._max_size:
                self._values.popitem(last=False)


_CACHE = FrameCache(64 * 1024**2)


def _unshared(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy that may be changed at every depth; geometries cannot be."""
    fresh = frame.copy()
    for name, kind in frame.dtypes.items():
        if pd.api.types.is_object_dtype(kind):
            values = list(map(_copied, frame[name]))
            fresh[name] = pd.Series(values, index=frame.index, dtype="object")
    return fresh


def _copied(value: Any) -> Any:
    """Return a copy of a JSON value; `copy.deepcopy` takes ten times as long."""
    if isinstance(value, list):
        return list(map(_copied, value))
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


def _frame_of_bytes(
    data: bytes,
    name: str,
    *,
    ids_required: bool = False,
    types: Mapping[str, str] | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> gpd.GeoDataFrame:
    """Return the features of a GeoJSON text; of a plain one coordinates are looked at once."""
    read = read_in_batches(data, partial(_read, ids_required), name=name, wants_odd=False)
    if read is None:
        features = read_fast(data, name=name, ids_required=ids_required)
        read = features, shapes_of([one.geometry for one in features])
    with gc_paused():
        return _frame(*read, types=types, attrs=attrs)


def _read(
    ids_required: bool, batches: Iterable[Batch], report: Report
) -> tuple[Sequence[Feature], npt.NDArray[np.object_]] | None:
    """Return features without geometries, and their shapes; none if ids are missing or twice."""
    features: list[Feature] = []
    shapes = [np.empty(0, object)]
    for batch in batches:
        read = list(features_of(batch, report))
        shapes.append(shapes_of([one.geometry for one in read], batch.coordinates))
        features += (Feature(one.id, one.properties, None) for one in read)
    refusals = id_refusals(features, [""] * len(features), report, required=ids_required)
    return None if next(refusals, None) else (features, np.concatenate(shapes))


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
    shapes = shapes_of([one.geometry for one in features])
    return _frame(features, shapes, types=types, attrs=attrs)


def _frame(
    features: Sequence[Feature],
    shapes: Any,
    *,
    types: Mapping[str, str] | None,
    attrs: Mapping[str, Any] | None,
) -> gpd.GeoDataFrame:
    known = types or {}
    names = {name for feature in features for name in feature.properties} if features else known
    columns = {
        _PREFIX + name if name in _TAKEN else name: _column(
            [feature.properties.get(name) for feature in features], known.get(name)
        )
        for name in sorted(names)
    }
    index = _index([feature.id for feature in features])
    table = pd.DataFrame(
        {name: values.set_axis(index) for name, values in columns.items()}, index=index
    )
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=index, crs=CRS))
    frame.attrs["pkzone"] = dict(attrs or {})
    return frame


def _column(values: list[Any], json_type: str | None) -> pd.Series:
    """Return one column; values that do not fit the type expected keep their own."""
    value_type = _json_type(set(map(type, values)) - {type(None)})
    if json_type == "number" and value_type == "integer":
        value_type = "number"
    if value_type == "none":
        value_type = json_type or "other"
    try:
        return pd.Series(values, dtype=_DTYPES.get(value_type, "object"))
    except OverflowError:  # a whole number beyond 64 bits
        return pd.Series(values, dtype="object")


def _json_type(kinds: set[type]) -> str:
    if not kinds:
        return "none"
    if kinds == {int, float}:
        return "number"
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return names.get(kinds.pop(), "other") if len(kinds) == 1 else "other"


def _index(ids: list[Any]) -> pd.Index:
    texts = all(isinstance(one, str) for one in ids)
    return pd.Index(ids, dtype="string" if texts else "object", name="id")


def features_of_frame(frame: gpd.GeoDataFrame) -> Sequence[Feature]:
    """Return the rows of a frame as features.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        EPSG:4326 or without a CRS. Its index gives the ids, unless it is the plain numbering
        that a new frame has: then the features have none. Missing values (None, NaN, NA) are
        left out of the properties: a frame cannot tell them from properties not there.

    Raises
    ------
    ForeignCRS
        The frame has another CRS.
    BadId
        The index has several levels.
    """
    if frame.crs is not None and not _is_lonlat(frame.crs):
        reason = f"its CRS is {frame.crs.to_string()}; call to_crs(4326) first"
        raise ForeignCRS("<frame>", reason)
    if isinstance(frame.index, pd.MultiIndex):
        raise BadId("<frame>", "its index has several levels; make one column the index")
    numbered = isinstance(frame.index, pd.RangeIndex) and frame.index.name != "id"
    ids = [None] * len(frame) if numbered else [_plain(value) for value in frame.index]
    names = [name for name in frame.columns if name != frame.geometry.name]
    columns = [[_plain(value) for value in frame[name]] for name in names]
    labels = [
        str(name).removeprefix(_PREFIX) if str(name) in _PREFIXED else str(name) for name in names
    ]
    geometries = frame.geometry.to_numpy()
    return [
        Feature(
            ids[row],
            {
                label: column[row]
                for label, column in zip(labels, columns, strict=True)
                if column[row] is not None
            },
            _geometry(geometries[row]),
        )
        for row in range(len(frame))
    ]


def _is_lonlat(crs: Any) -> bool:
    return bool(crs.to_epsg() == 4326 or crs.to_authority() == ("OGC", "CRS84"))


def _plain(value: Any) -> Any:
    """Return a value of a column in JSON types; None for a missing one."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, dict | str | bool | int):
        return value
    if pd.isna(value):
        return None
    return value if isinstance(value, float) else str(value)


def _geometry(shape: Any) -> dict[str, Any] | None:
    if shape is None:
        return None
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return geometry
