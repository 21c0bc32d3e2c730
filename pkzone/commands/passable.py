"""``pkzone passable``: whether one could pass from one place to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.records import noting_beyond
from pkzone.commands.types import DAY, PLACE, TRAFFIC

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "passable",
    cls=Command,
    examples=(
        "pkzone passable Goris Stepanakert 2022-12-11",
        "pkzone passable Goris Stepanakert 2022-12-13 --for aid",
        "pkzone passable Stepanakert Goris --from 2020-11-10 --to 2024-12-31",
        "pkzone passable Xankəndi Գորիս --from 2022-12-01 --to 2023-10-31 -f csv",
    ),
)
@click.argument("a", type=PLACE)
@click.argument("b", type=PLACE)
@click.argument("on", type=DAY, metavar="[DATE]", required=False)
@click.option(
    "--from", "start", type=DAY, metavar="DATE", help="First day of a span, instead of DATE."
)
@click.option("--to", "end", type=DAY, metavar="DATE", help="Last day of the span.")
@click.option(
    "--for",
    "traffic",
    type=TRAFFIC,
    metavar="TRAFFIC",
    default="civilian",
    show_default=True,
    help="Who travels: civilian, goods, aid, medical or contingent.",
)
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(
    catalogue: Catalogue,
    a: str,
    b: str,
    on: str | None,
    start: str | None,
    end: str | None,
    traffic: str,
    lang: str,
    destination: Destination,
) -> None:
    """Find out whether, or when, one could pass from A to B.

    A and B are places at which a road or railway of the catalogue ends, by any of their names.
    The answer is that of the worst stretch of the best path: yes, restricted (some traffic passes;
    no source says whether this kind does), not known (no source says who could pass) or no. From
    B to A the answer may differ.
    """
    from pkzone.queries.passable import passable

    result = passable(a, b, on, start=start, end=end, traffic=traffic, catalogue=catalogue)
    table = noting_beyond(result.table, catalogue, on or end or start)
    print_table(table, destination, lang=lang, catalogue=catalogue)
