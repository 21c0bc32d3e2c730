"""CPU time and memory of finding a known difference, side by side with other tools.

    python benchmarks/compare_tools.py FOLDER [--sizes 1000,10000,100000] [--runs 7]

makes the layers of ``known_truth.py`` in FOLDER (kept for the next time) and prints a Markdown
table. Each tool runs in a process of its own, where its imports and one small run come first
and do not count; then the best and the median of all runs are taken. Time is CPU time of the
process and its children, so that a busy machine disturbs it less; memory is the growth of the
peak beyond the imports. ``pygeodiff`` (pip install pygeodiff) reads GeoPackages made
beforehand, with ids as row numbers; the others read GeoJSON. What each tool finds stands
beside the truth; the memory of git, a child, is not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import known_truth

Found = dict[str, int]

TOOLS = (
    "pkzone lines and ids",
    "pkzone classes",
    "pkzone evidence",
    "geopandas",
    "pygeodiff",
    "git diff --numstat",
)


def prepared(tool: str) -> Callable[[Path], Found]:
    """Import what a tool needs; return a function that compares the two layers of a folder."""
    return {
        "pkzone lines and ids": _pkzone_matching,
        "pkzone classes": _pkzone_classes,
        "pkzone evidence": _pkzone_evidence,
        "geopandas": _geopandas,
        "pygeodiff": _pygeodiff,
        "git diff --numstat": _git,
    }[tool]()


def _pkzone_matching() -> Callable[[Path], Found]:
    from pkzone.compare.inputs import DiffInputs
    from pkzone.compare.match import match

    def run(folder: Path) -> Found:
        with DiffInputs(folder / "base.geojson", folder / "target.geojson") as sides:
            found = match(sides.base, sides.target, tolerance_m=25.0)
        return {
            "both": len(found.pairs),
            "removed": len(found.removed),
            "added": len(found.added),
            "renamed": len(found.renamed),
        }

    return run


def _pkzone_classes() -> Callable[[Path], Found]:
    return _pkzone(evidence=False)


def _pkzone_evidence() -> Callable[[Path], Found]:
    return _pkzone(evidence=True)


def _pkzone(*, evidence: bool) -> Callable[[Path], Found]:
    import pkzone

    diff = pkzone.diff

    def run(folder: Path) -> Found:
        found = diff(folder / "base.geojson", folder / "target.geojson", evidence=evidence)
        geometry = sum("geometry" in change.aspects for change in found.changes)
        summary = found.summary
        return {
            "geometry": geometry,
            "properties": summary["modified"] - geometry,
            "removed": summary["removed"],
            "added": summary["added"],
            "renamed": summary["renamed"],
        }

    return run


def _geopandas() -> Callable[[Path], Found]:
    import geopandas

    def run(folder: Path) -> Found:
        base, target = (
            geopandas.read_file(folder / f"{name}.geojson") for name in ("base", "target")
        )
        table = base.merge(target, on="id", how="outer", suffixes=("", "_target"), indicator=True)
        sides = table["_merge"].value_counts()
        both = table[table["_merge"] == "both"]
        same = both.geometry.geom_equals(both.set_geometry("geometry_target").geometry)
        others = [name for name in base.columns if name not in ("id", "geometry")]
        equal = [both[name].astype(str) == both[f"{name}_target"].astype(str) for name in others]
        unequal = ~sum(equal[1:], start=equal[0].astype(int)).eq(len(others))
        return {
            "geometry": int((~same).sum()),
            "properties": int(unequal.sum()),
            "removed": int(sides["left_only"]),
            "added": int(sides["right_only"]),
        }

    return run


def _pygeodiff() -> Callable[[Path], Found]:
    import pygeodiff

    tool = pygeodiff.GeoDiff()

    def run(folder: Path) -> Found:
        changes = str(folder / "changes.bin")
        tool.create_changeset(str(folder / "base.gpkg"), str(folder / "target.gpkg"), changes)
        return {"all": tool.changes_count(changes)}

    return run


def _git() -> Callable[[Path], Found]:
    def run(folder: Path) -> Found:
        command = ["git", "diff", "--no-index", "--numstat", "base.geojson", "target.geojson"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603
        added, removed, _ = result.stdout.split(maxsplit=2)
        return {"lines added": int(added), "lines removed": int(removed)}

    return run


def write_geopackages(folder: Path) -> None:
    """Write both layers as GeoPackages whose row numbers stand for the ids."""
    import geopandas

    for name in ("base", "target"):
        path = folder / f"{name}.gpkg"
        if not path.exists():
            layer = geopandas.read_file(folder / f"{name}.geojson")
            layer["fid"] = [_row_number(label) for label in layer["id"]]
            layer.to_file(path, driver="GPKG", layer="layer")


def _row_number(label: str) -> int:
    kind = 1 if label.endswith("x") else 2 if label.endswith("-new") else 0
    return 3 * int(label[1:9]) + kind + 1


def _cpu_s() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def _peak_mib() -> float:
    """Return the peak of this process (Linux); ``ru_maxrss`` would start at its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(tool: str, folder: Path, small: Path, runs: int) -> dict[str, Any]:
    """Run a tool in this process; return times, memory and what it found."""
    run = prepared(tool)
    run(small)
    before_mib, times = _peak_mib(), []
    for _ in range(runs):
        start = _cpu_s()
        found = run(folder)
        times.append(_cpu_s() - start)
    return {
        "best_s": min(times),
        "median_s": statistics.median(times),
        "peak_mib": _peak_mib() - before_mib,
        "found": found,
    }


def _in_a_process_of_its_own(tool: str, folder: Path, small: Path, runs: int) -> dict[str, Any]:
    command = [
        sys.executable,
        __file__,
        str(folder),
        "--tool",
        tool,
        "--small",
        str(small),
        "--runs",
        str(runs),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    measured: dict[str, Any] = json.loads(result.stdout)
    return measured


def layers(root: Path, size: int) -> Path:
    """Return the folder of the layers of one size, made if they are not there yet."""
    folder = root / str(size)
    if not (folder / "truth.json").exists():
        known_truth.write(size, folder)
    write_geopackages(folder)
    return folder


def table(root: Path, sizes: list[int], runs: int) -> None:
    """Print the table, a row for each tool and size."""
    small = layers(root, 100)
    print(f"| features | tool | CPU best | CPU median | memory | found | runs |\n{'|---' * 7}|")
    for size in sizes:
        folder = layers(root, size)
        truth = json.loads((folder / "truth.json").read_text())
        for tool in TOOLS:
            one = _in_a_process_of_its_own(tool, folder, small, runs)
            found = ", ".join(f"{name} {count:,}" for name, count in one["found"].items())
            print(
                f"| {size:,} | {tool} | {one['best_s'] * 1e3:,.0f} ms | "
                f"{one['median_s'] * 1e3:,.0f} ms | {one['peak_mib']:,.0f} MiB | {found} | "
                f"{runs} |",
                flush=True,
            )
        print(
            f"| {size:,} | truth | | | | "
            + ", ".join(f"{name} {count:,}" for name, count in sorted(truth.items()))
            + " | |"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tool", choices=TOOLS, help="one tool alone, on the layers of FOLDER")
    parser.add_argument("--small", type=Path, help="layers for the first run, not counted")
    options = parser.parse_args()
    if options.tool:
        print(json.dumps(measure(options.tool, options.folder, options.small, options.runs)))
        sys.stdout.flush()
        os._exit(0)  # pygeodiff fails when the interpreter shuts down
    table(options.folder, [int(one) for one in options.sizes.split(",")], options.runs)


if __name__ == "__main__":
    main()
