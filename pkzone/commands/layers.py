"""``pkzone layers``: what the catalogue holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, table_options
from pkzone.commands.output import print_table
from pkzone.table import Column, Table

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Layer

COLUMNS = (
    Column("layer"),
    Column("versions", "integer", rank=1),
    Column("first", rank=3),
    Column("newest"),
    Column("features_min", "integer", rank=2),
    Column("features_max", "integer", rank=2),
    Column("title"),
    Column("version_ids", "array", in_text=False),
    Column("licenses", "array", in_text=False),
    Column("description", in_text=False),
)


@click.command(
    "layers",
    cls=Command,
    examples=("pkzone layers", "pkzone layers --json", "pkzone layers --catalogue my-zone/"),
)
@table_options()
@catalogue_option
def command(catalogue: Catalogue, destination: Destination) -> None:
    """List the layers: versions, span, features, licence.

    'pkzone publish --new-layer' begins one, 'pkzone layer rename' gives one another name or title.
    """
    rows = tuple(map(_row, catalogue.layers))
    table = Table("layers", COLUMNS, rows, notes=(_licence_line(catalogue),) if rows else ())
    print_table(table, destination, text=None if rows else _no_layers)


def _no_layers(**_: object) -> str:
    return "no layers yet; pkzone publish --new-layer TITLE begins one\n"


def _row(layer: Layer) -> tuple[Any, ...]:
    counts = [version.feature_count for version in layer.versions] or [0]
    return (
        layer.name,
        len(layer.versions),
        layer.versions[0].id if layer.versions else None,
        layer.latest.id if layer.versions else None,
        min(counts),
        max(counts),
        layer.title,
        [version.id for version in layer.versions],
        sorted({one.name for version in layer.versions for one in version.licenses}),
        layer.description,
    )


def _licence_line(catalogue: Catalogue) -> str:
    """Return the licences, with the layers that each covers where there are several."""
    holders: dict[str, list[str]] = {}
    for layer in catalogue.layers:
        names = {one.name for version in layer.versions for one in version.licenses}
        holders.setdefault(", ".join(sorted(names)) or "none stated", []).append(layer.name)
    if len(holders) == 1:
        return f"licence: {next(iter(holders))}"
    return "licences: " + "; ".join(
        f"{licence} ({', '.join(names)})" for licence, names in holders.items()
    )
