"""REV:PATH and A..B:PATH: what is one, and what is a file or a layer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pkzone.errors import BadReference, LayerNotFound
from pkzone.layers.references import FileReference, LayerReference, parse, parse_file_range
from pkzone.revisions.names import FileRange, FileState, is_state, parse_state

LAYERS = ("zone", "corridor")


@pytest.fixture(autouse=True)
def _empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("HEAD~1:roads.geojson", FileState("HEAD~1", "roads.geojson")),
        ("main:dir/a:b.geojson", FileState("main", "dir/a:b.geojson")),
        ("HEAD@{1}:x", FileState("HEAD@{1}", "x")),
        ("HEAD@{2024-05-01 10:00}:x", FileState("HEAD@{2024-05-01 10:00}", "x")),
        ("HEAD^{/fix: y}:x", FileState("HEAD^{/fix: y}", "x")),
        ("HEAD^{/a..b}:x", FileState("HEAD^{/a..b}", "x")),
        ("zone@{1}:x.geojson", FileState("zone@{1}", "x.geojson")),
        ("zone@{1}:x", FileState("zone@{1}", "x")),
        ("feature/data.geojson:roads.geojson", FileState("feature/data.geojson", "roads.geojson")),
        ("HEAD:./roads.geojson", FileState("HEAD", "./roads.geojson")),
        (":roads.geojson", FileState("", "roads.geojson")),
        (":2:roads.geojson", FileState("", "roads.geojson", 2)),
        (":4:roads.geojson", FileState("", "4:roads.geojson")),
        ("-x:roads.geojson", FileState("-x", "roads.geojson")),
        ("a\nb:c\nd", FileState("a\nb", "c\nd")),
    ],
)
def test_a_file_of_a_revision(text: str, state: FileState) -> None:
    assert parse(text, LAYERS) == FileReference(text)
    assert parse_state(text) == state


@pytest.mark.parametrize(
    "text",
    [
        "./a:b.geojson",
        "../a:b.geojson",
        "/data/a:b.geojson",
        "https://example.org/roads.geojson",
        "a\0b:c.geojson",
        "roads.geojson",
    ],
)
def test_a_path(text: str) -> None:
    assert parse(text, LAYERS) == FileReference(text)
    assert not is_state(text)


def test_a_file_of_that_very_name_comes_first() -> None:
    Path("HEAD:roads.geojson").write_text("{}", encoding="utf-8")
    assert not is_state("HEAD:roads.geojson")
    assert is_state("HEAD~1:roads.geojson")


def test_a_path_object_is_never_a_revision() -> None:
    assert parse(Path("HEAD:roads.geojson"), LAYERS) == FileReference("./HEAD:roads.geojson")


@pytest.mark.parametrize("text", ["zone@2022-08-26T10:00", "zone@2022-08-26T10:00:30+04:00"])
def test_a_layer_at_a_time_of_day(text: str) -> None:
    assert parse(text, LAYERS) == LayerReference("zone", text.partition("@")[2])
    assert parse_file_range(text, LAYERS) is None


def test_an_unheard_of_layer_at_a_time_of_day_is_a_layer() -> None:
    assert parse("zonne@2022-08-26T10:00", LAYERS) == LayerReference("zonne", "2022-08-26T10:00")
    assert issubclass(LayerNotFound, Exception)


def test_a_range_of_a_layer_with_times_of_day_is_none_of_a_file() -> None:
    for text in ("zone@2022-08-26..2022-08-27T10:00", "zonne@2022-08-26T10..2022-08-27T10:00"):
        assert parse_file_range(text, LAYERS) is None


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("nt", "C:roads.geojson", False),
        ("nt", "c:\\data\\roads.geojson", False),
        ("nt", ".\\a:b.geojson", False),
        ("nt", "HEAD:roads.geojson", True),
        ("nt", "@:roads.geojson", True),
        ("posix", "C:roads.geojson", True),
    ],
)
def test_a_drive_is_one_on_windows_only(
    name: str, text: str, is_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "name", name)
    assert is_state(text) is is_one


@pytest.mark.parametrize("text", ["HEAD:", ":", ":2:", "A..B:"])
def test_a_revision_without_a_file(text: str) -> None:
    with pytest.raises(BadReference, match=r"a revision without a file|range of states"):
        parse(text, LAYERS)


def test_a_range_is_not_one_state() -> None:
    with pytest.raises(BadReference, match="is a range of states, and here one is wanted"):
        parse("A..B:roads.geojson", LAYERS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v1..main:a/roads.geojson", FileRange("a/roads.geojson", "v1", "main")),
        ("v1..:roads.geojson", FileRange("roads.geojson", "v1", "HEAD")),
        ("..v2:roads.geojson", FileRange("roads.geojson", None, "v2")),
        ("..:roads.geojson", FileRange("roads.geojson", None, "HEAD")),
        ("v2:roads.geojson", FileRange("roads.geojson", None, "v2")),
        ("HEAD^{/a..b}..main:x", FileRange("x", "HEAD^{/a..b}", "main")),
        ("roads.geojson", None),
        ("zone@2022..2023", None),
        ("zone", None),
    ],
)
def test_a_range(text: str, expected: FileRange | None) -> None:
    assert parse_file_range(text, LAYERS) == expected


@pytest.mark.parametrize("text", ["a...b:x", "a..b..c:x", "a....b:x"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(BadReference, match=r"is not a range of states; write A\.\.B:PATH"):
        parse_file_range(text, LAYERS)


def test_the_index_has_one_state() -> None:
    with pytest.raises(BadReference, match="is one state, that of the index"):
        parse_file_range(":roads.geojson", LAYERS)
