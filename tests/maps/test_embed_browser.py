"""The layout for small frames in Chromium: what is in view, and whose the gestures are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.compare import diff
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.diff.page import diff_map
from tests.helpers.drawn_catalogue import feature, point, square, write
from tests.helpers.opened_page import Framed
from tests.helpers.program import Run

pytestmark = pytest.mark.browser

SIZES = [(700, 480), (560, 500), (390, 844), (640, 400)]
PHONE, FRAME = (390, 844), (700, 480)
IS_EMBEDDED = "() => document.documentElement.classList.contains('pk-embed')"
# The map's share of the height, how far down the slider reaches, what can be scrolled to.
PLACES = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const { scrollWidth, scrollHeight } = document.scrollingElement;
  return { share: box("#pk-map").height / innerHeight, slider: box("#pk-slider").bottom / innerHeight,
           source: box("#pk-source").bottom / innerHeight,
           head: box("#pk-head").height, beyond: [scrollWidth - innerWidth, scrollHeight - innerHeight] };
}"""  # noqa: E501
# Controls in view that are smaller than a finger; a box is ticked by its label.
SMALL = """(within) => [...document.querySelectorAll(`${within} :is(button, select, input, .leaflet-bar a)`)]
  .filter((one) => one.getClientRects().length && one.type !== "checkbox" && one.type !== "radio" && one.type !== "range")
  .map((one) => [one.id || one.className || one.textContent, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 44 || height < 44).map(([name, { width, height }]) => [name, width, height])"""  # noqa: E501
OVER = """() => {
  const seen = [...document.querySelectorAll("#pk-title, #pk-as-of time, #pk-menu, .leaflet-control-zoom,"
    + " .leaflet-control-scale, #pk-time button, #pk-slider, #pk-credits, #pk-full, #pk-drawer, #pk-sheet")]
    .filter((one) => one.getClientRects().length).map((one) => [one.id || one.className, one.getBoundingClientRect()]);
  return seen.flatMap(([a, p], i) => seen.slice(i + 1).filter(([, q]) => p.left < q.right - 0.5
    && q.left < p.right - 0.5 && p.top < q.bottom - 0.5 && q.top < p.bottom - 0.5).map(([b]) => [a, b]));
}"""  # noqa: E501
VIEW = "() => { const { lat, lng } = pkzone.draw.map.getCenter(); return [lat, lng, pkzone.draw.map.getZoom()]; }"  # noqa: E501


# What a finger finds 40 pixels above the lower edge, over the link to the page in full.
REACH = """() => {
  const { left, width } = document.querySelector("#pk-full").getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, innerHeight - 40).id;
}"""


def check_places(target: Any) -> None:
    places = target.evaluate(PLACES)
    assert places["share"] >= 0.6
    assert places["slider"] <= 1
    assert places["source"] <= 1
    assert places["head"] < 50
    assert places["beyond"] == [0, 0]
    assert target.evaluate(SMALL, "#pk-head") == []
    assert target.evaluate(SMALL, "#pk-map") == []
    assert target.evaluate(SMALL, "#pk-time") == []
    assert target.evaluate(OVER) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_map_has_most_of_a_small_window(
    open_page: Any, shipped: Any, language: str, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, f"#lang={language}", size)
    check_places(opened.page)
    assert opened.as_of() == "2022-09-01"
    title = opened.page.locator("#pk-title")
    assert title.get_attribute("title") == opened.page.title()
    assert title.get_attribute("title").startswith(title.inner_text())
    opened.page.click("#pk-menu")
    assert opened.page.evaluate(SMALL, "#pk-drawer") == []
    drawer = opened.page.locator("#pk-drawer")
    assert drawer.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    assert drawer.evaluate("(one) => one.scrollHeight > one.clientHeight")
    assert opened.page.evaluate(PLACES)["beyond"] == [0, 0]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_map_has_most_of_a_small_frame(
    frame_map: Callable[..., Framed], shipped: Any, size: tuple[int, int]
) -> None:
    framed = frame_map(shipped, "#lang=ru&theme=dark", size)
    check_places(framed.map)
    assert framed.map.evaluate("() => document.body.dataset.asOf") == "2022-09-01"
    full = framed.map.locator("#pk-full")
    assert full.is_visible()
    assert framed.map.evaluate(REACH) == "pk-full"
    framed.map.locator("#pk-before").tap()
    address = full.get_attribute("href")
    assert address.startswith("file:")
    assert "lang=ru" in address
    assert f"on={framed.map.evaluate('() => document.body.dataset.asOf')}" in address
    assert "embed" not in address


