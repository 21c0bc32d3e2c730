"""What README and docs print is run as printed, page by page, each in an empty folder."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapefile

import pkzone
from pkzone.tagging.engine import Tagger
from tests.helpers.git_repository import NEW, OLD, layer, line
from tests.helpers.git_repository import OTHER as OTHER_LINE
from tests.helpers.merged_catalogue import solved
from tests.helpers.printed import PAGES, ROOT, Block, blocks

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the pages print commands of a shell")

INSTALLS = "installs from the package index; the extras are looked up below"
DATABASE = "tests/tagging/test_sql_recipes.py runs it, where the database or GDAL's programs are"
COLLECTED = "runs tests, which tests/project/test_contributing.py collects"
FORM = "the form of a command, or a part of one"
#: Blocks, or lines of one, that are not run here, by their first line, and why not.
NOT_RUN = {
    "README.md": {
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/pkzone map": INSTALLS,
        "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && "
        ".venv/bin/pytest -n logical --dist loadfile": INSTALLS,
        ".venv/bin/pytest -n logical --dist loadfile "
        "-m 'not slow and not browser and not long'": "runs the tests",
        "pip install pkzone": INSTALLS,
        "pip install '.[picture]'": INSTALLS,
        "pip install 'pkzone[picture]'": INSTALLS,
    },
    "CONTRIBUTING.md": {
        "python3 -m venv .venv && . .venv/bin/activate": INSTALLS,
        "pytest tests/compare/test_routes.py                      # one file": COLLECTED,
        '"""``pkzone count``: how many features a version has."""':
            "a module; tests/project/test_contributing.py runs it",
        '"""Reports as CSV: one row for each row of a section and for each change."""':
            "a module; tests/project/test_contributing.py runs it",
        '"""Read points as text: longitude, latitude and perhaps height, one a line."""':
            "a module; tests/project/test_contributing.py runs it",
        "pkzone log LAYER": FORM,
        "pkzone publish FILE --layer NAME --new-layer TITLE": FORM,
        "pkzone story check pkzone/layers/data/story.json": "tests/stories/test_shipped.py does",
        "pkzone story new LAYER": FORM,
        "{": "facts of a layer that does not ship",
        "def _towers(inputs: Inputs) -> Iterator[tuple[str, Drawn]]:": "a part of a module",
    },
    "docs/catalogue.md": {"my-zone/": "a folder as it looks in the end"},
    "docs/diff.md": {"pkzone diff BASE TARGET": FORM},
    "docs/formats.md": {
        "pkzone import FILE -o out.geojson": FORM,
        "pkzone export REF -o FILE": FORM,
        "pkzone export LAYER --versions -o FILE": FORM,
        "pkzone export --all DIR": FORM,
        "pkzone fmt - < FILE": FORM,
    },
    "docs/folium.md": {
        "pip install '.[explore]'": INSTALLS,
        "pip install 'pkzone[explore]'": INSTALLS,
    },
    "docs/git.md": {
        "repos:": "tests/project/test_hooks.py runs the hooks, without GitHub",
        "on: pull_request": "tests/project/test_action.py runs the action, without GitHub",
        "pkzone diff -f markdown": FORM,
        "pkzone check -f sarif": FORM,
        "pkzone check --json": FORM,
    },
    "docs/maps.md": {
        '{"id": "iran", "name": "Iran", "name_ru": "Иран", "labels": [[46.6, 38.3], [47.0, 38.7]], '
        '"outline": []}': "a member of a manifest",
        "pkzone picture --story -o story.pdf": "the line below draws it, in Russian",
        "ogr2ogr -f GeoJSON /vsistdout/ x.gpkg | pkzone map - -o x.html": "needs GDAL's programs",
        '<iframe src="map.html#on=2022-09-01&amp;lang=ru" title="Map of the zone" width="700" '
        'height="480"': "a part of a page; tests/maps/test_embed_browser.py opens maps in frames",
    },
    "docs/glossary.md": {
        "pip install '.[picture]'": INSTALLS,
        "pip install 'pkzone[picture]'": INSTALLS,
    },
    "docs/programs.md": {
        "library(sf)": "tools/programs.py runs it, in R",
        "pip install '.[duckdb]'": INSTALLS,
        "pip install 'pkzone[duckdb]'": INSTALLS,
        'ogr2ogr -f PostgreSQL PG:"$ADDRESS" zone.gpkg zone -lco GEOMETRY_NAME=outline '
        "-lco FID=row": DATABASE,
        "SELECT feature, round(ST_Area(outline::geography) / 1e6) AS km2": DATABASE,
        "ogr2ogr -t_srs EPSG:32638 corridor-utm.gpkg corridor.geojson": DATABASE,
        "ogr2ogr -where \"valid_from <= '2022-09-01' AND (valid_to IS NULL OR "
        "valid_to > '2022-09-01')\" day.fgb zone.gpkg zone": DATABASE,
    },
    "docs/release.md": {"pip install pkzone": INSTALLS},
    "docs/start.md": {
        "python3 -m venv .venv && . .venv/bin/activate": INSTALLS,
        "pip install 'pkzone[picture]'": INSTALLS,
        "pip install '.[...]'": FORM,
    },
    "docs/story.md": {
        "pkzone map --story -o story.html        # the shipped story: twelve stops from the "
        "statement of November 2020 to the plans of 2026":
            "tests/maps/test_story_browser.py opens it",
        '<iframe src="story.html" width="700" height="480" title="The zone and its roads" '
        'allow="fullscreen *"></iframe>':
            "a part of a page; tests/maps/test_story_browser.py opens stories in frames",
    },
    "docs/tag-recipes.md": {
        "pip install '.[dask]'": INSTALLS,
        "pip install 'pkzone[dask]'": INSTALLS,
        "pip install '.[duckdb]'": INSTALLS,
        "pip install 'pkzone[duckdb]'": INSTALLS,
        "pkzone tag fires.parquet -o tagged-by-cluster.parquet --engine dask "
        "--scheduler tcp://head:8786": "needs a cluster",
        "CREATE TABLE tagged AS": DATABASE,
        "COPY tagged TO 'tagged.parquet';": DATABASE,
        "CREATE EXTENSION postgis;": DATABASE,
        "from pathlib import Path": DATABASE,
        "CREATE INDEX ON zone USING gist (outline);": DATABASE,
        "CREATE TABLE answers AS": DATABASE,
        "# not run": "Sedona is not at hand, as the page says",
        "-- not run; dataset.zone_csv is zone.csv as loaded, dataset.incidents the records":
            "BigQuery is not at hand, as the page says",
    },
    "docs/tutorials/mapper.md": {
        '<iframe src="embed.html#on=2022-09-01" title="Map of the zone" width="700" height="480"':
            "a part of a page; tests/maps/test_embed_browser.py opens maps in frames",
    },
}  # fmt: skip
#: Blocks that show an output, by their first line: of which command, none for the one before. One
#: that is fenced as text is of the one before.
SHOWN = {
    "README.md": {
        "Between 1 December 2020 and 1 September 2022, the route Khankendi / Stepanakert – Goris "
        "no longer uses part of its road (km 24.0-36.5,": None,
    },
    "docs/diff.md": {
        "1 feature was added (South post), 2 modified (Road to the mill; North post) "
        "and 1 renamed (Valley road, paved).": None,
        "Road to the mill (mill)": None,
        "1 feature was added (South post) and 3 modified (North post; Road to the mill; Valley "
        "road, paved).": None,
        "Modified (1)": None,
        "- new.shp: from WGS 84 / UTM zone 38N to WGS 84 by Inverse of UTM zone 38N "
        "(accuracy 0 m)": None,
        "1 feature was renamed (Valley road, paved).": None,
        "from        until       version     features  drawn km  what is new": None,
        "tags: /tags/bus: not stated → {\"max\": 40}": None,
        "- features are matched in this order: 2 by id, 1 by property (code)": None,
        "pkzone: --fail-on moved>100m: Road to the mill moved by 3,331 m, the most of 2 beyond "
        "it": None,
        "zone@2022-08-30 and control@2022-08-30 are versions of two layers: what differs between "
        "them is no change of either": None,
    },
    "docs/git.md": {
        '@@ -131,14 +131,14 @@ feature "lachin-old-az"': "git diff",
        'pkzone: roads.geojson: conflict in feature "lachin-old-az": '
        "both sides changed the geometry": "git merge theirs 2>&1",
        "<<<<<<< ours": "cat roads.geojson",
        "pkzone: my-zone/datapackage.json: conflict in line@2024-06-01: both sides published "
        "record 1, each with other content; to keep": "git merge second 2>&1",
    },
    "docs/maps.md": {
        "pkzone: warning: camps.geojson: 1 of 3 features have no date in opened; "
        "they are not on the map": None,
    },
    "docs/tag.md": {
        "id,date,lon,lat,what,tag_date,tag_problem,zone_version,zone_answer,zone_feature": None,
    },
}  # fmt: skip
#: Blocks that show a file of the user's, by their first line.
FILES = {
    "docs/diff.md": {
        '{"type": "Feature", "id": "mill", "properties": {"tags": {"surface": "gravel", '
        '"lanes": 1, "hgv": "no"}}, "geometry": null}': "road-2021.geojson",
        '{"type": "Feature", "id": "mill", "properties": {"tags": {"surface": "asphalt", "lanes": '
        '1.0, "bus": {"max": 40}}}, "geometry": null}': "road-2022.geojson",
    },
    "docs/gaps.md": {'{"type": "Feature",': "lachin-new-az.geojson"},
    "docs/story.md": {
        '{"type": "FeatureCollection", "features": [': "old.geojson",
        "{": "tour.json",
    },
    "docs/tag.md": {"id,date,lon,lat,what": "incidents.csv"},
    "docs/tutorials/analyst.md": {"id,date,lon,lat,what": "incidents.csv"},
    "docs/tutorials/mapper.md": {'{"type": "FeatureCollection", "features": [': "work.geojson"},
    "docs/tutorials/steward.md": {
        '{"type": "FeatureCollection", "features": [': "line-2024-05-01.geojson"
    },
}
#: Commands that end with another code than 0, as the page says.
CODES = {
    "docs/diff.md": {
        "pkzone diff old.geojson new.geojson --exit-code --quiet": 1,
        "pkzone diff old.geojson new.geojson -q --fail-on 'moved>100m' --fail-on 'length>50%' "
        "--fail-on 'added>0'": 1,
    },
    "docs/git.md": {"git merge theirs 2>&1": 1, "git merge second 2>&1": 1},
    "docs/stewards.md": {"$ git pull -q --no-rebase origin main": 1},
}

#: What runs a block of Python.
EVALUATING = "python ../evaluate.py ../block.py"
# Runs a file as a notebook would, and compares what a comment shows as the value of a line.
EVALUATE = r"""
import ast, pathlib, sys
text = pathlib.Path(sys.argv[1]).read_text("utf-8")
names = {"__name__": "__main__"}
for statement in ast.parse(text).body:
    if not isinstance(statement, ast.Expr):
        exec(compile(ast.Module([statement], []), "block", "exec"), names)
        continue
    value = eval(compile(ast.Expression(statement.value), "block", "eval"), names)
    comment = text.splitlines()[statement.end_lineno - 1].partition("  # ")[2]
    try:
        shown = ast.literal_eval(comment)
    except (SyntaxError, ValueError):
        continue
    assert value == shown, (value, shown)
