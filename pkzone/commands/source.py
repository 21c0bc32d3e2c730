"""``pkzone source``: what the data rests on, added without an editor."""

from __future__ import annotations

from typing import Any

import click

from pkzone.commands.added import print_added
from pkzone.commands.framework import Command, Group
from pkzone.commands.options import (
    catalogue_folder,
    catalogue_folder_option,
    dry_run_option,
    lock_timeout_option,
)
from pkzone.commands.types import DAY, SOURCE, Choice
from pkzone.layers.terms import SOURCE_TYPES


@click.group(
    "source",
    cls=Group,
    homes={"add": "pkzone.commands.source:add"},
    examples=('pkzone source add --catalogue my-zone --title "Map of the posts" --type map',),
)
def command() -> None:
    """Add to the sources; 'pkzone sources' lists them."""


@click.command(
    "add",
    cls=Command,
    examples=(
        'pkzone source add --catalogue my-zone --title "Posts move" --url https://example.org/move '
        "--date 2024-05-01 --publisher Example --language en",
        'pkzone source add --catalogue my-zone --title "Map of the posts" --type map posts-map',
    ),
)
@click.argument("id", type=SOURCE, required=False)
@click.option("--title", metavar="TEXT", required=True, help="Its title.")
@click.option("--url", metavar="URL", help="Its address, http or https.")
@click.option(
    "--date", metavar="DATE", type=DAY, help="Date of publication: a day, a month or a year."
)
@click.option("--publisher", metavar="NAME", help="Its publisher.")
@click.option("--language", metavar="CODE", help="Its language, such as en, hy or pt-BR.")
@click.option(
    "--author", "authors", metavar="NAME", multiple=True, help="Its author; may be repeated."
)
@click.option(
    "--type",
    metavar="TYPE",
    type=Choice(SOURCE_TYPES),
    help="Its type in CSL: article-newspaper, report, treaty ...  "
    "[default: webpage with an address, else document]",
)
@click.option("--note", metavar="TEXT", help="A note.")
@dry_run_option
@lock_timeout_option
@catalogue_folder_option
def add(catalogue: str | None, title: str, dry_run: bool, **options: Any) -> None:
    """Add a source to sources.json, and print its ID.

    Without ID it gets one of its publisher, or else its title, and its date. The rest of the
    file is left unchanged, byte for byte. Adding the same source again changes nothing.
    """
    from pkzone.store.sources import add_source

    folder = catalogue_folder(catalogue)
    added = add_source(title, catalogue=folder, dry_run=dry_run, **options)
    print_added(added, "source", folder, dry_run=dry_run)
