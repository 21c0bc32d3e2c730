"""Read and write gettext files, as far as texts without plural forms and contexts go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Entry", "dumps", "parse"]

_FIELD: Final = re.compile(r'(?:(\w+(?:\[\d+\])?)\s+)?"((?:[^"\\]|\\[ntr"\\])*)"')
_ESCAPE: Final = re.compile(r"\\(.)")
_MEANING: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_WRITTEN: Final = str.maketrans(
    {character: f"\\{letter}" for letter, character in _MEANING.items()}
)
_FIELDS: Final = ("msgid", "msgstr")


class Entry(NamedTuple):
    """A text and its translation.

    Attributes
    ----------
    id, text : str
        The English text, and what it is in the other language: empty where nobody translated it.
    is_fuzzy : bool
        Whether a speaker has still to review it.
    comments, places : tuple of str
        Lines of translators and their programs, with their ``#``; where the text stands.
    line : int
        Where it begins in the file, counted from 1.
    """

    id: str
    text: str
    is_fuzzy: bool = False
    comments: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    line: int = 0


def parse(source: str) -> Iterator[Entry]:
    """Yield the entries of a ``.po`` file in their order, the header among them, whose id is empty.

    What texts were before (``#|``) and entries out of use (``#~``) are left out.

    Raises
    ------
    ValueError
        A line is not one of such a file; the message has its number.
    """
    entry = _Draft()
    for number, line in enumerate(map(str.strip, source.split("\n")), start=1):
        if not line:
            continue
        if line.startswith("#"):
            if entry.texts:
                yield entry.finished(number)
                entry = _Draft()
            if line[:2] not in ("#|", "#~"):
                entry.comments.append(line)
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} is not a line of a gettext file")
        field, text = match[1], _ESCAPE.sub(lambda escape: _MEANING[escape[1]], match[2])
        if field == "msgid" and entry.texts:
            yield entry.finished(number)
            entry = _Draft()
        entry.take(field, text, number)
    if entry.texts:
        yield entry.finished(number)


class _Draft:
    """An entry as far as it is read."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.comments: list[str] = []
        self.line = 0

    def take(self, field: str | None, text: str, number: int) -> None:
        """Take the text of a field, or the next line of the field before."""
        if field is None:
            if not self.texts:
                raise ValueError(f"line {number} continues nothing")
            field = list(self.texts)[-1]
        elif field not in _FIELDS:
            raise ValueError(f"line {number} has {field}; a text here has msgid and msgstr alone")
        elif field in self.texts or field != _FIELDS[len(self.texts)]:
            raise ValueError(f"line {number} has {field} out of turn")
        self.line = self.line or number
        self.texts[field] = self.texts.get(field, "") + text

    def finished(self, number: int) -> Entry:
        """Return the entry, which ends before a line."""
        if len(self.texts) < len(_FIELDS):
            raise ValueError(f"line {number}: the text before has no msgstr")
        text_id, text = self.texts.values()
        return Entry(
            text_id,
            text,
            "fuzzy" in re.split(r"[,\s]+", " ".join(self._lines("#,"))),
            tuple(line for line in self.comments if line[:2] not in ("#,", "#:")),
            tuple(" ".join(self._lines("#:")).split()),
            self.line,
        )

    def _lines(self, mark: str) -> list[str]:
        return [line[2:] for line in self.comments if line.startswith(mark)]


def dumps(entry: Entry) -> str:
    """Return the lines of an entry."""
    lines = [*entry.comments]
    lines += [f"#: {' '.join(entry.places)}"] if entry.places else []
    lines += ["#, fuzzy"] if entry.is_fuzzy else []
    for field, text in zip(_FIELDS, (entry.id, entry.text), strict=True):
        parts = text.splitlines(keepends=True) if "\n" in text else [text]
        lines += [f'{field} ""'] if len(parts) > 1 else []
        quoted = [f'"{part.translate(_WRITTEN)}"' for part in parts]
        lines += quoted if len(parts) > 1 else [f"{field} {quoted[0]}"]
    return "\n".join(lines) + "\n"
