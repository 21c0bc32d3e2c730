"""Find the features to export: of a version, of a file, or of every version of a layer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pkzone.errors import BadReference, printable
from pkzone.formats.any_file import read
from pkzone.geojson.model import Feature
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.model import Version
from pkzone.layers.references import FileReference, parse
from pkzone.revisions.names import file_title

__all__ = ["Subject", "subject_of", "version_subject", "versions_subject"]

_DATES = ("valid_from", "valid_to")
_COLUMNS = ("feature", "version", *_DATES)


@dataclass(frozen=True)
class Subject:
    """The features to export, the name of their layer, and the record of where they are from.

    ``date`` is the one that a file carries instead of the clock's. ``columns`` are properties in
    the order in which they are to stand; those not among them follow by their names. ``dates`` are
    those whose texts are ISO dates: from when and until when a row holds. ``notices`` are what was
    odd about the file, or lost when it was read.
    """

    name: str
    features: tuple[Feature, ...]
    title: str = ""
    description: str = ""
    date: str = "1980-01-01"
    record: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def subject_of(
    ref: str | os.PathLike[str], catalogue: Catalogue | str | os.PathLike[str] | None = None
) -> Subject:
    """Return the version or file that a reference names, ready to be exported."""
    source = open_catalogue(catalogue)
    parsed = parse(ref, source)
    if isinstance(parsed, FileReference):
        stem = "stdin" if parsed.path == "-" else file_title(parsed.path)
        collection = read(parsed.path)
        notices = tuple(map(str, collection.on_the_whole()))
        return Subject(stem, collection.features, title=stem, notices=notices)
    version = source.version(parsed)
    return version_subject(version, source[version.layer].description)


def version_subject(version: Version, description: str) -> Subject:
    """Return a version of a catalogue, ready to be exported."""
    return Subject(
        version.layer,
        version.features().features,
        title=f"{version.ref}: {version.title}",
        description=description,
        date=version.recorded.isoformat(),
        record=version.to_dict(),
    )


def versions_subject(
    ref: str | os.PathLike[str], catalogue: Catalogue | str | os.PathLike[str] | None = None
) -> Subject:
    """Return every version of a layer as one table: a row for each feature of each version.

    ``feature`` is the id that the layer knows, ``version`` the id of the version, which holds
    on ``[valid_from, valid_to)``, ISO dates, null for no later state known. The id of a row is
    ``FEATURE@VERSION``. A property of the same name becomes ``properties.version``.

    Raises
    ------
    BadReference
        What is named is a version or a file, not a layer.
    """
    source = open_catalogue(catalogue)
    parsed = parse(ref, source)
    if isinstance(parsed, FileReference) or "@" in str(ref):
        shown = printable(os.fspath(ref))
        raise BadReference(f"{shown}: of a layer all versions are written; give its name alone")
    layer = source[parsed.layer]
    newest = layer.latest  # or the error that there is no version yet
    records = [version.to_dict() for version in layer.versions]
    return Subject(
        layer.name,
        tuple(row for version in layer.versions for row in _rows(version)),
        title=f"{layer.name}: {layer.title}, every version",
        description=layer.description,
        date=max(version.recorded for version in layer.versions).isoformat(),
        record={
            "ref": layer.name,
            "layer": layer.name,
            "versions": list(layer),
            "valid_from": records[0]["valid_from"],
            "valid_to": newest.valid_to and newest.valid_to.isoformat(),
            "sources": _distinct(one for record in records for one in record["sources"]),
            "licenses": _distinct(one for record in records for one in record["licenses"]),
        },
        columns=_COLUMNS,
        dates=_DATES,
    )


def _distinct(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    distinct: list[dict[str, Any]] = []
    for value in values:
        if value not in distinct:
            distinct.append(value)
    return distinct


def _rows(version: Version) -> Iterator[Feature]:
    held = {
        "version": version.id,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
    }
    for feature in version.features().features:
        own = {
            f"properties.{name}" if name in _COLUMNS else name: value
            for name, value in feature.properties.items()
        }
        properties = {"feature": feature.id, **held, **own}
        yield replace(feature, id=f"{feature.id}@{version.id}", properties=properties)
