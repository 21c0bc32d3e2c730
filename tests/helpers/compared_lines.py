"""Lines drawn in metres round a place, and compared."""

from __future__ import annotations

from itertools import pairwise

from shapely import LineString

from pkzone.geo.lines import compare_lines
from tests.helpers.geo_ground import PLACES, Place, inverse_m
from tests.helpers.geo_ground import at as at_centre
from tests.helpers.geo_ground import drawn as drawn_at

TOLERANCE_M = 24.37  # no multiple of the whole metres that hypothesis draws
EQUATOR = PLACES["equator"]  # where straight lines of degrees are straight on the ground


def at(x_m: float, y_m: float) -> Place:
    return at_centre(x_m, y_m, EQUATOR)


def drawn(points, centre=EQUATOR):
    return drawn_at(points, centre)


def line(points, centre=EQUATOR):
    return LineString(drawn(points, centre))


def lengths(points):
    places = drawn(points)
    return sum(inverse_m(a, b) for a, b in pairwise(places))


def compare_two(base, target, *, tolerance_m):
    [found] = compare_lines([(base, target)], tolerance_m=tolerance_m)
    return found


def compare(base, target, tolerance_m=TOLERANCE_M, centre=EQUATOR):
    return compare_two(line(base, centre), line(target, centre), tolerance_m=tolerance_m)


def kinds(comparison):
    return [section.kind for section in comparison.sections]
