"""Pairs of layers with a known difference, in the canonical form and as GeoPackages.

    python benchmarks/known_truth.py 10000 FOLDER

writes ``base.geojson`` and ``target.geojson`` of 10,000 features each, and ``truth.json``,
which says what was done. Of the features 40 % are polygons of 50 vertices, 40 % lines of 100
and 20 % points; 1 % have another geometry in the target and 1 % other properties, 0.5 % are
removed, as many are added, and 0.2 % have another id. The same size gives the same bytes.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

HEADER = '{"type":"FeatureCollection","features":[\n'
SHARES = {"geometry": 0.01, "properties": 0.01, "removed": 0.005, "renamed": 0.002}
ADDED_SHARE = 0.005
WEST, SOUTH, WIDTH_DEG, HEIGHT_DEG = 40.0, 36.0, 20.0, 15.0


def feature(number: int, label: str) -> dict[str, Any]:
    """Return a feature that its number alone decides."""
    random = Random(number)  # noqa: S311 - not for cryptography
    lon = WEST + random.random() * WIDTH_DEG
    lat = SOUTH + random.random() * HEIGHT_DEG
    kind = ("Polygon", "LineString", "Polygon", "LineString", "Point")[number % 5]
    return {
        "type": "Feature",
        "id": label,
        "properties": {
            "kind": kind.lower(),
            "name": f"Feature {number}",
            "note": f"drawn from sheet {number % 97}",
            "sources": ["sheet", "survey"],
            "status": random.choice(["open", "restricted", "closed"]),
            "uncertainty_m": 50,
        },
        "geometry": {"type": kind, "coordinates": _coordinates(kind, lon, lat, random)},
    }


def _coordinates(kind: str, lon: float, lat: float, random: Random) -> Any:
    if kind == "Point":
        return _rounded(lon, lat)
    if kind == "LineString":
        return [_rounded(lon + i * 0.0004, lat + random.random() * 0.0006) for i in range(100)]
    ring = []
    for i in range(49):
        # Counter-clockwise from the west, the smallest vertex, which must not be outdone.
        angle = math.pi + math.tau * i / 49
        radius = 0.01 if i == 0 else 0.006 + random.random() * 0.003
        ring.append(_rounded(lon + radius * math.cos(angle), lat + radius * math.sin(angle)))
    return [[*ring, ring[0]]]


def _rounded(lon: float, lat: float) -> list[float]:
    # Whole degrees are written without a fraction in the canonical form.
    places = (round(lon, 6), round(lat, 6))
    return [int(degrees) if degrees.is_integer() else degrees for degrees in places]


def edited_geometry(one: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return the feature with some of its vertices shifted by up to 500 m."""
    geometry = json.loads(json.dumps(one["geometry"]))
    east, north = random.uniform(0.0002, 0.003), random.uniform(0.0002, 0.003)
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"]
        geometry["coordinates"] = _rounded(lon + east, lat + north)
    else:
        line = geometry["coordinates"]
        run = line[0] if geometry["type"] == "Polygon" else line
        for i in range(10, 15):
            run[i] = _rounded(run[i][0] + east / 3, run[i][1] + north / 3)
    return {**one, "geometry": geometry}


def pairs(size: int) -> Iterator[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    """Yield what was done, and the feature in the base and in the target, by rising id."""
    random = Random(size)  # noqa: S311
    counts = {name: max(1, round(size * share)) for name, share in SHARES.items()}
    chosen = random.sample(range(size), sum(counts.values()))
    fate: dict[int, str] = {}
    for name, count in counts.items():
        fate |= dict.fromkeys(chosen[:count], name)
        del chosen[:count]
    added = set(random.sample(range(size), max(1, round(size * ADDED_SHARE))))
    for number in range(size):
        label = f"f{number:08d}"
        one = feature(number, label)
        match fate.get(number, "unchanged"):
            case "geometry":
                yield "geometry", one, edited_geometry(one, random)
            case "properties":
                other = {**one["properties"], "status": "planned"}
                yield "properties", one, {**one, "properties": other}
            case "removed":
                yield "removed", one, None
            case "renamed":
                yield "renamed", one, {**one, "id": f"{label}-new"}
            case _:
                yield "unchanged", one, one
        if number in added:
            yield "added", None, feature(size + number, f"{label}x")


def write(size: int, folder: Path) -> dict[str, int]:
    """Write both files and the truth; return how often each thing was done."""
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, int] = {}
    with (
        (folder / "base.geojson").open("w") as base,
        (folder / "target.geojson").open("w") as target,
    ):
        files = {base: HEADER, target: HEADER}
        for what, *both in pairs(size):
            truth[what] = truth.get(what, 0) + 1
            for file, one in zip((base, target), both, strict=True):
                if one is not None:
                    file.write(files[file] + json.dumps(one, separators=(",", ":")))
                    files[file] = ",\n"
        for file in files:
            file.write("\n]}\n")
    (folder / "truth.json").write_text(json.dumps(truth) + "\n")
    return truth


if __name__ == "__main__":
    print(write(int(sys.argv[1]), Path(sys.argv[2])))
