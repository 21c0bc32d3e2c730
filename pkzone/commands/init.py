"""``pkzone init``: a catalogue of one's own."""

from __future__ import annotations

import click

from pkzone.commands.framework import Command
from pkzone.commands.output import warn
from pkzone.commands.types import DAY, FILE, FOLDER
from pkzone.text_layout import counted


@click.command(
    "init",
    cls=Command,
    examples=(
        "pkzone init my-zone",
        'pkzone init my-zone --title "Buffer zone, 2019 to 2024" --license CC-BY-4.0',
        "pkzone init my-zone --from front-2024-05-01.geojson front-2024-05-02.geojson",
    ),
)
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.argument("more", type=FILE, metavar="", nargs=-1)
@click.option("--title", metavar="TEXT", help="Its title.  [default: the folder's name]")
@click.option(
    "--from",
    "first",
    metavar="FILE...",
    type=FILE,
    multiple=True,
    help="Start with these files: layer and date by their names, front-2024-05-01.geojson.",
)
@click.option(
    "--lang",
    "languages",
    metavar="CODE",
    multiple=True,
    default=("en",),
    help="Language of the names, the main one first; may be repeated.  [default: en]",
)
@click.option("--license", "terms", metavar="NAME", help="Licence, such as CC-BY-4.0.")
@click.option(
    "--recorded",
    metavar="DATE",
    type=DAY,
    help="Day of publishing what --from names.  [default: today, UTC]",
)
def command(
    folder: str,
    more: tuple[str, ...],
    title: str | None,
    first: tuple[str, ...],
    languages: tuple[str, ...],
    terms: str | None,
    recorded: str | None,
) -> None:
    """Create a catalogue of your own in DIR.

    It is a Data Package with places for the licence, the sources and the events, and with no
    layer unless --from names files to start with.
    """
    from pkzone.store.init import init

    if more and not first:
        raise click.UsageError(
            f"Got unexpected extra argument ({more[0]}); name files after --from"
        )
    made = init(
        folder,
        title=title,
        languages=languages,
        license=terms,
        files=(*first, *more),
        recorded=recorded,
    )
    where = click.format_filename(folder)
    if made:
        listed = ", ".join(f"{one.name} ({counted(len(one), 'version')})" for one in made.layers)
        warn(f"began a catalogue in {where} with {listed}")
    else:
        warn(
            f"began an empty catalogue in {where}; next: pkzone publish FILE --catalogue {where} "
            "--new-layer TITLE --layer NAME --from DATE --title TEXT"
        )
