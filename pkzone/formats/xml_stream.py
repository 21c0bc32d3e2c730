"""Parse XML from outside in one pass, into tables of features.

Nothing is resolved. Expat decodes the bytes, so that a DOCTYPE in UTF-16 is one too. A document
is never held as a whole: what a reader asks for comes as small trees, one at a time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, Protocol
from xml.parsers import expat

from pkzone.errors import FormatError, LimitExceeded, UnsafeFile, printable
from pkzone.formats.batches import Opened, Row, in_batches
from pkzone.formats.registry import DOCTYPE

__all__ = [
    "DocumentReader",
    "Flaws",
    "Node",
    "Table",
    "line_or_none",
    "note_missing_heights",
    "number",
    "parse",
    "position",
    "put",
]

MAX_XML_DEPTH = 100
_NUMBER = re.compile(r"[+-]?(\d++\.?\d*+|\.\d++)([eE][+-]?\d++)?\Z", re.ASCII)
_CHUNK = 1 << 20


class Node:
    """An element: its name without prefix, attributes, children, own text, and its line."""

    __slots__ = ("attributes", "children", "line", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node] = []
        self.texts: list[str] = []
        self.line = line

    @property
    def text(self) -> str:
        """All text of the element and of those within it, in order, without the space around."""
        return "".join(self._pieces()).strip()

    def _pieces(self) -> Iterator[str]:
        # The texts of an element stand before, between and after its children.
        for place, child in enumerate(self.children):
            yield self.texts[place]
            yield from child._pieces()
        yield self.texts[-1] if self.texts else ""

    def plain_text(self) -> str:
        """Return the text of an element that holds no other: with one within, 4<b>6</b> is 46."""
        if self.children:
            reason = f"line {self.line}: <{self.name}> holds an element <{self.children[0].name}>"
            raise FormatError("", f"{printable(reason, 120)} where only text belongs; fix it")
        return self.text

    def child(self, name: str) -> Node | None:
        """Return the first child of a name."""
        return next((one for one in self.children if one.name == name), None)

    def all(self, name: str) -> Iterator[Node]:
        """Yield the children of a name."""
        return (one for one in self.children if one.name == name)

    def value(self, name: str) -> str | None:
        """Return the plain text of the first child of a name, None if there is none."""
        found = self.child(name)
        return (found.plain_text() or None) if found is not None else None


class Flaws:
    """Counts of what is left out of a document or changed, by kind, with the first places."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._places: dict[str, list[str]] = {}

    def add(self, what: str, place: str = "", count: int = 1) -> None:
        """Note so many more of a kind."""
        self._counts[what] = self._counts.get(what, 0) + count
        self._places.setdefault(what, []).append(place)

    def text_of(self, node: Node) -> str:
        """Return the text of an element for people; note where markup within it is lost."""
        if node.children:
            self.add("elements within text are left out, their text is kept", f"<{node.name}>")
        return node.text

    def notices(self) -> list[str]:
        """Return a line on each kind."""
        lines = []
        for what, places in self._places.items():
            named = [printable(place, 60) for place in dict.fromkeys(places) if place]
            more = f" and {len(named) - 5} more" if len(named) > 5 else ""
            where = f" ({', '.join(named[:5])}{more})" if named else ""
            lines.append(f"{what}: {self._counts[what]}{where}")
        return lines


def parse(
    path: str,
    root: str,
    units: Collection[str],
    started: Callable[[str, dict[str, str], list[str]], None],
    ended: Callable[[Node, list[str]], bool],
) -> None:
    """Parse a document with handlers that refuse what is not harmless.

    ``units`` are the names of the elements that are wanted as trees: ``ended`` is called with
    each once it is complete, and one that lies in another stays a child of that if it returns
    True. ``started`` is called with the name and attributes of each element outside of them.
    Both are told the names of the elements around.

    Raises
    ------
    UnsafeFile
        It has a DOCTYPE: entities can read other files or fill the memory.
    LimitExceeded
        Elements are nested too deep.
    FormatError
        It is not well formed, or its root element is not the one named.
    """
    guard = _Guard(root, units, started, ended)
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                guard.parser.Parse(chunk, False)
            guard.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError("", f"is not well-formed XML: {printable(str(error))}") from None


