"""Layers for any map of folium: what the library writes, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
from shapely.geometry import GeometryCollection, LineString, Point

import pkzone
from pkzone.errors import BadOption, ForeignCRS, LayerNotFound
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import FoliumLayer, folium_group, languages


def data(layer: FoliumLayer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(layer.data_json)
    return found


def tips(layer: FoliumLayer) -> list[Any]:
    return [one["tip"] for one in data(layer)["features"]]


def labels(layer: FoliumLayer) -> list[str]:
    return [one["label"] for one in data(layer)["legend"]["entries"]]


def points(*names: str, crs: Any = 4326, **columns: Any) -> gpd.GeoDataFrame:
    places = [Point(46 + number / 10, 39) for number in range(len(names))]
    return gpd.GeoDataFrame({"name": names, **columns}, geometry=places, crs=crs)


def test_a_layer_of_the_catalogue(small: Catalogue) -> None:
    layer = pkzone.folium_layer("corridor@2022-09-01", catalogue=small)
    assert isinstance(layer, folium.FeatureGroup)
    assert layer.layer_name == "Corridor routes, 1 September 2022"
    assert layer.get_bounds() == [[39.55, 46.4], [39.82, 46.75]]
    assert tips(layer) == [
        [
            ["Berdzor / Lachin"],
            ["", "Corridor road, restricted"],
            ["Since", "30 August 2022"],
            ["Certainty", "reported: one source or one side"],
            ["Uncertainty", "position accurate to about 250 m"],
        ]
    ]
    assert labels(layer) == ["Corridor road, restricted"]
    assert data(layer)["credit"] == "Data: A small zone, Attribution 4.0"
    (look,) = data(layer)["looks"]
    assert [(one["color"], one["width"], one["dash"]) for one in look["strokes"]] == [
        ("#b34700", 4, [14, 4, 3, 4])
    ]


def test_without_a_date_it_says_since_when(small: Catalogue) -> None:
    layer = pkzone.folium_layer("zone@2020-11-10", catalogue=small)
    assert layer.layer_name == "Responsibility zone, 10 November 2020"
    layer = pkzone.folium_layer("corridor", catalogue=small)
    assert layer.layer_name == "Corridor routes, since 30 August 2022"


def test_a_layer_without_features_has_no_bounds(small: Catalogue) -> None:
    layer = pkzone.folium_layer("zone", catalogue=small)
    assert data(layer)["features"] == []
    assert layer.get_bounds() == [[None, None], [None, None]]
    page = folium.Map()
    layer.add_to(page)
    pkzone.folium_layer("zone@2021-01-01", catalogue=small).add_to(page)
    assert page.get_bounds() == [[39.5, 46.5], [40, 47]]


def test_in_another_language(small: Catalogue) -> None:
    layer = pkzone.folium_layer("corridor@2022-09-01", catalogue=small, lang="hy")
    assert layer.layer_name.endswith(", 2022 թ. սեպտեմբերի 1")
    (rows,) = tips(layer)
    assert rows[0] == ["Բերձոր"]
    assert rows[2][0] == "Սկսած"
    with pytest.raises(BadOption, match="language 'fr'"):
        pkzone.folium_layer("corridor", catalogue=small, lang="fr")


def test_a_part_of_a_frame_looks_like_its_layer() -> None:
    frame = pkzone.load("transport@2022-09-01")
    rail = frame[frame["mode"] == "rail"]
    layer = pkzone.folium_layer(rail)
    assert layer.layer_name == "Transport links, since 11 March 2022"
    assert "Railway, disused" in labels(layer)
    assert not any(one.startswith(("Road", "Airport")) for one in labels(layer))
    assert len(data(layer)["features"]) == len(rail) > 0


def test_a_frame_of_ours_in_another_catalogue_keeps_its_looks(small: Catalogue) -> None:
    frame = pkzone.load("corridor@2022-09-01")
    layer = pkzone.folium_layer(frame, catalogue=small)
    assert layer.layer_name == "corridor@2022-08-30"
    assert data(layer)["credit"] == ""
    assert "Corridor road, open" in labels(layer)


def test_any_frame_has_one_look_and_its_names() -> None:
    frame = points("Mill", "", "Weir").assign(status="open")
    layer = pkzone.folium_layer(frame, color="rgb(1, 2, 3)")
    assert tips(layer) == [[["Mill"]], [["#2"]], [["Weir"]]]
    assert labels(layer) == ["Point"]
    (look,) = data(layer)["looks"]
    assert look["fill"] == "rgb(1, 2, 3)"
    assert data(layer)["credit"] == ""


def test_a_frame_in_the_looks_of_a_layer() -> None:
    layer = pkzone.folium_layer(points("Post", kind=["checkpoint"]), layer="sites", name="Seen")
    assert labels(layer) == ["Checkpoint"]
    assert tips(layer)[0][:2] == [["Post"], ["", "Checkpoint"]]
    assert (layer.layer_name, data(layer)["title"]) == ("Seen", "Seen")


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "seen.geojson"
    points("Mill").to_file(path)
    layer = pkzone.folium_layer(path)
    assert layer.layer_name == "seen"
    assert tips(layer) == [[["Mill"]]]


def test_a_file_that_styles_itself() -> None:
    style = {"marker-color": ["#ff0000", None], "marker-symbol": ["hospital", None]}
    layer = pkzone.folium_layer(points("Clinic", "Post", **style))
    assert labels(layer) == ["Point, as the file styles it"]
    clinic, post = (data(layer)["looks"][one["look"]] for one in data(layer)["features"])
    assert (clinic["fill"], post["fill"]) == ("#ff0000", "#7e7e7e")  # the default of simplestyle
    assert clinic["outline"][0] == [0, 0]  # the tip of a pin
    assert len(clinic["sign"]["outline"]) == 12  # a cross


def test_what_has_no_place_is_left_out() -> None:
    frame = points("a", "b", "c", "d")
    frame.loc[1, "geometry"] = None
    frame.loc[2, "geometry"] = GeometryCollection([Point(1, 1), LineString([(1, 1), (2, 2)])])
    assert tips(pkzone.folium_layer(frame)) == [[["a"]], [["d"]]]
    nowhere = pkzone.folium_layer(gpd.GeoDataFrame({"name": ["a"]}, geometry=[None], crs=4326))
    assert [str(one) for one in nowhere.notices] == [
        "<frame>: none of its 1 features has a place, so nothing is drawn"
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"theme": "sepia"}, BadOption, "choose from light, dark"),
        ({"color": "url(https://example.org/x.svg#a)"}, BadOption, "is not a colour"),
        ({"color": "red;}"}, BadOption, "is not a colour"),
        ({"layer": "corridr"}, LayerNotFound, "did you mean corridor"),
    ],
)
def test_refusals(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        pkzone.folium_layer(points("a"), **options)


def test_a_frame_in_metres_is_refused() -> None:
    with pytest.raises(ForeignCRS, match=re.escape("to_crs(4326)")):
        pkzone.folium_layer(points("a").to_crs(32638))


def test_a_theme_has_its_colours(small: Catalogue) -> None:
    dark = pkzone.folium_layer("zone@2021-01-01", catalogue=small, theme="dark")
    assert data(dark)["looks"][0]["fill"] == "#56b4e9"


def test_the_same_every_time(small: Catalogue) -> None:
    """folium numbers its maps by chance; a user may fix that, and then nothing differs."""

    def written() -> str:
        page = folium.Map(tiles=None)
        page._id = "page"
        for ref in ("corridor@2022-09-01", "zone@2021-01-01"):
            pkzone.folium_layer(ref, catalogue=small).add_to(page)
        html: str = page.get_root().render()
        return html

    first = written()
    assert len(re.findall(r"var pkzone_\w+_map_page = pkzoneLayer", first)) == 2
    assert written() == first


def test_twice_on_a_map_it_is_there_once(small: Catalogue) -> None:
    page, other = folium.Map(tiles=None), folium.Map(tiles=None)
    for _ in range(2):
        pkzone.folium_layer("zone@2021-01-01", catalogue=small).add_to(page)
    pkzone.folium_layer("zone@2021-01-01", catalogue=small).add_to(other)
    html = page.get_root().render()
    assert html.count("= pkzoneLayer(") == 1
    assert html.count("window.pkzoneLayer=") == 1
    assert page.get_root().render().count("= pkzoneLayer(") == 1


@pytest.mark.parametrize("column", ["status", "uncertainty_m"])
def test_frames_explore_themselves_with_the_extra(column: str) -> None:
    pytest.importorskip("mapclassify", reason="the extra explore is not installed")
    page = pkzone.load("corridor@2022-09-01").explore(column)
    pkzone.folium_layer("zone@2022-09-01").add_to(page)
    html = page.get_root().render()
    assert html.count("= pkzoneLayer(") == 1


def test_its_words_are_those_of_the_pages(small: Catalogue) -> None:
    """An editor changes both or neither: the texts stand in Python and in the page's scripts."""
    words = languages.script_words("words/text.js")
    said = [text for tip in tips(pkzone.folium_layer("corridor", catalogue=small)) for text in tip]
    term, within = said[-1]
    assert {term, within.replace("250 m", "{size}")} <= set(words)
    assert set(folium_group.CERTAINTY.values()) <= set(words)
