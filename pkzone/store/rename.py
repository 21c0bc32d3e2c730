"""Rename a layer, or give it another title: in its folder, the manifest, its schema and events."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pkzone.errors import BadOption, CannotPublish, OutputError
from pkzone.files.atomic import output_errors
from pkzone.layers import manifest
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.json_fields import MAX_JSON_BYTES, Fields, read_bytes
from pkzone.layers.model import Layer
from pkzone.store import manifest_writer, transaction
from pkzone.store.guards import changeable, check_layer_name
from pkzone.store.list_text import replaced_names
from pkzone.store.preflight import read_manifest

__all__ = ["rename_layer"]


def rename_layer(
    layer: str,
    new: str | None = None,
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    title: str | None = None,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Layer:
    """Rename a layer, or give it another title: everything that names it, or nothing.

    The bytes of its versions stay as they are, and with them every hash. ``events.json`` and the
    layer's schema stay byte for byte but for the name. Names and titles do change in what was
    recorded before, which ``known_on`` shows.

    Parameters
    ----------
    layer : str
        Its name.
    new : str, optional
        The new name; without it the layer keeps its own.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    title : str, optional
        The new title; without it the layer keeps its own.
    lock_timeout : float, optional
        Seconds to wait for another process that is changing the catalogue.

    Returns
    -------
    Layer
        The layer as it is now.

        Raises ------ BadOption Neither a name nor a title is given. LayerNotFound There is
        no such layer. BadReference, CannotPublish The new name is not a name for a layer,
        is taken, or an event has it already; or the title is not a text. CatalogueError,
        CatalogueLocked, OutputError The catalogue is damaged, in use, or cannot be written
        to.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pkzone
    >>> from pkzone.geojson import Feature, FeatureCollection
    >>> with TemporaryDirectory() as folder:
    ...     own = pkzone.init(folder, title="Buffer zone")
    ...     features = FeatureCollection((Feature("north", {}, None),), ())
    ...     _ = pkzone.publish(features, catalogue=own, layer="posts", valid_from="2024-05-01",
    ...                        title="Posts", new_layer="Posts")
    ...     pkzone.rename_layer("posts", "sites", title="Sites", catalogue=own).latest.ref
    'sites@2024-05-01'
    """
    if new is None and title is None:
        raise BadOption("give the new name, or the new title with --title")
    if title is not None:
        manifest_writer.checked_text(title, "the title of the layer")
    root = changeable(catalogue)
    with transaction.locked(root, timeout=lock_timeout):
        package = read_manifest(root)
        opened = Catalogue(root)
        old = opened[layer]
        name = old.name if new is None else new
        heading = old.title if title is None else title
        if name != old.name:
            _check_free(name, old, opened)
        if (name, heading) == (old.name, old.title):
            return old
        return _commit(package, opened, old, name, heading)


def _check_free(name: str, old: Layer, opened: Catalogue) -> None:
    check_layer_name(name)
    root = opened.root
    if name in opened:
        raise CannotPublish(f"the catalogue has a layer {name} already; choose another name")
    for event in opened.events:
        if event.names(name):
            raise CannotPublish(
                f"{root}/events.json: event {event.id} names {name}, which is not a "
                f"layer yet; take "
                "it out, or choose another name"
            )
    for path in (root / name, root / "schemas" / f"{name}.json"):
        with output_errors(str(path)):
            free = not any(path.iterdir()) if path.is_dir() else not os.path.lexists(path)
        if not free:
            raise OutputError(f"{path}: already exists; move it, or choose another name")
    for record in old.records:
        record.read_bytes()  # raises where a file is not what is recorded


def _commit(
    package: Mapping[str, Any], opened: Catalogue, old: Layer, name: str, title: str
) -> Layer:
    """Write the layer under its new name and title, and return it."""
    root = opened.root
    layers = [
        {**one, "name": name, "title": title} if one["name"] == old.name else one
        for one in package["layers"]
    ]
    resources = [
        _renamed(one, old.name, name) if one.get("layer") == old.name else one
        for one in package["resources"]
    ]
    changed = {
        **package, "layers": layers, "resources": manifest_writer.in_order(resources, layers)
    }  # fmt: skip
    data = manifest_writer.dumps(changed)
    fields = Fields(changed, f"{root}/{manifest.FILE_NAME}")
    renamed = manifest.layers(fields, str(root), opened.licenses)[name]
    replaced = dict(_texts(opened, old, name, title))
    files: dict[str, bytes | Path] = {}
    removed: list[str] = []
    if name != old.name:
        removed = [*dict.fromkeys(record.file for record in old.records)]
        files = {_moved(path, old.name, name): root / path for path in removed}
        schema = f"schemas/{old.name}.json"
        files[f"schemas/{name}.json"] = replaced.pop(schema, b"") or root / schema
        removed.append(schema)
    transaction.commit(root, files, data, replaced=replaced, removed=removed)
    return renamed


def _renamed(resource: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {
        **resource,
        "name": manifest_writer.resource_name(new, resource["version"], resource["record"]),
        "path": _moved(resource["path"], old, new),
        "layer": new,
        "feature_schema": f"schemas/{new}.json",
    }


def _moved(path: str, old: str, new: str) -> str:
    return f"{new}/{path.removeprefix(f'{old}/')}"


def _texts(opened: Catalogue, old: Layer, name: str, title: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that people edit and that name the layer, as they are to be."""
    root = opened.root
    if name != old.name:
        events = read_bytes(root / "events.json", max_bytes=MAX_JSON_BYTES).decode()
        features = {one for event in opened.events for one in event.features}
        own = {one: f"{name}/{one.removeprefix(f'{old.name}/')}" for one in features
               if one.startswith(f"{old.name}/")}  # fmt: skip
        text = replaced_names(events, {"layers": {old.name: name}, "features": own})
        if text != events:
            yield "events.json", text.encode()
    path = f"schemas/{old.name}.json"
    schema = read_bytes(root / path, max_bytes=MAX_JSON_BYTES)
    before, after = (
        json.dumps(manifest_writer.schema_title(*one), ensure_ascii=False).encode()
        for one in ((old.name, old.title), (name, title))
    )
    if before in schema:  # as a new layer's schema has it
        yield path, schema.replace(before, after)
