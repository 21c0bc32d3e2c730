"""A catalogue of one zone whose border moves every day, drawn by a fixed recipe.

    python benchmarks/front_line.py FOLDER [--versions 800] [--vertices 3000] [--everywhere]

writes a catalogue with one layer, ``front``: one area, a version a day. Each day three stretches
of the border, of 30 to 120 vertices each, advance or fall back by up to 1.5 km and are drawn
anew; the rest stays as it was. With ``--everywhere`` every vertex moves by up to 30 m every
day, so that no version shares anything with another.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LAYER = "front"
FIRST_DAY = date(2022, 1, 1)
CENTRE = (46.75, 39.8)
RADIUS_KM = 40.0
_KM_PER_DEGREE = 111.2


def borders(versions: int, vertices: int, *, everywhere: bool = False) -> Iterator[Array]:
    """Yield the border of each day: distances in km from the centre, at even bearings."""
    random = np.random.default_rng(2020)
    border = RADIUS_KM + _rough(random, vertices, 6.0)
    for _ in range(versions):
        yield border.copy()
        if everywhere:
            border += random.uniform(-0.03, 0.03, vertices)
            continue
        for _ in range(3):
            length = int(random.integers(30, 120))
            at = (int(random.integers(vertices)) + np.arange(length)) % vertices
            bump = np.sin(np.linspace(0, math.pi, length)) * random.uniform(-1.5, 1.5)
            border[at] += bump + random.normal(0, 0.02, length)


def _rough(random: np.random.Generator, count: int, size_km: float) -> Array:
    """Return a closed curve that is rough at every scale."""
    bearings = np.linspace(0, 2 * math.pi, count, endpoint=False)
    curve = np.zeros(count)
    for frequency in range(2, 400):
        size = size_km / frequency**1.2
        curve += size * random.normal() * np.cos(frequency * bearings + random.uniform(0, 6.3))
    return curve


def ring(border: Array) -> list[list[float]]:
    """Return a border as a closed ring in canonical form."""
    bearings = np.linspace(0, 2 * math.pi, len(border), endpoint=False)
    shrink = math.cos(math.radians(CENTRE[1]))
    east = CENTRE[0] + border * np.cos(bearings) / _KM_PER_DEGREE / shrink
    north = CENTRE[1] + border * np.sin(bearings) / _KM_PER_DEGREE
    points: list[list[float]] = np.column_stack([east, north]).round(6).tolist()
    start = points.index(min(points))
    return [*points[start:], *points[:start], points[start]]


def write(
    folder: Path, versions: int = 800, vertices: int = 3000, *, everywhere: bool = False
) -> Path:
    """Write the catalogue unless it is there; return its folder."""
    if (folder / "datapackage.json").exists():
        return folder
    (folder / LAYER).mkdir(parents=True, exist_ok=True)
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / f"{LAYER}.json").write_text("{}")
    resources = []
    for number, border in enumerate(borders(versions, vertices, everywhere=everywhere)):
        day = (FIRST_DAY + timedelta(number)).isoformat()
        properties = {"certainty": "reported", "kind": "core", "name": "Area held",
                      "since": day[:7], "sources": ["desk"], "status": "in_force",
                      "uncertainty_m": 500}  # fmt: skip
        feature = {"type": "Feature", "id": "area", "properties": properties,
                   "geometry": {"type": "Polygon", "coordinates": [ring(border)]}}  # fmt: skip
        line = json.dumps(feature, separators=(",", ":"))
        data = f'{{"type":"FeatureCollection","features":[\n{line}\n]}}\n'.encode()
        (folder / LAYER / f"{day}.geojson").write_bytes(data)
        resources.append({
            "name": f"{LAYER}-{day}", "path": f"{LAYER}/{day}.geojson", "format": "geojson",
            "bytes": len(data), "hash": f"sha256:{sha256(data).hexdigest()}",
            "title": f"The front on {day}", "sources": [], "layer": LAYER, "version": day,
            "record": 1, "valid_from": day, "recorded": "2026-01-01",
            "events": [f"advance-{day}"] if number % 5 == 0 else [], "source_ids": ["desk"],
            "feature_count": 1, "feature_schema": f"schemas/{LAYER}.json",
            "bbox": [46.0, 39.3, 47.5, 40.3],
        })  # fmt: skip
    events = [
        {"id": one, "date": resource["valid_from"], "title": "The border moved",
         "summary": "The border moved in three places.", "sources": ["desk"],
         "features": [f"{LAYER}/area"]}
        for resource in resources for one in resource["events"]
    ]  # fmt: skip
    manifest = {
        "name": "front", "title": "A front that moves every day", "languages": ["en"],
        "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/cc0"}],
        "layers": [{"name": LAYER, "title": "Area held", "description": "Drawn by a recipe."}],
        "resources": resources,
    }  # fmt: skip
    sources = [{"id": "desk", "type": "webpage", "title": "A daily map"}]
    for name, content in (("events", events), ("sources", sources), ("datapackage", manifest)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--versions", type=int, default=800)
    parser.add_argument("--vertices", type=int, default=3000)
    parser.add_argument("--everywhere", action="store_true")
    options = parser.parse_args()
    write(options.folder, options.versions, options.vertices, everywhere=options.everywhere)


if __name__ == "__main__":
    main()
