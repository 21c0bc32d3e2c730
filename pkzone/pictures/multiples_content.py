"""Say what small multiples show: a panel for each date, what differs from the one before marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkzone.errors import BadOption, BadReference, VersionNotFound
from pkzone.i18n.messages import day_in_words, say
from pkzone.layers.dates import day_of
from pkzone.layers.references import FileReference, LayerReference, parse, parse_range
from pkzone.layers.terms import controller_of
from pkzone.maps.diff.marks import marks_in_hands
from pkzone.maps.diff.style import MARKS, SIGN
from pkzone.maps.selection import select
from pkzone.maps.style import BASE, FOCUS, PLACES
from pkzone.pictures.map_content import (
    Content,
    Item,
    Maker,
    Section,
    boxes_of,
    feature_items,
    gid_of,
    paint_order,
)
from pkzone.reports.model import Sentence, worded

if TYPE_CHECKING:
    from pkzone.compare.result import Diff
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Version

__all__ = [
    "MAX_PANELS",
    "Multiples",
    "Panel",
    "difference_items",
    "multiples_of",
    "outlines_before",
    "rings_around",
    "with_marks",
]

#: Most panels of a sheet.
MAX_PANELS: Final = 12
#: Most of those left out that are named one by one.
_NAMED: Final = 6
_MARKED: Final = tuple(f"{SIGN}{name}" for name in reversed(MARKS) if name != "kept")


@dataclass(frozen=True, slots=True)
class Panel:
    """A date of small multiples.

    Attributes
    ----------
    key : str
        What its groups in an SVG are told apart by: the date, or the id of the version.
    title : str
        The date in words.
    lines : tuple of str
        The title of the state; what else is to be said.
    items : tuple of Item
        What is drawn, bottom to top.
    """

    key: str
    title: str
    lines: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Multiples(Content):
    """What small multiples show: the panels in reading order, with one frame and one legend."""

    panels: tuple[Panel, ...]


class _State(NamedTuple):
    """A date of a sheet, and the version that is compared there, if one is in force."""

    key: str
    day: date
    version: Version | None


def multiples_of(
    reference: str | None,
    catalogue: Catalogue,
    days: Sequence[str | date] | None,
    language: str,
) -> Multiples:
    """Return what small multiples show of a layer, or of every layer, on some days.

    Without days it is every version of the layer, or of the range, that the reference names.

    Raises
    ------
    BadOption
        A day is named twice, or beside a reference that has one.
    BadReference, BadDate, LayerNotFound, VersionNotFound
        The reference names no layer, or there is no such day or layer.
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused.
    """
    source = catalogue.cached()
    if days is None:
        layer, states = _versions(reference, source)
    else:
        layer, states = _dates(reference, source, days)
    if not any(one.version for one in states):
        first = source[layer].versions[0].id
        raise VersionNotFound(
            f"no version of {layer} is in force on these dates; the first is {first}"
        )
    left_out = states[MAX_PANELS:]
    sheet = _Sheet(source, language, reference and layer, layer, states[:MAX_PANELS])
    return sheet.content(left_out, is_each=days is None)


def _versions(reference: str | None, catalogue: Catalogue) -> tuple[str, list[_State]]:
    """Return a layer and all its versions, or those of a range."""
    if reference is None:
        raise BadReference("every version of what? name a LAYER, or LAYER@A..B")
    named = parse_range(reference, catalogue)
    if isinstance(named, LayerReference):
        if named.version is not None:
            raise BadReference(
                f"{reference} is one version; name {named.layer} for every version, or a range, "
                f"{named.layer}@A..B"
            )
        layer = catalogue[named.layer]
        _ = layer.latest  # raises where there is none
        versions = layer.versions
    else:
        versions = named.versions(catalogue)
    return named.layer, [_State(one.id, one.valid_from, one) for one in versions]


def _dates(
    reference: str | None, catalogue: Catalogue, given: Sequence[str | date]
) -> tuple[str, list[_State]]:
    """Return the layer that is compared, and its state on each of the days."""
    days = [day_of(one, catalogue.time_zone) for one in given]
    if twice := [one for one, other in pairwise(sorted(days)) if one == other]:
        raise BadOption(f"{twice[0]} is named twice; name each date once")
    if reference is None:
        return _of_all(catalogue, days)
    parsed = parse(reference, catalogue)
    if isinstance(parsed, FileReference):
        raise BadOption(f"{reference} is a file and has no versions; leave out the dates")
    if parsed.version is not None:
        raise BadOption(f"{reference} says its date already; name {parsed.layer} alone")
    return parsed.layer, _states(catalogue, parsed.layer, days)


def _of_all(catalogue: Catalogue, days: Sequence[date]) -> tuple[str, list[_State]]:
    """Return the first layer that is not the same on all days, those in focus before others."""
    names = [name for name in catalogue if name not in (*BASE, PLACES)] or list(catalogue)
    names.sort(key=lambda name: name not in FOCUS)
    of_each = {name: _states(catalogue, name, days) for name in names}
    if not of_each:
        raise VersionNotFound("the catalogue has no versions yet; publish one first")
    return next(
        (one for one in of_each.items() if len({state.version for state in one[1]}) > 1),
        next(iter(of_each.items())),
    )


def _states(catalogue: Catalogue, layer: str, days: Sequence[date]) -> list[_State]:
    return [_State(str(day), day, in_force(catalogue, layer, day)) for day in days]


def in_force(catalogue: Catalogue, layer: str, day: date) -> Version | None:
    """Return the version of a layer that is in force on a day, none before the first."""
    version: Version | None = None
    _ = catalogue[layer].latest
    with suppress(VersionNotFound):
        version = catalogue[layer].on(day)
    return version


def difference_items(base: Version, target: Version, maker: Maker) -> Iterator[Item]:
    """Yield the marks of what differs between two versions, but not of what is the same."""
    sides = base.features().features, target.features().features
    found = marks_in_hands(_difference(base, target, maker), *sides)
    for number, mark in enumerate(found):
        if mark.sheet != "kept":
            yield from feature_items(
                gid_of(mark.sheet, target.layer, mark.id, number),
                f"{SIGN}{mark.sheet}",
                mark.geometry,
                {"not_in_use": mark.not_in_use, "controller": mark.controller},
                table=maker.table,
                language=maker.language,
            )


def rings_around(
    base: Version, target: Version, places: Iterable[Feature], maker: Maker
) -> Iterator[Item]:
    """Yield a ring round each place that entered or left what differs between two versions."""
    at = {str(one.id): one.geometry for one in places}
    sides = (*base.features().features, *target.features().features)
    held = {one.id for one in sides if controller_of(one.properties)}
    for number, who in enumerate(_difference(base, target, maker).affected):
        hands = {"hands": True} if who.of in held else {}
        yield from feature_items(
            gid_of("affected", PLACES, who.id, number),
            f"{SIGN}affected",
            at.get(str(who.id)),
            {"effect": who.effect, **hands},
            table=maker.table,
            language=maker.language,
        )


def outlines_before(base: Version, target: Version, maker: Maker) -> Iterator[Item]:
    """Yield lines and areas of a version that lie elsewhere in the other, as thin lines."""
    after = {one.id: one.geometry for one in target.features().features}
    for one in base.features().features:
        if after.get(one.id) != one.geometry:
            items = feature_items(
                gid_of("base", base.layer, one.id),
                f"{SIGN}base",
                one.geometry,
                one.properties,
                table=maker.table,
                language=maker.language,
            )
            yield from (replace(item, name="") for item in items if item.kind != "point")


def _difference(base: Version, target: Version, maker: Maker) -> Diff:
    from pkzone.compare import diff

    return diff(base, target, catalogue=maker.catalogue)


def with_marks(content: Content, title: str) -> Content:
    """Return a content whose legend explains the marks of a difference first."""
    return replace(content, sections=(Section(title, _MARKED), *content.sections))


class _Sheet:
    """Makes the panels of some states of a layer, with all layers around or with the base map."""

    def __init__(
        self,
        catalogue: Catalogue,
        language: str,
        only: str | None,
        layer: str,
        states: Sequence[_State],
    ) -> None:
        self._maker = Maker(catalogue, language, {layer, *(() if only else FOCUS)} & {*catalogue})
        self._only = only
        self._layer = layer
        self._states = states

    def content(self, left_out: Sequence[_State], *, is_each: bool) -> Multiples:
        maker, language, title = self._maker, self._maker.language, self._title
        panels = tuple(self._panels())
        lines = [
            say("Colour marks what differs from the panel before.", language)
            if self._only
            else say(
                "Colour marks what differs from the panel before: {layer}", language, layer=title
            )
        ]
        notices = []
        if left_out:
            lines.append(_left_out_in_words(left_out, language))
            notices.append(self._left_out(left_out, is_each=is_each))
        focus = self._focus(panels)
        sheet = maker.content(
            (),
            title=title if self._only else maker.catalogue.say(maker.catalogue.title, language),
            lines=tuple(lines if len(panels) > 1 else lines[1:]),
            focus=focus,
            cited=frozenset(
                source for one in self._states if one.version for source in one.version.source_ids
            ),
            notices=tuple(notices),
        )
        marked = with_marks(sheet, say("Difference from the panel before", language))
        return Multiples(**vars(marked), panels=panels)

    @property
    def _title(self) -> str:
        """The title of the layer that is compared."""
        own = self._maker.catalogue[self._layer]
        return self._maker.catalogue.say(own.title or own.name, self._maker.language)

    def _focus(self, panels: Sequence[Panel]) -> tuple[Any, ...]:
        if self._only is None:
            return boxes_of([select(self._maker.catalogue).home])
        versions = self._maker.catalogue[self._layer].versions
        return tuple(
            item.shape for panel in panels for item in panel.items if item.style_key == self._layer
        ) or boxes_of(one.bbox for one in versions)

    def _left_out(self, left_out: Sequence[_State], *, is_each: bool) -> str:
        drawn, first = len(self._states), left_out[0].key
        remedy = f"name a range, {self._layer}@{first}.." if is_each else "draw them by themselves"
        return (
            f"a sheet has {MAX_PANELS} panels at most: {drawn} of {drawn + len(left_out)} are "
            f"drawn, those from {first} on are left out; {remedy}"
        )

    def _panels(self) -> Iterator[Panel]:
        maker, language = self._maker, self._maker.language
        before: Version | None = None
        for state in self._states:
            version = state.version
            items = [*self._items(state)]
            lines = [self._of_layer(self._state_in_words(state))]
            if before is not None and version is not None:
                marks = [*difference_items(before, version, maker)]
                items += marks
                if not marks:
                    same = say("nothing differs from the panel before", language)
                    lines.append(self._of_layer(same))
            yield Panel(
                state.key,
                day_in_words(state.day, language),
                tuple(lines),
                paint_order(items, maker.table),
            )
            before = version

    def _items(self, state: _State) -> Iterator[Item]:
        if state.version is not None:
            yield from self._maker.items(state.version)
        if self._only:
            yield from self._maker.around(state.day, self._layer)
            return
        for name in self._maker.catalogue:
            if name != self._layer:
                yield from self._maker.items_on(name, state.day)

    def _of_layer(self, text: str) -> str:
        """Return what is said of the compared layer, with its title where others are drawn too."""
        language = self._maker.language
        if self._only:
            return worded(Sentence(text), language)
        return say("{layer}: {title}", language, layer=self._title, title=text)

    def _state_in_words(self, state: _State) -> str:
        language, version = self._maker.language, state.version
        if version is None:
            return say("No state is known on this date.", language)
        title = self._maker.catalogue.say(version.title, language)
        if version.valid_from == state.day:
            return title
        since = day_in_words(version.valid_from, language)
        return say("State since {date}: {title}", language, date=since, title=title)


def _left_out_in_words(left_out: Sequence[_State], language: str) -> str:
    days = [day_in_words(one.day, language) for one in islice(left_out, _NAMED)]
    if more := len(left_out) - len(days):
        days.append(say("and {count} more", language, count=more))
    return say("Left out: {list}", language, list=", ".join(days))
