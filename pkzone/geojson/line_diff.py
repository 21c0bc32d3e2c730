"""Compare two files line by line where each feature stands on a line of its own.

So they do in the canonical form, and as geopandas, ogr2ogr and QGIS write them::

    {                                          header
    "type": "FeatureCollection",
    "features": [
    { "type": "Feature", ... },                a line that ends in a comma
    { "type": "Feature", ... }                 the last one
    ]                                          footer
    }

Other layouts are rewritten so. Lines that both files share are only glanced at: that each holds
one feature, and which. What differs is parsed strictly.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

import orjson

from pkzone.errors import GeoJSONError
from pkzone.geojson import reader
from pkzone.geojson.batches import is_exact
from pkzone.geojson.json_text import text_of
from pkzone.geojson.model import FOOTER, HEADER, Feature, Notice, Report, enclosed

__all__ = [
    "Differences",
    "FeatureLines",
    "NotByLinesError",
    "differences",
    "frame_notices",
    "geometry_type",
    "glance",
    "has_property",
    "parsed",
    "rewritten",
]

_END = b",\n"
_LONGEST_FRAME_BYTES = 1 << 16
_LONGEST_LINE_BYTES = 1 << 26
_LINES_AT_ONCE = 5_000

# A feature up to its coordinates, with as little room between the words as writers leave. The
# possessive repeats keep the time linear.
_HEAD = re.compile(
    rb'\{ ?"type": ?"Feature", ?(?:"id": ?("[^"\\\x00-\x1f]*+"|0|-?[1-9]\d*+), ?)?'
    rb'"properties": ?(\{[^{}]*+\}), ?"geometry": ?'
    rb'(?:null ?\}\Z|\{ ?"type": ?"([A-Za-z]++)", ?"coordinates": ?(?=\[))'
)
_CLOSINGS = (b"}}", b"} }")
_MEMBERS = {"type", "id", "properties", "geometry", "bbox"}


class NotByLinesError(Exception):
    """Raised for a file that cannot be compared by lines; never leaves the diff."""


class FeatureLines:
    """The lines of a file that hold a feature each, without comma and line end.

    Parameters
    ----------
    stream : binary file
        At its beginning.
    take : callable, optional
        Is given everything that is read, such as a hash.

    Attributes
    ----------
    frame : bytes
        The file without its features, once all lines were read.

    Raises
    ------
    NotByLinesError
        On iteration, if the layout is another.
    """

    def __init__(self, stream: BinaryIO, take: Callable[[bytes], object] | None = None) -> None:
        self._read = partial(stream.readline, _LONGEST_LINE_BYTES)
        self._stream, self._take = stream, take or (lambda data: None)
        self.frame = b""

    def __iter__(self) -> Iterator[bytes]:
        read, take = self._read, self._take
        header = self._header()
        take(header)
        count = 0
        line = read()
        while line.endswith(_END):
            take(line)
            yield line[:-2]
            count += 1
            line = read()
        take(line)
        if line.startswith(b"{"):
            yield line.rstrip(b"\n")
            line = b""
        elif count:  # a comma, and no feature behind it
            raise NotByLinesError
        rest = self._stream.read(_LONGEST_FRAME_BYTES)
        take(rest)
        self._set_frame(header, line + rest)

    def _header(self) -> bytes:
        header = b""
        while not header.endswith(b"[\n"):
            line = self._stream.readline(_LONGEST_FRAME_BYTES)
            header += line
            if not line or len(header) > _LONGEST_FRAME_BYTES:
                raise NotByLinesError
        return header

    def _set_frame(self, header: bytes, footer: bytes) -> None:
        """Make sure that the features are the collection's, and whole."""
        if self._stream.read(1):
            raise NotByLinesError
        self.frame = header + footer
        if self.frame == HEADER + FOOTER:
            return
        try:  # a number in the place of the features shows where they stand
            root = orjson.loads(header + b"0" + footer)
        except orjson.JSONDecodeError:
            raise NotByLinesError from None
        if type(root) is not dict or root.get("features") != [0]:
            raise NotByLinesError