"""


@dataclass(slots=True)
class Ran:
    """What came of a command."""

    command: str
    code: int
    output: str
    messages: str

    def __str__(self) -> str:
        return f"$ {self.command}\n{self.output}\n{self.messages}\n(exit code {self.code})"


@dataclass(slots=True)
class Page:
    """A page in the course of being worked through by a reader with an empty home folder."""

    name: str
    root: Path
    ran: list[Ran] = field(default_factory=list)
    results: dict[int, list[Ran]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in (self.folder, self.root / "home", self.root / "bin", self.root / "tmp"):
            folder.mkdir()
        for program, start in (("pkzone", "-m pkzone"), ("python", ""), ("python3", "")):
            path = self.root / "bin" / program
            path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {start} "$@"\n')
            path.chmod(0o755)
        environment = {
            "HOME": str(self.root / "home"),
            "PATH": f"{self.root / 'bin'}:{os.defpath}",
            "PYTHONPATH": str(Path(pkzone.__file__).parent.parent),
            "PYTHONWARNINGS": os.environ["PYTHONWARNINGS"],
            "TMPDIR": str(self.root / "tmp"),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_EDITOR": "true",  # a reader who saves the message as it is
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        }
        exports = (f"export {name}={shlex.quote(text)}" for name, text in environment.items())
        (self.root / "state").write_text("\n".join(exports))
        INPUTS.get(self.name, lambda page: None)(self)

    @property
    def folder(self) -> Path:
        return self.root / "page"

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def shell(self, script: str) -> None:
        """Do what the page takes for granted."""
        assert self._bash(script).code == 0

    def run(self, command: str) -> Ran:
        """Run a command at a terminal, where the reader says yes to what is asked."""
        if make := BEFORE.get(self.name, {}).get(command):
            make(self)
        typed = command.removeprefix("$ ")
        if typed != command:  # a line of a transcript: its folder stays, its messages are shown
            ran = replace(self._bash(f'cd "$PWD" && {{ {typed}\n}} 2>&1'), command=command)
        else:
            ran = self._bash(command)
        self.ran.append(ran)
        return ran

    def _bash(self, command: str) -> Ran:
        state = shlex.quote(str(self.root / "state"))
        script = f". {state}\n{command}\ncode=$?\nexport -p >{state}\nexit $code"
        master, slave = pty.openpty()
        told: list[bytes] = []

        def listen() -> None:
            try:
                while piece := os.read(master, 65536):
                    told.append(piece)
            except OSError:  # so ends a terminal that nobody holds any more
                pass

        listener = threading.Thread(target=listen)
        listener.start()
        os.write(master, b"y\n" * 20)
        try:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.folder, env={}, stdin=slave, stdout=subprocess.PIPE, stderr=slave,
                start_new_session=True, check=False, timeout=300,
            )  # fmt: skip
        finally:
            os.close(slave)
            listener.join()
            os.close(master)
        messages = b"".join(told).decode().replace("\r\n", "\n")
        return Ran(command, done.returncode, done.stdout.decode(), messages)

    def work_through(self, block: Block) -> list[Ran]:
        """Do what the page says up to a block, and return what came of that block."""
        for one in blocks(self.name)[: block.number + 1]:
            if one.number not in self.results:
                self.results[one.number] = list(map(self.run, self.commands(one)))
        return self.results[block.number]

    def commands(self, block: Block) -> list[str]:
        """Return what of a block is to be run, its inputs made."""
        if name := named(FILES, block):
            self.write(name, block.text + "\n")
            return []
        if block.key in NOT_RUN.get(self.name, {}):
            return []
        if is_shown(block):
            command = named(SHOWN, block)
            return [command] if command else []
        if block.kind == "python":
            self.write("../block.py", block.text)
            self.write("../evaluate.py", EVALUATE)
            return [EVALUATING]
        assert block.kind in ("indented", "inline"), f"nothing says what to do with {block}"
        if is_transcript(block):
            return [line for line in block.text.splitlines() if line.startswith("$ ")]
        given = [bare(line) for line in block.commands()]
        return [line for line in given if line not in NOT_RUN.get(self.name, {})]


def named(table: dict[str, dict[str, str]], block: Block) -> str | None:
    """Return what a table has of a block."""
    return table.get(block.page, {}).get(block.key)


def bare(line: str) -> str:
    """Return a command without the comment behind it."""
    return re.sub(r"\s+# .*$", "", line)


def is_transcript(block: Block) -> bool:
    """Tell whether a block shows commands as typed after a prompt, each with its output."""
    return block.text.startswith("$ ")


def is_shown(block: Block) -> bool:
    """Tell whether a block shows an output: one in the table, or one that is fenced as text."""
    return block.kind == "text" or block.key in SHOWN.get(block.page, {})


# Inputs of the pages, besides what they make themselves.

MINE = layer(line("a", name="Road to the mill"), line("b", NEW, name="Road to the post"))
OTHER = layer(line("c", name="Track"))
DAYS = {"2024-05-01": layer(line("north")), "2024-05-02": layer(line("north", NEW))}
ROAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Road to the mill</name>
<LineString><coordinates>46.1,39.1 46.2,39.2</coordinates></LineString></Placemark></Document></kml>
"""


