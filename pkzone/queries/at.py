"""Tell what held at a place: where its layer says that it lies, then where the drawing has it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from pkzone.errors import PlaceNotFound, VersionNotFound
from pkzone.geojson.model import Feature, text_of, texts_of
from pkzone.i18n.messages import Translatable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.dates import overlaps, period_of
from pkzone.layers.model import Event, Version
from pkzone.layers.names import names_in
from pkzone.queries.drawn import INSIDE, OUTSIDE, UNCERTAIN, Drawing, Found, NearestRoad
from pkzone.queries.place_index import Place, PlaceIndex
from pkzone.queries.place_table import AGREES, COLUMNS, DIFFERS, LEGEND, PlaceTable, explanation
from pkzone.tagging.engine import looks_swapped

__all__ = ["at"]

Row = dict[str, Any]


def at(
    place: str | Sequence[float],
    on: str | date | None = None,
    *,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> PlaceTable:
    """Return where a place lies, by its layer and as drawn, and the nearest road in use.

    Parameters
    ----------
    place : str or sequence of float
        Any name of a place, in any script, or its id; or a point, ``"LON,LAT"`` or a pair, in
        degrees of WGS 84.
    on : str or datetime.date, optional
        A day, or a month or year in which the answer stays the same. Without one the whole life
        of the place is told, a row for each period in which the answer is the same.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    PlaceTable
        One row a period; of a day, the one that it falls in. ``stated`` is what the layer of the
        place says, with its sources; it goes before the drawing. ``zone`` is ``inside``,
        ``outside`` or, nearer to a border than that may be off, ``uncertain``, by the rule of
        `pkzone.tag`; ``border_km`` is negative inside. ``corridor`` and ``control`` say the same
        of the strips of the corridor and of the areas that changed hands. ``agreement`` compares
        ``stated`` with the drawing; ``explanation`` says why they differ.

    Raises
    ------
    PlaceNotFound
        No place has this name, or several have; or the point is latitude before longitude.
    BadDate
        ``on`` is not a date.
    VersionNotFound
        Nothing is in force on that day yet, or the answer changes within that month.
    CatalogueError, HashMismatch, GeoJSONError
        A file of the catalogue is missing or damaged.

    Examples
    --------
    >>> import pkzone
    >>> (day,) = pkzone.at("Lachin", "2022-08-25").records()
    >>> day["stated"], day["stated_certainty"], day["zone"], day["valid_to"]
    ('corridor', 'agreed', 'uncertain', '2022-08-26')
    """
    opened = open_catalogue(catalogue)
    drawing = Drawing(opened.cached())
    when = None if on is None else period_of(on, opened.time_zone)
    subject = _subject(place, drawing)
    if not drawing.days:
        raise VersionNotFound("no layer of the catalogue has a version yet; publish one first")
    rows = _periods(subject, drawing)
    about: dict[str, Any] = {"place": subject.about()}
    if when is not None:
        rows = [_row_of(rows, *when)]
        first, last = map(str, when)
        about["date"] = first if first == last else str(on)
    cells = tuple(tuple(row[column.name] for column in COLUMNS) for row in rows)
    names = names_in(cells, drawing.catalogue)
    return PlaceTable("at", COLUMNS, cells, about, LEGEND if when is None else (), names=names)


@dataclass(frozen=True)
class _Subject:
    """What is asked about: a place of the index, or a point."""

    lon: float
    lat: float
    place: Place | None = None

    def about(self) -> dict[str, Any]:
        """Return the place as plain JSON types."""
        point = {"lon": self.lon, "lat": self.lat}
        if self.place is None:
            return point
        off_km = _km(self.place.uncertainty_m)
        return {
            "ref": self.place.ref,
            "name": self.place.name,
            **point,
            **({"uncertainty_km": off_km} if off_km else {}),
        }


_POINT = re.compile(r"\s*([+-]?\d+(?:\.\d*)?)\s*[,; ]\s*([+-]?\d+(?:\.\d*)?)\s*", re.ASCII)


def _subject(place: str | Sequence[float], drawing: Drawing) -> _Subject:
    """Return the place of a name, or the point of two numbers.

    Raises
    ------
    PlaceNotFound
        There is no such place or point, or the two numbers look exchanged.
    """
    if isinstance(place, str):
        match = _POINT.fullmatch(place)
        if match is None:
            found = PlaceIndex.of(drawing.catalogue).find(place)
            return _Subject(found.lon, found.lat, found)
        lon, lat = map(float, match.groups())
    else:
        lon, lat = map(float, place)
    label, turned = f"{lon:.9g},{lat:.9g}", f"{lat:.9g},{lon:.9g}"
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        can_turn = abs(lat) <= 180 and abs(lon) <= 90
        hint = f"did you mean {turned}?" if can_turn else "write LON,LAT in degrees: 46.75,39.82"
        raise PlaceNotFound(f"{label} is not a point on earth; {hint}")
    if drawing.box is not None and looks_swapped(drawing.box, np.array([lon]), np.array([lat]))[0]:
        raise PlaceNotFound(f"{label} is far from every layer; did you mean {turned}?")
    return _Subject(lon, lat)


def _periods(subject: _Subject, drawing: Drawing) -> list[Row]:
    """Return one row for each period in which the answer is the same, oldest first."""
    rows: list[Row] = []
    for day, after in zip_longest(drawing.days, drawing.days[1:]):
        answer = _answer(subject, drawing, drawing.in_force(day))
        until = None if after is None else after.isoformat()
        if rows and answer == {column: rows[-1][column] for column in answer}:
            rows[-1]["valid_to"] = until
        else:
            rows.append({"valid_from": day.isoformat(), "valid_to": until, **answer})
    for row in rows:
        events = _events(subject, drawing.catalogue, row)
        row["events"] = [event.id for event in events]
        row["event_titles"] = [
            Translatable("{date}: {title}", date=event.date, title=event.title) for event in events
        ]
    return rows


def _row_of(rows: Sequence[Row], first: date, last: date) -> Row:
    """Return the row that holds on all days from the first to the last.

    Raises
    ------
    VersionNotFound
        The answer is not the same on all of them, or nothing is in force yet.
    """
    begun = [row for row in rows if row["valid_from"] <= last.isoformat()]
    if not begun or first.isoformat() < rows[0]["valid_from"]:
        raise VersionNotFound(
            f"no version of any layer is in force on {first}; the first is {rows[0]['valid_from']}"
        )
    changes = [row["valid_from"] for row in begun if row["valid_from"] > first.isoformat()]
    if changes:
        told = ", ".join(changes) if len(changes) < _MANY else f"{changes[0]} first"
        same = [one for one in begun if one["valid_to"] is None or one["valid_to"] > str(first)]
        only = ""
        if len({tuple(_but_the_road(one)) for one in same}) == 1:
            only = " (the nearest road only)"
        raise VersionNotFound(
            f"the answer changes on {told}{only}; name a day, or none for all periods"
        )
    return begun[-1]


_PERIOD: Final = "valid_from", "valid_to", "event"


def _but_the_road(row: Row) -> list[str]:
    """Return what a row says of a place itself, not of its period or the road near it."""
    return [repr(value) for key, value in row.items() if not key.startswith((*_PERIOD, "road"))]


_MANY: Final = 6
_EVER: Final = date.max.isoformat()


def _events(subject: _Subject, catalogue: Catalogue, row: Row) -> list[Event]:
    """Return the events that name the place and fall into a period."""
    if subject.place is None:
        return []
    first, after = (date.fromisoformat(row[key] or _EVER) for key in ("valid_from", "valid_to"))
    last = after - timedelta(days=1)
    return [
        event
        for event in catalogue.events
        if subject.place.ref in event.features and overlaps(event.date, first, last)
    ]


def _answer(subject: _Subject, drawing: Drawing, versions: Sequence[Version]) -> Row:
    """Return what holds at a place by the versions in force: every column but period and events."""
    feature = _own_feature(subject, drawing, versions)
    own: Mapping[str, Any] = {} if feature is None else feature.properties
    lon, lat = subject.lon, subject.lat
    if feature is not None and feature.geometry is not None:
        lon, lat = feature.geometry["coordinates"][:2]
    zone, corridor, control = (
        find(versions, lon, lat) for find in (drawing.zone, drawing.corridor, drawing.control)
    )
    is_stated = subject.place is not None and subject.place.is_stated
    stated = text_of(own, "status") if is_stated else None
    held = control if control is not None and control.answer != OUTSIDE else None
    row = {
        "stated": stated,
        "stated_certainty": text_of(own, "certainty"),
        "stated_sources": texts_of(own, "sources"),
        "stated_note": text_of(own, "note"),
        "zone": zone and zone.answer,
        "zone_area": _area_id(zone),
        "zone_certainty": text_of(_of_area(zone), "certainty"),
        "zone_uncertainty_km": _km(_of_area(zone).get("uncertainty_m")),
        "zone_status": text_of(_of_area(zone), "status"),
        "zone_note": text_of(_of_area(zone), "note"),
        "border_km": _km(zone and zone.border_m),
        "corridor": corridor and corridor.answer,
        "corridor_certainty": text_of(_of_area(corridor), "certainty"),
        "agreement": _agreement(stated, zone, corridor),
        "control": control and control.answer,
        "control_area": _area_id(held),
        "controller": text_of(_of_area(held), "controller") if _is_inside(held) else None,
        "control_certainty": text_of(_of_area(held), "certainty"),
        "control_note": text_of(_of_area(held), "note"),
        **_of_road(drawing.road(versions, lon, lat)),
    }
    why = explanation(row)
    return {**row, "explanation": str(why) if why else None}


def _is_inside(found: Found | None) -> bool:
    return found is not None and found.answer == INSIDE


def _own_feature(
    subject: _Subject, drawing: Drawing, versions: Iterable[Version]
) -> Feature | None:
    """Return the feature of the place in the version in force."""
    if subject.place is None:
        return None
    features = (one for version in versions for one in drawing.features(version))
    return next((one for one in features if one.id == subject.place.ref), None)


# What the drawing has to say of a place that its layer says this of; of others it cannot tell.
_AS_DRAWN: Final = {
    "inside": ("zone", INSIDE),
    "corridor": ("corridor", INSIDE),
    "outside": ("zone", OUTSIDE),
}


def _agreement(stated: str | None, zone: Found | None, corridor: Found | None) -> str | None:
    """Compare what a layer says of a place with the drawing; None where nothing is to compare."""
    if stated not in _AS_DRAWN:
        return None
    ground, wanted = _AS_DRAWN[stated]
    found = zone if ground == "zone" else corridor
    if found is None or found.answer == UNCERTAIN:
        return found and UNCERTAIN
    return AGREES if found.answer == wanted else DIFFERS


def _of_road(road: NearestRoad | None) -> Row:
    own: Mapping[str, Any] = {} if road is None else road.feature.properties
    return {
        "road": None if road is None else str(road.feature.id),
        "road_status": text_of(own, "status"),
        "road_controller": text_of(own, "controller"),
        "road_traffic": texts_of(own, "traffic"),
        "road_certainty": text_of(own, "certainty"),
        "road_km": _km(road and road.distance_m),
        "road_uncertainty_km": _km(own.get("uncertainty_m")),
    }


def _area_id(found: Found | None) -> str | None:
    return None if found is None or found.area is None else str(found.area.id)


def _of_area(found: Found | None) -> Mapping[str, Any]:
    return {} if found is None or found.area is None else found.area.properties


def _km(metres: object) -> float | None:
    """Return metres as kilometres with one decimal; None for what is not a number."""
    if isinstance(metres, bool) or not isinstance(metres, int | float):
        return None
    return round(metres / 1000, 1) + 0.0  # no -0
