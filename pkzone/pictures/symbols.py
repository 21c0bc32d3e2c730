"""Draw the rules of the style table: the same patterns as on the HTML page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.path import Path
from shapely.geometry import box

from pkzone.maps import style
from pkzone.pictures.canvas import Canvas, area_path, line_path

__all__ = ["SWATCH", "Symbol", "swatch"]

#: Width and height of a sample in the legend, pixels of the style table.
SWATCH: Final = (40.0, 18.0)
_POINT: Final = 4.0
_LARGEST_SAMPLE: Final = 6.5


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
            widest = max(stroke["width"] for stroke in self.rule["strokes"])
            canvas.stroke(
                path,
                self.rule["strokes"][0]["color"],
                (widest + self.band["width"]) * canvas.px,
                opacity=self.band["opacity"] * self.opacity,
            )
        self._draw_strokes(canvas, path)

    def _draw_strokes(self, canvas: Canvas, path: Path) -> None:
        for stroke in self.rule["strokes"]:
            dash = [length * canvas.px for length in stroke.get("dash") or ()]
            canvas.stroke(
                path,
                stroke["color"],
                stroke["width"] * canvas.px,
                dash,
                stroke.get("opacity", 1.0) * self.opacity,
            )

    def _draw_fill(self, canvas: Canvas, shape: shapely.Geometry) -> None:
        if self.rule.get("fill") and self.rule.get("fill_opacity"):
            canvas.fill(
                area_path(shape), self.rule["fill"], self.rule["fill_opacity"] * self.opacity
            )
        hatch = self.rule.get("hatch")
        if hatch:
            lines = _hatching(shape, hatch["gap"] * canvas.px, hatch["angle"])
            if not lines.is_empty:
                canvas.stroke(
                    line_path(lines),
                    hatch["color"],
                    hatch["width"] * canvas.px,
                    opacity=hatch["opacity"] * self.opacity,
                )

    def _draw_marker(self, canvas: Canvas, x: float, y: float) -> None:
        path = _outline(self.rule.get("shape", "circle"), self.size * canvas.px, x, y)
        if self.rule.get("fill"):
            canvas.fill(path, self.rule["fill"], self.opacity)
        self._draw_strokes(canvas, path)

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
        shape = shapely.Point(x + width / 2, y + height / 2)
    replace(symbol, size=min(symbol.size, _LARGEST_SAMPLE)).draw(canvas, kind, shape)
