"""Pages on paper: printed to PDF by Chromium, and the PDF read by another program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import geojson
from pkzone.compare import diff
from pkzone.geojson import Feature, FeatureCollection
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps.diff.page import diff_map
from tests.helpers.drawn_catalogue import line
from tests.maps.test_diff_page_browser import hostile_catalogue
from tests.maps.test_hostile import HOSTILE

pytestmark = pytest.mark.browser

# Millimetres of ISO 216 and ANSI; a point is 1/72 of 25.4 mm.
SHEETS = {"A4": (210, 297), "Letter": (215.9, 279.4)}
PAPERS = [(name, landscape) for name in SHEETS for landscape in (False, True)]
POINT = 25.4 / 72
SMALLEST = 6.5  # points

# Where the map and what is drawn of a difference are while the sheets are laid out.
WATCH_SHEET = """() => matchMedia("print").addEventListener("change", ({ matches }) => {
  if (!matches) return;
  const box = (one) => { const { left, top, right, bottom } = one.getBoundingClientRect(); return [left, top, right, bottom]; };
  window.printed = {
    sheet: [document.documentElement.clientWidth, document.documentElement.clientHeight],
    map: box(document.querySelector("#pk-map")),
    marks: [...pkzone.draw.drawn.values()].filter(({ state }) => state.row).map(({ parts }) => box(parts[0].getElement())),
  };
})"""  # noqa: E501


class Sheets:
    """A page as it is printed, read with PDFium."""

    def __init__(self, opened: Any, paper: str = "A4", *, landscape: bool = False) -> None:
        import pypdfium2

        opened.page.evaluate(WATCH_SHEET)
        data = opened.page.pdf(format=paper, landscape=landscape)
        opened.page.wait_for_function("() => !document.querySelector('.pk-printing')")
        self.document = pypdfium2.PdfDocument(data)
        self.drawn: dict[str, Any] = opened.page.evaluate("() => window.printed")

    @cached_property
    def texts(self) -> list[str]:
        return [page.get_textpage().get_text_bounded() for page in self.document]

    def says(self, words: str) -> bool:
        """Tell whether the sheets say words, which lines may break anywhere."""
        return _letters(words) in _letters("".join(self.texts))

    def missing(self, words: Any) -> list[str]:
        """Return those words of several that the sheets do not say."""
        said = _letters("".join(self.texts))
        return [one for one in words if _letters(one) not in said]

    def sizes(self) -> Iterator[float]:
        """Yield the size in points of each letter."""
        from pypdfium2 import raw

        for page in self.document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                matrix = raw.FS_MATRIX()
                raw.FPDFText_GetMatrix(text.raw, index, matrix)
                if not chr(raw.FPDFText_GetUnicode(text.raw, index)).isspace():
                    yield raw.FPDFText_GetFontSize(text.raw, index) * abs(matrix.d or matrix.b)


def _letters(words: str) -> str:
    """Return words without spaces and hyphens: PDFium marks those at the ends of lines."""
    return re.sub(r"[\s\x00-\x1f\ufffe-]", "", words)


def check_sheets(sheets: Sheets, paper: str, *, landscape: bool) -> None:
    expected = sorted(SHEETS[paper], reverse=landscape)
    for page in sheets.document:
        assert [one * POINT for one in page.get_size()] == pytest.approx(expected, abs=0.5)
    assert min(sheets.sizes()) >= SMALLEST
    assert all(len(_letters(one)) > 60 for one in sheets.texts)  # no sheet is empty
    left, top, right, bottom = sheets.drawn["map"]
    width, height = sheets.drawn["sheet"]
    assert right - left == pytest.approx(width, abs=2)
    assert bottom - top >= 0.4 * height
    assert bottom <= height


def check_difference(sheets: Sheets) -> None:
    left, top, right, bottom = sheets.drawn["map"]
    assert sheets.drawn["marks"]
    for west, north, east, south in sheets.drawn["marks"]:
        assert left <= west <= east <= right
        assert top <= north <= south <= bottom


def titles(ids: Any) -> list[str]:
    return [catalogue().source(one)["title"] for one in ids]


def sources_of(features: Any) -> set[str]:
    return {source for one in features for source in one.properties.get("sources", ())}


def colophon() -> list[str]:
    """Return what says which data it is, as the manifest has it."""
    edition = catalogue().edition
    return [f"Version {edition.version}", f"SHA-256 {edition.sha256}", edition.publisher]


@pytest.fixture(scope="session")
def found() -> Any:
    return diff("corridor@2020-12-01", "corridor@2022-09-01")


@pytest.mark.parametrize(("paper", "landscape"), [("A4", False), ("Letter", True)])
def test_difference_is_printed_whole(
    open_page: Any, found: Any, paper: str, landscape: bool
) -> None:
    opened = open_page(diff_map(found))
    center = opened.page.evaluate("() => pkzone.draw.map.getCenter().lat")
    sheets = Sheets(opened, paper, landscape=landscape)
    check_sheets(sheets, paper, landscape=landscape)
    check_difference(sheets)
    changed = [one for change in found.changes for one in (*change.base, *change.target)]
    cited = sources_of(changed) | {source for one in found.events for source in one.sources}
    assert sheets.missing(titles(cited)) == []
    assert sheets.missing(catalogue().source(one)["URL"] for one in cited) == []
    assert sheets.missing(one.properties["name"] for one in changed) == []
    assert sheets.missing(one.title for one in found.events) == []
    assert sheets.missing(one.summary for one in found.events) == []
    near = [place for one in found.routes[0].sections for place in one.near]
    assert near
    assert sheets.missing(near) == []
    assert sheets.missing(one.name for one in found.affected) == []
    assert sheets.missing([*colophon(), "corridor@2020-12-01", "corridor@2022-09-01"]) == []
    assert "file:" not in "".join(sheets.texts)
    assert opened.page.locator("#pk-lists details[open]").count() == 0
    assert opened.page.locator("#pk-print").is_hidden()
    after = opened.page.evaluate("() => pkzone.draw.map.getCenter().lat")
    assert after == pytest.approx(center, abs=1e-6)


def test_rows_that_wait_for_a_click_are_printed_and_heads_again(
    open_page: Any, tmp_path: Path
) -> None:
    sides = [
        FeatureCollection(
            tuple(
                Feature(
                    f"way-{number:03}",
                    {"name": f"Way {number:03}", "lanes": lanes},
                    line((46 + number / 1000, 39), (46 + number / 1000, 39.1)),
                )
                for number in range(260)
            ),
            (),
        )
        for lanes in (1, 2)
    ]
    opened = open_page(diff_map(diff(*sides)))
    sheets = Sheets(opened)
    assert sheets.missing(f"Way {number:03}" for number in range(260)) == []
    check_difference(sheets)
    assert "SHA" not in "".join(sheets.texts)


def test_table_over_two_sheets_has_its_head_again(open_page: Any) -> None:
    opened = open_page(diff_map(diff("zone@2020-12-01", "zone@2022-09-01")))
    opened.page.evaluate("""() => {
      const table = document.createElement("table");
      table.className = "pk-sections";
      table.innerHTML = "<thead><tr><th>Headword</th></tr></thead>"
        + [...Array(120).keys()].map((row) => `<tbody><tr><td>Row ${row}.</td></tr><tr><td>Half ${row}.</td></tr></tbody>`).join("");
      document.querySelector("#pk-lists").prepend(table);
    }""")  # noqa: E501
    sheets = Sheets(opened)
    with_rows = [_letters(one) for one in sheets.texts if "Half" in one]
    assert len(with_rows) > 1
    for one in with_rows:
        assert one.count("Headword") == 1
        assert re.findall(r"Row(\d+)\.", one) == re.findall(r"Half(\d+)\.", one)


def test_hostile_texts_are_printed_literally(open_page: Any, tmp_path: Path) -> None:
    source = hostile_catalogue(tmp_path / "c")
    compared = diff("sites@2020-01-01", "sites@2020-02-01", catalogue=source)
    opened = open_page(diff_map(compared, catalogue=source))
    sheets = Sheets(opened)
    plain = [one for one in HOSTILE if one.isascii() and one.isprintable()]
    assert plain
    assert sheets.missing(plain) == []


@pytest.mark.parametrize(
    ("way", "paper", "landscape"),
    [("", "A4", True), ("&of=control", "Letter", False), ("&swipe=50", "A4", False)],
)
def test_comparison_is_printed_whole(
    open_page: Any, shipped_map: Any, way: str, paper: str, landscape: bool
) -> None:
    opened = open_page(shipped_map, f"#on=2022-09-01&compare=2020-12-01{way}")
    sheets = Sheets(opened, paper, landscape=landscape)
    check_sheets(sheets, paper, landscape=landscape)
    if "swipe" not in way:
        check_difference(sheets)
    cited, names = set(), []
    for layer in ("zone", "corridor", "control", "transport", "sites", "places"):
        compared = diff(f"{layer}@2020-12-01", f"{layer}@2022-09-01")
        changed = [one for change in compared.changes for one in (*change.base, *change.target)]
        cited |= sources_of(changed) | {one for event in compared.events for one in event.sources}
        names += [one.properties["name"] for one in changed if one.properties.get("name")]
        assert sheets.missing(one.title for one in compared.events) == []
        assert sheets.missing(one.summary for one in compared.events) == []
    assert len(cited) > 50
    assert sheets.missing(titles(cited)) == []
    assert sheets.missing(names) == []
    assert sheets.missing(colophon()) == []
    assert sheets.says("1 December 2020 compared with 1 September 2022")


@pytest.fixture(scope="session")
def shipped_map() -> Any:
    return pkzone.map()


@pytest.mark.parametrize(("paper", "landscape"), PAPERS)
def test_map_uses_the_sheet(open_page: Any, shipped_map: Any, paper: str, landscape: bool) -> None:
    opened = open_page(shipped_map, "#theme=dark&lang=ru")
    sheets = Sheets(opened, paper, landscape=landscape)
    check_sheets(sheets, paper, landscape=landscape)
    assert len(sheets.document) <= 4
    left, top, right, bottom = sheets.drawn["map"]
    width, height = sheets.drawn["sheet"]
    assert (right - left) * (bottom - top) >= 0.5 * width * height
    for part in ("Миротворческая зона", "Официальной", catalogue().edition.sha256):
        assert _letters(part).casefold() in _letters(sheets.texts[0]).casefold(), part


def test_map_with_few_sources_is_one_sheet(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    sheets = Sheets(opened)
    assert len(sheets.document) == 1
    _, top, _, bottom = sheets.drawn["map"]
    assert bottom - top > 0.55 * sheets.drawn["sheet"][1]
    assert min(sheets.sizes()) >= SMALLEST


def test_address_is_printed_where_it_leads_somewhere(
    open_page: Any, browser: Any, small: Catalogue
) -> None:
    context = browser.new_context()
    page = context.new_page()
    html = pkzone.map(catalogue=small).to_html()
    address = "https://example.org/maps/zone.html"
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{address}#lang=ru")
    page.wait_for_selector("#pk-groups fieldset", state="attached")

    class Opened:
        pass

    opened: Any = Opened()
    opened.page = page
    assert Sheets(opened).says(f"{address}#lang=ru")
    context.close()


def test_geojson_of_a_file_has_no_path_on_paper(open_page: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.geojson"
    way = Feature("way", {"name": "A way"}, line((46.0, 39.0), (46.1, 39.1)))
    path.write_bytes(geojson.dumps([way]))
    opened = open_page(pkzone.map(str(path)))
    sheets = Sheets(opened)
    assert len(sheets.document) == 1
    assert sheets.says("mine")
    assert str(tmp_path) not in "".join(sheets.texts)
