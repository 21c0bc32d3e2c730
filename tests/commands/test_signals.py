"""What a signal, a closed stream or a reader who leaves does to a command: real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.own_catalogue import begin, line, point, tree, write

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals and /dev of POSIX"),
    pytest.mark.long,
]

#: The program, which stands still where new content lies beside its file; a second signal comes
#: while it cleans up.
STANDING = """
import os, signal, sys
from pathlib import Path

def stand(*_):
    Path.unlink = again
    print("standing", file=sys.stderr, flush=True)
    os.read(0, 1)
    print("was not stopped", file=sys.stderr)

unlink = Path.unlink

def again(path, missing_ok=False):
    os.kill(os.getpid(), signal.SIGHUP)
    unlink(path, missing_ok=missing_ok)

os.fsync = Path.rename = stand
sys.argv[0] = "pkzone"
from pkzone.cli import main
main()
"""
COMMANDS = (
    "map zone -o map.html",
    "diff zone@2020-12-01 zone@2022-09-01 -o d.html -f html",
    "picture zone@2022-09-01 -o p.svg",
    "check road.geojson --fix",
    "check road.geojson -o report.txt",
    "fmt road.geojson",
    "init begun",
    "--catalogue own publish road.geojson --layer line --from 2024-05-02 --title T --yes",
    "--catalogue own publish road.geojson --layer new --new-layer N --from 2024-05-02 --title T"
    " --yes",
    "import posts.csv --lon x --lat y -o posts.geojson",
    "export zone@2022-09-01 -o zone.gpkg",
    "--catalogue own export --all whole",
    "tag posts.csv --lon x --lat y --on 2022-09-01 -o tagged.csv",
    "git-merge road.geojson road.geojson other.geojson road.geojson",
)
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@pytest.fixture(autouse=True, scope="module")
def _hang_ups_end_a_process() -> Iterator[None]:
    """Children begin as from a terminal, also where the tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """A folder with a catalogue, files to work on, and an own place for temporary files."""
    here = tmp_path / "here"
    begin(here / "own", "line")
    write(here / "road.geojson", line("r", (46.5, 39.7), (46.6, 39.7), name="Ճանապարհ / Дорога"))
    write(here / "other.geojson", point("a", 46.5, 39.7))
    for day in ("03", "04"):
        write(here / f"drawn-2024-05-{day}.geojson", point("a", 46.5, 39.0 + int(day) / 10))
    (here / "posts.csv").write_text("x,y\n46.5,39.7\n", encoding="utf-8")
    (here / "tmp").mkdir()
    return here


def surroundings(here: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ, "TMPDIR": str(here / "tmp"), "PYTHONPATH": str(Path(__file__).parents[2]),
        **more,
    }  # fmt: skip


def stand(here: Path, command: str) -> subprocess.Popen[bytes]:
    """Run a command until it stands still."""
    process = subprocess.Popen(
        [sys.executable, "-c", STANDING, *command.split()], cwd=here, env=surroundings(here),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    told = []
    while (said := process.stderr.readline()) != b"standing\n":
        told.append(said)
        assert said, b"".join(told).decode()
    return process


@pytest.mark.parametrize(
    ("number", "command"),
    [(SIGNALS[place % 3], command) for place, command in enumerate(COMMANDS)],
)
def test_a_signal_leaves_nothing_behind(ground: Path, number: signal.Signals, command: str) -> None:
    before = {path: data for path, data in tree(ground).items() if path != "own/.pkzone.lock"}
    with stand(ground, command) as process:
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, err) == (128 + number, b""), out
    assert tree(ground) == before
    folders = {path.name for path in ground.rglob("*") if path.is_dir()}
    assert folders == {"own", "drawn", "tmp", "line", "schemas"}


def test_a_hang_up_that_is_ignored_stays_so(ground: Path) -> None:
    """As under nohup."""
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = stand(ground, "fmt road.geojson")
    finally:
        signal.signal(signal.SIGHUP, usual)
    with process:
        process.send_signal(signal.SIGHUP)
        process.communicate(b"\n")
    assert process.returncode == 0


