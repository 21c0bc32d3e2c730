"""Shell completion: what may come next, quickly and in silence, in a real bash too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from pkzone.cli import pkzone as program
from pkzone.commands.completion import VARIABLE, answer
from pkzone.layers.catalogue import SHIPPED
from tests.helpers import drawn_catalogue
from tests.helpers.own_catalogue import begin, point, put, write
from tests.project.test_loaded_packages import HEAVY, READING


def completed(*words: str) -> list[str]:
    """What may stand in place of the last word."""
    shell = ShellComplete(program, {}, "pkzone", VARIABLE)
    *before, typed = words
    items = shell.get_completions(before, typed)
    return [f"<{item.type}>" if item.type != "plain" else str(item.value) for item in items]


@pytest.fixture(autouse=True)
def small(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small catalogue is the one in use."""
    monkeypatch.setenv("PKZONE_CATALOGUE", str(small_root))
    monkeypatch.chdir(small_root)
    return small_root


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sho", ["show"]),
        ("git-", ["git-setup"]),  # what git calls itself is hidden
        ("layers --js", ["--json"]),
        ("diff zone corridor --only x -f j", ["json", "jsonl"]),
        ("diff zone corridor --affected z", ["zone"]),
        ("show z", ["zone"]),
        ("show zone@", ["zone@2020-11-10", "zone@2024-06-12"]),
        ("show zone@2024", ["zone@2024-06-12"]),
        ("show zone@x", ["<file>"]),
        ("show ./z", ["<file>"]),
        ("show road", ["<file>"]),
        ("diff zone c", ["corridor"]),
        ("map zone c", ["corridor"]),
        ("map --on 2024", ["2024-06-12"]),
        ("picture zone --on 2020-12-01,2024", ["2020-12-01,2024-06-12"]),
        ("on t", ["today"]),
        ("history corridor l", ["lachin-new", "lachin-old"]),
        ("history corridor@2020-11-10.. l", ["lachin-new", "lachin-old"]),
        ("history zone", ["zone"]),
        (
            "history zone@2020-11-10..2",
            ["zone@2020-11-10..2020-11-10", "zone@2020-11-10..2024-06-12"],
        ),
        ("history zone@2021-01..2", ["zone@2021-01..2024-06-12"]),
        ("history zone@2025..2", []),
        ("passable a b --for m", ["medical"]),
        ("passable a b --for ", ["civilian", "goods", "aid", "medical", "contingent"]),
        ("show --status form", ["former"]),
        ("diff a b --fail-on mo", ["modified", "moved"]),
        ("diff a b --only re", ["removed", "renamed"]),
        ("diff a b --match ", ["id", "property", "geometry", "near"]),
        ("diff a b --match geometry,", ["geometry,id", "geometry,property", "geometry,near"]),
        ("events --layer corridor --feature l", ["lachin-new", "lachin-old"]),
        ("events --feature zone/", ["zone/core"]),
        ("events --source b", ["bbc-2020"]),
        ("publish x.geojson --event n", ["new-road"]),
        ("check --layer ", ["zone", "corridor"]),
        ("check ", ["<file>"]),
        ("check a.geojson ", ["<file>"]),
        ("export zone -o z", ["<file>"]),
        ("--catalogue ", ["<dir>"]),
    ],
)
def test_what_may_come_next(line: str, expected: list[str]) -> None:
    assert completed(*line.split(" ")) == expected


def test_kinds_and_statuses_are_those_of_the_catalogue() -> None:
    shipped = ("--catalogue", SHIPPED)
    assert completed(*shipped, "events", "--kind", "a") == ["agreement", "aid"]
    assert completed(*shipped, "show", "zone@2022-08-26", "--status", "") == [
        "dissolving", "in_force",
    ]  # fmt: skip


def test_commands_are_those_of_the_help() -> None:
    hidden = {"git-textconv", "git-merge", "git-difftool"}
    assert set(completed("")) == {*program.homes} - hidden


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("St", ["Stepanakert"]),
        ("Kh", ["Khankendi"]),
        ("Ստ", ["Ստեփանակերտ"]),
        ("Red", ["Red Bazaar"]),
        ("Bad", []),  # its name would steer the terminal
    ],
)
def test_names_of_places_of_a_catalogue_of_ones_own(
    small: Path, typed: str, names: list[str]
) -> None:
    begin(small / "own")
    towns = write(
        small / "towns.geojson",
        point("st", 46.75, 39.82, name="Khankendi / Stepanakert", name_hy="Ստեփանակերտ"),
        point("rb", 46.96, 39.68, name="Red Bazaar"),
        point("bad", 46.9, 39.6, name="Bad\x1b[2J"),
    )
    put(small / "own", towns, "2024-05-01", layer="places", new_layer="Places")
    assert completed("--catalogue", "own", "at", typed) == names
    assert completed("at", "--catalogue", "own", typed) == names
    assert completed("at", "x", "--catalogue", "own", "2024-0") == ["2024-05-01"]
    assert completed("at", typed) == []  # the small catalogue has no such layer


