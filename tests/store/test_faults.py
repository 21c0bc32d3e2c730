"""Publishing under kills, interrupts, refusals of the system, and many writers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import CatalogueLocked, OutputError
from pkzone.files import atomic
from pkzone.store.verify import FileCheck, Finding
from tests.helpers.own_catalogue import begin, point, put, tree, write

HELPERS = Path(__file__).parents[1] / "helpers"


def swept(*asked: str) -> list[dict[str, Any]]:
    """Strike scenarios at some of their system calls, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, str(HELPERS / "fault_driver.py"), *asked],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(HELPERS.parents[1])},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    if "skip" in found[0]:
        pytest.skip(found[0]["skip"])
    return found


@pytest.mark.long
def test_a_sample_of_strikes() -> None:
    """And the control: that the probe sees what is wrong with a naive writer."""
    *found, naive = swept(
        "publish:kill:7:37", "series:kill:3:57", "correct:interrupt:5:43",
        "rename:kill:2:31", "rename:EIO:5:59", "rename:interrupt:1:61", "retitle:kill:3:47",
        "source:kill:1:23", "source:EIO:2:23", "publish:ENOSPC:4:41",
        "series:EIO:9:61", "correct:EACCES:2:47", "naive:kill:1:1",
    )  # fmt: skip
    for one in found:
        assert one["calls"] > 100
        assert one["struck"] > 4
        assert one["wrong"] == []
    assert any("cannot be read" in one for one in naive["wrong"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", ["publish", "correct", "series", "rename", "retitle", "source"]
)
@pytest.mark.parametrize("fault", ["kill", "interrupt", "ENOSPC", "EIO", "EACCES"])
def test_every_strike(scenario: str, fault: str) -> None:
    (found,) = swept(f"{scenario}:{fault}:1:1")
    assert found["struck"] > 100
    assert found["wrong"] == []


ONE_WRITER = """
import sys, pkzone
from pkzone.geojson import Feature, FeatureCollection
root, own, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(count):
    point = {"type": "Point", "coordinates": [own, number]}
    features = FeatureCollection((Feature("a", {}, point),), ())
    year, month, day = 2000 + own, number // 28 + 1, number % 28 + 1
    pkzone.publish(features, catalogue=root, layer="line", title="T", recorded="2025-01-01",
                   valid_from=f"{year}-{month:02}-{day:02}", lock_timeout=300)
"""


def race(root: Path, writers: int, each: int) -> None:
    """Let processes publish at once, and look for every version."""
    running = [
        subprocess.Popen([sys.executable, "-c", ONE_WRITER, str(root), str(own), str(each)])
        for own in range(writers)
    ]
    assert [process.wait() for process in running] == [0] * writers
    layer = pkzone.catalogue(root)["line"]
    assert len(layer) == writers * each + 1
    for own in range(writers):
        for number in range(each):
            day = f"{2000 + own}-{number // 28 + 1:02}-{number % 28 + 1:02}"
            (feature,) = layer[day].features().features
            assert feature.geometry == {"type": "Point", "coordinates": [own, number]}
    assert pkzone.verify(root).findings == ()


@pytest.mark.long
def test_writers_at_once(tmp_path: Path) -> None:
    race(begin(tmp_path / "z", "line"), 3, 5)


@pytest.mark.slow
def test_many_writers_at_once(tmp_path: Path) -> None:
    race(begin(tmp_path / "z", "line"), 8, 50)


STOPPED = """
import sys, pkzone
from pkzone.store import transaction
write = transaction.write_bytes

def waiting(path, data, **options):
    if path.name == "datapackage.json":  # the new file is in its place, the manifest is not
        print("stopped", flush=True)
        sys.stdin.readline()
    write(path, data, **options)

transaction.write_bytes = waiting
pkzone.publish(sys.argv[2], catalogue=sys.argv[1], layer="line", title="T",
               valid_from="2024-05-02")
"""


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A catalogue, and a process that stands still in the midst of publishing to it."""
    root = begin(tmp_path / "z", "line")
    file = write(tmp_path / "f", point("a", 21, 42))
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(root), file], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "stopped\n"
        yield root, process
        process.kill()


def test_verify_waits_for_a_publication(stopped: tuple[Path, subprocess.Popen[str]]) -> None:
    root, process = stopped
    before = tree(root)
    with pytest.raises(CatalogueLocked, match="another process is writing"):
        pkzone.verify(root, lock_timeout=0)
    assert tree(root) == before
    with ThreadPoolExecutor(1) as pool:
        verified = pool.submit(pkzone.verify, root)
        process.communicate("go on\n")
        assert process.returncode == 0
        assert (verified.result().findings, verified.result().versions) == ((), 2)


def test_verify_tells_of_a_publication_that_died(
    stopped: tuple[Path, subprocess.Popen[str]],
) -> None:
    root, process = stopped
    process.kill()
    process.wait()
    result = pkzone.verify(root, lock_timeout=0)
    assert {(one.code, one.path) for one in result.findings} == {
        ("interrupted", "line/2024-05-02.geojson"), ("temporary", ".pkzone-journal.tmp"),
    }  # fmt: skip
    assert result.ok


def test_verify_looks_again_where_a_publication_came_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = begin(tmp_path / "z", "line")
    file = write(tmp_path / "f", point("a", 21, 42))
    look = FileCheck.findings

    def overtaken(self: FileCheck) -> Iterator[Finding]:
        monkeypatch.setattr(FileCheck, "findings", look)
        put(root, file, "2024-05-02")
        found = list(look(self))
        assert [(one.code, one.path) for one in found] == [("extra", "line/2024-05-02.geojson")]
        yield from found

    monkeypatch.setattr(FileCheck, "findings", overtaken)
    result = pkzone.verify(root)
    assert (result.findings, result.versions) == ((), 2)


def test_verify_makes_no_lock(tmp_path: Path) -> None:
    root = begin(tmp_path / "z", "line")
    (root / ".pkzone.lock").unlink()
    assert pkzone.verify(root).ok
    assert not (root / ".pkzone.lock").exists()


def test_what_is_named_is_on_disk_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a power cut would need it: content and names are flushed in the order of dependence."""
    root = begin(tmp_path / "z", "line")
    file = write(tmp_path / "f", point("a", 21, 42))
    done: list[str] = []
    flush, replace, link = os.fsync, Path.replace, Path.hardlink_to

    def flushed(descriptor: int) -> None:
        kind = "folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "content"  # noqa: PTH112
        done.append(f"flush {kind}")
        flush(descriptor)

    def named(old: Path, new: Path) -> Path:
        done.append(f"name {new.name}")
        return replace(old, new)

    def linked(new: Path, old: Path) -> None:
        done.append(f"name {new.name}")
        link(new, old)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", named)
    monkeypatch.setattr(Path, "hardlink_to", linked)
    pkzone.publish(file, catalogue=root, layer="line", title="T", valid_from="2024-05-02")
    assert done == [
        "flush content", "name .pkzone-journal.tmp", "flush folder",
        "flush content", "name 2024-05-02.geojson", "flush folder",
        "flush content", "name datapackage.json", "flush folder",
    ]  # fmt: skip


def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = begin(tmp_path / "z", "line")
    file = write(tmp_path / "f", point("a", 21, 42))
    before = tree(root)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OutputError, match=r"z/\.pkzone-journal\.tmp: cannot be written: No space"):
        pkzone.publish(file, catalogue=root, layer="line", title="T", valid_from="2024-05-02")
    assert tree(root) == before


