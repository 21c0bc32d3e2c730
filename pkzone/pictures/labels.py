"""Place labels: important ones first, none over another, markers and routes left free."""

from __future__ import annotations

import math
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import shapely
import shapely.affinity
from shapely.geometry import box

from pkzone.maps import style
from pkzone.maps.style import BASE
from pkzone.pictures.canvas import Canvas, text_width
from pkzone.pictures.legend import Symbol
from pkzone.pictures.projection import MapProjection

if TYPE_CHECKING:
    from pkzone.pictures.map_content import Item

__all__ = ["PlacedLabel", "draw_labels", "place_labels"]

Box = tuple[float, float, float, float]
LabelBox = tuple[shapely.Geometry, str]

#: Print is read closer than a screen: names show this many zoom levels earlier.
_CLOSER: Final = 1.0
_EARTH_CIRCUMFERENCE_M: Final = 40_075_017.0
_TILE_PX: Final = 256
_LINE: Final = 1.12
#: Characters in a line of a title inside an area.
_NARROW: Final = 16
#: Size of a name by its rank, relative to the text of the legend.
_SIZES: Final = (1.2, 1.06, 0.98, 0.92, 0.88)
_OWN_SIZE: Final = 0.98


#: Shares of a line, and of an area either way, that are tried, from the middle outwards.
_SHARES: Final = (0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.9, 0.1)
_HUES: Final = {"physical": "lake", "region": "muted"}


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name with the box that it takes and its lines."""

    item: Item
    box: shapely.Geometry
    lines: tuple[str, ...]
    size: float
    face: str
    align: str


def place_labels(
    projection: MapProjection,
    drawn: Sequence[tuple[Item, shapely.Geometry]],
    regions: Sequence[tuple[Item, shapely.Geometry]],
    canvas: Canvas,
    text_size: float,
    covered: Iterable[Box] = (),
) -> list[PlacedLabel]:
    """Return the names that find room, the most important first.

    `drawn` and `regions` have each item with its shape on the page; `text_size` is the legend's,
    points; no name stands on what is `covered`.
    """
    room = _FreeSpace(projection.window, drawn, canvas)
    for one in covered:
        room.take(box(*one))
    placed, seen = [], set()
    for item, shape in _candidates(projection, _of_layers(drawn, regions)):
        where = (item.name, *(round(value, 1) for value in shape.bounds))
        if where in seen:
            continue
        seen.add(where)
        text, size, face = _lines(item), _size(item) * text_size, _face(item)
        candidate = room.best(
            _label_boxes(item, shape, text, size, face, canvas),
            is_important=_is_named(item)
            or (_rank(item) < 2 and _of(item) != "region" and not _is_own(item)),
            is_own=_is_own(item),
        )
        if candidate is None and _is_own(item):
            canvas.names_left += 1
        if candidate is not None:
            placed.append(PlacedLabel(item, candidate[0], text, size, face, candidate[1]))
            room.take(candidate[0])
    return placed


class _FreeSpace:
    """The free space on the map: a greedy placement of labels that never overlap."""

    def __init__(
        self, window: Box, drawn: Sequence[tuple[Item, shapely.Geometry]], canvas: Canvas
    ) -> None:
        self._window = box(*window)
        self._taken: list[shapely.Geometry] = []
        self._space = 2 * canvas.px
        points = [one for one in drawn if one[0].kind == "point"]
        self._markers = shapely.STRtree(_markers(points, canvas))
        self._own_markers = shapely.STRtree(
            _markers([one for one in points if _is_own(one[0])], canvas)
        )
        self._lines = [
            shape for item, shape in drawn if item.kind == "line" and item.style_key not in BASE
        ]
        self._line_tree = shapely.STRtree(self._lines)

    def best(
        self, candidates: Iterable[LabelBox], *, is_important: bool, is_own: bool = False
    ) -> LabelBox | None:
        """Return the free spot that covers the least of routes and links, and no marker.

        An important name may cover a marker rather than be missing, one of a file those of others.
        """
        free = [candidate for candidate in candidates if self._is_free(candidate[0])]
        clear = [one for one in free if not len(self._markers.query(one[0]))]
        if is_own and not clear:
            clear = [one for one in free if not len(self._own_markers.query(one[0]))]
        usable = clear or (free if is_important else [])
        return min(usable, key=self._crossed) if usable else None

    def take(self, taken: shapely.Geometry) -> None:
        """Leave no room where a name stands."""
        left, bottom, right, top = taken.bounds
        self._taken.append(box(left - self._space, bottom, right + self._space, top))

    def _is_free(self, candidate: shapely.Geometry) -> bool:
        return bool(
            self._window.covers(candidate) and not shapely.intersects(self._taken, candidate).any()
        )

    def _crossed(self, candidate: LabelBox) -> int:
        """Return how many points of routes and links a name would cover."""
        near = (self._lines[one] for one in self._line_tree.query(candidate[0], "intersects"))
        return round(sum(float(line.intersection(candidate[0]).length) for line in near))


def _markers(
    points: Iterable[tuple[Item, shapely.Geometry]], canvas: Canvas
) -> list[shapely.Geometry]:
    """Return the boxes of markers; that of a pin stands on its place."""
    boxes = []
    for item, shape in points:
        symbol = Symbol.of(item.rule, item.modifiers)
        reach, is_pin = symbol.reach(canvas), item.rule.get("shape") == "pin"
        for spot in shapely.get_parts(shape):
            low, high = (0, (1 + style.PIN_LIFT) * reach) if is_pin else (-reach, reach)
            boxes.append(box(spot.x - reach, spot.y + low, spot.x + reach, spot.y + high))
    return boxes


def _candidates(
    projection: MapProjection, drawn: Sequence[tuple[Item, shapely.Geometry]]
) -> Iterator[tuple[Item, shapely.Geometry]]:
    """Yield what may carry a name at this scale, by importance."""
    left, bottom, right, top = projection.window
    latitude = projection.lonlat(((left + right) / 2, (bottom + top) / 2))[0, 1]
    around = _EARTH_CIRCUMFERENCE_M * math.cos(math.radians(latitude))
    zoom = math.log2(max(around, 1.0) / _TILE_PX / projection.metres_per_pixel) + _CLOSER
    named = [
        (item, shape)
        for item, shape in drawn
        if item.label_row is not None and item.name and item.label_row["zoom"] <= zoom
    ]
    yield from sorted(named, key=lambda one: (not _is_named(one[0]), _rank(one[0]), one[0].gid))


def _of(item: Item) -> str | None:
    """Return what a name is of, ``layer`` or ``region``; none for one of the feature itself."""
    return (item.label_row or {}).get("of")


def _of_layers(
    drawn: Sequence[tuple[Item, shapely.Geometry]], regions: Iterable[tuple[Item, shapely.Geometry]]
) -> list[tuple[Item, shapely.Geometry]]:
    """Return what may carry a name: features, regions, and those named by their layer as one."""
    single, by_layer = list(regions), defaultdict(list)
    for item, shape in drawn:
        if _of(item) == "layer":
            by_layer[item.style_key].append((item, shape))
        else:
            single.append((item, shape))
    return single + [
        (replace(shown[0][0], gid=f"title/{name}"), shapely.union_all([one for _, one in shown]))
        for name, shown in by_layer.items()
        if len(shown)
        >= _min_share(shown[0][0]) * len([one for one, _ in drawn if one.style_key == name])
    ]


def _min_share(item: Item) -> float:
    return float((item.label_row or {}).get("min_share", 0))


def _is_named(item: Item) -> bool:
    """Tell whether a story names it at this stop."""
    return bool((item.label_row or {}).get("named"))


def _rank(item: Item) -> float:
    return float((item.label_row or {"rank": 4})["rank"])


def _is_own(item: Item) -> bool:
    """Tell whether a name is of a file, and comes before those of the base map."""
    return bool((item.label_row or {}).get("own"))


def _size(item: Item) -> float:
    if _is_own(item):
        return _OWN_SIZE
    if _of(item) == "region":
        return _SIZES[-1]
    return _SIZES[min(int(_rank(item)), len(_SIZES) - 1)] if item.kind == "point" else _SIZES[1]


def _face(item: Item) -> str:
    if _is_own(item):
        return "regular" if item.kind == "point" else "bold"
    if item.kind != "point":
        return "italic"
    if _of(item) == "region":
        return "regular"
    return "bold" if _rank(item) == 0 else "regular"


def _hue(item: Item) -> str:
    """Return the colour of a name: the title of a layer has that of its lines."""
    if _of(item) == "layer":
        return str(item.rule["strokes"][0]["color"])
    return _HUES.get(item.style_key, "ink")


def _lines(item: Item) -> tuple[str, ...]:
    """Return a name's lines: its two forms below each other find room more often.

    So does the title of a layer inside an area.
    """
    if _of(item) == "layer" and item.kind == "area":
        return tuple(textwrap.wrap(item.name, _NARROW, break_long_words=False))
    return tuple(re.split(r"(?<= /) | (?=\()", item.name))


def _label_boxes(
    item: Item, shape: shapely.Geometry, text: Sequence[str], size: float, face: str, canvas: Canvas
) -> Iterator[LabelBox]:
    """Yield boxes round a point, best first, and how the text is aligned; in an area one."""
    width = max(text_width(one, size, face) for one in text)
    height = size * _LINE * len(text)
    if _of(item):
        yield from _wide_boxes(item, shape, width, height, canvas)
        return
    if _is_own(item) and item.kind == "line":
        yield from _wide_boxes(item, shape, width, height, canvas)
        return
    at = shape.point_on_surface() if item.kind != "point" else shapely.get_parts(shape)[0]
    x, y = at.x, at.y
    if item.kind != "point":
        yield box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), "center"
        if _is_own(item):
            yield from _wide_boxes(item, shape, width, height, canvas)
        return
    symbol = Symbol.of(item.rule, item.modifiers)
    gap = symbol.reach(canvas) + 1.5 * canvas.px
    if item.rule.get("shape") == "pin":  # beside its head
        y += style.PIN_LIFT * symbol.size * canvas.px
    near = gap * 0.6
    right, left, middle = x + gap, x - gap - width, x - width / 2
    above, below, level = y + gap, y - gap - height, y - height / 2
    for corner_x, corner_y, align in (
        (right, level, "left"),
        (left, level, "right"),
        (middle, above, "center"),
        (middle, below, "center"),
        (x + near, y + near, "left"),
        (x + near, y - near - height, "left"),
        (x - near - width, y + near, "right"),
        (x - near - width, y - near - height, "right"),
    ):
        yield box(corner_x, corner_y, corner_x + width, corner_y + height), align


def _wide_boxes(
    item: Item, shape: shapely.Geometry, width: float, height: float, canvas: Canvas
) -> Iterator[LabelBox]:
    """Yield boxes at the points of a region, inside an area, or beside lines, best first."""
    if item.kind == "line":
        spots = [
            one.interpolate(share, normalized=True) for one in _parts(shape) for share in _SHARES
        ]
    elif item.kind == "area":
        left, bottom, right, top = shape.bounds
        grid = [
            shapely.Point(left + (right - left) * x, bottom + (top - bottom) * y)
            for x in _SHARES
            for y in _SHARES
        ]
        spots = sorted(grid, key=shape.centroid.distance)
    else:
        spots = list(shapely.get_parts(shape))
    gap = 6 * canvas.px
    for spot in spots:
        boxes = [box(-width / 2, -height / 2, width / 2, height / 2)]
        if item.kind == "line":
            across, along = width / 2 + gap, height / 2 + gap
            moves = [(across, 0), (-across, 0), (0, along), (0, -along)]
            if _is_own(item):  # a name of a file is not to be missing
                moves += [(x * width / 2, y * along) for x in (1, -1) for y in (1, -1)]
            boxes = [shapely.affinity.translate(boxes[0], *move) for move in moves]
        for one in boxes:
            here = shapely.affinity.translate(one, spot.x, spot.y)
            if item.kind == "line" and shape.distance(here) < gap / 2:
                continue
            if item.kind == "area" and not shape.contains(here):
                continue
            yield here, "center"


def _parts(lines: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the courses of lines, the longest first."""
    merged = shapely.line_merge(lines)
    return sorted(shapely.get_parts(merged), key=lambda one: -one.length)


def draw_labels(canvas: Canvas, placed: Sequence[PlacedLabel]) -> None:
    """Draw the labels, each on a halo."""
    for one in placed:
        left, _, right, top = one.box.bounds
        at = {"left": left, "right": right, "center": (left + right) / 2}[one.align]
        hue = _hue(one.item)
        with canvas.group(f"label/{one.item.gid}"):
            baselines = [top - one.size * (0.9 + _LINE * row) for row in range(len(one.lines))]
            for text, y in zip(one.lines, baselines, strict=True):
                width = text_width(text, one.size, one.face)
                start = {"left": at, "right": at - width, "center": at - width / 2}[one.align]
                canvas.halo(start, y, text, one.size, one.face, 1.5 * canvas.px)
            for text, y in zip(one.lines, baselines, strict=True):
                canvas.text(at, y, text, one.size, hue, face=one.face, align=one.align)
