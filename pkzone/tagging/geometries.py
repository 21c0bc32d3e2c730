"""The nearest line or place of a version, and how far along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.measure import segment_lengths_m
from pkzone.geo.nearest import DensifiedSegments, Nearest, segments_of
from pkzone.tagging.layer_index import LineScene, PlaceScene
from pkzone.tagging.once import Once
from pkzone.tagging.records import ready

__all__ = ["LineTags", "Lines"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LineTags:
    """What is said of each of n places.

    Parameters
    ----------
    feature : ndarray of shape (n,)
        The number of the nearest feature; -1 if there is none.
    distance_m : ndarray of shape (n,)
        Geodesic distance to it; NaN if there is none.
    chainage_m : ndarray of shape (n,)
        How far along it, or along its route, the nearest place lies; NaN for points.
    """

    feature: Indices
    distance_m: Array
    chainage_m: Array


class Lines:
    """An index of the lines and points of a version.

    Attributes
    ----------
    index : Nearest or None
        What is nearest; None if there is nothing.
    owner : ndarray of int
        The number of the feature of each piece of that.
    """

    def __init__(self, scene: LineScene | PlaceScene) -> None:
        lines = scene.lines if isinstance(scene, LineScene) else ()
        start, end, line = segments_of(lines)
        end = _the_shorter_way(start, end)
        pieces = DensifiedSegments.of(
            np.concatenate([start, scene.points]), np.concatenate([end, scene.points])
        )
        at_point = np.full(len(scene.points), np.nan)
        owners = [np.array(scene.point_of, np.intp)]
        begins, lengths = at_point, at_point
        if isinstance(scene, LineScene):
            owners.insert(0, np.array(scene.line_of, np.intp)[line])
            begins, lengths = _chainages(lines, scene.from_m)
            begins = np.concatenate([begins, at_point])
            lengths = np.concatenate([lengths, at_point])
        self.owner = np.concatenate(owners)[pieces.segment]
        self._begins_m = begins[pieces.segment]
        self._length_m = lengths[pieces.segment]
        self._pieces = pieces
        self._drawn = lines, scene.points
        self._once = Once()
        self.index = Nearest(pieces) if len(pieces) else None

    def tags(self, lon: Array, lat: Array) -> LineTags:
        """Return nearest features, distances and chainages of places given in degrees."""
        if self.index is None:
            distance_m, chainage_m = np.full((2, len(lon)), np.nan)
            return LineTags(np.full(len(lon), -1, np.intp), distance_m, chainage_m)
        found = self.index.find(lon, lat)
        return LineTags(
            self.owner[found.piece], found.distance_m, self.chainage_m(found.piece, found.share)
        )

    @property
    def tree(self) -> shapely.STRtree:
        """The lines and points as shapes, by their boxes."""

        def made() -> shapely.STRtree:
            lines, points = self._drawn
            shapes = ready(np.array([shapely.LineString(one) for one in lines], dtype=object))
            return shapely.STRtree([*shapes, *shapely.points(points)])

        return self._once.get("tree", made)

    def chainage_m(self, piece: Indices, share: Array) -> Array:
        """Return the chainage at a share of the way along some pieces."""
        first, last = self._pieces.share_from[piece], self._pieces.share_to[piece]
        way = first + share * (last - first)
        found: Array = self._begins_m[piece] + way * self._length_m[piece]
        return found


def _chainages(lines: tuple[Array, ...], from_m: tuple[float, ...]) -> tuple[Array, Array]:
    """Return the chainage at which each segment begins, and its length."""
    lengths = [segment_lengths_m(line) for line in lines]
    begins = [at_m + np.cumsum(one) - one for one, at_m in zip(lengths, from_m, strict=True)]
    none = np.empty(0)
    return np.concatenate([none, *begins]), np.concatenate([none, *lengths])


def _the_shorter_way(start: Array, end: Array) -> Array:
    """Return the ends of segments, those across the antimeridian with longitudes that run on."""
    lon = start[:, 0] + (end[:, 0] - start[:, 0] + 180.0) % 360.0 - 180.0
    crosses = np.abs(end[:, 0] - start[:, 0]) > 180.0
    return np.column_stack([np.where(crosses, lon, end[:, 0]), end[:, 1]])
