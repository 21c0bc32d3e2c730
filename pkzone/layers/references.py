"""Parse references to a layer's version, to a range of versions, or to a file.

One grammar for the command line and the library:

    LAYER, LAYER@latest     the newest version; of a command on ranges, every version
    LAYER@VERSION           the version with this id, 2022-08-30 or 2022-08-30.2
    LAYER@DATE              the one in force on a date, as `pkzone.layers.dates.period_of` reads it
    LAYER@A..B              those in force at any time from A to B, each a date, or 2022-08-30.2
    LAYER@A..  LAYER@..B    to the newest; from the oldest
    PATH, -                 a file, standard input
    REV:PATH, :PATH         a file as a revision of git has it, as it is staged
    A..B:PATH               its states from A to B, each a revision; A..:PATH, ..B:PATH, REV:PATH

`parse` reads what names one version or a file, `parse_range` what names versions of a layer,
`parse_file_range` what names states of a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pkzone.errors import BadReference
from pkzone.files.filetypes import READ_ENDINGS
from pkzone.revisions.names import FileRange, is_state, parse_state
from pkzone.revisions.names import parse_range as parse_states

if TYPE_CHECKING:
    from pkzone.layers.model import Layer, Version

__all__ = [
    "FileReference",
    "LayerReference",
    "RangeReference",
    "parse",
    "parse_file_range",
    "parse_range",
]

_FORMS = "write LAYER, LAYER@VERSION, LAYER@DATE, a path to a file, or - for standard input"


class LayerReference(NamedTuple):
    """A version of a layer: ``version`` is an id or a date as written, none for the latest."""

    layer: str
    version: str | None = None


class RangeReference(NamedTuple):
    """Versions of a layer: ``first`` and ``last`` are ids or dates as written, none for open."""

    layer: str
    first: str | None = None
    last: str | None = None

    def versions(self, catalogue: Mapping[str, Layer]) -> tuple[Version, ...]:
        """Return those in force at any time within the range, oldest first.

        Raises
        ------
        BadDate
            An end is not a date, or the range runs backwards.
        LayerNotFound, VersionNotFound
            There is no such layer, or the range ends before the first version.
        """
        return catalogue[self.layer].between(self.first, self.last)


class FileReference(NamedTuple):
    """A file: its path, ``-`` for standard input, or ``REV:PATH``, which `is_state` tells."""

    path: str


def parse(text: str | os.PathLike[str], layers: Container[str]) -> LayerReference | FileReference:
    """Parse a reference to one version or to a file, without opening anything.

    Parameters
    ----------
    text : str or os.PathLike
        A reference (see the user's guide); a path object is always a file.
    layers : container of str
        Names of the catalogue's layers: a file in the current folder never hides a layer.

    Raises
    ------
    BadReference
        The text is empty or its part before or after ``@`` is, or it names a range.
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
        path = os.fspath(text)
        return FileReference(f"./{path}" if is_state(path) else path)
    layer, at, version = text.partition("@")
    if _is_state(text, layer, version, layers):
        parse_state(text)
        return FileReference(text)
    if _is_path(text, layer, layers):
        return FileReference(text)
    if not layer or (at and not version) or "@" in version:
        raise BadReference(f"{text!r} is not a reference; {_FORMS}")
    if ".." in version:
        raise BadReference(
            f"{text!r} is a range of versions, and here one is wanted: name a date or a version "
            "(pkzone diff --each, series, log and history take a range)"
        )
    return LayerReference(layer, None if version in ("", "latest") else version)


def parse_range(text: str, layers: Container[str]) -> LayerReference | RangeReference:
    """Parse a reference to versions of a layer, one or a range of them, without opening anything.

    Parameters
    ----------
    text : str
        ``LAYER@A..B``, ``LAYER@A..`` or ``LAYER@..B``; or one version, as for `parse`.
    layers : container of str
        Names of the catalogue's layers.

    Raises
    ------
    BadReference
        It is not a reference, or names a file.

    Examples
    --------
    >>> parse_range("corridor@2020-12..2023-04-23", {"corridor"})
    RangeReference(layer='corridor', first='2020-12', last='2023-04-23')
    >>> parse_range("corridor@2022-09-01..", {"corridor"})
    RangeReference(layer='corridor', first='2022-09-01', last=None)
    """
    layer, _, version = text.partition("@")
    first, dots, last = version.partition("..")
    if not dots or _is_path(text, layer, layers) or _is_state(text, layer, version, layers):
        parsed = parse(text, layers)
        if isinstance(parsed, FileReference):
            named, slash, feature = text.partition("/")
            if slash and named in layers and not text.endswith((".geojson", ".json")):
                raise BadReference(
                    f"{text!r} names a file, which has no versions; for a feature of the layer "
                    f"{named} write 'pkzone history {named} {feature}'"
                )
            raise BadReference(
                f"{text!r} names a file, which has no versions; name a layer of the catalogue "
                "(pkzone diff --each, series and history take HEAD:PATH, a file's states in git)"
            )
        return parsed
    if not layer or not (first or last) or "@" in version or ".." in f".{last}":
        raise BadReference(
            f"{text!r} is not a range of versions; write LAYER@A..B, LAYER@A.. or LAYER@..B with "
            "dates such as 2022-08-30, or LAYER alone for every version"
        )
    return RangeReference(layer, first or None, None if last in ("", "latest") else last)


def parse_file_range(text: str, layers: Container[str]) -> FileRange | None:
    """Parse a reference to the states of a file in git; none where it names something else.

    Parameters
    ----------
    text : str
        ``A..B:PATH``, ``A..:PATH`` or ``..B:PATH``; ``REV:PATH`` for all states up to that.
    layers : container of str
        Names of the catalogue's layers.

    Raises
    ------
    BadReference
        It names no file, or what is staged.

    Examples
    --------
    >>> parse_file_range("v1.0..:roads.geojson", {"corridor"})
    FileRange(path='roads.geojson', first='v1.0', last='HEAD')
    """
    layer, _, version = text.partition("@")
    return parse_states(text) if _is_state(text, layer, version, layers) else None


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
        raise TypeError(f"a {name} is not a file; write it to one first, as with {writer}")
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


_TIME = re.compile(r"[\d-]+T\d+:|[^{:]*\.\.[\d-]+T\d+:")


def _is_state(text: str, layer: str, version: str, layers: Container[str]) -> bool:
    """Tell whether a text is ``REV:PATH``, and not ``LAYER@`` with a time of day."""
    if ":" not in text or _TIME.match(version):
        return False
    is_dated = version and not version.startswith("{") and not _is_path(text, layer, layers)
    return not (is_dated and layer in layers) and is_state(text)


def _is_path(text: str, layer: str, layers: Container[str]) -> bool:
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    if text == "-" or any(mark in text for mark in separators):
        return True
    if text.lower().endswith(READ_ENDINGS):
        return True
    return layer not in layers and "\0" not in text and os.path.isfile(text)  # noqa: PTH113 - cheap
