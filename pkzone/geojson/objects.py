"""Read GeoJSON objects from parsed values by RFC 7946, strictly: root, features, geometries, ids.

Everything that is refused or noted about an object is worded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any

from pkzone.errors import (
    BadId,
    BadStructure,
    DuplicateId,
    ForeignCRS,
    GeoJSONError,
    MissingId,
    printable,
)
from pkzone.geojson.geometry import GEOMETRY_TYPES, check_geometry
from pkzone.geojson.json_text import check_values
from pkzone.geojson.model import ABOUT, Feature, Report, described, label_of, text_of

__all__ = [
    "MAX_EXACT",
    "id_refusals",
    "read_feature",
    "read_geometry",
    "read_properties",
    "root_features",
]

# RFC 7946, section 7.1: a member that defines one kind of object must not be in another.
_DEFINING = {
    "FeatureCollection": {"coordinates", "geometries", "geometry", "properties"},
    "Feature": {"coordinates", "geometries", "features"},
    "geometry": {"geometry", "properties", "features"},
}
# Longitude before latitude by definition: OGC's CRS84 and CRS84h in all their spellings.
_CRS84 = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:ogc:(?:[\d.]*:)?|https?://www\.opengis\.net/def/crs/ogc/[\d.]+/|ogc:)crs84h?"
    r"|crs:84"
)
# EPSG puts latitude first in 4326, but files have longitude first under this name, in any of its
# spellings: GDAL writes and reads them so, and whoever follows the EPSG writes no GeoJSON.
_EPSG_4326 = re.compile(
    r"(?:epsg:{1,2}|urn:(?:x-)?ogc:def:crs:epsg:(?:[\w.]*:)?|https?://www\.opengis\.net/def/crs/epsg/[\w.]+/"
    r"|https?://www\.opengis\.net/gml/srs/epsg\.xml#)4326"
)
MAX_EXACT = 2**53
"""Whole numbers beyond it lose digits in JavaScript."""


def root_features(root: Any, report: Report) -> list[tuple[Any, str]]:
    """Return the features of the file's root, each with its place."""
    if not isinstance(root, dict):
        raise report.wrong_type(root, "its content", "a GeoJSON object")
    kind = root.get("type")
    if kind == "Feature":
        report.note("wrapped", "is a single Feature; taken as a collection of one")
        return [(root, "feature")]
    if isinstance(kind, str) and kind in GEOMETRY_TYPES:
        report.note("wrapped", f"is a bare {kind}; taken as a feature without properties")
        return [({"type": "Feature", "properties": {}, "geometry": root}, "")]
    if kind != "FeatureCollection":
        raise report.refusal(BadStructure, _root_reason(root))
    _drop_members(root, "FeatureCollection", {"type", "features"}, report, "the collection")
    report.about = {name: text for name in ABOUT if (text := text_of(root, name))}
    if "features" not in root:
        raise report.refusal(BadStructure, 'it has no member "features"')
    features = root["features"]
    if not isinstance(features, list):
        raise report.wrong_type(features, 'its member "features"', "an array")
    return [(feature, f"features[{i}]") for i, feature in enumerate(features)]


def _root_reason(root: dict[str, Any]) -> str:
    if "type" not in root:
        if "features" in root and root.keys() & {"geometryType", "spatialReference", "fields"}:
            return (
                "it is Esri JSON, not GeoJSON: ask the server for f=geojson, or ogr2ogr converts it"
            )
        if "elements" in root and root.keys() & {"osm3s", "generator"}:
            return "it is Overpass JSON, not GeoJSON: convert it with osmtogeojson"
        return 'it has no "type": not GeoJSON'
    kind = root["type"]
    if not isinstance(kind, str):
        return f"its type is {described(kind)}, not a string"
    if kind == "Topology":
        remedy = "convert it: npx mapshaper IN -o format=geojson OUT.geojson"
        return f'its type is "Topology": it is TopoJSON, not GeoJSON; {remedy}'
    for known in ("FeatureCollection", "Feature", *GEOMETRY_TYPES):
        if kind.lower() == known.lower():
            return f'its type is "{printable(kind)}": write it "{known}"'
    return f'its type is "{printable(kind)}", which is not GeoJSON'


def read_feature(value: Any, report: Report, label: str) -> Feature:
    """Return the feature that stands in a place, which is its name in messages if it has no id."""
    report.feature = label or None
    if not isinstance(value, dict):
        raise report.wrong_type(value, "it", "a Feature object")
    feature_id = _feature_id(value, report)
    report.feature = label_of(feature_id, label) or None
    if value.get("type") != "Feature":
        raise report.refusal(BadStructure, _feature_type_reason(value))
    _note_odd_id(feature_id, report)
    members = {"type", "id", "properties", "geometry"}
    _drop_members(value, "Feature", members, report, "the feature")
    feature = Feature(feature_id, read_properties(value, report), read_geometry(value, report))
    report.feature = None
    return feature


def _feature_type_reason(value: dict[str, Any]) -> str:
    kind = value.get("type")
    if isinstance(kind, str):
        return f'its type is "{printable(kind)}" where "Feature" belongs'
    return f"its type is {described(kind)}" if "type" in value else 'it has no "type"'


def _feature_id(value: dict[str, Any], report: Report) -> str | int | None:
    feature_id = value.get("id")
    if feature_id is None:
        if "id" in value:
            report.note("null-id", "its id is null; taken as none")
        return None
    if isinstance(feature_id, bool) or not isinstance(feature_id, str | int):
        check_values(feature_id, report, "its id")
        problem = "a fraction" if isinstance(feature_id, float) else described(feature_id)
        raise report.refusal(BadId, f"its id is {problem}, not a string or a whole number")
    check_values(feature_id, report, "its id")
    return feature_id


