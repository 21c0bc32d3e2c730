"""Begin a catalogue: an empty one that every tool can open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from shutil import rmtree

from pkzone.errors import BadOption, CannotPublish, OutputError, printable
from pkzone.files.atomic import write_bytes
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.manifest import FILE_NAME, LANGUAGE_CODE
from pkzone.store import manifest_writer
from pkzone.store.ids import name_without_date, slug_of
from pkzone.store.publish import publish

__all__ = ["init"]

_README = """\
# {title}

Versioned layers, kept with pkzone. `datapackage.json` describes them
([Data Package 2.0](https://datapackage.org)); each version is one GeoJSON file.

    pkzone --catalogue . layers
    pkzone --catalogue . publish FILE --layer NAME --from DATE --title TEXT
    pkzone --catalogue . map
    pkzone --catalogue . verify

Versions never change: `publish --correct` records a correction beside what was published before.
For people to edit: this file, `LICENSE.md`, `sources.json` (CSL-JSON: on whose word),
`events.json` (why versions differ) and `schemas/` (rules for the features of each layer).
"""
_LICENSE = """\
# Licence

State here under which terms these data may be used, and name the same terms in
`datapackage.json`.
"""
_LICENSE_NAMED = """\
# Licence

These data may be used under the terms of {name}.
"""
# Version files are known by their hash: no tool may change their line ends.
_ATTRIBUTES = "*.geojson -text\n*.json -text\n"
_IGNORE = ".pkzone.lock\n.pkzone-*.tmp\n"


def init(
    folder: str | Path,
    *,
    title: str | None = None,
    languages: Sequence[str] = ("en",),
    license: str | None = None,  # noqa: A002 - the word that Data Package has for it
    files: Sequence[str | os.PathLike[str]] = (),
    recorded: str | date | None = None,
) -> Catalogue:
    """Begin a catalogue, empty or with first versions, and return it.

    Parameters
    ----------
    folder : str or Path
        Where; it is made if it is not there. Files that lie in it stay as they are.
    title : str, optional
        What it is about; without it the folder's name.
    languages : sequence of str, optional
        Codes of the languages that names are written in, the main one first.
    license : str, optional
        Name of the terms of use, such as ``CC-BY-4.0``.
    files : sequence of str or os.PathLike, optional
        GeoJSON files to begin with: ``front-2024-05-01.geojson`` is the version of that date
        of a layer ``front``.
    recorded : str or datetime.date, optional
        The day of publishing them; without it today (UTC).

    Raises
    ------
    OutputError
        There is a catalogue already, or the system refuses. Nothing is left behind.
    BadOption
        A language is not a language code.
    CannotPublish, GeoJSONError
        A file is refused, or its name tells no layer or date.
    """
    root = Path(folder)
    for one in languages:
        if not LANGUAGE_CODE.fullmatch(one):
            raise BadOption(f"language {one!r}: write a code such as en, fr or pt-BR")
    heading = manifest_writer.checked_text(title or _name_of(root), "the title")
    terms = [{"name": manifest_writer.checked_text(license, "the licence")}] if license else []
    manifest = manifest_writer.opening(
        name=slug_of(heading) or "catalogue",
        title=heading,
        languages=list(dict.fromkeys(languages)) or ["en"],
        licenses=terms,
    )
    series = _series(files)
    own = {
        "README.md": _README.format(title=printable(heading, 200)).encode(),
        "LICENSE.md": (_LICENSE_NAMED.format(name=license) if license else _LICENSE).encode(),
        ".gitattributes": _ATTRIBUTES.encode(),
        ".gitignore": _IGNORE.encode(),
        "sources.json": b"[]\n",
        "events.json": b"[]\n",
        FILE_NAME: manifest_writer.dumps(manifest),
    }
    with _all_or_none(root, own):
        for name, members in series.items():
            publish(
                members,
                catalogue=root,
                layer=name,
                new_layer=name.replace("-", " ").capitalize(),
                date_from_name=True,
                title="State on {date}",
                recorded=recorded,
            )
        return Catalogue(root)


def _name_of(root: Path) -> str:
    try:
        return root.resolve().name or "catalogue"
    except (OSError, ValueError):  # what is wrong with it is said when it is made
        return "catalogue"


def _series(files: Sequence[str | os.PathLike[str]]) -> dict[str, list[str]]:
    """Return the files by the layer that their names tell."""
    series: dict[str, list[str]] = {}
    for file in files:
        path = os.fspath(file)
        name = slug_of(name_without_date(path))
        if not name:
            raise CannotPublish(
                f"{path}: its name tells no layer; begin with an empty catalogue, then publish "
                "it with --layer NAME"
            )
        series.setdefault(name, []).append(path)
    return series


@contextmanager
def _all_or_none(root: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Write new files into a folder, keeping those that are there; undo it if the body fails."""
    try:
        if (root / FILE_NAME).exists():
            raise OutputError(f"{root}: is a catalogue already")
        there = set(root.iterdir()) if root.is_dir() else None
        if there is None:
            root.mkdir(parents=True)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{root}: cannot be made: {cause}") from None
    try:
        for name, data in files.items():
            target = root / name
            if name == FILE_NAME or not target.exists():
                write_bytes(target, data, follow_links=False)
        yield
    except BaseException:
        _remove_all_but(root, there)
        raise


def _remove_all_but(root: Path, there: set[Path] | None) -> None:
    with suppress(OSError):
        for entry in set(root.iterdir()).difference(there or ()):
            if entry.is_dir() and not entry.is_symlink():
                rmtree(entry)
            else:
                entry.unlink()
        if there is None:
            root.rmdir()