def test_the_layer_of_places_may_have_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = {"id": "a", "properties": {"name": "Alpha / Ayla", "status": "inside"}}
    post = {"id": "p", "properties": {"name": "Alpine post", "status": "operating"}}
    layers = {
        layer: {
            "2020-01-01": [{"type": "Feature", **one, "geometry": drawn_catalogue.point(46, 39)}]
        }
        for layer, one in (("posts", post), ("towns", town))
    }
    drawn_catalogue.write(tmp_path / "own", layers)
    monkeypatch.setenv("PKZONE_CATALOGUE", str(tmp_path / "own"))
    assert completed("at", "Al") == ["Alpha"]
    assert completed("at", "Ay") == ["Ayla"]


def ask(line: str, shell: str = "bash", **others: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell does that asks how a line goes on."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    whole = {"COMP_LINE": line, "COMP_POINT": str(len(line.encode()))}
    environment = os.environ | words | whole | {VARIABLE: f"{shell}_complete"} | others
    return subprocess.run(
        [sys.executable, "-m", "pkzone"],
        env=environment, check=False, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.parametrize("damage", [None, "", "{}", "{"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_where_the_catalogue_is_damaged_nothing_is_said(
    small: Path, damage: str | None, shell: str
) -> None:
    manifest = small / "datapackage.json"
    manifest.unlink()
    if damage is not None:
        manifest.write_text(damage, encoding="utf-8")
    for line in ("pkzone log z", "pkzone history corridor l"):
        ended = ask(line, shell)
        assert (ended.stdout.strip(), ended.stderr) == ("", "")


def test_a_call_without_a_line_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.delenv("COMP_LINE", raising=False)
    assert answer(program) == 1


@pytest.mark.parametrize("line", ["show zone@2", "history corridor l", "on 2", "publish x --so"])
def test_it_loads_little(line: str) -> None:
    script = (
        "import sys\n"
        "from pkzone.commands.completion import answer\n"
        "from pkzone.cli import pkzone\n"
        "answer(pkzone)\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ
        | {VARIABLE: "bash_complete", "COMP_LINE": f"pkzone {line}", "COMP_POINT": "99"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "plain," in ended.stdout
    assert {name.partition(".")[0] for name in ended.stderr.split()} & HEAVY <= READING


needs_bash = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="there is no bash"
)


@pytest.fixture
def bash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a pkzone into the path that answers shells, and else notes its arguments."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program_file = folder / "pkzone"
    program_file.write_text(
        f"#!/bin/sh\n[ -n \"${VARIABLE}\" ] && exec '{sys.executable}' -m pkzone\n"
        f"printf '%s\\n' \"$@\" > '{tmp_path}/arguments'\n",
        encoding="utf-8",
    )
    program_file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return tmp_path / "arguments"


@needs_bash
@pytest.mark.parametrize(
    ("line", "breaks", "replies"),
    [
        ("pkzone show zo", "@:", ["zone"]),
        ("pkzone show zone@2024", "@:", ["@2024-06-12"]),
        ("pkzone show zone@2024", ":", ["zone@2024-06-12"]),
        ("pkzone history corridor l", "@:", ["lachin-new", "lachin-old"]),
        ("pkzone nothing zo", "@:", []),
    ],
)
def test_the_replies_of_bash(bash: Path, line: str, breaks: str, replies: list[str]) -> None:
    script = (
        f'eval "$({VARIABLE}=bash_source pkzone)"; COMP_WORDBREAKS="{breaks}"; '
        f"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; _pkzone_completion pkzone; "
        'printf "%s\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", script],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert (ended.stdout.split(), ended.stderr) == (replies, "")


@needs_bash
@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("show zone@2024\t", ["show", "zone@2024-06-12"]),
        (
            "history zone@2020-11-10..2024\t core\t",
            ["history", "zone@2020-11-10..2024-06-12", "core"],
        ),
        ('show "zone@2024\t', ["show", "zone@2024-06-12"]),
        ("--catalogue own at Red\t", ["--catalogue", "own", "at", "Red Bazaar"]),
        ("--catalogue own at Red\\ B\t", ["--catalogue", "own", "at", "Red Bazaar"]),
        ("check dat\t", ["check", "datapackage.json"]),
    ],
)
def test_on_the_keyboard(bash: Path, small: Path, typed: str, arguments: list[str]) -> None:
    import pty

    begin(small / "own")
    towns = write(small / "towns.geojson", point("rb", 46.96, 39.68, name="Red Bazaar"))
    put(small / "own", towns, "2024-05-01", layer="places", new_layer="Places")
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "dumb", "INPUTRC": "/dev/null", "HISTFILE": "/dev/null"}
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])  # noqa: S606
    keys = f'eval "$({VARIABLE}=bash_source pkzone)"\npkzone {typed}\nexit\n'
    os.write(terminal, keys.encode())
    with suppress(OSError):  # so Linux says that the other end is closed
        while os.read(terminal, 4096):
            pass
    os.close(terminal)
    os.waitpid(child, 0)
    assert bash.read_text(encoding="utf-8").splitlines() == arguments
