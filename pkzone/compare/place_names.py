"""Names of the places near a line, and what lies within the reach of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.geo.convert import shape_of
from pkzone.geo.frame import Frame
from pkzone.geo.measure import distance_m, line_parts
from pkzone.geo.paths import Paths
from pkzone.geojson.model import Feature

__all__ = ["NEAR_M", "NOWHERE", "Places", "distances_m", "place_of"]

Array = npt.NDArray[np.float64]

NEAR_M = 3000.0
"""Places farther from a section than this do not name it."""


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

    def along(self, line: shapely.LineString, *, reach_m: float = NEAR_M) -> tuple[str, ...]:
        """Return the names of the places that tell best where a line runs.

        Parameters
        ----------
        line : shapely.LineString
            Degrees lon/lat.
        reach_m : float, optional
            Metres.

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
        found = first + last
        for half in _halves(line):
            found += self._nearest(half, reach_m, found, self.ranks)
        ordered = sorted(
            set(found) - set(first) - set(last),
            key=lambda n: line.project(shapely.centroid(self.shapes[n])),  # degrees: only an order
        )
        return tuple(dict.fromkeys(self.names[n] for n in (*first, *ordered, *last)))

    def at(self, place: BaseGeometry, *, reach_m: float = NEAR_M) -> tuple[str, ...]:
        """Return the name of the place nearest to a geometry; none if all are beyond reach."""
        return tuple(self.names[n] for n in self._nearest(place, reach_m, ()))

    def _nearest(
        self, place: BaseGeometry, reach_m: float, taken: Sequence[int], ranks: Array | None = None
    ) -> tuple[int, ...]:
        """Index of the best known, then nearest place of another name, as one or none."""
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
    """Return how far some geometries are from a place or line.

    Parameters
    ----------
    place : shapely geometry
        A point or lines, degrees lon/lat.
    others : ndarray of shapely geometries, shape (n,)
        Degrees lon/lat; none empty.
    within_m : float
        Metres; what is clearly farther away is not measured.

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
