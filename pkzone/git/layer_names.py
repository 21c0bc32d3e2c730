"""Follow the renaming of a layer in what the other side of a merge published to it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pkzone.errors import CatalogueError, printable
from pkzone.store.manifest_writer import resource_name
from pkzone.text_layout import counted

__all__ = ["ANEW", "Followed", "Names", "followed", "new_names"]

Package = dict[str, Any]

ANEW = "git merge --abort (in a rebase: git rebase --abort)"
"""How to begin a merge anew that no choice between its sides can solve."""


class Names(NamedTuple):
    """New names of layers by the old ones, as each side gave them."""

    ours: dict[str, str]
    theirs: dict[str, str]

    @property
    def to_follow(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """The names to put into the base, into ours and into theirs."""
        only_theirs = {old: new for old, new in self.theirs.items() if old not in self.ours}
        only_ours = {old: new for old, new in self.ours.items() if old not in self.theirs}
        return self.ours | self.theirs, only_theirs, only_ours


class Followed(NamedTuple):
    """A base and two sides with one name for each layer, and what is left to do by hand.

    Attributes
    ----------
    notes : list of str
        A line for each layer that one side renamed while the other used its old name.
    paths : list of str
        Files, from the top of the repository, that `notes` has commands for: git cannot be
        relied on to move them.
    """

    base: Package
    ours: Package
    theirs: Package
    notes: list[str]
    paths: list[str]


def new_names(base: Package, ours: Package, theirs: Package, name: str) -> Names:
    """Return which layers each side renamed.

    Raises
    ------
    CatalogueError
        The sides gave one layer two names.
    """
    names = Names(_renamed(base, ours), _renamed(base, theirs))
    for old in names.ours.keys() & names.theirs.keys():
        if names.ours[old] != names.theirs[old]:
            raise CatalogueError(
                f"{name}: ours renamed the layer {printable(old)} to {names.ours[old]}, theirs to "
                f"{names.theirs[old]}; {ANEW}, give it one name on both branches with pkzone layer "
                "rename, and merge again"
            )
    return names


def followed(base: Package, ours: Package, theirs: Package, name: str) -> Followed:
    """Return a base and two sides where a layer that one side renamed has its new name.

    Raises
    ------
    CatalogueError
        The sides gave one layer two names, or two layers one name.
    """
    names = new_names(base, ours, theirs, name)
    of_base, of_ours, of_theirs = names.to_follow
    notes: list[str] = []
    paths: list[str] = []
    for who, new, renaming, other in (
        ("ours", of_theirs, ours, theirs),
        ("theirs", of_ours, theirs, ours),
    ):
        for old in new:
            moves = _Moves.of(old, new[old], who, (base, renaming, other))
            notes += [moves.note(name)] if moves.records else []
            paths += moves.paths(PurePosixPath(name).parent)
    return Followed(
        _with_names(base, of_base, name),
        _with_names(ours, of_ours, name),
        _with_names(theirs, of_theirs, name),
        notes,
        paths,
    )


def _renamed(base: Package, side: Package) -> dict[str, str]:
    """Return the new names of layers whose records a side has all under one other name.

    They are known by their hashes, so that a layer begun anew under the old name is another one.
    """
    before, after = _contents(base), _contents(side)
    found = {}
    for old, records in before.items():
        if not records or records <= after.get(old, set()):
            continue
        new = [
            name
            for name, there in after.items()
            if records <= there and not records <= before.get(name, set())
        ]
        if len(new) == 1:
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


def _with_names(package: Package, names: Mapping[str, str], label: str) -> Package:
    """Return a package where layers have other names, and with them entries, files and schemas."""
    if not names or not package:
        return package
    layers = [one | {"name": names.get(one["name"], one["name"])} for one in package["layers"]]
    listed = [one["name"] for one in layers]
    for old, new in names.items():
        if listed.count(new) > 1:
            raise CatalogueError(
                f"{label}: one side renamed the layer {printable(old)} to {new}, and the other "
                f"has another layer of that name; {ANEW}, rename one of the two with pkzone layer "
                "rename, and merge again"
            )
    resources = [
        _moved(one, names[one["layer"]]) if one.get("layer") in names else one
        for one in package["resources"]
    ]
    return package | {"layers": layers, "resources": resources}


def _moved(one: Package, new: str) -> Package:
    old = one["layer"]
    moved = one | {"layer": new, "path": _path(one["path"], old, new)}
    if one["name"] == resource_name(old, one["version"], one["record"]):
        moved["name"] = resource_name(new, one["version"], one["record"])
    if one["feature_schema"] == f"schemas/{old}.json":
        moved["feature_schema"] = f"schemas/{new}.json"
    return moved


def _path(path: str, old: str, new: str) -> str:
    return f"{new}/{path.removeprefix(f'{old}/')}" if path.startswith(f"{old}/") else path


class _Moves(NamedTuple):
    """What one side published to a layer that the other renamed, and where git left its files.

    Attributes
    ----------
    records : int
        How many records it published.
    free : list of str
        Its files of which the renaming side has none of the same name: git has put them into the
        new folder and asks whether that is right, or has left them in the old one.
    alike, rivals : list of str
        Those of which the renaming side has one of the same name in a layer that it began under
        the old name, with the same content and with other.
    """

    old: str
    new: str
    who: str
    records: int
    free: list[str]
    alike: list[str]
    rivals: list[str]

    @classmethod
    def of(cls, old: str, new: str, who: str, packages: tuple[Package, Package, Package]) -> _Moves:
        base, renaming, other = packages
        known = {one["name"] for one in base["resources"]}
        added = [
            one
            for one in other["resources"]
            if one.get("layer") == old and one["name"] not in known
        ]
        before = {one.get("path") for one in base["resources"]}
        files = {
            one["path"]: one["hash"]
            for one in added
            if one["path"] not in before and one["path"].startswith(f"{old}/")
        }
        taken = {one.get("path"): one.get("hash") for one in renaming["resources"]}
        return cls(
            old,
            new,
            who,
            len(added),
            [path for path in files if path not in taken],
            [path for path in files if taken.get(path) == files[path]],
            [path for path in files if taken.get(path, files[path]) != files[path]],
        )

    def note(self, name: str) -> str:
        """Return a line that says what follows, and the commands that put the files there."""
        said = (
            f"{name}: {self.who} renamed the layer {self.old} to {self.new}; what the other side "
            f"published to it follows ({counted(self.records, 'version')})"
        )
        steps = " && ".join(self._steps(PurePosixPath(name).parent))
        return f"{said}; put its files into {self.new}: {steps}" if steps else said

    def _steps(self, folder: PurePosixPath) -> Iterator[str]:
        if self.free:  # -k: what git has moved already stays
            listed = shlex.join(str(folder / one) for one in self.free)
            yield f"git mv -k -- {listed} {shlex.quote(str(folder / self.new))}"
        for path in self.alike:
            yield f"cp -- {shlex.join(self._pair(folder, path))}"
        for path in self.rivals:
            old, new = self._pair(folder, path)
            stage = 3 if self.who == "ours" else 2
            yield f"git cat-file blob {shlex.quote(f':{stage}:{old}')} > {shlex.quote(new)}"
            yield f"git checkout --{self.who} -- {shlex.quote(old)}"

    def _pair(self, folder: PurePosixPath, path: str) -> tuple[str, str]:
        return str(folder / path), str(folder / _path(path, self.old, self.new))

    def paths(self, folder: PurePosixPath) -> Iterator[str]:
        """Yield the files that are new, and those that git calls in conflict."""
        for path in (*self.free, *self.alike, *self.rivals):
            yield self._pair(folder, path)[1]
        for path in self.rivals:
            yield self._pair(folder, path)[0]
