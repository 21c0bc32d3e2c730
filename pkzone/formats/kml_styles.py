"""Styles of KML as the properties of simplestyle: ``stroke``, ``fill``, ``marker-color``."""

from __future__ import annotations

import re
from typing import Any

from pkzone.formats.xml_stream import Flaws, Node, number

__all__ = ["Styles"]

_COLOR = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})\Z")
_UNKEPT = ("BalloonStyle", "LabelStyle")


class Styles:
    """The shared styles of a document."""

    def __init__(self) -> None:
        self._shared: dict[str, Node] = {}

    def add(self, node: Node) -> None:
        """Keep a style, or a map of styles, under its id."""
        if key := node.attributes.get("id"):
            self._shared.setdefault(key, node)

    def of(self, placemark: Node, geometry: dict[str, Any] | None, flaws: Flaws) -> dict[str, Any]:
        """Return how a feature is drawn, as far as its geometry shows it."""
        found: dict[str, Any] = {}
        for node in placemark.children:
            style = self._resolved(node) if node.name != "Style" else node
            if style is None:
                flaws.add("styles that the file does not hold")
                continue
            for part in style.children:
                found |= _properties(part)
                if part.name in _UNKEPT or part.child("Icon") is not None:
                    what = "<Icon>" if part.name == "IconStyle" else f"<{part.name}>"
                    flaws.add(f"{what} of styles is not kept")
        kinds = _kinds(geometry)
        return {name: value for name, value in found.items() if _SHOWN[name] & kinds}

    def _resolved(self, node: Node, depth: int = 0) -> Node | None:
        """Return the style behind an address, or behind the normal state of a map of styles."""
        if depth > 4 or node is None:
            return None
        if node.name == "Style":
            return node
        if node.name == "styleUrl":
            text = node.text
            found = self._shared.get(text[1:]) if text.startswith("#") else None
            return None if found is None else self._resolved(found, depth + 1)
        for pair in node.all("Pair"):
            if pair.value("key") == "normal":
                inner = pair.child("Style") or pair.child("styleUrl")
                return None if inner is None else self._resolved(inner, depth + 1)
        return None


_SHOWN = {
    "stroke": {"LineString", "Polygon"},
    "stroke-opacity": {"LineString", "Polygon"},
    "stroke-width": {"LineString", "Polygon"},
    "fill": {"Polygon"},
    "fill-opacity": {"Polygon"},
    "marker-color": {"Point"},
}


def _kinds(geometry: dict[str, Any] | None) -> set[str]:
    if geometry is None:
        return set()
    if geometry["type"] == "GeometryCollection":
        return {kind for part in geometry["geometries"] for kind in _kinds(part)}
    return {geometry["type"].removeprefix("Multi")}


def _properties(part: Node) -> dict[str, Any]:
    """Return the properties of a part of a style."""
    prefix = {"LineStyle": "stroke", "PolyStyle": "fill", "IconStyle": "marker-color"}
    name = prefix.get(part.name)
    if name is None:
        return {}
    found: dict[str, Any] = {}
    color = _COLOR.match(part.value("color") or "")
    if color:
        alpha, blue, green, red = color.groups()  # KML writes them the other way round
        found[name] = f"#{red}{green}{blue}".lower()
        if name != "marker-color" and alpha.lower() != "ff":
            found[f"{name}-opacity"] = round(int(alpha, 16) / 255, 2)
    width = number(part.value("width") or "")
    if name == "stroke" and width is not None:
        found["stroke-width"] = int(width) if width.is_integer() else width
    if name == "fill" and part.value("fill") in ("0", "false"):
        found["fill-opacity"] = 0
    return found
