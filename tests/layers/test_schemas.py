"""What the quick validator of a schema accepts, jsonschema does; the shipped features pass it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

import pkzone
from pkzone.geojson import Feature
from pkzone.layers.schemas import Rules, quick_validator, read_schema

NAMES = st.sampled_from(["a", "b", "name", "ä", ""])
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 2, 10**30, 0.0, -0.0, 1.0, 0.5, 1e300]),
    st.sampled_from(
        ["", "a", "ab", "a-1", "Ä", "2020-01-01", "\n", "a\nb", "a\n", "٣", "\U0001f600"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "null", "array", "object", "text", 3]
)
PATTERNS = st.sampled_from(
    [
        "^a",
        "a$",
        "",
        r"^\d{4}(-\d\d)*$",
        "^[a-z0-9][a-z0-9-]*$",
        "(",
        "\\",
        r"^\D+$",
        "^[^a]$",
        "a.b",
        r"\p{L}",
        "(?!a)",
    ]
)
LIMITS = st.sampled_from([0, 1, 2, -1, 1.0, 1.5, True, "1", None])
BOUNDS = st.sampled_from([0, 1, -1, 0.5, 10**30, True, "1", None])


def schemas() -> st.SearchStrategy[Any]:
    def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(
            {},
            optional={
                "$schema": st.sampled_from(
                    [
                        "https://json-schema.org/draft/2020-12/schema",
                        "http://json-schema.org/draft-07/schema#",
                        7,
                    ]
                ),
                "title": st.sampled_from(["A title", 1]),
                "$comment": st.just("free"),
                "type": TYPES | st.lists(TYPES, max_size=3),
                "enum": st.lists(SCALARS, max_size=4) | st.just("a"),
                "const": VALUES,
                "pattern": PATTERNS | st.just(1),
                **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), LIMITS),
                **dict.fromkeys(
                    ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), BOUNDS
                ),
                "items": inner,
                "uniqueItems": st.booleans() | st.just(1),
                "required": st.lists(NAMES, max_size=3) | st.just("a"),
                "properties": st.dictionaries(NAMES, inner, max_size=3) | st.just([]),
                "additionalProperties": st.booleans() | inner,
                "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
                "propertyNames": inner,
                "contains": inner,
                "prefixItems": st.lists(inner, min_size=1, max_size=2),
                "multipleOf": st.just(0.1),
                **dict.fromkeys(("not", "if", "then", "else"), inner),
                **dict.fromkeys(("anyOf", "oneOf", "allOf"), st.lists(inner, max_size=2)),
                "$ref": st.just("#"),
            },
        )

    return st.recursive(st.booleans() | st.just({}), larger, max_leaves=5)


@given(schemas(), st.lists(VALUES, max_size=4))
def test_what_is_accepted_is_valid(schema: Any, values: list[Any]) -> None:
    quick = quick_validator(json.dumps(schema))
    if quick is None:
        return
    Draft202012Validator.check_schema(schema)  # what is compiled is a schema
    for value in values:
        if quick.is_valid(value):
            assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "https://example.com/schema.json"},
        {"$defs": {"a": {}}, "properties": {"a": {"$ref": "#/$defs/a"}}},
        {"$schema": 7},
        {"$comment": 7},
        {"properties": {"$comment": "a text where a schema belongs"}},
        {"type": "text"},
        {"type": []},
        {"minLength": -1},
        {"required": ["a", "a"]},
        {"pattern": "("},
        {"pattern": r"\p{L}"},  # a pattern of ECMA-262 that Python does not know
        {"pattern": r"^\D$"},  # there an Arabic digit is none
        {"pattern": r"^[^\d]$"},
        {"pattern": r"^(?!\d)"},
        {"patternProperties": {r"\W": {}}},
        {"properties": {"a": {"$schema": "http://json-schema.org/draft-04/schema#"}}},
        {"items": {"multipleOf": 0.1}},
    ],
)
def test_others_are_left_to_jsonschema(schema: Any) -> None:
    assert quick_validator(json.dumps(schema)) is None


def test_a_value_that_no_text_in_utf_8_holds_is_left_to_jsonschema() -> None:
    rules = Rules({"properties": {"properties": {"properties": {"a": {"maxLength": 1}}}}})
    assert not list(rules.breaches([Feature("a", {"a": "\ud800"}, None)]))
    [breach] = rules.breaches([Feature("a", {"a": "\ud800\ud800"}, None)])
    assert breach.path == "properties.a"


def test_the_shipped_features_are_plain() -> None:
    for layer in pkzone.catalogue().layers:
        quick = quick_validator(json.dumps(read_schema(layer.latest.schema_path)))
        assert quick is not None, layer.name
        for one in layer.on("2022-09-01").features().features:
            value = {"type": "Feature", "id": one.id, "geometry": one.geometry}
            assert quick.is_valid({**value, "properties": one.properties}), one.id


@given(st.data())
def test_a_feature_that_was_changed_breaks_the_same_rules(data: st.DataObject) -> None:
    layer = pkzone.catalogue()[data.draw(st.sampled_from(["zone", "corridor", "control"]))]
    schema = read_schema(layer.latest.schema_path)
    one = layer.on("2022-09-01").features().features[0]
    properties = deepcopy(one.properties)
    name = data.draw(st.sampled_from([*properties, "more"]))
    if data.draw(st.booleans()):
        properties.pop(name, None)
    else:
        properties[name] = data.draw(VALUES)
    feature = Feature(data.draw(st.sampled_from([one.id, "A b", 7, None])), properties,
                      data.draw(st.sampled_from([one.geometry, None])))  # fmt: skip
    identity = {} if feature.id is None else {"id": feature.id}
    plain = {"type": "Feature", **identity, "properties": properties, "geometry": feature.geometry}
    expected = [one.message for one in Draft202012Validator(schema).iter_errors(plain)]
    assert [one.message for one in Rules(schema).breaches([feature])] == expected


def test_a_wrong_schema_is_refused_at_once() -> None:
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema({"type": "text"})
    with pytest.raises(pkzone.PkzoneError, match="the schema is wrong"):
        Rules({"type": "text"})
