"""Lay out the pages of a story: equal sheets, each with its texts, its map and its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pkzone.errors import BadOption
from pkzone.pictures.canvas import Canvas, balanced, wrapped
from pkzone.pictures.legend import Block, LegendBuilder, column_height, columns, legend_blocks
from pkzone.pictures.page import Drawn, Headline, MapPage
from pkzone.pictures.projection import MapProjection
from pkzone.pictures.story_content import StopContent, StoryContent

__all__ = ["story_pages"]

#: Height of a page by its width, that of A4; a page that has more to say is higher.
_HEIGHT: Final = 297 / 210
#: Height of the lowest map by its width.
_LOWEST: Final = 0.4
#: Columns of the legend; room is scarcer than on a single map, so sections are broken sooner.
_COLUMNS: Final = 3
_BROKEN: Final = 1.1
#: Below this the columns of the legend have room for few words.
_NARROWEST_CM: Final = 14.0


def story_pages(story: StoryContent, width_cm: float, theme: str, language: str) -> list[Canvas]:
    """Draw the pages of a story, all of one size.

    Raises
    ------
    BadOption
        The pages would be too narrow for a map with its legend.
    TooWide
        A stop shows more than half the earth.
    """
    if width_cm < _NARROWEST_CM:
        raise BadOption(
            f"{width_cm:g} cm is too narrow for the pages of a story; use {_NARROWEST_CM:g} or more"
        )
    pages = [StopPage(one, width_cm, theme, language) for one in story.stops]
    height = max(one.least_height() for one in pages)
    return [one.draw_on(height) for one in pages]


class StopPage(MapPage):
    """The page of a stop; its map is as high as the texts and the legend leave room for."""

    content: StopContent

    def least_height(self) -> float:
        """Return how high the page is at least: as A4, or as its texts need."""
        lowest = _LOWEST * self._map_width
        room = self._height_around(*self._map_of_height(lowest))
        return round(max(_HEIGHT * self.sizes.width, room + lowest), 2)

    def draw_on(self, height: float) -> Canvas:
        """Draw the page at a height."""
        sizes, map_height = self.sizes, _LOWEST * self._map_width
        for _ in range(2):  # a higher map may show what has sources and samples of its own
            map_height = height - self._height_around(*self._map_of_height(map_height))
        projection, drawn, blocks = self._map_of_height(map_height)
        canvas = Canvas(sizes.width, height, self.colours, sizes.px)
        head, foot = self._head_lines(), self._foot_lines(self._rests_on(projection, drawn))
        self._draw_head(canvas, head)
        bottom = height - sizes.margin - self._head_height(head) - map_height
        moved, shapes = self._moved(projection, drawn, 0.0, bottom)
        self._draw_map(canvas, moved, shapes)
        self._draw_scale(canvas, moved, moved.window[2])
        below = bottom - self._beneath
        self._draw_legend(canvas, blocks, sizes.margin, below, self._column)
        self._draw_foot(canvas, foot, sizes.margin + self._foot_height(foot))
        return canvas

    @property
    def _map_width(self) -> float:
        sizes = self.sizes
        width: float = sizes.width - sizes.margin - sizes.map_left
        return width

    @property
    def _column(self) -> float:
        """Width of a column of the legend."""
        width: float = (self.sizes.inner - 3.2 * self.sizes.text) / _COLUMNS
        return width

    @property
    def _beneath(self) -> float:
        """Room for the numbers at the map and for its scale, below it."""
        height: float = 1.7 * self.sizes.grid + 3.6 * self.sizes.small
        return height

    def _height_around(
        self, projection: MapProjection, drawn: Sequence[Drawn], legend: list[list[Block]]
    ) -> float:
        """Return how much of the page is not the map."""
        texts = self._head_height(self._head_lines())
        foot = self._foot_height(self._foot_lines(self._rests_on(projection, drawn)))
        sizes, tallest = self.sizes, max(map(column_height, legend))
        height: float = 2 * sizes.margin + texts + self._beneath + tallest + foot
        return height + 0.3 * sizes.text

    def _map_of_height(self, height: float) -> tuple[MapProjection, list[Drawn], list[list[Block]]]:
        sizes, width = self.sizes, self._map_width
        window = (sizes.map_left, 0.0, sizes.map_left + width, height)
        projection = MapProjection(self._extent().widened(width / height), window)
        drawn = self._visible(projection, self.content.items)
        builder = LegendBuilder(sizes.px, sizes.text * 0.95, self._column)
        visible = [item for item, _ in drawn]
        blocks = legend_blocks(self.content, visible, builder, self.language)
        return projection, drawn, columns(blocks, _COLUMNS, _BROKEN)

    def _head_lines(self) -> list[Headline]:
        content, room, text = self.content, self.sizes.inner, self.sizes.text
        big, read = 1.9 * text, 1.25 * text
        lines: list[Headline] = [
            *((line, text, "muted", "regular") for line in wrapped(content.above, text, room)),
            *((line, big, "ink", "bold") for line in balanced(content.title, big, room, "bold")),
        ]
        for one in content.lines:
            lines += [(line, text, "muted", "regular") for line in wrapped(one, text, room)]
        lines.append(("", 0.4 * text, "ink", "regular"))
        told = wrapped(" ".join(content.sentences), read, room)
        return [*lines, *((line, read, "ink", "regular") for line in told)]

    def _foot_lines(self, cited: Counter[str]) -> list[list[str]]:
        size, room = self.sizes.small, self.sizes.inner
        numbered = [line for one in self.content.references for line in wrapped(one, size, room)]
        return [*([numbered] if numbered else []), *super()._foot_lines(cited)]
