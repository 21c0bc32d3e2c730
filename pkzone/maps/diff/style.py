"""Hold the looks of a difference: rules in the form of `pkzone.maps.style`.

Both versions are drawn in grey, so that blue, vermilion and purple mean the difference and
nothing else; each has a pattern of its own besides its colour. What changed hands is neither
gained nor lost: its hatching has the colour that control has on other maps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pkzone.i18n.messages import phrase
from pkzone.layers.terms import CLASSES
from pkzone.maps import style
from pkzone.maps.style import Rule, hatch, stroke

__all__ = ["MARKS", "ORDER", "RULES", "SIGN", "on_grey", "table", "with_difference"]

#: Sheets of what differs, and the drawing order of all, bottom to top; those of context layers
#: carry the layers' names.
MARKS: Final = ("kept", "changed", "given", "taken", "removed", "added", "affected")
ORDER: Final = ("physical", "boundaries", "zone", "base", "target", "*", "places", "chosen", *MARKS)


def _rule(kind: str, label: str, strokes: list[dict[str, Any]], **more: Any) -> Rule:
    where = {"@geometry": kind, **more.pop("where", {})}
    return {"where": where, "label": label, "strokes": strokes, **more}


def _point(
    label: str, strokes: list[dict[str, Any]], fill: str | None, size: float, **more: Any
) -> Rule:
    look = {"fill": fill, "fill_opacity": 1} if fill else {}
    return _rule("point", label, strokes, shape="circle", size=size, **look, **more)


def _double(outer: float, inner: float) -> list[dict[str, Any]]:
    return [stroke("changed", outer), stroke("paper", inner)]


_ROAD, _GROUND, _FEATURE = (
    {kind: word.capitalize() for kind, word in CLASSES[what].items()}
    for what in ("road", "ground", "feature")
)
_THIN: Final = (5, 4)
_DASH: Final = (9, 5)
_IN_USE: Final = {"not_in_use": False}


def _hands(labels: Mapping[str | None, str], angle: int, dash: style.Dash) -> list[Rule]:
    """Return the rules of what changed hands: a label by controller, none for any other."""
    edge, lines = [stroke("control", 2, dash)], hatch("control", 1.4, 6, angle, 0.85)
    return [
        rule
        for controller, label in labels.items()
        for where in [{} if controller is None else {"controller": controller}]
        for rule in (
            _rule("line", label, [stroke("control", 4, dash)], where=where),
            _rule("area", label, edge, hatch=lines, where=where),
            _point(label, edge, "paper", 5.5, where=where),
        )
    ]


_TAKEN: Final[dict[str | None, str]] = {
    "Azerbaijan": phrase("Changed hands: now under Azerbaijani control"),
    None: phrase("Changed hands: now under another party's control"),
}
_GIVEN: Final[dict[str | None, str]] = {
    "Azerbaijan": phrase("Changed hands: no longer under Azerbaijani control"),
    None: phrase("Changed hands: no longer under the same control"),
}

#: Places affected: conditions, what the legend says where that is certain and where it only may
#: be so, as in the report, and the colour and dashes of the ring.
_AFFECTED: Final[tuple[tuple[dict[str, Any], str, str, str, style.Dash], ...]] = (
    (
        {"hands": True},
        phrase("Place in an area that changed hands"),
        phrase("Place that may be in an area that changed hands"),
        "control",
        (),
    ),
    (
        {"effect": "entered", "relation": "reach"},
        phrase("Place now within reach of the route"),
        phrase("Place that may now be within reach of the route"),
        "added",
        (),
    ),
    (
        {"effect": "left", "relation": "reach"},
        phrase("Place no longer within reach of the route"),
        phrase("Place that may no longer be within reach of the route"),
        "removed",
        (4, 2.5),
    ),
    (
        {"effect": "entered"},
        phrase("Place now inside"),
        phrase("Place that may now be inside"),
        "added",
        (),
    ),
    (
        {"effect": "left"},
        phrase("Place no longer inside"),
        phrase("Place that may no longer be inside"),
        "removed",
        (4, 2.5),
    ),
)


def _rings() -> list[Rule]:
    """Return the rules of rings round places affected: thin ones where it only may be so."""
    return [
        _point(label, [stroke(color, width, dash)], None, 9, where=where | more)
        for where, certain, uncertain, color, dash in _AFFECTED
        for label, width, more in ((uncertain, 1.2, {"certain": False}), (certain, 2.4, {}))
    ]


def _moved(label: str, strokes: list[dict[str, Any]], fill: str) -> Rule:
    """Return the rule of a place of a point that moved, which neither came nor went."""
    look = {"shape": "diamond", "size": 6.5, "fill": fill, "fill_opacity": 1}
    return _rule("point", label, strokes, **look, where={"change": "moved"})


#: Rules by sheet, in the order in which they are tried.
RULES: Final[dict[str, list[Rule]]] = {
    "added": [
        _rule("line", _ROAD["added"], [stroke("added", 4.5)], where=_IN_USE),
        _rule("line", phrase("New, but not in use"), [stroke("added", 2.2)]),
        _rule("area", _GROUND["added"], [stroke("added", 2)], fill="added", fill_opacity=0.22),
        _moved(phrase("Moved: place after"), [stroke("paper", 1.2)], "changed"),
        _point(_FEATURE["added"], [stroke("paper", 1.2)], "added", 5.5),
    ],
    "removed": [
        _rule("line", _ROAD["removed"], [stroke("removed", 4.5, _DASH)], where=_IN_USE),
        _rule(
            "line", phrase("No longer there, not in use before"), [stroke("removed", 2.2, _DASH)]
        ),
        _rule(
            "area",
            _GROUND["removed"],
            [stroke("removed", 2, _DASH)],
            hatch=hatch("removed", 0.9, 7, 45, 0.55),
        ),
        _moved(phrase("Moved: place before"), [stroke("changed", 2.2, (3, 2))], "paper"),
        _point(_FEATURE["removed"], [stroke("removed", 2.2, (3, 2))], "paper", 5.5),
    ],
    "taken": _hands(_TAKEN, 0, ()),
    "given": _hands(_GIVEN, 90, _DASH),
    "changed": [
        _rule("line", phrase("Same line, attributes or id differ"), _double(6, 2.4)),
        _rule("area", phrase("Same area, attributes or id differ"), _double(5, 2)),
        _point(phrase("Same place, attributes or id differ"), _double(5, 1.6), "changed", 5),
    ],
    "kept": [
        _rule("line", _ROAD["kept"], [stroke("kept", 3.5)]),
        _rule("area", phrase("Differs, but covers the same ground"), [stroke("kept", 2.6)]),
        _point(_FEATURE["kept"], [stroke("paper", 1)], "kept", 4.5),
    ],
    "affected": [
        *_rings(),
        _rule("line", "Affected", [stroke("ink", 1.5)]),
        _rule("area", "Affected", [stroke("ink", 1.5)]),
    ],
    "base": [
        _rule("line", "Line", [stroke("kept", 1.4, _THIN)]),
        _rule("area", "Outline", [stroke("kept", 1.4, _THIN)]),
        _point("Point", [stroke("kept", 1.1)], "paper", 3.6),
    ],
    "target": [
        _rule("line", "Line", [stroke("kept", 1.4)]),
        _rule("area", "Outline", [stroke("kept", 1.4)], fill="kept", fill_opacity=0.07),
        _point("Point", [], "kept", 2.1),
    ],
    "chosen": [
        _rule("line", "", [stroke("focus", 15)]),
        _rule("area", "", [stroke("focus", 8)]),
        _point("", [stroke("focus", 4)], None, 12),
    ],
    "zone": [_rule("area", "Area", [stroke("kept", 1)], fill="kept", fill_opacity=0.1)],
    "places": [_point("Place", [stroke("paper", 0.8)], "place", 2.6)],
    "boundaries": style.RULES["boundaries"],
    "physical": style.RULES["physical"],
}

#: Stands before the name of a sheet on maps of layers; no layer has it in its name.
SIGN: Final = "~"
_HUES: Final = ("color", "fill")
#: Of the map's hues those that one may take for that of what is no longer there.
_NEAR_LOST: Final = ("route",)
_CASING: Final = 3.5
_ON_MAP: Final = ("base", "target", *MARKS)
_UNMEASURED_RULES: Final = [
    rule | {"where": {**rule["where"], "unmeasured": True}}
    for rule in (
        _rule("line", phrase("Line differs, not measured"), [stroke("changed", 4, _THIN)]),
        _rule("area", phrase("Area differs, not measured"), [stroke("changed", 3, _THIN)]),
        _point(phrase("Place differs, not measured"), [stroke("changed", 2)], "paper", 5),
    )
]

_ALWAYS_LABELLED: Final[dict[str, Any]] = {"where": {"@geometry": "point"}, "rank": 0, "zoom": 5}


def table(layer: str | None = None) -> dict[str, Any]:
    """Return the style table of a difference as plain JSON types, for the page.

    Parameters
    ----------
    layer : str, optional
        The layer compared; its names are shown where the map of the layer would show them.
    """
    own = style.LABELS.get(layer or "", [])
    always = {sheet: [_ALWAYS_LABELLED] for sheet in MARKS if sheet != "kept"}
    return {
        "groups": [],
        "order": list(ORDER),
        "shapes": style.SHAPES,
        "rules": RULES,
        "any": style.ANY_LAYER,
        "modifiers": [one for one in style.MODIFIERS if "scale" in one or "band" in one],
        "labels": {**style.LABELS, "base": own, "target": own, **always},
    }


def with_difference(look: dict[str, Any]) -> dict[str, Any]:
    """Return a style table with the sheets of a difference on top of its layers.

    Their names are those of `RULES` behind `SIGN`. What a page without measurements can only say
    to differ has rules of its own.
    """
    sheets = {f"{SIGN}{name}": RULES[name] for name in _ON_MAP}
    sheets[f"{SIGN}changed"] = [*_UNMEASURED_RULES, *RULES["changed"]]
    return {**look, "order": [*look["order"], *sheets], "rules": {**look["rules"], **sheets}}


def on_grey(look: dict[str, Any], layers: Collection[str]) -> dict[str, Any]:
    """Return a style table with some layers in the one hue of what did not change.

    They keep their patterns, and the sheets of a difference lie on them; what differs in
    attributes alone lies beneath and encases them, as rings do points. In the other layers the
    hue of routes turns grey as well: it is too near to that of what is no longer there.
    """
    context = {name: _greyed(rules, _NEAR_LOST) for name, rules in look["rules"].items()}
    marked = with_difference({**look, "rules": context})
    added, changed = f"{SIGN}added", f"{SIGN}changed"
    rules = marked["rules"] | {
        added: list(map(_as_ring, RULES["added"])),
        changed: [_as_ring(_wider(rule)) for rule in RULES["changed"]],
        **{name: _greyed(look["rules"].get(name, look["any"])) for name in layers},
    }
    order = [name for name in marked["order"] if name != changed]
    lowest = min((order.index(one if one in order else "*") for one in layers), default=len(order))
    return {**marked, "order": [*order[:lowest], changed, *order[lowest:]], "rules": rules}


def _wider(rule: Rule) -> Rule:
    """Return a rule of lines so much wider that those on it show their own patterns."""
    strokes = [{**one, "width": one["width"] + _CASING} for one in rule["strokes"]]
    return {**rule, "strokes": strokes}


def _as_ring(rule: Rule) -> Rule:
    """Return a rule of points as a ring round what stands there; others as they are."""
    if rule["where"]["@geometry"] != "point":
        return rule
    return {**rule, "fill": None, "strokes": [stroke(rule["fill"], 2.4)], "size": 9}


def _greyed(value: Any, hues: Collection[str] | None = None) -> Any:
    """Return a rule, or a part of one, with these hues, else all, as that of no change."""
    if isinstance(value, list):
        return [_greyed(one, hues) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "kept" if key in _HUES and _is_hue(one, hues) else _greyed(one, hues)
        for key, one in value.items()
    }


def _is_hue(value: Any, hues: Collection[str] | None) -> bool:
    return value not in (None, "paper") if hues is None else value in hues
