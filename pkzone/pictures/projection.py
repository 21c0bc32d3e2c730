"""Project degrees to points of the page (Lambert equal-area); graticule and scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException
from shapely.geometry import box

from pkzone.errors import TooWide
from pkzone.geo.frame import Frame
from pkzone.i18n.messages import phrase

__all__ = [
    "Extent",
    "MapProjection",
    "degrees_in_words",
    "graticule",
    "lonlat_bounds",
    "nice_length",
]

Array = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

#: Straight edges of degrees are followed to this many degrees; what is left is under 10 m.
_EDGE_DEG: Final = 0.1
#: Half the side of the smallest extent, metres.
_LEAST_M: Final = 1500.0
_MARGIN: Final = 0.07
#: Steps of the graticule, minutes of arc.
_STEPS_MIN: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800)


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle of an equal-area plane round the data, metres."""

    frame: Frame
    box: Box

    @classmethod
    def around(cls, shapes: Sequence[shapely.Geometry]) -> Extent:
        """Return the extent round shapes in degrees, with a margin.

        Raises
        ------
        TooWide
            The shapes span more than half the earth.
        """
        dense = [_followed(one) for one in shapes]
        try:
            frame = Frame.around(*dense)
            bounds = shapely.total_bounds([frame.to_metres(one) for one in dense])
        except TooWide:
            raise TooWide(
                "the layers span more than half the earth; a picture shows one "
                "region: name a layer or a smaller file"
            ) from None
        west, south, east, north = (float(one) for one in bounds)
        east_m, north_m = (west + east) / 2, (south + north) / 2
        half = [
            max(_LEAST_M, (high - low) / 2 * (1 + 2 * _MARGIN))
            for low, high in ((west, east), (south, north))
        ]
        return cls(
            frame, (east_m - half[0], north_m - half[1], east_m + half[0], north_m + half[1])
        )

    @property
    def aspect(self) -> float:
        """Width by height."""
        west, south, east, north = self.box
        return (east - west) / (north - south)

    def widened(self, aspect: float) -> Extent:
        """Return the smallest extent round this one with another aspect, same middle."""
        west, south, east, north = self.box
        wide, high = east - west, north - south
        more_e = max(0.0, high * aspect - wide) / 2
        more_n = max(0.0, wide / aspect - high) / 2
        return Extent(self.frame, (west - more_e, south - more_n, east + more_e, north + more_n))


class MapProjection:
    """The projection from degrees of an extent to a window on the page, of the same aspect."""

    def __init__(self, extent: Extent, window: Box) -> None:
        self.window = window
        self._extent = extent
        west, south, east, _ = extent.box
        self.points_per_metre = (window[2] - window[0]) / (east - west)
        self._origin = np.array([west, south])
        self._corner = np.array(window[:2])

    def points(self, lonlat: npt.ArrayLike) -> Array:
        """Return places of degrees as points of the page, shape (n, 2)."""
        metres = self._extent.frame.project(lonlat)
        page: Array = (metres - self._origin) * self.points_per_metre + self._corner
        return page

    def lonlat(self, points: npt.ArrayLike) -> Array:
        """Return points of the page as degrees, shape (n, 2)."""
        page = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        metres: Array = (page - self._corner) / self.points_per_metre + self._origin
        return self._extent.frame.unproject(metres)

    def drawn(self, shape: shapely.Geometry, margin: float = 0.0) -> shapely.Geometry | None:
        """Return a shape of degrees on the page; none if it is outside of the window.

        It is cut off a margin beyond the window, so that the cut edges stay out of sight.
        """
        try:
            page = shapely.transform(_followed(shape), self.points)
        except TooWide:  # beyond the horizon of a plane that shows another part of the earth
            return None
        window = box(*self.window)
        # Shapes too broken for a closer look are judged by their boxes.
        if not window.intersects(page if page.is_valid else box(*page.bounds)):
            return None
        if page.geom_type in ("Point", "MultiPoint"):
            return page.intersection(window)
        left, bottom, right, top = self.window
        edge = (left - margin, bottom - margin, right + margin, top + margin)
        try:
            cut = shapely.clip_by_rect(page, *edge)
        except GEOSException:  # a ring that crosses itself
            cut = shapely.clip_by_rect(shapely.make_valid(page), *edge)
        return None if cut.is_empty else cut

    def moved_to(self, window: Box) -> MapProjection:
        """Return the same map elsewhere on the page, in a window of the same size."""
        return MapProjection(self._extent, window)

    @property
    def centre(self) -> tuple[float, float]:
        """The centre of the projection, longitude and latitude in degrees."""
        return self._extent.frame.lon_deg, self._extent.frame.lat_deg

    @property
    def metres_per_pixel(self) -> float:
        """Ground metres of a CSS pixel, 1/96 inch."""
        return 0.75 / self.points_per_metre


