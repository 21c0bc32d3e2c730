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


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_countries_are_named_on_their_undisputed_ground(
    open_page: Any, size: tuple[int, int], shipped: Any
) -> None:
    opened = open_page(shipped, size=size)
    assert "AZERBAIJAN" in names(opened, ".pk-label-region")
    assert names(opened, ".pk-label-title")  # the corridor, and the zone where it has room


@pytest.mark.parametrize(
    ("lang", "named"),
    [
        ("en", {"ARMENIA", "AZERBAIJAN", "IRAN", "NAKHCHIVAN (AZERBAIJAN)"}),
        ("az", {"ERMƏNİSTAN", "AZƏRBAYCAN", "İRAN", "NAXÇIVAN (AZƏRBAYCAN)"}),
        ("hy", {"ՀԱՅԱՍՏԱՆ", "ԱԴՐԲԵՋԱՆ", "ԻՐԱՆ"}),
        ("ru", {"АРМЕНИЯ", "АЗЕРБАЙДЖАН", "ИРАН", "НАХИЧЕВАНЬ (АЗЕРБАЙДЖАН)"}),
    ],
)
def test_countries_are_named_in_every_language(
    open_page: Any, shipped: Any, lang: str, named: set[str]
) -> None:
    opened = open_page(shipped, f"#at=39.4,46.3&z=8&lang={lang}", size=(1440, 900))
    assert named <= set(names(opened, ".pk-label-region"))


def test_zone_and_corridor_carry_the_titles_of_their_layers(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, size=(1440, 900))
    assert sorted(names(opened, ".pk-label-title")) == ["Lachin corridor", "Responsibility zone"]
    inside = opened.page.evaluate("""() => {
      const label = document.querySelector('[data-title="zone"]');
      const { left, right, top, bottom } = label.getBoundingClientRect();
      const zone = document.querySelector('path.pk-hit[data-layer="zone"][data-id="core"]');
      const inverse = zone.getScreenCTM().inverse();
      return [[left, top], [right, top], [left, bottom], [right, bottom]].every(([x, y]) =>
        zone.isPointInFill(new DOMPoint(x, y).matrixTransform(inverse)));
    }""")  # as the browser fills the area
    assert inside


def test_names_leave_routes_free(open_page: Any, tmp_path: Path) -> None:
    """East of its dot, where a name stands first, runs a road; west of it is room."""
    road = [feature("r", line((46.51, 39.0), (46.51, 40.0)), status="open")]
    town = [feature("t", point(46.5, 39.5), name="Named town", kind="city")]
    source = write(tmp_path / "own", {"road": {"2024-01-01": road},
                                      "places": {"2024-01-01": town}})  # fmt: skip
    opened = open_page(pkzone.map("road", catalogue=catalogue(source)))
    left, right = opened.page.evaluate("""() =>
      [".pk-label-point", 'path[data-layer="places"]'].map((one) =>
        document.querySelector(one).getBoundingClientRect()).map((at) => at.x)""")
    assert left < right


def test_the_page_of_a_difference_names_countries(open_page: Any) -> None:
    diff = pkzone.diff("corridor@2020-11-10", "corridor@2022-09-01")
    opened = open_page(diff.map(), size=(1440, 900), ready="#pk-list, #pk-numbers p")
    opened.page.evaluate("() => pkzone.draw.map.setView([39.4, 46.3], 8, { animate: false })")
    assert {"ARMENIA", "AZERBAIJAN", "IRAN"} <= set(names(opened, ".pk-label-region"))


HOSTILE = "<img src=x onerror=alert(1)>{{ 7*7 }}"


def test_names_of_an_own_catalogue_are_text(open_page: Any, tmp_path: Path) -> None:
    road = [feature("r", line((46.4, 39.6), (46.6, 39.7)), status="open")]
    region = {"id": HOSTILE, "name": HOSTILE, "name_az": "</script>", "labels": [[46.5, 39.64]]}
    source = write(tmp_path / "own", {"road": {"2024-01-01": road}}, regions=[region])
    page = pkzone.map(catalogue=catalogue(source))
    assert names(open_page(page), ".pk-label-region") == [HOSTILE.upper()]
    assert names(open_page(page, "#lang=az"), ".pk-label-region") == ["</SCRİPT>"]


@pytest.mark.parametrize(
    ("lang", "zone", "corridor"),
    [
        ("en", "Responsibility zone", "Lachin corridor"),
        ("ru", "Зона ответственности", "Лачинский коридор"),
    ],
)
def test_a_small_frame_has_room_for_both_titles(
    open_page: Any, shipped: Any, lang: str, zone: str, corridor: str
) -> None:
    opened = open_page(shipped, f"#lang={lang}", size=(700, 480))
    assert sorted(names(opened, ".pk-label-title")) == sorted([zone, corridor])


def test_a_corridor_that_has_ended_is_not_named(open_page: Any, shipped: Any) -> None:
    # In June 2024 all its roads but Tegh - Goris, in Armenia, have become former.
    opened = open_page(shipped, "#on=2025-01-01", size=(1440, 900))
    assert names(opened, ".pk-label-title") == []
