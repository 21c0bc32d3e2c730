"""What files and layers look like that no rule of the style table was made for.

Each has a colour of its own and, as a second cue, a dash pattern and a marker of its own.
The hues are those of Okabe and Ito (2008), told apart with any colour vision: darker on the
light page, where lines in the original ones would be too pale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pkzone.maps.own_layers import FileLayer

__all__ = ["PALETTE", "with_files", "with_own_layers"]

#: Colours by theme and token; those that the shipped layers do without come first.
PALETTE: Final[dict[str, dict[str, str]]] = {
    theme: {f"file-{number}": color for number, color in enumerate(colors)}
    for theme, colors in {
        "light": ("#00795a", "#a34b7d", "#8a6100", "#0072b2", "#b94b00", "#1a1a1a"),
        "dark": ("#3fc39c", "#dd9cc0", "#e6a817", "#56b4e9", "#f08a3c", "#f0efeb"),
    }.items()
}
_DASHES: Final[tuple[list[float], ...]] = ([], [11, 5], [2, 4], [11, 4, 2, 4], [18, 5, 6, 5])
_SHAPES: Final = ("circle", "square", "triangle", "diamond", "down", "hexagon", "cross", "star")
_KINDS: Final = ("area", "line", "point", "none")
#: Most points of a file that have their names on the map.
_MOST_LABELS: Final = 400


def with_own_layers(
    table: Mapping[str, Any], layers: Iterable[str], titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a style table that also says what layers look like that it does not know.

    Parameters
    ----------
    table : mapping
        What `pkzone.maps.style.table` returns.
    layers : iterable of str
        The names of all layers of a catalogue, so that each looks the same on all its maps.
    titles : mapping of str to str, optional
        What a legend calls their patterns; by default area, line and point.
    """
    own = [name for name in layers if name not in table["rules"]]
    rules = {name: _rules(number) for number, name in enumerate(own)}
    for name, title in (titles or {}).items():
        rules |= {name: [{**rule, "label": title} for rule in rules[name]]} if name in rules else {}
    return {**table, "rules": {**table["rules"], **rules}}


def with_files(table: Mapping[str, Any], files: Sequence[FileLayer]) -> dict[str, Any]:
    """Return a style table that also says what files look like.

    Files with areas lie under all roads and places, those with nothing but points on top, so
    that no area takes the pointer from what lies in it.
    """
    if not files:
        return dict(table)
    areas = [one.name for one in files if "area" in one.kinds]
    others = [one.name for one in sorted(files, key=_lowest) if one.name not in areas]
    order = list(table["order"])
    order[order.index("*") : order.index("*")] = areas
    rules = {one.name: _rules(number) for number, one in enumerate(files)}
    labels = {
        one.name: [{"where": {"@geometry": "point"}, "rank": 5, "zoom": 0}]
        for one in files
        if one.names_points and len(one.features) <= _MOST_LABELS
    }
    return {
        **table,
        "groups": [{"id": "files", "layers": [one.name for one in files]}, *table["groups"]],
        "order": [*order, *others],
        "rules": {**table["rules"], **rules},
        "labels": {**table["labels"], **labels},
    }


def _rules(number: int) -> list[dict[str, Any]]:
    color = f"file-{number % len(PALETTE['light'])}"
    dash = _DASHES[number % len(_DASHES)]
    shape = _SHAPES[number % len(_SHAPES)]
    return [
        {"where": {"@geometry": "area"}, "label": "Area", "fill": color, "fill_opacity": 0.14,
         "strokes": [{"color": color, "width": 1.8, "dash": dash}]},
        {"where": {"@geometry": "line"}, "label": "Line",
         "strokes": [{"color": color, "width": 2.8, "dash": dash}]},
        {"where": {}, "label": "Point", "shape": shape, "size": 5.5, "fill": color,
         "fill_opacity": 1, "strokes": [{"color": "paper", "width": 1.2, "dash": []}]},
    ]  # fmt: skip


def _lowest(file: FileLayer) -> int:
    return min(map(_KINDS.index, file.kinds), default=len(_KINDS))