def of_readme(page: Page) -> None:
    page.write("mine.geojson", MINE)
    page.write("old.geojson", layer(line("a")))
    page.write("new.geojson", layer(line("a", NEW)))
    for source, made in (("old.geojson", "old.gpkg"), ("new.geojson", "new.shp")):
        gpd.read_file(page.folder / source).to_file(page.folder / made)
    page.write("roads.geojson", MINE)
    page.write("incidents.csv", incidents())
    page.write("line.geojson", layer(line("north", NEW)))
    page.write("data/line-2024-05-01.geojson", layer(line("north")))
    page.write("data/line-2024-06-01.geojson", layer(line("north"), line("south")))
    page.write("road.kml", ROAD)
    write_shapefile(page.folder / "parcels.zip")


def of_cyprus(page: Page) -> None:
    shutil.copytree(ROOT / "docs" / "cyprus", page.folder / "files")


def of_catalogue(page: Page) -> None:
    page.write("line.geojson", DAYS["2024-05-01"])
    for day, text in DAYS.items():
        page.write(f"data/{day}.geojson", text)


def of_diff(page: Page) -> None:
    """Write two states of some roads and posts: one moved, one came, one has another id."""
    mill = {"code": "R1", "name": "Road to the mill"}
    valley, north = "[[46.0,39.0],[46.1,39.0]]", {"code": "P1", "name": "North post"}
    page.write("old.geojson", layer(
        line("mill", "[[46.10,39.10],[46.15,39.12],[46.20,39.10]]", **mill),
        post("north", 46.3, 39.2, **north),
        line("valley", valley, code="R2", name="Valley road"),
    ))  # fmt: skip
    page.write("new.geojson", layer(
        line("mill", "[[46.10,39.10],[46.15,39.15],[46.20,39.10]]", **mill),
        post("north", 46.3, 39.21, **north),
        post("south", 46.28, 39.05, code="P2", name="South post"),
        line("valley-road", valley, code="R2", name="Valley road, paved"),
    ))  # fmt: skip
    for file, title in (("parcels-1.geojson", "Mill"), ("parcels-2.geojson", "Mill field")):
        page.write(file, layer(
            post("1", 46.1, 39.1, sheet="M12", parcel="3", name=title),
            post("2", 46.2, 39.1, sheet="M13", parcel="3", name="Weir"),
        ))  # fmt: skip
    for name, file, survey, crs in (
        ("old", "old.gpkg", "survey-1.gpkg", 4326),
        ("new", "new.shp", "survey-2.gpkg", 32638),
    ):
        drawn = gpd.read_file(page.folder / f"{name}.geojson").drop(columns="id").to_crs(crs)
        roads = drawn[drawn.geom_type == "LineString"]
        roads.to_file(page.folder / file)
        roads.to_file(page.folder / survey, layer="roads")
        drawn[drawn.geom_type == "Point"].to_file(page.folder / survey, layer="posts")
    page.shell("""
        export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
        export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
        keep() {
            export GIT_COMMITTER_DATE="$1T12:00:00+0000" GIT_AUTHOR_DATE="$1T12:00:00+0000"
            git add roads.geojson && git commit -qm "$2"
        }
        git init -q -b main
        cp old.geojson roads.geojson && keep 2024-05-01 'Draw the roads' && git tag v1.0
        sed s/39.12/39.15/ old.geojson > roads.geojson && keep 2024-05-08 'Survey the bend'
        cp new.geojson roads.geojson && keep 2024-05-15 'Add the south post'
    """)


