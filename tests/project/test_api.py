"""The public interface: its names are promises."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import pkzone

PUBLIC = [
    "Catalogue",
    "Diff",
    "Event",
    "Layer",
    "PkzoneError",
    "Tagged",
    "Version",
    "__version__",
    "add_event",
    "add_source",
    "apply",
    "at",
    "catalogue",
    "check",
    "diff",
    "events",
    "export",
    "export_all",
    "fmt",
    "folium_layer",
    "history",
    "import_file",
    "init",
    "load",
    "map",
    "merge",
    "passable",
    "picture",
    "publish",
    "rename_layer",
    "retract",
    "series",
    "tag",
    "translate",
    "verify",
]


def test_public_names() -> None:
    assert pkzone.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(pkzone))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there(name: str) -> None:
    assert getattr(pkzone, name) is not None


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (
            "pkzone.layers.catalogue",
            ["SHIPPED", "Catalogue", "Event", "Layer", "License", "Route", "Version", "catalogue"],
        ),
        ("pkzone.compare", ["TOLERANCE_M", "Change", "Diff", "apply", "diff"]),
        ("pkzone.layers.frames", ["frame_of_features", "frame_of_version", "load"]),
        (
            "pkzone.layers.references",
            [
                "FileReference",
                "LayerReference",
                "RangeReference",
                "parse",
                "parse_file_range",
                "parse_range",
            ],
        ),
        (
            "pkzone.layers.dates",
            [
                "day_of",
                "interval_of",
                "overlaps",
                "parse_day",
                "parse_version_id",
                "period_of",
                "time_zone",
            ],
        ),
    ],
)
def test_names_of_modules(module: str, names: list[str]) -> None:
    assert importlib.import_module(module).__all__ == names


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'pkzone' has no attribute 'zones'"):
        _ = pkzone.zones  # type: ignore[attr-defined]


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from pkzone import *", names)  # noqa: S102 - the one way to test it
    assert set(PUBLIC) <= set(names)


def test_importing_pkzone_imports_none_of_its_parts() -> None:
    code = "import sys, pkzone; print([name for name in sys.modules if 'pkzone' in name])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "['pkzone']"


def test_every_error_has_the_one_base() -> None:
    errors = importlib.import_module("pkzone.errors")
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert len(kinds) > 10
    assert all(issubclass(kind, pkzone.PkzoneError) for kind in kinds)
