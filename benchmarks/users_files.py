"""The files that ``users_path.py`` measures on, as pkzone, geopandas, GDAL and others write them.

    python benchmarks/users_files.py FOLDER SIZE

writes what is not there yet of ``FOLDER/SIZE`` (pairs of ``known_truth.py`` with so many
features in several forms and formats) and of ``FOLDER`` itself (a border that is redrawn, a
table of records, a catalogue with one version of 10,000 features).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import geopandas as gpd
import known_truth
import tag_scale

import pkzone

BORDER_VERTICES = (5_000, 10_000, 20_000, 40_000)
FORMATS_SIZE = 10_000  # larger ones are measured as GeoJSON only
ROWS = 1_000_000
LATER = "2100-01-01"  # the last state holds until then


def forms(folder: Path, size: int) -> None:
    """Write both sides of a pair as GeoJSON of each form."""
    known_truth.write(size, folder)
    for side in ("base", "target"):
        # A text that ends in the word "route", as names and kinds of real files do.
        text = (folder / f"{side}.geojson").read_text().replace('"linestring"', '"route"')
        (folder / f"canonical {side}.geojson").write_text(text)
        features = json.loads(text)["features"]
        frame = gpd.GeoDataFrame.from_features(features, crs="EPSG:4326")
        frame["sources"] = frame["sources"].str.join(", ")
        frame.to_file(folder / f"no ids {side}.geojson", driver="GeoJSON")
        frame.insert(0, "id", [feature["id"] for feature in features])
        frame.to_file(folder / f"geopandas {side}.geojson", driver="GeoJSON")
        frame.to_file(folder / f"ids at the top {side}.geojson", driver="GeoJSON", ID_FIELD="id")


def layouts(folder: Path) -> None:
    """Write both sides in one line, and with a line for each value."""
    for side in ("base", "target"):
        whole = json.loads((folder / f"canonical {side}.geojson").read_bytes())
        (folder / f"single line {side}.geojson").write_text(json.dumps(whole))
        (folder / f"pretty {side}.geojson").write_text(json.dumps(whole, indent=2))


def formats(folder: Path) -> None:
    """Write the first side in other formats."""
    frame = gpd.read_file(folder / "geopandas base.geojson")
    frame = frame.rename(columns={"uncertainty_m": "uncert_m"})  # ten letters in a .dbf
    frame.to_file(folder / "source.gpkg")
    frame.to_file(folder / "source.fgb", driver="FlatGeobuf")
    frame[frame.geom_type == "LineString"].to_file(folder / "source.shp")


def borders(folder: Path) -> None:
    """Write a noisy border, and the same border drawn anew, with more and more vertices.

    The noise stays as high while the vertices come closer, so that each segment has ever more of
    the other border beside it.
    """
    for vertices in BORDER_VERTICES:
        for seed, side in enumerate(("base", "target")):
            random = Random(seed)  # noqa: S311 - not for cryptography
            ring = []
            for i in range(vertices):
                angle, radius = math.tau * i / vertices, 0.3 + random.random() * 0.003
                lon, lat = 46.7 + radius * math.cos(angle), 39.9 + radius * math.sin(angle)
                ring.append([round(lon, 6), round(lat, 6)])
            feature = {
                "type": "Feature",
                "id": "border",
                "properties": {"name": "Border"},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
            text = json.dumps(feature, separators=(",", ":"))
            path = folder / f"border {vertices} {side}.geojson"
            path.write_text(known_truth.HEADER + text + "\n]}\n")


def records(folder: Path) -> None:
    """Write records as CSV, and the zone of their dates for those who join with geopandas."""
    tag_scale.write(folder, ROWS, "csv")
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": feature["properties"]["name"],
                "from": str(version.valid_from),
                "until": str(version.valid_to or LATER),
            },
            "geometry": feature["geometry"],
        }
        for version in pkzone.catalogue()["zone"].versions
        for feature in json.loads(version.path.read_bytes())["features"]
    ]
    (folder / "zone.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features})
    )


def own_catalogue(folder: Path, features: Path) -> None:
    """Make a catalogue with a layer of one version."""
    root = folder / "own catalogue"
    pkzone.init(root)
    pkzone.publish(
        features,
        catalogue=root,
        layer="lines",
        new_layer="Lines",
        valid_from="2024-05-01",
        title="First",
    )


def make(root: Path, size: int) -> None:
    """Write what is not there yet."""
    folder = root / str(size)
    steps: list[tuple[Path, Callable[[], None]]] = [
        (folder / "ids at the top target.geojson", lambda: forms(folder, size)),
    ]
    if size <= FORMATS_SIZE:
        steps += [
            (folder / "pretty target.geojson", lambda: layouts(folder)),
            (folder / "source.shp", lambda: formats(folder)),
            (root / f"border {BORDER_VERTICES[-1]} target.geojson", lambda: borders(root)),
            (root / "zone.geojson", lambda: records(root)),
            (
                root / "own catalogue",
                lambda: own_catalogue(root, folder / "canonical base.geojson"),
            ),
        ]
    for last, step in steps:
        if not last.exists():
            step()


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
