"""Lines and areas as records, and the nearest line or place of a version with its chainage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.convert import repaired
from pkzone.geo.measure import area_km2, length_m, segment_lengths_m
from pkzone.geo.nearest import (
    DensifiedSegments,
    Nearest,
    largest_bend_m,
    nearest_to_shape,
    segments_of,
)
from pkzone.tagging.areas import INSIDE, OUTSIDE, PARTLY, UNCERTAIN, Areas, AreaTags
from pkzone.tagging.borders import ask_prepared, on_the_globe
from pkzone.tagging.layer_index import LineIndex
from pkzone.tagging.parallel import LazyCache

__all__ = [
    "LineTags",
    "Lines",
    "line_bend_m",
    "line_tags",
    "part_of",
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
    dimension = shapely.get_dimensions(flat)
    for row in np.flatnonzero(good).tolist():
        shape = flat[row]
        if dimension[row] == 2:
            shape = repaired(shape)[0]
        elif dimension[row] == 1:
            shape = _the_shorter_way(shape)
        found[row] = None if shape.is_empty else shape
    return found


def part_of(shape: shapely.Geometry, ground: shapely.Geometry) -> float:
    """Return which part of a record lies on some ground, in [0, 1].

    By geodesic area, else by geodesic length, else by the number of points.
    """
    if ask_prepared(shapely.covers, ground, shape):
        return 1.0
    common = shapely.intersection(shape, ground)
    for measured in (area_km2, length_m, shapely.get_num_coordinates):
        whole = float(measured(shape))
        if whole > 0:
            return min(1.0, float(measured(common)) / whole)
    return 0.0


def _the_shorter_way(shape: shapely.Geometry) -> shapely.Geometry:
    coordinates = shapely.get_coordinates(shape)
    if not (np.abs(np.diff(coordinates[:, 0])) > 180).any():
        return shape
    lines = [_unwrapped(shapely.get_coordinates(part)) for part in shapely.get_parts(shape)]
    return on_the_globe(shapely.MultiLineString(lines))


def _unwrapped(line: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack([np.unwrap(line[:, 0], period=360.0), line[:, 1]])


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
    within, touching = _by_record(areas, shapes, "within"), _by_record(areas, shapes, "intersects")
    for row in range(count):
        shape = shapes[row]
        if row in within:
            chosen, depth_m = _deepest(areas, shape, within[row], distances=distances)
            feature[row], border_m[row], share[row] = chosen, -depth_m, 1.0
        elif row in touching:
            parts = [part_of(shape, areas.polygons[area]) for area in touching[row]]
            feature[row] = touching[row][int(np.argmax(parts))]
            border_m[row] = 0.0
            share[row] = max(parts) if len(parts) == 1 else part_of(shape, ground)
        elif distances:
            index, owner = areas.border()
            found = nearest_to_shape(shape, index)
            feature[row], border_m[row] = owner[found.piece], found.distance_m
    return AreaTags(answer, feature, border_m + 0.0, share)


def line_tags(lines: Lines, shapes: Shapes) -> LineTags:
    """Return the nearest lines or places to records that `ready` has prepared.

    Of a record that meets some of them it is told where it meets the first.
    """
    lon, lat = np.zeros(len(shapes)), np.zeros(len(shapes))
    met = np.zeros(len(shapes), bool)
    for row, drawn in zip(*lines.tree.query(shapes, predicate="intersects"), strict=True):
        if not met[row]:
            common = shapely.intersection(shapes[row], lines.tree.geometries[drawn])
            lon[row], lat[row] = shapely.get_coordinates(common)[0]
            met[row] = True
    found = lines.tags(lon, lat)
    found.distance_m[met] = 0.0
    index = lines.index
    if index is None:
        return found
    for row in np.flatnonzero(~met).tolist():
        near = nearest_to_shape(shapes[row], index)
        piece, share = np.array([near.piece]), np.array([near.share])
        found.feature[row] = lines.owner[near.piece]
        found.distance_m[row] = near.distance_m
        found.chainage_m[row] = lines.chainage_m(piece, share)[0]
    return found


def _by_record(areas: Areas, shapes: Shapes, predicate: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    pairs = areas.tree.query(shapes, predicate=predicate)
    for row, area in sorted(pairs.T.tolist()):
        found.setdefault(row, []).append(area)
    return found


def _deepest(
    areas: Areas, shape: shapely.Geometry, within: list[int], *, distances: bool
) -> tuple[int, float]:
    if len(within) == 1 and not distances:
        return within[0], float("nan")
    depths = [nearest_to_shape(shape, areas.border(area)[0]).distance_m for area in within]
    best = int(np.argmax(depths))
    return within[best], depths[best]
