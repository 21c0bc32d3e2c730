"""A catalogue of one's own far from the shipped one, and files to publish to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pkzone
from pkzone.store.preflight import Step

RECORDED = "2025-01-01"
Feature = dict[str, Any]


def line(
    feature_id: str | int | None, *positions: tuple[float, float], **properties: Any
) -> Feature:
    geometry = {"type": "LineString", "coordinates": [list(one) for one in positions]}
    identity = {} if feature_id is None else {"id": feature_id}
    return {"type": "Feature", **identity, "properties": properties, "geometry": geometry}


def point(feature_id: str | None, lon: float, lat: float, **properties: Any) -> Feature:
    identity = {} if feature_id is None else {"id": feature_id}
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", **identity, "properties": properties, "geometry": geometry}


def write(path: Path, *features: Feature) -> str:
    """Write features as a program that knows nothing of the canonical form would."""
    collection = {"type": "FeatureCollection", "features": list(features)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(collection, indent=2), encoding="utf-8")
    return str(path)


def begin(root: Path, *layers: str, **options: Any) -> Path:
    """Begin a catalogue with layers that each have one version of 2024-05-01."""
    pkzone.init(root, **options)
    for name in layers:
        file = write(root.parent / "drawn" / f"{name}.geojson", point("a", 20.5, 42.5, name="A"))
        put(root, file, "2024-05-01", layer=name, new_layer=name.title())
    return root


def put(root: Path, file: str, day: str, *, layer: str = "line", **options: Any) -> Step:
    """Publish one file and return what was done."""
    settings = {"title": f"State on {day}", "recorded": RECORDED, **options}
    (step,) = pkzone.publish(file, catalogue=root, layer=layer, valid_from=day, **settings)
    return step


def manifest_of(root: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((root / "datapackage.json").read_text("utf-8"))
    return package


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock, with its content."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".pkzone.lock"
    }
