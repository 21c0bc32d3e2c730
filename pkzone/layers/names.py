"""Names for the ids of features and sources: what people read in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pkzone.i18n.messages import Translatable

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = ["issued_on", "names_in", "publisher_of", "source_names"]


def names_in(rows: Iterable[Iterable[Any]], catalogue: Catalogue) -> dict[str, str]:
    """Return the names of the features (``layer/id``) and sources that rows speak of."""
    texts = {text for row in rows for value in row for text in _texts(value)}
    known = source_names(catalogue)
    names = {text: known[text] for text in sorted(texts & known.keys())}
    wanted: dict[str, set[str]] = {}
    for text in sorted(texts):
        layer, _, feature_id = text.partition("/")
        if feature_id and layer in catalogue:
            wanted.setdefault(layer, set()).add(feature_id)
    for layer, ids in wanted.items():
        names |= {f"{layer}/{one}": name for one, name in _names(catalogue, layer, ids)}
    return names


def source_names(catalogue: Catalogue) -> dict[str, str]:
    """Return who published each source of a catalogue, and when, by its id."""
    return {str(one["id"]): _source_name(one) for one in catalogue.sources}


def _source_name(source: Mapping[str, Any]) -> str:
    name, date = publisher_of(source), issued_on(source)
    return Translatable("{publisher} {date}", publisher=name, date=date) if date else name


def publisher_of(source: Mapping[str, Any]) -> str:
    """Return who published a source; its title or id where that is not stated."""
    names = (source.get(key) for key in ("container-title", "publisher", "title"))
    return str(next(filter(None, names), source["id"]))


def issued_on(source: Mapping[str, Any]) -> str:
    """Return when a source was published, as far as it is known: ``2020``, ``2020-11-10``."""
    issued = source.get("issued")
    parts = (issued.get("date-parts") or [[]])[0] if isinstance(issued, dict) else []
    return "-".join(f"{part:02}" for part in parts if isinstance(part, int))


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one


def _names(catalogue: Catalogue, layer: str, ids: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the id and the newest name of features; nothing of those that never had one."""
    left = set(ids)
    for version in reversed(catalogue[layer].versions):
        if not left:
            return
        for feature in version.features().features:
            name = feature.properties.get("name")
            if (feature_id := str(feature.id)) in left and isinstance(name, str) and name:
                left.remove(feature_id)
                yield feature_id, name
