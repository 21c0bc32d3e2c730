"""Odd values for every option and argument of every command: one line and an exit code, always."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from pkzone.cli import pkzone as program
from pkzone.layers.catalogue import SHIPPED
from tests.helpers.own_catalogue import begin, line, point, write

#: A run of each command that is right.
RIGHT = {
    "map": "zone -o m.html --overwrite",
    "picture": "zone -o p.svg --overwrite",
    "story": "new zone -o s.json --overwrite",
    "diff": "road.geojson other.geojson",
    "history": "zone",
    "series": "zone",
    "layers": "",
    "log": "zone",
    "show": "zone",
    "on": "2024-05-01",
    "at": "46.5,39.7 2024-05-01",
    "events": "--layer zone --from 2024-05",
    "passable": f"Goris Stepanakert 2022-12-11 --for aid --catalogue {SHIPPED}",
    "sources": "zone",
    "check": "road.geojson",
    "fmt": "road.geojson",
    "init": "begun",
    "publish": "road.geojson --layer line --from 2024-05-02 --title T --dry-run",
    "retract": "line@2024-05-01 --catalogue own --reason R --dry-run",
    "source": "add --catalogue own --title T --date 2024-05-01 own-id --dry-run",
    "event": "add --catalogue own --date 2024-05-01 --title T --layer line own-id --dry-run",
    "layer": "rename line --title T",
    "translate": "el --catalogue own",
    "verify": "",
    "import": "posts.csv --lon x --lat y -o i.geojson --overwrite",
    "export": "zone -o e.csv --overwrite",
    "tag": "posts.csv --lon x --lat y --time when -o t.csv --overwrite",
    "git-setup": "--print",
    "git-textconv": "road.geojson",
    "git-merge": "road.geojson ours.geojson other.geojson p.geojson",
    "git-difftool": "road.geojson other.geojson --no-open",
}
FEW = ("a\0b", "nan", "1e400", "\udcff", "fifo")
SOME = (*FEW, "", "-1", "a\n\u202eb", "folder")
ODD = (
    *SOME, "/dev/zero", "٣", "9" * 24, "x" * 5000, "2022-02-30", "0000-00-00", "@", "a@",
    "@b", "layer@2022@x", "zone@..", "HEAD:x", "/dev/null", "-", "EPSG:0",
)  # fmt: skip
#: Each run of these starts a process, draws a sheet or reads many versions.
SLOW = {"import", "picture", "export", "passable"}
CHECKERS = {"check", "fmt", "git-merge"}  # tell of each file on a line of its own


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "BROWSER", "PKZONE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PKZONE_CATALOGUE", str(begin(tmp_path / "own", "line", "zone")))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    road = line("r", (46.5, 39.7), (46.6, 39.7), name="A")
    for name in ("road", "ours"):
        write(tmp_path / f"{name}.geojson", road)
    write(tmp_path / "other.geojson", point("a", 46.5, 39.7, name="B"))
    (tmp_path / "posts.csv").write_text("x,y,when\n46.5,39.7,2024-05-01\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo")
    return tmp_path


def runs_of(name: str, values: Sequence[str]) -> list[list[str]]:
    """Return the command lines that put each of some values in each place."""
    command = program.get_command(click.Context(program), name)
    assert command is not None
    right = RIGHT[name].split()
    if isinstance(command, click.Group):
        command = command.get_command(click.Context(command), right[0])
        assert command is not None
    options = [
        one.opts[-1] for one in command.params if isinstance(one, click.Option) and not one.is_flag
    ]
    places = [
        place
        for place, word in enumerate(right)
        if not word.startswith("-") and (place == 0 or not right[place - 1].startswith("-"))
    ]
    runs = [[name, *right]]
    for odd in values:
        runs += [[name, *right, f"{option}={odd}"] for option in options]
        runs += [[name, *right[:place], odd, *right[place + 1 :]] for place in places]
    return runs


def test_every_command_is_here() -> None:
    assert list(RIGHT) == program.list_commands(click.Context(program))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no /dev/zero")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        *(pytest.param(name, FEW if name in SLOW else SOME, id=name) for name in RIGHT),
        *(
            pytest.param(name, ODD, id=f"{name}-all", marks=pytest.mark.slow)
            for name in RIGHT
            if name not in SLOW
        ),
    ],
)
def test_odd_values(
    name: str,
    values: Sequence[str],
    ground: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = []
    for place, arguments in enumerate(runs_of(name, values)):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(), isatty=bool))
        with pytest.raises(SystemExit) as ended:
            program.main(arguments, prog_name="pkzone")
        code, said = ended.value.code, capsys.readouterr().err
        errors = sum("error: " in one for one in said.splitlines())
        if (
            code not in ({0} if place == 0 else {0, 1, 2, 3})
            or "unforeseen" in said
            or "Traceback" in said
            or (code in (2, 3) and errors != 1 and name not in CHECKERS)
        ):
            wrong.append((arguments, code, said[-300:]))
    assert wrong == []
