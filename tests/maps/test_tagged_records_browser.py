"""Records of a tagged table in Chromium: which are drawn when, how, told, reached and opened."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pkzone
from pkzone.maps.style import RECORD_PALETTE
from tests.helpers.drawn_catalogue import feature, point, square, write

pytestmark = pytest.mark.browser

STATES = {
    "2021-01-01": [feature("core", square(46, 39, 1), name="Core", uncertainty_m=500)],
    "2021-06-01": [feature("core", square(46.5, 39, 1), name="Core", uncertainty_m=500)],
    "2022-01-01": [],
}
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"
NAMES = ("lon", "lat", "tag_date", "zone_version", "zone_answer", HOSTILE)
ROWS = [
    (46.2, 39.5, "2020-12-31", "", "", "too early"),
    (46.2, 39.5, "2021-01-01", "2021-01-01", "inside", HOSTILE),
    (46.3, 39.5, "2021-05-31", "2021-01-01", "inside", "the last day"),
    (46.3, 39.6, "2021-06-01", "2021-06-01", "outside", "the first day"),
    (46.502, 39.5, "2021-06-01", "2021-06-01", "uncertain", ""),
    (46.7, 39.5, "2021-12-31", "2021-06-01", "inside", "one of two"),
    (46.7, 39.5, "2021-06-03", "2021-06-01", "inside", "another of two"),
    (46.7, 39.3, "2022-01-01", "2022-01-01", "outside", "later"),
    (46.7, 39.3, "", "", "", "no date"),
]
ROWS_ON = "() => pkzone.records.arrange().inView.map(pkzone.records.rowOf).sort((a, b) => a - b)"
MARKS = """() => pkzone.records.arrange().items.map(({ members, x, y }) => {
  const { x: left, y: top } = pkzone.draw.map.layerPointToContainerPoint([x, y]);
  return [members.length, left, top];
})"""
COLOUR = """([x, y]) => {
  const canvas = document.querySelector(".leaflet-pk-records-pane canvas");
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const { left, top, width } = canvas.getBoundingClientRect();
  const home = pkzone.draw.map.getContainer().getBoundingClientRect();
  const scale = canvas.width / width;
  copy.drawImage(canvas, (left - home.left - x) * scale, (top - home.top - y) * scale);
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> pkzone.Catalogue:
    places = {"2021-01-01": [feature("spot", point(46.5, 39.9), name="Spot")]}
    root = write(tmp_path_factory.mktemp("t") / "c", {"zone": STATES, "places": places})
    return pkzone.catalogue(root)


@pytest.fixture(scope="module")
def page(source: pkzone.Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("t") / "<b>t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAMES, *ROWS])
    return pkzone.map(catalogue=source, tagged=path)


@pytest.fixture(scope="module")
def many(source: pkzone.Catalogue) -> Any:
    random = np.random.default_rng(3)
    count = 2_000
    frame = pd.DataFrame({
        "lon": random.normal(46.5, 0.1, count).round(6),
        "lat": random.normal(39.5, 0.1, count).round(6),
        "tag_date": "2021-02-01", "zone_version": "2021-01-01",
        "zone_answer": random.choice(["inside", "outside"], count),
    })  # fmt: skip
    return pkzone.map(catalogue=source, tagged=frame)


def mark_of(opened: Any, lat: float, lon: float) -> list[float]:
    found: list[float] = opened.page.evaluate(
        "([lat, lon]) => { const { x, y } = pkzone.draw.map.latLngToContainerPoint([lat, lon]);"
        " return [x, y]; }", [lat, lon],
    )  # fmt: skip
    return found


def colour(opened: Any, at: list[float]) -> str:
    *rgb, opacity = opened.page.evaluate(COLOUR, at)
    return "#" + "".join(f"{one:02x}" for one in rgb) if opacity == 255 else ""


def apart(one: str, other: str) -> int:
    """How much two colours differ in the channel in which they differ most."""
    channels = [[int(text[i : i + 2], 16) for i in (1, 3, 5)] for text in (one, other)]
    return max(abs(a - b) for a, b in zip(*channels, strict=True))


def click(opened: Any, at: list[float]) -> None:
    box = opened.page.locator(".leaflet-container").bounding_box()
    opened.page.mouse.click(box["x"] + at[0], box["y"] + at[1])


def legend(opened: Any) -> list[str]:
    entries: list[str] = opened.page.locator("#pk-records .pk-layer li").all_inner_texts()
    return [" ".join(one.split()) for one in entries if "ring" not in one] + [
        "circle" for one in entries if "ring" in one
    ]


def test_records_of_the_state_in_view_are_drawn(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page)
    spots = {(row[1], row[0]) for row in ROWS if row[2]}
    for day, rows, told in (
        ("2021-01-01", [2, 3], "dated from 1 January 2021 to 31 May 2021"),
        ("2021-05-31", [2, 3], "dated from 1 January 2021 to 31 May 2021"),
        ("2021-06-01", [4, 5, 6, 7], "dated from 1 June 2021 to 31 December 2021"),
        ("2021-06-02", [4, 5, 6, 7], "dated from 1 June 2021 to 31 December 2021"),
        ("2022-01-01", [8], "dated 1 January 2022 or later"),
    ):
        opened.page.fill("#pk-date", day)
        opened.page.press("#pk-date", "Enter")
        assert opened.as_of() == day
        assert opened.page.evaluate(ROWS_ON) == rows
        assert told in opened.text("#pk-records")
        assert f"{len(rows)} of 8" in opened.text("#pk-records .pk-layer-head")
        shown = {(ROWS[row - 1][1], ROWS[row - 1][0]) for row in rows}
        assert {spot for spot in spots if colour(opened, mark_of(opened, *spot))} == shown


def test_the_slider_moves_the_records(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page)
    assert opened.as_of() == "2022-01-01"
    opened.page.click("#pk-before")
    assert opened.page.evaluate(ROWS_ON) == [4, 5, 6, 7]
    opened.page.click("#pk-before")
    assert opened.page.evaluate(ROWS_ON) == [2, 3]
    assert "Before the first state: 1." in opened.text("#pk-records")
    assert "Not on the map: 1 without a date, 0 without a place." in opened.text("#pk-records")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_legend_explains_the_marks_on_view(
    open_page: Callable[..., Any], page: Any, theme: str
) -> None:
    opened = open_page(page, f"#on=2021-06-01&theme={theme}")
    assert legend(opened) == [
        "Inside: 2", "Outside: 1", "Too close to the border to say: 1", "circle",
    ]  # fmt: skip
    at = mark_of(opened, 39.5, 46.502)
    assert colour(opened, at) == RECORD_PALETTE[theme]["unsure"]
    # Outside is hollow: the colour is that of its edge, 4 pixels from the middle.
    x, y = mark_of(opened, 39.6, 46.3)
    edges = [colour(opened, [x + dx, y]) for dx in (3.5, 4, 4.5)]
    assert min(apart(edge, RECORD_PALETTE[theme]["outside"]) for edge in edges if edge) < 20
    assert apart(colour(opened, [x, y]), RECORD_PALETTE[theme]["outside"]) > 60
    opened.page.evaluate("() => pkzone.draw.map.setView([39.5, 46.502], 15, { animate: false })")
    assert legend(opened) == ["Too close to the border to say: 1"]


def test_circles_count_what_is_in_view_and_part_when_nearer(
    open_page: Callable[..., Any], many: Any
) -> None:
    opened = open_page(many, "#on=2021-02-01&at=39.5,46.5&z=8.5")
    marks = opened.page.evaluate(MARKS)
    in_view = opened.page.evaluate("() => pkzone.records.arrange().inView.length")
    assert in_view == 2_000 == sum(count for count, _, _ in marks)
    assert len(marks) < 300
    for number, (count, x, y) in enumerate(marks):  # no circle lies on another
        sizes = [10 + 3.4 * np.log10(n) if n > 1 else 0 for n in (count, *(m[0] for m in marks))]
        apart = [np.hypot(x - m[1], y - m[2]) for m in marks]
        for other, far in enumerate(apart):
            if other != number and count > 1 and marks[other][0] > 1:
                assert far > sizes[0] + sizes[other + 1]
    count, x, y = max(marks)
    click(opened, [x, y])
    nearer = opened.page.evaluate(MARKS)
    assert opened.page.evaluate("() => pkzone.draw.map.getZoom()") > 9
    assert max(nearer)[0] < count
    in_view = opened.page.evaluate("() => pkzone.records.arrange().inView.length")
    shown = opened.page.locator("#pk-records-list summary").inner_text()
    assert shown == f"List of the records in view ({in_view:,})"


def test_few_records_stand_one_by_one(open_page: Callable[..., Any], many: Any) -> None:
    opened = open_page(many, "#on=2021-02-01&at=39.5,46.5&z=13")
    marks = opened.page.evaluate(MARKS)
    assert 0 < opened.page.evaluate("() => pkzone.records.arrange().inView.length") <= 500
    assert {count for count, _, _ in marks} == {1}
    assert "circle" not in legend(opened)


def test_a_record_is_opened_with_all_it_says(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-01-01")
    click(opened, mark_of(opened, 39.5, 46.2))
    assert opened.text("#pk-record-title") == "Record 2"
    terms = opened.page.locator("#pk-record dt").all_inner_texts()
    values = opened.page.locator("#pk-record dd").all_inner_texts()
    assert terms == list(NAMES)
    assert values == ["46.2", "39.5", "2021-01-01", "2021-01-01", "inside", HOSTILE]
    assert "record=2" in opened.hash()
    assert opened.page.locator("#pk-feature").is_hidden()
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-record").is_hidden()
    click(opened, mark_of(opened, 39.3, 46.6))  # beside the records the area takes the pointer
    assert opened.text("#pk-feature-name") == "Core"


def test_records_at_one_place_are_listed(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-06-01")
    click(opened, mark_of(opened, 39.5, 46.7))
    assert opened.text("#pk-record-title") == "Records here: 2"
    assert opened.page.locator("#pk-record li").all_inner_texts() == [
        "Record 7: 3 June 2021, Inside", "Record 6: 31 December 2021, Inside",
    ]  # fmt: skip
    opened.page.mouse.move(5, 5)
    box = opened.page.locator(".leaflet-container").bounding_box()
    x, y = mark_of(opened, 39.5, 46.7)
    opened.page.mouse.move(box["x"] + x, box["y"] + y)
    opened.page.wait_for_selector(".pk-record-tip")
    assert opened.text(".pk-record-tip") == "Records: 2 (Inside: 2)"


def test_the_list_is_the_keyboard_way_to_a_record(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-06-01")
    opened.page.locator("#pk-records-list summary").press("Enter")
    entry = opened.page.locator(
        "#pk-records-list button", has_text="Record 4: 1 June 2021, Outside"
    )
    entry.press("Enter")
    assert opened.text("#pk-record-title") == "Record 4"
    focused = "() => document.activeElement.textContent"
    assert opened.page.evaluate(focused) == "Record 4"
    opened.page.keyboard.press("Escape")
    assert opened.page.evaluate(focused) == "Record 4: 1 June 2021, Outside"


def test_a_long_list_is_made_in_slices(open_page: Callable[..., Any], many: Any) -> None:
    opened = open_page(many, "#on=2021-02-01&at=39.5,46.5&z=8.5")
    assert opened.page.locator("#pk-records-list li").count() == 0
    opened.page.locator("#pk-records-list summary").click()
    opened.page.wait_for_selector("#pk-records-list li")
    assert opened.page.locator("#pk-records-list li").count() == 100
    more = opened.page.locator("#pk-records-list .pk-button")
    assert more.inner_text() == "Show more rows (1,900)"
    more.click()
    assert opened.page.locator("#pk-records-list li").count() == 200


def test_a_record_of_another_state_says_so(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-01-01&record=8")
    assert "Not on the map on 1 January 2021." in opened.text("#pk-record")
    opened.page.click("#pk-record .pk-button")
    assert opened.as_of() == "2022-01-01"
    assert opened.text("#pk-record-title") == "Record 8"
    assert "Not on the map" not in opened.text("#pk-record")


def test_records_are_switched_off_and_stay_so(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-01-01&record=99")
    assert opened.page.locator("#pk-record").is_hidden()
    at = mark_of(opened, 39.5, 46.2)
    opened.page.uncheck("#pk-records input")
    assert colour(opened, at) == ""
    assert legend(opened) == []
    again = open_page(page, opened.hash())
    assert not again.page.is_checked("#pk-records input")
    assert colour(again, at) == ""


def test_words_are_in_each_language(open_page: Callable[..., Any], page: Any) -> None:
    opened = open_page(page, "#on=2021-06-01&lang=ru&record=5")
    assert legend(opened)[:3] == [
        "Внутри: 2",
        "Снаружи: 1",
        "Слишком близко к границе, чтобы сказать: 1",
    ]
    for code in ("az", "hy", "ru"):
        opened.page.select_option("#pk-language", code)
        words = opened.text("#pk-records .pk-records-told") + opened.text("#pk-record h2")
        assert not re.search(r"\b(Record|records|dated|answers)\b", words), words


def test_a_map_without_a_slider_shows_all(
    open_page: Callable[..., Any], source: pkzone.Catalogue, tmp_path: Path
) -> None:
    frame = pd.DataFrame(ROWS, columns=list(NAMES))
    opened = open_page(pkzone.map("zone@2021-01-01", catalogue=source, tagged=frame))
    assert opened.page.evaluate(ROWS_ON) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert "All records, whatever their date." in opened.text("#pk-records")
    assert "No answer: before the first version: 1" in legend(opened)


def test_axe_finds_nothing(open_page: Callable[..., Any], page: Any) -> None:
    for hash_, size in (
        ("#on=2021-06-01&record=5", (1440, 900)),
        ("#on=2021-06-01&record=5&theme=dark", (620, 844)),
    ):
        opened = open_page(page, hash_, size)
        opened.page.locator("#pk-records-list summary").click()
        assert opened.barriers(beyond_aa=True) == []


COVERED = """() => {
  const names = [...document.querySelectorAll(".pk-label-point")];
  const boxes = names.map((one) => one.getBoundingClientRect());
  const home = pkzone.draw.map.getContainer().getBoundingClientRect();
  const marks = pkzone.records.arrange().items.map(({ x, y, size }) => {
    const at = pkzone.draw.map.layerPointToContainerPoint([x, y]);
    return { x: at.x + home.left, y: at.y + home.top, size };
  });
  return boxes.filter(({ left, right, top, bottom }) => marks.some(({ x, y, size }) =>
    x + size > left && x - size < right && y + size > top && y - size < bottom)).length;
}"""


def around_the_spot(source: pkzone.Catalogue, lons: Any, lats: Any) -> Any:
    """Return a map with records of one day, near the place that has a name."""
    told = {"tag_date": "2021-02-01", "zone_version": "2021-01-01", "zone_answer": "outside"}
    return pkzone.map(catalogue=source, tagged=pd.DataFrame({"lon": lons, "lat": lats, **told}))


CLOSE = "#on=2021-01-01&at=39.9,46.5&z=12"


def test_marks_cover_no_names(open_page: Any, source: pkzone.Catalogue) -> None:
    # Where the name of the place would stand: right of its dot.
    opened = open_page(around_the_spot(source, [46.507], [39.9]), CLOSE)
    assert opened.page.locator(".pk-label-point").all_inner_texts() == ["Spot"]
    assert opened.page.evaluate(COVERED) == 0
    heights = opened.page.evaluate(
        """() => ["records", "labels"].map((name) =>
          Number(getComputedStyle(document.querySelector(`.leaflet-pk-${name}-pane`)).zIndex))"""
    )
    assert heights[0] < heights[1]


def test_names_stand_on_marks_rather_than_vanish(open_page: Any, source: pkzone.Catalogue) -> None:
    steps = np.linspace(-0.02, 0.02, 15)
    lons, lats = np.meshgrid(46.5 + steps, 39.9 + steps)
    opened = open_page(around_the_spot(source, lons.ravel(), lats.ravel()), CLOSE)
    assert opened.page.locator(".pk-label-point").all_inner_texts() == ["Spot"]
    assert opened.page.evaluate(COVERED) == 1
