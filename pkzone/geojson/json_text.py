"""Parse bytes to JSON values strictly: format, encoding, size, nesting, duplicate keys, numbers.

``json.loads`` accepts duplicate keys, ``NaN``, ``1e999`` and lone surrogates, and fails with a
traceback on deep nesting and on very long whole numbers. The nesting is bounded here before it
looks at the text; the other flaws are left in the value as `Flaw` objects, so that whoever meets
one can say in which feature it is.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from pkzone.errors import (
    BadEncoding,
    BadNumber,
    BadString,
    DuplicateKey,
    ForeignFormat,
    InvalidJSON,
    TooDeep,
    TooLarge,
    printable,
)
from pkzone.files.filetypes import (
    GZIP_MAGIC,
    HEAD_BYTES,
    conflict_line,
    conflict_reason,
    foreign_reason,
    identify,
)
from pkzone.files.inputs import read_at_most
from pkzone.files.memory import available_bytes
from pkzone.geojson.model import MAX_BYTES, MAX_DEPTH, Flaw, Report

__all__ = [
    "TooManyFeaturesError",
    "check_values",
    "is_plain_json",
    "is_too_deep",
    "load",
    "refuse_more_than_memory",
    "text_of",
    "too_large_reason",
    "unpacked",
    "value_of",
]

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_OPENERS = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_HARMLESS = {int, bool, type(None)}
_PLAIN = {str, int, bool, type(None)}
_MAX_WHOLE_NUMBER = int(sys.float_info.max)
_MAX_DIGITS = len(str(_MAX_WHOLE_NUMBER))
_UTF8_BOM = b"\xef\xbb\xbf"
_SMALL_BYTES = 4 * 1024**2  # takes at most some 120 MB
_MOST_TIMES = 30  # as many bytes as one of a file takes at most
_MOST_NESTED = 1000  # features in the properties of one: counted before it, then taken off
_BLANK = " \t\r\n"
_RECORD_SEPARATOR = "\x1e"  # before each text of a sequence: RFC 8142


class TooManyFeaturesError(Exception):
    """Raised for more features than the caller can use; whoever set the limit says so."""


def load(data: bytes, report: Report, *, most_features: int | None = None) -> Any:
    """Return the value of a JSON text, with a `Flaw` wherever strict JSON is broken.

    Gzip is unpacked. A sequence of features, each on a line or after a record separator
    (RFC 8142), becomes the collection that it stands for.

    Raises
    ------
    TooManyFeaturesError
        There are more than ``most_features``; the rest is not looked at.
    TooLarge, BadEncoding, TooDeep, InvalidJSON, ForeignFormat
        If there is no value to speak of.
    """
    return value_of(text_of(data, report), report, most_features=most_features)


def text_of(data: bytes, report: Report, *, quick: bool = False) -> bytes:
    """Return the text of a file, unpacked and without a mark of byte order; see `load`.

    ``quick`` is for the readers that take less memory: see `refuse_more_than_memory`.
    """
    data = unpacked(data, report)
    packed = any(notice.code == "gzip" for notice in report.notices)
    if len(data) > MAX_BYTES:
        raise report.refusal(TooLarge, too_large_reason())
    refuse_more_than_memory(data, report, quick=quick)
    if reason := foreign_reason(data[:HEAD_BYTES], report.file, packed=packed):
        raise report.refusal(ForeignFormat, reason, line=1, column=1)
    if data.startswith(_UTF8_BOM):
        data = data[len(_UTF8_BOM) :]
        report.note("bom", "starts with a byte order mark, which is dropped")
    return data


def value_of(data: bytes, report: Report, *, most_features: int | None = None) -> Any:
    """Return the value of what `text_of` returned; see `load`."""
    text = _decoded(data, report)
    if not text.strip(_BLANK):
        raise report.refusal(InvalidJSON, "is empty: no JSON in it")
    too_deep = report.refusal(TooDeep, f"is nested more than {MAX_DEPTH} levels deep")
    if is_too_deep(data):
        raise too_deep
    try:
        root = _parsed(text, report, most_features)
    except json.JSONDecodeError as error:
        if line := conflict_line(data):
            reason = conflict_reason(line, report.file)
            raise report.refusal(ForeignFormat, reason, line=line, column=1) from None
        problem = "more text follows" if error.msg == "Extra data" else error.msg
        reason = f"is not JSON: {problem} (line {error.lineno}, column {error.colno})"
        place = {"line": error.lineno, "column": error.colno}
        raise report.refusal(InvalidJSON, reason, **place) from None
    except RecursionError:  # brackets that are never closed
        raise too_deep from None
    listed = root.get("features") if isinstance(root, dict) else None
    if most_features is not None and isinstance(listed, list) and len(listed) > most_features:
        raise TooManyFeaturesError
    return root


def refuse_more_than_memory(data: bytes, report: Report, *, quick: bool = False) -> None:
    """Refuse a text whose features take more memory than can be had.

    What they take was measured: for each byte, list, number, object and key; ``quick`` is for the
    reader of canonical lines, which needs less for a key.

    Raises
    ------
    TooLarge
        They take more.
    """
    if len(data) < _SMALL_BYTES:
        return
    available = available_bytes()
    if available is None or _MOST_TIMES * len(data) < available:
        return
    bytes_each = {b"[": 88, b",": 32, b"{": 64, b'":': 40 if quick else 220}
    needed = 3 * len(data) + sum(size * data.count(sign) for sign, size in bytes_each.items())
    if needed > available:
        reason = (
            f"takes about {needed / 1e6:,.0f} MB of memory to read, and {available / 1e6:,.0f} MB "
            "can be had: close other programs, split the file, or thin its lines with "
            "ogr2ogr -simplify 0.0001"
        )
        raise report.refusal(TooLarge, reason)


def unpacked(data: bytes, report: Report) -> bytes:
    """Return the content of a file that is packed with gzip; any other as it is.

    Raises
    ------
    TooLarge, BadEncoding
        What is in it is too large, or it is damaged.
    """
    if not data.startswith(GZIP_MAGIC):
        return data
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            content = read_at_most(file, MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        reason = "is gzip that is damaged or cut off; get the file again"
        raise report.refusal(BadEncoding, reason, line=1) from None
    if len(content) > MAX_BYTES:
        raise report.refusal(TooLarge, f"unpacked, {too_large_reason()}")
    report.note("gzip", "is gzip; what is in it is read")
    return content


def _parsed(text: str, report: Report, most_features: int | None) -> Any:
    """Return the value of a text, or the collection that a sequence of values stands for."""
    if not text.startswith(_RECORD_SEPARATOR):
        try:
            return _decoder(most_features).decode(text)
        except json.JSONDecodeError as error:
            first, _ = (
                _DECODER.raw_decode(text.lstrip(_BLANK)) if error.msg == "Extra data" else ("", 0)
            )
            if not isinstance(first, dict) or first.get("type") != "Feature":
                raise
    features = list(_texts(text, _decoder(most_features)))
    form = (
        "a GeoJSON text sequence"
        if text.startswith(_RECORD_SEPARATOR)
        else "newline-delimited GeoJSON"
    )
    report.note("wrapped", f"is {form}; its {len(features)} features are taken as one collection")
    return {"type": "FeatureCollection", "features": features}


def _texts(text: str, decoder: json.JSONDecoder) -> Iterator[Any]:
    """Yield the values of a sequence: one a line, or one after each record separator."""
    mark = _RECORD_SEPARATOR if text.startswith(_RECORD_SEPARATOR) else "\n"
    start = 0
    while start < len(text):
        end = text.find(mark, start)
        end = len(text) if end < 0 else end
        part = text[start:end]
        if part.strip(_BLANK):
            try:
                yield decoder.decode(part)
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(error.msg, text, start + error.pos) from None
        start = end + 1


def too_large_reason() -> str:
    """Return the reason of a `TooLarge`."""
    return f"is larger than {MAX_BYTES // 1024**2} MiB, the most that is read"


def is_too_deep(data: bytes, depth: int = MAX_DEPTH) -> bool:
    """Tell whether balanced brackets outside strings are nested deeper than ``depth``.

    Peels the innermost pairs off the bracket string, a level a pass.
    """
    brackets = _STRING.sub(b"", data).translate(_OPENERS, _ALL_BUT_BRACKETS)
    for _ in range(depth):
        peeled = brackets.replace(b"[]", b"")
        if len(peeled) == len(brackets):
            return False  # empty, or unbalanced: the parser will say where
        brackets = peeled
    return b"[]" in brackets


def is_plain_json(value: Any, fits: Callable[[float], bool], levels: int) -> bool:
    """Tell whether a value is plain JSON of which all fractions fit, with at most so many levels.

    What lies in an array or object of nothing but texts, whole numbers, true, false and null is
    not looked at one by one.
    """
    if type(value) is dict:
        value = list(value.values())
    if type(value) is list:
        return levels > 0 and (
            _PLAIN.issuperset(map(type, value))
            or all(is_plain_json(item, fits, levels - 1) for item in value)
        )
    return fits(value) if type(value) is float else type(value) in _PLAIN


def check_values(value: Any, report: Report, where: str) -> None:
    """Refuse what strict JSON does not allow in a value that `load` returned; `where` names it.

    Raises
    ------
    DuplicateKey, BadNumber, BadString
        If there is one.
    """
    pending: list[tuple[str, Any]] = [(where, value)]
    while pending:
        where, value = pending.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if not key.isascii():
                    _check_leaf(key, report, f"a key of {where}")
                if not _is_harmless(item):
                    pending.append((f"{where}.{key}", item))
        elif isinstance(value, list):
            pending.extend(
                (f"{where}[{i}]", item) for i, item in enumerate(value) if not _is_harmless(item)
            )
        else:
            _check_leaf(value, report, where)


def _is_harmless(value: Any) -> bool:
    """Tell whether there is nothing in a value that could be refused, by a glance at it."""
    kind = type(value)
    return kind in _HARMLESS or (kind is str and value.isascii())


def _check_leaf(value: Any, report: Report, where: str) -> None:
    if isinstance(value, Flaw):
        raise report.refusal(value.error, f"{printable(where)} {value.reason}")
    if isinstance(value, float) and not math.isfinite(value):
        reason = f"{printable(where)} is a number too large for a double"
        raise report.refusal(BadNumber, reason)
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            reason = f"{printable(where)} holds half of a surrogate pair: {printable(value)}"
            raise report.refusal(BadString, reason) from None


def _decoded(data: bytes, report: Report) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        raise report.refusal(BadEncoding, "is UTF-16 or UTF-32: save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if identify(data[:HEAD_BYTES]) == "binary":
            reason = "is not text and of no format that is read; name the GeoJSON file"
            raise report.refusal(BadEncoding, reason) from None
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8: byte 0x{data[error.start]:02x} in line {line}; save it as UTF-8"
        raise report.refusal(BadEncoding, reason, line=line) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Flaw:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    return Flaw(DuplicateKey, f'has the key "{printable(key)}" twice')


def _constant(token: str) -> Flaw:
    return Flaw(BadNumber, f"is {token}, which JSON does not have")


def _whole_number(token: str) -> int | Flaw:
    if len(token.lstrip("-")) <= _MAX_DIGITS and abs(value := int(token)) <= _MAX_WHOLE_NUMBER:
        return value
    return Flaw(BadNumber, "is a number too large for a double")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole_number
)


def _decoder(most_features: int | None) -> json.JSONDecoder:
    """Return a decoder that stops at the first feature too many, if a limit is given."""
    if most_features is None:
        return _DECODER
    count = 0

    def counted(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Flaw:
        nonlocal count
        value = _object(pairs)
        if isinstance(value, dict) and value.get("type") == "Feature":
            count += 1 - sum(_features_in(value[key]) for key in value if key != "geometry")
            if count > most_features + _MOST_NESTED:
                raise TooManyFeaturesError
        return value

    return json.JSONDecoder(
        object_pairs_hook=counted, parse_constant=_constant, parse_int=_whole_number
    )


def _features_in(value: Any) -> int:
    """Return how many features stand in a value, such as the properties of another."""
    if isinstance(value, dict):
        return (value.get("type") == "Feature") + sum(map(_features_in, value.values()))
    return sum(map(_features_in, value)) if isinstance(value, list) else 0
