"""Lengths in words: by the sources first, then as drawn, and how much of that is schematic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from pkzone.compare.published import is_schematic, part_of
from pkzone.compare.result import PublishedLength, RouteDiff
from pkzone.geojson.model import Feature
from pkzone.reports.model import Digits, Figure, Message, Part, joined, msg
from pkzone.reports.values import Rounding, stated_uncertainty_m

__all__ = [
    "chainage_rounding",
    "drawn_difference",
    "drawn_figure",
    "drawn_km",
    "drawn_words",
    "feature_length",
    "length_words",
    "published_difference",
    "published_figure",
    "rounding_of_drawing",
]

# Straight lines between known points: their lengths are written in whole km.
_SCHEMATIC = Rounding(10_000.0)
# What of a line is not schematic is told from so much on.
_ALL_BUT_M = 50.0
# Lines whose drawing says what it was made from: to a tenth of a km, if not less.
_DRAWN_M = 1000.0


def rounding_of_drawing(features: Iterable[Feature], uncertainty_m: float | None) -> Rounding:
    """Return how the lengths of drawn lines are rounded that are not schematic."""
    states_basis = any("geometry_basis" in feature.properties for feature in features)
    return Rounding(max(uncertainty_m or 0.0, _DRAWN_M) if states_basis else uncertainty_m)


def length_words(
    published: PublishedLength | None, drawn_m: float, schematic_m: float, rounding: Rounding
) -> Message:
    """Return a length: by the sources, or that it is not known, and as drawn beside it."""
    drawn = drawn_words(drawn_m, schematic_m, rounding)
    if published is None:
        return msg("{drawn}; length on the ground not known", drawn)
    known = _with_unit(published)
    if published.parts or not published.sources:
        return msg("{published} according to sources; {drawn}", known, drawn)
    source = published.sources[0]
    return msg("{published} according to sources [{source}]; {drawn}", known, source, drawn)


def drawn_words(drawn_m: float, schematic_m: float, rounding: Rounding) -> Message:
    """Return a drawn length, marked as one: ``about 16 km as drawn, all of it schematic``."""
    length = drawn_figure(drawn_m, schematic_m, rounding)
    if not schematic_m:
        return msg("{length} as drawn", length)
    if drawn_m - schematic_m < _ALL_BUT_M:
        return msg("about {length} as drawn, all of it schematic", length)
    part = _SCHEMATIC.length(schematic_m)
    return msg("about {length} as drawn, {part} of it schematic", length, part)


def drawn_figure(drawn_m: float, schematic_m: float | None, rounding: Rounding) -> Figure:
    """Return a drawn length, in whole km where some of it is schematic."""
    return (_SCHEMATIC if schematic_m else rounding).length(drawn_m)


def drawn_km(drawn_m: float, schematic_m: float, rounding: Rounding) -> float:
    """Return the same in km, as a number."""
    return (_SCHEMATIC if schematic_m else rounding).km(drawn_m)


def chainage_rounding(schematic_m: float, rounding: Rounding) -> Rounding:
    """Return how places along a drawn line are written."""
    return _SCHEMATIC if schematic_m else rounding


def published_figure(published: PublishedLength | None) -> Figure | None:
    """Return a published length as its source prints it."""
    if published is None:
        return None
    sources = joined(", ", published.sources)
    return Figure(published.km, "km", _with_unit(published), sources)


def _with_unit(published: PublishedLength) -> Part:
    number = published.text.removesuffix(" km")
    if number == published.text:
        return published.text
    if more := re.fullmatch(r"more than ([\d.,]+)", number):
        return msg("more than {length}", msg("{number} km", Digits(more[1])))
    return msg("{number} km", Digits(number))


def published_difference(
    base: PublishedLength | None, target: PublishedLength | None
) -> Message | None:
    """Return by how much a published length differs, where both are plain numbers."""
    if base is None or target is None or not (base.is_exact and target.is_exact):
        return None
    before, after = (_number(length) for length in (base, target))
    delta = after - before
    decimals = min(max(0, -int(one.as_tuple().exponent)) for one in (before, after))
    if not delta:
        return msg("no difference")
    written = msg("{number} km", Digits(f"{round(abs(delta), decimals):,f}"))
    return msg("{sign}{length}", "+" if delta > 0 else "-", written)


def _number(published: PublishedLength) -> Decimal:
    return Decimal(published.text.removesuffix(" km").replace(",", ""))


def drawn_difference(route: RouteDiff, rounding: Rounding) -> Message | None:
    """Return by how much the drawn length of a route differs, unless a schematic line came or went.

    What both sides share does not matter. A schematic length is none to compare with.
    """
    is_rough = any(one.schematic_m for one in route.sections if one.kind != "kept")
    if is_rough or not route.length_base_m or not route.length_target_m:
        return None
    return rounding.difference(route.length_target_m - route.length_base_m)


def feature_length(feature: Feature, drawn_m: float, rounding: Rounding) -> Part:
    """Return the length of a line that came or went; of one of a file, as it is measured."""
    if {"length_published_km", "geometry_basis"}.isdisjoint(feature.properties):
        return rounding.length(drawn_m)
    published = PublishedLength.total([part_of(feature)])
    schematic_m = drawn_m if is_schematic(feature) else 0.0
    drawn = rounding_of_drawing([feature], stated_uncertainty_m([feature]))
    return length_words(published, drawn_m, schematic_m, drawn)
