"""``pkzone import``: a file of another format to GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    Destination,
    Seconds,
    coordinate_options,
    file_layers_option,
    format_option,
    json_option,
    output_option,
    overwrite_option,
)
from pkzone.commands.output import emit_file, print_table, warn
from pkzone.commands.types import FILE
from pkzone.files.filetypes import SEQUENCE_ENDINGS
from pkzone.formats.registry import FORMATS
from pkzone.table import FORMATS as TABLE_FORMATS
from pkzone.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkzone.formats.import_ import LayerFacts

__all__ = ["command"]

TITLES = [form.title for form in FORMATS]
STREAMED = [form.title for form in FORMATS if form.streamed]
HELP = f"""Read another format and write GeoJSON on WGS 84.

FILE is a {", ".join(TITLES[:-1])} or {TITLES[-1]} on this machine. It is opened in a process with
limits on time and memory. What is assumed, changed or left out is said on stderr. With an output
that ends in .geojsonl, a {", ".join(STREAMED[:-1])} or {STREAMED[-1]} of any size is streamed:
each feature a line, in memory that does not grow.
"""


@click.command(
    "import",
    cls=Command,
    help=HELP,
    examples=(
        "pkzone import road.kml -o road.geojson",
        "pkzone import parcels.zip -o parcels.geojson --id CODE --encoding cp1251",
        "pkzone import survey.gpkg --list-layers",
        "pkzone import survey.gpkg --layer roads -o -",
        "pkzone import posts.csv --lon east --lat north --crs EPSG:32638 -o posts.geojson",
    ),
)
@click.argument("file", type=FILE)
@output_option()
@file_layers_option()
@click.option("--list-layers", is_flag=True, help="List the layers of FILE instead.")
@format_option(
    TABLE_FORMATS, help="Format of that list.  [default: by the extension of PATH, else text]"
)
@json_option
@click.option(
    "--id",
    "id_property",
    metavar="PROPERTY,...",
    help="Property that ids come from, or several that make one together.",
)
@coordinate_options("Column of a CSV", ("or x", "or y"))
@click.option("--crs", metavar="CRS", help="What the coordinates are, such as EPSG:32638.")
@click.option("--encoding", metavar="NAME", help="Encoding of a Shapefile's or CSV's text.")
@click.option(
    "--max-seconds",
    type=Seconds(minimum=0.1),
    default=120.0,
    show_default=True,
    metavar="N",
    help="Processor time that opening FILE may take.",
)
@click.option(
    "--max-mib",
    type=click.IntRange(min=64, max=16 * 1024**2),
    default=3072,
    show_default=True,
    metavar="N",
    help="Memory that opening FILE may take, in MiB.",
)
@overwrite_option()
def command(
    file: str,
    output: str | None,
    list_layers: bool,
    form: str | None,
    max_seconds: float,
    max_mib: int,
    overwrite: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Run ``pkzone import``."""
    if not list_layers and output is None:
        raise click.UsageError("give an output: -o PATH, or -o -")
    if (as_json or form) and not list_layers:
        raise click.UsageError("-f and --json go with --list-layers")
    if (options["lon"] is None) != (options["lat"] is None):
        raise click.UsageError("give both --lon and --lat")
    from pkzone.formats.import_ import import_file, layers_of
    from pkzone.formats.sandbox import Limits

    limits = Limits(seconds=max_seconds, memory_mib=max_mib)
    if list_layers:
        destination = Destination.of(
            form, output or "-", overwrite=overwrite, as_json=as_json, forms=TABLE_FORMATS
        )
        print_table(_table_of(layers_of(file, limits=limits)), destination)
        return
    if str(output).lower().endswith(SEQUENCE_ENDINGS):
        _stream(file, str(output), limits=limits, overwrite=overwrite, **options)
        return
    imported = import_file(file, limits=limits, **options)
    data = imported.to_bytes()
    if output == "-":
        emit_file(data)
    else:
        from pkzone.files.atomic import write_bytes

        write_bytes(str(output), data, overwrite=overwrite)
    _report(file, imported.geojson_notices, len(imported.features), imported.format)


def _stream(file: str, output: str, **options: Any) -> None:
    from pkzone.formats.import_ import stream_file

    done = stream_file(file, output, **options)
    _report(file, done.notices, done.features, done.format)


def _report(file: str, notices: Sequence[str], count: int, form: str) -> None:
    for notice in notices:
        warn(f"warning: {file}: {notice}")
    warn(f"read {count} {'feature' if count == 1 else 'features'} from {form}")


def _table_of(layers: Sequence[LayerFacts]) -> Table:
    columns = (
        Column("layer"),
        Column("features", "integer"),
        Column("geometry"),
        Column("crs"),
    )
    rows = ((layer.name, layer.features, layer.geometry, layer.crs) for layer in layers)
    return Table("file-layers", columns, tuple(rows))
