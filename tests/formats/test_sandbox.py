"""The child that reads files of strangers: its limits, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

import pytest

from pkzone.errors import FormatError, LimitExceeded, UnsafeFile
from pkzone.formats import sandbox
from pkzone.formats.import_ import import_file
from pkzone.formats.sandbox import Limits
from tests.helpers import bad_files


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(memory_mib=64), "memory|MiB"),
        (Limits(seconds=0.01), "seconds (of processor|by the clock).*--max-seconds"),
    ],
    ids=["memory", "time"],
)
def test_limits(tmp_path: Path, limits: Limits, says: str) -> None:
    rows = "".join(f"46,39,{'x' * 200}\n" for _ in range(200_000))
    (tmp_path / "a.csv").write_text("lon,lat,a\n" + rows)
    with pytest.raises((LimitExceeded, FormatError), match=says):
        import_file(tmp_path / "a.csv", limits=limits)


def test_a_file_that_changes_its_kind_after_the_look(tmp_path: Path) -> None:
    link = tmp_path / "a.csv"
    link.symlink_to(tmp_path / "other")
    with pytest.raises(UnsafeFile, match="symbolic link"):
        import_file(link)


def _heed_ctrl_c() -> None:
    """Undo what a shell does for its commands in the background: they would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    rows = "".join(f"46,39,{'x' * 100}\n" for _ in range(600_000))
    (tmp_path / "a.csv").write_text("lon,lat,a\n" + rows)
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "pkzone", "import", "a.csv", "-o", "out.geojson"]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        preexec_fn=_heed_ctrl_c,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while not children.read_text() and time.monotonic() < deadline:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
@pytest.mark.parametrize("mapped", ["python", "gdal"], ids=["as it starts", "inside GDAL"])
def test_the_child_ends_with_its_parent(tmp_path: Path, mapped: str) -> None:
    slow = "+".join(["length(hex(zeroblob(30000000)))"] * 500)  # minutes without an answer
    bad_files.write_geopackage(
        tmp_path, f"ALTER TABLE roads ADD COLUMN x INTEGER GENERATED ALWAYS AS ({slow}) VIRTUAL"
    )
    program = f"""
import os, signal, threading
from pathlib import Path
from pkzone import import_file
threading.Thread(target=import_file, args=("bad.gpkg",), daemon=True).start()
found = ""
while not found:
    found = "".join(one.read_text() for one in Path("/proc/self/task").glob("*/children"))
while {mapped!r} not in Path(f"/proc/{{int(found)}}/maps").read_text():
    pass
print(found, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**environment, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    status = Path(f"/proc/{int(ended.stdout)}/stat")
    deadline = time.monotonic() + 20
    while _runs(status) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _runs(status)


@pytest.mark.parametrize("parent", ["ends", "waits"])
def test_where_the_system_does_not_end_the_child_its_standard_input_does(parent: str) -> None:
    program = (
        "import sys, threading; from pkzone.formats.sandbox_worker import _wait_for_end\n"
        "thread = threading.Thread(target=_wait_for_end, daemon=True); thread.start()\n"
        f"{'thread.join()' if parent == 'ends' else 'sys.exit(0)'}"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        if parent == "ends":
            process.stdin.close()
        assert process.wait(timeout=60) == (1 if parent == "ends" else 0)
        assert process.stderr.read() == b""


def _runs(status: Path) -> bool:
    """Whether a process is there and no zombie that nobody has taken leave of."""
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            -signal.SIGXCPU,
            "more than 7 seconds of processor time; pkzone import --max-seconds allows more",
        ),
        (-signal.SIGXFSZ, "would be larger than 256 MiB.*fewer features"),
        (-signal.SIGKILL, "ended from outside .SIGKILL.*memory"),
        (
            -signal.SIGSEGV,
            "SIGSEGV: the file is damaged, or needs more than 9 MiB; pkzone import --max-mib",
        ),
    ],
)
def test_how_a_child_ended_is_told_by_the_limit_that_ended_it(code: int, says: str) -> None:
    never = sandbox._Timer(21, cast("subprocess.Popen[bytes]", None))
    error = sandbox._ended(code, never, "a.kml", Limits(seconds=7, memory_mib=9), reads=True)
    assert re.search(says, str(error))


def test_more_than_we_read_ourselves_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(f"lon,lat,{'n' * 500}\n" + "46,39,x\n" * 1000)
    monkeypatch.setattr(sandbox, "MAX_BYTES", 100_000)
    with pytest.raises(LimitExceeded, match="of features as GeoJSON, the most that is read"):
        import_file(tmp_path / "a.csv")  # names alone are 500 kB
    monkeypatch.undo()
    imported = import_file(tmp_path / "a.csv")
    monkeypatch.setattr("pkzone.formats.import_.MAX_BYTES", 500_000)
    with pytest.raises(LimitExceeded, match="as GeoJSON, the most that is read"):
        imported.save(tmp_path / "out.geojson")
    assert not (tmp_path / "out.geojson").exists()
