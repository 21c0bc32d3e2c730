"""Lay out pages: the title, sources, credit and disclaimer of each, and the middle of a map's.

A map has its frame, graticule, scale bar and legend there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar

import numpy as np
import shapely
from shapely.geometry import box

from pkzone.i18n.messages import is_reviewed, names_only, phrase, say
from pkzone.maps.file_looks import CLASS_PALETTE
from pkzone.maps.own_layers import OWN_PALETTE
from pkzone.maps.style import LEAD, PAGE, PALETTE, RECORD_PALETTE
from pkzone.maps.world import BORDERS_FROM_M, SOURCE, borders_of, is_world
from pkzone.pictures.canvas import (
    Canvas,
    area_path,
    balanced,
    line_path,
    text_width,
    wrapped,
)
from pkzone.pictures.inset import draw_inset, inset_at, inset_of
from pkzone.pictures.labels import draw_labels, place_labels
from pkzone.pictures.legend import (
    Block,
    LegendBuilder,
    Symbol,
    column_height,
    columns,
    draw_blocks,
    legend_blocks,
)
from pkzone.pictures.map_content import Content, Item, PageContent
from pkzone.pictures.projection import (
    Extent,
    MapProjection,
    degrees_in_words,
    graticule,
    nice_length,
)
from pkzone.reports.model import Number, worded

__all__ = ["Drawn", "Headline", "MapPage", "PageSizes", "PicturePage"]

_POINTS_PER_CM: Final = 72 / 2.54
_GRATICULE: Final = {"light": "#cfcac0", "dark": "#3a3e43"}
_WIDE_CM: Final = 16.0
_LEADING: Final = 1.25
_SOURCE_LINES: Final = 3
_UNREVIEWED: Final = phrase(
    "The words and names in this language have not yet been reviewed by a speaker."
)

Headline: TypeAlias = tuple[str, float, str, str]
Drawn: TypeAlias = tuple[Item, shapely.Geometry]


T = TypeVar("T", bound=PageContent)


class PageSizes:
    """Sizes in points for a width of the page: small ones are drawn finer, yet legible.

    Attributes
    ----------
    px, text, small, grid : float
        A pixel of the style table; size of text, of small text, and of the numbers at an axis.
    width, margin, inner, half : float
        Width of the page, room at each edge, width between, and that of one of two columns.
    has_side_panel : bool
        Whether the legend of a map stands beside it.
    panel, map_left, map_width : float
        Width of that legend; left edge and width of the map.
    """

    def __init__(self, width_cm: float) -> None:
        share = width_cm / 22
        self.text: float = 7.2 * min(2.5, max(0.8, share**0.5))
        self.px: float = 0.75 * min(2.5, max(0.66, share**0.6))
        self.small: float = 0.82 * self.text
        self.grid: float = 0.76 * self.text
        self.width, self.margin = width_cm * _POINTS_PER_CM, 1.6 * self.text
        self.inner = self.width - 2 * self.margin
        self.half = self.inner / 2 - 0.8 * self.text
        self.has_side_panel = width_cm >= _WIDE_CM
        self.map_left = self.margin + 1.9 * self.grid
        self.panel, beside = self.inner, 0.0
        if self.has_side_panel:
            self.panel = min(0.32 * self.width, 25 * self.text)
            beside = self.panel + 1.8 * self.text
        self.map_width = self.width - self.margin - beside - self.map_left


class PicturePage(Generic[T]):
    """Base of the pages: content, language and colours; each kind of picture draws its middle.

    Its ``disclaimer`` is what a reader must know of a map.
    """

    disclaimer: ClassVar[str] = phrase(
        "Not an official map. Lines are approximate: they may be off by the uncertainty that the "
        "data state. The map takes no position on the status of any territory or on names; where "
        "parties or sources differ, the data state both."
    )

    def __init__(self, content: T, width_cm: float, theme: str, language: str) -> None:
        self.content = content
        self.sizes = PageSizes(width_cm)
        self.language = language
        own = {**OWN_PALETTE[theme], **CLASS_PALETTE[theme], **RECORD_PALETTE[theme]}
        self.colours = {**PALETTE[theme], **own, **PAGE[theme], "grid": _GRATICULE[theme]}

    def _head_lines(self) -> list[Headline]:
        big, plain = 1.75 * self.sizes.text, 1.15 * self.sizes.text
        first, *rest = self.content.lines or ("",)
        room = self.sizes.inner
        title = balanced(self.content.title, big, room, "bold")
        headlines: list[Headline] = [(line, big, "ink", "bold") for line in title]
        for text, hue in [(first, "ink"), *((one, "muted") for one in rest)]:
            lines = filter(None, wrapped(text, plain, room))
            headlines += [(line, plain, hue, "regular") for line in lines]
        return headlines

    def _head_height(self, head: Sequence[Headline]) -> float:
        return sum(size * 1.3 for _, size, _, _ in head) + 0.9 * self.sizes.text

    def _draw_head(self, canvas: Canvas, head: Sequence[Headline]) -> None:
        top = canvas.height - self.sizes.margin
        with canvas.group("title"):
            for text, size, hue, face in head:
                canvas.text(self.sizes.margin, top - size * 0.95, text, size, hue, face=face)
                top -= size * 1.3

    def _foot_lines(self, cited: Counter[str]) -> list[list[str]]:
        """Return sources, credit and disclaimer; ``cited`` counts the sources of what is drawn."""
        size, width = self.sizes.small, self.sizes.inner
        notes = [self.content.credit, say(self.disclaimer, self.language)]
        if note := names_only(self.language):
            notes.append(note)
        elif not (is_reviewed(self.language) and self.content.is_reviewed):
            notes.append(say(_UNREVIEWED, self.language))
        paragraphs = [balanced(one, size, width) for one in notes if one]
        sources = self._sources_in_words(cited)
        return [sources, *paragraphs] if sources else paragraphs

    def _sources_in_words(self, cited: Counter[str]) -> list[str]:
        """Return whom the picture rests on: data sets first, then those cited most."""
        names = _source_names(self.content, cited)
        lines: list[str] = []
        for count in range(1, len(names) + 1):
            listed = list(names[:count])
            if count < len(names):
                listed.append(say("and {count} more", self.language, count=len(names) - count))
            text = say("Sources: {list}", self.language, list="; ".join(listed) + ".")
            longer = wrapped(text, self.sizes.small, self.sizes.inner)
            if len(longer) > _SOURCE_LINES and lines:
                break
            lines = longer
        return lines

    def _foot_height(self, foot: Sequence[Sequence[str]]) -> float:
        small = self.sizes.small
        lines = sum(len(one) * small * _LEADING + 0.45 * small for one in foot)
        return lines + 0.6 * self.sizes.text

    def _draw_legend(
        self, canvas: Canvas, panel: list[list[Block]], left: float, top: float, width: float
    ) -> None:
        """Draw columns of the legend side by side."""
        with canvas.group("legend"):
            for number, blocks in enumerate(panel):
                x = left + number * (width + 1.6 * self.sizes.text)
                draw_blocks(canvas, blocks, x, top, self.sizes.text * 0.95, width)

    def _draw_foot(self, canvas: Canvas, foot: Sequence[Sequence[str]], top: float) -> None:
        sizes, size = self.sizes, self.sizes.small
        with canvas.group("credits"):
            rule = shapely.LineString([(sizes.margin, top), (sizes.width - sizes.margin, top)])
            canvas.stroke(line_path(rule), "line", 0.8 * canvas.px)
            y = top - 0.6 * sizes.text
            for lines in foot:
                for line in lines:
                    canvas.text(sizes.margin, y - size * 0.9, line, size, "muted")
                    y -= size * _LEADING
                y -= 0.45 * size


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
        foot = self._foot_lines(self._rests_on(projection, drawn))
        foot_height = self._foot_height(foot)
        middle = map_height + beneath + panel_height + 0.5 * sizes.text
        if sizes.has_side_panel:
            middle = max(map_height + beneath, panel_height)
        height = round(2 * sizes.margin + head_height + middle + foot_height, 2)
        canvas = Canvas(sizes.width, height, self.colours, sizes.px)
        self._draw_head(canvas, head)
        top = height - sizes.margin - head_height
        projection, drawn = self._moved(projection, drawn, 0.0, top - map_height)
        self._draw_map(canvas, projection, drawn)
        self._draw_scale(canvas, projection, projection.window[2])
        if sizes.has_side_panel:  # the first heading in line with the frame
            left, start = sizes.width - sizes.margin - sizes.panel, top + 0.55 * sizes.text
        else:
            left, start = sizes.margin, top - map_height - beneath - 0.2 * sizes.text
        self._draw_legend(canvas, panel, left, start, column)
        self._draw_foot(canvas, foot, sizes.margin + foot_height)
        return canvas

    def _rests_on(self, projection: MapProjection, drawn: Sequence[Drawn]) -> Counter[str]:
        """Return how often what is drawn cites each source; countries around have one, too."""
        found = {(item.gid, item.cited) for item, _ in drawn}  # once, though it be in many panels
        cited = Counter(source for _, sources in found for source in sources)
        if is_world(self.content.outlined) and self._shows_regions(projection):
            cited[SOURCE["id"]] += 1
        return cited

    def _shows_regions(self, projection: MapProjection) -> bool:
        """Return whether any of the regions around is outlined or named, or has its borders."""
        has_inset = inset_at(self.content.outlined, projection, (0.0, 0.0), 1.0) is not None
        names = (projection.drawn(one.shape, 0) for one in self.content.regions)
        return has_inset or any(names) or any(self._borders(projection))

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
            drawn = self._visible(projection, self.content.items)
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

    def _visible(self, projection: MapProjection, items: Sequence[Item]) -> list[Drawn]:
        margin = 10 * self.sizes.px
        projected = ((item, projection.drawn(item.shape, margin)) for item in items)
        return [(item, shape) for item, shape in projected if shape is not None]

    def _moved(
        self, projection: MapProjection, drawn: list[Drawn], across: float, up: float
    ) -> tuple[MapProjection, list[Drawn]]:
        left, bottom, right, top = projection.window
        moved = projection.moved_to((left + across, bottom + up, right + across, top + up))
        return moved, [
            (item, shapely.transform(shape, lambda page: page + np.array([across, up])))
            for item, shape in drawn
        ]

    def _draw_map(
        self,
        canvas: Canvas,
        projection: MapProjection,
        drawn: list[Drawn],
        *,
        numbered: tuple[bool, bool] = (True, True),
        has_inset: bool = True,
    ) -> None:
        """Draw a map in its frame; `numbered` tells whether meridians and parallels are."""
        frame = line_path(box(*projection.window))
        with canvas.group("graticule"):
            self._draw_graticule(canvas, projection, numbered)
        with canvas.group("map"), canvas.clipped(projection.window):
            for border in self._borders(projection):
                canvas.stroke(line_path(border), "boundary", canvas.px)
            for item, shape in drawn:
                with canvas.group(item.gid):
                    self._draw_lead(canvas, projection, item)
                    Symbol.of(item.rule, item.modifiers).draw(canvas, item.kind, shape)
        with canvas.group("labels"):
            around = ((one, projection.drawn(one.shape, 0)) for one in self.content.regions)
            regions = [(one, shape) for one, shape in around if shape is not None]
            outlined = self.content.outlined if has_inset else ()
            inset = inset_of(outlined, projection, [*drawn, *regions], canvas.px)
            covered = [inset.box] if inset else []
            placed = place_labels(projection, drawn, regions, canvas, self.sizes.text, covered)
            draw_labels(canvas, placed)
        if inset:
            draw_inset(canvas, inset, self.language)
        with canvas.group("frame"):
            canvas.stroke(frame, "muted", 0.9 * canvas.px)

    def _borders(self, projection: MapProjection) -> Iterator[shapely.Geometry]:
        """Yield the borders of countries of the world, unless a map is so close that they err."""
        if self.sizes.px / projection.points_per_metre < BORDERS_FROM_M:
            return
        for line in borders_of(self.content.outlined):
            border = projection.drawn(shapely.LineString(line))
            if border is not None:
                yield border

    def _draw_lead(self, canvas: Canvas, projection: MapProjection, item: Item) -> None:
        lead = None if item.lead is None else projection.drawn(item.lead)
        if lead is not None:
            rule = {"strokes": [{"color": item.rule["strokes"][0]["color"], **LEAD}]}
            Symbol.of(rule, item.modifiers).draw(canvas, "lead", lead)

    def _draw_graticule(
        self, canvas: Canvas, projection: MapProjection, numbered: tuple[bool, bool]
    ) -> None:
        size = self.sizes.grid
        left, bottom, right, top = projection.window
        reached = left
        for line in graticule(projection):
            canvas.stroke(line_path(shapely.LineString(line.course)), "grid", 0.6 * canvas.px)
            if line.foot is None or not numbered[0 if line.is_meridian else 1]:
                continue
            text = self._in_words(line.degrees, line.is_meridian)
            half = text_width(text, size) / 2
            along = line.foot[0] if line.is_meridian else line.foot[1]
            low, high = (reached, right) if line.is_meridian else (bottom, top)
            if not low + half <= along <= high - half:
                continue
            if line.is_meridian:
                reached = along + half + size
            x, y = (along, bottom - 1.25 * size) if line.is_meridian else (left - 0.5 * size, along)
            canvas.text(x, y, text, size, "muted", align="center", turned=not line.is_meridian)

    def _in_words(self, degrees: float, is_longitude: bool) -> str:
        number, side = degrees_in_words(degrees, is_longitude)
        return f"{number} {say(side, self.language)}".strip()

    def _draw_scale(self, canvas: Canvas, projection: MapProjection, end: float) -> None:
        """Draw a bar in four fields and what it stands for, beneath the map at the left.

        The projection is named at the right, up to the `end`.
        """
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
            unit, factor = (phrase("km"), 1.0) if whole_km >= 1 else (phrase("m"), 1000.0)
            for share, words, align in (
                (0.0, "", "left"),
                (0.5, "", "center"),
                (1.0, say(unit, self.language), "center"),
            ):
                value = whole_km * factor * share
                number = Number(value, len(f"{value:g}".partition(".")[2]))
                text = f"{worded(number, self.language)} {words}".strip()
                x, y = left + length * share, low - 1.15 * size
                canvas.text(x, y, text, size, "muted", align=align)
        self._draw_projection(canvas, projection, (left + length + 3 * size, end), low + height)

    def _draw_projection(
        self, canvas: Canvas, projection: MapProjection, room: tuple[float, float], top: float
    ) -> None:
        east, north = projection.centre
        place = f"{self._in_words(north, False)} {self._in_words(east, True)}"
        text = say(
            "Lambert azimuthal equal-area projection centred on {place}, WGS 84.",
            self.language,
            place=place,
        )
        size, (start, right) = self.sizes.grid, room
        with canvas.group("projection"):
            for line in wrapped(text, size, right - start)[:3]:
                canvas.text(right, top - size * 0.7, line, size, "muted", align="right")
                top -= size * _LEADING


def _source_names(content: PageContent, cited: Counter[str]) -> list[str]:
    counts = cited + Counter(content.cited)
    ranked: dict[str, tuple[int, int]] = {}
    for record in content.sources:
        if record["id"] in counts:
            name = _publisher(record)
            is_text, count = ranked.get(name, (1, 0))
            ranked[name] = (
                min(is_text, int(record.get("type") != "dataset")),
                count - counts[record["id"]],
            )
    return sorted(ranked, key=lambda name: (*ranked[name], name))


def _publisher(record: Mapping[str, Any]) -> str:
    for key in ("container-title", "publisher", "title"):
        value = record.get(key)
        if isinstance(value, str) and value:
            return value
    return str(record["id"])
