"""Hold a story against a catalogue: what is refused, and what else its author should know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from pkzone.errors import PkzoneError, StoryError, printable
from pkzone.stories.model import Stop, Story
from pkzone.stories.references import References, has_words, named_in, typed_digits
from pkzone.stories.views import bounds_of, layers_of
from pkzone.table import Column, Table
from pkzone.text_layout import counted

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = ["Finding", "check_story", "findings_table", "refuse"]

_COLUMNS: Final = (
    Column("severity"),
    Column("stop", "integer"),
    Column("place"),
    Column("language"),
    Column("message"),
)


class Finding(NamedTuple):
    """Something about a story.

    Attributes
    ----------
    severity : str
        ``error`` for what no page is made with, ``warning``, or ``hint`` for what is yet to be
        written.
    stop : int or None
        The number of the stop; none where it is of the whole.
    place : str
        Where in it: ``date``, ``view``, ``heading``, ``sentence 1`` ...
    language : str
        The language of the text; empty where it is none.
    message : str
        What was found.
    """

    severity: str
    stop: int | None
    place: str
    language: str
    message: str

    def __str__(self) -> str:
        stop = "" if self.stop is None else f"stop {self.stop}"
        language = "" if self.language in ("", "en") else f"({self.language})"
        where = ": ".join(filter(None, (stop, f"{self.place} {language}".strip())))
        return f"{where}: {self.message}"


def findings_table(findings: Collection[Finding], story: Story) -> Table:
    """Return findings as a table."""
    about = {"story": story.name, "stops": len(story.stops)}
    return Table("story-check", _COLUMNS, tuple(map(tuple, findings)), about)


def refuse(
    story: Story, catalogue: Catalogue, references: References, languages: Collection[str]
) -> None:
    """Raise a StoryError for the first error of a story in these languages, if there is one."""
    errors = list(_errors(story, catalogue, references, languages))
    if errors:
        more = len(errors) - 1
        rest = f" (and {more} more, which pkzone story check lists)" if more else ""
        raise StoryError(f"{printable(story.name, None)}: {errors[0]}{rest}")


def check_story(story: Story, catalogue: Catalogue) -> list[Finding]:
    """Return all that is wrong with a story or odd about it, errors first.

    Parameters
    ----------
    story : Story
        The story, with all its translations.
    catalogue : Catalogue
        What it tells of.
    """
    references = References(catalogue)
    return [
        *_errors(story, catalogue, references, ("en", *story.translations)),
        *_warnings(story, catalogue, references),
        *_of_translations(story),
    ]


def _errors(
    story: Story, catalogue: Catalogue, references: References, languages: Collection[str]
) -> Iterator[Finding]:
    yield from _of_text(story, None, "title", story.title, references, languages)
    for number, stop in enumerate(story.stops, start=1):
        for place, message in _of_stop(stop, catalogue, references):
            yield Finding("error", number, place, "", message)
        for place, text in stop.texts:
            yield from _of_text(story, number, place, text, references, languages)


def _of_stop(stop: Stop, catalogue: Catalogue, references: References) -> Iterator[tuple[str, str]]:
    """Yield what of a stop the catalogue does not have, and where it stands."""
    try:
        layers_of(stop, catalogue)
    except PkzoneError as error:
        yield "date", str(error)
        return
    try:
        bounds_of(stop, references)
    except PkzoneError as error:
        yield "view", str(error)
    for event in stop.events:
        try:
            catalogue.event(event)
        except PkzoneError as error:
            yield "events", str(error)
    for number, sentence in enumerate(stop.sentences, start=1):
        for source in sentence.sources:
            try:
                catalogue.source(source)
            except PkzoneError as error:
                yield f"sentence {number}", str(error)


def _of_text(
    story: Story,
    number: int | None,
    place: str,
    text: str,
    references: References,
    languages: Collection[str],
) -> Iterator[Finding]:
    """Yield what is wrong with a text in each of the languages."""
    day = story.stops[0 if number is None else number - 1].day
    for language in languages:
        translation = story.translations.get(language)
        said = text if language == "en" else (translation and translation.texts.get(text))
        if not said:
            continue
        try:
            references.say(said, day, language)
            if sorted(named_in(said)) != sorted(named_in(text)):
                raise StoryError("lacks references of the English text, or has others; copy them")
            if word := typed_digits(said, references.names):
                raise StoryError(
                    f"{printable(word)!r} is typed; take figures and dates from the catalogue, "
                    "such as {figure:SUBJECT@DATE} or {event:ID.date}"
                )
        except StoryError as error:
            yield Finding("error", number, place, language, str(error))


def _warnings(story: Story, catalogue: Catalogue, references: References) -> Iterator[Finding]:
    places = _place_names(catalogue)
    for number, stop in enumerate(story.stops, start=1):
        for place in _out_of_view(stop, references):
            message = f"{{place:{place}}} is named and lies outside of it"
            yield Finding("warning", number, "view", "", message)
        for place, text in stop.texts:
            for word in _typed_names(text, places):
                message = f"{word} is typed; {{place:{places[word]}}} says it in every language"
                yield Finding("warning", number, place, "en", message)
        for count, sentence in enumerate(stop.sentences, start=1):
            if not has_words(sentence.text):
                sources = "" if sentence.sources else ", and name its sources"
                message = f"consists of references only; write a sentence{sources}"
                yield Finding("hint", number, f"sentence {count}", "en", message)
            elif not sentence.sources:
                yield Finding("warning", number, f"sentence {count}", "", "names no source")


def _of_translations(story: Story) -> Iterator[Finding]:
    texts = {text for _, _, text in story.texts if has_words(text)}
    for language, translation in story.translations.items():
        if left := len(texts - translation.texts.keys()):
            message = f"{left} of {len(texts)} texts are not translated and stay English"
            yield Finding("warning", None, "translation", language, message)
        if unused := len(translation.texts.keys() - texts):
            message = f"has {counted(unused, 'text')} of no stop; pkzone translate removes that"
            yield Finding("warning", None, "translation", language, message)
        if not translation.is_reviewed:
            message = "has entries that no speaker has reviewed (fuzzy)"
            yield Finding("warning", None, "translation", language, message)


def _out_of_view(stop: Stop, references: References) -> Iterator[str]:
    """Yield the places that a stop names and does not show; nothing where there are errors."""
    try:
        west, south, east, north = bounds_of(stop, references)
        named = references.places_named((text for _, text in stop.texts), stop.day)
    except PkzoneError:
        return
    for one in named:
        if not (west <= one.lon <= east and south <= one.lat <= north):
            yield one.id


def _place_names(catalogue: Catalogue) -> dict[str, str]:
    """Return the ids of places by the forms of their English names, but for short ones."""
    if "places" not in catalogue or not catalogue["places"].versions:
        return {}
    return {
        form: str(feature.id)
        for feature in catalogue["places"].latest.features().features
        if isinstance(name := feature.properties.get("name"), str)
        for form in name.split(" / ")
        if len(form) > 3 and form[0].isupper()
    }


def _typed_names(text: str, names: Mapping[str, str]) -> Iterator[str]:
    plain = re.sub(r"\{[^{}]*\}", " ", text)
    for name in names:
        if name in plain and re.search(rf"\b{re.escape(name)}\b", plain):
            yield name
