"""``pkzone history``: the life of a layer, or of one of its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, format_option
from pkzone.commands.output import deliver, print_json, print_text, strong, terminal_width

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

FORMS = ("text", "json", "markdown")


@click.command(
    "history",
    cls=Command,
    examples=(
        "pkzone history corridor",
        "pkzone history corridor lachin-old-az",
        "pkzone history zone -f markdown > zone.md",
    ),
)
@click.argument("layer")
@click.argument("feature", required=False)
@format_option(FORMS, "text")
@catalogue_option
def command(catalogue: Catalogue, layer: str, feature: str | None, form: str) -> None:
    """Tell the life of a layer, or of one of its features.

    When it appeared, each change with its numbers, and the events and sources that are the
    reason, through all versions. LAYER@DATE stops at the version in force on that date.
    """
    from pkzone.compare.history import history

    found = history(layer, feature, catalogue=catalogue)
    if form == "json":
        print_json(found.to_dict())
    elif form == "markdown":
        deliver(found.to_markdown(), "-", overwrite=False)
    else:
        from pkzone.reports.history import to_text

        text = to_text(found, width=terminal_width(), strong=strong)
        print_text(text.removesuffix("\n"))
