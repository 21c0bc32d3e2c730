"""Refuse folders that are not to be changed, and names and ids that nothing may be given."""

from __future__ import annotations

import os
from pathlib import Path

from pkzone.errors import BadReference, CatalogueError
from pkzone.layers.catalogue import SHIPPED, Catalogue
from pkzone.layers.json_fields import is_portable, is_slug
from pkzone.layers.manifest import FILE_NAME

__all__ = ["SLUG", "changeable", "check_layer_name"]

SLUG = "1 to 64 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit"


def changeable(catalogue: Catalogue | str | os.PathLike[str]) -> Path:
    """Return the folder of a catalogue that may be changed.

    Raises
    ------
    CatalogueError
        It holds no catalogue, or the one that pkzone ships.
    """
    root = Path(catalogue.root if isinstance(catalogue, Catalogue) else catalogue)
    # Path.exists raises where the system refuses to tell
    if not os.path.exists(root / FILE_NAME):  # noqa: PTH110
        Catalogue(root)  # says what is wrong: a folder that holds none is to get no lock file
    if os.path.realpath(root) == os.path.realpath(SHIPPED):
        raise CatalogueError(
            "the catalogue that pkzone ships is not to be changed; begin your own with "
            "'pkzone init DIR' and name it with --catalogue DIR"
        )
    return root


def check_layer_name(name: str) -> None:
    """Refuse a name that no new layer may have; older layers are read whatever theirs.

    Raises
    ------
    BadReference
        It is no such name.
    """
    if not is_slug(name):
        reason = f"write {SLUG}"
    elif not is_portable(name):
        reason = "Windows cannot hold a folder of this name; choose another"
    elif name == "schemas" or name.endswith((".geojson", ".json", ".md")):
        reason = "it would be taken for a file or folder of the catalogue itself; choose another"
    else:
        return
    raise BadReference(f"{name!r} is not a name for a layer: {reason}")
