"""Say what the pages of a story show: at each stop its texts, its map and its numbered sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from shapely.geometry import Point

from pkzone.i18n.messages import date_in_words, day_in_words, say
from pkzone.layers.names import issued_on
from pkzone.maps.diff.style import SIGN
from pkzone.maps.languages import name_in
from pkzone.maps.style import BASE, FOCUS, PLACES
from pkzone.pictures.map_content import (
    Content,
    Item,
    Maker,
    PageContent,
    Section,
    boxes_of,
    gid_of,
    paint_order,
)
from pkzone.pictures.multiples_content import (
    difference_items,
    in_force,
    outlines_before,
    rings_around,
    with_marks,
)
from pkzone.stories.model import GivenStory, open_story
from pkzone.stories.telling import ToldStop, ToldStory, tell

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Version
    from pkzone.stories.model import Stop

__all__ = ["StopContent", "StoryContent", "story_content"]


#: An address longer than this is cut: nobody types it.
_LONGEST_URL: Final = 180


@dataclass(frozen=True, kw_only=True)
class StopContent(Content):
    """What a page of a story shows.

    Attributes
    ----------
    above : str
        What stands over the heading: the story, and which of its stops this is.
    sentences : tuple of str
        What is said, each sentence with the numbers of its sources.
    references : tuple of str
        The sources of the sentences, numbered.
    """

    above: str
    sentences: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StoryContent(PageContent):
    """What the pages of a story show: each of its ``stops``."""

    stops: tuple[StopContent, ...]


def story_content(
    given: GivenStory, catalogue: Catalogue, language: str, title: str | None = None
) -> StoryContent:
    """Return what the pages of a story show, in words of a language.

    Raises
    ------
    StoryError
        It is missing or refused, or the catalogue does not have what it names.
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused.
    """
    source = catalogue.cached()
    story = open_story(given, source)
    told = tell(story, source, ("en", language), always=BASE)
    name = told.say(told.title, language) if title is None else title
    pages = _Pages(source, told, language, name)
    return StoryContent(
        title=name,
        lines=(),
        stops=tuple(pages.of(number, one) for number, one in enumerate(told.stops, start=1)),
    )


class _Pages:
    """Makes the pages of a story in words of a language."""

    def __init__(self, catalogue: Catalogue, told: ToldStory, language: str, title: str) -> None:
        self._catalogue = catalogue
        self._told = told
        self._language = language
        self._title = title
        self._records = {str(one["id"]): one for one in catalogue.sources}

    def of(self, number: int, one: ToldStop) -> StopContent:
        """Return the page of a stop."""
        language, told, stop = self._language, self._told, one.stop
        content = self._map(one)
        place = say("Stop {number} of {count}", language, number=number, count=len(told.stops))
        sentences = zip(one.sentences, stop.sentences, strict=True)
        fields = vars(content) | {
            "title": told.say(one.heading, language),
            "is_reviewed": language not in told.unreviewed,
        }
        return StopContent(
            **fields,
            above=f"{self._title} · {place}",
            sentences=tuple(
                told.say(text, language) + _numbers(stop, said.sources) for text, said in sentences
            ),
            references=tuple(
                f"[{index}] {self._cited(source)}"
                for index, source in enumerate(stop.sources, start=1)
            ),
        )

    def _map(self, one: ToldStop) -> Content:
        """Return the map of a stop: its layers on its day, within its bounds."""
        stop, language = one.stop, self._language
        pair = self._compared(one)
        maker = Maker(self._catalogue, language, {pair[0].layer, *FOCUS} if pair else ())
        items: list[Item] = []
        for name in one.layers:
            items += maker.items_on(name, stop.day)
        lines = [maker.as_of(stop.day)]
        if stop.compare:
            day = day_in_words(stop.compare, language)
            lines.append(say("compared with {date}", language, date=day))
        named = {gid_of(PLACES, place.id) for place in one.named if place.names is None}
        content = maker.content(
            [_named(item) if item.gid in named else item for item in items],
            title="",
            lines=(", ".join(lines),),
            focus=boxes_of([one.bounds]),
        )
        content = replace(content, regions=(*content.regions, *self._junctions(one)))
        if pair is None:
            return content
        content = replace(
            content,
            items=paint_order([*content.items, *self._marks(one, pair, maker)], maker.table),
        )
        assert stop.compare is not None  # noqa: S101 - where versions are compared
        base = day_in_words(min(stop.compare, stop.day), language)
        before = Section(say("From: {name}", language, name=base), (f"{SIGN}base",))
        content = replace(content, sections=(before, *content.sections))
        return with_marks(content, say("Difference", language))

    def _marks(self, one: ToldStop, pair: tuple[Version, Version], maker: Maker) -> Iterator[Item]:
        """Yield what tells two days apart: as on pages, all that lay elsewhere before, thin."""
        assert one.stop.compare is not None  # noqa: S101 - where versions are compared
        days = sorted((one.stop.compare, one.stop.day))
        for name in self._comparable(one):
            before, after = (in_force(self._catalogue, name, day) for day in days)
            if before is not None and after is not None and before != after:
                yield from outlines_before(before, after, maker)
        yield from difference_items(*pair, maker)
        if PLACES in one.layers:
            places = in_force(self._catalogue, PLACES, one.stop.day)
            if places is not None:
                yield from rings_around(*pair, places.features().features, maker)

    def _junctions(self, one: ToldStop) -> Iterator[Item]:
        """Yield the junctions that a stop names, which have nothing but a name."""
        for place in one.named:
            if place.names is not None:
                yield _named(
                    Item(
                        gid=gid_of("junction", place.id),
                        style_key="junction",
                        kind="point",
                        shape=Point(place.lon, place.lat),
                        rule={"strokes": []},
                        name=name_in(place.names, self._language),
                    )
                )

    def _compared(self, one: ToldStop) -> tuple[Version, Version] | None:
        """Return the versions whose difference is marked, the older first, if any differ.

        They are of the layer that the stop names, else of the first that differs.
        """
        stop = one.stop
        if stop.compare is None:
            return None
        days = sorted((stop.compare, stop.day))
        named = [stop.compare_layer] if stop.compare_layer else self._comparable(one)
        for name in named:
            before, after = (in_force(self._catalogue, name, day) for day in days)
            if before is not None and after is not None and before != after:
                return before, after
        return None

    def _comparable(self, one: ToldStop) -> list[str]:
        names = [name for name in one.layers if name not in (*BASE, PLACES)]
        return sorted(names, key=lambda name: name not in FOCUS)

    def _cited(self, source: str) -> str:
        """Return a source as pages list it: title, publisher, day, address."""
        record: Mapping[str, Any] = self._records[source]
        day = date_in_words(issued_on(record), self._language)
        publisher = record.get("container-title") or record.get("publisher")
        where = ", ".join(str(part) for part in (publisher, day) if part)
        url = str(record.get("URL") or "")
        shown = url if len(url) <= _LONGEST_URL else f"{url[:_LONGEST_URL]}…"
        return " — ".join(str(part) for part in (record.get("title"), where, shown) if part)


def _named(item: Item) -> Item:
    """Return an item as one that is labelled before all others, at every scale."""
    return replace(item, label_row={"rank": 2, **(item.label_row or {}), "zoom": 0, "named": True})


def _numbers(stop: Stop, sources: Sequence[str]) -> str:
    """Return the numbers of sources as they stand behind a sentence."""
    numbers = sorted(stop.sources.index(one) + 1 for one in sources)
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""
