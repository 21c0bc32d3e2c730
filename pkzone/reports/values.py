r"""Numbers and values as people read them.

Numbers are rounded to what the stated uncertainty of the drawing supports. Two values that would
print alike are told apart: a number and its digits as text, null and a property that is not
there, two Unicode forms of one word, a blank at the end, a Latin and a Cyrillic letter. What the
eye cannot see is written out as JSON does, ``"e\u0301"``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from math import floor, log10
from typing import Any, Final

from pkzone.errors import printable
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import phrase
from pkzone.reports.model import Figure, Joined, Message, Number, Part, Term, msg
from pkzone.text_lookalikes import NO_INK, TWINS

__all__ = [
    "ABSENT",
    "Rounding",
    "compass",
    "distinct_names",
    "percent",
    "plain",
    "position",
    "stated_uncertainty_m",
    "told_apart",
]

_LITERALS: Final = phrase("null"), phrase("true"), phrase("false")
ABSENT: Final = object()
"""In the place of a value: the property is not there."""

_LONGEST = 80
_BEFORE = 24

_COMPASS = (
    phrase("north"),
    phrase("north-east"),
    phrase("east"),
    phrase("south-east"),
    phrase("south"),
    phrase("south-west"),
    phrase("west"),
    phrase("north-west"),
)


class Rounding:
    """Writes lengths and areas to a tenth of an uncertainty, rounded to a power of ten.

    Parameters
    ----------
    uncertainty_m : float or None
        How far the drawn line may be off, metres; none where nobody says: then lengths are
        written to 10 m.

    Examples
    --------
    >>> str(Rounding(1500).length(12_487.3)), str(Rounding(20).length(12_487.3))
    ('12.5 km', '12.487 km')
    """

    def __init__(self, uncertainty_m: float | None) -> None:
        known = 100.0 if uncertainty_m is None else min(max(uncertainty_m, 10.0), 10_000.0)
        self.step_m = 10 ** (floor(log10(known)) - 1)
        self._km_decimals = 3 - floor(log10(self.step_m))

    def length(self, metres: float) -> Figure:
        """Return a length or distance: ``12.5 km``, ``300 m``, ``under 100 m``."""
        steps = round(abs(metres) / self.step_m) * self.step_m
        if not steps and metres:
            return _below(metres, "m", msg("{number} m", Number(self.step_m)))
        if steps < 1000:
            return Figure(metres, "m", msg("{number} m", str(steps)))
        return Figure(metres, "m", msg("{number} km", Number(steps / 1000, self._km_decimals)))

    def km(self, metres: float) -> float:
        """Return a length in km with no more decimals than that; whole km as an integer."""
        km: float = round(metres / self.step_m) * self.step_m / 1000
        return round(km, self._km_decimals or None)

    def difference(self, metres: float) -> Message:
        """Return a length with its sign: ``+2.1 km``."""
        length = self.length(metres)
        if not metres:
            return msg("no difference")
        if length.is_below_step:
            return msg("differs by {length}", length)
        return msg("{sign}{length}", "+" if metres > 0 else "-", length)

    def chainage(self, metres: float) -> Number:
        """Return a place along a line in km, without the unit."""
        return Number(metres / 1000, self._km_decimals)

    def stretch(self, from_m: float, to_m: float) -> Message:
        """Return from where to where a stretch of a line runs, in km."""
        return msg("{start}-{end}", self.chainage(from_m), self.chainage(to_m))

    def area(self, km2: float, beside: Iterable[float] = ()) -> Figure:
        """Return an area: ``3,140 km²``; three digits where the line is uncertain.

        Next to others, such as what came and went, it has as many decimals as the smallest.
        """
        if 0 < abs(km2) < 0.1 and self.step_m <= 10:
            number = Number(max(1, round(abs(km2) * 1e6)))
            return Figure(km2, "km2", msg("{number} m²", number))
        decimals = max(0, self._km_decimals - 1)
        if km2 and self.step_m >= 10:
            digits = floor(log10(min(abs(one) for one in (km2, *beside) if one)))
            decimals = min(decimals, 2 - digits) if digits > 2 else decimals
        rounded, shown = round(abs(km2), decimals), max(decimals, 0)
        if not rounded and km2:
            return _below(km2, "km2", msg("{number} km²", Number(10.0**-shown, shown)))
        return Figure(km2, "km2", msg("{number} km²", Number(rounded, shown if km2 else 0)))


def _below(value: float, unit: str, step: Message) -> Figure:
    return Figure(value, unit, msg("under {size}", step), is_below_step=True)


def stated_uncertainty_m(features: Iterable[Feature]) -> float | None:
    """Return the largest ``uncertainty_m`` that features state; none if none does."""
    values = (feature.properties.get("uncertainty_m") for feature in features)
    numbers = (
        float(value)
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return max(numbers, default=None)


def compass(bearing_deg: float) -> Message:
    """Return the nearest of the eight points of the compass."""
    return msg(_COMPASS[round(bearing_deg / 45.0) % 8])


def percent(share: float) -> Figure:
    """Return a share as a whole percentage that never calls a part the whole, or nothing."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return Figure(share, "share", msg("over {size}", msg("{number} %", 99)))
    if whole == 0 and share > 0:
        return _below(share, "share", msg("{number} %", 1))
    return Figure(share, "share", msg("{number} %", whole))


