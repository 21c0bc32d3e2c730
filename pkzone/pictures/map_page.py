"""The sheet: title, map in its frame, graticule, scale bar, legend, sources and disclaimer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import box

from pkzone.i18n.messages import say
from pkzone.pictures.canvas import Ink, area_path, line_path, text_width, wrapped
from pkzone.pictures.furniture import LEADING, Measures, Paper
from pkzone.pictures.labels import draw_labels, place_labels
from pkzone.pictures.legend import Block, column_height, columns, draw_blocks, legend_blocks
from pkzone.pictures.model import Content, Item
from pkzone.pictures.projection import Extent, Plane, degrees_in_words, graticule, nice_length
from pkzone.pictures.symbols import Symbol

__all__ = ["draw_sheet"]

Drawn = tuple[Item, shapely.Geometry]


def draw_sheet(content: Content, width_cm: float, theme: str, language: str) -> Ink:
    """Return a drawn sheet.

    Parameters
    ----------
    content : Content
        What it shows.
    width_cm : float
        Its width; the height follows from the extent and the legend.
    theme : str
        ``light`` or ``dark``.
    language : str
        Language of its words.

    Raises
    ------
    TooWide
        What is shown spans more than half the earth.
    """
    return _Sheet(content, Measures.of(width_cm), theme, language).draw()


class _Sheet(Paper[Content]):
    def draw(self) -> Ink:
        sizes = self.sizes
        head = self._head_lines()
        head_height = self._head_height(head)
        plane, drawn, blocks = self._lay_out()
        panel = columns(blocks, 1 if sizes.has_side_panel else 2)
        panel_height = max(map(column_height, panel))
        map_height = plane.window[3]
        beneath = 1.7 * sizes.grid + 3.4 * sizes.small
        foot = self._foot_lines(Counter(source for item, _ in drawn for source in item.cited))
        foot_height = self._foot_height(foot)
        if sizes.has_side_panel:
            middle = max(map_height + beneath, panel_height)
        else:
            middle = map_height + beneath + panel_height + 0.5 * sizes.text
        height = round(2 * sizes.margin + head_height + middle + foot_height, 2)
        ink = Ink(sizes.width, height, self.colours, sizes.px)
        self._draw_head(ink, head)
        top = height - sizes.margin - head_height
        plane, drawn = self._moved(plane, drawn, top - map_height)
        self._draw_map(ink, plane, drawn)
        self._draw_scale(ink, plane)
        self._draw_panel(ink, panel, top, top - map_height - beneath - 0.2 * sizes.text)
        self._draw_foot(ink, foot, sizes.margin + foot_height)
        return ink

    def _lay_out(self) -> tuple[Plane, list[Drawn], list[Block]]:
        """Return the map at the foot of the page, what is visible, and the legend for it.

        A legend taller than the map makes the map taller, which may bring more into view.
        """
        sizes = self.sizes
        extent = self._extent()
        low, high = (0.95, 1.6) if sizes.has_side_panel else (0.85, 1.5)
        aspect = min(high, max(low, extent.aspect))
        measure = Ink(1, 1, self.colours, sizes.px)
        for _ in range(4):
            wide = extent.widened(aspect)
            left, width = sizes.map_left, sizes.map_width
            plane = Plane(wide, (left, 0.0, left + width, width / wide.aspect))
            drawn = self._visible(plane)
            column = sizes.panel if sizes.has_side_panel else sizes.panel / 2 - 0.8 * sizes.text
            blocks = legend_blocks(self.content, [item for item, _ in drawn], measure,
                                   sizes.text * 0.95, column, self.language)  # fmt: skip
            tallest = min(column_height(blocks), 1.45 * width)
            if not sizes.has_side_panel or width / aspect >= tallest - 1:
                break
            aspect = width / tallest
        return plane, drawn, blocks

    def _extent(self) -> Extent:
        shapes = self.content.focus or tuple(item.shape for item in self.content.items)
        return Extent.around(shapes or (shapely.Point(0, 0),))

    def _visible(self, plane: Plane) -> list[Drawn]:
        margin = 10 * self.sizes.px
        found = ((item, plane.drawn(item.shape, margin)) for item in self.content.items)
        return [(item, shape) for item, shape in found if shape is not None]

    def _moved(self, plane: Plane, drawn: list[Drawn], up: float) -> tuple[Plane, list[Drawn]]:
        left, bottom, right, top = plane.window
        moved = plane.moved_to((left, bottom + up, right, top + up))
        return moved, [(item, shapely.transform(shape, lambda page: page + np.array([0.0, up])))
                       for item, shape in drawn]  # fmt: skip

    def _draw_map(self, ink: Ink, plane: Plane, drawn: list[Drawn]) -> None:
        frame = line_path(box(*plane.window))
        with ink.group("graticule"):
            self._draw_graticule(ink, plane)
        with ink.group("map"), ink.clipped(plane.window):
            for item, shape in drawn:
                with ink.group(item.gid):
                    Symbol.of(item.rule, item.modifiers).draw(ink, item.kind, shape)
        with ink.group("labels"):
            draw_labels(ink, place_labels(plane, drawn, ink, self.sizes.text))
        with ink.group("frame"):
            ink.stroke(frame, "muted", 0.9 * ink.px)

    def _draw_graticule(self, ink: Ink, plane: Plane) -> None:
        size = self.sizes.grid
        left, bottom, right, top = plane.window
        for line in graticule(plane):
            ink.stroke(line_path(shapely.LineString(line.course)), "grid", 0.6 * ink.px)
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
            ink.text(x, y, text, size, "muted", align="center", turned=not line.is_meridian)

    def _draw_scale(self, ink: Ink, plane: Plane) -> None:
        """Draw a bar in four fields and what it stands for, beneath the map at the left."""
        size = self.sizes.small
        left, bottom, right, _ = plane.window
        metre = plane.points_per_metre
        whole_km = nice_length((right - left) / metre / 1000 * 0.3)
        length = whole_km * 1000 * metre
        low = bottom - 1.7 * self.sizes.grid - 1.3 * size
        height = 0.36 * size
        with ink.group("scale"):
            with ink.group("scale/bar"):
                ink.stroke(line_path(box(left, low, left + length, low + height)), "ink",
                           0.7 * ink.px)  # fmt: skip
            for field in (0, 2):
                at = left + length * field / 4
                ink.fill(area_path(box(at, low, at + length / 4, low + height)), "ink")
            unit, factor = ("km", 1.0) if whole_km >= 1 else ("m", 1000.0)
            for share in (0.0, 0.5, 1.0):
                text = f"{whole_km * factor * share:,g}"
                if share == 1:
                    text = f"{text} {say(unit, self.language)}"
                align = "left" if share == 0 else "center"
                ink.text(left + length * share, low - 1.15 * size, text, size, "muted",
                         align=align)  # fmt: skip
        self._draw_projection(ink, plane, left + length + 3 * size, low + height)

    def _draw_projection(self, ink: Ink, plane: Plane, start: float, top: float) -> None:
        east, north = plane.centre
        places = [" ".join(degrees_in_words(value, is_longitude)).strip()
                  for value, is_longitude in ((north, False), (east, True))]  # fmt: skip
        spoken = [" ".join((one.split(" ")[0], say(one.split(" ")[-1], self.language)))
                  for one in places]  # fmt: skip
        text = say("Lambert azimuthal equal-area projection centred on {place}, WGS 84.",
                   self.language, place=" ".join(spoken))  # fmt: skip
        size, right = self.sizes.grid, plane.window[2]
        with ink.group("projection"):
            for line in wrapped(text, size, right - start)[:3]:
                ink.text(right, top - size * 0.7, line, size, "muted", align="right")
                top -= size * LEADING

    def _draw_panel(
        self, ink: Ink, panel: Sequence[Sequence[Block]], top: float, below: float
    ) -> None:
        sizes = self.sizes
        with ink.group("legend"):
            for number, blocks in enumerate(panel):
                if sizes.has_side_panel:
                    x, start, width = sizes.width - sizes.margin - sizes.panel, top, sizes.panel
                    start += 0.55 * sizes.text  # the first heading in line with the frame
                else:
                    width = sizes.panel / 2 - 0.8 * sizes.text
                    x, start = sizes.margin + number * (width + 1.6 * sizes.text), below
                draw_blocks(ink, blocks, x, start, sizes.text * 0.95, width)
