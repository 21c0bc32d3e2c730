"""Say what a picture of layers shows before it is drawn: items, words, extent and sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from pkzone.errors import BadOption, VersionNotFound, printable
from pkzone.i18n.messages import day_in_words, say
from pkzone.layers.dates import day_of
from pkzone.layers.references import FileReference, LayerReference, parse
from pkzone.maps import leads, own_layers, style, world
from pkzone.maps.diff import style as diff_style
from pkzone.maps.languages import name_in
from pkzone.maps.own_layers import FileOptions, legend_notes, open_files
from pkzone.maps.payload import cited_by, credit
from pkzone.maps.selection import day_named, day_of_files, select
from pkzone.maps.style import BASE
from pkzone.revisions.names import file_title

if TYPE_CHECKING:
    import shapely

    from pkzone.geojson import Feature
    from pkzone.layers.catalogue import Catalogue, Version
    from pkzone.layers.model import Region
    from pkzone.maps.file_looks import Looks
    from pkzone.maps.file_times import Times
    from pkzone.maps.own_layers import FileLayer
    from pkzone.maps.selection import Selection

__all__ = [
    "Content",
    "Item",
    "Maker",
    "PageContent",
    "Section",
    "boxes_of",
    "content_of",
    "feature_items",
    "gid_of",
    "opening_content",
    "paint_order",
    "region_items",
]

Rule = dict[str, Any]
Box = tuple[float, float, float, float]

_GROUP_TITLES: Final = {
    "zone": "Zone and control",
    "routes": "Routes",
    "places": "Sites and places",
    "base": "Base map",
}
_OTHERS: Final = "Other layers"
#: Layers that are drawn round a single one; the base drawing lies beneath.
AROUND = (*BASE, "places")


@dataclass(frozen=True, slots=True)
class Item:
    """A feature or mark to draw.

    Attributes
    ----------
    gid : str
        Id of its group in an SVG, ``layer/id`` with both parts percent-encoded.
    style_key : str
        The layer, or kind of mark of a difference, whose rules draw it.
    kind : str
        ``point``, ``line`` or ``area``.
    shape : shapely geometry
        Degrees of WGS 84.
    rule, modifiers
        What it looks like, from the style table.
    name : str
        What it is called in the picture's language; may be empty.
    label_row : dict or None
        Its row in the style table's labels: ``rank`` and ``zoom``; none for no label. It is
        ``named`` if a story names it: then it is labelled before all others.
    cited : frozenset of str
        Ids of its sources.
    lead : shapely geometry or None
        What leads from its ends to the towns that it ends at, degrees.
    """

    gid: str
    style_key: str
    kind: str
    shape: shapely.Geometry
    rule: Rule
    modifiers: tuple[Rule, ...] = ()
    name: str = ""
    label_row: Mapping[str, Any] | None = None
    cited: frozenset[str] = frozenset()
    lead: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the legend: its title, the style keys whose patterns it explains, and notes."""

    title: str
    style_keys: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """The texts and sources round the middle of a page, in words of its language.

    Attributes
    ----------
    title : str
        The heading.
    lines : tuple of str
        What stands under it: the date, the version.
    sources : tuple of mapping
        CSL-JSON records that may be cited.
    cited : frozenset of str
        Ids of sources that are named whatever is drawn.
    credit : str
        Title and licence of the data, may be empty.
    notices : tuple of str
        What is left out and why, for people.
    is_reviewed : bool
        Whether a speaker of the language has reviewed what is said here, for all that is known.
    """

    title: str
    lines: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...] = ()
    cited: frozenset[str] = frozenset()
    credit: str = ""
    notices: tuple[str, ...] = ()
    is_reviewed: bool = True


@dataclass(frozen=True, kw_only=True)
class Content(PageContent):
    """Everything that the picture of a map shows.

    Attributes
    ----------
    items : tuple of Item
        What is drawn, bottom to top.
    focus : tuple of shapely geometry
        What the extent is laid around, degrees of WGS 84.
    regions : tuple of Item
        What has nothing but a name: the regions around, each with points at which that may
        stand, and junctions that a story names.
    outlined : tuple of Region
        The regions that an inset shows, to tell where the map lies.
    sections : tuple of Section
        The legend's order.
    table : mapping
        The style table in the form of `pkzone.maps.style.table`.
    numbers : tuple of dict
        Tables of numbers, see `pkzone.maps.diff.payload.figure_tables`, and their two ``heads``.
    """

    items: tuple[Item, ...]
    focus: tuple[shapely.Geometry, ...]
    sections: tuple[Section, ...]
    table: Mapping[str, Any]
    numbers: tuple[dict[str, Any], ...] = ()
    heads: tuple[str, str] = ("", "")
    regions: tuple[Item, ...] = ()
    outlined: tuple[Region, ...] = ()


