"""``pkzone show``: one version, or one file, as a table."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command, warn
from pkzone.commands.options import catalogue_option, json_option
from pkzone.commands.output import (
    cell,
    emit,
    events_of,
    json_text,
    paragraph,
    print_json,
    print_text,
    strong,
    table,
    with_events,
)

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue, Version

SHOWN = {
    "name": "name",
    "status": "status",
    "certainty": "certainty",
    "uncertainty_m": "± m",
    "since": "since",
}  # property: head
MOST_COLUMNS = 6  # of a file


@click.command(
    "show",
    cls=Command,
    examples=(
        "pkzone show zone@2022-08-30",
        "pkzone show corridor@2022-09-01 --json",
        "pkzone show corridor --geojson > corridor.geojson",
        "pkzone show ./my-road.geojson",
    ),
)
@click.argument("ref")
@json_option
@click.option("--geojson", "as_geojson", is_flag=True, help="Print the features as GeoJSON.")
@catalogue_option
def command(catalogue: Catalogue, ref: str, as_json: bool, as_geojson: bool) -> None:
    """Show one version, or a GeoJSON file, as a table."""
    if as_json and as_geojson:
        raise click.UsageError("--json and --geojson exclude each other; choose one")
    from pkzone.layers.references import FileReference, parse

    parsed = parse(ref, catalogue)
    if isinstance(parsed, FileReference):
        _show_file(parsed.path, as_json, as_geojson)
        return
    version = catalogue.version(parsed)
    if as_geojson:
        _print_bytes(version.read_bytes())
        return
    features = version.features().features
    if as_json:
        print_json({**with_events(version, catalogue), "features": _feature_records(features)})
        return
    print_text("\n".join(_heading(version, catalogue)) + "\n\n" + _feature_table(features))


def _show_file(path: str, as_json: bool, as_geojson: bool) -> None:
    from pkzone.geojson import reader
    from pkzone.geojson.writer import dumps

    collection = reader.read(path)
    for notice in collection.notices:
        warn(f"warning: {notice}")
    if as_geojson:
        _print_bytes(dumps(collection.features))
    elif as_json:
        print_json({"file": path, "features": _feature_records(collection.features)})
    else:
        columns, left_out = _columns_of_file(collection.features)
        print_text(strong(cell(path)) + "\n\n" + _feature_table(collection.features, columns))
        if left_out:
            names = cell(", ".join(left_out))
            warn(f"note: {len(left_out)} more properties are not in the table: {names}; use --json")


def _heading(version: Version, catalogue: Catalogue) -> Iterator[str]:
    yield strong(version.ref)
    indent = " " * 11
    until = f"until {version.valid_to}" if version.valid_to else "no later state known"
    licences = ", ".join(one.name for one in version.licenses) or "none stated"
    for head, text in (
        ("title", version.title),
        ("valid", f"{version.valid_from}, {until}"),
        ("recorded", f"{version.recorded}, record {version.record}"),
        ("licence", licences),
    ):
        yield paragraph(text, indent=indent, first=f"{head:11}")
    for number, event in enumerate(events_of(version, catalogue)):
        head = "events" if number == 0 else ""
        yield paragraph(f"{event.date}  {event.title}", indent=indent, first=f"{head:11}")


def _columns_of_file(features: Sequence[Feature]) -> tuple[list[str], list[str]]:
    """Return the properties that a table of a file shows, and those that it leaves out."""
    names = list(dict.fromkeys(name for one in features for name in one.properties))
    names.sort(key=lambda name: name not in SHOWN)
    return names[:MOST_COLUMNS], names[MOST_COLUMNS:]


def _feature_table(features: Sequence[Feature], columns: Sequence[str] | None = None) -> str:
    if not features:
        return "no features"
    if columns is None:
        present = {name for feature in features for name in feature.properties}
        columns = [name for name in SHOWN if name in present] or sorted(present)[:4]
    heads = ("id", *(SHOWN.get(name, cell(name)) for name in columns))
    rows = [(one.id, *(one.properties.get(name) for name in columns)) for one in features]
    return table(heads, rows, right=("± m",))


def _feature_records(features: Sequence[Feature]) -> list[dict[str, Any]]:
    return [{"id": one.id, "properties": one.properties} for one in features]


def _print_bytes(data: bytes) -> None:
    """Print a file's bytes as they are, but harmless where a terminal would act on them."""
    if sys.stdout.isatty():
        emit(json_text(data.decode("utf-8")), nl=False)
    else:
        emit(data, nl=False)
