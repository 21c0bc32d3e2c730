"""Hold the looks of everything on a map in one table, read by the page, by pictures and by QGIS.

A feature is drawn by the first rule of its layer whose conditions its properties meet, then changed
by every modifier that it meets; None in a condition is met by a property that is absent. Rules name
colours by palette token, widths and sizes in CSS pixels, and carry the words that the legend shows
for them. `LAYERS` has all that the maps know of a layer of the shipped catalogue; `table` gives the
whole as plain JSON types, which `web/scripts/drawing/look.js` applies on the page.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pkzone.i18n.messages import phrase
from pkzone.layers.terms import IN_USE, STATUSES
from pkzone.reports.simplestyle import COLORS

__all__ = [
    "ANY_LAYER",
    "ANY_LEVEL",
    "BASE",
    "FOCUS",
    "GROUPS",
    "LABELS",
    "LAYERS",
    "LEAD",
    "PAGE",
    "PALETTE",
    "PIN_LIFT",
    "PLACES",
    "RECORD_BARS",
    "RECORD_MARKS",
    "RECORD_PALETTE",
    "RULES",
    "SAMPLES",
    "LayerStyle",
    "all_met",
    "first_met",
    "geometry_kind",
    "hatch",
    "line_rule",
    "point_rule",
    "rule_of",
    "stroke",
    "table",
    "with_places_around",
]

Rule: TypeAlias = dict[str, Any]
Dash: TypeAlias = Iterable[float]


def _by_theme(**colors: tuple[str, str]) -> dict[str, dict[str, str]]:
    """Return colours by theme and token from the light and the dark one of each token."""
    return {
        theme: {token: pair[number] for token, pair in colors.items()}
        for number, theme in enumerate(("light", "dark"))
    }


#: Colours by theme and token. Zone and route are colour-blind safe; no flag's colours.
PALETTE: Final = _by_theme(
    paper=("#f8f7f3", "#1c1f23"),
    ink=("#1f2326", "#eceae5"),
    zone=("#0072b2", "#56b4e9"),
    route=("#b34700", "#e69f00"),
    link=("#333333", "#d3d0ca"),
    former=("#8d8d8d", "#85898e"),
    control=("#6d6287", "#a497c8"),
    site=("#1f2326", "#f2f0eb"),
    place=("#3a3f43", "#cfccc6"),
    boundary=("#77716a", "#918b83"),
    district=("#bdb6ab", "#4d4b48"),
    water=("#c9dfec", "#27414f"),
    river=("#8db4cf", "#42677c"),
    other=("#5b5b5b", "#b3b0aa"),
    **COLORS,
)

#: Colours of the page round the map, by theme and token; text on them has 4.5 : 1 or more.
PAGE: Final = _by_theme(
    panel=("#ffffff", "#23272c"),
    line=("#dcd9d2", "#434a52"),
    muted=("#5b6066", "#adb3ba"),
    accent=("#0b5c8a", "#7cc0ea"),
    focus=("#ffb000", "#ffb000"),
    tick=("#bdb9b0", "#6a7178"),
    hover=("#f4f8fb", "#2b323a"),
    chosen=("#fff1cf", "#4a3f22"),
    halo=("#ffffff", "#15181b"),
    glass=("rgb(255 255 255 / 80%)", "rgb(28 31 35 / 82%)"),
    lake=("#3c6f93", "#9cc3dc"),
    doubt=("#8a7a4d", "#cbbb83"),
)


def _outline(text: str) -> list[list[float]]:
    """Return the corners that a text lists: ``"0 -1.15, 1.15 0"``."""
    return [[json.loads(number) for number in pair.split()] for pair in text.split(",")]


#: How far the middle of a pin's head lies above its tip, in radii of the head.
PIN_LIFT: Final = 2.0


def _pin() -> list[list[float]]:
    """Return a pin: its tip at the point, its head above."""
    start = math.acos(1 / PIN_LIFT)  # where a straight side meets the round head
    turns = [start + (2 * math.pi - 2 * start) * step / 20 for step in range(21)]
    head = [[math.sin(turn), math.cos(turn) - PIN_LIFT] for turn in turns]
    return [[0, 0], *([round(x, 2), round(y, 2)] for x, y in head)]


#: Marker outlines in a square from -1 to 1, y downwards; None is a circle.
SHAPES: Final[dict[str, list[list[float]] | None]] = {
    "circle": None,
    "square": _outline("-0.85 -0.85, 0.85 -0.85, 0.85 0.85, -0.85 0.85"),
    "diamond": _outline("0 -1.15, 1.15 0, 0 1.15, -1.15 0"),
    "triangle": _outline("0 -1.1, 1.1 0.85, -1.1 0.85"),
    "down": _outline("0 1.1, 1.1 -0.85, -1.1 -0.85"),
    "star": _outline(
        "0 -1.3, 0.32 -0.42, 1.24 -0.4, 0.52 0.16, 0.76 1.05, "
        "0 0.54, -0.76 1.05, -0.52 0.16, -1.24 -0.4, -0.32 -0.42"
    ),
    "hexagon": _outline("-0.5 -0.87, 0.5 -0.87, 1 0, 0.5 0.87, -0.5 0.87, -1 0"),
    "cross": _outline(
        "-0.4 -1, 0 -0.45, 0.4 -1, 1 -0.4, 0.45 0, 1 0.4, "
        "0.4 1, 0 0.45, -0.4 1, -1 0.4, -0.45 0, -1 -0.4"
    ),
    "plane": _outline(
        "0 -1.3, 0.22 -0.9, 0.22 -0.35, 1.25 0.3, 1.25 0.62, 0.22 0.3, 0.18 0.8, 0.5 1.05, "
        "0.5 1.3, 0 1.15, -0.5 1.3, -0.5 1.05, -0.18 0.8, -0.22 0.3, -1.25 0.62, -1.25 0.3, "
        "-0.22 -0.35, -0.22 -0.9"
    ),
    "pin": _pin(),
}

#: Patterns of a route or link by its status, in the width of an open one.
_DASHES: Final[dict[str, list[float]]] = {
    "open": [],
    "restricted": [14, 4, 3, 4],
    "closed": [4, 4],
    "planned": [13, 8],
}
#: Those that are no road to travel yet: a casing, filled as far as the road is made.
_CASINGS: Final[dict[str, list[float]]] = {"under_construction": [7, 4], "complete": []}
#: Those that traffic left for good: thin and pale.
_FAINT: Final[dict[str, list[float]]] = {"former": [], "disused": [1.5, 4]}


def stroke(color: str, width: float, dash: Dash = ()) -> dict[str, Any]:
    """Return one line of a rule, drawn over those before it."""
    return {"color": color, "width": width, "dash": list(dash)}


def _road_rules(what: str, color: str, width: float, where: dict[str, Any]) -> list[Rule]:
    """Rules for the statuses of roads, each with a pattern of its own."""
    rules: list[Rule] = [
        {
            "where": {**where, "status": status.word},
            "label": f"{what}, {status.label}",
            "strokes": _road_strokes(status.word, color, width),
        }
        for status in STATUSES
    ]
    return [*rules, line_rule(where, what, color, width)]


def _road_strokes(status: str, color: str, width: float) -> list[dict[str, Any]]:
    if status in _CASINGS:
        return [stroke(color, width + 1.5), stroke("paper", width - 0.5, _CASINGS[status])]
    if status in _FAINT:
        return [stroke("former", max(1.5, width / 2.5), _FAINT[status])]
    return [stroke(color, width, _DASHES[status])]


def _rail_rules(what: str, hue: str, where: dict[str, Any]) -> list[Rule]:
    """Rules for railways: the line of the status under cross ticks."""
    rules = _road_rules(what, hue, 1.6, where)
    for rule in rules:
        color = rule["strokes"][0]["color"]
        rule["strokes"].append(stroke(color, 8, [1.4, 8.6]))
    return rules


def point_rule(
    where: dict[str, Any], label: str, shape: str, size: float, color: str, *, solid: bool = True
) -> Rule:
    """Return the rule of a marker, filled with its colour or edged with it."""
    fill, edge = (color, stroke("paper", 1.2)) if solid else ("paper", stroke(color, 1.6))
    return {"where": where, **_marker(label, shape, size, fill, [edge])}


def _marker(
    label: str, shape: str, size: float, fill: str, strokes: list[dict[str, Any]]
) -> dict[str, Any]:
    look = {"label": label, "shape": shape, "size": size}
    return look | {"fill": fill, "fill_opacity": 1, "strokes": strokes}


def _airport_rules() -> list[Rule]:
    gone = ["closed", "disused", "former"]
    rules = []
    for status in STATUSES:
        if status.word not in gone:
            where = {"mode": "air", "status": status.word}
            label = f"Airport, {status.label}"
            rules.append(point_rule(where, label, "plane", 8, "link", solid=status.in_use))
            if status.word == "complete":
                rules[-1]["strokes"] = [stroke("link", 2.6)]
    unused = {"mode": "air", "status": gone}
    return [
        *rules,
        point_rule(unused, "Airport, without flights", "plane", 8, "former", solid=False),
        point_rule({"mode": "air"}, "Airport", "plane", 8, "link"),
    ]


def _site_rules() -> list[Rule]:
    kinds = (
        ("headquarters", "Headquarters", "star", 7.5),
        ("monitoring_centre", "Monitoring centre", "triangle", 6.5),
        ("checkpoint", "Checkpoint", "square", 6),
        (["bridge", "crossing"], "Crossing", "diamond", 6),
        ("post", "Observation post", "down", 6),
    )
    rules = []
    for kind, words, shape, size in kinds:
        gone = {"kind": kind, "status": ["closed", "dismantled"]}
        limited = {"kind": kind, "status": "restricted"}
        rules += [
            point_rule(gone, f"{words}, closed or not in use", shape, size, "former", solid=False),
            point_rule(limited, f"{words}, restricted", shape, size, "site", solid=False),
            point_rule({"kind": kind}, words, shape, size, "site"),
        ]
    lifted = {"kind": "closure", "status": "dismantled"}
    return [
        *rules,
        point_rule(lifted, "Closure of the road, lifted", "cross", 7, "former", solid=False),
        point_rule({"kind": "closure"}, "Closure of the road", "cross", 7, "site"),
        point_rule({}, "Other site", "hexagon", 5.5, "site"),
    ]


def line_rule(where: dict[str, Any], label: str, color: str, width: float, dash: Dash = ()) -> Rule:
    """Return the rule of a line, or of the edge of an area."""
    return {"where": where, "label": label, "strokes": [stroke(color, width, dash)]}


def _area(
    where: dict[str, Any],
    label: str,
    width: float,
    fill: float,
    dash: Dash = (),
    color: str = "zone",
) -> Rule:
    return {**line_rule(where, label, color, width, dash), "fill": color, "fill_opacity": fill}


def _hatched(
    where: dict[str, Any],
    label: str,
    width: float = 1.3,
    gap: float = 5,
    angle: int = -45,
    opacity: float = 0.7,
) -> Rule:
    """Return the rule of an area under hatching, whose lines are somewhat thinner than its edge."""
    rule = line_rule(where, label, "control", width)
    return rule | {"hatch": hatch("control", min(width, 1.2), gap, angle, opacity)}


def hatch(color: str, width: float, gap: float, angle: int, opacity: float) -> dict[str, Any]:
    """Return the hatching of an area; gap and width in pixels, angle in degrees."""
    return {"color": color, "width": width, "gap": gap, "angle": angle, "opacity": opacity}


def _water(where: dict[str, Any], label: str) -> Rule:
    rule = line_rule({**where, "@geometry": "area"}, label, "river", 0.8)
    return rule | {"fill": "water", "fill_opacity": 1}


_ZONE_RULES: Final = [
    _area({"status": "dissolving"}, "Area of responsibility, dissolving", 1.8, 0.05, [9, 4, 2, 4]),
    _area({"kind": "core"}, "Area of responsibility", 2.2, 0.12),
    _area({"kind": "corridor_strip"}, "Corridor strip", 1.6, 0.2, [7, 3]),
    _area({"kind": "pocket"}, "Pocket", 1.8, 0.12, [2, 3]),
    _area({}, "Area", 2.2, 0.12),
]
_BOUNDARY_RULES: Final = [
    line_rule({"boundary_status": status} if status else {}, label, color, width, dash)
    for status, label, color, width, dash in (
        ("international", "International boundary", "boundary", 1.3, [9, 3, 2, 3]),
        ("district", "District boundary", "district", 1, []),
        ("former_line", phrase("Former line"), "boundary", 1.4, [1.5, 4]),
        (None, "Line", "boundary", 1, []),
    )
]


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """All that the maps know of a layer.

    Attributes
    ----------
    group : str
        Its group in the legend; those of ``base`` are drawn beneath whatever is asked for.
    level : int
        Its place in the drawing order, bottom to top; layers without a style have `ANY_LEVEL`.
    rules : list of dict
        The rules that draw its features, in the order in which they are tried.
    labels : list of dict, optional
        Which of its features have their names on the map: importance (low numbers win) and the
        first zoom that shows them. Those ``of`` the layer have its title instead, all together one,
        where they are at least the ``min_share`` of its features.
    is_focus : bool, default False
        Whether maps open on its extent.
    """

    group: str
    level: int
    rules: list[Rule]
    labels: list[dict[str, Any]] | None = None
    is_focus: bool = False


#: The level of layers without a style: above all areas, beneath roads and points.
ANY_LEVEL: Final = 50

#: The layers that have a style, in the order of the legend.
LAYERS: Final[dict[str, LayerStyle]] = {
    "zone": LayerStyle(
        group="zone",
        level=30,
        rules=_ZONE_RULES,
        labels=[{"where": {"kind": "core"}, "rank": -1, "zoom": 8, "of": "layer"}],
        is_focus=True,
    ),
    "control": LayerStyle(
        group="zone",
        level=20,
        rules=[
            _hatched({"kind": "district"}, "District handed over", 0.8, 9, 45, 0.4),
            _hatched(
                {"controller": "Azerbaijan"}, "Reported to have passed to Azerbaijani control"
            ),
            _hatched({"controller": None}, "Reported to have changed hands"),
            _hatched({}, "Under another party's control", angle=90),
        ],
    ),
    "corridor": LayerStyle(
        group="routes",
        level=70,
        rules=_road_rules("Corridor road", "route", 4, {}),
        labels=[
            {
                "where": {"status": sorted(IN_USE)},
                "rank": -1,
                "zoom": 8,
                "of": "layer",
                "min_share": 0.5,
            },
        ],
        is_focus=True,
    ),
    "transport": LayerStyle(
        group="routes",
        level=60,
        rules=[
            *_airport_rules(),
            *_rail_rules("Railway", "link", {"mode": "rail"}),
            *_road_rules("Road link", "link", 2, {}),
        ],
    ),
    "sites": LayerStyle(group="places", level=90, rules=_site_rules()),
    "places": LayerStyle(
        group="places",
        level=80,
        rules=[
            point_rule({"status": "inside"}, "Place inside the zone", "circle", 3.4, "place"),
            point_rule({"status": "corridor"}, "Place in the corridor", "circle", 3.4, "route"),
            point_rule({"status": "divided"}, "Divided settlement", "square", 3.4, "place"),
            point_rule({"status": "disputed"}, "Disputed settlement", "diamond", 3.4, "place"),
            point_rule(
                {"status": "outside"}, "Place outside the zone", "circle", 3.2, "place", solid=False
            ),
            point_rule(
                {"status": "unknown"},
                "Place, status not known",
                "circle",
                2.6,
                "former",
                solid=False,
            ),
            point_rule({}, "Place", "circle", 3.4, "place"),
        ],
        labels=[  # the `rank` of a place runs from 1, the most important, to 4
            {"where": {"kind": "city"}, "rank": 0, "zoom": 6},
            {"where": {"rank": 1}, "rank": 1, "zoom": 8},
            {"where": {"rank": 2}, "rank": 2, "zoom": 9},
            {"where": {"rank": 3}, "rank": 3, "zoom": 10},
            {"where": {}, "rank": 4, "zoom": 11},
        ],
    ),
    "boundaries": LayerStyle(group="base", level=40, rules=_BOUNDARY_RULES),
    "physical": LayerStyle(
        group="base",
        level=10,
        rules=[
            _water({"kind": ["lake", "reservoir"]}, "Lake or reservoir"),
            _water({}, "Area"),
            line_rule({"kind": "river"}, "River", "river", 1.3),
            line_rule({}, "Line", "river", 1.3),
        ],
        labels=[{"where": {"@geometry": "area"}, "rank": 1, "zoom": 7}],
    ),
}

#: What follows from `LAYERS`: groups of the legend, drawing order (``*`` for all others), rules
#: and labels by layer, layers beneath all others and those that maps open on.
GROUPS: Final[tuple[dict[str, Any], ...]] = tuple(
    {"id": group, "layers": [name for name, one in LAYERS.items() if one.group == group]}
    for group in dict.fromkeys(one.group for one in LAYERS.values())
)
_LEVELS: Final = {name: one.level for name, one in LAYERS.items()} | {"*": ANY_LEVEL}
ORDER: Final = tuple(sorted(_LEVELS, key=_LEVELS.__getitem__))
RULES: Final = {name: one.rules for name, one in LAYERS.items()}
LABELS: Final = {name: one.labels for name, one in LAYERS.items() if one.labels}
BASE: Final = tuple(name for name in ORDER if name != "*" and LAYERS[name].group == "base")
FOCUS: Final = tuple(name for name, one in LAYERS.items() if one.is_focus)
#: The layer whose names are on every map; where it is not shown itself, by dots as these.
PLACES: Final = "places"
_DOTS: Final = [point_rule({}, "Point", "circle", 2.6, "place")]

#: Rules for layers that the table does not name.
ANY_LAYER: Final[list[Rule]] = [
    _area({"@geometry": "area"}, "Area", 1.6, 0.1, color="other"),
    line_rule({"@geometry": "line"}, "Line", "other", 2.2),
    point_rule({}, "Point", "circle", 4, "other"),
]

#: Changes on top of a rule: `band` lays a wide pale band under a line, `opacity` and `scale`
#: multiply. One without a label needs no explanation in the legend.
MODIFIERS: Final[tuple[dict[str, Any], ...]] = (
    {
        "where": {"geometry_basis": "schematic", "@geometry": "line"},
        "label": phrase("Pale band: schematic, straight segments between known points"),
        "sample": "line",
        "band": {"width": 8, "opacity": 0.13},
    },
    {
        "where": {"certainty": "inferred"},
        "label": phrase("Paler: inferred, not directly reported"),
        "sample": "point",
        "opacity": 0.55,
    },
    {
        "where": {"@lead": True},
        "label": phrase(
            "Dotted end of a line: joins it to its town, within the uncertainty of both"
        ),
        "sample": "lead",
    },
    {"where": {"kind": "city"}, "scale": 1.35},
    {"where": {"kind": "village"}, "scale": 0.8},
)

#: What leads from the end of a line to its town (`pkzone.maps.leads`), in the colour of the line.
LEAD: Final = {"width": 1.6, "dash": [1.6, 2.8]}

#: Samples of the modifiers that a legend explains, as on the page.
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "lead": {"strokes": [{"color": "link", **LEAD}]},
    "line": {"strokes": [{"color": "link", "width": 2, "dash": []}]},
    "point": {"shape": "circle", "size": 4.5, "fill": "ink", "fill_opacity": 1, "strokes": []},
}

#: Colours of tagged records by theme and token: of Okabe and Ito (2008), those that zone and
#: routes do not have.
RECORD_PALETTE: Final = _by_theme(
    inside=("#00795a", "#3fc39c"),
    unsure=("#8a6100", "#e6a817"),
    outside=("#a34b7d", "#dd9cc0"),
    partly=("#1a1a1a", "#f0efeb"),
)


def _mark(label: str, shape: str, size: float, color: str, *, solid: bool) -> dict[str, Any]:
    if solid:
        return _marker(label, shape, size, color, [stroke("paper", 1.4)])
    return _marker(label, shape, size, "paper", [stroke("paper", 4.4), stroke(color, 2)])


#: What the answers look like, in their order, and a record without one: rules of a style table.
RECORD_MARKS: Final = (
    _mark("Inside", "circle", 5, "inside", solid=True),
    _mark("Outside", "square", 4.6, "outside", solid=False),
    _mark("Too close to the border to say", "triangle", 5.4, "unsure", solid=True),
    _mark("Partly inside", "diamond", 5, "partly", solid=False),
    _mark("No answer: before the first version", "cross", 4.6, "former", solid=True),
)


def _bar(label: str, color: str, opacity: float, angle: int | None = None) -> dict[str, Any]:
    edge = [stroke(color, 0.9)]
    bar = {"label": label, "fill": color, "fill_opacity": opacity, "strokes": edge}
    return bar if angle is None else bar | {"hatch": hatch(color, 1.4, 4.5, angle, 1)}


#: The same answers as areas, for the bars of a picture.
RECORD_BARS: Final = (
    _bar("Inside", "inside", 1),
    _bar("Outside", "outside", 0.12),
    _bar("Too close to the border to say", "unsure", 0.12, 45),
    _bar("Partly inside", "partly", 0.08, -45),
    _bar(phrase("No answer: no place, or before the first version"), "former", 0.5),
)

_KINDS: Final = {"Point": "point", "LineString": "line", "Polygon": "area"}


def geometry_kind(geometry_type: str | None) -> str:
    """Return ``point``, ``line`` or ``area`` for a GeoJSON geometry type, else ``none``."""
    return _KINDS.get((geometry_type or "").removeprefix("Multi"), "none")


def _meets(where: Mapping[str, Any], properties: Mapping[str, Any], kind: str) -> bool:
    return all(
        (kind if key == "@geometry" else properties.get(key))
        in (wanted if isinstance(wanted, list) else [wanted])
        for key, wanted in where.items()
    )


def first_met(
    rows: Iterable[dict[str, Any]], properties: Mapping[str, Any], kind: str
) -> dict[str, Any] | None:
    """Return the first row of a table whose conditions a feature of this kind meets, or none."""
    return next((row for row in rows if _meets(row["where"], properties, kind)), None)


def rule_of(rules: Sequence[Rule], properties: Mapping[str, Any], kind: str) -> Rule | None:
    """Return the first rule that a feature meets; those of one look ask for nothing but a kind."""
    look = rules[0]["where"].get("@look") if rules else None
    known = properties if look is None else {**properties, "@look": look}
    return first_met(rules, known, kind)


def all_met(
    rows: Iterable[dict[str, Any]], properties: Mapping[str, Any], kind: str
) -> list[dict[str, Any]]:
    """Return all rows of a table whose conditions a feature of this kind meets, in order."""
    return [row for row in rows if _meets(row["where"], properties, kind)]


def with_places_around(looks: Mapping[str, Any]) -> dict[str, Any]:
    """Return a style table that draws places as quiet dots beneath all that the map shows."""
    order = [name for name in looks["order"] if name != PLACES]
    order.insert(order.index(BASE[-1]) + 1, PLACES)
    return {**looks, "order": order, "rules": {**looks["rules"], PLACES: _DOTS}}


def table() -> dict[str, Any]:
    """Return the whole style table as plain JSON types, for the page."""
    return {
        "groups": list(GROUPS),
        "order": list(ORDER),
        "focus": list(FOCUS),
        "shapes": SHAPES,
        "rules": RULES,
        "any": ANY_LAYER,
        "modifiers": list(MODIFIERS),
        "lead": LEAD,
        "labels": LABELS,
    }
