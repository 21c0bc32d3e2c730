"""``pkzone series``: a layer through time, one row a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    catalogue_option,
    file_layers_option,
    language_option,
    table_options,
)
from pkzone.commands.output import print_table, warn
from pkzone.commands.types import DAY, RANGE, Choice
from pkzone.queries import GROUPS

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "series",
    cls=Command,
    examples=(
        "pkzone series corridor",
        "pkzone series zone --from 2020-12-01 --to 2022-09-01",
        "pkzone series corridor -o corridor.csv",
        "pkzone series corridor@2020-12..2023-04",
        "pkzone series v1.0..:roads.geojson",
        "pkzone series ..:survey.gpkg --layer roads",
        "pkzone series transport --by status -f csv > transport.csv",
    ),
)
@click.argument("layer", type=RANGE)
@click.option(
    "--from", "start", type=DAY, metavar="DATE", help="Only versions in force on DATE or later."
)
@click.option(
    "--to", "end", type=DAY, metavar="DATE", help="Only versions in force on DATE or earlier."
)
@click.option("--by", type=Choice(GROUPS), help="One row for each of these in each version.")
@file_layers_option(" of a file in git that holds several")
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(
    catalogue: Catalogue,
    layer: str,
    start: str | None,
    end: str | None,
    by: str | None,
    layers: tuple[str, ...],
    lang: str,
    destination: Destination,
) -> None:
    """Measure each version of a layer: features, km, km2, statuses.

    Lengths are given as drawn and as published, of all lines and of those in use (open or
    restricted); a published one only if every line that counts has one. CSV and JSON always have
    every column; text and Markdown leave out empty ones. LAYER@A..B
    is for the versions in force from A to B; A..B:PATH for the states of a file in git, by the
    dates of its commits.
    """
    from pkzone.queries.series import series

    table = series(layer, start=start, end=end, by=by, catalogue=catalogue, layers=layers)
    print_table(table, destination, lang=lang, catalogue=catalogue)
    if destination.form in ("csv", "jsonl"):  # which have no room for them
        for note in table.notes:
            warn(f"note: {note}")
