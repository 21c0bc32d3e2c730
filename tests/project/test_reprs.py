"""What values show of themselves at a prompt and in a notebook: short, safe, and without data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pkzone
from pkzone.compare.history import history
from pkzone.layers.model import Version
from pkzone.table import Column, Table
from tests.helpers.own_catalogue import begin, point, put, write

HARMLESS = "A title"
HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m\u202e\n{{7*7}}"
TAGS = {"table", "tr", "th", "td", "p"}


class Page(HTMLParser):
    """Tags of a text of HTML, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[Any] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def values(root: Path) -> Iterator[Any]:
    catalogue = pkzone.catalogue(root)
    layer = catalogue["line"]
    yield from (catalogue, layer, layer.latest, layer.cached().latest)
    yield pkzone.diff(layer.versions[0], layer.latest, catalogue=catalogue)
    yield from (history(layer, catalogue=catalogue), history(layer, "a", catalogue=catalogue))
    yield Table(HOSTILE, (Column(HOSTILE),), ((HOSTILE,), (None,)), notes=(HOSTILE,))
    frame = pd.DataFrame({"lon": [20.0], "lat": [42.0], "date": ["2024-05-01"]})
    yield pkzone.tag(frame, ["line"], catalogue=catalogue)
    yield pkzone.check(json.dumps({"type": HOSTILE}).encode())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue in which every free text is hostile, as others than pkzone may write it."""
    folder = tmp_path_factory.mktemp("hostile")
    root = begin(folder / "z", title=HARMLESS)
    for day, lon in (("2024-05-01", 20.0), ("2024-05-02", 20.1)):
        file = write(folder / "f", point("a", lon, 42, name=HOSTILE), point(HOSTILE[:8], 20, 42))
        new = HARMLESS if day == "2024-05-01" else None
        put(root, file, day, title=HARMLESS, new_layer=new)
    manifest = root / "datapackage.json"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace(json.dumps(HARMLESS), json.dumps(HOSTILE)), "utf-8")
    assert manifest.read_text("utf-8").count("{{7*7}}") == 4
    return root


def test_a_prompt_shows_few_lines_that_are_safe(hostile: Path) -> None:
    for value in values(hostile):
        text = repr(value)
        assert text.isprintable(), value
        assert len(text) < 1000
        assert text.startswith(f"<{type(value).__name__.removeprefix('Cached')} ".rstrip())


def test_a_notebook_shows_tables_without_script(hostile: Path) -> None:
    shown = [value for value in values(hostile) if not isinstance(value, pkzone.Diff)]
    for value in shown:
        text = value._repr_html_()
        page = Page(text)
        assert set(page.tags) <= TAGS
        assert "table" in page.tags
        assert page.attributes == []
        assert len(text) < 10_000
        assert "".join(page.words).isprintable()


def test_what_they_say() -> None:
    shipped = pkzone.catalogue()
    zone = shipped["zone"]
    assert repr(shipped) == f"<Catalogue '{shipped.title}': {', '.join(shipped)}>"
    assert repr(zone) == (
        f"<Layer zone '{zone.title}': {len(zone)} versions, 2020-11-10 to {zone.latest.id}>"
    )
    first = zone.versions[0]
    assert repr(first) == (
        f"<Version zone@2020-11-10, record {first.record}: {first.feature_count} features, in "
        f"force until {zone.versions[1].id}, '{first.title}'>"
    )
    assert "in force with no later state known" in repr(zone.latest)
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2020-12-01")
    assert repr(diff) == (
        f"<Diff corridor@2020-12-01 to corridor@2020-12-01: {diff.unchanged} unchanged>"
    )
    words = Page(zone._repr_html_()).words
    assert list(dict.fromkeys(word for word in words if word in list(zone))) == list(zone)
    assert [word for word in Page(shipped._repr_html_()).words if word in shipped] == list(shipped)


def test_a_record_and_an_empty_layer(small: pkzone.Catalogue, tmp_path: Path) -> None:
    assert "corridor@2022-08-30.2, record 2: 1 feature," in repr(small["corridor"].latest)
    assert repr(pkzone.init(tmp_path / "none", title="New")) == "<Catalogue 'New': no layers yet>"
    assert "as known on 2024-01-01" in repr(pkzone.catalogue(small.root, known_on="2024-01-01"))


def test_a_large_version_shows_itself_without_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = begin(tmp_path / "z")
    posts = [point(f"p{i:05}", 20 + i / 1e5, 42) for i in range(10_000)]
    put(root, write(tmp_path / "f", *posts), "2024-05-01", new_layer="Line")
    catalogue = pkzone.catalogue(root)
    monkeypatch.setattr(Version, "read_bytes", lambda self: pytest.fail("it reads its data"))
    for value in (catalogue, catalogue["line"], catalogue["line"].latest):
        assert len(repr(value)) < 200
        assert "10,000 features" in repr(value) or "line" in repr(value)
        assert len(value._repr_html_()) < 1000


def test_of_many_rows_a_notebook_shows_the_first() -> None:
    table = Table("many", (Column("n", "integer"),), tuple((n,) for n in range(1000)))
    page = Page(table._repr_html_())
    assert page.tags.count("tr") == 61
    assert page.words[-1] == "and 940 more rows"
    assert repr(table) == "<Table many: 1,000 rows of n>"


def test_answers_that_are_tables_tell_their_rows_in_a_line() -> None:
    answers = pkzone.at("Lachin"), pkzone.events(layer="corridor")
    assert [repr(one).split(":")[0] for one in answers] == ["<PlaceTable at", "<EventTable events"]
    assert all(len(repr(one)) < 300 for one in answers)
