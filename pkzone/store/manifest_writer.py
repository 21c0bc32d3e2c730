"""Write the manifest: its one form on disk, its seal, and the entry of one version."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from pkzone.errors import CannotPublish, CatalogueError, printable
from pkzone.layers.dates import parse_version_id
from pkzone.layers.manifest import COMPANIONS, FILE_NAME
from pkzone.text_lookalikes import hidden_characters

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature

__all__ = [
    "PROFILE",
    "SEAL",
    "Box",
    "boxes",
    "checked_text",
    "dumps",
    "encoded",
    "in_order",
    "is_sealed",
    "json_bytes",
    "member",
    "opening",
    "record_path",
    "resource",
    "resource_name",
    "schema_title",
    "seal_of",
    "united",
    "value_lines",
]

Box: TypeAlias = tuple[float, float, float, float]

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SEAL = "seal"
MAX_TEXT = 10_000
DECIMALS = 6  # of a coordinate in the canonical form
# Quotes inside of a text are escaped: these match members, never what a text says.
_FREE_TEXT = re.compile(rb'"(title|description)":"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_SEAL_LINE = re.compile(rb'^"seal":"[^"\\]*",\n', re.MULTILINE)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def dumps(package: Mapping[str, Any]) -> bytes:
    """Serialize a manifest: sealed, and in its one form.

    Each member takes a line, each object of a list one of its own, so that git shows a line a
    version. Members keep their order but for the last two, the seal and the resources. A seal that
    the descriptor has is not looked at.

    Raises
    ------
    CatalogueError
        It holds what JSON in UTF-8 cannot be written with.
    """
    with _encoding_errors():
        lines = [
            member(key, value_lines(value))
            for key, value in package.items()
            if key not in (SEAL, "resources")
        ]
        resources = member("resources", value_lines(package.get("resources", [])))
        unsealed = _file_of([*lines, resources])
        return _file_of([*lines, f'"{SEAL}":"{seal_of(unsealed)}"', resources])


def encoded(value: Any) -> str:
    """Return a value as JSON on one line, as it stands in a manifest."""
    return _ENCODER.encode(value)


def value_lines(value: Any) -> str:
    """Return a value as JSON: the objects of a list a line each, all else on one."""
    if isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
        return "[\n" + ",\n".join(map(_ENCODER.encode, value)) + "\n]"
    return _ENCODER.encode(value)


def member(key: str, value: str) -> str:
    """Return a member of the manifest from its name and its value, which is JSON already."""
    return f"{_ENCODER.encode(key)}:{value}"


def seal_of(manifest: bytes) -> str:
    """Return the hash of a manifest's bytes but for the seal itself and the free text.

    Free text are the values of titles and descriptions. It tells damage and edits by accident;
    it is no signature.
    """
    content = _FREE_TEXT.sub(rb'"\1":""', _SEAL_LINE.sub(b"", manifest, count=1))
    return f"sha256:{sha256(content).hexdigest()}"


def is_sealed(package: Mapping[str, Any], manifest: bytes) -> bool:
    """Return whether a manifest, as value and as bytes, is as it was sealed."""
    return bool(package.get(SEAL) == seal_of(manifest))


@contextmanager
def _encoding_errors() -> Iterator[None]:
    """Raise what JSON in UTF-8 cannot hold as a CatalogueError in one line."""
    try:
        yield
    except (ValueError, RecursionError):
        raise CatalogueError(
            f"{FILE_NAME}: holds a number beyond a double, half of a surrogate pair, or is "
            "nested too deep; fix the file"
        ) from None


def opening(
    *, name: str, title: str, languages: Sequence[str], licenses: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return the manifest of a catalogue without layers."""
    return {
        "$schema": PROFILE,
        "name": name,
        "title": title,
        "languages": list(languages),
        **({"licenses": list(licenses)} if licenses else {}),
        "layers": [],
        "resources": in_order([], []),
    }


