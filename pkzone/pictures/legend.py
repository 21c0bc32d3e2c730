"""Draw the rules of the style table as symbols, as on the HTML page, and the legend of them.

The legend has each pattern that is drawn, and the numbers of a difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.path import Path
from shapely.geometry import box

from pkzone.i18n.messages import label, say
from pkzone.maps import style
from pkzone.maps.file_looks import entry_text
from pkzone.pictures.canvas import Canvas, area_path, line_path, text_width, wrapped

if TYPE_CHECKING:
    from pkzone.pictures.map_content import Content, Item

__all__ = [
    "SWATCH",
    "Block",
    "LegendBuilder",
    "Symbol",
    "column_height",
    "columns",
    "draw_blocks",
    "legend_blocks",
]

#: Width and height of a sample in the legend, pixels of the style table.
SWATCH: Final = (40.0, 18.0)
_POINT: Final = 4.0
_LARGEST_SAMPLE: Final = 6.5
_LARGEST_PIN: Final = 5.4  # three times as high
_LEADING: Final = 1.22
_HEAD_SPACE: Final = 0.7
_ENTRY_SPACE: Final = 0.28
_BROKEN: Final = 1.35
_WIDEST_COLUMN: Final = 0.4  # of the panel


@dataclass(frozen=True, slots=True)
class Symbol:
    """A rule with its modifiers applied; see `pkzone.maps.style`."""

    rule: Mapping[str, Any]
    opacity: float = 1.0
    size: float = _POINT
    band: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, rule: Mapping[str, Any], modifiers: Iterable[Mapping[str, Any]] = ()) -> Symbol:
        """Return the symbol of a rule and the modifiers that a feature meets."""
        symbol = cls(rule, size=rule.get("size", _POINT))
        for change in modifiers:
            symbol = replace(
                symbol,
                opacity=symbol.opacity * change.get("opacity", 1.0),
                size=symbol.size * change.get("scale", 1.0),
                band=change.get("band", symbol.band),
            )
        return symbol

    def draw(self, canvas: Canvas, kind: str, shape: shapely.Geometry) -> None:
        """Draw a shape of the page, points."""
        if kind == "point":
            for one in shapely.get_parts(shape):
                self._draw_marker(canvas, one.x, one.y)
            return
        if kind == "area":
            self._draw_fill(canvas, shape)
        path = line_path(shape)
        if self.band is not None and kind == "line":
            width = max(stroke["width"] for stroke in self.rule["strokes"]) + self.band["width"]
            hue, opacity = self.rule["strokes"][0]["color"], self.band["opacity"] * self.opacity
            canvas.stroke(path, hue, width * canvas.px, opacity=opacity)
        self._draw_strokes(canvas, path)

    def _draw_strokes(self, canvas: Canvas, path: Path) -> None:
        for stroke in self.rule["strokes"]:
            dash = [length * canvas.px for length in stroke.get("dash") or ()]
            opacity = stroke.get("opacity", 1.0) * self.opacity
            canvas.stroke(path, stroke["color"], stroke["width"] * canvas.px, dash, opacity)

    def _draw_fill(self, canvas: Canvas, shape: shapely.Geometry) -> None:
        if self.rule.get("fill") and self.rule.get("fill_opacity"):
            opacity = self.rule["fill_opacity"] * self.opacity
            canvas.fill(area_path(shape), self.rule["fill"], opacity)
        if hatch := self.rule.get("hatch"):
            lines = _hatching(shape, hatch["gap"] * canvas.px, hatch["angle"])
            width, opacity = hatch["width"] * canvas.px, hatch["opacity"] * self.opacity
            if not lines.is_empty:
                canvas.stroke(line_path(lines), hatch["color"], width, opacity=opacity)

    def _draw_marker(self, canvas: Canvas, x: float, y: float) -> None:
        path = _outline(self.rule.get("shape", "circle"), self.size * canvas.px, x, y)
        if self.rule.get("fill"):
            canvas.fill(path, self.rule["fill"], self.opacity)
        self._draw_strokes(canvas, path)
        if sign := self.rule.get("sign"):
            self._draw_sign(canvas, sign, x, y + style.PIN_LIFT * self.size * canvas.px)

    def _draw_sign(self, canvas: Canvas, sign: str, x: float, y: float) -> None:
        """Draw what stands on the head of a pin: a letter or a shape."""
        hue, size = self.rule["sign_color"], self.size * canvas.px
        if len(sign) > 1:
            canvas.fill(_outline(sign, 0.45 * size, x, y), hue, self.opacity)
        else:
            canvas.text(x, y - 0.45 * size, sign, 1.25 * size, hue, face="bold", align="center")

    def reach(self, canvas: Canvas) -> float:
        """Return half the size of its marker with the outline, points."""
        widest = max((stroke["width"] for stroke in self.rule["strokes"]), default=0.0)
        return (self.size + widest / 2) * canvas.px


def _outline(shape: str, size: float, x: float, y: float) -> Path:
    corners: Sequence[Sequence[float]] | None = style.SHAPES.get(shape)
    if corners is None:
        return Path.circle((x, y), size)
    turned = np.asarray(corners) * (size, -size) + (x, y)  # the table's y runs downwards
    return Path(np.vstack([turned, turned[:1]]), closed=True)


def _hatching(shape: shapely.Geometry, gap: float, angle_deg: float) -> shapely.Geometry:
    """Return parallel lines inside a shape, in step with those of its neighbours."""
    turn = math.radians(angle_deg)
    along = np.array([math.sin(turn), math.cos(turn)])
    across = np.array([math.cos(turn), -math.sin(turn)])
    left, bottom, right, top = shape.bounds
    corners = np.array([(left, bottom), (left, top), (right, bottom), (right, top)])
    steps = np.arange(math.ceil((corners @ across).min() / gap), (corners @ across).max() / gap)
    low, high = (corners @ along).min(), (corners @ along).max()
    lines = [
        shapely.LineString([across * gap * step + along * end for end in (low, high)])
        for step in steps
    ]
    solid = shape if shape.is_valid else shapely.make_valid(shape)
    return shapely.intersection(shapely.MultiLineString(lines), solid)


def swatch(canvas: Canvas, symbol: Symbol, kind: str, x: float, y: float) -> None:
    """Draw a sample of a symbol in the legend, its lower left corner at (x, y)."""
    width, height = SWATCH[0] * canvas.px, SWATCH[1] * canvas.px
    if kind == "line":
        shape: shapely.Geometry = shapely.LineString(
            [(x + canvas.px, y + height / 2), (x + width - canvas.px, y + height / 2)]
        )
    elif kind == "area":
        inset = 2.5 * canvas.px
        shape = box(x + 4 * canvas.px, y + inset, x + width - 4 * canvas.px, y + height - inset)
    else:
        is_pin = kind == "point" and symbol.rule.get("shape") == "pin"
        largest = _LARGEST_PIN if is_pin else _LARGEST_SAMPLE
        shape = shapely.Point(x + width / 2, y if is_pin else y + height / 2)
        symbol = replace(symbol, size=min(symbol.size, largest))
    symbol.draw(canvas, kind, shape)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the panel: a heading, a sample with its words, or a row of a table.

    ``cells`` are widths and lines at the right of a row; lengths are in points.
    """

    lines: tuple[str, ...]
    height: float
    is_head: bool = False
    symbol: Symbol | None = None
    kind: str = ""
    cells: tuple[tuple[float, tuple[str, ...]], ...] = ()


