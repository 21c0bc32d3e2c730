"""Edit the text of a JSON list that people keep by hand: what stands in it stays byte for byte.

A record is inserted as the last one is laid out: on lines of its own with the same indentation and
line ends, or on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["inserted", "replaced_names", "spans"]

_BLANKS = " \t\r\n"
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECODER = json.JSONDecoder()
# A string, or a character that opens, closes or separates: whatever else there is between.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]')


class _Layout(NamedTuple):
    """How records stand: what is between two, before each inner line, and one level deeper."""

    between: str
    base: str
    step: str | None
    colon: str


def inserted(text: str, record: Mapping[str, Any]) -> str:
    """Return the text of a list of objects with one more at its end.

    Parameters
    ----------
    text : str
        JSON, known to be a list of objects.
    record : mapping
        The object.

    Examples
    --------
    >>> inserted('[{"id": "a"}]', {"id": "b"})
    '[{"id": "a"}, {"id": "b"}]'
    >>> print(inserted("[]", {"id": "b"}))
    [
     {
      "id": "b"
     }
    ]
    """
    found = list(spans(text))
    line_end = _line_end(text)
    if not found:
        place = text.index("[") + 1
        close = "" if _LINE_END.match(text[place:].lstrip(" \t")) else line_end
        body = _written(record, _Layout("", " ", " ", " "), line_end)
        return f"{text[:place]}{line_end} {body}{close}{text[place:]}"
    layout = _layout(text, found)
    place = found[-1][1]
    return f"{text[:place]}{layout.between}{_written(record, layout, line_end)}{text[place:]}"


def replaced_names(text: str, new: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of a list of objects with other names in some of their lists of texts.

    Parameters
    ----------
    text : str
        JSON, known to be a list of objects.
    new : mapping of str to mapping
        By the key of an object's member, the new text for each one that is replaced.

    Examples
    --------
    >>> replaced_names('[{"layers": [ "a","b" ], "title": "a"}]', {"layers": {"a": "c"}})
    '[{"layers": [ "c","b" ], "title": "a"}]'
    """
    parts: list[str] = []
    depth, key, last, done = 0, "", "", 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth -= 1
        elif piece == ":" and depth == 2:  # a member of a record
            key = json.loads(last)
        elif piece[0] == '"' and depth == 3 and (names := new.get(key)):
            name = names.get(json.loads(piece))
            if name is not None:
                parts += text[done : match.start()], json.dumps(name, ensure_ascii=False)
                done = match.end()
        last = piece
    return "".join((*parts, text[done:]))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each element of a list begins and ends."""
    place = text.index("[") + 1
    while True:
        begin = _end_of_space(text, place)
        if text[begin] == "]":
            return
        if text[begin] == ",":
            begin = _end_of_space(text, begin + 1)
        _, place = _DECODER.raw_decode(text, begin)
        yield begin, place


def _end_of_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _line_end(text: str) -> str:
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _layout(text: str, spans: list[tuple[int, int]]) -> _Layout:
    begin, end = spans[-1]
    if len(spans) > 1:
        between = text[spans[-2][1] : begin]
    else:
        lead = text[text.index("[") + 1 : begin]
        between = f",{lead or ' '}"
    last = text[begin:end]
    inside = last[1 : _end_of_space(last, 1)]
    colon = re.match(r'\{\s*"(?:[^"\\]|\\.)*"\s*:([ \t]*)', last)
    space = colon[1] if colon else " "
    if not _LINE_END.search(inside):
        return _Layout(between, "", None, space)
    base, deeper = _indentation(last[1:-1]), _indentation(inside)
    return _Layout(between, base, deeper.removeprefix(base) or " ", space)


def _indentation(text: str) -> str:
    """Return the blanks that the text ends with, from the last line end on."""
    rest = text[len(text.rstrip(_BLANKS)) :]
    return _LINE_END.split(rest)[-1]


def _written(record: Mapping[str, Any], layout: _Layout, line_end: str) -> str:
    if layout.step is None:
        separators = ("," + layout.colon[:1], ":" + layout.colon)
        return json.dumps(record, ensure_ascii=False, separators=separators)
    text = json.dumps(
        record, ensure_ascii=False, indent=layout.step, separators=(",", ":" + layout.colon)
    )
    return text.replace("\n", f"{line_end}{layout.base}")
