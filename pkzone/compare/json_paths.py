"""Differences inside two JSON values, each found by its JSON Pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from pkzone.compare.equality import same_json

__all__ = ["LONGEST_POINTER", "PathChange", "inner_differences"]

LONGEST_POINTER: Final = 2000
"""Characters: a value whose members would have a longer pointer is told as a whole."""


class PathChange(NamedTuple):
    """The deepest difference at one place inside a JSON value.

    Attributes
    ----------
    path : str
        JSON Pointer (RFC 6901) from the properties of the feature: ``/tags/surface``.
    base, target : JSON value
        On both sides; None where it is not there.
    in_base, in_target : bool
        Whether it is there, which tells null from nothing.
    """

    path: str
    base: Any
    target: Any
    in_base: bool = True
    in_target: bool = True


_Wholes: TypeAlias = Callable[[list[Any]], bool]


def inner_differences(
    name: str, base: Any, target: Any, *, whole: _Wholes = lambda _: False
) -> Iterator[PathChange]:
    """Yield the deepest differences between two JSON values, if any lies deeper than their top.

    Objects are compared by key and arrays of one length by index; arrays of two lengths, and a
    value and one of another type, differ as a whole. Equality is that of `same_json`. Nothing
    is yielded where the two differ as a whole themselves: then there is nothing nested.

    Parameters
    ----------
    name : str
        Of the property: pointers begin with it.
    base, target : JSON values
        What to compare, nested to any depth.
    whole : callable, optional
        Tells of an array whether it is compared as one value; by default none is.

    Yields
    ------
    PathChange
        In the order of keys, by code point, and of indices. Setting every ``target`` at its
        ``path``, and removing what is not ``in_target``, makes the target of the base.

    Examples
    --------
    >>> [one[:3] for one in inner_differences("tags", {"a/b": [1, 2]}, {"a/b": [1, 3]})]
    [('/tags/a~1b/1', 2, 3)]
    """
    top = PathChange(_pointer("", name), base, target)
    stack = [iter((top,))]
    while stack:
        pair = next(stack[-1], None)
        if pair is None:
            stack.pop()
        elif (members := _members(pair, whole)) is not None:
            stack.append(members)
        elif pair is not top and not _is_same(pair):
            yield pair


def _is_same(pair: PathChange) -> bool:
    return pair.in_base and pair.in_target and same_json(pair.base, pair.target)


def _members(pair: PathChange, whole: _Wholes) -> Iterator[PathChange] | None:
    """Return the pairs inside a pair that may differ; none where it is compared as a whole."""
    path, base, target = pair[:3]
    if not pair.in_base or not pair.in_target:
        return None
    if isinstance(base, dict) and isinstance(target, dict):
        keys = base.keys() | target.keys()
        if len(path) + 2 * max(map(len, keys), default=0) > LONGEST_POINTER:  # "~" becomes "~0"
            return None
        return _of_objects(path, base, target)
    if isinstance(base, list | tuple) and isinstance(target, list | tuple):
        if len(base) != len(target) or len(path) + 20 > LONGEST_POINTER:
            return None
        if whole([*base]) and whole([*target]):
            return None
        return _of_arrays(path, base, target)
    return None


def _of_objects(path: str, base: Any, target: Any) -> Iterator[PathChange]:
    for key in sorted(base.keys() | target.keys()):
        there = key in base, key in target
        if not all(there) or base[key] is not target[key]:
            yield PathChange(_pointer(path, key), base.get(key), target.get(key), *there)


def _of_arrays(path: str, base: Any, target: Any) -> Iterator[PathChange]:
    for index, (old, new) in enumerate(zip(base, target, strict=True)):
        if old is not new:
            yield PathChange(f"{path}/{index}", old, new)


def _pointer(path: str, key: str) -> str:
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
