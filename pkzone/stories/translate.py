"""Bring the translations of a story up to date with its texts."""

from __future__ import annotations

import os
from pathlib import Path

from pkzone.errors import BadOption, CatalogueError, StoryError
from pkzone.files.atomic import write_bytes
from pkzone.layers import translations
from pkzone.layers.json_fields import read_bytes
from pkzone.layers.manifest import LANGUAGE_CODE
from pkzone.store.translate import HEADER, Translated, brought_up
from pkzone.stories.model import Story, read, translation_path
from pkzone.stories.references import has_words

__all__ = ["translate_story", "updated"]


def translate_story(path: str | os.PathLike[str], language: str) -> Translated:
    """Bring ``STORY.<language>.po`` up to date beside a story, or begin it.

    Translations stay; new texts come in empty, and those that are of no stop any more go.

    Parameters
    ----------
    path : str or os.PathLike
        The story's file.
    language : str
        The code of the language, such as ``el``.

    Raises
    ------
    BadOption
        It is not a code, or that of English, which the story is in.
    StoryError, OutputError
        The story or the file is damaged, or cannot be written.
    """
    if not LANGUAGE_CODE.fullmatch(language) or language == "en":
        raise BadOption(f"language {language!r}: write a code such as az, el or pt-BR, not en")
    story, file = read(path), translation_path(Path(path), language)
    before = None
    try:
        if os.path.lexists(file):
            before = read_bytes(str(file), max_bytes=translations.MAX_BYTES)
        data = updated(before, story, language)
        entries = translations.parse(data, str(file))
    except CatalogueError as error:
        raise StoryError(str(error)) from None
    if data != before:
        write_bytes(str(file), data, overwrite=True, follow_links=False)
    left = tuple(one.id for one in entries if not one.text)
    outcome = "added" if before is None else "present" if data == before else "updated"
    return Translated(str(file), len(entries), left, outcome)


def updated(data: bytes | None, story: Story, language: str) -> bytes:
    """Return the file of a language with the texts of a story, translated as far as it was.

    Raises
    ------
    CatalogueError
        It is damaged.
    """
    texts: dict[str, list[str]] = {}
    for number, place, text in story.texts:
        if has_words(text):
            where = place if number is None else f"stop-{number}-{place}"
            texts.setdefault(text, []).append(where.replace(" ", "-"))
    name = translation_path(Path(story.name), language).name
    header = HEADER.format(name=Path(story.name).stem, language=language)
    return brought_up(data, texts, name=name, header=header)
