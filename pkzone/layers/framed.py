"""GeoDataFrames back to features: the inverse of `pkzone.layers.frames`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pkzone.errors import BadId, ForeignCRS
from pkzone.geojson.model import Feature
from pkzone.layers.references import refuse_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["features_of_frame", "is_frame"]

_PREFIX = "properties."


def is_frame(what: object) -> bool:
    """Tell whether something is a GeoDataFrame.

    Raises
    ------
    TypeError
        It is a frame that says of no column that it is the geometry.
    """
    refuse_frame(what, located=True)
    return hasattr(what, "columns") and hasattr(what, "to_crs")


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
    import pandas as pd

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
        str(name).removeprefix(_PREFIX) if str(name) in _TAKEN else str(name) for name in names
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


_TAKEN = (f"{_PREFIX}geometry", f"{_PREFIX}id")


def _is_lonlat(crs: Any) -> bool:
    return bool(crs.to_epsg() == 4326 or crs.to_authority() == ("OGC", "CRS84"))


def _plain(value: Any) -> Any:
    """Return a value of a column in JSON types; None for a missing one."""
    import numpy as np
    import pandas as pd

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
    import shapely

    if shape is None:
        return None
    text = shapely.to_geojson(shape)
    geometry: dict[str, Any] = json.loads(text)
    return geometry
