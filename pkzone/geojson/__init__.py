"""Strict GeoJSON (RFC 7946): a reader that refuses what is unclear, a writer of one form.

The front for scripts and tests; the other rooms import from its modules, to keep chains short.
"""

from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.model import MAX_BYTES, MAX_DEPTH, Feature, FeatureCollection, Notice, Report
from pkzone.geojson.reader import file_name, parse, read, read_bytes
from pkzone.geojson.writer import dumps, write

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Feature",
    "FeatureCollection",
    "Notice",
    "Report",
    "check_geometry",
    "dumps",
    "file_name",
    "parse",
    "read",
    "read_bytes",
    "write",
]
