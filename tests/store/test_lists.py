"""Sources and events added to a catalogue: what is written, what is refused, what stays."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import (
    BadDate,
    BadOption,
    CannotPublish,
    CatalogueError,
    CatalogueLocked,
    FeatureNotFound,
    LayerNotFound,
    OutputError,
    PkzoneError,
    SourceNotFound,
)
from pkzone.layers.catalogue import SHIPPED
from pkzone.layers.terms import SOURCE_TYPES
from pkzone.store.transaction import locked
from tests.helpers.own_catalogue import begin, point, put, tree, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue with a layer ``line``, in whose first version a feature ``a`` was."""
    root = begin(tmp_path / "z", "line")
    put(root, write(tmp_path / "f", point("b/c", 20.5, 42.5, name="B")), "2024-05-02")
    return root


def records(root: Path, which: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((root / f"{which}.json").read_text("utf-8"))
    return found


def test_a_source_in_full(root: Path) -> None:
    added = pkzone.add_source(
        "Posts move", catalogue=root, url="https://example.org/a?b=1#c", date=date(2024, 5, 1),
        publisher="OC Media", language="hy", authors=["Ani Մ", "Ministry, of Defence"],
        type="report", note="p. 3",
    )  # fmt: skip
    assert (added.id, added.outcome) == ("oc-media-2024-05-01", "added")
    assert records(root, "sources") == [dict(added.record)]
    assert [*added.record.items()] == [
        ("id", "oc-media-2024-05-01"), ("type", "report"), ("title", "Posts move"),
        ("author", [{"literal": "Ani Մ"}, {"literal": "Ministry, of Defence"}]),
        ("publisher", "OC Media"), ("issued", {"date-parts": [[2024, 5, 1]]}),
        ("URL", "https://example.org/a?b=1#c"), ("language", "hy"), ("note", "p. 3"),
    ]  # fmt: skip
    assert pkzone.catalogue(root).source(added.id)["title"] == "Posts move"
    assert pkzone.verify(root).findings == ()


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, "posts-move"),
        ({"publisher": "Ազատություն", "date": "2024"}, "posts-move-2024"),
        ({"publisher": "Le Monde", "date": "2024-05"}, "le-monde-2024-05"),
        ({"title": "Посты", "url": "https://www.mil.example/x"}, "www-mil-example"),
        ({"title": "Посты"}, "source"),
        ({"title": "State of 2024-05-01", "date": "2024-05-01"}, "state-of-2024-05-01"),
        ({"title": "a" * 90}, "a" * 40),
        ({"title": "A long title of many words that nobody types twice"},
         "a-long-title-of-many-words-that-nobody"),
    ],
)  # fmt: skip
def test_the_id_that_is_made(root: Path, options: dict[str, str], wanted: str) -> None:
    given = {"title": "Posts move", **options}
    assert pkzone.add_source(**given, catalogue=root).id == wanted  # type: ignore[arg-type]
    other = {**given, "note": "another"}
    assert pkzone.add_source(**other, catalogue=root).id == f"{wanted}-2"  # type: ignore[arg-type]


def test_the_type_that_is_taken(root: Path) -> None:
    assert pkzone.add_source("A", catalogue=root, url="http://a.am").record["type"] == "webpage"
    assert pkzone.add_source("A", catalogue=root).record["type"] == "document"
    shipped = {one["type"] for one in pkzone.catalogue().sources}
    assert shipped <= set(SOURCE_TYPES)


def test_the_same_again_changes_nothing(root: Path) -> None:
    first = pkzone.add_source("A", catalogue=root, date="2024")
    before = tree(root)
    again = pkzone.add_source("A", catalogue=root, date="2024")
    named = pkzone.add_source("A", catalogue=root, date="2024", id=first.id)
    assert (again.id, again.outcome) == (named.id, named.outcome) == (first.id, "present")
    with pytest.raises(CannotPublish, match="id a-2024 is that of another record; choose another"):
        pkzone.add_source("B", catalogue=root, id=first.id)
    with pytest.raises(CannotPublish, match="already exists as a-2024; name that one"):
        pkzone.add_source("A", catalogue=root, date="2024", id="other")
    assert tree(root) == before