@pytest.mark.parametrize(
    ("size", "hash_", "made", "expected"),
    [
        ((1440, 900), "", False, False),
        ((1024, 768), "", False, False),
        ((600, 600), "", False, False),
        ((599, 900), "", False, True),
        ((1440, 599), "", False, True),
        ((1440, 900), "#embed=1", False, True),
        (FRAME, "#embed=0", False, False),
        (FRAME, "#embed=2", False, True),
        ((1440, 900), "", True, True),
        ((1440, 900), "#embed=0", True, False),
    ],
)
def test_size_address_and_maker_choose_the_layout(
    open_page: Any, small: Catalogue, size: tuple[int, int], hash_: str, made: bool, expected: bool
) -> None:
    opened = open_page(pkzone.map(catalogue=small, embed=made), hash_, size)
    assert opened.page.evaluate(IS_EMBEDDED) is expected
    assert opened.page.locator("#pk-menu").is_visible() is expected
    assert opened.page.locator("#pk-legend").is_visible() is not expected
    opened.page.locator("#pk-before").click()
    kept = hash_[1:] if hash_ in ("#embed=0", "#embed=1") else ""
    assert re.findall(r"embed=\d", opened.hash()) == ([kept] if kept else [])


def test_command_line_makes_a_page_that_opens_so(in_process: Run, tmp_path: Path) -> None:
    target = tmp_path / "e.html"
    assert in_process("map", "--embed", "--compare", "none", "-o", target).code == 0
    assert '<body data-as-of="2022-09-01" data-embed="1">' in target.read_text("utf-8")


WHERE = """() => [...document.querySelectorAll("body *")].filter((one) => one.id && one.id.startsWith("pk-"))
  .map((one) => [one.id, ...Object.values(one.getBoundingClientRect().toJSON()).map(Math.round)])"""  # noqa: E501


