"""Read the JSON Schemas of layers, and validate features with them.

Most layers ask for types, words, patterns and lengths. Such a schema is compiled to functions that
accept what is valid many times faster than a validator that walks the schema anew for each
feature. Whatever is not accepted is left to that validator, which alone words what is wrong.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias

from pkzone.errors import CatalogueError, SchemaError, printable
from pkzone.layers.json_fields import read_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

    from pkzone.geojson.model import Feature

__all__ = ["Breach", "Rules", "accepts", "property_types", "read_schema"]

Accepts: TypeAlias = Callable[[Any], bool]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Types of plain values by the name that JSON Schema has for them. A whole number that is written
#: as 1.0 is an integer too: the validator knows.
_TYPES: dict[str, set[type]] = {
    "string": {str},
    "integer": {int},
    "number": {int, float},
    "boolean": {bool},
    "null": {NoneType},
    "array": {list},
    "object": {dict},
}
_PLAIN = set[type]().union(*_TYPES.values())
_WORDS = {str, NoneType}


def read_schema(path: str | Path) -> Mapping[str, Any]:
    """Return the JSON Schema of a layer's features.

    Raises
    ------
    CatalogueError
        The file is missing, damaged or no schema.
    """
    schema = read_json(path)
    if not isinstance(schema, dict):
        raise CatalogueError(f"{path}: must be a JSON Schema {{...}}; mend the file")
    return schema


def property_types(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the JSON type of every property that a schema of features names.

    A property that may also be null has its other type; one of several types, or of none
    stated, is ``other``.
    """
    members = _mapping(_mapping(schema, "properties"), "properties")
    rules = _mapping(members, "properties")
    return {name: _json_type(schema, rule) for name, rule in rules.items()}


@dataclass(frozen=True, slots=True)
class Breach:
    """A violation of a schema by a feature.

    ``index`` counts the features from 0, ``path`` leads to the value: ``properties.sources[2]``.
    """

    index: int
    feature: str
    path: str
    message: str

    def __str__(self) -> str:
        shown = ": ".join(filter(None, (self.feature, self.path, self.message)))
        return printable(shown, limit=400)


class Rules:
    """A compiled schema that validates many features.

    Parameters
    ----------
    schema : mapping
        JSON Schema (2020-12) of one feature.

    Raises
    ------
    CatalogueError
        Here or later: the schema itself is wrong, has no end, or refers to one outside it.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = json.dumps(schema)
        self._accepts = accepts(json.loads(self._schema))
        if self._accepts is None:
            _validator(self._schema)  # refuses a schema that is wrong

    def breaches(self, features: Iterable[Feature]) -> Iterator[Breach]:
        """Yield each rule that a feature breaks."""
        for place, feature in enumerate(features):
            if self._accepts is None or not self._accepts(_plain(feature)):
                yield from self._breaches_of(feature, place)

    def _breaches_of(self, feature: Feature, place: int) -> Iterator[Breach]:
        from referencing.exceptions import Unresolvable

        name = f"features[{place}]" if feature.id is None else str(feature.id)
        try:
            for error in _validator(self._schema).iter_errors(_plain(feature)):
                yield Breach(place, name, _dotted(error.absolute_path), error.message)
        except Unresolvable as error:
            raise CatalogueError(
                f"the schema refers to {printable(str(error.ref))}, which is not part "
                "of it; put the definition in its $defs"
            ) from None
        except RecursionError:
            raise CatalogueError(
                "the schema refers to itself without end; break the circle of its $ref"
            ) from None

    def check(self, features: Iterable[Feature], *, name: str) -> None:
        """Refuse features that break a rule; the SchemaError names the first."""
        broken = list(self.breaches(features))
        if broken:
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            raise SchemaError(f"{name}: {broken[0]}{more}; follow the layer's schema")


@lru_cache(maxsize=16)
def _validator(text: str) -> Draft202012Validator:
    """Return the validator of a schema; to check the schema itself is the slow part."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError as BadSchema
    from referencing import Registry

    schema = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema)
    except BadSchema as error:
        reason = printable(error.message)
        raise CatalogueError(f"the schema is wrong: {reason}; mend it") from None
    # An empty registry: a reference out of the schema must never open the network.
    return Draft202012Validator(schema, registry=Registry())


def _json_type(schema: Mapping[str, Any], rule: Any) -> str:
    """Return the one type of a property's rule, following one reference inside the schema."""
    if not isinstance(rule, dict):
        return "other"
    target = rule.get("$ref")
    if isinstance(target, str) and target.startswith("#/$defs/"):
        return _json_type({}, _mapping(schema, "$defs").get(target.removeprefix("#/$defs/")))
    stated = rule.get("type")
    if isinstance(stated, list):
        stated = next(iter(stated), None) if len(stated) == 1 else _but_null(stated)
    if stated is None:
        choices = rule.get("enum", [rule["const"]] if "const" in rule else [])
        return "string" if choices and all(isinstance(one, str) for one in choices) else "other"
    return stated if stated in ("string", "integer", "number", "boolean") else "other"


