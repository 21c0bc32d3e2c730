"""Read the JSON Schemas of layers, and validate features with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkzone.errors import CatalogueError, SchemaError, printable
from pkzone.layers.json_fields import read_json

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema import Draft202012Validator

    from pkzone.geojson.model import Feature

__all__ = ["Breach", "Rules", "property_types", "read_schema"]


def read_schema(path: str | Path) -> Mapping[str, Any]:
    """Return the JSON Schema of a layer's features.

    Raises
    ------
    CatalogueError
        The file is missing, damaged or no schema.
    """
    schema = read_json(path)
    if not isinstance(schema, dict):
        raise CatalogueError(f"{path}: must be a JSON Schema {{...}}; fix the file")
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
        self._text = json.dumps(schema)
        self._quick = quick_validator(self._text)
        if self._quick is None:
            _validator(self._text)  # refuses a schema that is wrong

    def breaches(self, features: Iterable[Feature]) -> Iterator[Breach]:
        """Yield each rule that a feature breaks."""
        for place, feature in enumerate(features):
            if not self._is_plainly_valid(_plain(feature)):
                yield from self._breaches_of(feature, place)

    def _is_plainly_valid(self, value: Any) -> bool:
        try:
            return self._quick is not None and self._quick.is_valid(value)
        except ValueError:  # a value that JSON in UTF-8 cannot hold
            return False

    def _breaches_of(self, feature: Feature, place: int) -> Iterator[Breach]:
        from referencing.exceptions import Unresolvable

        name = f"features[{place}]" if feature.id is None else str(feature.id)
        try:
            for error in _validator(self._text).iter_errors(_plain(feature)):
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


#: Patterns that match no text with the regular expressions of ECMA-262 that they do not match with
#: those of Python: no classes of characters that are larger there where they are negated.
_COMMON_PATTERN = re.compile(
    r"(?:\(\?:|(?<!\()\?|[\w ^$:/()|*+{},.-]|\\[d./-]|\[[\w.-]+\])*", re.ASCII
)


@lru_cache(maxsize=16)
def quick_validator(text: str) -> jsonschema_rs.Draft202012Validator | None:
    """Return a validator a hundred times as fast as jsonschema's, or None for a schema not plain.

    What it accepts, jsonschema accepts; what it does not is left to jsonschema, whose verdict and
    words count. A schema is plain without references (which may have no end), without patterns
    that are read otherwise in Python, and without ``multipleOf`` (0.3 of 0.1 is a question of
    rounding).
    """
    import jsonschema_rs

    plain = True

    def look(one: dict[str, Any]) -> dict[str, Any]:
        nonlocal plain
        patterns = [one.get("pattern", ""), *_mapping(one, "patternProperties")]
        plain = plain and "multipleOf" not in one and all(map(_is_common, patterns))
        return one

    schema = json.loads(text, object_hook=look)
    for note in ("$schema", "$comment"):  # of the whole, which pkzone writes itself
        if isinstance(schema, dict) and isinstance(schema.get(note), str):
            del schema[note]
    if not plain or '"$' in json.dumps(schema):
        return None
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=False)
    except ValueError:  # the schema is wrong, which jsonschema words
        return None


def _is_common(pattern: Any) -> bool:
    try:
        return bool(_COMMON_PATTERN.fullmatch(pattern) and re.compile(pattern))
    except (TypeError, re.error, OverflowError, RecursionError):
        return False


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
        raise CatalogueError(f"the schema is wrong: {reason}; fix it") from None
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
