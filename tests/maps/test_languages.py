"""The page in four languages: its words, its names, its dates; what has none stays English."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption
from pkzone.i18n.messages import LANGUAGES, day_in_words
from pkzone.layers.catalogue import catalogue
from pkzone.layers.manifest import translation
from pkzone.maps import languages
from tests.helpers.drawn_catalogue import feature, line, point, write
from tests.helpers.pages import payload_of

CODES = ("en", "az", "hy", "ru")


def test_a_page_offers_the_languages_of_its_catalogue() -> None:
    assert languages.offered(["fr", "hy"]) == ("en", "hy", "fr")
    assert languages.offered(["<b>", "el"]) == ("en", "el")
    assert languages.offered(CODES) == CODES
    with pytest.raises(BadOption, match="'ru': a map of these layers has en, hy"):
        languages.check("ru", ["en", "hy"])


@pytest.mark.parametrize(("wanted", "offered", "opening"), [
    ("en", ["en"], "en"),
    ("ru", ["ru"], "ru"),
    ("ru, en", ["en", "ru"], "ru"),
    (["hy", "az", "hy"], ["az", "hy"], "hy"),
])  # fmt: skip
def test_a_page_is_limited_to_some_of_its_languages(
    wanted: Any, offered: list[str], opening: str
) -> None:
    content = pkzone.map("physical", languages=wanted).content
    assert content["words"]["languages"] == offered
    assert content["language"] == opening
    others = [code for code in offered if code != "en"]
    assert {len(one) for one in content["words"]["phrases"].values()} == {len(others)} - {0}
    for number, code in enumerate(others):
        assert content["words"]["phrases"]["Legend"][number] == HEADINGS[code][1]


@pytest.mark.parametrize(("options", "said"), [
    ({"languages": "en,fr"}, "language 'fr': a map of these layers has en, az, hy, ru"),
    ({"languages": ""}, "language '': a map of these layers has en, az, hy, ru"),
    ({"languages": ()}, "no language is named: a map of these layers has en, az, hy, ru"),
    ({"languages": "en,ru", "lang": "hy"}, "language 'hy': this map is limited to en, ru"),
])  # fmt: skip
def test_a_language_that_is_not_there_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadOption) as caught:
        pkzone.map("physical", **options)
    assert str(caught.value) == said


def test_the_page_of_one_language_is_smaller(shipped: Any) -> None:
    only = len(pkzone.map(languages="en").to_html().encode())
    assert only < 400_000
    assert only < len(shipped.to_html().encode()) - 20_000


@pytest.mark.browser
@pytest.mark.parametrize("code", ["az", "ru"])
def test_a_limited_page_has_the_words_of_its_languages(open_page: Any, code: str) -> None:
    opened = open_page(pkzone.map(lang=code, languages=["en", "ru", code]), "#lang=hy")
    options = opened.page.locator("#pk-language option")
    names = {"en": "English", "az": "Azərbaycanca", "ru": "Русский"}
    wanted = [names[one] for one in ("en", "az", "ru") if one in ("en", "ru", code)]
    assert options.all_inner_texts() == wanted
    as_of, legend, _ = HEADINGS[code]
    assert opened.text("#pk-as-of") == f"{as_of} (2022-09-01)"
    assert opened.text("#pk-legend h2") == legend
    assert opened.page.locator("[data-text=translations]").is_visible()
    opened.page.locator("#pk-language").select_option("en")
    assert opened.text("#pk-legend h2") == "Legend"


@pytest.mark.browser
def test_a_page_of_one_language_has_no_choice(open_page: Any) -> None:
    opened = open_page(pkzone.map(languages=["ru"]))
    assert opened.text("#pk-legend h2") == HEADINGS["ru"][1]
    assert opened.page.locator("#pk-language").is_hidden()


def test_page_of_one_language_carries_no_other(tmp_path: Path) -> None:
    words = languages.words_of(["en"], {"rules": {}, "any": [], "modifiers": []})
    assert words["phrases"] == {}
    assert list(words["months"]) == ["en"]


def test_language_is_written_into_the_page(shipped: Any) -> None:
    assert '<html lang="en">' in shipped.to_html()
    html = pkzone.map(lang="hy").to_html()
    assert '<html lang="hy">' in html
    assert payload_of(html)["language"] == "hy"


@pytest.mark.parametrize(("options", "language", "offered"), [
    (["--lang", "ru"], "ru", ["en", "az", "hy", "ru"]),
    (["--languages", "ru"], "ru", ["ru"]),
    (["--languages", "hy, en"], "hy", ["en", "hy"]),
    (["--languages", "hy,en", "--lang", "en"], "en", ["en", "hy"]),
])  # fmt: skip
def test_command_takes_languages(
    tmp_path: Path, options: list[str], language: str, offered: list[str]
) -> None:
    path = tmp_path / "m.html"
    with pytest.raises(SystemExit) as left:
        program.main(["map", "physical", *options, "-o", str(path)])
    assert left.value.code == 0
    html = path.read_text("utf-8")
    assert f'<html lang="{language}">' in html
    assert payload_of(html)["words"]["languages"] == offered


# Everything that the page says in English, read from its own scripts.
SAID = """() => {
  const texts = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(texts));
  const { words, fields } = pkzone.text;
  return [...texts(words), ...texts(fields)];
}"""  # noqa: E501


@pytest.mark.browser
def test_every_phrase_of_the_page_has_its_translations(
    open_page: Any, shipped: Any, tmp_path: Path
) -> None:
    # What is said of files is in the pages of files alone.
    of_files = set(languages.script_words("panels/file-notes.js"))
    said = set(open_page(shipped).page.evaluate(SAID))
    assert len(said) > 60
    assert of_files < said
    file = tmp_path / "file.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    for page, texts in ((shipped, said - of_files), (pkzone.map([file, "zone"]), said)):
        phrases = page.content["words"]["phrases"]
        words = [text for text in texts if re.search("[a-z]{2}", re.sub(r"\{\w+\}", "", text))]
        assert [text for text in words if text not in phrases] == []


@pytest.mark.browser
def test_every_label_and_value_of_the_shipped_layers_is_translated(
    open_page: Any, shipped: Any
) -> None:
    english = open_page(shipped).page.evaluate("""() => {
      const found = new Set();
      for (const state of pkzone.data.layers.flatMap((layer) => layer.states)) {
        for (const key of ["kind", "mode", "status", "basis", "certainty", "geometry_basis", "boundary_status"]) {
          const raw = state.properties[key];
          if (raw !== undefined && raw !== null && raw !== "shown") found.add(pkzone.text.value(key, raw));
        }
        found.add(pkzone.look.ruleFor(state).label);
      }
      return [...found, pkzone.store.payload.title, ...pkzone.data.layers.map((layer) => layer.title)];
    }""")  # noqa: E501
    assert len(english) > 60
    assert [one for one in english if one not in shipped.content["words"]["phrases"]] == []


@pytest.mark.browser
@pytest.mark.parametrize("code", CODES)
def test_dates_are_those_of_the_library(open_page: Any, shipped: Any, code: str) -> None:
    days = [date(2020 + month % 3, month, month + 10) for month in range(1, 13)]
    page = open_page(shipped, f"#lang={code}").page
    said = page.evaluate("(days) => days.map(pkzone.text.date)", [str(day) for day in days])
    assert said == [day_in_words(day, code) for day in days]


@pytest.mark.browser
def test_dates_and_numbers_by_hand(open_page: Any, shipped: Any) -> None:
    wanted = {
        "en": ["1 September 2022", "September 2022", "2022", "1,234.5"],
        "az": ["1 sentyabr 2022", "sentyabr 2022", "2022", "1.234,5"],
        "hy": ["2022 թ. սեպտեմբերի 1", "2022 թ. սեպտեմբեր", "2022", "1\u00a0234,5"],
        "ru": ["1 сентября 2022 г.", "сентябрь 2022 г.", "2022", "1\u00a0234,5"],
    }
    opened = open_page(shipped)
    for code in (*CODES[1:], "en"):
        opened.page.get_by_role("combobox").and_(opened.page.locator("#pk-language")).select_option(
            code
        )
        said = opened.page.evaluate(
            "() => [...['2022-09-01', '2022-09', '2022'].map(pkzone.text.date),"
            " pkzone.text.number(1234.5, 1)]"
        )
        assert said == wanted[code]


HEADINGS = {
    "en": ("Map as of 1 September 2022", "Legend", "Lachin corridor"),
    "az": ("Xəritə: 1 sentyabr 2022 tarixinə olan vəziyyət", "Şərti işarələr", "Laçın dəhlizi"),
    "hy": ("Քարտեզ՝ 2022 թ. սեպտեմբերի 1-ի դրությամբ", "Պայմանական նշաններ", "Լաչինի միջանցք"),
    "ru": ("Карта по состоянию на 1 сентября 2022 г.", "Условные обозначения",
           "Лачинский коридор"),
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("code", CODES)
def test_page_speaks_its_language(open_page: Any, shipped: Any, code: str) -> None:
    opened = open_page(shipped)
    opened.page.locator("#pk-language").select_option(code)
    as_of, legend, corridor = HEADINGS[code]
    assert opened.page.evaluate("() => document.documentElement.lang") == code
    assert opened.text("#pk-as-of") == f"{as_of} (2022-09-01)"
    assert opened.text("#pk-legend h2") == legend
    assert opened.page.get_by_role("checkbox", name=corridor, exact=True).is_checked()
    assert opened.page.locator("#pk-unreviewed").is_hidden() == (code == "en")
    assert f"lang={code}" in opened.hash()
    assert opened.drawn() == open_page(shipped).drawn()


@pytest.mark.browser
def test_language_stands_in_the_address(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#lang=ru&see=corridor/lachin-new-az")
    assert opened.text("#pk-about h2") == "Об этой карте"
    assert "Достоверность" in opened.text("#pk-feature")
    opened.page.evaluate("() => { location.hash = '#lang=xx'; }")
    opened.page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert opened.text("#pk-about h2") == "About this map"


@pytest.mark.browser
def test_names_follow_and_fall_back_to_both_forms(open_page: Any, tmp_path: Path) -> None:
    places = [
        feature("both", point(46.5, 39.5), name="Berdzor / Lachin", name_az="Laçın",
                name_hy="Բերձոր", kind="city", rank=1),
        feature("road", line((46.4, 39.6), (46.6, 39.6)), name="A road", name_hy=""),
    ]  # fmt: skip
    root = write(tmp_path / "c", {"places": {"2020-01-01": places}})
    opened = open_page(pkzone.map(catalogue=catalogue(root), lang="hy"), "#see=places/both")

    def names() -> list[str | None]:
        return [
            opened.element("places", one).get_attribute("aria-label") for one in ("both", "road")
        ]

    assert opened.text("#pk-feature h2") == "Բերձոր"
    terms = opened.page.locator("#pk-feature dd[lang]")
    assert [one.get_attribute("lang") for one in terms.all()] == ["en", "az"]
    assert opened.text(".pk-label") == "Բերձոր"
    assert names() == ["Բերձոր, քաղաք", "A road"]
    opened.page.locator("#pk-language").select_option("ru")
    heading = opened.page.locator("#pk-feature h2")
    assert heading.inner_text() == "Berdzor / Lachin"
    assert heading.get_attribute("lang") == "en"
    assert names() == ["Berdzor / Lachin, город", "A road"]
    assert "lang=ru" in opened.hash()


@pytest.mark.browser
def test_catalogue_of_one_language_has_no_choice(open_page: Any, small_root: Path) -> None:
    small = catalogue(small_root)
    opened = open_page(pkzone.map(catalogue=small))
    options = opened.page.locator("#pk-language option")
    assert options.all_inner_texts() == ["English", "Հայերեն"]
    assert small.languages == ("en", "hy")
    assert set(LANGUAGES) == set(CODES)


@pytest.fixture
def greek(tmp_path: Path) -> Path:
    """The folder of a catalogue whose names are in Greek, and in English beside."""
    root = tmp_path / "greek"
    pkzone.init(root, title="Zone", languages=("el", "en"))
    posts = tmp_path / "posts.geojson"
    posts.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":'
        '{"name":"Φυλάκιο","name_en":"Post"},"geometry":{"type":"Point","coordinates":[33,35]}}]}',
        encoding="utf-8",
    )
    pkzone.publish(posts, catalogue=root, layer="posts", valid_from="2024-05-01", title="Posts",
                   new_layer="Posts")  # fmt: skip
    return root


@pytest.mark.browser
def test_a_language_without_words_has_its_names(open_page: Any, greek: Path) -> None:
    opened = open_page(pkzone.map(catalogue=catalogue(greek), lang="el"), "#see=posts/a")
    assert opened.text("#pk-feature h2") == "Φυλάκιο"
    assert opened.page.locator("#pk-feature h2").get_attribute("lang") == "el"
    assert opened.page.evaluate("() => document.documentElement.lang") == "en"
    assert opened.text("#pk-as-of") == "Map as of 1 May 2024 (2024-05-01)"
    assert opened.page.locator("#pk-language option").all_inner_texts() == ["English", "Ελληνικά"]
    assert opened.text("#pk-unreviewed") == (
        "Names and titles are in Ελληνικά where the catalogue has them; "
        "all other words are in English."
    )
    assert opened.page.locator("[data-text=translations]").is_hidden()
    opened.page.locator("#pk-language").select_option("en")
    assert opened.text("#pk-feature h2") == "Post"
    assert opened.page.locator("#pk-unreviewed").is_hidden()


def test_commands_say_that_only_names_are_in_a_language(
    greek: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, output in (
        ("map", "m.html"), ("picture", "p.svg"), ("history posts", "h.md"),
        ("diff posts@2024-05-01 posts@2024-05-01", "d.html"),
    ):  # fmt: skip
        own = ["--catalogue", str(greek), "--lang", "el", "-o", str(tmp_path / output)]
        with pytest.raises(SystemExit) as left:
            program.main([*command.split(), *own])
        assert left.value.code == 0
        assert "Names and titles are in el where the catalogue has" in capsys.readouterr().err
    assert '<html lang="en">' in (tmp_path / "m.html").read_text("utf-8")


@pytest.mark.browser
def test_titles_of_the_shipped_layers_are_in_the_language(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-30")
    title = opened.page.locator("#pk-changes .pk-versions span").last
    assert title.inner_text() == "The Hakari bridge is in use"
    assert title.get_attribute("lang") is None
    for code, text in (
        ("ru", "Мост Хакари используется"),
        ("az", "Həkəri körpüsü istifadədədir"),
        ("hy", "Հակարիի կամուրջը գործում է"),
    ):
        opened.page.locator("#pk-language").select_option(code)
        assert title.inner_text() == text
        assert title.get_attribute("lang") is None  # that of the page
        assert text in opened.text("#pk-since")
    event = opened.page.locator("#pk-changes .pk-events li").first
    assert "Երթևեկությունը տեղափոխվում է" in event.locator("summary").inner_text()
    summary = event.locator("p")
    assert summary.locator("span").first.get_attribute("lang") == "en"
    assert summary.text_content().endswith(" (անգլերեն)")
    assert opened.barriers_on_the_map() == []


def translated(root: Path, code: str, **texts: str) -> Path:
    """Translate layer, version and event of a drawn catalogue."""
    english = {
        "layer": "Drawn line",
        "version": "A state",
        "event": "Talks",
        "summary": "They talk.",
    }
    entries = (f'msgid "{english[key]}"\nmsgstr "{text}"\n' for key, text in texts.items())
    (root / f"data.{code}.po").write_text("\n".join(entries), encoding="utf-8")
    manifest = json.loads((root / "datapackage.json").read_text("utf-8"))
    manifest["resources"].append(translation(code))
    manifest["languages"] = ["en", *dict.fromkeys([code, "az"])]
    (root / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")
    return root


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    roads = [feature("road", line((46.4, 39.6), (46.6, 39.6)), name="A road")]
    event = {"id": "e", "date": "2020-01-01", "title": "Talks", "summary": "They talk."}
    return write(
        tmp_path / "c", {"line": {"2020-01-01": roads, "2020-02-01": roads}},
        titles={"line": "Drawn line"},
        events=[event | {"layers": ["line"]}], version_events={"2020-01-01": ["e"]},
    )  # fmt: skip


@pytest.mark.browser
def test_a_catalogue_brings_titles_in_a_language_of_its_own(open_page: Any, drawn: Path) -> None:
    root = translated(drawn, "el", version="Κατάσταση", event="Συνομιλίες", summary="Μιλούν.")
    opened = open_page(pkzone.map(catalogue=catalogue(root), on="2020-01-01", lang="el"))
    changes = opened.page.locator("#pk-changes")
    assert changes.locator("h2").inner_text() == "The map begins on 1 January 2020"
    assert changes.locator(".pk-versions").inner_text() == "Drawn line Κατάσταση"
    assert changes.locator(".pk-versions span").get_attribute("lang") == "el"
    changes.locator("summary").click()
    said = [(one.inner_text(), one.get_attribute("lang")) for one in (
        changes.locator("summary span").last, changes.locator("details p span"))]  # fmt: skip
    assert said == [("Συνομιλίες", "el"), ("Μιλούν.", "el")]
    opened.page.locator("#pk-language").select_option("az")
    assert changes.locator(".pk-versions").inner_text() == "Drawn line A state"
    assert changes.locator(".pk-versions span").get_attribute("lang") == "en"


@pytest.mark.browser
def test_hostile_translations_are_texts(open_page: Any, drawn: Path) -> None:
    hostile = "<img src=x onerror=alert(1)></script>{{7*7}} {count} __proto__"
    root = translated(drawn, "az", layer=hostile, version=hostile, event="__proto__")
    opened = open_page(pkzone.map(catalogue=catalogue(root), on="2020-01-01", lang="az"))
    assert opened.text("#pk-changes .pk-versions") == f"{hostile} {hostile}"
    assert opened.page.evaluate("() => window.ran") == 0
    assert opened.page.locator("#pk-changes img").count() == 0


def test_a_title_takes_the_place_of_no_word(drawn: Path) -> None:
    for name in ("datapackage.json", "events.json"):
        path = drawn / name
        path.write_text(path.read_text("utf-8").replace("A state", "Close"), encoding="utf-8")
    root = translated(drawn, "az")
    (root / "data.az.po").write_text('msgid "Close"\nmsgstr "Yaxın"\n', encoding="utf-8")
    phrases = pkzone.map(catalogue=catalogue(root)).content["words"]["phrases"]
    assert phrases["Close"] == ["Bağla"]


def test_a_page_is_reviewed_where_words_and_titles_are(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages.messages, "is_reviewed", lambda code: True)
    root = translated(drawn, "az", version="Vəziyyət")

    def reviewed() -> list[str]:
        found: list[str] = pkzone.map(catalogue=catalogue(root)).content["words"]["reviewed"]
        return found

    assert reviewed() == ["en", "az"]
    path = root / "data.az.po"
    path.write_text(f"#, fuzzy\n{path.read_text('utf-8')}", encoding="utf-8")
    assert reviewed() == ["en"]
