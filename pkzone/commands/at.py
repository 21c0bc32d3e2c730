"""``pkzone at``: what held at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, language_option, table_options
from pkzone.commands.output import print_table, warn
from pkzone.commands.records import beyond
from pkzone.commands.types import DAY, PLACE

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "at",
    cls=Command,
    # A point that begins with a minus is not an option.
    context_settings={"ignore_unknown_options": True},
    examples=(
        "pkzone at Lachin 2022-08-25",
        "pkzone at Stepanakert",
        "pkzone at 46.55,39.64 2022-09-01",
        "pkzone at Шуша -f csv",
    ),
)
@click.argument("place", type=PLACE, metavar="PLACE|LON,LAT")
@click.argument("date", type=DAY, required=False)
@language_option("of text and Markdown")
@table_options()
@catalogue_option
@click.pass_context
def command(
    ctx: click.Context,
    catalogue: Catalogue,
    destination: Destination,
    lang: str,
    place: str,
    date: str | None,
) -> None:
    """Show where a place or a point lay on DATE.

    Without DATE, on every date. PLACE is any name of a place, in any script, or its id. First
    comes what its layer states, with certainty and sources; then where it lies on the map: inside
    or outside each area, under whose control, how far from the border or too close to it to say;
    then the nearest road in use.
    """
    from difflib import get_close_matches

    from pkzone.queries.at import at

    for text in filter(None, (place, date)):
        if text.startswith("-") and not text[1:2].isdigit():
            options = [name for option in ctx.command.params for name in option.opts]
            near = get_close_matches(text, options)
            raise click.NoSuchOption(text, possibilities=near, ctx=ctx)
    told = at(place, date, catalogue=catalogue)
    print_table(told, destination, lang=lang, catalogue=catalogue)
    for said in beyond(catalogue, date):
        warn(f"note: {said}")
