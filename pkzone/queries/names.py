"""Names for the ids in the rows of a table: what text and Markdown have in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pkzone.compare.catalogue_context import source_names

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = ["names_in"]


def names_in(rows: Iterable[Iterable[Any]], catalogue: Catalogue) -> dict[str, str]:
    """Return the names of the features (``layer/id``) and sources that rows speak of."""
    texts = {text for row in rows for value in row for text in _texts(value)}
    known = source_names(catalogue)
    names = {text: known[text] for text in texts & known.keys()}
    for text in sorted(texts):
        layer, _, feature_id = text.partition("/")
        if feature_id and layer in catalogue and (name := _name(catalogue, layer, feature_id)):
            names[text] = name
    return names


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one


def _name(catalogue: Catalogue, layer: str, feature_id: str) -> str:
    """Return the newest name of a feature; nothing where it never had one."""
    for version in reversed(catalogue[layer].versions):
        for feature in version.features().features:
            if str(feature.id) == feature_id:
                name = feature.properties.get("name")
                return name if isinstance(name, str) else ""
    return ""
