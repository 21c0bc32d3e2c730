"""Catalogues for the map tests: written from plain values, hostile text included."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

Feature = dict[str, Any]
COLUMNS = ("date", "subject", "value", "unit", "precision", "counted_by", "source_ids")


def feature(feature_id: str, geometry: dict[str, Any], **properties: Any) -> Feature:
    return {"type": "Feature", "id": feature_id, "properties": properties, "geometry": geometry}


def line(*coordinates: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(one) for one in coordinates]}


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def square(west: float, south: float, side: float) -> dict[str, Any]:
    east, north = round(west + side, 6), round(south + side, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(
    root: Path,
    layers: dict[str, dict[str, list[Feature]]],
    *,
    title: str = "A drawn zone",
    titles: dict[str, str] | None = None,
    version_title: str = "A state",
    version_events: dict[str, list[str]] | None = None,
    events: list[dict[str, Any]] | None = None,
    sources: list[dict[str, Any]] | None = None,
    **package: Any,
) -> Path:
    """Write a catalogue of {layer: {version: features}} and return its folder."""
    resources = []
    (root / "schemas").mkdir(parents=True)
    for layer, versions in layers.items():
        (root / layer).mkdir()
        (root / "schemas" / f"{layer}.json").write_text("{}", encoding="utf-8")
        for version, features in versions.items():
            data = _collection(features)
            (root / layer / f"{version}.geojson").write_bytes(data)
            resources.append({
                "name": f"{layer}-{version}", "path": f"{layer}/{version}.geojson",
                "format": "geojson", "mediatype": "application/geo+json", "encoding": "utf-8",
                "bytes": len(data), "hash": f"sha256:{sha256(data).hexdigest()}",
                "title": version_title, "sources": [], "layer": layer, "version": version,
                "record": 1, "valid_from": version[:10], "recorded": "2026-01-01",
                "events": (version_events or {}).get(version, []), "source_ids": [],
                "feature_count": len(features), "feature_schema": f"schemas/{layer}.json",
                **({"bbox": [46.0, 39.0, 47.0, 40.0]} if features else {}),
            })  # fmt: skip
    manifest = {
        "name": "drawn", "title": title, "languages": ["en", "az", "hy", "ru"],
        "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/cc0"}],
        "layers": [
            {"name": name, "title": (titles or {}).get(name, name.title()), "description": name}
            for name in layers
        ],
        "resources": resources, **package,
    }  # fmt: skip
    for name, content in (
        ("datapackage", manifest), ("events", events or []), ("sources", sources or []),
    ):  # fmt: skip
        (root / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return root


def add_figures(root: Path, *rows: tuple[str, ...]) -> Path:
    """Give a catalogue a table of figures: date, subject, value, unit, precision, who, sources."""
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    data = text.getvalue().encode()
    (root / "figures.csv").write_bytes(data)
    path = root / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["resources"].append({
        "name": "figures", "path": "figures.csv", "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
    })  # fmt: skip
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return root


def _collection(features: list[Feature]) -> bytes:
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features]
    body = ",\n".join(lines) + "\n" if lines else ""
    return f'{{"type":"FeatureCollection","features":[\n{body}]}}\n'.encode()
