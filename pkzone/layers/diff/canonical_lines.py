"""Two canonical files compared line by line: only what differs is ever parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import lt
from typing import BinaryIO

from pkzone.errors import GeoJSONError
from pkzone.layers import geojson
from pkzone.layers.geojson import Feature

__all__ = ["Differences", "NotCanonicalError", "blocks", "parsed", "parsed_pairs"]

Block = bytes
"""Some lines of a file, each to hold one feature and to end in a comma and a newline."""

Pair = tuple[bytes | None, bytes | None]
"""A line of the base and one of the target, with the same id; without the newline."""

_HEADER = b'{"type":"FeatureCollection","features":[\n'
_FOOTER = b"]}\n"
_END = b",\n"
_BLOCK_BYTES = 1 << 18
_LONGEST_LINE_BYTES = 1 << 26
_LINES_A_PARSE = 200

# A feature up to its coordinates. No brace may occur in the properties, not even in a text: then
# they are one flat object, for were the brace that ends the match inside a text, the quote that
# ends the text would have to follow. The possessive repeats keep the time linear.
_HEAD = re.compile(
    rb'\{"type":"Feature","id":("[^"\\\x00-\x1f]*+"|0|-?[1-9]\d*+),'
    rb'"properties":\{[^{}\n]*+\},'
    rb'"geometry":(?:(null\},\n)|\{"type":"[A-Za-z]++","coordinates":(?=\[))'
)
_NULL = 2  # the group of a feature without a geometry, which ends with the match
_CLOSING = b"]}},\n"
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
        while ours.has_more() and theirs.has_more():
            length = _shared_bytes(ours, theirs)
            if length:
                keys = _keys(ours.text, ours.at, ours.at + length)
                ours.pass_by(keys, length)
                theirs.pass_by(keys, length)
                self.same += len(keys)
                continue
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
    """The lines of one side: the block in hand, where in it, and the id to come after."""

    __slots__ = ("_blocks", "_end", "_key", "_last", "at", "text")

    def __init__(self, source: Iterable[Block]) -> None:
        self._blocks = iter(source)
        self._last = b""
        self._key: bytes | None = None
        self._end = 0
        self.text = b""
        self.at = 0

    def has_more(self) -> bool:
        """Go on to the next block if need be; tell whether there is a line in hand."""
        while self.at == len(self.text):
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
        """Return the line in hand, whose id was asked for, and go on."""
        line = self.text[self.at : self._end - 1]
        self.pass_by([self.key()], self._end - self.at)
        return line

    def pass_by(self, keys: list[bytes], length: int) -> None:
        """Go on from lines of so many bytes, which have these ids."""
        if keys[0] <= self._last or not all(map(lt, keys, keys[1:])):
            raise NotCanonicalError
        self._last = keys[-1]
        self._key = None
        self.at += length


def _shared_bytes(ours: _Run, theirs: _Run) -> int:
    """Return how many bytes of whole lines both sides have in common from where they are."""
    text, at, start = ours.text, ours.at, theirs.at
    other = memoryview(theirs.text)  # its slices are no copies
    length = min(len(text) - at, len(other) - start)
    if not text.startswith(other[start : start + length], at):
        most, length = length, 0  # the first difference lies between these two
        while most - length > 1 and text.find(b"\n", at + length, at + most) >= 0:
            middle = (length + most) // 2
            if text.startswith(other[start + length : start + middle], at + length):
                length = middle
            else:
                most = middle
    return max(text.rfind(b"\n", at, at + length) + 1 - at, 0)


def blocks(stream: BinaryIO, take: Callable[[bytes], object] | None = None) -> Iterator[Block]:
    """Yield the lines of a canonical file, some at a time, each with its comma and newline.

    Parameters
    ----------
    stream : binary file
        Stands at its start.
    take : callable, optional
        Is given everything that is read, such as a hash.

    Raises
    ------
    NotCanonicalError
        If header, footer or line ends are not those of the canonical form.
    """
    header = stream.read(len(_HEADER))
    if take:
        take(header)
    if header != _HEADER:
        raise NotCanonicalError
    last = header
    while block := stream.read(_BLOCK_BYTES):
        block += stream.readline(_LONGEST_LINE_BYTES)
        if not block.endswith(_END):
            block += stream.readline(len(_FOOTER)) + stream.read(1)  # then it is the last one
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
    lines = block.removesuffix(_FOOTER)
    if lines == block or lines.endswith(_END) or not (lines.endswith(b"\n") or is_only):
        raise NotCanonicalError
    if lines:
        yield lines[:-1] + _END


def _keys(text: bytes, start: int, end: int) -> list[bytes]:
    """Return the ids of some lines as text, once it is sure that each holds one feature, whole.

    The quick way knows the common form: from the head on no quote, and no brace but those that
    close the feature, so there can be nothing but numbers and brackets. Any other line goes
    through the JSON parser, which takes one value and no more.
    """
    head_at, find, ends_at = _HEAD.match, text.find, text.startswith
    keys: list[bytes] = []
    at = start
    while at < end:
        head = head_at(text, at)
        if head is not None:
            rest = head.end()
            if head.lastindex == _NULL:
                keys.append(head[1].strip(b'"'))
                at = rest
                continue
            close = find(b"}", rest)
            after = close + len(_CLOSING) - 1
            if (
                ends_at(_CLOSING, close - 1)
                and find(b"\n", rest) == after - 1
                and find(b'"', rest, close) < 0
                and find(b"{", rest, close) < 0
            ):
                keys.append(head[1].strip(b'"'))
                at = after
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
        theirs = iter(
            parsed(
                [
                    head + b"null}," if head else line
                    for (_, line), head in zip(some, cut, strict=True)
                    if line
                ],
                target,
            )
        )
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


def parsed(run: Sequence[bytes], name: str) -> tuple[Feature, ...]:
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
