"""Pictures: what is drawn, where, in which words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from geographiclib.geodesic import Geodesic

import pkzone
from pkzone.errors import (
    BadOption,
    BadReference,
    MissingExtra,
    OutputError,
    TooWide,
    VersionNotFound,
)
from pkzone.i18n import messages
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import style
from pkzone.maps.diff import style as diff_style
from pkzone.maps.diff.payload import figure_tables
from pkzone.pictures import picture
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import worded
from tests.helpers.drawn_catalogue import feature, point, square, write
from tests.helpers.pages import rule_for
from tests.helpers.sheet import NUMBER, SVG, Sheet

# What is drawn


@pytest.mark.parametrize(
    "ref",
    [
        "corridor@2022-09-01",
        "zone@2022-08-30",
        "sites@2023-05-01",
        "control@2022-09-01",
        "places@2022-09-01",
    ],
)
def test_a_version_is_drawn_whole(shipped: Catalogue, ref: str) -> None:
    version = shipped.version(ref)
    ids = Sheet(picture(ref)).ids("map")
    own = {unquote(one.partition("/")[2]) for one in ids if one.startswith(f"{version.layer}/")}
    assert own == {one.id for one in version.features().features}
    assert len(ids) == len(set(ids))
    assert {one.partition("/")[0] for one in ids} <= {
        version.layer, "places", "boundaries", "physical"}  # fmt: skip


@pytest.mark.parametrize("day", ["2021-01-18", "2022-08-29", "2022-08-30", "2023-05-01"])
def test_a_day_shows_what_is_in_force_and_nothing_else(shipped: Catalogue, day: str) -> None:
    sheet = Sheet(picture(on=day))
    found = set(sheet.ids("map"))
    in_force = {name: {f"{name}/{one.id}" for one in shipped[name].on(day).features().features}
                for name in shipped}  # fmt: skip
    assert found <= set().union(*in_force.values())
    assert in_force["zone"] | in_force["corridor"] <= found
    assert sheet.ids("map") == sorted(sheet.ids("map"), key=lambda one: _place(one))


def _place(gid: str) -> int:
    order = style.table()["order"]
    return int(order.index(gid.partition("/")[0]))


def test_the_default_day_is_the_catalogues(shipped: Catalogue) -> None:
    assert picture().to_bytes("svg") == picture(on=shipped.default_date).to_bytes("svg")


def test_a_bare_layer_is_its_newest_version_or_that_of_the_day(drawn: Catalogue) -> None:
    def own(**options: Any) -> set[str]:
        return {one for one in Sheet(picture("corridor", catalogue=drawn, **options)).ids("map")
                if one.startswith("corridor/")}  # fmt: skip

    assert own() == {"corridor/new", "corridor/old"}
    assert own(on="2022-08-29") == {"corridor/old"}


def test_nothing_reaches_beyond_the_frame_but_the_clipped_edge(shipped: Catalogue) -> None:
    sheet = Sheet(picture("corridor@2022-09-01", width_cm=18))
    left, top, right, bottom = sheet.box("frame")
    for x, y in sheet.points("map"):
        assert left - 15 < x < right + 15
        assert top - 15 < y < bottom + 15
    paths = list(sheet.group("map").iter(f"{SVG}path"))
    assert paths
    assert all(one.get("clip-path", "").startswith("url(#") for one in paths)


def test_the_whole_catalogue_is_framed_round_zone_and_corridor(drawn: Catalogue) -> None:
    sheet = Sheet(picture(on="2022-09-01", catalogue=drawn))
    assert "transport/far" not in sheet.ids("map")
    assert "transport/far" in Sheet(picture("transport", catalogue=drawn)).ids("map")


def test_a_file_is_drawn_by_its_geometries(tmp_path: Path, drawn: Catalogue) -> None:
    path = tmp_path / "mine.geojson"
    path.write_text('{"type":"FeatureCollection","features":['
                    '{"type":"Feature","properties":null,"geometry":{"type":"Point",'
                    '"coordinates":[10.5,50.25]}},'
                    '{"type":"Feature","id":7,"properties":{},"geometry":{"type":"GeometryCollection",'
                    '"geometries":[]}}]}', encoding="utf-8")  # fmt: skip
    found = picture(str(path), catalogue=drawn)
    sheet = Sheet(found)
    assert sheet.ids("map") == ["mine/%230"]
    assert sheet.texts("title") == ["mine"]
    assert sheet.texts("legend") == ["Files", "Point"]
    assert "CC0" not in sheet.said("credits")
    assert "1 features with an empty geometry" in found.notices[0]


def test_an_empty_version_shows_where_it_was(tmp_path: Path) -> None:
    layers = {
        "zone": {"2020-11-10": [feature("core", square(46, 39, 1))], "2024-06-12": []},
        "places": {"2020-11-10": [feature("a", point(46.5, 39.5), status="outside")]},
    }
    found = pkzone.catalogue(write(tmp_path / "empty", layers))
    assert Sheet(picture("zone@2024-06-12", catalogue=found)).ids("map") == ["places/a"]


# Legend and words


def test_the_legend_explains_what_is_drawn_and_nothing_else(drawn: Catalogue) -> None:
    assert Sheet(picture(on="2022-09-01", catalogue=drawn)).texts("legend") == [
        "Zone and control", "Area of responsibility",
        "Routes", "Corridor road, open", "Corridor road, former",
        "Sites and places", "Place inside the zone", "Place outside the zone",
    ]  # fmt: skip


def test_the_legend_of_the_shipped_corridor(shipped: Catalogue) -> None:
    drawn_rules = {rule_for("corridor", one.properties, "LineString")["label"]
                   for one in shipped["corridor"].on("2022-09-01").features().features}  # fmt: skip
    texts = Sheet(picture("corridor@2022-09-01", width_cm=40)).texts("legend")
    every = {rule["label"] for rule in style.RULES["corridor"]}
    assert {one for one in texts if one in every} == drawn_rules
    assert "Paler: inferred, not directly reported" in texts


def test_title_date_sources_licence_and_disclaimer(drawn: Catalogue) -> None:
    sheet = Sheet(picture("corridor@2022-09-01", catalogue=drawn))
    assert sheet.texts("title") == ["Corridor", "Map as of 1 September 2022",
                                    "State since 30 August 2022: A state"]  # fmt: skip
    credits_ = sheet.said("credits")
    assert "Sources: The Daily." in credits_
    assert "Data: A drawn zone, CC0" in credits_
    assert "Not an official map." in credits_
    assert "Never cited" not in credits_
    whole = Sheet(picture(catalogue=drawn)).said("credits")
    assert "Sources: Outlines; The Daily." in whole  # data sets first


def test_a_title_of_ones_own(drawn: Catalogue) -> None:
    sheet = Sheet(picture("corridor", title="My own", catalogue=drawn))
    assert sheet.texts("title")[0] == "My own"
    assert sheet.root.findtext(f"{SVG}title") == "My own"


@pytest.mark.long
@pytest.mark.parametrize(("lang", "date", "name", "river"), [
    ("en", "1 September 2022", "Shusha /", "River"), ("az", "1 sentyabr 2022", "Şuşa", "Çay"),
    ("hy", "2022 թ. սեպտեմբերի 1", "Շուշի", "Գետ"),
    ("ru", "1 сентября 2022 г.", "Шуша /", "Река"),
])  # fmt: skip
def test_four_languages_without_a_missing_letter(
    lang: str, date: str, name: str, river: str
) -> None:
    found = picture(on="2022-09-01", lang=lang, width_cm=25, dpi=50)
    sheet = Sheet(found)
    assert date in sheet.said("title")
    assert {name, river} <= {*sheet.texts("labels"), *sheet.texts("legend")}
    for form in ("png", "pdf"):
        assert found.render(form)[1] == ()
    unreviewed = messages.say(
        "The words and names in this language have not yet been reviewed by a speaker.", lang
    )
    assert (unreviewed in sheet.said("credits")) is (lang != "en")


def test_every_label_and_every_name_of_a_layer_has_its_translations(shipped: Catalogue) -> None:
    rules = [rule for table in (style.RULES, diff_style.RULES) for rows in table.values()
             for rule in rows]  # fmt: skip
    labels = {one["label"] for one in (*rules, *style.ANY_LAYER, *style.MODIFIERS)
              if one.get("label")}  # fmt: skip
    labels |= {shipped.title, *(layer.title for layer in shipped.layers)}
    found = [pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30"),
             pkzone.diff("zone@2020-12-01", "zone@2022-08-30")]  # fmt: skip
    boxes = [box for one in found for box in figure_tables(report_of(one))]
    labels |= {box["title"] for box in boxes if not box["title"].startswith("Route ")}
    terms = [row["term"] for box in boxes for row in box["rows"]]
    assert len(labels) > 75
    assert len(terms) > 10
    for lang in messages.LANGUAGES[1:]:
        assert [one for one in labels if shipped.say(one, lang) == one] == []
        theirs = [row["term"] for one in found
                  for box in figure_tables(report_of(one), partial(worded, language=lang))
                  for row in box["rows"]]  # fmt: skip
        assert [one for one, other in zip(terms, theirs, strict=True) if one == other] == []


def test_what_is_filled_in_is_no_phrase() -> None:
    assert messages.say("Route {name}", "ru", name="{name} {x}") == "Маршрут {name} {x}"
    assert messages.say("no phrase {x}", "ru") == "no phrase {x}"


# Places on the sheet


def _ground_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"])


@pytest.mark.parametrize("width_cm", [12, 25])
def test_the_scale_bar_is_as_long_as_it_says(drawn: Catalogue, width_cm: float) -> None:
    sheet = Sheet(picture(on="2022-09-01", catalogue=drawn, width_cm=width_cm))
    left, _, right, _ = sheet.box("scale/bar")
    whole = re.fullmatch(r"([\d.,]+) km", sheet.texts("scale")[-1])
    assert whole is not None
    places = {"a": (46.25, 39.5), "b": (46.95, 39.95), "c": (46.5, 39.3)}
    for (one, first), (other, second) in combinations(places.items(), 2):
        (x0, y0), (x1, y1) = sheet.middle(f"places/{one}"), sheet.middle(f"places/{other}")
        drawn_km = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / (right - left) * float(whole[1])
        assert drawn_km == pytest.approx(_ground_m(first, second) / 1000, rel=0.002)


def test_the_graticule_is_where_it_says(drawn: Catalogue) -> None:
    sheet = Sheet(picture(on="2022-09-01", catalogue=drawn))
    x, y = sheet.middle("places/c")  # at 46.5 east
    label = next(one for one in sheet.group("graticule").iter(f"{SVG}text")
                 if one.text == "46°30′ E")  # fmt: skip
    foot = float(label.get("x", "nan"))
    courses = [[float(one) for one in NUMBER.findall(path.get("d", ""))]
               for path in sheet.group("graticule").iter(f"{SVG}path")]  # fmt: skip
    course = next(one for one in courses if abs(one[0] - foot) < 0.1 or abs(one[-2] - foot) < 0.1)
    pairs = list(zip(course[::2], course[1::2], strict=True))
    (x0, y0), (x1, y1) = next(
        pair for pair in pairwise(pairs)
        if min(pair[0][1], pair[1][1]) <= y <= max(pair[0][1], pair[1][1]))  # fmt: skip
    assert x0 + (x1 - x0) * (y - y0) / (y1 - y0) == pytest.approx(x, abs=0.1)
    assert {"39°45′ N", "40° N"} <= set(sheet.texts("graticule"))


def test_the_antimeridian_is_a_line_like_others(tmp_path: Path) -> None:
    path = tmp_path / "dateline.geojson"
    features = [feature("west", point(179.5, -17)), feature("east", point(-179.5, -17))]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}),
                    encoding="utf-8")  # fmt: skip
    sheet = Sheet(picture(str(path)))
    assert sheet.middle("dateline/west")[0] < sheet.middle("dateline/east")[0]
    assert {"180°"} & set(sheet.texts("graticule"))


def test_what_spans_the_earth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "earth.geojson"
    path.write_text('{"type":"Feature","properties":{},"geometry":{"type":"MultiPoint",'
                    '"coordinates":[[0,0],[120,0],[-120,0]]}}', encoding="utf-8")  # fmt: skip
    with pytest.raises(TooWide, match="more than half the earth"):
        picture(str(path)).to_bytes("svg")


def test_names_do_not_collide(tmp_path: Path) -> None:
    from pkzone.pictures.canvas import text_width

    crowd = [feature(f"p{row}-{column}", point(46 + column / 60, 39 + row / 60), status="inside",
                     name=f"Crowded name {row} / {column}", rank=1)
             for row in range(12) for column in range(12)]  # fmt: skip
    crowd.append(feature("main", point(46.09, 39.09), status="inside", name="Main", kind="city"))
    found = pkzone.catalogue(write(tmp_path / "crowd", {"places": {"2020-11-10": crowd}}))
    sheet = Sheet(picture("places", catalogue=found))
    boxes_ = []
    for one in sheet.group("labels").iter(f"{SVG}text"):
        size = float(re.search(r"([\d.]+)px", one.get("style", ""))[1])  # type: ignore[index]
        face = "bold" if "700" in one.get("style", "") else "regular"
        wide = text_width(one.text or "", size, face)
        x, y = float(one.get("x", "")), float(one.get("y", ""))
        anchor = re.search(r"text-anchor: (\w+)", one.get("style", ""))
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor[1] if anchor else "start"]
        boxes_.append((x - wide * shift, y - 0.7 * size, x + wide * (1 - shift), y))
    assert 10 < len(boxes_) < 2 * len(crowd)
    for a, b in combinations(boxes_, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert "Main" in sheet.texts("labels")


@pytest.mark.parametrize("ref", [None, "corridor@2022-09-01", "zone@2022-08-30"])
@pytest.mark.parametrize(
    ("lang", "named"),
    [
        ("en", {"Armenia", "Azerbaijan", "Georgia", "Iran", "Russia"}),
        ("az", {"Ermənistan", "Azərbaycan", "Gürcüstan", "İran", "Rusiya"}),
        ("hy", {"Հայաստան", "Ադրբեջան", "Վրաստան", "Իրան", "Ռուսաստան"}),
        ("ru", {"Армения", "Азербайджан", "Грузия", "Иран", "Россия"}),
    ],
)
def test_an_inset_names_the_countries_around(ref: str | None, lang: str, named: set[str]) -> None:
    assert named <= set(Sheet(picture(ref, lang=lang)).texts("inset"))


def test_an_inset_frames_what_the_map_shows() -> None:
    sheet = Sheet(picture("corridor@2022-09-01"))
    left, top, right, bottom = sheet.box("inset")
    x, y = sheet.middle("inset/shown")
    # Goris and Khankendi / Stepanakert are its ends; inset: 41 to 50.39 east, 37.6 to 43.6.
    assert (x - left) / (right - left) == pytest.approx((46.55 - 41) / 9.39, abs=0.02)
    assert (bottom - y) / (bottom - top) == pytest.approx((39.66 - 37.6) / 6, abs=0.02)


def test_an_inset_covers_no_name_and_no_route() -> None:
    sheet = Sheet(picture("corridor@2022-09-01"))
    left, top, right, bottom = sheet.box("inset")
    routes = [one for one in sheet.ids("map") if one.startswith("corridor/")]
    taken = [at for one in routes for at in sheet.points(one)]
    taken += [(float(one.get("x", "")), float(one.get("y", "")))
              for one in sheet.group("labels").iter(f"{SVG}text")]  # fmt: skip
    assert not [one for one in taken if left < one[0] < right and top < one[1] < bottom]


def test_no_inset_on_a_map_as_large(tmp_path: Path) -> None:
    file = tmp_path / "large.geojson"
    file.write_text(json.dumps({"type": "LineString", "coordinates": [[41, 38], [50, 43]]}))
    groups = Sheet(picture(str(file))).root.iter(f"{SVG}g")
    assert "inset" not in {one.get("id") for one in groups}


def test_elsewhere_the_inset_shows_the_countries_of_the_world(tmp_path: Path) -> None:
    file = tmp_path / "far.geojson"
    file.write_text(json.dumps({"type": "LineString", "coordinates": [[21, 52], [21.5, 52.3]]}))
    sheet = Sheet(picture(str(file)))
    assert {"Poland", "Belarus", "Lithuania"} <= set(sheet.texts("inset"))
    assert "Natural Earth" in sheet.said("credits")


def test_names_stand_in_both_forms_and_in_other_languages(drawn: Catalogue) -> None:
    assert {"Alpha /", "Beta"} <= set(Sheet(picture(catalogue=drawn)).texts("labels"))
    assert {"Альфа", "Gamma"} <= set(Sheet(picture(catalogue=drawn, lang="ru")).texts("labels"))


# Refusals and manners


def test_options_out_of_range(drawn: Catalogue) -> None:
    for width in (0, -3, 5.9, 201, float("nan"), float("inf")):
        with pytest.raises(BadOption, match="out of range; use 6 to 200"):
            picture(catalogue=drawn, width_cm=width)
    for dpi in (0, -1, float("nan"), float("inf")):
        with pytest.raises(BadOption, match="dpi make no picture"):
            picture(catalogue=drawn, dpi=dpi)
    with pytest.raises(BadOption, match="de is not a language of a picture; choose from en, az"):
        picture(catalogue=drawn, lang="de")
    with pytest.raises(BadOption, match="sepia is not a theme"):
        picture(catalogue=drawn, theme="sepia")
    with pytest.raises(BadOption, match="gif is not a form"):
        picture(catalogue=drawn).to_bytes("gif")
    with pytest.raises(BadOption, match="at most 20,000 a side"):
        picture(catalogue=drawn, width_cm=100, dpi=1000).to_bytes("png")


def test_references_that_do_not_fit(drawn: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="3 references are too many"):
        picture("zone", "zone", "zone", catalogue=drawn)
    with pytest.raises(BadOption, match="says its date already"):
        picture("zone@2021-01-01", on="2021-01-01", catalogue=drawn)
    with pytest.raises(BadOption, match="dates of its two sides"):
        picture("zone@2021-01-01", "zone", on="2021-01-01", catalogue=drawn)
    with pytest.raises(VersionNotFound):
        picture("zone", on="2019-01-01", catalogue=drawn)
    nothing = pkzone.catalogue(write(tmp_path / "nothing", {"zone": {"2020-11-10": []}}))
    with pytest.raises(BadReference, match="nothing to draw"):
        picture("zone", catalogue=nothing)


def test_saving(drawn: Catalogue, tmp_path: Path) -> None:
    found = picture("corridor", catalogue=drawn)
    path = tmp_path / "map.SVG"
    assert found.save(path) == ()
    assert path.read_bytes() == found.to_bytes("svg")
    with pytest.raises(OutputError, match="already exists"):
        found.save(path, overwrite=False)
    with pytest.raises(OutputError, match="cannot be written"):
        found.save(tmp_path / "none" / "map.svg")
    with pytest.raises(BadOption, match=r"must end in one of \.png, \.svg, \.pdf"):
        found.save(tmp_path / "map.jpg")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["map.SVG"]


def test_matplotlib_is_left_as_it_was_and_pyplot_is_not_touched() -> None:
    code = (
        "import sys, matplotlib\n"
        "matplotlib.rcParams['font.size'] = 17\n"
        "before = matplotlib.rcParams.copy()\n"
        "import pkzone\n"
        "pkzone.picture('sites').to_bytes('svg')\n"
        "assert matplotlib.rcParams.copy() == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True,
                   env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, drawn: Catalogue) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install '.[picture]'")):
        picture("zone", catalogue=drawn).to_bytes()


def test_notebooks_show_it(drawn: Catalogue) -> None:
    assert picture("zone", catalogue=drawn)._repr_png_().startswith(b"\x89PNG")
    assert "Content" not in repr(picture("zone", catalogue=drawn))