def post(name: str, lon: float, lat: float, /, **properties: str) -> str:
    """Return a point as a line of a file."""
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    members = {"type": "Feature", "id": name, "properties": properties, "geometry": geometry}
    return json.dumps(members, separators=(",", ":"))


def of_git(page: Page) -> None:
    """Make a repository with the roads as they were before August 2022."""
    shipped = pkzone.catalogue()["corridor"].on("2022-08-29").path
    page.write("roads.geojson", shipped.read_text("utf-8"))
    page.shell("""
        git config --global user.name A && git config --global user.email a@example.org
        git init -q -b main && git add . && git commit -qm 'The roads'
    """)


def edit_the_old_road(page: Page) -> None:
    """Close the old road, and draw one more of its bends."""
    edit_road(page, 39.62, status="former")


def make_two_branches(page: Page) -> None:
    """Commit the bend, and on a branch another one."""
    page.shell("git commit -qam 'Close the old road' && git checkout -qb theirs HEAD~1")
    edit_road(page, 39.63)
    page.shell("git commit -qam 'Draw the old road anew' && git checkout -q main")


def keep_ours(page: Page) -> None:
    text = (page.folder / "roads.geojson").read_text("utf-8")
    page.write("roads.geojson", solved(text, "ours"))


def publish_on_two_branches(page: Page) -> None:
    """Publish a line of one day on a branch, and another on main."""
    page.shell("git checkout -qb second")
    publish = (
        "pkzone publish line.geojson --catalogue my-zone --layer line --from 2024-06-01 --title L "
        "--new-layer Line --yes && git add my-zone && git commit -qm Publish"
    )
    for shape, end in ((NEW, "git checkout -q main"), (OTHER_LINE, "rm line.geojson")):
        page.write("line.geojson", layer(line("north", shape)))
        page.shell(f"{publish} && {end}")


