"""``source add`` and ``event add`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.test_completion import completed
from tests.helpers.own_catalogue import begin, tree
from tests.helpers.program import Run


@pytest.fixture
def run(in_process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program beside a catalogue ``zone`` with a layer ``line``."""
    begin(tmp_path / "zone", "line")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKZONE_CATALOGUE", raising=False)
    return in_process


def test_a_script_takes_the_ids_from_stdout(run: Run) -> None:
    source = run("source", "add", "--catalogue", "zone", "--title", "A", "--date", "2024-5-1")
    assert source == (0, "a-2024-05-01\n", "pkzone: added the source a-2024-05-01 to "
                      "zone/sources.json\n")  # fmt: skip
    event = run(
        "--catalogue", "zone", "event", "add", "--title", "Posts move", "--date", "2024-05",
        "--source", source.out.strip(), "--layer", "line", "--feature", "line/a",
    )  # fmt: skip
    assert (event.code, event.out) == (0, "posts-move-2024-05\n")
    again = run("--catalogue", "zone", "source", "add", "--title", "A", "--date", "2024-05-01")
    assert (again.code, again.out) == (0, "a-2024-05-01\n")
    assert "already exists, with the same content: nothing to do" in again.err
    listed = json.loads(run("events", "--catalogue", "zone", "--feature", "line/a", "--json").out)
    assert [row["id"] for row in listed["rows"]] == ["posts-move-2024-05"]
    assert run("verify", "--catalogue", "zone").err.endswith("nothing is wrong\n")


def test_a_dry_run_prints_the_record(run: Run, tmp_path: Path) -> None:
    before = tree(tmp_path)
    dry = run("event", "add", "--catalogue", "zone", "--title", "Ä", "--date", "2024", "--dry-run")
    assert (dry.code, dry.err) == (0, "pkzone: nothing was written (--dry-run)\n")
    assert json.loads(dry.out) == {"id": "a-2024", "date": "2024", "title": "Ä"}
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("source ad", 2, "No such command 'ad'; did you mean add? (see 'pkzone source --help')"),
        ("source add --title T --type artcle", 2, "did you mean article?"),
        ("source add --title T -x", 2, "No such option"),
        ("source add --title T ../x", 2, "is not an id: write 1 to 64"),
        ("source add --title T --url x", 2, "is not an address"),
        ("source add", 2, "Missing option '--title'"),
        ("source add --title T --date 2024-02-30", 3, "is not in the calendar"),
        ("source add --title T --catalogue nowhere", 3, "no such file; name a folder"),
        ("event add --title T --date 2024 --layer lin", 3, "did you mean line?"),
        ("event add --title T --date 2024 --certainty agree", 2, "did you mean agreed?"),
        ("event add --title T --date 2024-05-01 --time 25:00", 2, "is not a time"),
    ],
)
def test_one_line_for_what_is_wrong(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, code: int, said: str
) -> None:
    monkeypatch.setenv("PKZONE_CATALOGUE", "zone")
    before = tree(tmp_path)
    ended = run(*line.split())
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert tree(tmp_path) == before


def test_the_shipped_catalogue_is_read_only(run: Run) -> None:
    assert "begin your own" in run("source", "add", "--title", "T").err


@pytest.mark.parametrize("group", ["source", "event"])
def test_a_group_alone_prints_its_help(run: Run, group: str) -> None:
    alone = run(group)
    assert (alone.code, alone.err) == (0, "")
    assert alone == run(group, "--help")
    assert f"'pkzone {group}s' lists them" in alone.out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("source ", ["add"]),
        ("source add --type trea", ["treaty"]),
        ("event add --layer l", ["line"]),
        ("event add --feature l", ["line/a"]),
        ("event add --feature line/", ["line/a"]),
        ("event add --kind mov", ["movement"]),
        ("event add --certainty in", ["inferred"]),
        ("event add --source ", ["s"]),
    ],
)
def test_what_tab_completes(
    run: Run, monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    monkeypatch.setenv("PKZONE_CATALOGUE", "zone")
    run("source", "add", "--title", "S")
    assert completed(*line.split(" ")) == expected
