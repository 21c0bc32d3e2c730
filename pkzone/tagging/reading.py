"""A layer of a catalogue read as far as it takes to tag by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pkzone.errors import CannotTag
from pkzone.layers.catalogue import SHIPPED, Catalogue, Layer
from pkzone.tagging.layer_index import Family, Scene, family_of, scene_of

__all__ = ["TagLayer", "read_layers"]

_OF_THE_SHIPPED = ("zone", "corridor", "transport", "places")


@dataclass(frozen=True, slots=True)
class TagLayer:
    """A layer with all that is needed of its versions.

    Parameters
    ----------
    name : str
        Its name.
    family : str
        Whether its areas, its lines or its places count.
    versions : tuple of str
        Ids, oldest first.
    starts : ndarray of datetime64[D]
        When each takes effect.
    scene_of : ndarray of int
        Which of `scenes` each has; versions of the same bytes share one.
    scenes : tuple
        What there is to tag by.
    ids : tuple of str
        Ids of all features in any of the scenes.
    box : tuple of float
        West, south, east and north of all versions.
    """

    name: str
    family: Family
    versions: tuple[str, ...]
    starts: npt.NDArray[np.datetime64]
    scene_of: npt.NDArray[np.intp]
    scenes: tuple[Scene, ...]
    ids: tuple[str, ...]
    box: tuple[float, float, float, float]


def read_layers(names: Sequence[str] | None, catalogue: Catalogue) -> tuple[TagLayer, ...]:
    """Return some layers of a catalogue, or those that one tags by if no names are given.

    Raises
    ------
    LayerNotFound
        The catalogue has no such layer.
    CannotTag
        A layer asked for has no geometry in any version, or none has any.
    CatalogueError, HashMismatch, GeoJSONError
        A file of the catalogue is missing or damaged.
    """
    chosen = dict.fromkeys(_usual(catalogue) if names is None else names)
    read = {name: _read(catalogue[name]) for name in chosen}
    missing = [name for name, layer in read.items() if layer is None]
    if missing and names is not None:
        raise CannotTag(
            f"layer {missing[0]} has no geometry in any version, so that nothing can be tagged "
            "by it; leave it out"
        )
    found = tuple(layer for layer in read.values() if layer is not None)
    if not found:
        raise CannotTag("no layer to tag by; name one, or publish one with a geometry first")
    return found


def _usual(catalogue: Catalogue) -> Sequence[str]:
    is_shipped = catalogue.root.resolve() == Path(SHIPPED).resolve()
    return [name for name in _OF_THE_SHIPPED if name in catalogue] if is_shipped else [*catalogue]


def _read(layer: Layer) -> TagLayer | None:
    content = {version.sha256: version for version in layer.versions}
    features = {sha256: version.features().features for sha256, version in content.items()}
    family = family_of(list(features.values()))
    if family is None:
        return None
    scenes = tuple(scene_of(one, family) for one in features.values())
    number = {sha256: place for place, sha256 in enumerate(features)}
    boxes = np.array([version.bbox for version in layer.versions if version.bbox is not None])
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return TagLayer(
        layer.name,
        family,
        tuple(version.id for version in layer.versions),
        np.array([version.valid_from for version in layer.versions], "datetime64[D]"),
        np.array([number[version.sha256] for version in layer.versions], np.intp),
        scenes,
        tuple(dict.fromkeys(label for scene in scenes for label in scene.ids)),
        (west, south, east, north),
    )
