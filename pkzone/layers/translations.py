"""Read what a catalogue says in other languages: ``data.<language>.po`` beside the layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pkzone.errors import CatalogueError, printable
from pkzone.files.filetypes import conflict_line
from pkzone.i18n import po
from pkzone.layers.json_fields import read_bytes
from pkzone.text_lookalikes import hidden_characters

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "Translation",
    "file_name",
    "parse",
    "read",
    "read_file",
    "texts_asked_for",
    "texts_known",
    "values_in_words",
]

MAX_BYTES = 10_000_000
MAX_TEXT = 10_000


class Translation(NamedTuple):
    """What a catalogue says in a language.

    Attributes
    ----------
    texts : mapping of str to str
        Translations by the English text; those that are empty are not there.
    is_reviewed : bool
        Whether a speaker has reviewed every one: none is fuzzy.
    """

    texts: Mapping[str, str]
    is_reviewed: bool


def file_name(language: str) -> str:
    """Return the name of the file of a language."""
    return f"data.{language}.po"


def read(root: str, language: str) -> Translation:
    """Return what the catalogue in a folder says in a language.

    Raises
    ------
    CatalogueError
        The file is missing or damaged, or holds what no text of a catalogue may.
    """
    return read_file(f"{root}/{file_name(language)}")


def read_file(path: str) -> Translation:
    """Return what a file of translations says; errors are as for `read`."""
    entries = [one for one in parse(read_bytes(path, max_bytes=MAX_BYTES), path) if one.text]
    return Translation(
        MappingProxyType({one.id: one.text for one in entries}),
        not any(one.is_fuzzy for one in entries),
    )


def parse(data: bytes, name: str) -> list[po.Entry]:
    """Return the entries of a file but for its header, each checked.

    Raises
    ------
    CatalogueError
        It is no such file; the message names the line.
    """
    if line := conflict_line(data):
        raise CatalogueError(
            f"{name}: has Git's conflict markers (<<<<<<< in line {line}); keep one side of each, "
            "and take the markers out"
        )
    try:
        entries = [one for one in po.parse(data.decode("utf-8-sig")) if one.id]
        _check(entries)
    except UnicodeDecodeError:
        raise CatalogueError(f"{name}: is not in UTF-8; save it anew in UTF-8") from None
    except ValueError as error:
        raise CatalogueError(f"{name}: {error}; fix the file") from None
    return entries


def _check(entries: list[po.Entry]) -> None:
    lines: dict[str, int] = {}
    for one in entries:
        if one.id in lines:
            first = lines[one.id]
            raise ValueError(f"line {one.line} has the text of line {first} once more")
        lines[one.id] = one.line
        if len(one.text) > MAX_TEXT:
            raise ValueError(f"line {one.line} has a text of more than {MAX_TEXT:,} characters")
        if hidden := hidden_characters(one.text):
            raise ValueError(
                f"line {one.line} has a text with control, direction or zero-width characters "
                f"({printable(', '.join(hidden[:3]))})"
            )


def texts_asked_for(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the texts to translate, in the order of a file, with where each stands.

    They are the titles of catalogue, layers, versions and events, and what layers hold.
    """
    places: dict[str, list[str]] = {}

    def ask(text: str, place: str) -> None:
        if text:
            places.setdefault(text, []).append(place)

    ask(catalogue.title, "datapackage.json")
    for layer in catalogue.layers:
        ask(layer.title, layer.name)
        ask(layer.description, layer.name)
        for version in layer.versions:
            ask(version.title, version.ref)
    for event in catalogue.events:
        ask(event.title, event.id)
    return places


def texts_known(catalogue: Catalogue) -> set[str]:
    """Return all texts of lists and versions whose translation is used, those asked for among them.

    The others are titles of earlier records, and summaries of events.
    """
    records = {one.title for layer in catalogue.layers for one in layer.records}
    summaries = {event.summary for event in catalogue.events}
    return {*texts_asked_for(catalogue), *records, *summaries}


def values_in_words(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a feature's properties is said in words: its kind and its controllers.

    Examples
    --------
    >>> list(values_in_words({"kind": "watch_tower", "controller": "North / South", "rank": 1}))
    ['watch tower', 'North', 'South']
    """
    kind, controller = properties.get("kind"), properties.get("controller")
    if isinstance(kind, str):
        yield kind.replace("_", " ")
    if isinstance(controller, str):
        yield from controller.split(" / ")
