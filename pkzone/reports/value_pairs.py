r"""Two values as people read them; those that would print alike are told apart.

A number and its digits as text, null and a property that is not there, two Unicode forms of one
word, a blank at the end, a Latin and a Cyrillic letter: what the eye cannot see is written out
as JSON does, ``"e\u0301"``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Any, Final

from pkzone.errors import printable
from pkzone.text_lookalikes import NO_INK, TWINS

__all__ = ["ABSENT", "plain", "told_apart", "unlike"]

ABSENT: Final = object()
"""In the place of a value: the property is not there."""

_LONGEST = 80
_BEFORE = 24


def plain(value: Any) -> str:
    """Return a value as people read it: a text as it is, others as JSON, an absent one ``none``."""
    if value is ABSENT:
        return "none"
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False)


def told_apart(
    old: Any, new: Any, *, write: Callable[[Any], str] = plain, why: bool = True
) -> tuple[str, str]:
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
    >>> told_apart("a", "b"), told_apart(1, "1")
    (('a', 'b'), ('1', '"1" (number → text)'))
    >>> told_apart("x", "x ", why=False)
    ('"x"', '"x "')
    """
    before, after = write(old), write(new)
    if _seen(before) != _seen(after):
        return before, after
    pairs = ((form(old), form(new)) for form in (_marked, _escaped))
    before, after = next((one for one in pairs if _seen(one[0]) != _seen(one[1])), (before, after))
    before, after = _around_the_difference(before, after)
    reason = _only(old, new) if why else ""
    return before, f"{after} ({reason})" if reason else after


def unlike(names: Collection[str]) -> dict[str, str]:
    """Return names as they are to be written so that no two look alike."""
    seen: dict[str, int] = {}
    for one in names:
        seen[_seen(one)] = seen.get(_seen(one), 0) + 1
    return {one: one if seen[_seen(one)] == 1 else _escaped(one) for one in names}


def _seen(text: str) -> str:
    """Return what the eye takes from a printed text; blanks run together as on a page."""
    composed = unicodedata.normalize("NFC", NO_INK.sub("", printable(text, limit=None)))
    return " ".join(composed.translate(TWINS).split())


def _marked(value: Any) -> str:
    """Return JSON with what is no letter, digit, sign or single blank written as its code."""
    if value is ABSENT:
        return plain(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _doubled_blanks("".join(one if _has_ink(one) else _code(one) for one in text))


def _escaped(value: Any) -> str:
    """Return JSON in ASCII, which is another text for every other value."""
    if value is ABSENT:
        return plain(value)
    return _doubled_blanks(json.dumps(value, sort_keys=True))


def _has_ink(char: str) -> bool:
    return char == " " or (
        unicodedata.category(char)[0] not in "MCZ" and not NO_INK.fullmatch(char)
    )


def _code(char: str) -> str:
    return json.dumps(char)[1:-1]


def _doubled_blanks(text: str) -> str:
    return re.sub("(?<= ) ", r"\\u0020", text)


def _around_the_difference(before: str, after: str) -> tuple[str, str]:
    """Cut two long texts to the place where they first differ."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    both = enumerate(zip(before, after, strict=False))
    at = next((i for i, (a, b) in both if a != b), min(len(before), len(after)))
    start = max(0, at - _BEFORE)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + _LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _only(old: Any, new: Any) -> str:
    """Return what alone differs between two values that look alike; nothing if it is plain."""
    kinds = _kind(old), _kind(new)
    if kinds[0] != kinds[1]:
        return f"{kinds[0]} → {kinds[1]}"
    if not isinstance(old, str):
        return ""
    if unicodedata.normalize("NFC", old) == unicodedata.normalize("NFC", new):
        forms = _form(old), _form(new)
        which = f": {forms[0]} → {forms[1]}" if all(forms) and forms[0] != forms[1] else ""
        return f"only the Unicode form of the text differs{which}"
    if _ink(old) == _ink(new):
        return "only blanks or invisible characters differ"
    if _ink(old).translate(TWINS) == _ink(new).translate(TWINS):
        return "only letters of another script that look alike differ"
    return ""


def _kind(value: Any) -> str:
    if value is ABSENT:
        return "no property"
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "text", int: "number", float: "number", type(None): "null"}
    return kinds.get(type(value), "object" if isinstance(value, dict) else "list")


def _form(text: str) -> str:
    """Return which Unicode form a text has, if it has one that others have not."""
    forms = [one for one in ("NFC", "NFD") if unicodedata.is_normalized(one, text)]
    return forms[0] if len(forms) == 1 else ""


def _ink(text: str) -> str:
    return "".join(one for one in text if _has_ink(one) and one != " ")
