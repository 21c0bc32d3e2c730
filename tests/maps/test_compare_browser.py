"""Comparing two dates on the page in Chromium: numbers, marks, divider, opacity, address."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.reports.route_report import rounding_of_route
from pkzone.reports.values import Rounding
from tests.helpers.drawn_catalogue import feature, line, point, square, write

pytestmark = pytest.mark.browser

SHIPPED = catalogue()
NUMBERS = ("length_base_m", "length_target_m", "kept_m", "kept_target_m", "removed_m", "added_m",
           "max_offset_m")  # fmt: skip
BETWEEN = """
(pairs) => pairs.map(([base, target]) => pkzone.difference.between(base, target).all
  .filter(({ layer }) => layer.name === "corridor").map((one) => ({
    kinds: one.changes.map(({ id, kind, properties }) => [id, kind, properties]),
    unchanged: one.unchanged, measured: one.measured, routes: one.routes,
    affected: one.affected.map(({ id, effect, of }) => [id, effect, of]).sort(),
  }))[0])
"""
EVENTS = """
(pairs) => pairs.map(([base, target]) => pkzone.difference.between(base, target).events.map(({ id }) => id))
"""  # noqa: E501


@pytest.fixture(scope="session")
def corridor() -> Any:
    return pkzone.map(["corridor", "places"], compare="all")


def held_against_the_library(opened: Any, pairs: list[tuple[Any, Any]]) -> None:
    days = [[str(base.valid_from), str(target.valid_from)] for base, target in pairs]
    for (base, target), ours in zip(pairs, opened.page.evaluate(BETWEEN, days), strict=True):
        found = pkzone.diff(base, target, catalogue=SHIPPED).to_dict()
        assert ours["measured"]
        assert ours["unchanged"] == found["summary"]["unchanged"]
        assert ours["kinds"] == [
            [one["id"], one["kind"], list(one.get("properties", {}))] for one in found["changes"]
        ]
        assert [one["route"] for one in ours["routes"]] == [one["route"] for one in found["routes"]]
        for mine, theirs in zip(ours["routes"], found["routes"], strict=True):
            assert {key: mine[key] for key in NUMBERS} == {key: theirs[key] for key in NUMBERS}
        assert ours["affected"] == sorted(
            [one["id"], one["effect"], one["of"]] for one in found["affected"]
        )


def test_script_finds_what_the_library_finds(open_page: Any, corridor: Any) -> None:
    opened = open_page(corridor)
    versions = SHIPPED["corridor"].versions
    pairs = [*pairwise(versions), *list(combinations(versions, 2))[::11]]
    held_against_the_library(opened, [*pairs, *((target, base) for base, target in pairs[::3])])


@pytest.mark.slow
def test_script_finds_what_the_library_finds_for_every_pair(open_page: Any, corridor: Any) -> None:
    pairs = list(combinations(SHIPPED["corridor"].versions, 2))
    held_against_the_library(
        open_page(corridor), [*pairs, *((target, base) for base, target in pairs)]
    )


def test_events_in_between_are_those_of_the_library(open_page: Any) -> None:
    opened = open_page(pkzone.map(["corridor"], compare="none"))
    pairs = list(combinations(SHIPPED["corridor"].versions, 2))[::5]
    days = [[str(base.valid_from), str(target.valid_from)] for base, target in pairs]
    for (base, target), ours in zip(pairs, opened.page.evaluate(EVENTS, days), strict=True):
        found = pkzone.diff(base, target, catalogue=SHIPPED)
        assert ours == [event.id for event in found.events]


def box(opened: Any, layer: str) -> dict[str, list[list[Any]]]:
    """Return the tables of a layer's box: term, then value and text of each cell."""
    found: dict[str, list[list[Any]]] = opened.page.evaluate(
        """(layer) => Object.fromEntries([...document.querySelectorAll(
             `#pk-difference [data-layer="${layer}"] .pk-figures tbody tr`)].map((row) =>
             [row.firstChild.textContent, [...row.querySelectorAll("td")].map((cell) =>
               cell.firstChild && [Number(cell.firstChild.value), cell.textContent])]))""",
        layer,
    )
    return found


