"""Names of the places along a line, distances to them, and labels of features without an id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.memo import once
from pkzone.errors import printable
from pkzone.geo.convert import shape_of
from pkzone.geo.frame import Frame
from pkzone.geo.measure import distance_m, line_parts
from pkzone.geo.paths import Paths
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable, phrase

__all__ = ["NEAR_M", "NOWHERE", "Places", "distances_m", "feature_label", "place_of"]

Array = npt.NDArray[np.float64]

NEAR_M = 3000.0
"""Places farther from a section than this do not name it."""

# Properties that are likely to tell features apart: the first that has a value is told.
_KEYS = (
    re.compile(r"name|title|label", re.IGNORECASE),
    re.compile(r"(id|code|ref|key|uuid|nr|number)\Z", re.IGNORECASE),
)
_LONGEST = 60
_DECIMALS = 5  # of degrees: about a metre


@dataclass(frozen=True, eq=False)
class Places:
    """Places with a name, in the order given.

    Parameters
    ----------
    names : tuple of str
        One name a place.
    ranks : ndarray of float, shape (n,)
        How well known each is, 1 the best: what ``rank`` says; inf where it says nothing.
    shapes : ndarray of shapely geometries, shape (n,)
        Degrees lon/lat; points, or any other geometry.
    """

    names: tuple[str, ...]
    ranks: Array
    shapes: npt.NDArray[np.object_]

    @classmethod
    @once
    def of(cls, features: Iterable[Feature]) -> Places:
        """Return the places among some features: those with a ``name`` and a geometry."""
        kept = [
            (one.properties, place)
            for one in features
            if _text(one.properties.get("name")) and (place := place_of(one)) is not None
        ]
        shapes = np.empty(len(kept), dtype=object)
        shapes[:] = [place for _, place in kept]
        ranks = np.array([_number(properties.get("rank")) for properties, _ in kept])
        return cls(tuple(properties["name"] for properties, _ in kept), ranks, shapes)

    @once
    def along(self, line: shapely.LineString, *, reach_m: float = NEAR_M) -> tuple[str, ...]:
        """Name the places that best describe where a line runs.

        Returns
        -------
        tuple of str
            At most four, none twice, in order along the line: the places nearest to its start
            and to its end and, of the others, the best known on either half, the nearest among
            equals. Places beyond the reach are left out.
        """
        if not self.names or line.is_empty:
            return ()
        beginning, ending = shapely.get_point(line, 0), shapely.get_point(line, -1)
        first = self._nearest(beginning, reach_m, ())
        last = self._nearest(ending, reach_m, first)
        chosen = first + last
        for half in _halves(line):
            chosen += self._nearest(half, reach_m, chosen, self.ranks)
        ordered = sorted(
            set(chosen) - set(first) - set(last),
            key=lambda n: line.project(shapely.centroid(self.shapes[n])),  # degrees: only an order
        )
        return tuple(dict.fromkeys(self.names[n] for n in (*first, *ordered, *last)))

    def at(self, place: BaseGeometry, *, reach_m: float = NEAR_M) -> tuple[str, ...]:
        """Return the name of the place nearest to a geometry; none if all are beyond reach."""
        return tuple(self.names[n] for n in self._nearest(place, reach_m, ()))

    def _nearest(
        self, place: BaseGeometry, reach_m: float, taken: Sequence[int], ranks: Array | None = None
    ) -> tuple[int, ...]:
        """Return the index of the best known, then nearest place of another name, or nothing."""
        away_m = distances_m(place, self.shapes, reach_m)
        names = {self.names[n] for n in taken}
        near = [n for n in np.flatnonzero(away_m <= reach_m).tolist() if self.names[n] not in names]
        rank = np.zeros(len(self.names)) if ranks is None else ranks
        return (min(near, key=lambda n: (rank[n], away_m[n])),) if near else ()


NOWHERE = Places.of(())


def place_of(feature: Feature) -> BaseGeometry | None:
    """Return the shape of a feature, without heights; none if it has none or an empty one."""
    shape = shape_of(feature.geometry)
    return None if shape.is_empty else shape


def distances_m(place: BaseGeometry, others: npt.NDArray[np.object_], within_m: float) -> Array:
    """Return the distances of geometries from a place or line.

    What is clearly farther away than ``within_m`` is not measured.

    Returns
    -------
    ndarray of shape (n,)
        Metres, with the error that `Frame.distortion` states; inf for what is farther away.
    """
    away_m = np.full(len(others), np.inf)
    if not len(others):
        return away_m
    frame = Frame.around(place)
    close = np.flatnonzero(_may_reach(frame, others, within_m))
    here = _in_plane(place, frame)
    there = np.array([frame.to_metres(others[n]) for n in close], dtype=object)
    away_m[close] = shapely.distance(there, here)
    return away_m


def _may_reach(frame: Frame, others: npt.NDArray[np.object_], within_m: float) -> Array:
    """Return which geometries have a box that comes within a distance of the frame's data."""
    boxes = shapely.bounds(others)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    centre = np.tile([frame.lon_deg, frame.lat_deg], (len(others), 1))
    away_m = distance_m(centre, middle)
    corners = [boxes[:, [i, j]] for i in (0, 2) for j in (1, 3)]
    half_m = np.max([distance_m(middle, corner) for corner in corners], axis=0)
    reach_m = 1.01 * (frame.radius_m + within_m + half_m) + 100.0
    return np.asarray(away_m <= reach_m)


