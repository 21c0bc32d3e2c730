"""``pkzone picture``: a map as PNG, SVG or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    OWN_STORY,
    catalogue_option,
    file_properties_options,
    is_typed,
    language_option,
    may_replace,
    output_option,
    overwrite_option,
    story_option,
    tagged_option,
    title_option,
)
from pkzone.commands.output import warn
from pkzone.commands.records import beyond
from pkzone.commands.types import DAYS, REF, Choice

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = ["command"]

DEFAULT_OUTPUT = "pkzone-picture.png"
STORY_OUTPUT = "pkzone-story.pdf"


@click.command(
    "picture",
    cls=Command,
    examples=(
        "pkzone picture --on 2022-12-12",
        "pkzone picture corridor@2022-09-01 -o corridor.svg --width-cm 12",
        "pkzone picture corridor@2020-12-01 corridor@2022-08-30 -o change.pdf --lang ru",
        "pkzone picture corridor --on 2020-12-01,2022-09-01,2023-04-23 -o corridor.pdf",
        "pkzone picture zone --each -o zone.pdf",
        "pkzone picture --story -o story.pdf",
        "pkzone picture --with tagged.csv -o incidents.png",
        "pkzone picture camps.geojson --color-by people --label name -o camps.png",
    ),
)
@click.argument("refs", type=REF, metavar="[REF | BASE TARGET]", nargs=-1)
@output_option(DEFAULT_OUTPUT, "File to write; its extension, .png, .svg or .pdf, sets the format.")
@click.option(
    "--on",
    type=DAYS,
    metavar="DATE,...",
    help="The date of the map, or of a REF that is a bare LAYER; several dates get a panel each.",
)
@click.option(
    "--each",
    is_flag=True,
    help="Small multiples: a panel for every version of the LAYER, or of its range LAYER@A..B.",
)
@click.option(
    "--width-cm",
    metavar="N",
    type=float,
    help="Width in centimetres: 18 by default, 21 (A4) for a story; the height follows.",
)
@click.option(
    "--dpi",
    metavar="N",
    type=float,
    default=200.0,
    show_default=True,
    help="Resolution of a PNG in pixels per inch.",
)
@language_option("of words and names")
@click.option(
    "--theme",
    type=Choice(["light", "dark"]),
    default="light",
    show_default=True,
    help="Colours.",
)
@file_properties_options
@tagged_option("Count the records of a table that pkzone tag wrote over time, by their answers.")
@story_option("Draw the stops of a story as the pages of a PDF, pkzone-story.pdf")
@title_option("Another heading.")
@overwrite_option()
@catalogue_option
def command(
    catalogue: Catalogue,
    refs: tuple[str, ...],
    output: str,
    overwrite: bool,
    story: str | None,
    **options: Any,
) -> None:
    """Draw a map, a difference or a count as PNG, SVG or PDF.

    Without REF it shows every layer, with one REF that version, with two what changed from
    BASE to TARGET. Several dates, or --each, make small multiples: panels of one scale, in which
    colour marks what differs from the panel before, 12 at most. With STORY each of its stops is a
    page. With TAGGED it counts records by
    the answers for the LAYER that REF names, else for the first it was tagged by. It needs
    matplotlib, the extra `picture`.
    """
    from pathlib import Path

    from pkzone.pictures import check_story_form, form_of, picture

    if len(refs) > 2:
        raise click.UsageError("give no REF, one, or BASE and TARGET")
    if story is not None and not is_typed("output"):
        output = STORY_OUTPUT
    form = form_of(output)  # refused before anything is drawn
    if story is not None:
        check_story_form(form)
    told = True if story == OWN_STORY else story
    drawn = picture(*refs, catalogue=catalogue, story=told, **options)
    for notice in drawn.save(output, overwrite=may_replace(overwrite)):
        warn(notice)
    named = () if options["each"] else (ref for ref in refs if "@" in ref)
    for said in beyond(catalogue, *(options["on"] or ()), *named):
        warn(f"note: {said}")
    warn(f"wrote {output} ({Path(output).stat().st_size / 1000:,.0f} kB)")
