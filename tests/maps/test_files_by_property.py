"""Features of files coloured, named and dated by their properties."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import pkzone
from pkzone.errors import BadDate, BadOption, OutOfRange
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.file_looks import CLASS_PALETTE, class_breaks, entry_text, unit_of
from pkzone.pictures.map_content import opening_content
from tests.helpers.drawn_catalogue import line, point, square
from tests.helpers.sheet import SVG, Sheet
from tests.maps.test_own_layers import bare, layer, run, written


def points(path: Path, *rows: dict[str, Any]) -> Path:
    features = (bare(point(1 + n / 100, 1), **one) for n, one in enumerate(rows))
    return written(path, *features)


def entries(page: Any) -> list[str]:
    """Return what the legend says of the points of a file, in its order."""
    rules = page.content["style"]["rules"][layer(page)["name"]]
    return [entry_text(one, "en") for one in rules if one["where"]["@geometry"] == "point"]


def counts(path: Path, name: str) -> list[str]:
    return entries(pkzone.map(path, color_by=name))


# Categories


def test_categories_are_counted_the_most_frequent_first(tmp_path: Path) -> None:
    kinds = ["well", "camp", "camp", None, "", "post", "camp", "well"]
    path = points(tmp_path / "a.geojson", *({"kind": kind} for kind in kinds))
    assert counts(path, "kind") == ["camp (3)", "well (2)", "post (1)", "no value (2)"]
    own = layer(pkzone.map(path, color_by="kind"))
    assert own["heading"] == {"property": "kind", "unit": "", "classes": False}
    assert [one["look"] for one in own["states"]] == [1, 0, 0, 4, 4, 2, 0, 1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([True, False, True], ["true (2)", "false (1)"]),
        ([3, 1, 2.0, 3], ["1 (1)", "2 (1)", "3 (2)"]),
        ([2021, 1999, 2021], ["1999 (1)", "2021 (2)"]),
        ([2021, 12000], ["2,021 (1)", "12,000 (1)"]),
        ([["a", 1], {"b": None}, "x"], ['["a", 1] (1)', 'x (1)', '{"b": null} (1)']),
        (["Area", "Area", "Line"], ["Area (2)", "Line (1)"]),
        ([None, None], ["no value (2)"]),
    ],
    ids=["boolean", "few numbers", "years", "no years", "arrays", "words of the page", "nothing"],
)  # fmt: skip
def test_values_that_are_categories(tmp_path: Path, values: list[Any], said: list[str]) -> None:
    path = points(tmp_path / "a.geojson", *({"x": value} for value in values))
    assert counts(path, "x") == said


def test_more_categories_than_colours_share_one_and_it_is_said(tmp_path: Path) -> None:
    # a is there 13 times, b 12 times, ... m once
    rows = [{"kind": letter} for n, letter in enumerate("abcdefghijklm") for _ in range(13 - n)]
    page = pkzone.map(points(tmp_path / "a.geojson", *rows), color_by="kind")
    assert entries(page)[:2] == ["a (13)", "b (12)"]
    assert entries(page)[-2:] == ["k (3)", "other values (3)"]
    (notice,) = page.notices
    assert "kind has 13 values: the 11 of most features have a colour each, the 2 others" in str(
        notice
    )


def test_categories_differ_by_colour_and_by_another_cue(tmp_path: Path) -> None:
    path = points(tmp_path / "a.geojson", *({"kind": letter} for letter in "abcdefghijkl"))
    rules = pkzone.map(path, color_by="kind").content["style"]["rules"]["a"]
    areas, lines, markers = (rules[start::3] for start in range(3))
    looks = [
        {(one["fill"], one["shape"]) for one in markers},
        {(one["strokes"][0]["color"], str(one["strokes"][0]["dash"])) for one in lines},
        {(one["strokes"][0]["color"], "hatch" in one) for one in areas},
    ]
    assert [len(one) for one in looks] == [12, 12, 12]


# Numbers


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_a_few_numbers_are_coloured_in_their_order(tmp_path: Path, count: int) -> None:
    path = points(tmp_path / "a.geojson", *({"teachers": n} for n in reversed(range(count))))
    page = pkzone.map(path, color_by="teachers")
    rules = page.content["style"]["rules"]["a"][2::3]
    tokens = [one["fill"] for one in rules]
    assert (tokens[0], tokens[-1], len({*tokens})) == ("class-0", "class-4", count)
    assert tokens == sorted(tokens)
    assert [one["look"] for one in layer(page)["states"]] == [*reversed(range(count))]
    assert layer(page)["heading"]["classes"] is False


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        (range(1, 101), [20, 40, 60, 80]),
        (range(10, 1010, 10), [200, 400, 600, 800]),
        ([n / 10 for n in range(1, 101)], [2, 4, 6, 8]),
        ([0] * 50 + list(range(1, 51)), [10, 30]),
        ([5] * 10, []),
        ([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6], [-1, 1, 3, 5]),
    ],
    ids=["hundred", "thousand", "tenths", "half zeros", "one", "negative"],
)
def test_breaks_are_round_quintiles(values: Any, breaks: list[float]) -> None:
    assert class_breaks(values) == breaks


def test_classes_state_their_ends_counts_and_unit(tmp_path: Path) -> None:
    rows = [{"length_km": n} for n in range(1, 101)] + [{"length_km": None}, {}]
    path = points(tmp_path / "a.geojson", *rows)
    assert counts(path, "length_km") == [
        "1 – 20 km (19)", "20 – 40 km (20)", "40 – 60 km (20)", "60 – 80 km (20)",
        "80 – 100 km (21)", "no value (2)",
    ]  # fmt: skip
    looks = [one["look"] for one in layer(pkzone.map(path, color_by="length_km"))["states"]]
    assert looks[18:20] == [0, 1]  # a number on a border is of the class above
    html = pkzone.map(path, color_by="length_km").to_html()
    assert f"--pk-class-0:{CLASS_PALETTE['light']['class-0']}" in html
    assert "--pk-class-0" not in pkzone.map(path).to_html()


@pytest.mark.parametrize(
    ("name", "unit"),
    [("length_km", "km"), ("Area (km²)", "km²"), ("area_km2", "km²"), ("m", ""), ("share_pct", "%"),
     ("Höhe [m]", "m"), ("name", ""), ("team", "")],
)  # fmt: skip
def test_units_stand_in_names(name: str, unit: str) -> None:
    assert unit_of(name) == unit


def test_numbers_are_written_as_a_language_does() -> None:
    rule = {"label": "", "range": (1234.5, 20000), "unit": "m", "count": 1000}
    assert entry_text(rule, "en") == "1,234.5 – 20,000 m (1,000)"
    assert entry_text(rule, "ru") == "1\u00a0234,5 – 20\u00a0000 m (1\u00a0000)"


@pytest.mark.parametrize("option", ["color_by", "label", "time"])
def test_a_property_that_no_feature_has_is_refused(tmp_path: Path, option: str) -> None:
    path = points(tmp_path / "a.geojson", {"kind": "x"})
    with pytest.raises(BadOption, match=r"--[a-z-]+: no feature has a property 'kinds'; did you"):
        pkzone.map(path, **{option: "kinds"})
    with pytest.raises(BadOption, match="name a file"):
        pkzone.map(**{option: "kind"})


def test_files_without_the_property_stay_as_they_are(tmp_path: Path) -> None:
    one = points(tmp_path / "a.geojson", {"kind": "x"})
    other = points(tmp_path / "b.geojson", {"other": "x"})
    page = pkzone.map([one, other], color_by="kind")
    assert ["look" in layer(page, number)["states"][0] for number in (0, 1)] == [True, False]


# Days

CAMPS = (
    {"name": "A", "opened": 20210305, "closed": "2021-06-01"},
    {"name": "B", "opened": "2021/04/01", "closed": None},
    {"name": "C", "opened": 2022, "closed": "2022-05-06T10:00:00+04:00"},
    {"name": "D", "opened": None, "closed": "2021-04"},
    {"name": "E", "opened": "NaT", "closed": " "},
    {"name": "F", "opened": "2022-02-01T08:00:00Z", "closed": "2022-02-01T20:00:00Z"},
)


@pytest.fixture
def camps(tmp_path: Path) -> Path:
    return points(tmp_path / "camps.geojson", *CAMPS)


def test_features_hold_from_start_to_before_end(camps: Path) -> None:
    page = pkzone.map(camps, time="opened", time_end="closed")
    spans = [{key: one[key] for key in ("from", "to", "never") if key in one}
             for one in layer(page)["states"]]  # fmt: skip
    assert spans == [
        {"from": "2021-03-05", "to": "2021-06-01"}, {"from": "2021-04-01"},
        {"from": "2022-01-01", "to": "2022-05-06"}, {"to": "2021-04-01"}, {"never": True},
        {"from": "2022-02-01", "to": "2022-02-02"},
    ]  # fmt: skip
    stops = ["2021-03-05", "2021-04-01", "2021-06-01", "2022-01-01", "2022-02-01", "2022-02-02",
             "2022-05-06"]  # fmt: skip
    assert layer(page)["stops"] == page.content["dates"] == stops
    assert page.content["on"] == "2022-02-01"
    assert layer(page)["time"] == {"start": "opened", "end": "closed", "without": 1}
    (notice,) = page.notices
    assert "1 of 6 features have no date in opened; they are not on the map" in str(notice)


def test_a_day_to_open_on(camps: Path) -> None:
    page = pkzone.map(camps, time="opened", on="2021-05-01")
    assert page.content["on"] == "2021-05-01"
    with pytest.raises(BadDate, match="begin on 2021-03-05"):
        pkzone.map(camps, time="opened", on="2020-01-01")
    with pytest.raises(BadOption, match="--time"):
        pkzone.map(camps, on="2021-05-01")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"opened": "05.03.2021"},
            r"camps.geojson: features\[1\]: property opened: '05.03.2021' is not a",
        ),
        ({"opened": "1.9.2022"}, "it may be 2022-01-09 or 2022-09-01; write it as YYYY-MM-DD"),
        ({"opened": "2021-02-30"}, r"features\[1\]: property opened: .* is not in the calendar"),
        ({"opened": True}, r"features\[1\]: property opened: 'True' is not a date"),
        ({"opened": ["2021"]}, r"features\[1\]: property opened: "),
        ({"opened": 1e300}, r"features\[1\]: property opened: "),
        ({"opened": "2021-05-01", "closed": "2021-04-30"}, "closed 2021-04-30 is before opened"),
        ({"opened": "2021\u202e<b>"}, r"features\[1\]: property opened: "),
    ],
)
def test_bad_dates_are_refused_with_feature_and_remedy(
    tmp_path: Path, row: dict[str, Any], words: str
) -> None:
    path = points(tmp_path / "camps.geojson", CAMPS[0], row)
    with pytest.raises(BadDate, match=words) as caught:
        pkzone.map(path, time="opened", time_end="closed")
    assert "\n" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_a_table_is_refused_by_the_line(tmp_path: Path) -> None:
    """A cell over two lines and an empty line count; the features are in the order of the file."""
    head = "lon,lat,name,opened"
    rows = ('9,1,"A\nlong",2021-03-05', "", "1,1,B,soon")
    table = tmp_path / "camps.csv"
    table.write_text("\n".join([head, *rows]), encoding="utf-8")
    with pytest.raises(BadDate, match=r"camps.csv: line 5: property opened: 'soon' is not a date"):
        pkzone.map(table, time="opened")
    table.write_text("\n".join([head, rows[0], "1,91,B,"]), encoding="utf-8")
    with pytest.raises(OutOfRange, match=r"camps.csv: line 4: geometry.coordinates"):
        pkzone.map(table)
    table.write_text("\n".join([head, *rows]), encoding="utf-8")
    named = [one["properties"]["name"] for one in layer(pkzone.map(table))["states"]]
    assert named == ["A\nlong", "B"]


def test_a_file_without_any_date_is_refused(tmp_path: Path) -> None:
    path = points(tmp_path / "a.geojson", {"opened": None})
    with pytest.raises(BadDate, match="none of its features has a date in opened"):
        pkzone.map(path, time="opened")
    with pytest.raises(BadOption, match="--time"):
        pkzone.map(path, time_end="opened")


def test_dates_of_a_file_join_those_of_layers(tmp_path: Path, small: Catalogue) -> None:
    path = points(tmp_path / "a.geojson", {"opened": "2021-07-01"})
    page = pkzone.map(["corridor", path], time="opened", catalogue=small)
    alone = pkzone.map("corridor", catalogue=small)
    assert page.content["dates"] == sorted({*alone.content["dates"], "2021-07-01"})
    assert page.content["on"] == alone.content["on"]


def test_a_picture_of_a_dated_map_shows_its_day(camps: Path) -> None:
    page = pkzone.map(camps, time="opened", time_end="closed", color_by="name").page
    assert page.shown
    content = opening_content(*page.shown, date(2022, 2, 1), "x", "en")
    assert sorted(one.name for one in content.items) == ["B", "C", "F"]
    sheet = Sheet(pkzone.picture(str(camps), time="opened", time_end="closed", color_by="name"))
    assert sheet.texts("legend")[1:3] == ["By name", "Counts are of all dates"]


def test_geopackage_with_dates_and_numbers(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"opened": gpd.pd.to_datetime(["2021-03-05", None]), "people": [10.0, None]},
        geometry=[shapely.Point(500000, 4000000), shapely.Point(500100, 4000000)],
        crs=32638,
    )
    frame.to_file(tmp_path / "camps.gpkg")
    page = pkzone.map(tmp_path / "camps.gpkg", time="opened", color_by="people")
    assert layer(page)["stops"] == ["2021-03-05"]
    assert entries(page) == ["10 (1)", "no value (1)"]


# Pictures, and layers on maps of folium


def test_page_picture_and_folium_agree_on_colours_and_names(tmp_path: Path) -> None:
    rows = [{"team": n % 4 * 10, "post": 100 + n} for n in range(8)]
    path = points(tmp_path / "a.geojson", *rows)
    wanted = entries(pkzone.map(path, color_by="team", label="post"))
    assert wanted == ["0 (2)", "10 (2)", "20 (2)", "30 (2)"]
    sheet = Sheet(pkzone.picture(str(path), color_by="team", label="post"))
    assert sheet.texts("title") == ["a"]
    assert sheet.texts("legend")[:6] == ["Files", "By team", *wanted]
    assert {*sheet.texts("labels")} == {str(100 + n) for n in range(8)}
    drawn = json.loads(pkzone.folium_layer(path, color_by="team", label="post").data_json)
    assert drawn["legend"]["notes"] == ["By team"]
    assert [one["label"] for one in drawn["legend"]["entries"]] == wanted
    assert drawn["features"][1]["tip"] == [["101"], ["team", "10"]]
    colors = [drawn["looks"][one["look"]]["fill"] for one in drawn["features"]]
    assert [*dict.fromkeys(colors)] == [
        CLASS_PALETTE["light"][f"class-{number}"] for number in (0, 1, 3, 4)
    ]
    filled = [
        next(re.findall("fill: (#[0-9a-f]+)", one.get("style", ""))[0] for one in group)
        for group in (sheet.group(f"a/%23{n}").iter(f"{SVG}path") for n in range(8))
    ]
    assert filled == colors


def test_a_picture_shows_the_day_asked_for(camps: Path) -> None:
    look = {"time": "opened", "time_end": "closed"}
    sheet = Sheet(picture := pkzone.picture(str(camps), on="2021-05-01", **look))
    assert sheet.texts("labels")[:2] == ["A", "B"]
    assert sheet.texts("title") == ["camps", "Map as of 1 May 2021"]
    assert "Without a date, not on the map: 1" in sheet.texts("legend")
    assert "1 of 6 features have no date in opened" in picture.notices[0]
    assert len(picture.notices) == 1
    newest = Sheet(pkzone.picture(str(camps), **look))
    assert newest.texts("title")[1] == "Map as of 1 February 2022"
    with pytest.raises(BadDate, match="begin on 2021-03-05"):
        pkzone.picture(str(camps), on="2020-01-01", **look)
    with pytest.raises(BadOption, match="--time"):
        pkzone.picture(str(camps), on="2021-05-01")


@pytest.mark.parametrize(
    "refs", [(), ("corridor",), ("corridor@2022-08-30", "corridor@2020-11-10"), ("a", "b")]
)
def test_pictures_of_no_file_take_no_properties(refs: tuple[str, ...]) -> None:
    with pytest.raises(BadOption, match="--color-by "):
        pkzone.picture(*refs, color_by="kind")


def test_a_layer_of_folium_has_one_kind_of_colours(tmp_path: Path) -> None:
    path = points(tmp_path / "a.geojson", {"kind": "x"})
    for more in ({"color": "#b34700"}, {"layer": "corridor"}):
        with pytest.raises(BadOption, match="leave out color and layer"):
            pkzone.folium_layer(path, color_by="kind", **more)
    with pytest.raises(BadOption, match="did you mean kind"):
        pkzone.folium_layer(path, color_by="kinds")
    frame = pkzone.load("corridor@2022-09-01")
    coloured = json.loads(pkzone.folium_layer(frame, color_by="status").data_json)
    assert coloured["legend"]["notes"] == ["By status"]


def test_a_picture_says_which_names_have_no_room(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    written(path, *(bare(point(1, 1), name=f"A name of a point {n}") for n in range(20)))
    picture = pkzone.picture(str(path), width_cm=8)
    shown = len({*Sheet(picture).texts("labels")})
    said = picture.render("svg")[1]
    assert f"the names of {20 - shown} features have no room; a wider picture" in said[-1]


def test_texts_from_right_to_left_are_said_to_need_a_newer_matplotlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = points(tmp_path / "a.geojson", {"name": "\u0645\u062f\u0631\u0633\u0629"})
    picture = pkzone.picture(str(path), dpi=50)
    for can_shape in (True, False):
        monkeypatch.setattr("pkzone.pictures.canvas._SHAPES", can_shape)
        said = picture.render("png")[1]
        assert ["matplotlib 3.11" in one for one in said] == [True] * (not can_shape)
        assert picture.render("svg")[1] == ()  # there the program that shows it sets the texts


SCHOOLS = gpd.GeoDataFrame(
    {
        "id": ["s1", "s2", "s3", "s4"],
        "name": ["Məktəb 1", "Դպրոց 2", "مدرسة ٣", "Школа 4"],
        "teachers": [3, 1, 3, None],
        "opened": ["2021-03-05", "2021-04-01", "2022-01-01", None],
    },
    geometry=[shapely.Point(1 + n / 10, 1) for n in range(4)],
    crs=4326,
)


@pytest.mark.parametrize("form", ["shp", "gpkg", "geojson", "json"])
def test_files_as_other_programs_write_them(tmp_path: Path, form: str) -> None:
    """A zipped Shapefile, a GeoPackage and GeoJSON with a ``crs`` as GDAL, and so QGIS, writes."""
    dated = SCHOOLS.assign(opened=gpd.pd.to_datetime(SCHOOLS["opened"]))
    path = tmp_path / f"schools.{form}"
    if form == "json":  # with ids of rows beside the property id
        path.write_text(SCHOOLS.to_json(show_bbox=True), encoding="utf-8")
    elif form == "shp":
        (tmp_path / "parts").mkdir()
        SCHOOLS.to_file(tmp_path / "parts" / path.name, encoding="utf-8")
        path = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path / "parts"))
    else:
        dated.to_crs(32631 if form == "gpkg" else 4326).to_file(path)
    page = pkzone.map(path, color_by="teachers", label="name", time="opened")
    assert entries(page) == ["1 (1)", "3 (2)", "no value (1)"]
    assert layer(page)["stops"] == ["2021-03-05", "2021-04-01", "2022-01-01"]
    assert {one["properties"]["name"] for one in layer(page)["states"]} == {*SCHOOLS["name"]}
    assert any("1 of 4 features have no date in opened" in str(one) for one in page.notices)


# The command


def test_command_takes_the_same_names(
    camps: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "map.html"
    options = ["--time", "opened", "--time-end", "closed", "--color-by", "name", "--label", "name"]
    code, _, err = run(capsys, "map", camps, *options, "--on", "2021-05-01", "-o", target)
    assert code == 0
    assert "1 of 6 features have no date" in err
    out = tmp_path / "picture.png"
    code, _, err = run(capsys, "picture", camps, *options, "--dpi", "50", "-o", out)
    assert (code, out.is_file()) == (0, True)
    assert "1 of 6 features have no date" in err
    code, _, err = run(capsys, "map", camps, "--color-by", "nam", "-o", tmp_path / "no.html")
    assert code == 2
    assert "did you mean name?" in err


# In the browser


@pytest.mark.browser
def test_slider_moves_the_features_of_a_file(open_page: Any, camps: Path) -> None:
    opened = open_page(pkzone.map(camps, time="opened", time_end="closed", color_by="name"))

    def drawn(day: str) -> set[str]:
        opened.page.locator("#pk-date").fill(day)
        opened.page.locator("#pk-date").press("Enter")
        return {one.removeprefix("camps/#") for one in opened.drawn()}

    assert drawn("2021-03-05") == {"1", "4"}
    assert drawn("2021-04-01") == {"1", "2"}
    assert drawn("2021-05-31") == {"1", "2"}
    assert drawn("2021-06-01") == {"2"}
    assert drawn("2022-02-01") == {"2", "3", "6"}
    opened.page.locator("#pk-slider").press("End")
    assert opened.drawn() == {"camps/#2"}
    said = opened.page.locator("#pk-groups li").all_inner_texts()
    assert said[:4] == [
        "By name",
        "Counts are of all dates",
        "On the map from the date in opened until the day before the date in closed",
        "Without a date, not on the map: 1",
    ]
    assert opened.page.locator("#pk-small-print").is_hidden()
    assert opened.page.locator("#pk-time").is_visible()


@pytest.mark.browser
def test_on_a_phone_the_key_of_the_colours_is_one_press_away(open_page: Any, camps: Path) -> None:
    page = pkzone.map(camps, time="opened", time_end="closed", color_by="name")
    opened = open_page(page, "", (390, 844))
    key = opened.page.get_by_text("By name", exact=True)
    assert key.is_hidden()
    opened.page.get_by_role("button", name="Legend").click()
    assert opened.page.evaluate("() => document.activeElement.id") == "pk-drawer-title"
    assert 0 < key.bounding_box()["y"] < 700
    assert opened.barriers_on_the_map() == []
    plain = open_page(pkzone.map(camps), "", (390, 844))
    assert plain.page.locator("#pk-to-legend").is_hidden()


@pytest.mark.browser
def test_a_feature_says_when_it_is_on_the_map(open_page: Any, camps: Path) -> None:
    page = pkzone.map(camps, time="opened", time_end="closed")
    opened = open_page(page, "#see=camps/%231")
    assert "On the map from 5 March 2021 until 1 June 2021" in opened.text("#pk-feature")
    opened.page.locator("#pk-feature .pk-times button").click()
    assert "camps/#1" in opened.drawn()
    opened.page.locator("#pk-compare-button").click()
    assert "--compare" not in opened.text("#pk-compare")


HOSTILE = "<img src=x onerror=alert(1)>\u202e{{7*7}}</script>"


def test_hostile_properties_are_inert_in_pictures_and_on_maps_of_folium(tmp_path: Path) -> None:
    path = points(tmp_path / "a.geojson", {HOSTILE: HOSTILE}, {HOSTILE: "x"})
    made = pkzone.folium_layer(path, color_by=HOSTILE, label=HOSTILE)
    strings = re.findall(r'"(?:[^"\\]|\\.)*"', made.data_json)
    assert not {*"<>{}"} & {*"".join(strings)}
    assert json.loads(made.data_json)["features"][0]["tip"] == [[HOSTILE], [HOSTILE, HOSTILE]]
    sheet = Sheet(pkzone.picture(str(path), color_by=HOSTILE, label=HOSTILE))
    shown = HOSTILE.replace("\u202e", "\\u202e")
    written_in_lines = "".join(sheet.texts("legend")).replace(" ", "")
    assert f"By{shown}{shown}(1)".replace(" ", "") in written_in_lines
    assert "\u202e" not in "".join(sheet.root.itertext())


@pytest.mark.browser
def test_colours_and_legend_hostile_ones_too(open_page: Any, tmp_path: Path) -> None:
    kinds = (HOSTILE, HOSTILE, "Area", None)
    features = [bare(point(1 + n / 10, 1), **{HOSTILE: kind}) for n, kind in enumerate(kinds)]
    features.append(bare(square(1, 1.1, 0.1), **{HOSTILE: "Area"}))
    features.append(bare(line((1, 1.3), (1.2, 1.3)), **{HOSTILE: "Area"}))
    path = written(tmp_path / "a.geojson", *features)
    page = pkzone.map(path, color_by=HOSTILE, label=HOSTILE)
    opened = open_page(page, "#lang=ru")
    said = opened.page.locator("#pk-groups li").all_inner_texts()
    shown = HOSTILE.replace("\u202e", "\\u202e")
    no_room = [one for one in said if one.startswith("Названий, которым здесь нет места: ")]
    said = [one for one in said if one not in no_room]  # of the window
    assert said == [f"По свойству {shown}", "Area (3)", f"{shown} (2)", "нет значения (1)"]
    assert opened.page.locator("#pk-groups li img").count() == 0
    fills = opened.page.evaluate(
        """() => [...document.querySelectorAll("[data-layer=a][fill^=var]")]
          .map((one) => [one.dataset.id, getComputedStyle(one).fill])"""
    )
    colors = {key: value for key, value in fills if not key.endswith("5")}
    assert colors["#1"] == colors["#2"] != colors["#3"]
    assert len(opened.page.locator(".pk-label-point").all()) > 0
    assert opened.barriers() == []


@pytest.mark.browser
def test_labels_come_from_a_property(open_page: Any, tmp_path: Path) -> None:
    rows = ({"name": "x", "pop": 12}, {"name": "y", "pop": None}, {"name": "z", "pop": "many"})
    opened = open_page(pkzone.map(points(tmp_path / "a.geojson", *rows), label="pop"))
    assert sorted(opened.page.locator(".pk-label-point").all_inner_texts()) == ["12", "many"]


@pytest.mark.browser
def test_names_of_a_file_come_before_those_of_the_base_map(open_page: Any, tmp_path: Path) -> None:
    """At Shusha, among places of the catalogue; round one point there is room for few of many."""
    crowd = [bare(point(46.75, 39.76), name=f"Observation post {n}") for n in range(30)]
    area = bare(square(46.6, 39.6, 0.3), name="Survey area")
    way = bare(line((46.5, 39.5), (47.0, 39.9)), name="Our way")
    path = written(tmp_path / "mine.geojson", *crowd, area, way)
    opened = open_page(pkzone.map(path, label="name"))
    labels = opened.page.locator(".pk-label")
    own = labels.evaluate_all("(all) => all.map(({ dataset }) => dataset.layer === 'mine')")
    assert sum(own) < 32
    assert own == sorted(own, reverse=True)
    assert not all(own)
    said = {*labels.all_inner_texts()}
    assert {"Survey area", "Our way"} <= said
    left = f"Names without room in this view: {32 - sum(own)}. Zoom in to see them."
    assert left in opened.page.locator("#pk-groups li").all_inner_texts()
