"""Parse references to a layer's version or to a file, for the CLI and the library."""

from __future__ import annotations

import os
from collections.abc import Container
from typing import NamedTuple

from pkzone.errors import BadReference
from pkzone.files.filetypes import GEOJSON_ENDINGS

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
    """Parse a reference, without opening anything.

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
    TypeError
        It is a frame; see `refuse_frame`.

    Examples
    --------
    >>> parse("corridor@2022-09-01", {"corridor"})
    LayerReference(layer='corridor', version='2022-09-01')
    >>> parse("./corridor", {"corridor"})
    FileReference(path='./corridor')
    """
    if not isinstance(text, str):
        refuse_frame(text)
        return FileReference(os.fspath(text))
    layer, at, version = text.partition("@")
    if _is_path(text, layer, layers):
        return FileReference(text)
    if not layer or (at and not version) or "@" in version:
        raise BadReference(f"{text!r} is not a reference; {_FORMS}")
    return LayerReference(layer, None if version in ("", "latest") else version)


def refuse_frame(value: object, *, located: bool = False) -> None:
    """Refuse a frame or series of pandas or geopandas where it cannot be used.

    Parameters
    ----------
    value : object
        What was given; anything else passes.
    located : bool, optional
        A GeoDataFrame that has a geometry passes too.

    Raises
    ------
    TypeError
        It is one; the message says how to make of it what is wanted.
    """
    names = {
        one.__name__
        for one in type(value).__mro__
        if one.__module__.partition(".")[0] in ("pandas", "geopandas")
    }
    name = type(value).__name__
    if names and not located:
        writer = "to_file" if names & {"GeoDataFrame", "GeoSeries"} else "to_csv"
        raise TypeError(f"a {name} is no file; write it to one first, as with {writer}")
    if "GeoDataFrame" in names:
        if not hasattr(value, "geometry"):
            raise TypeError(f"the {name} has no active geometry; name the column with set_geometry")
    elif "GeoSeries" in names:
        raise TypeError(f"a {name} is no frame; make it one with to_frame('geometry')")
    elif names & {"DataFrame", "Series"}:
        raise TypeError(
            f"a {name} has no geometry; make it a GeoDataFrame first: "
            "geopandas.GeoDataFrame(frame, crs=4326, "
            "geometry=geopandas.points_from_xy(frame['lon'], frame['lat']))"
        )


def is_frame(what: object) -> bool:
    """Tell whether something is a GeoDataFrame.

    Raises
    ------
    TypeError
        It is a frame that says of no column that it is the geometry.
    """
    refuse_frame(what, located=True)
    return hasattr(what, "columns") and hasattr(what, "to_crs")


def _is_path(text: str, layer: str, layers: Container[str]) -> bool:
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    if text == "-" or any(mark in text for mark in separators):
        return True
    if text.lower().endswith(GEOJSON_ENDINGS):
        return True
    return layer not in layers and "\0" not in text and os.path.isfile(text)  # noqa: PTH113 - cheap