def test_box_says_what_the_library_says(open_page: Any, corridor: Any) -> None:
    opened = open_page(corridor, "#on=2022-09-01&compare=2020-12-01")
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-09-01")
    (route,) = diff.routes
    numbers = diff.to_dict()["routes"][0]
    rounding = rounding_of_route(diff, route)

    def write(metres: float, schematic: bool = False) -> str:
        return str((Rounding(10_000) if schematic else rounding).length(metres))

    told = box(opened, "corridor")
    assert told["Length as drawn"] == [
        [numbers["length_base_m"], write(route.length_base_m)],
        [numbers["length_target_m"], write(route.length_target_m, schematic=True)],
    ]
    assert told["Unchanged, as drawn"] == [
        [numbers["kept_m"], write(route.kept_m)],
        [numbers["kept_target_m"], write(route.kept_target_m)],
    ]
    assert told["No longer used, as drawn"] == [
        [numbers["removed_m"], write(route.removed_m)],
        None,
    ]
    new = write(route.added_m, schematic=True)
    assert told["New, as drawn"] == [None, [numbers["added_m"], new]]
    assert told["New, as published"] == [None, [26, "26.0 km"]]
    assert told["Greatest distance between the lines"] == [
        [numbers["max_offset_m"], write(route.max_offset_m)]
    ]
    assert told["Length as published"][0] == [
        numbers["length_published_base_km"], route.published_base.text]  # fmt: skip
    kinds = opened.page.locator("#pk-difference [data-layer=corridor] .pk-counts").inner_text()
    summary = [f"{kind.capitalize()} {count}" for kind, count in diff.summary.items() if count]
    assert kinds.split("\n") == summary or kinds == " ".join(summary)


