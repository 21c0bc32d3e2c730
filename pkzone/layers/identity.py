"""Identify features: by the member ``id``, else by a property that takes its place.

One rule for every command. The member ``id`` counts. Where no feature of a side has one, a
property called exactly ``id`` takes its place if each feature has it and no two the same, which
a notice says; programs on GDAL move ids there. Nothing else is taken unasked: another property
that would do is named in a hint. Ids are compared as text: 1 and "1" are one id. Features that
have no id are paired by their place.

Several properties make one id where they are asked for together, ``sheet,parcel``: their values
joined by ``/`` as in a JSON Pointer (RFC 6901), ``M12/3``; within a value ``~`` is ``~0`` and ``/``
is ``~1``, so that no two features with other values have one id.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from pkzone.errors import BadId, BadOption, DuplicateId, printable
from pkzone.geojson.model import Feature, FeatureCollection, Report

__all__ = [
    "AUTO",
    "ID",
    "LACKS_PROPERTY",
    "IdProperty",
    "full_and_unique",
    "has_other_id",
    "identified",
    "identifying_property",
    "in_words",
    "key_of",
    "key_reader",
    "known_as",
    "labels_by",
    "lacking",
    "option_of",
    "properties_of",
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

IdProperty: TypeAlias = "str | Sequence[str]"
"""A property that ids are made of, or several: a text as ``--id`` takes it, or their names."""

_ENDINGS = ("id", "code", "ref", "key", "number", "name")


def properties_of(asked: IdProperty) -> tuple[str, ...]:
    """Return the names of the properties that an id is made of.

    Parameters
    ----------
    asked : str or sequence of str
        Names with commas between them, quoted as in CSV where a name has a comma or begins with
        a quote; or the names themselves.

    Raises
    ------
    BadOption
        The quotes do not match, a name is empty or occurs twice.

    Examples
    --------
    >>> properties_of("sheet,parcel")
    ('sheet', 'parcel')
    >>> properties_of('"sheet,parcel"')
    ('sheet,parcel',)
    """
    if not isinstance(asked, str):
        names = tuple(asked)
    elif "," not in asked and not asked.startswith('"'):
        return (asked,)
    else:
        try:
            (names,) = map(tuple, csv.reader([asked], strict=True, skipinitialspace=True))
        except (csv.Error, ValueError):
            raise BadOption(
                f"{printable(asked)} names no properties; write a,b for two, and quote a name "
                'that has a comma as in CSV: "a,b"'
            ) from None
    if len(set(names)) < max(len(names), 1) or (len(names) > 1 and "" in names):
        shown = printable(option_of(names))
        raise BadOption(f"{shown!r} names a property twice, or none; name each once: a,b")
    return names


def option_of(names: Sequence[str]) -> str:
    """Return the names of properties as ``--id`` takes them, the inverse of `properties_of`."""
    return ",".join(
        '"{}"'.format(name.replace('"', '""'))
        if name == AUTO or name != name.strip() or any(mark in name for mark in ',"\r\n')
        else name
        for name in names
    )


def key_reader(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what tells from properties the id that some of them make; see `key_of`."""
    if len(names) == 1:
        (name,) = names
        return lambda properties: properties.get(name)
    return lambda properties: key_of([properties.get(name) for name in names])


def key_of(values: Sequence[Any]) -> Any:
    """Return the id that values make: None where one is missing, a list where one can be no id."""
    if len(values) == 1:
        return values[0]
    if any(value is None for value in values):
        return None
    if not all(map(_is_id, values)):
        return list(values)
    return "/".join(str(value).replace("~", "~0").replace("/", "~1") for value in values)


def lacking(features: Iterable[Feature], names: Sequence[str]) -> tuple[str, ...]:
    """Return why no feature has an id that properties make: those that none has, else all.

    Nothing is returned where some feature has each of them.
    """
    absent = dict.fromkeys(names)
    for feature in features:
        there = [name for name in names if feature.properties.get(name) is not None]
        if len(there) == len(names):
            return ()
        for name in there:
            absent.pop(name, None)
    return tuple(absent) or tuple(names)


