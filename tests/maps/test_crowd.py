"""Many features and many versions: drawn on canvases, told by the table, right on every date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pkzone
from tests.helpers.drawn_catalogue import feature, line, point, square, write

pytestmark = pytest.mark.browser

# A grid of points, one of which comes and goes; a line and an area above the points.
GRID = [
    feature(
        f"p{row:02d}-{column:02d}", point(46 + column / 50, 39 + row / 50), name=f"P {row} {column}"
    )
    for row in range(50)
    for column in range(50)
]
ROAD = feature("road", line((46, 40.2), (47, 40.2)), name="Road", uncertainty_m=900)
LATER = feature("later", point(46.5, 40.4), name="Later")
VERSIONS = {
    "2021-01-01": [*GRID, ROAD],
    "2021-06-01": [*GRID, LATER, ROAD],
    "2022-01-01": [feature("field", square(46.2, 40.3, 0.2), name="Field"), LATER, ROAD],
}
PIXEL = """([lat, lon, pane, index]) => {
  const { map } = pkzone.draw;
  const canvas = document.querySelectorAll(`.leaflet-${pane}-pane canvas`)[index];
  if (!canvas) return [0, 0, 0, 0];
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const { left, top } = canvas.getBoundingClientRect();
  const home = map.getContainer().getBoundingClientRect();
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  copy.drawImage(canvas, left - home.left - x, top - home.top - y);
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = write(
        tmp_path_factory.mktemp("crowd") / "c", {"many": VERSIONS}, titles={"many": "Many"}
    )
    return pkzone.map(catalogue=pkzone.catalogue(root), on="2021-03-01")


@pytest.fixture
def opened(open_page: Callable[..., Any], crowd: Any) -> Any:
    return open_page(crowd, "#on=2021-03-01&tool=table&at=39.8,46.5&z=9.5")


def pixel(
    opened: Any, lat: float, lon: float, pane: str = "pk-many", *, light: bool = False
) -> list[int]:
    found: list[int] = opened.page.evaluate(PIXEL, [lat, lon, pane, int(light)])
    return found


def rows(opened: Any) -> set[str]:
    return set(
        opened.page.evaluate(
            "() => [...document.querySelectorAll('#pk-sheet tr[data-layer]')]"
            ".map(({ dataset }) => `${dataset.layer}/${dataset.id}`)"
        )
    )


def client(opened: Any, lat: float, lon: float) -> tuple[float, float]:
    at = opened.page.evaluate(
        "([lat, lon]) => { const { map } = pkzone.draw;"
        " const { left, top } = map.getContainer().getBoundingClientRect();"
        " const { x, y } = map.latLngToContainerPoint([lat, lon]); return [left + x, top + y]; }",
        [lat, lon],
    )
    return at[0], at[1]


def test_many_features_are_drawn_on_canvas_and_listed_in_slices(opened: Any) -> None:
    assert opened.drawn() == set()
    assert pixel(opened, 39.7, 46.5)[3] == 255  # a marker
    assert pixel(opened, 39.71, 46.51)[3] == 0  # between four markers
    assert opened.text("#pk-sheet [role=status]") == "Features: 2501"
    assert len(rows(opened)) < 2501
    more = opened.page.locator("#pk-sheet .pk-scroll button.pk-button")
    while more.is_visible():
        more.evaluate("(button) => button.click()")
    assert rows(opened) == {f"many/{one['id']}" for one in VERSIONS["2021-01-01"]}


@pytest.mark.parametrize(
    ("day", "count", "is_there"),
    [("2021-05-31", 2501, 0), ("2021-06-01", 2502, 255), ("2021-12-31", 2502, 255)],
)
def test_canvas_shows_the_features_of_the_date(
    open_page: Callable[..., Any], crowd: Any, day: str, count: int, is_there: int
) -> None:
    opened = open_page(crowd, f"#on={day}&tool=table&filter=later")
    assert pixel(opened, 40.4, 46.5)[3] == is_there
    assert rows(opened) == ({"many/later"} if is_there else set())
    opened.page.fill("#pk-filter", "")
    assert opened.text("#pk-sheet [role=status]") == f"Features: {count}"


def test_page_goes_back_to_svg_when_few_are_left(opened: Any) -> None:
    opened.page.evaluate("() => { location.hash = '#on=2022-01-01'; }")
    opened.page.wait_for_function("() => document.body.dataset.asOf === '2022-01-01'")
    assert opened.drawn() == {"many/field", "many/later", "many/road"}
    assert pixel(opened, 39.5, 46.5)[3] == 0


def test_pointer_finds_names_and_opens_features(opened: Any) -> None:
    opened.page.mouse.move(*client(opened, 39.9, 46.5))
    opened.page.wait_for_selector(".pk-tip")
    assert opened.text(".pk-tip") == "P 45 25"
    opened.page.evaluate("() => pkzone.draw.map.setView([40.2, 46.5], 10, { animate: false })")
    opened.page.mouse.click(*client(opened, 40.2, 46.51))
    assert opened.text("#pk-feature-name") == "Road"
    assert pixel(opened, 40.2, 46.51, light=True)[3] > 0
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#pk-feature").is_visible()
    opened.page.mouse.move(*client(opened, 40.25, 46.51))
    opened.page.wait_for_selector(".pk-tip", state="detached")
    assert pixel(opened, 40.2, 46.51, light=True)[3] == 0


def test_table_is_the_keyboard_way_to_a_feature_on_canvas(opened: Any) -> None:
    assert "the table lists them" in (
        opened.page.get_attribute(".leaflet-container", "aria-label") or ""
    )
    opened.page.fill("#pk-filter", "P 3 4")
    opened.page.locator("#pk-sheet tr[data-id='p03-04'] button").press("Enter")
    assert opened.text("#pk-feature-name") == "P 3 4"
    assert opened.page.locator("tr[data-id='p03-04']").get_attribute("aria-current") == "true"


def test_uncertainty_is_drawn_on_canvas(opened: Any) -> None:
    opened.page.evaluate("() => pkzone.draw.map.setView([40.2, 46.5], 10, { animate: false })")
    beside = (40.2 + 0.006, 46.51)  # 670 m north of the road, 900 m are in doubt
    assert pixel(opened, *beside, "pk-uncertainty")[3] == 0
    opened.page.check("#pk-band")
    assert pixel(opened, *beside, "pk-uncertainty")[3] == 255


def test_versions_beside_each_other_are_drawn_on_canvas(open_page: Any, crowd: Any) -> None:
    opened = open_page(crowd, "#on=2021-06-01&compare=2021-01-01&swipe=50&at=40.4,46.5&z=10")
    assert opened.drawn() == set()
    assert "polygon" in opened.page.evaluate(
        "() => pkzone.draw.map.getPane('pk-many').style.clipPath"
    )
    # The later point is there on the right, on the day of the map, and not on the day before.
    assert pixel(opened, 40.4, 46.5, "pk-many")[3] == 255
    assert pixel(opened, 40.4, 46.5, "pk-many\\~a")[3] == 0
    assert pixel(opened, 40.2, 46.4, "pk-many\\~a")[3] == 255