def test_what_changed_on_30_august_2022_stands_first(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-30")
    opened.page.get_by_role("button", name="Compare", exact=True).press("Enter")
    assert opened.page.evaluate("() => document.activeElement.id") == "pk-compare-title"
    (route,) = pkzone.diff("corridor@2022-08-26", "corridor@2022-08-30").routes
    lead = opened.text("#pk-lead")
    assert "26 August 2022 compared with 30 August 2022" in lead
    assert "26.0 km according to sources; about 16 km as drawn, all of it schematic" in lead
    assert f"no longer used: {route.removed_m / 1000:.1f} km as drawn; length on the " in lead
    assert "Traffic moves to the route bypassing Berdzor / Lachin" in opened.text("#pk-difference")


@pytest.mark.parametrize("uncertainty", [None, 1, 60, 250, 3000, 20_000])
def test_rounding_is_that_of_the_reports(
    open_page: Any, corridor: Any, uncertainty: float | None
) -> None:
    lengths = [0.0, 3.0, 96.0, 431.7, 999.6, 1234.5, 15_849.2, 1_234_567.8]
    areas = [0.0, 0.00003, 0.04, 0.7, 45.6, 310.2, 3061.9, 12_345.6]
    ours = open_page(corridor).page.evaluate(
        "([uncertainty, lengths, areas]) => {"
        " const { length, area } = pkzone.rounding(uncertainty);"
        " return [lengths.map((one) => length(one)), areas.map((one) => area(one))]; }",
        [uncertainty, lengths, areas],
    )
    rounding = Rounding(uncertainty)
    assert ours == [
        [str(rounding.length(one)) for one in lengths],
        [str(rounding.area(one)) for one in areas],
    ]


# The page


def road(road_id: str, *positions: list[float], **said: Any) -> Any:
    return feature(road_id, line(*positions), route="a-b", uncertainty_m=100, **said)


WEST, EAST, DETOUR = [46.0, 39.5], [46.4, 39.5], [46.2, 39.6]


@pytest.fixture
def drawn(tmp_path: Path) -> Catalogue:
    """A road is detoured, a field grows, a camp comes, a post is renamed, a store has a new id."""
    layers = {
        "corridor": {"2020-01-01": [road("way", WEST, EAST, name="Way", status="open")],
                     "2022-01-01": [road("way", WEST, DETOUR, EAST, name="Way", status="open")]},
        "zone": {"2020-01-01": [feature("field", square(46.1, 39.1, 0.2), name="Field")],
                 "2021-01-01": [feature("field", square(46.1, 39.1, 0.2), name="Field", note="x")],
                 "2022-01-01": [feature("field", square(46.1, 39.1, 0.3), name="Field")]},
        "sites": {"2020-01-01": [feature("post", point(46.2, 39.2), name="Post"),
                                 feature("store", point(46.25, 39.2), name="Store")],
                  "2021-01-01": [feature("post", point(46.2, 39.2), name="Post"),
                                 feature("store", point(46.25, 39.2), name="Store"),
                                 feature("camp", point(46.3, 39.2), name="Camp")],
                  "2022-01-01": [feature("depot", point(46.2, 39.2), name="Post", note="larger"),
                                 feature("shed", point(46.25, 39.2), name="Store"),
                                 feature("camp", point(46.3, 39.2), name="Camp")]},
    }  # fmt: skip
    return catalogue(write(tmp_path / "drawn", layers))


def test_values_that_look_alike_and_a_part_that_keeps_its_id(
    open_page: Any, tmp_path: Path
) -> None:
    post, halves = point(46.2, 39.2), [square(46.1, 39.1, 0.2), square(46.3, 39.1, 0.2)]
    whole = {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in halves]}
    layers = {
        "sites": {"2020-01-01": [feature("post", post, since="e\u0301", number=1, note=None)],
                  "2022-01-01": [feature("post", post, since="\u00e9", number="1")]},
        "zone": {"2020-01-01": [feature("b-west", halves[0], kind="x"), feature("a", halves[1])],
                 "2022-01-01": [feature("b-west", whole, kind="y")]},
    }  # fmt: skip
    drawn = catalogue(write(tmp_path / "alike", layers))
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=2020-01-01")
    told = opened.text("#pk-difference")
    assert '"e\\u0301" → "\\u00e9"' in told
    assert '1 → "1"' in told
    assert "null → not stated" in told
    assert "merged" in told
    assert "x → y" in told


MARKS = (
    "() => [...document.querySelectorAll('svg [data-change]:not([data-change=unchanged])')]"
    ".filter((one) => one.closest('.leaflet-pane').className.match(/~(added|removed|changed|kept|affected)/))"  # noqa: E501
    ".map(({ dataset }) => [dataset.layer, dataset.id, dataset.side, dataset.change])"
)


def marks(opened: Any) -> set[tuple[str, ...]]:
    """Return layer, id, side and change of what differs on the map, one layer after another."""
    layers = opened.page.locator("#pk-of")
    named = layers.evaluate("(select) => [...select.options].map(({ value }) => value)")
    found: set[tuple[str, ...]] = set()
    for name in [*named[1:], *named[:1]]:
        layers.select_option(name)
        found |= set(map(tuple, opened.page.evaluate(MARKS)))
    return found


