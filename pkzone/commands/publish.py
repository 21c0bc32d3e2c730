"""``pkzone publish``: files become versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    Destination,
    catalogue_folder,
    catalogue_folder_option,
    dry_run_option,
    lock_timeout_option,
    table_options,
)
from pkzone.commands.output import layout, print_report, print_table, warn
from pkzone.commands.translate import warn_of_untranslated
from pkzone.commands.types import DAY, EVENT, FILE, LAYER, SOURCE
from pkzone.table import Column, Table
from pkzone.text_layout import counted

if TYPE_CHECKING:
    from pkzone.store.preflight import Step


@click.command(
    "publish",
    cls=Command,
    examples=(
        "pkzone publish line.geojson --catalogue my-zone --layer line --from 2024-05-01 "
        '--title "First line" --new-layer "The line"',
        "pkzone publish data/*.geojson --catalogue my-zone --layer line --date-from-name "
        '--title "Line on {date}" --yes',
        "pkzone publish line.geojson --catalogue my-zone --layer line --from 2024-05-01 --correct",
    ),
)
@click.argument("files", type=FILE, metavar="FILE...", nargs=-1, required=True)
@click.option("--layer", type=LAYER, metavar="NAME", required=True, help="The layer to publish to.")
@click.option(
    "--from",
    "valid_from",
    metavar="DATE",
    type=DAY,
    help="Date from which it is in force: 2022-08-30, or 2022-08-30.2 for a second state "
    "of that day.",
)
@click.option(
    "--date-from-name",
    is_flag=True,
    help="Take each file's date from its name: 2024-05-01, 20240501 or 2024_05_01.",
)
@click.option("--title", metavar="TEXT", help="Title of the version; {date} stands for its date.")
@click.option(
    "--source",
    "sources",
    type=SOURCE,
    metavar="ID",
    multiple=True,
    help="Id of a source; may be repeated.",
)
@click.option(
    "--event",
    "events",
    type=EVENT,
    metavar="ID",
    multiple=True,
    help="Id of an event that explains it; may be repeated.",
)
@click.option(
    "--id",
    "id_property",
    metavar="PROPERTY,...",
    help="Property that gives the features their ids, or several that make one together; "
    "auto for one that identifies them in the previous version.",
)
@click.option("--new-layer", metavar="TITLE", help="Create the layer, with this title.")
@click.option(
    "--correct",
    is_flag=True,
    help="Record a correction of a version; the earlier record stays readable.",
)
@click.option(
    "--recorded", type=DAY, metavar="DATE", help="Day of publishing.  [default: today, UTC]"
)
@dry_run_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@lock_timeout_option
@table_options()
@catalogue_folder_option
def command(
    catalogue: str | None,
    destination: Destination,
    files: tuple[str, ...],
    layer: str,
    sources: tuple[str, ...],
    events: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> None:
    """Add versions to a layer, or correct some.

    FILE is a GeoJSON file, a folder (all .geojson below it) or - for standard input. Each file
    is checked and put into the canonical form, and its changes are shown before anything is
    written, with a warning about features that moved farther than the layer is wide or look
    swapped. Several files are published together or not at all.
    """
    from pkzone.files.inputs import geojson_files
    from pkzone.store.publish import publish

    folder = catalogue_folder(catalogue)
    files = tuple(geojson_files(files))
    _check_dates(files, options)
    if not (yes or dry_run or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise click.UsageError("there is no terminal to ask on; add --yes or --dry-run")

    def confirm(steps: Sequence[Step]) -> bool:
        _show(steps, folder, destination)
        todo = [step for step in steps if step.outcome != "present"]
        if dry_run or yes or not todo:
            return True
        question = f"Publish {todo[0].version.ref}" if len(todo) == 1 else f"Publish {len(todo)}"
        doubtful = sum(bool(step.doubts) for step in todo)
        if doubtful:
            versions = "this version" if len(todo) == 1 else counted(doubtful, "version")
            question += f", though {versions} may be wrong (see the warnings)"
        return click.confirm(f"{question}?", err=True)

    with _told_apart(), _progress(len(files)) as advance:
        steps = publish(
            files,
            catalogue=folder,
            layer=layer,
            sources=sources or None,
            events=events or None,
            dry_run=dry_run,
            confirm=confirm,
            progress=advance,
            **options,
        )
    if not steps:
        warn("nothing was published")
    elif dry_run:
        warn("nothing was written (--dry-run)")
    else:
        _tell(steps, folder)
        warn_of_untranslated(folder)


def _check_dates(files: Sequence[str], options: Mapping[str, Any]) -> None:
    if (options["valid_from"] is None) != options["date_from_name"]:
        raise click.UsageError("give --from DATE or --date-from-name")
    if options["valid_from"] is not None and len(files) > 1:
        raise click.UsageError("--from holds for one file; use --date-from-name")


@contextmanager
def _told_apart() -> Iterator[None]:
    """Tell what is wrong with several files one a line."""
    from pkzone.errors import CannotPublish, FaultyFiles

    try:
        yield
    except FaultyFiles as faulty:
        for error in faulty.errors:
            warn(f"error: {error}")
        count = len(faulty.errors)
        raise CannotPublish(f"{count} files are refused; nothing was published") from None


@contextmanager
def _progress(count: int) -> Iterator[Any]:
    """Show a bar on a terminal for more than one file, and nothing elsewhere."""
    if count < 2 or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=count, label="checking", file=sys.stderr) as bar:

        def advance(number: int) -> None:
            bar.update(number)
            if bar.finished:
                bar.render_finish()

        yield advance


def _show(steps: Sequence[Step], folder: str, destination: Destination) -> None:
    """Print what would change: in text one diff in full, several as a table."""
    for step in steps:
        for notice in (*step.notices, *step.doubts):
            warn(f"warning: {notice}")
    if destination.form == "text" and len(steps) == 1:
        if steps[0].outcome != "present":
            print_report(_text(steps[0], folder, **layout(destination.path)), destination)
        return
    columns = (
        Column("version"),
        Column("features", "integer"),
        Column("outcome", in_text=False),
        Column("record", "integer", in_text=False),
        Column("changes"),
        Column("file"),
    )
    rows = tuple(_row(step, folder) for step in steps)
    print_table(Table("publish", columns, rows), destination)


def _text(step: Step, folder: str, **layout: Any) -> str:
    if step.base is None:
        features = counted(step.version.feature_count, "feature")
        return f"{step.version.ref} is the first version: {features}\n"
    return step.diff(folder).report("text", ids=True, **layout)


def _row(step: Step, folder: str) -> tuple[Any, ...]:
    if step.outcome == "present":
        changes = "there already"
    elif step.base is None:
        changes = "first version"
    elif step.shared:
        changes = f"none; the same as {step.version.file}"
    else:
        counts = step.diff(folder, evidence=False).summary
        changes = ", ".join(
            f"{number} {kind.replace('_', ' ')}"
            for kind, number in counts.items()
            if number and kind != "unchanged"
        )
    version = step.version
    return (
        version.id,
        version.feature_count,
        step.outcome,
        version.record,
        changes or "none",
        step.file,
    )


def _tell(steps: Sequence[Step], folder: str) -> None:
    done = [step for step in steps if step.outcome != "present"]
    present = len(steps) - len(done)
    if len(steps) == 1 and present:
        warn(f"{steps[0].version.ref} already exists, with the same content: nothing to do")
        return
    if len(done) == 1:
        step = done[0]
        what = f"corrected {step.version.ref}" if step.outcome == "corrected" else step.version.ref
        record = f", record {step.version.record}" if step.version.record > 1 else ""
        features = counted(step.version.feature_count, "feature")
        warn(f"published {what} ({features}{record}) in {folder}")
    else:
        shared = sum(step.shared for step in done)
        same = f", {shared} of them without a second copy" if shared else ""
        warn(f"published {len(done)} versions{same} in {folder}")
    if present:
        warn(f"{present} already existed, with the same content")
