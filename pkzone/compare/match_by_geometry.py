"""Match features by equal geometry; of several in one place those that are most alike first."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pkzone.compare.equality import (
    geometry_key,
    is_located,
    outline,
    properties_key,
    same_geometry,
)
from pkzone.geojson.model import Feature

__all__ = ["match_places"]

Groups = dict[object, list[Feature]]
Pairs = list[tuple[Feature, Feature]]


def match_places(base: Sequence[Feature], target: Sequence[Feature]) -> Pairs:
    """Return the pairs of equal geometry; those with equal properties first.

    Features without any place are matched only if they have no id either, and the same
    properties: nothing else says that they are the same.
    """
    if not (base and target):
        return []
    ours, theirs = _by(outline, base), _by(outline, target)
    found: Pairs = []
    for key in ours.keys() & theirs.keys():  # few are left for what costs more to find
        mine, others = ours[key], theirs[key]
        if len(mine) == len(others) == 1 and _is_same_place(mine[0], others[0]):
            found.append((mine[0], others[0]))
        elif len(mine) + len(others) > 2:
            places, other_places = _by(_place, mine), _by(_place, others)
            for place in places.keys() & other_places.keys():
                found += _most_alike(places[place], other_places[place])
    return found


def _by(key: Callable[[Feature], object], features: Iterable[Feature]) -> Groups:
    groups: Groups = defaultdict(list)
    for one in features:
        groups[key(one)].append(one)
    return groups


def _place(feature: Feature) -> object:
    if is_located(feature):
        return geometry_key(feature)
    if feature.id is None:
        return geometry_key(feature), properties_key(feature)
    return id(feature)


def _is_same_place(ours: Feature, theirs: Feature) -> bool:
    """Tell whether two features have one place, without looking for a key of it."""
    if is_located(ours):
        return same_geometry(ours.geometry, theirs.geometry)
    return _place(ours) == _place(theirs)


def _most_alike(ours: Sequence[Feature], theirs: Sequence[Feature]) -> Pairs:
    """Pair the features of one geometry, whatever their order and whichever side is which."""
    mine, others = _ranked(ours), _ranked(theirs)
    pairs: Pairs = []
    for likeness in _LIKENESSES:
        waiting: dict[object, deque[_Ranked]] = defaultdict(deque)
        for one in others:
            waiting[likeness(one)].append(one)
        left = []
        for one in mine:
            if alike := waiting[likeness(one)]:
                pairs.append((one.feature, alike.popleft().feature))
            else:
                left.append(one)
        mine = left
        others = sorted((one for alike in waiting.values() for one in alike), key=_rank)
    return pairs


class _Ranked(NamedTuple):
    """A feature with the text of its properties and its id; one without an id is like no other."""

    properties: str
    id: str | int
    feature: Feature


def _ranked(features: Sequence[Feature]) -> list[_Ranked]:
    return sorted(
        (
            _Ranked(properties_key(one), id(one) if one.id is None else str(one.id), one)
            for one in features
        ),
        key=_rank,
    )


def _rank(one: _Ranked) -> tuple[str, str]:
    return one.properties, str(one.feature.id)


#: What two have in common that are paired, from the most to the least.
_LIKENESSES: tuple[Callable[[_Ranked], object], ...] = (
    lambda one: one[:2],
    lambda one: one.properties,
    lambda one: one.id,
    lambda one: None,
)
