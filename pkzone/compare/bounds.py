"""Bounds on a diff, for checks in CI: read ``moved>100m``, and say which feature exceeds it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from pkzone.compare.place_names import feature_label
from pkzone.compare.result import KINDS, Change, Diff, Evidence
from pkzone.errors import BadOption, did_you_mean, printable
from pkzone.geo.convert import dimensions_of, shape_of
from pkzone.geojson.model import text_of
from pkzone.text_layout import counted

__all__ = ["MEASURES", "Bound", "exceeded", "parse_bound"]

_PERCENT = "%"
#: Units in that of the evidence: metres, square kilometres.
_LENGTHS = {"m": Decimal(1), "km": Decimal(1000)}
_AREAS = {"m2": Decimal("0.000001"), "ha": Decimal("0.01"), "km2": Decimal(1)}
_SIZES = _LENGTHS | _AREAS
_DIGITS = 4  # of a value are told, or more where fewer would hide that it is beyond the bound

_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {">": operator.gt, ">=": operator.ge}
_FORM = re.compile(
    r"\s*([A-Za-z_]+)\s*(>=|>)\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*([^\s0-9]\S*|)\s*"
)


class _Measure(NamedTuple):
    """What is measured of a feature that both sides have.

    Attributes
    ----------
    units : tuple of str
        Those that a bound may have.
    dimension : int
        Which features have it: 1 those with lines, 2 those with areas, 0 all.
    words : str
        With places for the feature and the value.
    numbers : callable
        Returns the value, and what it is a share of; None where it was not measured.
    """

    units: tuple[str, ...]
    dimension: int
    words: str
    numbers: Callable[[Evidence], tuple[float | None, float | None]]


def _offset(one: Evidence) -> float | None:
    offsets = (one.distance_m, one.max_offset_m, one.max_shift_m, one.hausdorff_m)
    return next((offset for offset in offsets if offset is not None), None)


def _change(base: float | None, target: float | None) -> float | None:
    return None if base is None or target is None else abs(target - base)


def _alone(measured: float | None, own: float | None, other: float | None) -> float | None:
    """Return the ground that one side has alone: all of it where the other has none at all."""
    if measured is None and own is not None and (own == 0 or other == 0):
        return own
    return measured


_OF_FEATURES: Mapping[str, _Measure] = {
    "moved": _Measure((*_LENGTHS,), 0, "{} moved by {}", lambda one: (_offset(one), None)),
    "length": _Measure(
        (*_LENGTHS, _PERCENT),
        1,
        "the length of {} changed by {}",
        lambda one: (_change(one.length_base_m, one.length_target_m), one.length_base_m),
    ),
    "area": _Measure(
        (*_AREAS, _PERCENT),
        2,
        "the area of {} changed by {}",
        lambda one: (_change(one.area_base_km2, one.area_target_km2), one.area_base_km2),
    ),
    "gained": _Measure(
        (*_AREAS, _PERCENT),
        2,
        "{} gained {}",
        lambda one: (
            _alone(one.gained_km2, one.area_target_km2, one.area_base_km2),
            one.area_base_km2,
        ),
    ),
    "lost": _Measure(
        (*_AREAS, _PERCENT),
        2,
        "{} lost {}",
        lambda one: (
            _alone(one.lost_km2, one.area_base_km2, one.area_target_km2),
            one.area_base_km2,
        ),
    ),
}
_COUNTS = (*KINDS, "changes")
MEASURES = (*_COUNTS, *_OF_FEATURES)
"""What a bound may be on: numbers of features by kind of change, then measures of a feature."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition on a diff: a measure, an operator, a number and, of what is measured, a unit."""

    measure: str
    operator: str
    limit: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.measure}{self.operator}{self.limit:f}{self.unit}"

    @property
    def is_measured(self) -> bool:
        """Whether it takes numbers that prove a change, not only kinds of changes."""
        return self.measure in _OF_FEATURES

    def holds(self, value: Decimal) -> bool:
        """Tell whether a value in the unit of the bound is beyond it."""
        return _HOLDS[self.operator](value, self.limit)