def gid_of(*parts: object) -> str:
    """Return the id of a group in an SVG: parts percent-encoded and joined by slashes."""
    return "/".join(quote(str(one), safe="", errors="backslashreplace") for one in parts)


def feature_items(
    gid: str,
    style_key: str,
    geometry: Mapping[str, Any] | None,
    properties: Mapping[str, Any],
    *,
    table: Mapping[str, Any],
    language: str,
    lead: Mapping[str, Any] | None = None,
    rules: Sequence[Rule] | None = None,
    label: str | None = None,
) -> Iterator[Item]:
    """Yield what is drawn for a feature; nothing where a geometry lacks or is of mixed kinds.

    A feature of a file may have `rules` of its own, and is named by the property `label`.
    """
    from pkzone.geo.convert import shape

    kind = style.geometry_kind(geometry.get("type")) if geometry else "none"
    if not geometry or kind == "none" or (drawn := shape(geometry)).is_empty:
        return
    if rules is None:
        rules = table["rules"].get(style_key, table["any"])
    yield Item(
        gid=gid,
        style_key=style_key,
        kind=kind,
        shape=drawn,
        rule=style.rule_of(rules, properties, kind) or table["any"][-1],
        modifiers=tuple(
            style.all_met(table["modifiers"], {**properties, "@lead": lead is not None}, kind)
        ),
        name=own_layers.name_by(properties, label) if label else name_in(properties, language),
        label_row=style.first_met(table["labels"].get(style_key, ()), properties, kind),
        cited=frozenset(cited_by(properties)),
        lead=shape(lead) if lead else None,
    )


def _file_items(
    layer: str,
    features: Sequence[Feature],
    looks: Looks | None,
    *,
    table: Mapping[str, Any],
    language: str,
    label: str,
    times: Times | None = None,
    day: date | None = None,
) -> Iterator[Item]:
    """Yield what is drawn for the features of a file on a day, each as its look has it."""
    for number, one in enumerate(features):
        if times and day and not times.holds(number, day):
            continue
        yield from feature_items(
            gid_of(layer, f"#{number}" if one.id is None else one.id),
            layer,
            one.geometry,
            one.properties,
            table=table,
            language=language,
            rules=looks.by_number.get(looks.numbers[number], ()) if looks else None,
            label=label,
        )


def _layer_items(
    layer: str,
    features: Iterable[Feature],
    *,
    table: Mapping[str, Any],
    language: str,
    title: str = "",
    towns: Mapping[str, leads.Town] = MappingProxyType({}),
) -> Iterator[Item]:
    """Yield what is drawn for the features of a layer; the title is the name of some."""
    look: dict[str, Any] = {"table": table, "language": language}
    for number, feature in enumerate(features):
        gid = gid_of(layer, f"#{number}" if feature.id is None else feature.id)
        lead = leads.lead_of(feature, towns)
        drawn = feature_items(gid, layer, feature.geometry, feature.properties, lead=lead, **look)
        for item in drawn:
            is_titled = item.label_row is not None and "of" in item.label_row
            yield replace(item, name=title) if is_titled else item


def region_items(regions: Iterable[Region], language: str) -> tuple[Item, ...]:
    """Return the regions around a map, each with the points for its name."""
    from shapely.geometry import MultiPoint

    row = {"rank": 0, "zoom": 0, "of": "region"}
    return tuple(
        Item(
            gid=gid_of("region", one.id),
            style_key="region",
            kind="point",
            shape=MultiPoint(one.labels),
            rule={},
            name=_capitals(name_in(one.names, language), language),
            label_row=row,
        )
        for one in regions
        if one.labels
    )


def _capitals(text: str, language: str) -> str:
    """Return a text in the capitals of a language: those of Azerbaijani keep the dot of an i."""
    dotted = text.replace("i", "\u0130") if language == "az" else text
    return dotted.replace("\u0587", "\u0535\u054e").upper()


