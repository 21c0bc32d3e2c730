"""What a picture shows, before anything is drawn: items, words, extent and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from pkzone.i18n.messages import say
from pkzone.maps import style
from pkzone.maps.payload import cited_by

if TYPE_CHECKING:
    import shapely

    from pkzone.geojson.model import Feature

__all__ = [
    "Content", "Item", "Section", "gid_of", "item_of", "items_of", "name_in", "paint_order",
    "sections_of",
]  # fmt: skip

Rule = dict[str, Any]

_GROUP_TITLES: Final = {
    "zone": "Zone and control", "routes": "Routes", "places": "Sites and places",
    "base": "Base map",
}  # fmt: skip
_OTHERS: Final = "Other layers"


@dataclass(frozen=True, slots=True)
class Item:
    """One drawn thing.

    Attributes
    ----------
    gid : str
        Id of its group in an SVG, ``layer/id`` with both parts percent-encoded.
    sheet : str
        The layer or sheet whose rules draw it.
    kind : str
        ``point``, ``line`` or ``area``.
    shape : shapely geometry
        Degrees of WGS 84.
    rule, modifiers
        What it looks like, from the style table.
    name : str
        What it is called in the picture's language; may be empty.
    wish : dict or None
        Its row in the style table's labels: ``rank`` and ``zoom``; none for no label.
    cited : frozenset of str
        Ids of its sources.
    """

    gid: str
    sheet: str
    kind: str
    shape: shapely.Geometry
    rule: Rule
    modifiers: tuple[Rule, ...] = ()
    name: str = ""
    wish: Mapping[str, Any] | None = None
    cited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the legend: its title and the sheets whose patterns it explains."""

    title: str
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """Everything that a picture shows, in words of its language.

    Attributes
    ----------
    title : str
        The heading.
    lines : tuple of str
        What stands under it: the date, the version.
    items : tuple of Item
        What is drawn, bottom to top.
    focus : tuple of shapely geometry
        What the extent is laid around, degrees of WGS 84.
    sections : tuple of Section
        The legend's order.
    table : mapping
        The style table in the form of `pkzone.maps.style.table`.
    sources : tuple of mapping
        CSL-JSON records that the items may cite.
    cited : frozenset of str
        Ids of sources that are named whatever is drawn.
    credit : str
        Title and licence of the data, may be empty.
    numbers : tuple of dict
        Tables of numbers, see `pkzone.maps.diff.labels.boxes`, and their two ``heads``.
    notices : tuple of str
        What is left out and why, for people.
    """

    title: str
    lines: tuple[str, ...]
    items: tuple[Item, ...]
    focus: tuple[shapely.Geometry, ...]
    sections: tuple[Section, ...]
    table: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...] = ()
    cited: frozenset[str] = frozenset()
    credit: str = ""
    numbers: tuple[dict[str, Any], ...] = ()
    heads: tuple[str, str] = ("", "")
    notices: tuple[str, ...] = field(default=())


def gid_of(*parts: object) -> str:
    """Return the id of a group in an SVG: parts percent-encoded and joined by slashes."""
    return "/".join(quote(str(one), safe="", errors="backslashreplace") for one in parts)


def name_in(properties: Mapping[str, Any], language: str) -> str:
    """Return a feature's name in a language, else its name in both forms; else nothing."""
    for key in (f"name_{language}", "name"):
        value = properties.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def item_of(
    gid: str, sheet: str, geometry: Mapping[str, Any], properties: Mapping[str, Any], *,
    table: Mapping[str, Any], language: str,
) -> Item | None:  # fmt: skip
    """Return what is drawn for a feature; none where its geometry is empty or of mixed kinds."""
    from pkzone.geo.convert import shape

    kind = style.geometry_kind(geometry.get("type"))
    drawn = None if kind == "none" else shape(geometry)
    if drawn is None or drawn.is_empty:
        return None
    rules = table["rules"].get(sheet, table["any"])
    return Item(
        gid=gid, sheet=sheet, kind=kind, shape=drawn,
        rule=style.first_met(rules, properties, kind) or table["any"][-1],
        modifiers=tuple(style.all_met(table["modifiers"], properties, kind)),
        name=name_in(properties, language),
        wish=style.first_met(table["labels"].get(sheet, ()), properties, kind),
        cited=frozenset(cited_by(properties)),
    )  # fmt: skip


def items_of(
    layer: str, features: Iterable[Feature], *, table: Mapping[str, Any], language: str
) -> Iterator[Item]:
    """Yield what is drawn for the features of a layer."""
    for number, feature in enumerate(features):
        own = f"#{number}" if feature.id is None else feature.id
        if feature.geometry is not None:
            found = item_of(gid_of(layer, own), layer, feature.geometry, feature.properties,
                            table=table, language=language)  # fmt: skip
            if found is not None:
                yield found


def paint_order(items: Iterable[Item], table: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return items bottom to top, in the order of the style table."""
    order: Sequence[str] = table["order"]

    def place(item: Item) -> int:
        return order.index(item.sheet if item.sheet in order else "*")

    return tuple(sorted(items, key=place))


def sections_of(layers: Sequence[str], language: str) -> tuple[Section, ...]:
    """Return the sections of the legend for layers, grouped as on the page."""
    named = {name for group in style.GROUPS for name in group["layers"]}
    found = [(_GROUP_TITLES[group["id"]], tuple(group["layers"])) for group in style.GROUPS]
    found.append((_OTHERS, tuple(name for name in layers if name not in named)))
    return tuple(Section(say(title, language), sheets) for title, sheets in found)
