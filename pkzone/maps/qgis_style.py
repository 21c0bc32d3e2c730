"""The style table as QGIS and OGC styles, for the layers that a GeoPackage carries.

A feature is drawn by the first rule whose conditions it meets. QGIS gets that as a categorised
renderer over one expression that gives the number of the rule; OGC, which has no such thing, as
rules that each exclude those before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pkzone.formats.export import Style
from pkzone.maps.style import ANY_LAYER, PALETTE, RULES

__all__ = ["style"]

_COLORS = PALETTE["light"]
_MM_PER_PIXEL = 25.4 / 96
_SHAPES = {
    "circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle",
    "down": "triangle", "star": "star", "hexagon": "hexagon", "cross": "cross_fill",
    "plane": "arrow",
}  # fmt: skip
_OGC_SHAPES = {"square": "square", "triangle": "triangle", "star": "star", "cross": "x"}
_OGC = "http://www.opengis.net/ogc"
_SLD = "http://www.opengis.net/sld"


def style(layer: str, kind: str) -> Style | None:
    """Return how a layer's features of a kind (``point``, ``line``, ``area``) are drawn in a GIS.

    Patterns of lines, hatching, colours and marker shapes follow the table; pale bands, opacity
    by certainty and sizes by importance do not. None for a kind that has no symbol.
    """
    if kind not in ("point", "line", "area"):
        return None
    rules = [rule for rule in RULES.get(layer, ANY_LAYER) if _is_of(rule, kind)]
    rules = rules or [rule for rule in ANY_LAYER if _is_of(rule, kind)] or [ANY_LAYER[-1]]
    return Style(_qml(rules, kind), _sld(layer, rules, kind))


def _is_of(rule: Mapping[str, Any], kind: str) -> bool:
    """Whether a rule can draw features of a kind."""
    wanted = rule["where"].get("@geometry")
    if wanted is not None:
        return bool(wanted == kind)
    drawn = "point" if "shape" in rule else "area" if "fill" in rule or "hatch" in rule else "line"
    return drawn == kind


def _conditions(rule: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    return [
        (key, value if isinstance(value, list) else [value])
        for key, value in rule["where"].items()
        if key != "@geometry"
    ]


# QGIS


def _qml(rules: list[dict[str, Any]], kind: str) -> str:
    root = Element("qgis", version="3.22.0", styleCategories="Symbology")
    renderer = SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr=_expression(rules),
        symbollevels="0", forceraster="0", enableorderby="0",
    )  # fmt: skip
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        SubElement(
            categories, "category", value=str(number), type="long", symbol=str(number),
            label=rule["label"], render="true",
        )  # fmt: skip
        _symbol(symbols, str(number), rule, kind)
    SubElement(root, "blendMode").text = "0"
    SubElement(root, "featureBlendMode").text = "0"
    SubElement(root, "layerGeometryType").text = str(("point", "line", "area").index(kind))
    return tostring(root, encoding="unicode")


def _expression(rules: Iterable[Mapping[str, Any]]) -> str:
    """Return a QGIS expression for the number of the first rule that a feature meets."""
    cases = [f"WHEN {_qgis_condition(rule)} THEN {number}" for number, rule in enumerate(rules)]
    return f"CASE {' '.join(cases)} END"


def _qgis_condition(rule: Mapping[str, Any]) -> str:
    tests = [
        f'"{key}" IN ({", ".join(_quoted(value) for value in values)})'
        for key, values in _conditions(rule)
    ]
    return " AND ".join(tests) or "TRUE"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _symbol(parent: Element, name: str, rule: Mapping[str, Any], kind: str) -> None:
    types = {"point": "marker", "line": "line", "area": "fill"}
    symbol = SubElement(
        parent, "symbol", type=types[kind], name=name, alpha="1", clip_to_extent="1",
        force_rhr="0",
    )  # fmt: skip
    if kind == "point":
        _marker(symbol, rule)
    elif kind == "line":
        for stroke in rule.get("strokes", []):
            _layer(symbol, "SimpleLine", _line(stroke))
    else:
        _fill(symbol, name, rule)


def _marker(symbol: Element, rule: Mapping[str, Any]) -> None:
    stroke = rule["strokes"][0]
    _layer(symbol, "SimpleMarker", {
        "name": _SHAPES.get(rule.get("shape", "circle"), "circle"),
        "angle": "180" if rule.get("shape") == "down" else "0",
        "color": _rgba(rule["fill"], rule.get("fill_opacity", 1)),
        "outline_color": _rgba(stroke["color"]),
        "outline_width": _mm(stroke["width"]),
        "outline_width_unit": "MM",
        "outline_style": "solid",
        "size": _mm(rule["size"] * 2),
        "size_unit": "MM",
    })  # fmt: skip


def _line(stroke: Mapping[str, Any]) -> dict[str, str]:
    dash = stroke.get("dash") or []
    return {
        "line_color": _rgba(stroke["color"]),
        "line_width": _mm(stroke["width"]),
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat",
        "joinstyle": "round",
        "use_custom_dash": "1" if dash else "0",
        "customdash": ";".join(map(_mm, dash)) or "5;2",
        "customdash_unit": "MM",
    }


def _fill(symbol: Element, name: str, rule: Mapping[str, Any]) -> None:
    if "fill" in rule:
        _layer(symbol, "SimpleFill", {
            "color": _rgba(rule["fill"], rule["fill_opacity"]), "style": "solid",
            "outline_style": "no",
        })  # fmt: skip
    if hatch := rule.get("hatch"):
        pattern = _layer(symbol, "LinePatternFill", {
            "angle": str(hatch["angle"]), "distance": _mm(hatch["gap"]), "distance_unit": "MM",
            "color": _rgba(hatch["color"], hatch["opacity"]),
            "line_width": _mm(hatch["width"]), "line_width_unit": "MM",
        })  # fmt: skip
        inner = SubElement(
            pattern, "symbol", type="line", name=f"@{name}@{len(symbol) - 1}",
            alpha=str(hatch["opacity"]), clip_to_extent="1", force_rhr="0",
        )  # fmt: skip
        _layer(inner, "SimpleLine", _line(hatch))
    for stroke in rule.get("strokes", []):
        _layer(symbol, "SimpleLine", _line(stroke))


def _layer(symbol: Element, kind: str, options: Mapping[str, str]) -> Element:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    group = SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        SubElement(group, "Option", type="QString", name=name, value=value)
    for name, value in options.items():  # as versions before 3.22 read them
        SubElement(layer, "prop", k=name, v=value)
    return layer


def _rgba(token: str, opacity: float = 1) -> str:
    color = _COLORS[token]
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return ",".join(map(str, [*parts, round(opacity * 255)]))


def _mm(pixels: float) -> str:
    return f"{pixels * _MM_PER_PIXEL:.3f}".rstrip("0").rstrip(".")


# OGC


def _sld(layer: str, rules: list[dict[str, Any]], kind: str) -> str:
    root = Element("StyledLayerDescriptor", {
        "version": "1.0.0", "xmlns": _SLD, "xmlns:ogc": _OGC,
    })  # fmt: skip
    named = SubElement(root, "NamedLayer")
    SubElement(named, "Name").text = layer
    parent = SubElement(SubElement(named, "UserStyle"), "FeatureTypeStyle")
    for number, rule in enumerate(rules):
        element = SubElement(parent, "Rule")
        SubElement(element, "Title").text = rule["label"]
        before = [other for other in rules[:number] if _conditions(other)]
        _filter(element, _conditions(rule), before)
        if kind == "point":
            _ogc_point(element, rule)
        elif kind == "area":
            _ogc_area(element, rule)
        for stroke in rule.get("strokes", []) if kind != "point" else []:
            _stroke(SubElement(element, "LineSymbolizer"), stroke)
    return tostring(root, encoding="unicode")


def _filter(
    rule: Element, conditions: list[tuple[str, list[str]]], before: list[dict[str, Any]]
) -> None:
    if not conditions and not before:
        return
    tests: list[Element] = [_any_of(key, values) for key, values in conditions]
    for other in before:
        refused = Element("ogc:Not")
        refused.append(_all([_any_of(key, values) for key, values in _conditions(other)], "And"))
        tests.append(refused)
    SubElement(rule, "ogc:Filter").append(_all(tests, "And"))


def _any_of(key: str, values: list[str]) -> Element:
    tests = []
    for value in values:
        test = Element("ogc:PropertyIsEqualTo")
        SubElement(test, "ogc:PropertyName").text = key
        SubElement(test, "ogc:Literal").text = value
        tests.append(test)
    return _all(tests, "Or")


def _all(tests: list[Element], how: str) -> Element:
    if len(tests) == 1:
        return tests[0]
    group = Element(f"ogc:{how}")
    group.extend(tests)
    return group


def _ogc_point(rule: Element, drawn: Mapping[str, Any]) -> None:
    graphic = SubElement(SubElement(rule, "PointSymbolizer"), "Graphic")
    mark = SubElement(graphic, "Mark")
    SubElement(mark, "WellKnownName").text = _OGC_SHAPES.get(drawn.get("shape", ""), "circle")
    _paint(SubElement(mark, "Fill"), "fill", _COLORS[drawn["fill"]], drawn.get("fill_opacity", 1))
    _stroke(mark, drawn["strokes"][0])
    SubElement(graphic, "Size").text = str(drawn["size"] * 2)


def _ogc_area(rule: Element, drawn: Mapping[str, Any]) -> None:
    fill = drawn.get("fill") or drawn["hatch"]["color"]
    opacity = drawn.get("fill_opacity", 0.15)  # hatching as a pale fill: SLD 1.0 has none
    symbolizer = SubElement(rule, "PolygonSymbolizer")
    _paint(SubElement(symbolizer, "Fill"), "fill", _COLORS[fill], opacity)


def _stroke(parent: Element, stroke: Mapping[str, Any]) -> None:
    element = SubElement(parent, "Stroke")
    _paint(element, "stroke", _COLORS[stroke["color"]], stroke.get("opacity", 1))
    _parameter(element, "stroke-width", str(stroke["width"]))
    if stroke.get("dash"):
        _parameter(element, "stroke-dasharray", " ".join(map(str, stroke["dash"])))


def _paint(element: Element, name: str, color: str, opacity: float) -> None:
    _parameter(element, name, color)
    if opacity != 1:
        _parameter(element, f"{name}-opacity", str(opacity))


def _parameter(element: Element, name: str, value: str) -> None:
    SubElement(element, "CssParameter", name=name).text = value
