"""Model of a GeoJSON file: features, notices, the reporter of a check, the canonical frame."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pkzone.errors import BadStructure, GeoJSONError, printable

__all__ = [
    "ABOUT",
    "FOOTER",
    "HEADER",
    "MAX_BYTES",
    "MAX_DEPTH",
    "Feature",
    "FeatureCollection",
    "Flaw",
    "Notice",
    "Report",
    "described",
    "enclosed",
    "gc_paused",
    "label_of",
    "text_of",
    "texts_of",
]

MAX_BYTES = 256 * 1024 * 1024
"""Largest file that is read, in bytes."""

MAX_DEPTH = 64
"""How deep arrays and objects may be nested; a feature with a MultiPolygon takes 8."""

ABOUT = ("title", "name", "attribution", "license", "licence")
"""Members of a collection that are not of RFC 7946 and say what it is, and whose."""

HEADER = b'{"type":"FeatureCollection","features":[\n'
FOOTER = b"]}\n"
"""Around the features of a file in the canonical form, which has one feature a line."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One GeoJSON feature.

    Attributes
    ----------
    id : str or int or None
        The top-level ``id``; None if it has none.
    properties : dict
        Its properties, values of plain JSON types.
    geometry : dict or None
        Its GeoJSON geometry (WGS 84, longitude before latitude, degrees); None if unlocated.
    """

    id: str | int | None
    properties: dict[str, Any]
    geometry: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something odd that was kept or repaired on reading; as text, one line.

    Attributes
    ----------
    code : str
        What kind of notice, ``wrong-winding``.
    file : str
        Name of the file.
    feature : str or None
        Id of the feature or its place, ``features[3]``; None if it is about the whole file.
    message : str
        What was found and what becomes of it.
    """

    code: str
    file: str
    feature: str | None
    message: str

    @property
    def is_on_the_whole(self) -> bool:
        """Whether it is about the whole file, or about what is lost of a feature."""
        return self.feature is None or self.code == "foreign-members"

    def __str__(self) -> str:
        parts = (printable(self.file, limit=None), printable(self.feature or ""), self.message)
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class FeatureCollection:
    """The features of a file in the file's order, and the notices of reading it.

    ``about`` has what the file says of itself: those of `ABOUT` that are texts; ``lines``, of a
    table, the line of each feature.
    """

    features: tuple[Feature, ...]
    notices: tuple[Notice, ...]
    about: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[int] = ()

    def place(self, number: int) -> str:
        """Name a feature for a message: by its line in a table, else by its id or its number."""
        if self.lines:
            return f"line {self.lines[number]}"
        return label_of(self.features[number].id, f"features[{number}]")

    def on_the_whole(self) -> tuple[Notice, ...]:
        """Return the notices about the whole file, and those about what is lost of features."""
        return tuple(notice for notice in self.notices if notice.is_on_the_whole)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in a parsed value for a part that must be refused."""

    error: type[GeoJSONError]
    reason: str


@dataclass(slots=True)
class Report:
    """Reporter of a check: it knows file and feature, makes errors and collects notices.

    ``about`` is what the file says of itself, see `FeatureCollection`.
    """

    file: str
    feature: str | None = None
    notices: list[Notice] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    def refusal(
        self,
        kind: type[GeoJSONError],
        reason: str,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> GeoJSONError:
        """Return the error to raise, with file and feature filled in."""
        return kind(self.file, reason, self.feature, line=line, column=column)

    def wrong_type(self, value: Any, where: str, wanted: str) -> GeoJSONError:
        """Return the error for a value of the wrong type, or for the flaw that it stands for."""
        if isinstance(value, Flaw):
            return self.refusal(value.error, f"{where} {value.reason}")
        return self.refusal(BadStructure, f"{where} is {described(value)}, not {wanted}")

    def note(self, code: str, message: str) -> None:
        """Add a notice about the feature in hand."""
        self.notices.append(Notice(code, self.file, self.feature, message))


def label_of(feature_id: str | int | None, place: str) -> str:
    """Name a feature for a message: by its id unless that shows as nothing."""
    return place if feature_id is None or not str(feature_id).strip() else str(feature_id)


def text_of(properties: Mapping[str, Any], name: str) -> str | None:
    """Return a property that is a text; None for an empty one, any other value, or none."""
    value = properties.get(name)
    return value if isinstance(value, str) and value else None


def texts_of(properties: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of a property that is a list; none of any other value."""
    value = properties.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def described(value: Any) -> str:
    """Name the JSON type of a value, for a message."""
    for kind, name in (
        (bool, "a boolean"),
        (int | float, "a number"),
        (str, "a string"),
        (list | tuple, "an array"),
        (dict, "an object"),
    ):
        if isinstance(value, kind):
            return name
    return "null" if value is None else f"a {type(value).__name__}"


def enclosed(lines: Sequence[bytes]) -> bytes:
    """Return the file in the canonical form that holds some features, a line without end each."""
    return HEADER + b",\n".join(lines) + (b"\n" if lines else b"") + FOOTER


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector; also a decorator.

    Geometries are lists by the hundred thousand, none of them garbage; the collector would look
    through them again and again, for a fifth of the time of matching and up to half of that of a
    map. What nobody refers to is freed all the same.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