def in_words(names: Sequence[str]) -> str:
    """Return what `lacking` found as the object of "no feature has"."""
    listed = printable(", ".join(names))
    return f"the property {listed}" if len(names) == 1 else f"all of the properties {listed}"


def identified(
    collection: FeatureCollection, file: str, *, id_property: IdProperty | None = None
) -> FeatureCollection:
    """Return the features with the ids that identify them.

    A property ``id`` that takes the place of the member is not a property any more, so that a file
    is the same before and after its ids were moved there.

    Parameters
    ----------
    collection : FeatureCollection
        The features as read; members ``id`` that stand there more than once are no ids.
    file : str
        What errors and notices call the side.
    id_property : str or sequence of str, optional
        The property that tells features apart, or several; a feature that lacks one of them
        keeps its member ``id``.

    Raises
    ------
    BadId, DuplicateId
        A value of `id_property` is neither a text nor a whole number, or occurs twice.
    BadOption
        It names no property; see `properties_of`.
    """
    report = Report(file)
    features = _without_repeated(collection.features, report, asked=id_property is not None)
    if id_property is not None:
        features = _by_property(features, properties_of(id_property), report)
    elif features and all(one.id is None for one in features):
        features = _by_moved_id(features, report)
    notices = (*collection.notices, *report.notices)
    return replace(collection, features=features, notices=notices)


def _without_repeated(
    features: tuple[Feature, ...], report: Report, *, asked: bool
) -> tuple[Feature, ...]:
    counts = Counter(str(one.id) for one in features if one.id is not None)
    repeated = sorted(label for label, count in counts.items() if count > 1)
    if not repeated:
        return features
    if not asked:
        listed = printable(", ".join(repeated), limit=80)
        report.note("repeated-id", f"ids that occur more than once are not taken as ids: {listed}")
    return tuple(
        replace(one, id=None) if one.id is not None and counts[str(one.id)] > 1 else one
        for one in features
    )


def _by_property(
    features: Sequence[Feature], names: Sequence[str], report: Report
) -> tuple[Feature, ...]:
    identified = []
    name, key = option_of(names), key_reader(names)
    for i, feature in enumerate(features):
        value = key(feature.properties)
        if value is not None and not _is_id(value):
            report.feature = str(feature.id) if feature.id is not None else f"features[{i}]"
            reason = f"its {printable(name)} is neither text nor a whole number, so it is not an id"
            raise report.refusal(BadId, reason)
        identified.append(feature if value is None else known_as(value, feature, name))
    if identified and (absent := lacking(features, names)):
        counts = "the ids count" if any(one.id is not None for one in features) else "places count"
        report.note(LACKS_PROPERTY, f"no feature has {in_words(absent)}; {counts}")
    refuse_twins(identified, report, f"; --id {printable(name)},OTHER takes several properties")
    return tuple(identified)


def _by_moved_id(features: tuple[Feature, ...], report: Report) -> tuple[Feature, ...]:
    values = [one.properties.get(ID) for one in features]
    if full_and_unique(values):
        report.note("id-property", "has no ids; the property id takes their place")
        return tuple(known_as(one.properties[ID], one, ID) for one in features)
    if any(map(_is_id, values)):
        report.note(
            "id-property",
            "has no ids, and its property id is not on each feature or occurs twice, so it "
            "takes their place only where --id id asks for it",
        )
    return features


def known_as(value: str | int, feature: Feature, name: str) -> Feature:
    """Return a feature with what a property, or several, make of an id."""
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


def refuse_twins(features: Iterable[Feature], report: Report, advice: str = "") -> None:
    """Refuse features of which two have one id, compared as text; advice ends the message.

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
            raise report.refusal(DuplicateId, f"two features have this id{advice}")
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

    What `but` names as ``--id`` does is out of the question.

    Each feature of a side has it, or none has and the members ``id`` are meant; it names each
    once, and most of the smaller side have it in common with the other. Of several the one in
    common most often counts, then one whose name sounds like an id.
    """
    if min(len(base), len(target)) < 2:
        return None
    names = {name for side in (base, target) for name in side[0].properties}
    names -= {*properties_of(but)} if but is not None else set()
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
