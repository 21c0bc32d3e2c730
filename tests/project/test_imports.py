"""Imports go one way, from floor to floor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pkzone
from tools.architecture import (
    DRAWING,
    ROOMS,
    ROOT,
    draw,
    floor_of,
    imports,
    is_module,
    modules,
    room_of,
)


def upward(source: str, path: Path) -> list[str]:
    """Return the names that a module imports from a higher floor or a neighbour."""
    own = floor_of(room_of(path))
    return [
        imported.name
        for imported in imports(source, path)
        if not imported.excepted and floor_of(imported.room) >= own
    ]


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_go_down_only(path: Path) -> None:
    assert upward((ROOT.parent / path).read_text(encoding="utf-8"), path) == []


def test_every_room_has_a_floor() -> None:
    assert set(map(room_of, modules())) == ROOMS
    assert {part.name for part in ROOT.iterdir() if (part / "__init__.py").is_file()} <= ROOMS


def test_the_drawing_is_that_of_the_imports() -> None:
    drawn = DRAWING.read_text(encoding="utf-8")
    assert drawn == draw(), "the arrows are others now: python -m tools.architecture"


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
        ('FORMS = {"html": "pkzone.maps.diff.page"}', "pkzone/reports/__init__.py"),
        ('HOME = "pkzone.commands.diff:command"', "pkzone/maps/x.py"),
    ],
)
def test_an_import_upwards_is_found(source: str, path: str) -> None:
    assert upward(source, Path(path)) != []


def test_no_public_name_is_a_submodule() -> None:
    """Importing ``pkzone.NAME`` as a module would hide the function of that name."""
    assert [name for name in pkzone.__all__ if is_module(name)] == []


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
