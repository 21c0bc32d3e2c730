"""Give every feature an id, every file a date, every layer a name.

The id of a feature is kept, taken from a property, or that of the version before; the date and the
layer of a file are read from its name: ``line-2024-05-01.geojson``, ``20240501.geojson``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from pkzone.checks.run import id_fault
from pkzone.errors import BadDate, BadId, CannotPublish, MissingId, printable
from pkzone.geojson.model import Feature, FeatureCollection, Report
from pkzone.layers.dates import parse_day
from pkzone.layers.identity import (
    AUTO,
    IdProperty,
    identified,
    identifying_property,
    in_words,
    lacking,
    properties_of,
    without_repeated_ids,
)

__all__ = ["date_of_name", "free_name", "ids_on_lines", "name_without_date", "slug_of", "with_ids"]

_LONGEST_SLUG = 40
_LINE = re.compile(rb'^\{"type":"Feature","id":("(?:[^"\\]|\\.)*")', re.MULTILINE)
# Four digits of a plausible year, then month and day after the same separator or none.
#: Latin letters that Unicode does not take apart into a plain one and an accent.
_WHOLE_LETTERS = str.maketrans(
    {"ı": "i", "ə": "e", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
_DATE = re.compile(
    r"(?<![0-9])(1[89][0-9]{2}|2[01][0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])"
)
_NAMES = ("name", "Name", "NAME", "title", "Title")


def with_ids(
    collection: FeatureCollection,
    *,
    file: str,
    id_property: IdProperty | None,
    before: Callable[[], Sequence[Feature]],
    used: Callable[[], Iterable[str]],
) -> FeatureCollection:
    """Assign an id to every feature; the notices say where the ids are from.

    Parameters
    ----------
    collection : FeatureCollection
        The features as read.
    file : str
        Name of the file for messages.
    id_property : str, sequence of str or None
        The property that gives the ids, or several, in the place of those that are there;
        ``auto`` for one that tells which feature of the version before each is.
    before : callable
        Returns the features of the version before; called only when ids are to be assigned.
    used : callable
        Returns every id that the layer ever had; called only when new ones are needed.

    Raises
    ------
    MissingId
        No feature has the property.
    BadId, DuplicateId
        An id is empty, not to be printed, or occurs twice.
    """
    asked = None if id_property == AUTO else id_property
    given = collection.features
    if asked is not None and given and (absent := lacking(given, properties_of(asked))):
        raise MissingId(file, f"no feature has {in_words(absent)} to take its id from")
    known = identified(collection, file, id_property=asked)
    features = [_with_text_id(one, file) for one in known.features]
    report = Report(file)
    by_property = id_property == AUTO
    if by_property and _has_new_ids(before(), features):
        report.note("new-ids", "its ids were given anew; those of the version before count")
        features = [replace(one, id=None) for one in features]
    if any(one.id is None for one in features):
        features = _assigned(features, before(), used, report, by_property=by_property)
    return FeatureCollection(tuple(features), (*known.notices, *report.notices))


def _has_new_ids(before: Sequence[Feature], features: Sequence[Feature]) -> bool:
    """Tell whether ids point at other features than before, and a property tells which."""
    from pkzone.compare.match import has_new_ids

    return has_new_ids(before, features) and identifying_property(before, features) is not None


def ids_on_lines(data: bytes) -> set[str]:
    """Return the ids of a canonical file without parsing it."""
    return {json.loads(text) for text in _LINE.findall(data)}


def _with_text_id(feature: Feature, file: str) -> Feature:
    if feature.id is None:
        return feature
    text = str(feature.id)
    if fault := id_fault(text):
        raise BadId(file, fault, text)
    return feature if feature.id == text else replace(feature, id=text)


def _assigned(
    features: Sequence[Feature],
    before: Sequence[Feature],
    used: Callable[[], Iterable[str]],
    report: Report,
    *,
    by_property: bool,
) -> list[Feature]:
    """Give each feature without an id that of the one it was, or a new one."""
    taken = {feature.id for feature in features if feature.id is not None}
    nameless = [feature for feature in features if feature.id is None]
    free = [feature for feature in before if feature.id not in taken]
    name = identifying_property(free, nameless)
    if name is not None and by_property:
        report.note("id-property", f"features are told apart by the property {printable(name)}")
        known = _known_by(name, free, nameless)
    else:
        known = _known(free, nameless)
    fresh: set[str] = set()
    result = []
    for feature in features:
        if feature.id is not None:
            result.append(feature)
        elif id(feature) in known:
            result.append(replace(feature, id=known[id(feature)]))
        else:
            if not fresh:
                fresh = {*map(str, used()), *map(str, taken), *known.values()}
            new = _new_id(feature, fresh)
            fresh.add(new)
            result.append(replace(feature, id=new))
    if before:
        _tell(len(nameless), len(known), None if by_property else name, report)
    return result if taken else list(without_repeated_ids(result, before))


def _tell(nameless: int, known: int, name: str | None, report: Report) -> None:
    parts = [
        f"features without an id: {nameless:,}, of which {known:,} were in the version before "
        f"and {nameless - known:,} get a new id"
    ]
    if name is not None and known < nameless:
        parts.append(f"--id {AUTO} tells them apart by the property {printable(name)}")
    report.note("no-id", "; ".join(parts))


def _known_by(name: str, before: Sequence[Feature], nameless: Sequence[Feature]) -> dict[int, str]:
    """Return the ids of features that have the value of a property in common with one before."""
    ids = {str(one.properties.get(name, one.id)): str(one.id) for one in before}
    found = ((id(one), ids.get(str(one.properties.get(name)))) for one in nameless)
    return {key: label for key, label in found if label is not None}


def _known(before: Sequence[Feature], nameless: Sequence[Feature]) -> dict[int, str]:
    """Return the ids of features that the version before had, by identity of the new feature."""
    from pkzone.compare import TOLERANCE_M
    from pkzone.compare.match import match_features

    if not before or not nameless:
        return {}
    matched = match_features(before, nameless, tolerance_m=TOLERANCE_M)
    matches = [(one.base, one.target) for one in (*matched.renamed, *matched.pairs)]
    pairs = [*matches, *matched.ids_changed, *_by_name(matched.removed, matched.added)]
    return {id(theirs): str(ours.id) for ours, theirs in pairs}


def _by_name(
    before: Sequence[Feature], nameless: Sequence[Feature]
) -> list[tuple[Feature, Feature]]:
    """Pair what is left where a name stands for exactly one feature on either side."""
    ours, theirs = _named(before), _named(nameless)
    return [(ours[name], theirs[name]) for name in sorted(ours.keys() & theirs.keys())]


def _named(features: Sequence[Feature]) -> dict[str, Feature]:
    by_name: dict[str, Feature | None] = {}
    for one in features:
        if name := _name(one):
            by_name[name] = None if name in by_name else one
    return {name: one for name, one in by_name.items() if one is not None}


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
    return free_name(slug, taken)


def free_name(slug: str, taken: Container[str]) -> str:
    """Return a name, or with the first number from 2 up where it is taken.

    Examples
    --------
    >>> free_name("post", {"post", "post-2"})
    'post-3'
    """
    new, number = slug, 1
    while new in taken:
        number += 1
        new = f"{slug}-{number}"
    return new


def slug_of(text: str) -> str:
    """Return a text as a name of 1 to 64 of ``a-z0-9-``; empty if nothing is left of it.

    Examples
    --------
    >>> slug_of("Aplıç and Łódź")
    'aplic-and-lodz'
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE_LETTERS))
    plain = letters.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-")


