"""Put a story into words: what its references stand for, in the languages of a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pkzone.errors import StoryError, printable
from pkzone.stories.check import refuse
from pkzone.stories.model import Stop, Story
from pkzone.stories.references import NamedPlace, References, has_words
from pkzone.stories.views import Bounds, bounds_of, layers_of

if TYPE_CHECKING:
    from datetime import date

    from pkzone.layers.catalogue import Catalogue

__all__ = ["ToldStop", "ToldStory", "tell"]


@dataclass(frozen=True, slots=True)
class ToldStop:
    """A stop in words.

    Attributes
    ----------
    stop : Stop
        The stop as it is written.
    heading : str
        Its heading, in English.
    sentences : tuple of str
        Its sentences, in English.
    bounds : tuple of float
        West, south, east and north in view, in degrees.
    layers : tuple of str
        The layers in view, in the catalogue's order.
    named : tuple of NamedPlace
        The places that its texts name: maps label them before all others.
    """

    stop: Stop
    heading: str
    sentences: tuple[str, ...]
    bounds: Bounds
    layers: tuple[str, ...]
    named: tuple[NamedPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story in words.

    Attributes
    ----------
    title : str
        Its title, in English.
    stops : tuple of ToldStop
        Its stops.
    languages : tuple of str
        The other languages that it is told in.
    phrases : dict
        What each English text is in these, in their order; those that stay as they are have none.
    unreviewed : tuple of str
        Languages in which a text is not reviewed by a speaker.
    """

    title: str
    stops: tuple[ToldStop, ...]
    languages: tuple[str, ...]
    phrases: dict[str, list[str]]
    unreviewed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the story as plain JSON types, as a page has it."""
        return {"title": self.title, "stops": [_plain(one) for one in self.stops]}

    def say(self, text: str, language: str) -> str:
        """Return one of its English texts in a language that it is told in."""
        if text not in self.phrases or language not in self.languages:
            return text
        return self.phrases[text][self.languages.index(language)]

    @property
    def sources(self) -> set[str]:
        """The ids of all sources that it names."""
        return {source for one in self.stops for source in one.stop.sources}

    @property
    def events(self) -> set[str]:
        """The ids of all events that it names."""
        return {event for one in self.stops for event in one.stop.events}


def _plain(one: ToldStop) -> dict[str, Any]:
    stop = one.stop
    compare: dict[str, str] = {"compare": stop.compare.isoformat()} if stop.compare else {}
    layer = {"of": stop.compare_layer} if stop.compare_layer else {}
    return {
        "date": stop.day.isoformat(),
        "heading": one.heading,
        "sentences": [
            {"text": text, "sources": list(sentence.sources)}
            for text, sentence in zip(one.sentences, stop.sentences, strict=True)
        ],
        "events": list(stop.events),
        "bounds": list(one.bounds),
        "layers": list(one.layers),
        "named": [
            {"id": id_, "at": [round(lon, 5), round(lat, 5)]}
            | ({"names": dict(names)} if names else {})
            for id_, lon, lat, names in one.named
        ],
        **compare,
        **layer,
    }


def tell(
    story: Story,
    catalogue: Catalogue,
    languages: Sequence[str] = ("en",),
    *,
    shown: Collection[str] | None = None,
    always: Collection[str] = (),
) -> ToldStory:
    """Return a story in words.

    Parameters
    ----------
    story : Story
        The story.
    catalogue : Catalogue
        What it tells of; best one with a cache.
    languages : sequence of str, optional
        The languages that it is told in.
    shown : collection of str, optional
        The layers that there are to show; by default all of the catalogue.
    always : collection of str, optional
        Those that are in view at every stop.

    Raises
    ------
    StoryError
        The catalogue does not have what it names, or a text breaks a rule; the message names the
        stop and the word.
    """
    references = References(catalogue)
    others = [code for code in languages if code != "en"]
    refuse(story, catalogue, references, ("en", *others))
    phrases: dict[str, list[str]] = {}

    def said(text: str, day: date) -> str:
        """Return a text in English, and keep what it is in the other languages."""
        english = references.say(text, day, "en")
        words = [_words(story, references, text, day, code) for code in others]
        if any(word != english for word in words):
            phrases[english] = words
        return english

    if shown is not None:
        _refuse_hidden(story, shown)
    title = said(story.title, story.stops[0].day)
    stops = []
    for stop in story.stops:
        layers = layers_of(stop, catalogue)
        stops.append(
            ToldStop(
                stop,
                said(stop.heading, stop.day),
                tuple(said(one.text, stop.day) for one in stop.sentences),
                bounds_of(stop, references),
                tuple(
                    one
                    for one in catalogue
                    if one in always or (one in layers and (shown is None or one in shown))
                ),
                references.places_named((text for _, text in stop.texts), stop.day),
            )
        )
    unreviewed = [
        code
        for code in others
        if code in story.translations and not story.translations[code].is_reviewed
    ]
    return ToldStory(title, tuple(stops), tuple(others), phrases, tuple(unreviewed))


def _refuse_hidden(story: Story, shown: Collection[str]) -> None:
    """Raise a StoryError if stops show layers that a map leaves out."""
    hidden = dict.fromkeys(one for stop in story.stops for one in stop.layers if one not in shown)
    if not hidden:
        return
    first = next(n for n, stop in enumerate(story.stops, 1) if hidden.keys() & {*stop.layers})
    raise StoryError(
        f"stop {first} of the story shows a layer that is not on this map; name "
        f"{', '.join(map(printable, hidden))} too, or no layers: then all are on it"
    )


def _words(story: Story, references: References, text: str, day: date, language: str) -> str:
    """Return a text in a language; one that nobody translated stays English as a whole."""
    translation = story.translations.get(language)
    if translation and text in translation.texts:
        return references.say(translation.texts[text], day, language)
    return references.say(text, day, "en" if has_words(text) else language)
