"""Reports of a diff: one look-up from the name of a format to the function that writes it."""

from collections.abc import Callable, Mapping

from pkzone.compare.result import Diff
from pkzone.reports.as_geojson import to_geojson_text
from pkzone.reports.as_json import to_json
from pkzone.reports.markdown import to_markdown
from pkzone.reports.text import to_text

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Callable[[Diff], str]] = {
    "text": to_text,
    "json": to_json,
    "geojson": to_geojson_text,
    "markdown": to_markdown,
}
"""The writers by name. The HTML report is a map, so it lives in ``pkzone.maps.diff.page``."""
