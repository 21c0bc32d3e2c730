"""What each command loads of packages that take long to: no more than its work needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.layers.catalogue import SHIPPED
from tests.conftest import write_catalogue
from tests.helpers.own_catalogue import begin

OLD, NEW = "corridor/2020-11-10.geojson", "corridor/2022-08-30.geojson"
SIDES = "corridor@2020-11-10 corridor@2022-08-30"
TABLE = "date,lon,lat\n2021-05-01,46.5,39.6\n2022-09-01,46.8,39.8\n"
TAGGED = "tag_date,zone_version,zone_answer\n2021-05-01,2020-11-10,inside\n"

#: Packages that are not to be loaded without need. Others come along with one of these.
HEAVY = {
    "branca", "dask", "duckdb", "fiona", "filelock", "folium", "geopandas", "jsonschema",
    "jsonschema_rs", "matplotlib", "networkx", "numpy", "orjson", "pandas", "pyarrow", "pyogrio",
    "pyproj", "referencing", "requests", "scipy", "shapely", "xyzservices",
}  # fmt: skip
LISTING: set[str] = set()
READING = {"orjson"}
CHECKING = READING | {"numpy", "shapely"}
MEASURING = CHECKING | {"pyproj"}
#: pyarrow loads pandas where pandas is installed, as soon as it is given a value of Python's.
TABLES = {"pyarrow", "pandas"}
DRAWING = {"matplotlib"}

#: What a command may load in its own process: GDAL has one of its own for import and export.
COMMANDS = {
    "--help": LISTING,
    "layers": LISTING,
    "layers --json": LISTING,
    "log --help": LISTING,
    "log corridor": LISTING,
    "log corridor -f csv": LISTING,
    "log corridor -o log.jsonl": LISTING,
    "on 2022-12-12": LISTING,
    "sources": LISTING,
    "sources corridor": LISTING,
    "events --layer corridor": READING,
    "git-setup --print": LISTING,
    "export --all everything": LISTING,
    "show corridor": READING,
    "init begun": READING,
    "export corridor -o out.gpkg": CHECKING,
    "export corridor -o out.csv": CHECKING,
    "export corridor -o out.geojson": CHECKING,
    "export corridor -o out.parquet": CHECKING,
    "import posts.csv -o out.geojson": CHECKING,
    "import posts.gpkg -o out.geojson": CHECKING,
    "import posts.parquet -o out.geojson": CHECKING,
    f"fmt --check {OLD}": READING,
    f"check {OLD}": CHECKING,
    "verify": CHECKING | {"jsonschema_rs"},
    f"publish {NEW} --catalogue own --layer road --from 2025-01-01 --title T --new-layer R --yes": (
        CHECKING | {"filelock", "jsonschema_rs"}
    ),
    "retract line@2024-05-01 --reason R --catalogue filled": READING | {"filelock"},
    "layer rename line front --catalogue filled": READING | {"filelock"},
    "translate el --catalogue filled": READING | {"filelock"},
    "source add --title T --catalogue own": READING | {"filelock"},
    "event add --date 2024 --title T --catalogue own": READING | {"filelock"},
    f"git-textconv {OLD}": MEASURING,
    f"diff {OLD} {NEW}": MEASURING,
    f"diff {SIDES} -f text": MEASURING,
    f"diff {SIDES} -f json": MEASURING,
    f"diff {SIDES} -f geojson": MEASURING,
    f"diff {SIDES} -f markdown": MEASURING,
    f"diff {SIDES} -f html": MEASURING,
    "at 46.6,39.7": MEASURING | TABLES,
    f"diff {SIDES} -f csv": MEASURING,
    "diff corridor --each": MEASURING,
    "history corridor": MEASURING,
    "series corridor": MEASURING,
    "map -o out.html": MEASURING,
    "story new corridor": MEASURING,
    f"map {OLD} -o out.html": MEASURING,
    "tag table.csv -o out.csv": MEASURING | TABLES,
    f"passable Goris Tegh 2022-09-01 --catalogue {SHIPPED}": MEASURING | {"networkx"},
    "picture -o out.svg": MEASURING | DRAWING,
    f"picture {SIDES} -o out.svg": MEASURING | DRAWING,
    "picture --with tagged.csv -o out.svg": MEASURING | DRAWING | TABLES,
}
RUN = """
import sys
before = set(sys.modules)
from pkzone.cli import main
try:
    main()
except SystemExit as end:
    assert end.code in (None, 0, 1), end.code
with open("loaded", "w") as file:
    file.write(" ".join(set(sys.modules) - before))
"""


def test_every_command_is_here() -> None:
    hidden = {"git-merge", "git-difftool"}  # git runs them, on files of its own
    assert {command.split()[0] for command in COMMANDS} - {"--help"} == {*program.homes} - hidden


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small catalogue, files to import and a tagged table."""
    root = write_catalogue(tmp_path_factory.mktemp("work"))
    catalogue = pkzone.catalogue(root)
    for ending in ("csv", "gpkg", "parquet"):
        pkzone.export("corridor", root / f"posts.{ending}", catalogue=catalogue)
    pkzone.init(root / "own")
    begin(root / "filled", "line")
    (root / "table.csv").write_text(TABLE, encoding="utf-8")
    (root / "tagged.csv").write_text(TAGGED, encoding="utf-8")
    return root


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_no_more_than_it_needs(command: str, work: Path, tmp_path: Path) -> None:
    root = tmp_path / "work"
    shutil.copytree(work, root)
    subprocess.run(
        [sys.executable, "-c", RUN, *command.split()],
        cwd=root,
        env={**os.environ, "PKZONE_CATALOGUE": str(root)},
        check=True,
        capture_output=True,
    )
    names = (root / "loaded").read_text().split()
    loaded = {name.partition(".")[0] for name in names}
    assert {"click", "pkzone"} <= loaded
    assert loaded & HEAVY <= COMMANDS[command]
    if COMMANDS[command] == LISTING:
        assert loaded - sys.stdlib_module_names <= {"click", "pkzone", "colorama"}
