"""Find texts that look alike (UTS 39) and characters that are invisible.

The letters are those that Unicode's table of confusables (UTS 39) gives the same skeleton and that
people of this region type: Greek, Cyrillic and Armenian ones that are drawn as Latin ones.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NO_INK", "TWINS", "appearance", "hidden_characters"]

NO_INK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Characters that Unicode calls printable and that leave no ink."""

TWINS = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορАВЕЅІЈКМНОРСТУХаеорсухѕіјһԁԛԝӏհոսցօԼՏՕ",
    "ABEZHIKMNOPTYXvopABESIJKMHOPCTYXaeopcyxsijhdqwlhnugoLSO",
)
"""Letters by the Latin ones that they are drawn as."""

# Control characters but for tab and line ends, marks of direction, and what has no width; not the
# joiners, which Persian and emoji need.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0001\U000e0020-\U000e007f]"
)


def appearance(text: str) -> str:
    """Return the skeleton of a text: two texts with the same one look the same."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", NO_INK.sub("", text)).translate(TWINS)
    if not text.isprintable():
        text = "".join(
            " " if one.isspace() else one
            for one in text
            if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf")
        )
    return " ".join(text.split())


def hidden_characters(text: str) -> list[str]:
    """Return the control, direction and zero-width characters in a text, each once, by name."""
    if text.isascii() and text.isprintable():
        return []
    found = sorted(set(_HIDDEN.findall(text)))
    return [f"U+{ord(one):04X} {unicodedata.name(one, '')}".rstrip() for one in found]
