"""``pkzone sources``: what the data rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, json_option
from pkzone.commands.output import cell, events_of, paragraph, print_json, print_text, strong

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue


@click.command(
    "sources",
    cls=Command,
    examples=("pkzone sources", "pkzone sources corridor@2022-09-01", "pkzone sources zone --json"),
)
@click.argument("ref", required=False)
@json_option
@catalogue_option
def command(catalogue: Catalogue, ref: str | None, as_json: bool) -> None:
    """List the sources of the catalogue, or of the version REF."""
    if ref is None:
        records: Sequence[Mapping[str, Any]] = catalogue.sources
    else:
        version = catalogue.version(ref)
        cited = [one for event in events_of(version, catalogue) for one in event.sources]
        records = [catalogue.source(one) for one in dict.fromkeys([*version.source_ids, *cited])]
    if as_json:
        print_json([dict(record) for record in records])
        return
    if not records:
        print_text("no sources yet; sources.json is their place" if ref is None else "none stated")
        return
    print_text("\n\n".join("\n".join(_citation(record)) for record in records))


def _citation(record: Mapping[str, Any]) -> Iterator[str]:
    """Return a source as people cite it: authors, title, where, when, address."""
    yield strong(cell(record["id"]))
    authors = [_author(one) for one in _list(record.get("author"))]
    where = record.get("container-title") or record.get("publisher")
    parts = ["; ".join(authors), record["title"], where, _issued(record)]
    text = ". ".join(str(part).rstrip(".") for part in parts if part) + "."
    yield paragraph(text, indent="  ")
    if isinstance(record.get("URL"), str):
        yield "  " + cell(record["URL"])


def _author(author: Any) -> str:
    if not isinstance(author, dict):
        return str(author)
    named = ", ".join(str(author[key]) for key in ("family", "given") if author.get(key))
    return str(author.get("literal") or named)


def _issued(record: Mapping[str, Any]) -> str:
    """Return the date of publication as far as it is known: ``2020``, ``2020-11-10``."""
    issued = record.get("issued")
    dates = _list(issued.get("date-parts")) if isinstance(issued, dict) else []
    parts = _list(dates[0]) if dates else []
    return "-".join(str(part).zfill(2) for part in parts)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
