"""Write the style table as QGIS styles (QML), for the layers that a GeoPackage carries.

A feature is drawn by the first rule whose conditions it meets. QGIS gets that as a categorised
renderer over one expression that gives the number of the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pkzone.maps.style import ANY_LAYER, PALETTE, RULES, first_met

__all__ = ["style"]

_COLORS = PALETTE["light"]
_MM_PER_PIXEL = 25.4 / 96
#: The markers that QGIS calls otherwise; ``down`` is turned over.
_SHAPES = {"down": "triangle", "cross": "cross_fill", "plane": "arrow"}


def style(
    layer: str,
    kind: str,
    features: Iterable[Mapping[str, Any]] | None = None,
    dates: Sequence[str] = (),
) -> str | None:
    """Return the QGIS style of a layer's features of a kind (``point``, ``line``, ``area``).

    Where the properties of ``features`` are given, it has the rules that these meet, and the last
    one, which draws whatever else is added.

    Patterns of lines, hatching, colours and marker shapes follow the table; pale bands, opacity
    by certainty and sizes by importance do not. None for a kind that has no symbol. ``dates``
    are the two fields that QGIS's temporal controller takes the time of a feature from: it holds
    on the first day, and no longer on the last.
    """
    if kind not in ("point", "line", "area"):
        return None
    rules = [rule for rule in RULES.get(layer, ANY_LAYER) if _is_of(rule, kind)]
    rules = rules or [rule for rule in ANY_LAYER if _is_of(rule, kind)] or [ANY_LAYER[-1]]
    if features is not None:
        met = [first_met(rules, one, kind) for one in features]
        rules = [rule for rule in rules if rule in met or rule is rules[-1]]
    return _qml(rules, kind, dates)


def _is_of(rule: Mapping[str, Any], kind: str) -> bool:
    """Tell whether a rule can draw features of a kind."""
    wanted = rule["where"].get("@geometry")
    if wanted is not None:
        return bool(wanted == kind)
    drawn = "point" if "shape" in rule else "area" if "fill" in rule or "hatch" in rule else "line"
    return drawn == kind


def _qml(rules: list[dict[str, Any]], kind: str, dates: Sequence[str]) -> str:
    root = Element("qgis", version="3.22.0", styleCategories="Symbology")
    if dates:
        root.set("styleCategories", "Symbology|Temporal")
        # mode 2: fields of start and end; limitMode 0: without the end itself
        fields = {"startField": dates[0], "endField": dates[1], "mode": "2", "limitMode": "0"}
        SubElement(root, "temporal", fields | {"enabled": "1", "accumulate": "0"})
    kinds = {"type": "categorizedSymbol", "attr": _expression(rules)}
    flags = {"symbollevels": "0", "forceraster": "0", "enableorderby": "0"}
    renderer = SubElement(root, "renderer-v2", kinds | flags)
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        name = str(number)
        shown = {"symbol": name, "label": rule["label"], "render": "true"}
        SubElement(categories, "category", {"value": name, "type": "long"} | shown)
        _symbol(symbols, name, rule, kind)
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
        f'"{key}" {_qgis_test(value)}' for key, value in rule["where"].items() if key != "@geometry"
    ]
    return " AND ".join(tests) or "TRUE"


def _qgis_test(wanted: str | list[str] | None) -> str:
    if wanted is None:
        return "IS NULL"
    return f"IN ({', '.join(map(_quoted, wanted if isinstance(wanted, list) else [wanted]))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _symbol(parent: Element, name: str, rule: Mapping[str, Any], kind: str) -> None:
    types = {"point": "marker", "line": "line", "area": "fill"}
    symbol = _element(parent, types[kind], name)
    if kind == "point":
        _marker(symbol, rule)
    elif kind == "line":
        for stroke in rule.get("strokes", []):
            _layer(symbol, "SimpleLine", _line(stroke))
    else:
        _fill(symbol, name, rule)


def _element(parent: Element, kind: str, name: str, alpha: str = "1") -> Element:
    look = {"alpha": alpha, "clip_to_extent": "1", "force_rhr": "0"}
    return SubElement(parent, "symbol", {"type": kind, "name": name} | look)


def _marker(symbol: Element, rule: Mapping[str, Any]) -> None:
    stroke, shape = rule["strokes"][0], rule.get("shape", "circle")
    _layer(
        symbol,
        "SimpleMarker",
        {
            "name": _SHAPES.get(shape, shape),
            "angle": "180" if shape == "down" else "0",
            "color": _rgba(rule["fill"], rule.get("fill_opacity", 1)),
            "outline_color": _rgba(stroke["color"]),
            "outline_width": _mm(stroke["width"]),
            "outline_width_unit": "MM",
            "outline_style": "solid",
            "size": _mm(rule["size"] * 2),
            "size_unit": "MM",
        },
    )


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
        color = _rgba(rule["fill"], rule["fill_opacity"])
        _layer(symbol, "SimpleFill", {"color": color, "style": "solid", "outline_style": "no"})
    if hatch := rule.get("hatch"):
        pattern = _layer(
            symbol,
            "LinePatternFill",
            {
                "angle": str(hatch["angle"]),
                "distance": _mm(hatch["gap"]),
                "distance_unit": "MM",
                "color": _rgba(hatch["color"], hatch["opacity"]),
                "line_width": _mm(hatch["width"]),
                "line_width_unit": "MM",
            },
        )
        inner = _element(pattern, "line", f"@{name}@{len(symbol) - 1}", str(hatch["opacity"]))
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
