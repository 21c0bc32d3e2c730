"""A layer under another name: everything that names it follows, and no content changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import (
    BadOption,
    BadReference,
    CannotPublish,
    CatalogueError,
    HashMismatch,
    LayerNotFound,
    OutputError,
    PkzoneError,
)
from pkzone.layers.catalogue import SHIPPED
from pkzone.store import transaction
from tests.helpers.own_catalogue import begin, manifest_of, point, put, tree, write

EVENTS = '[{"id":"e",  "date":"2024", "title":"line",\r\n "layers":["zone","line"], "features" : [ "line/a","zone/a" ]}\t]'  # noqa: E501


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue with layers ``line`` (three versions, one corrected) and ``zone``."""
    root = begin(tmp_path / "z", "line", "zone")
    (root / "events.json").write_bytes(EVENTS.encode())
    same = str(root / "line" / "2024-05-01.geojson")
    put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-05-02")
    put(root, same, "2024-05-03")  # shares the file of the first
    put(root, write(tmp_path / "g", point("a", 21, 43)), "2024-05-02", correct=True)
    return root


def hashes(root: Path, layer: str) -> list[tuple[str, int, str, int]]:
    return [
        (one.id, one.record, one.sha256, len(one.read_bytes()))
        for one in pkzone.catalogue(root)[layer].records
    ]


