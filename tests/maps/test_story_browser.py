"""A guided story in Chromium: keyboard, pointer and finger, links, frames and paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import Catalogue
from tests.helpers.opened_page import Framed
from tests.maps.test_embed_browser import OVER, SMALL
from tests.maps.test_hostile import ELEMENTS, HOSTILE
from tests.maps.test_print_browser import SMALLEST, Sheets
from tests.stories.test_model import stop, story

pytestmark = pytest.mark.browser

FRAMES = [(700, 480), (560, 500), (390, 844), (640, 400)]
MOST_BYTES = 60_000
# West, south, east, north of what is on the map.
SEEN = "() => { const b = pkzone.draw.map.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; }"  # noqa: E501
ON = """() => [...document.querySelectorAll("#pk-groups .pk-layer input:checked")]
  .map(({ id }) => id.replace("pk-layer-", ""))"""
FOCUSED = "() => document.activeElement.id"
PLACES = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const { scrollWidth, scrollHeight } = document.scrollingElement;
  return { map: box("#pk-map").height / innerHeight, story: box("#pk-story").bottom / innerHeight,
           beyond: [scrollWidth - innerWidth, scrollHeight - innerHeight],
           slider: Boolean(document.querySelector("#pk-slider").getClientRects().length) };
}"""


LABELLED = """() => [...document.querySelectorAll("#pk-map .pk-label[data-layer=places]")]
  .map((one) => one.dataset.id)"""
# Pixels of the text that lie below the part of it in view; and whether the page says so.
BELOW = """() => {
  const bottom = (selector) => document.querySelector(selector).getBoundingClientRect().bottom;
  const cue = document.querySelector("#pk-stop-more").getClientRects().length > 0;
  return [Math.max(0, bottom("#pk-stop-words p") - bottom("#pk-stop")), cue];
}"""


@pytest.fixture(scope="module")
def told() -> Any:
    """The map of the shipped story, built once."""
    return pkzone.map(story=True)


def stops_of(page: Any) -> list[dict[str, Any]]:
    stops: list[dict[str, Any]] = page.content["story"]["stops"]
    return stops


def number_of(page: Any, **wanted: Any) -> int:
    """Return the number of the first stop that has members of these names."""
    return next(n for n, one in enumerate(stops_of(page), 1) if wanted.items() <= one.items())


def check_stop(opened: Any, stop: dict[str, Any]) -> None:
    """The page shows a stop: its text, day, layers, and all of its bounds."""
    assert opened.text("#pk-stop-title") == stop["heading"]
    said = opened.text("#pk-stop-words")
    assert [one["text"] for one in stop["sentences"] if one["text"] not in said] == []
    assert opened.as_of() == stop["date"]
    assert set(opened.page.evaluate(ON)) == set(stop["layers"])
    west, south, east, north = opened.page.evaluate(SEEN)
    left, low, right, high = stop["bounds"]
    near = 1e-6
    assert west <= left + near
    assert south <= low + near
    assert east >= right - near
    assert north >= high - near
    compared = opened.page.evaluate("() => document.body.dataset.base ?? null")
    assert compared == stop.get("compare")
    assert not opened.page.is_visible("#pk-stop-again")


def test_next_and_back_lead_through_the_stops(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told)
    assert len(stops) >= 8
    for number, one in enumerate(stops, 1):
        assert opened.text("#pk-stop-number") == f"Stop {number} of {len(stops)}"
        check_stop(opened, one)
        opened.page.locator("#pk-stop-after").press("Enter")
    check_stop(opened, stops[-1])  # there is no further one
    assert opened.page.evaluate(FOCUSED) == "pk-stop-after"
    opened.page.click("#pk-stop-before")
    check_stop(opened, stops[-2])
    assert opened.page.locator("[aria-live=polite] #pk-stop-title").count() == 1


def test_a_link_holds_the_stop_and_back_goes_to_the_one_before(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told, "#step=3")
    page = opened.page
    check_stop(opened, stops[2])
    page.click("#pk-stop-after")
    assert opened.hash().split("&")[0] == "#step=4"
    assert "bbox" not in opened.hash()
    page.click("#pk-stop-after")
    page.go_back()
    page.wait_for_function("() => location.hash.startsWith('#step=4')")
    check_stop(opened, stops[3])
    page.go_forward()
    page.wait_for_function("() => location.hash.startsWith('#step=5')")
    check_stop(opened, stops[4])
    page.reload()
    check_stop(opened, stops[4])


@pytest.mark.parametrize("asked", ["0", "99", "1000", "-1", "1.5", "x", "", "__proto__"])
def test_a_step_that_is_none_is_the_first(open_page: Any, told: Any, asked: str) -> None:
    check_stop(open_page(told, f"#step={asked}"), stops_of(told)[0])