def legend_blocks(
    content: Content, visible: Sequence[Item], builder: LegendBuilder, language: str
) -> list[Block]:
    """Return the blocks, top to bottom, that explain what is drawn of a content."""
    parts = [
        (one.title, one.notes, _patterns(content, visible, one.style_keys, language))
        for one in content.sections
    ]
    parts.append((say("Certainty", language), (), _modifiers(content, visible, language)))
    blocks: list[Block] = []
    for title, notes, patterns in parts:
        entries = [builder.entry(symbol, kind, text) for symbol, kind, text in patterns]
        said = map(builder.text, notes)
        blocks += [builder.head(title), *said, *entries] if entries else []
    for table in content.numbers:
        blocks += builder.table(table, content.heads)
    return blocks


def _patterns(
    content: Content, visible: Sequence[Item], style_keys: Sequence[str], language: str = "en"
) -> Iterator[tuple[Symbol, str, str]]:
    """Yield the distinct patterns of some sheets that are drawn, in the order of the table.

    With each are the kind of geometry and its words.
    """
    drawn: dict[str, list[Item]] = {}
    for one in visible:
        drawn.setdefault(one.style_key, []).append(one)
    seen = set()
    for style_key in style_keys:
        own = drawn.get(style_key, [])
        kinds = {id(one.rule): one.kind for one in own}
        for rule in content.table["rules"].get(style_key, content.table["any"]):
            kind = kinds.get(id(rule))
            if kind is None and "@look" not in rule["where"]:
                kind = next((one.kind for one in own if one.rule == rule), None)
            text = entry_text(rule, language)
            if kind is not None and (text, kind) not in seen:
                seen.add((text, kind))
                yield Symbol.of(rule), kind, text


