"""Borders of areas: edges without cuts at the antimeridian, margins of uncertainty, seams."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock, RLock
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.affinity import translate

from pkzone.errors import TooWide
from pkzone.geo.frame import Frame
from pkzone.geo.measure import line_parts, ring_parts, with_steps
from pkzone.geo.nearest import DensifiedSegments, Nearest, largest_bend_m, segments_of

__all__ = [
    "SEAM_M",
    "Ground",
    "LazyCache",
    "Margins",
    "ask_prepared",
    "border_along",
    "border_bend_m",
    "border_of",
    "grounds_of",
    "on_the_globe",
    "prepare",
]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

T = TypeVar("T")
_ASKING: Final = Lock()


class LazyCache:
    """Values by key, each made once, when it is first asked for, whichever thread asks."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}
        self._lock = RLock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made now if it is not there yet."""
        if key not in self._made:
            with self._lock:
                if key not in self._made:
                    self._made[key] = make()
        found: T = self._made[key]
        return found


def border_of(polygons: Sequence[shapely.Geometry]) -> tuple[DensifiedSegments, Indices]:
    """Return the borders of some areas, and the number of the area of each piece.

    An area that reaches over the antimeridian is cut there, as RFC 7946 has it; where both of
    its sides meet along the cut there is no border, nor along the edge of a map at a pole.
    """
    starts, ends, owners = [], [], []
    for number, polygon in enumerate(polygons):
        start, end = _edges(list(ring_parts(polygon)))
        starts.append(start)
        ends.append(end)
        owners.append(np.full(len(start), number, np.intp))
    pieces = DensifiedSegments.of(np.concatenate(starts), np.concatenate(ends))
    return pieces, np.concatenate(owners)[pieces.segment]


def border_bend_m(polygons: Sequence[shapely.Geometry]) -> float:
    """Return by how much the pieces of the borders of some areas leave them at most."""
    return largest_bend_m(*segments_of([ring for one in polygons for ring in ring_parts(one)])[:2])


def border_along(lines: Sequence[Array]) -> DensifiedSegments:
    """Return as `border_of` does the border that runs along some lines, whoever's it is."""
    return DensifiedSegments.of(*_edges(lines))


def _edges(lines: Sequence[Array]) -> tuple[Array, Array]:
    start, end, _ = segments_of(lines)
    # the same edge of two areas has the same two ends, so that both are exactly as far away
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned]
    at_pole = (np.abs(start[:, 1]) == 90) & (start[:, 1] == end[:, 1])
    east = (start[:, 0] == 180) & (end[:, 0] == 180)
    west = (start[:, 0] == -180) & (end[:, 0] == -180)
    kept = ~(at_pole | east | west)
    seam = [
        np.array([[lon, low], [lon, high]])
        for lon, low, high in _open_seam(
            np.column_stack([start[east, 1], end[east, 1]]),
            np.column_stack([start[west, 1], end[west, 1]]),
        )
    ]
    seam_start, seam_end, _ = segments_of(seam)
    return np.concatenate([start[kept], seam_start]), np.concatenate([end[kept], seam_end])


def _open_seam(east: Array, west: Array) -> list[tuple[float, float, float]]:
    """Return where along the antimeridian only one side is area: longitude and two latitudes."""
    levels = np.unique(np.concatenate([east.ravel(), west.ravel()]))
    found = []
    for low, high in zip(levels[:-1].tolist(), levels[1:].tolist(), strict=True):
        on_east, on_west = (
            bool(((side[:, 0] <= low) & (side[:, 1] >= high)).any()) for side in (east, west)
        )
        if on_east != on_west:
            found.append((180.0 if on_east else -180.0, low, high))
    return found


_STEP_DEG = 0.02
_SLACK = 0.005
_SLACK_M = 1.0
_MOST_DISTORTION = 0.01
_POLAR_DEG = 88.0
_LEAST_M_PER_DEG = 110_574.0
_MM = 0.001


