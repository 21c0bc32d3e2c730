"""The page of a difference in Chromium: drawn, counted, chosen, reached, and safe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pkzone import geojson
from pkzone.compare import diff
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps.diff.page import diff_map
from tests.helpers import drawn_diffs
from tests.helpers.drawn_catalogue import feature, line, point, write
from tests.maps.test_hostile import ADDRESSES, HOSTILE

pytestmark = pytest.mark.browser

DRAWN = """() => [...document.querySelectorAll('#pk-map svg path[data-side]')]
  .map(({ dataset: { layer, id, side, change } }) => [side, layer, id, change].join(" "))"""
CHOSEN = "() => [...document.querySelectorAll('.pk-on')].map((one) => one.dataset.row)"
LIT = "() => [...document.querySelectorAll('path[data-chosen]')].map((one) => one.dataset.chosen)"
NUMBERS = """() => [...document.querySelectorAll('#pk-numbers table tr')].map((row) =>
  [row.querySelector('th[scope=row]')?.textContent,
   [...row.querySelectorAll('td data')].map((one) => [Number(one.value), one.textContent])])"""


@pytest.fixture(scope="session")
def shipped() -> Any:
    return diff("corridor@2020-12-01", "corridor@2022-09-01")


def drawn(opened: Any) -> set[str]:
    return set(opened.page.evaluate(DRAWN))


def mark(opened: Any, change: str, feature_id: str) -> Any:
    return opened.page.locator(f'path.pk-hit[role=button][data-change="{change}"]'
                               f'[data-id="{feature_id}"]')  # fmt: skip


def test_numbers_in_the_box_are_those_of_the_library(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    said = {term: cells for term, cells in opened.page.evaluate(NUMBERS) if term}
    (route,) = shipped.to_dict()["routes"]
    assert [value for value, _ in said["Length as drawn"]] == [
        route["length_base_m"], route["length_target_m"],
    ]  # fmt: skip
    assert [value for value, _ in said["Unchanged, as drawn"]] == [
        route["kept_m"],
        route["kept_target_m"],
    ]
    assert [value for value, _ in said["No longer used, as drawn"]] == [route["removed_m"]]
    assert [value for value, _ in said["New, as drawn"]] == [route["added_m"]]
    assert [value for value, _ in said["Greatest distance between the lines"]] == [
        route["max_offset_m"]
    ]
    assert "tolerance 25 m" in opened.text("#pk-numbers")
    lengths = opened.page.locator("#pk-lists .pk-sections data").evaluate_all(
        "(all) => all.map((one) => Number(one.value))"
    )
    keys = "length_published_km", "length_m"
    assert lengths == [one[key] for one in route["sections"] for key in keys if key in one]


def test_page_names_what_it_compares(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    title = "Lachin corridor: 1 December 2020 compared with 1 September 2022"
    assert opened.page.title() == opened.text("#pk-title") == title
    assert "corridor@2020-12-01, the version of 17 November 2020" in opened.text("#pk-sides")
    assert opened.page.evaluate("() => ({ ...document.body.dataset })") == {
        "base": "corridor@2020-12-01", "target": "corridor@2022-09-01",
    }  # fmt: skip
    assert opened.page.evaluate("() => document.documentElement.lang") == "en"
    assert "Not an official map" in opened.text("#pk-about")
    texts = opened.page.locator(".leaflet-control-scale-line").all_inner_texts()
    assert [one.split()[1] for one in texts] == ["km", "mi"]


def test_both_versions_and_the_difference_are_drawn(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    found = drawn(opened)
    for side, reference in (("base", shipped.base.ref), ("target", shipped.target.ref)):
        ids = {one.id for one in catalogue().version(reference).features().features}
        assert {one.split()[2] for one in found if one.startswith(f"{side} corridor lachin")} == ids
    assert "base corridor lachin-old-az modified" in found
    assert "target corridor lachin-common-east unchanged" in found
    route = "corridor stepanakert-goris"
    assert {one for one in found if route in one} == {
        f"base {route} kept", f"base {route} removed", f"target {route} added",
    }  # fmt: skip
    assert "target corridor lachin-new-am added" in found
    colours = {
        change: mark(opened, change, "stepanakert-goris").first.evaluate(
            "(hit) => [...hit.parentElement.querySelectorAll('path[aria-hidden]')]"
            ".filter((one) => one.dataset.change === hit.dataset.change)"
            ".map((one) => getComputedStyle(one).stroke)[0]"
        )
        for change in ("kept", "removed", "added")
    }
    assert colours == {
        "kept": "rgb(119, 119, 119)", "removed": "rgb(213, 94, 0)", "added": "rgb(0, 114, 178)",
    }  # fmt: skip


def test_switches_hide_base_target_and_difference(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    boxes = {name: opened.page.get_by_role("checkbox", name=name) for name in (
        "Difference", "From: 1 December 2020", "To: 1 September 2022", "Places",
    )}  # fmt: skip
    boxes["Difference"].uncheck()
    assert not [one for one in drawn(opened) if "stepanakert-goris" in one]
    assert "No longer used" not in opened.text("#pk-groups")
    boxes["From: 1 December 2020"].uncheck()
    assert {one.split()[0] for one in drawn(opened)} == {"target"}
    boxes["To: 1 September 2022"].uncheck()
    assert drawn(opened) == set()
    boxes["Difference"].check()
    assert {one.split()[3] for one in drawn(opened)} == {"kept", "removed", "added", "left"}
    boxes["Places"].uncheck()
    assert opened.page.locator('path[data-layer="places"]:not([data-side])').count() == 0


def test_legend_is_of_what_is_in_view(open_page: Any, tmp_path: Path) -> None:
    still = Feature("still", {}, line((76.0, 29.0), (76.1, 29.0)))
    far = Feature("far", {}, line((20.0, 10.0), (20.1, 10.0)))
    near = Feature("near", {}, line((76.0, 29.2), (76.1, 29.2)))
    paths = tmp_path / "a.geojson", tmp_path / "b.geojson"
    for path, features in zip(paths, ([still, far], [near, still]), strict=True):
        path.write_bytes(geojson.dumps(features))
    opened = open_page(diff_map(diff(*map(str, paths))))
    items = opened.page.locator("#pk-groups li:visible")
    assert items.all_inner_texts() == ["New", "No longer used", "Line", "Line"]
    opened.page.evaluate("() => pkzone.draw.map.setView([29.1, 76.05], 11, { animate: false })")
    assert items.all_inner_texts() == ["New", "Line", "Line"]


def test_row_zooms_to_its_place_and_highlights_it(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    zoom = "() => pkzone.draw.map.getZoom()"
    before = opened.page.evaluate(zoom)
    row = opened.page.locator('.pk-sections [data-row="section/0/1"]')
    row.press("Enter")
    assert opened.page.evaluate(zoom) > before
    assert opened.page.evaluate(CHOSEN) == ["section/0/1"]
    assert set(opened.page.evaluate(LIT)) == {"section/0/1"}
    assert row.get_attribute("aria-pressed") == "true"
    change = opened.page.locator('summary[data-row="change/1"]')
    change.click()
    assert opened.page.evaluate(CHOSEN) == ["change/1"]
    assert "Hakari bridge added\n" in change.locator("xpath=..").inner_text()
    opened.page.locator('[data-row="affected/0"]').click()
    assert set(opened.page.evaluate(LIT)) == {"affected/0"}
    opened.page.keyboard.press("Escape")
    assert opened.page.evaluate(CHOSEN) == opened.page.evaluate(LIT) == []


def test_event_row_lights_what_it_touched(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    last = len(shipped.events) - 1
    assert shipped.events[last].title.startswith("Traffic moves")
    summary = opened.page.locator(f'[data-row="event/{last}"]')
    summary.click()
    assert opened.page.evaluate(LIT)
    assert summary.locator("xpath=..").locator("a").count() >= 1


def test_what_is_chosen_on_the_map_opens_its_row(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    mark(opened, "removed", "stepanakert-goris").press("Enter")
    assert opened.page.evaluate(CHOSEN) == ["section/0/1"]
    focused = "() => document.activeElement.dataset.row"
    assert opened.page.evaluate(focused) == "section/0/1"
    mark(opened, "added", "lachin-new-am").press("Enter")
    assert opened.page.evaluate(focused) == "change/0"
    details = opened.page.locator('summary[data-row="change/0"]').locator("xpath=..")
    assert details.get_attribute("open") is not None
    label = mark(opened, "added", "lachin-new-am").get_attribute("aria-label")
    assert label == "Hakari bridge - Kornidzor - Tegh: added"


def test_attribute_change_is_a_double_line_with_old_and_new_value(
    open_page: Any, small: Catalogue
) -> None:
    found = diff("corridor@2022-08-30", "corridor@2022-08-30.2", catalogue=small)
    opened = open_page(diff_map(found, catalogue=small))
    widths = opened.page.locator('path[data-change="modified"][data-id="lachin-new"]')
    strokes = widths.evaluate_all(
        "(all) => all.map((one) =>"
        " [getComputedStyle(one).stroke, one.getAttribute('stroke-width')])"
    )
    assert ["rgb(143, 63, 113)", "6"] in strokes
    mark(opened, "modified", "lachin-new").press("Enter")
    told = opened.text("#pk-lists details[open]")
    assert "status" in told
    assert "open → restricted" in " ".join(told.split())


def test_nested_properties_are_told_by_pointer_as_it_is(open_page: Any) -> None:
    place = {"type": "Point", "coordinates": [46.1, 39.1]}
    base, target = (Feature("p", {"tags": {"max_speed": v}}, place) for v in (40, 60))
    opened = open_page(diff_map(diff(*(geojson.FeatureCollection((one,), ())
                                       for one in (base, target)))))  # fmt: skip
    values = opened.page.locator("#pk-lists .pk-values")
    assert values.locator("dt").all_text_contents() == ["tags: /tags/max_speed"]
    assert values.locator("dd").all_text_contents() == ["40 → 60"]


def test_within_uncertainty_is_said_in_words(open_page: Any) -> None:
    opened = open_page(diff_map(drawn_diffs.every_kind()))
    assert "smaller than the stated uncertainty" in opened.text("#pk-numbers")


def test_tab_reaches_switches_marks_and_rows(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped))
    reached = set()
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        on_map = "() => Boolean(document.activeElement.dataset.change)"
        for _ in range(60 if opened.page.evaluate(on_map) else 0):  # one stop, arrows inside it
            reached.add(opened.page.evaluate("() => document.activeElement.dataset.change"))
            opened.page.keyboard.press("ArrowRight")
        reached.add(opened.page.evaluate(
            "() => { const one = document.activeElement; return one.dataset.row || one.id"
            " || one.dataset.change || one.getAttribute('class'); }"
        ))  # fmt: skip
    assert {"removed", "added", "kept", "pk-layer-difference", "pk-layer-base", "pk-layer-target",
            "section/0/0", "change/3", "affected/0", "event/0"} <= reached  # fmt: skip
    nameless = opened.page.evaluate(
        "() => [...document.querySelectorAll('button, input, summary, [role=button], a[href]')]"
        ".filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim()"
        " || one.labels?.length)).map((one) => one.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (640, 900)], ids=str)
@pytest.mark.parametrize("layer", ["corridor", "zone"])
def test_no_part_lies_over_another(open_page: Any, layer: str, size: tuple[int, int]) -> None:
    found = diff(f"{layer}@2020-12-01", f"{layer}@2022-09-01")
    opened = open_page(diff_map(found), size=size)
    overlaps, width, count = opened.page.evaluate("""() => {
      const parts = "#pk-head, #pk-panel, #pk-panel > section, #pk-small-print,"
        + " .leaflet-control-zoom, .leaflet-control-scale, #pk-panel table,"
        + " .pk-row:not(table .pk-row), .pk-layer-head";
      const panel = document.getElementById("pk-panel");
      const boxes = [...document.querySelectorAll(parts)].map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        const scrolls = one !== panel && panel.contains(one) && panel.offsetHeight > 0;
        return { one, left, right, top, bottom, scrolls };
      }).filter(({ top, bottom }) => bottom > top);
      const over = boxes.flatMap((a, i) => boxes.slice(i + 1)
        .filter((b) => !a.one.contains(b.one) && !b.one.contains(a.one) && a.scrolls === b.scrolls
          && a.left < b.right - 0.5 && b.left < a.right - 0.5
          && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
        .map((b) => [a.one.id || a.one.className, b.one.id || b.one.className]));
      return [over, document.documentElement.scrollWidth, boxes.length];
    }""")
    assert overlaps == []
    assert width <= size[0]
    assert count >= 16
    wide = opened.page.evaluate(
        "() => [...document.querySelectorAll('#pk-panel *')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5).length"
    )
    assert wide == 0


def test_map_stays_in_sight_in_a_narrow_window(open_page: Any, shipped: Any) -> None:
    opened = open_page(diff_map(shipped), size=(640, 900))
    opened.page.locator('[data-row="change/3"]').click()
    box = opened.page.locator("#pk-map").bounding_box()
    row = opened.page.locator('[data-row="change/3"]').bounding_box()
    assert box["y"] == 0
    assert box["y"] + box["height"] <= row["y"] + 1


def hostile_catalogue(root: Path) -> Catalogue:
    base, target = [], []
    for index, text in enumerate(HOSTILE):
        where = point(round(46.1 + index / 50, 6), 39.5)
        values: dict[str, Any] = {"name": text, "status": text, text: text, "sources": [text]}
        values["sources"].append(f"source-{index}")
        base.append(feature(text, where, **values))
        target.append(feature(text, where, **{**values, "note": text, "kind": text}))
    sources: list[dict[str, Any]] = [
        {"id": f"source-{index}", "type": "webpage", "title": text, "note": text,
         "URL": ADDRESSES[index % len(ADDRESSES)]}
        for index, text in enumerate(HOSTILE)
    ]  # fmt: skip
    text = " ".join(HOSTILE)
    event = {"id": text, "date": "2020-02-01", "title": text, "summary": text, "layers": ["sites"],
             "features": [f"sites/{one}" for one in HOSTILE], "sources": [text, "source-0"],
             "certainty": text}  # fmt: skip
    return catalogue(write(
        root, {"sites": {"2020-01-01": base, "2020-02-01": target},
               "places": {"2020-01-01": base[:3]}},
        title=text, titles={"places": text}, version_title=text, sources=sources, events=[event],
        version_events={"2020-02-01": [text]},
        licenses=[{"name": text, "title": text, "path": "javascript:alert(1)"}],
    ))  # fmt: skip


def test_hostile_catalogue_is_shown_literally(open_page: Any, tmp_path: Path) -> None:
    source = hostile_catalogue(tmp_path / "c")
    found = diff("sites@2020-01-01", "sites@2020-02-01", catalogue=source)
    found = replace(found, base=replace(found.base, ref=" ".join(HOSTILE)))
    opened = open_page(diff_map(found, catalogue=source))
    page = opened.page
    page.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    for path in page.locator("path.pk-hit[role=button]").all():
        path.dispatch_event("keydown", {"key": "Enter"})
        path.dispatch_event("mouseover")
    whole = page.evaluate("() => document.body.textContent")
    for text in HOSTILE:
        assert whole.count(text) >= 4, text
    addresses = page.locator("a[href]").evaluate_all("(all) => all.map((one) => one.protocol)")
    assert set(addresses) <= {"https:", "http:", "file:"}
    assert page.locator('a[href]:not([href^="#"], #pk-full)').evaluate_all(
        "(all) => all.every((one) => /^https?:$/.test(one.protocol))"
    )
    elements = page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not {"img", "iframe", "base", "math", "style", "object", "embed"} & set(elements)
    assert page.locator("script").count() == page.content().count("<script")


def test_long_list_opens_when_asked_and_when_its_mark_is_chosen(
    open_page: Any, tmp_path: Path
) -> None:
    new = [Feature(f"n{one:03}", {}, point(46 + one / 100, 39.6)) for one in range(230)]
    (tmp_path / "a.geojson").write_bytes(geojson.dumps([]))
    (tmp_path / "b.geojson").write_bytes(geojson.dumps(new))
    page = diff_map(diff(str(tmp_path / "a.geojson"), str(tmp_path / "b.geojson")))
    opened = open_page(page)
    rows = opened.page.locator("#pk-lists summary")
    assert rows.count() == 200
    opened.page.get_by_role("button", name="Show all 230").click()
    assert rows.count() == 230
    second = open_page(page)
    mark(second, "added", "n229").press("Enter")
    assert second.page.evaluate(CHOSEN) == ["change/229"]


def test_other_geometries_are_drawn(open_page: Any) -> None:
    opened = open_page(diff_map(drawn_diffs.every_kind()))
    assert opened.page.locator("path.pk-hit[data-row][d='M0 0']").count() == 0
    assert opened.page.locator("path.pk-hit[role=button]").count() >= 8


def test_no_difference_is_said(open_page: Any, small: Catalogue) -> None:
    same = diff("zone@2020-11-10", "zone@2021-01-01", catalogue=small)
    opened = open_page(diff_map(same, catalogue=small))
    assert opened.text("#pk-numbers .pk-lead").startswith("No difference")
    assert opened.page.locator("#pk-lists").is_hidden()
