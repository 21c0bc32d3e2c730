"""Read plainly well-formed texts in batches of features: the fast lane of the reader.

Values are parsed by orjson, and geometries judged in arrays. What the strict parser would read
otherwise, or refuse, is found out by counting and never taken; one odd feature among others is
read strictly by itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from pkzone.errors import GeoJSONError
from pkzone.files.memory import available_bytes
from pkzone.geojson.json_text import is_plain_json, text_of, value_of
from pkzone.geojson.model import Feature, Report, gc_paused
from pkzone.geojson.objects import MAX_EXACT, read_feature, root_features

if TYPE_CHECKING:
    from pkzone.geo.coordinates import Coordinates

__all__ = [
    "Batch",
    "are_arrays_at_hand",
    "batch_of_root",
    "features_of",
    "is_exact",
    "plain_feature",
    "read_in_batches",
]

T = TypeVar("T")

_FEW_BYTES = 1 << 16  # are read strictly in less time than numpy takes to be imported
_ROOM_BYTES = 1 << 29
_BATCH_BYTES = 1 << 20  # of text at a time
_HEAD_BYTES = 1 << 16
_TAIL_BYTES = 1 << 6
_HEAD = re.compile(rb'"features"[ \t\r\n]*:[ \t\r\n]*\[')
_TAIL = re.compile(rb"[ \t\r\n]*\][ \t\r\n]*\}[ \t\r\n]*\Z")
_MEMBERS = {"type", "id", "properties", "geometry"}
_MAX_PARSED = 2.0**63  # orjson makes a float of a whole number beyond it
_MAX_LEVELS = 32  # of what is in a feature


@dataclass(frozen=True, slots=True)
class Batch:
    """Some features of a text, one after the other; `features_of` returns them.

    Attributes
    ----------
    values : list
        What was parsed, each to be one feature.
    places : list of str
        Where each stands: ``features[3]``, ``feature`` if it is the whole file, empty if the file
        is a bare geometry.
    plain : list of bool
        Whether a value is a feature of which the strict reader would say nothing.
    coordinates : Coordinates or None
        Of the geometries that are sound, whose rows are places in the batch; none where all
        features are to be read strictly.
    """

    values: list[Any]
    places: list[str]
    plain: list[bool]
    coordinates: Coordinates | None

    def unsettled(self) -> list[int]:
        """Return which features may have an area that is not valid."""
        unsettled = dict.fromkeys(range(len(self.values)))
        if self.coordinates is not None:
            for row in self.coordinates.rows[self.coordinates.valid].tolist():
                del unsettled[row]
        return list(unsettled)


def batch_of_root(root: Any, report: Report) -> Batch:
    """Return all features of what `load` returned, to be read strictly."""
    values = root_features(root, report)
    places = [place for _, place in values]
    return Batch([value for value, _ in values], places, [False] * len(values), None)


def features_of(batch: Batch, report: Report) -> Iterator[Feature]:
    """Yield the features of a batch; raise for the first that is refused."""
    for value, place, is_plain in zip(batch.values, batch.places, batch.plain, strict=True):
        yield plain_feature(value) if is_plain else read_feature(value, report, place)


def plain_feature(value: dict[str, Any]) -> Feature:
    """Return the feature that a plain value of a batch is."""
    geometry = value["geometry"]
    if geometry is not None:
        geometry = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    return Feature(value.get("id"), value["properties"], geometry)


class _OtherLaneError(Exception):
    """Raised for a text that is not plainly read; never leaves this module."""


def read_in_batches(
    data: bytes,
    read: Callable[[Iterator[Batch], Report], T | None],
    *,
    name: str = "<stdin>",
    wants_odd: bool = True,
    most_features: int | None = None,
) -> T | None:
    """Return what a function makes of a text that can be read in the fast lane.

    Parameters
    ----------
    data : bytes
        The text.
    read : callable
        Is given the batches and the report that takes their notices. It must do nothing that
        counts but return a value, or none for a text that is for the strict reader after all: it
        may be called twice, or stopped halfway.
    name, most_features : optional
        See `parse`.
    wants_odd : bool, optional
        Whether a feature whose geometry is odd, but not refused, is to be read strictly.

    Returns
    -------
    object or None
        None where the text is for the strict reader, or would be refused.
    """
    if not are_arrays_at_hand(is_little=len(data) < _FEW_BYTES):
        return None
    for split in (_by_lines, _as_a_whole):
        report = Report(name)
        try:
            with gc_paused():
                return read(_batches(split, data, report, wants_odd, most_features), report)
        except _OtherLaneError:
            continue
        except GeoJSONError:
            return None
    return None


def are_arrays_at_hand(*, is_little: bool) -> bool:
    """Tell whether to work in arrays: numpy is loaded, or worth it, and there is room for it.

    Its libraries end the process where they get no memory.
    """
    if is_little or "shapely" in sys.modules:
        return "shapely" in sys.modules
    available = available_bytes()
    return available is None or available > _ROOM_BYTES


_Split = Callable[[bytes, Report], Iterator[tuple[list[Any], int]]]


def _batches(
    split: _Split, data: bytes, report: Report, wants_odd: bool, most_features: int | None
) -> Iterator[Batch]:
    text = text_of(data, report, quick=True)
    if rb"\u003" in text:  # an escape that may stand for a colon; those are counted
        raise _OtherLaneError
    count = 0
    for values, colons in split(text, report):
        yield _judged(values, colons, first=count, wants_odd=wants_odd)
        count += len(values)
        if most_features is not None and count > most_features:
            raise _OtherLaneError


def _by_lines(text: bytes, report: Report) -> Iterator[tuple[list[Any], int]]:
    """Yield features some lines at a time, each with the number of colons in its text.

    Cut at ends of lines, a text is a collection if each piece is a list of its own and the rest,
    without them, a collection of none. That rest is read strictly.
    """
    head = _HEAD.search(text, 0, _HEAD_BYTES)
    tail = _TAIL.search(text, max(len(text) - _TAIL_BYTES, 0))
    if head is None or tail is None or tail.start() < head.end():
        raise _OtherLaneError
    opened = _parsed(text[: head.end()] + b"]}")
    if list(opened)[-1:] != ["features"]:  # one of another object would not be closed by this
        raise _OtherLaneError
    _expect_no_features(text[: head.end()] + text[tail.start() :], report)
    begin = head.end()
    while begin < tail.start():
        end = text.find(b"\n", begin + _BATCH_BYTES, tail.start())
        is_last = end < 0
        lines = text[begin : tail.start() if is_last else end].strip(b" \t\r\n")
        if not lines and is_last and begin == head.end():
            return
        if not lines or (not is_last and not lines.endswith(b",")):
            raise _OtherLaneError
        yield _parsed(b"[%b]" % (lines if is_last else lines[:-1])), lines.count(b":")
        begin = tail.start() if is_last else end


def _as_a_whole(text: bytes, report: Report) -> Iterator[tuple[list[Any], int]]:
    """Yield all features of a text at once, with the number of colons in the text of them."""
    root = _parsed(text)
    if type(root) is not dict or type(root.get("features")) is not list:
        raise _OtherLaneError
    features, root["features"] = root["features"], []
    rest = orjson.dumps(root)
    _expect_no_features(rest, report)
    yield features, text.count(b":") - rest.count(b":")


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _OtherLaneError from None


def _expect_no_features(text: bytes, report: Report) -> None:
    """Read the root of a collection strictly, which notes what is to be said of it."""
    if root_features(value_of(text, report), report):
        raise _OtherLaneError


def _judged(values: list[Any], colons: int, *, first: int, wants_odd: bool) -> Batch:
    """Return a batch, once it is sure that the strict parser would have made the same values.

    A parser that says nothing of doubled keys has dropped one with all that was in it. Then there
    are more colons in the text than keys in what is left of it and colons in its strings.
    """
    from pkzone.geo.coordinates import Coordinates

    coordinates = Coordinates.of(
        value.get("geometry") if type(value) is dict else None for value in values
    )
    quiet = [False] * len(values)
    gathered = dict.fromkeys(coordinates.rows.tolist())
    for row in (coordinates.rows[coordinates.quiet] if wants_odd else coordinates.rows).tolist():
        quiet[row] = True
    plain = []
    rest: list[Any] = []
    keys = 0
    for row, value in enumerate(values):
        has_arrays = row in gathered
        if _is_common(value) and (has_arrays or value["geometry"] is None):
            keys += len(value) + 2 * has_arrays
            rest += (value.get("id"), value["properties"])
            plain.append((quiet[row] or not has_arrays) and _is_quiet_id(value))
        else:
            rest.append(value)
            plain.append(False)
    if not is_exact(rest):
        raise _OtherLaneError
    if colons != keys + orjson.dumps(rest).count(b":"):
        raise _OtherLaneError
    places = [f"features[{i}]" for i in range(first, first + len(values))]
    return Batch(values, places, plain, coordinates)


def _is_common(value: Any) -> bool:
    return (
        type(value) is dict
        and value.keys() <= _MEMBERS
        and value.get("type") == "Feature"
        and type(value.get("properties")) is dict
        and "geometry" in value
    )


def _is_quiet_id(value: dict[str, Any]) -> bool:
    """Tell whether the strict reader would say nothing of the id of a feature."""
    feature_id = value.get("id")
    if type(feature_id) is str:
        return feature_id.isprintable() and not feature_id.isspace() and feature_id != ""
    if type(feature_id) is int:
        return abs(feature_id) <= MAX_EXACT
    return "id" not in value


def is_exact(value: Any) -> bool:
    """Tell whether no number that orjson parsed was rounded, and it is not nested too deep."""
    return is_plain_json(value, lambda number: -_MAX_PARSED < number < _MAX_PARSED, _MAX_LEVELS)