def test_the_library_leaves_signals_alone() -> None:
    script = (
        "import signal, pkzone; pkzone.diff('zone@2020-12-01', 'zone@2022-09-01');"
        f"assert [signal.getsignal(n) for n in {[int(n) for n in SIGNALS]}] == "
        "[signal.SIG_DFL, signal.SIG_DFL, signal.default_int_handler]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def shell(
    here: Path, command: str, redirected: str = "", *, before: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as ``sh`` does, with its streams redirected or after other commands."""
    words = ["sh", "-c", f'{before} exec "$@" {redirected}', "sh", sys.executable, "-m", "pkzone"]
    return subprocess.run(
        [*words, *command.split()], cwd=here, env=surroundings(here, **more), check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def without_reader(here: Path, command: str) -> int:
    """Run a command of which nobody reads what it prints and says; return its exit code."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        return subprocess.run(
            [sys.executable, "-m", "pkzone", *command.split()], cwd=here, check=False,
            env=surroundings(here), stdin=subprocess.DEVNULL, stdout=closed, stderr=closed,
        ).returncode  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code", "made"),
    [
        ("--catalogue own publish road.geojson --layer line --from 2024-05-02 --title T --yes", 0,
         "own/line/2024-05-02.geojson"),
        ("--catalogue own export --all whole", 0, "whole/catalog.json"),
        ("tag posts.csv --lon x --lat y --on 2022-09-01 -o tagged.csv --json", 0, "tagged.csv"),
        ("check none.geojson road.geojson --fix", 3, "road.geojson"),
        ("fmt road.geojson other.geojson --check", 1, ""),
        ("verify --catalogue damaged", 1, ""),
        ("git-difftool road.geojson other.geojson --no-open", 0, "tmp/*/diff.html"),
        ("show road.geojson --help", 0, ""),
        ("tag posts.csv --lon x --lat y --on 2022-09-01 -o -", 128 + signal.SIGPIPE, ""),
        ("import posts.csv --lon x --lat y -o -", 128 + signal.SIGPIPE, ""),
        ("export zone@2022-09-01 -f csv -o -", 128 + signal.SIGPIPE, ""),
        ("map zone -o -", 128 + signal.SIGPIPE, ""),
        ("--catalogue own publish drawn-2024-05-03.geojson drawn-2024-05-04.geojson --layer line"
         " --date-from-name --title T --yes", 0, "own/line/2024-05-04.geojson"),
        ("diff road.geojson other.geojson -o d.csv", 0, "d.csv"),
        ("check none.geojson", 3, ""),
    ],
)  # fmt: skip
def test_a_reader_who_left_changes_nothing(
    ground: Path, command: str, code: int, made: str
) -> None:
    (ground / "damaged").mkdir()
    (ground / "damaged/datapackage.json").write_text("{}", encoding="utf-8")
    before = tree(ground)
    assert without_reader(ground, command) == code
    for path in ground.glob(made) if made else ():
        assert path.read_bytes() != before.get(made)
        return
    assert not made


@pytest.mark.parametrize("redirected", [">&-", ">/dev/full"])
@pytest.mark.parametrize(
    "command",
    [
        "layers",
        "layers --help",
        "show road.geojson --geojson",
        "tag posts.csv --lon x --lat y --on 2022-09-01 -o -",
        "--catalogue own publish road.geojson --layer line --from 2024-05-02 --title T --yes",
    ],
)
def test_what_cannot_be_printed_is_one_line_and_3(
    ground: Path, command: str, redirected: str
) -> None:
    before = tree(ground)
    ended = shell(ground, command, redirected)
    reason = "Bad file descriptor" if redirected == ">&-" else "No space left on device"
    line = f"pkzone: error: standard output: cannot be written: {reason}\n"
    told = [one for one in ended.stderr.splitlines(keepends=True) if "warning: " not in one]
    assert (ended.returncode, told) == (3, [line])
    assert tree(ground) == before


@pytest.mark.parametrize(
    "command",
    ["fmt -", "diff - road.geojson", "tag - --on 2022-09-01 -o t.csv", "map - -o m.html"],
)
def test_standard_input_that_is_closed(ground: Path, command: str) -> None:
    ended = shell(ground, command, "<&-")
    line = "pkzone: error: <stdin>: cannot be read: Bad file descriptor\n"
    assert (ended.returncode, ended.stderr) == (3, line)


def test_no_file_takes_the_place_of_a_closed_stream(ground: Path) -> None:
    """What is said goes nowhere, and not into the file that is being written."""
    ended = shell(ground, "fmt road.geojson", ">&- 2>&- <&-")
    assert ended.returncode == 0
    assert (ground / "road.geojson").read_text("utf-8").startswith('{"type":"FeatureCollection"')
    assert "wrote" not in (ground / "road.geojson").read_text("utf-8")


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
NOWHERE = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/none")
GONE = "mkdir gone; cd gone; rmdir ../gone;"


@pytest.mark.parametrize(
    ("command", "before", "more"),
    [
        ("show road.geojson", "", ASCII),
        ("git-textconv road.geojson", "", ASCII),
        ("fmt road.geojson --diff", "", ASCII),
        ("import posts.csv --lon x --lat y -o posts.geojson", "", NOWHERE),
        ("--catalogue own publish road.geojson --layer line --from 2024-05-02 --title T --yes", "",
         NOWHERE),
        ("layers", "", {"COLUMNS": "1"}),
        ("history --help", "", {"COLUMNS": "1"}),
        ("diff zone@2020-12-01 zone@2022-09-01", "", {"PYTHONOPTIMIZE": "2"}),
        ("layers", GONE, {}),
    ],
)  # fmt: skip
def test_odd_surroundings(ground: Path, command: str, before: str, more: dict[str, str]) -> None:
    ended = shell(ground, command, before=before, **more)
    assert ended.returncode == 0, ended.stderr
    assert "error" not in ended.stderr
    assert ended.stdout or (ground / "posts.geojson").exists()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("git-setup", "the current folder no longer exists; change to another one"),
        ("init begun", "begun: cannot be made: No such file or directory"),
    ],
)
def test_a_folder_that_is_gone(ground: Path, command: str, line: str) -> None:
    ended = shell(ground, command, before=GONE)
    assert (ended.returncode, ended.stderr) == (3, f"pkzone: error: {line}\n")