def test_what_the_reader_looks_at_keeps_the_text(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told, "#step=2")
    page = opened.page
    page.focus("#pk-slider")
    page.keyboard.press("ArrowRight")  # moves the slider, not the story
    assert opened.as_of() != stops[1]["date"]
    assert opened.text("#pk-stop-title") == stops[1]["heading"]
    assert f"on={opened.as_of()}" in opened.hash()
    assert "step=2" in opened.hash()
    day = opened.as_of()
    page.reload()
    assert opened.as_of() == day
    assert opened.text("#pk-stop-title") == stops[1]["heading"]
    page.click("#pk-stop-again")
    check_stop(opened, stops[1])
    assert page.evaluate(FOCUSED) == "pk-stop-title"
    for leave in (".leaflet-control-zoom-in", "#pk-layer-zone", "#pk-compare-button"):
        page.click(leave)
        page.wait_for_selector("#pk-stop-again", state="visible")
        assert opened.text("#pk-stop-title") == stops[1]["heading"]
        page.click("#pk-stop-again")
        check_stop(opened, stops[1])


def test_a_window_of_another_size_stays_at_the_stop(open_page: Any, told: Any) -> None:
    opened = open_page(told, "#step=4")
    for size in ((900, 700), (390, 844), (1280, 800)):
        opened.page.set_viewport_size({"width": size[0], "height": size[1]})
        opened.page.wait_for_timeout(400)  # Leaflet tells of a new size after 200 ms
        check_stop(opened, stops_of(told)[3])
        assert opened.hash().split("&")[0] == "#step=4"


def test_arrow_keys_lead_where_the_story_has_the_focus(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told)
    page = opened.page
    page.focus("#pk-stop-number")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    check_stop(opened, stops[2])
    page.keyboard.press("ArrowLeft")
    check_stop(opened, stops[1])
    page.keyboard.press("Control+ArrowRight")
    page.focus("#pk-query")
    page.keyboard.press("ArrowRight")
    check_stop(opened, stops[1])


def test_the_list_of_stops_leads_to_each(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told, "#step=6")
    page = opened.page
    page.focus("#pk-stop-number")
    page.keyboard.press("Enter")
    assert page.get_attribute("#pk-stop-number", "aria-expanded") == "true"
    assert page.evaluate("() => document.activeElement.textContent").endswith(stops[5]["heading"])
    assert page.locator("#pk-stops li").count() == len(stops)
    assert page.locator("#pk-stops [aria-current=step]").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "pk-stop-number"
    assert not page.is_visible("#pk-stops")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    check_stop(opened, stops[6])
    assert page.evaluate(FOCUSED) == "pk-stop-title"
    assert not page.is_visible("#pk-stops")


def test_sources_are_numbered_and_linked(open_page: Any, told: Any) -> None:
    sources = {one["id"]: one for one in told.content["sources"]}
    opened = open_page(told, "#step=3")
    stop = stops_of(told)[2]
    ids = list(dict.fromkeys(id_ for one in stop["sentences"] for id_ in one["sources"]))
    marks = opened.page.evaluate(
        "() => [...document.querySelectorAll('#pk-stop-words .pk-mark')]"
        ".map((one) => [one.textContent, one.href])"
    )
    assert marks == [
        [f"[{ids.index(id_) + 1}]", sources[id_]["URL"]]
        for one in stop["sentences"]
        for id_ in sorted(one["sources"], key=ids.index)
    ]
    numbers = [int(text.strip("[]")) for text, _ in marks]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(ids) + 1))  # as they are read
    assert numbers != sorted(numbers)  # one is cited again
    opened.page.click(".pk-more > summary")
    listed = opened.page.locator(".pk-more > .pk-source-list > li")
    assert [one.get_attribute("data-source") for one in listed.all()] == ids
    assert [one.get_attribute("data-number") for one in listed.all()] == [
        str(number) for number in range(1, len(ids) + 1)
    ]
    titles = {one["id"]: one["title"] for one in told.content["events"]}
    said = opened.text(".pk-more > .pk-events")
    assert [id_ for id_ in stop["events"] if titles[id_] not in said] == []


def test_the_text_is_in_the_language_on_view(open_page: Any, told: Any) -> None:
    words, stop = told.content["words"], stops_of(told)[1]
    at = [code for code in words["languages"] if code != "en"].index("ru")
    texts = [stop["heading"], *(one["text"] for one in stop["sentences"])]
    russian = [words["phrases"][text][at] for text in texts]
    assert russian[0] != texts[0]
    opened = open_page(told, "#step=2")
    opened.page.select_option("#pk-language", "ru")
    said = opened.text("#pk-stop")
    assert [text for text in russian if text not in said] == []
    assert opened.text("#pk-stop-after").strip() == "Далее"
    assert opened.page.title().startswith(words["phrases"][told.content["title"]][at])
    assert opened.page.locator(":is(#pk-stop-title, #pk-stop-words > p) [lang]:not(a)").count() == 0


