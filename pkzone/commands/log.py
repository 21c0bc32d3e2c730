"""``pkzone log``: how a layer came to be what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.records import VERSION_COLUMNS, events_of, version_row
from pkzone.commands.types import RANGE
from pkzone.layers.dates import parse_version_id
from pkzone.layers.names import source_names
from pkzone.table import Table
from pkzone.text_layout import cell, counted, paragraph

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Layer, Version


@click.command(
    "log",
    cls=Command,
    examples=("pkzone log corridor", "pkzone log zone --json", "pkzone log zone@2022-08..2022-12"),
)
@click.argument("layer", type=RANGE)
@table_options()
@catalogue_option
def command(catalogue: Catalogue, layer: str, destination: Destination) -> None:
    """List a layer's versions, newest first, with events and sources.

    Earlier records of a corrected version are listed with it, and withdrawn versions with the
    reason; a withdrawn version is never in force. LAYER@A..B lists those from A to B.
    """
    chosen, newest_first = _named(layer, catalogue)
    rows = tuple(
        version_row(record, [event.to_dict() for event in events_of(record, catalogue)])
        for version in newest_first
        for record in (version, *_earlier(version, chosen))
    )
    about = {"layer": chosen.name, "title": chosen.title}

    def text(width: int | None, strong: Callable[[str], str]) -> str:
        blocks = [strong(f"{cell(chosen.name)}: {cell(chosen.title)}")]
        entries = (_log_entry(one, chosen, catalogue, width, strong) for one in newest_first)
        return "\n\n".join([*blocks, *map("\n".join, entries)]) + "\n"

    print_table(Table("log", VERSION_COLUMNS, rows, about), destination, text=text)


def _named(reference: str, catalogue: Catalogue) -> tuple[Layer, list[Version]]:
    """Return a layer and the newest record of each version that a reference names, newest first.

    What was withdrawn is not a version any more: it is listed with those around it.
    """
    name = reference.partition("@")[0]
    if name not in catalogue:
        catalogue.versions(reference)  # which tells a file from a layer that is none
    layer = catalogue[name]
    records = list({record.id: record for record in layer.records}.values())[::-1]
    if reference == layer.name:  # of which there may be no version yet
        return layer, records
    versions = catalogue.versions(reference)
    first, last = (parse_version_id(versions[end].id) for end in (0, -1))
    return layer, [one for one in records if first <= parse_version_id(one.id) <= last]


def _earlier(version: Version, layer: Layer) -> list[Version]:
    """Return the earlier records of a version, newest first."""
    if version.record == 1:
        return []
    return [one for one in layer.records[::-1] if one.id == version.id and one is not version]


def _log_entry(
    version: Version,
    layer: Layer,
    catalogue: Catalogue,
    width: int | None,
    strong: Callable[[str], str],
) -> Iterator[str]:
    if version.withdrawn:
        yield f"{strong(version.id)}  withdrawn on {version.recorded}"
        yield paragraph(version.withdrawn, width=width, indent="  ")
        yield from _earlier_lines(version, layer, width)
        return
    until = f"until {version.valid_to}" if version.valid_to else "no later state known"
    record = f", record {version.record} of {version.recorded}" if version.record > 1 else ""
    yield f"{strong(version.id)}  {until}, {counted(version.feature_count, 'feature')}{record}"
    yield paragraph(version.title, width=width, indent="  ")
    publishers = source_names(catalogue)
    for event in events_of(version, catalogue):
        named = dict.fromkeys(publishers.get(one, one) for one in event.sources)
        cited = f" [{', '.join(named)}]" if named else ""
        yield paragraph(
            event.title + cited, width=width, indent=" " * 14, first=f"  {event.date:10}  "
        )
    yield from _earlier_lines(version, layer, width)


def _earlier_lines(version: Version, layer: Layer, width: int | None) -> Iterator[str]:
    for one in _earlier(version, layer):
        features = counted(one.feature_count, "feature")
        told = f"record {one.record} of {one.recorded}, {features}: {one.title}"
        yield paragraph(told, width=width, indent="    ", first="  ")
