"""CPU time and peak memory of whole commands, beside what a user would run instead.

    python benchmarks/users_path.py FOLDER [--size 10000] [--runs 5] [--only TEXT]

makes files in FOLDER (kept for the next time) as geopandas, ogr2ogr and pkzone write them, runs
each command and its peer in turn, each in a process of its own with its start and imports, and
prints a Markdown table. Time is CPU time, user and system, of the process and of the children
it waited for, the median of all runs; memory is the largest resident set of any of them.
Peers are scripts of a few lines in this file (``--peer NAME ...`` runs one alone). geojson-pydantic
(pip install geojson-pydantic) and ogr2ogr are left out where they are not installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import known_truth


class Cost(NamedTuple):
    """What a process took."""

    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class Job:
    """A command of pkzone, what stands beside it, and the ratio that is wanted of the two."""

    name: str
    command: tuple[str, ...]
    peer: str = ""  # name of a peer below, or "ogr2ogr"
    peer_arguments: tuple[str, ...] = ()
    reach: float | None = None


def jobs(folder: Path) -> Iterator[Job]:
    """Yield the jobs, on the files in a folder."""

    def file(name: str) -> str:
        return str(folder / name)

    for form, reach in (
        ("canonical", 0.35),
        ("ids at the top", 0.45),
        ("geopandas", 0.45),
        ("no ids", 1.0),
    ):
        sides = (file(f"{form} base.geojson"), file(f"{form} target.geojson"))
        yield Job(f"diff, {form}", ("diff", *sides, "-f", "json"), "diff", sides, reach)
    canonical = file("canonical base.geojson")
    yield Job("check", ("check", canonical), "pydantic", (canonical,), 1.2)
    yield Job(
        "fmt --check", ("fmt", "--check", canonical), "ogr2ogr",
        ("-f", "GeoJSON", "-lco", "RFC7946=YES", file("out fmt.geojson"), canonical), 0.7,
    )  # fmt: skip
    for ending in ("gpkg", "shp", "fgb"):
        source = file(f"source.{ending}")
        yield Job(
            f"import {ending}",
            ("import", source, "-o", file("out.geojson"), "--overwrite"),
            "convert", (source, file("out peer.geojson")), 1.3,
        )  # fmt: skip
        target = "shp.zip" if ending == "shp" else ending
        yield Job(
            f"export {ending}",
            ("export", canonical, "-o", file(f"out.{target}"), "--overwrite"),
            "convert", (canonical, file(f"out peer.{target}")), 2.0,
        )  # fmt: skip
    yield Job(
        "map of a file",
        ("map", canonical, "-o", file("map.html"), "--overwrite"),
        "folium", (canonical, file("map peer.html")), 0.5,
    )  # fmt: skip
    for words in (("--help",), ("layers",), ("log", "corridor"), ("verify",)):
        yield Job(" ".join(words), words)
    yield Job("map --compare all", ("map", "--compare", "all", "-o", file("all.html")))


def make_files(folder: Path, size: int) -> None:
    """Write the two sides in each form, and the first side in other formats."""
    if (folder / "source.fgb").exists():
        return
    known_truth.write(size, folder)
    import geopandas as gpd

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
        if side == "base":
            frame = frame.rename(columns={"uncertainty_m": "uncert_m"})  # ten letters in a .dbf
            frame.to_file(folder / "source.gpkg")
            frame.to_file(folder / "source.fgb", driver="FlatGeobuf")
            frame[frame.geom_type == "LineString"].to_file(folder / "source.shp")


# What a user would run instead.


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


def pydantic(path: str) -> None:
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


def folium(source: str, target: str) -> None:
    """Draw a file with folium, with the properties in popups."""
    import folium as library
    import geopandas as gpd

    frame = gpd.read_file(source)
    frame["sources"] = frame["sources"].astype(str)
    chart = library.Map()
    names = [name for name in frame if name != "geometry"]
    library.GeoJson(frame, popup=library.GeoJsonPopup(names)).add_to(chart)
    chart.save(target)


PEERS: dict[str, Callable[..., None]] = {
    one.__name__: one for one in (diff, pydantic, convert, folium)
}


def cost_of(command: list[str]) -> Cost:
    """Run a command and measure it and the children that it waited for."""
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):  # 1: differences or findings
            messages.seek(0)
            said = messages.read().decode()
            raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}: {said}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def peer_command(job: Job) -> list[str] | None:
    """Return the command line of a peer, none where it is not installed."""
    if job.peer == "ogr2ogr":
        program = shutil.which("ogr2ogr")
        return [program, "-overwrite", *job.peer_arguments] if program else None
    if not job.peer or (job.peer == "pydantic" and not find_spec("geojson_pydantic")):
        return None
    return [sys.executable, __file__, "--peer", job.peer, *job.peer_arguments]


def row_of(job: Job, runs: int) -> str:
    """Run a job and its peer in turn; return the row of the table."""
    ours = [sys.executable, "-m", "pkzone", *job.command]
    peer = peer_command(job)
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for _ in range(runs):
        costs[0].append(cost_of(ours))
        if peer:
            costs[1].append(cost_of(peer))
    cells = [job.name]
    medians = []
    for taken in costs:
        if not taken:
            cells.append("-")
            continue
        medians.append(statistics.median(cost.cpu_s for cost in taken))
        cells.append(f"{medians[-1]:.2f} s, {max(cost.peak_mib for cost in taken):.0f} MiB")
    ratio = f"{medians[0] / medians[1]:.2f}" if len(medians) == 2 else "-"
    return f"| {' | '.join([*cells, ratio, str(job.reach or '-')])} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="jobs whose name has this text")
    given = parser.parse_args()
    folder = (given.folder / str(given.size)).absolute()
    # In a process of its own: a child begins with the peak of the process that starts it.
    making = [sys.executable, __file__, "--make", str(folder), str(given.size)]
    subprocess.run(making, check=True)  # noqa: S603
    print(f"{given.size:,} features, {given.runs} runs, {time.strftime('%Y-%m-%d')}\n")
    print("| command | pkzone: CPU, peak | instead: CPU, peak | ratio | reach |")
    print("|---|---|---|---|---|")
    for job in jobs(folder):
        if given.only in job.name:
            print(row_of(job, given.runs), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        PEERS[sys.argv[2]](*sys.argv[3:])
    elif sys.argv[1:2] == ["--make"]:
        make_files(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
