"""``pkzone fmt``: GeoJSON in the canonical form."""

from __future__ import annotations

import click

from pkzone.commands.framework import FAILURE, FINDINGS, Command
from pkzone.commands.output import emit_file, print_diff, print_text, warn
from pkzone.commands.types import FILE
from pkzone.text_layout import cell


@click.command(
    "fmt",
    cls=Command,
    examples=(
        "pkzone fmt roads.geojson",
        "pkzone fmt layers/ --check",
        "pkzone fmt roads.geojson --diff",
        "pkzone fmt - < roads.geojson > canonical.geojson",
    ),
)
@click.argument("files", type=FILE, metavar="FILE...", nargs=-1, required=True)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name what would change.")
@click.option("--diff", "as_diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("-q", "--quiet", is_flag=True, help="Do not list the files that are written.")
def command(files: tuple[str, ...], only_check: bool, as_diff: bool, quiet: bool) -> None:
    """Write GeoJSON files in the canonical form.

    One feature per line, sorted by id, keys sorted, 6 decimals, outer rings counter-clockwise:
    the same features give the same bytes. FILE is a file, a folder (all .geojson below it) or
    -, which copies standard input to standard output. Members that GeoJSON does not define are
    dropped with a warning. A file that could not be written without a guess is left unchanged;
    pkzone check lists its problems.

    With --check, exits with 1 if a file would change.
    """
    from pkzone.errors import GeoJSONError
    from pkzone.files.inputs import geojson_files

    changed = refused = False
    for path in geojson_files(files):
        try:
            would_change = _format(path, only_check=only_check, as_diff=as_diff, quiet=quiet)
            changed = changed or would_change
        except GeoJSONError as error:
            refused = True
            warn(f"error: {error}")
    if refused:
        raise click.exceptions.Exit(FAILURE)
    if changed and only_check:
        raise click.exceptions.Exit(FINDINGS)


def _format(path: str, *, only_check: bool, as_diff: bool, quiet: bool) -> bool:
    """Format one file; return whether its bytes are, or would be, others."""
    from pkzone.checks import canonical, check_in_place
    from pkzone.files.atomic import write_bytes
    from pkzone.geojson.reader import file_name, read_bytes

    data, name = read_bytes(path), file_name(path)
    formatted = canonical(data, name=name)
    if path != "-" and not (only_check or as_diff):
        check_in_place(data, name)
    changes = formatted.data != data
    for notice in formatted.notices:
        warn(f"warning: {notice} [{notice.code}]")
    if as_diff and changes:
        print_diff(name, data, formatted.data)
    if only_check and changes and not as_diff:
        print_text(cell(name))
    if only_check or as_diff:
        return changes
    if path == "-":
        emit_file(formatted.data)
    elif changes:
        write_bytes(path, formatted.data, overwrite=True)
        if not quiet:
            warn(f"wrote {path}")
    return changes