REFUSED: tuple[tuple[dict[str, Any], type[PkzoneError], str], ...] = (
    ({"title": ""}, CannotPublish, "the title is empty"),
    ({"title": "a\nb"}, CannotPublish, r"the title 'a\\\\nb' holds control"),
    ({"title": "a\u202eb"}, CannotPublish, r"\(U\+202E RIGHT-TO-LEFT OVERRIDE\)"),
    ({"note": "\x1b[2J"}, CannotPublish, r"the note .*U\+001B"),
    (
        {"publisher": "\udcff"},
        CannotPublish,
        "the publisher .* contains a character that is not a letter",
    ),
    ({"authors": ["A", " "]}, CannotPublish, "an author is empty"),
    ({"note": "x" * 10_000_000}, CannotPublish, "the note has 10,000,000 characters; shorten"),
    ({"id": "../x"}, BadOption, "'../x' is not an id: write 1 to 64 of"),
    ({"id": "-x"}, BadOption, "'-x' is not an id"),
    ({"id": ""}, BadOption, "'' is not an id"),
    ({"id": "A"}, BadOption, "'A' is not an id"),
    ({"date": "2023-02-29"}, BadDate, "not in the calendar"),
    ({"date": "2024-5-1"}, BadDate, "is not a date; write YYYY"),
    ({"date": "spring"}, BadDate, "is not a date"),
    ({"language": "en_GB"}, BadOption, "language 'en_GB': write a code"),
    ({"language": "e"}, BadOption, "write a code"),
    ({"type": "web-page"}, BadOption, "the type 'web-page' is not known; did you mean webpage?"),
    ({"url": "example.org"}, BadOption, "is not an address; write it as https://"),
    ({"url": "ftp://example.org"}, BadOption, "is not an address"),
    ({"url": "https:///path"}, BadOption, "is not an address"),
    ({"url": "https://user@:80/"}, BadOption, "is not an address"),
    ({"url": "https://[::1/"}, BadOption, "is not an address"),
    ({"url": "https://a.am:x/"}, BadOption, "is not an address"),
    ({"url": "https://a.am/b c"}, BadOption, "is not an address"),
    ({"url": "https://a.am/\nb"}, BadOption, "is not an address"),
    ({"url": "javascript:alert(1)"}, BadOption, "is not an address"),
    ({"url": "https://a.am/" + "x" * 10_000_000}, BadOption, "is not an address"),
)


@pytest.mark.parametrize(("options", "kind", "said"), REFUSED, ids=lambda one: str(one)[:30])
def test_a_source_that_is_refused(
    root: Path, options: dict[str, Any], kind: type[PkzoneError], said: str
) -> None:
    before = tree(root)
    with pytest.raises(kind, match=said) as refused:
        pkzone.add_source(**{"title": "T", "catalogue": root, **options})
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 1200
    assert tree(root) == before


