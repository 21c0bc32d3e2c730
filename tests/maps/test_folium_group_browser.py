"""The recipes of docs/folium.md, and hostile texts, on maps of folium in Chromium.

Leaflet is the vendored one; the plugins are those of npm (``npm ci``), of the versions in
package.json, where folium links them from elsewhere. Nothing else is loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

import pkzone
from pkzone.layers.catalogue import Catalogue
from tests.helpers.folium_page import FoliumPage
from tests.helpers.printed import blocks
from tests.maps.test_hostile import ELEMENTS, HOSTILE, hostile

pytestmark = pytest.mark.browser

RECIPES = {
    saved[1]: block.text
    for block in blocks("docs/folium.md")
    if block.kind == "python" and (saved := re.search(r'save\("(.+)\.html"\)', block.text))
}
NOTEBOOK = next(one.text for one in blocks("docs/folium.md") if one.text.endswith("\npage"))
Open = Callable[..., FoliumPage]


@pytest.fixture
def recipe(open_folium: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def _recipe(name: str) -> FoliumPage:
        exec(compile(RECIPES[name], name, "exec"), {})  # noqa: S102 - it is ours
        return open_folium((tmp_path / f"{name}.html").read_text(encoding="utf-8"))

    return _recipe


def paths(opened: Any, within: str = "body") -> int:
    """Return how many paths of our layers are drawn."""
    found: int = opened.page.locator(f"{within} path.pkzone-path").count()
    return found


def heads(opened: Any) -> list[str]:
    """Return the layers that legends list."""
    found: list[str] = opened.page.locator(".pkzone-legend section > b").all_text_contents()
    return found


def test_every_recipe_is_tested() -> None:
    assert set(RECIPES) == {
        "plain", "feature-group", "layer-control", "figure", "dual-map", "fit-bounds",
        "choropleth", "marker-cluster", "heat-map", "timestamped",
    }  # fmt: skip


def test_plain(recipe: Any) -> None:
    opened = recipe("plain")
    day = "1 September 2022"
    assert heads(opened) == [
        f"Responsibility zone, {day}", f"Lachin corridor, {day}", f"Sites, {day}"
    ]  # fmt: skip
    assert paths(opened, ".leaflet-pkzone-330-pane") > 0
    level = "(pane) => Number(getComputedStyle(pane).zIndex)"
    zone, corridor, others = (
        opened.page.locator(f".leaflet-{name}-pane").evaluate(level)
        for name in ("pkzone-330", "pkzone-470", "overlay")
    )
    assert zone < others < corridor
    credit = opened.page.locator(".leaflet-control-attribution").inner_text()
    assert credit.count("Data: Peacekeeping zone in Nagorno-Karabakh") == 1
    assert opened.page.locator(".pkzone-legend").count() == 1


def test_tooltips_say_what_is_known(recipe: Any) -> None:
    opened = recipe("fit-bounds")
    opened.page.locator("path.pkzone-path").last.dispatch_event("mouseover")
    tip = opened.page.locator(".pkzone-tip").inner_text()
    assert tip.splitlines() == [
        "Hakari bridge - Aghavno / Zabukh road (temporary section)",
        "Corridor road, open",
        "Since 30 August 2022",
        "Certainty corroborated: several sources",
        "Uncertainty position accurate to about 2.0 km",
    ]


def test_a_group_takes_the_legend_along(recipe: Any) -> None:
    opened = recipe("feature-group")
    assert paths(opened) > 0
    assert heads(opened) == ["Lachin corridor, 1 September 2022"]
    opened.page.get_by_role("checkbox", name="Roads and what we saw").uncheck()
    assert paths(opened) == 0
    assert opened.page.locator(".pkzone-legend, .leaflet-marker-icon").count() == 0
    opened.page.get_by_role("checkbox", name="Roads and what we saw").check()
    assert paths(opened) > 0
    assert heads(opened) == ["Lachin corridor, 1 September 2022"]


def test_a_control_lists_layers(recipe: Any) -> None:
    opened = recipe("layer-control")
    boxes = opened.page.get_by_role("checkbox")
    assert boxes.evaluate_all("(all) => all.map((one) => one.checked)") == [False, True]
    before = paths(opened)
    assert heads(opened) == ["Lachin corridor, 1 September 2022"]
    opened.page.get_by_role("checkbox", name="Lachin corridor, 1 August 2022").check()
    assert paths(opened) > before > 0
    assert len(heads(opened)) == 2
    for one in (0, 1):
        boxes.nth(one).uncheck()
    assert paths(opened) == 0
    assert opened.page.locator(".pkzone-legend").count() == 0
    assert "Data:" not in opened.page.locator(".leaflet-control-attribution").inner_text()


def test_a_figure(recipe: Any) -> None:
    opened = recipe("figure")
    assert paths(opened) > 0
    assert opened.page.locator(".pkzone-legend summary").inner_text() == "Условные обозначения"
    hatched = opened.page.locator('path.pkzone-path[fill^="url("]')
    assert hatched.count() > 0
    pattern = str(hatched.first.get_attribute("fill"))[4:-1]
    assert opened.page.locator(f"pattern{pattern} path").count() == 1


def test_both_sides_of_a_dual_map(recipe: Any) -> None:
    opened = recipe("dual-map")
    left, right = (f".folium-map >> nth={side}" for side in (0, 1))
    counts = [
        opened.page.locator(side).locator(".leaflet-pkzone-480-pane path").count()
        for side in (left, right)
    ]
    assert counts[0] == counts[1] > 20
    assert heads(opened) == [
        "Responsibility zone, 1 August 2022", "Responsibility zone, 1 September 2022"
    ]  # fmt: skip
    assert opened.page.locator(".leaflet-control-layers").count() == 2
    opened.page.evaluate("""() => {
      const [one, other] = Object.values(window).filter((value) => value instanceof L.Map);
      one.setView([39.5, 46.5], 10, { animate: false });
      window.other = other;
    }""")
    assert opened.page.evaluate("() => other.getZoom()") == 10


def test_the_map_fits_the_layer(recipe: Any) -> None:
    opened = recipe("fit-bounds")
    view = opened.page.evaluate(
        "() => Object.values(window).find((one) => one instanceof L.Map).getBounds().toBBoxString()"
    )
    west, south, east, north = map(float, view.split(","))
    road = pkzone.load("corridor@2022-09-01").total_bounds
    assert west < road[0] and south < road[1] and east > road[2] and north > road[3]  # noqa: PT018
    assert east - west < 4 * (road[2] - road[0])


def test_a_choropleth_lies_under_the_road(recipe: Any) -> None:
    opened = recipe("choropleth")
    districts = len(pkzone.load("control@2022-09-01"))
    assert opened.page.locator(".leaflet-overlay-pane path").count() == districts > 1
    assert paths(opened, ".leaflet-pkzone-470-pane") > 0
    assert opened.page.locator(".legend.leaflet-control").inner_text().startswith("0")


def test_markers_in_clusters(recipe: Any) -> None:
    opened = recipe("marker-cluster")
    assert opened.page.locator(".marker-cluster").all_inner_texts() == ["2"]
    assert paths(opened) > 0


def test_a_heat_map(recipe: Any) -> None:
    opened = recipe("heat-map")
    assert opened.page.locator("canvas.leaflet-heatmap-layer").count() == 1
    assert opened.page.locator('path.pkzone-path[fill="#0072b2"]').count() > 0


def test_points_in_time(recipe: Any) -> None:
    opened = recipe("timestamped")
    assert opened.page.locator(".timecontrol-play").count() == 1
    assert paths(opened) > 0
    assert heads(opened) == ["Lachin corridor, 1 September 2022"]


def test_a_notebook(open_folium: Open) -> None:
    names: dict[str, Any] = {}
    exec(compile(NOTEBOOK, "notebook", "exec"), names)  # noqa: S102 - it is ours
    opened = open_folium(f"<!DOCTYPE html><p>Out[1]</p>{names['page']._repr_html_()}")
    inside = opened.page.frame_locator("iframe")
    inside.locator("path.pkzone-path").first.wait_for(state="attached")
    assert inside.locator(".pkzone-legend section > b").inner_text() == "Open roads and railways"


def test_on_a_page_of_pkzone(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map("zone", catalogue=small)
    pkzone.folium_layer("corridor@2020-12-01", catalogue=small).add_to(page)
    opened = open_page(page)  # no request, no complaint
    assert opened.page.locator("path.pkzone-path").count() == 2
    assert opened.page.locator(".pkzone-legend section > b").inner_text() == (
        "Corridor routes, 1 December 2020"
    )


def test_a_canvas_draws_it_too(open_folium: Open, small: Catalogue) -> None:
    page = folium.Map([39.7, 46.6], zoom_start=9, tiles=None, prefer_canvas=True)
    pkzone.folium_layer("control@2022-09-01").add_to(page)
    pkzone.folium_layer("sites@2022-09-01").add_to(page)
    opened = open_folium(page)
    assert opened.page.locator("canvas").count() == 1
    inked = """(canvas) => canvas.getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height).data.filter((one) => one).length"""
    assert opened.page.locator("canvas").evaluate(inked) > 1000


def test_a_small_map_has_its_legend_closed(open_folium: Open, small: Catalogue) -> None:
    page = folium.Map([39.7, 46.6], zoom_start=9, tiles=None)
    pkzone.folium_layer("zone@2021-01-01", catalogue=small).add_to(page)
    opened = open_folium(page, size=(390, 700))
    assert opened.page.locator(".pkzone-legend ul").is_hidden()
    opened.page.locator(".pkzone-legend summary").click()
    assert opened.page.locator(".pkzone-legend ul").is_visible()


def test_hostile_catalogue(open_folium: Open, tmp_path: Path) -> None:
    source = hostile(tmp_path / "catalogue")
    page = folium.Map([39.5, 46.5], zoom_start=9, tiles=None)
    for ref in source:
        pkzone.folium_layer(f"{ref}@2020-01-15", catalogue=source).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    unhurt(open_folium(page))


def test_hostile_frame(open_folium: Open) -> None:
    shapes = [Point(46, 39), LineString([(46, 39), (47, 40)]), box(46, 39, 46.5, 39.5)]
    page = folium.Map([39.5, 46.5], zoom_start=9, tiles=None)
    for number, text in enumerate(HOSTILE):
        frame = gpd.GeoDataFrame(
            {"name": [text] * 3, text: [text] * 3},
            geometry=shapes, index=[f"{text}{one}" for one in range(3)], crs=4326,
        )  # fmt: skip
        frame.attrs["pkzone"] = {"file": text, "ref": text, "layer": text, "sha256": text}
        own = pkzone.folium_layer(frame, name=f"{number} {text}").add_to(page)
        pkzone.folium_layer(frame, layer="corridor").add_to(page)
        assert {tip["tip"][0][0] for tip in json.loads(own.data_json)["features"]} == {
            text if len(text) <= 200 else text[:199] + "…"
        }
    folium.LayerControl(collapsed=False).add_to(page)
    opened = open_folium(page)
    unhurt(opened)
    entries = opened.page.locator(".leaflet-control-layers-overlays label").all_text_contents()
    shown = {one.strip() for one in entries}
    assert {f"{number} {text}".strip() for number, text in enumerate(HOSTILE)} - shown <= {
        f"{HOSTILE.index(text)} {text}".strip() for text in HOSTILE if "\0" in text
    }


def unhurt(opened: FoliumPage) -> None:
    """Show every tooltip; no text may have become an element, and none was read as a template."""
    count = opened.page.evaluate("""() => {
      const all = [...document.querySelectorAll("path.pkzone-path")];
      for (const path of all) path.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      return all.length;
    }""")
    assert count > 0
    for element in ELEMENTS - {"style", "link", "meta"}:
        assert opened.page.locator(f"body {element}").count() == 0, element
    assert opened.page.evaluate("""() => [...document.querySelectorAll("*")].every((one) =>
      [...one.attributes].every(({ name }) => !/^on/.test(name)))""")
    texts = opened.page.locator(".pkzone-legend, .pkzone-tip, .leaflet-control").all_text_contents()
    assert "{{ 7 * 7 }}" in "".join(texts)
