"""A first look at XML from outside: well formed, no DOCTYPE, not too deep, numbers for numbers.

Nothing is resolved. Expat decodes the bytes as it does for the parsers of GDAL, so that a DOCTYPE
in UTF-16 is one too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from pkzone.errors import FormatError, LimitExceeded, UnsafeFile, printable
from pkzone.layers.formats.kinds import DOCTYPE

__all__ = ["XmlFacts", "look_at_xml"]

MAX_XML_DEPTH = 100
_MAX_NAMES = 1000
_GPX_POINTS = ("wpt", "rtept", "trkpt")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_COMMA = re.compile(r"\s*,\s*")
_CHUNK = 1 << 20


class XmlFacts:
    """What a document holds: its root's name and how often each element occurs."""

    def __init__(self) -> None:
        self.root = ""
        self.counts: dict[str, int] = {}


def look_at_xml(path: Path, *, shown: str) -> XmlFacts:
    """Parse a document with handlers that refuse, before any other parser sees it.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        What errors call it.

    Raises
    ------
    UnsafeFile
        It has a DOCTYPE: entities can read other files or fill the memory.
    LimitExceeded
        Elements are nested too deep.
    FormatError
        It is not well formed, or something else stands where a position belongs: the parsers of
        GDAL would take that as 0.
    """
    guard = _Guard(shown)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                guard.parser.Parse(chunk, False)
            guard.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError(shown, f"is not well-formed XML: {printable(str(error))}") from None
    return guard.facts


class _Guard:
    """The handlers of one document."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.facts = XmlFacts()
        self._depth = 0
        self._text: list[str] | None = None
        self.parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._more
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_XML_DEPTH:
            reason = f"is nested more than {MAX_XML_DEPTH} elements deep"
            raise LimitExceeded(self.shown, reason)
        local = name.rpartition(":")[2]
        facts = self.facts
        facts.root = facts.root or local
        if len(facts.counts) < _MAX_NAMES or local in facts.counts:
            facts.counts[local] = facts.counts.get(local, 0) + 1
        if local in _GPX_POINTS:
            self._check([attributes.get("lon", ""), attributes.get("lat", "")])
        self._text = [] if local == "coordinates" else None

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._text is not None:
            for position in _COMMA.sub(",", "".join(self._text)).split():
                self._check(position.split(","))
        self._text = None

    def _more(self, characters: str) -> None:
        if self._text is not None:
            self._text.append(characters)

    def _refuse(self, *_args: object) -> NoReturn:
        raise UnsafeFile(self.shown, DOCTYPE)

    def _check(self, numbers: list[str]) -> None:
        if 2 <= len(numbers) <= 3 and all(_NUMBER.match(one.strip()) for one in numbers):
            return
        text = printable(",".join(numbers), 40)
        reason = f"line {self.parser.CurrentLineNumber}: {text} is no position"
        raise FormatError(self.shown, f"{reason} of longitude and latitude; mend it")
