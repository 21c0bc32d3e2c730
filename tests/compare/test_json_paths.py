"""Differences inside nested values: pointers by RFC 6901, equality as elsewhere, any depth."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.compare.equality import same_json
from pkzone.compare.json_paths import LONGEST_POINTER, PathChange, inner_differences
from pkzone.compare.result import PropertyChange

PLAIN = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 0.5, "", "a", "é"])
KEYS = st.text("a/~01\x00\u202eé ", max_size=3)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def tokens(pointer: str) -> list[str]:
    """Return the reference tokens of a pointer, by section 4 of RFC 6901."""
    assert pointer.startswith("/")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def patched(document: dict[str, Any], changes: list[PathChange]) -> dict[str, Any]:
    """Return a document with every target put in its place."""
    document = copy.deepcopy(document)
    for change in changes:
        *way, last = tokens(change.path)
        place: Any = document
        for token in way:
            place = place[int(token)] if isinstance(place, list) else place[token]
        if isinstance(place, list):
            place[int(last)] = change.target
        elif change.in_target:
            place[last] = change.target
        else:
            del place[last]
    return document


def short(base: Any, target: Any, name: str = "x") -> list[tuple[Any, ...]]:
    found = list(inner_differences(name, base, target))
    return [
        (one.path, one.base if one.in_base else ..., one.target if one.in_target else ...)
        for one in found
    ]


@given(KEYS, VALUES, VALUES)
def test_all_targets_put_in_the_base_make_the_target(name: str, base: Any, target: Any) -> None:
    changes = list(inner_differences(name, base, target))
    if changes:
        assert same_json(patched({name: base}, changes), {name: target})
        assert all(len(tokens(one.path)) > 1 for one in changes)
        assert not any(
            one.in_base and one.in_target and same_json(one.base, one.target) for one in changes
        )
    else:
        kinds = type(base), type(target)
        assert (
            same_json(base, target)
            or kinds not in {(dict, dict), (list, list)}
            or (kinds == (list, list) and len(base) != len(target))
        )


@given(VALUES, VALUES)
def test_the_other_way_round_has_the_same_paths(base: Any, target: Any) -> None:
    there, back = inner_differences("x", base, target), inner_differences("x", target, base)
    assert [one[:3] for one in there] == [(path, old, new) for path, new, old, *_ in back]


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("/x/a", 1, True)]),
        ({"a": None}, {}, [("/x/a", None, ...)]),
        ({}, {"a": {}}, [("/x/a", ..., {})]),
        ({}, [], []),  # as a whole: nothing nested
        (1, 2, []),
        ([1, 2], [1], []),
        ({"a": [1, 2]}, {"a": [1]}, [("/x/a", [1, 2], [1])]),
        ({"": {"a/b~1": 1}}, {"": {"a/b~1": 2}}, [("/x//a~1b~01", 1, 2)]),
        ([{"b": 2, "a": 1}], [{"a": 2, "b": 1}], [("/x/0/a", 1, 2), ("/x/0/b", 2, 1)]),
        # Empty containers first, in the middle and last.
        ([{}, 0, 0], [[], 0, 0], [("/x/0", {}, [])]),
        ([0, [], 0], [0, None, 0], [("/x/1", [], None)]),
        ([0, 0, []], [0, 0, {}], [("/x/2", [], {})]),
        ({"a": {}, "b": 1}, {"a": {"k": 1}, "b": 1}, [("/x/a/k", ..., 1)]),
        ({"a": 1, "b": [], "c": 1}, {"a": 1, "b": [1], "c": 1}, [("/x/b", [], [1])]),
        ({"a": 1, "b": {"k": 1}}, {"a": 1, "b": {}}, [("/x/b/k", 1, ...)]),
    ],
)
def test_differences_by_hand(base: Any, target: Any, expected: list[Any]) -> None:
    assert short(base, target) == expected


def test_the_order_of_keys_in_a_file_makes_no_difference() -> None:
    base, target = {"b": 1, "a": 1, "c": 1}, {"c": 2, "a": 2, "b": 2}
    assert [path for path, *_ in short(base, target)] == ["/x/a", "/x/b", "/x/c"]


def test_a_property_change_has_its_paths() -> None:
    change = PropertyChange({"surface": "gravel"}, {"surface": "asphalt"}, name="a/b")
    assert change.paths == (PathChange("/a~1b/surface", "gravel", "asphalt"),)
    assert PropertyChange("open", "closed", name="status").paths == ()
    assert PropertyChange(None, {"a": 1}, in_base=False, name="tags").paths == ()


def test_a_plain_list_can_be_told_as_one_value() -> None:
    found = inner_differences("x", {"a": [1, 2]}, {"a": [1, 3]}, whole=lambda _: True)
    assert [one[:3] for one in found] == [("/x/a", [1, 2], [1, 3])]


def test_values_nested_200_deep_and_100_000_members() -> None:
    deep: Any = [1, 2]
    for _ in range(100):
        deep = {"k": [deep]}
    other = copy.deepcopy(deep)
    lowest = other
    for _ in range(100):
        lowest = lowest["k"][0]
    lowest[0] = 5
    assert short(deep, other) == [("/x" + "/k/0" * 100 + "/0", 1, 5)]
    wide = {f"k{number}": number for number in range(100_000)}
    assert len(short(wide, {key: value + 1 for key, value in wide.items()})) == 100_000


def test_what_would_need_an_endless_pointer_is_told_as_a_whole() -> None:
    long = "k" * LONGEST_POINTER
    base, target = {"a": {long: 1}, "b": {long: 1}}, {"a": {long: 2}, "b": {long: 1}}
    assert short(base, target) == [("/x/a", {long: 1}, {long: 2})]
    assert short(base, target, name=long) == []
