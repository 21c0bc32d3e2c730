"""``pkzone log``: how a layer came to be what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.records import VERSION_COLUMNS, events_of, until, version_row
from pkzone.commands.types import RANGE
from pkzone.layers.dates import parse_version_id
from pkzone.layers.names import source_names
from pkzone.reports.model import Day, Note, Part, cited, joined, msg, plural, speaker_of
from pkzone.table import Table
from pkzone.text_layout import cell, paragraph

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Layer, Version


@click.command(
    "log",
    cls=Command,
    examples=("pkzone log corridor", "pkzone log zone --json", "pkzone log zone@2022-08..2022-12"),
)
@click.argument("layer", type=RANGE)
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(catalogue: Catalogue, layer: str, lang: str, destination: Destination) -> None:
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

    def text(table: Table, width: int | None, strong: Callable[[str], str]) -> str:
        write = _Writer(catalogue, chosen, width, strong, speaker_of(table))
        title = msg("{name} ({label})", chosen.title, chosen.name) if chosen.title else chosen.name
        blocks = [strong(cell(write.say(title)))]
        return "\n\n".join([*blocks, *("\n".join(write.entry(one)) for one in newest_first)]) + "\n"

    columns = tuple(
        # Titles of earlier records have no translations.
        replace(column, is_note=column.name == "title")
        for column in VERSION_COLUMNS
    )
    table = Table("log", columns, rows, about)
    print_table(table, destination, text=text, lang=lang, catalogue=catalogue)


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


class _Writer(NamedTuple):
    """Writes the versions of a layer as text, each part worded by `say`."""

    catalogue: Catalogue
    layer: Layer
    width: int | None
    strong: Callable[[str], str]
    say: Callable[[Part], str]

    def entry(self, version: Version) -> Iterator[str]:
        """Yield the lines of a version: until when it is in force, its title, why it began."""
        recorded = Day(version.recorded.isoformat())
        if version.withdrawn:
            yield self._head(version, msg("withdrawn on {date}", recorded))
            yield self._paragraph(Note(version.withdrawn))
        else:
            parts = [until(version), _features(version)]
            if version.record > 1:
                parts.append(msg("record {number} of {date}", version.record, recorded))
            yield self._head(version, joined(", ", parts))
            yield self._paragraph(version.title)
            publishers = source_names(self.catalogue)
            for event in events_of(version, self.catalogue):
                first = f"  {self.say(Day(event.date)):10}  "
                yield self._paragraph(cited(event, publishers), len(first), first)
        for one in _earlier(version, self.layer):
            yield self._paragraph(
                msg(
                    "record {number} of {date}, {features}: {title}",
                    one.record,
                    Day(one.recorded.isoformat()),
                    _features(one),
                    Note(one.title),
                ),
                4,
            )

    def _head(self, version: Version, part: Part) -> str:
        return f"{self.strong(self.say(Day(version.id)))}  {self.say(part)}"

    def _paragraph(self, part: Part, indent: int = 2, first: str = "  ") -> str:
        return paragraph(self.say(part), width=self.width, indent=" " * indent, first=first)


def _features(version: Version) -> Part:
    return plural(version.feature_count, "{count} feature", "{count} features")
