"""Maps of files and frames that nobody has seen before, beside or without a catalogue."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import BadOption, BadReference, ForeignCRS, PkzoneError, Unreadable
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import own_layers, style
from tests.helpers.drawn_catalogue import feature, line, point, square
from tests.helpers.pages import payload_of, version_features
from tests.maps.test_theme import luminance


def bare(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def written(path: Path, *features: dict[str, Any]) -> Path:
    content = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


# Far from the base drawing of any catalogue here.
PARKS = (
    bare(point(13.35, 52.51), Name="Siegessäule", height=67, url="https://example.org/a", x=None),
    bare(line((13.3, 52.5), (13.4, 52.52)), Name="A street", height=None),
    bare(square(13.35, 52.505, 0.01), Name="A small park"),
    bare(square(13.3, 52.5, 0.1), Name="A large park"),
    bare({"type": "GeometryCollection",
          "geometries": [point(13.31, 52.58), square(13.32, 52.55, 0.01)]}, Name="Two things"),
    bare(None, Name="Nowhere"),
)  # fmt: skip


@pytest.fixture
def parks(tmp_path: Path) -> Path:
    return written(tmp_path / "City parks.geojson", *PARKS)


def layer(page: Any, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = page.content["layers"][number]
    return found


# What the page holds


def test_file_alone_has_no_date_and_nothing_of_the_catalogue(parks: Path) -> None:
    page = pkzone.map(parks)
    content = page.content
    assert content["title"] == layer(page)["title"] == "City parks"
    assert layer(page)["name"] == "city-parks"
    assert len(content["layers"]) == 1
    assert (content["on"], content["dates"], content["events"]) == (None, [], [])
    assert content["licenses"] == []
    assert [one["publisher"] for one in content["sources"]] == ["Natural Earth"]
    assert content["home"] == [13.3, 52.5, 13.4, 52.6]
    html = page.to_html()
    assert "data-as-of" not in html.partition("<body")[2].partition(">")[0]
    said = payload_of(html)
    assert said.pop("vertices") == content.pop("vertices")
    assert said == json.loads(json.dumps(content))  # tuples as lists


def test_features_come_back_as_they_are_in_the_file(parks: Path) -> None:
    content = pkzone.map(str(parks)).content
    rebuilt = version_features(content, "city-parks", "")
    assert {one.properties["Name"] for one in rebuilt} == {
        one["properties"]["Name"] for one in PARKS
    }
    by_name = {one.properties["Name"]: one for one in rebuilt}
    for one in PARKS:
        found = by_name[one["properties"]["Name"]]
        assert found == Feature(None, one["properties"], one["geometry"])


def test_large_areas_lie_lowest_and_points_on_top(parks: Path) -> None:
    content = pkzone.map(parks).content
    names = [one.properties["Name"] for one in version_features(content, "city-parks", "")]
    assert names[:4] == ["A large park", "A small park", "A street", "Siegessäule"]


def test_features_without_ids_are_told_apart(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.geojson", bare(point(1, 1), a=1), feature("#3", point(2, 2)),
        bare(point(1, 1), a=1), {**bare(point(3, 3)), "id": 7},
    )  # fmt: skip
    features = layer(pkzone.map(path))["features"]
    assert [one["id"] for one in features] == ["#1", "#3", "##3", 7]
    assert [one.get("made_up", False) for one in features] == [True, False, True, False]


@pytest.mark.parametrize(
    ("properties", "label"),
    [
        ({"title": "a", "name": "b"}, "name"), ({"TITLE": "a", "label": "b"}, "TITLE"),
        ({"Label": "b"}, "Label"), ({"name": 7, "title": "a"}, "title"),
        ({"name": "", "label": "x"}, "label"), ({"other": "x"}, "name"), ({}, "name"),
        ({"__proto__": "x", "constructor": "y"}, "name"),
    ],
)  # fmt: skip
def test_property_that_names_a_feature(
    tmp_path: Path, properties: dict[str, Any], label: str
) -> None:
    page = pkzone.map(written(tmp_path / "a.geojson", bare(point(1, 1), **properties)))
    assert layer(page)["label"] == label


def test_names_of_layers_are_plain_and_their_own(tmp_path: Path, small: Catalogue) -> None:
    names = ["zone", "Zone", "Ærø & café!", "!!!", "labels"]
    paths = [written(tmp_path / f"{name}.geojson", bare(point(1, 1))) for name in names]
    page = pkzone.map([*paths, "zone"], catalogue=small)
    made = [one["name"] for one in page.content["layers"]]
    assert made == ["zone", "zone-2", "zone-3", "r-caf", "file-2", "labels-2"]
    assert [one["title"] for one in page.content["layers"]][1:] == names


def test_file_beside_layers_keeps_their_dates(parks: Path, small: Catalogue) -> None:
    page = pkzone.map(["corridor", parks], on="2021-01-01", catalogue=small)
    alone = pkzone.map("corridor", on="2021-01-01", catalogue=small)
    assert page.content["dates"] == alone.content["dates"]
    assert page.content["on"] == "2021-01-01"
    assert page.content["title"] == small.title
    assert page.content["home"] == [13.3, 39.5, 47.0, 52.6]
    assert page.content["style"]["groups"][0] == {"id": "files", "layers": ["city-parks"]}


def test_base_drawing_lies_under_files_that_lie_in_it(tmp_path: Path) -> None:
    here = written(tmp_path / "here.geojson", bare(point(46.7, 39.8)))
    shown = pkzone.map(here).content
    assert [one["name"] for one in shown["layers"]] == ["physical", "boundaries", "here"]
    assert all(one["fixed"] for one in shown["layers"])
    assert shown["licenses"]


def test_frames_are_layers_too(small: Catalogue) -> None:
    frame = pkzone.load("corridor@2022-09-01", catalogue=small)
    page = pkzone.map(frame, catalogue=small)
    assert layer(page)["title"] == "corridor@2022-08-30.2"
    assert [one["id"] for one in layer(page)["features"]] == ["lachin-new"]
    both = pkzone.map([frame, "zone"], catalogue=small)
    assert [one["name"] for one in both.content["layers"]] == ["zone", "corridor-2022-08-30-2"]
    with pytest.raises(ForeignCRS, match="to_crs"):
        pkzone.map(frame.to_crs(32638), catalogue=small)


def test_ids_that_repeat_are_no_ids(tmp_path: Path) -> None:
    one, two, three = (feature(label, point(at, at)) for label, at in (("x", 1), ("x", 2), (3, 3)))
    page = pkzone.map(written(tmp_path / "twice.geojson", one, two, three))
    assert [each["id"] for each in layer(page)["features"]] == ["#1", "#2", 3]
    (notice,) = page.notices
    assert "not taken as ids: x" in str(notice)


def test_ids_that_another_program_moved_to_a_property(tmp_path: Path) -> None:
    path = written(tmp_path / "moved.geojson", *(bare(point(n, n), id=f"p{n}") for n in (1, 2)))
    for what in (path, gpd.read_file(path)):
        page = pkzone.map(what)
        assert [each["id"] for each in layer(page)["features"]] == ["p1", "p2"]
        assert "the property id takes their place" in str(page.notices[0])


def test_a_frame_without_geometry_is_named(small_root: Path) -> None:
    plain = pd.DataFrame({"date": ["2022-08-30"], "lat": [39.7], "lon": [46.65]})
    bare_frame = gpd.GeoDataFrame(plain)
    for what, words in ((plain, "make it a GeoDataFrame first"), (bare_frame, "set_geometry")):
        for call in (
            lambda what=what: pkzone.map(what),
            lambda what=what: pkzone.map(["zone", what]),
            lambda what=what: pkzone.diff(what, what),
        ):
            with pytest.raises(TypeError, match=words):
                call()
    with pytest.raises(TypeError, match="a DataFrame is not a file"):
        pkzone.publish(plain, catalogue=small_root, layer="x", valid_from="2022-01-01", title="x")


@pytest.mark.parametrize(
    ("refs", "options", "error", "words"),
    [
        (["missing.geojson"], {}, Unreadable, "missing.geojson: there is no such file"),
        (["a.geojson", "./a.geojson"], {}, BadReference, "named twice"),
        (["a.geojson"], {"on": "2022-01-01"}, BadOption, "files have no dates"),
        (["."], {}, Unreadable, "a folder"),
        (["bad.geojson"], {}, PkzoneError, "bad.geojson"),
    ],
    ids=["missing", "twice", "dated", "folder", "bad"],
)
def test_files_that_cannot_be_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refs: list[str], options: dict[str, Any],
    error: type[PkzoneError], words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "a.geojson", bare(point(1, 1)))
    (tmp_path / "bad.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(error, match=words) as caught:
        pkzone.map(refs if len(refs) > 1 or refs != ["."] else [Path()], **options)
    assert "\n" not in str(caught.value)


def test_empty_file_has_a_page(tmp_path: Path) -> None:
    page = pkzone.map(written(tmp_path / "empty.geojson"))
    assert page.content["home"] is None
    assert layer(page)["features"] == []
    assert page.to_html() == page.to_html()


# How it looks


def test_files_differ_by_colour_and_by_another_cue(tmp_path: Path) -> None:
    geometries = (point(1, 1), line((1, 1), (2, 2)), square(1, 1, 1))
    paths = [
        written(tmp_path / f"{number}.geojson", *map(bare, geometries)) for number in range(30)
    ]
    look = pkzone.map(paths).content["style"]
    looks = []
    for one in look["groups"][0]["layers"]:
        rules = look["rules"][one]
        assert [rule["label"] for rule in rules] == ["Area", "Line", "Point"]
        looks.append((rules[1]["strokes"][0]["color"], str(rules[1]["strokes"][0]["dash"])))
        assert rules[0]["strokes"][0]["color"] == rules[2]["fill"] == looks[-1][0]
    assert len(set(looks)) == 30
    for first, second in pairwise(looks):
        assert first[0] != second[0]
        assert first[1] != second[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_files_stand_out_from_the_paper(theme: str) -> None:
    for color in own_layers.OWN_PALETTE[theme].values():
        low, high = sorted(map(luminance, (color, style.PALETTE[theme]["paper"])))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_style_table_of_others_stays_as_it_is(parks: Path) -> None:
    before = json.dumps(style.table())
    pkzone.map(parks)
    assert json.dumps(style.table()) == before


# The command


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as left:
        program.main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return left.value.code, out, err


def test_command_maps_files(
    parks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "map.html"
    code, _, err = run(capsys, "map", parks, "--title", "Where <to> go", "-o", target)
    assert code == 0
    assert err.startswith(f"pkzone: wrote {target}")
    content = payload_of(target.read_text("utf-8"))
    assert content["title"] == "Where <to> go"


def test_command_maps_standard_input_and_tells_what_was_odd(
    parks: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    odd = parks.read_bytes().replace(b"{", b'{"bbox": [1], ', 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(odd)))
    code, out, err = run(capsys, "map", "-", "-o", "-")
    assert code == 0
    assert payload_of(out)["title"] == "stdin"
    assert err == "pkzone: warning: <stdin>: the bbox of the collection is dropped\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--on", "2022-01-01"], 2, "files have no dates"),
        (["--tiles", "http://example.org/{z}/{x}/{y}"], 2, "https only"),
        (["--tiles", "https://example.org/{z}/{x}/{y}"], 2, "--tiles-attribution"),
        (["--tiles", "Nobody.Knows"], 2, "no such provider"),
        (["nowhere.geojson"], 3, "nowhere.geojson: there is no such file"),
    ],
    ids=["on", "http", "credit", "name", "file"],
)
def test_command_refuses_in_one_line(
    parks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str],
    code: int, words: str,
) -> None:  # fmt: skip
    target = tmp_path / "map.html"
    left, _, err = run(capsys, "map", parks, *arguments, "-o", target)
    assert left == code
    assert words in err
    assert err.count("\n") == 1
    assert not target.exists()


def test_difference_takes_these_options_for_its_page_only(
    capsys: pytest.CaptureFixture[str], small_root: Path
) -> None:
    pair = ["corridor@2020-11-10", "corridor", "--catalogue", small_root]
    code, _, err = run(capsys, "diff", *pair, "--tiles", "x")
    assert code == 2
    assert "-f html" in err
    code, _, err = run(capsys, "diff", *pair, "--tiles", "x", "-f", "html")
    assert code == 2
    assert "no such provider" in err


# In the browser


@pytest.mark.browser
def test_page_of_a_file(open_page: Any, parks: Path) -> None:
    opened = open_page(pkzone.map(parks))
    assert opened.drawn() == {f"city-parks/#{number}" for number in (1, 2, 3, 4, 5)}
    assert opened.text("#pk-title") == "City parks"
    assert opened.page.evaluate("() => document.title") == "City parks"
    for hidden in ("#pk-time", "#pk-as-of", "#pk-changes", "#pk-small-print"):
        assert opened.page.locator(hidden).is_hidden(), hidden
    assert "official" not in opened.text("body")
    assert opened.page.locator("fieldset:not([hidden]) legend").all_inner_texts() == ["Files"]
    assert opened.page.locator("#pk-groups li").all_inner_texts() == ["Area", "Line", "Point"]
    assert "Features: 6" in opened.text("#pk-groups")
    assert sorted(opened.page.locator(".pk-label:not(.pk-label-region)").all_inner_texts()) == [
        "Siegessäule",
        "Two things",
    ]
    assert "on=" not in opened.hash()


@pytest.mark.browser
def test_all_properties_are_shown_as_they_stand(open_page: Any, parks: Path) -> None:
    opened = open_page(pkzone.map(parks), "#see=city-parks/%231")
    assert opened.text("#pk-feature h2") == "Siegessäule"
    terms = opened.page.locator("#pk-feature dt").all_inner_texts()
    values = opened.page.locator("#pk-feature dd").all_inner_texts()
    assert dict(zip(terms, values, strict=True)) == {
        "Name": "Siegessäule", "height": "67", "url": "https://example.org/a", "x": "null",
    }  # fmt: skip
    assert opened.page.locator("#pk-feature dd a").get_attribute("href") == "https://example.org/a"
    assert opened.page.locator("#pk-feature h2").get_attribute("lang") == ""


@pytest.mark.browser
def test_table_and_search_know_the_file(open_page: Any, parks: Path) -> None:
    opened = open_page(pkzone.map(parks), "#tool=table")
    heads = opened.page.locator("#pk-sheet thead th").all_inner_texts()
    assert heads == ["Layer", "Name", "height", "url", "x"]
    assert opened.page.locator("#pk-sheet tbody tr").count() == 6
    opened.page.locator("#pk-query").fill("siegessaule")
    assert opened.page.locator("#pk-found li").all_inner_texts()[0].startswith("Siegessäule")
    opened.page.locator("#pk-query").press("Enter")
    assert opened.text("#pk-feature h2") == "Siegessäule"


@pytest.mark.browser
def test_download_is_the_file(open_page: Any, parks: Path) -> None:
    opened = open_page(pkzone.map(parks), "#tool=download")
    assert opened.page.locator(".pk-files button").all_inner_texts() == ["city-parks.geojson"]
    found = opened.page.evaluate("""() => {
      const layer = pkzone.data.byName.get("city-parks");
      return pkzone.download.collection("city-parks", layer.versions[0]);
    }""")
    assert sorted(found["features"], key=str) == sorted(PARKS, key=str)


@pytest.mark.browser
def test_file_beside_layers(open_page: Any, tmp_path: Path, small: Catalogue) -> None:
    mine = written(tmp_path / "mine.geojson", bare(point(46.6, 39.7), title="A find"))
    opened = open_page(pkzone.map(["corridor", mine], catalogue=small))
    assert opened.drawn() == {"corridor/lachin-new", "mine/#1"}
    opened.page.locator("#pk-slider").press("Home")
    assert opened.drawn() == {"corridor/lachin-old", "mine/#1"}
    opened.page.get_by_role("checkbox", name="mine", exact=True).uncheck()
    assert opened.drawn() == {"corridor/lachin-old"}
    opened.page.locator("#pk-language").select_option("hy")
    assert opened.page.locator("fieldset legend").first.inner_text() == "Ֆայլեր"


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_of_a_file_is_accessible(open_page: Any, parks: Path, theme: str) -> None:
    page = pkzone.map(parks, tiles="https://tiles.example.org/{z}/{x}/{y}", tiles_attribution="X")
    opened = open_page(page, f"#see=city-parks/%231&tool=table&tiles=0&theme={theme}")
    assert opened.barriers() == []