def _followed(shape: shapely.Geometry) -> shapely.Geometry:
    west, south, east, north = shape.bounds or (0, 0, 0, 0)
    if west == east and south == north:  # GEOS cuts no edges without length
        return shape if shape.is_empty else shapely.Point(west, south)
    return shape if shape.geom_type.endswith("Point") else shapely.segmentize(shape, _EDGE_DEG)


def nice_length(longest_km: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_km))
    return max(step * power for step in (1, 2, 5) if step * power <= longest_km * (1 + 1e-9))


@dataclass(frozen=True, slots=True)
class GridLine:
    """A meridian or parallel: its degrees, its course on the page, where it leaves the frame.

    ``foot`` is where a meridian meets the lower edge, a parallel the left one.
    """

    degrees: float
    is_meridian: bool
    course: Array
    foot: tuple[float, float] | None


def graticule(projection: MapProjection, wanted: int = 4) -> Iterator[GridLine]:
    """Yield the meridians and parallels that cross the window, `wanted` along the longer side."""
    west, south, east, north = lonlat_bounds(projection)
    widest = max((east - west) * math.cos(math.radians((south + north) / 2)), north - south)
    step = next((one for one in _STEPS_MIN if widest * 60 / one <= wanted + 1), _STEPS_MIN[-1]) / 60
    for is_meridian, (low, high), (start, end) in (
        (True, (west, east), (south, north)),
        (False, (south, north), (west, east)),
    ):
        for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
            along = np.linspace(start, end, 20)
            across = np.full_like(along, number * step)
            pair = (across, along) if is_meridian else (along, across)
            yield from _grid_line(projection, number * step, np.column_stack(pair), is_meridian)


def lonlat_bounds(projection: MapProjection) -> Box:
    """Return the bounds of the window in degrees, longitudes running on from the middle's."""
    left, bottom, right, top = projection.window
    edge = shapely.segmentize(box(*projection.window), (right - left) / 40).exterior
    middle = float(projection.lonlat(((left + right) / 2, (bottom + top) / 2))[0, 0])
    edge_degrees = projection.lonlat(shapely.get_coordinates(edge))
    lon = middle + (edge_degrees[:, 0] - middle + 180.0) % 360.0 - 180.0
    lat = edge_degrees[:, 1]
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _grid_line(
    projection: MapProjection, degrees: float, lonlat: Array, is_meridian: bool
) -> Iterator[Any]:
    course = shapely.clip_by_rect(shapely.LineString(projection.points(lonlat)), *projection.window)
    if course.geom_type != "LineString" or course.is_empty:
        return
    ends = shapely.get_coordinates(course)[[0, -1]]
    axis, edge = (1, projection.window[1]) if is_meridian else (0, projection.window[0])
    nearest = ends[np.argmin(ends[:, axis])]
    foot = (float(nearest[0]), float(nearest[1])) if abs(nearest[axis] - edge) < 0.5 else None
    yield GridLine(degrees, is_meridian, shapely.get_coordinates(course), foot)


def degrees_in_words(degrees: float, is_longitude: bool) -> tuple[str, str]:
    """Return degrees and minutes, and the letter of the side: ``46°30′`` and ``E``."""
    turned = (degrees + 180.0) % 360.0 - 180.0 if is_longitude else degrees
    minutes = round(abs(turned) * 60)
    letters = (phrase("E"), phrase("W")) if is_longitude else (phrase("N"), phrase("S"))
    letter = letters[0 if turned >= 0 else 1]
    text = f"{minutes // 60}°" + (f"{minutes % 60:02}′" if minutes % 60 else "")
    return text, letter if minutes % (180 * 60) else ""
