"""Lay out what every picture has round its middle: title, sources, credit and disclaimer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar

import shapely

from pkzone.i18n.messages import is_reviewed, names_only, phrase, say
from pkzone.maps.own_layers import OWN_PALETTE
from pkzone.maps.style import PAGE, PALETTE, RECORD_PALETTE
from pkzone.pictures.canvas import Canvas, balanced, line_path, wrapped
from pkzone.pictures.legend import Block, draw_blocks
from pkzone.pictures.map_content import PageContent

__all__ = ["LEADING", "POINTS_PER_CM", "PageSizes", "PicturePage"]

POINTS_PER_CM: Final = 72 / 2.54
_GRATICULE: Final = {"light": "#cfcac0", "dark": "#3a3e43"}
_WIDE_CM: Final = 16.0
LEADING: Final = 1.25
_SOURCE_LINES: Final = 3
_DISCLAIMER: Final = phrase(
    "Not an official map. Lines are approximate: they may be off by the uncertainty that the data "
    "state. The map takes no position on the status of any territory or on names; where parties "
    "or sources differ, the data state both."
)
_UNREVIEWED: Final = phrase(
    "The words and names in this language have not yet been reviewed by a speaker."
)

Headline: TypeAlias = tuple[str, float, str, str]


T = TypeVar("T", bound=PageContent)


@dataclass(frozen=True, slots=True)
class PageSizes:
    """Sizes in points for a width of the page: small ones are drawn finer, yet legible."""

    width: float
    px: float
    text: float
    has_side_panel: bool

    @classmethod
    def of(cls, width_cm: float) -> PageSizes:
        """Return the sizes for a width."""
        share = width_cm / 22
        text = 7.2 * min(2.5, max(0.8, share**0.5))
        px = 0.75 * min(2.5, max(0.66, share**0.6))
        return cls(width_cm * POINTS_PER_CM, px, text, width_cm >= _WIDE_CM)

    @property
    def margin(self) -> float:
        """Room at each edge."""
        return 1.6 * self.text

    @property
    def grid(self) -> float:
        """Size of the numbers at an axis."""
        return 0.76 * self.text

    @property
    def small(self) -> float:
        """Size of small text."""
        return 0.82 * self.text

    @property
    def panel(self) -> float:
        """Width of the legend."""
        return min(0.32 * self.width, 25 * self.text) if self.has_side_panel else self.inner

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin

    @property
    def half(self) -> float:
        """Width of one of two columns."""
        return self.inner / 2 - 0.8 * self.text

    @property
    def map_left(self) -> float:
        """Left edge of the map."""
        return self.margin + 1.9 * self.grid

    @property
    def map_width(self) -> float:
        """Width of the map."""
        beside = self.panel + 1.8 * self.text if self.has_side_panel else 0
        return self.width - self.margin - beside - self.map_left


class PicturePage(Generic[T]):
    """Base of the pages: content, language and colours; each kind of picture draws its middle."""

    def __init__(self, content: T, width_cm: float, theme: str, language: str) -> None:
        self.content = content
        self.sizes = PageSizes.of(width_cm)
        self.language = language
        own = {**OWN_PALETTE[theme], **RECORD_PALETTE[theme]}
        self.colours = {**PALETTE[theme], **own, **PAGE[theme], "grid": _GRATICULE[theme]}

    def _head_lines(self) -> list[Headline]:
        big, plain = 1.75 * self.sizes.text, 1.15 * self.sizes.text
        first, *rest = self.content.lines or ("",)
        room = self.sizes.inner
        headlines = [
            (line, big, "ink", "bold") for line in balanced(self.content.title, big, room, "bold")
        ]
        for text, hue in [(first, "ink"), *((one, "muted") for one in rest)]:
            headlines += [
                (line, plain, hue, "regular") for line in wrapped(text, plain, room) if line
            ]
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
        notes = [self.content.credit, say(_DISCLAIMER, self.language)]
        if note := names_only(self.language):
            notes.append(note)
        elif not is_reviewed(self.language):
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
        lines = sum(len(one) * small * LEADING + 0.45 * small for one in foot)
        return lines + 0.6 * self.sizes.text

    def _draw_legend(
        self,
        canvas: Canvas,
        panel: Sequence[Sequence[Block]],
        left: float,
        top: float,
        width: float,
    ) -> None:
        """Draw columns of the legend side by side."""
        with canvas.group("legend"):
            for number, blocks in enumerate(panel):
                x = left + number * (width + 1.6 * self.sizes.text)
                draw_blocks(canvas, blocks, x, top, self.sizes.text * 0.95, width)

    def _draw_foot(self, canvas: Canvas, foot: Sequence[Sequence[str]], top: float) -> None:
        sizes = self.sizes
        size = sizes.small
        with canvas.group("credits"):
            rule = shapely.LineString([(sizes.margin, top), (sizes.width - sizes.margin, top)])
            canvas.stroke(line_path(rule), "line", 0.8 * canvas.px)
            y = top - 0.6 * sizes.text
            for lines in foot:
                for line in lines:
                    canvas.text(sizes.margin, y - size * 0.9, line, size, "muted")
                    y -= size * LEADING
                y -= 0.45 * size


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
