"""References to a layer's version or to a file: one parser for the CLI and the library."""

from __future__ import annotations

import os
from collections.abc import Container
from typing import NamedTuple

from pkzone.errors import BadReference
from pkzone.layers.filetypes import GEOJSON_ENDINGS

__all__ = ["FileReference", "LayerReference", "parse"]

_FORMS = "write LAYER, LAYER@VERSION, LAYER@DATE, a path to a GeoJSON file, or - for standard input"


class LayerReference(NamedTuple):
    """A version of a layer: ``version`` is an id or a date as written, none for the latest."""

    layer: str
    version: str | None = None


class FileReference(NamedTuple):
    """A GeoJSON file: its path, or ``-`` for standard input."""

    path: str


def parse(text: str | os.PathLike[str], layers: Container[str]) -> LayerReference | FileReference:
    """Return what a reference names, without opening anything.

    Parameters
    ----------
    text : str or os.PathLike
        A reference (see the user's guide); a path object is always a file.
    layers : container of str
        Names of the catalogue's layers: a file in the current folder never hides a layer.

    Raises
    ------
    BadReference
        The text is empty or its part before or after ``@`` is.

    Examples
    --------
    >>> parse("corridor@2022-09-01", {"corridor"})
    LayerReference(layer='corridor', version='2022-09-01')
    >>> parse("./corridor", {"corridor"})
    FileReference(path='./corridor')
    """
    if not isinstance(text, str):
        return FileReference(os.fspath(text))
    layer, at, version = text.partition("@")
    if _is_path(text, layer, layers):
        return FileReference(text)
    if not layer or (at and not version) or "@" in version:
        raise BadReference(f"{text!r} is not a reference; {_FORMS}")
    return LayerReference(layer, None if version in ("", "latest") else version)


def _is_path(text: str, layer: str, layers: Container[str]) -> bool:
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    if text == "-" or any(mark in text for mark in separators):
        return True
    if text.lower().endswith(GEOJSON_ENDINGS):
        return True
    return layer not in layers and "\0" not in text and os.path.isfile(text)  # noqa: PTH113 - cheap
