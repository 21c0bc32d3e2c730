"""``pkzone on``: what is in force on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, json_option
from pkzone.commands.output import print_json, print_text, table
from pkzone.errors import VersionNotFound

if TYPE_CHECKING:
    from datetime import date as calendar_day

    from pkzone.layers.catalogue import Catalogue, Layer, Version


@click.command("on", cls=Command, examples=("pkzone on 2022-09-01", "pkzone on 2020-12-01 --json"))
@click.argument("date")
@json_option
@catalogue_option
def command(catalogue: Catalogue, date: str, as_json: bool) -> None:
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
    if as_json:
        print_json(
            {
                "date": day.isoformat(),
                "layers": {
                    name: version.to_dict() if version else None
                    for name, version in in_force.items()
                },
            }
        )
        return
    rows = [_row(catalogue[name], version) for name, version in in_force.items()]
    heads = ("layer", "version", "from", "until", "features", "title")
    print_text(table(heads, rows, right=("features",)))


def _row(layer: Layer, version: Version | None) -> tuple[Any, ...]:
    if version is not None:
        return (
            layer.name,
            version.id,
            version.valid_from,
            version.valid_to,
            version.feature_count,
            version.title,
        )
    begins = f"begins on {layer.versions[0].id}" if layer.versions else "no version yet"
    return (layer.name, None, None, None, None, begins)


def _in_force(layer: Layer, day: calendar_day) -> Version | None:
    try:
        return layer.on(day)
    except VersionNotFound:
        return None
