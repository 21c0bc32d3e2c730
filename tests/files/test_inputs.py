"""A regular file is opened, and whatever else is named is refused in the same words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pkzone.files.inputs import NotRegularError, open_regular, unopened_reason

NEEDS_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


def reason(path: Path | str, *, follow_links: bool = True, reads_stdin: bool = False) -> str:
    with pytest.raises((OSError, ValueError)) as caught:
        open_regular(path, follow_links=follow_links)
    assert isinstance(caught.value, OSError | ValueError)
    return unopened_reason(caught.value, reads_stdin=reads_stdin)


def test_a_regular_file_is_read_from_its_start(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    with open_regular(tmp_path / "a", follow_links=False) as file:
        assert file.read() == b"content"


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_link_is_followed_or_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "link").symlink_to("a")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"content"
    refused = reason(tmp_path / "link", follow_links=False)
    assert refused == "is a symbolic link, not a regular file; name one"


@NEEDS_PIPES
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotRegularError):
        open_regular(tmp_path / "pipe")
    assert reason(tmp_path / "pipe", reads_stdin=True) == (
        "is a pipe, not a regular file; name one, or - for standard input"
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows denies to open a folder")
def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    assert reason(tmp_path) == "is a folder, not a regular file; name one"
    assert reason(os.devnull) == "is a device, not a regular file; name one"


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert reason(tmp_path / "none") == "there is no such file"
    assert reason("a\0b") == "cannot be read: embedded null byte"
