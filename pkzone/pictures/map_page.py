"""Draw the page of a map: title, frame, graticule, scale bar, legend, sources and disclaimer."""

from __future__ import annotations

from collections import Counter

import numpy as np
import shapely
from shapely.geometry import box

from pkzone.i18n.messages import phrase, say
from pkzone.pictures.canvas import Canvas, area_path, line_path, text_width, wrapped
from pkzone.pictures.furniture import LEADING, PicturePage
from pkzone.pictures.labels import draw_labels, place_labels
from pkzone.pictures.legend import Block, LegendBuilder, column_height, columns, legend_blocks
from pkzone.pictures.map_content import Content, Item
from pkzone.pictures.projection import (
    Extent,
    MapProjection,
    degrees_in_words,
    graticule,
    nice_length,
)
from pkzone.pictures.symbols import Symbol

__all__ = ["MapPage"]

Drawn = tuple[Item, shapely.Geometry]


class MapPage(PicturePage[Content]):
    """The page of a map; its height follows from its width, the extent and the legend."""

    def draw(self) -> Canvas:
        """Draw the page.

        Raises
        ------
        TooWide
            What is shown spans more than half the earth.
        """
        sizes = self.sizes
        head = self._head_lines()
        head_height = self._head_height(head)
        column = sizes.panel if sizes.has_side_panel else sizes.half
        projection, drawn, blocks = self._lay_out(column)
        panel = columns(blocks, 1 if sizes.has_side_panel else 2)
        panel_height = max(map(column_height, panel))
        map_height = projection.window[3]
        beneath = 1.7 * sizes.grid + 3.4 * sizes.small
        foot = self._foot_lines(Counter(source for item, _ in drawn for source in item.cited))
        foot_height = self._foot_height(foot)
        if sizes.has_side_panel:
            middle = max(map_height + beneath, panel_height)
        else:
            middle = map_height + beneath + panel_height + 0.5 * sizes.text
        height = round(2 * sizes.margin + head_height + middle + foot_height, 2)
        canvas = Canvas(sizes.width, height, self.colours, sizes.px)
        self._draw_head(canvas, head)
        top = height - sizes.margin - head_height
        projection, drawn = self._moved(projection, drawn, top - map_height)
        self._draw_map(canvas, projection, drawn)
        self._draw_scale(canvas, projection)
        if sizes.has_side_panel:  # the first heading in line with the frame
            left, start = sizes.width - sizes.margin - sizes.panel, top + 0.55 * sizes.text
        else:
            left, start = sizes.margin, top - map_height - beneath - 0.2 * sizes.text
        self._draw_legend(canvas, panel, left, start, column)
        self._draw_foot(canvas, foot, sizes.margin + foot_height)
        return canvas

    def _lay_out(self, column: float) -> tuple[MapProjection, list[Drawn], list[Block]]:
        """Return the map at the foot of the page, what is visible, and the legend for it.

        A legend taller than the map makes the map taller, which may bring more into view.
        """
        sizes = self.sizes
        extent = self._extent()
        low, high = (0.95, 1.6) if sizes.has_side_panel else (0.85, 1.5)
        aspect = min(high, max(low, extent.aspect))
        builder = LegendBuilder(sizes.px, sizes.text * 0.95, column)
        for _ in range(4):
            wide = extent.widened(aspect)
            left, width = sizes.map_left, sizes.map_width
            projection = MapProjection(wide, (left, 0.0, left + width, width / wide.aspect))
            drawn = self._visible(projection)
            visible = [item for item, _ in drawn]
            blocks = legend_blocks(self.content, visible, builder, self.language)
            tallest = min(column_height(blocks), 1.45 * width)
            if not sizes.has_side_panel or width / aspect >= tallest - 1:
                break
            aspect = width / tallest
        return projection, drawn, blocks

    def _extent(self) -> Extent:
        shapes = self.content.focus or tuple(item.shape for item in self.content.items)
        return Extent.around(shapes or (shapely.Point(0, 0),))

    def _visible(self, projection: MapProjection) -> list[Drawn]:
        margin = 10 * self.sizes.px
        projected = ((item, projection.drawn(item.shape, margin)) for item in self.content.items)
        return [(item, shape) for item, shape in projected if shape is not None]

    def _moved(
        self, projection: MapProjection, drawn: list[Drawn], up: float
    ) -> tuple[MapProjection, list[Drawn]]:
        left, bottom, right, top = projection.window
        moved = projection.moved_to((left, bottom + up, right, top + up))
        return moved, [
            (item, shapely.transform(shape, lambda page: page + np.array([0.0, up])))
            for item, shape in drawn
        ]

    def _draw_map(self, canvas: Canvas, projection: MapProjection, drawn: list[Drawn]) -> None:
        frame = line_path(box(*projection.window))
        with canvas.group("graticule"):
            self._draw_graticule(canvas, projection)
        with canvas.group("map"), canvas.clipped(projection.window):
            for item, shape in drawn:
                with canvas.group(item.gid):
                    Symbol.of(item.rule, item.modifiers).draw(canvas, item.kind, shape)
        with canvas.group("labels"):
            draw_labels(canvas, place_labels(projection, drawn, canvas, self.sizes.text))
        with canvas.group("frame"):
            canvas.stroke(frame, "muted", 0.9 * canvas.px)

    def _draw_graticule(self, canvas: Canvas, projection: MapProjection) -> None:
        size = self.sizes.grid
        left, bottom, right, top = projection.window
        for line in graticule(projection):
            canvas.stroke(line_path(shapely.LineString(line.course)), "grid", 0.6 * canvas.px)
            if line.foot is None:
                continue
            degrees, side = degrees_in_words(line.degrees, line.is_meridian)
            text = f"{degrees} {say(side, self.language)}".strip()
            half = text_width(text, size) / 2
            along = line.foot[0] if line.is_meridian else line.foot[1]
            low, high = (left, right) if line.is_meridian else (bottom, top)
            if not low + half <= along <= high - half:
                continue
            x, y = (along, bottom - 1.25 * size) if line.is_meridian else (left - 0.5 * size, along)
            canvas.text(x, y, text, size, "muted", align="center", turned=not line.is_meridian)

    def _draw_scale(self, canvas: Canvas, projection: MapProjection) -> None:
        """Draw a bar in four fields and what it stands for, beneath the map at the left."""
        size = self.sizes.small
        left, bottom, right, _ = projection.window
        metre = projection.points_per_metre
        whole_km = nice_length((right - left) / metre / 1000 * 0.3)
        length = whole_km * 1000 * metre
        low = bottom - 1.7 * self.sizes.grid - 1.3 * size
        height = 0.36 * size
        with canvas.group("scale"):
            with canvas.group("scale/bar"):
                canvas.stroke(
                    line_path(box(left, low, left + length, low + height)), "ink", 0.7 * canvas.px
                )
            for field in (0, 2):
                at = left + length * field / 4
                canvas.fill(area_path(box(at, low, at + length / 4, low + height)), "ink")
            km, m = (phrase("km"), 1.0), (phrase("m"), 1000.0)
            unit, factor = km if whole_km >= 1 else m
            for share in (0.0, 0.5, 1.0):
                text = f"{whole_km * factor * share:,g}"
                if share == 1:
                    text = f"{text} {say(unit, self.language)}"
                align = "left" if share == 0 else "center"
                canvas.text(
                    left + length * share, low - 1.15 * size, text, size, "muted", align=align
                )
        self._draw_projection(canvas, projection, left + length + 3 * size, low + height)

    def _draw_projection(
        self, canvas: Canvas, projection: MapProjection, start: float, top: float
    ) -> None:
        east, north = projection.centre
        places = [
            " ".join(degrees_in_words(value, is_longitude)).strip()
            for value, is_longitude in ((north, False), (east, True))
        ]
        spoken = [
            " ".join((one.split(" ")[0], say(one.split(" ")[-1], self.language))) for one in places
        ]
        text = say(
            "Lambert azimuthal equal-area projection centred on {place}, WGS 84.",
            self.language,
            place=" ".join(spoken),
        )
        size, right = self.sizes.grid, projection.window[2]
        with canvas.group("projection"):
            for line in wrapped(text, size, right - start)[:3]:
                canvas.text(right, top - size * 0.7, line, size, "muted", align="right")
                top -= size * LEADING