@dataclass(frozen=True, slots=True)
class Margins:
    """Buffers of an area by plus and minus its uncertainty, in degrees.

    They are drawn in a plane, so that they are only so good: `deep` is a little too small and
    `wide` a little too large to be wrong, and `inner` and `near` are so in the other direction.
    Between the two of a pair a distance must tell.

    Parameters
    ----------
    deep : shapely geometry
        In it one is farther from the border than the uncertainty, whatever the plane does.
    inner : shapely geometry
        In the area but not in this, one is nearer to the border than the uncertainty.
    near : shapely geometry
        In this but not in the area, one is nearer to the border than the uncertainty.
    wide : shapely geometry
        Outside of this one is farther from the border than the uncertainty.
    """

    deep: shapely.Geometry
    inner: shapely.Geometry
    near: shapely.Geometry
    wide: shapely.Geometry

    @classmethod
    def of(cls, area: shapely.Geometry, uncertainty_m: float) -> Margins:
        """Return the margins of an area of degrees; wary ones where no plane can hold them."""
        if uncertainty_m == 0:
            return cls(area, area, area, area)
        _, south, _, north = shapely.bounds(area)
        beyond_deg = 1.01 * uncertainty_m / _LEAST_M_PER_DEG
        south, north = max(-90.0, south - beyond_deg), min(90.0, north + beyond_deg)
        nothing = shapely.Polygon()
        wary = cls(nothing, area, nothing, shapely.box(-180.0, south, 180.0, north))
        if max(-south, north) > _POLAR_DEG:
            return wary
        stepped = with_steps(area, _STEP_DEG)  # long edges reach farther than their ends
        try:
            frame = Frame.around(stepped)
        except TooWide:
            return wary
        if frame.distortion > _MOST_DISTORTION:
            return wary
        slack_m = uncertainty_m * (_SLACK + 2 * frame.distortion) + _SLACK_M
        # the two sides of an area that is cut at the antimeridian become one
        plane = shapely.union_all(shapely.get_parts(frame.to_metres(stepped)), grid_size=_MM)
        less_m, more_m = max(0.0, uncertainty_m - slack_m), uncertainty_m + slack_m
        grown = shapely.buffer(plane, [-more_m, -less_m, less_m, more_m], quad_segs=32)
        return cls(*(on_the_globe(frame.to_degrees(one)) for one in grown))


def prepare(shapes: Any) -> None:
    """Prepare shapes for questions from several threads at once.

    GEOS builds the indexes of a prepared shape at its first questions, some at the second, and
    two threads that do so together ruin the memory of the process. So they are asked for here,
    at a point amid the bounds. Points may then be looked up and distances be compared by any
    thread; every other predicate goes through `ask_prepared`.
    """
    shapely.prepare(shapes)
    flat = np.ravel(np.asarray(shapes, dtype=object))
    west, south, east, north = np.nan_to_num(shapely.bounds(flat)).T
    lon, lat = (west + east) / 2, (south + north) / 2
    for _ in range(2):
        shapely.contains_xy(flat, lon, lat)
        shapely.dwithin(flat, shapely.points(lon, lat), 0.0)


def ask_prepared(predicate: Callable[[Any, Any], Any], prepared: Any, shapes: Any) -> Any:
    """Return a predicate of prepared shapes and others, for one thread at a time.

    The finder of crossing segments in a prepared shape of GEOS holds the segments of the question
    at hand: two threads in it at once end the process.
    """
    with _ASKING:
        return predicate(prepared, shapes)


