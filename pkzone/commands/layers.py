"""``pkzone layers``: what the catalogue holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.i18n.messages import Translatable
from pkzone.reports.model import msg, speaker_of
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
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(catalogue: Catalogue, lang: str, destination: Destination) -> None:
    """List the layers: versions, span, features, licence.

    'pkzone publish --new-layer' begins one, 'pkzone layer rename' gives one another name or title.
    """
    rows = tuple(map(_row, catalogue.layers))
    table = Table("layers", COLUMNS, rows, notes=(_licence_line(catalogue),) if rows else ())
    text = None if rows else _no_layers
    print_table(table, destination, text=text, lang=lang, catalogue=catalogue)


def _no_layers(table: Table, **_: object) -> str:
    none = msg("no layers yet; {command} begins one", "pkzone publish --new-layer TITLE")
    return f"{speaker_of(table)(none)}\n"


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
    none = Translatable("none stated")
    holders: dict[str, list[str]] = {}
    for layer in catalogue.layers:
        names = {one.name for version in layer.versions for one in version.licenses}
        holders.setdefault(", ".join(sorted(names)) or none, []).append(layer.name)
    if len(holders) == 1:
        return Translatable("licence: {name}", name=next(iter(holders)))
    told = (f"{licence} ({', '.join(names)})" for licence, names in holders.items())
    return Translatable("licences: {names}", names=tuple(told))
