"""``pkzone story``: a guided story, drafted from a layer and held against the catalogue."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import FINDINGS, Command, Group
from pkzone.commands.options import (
    catalogue_option,
    output_option,
    overwrite_option,
    table_options,
)
from pkzone.commands.output import deliver, print_table, warn
from pkzone.commands.types import DAY, FILE, LAYER
from pkzone.text_layout import counted

if TYPE_CHECKING:
    from pkzone.commands.options import Destination
    from pkzone.layers.catalogue import Catalogue


@click.group(
    "story",
    cls=Group,
    homes={"new": "pkzone.commands.story:new", "check": "pkzone.commands.story:check"},
    examples=(
        "pkzone story new corridor --from 2022-08-30 --to 2023-04-23 -o tour.json",
        "pkzone story check tour.json",
    ),
)
def command() -> None:
    """Draft and check a guided story; 'pkzone map --story' shows it."""


@click.command(
    "new",
    cls=Command,
    examples=(
        "pkzone story new zone",
        "pkzone story new corridor --from 2022-08-30 --to 2023-04-23 -o tour.json",
    ),
)
@click.argument("layer", type=LAYER)
@click.option(
    "--from", "start", type=DAY, metavar="DATE", help="Only versions in force on DATE or later."
)
@click.option(
    "--to", "end", type=DAY, metavar="DATE", help="Only versions in force on DATE or earlier."
)
@output_option("-")
@overwrite_option()
@catalogue_option
def new(
    catalogue: Catalogue,
    layer: str,
    start: str | None,
    end: str | None,
    output: str,
    overwrite: bool,
) -> None:
    """Write a first draft: a stop for each version of LAYER.

    A stop has the version's day, extent, title and events, with their sources, and what the layer
    then measures. Edit the file; figures, names and dates stay references in braces.
    """
    from pkzone.stories.draft import draft
    from pkzone.stories.model import dumps

    story = draft(layer, catalogue=catalogue, start=start, end=end)
    deliver(dumps(story), output, overwrite=overwrite)
    if output != "-":
        warn(f"wrote {output}: {counted(len(story.stops), 'stop')}")


@click.command("check", cls=Command, examples=("pkzone story check tour.json",))
@click.argument("story", type=FILE)
@table_options()
@catalogue_option
def check(catalogue: Catalogue, story: str, destination: Destination) -> None:
    """Check STORY and its translations against the catalogue.

    A story with errors is refused: references that do not resolve, a date outside the layers in
    view, typed digits, a translation with other references. Warnings are sentences without a
    source, places that are named and not in view, typed names of places, texts that are not
    translated. Hints name sentences of a draft that are yet to be written. Exits with 1 if there
    are errors.
    """
    from pkzone.stories.check import check_story, findings_table
    from pkzone.stories.model import read

    opened = read(story)
    findings = check_story(opened, catalogue.cached())
    print_table(
        findings_table(findings, opened),
        destination,
        text=lambda *_, **__: "".join(f"{one.severity}: {one}\n" for one in findings),
    )
    count = Counter(one.severity for one in findings)
    errors = count["error"]
    found = [counted(errors, "error"), counted(count["warning"], "warning")]
    if count["hint"]:
        found.append(counted(count["hint"], "hint"))
    warn(f"{counted(len(opened.stops), 'stop')}: {', '.join(found)}")
    if errors:
        raise click.exceptions.Exit(FINDINGS)
