"""git-setup in a real repository: what it writes, keeps and takes out again."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pkzone.git.setup import with_drivers, without_drivers
from tests.helpers.git_repository import (
    NEEDS_GIT,
    Repository,
    layer,
    line,
)

pytestmark = NEEDS_GIT

OF_CATALOGUES = (
    "datapackage.json merge=pkzone\nsources.json merge=pkzone\nevents.json merge=pkzone\n"
    "data.*.po merge=pkzone\n"
)
ATTRIBUTES = "*.geojson diff=pkzone merge=pkzone\n" + OF_CATALOGUES
KEYS = (
    "diff.pkzone.textconv",
    "diff.pkzone.cachetextconv",
    "merge.pkzone.name",
    "merge.pkzone.driver",
    "difftool.pkzone.cmd",
)


def test_setup_writes_what_it_says(bare_repository: Repository, tmp_path: Path) -> None:
    result = bare_repository.pkzone("git-setup")
    program = f"'{tmp_path}/my 100% tools/pkzone'"
    assert bare_repository.read(".gitattributes") == ATTRIBUTES
    assert bare_repository.config() == dict(
        zip(
            KEYS,
            (
                f"{program} git-textconv --",
                "true",
                "pkzone, feature by feature",
                f"{program.replace('%', '%%')} git-merge -- %O %A %B %P %L",
                f'{program} git-difftool -- "$LOCAL" "$REMOTE"',
            ),
            strict=True,
        )
    )
    assert result.stdout == ""
    said = result.stderr.splitlines()
    assert said[0] == f"pkzone: wrote {bare_repository.folder}/.gitattributes: " + (
        ATTRIBUTES[:-1].replace("\n", "; ")
    )
    assert said[1:] == [
        f"pkzone: set {key} = {value}" for key, value in bare_repository.config().items()
    ]


def test_setup_is_safe_to_repeat(repository: Repository) -> None:
    files = (".gitattributes", ".git/config")
    before = [repository.read(name) for name in files]
    (repository.folder / "sub").mkdir()
    again = subprocess.run(
        [sys.executable, "-m", "pkzone", "git-setup"],
        capture_output=True,
        cwd=repository.folder / "sub",
        env=repository.environment,
        check=True,
    )
    assert again.stderr == b"pkzone: all was set up already\n"
    assert [repository.read(name) for name in files] == before


def test_setup_keeps_what_users_have(bare_repository: Repository) -> None:
    bare_repository.write("# mine\n*.geojson text diff=astext\n*.png binary", ".gitattributes")
    bare_repository.git("config", "diff.pkzone.cachetextconv", "false")
    bare_repository.git("config", "merge.pkzone.recursive", "binary")
    bare_repository.git("config", "merge.pkzone.driver", "old-pkzone %A")
    result = bare_repository.pkzone("git-setup")
    assert bare_repository.read(".gitattributes") == (
        "# mine\n*.geojson text diff=astext\n*.png binary\n*.geojson merge=pkzone\n" + OF_CATALOGUES
    )
    assert "line 2 sets diff=astext for *.geojson; kept" in result.stderr
    assert "(it was old-pkzone %A)" in result.stderr
    config = bare_repository.config()
    assert config["diff.pkzone.cachetextconv"] == "false"
    assert config["merge.pkzone.recursive"] == "binary"
    assert "git-merge" in config["merge.pkzone.driver"]


def test_remove_undoes_the_setup(bare_repository: Repository) -> None:
    bare_repository.write("*.geojson text eol=lf\n", ".gitattributes")
    before = bare_repository.read(".gitattributes"), bare_repository.git("config", "--list")
    bare_repository.pkzone("git-setup")
    assert bare_repository.read(".gitattributes") != before[0]
    result = bare_repository.pkzone("git-setup", "--remove")
    after = bare_repository.read(".gitattributes"), bare_repository.git("config", "--list")
    assert after == before
    assert [f"unset {key}" in result.stderr for key in KEYS] == [True] * 5
    assert "nothing was set up" in bare_repository.pkzone("git-setup", "--remove").stderr


def test_remove_deletes_a_file_that_held_nothing_else(repository: Repository) -> None:
    repository.pkzone("git-setup", "--remove")
    assert not (repository.folder / ".gitattributes").exists()
    assert repository.config() == {}


def test_print_writes_nothing_and_can_be_pasted(bare_repository: Repository) -> None:
    text = bare_repository.pkzone("git-setup", "--print").stdout
    assert ATTRIBUTES in text
    assert not (bare_repository.folder / ".gitattributes").exists()
    assert bare_repository.config() == {}
    commands = text.partition("# in a shell\n")[2]
    bare_repository.run("sh", "-c", commands)
    pasted = bare_repository.config()
    bare_repository.pkzone("git-setup")
    assert tuple(pasted) == KEYS
    assert bare_repository.config() == pasted


def test_global_setup_serves_every_repository(bare_repository: Repository, tmp_path: Path) -> None:
    bare_repository.pkzone("git-setup", "--global")
    assert (tmp_path / "home/.config/git/attributes").read_text(encoding="utf-8") == ATTRIBUTES
    assert tuple(bare_repository.config("--global")) == KEYS
    assert bare_repository.config() == {}
    assert bare_repository.git("status", "--porcelain") == ""
    bare_repository.commit(layer(line("a")))
    bare_repository.write(layer(line("a", lanes=2)))
    assert "\n+    lanes: 2\n" in bare_repository.git("diff")
    bare_repository.git("config", "--global", "core.attributesFile", "~/own")
    bare_repository.pkzone("git-setup", "--global")
    assert (tmp_path / "home/own").read_text(encoding="utf-8") == ATTRIBUTES


@pytest.mark.parametrize("bare", [False, True], ids=["outside", "bare"])
def test_setup_needs_a_repository(tmp_path: Path, environment: dict[str, str], bare: bool) -> None:
    place = Repository(tmp_path / "place", environment)
    if bare:
        place.git("init", "-q", "--bare")
    before = sorted(tmp_path.rglob("*"))
    for option in ((), ("--remove",)):
        result = place.pkzone("git-setup", *option, code=3)
        assert result.stderr.startswith(f"pkzone: error: {place.folder}: ")
        assert result.stderr.endswith("use --global\n")
        assert result.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert "git config --local" in place.pkzone("git-setup", "--print").stdout


def test_setup_without_git(bare_repository: Repository, tmp_path: Path) -> None:
    bare_repository.environment["PATH"] = str(tmp_path / "my 100% tools")
    result = bare_repository.pkzone("git-setup", code=3)
    assert result.stderr == (
        "pkzone: error: there is no git on the PATH; install it and try again\n"
    )


def test_setup_refuses_a_pkzone_that_does_not_start(
    bare_repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "my 100% tools/pkzone").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    result = bare_repository.pkzone("git-setup", code=3)
    assert "pkzone' --version does not run" in result.stderr
    assert not (bare_repository.folder / ".gitattributes").exists()
    assert bare_repository.config() == {}


def test_without_a_program_python_runs_it_but_nothing_of_the_repository(
    bare_repository: Repository, tmp_path: Path
) -> None:
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "my 100% tools/pkzone").unlink()
    (tmp_path / "my 100% tools/git").symlink_to(git)
    bare_repository.environment["PATH"] = str(tmp_path / "my 100% tools")
    bare_repository.pkzone("git-setup")
    command = bare_repository.config()["diff.pkzone.textconv"]
    assert shlex.split(command) == [sys.executable, "-P", "-m", "pkzone", "git-textconv", "--"]
    for name in ("json.py", "click.py"):
        bare_repository.write("raise SystemExit('ran a file of the repository')\n", name)
    bare_repository.commit(layer(line("a")))
    bare_repository.write(layer(line("a", lanes=2)))
    assert "\n+    lanes: 2\n" in bare_repository.git("diff")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "*.geojson diff=pkzone merge=pkzone\n"),
        ("*.txt text", "*.txt text\n*.geojson diff=pkzone merge=pkzone\n"),
        ("*.txt text\r\n", "*.txt text\r\n*.geojson diff=pkzone merge=pkzone\r\n"),
        ("*.geojson\tdiff=pkzone\n", "*.geojson\tdiff=pkzone\n*.geojson merge=pkzone\n"),
        ("# *.geojson diff=mine\n", "# *.geojson diff=mine\n*.geojson diff=pkzone merge=pkzone\n"),
        ("*.geojson -diff merge=union\n", None),
        ("*.geojson binary\n", None),
        ("*.geojson merge=pkzone diff=pkzone eol=lf\n", None),
    ],
    ids=repr,
)
def test_lines_of_gitattributes(before: str, after: str | None) -> None:
    text, kept = with_drivers(before)
    end = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before or before.endswith("\n") else "\n"
    assert text == (before + gap if after is None else after) + OF_CATALOGUES.replace("\n", end)
    assert with_drivers(text) == (text, kept)
    assert bool(kept) == ("-diff" in before or "binary" in before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*.txt text\n*.geojson diff=pkzone merge=pkzone\n", "*.txt text\n"),
        ("*.geojson diff=pkzone text\tmerge=pkzone eol=lf\r\n", "*.geojson text eol=lf\r\n"),
        ("*.geojson merge=pkzone2\n*.json merge=pkzone\n*.geojson\n", None),
        ("events.json -text merge=pkzone\nsources.json merge=pkzone\n", "events.json -text\n"),
    ],
    ids=repr,
)
def test_lines_are_taken_out_of_gitattributes(before: str, after: str | None) -> None:
    assert without_drivers(before) == (before if after is None else after)


def test_what_users_set_for_the_files_of_a_catalogue_stays() -> None:
    mine = "datapackage.json merge=union\nevents.json binary\n"
    text, kept = with_drivers(mine)
    assert text == mine + (
        "*.geojson diff=pkzone merge=pkzone\nsources.json merge=pkzone\ndata.*.po merge=pkzone\n"
    )
    assert kept == (
        "line 1 sets merge=union for datapackage.json; kept, so pkzone does not merge there",
        "line 2 sets binary for events.json; kept, so pkzone does not merge there",
    )
    assert without_drivers(text) == mine


def test_a_setup_of_before_is_completed(bare_repository: Repository) -> None:
    bare_repository.pkzone("git-setup")
    bare_repository.write("*.geojson diff=pkzone merge=pkzone\n", ".gitattributes")
    result = bare_repository.pkzone("git-setup")
    assert bare_repository.read(".gitattributes") == ATTRIBUTES
    assert result.stderr == (
        f"pkzone: wrote {bare_repository.folder}/.gitattributes: "
        + OF_CATALOGUES[:-1].replace("\n", "; ")
        + "\n"
    )