def _note_odd_id(feature_id: str | int | None, report: Report) -> None:
    if isinstance(feature_id, int) and abs(feature_id) > MAX_EXACT:
        report.note("odd-id", "its id is too large a number for many programs to tell apart")
    if isinstance(feature_id, str):
        if not feature_id.strip():
            report.note("odd-id", "its id is empty or blank")
        elif printable(feature_id, limit=None) != feature_id:
            report.note("odd-id", "its id holds control or invisible characters")


def read_properties(value: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return the properties of a feature; none if there are none."""
    properties = value.get("properties")
    if properties is None:
        state = "null" if "properties" in value else "missing"
        report.note("no-properties", f"its properties are {state}; taken as none")
        return {}
    if not isinstance(properties, dict):
        raise report.wrong_type(properties, "properties", "an object")
    check_values(properties, report, "properties")
    return properties


def read_geometry(value: dict[str, Any], report: Report) -> dict[str, Any] | None:
    """Return the geometry of a feature without the members that are not its own."""
    if "geometry" not in value:
        reason = 'it has no member "geometry"; write null if it has no place'
        raise report.refusal(BadStructure, reason)
    geometry = value["geometry"]
    if geometry is None:
        return None
    check_geometry(geometry, report)
    return _stripped(geometry, report, "geometry")


def _stripped(geometry: dict[str, Any], report: Report, where: str) -> dict[str, Any]:
    """Return a checked geometry without the members that are not its own."""
    kind = geometry["type"]
    member = GEOMETRY_TYPES[kind]
    defining = "coordinates" if member == "geometries" else "geometries"
    if defining in geometry:
        reason = f'{where} is a {kind} with a member "{defining}"'
        raise report.refusal(BadStructure, reason)
    _drop_members(geometry, "geometry", {"type", member}, report, where)
    parts = geometry[member]
    if kind == "GeometryCollection":
        parts = [
            _stripped(part, report, f"{where}.geometries[{i}]") for i, part in enumerate(parts)
        ]
    return {"type": kind, member: parts}


def _drop_members(
    value: dict[str, Any], kind: str, members: set[str], report: Report, where: str
) -> None:
    """Note the members that are dropped; refuse those that change what the object means."""
    if value.keys() <= members:
        return
    for key in value:
        if key in _DEFINING[kind]:
            reason = f'{where} has a member "{key}", which RFC 7946 does not allow there'
            raise report.refusal(BadStructure, reason)
    foreign = {key: item for key, item in value.items() if key not in members}
    check_values(foreign, report, where)
    if "crs" in foreign:
        _check_crs(foreign.pop("crs"), report)
    if "bbox" in foreign:
        del foreign["bbox"]
        report.note("bbox-dropped", f"the bbox of {where} is dropped")
    if foreign:
        names = printable(", ".join(foreign), limit=200)
        report.note("foreign-members", f"{where} loses members that are not GeoJSON: {names}")


def _check_crs(crs: Any, report: Report) -> None:
    """Note a ``crs`` that is longitude and latitude on WGS 84; refuse any other."""
    name = _crs_name(crs)
    if name is not None and _CRS84.fullmatch(name.lower()):
        report.note("crs84", "its crs is CRS84, which GeoJSON always is; the member is dropped")
        return
    if name is not None and _EPSG_4326.fullmatch(name.lower()):
        shown = printable(name)
        message = f"its crs is {shown}, taken as longitude before latitude, and dropped"
        report.note("crs84", message)
        return
    file = "IN.geojson" if report.file == "<stdin>" else quote(report.file)
    if name is None:
        shown = "null" if crs is None else "without a name"
        remedy = "remove the member if the coordinates are longitude and latitude on WGS 84"
    else:
        shown = f'"{printable(name)}"'
        remedy = f"ogr2ogr -t_srs EPSG:4326 OUT.geojson {file}"
    raise report.refusal(
        ForeignCRS, f"its crs is {shown}; only CRS84 and EPSG:4326 are read: {remedy}"
    )


def _crs_name(crs: Any) -> str | None:
    """Return the name of a ``crs`` member (GeoJSON 2008), also in the form of GeoServer's code."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    if not isinstance(crs, dict) or not isinstance(properties, dict):
        return None
    if crs.get("type") == "name" and isinstance(properties.get("name"), str):
        return str(properties["name"])
    code = properties.get("code")
    if str(crs.get("type")).upper() == "EPSG" and type(code) in (str, int):
        return f"EPSG:{code}"
    return None


def id_refusals(
    features: Sequence[Feature | None],
    places: Sequence[str],
    report: Report,
    *,
    required: bool,
) -> Iterator[tuple[int, GeoJSONError]]:
    """Yield what is wrong with the ids of all features together, each with its index.

    Ids are compared as text: 1 and "1" could not be told apart in a report.
    """
    seen: dict[str, str] = {}
    for i, (feature, place) in enumerate(zip(features, places, strict=True)):
        if feature is None:
            continue
        if feature.id is None:
            if required:
                report.feature = place
                yield i, report.refusal(MissingId, "it has no id, and needs one here")
            continue
        first = seen.setdefault(str(feature.id), place)
        if first != place:
            report.feature = label_of(feature.id, place)
            yield i, report.refusal(DuplicateId, f"{first} and {place} have the same id")
