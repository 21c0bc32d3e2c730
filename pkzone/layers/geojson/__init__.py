"""Strict GeoJSON (RFC 7946): a reader that refuses what is unclear, a writer of one form."""

from pkzone.layers.geojson.geometry import check_geometry
from pkzone.layers.geojson.model import Feature, FeatureCollection, Notice, Report
from pkzone.layers.geojson.reader import file_name, parse, read, read_bytes
from pkzone.layers.geojson.scan import MAX_BYTES, MAX_DEPTH
from pkzone.layers.geojson.survey import Survey, survey
from pkzone.layers.geojson.writer import dumps, write

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Feature",
    "FeatureCollection",
    "Notice",
    "Report",
    "Survey",
    "check_geometry",
    "dumps",
    "file_name",
    "parse",
    "read",
    "read_bytes",
    "survey",
    "write",
]
