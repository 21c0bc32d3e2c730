"""Lay out plain text in a width: cells, paragraphs, tables; make texts safe where they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pkzone.errors import printable

__all__ = [
    "FORMULA",
    "cell",
    "counted",
    "defused",
    "escaped_json",
    "escaped_markdown",
    "linked_markdown",
    "longest_word",
    "paragraph",
    "table",
    "width_of",
]

GAP = "  "
NARROWEST = 8
WIDEST_PARAGRAPH = 100
USUAL_WIDTH = 80

# Apostrophes before the mark count too, so that each text has one form and the way back is exact.
FORMULA = r"'*[=+\-@\t\r\n]"
"""How a text begins that a spreadsheet would run, as a regular expression of Python and of RE2."""

_FORMULA = re.compile(FORMULA)
_MARKUP = re.compile(r"[\\`*{}\[\]<>#|~$&]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_LIST_MARKER = re.compile(r"([0-9]{0,9})(?=[-+.)](?:\s|\Z)|--|=)")
# What GitHub turns into a link, a call or a picture, up to where a comment breaks it: mentions
# and mail addresses, issues, addresses of pages, emoji. It reads references in plain text,
# where a backslash is gone already.
_REFERENCE = re.compile(
    r"@(?=\S)|#(?=\d)|gh(?=-\d)|(?:https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|:(?=[\w+-]+:)",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?<![^\W_])[0-9a-f]{7,}(?![^\W_])", re.ASCII | re.IGNORECASE)
_SIX = re.compile(r".{6}(?=.)")  # a hash that stands for a commit has seven digits or more
_BREAK = "\0"  # no printable text has one
# A number and the blank before what there is so much of: a line is not broken there.
_AMOUNT = re.compile(r"(?<![\w.,-])([0-9]+(?:[.,][0-9]+)*) (?=[^\W\d_])")
# An address of which nothing could end or mean anything else between angle brackets: no names of
# users or entities, no letters that look like others.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][A-Za-z0-9._~!'()+,=%/?&#-]*)?")


def cell(value: Any) -> str:
    """Return a value from a file as one line that is safe to print; none is a hyphen.

    An object that has an id stands for itself by that, any other as JSON.
    """
    if value is None or value == "":
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        import json

        value = value["id"] if "id" in value else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value), limit=None)


def defused(text: str) -> str:
    """Return a text as it can stand in a CSV: an apostrophe goes before what starts a formula.

    >>> defused("=1+1"), defused("a=1"), defused("'=1")
    ("'=1+1", 'a=1', "''=1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def escaped_json(text: str) -> str:
    """Return JSON with control and bidi characters escaped; its value stays the same."""
    if all(map(str.isprintable, text.split("\n"))):
        return text
    import json

    return "".join(
        char if char == "\n" or printable(char) == char else json.dumps(char)[1:-1] for char in text
    )


def escaped_markdown(text: str) -> str:
    r"""Return a text from outside as one line of Markdown that shows just this text.

    Markup is escaped, HTML becomes entities; addresses, references to issues and commits,
    ``@names`` and emoji are kept from turning into links, calls or pictures, and a beginning
    such as ``1.`` or ``-`` from opening a list. Blanks at the beginning, which would indent,
    are left out.

    Examples
    --------
    >>> escaped_markdown("a|b <i>*c*")
    'a\\|b &lt;i&gt;\\*c\\*'
    """
    line = printable(text, limit=None).lstrip(" ")
    line = _HASH.sub(lambda match: _SIX.sub(rf"\g<0>{_BREAK}", match[0]), line)
    line = _REFERENCE.sub(rf"\g<0>{_BREAK}", line)
    line = _MARKUP.sub(lambda match: _ENTITIES.get(match[0], "\\" + match[0]), line)
    marker = _LIST_MARKER.match(line)
    if marker:
        line = f"{marker[0]}\\{line[marker.end() :]}"
    return line.replace(_BREAK, "<!-- -->")


def linked_markdown(text: str) -> str:
    """Return a text as Markdown that links where it is a plain address of the web.

    >>> linked_markdown("https://x.org/?a=1&b"), linked_markdown("ftp://x.org")
    ('<https://x.org/?a=1&b>', 'ftp<!-- -->://x.org')
    """
    return f"<{text}>" if _ADDRESS.fullmatch(text) else escaped_markdown(text)


def counted(number: int, what: str) -> str:
    """Return a number of things with their name, which has a plural in ``s``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def paragraph(text: str, *, width: int | None, indent: str = "", first: str | None = None) -> str:
    """Return a text wrapped to a width of at most 100 columns.

    Parameters
    ----------
    text : str
        Any text, from a file too.
    width : int or None
        Columns of the terminal; None where there is none, as if it had 80.
    indent : str, optional
        What every line begins with.
    first : str, optional
        What the first line begins with instead.
    """
    safe = printable(text, limit=None)
    room = min(width or USUAL_WIDTH, WIDEST_PARAGRAPH)
    start = indent if first is None else first
    if len(start) + len(safe) <= room and safe.strip() == safe != "":
        return start + safe  # as wrapping would leave it
    from textwrap import fill

    return fill(
        _AMOUNT.sub(rf"\1{_BREAK}", safe),
        room,
        break_on_hyphens=False,
        break_long_words=False,
        subsequent_indent=indent,
        initial_indent=start,
    ).replace(_BREAK, " ")


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    width: int | None,
    right: Collection[str] = (),
    strong: Callable[[str], str] = str,
) -> str:
    """Return rows under heads, fitted to a width by wrapping the widest columns.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns.
    rows : sequence of sequences
        Values from a file; see :func:`cell`.
    width : int or None
        Columns of the terminal; None for lines of any length.
    right : collection of str, optional
        Heads of the columns that are aligned to the right.
    strong : callable, optional
        How the line of heads is set off.
    """
    texts = [[cell(value) for value in row] for row in rows]
    columns = list(zip(heads, *texts, strict=True))
    widths = [max(map(_columns, column)) for column in columns]
    if width is not None:
        widths = _fit(columns, widths, width)
    aligned = [head in right for head in heads]
    lines = [strong(line) for line in _lines(heads, widths, aligned)]
    for row in texts:
        lines += _lines(row, widths, aligned)
    return "\n".join(lines)


def longest_word(text: str) -> int:
    """Return the length of the longest part of a text that wrapping keeps whole."""
    words = (word if _is_number(word) else word.replace("-", "- ") for word in text.split())
    return max((len(part) for word in words for part in word.split()), default=0)


def width_of(columns: Sequence[int]) -> int:
    """Return the width of a table, from those of its columns."""
    return sum(columns) + len(GAP) * (len(columns) - 1)


def _fit(columns: Sequence[Sequence[str]], widths: Sequence[int], width: int) -> list[int]:
    """Return widths of columns, the widest narrowed until a line fits.

    Words stay whole as long as that is possible at all, dates and numbers always.
    """
    room = width - len(GAP) * (len(columns) - 1)
    words = [max(map(longest_word, column)) for column in columns]
    floors = [max(NARROWEST, *map(_longest_number, column)) for column in columns]
    return _narrowed(_narrowed(widths, words, room), floors, room)


def _narrowed(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    narrowed = list(widths)
    while sum(narrowed) > room:
        slack = [(width, number) for number, width in enumerate(narrowed) if width > floors[number]]
        if not slack:
            break
        narrowed[max(slack)[1]] -= 1
    return narrowed


def _longest_number(text: str) -> int:
    """Return the length of the longest date or number."""
    return max(map(len, filter(_is_number, text.split())), default=0)


def _is_number(word: str) -> bool:
    """Tell whether a word is a date or a number, by how it begins."""
    return word.lstrip("+-±")[:1].isdigit()


def _lines(row: Sequence[str], widths: Sequence[int], aligned: Sequence[bool]) -> list[str]:
    """Return the lines of one row, its cells wrapped."""
    cells = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
    lines = []
    for number in range(max(map(len, cells))):
        parts = []
        for wrapped, width, right in zip(cells, widths, aligned, strict=True):
            text = wrapped[number] if number < len(wrapped) else ""
            space = " " * max(0, width - _columns(text))
            parts.append(space + text if right else text + space)
        lines.append(GAP.join(parts).rstrip())
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    from textwrap import wrap

    return wrap(text, width) or [""]


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)
