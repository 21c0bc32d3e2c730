"""Make the content of a picture of a difference from the payload of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pkzone.errors import BadDate
from pkzone.i18n.messages import day_in_words, say
from pkzone.layers.dates import parse_day
from pkzone.maps import geometry, own_layers, world
from pkzone.maps.diff import payload as diff_payload
from pkzone.maps.payload import credit
from pkzone.pictures.map_content import (
    Content,
    Item,
    Section,
    feature_items,
    gid_of,
    paint_order,
    region_items,
)
from pkzone.reports.names import speaker

if TYPE_CHECKING:
    import shapely

    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue

__all__ = ["content_of"]

_MARKS: Final = ("added", "removed", "taken", "given", "changed", "kept", "affected")
_SIDES: Final = ("base", "target")


def content_of(diff: Diff, catalogue: Catalogue, language: str) -> Content:
    """Return what a picture of a difference shows, with what the catalogue has around it."""
    payload = diff_payload.build(diff, catalogue, speaker(language, catalogue, diff))
    titles = {one["name"]: catalogue.say(one["title"], language) for one in payload["context"]}
    payload["style"] = own_layers.with_own_layers(payload["style"], (), titles)
    items = list(_items(payload, language))
    heads = (payload["heads"][0], payload["heads"][1])
    lost = payload["left_out"]["marks"] + payload["left_out"]["features"]
    left_out = f"{lost:,} features are left out: a picture draws {diff_payload.MAX_DRAWN:,} at most"
    compared = say(
        "{base} compared with {target}",
        language,
        base=_in_words(heads[0], language),
        target=_in_words(heads[1], language),
    )
    layers = {side["layer"] if _is_version(side) else None for side in payload["sides"]}
    (layer,) = layers if len(layers) == 1 else (None,)
    title = catalogue.say(catalogue[layer].title, language) if layer else ""
    regions = world.regions_around(catalogue, payload["home"]) if payload["regions"] else ()
    return Content(
        title=title or compared,
        lines=(compared,) if title else (),
        items=paint_order(items, payload["style"]),
        focus=_focus(items),
        sections=_sections(payload, language),
        table=payload["style"],
        sources=tuple(payload["sources"]),
        regions=region_items(regions, language),
        outlined=regions,
        cited=frozenset(one["id"] for one in payload["sources"]) - {world.SOURCE["id"]},
        credit=credit(catalogue, language) if payload["licenses"] else "",
        numbers=tuple(payload["boxes"]),
        heads=heads,
        notices=(left_out,) if lost else (),
    )


def _is_version(side: Mapping[str, Any]) -> bool:
    """Return whether a side is a version of the catalogue; a file may be called like a layer."""
    return side["title"] is not None


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
        Section(say("From: {name}", language, name=base), ("base",)),
        Section(say("To: {name}", language, name=target), ("target",)),
        Section(say("Base map", language), tuple(layer["name"] for layer in payload["context"])),
    )


def _items(payload: Mapping[str, Any], language: str) -> Iterator[Item]:
    """Yield everything that is drawn of a payload."""
    read = geometry.reader(payload)
    for parts, style_key, feature in _features(payload):
        drawn = feature["geometry"]
        yield from feature_items(
            gid_of(*parts),
            style_key,
            None if drawn is None else read(drawn),
            feature["properties"],
            table=payload["style"],
            language=language,
            lead=read(feature["lead"]) if "lead" in feature else None,
        )


def _features(
    payload: Mapping[str, Any],
) -> Iterator[tuple[tuple[object, ...], str, Mapping[str, Any]]]:
    """Yield parts of its id, style and feature; unchanged ones once, from the target."""
    for layer in payload["context"]:
        name = layer["name"]
        for number, feature in enumerate(layer["features"]):
            yield (name, feature["id"], number), name, feature
    for key, side in zip(_SIDES, payload["sides"], strict=True):
        for number, feature in enumerate(side["features"]):
            if key == "target" or feature["change"] != "unchanged":
                yield (key, side["layer"], feature["id"], number), key, feature
    named = {row["row"]: row["name"] for row in payload["changes"]}
    for number, mark in enumerate(payload["marks"]):
        key, layer = mark["sheet"], mark["layer"]
        looks = ("change", "not_in_use", "controller", "geometry_basis")
        about = {name: mark.get(name) for name in looks}
        properties = {"name": named.get(mark["row"]), **about}
        yield (key, layer, mark["id"], number), key, mark | {"properties": properties}
    for number, place in enumerate(payload["affected"]):
        key, layer = "affected", "places"
        told = ("name", "effect", "relation", "certain", "hands")
        properties = {name: place.get(name) for name in told}
        yield (key, layer, place["id"], number), key, place | {"properties": properties}
