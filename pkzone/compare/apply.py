"""Apply a diff to its base to get the target, or backwards to its target to get the base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkzone.compare.equality import feature_key, same_feature
from pkzone.compare.inputs import checked
from pkzone.errors import DoesNotFit, printable
from pkzone.geojson.model import Feature, FeatureCollection
from pkzone.layers.identity import identified
from pkzone.layers.references import refuse_frame

if TYPE_CHECKING:
    from pkzone.compare.result import Diff

__all__ = ["apply"]


def apply(
    diff: Diff, features: FeatureCollection | Iterable[Feature], *, backwards: bool = False
) -> FeatureCollection:
    """Return the target of a diff, made from its base.

    Parameters
    ----------
    diff : Diff
        What to change.
    features : FeatureCollection or iterable of Feature
        The base, in any order; other features than the diff's may have changed since.
    backwards : bool, optional
        Make the base from the target.

    Returns
    -------
    FeatureCollection
        Sorted by id, those without one last, with the ids that they were compared by.

    Raises
    ------
    DoesNotFit
        A feature that the diff changes is not there, or not as the diff found it; or one that
        it adds is there already.
    GeoJSONError
        The features are not sound.
    """
    refuse_frame(features)
    given = features.features if isinstance(features, FeatureCollection) else tuple(features)
    collection = checked(given, "<features>", ids_unique=diff.id_property is None)
    collection = identified(collection, "<features>", id_property=diff.id_property)
    stock = _Stock(collection.features)
    pairs = [
        *((feature.base, feature.target) for feature in diff.changes),
        *(((base,), (target,)) for base, target in diff.ids_changed),
    ]
    ways = [(target, base) if backwards else (base, target) for base, target in pairs]
    for gone, _ in ways:
        for feature in gone:
            stock.take(feature)
    for _, new in ways:
        for feature in new:
            stock.put(feature)
    return FeatureCollection(stock.features(), ())


class _Stock:
    """Features by id, those without one by content, to take from and add to."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._named: dict[str, Feature] = {}
        self._nameless: defaultdict[object, list[Feature]] = defaultdict(list)
        for one in features:
            self.put(one)

    def take(self, wanted: Feature) -> None:
        if wanted.id is None:
            if not self._nameless[feature_key(wanted)]:
                raise DoesNotFit(
                    "a feature without an id that the diff changes is not there; "
                    "apply the diff to the features it was made from"
                )
            self._nameless[feature_key(wanted)].pop()
            return
        label = str(wanted.id)
        found = self._named.pop(label, None)
        if found is None or not same_feature(found, wanted):
            state = "not there" if found is None else "not as the diff found it"
            raise DoesNotFit(
                f"{printable(label)}: the feature is {state}; apply the diff to the "
                "features it was made from"
            )

    def put(self, new: Feature) -> None:
        if new.id is None:
            self._nameless[feature_key(new)].append(new)
        elif str(new.id) in self._named:
            raise DoesNotFit(
                f"{printable(str(new.id))}: the feature that the diff adds is there "
                "already; apply the diff to the features it was made from"
            )
        else:
            self._named[str(new.id)] = new

    def features(self) -> tuple[Feature, ...]:
        named = (self._named[label] for label in sorted(self._named))
        nameless = (one for key in sorted(self._nameless, key=repr) for one in self._nameless[key])
        return (*named, *nameless)
