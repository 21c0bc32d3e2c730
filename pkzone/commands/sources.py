"""``pkzone sources``: what the data rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_table
from pkzone.commands.records import events_of
from pkzone.commands.types import REF, SOURCE
from pkzone.reports.model import msg, speaker_of
from pkzone.table import Column, Table
from pkzone.text_layout import cell, paragraph

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

COLUMNS = (
    Column("id"),
    Column("type", in_text=False),
    Column("authors", "array"),
    Column("title"),
    Column("published_in"),
    Column("issued"),
    Column("url", is_linked=True),
    Column("note", in_text=False),
)


@click.command(
    "sources",
    cls=Command,
    examples=(
        "pkzone sources",
        "pkzone sources corridor@2022-09-01",
        "pkzone sources zone --json",
        "pkzone sources --features --at-most 1",
        "pkzone sources corridor --features -f csv",
    ),
)
@click.argument("ref", type=REF, required=False)
@click.option("--features", is_flag=True, help="List features instead, each with its sources.")
@click.option(
    "--at-most",
    metavar="N",
    type=int,
    help="Only features with at most this many sources, not counting map data.",
)
@click.option("--source", type=SOURCE, metavar="ID", help="Only features with this source.")
@language_option("of text and Markdown")
@table_options()
@catalogue_option
def command(
    catalogue: Catalogue,
    ref: str | None,
    lang: str,
    destination: Destination,
    features: bool,
    at_most: int | None,
    source: str | None,
) -> None:
    """List the sources of the catalogue, or of the version REF.

    'pkzone source add' adds one. The rows of JSON are CSL-JSON, as programs for citations read
    it. With --features, each row is a feature and the time for which it has the same sources:
    of all layers, or of REF, which is then LAYER for all of its versions, LAYER@DATE for one,
    LAYER@A..B for a range.
    """
    if features:
        from pkzone.queries.feature_sources import feature_sources

        found = feature_sources(ref, source=source, at_most=at_most, catalogue=catalogue)
        print_table(found, destination, lang=lang, catalogue=catalogue)
        return
    if at_most is not None or source is not None:
        raise click.UsageError("--at-most and --source are for --features; add it")
    if ref is None:
        records: Sequence[Mapping[str, Any]] = catalogue.sources
    else:
        version = catalogue.version(ref)
        cited = [one for event in events_of(version, catalogue) for one in event.sources]
        records = [catalogue.source(one) for one in dict.fromkeys([*version.source_ids, *cited])]
    table = Table(
        "sources",
        COLUMNS,
        tuple(map(_row, records)),
        {} if ref is None else {"ref": ref},
        items=tuple(map(dict, records)),
    )

    def text(table: Table, width: int | None, strong: Callable[[str], str]) -> str:
        if not records:
            none = msg("no sources yet; {command} adds one", "pkzone source add")
            return speaker_of(table)(msg("none stated") if ref else none) + "\n"
        return "\n\n".join("\n".join(_citation(row, width, strong)) for row in table.rows) + "\n"

    print_table(table, destination, text=text, lang=lang, catalogue=catalogue)


def _row(record: Mapping[str, Any]) -> tuple[Any, ...]:
    url = record.get("URL")
    return (
        record["id"],
        record.get("type"),
        [_author(one) for one in _list(record.get("author"))],
        record["title"],
        record.get("container-title") or record.get("publisher"),
        _issued(record) or None,
        url if isinstance(url, str) else None,
        record.get("note"),
    )


def _citation(row: Sequence[Any], width: int | None, strong: Callable[[str], str]) -> Iterator[str]:
    """Yield a source as people cite it: authors, title, where, when, address."""
    source, _, authors, title, where, issued, url, _ = row
    text = ". ".join(
        str(part).rstrip(".") for part in ("; ".join(authors), title, where, issued) if part
    )
    yield paragraph(f"{text}.", width=width, indent="  ", first="")
    if url is not None:
        yield f"  {cell(url)}"
    yield f"  id: {strong(cell(source))}"


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
