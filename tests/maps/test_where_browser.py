"""Names that tell where a map is: of places, wherever they are no layer of the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import catalogue
from tests.helpers.drawn_catalogue import feature, line, point, write

pytestmark = pytest.mark.browser

SIZES = [(1440, 900), (390, 844), (700, 480)]


def names(opened: Any, of: str = ".pk-label") -> list[str]:
    found: list[str] = opened.page.locator(of).all_inner_texts()
    return [" ".join(one.split()) for one in found]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_map_of_one_layer_names_the_places(open_page: Any, size: tuple[int, int]) -> None:
    opened = open_page(pkzone.map("corridor"), size=size)
    assert {"Goris", "Khankendi / Stepanakert"} <= set(names(opened))
    assert opened.troubles == []


@pytest.mark.parametrize(
    ("lang", "goris"), [("az", "Gorus"), ("hy", "Գորիս"), ("ru", "Горис")]
)  # as authoring/facts/names.csv has it
def test_places_are_named_in_the_language_on_view(open_page: Any, lang: str, goris: str) -> None:
    opened = open_page(pkzone.map("corridor", lang=lang))
    assert goris in " ".join(names(opened))


def test_places_that_are_no_layer_are_no_data_of_the_map(open_page: Any) -> None:
    opened = open_page(pkzone.map("corridor"))
    dots = opened.page.locator('path[data-layer="places"]')
    assert dots.count() > 20
    assert opened.page.locator('path[data-layer="places"][role]').count() == 0
    assert opened.page.locator("#pk-layer-places").count() == 0
    assert "Places" not in opened.text("#pk-groups")


def test_files_in_the_region_lie_among_its_places(open_page: Any, tmp_path: Path) -> None:
    file = tmp_path / "file.geojson"
    file.write_text(
        '{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "LineString", '
        '"coordinates": [[46.3, 39.5], [46.8, 39.9]]}}'
    )
    opened = open_page(pkzone.map(file))
    assert "Goris" in names(opened)


def test_names_follow_the_day(open_page: Any, tmp_path: Path) -> None:
    def place(name: str) -> Any:
        return feature("a", point(46.5, 39.65), name=name, kind="city")

    road = [feature("r", line((46.4, 39.6), (46.6, 39.7)), status="open")]
    source = write(
        tmp_path / "own",
        {"road": {"2024-01-01": road, "2024-06-15": road}, "places": {"2024-01-01": [place("Old")],
                                                 "2024-06-01": [place("New")]}},
    )  # fmt: skip
    page = pkzone.map("road", catalogue=catalogue(source))
    for day, name in (("2024-03-01", "Old"), ("2024-07-01", "New")):
        assert names(open_page(page, f"#on={day}")) == [name]
