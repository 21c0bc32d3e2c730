"""``layer rename`` and ``retract`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_completion import completed
from tests.helpers.own_catalogue import begin, point, put, tree, write
from tests.helpers.program import Run


@pytest.fixture
def run(in_process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program beside a catalogue ``zone`` whose layer ``line`` has two versions."""
    root = begin(tmp_path / "zone", "line")
    put(root, write(tmp_path / "f.geojson", point("a", 21, 42)), "2024-05-03")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKZONE_CATALOGUE", "zone")
    return in_process


def test_rename(run: Run) -> None:
    assert run("layer", "rename", "line", "front", "--title", "Front") == (
        0, "", "pkzone: renamed the layer line to front in zone: Front\n",
    )  # fmt: skip
    assert run("log", "front").code == 0
    assert run("layer", "rename", "front", "--title", "Linie").err == (
        "pkzone: the layer front in zone has a new title: Linie\n"
    )
    again = run("layer", "rename", "front", "front")
    assert (again.code, "is called so already: nothing to do" in again.err) == (0, True)
    assert run("verify").err.endswith("nothing is wrong\n")


def test_retract(run: Run, tmp_path: Path) -> None:
    before = tree(tmp_path)
    asked = ("retract", "line@2024-5-3", "--reason", "Duplicate", "--recorded", "2025-02-01")
    dry = run(*asked, "--dry-run")
    now = "line@2024-05-01 is in force now (from 2024-05-03 on)"
    assert dry.err == (
        f"pkzone: would withdraw line@2024-05-03 in zone; {now}\n"
        "pkzone: nothing was written (--dry-run)\n"
    )
    assert tree(tmp_path) == before
    assert run(*asked).err == (
        f"pkzone: withdrew line@2024-05-03 in zone; {now}\n"
        "pkzone: pkzone publish FILE --layer line --from 2024-05-03 --correct brings it back\n"
    )
    assert "is withdrawn already, for the same reason: nothing to do" in run(*asked).err
    assert "2024-05-03  withdrawn on 2025-02-01\n  Duplicate" in run("log", "line").out
    first = run("retract", "line@2024-05-01", "--reason", "R")
    assert "nothing is in force now (from 2024-05-01 on)" in first.err
    back = run("publish", "f.geojson", "--layer", "line", "--from", "2024-05-03", "--correct", "-y")
    assert "published corrected line@2024-05-03 (1 feature, record 3)" in back.err
    assert run("verify").err.endswith("nothing is wrong\n")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("layer rename line", 2, "give the new name, or the new title with --title"),
        ("layer rename line ../x", 3, "is not a name for a layer"),
        ("layer rename lin front", 3, "did you mean line?"),
        ("layer renam", 2, "did you mean rename?"),
        ("layer rename line a --catalogue f.geojson", 3, "f.geojson/datapackage.json: "),
        ("retract line@2024-05-01", 2, "Missing option '--reason'"),
        ("retract line@2024-05-02 --reason R", 3, "on that day line@2024-05-01 is in force"),
        ("retract line --reason R", 3, "names no version by its id"),
    ],
)
def test_one_line_for_what_is_wrong(
    run: Run, tmp_path: Path, line: str, code: int, said: str
) -> None:
    before = tree(tmp_path)
    ended = run(*line.split())
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("layer ", ["rename"]),
        ("layer rename l", ["line"]),
        ("retract line@", ["line@2024-05-01", "line@2024-05-03"]),
    ],
)
def test_what_tab_completes(run: Run, line: str, expected: list[str]) -> None:
    assert completed(*line.split(" ")) == expected
