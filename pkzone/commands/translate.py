"""``pkzone translate``: the titles of a catalogue in another language."""

from __future__ import annotations

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_folder, catalogue_folder_option, lock_timeout_option
from pkzone.commands.output import warn
from pkzone.commands.types import FILE
from pkzone.text_layout import counted

__all__ = ["warn_of_untranslated"]


@click.command(
    "translate",
    cls=Command,
    examples=(
        "pkzone translate el --catalogue my-zone",
        "pkzone translate el --story tour.json",
    ),
)
@click.argument("language")
@click.option(
    "--story",
    metavar="STORY",
    type=FILE,
    help="Translate the texts of this story instead, in STORY.LANGUAGE.po beside it.",
)
@lock_timeout_option
@catalogue_folder_option
def command(catalogue: str | None, language: str, story: str | None, lock_timeout: float) -> None:
    """Create or update data.LANGUAGE.po, the titles in a language.

    It is a gettext file, which Poedit, Weblate and any editor open, with the titles of layers,
    versions and events. Maps, pictures and reports in this language show the titles that are
    translated there, and the rest as they are. LANGUAGE is a code, such as el. Translations are
    kept, new titles are added empty, and titles that no longer exist are removed.
    """
    if story is None:
        from pkzone.store.translate import translate

        folder = catalogue_folder(catalogue)
        done = translate(language, catalogue=folder, lock_timeout=lock_timeout)
    else:
        from pkzone.stories.translate import translate_story

        done = translate_story(story, language)
    left = f"{len(done.untranslated)} of {counted(done.count, 'text')} to translate"
    warn(f"{done.outcome}: {done.path}, {left}" if done.untranslated else f"{done.path}: whole")


def warn_of_untranslated(folder: str) -> None:
    """Say in one line which languages of a catalogue lack texts, and how to bring them in."""
    from pkzone.errors import CatalogueError
    from pkzone.layers.catalogue import Catalogue
    from pkzone.store.translate import untranslated

    try:
        left = {code: len(texts) for code, texts in untranslated(Catalogue(folder))}
    except CatalogueError as error:
        warn(f"warning: {error}")
        return
    if left:
        counts = ", ".join(f"{code} {counted(number, 'text')}" for code, number in left.items())
        warn(f"to translate: {counts}; pkzone translate {next(iter(left))} brings them in")
