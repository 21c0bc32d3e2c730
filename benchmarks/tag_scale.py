"""CPU time and memory of tagging points by the zone of their dates, side by side with sjoin.

    python benchmarks/tag_scale.py [--sizes 100000,1000000] [--runs 5]
    python benchmarks/tag_scale.py FOLDER --write 10000000 [--as csv|parquet]

The first prints a Markdown table. The table of records is random, with a known seed: half of the
points within the box of the zone, half in the country around it, one in a hundred far away; dates
from before the first version to after the last. Every side gets the same arrays and runs in a
process of its own, on one thread; its imports and one small run come first and do not count.
Time is CPU time of the process; memory is the growth of the peak beyond the imports and the
records themselves (Linux). ``geopandas.sjoin`` makes its points with ``points_from_xy`` and joins
the records of each version with the areas of that version; it says nothing of distance or
uncertainty. What each side finds inside stands beside it: ``sjoin`` counts whoever is in an area,
pkzone tells those too close to the border apart.

The second writes the same records as a table, in pieces, for measuring the command.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

BATCH = 65_536
SIDES = (
    "pkzone, inside or not",
    "pkzone, with distances",
    "pkzone, all four layers",
    "geopandas.sjoin",
)
FIRST_DAY, LAST_DAY = np.datetime64("2020-10-01"), np.datetime64("2024-12-31")


class Records(NamedTuple):
    """Degrees and civil dates of some records."""

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    day: npt.NDArray[np.datetime64]


def records(count: int, seed: int = 44) -> Records:
    """Return random records, the same for the same arguments."""
    rng = np.random.default_rng(seed)
    low, high = np.array([[45.0, 38.7], [48.3, 41.2]])
    places = rng.uniform(low, high, (count, 2))
    within = rng.random(count) < 0.5
    places[within] = rng.uniform((46.29, 39.49), (47.21, 40.37), (int(within.sum()), 2))
    far = rng.random(count) < 0.01
    places[far] = rng.uniform((-180, -85), (180, 85), (int(far.sum()), 2))
    days = rng.integers(0, (LAST_DAY - FIRST_DAY).astype(int), count)
    return Records(*np.round(places, 6).T.copy(), FIRST_DAY + days)


def batches(table: Records) -> Iterator[Records]:
    """Yield a table in parts of the size that the command uses."""
    for start in range(0, len(table.lon), BATCH):
        yield Records(*(column[start : start + BATCH] for column in table))


def prepared(side: str) -> Callable[[Records], dict[str, int]]:
    """Import what a side needs; return a function that tags records and counts the answers."""
    if side == "geopandas.sjoin":
        return _sjoin()
    layers = None if "four" in side else ["zone"]
    return _pkzone(layers, distances="inside" not in side)


def _pkzone(layers: list[str] | None, *, distances: bool) -> Callable[[Records], dict[str, int]]:
    from pkzone.tagging.engine import Tagger

    tagger = Tagger.of(layers, distances=distances)

    def run(table: Records) -> dict[str, int]:
        made = [tagger.points(*batch) for batch in batches(table)]
        codes = np.concatenate([one["zone_answer"].codes for one in made])
        answers = made[0]["zone_answer"].values
        return {answers[code]: int((codes == code).sum()) for code in (0, 1, 2)}

    return run


def _sjoin() -> Callable[[Records], dict[str, int]]:
    import geopandas
    import pandas as pd

    import pkzone

    versions = [(one, one.frame()[["geometry"]]) for one in pkzone.catalogue()["zone"].versions]

    def run(table: Records) -> dict[str, int]:
        found = []
        for version, areas in versions:
            until = np.datetime64(version.valid_to or "9999-12-31")
            then = (table.day >= np.datetime64(version.valid_from)) & (table.day < until)
            points = geopandas.points_from_xy(table.lon[then], table.lat[then], crs="EPSG:4326")
            frame = geopandas.GeoDataFrame(index=np.flatnonzero(then), geometry=points)
            found.append(geopandas.sjoin(frame, areas, predicate="within"))
        inside = pd.concat(found)
        return {"in an area": int(inside.index.nunique())}

    return run


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _forget_the_peak() -> None:
    """Begin a new peak at what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def measure(side: str, size: int, runs: int) -> dict[str, Any]:
    """Run one side in this process; return times, memory and what it found."""
    run = prepared(side)
    run(records(1000, seed=1))
    table, times = records(size), []
    _forget_the_peak()
    before_mib = _peak_mib()
    for _ in range(runs):
        start = _cpu_s()
        found = run(table)
        times.append(_cpu_s() - start)
    median_s = statistics.median(times)
    return {"median_s": median_s, "peak_mib": _peak_mib() - before_mib, "found": found}


def _in_a_process_of_its_own(side: str, size: int, runs: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--side", side, "--sizes", str(size), "--runs", str(runs)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=True, env=one_thread
    )
    measured: dict[str, Any] = json.loads(result.stdout)
    return measured


def table(sizes: list[int], runs: int) -> None:
    """Print the table, a row for each side and size."""
    print("| rows | side | CPU median | rows a second and core | memory | found | runs |")
    print("|---" * 7 + "|")
    for size in sizes:
        for side in SIDES:
            one = _in_a_process_of_its_own(side, size, runs)
            found = ", ".join(f"{name} {count:,}" for name, count in one["found"].items())
            print(
                f"| {size:,} | {side} | {one['median_s']:.2f} s | {size / one['median_s']:,.0f} | "
                f"{one['peak_mib']:,.0f} MiB | {found} | {runs} |",
                flush=True,
            )


def write(folder: Path, count: int, kind: str) -> Path:
    """Write records as a table with columns id, lon, lat and date; return its path."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"incidents-{count}.{kind}"
    schema = pa.schema(
        {"id": pa.int64(), "lon": pa.float64(), "lat": pa.float64(), "date": pa.date32()}
    )
    opened = pyarrow.csv.CSVWriter if kind == "csv" else pyarrow.parquet.ParquetWriter
    with opened(path, schema) as writer:
        for number, start in enumerate(range(0, count, 1_000_000)):
            part = records(min(1_000_000, count - start), seed=number)
            ids = np.arange(start, start + len(part.lon))
            writer.write_table(pa.table([ids, part.lon, part.lat, part.day], schema=schema))
    return path


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where --write puts the table")
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--side", choices=SIDES, help="one side alone, as JSON")
    parser.add_argument("--write", type=int, metavar="ROWS", help="write a table and stop")
    parser.add_argument("--as", dest="kind", choices=("csv", "parquet"), default="csv")
    options = parser.parse_args()
    sizes = [int(one) for one in options.sizes.split(",")]
    if options.write:
        print(write(options.folder or Path(), options.write, options.kind))
    elif options.side:
        print(json.dumps(measure(options.side, sizes[0], options.runs)))
    else:
        table(sizes, options.runs)


if __name__ == "__main__":
    main()
