"""A diff as a GeoDataFrame, for people who work on in pandas."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from pkzone.compare.result import Change, Diff, Evidence
from pkzone.geo.convert import shape
from pkzone.geojson.model import Feature
from pkzone.reports.as_json import to_dict
from pkzone.reports.change_sentences import name_of

__all__ = ["to_frame"]

CRS = "EPSG:4326"
_NUMBERS = tuple(one.name for one in fields(Evidence) if one.name != "max_offset_at")


def to_frame(diff: Diff) -> gpd.GeoDataFrame:
    """Return a diff as a table.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a change in the order of ``diff.changes``, index ``id`` as in `Change.id`, EPSG:4326
        (longitude, latitude). Columns: ``kind``, ``new_id``, ``parts``, ``parents``, ``name``,
        ``aspects``, ``class``, ``within_uncertainty``, ``properties`` (names of those that
        differ), every number of `Evidence` (NaN where it does not apply) and ``geometry``: that
        of the target, of the base where the feature is removed or split. ``attrs["pkzone"]``
        is the diff as :func:`to_dict` returns it.
    """
    rows = [_row(one) for one in diff.changes]
    columns = (
        "kind",
        "new_id",
        "parts",
        "parents",
        "name",
        "aspects",
        "class",
        "within_uncertainty",
        "properties",
        *_NUMBERS,
    )
    index = pd.Index([one.id for one in diff.changes], dtype="object", name="id")
    table = pd.DataFrame(rows, columns=list(columns), index=index)
    table = table.astype(
        {
            "kind": "string",
            "name": "string",
            "class": "string",
            "within_uncertainty": "boolean",
            **dict.fromkeys(_NUMBERS, "float64"),
        }
    )
    shapes = gpd.GeoSeries([_geometry(one) for one in diff.changes], index=index, crs=CRS)
    frame = gpd.GeoDataFrame(table, geometry=shapes)
    frame.attrs["pkzone"] = to_dict(diff)
    return frame


def _row(change: Change) -> tuple[Any, ...]:
    evidence = change.evidence or Evidence()
    return (
        change.kind,
        change.new_id,
        change.parts,
        change.parents,
        name_of(change) or None,
        change.aspects,
        change.geometry_class,
        change.within_uncertainty,
        tuple(sorted(change.properties)),
        *(getattr(evidence, name) for name in _NUMBERS),
    )


def _geometry(change: Change) -> shapely.Geometry | None:
    """Return one geometry for a change; the parts of what is one no longer go with the whole."""
    features = change.base if change.kind in ("removed", "split") else change.target
    shapes = [_shape(one) for one in features]
    return shapes[0] if shapes else None


def _shape(feature: Feature) -> shapely.Geometry | None:
    return None if feature.geometry is None else shape(feature.geometry)