def date_of_name(path: str) -> str:
    """Return the one date in a file's name as ``YYYY-MM-DD``.

    Raises
    ------
    CannotPublish
        The name holds no date, or several.

    Examples
    --------
    >>> date_of_name("data/front_20240501.geojson")
    '2024-05-01'
    """
    name = PurePath(path).name
    dates = sorted({day for match in _DATE.finditer(name) if (day := _day(match))})
    if len(dates) == 1:
        return dates[0]
    if dates:
        raise CannotPublish(
            f"{path}: its name holds {len(dates)} dates, {' and '.join(dates[:3])}; rename it, "
            "or publish it alone with --from DATE"
        )
    raise CannotPublish(
        f"{path}: its name holds no date such as 2024-05-01, 20240501 or 2024_05_01; rename it, "
        "or publish it alone with --from DATE"
    )


def name_without_date(path: str) -> str:
    """Return a file's name without its date and endings.

    Examples
    --------
    >>> name_without_date("data/front_20240501.geojson")
    'front'
    """
    stem = PurePath(path).name.partition(".")[0] if not _DATE.search(path) else PurePath(path).name
    for ending in (".geojson", ".json"):
        stem = stem.removesuffix(ending)
    return _DATE.sub("", stem).strip("-_. ")


def _day(match: re.Match[str]) -> str | None:
    text = "-".join(match.group(1, 3, 4))
    try:
        return parse_day(text).isoformat()
    except BadDate:
        return None
