"""Imports go one way, from floor to floor; listing costs little."""

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
#: The rooms of the package, floor by floor: a module imports from its own room and from the
#: floors below it, never from another room of its floor.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "errors",
        "i18n files geo text_layout text_lookalikes",
        "geojson",
        "layers",
        "formats checks",
        "compare",
        "reports store tagging",
        "git",
        "maps",
        "pictures",
        "commands",
        "cli",
    )
)
ROOMS = frozenset().union(*FLOORS)
MODULES = sorted(
    path.relative_to(ROOT.parent)
    for path in ROOT.rglob("*.py")
    if path.parent != ROOT or path.stem in ROOMS
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


def _room(name: str) -> str | None:
    """Return the room in which a dotted name lives, none for what is not a part of pkzone."""
    parts = name.split(".")
    if parts[0] != "pkzone" or len(parts) == 1:
        return None
    home = pkzone._HOMES.get(parts[1])  # a public name counts for the module it comes from
    room = home.split(".")[1] if home and not _is_module(parts[1]) else parts[1]
    return room if room in ROOMS else None


def _floor(room: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if room in floor)


def _is_module(name: str) -> bool:
    return (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()


#: Values that show themselves: their methods import the writers, and one the page, when called.
LAZY = {
    ("pkzone/compare/result.py", "Diff"),
    ("pkzone/compare/history.py", "History"),
}


def upward(source: str, path: Path) -> list[str]:
    """Return the names that a module imports from a higher floor or a neighbour.

    Excepted are imports inside methods of the values in `LAZY`, and those for type checkers in
    their modules.
    """
    own = path.with_suffix("").parts[1]
    tree = ast.parse(source)
    lazy = {name for home, name in LAZY if home == path.as_posix()}
    excepted = {
        part
        for node in tree.body
        if (isinstance(node, ast.ClassDef) and node.name in lazy)
        or (lazy and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        for part in ast.walk(node)
    }
    rooms = (
        (name, _room(name))
        for node in ast.walk(tree)
        if node not in excepted
        for name in _imported(node, path)
    )
    return [
        name
        for name, room in rooms
        if room is not None and room != own and _floor(room) >= _floor(own)
    ]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_go_down_only(path: Path) -> None:
    assert upward((ROOT.parent / path).read_text(encoding="utf-8"), path) == []


def test_every_room_has_a_floor() -> None:
    homes = {path.with_suffix("").parts[1] for path in MODULES}
    assert homes == ROOMS
    assert {part.name for part in ROOT.iterdir() if (part / "__init__.py").is_file()} <= ROOMS


SHOWS_ITSELF = "class Diff:\n    def map(self):\n        from pkzone.maps.page import Map"


def test_the_one_exception() -> None:
    assert upward(SHOWS_ITSELF, Path("pkzone/compare/result.py")) == []


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (SHOWS_ITSELF, "pkzone/layers/catalogue.py"),
        (SHOWS_ITSELF.replace("Diff", "Change"), "pkzone/compare/result.py"),
        ("from pkzone.maps.page import Map", "pkzone/compare/result.py"),
        ("import pkzone.layers.catalogue", "pkzone/geo/x.py"),
        ("from pkzone import maps", "pkzone/layers/x.py"),
        ("from pkzone import load", "pkzone/geo/x.py"),
        ("from pkzone.commands.framework import Command", "pkzone/maps/x.py"),
        ("def f():\n    from pkzone.maps import Map", "pkzone/geojson/x.py"),
        ("from ..maps import Map", "pkzone/layers/x.py"),
        ("from .. import maps", "pkzone/layers/__init__.py"),
        ("from pkzone.geo import canonical", "pkzone/errors.py"),
        ("from pkzone.files import atomic", "pkzone/geo/x.py"),
        ("from pkzone.store.ids import planned", "pkzone/tagging/x.py"),
    ],
)
def test_an_import_upwards_is_found(source: str, path: str) -> None:
    assert upward(source, Path(path)) != []


def test_no_public_name_is_a_submodule() -> None:
    """Importing ``pkzone.NAME`` as a module would hide the function of that name."""
    assert [name for name in pkzone.__all__ if _is_module(name)] == []


def test_public_names_stay_whatever_is_imported_first() -> None:
    """Each room is imported before any name is asked for, forwards and backwards."""
    rooms = sorted(f"pkzone.{room}" for room in ROOMS)
    for order in (rooms, rooms[::-1]):
        script = "import importlib, sys, types, pkzone\n" + (
            "for room in sys.argv[1:]:\n    importlib.import_module(room)\n"
            "for name in pkzone.__all__:\n"
            "    assert not isinstance(getattr(pkzone, name), types.ModuleType), name\n"
        )
        subprocess.run([sys.executable, "-c", script, *order], check=True)


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
