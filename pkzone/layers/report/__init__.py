"""Reports of a diff: one look-up from the name of a format to the function that writes it."""

from collections.abc import Callable, Mapping

from pkzone.layers.diff.values import Diff
from pkzone.layers.report.geojsonform import to_geojson_text
from pkzone.layers.report.jsonform import to_json
from pkzone.layers.report.markdown import to_markdown
from pkzone.layers.report.text import to_text

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Callable[[Diff], str]] = {
    "text": to_text,
    "json": to_json,
    "geojson": to_geojson_text,
    "markdown": to_markdown,
}
"""The writers by name. The HTML report is a map, so it lives in ``pkzone.maps.diffpage``."""
