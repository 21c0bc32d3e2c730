"""CPU time of publishing to, and listing, catalogues of many versions, as ratios within one run.

    python benchmarks/own_catalogue.py [--versions 800] [--listed 5000] [--vertices 3000] [--runs 7]

prints a Markdown table. Publishing is ``pkzone.publish`` of one file into a catalogue that has so
many versions, and into an empty one; listing is the whole program, against ``python -c pass``.
The median of the runs counts; the two sides of a ratio are run in turn, so that a busy machine
weighs on both. The catalogues are made in a temporary folder (TMPDIR) and removed.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pkzone
from pkzone.store import manifest_writer

FIRST_DAY = date(2000, 1, 1)
LINES = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--versions", type=int, default=800)
    parser.add_argument("--listed", type=int, default=5000)
    parser.add_argument("--vertices", type=int, default=3000)
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("| what | CPU s | against | CPU s | ratio |\n|---|---|---|---|---|")
        _publishing(Path(folder), asked)
        _listing(Path(folder), asked)


def _publishing(folder: Path, asked: argparse.Namespace) -> None:
    root = folder / "full"
    pkzone.init(root)
    files = [
        _drawn(folder / "in" / f"line-{_day_of(number)}.geojson", number // 2, asked.vertices)
        for number in range(asked.versions)
    ]
    settings: dict[str, Any] = {"layer": "line", "new_layer": "Line", "title": "A line"}
    start, wall = time.process_time(), time.perf_counter()
    pkzone.publish(files, catalogue=root, date_from_name=True, **settings)
    taken, waited = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    full, empty = [], []
    for number in range(asked.runs):
        file = _drawn(folder / "new.geojson", asked.versions + number, asked.vertices)
        day = _day_of(asked.versions + number)
        bare = pkzone.init(folder / f"bare-{number}").root
        for times, target in ((full, root), (empty, bare)):
            start = time.process_time()
            pkzone.publish(file, catalogue=target, valid_from=day, **settings)
            times.append(time.process_time() - start)
    _row(f"publish {asked.vertices} vertices beside {asked.versions} versions", median(full),
        "into an empty catalogue", median(empty))  # fmt: skip
    _row(f"publish {asked.versions} files of {asked.vertices} vertices at once", taken,
        f"{asked.versions} times into an empty one", median(empty) * asked.versions)  # fmt: skip
    print(f"\nAll at once took {waited:.0f} s by the clock and a peak of {peak:.0f} MiB.\n")


def _listing(folder: Path, asked: argparse.Namespace) -> None:
    root = _many_versions(folder / "listed", asked.listed)
    print("| what | CPU s | against | CPU s | ratio |\n|---|---|---|---|---|")
    for words in (["layers"], ["log", "line"], ["on", "2010-01-01"]):
        command = [sys.executable, "-m", "pkzone", *words, "--catalogue", str(root)]
        ours, bare = [], []
        for _ in range(asked.runs):
            ours.append(_seconds_of_child(command))
            bare.append(_seconds_of_child([sys.executable, "-c", "pass"]))
        what = f"`pkzone {' '.join(words)}`, {asked.listed} versions"
        _row(what, median(ours), "`python -c pass`", median(bare))


def _many_versions(root: Path, count: int) -> Path:
    """Make a catalogue whose many versions share one file: a listing reads none."""
    pkzone.init(root)
    file = _drawn(root.parent / "one.geojson", 0, 100)
    pkzone.publish(file, catalogue=root, layer="line", new_layer="Line", title="A line",
                   valid_from=_day_of(0))  # fmt: skip
    manifest = json.loads((root / "datapackage.json").read_bytes())
    entry = manifest["resources"][-1]
    for number in range(1, count):
        day = _day_of(number)
        own = {"name": f"line-{day}", "version": day, "valid_from": day}
        manifest["resources"].append({**entry, **own, "path": f"line/{day}.geojson"})
    (root / "datapackage.json").write_bytes(manifest_writer.dumps(manifest))
    return root


def _drawn(path: Path, state: int, vertices: int) -> str:
    """Write ten wavy lines that differ a little from state to state."""
    each = vertices // LINES
    features = [
        {
            "type": "Feature",
            "id": f"line-{number}",
            "properties": {"name": f"Line {number}", "status": "open"},
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    [20 + number / 10 + i / each / 10,
                     42 + math.sin(i / 7 + number + state / 100) / 20]
                    for i in range(each)
                ],
            },
        }
        for number in range(LINES)
    ]  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


def _day_of(number: int) -> str:
    return (FIRST_DAY + timedelta(days=number)).isoformat()


def _seconds_of_child(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(what: str, ours: float, against: str, theirs: float) -> None:
    print(f"| {what} | {ours:.3f} | {against} | {theirs:.3f} | {ours / theirs:.1f} |", flush=True)


if __name__ == "__main__":
    main()
