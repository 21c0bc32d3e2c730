"""Edit the text of a JSON list that people keep by hand: what stands in it stays byte for byte.

A record is inserted as the last one is laid out: on lines of its own with the same indentation and
line ends, or on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["RecordLayout", "inserted", "replaced_names", "spans"]

_BLANKS = " \t\r\n"
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECODER = json.JSONDecoder()
# A string, or a character that opens, closes or separates: whatever else there is between.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]')


class RecordLayout(NamedTuple):
    """Layout of an object in a list.

    Attributes
    ----------
    base, step : str
        What its last line is indented by, and each level within it further; without a step it
        takes one line.
    colon : str
        Blanks behind a colon.
    """

    base: str = " "
    step: str | None = " "
    colon: str = " "

    @classmethod
    def of(cls, text: str) -> RecordLayout:
        """Return the layout of an object's text."""
        inside = text[1 : _end_of_space(text, 1)]
        colon = re.match(r'\{\s*"(?:[^"\\]|\\.)*"\s*:([ \t]*)', text)
        space = colon[1] if colon else " "
        if not _LINE_END.search(inside):
            return cls("", None, space)
        base, deeper = _indentation(text[1:-1]), _indentation(inside)
        return cls(base, deeper.removeprefix(base) or " ", space)

    def text_of(self, record: Mapping[str, Any], line_end: str) -> str:
        """Return the text of an object laid out so."""
        if self.step is None:
            separators = ("," + self.colon[:1], ":" + self.colon)
            return json.dumps(record, ensure_ascii=False, separators=separators)
        text = json.dumps(
            record, ensure_ascii=False, indent=self.step, separators=(",", ":" + self.colon)
        )
        return text.replace("\n", f"{line_end}{self.base}")


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
        body = RecordLayout().text_of(record, line_end)
        return f"{text[:place]}{line_end} {body}{close}{text[place:]}"
    begin, end = found[-1]
    lead = text[text.index("[") + 1 : begin]
    between = text[found[-2][1] : begin] if len(found) > 1 else f",{lead or ' '}"
    body = RecordLayout.of(text[begin:end]).text_of(record, line_end)
    return f"{text[:end]}{between}{body}{text[end:]}"


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


def _indentation(text: str) -> str:
    """Return the blanks that the text ends with, from the last line end on."""
    rest = text[len(text.rstrip(_BLANKS)) :]
    return _LINE_END.split(rest)[-1]
