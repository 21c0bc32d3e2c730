"""``pkzone map``: a map of layers as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command, Progress
from pkzone.commands.options import (
    OWN_STORY,
    catalogue_option,
    coordinate_options,
    file_properties_options,
    may_replace,
    output_option,
    overwrite_option,
    page_language_options,
    page_options,
    story_option,
    tagged_option,
    title_option,
)
from pkzone.commands.output import emit_file, warn, wrote
from pkzone.commands.records import beyond
from pkzone.commands.types import DAY, REF, Choice

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue
    from pkzone.maps.page import Page

__all__ = ["command"]

DEFAULT_OUTPUT = "pkzone-map.html"


@click.command(
    "map",
    cls=Command,
    examples=(
        "pkzone map",
        "pkzone map --on 2022-12-12 --open",
        "pkzone map zone corridor -o corridor.html",
        "pkzone map mine.geojson other.geojson --title 'What I found' -o mine.html",
        "pkzone map schools.gpkg --color-by kind --label name_en -o schools.html",
        "pkzone map camps.geojson --time opened --time-end closed -o camps.html",
        "pkzone map corridor --compare all",
        "pkzone map --tiles OpenTopoMap -o terrain.html",
        "pkzone map --catalogue daily --simplify 50 -o daily.html",
        "pkzone map --with tagged.csv -o incidents.html",
        "pkzone map --embed -o embed.html",
        "pkzone map --story -o story.html",
        "pkzone map --address https://example.org/map.html --image",
        "pkzone map --languages en,ru -o two.html",
        "pkzone map --assets assets",
    ),
)
@click.argument("refs", type=REF, metavar="[REF]...", nargs=-1)
@click.option("--on", type=DAY, metavar="DATE", help="The date that the map opens on.")
@page_language_options()
@click.option(
    "--compare",
    type=Choice(["none", "consecutive", "all"]),
    help="Which differences to measure for the page: between each version and the next (the "
    "default, unless that takes long), or between all.",
)
@file_properties_options
@output_option(DEFAULT_OUTPUT)
@title_option("Title of the map.")
@click.option(
    "--simplify",
    "simplify_m",
    metavar="METRES",
    type=float,
    help="Draw with fewer vertices: those left out lie within this distance of the drawn line.",
)
@tagged_option("Show the records of a table that pkzone tag wrote, each in the state of its date.")
@coordinate_options("Column of TAGGED")
@story_option("Lead the reader from stop to stop")
@click.option(
    "--embed",
    is_flag=True,
    help="Open in the layout for small frames, in a large window too; #embed=0 in the address "
    "gives the full page.",
)
@click.option(
    "--image",
    is_flag=True,
    help="Write a picture of the opening view beside the page, for link previews.",
)
@click.option(
    "--address",
    metavar="URL",
    help="Address that the page will have on the web, for link previews and its embed code.",
)
@page_options
@overwrite_option()
@click.option("--open", "open_page", is_flag=True, help="Show the map in the web browser.")
@catalogue_option
def command(
    catalogue: Catalogue,
    refs: tuple[str, ...],
    compare: str | None,
    output: str,
    overwrite: bool,
    assets: str | None,
    image: bool,
    open_page: bool,
    story: str | None,
    **options: Any,
) -> None:
    """Write one HTML file of the layers on every date, offline.

    Without REF it holds every layer, with all versions on a slider. A REF may be any GeoJSON
    file, or - for standard input; a map of files alone has dates only with
    --time. Records of TAGGED move with the slider: each is drawn while the state of its date is
    in view.
    """
    _check_output(output, {"--open": open_page, "--assets": assets, "--image": image})
    from pkzone.i18n.messages import names_only
    from pkzone.maps.page import page_of

    page = page_of(
        refs,
        catalogue=catalogue,
        compare=compare,
        progress=Progress(),
        story=True if story == OWN_STORY else story,
        **options,
    )
    if note := names_only(page.content["language"]):
        warn(note)
    for notice in page.notices:
        warn(f"warning: {notice}")
    if compare is None and page.content["compare"]["mode"] == "none":
        warn("differences are not measured, that would take long; --compare consecutive does it")
    opening = page.content["on"]
    for said in beyond(catalogue, opening):
        warn(f"note: {said}")
    if output == "-":
        emit_file(page.to_html().encode("utf-8", "backslashreplace"))
        return
    files, within = page.save(
        output,
        overwrite=may_replace(overwrite),
        assets=assets,
        picture=_picture_of(page) if image else None,
    )
    warn(wrote(files, assets, within))
    if open_page:
        click.launch(output)


def _picture_of(page: Page) -> bytes:
    """Return the picture for previews of the page, as PNG; tell what it lacks."""
    from pkzone.pictures import preview

    data, notices = preview(page).render("png")
    for notice in notices:
        warn(notice)
    return data


def _check_output(output: str, wants_file: Mapping[str, object]) -> None:
    """Refuse a file that is not a page, and options that need one where there is none."""
    if not Path(output).name:
        raise click.UsageError(f"-o {output!r} names no file")
    for option in filter(wants_file.get, wants_file) if output == "-" else ():
        raise click.UsageError(f"{option} needs a file; leave out -o -")
    if not output.lower().endswith((".html", ".htm")) and "." in output.rpartition("/")[2][1:]:
        raise click.UsageError(
            f"-o {output}: a map is a page and ends in .html; pkzone picture writes .png, .svg "
            "and .pdf, pkzone export the layers"
        )
