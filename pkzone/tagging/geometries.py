"""Lines and areas as records, and the nearest line or place of a version with its chainage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.convert import repaired
from pkzone.geo.measure import area_km2, length_m, running, segment_lengths_m
from pkzone.geo.nearest import (
    DensifiedSegments,
    Nearest,
    largest_bend_m,
    nearest_to_shapes,
    segments_of,
)
from pkzone.tagging.areas import INSIDE, OUTSIDE, PARTLY, UNCERTAIN, Areas, AreaTags
from pkzone.tagging.borders import LazyCache, ask_prepared, on_the_globe
from pkzone.tagging.layer_index import LineIndex

__all__ = [
    "LineTags",
    "Lines",
    "line_bend_m",
    "line_tags",
    "ready",
    "shape_tags",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LineTags:
    """Nearest features of n places, as arrays.

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
    """Nearest-neighbour index of the lines and points of a version.

    Attributes
    ----------
    index : Nearest or None
        What is nearest; None if there is nothing.
    owner : ndarray of int
        The number of the feature of each piece of that.
    """

    def __init__(self, index: LineIndex) -> None:
        start, end, line = segments_of(index.lines)
        end = _ends_the_shorter_way(start, end)
        pieces = DensifiedSegments.of(
            np.concatenate([start, index.points]), np.concatenate([end, index.points])
        )
        line_of, point_of = (np.array(of, np.intp) for of in (index.line_of, index.point_of))
        self.owner = np.concatenate([line_of[line], point_of])[pieces.segment]
        at_point = np.full(len(index.points), np.nan)
        begins, lengths = _chainages(index.lines, index.from_m)
        self._begins_m = np.concatenate([begins, at_point])[pieces.segment]
        self._length_m = np.concatenate([lengths, at_point])[pieces.segment]
        self._pieces = pieces
        self._drawn = index.lines, index.points
        self._cache = LazyCache()
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
        """STRtree of the lines and points as shapes."""

        def made() -> shapely.STRtree:
            lines, points = self._drawn
            shapes = ready(np.array([shapely.LineString(one) for one in lines], dtype=object))
            return shapely.STRtree([*shapes, *shapely.points(points)])

        return self._cache.get("tree", made)

    def chainage_m(self, piece: Indices, share: Array) -> Array:
        """Return the chainage at a share of the way along some pieces."""
        first, last = self._pieces.share_from[piece], self._pieces.share_to[piece]
        way = first + share * (last - first)
        found: Array = self._begins_m[piece] + way * self._length_m[piece]
        return found


def line_bend_m(lines: Sequence[Array]) -> float:
    """Return by how much the pieces of some lines leave them at most."""
    start, end, _ = segments_of(lines)
    return largest_bend_m(start, _ends_the_shorter_way(start, end))


def _chainages(lines: tuple[Array, ...], from_m: tuple[float, ...]) -> tuple[Array, Array]:
    """Return the chainage at which each segment begins, and its length."""
    lengths = [segment_lengths_m(line) for line in lines]
    begins = [at_m + np.cumsum(one) - one for one, at_m in zip(lengths, from_m, strict=True)]
    none = np.empty(0)
    return np.concatenate([none, *begins]), np.concatenate([none, *lengths])


def _ends_the_shorter_way(start: Array, end: Array) -> Array:
    """Return the ends of segments, those across the antimeridian with longitudes that run on."""
    lon = start[:, 0] + (end[:, 0] - start[:, 0] + 180.0) % 360.0 - 180.0
    crosses = np.abs(end[:, 0] - start[:, 0]) > 180.0
    return np.column_stack([np.where(crosses, lon, end[:, 0]), end[:, 1]])


Shapes = npt.NDArray[np.object_]


_MEASURES = (area_km2, length_m, shapely.get_num_coordinates)