def test_an_event_in_full(root: Path) -> None:
    source = pkzone.add_source("A", catalogue=root).id
    added = pkzone.add_event(
        "2024-05-01", "Posts move", catalogue=root, time="10:30 (UTC+4)", kind="movement",
        summary="They moved.", layers=["line"], features=["line/a", "line/b/c"], sources=[source],
        certainty="reported", note="Of the hour the source is not sure.",
    )  # fmt: skip
    assert [*added.record.items()] == [
        ("id", "posts-move-2024-05-01"), ("date", "2024-05-01"), ("time", "10:30 (UTC+4)"),
        ("kind", "movement"), ("title", "Posts move"), ("summary", "They moved."),
        ("layers", ["line"]), ("features", ["line/a", "line/b/c"]), ("sources", [source]),
        ("certainty", "reported"), ("note", "Of the hour the source is not sure."),
    ]  # fmt: skip
    assert records(root, "events") == [dict(added.record)]
    event = pkzone.catalogue(root).event(added.id)
    assert (event.time, event.features) == ("10:30 (UTC+4)", ("line/a", "line/b/c"))
    assert pkzone.verify(root).findings == ()
    again = pkzone.add_event("2024", "Posts move", catalogue=root)
    assert dict(again.record) == {"id": "posts-move-2024", "date": "2024", "title": "Posts move"}


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"date": "2024-13"}, BadDate, "not in the calendar"),
        ({"date": ""}, BadDate, "is not a date"),
        ({"title": " "}, CannotPublish, "the title is empty"),
        ({"summary": "a\0"}, CannotPublish, r"the summary .*U\+0000"),
        ({"layers": ["lin"]}, LayerNotFound, "no layer lin; did you mean line?"),
        ({"features": ["a"]}, BadOption, "'a' is not a feature; write LAYER/ID"),
        ({"features": ["zone/a"]}, LayerNotFound, "no layer zone"),
        ({"features": ["line/b/d"]}, FeatureNotFound, "of line has a feature b/d; did you mean b"),
        ({"sources": ["x"]}, SourceNotFound, "no source x"),
        ({"certainty": "agree"}, BadOption, "certainty 'agree' is not known; did you mean agreed"),
        ({"time": "24:00"}, BadOption, "'24:00' is not a time; write 10:30"),
        ({"time": "noon"}, BadOption, "is not a time"),
        ({"time": "10:300"}, BadOption, "is not a time"),
        ({"date": "2024-05", "time": "10:30"}, BadOption, "a time goes with a day"),
        ({"id": "a/b"}, BadOption, "is not an id"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_an_event_that_is_refused(
    root: Path, options: dict[str, Any], kind: type[PkzoneError], said: str
) -> None:
    before = tree(root)
    with pytest.raises(kind, match=said):
        pkzone.add_event(**{"date": "2024-05-01", "title": "T", "catalogue": root, **options})
    assert tree(root) == before


def test_what_a_person_wrote_stays_byte_for_byte(root: Path) -> None:
    path = root / "sources.json"
    text = (
        '[ {"title" : "A",\r\n\t"id":"a", "more": 1.50},\r\n  {"id": "b", "title": "\\u00c4"}\r\n]'
    )
    path.write_bytes(text.encode())
    path.chmod(0o640)
    pkzone.add_source("T", catalogue=root)
    assert path.read_bytes().decode() == (
        text[:-3] + ',\r\n  {"id": "t", "type": "document", "title": "T"}' + text[-3:]
    )
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "must be a list"),
        ("[1]", "source 1: must be an object"),
        ('[{"id": "a"}]', "'title' is missing"),
        ('[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]', "its id occurs twice"),
        ("[", "not valid JSON"),
        ("", "not valid JSON"),
        ("\ufeff[]", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_a_file_that_is_no_list_is_refused(root: Path, text: str, said: str) -> None:
    (root / "sources.json").write_text(text, encoding="utf-8")
    before = tree(root)
    with pytest.raises(CatalogueError, match=said):
        pkzone.add_source("T", catalogue=root)
    assert tree(root) == before


def test_a_dry_run_writes_nothing(root: Path) -> None:
    (root / ".pkzone.lock").unlink()
    before = tree(root)
    added = pkzone.add_source("T", catalogue=root, dry_run=True)
    assert (dict(added.record)["title"], added.outcome) == ("T", "added")
    assert tree(root) == before
    assert not (root / ".pkzone.lock").exists()


def test_catalogues_that_are_not_to_be_changed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CatalogueError, match="begin your own with 'pkzone init DIR'"):
        pkzone.add_event("2024", "T", catalogue=SHIPPED)
    with pytest.raises(CatalogueError, match="no such file; name a folder that holds"):
        pkzone.add_source("T", catalogue=tmp_path / "none")
    with locked(root, timeout=1), pytest.raises(CatalogueLocked, match="another process"):
        pkzone.add_source("T", catalogue=root, lock_timeout=0)
    (root / "sources.json").rename(tmp_path / "elsewhere.json")
    (root / "sources.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(CatalogueError, match="symbolic link"):
        pkzone.add_source("T", catalogue=root)

    def refuse(*_: object, **__: object) -> None:
        raise OutputError("sources.json: cannot be written: Read-only file system")

    (root / "sources.json").unlink()
    (root / "sources.json").write_text("[]\n")
    before = tree(root)
    monkeypatch.setattr("pkzone.store.lists.write_bytes", refuse)
    with pytest.raises(OutputError, match="Read-only"):
        pkzone.add_source("T", catalogue=root)
    assert tree(root) == before
