"""Bring the translations of a catalogue up to date with its texts."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pkzone.errors import BadOption
from pkzone.files.atomic import write_bytes
from pkzone.i18n import po
from pkzone.layers import manifest, translations
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.json_fields import read_bytes
from pkzone.store import manifest_writer, transaction
from pkzone.store.guards import changeable
from pkzone.store.preflight import read_manifest

__all__ = ["HEADER", "Translated", "brought_up", "translate", "untranslated", "updated"]

HEADER = """\
Project-Id-Version: {name}
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""
_REVIEW = (
    "# An entry is fuzzy until a speaker of the language has reviewed it: take the mark away then."
)


@dataclass(frozen=True)
class Translated:
    """The file of a language, as it is brought up to date.

    Attributes
    ----------
    path : str
        The file.
    count : int
        How many texts there are.
    untranslated : tuple of str
        Those that nobody has translated.
    outcome : str
        ``added``, ``updated``, or ``present``: all was up to date.
    """

    path: str
    count: int
    untranslated: tuple[str, ...]
    outcome: str


def translate(
    language: str,
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Translated:
    """Bring ``data.<language>.po`` up to date, or begin it and list it in the manifest.

    Translations and comments of texts that are there still stay. New texts come in empty, and
    those that the catalogue has no longer go.

    Parameters
    ----------
    language : str
        Its code, such as ``el``; the catalogue then lists it among its languages, too.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    lock_timeout : float, optional
        Seconds to wait for another process that is changing the catalogue.

    Raises
    ------
    BadOption
        It is not a code, or that of the language that the catalogue is in, or English.
    CatalogueError, CatalogueLocked, OutputError
        The catalogue or the file is damaged, in use, or cannot be written to. It is as it was
        before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pkzone
    >>> with TemporaryDirectory() as folder:
    ...     own = pkzone.init(folder, title="Buffer zone")
    ...     pkzone.translate("el", catalogue=own).untranslated
    ('Buffer zone',)
    """
    if not manifest.LANGUAGE_CODE.fullmatch(language):
        raise BadOption(f"language {language!r}: write a code such as az, el or pt-BR")
    root = changeable(catalogue)
    with transaction.locked(root, timeout=lock_timeout):
        package = read_manifest(root)
        opened = Catalogue(root)
        if language in ("en", opened.languages[0]):
            raise BadOption(f"language {language!r} is that of the texts themselves")
        name = translations.file_name(language)
        path = root / name
        is_there = os.path.lexists(path)
        before = read_bytes(path, max_bytes=translations.MAX_BYTES) if is_there else None
        data = updated(before, opened, language)
        if language not in opened.translated or language not in opened.languages:
            new = manifest_writer.dumps(_listed(package, opened, language))
            texts: dict[str, Any] = {"replaced" if is_there else "files": {name: data}}
            transaction.commit(root, **({"files": {}} | texts), manifest=new)
        elif data != before:
            write_bytes(path, data, overwrite=True, follow_links=False)
    left = _left(opened, {one.id for one in translations.parse(data, str(path)) if one.text})
    outcome = "added" if before is None else "present" if data == before else "updated"
    return Translated(str(path), len(translations.texts_asked_for(opened)), left, outcome)


def _listed(package: dict[str, Any], opened: Catalogue, language: str) -> dict[str, Any]:
    """Return the manifest with the file of a language, and the language."""
    entry = manifest.translation(language)
    others = [one for one in package["resources"] if one != entry]
    return {
        **package,
        "languages": list(dict.fromkeys([*opened.languages, language])),
        "resources": manifest_writer.in_order([*others, entry], package["layers"]),
    }


def updated(data: bytes | None, catalogue: Catalogue, language: str) -> bytes:
    """Return the file of a language with the texts of a catalogue, translated as far as it was.

    Raises
    ------
    CatalogueError
        It is damaged.
    """
    name = translations.file_name(language)
    texts = translations.texts_asked_for(catalogue)
    kept = translations.texts_known(catalogue)
    if {one.id for one in translations.parse(data or b"", name)} - kept:
        kept |= set(_values(catalogue))
    header = HEADER.format(name=catalogue.name, language=language)
    return brought_up(data, texts, name=name, header=header, kept=kept)


def brought_up(
    data: bytes | None,
    texts: Mapping[str, Sequence[str]],
    *,
    name: str,
    header: str,
    kept: Container[str] = (),
) -> bytes:
    """Return a file of translations with these texts, translated as far as it was.

    Parameters
    ----------
    data : bytes or None
        The file as it is; none for a new one.
    texts : mapping
        Where each text stands, in the order of the file.
    name : str
        What an error calls the file.
    header : str
        The header of a new one.
    kept : container of str
        Texts that are not asked for, and whose translation stays nevertheless.

    Raises
    ------
    CatalogueError
        It is damaged.
    """
    known = {one.id: one for one in translations.parse(data or b"", name)}
    head = po.Entry("", header, comments=(_REVIEW,))
    if data:
        head = next((one for one in po.parse(data.decode("utf-8-sig")) if not one.id), head)
    blocks = [po.dumps(head)]
    for text, places in texts.items():
        entry = known.get(text, po.Entry(text, "", is_fuzzy=True))
        blocks.append(po.dumps(entry._replace(places=tuple(places))))
    blocks += [po.dumps(one) for text, one in known.items() if text in kept and text not in texts]
    return "\n".join(blocks).encode()


def _values(catalogue: Catalogue) -> Iterator[str]:
    """Yield the values of all features that may be translated."""
    for layer in catalogue.layers:
        for record in layer.records:
            for feature in record.features().features:
                yield from translations.values_in_words(feature.properties)


def untranslated(catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the languages of a catalogue that lack translations, each with the texts.

    Raises
    ------
    CatalogueError
        A file is missing or damaged.
    """
    for language, translation in catalogue.translations.items():
        if left := _left(catalogue, translation.texts):
            yield language, left


def _left(catalogue: Catalogue, done: Container[str]) -> tuple[str, ...]:
    return tuple(text for text in translations.texts_asked_for(catalogue) if text not in done)
