"""Read a catalogue's JSON files strictly: typed fields, errors in one line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any

from pkzone.errors import BadDate, CatalogueError
from pkzone.files.filetypes import conflict_line
from pkzone.files.inputs import NotRegularError, open_regular
from pkzone.layers.dates import parse_day

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "MAX_JSON_BYTES",
    "Fields",
    "PathsInside",
    "is_plain",
    "is_portable",
    "is_slug",
    "parse_json",
    "read_bytes",
    "read_json",
]

MAX_JSON_BYTES = 64_000_000
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that Windows takes for devices, whatever extension follows."""
_NUMBERS = frozenset({int, float})
_ABSENT: Any = object()
_MAX_WHOLE_NUMBER = int(sys.float_info.max)


def read_bytes(path: str | Path, *, max_bytes: int) -> bytes:
    """Return the content of a regular file of at most ``max_bytes`` bytes.

    Raises
    ------
    CatalogueError
        The file is missing, is no regular file, is too large or cannot be read.
    """
    try:
        with open_regular(path, follow_links=False) as file:
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                raise CatalogueError(
                    f"{path}: {size} bytes are more than the {max_bytes} "
                    "expected; restore the file from a good copy"
                )
            return file.read()
    except NotRegularError as error:
        raise CatalogueError(
            f"{path}: {error.strerror}; put the file itself in its place"
        ) from None
    except FileNotFoundError:
        raise CatalogueError(
            f"{path}: no such file; name a folder that holds a whole catalogue or restore the file"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CatalogueError(
            f"{path}: cannot be read: {reason}; check the path and its permissions"
        ) from None


def read_json(path: str | Path, *, unique_keys: bool = True) -> object:
    """Return the value of a JSON file in UTF-8 without NaN or Infinity.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    unique_keys : bool, optional
        Refuse an object that has a key twice; this doubles the time of reading.

    Raises
    ------
    CatalogueError
        The file cannot be read or is not such JSON.
    """
    data = read_bytes(path, max_bytes=MAX_JSON_BYTES)
    return parse_json(data, str(path), unique_keys=unique_keys)


def parse_json(data: bytes, name: str, *, unique_keys: bool = True) -> object:
    """Return the value of a JSON text as `read_json` does; an error calls it by the name.

    Raises
    ------
    CatalogueError
        It is not such JSON.
    """
    hook = _unique if unique_keys else None
    try:
        value: object = json.loads(
            data.decode("utf-8"), object_pairs_hook=hook, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        if line := conflict_line(data):
            raise CatalogueError(
                f"{name}: has Git's conflict markers (<<<<<<< in line {line}); solve them, then "
                "pkzone verify --accept, or begin anew with git merge --abort, pkzone git-setup, "
                "which lets git merge such files by record, and the same merge"
            ) from None
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CatalogueError(f"{name}: not valid JSON: {reason}; fix or restore the file") from None
    return value


def is_plain(name: str) -> bool:
    """Return whether a name is of ASCII letters, digits and ``._-`` and begins with neither."""
    return bool(name) and _PLAIN.issuperset(name) and name[0] not in "._-"


def is_slug(name: str) -> bool:
    """Return whether a name matches ``[a-z0-9][a-z0-9._-]{0,63}``."""
    return is_plain(name) and len(name) <= 64 and name == name.lower()


def is_portable(slug: str) -> bool:
    """Return whether every system can hold a file or folder of this name, Windows included."""
    return slug.partition(".")[0] not in _DEVICES and not slug.endswith(".")


class Fields:
    """One JSON object whose fields are asked for by type.

    Parameters
    ----------
    value : object
        What the JSON file holds in this place.
    where : str
        File and place for messages, ``datapackage.json: resources[3]``.

    Raises
    ------
    CatalogueError
        Here when the value is not an object; in every method when the field is absent and
        no ``default`` is given, or is of another type.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise CatalogueError(f"{where}: must be an object {{...}}; fix the file")
        self.where = where
        self.raw: dict[str, Any] = value

    def text(self, key: str, default: Any = _ABSENT) -> str:
        """Return a string that is not empty."""
        value = self.raw.get(key, default)
        if isinstance(value, str) and (value or value is default):
            return value
        raise self.wrong(key, "a text that is not empty")

    def whole(self, key: str, *, minimum: int) -> int:
        """Return a whole number of at least ``minimum``."""
        value = self.raw.get(key)
        if type(value) is int and value >= minimum:
            return value
        raise self.wrong(key, f"a whole number from {minimum} up")

    def day(self, key: str, default: Any = _ABSENT) -> Any:
        """Return a date written as ``YYYY-MM-DD``."""
        if key not in self.raw and default is not _ABSENT:
            return default
        try:
            return parse_day(self.text(key))
        except BadDate:
            raise self.wrong(key, "a date YYYY-MM-DD") from None

    def number(self, key: str) -> float:
        """Return a finite number."""
        value: Any = self.raw.get(key)
        if _is_number(value):
            return float(value)
        raise self.wrong(key, "a number")

    def bbox(self, key: str) -> tuple[float, float, float, float] | None:
        """Return (west, south, east, north) in degrees, none where the key is absent."""
        if key not in self.raw:
            return None
        value = self.raw[key]
        if isinstance(value, list) and len(value) == 4 and _NUMBERS.issuperset(map(type, value)):
            west, south, east, north = value
            if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
                return float(west), float(south), float(east), float(north)
        raise self.wrong(key, "[west, south, east, north] in degrees")

    def positions(self, key: str) -> tuple[tuple[float, float], ...]:
        """Return a list of longitudes and latitudes in degrees."""
        return tuple(self._position(key, one) for one in self.lists(key))

    def _position(self, key: str, value: list[Any]) -> tuple[float, float]:
        if len(value) == 2 and _NUMBERS.issuperset(map(type, value)):
            lon, lat = value
            if -180 <= lon <= 180 and -90 <= lat <= 90:
                return float(lon), float(lat)
        raise self.wrong(key, "a list of [longitude, latitude] in degrees")

    def lists(self, key: str, default: Any = _ABSENT) -> tuple[list[Any], ...]:
        """Return a list of lists."""
        value = self.raw.get(key, default)
        if isinstance(value, list | tuple) and all(isinstance(one, list) for one in value):
            return tuple(value)
        raise self.wrong(key, "a list of lists")

    def texts(self, key: str, default: Any = _ABSENT) -> tuple[str, ...]:
        """Return a list of different, not empty strings."""
        value = self.raw.get(key, default)
        if value == []:
            return ()
        if isinstance(value, list | tuple) and {str}.issuperset(map(type, value)):
            different = set(value)
            if len(different) == len(value) and "" not in different:
                return tuple(value)
        raise self.wrong(key, "a list of different texts")

    def objects(self, key: str, default: Any = _ABSENT) -> Iterator[Fields]:
        """Yield the objects of a list."""
        value = self.raw.get(key, default)
        if not isinstance(value, list | tuple):
            raise self.wrong(key, "a list of objects")
        for index, item in enumerate(value):
            yield Fields(item, f"{self.where}: {key}[{index}]")

    def wrong(self, key: str, wanted: str) -> CatalogueError:
        """Return the refusal of one field, to be raised."""
        if key not in self.raw:
            return CatalogueError(f"{self.where}: {key!r} is missing; add {wanted}")
        shown = json.dumps(self.raw[key])
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return CatalogueError(f"{self.where}: {key!r} is {shown}; it must be {wanted}")


class PathsInside:
    """The paths of one catalogue that were found to stay in it.

    Parameters
    ----------
    root : str
        The folder of the catalogue.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._checked: set[str] = set()
        self._links: dict[str, set[str]] = {}

    def check(self, item: Fields, key: str) -> str:
        """Return a field's relative path, which may pass no symbolic link.

        Raises
        ------
        CatalogueError
            The path is absolute, climbs, has unusual characters or passes a symbolic link.
        """
        text = item.text(key)
        if text not in self._checked:
            parts = text.split("/")
            if not all(map(is_plain, parts)):
                raise item.wrong(key, "a path in the catalogue, such as zone/2020-11-10.geojson")
            for number, part in enumerate(parts):
                if part in self._links_in("/".join(parts[:number])):
                    raise CatalogueError(
                        f"{item.where}: {key} {text!r} passes a symbolic link and may "
                        "leave the catalogue; put the file itself in its place"
                    )
            self._checked.add(text)
        return text

    def _links_in(self, folder: str) -> set[str]:
        """Return the names of the links in a folder: one look for all of its files."""
        if folder not in self._links:
            self._links[folder] = set()
            with suppress(OSError), os.scandir(f"{self.root}/{folder}") as entries:
                self._links[folder] = {one.name for one in entries if one.is_symlink()}
        return self._links[folder]


def _is_number(value: object) -> bool:
    if type(value) is int:
        return abs(value) <= _MAX_WHOLE_NUMBER  # a larger one is no double
    return type(value) is float and isfinite(value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} occurs twice in one object")
    return result


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")
