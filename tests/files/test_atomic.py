"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pkzone.errors import OutputError
from pkzone.files.atomic import write_bytes


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_bytes_arrive_and_nothing_else(tmp_path: Path) -> None:
    write_bytes(tmp_path / "map.html", b"\x00\r\n\xff")
    assert (tmp_path / "map.html").read_bytes() == b"\x00\r\n\xff"
    assert names_in(tmp_path) == ["map.html"]


def test_a_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="--overwrite"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    write_bytes(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert names_in(tmp_path) == ["map.html"]


def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "map.html"
    flush = os.fsync

    def flush_late(descriptor: int) -> None:
        path.write_bytes(b"theirs")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", flush_late)
    with pytest.raises(OutputError, match="already exists"):
        write_bytes(path, b"ours")
    assert path.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["map.html"]


def test_a_file_system_without_hard_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_bytes(tmp_path / "map.html", b"new")
    assert (tmp_path / "map.html").read_bytes() == b"new"
    assert names_in(tmp_path) == ["map.html"]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as on POSIX")
def test_permissions_are_kept_and_links_followed(tmp_path: Path) -> None:
    (tmp_path / "real.html").write_bytes(b"old")
    (tmp_path / "real.html").chmod(0o640)
    (tmp_path / "link.html").symlink_to("real.html")
    write_bytes(tmp_path / "link.html", b"new", overwrite=True)
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "real.html").stat().st_mode) == 0o640


@pytest.mark.parametrize("overwrite", [False, True], ids=["new", "overwrite"])
@pytest.mark.parametrize("name", ["missing/map.html", "file/map.html", "a\0b", "x" * 300, "folder"])
def test_what_cannot_be_written_is_one_clear_line(
    tmp_path: Path, name: str, overwrite: bool
) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="cannot be written: ") as caught:
        write_bytes(tmp_path / name, b"new", overwrite=overwrite)
    assert str(caught.value).isprintable()
    assert names_in(tmp_path) == ["file", "folder"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
@pytest.mark.parametrize("name", ["none/a.json", "none/at/all/a.json"])
def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError) as caught:
        write_bytes(name, b"new")
    folder = name.removesuffix("/a.json")
    assert str(caught.value) == f"{name}: cannot be written: there is no folder {folder}"


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(OutputError, match="not a regular file"):
        write_bytes("/dev/null", b"new", overwrite=True)
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_folder_without_permission_is_one_clear_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written: Permission denied"):
        write_bytes(tmp_path / "map.html", b"new")


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
@pytest.mark.parametrize("overwrite", [False, True], ids=["new", "overwrite"])
def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path: Path, overwrite: bool) -> None:
    """The system refuses in the middle of the write, as a full disk does."""
    script = (
        "import resource, sys\n"
        "from pkzone.errors import OutputError\n"
        "from pkzone.files.atomic import write_bytes\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write_bytes(sys.argv[1], b'x' * 100_000, overwrite=True)\n"
        "except OutputError as error: print(error)"
    )
    path = tmp_path / "map.html"
    if overwrite:
        path.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{path}: cannot be written: {os.strerror(errno.EFBIG)}"
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([b"old"] if overwrite else [])


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "map.html", b"new")
    assert names_in(tmp_path) == []
