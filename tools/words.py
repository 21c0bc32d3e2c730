"""Bring the catalogues of words up to date with the sources: ``python -m tools.words``.

A catalogue keeps the texts that the sources say, in their order; a new one comes in empty and
fuzzy, one that nobody says any longer goes. Texts are what Python gives to `say`, `say_count` and
`phrase`, the words of the page's scripts as ``npm run build`` lists them, and those of tables:
labels of the style tables, words of the data. So do the files that translate the shipped layers,
with their titles, and the shipped story. With ``--check`` nothing is written, and the exit status
is 1 where a file is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from pkzone.commands import layers, show, sources
from pkzone.commands.records import VERSION_COLUMNS
from pkzone.i18n.compiling import compile_catalogue
from pkzone.i18n.messages import CONTEXTS
from pkzone.layers.catalogue import catalogue
from pkzone.layers.terms import EVENT_KINDS
from pkzone.layers.translations import file_name
from pkzone.maps import languages, style
from pkzone.maps.diff import style as diff_style
from pkzone.queries import events, feature_sources, passage, place_table, series
from pkzone.store.translate import updated
from pkzone.stories.model import FILE_NAME, read, translation_path
from pkzone.stories.translate import updated as updated_story

ROOT: Final = Path(__file__).parent.parent
LOCALE: Final = ROOT / "pkzone" / "i18n" / "locale"
#: What is in English only: GeoJSON of a difference. What it has in common with reports, pictures
#: and maps is translated, nothing else of it is asked for.
ENGLISH_ONLY: Final = ("pkzone/reports/as_features.py", "pkzone/reports/simplestyle.py")
#: Functions whose texts are collected, and which of their arguments those are, if not the first.
KEYWORDS: Final = {
    "say": None,
    "phrase": None,
    "Translatable": None,
    "phrase_count": (1, 2),
    "msg": None,
    "say_count": (1, 2),
    "plural": (2, 3),
}
#: Columns of the tables for people.
COLUMNS: Final = (
    *(VERSION_COLUMNS, layers.COLUMNS, series.COLUMNS, place_table.COLUMNS, events.COLUMNS),
    *(passage.PATH_COLUMNS, passage.PERIOD_COLUMNS, sources.COLUMNS, feature_sources.COLUMNS),
    tuple(show.SHOWN.values()),
)
WIDTH: Final = 100
#: Starts of lines that programs of translators put into a header, and that differ each time.
PASSING: Final = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"X-Generator', b'"Generated-By')


class Text(NamedTuple):
    """A text of the sources: one form, or one for one thing and one for many."""

    id: str | tuple[str, ...]
    path: str
    context: str | None = None
    is_asked_for: bool = True


def collect() -> list[Text]:
    """Return the texts of the sources, in the order of a catalogue."""
    return [*_from_scripts(), *_from_tables(), *_from_python(), *_from_contexts()]


def _is_asked_for(name: str) -> bool:
    return not name.startswith(ENGLISH_ONLY)


def _from_scripts() -> Iterator[Text]:
    for script in languages.scripts():
        for text in languages.script_words(script):
            path = f"pkzone/maps/web/scripts/{script}"
            yield Text(text, path, is_asked_for=_is_asked_for(script))


def _from_tables() -> Iterator[Text]:
    for text in languages.data_words():
        yield Text(text, "pkzone/maps/languages.py")
    for column in chain(*COLUMNS):
        if column.in_text:
            yield Text(column.label, "pkzone/table.py")
    for kind in EVENT_KINDS:
        yield Text(kind.word, "pkzone/layers/terms.py")
    marked = {text.id for text in _from_python()}
    looks = (style.table(), diff_style.table(), diff_style.with_difference(style.table()))
    labels = [label for look in looks for label in languages.labels_of(look)]
    labels += [mark["label"] for mark in (*style.RECORD_MARKS, *style.RECORD_BARS)]
    for label in labels:
        if label not in marked:  # a label that is not marked as a whole is said part by part
            for part in label.split(", "):
                yield Text(part, "pkzone/maps/style.py")


def _from_python() -> Iterator[Text]:
    for path in sorted((ROOT / "pkzone").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        with path.open("rb") as source:
            for _, text, _, _ in extract("python", source, KEYWORDS):
                yield Text(text, name, is_asked_for=_is_asked_for(name))


def _from_contexts() -> Iterator[Text]:
    for context, texts in CONTEXTS.items():
        for text in texts:
            yield Text(text, "pkzone/i18n/messages.py", context)


def update(source: bytes, texts: list[Text]) -> bytes:
    """Return a ``.po`` file with the texts of the sources, translated as far as it was."""
    before = read_po(BytesIO(source), abort_invalid=True)
    wanted = {(entry.id, entry.context) for entry in before}
    wanted |= {(text.id, text.context) for text in texts if text.is_asked_for}
    paths: dict[tuple[str | tuple[str, ...], str | None], list[str]] = {}
    for text in texts:
        paths.setdefault((text.id, text.context), []).append(text.path)
    after = Catalog()
    after.mime_headers = before.mime_headers  # with the number of plural forms
    for key in (key for key in paths if key in wanted):
        known = before.get(*key) or Message(key[0], flags=["fuzzy"])
        after.add(
            key[0],
            known.string,
            locations=[(path, 0) for path in paths[key]],
            flags=known.flags,
            user_comments=known.user_comments,
            context=key[1],
        )
    body = BytesIO()
    write_po(body, after, width=WIDTH, omit_header=True, include_lineno=False)
    header, _, _ = source.partition(b"\n\n")
    kept = [line for line in header.splitlines() if not line.startswith(PASSING)]
    return b"\n".join(kept) + b"\n\n" + body.getvalue().rstrip(b"\n") + b"\n"


def main(arguments: list[str]) -> int:
    """Update or check every catalogue, and return the exit status."""
    texts, shipped, status = collect(), catalogue(), 0
    story = read(shipped.root / FILE_NAME)
    paths = sorted(LOCALE.glob("*/LC_MESSAGES/pkzone.po"))
    files = {path: update(path.read_bytes(), texts) for path in paths}
    for language in shipped.translated:
        path = shipped.root / file_name(language)
        files[path] = updated(path.read_bytes(), shipped, language)
        path = translation_path(shipped.root / FILE_NAME, language)
        files[path] = updated_story(path.read_bytes(), story, language)
    for path, after in files.items():
        if "--check" not in arguments:
            path.write_bytes(after)
            if path in paths:
                path.with_suffix(".mo").write_bytes(compile_catalogue(after))
        elif after != path.read_bytes():
            print(f"{path.relative_to(ROOT)} is not up to date; run: nox -s words")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
