"""Features from lines of the canonical form that are plain: the quick twin of the strict reader.

A plain line has the canonical members in their order and properties without objects in them.
Then a parser that says nothing of doubled keys will do, for there is a count that would tell.
Whatever is not plain, or would be refused, is left to the strict reader, which knows to say why.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from pkzone.errors import GeoJSONError
from pkzone.layers.geojson.geometry import check_geometry
from pkzone.layers.geojson.model import Feature, Report
from pkzone.layers.geojson.scan import MAX_DEPTH

__all__ = ["Plain", "plain", "plain_feature"]

# No brace may occur in the properties, not even in a text: then they are one flat object, for
# were the brace that ends it inside a text, the quote that ends the text would have to follow.
_PLAIN = re.compile(
    rb'\{"type":"Feature","id":(?P<id>"[^"\\\x00-\x1f]*+"|0|-?[1-9]\d{0,15}),'
    rb'"properties":(?P<properties>\{[^{}]*+\}),'
    rb'"geometry":(?P<geometry>null|\{"type":"[A-Za-z]++","coordinates":\[[^}]*+\})\},?'
)
_LONG_NUMBER = re.compile(rb"\d{16}")  # the parser makes a float of a whole number beyond 64 bits
_NOBODY = Report("")  # the strict reader reports

Plain = re.Match[bytes]
"""A plain line in its parts: ``id``, ``properties`` and ``geometry``, each a JSON text."""


def plain(line: bytes) -> Plain | None:
    """Return the parts of a plain line, with or without the comma at its end; None for others."""
    return _PLAIN.fullmatch(line)


def plain_feature(parts: Plain, twin: tuple[Plain, Feature] | None = None) -> Feature | None:
    """Return the feature of a plain line; None if it is for the strict reader.

    What is merely odd about its geometry is not looked for.

    Parameters
    ----------
    parts : Plain
        What `plain` returned.
    twin : (Plain, Feature), optional
        Another line and its feature. A geometry that both lines write alike is not parsed
        again but shared.
    """
    text = parts["properties"]
    if _LONG_NUMBER.search(text) or text.count(b"[") > MAX_DEPTH - 4:
        return None
    label, properties = _value(parts["id"]), _object(text)
    if label is None or properties is None:
        return None
    written = parts["geometry"]
    if written == b"null":
        return Feature(label, properties, None)
    if twin is not None and twin[0]["geometry"] == written:
        return Feature(label, properties, twin[1].geometry)
    geometry = _object(written)
    if geometry is None or not _is_sound(geometry):
        return None
    return Feature(label, properties, geometry)


def _is_sound(geometry: dict[str, Any]) -> bool:
    try:
        check_geometry(geometry, _NOBODY, wants_odd=False)
    except GeoJSONError:
        return False
    return len(geometry) == 2


def _object(text: bytes) -> dict[str, Any] | None:
    """Return a flat object; None if it is no strict JSON or has a key twice.

    There are at least as many ``":`` as keys, and more only where a text holds one as well.
    """
    found = _value(text)
    return found if found is not None and len(found) == text.count(b'":') else None


def _value(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
