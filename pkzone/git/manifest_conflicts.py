"""Conflicts between manifests: where they are, and the commands that solve each."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pkzone.errors import printable
from pkzone.git.merge_json import ABSENT, ADDED, Clash, same_value

__all__ = [
    "SIDES",
    "Listed",
    "advice",
    "clashes_in",
    "either",
    "folder_of",
    "last_steps",
    "picked",
    "sides_of",
]

SIDES = ("ours", "theirs")

_MOST_FILES = 12  # named one by one

Place = tuple[str, str | None]


class Listed(dict[str, Any]):
    """Objects of a list by their key, each a value or a `Clash`."""


def sides_of(value: Any) -> tuple[Any, Any]:
    """Return what both sides have of a merged value."""
    return (value.ours, value.theirs) if isinstance(value, Clash) else (value, value)


def either(value: Any) -> Any:
    """Return a merged value as one side has it, ours if it has it."""
    return next(one for one in sides_of(value) if one is not ABSENT)


def picked(merged: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return a merged manifest with one side taken of every conflict."""
    number = SIDES.index(side)
    package: dict[str, Any] = {}
    for key, value in merged.items():
        if isinstance(value, Listed):
            there = (sides_of(one)[number] for one in value.values())
            package[key] = [one for one in there if one is not ABSENT]
        elif sides_of(value)[number] is not ABSENT:
            package[key] = sides_of(value)[number]
    return package


def clashes_in(merged: Mapping[str, Any]) -> Iterator[tuple[Place, Clash]]:
    """Yield every conflict with its place: the member, and the object in it."""
    for member, value in merged.items():
        if isinstance(value, Clash):
            yield (member, None), value
        elif isinstance(value, Listed):
            yield from (
                ((member, name), one) for name, one in value.items() if isinstance(one, Clash)
            )


def folder_of(name: str) -> str:
    """Return the folder of a manifest, from the top of the repository."""
    return str(PurePosixPath(name).parent)


def advice(
    merged: Mapping[str, Any], clashes: Mapping[Place, Clash], name: str, paths: Sequence[str] = ()
) -> Iterator[str]:
    """Yield a line for each conflict that says how to solve it, and one for the end.

    Further paths are those of files to add at the end.
    """
    versions: dict[tuple[str, str], list[Clash]] = {}
    rivals = set(paths)
    for (member, key), clash in clashes.items():
        one = either(clash)
        if member == "resources" and "layer" in one:
            versions.setdefault((one["layer"], one["version"]), []).append(clash)
            continue
        place = f"{member} {printable(key)}" if key else f'"{printable(member)}"'
        files = _schema(clash, folder_of(name)) if member == "layers" else _NO_FILES
        rivals.update(files.rivals)
        yield f"{name}: conflict in {place}: {clash.reason}; {files.choice()}"
    settled = {
        one["path"]
        for one in merged["resources"].values()
        if not isinstance(one, Clash) and "path" in one
    }
    for (layer, version), found in versions.items():
        files = _Files.of(found, settled, folder_of(name))
        rivals.update(files.rivals)
        yield (
            f"{name}: conflict in {printable(layer)}@{printable(version)}: {_reason(found)}; "
            f"{files.choice()}"
        )
    yield last_steps(name, rivals)


def last_steps(name: str, files: Collection[str]) -> str:
    """Return the line that says what ends a merge with conflicts in a manifest and files."""
    paths = [name, *sorted(files)] if len(files) <= _MOST_FILES else [folder_of(name)]
    return (
        f"{name}: when no markers are left: pkzone verify --accept --catalogue "
        f"{shlex.quote(folder_of(name))} && git add -- {shlex.join(paths)}"
    )


def _reason(found: Sequence[Clash]) -> str:
    """Return why both sides' records of one version exclude each other."""
    first = found[0]
    if first.reason != ADDED:
        return first.reason
    sides = (first.ours, first.theirs)
    record = first.ours["record"]
    if any("withdrawn" in one for one in sides):
        ours, theirs = map(_deed, sides)
        return f"as record {record}, ours {ours}, theirs {theirs}"
    if first.ours["hash"] != first.theirs["hash"]:
        return f"both sides published record {record}, each with other content"
    unlike = [
        f'"{printable(key)}"'
        for key in {**first.ours, **first.theirs}
        if key != "recorded" and not same_value(*(one.get(key, ABSENT) for one in sides))
    ]
    return f"both sides published record {record} alike, with other {' and '.join(unlike)}"


def _deed(one: Mapping[str, Any]) -> str:
    reason = one.get("withdrawn")
    return "corrected it" if reason is None else f'withdrew it ("{printable(reason, 100)}")'


class _Files(NamedTuple):
    """Files of one version's records in conflict, from the top of the repository."""

    rivals: list[str]  # of one name and other content: git has both
    only_ours: list[str]
    only_theirs: list[str]

    @classmethod
    def of(cls, found: Sequence[Clash], settled: set[str], folder: str) -> _Files:
        """Return the files of clashes, without those that other records have as well."""
        ours, theirs = (
            {one["path"]: one["hash"] for one in side if one is not ABSENT}
            for side in zip(*map(sides_of, found), strict=True)
        )
        rivals = [path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]]
        parts = (rivals, ours.keys() - theirs.keys(), theirs.keys() - ours.keys())
        return cls(*(_placed(set(part) - settled, folder) for part in parts))

    def choice(self) -> str:
        """Return how to keep each side."""
        if not any(self):
            return "keep what stands on one side of the markers"
        return f"to keep ours: {self.steps('ours')}; to keep theirs: {self.steps('theirs')}"

    def steps(self, side: str) -> str:
        """Return the commands that leave one side's files, and what to do with the lines."""
        others = self.only_theirs if side == "ours" else self.only_ours
        steps = [f"git checkout --{side} -- {shlex.join(self.rivals)}"] if self.rivals else []
        steps += [f"git rm -qf -- {shlex.join(others)}"] if others else []
        return " && ".join(steps) + (", and " if steps else "") + f"keep what stands under {side}"


_NO_FILES = _Files([], [], [])


def _schema(clash: Clash, folder: str) -> _Files:
    """Return the schema of a layer in conflict if it is so too: it states the title."""
    if ABSENT in (clash.ours, clash.theirs) or clash.ours.get("title") == clash.theirs.get("title"):
        return _NO_FILES
    return _Files(_placed([f"schemas/{clash.ours['name']}.json"], folder), [], [])


def _placed(paths: Iterable[str], folder: str) -> list[str]:
    return [str(PurePosixPath(folder, path)) for path in sorted(paths)]
