"""The command line: every command parses, makes one library call, and prints."""

from __future__ import annotations

import gc
import os
import sys

import click

from pkzone.commands.framework import Root, stopping_signals
from pkzone.commands.options import CATALOGUE_KEY
from pkzone.commands.output import emit, hold_standard_streams
from pkzone.commands.types import FOLDER

__all__ = ["main", "pkzone"]


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from pkzone import __version__

        emit(f"pkzone {__version__}")
        ctx.exit()


@click.group(
    cls=Root,
    homes={
        "map": "pkzone.commands.map",
        "picture": "pkzone.commands.picture",
        "story": "pkzone.commands.story",
        "diff": "pkzone.commands.diff",
        "history": "pkzone.commands.history",
        "series": "pkzone.commands.series",
        "layers": "pkzone.commands.layers",
        "log": "pkzone.commands.log",
        "show": "pkzone.commands.show",
        "on": "pkzone.commands.on",
        "at": "pkzone.commands.at",
        "events": "pkzone.commands.events",
        "passable": "pkzone.commands.passable",
        "sources": "pkzone.commands.sources",
        "check": "pkzone.commands.check",
        "fmt": "pkzone.commands.fmt",
        "init": "pkzone.commands.init",
        "publish": "pkzone.commands.publish",
        "retract": "pkzone.commands.retract",
        "source": "pkzone.commands.source",
        "event": "pkzone.commands.event",
        "layer": "pkzone.commands.layer",
        "translate": "pkzone.commands.translate",
        "verify": "pkzone.commands.verify",
        "import": "pkzone.commands.import_",
        "export": "pkzone.commands.export",
        "tag": "pkzone.commands.tag",
        "git-setup": "pkzone.commands.git:setup",
        "git-textconv": "pkzone.commands.git:textconv",
        "git-merge": "pkzone.commands.git:merge",
        "git-difftool": "pkzone.commands.git:difftool",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=(
        "pkzone map",
        "pkzone diff corridor@2020-12-01 corridor@2022-09-01",
        "pkzone layers",
        "pkzone log corridor",
        "pkzone on 2022-09-01",
    ),
)
@click.option(
    "--catalogue",
    metavar="DIR",
    type=FOLDER,
    envvar="PKZONE_CATALOGUE",
    show_envvar=True,
    help="Folder of a catalogue other than the shipped one.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_context
def pkzone(ctx: click.Context, catalogue: str | None) -> None:
    """Versioned layers, maps and diffs of a peacekeeping zone that changes.

    A reference REF is LAYER, LAYER@VERSION, LAYER@DATE (in force on that date), a path to a
    GeoJSON file, or - for standard input. A DATE is 2022-09-01, 2022-9-1, an instant in ISO 8601,
    a month (2022-09) that one version covers, or today.

    Tab completes in bash after eval "$(_PKZONE_COMPLETE=bash_source pkzone)"; likewise in zsh
    (zsh_source) and fish (_PKZONE_COMPLETE=fish_source pkzone | source).

    Exits with 0 when done, 1 for findings or for differences asked about, 2 for a wrong command
    line, 3 if the task cannot be done, 128 + N for signal N (130 Ctrl-C, 143 SIGTERM).
    """
    ctx.meta[CATALOGUE_KEY] = catalogue


def main() -> None:
    """Run the command line and exit with its code."""
    # A short run: collecting its objects costs more than it frees.
    gc.set_threshold(100_000)
    hold_standard_streams()
    if "_PKZONE_COMPLETE" in os.environ:  # a shell asks how a line can go on
        from pkzone.commands.completion import answer

        sys.exit(answer(pkzone))
    try:
        with stopping_signals():
            pkzone.main(prog_name="pkzone")
    finally:
        gc.freeze()  # spares the interpreter a last walk through everything on its way out
