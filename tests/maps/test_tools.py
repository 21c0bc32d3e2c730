"""The tools of the page in Chromium: table, search, events, play, measure, copy, download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

import pkzone
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature, point, square, write

pytestmark = pytest.mark.browser

DAY = "2022-09-01"
PIXEL = 360 / 256 / 2**10  # degrees of longitude at zoom 10


TOWNS = [
    feature("town", point(46.2, 39.4), name="Shusha / Shushi", name_az="Şuşa", name_hy="Շուշի",
            name_ru="Шуша", status="inside", since="2020-11", certainty="agreed",
            uncertainty_m=250),
    feature("aghdara", point(46.8, 39.9), name="Aghdara", name_az="Ağdərə", status="held"),
    feature("nowhere", None, name="Without a place"),  # type: ignore[arg-type]
]  # fmt: skip
STORY = [
    {"id": "second", "date": "2021-05", "title": "The camp leaves", "layers": ["sites"],
     "features": ["sites/camp"], "sources": []},
    {"id": "first", "date": "2020-11-10", "title": "It begins", "layers": ["places"],
     "features": ["places/town"], "sources": []},
]  # fmt: skip


@pytest.fixture
def towns(tmp_path: Path) -> Catalogue:
    camp = feature("camp", point(46.5, 39.6), name="Camp")
    layers = {
        "places": {"2020-11-10": TOWNS, "2022-01-01": TOWNS},
        "sites": {"2020-11-10": [camp], "2021-05-03": [], "2022-01-01": [camp]},
        "zone": {"2020-11-10": [feature("core", square(46.1, 39.3, 0.6), name="Core")]},
    }
    cited = {"2020-11-10": ["first"], "2021-05-03": ["second"]}
    return catalogue(
        write(
            tmp_path / "towns", layers, events=STORY, version_events=cited,
            default_date="2021-08-01",
        )
    )  # fmt: skip


def focused(opened: Any) -> str:
    found: str = opened.page.evaluate("() => document.activeElement.id")
    return found


def tool(opened: Any, name: str) -> Any:
    return opened.page.locator("#pk-buttons").get_by_role("button", name=name, exact=True)


# Table


def rows(opened: Any) -> list[list[str]]:
    found: list[list[str]] = opened.page.evaluate(
        "() => [...document.querySelectorAll('#pk-sheet tbody tr')]"
        ".map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return found


def test_table_says_what_the_map_shows(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    tool(opened, "Table").press("Enter")
    assert focused(opened) == "pk-sheet-title"
    assert rows(opened) == [
        ["Zone", "Core", "", "", "", ""],
        ["Places", "Shusha / Shushi", "inside the zone", "November 2020", "agreed", "250"],
        ["Places", "Aghdara", "held", "", "", ""],
        ["Places", "Without a place", "", "", "", ""],
    ]
    opened.page.get_by_role("checkbox", name="Places").uncheck()
    assert [row[1] for row in rows(opened)] == ["Core"]
    assert "tool=table" in opened.hash()
    tool(opened, "Table").click()
    assert opened.page.locator("#pk-sheet").is_hidden()


def test_table_has_a_row_for_every_feature_of_the_day(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#tool=table")
    source = catalogue()
    found = opened.page.evaluate(
        "() => [...document.querySelectorAll('#pk-sheet tbody tr')]"
        ".map(({ dataset }) => `${dataset.layer}/${dataset.id}`)"
    )
    expected = [
        f"{layer.name}/{one.id}"
        for layer in source.layers
        for one in layer.on(date(2022, 9, 1)).features().features
    ]
    assert sorted(found) == sorted(expected)


def test_table_is_filtered_by_text_in_any_script(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns), "#tool=table")
    field = opened.page.get_by_label("Filter")
    for text in ("susa", "ШУША", "Շուշի", "inside the"):
        field.fill(text)
        assert [row[1] for row in rows(opened)] == ["Shusha / Shushi"]
    assert opened.page.get_by_text("Features: 1", exact=True).count() == 1
    field.fill("agdere")
    again = open_page(pkzone.map(catalogue=towns), opened.hash())
    assert [row[1] for row in rows(again)] == ["Aghdara"]


def test_table_is_cut_to_the_view(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns), "#tool=table&at=39.4,46.2&z=12")
    opened.page.get_by_label("Only in the part of the map in view").check()
    assert [row[1] for row in rows(opened)] == ["Core", "Shusha / Shushi"]


def test_row_zooms_to_its_feature_and_takes_the_focus_back(
    open_page: Any, towns: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=towns), "#tool=table")
    button = opened.page.get_by_role("button", name="Shusha / Shushi").and_(
        opened.page.locator("#pk-sheet button")
    )
    button.press("Enter")
    assert opened.centre() == pytest.approx((39.4, 46.2), abs=PIXEL)
    assert "see=places/town" in opened.hash()
    assert focused(opened) == "pk-feature-name"
    assert opened.page.locator("tr[aria-current=true]").get_attribute("data-id") == "town"
    opened.page.keyboard.press("Escape")
    assert button.evaluate("(one) => one === document.activeElement")


# Search


def options(opened: Any) -> list[str]:
    found: list[str] = opened.page.locator("#pk-found li b").all_inner_texts()
    return found


@pytest.mark.parametrize(
    "text", ["shushi", "SHUSHA", "Şuşa", "susa", "շուշի", "ШУША", "town", "  shusha "]
)
def test_search_finds_names_in_all_scripts(open_page: Any, towns: Catalogue, text: str) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    opened.page.get_by_role("combobox", name="Search").fill(text)
    assert options(opened) == ["Shusha / Shushi"]


@pytest.mark.parametrize("text", ["Ağdərə", "agdere", "AĞDƏRƏ"])
def test_search_takes_plain_letters_for_the_schwa(
    open_page: Any, towns: Catalogue, text: str
) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    opened.page.get_by_role("combobox", name="Search").fill(text)
    assert options(opened) == ["Aghdara"]


def test_search_goes_by_keyboard(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns), "#off=places")
    field = opened.page.get_by_role("combobox", name="Search")
    field.press_sequentially("a")
    assert field.get_attribute("aria-expanded") == "true"
    assert len(options(opened)) >= 3
    field.press("ArrowDown")
    field.press("ArrowUp")
    current = field.get_attribute("aria-activedescendant")
    assert current == "pk-found-0"
    chosen = opened.page.locator(f"#{current}")
    assert chosen.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("aghdara")
    field.press("Enter")
    assert opened.centre() == pytest.approx((39.9, 46.8), abs=PIXEL)
    assert "see=places/aghdara" in opened.hash()
    assert "off=" not in opened.hash()
    assert focused(opened) == "pk-feature-name"


def test_search_by_mouse(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    opened.page.get_by_role("combobox", name="Search").fill("sus")
    opened.page.locator("#pk-found").get_by_role("option").click()
    assert "see=places/town" in opened.hash()


def test_search_that_finds_nothing_says_so(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    field = opened.page.get_by_role("combobox", name="Search")
    for text in ("zzz", "*", "("):
        field.fill(text)
        assert opened.page.locator("#pk-found").is_hidden()
        assert opened.text("#pk-told").startswith("0 found")
    field.press("Enter")
    assert opened.hash() == ""


def test_feature_of_another_time_says_when_and_goes_there(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns))
    field = opened.page.get_by_role("combobox", name="Search")
    field.fill("camp")
    said = opened.text("#pk-found")
    assert "On the map from 10 November 2020 until 3 May 2021" in said
    assert "On the map since 1 January 2022" in said
    field.press("Enter")
    assert opened.as_of() == "2021-08-01"
    assert opened.centre() == pytest.approx((39.6, 46.5), abs=PIXEL)
    assert "Not on the map on 1 August 2021." in opened.text("#pk-feature")
    opened.page.get_by_role("button", name="Go to 10 November 2020").click()
    assert opened.as_of() == "2020-11-10"
    assert "sites/camp" in opened.drawn()
    assert focused(opened) == "pk-feature-name"


# Events


def test_events_are_listed_in_order_of_time(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#tool=events")
    said = opened.page.locator("#pk-sheet li").all_inner_texts()
    # Those too that no version names: they touch a layer all the same.
    titles = [one.title for one in catalogue().events if one.layers or one.features]
    assert sorted(one.split("\n")[-1].strip() for one in said) == sorted(titles)
    days = opened.page.evaluate("() => pkzone.events.all.map(({ day }) => day)")
    assert days == sorted(days)
    assert all(day >= "2020-11-10" for day in days)


def test_event_moves_the_date_and_the_view(open_page: Any, towns: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=towns), "#off=sites,places")
    tool(opened, "Events").click()
    assert opened.page.locator("#pk-sheet li").all_inner_texts() == [
        "10 November 2020\nIt begins",
        "May 2021\nThe camp leaves",
    ]
    opened.page.get_by_role("button", name="It begins").click()
    assert opened.as_of() == "2020-11-10"
    assert opened.centre() == pytest.approx((39.4, 46.2), abs=PIXEL)
    assert "places/town" in opened.drawn()
    assert opened.text("#pk-told") == "10 November 2020: It begins"
    current = opened.page.locator("#pk-sheet li[aria-current=true]")
    assert current.inner_text().endswith("It begins")
    # Known to the month: the day of the version that names it, and where the camp was.
    opened.page.get_by_role("button", name="The camp leaves").press("Enter")
    assert opened.as_of() == "2021-05-03"
    assert opened.centre() == pytest.approx((39.6, 46.5), abs=PIXEL)
    assert "off=places" not in opened.hash()


# Play


def played(opened: Any, milliseconds: int) -> str:
    opened.page.clock.run_for(milliseconds)
    found: str = opened.as_of()
    return found


@pytest.fixture
def player(open_page: Any, towns: Catalogue) -> Iterator[Any]:
    opened = open_page(pkzone.map(catalogue=towns), "#on=2022-05-01")
    opened.page.clock.install()
    yield opened
    assert opened.page.get_by_role("button", name="Play the changes").count() == 1


def test_play_passes_every_change_and_names_the_events(player: Any) -> None:
    button = player.page.locator("#pk-play")
    button.click()
    assert button.get_attribute("aria-label") == "Pause"
    assert player.as_of() == "2020-11-10"
    assert player.text("#pk-passing") == "10 November 2020 It begins"
    assert player.page.locator("#pk-passing").get_attribute("aria-live") == "polite"
    assert played(player, 60) == "2020-11-10"
    assert played(player, 4000) == "2021-05-03"
    assert player.text("#pk-passing") == "May 2021 The camp leaves"
    assert played(player, 4000) == "2022-01-01"
    assert player.page.locator("#pk-passing").is_hidden()
    assert played(player, 9000) == "2022-01-01"


@pytest.mark.parametrize("how", ["button", "key", "pointer", "hash"])
def test_play_stops_for_the_user(player: Any, how: str) -> None:
    page = player.page
    page.locator("#pk-play").click()
    if how == "button":
        page.get_by_role("button", name="Pause").click()
    elif how == "key":
        page.keyboard.press("Shift")
    elif how == "pointer":
        page.locator("#pk-head").click()
    else:
        page.evaluate("() => { location.hash = '#on=2021-01-01'; }")
        page.wait_for_function("() => document.body.dataset.asOf === '2021-01-01'")
    before = player.as_of()
    assert played(player, 20_000) == before


def test_play_moves_in_steps(player: Any) -> None:
    player.page.emulate_media(reduced_motion="reduce")
    player.page.locator("#pk-play").click()
    assert played(player, 4000) == "2021-05-03"
    assert player.page.evaluate("() => document.getAnimations().length") == 0
    player.page.keyboard.press("Shift")


# Measure


def test_measured_length_is_geodesic(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    geod = Geod(ellps="WGS84")
    pairs = [
        ([39.82, 46.75], [39.6, 46.5]), ([0, 0], [0, 10]), ([80, -170], [-35, 100]),
        ([51.5, 179.9], [51.5, -179.9]), ([10, 10], [10, 10]), ([39.75, 46.75], [39.75001, 46.75]),
        ([-85, 0], [85, 0]),
    ]  # fmt: skip
    found = opened.page.evaluate(
        "(pairs) => pairs.map((pair) => pkzone.geodesic.metres(...pair))", pairs
    )
    for ((lat1, lon1), (lat2, lon2)), metres in zip(pairs, found, strict=True):
        expected = geod.inv(lon1, lat1, lon2, lat2)[2]
        assert metres == pytest.approx(expected, abs=0.001)
    opposite = opened.page.evaluate("() => pkzone.geodesic.metres([0.5, 0], [-0.5, 179.7])")
    assert opposite == pytest.approx(geod.inv(0, 0.5, 179.7, -0.5)[2], rel=0.006)


def test_points_are_set_by_click_and_by_keyboard(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small), "#at=39.7500,46.7500&z=10")
    page = opened.page
    tool(opened, "Measure").click()
    page.get_by_role("button", name="Add the centre of the map").press("Enter")
    box = page.locator("#pk-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 80, box["y"] + box["height"] / 2)
    assert page.locator("#pk-feature").is_hidden()
    path = page.evaluate("() => pkzone.permalink.read(location.hash).path")
    assert path[0] == pytest.approx([39.75, 46.75], abs=PIXEL)
    assert path[1][1] > path[0][1]
    expected = Geod(ellps="WGS84").inv(*path[0][::-1], *path[1][::-1])[2] / 1000
    assert opened.text(".pk-total") == f"{round(expected, 2):g} km, points: 2"
    page.locator("#pk-map .folium-map").focus()
    page.keyboard.press("Enter")
    assert opened.text(".pk-total").endswith("points: 3")
    page.get_by_role("button", name="Remove the last point").click()
    again = open_page(pkzone.map(catalogue=small), opened.hash())
    assert again.text(".pk-total") == opened.text(".pk-total")
    page.get_by_role("button", name="Remove all").click()
    assert opened.text(".pk-total") == ""
    page.locator("#pk-sheet-title").press("Escape")
    assert page.locator("#pk-sheet").is_hidden()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#pk-feature").is_visible()


@pytest.mark.parametrize(
    "hash_", ["#tool=constructor", "#tool=measure&path=91,0;1,2", "#tool=measure&path=1;2,3",
              "#tool=measure&path=1,2,3", "#tool=__proto__&filter=%00&near=2"],
)  # fmt: skip
def test_hostile_state_of_tools_is_ignored(open_page: Any, small: Catalogue, hash_: str) -> None:
    opened = open_page(pkzone.map(catalogue=small), hash_)
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}
    assert opened.page.locator(".pk-total").all_inner_texts() in ([], [""])


# Copy, full screen


def test_coordinates_are_copied(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small), "#at=39.7500,46.7500&z=10")
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clipboard = "() => navigator.clipboard.readText()"
    tool(opened, "Share").click()
    opened.page.get_by_role("button", name="Copy centre").click()
    opened.page.get_by_text("Copied.", exact=True).wait_for()
    centre = map(float, opened.page.evaluate(clipboard).split(", "))
    assert list(centre) == pytest.approx([39.75, 46.75], abs=PIXEL)
    tool(opened, "Share").click()
    opened.page.locator("#pk-map").click(button="right", position={"x": 100, "y": 300})
    opened.page.get_by_text("Copied: 39").wait_for()
    lat, lon = map(float, opened.page.evaluate(clipboard).split(", "))
    expected = opened.page.evaluate("() => pkzone.draw.map.containerPointToLatLng([100, 300])")
    assert lat == pytest.approx(expected["lat"], abs=PIXEL)
    assert lon == pytest.approx(expected["lng"], abs=PIXEL)


def test_coordinates_are_told_where_copying_is_not_allowed(
    open_page: Any, small: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=small), "#at=39.7500,46.7500&z=10")
    opened.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }"
    )
    opened.page.locator("#pk-map").click(button="right", position={"x": 100, "y": 300})
    opened.page.get_by_text("Coordinates: 39").wait_for()
    tool(opened, "Share").click()
    opened.page.get_by_role("button", name="Copy centre").click()
    opened.page.get_by_text("copy the text below").wait_for()
    field = opened.page.get_by_role("textbox", name="Text to copy")
    centre = map(float, field.input_value().split(", "))
    assert list(centre) == pytest.approx([39.75, 46.75], abs=PIXEL)
    assert field.evaluate("(one) => one === document.activeElement && one.selectionEnd") == 18


def test_full_screen_and_back(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    button = tool(opened, "Full screen")
    for pressed in ("true", "false"):
        button.click()
        opened.page.locator(f"#pk-fullscreen[aria-pressed={pressed}]").wait_for()
        full = opened.page.evaluate("() => document.fullscreenElement !== null")
        assert full is (pressed == "true")


# Download


def downloaded(opened: Any, name: str, folder: Path) -> dict[str, Any]:
    with opened.page.expect_download() as caught:
        opened.page.get_by_role("button", name=name, exact=True).click()
    assert caught.value.suggested_filename == name
    caught.value.save_as(folder / name)
    found: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return found


def test_download_equals_the_library(open_page: Any, shipped: Any, tmp_path: Path) -> None:
    opened = open_page(shipped, f"#on={DAY}")
    tool(opened, "Share").click()
    versions = [layer.on(date.fromisoformat(DAY)) for layer in catalogue().layers]
    for version in versions:
        name = f"{version.layer}_{version.id}.geojson"
        found = downloaded(opened, name, tmp_path)
        assert found.keys() == {"type", "features"}
        assert found["type"] == "FeatureCollection"
        assert all(one.pop("type") == "Feature" for one in found["features"])
        assert tuple(Feature(**one) for one in found["features"]) == version.features().features
    assert opened.page.locator(".pk-files li").count() == len(versions)


def test_download_keeps_odd_features(open_page: Any, tmp_path: Path) -> None:
    odd = [
        feature("a", {"type": "Point", "coordinates": [46.5, 39.5, 1200.25]}, __proto__="x"),
        feature("b", point(46.123456789, 39.5), nested={"a": [None, 1.5]}),
        feature("c", {"type": "MultiPoint", "coordinates": [[46.1, 39.5], [46.2, 39.5]]}),
        feature("d", None, text="</script>\u2028<&"),  # type: ignore[arg-type]
        feature("e", square(46.6, 39.6, 0.1)),
    ]  # fmt: skip
    root = write(tmp_path / "c", {"sites": {"2020-01-01": odd}})
    opened = open_page(pkzone.map(catalogue=catalogue(root)), "#tool=download")
    assert downloaded(opened, "sites_2020-01-01.geojson", tmp_path)["features"] == odd


def test_download_offers_what_is_shown(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small), "#tool=download")
    files = opened.page.locator("#pk-sheet li button")
    assert files.all_inner_texts() == ["zone_2020-11-10.geojson", "corridor_2022-08-30.2.geojson"]
    opened.page.get_by_role("checkbox", name="Responsibility zone").uncheck()
    assert files.all_inner_texts() == ["corridor_2022-08-30.2.geojson"]


# All of them


@pytest.mark.parametrize("name", ["", "table", "events", "measure", "share"])
@pytest.mark.parametrize("size", [(1440, 900), (620, 844)], ids=str)
def test_no_tool_lies_over_another_control(
    open_page: Any, shipped: Any, name: str, size: tuple[int, int]
) -> None:
    opened = open_page(shipped, f"#tool={name}", size)
    over, width, nameless = opened.page.evaluate("""() => {
      const controls = "#pk-head, #pk-query, #pk-buttons button, #pk-map, #pk-sheet, #pk-time,"
        + " #pk-sheet-close, #pk-filter, #pk-near, .pk-filters button, #pk-time button,"
        + " #pk-time input, .leaflet-control-zoom, .leaflet-control-scale, #pk-small-print";
      const seen = [...document.querySelectorAll(controls)].filter((one) => one.checkVisibility());
      const boxes = seen.map((one) => [one, one.getBoundingClientRect()]);
      const over = boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
        .filter(([b, q]) => !a.contains(b) && !b.contains(a)
          && p.left < q.right - 0.5 && q.left < p.right - 0.5
          && p.top < q.bottom - 0.5 && q.top < p.bottom - 0.5)
        .map(([b]) => [a.id || a.className, b.id || b.className]));
      const nameless = [...document.querySelectorAll("button, input, select")].filter((one) =>
        one.checkVisibility() && !(one.textContent.trim() || one.ariaLabel || one.labels?.length));
      return [over, document.documentElement.scrollWidth, nameless.map((one) => one.outerHTML)];
    }""")
    assert over == []
    assert width <= size[0]
    assert nameless == []


HOSTILE = [
    "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "${alert(1)}", "__proto__", "constructor",
    "\"><b onmouseover=alert(1)>", "</script><script>alert(1)</script>", "javascript:alert(1)",
    "\u202e\u2066bidi", "<svg onload=alert(1)>",
]  # fmt: skip


def test_hostile_names_are_shown_literally(open_page: Any, tmp_path: Path) -> None:
    sites = [
        feature(text, point(46.1 + index / 50, 39.5), name=text, name_ru=text, status=text,
                since=text, certainty=text, uncertainty_m={"toString": text})
        for index, text in enumerate(HOSTILE)
    ]  # fmt: skip
    events = [{"id": text, "date": "2020", "title": text, "layers": ["sites"], "sources": [],
               "features": [f"sites/{text}", f"{text}/x"]} for text in HOSTILE]  # fmt: skip
    root = write(
        tmp_path / "c", {"sites": {"2020-01-01": sites, "2020-02-01": sites[:1]}},
        titles={"sites": HOSTILE[0]}, events=events, default_date="2020-01-05",
        version_events={"2020-01-01": HOSTILE},
    )  # fmt: skip
    opened = open_page(pkzone.map(catalogue=catalogue(root)), "#tool=table")
    for row, text in zip(rows(opened), HOSTILE, strict=True):
        nested = json.dumps({"toString": text}, ensure_ascii=False, separators=(",", ":"))
        assert row == [HOSTILE[0], text, text, text, text.split(": ")[0], nested]
    tool(opened, "Events").click()
    said = opened.page.locator("#pk-sheet li").all_text_contents()
    assert sorted(said) == sorted(f"2020 {text}" for text in HOSTILE)
    for button, text in zip(opened.page.locator("#pk-sheet li button").all(), said, strict=True):
        button.click()
        assert opened.page.locator("#pk-told").text_content() == text.replace(" ", ": ", 1)
    field = opened.page.get_by_role("combobox", name="Search")
    for text in HOSTILE:
        field.fill(text)
        assert text in opened.page.locator("#pk-found li b").all_text_contents()
    tool(opened, "Share").click()
    opened.page.locator("#pk-play").click()
    found = opened.page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not {"img", "iframe", "base", "style"} & set(found)
    assert not opened.page.locator("[style*=display], [onmouseover], [onload]").count()


def test_open_tool_speaks_the_language_chosen(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped, "#tool=table")
    for name in ("events", "measure", "share", "table"):
        opened.page.locator(f"[data-tool={name}]").click()
        english = opened.text("#pk-sheet")
        opened.page.evaluate(
            "() => { location.hash = location.hash.replace(/&?lang=en/, '') + '&lang=ru'; }"
        )
        opened.page.wait_for_function("() => document.documentElement.lang === 'ru'")
        russian = opened.text("#pk-sheet")
        assert russian != english
        assert not {"Filter", "Features:", "Remove", "Click", "shown"} & set(russian.split())
        opened.page.evaluate(
            "() => { location.hash = location.hash.replace('lang=ru', 'lang=en'); }"
        )
        opened.page.wait_for_function("() => document.documentElement.lang === 'en'")
        assert opened.text("#pk-sheet") == english
