"""``pkzone layers``: what the catalogue holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, json_option
from pkzone.commands.output import paragraph, print_json, print_text, table

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Layer


@click.command(
    "layers",
    cls=Command,
    examples=("pkzone layers", "pkzone layers --json", "pkzone layers --catalogue my-zone/"),
)
@json_option
@catalogue_option
def command(catalogue: Catalogue, as_json: bool) -> None:
    """List the layers: versions, span, features, licence."""
    if as_json:
        print_json([_layer_record(layer) for layer in catalogue.layers])
        return
    if not catalogue:
        print_text("no layers yet; pkzone publish --new-layer TITLE begins one")
        return
    rows = [
        (layer.name, len(layer.versions), *_span(layer), _counts(layer), layer.title)
        for layer in catalogue.layers
    ]
    heads = ("layer", "versions", "first", "newest", "features", "title")
    listed = table(heads, rows, right=("versions", "features"))
    print_text(f"{listed}\n\n{_licence_line(catalogue)}")


def _layer_record(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "description": layer.description,
        "licenses": sorted({one.name for version in layer.versions for one in version.licenses}),
        "versions": [
            {
                "version": version.id,
                "valid_from": version.valid_from.isoformat(),
                "valid_to": version.valid_to.isoformat() if version.valid_to else None,
                "features": version.feature_count,
                "title": version.title,
            }
            for version in layer.versions
        ],
    }


def _span(layer: Layer) -> tuple[str | None, str | None]:
    return (layer.versions[0].id, layer.latest.id) if layer.versions else (None, None)


def _counts(layer: Layer) -> str:
    """Return how many features the versions hold: ``3``, or ``0-3`` where they differ."""
    counts = sorted({version.feature_count for version in layer.versions}) or [0]
    return f"{counts[0]}-{counts[-1]}" if len(counts) > 1 else str(counts[0])


def _licence_line(catalogue: Catalogue) -> str:
    """Return the licences, with the layers that each covers where there are several."""
    holders: dict[str, list[str]] = {}
    for layer in catalogue.layers:
        names = {one.name for version in layer.versions for one in version.licenses}
        holders.setdefault(", ".join(sorted(names)) or "none stated", []).append(layer.name)
    if len(holders) == 1:
        return paragraph(f"licence: {next(iter(holders))}")
    return paragraph(
        "licences: "
        + "; ".join(f"{licence} ({', '.join(names)})" for licence, names in holders.items())
    )
