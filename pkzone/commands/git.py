"""``pkzone git-setup``, and the commands that git runs once it is done."""

from __future__ import annotations

import os
from typing import Any

import click

from pkzone.commands.framework import Command
from pkzone.commands.output import emit, warn

__all__ = ["difftool", "merge", "setup", "textconv"]


@click.command(
    "git-setup",
    cls=Command,
    examples=(
        "pkzone git-setup",
        "pkzone git-setup --global",
        "pkzone git-setup --print",
        "pkzone git-setup --remove",
    ),
)
@click.option(
    "--global/--local",
    "everywhere",
    default=False,
    help="For all your repositories, or for the current one (default).",
)
@click.option("--print", "as_script", is_flag=True, help="Only print what would be written.")
@click.option("--remove", "undo", is_flag=True, help="Remove what git-setup wrote.")
def setup(everywhere: bool, as_script: bool, undo: bool) -> None:
    """Make git diff and merge GeoJSON files and catalogues.

    git diff then shows a summary of each feature that changed, git difftool -t pkzone the map
    of the difference, and git merge joins edits of different features, and versions, sources and
    events that two branches added to a catalogue. It writes lines of .gitattributes, to be
    committed, and entries of git's configuration, which each clone needs:
    run it once in each. Safe to repeat.
    """
    if as_script and undo:
        raise click.UsageError("--print and --remove exclude each other; choose one")
    from pkzone.git import setup

    if as_script:
        emit(setup.script(everywhere=everywhere))
        return
    act = setup.remove if undo else setup.set_up
    for message in act(everywhere=everywhere):
        warn(message)


@click.command(
    "git-textconv", cls=Command, hidden=True, examples=("pkzone git-textconv roads.geojson",)
)
@click.argument("file")
def textconv(file: str) -> None:
    """Print a GeoJSON file as git diff shows it: one block per feature, one fact per line."""
    from pkzone.git import textconv

    emit(textconv.textconv(file), nl=False)


@click.command(
    "git-merge",
    cls=Command,
    hidden=True,
    examples=("pkzone git-merge base.geojson ours.geojson theirs.geojson roads.geojson",),
)
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.argument("path")
@click.argument("marker_size", type=click.IntRange(min=1), default=7)
def merge(base: str, ours: str, theirs: str, path: str, marker_size: int) -> None:
    """Merge two versions of a GeoJSON file or of one that describes a catalogue into OURS.

    PATH is the file's name in messages, and tells a manifest, sources.json, events.json and
    translations. Exits with 1 if there is a conflict; both sides then stand in OURS between
    conflict markers of MARKER_SIZE characters.
    """
    from pkzone.git.merge_driver import merge_files

    outcome = merge_files(base, ours, theirs, name=path, marker_size=marker_size)
    for message in outcome.messages:
        warn(message)
    raise click.exceptions.Exit(outcome.exit_code)


@click.command(
    "git-difftool",
    cls=Command,
    hidden=True,
    examples=(
        "pkzone git-difftool old.geojson new.geojson",
        "pkzone git-difftool --no-open old.geojson new.geojson",
    ),
)
@click.argument("local")
@click.argument("remote")
@click.option("--no-open", "stay", is_flag=True, help="Print the page's path, without opening it.")
def difftool(local: str, remote: str, stay: bool) -> None:
    """Write the map of what differs between two GeoJSON files and open it in the browser.

    Where there is no display the page's path is printed. The page stays in the folder for
    temporary files.
    """
    import webbrowser
    from pathlib import Path
    from tempfile import mkdtemp

    from pkzone.compare import diff

    found = diff(_side(local), _side(remote))
    path = Path(mkdtemp(prefix="pkzone-")) / "diff.html"
    found.map().save(path)
    if stay or not _has_display() or not webbrowser.open(path.as_uri()):
        emit(str(path))
    else:
        warn(f"opened {path}")


def _side(path: str) -> Any:
    """Return one side to compare: git names the null device where it has no such file."""
    from pathlib import Path

    from pkzone.geojson.model import FeatureCollection

    if path in (os.devnull, "/dev/null"):
        return FeatureCollection((), ())
    return Path(path).absolute()  # a bare name might be taken for a layer


def _has_display() -> bool:
    import sys

    named = any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
    return named or sys.platform in ("darwin", "win32")