def test_compare_is_turned_on_and_off(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01")
    plain = opened.drawn()
    button = opened.page.get_by_role("button", name="Compare", exact=True)
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert opened.page.evaluate("() => document.body.dataset.base") == "2021-01-01"
    assert "compare=before" in opened.hash()
    assert marks(opened) == {
        # At its ends the detour is within 25 m of the road.
        ("corridor", "a-b", "base", "kept"),
        ("corridor", "a-b", "base", "removed"), ("corridor", "a-b", "target", "added"),
        ("zone", "field", "target", "gained"), ("sites", "depot", "target", "renamed"),
    }  # fmt: skip
    button.click()
    assert opened.page.locator("#pk-compare").is_hidden()
    assert opened.drawn() == plain
    assert "compare" not in opened.hash()


def test_versions_are_grey_while_a_difference_is_shown(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=before")
    strokes = opened.page.evaluate(
        "() => [...document.querySelectorAll("
        "'.leaflet-pk-\\\\~base-pane path:not(.pk-hit),"
        " .leaflet-pk-\\\\~target-pane path:not(.pk-hit),"
        " .leaflet-pk-corridor-pane path')].map((path) => path.getAttribute('stroke'))"
    )
    assert set(strokes) <= {"var(--pk-kept)", "var(--pk-paper)", "none", None}
    assert "var(--pk-kept)" in strokes


def test_slider_moves_b_and_the_selects_move_both(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=before")
    opened.page.locator("#pk-slider").press("ArrowLeft")
    assert opened.as_of() == "2021-01-01"
    assert opened.page.evaluate("() => document.body.dataset.base") == "2020-01-01"
    assert marks(opened) == {
        ("sites", "camp", "target", "added"), ("zone", "field", "target", "modified")
    }  # fmt: skip
    opened.page.get_by_label("From", exact=True).select_option("2020-01-01")
    opened.page.get_by_label("To", exact=True).select_option("2022-01-01")
    assert "on=2022-01-01" in opened.hash()
    assert "compare=2020-01-01" in opened.hash()


def test_base_later_than_target_mirrors(open_page: Any, drawn: Catalogue) -> None:
    page = pkzone.map(catalogue=drawn)
    there = open_page(page, "#on=2022-01-01&compare=2021-01-01")
    back = open_page(page, "#on=2021-01-01&compare=2022-01-01")
    other = {"added": "removed", "removed": "added", "gained": "lost"}
    assert {
        (layer, side, change)
        for layer, _, side, change in marks(back)
        if change in other.values() or change in other
    } == {
        (layer, "base" if side == "target" else "target", other[change])
        for layer, _, side, change in marks(there)
        if change in other
    }
    ours, theirs = box(there, "corridor"), box(back, "corridor")
    assert ours["No longer used, as drawn"][0][0] == theirs["New, as drawn"][1][0]
    assert ours["Length as drawn"] == theirs["Length as drawn"][::-1]


def test_pair_that_is_not_in_the_file_says_so(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(
        pkzone.map(catalogue=drawn, compare="none"), "#on=2022-01-01&compare=2020-01-01"
    )
    told = opened.text("#pk-difference [data-layer=zone]")
    assert "has no measurements" in told
    assert "pkzone map --compare all" in told
    assert opened.page.locator(".pk-figures").count() == 0
    assert ("zone", "field", "target", "modified") in marks(opened)
    assert ("sites", "camp", "target", "added") in marks(opened)
    assert "Area differs, not measured" in opened.text("#pk-key")


def test_row_goes_to_its_mark_and_a_mark_to_its_row(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=before&off=zone")
    row = opened.page.locator("#pk-difference").get_by_role("button", name="Field")
    row.press("Enter")
    assert row.get_attribute("aria-pressed") == "true"
    assert "row=zone%2Ffield" in opened.hash()
    assert "off=" not in opened.hash()
    west, east = opened.page.evaluate(
        "() => { const bounds = map_pkzone.getBounds();"
        " return [bounds.getWest(), bounds.getEast()]; }"
    )
    assert 45 < west < 46.1
    assert 46.4 < east < 47.5
    opened.page.get_by_label("Difference of", exact=True).select_option("corridor")
    mark = opened.page.locator('path.pk-hit[data-layer="corridor"][data-change="added"]')
    mark.press("Enter")
    assert "row=corridor%2F~a-b%2F" in opened.hash()
    assert opened.page.evaluate("() => document.activeElement.dataset.row").startswith(
        "corridor/~a-b/"
    )


def clips(opened: Any) -> tuple[str, str]:
    found: list[str] = opened.page.evaluate(
        "() => ['zone~a', 'zone'].map((name) => map_pkzone.getPane(`pk-${name}`).style.clipPath)"
    )
    return found[0], found[1]


def test_divider_goes_by_keyboard(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=2020-01-01")
    opened.page.get_by_label("both dates side by side").check()
    divider = opened.page.get_by_role("slider", name="Divider")
    assert divider.input_value() == "50"
    before = clips(opened)
    assert all(one.startswith("polygon") for one in before)
    divider.press("ArrowRight")
    assert "swipe=51" in opened.hash()
    assert divider.get_attribute("aria-valuetext") == "51 %"
    assert clips(opened) != before
    assert opened.text("#pk-divider").split("\n") == ["1 January 2020", "1 January 2022"]
    sides = opened.page.evaluate(
        "() => [...document.querySelectorAll('svg [data-id=field]')].map((one) =>"
        " [one.dataset.side ?? '', one.closest('.leaflet-pane').className.includes('~a')])"
    )
    assert sorted(map(tuple, sides)) == [("", False), ("base", True)]
    opened.page.get_by_label("what differs").check()
    assert clips(opened) == ("", "")
    assert "swipe" not in opened.hash()


def corners(polygon: str) -> list[float]:
    """Return how far east the corners of a clip are: west, east, east, west."""
    return [float(one) for one in re.findall(r"([-\d.]+)px [-\d.]+px", polygon)]


def test_divider_cuts_where_it_stands(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=2020-01-01&swipe=30")
    left, right = clips(opened)
    edge = opened.page.evaluate(
        "() => { const divider = document.getElementById('pk-divider');"
        " const { left, width } = divider.getBoundingClientRect();"
        " return map_pkzone.containerPointToLayerPoint([left + width / 2, 0]).x; }"
    )
    assert corners(left)[1] == corners(left)[2] == pytest.approx(edge, abs=0.1)
    assert corners(right)[0] == corners(right)[3] == pytest.approx(edge, abs=0.1)


def opacity(opened: Any, pane: str) -> str:
    found: str = opened.page.evaluate("(pane) => map_pkzone.getPane(pane).style.opacity", pane)
    return found


def test_opacity_fades_the_versions_and_not_the_difference(
    open_page: Any, drawn: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=before")
    slider = opened.page.get_by_role("slider", name="Opacity")
    slider.fill("40")
    assert (opacity(opened, "pk-~target"), opacity(opened, "pk-~added")) == ("0.4", "")
    assert slider.get_attribute("aria-valuetext") == "40 %"
    assert "fade=40" in opened.hash()
    opened.page.get_by_role("button", name="Compare", exact=True).click()
    assert opacity(opened, "pk-~target") == opacity(opened, "pk-zone") == ""


def test_address_brings_the_comparison_back(open_page: Any, drawn: Catalogue) -> None:
    page = pkzone.map(catalogue=drawn)
    opened = open_page(page, "#on=2021-01-01&compare=2020-01-01&swipe=20&fade=60&lang=ru")
    opened.page.locator("#pk-fade").fill("55")
    again = open_page(page, opened.hash())
    assert again.hash() == opened.hash()
    assert "compare=2020-01-01&swipe=20&fade=55" in again.hash()
    assert again.page.get_by_role("slider").nth(0).count() == 1
    assert again.page.locator("#pk-swipe").input_value() == "20"
    row = open_page(page, "#on=2022-01-01&compare=before&row=zone%2Ffield")
    assert row.page.locator(".pk-row.pk-on").get_attribute("data-row") == "zone/field"


@pytest.mark.parametrize(
    "hash_",
    [
        "compare=2019-01-01", "compare=never", "compare=2022-13-40", "compare=<b>", "compare=",
        "compare=__proto__", "swipe=20", "fade=20", "row=zone%2Ffield",
    ],
)  # fmt: skip
def test_unsound_addresses_are_ignored(open_page: Any, drawn: Catalogue, hash_: str) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), f"#on=2022-01-01&{hash_}")
    assert opened.page.locator("#pk-compare").is_hidden()
    assert opened.page.locator("#pk-divide").is_hidden()
    assert opened.drawn() == {
        "corridor/way",
        "zone/field",
        "sites/depot",
        "sites/camp",
        "sites/shed",
    }


@pytest.mark.parametrize("hash_", ["swipe=101&fade=-1", "swipe=1e1&fade=9999", "row=%00<i>"])
def test_unsound_parts_are_ignored(open_page: Any, drawn: Catalogue, hash_: str) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), f"#on=2022-01-01&compare=before&{hash_}")
    assert opened.page.locator("#pk-compare").is_visible()
    assert opened.page.locator("#pk-divide").is_hidden()
    assert opened.page.locator("#pk-fade").input_value() == "100"
    assert opened.page.locator(".pk-row.pk-on").count() == 0


def test_page_of_one_date_has_nothing_to_compare(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(pkzone.map(["zone@2022-01-01"], catalogue=drawn), "#compare=2020-01-01")
    assert opened.page.locator("#pk-compare-button").is_hidden()
    assert opened.page.locator("#pk-compare").is_hidden()


@pytest.mark.parametrize(
    ("theme", "width", "way"),
    [("light", 390, ""), ("dark", 390, "&swipe=50"), ("light", 1440, "&swipe=50"),
     ("dark", 1440, "")],
)  # fmt: skip
def test_comparison_is_accessible(
    open_page: Any, shipped: Any, theme: str, width: int, way: str
) -> None:
    opened = open_page(shipped, f"#on=2022-08-30&compare=before&theme={theme}{way}", (width, 900))
    assert opened.barriers_on_the_map() == []


@pytest.mark.parametrize("language", ["az", "hy", "ru"])
def test_controls_do_not_cover_each_other_on_a_phone(
    open_page: Any, shipped: Any, language: str
) -> None:
    opened = open_page(
        shipped, f"#on=2022-08-30&compare=before&swipe=50&lang={language}", (390, 844)
    )
    over = opened.page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(
            "#pk-compare :is(select, button, input, label), #pk-buttons button, .leaflet-control-zoom")]
            .filter((one) => !one.querySelector("input") && one.offsetParent)
            .map((one) => [one.id || one.textContent, one.getBoundingClientRect()]);
          return boxes.flatMap(([a, one], index) => boxes.slice(index + 1).filter(([, two]) =>
            one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom - 1 && two.top < one.bottom - 1)
            .map(([b]) => `${a} / ${b}`));
        }"""  # noqa: E501
    )
    assert over == []
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_every_change_on_the_slider_is_measured(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    missing = opened.page.evaluate(
        "() => pkzone.store.payload.dates.slice(1).flatMap((day, index) =>"
        " pkzone.difference.between(pkzone.store.payload.dates[index], day).all"
        " .filter(({ measured, missing }) => !measured && !missing)"
        " .map(({ layer }) => [layer.name, day]))"
    )
    assert missing == []


def test_divider_is_dragged_and_the_map_beside_it_is_moved(
    open_page: Any, drawn: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=before&swipe=50")
    left, top, width, height = opened.page.evaluate(
        "() => { const { x, y, width, height } = map_pkzone.getContainer().getBoundingClientRect();"
        " return [x, y, width, height]; }"
    )
    mouse = opened.page.mouse
    mouse.move(left + width / 2, top + height / 2)
    mouse.down()
    mouse.move(left + width * 0.8, top + height / 2, steps=4)
    mouse.up()
    assert 75 < int(opened.page.locator("#pk-swipe").input_value()) < 85
    before = opened.page.evaluate("() => map_pkzone.getCenter().lng")
    mouse.move(left + width * 0.2, top + height / 2)
    mouse.down()
    mouse.move(left + width * 0.4, top + height / 2, steps=4)
    mouse.up()
    assert opened.page.evaluate("() => map_pkzone.getCenter().lng") < before


def test_bands_of_uncertainty_end_at_the_divider(open_page: Any, drawn: Catalogue) -> None:
    opened = open_page(
        pkzone.map(catalogue=drawn), "#on=2022-01-01&compare=2020-01-01&swipe=50&band=1"
    )
    found = opened.page.evaluate(
        "() => [...document.querySelectorAll('path.pk-doubt')].map((one) => {"
        " const pane = one.closest('.leaflet-pane');"
        " return [one.dataset.side ?? '', pane.className.includes('~a'),"
        " getComputedStyle(pane).opacity, pane.style.clipPath.startsWith('polygon')]; })"
    )
    assert sorted(map(tuple, found)) == [("", False, "0.3", True), ("base", True, "0.3", True)]


# One layer at a time

SIZES = [(1440, 900), (390, 844), (700, 480)]
PAINTED = """
() => [...new Set([...document.querySelectorAll('svg [data-change]')]
  .filter((one) => one.closest('.leaflet-pane').className.match(/~(added|removed|taken|given|changed|kept|affected)/))
  .map(({ dataset }) => dataset.layer))].sort()
"""  # noqa: E501
COLORS = """
(sheets) => [...new Set(sheets.flatMap((sheet) =>
  [...document.querySelectorAll(`.leaflet-pk-\\\\~${sheet}-pane path`)]
    .flatMap((path) => [path.getAttribute('stroke'), path.getAttribute('fill')])))]
"""
SHEETS = ["added", "removed", "taken", "given", "changed", "kept", "affected"]
GAIN_AND_LOSS = {"var(--pk-added)", "var(--pk-removed)"}


@pytest.mark.parametrize(
    ("size", "target"),
    list(zip(SIZES, ("2022-08-26", "2022-08-30", "2023-09-20"), strict=True)),
)
def test_one_layer_at_a_time_is_coloured(
    open_page: Any, shipped: Any, size: tuple[int, int], target: str
) -> None:
    opened = open_page(shipped, f"#on={target}&compare=2022-08-25", size)
    box = opened.page.get_by_label("Difference of", exact=True)
    named = box.evaluate("(select) => [...select.options].map(({ value }) => value)")
    first = [one for one in ("zone", "corridor", "control") if one in named]
    assert named[: len(first)] == first
    assert named[0] == "zone" == box.input_value()
    for name in named:
        box.select_option(name)
        assert f"of={name}" in opened.hash()
        # Places have a ring where they are affected.
        assert set(opened.page.evaluate(PAINTED)) <= {name, "places"}
        used = set(opened.page.evaluate(COLORS, SHEETS))
        assert used - {None, "none", "var(--pk-paper)"}, name
        if name == "control":
            assert not used & GAIN_AND_LOSS
            assert "var(--pk-control)" in used
    again = open_page(shipped, opened.hash(), size)
    assert again.page.get_by_label("Difference of", exact=True).input_value() == named[-1]


def test_lachin_changed_hands_and_is_not_gained(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#on=2022-08-26&compare=2022-08-25&at=39.62,46.5&z=11")
    row = opened.page.locator("#pk-lead").get_by_role("button", name="Areas that changed hands")
    assert "25 km² now under the control of Azerbaijan" in row.inner_text()
    row.press("Enter")
    assert "of=control" in opened.hash()
    legend = opened.text("#pk-key")
    assert "Changed hands: now under Azerbaijani control" in legend
    # Places within the uncertainty of the border.
    assert "Place that may be in an area that changed hands" in legend
    told = opened.text('#pk-difference [data-layer="control"]')
    assert "now under the control of Azerbaijan" in told
    back = open_page(shipped, "#on=2022-08-25&compare=2022-08-26&of=control&at=39.62,46.5&z=11")
    assert "Changed hands: no longer under Azerbaijani control" in back.text("#pk-key")
    russian = open_page(shipped, opened.hash().replace("lang=en", "lang=ru") + "&theme=dark")
    assert "теперь контролирует: Азербайджан" in russian.text("#pk-lead")
    assert "теперь под контролем Азербайджана" in russian.text("#pk-key")


def test_any_layer_that_says_control_changes_hands(open_page: Any, tmp_path: Path) -> None:
    held = {"basis": "control", "name": "Field"}
    layers = {
        "fields": {
            "2020-01-01": [feature("f", square(46.1, 39.1, 0.2), controller="North", **held)],
            "2021-01-01": [feature("f", square(46.1, 39.1, 0.2), controller="South", **held)],
            "2022-01-01": [feature("f", square(46.1, 39.1, 0.3), controller="South", **held)],
        },
        "posts": {
            "2020-01-01": [feature("p", point(46.1, 39.1), controller="North", **held)],
            "2021-01-01": [feature("p", point(46.2, 39.1), controller="North", **held)],
        },
    }
    drawn = pkzone.map(catalogue=catalogue(write(tmp_path / "fields", layers)))
    opened = open_page(drawn, "#on=2021-01-01&compare=2020-01-01")
    assert "Changed hands: now under another party's control" in opened.text("#pk-key")
    told = opened.text("#pk-difference")
    assert "no longer under the control of North, now under the control of South" in told
    opened.page.get_by_label("Difference of", exact=True).select_option("posts")
    key = opened.page.locator("#pk-key li").all_inner_texts()
    assert [one for one in key if ":" in one and "From" not in one and "To" not in one] == [
        "Moved: place after", "Moved: place before",
    ]  # fmt: skip
    larger = open_page(drawn, "#on=2022-01-01&compare=2021-01-01")
    assert not set(larger.page.evaluate(COLORS, SHEETS)) & GAIN_AND_LOSS


def test_unknown_layer_in_the_address_is_the_first_that_differs(
    open_page: Any, drawn: Catalogue
) -> None:
    page = pkzone.map(catalogue=drawn)
    for of in ("", "nothing", "__proto__", "%00<b>"):
        opened = open_page(page, f"#on=2022-01-01&compare=before&of={of}")
        assert opened.page.locator("#pk-of").input_value() == "zone"
    off = open_page(page, "#on=2022-01-01&compare=before&off=zone")
    assert off.page.locator("#pk-of").input_value() == "corridor"


@pytest.mark.parametrize(
    ("size", "theme"), list(zip(SIZES, ("light", "dark", "light"), strict=True))
)
def test_what_changed_hands_is_accessible(
    open_page: Any, shipped: Any, size: tuple[int, int], theme: str
) -> None:
    opened = open_page(
        shipped, f"#on=2022-08-26&compare=2022-08-25&of=control&theme={theme}&lang=ru", size
    )
    assert opened.barriers_on_the_map() == []
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= size[0]


# Words of the heads of the table of sections that stand on more than one line, and its overflow.
BROKEN = """() => {
  const table = document.querySelector("#pk-difference .pk-sections");
  const broken = [...table.querySelectorAll("thead th")].flatMap(({ firstChild }) =>
    [...firstChild.data.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(firstChild, index);
      range.setEnd(firstChild, index + word.length);
      return range.getClientRects().length !== 1;
    }).map(([word]) => word));
  return [broken, table.scrollWidth - table.parentElement.clientWidth];
}"""


@pytest.mark.parametrize("language", ["az", "hy", "ru"])
def test_heads_of_sections_keep_their_words_whole_on_a_phone(
    open_page: Any, shipped: Any, language: str
) -> None:
    hash_ = f"#on=2022-08-30&compare=2022-08-26&of=corridor&lang={language}"
    broken, over = open_page(shipped, hash_, (390, 844)).page.evaluate(BROKEN)
    assert broken == []
    assert over <= 0
