"""Pictures: what is drawn, where, in which words; the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from hashlib import sha256
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
    printable,
)
from pkzone.i18n import messages
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import style
from pkzone.maps.diff import style as diff_style
from pkzone.maps.diff.payload import figure_tables
from pkzone.pictures import FORMS, Picture, picture
from pkzone.reports.diff_report import report_of
from tests.helpers import drawn_diffs
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.pages import rule_for

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
HOSTILE = [
    "$x^2$", r"$\frac{1}{0}$", r"\textbf{a} \input{/etc/passwd}", "100 $ or 200 $", "a_b^c",
    "<script>alert(1)</script>", '"><svg onload=x>', "]]><b>", "&amp; &#60;", "{{7*7}} {0} {x!r}",
    "%s %n", "\x1b[31mred\x07", "two\nlines\ttab", "a\u202eb\u2066c", "\ud800 half", "\ufffe\uffff",
    "O'Neill / \"x\"",
]  # fmt: skip


class Sheet:
    """A parsed SVG."""

    def __init__(self, drawn: Picture) -> None:
        self.root = ET.fromstring(drawn.to_bytes("svg"))  # noqa: S314 - our own

    def group(self, gid: str) -> ET.Element:
        return next(one for one in self.root.iter(f"{SVG}g") if one.get("id") == gid)

    def ids(self, gid: str) -> list[str]:
        found = [one.get("id", "") for one in self.group(gid).iter(f"{SVG}g")]
        return [one for one in found if "/" in one]

    def texts(self, gid: str | None = None) -> list[str]:
        top = self.root if gid is None else self.group(gid)
        return [one.text or "" for one in top.iter(f"{SVG}text")]

    def said(self, gid: str) -> str:
        return " ".join(self.texts(gid))

    def points(self, gid: str) -> list[tuple[float, float]]:
        pairs = []
        for path in self.group(gid).iter(f"{SVG}path"):
            found = [float(one) for one in NUMBER.findall(path.get("d", ""))]
            pairs += list(zip(found[::2], found[1::2], strict=True))
        return pairs

    def box(self, gid: str) -> tuple[float, float, float, float]:
        x, y = zip(*self.points(gid), strict=True)
        return min(x), min(y), max(x), max(y)

    def middle(self, gid: str) -> tuple[float, float]:
        left, top, right, bottom = self.box(gid)
        return (left + right) / 2, (top + bottom) / 2


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return pkzone.catalogue()


@pytest.fixture
def drawn(tmp_path: Path) -> Catalogue:
    """A zone with a hole in its sources, two roads, a far railway, places at known points."""
    sources = [
        {"id": "news", "title": "A text", "type": "article", "container-title": "The Daily"},
        {"id": "map", "title": "Outlines", "type": "dataset"},
        {"id": "never", "title": "Never cited", "type": "book"},
    ]
    layers = {
        "zone": {"2020-11-10": [
            feature("core", square(46.2, 39.4, 1.0), kind="core", sources=["map"])]},
        "corridor": {
            "2020-11-10": [feature("old", line((46.3, 39.5), (46.9, 40.1)), status="open")],
            "2022-08-30": [
                feature("new", line((46.3, 39.5), (47.0, 39.7)), status="open", sources=["news"]),
                feature("old", line((46.3, 39.5), (46.9, 40.1)), status="former")],
        },
        "transport": {"2020-11-10": [
            feature("far", line((44.0, 41.5), (44.5, 41.6)), status="open", mode="rail",
                    sources=["never"])]},
        "places": {"2020-11-10": [
            feature("a", point(46.25, 39.5), status="inside", name="Alpha / Beta", rank=1,
                    name_ru="Альфа", kind="town"),
            feature("b", point(46.95, 39.95), status="inside", name="Gamma", rank=1),
            feature("c", point(46.5, 39.3), status="outside", name="Delta", rank=1)]},
    }  # fmt: skip
    return pkzone.catalogue(write(tmp_path / "drawn", layers, sources=sources))


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
    assert sheet.texts("title") == ["mine.geojson"]
    assert sheet.texts("legend") == ["Other layers", "Point"]
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
    assert "Paler: inferred, not reported as such" in texts


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
    for box in (box for one in found for box in figure_tables(report_of(one))):
        labels |= {row["term"] for row in box["rows"]}
        labels |= {box["title"]} if not box["title"].startswith("Route ") else set()
    assert len(labels) > 90
    for lang in messages.LANGUAGES[1:]:
        assert [one for one in labels if messages.label(one, lang) == one] == []


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


def test_names_stand_in_both_forms_and_in_other_languages(drawn: Catalogue) -> None:
    assert {"Alpha /", "Beta"} <= set(Sheet(picture(catalogue=drawn)).texts("labels"))
    assert {"Альфа", "Gamma"} <= set(Sheet(picture(catalogue=drawn, lang="ru")).texts("labels"))


# Hostile text


@pytest.fixture
def hostile(tmp_path: Path) -> Catalogue:
    layers = {
        "places": {
            "2020-11-10": [
                feature(
                    text,
                    point(46 + number / 10, 39 + number / 10),
                    name=text,
                    name_ru=text,
                    status=text,
                    kind="city",
                    sources=[f"s{number}"],
                )
                for number, text in enumerate(HOSTILE)
                if "\ud800" not in text
            ]
        },
        "corridor": {
            "2020-11-10": [feature("x", line((46, 39), (47, 40)), status="open", name=HOSTILE[5])]
        },
        "odd": {"2020-11-10": [feature("y", square(46, 39, 1), name=HOSTILE[0])]},
    }
    sources = [{"id": f"s{number}", "title": text, "type": "dataset"}
               for number, text in enumerate(HOSTILE)]  # fmt: skip
    return pkzone.catalogue(write(
        tmp_path / "hostile", layers, title=HOSTILE[0] + HOSTILE[11], sources=sources,
        titles={"corridor": HOSTILE[1]}, version_title=HOSTILE[6]))  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_hostile_text_is_drawn_literally(hostile: Catalogue, lang: str) -> None:
    found = picture("places", catalogue=hostile, lang=lang, width_cm=60, dpi=60)
    sheet = Sheet(found)
    shown = "\n".join(sheet.texts("labels"))
    for text in HOSTILE:
        if "\ud800" not in text:
            for part in printable(text, limit=None).split(" / "):
                assert part in shown
    spaceless = re.sub(r"\s", "", sheet.said("credits"))
    assert all(re.sub(r"\s", "", printable(one, limit=None)) in spaceless for one in HOSTILE[:4])
    assert {one.tag for one in sheet.root.iter()} & {f"{SVG}script", f"{SVG}b"} == set()
    assert {unquote(one) for one in sheet.ids("map")} >= {
        f"places/{one}" for one in HOSTILE if "\ud800" not in one}  # fmt: skip
    assert found.to_bytes("pdf").startswith(b"%PDF-")
    assert found.to_bytes("png").startswith(b"\x89PNG")


@pytest.mark.long
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles(hostile: Catalogue, text: str) -> None:
    found = picture("corridor", catalogue=hostile, title=text, dpi=60)
    shown = " ".join(printable(text, limit=None).split())
    assert " ".join(Sheet(found).texts("title")[0].split()) == shown
    for form in FORMS:
        assert found.to_bytes(form)


def test_hostile_names_of_layers_and_versions(hostile: Catalogue) -> None:
    assert Sheet(picture("corridor", catalogue=hostile)).texts("title") == [
        HOSTILE[1],
        "Map as of 10 November 2020",
        f"State since 10 November 2020: {HOSTILE[6]}",
    ]
    assert Sheet(picture(catalogue=hostile)).texts("title")[0] == r"$x^2$\x1b[31mred\x07"


def test_letters_that_the_font_lacks_are_told(drawn: Catalogue) -> None:
    found = picture("corridor", title="中 x", catalogue=drawn)
    assert found.render("png")[1] == ("DejaVu Sans lacks some letters, drawn as boxes: 中",)
    assert found.render("svg")[1] == ()
    assert "中 x" in Sheet(found).texts("title")


# Files


@pytest.mark.long
def test_the_bytes_are_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "import hashlib, pkzone\n"
        "found = pkzone.picture('corridor@2022-09-01', lang='hy', dpi=60)\n"
        "for form in ('png', 'svg', 'pdf'):\n"
        "    print(hashlib.sha256(found.to_bytes(form)).hexdigest())\n"
    )
    here = [sha256(picture("corridor@2022-09-01", lang="hy", dpi=60).to_bytes(form)).hexdigest()
            for form in FORMS]  # fmt: skip
    for seed in ("1", "2"):
        settings = tmp_path / "matplotlibrc"
        settings.write_text("text.usetex: True\nfont.size: 20\nsvg.fonttype: path\n"
                            "lines.scale_dashes: True\n", encoding="utf-8")  # fmt: skip
        there = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MATPLOTLIBRC": str(settings),
                 "SOURCE_DATE_EPOCH": seed, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
        assert there.stdout.split() == here


def test_no_file_says_when_or_with_what_it_was_made(drawn: Catalogue) -> None:
    found = picture("corridor", catalogue=drawn)
    assert b"dc:date" not in found.to_bytes("svg")
    pdf = found.to_bytes("pdf")
    assert b"CreationDate" not in pdf
    assert b"Matplotlib" not in pdf
    png = io.BytesIO(found.to_bytes("png"))
    png.seek(8)
    chunks = []
    while head := png.read(8):
        length, kind = struct.unpack(">I4s", head)
        chunks.append((kind, png.read(length)))
        png.seek(4, os.SEEK_CUR)
    texts = [content for kind, content in chunks if kind in (b"tEXt", b"iTXt")]
    assert texts == [b"Title\0Corridor"]
    assert {kind for kind, _ in chunks} <= {b"IHDR", b"tEXt", b"pHYs", b"IDAT", b"IEND"}


@pytest.mark.parametrize(
    ("width_cm", "dpi", "pixels"), [(12, 100, 472), (25, 72, 709), (25.4, 96, 960)]
)
def test_a_png_is_as_wide_as_asked(
    drawn: Catalogue, width_cm: float, dpi: float, pixels: int
) -> None:
    data = picture(catalogue=drawn, width_cm=width_cm, dpi=dpi).to_bytes("png")
    assert struct.unpack(">I", data[16:20])[0] == pixels


def test_svg_and_pdf_are_as_wide_as_asked(drawn: Catalogue) -> None:
    found = picture(catalogue=drawn, width_cm=12.7)
    assert Sheet(found).root.get("width") == "360pt"
    assert re.search(rb"/MediaBox \[ ?0 0 360 ", found.to_bytes("pdf"))


def test_text_stays_text(drawn: Catalogue) -> None:
    texts = Sheet(picture(catalogue=drawn)).root.iter(f"{SVG}text")
    styles = {one.get("style", "") for one in texts}
    assert all("'DejaVu Sans', 'Verdana', sans-serif" in one for one in styles)
    assert b"/Subtype /Type0" in picture(catalogue=drawn).to_bytes("pdf")  # letters, not outlines


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_the_palettes(drawn: Catalogue, theme: str) -> None:
    sheet = Sheet(picture(on="2022-09-01", catalogue=drawn, theme=theme))
    palette = style.PALETTE[theme]
    paper = next(sheet.root.iter(f"{SVG}path"))
    assert f"fill: {palette['paper']}" in paper.get("style", "")

    def strokes(gid: str) -> str:
        return " ".join(one.get("style", "") for one in sheet.group(gid).iter(f"{SVG}path"))

    assert f"stroke: {palette['zone']}" in strokes("zone/core")
    assert f"stroke: {palette['route']}" in strokes("corridor/new")
    assert f"stroke: {palette['former']}" in strokes("corridor/old")


def test_patterns_follow_the_status(shipped: Catalogue) -> None:
    sheet = Sheet(picture(on="2022-09-01", width_cm=22))  # one pixel is 0.75 points
    drawn_lines = [(one, next(found for found in shipped["transport"].on("2022-09-01")
                              .features().features if f"transport/{found.id}" == one))
                   for one in sheet.ids("map") if one.startswith("transport/")]  # fmt: skip
    checked = 0
    for gid, found in drawn_lines:
        rule = rule_for("transport", found.properties, found.geometry["type"])
        if found.geometry["type"] != "LineString":
            continue
        dashes = [
            [float(number) for number in part[1].split(",")]
            for path in sheet.group(gid).iter(f"{SVG}path")
            if (part := re.search(r"stroke-dasharray: ([\d., ]+)", path.get("style", "")))
        ]
        wanted = [[length * 0.75 for length in stroke["dash"]]
                  for stroke in rule["strokes"] if stroke["dash"]]  # fmt: skip
        assert len(dashes) == len(wanted)
        for one, other in zip(dashes, wanted, strict=True):
            assert one == pytest.approx(other)
        checked += bool(wanted)
    assert checked > 2


def test_hatching_stays_inside_its_area(tmp_path: Path) -> None:
    layers = {"control": {"2020-11-10": [
        feature("d", square(46, 39, 0.5), kind="district", status="held")]}}  # fmt: skip
    found = pkzone.catalogue(write(tmp_path / "control", layers))
    sheet = Sheet(picture("control", catalogue=found))
    hatching, outline = list(sheet.group("control/d").iter(f"{SVG}path"))
    assert hatching.get("d", "").count("M") > 10
    edge = [float(one) for one in NUMBER.findall(outline.get("d", ""))]
    lines = [float(one) for one in NUMBER.findall(hatching.get("d", ""))]
    for start in (0, 1):
        assert min(edge[start::2]) - 0.1 <= min(lines[start::2])
        assert max(lines[start::2]) <= max(edge[start::2]) + 0.1


# Differences


def test_a_difference_shows_its_sections_and_numbers(shipped: Catalogue) -> None:
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30")
    sheet = Sheet(picture("corridor@2020-12-01", "corridor@2022-08-30", width_cm=25))
    assert sheet.texts("title") == ["Lachin corridor",
                                    "1 December 2020 compared with 30 August 2022"]  # fmt: skip
    kinds = [one.partition("/")[0] for one in sheet.ids("map")]
    sections = [one.kind for route in diff.routes for one in route.sections]
    for kind in ("kept", "removed", "added"):
        assert kinds.count(kind) >= sections.count(kind) > 0
    legend = sheet.texts("legend")
    assert {"Difference", "Added", "Removed", "Kept", "Base: 2020-12-01"} <= set(legend)
    for box in figure_tables(report_of(diff)):
        for row in box["rows"]:
            assert {cell["text"] for cell in row["cells"] if cell} <= set(legend)
    assert picture(diff, width_cm=25).to_bytes("svg") == picture(
        "corridor@2020-12-01", "corridor@2022-08-30", width_cm=25).to_bytes("svg")  # fmt: skip


def test_the_frame_of_a_difference_holds_what_changed(shipped: Catalogue) -> None:
    sheet = Sheet(picture("zone@2020-12-01", "zone@2022-08-30"))
    left, top, right, bottom = sheet.box("frame")
    marks = [one for one in sheet.ids("map") if one.startswith(("added/", "removed/"))]
    assert len(marks) > 1
    for gid in marks:
        x0, y0, x1, y1 = sheet.box(gid)
        assert left < x0 < x1 < right
        assert top < y0 < y1 < bottom


@pytest.mark.long
@pytest.mark.parametrize(
    "make", [drawn_diffs.corridor, drawn_diffs.zone, drawn_diffs.every_kind, drawn_diffs.hostile]
)
@pytest.mark.parametrize("lang", ["en", "hy"])
def test_every_kind_of_difference_can_be_drawn(
    make: Callable[[], pkzone.Diff], lang: str, drawn: Catalogue
) -> None:
    found = picture(make(), catalogue=drawn, lang=lang)
    assert Sheet(found).ids("map")
    assert found.to_bytes("pdf").startswith(b"%PDF-")


def test_no_difference_between_unknown_sides_is_nothing_to_draw(drawn: Catalogue) -> None:
    with pytest.raises(BadReference, match="nothing to draw"):
        picture(drawn_diffs.same(), catalogue=drawn)


def test_no_difference_between_versions_shows_them(shipped: Catalogue) -> None:
    sheet = Sheet(picture("corridor@2022-08-30", "corridor@2022-09-01"))
    assert len([one for one in sheet.ids("map") if one.startswith("target/")]) == len(
        shipped["corridor"].on("2022-08-30").features().features)  # fmt: skip


# Refusals and manners


def test_options_out_of_range(drawn: Catalogue) -> None:
    for width in (0, -3, 5.9, 201, float("nan"), float("inf")):
        with pytest.raises(BadOption, match="out of range; use 6 to 200"):
            picture(catalogue=drawn, width_cm=width)
    for dpi in (0, -1, float("nan"), float("inf")):
        with pytest.raises(BadOption, match="dpi make no picture"):
            picture(catalogue=drawn, dpi=dpi)
    with pytest.raises(BadOption, match="de is no language of a picture; choose from en, az"):
        picture(catalogue=drawn, lang="de")
    with pytest.raises(BadOption, match="sepia is no theme"):
        picture(catalogue=drawn, theme="sepia")
    with pytest.raises(BadOption, match="gif is no form"):
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
    with pytest.raises(OutputError, match="is there already"):
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
