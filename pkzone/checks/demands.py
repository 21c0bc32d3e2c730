"""What a layer of a catalogue asks of its features, beyond what any GeoJSON file is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from pkzone.errors import printable
from pkzone.layers.schemas import Rules, read_schema

if TYPE_CHECKING:
    from collections.abc import Collection

    from pkzone.layers.catalogue import Catalogue

__all__ = ["Demands", "id_fault", "layer_demands"]

LONGEST_ID = 200


class Demands(TypedDict, total=False):
    """Arguments of `check`: what a layer's schema asks, and the sources they may name."""

    rules: Rules
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
    return Demands(
        rules=Rules(read_schema(path)), sources={str(one["id"]) for one in catalogue.sources}
    )


def id_fault(feature_id: str | int) -> str | None:
    """Return why an id cannot be that of a layer's feature; None if it can."""
    text = str(feature_id)
    if text.strip() and printable(text, limit=None) == text and len(text) <= LONGEST_ID:
        return None
    return f"its id must be a text of 1 to {LONGEST_ID} letters that can be printed"
