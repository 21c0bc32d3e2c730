"""``pkzone tag``: a table of records against the layers as they stood on each one's date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    Destination,
    catalogue_folder,
    catalogue_folder_option,
    coordinate_options,
    format_option,
    output_option,
    overwrite_option,
)
from pkzone.commands.output import READER_LEFT, forget_stdout, print_table, print_text, warn
from pkzone.commands.types import DAY, FILE, LAYER, Choice
from pkzone.errors import printable
from pkzone.table import FORMATS, Column, Table, json_document

__all__ = ["command"]

_SAMPLE_ROWS = 5


@click.command(
    "tag",
    cls=Command,
    examples=(
        "pkzone tag incidents.csv -o tagged.csv",
        "pkzone tag incidents.csv --lon x --lat y --time when --sample",
        "pkzone tag fires.parquet -o tagged.parquet --layer zone --no-distances",
        "pkzone tag tracks.gpkg -o tagged.gpkg --timezone Asia/Yerevan",
        "pkzone tag tracks.parquet -o tagged --engine dask --scheduler tcp://head:8786",
        "pkzone tag places.geojson --on 2022-09-01 -o - > tagged.geojson",
    ),
)
@click.argument("table", type=FILE)
@output_option(
    help="File to write; its extension sets the format: .csv, .parquet, .geojson, .gpkg and "
    "others. - for standard output: GeoJSON if TABLE is, else CSV."
)
@coordinate_options()
@click.option(
    "--crs",
    metavar="CRS",
    help="Coordinate system of the places, EPSG:32638, where columns are not in degrees or a GIS "
    "file does not state it.",
)
@click.option(
    "--time", metavar="COLUMN", help="Column with the date, the date-time or ISO 8601 text."
)
@click.option(
    "--time-end",
    metavar="COLUMN",
    help="Column with the last day of records that cover several days: each is compared "
    "with every version in between.  [default: date_end where --time is date_start, "
    "and the like]",
)
@click.option(
    "--time-utc",
    metavar="COLUMN",
    help="Column with the time of day in UTC, 21:30 or 2130, where --time is a date.  "
    "[default: acq_time beside acq_date, as in FIRMS]",
)
@click.option(
    "--on", type=DAY, metavar="DATE", help="One date for all records, in place of a column."
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Time zone in which instants get their date and local times are read: Asia/Baku, "
    "or +04:00.  "
    "[default: the catalogue's]",
)
@click.option(
    "--layer",
    "layers",
    metavar="NAME",
    type=LAYER,
    multiple=True,
    help="Layer to tag by; may be repeated.  [default: zone, corridor, transport, places; of a "
    "catalogue of your own all but boundaries and physical]",
)
@click.option(
    "--no-distances",
    "distances",
    flag_value=False,
    default=True,
    help="Report only inside or outside, without distances: several times faster.",
)
@click.option("--prefix", metavar="TEXT", default="", help="Prefix of the names of new columns.")
@click.option("--table-layer", metavar="NAME", help="Layer of TABLE to read, where it has several.")
@click.option("--strict", is_flag=True, help="Stop at the first record without time or place.")
@click.option(
    "--sample",
    metavar="[N]",
    is_flag=False,
    flag_value=_SAMPLE_ROWS,
    type=click.IntRange(min=1),
    help=f"Print the first N rows tagged ({_SAMPLE_ROWS} without N), write nothing.",
)
@overwrite_option()
@click.option(
    "--engine",
    type=Choice(["dask"]),
    help="Tag CSV or Parquet in parts on a cluster, into a new folder of Parquet files.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Scheduler of that cluster, tcp://HOST:PORT.  [default: this machine's cores]",
)
@format_option(FORMATS, help="Format of the sample.  [default: text]")
@click.option("--json", "as_json", is_flag=True, help="Print the sample, or the sums, as JSON.")
@catalogue_folder_option
def command(
    table: str,
    output: str | None,
    overwrite: bool,
    sample: int | None,
    form: str | None,
    as_json: bool,
    layers: tuple[str, ...],
    engine: Literal["dask"] | None,
    scheduler: str | None,
    **options: Any,
) -> None:
    """Tag each record of a table with where it was on its date.

    TABLE is CSV, Parquet, GeoParquet, GeoJSON, GeoPackage or another form that import reads, or
    - for a CSV on standard input. Its columns and the order of its rows are kept; new columns
    follow: the version in force, whether the record is inside, outside or too close to a border
    to say (uncertain), the feature, distances. Records without a usable date or place are kept,
    marked in tag_problem and counted.
    """
    _check_outputs(output, sample, form, as_json=as_json)
    catalogue_folder(options["catalogue"])  # which notes one that was not named
    if sample is not None:
        if engine or scheduler:
            raise click.UsageError("--sample needs no cluster; leave --engine out")
        destination = Destination.of(form, "-", overwrite=False, as_json=as_json, forms=FORMATS)
        _print_sample(table, layers, sample, options, destination)
        return
    from pkzone.tagging import tag

    try:
        with _bar() as progress:
            done = tag.tag(
                table,
                layers or None,
                output=output,
                overwrite=overwrite,
                engine=engine,
                scheduler=scheduler,
                progress=progress,
                **options,
            )
    except BrokenPipeError:
        if output != "-":
            raise
        forget_stdout()
        raise click.exceptions.Exit(READER_LEFT) from None
    for notice in (*done.notices, *done.summary.warnings()):
        warn(f"warning: {table}: {notice}")
    name = "<stdout>" if output == "-" else done.path
    warn(f"wrote {name} ({done.summary.rows:,} {'row' if done.summary.rows == 1 else 'rows'})")
    for line in done.summary.lines():
        warn(line)
    if as_json:
        summary = {"schema": "pkzone.tag/1", "output": done.path, **done.summary.to_dict()}
        print_text(json_document(summary).removesuffix("\n"))


def _check_outputs(
    output: str | None, sample: int | None, form: str | None, *, as_json: bool
) -> None:
    if (output is None) == (sample is None):
        raise click.UsageError("give an output, -o PATH, or look at a few: --sample")
    if as_json and output == "-":
        raise click.UsageError("--json and -o - both want standard output")
    if form and sample is None:
        raise click.UsageError(
            "-f goes with --sample; the extension of PATH is the format of a file"
        )


def _print_sample(
    table: str,
    layers: tuple[str, ...],
    count: int,
    options: dict[str, Any],
    destination: Destination,
) -> None:
    from pkzone.tagging import tag

    rows, notices = tag.sample(table, layers or None, count=count, **options)
    for notice in notices:
        warn(f"warning: {table}: {notice}")
    columns = tuple(map(Column, rows[0] if rows else ()))

    def text(_: Table, width: int | None, strong: Callable[[str], str]) -> str:
        return _records(rows, strong)

    print_table(
        Table("sample", columns, tuple(tuple(row.values()) for row in rows)), destination, text=text
    )


def _records(rows: list[dict[str, Any]], strong: Callable[[str], str]) -> str:
    """Return rows one below another, a column a line."""
    lines = []
    width = max((len(printable(name)) for row in rows for name in row), default=0)
    for number, row in enumerate(rows, 1):
        lines.append(strong(f"row {number}"))
        for name, value in row.items():
            text = "" if value is None else str(value)
            if isinstance(value, bool):
                text = str(value).lower()  # as in CSV
            lines.append(f"  {printable(name):{width}}  {printable(text)}".rstrip())
    return "\n".join(lines or ["no rows"]) + "\n"


@contextmanager
def _bar() -> Iterator[Callable[[int, int | None], None] | None]:
    """Show on a terminal how far a table is, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="tagging", file=sys.stderr) as bar:

        def show(done: int, total: int | None) -> None:
            if total is not None:
                bar.length = total
                bar.update(done - bar.pos)

        yield show
