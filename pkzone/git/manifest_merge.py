"""Merge manifests of catalogues: versions, layers and other objects by name, sealed anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pkzone.errors import BadDate, CatalogueError, printable
from pkzone.git.conflict_markers import lines_with_markers
from pkzone.git.layer_names import ANEW, followed
from pkzone.git.manifest_conflicts import (
    SIDES,
    Listed,
    advice,
    clashes_in,
    either,
    folder_of,
    last_steps,
    picked,
    sides_of,
)
from pkzone.git.merge_json import ABSENT, CLASH, Clash, chosen, merge_objects, merged_order
from pkzone.layers import manifest
from pkzone.layers.dates import parse_version_id
from pkzone.layers.json_fields import Fields, parse_json
from pkzone.store import manifest_writer
from pkzone.store.manifest_writer import SEAL
from pkzone.store.verify import records_out_of_order

__all__ = ["Manifest", "merge_manifests"]

Package = dict[str, Any]

_LISTS = ("layers", "resources")
#: What tells the objects of a list apart, the first that does.
_KEYS = (("name",), ("id",), ("route", "valid_from"), ("title",), ("path",))
_SEAL_FORM = re.compile(r"sha256:[0-9a-f]{64}")


class Manifest(NamedTuple):
    """A manifest in pkzone's form, and whether it is as it was sealed."""

    package: Package
    is_sealed: bool = True

    @classmethod
    def of(cls, data: bytes, name: str) -> Manifest | None:
        """Return the manifest that a file holds; None for a package of another form.

        Raises
        ------
        CatalogueError
            It is no JSON, or the manifest of a catalogue that would not open.
        """
        value = parse_json(data, name)
        if not isinstance(value, dict) or not _is_manifest(value):
            return None
        manifest.layers(Fields(value, name), folder_of(name), ())
        return cls(value, manifest_writer.is_sealed(value, data))


def _is_manifest(package: Package) -> bool:
    """Tell whether a package has layers and versions as pkzone writes them."""
    if not all(_are_objects(package.get(key)) for key in _LISTS):
        return False
    versions = [one for one in package["resources"] if "layer" in one]
    try:
        for one in versions:
            parse_version_id(one["version"])
    except (BadDate, KeyError, TypeError):
        return False
    return all(one.get("name") for key in _LISTS for one in package[key])


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def merge_manifests(
    base: Package, ours: Manifest, theirs: Manifest, *, name: str, marker_size: int
) -> tuple[bytes, list[str], bool]:
    """Return the merged file, messages, and whether there is a conflict.

    Objects of lists are merged by their names and members, other members of the manifest each as
    a whole. A layer that one side renamed has its new name in what the other side published to
    it. The seal of a side that is broken stays broken. What `verify` would refuse is a conflict
    too, though without markers: records that do not go together, files that git has not moved.

    Raises
    ------
    CatalogueError
        The sides cannot be joined: they renamed one layer to two names, or one removed it.
    """
    sides = followed(base, ours.package, theirs.package, name)
    messages = list(sides.notes)
    merged = _merged(sides.base, sides.ours, sides.theirs)
    for side in SIDES:
        _check_layers(picked(merged, side), name)
    seal, broken = _seal(ours, theirs)
    messages += [
        f"{name}: the seal of {side} is broken, by an edit by hand or by damage, and stays so: "
        "pkzone verify finds it"
        for side in broken
    ]
    if clashes := dict(clashes_in(merged)):
        messages += advice(merged, clashes, name, sides.paths)
        return _conflict_text(merged, seal, marker_size), messages, True
    package = picked(merged, SIDES[0])
    flaws = list(_to_find(package, name))
    messages += flaws
    if sides.paths and not flaws:
        messages.append(last_steps(name, sides.paths))
    data = _sealed(manifest_writer.dumps(package), seal)
    return data, messages, bool(flaws or sides.paths)


def _merged(base: Package, ours: Package, theirs: Package) -> dict[str, Any]:
    """Return the members: a value, a `Clash`, or for a list of objects a `Listed`."""
    merged: dict[str, Any] = {}
    for key in merged_order(base, ours, theirs):
        values = [side.get(key, ABSENT) for side in (base, ours, theirs)]
        if key == SEAL:
            continue
        if by_key := _by_key(*values):
            objects = merge_objects(*by_key)
            merged[key] = Listed(_settled(objects, *by_key) if key == "resources" else objects)
        elif (value := chosen(*values)) is CLASH:
            merged[key] = Clash(values[1], values[2], "both sides changed it")
        elif value is not ABSENT:
            merged[key] = value
    layers = [one for side in SIDES for one in picked(merged, side)["layers"]]
    resources = Listed(_in_order(merged.pop("resources"), layers))
    return {**merged, "resources": resources}


def _by_key(base: Any, ours: Any, theirs: Any) -> list[dict[str, Any]] | None:
    """Return three lists of objects by what tells them apart; None if they are none, or nothing."""
    sides = [[] if base is ABSENT else base, ours, theirs]
    if not all(map(_are_objects, sides)):
        return None
    for names in _KEYS:
        keyed = [
            {" ".join(str(one[key]) for key in names): one for one in side}
            for side in sides
            if all(isinstance(one.get(key), str) for one in side for key in names)
        ]
        if [len(one) for one in keyed] == [len(side) for side in sides]:
            return keyed
    return None


