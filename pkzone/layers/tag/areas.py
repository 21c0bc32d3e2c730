"""Inside, outside or too close to say: places against the areas of a version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.nearest import Nearest
from pkzone.layers.tag.borders import border_of
from pkzone.layers.tag.once import Once
from pkzone.layers.tag.scenes import AreaScene

__all__ = ["ANSWERS", "INSIDE", "OUTSIDE", "PARTLY", "UNCERTAIN", "AreaTags", "Areas"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

ANSWERS = ("inside", "outside", "uncertain", "partly")
INSIDE, OUTSIDE, UNCERTAIN, PARTLY = range(4)

_FEW = 24
"""Up to so many areas are asked one by one, which is quicker than a tree."""


@dataclass(frozen=True, slots=True)
class AreaTags:
    """What is said of each of n places.

    Parameters
    ----------
    answer : ndarray of shape (n,)
        `INSIDE`, `OUTSIDE` or `UNCERTAIN`.
    feature : ndarray of shape (n,)
        The number of the area that it is in, the deepest if several, else of the nearest; -1 if
        there is none.
    border_m : ndarray of shape (n,)
        Distance to the border of that, negative inside; NaN where it was not asked for.
    """

    answer: Codes
    feature: Indices
    border_m: Array


class Areas:
    """An index of the areas of a version.

    A place is inside if it is in an area, and as far from the border of that as its uncertainty
    or farther. It is outside if it is in none, and that far from the border of each. Else it is
    too close to say. On the border itself it counts as in no area.
    """

    def __init__(self, scene: AreaScene) -> None:
        self._polygons = np.array(scene.polygons, dtype=object)
        self._uncertainty_m = np.array(scene.uncertainty_m)
        self._boxes = shapely.bounds(self._polygons)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons) if len(self._polygons) > _FEW else None
        self._once = Once()

    def tags(self, lon: Array, lat: Array) -> AreaTags:
        """Return answers, areas and distances of places given in degrees."""
        count = len(lon)
        answer = np.full(count, OUTSIDE, np.int8)
        feature = np.full(count, -1, np.intp)
        border_m = np.full(count, np.nan)
        if not len(self._polygons):
            return AreaTags(answer, feature, border_m)
        row, area = self.containing(lon, lat)
        depth_m = self._depths(lon[row], lat[row], area)
        deep = depth_m >= self._uncertainty_m[area]
        order = np.lexsort((-area, depth_m, row))  # the deepest last, of equals the first
        feature[row[order]] = area[order]
        border_m[row[order]] = -depth_m[order]
        answer[row] = UNCERTAIN
        answer[row[deep]] = INSIDE
        out = np.flatnonzero(feature < 0)
        if len(out):
            index, owner = self._border()
            found = index.find(lon[out], lat[out])
            feature[out], border_m[out] = owner[found.piece], found.distance_m
            answer[out[self._is_close(lon[out], lat[out], feature[out], border_m[out])]] = UNCERTAIN
        border_m += 0.0  # no negative zero
        return AreaTags(answer, feature, border_m)

    def answers(self, lon: Array, lat: Array) -> tuple[Codes, Indices]:
        """Return answers, and the area that each place is in; -1 for none."""
        found = self.tags(lon, lat)
        return found.answer, np.where(found.border_m < 0, found.feature, -1)

    def containing(self, lon: Array, lat: Array) -> tuple[Indices, Indices]:
        """Return the pairs of places and the areas that they are in, by area or by place."""
        if self._tree is not None:
            lon, lat = _off_the_edge(lon, lat)
            row, area = self._tree.query(shapely.points(lon, lat), predicate="within")
            return row, area
        rows = [self._inside_one(area, lon, lat) for area in range(len(self._polygons))]
        areas = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
        return np.concatenate([np.empty(0, np.intp), *rows]), areas

    def _inside_one(self, area: int, lon: Array, lat: Array) -> Indices:
        row = in_box(self._boxes[area], lon, lat)
        is_in = shapely.contains_xy(self._polygons[area], *_off_the_edge(lon[row], lat[row]))
        found: Indices = row[is_in]
        return found

    def _depths(self, lon: Array, lat: Array, area: Indices) -> Array:
        """Return how far each place is from the border of the area that it is in."""
        depth_m = np.empty(len(area))
        for one in np.unique(area).tolist():
            row = np.flatnonzero(area == one)
            depth_m[row] = self._border(one)[0].find(lon[row], lat[row]).distance_m
        return depth_m

    def _is_close(self, lon: Array, lat: Array, feature: Indices, border_m: Array) -> Flags:
        """Tell which places, in no area, are closer to the border of any than its uncertainty."""
        close: Flags = border_m < self._uncertainty_m[feature]
        for uncertainty_m in np.unique(self._uncertainty_m):
            row = np.flatnonzero(~close & (border_m < uncertainty_m))
            if len(row):
                index, _ = self._border(uncertainty_m=float(uncertainty_m))
                close[row] = index.find(lon[row], lat[row]).distance_m < uncertainty_m
        return close

    def _border(
        self, area: int | None = None, *, uncertainty_m: float | None = None
    ) -> tuple[Nearest, Indices]:
        """Return the border of one area, of those of one uncertainty, or of all."""

        def made() -> tuple[Nearest, Indices]:
            chosen = np.arange(len(self._polygons))
            if area is not None:
                chosen = chosen[area : area + 1]
            elif uncertainty_m is not None:
                chosen = chosen[self._uncertainty_m == uncertainty_m]
            pieces, owner = border_of(list(self._polygons[chosen]))
            return Nearest(pieces), chosen[owner]

        return self._once.get((area, uncertainty_m), made)


def in_box(box: Array, lon: Array, lat: Array) -> Indices:
    """Return which places lie in a box or on its edge."""
    west, south, east, north = box
    return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _off_the_edge(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return places moved off the antimeridian and the poles by as little as there is.

    An area that goes on beyond them is cut there, but has no border.
    """
    most_lon, most_lat = np.nextafter((180.0, 90.0), 0.0)
    return np.clip(lon, -most_lon, most_lon), np.clip(lat, -most_lat, most_lat)
