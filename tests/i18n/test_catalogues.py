"""The catalogues of words: whole, up to date, compiled as the library reads them."""

from __future__ import annotations

import ast
import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from pkzone.errors import PkzoneError
from pkzone.i18n import messages
from pkzone.i18n.compiling import compile_catalogue
from tools import words

CODES = messages.LANGUAGES[1:]
PARTS = re.compile(r"\{\w+\}")
# Names of parts, formats and keys, which no language changes.
OURS = re.compile(
    r"\{\w+\}|Leaflet|pkzone sources|-f csv|Unicode|BSD|WGS|Clause|id|Tab|Enter|GeoJSON|SHA-256"
)
UNITS = ("km", "m", "km²", "{number} km", "{number} m", "{number} km²")
#: Letters that are in no text of a language.
FOREIGN = {
    "az": re.compile("[\u0400-\u058f]"),
    "hy": re.compile("[A-Za-z\u0400-\u04ff]"),
    "ru": re.compile("[A-Za-z\u0530-\u058f]"),
}
HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && \
(n%100<10 || n%100>=20) ? 1 : 2);\\n"
"""
ROADS = """
#, fuzzy
msgid "{count} road in {place}"
msgid_plural "{count} roads in {place}"
msgstr[0] "{place}: {count} дорога"
msgstr[1] "{place}: {count} дороги"
msgstr[2] "{place}: {count} дорог"
"""
RIVER = """
# As on maps.
msgid "River"
msgstr "Река"
"""


def _source(code: str) -> bytes:
    return (words.LOCALE / code / "LC_MESSAGES" / "pkzone.po").read_bytes()


def _entries(code: str) -> Iterator[Message]:
    catalogue: Catalog = read_po(BytesIO(_source(code)), abort_invalid=True)
    return (message for message in catalogue if message.id)


def _pairs(message: Message) -> list[tuple[str, str]]:
    """Return the forms of an entry, each with its English form."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return [(message.id[min(form, 1)], text) for form, text in enumerate(message.string)]


