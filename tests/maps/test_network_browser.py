"""Pages with folium's objects and tiles: in Chromium, without a network."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import folium
import pytest
from folium import plugins

import pkzone
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import Map, NetworkWarning

pytestmark = pytest.mark.browser

PIXEL = (
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
    ),
    "image/png",
)
BRACES = "{{ 7 * 7 }}<img src=x onerror=alert(1)>"


# Objects of folium


def with_objects(page: Map) -> Map:
    one = {"type": "Feature", "properties": {"said": BRACES},
           "geometry": {"type": "Point", "coordinates": [46.9, 39.9]}}  # fmt: skip
    folium.Marker(
        [39.7, 46.5], popup="<b>Here</b> it is", tooltip="A place", icon=folium.Icon("red")
    ).add_to(page)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [one]}, name="Data",
        marker=folium.CircleMarker(radius=9), tooltip=folium.GeoJsonTooltip(["said"]),
    ).add_to(page)  # fmt: skip
    group = folium.FeatureGroup("My group").add_to(page)
    folium.PolyLine([[39.6, 46.4], [39.8, 46.7]], color="purple").add_to(group)
    folium.LayerControl(collapsed=False).add_to(page)
    return page


def test_objects_of_folium_work_offline(open_page: Any, small: Catalogue) -> None:
    page = with_objects(pkzone.map(catalogue=small))
    with pytest.warns(NetworkWarning, match="cdnjs"):  # the sign in the pin
        opened = open_page(page, checked=False)
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}
    assert opened.page.evaluate("() => window.ran") == 0
    pin = opened.page.locator(".leaflet-marker-icon")
    assert pin.evaluate("(icon) => icon.naturalWidth") > 0
    pin.dispatch_event("click")
    assert opened.text(".leaflet-popup-content") == "Here it is"
    line = opened.page.locator("path[stroke=purple]")
    assert line.count() == 1
    opened.page.get_by_role("checkbox", name="My group").uncheck()
    assert line.count() == 0
    opened.page.locator("#pk-slider").press("Home")
    assert opened.drawn() == {"zone/core", "corridor/lachin-old"}
    assert "cdnjs.cloudflare.com" in opened.text("#pk-needs")
    assert "need a network" in opened.text("#pk-needs")


def test_plain_objects_need_nothing(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    folium.Marker([39.7, 46.5], popup="Here is our office", tooltip="A place").add_to(page)
    folium.Circle([39.7, 46.7], radius=2000, popup=folium.Popup("There", lazy=True)).add_to(page)
    opened = open_page(page)  # no request, no complaint
    assert opened.page.locator("#pk-needs").count() == 0
    opened.page.locator(".leaflet-marker-icon").dispatch_event("click")
    assert opened.text(".leaflet-popup-content") == "Here is our office"
    box = opened.page.locator(".leaflet-popup-content").bounding_box()
    assert box["width"] > 2 * box["height"]  # one line, not a word a line
    assert "One file, no network" in opened.text("#pk-about")


MINIMAP = b"""L.Control.MiniMap = L.Control.extend({
  initialize(layer) { this.layer = layer; },
  onAdd() { return L.DomUtil.create("div", "mini"); },
});"""


def test_plugin_has_its_library_where_there_is_a_network(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    plugins.MiniMap().add_to(page)
    (_, script), (_, style) = plugins.MiniMap.default_js[0], plugins.MiniMap.default_css[0]
    served = {script: (MINIMAP, "text/javascript"), style: (b".mini { width: 9px }", "text/css")}
    with pytest.warns(NetworkWarning):
        opened = open_page(page, served=served)
    assert opened.page.locator(".mini").evaluate("(one) => one.offsetWidth") == 9
    assert "loaded from: cdnjs.cloudflare.com" in opened.text("#pk-needs")
    opened.page.locator("#pk-language").select_option("hy")
    assert opened.text("#pk-needs").startswith("Այս էջի մասերը")


def test_plugin_without_its_library_stops_nothing_else(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    plugins.MiniMap().add_to(page)
    folium.PolyLine([[39.6, 46.4], [39.8, 46.7]], color="purple").add_to(page)
    with pytest.warns(NetworkWarning):
        opened = open_page(page, checked=False)
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}
    assert opened.page.locator("path[stroke=purple]").count() == 1
    assert "Not loaded: cdnjs.cloudflare.com" in opened.text("#pk-needs")


def test_hosts_that_no_object_names_stay_out_of_reach(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    folium.TileLayer("https://tiles.example.org/{z}/{x}/{y}.png", attr="Example").add_to(page)
    with pytest.warns(NetworkWarning):
        opened = open_page(page, checked=False)
    opened.page.evaluate("""() => {
      const image = document.createElement("img");
      image.src = "https://elsewhere.example.org/x.png";
      const script = document.createElement("script");
      script.src = "https://tiles.example.org/x.js";
      const bold = document.createElement("b");
      bold.setAttribute("onclick", "window.ran = 99");
      document.body.append(image, script, bold);
      bold.click();
    }""")
    opened.page.wait_for_function("() => window.refused.length === 3")
    assert sorted(opened.page.evaluate("() => window.refused")) == ["img", "script", "script"]
    assert opened.page.evaluate("() => window.ran") == 0


def test_page_shows_itself_in_a_notebook(browser: Any, small: Catalogue, tmp_path: Path) -> None:
    page = pkzone.map(catalogue=small)
    folium.PolyLine([[39.6, 46.4], [39.8, 46.7]], color="purple").add_to(page)
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><p>Out[1]</p>{page._repr_html_()}", encoding="utf-8")
    context = browser.new_context(offline=True)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.goto(notebook.as_uri())
    inside = tab.frame_locator("iframe")
    inside.locator("#pk-slider").wait_for()  # in view, in a frame of 560 pixels
    assert inside.locator("path[stroke=purple]").count() == 1
    assert inside.locator('path[data-id="lachin-new"]').count() > 0
    assert troubles == []
    context.close()


# A background


class Tiles(dict[str, tuple[bytes, str]]):
    """Whatever tile of one host is asked for."""

    def __missing__(self, url: str) -> tuple[bytes, str]:
        return PIXEL

    def __contains__(self, url: object) -> bool:
        return str(url).startswith("https://tiles.example.org/")

    def __bool__(self) -> bool:
        return True


TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_background_lies_under_everything_and_goes(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small, tiles=TILES, tiles_attribution="<i>Example</i> tiles")
    opened = open_page(page, served=Tiles())
    tiles = opened.page.locator(".leaflet-tile-pane img")
    opened.page.wait_for_function("() => document.querySelector('.leaflet-tile-loaded')")
    asked = {url for url in opened.requests if url.startswith("http")}
    assert asked
    assert all(url in opened.served for url in asked)
    assert opened.text("#pk-credit") == "Background: <i>Example</i> tiles"
    assert "loads its background from tiles.example.org" in opened.text("#pk-legend")
    order = "(pane) => Number(getComputedStyle(pane).zIndex)"
    lowest = opened.page.locator(".leaflet-tile-pane").evaluate(order)
    assert lowest < opened.page.locator(".leaflet-pk-zone-pane").evaluate(order)
    switch = opened.page.get_by_role("checkbox", name="Background map")
    switch.uncheck()
    assert tiles.count() == 0
    assert opened.page.locator("#pk-credit").is_hidden()
    assert "tiles=0" in opened.hash()
    switch.check()
    assert "tiles=0" not in opened.hash()
    assert opened.page.pdf()[:5] == b"%PDF-"


def test_background_switched_off_asks_for_nothing(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small, tiles=TILES, tiles_attribution="Example")
    opened = open_page(page, "#tiles=0")
    assert opened.page.locator(".leaflet-tile-pane img").count() == 0
    assert opened.page.locator("#pk-needs").is_hidden()


def test_background_that_cannot_be_had_says_so(open_page: Any, small: Catalogue) -> None:
    page = pkzone.map(catalogue=small, tiles=TILES, tiles_attribution="Example")
    opened = open_page(page, checked=False, ready="#pk-needs.pk-missing")
    assert opened.text("#pk-needs").startswith("Not loaded: tiles.example.org.")
    opened.page.locator("#pk-language").select_option("hy")
    assert opened.text("#pk-needs").startswith("Չի բեռնվել՝ tiles.example.org։")
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}


def test_difference_takes_a_background(open_page: Any, small: Catalogue) -> None:
    from pkzone.maps.diff.page import diff_map

    diff = pkzone.diff("corridor@2020-11-10", "corridor", catalogue=small)
    page = diff_map(diff, catalogue=small, tiles=TILES, tiles_attribution="Example")
    opened = open_page(page, served=Tiles(), checked=False)
    assert opened.page.locator(".leaflet-tile-pane img").count() > 0
    opened.page.get_by_role("checkbox", name="Background map").uncheck()
    assert opened.page.locator(".leaflet-tile-pane img").count() == 0