def _modifiers(
    content: Content, visible: Sequence[Item], language: str
) -> Iterator[tuple[Symbol, str, str]]:
    for change in content.table["modifiers"]:
        if "label" in change and any(change in one.modifiers for one in visible):
            sample = change["sample"]
            kind = "line" if sample == "lead" else sample
            text = label(change["label"], language)
            yield Symbol.of(style.SAMPLES[sample], [change]), kind, text


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
        space = 2 * _HEAD_SPACE * self.size
        return self._block(wrapped(text, self.size, self.width, "bold"), space, is_head=True)

    def entry(self, symbol: Symbol, kind: str, text: str) -> Block:
        """Return a sample of a symbol with its words."""
        lines = wrapped(text, self.size, self.width - self.indent)
        return self._block(lines, least=SWATCH[1] * self.px, symbol=symbol, kind=kind)

    def text(self, text: str) -> Block:
        """Return some words by themselves."""
        return self._block(wrapped(text, self.size, self.width))

    def _block(
        self, lines: list[str], space: float | None = None, least: float = 0.0, **more: Any
    ) -> Block:
        below = _ENTRY_SPACE * self.size if space is None else space
        height = max(least, len(lines) * self.size * _LEADING) + below
        return Block(tuple(lines), height, **more)

    def table(self, table: dict[str, Any], heads: tuple[str, str]) -> list[Block]:
        """Return a table of numbers with its heading.

        A column is as wide as its widest number; the names of the sides may take two lines.
        """
        rows = [
            (row["term"], [cell["text"] if cell else "" for cell in row["cells"]])
            for row in table["rows"]
        ]
        if not rows:
            return []
        names: tuple[str, ...] = ()
        if any(len(cells) > 1 and all(cells) for _, cells in rows):
            names = heads
        else:  # nothing to set side by side
            rows = [(term, [next(filter(None, cells), "")]) for term, cells in rows]
        widths = [_halved_width(name, self.size) for name in names] or [0.0]
        for _, cells in rows:
            for column, cell in enumerate(reversed(cells), start=1):  # a lone cell is the last
                widths[-column] = max(widths[-column], text_width(cell, self.size))
        widths = [min(width + self.size, self.width * _WIDEST_COLUMN) for width in widths]
        named = [("", list(names))] if names else []
        body = [self._row(term, cells, widths) for term, cells in [*named, *rows]]
        return [self.head(table["title"]), *body]

    def _row(self, term: str, cells: Sequence[str], widths: Sequence[float]) -> Block:
        own = widths[-len(cells) :]
        fitted = tuple(
            (width, tuple(wrapped(cell, self.size, width - 0.5 * self.size)))
            for cell, width in zip(cells, own, strict=True)
        )
        lines = wrapped(term, self.size, self.width - sum(own))
        lines += [""] * (max(len(texts) for _, texts in fitted) - len(lines))
        return self._block(lines, cells=fitted)


def _halved_width(text: str, size: float) -> float:
    """Return how wide a text is at least on two lines."""
    words = text.split(" ")
    halves = ((" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words) + 1))
    return min(max(text_width(half, size) for half in pair) for pair in halves)


def columns(blocks: Sequence[Block], count: int, broken: float = _BROKEN) -> list[list[Block]]:
    """Return blocks in columns; a section stays whole unless that costs much room.

    One that is ``broken`` over two columns counts as so much taller.
    """
    whole = [list(blocks)]
    if count == 1:
        return whole
    splits = [
        [list(blocks[:place]), *columns(blocks[place:], count - 1, broken)]
        for place in range(1, len(blocks))
        if not blocks[place - 1].is_head
    ]

    def cost(split: list[list[Block]]) -> float:
        breaks = sum(not column[0].is_head for column in split[1:])
        return max(map(column_height, split)) * broken**breaks

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
            right = x + width
            for cell_width, lines in reversed(block.cells):
                _write(canvas, lines, right, top - size * 0.93, size, align="right")
                right -= cell_width
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
    align: str = "left",
) -> None:
    for number, line in enumerate(lines):
        if line:
            baseline = y - number * size * _LEADING
            canvas.text(x, baseline, line, size, hue, face=face, align=align)
