"""Text that a spreadsheet would run as a formula: marked on export, unmarked on import."""

from __future__ import annotations

import re

__all__ = ["DANGEROUS", "defused", "restored"]

# Apostrophes before the mark count too, so that each text has one form and the way back is exact.
DANGEROUS = r"'*[=+\-@\t\r\n]"
"""How a text that is marked begins, as a regular expression of Python and of RE2."""

_DANGEROUS = re.compile(DANGEROUS)
_MARKED = re.compile(r"'+[=+\-@\t\r\n]")


def defused(text: str) -> str:
    """Return a text as it can stand in a cell: an apostrophe goes before what starts a formula.

    >>> defused("=1+1"), defused("a=1"), defused("'=1")
    ("'=1+1", 'a=1', "''=1")
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(cell: str) -> tuple[str, bool]:
    """Return the text that a cell was made from, and whether an apostrophe was taken off.

    >>> restored("'=1+1"), restored("it's")
    (('=1+1', True), ("it's", False))
    """
    return (cell[1:], True) if _MARKED.match(cell) else (cell, False)
