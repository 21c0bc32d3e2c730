"""Find how each feature of a file looks: as the file styles it, or coloured by a property.

A look is a number, and has a rule for each kind of geometry, whose condition names both. Features
are styled by simplestyle-spec 1.1.0, which geojson.io and GitHub draw, or by the categories or
classes of a property's values.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from pkzone.errors import printable
from pkzone.geojson.model import Feature, Notice
from pkzone.i18n.messages import phrase
from pkzone.maps.style import SHAPES, line_rule, point_rule, stroke

__all__ = ["Looks", "simplestyle_looks"]

Rule = dict[str, Any]

AS_STYLED: Final = (
    phrase("Area, as the file styles it"),
    phrase("Line, as the file styles it"),
    phrase("Point, as the file styles it"),
)
_COLOR: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)
_SYMBOL: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}", re.IGNORECASE | re.ASCII)
#: Of a pin, in pixels: geojson.io draws small ones at 0.6 of medium ones, large ones at 1.2.
_SIZES: Final = {"small": 6.0, "medium": 10.0, "large": 12.0}
_WIDEST: Final = 100.0
_DARK: Final = "#1f2326"
#: Brightness, of 255, from which a sign on a pin is dark.
_PALE: Final = 180
#: Icons of Maki whose shape the maps have.
_SHAPES: Final = {
    "airfield": "plane",
    "airport": "plane",
    "hospital": "cross",
    "pharmacy": "cross",
    "cross": "cross",
    "star-stroked": "star",
    "circle-stroked": "circle",
    "square-stroked": "square",
    "triangle-stroked": "triangle",
    "marker": "circle",
    **{name: name for name in ("circle", "square", "triangle", "star", "diamond", "hexagon")},
}
_REMEDY: Final = "colours are written #rrggbb, widths 0 to 100, opacities 0 to 1"


@dataclass(frozen=True)
class Looks:
    """The looks of the features of a file.

    Attributes
    ----------
    numbers : tuple of int
        That of each feature.
    rules : list of dict
        Of the style table, up to three for each number: their ``where`` has it as ``@look``.
    notices : tuple of Notice
        What is not drawn as it was asked for.
    """

    numbers: tuple[int, ...]
    rules: list[Rule]
    notices: tuple[Notice, ...] = ()

    @cached_property
    def by_number(self) -> dict[int, list[Rule]]:
        """The rules of each look."""
        found: dict[int, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule["where"]["@look"], []).append(rule)
        return found


class _Style(NamedTuple):
    """What simplestyle says of a feature; the defaults are those of the specification."""

    marker_color: str = "#7e7e7e"
    marker_size: str = "medium"
    marker_symbol: str = ""
    stroke: str = "#555555"
    stroke_opacity: float = 1.0
    stroke_width: float = 2.0
    fill: str = "#555555"
    fill_opacity: float = 0.6


def _color(value: object) -> str | None:
    match = _COLOR.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    digits = match[1].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(2 * one for one in digits)


def _up_to(most: float, value: object) -> float | None:
    """Return a number from 0 to the most, which shapefiles and tables may hold as text."""
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= most and not isinstance(value, bool) else None


def _symbol(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _SYMBOL.fullmatch(value) else None


_READ: Final[dict[str, Callable[[object], Any]]] = {
    "marker-color": _color,
    "marker-size": lambda value: value if value in (*_SIZES,) else None,
    "marker-symbol": _symbol,
    "stroke": _color,
    "stroke-opacity": lambda value: _up_to(1, value),
    "stroke-width": lambda value: _up_to(_WIDEST, value),
    "fill": _color,
    "fill-opacity": lambda value: _up_to(1, value),
}


def simplestyle_looks(features: Sequence[Feature], file: str) -> Looks | None:
    """Return the looks of features that simplestyle styles; none if it styles none of them.

    A feature without a style of its own has the defaults of the specification then, as on
    geojson.io. Values that are none are said once, and count as absent.
    """
    odd: list[tuple[int, str, object]] = []
    styles: list[_Style] = []
    is_styled = False
    for number, one in enumerate(features):
        given: dict[str, Any] = {}
        for name in _READ.keys() & one.properties.keys():
            value = one.properties[name]
            if value is None or value == "":
                continue
            read = _READ[name](value)
            if read is None:
                odd.append((number, name, value))
            else:
                given[name.replace("-", "_")] = read
        is_styled |= bool(given)
        styles.append(_Style(**given))
    if not is_styled:
        return None
    index = {style: number for number, style in enumerate(dict.fromkeys(styles))}
    rules = [rule for style, number in index.items() for rule in _styled_rules(number, style)]
    numbers = tuple(index[style] for style in styles)
    return Looks(numbers, rules, tuple(_unused(odd, features, file)))


def _styled_rules(number: int, style: _Style) -> Iterator[Rule]:
    """Yield the rules of a style, as geojson.io draws it: points are pins."""
    area, line, point = ({"@look": number, "@geometry": kind} for kind in ("area", "line", "point"))
    edge = {**stroke(style.stroke, style.stroke_width), "opacity": style.stroke_opacity}
    labels = dict(zip(("area", "line", "point"), AS_STYLED, strict=True))
    fill = {"fill": style.fill, "fill_opacity": style.fill_opacity}
    yield {"where": area, "label": labels["area"], **fill, "strokes": [edge]}
    yield line_rule(line, labels["line"], "", 0) | {"strokes": [edge]}
    size = _SIZES[style.marker_size]
    rule = point_rule(point, labels["point"], "pin", size, style.marker_color)
    edge = {**stroke(_DARK, 1), "opacity": 0.6}
    sign = {"sign": _sign(style.marker_symbol), "sign_color": _readable_on(style.marker_color)}
    yield rule | {"strokes": [edge], **sign}


def _sign(symbol: str) -> str:
    """Return what stands on a pin: a shape, or the one letter or number of a symbol."""
    shape = _SHAPES.get(symbol, symbol)
    return shape if shape in SHAPES else symbol[:1].upper() or "circle"


def _readable_on(color: str) -> str:
    """Return white, or dark where white would not be seen."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < _PALE else _DARK


def _unused(
    odd: Sequence[tuple[int, str, object]], features: Sequence[Feature], file: str
) -> Iterator[Notice]:
    """Yield what is said of values that simplestyle does not know, all of them in one line."""
    if not odd:
        return
    names = Counter(name for _, name, _ in odd)
    number, name, value = odd[0]
    own = features[number].id
    told = printable(", ".join(f"{one} ({count:,})" for one, count in names.items()), limit=200)
    yield Notice(
        "simplestyle",
        file,
        None,
        f"values that simplestyle does not know are drawn by its defaults: {told}, first "
        f"{printable(name)} {printable(str(value), limit=40)!r} of "
        f"{f'features[{number}]' if own is None else printable(str(own))}; {_REMEDY}",
    )
