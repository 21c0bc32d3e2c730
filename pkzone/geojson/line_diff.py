"""Compare two canonical files line by line: only lines that differ are parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from operator import lt
from typing import BinaryIO

from pkzone.errors import GeoJSONError
from pkzone.geojson import reader
from pkzone.geojson.fast_lines import plain_feature
from pkzone.geojson.model import FOOTER, HEADER, Feature, enclosed

__all__ = ["Differences", "NotCanonicalError", "blocks", "parsed", "parsed_pairs"]

Block = bytes
"""Some lines of a file, each to hold one feature and to end in a comma and a newline."""

Pair = tuple[bytes | None, bytes | None]
"""A line of the base and one of the target, with the same id; without the newline."""

_END = b",\n"
_BLOCK_BYTES = 1 << 16  # larger ones are given back to the system each time
_FIRST_STEP_BYTES = 1 << 12
_LONGEST_LINE_BYTES = 1 << 26

# A feature up to its coordinates, after which the next brace is to be the first of three that
# close the geometry, the feature and, with a comma, the line: `_keys` says why that is enough.
# The possessive repeats keep the time linear.
_BEGINNING = (
    rb'\{"type":"Feature","id":("[^"\\\x00-\x1f]*+"|0|-?[1-9]\d*+),'
    rb'"properties":\{[^}]*+\},"geometry":'
)
_HEAD = re.compile(_BEGINNING + rb'\{"type":"[A-Za-z]++","coordinates":(?=\[)')
_UNLOCATED = re.compile(_BEGINNING + rb"null\},\n")
_CLOSING = b"]}},\n"
_GEOMETRY = b',"geometry":'


class NotCanonicalError(Exception):
    """Raised for a file whose layout cannot be compared by lines; never leaves the diff."""


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
        while ours.has_more() and theirs.has_more():
            length = _shared_bytes(ours, theirs)
            if length:
                keys = _keys(ours.text, ours.at, ours.at + length)
                if not all(map(lt, keys, keys[1:])):
                    raise NotCanonicalError
                ours.pass_by(keys[0], keys[-1], length)
                theirs.pass_by(keys[0], keys[-1], length)
                self.same += len(keys)
                if ours.is_spent or theirs.is_spent:
                    continue  # the lines that come next may be shared as well
            key, other_key = ours.key(), theirs.key()
            yield (
                ours.take() if key <= other_key else None,
                theirs.take() if other_key <= key else None,
            )
        while ours.has_more():
            ours.key()
            yield ours.take(), None
        while theirs.has_more():
            theirs.key()
            yield None, theirs.take()


class _Run:
    """Cursor over the lines of one side: the block in hand, the place in it, the last id."""

    __slots__ = ("_blocks", "_end", "_key", "_last", "at", "text")

    def __init__(self, source: Iterable[Block]) -> None:
        self._blocks = iter(source)
        self._last = b""
        self._key: bytes | None = None
        self._end = 0
        self.text = b""
        self.at = 0

    @property
    def is_spent(self) -> bool:
        """Whether the block in hand was passed by, all of it."""
        return self.at == len(self.text)

    def has_more(self) -> bool:
        """Advance to the next block if need be; tell whether there is a line in hand."""
        while self.is_spent:
            block = next(self._blocks, None)
            if block is None:
                return False
            self.text, self.at = block, 0
        return True

    def key(self) -> bytes:
        """Return the id of the line in hand."""
        if self._key is None:
            self._end = self.text.index(b"\n", self.at) + 1
            self._key = _keys(self.text, self.at, self._end)[0]
        return self._key

    def take(self) -> bytes:
        """Return the line in hand, whose id was asked for, and advance."""
        line, key = self.text[self.at : self._end - 1], self.key()
        self.pass_by(key, key, self._end - self.at)
        return line

    def pass_by(self, first: bytes, last: bytes, length: int) -> None:
        """Skip lines of so many bytes, whose ids rise from the first to the last."""
        if first <= self._last:
            raise NotCanonicalError
        self._last = last
        self._key = None
        self.at += length


def _shared_bytes(ours: _Run, theirs: _Run) -> int:
    """Return how many bytes of whole lines both sides have in common from where they are."""
    text, at, start = ours.text, ours.at, theirs.at
    other = memoryview(theirs.text)  # its slices are no copies
    end = min(len(text) - at, len(other) - start)
    length, step = 0, _FIRST_STEP_BYTES
    while length < end:  # in ever longer steps up to the first difference
        most = min(length + step, end)
        if not text.startswith(other[start + length : start + most], at + length):
            break
        length, step = most, 2 * step
    else:
        most = length
    while most - length > 1 and text.find(b"\n", at + length, at + most) >= 0:
        middle = (length + most) // 2
        if text.startswith(other[start + length : start + middle], at + length):
            length = middle
        else:
            most = middle
    return max(text.rfind(b"\n", at, at + length) + 1 - at, 0)


def blocks(stream: BinaryIO, take: Callable[[bytes], object] | None = None) -> Iterator[Block]:
    """Yield the lines of a canonical file, some at a time, each with its comma and newline.

    ``take`` is given everything that is read, such as a hash.

    Raises
    ------
    NotCanonicalError
        If header, footer or line ends are not those of the canonical form.
    """
    header = stream.read(len(HEADER))
    if take:
        take(header)
    if header != HEADER:
        raise NotCanonicalError
    last = header
    while block := stream.read(_BLOCK_BYTES):
        block += stream.readline(_LONGEST_LINE_BYTES)
        if not block.endswith(_END):
            block += stream.readline(len(FOOTER)) + stream.read(1)  # then it is the last one
        if take:
            take(block)
        if not block.endswith(_END):
            yield from _last_block(block, is_only=last is header)
            return
        yield block
        last = block
    raise NotCanonicalError


def _last_block(block: bytes, *, is_only: bool) -> Iterator[Block]:
    """Yield the last lines without the footer, the very last with a comma as all others."""
    lines = block.removesuffix(FOOTER)
    ends_well = lines.endswith(b"\n") if lines else is_only
    if lines == block or lines.endswith(_END) or not ends_well:
        raise NotCanonicalError
    if lines:
        yield lines[:-1] + _END


def _keys(text: bytes, start: int, end: int) -> list[bytes]:
    """Return the ids of some lines as text, once it is sure that each holds one feature, whole.

    The quick way knows the common form: a head that opens three objects, and no closing brace
    but three that are no part of a text, for a text that held one would run into a quote or the
    end of the line where none may be. So no such line closes more than it opens. Any other line
    goes through the JSON parser, which takes one value and no more. The footer closes just the
    collection; hence, in a file of such lines that is JSON at all, each closes what it opens.
    """
    head_at, find, ends_at = _HEAD.match, text.find, text.startswith
    keys: list[bytes] = []
    at = start
    while at < end:
        head = head_at(text, at)
        if head is not None:
            close = find(b"}", head.end())
            if ends_at(_CLOSING, close - 1):
                keys.append(head[1].strip(b'"'))
                at = close - 1 + len(_CLOSING)
                continue
        whole = _UNLOCATED.match(text, at)
        if whole is not None:
            keys.append(whole[1].strip(b'"'))
            at = whole.end()
            continue
        stop = text.index(b"\n", at)
        keys.append(_parsed_key(text[at:stop]))
        at = stop + 1
    if at != end:
        raise NotCanonicalError
    return keys


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
    """Yield the features of pairs of lines, parsed strictly.

    Where both lines write the same geometry it is parsed once, and shared.

    Raises
    ------
    NotCanonicalError
        See `parsed`.
    """
    for ours, theirs in pairs:
        mine = None if ours is None else _parsed(ours, base)
        head = ours and theirs and _cut_where_same(ours, theirs)
        if head and mine is not None:
            other: Feature | None = _parsed(head + b"null},", target)
            other = other and replace(other, geometry=mine.geometry)
        else:
            other = None if theirs is None else _parsed(theirs, target)
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


def parsed(lines: Iterable[bytes], name: str) -> Iterator[Feature]:
    """Yield the features of some lines, parsed strictly.

    Raises
    ------
    NotCanonicalError
        If a line is refused, or loses something on reading: the whole file has to be read,
        so that its error or notice comes out as for any other file.
    """
    return (_parsed(line, name) for line in lines)


def _parsed(line: bytes, name: str) -> Feature:
    feature = plain_feature(line[:-1])
    return _parsed_alone(line, name) if feature is None else feature


def _parsed_alone(line: bytes, name: str) -> Feature:
    try:
        collection = reader.parse(enclosed([line[:-1]]), name=name, check_validity=False)
    except GeoJSONError:
        raise NotCanonicalError from None
    lossy = any(notice.code == "foreign-members" for notice in collection.notices)
    if lossy or len(collection.features) != 1:
        raise NotCanonicalError
    return collection.features[0]
