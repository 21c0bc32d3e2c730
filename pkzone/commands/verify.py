"""``pkzone verify``: whether a catalogue is whole."""

from __future__ import annotations

import click

from pkzone.commands.framework import FINDINGS, Command
from pkzone.commands.options import (
    NAME_IT,
    Destination,
    catalogue_folder_option,
    forgotten_catalogue,
    table_options,
)
from pkzone.commands.output import print_table, warn
from pkzone.errors import printable
from pkzone.text_layout import counted


@click.command(
    "verify",
    cls=Command,
    examples=(
        "pkzone verify",
        "pkzone verify --catalogue my-zone --json",
        "pkzone verify --catalogue my-zone --accept",
    ),
)
@table_options()
@click.option(
    "--accept",
    "accepted",
    is_flag=True,
    help="Accept a manifest that you edited by hand, if there are no other problems.",
)
@catalogue_folder_option
def command(catalogue: str | None, destination: Destination, accepted: bool) -> None:
    """Find what is missing, extra, changed or inconsistent.

    Exits with 1 if something is wrong; each finding says how to repair it. Warnings do not
    count. Without --catalogue it is the catalogue that pkzone ships, unless the current folder
    is one of your own.
    """
    from pkzone.layers.catalogue import SHIPPED
    from pkzone.store.verify import accept, verify

    if catalogue is None and forgotten_catalogue():
        raise click.UsageError(f"this folder holds a catalogue; {NAME_IT} verifies it")
    folder = SHIPPED if catalogue is None else catalogue
    if accepted:
        accept(folder)
    result = verify(folder)

    def text(*_: object, **__: object) -> str:
        lines = (f"{one.severity}: {one} [{one.code}]" for one in result.findings)
        return "".join(f"{printable(line, limit=None)}\n" for line in lines)

    print_table(result.table, destination, text=text)
    if destination.form != "json":
        number = sum(one.severity == "error" for one in result.findings)
        verdict = "nothing is wrong" if result.ok else f"{number} wrong"
        versions = counted(result.versions, "version")
        shipped = "" if catalogue else "the catalogue that pkzone ships: "
        warn(f"{shipped}{versions} in {counted(result.files, 'file')}: {verdict}")
    if not result.ok:
        raise click.exceptions.Exit(FINDINGS)
