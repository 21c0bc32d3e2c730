"""Colours of a difference, and its features styled by simplestyle-spec 1.1.0 for GitHub's maps.

GitHub, geojson.io and others draw a GeoJSON file by these properties of its features. There are
no dashes in them, so width and opacity are what tells kinds apart besides colour.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from pkzone.errors import printable
from pkzone.reports.model import Part, worded

__all__ = ["COLORS", "NAMES", "stretch", "told", "whole", "with_parts"]

#: Colours of a difference by token: on light ground, on dark ground. Colour-blind safe.
COLORS: Final = {
    "added": ("#0072b2", "#56b4e9"),
    "removed": ("#d55e00", "#e69f00"),
    "changed": ("#8f3f71", "#d9a0c3"),
    "kept": ("#777777", "#949494"),
}

#: The properties that the specification gives a meaning.
NAMES: Final = frozenset(
    (
        *("title", "description", "marker-size", "marker-symbol", "marker-color"),
        *("stroke", "stroke-opacity", "stroke-width", "fill", "fill-opacity"),
    )
)

_LONGEST_TITLE: Final = 200
_LONGEST_DESCRIPTION: Final = 2000


class _Look(NamedTuple):
    width: float
    opacity: float
    fill_opacity: float
    marker: str


_LOOKS: Final = {
    "added": _Look(4, 1, 0.35, "large"),
    "removed": _Look(2.5, 0.9, 0.2, "small"),
    "changed": _Look(3, 1, 0.2, "medium"),
    "kept": _Look(2, 0.7, 0, "small"),
}
#: What a stretch is wider by than the whole line, and how much of that shows through it: viewers
#: draw in the order of the file, which is that of ids, so either may lie above the other.
_WIDER: Final = 5
_THROUGH: Final = 0.65
_OUTLINE: Final = _Look(1.5, 0.8, 0, "small")


def whole(token: str, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the style of a feature that is told as a whole, or a ground gained or lost."""
    return _style(token, _LOOKS[token], geometry)


def with_parts(geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the style of a feature whose stretches or areas are told: a thin grey line."""
    return _style("kept", _OUTLINE, geometry)


def stretch(token: str, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the style of a stretch of a line: a wide band that a line shows through."""
    look = _LOOKS[token]
    band = look._replace(width=look.width + _WIDER, opacity=round(look.opacity * _THROUGH, 2))
    return _style(token, band, geometry)


def told(title: Part, description: Part) -> dict[str, Any]:
    """Return what a viewer shows of a feature: plain texts that are no markup anywhere.

    Some viewers take them as HTML. So ``<`` and ``>`` become ``‹`` and ``›``, and control and
    bidi characters escapes; long texts end in ``…``.
    """
    texts = {"title": (title, _LONGEST_TITLE), "description": (description, _LONGEST_DESCRIPTION)}
    plain = {name: printable(worded(part), limit=most) for name, (part, most) in texts.items()}
    return {name: text.translate(_BRACKETS) for name, text in plain.items() if text}


_BRACKETS: Final = str.maketrans("<>", "‹›")


def _style(token: str, look: _Look, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the properties that apply to the type of a geometry, all of them to a collection."""
    kind = geometry["type"].removeprefix("Multi") if geometry else None
    color = COLORS[token][0]
    style: dict[str, Any] = {}
    if kind in ("Point", "GeometryCollection"):
        style |= {"marker-color": color, "marker-size": look.marker}
    if kind in ("LineString", "Polygon", "GeometryCollection"):
        style |= {"stroke": color, "stroke-width": look.width, "stroke-opacity": look.opacity}
    if kind in ("Polygon", "GeometryCollection"):
        style |= {"fill": color, "fill-opacity": look.fill_opacity}
    return style
