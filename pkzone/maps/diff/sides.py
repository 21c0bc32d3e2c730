"""The two sides of a difference, whole again: what did not change is not part of a diff."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pkzone.errors import PkzoneError
from pkzone.formats import any_file
from pkzone.geojson.model import Feature, FeatureCollection
from pkzone.layers.identity import identified
from pkzone.revisions.names import file_title, is_state

if TYPE_CHECKING:
    from pkzone.compare.result import Diff, SideInfo
    from pkzone.layers.catalogue import Catalogue, Version

__all__ = ["Side", "sides_of"]

Features = tuple[Feature, ...]


@dataclass(frozen=True)
class Side:
    """One side of a difference.

    Attributes
    ----------
    info : SideInfo
        What was compared.
    layer : str
        Its layer, or the name of its file.
    version : Version or None
        The version that it is, if the catalogue has it.
    features, changed : tuple of Feature
        All its features, where they can be had again, and those that differ.
    count : int
        How many features it has.
    """

    info: SideInfo
    layer: str
    version: Version | None
    features: Features
    changed: Features
    count: int
    changes: dict[str, str] = field(repr=False)

    def change_of(self, feature: Feature) -> str:
        """Return the kind of change that a feature is part of, or ``unchanged``."""
        return self.changes.get(_key(feature), "unchanged")


def sides_of(diff: Diff, catalogue: Catalogue) -> tuple[Side, Side]:
    """Return base and target of a difference.

    Parameters
    ----------
    diff : Diff
        The difference.
    catalogue : Catalogue
        Where its versions are looked up, by their hash.

    Returns
    -------
    tuple of Side
        The features of a version come from the catalogue, those of a file from the file if it
        still holds what was compared; of other sides only those that differ are at hand.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    base, target = (_side(name, diff, catalogue) for name in ("base", "target"))
    return base, target


def _side(name: str, diff: Diff, catalogue: Catalogue) -> Side:
    info: SideInfo = getattr(diff, name)
    pairs = [(feature, change) for change in diff.changes for feature in getattr(change, name)]
    changed = tuple(feature for feature, _ in pairs)
    kinds = {_key(feature): change.kind for feature, change in pairs}
    version = _version(info, catalogue)
    count = len(changed) + diff.unchanged
    if version is not None:
        features = _identified(version.features(), diff.id_property, info)
    else:
        features = _from_file(info, changed, count, diff.id_property)
    layer = info.layer or file_title(info.ref) or info.ref
    return Side(info, layer, version, features, changed, count, kinds)


def _version(info: SideInfo, catalogue: Catalogue) -> Version | None:
    """Return the version that a side is: by its hash, so that another catalogue's never is."""
    layer = catalogue.get(info.layer) if info.layer else None
    for record in layer.records if layer else ():
        if record.id == info.version and record.sha256 == info.sha256:
            return record
    return None


def _from_file(info: SideInfo, changed: Features, count: int, id_property: str | None) -> Features:
    """Return the features of a file that still holds what was compared, else those that differ."""
    with suppress(PkzoneError, OSError, ValueError):
        if info.layer is None and (is_state(info.ref) or Path(info.ref).is_file()):
            read = any_file.read(
                info.ref,
                layers=info.file_layers or (),
                ids_unique=id_property is None,
                check_validity=False,
            )
            features = _identified(read, id_property, info)
            if len(features) == count and _count(changed) <= _count(features):
                return features
    return changed


def _identified(collection: FeatureCollection, id_property: str | None, info: SideInfo) -> Features:
    """Return the features under the ids that they were compared by."""
    return identified(collection, info.ref, id_property=id_property).features


def _count(features: Iterable[Feature]) -> Counter[str]:
    return Counter(map(_whole, features))


def _whole(feature: Feature) -> str:
    return json.dumps([feature.id, feature.properties, feature.geometry], sort_keys=True)


def _key(feature: Feature) -> str:
    return _whole(feature) if feature.id is None else json.dumps(feature.id)