def position(lonlat: tuple[float, float]) -> Message:
    """Return a place as people read it: ``39.642° N 46.512° E``."""
    lon, lat = lonlat
    return msg(
        "{lat}° {north} {lon}° {east}",
        Number(abs(lat), 3),
        msg("S") if lat < 0 else msg("N"),
        Number(abs(lon), 3),
        msg("W") if lon < 0 else msg("E"),
    )


def plain(value: Any) -> Part:
    """Return a value as people read it: a text as it is, a plain list without brackets.

    Others are JSON. An absent one is ``not stated``: ``none`` is a value that ``traffic`` has.
    """
    if value is ABSENT:
        return msg("not stated")
    if isinstance(value, str):
        return value or '""'
    if value is None or isinstance(value, bool):
        return Term(json.dumps(value))
    if isinstance(value, list) and value and not any(isinstance(one, list | dict) for one in value):
        return Joined(", ", tuple(map(plain, value)))
    return json.dumps(value, ensure_ascii=False)


def told_apart(
    old: Any, new: Any, *, write: Callable[[Any], Part] = plain, why: bool = True
) -> tuple[Part, Part]:
    r"""Return two values that differ as two texts that no eye takes for one.

    Parameters
    ----------
    old, new : JSON values or ABSENT
        What differs.
    write : callable, optional
        How they are written where that is enough.
    why : bool, optional
        Whether to add in brackets what alone differs, where they look alike.

    Examples
    --------
    >>> told_apart("a", "b"), told_apart("x", "x ", why=False)
    (('a', 'b'), ('"x"', '"x "'))
    >>> str(told_apart(1, "1")[1])
    '"1" (number → text)'
    """
    before, after = write(old), write(new)
    texts = str(before), str(after)
    if _seen(texts[0]) != _seen(texts[1]):
        return before, after
    pairs = ((form(old), form(new)) for form in (_marked, _escaped))
    texts = next((pair for pair in pairs if _seen(pair[0]) != _seen(pair[1])), texts)
    old_text, new_text = _around_the_difference(*texts)
    reason = _only_difference(old, new) if why else None
    return old_text, msg("{value} ({reason})", new_text, reason) if reason else new_text


def distinct_names(names: Collection[str]) -> dict[str, str]:
    """Return names as they are to be written so that no two look alike."""
    counts = Counter(map(_seen, names))
    return {name: name if counts[_seen(name)] == 1 else _escaped(name) for name in names}


def _seen(text: str) -> str:
    """Return what the eye takes from a printed text; blanks run together as on a page."""
    composed = unicodedata.normalize("NFC", NO_INK.sub("", printable(text, limit=None)))
    return " ".join(composed.translate(TWINS).split())


def _marked(value: Any) -> str:
    """Return JSON with what is no letter, digit, sign or single blank written as its code."""
    if value is ABSENT:
        return str(plain(value))
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _doubled_blanks(
        "".join(char if _has_ink(char) else json.dumps(char)[1:-1] for char in text)
    )


def _escaped(value: Any) -> str:
    """Return JSON in ASCII, which is another text for every other value."""
    if value is ABSENT:
        return str(plain(value))
    return _doubled_blanks(json.dumps(value, sort_keys=True))


def _has_ink(char: str) -> bool:
    return char == " " or (
        unicodedata.category(char)[0] not in "MCZ" and not NO_INK.fullmatch(char)
    )


def _doubled_blanks(text: str) -> str:
    return re.sub("(?<= ) ", r"\\u0020", text)


def _around_the_difference(before: str, after: str) -> tuple[str, str]:
    """Cut two long texts to the place where they first differ."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    both = enumerate(zip(before, after, strict=False))
    first = next((i for i, (a, b) in both if a != b), min(len(before), len(after)))
    start = max(0, first - _BEFORE)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + _LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _only_difference(old: Any, new: Any) -> Message | None:
    """Return what alone differs between two values that look alike; none if it is plain."""
    kinds = _kind(old), _kind(new)
    if kinds[0] != kinds[1]:
        return msg("{old} → {new}", msg(kinds[0]), msg(kinds[1]))
    if not isinstance(old, str):
        return None
    if unicodedata.normalize("NFC", old) == unicodedata.normalize("NFC", new):
        forms = _form(old), _form(new)
        which = f": {forms[0]} → {forms[1]}" if all(forms) and forms[0] != forms[1] else ""
        return msg("only the Unicode form of the text differs{which}", which)
    if _ink(old) == _ink(new):
        return msg("only blanks or invisible characters differ")
    if _ink(old).translate(TWINS) == _ink(new).translate(TWINS):
        return msg("only letters of another script that look alike differ")
    return None


def _kind(value: Any) -> str:
    if value is ABSENT:
        return phrase("no property")
    if isinstance(value, bool):
        return phrase("boolean")
    number = phrase("number")
    kinds = {str: phrase("text"), int: number, float: number, type(None): phrase("null")}
    return kinds.get(type(value), phrase("object") if isinstance(value, dict) else phrase("list"))


def _form(text: str) -> str:
    """Return which Unicode form a text has, if it has one that others have not."""
    forms = [form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, text)]
    return forms[0] if len(forms) == 1 else ""


def _ink(text: str) -> str:
    return "".join(char for char in text if _has_ink(char) and char != " ")