def on_the_globe(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a valid shape cut at the antimeridian, of one whose longitudes may run on."""
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    west, _, east, _ = shapely.bounds(sound)
    if not (west < -180 or east > 180):  # of an empty shape neither is true
        return sound
    globe = shapely.box(-180, -90, 180, 90)
    turned = [translate(sound, turn) for turn in (-360.0, 0.0, 360.0)]
    return shapely.union_all(shapely.intersection(turned, globe))


Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

SEAM_DEG = 1e-5
"""Areas up to so far apart touch: coordinates of six decimals leave gaps of less."""
SEAM_M = 2.0
"""No place between areas that touch is farther from them than this."""
_HALF = SEAM_DEG / 2
_DECIMALS = 9
_M_PER_DEG = (110_574.0, 111_694.0)  # of latitude, the least and the most on WGS 84


class Ground:
    """Union of areas that touch or overlap, without the seams between them.

    Parameters
    ----------
    areas : ndarray of shapely geometry
        In degrees.
    uncertainty_m : ndarray of float
        Of each.

    Attributes
    ----------
    near_seams : ndarray of shapely geometry
        Boxes. In an area but outside of these, no seam is as near as an area may be off.
    """

    def __init__(self, areas: Shapes, uncertainty_m: Array) -> None:
        self._areas = areas
        self._uncertainty_m = uncertainty_m
        self._cache = LazyCache()
        grown = shapely.buffer(areas, _HALF, join_style="mitre")
        self._grown = grown
        west, south, east, north = shapely.total_bounds(areas)
        most_m = float(uncertainty_m.max())
        # Metres a degree in a plane whose longitudes are shrunk as in the middle: least and most.
        beyond_deg = 2 * most_m / _M_PER_DEG[0]
        low, high = (math.radians(min(abs(one), 90.0)) for one in (south, north))
        shrinks = [math.cos(low), math.cos(high), 1.0 if south < 0 < north else math.cos(low)]
        farthest = math.radians(min(90.0, max(-south, north) + beyond_deg))
        self._shrink = (min(shrinks) + max(shrinks)) / 2
        self._least_m = _M_PER_DEG[0] * min(1.0, math.cos(farthest) / self._shrink) * (1 - _SLACK)
        self._most_m = _M_PER_DEG[1] * max(1.0, max(shrinks) / self._shrink) * (1 + _SLACK)
        # What is cut at the antimeridian or at a pole has no border there: degrees cannot tell.
        self._is_flat = west > -180 and east < 180 and max(-south, north) + beyond_deg < 89
        if not self._is_flat:
            self.near_seams = shapely.box([-180.0], [-90.0], [180.0], [90.0])
            return
        one, other = _touching(areas)
        pairs = one < other
        west, south, east, north = shapely.bounds(
            shapely.intersection(grown[one[pairs]], grown[other[pairs]])
        ).T
        wide = beyond_deg / math.cos(farthest)
        self.near_seams = shapely.box(
            west - wide, south - beyond_deg, east + wide, north + beyond_deg
        )

    @property
    def shape(self) -> shapely.Geometry:
        """Union of the areas in degrees; gaps narrower than `SEAM_DEG` are closed."""

        def made() -> shapely.Geometry:
            closed = shapely.buffer(shapely.union_all(self._grown), -_HALF, join_style="mitre")
            shape = shapely.transform(closed, lambda at: np.round(at, _DECIMALS))
            if not shape.is_valid:
                shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            prepare(shape)
            return shape

        return self._cache.get("shape", made)

    def is_deep(self, lon: Array, lat: Array) -> Flags:
        """Tell which places on it are as far from its outer border as that may be off."""
        deep = np.ones(len(lon), np.bool_)
        for uncertainty_m in np.unique(self._uncertainty_m).tolist():
            row = np.flatnonzero(deep)
            if uncertainty_m and len(row):
                deep[row] = self._is_far(lon[row], lat[row], uncertainty_m)
        return deep

    def _is_far(self, lon: Array, lat: Array, uncertainty_m: float) -> Flags:
        """Tell which places are so far from the border of the areas of one uncertainty."""
        lines = self._border(uncertainty_m)
        if not lines:
            return np.ones(len(lon), np.bool_)
        if not self._is_flat:
            return self._measured(lon, lat, uncertainty_m)
        plane = self._cache.get(("plane", uncertainty_m), lambda: self._plane(lines))
        places = shapely.points(lon * self._shrink, lat)
        far = ~np.asarray(shapely.dwithin(plane, places, uncertainty_m / self._most_m), np.bool_)
        row = np.flatnonzero(far)
        close = shapely.dwithin(plane, places[row], uncertainty_m / self._least_m)
        row = row[close]
        if len(row):
            far[row] = self._measured(lon[row], lat[row], uncertainty_m)
        return far

    def _measured(self, lon: Array, lat: Array, uncertainty_m: float) -> Flags:
        index = self._cache.get(
            ("nearest", uncertainty_m), lambda: Nearest(border_along(self._border(uncertainty_m)))
        )
        return np.asarray(index.find(lon, lat).distance_m >= uncertainty_m, np.bool_)

    def _plane(self, lines: Sequence[Array]) -> shapely.Geometry:
        shrunk = [line * (self._shrink, 1.0) for line in lines]
        drawn = shapely.multilinestrings([shapely.linestrings(line) for line in shrunk])
        prepare(drawn)
        return drawn

    def _border(self, uncertainty_m: float) -> list[Array]:
        """Return the lines of the outer border that are borders of areas of one uncertainty."""

        def made() -> list[Array]:
            own = self._uncertainty_m == uncertainty_m
            if own.all():
                return list(ring_parts(self.shape))
            beside = shapely.union_all(
                shapely.buffer(shapely.boundary(self._areas[own]), SEAM_DEG, quad_segs=1)
            )
            return list(line_parts(shapely.intersection(self.shape.boundary, beside)))

        return self._cache.get(("border", uncertainty_m), made)


def grounds_of(areas: Shapes, uncertainty_m: Array) -> list[Ground]:
    """Return the grounds of areas that touch or overlap; areas that stand alone have none."""
    return [Ground(areas[some], uncertainty_m[some]) for some in _groups(areas)]


def _touching(areas: Shapes) -> tuple[Indices, Indices]:
    one, other = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=SEAM_DEG)
    return one, other


def _groups(areas: Shapes) -> Iterator[Indices]:
    """Yield the numbers of areas that hang together, where there are two or more."""
    one, other = _touching(areas)
    # what is cut at the antimeridian goes on there on the other side
    west, _, east, _ = shapely.bounds(areas).T
    cut = np.flatnonzero((west == -180) | (east == 180))
    one = np.concatenate([one, cut[:-1]])
    other = np.concatenate([other, cut[1:]])
    group = np.arange(len(areas))
    while True:  # each takes the least number in reach, until nothing changes
        before = group.copy()
        np.minimum.at(group, one, before[other])
        np.minimum.at(group, other, before[one])
        if np.array_equal(group, before):
            break
    for number in np.unique(group):
        members = np.flatnonzero(group == number)
        if len(members) > 1:
            yield members
