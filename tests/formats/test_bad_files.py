"""Files from outside that are refused: one line, exit code 3, nothing written, nothing read."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pkzone.cli import pkzone as program
from tests.helpers import bad_files
from tests.helpers.bad_files import CANARY, Maker


def _written(name: str, data: bytes, port: int) -> Maker:
    def make(folder: Path) -> str:
        (folder / name).write_bytes(data.replace(b"{port}", str(port).encode()))
        return name

    return make


CASES: dict[str, tuple[Callable[[int], Maker], str]] = {}
for _name, (_file, _data, _says) in (bad_files.XML | bad_files.ARCHIVES).items():
    CASES[_name] = (lambda port, f=_file, d=_data: _written(f, d, port), _says)
for _name, (_bytes, _says) in bad_files.CSV.items():
    CASES[f"csv-{_name}"] = (lambda port, d=_bytes: _written("bad.csv", d, port), _says)
for _prefix, _table in (
    ("shp", bad_files.SHAPEFILES),
    ("gpkg", bad_files.GEOPACKAGES),
    ("binary", bad_files.BINARIES),
    ("place", bad_files.PLACES),
):
    for _name, (_make, _says) in _table.items():
        CASES[f"{_prefix}-{_name}"] = (lambda port, m=_make: m, _says)
for _name in bad_files.NAMES:
    CASES[f"name-{_name!r}"] = (
        lambda port, n=_name: lambda folder: n.replace("{port}", str(port)),
        "",
    )


class Listener:
    """A port on this machine that nobody may ask."""

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(8)
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]

    def was_asked(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150


def test_the_listener_notices(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)):
        assert listener.was_asked()
    assert not listener.was_asked()


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused(
    case: str,
    listener: Listener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    maker, says = CASES[case]
    (tmp_path / "canary.txt").write_text(f"lon,lat,{CANARY}\n46,39,{CANARY}\n")
    folder = tmp_path / "in"
    folder.mkdir()
    name = maker(listener.port)(folder)
    before = sorted(path.name for path in folder.iterdir())
    monkeypatch.chdir(folder)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        program.main(["import", "-o", "out.geojson", "--", name])
    out, err = capfd.readouterr()
    assert ended.value.code == 3, err
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("pkzone: error: ")
    assert says in err
    assert "unforeseen" not in err
    assert "Traceback" not in err
    assert err.rstrip("\n").isprintable()
    assert str(tmp_path) not in err
    assert CANARY not in err
    assert sorted(path.name for path in folder.iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["canary.txt", "in"]
    assert not listener.was_asked()
