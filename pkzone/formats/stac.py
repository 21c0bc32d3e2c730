"""Export a whole catalogue: each version as GeoJSON, under a static STAC catalogue."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pkzone.errors import OutputError, printable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.model import Layer, License, Version

__all__ = ["export_all"]

STAC_VERSION = "1.1.0"
_LICENSES = {"CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "ODbL-1.0", "MIT"}  # known to SPDX
_WORLD = [-180.0, -90.0, 180.0, 90.0]


def export_all(
    folder: str | os.PathLike[str],
    *,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> tuple[str, ...]:
    """Write every version of a catalogue as a GeoJSON file, with a STAC catalogue beside them.

    ``catalog.json`` names a collection a layer, each of them an item a version; the item's time
    is the interval in which the version holds, its asset the file. Links are relative: the
    folder can be moved, or served as it is. The files are the catalogue's own, byte for byte.

    Parameters
    ----------
    folder : str or os.PathLike
        A folder that is not there yet, or empty; it appears whole or not at all.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    tuple of str
        The files, relative to the folder.

    Raises
    ------
    OutputError
        The folder is there and not empty, or cannot be written.
    CatalogueError, HashMismatch
        The catalogue or a version's file is missing or damaged.
    """
    source = open_catalogue(catalogue)
    target = Path(folder)
    shown = printable(str(folder), limit=None)
    temporary = target.absolute().with_name(f".pkzone-{secrets.token_hex(8)}.tmp")
    try:
        if not _is_free(target):
            raise OutputError(f"{shown}: already exists and is not empty; name a new folder")
        written = []
        try:
            for name, data in _files(source):
                path = temporary / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                written.append(name)
            if target.exists():
                target.rmdir()
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        cause = printable(error.strerror or str(error))
        raise OutputError(f"{shown}: cannot be written: {cause}") from None
    return tuple(written)


def _is_free(folder: Path) -> bool:
    """Tell whether a folder of this name can be made, or is there and empty."""
    if folder.is_symlink():
        return False
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _files(catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """Yield every file by its name in the folder."""
    children = [_link("child", f"./{layer.name}/collection.json") for layer in catalogue.layers]
    contents = {
        "type": "Catalog",
        "stac_version": STAC_VERSION,
        "id": catalogue.name,
        "title": catalogue.title,
        "description": catalogue.description or catalogue.title,
        "links": [_link("root", "./catalog.json"), *children],
    }
    yield "catalog.json", _json(contents)
    for layer in catalogue.layers:
        yield f"{layer.name}/collection.json", _json(_collection(layer, catalogue))
        for version in layer.versions:
            folder = f"{layer.name}/{version.id}"
            yield f"{folder}/{version.id}.geojson", version.read_bytes()
            yield f"{folder}/{version.id}.json", _json(_item(version, catalogue))


def _collection(layer: Layer, catalogue: Catalogue) -> dict[str, Any]:
    boxes = [version.bbox for version in layer.versions if version.bbox]
    sides = [
        largest(side)
        for largest, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=False)
    ]
    begins, until, licenses = None, None, catalogue.licenses
    if layer.versions:
        last = layer.versions[-1]
        licenses, begins = last.licenses, _time(layer.versions[0].valid_from)
        until = _time(last.valid_to) if last.valid_to else None
    items = [_link("item", f"./{version.id}/{version.id}.json") for version in layer.versions]
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": layer.name,
        "title": layer.title,
        "description": layer.description or layer.title,
        "license": _license(licenses),
        "extent": {
            "spatial": {"bbox": [sides or _WORLD]},
            "temporal": {"interval": [[begins, until]]},
        },
        "links": [
            _link("root", "../catalog.json"),
            _link("parent", "../catalog.json"),
            *_license_links(licenses),
            *items,
        ],
    }


def _item(version: Version, catalogue: Catalogue) -> dict[str, Any]:
    """Return the STAC item of a version; it has no place if the version has no feature."""
    place: dict[str, Any] = {"geometry": None}
    if version.bbox:
        west, south, east, north = version.bbox
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        place = {"geometry": geometry, "bbox": list(version.bbox)}
    begins = _time(version.valid_from)
    until = _time(version.valid_to) if version.valid_to else None
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "id": f"{version.layer}-{version.id}",
        "collection": version.layer,
        **place,
        "properties": {
            "title": version.title,
            "datetime": begins,
            **({"start_datetime": begins, "end_datetime": until} if until else {}),
            "created": _time(version.recorded),
            "license": _license(version.licenses or catalogue.licenses),
            "pkzone:ref": version.ref,
            "pkzone:record": version.record,
            "pkzone:features": version.feature_count,
            "pkzone:events": list(version.events),
            "pkzone:sources": [{"title": t, "path": p} for t, p in version.sources],
        },
        "assets": {
            "data": {
                "href": f"./{version.id}.geojson",
                "type": "application/geo+json",
                "roles": ["data"],
                "title": version.title,
                # a multihash: 0x12 is SHA-256, 0x20 its length
                "file:checksum": f"1220{version.sha256}",
                "file:size": version.size_bytes,
            }
        },
        "stac_extensions": ["https://stac-extensions.github.io/file/v2.1.0/schema.json"],
        "links": [
            _link("root", "../../catalog.json"),
            _link("parent", "../collection.json"),
            _link("collection", "../collection.json"),
        ],
    }


def _link(rel: str, href: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": "application/json"}


def _license(licenses: tuple[License, ...]) -> str:
    """Return the licence by its SPDX name; STAC's word for any other is ``other``."""
    names = [one.name for one in licenses]
    return names[0] if len(names) == 1 and names[0] in _LICENSES else "other"


def _license_links(licenses: tuple[License, ...]) -> list[dict[str, str]]:
    return [
        {"rel": "license", "href": one.path, "title": one.title or one.name}
        for one in licenses
        if one.path.startswith("https://")
    ]


def _time(day: Any) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"
