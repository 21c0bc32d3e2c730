"""Two canonical files compared line by line: only what differs is ever parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO

from pkzone.errors import GeoJSONError
from pkzone.layers import geojson
from pkzone.layers.geojson import Feature

__all__ = ["Differences", "NotCanonicalError", "blocks", "parsed", "parsed_pairs"]

Block = list[bytes]
"""Some lines of a file; each is to hold one feature and end in a comma."""

Pair = tuple[bytes | None, bytes | None]
"""A line of the base and one of the target, with the same id."""

_HEADER = b'{"type":"FeatureCollection","features":[\n'
_FOOTER = b"]}"
_BLOCK_BYTES = 1 << 18
_LONGEST_LINE_BYTES = 1 << 26
_LINES_A_PARSE = 200

# A feature up to its coordinates. No brace may occur in the properties, not even in a text: then
# they are one flat object, for were the brace that ends the match inside a text, the quote that
# ends the text would have to follow. The possessive repeats keep the time linear.
_HEAD = re.compile(
    rb'\{"type":"Feature","id":(?:"([^"\\\x00-\x1f]*+)"|(0|-?[1-9]\d*+)),'
    rb'"properties":\{[^{}]*+\},"geometry":(?:null|(\{"type":"[A-Za-z]++","coordinates":))'
)
_COORDINATES = b"0123456789.,-[]"
_GEOMETRY = b',"geometry":'


class NotCanonicalError(Exception):
    """A file's layout is not the one that may be compared by lines; never leaves the diff."""


class Differences:
    """The lines that differ between two files, found while they are iterated over.

    Yields pairs of lines that share an id but not their bytes; the line is None on the side
    that lacks the id. Every line is looked at once: it must hold one feature, and ids must rise
    by code point. A line that both files share is not judged any further.

    Parameters
    ----------
    base, target : iterable of Block
        What `blocks` yields.

    Attributes
    ----------
    same : int
        How many lines both files share, so far.

    Raises
    ------
    NotCanonicalError
        On iteration, if a line is no feature with an id, or the ids of a side do not rise.
    """

    def __init__(self, base: Iterable[Block], target: Iterable[Block]) -> None:
        self.same = 0
        self._base, self._target = base, target

    def __iter__(self) -> Iterator[Pair]:
        ours, theirs = _Run(self._base), _Run(self._target)
        while ours.line is not None and theirs.line is not None:
            if ours.line == theirs.line:
                key = other_key = _key(ours.line)
                self.same += 1
            else:
                key, other_key = _key(ours.line), _key(theirs.line)
                yield (ours.line if key <= other_key else None,
                       theirs.line if other_key <= key else None)
            if key <= other_key:
                ours.step(key)
            if other_key <= key:
                theirs.step(other_key)
        while ours.line is not None:
            yield ours.line, None
            ours.step(_key(ours.line))
        while theirs.line is not None:
            yield None, theirs.line
            theirs.step(_key(theirs.line))


class _Run:
    """The lines of one side: the one in hand, and the id that it must come after."""

    __slots__ = ("_last", "_lines", "line")

    def __init__(self, source: Iterable[Block]) -> None:
        self._lines = chain.from_iterable(source)
        self._last = b""
        self.line: bytes | None = next(self._lines, None)

    def step(self, key: bytes) -> None:
        """Go on from the line in hand, which has this id."""
        if key <= self._last:
            raise NotCanonicalError
        self._last = key
        self.line = next(self._lines, None)


