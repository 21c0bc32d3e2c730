"""``pkzone log``: how a layer came to be what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, json_option
from pkzone.commands.output import (
    cell,
    events_of,
    print_json,
    print_text,
    strong,
    terminal_width,
    with_events,
)
from pkzone.text_layout import counted, paragraph

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Layer, Version


@click.command("log", cls=Command, examples=("pkzone log corridor", "pkzone log zone --json"))
@click.argument("layer")
@json_option
@catalogue_option
def command(catalogue: Catalogue, layer: str, as_json: bool) -> None:
    """List a layer's versions, newest first, with events and sources.

    Earlier records of what was corrected are listed with it, and what was withdrawn with the
    reason; a version that was withdrawn never holds.
    """
    chosen = catalogue[layer]
    newest_first = list({record.id: record for record in chosen.records}.values())[::-1]
    if as_json:
        print_json([_record(version, chosen, catalogue) for version in newest_first])
        return
    blocks = [strong(f"{cell(chosen.name)}: {cell(chosen.title)}")]
    width = terminal_width()  # asked for once, not for each of thousands of lines
    blocks += ["\n".join(_log_entry(record, chosen, catalogue, width)) for record in newest_first]
    print_text("\n\n".join(blocks))


def _record(version: Version, layer: Layer, catalogue: Catalogue) -> dict[str, Any]:
    earlier = [one.to_dict() for one in _earlier(version, layer)]
    return with_events(version, catalogue) | ({"earlier_records": earlier} if earlier else {})


def _earlier(version: Version, layer: Layer) -> list[Version]:
    """Return the earlier records of a version, newest first."""
    if version.record == 1:
        return []
    return [one for one in layer.records[::-1] if one.id == version.id and one is not version]


def _log_entry(version: Version, layer: Layer, catalogue: Catalogue, width: int) -> Iterator[str]:
    if version.withdrawn:
        yield f"{strong(version.id)}  withdrawn on {version.recorded}"
        yield paragraph(version.withdrawn, width=width, indent="  ")
        yield from _earlier_lines(version, layer, width)
        return
    until = f"until {version.valid_to}" if version.valid_to else "no later state known"
    record = f", record {version.record} of {version.recorded}" if version.record > 1 else ""
    yield f"{strong(version.id)}  {until}, {counted(version.feature_count, 'feature')}{record}"
    yield paragraph(version.title, width=width, indent="  ")
    for event in events_of(version, catalogue):
        cited = f" [{', '.join(event.sources)}]" if event.sources else ""
        yield paragraph(
            event.title + cited, width=width, indent=" " * 14, first=f"  {event.date:10}  "
        )
    yield from _earlier_lines(version, layer, width)


def _earlier_lines(version: Version, layer: Layer, width: int) -> Iterator[str]:
    for one in _earlier(version, layer):
        features = counted(one.feature_count, "feature")
        told = f"record {one.record} of {one.recorded}, {features}: {one.title}"
        yield paragraph(told, width=width, indent="    ", first="  ")
