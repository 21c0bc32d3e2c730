"""Compare two versions, files or frames: what changed, by how much, who is affected; apply it."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pkzone.compare.affected import affected_of, events_of
from pkzone.compare.area_totals import area_totals
from pkzone.compare.catalogue_context import end_names, sources_and_names
from pkzone.compare.classify import Terms, changes_of, ids_changed_of
from pkzone.compare.equality import feature_key, same_feature
from pkzone.compare.inputs import DiffInputs, checked
from pkzone.compare.match import ORDER, order_of
from pkzone.compare.match import match as matched_sides
from pkzone.compare.result import Change, Diff
from pkzone.compare.routes import routes_of
from pkzone.errors import BadTolerance, DoesNotFit, printable
from pkzone.geojson.model import Feature, FeatureCollection, gc_paused
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.identity import identified
from pkzone.layers.references import refuse_frame

if TYPE_CHECKING:
    from pkzone.compare.inputs import Comparable

__all__ = ["TOLERANCE_M", "Change", "Diff", "apply", "diff"]

TOLERANCE_M = 25.0
"""Up to so many metres a geometry is only redrawn, unless asked otherwise."""


def diff(
    base: Comparable,
    target: Comparable,
    *,
    tolerance_m: float = TOLERANCE_M,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    id_property: str | Sequence[str] | None = None,
    affected: str | os.PathLike[str] | None = None,
    within_m: float = 2500.0,
    evidence: bool = True,
    across: bool = False,
    match: Sequence[str] | None = None,
    layers: Sequence[str] = (),
) -> Diff:
    """Compare a base with a target.

    Parameters
    ----------
    base, target : str, os.PathLike, Version, FeatureCollection or GeoDataFrame
        What is compared: a reference (``corridor@2020-12-01``, a path, ``-`` for standard
        input), or features at hand in degrees lon/lat. A base later than the target is
        allowed: it mirrors the answer. A file that is no GeoJSON is read as
        `pkzone.import_file` does, with what that says as notices.
    tolerance_m : float, optional
        Metres within which a geometry is only redrawn, and a stretch of a line is kept.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    id_property : str or sequence of str, optional
        A property that tells features apart, or several that do so together (``"sheet,parcel"``,
        or a sequence of their names); a feature that lacks one keeps its member ``id``. ``auto``
        takes the property that a notice would name. Without it ids are found as
        `pkzone.layers.identity` says.
    affected : str or os.PathLike, optional
        Reference to the points, lines or areas that may enter or leave; without it the layer
        ``places`` of the catalogue, where a version is compared.
    within_m : float, optional
        How far the reach of a route goes, in metres.
    evidence : bool, optional
        Without it only kinds and classes are found: no number, route, area or affected place.
    across : bool, optional
        Compare versions of two layers all the same; without it they are refused, as what differs
        between two layers is no change. Of routes, areas, events and who is affected nothing is
        told then. Files and frames are never refused.
    match : sequence of str, optional
        The steps by which features are matched, in order, each among what those before it left
        over: ``id``; ``property``, the one that, full and unique on both sides, tells features
        apart; ``geometry``, where it is equal; ``near``, by shape and distance. Without it ``id``,
        ``geometry``, ``near``; with it `Diff.matched` and a notice say how many each matched.
    layers : sequence of str, optional
        The layers to read, of each side that is a file which can hold several (GeoPackage, KML,
        GPX, zip).

    Returns
    -------
    Diff
        The changes, sorted by id. A pair that differs in nothing but the id is unchanged.
        Features without an id are matched by geometry and properties alone. Two are the same if
        their JSON is (1 equals 1.0, true does not equal 1) and their geometries have one
        canonical form. What two canonical files share line by line is not judged:
        that is for ``check``.

    Raises
    ------
    BadTolerance
        A distance is not a number of metres from 0 up.
    BadOption
        A step of `match` is none, or occurs twice.
    BadReference, BadDate, LayerNotFound, VersionNotFound
        A reference names nothing, or the two name versions of two layers.
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused, or no feature has the property `id_property`.
    FormatError
        A file of another format is refused or damaged.
    BadOption
        Layers are named, and neither side is a file that can hold several.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.diff("corridor@2020-12-01", "corridor@2020-12-01").is_empty
    True
    """
    terms = Terms(_metres(tolerance_m, "the tolerance"), evidence)
    _metres(within_m, "the reach")
    order = ORDER if match is None else order_of(match)
    opened = DiffInputs(
        base, target, catalogue=catalogue, id_property=id_property, across=across, layers=layers
    )
    with opened as sides, gc_paused():
        matched = matched_sides(
            sides.base, sides.target, tolerance_m=terms.tolerance_m, order=order
        )
        if match is not None:
            matched.notices.append(matched.notice(order))
        changes = changes_of(matched, terms)
        # of two layers no route came into use, and nobody left an area
        measures = evidence and bool(changes) and not sides.are_two_layers
        return Diff(
            base=sides.base.info,
            target=sides.target.info,
            tolerance_m=terms.tolerance_m,
            changes=changes,
            unchanged=matched.unchanged,
            routes=routes_of(sides, changes, terms) if measures else (),
            areas=area_totals(sides, changes, terms) if measures else None,
            affected=affected_of(sides, affected, within_m) if measures else (),
            events=events_of(sides) if measures else (),
            notices=tuple(dict.fromkeys((*sides.notices, *matched.notices, *terms.notices))),
            id_property=sides.id_property,
            ids_changed=ids_changed_of(matched),
            end_names=end_names(sides, changes),
            **(sources_and_names(sides, changes) if measures else {}),
            matched={} if match is None else matched.counts(order),
        )


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
        it adds already exists.
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
                f"{printable(str(new.id))}: the feature that the diff adds already "
                "exists; apply the diff to the features it was made from"
            )
        else:
            self._named[str(new.id)] = new

    def features(self) -> tuple[Feature, ...]:
        named = (self._named[label] for label in sorted(self._named))
        nameless = (one for key in sorted(self._nameless, key=repr) for one in self._nameless[key])
        return (*named, *nameless)


def _metres(value: float, what: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and math.isfinite(value) and value >= 0:
        return float(value)
    raise BadTolerance(f"{what} is {value!r}; give metres from 0 up, such as 25")
