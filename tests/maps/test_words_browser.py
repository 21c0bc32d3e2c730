"""No page says English words in another language, on any page and in any state of it.

Text that is in English stands in an element that says so (`lang="en"`), where a voice needs it,
too. What is written in Latin letters everywhere does not count: file names, formats, licences,
names that have no other form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.pofile import read_po

import pkzone
from pkzone.geojson import Feature, FeatureCollection
from pkzone.maps.diff.page import diff_map
from tools.words import LOCALE

pytestmark = pytest.mark.browser

#: English words that a page may say: names of programs and of treaties, which nobody translates.
MOST = 12
WORD = re.compile(r"[A-Za-zÇçĞğİıÖöŞşÜüƏə]{2,}")
NO_WORDS = re.compile(r"https?://\S+|\b[0-9a-f]{64}\b|[\w.-]+\.(?:geojson|csv|png|svg)|\{\w+\}")
EVERYWHERE = {
    *("geojson", "csv", "png", "svg", "bibtex", "csl", "json", "wgs", "sha", "leaflet", "bsd"),
    *("clause", "cc", "by", "creative", "commons", "attribution", "ctrl", "icrc", "tripp", "tab"),
}
# What is seen and heard, but for what says that it is in another language.
SAID = """(code) => {
  const texts = [document.title];
  const isForeign = (one) => (one.closest("[lang]")?.lang ?? code) !== code;
  for (const one of document.querySelectorAll("body *")) {
    if (one.matches("script, style, noscript") || isForeign(one) || !one.checkVisibility()) continue;
    texts.push(...[...one.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data));
    texts.push(...["aria-label", "title", "placeholder", "aria-valuetext"].map((name) => one.getAttribute(name) ?? ""));
  }
  return [...new Set(texts.map((text) => text.trim()).filter(Boolean))];
}"""  # noqa: E501
OPEN_ALL = """() => document.querySelectorAll("details:not(#pk-sources)")
  .forEach((one) => { one.open = true; })"""
GO = """(hash) => new Promise((done) => {
  window.addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = hash;
})"""

# How many lines the days of the state in view take, above its titles.
LINES = """() => {
  const state = document.querySelector("#pk-since"), titles = state.querySelector(".pk-titles");
  const [from, to] = [state, titles].map((one) => one.getBoundingClientRect().top);
  return Math.round((to - from) / parseFloat(getComputedStyle(state).lineHeight));
}"""

DESK, FRAME, PHONE = (1440, 900), (700, 480), (390, 844)
STATES = (
    "", "#see=corridor/lachin-new-az&band=1", "#see=zone/core&on=2024-06-12", "#tool=table",
    "#see=sites/hakari-bridge&tool=events", "#tool=measure&path=39.75,46.75;39.8,46.9",
    "#tool=share", "#on=2022-08-30&compare=before&of=corridor", "#chart=corridor",
    "#on=2022-08-30&compare=2020-12-01&of=zone", "#on=2022-08-30&compare=before&swipe=50",
)  # fmt: skip
SIDES = (
    ("corridor@2020-12-01", "corridor@2022-08-30"), ("zone@2022-08-26", "zone@2022-08-30"),
    ("transport@2020-12-01", "transport@2023-12-01"), ("places@2020-12-01", "places@2022-08-26"),
)  # fmt: skip


@cache
def only_english() -> frozenset[str]:
    """Return the words of the package's English texts that no Azerbaijani one has."""
    english: set[str] = set()
    own: set[str] = set()
    with (LOCALE / "az" / "LC_MESSAGES" / "pkzone.po").open("rb") as file:
        entries = list(read_po(file))
    for entry in entries:
        for found, texts in ((english, entry.id), (own, entry.string)):
            forms = (texts,) if isinstance(texts, str) else texts
            found.update(word for text in forms for word in words_in(text))
    return frozenset(english - own)


def words_in(text: str) -> Iterator[str]:
    return (word.lower() for word in WORD.findall(NO_WORDS.sub("", text)))


def stray(opened: Any, code: str, names: Iterable[str] = ()) -> list[str]:
    """Return the English words that a page says, each time that it does, but for some names."""
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")
    texts = (known.sub("", text) for text in opened.page.evaluate(SAID, code))
    words = (word for text in texts for word in words_in(text))
    return [
        word
        for word in words
        if word not in EVERYWHERE and (code != "az" or word in only_english())
    ]


