"""Survey a GeoJSON text: all refusals and oddities, where the reader stops at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pkzone.checks.oddities import far_vertex, has_null_island, oddities, positions_of
from pkzone.checks.rules import is_finer
from pkzone.errors import GeoJSONError
from pkzone.geo.coordinates import Coordinates
from pkzone.geojson.batches import Batch, batch_of_root, plain_feature, read_in_batches
from pkzone.geojson.geometry import invalid_reasons
from pkzone.geojson.json_text import load
from pkzone.geojson.model import Feature, Notice, Report, label_of
from pkzone.geojson.objects import (
    id_refusals,
    read_feature,
    read_geometry,
    read_properties,
)
from pkzone.geojson.writer import rounding_flaws

__all__ = ["Survey", "survey"]


@dataclass(slots=True)
class Survey:
    """Features of a GeoJSON text, with all refusals and notices.

    Attributes
    ----------
    features : list of Feature or None
        The features in the file's order; None for each that is refused. Without geometries,
        unless they were asked for.
    places : list of str
        Where each stands: ``features[3]``, ``feature`` if it is the whole file, empty if the file
        is a bare geometry.
    refusals : list of (int or None, GeoJSONError)
        What is refused, with the index of the feature; None if it is about the whole file.
    notices : list of (int or None, Notice)
        What is repaired on reading, or odd.
    finer : list of int
        Features with more decimals than are kept.
    likely : list of (int, str, str)
        Likely mistakes: index of the feature, code and message.
    """

    features: list[Feature | None] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    refusals: list[tuple[int | None, GeoJSONError]] = field(default_factory=list)
    notices: list[tuple[int | None, Notice]] = field(default_factory=list)
    finer: list[int] = field(default_factory=list)
    likely: list[tuple[int, str, str]] = field(default_factory=list)


def survey(
    data: bytes,
    *,
    name: str = "<stdin>",
    ids_required: bool = False,
    keeps_geometries: bool = False,
) -> Survey:
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
    keeps_geometries : bool, optional
        Return geometries too, which take most of the memory.
    """

    def read(batches: Iterable[Batch], report: Report) -> Survey:
        return _surveyed(
            batches, report, ids_required=ids_required, keeps_geometries=keeps_geometries
        )

    found = read_in_batches(data, read, name=name)
    if found is not None:
        return found
    report = Report(name)
    try:
        batch = batch_of_root(load(data, report), report)
    except GeoJSONError as error:
        notices: list[tuple[int | None, Notice]] = [(None, notice) for notice in report.notices]
        return Survey(refusals=[(None, error)], notices=notices)
    return read([batch], report)


def _surveyed(
    batches: Iterable[Batch], report: Report, *, ids_required: bool, keeps_geometries: bool
) -> Survey:
    found = Survey()
    unsound: list[tuple[int, str, str]] = []
    null_islands: set[int] = set()
    lonlat = [np.empty((0, 2))]
    owners = [np.empty(0, np.intp)]
    for batch in batches:
        first = len(found.features)
        features = list(_features_of(batch, found, report.file))
        geometries = [feature.geometry if feature else None for feature in features]
        coordinates = _coordinates_of(batch, geometries)
        gathered = set(coordinates.rows.tolist())
        at_zero = coordinates.runs_with((coordinates.lonlat == 0).all(axis=1))
        at_zero = coordinates.of_runs(at_zero & (coordinates.dimension == 0))
        doubtful, finer, at_null = (
            {first + row for row in coordinates.rows[flags].tolist()}
            for flags in (~_stays_sound(coordinates), coordinates.finer, at_zero)
        )
        lonlat.append(coordinates.lonlat)
        rows = coordinates.rows[coordinates.geometry_of_run][coordinates.run_of_position]
        owners.append(first + rows)
        for i, geometry in enumerate(geometries, start=first):
            if geometry is None or i - first in gathered:
                continue
            doubtful.add(i)
            finer |= {i} if is_finer(geometry) else set()
            at_null |= {i} if has_null_island(geometry) else set()
            positions = [position[:2] for position in positions_of(geometry)]
            lonlat.append(np.array(positions, np.float64).reshape(-1, 2))
            owners.append(np.full(len(positions), i))
        unsound += _unsound({i: geometries[i - first] for i in sorted(doubtful)})
        found.finer += sorted(finer)
        null_islands |= at_null
        found.places += batch.places
        found.features += (
            features
            if keeps_geometries
            else [one and Feature(one.id, one.properties, None) for one in features]
        )
    found.notices[:0] = [(None, notice) for notice in report.notices]
    report = Report(report.file)
    found.refusals += id_refusals(found.features, found.places, report, required=ids_required)
    for i, code, reason in unsound:
        feature = label_of(getattr(found.features[i], "id", None), found.places[i]) or None
        found.notices.append((i, Notice(code, report.file, feature, reason)))
    found.likely += oddities(found.features, null_islands)
    found.likely += far_vertex(np.concatenate(lonlat), np.concatenate(owners))
    return found


def _features_of(batch: Batch, found: Survey, name: str) -> Iterator[Feature | None]:
    """Yield the features of a batch, and add what is refused or noted of each."""
    places = zip(batch.values, batch.places, batch.plain, strict=True)
    for i, (value, place, is_plain) in enumerate(places, start=len(found.features)):
        if is_plain:
            yield plain_feature(value)
            continue
        report = Report(name)
        try:
            yield read_feature(value, report, place)
        except GeoJSONError as error:
            found.refusals += ((i, one) for one in _all_of(error, value, report))
            yield None
        found.notices += ((i, notice) for notice in dict.fromkeys(report.notices))


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


def _coordinates_of(batch: Batch, geometries: Sequence[dict[str, Any] | None]) -> Coordinates:
    """Return the coordinates of the features that are not refused."""
    if batch.coordinates is None:
        return Coordinates.of(geometries)
    is_read = [geometries[row] is not None for row in batch.coordinates.rows.tolist()]
    return batch.coordinates.taken(np.array(is_read, np.bool_))


def _stays_sound(coordinates: Coordinates) -> npt.NDArray[np.bool_]:
    """Return which geometries are valid as they stand and once they are rounded."""
    rounded = coordinates.rounded if coordinates.finer.any() else coordinates
    collapses = coordinates.has_length & ~rounded.has_length
    return coordinates.valid & rounded.valid & ~collapses


def _unsound(doubtful: dict[int, dict[str, Any] | None]) -> Iterator[tuple[int, str, str]]:
    """Yield geometries that are not valid as they stand or once rounded: index, code, reason."""
    rows, geometries = list(doubtful), list(doubtful.values())
    invalid = invalid_reasons(geometries)
    rounded = rounding_flaws(geometries)
    for row, reason in invalid.items():
        if row in rounded:
            yield rows[row], "invalid-polygon", f"its area is not valid: {reason}"
        else:
            text = f"its area is not valid until it is rounded: {reason}"
            yield rows[row], "fine-crossing", text
    for row in rounded.keys() - invalid.keys():
        text = f"rounding makes the geometry invalid: {rounded[row]}"
        yield rows[row], "collapsed-geometry", text
