"""Find how each feature of a file looks: as the file styles it, or coloured by a property.

A look is a number, and has a rule for each kind of geometry, whose condition names both. Features
are styled by simplestyle-spec 1.1.0, which geojson.io and GitHub draw, or by the categories or
classes of a property's values.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple

from pkzone.errors import printable
from pkzone.geojson.model import Feature, FeatureCollection, Notice
from pkzone.i18n.messages import LANGUAGES, label, phrase
from pkzone.maps.style import SHAPES, hatch, line_rule, point_rule, stroke

__all__ = [
    "CLASS_PALETTE",
    "DASHES",
    "MARKERS",
    "MOST_CATEGORIES",
    "Looks",
    "class_breaks",
    "colored_looks",
    "entry_text",
    "number_in",
    "simplestyle_looks",
    "value_text",
]

Rule = dict[str, Any]

AS_STYLED: Final = (
    phrase("Area, as the file styles it"),
    phrase("Line, as the file styles it"),
    phrase("Point, as the file styles it"),
)
OTHER: Final = phrase("other values")
NO_VALUE: Final = phrase("no value")
#: A second cue beside colour, for files and for categories.
DASHES: Final[tuple[list[float], ...]] = ([], [11, 5], [2, 4], [11, 4, 2, 4], [18, 5, 6, 5])
MARKERS: Final = ("circle", "square", "triangle", "diamond", "down", "hexagon", "cross", "star")
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
    heading : dict or None
        What the legend says above the rules: the ``property`` that features are coloured by, its
        ``unit``, and whether its values are put into ``classes``.
    """

    numbers: tuple[int, ...]
    rules: list[Rule]
    notices: tuple[Notice, ...] = ()
    heading: dict[str, Any] | None = None

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


def simplestyle_looks(collection: FeatureCollection, file: str) -> Looks | None:
    """Return the looks of features that simplestyle styles; none if it styles none of them.

    A feature without a style of its own has the defaults of the specification then, as on
    geojson.io. Values that are none are said once, and count as absent.
    """
    odd: list[tuple[int, str, object]] = []
    styles: list[_Style] = []
    is_styled = False
    for number, one in enumerate(collection.features):
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
    return Looks(numbers, rules, tuple(_unused(odd, collection, file)))


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
    odd: Sequence[tuple[int, str, object]], collection: FeatureCollection, file: str
) -> Iterator[Notice]:
    """Yield what is said of values that simplestyle does not know, all of them in one line."""
    if not odd:
        return
    names = Counter(name for _, name, _ in odd)
    number, name, value = odd[0]
    told = printable(", ".join(f"{one} ({count:,})" for one, count in names.items()), limit=200)
    yield Notice(
        "simplestyle",
        file,
        None,
        f"values that simplestyle does not know are drawn by its defaults: {told}, first "
        f"{printable(name)} {printable(str(value), limit=40)!r} of "
        f"{printable(collection.place(number))}; {_REMEDY}",
    )


#: Values that have a colour each; of more, the last one is that of all others.
MOST_CATEGORIES: Final = 12
#: Colours of numbers, which are in order: up to so many have one each, more are put into classes.
_CLASSES: Final = 5
#: Whole numbers that are taken as years, where all values of a property are such.
_YEARS: Final = range(1000, 2101)
#: Powers of ten that breaks between classes are rounded to, at most.
_DECIMALS: Final = 9
#: Colours of classes by theme and token: viridis, told apart with any colour vision and in grey;
#: on light paper the high ones are dark, on dark paper bright.
_VIRIDIS: Final = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
CLASS_PALETTE: Final = {
    theme: {f"class-{number}": color for number, color in enumerate(colors)}
    for theme, colors in {"light": _VIRIDIS, "dark": _VIRIDIS[::-1]}.items()
}
_HUES: Final = 6
_KINDS: Final = ("area", "line", "point")
#: Units that names of properties end in.
_UNITS: Final = {
    **{name: name for name in ("mm", "cm", "m", "km", "ha", "kg", "t", "kmh")},
    "m2": "m²",
    "km2": "km²",
    "m3": "m³",
    "pct": "%",
    "percent": "%",
    "kmh": "km/h",
}
_BRACKETS: Final = re.compile(r".*[\[(]([^\[\]()]{1,12})[\])]")


