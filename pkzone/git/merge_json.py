"""Merge JSON three ways: members of an object, and objects of a list by their key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pkzone.errors import printable

__all__ = [
    "ABSENT",
    "ADDED",
    "CLASH",
    "Clash",
    "chosen",
    "merge_members",
    "merge_objects",
    "merged_order",
    "same_value",
]

ABSENT: Any = object()
"""Stands for a value that a side does not have."""
CLASH: Any = object()
"""Stands for a value that both sides changed, each in its own way."""

ADDED = "both sides added it, each in its own way"
"""The reason of a clash between two objects that the base does not have."""

Objects = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two values that exclude each other, all else in them merged; `ABSENT` where one is gone."""

    ours: Any
    theirs: Any
    reason: str


def same_value(first: Any, second: Any) -> bool:
    """Compare as JSON: in Python ``True == 1 == 1.0``, in a file they are three values."""
    if first is ABSENT or second is ABSENT:
        return first is second
    return _text(first) == _text(second)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def chosen(base: Any, ours: Any, theirs: Any, same: Callable[[Any, Any], bool] = same_value) -> Any:
    """Return the value that the two sides agree on or that one of them set, else `CLASH`."""
    if same(ours, theirs) or same(base, theirs):
        return ours
    return theirs if same(base, ours) else CLASH


def merge_members(base: Objects, ours: Objects, theirs: Objects) -> dict[str, Any]:
    """Return the members of an object that all three sides have; `CLASH` where both changed one.

    Examples
    --------
    >>> merge_members({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "c": 1})
    {'a': 2, 'c': 1}
    """
    sides = (base, ours, theirs)
    merged = {
        name: chosen(*(side.get(name, ABSENT) for side in sides)) for name in merged_order(*sides)
    }
    return {name: value for name, value in merged.items() if value is not ABSENT}


def merge_objects(base: Objects, ours: Objects, theirs: Objects) -> dict[str, Any]:
    """Return objects by their key, each merged by its members; a `Clash` where that cannot be.

    Parameters
    ----------
    base, ours, theirs : mapping of str to dict
        The common ancestor and the two sides.

    Returns
    -------
    dict of str to dict or Clash
        In the order of `merged_order`.
    """
    sides = (base, ours, theirs)
    merged = {
        key: _merged(*(side.get(key, ABSENT) for side in sides)) for key in merged_order(*sides)
    }
    return {key: value for key, value in merged.items() if value is not ABSENT}


def _merged(base: Any, ours: Any, theirs: Any) -> Any:
    value = chosen(base, ours, theirs)
    if value is not CLASH:
        return value
    if base is ABSENT:
        return Clash(ours, theirs, ADDED)
    if ours is ABSENT or theirs is ABSENT:
        removed, changed = ("ours", "theirs") if ours is ABSENT else ("theirs", "ours")
        return Clash(ours, theirs, f"{removed} removed it, {changed} changed it")
    members = merge_members(base, ours, theirs)
    clashes = [name for name, value in members.items() if value is CLASH]
    if not clashes:
        return members
    listed = " and ".join(f'"{printable(name)}"' for name in clashes)
    reason = f"both sides changed {listed}"
    return Clash(_resolved(members, ours), _resolved(members, theirs), reason)


def _resolved(members: Objects, side: Objects) -> dict[str, Any]:
    """Return merged members with one side's value wherever both changed one."""
    return {
        name: side[name] if value is CLASH else value
        for name, value in members.items()
        if value is not CLASH or name in side
    }


def merged_order(base: Iterable[str], ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Return all keys of two sides: ours in their order, those of theirs at their place.

    What theirs added stands behind what it follows there, and behind what ours added in the same
    place. If theirs alone changed the order of what is old, theirs goes before ours.

    Examples
    --------
    >>> merged_order("ab", "axb", "ayb")
    ['a', 'x', 'y', 'b']
    """
    first, second = list(dict.fromkeys(ours)), list(dict.fromkeys(theirs))
    if _is_in_order(base, first) and not _is_in_order(base, second):
        first, second = second, first
    known, other = set(first), set(second)
    followers: dict[str | None, list[str]] = {}  # what the second side added, by what it follows
    shared = None
    for key in second:
        if key in known:
            shared = key
        else:
            followers.setdefault(shared, []).append(key)
    result: list[str] = []
    waiting = followers.get(None, [])
    for key in first:
        if key in other:
            result += waiting
            waiting = followers.get(key, [])
        result.append(key)
    return result + waiting


def _is_in_order(base: Iterable[str], side: Sequence[str]) -> bool:
    """Tell whether a side has what it kept of the base in the order of the base."""
    there = set(side)
    kept = [key for key in base if key in there]
    old = set(kept)
    return kept == [key for key in side if key in old]
