"""Draw where a map lies: the regions around in a corner, small, and on them what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from math import cos, radians, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely
from shapely.geometry import box

from pkzone.maps.languages import name_in
from pkzone.maps.style import BASE
from pkzone.maps.world import is_world
from pkzone.pictures.canvas import Canvas, area_path, line_path, text_width
from pkzone.pictures.map_content import Item
from pkzone.pictures.projection import MapProjection, lonlat_bounds

if TYPE_CHECKING:
    from pkzone.layers.model import Region

__all__ = ["Inset", "draw_inset", "inset_at", "inset_of"]

Box = tuple[float, float, float, float]

# Share of the map's size, the root of its area, that the inset is wide, and of the inset that a map
# may take up before it tells by itself where it lies.
_SHARE: Final = 0.22
_LARGE: Final = 0.6
#: Size of its names, as a share of its width.
_TEXT: Final = 0.06
#: Least side of the frame of what the map shows, and room to the edge of the map; pixels.
_SMALL_PX: Final = 6
_MARGIN_PX: Final = 8
#: Between that frame and a name; pixels.
_CLEAR_PX: Final = 2


@dataclass(frozen=True, slots=True)
class Inset:
    """The place of an inset on the page, and what part of the ground it shows.

    Attributes
    ----------
    regions : sequence of Region
        The regions around.
    ground : tuple of float
        West, south, east and north of what it shows, degrees.
    box : tuple of float
        Its left, bottom, right and top on the page.
    shown : tuple of float
        West, south, east and north of what the map shows, degrees.
    """

    regions: Sequence[Region]
    ground: Box
    box: Box
    shown: Box

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return a place of degrees as a point of the page."""
        west, south, east, north = self.ground
        left, bottom, right, top = self.box
        return (
            left + (lon - west) / (east - west) * (right - left),
            bottom + (lat - south) / (north - south) * (top - bottom),
        )


def inset_of(
    regions: Sequence[Region],
    projection: MapProjection,
    drawn: Sequence[tuple[Item, shapely.Geometry]],
    px: float,
) -> Inset | None:
    """Return the inset of a map, in the corner with the least data.

    One with a place that a story names is taken last. There is none where no region has an
    outline, and none for a map elsewhere, or of so much that it tells by itself where it lies.
    `px` is a pixel of the style table, points.
    """
    left, bottom, right, top = projection.window
    width = _SHARE * sqrt((right - left) * (top - bottom))
    found = inset_at(regions, projection, (0.0, 0.0), width)
    if found is None:
        return None
    height = found.box[3] - found.box[1]
    data = [shape for item, shape in drawn if item.style_key not in BASE]
    named = [shape for item, shape in drawn if (item.label_row or {}).get("named")]
    margin = _MARGIN_PX * px
    corners = [
        (x, y, x + width, y + height)
        for x in (right - margin - width, left + margin)
        for y in (top - margin - height, bottom + margin)
    ]
    tree = shapely.STRtree(data)

    def fullness(corner: tuple[float, ...]) -> tuple[int, int]:
        here = box(*corner).buffer(margin)
        covered = int(shapely.intersects(named, here).sum())
        return covered, len(tree.query(here, "intersects"))

    return replace(found, box=min(corners, key=fullness))


def inset_at(
    regions: Sequence[Region], projection: MapProjection, at: tuple[float, float], width: float
) -> Inset | None:
    """Return the inset of a map with its upper left corner at a point of the page, or none."""
    points = list(chain.from_iterable(chain.from_iterable(one.outline for one in regions)))
    if not points:
        return None
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    shown = lonlat_bounds(projection)
    wide, high = east - west, north - south
    if shown[2] - shown[0] > _LARGE * wide or shown[3] - shown[1] > _LARGE * high:
        return None
    if not box(west, south, east, north).intersects(box(*shown)):
        return None
    height = width * high / wide / cos(radians((south + north) / 2))
    x, y = at
    return Inset(regions, (west, south, east, north), (x, y - height, x + width, y), shown)