def check_words(opened: Any, code: str, names: Iterable[str] = ()) -> None:
    opened.page.evaluate(OPEN_ALL)
    assert opened.page.evaluate("() => document.documentElement.lang") == code
    found = stray(opened, code, names)
    assert len(found) <= MOST, found


def test_words_are_found(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    assert len(stray(opened, "en")) > 100
    heading = "() => { document.querySelector('#pk-about h2').textContent = 'Stray words here'; }"
    for code in ("az", "hy", "ru"):
        opened.page.locator("#pk-language").select_option(code)
        before = stray(opened, code)
        opened.page.evaluate(heading)
        assert {"words", "here"} <= {*stray(opened, code)} - {*before}


@pytest.mark.parametrize("code", ["az", "hy", "ru"])
def test_map_says_no_english_words(open_page: Any, shipped: Any, code: str) -> None:
    opened = open_page(shipped, f"#lang={code}", DESK)
    assert opened.page.evaluate(LINES) == 1
    for state in STATES:
        opened.page.evaluate(GO, f"{state or '#'}&lang={code}")
        check_words(opened, code)
    opened.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    check_words(opened, code)


@pytest.mark.parametrize("size", [FRAME, PHONE], ids=str)
@pytest.mark.parametrize("code", ["az", "hy", "ru"])
def test_small_map_says_no_english_words(
    open_page: Any, shipped: Any, code: str, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, f"#see=corridor/lachin-new-az&lang={code}", size)
    check_words(opened, code)
    opened.page.locator("#pk-menu").click()
    check_words(opened, code)


@pytest.mark.parametrize("code", ["az", "hy", "ru"])
def test_map_of_one_layer_says_no_english_words(open_page: Any, code: str) -> None:
    page = pkzone.map("corridor")
    for state in ("#", "#on=2022-08-30&compare=before"):
        check_words(open_page(page, f"{state}&lang={code}", DESK), code)


def test_story_says_no_english_words(open_page: Any) -> None:
    page = pkzone.map(story=True)
    for code in ("az", "hy", "ru"):
        opened = open_page(page, f"#step=1&lang={code}", DESK)
        for number in range(1, len(page.content["story"]["stops"]) + 1):
            opened.page.evaluate(GO, f"#step={number}&band={number % 2}&lang={code}")
            assert opened.page.is_visible("#pk-story")
            check_words(opened, code)


def test_difference_of_files_says_no_english_words(open_page: Any) -> None:
    page = diff_map(pkzone.diff(*_files()))
    for code in ("az", "hy", "ru"):
        check_words(open_page(page, f"#lang={code}", DESK), code, ["<features>", "osm_id"])


def _files() -> Iterator[FeatureCollection]:
    """Yield two files: of their features some moved, came and went, and few have ids or names."""
    for east, ids in ((0.0, (None, None, None)), (0.01, ("a", "b", "c"))):
        road = [[46.5 + east, 39.6], [46.6, 39.7], [46.7, 39.7 + east]]
        ring = [[46.5, 39.5], [46.6 + east, 39.5], [46.6, 39.6], [46.5, 39.5]]
        yield FeatureCollection(
            (
                Feature(ids[0], {"osm_id": 7}, {"type": "Point", "coordinates": road[0]}),
                Feature(ids[1], {"uncertainty_m": 50}, {"type": "LineString", "coordinates": road}),
                Feature(ids[2], {}, {"type": "Polygon", "coordinates": [ring]}),
                Feature(None if east else "z", {"note": "Yol"}, None),
            ),
            (),
        )  # fmt: skip


@pytest.mark.parametrize("sides", SIDES, ids=str)
def test_difference_says_no_english_words(open_page: Any, sides: tuple[str, str]) -> None:
    page = diff_map(pkzone.diff(*sides))
    for code, size in zip(("az", "hy", "ru"), (DESK, FRAME, DESK), strict=True):
        opened = open_page(page, f"#lang={code}", size)
        if size == FRAME:
            opened.page.locator("#pk-menu").click()
        check_words(opened, code)
        opened.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        opened.page.emulate_media(media="print")
        check_words(opened, code)