def checked_text(text: str, what: str) -> str:
    """Return a text of one paragraph that the files of a catalogue can hold.

    Raises
    ------
    CannotPublish
        It is empty or too long, or holds line breaks, characters that nobody sees, or half of a
        surrogate pair, which UTF-8 cannot express.
    """
    if not text.strip():
        raise CannotPublish(f"{what} is empty; write a few words")
    if len(text) > MAX_TEXT:
        raise CannotPublish(f"{what} has {len(text):,} characters; shorten it to {MAX_TEXT:,}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CannotPublish(
            f"{what} {text!r} contains a character that is not a letter; write it anew"
        ) from None
    hidden = hidden_characters(text) or [f"U+{ord(one):04X}" for one in text if one in "\t\n\r"]
    if hidden:
        raise CannotPublish(
            f"{what} {printable(text)!r} holds control, direction or zero-width characters "
            f"({', '.join(hidden[:3])}); write it anew without them"
        )
    return text


def schema_title(layer: str, title: str) -> str:
    """Return the title of the schema that a new layer begins with."""
    return f"A feature of the layer {layer}: {title}"


def in_order(
    resources: Iterable[Mapping[str, Any]], layers: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the entries of versions by layer, day and record, after those of other files.

    The order is that of the content, not that of publishing.
    """
    ranks = {layer["name"]: rank for rank, layer in enumerate(layers)}
    entries = list(resources)
    versions = sorted(
        (one for one in entries if "layer" in one),
        key=lambda one: (ranks[one["layer"]], parse_version_id(one["version"]), one["record"]),
    )
    others = [one for one in entries if "layer" not in one and one not in COMPANIONS]
    return [*COMPANIONS, *others, *versions]


def resource_name(layer: str, version: str, record: int) -> str:
    """Return the name of a record's resource, ``zone-2022-08-30_r2``."""
    return f"{layer}-{version}{_suffix(record)}"


def record_path(layer: str, version: str, record: int) -> str:
    """Return where a record's file belongs, ``zone/2022-08-30_r2.geojson``."""
    return f"{layer}/{version}{_suffix(record)}.geojson"


def resource(
    *,
    layer: str,
    version: str,
    record: int,
    path: str,
    data: bytes,
    features: Sequence[Feature],
    title: str,
    recorded: str,
    events: Sequence[str],
    sources: Sequence[Mapping[str, Any]],
    licenses: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the manifest's entry for one record of a version.

    Parameters
    ----------
    layer, version, record, path, title, recorded, events
        As they stand in the manifest.
    data : bytes
        The file's content.
    features : sequence of Feature
        What it holds.
    sources : sequence of mapping
        The CSL-JSON records that it rests on.
    licenses : sequence of mapping, optional
        Terms of this record; without them those of the package hold.
    """
    cited = sorted(sources, key=lambda source: str(source["id"]))
    box = united(boxes(features))
    return {
        "name": resource_name(layer, version, record),
        "path": path,
        "title": title,
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        **({"licenses": list(licenses)} if licenses else {}),
        **({"sources": [_stated(source) for source in cited]} if cited else {}),
        "layer": layer,
        "version": version,
        "record": record,
        "valid_from": version[:10],
        "recorded": recorded,
        "events": list(events),
        "source_ids": [source["id"] for source in cited],
        "feature_count": len(features),
        **({"bbox": box} if box else {}),
        "feature_schema": f"schemas/{layer}.json",
    }


def boxes(features: Sequence[Feature]) -> list[Box | None]:
    """Return west, south, east and north of each feature; None where it has no place."""
    import shapely

    from pkzone.geo.convert import shapes_of

    edges = shapely.bounds(shapes_of([one.geometry for one in features])).tolist()
    return [None if math.isnan(box[0]) else tuple(box) for box in edges]


def united(boxes: Iterable[Box | None]) -> list[float] | None:
    """Return the box around boxes; none if none has a place."""
    placed = [box for box in boxes if box is not None]
    if not placed:
        return None
    west, south, east, north = zip(*placed, strict=True)
    edges = (min(west), min(south), max(east), max(north))
    return [round(one, DECIMALS) + 0.0 for one in edges]  # + 0.0: never -0.0


def json_bytes(value: object) -> bytes:
    """Return JSON for people to edit: indented, UTF-8, a final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _file_of(lines: Sequence[str]) -> bytes:
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _stated(source: Mapping[str, Any]) -> dict[str, str]:
    address = source.get("URL")
    return {"title": source["title"]} | ({"path": address} if isinstance(address, str) else {})


def _suffix(record: int) -> str:
    return f"_r{record}" if record > 1 else ""
