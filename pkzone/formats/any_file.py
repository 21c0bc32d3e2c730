"""Read a file of any format as GeoJSON: by its extension as `pkzone import` does, or strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pkzone.files.filetypes import GEOJSON_ENDINGS
from pkzone.geojson import reader
from pkzone.geojson.model import FeatureCollection, Notice
from pkzone.revisions.names import at_hand

if TYPE_CHECKING:
    from pkzone.formats.import_ import Imported

__all__ = ["as_geojson", "holds_layers", "is_imported", "read"]


def is_imported(path: str) -> bool:
    """Tell whether a file's ending names a format that is imported; any other is GeoJSON."""
    lowered = path.lower()
    if lowered == "-" or lowered.endswith(GEOJSON_ENDINGS):
        return False
    from pkzone.formats.registry import is_known

    return is_known(lowered)


def holds_layers(path: str) -> bool:
    """Tell whether a file's ending names a format of which one file holds several layers."""
    if not is_imported(path):
        return False
    from pkzone.formats.registry import expected

    form = expected(path)
    return form.layers or form.xml


def as_geojson(
    path: str, *, layers: Sequence[str] = (), name: str | None = None
) -> tuple[bytes, tuple[Notice, ...]]:
    """Import a file; return it as canonical GeoJSON, and what the import says.

    Parameters
    ----------
    path : str
        A file that `is_imported`, or such a file of a revision; see `pkzone.import_file`.
    layers : sequence of str, optional
        The layers to read, where it holds several.
    name : str, optional
        What errors and notices call the file; else as it is named.

    Raises
    ------
    FormatError, GeoJSONError
        The file is refused or damaged, or becomes too large as GeoJSON.
    GitError
        The file is one of a revision, and cannot be had.
    """
    imported, notices = _imported(path, layers, name or path)
    return imported.to_bytes(), notices


def _imported(path: str, layers: Sequence[str], name: str) -> tuple[Imported, tuple[Notice, ...]]:
    from pkzone.formats.import_ import import_file

    with at_hand(path, name) as copy:
        imported = import_file(copy, layers=layers if holds_layers(path) else ())
    texts = (text.replace(copy, name) for text in imported.geojson_notices)
    return imported, tuple(Notice("import", name, None, text) for text in texts)


def read(
    path: str, *, layers: Sequence[str] = (), name: str | None = None, **options: Any
) -> FeatureCollection:
    """Return the features of a file of any format, in its order, or of standard input for ``-``.

    Parameters
    ----------
    path : str
        The file; ``REV:PATH`` for one as a revision of git has it.
    layers : sequence of str, optional
        The layers to read, where it holds several.
    name : str, optional
        What errors and notices call the file; else as it is named.
    **options
        As for `pkzone.geojson.reader.read`.

    Raises
    ------
    FormatError, GeoJSONError
        The file is refused or damaged.
    GitError
        The file is one of a revision, and cannot be had.
    """
    name = name or reader.file_name(path)
    if not is_imported(path):
        with at_hand(path, name) as copy:
            data = reader.read_bytes(copy)
        return reader.parse(data, name=name, **options)
    imported, told = _imported(path, layers, name)
    collection = reader.parse(imported.to_bytes(is_sorted=False), name=name, **options)
    places = {f"features[{at}]": f"line {line}" for at, line in enumerate(imported.lines)}
    notices = (
        replace(one, feature=places.get(one.feature or "", one.feature))
        for one in collection.notices
    )
    about = imported.about or collection.about
    return replace(collection, notices=(*told, *notices), about=about, lines=imported.lines)