def rewritten(data: bytes, report: Report) -> tuple[bytes, list[bytes]]:
    """Return the frame and the lines of a collection in any layout, as if each feature had one.

    Members and properties come in one order, so that it does not matter who wrote the file. What
    a file is packed in is noted.

    Raises
    ------
    NotByLinesError
        The strict reader would refuse it, or read it otherwise.
    """
    try:
        text = text_of(data, report, quick=True)
        root = orjson.loads(text)
    except (GeoJSONError, orjson.JSONDecodeError):
        raise NotByLinesError from None
    if type(root) is not dict or type(root.get("features")) is not list or rb"\u003" in text:
        raise NotByLinesError
    features, root["features"] = root["features"], []
    frame, lines = orjson.dumps(root), []
    features.reverse()
    while features:  # each is let go before the next becomes a line
        lines.append(orjson.dumps(_in_order(features.pop())))
    # a key that occurs twice is lost, with its colon; a whole number beyond 64 bits was rounded
    colons = frame.count(b":") + sum(line.count(b":") for line in lines)
    if colons != text.count(b":") or any(map(_EXPONENT.search, lines)):
        raise NotByLinesError
    return frame, lines


def _in_order(feature: Any) -> Any:
    """Return a feature with its members, and those of its geometry and properties, in one order."""
    if type(feature) is not dict:
        return feature
    ordered = {name: feature[name] for name in _ORDER if name in feature} | feature
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if type(properties) is dict:
        ordered["properties"] = dict(sorted(properties.items()))
    if type(geometry) is dict and "type" in geometry:
        ordered["geometry"] = {"type": geometry["type"]} | geometry
    return ordered


_ORDER = ("type", "id", "properties", "geometry")
_EXPONENT = re.compile(rb"e(?<=\de)\+?\d\d")  # older versions of orjson write no sign


def frame_notices(frame: bytes, name: str) -> tuple[Notice, ...]:
    """Return the notices of reading a file without its features."""
    if frame == HEADER + FOOTER:
        return ()
    try:
        return reader.parse(frame, name=name, check_validity=False).notices
    except GeoJSONError:
        raise NotByLinesError from None


@dataclass(frozen=True, slots=True)
class Differences:
    """What two files share, and the lines that only one has, in its order.

    ``same`` has what a glance tells of each line that both share.
    """

    same: list[Feature]
    base: list[bytes]
    target: list[bytes]


def differences(
    base: Iterable[bytes], target: Iterable[bytes], look: Callable[[bytes], Feature]
) -> Differences:
    """Find the lines that two files share, in whatever order.

    The two are walked along together; a line that the other file has no longer, or not yet, waits
    for its like::

        base    a b c d e          c waits; x waits; then d meets d again, for what is found
        target  a b x c d e        waiting on one side alone lets the other side catch up

    """
    same: list[Feature] = []
    waiting: tuple[Counter[bytes], Counter[bytes]] = (Counter(), Counter())
    ours_wait, theirs_wait = waiting
    base_lines, target_lines = iter(base), iter(target)
    ours, theirs = next(base_lines, None), next(target_lines, None)
    while ours is not None or theirs is not None:
        if ours == theirs and ours is not None:
            same.append(look(ours))
            ours, theirs = next(base_lines, None), next(target_lines, None)
        elif theirs is not None and theirs in ours_wait:
            same.append(look(theirs))
            _drop(ours_wait, theirs)
            theirs = next(target_lines, None)
        elif ours is not None and ours in theirs_wait:
            same.append(look(ours))
            _drop(theirs_wait, ours)
            ours = next(base_lines, None)
        else:
            if ours is not None:
                ours_wait[ours] += 1
                ours = next(base_lines, None)
            if theirs is not None:
                theirs_wait[theirs] += 1
                theirs = next(target_lines, None)
    return Differences(same, *(list(one.elements()) for one in waiting))


