"""What a catalogue says in other languages: ``data.<language>.po`` beside the layers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pkzone
from pkzone.errors import CatalogueError
from pkzone.i18n import po
from pkzone.layers import translations
from tests.helpers.own_catalogue import begin

SHIPPED = pkzone.catalogue()
#: Letters that are in no text of a language, but for names that no language changes.
FOREIGN = {
    "az": re.compile("[\u0400-\u058f]"),
    "hy": re.compile("[A-Za-z\u0400-\u04ff]"),
    "ru": re.compile("[A-Za-z\u0530-\u058f]"),
}
NAMES = re.compile("TRIPP")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A catalogue with a layer ``line`` that is translated into Azerbaijani in part."""
    root = begin(tmp_path / "z", "line", title="Buffer zone")
    pkzone.translate("az", catalogue=root)
    path = root / "data.az.po"
    text = path.read_text("utf-8")
    path.write_text(text.replace('msgid "Line"\nmsgstr ""', 'msgid "Line"\nmsgstr "Xətt"'), "utf-8")
    return root


def test_texts_are_said_in_the_language(own: Path) -> None:
    catalogue = pkzone.catalogue(own)
    assert catalogue.translated == ("az",)
    assert catalogue.languages == ("en", "az")
    assert catalogue.say("Line", "az") == "Xətt"
    assert catalogue.say("Line", "en") == catalogue.say("Line", "el") == "Line"
    assert catalogue.say("State on 2024-05-01", "az") == "State on 2024-05-01"  # is empty
    assert catalogue.say("Close", "az") == "Bağla"  # a word of pkzone's
    assert not catalogue.translations["az"].is_reviewed


def test_without_fuzzy_entries_it_is_reviewed(own: Path) -> None:
    path = own / "data.az.po"
    path.write_text(path.read_text("utf-8").replace('#, fuzzy\nmsgid "Line"', 'msgid "Line"'))
    assert pkzone.catalogue(own).translations["az"].is_reviewed  # empty ones do not count


def entry(text: str, of: str = "Line") -> str:
    return f'msgid "{of}"\nmsgstr "{text}"\n'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff", "is not in UTF-8; save it anew in UTF-8"),
        (b"<html>", "line 1 is not a line of a gettext file; fix the file"),
        (entry("a") + entry("b"), "line 3 has the text of line 1 once more"),
        (entry("a\x1b[2J"), "line 1 has a text with control, .*U\\+001B"),
        (entry("a\u202eb"), "line 1 has a text with .*U\\+202E RIGHT-TO-LEFT OVERRIDE"),
        (entry("a" * 10_001), "line 1 has a text of more than 10,000 characters"),
        (
            "<<<<<<< ours\n" + entry("a") + "=======\n" + entry("b") + ">>>>>>> theirs\n",
            "has Git's conflict markers .<<<<<<< in line 1.; keep one side of each",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(own: Path, data: str | bytes, reason: str) -> None:
    path = own / "data.az.po"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(CatalogueError, match=f"^{re.escape(str(path))}: {reason}"):
        pkzone.catalogue(own).say("Line", "az")


def test_a_file_that_is_missing_a_link_or_huge_is_refused(own: Path) -> None:
    path = own / "data.az.po"
    with path.open("ab") as file:
        file.truncate(translations.MAX_BYTES + 1)
    with pytest.raises(CatalogueError, match="bytes are more than"):
        pkzone.catalogue(own).say("Line", "az")
    path.rename(own / "elsewhere.po")
    with pytest.raises(CatalogueError, match="no such file"):
        pkzone.catalogue(own).say("Line", "az")
    path.symlink_to("elsewhere.po")
    with pytest.raises(CatalogueError, match="link"):
        pkzone.catalogue(own).say("Line", "az")


def test_texts_with_braces_and_marks_are_texts(own: Path) -> None:
    hostile = "{0.__class__} %s <b>&amp;</b> {{7*7}}"
    (own / "data.az.po").write_text(entry(hostile), "utf-8")
    assert pkzone.catalogue(own).say("Line", "az") == hostile


def shipped(code: str) -> list[po.Entry]:
    name = translations.file_name(code)
    return translations.parse((SHIPPED.root / name).read_bytes(), name)


def test_the_shipped_catalogue_is_translated_into_its_languages() -> None:
    assert SHIPPED.translated == SHIPPED.languages[1:] == ("az", "hy", "ru")


@pytest.mark.parametrize("code", SHIPPED.translated)
def test_shipped_translations_are_whole_and_no_other(code: str) -> None:
    asked = translations.texts_asked_for(SHIPPED)
    entries = {one.id: one for one in shipped(code)}
    assert asked.keys() - {one.id for one in entries.values() if one.text} == set()
    assert entries.keys() - translations.texts_known(SHIPPED) == set()
    for one in entries.values():
        assert one.is_fuzzy, "no speaker has reviewed any"
        assert one.text != one.id
        assert one.text == one.text.strip()
        assert not re.search(r"[{}<>]", one.text)
        assert not FOREIGN[code].search(NAMES.sub("", one.text)), one.text
        # Numbers are the same: dates, heights, posts. Decades and months are told in words.
        assert set(re.findall(r"\d+", one.id.replace(",", ""))) == set(
            re.findall(r"\d+", one.text.replace("50 000", "50000"))
        ), one.text


@pytest.mark.parametrize("code", SHIPPED.translated)
def test_shipped_translations_name_places_as_the_layers_do(code: str) -> None:
    """A title that names a place has the place's name, at least its stem, in the language."""
    places = SHIPPED["places"].latest.features().features
    names = {
        str(one.properties["name"]): str(one.properties.get(f"name_{code}") or "")
        for one in places
        if " / " in str(one.properties["name"])
    }
    for one in shipped(code):
        for name, other in names.items():
            if name in one.id and other:
                for part in other.split(" / "):
                    stem = part[: max(3, len(part) - 2)]
                    assert stem in one.text, (name, one.text)
