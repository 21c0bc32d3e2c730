"""One machine against two Dask workers: the same table tagged by ``pkzone tag``, time and memory.

    python benchmarks/tag_cluster.py FOLDER [--rows 10000000] [--runs 2]

makes the Parquet table of ``tag_scale.py`` in FOLDER (kept for the next time) and prints a Markdown
table. Each run is the command in processes of its own, of which the quickest counts: wall time,
start of the workers included; CPU time of all processes; and the most memory that they had
together (sampled ten times a second; pages that processes share count once for each). The rows
are held to be the same, column by column.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import tag_scale

ENGINES = {"one machine": [], "two Dask workers": ["--engine", "dask"]}
KINDS = {"inside or outside": ["--layer", "zone", "--no-distances"], "zone": ["--layer", "zone"]}


def measured(command: list[str]) -> tuple[float, float, float]:
    """Run a command; return wall seconds, CPU seconds and the peak memory in GiB of its tree."""
    start, peak = time.perf_counter(), 0
    cpu: dict[int, float] = {}
    with psutil.Popen(command, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            total = 0
            for one in [process, *process.children(recursive=True)]:
                try:
                    total += one.memory_info().rss
                    cpu[one.pid] = sum(one.cpu_times()[:2])
                except psutil.Error:
                    continue
            peak = max(peak, total)
            time.sleep(0.1)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, sum(cpu.values()), peak / 1024**3


def same(one: Path, many: Path) -> bool:
    """Tell whether a file and a folder have the same rows in the same order."""
    files = sorted(many.glob("part-*.parquet"))
    wanted, names = pq.read_schema(one), ds.dataset(files).schema.names
    return wanted.names == names and all(
        pq.read_table(one, columns=[name]).equals(
            # Dask writes texts as large_string.
            pa.concat_tables(pq.read_table(file, columns=[name]) for file in files).cast(
                pa.schema([wanted.field(name)])
            )
        )
        for name in names
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    source = options.folder / f"incidents-{options.rows}.parquet"
    if not source.exists():
        tag_scale.write(options.folder, options.rows, "parquet")
    print(f"| {options.rows:,} rows | engine | wall s | CPU s | peak GiB |")
    print("|---|---|---|---|---|")
    for kind, layers in KINDS.items():
        outputs = []
        for engine, extra in ENGINES.items():
            output = options.folder / f"{engine.replace(' ', '-')}.parquet"
            outputs.append(output)
            found = []
            for _ in range(options.runs):
                if output.is_dir():
                    shutil.rmtree(output)
                output.unlink(missing_ok=True)
                command = [sys.executable, "-m", "pkzone", "tag", str(source), "-o", str(output)]
                found.append(measured([*command, "--time", "date", *layers, *extra]))
            wall, cpu, peak = min(found)
            print(f"| {kind} | {engine} | {wall:.1f} | {cpu:.1f} | {peak:.2f} |", flush=True)
        if not same(*outputs):
            sys.exit("the rows differ")


if __name__ == "__main__":
    main()
