"""Lines and areas as records against what a version shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.nearest import nearest_to_shape
from pkzone.tagging.areas import INSIDE, OUTSIDE, PARTLY, UNCERTAIN, Areas
from pkzone.tagging.geometries import Lines, LineTags
from pkzone.tagging.records import part_of

__all__ = ["ShapeTags", "line_tags", "shape_tags"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Codes = npt.NDArray[np.int8]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class ShapeTags:
    """What is said of each of n lines or areas.

    Parameters
    ----------
    answer : ndarray of shape (n,)
        `INSIDE`, `OUTSIDE`, `PARTLY` or `UNCERTAIN`.
    feature : ndarray of shape (n,)
        The number of the area that all of it is in, the deepest if several; else the one that
        most of it is in; else the nearest, or -1 where distances were not asked for.
    border_m : ndarray of shape (n,)
        Distance to the border of that, negative inside, 0 where it reaches both sides.
    share : ndarray of shape (n,)
        Which part of it is in any area.
    """

    answer: Codes
    feature: Indices
    border_m: Array
    share: Array


def shape_tags(areas: Areas, shapes: Shapes, *, distances: bool) -> ShapeTags:
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
        return ShapeTags(answer, feature, border_m, share)
    ground, deep, wide = areas.grounds()
    shapely.prepare(shapes)
    reaches_in, within_wide = shapely.intersects(deep, shapes), shapely.covers(wide, shapes)
    answer[shapely.intersects(wide, shapes)] = UNCERTAIN
    answer[reaches_in & ~within_wide] = PARTLY
    answer[shapely.covers(deep, shapes)] = INSIDE
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
    return ShapeTags(answer, feature, border_m + 0.0, share)


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
