"""CPU time and peak memory of whole commands, beside what a user would run instead.

    python benchmarks/users_path.py FOLDER [--size 10000] [--runs 5] [--only TEXT]
        [--old CHECKOUT] [--markdown docs/speed.md]

makes files in FOLDER (kept for the next time, see ``users_files.py``), runs each command and its
peer in turn, each in a process of its own with its start and imports, and prints a Markdown
table. Time is CPU time, user and system, of the process and of the children it waited for, the
median of all runs; memory is the largest resident set of any of them. ``--size 100000`` measures
what reads GeoJSON, beside the same work on a tenth of the features. Peers are the scripts of
``peers.py`` and ogr2ogr; geojson-pydantic (pip install geojson-pydantic) and ogr2ogr are left out
where they are not installed. ``--old`` runs another checkout of pkzone in turn, too. Pages name
the table's size in a comment, and get it between this and the next.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CATALOGUE_0_1_0 = HERE.parent / "tests" / "data" / "0.1.0" / "catalogue"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Cost(NamedTuple):
    """What a process took."""

    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class Reach:
    """What is wanted of a command; none of what is not given."""

    of_peer: float | None = None
    cpu_s: float | None = None
    peak_mib: float | None = None
    peak_of_peer: float | None = None
    growth: float | None = None


@dataclass(frozen=True)
class Job:
    """A command of pkzone, what stands beside it, and what is wanted.

    Paths are those of FOLDER, in which all of them run; ``{out}`` is an empty folder for each run.
    """

    name: str
    command: tuple[str, ...]
    peer: tuple[str, ...] = ()  # a function of peers.py or ogr2ogr, and what it is given
    reach: Reach = Reach()
    smaller: tuple[str, ...] = ()  # the same command on less, of which growth is the ratio
    copied: tuple[str, str] | None = None  # what is copied to where before each run
    in_process: bool = False  # the command is a script that prints its own cost


def geojson_jobs(size: int) -> Iterator[Job]:
    """Yield the jobs on pairs of so many features as GeoJSON."""
    large = size > 10_000

    def pair(form: str, of: int = size) -> tuple[str, str]:
        return f"{of}/{form} base.geojson", f"{of}/{form} target.geojson"

    def tenth(*command: str) -> tuple[str, ...]:
        less = tuple(word.replace(f"{size}/", f"{size // 10}/") for word in command)
        return less if large else ()

    by_lines = Reach(0.35, 6 if large else None, 200 if large else 80)
    by_gdal = Reach(0.45, 12 if large else None, 700 if large else None, 1.0)
    forms = [
        ("canonical", (), by_lines),
        ("ids at the top", (), by_gdal),
        ("geopandas", ("--id", "id"), by_gdal),
        ("no ids", (), Reach(1.0)),
    ]
    if not large:
        forms += [("single line", (), Reach()), ("pretty", (), Reach())]
    for form, options, reach in forms:
        command = ("diff", *pair(form), "-f", "json", *options)
        name = " ".join(("diff,", form, *options))
        yield Job(name, command, ("diff", *pair(form)), reach, tenth(*command))

    canonical, _ = pair("canonical")
    check = ("check", canonical)
    growth = 12 if large else None
    yield Job(
        "check", check, ("validate", canonical), Reach(1.2, growth=growth), tenth(*check)
    )  # fmt: skip
    formatted = ("ogr2ogr", "-f", "GeoJSON", "-lco", "RFC7946=YES", "{out}/peer.geojson", canonical)
    fmt = ("fmt", "--check", canonical)
    yield Job("fmt --check", fmt, formatted, Reach(0.7, growth=growth), tenth(*fmt))
    other, _ = pair("ids at the top")
    yield Job(
        "fmt of a file that changes",
        ("fmt", "-q", "{out}/changed.geojson"),
        (*formatted[:-1], other),
        Reach(0.7),
        copied=(other, "{out}/changed.geojson"),
    )


def other_jobs(size: int) -> Iterator[Job]:
    """Yield the jobs on other formats, on catalogues, on records and on borders."""
    canonical = f"{size}/canonical base.geojson"
    for ending, name in (("gpkg", "GeoPackage"), ("shp", "Shapefile"), ("fgb", "FlatGeobuf")):
        source = f"{size}/source.{ending}"
        yield Job(
            f"import {name}",
            ("import", source, "-o", "{out}/pkzone.geojson"),
            ("convert", source, "{out}/peer.geojson"),
            Reach(1.3),
        )
        ending = "shp.zip" if ending == "shp" else ending
        yield Job(
            f"export {name}",
            ("export", canonical, "-o", f"{{out}}/pkzone.{ending}"),
            ("convert", canonical, f"{{out}}/peer.{ending}"),
            Reach(2.0),
        )
    yield Job(
        "map of a file",
        ("map", canonical, "-o", "{out}/map.html"),
        ("draw", canonical, "{out}/map peer.html"),
        Reach(0.5),
    )
    old = ("--catalogue", str(CATALOGUE_0_1_0))
    every = ("map", "--compare", "all", "-o", "{out}/all.html")
    yield Job("map --compare all, catalogue of 0.1.0", (*every, *old), reach=Reach(cpu_s=2.5))
    yield Job("map --compare all, as shipped", every)
    yield Job("verify, catalogue of 0.1.0", ("verify", *old), reach=Reach(cpu_s=0.4))
    yield Job("verify, as shipped", ("verify",))
    yield Job(
        "publish a second version",
        (
            "publish", f"{size}/canonical target.geojson", "--catalogue", "{out}/catalogue now",
            "--layer", "lines", "--from", "2024-06-01", "--title", "Second", "--yes",
        ),
        reach=Reach(cpu_s=2.5),
        copied=("own catalogue", "{out}/catalogue now"),
    )  # fmt: skip
    rows = "incidents-1000000.csv"
    yield Job(
        "tag 1,000,000 rows, zone, with distances",
        ("tag", rows, "--layer", "zone", "-o", "{out}/tagged.csv"),
        ("nearest", rows, "zone.geojson", "{out}/tagged peer.csv"),
        Reach(0.4),
    )
    yield Job(
        "the same in process, after imports, one thread",
        ("tag_scale.py", "--side", "pkzone, with distances", "--sizes", "1000000", "--runs", "1"),
        reach=Reach(cpu_s=2.5),
        in_process=True,
    )
    for vertices in (10_000, 20_000, 40_000):
        command, half = (
            ("diff", f"border {n} base.geojson", f"border {n} target.geojson", "-f", "json")
            for n in (vertices, vertices // 2)
        )
        name = f"diff, a border of {vertices:,} vertices drawn anew"
        yield Job(name, command, reach=Reach(growth=2.5), smaller=half)
    for words in (("--help",), ("layers",), ("log", "corridor")):
        yield Job(" ".join(words), words)


def cost_of(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[Cost, str]:
    """Run a command; measure it and the children that it waited for, and return what it said."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=said, stderr=messages, cwd=folder, env=environment
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        messages.seek(0)
        found = "pkzone" in command and process.returncode == 1  # differences or findings
        if process.returncode and not found:
            raise SystemExit(
                f"{' '.join(command)}\nended with {process.returncode}: {messages.read().decode()}"
            )
        cost = Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
        return cost, said.read().decode()


