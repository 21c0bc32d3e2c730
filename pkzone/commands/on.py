"""``pkzone on``: what is in force on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.records import VERSION_COLUMNS, noting_beyond, version_row
from pkzone.commands.types import DAY
from pkzone.errors import VersionNotFound
from pkzone.i18n.messages import Translatable
from pkzone.table import Table

if TYPE_CHECKING:
    from datetime import date as calendar_day

    from pkzone.layers.catalogue import Catalogue, Layer, Version


@click.command("on", cls=Command, examples=("pkzone on 2022-09-01", "pkzone on 2020-12-01 --json"))
@click.argument("date", type=DAY)
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(catalogue: Catalogue, date: str, lang: str, destination: Destination) -> None:
    """List what is in force on DATE in every layer.

    DATE is a day, YYYY-MM-DD, or a month in which no layer changes. A version is in force from
    its day until the next one's.
    """
    from pkzone.layers.dates import period_of

    day, last = period_of(date, catalogue.time_zone)
    if day != last:
        for layer in catalogue.layers:
            if layer.versions and layer.versions[0].valid_from <= last:
                layer.on(date)  # refuses a month in which it changes
    in_force = {layer.name: _in_force(layer, day) for layer in catalogue.layers}
    if not any(in_force.values()):
        firsts = [layer.versions[0].id for layer in catalogue.layers if layer.versions]
        first = f"the first is {min(firsts)}" if firsts else "the catalogue has no versions yet"
        raise VersionNotFound(f"no version of any layer is in force on {day}; {first}")
    missing = (None,) * (len(VERSION_COLUMNS) - 1)
    rows = tuple(
        version_row(version) if version else (name, *missing) for name, version in in_force.items()
    )
    notes = tuple(_begins(catalogue[name]) for name, version in in_force.items() if not version)
    about = {"date": day.isoformat()}
    table = Table("on", VERSION_COLUMNS, rows, about, notes)
    print_table(noting_beyond(table, catalogue, date), destination, lang=lang, catalogue=catalogue)


def _begins(layer: Layer) -> str:
    if layer.versions:
        first = layer.versions[0].id
        return Translatable("{layer} begins on {first}.", layer=layer.name, first=first)
    return Translatable("{layer} has no version yet.", layer=layer.name)


def _in_force(layer: Layer, day: calendar_day) -> Version | None:
    try:
        return layer.on(day)
    except VersionNotFound:
        return None
