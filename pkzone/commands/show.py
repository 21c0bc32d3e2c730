"""``pkzone show``: one version, or one file, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import Destination, catalogue_option, language_option, table_options
from pkzone.commands.output import print_report, print_table, warn
from pkzone.commands.records import beyond, events_of, until
from pkzone.commands.types import REF, STATUS
from pkzone.errors import BadOption
from pkzone.layers.terms import STATUSES
from pkzone.reports.model import Day, Joined, Part, joined, msg, speaker_of
from pkzone.table import Column, Table
from pkzone.text_layout import cell, paragraph

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue, Event, Version

SHOWN = {
    "name": Column("name", leads=True),
    "status": Column("status", rank=1),
    "certainty": Column("certainty", rank=3),
    "uncertainty_m": Column("uncertainty_m", "number", "± m", rank=4),
    "since": Column("since", rank=2),
}
"""Columns of the properties that layers have, for people."""

MOST_COLUMNS = 6  # of a file
Say: TypeAlias = Callable[[Part], str]


@click.command(
    "show",
    cls=Command,
    examples=(
        "pkzone show zone@2022-08-30",
        "pkzone show corridor@2022-09-01 --json",
        "pkzone show corridor -o corridor.geojson",
        "pkzone show transport -f csv",
        "pkzone show transport@2025-06-01 --status open",
        "pkzone show ./my-road.geojson",
    ),
)
@click.argument("ref", type=REF)
@click.option(
    "--status",
    "statuses",
    type=STATUS,
    metavar="STATUS",
    multiple=True,
    help="Only features in this status; may be repeated.",
)
@click.option("--geojson", "as_geojson", is_flag=True, help="Short for -f geojson.")
@language_option("of text and Markdown")
@table_options("geojson")
@catalogue_option
def command(
    catalogue: Catalogue,
    ref: str,
    lang: str,
    destination: Destination,
    as_geojson: bool,
    statuses: Sequence[str],
) -> None:
    """Show one version, or a file, as a table."""
    if as_geojson:
        if destination.form not in ("text", "geojson"):
            raise click.UsageError(
                f"--geojson and -f {destination.form} exclude each other; choose one"
            )
        destination = destination._replace(form="geojson")
    from pkzone.layers.references import FileReference, parse

    parsed = parse(ref, catalogue)
    if isinstance(parsed, FileReference):
        _show_file(parsed.path, destination, statuses, catalogue, lang)
        return
    version = catalogue.version(parsed)
    for said in beyond(catalogue, ref if parsed.version else None):
        warn(f"note: {said}")
    if destination.form == "geojson" and not statuses:
        print_report(version.read_bytes(), destination)
        return
    features = _in_status(version.features().features, statuses)
    if destination.form == "geojson":
        _print_geojson(features, destination)
        return
    present = {name for one in features for name in one.properties}
    shown = [name for name in SHOWN if name in present] or sorted(present)[:4]
    events = events_of(version, catalogue)
    about = {**version.to_dict(), "events": [event.to_dict() for event in events]}
    if statuses:
        about["statuses"] = list(statuses)

    def heading(width: int | None, strong: Callable[[str], str], say: Say) -> str:
        return "\n".join(_heading(version, events, width, strong, say))

    _print(_table(features, shown, about), heading, destination, catalogue, lang)


def _show_file(
    path: str,
    destination: Destination,
    statuses: Sequence[str],
    catalogue: Catalogue,
    lang: str,
) -> None:
    from pkzone.formats import any_file

    collection = any_file.read(path)
    for notice in collection.notices:
        warn(f"warning: {notice}")
    features = _in_status(collection.features, statuses)
    if destination.form == "geojson":
        _print_geojson(features, destination)
        return
    names = list(dict.fromkeys(name for one in features for name in one.properties))
    names.sort(key=lambda name: name not in SHOWN)

    def heading(strong: Callable[[str], str], **_: object) -> str:
        return strong(cell(path))

    table = _table(features, names[:MOST_COLUMNS], {"file": path})
    _print(table, heading, destination, catalogue, lang)
    left_out = names[MOST_COLUMNS:]
    if left_out and destination.form == "text":
        told = cell(", ".join(left_out))
        more = (
            "1 more property is" if len(left_out) == 1 else f"{len(left_out)} more properties are"
        )
        warn(f"note: {more} not in the table: {told}; use -f csv")


def _in_status(features: Sequence[Feature], statuses: Sequence[str]) -> Sequence[Feature]:
    """Return the features in one of some statuses; all where none is asked for."""
    if not statuses:
        return features
    present = {str(one.properties["status"]) for one in features if one.properties.get("status")}
    unknown = set(statuses) - present - {one.word for one in STATUSES}
    if unknown:
        choices = f"there are {', '.join(sorted(present))}" if present else "none states one"
        raise BadOption(f"no feature has the status {', '.join(sorted(unknown))}; {choices}")
    return [one for one in features if one.properties.get("status") in statuses]


def _print_geojson(features: Sequence[Feature], destination: Destination) -> None:
    from pkzone.geojson.writer import dumps

    print_report(dumps(features), destination)


def _print(
    table: Table,
    heading: Callable[..., str],
    destination: Destination,
    catalogue: Catalogue,
    lang: str,
) -> None:
    """Print features, in text below a heading."""

    def text(table: Table, **layout: Any) -> str:
        say = speaker_of(table)
        listed = table.to_text(**layout) if table.rows else say(msg("no features")) + "\n"
        return f"{heading(say=say, **layout)}\n\n{listed}"

    print_table(table, destination, text=text, lang=lang, catalogue=catalogue)


def _heading(
    version: Version,
    events: Sequence[Event],
    width: int | None,
    strong: Callable[[str], str],
    say: Say,
) -> Iterator[str]:
    yield strong(version.ref)
    recorded = Day(version.recorded.isoformat())
    licences = (one.name for one in version.licenses)
    rows: list[tuple[Part, Part]] = [
        (msg("title"), version.title),
        (msg("valid"), joined(", ", (Day(version.valid_from.isoformat()), until(version)))),
        (msg("recorded"), msg("{date}, record {number}", recorded, version.record)),
        (msg("licence"), joined(", ", licences) or msg("none stated")),
    ]
    heads: tuple[Part, ...] = (msg("events"), *[""] * len(events))
    rows += zip(heads, (Joined("  ", (Day(one.date), one.title)) for one in events), strict=False)
    column = max(9, *(len(say(head)) for head, _ in rows)) + 2
    for head, text in rows:
        yield paragraph(say(text), width=width, indent=" " * column, first=say(head).ljust(column))


def _table(features: Sequence[Feature], shown: Sequence[str], about: Mapping[str, Any]) -> Table:
    """Return features by their properties; people see those that are shown."""
    names = list(dict.fromkeys([*shown, *(name for one in features for name in one.properties)]))
    return Table(
        "show",
        (Column("id"), *(_column(name, shown) for name in names)),
        tuple((one.id, *(one.properties.get(name) for name in names)) for one in features),
        about,
        items=tuple({"id": one.id, "properties": one.properties} for one in features),
    )


def _column(name: str, shown: Sequence[str]) -> Column:
    """Return the column of a property; ``properties.id`` of one that is called ``id``."""
    if name not in shown:
        return Column("properties.id" if name == "id" else name, in_text=False)
    column = SHOWN.get(name, Column(name, head=name, rank=shown.index(name)))
    return replace(column, name="properties.id") if name == "id" else column
