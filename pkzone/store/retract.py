"""Withdraw a version: a further record says why, and it holds on no day any more."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pkzone.errors import BadDate, BadReference, CannotPublish, VersionNotFound, did_you_mean
from pkzone.layers import manifest
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_day, parse_version_id
from pkzone.layers.json_fields import Fields
from pkzone.layers.model import Layer, Version
from pkzone.store import manifest_writer, transaction
from pkzone.store.guards import changeable
from pkzone.store.preflight import PRESENT, read_manifest

__all__ = ["WITHDRAWN", "Retraction", "retract"]

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Retraction:
    """A version that is withdrawn, and what holds in its place.

    Attributes
    ----------
    version : Version
        The record that withdraws it; ``withdrawn`` says why.
    outcome : str
        ``withdrawn``, or ``present``: it was withdrawn before, for the same reason.
    first, last : datetime.date or None
        The days on which it was in force; neither where it was on none, no last one where no later
        version ended it.
    in_force : Version or None
        What is in force on these days now; none if it was the first version.
    """

    version: Version
    outcome: str
    first: date | None = None
    last: date | None = None
    in_force: Version | None = None


def retract(
    reference: str,
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    reason: str,
    recorded: str | date | None = None,
    dry_run: bool = False,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Retraction:
    """Withdraw a version; what was published stays readable with an earlier ``known_on``.

    Parameters
    ----------
    reference : str
        ``LAYER@VERSION``, with the id of a version.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    reason : str
        Why, in a few words.
    recorded : str or datetime.date, optional
        The day of withdrawing; without it today (UTC).
    dry_run : bool, optional
        Only say what would be done.
    lock_timeout : float, optional
        Seconds to wait for another process that is changing the catalogue.

    Returns
    -------
    Retraction
        The record, and what is in force now. Publishing the version with ``correct`` brings it
        back.

        Raises ------ BadReference, LayerNotFound, VersionNotFound The reference names no
        version by its id. CannotPublish The reason is not a text, the version is withdrawn
        for another one, or the day is before that of its newest record. CatalogueError,
        CatalogueLocked, OutputError The catalogue is damaged, in use, or cannot be written
        to. It is as it was before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pkzone
    >>> from pkzone.geojson import Feature, FeatureCollection
    >>> with TemporaryDirectory() as folder:
    ...     own = pkzone.init(folder, title="Buffer zone")
    ...     post = {"type": "Point", "coordinates": [46.5, 39.7]}
    ...     features = FeatureCollection((Feature("north", {}, post),), ())
    ...     for day in ("2024-05-01", "2024-05-02"):
    ...         _ = pkzone.publish(features, catalogue=own, layer="posts", valid_from=day,
    ...                            title="Posts", new_layer="Posts")
    ...     pkzone.retract("posts@2024-05-02", catalogue=own, reason="wrong date").in_force.ref
    'posts@2024-05-01'
    """
    root = changeable(catalogue)
    manifest_writer.checked_text(reason, "the reason")
    day = datetime.now(UTC).date() if recorded is None else parse_day(recorded)
    with nullcontext() if dry_run else transaction.locked(root, timeout=lock_timeout):
        package = read_manifest(root)
        opened = Catalogue(root)
        layer, newest = _named(reference, opened)
        if newest.withdrawn:
            if newest.withdrawn == reason:
                return Retraction(newest, PRESENT)
            raise CannotPublish(
                f"{newest.ref} was withdrawn on {newest.recorded} for another reason: "
                f"{newest.withdrawn}; publish it again with --correct, then withdraw it anew"
            )
        if day < newest.recorded:
            raise CannotPublish(
                f"record {newest.record + 1} of {newest.ref} cannot be recorded on {day}, before "
                f"record {newest.record} of {newest.recorded}"
            )
        entry = _entry(package, newest, reason, day)
        if not dry_run:
            entries = [*package["resources"], entry]
            resources = manifest_writer.in_order(entries, package["layers"])
            data = manifest_writer.dumps({**package, "resources": resources})
            transaction.commit(root, {}, data)
        return _retraction(layer, newest, entry, opened)


def _named(reference: str, catalogue: Catalogue) -> tuple[Layer, Version]:
    """Return the layer, and the newest record of the version that a reference names by its id."""
    name, _, version_id = reference.partition("@")
    if not name or "@" in version_id:
        raise BadReference(f"{reference!r} is not a reference; write LAYER@VERSION")
    layer = catalogue[name]
    for record in reversed(layer.records):
        if record.id == version_id:
            return layer, record
    ids = [*dict.fromkeys(record.id for record in layer.records)]
    if not version_id or version_id == "latest":
        hint = f"write {name}@{ids[-1]} for the newest" if ids else "the layer has none yet"
        raise BadReference(f"{reference!r} names no version by its id; {hint}")
    raise VersionNotFound(
        f"{name} has no version {version_id}, and what is withdrawn is a version by its id, not "
        f"the one in force on a date; {_hint(layer, version_id)}"
        f"pkzone log {name} lists them"
    )


def _hint(layer: Layer, version_id: str) -> str:
    """Return what may be meant: the version in force on a date, or one with a similar id."""
    try:
        found = layer.on(version_id)
    except (BadDate, VersionNotFound):
        return did_you_mean(version_id, {record.id for record in layer.records})
    return f"on that day {found.ref} is in force; "


def _entry(package: dict[str, Any], newest: Version, reason: str, day: date) -> dict[str, Any]:
    """Return the manifest's entry of the record that withdraws a version."""
    of_newest = next(
        one
        for one in package["resources"]
        if (one.get("layer"), one.get("version"), one.get("record"))
        == (newest.layer, newest.id, newest.record)
    )
    record = newest.record + 1
    name = manifest_writer.resource_name(newest.layer, newest.id, record)
    changed = {"name": name, "record": record, "recorded": day.isoformat(), "withdrawn": reason}
    return {**of_newest, **changed}


def _retraction(
    layer: Layer, newest: Version, entry: dict[str, Any], catalogue: Catalogue
) -> Retraction:
    where = str(Path(catalogue.root))
    alone = manifest.version_of(Fields(entry, newest.ref), where, catalogue.licenses)
    record = replace(alone, valid_to=alone.valid_from)  # it holds on no day
    key = parse_version_id(newest.id)
    before = [one for one in layer.versions if parse_version_id(one.id) < key]
    in_force = before[-1] if before else None
    if newest.valid_to is None:
        return Retraction(record, WITHDRAWN, newest.valid_from, None, in_force)
    if newest.valid_to == newest.valid_from:
        return Retraction(record, WITHDRAWN)
    last = date.fromordinal(newest.valid_to.toordinal() - 1)
    return Retraction(record, WITHDRAWN, newest.valid_from, last, in_force)