class _Guard:
    """The handlers of one document."""

    def __init__(
        self,
        root: str,
        units: Collection[str],
        started: Callable[[str, dict[str, str], list[str]], None],
        ended: Callable[[Node, list[str]], bool],
    ) -> None:
        self._root = root
        self._units = units
        self._started = started
        self._ended = ended
        self._names: list[str] = []
        self._open: list[Node] = []  # the nodes of the unit that is being read, the outermost first
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._more
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not self._names and local.lower() != self._root:
            reason = f"its root element is <{printable(local)}>, not <{self._root}>"
            raise FormatError("", reason)
        if len(self._names) >= MAX_XML_DEPTH:
            raise LimitExceeded("", f"is nested more than {MAX_XML_DEPTH} elements deep")
        if self._open or local in self._units:
            node = Node(local, attributes, self.parser.CurrentLineNumber)
            if self._open:
                self._text_ends()
            self._open.append(node)
        else:
            self._started(local, attributes, self._names)
        self._names.append(local)

    def _end(self, _name: str) -> None:
        self._names.pop()
        if not self._open:
            return
        self._text_ends()
        node = self._open.pop()
        kept = self._ended(node, self._names) if node.name in self._units else True
        if self._open and kept:
            self._open[-1].children.append(node)

    def _text_ends(self) -> None:
        """Close the text that stands before a child, or before the end."""
        node = self._open[-1]
        pieces = node.texts[len(node.children) :]
        node.texts[len(node.children) :] = ["".join(pieces)]

    def _more(self, characters: str) -> None:
        if self._open:
            self._open[-1].texts.append(characters)

    def _refuse(self, *_args: object) -> NoReturn:
        raise UnsafeFile("", DOCTYPE)


def number(text: str) -> float | None:
    """Return a number of XML, None if the text is none, or is too large for one."""
    value = float(text) if _NUMBER.match(text) else math.inf
    return value if math.isfinite(value) else None


def position(texts: list[str], line: int) -> list[float]:
    """Return longitude, latitude and perhaps height; refuse anything but numbers."""
    numbers = [number(one.strip()) for one in texts]
    finite = [one for one in numbers if one is not None]
    if len(finite) != len(texts) or not 2 <= len(finite) <= 3:
        reason = f"line {line}: {printable(','.join(texts), 40)} is not a position"
        raise FormatError("", f"{reason} of longitude and latitude; fix it")
    return finite


Values = dict[str, Any]


@dataclass
class Table:
    """A layer of a document: the values and the geometry of each feature."""

    rows: list[tuple[Values, dict[str, Any] | None]] = field(default_factory=list)
    untyped: set[str] = field(default_factory=set)
    flaws: Flaws = field(default_factory=Flaws)

    def opened(self, told: list[str]) -> Opened:
        """Return it as a layer that is open, with what is to be told of the whole document."""
        names = list(dict.fromkeys(name for values, _ in self.rows for name in values))
        kinds = {one["type"] for _, one in self.rows if one is not None}
        return Opened(
            [(name, "untyped" if name in self.untyped else "text") for name in names],
            "EPSG:4326",
            in_batches(self._in_columns(names)),
            geometry=next(iter(kinds)) if len(kinds) == 1 else "Unknown",
            count=len(self.rows),
            notices=[*told, *self.flaws.notices()],
        )

    def _in_columns(self, names: list[str]) -> Iterator[Row]:
        for values, geometry in self.rows:
            yield [values.get(name) for name in names], geometry


class Document(Protocol):
    """The layers of a document by name, and what of it is left out."""

    tables: dict[str, Table]
    flaws: Flaws


class DocumentReader:
    """The functions of an engine whose files are read as a whole: once for all of their layers.

    Parameters
    ----------
    parsed : callable
        Returns the document that a path holds.
    repeated : collection of str
        Layers that repeat points of others, read only where they are named.
    """

    def __init__(self, parsed: Callable[[str], Document], repeated: Collection[str]) -> None:
        self._parsed = lru_cache(maxsize=1)(parsed)
        self._repeated = repeated

    def layer_names(self, source: dict[str, Any], job: dict[str, Any]) -> list[str]:
        """Return the layers that hold features."""
        return [name for name in self._filled(source) if name not in self._repeated]

    def extra_layers(self, source: dict[str, Any], job: dict[str, Any]) -> list[str]:
        """Return the layers that repeat points of others."""
        return [name for name in self._filled(source) if name in self._repeated]

    def _filled(self, source: dict[str, Any]) -> list[str]:
        return [name for name, table in self._parsed(source["path"]).tables.items() if table.rows]

    @contextmanager
    def open_layer(
        self, source: dict[str, Any], name: str, job: dict[str, Any]
    ) -> Iterator[Opened]:
        """Open a layer for reading."""
        document = self._parsed(source["path"])
        yield document.tables[name].opened(document.flaws.notices())


def put(values: Values, name: str, value: Any) -> str:
    """Set a value under a name, or under the next free one (``name_2``); return that name."""
    free, number = name, 1
    while free in values and values[free] != value:
        number += 1
        free = f"{name}_{number}"
    values[free] = value
    return free


def line_or_none(parts: list[list[list[float]]]) -> dict[str, Any] | None:
    """Return lines as one geometry."""
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts} if parts else None


def note_missing_heights(positions: list[list[float]], place: str, flaws: Flaws) -> None:
    """Note where some positions of a geometry have a height and others none, which is no 0."""
    missing = sum(len(one) < 3 for one in positions)
    if 0 < missing < len(positions):
        flaws.add("points without a height beside points with one", place, missing)
