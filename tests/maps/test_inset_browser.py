"""The inset of a page: the regions around, small, and on them the part of the map on view."""

from __future__ import annotations

from typing import Any

import pytest

import pkzone

pytestmark = pytest.mark.browser

SIZES = [(1440, 900), (1024, 768), (700, 480), (560, 500), (390, 844)]
INSET = ".pk-inset"
# Where the frame lies in the inset, as shares of it, and what part of the map that stands for.
READ = """() => {
  const image = document.querySelector(".pk-inset svg").getBoundingClientRect();
  const frame = document.querySelector(".pk-inset rect").getBBox();
  const bounds = map_pkzone.getBounds();
  return { left: frame.x / image.width, right: (frame.x + frame.width) / image.width,
           top: frame.y / image.height, bottom: (frame.y + frame.height) / image.height,
           west: bounds.getWest(), east: bounds.getEast(), north: bounds.getNorth() };
}"""
# Names that touch the frame.
AT_THE_FRAME = """() => {
  const frame = document.querySelector(".pk-inset rect").getBoundingClientRect();
  return [...document.querySelectorAll(".pk-inset text")].filter((name) => {
    const box = name.getBoundingClientRect();
    return box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom;
  }).map((name) => name.textContent);
}"""  # noqa: E501
# Drawn lines and areas of the data that lie under the inset.
COVERED = """() => {
  const box = document.querySelector(".pk-inset").getBoundingClientRect();
  return [...document.querySelectorAll('path.pk-hit[data-layer="corridor"]')].filter((path) => {
    const [matrix, length] = [path.getScreenCTM(), path.getTotalLength()];
    return Array.from({ length: 200 }, (_, index) => {
      const at = path.getPointAtLength((length * index) / 199).matrixTransform(matrix);
      return at.x > box.left && at.x < box.right && at.y > box.top && at.y < box.bottom;
    }).some(Boolean);
  }).length;
}"""


def names(opened: Any) -> set[str]:
    return set(opened.page.locator(f"{INSET} text").all_text_contents())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_frames_the_part_on_view(open_page: Any, shipped: Any, size: tuple[int, int]) -> None:
    opened = open_page(shipped, "#at=39.8,46.7&z=9", size=size)
    seen = opened.page.evaluate(READ)
    # The window of authoring/regions.py ends at 41 and, with the coast of the Caspian, 50.39 east.
    assert seen["left"] == pytest.approx((seen["west"] - 41) / 9.39, abs=0.02)
    assert seen["right"] == pytest.approx((seen["east"] - 41) / 9.39, abs=0.02)
    assert seen["top"] == pytest.approx((43.6 - seen["north"]) / 6, abs=0.02)
    assert opened.troubles == []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("lang", "named"),
    [
        ("en", {"Armenia", "Azerbaijan", "Georgia", "Iran", "Russia"}),
        ("az", {"Ermənistan", "Azərbaycan", "Gürcüstan", "İran", "Rusiya"}),
        ("hy", {"Հայաստան", "Ադրբեջան", "Վրաստան", "Իրան", "Ռուսաստան"}),
        ("ru", {"Армения", "Азербайджан", "Грузия", "Иран", "Россия"}),
    ],
)
def test_it_names_every_country_around(
    open_page: Any, shipped: Any, size: tuple[int, int], lang: str, named: set[str]
) -> None:
    opened = open_page(shipped, f"#lang={lang}", size=size)
    assert named <= names(opened)
    if size == (1440, 900):
        assert opened.page.evaluate(AT_THE_FRAME) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_takes_little_of_the_map_and_none_of_the_corridor(
    open_page: Any, size: tuple[int, int]
) -> None:
    opened = open_page(pkzone.map("corridor"), size=size)
    share = opened.page.evaluate("""() => {
      const [map, box] = ["#pk-map", ".pk-inset"]
        .map((one) => document.querySelector(one).getBoundingClientRect());
      return (box.width * box.height) / (map.width * map.height);
    }""")
    assert 0.01 < share < 0.06
    assert opened.page.evaluate(COVERED) == 0


@pytest.mark.parametrize(
    ("hash_", "size"),
    [
        ("#at=40.5,46&z=7", (1440, 900)),  # as large as what the inset shows
        ("#at=52.2,21&z=9", (1440, 900)),  # elsewhere
        ("", (640, 400)),  # a map too small for it
    ],
)
def test_it_is_left_out(open_page: Any, shipped: Any, hash_: str, size: tuple[int, int]) -> None:
    assert open_page(shipped, hash_, size=size).page.locator(INSET).count() == 0


def test_no_voice_and_no_pointer_meets_it(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, size=(1440, 900))
    assert opened.page.get_attribute(INSET, "aria-hidden") == "true"
    assert (
        opened.page.evaluate("""() => {
      const { x, y, width } = document.querySelector(".pk-inset").getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + width / 2).closest(".pk-inset");
    }""")
        is None
    )


def test_a_step_of_the_slider_leaves_it_as_it_is(open_page: Any, shipped: Any) -> None:
    page = open_page(shipped, size=(1440, 900)).page
    image = page.query_selector(f"{INSET} svg")
    page.click("#pk-after")
    assert image.evaluate("(image) => image.isConnected")
    page.evaluate("() => map_pkzone.panBy([60, 0], { animate: false })")
    assert not image.evaluate("(image) => image.isConnected")


def test_the_page_of_a_difference_has_it(open_page: Any) -> None:
    diff = pkzone.diff("corridor@2020-11-10", "corridor@2022-09-01")
    opened = open_page(diff.map(), size=(1440, 900), ready="#pk-list, #pk-numbers p")
    assert {"Armenia", "Azerbaijan"} <= names(opened)


def test_paper_has_it(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, size=(1440, 900))
    opened.page.emulate_media(media="print")
    opened.page.wait_for_selector(".pk-printing", state="attached")
    assert opened.page.locator(INSET).is_visible()
