"""Identify features: by the member ``id``, else by a property that takes its place.

One rule for every command. The member ``id`` counts. Where no feature of a side has one, a
property called exactly ``id`` takes its place if each feature has it and no two the same, which
a notice says; programs on GDAL move ids there. Nothing else is taken unasked: another property
that would do is named in a hint. Ids are compared as text: 1 and "1" are one id. Features that
have no id are paired by their place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pkzone.errors import BadId, DuplicateId, printable
from pkzone.geojson.model import Feature, FeatureCollection, Report

__all__ = [
    "AUTO",
    "ID",
    "LACKS_PROPERTY",
    "full_and_unique",
    "has_other_id",
    "identified",
    "identifying_property",
    "known_as",
    "labels_by",
    "refuse_twins",
    "repeats_id",
    "without_repeated_ids",
]

AUTO = "auto"
"""Stands for the property that a hint would name."""

ID = "id"
"""The one property that takes the place of the member ``id`` unasked."""

LACKS_PROPERTY = "lacks-property"
"""Code of the notice that no feature of a side has the property that was asked for."""

_ENDINGS = ("id", "code", "ref", "key", "number", "name")


def identified(
    collection: FeatureCollection, file: str, *, id_property: str | None = None
) -> FeatureCollection:
    """Return the features with the ids that identify them.

    A property ``id`` that takes the place of the member is no property any more, so that a file
    is the same before and after its ids were moved there.

    Parameters
    ----------
    collection : FeatureCollection
        The features as read; members ``id`` that stand there more than once are no ids.
    file : str
        What errors and notices call the side.
    id_property : str, optional
        The property that tells features apart; a feature without it keeps its member ``id``.

    Raises
    ------
    BadId, DuplicateId
        A value of `id_property` is neither a text nor a whole number, or stands there twice.
    """
    report = Report(file)
    features = _without_repeated(collection.features, report, asked=id_property is not None)
    if id_property is not None:
        features = _by_property(features, id_property, report)
    elif features and all(one.id is None for one in features):
        features = _by_moved_id(features, report)
    return FeatureCollection(features, (*collection.notices, *report.notices))


def _without_repeated(
    features: tuple[Feature, ...], report: Report, *, asked: bool
) -> tuple[Feature, ...]:
    counts = Counter(str(one.id) for one in features if one.id is not None)
    repeated = sorted(label for label, count in counts.items() if count > 1)
    if not repeated:
        return features
    if not asked:
        listed = printable(", ".join(repeated), limit=80)
        report.note("repeated-id", f"ids that stand more than once are not taken as ids: {listed}")
    return tuple(
        replace(one, id=None) if one.id is not None and counts[str(one.id)] > 1 else one
        for one in features
    )


def _by_property(features: Sequence[Feature], name: str, report: Report) -> tuple[Feature, ...]:
    identified = []
    for i, feature in enumerate(features):
        value = feature.properties.get(name)
        if value is not None and not _is_id(value):
            report.feature = str(feature.id) if feature.id is not None else f"features[{i}]"
            reason = f"its {printable(name)} is no text and no whole number, so it is no id"
            raise report.refusal(BadId, reason)
        identified.append(feature if value is None else known_as(value, feature, name))
    if identified and all(one.properties.get(name) is None for one in features):
        counts = "the ids count" if any(one.id is not None for one in features) else "places count"
        report.note(LACKS_PROPERTY, f"no feature has the property {printable(name)}; {counts}")
    refuse_twins(identified, report)
    return tuple(identified)


def _by_moved_id(features: tuple[Feature, ...], report: Report) -> tuple[Feature, ...]:
    values = [one.properties.get(ID) for one in features]
    if full_and_unique(values):
        report.note("id-property", "has no ids; the property id takes their place")
        return tuple(known_as(one.properties[ID], one, ID) for one in features)
    if any(map(_is_id, values)):
        report.note(
            "id-property",
            "has no ids, and its property id is not on each feature or stands there twice, so it "
            "takes their place only where --id id asks for it",
        )
    return features


def known_as(value: str | int, feature: Feature, name: str) -> Feature:
    """Return a feature with the value of a property as its id."""
    properties = feature.properties
    if name == ID:
        properties = {key: one for key, one in properties.items() if key != ID}
    return Feature(value, properties, feature.geometry)


def _is_id(value: Any) -> bool:
    return type(value) in (str, int)


def full_and_unique(values: Sequence[Any]) -> bool:
    """Tell whether values are all ids, none of them blank, and no two the same as text."""
    texts = {str(value) for value in values if _is_id(value) and str(value).strip()}
    return len(texts) == len(values)


def refuse_twins(features: Iterable[Feature], report: Report) -> None:
    """Refuse features of which two have one id, compared as text.

    Raises
    ------
    DuplicateId
        Two have.
    """
    seen: set[str] = set()
    for feature in features:
        if feature.id is None:
            continue
        label = str(feature.id)
        if label in seen:
            report.feature = label
            raise report.refusal(DuplicateId, "two features have this id")
        seen.add(label)


def has_other_id(base: Feature, target: Feature) -> bool:
    """Tell whether base and target both have an id, and not the same."""
    return base.id is not None and target.id is not None and str(base.id) != str(target.id)


def repeats_id(base: Feature, target: Feature) -> bool:
    """Tell whether one of a pair, and not the other, has a property ``id`` that repeats an id.

    Programs write ids there that were a member before: that is no change of properties.
    """
    if (ID in base.properties) == (ID in target.properties):
        return False
    value = (base if ID in base.properties else target).properties[ID]
    known = {str(one.id) for one in (base, target) if one.id is not None}
    return _is_id(value) and str(value) in known


def without_repeated_ids(
    features: Sequence[Feature], before: Iterable[Feature]
) -> tuple[Feature, ...]:
    """Leave out the property ``id`` that other programs made of ids, or left empty.

    Parameters
    ----------
    features : sequence of Feature
        Features of a side without members ``id``, with the ids that they were found to have.
    before : iterable of Feature
        What they grew from; where that has properties ``id`` they are left alone.
    """
    if any(ID in one.properties for one in before):
        return tuple(features)

    def repeated(feature: Feature) -> bool:
        value = feature.properties.get(ID, feature)
        return value is None or (type(value) in (int, str) and str(value) == str(feature.id))

    return tuple(
        replace(one, properties={key: value for key, value in one.properties.items() if key != ID})
        if repeated(one)
        else one
        for one in features
    )


def identifying_property(
    base: Sequence[Feature], target: Sequence[Feature], *, but: str | None = None
) -> str | None:
    """Return the property that could tell features apart on both sides; none if none could.

    The one called `but` is out of the question.

    Each feature of a side has it, or none has and the members ``id`` are meant; it names each
    once, and most of the smaller side have it in common with the other. Of several the one in
    common most often counts, then one whose name sounds like an id.
    """
    if min(len(base), len(target)) < 2:
        return None
    names = {name for side in (base, target) for name in side[0].properties} - {but}
    candidates = []
    for name in names:
        ours, theirs = (list(map(labels_by(name, side), side)) for side in (base, target))
        if not (full_and_unique(ours) and full_and_unique(theirs)):
            continue
        shared = len({*map(str, ours)} & {*map(str, theirs)})
        if 2 * shared > min(len(ours), len(theirs)):
            candidates.append((-shared, _rank(name), name))
    return min(candidates)[2] if candidates else None


def labels_by(name: str, features: Sequence[Feature]) -> Callable[[Feature], Any]:
    """Return what tells a feature of a side its label: the property, or the id where none has it.

    Parameters
    ----------
    name : str
        The property.
    features : sequence of Feature
        All features of the side.
    """
    if any(name in one.properties for one in features):
        return lambda feature: feature.properties.get(name)
    return lambda feature: feature.id


def _rank(name: str) -> int:
    folded = name.casefold()
    endings = (i for i, ending in enumerate(_ENDINGS) if folded.endswith(ending))
    return next(endings, len(_ENDINGS))