def keep_theirs(page: Page) -> None:
    text = (page.folder / "my-zone/datapackage.json").read_text("utf-8")
    page.write("my-zone/datapackage.json", solved(text, "theirs"))


def write_three_sides(page: Page) -> None:
    for name, properties in (("base", {}), ("ours", {"a": "1"}), ("theirs", {"b": "1"})):
        page.write(f"{name}.geojson", layer(line("north", **properties)))


def edit_road(page: Page, lat: float, **properties: str) -> None:
    """Change properties of the old road, and give it a vertex at a latitude."""
    path = page.folder / "roads.geojson"
    lines = path.read_text("utf-8").splitlines()
    number = next(n for n, text in enumerate(lines) if '"id":"lachin-old-az"' in text)
    feature = json.loads(lines[number].rstrip(","))
    feature["properties"] |= properties
    feature["geometry"]["coordinates"].insert(4, [46.55, lat])
    lines[number] = json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + ","
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def of_stewards(page: Page) -> None:
    """Draw what the two publish, and fix who they are and when they commit."""
    lines = {"may": OLD, "june": NEW, "may-corrected": OTHER_LINE}
    lines |= {f"july-{who}": f"[[46,39],[46.{n},39.5]]" for who, n in (("anna", 8), ("boris", 9))}
    for name, shape in lines.items():
        page.write(f"{name}.geojson", layer(line("north", shape, name="Line")))
    page.shell("""
        git config --global user.name A && git config --global user.email a@example.org
        git config --global init.defaultBranch main
        export GIT_AUTHOR_DATE=2024-07-01T12:00:00Z GIT_COMMITTER_DATE=2024-07-01T12:00:00Z
    """)