@pytest.mark.parametrize("size", FRAMES, ids=str)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_small_frame_has_the_story_below_a_map_of_half_its_height(
    open_page: Any, told: Any, language: str, size: tuple[int, int]
) -> None:
    compared = next(n for n, one in enumerate(stops_of(told), 1) if "compare" in one)
    opened = open_page(told, f"#step={compared}&lang={language}", size)
    page = opened.page
    for _ in range(2):
        places = page.evaluate(PLACES)
        assert places["map"] >= 0.5
        assert places["story"] <= 1
        assert places["beyond"] == [0, 0]
        assert not places["slider"]
        assert not page.is_visible("#pk-drawer")  # a comparison of the story opens no sheet
        assert page.is_visible("#pk-stop-title")
        assert page.evaluate(SMALL, "#pk-steps") == []
        assert page.evaluate(OVER) == []
        page.click("#pk-stop-after")
    page.click("#pk-menu")
    assert page.is_visible("#pk-slider")
    assert page.locator("#pk-drawer").evaluate("(one) => one.scrollWidth - one.clientWidth") == 0


@pytest.mark.parametrize("size", [(1440, 900), (700, 480), (390, 844)], ids=str)
def test_stops_label_the_places_that_they_name_and_show_all_of_their_text(
    open_page: Any, told: Any, size: tuple[int, int]
) -> None:
    opened = open_page(told, "", size)
    for one in stops_of(told):
        assert {place["id"] for place in one["named"]} - {*opened.page.evaluate(LABELLED)} == set()
        below, is_told = opened.page.evaluate(BELOW)
        assert below <= 4  # what the last line leaves free
        assert not is_told
        opened.page.locator("#pk-stop-after").press("Enter")


def test_a_frame_too_small_for_a_text_says_that_it_goes_on(open_page: Any, told: Any) -> None:
    opened = open_page(told, "#step=9", (640, 400))
    page = opened.page
    below, is_told = page.evaluate(BELOW)
    assert below > 20
    assert is_told
    assert page.locator("#pk-stop-more").inner_text().strip() == "Read on"
    page.click("#pk-stop-more")
    page.wait_for_selector("#pk-stop-more", state="hidden")
    assert page.evaluate(BELOW)[0] <= 4
    page.click("#pk-stop-before")
    assert page.is_visible("#pk-stop-more")
    assert page.locator("#pk-stop").evaluate("(one) => one.scrollTop") == 0


def test_fingers_lead_by_swiping(frame_map: Callable[..., Framed], told: Any) -> None:
    stops = stops_of(told)
    framed = frame_map(told, "", (390, 844))

    def heading() -> str:
        said: str = framed.map.locator("#pk-stop-title").inner_text()
        return said

    at = (200.0, 100 + 720.0)  # the frame begins 100 pixels down
    framed.drag(at, by=(-150, 10))
    assert heading() == stops[1]["heading"]
    framed.drag(at, by=(-150, 0))
    framed.drag(at, by=(150, -20))
    assert heading() == stops[1]["heading"]
    framed.drag(at, by=(-20, 0))
    framed.drag(at, by=(-60, 80))
    assert heading() == stops[1]["heading"]
    framed.map.locator("#pk-stop-after").tap()
    assert heading() == stops[2]["heading"]
    assert "step=3" in framed.map.locator("#pk-full").get_attribute("href")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_flies(open_page: Any, told: Any, motion: str) -> None:
    opened = open_page(told)
    opened.page.emulate_media(reduced_motion=motion)
    at_once = opened.page.evaluate(
        f"""() => {{ document.querySelector("#pk-stop-after").click();
        return [document.getAnimations().length, document.querySelectorAll(".leaflet-zoom-anim").length, ({SEEN})()]; }}"""  # noqa: E501
    )
    opened.page.wait_for_timeout(300)
    assert at_once == [0, 0, opened.page.evaluate(SEEN)]


