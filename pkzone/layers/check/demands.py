"""What a layer of a catalogue asks of its features, beyond what any GeoJSON file is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from pkzone.layers.schemas import read_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pkzone.layers.catalogue import Catalogue

__all__ = ["Demands", "layer_demands"]


class Demands(TypedDict, total=False):
    """Arguments of `check`: the schema of a layer's features, and the sources they may name."""

    schema: Mapping[str, Any]
    sources: Collection[str]


def layer_demands(catalogue: Catalogue, name: str) -> Demands:
    """Return what a version of a layer is held to when it is checked or published.

    Raises
    ------
    LayerNotFound
        The catalogue has no such layer.
    CatalogueError
        Its schema or ``sources.json`` is missing or damaged.
    """
    layer = catalogue[name]
    path = layer.latest.schema_path if layer else catalogue.root / "schemas" / f"{name}.json"
    return Demands(schema=read_schema(path), sources={str(one["id"]) for one in catalogue.sources})