def of_maps(page: Page) -> None:
    days = (("2021-03-05", "2021-06-01"), ("2021-04", None), (None, None))
    named = [
        {"kind": "camp", "name_en": f"Camp {n}", "people": 10 * n, "opened": start, "closed": end}
        for n, (start, end) in enumerate(days)
    ]
    page.write("camps.geojson", layer(*(line(f"c{n}", **one) for n, one in enumerate(named))))
    page.write("mine.geojson", MINE)
    page.write("other.geojson", OTHER)


def of_recipes(page: Page) -> None:
    table = pd.DataFrame(
        {"lon": [46.65, 46.53], "lat": [39.7, 39.6], "acq_date": ["2022-08-29"] * 2}
    )
    (page.folder / "fires").mkdir()
    table.to_parquet(page.folder / "fires" / "part-0.parquet")
    table.to_parquet(page.folder / "fires.parquet")


def incidents() -> str:
    """Return the list of incidents that the page on tagging shows."""
    return next(one.text + "\n" for one in blocks("docs/tag.md") if named(FILES, one))


def write_shapefile(path: Path) -> None:
    """Write a zipped Shapefile with a column CODE, and Cyrillic text of Windows."""
    with shapefile.Writer(path.with_suffix(""), encoding="cp1251") as writer:
        writer.field("CODE", "C", 8)
        writer.field("NAME", "C", 40)
        writer.poly([[[46.1, 39.1], [46.1, 39.2], [46.2, 39.2], [46.1, 39.1]]])
        writer.record("A-1", "Луг")
    with zipfile.ZipFile(path, "w") as archive:
        for ending in (".shp", ".shx", ".dbf"):
            part = path.with_suffix(ending)
            archive.write(part, part.name)
            part.unlink()


