"""Follow the renaming of a layer in what the other side of a merge published to it."""

from __future__ import annotations

from typing import Any

from pkzone.errors import CatalogueError, printable
from pkzone.store.manifest_writer import resource_name
from pkzone.text_layout import counted

__all__ = ["followed"]

Package = dict[str, Any]


def followed(
    base: Package, ours: Package, theirs: Package, name: str
) -> tuple[Package, Package, Package, list[str]]:
    """Return a base and two sides where a layer that one side renamed has its new name, and notes.

    Raises
    ------
    CatalogueError
        The sides gave one layer two names.
    """
    by_ours, by_theirs = _renamed(base, ours), _renamed(base, theirs)
    for old in by_ours.keys() & by_theirs.keys():
        if by_ours[old] != by_theirs[old]:
            raise CatalogueError(
                f"{name}: the layer {printable(old)} was renamed to {by_ours[old]} by ours and to "
                f"{by_theirs[old]} by theirs"
            )
    notes = []
    for who, names, other in (("ours", by_ours, theirs), ("theirs", by_theirs, ours)):
        known = {one["name"] for one in base.get("resources", ())}
        for old, new in names.items():
            count = sum(
                one.get("layer") == old and one["name"] not in known for one in other["resources"]
            )
            if any(layer["name"] == old for layer in other["layers"]):
                notes.append(
                    f"{name}: {who} renamed the layer {old} to {new}; what the other side "
                    f"published to it follows ({counted(count, 'version')}). pkzone verify tells "
                    f"whether a file in {old}/ or an event still has the old name"
                )
    return (
        _with_names(base, by_ours | by_theirs),
        _with_names(ours, by_theirs),
        _with_names(theirs, by_ours),
        notes,
    )


def _renamed(base: Package, side: Package) -> dict[str, str]:
    """Return the new names of layers whose records a side has all under one other name."""
    before, after = _contents(base), _contents(side)
    found = {}
    for old in before.keys() - after.keys():
        new = [name for name in after.keys() - before.keys() if before[old] <= after[name]]
        if before[old] and len(new) == 1:
            found[old] = new[0]
    return found


def _contents(package: Package) -> dict[str, set[tuple[Any, ...]]]:
    """Return version, record and hash of every record, by layer."""
    contents: dict[str, set[tuple[Any, ...]]] = {
        layer["name"]: set() for layer in package.get("layers", ())
    }
    for one in package.get("resources", ()):
        if one.get("layer") in contents:
            contents[one["layer"]].add((one["version"], one["record"], one["hash"]))
    return contents


def _with_names(package: Package, names: dict[str, str]) -> Package:
    """Return a package where layers have other names, and with them entries, files and schemas."""
    if not names:
        return package
    layers = [one | {"name": names.get(one["name"], one["name"])} for one in package["layers"]]
    resources = [
        _moved(one, names[one["layer"]]) if one.get("layer") in names else one
        for one in package["resources"]
    ]
    return package | {"layers": layers, "resources": resources}


def _moved(one: Package, new: str) -> Package:
    old = one["layer"]
    moved = one | {"layer": new}
    if one["name"] == resource_name(old, one["version"], one["record"]):
        moved["name"] = resource_name(new, one["version"], one["record"])
    if one["path"].startswith(f"{old}/"):
        moved["path"] = f"{new}/{one['path'].removeprefix(f'{old}/')}"
    if one["feature_schema"] == f"schemas/{old}.json":
        moved["feature_schema"] = f"schemas/{new}.json"
    return moved
