"""Versioned layers, maps and diffs of a peacekeeping zone that changes.

>>> import pkzone
>>> pkzone.catalogue()["corridor"].on("2022-09-01").id
'2022-08-30'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkzone.errors import PkzoneError
    from pkzone.layers.catalogue import Catalogue, Event, Layer, Version, catalogue
    from pkzone.layers.diff import diff
    from pkzone.layers.diff.apply import apply
    from pkzone.layers.diff.values import Diff
    from pkzone.layers.formats.exporting import export
    from pkzone.layers.formats.importing import import_file
    from pkzone.layers.formats.whole import export_all
    from pkzone.layers.frames import load
    from pkzone.layers.store import init, publish, verify
    from pkzone.layers.tag import Tagged, tag
    from pkzone.maps import map, picture  # noqa: A004 - the names that read best after the dot

    __version__: str

__all__ = [
    "Catalogue",
    "Diff",
    "Event",
    "Layer",
    "PkzoneError",
    "Tagged",
    "Version",
    "__version__",
    "apply",
    "catalogue",
    "diff",
    "export",
    "export_all",
    "import_file",
    "init",
    "load",
    "map",
    "picture",
    "publish",
    "tag",
    "verify",
]

# Names are looked up on first use, so that `import pkzone` costs next to nothing.
_HOMES = {
    "Catalogue": "pkzone.layers.catalogue",
    "Diff": "pkzone.layers.diff.values",
    "Event": "pkzone.layers.catalogue",
    "Layer": "pkzone.layers.catalogue",
    "PkzoneError": "pkzone.errors",
    "Tagged": "pkzone.layers.tag",
    "Version": "pkzone.layers.catalogue",
    "apply": "pkzone.layers.diff",
    "catalogue": "pkzone.layers.catalogue",
    "diff": "pkzone.layers.diff",
    "export": "pkzone.layers.formats.exporting",
    "export_all": "pkzone.layers.formats.whole",
    "import_file": "pkzone.layers.formats.importing",
    "init": "pkzone.layers.store",
    "load": "pkzone.layers.frames",
    "map": "pkzone.maps",
    "picture": "pkzone.maps",
    "publish": "pkzone.layers.store",
    "tag": "pkzone.layers.tag",
    "verify": "pkzone.layers.store",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        value: object = _version()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'pkzone' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pkzone")
    except PackageNotFoundError:
        return "0+unknown"  # a source tree that was never installed
