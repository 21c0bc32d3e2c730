"""Files that style their features, and say what they are and whose: on pages and in pictures."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import pkzone
from tests.helpers.drawn_catalogue import line, point, square
from tests.helpers.sheet import Sheet
from tests.maps.test_own_layers import bare, layer


def written(path: Path, *features: dict[str, Any], **members: Any) -> Path:
    content = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def look_of(page: Any, number: int) -> list[dict[str, Any]]:
    """Return the rules that draw a feature, by area, line and point."""
    own = layer(page)
    rules = page.content["style"]["rules"][own["name"]]
    return [one for one in rules if one["where"]["@look"] == own["states"][number]["look"]]


# What https://github.com/mapbox/simplestyle-spec/tree/master/1.1.0 has as its defaults.
DEFAULTS = {"fill": "#555555", "fill_opacity": 0.6}
EDGE = {"color": "#555555", "width": 2, "opacity": 1}


def test_defaults_are_those_of_the_specification(tmp_path: Path) -> None:
    page = pkzone.map(
        written(tmp_path / "a.geojson", bare(point(1, 1), fill="#abc"), bare(point(2, 2)))
    )
    (area, *_), (other, line_rule, pin) = look_of(page, 0), look_of(page, 1)
    assert area["fill"] == "#aabbcc"
    assert {name: other[name] for name in DEFAULTS} == DEFAULTS
    for rule in (other, line_rule):
        (edge,) = rule["strokes"]
        assert {name: edge[name] for name in EDGE} == EDGE
    assert (pin["shape"], pin["fill"]) == ("pin", "#7e7e7e")


@pytest.mark.parametrize(
    ("properties", "kind", "wanted"),
    [
        ({"marker-color": "00FF00"}, 2, {"fill": "#00ff00"}),
        ({"marker-symbol": "b"}, 2, {"sign": "B"}),
        ({"marker-symbol": "7"}, 2, {"sign": "7"}),
        ({"marker-symbol": "airport"}, 2, {"sign": "plane"}),
        ({"marker-symbol": "bus"}, 2, {"sign": "B"}),
        ({"marker-color": "#ffffff", "marker-symbol": "b"}, 2, {"sign_color": "#1f2326"}),
        ({"fill-opacity": "0.25"}, 0, {"fill_opacity": 0.25}),
        ({"fill-opacity": 0}, 0, {"fill_opacity": 0}),
    ],
)
def test_values_that_are_drawn(
    tmp_path: Path, properties: dict[str, Any], kind: int, wanted: dict[str, Any]
) -> None:
    page = pkzone.map(written(tmp_path / "a.geojson", bare(point(1, 1), **properties)))
    rule = look_of(page, 0)[kind]
    assert {name: rule[name] for name in wanted} == wanted
    assert page.notices == ()


def test_sizes_of_pins_are_in_the_ratios_of_geojson_io(tmp_path: Path) -> None:
    sizes = ("small", "medium", "large")
    features = [bare(point(1, 1), **{"marker-size": size}) for size in sizes]
    page = pkzone.map(written(tmp_path / "a.geojson", *features))
    small, medium, large = (look_of(page, number)[2]["size"] for number in range(3))
    assert small / medium == pytest.approx(0.6)
    assert large / medium == pytest.approx(1.2)


HOSTILE = (
    ("stroke", "red;background:url(https://evil.example/x)"), ("fill", "url(#a)"),
    ("fill", "</style><script>alert(1)</script>"), ("marker-color", "var(--pk-ink)"),
    ("stroke", "#12345"), ("fill", ["#fff"]), ("stroke-width", 1e9), ("stroke-width", -1),
    ("stroke-width", True), ("stroke-opacity", 2), ("fill-opacity", "nan"),
    ("marker-size", "huge"), ("marker-symbol", "../../etc/passwd"),
    ("marker-symbol", "<img src=x onerror=alert(1)>"), ("fill", "٣٣٣"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_hostile_values_are_inert_and_said_once(tmp_path: Path, name: str, value: Any) -> None:
    good = bare(square(1, 1, 0.1), fill="#010203")
    bad = [bare(square(1, 1, 0.1), **{name: value}) for _ in range(3)]
    page = pkzone.map(written(tmp_path / "a.geojson", good, *bad))
    (notice,) = page.notices
    assert f"{name} (3), first {name}" in str(notice)
    assert "features[1]" in str(notice)
    assert "\n" not in str(notice)
    without = pkzone.map(written(tmp_path / "b.geojson", good, bare(square(1, 1, 0.1))))
    assert look_of(page, 1) == look_of(without, 1)


def test_a_file_without_any_style_looks_as_files_do(tmp_path: Path) -> None:
    page = pkzone.map(written(tmp_path / "a.geojson", bare(point(1, 1), fill="", title="x")))
    assert "look" not in layer(page)["states"][0]


def test_a_picture_has_the_same_colours(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.geojson",
        {**bare(square(1, 1, 0.1), fill="#ab1234", stroke="#00f"), "id": "x"},
        {**bare(point(1.2, 1.2), **{"marker-color": "#12ab34", "marker-symbol": "q"}), "id": "y"},
    )
    sheet = Sheet(pkzone.picture(str(path)))
    styles = " ".join(one.get("style", "") for one in sheet.group("a/x").iter())
    assert "fill: #ab1234" in styles
    assert "stroke: #0000ff" in styles
    assert "fill: #12ab34" in " ".join(one.get("style", "") for one in sheet.group("a/y").iter())
    assert [one.text for one in sheet.group("a/y").iter() if one.text and one.text.strip()] == ["Q"]


# Whose it is


def test_title_and_credit_are_the_files_own(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.geojson", bare(point(46.7, 39.8)),
        title="Wells", name="layer_1", attribution="© A\nB", license="ODbL",
    )  # fmt: skip
    page = pkzone.map(path)
    assert page.content["title"] == "Wells"
    assert layer(page, 2)["credit"] == "© A B, ODbL"
    assert layer(page, 2)["name"] == "a"
    assert page.notices == ()
    content = pkzone.picture(str(path)).content
    assert content.title == "Wells"
    assert content.credit.startswith("© A B, ODbL. Base map: ")


@pytest.mark.parametrize(
    ("members", "title"),
    [({"name": "wells_2020"}, "wells_2020"), ({"title": 7}, "a"), ({"title": ""}, "a"), ({}, "a")],
)
def test_title_of_a_file_that_has_none(tmp_path: Path, members: dict[str, Any], title: str) -> None:
    page = pkzone.map(written(tmp_path / "a.geojson", bare(point(1, 1)), **members))
    assert page.content["title"] == title
    assert layer(page)["credit"] == ""


def test_geopackage_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "wells.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE gpkg_contents SET identifier = 'Wells of 2020'")
    assert pkzone.map(path).content["title"] == "Wells of 2020"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(
            """CREATE TABLE gpkg_metadata (id INTEGER PRIMARY KEY, md_scope TEXT,
                 md_standard_uri TEXT, mime_type TEXT, metadata TEXT);
               CREATE TABLE gpkg_metadata_reference (reference_scope TEXT, table_name TEXT,
                 column_name TEXT, row_id_value INTEGER, timestamp TEXT, md_file_id INTEGER,
                 md_parent_id INTEGER);
               INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'http://mrcc.com/qgis.dtd',
                 'text/xml', '<qgis><title>Wells &amp; springs</title><rights>© A</rights>'
                 || '<license>CC BY 4.0</license></qgis>');
               INSERT INTO gpkg_metadata_reference VALUES ('table', 'wells', NULL, NULL, '', 1,
                 NULL);"""
        )
    page = pkzone.map(path)
    assert page.content["title"] == "Wells & springs"
    assert layer(page)["credit"] == "© A, CC BY 4.0"


# In the browser


@pytest.mark.browser
def test_styles_are_drawn(open_page: Any, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.geojson",
        bare(square(1, 1, 0.1), fill="#ab1234", stroke="#00f", **{"fill-opacity": 0.4}),
        bare(line((1, 0.9), (1.2, 0.9)), stroke="#0a0b0c", **{"stroke-width": 7}),
        bare(point(1.2, 1.2), **{"marker-color": "#12ab34", "marker-symbol": "q"}),
        attribution="© <b>A</b>",
    )
    opened = open_page(pkzone.map(path))
    drawn = opened.page.evaluate(
        """() => [...document.querySelectorAll("[data-layer=a]")].map((one) =>
          [one.tagName, one.getAttribute("fill"), one.getAttribute("stroke"),
           one.getAttribute("fill-opacity"), one.getAttribute("stroke-width"), one.textContent])"""
    )
    assert ["path", "#ab1234", "#0000ff", "0.4", "2", ""] in drawn
    assert ["path", "none", "#0a0b0c", None, "7", ""] in drawn
    assert ["path", "#12ab34"] in [one[:2] for one in drawn]
    assert ("text", "Q") in [(one[0], one[5]) for one in drawn]
    entries = [f"{kind}, as the file styles it" for kind in ("Area", "Line", "Point")]
    assert opened.page.locator("#pk-groups li").all_inner_texts() == entries
    assert opened.text("#pk-licence") == "© <b>A</b>"
    assert opened.barriers() == []


@pytest.mark.browser
def test_an_unnamed_point_silences_no_other(open_page: Any, tmp_path: Path) -> None:
    names = ("School", None, "مدرسة 12", "ירושלים")
    features = [bare(point(1 + n / 10, 1), name=name) for n, name in enumerate(names)]
    opened = open_page(pkzone.map(written(tmp_path / "a.geojson", *features)))
    labels = opened.page.locator(".pk-label-point")
    assert sorted(labels.all_text_contents()) == sorted(one for one in names if one)
    assert opened.page.evaluate(
        """() => [...document.querySelectorAll(".pk-label-point span")].map((one) =>
          [one.textContent.trim(), one.dir, getComputedStyle(one).direction])
          .filter(([text]) => /^\\p{Script=Arabic}|^\\p{Script=Hebrew}/u.test(text))
          .every(([, dir, direction]) => dir === "auto" && direction === "rtl")"""
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    ("features", "said"),
    [((), "a is empty: it has no features."),
     ((bare(None, name="x"),), "a: none of its features has a place.")],
)  # fmt: skip
def test_an_empty_file_says_so(
    open_page: Any, tmp_path: Path, features: tuple[dict[str, Any], ...], said: str
) -> None:
    opened = open_page(pkzone.map(written(tmp_path / "a.geojson", *features)))
    assert opened.text("#pk-beyond") == said
    assert opened.page.locator("#pk-groups li").all_inner_texts() == [said]
