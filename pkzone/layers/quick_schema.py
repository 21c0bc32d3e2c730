"""Compile the plain part of JSON Schema to functions that tell at once what is valid.

Most layers ask for types, words, patterns and lengths. Such a schema is checked here many times
faster than by a validator that walks it anew for each feature. What is accepted here is valid;
whatever is not is left to that validator, which alone words what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any, TypeAlias

__all__ = ["Accepts", "accepts"]

Accepts: TypeAlias = Callable[[Any], bool]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Types of Python that a value may have by the name that JSON Schema has for them; a whole number
#: written as 1.0 is for the validator.
_TYPES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "null": frozenset({NoneType}),
    "array": frozenset({list}),
    "object": frozenset({dict}),
}
_PLAIN = frozenset[type]().union(*_TYPES.values())
_WORDS = frozenset({str, NoneType})


def accepts(schema: Any) -> Accepts | None:
    """Return a function that tells whether a value is plainly valid; None for another schema.

    Parameters
    ----------
    schema : Any
        A JSON Schema (2020-12), which may be wrong: then there is no function for it.
    """
    if isinstance(schema, dict) and "$schema" in schema:
        if schema["$schema"] != DIALECT:
            return None
        schema = {key: value for key, value in schema.items() if key != "$schema"}
    try:
        return _compiled(schema)
    except (_NotPlainError, RecursionError):
        return None


class _NotPlainError(Exception):
    """A keyword is not known here, or has a value that the schema of schemas may refuse."""


def _compiled(schema: Any) -> Accepts:
    if type(schema) is not dict:
        raise _NotPlainError
    made = []
    for keyword, value in schema.items():
        if keyword == "additionalProperties":
            made.append(_closed(value, schema.get("properties", {})))
        elif keyword in _KEYWORDS:
            made.append(_KEYWORDS[keyword](value))
        else:
            raise _NotPlainError
    conditions = [condition for condition in made if condition is not None]

    def accept(value: Any) -> bool:
        if type(value) not in _PLAIN:
            return False
        for condition in conditions:  # noqa: SIM110 - a generator would double the time
            if not condition(value):
                return False
        return True

    return accept


def _demand(holds: bool) -> None:
    if not holds:
        raise _NotPlainError


def _note(value: Any) -> None:
    _demand(type(value) is str)


def _type(value: Any) -> Accepts:
    names = value if type(value) is list else [value]
    _demand(bool(names) and all(type(name) is str and name in _TYPES for name in names))
    _demand(len(set(names)) == len(names))
    types = frozenset[type]().union(*map(_TYPES.__getitem__, names))
    return lambda one: type(one) in types


def _enum(value: Any) -> Accepts:
    _demand(type(value) is list)
    words = frozenset(one for one in value if type(one) in _WORDS)
    return lambda one: type(one) in _WORDS and one in words


def _const(value: Any) -> Accepts:
    return _enum([value])


def _pattern(value: Any) -> Accepts:
    _demand(type(value) is str)
    try:
        search = re.compile(value).search
    except (re.error, RecursionError, OverflowError):
        raise _NotPlainError from None
    return lambda one: type(one) is not str or search(one) is not None


def _limit(kind: Any, holds: Callable[[Any, Any], bool]) -> Callable[[Any], Accepts]:
    """Return the maker of a condition on the length of a text or an array."""

    def make(value: Any) -> Accepts:
        _demand(type(value) is int and value >= 0)
        return lambda one: type(one) is not kind or holds(len(one), value)

    return make


def _bound(holds: Callable[[Any, Any], bool]) -> Callable[[Any], Accepts]:
    """Return the maker of a condition on the size of a number."""

    def make(value: Any) -> Accepts:
        _demand(type(value) in (int, float))
        return lambda one: type(one) not in (int, float) or holds(one, value)

    return make


def _items(value: Any) -> Accepts:
    accept = _compiled(value)
    return lambda one: type(one) is not list or all(map(accept, one))


def _unique_items(value: Any) -> Accepts | None:
    _demand(type(value) is bool)
    if not value:
        return None

    def are_different_texts(one: Any) -> bool:
        if type(one) is not list:
            return True
        return all(type(item) is str for item in one) and len(set(one)) == len(one)

    return are_different_texts


def _required(value: Any) -> Accepts:
    _demand(type(value) is list and all(type(name) is str for name in value))
    names = frozenset(value)
    _demand(len(names) == len(value))
    return lambda one: type(one) is not dict or names <= one.keys()


def _properties(value: Any) -> Accepts:
    _demand(type(value) is dict)
    rules = {name: _compiled(rule) for name, rule in value.items()}

    def accept(one: Any) -> bool:
        if type(one) is not dict:
            return True
        for name, item in one.items():
            rule = rules.get(name)
            if rule is not None and not rule(item):
                return False
        return True

    return accept


def _closed(value: Any, properties: Any) -> Accepts | None:
    _demand(type(value) is bool and type(properties) is dict)
    if value:
        return None
    names = frozenset(properties)
    return lambda one: type(one) is not dict or one.keys() <= names


_KEYWORDS: Mapping[str, Callable[[Any], Accepts | None]] = {
    "title": _note,
    "description": _note,
    "$comment": _note,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _limit(str, lambda length, limit: length >= limit),
    "maxLength": _limit(str, lambda length, limit: length <= limit),
    "minItems": _limit(list, lambda length, limit: length >= limit),
    "maxItems": _limit(list, lambda length, limit: length <= limit),
    "minimum": _bound(lambda number, limit: number >= limit),
    "maximum": _bound(lambda number, limit: number <= limit),
    "exclusiveMinimum": _bound(lambda number, limit: number > limit),
    "exclusiveMaximum": _bound(lambda number, limit: number < limit),
    "items": _items,
    "uniqueItems": _unique_items,
    "required": _required,
    "properties": _properties,
}
