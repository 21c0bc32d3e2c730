"""Command line of the recipe: ``python -m authoring INPUTS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from authoring.catalogue import build
from authoring.inputs import InputError, Inputs
from authoring.lines import FOLDER as LINES
from authoring.states import FactsError
from authoring.world import world

SHIPPED = Path(__file__).parent.parent / "pkzone" / "layers" / "data"
WORLD = SHIPPED.parents[1] / "maps" / "world.json"


@click.command()
@click.argument("inputs", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", default=SHIPPED, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--lines",
    default=LINES,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of digitised lines (default: authoring/lines).",
)
@click.option("--check", is_flag=True, help="Compare with the files at hand; write nothing.")
def main(inputs: Path, out: Path, lines: Path, check: bool) -> None:
    """Build the shipped catalogue from the folder INPUTS.

    What INPUTS must hold, and where each file can be fetched, stands in authoring/inputs.json.
    """
    try:
        files = build(Inputs(inputs), SHIPPED, lines)
    except (InputError, FactsError) as error:
        raise click.ClickException(str(error)) from error
    present = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    stale = sorted(present - set(files))
    changed = [path for path, data in files.items() if not _same(out / path, data)]
    if out.resolve() == SHIPPED.resolve():
        path = os.path.relpath(WORLD, out)
        files[path] = world(Inputs(inputs))
        changed += [] if _same(WORLD, files[path]) else [path]
    if check:
        for path in [*changed, *stale]:
            click.echo(f"differs: {path}", err=True)
        click.echo(f"{len(files)} files, {len(changed) + len(stale)} differ", err=True)
        sys.exit(1 if changed or stale else 0)
    for path in stale:
        (out / path).unlink()
    for path in changed:
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(files[path])
    click.echo(f"{len(files)} files, {len(changed)} written, {len(stale)} removed", err=True)


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


if __name__ == "__main__":
    main()