def draw_inset(canvas: Canvas, inset: Inset, language: str) -> None:
    """Draw the outlines, the frame of what the map shows, and the names."""
    window = box(*inset.box)
    with canvas.group("inset"):
        canvas.fill(area_path(window), "water")
        for region in inset.regions:
            area = _area(region, inset)
            canvas.fill(area_path(area), "paper")
            canvas.stroke(line_path(area), "boundary", 0.6 * canvas.px)
        with canvas.group("inset/shown"):
            frame = _frame(inset, _SMALL_PX * canvas.px / 2).intersection(window)
            canvas.fill(area_path(frame), "ink", 0.12)
            canvas.stroke(line_path(frame), "ink", 1.2 * canvas.px)
        size = _TEXT * (inset.box[2] - inset.box[0])
        clear = frame.buffer(_CLEAR_PX * canvas.px, join_style="mitre")
        for name, x, y in _placed(inset, language, size, clear):
            start = x - text_width(name, size) / 2
            canvas.halo(start, y - 0.36 * size, name, size, "regular", 1.2 * canvas.px)
            canvas.text(x, y - 0.36 * size, name, size, "ink", align="center")
        canvas.stroke(line_path(window), "muted", 0.9 * canvas.px)


def _frame(inset: Inset, least: float) -> shapely.Geometry:
    """Return the frame of what the map shows, on the page; it reaches `least` at least."""
    west, south, east, north = inset.shown
    left, bottom = inset.point(west, south)
    right, top = inset.point(east, north)
    x, y = (left + right) / 2, (bottom + top) / 2
    wide, high = max(least, (right - left) / 2), max(least, (top - bottom) / 2)
    return box(x - wide, y - high, x + wide, y + high)


def _area(region: Region, inset: Inset) -> shapely.MultiPolygon:
    """Return the outline of a region on the page."""
    rings = [[inset.point(*at) for at in ring] for ring in region.outline]
    return shapely.MultiPolygon([(ring, []) for ring in rings])


def _placed(
    inset: Inset, language: str, size: float, frame: shapely.Geometry
) -> list[tuple[str, float, float]]:
    """Return names with their middles, each at the first of its points where it has room.

    Where all its points are on the frame, or at it, it goes beside one of them, but no farther
    than its middle is in its country; on the frame only where there is no other way. All of them
    find room, or there is none, so that no country is left out; of the world, those that have
    room. Those wider than half of the inset, of parts of a country, do not count.
    """
    window = box(*inset.box)
    taken: list[shapely.Geometry] = []
    placed: list[tuple[str, float, float]] = []
    by_rule = is_world(inset.regions)
    regions = inset.regions if by_rule else sorted(inset.regions, key=lambda one: len(one.labels))
    for region in regions:
        name = name_in(region.names, language)
        half = text_width(name, size) / 2
        if half > (inset.box[2] - inset.box[0]) / 4 or not region.labels:
            continue
        spots = [_Spot(*inset.point(*at), half, size) for at in region.labels]
        free = [one for one in spots if window.covers(one.box) and one.is_off(taken)]
        if not free and by_rule:
            continue
        if not free:
            return []
        area = _area(region, inset)
        beside = (
            one
            for spot in spots
            for one in spot.beside()
            if window.covers(one.box) and one.is_off(taken) and area.covers(one.middle)
        )
        clear = (one for one in chain(free, beside) if one.is_off([frame]))
        chosen = next(clear, free[0])
        taken.append(chosen.box)
        placed.append((name, chosen.x, chosen.y))
    return placed


class _Spot(NamedTuple):
    """Where a name may stand: its middle on the page, half its width, and its height."""

    x: float
    y: float
    half: float
    height: float

    @property
    def box(self) -> shapely.Geometry:
        half, high = self.half + 1, self.height / 2
        return box(self.x - half, self.y - high, self.x + half, self.y + high)

    @property
    def middle(self) -> shapely.Point:
        return shapely.Point(self.x, self.y)

    def is_off(self, shapes: Sequence[shapely.Geometry]) -> bool:
        return not shapely.intersects(shapes, self.box).any()

    def beside(self) -> Iterator[_Spot]:
        """Yield the spots around, half a name to either side and a line up and down."""
        for across, down in product((-1, 0, 1), repeat=2):
            yield self._replace(x=self.x + across * self.half, y=self.y - down * self.height)
