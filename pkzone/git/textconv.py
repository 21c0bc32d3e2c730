"""Print GeoJSON as text for ``git diff``: one block a feature, one fact a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from pkzone.errors import GeoJSONError, Unreadable, printable
from pkzone.files.inputs import read_regular, unopened_reason
from pkzone.geojson.model import Feature, FeatureCollection
from pkzone.geojson.reader import parse
from pkzone.layers.identity import identified
from pkzone.text_layout import counted

__all__ = ["summary", "textconv"]

_HASH_DIGITS = 12
_AREAS, _LINES = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString")


def textconv(path: str | Path) -> bytes:
    """Return a file as ``git diff`` should show it.

    Parameters
    ----------
    path : str or Path
        Any file.

    Returns
    -------
    bytes
        The `summary` in UTF-8; of a file that is not read as GeoJSON its own bytes, after a
        line that says why.

    Raises
    ------
    Unreadable
        If the file itself cannot be read.
    """
    try:
        data = read_regular(path)
    except (OSError, ValueError) as error:
        raise Unreadable(str(path), unopened_reason(error)) from None
    try:
        text = summary(identified(parse(data, check_validity=False), ""))
    except GeoJSONError as error:  # not its text: the name git gives the file is another each time
        reason = ": ".join(filter(None, (error.feature, error.reason)))
    except Exception as error:  # git diff must never fail
        reason = f"unforeseen {type(error).__name__}: {error}"
    else:
        return text.encode("utf-8")
    return f"not read as GeoJSON: {printable(reason, limit=400)}\n".encode() + data


def summary(collection: FeatureCollection) -> str:
    """Return features as text that changes where, and only where, they do.

    Features are sorted by id, those without one by their content; properties by name. Lengths
    and areas are geodesic (WGS 84). The hash is that of the coordinates as they stand in the
    file, so it tells of a change that the other lines are too coarse for; a point has its position.

    Parameters
    ----------
    collection : FeatureCollection
        What the reader returned; its notices are told too.

    Returns
    -------
    str
        Lines; the first of each feature's block starts in the first column.
    """
    notes: dict[str | None, list[str]] = {}
    for notice in collection.notices:
        notes.setdefault(notice.feature, []).append(f"note: {printable(notice.message, None)}")
    head = [counted(len(collection.features), "feature"), *notes.get(None, ())]
    named: list[tuple[str, list[str]]] = []
    nameless: list[list[str]] = []
    for i, feature in enumerate(collection.features):
        if feature.id is None:
            nameless.append(_block(feature, notes.get(f"features[{i}]", [])))
        else:
            label = str(feature.id)
            told = notes.get(label) or notes.get(f"features[{i}]", [])
            named.append((label, _block(feature, told)))
    blocks = [block for _, block in sorted(named)] + sorted(nameless)
    return "\n".join([*head, *chain.from_iterable(blocks), ""])


def _block(feature: Feature, notes: list[str]) -> list[str]:
    name = "feature without id" if feature.id is None else f"feature {_value(feature.id)}"
    properties = [
        f"    {printable(key, None)}: {_value(value)}"
        for key, value in sorted(feature.properties.items())
    ]
    head = ["  properties:"] if properties else ["  properties: none"]
    return [
        "",
        name,
        *(f"  {note}" for note in notes),
        *head,
        *properties,
        *_geometry_lines(feature.geometry),
    ]


def _value(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False, sort_keys=True), limit=None)


def _geometry_lines(geometry: dict[str, Any] | None) -> Iterator[str]:
    if geometry is None:
        yield "  geometry: none"
        return
    yield f"  geometry: {geometry['type']}"
    if geometry["type"] == "Point" and geometry["coordinates"]:
        yield f"    position: {_position(geometry['coordinates'])}"
        return
    positions = list(_positions(geometry))
    yield f"    vertices: {len(positions):,}"
    yield from _measure_lines(geometry)
    if positions:
        lons, lats = [position[0] for position in positions], [one[1] for one in positions]
        corners = (min(lons), min(lats), max(lons), max(lats))
        yield f"    bbox: {' '.join(f'{corner:.6f}' for corner in corners)}"
    yield f"    hash: {_hash(geometry)}"


def _measure_lines(geometry: dict[str, Any]) -> Iterator[str]:
    types = set(_types(geometry))
    if not types.intersection(_AREAS + _LINES):
        return
    from pkzone.geo.convert import shape
    from pkzone.geo.measure import area_km2, length_m

    drawn = shape(geometry)
    if types.intersection(_LINES):
        yield f"    length: {length_m(drawn):,.1f} m"
    if types.intersection(_AREAS):
        yield f"    area: {area_km2(drawn):,.4f} km2"


def _types(geometry: dict[str, Any]) -> Iterator[str]:
    if geometry["type"] != "GeometryCollection":
        yield geometry["type"]
    for member in geometry.get("geometries", ()):
        yield from _types(member)


def _positions(geometry: dict[str, Any]) -> Iterator[Sequence[float]]:
    """Yield every vertex; the position that closes a ring repeats its first and is left out."""
    for member in geometry.get("geometries", ()):
        yield from _positions(member)
    coordinates = geometry.get("coordinates") or []
    match geometry["type"]:
        case "Point":
            yield from [coordinates] if coordinates else []
        case "MultiPoint" | "LineString":
            yield from coordinates
        case "MultiLineString":
            yield from chain.from_iterable(coordinates)
        case "Polygon":
            yield from chain.from_iterable(ring[:-1] for ring in coordinates)
        case "MultiPolygon":
            yield from chain.from_iterable(ring[:-1] for part in coordinates for ring in part)


def _hash(geometry: dict[str, Any]) -> str:
    return sha256(json.dumps(_plain(geometry)).encode()).hexdigest()[:_HASH_DIGITS]


def _position(numbers: Sequence[float]) -> str:
    """Return the numbers of a position as the canonical form has them."""
    return " ".join(repr(one).removesuffix(".0") for one in _plain(list(numbers)))


def _plain(value: Any) -> Any:
    """Return a geometry whose equal numbers are written alike: 46, 46.0; 0, -0.0."""
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str) else float(value) + 0.0
