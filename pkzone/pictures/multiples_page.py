"""Lay out small multiples: equal panels in rows, one scale bar, one legend and one inset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import Final

from pkzone.pictures.canvas import Canvas, wrapped
from pkzone.pictures.inset import Inset, draw_inset, inset_at
from pkzone.pictures.legend import Block, LegendBuilder, column_height, columns, legend_blocks
from pkzone.pictures.multiples_content import Multiples, Panel
from pkzone.pictures.page import Drawn, Headline, MapPage
from pkzone.pictures.projection import MapProjection

__all__ = ["MultiplesPage"]

#: Width of the narrowest panel in sizes of text, above which there is one more in a row.
_NARROWEST: Final = 23.0
#: Width by height of the tallest map of a panel, and of the widest.
_TALLEST: Final = 0.85
_WIDEST: Final = 1.7
_INSET_SHARE: Final = 0.24
_MOST_LINES: Final = 6
_LEADING: Final = 1.25


@dataclass(frozen=True, slots=True)
class _Grid:
    """Panels in rows: how many there are and stand in one, and the size of each map, points."""

    count: int
    columns: int
    width: float
    height: float
    gap: float

    @property
    def rows(self) -> list[range]:
        """The numbers of the panels in each row."""
        starts = range(0, self.count, self.columns)
        return [range(start, min(start + self.columns, self.count)) for start in starts]


class MultiplesPage(MapPage):
    """The page of small multiples; its height follows from its width and its panels."""

    content: Multiples

    def draw(self) -> Canvas:
        """Draw the page.

        Raises
        ------
        TooWide
            What is shown spans more than half the earth.
        """
        sizes, panels = self.sizes, self.content.panels
        extent = self._extent()
        grid = self._grid(extent.aspect)
        window = (0.0, 0.0, grid.width, grid.height)
        projection = MapProjection(extent.widened(grid.width / grid.height), window)
        maps = [self._visible(projection, one.items) for one in panels]
        head, heads = self._head_lines(), [self._panel_lines(one, grid.width) for one in panels]
        rises = [max(map(self._panel_rise, (heads[one] for one in row))) for row in grid.rows]
        foot = self._foot_lines(self._rests_on(projection, list(chain.from_iterable(maps))))
        legend, column = self._legend(projection, maps)
        head_height, foot_height = self._head_height(head), self._foot_height(foot)
        beneath, scale = 1.7 * sizes.grid, 3.4 * sizes.small
        rows = sum(rise + grid.height + beneath for rise in rises)
        key = self._legend_height(legend, projection)
        middle = rows + scale + key + 0.5 * sizes.text
        height = round(2 * sizes.margin + head_height + middle + foot_height, 2)
        canvas = Canvas(sizes.width, height, self.colours, sizes.px)
        self._draw_head(canvas, head)
        top = height - sizes.margin - head_height
        for row, rise in zip(grid.rows, rises, strict=True):
            for number in row:
                across = sizes.map_left + (number - row.start) * (grid.width + grid.gap)
                moved = self._moved(projection, maps[number], across, top - rise - grid.height)
                numbered = number + grid.columns >= grid.count, number == row.start
                with canvas.prefixed(f"{panels[number].key}/"), canvas.group("panel"):
                    self._draw_panel_lines(canvas, heads[number], across, top)
                    self._draw_map(canvas, *moved, numbered=numbered, has_inset=False)
            top -= rise + grid.height + beneath
        left = projection.moved_to((sizes.map_left, top + beneath, sizes.map_left + grid.width, 0))
        self._draw_scale(canvas, left, sizes.width - sizes.margin)
        self._draw_legend(canvas, legend, sizes.margin, top - scale, column)
        if inset := self._inset(projection, top - scale):
            draw_inset(canvas, inset, self.language)
        self._draw_foot(canvas, foot, sizes.margin + foot_height)
        return canvas

    def _grid(self, aspect: float) -> _Grid:
        """Return panels as many in a row as can be read, and rows of about the same number."""
        sizes, count = self.sizes, len(self.content.panels)
        gap = 1.2 * sizes.text
        room = sizes.width - sizes.margin - sizes.map_left
        most = max(1, int((room + gap) // (_NARROWEST * sizes.text + gap)))
        columns = ceil(count / ceil(count / most))
        width = (room - (columns - 1) * gap) / columns
        return _Grid(count, columns, width, width / min(_WIDEST, max(_TALLEST, aspect)), gap)

    def _panel_lines(self, panel: Panel, width: float) -> list[Headline]:
        """Return the date of a panel and, under it, the title of its state."""
        big, plain = 1.15 * self.sizes.text, 0.95 * self.sizes.text
        lines = [line for one in panel.lines for line in wrapped(one, plain, width)]
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], "…"]
        return [
            *((line, big, "ink", "bold") for line in wrapped(panel.title, big, width, "bold")),
            *((line, plain, "muted", "regular") for line in lines),
        ]

    def _panel_rise(self, lines: Sequence[Headline]) -> float:
        return sum(size * _LEADING for _, size, _, _ in lines) + 0.9 * self.sizes.text

    def _draw_panel_lines(
        self, canvas: Canvas, lines: Sequence[Headline], left: float, top: float
    ) -> None:
        with canvas.group("title"):
            for text, size, hue, face in lines:
                canvas.text(left, top - size, text, size, hue, face=face)
                top -= size * _LEADING

    def _legend(
        self, projection: MapProjection, maps: Sequence[list[Drawn]]
    ) -> tuple[list[list[Block]], float]:
        """Return the legend of all panels in two columns, beside the inset, and their width."""
        sizes = self.sizes
        beside = self._inset_width + 1.6 * sizes.text if self._inset(projection, 0.0) else 0.0
        column = (sizes.inner - beside - 1.6 * sizes.text) / 2
        builder = LegendBuilder(sizes.px, sizes.text * 0.95, column)
        visible = [item for drawn in maps for item, _ in drawn]
        return columns(legend_blocks(self.content, visible, builder, self.language), 2), column

    def _legend_height(self, legend: list[list[Block]], projection: MapProjection) -> float:
        inset = self._inset(projection, 0.0)
        beside: float = inset.box[3] - inset.box[1] + 0.5 * self.sizes.text if inset else 0.0
        return max([beside, *map(column_height, legend)])

    @property
    def _inset_width(self) -> float:
        width: float = _INSET_SHARE * self.sizes.inner
        return width

    def _inset(self, projection: MapProjection, top: float) -> Inset | None:
        """Return where the inset stands: at the right of the legend, once for all panels."""
        left = self.sizes.width - self.sizes.margin - self._inset_width
        return inset_at(self.content.outlined, projection, (left, top), self._inset_width)