class Bench:
    """Runs jobs in a folder, on this checkout or the installed package and on an older one."""

    def __init__(self, folder: Path, runs: int, old: Path | None) -> None:
        self.folder, self.runs, self.old = folder, runs, old
        # Bytecode is kept, as it is of what is installed, but beside no source.
        self.environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def costs(self, job: Job) -> dict[str, Cost]:
        """Return the median time and the largest peak of each side of a job, run in turn."""
        sides: dict[str, Callable[[Path], Cost]] = {
            "pkzone": lambda out: self._ours(job, job.command, out),
        }
        if old := self.old:
            sides["old"] = lambda out: self._ours(job, job.command, out, old)
        if job.smaller:
            sides["smaller"] = lambda out: self._ours(job, job.smaller, out)
        if peer := peer_command(job):
            sides["peer"] = lambda out: self._run(peer, out)[0]
        taken: dict[str, list[Cost]] = {side: [] for side in sides}
        for _ in range(self.runs):
            for side, run in sides.items():
                with tempfile.TemporaryDirectory(dir=self.folder) as out:
                    taken[side].append(run(Path(out)))
        return {
            side: Cost(
                statistics.median(cost.cpu_s for cost in costs),
                max(cost.peak_mib for cost in costs),
            )
            for side, costs in taken.items()
        }

    def _run(
        self, command: Sequence[str], out: Path, environment: Mapping[str, str] | None = None
    ) -> tuple[Cost, str]:
        words = [word.format(out=out) for word in command]
        return cost_of(words, self.folder, {**self.environment, **(environment or {})})

    def _ours(
        self, job: Job, command: tuple[str, ...], out: Path, checkout: Path | None = None
    ) -> Cost:
        environment = {"PYTHONPATH": str(checkout)} if checkout else {}
        if job.copied:
            source, target = (self.folder / name.format(out=out) for name in job.copied)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        if not job.in_process:
            return self._run([sys.executable, "-m", "pkzone", *command], out, environment)[0]
        script, *given = command
        in_python = [sys.executable, str(HERE / script), *given]
        measured = json.loads(self._run(in_python, out, environment | ONE_THREAD)[1])
        return Cost(measured["median_s"], measured["peak_mib"])