def test_large_window_gets_its_layout_back(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-30", (1440, 900))
    before = opened.page.evaluate(WHERE)
    opened.page.set_viewport_size({"width": 640, "height": 400})
    opened.page.wait_for_function(IS_EMBEDDED)  # the browser tells the page with its next frame
    assert opened.page.evaluate(WHERE) != before
    opened.page.click("#pk-menu")
    opened.page.set_viewport_size({"width": 1440, "height": 900})
    opened.page.wait_for_function(f"() => !({IS_EMBEDDED})()")
    assert opened.page.evaluate(WHERE) == before


def focused(opened: Any) -> str:
    found: str = opened.page.evaluate("() => document.activeElement.id")
    return found


def test_menu_goes_by_keyboard_alone(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "", FRAME)
    button, keys = opened.page.locator("#pk-menu"), opened.page.keyboard
    assert button.get_attribute("aria-expanded") == "false"
    keys.press("Tab")
    assert focused(opened) == "pk-menu"
    keys.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert focused(opened) == "pk-drawer-title"
    keys.press("Tab")
    assert focused(opened) == "pk-language"
    opened.page.locator("#pk-language").select_option("hy")
    assert opened.page.locator("#pk-drawer").is_visible()
    keys.press("Escape")
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert focused(opened) == "pk-menu"
    assert button.get_attribute("aria-expanded") == "false"
    keys.press("Space")
    assert focused(opened) == "pk-drawer-title"
    keys.press("Shift+Tab")
    keys.press("Space")  # its button closes it, too
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert focused(opened) == "pk-menu"
    keys.press("Tab")
    assert focused(opened) == "pk-play"
    stops = []
    while not opened.page.evaluate("() => document.activeElement.closest('#pk-map') !== null"):
        stops.append(focused(opened))
        keys.press("Tab")
    assert stops == ["pk-play", "pk-before", "pk-slider", "pk-after"]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_details_are_a_sheet_that_leaves_map_in_view(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "#lang=ru", size)
    feature = opened.element("corridor", "lachin-new-az")
    feature.press("Enter")
    assert focused(opened) == "pk-feature-name"
    sheet, around = (opened.page.locator(one).bounding_box() for one in ("#pk-drawer", "#pk-map"))
    assert sheet["y"] + sheet["height"] == pytest.approx(around["y"] + around["height"], abs=1)
    assert sheet["height"] <= around["height"] / 2 + 1
    assert feature.bounding_box()["y"] < sheet["y"]
    assert opened.page.locator("#pk-legend").is_hidden()
    assert opened.page.evaluate(SMALL, "#pk-drawer") == []
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert opened.page.evaluate("() => document.activeElement.dataset.id") == "lachin-new-az"


def test_feature_under_the_sheet_moves_out(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#at=40.1,46.6&z=8.5", FRAME)
    feature = opened.element("places", "goris")
    below = feature.bounding_box()["y"]
    feature.dispatch_event("click")
    sheet = opened.page.locator("#pk-drawer").bounding_box()["y"]
    assert below > sheet
    assert feature.bounding_box()["y"] < sheet - 10


def test_search_opens_the_sheet_and_closing_goes_to_the_map(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "", PHONE)
    opened.page.click("#pk-menu")
    opened.page.fill("#pk-query", "goris")
    opened.page.keyboard.press("Enter")
    assert "Goris" in opened.text("#pk-feature-name")
    assert opened.page.locator("#pk-tools").is_hidden()
    sheet = opened.page.locator("#pk-drawer").bounding_box()
    assert opened.element("places", "goris").bounding_box()["y"] < sheet["y"]
    opened.page.locator("#pk-feature .pk-close").click()
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert opened.page.evaluate("() => document.activeElement.closest('#pk-map') !== null")


@pytest.mark.parametrize("name", ["table", "events", "measure", "share"])
def test_tools_open_over_the_map_and_give_the_focus_back(
    open_page: Any, shipped: Any, name: str
) -> None:
    opened = open_page(shipped, "#lang=ru", FRAME)
    opened.page.click("#pk-menu")
    opened.page.locator(f"[data-tool={name}]").click()
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert opened.page.locator("#pk-sheet").is_visible()
    assert focused(opened) == "pk-sheet-title"
    check_sheet = opened.page.evaluate(PLACES)
    assert check_sheet["beyond"] == [0, 0]
    assert check_sheet["slider"] <= 1
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-sheet").is_hidden()
    assert focused(opened) == "pk-menu"


def test_comparison_is_a_sheet_that_folds(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-30", PHONE)
    opened.page.click("#pk-menu")
    opened.page.click("#pk-compare-button")
    assert focused(opened) == "pk-compare-title"
    assert opened.page.locator("#pk-compare").is_visible()
    assert opened.page.locator("#pk-legend").is_hidden()
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert focused(opened) == "pk-menu"
    assert "compare=before" in opened.hash()
    opened.page.locator("#pk-after").click()
    assert opened.page.locator("#pk-drawer").is_hidden()
    opened.page.click("#pk-menu")
    opened.page.locator("#pk-compare-close").click()
    assert "compare" not in opened.hash()
    opened.page.keyboard.press("Escape")
    opened.page.click("#pk-menu")
    opened.page.click("#pk-compare-button")
    opened.page.locator("#pk-way-swipe").check()
    thumb = opened.page.locator("#pk-swipe").bounding_box()
    sheet = opened.page.locator("#pk-drawer").bounding_box()
    assert thumb["y"] + thumb["height"] < sheet["y"]
    opened.page.locator("#pk-compare-close").click()
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert focused(opened) == "pk-menu"


def test_records_files_and_tiles_have_the_layout(open_page: Any, tmp_path: Path) -> None:
    import pandas as pd

    zone = {"2021-01-01": [feature("core", square(46, 39, 1), name="Core")], "2022-01-01": []}
    source = pkzone.catalogue(write(tmp_path / "c", {"zone": zone}))
    table = pd.DataFrame({
        "lon": [46.2, 46.7], "lat": [39.5, 39.5], "tag_date": ["2021-02-01"] * 2,
        "zone_version": ["2021-01-01"] * 2, "zone_answer": ["inside", "outside"],
    })  # fmt: skip
    opened = open_page(pkzone.map(catalogue=source, tagged=table), "#record=1", FRAME)
    assert "Record 1" in opened.text("#pk-drawer")
    assert opened.page.locator("#pk-legend").is_hidden()
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-drawer").is_hidden()
    check_places(opened.page)
    opened.page.click("#pk-menu")
    assert opened.page.locator("#pk-records").is_visible()

    mine = {
        "type": "FeatureCollection",
        "features": [feature("a", point(46.5, 39.5), name="A find")],
    }
    path = tmp_path / "mine.geojson"
    path.write_text(json.dumps(mine), encoding="utf-8")
    opened = open_page(pkzone.map(path), "", PHONE)
    assert opened.page.evaluate(PLACES)["share"] > 0.9
    assert "Not an official map" not in opened.text("#pk-source")
    opened.page.locator("path.pk-hit[data-id=a]").press("Enter")
    assert "A find" in opened.text("#pk-drawer")

    tiles = "https://tiles.example.org/{z}/{x}/{y}.png"
    page = pkzone.map(catalogue=source, tiles=tiles, tiles_attribution="Example")
    opened = open_page(page, "", FRAME, checked=False)
    check_places(opened.page)
    assert opened.page.locator("#pk-needs").is_hidden()
    opened.page.click("#pk-menu")
    assert "tiles.example.org" in opened.text("#pk-needs")


def test_objects_of_folium_are_in_the_layout(open_page: Any, small: Catalogue) -> None:
    import folium

    page = pkzone.map(catalogue=small)
    folium.Marker([39.7, 46.7], popup="Here is our office").add_to(page)
    folium.LayerControl().add_to(page)
    opened = open_page(page, "", FRAME)
    check_places(opened.page)
    opened.page.locator(".leaflet-marker-icon").dispatch_event("click")
    assert opened.text(".leaflet-popup-content") == "Here is our office"


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    list(zip(SIZES, ("en", "ru", "ru", "en"), ("dark", "light", "dark", "light"), strict=True)),
    ids=str,
)
def test_axe_finds_nothing(
    open_page: Any, shipped: Any, size: tuple[int, int], language: str, theme: str
) -> None:
    opened = open_page(shipped, f"#lang={language}&theme={theme}", size)
    assert opened.barriers_on_the_map() == []
    opened.page.click("#pk-menu")
    assert opened.barriers_on_the_map() == []
    for state in ("see=corridor/lachin-new-az", "tool=table", "on=2022-08-30&compare=before"):
        opened.page.evaluate(
            "(hash) => { location.hash = hash; }", f"#lang={language}&theme={theme}&{state}"
        )
        opened.page.wait_for_function("(hash) => location.hash.includes(hash)", arg=state[:6])
        assert opened.barriers_on_the_map() == []


def test_paper_is_that_of_the_full_layout(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#theme=dark&lang=ru", FRAME)
    opened.page.click("#pk-menu")
    pdf = opened.page.pdf()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    opened.page.emulate_media(media="print")
    opened.page.wait_for_function("() => document.querySelector('#pk-print li')")
    said = opened.page.locator("body").inner_text()
    full = open_page(shipped, "#theme=dark&lang=ru", (1440, 900))
    full.page.emulate_media(media="print")
    full.page.wait_for_function("() => document.querySelector('#pk-print li')")
    head = "Миротворческая зона"
    assert head in said
    for part in ("#pk-head", "#pk-about"):
        assert opened.text(part) == full.text(part)
    for control in ("#pk-menu", "#pk-source", "#pk-drawer", "#pk-settings", "#pk-slider"):
        assert opened.page.locator(control).is_hidden()
    opened.page.emulate_media(media="screen")
    opened.page.wait_for_function("() => !document.querySelector('.pk-printing')")
    check_places(opened.page)


# The page of a difference


@pytest.fixture(scope="session")
def difference() -> Any:
    return diff_map(diff("corridor@2020-12-01", "corridor@2022-09-01"))


PARTS = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const { scrollWidth, scrollHeight } = document.scrollingElement;
  return { share: box("#pk-map").height / innerHeight, source: box("#pk-source").bottom / innerHeight,
           sides: [...document.querySelectorAll("#pk-sides dd")].map((one) => one.getBoundingClientRect().bottom <= box("#pk-map").top),
           beyond: [scrollWidth - innerWidth, scrollHeight - innerHeight] };
}"""  # noqa: E501


def check_parts(target: Any) -> None:
    parts = target.evaluate(PARTS)
    assert parts["share"] >= 0.6
    assert parts["source"] <= 1
    assert parts["sides"] == [True, True]
    assert parts["beyond"] == [0, 0]
    for part in ("#pk-head", "#pk-map"):
        assert target.evaluate(SMALL, part) == []
    assert target.evaluate(OVER) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_difference_has_the_layout(
    frame_map: Callable[..., Framed], difference: Any, size: tuple[int, int]
) -> None:
    framed = frame_map(difference, "", size)
    check_parts(framed.map)
    assert framed.map.locator("#pk-numbers").is_hidden()
    full = framed.map.locator("#pk-full")
    assert full.get_attribute("href").startswith("file:")
    assert framed.map.evaluate(REACH) == "pk-full"


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_report_of_a_difference_is_one_press_away(
    open_page: Any, difference: Any, size: tuple[int, int]
) -> None:
    opened = open_page(difference, "", size)
    check_parts(opened.page)
    opened.page.click("#pk-menu")
    for part in ("#pk-numbers", "#pk-legend", "#pk-lists", "#pk-about"):
        assert opened.page.locator(part).is_visible()
    assert opened.page.evaluate(SMALL, "#pk-drawer") == []
    assert opened.page.evaluate(PARTS)["beyond"] == [0, 0]
    assert opened.barriers_on_the_map() == []
    opened.page.locator('[data-row="change/3"]').click()
    sheet, around = (opened.page.locator(one).bounding_box() for one in ("#pk-drawer", "#pk-map"))
    assert sheet["height"] <= around["height"] / 2 + 1
    row = opened.page.locator('[data-row="change/3"]').bounding_box()
    assert sheet["y"] <= row["y"] <= sheet["y"] + sheet["height"]
    lit = opened.page.locator("path[data-chosen]").first.bounding_box()
    assert around["y"] <= lit["y"]
    assert lit["y"] + lit["height"] <= sheet["y"]
    assert opened.barriers_on_the_map() == []
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-drawer").is_hidden()
    assert focused(opened) == "pk-menu"


def test_mark_of_a_difference_opens_its_row(open_page: Any, difference: Any) -> None:
    opened = open_page(difference, "", FRAME)
    mark = opened.page.locator('path.pk-hit[role=button][data-change="added"]').first
    mark.press("Enter")
    assert opened.page.locator("#pk-lists").is_visible()
    assert opened.page.locator("#pk-numbers").is_hidden()
    row = opened.page.evaluate("() => document.activeElement.dataset.row")
    assert row == opened.page.locator("path[data-chosen]").first.get_attribute("data-chosen")
    box, sheet = (opened.page.locator(one).bounding_box() for one in (".pk-on", "#pk-drawer"))
    assert sheet["y"] <= box["y"] < sheet["y"] + sheet["height"]


@pytest.mark.parametrize(
    ("size", "hash_", "expected"),
    [((1440, 900), "", False), ((1440, 900), "#embed=1", True), (FRAME, "#embed=0", False)],
)
def test_address_chooses_the_layout_of_a_difference(
    open_page: Any, difference: Any, size: tuple[int, int], hash_: str, expected: bool
) -> None:
    opened = open_page(difference, hash_, size)
    assert opened.page.evaluate(IS_EMBEDDED) is expected
    assert opened.page.locator("#pk-menu").is_visible() is expected
    assert opened.page.locator("#pk-numbers").is_visible() is not expected


def test_gestures_on_a_difference_are_shared(
    frame_map: Callable[..., Framed], difference: Any
) -> None:
    framed = frame_map(difference)
    before = framed.view()
    framed.drag(MIDDLE, by=(0, -120))
    framed.page.wait_for_function("() => scrollY > 50")
    assert framed.view() == before
    assert framed.map.locator("#pk-hint").inner_text() == "Use two fingers to move the map"
    framed = frame_map(difference)
    framed.drag((300, 250), (400, 250), by=(0, -100))
    assert framed.view()[0] < before[0]


# Gestures

MIDDLE = (350, 250)  # of the map, on the host page


def test_wheel_scrolls_the_page_around_until_ctrl_is_held(
    frame_map: Callable[..., Framed], shipped: Any
) -> None:
    framed = frame_map(shipped)
    before = framed.view()
    framed.page.mouse.move(*MIDDLE)
    framed.page.mouse.wheel(0, 60)
    framed.page.wait_for_function("() => scrollY > 0")
    assert framed.view() == before
    assert framed.map.locator("#pk-hint").inner_text() == "Hold Ctrl to zoom"
    scrolled = framed.scrolled()
    framed.page.keyboard.down("Control")
    framed.page.mouse.wheel(0, -200)
    framed.page.keyboard.up("Control")
    framed.map.wait_for_function("(zoom) => pkzone.draw.map.getZoom() > zoom", arg=before[2])
    assert framed.scrolled() == scrolled
    framed.map.wait_for_selector("#pk-hint", state="hidden")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Use two fingers"),
        ("az", "iki barmaqla"),
        ("hy", "երկու մատով"),
        ("ru", "двумя пальцами"),
    ],
)
def test_one_finger_scrolls_the_page_around(
    frame_map: Callable[..., Framed], shipped: Any, language: str, said: str
) -> None:
    framed = frame_map(shipped, f"#lang={language}")
    before = framed.view()
    framed.drag(MIDDLE, by=(0, -120))
    framed.page.wait_for_function("() => scrollY > 50")
    assert framed.view() == before
    assert said in framed.map.locator("#pk-hint").inner_text()


def test_two_fingers_move_and_zoom_the_map(frame_map: Callable[..., Framed], shipped: Any) -> None:
    framed = frame_map(shipped)
    before = framed.view()
    framed.drag((300, 250), (400, 250), by=(0, -100))
    moved = framed.view()
    assert moved[0] < before[0] - 0.1
    assert moved[2] == before[2]
    assert framed.scrolled() == 0
    assert framed.map.locator("#pk-hint").is_hidden()


def test_mouse_drags_the_map_in_a_frame(frame_map: Callable[..., Framed], shipped: Any) -> None:
    framed = frame_map(shipped, "#off=zone,control,places")
    before = framed.view()
    framed.drag(MIDDLE, by=(0, -10))  # a finger before it changes nothing
    framed.page.mouse.move(*MIDDLE)
    framed.page.mouse.down()
    framed.page.mouse.move(MIDDLE[0], MIDDLE[1] - 80, steps=5)
    framed.page.mouse.up()
    assert framed.view()[0] < before[0] - 0.1


def test_full_screen_takes_all_gestures(frame_map: Callable[..., Framed], shipped: Any) -> None:
    framed = frame_map(shipped)
    framed.map.locator("#pk-menu").click()
    framed.map.locator("#pk-fullscreen").click()
    framed.map.wait_for_function("() => document.fullscreenElement !== null")
    framed.map.wait_for_function("() => innerHeight > 600")
    box = framed.map.locator("#pk-map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = framed.view()
    framed.page.mouse.move(*middle)
    framed.page.mouse.wheel(0, -200)
    framed.map.wait_for_function("(zoom) => pkzone.draw.map.getZoom() > zoom", arg=before[2])
    framed.map.wait_for_function("() => !pkzone.draw.map._animatingZoom")
    before = framed.view()
    framed.drag(middle, by=(0, -120))
    framed.map.wait_for_function("(lat) => pkzone.draw.map.getCenter().lat < lat", arg=before[0])


def test_outside_a_frame_nothing_changes(browser: Any, shipped: Any, tmp_path: Path) -> None:
    shipped.save(tmp_path / "map.html")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("#pk-groups fieldset", state="attached")
    assert page.locator("#pk-full").is_hidden()
    before = page.evaluate(VIEW)
    session = context.new_cdp_session(page)
    for step, kind in ((0, "touchStart"), (40, "touchMove"), (80, "touchMove")):
        points = [{"x": 200, "y": 400 - step}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("(lat) => pkzone.draw.map.getCenter().lat < lat", arg=before[0] - 0.01)
    zoom = page.evaluate(VIEW)[2]
    page.mouse.move(200, 400)
    page.mouse.wheel(0, -200)
    page.wait_for_function("(zoom) => pkzone.draw.map.getZoom() > zoom", arg=zoom)
    assert page.locator("#pk-hint").is_hidden()
    context.close()
