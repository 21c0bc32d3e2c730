"""``pkzone log``: how a layer came to be what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pkzone.commands.edge import Command, catalogue_option, json_option
from pkzone.commands.output import cell, paragraph, print_json, print_text, strong
from pkzone.commands.versions import events_of, with_events

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Version


@click.command("log", cls=Command, examples=("pkzone log corridor", "pkzone log zone --json"))
@click.argument("layer")
@json_option
@catalogue_option
def command(catalogue: Catalogue, layer: str, as_json: bool) -> None:
    """List a layer's versions, newest first, with events and sources."""
    found = catalogue[layer]
    newest_first = found.versions[::-1]
    if as_json:
        print_json([with_events(version, catalogue) for version in newest_first])
        return
    blocks = [strong(f"{cell(found.name)}: {cell(found.title)}")]
    blocks += ["\n".join(_log_entry(version, catalogue)) for version in newest_first]
    print_text("\n\n".join(blocks))


def _log_entry(version: Version, catalogue: Catalogue) -> Iterator[str]:
    until = f"until {version.valid_to}" if version.valid_to else "no later state known"
    number = "1 feature" if version.feature_count == 1 else f"{version.feature_count} features"
    record = f", record {version.record} of {version.recorded}" if version.record > 1 else ""
    yield f"{strong(version.id)}  {until}, {number}{record}"
    yield paragraph(version.title, indent="  ")
    for event in events_of(version, catalogue):
        cited = f" [{', '.join(event.sources)}]" if event.sources else ""
        yield paragraph(event.title + cited, indent=" " * 14, first=f"  {event.date:10}  ")