@pytest.fixture(scope="module")
def collected() -> list[words.Text]:
    return words.collect()


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of Russian words of a library that has no other."""
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(messages, "_LOCALE", tmp_path)
    messages.translation.cache_clear()
    yield folder
    messages.translation.cache_clear()


def test_no_text_is_said_inside_an_f_string() -> None:
    """Python 3.11 has one token for the whole of an f-string, so that no text in it is found."""
    inside = [
        f"{path.name}:{text.lineno}"
        for path in Path(messages.__file__).parent.parent.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for one in ast.walk(text)
        if isinstance(one, ast.Call)
        and getattr(one.func, "id", getattr(one.func, "attr", "")) in words.KEYWORDS
        and any(isinstance(value, ast.Constant) for value in one.args[:1])
    ]
    assert inside == []


def test_every_language_has_a_catalogue() -> None:
    assert messages.LANGUAGES == ("en", "az", "hy", "ru")
    names = [messages.own_name(code) for code in (*messages.LANGUAGES, "el")]
    assert names == ["English", "Azərbaycanca", "Հայերեն", "Русский", "el"]


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_the_texts_of_the_sources_and_no_other(
    code: str, collected: list[words.Text]
) -> None:
    entries = {(message.context, message.id) for message in _entries(code)}
    said = {(text.context, text.id) for text in collected}
    asked = {(text.context, text.id) for text in collected if text.is_asked_for}
    assert asked - entries == set(), "said without an entry; run: nox -s words"
    assert entries - said == set(), "nobody says it; run: nox -s words"
    assert words.update(_source(code), collected) == _source(code), "run: nox -s words"


@pytest.mark.parametrize("code", CODES)
def test_entries_are_whole(code: str) -> None:
    for message in _entries(code):
        for english, text in _pairs(message):
            assert text, english
            assert text.strip() == text or english.strip() != english
            assert sorted(PARTS.findall(text)) == sorted(PARTS.findall(english))
            if code in FOREIGN and english not in UNITS:
                assert not FOREIGN[code].search(OURS.sub("", text)), text


@pytest.mark.parametrize("code", CODES)
def test_unreviewed_entries_are_said_and_the_language_counts_as_unreviewed(code: str) -> None:
    assert any(message.fuzzy for message in _entries(code))
    assert not messages.is_reviewed(code)
    assert messages.say("Legend", code) != "Legend"


def test_a_language_without_fuzzy_entries_is_reviewed(locale: Path) -> None:
    (locale / "pkzone.po").write_text(HEADER + RIVER, "utf-8")
    assert messages.is_reviewed("ru")
    assert messages.is_reviewed("en")
    messages.translation.cache_clear()
    (locale / "pkzone.po").write_text(HEADER + RIVER + ROADS, "utf-8")
    assert not messages.is_reviewed("ru")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "Шуша: 1 дорога"),
        (2, "Шуша: 2 дороги"),
        (11, "Шуша: 11 дорог"),
        (1021, "Шуша: 1\xa0021 дорога"),
        (0, "Шуша: 0 дорог"),
    ],
)
def test_a_number_decides_the_form(locale: Path, count: int, text: str) -> None:
    (locale / "pkzone.po").write_text(HEADER + ROADS, "utf-8")
    forms = ("{count} road in {place}", "{count} roads in {place}")
    assert messages.say_count(*forms, count, "ru", place="Шуша") == text
    english = f"{count:,} road{'' if count == 1 else 's'} in {{x}}"
    assert messages.say_count(*forms, count, "en", place="{x}") == english


def test_a_text_without_entry_stays_english(locale: Path) -> None:
    (locale / "pkzone.po").write_text(HEADER + RIVER, "utf-8")
    assert messages.say("Lake {name}", "ru", name="Sev") == "Lake Sev"
    assert messages.say("River", "el") == "River"
    assert messages.say("", "ru") == ""
    assert messages.label("River, open", "ru") == "River, open"
    assert messages.label("River, River", "ru") == "Река, Река"


def test_compiled_words_are_read_until_the_source_changes(locale: Path) -> None:
    source, compiled = locale / "pkzone.po", locale / "pkzone.mo"
    source.write_text(HEADER + RIVER, "utf-8")
    compiled.write_bytes(compile_catalogue(source.read_bytes().replace("Река".encode(), b"R")))
    assert messages.say("River", "ru") == "R"
    messages.translation.cache_clear()
    later = compiled.stat().st_mtime_ns + 10**9
    os.utime(source, ns=(later, later))
    assert messages.say("River", "ru") == "Река"
    messages.translation.cache_clear()
    source.unlink()  # as in a wheel
    assert messages.say("River", "ru") == "R"


def test_words_that_cannot_be_read_are_refused_in_one_line(
    locale: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (locale / "pkzone.po").write_text(HEADER + RIVER, "utf-8")
    monkeypatch.setitem(sys.modules, "pkzone.i18n.compiling", None)
    with pytest.raises(PkzoneError, match=r"'ru' are not compiled; run: pip install -e \.$"):
        messages.say("River", "ru")
    (locale / "pkzone.mo").write_bytes(compile_catalogue((HEADER + RIVER).encode()))
    os.utime(locale / "pkzone.mo", ns=(0, 0))
    assert messages.say("River", "ru") == "Река"  # older than its source, and still of use


def test_the_same_source_compiles_to_the_same_bytes() -> None:
    code = (
        "import sys; from pkzone.i18n.compiling import compile_catalogue as c; "
        "sys.stdout.buffer.write(c(sys.stdin.buffer.read()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input=_source("hy"), capture_output=True, check=True
    )
    assert ran.stdout == compile_catalogue(_source("hy"))
    words_of_it = gettext.GNUTranslations(BytesIO(ran.stdout))
    assert words_of_it.pgettext("month alone", "May") == "մայիս"
    assert words_of_it.pgettext("month after a day", "May") == "մայիսի"


def test_updating_keeps_what_is_translated_and_drops_what_nobody_says() -> None:
    passing = '"POT-Creation-Date: 2026-11-30 04:00+0000\\n"\n"X-Generator: Poedit 3.4\\n"\n'
    source = (HEADER + passing + ROADS + RIVER).encode()
    texts = [
        words.Text("River", "b.py"),
        words.Text("Lake", "a.js"),
        words.Text("River", "c.py"),
        words.Text("May", "a.js", "month alone"),
        words.Text("Mountain", "report.py", is_asked_for=False),
        words.Text("River", "report.py", is_asked_for=False),
    ]
    after = words.update(source, texts)
    assert (
        after.decode()
        == HEADER
        + """
# As on maps.
#: b.py c.py report.py
msgid "River"
msgstr "Река"

#: a.js
#, fuzzy
msgid "Lake"
msgstr ""

#: a.js
#, fuzzy
msgctxt "month alone"
msgid "May"
msgstr ""
"""
    )
    assert words.update(after, texts) == after
