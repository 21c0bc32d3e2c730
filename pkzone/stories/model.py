"""The model of a story and its one form on disk: ``story.json``, by the schema `SCHEMA`.

Its texts are English templates with references in braces; translations stand beside it in
gettext files, ``story.az.po``, as those of a catalogue do.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pkzone.errors import CatalogueError, StoryError, did_you_mean, printable
from pkzone.layers import translations
from pkzone.layers.json_fields import Fields, parse_json, read_bytes
from pkzone.layers.manifest import LANGUAGE_CODE
from pkzone.layers.translations import Translation
from pkzone.text_lookalikes import hidden_characters

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "FILE_NAME",
    "MAX_SENTENCES",
    "MAX_STOPS",
    "MAX_TEXT",
    "SCHEMA",
    "GivenStory",
    "Sentence",
    "Stop",
    "Story",
    "dumps",
    "open_story",
    "parse",
    "read",
    "translation_path",
]

SCHEMA: Final = "pkzone.story/1"
#: The story of a catalogue, beside its manifest.
FILE_NAME: Final = "story.json"
MAX_BYTES: Final = 1_000_000
MAX_STOPS: Final = 100
MAX_SENTENCES: Final = 8
MAX_TEXT: Final = 600
_LINE_END: Final = re.compile(r"[\r\n\t]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its template, and the ids of the sources that say so."""

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a story.

    Attributes
    ----------
    day : datetime.date
        The day in view.
    heading : str
        Its template.
    sentences : tuple of Sentence
        What is said, one to eight; a page sets them as one paragraph.
    bounds : tuple of float or None
        West, south, east and north in view, in degrees; none where `features` say it.
    features : tuple of str
        ``LAYER/ID`` of what is in view where no bounds are given.
    layers : tuple of str
        The layers in view; none for all.
    compare : datetime.date or None
        Another day that is compared with this one.
    compare_layer : str
        The layer whose difference is coloured; the page chooses where it is empty.
    events : tuple of str
        Ids of the events that it tells of.
    """

    day: date
    heading: str
    sentences: tuple[Sentence, ...]
    bounds: tuple[float, float, float, float] | None = None
    features: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    compare: date | None = None
    compare_layer: str = ""
    events: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources of all sentences, each once."""
        return tuple(dict.fromkeys(one for sentence in self.sentences for one in sentence.sources))

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Where each template stands, and the template: ``heading``, ``sentence 1``."""
        yield "heading", self.heading
        for number, sentence in enumerate(self.sentences, start=1):
            yield f"sentence {number}", sentence.text


@dataclass(frozen=True, slots=True)
class Story:
    """A story: a title and its stops.

    Attributes
    ----------
    title : str
        Its template.
    stops : tuple of Stop
        In the order in which they are told.
    name : str
        The file it was read from, for messages.
    translations : mapping of str to Translation
        What its templates are in other languages, by language.
    """

    title: str
    stops: tuple[Stop, ...]
    name: str = "story"
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def texts(self) -> Iterator[tuple[int | None, str, str]]:
        """The number of each template's stop, where it stands there, and the template."""
        yield None, "title", self.title
        for number, stop in enumerate(self.stops, start=1):
            for place, text in stop.texts:
                yield number, place, text


#: A story, its value as JSON has it, its file, or True for the one of the catalogue.
GivenStory: TypeAlias = Story | Mapping[str, Any] | str | os.PathLike[str] | bool | None


def open_story(given: GivenStory, catalogue: Catalogue) -> Story:
    """Return a story as it is, of its JSON value, from a file, or (True) that of the catalogue.

    Raises
    ------
    StoryError
        It is missing, or refused.
    """
    if isinstance(given, Story):
        return given
    if isinstance(given, Mapping):
        try:
            data = json.dumps(dict(given)).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise StoryError(f"story: is not a value of JSON: {printable(str(error))}") from None
        return parse(data, "story")
    if isinstance(given, str | os.PathLike):
        return read(given)
    path = catalogue.root / FILE_NAME
    if not os.path.lexists(path):
        raise StoryError(
            f"{path}: this catalogue has no story; name a file, or begin one with "
            "pkzone story new LAYER"
        )
    return read(path)


def read(path: str | os.PathLike[str]) -> Story:
    """Return the story in a file, with the translations beside it.

    Raises
    ------
    StoryError
        The file is missing, or is no story; the message names the stop.
    """
    name = os.fspath(path)
    if not os.path.lexists(name):
        raise StoryError(
            f"{name}: no such file; name a story, or put --story last for that of the catalogue"
        )
    try:
        story = parse(read_bytes(name, max_bytes=MAX_BYTES), name)
        found = dict(_translations(Path(name)))
    except CatalogueError as error:
        raise StoryError(str(error)) from None
    return Story(story.title, story.stops, name, MappingProxyType(found))


def translation_path(path: Path, language: str) -> Path:
    """Return where a story's translation into a language stands: ``story.az.po``."""
    return path.with_name(f"{path.stem}.{language}.po")


