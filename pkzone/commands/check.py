"""``pkzone check``: hold GeoJSON files to the rules, and mend what needs no guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import FAILURE, FINDINGS, Command
from pkzone.commands.options import (
    Destination,
    catalogue_folder_option,
    open_catalogue,
    table_options,
)
from pkzone.commands.output import print_diff, print_report, print_table, warn
from pkzone.commands.types import FILE, LAYER
from pkzone.table import Column, Table
from pkzone.text_layout import paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkzone.checks import Checked
    from pkzone.checks.files import Demands


@click.command(
    "check",
    cls=Command,
    examples=(
        "pkzone check roads.geojson",
        "pkzone check layers/ --strict",
        "pkzone check corridor.geojson --layer corridor",
        "pkzone check layers/ -f sarif -o pkzone.sarif",
        "pkzone check roads.geojson --fix",
        "pkzone check --rules",
    ),
)
@click.argument("files", type=FILE, metavar="FILE...", nargs=-1)
@click.option(
    "--layer",
    type=LAYER,
    metavar="L",
    help="Require what a version of this layer of the catalogue needs: ids and its schema; warn "
    "of features far from where its newest version has them.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option(
    "--fix", is_flag=True, help="Repair what needs no guess, and report what was repaired."
)
@click.option("--dry-run", is_flag=True, help="With --fix: only report what would be repaired.")
@click.option("--diff", "as_diff", is_flag=True, help="With --fix: only print what would change.")
@table_options("sarif")
@click.option("--rules", is_flag=True, help="List the rules, with a remedy for each.")
@click.option("-q", "--quiet", is_flag=True, help="Leave out the summary line at the end.")
@catalogue_folder_option
def command(
    files: tuple[str, ...],
    layer: str | None,
    catalogue: str | None,
    strict: bool,
    fix: bool,
    dry_run: bool,
    as_diff: bool,
    destination: Destination,
    rules: bool,
    quiet: bool,
) -> None:
    """Check GeoJSON files by strict rules.

    Every finding comes with its line, feature and reason. FILE is a file, a folder (all .geojson
    below it) or - for standard input. Errors are what pkzone refuses to read or to write again,
    warnings what it repairs on reading or what looks wrong. Exits with 1 if there are errors.

    --fix closes rings, turns them round, rounds to 6 decimals, takes out a byte order mark and
    members without content, and writes the canonical form of fmt. A file that would lose
    something, or that still has errors afterwards, is left unchanged.
    """
    if rules:
        _print_rules(destination)
        return
    _check_options(files, fix=fix, shown_only=dry_run or as_diff)
    from pkzone.checks.report import FORMATS, summary

    demands = _demands(layer, catalogue)
    checked = _checked(files, demands, fix=fix, dry_run=dry_run, as_diff=as_diff)
    if not as_diff:
        print_report(FORMATS[destination.form](checked), destination)
    if not quiet:
        warn(summary(checked))
    if not all(one.is_readable for one in checked):
        raise click.exceptions.Exit(FAILURE)
    if any(one.errors or (strict and one.warnings) for one in checked):
        raise click.exceptions.Exit(FINDINGS)


def _check_options(files: tuple[str, ...], *, fix: bool, shown_only: bool) -> None:
    if not files:
        raise click.UsageError("Missing argument 'FILE...'")
    if fix and "-" in files:
        raise click.UsageError("--fix needs files; pkzone fmt - reads standard input")
    if shown_only and not fix:
        raise click.UsageError("--dry-run and --diff show what --fix would do; add it")


def _demands(layer: str | None, catalogue: str | None) -> Demands:
    """Return what a layer asks of its features: nothing where none is named."""
    from pkzone.checks.files import Demands, layer_demands

    return Demands() if layer is None else layer_demands(open_catalogue(catalogue), layer)


def _checked(
    files: tuple[str, ...], demands: Demands, *, fix: bool, dry_run: bool, as_diff: bool
) -> list[Checked]:
    from pkzone.checks import check_file
    from pkzone.files.inputs import geojson_files

    checked = []
    for path in geojson_files(files):
        if fix:
            _mend(path, dry_run=dry_run, as_diff=as_diff)
        checked.append(check_file(path, **demands))
    return checked


def _mend(path: str, *, dry_run: bool, as_diff: bool) -> None:
    """Mend one file, and say on stderr what is or would be done to it."""
    from pkzone.checks import check_in_place, mend
    from pkzone.errors import GeoJSONError
    from pkzone.files.atomic import write_bytes
    from pkzone.geojson.reader import read_bytes

    try:
        data = read_bytes(path)
    except GeoJSONError:
        return  # the check says so
    try:
        check_in_place(data, path)
        mended = mend(data, name=path)
    except GeoJSONError as error:
        warn(f"not repaired: {error}")
        return
    if mended.data == data:
        return
    shown_only = dry_run or as_diff
    if as_diff:
        print_diff(path, data, mended.data)
    if not shown_only:
        write_bytes(path, mended.data, overwrite=True)
    for notice in mended.notices:
        warn(f"{'would repair' if shown_only else 'repaired'}: {notice} [{notice.code}]")


def _print_rules(destination: Destination) -> None:
    from pkzone.checks import RULES

    if destination.form == "sarif":
        raise click.UsageError("--rules has no SARIF, which lists the rules of its findings itself")
    table = Table(
        "rules",
        (
            Column("code"),
            Column("level"),
            Column("asks"),
            Column("remedy"),
            Column("mended", "boolean", in_text=False),
        ),
        tuple(RULES.values()),
    )

    def text(_: Table, width: int | None, strong: Callable[[str], str]) -> str:
        return "".join(
            f"{strong(rule.code)}  {rule.level}\n"
            f"{paragraph(rule.asks, width=width, indent='  ')}\n"
            f"{paragraph(rule.remedy, width=width, indent='  ')}\n"
            for rule in RULES.values()
        )

    print_table(table, destination, text=text)
