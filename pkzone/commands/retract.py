"""``pkzone retract``: a version is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkzone.commands.framework import Command
from pkzone.commands.options import (
    catalogue_folder,
    catalogue_folder_option,
    dry_run_option,
    lock_timeout_option,
)
from pkzone.commands.output import warn
from pkzone.commands.types import DAY, RANGE

if TYPE_CHECKING:
    from pkzone.store.retract import Retraction


@click.command(
    "retract",
    cls=Command,
    examples=(
        'pkzone retract line@2024-05-02 --catalogue my-zone --reason "Its date was wrong"',
        "pkzone retract line@2024-05-02 --catalogue my-zone --reason Duplicate --dry-run",
    ),
)
@click.argument("version", type=RANGE, metavar="LAYER@VERSION")
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@click.option(
    "--recorded", type=DAY, metavar="DATE", help="Day of withdrawing.  [default: today, UTC]"
)
@dry_run_option
@lock_timeout_option
@catalogue_folder_option
def command(
    catalogue: str | None,
    version: str,
    reason: str,
    recorded: str | None,
    dry_run: bool,
    lock_timeout: float,
) -> None:
    """Withdraw a version, and say why.

    It is no longer in force on any day; it stays readable with an earlier --known-on, and
    'pkzone log' lists it. 'pkzone publish --correct' brings it back. Reports what is now in
    force on its days.
    """
    from pkzone.store.retract import retract

    folder = catalogue_folder(catalogue)
    done = retract(
        version,
        catalogue=folder,
        reason=reason,
        recorded=recorded,
        dry_run=dry_run,
        lock_timeout=lock_timeout,
    )
    ref = done.version.ref
    if done.outcome == "present":
        warn(f"{ref} is withdrawn already, for the same reason: nothing to do")
        return
    warn(f"{'would withdraw' if dry_run else 'withdrew'} {ref} in {folder}; {_now(done)}")
    if dry_run:
        warn("nothing was written (--dry-run)")
    else:
        layer, version_id = done.version.layer, done.version.id
        warn(f"pkzone publish FILE --layer {layer} --from {version_id} --correct brings it back")


def _now(done: Retraction) -> str:
    """Return what is in force on the days of a version that is withdrawn."""
    if done.first is None:
        return "it was in force on no day"
    days = f"from {done.first} on" if done.last is None else f"{done.first} to {done.last}"
    if done.first == done.last:
        days = f"on {done.first}"
    if done.in_force is None:
        return f"nothing is in force now ({days})"
    return f"{done.in_force.ref} is in force now ({days})"
