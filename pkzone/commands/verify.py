"""``pkzone verify``: whether a catalogue is whole."""

from __future__ import annotations

import click

from pkzone.commands.framework import FINDINGS, Command, warn
from pkzone.commands.options import catalogue_folder_option, json_option
from pkzone.commands.output import print_json, print_text
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
@json_option
@click.option(
    "--accept",
    "accepted",
    is_flag=True,
    help="Take a manifest that you edited by hand for right, if nothing else is wrong.",
)
@catalogue_folder_option
def command(catalogue: str | None, as_json: bool, accepted: bool) -> None:
    """Find what is missing, extra, changed or inconsistent.

    Exits with 1 if something is wrong; each finding says how to mend it. Warnings do no harm.
    """
    from pkzone.layers.catalogue import SHIPPED
    from pkzone.store.verify import accept, verify

    folder = catalogue or SHIPPED
    if accepted:
        accept(folder)
    result = verify(folder)
    if as_json:
        print_json(result.to_dict())
    elif result.findings:
        print_text(
            "\n".join(
                printable(f"{finding.severity}: {finding} [{finding.code}]", limit=None)
                for finding in result.findings
            )
        )
    if not as_json:
        number = sum(one.severity == "error" for one in result.findings)
        verdict = "nothing is wrong" if result.ok else f"{number} wrong"
        versions = counted(result.versions, "version")
        warn(f"{versions} in {counted(result.files, 'file')}: {verdict}")
    if not result.ok:
        raise click.exceptions.Exit(FINDINGS)