def _drop(waiting: Counter[bytes], line: bytes) -> None:
    waiting[line] -= 1
    if not waiting[line]:
        del waiting[line]


def glance(line: bytes, names: Container[str] | None = ()) -> Feature:
    """Return the id and some properties of the feature on a line, once it is sure to be one.

    The quick way knows the common form: a head that opens two objects, and no quote or brace
    behind it but the two braces that close them. Any other line goes through a JSON parser, which
    takes one value and no more.

    Parameters
    ----------
    line : bytes
        What `FeatureLines` yields.
    names : container of str or None
        The properties; None for all.

    Raises
    ------
    NotByLinesError
        It is not a feature, or one that loses something on reading.
    """
    head = _quick_head(line)
    try:
        if head is None:
            label, properties = _members(line)
        else:
            label = head[1] and orjson.loads(head[1])
            properties = orjson.loads(head[2])
        if names is not None:
            properties = {name: value for name, value in properties.items() if name in names}
        if type(label) is float or (properties and not is_exact(properties)):
            whole = json.loads(line)
            label = whole.get("id")
            properties = {name: whole["properties"][name] for name in properties}
    except (orjson.JSONDecodeError, RecursionError):
        raise NotByLinesError from None
    if type(label) not in _LABELS:
        raise NotByLinesError
    return Feature(label, properties, None)


_LABELS = {str, int, type(None)}


def _quick_head(line: bytes) -> re.Match[bytes] | None:
    head = _HEAD.match(line)
    if head is None or head[3] is None:
        return head
    at = head.end()
    close = line.find(b"}", at)
    whole = line[close:] in _CLOSINGS and line.find(b'"', at) < 0 and line.find(b"{", at) < 0
    return head if whole else None


def _members(line: bytes) -> tuple[Any, dict[str, Any]]:
    value = orjson.loads(line)
    if type(value) is not dict or value.get("type") != "Feature" or not value.keys() <= _MEMBERS:
        raise NotByLinesError
    properties = value.get("properties")
    if properties is None:
        properties = {}
    if type(properties) is not dict or not _is_plain(value.get("geometry", 0)):
        raise NotByLinesError
    return value.get("id"), properties


def _is_plain(geometry: Any) -> bool:
    """Tell whether a geometry has no members but its own."""
    if type(geometry) is not dict:
        return geometry is None
    if geometry.keys() == {"type", "geometries"}:
        parts = geometry["geometries"]
        return type(parts) is list and all(map(_is_plain, parts))
    return geometry.keys() == {"type", "coordinates"}


def has_property(line: bytes, name: str) -> bool:
    """Tell whether the feature on a line has a property, by its key.

    A name that is written nowhere, and by no escape, is not a key.
    """
    if b'"%b"' % name.encode() not in line and b"\\" not in line:
        return False
    return name in glance(line, (name,)).properties


def geometry_type(line: bytes) -> str:
    """Return the type of the geometry on a line; empty if it has none."""
    head = _quick_head(line)
    if head is not None:
        return (head[3] or b"").decode()
    geometry = orjson.loads(line).get("geometry")
    return str(geometry["type"]) if geometry else ""


def parsed(lines: Sequence[bytes], name: str) -> list[Feature]:
    """Return the features on some lines that were glanced at, parsed strictly.

    Raises
    ------
    NotByLinesError
        If one is refused, or loses something on reading: the whole file has to be read, so that
        its error or notice comes out as for any other file.
    """
    features: list[Feature] = []
    for start in range(0, len(lines), _LINES_AT_ONCE):
        text = enclosed(lines[start : start + _LINES_AT_ONCE])
        try:
            read = reader.parse(text, name=name, ids_unique=False, check_validity=False)
        except GeoJSONError:
            raise NotByLinesError from None
        if any(notice.code == "foreign-members" for notice in read.notices):
            raise NotByLinesError
        features += read.features
    if len(features) != len(lines):
        raise NotByLinesError
    return features