def paint_order(items: Iterable[Item], table: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return items bottom to top, in the order of the style table."""
    order: Sequence[str] = table["order"]

    def place(item: Item) -> int:
        return order.index(item.style_key if item.style_key in order else "*")

    return tuple(sorted(items, key=place))


def _sections(layers: Sequence[str], language: str) -> tuple[Section, ...]:
    """Return the sections of the legend for layers, grouped as on the page."""
    named = {name for group in style.GROUPS for name in group["layers"]}
    titled = [(_GROUP_TITLES[group["id"]], tuple(group["layers"])) for group in style.GROUPS]
    titled.append((_OTHERS, tuple(name for name in layers if name not in named)))
    return tuple(Section(say(title, language), style_keys) for title, style_keys in titled)


def content_of(
    reference: str | None,
    catalogue: Catalogue,
    on: str | date | None,
    language: str,
    options: FileOptions = FileOptions(),  # noqa: B008 - frozen
) -> Content:
    """Return what a picture of a reference to a version or file shows, without one of every layer.

    Raises
    ------
    BadOption
        A day is given beside a reference that has one, or beside a file without dates; or options
        of a file beside a layer.
    BadReference, BadDate, LayerNotFound, VersionNotFound
        The reference names nothing, or nothing is in force on the day.
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused.
    """
    maker = Maker(catalogue, language)
    parsed = None if reference is None else parse(reference, catalogue)
    if isinstance(parsed, FileReference):
        return maker.file(parsed.path, on, options)
    options.check(())
    return maker.whole(on) if parsed is None else maker.layer(parsed, on)


def opening_content(
    catalogue: Catalogue, selection: Selection, day: date | None, title: str, language: str
) -> Content:
    """Return what a picture of a map shows: the state that it opens on.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused.
    """
    return Maker(catalogue, language).opening(selection, day, title)


class Maker:
    """Makes contents from a catalogue, in words of a language.

    Where a difference is marked, ``grey`` are the layers that are drawn in its one hue.
    """

    def __init__(self, catalogue: Catalogue, language: str, grey: Collection[str] = ()) -> None:
        titles = {layer.name: catalogue.say(layer.title, language) for layer in catalogue.layers}
        self.catalogue = catalogue
        self.language = language
        table = own_layers.with_own_layers(style.table(), titles, titles)
        self.table = diff_style.on_grey(table, grey) if grey else table
        self._towns = leads.towns_of(catalogue)

    def whole(self, on: str | date | None) -> Content:
        """Return what a picture of every layer shows."""
        selection = select(self.catalogue, (), on)
        day = selection.on
        assert day is not None  # noqa: S101 - layers have dates
        return self.content(
            [item for name in self.catalogue for item in self.items_on(name, day)],
            title=self.catalogue.say(self.catalogue.title, self.language),
            lines=(self.as_of(day),),
            focus=boxes_of([selection.home]),
        )

    def opening(self, selection: Selection, day: date | None, title: str) -> Content:
        """Return what a picture of a selection shows on a day."""
        table = own_layers.with_files(self.table, selection.files)
        items: list[Item] = []
        for one in (*selection.layers, *selection.around):
            held = one.versions if one.fixed else ()
            with suppress(VersionNotFound):
                version = held[0] if held else one.layer.on(day or "")
                items += self.items(version)
        for file in selection.files:
            look: dict[str, Any] = {"table": table, "language": self.language}
            look |= {"label": file.label, "times": file.times, "day": day}
            items += _file_items(file.name, file.features, file.looks, **look)
        content = self.content(
            items,
            title=self.catalogue.say(title, self.language),
            lines=(self.as_of(day),) if day else (),
            focus=boxes_of([selection.home]),
            **({} if selection.has_layers else {"credit": self._credit_of(selection)}),
        )
        return replace(content, table=table)

    def _credit_of(self, selection: Selection) -> str:
        """Return whom files credit, and whose the base map under them is."""
        base = _base_credit(self.catalogue, self.language) if selection.layers else ""
        return ". ".join(filter(None, (*(one.credit for one in selection.files), base)))

    def layer(self, reference: LayerReference, on: str | date | None) -> Content:
        """Return what a picture of a version shows, with the base map around it."""
        catalogue, language = self.catalogue, self.language
        if on is not None and reference.version is not None:
            raise BadOption(
                f"{reference.layer}@{reference.version} says its date already; leave out --on"
            )
        if on is None:
            version = catalogue.version(reference)
            day = day_named(reference.version, version, catalogue.time_zone)
        else:
            day = day_of(on, catalogue.time_zone)
            version = catalogue[reference.layer].on(day)
        own = list(self.items(version))
        layer = catalogue[version.layer]
        since = day_in_words(version.valid_from, language)
        title = catalogue.say(version.title, language)
        return self.content(
            [*own, *self.around(day, version.layer)],
            title=catalogue.say(layer.title or layer.name, language),
            lines=(
                self.as_of(day),
                say("State since {date}: {title}", language, date=since, title=title),
            ),
            focus=tuple(item.shape for item in own) or boxes_of(one.bbox for one in layer.versions),
            cited=frozenset(version.source_ids),
        )

    def file(
        self,
        path: str,
        on: str | date | None,
        options: FileOptions = FileOptions(),  # noqa: B008 - frozen
    ) -> Content:
        """Return what a picture of a file shows, with the base map around it."""
        (file,) = open_files([path], (), options, any_number=True)
        times = [file.times] if file.times and file.times.stops else []
        if on is not None and not times:
            raise BadOption(
                f"{printable(path)} is a file and has no versions; leave out --on, or name the "
                "property that has dates with --time"
            )
        layer, language, base_day = file_title(path), self.language, self.catalogue.default_date
        day = day_of_files(times, on)
        table = own_layers.with_file(self.table, layer, file)
        look: dict[str, Any] = {"table": table, "language": language, "label": file.label}
        look |= {"times": file.times, "day": day}
        own = list(_file_items(layer, file.features, file.looks, **look))
        around = list(self.around(base_day, layer)) if base_day and own else []
        focus = tuple(item.shape for item in own)
        base = _base_credit(self.catalogue, language) if _near(around, focus) else ""
        content = self.content(
            [*own, *around],
            title=file.title,
            lines=(self.as_of(day),) if day else (),
            focus=focus,
            notices=tuple(self._told(file, len(own))),
            credit=". ".join(filter(None, (file.credit, base))),
        )
        notes = tuple(legend_notes(file, language))
        section = Section(say("Files", language), (layer,), notes)
        sections = (
            content.sections if layer in self.table["rules"] else (section, *content.sections)
        )
        items = paint_order(content.items, table)
        return replace(content, table=table, items=items, sections=sections)

    def _told(self, file: FileLayer, drawn: int) -> Iterator[str]:
        """Yield the notices of a file, with what is left out of it."""
        yield from (str(one) for one in file.notices if one.is_on_the_whole)
        shown = [one for one in file.features if one.geometry is not None]
        if not file.times and len(shown) > drawn:
            lost = "features with an empty geometry or a mixed collection are not drawn"
            yield f"{printable(file.title)}: {len(shown) - drawn} {lost}"

    def content(self, items: Sequence[Item], **more: Any) -> Content:
        """Return a content of items; the legend has the catalogue's layers."""
        regions = world.regions_around(self.catalogue, _box_round(more["focus"]))
        elsewhere = [world.SOURCE] if world.is_world(regions) else []
        return Content(
            items=paint_order(items, self.table),
            sections=_sections(tuple(self.catalogue), self.language),
            table=self.table,
            sources=(*self.catalogue.sources, *elsewhere),
            regions=region_items(regions, self.language),
            outlined=regions,
            **{"credit": credit(self.catalogue, self.language), **more},
        )

    def items(self, version: Version) -> Iterator[Item]:
        """Yield what is drawn for the features of a version."""
        features = version.features().features
        title = self.catalogue.say(self.catalogue[version.layer].title, self.language)
        look: dict[str, Any] = {"table": self.table, "language": self.language}
        look["towns"] = self._towns
        yield from _layer_items(version.layer, features, title=title, **look)

    def items_on(self, layer: str, day: date) -> Iterator[Item]:
        """Yield what is drawn of a layer on a day, nothing where none of it is in force."""
        with suppress(VersionNotFound):
            yield from self.items(self.catalogue[layer].on(day))

    def around(self, day: date, own: str) -> Iterator[Item]:
        """Yield what is drawn round a layer of its own."""
        for name in AROUND:
            if name in self.catalogue and name != own:
                yield from self.items_on(name, day)

    def as_of(self, day: date) -> str:
        """Say of which day a map is."""
        language = self.language
        return say("Map as of {date}", language, date=day_in_words(day, language))


def _box_round(focus: Sequence[shapely.Geometry]) -> list[float] | None:
    import shapely

    return [float(one) for one in shapely.total_bounds(focus)] if focus else None


def _near(items: Iterable[Item], focus: Sequence[shapely.Geometry]) -> bool:
    """Return whether any item lies in the box round the focus."""
    import shapely

    window = shapely.box(*shapely.total_bounds(focus)) if focus else shapely.Polygon()
    return any(shapely.box(*one.shape.bounds).intersects(window) for one in items)


def _base_credit(catalogue: Catalogue, language: str) -> str:
    """Return whose the base map under a file is: what is credited is not the file."""
    title = catalogue.say(catalogue.title, language)
    named = (title, *(one.title or one.name for one in catalogue.licenses))
    return say("Base map: {credit}", language, credit=", ".join(named))


def boxes_of(found: Iterable[Box | None]) -> tuple[shapely.Geometry, ...]:
    """Return boxes of degrees as shapes; one across the antimeridian runs on beyond 180."""
    from shapely.geometry import box

    return tuple(
        box(west, south, east + 360 * (east < west), north)
        for west, south, east, north in filter(None, found)
    )