def _translations(path: Path) -> Iterator[tuple[str, Translation]]:
    """Yield the languages that there are files of, and what these say."""
    for file in sorted(path.parent.glob("*.po")):
        code = file.name.removeprefix(f"{path.stem}.").removesuffix(".po")
        if file == translation_path(path, code) and LANGUAGE_CODE.fullmatch(code):
            yield code, translations.read_file(str(file))


def parse(data: bytes, name: str) -> Story:
    """Return the story of a JSON text; an error calls it by the name.

    Raises
    ------
    StoryError
        It is no story; the message names the stop and the member.
    """
    try:
        return _story(Fields(parse_json(data, name), name))
    except CatalogueError as error:
        raise StoryError(str(error)) from None


def _story(item: Fields) -> Story:
    schema = item.raw.get("schema")
    if schema != SCHEMA:
        raise item.wrong("schema", f'"{SCHEMA}"')
    _known(item, "schema", "title", "stops")
    listed = item.raw.get("stops")
    if isinstance(listed, list) and not 0 < len(listed) <= MAX_STOPS:
        raise StoryError(f"{item.where}: has {len(listed):,} stops; a story has 1 to {MAX_STOPS}")
    stops = []
    for number, stop in enumerate(item.objects("stops"), start=1):
        stop.where = f"{item.where}: stop {number}"
        stops.append(_stop(stop))
    return Story(_text(item, "title"), tuple(stops), item.where)


def _stop(item: Fields) -> Stop:
    _known(item, "date", "view", "layers", "compare", "heading", "sentences", "events")
    view = Fields(item.raw.get("view"), f"{item.where}: view")
    _known(view, "bounds", "features")
    bounds, features = view.bbox("bounds"), view.texts("features", ())
    if (bounds is None) is not bool(features):
        raise StoryError(f"{view.where}: give either 'bounds' or 'features'")
    sentences = []
    for number, sentence in enumerate(item.objects("sentences"), start=1):
        sentence.where = f"{item.where}: sentence {number}"
        _known(sentence, "text", "sources")
        sentences.append(Sentence(_text(sentence, "text"), sentence.texts("sources", ())))
    if not 0 < len(sentences) <= MAX_SENTENCES:
        raise StoryError(
            f"{item.where}: has {len(sentences):,} sentences; a stop has 1 to {MAX_SENTENCES}"
        )
    compare: dict[str, Any] = {}
    if "compare" in item.raw:
        other = Fields(item.raw["compare"], f"{item.where}: compare")
        _known(other, "date", "layer")
        compare = {"compare": other.day("date"), "compare_layer": other.text("layer", "")}
    return Stop(
        item.day("date"),
        _text(item, "heading"),
        tuple(sentences),
        bounds=bounds,
        features=features,
        layers=item.texts("layers", ()),
        events=item.texts("events", ()),
        **compare,
    )


def _known(item: Fields, *names: str) -> None:
    """Refuse members that a story has not: a slip of the pen would go unseen."""
    for name in item.raw:
        if name not in names:
            shown, hint = printable(repr(name)), did_you_mean(name, names)
            raise StoryError(
                f"{item.where}: {shown} is not a member; {hint}it has {', '.join(names)}"
            )


def _text(item: Fields, key: str) -> str:
    text = item.text(key)
    if not text.strip():
        raise item.wrong(key, "a text")
    if len(text) > MAX_TEXT:
        raise StoryError(
            f"{item.where}: {key!r} has {len(text):,} characters; the most are {MAX_TEXT}"
        )
    hidden = hidden_characters(text)
    if hidden or _LINE_END.search(text) or any("\ud800" <= one <= "\udfff" for one in text):
        found = printable(", ".join(hidden[:3])) or "a line end or half a character"
        raise StoryError(
            f"{item.where}: {key!r} has characters that have no place in a line ({found}); "
            "take them out"
        )
    return text


def dumps(story: Story) -> bytes:
    """Return a story as its file has it, a member a line."""
    value = {
        "schema": SCHEMA,
        "title": story.title,
        "stops": [_value(stop) for stop in story.stops],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _value(stop: Stop) -> dict[str, Any]:
    seen: tuple[Any, ...] = stop.features or stop.bounds or ()
    value: dict[str, Any] = {
        "date": stop.day.isoformat(),
        "view": {"features" if stop.features else "bounds": list(seen)},
    }
    if stop.layers:
        value["layers"] = list(stop.layers)
    if stop.compare:
        layer = {"layer": stop.compare_layer} if stop.compare_layer else {}
        value["compare"] = {"date": stop.compare.isoformat(), **layer}
    value["heading"] = stop.heading
    value["sentences"] = [
        {"text": one.text, **({"sources": list(one.sources)} if one.sources else {})}
        for one in stop.sentences
    ]
    if stop.events:
        value["events"] = list(stop.events)
    return value
