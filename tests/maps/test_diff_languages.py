"""The page of a difference in four languages: its words, its names, and how one is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption
from pkzone.maps.diff.page import diff_map, diff_page
from tests.helpers import drawn_diffs
from tests.helpers.pages import payload_of

# A heading, the base in the legend, the place that left, the title of an event.
SAID = {
    "en": ("About this comparison", "From: 1 December 2020", "Berdzor / Lachin",
           "Armenia builds its part of the new route"),
    "az": ("Bu müqayisə haqqında", "Əvvəl: 1 dekabr 2020", "Laçın",
           "Ermənistan yeni marşrutun öz hissəsini tikir"),
    "hy": ("Այս համեմատության մասին", "Առաջ՝ 2020 թ. դեկտեմբերի 1", "Բերձոր",
           "Հայաստանը կառուցում է նոր երթուղու իր մասը"),
    "ru": ("Об этом сравнении", "Было: 1 декабря 2020 г.", "Бердзор / Лачин",
           "Армения строит свою часть нового маршрута"),
}  # fmt: skip


@pytest.fixture(scope="session")
def compared() -> Any:
    return pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30")


def check_speaks(opened: Any, code: str) -> None:
    heading, base, place, event = SAID[code]
    assert opened.page.evaluate("() => document.documentElement.lang") == code
    assert heading in opened.page.locator("#pk-about h2").all_inner_texts()
    assert base in opened.text("#pk-groups")
    assert place in opened.text('[data-row="affected/1"]')
    assert event in opened.text("#pk-lists")
    assert opened.page.locator("#pk-unreviewed").is_hidden() == (code == "en")


@pytest.mark.browser
@pytest.mark.parametrize("code", SAID)
def test_reader_chooses_the_language(open_page: Any, compared: Any, code: str) -> None:
    opened = open_page(diff_map(compared))
    opened.page.locator("#pk-language").select_option("hy")
    opened.page.locator("#pk-language").select_option(code)
    check_speaks(opened, code)
    assert opened.hash() == f"#lang={code}"
    opened.page.reload()
    opened.page.wait_for_selector("#pk-groups fieldset")
    check_speaks(opened, code)


@pytest.mark.browser
def test_chosen_row_stays_chosen_in_another_language(open_page: Any, compared: Any) -> None:
    opened = open_page(diff_map(compared))
    opened.page.locator('button[data-row="section/0/2"]').click()
    opened.page.locator("#pk-language").select_option("ru")
    row = opened.page.locator('button[data-row="section/0/2"]')
    assert row.get_attribute("aria-pressed") == "true"
    assert row.inner_text() == "новое"
    road = opened.page.locator('path[role=button][data-change="added"]').first
    assert "Агавно / Забух" in road.get_attribute("aria-label")
    assert opened.barriers_on_the_map() == []


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "options", "hash_", "code"), [
    ("ru-RU", {}, "", "ru"),
    ("hy", {}, "", "hy"),
    ("de-DE", {}, "", "en"),
    ("de-DE", {"languages": "az,ru"}, "", "az"),
    ("ru-RU", {"languages": "az,ru"}, "", "ru"),
    ("ru-RU", {"lang": "az"}, "", "az"),
    ("ru-RU", {}, "#lang=hy", "hy"),
    ("ru-RU", {}, "#lang=fr", "ru"),
])  # fmt: skip
def test_browser_chooses_the_language_where_nobody_else_does(
    open_page: Any, compared: Any, locale: str, options: dict[str, str], hash_: str, code: str
) -> None:
    for page in (diff_map(compared, **options), pkzone.map("physical", **options)):
        opened = open_page(page, hash_, locale=locale)
        assert opened.page.evaluate("() => document.documentElement.lang") == code
        assert opened.page.locator("#pk-language").input_value() == code


@pytest.mark.browser
def test_link_of_a_map_says_the_language_that_the_browser_chose(open_page: Any) -> None:
    opened = open_page(pkzone.map("physical"), "#tool=share", locale="ru-RU")
    opened.page.locator(".pk-share").get_by_role("button").first.click()
    link = opened.page.locator(".pk-share textarea").input_value()
    assert link.endswith("&lang=ru")
    other = open_page(pkzone.map("physical"), link, locale="hy")
    assert other.page.evaluate("() => document.documentElement.lang") == "ru"


def test_head_is_in_the_language_that_the_page_opens_in(compared: Any) -> None:
    html = diff_page(compared, lang="ru").to_html()
    assert '<html lang="ru">' in html
    assert (
        "<title>Лачинский коридор: 1 декабря 2020 г. и 30 августа 2022 г.: сравнение</title>"
        in html
    )
    assert '<html lang="en">' in diff_page(compared).to_html()


def test_page_is_limited_to_some_languages() -> None:
    found = drawn_diffs.zone()
    content = diff_page(found, languages="ru,en").content
    assert content["words"]["languages"] == ["en", "ru"]
    assert {len(one) for one in content["words"]["phrases"].values()} == {1}
    with pytest.raises(BadOption, match="language 'hy': this map is limited to en, ru"):
        diff_page(found, lang="hy", languages="ru,en")


def test_command_takes_languages(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "d.html"
    sides = ("diff", "zone@2022-08-26", "zone@2022-08-30")
    with pytest.raises(SystemExit) as left:
        program.main([*sides, "--lang", "az", "--languages", "az,en", "-o", str(path)])
    assert left.value.code == 0
    assert payload_of(path.read_text("utf-8"))["words"]["languages"] == ["en", "az"]
    with pytest.raises(SystemExit) as left:
        program.main([*sides, "--languages", "az"])
    assert left.value.code == 2
    assert "--languages is for -f html" in capsys.readouterr().err
