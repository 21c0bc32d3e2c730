"""CPU time of loading a version as a frame, side by side with ``geopandas.read_file``.

    python benchmarks/load.py FOLDER [--size 10000] [--runs 7]

makes the layer of ``known_truth.py`` in FOLDER, puts it into a catalogue, and prints a Markdown
table: the best and the median CPU time of all runs in this process, after imports, and the
ratio to geopandas. "again" is a second load of the same content, which is kept by its hash.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import known_truth

import pkzone
from pkzone.layers import frames


def cpu_s(run: Callable[[], object], runs: int) -> list[float]:
    """Return the CPU times of some runs, the shortest first."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return sorted(times)


def forget() -> None:
    """Forget what is kept of files loaded before."""
    frames._CACHE = frames.FrameCache(max_size=1 << 26)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    folder = options.folder / str(options.size)
    if not (folder / "base.geojson").exists():
        known_truth.write(options.size, folder)
    path = folder / "base.geojson"
    root = folder / "catalogue"
    if not root.exists():
        pkzone.init(root, title="Benchmark")
        pkzone.publish(
            path,
            catalogue=root,
            layer="known",
            valid_from="2024-01-01",
            title="Known truth",
            new_layer="Known truth",
        )
    version = pkzone.catalogue(root)["known"].latest

    def afresh() -> None:
        forget()
        version.frame()

    rows = {
        "geopandas.read_file": cpu_s(lambda: geopandas.read_file(path), options.runs),
        "pkzone, first": cpu_s(afresh, options.runs),
        "pkzone, again": cpu_s(version.frame, options.runs),
    }
    reference = statistics.median(rows["geopandas.read_file"])
    print(f"| {options.size:,} features | CPU best | CPU median | geopandas takes | runs |")
    print("|---" * 5 + "|")
    for name, times in rows.items():
        median = statistics.median(times)
        print(
            f"| {name} | {times[0] * 1e3:,.0f} ms | {median * 1e3:,.0f} ms | "
            f"{reference / median:.1f} x | {options.runs} |"
        )


if __name__ == "__main__":
    main()