def _but_null(types: list[Any]) -> Any:
    others = [one for one in types if one != "null"]
    return others[0] if len(others) == 1 else "other"


def _dotted(path: Iterable[str | int]) -> str:
    """Return a path in a feature as messages have it, ``properties.sources[2]``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _plain(feature: Feature) -> dict[str, Any]:
    identity = {} if feature.id is None else {"id": feature.id}
    return {
        "type": "Feature",
        **identity,
        "properties": feature.properties,
        "geometry": feature.geometry,
    }


def accepts(schema: Any) -> Accepts | None:
    """Return a function that tells whether a value is plainly valid; None for another schema.

    Parameters
    ----------
    schema : Any
        A JSON Schema (2020-12), which may be wrong: then there is no function for it.
    """
    try:
        if type(schema) is dict and "$schema" in schema:
            _demand(schema["$schema"] == _DIALECT)
            schema = {key: value for key, value in schema.items() if key != "$schema"}
        return _compiled(schema)
    except (_NotPlainError, RecursionError):
        return None


class _NotPlainError(Exception):
    """A keyword is not known here, or has a value that the schema of schemas may refuse."""


def _demand(holds: bool) -> None:
    if not holds:
        raise _NotPlainError


def _compiled(schema: Any) -> Accepts:
    _demand(type(schema) is dict)
    conditions = []
    for keyword, value in schema.items():
        if keyword == "additionalProperties":
            conditions.append(_closed(value, schema.get("properties", {})))
        elif keyword in ("title", "description", "$comment"):
            _demand(type(value) is str)
        else:
            _demand(keyword in _KEYWORDS)
            conditions.append(_KEYWORDS[keyword](value))

    def accept(value: Any) -> bool:
        if type(value) not in _PLAIN:
            return False
        for condition in conditions:  # noqa: SIM110 - a generator would double the time
            if not condition(value):
                return False
        return True

    return accept


def _type(value: Any) -> Accepts:
    names = value if type(value) is list else [value]
    _demand(bool(names) and all(type(name) is str and name in _TYPES for name in names))
    _demand(len(set(names)) == len(names))
    types = set[type]().union(*map(_TYPES.__getitem__, names))
    return lambda one: type(one) in types


def _enum(value: Any) -> Accepts:
    _demand(type(value) is list)
    words = {one for one in value if type(one) in _WORDS}
    return lambda one: type(one) in _WORDS and one in words


def _pattern(value: Any) -> Accepts:
    _demand(type(value) is str)
    try:
        search = re.compile(value).search
    except (re.error, RecursionError, OverflowError):
        raise _NotPlainError from None
    return lambda one: type(one) is not str or search(one) is not None


def _bound(holds: Callable[[Any, Any], bool], limit: Any) -> Accepts:
    _demand(type(limit) in (int, float))
    return lambda one: type(one) not in (int, float) or holds(one, limit)


def _length(kind: Any, holds: Callable[[Any, Any], bool], limit: Any) -> Accepts:
    _demand(type(limit) is int and limit >= 0)
    return lambda one: type(one) is not kind or holds(len(one), limit)


def _items(value: Any) -> Accepts:
    accept = _compiled(value)
    return lambda one: type(one) is not list or all(map(accept, one))


def _unique_items(value: Any) -> Accepts:
    _demand(type(value) is bool)

    def are_different_texts(one: Any) -> bool:
        if not value or type(one) is not list:
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
        return all(rules[name](item) for name, item in one.items() if name in rules)

    return accept


def _closed(value: Any, properties: Any) -> Accepts:
    _demand(type(value) is bool and type(properties) is dict)
    return lambda one: value or type(one) is not dict or one.keys() <= properties.keys()


_KEYWORDS: dict[str, Callable[[Any], Accepts]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda value: _enum([value]),
    "pattern": _pattern,
    "minLength": partial(_length, str, operator.ge),
    "maxLength": partial(_length, str, operator.le),
    "minItems": partial(_length, list, operator.ge),
    "maxItems": partial(_length, list, operator.le),
    "minimum": partial(_bound, operator.ge),
    "maximum": partial(_bound, operator.le),
    "exclusiveMinimum": partial(_bound, operator.gt),
    "exclusiveMaximum": partial(_bound, operator.lt),
    "items": _items,
    "uniqueItems": _unique_items,
    "required": _required,
    "properties": _properties,
}