READ_ONLY = """
import os, sys
home = os.path.realpath(sys.argv[1])
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.chmod"}

def refuse(event, arguments):
    writes = arguments[2] & WRITING if event == "open" else event in CHANGES
    if writes and os.path.realpath(str(arguments[0])).startswith(home):
        print("wrote", arguments[0])
        os._exit(9)

sys.addaudithook(refuse)
sys.dont_write_bytecode = True
from pkzone.cli import pkzone
for line in sys.argv[2:]:
    if line == "control":
        open(os.path.join(home, "probe"), "w")
    try:
        pkzone.main(line.split(), prog_name="pkzone")
    except SystemExit as ended:
        print("ended", ended.code)
"""


@pytest.mark.long
def test_nothing_is_written_into_the_installation(tmp_path: Path) -> None:
    """As if it were read-only; permissions would not stop a root user."""
    home = Path(pkzone.__file__).parent
    lines = (
        "map zone -o map.html", "diff zone@2020-12-01 zone@2022-09-01 -o d.html",
        "history corridor -f json", "verify",
        "publish f.geojson --layer zone --from 2030-01-01 --title T --yes", "control",
    )  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(home), *lines], cwd=tmp_path,
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(home.parent)},
    )  # fmt: skip
    told = [line for line in ended.stdout.splitlines() if line.startswith(("ended", "wrote"))]
    assert told == ["ended 0"] * 4 + ["ended 3", f"wrote {home / 'probe'}"], ended.stderr
    assert ended.returncode == 9
    assert not (home / "probe").exists()