def test_everything_that_names_it_follows(root: Path) -> None:
    before, entries, zone = (
        hashes(root, "line"),
        manifest_of(root)["resources"],
        hashes(root, "zone"),
    )
    named = pkzone.rename_layer("line", "front", catalogue=root)
    assert (named.name, named.title) == ("front", "Line")
    assert pkzone.catalogue(root)["front"].records == named.records
    assert hashes(root, "front") == before
    assert hashes(root, "zone") == zone
    assert list(pkzone.catalogue(root)) == ["front", "zone"]
    assert pkzone.verify(root).findings == ()
    assert sorted(path for path in tree(root) if path.count("/")) == [
        "front/2024-05-01.geojson", "front/2024-05-02.geojson", "front/2024-05-02_r2.geojson",
        "schemas/front.json", "schemas/zone.json", "zone/2024-05-01.geojson",
    ]  # fmt: skip
    assert not (root / "line").exists()
    text = json.dumps(entries)
    for old, new in (
        ('"layer": "line"', '"layer": "front"'), ('"name": "line-', '"name": "front-'),
        ('"path": "line/', '"path": "front/'), ("schemas/line.json", "schemas/front.json"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    assert manifest_of(root)["resources"] == json.loads(text)


def test_events_and_schema_stay_but_for_the_name(root: Path) -> None:
    schema = (root / "schemas" / "line.json").read_bytes()
    (root / "schemas" / "line.json").write_bytes(schema.replace(b"\n", b"\r\n"))
    pkzone.rename_layer("line", "front", title="Linie", catalogue=root)
    expected = EVENTS.replace('"zone","line"', '"zone","front"').replace("line/a", "front/a")
    assert (root / "events.json").read_bytes().decode() == expected
    assert (root / "schemas" / "front.json").read_bytes() == (
        schema.replace(b"\n", b"\r\n").replace(b"layer line: Line", b"layer front: Linie")
    )


def test_a_title_alone(root: Path) -> None:
    before, versions = tree(root), hashes(root, "line")
    assert pkzone.rename_layer("line", title="Die Linie", catalogue=root).title == "Die Linie"
    assert hashes(root, "line") == versions
    after = tree(root)
    assert {path for path in after if after[path] != before.get(path)} == {
        "datapackage.json", "schemas/line.json",
    }  # fmt: skip
    assert b"layer line: Die Linie" in after["schemas/line.json"]
    assert pkzone.verify(root).findings == ()
    pkzone.rename_layer("line", "line", title="Die Linie", catalogue=root)
    assert tree(root) == after


def test_there_and_back_again(root: Path) -> None:
    before = tree(root)
    pkzone.rename_layer("line", "a.b_c-1", catalogue=root)
    pkzone.rename_layer("a.b_c-1", "line", catalogue=root)
    assert tree(root) == before


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({}, BadOption, "give the new name, or the new title"),
        ({"layer": "lin", "new": "x"}, LayerNotFound, "did you mean line?"),
        ({"new": "zone"}, CannotPublish, "has a layer zone already"),
        ({"new": "schemas"}, BadReference, "taken for a file or folder of the catalogue"),
        ({"new": "../x"}, BadReference, "is not a name for a layer: write 1 to 64"),
        ({"new": "-x"}, BadReference, "is not a name for a layer"),
        ({"new": "con"}, BadReference, "Windows cannot hold"),
        ({"new": "x" * 65}, BadReference, "is not a name for a layer"),
        ({"title": "a\tb"}, CannotPublish, "the title of the layer .* holds control"),
        ({"title": " "}, CannotPublish, "is empty"),
        ({"new": "front", "title": "x" * 10_000_000}, CannotPublish, "shorten it"),
        ({"new": "front", "catalogue": SHIPPED}, CatalogueError, "begin your own"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_what_is_refused(
    root: Path, options: dict[str, Any], kind: type[PkzoneError], said: str
) -> None:
    before = tree(root)
    with pytest.raises(kind, match=said):
        pkzone.rename_layer(**{"layer": "line", "catalogue": root, **options})
    assert tree(root) == before


def test_what_is_in_the_way(root: Path) -> None:
    (root / "front").mkdir()
    (root / "front" / "notes.txt").write_text("mine")
    before = tree(root)
    with pytest.raises(OutputError, match="front: already exists; move it"):
        pkzone.rename_layer("line", "front", catalogue=root)
    assert tree(root) == before
    (root / "front" / "notes.txt").unlink()
    (root / "events.json").write_text(EVENTS.replace('"line"]', '"front"]'))
    with pytest.raises(CannotPublish, match="event e names front, which is not a layer yet"):
        pkzone.rename_layer("line", "front", catalogue=root)
    (root / "events.json").write_text("[]")
    (root / "line" / "2024-05-01.geojson").write_bytes(b"{}")
    with pytest.raises(HashMismatch):
        pkzone.rename_layer("line", "front", catalogue=root)


def test_files_of_a_person_stay_where_they_are(root: Path) -> None:
    (root / "line" / "notes.txt").write_text("mine")
    pkzone.rename_layer("line", "front", catalogue=root)
    assert [one.name for one in (root / "line").iterdir()] == ["notes.txt"]


class TestBrokenOff:
    """A process that is killed just after the manifest took its new content."""

    @pytest.fixture
    def broken(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        def die(*_: object) -> None:
            raise SystemExit  # as far as the folder is concerned, what a kill does

        with monkeypatch.context() as patched:
            patched.setattr(transaction, "_complete", die)
            patched.setattr(transaction, "_clear", lambda _: None)
            with pytest.raises(SystemExit):
                pkzone.rename_layer("line", "front", catalogue=root)
        return root

    def test_verify_tells_of_it_as_of_what_does_no_harm(self, broken: Path) -> None:
        result = pkzone.verify(broken)
        assert result.ok
        assert {(one.code, one.path) for one in result.findings} == {
            ("interrupted", "events.json"), ("interrupted", "schemas/line.json"),
            ("interrupted", "line/2024-05-01.geojson"), ("interrupted", "line/2024-05-02.geojson"),
            ("interrupted", "line/2024-05-02_r2.geojson"), ("temporary", ".pkzone-journal.tmp"),
            ("temporary", ".pkzone-next-events.json.tmp"),
        }  # fmt: skip

    def test_the_next_change_completes_it(self, broken: Path) -> None:
        pkzone.add_source("S", catalogue=broken)
        assert pkzone.verify(broken).findings == ()
        assert pkzone.catalogue(broken).event("e").features == ("front/a", "zone/a")
        assert not (broken / "line").exists()

    def test_what_a_person_changed_meanwhile_is_kept(self, broken: Path) -> None:
        mine = EVENTS.replace('"title":"line"', '"title":"mine"')
        (broken / "events.json").write_bytes(mine.encode())
        pkzone.add_source("S", catalogue=broken)
        assert (broken / "events.json").read_bytes().decode() == mine
        assert {one.code for one in pkzone.verify(broken).findings} == {"reference"}
