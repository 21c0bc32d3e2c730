"""``pkzone layer``: a layer gets another name or title."""

from __future__ import annotations

import click

from pkzone.commands.framework import Command, Group
from pkzone.commands.options import catalogue_folder, catalogue_folder_option, lock_timeout_option
from pkzone.commands.output import warn
from pkzone.commands.translate import warn_of_untranslated
from pkzone.commands.types import LAYER


@click.group(
    "layer",
    cls=Group,
    homes={"rename": "pkzone.commands.layer:rename"},
    examples=("pkzone layer rename line front --catalogue my-zone",),
)
def command() -> None:
    """Rename a layer; 'pkzone layers' lists them."""


@click.command(
    "rename",
    cls=Command,
    examples=(
        "pkzone layer rename line front --catalogue my-zone",
        'pkzone layer rename line --title "The front" --catalogue my-zone',
    ),
)
@click.argument("layer", type=LAYER)
@click.argument("new", required=False)
@click.option("--title", metavar="TEXT", help="Its new title.")
@lock_timeout_option
@catalogue_folder_option
def rename(
    catalogue: str | None, layer: str, new: str | None, title: str | None, lock_timeout: float
) -> None:
    """Give LAYER the name NEW, a new title, or both.

    Its folder, its schema, the manifest and the events that name it follow, all of them or none.
    The files of its versions are left unchanged, byte for byte.
    """
    from pkzone.layers.catalogue import Catalogue
    from pkzone.store.rename import rename_layer

    folder = catalogue_folder(catalogue)
    known = Catalogue(folder)
    before = known[layer].title if layer in known else None
    named = rename_layer(layer, new, catalogue=folder, title=title, lock_timeout=lock_timeout)
    if named.name != layer:
        warn(f"renamed the layer {layer} to {named.name} in {folder}: {named.title}")
    elif named.title != before:
        warn(f"the layer {layer} in {folder} has a new title: {named.title}")
    else:
        warn(f"the layer {layer} in {folder} is called so already: nothing to do")
    warn_of_untranslated(folder)
