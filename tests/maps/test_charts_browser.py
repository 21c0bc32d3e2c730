"""The chart under the slider in Chromium: what it says, where it stands, and who may choose."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

import pkzone
from pkzone.layers.catalogue import catalogue
from tests.helpers.drawn_catalogue import add_figures, feature, square, write
from tests.maps.test_hostile import ELEMENTS, HOSTILE

pytestmark = pytest.mark.browser

RETURNEES = "#on=2020-12-01&chart=figures/returnees/people"
CURSOR = """() => {
  const [cursor, plot] = ["#pk-plot .pk-cursor", "#pk-plot svg"].map((one) => document.querySelector(one).getBoundingClientRect());
  return (cursor.left + cursor.width / 2 - plot.left) / plot.width;
}"""  # noqa: E501


def share(day: str, first: str, last: str) -> float:
    start, end, at = (date.fromisoformat(one).toordinal() for one in (first, last, day))
    return (at - start) / (end - start)


def test_opens_on_the_first_that_changes(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    (area,) = (
        row["area_km2"] for row in pkzone.series("zone").records() if row["version"] == "2022-08-30"
    )
    assert opened.page.locator("#pk-series").input_value() == "zone/area_km2"
    assert opened.page.locator("#pk-plot span").all_inner_texts() == ["3,101 km²", "0"]
    assert opened.text("#pk-value") == f"{area:,} km² as drawn, since 30 August 2022"
    opened.page.get_by_role("checkbox", name="Responsibility zone").uncheck()
    assert opened.page.locator("#pk-series").input_value() == "corridor/length_drawn_in_use_km"
    assert "16 km of it schematic, since 30 August 2022" in opened.text("#pk-value")
    assert "chart" not in opened.hash()


def test_the_cursor_stands_on_the_day(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-30")
    first, last = (
        opened.page.evaluate(f"() => pkzone.store.payload.dates.at({index})") for index in (0, -1)
    )
    for day in ("2022-08-30", "2023-09-20", "2024-06-12", last):
        opened.page.evaluate(f"() => {{ location.hash = '#on={day}'; }}")
        opened.page.wait_for_function(f"() => document.body.dataset.asOf === '{day}'")
        assert opened.page.evaluate(CURSOR) == pytest.approx(share(day, first, last), abs=0.003)
    assert opened.text("#pk-value") == "0 km² as drawn, since 12 June 2024"


def test_a_count_names_who_reported_it_and_when(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, RETURNEES)
    said = "more than 27,000 people, reported on 1 December 2020 by Russian Ministry of Defence"
    assert opened.text("#pk-value") == said
    opened.page.get_by_role("button", name="Next change").click()
    assert "reported on 8 December 2020" in opened.text("#pk-value")
    opened.page.evaluate(
        "() => { location.hash = '#on=2020-11-10&chart=figures/returnees/people'; }"
    )
    opened.page.wait_for_function("() => document.body.dataset.asOf === '2020-11-10'")
    assert opened.text("#pk-value") == "not known"


def test_the_table_holds_every_report_with_its_sources(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, RETURNEES)
    opened.page.locator("#pk-values summary").click()
    opened.page.locator("#pk-values table").wait_for()
    rows = opened.page.locator("#pk-values tbody tr")
    with (Path(pkzone.catalogue().root) / "figures.csv").open(encoding="utf-8") as source:
        stated = [row for row in csv.DictReader(source) if row["subject"] == "returnees"]
    assert rows.count() == len(stated)
    for text, row in zip(rows.all_inner_texts(), stated, strict=True):
        assert f"{int(row['value']):,}" in text
        assert row["counted_by"] in text
    assert opened.page.locator("#pk-values tbody a").count() >= len(stated) - 1
    current = opened.page.locator("#pk-values tr[aria-current=true]")
    assert current.locator("th").inner_text() == "1 December 2020"
    assert opened.barriers_on_the_map() == []
    opened.page.get_by_role("button", name="15 February 2021").click()
    assert opened.as_of() == "2021-02-15"
    assert current.locator("th").inner_text() == "15 February 2021"


def test_the_choice_is_kept_in_the_address(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    plot, choice = opened.page.locator("#pk-plot"), opened.page.locator("#pk-series")
    choice.select_option(label="Returnees")
    assert "chart=figures%2Freturnees%2Fpeople" in opened.hash()
    choice.select_option(label="No chart")
    assert "chart=none" in opened.hash()
    assert plot.is_hidden()
    again = open_page(shipped, opened.hash())
    assert again.page.locator("#pk-plot").is_hidden()
    again.page.locator("#pk-series").select_option(label="Posts")
    assert again.page.locator("#pk-plot").is_visible()
    assert "27, reported on 3 August 2022" in again.text("#pk-value")


@pytest.mark.parametrize(
    "chart", ["<img src=x onerror=alert(1)>", "__proto__", "zone", "zone/toString", "", "x" * 3000]
)
def test_an_unknown_choice_counts_as_none_made(open_page: Any, shipped: Any, chart: str) -> None:
    opened = open_page(shipped, f"#chart={chart}")
    assert opened.page.locator("#pk-series").input_value() == "zone/area_km2"
    assert "chart" not in opened.page.evaluate("() => location.hash.slice(7)") or not chart


@pytest.mark.parametrize(
    ("code", "said", "highest"),
    [
        ("ru", "49 054 чел. (сообщено 13 января 2021 г., источник: Министерство обороны России)",
         "52 545 чел."),
        ("az", "49.054 nəfər (13 yanvar 2021, məlumatı verən: Rusiya Müdafiə Nazirliyi)",
         "52.545 nəfər"),
        ("hy", "49 054 մարդ (2021 թ. հունվարի 13, հաղորդող՝ "
               "Ռուսաստանի պաշտպանության նախարարություն)", "52 545 մարդ"),
    ],
)  # fmt: skip
def test_words_and_numbers_are_of_the_language(
    open_page: Any, shipped: Any, code: str, said: str, highest: str
) -> None:
    opened = open_page(shipped, f"#on=2021-01-14&lang={code}&chart=figures/returnees/people")
    assert opened.text("#pk-value").replace("\u00a0", " ") == said
    assert opened.text("#pk-plot span >> nth=0").replace("\u00a0", " ") == highest
    opened.page.locator("#pk-language").select_option("en")
    assert opened.text("#pk-value").startswith("49,054 people, reported on 13 January 2021 by")


def test_the_map_keeps_its_size_while_the_day_changes(open_page: Any, shipped: Any) -> None:
    for size in ((1440, 900), (1024, 768)):
        opened = open_page(shipped, "#lang=hy&chart=corridor/length_drawn_in_use_km", size)
        heights = set()
        for _ in range(8):
            heights.add(opened.page.locator("#pk-map").bounding_box()["height"])
            opened.page.locator("#pk-after").click()
        assert len(heights) == 1
        assert heights.pop() > 0.6 * size[1]


@pytest.mark.parametrize("size", [(700, 480), (390, 844)])
def test_in_a_frame_it_is_behind_the_menu(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "", size)
    assert opened.page.locator("#pk-plot").is_hidden()
    opened.page.locator("#pk-menu").click()
    plot = opened.page.locator("#pk-plot")
    plot.scroll_into_view_if_needed()
    assert plot.is_visible()
    opened.page.locator("#pk-series").select_option(label="Returnees")
    opened.page.locator("#pk-values summary").click()
    opened.page.locator("#pk-values table").wait_for()
    assert opened.page.locator("#pk-values tbody tr").count() > 10
    assert opened.barriers_on_the_map() == []
    opened.page.set_viewport_size({"width": 1280, "height": 800})
    opened.page.wait_for_selector("#pk-time #pk-plot", state="visible")


def printed(opened: Any) -> str:
    """The words on the sheets of a page."""
    pdf = pypdfium2.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    sheets = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
    return " ".join(" ".join(sheets).split())


def test_on_paper_it_has_its_caption_and_its_sources(open_page: Any, shipped: Any) -> None:
    said = "27, reported on 13 January 2021 by Russian Ministry of Defence"
    source = "More Than 49,000 Refugees Returned To Nagorno-Karabakh - Russian Military"
    for size in ((1440, 900), (700, 480)):
        opened = open_page(shipped, "#on=2021-01-14&chart=figures/posts/posts", size)
        paper = printed(opened)
        assert "Posts" in paper
        assert said in paper
        assert source in paper
        assert opened.page.locator("#pk-chart ul").count() == 0
    opened = open_page(shipped, "#on=2021-01-14&chart=none")
    assert "reported on 13 January 2021" not in printed(opened)


def test_a_page_without_series_has_no_choice(open_page: Any, tmp_path: Path) -> None:
    states = {day: [feature("a", square(46.2, 39.2, 0.4))] for day in ("2020-01-01", "2020-02-01")}
    root = write(tmp_path / "c", {"zone": states})
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    assert opened.page.locator("#pk-slider").is_visible()
    assert opened.page.locator("#pk-plot").is_hidden()
    assert opened.page.locator("#pk-chart").is_hidden()


def test_hostile_figures_are_shown_literally(open_page: Any, tmp_path: Path) -> None:
    plain = [text for text in HOSTILE if "\0" not in text and text.strip()]
    zone = {"2020-01-01": [feature("a", square(46.2, 39.2, 0.4))], "2020-02-01": []}
    root = write(
        tmp_path / "c", {"zone": zone}, titles={"zone": HOSTILE[0]},
        sources=[{"id": "s", "type": "webpage", "title": HOSTILE[2], "URL": "javascript:alert(1)"}],
    )  # fmt: skip
    add_figures(
        root,
        *(
            (f"2020-0{month}-01", text, "1e300" if month == 1 else "0", text, "about", text, "s")
            for text in plain
            for month in (1, 2)
        ),
    )
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    page = opened.page
    keys = page.evaluate(
        "() => [...document.querySelectorAll('#pk-series option')].map(({ value }) => value)"
    )
    assert len(keys) == len(plain) + 2
    seen = ""
    for key in keys[1:-1]:
        page.locator("#pk-series").select_option(key)
        page.locator("#pk-values summary").click()
        page.locator("#pk-values table").wait_for()
        seen += page.evaluate("() => document.querySelector('#pk-chart').textContent")
        assert page.locator("#pk-values a").count() == 0
    for text in plain:
        assert text in seen
    elements = page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not ELEMENTS & set(elements)
    assert not re.search(r"NaN|Infinity", page.locator("#pk-plot").inner_html())
