"""What a user would run instead of a command of pkzone: scripts of a few lines.

    python benchmarks/peers.py NAME PATH...

runs one of the functions here, which ``users_path.py`` measures beside the command.
"""

from __future__ import annotations

import sys
from pathlib import Path


def diff(base: str, target: str) -> None:
    """Find what was added, removed or changed with geopandas."""
    import geopandas as gpd

    sides = [gpd.read_file(path) for path in (base, target)]
    keys = ["id"] if "id" in sides[0] else ["name"]
    first, second = (frame.set_index(keys) for frame in sides)
    both = first.index.intersection(second.index)
    first_both, second_both = first.loc[both], second.loc[both]
    moved = ~first_both.normalize().geom_equals_exact(second_both.normalize(), 1e-9)
    columns = [name for name in first if name != "geometry"]
    other = (first_both[columns].astype(str) != second_both[columns].astype(str)).any(axis=1)
    print(len(first) - len(both), len(second) - len(both), int(moved.sum()), int(other.sum()))


def validate(path: str) -> None:
    """Validate a file with geojson-pydantic."""
    from geojson_pydantic import FeatureCollection

    FeatureCollection.model_validate_json(Path(path).read_bytes())


def convert(source: str, target: str) -> None:
    """Convert between formats with geopandas."""
    import geopandas as gpd

    driver = {".shp": "ESRI Shapefile", ".zip": "ESRI Shapefile"}.get(Path(target).suffix)
    frame = gpd.read_file(source)
    if driver:
        frame = frame[frame.geom_type == "LineString"]
    if "sources" in frame:
        frame["sources"] = frame["sources"].astype(str)
    frame.to_file(target, driver=driver)


def draw(source: str, target: str) -> None:
    """Draw a file with folium, with the properties in popups."""
    import folium
    import geopandas as gpd

    frame = gpd.read_file(source)
    frame["sources"] = frame["sources"].astype(str)
    chart = folium.Map()
    names = [name for name in frame if name != "geometry"]
    folium.GeoJson(frame, popup=folium.GeoJsonPopup(names)).add_to(chart)
    chart.save(target)


def nearest(table: str, zone: str, target: str) -> None:
    """Find the nearest area of the zone of its date, and how far, for each row of a CSV."""
    import geopandas as gpd
    import pandas as pd

    rows = pd.read_csv(table, parse_dates=["date"])
    points = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs="EPSG:4326"
    ).to_crs("EPSG:32638")
    found = []
    for (begin, end), areas in gpd.read_file(zone).to_crs("EPSG:32638").groupby(["from", "until"]):
        then = points[(points["date"] >= begin) & (points["date"] < end)]
        found.append(
            gpd.sjoin_nearest(then, areas[["name", "geometry"]], distance_col="distance_m")
        )
    pd.concat(found).drop(columns="geometry").to_csv(target, index=False)


if __name__ == "__main__":
    {one.__name__: one for one in (diff, validate, convert, draw, nearest)}[sys.argv[1]](
        *sys.argv[2:]
    )