def _settled(
    merged: dict[str, Any], base: Package, ours: Package, theirs: Package
) -> dict[str, Any]:
    """Return resources with fewer clashes and with more.

    What both sides published alike has the earlier day. What follows a record in conflict belongs
    to the conflict: a second correction means nothing without the first.
    """
    settled = dict(merged)
    first: dict[tuple[str, str], int] = {}
    for name, value in merged.items():
        if not isinstance(value, Clash):
            continue
        if name not in base:
            early, late = sorted(
                (value.ours, value.theirs), key=lambda one: str(one.get("recorded"))
            )
            if early | {"recorded": late.get("recorded")} == late:
                settled[name] = early
                continue
        one = either(value)
        if "layer" in one:
            place = one["layer"], one["version"]
            first[place] = min(one["record"], first.get(place, one["record"]))
    for name, value in settled.items():
        one = either(value)
        start = first.get((one.get("layer", ""), one.get("version", "")))
        if name not in base and start is not None and one["record"] > start:
            reason = "it follows a record that is in conflict"
            settled[name] = Clash(ours.get(name, ABSENT), theirs.get(name, ABSENT), reason)
    return settled


def _in_order(merged: Mapping[str, Any], layers: list[Package]) -> Iterator[tuple[str, Any]]:
    """Yield resources in the one order of a manifest, each with its name."""
    ranked = {one["name"]: one for one in layers}.values()
    for one in manifest_writer.in_order(map(either, merged.values()), ranked):
        if one["name"] in merged:
            yield one["name"], merged[one["name"]]


def _check_layers(package: Package, name: str) -> None:
    known = {one["name"] for one in package["layers"]}
    for one in package["resources"]:
        if one.get("layer", None) not in (None, *known):
            raise CatalogueError(
                f"{name}: one side removed the layer {printable(one['layer'])}, and the other "
                f"published to it; {ANEW}, agree whether it stays, and merge again"
            )


def _seal(ours: Manifest, theirs: Manifest) -> tuple[str | None, list[str]]:
    """Return the seal that a merge takes over since it is broken, and the sides whose it is.

    If it fits what came out, that was sealed once, and all is well.
    """
    broken = [
        (side, one.package.get(SEAL))
        for side, one in zip(SIDES, (ours, theirs), strict=True)
        if not one.is_sealed
    ]
    if not broken:
        return None, []
    kept = broken[0][1]
    fits = isinstance(kept, str) and _SEAL_FORM.fullmatch(kept)
    return (str(kept) if fits else ""), [side for side, _ in broken]


def _sealed(data: bytes, broken: str | None) -> bytes:
    """Return a manifest with a seal that is broken in the place of the right one; "" for none."""
    if broken is None:
        return data
    right = manifest_writer.member(SEAL, f'"{manifest_writer.seal_of(data)}"')
    kept = manifest_writer.member(SEAL, f'"{broken}"') + ",\n" if broken else ""
    return data.replace(f"{right},\n".encode(), kept.encode(), 1)


def _to_find(package: Package, name: str) -> Iterator[str]:
    """Yield what `verify` will find wrong with the records of a merge."""
    try:
        layers = manifest.layers(Fields(package, name), folder_of(name), ())
        found = [one.message for one in records_out_of_order(layers.values())]
    except CatalogueError as error:
        found = [str(error)]
    for one in found:
        yield (
            f"{name}: what came out is not sound, pkzone verify finds: {one}; {ANEW}, fix it on "
            "one of the branches, and merge again"
        )


def _conflict_text(merged: Mapping[str, Any], broken: str | None, size: int) -> bytes:
    """Return the manifest with markers; its seal is that of our side, unless it is broken."""
    ours = _sealed(manifest_writer.dumps(picked(merged, SIDES[0])), broken).decode()
    members = {key: _member(key, value, size) for key, value in merged.items()}
    seals = [line[:-1].encode() for line in ours.split("\n") if line.startswith('"seal":')]
    resources = members.pop("resources")
    entries = [*members.values(), *((seal, seal) for seal in seals), resources]
    return b"{\n" + b"\n".join(lines_with_markers(entries, size)) + b"\n}\n"


def _member(key: str, value: Any, size: int) -> tuple[bytes | None, bytes | None]:
    """Return a member's text on both sides: the same where markers stand within it, or none do."""
    if isinstance(value, Listed):
        entries = [(_line(ours), _line(theirs)) for ours, theirs in map(sides_of, value.values())]
        lines = [b"[", *lines_with_markers(entries, size), b"]"]
        text = b"\n".join(lines) if entries else b"[]"
        whole = manifest_writer.member(key, "").encode() + text
        return whole, whole
    ours, theirs = (
        None if one is ABSENT else manifest_writer.member(key, manifest_writer.value_lines(one))
        for one in sides_of(value)
    )
    return (None if ours is None else ours.encode()), (None if theirs is None else theirs.encode())


def _line(value: Any) -> bytes | None:
    return None if value is ABSENT else manifest_writer.encoded(value).encode()
