"""An id for every feature: kept, taken from a property, or told by the version before."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pkzone.errors import BadId, MissingId, printable
from pkzone.layers.check.demands import id_fault
from pkzone.layers.geojson import Feature, FeatureCollection

__all__ = ["ids_on_lines", "slug_of", "with_ids"]

_LONGEST_SLUG = 40
_LINE = re.compile(rb'^\{"type":"Feature","id":("(?:[^"\\]|\\.)*")', re.MULTILINE)
_NAMES = ("name", "Name", "NAME", "title", "Title")


def with_ids(
    collection: FeatureCollection,
    *,
    file: str,
    id_property: str | None,
    before: Callable[[], Sequence[Feature]],
    used: Callable[[], Iterable[str]],
) -> tuple[Feature, ...]:
    """Return features that all have a text as their id.

    Parameters
    ----------
    collection : FeatureCollection
        The features as read.
    file : str
        Name of the file for messages.
    id_property : str or None
        The property that gives the ids, in the place of those that are there.
    before : callable
        Returns the features of the version before; called only when ids are to be assigned.
    used : callable
        Returns every id that the layer ever had; called only when new ones are needed.

    Raises
    ------
    MissingId
        A feature lacks the property.
    BadId, DuplicateId
        An id is empty, not to be printed, or stands twice.
    """
    if id_property is not None:
        from pkzone.layers.diff.sides import keyed

        collection = keyed(collection, id_property, file)
        for place, one in enumerate(collection.features):
            if one.id is None:
                reason = f"it has no property {printable(id_property)} to take its id from"
                raise MissingId(file, reason, f"features[{place}]")
    features = [
        one if one.id is None else replace(one, id=_text(one, file)) for one in collection.features
    ]
    if any(one.id is None for one in features):
        features = _assigned(features, before(), used)
    return tuple(features)


def ids_on_lines(data: bytes) -> set[str]:
    """Return the ids of a canonical file without parsing it."""
    return {json.loads(text) for text in _LINE.findall(data)}


def _text(feature: Feature, file: str) -> str:
    text = str(feature.id)
    if fault := id_fault(text):
        raise BadId(file, fault, text)
    return text


def _assigned(
    features: Sequence[Feature], before: Sequence[Feature], used: Callable[[], Iterable[str]]
) -> list[Feature]:
    """Give each feature without an id that of the one it was, or a new one."""
    taken = {one.id for one in features if one.id is not None}
    nameless = [one for one in features if one.id is None]
    free = [one for one in before if one.id not in taken]
    known = _known(free, nameless)
    fresh: set[str] = set()
    result = []
    for one in features:
        if one.id is not None:
            result.append(one)
        elif id(one) in known:
            result.append(replace(one, id=known[id(one)]))
        else:
            if not fresh:
                fresh = {*map(str, used()), *map(str, taken), *known.values()}
            new = _new_id(one, fresh)
            fresh.add(new)
            result.append(replace(one, id=new))
    return result


def _known(before: Sequence[Feature], nameless: Sequence[Feature]) -> dict[int, str]:
    """Return the ids of features that the version before had, by identity of the new feature."""
    from pkzone.layers.diff import TOLERANCE_M
    from pkzone.layers.diff.match import match
    from pkzone.layers.diff.sides import Side
    from pkzone.layers.diff.values import SideInfo

    if not before or not nameless:
        return {}
    sides = [
        Side(SideInfo(name), name, collection=FeatureCollection(tuple(features), ()))
        for name, features in (("the version before", before), ("the file", nameless))
    ]
    matched = match(*sides, tolerance_m=TOLERANCE_M)
    matches = [(one.base, one.target) for one in (*matched.renamed, *matched.pairs)]
    pairs = [*matches, *_by_name(matched.removed, matched.added)]
    return {id(theirs): str(ours.id) for ours, theirs in pairs}


def _by_name(
    before: Sequence[Feature], nameless: Sequence[Feature]
) -> list[tuple[Feature, Feature]]:
    """Pair what is left where a name stands for exactly one feature on either side."""
    ours, theirs = _named(before), _named(nameless)
    return [(ours[name], theirs[name]) for name in sorted(ours.keys() & theirs.keys())]


def _named(features: Sequence[Feature]) -> dict[str, Feature]:
    found: dict[str, Feature | None] = {}
    for one in features:
        if name := _name(one):
            found[name] = None if name in found else one
    return {name: one for name, one in found.items() if one is not None}


def _name(feature: Feature) -> str:
    texts = (feature.properties.get(key) for key in _NAMES)
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def _new_id(feature: Feature, taken: set[str]) -> str:
    """Return a slug of the feature's name, or of its shape, that was never used."""
    slug = slug_of(_name(feature))[:_LONGEST_SLUG].rstrip("-")
    if not slug:
        kind = feature.properties.get("kind")
        shape = feature.geometry["type"] if feature.geometry else "feature"
        slug = (slug_of(kind) if isinstance(kind, str) else "") or shape.removeprefix(
            "Multi"
        ).lower()
    number = 1
    new = slug
    while new in taken:
        number += 1
        new = f"{slug}-{number}"
    return new


def slug_of(text: str) -> str:
    """Return a text as a name of 1 to 64 of ``a-z0-9-``; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-")
