"""The page in Chromium: what is drawn on which day, said, reached and kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps.qgis_style import style as qgis_style
from pkzone.pictures.map_content import content_of
from tests.helpers.drawn_catalogue import feature, line, square, write
from tests.helpers.pages import modifiers_for, rule_for
from tests.helpers.sheet import pattern_texts

pytestmark = pytest.mark.browser

SETS = """(days) => {
  const input = document.getElementById("pk-date");
  return days.map((day) => {
    input.value = day;
    input.dispatchEvent(new Event("change"));
    const drawn = [...document.querySelectorAll("svg [data-layer]")];
    return [document.body.dataset.asOf,
            [...new Set(drawn.map(({ dataset }) => `${dataset.layer}/${dataset.id}`))].sort()];
  });
}"""


def in_force(source: Catalogue, day: date) -> list[str]:
    """What the library has in force on a day."""
    found = []
    for layer in source.layers:
        if layer.versions and layer.versions[0].valid_from <= day:
            features = layer.on(day).features().features
            found += [f"{layer.name}/{one.id}" for one in features if one.geometry]
    return sorted(found)


def test_opens_on_the_default_date(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    assert opened.as_of() == "2022-09-01"
    assert opened.text("#pk-as-of") == "Map as of 1 September 2022 (2022-09-01)"
    assert opened.drawn() == set(in_force(catalogue(), date(2022, 9, 1)))
    assert opened.page.title().endswith("map as of 2022-09-01")
    assert opened.hash() == ""


def test_each_day_shows_exactly_what_is_in_force(open_page: Any, shipped: Any) -> None:
    source = catalogue()
    changes = {one.valid_from for layer in source.layers for one in layer.versions}
    around = {day + timedelta(days=shift) for day in changes for shift in (-1, 0, 1)}
    days = sorted(day for day in around if day >= min(changes))
    answers = open_page(shipped).page.evaluate(SETS, [day.isoformat() for day in days])
    assert len(days) > 100
    for day, (shown, drawn) in zip(days, answers, strict=True):
        assert (shown, drawn) == (day.isoformat(), in_force(source, day))


def test_slider_stops_at_every_change(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    slider = opened.page.get_by_label("Date of change")
    first, last = (day_number(date(2020, 11, 10)), day_number(date(2024, 6, 12)))
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == (first, last)
    assert slider.input_value() == day_number(date(2022, 9, 1))
    assert slider.get_attribute("aria-valuetext") == "1 September 2022"
    slider.focus()
    opened.page.keyboard.press("ArrowLeft")  # from between two stops to the one before
    assert opened.as_of() == "2022-08-30"
    opened.page.keyboard.press("ArrowLeft")
    assert opened.as_of() == "2020-11-10"
    assert opened.drawn() == {"zone/core", "corridor/lachin-old"}
    slider.fill(last)
    assert opened.as_of() == "2024-06-12"
    assert opened.drawn() == {"corridor/lachin-new"}
    assert slider.get_attribute("aria-valuetext") == "12 June 2024"


def day_number(day: date) -> str:
    """The value of the slider on a day: days since 1970."""
    return str((day - date(1970, 1, 1)).days)


def test_buttons_and_date_move_the_date(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    before, after = (opened.page.get_by_role("button", name=name)
                     for name in ("Previous change", "Next change"))  # fmt: skip
    before.click()
    assert opened.as_of() == "2022-08-30"
    before.click()
    assert opened.as_of() == "2020-11-10"
    assert before.is_disabled()
    after.click()
    after.click()
    assert opened.as_of() == "2024-06-12"
    assert after.is_disabled()
    field = opened.page.get_by_label("Go to a date")
    field.fill("2021-07-05")
    field.press("Enter")
    assert opened.as_of() == "2021-07-05"
    assert "State since 10 November 2020" in opened.text("#pk-since")
    assert "next change 30 August 2022" in opened.text("#pk-since")
    field.fill("2001-01-01")
    field.press("Enter")
    assert opened.as_of() == "2021-07-05"


def test_titles_and_events_of_the_date_are_named(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small), "#on=2020-11-10")
    changes = opened.text("#pk-changes")
    assert "The map begins on 10 November 2020" in changes
    assert "Responsibility zone The zone begins" in changes
    assert "Corridor routes The old road" in changes
    assert "Ceasefire statement" in changes
    assert "The zone begins · The old road" in opened.text("#pk-since")
    opened.page.get_by_role("button", name="Next change").click()
    changes = opened.text("#pk-changes")
    assert "What changed on 30 August 2022" in changes
    assert "Corridor routes The old road is left, corrected" in changes
    assert "Responsibility zone" not in changes
    assert "August 2022 Traffic moves to the new road" in changes


def test_layers_switch_off_and_on(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    box = opened.page.get_by_role("checkbox", name="Corridor routes")
    box.uncheck()
    assert opened.drawn() == {"zone/core"}
    assert "off=corridor" in opened.hash()
    assert "Corridor road" not in opened.text("#pk-groups")
    box.check()
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}


def test_legend_explains_what_is_on_view_and_nothing_else(open_page: Any, tmp_path: Path) -> None:
    roads = [
        feature("near", line((46.4, 39.5), (46.6, 39.6)), status="open", certainty="agreed"),
        feature("far", line((30, 20), (30.1, 20)), status="planned", certainty="inferred"),
    ]
    root = write(tmp_path / "c", {
        "zone": {"2020-01-01": [feature("core", square(46.2, 39.3, 0.6), kind="core")]},
        "corridor": {"2020-01-01": roads},
    })  # fmt: skip
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    entries = opened.page.locator("#pk-groups li:visible").all_inner_texts()
    assert entries == ["Area of responsibility", "Corridor road, open"]
    opened.page.evaluate("() => { location.hash = '#at=20,30.05&z=11'; }")
    opened.page.wait_for_function("() => document.querySelector('#pk-sure li')")
    entries = opened.page.locator("#pk-groups li:visible").all_inner_texts()
    assert entries == ["nothing in view", "Corridor road, planned",
                       "Paler: inferred, not directly reported"]  # fmt: skip


def test_legend_names_areas_under_any_controller(open_page: Any, tmp_path: Path) -> None:
    areas = [
        feature("a", square(46.2, 39.3, 0.1), controller="Azerbaijan"),
        feature("b", square(46.4, 39.3, 0.1)),
        feature("c", square(46.6, 39.3, 0.1), controller="Ruritania"),
    ]
    root = write(tmp_path / "c", {"control": {"2020-01-01": areas}})
    own = catalogue(root)
    opened = open_page(pkzone.map(catalogue=own))
    told = [
        "Reported to have passed to Azerbaijani control", "Reported to have changed hands",
        "Under another party's control",
    ]  # fmt: skip
    assert opened.page.locator("#pk-groups li:visible").all_inner_texts() == told
    content = content_of(None, own, "2020-01-01", "en")
    assert pattern_texts(content) == told
    assert "WHEN &quot;controller&quot; IS NULL THEN 2 WHEN TRUE THEN 3" in str(
        qgis_style("control", "area")
    )


def test_rules_are_those_of_the_style_module(open_page: Any, shipped: Any) -> None:
    answers = open_page(shipped).page.evaluate(
        "() => pkzone.data.layers.flatMap((layer) => layer.states.map((state) =>"
        "[state.layer, state.properties, state.geometry.kind, pkzone.look.ruleFor(state).label,"
        " pkzone.look.symbolFor(state).modifiers.filter(({ where }) => !where['@lead']).length]))"
    )
    types = {"point": "Point", "line": "LineString", "area": "Polygon", "none": None}
    assert len(answers) > 200
    for layer, properties, kind, label, modifiers in answers:
        assert rule_for(layer, properties, types[kind])["label"] == label
        assert len(modifiers_for(properties, types[kind])) == modifiers


ROAD = feature(
    "road-1", line((46.4, 39.5), (46.6, 39.6)), name="Berdzor / Lachin", name_az="Laçın",
    name_hy="Բերձոր", name_ru="Лачин", kind="road", mode="road", status="under_construction",
    basis="traffic", controller="A contingent", since="2021-07", certainty="corroborated",
    uncertainty_m=2500, geometry_basis="schematic", length_published_km=65, posts_total=4,
    note="Both sides say so.", sources=["linked", "unlinked", "unknown-id"], route="a-b",
    sequence=1,
)  # fmt: skip
SOURCES = [
    {"id": "linked", "type": "article", "title": "A road", "container-title": "A paper",
     "issued": {"date-parts": [[2021, 7, 5]]}, "URL": "https://example.org/road"},
    {"id": "unlinked", "type": "article", "title": "A statement", "note": "title is a description"},
]  # fmt: skip


@pytest.fixture
def one_road(tmp_path: Path) -> Catalogue:
    layers = {"corridor": {"2021-07-01": [ROAD], "2022-01-01": []}}
    return catalogue(write(tmp_path / "road", layers, sources=SOURCES, default_date="2021-08-01"))


def test_feature_panel_says_everything(open_page: Any, one_road: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=one_road))
    opened.element("corridor", "road-1").press("Enter")
    terms = opened.page.locator("#pk-feature dt").all_inner_texts()
    values = opened.page.locator("#pk-feature dd").all_inner_texts()
    said = dict(zip(terms, values, strict=True))
    drawn = said.pop("Length")
    assert said == {
        "Azerbaijani": "Laçın", "Armenian": "Բերձոր", "Russian": "Лачин", "Kind": "road",
        "Status": "under construction: being built, not yet in use",
        "Controller": "A contingent",
        "Basis": "traffic, as reported", "Route": "a-b", "Since": "July 2021",
        "Certainty": "corroborated: several sources",
        "Uncertainty": "position accurate to about 2.5 km",
        "Drawing": "schematic: straight segments between known points",
        "Note": "Both sides say so.", "posts total": "4",
    }  # fmt: skip
    assert drawn == "65 km published, about 20 km as drawn, all of it schematic"
    assert opened.text("#pk-feature h2") == "Berdzor / Lachin"
    languages = opened.page.locator("#pk-feature dd[lang]")
    assert [one.get_attribute("lang") for one in languages.all()] == ["az", "hy", "ru"]


ENDS = [
    feature("one-way", line((46.4, 39.5), (46.6, 39.6)), mode="road", status="restricted",
            from_place="town", to_place="junction", direction="forward",
            traffic=["aid", "medical"]),
    feature("back", line((46.4, 39.6), (46.6, 39.7)), mode="road", status="complete",
            from_place="town", to_place="junction", direction="backward", traffic=["none"]),
    feature("odd", line((46.4, 39.7), (46.6, 39.8)), mode="road", status="open",
            from_place="nowhere", to_place=None, direction="forward",
            traffic=["a-word", {"toString": "x"}]),
]  # fmt: skip
NODE = {"id": "junction", "name": "A junction", "name_ru": "Развилка", "lon": 46.6, "lat": 39.6}


@pytest.fixture
def with_ends(tmp_path: Path) -> Any:
    town = feature("town", {"type": "Point", "coordinates": [46.4, 39.5]}, name="A town")
    layers = {"places": {"2021-01-01": [town]}, "corridor": {"2021-01-01": ENDS}}
    return pkzone.map("corridor", catalogue=catalogue(write(tmp_path / "e", layers, nodes=[NODE])))


@pytest.mark.parametrize(("road", "said"), [
    ("one-way", ["restricted: only some may pass; traffic names them where a source does",
                 "humanitarian aid, patients", "one way, from A town to A junction", "A town",
                 "A junction"]),
    ("back", ["complete but not in use: finished, not yet opened", "none",
              "one way, from A junction to A town", "A town", "A junction"]),
    ("odd", ["open: everyone may pass", 'a-word, {"toString":"x"}', "one way, as the line runs",
             "nowhere"]),
])  # fmt: skip
def test_feature_panel_says_who_passes_and_between_which_places(
    open_page: Any, with_ends: Any, road: str, said: list[str]
) -> None:
    opened = open_page(with_ends, f"#see=corridor/{road}")
    terms = opened.page.locator("#pk-feature dt").all_inner_texts()
    values = opened.page.locator("#pk-feature dd").all_inner_texts()
    wanted = ["Status", "Traffic", "Direction", "Begins at", "Ends at"]
    assert [value for term, value in zip(terms, values, strict=True) if term in wanted] == said


def test_ends_have_their_names_in_the_language_on_view(open_page: Any, with_ends: Any) -> None:
    panel = open_page(with_ends, "#see=corridor/one-way&lang=ru").text("#pk-feature")
    assert "в одну сторону: A town – Развилка" in panel
    assert "гуманитарная помощь, больные" in panel


def test_legend_tells_what_the_statuses_on_view_mean(open_page: Any, with_ends: Any) -> None:
    opened = open_page(with_ends)
    opened.page.locator("#pk-meanings summary").click()
    assert opened.page.locator("#pk-meanings li").all_inner_texts() == [
        "open: everyone may pass",
        "restricted: only some may pass; traffic names them where a source does",
        "complete but not in use: finished, not yet opened",
    ]
    opened.page.get_by_role("checkbox", name="Corridor").uncheck()
    assert opened.page.locator("#pk-meanings").is_hidden()


def test_sources_are_links_where_they_have_an_address(open_page: Any, one_road: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=one_road), "#see=corridor/road-1")
    rows = opened.page.locator("#pk-feature .pk-source-list li").all_inner_texts()
    assert rows == ["A road — A paper, 5 July 2021", "A statement (title is a description)",
                    "unknown-id"]  # fmt: skip
    links = opened.page.locator("#pk-feature a")
    assert links.count() == 1
    assert links.get_attribute("href") == "https://example.org/road"
    assert links.get_attribute("rel") == "noopener noreferrer"
    assert links.get_attribute("target") == "_blank"


def test_features_are_reached_and_left_by_keyboard(open_page: Any, one_road: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=one_road))
    road = opened.element("corridor", "road-1")
    assert road.get_attribute("role") == "button"
    assert road.get_attribute("aria-label") == "Berdzor / Lachin, road, under construction"
    for _ in range(25):
        opened.page.keyboard.press("Tab")
        if road.evaluate("(element) => element === document.activeElement"):
            break
    else:
        pytest.fail("Tab never reaches the road")
    opened.page.keyboard.press("Enter")
    focused = "() => document.activeElement.id || document.activeElement.dataset.id"
    assert opened.page.evaluate(focused) == "pk-feature-name"
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#pk-feature").is_hidden()
    assert opened.page.evaluate(focused) == "road-1"


def test_click_opens_and_close_button_closes(open_page: Any, one_road: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=one_road))
    box = opened.element("corridor", "road-1").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "see=corridor/road-1" in opened.hash()
    opened.page.get_by_role("button", name="Close").click()
    assert "see=" not in opened.hash()


def test_chosen_feature_stays_chosen_when_it_leaves_the_map(
    open_page: Any, one_road: Catalogue
) -> None:
    opened = open_page(pkzone.map(catalogue=one_road), "#see=corridor/road-1")
    opened.page.get_by_role("button", name="Next change").click()
    assert "Not on the map on 1 January 2022." in opened.text("#pk-feature")


def test_permalink_brings_the_whole_state_back(open_page: Any, shipped: Any) -> None:
    wanted = (
        "#on=2023-05-01&at=39.6400,46.5500&z=10.5&off=places,physical&see=corridor/lachin-new-az"
    )
    first = open_page(shipped, wanted)
    first.page.get_by_role("checkbox", name="Boundaries").uncheck()
    link = first.hash()
    second = open_page(shipped, link)
    for opened in (first, second):
        assert opened.as_of() == "2023-05-01"
        assert not [one for one in opened.drawn() if one.startswith(("places/", "boundaries/"))]
        assert not opened.page.locator("#pk-feature").is_hidden()
    assert second.drawn() == first.drawn()
    second.page.get_by_role("checkbox", name="Boundaries").check()
    second.page.get_by_role("checkbox", name="Boundaries").uncheck()
    assert second.hash() == link


def test_changed_hash_moves_the_page(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    opened.page.evaluate("() => { location.hash = '#on=2021-01-01'; }")
    opened.page.wait_for_function("() => document.body.dataset.asOf === '2021-01-01'")
    assert opened.drawn() == {"zone/core", "corridor/lachin-old"}


def test_attribution_carries_no_flag(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    assert opened.page.locator(".leaflet-control-attribution").inner_text() == ""
    assert opened.page.locator(".leaflet-attribution-flag").count() == 0


def test_scale_says_km_and_miles(open_page: Any, shipped: Any) -> None:
    texts = open_page(shipped).page.locator(".leaflet-control-scale-line").all_inner_texts()
    assert [one.split()[1] for one in texts] == ["km", "mi"]


def test_page_says_what_it_is_not(open_page: Any, shipped: Any) -> None:
    about = open_page(shipped).text("#pk-about")
    assert "Not an official map" in about
    assert "takes no position on the status" in about
    assert "not yet been reviewed by a speaker" in about


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (620, 844)], ids=str)
def test_no_control_lies_over_another(open_page: Any, shipped: Any, size: tuple[int, int]) -> None:
    opened = open_page(shipped, "#see=corridor/lachin-new-az", size)
    answer = opened.page.evaluate("""() => {
      const controls = "#pk-head, #pk-time button, #pk-time input, #pk-since, #pk-feature,"
        + " #pk-changes, #pk-legend, #pk-about, #pk-small-print,"
        + " .leaflet-control-zoom, .leaflet-control-scale";
      const panel = document.getElementById("pk-panel").getBoundingClientRect();
      const boxes = [...document.querySelectorAll(controls)].map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        const cut = one.closest("#pk-panel") && panel.height;
        return { id: one.id || one.className, left, right,
                 top: cut ? Math.max(top, panel.top) : top,
                 bottom: cut ? Math.min(bottom, panel.bottom) : bottom };
      }).filter(({ top, bottom }) => bottom > top);
      const over = boxes.flatMap((a, i) => boxes.slice(i + 1)
        .filter((b) => a.left < b.right - 0.5 && b.left < a.right - 0.5
          && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
        .map((b) => [a.id, b.id]));
      return [over, document.documentElement.scrollWidth, boxes.length];
    }""")
    overlaps, width, count = answer
    assert overlaps == []
    assert width <= size[0]
    assert count >= 10


def test_labels_do_not_collide(open_page: Any, shipped: Any) -> None:
    opened = open_page(shipped)
    for view in ("", "#at=39.7,46.7&z=8", "#at=39.7,46.7&z=11"):
        if view:
            opened.page.evaluate("(view) => { location.hash = view; }", view)
            opened.page.wait_for_function(
                "(zoom) => pkzone.draw.map.getZoom() === zoom", arg=int(view.rsplit("=", 1)[1])
            )
        boxes = opened.page.evaluate(
            "() => [...document.querySelectorAll('.pk-label')]"
            ".map((one) => one.getBoundingClientRect())"
            ".map(({ left, right, top, bottom }) => [left, right, top, bottom])"
        )
        assert len(boxes) >= 8
        for index, (left, right, top, bottom) in enumerate(boxes):
            for other in boxes[index + 1 :]:
                apart = other[0] >= right - 1 or left >= other[1] - 1
                assert apart or other[2] >= bottom - 1 or top >= other[3] - 1


def test_fixed_version_has_no_slider(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(["corridor@2021-05-05"], catalogue=small), "#on=2023-01-01")
    assert opened.as_of() == "2021-05-05"
    assert opened.drawn() == {"corridor/lachin-old"}
    assert opened.page.locator("#pk-time").is_hidden()
    assert "fixed: version 2020-11-10" in opened.text("#pk-legend")


def test_empty_catalogue_draws_nothing(open_page: Any, tmp_path: Path) -> None:
    root = write(tmp_path / "c", {"zone": {"2020-01-01": [], "2021-01-01": []}})
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    assert opened.drawn() == set()
    assert opened.as_of() == "2021-01-01"


def test_other_geometries_and_layers_are_drawn(open_page: Any, tmp_path: Path) -> None:
    shapes = [
        {"type": "Point", "coordinates": [46.5, 39.5, 1200]},
        {"type": "MultiPoint", "coordinates": [[46.1, 39.5], [46.2, 39.5]]},
        {"type": "MultiLineString", "coordinates": [[[46.1, 39.6], [46.2, 39.6]],
                                                    [[46.3, 39.6], [46.4, 39.6]]]},
        square(46.6, 39.6, 0.1),
        {"type": "MultiPolygon", "coordinates": [square(46.1, 39.8, 0.1)["coordinates"],
                                                 square(46.4, 39.8, 0.1)["coordinates"]]},
        {"type": "LineString", "coordinates": [[46.1, 39.9, 5], [46.9, 39.9, 6]]},
    ]  # fmt: skip
    features = [feature(f"f{index}", shape) for index, shape in enumerate(shapes)]
    root = write(tmp_path / "c", {"my-layer": {"2020-01-01": features}})
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    assert opened.drawn() == {f"my-layer/f{index}" for index in range(6)}
    empty = opened.page.locator("path.pk-hit[d='M0 0']").count()
    assert empty == 0
    legend = opened.page.locator("#pk-legend li:visible").all_inner_texts()
    assert legend == ["Area", "Line", "Point"]


def test_a_folium_object_of_the_users_is_drawn(open_page: Any, small: Catalogue) -> None:
    import folium

    page = pkzone.map(catalogue=small)
    folium.PolyLine([[39.6, 46.4], [39.8, 46.7]], color="purple").add_to(page)
    folium.Marker([39.7, 46.5]).add_to(page)
    opened = open_page(page, checked=False)
    assert opened.page.locator("path[stroke=purple]").count() == 1
    icon = opened.page.locator(".leaflet-marker-icon")
    assert icon.get_attribute("src").startswith("data:image/svg+xml")
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}


def test_compare_tells_who_passed_before_and_after(open_page: Any, tmp_path: Path) -> None:
    versions = {
        day: [feature("road", line((46.4, 39.5), (46.6, 39.6)), mode="road", status="restricted",
                      traffic=traffic)]
        for day, traffic in (("2021-01-01", ["aid", "medical"]), ("2022-01-01", ["none"]))
    }  # fmt: skip
    root = write(tmp_path / "t", {"corridor": versions})
    opened = open_page(pkzone.map(catalogue=catalogue(root)), "#on=2022-01-01&compare=2021-01-01")
    assert "Traffic: humanitarian aid, patients → none" in opened.text("#pk-difference")
