"""Inside, outside or too close to say: places against the areas of a version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.nearest import Nearest
from pkzone.tagging.borders import (
    SEAM_M,
    Ground,
    LazyCache,
    Margins,
    border_of,
    grounds_of,
    prepare,
)
from pkzone.tagging.layer_index import AreaIndex

__all__ = ["ANSWERS", "INSIDE", "OUTSIDE", "PARTLY", "UNCERTAIN", "AreaTags", "Areas"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

ANSWERS = ("inside", "outside", "uncertain", "partly")
INSIDE, OUTSIDE, UNCERTAIN, PARTLY = range(4)

_FEW = 24
"""Up to so many areas are asked one by one, which is quicker than a tree."""


@dataclass(frozen=True, slots=True)
class AreaTags:
    """Answers of n places, lines or areas, as arrays.

    Parameters
    ----------
    answer : ndarray of shape (n,)
        `INSIDE`, `OUTSIDE`, `UNCERTAIN` or, of a line or area, `PARTLY`.
    feature : ndarray of shape (n,)
        The number of the area that it is in, the deepest if several; else the one that most of it
        is in; else the nearest, or -1 if there is none or distances were not asked for.
    border_m : ndarray of shape (n,)
        Distance to the border of that, negative inside, 0 where it reaches both sides; NaN where
        it was not asked for.
    share : ndarray of shape (n,)
        Which part of it is in any area.
    """

    answer: Codes
    feature: Indices
    border_m: Array
    share: Array


class Areas:
    """Point-in-area and border-distance index of the areas of a version.

    A place is inside if it is in an area, and as far from the border of that as its uncertainty
    or farther. It is so too where areas touch or overlap, if it is that far from the outer border
    of all of them together: no seam between them is a border. It is outside if it is in none, and
    that far from the border of each. Else it is too close to say. On the border itself it counts
    as in no area.

    Attributes
    ----------
    polygons : ndarray of shapely geometry
        The areas in degrees.
    """

    def __init__(self, index: AreaIndex) -> None:
        self.polygons = np.array(index.polygons, dtype=object)
        self._uncertainty_m = np.array(index.uncertainty_m)
        self._boxes = Boxes(self.polygons)
        self._cache = LazyCache()
        prepare(self.polygons)

    def tags(self, lon: Array, lat: Array) -> AreaTags:
        """Return answers, areas and distances of places given in degrees."""
        count = len(lon)
        answer = np.full(count, OUTSIDE, np.int8)
        feature = np.full(count, -1, np.intp)
        border_m = np.full(count, np.nan)
        if not len(self.polygons):
            return AreaTags(answer, feature, border_m, np.zeros(count))
        row, area = self._containing(lon, lat)
        depth_m = self._depths(lon[row], lat[row], area)
        deep = depth_m >= self._uncertainty_m[area]
        order = np.lexsort((-area, depth_m, row))  # the deepest last, of equals the first
        feature[row[order]] = area[order]
        border_m[row[order]] = -depth_m[order]
        answer[row] = UNCERTAIN
        answer[row[deep]] = INSIDE
        out = np.flatnonzero(feature < 0)
        if len(out):
            index, owner = self.border()
            found = index.find(lon[out], lat[out])
            feature[out], border_m[out] = owner[found.piece], found.distance_m
            answer[out[self._is_close(lon[out], lat[out], feature[out], border_m[out])]] = UNCERTAIN
        unsure = np.flatnonzero((answer == UNCERTAIN) | (np.abs(border_m) < SEAM_M))
        answer[unsure[self._is_deep_in_a_ground(lon[unsure], lat[unsure])]] = INSIDE
        border_m += 0.0  # no negative zero
        return AreaTags(answer, feature, border_m, np.where(border_m < 0, 1.0, 0.0))

    def answers(self, lon: Array, lat: Array) -> tuple[Codes, Indices]:
        """Return answers, and the area that each place is in, -1 for none.

        As `tags` does, but distances are found for those few places only of which nothing else
        tells.
        """
        answer = np.full(len(lon), OUTSIDE, np.int8)
        feature = np.full(len(lon), -1, np.intp)
        row, area = self._containing(lon, lat)
        feature[row[::-1]] = area[::-1]
        unsure = np.bincount(row, minlength=len(lon)) > 1
        if self._uncertainty_m.any():
            deep, inner, near, wide, boxes = self._margins()
            answer[row] = UNCERTAIN
            is_deep = _is_in(deep, row, area, lon, lat)
            answer[row[is_deep]] = INSIDE
            row, area = row[~is_deep], area[~is_deep]
            unsure[row[_is_in(inner, row, area, lon, lat)]] = True
            rest = np.flatnonzero(answer == UNCERTAIN)
            answer[rest[self._is_deep_in_a_ground(lon[rest], lat[rest])]] = INSIDE
            out = np.flatnonzero(feature < 0)
            row, area = boxes.pairs(lon[out], lat[out])
            row = out[row]
            is_near = _is_in(near, row, area, lon, lat)
            answer[row[is_near]] = UNCERTAIN
            unsure[row[is_near][self._on_grounds(lon[row[is_near]], lat[row[is_near]])[0]]] = True
            row, area = row[~is_near], area[~is_near]
            row = row[_is_in(wide, row, area, lon, lat)]
            unsure[row[answer[row] == OUTSIDE]] = True
        else:
            answer[row] = INSIDE
            out = np.flatnonzero(feature < 0)
            unsure[out[self._on_grounds(lon[out], lat[out])[0]]] = True
        few = np.flatnonzero(unsure)
        if len(few):
            found = self.tags(lon[few], lat[few])
            answer[few] = found.answer
            within = (found.border_m < 0) | (found.answer == INSIDE)
            feature[few] = np.where(within, found.feature, -1)
        return answer, feature

    def border(
        self, area: int | None = None, *, uncertainty_m: float | None = None
    ) -> tuple[Nearest, Indices]:
        """Return the border of one area, of those of one uncertainty, or of all.

        With it goes, for each of its pieces, the number of the area.
        """

        def made() -> tuple[Nearest, Indices]:
            chosen = np.arange(len(self.polygons))
            if area is not None:
                chosen = chosen[area : area + 1]
            elif uncertainty_m is not None:
                chosen = chosen[self._uncertainty_m == uncertainty_m]
            pieces, owner = border_of(list(self.polygons[chosen]))
            return Nearest(pieces), chosen[owner]

        return self._cache.get((area, uncertainty_m), made)

    @property
    def tree(self) -> shapely.STRtree:
        """STRtree of the areas."""
        return self._cache.get("tree", lambda: shapely.STRtree(self.polygons))

    def grounds(self) -> tuple[shapely.Geometry, shapely.Geometry, shapely.Geometry]:
        """Return the ground in any area, surely inside, and not surely outside."""

        def made() -> tuple[shapely.Geometry, shapely.Geometry, shapely.Geometry]:
            deep, _, _, wide, _ = self._margins()
            most_m = float(self._uncertainty_m.max())
            joined = [Margins.of(one.shape, most_m).deep for one in self._grounds()[0]]
            sure = [*deep, *joined]
            found = [shapely.union_all(one) for one in (self.polygons, sure, wide)]
            prepare(found)
            return found[0], found[1], found[2]

        return self._cache.get("grounds", made)

    def _grounds(self) -> tuple[list[Ground], Boxes, Indices]:
        """Return the grounds of areas that touch, boxes along seams, and the ground of each."""

        def made() -> tuple[list[Ground], Boxes, Indices]:
            found = grounds_of(self.polygons, self._uncertainty_m)
            boxes = [one.near_seams for one in found]
            owner = np.repeat(np.arange(len(found)), [*map(len, boxes)])
            return found, Boxes(np.concatenate([np.empty(0, object), *boxes])), owner

        return self._cache.get("joined", made)

    def _on_grounds(self, lon: Array, lat: Array) -> tuple[Indices, Indices]:
        """Return the pairs of places near a seam and the grounds that they are on."""
        grounds, boxes, owner = self._grounds()
        if not grounds or not len(lon):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        row, box = boxes.pairs(lon, lat)
        row, ground = np.divmod(np.unique(row * len(grounds) + owner[box]), len(grounds))
        is_in = np.zeros(len(row), np.bool_)
        for number in np.unique(ground).tolist():
            mine = np.flatnonzero(ground == number)
            shape = np.array([grounds[number].shape], dtype=object)
            is_in[mine] = _is_in(shape, row[mine], np.zeros(len(mine), np.intp), lon, lat)
        return row[is_in], ground[is_in]

    def _is_deep_in_a_ground(self, lon: Array, lat: Array) -> Flags:
        """Tell which places are surely inside of areas that touch, wherever these meet."""
        found = np.zeros(len(lon), np.bool_)
        row, ground = self._on_grounds(lon, lat)
        for number, one in enumerate(self._grounds()[0]):
            mine = row[ground == number]
            found[mine[one.is_deep(lon[mine], lat[mine])]] = True
        return found

    def _containing(self, lon: Array, lat: Array) -> tuple[Indices, Indices]:
        """Return the pairs of places and the areas that they are in."""
        row, area = self._boxes.pairs(lon, lat)
        is_in = _is_in(self.polygons, row, area, lon, lat)
        return row[is_in], area[is_in]

    def _depths(self, lon: Array, lat: Array, area: Indices) -> Array:
        """Return how far each place is from the border of the area that it is in."""
        depth_m = np.empty(len(area))
        for one in np.unique(area).tolist():
            row = np.flatnonzero(area == one)
            depth_m[row] = self.border(one)[0].find(lon[row], lat[row]).distance_m
        return depth_m

    def _is_close(self, lon: Array, lat: Array, feature: Indices, border_m: Array) -> Flags:
        """Tell which places, in no area, are closer to the border of any than its uncertainty."""
        close: Flags = border_m < self._uncertainty_m[feature]
        for uncertainty_m in np.unique(self._uncertainty_m):
            row = np.flatnonzero(~close & (border_m < uncertainty_m))
            if len(row):
                index, _ = self.border(uncertainty_m=float(uncertainty_m))
                close[row] = index.find(lon[row], lat[row]).distance_m < uncertainty_m
        return close

    def _margins(self) -> tuple[Shapes, Shapes, Shapes, Shapes, Boxes]:
        """Return the margins of all areas, each sort in an array, and the boxes of the widest."""

        def made() -> tuple[Shapes, Shapes, Shapes, Shapes, Boxes]:
            found = map(Margins.of, self.polygons, self._uncertainty_m.tolist())
            parts = np.array([[m.deep, m.inner, m.near, m.wide] for m in found], dtype=object)
            prepare(parts)
            deep, inner, near, wide = np.ascontiguousarray(parts.T)
            return deep, inner, near, wide, Boxes(wide)

        return self._cache.get("margins", made)


class Boxes:
    """Bounding boxes of shapes, by brute force where they are few, else by an STRtree."""

    def __init__(self, shapes: Shapes) -> None:
        self._bounds = shapely.bounds(shapes)
        self._tree = shapely.STRtree(shapes) if len(shapes) > _FEW else None

    def pairs(self, lon: Array, lat: Array) -> tuple[Indices, Indices]:
        """Return the pairs of places and shapes of which the one lies in the box of the other."""
        if self._tree is not None:
            row, shape = self._tree.query(shapely.points(lon, lat))
            return row, shape
        rows = [np.empty(0, np.intp)]
        for west, south, east, north in self._bounds:
            is_in = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
            rows.append(np.flatnonzero(is_in))
        return np.concatenate(rows), np.repeat(np.arange(len(rows)) - 1, [*map(len, rows)])


def _is_in(shapes: Shapes, row: Indices, shape: Indices, lon: Array, lat: Array) -> Flags:
    """Tell for pairs of places and shapes whether the one is within the other.

    The places are moved off the antimeridian and the poles by as little as there is: an area
    that goes on beyond them is cut there, but has no border.
    """
    most_lon, most_lat = np.nextafter((180.0, 90.0), 0.0)
    lon, lat = lon[row].clip(-most_lon, most_lon), lat[row].clip(-most_lat, most_lat)
    return np.asarray(shapely.contains_xy(shapes[shape], lon, lat), np.bool_)
