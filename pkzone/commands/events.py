"""``pkzone events``: what happened, by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.types import DAY, FEATURE, KIND, LAYER, SOURCE
from pkzone.layers.terms import EVENT_KINDS

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "events",
    cls=Command,
    examples=(
        "pkzone events --layer corridor -f csv",
        "pkzone events --kind incident",
        "pkzone events --feature places/lachin",
        "pkzone events --from 2022-08 --to 2022-08 --json",
    ),
)
@click.option("--layer", type=LAYER, metavar="LAYER", help="Only those that concern a layer.")
@click.option(
    "--feature", type=FEATURE, metavar="ID", help="Only those that name a feature: ID or LAYER/ID."
)
@click.option(
    "--from",
    "start",
    type=DAY,
    metavar="DATE",
    help="Only those of this day, month, year or later.",
)
@click.option(
    "--to", "end", type=DAY, metavar="DATE", help="Only those up to this day, month or year."
)
@click.option(
    "--kind",
    "kinds",
    type=KIND,
    metavar="KIND",
    multiple=True,
    help="Only those of a kind; may be repeated. Kinds: "
    + ", ".join(one.word for one in EVENT_KINDS)
    + ".",
)
@click.option("--source", type=SOURCE, metavar="ID", help="Only those with this source.")
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(
    catalogue: Catalogue,
    destination: Destination,
    lang: str,
    layer: str | None,
    feature: str | None,
    start: str | None,
    end: str | None,
    kinds: tuple[str, ...],
    source: str | None,
) -> None:
    """List dated events, with the accounts of both sides.

    An event concerns a layer if it names it or a feature of it, or if a version of it cites it.
    A month or a year counts where it overlaps. The oldest come first. 'pkzone event add' adds one.
    """
    from pkzone.queries.events import events

    found = events(
        layer,
        feature=feature,
        start=start,
        end=end,
        kind=kinds,
        source=source,
        catalogue=catalogue,
    )
    print_table(found, destination, lang=lang, catalogue=catalogue)
