"""Files in a catalogue's folder that its manifest does not record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pkzone.files.atomic import TEMPORARY_GLOB
from pkzone.files.inputs import read_regular
from pkzone.store.transaction import leftovers

__all__ = ["Stray", "strays"]


class Stray(NamedTuple):
    """A file that is not recorded.

    ``kind`` is ``extra``, ``link``, ``temporary``, ``interrupted`` (left by a change that was not
    finished) or ``renamed``; then ``was`` is the recorded path whose content it has.
    """

    path: str
    kind: str
    was: str = ""


def strays(
    root: Path, *, recorded: set[str], layers: set[str], missing: Mapping[str, str]
) -> Iterator[Stray]:
    """Yield the files that are not recorded, where only recorded ones belong.

    That is in the folders of layers and of schemas, and GeoJSON anywhere. Beside the manifest
    people may keep what they like; hidden files are left alone.

    Parameters
    ----------
    root : Path
        The folder of the catalogue.
    recorded : set of str
        Paths of the files that belong there.
    layers : set of str
        Names of the layers.
    missing : mapping of str to str
        Hash of each recorded file that is not there, by path.
    """
    was = {digest: path for path, digest in missing.items()}
    announced = leftovers(root)
    for path, file in _files(root, layers):
        if fnmatch(file.name, TEMPORARY_GLOB):
            yield Stray(path, "temporary")
        elif path in recorded or file.name.startswith("."):
            continue
        elif file.is_symlink():
            yield Stray(path, "link")
        elif "/" in path or file.suffix.lower() == ".geojson":
            digest = _digest(file)
            if digest is not None and announced.get(path) == digest:
                yield Stray(path, "interrupted")
            elif digest in was:
                yield Stray(path, "renamed", was[str(digest)])
            else:
                yield Stray(path, "extra")


def _files(root: Path, layers: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield what lies in the folder, and in the folders that are or could be layers."""
    for entry in sorted(root.iterdir()):
        if entry.is_symlink() or not entry.is_dir():
            yield entry.name, entry
            continue
        if entry.name.startswith("."):
            continue
        own = entry.name in layers or entry.name == "schemas"
        for file in sorted(entry.iterdir()):
            if own or (file.suffix.lower() == ".geojson" and not file.is_dir()):
                yield f"{entry.name}/{file.name}", file


def _digest(file: Path) -> str | None:
    try:
        return sha256(read_regular(file)).hexdigest()
    except OSError:
        return None
