"""Memory that can be had, and the refusal of files that take more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pkzone import geojson
from pkzone.checks.survey import survey
from pkzone.errors import TooLarge
from pkzone.files.memory import available_bytes
from pkzone.geojson import json_text
from pkzone.geojson.reader import read_fast
from pkzone.layers.frames import load

MEMINFO = "MemTotal: 2000 kB\nMemFree: 10 kB\nMemAvailable: 1000 kB\nSwapFree: 24 kB\n"
LINE = (
    '{"type":"Feature","id":"f%06d","properties":{"kind":"road","n":%d,"name":"A","status":"open"},'
    '"geometry":{"type":"Point","coordinates":[46.123456,39.123456]}}'
)


def canonical(count: int) -> bytes:
    lines = ",\n".join(LINE % (i, i) for i in range(count))
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="ascii")
    return folder


def test_of_the_machine(tmp_path: Path) -> None:
    proc = write(tmp_path, {"meminfo": MEMINFO})
    assert available_bytes(proc, tmp_path / "none") == 1024 * 1024
    assert available_bytes(tmp_path / "none", tmp_path / "none") is None


def test_of_a_control_group_of_version_2(tmp_path: Path) -> None:
    proc = write(tmp_path / "proc", {"meminfo": MEMINFO, "self/cgroup": "0::/a/b\n"})
    groups = write(
        tmp_path / "groups",
        {
            "a/b/memory.max": "max\n",
            "a/b/memory.current": "5\n",
            "a/memory.max": "900000\n",
            "a/memory.current": "500000\n",
            "a/memory.stat": "anon 1\ninactive_file 100000\n",
        },
    )
    assert available_bytes(proc, groups) == 500_000


def test_of_a_control_group_of_version_1(tmp_path: Path) -> None:
    lines = "9:name=systemd:/\n4:cpu,memory:/x\n0::/\n"
    proc = write(tmp_path / "proc", {"meminfo": MEMINFO, "self/cgroup": lines})
    groups = write(
        tmp_path / "groups",
        {
            "memory/x/memory.limit_in_bytes": "700000\n",
            "memory/x/memory.usage_in_bytes": "600000\n",
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "memory/memory.usage_in_bytes": "1\n",
        },
    )
    assert available_bytes(proc, groups) == 100_000


def test_what_memory_cannot_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = canonical(50)
    (tmp_path / "x.geojson").write_bytes(data)
    monkeypatch.setattr(json_text, "_SMALL_BYTES", 0)
    monkeypatch.setattr(json_text, "available_bytes", lambda: 2 * len(data))
    says = r"x\.geojson: takes about .* MB of memory to read, and .* MB can be had: .* split"
    for read in (geojson.read, load, lambda path: read_fast(data, name=str(path))):
        with pytest.raises(TooLarge, match=says):
            read(tmp_path / "x.geojson")
    (finding,) = survey(data).refusals
    assert isinstance(finding[1], TooLarge)
    monkeypatch.setattr(json_text, "available_bytes", lambda: 40 * len(data))
    assert len(geojson.read(tmp_path / "x.geojson").features) == 50
    monkeypatch.setattr(json_text, "available_bytes", lambda: None)
    assert len(geojson.read(tmp_path / "x.geojson").features) == 50


_UNDER_A_LIMIT = """
import resource, sys
from pathlib import Path
from pkzone.errors import TooLarge
from pkzone import geojson
pages = int(Path("/proc/self/statm").read_text().split()[0])
used = pages * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    print(len(geojson.read(sys.argv[1], check_validity=False).features))
except TooLarge as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
def test_under_a_real_limit_there_is_a_line_and_no_memory_error(tmp_path: Path) -> None:
    data = canonical(40_000)
    path = tmp_path / "x.geojson"
    path.write_bytes(data)
    for times, answer in ((10, "refused:"), (40, "40000")):
        done = subprocess.run(
            [sys.executable, "-c", _UNDER_A_LIMIT, path, str(times * len(data))],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(answer)