def _in_plane(place: BaseGeometry, frame: Frame) -> BaseGeometry:
    """Return a point or lines in the plane, their segments bent as degrees are."""
    lines = list(line_parts(place))
    if not lines:
        return frame.to_metres(place)
    pieces = Paths.lay([lines], [frame]).pieces
    return shapely.multilinestrings(np.stack([pieces.start, pieces.end], axis=1))


def _halves(line: shapely.LineString) -> tuple[shapely.LineString, shapely.LineString]:
    """Cut a line in the middle, measured in degrees: near enough to name places."""
    from shapely.ops import substring

    return substring(line, 0, 0.5, normalized=True), substring(line, 0.5, 1, normalized=True)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.inf


def feature_label(feature: Feature, *, with_name: bool = True, brief: bool = False) -> str:
    """Return the id of a feature; of one without, what to find it by in its file.

    Parameters
    ----------
    feature : Feature
        Any.
    with_name : bool, optional
        Without it the ``name`` is left out: for where it stands beside the label.
    brief : bool, optional
        With it the place is left out where there is a name or a key.

    Examples
    --------
    >>> place = {"type": "Point", "coordinates": [46.55, 39.6]}
    >>> feature_label(Feature(None, {"name": "Post", "osm_id": 7}, place))
    'Post (Point near 39.6° N 46.55° E)'
    >>> feature_label(Feature(None, {"osm_id": 7}, place))
    'osm_id 7 (Point near 39.6° N 46.55° E)'
    """
    if feature.id is not None:
        return str(feature.id)
    place = _place(feature.geometry)
    known = _label_text(feature.properties.get("name"))
    if known and not with_name:
        return place
    own = known or next((f"{key} {text}" for key, text in _candidates(feature.properties)), "")
    if own and brief:
        return own
    return Translatable("{name} ({place})", name=own, place=place) if own else place


def _candidates(properties: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, text)
        for pattern in _KEYS
        for key in sorted(properties)
        if pattern.search(key) and (text := _label_text(properties[key]))
    ]


def _label_text(value: Any) -> str:
    """Return a value that can stand for a feature: text or a whole number; else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return printable(str(value).strip(), _LONGEST)


def _place(geometry: dict[str, Any] | None) -> str:
    if geometry is None:
        return Translatable("no id, no geometry")
    position = _position(geometry)
    if position is None:
        return Translatable("empty {type}", type=Translatable(geometry["type"]))
    lon, lat = (_degrees(value) for value in position[:2])
    north, east = "S" if position[1] < 0 else "N", "W" if position[0] < 0 else "E"
    return Translatable(
        "{type} near {lat}° {north} {lon}° {east}",
        type=Translatable(geometry["type"]),
        lat=lat,
        north=Translatable(north),
        lon=lon,
        east=Translatable(east),
    )


_TYPES: Final = (
    *(phrase("Point"), phrase("LineString"), phrase("Polygon"), phrase("MultiPoint")),
    *(phrase("MultiLineString"), phrase("MultiPolygon"), phrase("GeometryCollection")),
)


def _position(geometry: dict[str, Any]) -> tuple[float, float] | None:
    """Return a position that stands for a geometry, whichever way its rings are written.

    Of an area it is the middle of the box round its first outer ring, of the ring that starts
    farthest south-west; of a line the middle vertex; of points the first.
    """
    if geometry["type"] == "GeometryCollection":
        found = filter(None, map(_position, geometry["geometries"]))
        return next(found, None)
    coordinates = geometry["coordinates"]
    kind = geometry["type"].removeprefix("Multi")
    parts = coordinates if kind != geometry["type"] else [coordinates]
    parts = [one for one in parts if one]
    if not parts:
        return None
    if kind == "Polygon":
        boxes = [_box(part[0]) for part in parts if part[0]]
        west, south, east, north = min(boxes)
        return (west + east) / 2, (south + north) / 2
    part = min(parts)
    lon, lat, *_ = part if kind == "Point" else part[len(part) // 2]
    return lon, lat


def _box(ring: list[list[float]]) -> tuple[float, float, float, float]:
    lons, lats = [one[0] for one in ring], [one[1] for one in ring]
    return min(lons), min(lats), max(lons), max(lats)


def _degrees(value: float) -> str:
    return f"{abs(value):.{_DECIMALS}f}".rstrip("0").rstrip(".")