INPUTS: dict[str, Callable[[Page], None]] = {
    "README.md": of_readme,
    "docs/catalogue.md": of_catalogue,
    "docs/cyprus.md": of_cyprus,
    "docs/diff.md": of_diff,
    "docs/git.md": of_git,
    "docs/maps.md": of_maps,
    "docs/stewards.md": of_stewards,
    "docs/tag-recipes.md": of_recipes,
}
#: What else happened before a command, by page and command.
BEFORE: dict[str, dict[str, Callable[[Page], None]]] = {
    "docs/catalogue.md": {
        "pkzone publish line.geojson --layer line --from 2024-05-01 --correct":
            lambda page: page.write("line.geojson", layer(line("north", OTHER_LINE))),
    },
    "docs/git.md": {
        "git diff": edit_the_old_road,
        "git merge theirs 2>&1": make_two_branches,
        "git merge second 2>&1": publish_on_two_branches,
        "git checkout --theirs -- my-zone/line/2024-06-01.geojson": keep_theirs,
        EVALUATING: write_three_sides,
        "pkzone show ./roads.geojson": keep_ours,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Page]:
    pages: dict[str, Page] = {}

    def open_page(name: str) -> Page:
        if name not in pages:
            pages[name] = Page(name, tmp_path_factory.mktemp("page"))
        return pages[name]

    return open_page


#: The cells of a notebook share their values: the site runs them, see tests/project/test_site.py.
RUN = [page for page in PAGES if not page.startswith("docs/notebooks/")]


@pytest.mark.parametrize("block", [one for page in RUN for one in blocks(page)], ids=str)
def test_a_block(block: Block, opened: Callable[[str], Page]) -> None:
    page = opened(block.page)
    done = page.work_through(block)
    for ran in done:
        if ran.code != CODES.get(block.page, {}).get(ran.command, 0):
            pytest.fail(str(ran), pytrace=False)
    if is_transcript(block):
        printed = "".join(f"{ran.command}\n{ran.output}" for ran in done)
        assert [line.rstrip() for line in printed.splitlines()] == block.text.splitlines()
    if is_shown(block):
        shown = done[0] if done else page.ran[-1]
        if not re.search(pattern(block), " ".join((shown.output + shown.messages).split())):
            pytest.fail(f"the page shows\n{block.text}\nbut\n{shown}", pytrace=False)


def pattern(block: Block) -> str:
    """Return the pattern of an output as shown: breaks of lines do not count, ... is left out."""
    shown = " ".join(block.text.split()).removesuffix(" ...")
    return re.escape(shown).replace(re.escape(" ... "), ".*?")


@pytest.mark.parametrize("table", [NOT_RUN, SHOWN, FILES, CODES, BEFORE])
def test_tables_name_what_the_pages_print(table: dict[str, dict[str, object]]) -> None:
    for page, entries in table.items():
        printed = [block.key for block in blocks(page)]
        printed += [bare(line) for block in blocks(page) for line in block.commands()]
        if table is CODES or table is BEFORE:
            printed += [command for command in SHOWN.get(page, {}).values() if command]
            if any(block.kind == "python" for block in blocks(page)):
                printed.append(EVALUATING)
        for key in entries:
            assert key in printed, (page, key)


def test_extras_that_are_named_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("pkzone/**/*.py"))
    named = re.findall(r"pip install '([^']*)'", pages)
    named = [one for one in named if one != ".[...]"]
    assert {one for one in named if not re.fullmatch(r"(\.|pkzone)\[\w+\]", one)} == set()
    extras = {re.sub(r".*\[|\]", "", one) for one in named}
    extras |= set(re.findall(r'MissingExtra\("[^"]*", "[^"]*", "(\w+)"\)', sources))
    assert {"dask", "picture"} <= extras <= project["optional-dependencies"].keys()


def test_the_page_on_tagging_explains_every_column() -> None:
    guide = (ROOT / "docs" / "tag.md").read_text(encoding="utf-8")
    for name in Tagger.of(shares=True).kinds:
        assert f"| `_{name.partition('_')[2]}` |" in guide