def ready(shapes: Shapes) -> Shapes:
    """Return records as they are worked with; None for those that have no place on earth.

    Parameters
    ----------
    shapes : ndarray of shapely geometry or None
        Degrees lon/lat. Heights are dropped, areas that are not valid repaired. A line takes
        the shorter way round the earth from each vertex to the next.
    """
    found = np.full(len(shapes), None, dtype=object)
    flat = shapely.force_2d(shapes)
    bounds = np.abs(shapely.bounds(flat))
    coordinates, owner = shapely.get_coordinates(flat, return_index=True)
    good = (bounds <= (180, 90, 180, 90)).all(axis=1)  # NaN, of what is empty, is not good
    good[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    found[good] = flat[good]
    dimension = shapely.get_dimensions(found)
    for row in np.flatnonzero((dimension == 2) & ~shapely.is_valid(found)).tolist():
        found[row] = repaired(found[row])[0]
    jumps = np.flatnonzero((np.abs(np.diff(coordinates[:, 0])) > 180) & (owner[1:] == owner[:-1]))
    for row in np.unique(owner[jumps]).tolist():
        if dimension[row] == 1:
            found[row] = _the_shorter_way(found[row])
    found[shapely.is_empty(found)] = None
    return found


def parts_of(shapes: Shapes, grounds: Shapes) -> Array:
    """Return which part of each record lies on the ground beside it, in [0, 1].

    By geodesic area, else by geodesic length, else by the number of points.
    """
    parts = np.ones(len(shapes))
    rest = np.flatnonzero(~ask_prepared(shapely.covers, grounds, shapes))
    common = shapely.intersection(shapes[rest], grounds[rest])
    for row, shape, on_ground in zip(rest.tolist(), shapes[rest], common, strict=True):
        wholes = ((one, float(one(shape))) for one in _MEASURES)
        measured, whole = next(one for one in wholes if one[1] > 0)
        parts[row] = min(1.0, float(measured(on_ground)) / whole)
    return parts


def _the_shorter_way(shape: shapely.Geometry) -> shapely.Geometry:
    lines = [running(shapely.get_coordinates(part)) for part in shapely.get_parts(shape)]
    return on_the_globe(shapely.MultiLineString(lines))


def shape_tags(areas: Areas, shapes: Shapes, *, distances: bool) -> AreaTags:
    """Return what is said of records that `ready` has prepared.

    To be inside or outside by more than the uncertainty is judged by the margins of the areas,
    which are up to 0.5 % and 1 m on the side of caution.
    """
    count = len(shapes)
    answer = np.full(count, OUTSIDE, np.int8)
    feature = np.full(count, -1, np.intp)
    border_m = np.full(count, np.nan)
    share = np.zeros(count)
    if not len(areas.polygons):
        return AreaTags(answer, feature, border_m, share)
    ground, deep, wide = areas.grounds()
    shapely.prepare(shapes)
    reaches_in = ask_prepared(shapely.intersects, deep, shapes)
    within_wide = ask_prepared(shapely.covers, wide, shapes)
    answer[ask_prepared(shapely.intersects, wide, shapes)] = UNCERTAIN
    answer[reaches_in & ~within_wide] = PARTLY
    answer[ask_prepared(shapely.covers, deep, shapes)] = INSIDE
    row, area = _pairs(areas, shapes, "within")
    depth_m = np.full(len(row), np.nan)
    measured = np.flatnonzero(distances | (np.bincount(row, minlength=count)[row] > 1))
    for one in np.unique(area[measured]).tolist():
        some = measured[area[measured] == one]
        depth_m[some] = nearest_to_shapes(shapes[row[some]], areas.border(one)[0]).distance_m
    last = _last_of_each(row, np.lexsort((-area, depth_m, row)))  # the deepest, of equals the first
    feature[row[last]], border_m[row[last]], share[row[last]] = area[last], -depth_m[last], 1.0
    row, area = _pairs(areas, shapes, "intersects")
    others = share[row] == 0
    row, area = row[others], area[others]
    parts = parts_of(shapes[row], areas.polygons[area])
    last = _last_of_each(row, np.lexsort((-area, parts, row)))
    feature[row[last]], border_m[row[last]], share[row[last]] = area[last], 0.0, parts[last]
    several = np.flatnonzero(np.bincount(row, minlength=count) > 1)
    share[several] = parts_of(shapes[several], np.full(len(several), ground))
    rest = np.flatnonzero(feature < 0)
    if distances and len(rest):
        index, owner = areas.border()
        found = nearest_to_shapes(shapes[rest], index)
        feature[rest], border_m[rest] = owner[found.piece], found.distance_m
    return AreaTags(answer, feature, border_m + 0.0, share)


def line_tags(lines: Lines, shapes: Shapes) -> LineTags:
    """Return the nearest lines or places to records that `ready` has prepared.

    Of a record that meets some of them it is told where it meets the first.
    """
    row, drawn = lines.tree.query(shapes, predicate="intersects")
    row, first = np.unique(row, return_index=True)
    common = shapely.intersection(shapes[row], lines.tree.geometries[drawn[first]])
    vertices, number = shapely.get_coordinates(common, return_index=True)
    at = np.zeros((len(shapes), 2))
    at[row] = vertices[np.unique(number, return_index=True)[1]]
    found = lines.tags(*at.T)
    found.distance_m[row] = 0.0
    rest = np.setdiff1d(np.arange(len(shapes)), row)
    if lines.index is None or not len(rest):
        return found
    near = nearest_to_shapes(shapes[rest], lines.index)
    found.feature[rest], found.distance_m[rest] = lines.owner[near.piece], near.distance_m
    found.chainage_m[rest] = lines.chainage_m(near.piece, near.share)
    return found


def _pairs(areas: Areas, shapes: Shapes, predicate: str) -> tuple[Indices, Indices]:
    """Return the pairs of records and areas of which a predicate is true, in their order."""
    row, area = areas.tree.query(shapes, predicate=predicate)
    order = np.lexsort((area, row))
    return row[order], area[order]


def _last_of_each(row: Indices, order: Indices) -> Indices:
    """Return the last pair of each record, of pairs in an order by record."""
    is_last = np.append(np.diff(row[order]) > 0, np.ones(min(len(row), 1), bool))
    last: Indices = order[is_last]
    return last
