"""Lay out the legend: each pattern that is drawn, and the numbers of a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pkzone.i18n.messages import label, say
from pkzone.pictures.canvas import Canvas, text_width, wrapped
from pkzone.pictures.map_content import Content, Item
from pkzone.pictures.symbols import SWATCH, Symbol, swatch

__all__ = ["Block", "LegendBuilder", "column_height", "columns", "draw_blocks", "legend_blocks"]

#: Samples of the modifiers that the legend explains, as on the page.
_SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "line": {"strokes": [{"color": "link", "width": 2, "dash": []}]},
    "point": {"shape": "circle", "size": 4.5, "fill": "ink", "fill_opacity": 1, "strokes": []},
}
_LEADING: Final = 1.22
_HEAD_SPACE: Final = 0.7
_ENTRY_SPACE: Final = 0.28
#: A section broken over two columns counts as so much taller.
_BROKEN: Final = 1.35


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the panel: a heading, a sample with its words, or a row of a table.

    ``cells`` are texts at the right of a row, each ``cell`` wide; lengths are in points.
    """

    lines: tuple[str, ...]
    height: float
    is_head: bool = False
    symbol: Symbol | None = None
    kind: str = ""
    cells: tuple[str, ...] = ()
    cell: float = 0.0


def legend_blocks(
    content: Content, visible: Sequence[Item], builder: LegendBuilder, language: str
) -> list[Block]:
    """Return the blocks, top to bottom, that explain what is drawn of a content."""
    blocks: list[Block] = []
    for section in content.sections:
        patterns = _patterns(content, visible, section.style_keys)
        entries = [
            builder.entry(symbol, kind, label(text, language)) for symbol, kind, text in patterns
        ]
        blocks += [builder.head(section.title), *entries] if entries else []
    sure = [
        builder.entry(symbol, kind, label(text, language))
        for symbol, kind, text in _modifiers(content, visible)
    ]
    blocks += [builder.head(say("How sure", language)), *sure] if sure else []
    for table in content.numbers:
        blocks += builder.table(table, content.heads)
    return blocks


def _patterns(
    content: Content, visible: Iterable[Item], style_keys: Sequence[str]
) -> Iterator[tuple[Symbol, str, str]]:
    """Yield the distinct patterns of some sheets that are drawn, in the order of the table."""
    by_key = {
        style_key: [one for one in visible if one.style_key == style_key]
        for style_key in style_keys
    }
    seen = set()
    for style_key in style_keys:
        rules = content.table["rules"].get(style_key, content.table["any"])
        for rule in rules:
            kinds = [one.kind for one in by_key[style_key] if one.rule == rule]
            if kinds and (rule["label"], kinds[0]) not in seen:
                seen.add((rule["label"], kinds[0]))
                yield Symbol.of(rule), kinds[0], rule["label"]


def _modifiers(content: Content, visible: Sequence[Item]) -> Iterator[tuple[Symbol, str, str]]:
    for change in content.table["modifiers"]:
        if "label" in change and any(change in one.modifiers for one in visible):
            yield Symbol.of(_SAMPLES[change["sample"]], [change]), change["sample"], change["label"]


@dataclass(frozen=True, slots=True)
class LegendBuilder:
    """Makes blocks of a size of text and a width, points; `px` points are a pixel of the table."""

    px: float
    size: float
    width: float

    @property
    def indent(self) -> float:
        """Indent of the words behind a sample."""
        return (SWATCH[0] + 6) * self.px

    def head(self, text: str) -> Block:
        """Return a heading."""
        lines = tuple(wrapped(text, self.size, self.width, "bold"))
        space = 2 * _HEAD_SPACE * self.size
        return Block(lines, len(lines) * self.size * _LEADING + space, is_head=True)

    def entry(self, symbol: Symbol, kind: str, text: str) -> Block:
        """Return a sample of a symbol with its words."""
        lines = tuple(wrapped(text, self.size, self.width - self.indent))
        least = SWATCH[1] * self.px
        height = max(least, len(lines) * self.size * _LEADING) + _ENTRY_SPACE * self.size
        return Block(lines, height, symbol=symbol, kind=kind)

    def text(self, text: str) -> Block:
        """Return some words by themselves."""
        lines = tuple(wrapped(text, self.size, self.width))
        return Block(lines, len(lines) * self.size * _LEADING + _ENTRY_SPACE * self.size)

    def table(self, table: dict[str, Any], heads: tuple[str, str]) -> list[Block]:
        """Return a table of numbers with its heading."""
        rows = [
            (row["term"], [cell["text"] if cell else "" for cell in row["cells"]])
            for row in table["rows"]
        ]
        if any(len(cells) > 1 and all(cells) for _, cells in rows):
            body_rows = [("", list(heads)), *rows]
        else:  # nothing to set side by side
            body_rows = [(term, [next(filter(None, cells), "")]) for term, cells in rows]
        widest = max(
            (text_width(cell, self.size) for _, cells in body_rows for cell in cells), default=0.0
        )
        cell = min(widest + self.size, self.width * 0.36)
        body = [self._row(term, cells, cell) for term, cells in body_rows]
        return [self.head(table["title"]), *body] if rows else []

    def _row(self, term: str, cells: Sequence[str], cell: float) -> Block:
        lines = tuple(wrapped(term, self.size, self.width - len(cells) * cell))
        fitted = tuple(_shortened(one, self.size, cell - 0.5 * self.size) for one in cells)
        return Block(
            lines,
            len(lines) * self.size * _LEADING + _ENTRY_SPACE * self.size,
            cells=fitted,
            cell=cell,
        )


def _shortened(text: str, size: float, width: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def columns(blocks: Sequence[Block], count: int) -> list[list[Block]]:
    """Return blocks in one or two columns; a section stays whole unless that costs much room."""
    whole = [list(blocks)]
    if count == 1:
        return whole
    splits = [
        [list(blocks[:place]), list(blocks[place:])]
        for place in range(1, len(blocks))
        if not blocks[place - 1].is_head
    ]

    def cost(split: list[list[Block]]) -> float:
        return max(map(column_height, split)) * (1 if split[1][0].is_head else _BROKEN)

    return min(splits, key=cost, default=whole)


def column_height(blocks: Iterable[Block]) -> float:
    """Return the height of a column, points."""
    return sum(one.height for one in blocks)


def draw_blocks(
    canvas: Canvas, blocks: Sequence[Block], x: float, top: float, size: float, width: float
) -> None:
    """Draw a column of the panel below a height."""
    indent = (SWATCH[0] + 6) * canvas.px
    for block in blocks:
        height = len(block.lines) * size * _LEADING
        if block.is_head:
            baseline = top - block.height + height - size * 0.62
            _write(canvas, block.lines, x, baseline, size, hue="muted", face="bold")
        elif block.symbol is not None:
            middle = top - (block.height - _ENTRY_SPACE * size) / 2
            swatch(canvas, block.symbol, block.kind, x, middle - SWATCH[1] / 2 * canvas.px)
            _write(canvas, block.lines, x + indent, middle + height / 2 - size * 0.93, size)
        else:
            _write(canvas, block.lines, x, top - size * 0.93, size)
            for number, cell in enumerate(reversed(block.cells)):
                canvas.text(
                    x + width - number * block.cell, top - size * 0.93, cell, size, align="right"
                )
        top -= block.height


def _write(
    canvas: Canvas,
    lines: Iterable[str],
    x: float,
    y: float,
    size: float,
    *,
    hue: str = "ink",
    face: str = "regular",
) -> None:
    for number, line in enumerate(lines):
        if line:
            canvas.text(x, y - number * size * _LEADING, line, size, hue, face=face)
