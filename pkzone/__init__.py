"""Versioned layers, maps and diffs of a peacekeeping zone that changes.

>>> import pkzone
>>> pkzone.catalogue()["corridor"].on("2022-09-01").id
'2022-08-30'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkzone.checks.files import check
    from pkzone.checks.fix import fmt
    from pkzone.compare import apply, diff
    from pkzone.compare.history import history
    from pkzone.compare.result import Diff
    from pkzone.errors import PkzoneError
    from pkzone.formats.export import export
    from pkzone.formats.import_ import import_file
    from pkzone.formats.stac import export_all
    from pkzone.git.merge_driver import merge
    from pkzone.layers.catalogue import Catalogue, Event, Layer, Version, catalogue
    from pkzone.layers.frames import load
    from pkzone.maps import (
        folium_layer,
        map,  # noqa: A004 - the name that reads best after the dot
    )
    from pkzone.pictures import picture
    from pkzone.queries.at import at
    from pkzone.queries.events import events
    from pkzone.queries.passable import passable
    from pkzone.queries.series import series
    from pkzone.store.events import add_event
    from pkzone.store.init import init
    from pkzone.store.publish import publish
    from pkzone.store.rename import rename_layer
    from pkzone.store.retract import retract
    from pkzone.store.sources import add_source
    from pkzone.store.translate import translate
    from pkzone.store.verify import verify
    from pkzone.tagging.summary import Tagged
    from pkzone.tagging.tag import tag

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

# Names are looked up on first use, so that `import pkzone` costs next to nothing.
_HOMES = {
    "Catalogue": "pkzone.layers.catalogue",
    "Diff": "pkzone.compare.result",
    "Event": "pkzone.layers.catalogue",
    "Layer": "pkzone.layers.catalogue",
    "PkzoneError": "pkzone.errors",
    "Tagged": "pkzone.tagging.summary",
    "Version": "pkzone.layers.catalogue",
    "add_event": "pkzone.store.events",
    "add_source": "pkzone.store.sources",
    "apply": "pkzone.compare",
    "at": "pkzone.queries.at",
    "catalogue": "pkzone.layers.catalogue",
    "check": "pkzone.checks.files",
    "diff": "pkzone.compare",
    "events": "pkzone.queries.events",
    "export": "pkzone.formats.export",
    "export_all": "pkzone.formats.stac",
    "fmt": "pkzone.checks.fix",
    "folium_layer": "pkzone.maps",
    "history": "pkzone.compare.history",
    "import_file": "pkzone.formats.import_",
    "init": "pkzone.store.init",
    "load": "pkzone.layers.frames",
    "map": "pkzone.maps",
    "merge": "pkzone.git.merge_driver",
    "passable": "pkzone.queries.passable",
    "picture": "pkzone.pictures",
    "publish": "pkzone.store.publish",
    "rename_layer": "pkzone.store.rename",
    "retract": "pkzone.store.retract",
    "series": "pkzone.queries.series",
    "tag": "pkzone.tagging.tag",
    "translate": "pkzone.store.translate",
    "verify": "pkzone.store.verify",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from pkzone._version import version

        value: object = version()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'pkzone' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
