"""``pkzone history``: the life of a layer, or of one of its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, format_option
from pkzone.commands.output import deliver, print_text, strong, terminal_width
from pkzone.reports import formats_of

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue


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
@format_option(formats_of("history"), "text")
@catalogue_option
def command(catalogue: Catalogue, layer: str, feature: str | None, form: str) -> None:
    """Tell the life of a layer, or of one of its features.

    When it appeared, each change with its numbers, and the events and sources that are the
    reason, through all versions. LAYER@DATE stops at the version in force on that date.
    """
    from pkzone.compare.history import history

    life = history(layer, feature, catalogue=catalogue)
    report = life.report(form, width=terminal_width(), strong=strong)
    if form == "text":
        print_text(report.removesuffix("\n"))
    else:
        deliver(report, "-", overwrite=False)
