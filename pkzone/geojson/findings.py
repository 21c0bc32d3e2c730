"""Survey a GeoJSON text: all refusals and oddities, where the reader stops at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pkzone.errors import GeoJSONError
from pkzone.geojson.geometry import invalid_reasons
from pkzone.geojson.json_text import load, unpacked
from pkzone.geojson.model import Feature, Notice, Report
from pkzone.geojson.objects import (
    id_refusals,
    label_of,
    read_feature,
    read_geometry,
    read_properties,
    root_features,
)
from pkzone.geojson.writer import rounding_flaws

__all__ = ["Survey", "survey"]


@dataclass(frozen=True, slots=True)
class Survey:
    """Features of a GeoJSON text, with all refusals and notices.

    Attributes
    ----------
    features : tuple of Feature or None
        The features in the file's order; None for each that is refused.
    places : tuple of str
        Where each stands: ``features[3]``, ``feature`` if it is the whole file, empty if the file
        is a bare geometry.
    refusals : tuple of (int or None, GeoJSONError)
        What is refused, with the index of the feature; None if it is about the whole file.
    notices : tuple of (int or None, Notice)
        What is repaired on reading, or odd.
    text : bytes
        What was looked at: the file, unpacked if it is gzip.
    """

    features: tuple[Feature | None, ...]
    places: tuple[str, ...]
    refusals: tuple[tuple[int | None, GeoJSONError], ...]
    notices: tuple[tuple[int | None, Notice], ...]
    text: bytes


def survey(data: bytes, *, name: str = "<stdin>", ids_required: bool = False) -> Survey:
    """Return all that `parse` would refuse, note or could not write again.

    A text that is not JSON, or no collection of features, ends at that. A feature is refused at
    most once for its properties and once for its geometry: what follows the first fault of a
    geometry cannot be told apart from it.

    Parameters
    ----------
    data : bytes
        The text in UTF-8.
    name : str, optional
        What refusals and notices call the file.
    ids_required : bool, optional
        Refuse features without an id.
    """
    report = Report(name)
    refusals: list[tuple[int | None, GeoJSONError]] = []
    try:
        data = unpacked(data, report)
        values = root_features(load(data, report), report)
    except GeoJSONError as error:
        notices = tuple((None, notice) for notice in report.notices)
        return Survey((), (), ((None, error),), notices, data)
    noted: list[tuple[int | None, Notice]] = [(None, notice) for notice in report.notices]
    features: list[Feature | None] = []
    for i, (value, place) in enumerate(values):
        report = Report(name)
        try:
            features.append(read_feature(value, report, place))
        except GeoJSONError as error:
            features.append(None)
            refusals += ((i, one) for one in _all_of(error, value, report))
        noted += ((i, notice) for notice in dict.fromkeys(report.notices))
    places = tuple(place for _, place in values)
    report = Report(name)
    refusals += id_refusals(features, places, report, required=ids_required)
    for i, kind, reason in _unsound(features):
        report.feature = label_of(getattr(features[i], "id", None), places[i]) or None
        noted.append((i, Notice(kind, name, report.feature, reason)))
    return Survey(tuple(features), places, tuple(refusals), tuple(noted), data)


def _all_of(first: GeoJSONError, value: Any, report: Report) -> Iterator[GeoJSONError]:
    """Yield why a feature is refused: the first reason, then those of its parts that differ."""
    yield first
    if not isinstance(value, dict) or value.get("type") != "Feature":
        return
    parts: tuple[Callable[[dict[str, Any], Report], Any], ...] = (read_properties, read_geometry)
    for read_part in parts:
        try:
            read_part(value, report)
        except GeoJSONError as error:
            if error.reason != first.reason:
                yield error


def _unsound(features: list[Feature | None]) -> Iterator[tuple[int, str, str]]:
    """Yield geometries that are not valid as they stand or once rounded: index, code, reason."""
    geometries = [feature.geometry if feature else None for feature in features]
    invalid = invalid_reasons(geometries)
    rounded = rounding_flaws(geometries)
    for i, reason in invalid.items():
        if i in rounded:
            yield i, "invalid-polygon", f"its area is not valid: {reason}"
        else:
            yield i, "fine-crossing", f"its area is not valid until it is rounded: {reason}"
    for i in rounded.keys() - invalid.keys():
        yield i, "collapsed-geometry", f"rounding makes the geometry invalid: {rounded[i]}"
