"""Make the content of a picture of a difference from the payload of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pkzone.errors import BadDate
from pkzone.i18n.messages import day_in_words, say
from pkzone.layers.dates import parse_day
from pkzone.maps import geometry
from pkzone.maps.diff import payload as diff_payload
from pkzone.pictures.map_content import Content, Item, Section, credit, gid_of, item_of, paint_order

if TYPE_CHECKING:
    import shapely

    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue

__all__ = ["content_of"]

_MARKS: Final = ("added", "removed", "changed", "kept", "affected")
_SIDES: Final = ("base", "target")


def content_of(diff: Diff, catalogue: Catalogue, language: str) -> Content:
    """Return what a picture of a difference shows.

    Parameters
    ----------
    diff : Diff
        The difference.
    catalogue : Catalogue
        Where its versions came from: it gives rivers, boundaries, places and names.
    language : str
        Code of a language; words have those of `pkzone.i18n.messages.LANGUAGES`.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    payload = diff_payload.build(diff, catalogue, language)
    items = [item for item in _Items(payload, catalogue, language) if item is not None]
    heads = (payload["heads"][0], payload["heads"][1])
    lost = payload["left_out"]["marks"] + payload["left_out"]["features"]
    compared = say(
        "{base} compared with {target}",
        language,
        base=_in_words(heads[0], language),
        target=_in_words(heads[1], language),
    )
    layer = diff.base.layer if diff.base.layer == diff.target.layer else None
    title = say(catalogue[layer].title, language) if layer and layer in catalogue else ""
    return Content(
        title=title or compared,
        lines=(compared,) if title else (),
        items=paint_order(items, payload["style"]),
        focus=_focus(items),
        sections=_sections(payload, language),
        table=payload["style"],
        sources=tuple(payload["sources"]),
        cited=frozenset(source["id"] for source in payload["sources"]),
        credit=credit(catalogue, language) if payload["licenses"] else "",
        numbers=tuple(payload["boxes"]),
        heads=heads,
        notices=(
            f"{lost:,} features are left out: a picture draws {diff_payload.MAX_DRAWN:,} at most",
        )
        if lost
        else (),
    )


def _in_words(head: str, language: str) -> str:
    """Return what a side is called, a date in words."""
    try:
        return day_in_words(parse_day(head), language)
    except BadDate:
        return head


def _focus(items: list[Item]) -> tuple[shapely.Geometry, ...]:
    """Return what differs; else, where nothing does, all of both sides."""
    changed = tuple(
        item.shape for item in items if item.style_key in _MARKS and item.style_key != "kept"
    )
    return changed or tuple(item.shape for item in items if item.style_key in (*_MARKS, *_SIDES))


def _sections(payload: Mapping[str, Any], language: str) -> tuple[Section, ...]:
    base, target = payload["heads"]
    return (
        Section(say("Difference", language), _MARKS),
        Section(say("Base: {name}", language, name=base), ("base",)),
        Section(say("Target: {name}", language, name=target), ("target",)),
        Section(say("Base map", language), tuple(layer["name"] for layer in payload["context"])),
    )


class _Items:
    """Everything that is drawn of a payload; unchanged features once, from the target."""

    def __init__(self, payload: Mapping[str, Any], catalogue: Catalogue, language: str) -> None:
        self._payload = payload
        self._read = geometry.reader(payload)
        self._language = language
        self._names = _names(payload, catalogue, language)

    def __iter__(self) -> Iterator[Item | None]:
        for layer in self._payload["context"]:
            for number, feature in enumerate(layer["features"]):
                yield self._item((layer["name"], feature["id"], number), layer["name"], feature)
        for style_key, side in zip(_SIDES, self._payload["sides"], strict=True):
            for number, feature in enumerate(side["features"]):
                if style_key == "target" or feature["change"] != "unchanged":
                    yield self._item(
                        (style_key, side["layer"], feature["id"], number),
                        style_key,
                        feature,
                        layer=side["layer"],
                    )
        named = {row["row"]: row for row in self._payload["changes"]}
        for number, mark in enumerate(self._payload["marks"]):
            properties = {
                "name": named.get(mark["row"], {}).get("name"),
                "not_in_use": mark["not_in_use"],
            }
            parts = (mark["sheet"], mark["layer"], mark["id"], number)
            yield self._item(
                parts, mark["sheet"], {**mark, "properties": properties}, layer=mark["layer"]
            )
        for number, feature in enumerate(self._payload["affected"]):
            properties = {"name": feature["name"], "effect": feature["effect"]}
            yield self._item(
                ("affected", "places", feature["id"], number),
                "affected",
                {**feature, "properties": properties},
                layer="places",
            )

    def _item(
        self,
        parts: tuple[object, ...],
        style_key: str,
        feature: Mapping[str, Any],
        layer: str | None = None,
    ) -> Item | None:
        if feature["geometry"] is None:
            return None
        name = self._names.get((layer or style_key, feature["id"]))
        properties = feature["properties"] | ({f"name_{self._language}": name} if name else {})
        return item_of(
            gid_of(*parts),
            style_key,
            self._read(feature["geometry"]),
            properties,
            table=self._payload["style"],
            language=self._language,
        )


def _names(
    payload: Mapping[str, Any], catalogue: Catalogue, language: str
) -> dict[tuple[str, Any], str]:
    """Return names by layer and id in a language other than English; the page has only one."""
    layers = {layer["name"] for layer in payload["context"]}
    if language == "en" or not payload["context"]:
        return {}
    layers |= {side["layer"] for side in payload["sides"]} | {"places"}
    names: dict[tuple[str, Any], str] = {}
    for layer in layers & catalogue.keys():
        for version in catalogue[layer].versions[-1:]:
            for feature in version.features().features:
                name = feature.properties.get(f"name_{language}")
                if isinstance(name, str):
                    names[layer, feature.id] = name
    return names