@pytest.mark.parametrize(
    ("size", "theme"),
    [((1440, 900), "light"), ((390, 844), "dark"), ((700, 480), "light")],
    ids=str,
)
def test_no_barriers(open_page: Any, told: Any, size: tuple[int, int], theme: str) -> None:
    opened = open_page(told, f"#step=3&theme={theme}", size)
    opened.page.evaluate("() => document.querySelector('.pk-more').open = true")
    assert opened.barriers_on_the_map() == []
    opened.page.click("#pk-stop-number")
    assert opened.barriers_on_the_map() == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_on_paper_each_stop_is_a_block_with_its_picture(
    open_page: Any, told: Any, language: str
) -> None:
    words, stops = told.content["words"], stops_of(told)
    opened = open_page(told, f"#step=5&theme=dark&lang={language}")
    before = opened.page.evaluate(SEEN)
    sheets = Sheets(opened)
    assert min(sheets.sizes()) >= SMALLEST
    texts = [one["heading"] for one in stops]
    texts += [said["text"] for one in stops for said in one["sentences"]]
    if language != "en":
        at = [code for code in words["languages"] if code != "en"].index(language)
        texts = [words["phrases"].get(text, {at: text})[at] for text in texts]
    assert sheets.missing(texts) == []
    assert len(sheets.document) <= len(stops)  # with all sources
    ids = list(dict.fromkeys(i for one in stops for s in one["sentences"] for i in s["sources"]))
    titles = {one["id"]: one["title"] for one in told.content["sources"]}
    assert sheets.missing([titles[id_] for id_ in ids]) == []
    assert sheets.says(f"[{len(ids)}]")
    # The page is as it was, and at its stop.
    opened.page.wait_for_timeout(300)
    assert opened.page.locator("#pk-told-story").count() == 0
    assert opened.page.evaluate(SEEN) == pytest.approx(before, abs=1e-6)
    assert opened.hash().split("&")[0] == "#step=5"
    assert not opened.page.is_visible("#pk-stop-again")
    assert opened.page.evaluate("() => document.documentElement.dataset.theme") == "dark"


def test_pictures_on_paper_show_their_stops(open_page: Any, told: Any) -> None:
    stops = stops_of(told)
    opened = open_page(told)
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    articles = opened.page.locator("#pk-told-story article")
    assert articles.count() == len(stops)
    drawn = articles.evaluate_all(
        "(all) => all.map((one) => one.querySelector('svg'))"
        ".map((one) => [one.querySelectorAll('path').length, one.textContent])"
    )
    assert min(paths for paths, _ in drawn) > 10
    legends = [words for _, words in drawn]
    compared = next(n for n, one in enumerate(stops) if "compare" in one)
    assert ["No longer used" in one for one in legends][compared]
    assert "No longer used" not in legends[0]
    opened.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    check_stop(opened, stops[0])


def test_who_has_left_the_story_prints_the_map(open_page: Any, told: Any) -> None:
    opened = open_page(told, "#step=2&on=2022-12-12")
    sheets = Sheets(opened)
    assert len(sheets.document) < len(stops_of(told))
    assert sheets.says("12 December 2022")
    assert not sheets.says(stops_of(told)[1]["heading"])


def test_hostile_texts_are_texts(open_page: Any, small: Catalogue) -> None:
    printable = [one for one in HOSTILE if one.isprintable() and not set(one) & set("{}0123456789")]
    assert len(printable) >= 14
    stops = [
        stop(heading=text, sentences=[{"text": text, "sources": ["bbc-2020"]}])
        for text in printable
    ]
    value = story(*stops, title=printable[0])
    opened = open_page(pkzone.map(catalogue=small, story=json.loads(json.dumps(value))))
    for text in printable:
        shown = opened.page.evaluate(
            "() => ['#pk-stop-title', '#pk-stop-words p']"
            ".map((one) => document.querySelector(one).textContent)"
        )
        assert shown == [text, f"{text}\u202f[1]"]
        opened.page.keyboard.press("ArrowRight")
    opened.page.click("#pk-stop-number")
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    within = opened.page.evaluate(
        "() => [...document.querySelectorAll('#pk-story *, #pk-told-story *')]"
        ".map((one) => one.localName)"
    )
    assert not ELEMENTS & set(within)
    assert opened.page.title().startswith(printable[0])


def test_records_stand_on_the_map_of_a_story(
    open_page: Any, small: Catalogue, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("date,lon,lat\n2022-08-30,46.6,39.65\n", "utf-8")
    tagged = tmp_path / "tagged.csv"
    pkzone.tag(table, ["zone"], output=tagged, catalogue=small)
    opened = open_page(
        pkzone.map(catalogue=small, tagged=tagged, story=story(stop(), stop(heading="Then")))
    )
    opened.page.click("#pk-stop-after")
    assert opened.text("#pk-stop-title") == "Then"
    assert opened.page.is_visible("#pk-records")


def test_a_story_adds_little_and_no_story_nothing(shipped: Any, told: Any) -> None:
    plain, whole = shipped.to_html(), told.to_html()
    assert len(whole.encode()) - len(plain.encode()) < MOST_BYTES
    assert "pk-stop" not in plain
