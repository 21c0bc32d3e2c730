"""What is handed on from a map in Chromium: links, the history, citations, pictures and files."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue
from tests.helpers.drawn_catalogue import feature, point, write
from tests.helpers.opened_page import Framed
from tests.maps.test_hostile import HOSTILE

pytestmark = pytest.mark.browser

DESK, LAPTOP, FRAME, PHONE = (1440, 900), (1024, 768), (700, 480), (390, 844)
SIZES = [DESK, LAPTOP, FRAME, (560, 500), (640, 400), PHONE]
ROAD = "corridor/lachin-new-az"
PIXEL = 360 / 256 / 2**9  # degrees of longitude at zoom 9
# The window of the map that no sheet covers: west, south, east, north.
FREE = """() => {
  const { map } = pkzone.draw;
  const { left, top, bottom, right } = map.getContainer().getBoundingClientRect();
  const covers = ["#pk-drawer:not([data-open=menu])", "#pk-sheet"].map((one) => document.querySelector(one))
    .filter((one) => one && one.getClientRects().length && getComputedStyle(one).gridRowStart === "map");
  const low = Math.min(bottom, ...covers.map((one) => one.getBoundingClientRect().top));
  const a = map.containerPointToLatLng([0, low - top]), b = map.containerPointToLatLng([right - left, 0]);
  return [a.lng, a.lat, b.lng, b.lat];
}"""  # noqa: E501


def bounds_in(hash_: str) -> list[float]:
    (text,) = [part for part in hash_.lstrip("#").split("&") if part.startswith("bbox=")]
    return [float(number) for number in text.removeprefix("bbox=").split(",")]


def check_holds(seen: list[float], bounds: list[float]) -> None:
    slack = 0.002 * (bounds[2] - bounds[0])
    west, south, east, north = bounds
    assert seen[0] - slack <= west < east <= seen[2] + slack
    assert seen[1] - slack <= south < north <= seen[3] + slack


# Links


@pytest.mark.parametrize("size", [FRAME, (560, 500), (640, 400), PHONE, LAPTOP], ids=str)
def test_link_of_a_desktop_shows_its_bounds_and_feature_at_any_size_and_back(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    desk = open_page(shipped, f"#on=2022-08-30&at=39.62,46.45&z=10.5&see={ROAD}", DESK)
    desk.page.locator("#pk-after").click()
    bounds = bounds_in(desk.hash())
    assert bounds == pytest.approx(desk.page.evaluate(FREE), abs=PIXEL)
    other = open_page(shipped, desk.hash(), size)
    check_holds(other.page.evaluate(FREE), bounds)
    assert other.page.locator("#pk-feature-name").is_visible()
    road = other.element("corridor", "lachin-new-az").bounding_box()
    sheet = other.page.locator("#pk-drawer")
    if sheet.is_visible():
        assert road["y"] + road["height"] < sheet.bounding_box()["y"]
    other.page.locator("#pk-after").click()
    assert bounds_in(other.hash()) == bounds  # until somebody moves the map
    again = open_page(shipped, other.hash(), DESK)
    assert again.centre() == pytest.approx(desk.centre(), abs=PIXEL)
    assert again.page.evaluate("() => pkzone.draw.map.getZoom()") == 10.5


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_feature_outside_the_bounds_comes_into_view_with_them(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    bounds = [46.6, 39.7, 46.9, 39.9]
    opened = open_page(shipped, "#bbox=46.6,39.7,46.9,39.9&see=places/goris", size)
    seen = opened.page.evaluate(FREE)
    check_holds(seen, bounds)
    assert opened.page.evaluate(
        "([west, south, east, north]) => pkzone.draw.map.getBounds()"
        ".contains(pkzone.data.byName.get('places').states.find(({ id }) => id === 'goris')"
        ".geometry.positions[0]) && west < 46.35",
        seen,
    )


@pytest.mark.parametrize("size", [DESK, FRAME, PHONE], ids=str)
def test_moved_map_puts_its_own_bounds_into_the_address(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "#bbox=46.5,39.6,46.9,39.9", size)
    opened.page.evaluate("() => pkzone.draw.map.panBy([0, 90], { animate: false })")
    bounds = bounds_in(opened.hash())
    assert bounds == pytest.approx(opened.page.evaluate(FREE), abs=PIXEL)
    again = open_page(shipped, opened.hash(), size)
    assert again.centre() == pytest.approx(opened.centre(), abs=PIXEL)
    assert again.page.evaluate(FREE) == pytest.approx(bounds, abs=PIXEL)


def test_links_with_a_centre_and_a_zoom_are_read(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2023-05-01&at=39.6400,46.5500&z=10.5", LAPTOP)
    assert opened.centre() == pytest.approx((39.64, 46.55), abs=1e-6)
    assert opened.page.evaluate("() => pkzone.draw.map.getZoom()") == 10.5
    opened.page.locator("#pk-after").click()
    assert not {"at", "z"} & {part.split("=")[0] for part in opened.hash().strip("#").split("&")}


@pytest.mark.parametrize(
    "bbox",
    ["46,39,45,40", "46,40,47,39", "46,39,47", "46,39,47,40,1", "x,39,47,40", "-999,39,47,40",
     "46,39,46,39", "NaN,NaN,NaN,NaN", "1e9,0,1e10,1", "46,-91,47,91"],
)  # fmt: skip
def test_bounds_that_are_none_are_ignored(open_page: Any, small: Catalogue, bbox: str) -> None:
    page = pkzone.map(catalogue=small)
    plain, odd = open_page(page), open_page(page, f"#bbox={bbox}")
    assert odd.centre() == plain.centre()
    for opened in (odd, plain):
        opened.page.locator("#pk-before").click()
    assert odd.hash() == plain.hash()


# The history


def wait_for(target: Any, hash_part: str, *, there: bool = True) -> None:
    target.wait_for_function(
        "([part, there]) => location.hash.includes(part) === there", arg=[hash_part, there]
    )


@pytest.mark.parametrize("size", [DESK, FRAME, PHONE], ids=str)
def test_back_undoes_days_features_and_comparisons_one_by_one(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "#on=2022-08-30&bbox=46,39.3,47,40.1&lang=en", size)
    page = opened.page
    length = page.evaluate("() => history.length")
    first = opened.hash()
    page.locator("#pk-after").click()
    stepped = opened.hash()
    page.evaluate("() => pkzone.draw.map.panBy([60, 0], { animate: false })")
    page.evaluate("() => pkzone.draw.map.setZoom(9, { animate: false })")
    moved = opened.hash()
    assert moved != stepped
    opened.element("corridor", "lachin-new-az").press("Enter")
    assert f"see={ROAD}" in opened.hash()
    assert page.evaluate("() => history.length") == length + 2
    page.go_back()
    wait_for(page, "see=", there=False)
    assert opened.hash() == moved
    assert page.locator("#pk-feature").is_hidden()
    page.go_back()
    wait_for(page, "on=2022-08-30")
    assert opened.hash() == first
    assert opened.as_of() == "2022-08-30"
    page.go_forward()
    page.go_forward()
    wait_for(page, "see=")
    assert page.locator("#pk-feature-name").is_visible()
    if size == DESK:
        page.click("#pk-compare-button")
        wait_for(page, "compare=")
        page.go_back()
        wait_for(page, "compare=", there=False)
        assert page.locator("#pk-compare").is_hidden()
        assert f"see={ROAD}" in opened.hash()


def test_search_is_one_entry_and_back_shows_the_view_of_before(
    open_page: Any, shipped: Any
) -> None:
    opened = open_page(shipped, "#bbox=46,39.3,47,40.1", LAPTOP)
    bounds = [46, 39.3, 47, 40.1]
    length = opened.page.evaluate("() => history.length")
    opened.page.fill("#pk-query", "goris")
    opened.page.keyboard.press("Enter")
    wait_for(opened.page, "see=places/goris")
    assert opened.page.evaluate("() => history.length") == length + 1
    opened.page.go_back()
    wait_for(opened.page, "see=", there=False)
    assert bounds_in(opened.hash()) == bounds


def test_dragging_the_slider_is_one_entry(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2020-11-10", DESK)
    page = opened.page
    length = page.evaluate("() => history.length")
    box = page.locator("#pk-slider").bounding_box()
    middle = box["y"] + 16
    page.mouse.move(box["x"] + 9, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=12)
    page.mouse.up()
    dragged = opened.as_of()
    assert dragged > "2020-11-10"
    assert page.evaluate("() => history.length") == length + 1
    page.locator("#pk-slider").press("ArrowRight")
    assert page.evaluate("() => history.length") == length + 2
    page.go_back()
    page.wait_for_function("(day) => document.body.dataset.asOf === day", arg=dragged)
    page.go_back()
    page.wait_for_function("() => document.body.dataset.asOf === '2020-11-10'")


def test_playing_makes_no_entry_for_each_step(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2021-01-01", LAPTOP)
    page = opened.page
    page.clock.install()
    length = page.evaluate("() => history.length")
    page.locator("#pk-play").click()
    for _ in range(4):
        day = opened.as_of()
        page.clock.run_for(10000)
        page.wait_for_function("(day) => document.body.dataset.asOf > day", arg=day)
    page.locator("#pk-play").click()
    assert page.evaluate("() => history.length") <= length + 1
    page.go_back()
    page.wait_for_function("() => document.body.dataset.asOf === '2021-01-01'")


def test_back_works_in_a_frame(frame_map: Callable[..., Framed], shipped: Any) -> None:
    framed = frame_map(shipped, "#on=2022-08-30")
    framed.map.locator("#pk-after").click()
    wait_for(framed.map, "on=2022-08-30", there=False)
    framed.map.locator('path.pk-hit[data-id="lachin-new-az"]').press("Enter")
    wait_for(framed.map, "see=")
    framed.page.evaluate("() => history.back()")
    wait_for(framed.map, "see=", there=False)
    framed.page.evaluate("() => history.back()")
    wait_for(framed.map, "on=2022-08-30")
    assert framed.map.evaluate("() => document.body.dataset.asOf") == "2022-08-30"


def test_link_past_the_map_and_foreign_hashes_keep_the_view(open_page: Any, shipped: Any) -> None:
    opened = open_page(
        shipped, f"#on=2021-12-01&bbox=46.5,39.6,46.9,39.9&see={ROAD}&lang=en", LAPTOP
    )
    page, before = opened.page, opened.hash()
    page.locator(".pk-skip").press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "pk-panel"
    assert opened.hash() == before
    for foreign in ("#pk-panel", "#top", "#x=1", "#%E0%A4%A"):
        page.evaluate("(hash) => { location.hash = hash; }", foreign)
        page.wait_for_function("(hash) => location.hash === hash", arg=before)
        assert opened.as_of() == "2021-12-01"
        assert page.locator("#pk-feature-name").is_visible()


# The sheet


def share(opened: Any) -> Any:
    """Open the sheet and return its buttons by their labels."""
    if opened.page.locator("#pk-menu").is_visible():
        opened.page.click("#pk-menu")
    opened.page.locator("[data-tool=share]").click()
    return lambda label: opened.page.locator(".pk-share").get_by_role(
        "button", name=label, exact=True
    )


def copied(opened: Any) -> str:
    found: str = opened.page.locator(".pk-share textarea").input_value()
    return found


def said(opened: Any) -> str:
    return str(opened.text(".pk-share [role=status]"))


ADDRESS = "https://example.org/maps/zone.html"


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_file_without_an_address_copies_its_part_and_says_so(
    open_page: Any, shipped: Any, size: tuple[int, int]
) -> None:
    hash_ = f"#on=2022-09-01&bbox=46,39.3,47,40.1&see={ROAD}&lang=en"
    opened = open_page(shipped, hash_, size)
    if size in (DESK, LAPTOP):
        button = share(opened)
    else:
        opened.page.keyboard.press("Escape")
        hash_ = hash_.replace(f"&see={ROAD}", "")
        button = share(opened)
    button("Copy link").click()
    assert copied(opened) == hash_
    assert "This file has no address" in said(opened)
    button("Copy embed code").click()
    assert copied(opened) == ""
    assert said(opened).startswith("Nothing was copied.")
    assert "put the file on the web first" in said(opened)
    button("Copy citation").click()
    package = json.loads((pkzone.catalogue().root / "datapackage.json").read_text("utf-8"))
    for part in (
        package["title"], package["contributors"][0]["title"], "1 September 2022 (2022-09-01)",
        package["version"], package["licenses"][0]["title"], package["seal"].partition(":")[2],
    ):  # fmt: skip
        assert part in copied(opened)
    assert "http" not in copied(opened).replace(package["licenses"][0]["path"], "")
    button("BibTeX").click()
    assert copied(opened).startswith("@misc{map-2022-09-01-")
    button("CSL-JSON").click()
    (record,) = json.loads(copied(opened))
    assert (record["type"], record["title"]) == ("map", package["title"])
    year, month, day = map(int, package["created"][:10].split("-"))
    assert record["issued"] == {"date-parts": [[year, month, day]]}


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_box_shows_the_bounds_of_before_the_sheet_as_they_are_copied(
    open_page: Any, shipped: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, "#on=2022-09-01", size)
    if opened.page.locator("#pk-drawer").is_visible():
        opened.page.keyboard.press("Escape")
    opened.page.evaluate("() => pkzone.draw.map.panBy([60, 30], { animate: false })")
    before = opened.hash()
    bounds = bounds_in(before)
    button = share(opened)
    assert bounds_in(copied(opened)) == bounds
    saved(opened, "GeoJSON", tmp_path)
    shown = copied(opened)
    assert bounds_in(shown) == bounds
    button("Copy link").click()
    assert copied(opened) == shown == before
    again = open_page(shipped, opened.hash(), size)
    assert bounds_in(copied(again)) == bounds


def test_page_on_the_web_copies_its_address_and_the_code_of_a_frame(
    browser: Any, shipped: Any
) -> None:
    html = shipped.get_root().render()
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page = context.new_page()
    page.goto(f"{ADDRESS}#on=2021-12-01&bbox=46,39.3,47,40.1&tool=download")
    page.get_by_role("button", name="Copy link", exact=True).click()
    link = page.locator(".pk-share textarea").input_value()
    assert link == f"{ADDRESS}#on=2021-12-01&bbox=46,39.3,47,40.1&lang=en"
    page.get_by_role("button", name="Copy embed code", exact=True).click()
    code = page.locator(".pk-share textarea").input_value()
    source = page.evaluate(
        """(code) => {
      const { body } = new DOMParser().parseFromString(code, "text/html");
      const [frame, ...more] = body.childNodes;
      return more.length ? null : [frame.localName, frame.getAttribute("src"), frame.title,
        frame.width, frame.height, frame.getAttribute("loading"), frame.getAttribute("allow")];
    }""",
        code,
    )
    title = page.locator("#pk-title").inner_text()
    assert source == [
        "iframe", f"{link}&embed=1", title, "700", "480", "lazy", "fullscreen",
    ]  # fmt: skip
    page.get_by_role("button", name="BibTeX", exact=True).click()
    assert f"url = {{{link}}}" in page.locator(".pk-share textarea").input_value()
    context.close()


@pytest.mark.parametrize("language", ["az", "hy", "ru"])
def test_sheet_speaks_every_language(open_page: Any, shipped: Any, language: str) -> None:
    english, other = (
        set(open_page(shipped, f"#tool=share&lang={code}").text(".pk-share").split("\n"))
        for code in ("en", language)
    )
    same = {"BibTeX", "CSL-JSON", "PNG", "SVG", "GeoJSON", "CSV", ""}
    files = {one for one in english if one.endswith(".geojson")}
    assert english & other <= same | files


@pytest.mark.parametrize(
    ("size", "theme"), [(DESK, "light"), (FRAME, "dark"), (PHONE, "light")], ids=str
)
def test_axe_finds_nothing_on_the_sheet(
    open_page: Any, shipped: Any, size: tuple[int, int], theme: str
) -> None:
    opened = open_page(shipped, f"#tool=share&theme={theme}", size)
    opened.page.get_by_role("button", name="Copy citation").press("Enter")
    assert opened.barriers_on_the_map() == []
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-sheet").is_hidden()


# Files


def saved(opened: Any, label: str, folder: Path) -> Path:
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name=label, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_files_hold_what_is_in_view_of_the_layers_switched_on(
    open_page: Any, shipped: Any, tmp_path: Path
) -> None:
    view = "#on=2022-09-01&bbox=46.3,39.45,46.6,39.7&off=physical,boundaries,control,sites"
    opened = open_page(shipped, f"{view}&tool=share", DESK)
    path = saved(opened, "GeoJSON", tmp_path)
    assert path.name == "map_2022-09-01.geojson"
    collection = json.loads(path.read_text("utf-8"))
    package = json.loads((pkzone.catalogue().root / "datapackage.json").read_text("utf-8"))
    features = collection["features"]
    assert list(collection) == [
        "type", "title", "on", "licenses", "publisher", "version", "sha256", "features",
    ]  # fmt: skip
    assert [collection[name] for name in ("title", "on", "version", "publisher", "sha256")] == [
        package["title"], "2022-09-01", package["version"], package["contributors"][0]["title"],
        package["seal"].partition(":")[2],
    ]  # fmt: skip
    assert [one["title"] for one in collection["licenses"]] == [
        one["title"] for one in package["licenses"]
    ]
    ids = [one["id"] for one in features]
    assert len(set(ids)) == len(ids)
    assert {one.partition("/")[0] for one in ids} == {"zone", "transport", "corridor", "places"}
    assert ROAD in ids
    west, south, east, north = open_page(shipped, view, DESK).page.evaluate(FREE)
    places = pkzone.catalogue()["places"].on("2022-09-01").features().features
    assert {one for one in ids if one.startswith("places/")} == {
        f"places/{one.id}" for one in places
        for lon, lat in [one.geometry["coordinates"]] if west < lon < east and south < lat < north
    }  # fmt: skip
    version = pkzone.catalogue()["corridor"].on("2022-09-01")
    (road,) = [one for one in version.features().features if one.id == "lachin-new-az"]
    (found,) = [one for one in features if one["id"] == ROAD]
    assert found["geometry"] == road.geometry
    assert found["properties"] == {"layer": "corridor", "version": version.id, **road.properties}
    table = saved(opened, "CSV", tmp_path)
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    assert [f"{one['layer']}/{one['id']}" for one in rows] == ids
    (row,) = [one for one in rows if one["id"] == "lachin-new-az"]
    longitudes = [lon for lon, _ in road.geometry["coordinates"]]
    assert row["geometry_type"] == "LineString"
    assert "geometry" not in row
    assert (float(row["west"]), float(row["east"])) == (min(longitudes), max(longitudes))


@pytest.mark.parametrize("size", [DESK, FRAME, PHONE], ids=str)
@pytest.mark.parametrize("state", ["theme=light", "theme=dark&lang=hy&compare=before&swipe=50"])
def test_pictures_show_map_title_legend_and_credits(
    open_page: Any, shipped: Any, tmp_path: Path, state: str, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, f"#on=2022-09-01&bbox=46,39.3,47,40.1&{state}&tool=share", size)
    title = opened.page.locator("#pk-title").text_content()
    if opened.page.locator("#pk-drawer").is_visible():
        opened.page.keyboard.press("Escape")  # the comparison, which lies over the sheet
    png = saved(opened, "PNG", tmp_path)
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    assert png.read_bytes().startswith(b"\x89PNG")
    text = saved(opened, "SVG", tmp_path).read_text("utf-8")
    root = ElementTree.fromstring(text)  # noqa: S314 - made here
    assert (int(root.attrib["width"]), int(root.attrib["height"])) == (width // 2, height // 2)
    words = " ".join(one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text"))
    for word in (title or "").split():
        assert word in words
    for word in ("2022-09-01", "The pkzone developers", "Creative Commons"):
        assert word in words
    assert "var(" not in text
    assert not re.search(r'(href|src)="(?!data:image/png)', text)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 40


def test_pictures_of_a_crowd_hold_its_canvases(open_page: Any, tmp_path: Path) -> None:
    many = [
        feature(f"p{number}", point(46 + number % 80 / 100, 39 + number // 80 / 100))
        for number in range(6000)
    ]
    source = pkzone.catalogue(write(tmp_path / "c", {"sites": {"2020-01-01": many}}))
    opened = open_page(pkzone.map(catalogue=source), "#tool=share", LAPTOP)
    assert opened.page.locator("#pk-map canvas").count()
    text = saved(opened, "SVG", tmp_path).read_text("utf-8")
    assert 'href="data:image/png;base64,' in text
    assert saved(opened, "PNG", tmp_path).stat().st_size > 10_000


def test_hostile_texts_stay_texts_in_all_that_is_handed_on(open_page: Any, tmp_path: Path) -> None:
    text = " ".join(HOSTILE)
    sites = [
        feature(one, point(46.1 + number / 100, 39.5), name=one, status=one, note=one, **{one: one})
        for number, one in enumerate(HOSTILE)
    ]
    root = write(
        tmp_path / "c", {"sites": {"2020-01-01": sites}}, title=text, version=text,
        contributors=[{"title": text, "roles": ["publisher"]}],
        licenses=[{"name": text, "title": text, "path": "javascript:alert(1)"}],
    )  # fmt: skip
    opened = open_page(pkzone.map(catalogue=pkzone.catalogue(root)), "#tool=share", LAPTOP)
    for label in ("Copy citation", "BibTeX", "CSL-JSON"):
        opened.page.get_by_role("button", name=label, exact=True).click()
        assert "alert(1)" in copied(opened)
    (record,) = json.loads(copied(opened))
    assert "<script>" in record["title"]
    svg = saved(opened, "SVG", tmp_path).read_text("utf-8")
    root_element = ElementTree.fromstring(svg)  # noqa: S314 - made here
    names = {one.tag.partition("}")[2] for one in root_element.iter()}
    assert not names & {"script", "img", "iframe", "foreignObject", "a", "style", "set", "animate"}
    assert saved(opened, "PNG", tmp_path).stat().st_size > 10_000
    table = saved(opened, "CSV", tmp_path).read_text("utf-8")
    assert not re.search(r"(^|[\n,])\"?[=+@]", table)
    collection = json.loads(saved(opened, "GeoJSON", tmp_path).read_text("utf-8"))
    assert [set(one) for one in collection["licenses"]] == [{"name", "title"}]  # no such address
    features = collection["features"]
    assert [one["id"] for one in features] == [one["id"] for one in sites]
    found = opened.page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not {"img", "iframe", "base", "style"} & set(found)