def blocks(stream: BinaryIO, take: Callable[[bytes], object]) -> Iterator[Block]:
    """Yield the lines of a canonical file, some at a time, each with its comma.

    Parameters
    ----------
    stream : binary file
        Stands at its start.
    take : callable
        Is given everything that is read, such as a hash.

    Raises
    ------
    NotCanonicalError
        If header, footer or line ends are not those of the canonical form.
    """
    header = stream.read(len(_HEADER))
    take(header)
    if header != _HEADER:
        raise NotCanonicalError
    held: Block = []  # the last two lines so far: perhaps the last feature and the footer
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        take(block)
        whole = (rest + block).split(b"\n")
        rest = whole.pop()
        if len(rest) > _LONGEST_LINE_BYTES:
            raise NotCanonicalError
        whole = held + whole
        held = whole[-2:]
        yield whole[:-2]
    if rest or not held or held.pop() != _FOOTER:
        raise NotCanonicalError
    if held:
        if held[0].endswith(b","):
            raise NotCanonicalError
        yield [held[0] + b","]


def _key(line: bytes) -> bytes:
    """Return a feature's id as text, once it is sure that the line holds it whole and alone.

    The quick way knows the common form: after the head nothing but coordinates and the braces
    that close it. Any other line goes through the JSON parser, which takes one value and no
    more.
    """
    head = _HEAD.match(line)
    if head is None:
        return _parsed_key(line)
    text, number, shape = head.groups()
    closing, end = (b"}}", b"]}},") if shape else (b"}", b"},")
    if line[head.end() :].translate(None, _COORDINATES) != closing or not line.endswith(end):
        return _parsed_key(line)
    found: bytes = number if text is None else text
    return found


def _parsed_key(line: bytes) -> bytes:
    if not line.endswith(b","):
        raise NotCanonicalError
    try:
        label = json.loads(line[:-1])["id"]
        if type(label) in (str, int):
            return str(label).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise NotCanonicalError


def parsed_pairs(
    pairs: Iterable[Pair], base: str, target: str
) -> Iterator[tuple[Feature | None, Feature | None]]:
    """Yield the features of pairs of lines, parsed strictly, some at a time.

    Where both lines write the same geometry it is parsed once, and shared.

    Parameters
    ----------
    pairs : iterable of (bytes or None, bytes or None)
        A line of the base and one of the target.
    base, target : str
        Names of the files.

    Raises
    ------
    NotCanonicalError
        See `parsed`.
    """
    run = iter(pairs)
    while some := list(islice(run, _LINES_A_PARSE)):
        cut = [ours and theirs and _cut_where_same(ours, theirs) for ours, theirs in some]
        ours = iter(parsed([line for line, _ in some if line], base))
        theirs = iter(parsed([head + b"null}," if head else line
                              for (_, line), head in zip(some, cut, strict=True) if line], target))
        for (line, other_line), head in zip(some, cut, strict=True):
            mine = next(ours) if line else None
            other = next(theirs) if other_line else None
            if head and mine and other:
                other = replace(other, geometry=mine.geometry)
            yield mine, other


def _cut_where_same(ours: bytes, theirs: bytes) -> bytes | None:
    """Return the second line up to its geometry, if that is written as in the first.

    A quote inside a text is escaped, so the words before the geometry can be no part of one;
    nor of an object in the properties, for then the line would not close with what is put in
    the place of the geometry.
    """
    start, other_start = ours.rfind(_GEOMETRY), theirs.rfind(_GEOMETRY)
    if start < 0 or ours[start:] != theirs[other_start:]:
        return None
    return theirs[: other_start + len(_GEOMETRY)]


def parsed(run: Block, name: str) -> tuple[Feature, ...]:
    """Return the features of some lines, parsed strictly.

    Raises
    ------
    NotCanonicalError
        If a line is refused, or loses something on reading: the whole file has to be read,
        so that its error or notice comes out as for any other file.
    """
    text = _HEADER + b"\n".join(run)[:-1] + _FOOTER
    try:
        collection = geojson.parse(text, name=name, check_validity=False)
    except GeoJSONError:
        raise NotCanonicalError from None
    lossy = any(notice.code == "foreign-members" for notice in collection.notices)
    if lossy or len(collection.features) != len(run):
        raise NotCanonicalError
    return collection.features
