"""``pkzone export``: a version, a file or a whole catalogue in other formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import catalogue_option, format_option, output_option, overwrite_option
from pkzone.commands.output import emit_file, warn
from pkzone.commands.records import beyond
from pkzone.commands.types import FOLDER, REF
from pkzone.formats.registry import written_formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkzone.formats.geopackage import Styles
    from pkzone.layers.catalogue import Catalogue

__all__ = ["command"]

FORM_NAMES = tuple(form.name for form in written_formats())


@click.command(
    "export",
    cls=Command,
    examples=(
        "pkzone export corridor@2022-09-01 -o corridor.gpkg",
        "pkzone export zone@2022-08-30 -o zone.geojson",
        "pkzone export zone -o zone.zip",
        "pkzone export ./my-road.geojson -o my-road.kml",
        "pkzone export sites -f csv -o -",
        "pkzone export zone --versions -o zone.parquet",
        "pkzone export --all zone-files",
    ),
)
@click.argument("ref", type=REF, required=False)
@output_option(
    help="File to write; its extension sets the format: "
    f"{', '.join('.' + name for name in FORM_NAMES)}. - for standard output."
)
@format_option(FORM_NAMES, help="The format, for standard output.")
@click.option(
    "--versions",
    is_flag=True,
    help="Write every version of the layer, in one table with valid_from and valid_to.",
)
@click.option(
    "--all",
    "folder",
    metavar="DIR",
    type=FOLDER,
    help="Write every version of the catalogue into a new folder, described by STAC.",
)
@overwrite_option("files that exist")
@catalogue_option
def command(
    catalogue: Catalogue,
    ref: str | None,
    output: str | None,
    form: str | None,
    versions: bool,
    folder: str | None,
    overwrite: bool,
) -> None:
    """Write a version, or a GeoJSON file, in another format.

    The file is read back before it is moved into place: what the format could not keep is
    reported on standard error, and a missing feature is an error. A zipped Shapefile has the
    extension .zip. A GeoPackage carries the style of the layer for QGIS, its sources and its
    licence; beside GeoJSON of a version stands a file .pkzone.json with sources and licence.
    With --versions, REF is a layer, and each feature of each version is a row, as databases
    expect. With --all, the folder holds each version as GeoJSON and a static STAC catalogue:
    one collection per layer, one item per version.
    """
    if folder is not None:
        if ref is not None or output is not None or form is not None or versions:
            raise click.UsageError("--all DIR stands alone")
        from pkzone.formats.stac import export_all

        warn(f"wrote {len(export_all(folder, catalogue=catalogue))} files into {folder}")
        return
    if ref is None or output is None:
        raise click.UsageError("name what to export and where: REF -o PATH")
    if output == "-" and form is None:
        raise click.UsageError("-o - needs the form: -f csv")
    from pkzone.maps.qgis_style import style

    options: Any = {"catalogue": catalogue, "versions": versions, "styles": style}
    if output == "-":
        names, notices, count = _to_stdout(ref, str(form), **options)
    else:
        from pkzone.formats.export import export

        done = export(ref, output, format=form, overwrite=overwrite, **options)
        names, notices, count = done.files, done.notices, done.features
    for notice in notices:
        warn(f"warning: {notice}")
    for said in beyond(catalogue, ref if "@" in ref and not versions else None):
        warn(f"note: {said}")
    counted = f"{count} {'feature' if count == 1 else 'features'}"
    warn(f"wrote {', '.join(names)} ({counted}, read back and counted)")


def _to_stdout(
    ref: str, form: str, *, catalogue: Catalogue, versions: bool, styles: Styles
) -> tuple[Sequence[str], Sequence[str], int]:
    """Print one file; return its name, the notices and the number of features."""
    from pkzone.errors import CannotHold
    from pkzone.formats.export import converted
    from pkzone.formats.export_source import subject_of, versions_subject
    from pkzone.formats.registry import format_named

    chosen = format_named(form)
    subject = versions_subject(ref, catalogue) if versions else subject_of(ref, catalogue)
    files, notices, count = converted(subject, chosen, shown="<stdout>", styles=styles)
    if len(files) > 1:
        reason = f"makes {len(files)} files of this; give a PATH, or -f zip"
        raise CannotHold("<stdout>", f"{chosen.title} {reason}")
    emit_file(next(iter(files.values())))
    return ("<stdout>",), notices, count