def colored_looks(features: Sequence[Feature], file: str, name: str) -> Looks:
    """Return looks by a property: a colour for each word, colours in order for numbers.

    Parameters
    ----------
    features : sequence of Feature
        The features of a file.
    file : str
        What notices call it.
    name : str
        The property. Words are categories, the most frequent first. Numbers are in their order,
        more than a few in classes. What has none is said to have none.
    """
    values = [_present(one.properties.get(name)) for one in features]
    present = [value for value in values if value is not None]
    are_numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in present)
    groups = _numbers(values, present, name) if are_numbers else _categories(values, file, name)
    count = len(groups.told)
    counts = Counter(groups.places)
    rules: list[Rule] = []
    for place, told in enumerate(groups.told):
        said = {"label": "", **told, "count": counts[place]}
        rules += groups.rules_of(place, count, said)
    for place, text, color in ((count, OTHER, "other"), (count + 1, NO_VALUE, "former")):
        if counts[place]:
            rules += _quiet_rules(place, color, {"label": text, "count": counts[place]})
    heading = {"property": printable(name), "unit": unit_of(name), "classes": groups.are_classes}
    return Looks(groups.places, rules, groups.notices, heading)


class _Groups(NamedTuple):
    """Values in groups: that of each feature, one more for others and two more for no value."""

    places: tuple[int, ...]
    told: list[Rule]
    rules_of: Callable[[int, int, Rule], list[Rule]]
    notices: tuple[Notice, ...] = ()
    are_classes: bool = False


def _present(value: Any) -> Any:
    return None if value == "" else value


def _numbers(values: Sequence[Any], present: Sequence[float], name: str) -> _Groups:
    """Return numbers in order: each by itself, or in classes if there are more than a few."""
    ends: list[tuple[float, ...]] = [(one,) for one in sorted(set(present))]
    are_classes = len(ends) > _CLASSES
    if are_classes:
        ends = [*pairwise([min(present), *class_breaks(present), max(present)])]
    breaks = [pair[0] for pair in ends[1:]]
    absent = len(ends) + 1
    places = (absent if one is None else bisect_right(breaks, one) for one in values)
    unit = unit_of(name)
    told: list[Rule] = [{"range": pair, "unit": unit} for pair in ends]
    if not unit and all(one in _YEARS for one in present):
        told = [{"value": " – ".join(f"{end:.0f}" for end in pair)} for pair in ends]
    return _Groups(tuple(places), told, _ordered_rules, are_classes=are_classes)


def _categories(values: Sequence[Any], file: str, name: str) -> _Groups:
    """Return values by themselves, those of most features if there are too many."""
    texts = [None if one is None else _category(one) for one in values]
    counts = Counter(text for text in texts if text is not None)
    shown = sorted(counts, key=lambda text: (-counts[text], text))
    notices: tuple[Notice, ...] = ()
    if len(shown) > MOST_CATEGORIES:
        shown = shown[: MOST_CATEGORIES - 1]
        left = len(counts) - len(shown)
        message = (
            f"{printable(name)} has {len(counts):,} values: the {len(shown)} of most features "
            f"have a colour each, the {left:,} others share one"
        )
        notices = (Notice("categories", file, None, message),)
    index: dict[str | None, int] = {text: place for place, text in enumerate(shown)}
    index[None] = len(shown) + 1
    places = (index.get(text, len(shown)) for text in texts)
    told: list[Rule] = [{"value": printable(text)} for text in shown]
    return _Groups(tuple(places), told, _category_rules, notices)


