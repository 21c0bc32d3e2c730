"""Text from outside, made safe to print."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import (
    FormatError,
    MissingExtra,
    OutOfRange,
    PkzoneError,
    VersionNotFound,
    did_you_mean,
    printable,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Berdzor / Lachin", "Berdzor / Lachin"),
        ("Բերձոր Лачин Laçın", "Բերձոր Лачин Laçın"),
        ("C:\\maps", "C:\\maps"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\u2028b\u200bc\ufeff", "a\\u2028b\\u200bc\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("10\u00a0km", "10\u00a0km"),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_what_is_printed(text: str, wanted: str) -> None:
    assert printable(text) == wanted


@given(st.text())
def test_a_second_pass_changes_nothing_and_the_text_can_be_encoded(text: str) -> None:
    once = printable(text, limit=None)
    assert printable(once, limit=None) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert len(once.splitlines()) <= 1


@pytest.mark.parametrize(
    "error",
    [
        VersionNotFound("no version"),
        OutOfRange("roads.geojson", "latitude 95", "a-1", line=3, column=7),
        FormatError("x.parquet", "is damaged"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_back_from_another_process_as_it_was(error: PkzoneError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(back), str(back), back.args) == (type(error), str(error), error.args)
    assert vars(back) == vars(error)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("coridor", ["zone", "corridor"], "did you mean corridor? "),
        ("ZONE", ["zone", "corridor"], "did you mean zone? "),
        ("zone", ["Zone"], "did you mean Zone? "),
        (12, [112, 900], "did you mean 112? "),
        ("x", ["zone"], ""),
        ("zone", [], ""),
        ("zone", ["zon\x1b[2Je"], "did you mean zon\\x1b[2Je? "),
    ],
)
def test_the_near_name(name: object, known: list[object], hint: str) -> None:
    assert did_you_mean(name, known) == hint


@pytest.mark.parametrize(
    ("record", "remedy"),
    [
        (
            '{"url": "file:///copy", "dir_info": {}}',
            "'.[picture]' in a copy of pkzone's repository",
        ),
        (None, "'pkzone[picture]'"),
    ],
    ids=["from a copy", "from an index"],
)
def test_an_extra_is_installed_from_where_the_package_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str | None, remedy: str
) -> None:
    """PEP 610: an installer records where a package is from, unless it is from an index."""
    folder = tmp_path / "pkzone-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: pkzone\nVersion: 1.0\n")
    if record:
        (folder / "direct_url.json").write_text(record)
    monkeypatch.syspath_prepend(tmp_path)
    error = MissingExtra("a picture", "matplotlib", "picture")
    assert str(error) == f"a picture needs matplotlib: pip install {remedy}"