def peer_command(job: Job) -> list[str] | None:
    """Return the command line of a peer, none where it is not installed."""
    name, *given = job.peer or ("",)
    if name == "ogr2ogr":
        program = shutil.which("ogr2ogr")
        return [program, *given] if program else None
    if not name or (name == "validate" and not find_spec("geojson_pydantic")):
        return None
    return [sys.executable, str(HERE / "peers.py"), name, *given]


def ratios(costs: dict[str, Cost], side: str) -> tuple[float, float] | None:
    """Return how many times the time and the memory of another side pkzone takes."""
    if side not in costs:
        return None
    ours, other = costs["pkzone"], costs[side]
    return ours.cpu_s / other.cpu_s, ours.peak_mib / other.peak_mib


def verdict(reach: Reach, costs: dict[str, Cost]) -> tuple[str, str]:
    """Say what is wanted, and whether it is so."""
    ours, beside, less = costs["pkzone"], ratios(costs, "peer"), ratios(costs, "smaller")
    wanted: list[tuple[str, float | None, float | None]] = [
        ("{} of the peer", reach.of_peer, beside and beside[0]),
        ("{} s", reach.cpu_s, ours.cpu_s),
        ("{} MiB", reach.peak_mib, ours.peak_mib),
        ("{} of the peer's memory", reach.peak_of_peer, beside and beside[1]),
        ("growth {}", reach.growth, less and less[0]),
    ]
    said, missed = [], []
    for text, limit, figure in wanted:
        if limit is None:
            continue
        said.append(text.format(f"{limit:g}"))
        if figure is None:
            missed.append("not measured")
        elif figure > limit:
            missed.append(text.format(f"{figure:.3g}"))
    if not said:
        return "-", "-"
    return ", ".join(said), f"no: {', '.join(missed)}" if missed else "yes"


def row_of(job: Job, costs: dict[str, Cost], *, old: bool) -> str:
    """Return the row of a job in the table."""

    def cell(side: str) -> str:
        cost = costs.get(side)
        return f"{cost.cpu_s:.2f} s, {cost.peak_mib:.0f} MiB" if cost else "-"

    def ratio(side: str) -> str:
        both = ratios(costs, side)
        return f"{both[0]:.2f}" if both else "-"

    cells = [job.name, cell("pkzone"), cell("peer"), ratio("peer"), ratio("smaller")]
    if old:
        cells += [cell("old"), ratio("old")]
    return f"| {' | '.join([*cells, *verdict(job.reach, costs)])} |"


def header(size: int, runs: int, *, old: bool) -> str:
    """Return what stands above the rows."""
    names = ["command", "pkzone: CPU, peak", "peer: CPU, peak", "of the peer", "growth"]
    if old:
        names += ["old", "of the old"]
    names += ["target", "met"]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        f"{size:,} features; median of {runs} run{'' if runs == 1 else 's'}; {machine}.\n\n"
        f"| {' | '.join(names)} |\n{'|---' * len(names)}|"
    )


def place_in(page: Path, size: int) -> re.Match[str]:
    """Return where a page has, or is to get, the table of a size."""
    mark = f"<!-- {size} features -->"
    place = re.search(f"(?<={mark}\n).*?(?=<!-- end -->)", page.read_text(), re.DOTALL)
    if place is None:
        raise SystemExit(f"{page} has no {mark} that <!-- end --> follows")
    return place


def into_page(page: Path, size: int, table: str) -> None:
    """Put a table into a page, between the comment that names its size and the next."""
    place = place_in(page, size)
    page.write_text(f"{place.string[: place.start()]}\n{table}\n\n{place.string[place.end() :]}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="jobs whose name has this text")
    parser.add_argument("--old", type=Path, help="another checkout of pkzone to run beside")
    parser.add_argument("--markdown", type=Path, help="page to put the table into")
    given = parser.parse_args()
    bench = Bench(given.folder.absolute(), given.runs, given.old and given.old.absolute())
    if given.markdown:
        place_in(given.markdown, given.size)
    # In a process of its own: a child begins with the peak of the process that starts it.
    sizes = [given.size] if given.size <= 10_000 else [given.size // 10, given.size]
    for size in sizes:
        making = [sys.executable, str(HERE / "users_files.py"), str(bench.folder), str(size)]
        subprocess.run(making, check=True)  # noqa: S603
    lines = [header(given.size, given.runs, old=bool(given.old))]
    print(lines[0])
    chosen = list(geojson_jobs(given.size))
    if given.size <= 10_000:
        chosen += other_jobs(given.size)
    for job in chosen:
        if given.only in job.name:
            lines.append(row_of(job, bench.costs(job), old=bool(given.old)))
            print(lines[-1], flush=True)
    if given.markdown:
        into_page(given.markdown, given.size, "\n".join(lines))


if __name__ == "__main__":
    main()