def parse_bound(text: str) -> Bound:
    """Read a condition, ``MEASURE OP NUMBER[UNIT]``.

    Raises
    ------
    BadOption
        It is of another form, or the measure or the unit is none.

    Examples
    --------
    >>> print(parse_bound("moved > 0.5 km"))
    moved>0.5km
    """
    shown = printable(text)
    form = _FORM.fullmatch(text)
    word = form[1] if form else re.split(r"[^A-Za-z_]", text.strip(), maxsplit=1)[0]
    if form is None or word not in MEASURES:
        hint = did_you_mean(word, MEASURES) if word not in MEASURES else ""
        raise BadOption(
            f"'{shown}' is not a condition; {hint}write MEASURE>NUMBER UNIT or "
            f"MEASURE>=NUMBER UNIT, "
            f"in quotes, such as 'moved>100m' or 'removed>=1'; MEASURE is {', '.join(MEASURES)}"
        )
    unit = form[4].replace("²", "2")
    units = _OF_FEATURES[word].units if word in _OF_FEATURES else ()
    if not units and unit:
        raise BadOption(f"'{shown}' has a unit, but {word} is a number of features")
    if units and unit not in units:
        problem = f"has the unit {printable(unit)}" if unit else "has no unit"
        raise BadOption(f"'{shown}' {problem}; units of {word} are {', '.join(units)}")
    return Bound(word, form[2], Decimal(form[3]), unit)


def exceeded(diff: Diff, bound: Bound) -> str | None:
    """Return why a diff exceeds a bound, in one line; None where it does not.

    Of a measure the largest value of any one feature counts, of those that both sides have. What
    could not be measured exceeds every bound.
    """
    if not bound.is_measured:
        number = len(diff.changes) if bound.measure == "changes" else diff.summary[bound.measure]
        what = "change" if bound.measure == "changes" else "feature"
        kind = "" if bound.measure == "changes" else f" {bound.measure}"
        return f"{bound}: {counted(number, what)}{kind}" if bound.holds(Decimal(number)) else None
    values = [*_values(diff, bound)]
    beyond = [(value, label) for value, label in values if value is not None and bound.holds(value)]
    unknown = [label for value, label in values if value is None]
    reasons = []
    if beyond:
        value, label = max(beyond, key=lambda one: one[0])
        most = f", the most of {len(beyond):,} beyond it" if len(beyond) > 1 else ""
        told = _told(value, bound)
        reasons.append(f"{_OF_FEATURES[bound.measure].words.format(label, told)}{most}")
    if unknown:
        others = f", nor that of {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        reasons.append(f"the change of {unknown[0]} is not measured{others}")
    return f"{bound}: {'; '.join(reasons)}" if reasons else None


def _values(diff: Diff, bound: Bound) -> Iterator[tuple[Decimal | None, str]]:
    """Yield the value of each feature that has the measure, in the unit of the bound.

    None stands for one that was not measured.
    """
    measure = _OF_FEATURES[bound.measure]
    for change in diff.changes:
        if "geometry" not in change.aspects:  # only one side has it, or its place is the same
            continue
        value, whole = measure.numbers(change.evidence or Evidence())
        if value is not None:
            yield _in_unit(value, whole, bound.unit), _label(change)
        elif measure.dimension == 0 or measure.dimension in _dimensions(change):
            yield None, _label(change)


def _in_unit(value: float, whole: float | None, unit: str) -> Decimal | None:
    if unit != _PERCENT:
        return Decimal(value) / _SIZES[unit]
    if whole is None:
        return None
    if not whole:
        return Decimal("Infinity") if value else Decimal(0)
    return 100 * Decimal(value) / Decimal(whole)


def _dimensions(change: Change) -> frozenset[int]:
    shapes = (shape_of(one.geometry) for one in (*change.base, *change.target))
    return frozenset().union(*map(dimensions_of, shapes))


def _label(change: Change) -> str:
    whole = (change.target if change.kind == "merged" else change.base)[0]
    name = text_of(whole.properties, "name")
    return printable(feature_label(whole) if change.id is None else name or str(change.id))


def _told(value: Decimal, bound: Bound) -> str:
    """Return a value with its unit, rounded by no more than leaves it beyond the bound."""
    if value.is_infinite():
        return "more than any percentage, as there was none before"
    first = max(0, _DIGITS - 1 - value.adjusted())
    texts = (f"{value:.{decimals}f}" for decimals in count(first))
    number = Decimal(next(text for text in texts if bound.holds(Decimal(text))))
    return f"{number:,f} {bound.unit}"
