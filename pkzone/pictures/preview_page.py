"""Lay out the picture that a preview of a link shows: the map, what it is and of which day."""

from __future__ import annotations

from typing import Final

from pkzone.maps.head import PREVIEW
from pkzone.pictures.canvas import Canvas, wrapped
from pkzone.pictures.page import Headline, MapPage
from pkzone.pictures.projection import MapProjection

__all__ = ["DPI", "WIDTH_CM", "PreviewPage"]

#: At these a page is as many pixels wide as a preview, and its letters are large enough for one.
WIDTH_CM: Final = 12.0
DPI: Final = PREVIEW[0] / WIDTH_CM * 2.54
_TITLE_LINES: Final = 2


class PreviewPage(MapPage):
    """The page of a preview: a title, a map in the shape that previews have, whose data it is."""

    def draw(self) -> Canvas:
        """Draw the page.

        Raises
        ------
        TooWide
            What is shown spans more than half the earth.
        """
        sizes = self.sizes
        height = round(sizes.width * PREVIEW[1] / PREVIEW[0], 2)
        head = self._head_lines()
        head_height = self._head_height(head)
        foot = [wrapped(self.content.credit, sizes.small, sizes.inner)[:2]]
        foot_height = self._foot_height(foot)
        low, high = sizes.margin + foot_height, height - sizes.margin - head_height
        left, right = sizes.margin, sizes.width - sizes.margin
        extent = self._extent().widened((right - left) / (high - low))
        projection = MapProjection(extent, (left, low, right, high))
        canvas = Canvas(sizes.width, height, self.colours, sizes.px)
        self._draw_head(canvas, head)
        self._draw_map(canvas, projection, self._visible(projection, self.content.items))
        self._draw_foot(canvas, foot, low)
        return canvas

    def _head_lines(self) -> list[Headline]:
        lines = super()._head_lines()
        title = [line for line in lines if line[3] == "bold"][:_TITLE_LINES]
        return [*title, *[line for line in lines if line[3] != "bold"][:1]]

    def _draw_graticule(
        self, canvas: Canvas, projection: MapProjection, numbered: tuple[bool, bool]
    ) -> None:
        """Draw none: nobody reads degrees in a preview."""