def _category(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def class_breaks(values: Iterable[float]) -> list[float]:
    """Return where the classes of numbers begin, but for the first: in round numbers.

    They are the quintiles, rounded as far as each class keeps two thirds of its values. A
    number on a border is of the class above.

    Examples
    --------
    >>> class_breaks(range(1, 101))
    [20, 40, 60, 80]
    """
    ordered = sorted(values)
    fifths = (ordered[len(ordered) * part // _CLASSES] for part in range(1, _CLASSES))
    exact = [one for one in dict.fromkeys(fifths) if one > ordered[0]]
    wanted = _sizes(ordered, exact)
    largest = math.ceil(math.log10(ordered[-1] - ordered[0])) if ordered[-1] > ordered[0] else 0
    for power in range(largest, largest - _DECIMALS, -1):
        for step in (10.0**power, 5 * 10.0 ** (power - 1), 2 * 10.0 ** (power - 1)):
            rounded = [_rounded(one, step, 1 - power) for one in exact]
            sizes = _sizes(ordered, rounded)
            is_rising = all(low < high for low, high in pairwise([ordered[0], *rounded]))
            if is_rising and all(3 * a >= 2 * b for a, b in zip(sizes, wanted, strict=True)):
                return rounded
    return exact


def _rounded(value: float, step: float, decimals: int) -> float:
    near = round(value / step) * step
    return round(near) if decimals <= 0 else round(near, decimals)


def _sizes(ordered: Sequence[float], breaks: Sequence[float]) -> list[int]:
    """Return how many numbers each class has."""
    places = [0, *(bisect_left(ordered, one) for one in breaks), len(ordered)]
    return [after - before for before, after in pairwise(places)]


def unit_of(name: str) -> str:
    """Return the unit that the name of a property ends in: ``length_km``, ``Area (km²)``."""
    match = _BRACKETS.fullmatch(name)
    _, line, ending = name.rpartition("_")
    return match[1] if match else _UNITS.get(ending.lower(), "") if line else ""


def _wheres(number: int) -> Iterator[dict[str, Any]]:
    """Yield the conditions of the rules of a look."""
    for kind in _KINDS:
        yield {"@look": number, "@geometry": kind}


def _category_rules(number: int, _: int, said: Rule) -> list[Rule]:
    """Return the rules of a category: a colour, and a dash, a shape or hatching as a second cue."""
    area, line, point = _wheres(number)
    color = f"file-{number % _HUES}"
    fill: dict[str, Any] = {"fill": color, "fill_opacity": 0.35}
    if number >= _HUES:
        fill = {"hatch": hatch(color, 1.6, 6, 45, 0.9)}
    drawn: tuple[Rule, ...] = (
        {"where": area, **fill, "strokes": [stroke(color, 1.8)]},
        line_rule(line, "", color, 3, DASHES[number % len(DASHES)]),
        point_rule(point, "", MARKERS[number % len(MARKERS)], 5.5, color),
    )
    return [rule | said for rule in drawn]


def _ordered_rules(number: int, count: int, said: Rule) -> list[Rule]:
    """Return the rules of numbers: the higher, the darker (or brighter) and the larger."""
    area, line, point = _wheres(number)
    color = f"class-{round(number * (_CLASSES - 1) / max(1, count - 1))}"
    width = 2.4 + 0.6 * number
    edge = {**stroke("ink", 0.8), "opacity": 0.7}
    marker = point_rule(point, "", "circle", 4.4 + 0.7 * number, color)
    drawn: tuple[Rule, ...] = (
        {"where": area, "fill": color, "fill_opacity": 0.75, "strokes": [edge]},
        line_rule(line, "", color, width)
        | {"strokes": [stroke("ink", width + 1.4), stroke(color, width)]},
        marker | {"strokes": [stroke("ink", 0.8)]},
    )
    return [rule | said for rule in drawn]


def _quiet_rules(number: int, color: str, said: Rule) -> list[Rule]:
    """Return the rules of features without a value, and of those of all further values."""
    area, line, point = _wheres(number)
    drawn: tuple[Rule, ...] = (
        {"where": area, "fill": color, "fill_opacity": 0.15, "strokes": [stroke(color, 1.2)]},
        line_rule(line, "", color, 2, [2, 3]),
        point_rule(point, "", "circle", 4, color, solid=False),
    )
    return [rule | said for rule in drawn]


def entry_text(rule: Mapping[str, Any], language: str) -> str:
    """Return what a legend says of a rule: its label, or values of the data with their count."""
    text = rule.get("value") or label(rule["label"], language)
    if "range" in rule:
        ends = " – ".join(number_in(one, language) for one in rule["range"])
        text = f"{ends} {rule['unit']}".rstrip()
    return f"{text} ({number_in(rule['count'], language)})" if "count" in rule else text


def value_text(value: object, language: str) -> str:
    """Return a value of the data as a language writes it."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value in _YEARS:
        return _category(value)
    return number_in(value, language)


def number_in(value: float, language: str) -> str:
    """Return a number as a language writes it: 1,234.5, elsewhere 1 234,5."""
    written = f"{value:,.6f}".rstrip("0").rstrip(".")
    if language not in LANGUAGES or language == "en":
        return written
    return written.replace(",", "\u00a0").replace(".", ",")
