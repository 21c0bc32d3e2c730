"""Parse plain lines of the canonical form, for those who judge the geometries themselves.

A plain feature has just the members that it must have, and properties without objects in them.
Then a parser that says nothing of doubled keys will do, for there is a count that would tell.
Whatever is not plain, or would be refused, is left to the strict reader, which knows to say why.
"""

from __future__ import annotations

from typing import Any

import orjson

from pkzone.geojson.model import FOOTER, HEADER, MAX_BYTES, Feature, gc_paused

__all__ = ["features_of_lines"]

_MEMBERS = {"type", "id", "properties", "geometry"}
_GEOMETRY = {"type", "coordinates"}
_COORDINATES = b'"coordinates":'
_PLAIN = {str, int, bool, type(None)}
_LONGEST = float(2**63)  # the parser makes a float of a whole number beyond 64 bits


def features_of_lines(data: bytes) -> tuple[Feature, ...] | None:
    """Return the features of a canonical file of plain lines; None if anything is otherwise.

    Their geometries are objects with ``type`` and ``coordinates``, in which there is nothing but
    arrays and numbers; no more is known of them.
    """
    if len(data) > MAX_BYTES:
        return None
    if not data.startswith(HEADER) or not data.endswith(b"\n" + FOOTER):
        return None
    *lines, last = data[len(HEADER) : -len(FOOTER) - 1].split(b"\n")
    if not all(line.endswith(b",") for line in lines):
        return None
    features: list[Feature] = []
    with gc_paused():
        for text in (*(line[:-1] for line in lines), last):
            feature = _feature(text)
            if feature is None or not _has_numbers_only(text, feature):
                return None
            features.append(feature)
    are_unique = len({str(one.id) for one in features}) == len(features)
    return tuple(features) if are_unique else None


def _has_numbers_only(text: bytes, feature: Feature) -> bool:
    """Tell whether no text and no word stands in the coordinates; an exponent passes for one."""
    if feature.geometry is None:
        return True
    start = text.find(_COORDINATES) + len(_COORDINATES)
    signs = (_COORDINATES, b'"', b"e", b"u")  # of true, false and null
    return all(text.find(sign, start) < 0 for sign in signs)


def _feature(text: bytes) -> Feature | None:
    """Return a plain feature whose geometry may be anything with the two members of one."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(value) is not dict or value.keys() != _MEMBERS or value["type"] != "Feature":
        return None
    label, properties, geometry = value["id"], value["properties"], value["geometry"]
    if type(label) not in (str, int) or type(properties) is not dict:
        return None
    if not all(map(_is_plain, properties.values())):
        return None
    keys = len(_MEMBERS) + len(properties)
    if geometry is not None:
        if type(geometry) is not dict or geometry.keys() != _GEOMETRY:
            return None
        keys += 2
    # There are at least as many as keys, and more only where a text holds one or a key is twice.
    return Feature(label, properties, geometry) if text.count(b'":') == keys else None


def _is_plain(value: Any) -> bool:
    if type(value) in _PLAIN:
        return True
    if type(value) is float:
        return -_LONGEST < value < _LONGEST
    return type(value) is list and all(map(_is_leaf, value))


def _is_leaf(value: Any) -> bool:
    return type(value) is not list and _is_plain(value)
