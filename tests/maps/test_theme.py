"""How the page looks: light, dark and on paper; how wide uncertainty is; what axe says of it."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import catalogue
from pkzone.maps import style
from tests.helpers.drawn_catalogue import feature, line, point, square, write

SIZES = [(1440, 900), (390, 844)]


def test_themes_name_the_same_colours() -> None:
    for table in (style.PALETTE, style.PAGE):
        assert table["light"].keys() == table["dark"].keys()
    assert not style.PALETTE["light"].keys() & style.PAGE["light"].keys()


def test_dark_palette_is_the_one_of_the_design() -> None:
    dark = style.PALETTE["dark"]
    assert (dark["zone"], dark["route"]) == ("#56b4e9", "#e69f00")
    assert (dark["added"], dark["removed"]) == ("#56b4e9", "#e69f00")


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_level_aa(theme: str) -> None:
    colors = {**style.PALETTE[theme], **style.PAGE[theme]}
    for text in ("ink", "muted", "accent"):
        for ground in ("panel", "hover", "paper"):
            low, high = sorted(luminance(colors[one]) for one in (text, ground))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


COLOURS = """() => {
  const look = getComputedStyle(document.documentElement);
  return ["--pk-zone", "--pk-panel"].map((name) => look.getPropertyValue(name)).concat(look.colorScheme);
}"""  # noqa: E501
LIGHT = ["#0072b2", "#ffffff", "light"]
DARK = ["#56b4e9", "#23272c", "dark"]


@pytest.mark.browser
def test_theme_follows_the_device_until_the_reader_chooses(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    choice = opened.page.get_by_label("Theme")
    assert choice.input_value() == "auto"
    assert opened.page.evaluate(COLOURS) == LIGHT
    opened.page.emulate_media(color_scheme="dark")
    assert opened.page.evaluate(COLOURS) == DARK
    choice.select_option("light")
    assert opened.page.evaluate(COLOURS) == LIGHT
    assert "theme=light" in opened.hash()
    opened.page.emulate_media(color_scheme="light")
    choice.select_option("dark")
    assert opened.page.evaluate(COLOURS) == DARK
    stroke = opened.page.locator('path[data-layer="corridor"][stroke="var(--pk-route)"]').first
    assert stroke.evaluate("(one) => getComputedStyle(one).stroke") == "rgb(230, 159, 0)"
    choice.select_option("auto")
    assert opened.page.evaluate(COLOURS) == LIGHT
    assert "theme=" not in opened.hash()


@pytest.mark.browser
def test_theme_stands_in_the_address(open_page: Any, shipped: Any) -> None:
    assert open_page(shipped, "#theme=dark").page.evaluate(COLOURS) == DARK
    assert open_page(shipped, "#theme=<b>").page.evaluate(COLOURS) == LIGHT


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_paper_has_four_sheets_at_most(open_page: Any, shipped: Any, size: tuple[int, int]) -> None:
    for code in ("en", "hy"):
        opened = open_page(shipped, f"#lang={code}&theme=dark&z=10&at=39.7,46.6", size)
        before = opened.page.evaluate("() => pkzone.draw.map.getCenter().lat")
        pdf = opened.page.pdf(format="A4", landscape=True)
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
        opened.page.wait_for_function("() => !document.querySelector('.pk-printing')")
        after = opened.page.evaluate("() => pkzone.draw.map.getCenter().lat")
        assert after == pytest.approx(before, abs=1e-6)


@pytest.mark.browser
def test_paper_has_what_a_map_needs_and_no_controls(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#theme=dark&see=corridor/lachin-new-az&off=places")
    page = opened.page
    before = page.evaluate("() => pkzone.draw.map.getCenter()")
    page.emulate_media(media="print")
    page.wait_for_function("() => document.querySelector('#pk-print li')")
    said = page.locator("body").inner_text()
    for text in (
        "Peacekeeping zone in Nagorno-Karabakh", "Map as of 1 September 2022", "Zone and control",
        "Area of responsibility", "Corridor road, open", "Not an official map",
        "Sources of what is shown", "Data: Creative Commons",
    ):  # fmt: skip
        assert text in said, text
    assert "Place inside the zone" not in said
    scale = page.locator(".leaflet-control-scale-line").all_inner_texts()
    assert [one.split()[1] for one in scale] == ["km", "mi"]
    for control in ("#pk-settings", "#pk-slider", "#pk-tools", "#pk-feature", "#pk-band",
                    ".leaflet-control-zoom", "#pk-groups input", "#pk-small-print"):  # fmt: skip
        assert page.locator(control).locator("visible=true").count() == 0, control
    assert page.evaluate(COLOURS) == LIGHT
    printed = page.locator("#pk-print li").count()
    cited = page.evaluate(
        "() => new Set([...pkzone.draw.drawn.values()]"
        ".flatMap(({ state }) => state.properties.sources ?? [])).size"
    )
    assert cited <= printed < len(shipped.content["sources"])
    page.emulate_media(media="screen")
    page.wait_for_function("() => !document.querySelector('.pk-printing')")
    after = page.evaluate("() => pkzone.draw.map.getCenter()")
    assert (after["lat"], after["lng"]) == pytest.approx((before["lat"], before["lng"]), abs=1e-6)
    assert page.locator("#pk-print").is_hidden()


@pytest.fixture
def unsure(tmp_path: Path) -> Any:
    features = [
        feature("line", line((46.4, 40), (46.6, 40)), uncertainty_m=1500),
        feature("area", square(46.4, 40.1, 0.2), uncertainty_m=800),
        feature("point", point(46.5, 39.9), uncertainty_m=2000),
        feature("sure", line((46.4, 39.8), (46.6, 39.8))),
        feature("odd", line((46.4, 39.7), (46.6, 39.7)), uncertainty_m="much"),
        feature("wide", line((46.4, 39.6), (46.6, 39.6)), uncertainty_m=1_000_000),
    ]
    return pkzone.map(
        catalogue=catalogue(write(tmp_path / "c", {"mine": {"2020-01-01": features}}))
    )


BANDS = """() => Object.fromEntries([...document.querySelectorAll("path.pk-doubt")].map((path) => {
  const box = path.getBBox();
  return [path.dataset.id, [path.getAttribute("stroke-width"), box.width]];
}))"""


def pixels(metres: float, latitude: float, zoom: int) -> float:
    """Pixels of a length in Web Mercator: 256 pixels are the equator at zoom 0."""
    return metres / (2 * math.pi * 6_378_137 * math.cos(math.radians(latitude))) * 256 * 2**zoom


@pytest.mark.browser
def test_band_is_as_wide_as_the_uncertainty(open_page: Any, unsure: Any) -> None:
    opened = open_page(unsure, "#at=39.9,46.5&z=10")
    assert opened.page.locator("path.pk-doubt").count() == 0
    assert opened.page.locator("#pk-band-key").is_hidden()
    opened.page.get_by_label("Show uncertainty").check()
    assert "band=1" in opened.hash()
    assert "may lie anywhere in the band" in opened.text("#pk-band-key")
    for zoom in (10, 9):
        opened.page.evaluate("(zoom) => pkzone.draw.map.setZoom(zoom, {animate: false})", zoom)
        found = opened.page.evaluate(BANDS)
        assert set(found) == {"line", "area", "point", "wide"}
        assert float(found["line"][0]) == pytest.approx(2 * pixels(1500, 40, zoom), rel=0.01)
        assert float(found["area"][0]) == pytest.approx(2 * pixels(800, 40.2, zoom), rel=0.01)
        assert found["point"][1] == pytest.approx(2 * pixels(2000, 39.9, zoom), abs=1.5)
        assert float(found["wide"][0]) < pixels(1_000_000, 39.6, zoom)
    opened.page.get_by_label("Show uncertainty").uncheck()
    assert opened.page.locator("path.pk-doubt").count() == 0
    assert "band=" not in opened.hash()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "theme"), list(zip(SIZES, ("light", "dark"), strict=True)), ids=str
)
def test_axe_finds_nothing_against_level_aa(
    open_page: Any, shipped: Any, size: tuple[int, int], theme: str
) -> None:
    opened = open_page(shipped, f"#theme={theme}&see=corridor/lachin-new-az", size)
    assert opened.barriers_on_the_map() == []
    other = "light" if theme == "dark" else "dark"
    for hash_ in (f"theme={other}&lang=hy&band=1", f"theme={theme}&tool=table"):
        opened.page.evaluate("(hash) => { location.hash = hash; }", hash_)
        opened.page.wait_for_function("(hash) => location.hash.includes(hash)", arg=hash_[-6:])
        assert opened.barriers_on_the_map() == []


@pytest.mark.browser
def test_axe_finds_a_barrier_put_in_its_way(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    opened.page.evaluate("""() => {
        const main = document.querySelector("main") ?? document.body;
        main.insertAdjacentHTML("afterbegin", '<button id="mute"></button>');
    }""")
    assert opened.barriers() == [("button-name", ["#mute"])]
