"""Sort features into the tables that a format can hold: by kind of geometry where it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pkzone.errors import CannotHold, printable
from pkzone.formats.registry import Format
from pkzone.geojson.model import Feature

__all__ = ["FeatureTable", "flattened", "layer_name", "plan_tables"]

_FAMILIES = {
    "Point": "points",
    "MultiPoint": "points",
    "LineString": "lines",
    "MultiLineString": "lines",
    "Polygon": "areas",
    "MultiPolygon": "areas",
    "GeometryCollection": "collections",
}
_SINGLE = {"points": "Point", "lines": "LineString", "areas": "Polygon"}


@dataclass(frozen=True)
class FeatureTable:
    """Features that go into one layer.

    Attributes
    ----------
    layer, suffix : str
        Name of the layer, and what it adds to the name of the whole (``_lines``, or nothing).
    family : str
        ``points``, ``lines``, ``areas``, ``collections``, or ``any``.
    geometry : str
        The type of the column in GDAL's words, ``3D MultiPolygon``.
    features : tuple of Feature
        The features; ``promoted`` says whether single parts are written as many.
    parts : str or None
        ``single`` if one part on its own was a single geometry in the layer, ``multi`` if it was
        not.
    flat : bool
        Heights are left out, because the format cannot hold some.
    """

    layer: str
    suffix: str
    family: str
    geometry: str
    features: tuple[Feature, ...]
    promoted: bool
    parts: str | None
    flat: bool = False

    def shapes(self) -> Iterator[dict[str, Any] | None]:
        """Yield the geometries as they are written."""
        for feature in self.features:
            geometry = feature.geometry
            if self.promoted and geometry and not geometry["type"].startswith("Multi"):
                parts = [geometry["coordinates"]]
                geometry = {"type": f"Multi{geometry['type']}", "coordinates": parts}
            yield flattened(geometry) if self.flat else geometry


def layer_name(text: str) -> str:
    """Return a name that every format takes for a layer."""
    return re.sub(r"[^\w-]+", "_", text)[:40].strip("_") or "layer"


def plan_tables(
    features: Sequence[Feature], form: Format, *, name: str, shown: str
) -> tuple[FeatureTable, ...]:
    """Return the tables for features in a format; each feature stands in one of them.

    Raises
    ------
    CannotHold
        The format has no place for one of the geometries.
    """
    if not form.empties:
        features = [replace(one, geometry=_filled(one.geometry)) for one in features]
    for place, feature in enumerate(features):
        _check(feature, place, form, shown)
    if not form.splits:
        return (_table(features, name, "", "any", form),)
    by_family: dict[str, list[Feature]] = {}
    nowhere = [feature for feature in features if feature.geometry is None]
    for feature in features:
        if feature.geometry is not None:
            by_family.setdefault(_FAMILIES[feature.geometry["type"]], []).append(feature)
    if not by_family:
        return (_table(nowhere, name, "", "points", form),)
    most = max(by_family, key=lambda family: len(by_family[family]))
    if nowhere:  # they go with the most, in the order that all had
        there = {id(feature) for feature in (*by_family[most], *nowhere)}
        by_family[most] = [feature for feature in features if id(feature) in there]
    alone = len(by_family) == 1
    return tuple(
        _table(by_family[family], name, "" if alone else f"_{family}", family, form)
        for family in sorted(by_family)
    )


def _check(feature: Feature, place: int, form: Format, shown: str) -> None:
    label = printable(f"features[{place}]" if feature.id is None else str(feature.id))
    if feature.geometry is None:
        if not form.nowhere:
            reason = f"{label} has no geometry, which {form.title} cannot hold; leave it out first"
            raise CannotHold(shown, reason)
        return
    kind = feature.geometry["type"]
    if kind in form.geometries:
        return
    if kind == "GeometryCollection":
        reason = f"a geometry collection, which {form.title} cannot hold; export to .gpkg"
    else:
        families = " and ".join(dict.fromkeys(_FAMILIES[one] for one in form.geometries))
        reason = f"a {kind}, but {form.title} holds {families} only; export to .kml"
    raise CannotHold(shown, f"{label} is {reason}")


def _table(
    features: Sequence[Feature], name: str, suffix: str, family: str, form: Format
) -> FeatureTable:
    kinds = {one.geometry["type"] for one in features if one.geometry}
    many = {kind for kind in kinds if kind.startswith("Multi")}
    heights = [_has_height(one.geometry) for one in features if one.geometry]
    # One rule holds for all heights of a FlatGeobuf, whatever the types of its geometries.
    flat = not form.mixed_heights and not (all(heights) and len(kinds) == 1)
    high = any(heights) and not flat
    parts = None
    if family in _SINGLE:
        promoted = bool(many) or (form.multi_lines and family == "lines")
        geometry = ("Multi" if promoted else "") + _SINGLE[family]
        parts = "multi" if many and many == kinds else "single"
    else:
        promoted = False
        geometry = kinds.pop() if len(kinds) == 1 and form.typed_layers else "Unknown"
        geometry = "GeometryCollection" if family == "collections" else geometry
    return FeatureTable(
        layer_name(name) + suffix,
        suffix,
        family,
        f"3D {geometry}" if high and form.typed_layers else geometry,
        tuple(features),
        promoted,
        parts,
        flat and any(heights),
    )


def flattened(value: Any) -> Any:
    """Return a geometry without heights."""
    if isinstance(value, dict):
        return {key: flattened(item) for key, item in value.items()}
    if not isinstance(value, list | tuple):
        return value
    is_position = bool(value) and not isinstance(value[0], list | tuple | dict)
    return list(value[:2]) if is_position else [flattened(item) for item in value]


def _filled(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a geometry without parts that have no point; None if there is no other."""
    if geometry is None:
        return None
    kind = geometry["type"]
    if kind == "GeometryCollection":
        members = [part for part in map(_filled, geometry["geometries"]) if part]
        return {"type": kind, "geometries": members} if members else None
    coordinates = geometry["coordinates"]
    if kind.startswith("Multi"):
        coordinates = [part for part in coordinates if part]
    return {"type": kind, "coordinates": coordinates} if coordinates else None


def _has_height(geometry: dict[str, Any]) -> bool:
    if geometry["type"] == "GeometryCollection":
        return any(map(_has_height, geometry["geometries"]))
    return _depth_has_height(geometry["coordinates"])


def _depth_has_height(coordinates: Any) -> bool:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        return len(coordinates) > 2
    return any(map(_depth_has_height, coordinates))
