"""The axis of time in Chromium: where its stops are, and how one goes from one to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature, line, square, write
from tests.helpers.opened_page import Framed

pytestmark = pytest.mark.browser

FIRST, LAST = date(2020, 1, 1), date(2024, 1, 1)
ZONE = ["2020-01-01", "2021-07-01", "2023-01-01"]
ROADS = ["2020-01-01", "2021-07-20", "2022-02-01", "2022-02-03", "2024-01-01"]
STOPS = sorted({*ZONE, *ROADS})
SIZES = [(1440, 900), (1024, 768), (700, 480), (560, 500), (640, 400), (390, 844)]
# Where the thumb stands on the axis, as a share of it; in Chromium it is 18 pixels wide.
THUMB = """() => {
  const { min, max, value } = document.querySelector("#pk-slider");
  return (value - min) / (max - min);
}"""
MARKS = """() => document.querySelector("#pk-axis .pk-stops").getAttribute("d").match(/M[0-9.]+/g)
  .map((one) => Number(one.slice(1)) / 1000)"""
LABELS = """() => [...document.querySelectorAll("#pk-years span")].map((one) => {
  const { left, right } = one.getBoundingClientRect();
  return [one.textContent, left, right];
})"""


@pytest.fixture
def two(tmp_path: Path) -> Catalogue:
    layers = {
        "zone": {day: [feature("field", square(46.4, 39.5, 0.1 + index / 100))]
                 for index, day in enumerate(ZONE)},
        "corridor": {day: [feature("road", line((46.1, 39.9), (46.3, 40 + index / 100)))]
                     for index, day in enumerate(ROADS)},
    }  # fmt: skip
    return catalogue(write(tmp_path / "two", layers, default_date="2022-02-01"))


def share(day: str | date) -> float:
    given = date.fromisoformat(day) if isinstance(day, str) else day
    return (given - FIRST).days / (LAST - FIRST).days


def passed(opened: Any, key: str) -> list[str]:
    """Return the days that a key leads to until it leads nowhere."""
    days = [opened.as_of()]
    while True:
        opened.page.locator("#pk-slider").press(key)
        if opened.as_of() == days[-1]:
            return days
        days.append(opened.as_of())


def test_arrow_keys_go_from_stop_to_stop(open_page: Callable[..., Any], two: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2020-01-01")
    assert passed(opened, "ArrowRight") == STOPS
    assert passed(opened, "ArrowDown") == STOPS[::-1]
    slider = opened.page.locator("#pk-slider")
    slider.press("End")
    assert opened.as_of() == STOPS[-1]
    assert slider.get_attribute("aria-valuetext") == "1 January 2024"
    slider.press("Home")
    assert opened.as_of() == STOPS[0]


def test_page_keys_go_by_years(open_page: Callable[..., Any], two: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2020-01-01")
    # A year after each is the stop named next to it, or one is the nearest to that day.
    assert passed(opened, "PageUp") == ["2020-01-01", "2021-07-01", "2022-02-03", "2023-01-01",
                                        "2024-01-01"]  # fmt: skip
    assert passed(opened, "PageDown") == ["2024-01-01", "2023-01-01", "2022-02-01", "2021-07-01",
                                          "2020-01-01"]  # fmt: skip


def test_thumb_and_marks_stand_at_their_true_distance(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two))
    assert opened.page.evaluate(MARKS) == pytest.approx([share(day) for day in STOPS])
    for day in (*STOPS, "2020-12-24", "2021-07-19"):
        opened.page.evaluate("(day) => { location.hash = `#on=${day}`; }", day)
        opened.page.wait_for_function("(day) => document.body.dataset.asOf === day", arg=day)
        assert opened.page.evaluate(THUMB) == pytest.approx(share(day))


def test_dragging_snaps_to_the_nearest_stop(open_page: Callable[..., Any], two: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2020-01-01")
    box = opened.page.locator("#pk-slider").bounding_box()
    mouse = opened.page.mouse

    def place(day: str) -> tuple[float, float]:
        return box["x"] + 9 + share(day) * (box["width"] - 18), box["y"] + box["height"] / 2

    mouse.move(*place("2020-01-01"))
    mouse.down()
    for day, nearest in (("2020-04-01", "2020-01-01"), ("2021-01-01", "2021-07-01"),
                         ("2022-05-01", "2022-02-03"), ("2023-05-01", "2023-01-01")):  # fmt: skip
        mouse.move(*place(day), steps=3)
        assert opened.as_of() == nearest
        assert opened.page.evaluate(THUMB) == pytest.approx(share(nearest))
    mouse.up()
    assert opened.as_of() == "2023-01-01"


def test_a_little_step_of_a_screen_reader_is_a_stop(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2021-07-20")
    slider = opened.page.locator("#pk-slider")
    slider.fill(str(int(slider.input_value()) + 1))
    assert opened.as_of() == "2022-02-01"
    slider.fill(str(int(slider.input_value()) - 1))
    assert opened.as_of() == "2021-07-20"


def test_layers_switched_off_take_their_stops_away(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2022-02-03")
    box = opened.page.get_by_role("checkbox", name="Corridor")
    box.uncheck()
    assert opened.as_of() == "2022-02-03"  # no stop any more, and yet the day in view
    assert opened.page.evaluate(MARKS) == pytest.approx([share(day) for day in ZONE])
    since = opened.text("#pk-since")
    assert "State since 1 July 2021" in since
    assert "next change 1 January 2023" in since
    assert "What changed on 1 July 2021" in opened.text("#pk-changes")
    opened.page.click("#pk-before")
    assert opened.as_of() == "2021-07-01"
    assert passed(opened, "ArrowRight") == ZONE[1:]
    assert opened.page.locator("#pk-after").is_disabled()
    box.check()
    assert passed(opened, "ArrowRight") == STOPS[STOPS.index("2023-01-01") :]


def test_link_to_a_day_that_is_no_stop_of_the_layers_in_view(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2022-02-03&off=corridor&compare=before")
    assert opened.as_of() == "2022-02-03"
    assert opened.page.evaluate("() => document.body.dataset.base") == "2020-01-01"
    options = opened.page.locator("#pk-base option").evaluate_all(
        "(all) => all.map((o) => o.value)"
    )
    assert options == ["before", *ZONE]
    opened.page.locator("#pk-slider").press("ArrowRight")
    assert opened.as_of() == "2023-01-01"
    assert opened.page.evaluate("() => document.body.dataset.base") == "2021-07-01"


def test_no_layer_with_dates_leaves_no_stop(open_page: Callable[..., Any], two: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#off=zone,corridor")
    assert opened.as_of() == "2022-02-01"
    assert opened.page.locator("#pk-slider").is_disabled()
    assert opened.page.locator("#pk-before").is_disabled()
    opened.page.click("#pk-play")  # has nothing to play
    assert opened.page.locator("#pk-play").get_attribute("aria-label") == "Play the changes"
    opened.page.get_by_role("checkbox", name="Zone").check()
    assert passed(opened, "ArrowLeft") == ["2022-02-01", "2021-07-01", "2020-01-01"]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_years_stand_apart_and_in_the_axis(
    open_page: Callable[..., Any], shipped: Any, size: tuple[int, int], lang: str
) -> None:
    opened = open_page(shipped, f"#lang={lang}", size)
    labels = opened.page.evaluate(LABELS)
    edges = sorted((left, right) for _, left, right in labels)
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    track = opened.page.locator(".pk-track").bounding_box()
    assert edges[0][0] >= track["x"]
    assert edges[-1][1] <= track["x"] + track["width"]
    names = {name for name, _, _ in labels}
    assert {"2022", "2024"} <= names
    if size[0] == 1440:
        assert {"en": "July", "ru": "июль"}[lang] in names


@pytest.mark.parametrize("size", SIZES[2:], ids=str)
def test_slider_is_as_high_as_a_finger(
    open_page: Callable[..., Any], shipped: Any, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "", size)
    assert opened.page.locator("#pk-slider").bounding_box()["height"] >= 44
    assert opened.page.locator("#pk-map").bounding_box()["height"] >= 0.6 * size[1]


def go(opened: Any, typed: str) -> None:
    opened.page.fill("#pk-date", typed)
    opened.page.press("#pk-date", "Enter")


@pytest.mark.parametrize(("typed", "day"), [
    ("2022-02-02", "2022-02-02"), ("20220202", "2022-02-02"), ("2022.2.2", "2022-02-02"),
    ("2022 02 02", "2022-02-02"), ("2.3.2022", "2022-03-02"), ("2022-03", "2022-03-01"),
    ("2022", "2022-01-01"), ("2 march 2022", "2022-03-02"), (" 2022/03/02 ", "2022-03-02"),
])  # fmt: skip
def test_a_date_may_be_typed_in_many_forms(
    open_page: Callable[..., Any], two: Catalogue, typed: str, day: str
) -> None:
    opened = open_page(pkzone.map(catalogue=two))
    go(opened, typed)
    assert opened.as_of() == day
    assert opened.page.input_value("#pk-date") == day
    assert opened.text("#pk-day-told") == ""


def test_what_is_no_day_of_the_map_is_said_in_words(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two))
    field = opened.page.locator("#pk-date")
    for typed in ("9/1/2022", "2022-02-30", "soon"):  # the first may be two days
        go(opened, typed)
        assert opened.text("#pk-day-told") == "Write a date as 2020-01-01."
        assert field.get_attribute("aria-invalid") == "true"
        assert field.input_value() == typed
    go(opened, "2019-12-31")
    assert opened.text("#pk-day-told") == "The map begins on 1 January 2020."
    assert opened.as_of() == "2022-02-01"
    assert opened.barriers_on_the_map() == []
    field.press("Escape")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("2022-02-01", "false")
    assert opened.text("#pk-day-told") == ""


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_after_the_newest_state_the_last_known_one_is_drawn(
    open_page: Callable[..., Any], two: Catalogue, size: tuple[int, int], theme: str
) -> None:
    opened = open_page(pkzone.map(catalogue=two), f"#on=2024-01-01&theme={theme}", size)
    known = two.known_until.isoformat()  # type: ignore[union-attr]
    assert opened.page.locator("#pk-beyond").is_hidden()
    opened.page.evaluate("() => { location.hash = '#on=2031-05-06'; }")
    opened.page.wait_for_function("() => document.body.dataset.asOf === '2031-05-06'")
    said = opened.text("#pk-beyond")
    assert said.startswith("Not known after ")
    assert said.endswith(f"{known[:4]}: the last known state is drawn.")
    assert opened.page.evaluate(THUMB) == 1
    assert opened.barriers_on_the_map() == []


def test_the_shapes_are_one_stop_and_arrow_keys_go_on(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two))
    stops = opened.page.locator("#pk-map path[tabindex='0']")
    assert stops.count() == 1
    keys = opened.page.keyboard
    focused = "() => document.activeElement.dataset.id ?? document.activeElement.id"
    order = []
    for _ in range(40):
        keys.press("Tab")
        order.append(opened.page.evaluate(focused))
        if order[-1] == "field":
            break
    assert order.index("pk-slider") < order.index("field")
    keys.press("ArrowRight")
    assert opened.page.evaluate(focused) == "road"
    assert stops.count() == 1
    keys.press("ArrowRight")  # there is none after it
    assert opened.page.evaluate(focused) == "road"
    keys.press("Enter")
    assert "see=corridor/road" in opened.hash()
    keys.press("Escape")
    assert opened.page.evaluate(focused) == "road"
    keys.press("Home")
    assert opened.page.evaluate(focused) == "field"
    opened.page.locator("#pk-before").click()  # both are drawn anew, or stay
    assert stops.count() == 1


def test_play_passes_over_what_changes_elsewhere(
    open_page: Callable[..., Any], two: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=two), "#on=2020-01-01&at=39.6,46.45&z=12&pace=4&here=1")
    assert opened.page.locator("#pk-pace").input_value() == "4"
    assert opened.page.locator("#pk-here").is_checked()
    opened.page.evaluate("""() => {
      window.days = [];
      new MutationObserver(() => window.days.push(document.body.dataset.asOf))
        .observe(document.body, { attributeFilter: ["data-as-of"] });
    }""")
    opened.page.click("#pk-play")
    opened.page.wait_for_function("() => !document.body.classList.contains('pk-playing')")
    days = opened.page.evaluate("() => [...new Set(window.days)]")
    assert days == ZONE[1:]
    opened.page.locator("#pk-pace").select_option("2")
    opened.page.locator("#pk-here").uncheck()
    assert "pace=2" in opened.hash()
    assert "here=" not in opened.hash()


# The middle of the thumb, and a second place on the slider, a share of its way from the left.
GRIP = """(share) => {
  const { left, top, width, height } = document.querySelector("#pk-slider").getBoundingClientRect();
  const { min, max, value } = document.querySelector("#pk-slider");
  const at = (part) => [left + 9 + (width - 18) * part, top + height / 2];
  return [at((value - min) / (max - min)), at(share)];
}"""


@pytest.mark.parametrize("size", [(700, 480), (390, 844)], ids=str)
def test_a_finger_draws_the_slider_in_a_frame(
    frame_map: Callable[..., Framed], two: Catalogue, size: tuple[int, int]
) -> None:
    framed = frame_map(pkzone.map(catalogue=two), "#on=2020-01-01", size)
    corner = framed.page.locator("iframe").bounding_box()
    assert corner is not None
    (x, y), (to_x, to_y) = framed.map.evaluate(GRIP, share("2023-01-01"))
    framed.drag((corner["x"] + x, corner["y"] + y), by=(to_x - x, to_y - y))
    framed.map.wait_for_function("() => location.hash.includes('on=2023-01-01')")
    assert framed.scrolled() == 0
    assert framed.troubles == []
