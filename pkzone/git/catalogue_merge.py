"""Merge the files that describe a catalogue: its manifest, and its lists of sources and events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias, TypeVar

from pkzone.errors import CatalogueError, printable
from pkzone.files.atomic import write_bytes
from pkzone.git.layer_names import Names
from pkzone.git.line_merge import CLEAN, CONFLICTS, Outcome
from pkzone.git.manifest_merge import Manifest, merge_manifests
from pkzone.git.merge_json import same_value
from pkzone.git.record_list_merge import RecordList, merge_record_lists
from pkzone.git.side_manifests import names_beside
from pkzone.layers.json_fields import MAX_JSON_BYTES, parse_json, read_bytes, read_json
from pkzone.layers.manifest import FILE_NAME
from pkzone.store.manifest_writer import json_bytes
from pkzone.text_layout import counted

__all__ = ["CATALOGUE_FILES", "NoCatalogueError", "is_version_file", "merge_catalogue_file"]

CATALOGUE_FILES = (FILE_NAME, "sources.json", "events.json")

_MARKED = re.compile(
    rb"^<{7,} ours\r?\n((?:.*\n)*?)={7,}\r?\n((?:.*\n)*?)>{7,} theirs\r?\n", re.MULTILINE
)

_Paths: TypeAlias = tuple[Path, Path, Path]
Side = TypeVar("Side", Manifest, RecordList)


class NoCatalogueError(Exception):
    """Raised for files that are called as those of a catalogue and belong to something else."""


def merge_catalogue_file(
    base: Path, ours: Path, theirs: Path, *, name: str, marker_size: int
) -> Outcome:
    """Merge three manifests or lists into the second; the name of the file says which it is.

    Raises
    ------
    NoCatalogueError
        The files are none of a catalogue.
    CatalogueError, OutputError
        One of them is damaged, or cannot be written.
    """
    label = printable(name, limit=None)
    paths = (base, ours, theirs)
    data, messages, has_conflicts = (
        _merged_manifest(paths, label, marker_size)
        if PurePosixPath(name).name == FILE_NAME
        else _merged_list(paths, label, marker_size)
    )
    write_bytes(ours, data, overwrite=True)
    return Outcome(CONFLICTS if has_conflicts else CLEAN, tuple(messages))


def is_version_file(name: str) -> bool:
    """Tell whether a path is that of a version, by the manifest that stands in the folder above."""
    path = Path(name)
    manifest = path.parent.parent / FILE_NAME
    try:
        package: Any = read_json(manifest)
        return any(
            one.get("path") == f"{path.parent.name}/{path.name}" and "layer" in one
            for one in package["resources"]
        )
    except (CatalogueError, LookupError, TypeError, AttributeError):
        return False


def _merged_manifest(paths: _Paths, name: str, size: int) -> tuple[bytes, list[str], bool]:
    base, ours, theirs = _sides(paths, name, Manifest.of)
    before = {} if base is None else base.package
    return merge_manifests(before, ours, theirs, name=name, marker_size=size)


def _merged_list(paths: _Paths, name: str, size: int) -> tuple[bytes, list[str], bool]:
    base, ours, theirs = _sides(paths, name, RecordList.of)
    before = {} if base is None else base.values
    notes: list[str] = []
    if base and PurePosixPath(name).name == "events.json":
        names = names_beside(name, *(path.read_bytes() for path in paths[1:]))
        notes += _notes(before, ours, theirs, names, name)
        of_base, of_ours, of_theirs = names.to_follow
        before = base.with_names(of_base).values
        ours, theirs = ours.with_names(of_ours), theirs.with_names(of_theirs)
    data, messages, has_conflicts = merge_record_lists(
        before, ours, theirs, name=name, marker_size=size
    )
    return data, [*notes, *messages], has_conflicts


def _notes(
    before: Mapping[str, Any], ours: RecordList, theirs: RecordList, names: Names, name: str
) -> Iterator[str]:
    """Yield which new events name a layer that the other side renamed."""
    _, of_ours, of_theirs = names.to_follow
    for who, side, given in (("theirs", ours, of_ours), ("ours", theirs, of_theirs)):
        for old, new in given.items():
            renamed = side.with_names({old: new}).values
            count = sum(
                one != renamed[key] and one != before.get(key) for key, one in side.values.items()
            )
            if count:
                yield (
                    f"{name}: {who} renamed the layer {old} to {new}; what the other side wrote "
                    f"of it follows ({counted(count, 'event')})"
                )


def _sides(
    paths: _Paths, name: str, parse: Callable[[bytes, str], Side | None]
) -> tuple[Side | None, Side, Side]:
    """Return the base, none if it is empty, and the sides.

    Raises
    ------
    NoCatalogueError
        No side is of a catalogue.
    CatalogueError
        One is, and another cannot be read, or nobody can tell.
    """
    read: list[Side | None] = []
    errors: list[CatalogueError] = []
    foreign: list[CatalogueError] = []
    for path, side in zip(paths, ("base", "ours", "theirs"), strict=True):
        label = f"{name} ({side})"
        one = None
        try:
            data = read_bytes(path, max_bytes=MAX_JSON_BYTES)
            is_absent = side == "base" and not data.strip()
            if not is_absent:
                one = parse(_without_conflicts(data, label) if side == "base" else data, label)
                foreign += [] if one else [CatalogueError(f"{label}: is not that of a catalogue")]
        except CatalogueError as error:
            errors.append(CatalogueError(str(error).replace(f"{path}:", f"{label}:", 1)))
        read.append(one)
    if foreign and not any(read):
        raise NoCatalogueError
    for flaw in (*errors, *foreign):
        raise flaw
    base, ours, theirs = read
    assert ours is not None and theirs is not None  # noqa: S101, PT018 - they had flaws
    return base, ours, theirs


def _without_conflicts(data: bytes, name: str) -> bytes:
    """Return a base without what is in conflict in it.

    Git merges the bases of a criss-cross merge first; where they are in conflict, there is no
    common ancestor, so that what differs now is a conflict too.
    """
    if not _MARKED.search(data):
        return data
    ours, theirs = (parse_json(_MARKED.sub(side, data), name) for side in (rb"\1", rb"\2"))
    return json_bytes(_agreed(ours, theirs))


def _agreed(ours: Any, theirs: Any) -> Any:
    """Return what two values have in common."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {
            key: _agreed(value, theirs[key])
            for key, value in ours.items()
            if key in theirs and (isinstance(value, list) or same_value(value, theirs[key]))
        }
    if isinstance(ours, list) and isinstance(theirs, list):
        there = {json.dumps(one, sort_keys=True) for one in theirs}
        return [one for one in ours if json.dumps(one, sort_keys=True) in there]
    return ours
