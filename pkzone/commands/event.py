"""``pkzone event``: what happened, added without an editor."""

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
from pkzone.commands.translate import warn_of_untranslated
from pkzone.commands.types import DAY, EVENT, FULL_FEATURE, KIND, LAYER, SOURCE, Choice
from pkzone.layers.terms import CERTAINTIES


@click.group(
    "event",
    cls=Group,
    homes={"add": "pkzone.commands.event:add"},
    examples=('pkzone event add --catalogue my-zone --date 2024-05-01 --title "Posts move"',),
)
def command() -> None:
    """Add to the events; 'pkzone events' lists them."""


@click.command(
    "add",
    cls=Command,
    examples=(
        'pkzone event add --catalogue my-zone --date 2024-05-01 --title "Posts move" --layer line '
        "--source example-2024-05-01 --kind movement --certainty reported",
        "pkzone event add --catalogue my-zone --date 2024-05-02 --title Talks --feature line/north",
    ),
)
@click.argument("id", type=EVENT, required=False)
@click.option(
    "--date", metavar="DATE", type=DAY, required=True, help="Its date: a day, a month or a year."
)
@click.option(
    "--title", metavar="TEXT", required=True, help="Its title: what happened, in a few words."
)
@click.option("--summary", metavar="TEXT", help="Its summary: what happened, in a few sentences.")
@click.option("--time", metavar="HH:MM", help='Time of day, with its time zone: "10:30 (UTC+4)".')
@click.option(
    "--layer",
    "layers",
    type=LAYER,
    metavar="NAME",
    multiple=True,
    help="A layer that it concerns; may be repeated.",
)
@click.option(
    "--feature",
    "features",
    type=FULL_FEATURE,
    metavar="LAYER/ID",
    multiple=True,
    help="A feature of any version that it concerns; may be repeated.",
)
@click.option(
    "--source",
    "sources",
    type=SOURCE,
    metavar="ID",
    multiple=True,
    help="Id of a source; may be repeated.",
)
@click.option("--kind", type=KIND, metavar="WORD", help="Its kind: movement, incident ...")
@click.option(
    "--certainty",
    type=Choice([one.word for one in CERTAINTIES]),
    help="Its certainty: how far the sources agree.",
)
@click.option("--note", metavar="TEXT", help="What is uncertain.")
@dry_run_option
@lock_timeout_option
@catalogue_folder_option
def add(catalogue: str | None, date: str, title: str, dry_run: bool, **options: Any) -> None:
    """Add an event to events.json, and print its ID.

    Without ID it gets one of its title and its date. The layers, features and sources that it
    names must exist. The rest of the file is left unchanged, byte for byte. Adding the same
    event again changes nothing.
    """
    from pkzone.store.events import add_event

    folder = catalogue_folder(catalogue)
    added = add_event(date, title, catalogue=folder, dry_run=dry_run, **options)
    print_added(added, "event", folder, dry_run=dry_run)
    if not dry_run:
        warn_of_untranslated(folder)
