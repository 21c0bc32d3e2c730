"""Imports go one way, errors <- geo <- layers <- maps <- commands <- cli; listing costs little."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pkzone

ROOT = Path(pkzone.__file__).parent
FLOORS = ("errors", "geo", "layers", "maps", "commands", "cli")
MODULES = sorted(
    path.relative_to(ROOT.parent)
    for path in ROOT.rglob("*.py")
    if path.parent != ROOT or path.stem in {"errors", "cli"}
)


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    """Yield the dotted names that a statement of a module imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = _dotted(path).split(".")
        above = node.level - (path.name == "__init__.py")
        start = ".".join(parents[: len(parents) - above]) if node.level else ""
        module = ".".join(filter(None, (start, node.module)))
        yield from (f"{module}.{alias.name}" for alias in node.names)


def _floor(name: str) -> int | None:
    """Return on which floor a dotted name lives, none for what is not a part of pkzone."""
    parts = name.split(".")
    if parts[0] != "pkzone" or len(parts) == 1:
        return None
    home = pkzone._HOMES.get(parts[1])  # a public name counts for the module it comes from
    part = home.split(".")[1] if home and not _is_module(parts[1]) else parts[1]
    return FLOORS.index(part) if part in FLOORS else None


def _is_module(name: str) -> bool:
    return (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()


def upward(source: str, path: Path) -> list[str]:
    """Return the names that a module imports from a higher floor, but for the one exception.

    A difference can show itself: ``Diff.map`` and ``Diff._repr_html_`` import from maps inside
    the method, and the type that they return stands in the annotations.
    """
    own = FLOORS.index(path.with_suffix("").parts[1])
    tree = ast.parse(source)
    excepted = set()
    if path.parts[:3] == ("pkzone", "layers", "diff"):
        methods = [
            method
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
            and (node.name, method.name) in {("Diff", "map"), ("Diff", "_repr_html_")}
        ]
        types = [
            node
            for node in tree.body
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        ]
        excepted = {part for node in (*methods, *types) for part in ast.walk(node)}
    return [
        name
        for node in ast.walk(tree)
        if node not in excepted
        for name in _imported(node, path)
        if (_floor(name) or 0) > own
    ]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_go_down_only(path: Path) -> None:
    assert upward((ROOT.parent / path).read_text(encoding="utf-8"), path) == []


def test_every_floor_is_walked() -> None:
    assert {path.with_suffix("").parts[1] for path in MODULES} == set(FLOORS)


SHOWS_ITSELF = "class Diff:\n    def map(self):\n        from pkzone.maps.page import Map"


def test_the_one_exception() -> None:
    assert upward(SHOWS_ITSELF, Path("pkzone/layers/diff/values.py")) == []


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (SHOWS_ITSELF, "pkzone/layers/catalogue.py"),
        (SHOWS_ITSELF.replace("map", "draw", 1), "pkzone/layers/diff/values.py"),
        ("from pkzone.maps.page import Map", "pkzone/layers/diff/values.py"),
        ("import pkzone.layers.catalogue", "pkzone/geo/x.py"),
        ("from pkzone import maps", "pkzone/layers/x.py"),
        ("from pkzone import load", "pkzone/geo/x.py"),
        ("from pkzone.commands.edge import Command", "pkzone/maps/x.py"),
        ("def f():\n    from pkzone.maps import Map", "pkzone/layers/geojson/x.py"),
        ("from ..maps import Map", "pkzone/layers/x.py"),
        ("from .. import maps", "pkzone/layers/__init__.py"),
        ("from pkzone.geo import canonical", "pkzone/errors.py"),
    ],
)
def test_an_import_upwards_is_found(source: str, path: str) -> None:
    assert upward(source, Path(path)) != []


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["layers"], ["layers", "--json"], ["log", "corridor"], ["log", "--help"]],
    ids=" ".join,
)
def test_listing_imports_only_click_and_the_standard_library(
    arguments: list[str], small_root: Path
) -> None:
    environment = {**os.environ, "PKZONE_CATALOGUE": str(small_root)}
    start = "import sys\nbefore = set(sys.modules)\n"
    run = (
        f"sys.argv = {['pkzone', *arguments]!r}\nfrom pkzone.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "for name in sorted(set(sys.modules) - before):\n    print(name, file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", start + run],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert {"click", "pkzone"} <= loaded
    assert loaded - sys.stdlib_module_names <= {"click", "pkzone", "colorama"}
