"""``pkzone history``: the life of a layer, or of one of its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    Destination,
    catalogue_option,
    file_layers_option,
    language_option,
    table_options,
)
from pkzone.commands.output import layout, print_report, warn
from pkzone.commands.types import FEATURE, RANGE
from pkzone.reports import formats_of

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "history",
    cls=Command,
    examples=(
        "pkzone history corridor",
        "pkzone history corridor lachin-old-az",
        "pkzone history corridor@2020-12..2023-04 lachin-old-az",
        "pkzone history zone -o zone.md --lang ru",
        "pkzone history v1.0..:roads.geojson",
    ),
)
@click.argument("layer", type=RANGE)
@click.argument("feature", type=FEATURE, required=False)
@file_layers_option(" of a file in git that holds several")
@language_option("of text and Markdown")
@table_options(*formats_of("history"))
@catalogue_option
def command(
    catalogue: Catalogue,
    layer: str,
    feature: str | None,
    layers: tuple[str, ...],
    lang: str,
    destination: Destination,
) -> None:
    """Show the history of a layer or of one of its features.

    It lists when the feature appeared and each change with its numbers, events and sources, through
    all versions. LAYER@A..B limits it to those in force from A to B, LAYER@DATE to those up to
    DATE. A..B:PATH shows the states of a file in git, by the dates of its commits.
    """
    from pkzone.compare.history import history

    life = history(layer, feature, catalogue=catalogue, layers=layers)
    words = {"lang": lang, "catalogue": catalogue}
    report = life.report(destination.form, **words, **layout(destination.path))
    print_report(report, destination, lang=lang)
    for notice in life.notices:
        warn(f"note: {notice}")
