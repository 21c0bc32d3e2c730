"""Pictures of differences: what differs, its numbers, its frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import pkzone
from pkzone import geojson
from pkzone.errors import BadReference
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.diff.payload import build, figure_tables
from pkzone.pictures import picture
from pkzone.pictures.canvas import text_width
from pkzone.pictures.diff_content import content_of
from pkzone.pictures.legend import LegendBuilder
from pkzone.pictures.page import PageSizes
from pkzone.reports.diff_report import report_of
from tests.helpers import drawn_diffs
from tests.helpers.drawn_catalogue import point
from tests.helpers.own_catalogue import line, put, write
from tests.helpers.sheet import Sheet, pattern_texts


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
    assert {"Difference", "New", "No longer used", "Unchanged", "From: 1 December 2020"} <= set(
        legend
    )
    for box in figure_tables(report_of(diff)):
        for row in box["rows"]:
            assert {cell["text"] for cell in row["cells"] if cell} <= set(legend)
    assert picture(diff, width_cm=25).to_bytes("svg") == picture(
        "corridor@2020-12-01", "corridor@2022-08-30", width_cm=25).to_bytes("svg")  # fmt: skip


def test_no_number_or_name_of_a_side_is_cut_in_a_narrow_picture(shipped: Catalogue) -> None:
    sheet = Sheet(picture("corridor@2022-08-29", "corridor@2022-08-30", width_cm=16))
    legend = " ".join(sheet.texts("legend"))
    assert "…" not in legend
    for text in ("29 August 2022", "30 August", "more than 80 km", "not known", "26.0 km"):
        assert text in legend


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


def test_a_file_called_like_a_layer_keeps_its_own_names(shipped: Catalogue, tmp_path: Path) -> None:
    # lachin-old-am is the id of a road of the catalogue's corridor, Tegh - Goris.
    paths = []
    for number, end in enumerate((39.7, 39.8)):
        paths.append(tmp_path / str(number) / "corridor.geojson")
        paths[-1].parent.mkdir()
        road = {
            "type": "Feature",
            "id": "lachin-old-am",
            "properties": {"name": "My road"},
            "geometry": {"type": "LineString", "coordinates": [[46.4, 39.6], [46.6, end]]},
        }
        paths[-1].write_text(json.dumps({"type": "FeatureCollection", "features": [road]}))
    content = content_of(pkzone.diff(*paths), shipped, "ru")
    assert content.title != "Лачинский коридор"
    assert {item.name for item in content.items if item.style_key in ("base", "target")} == {
        "My road"
    }


def test_a_point_that_moved_neither_came_nor_went(shipped: Catalogue, tmp_path: Path) -> None:
    held = {"basis": "control", "controller": "Azerbaijan"}
    sides = {
        "a": [geojson.Feature("gone", {}, point(76.0, 29.0)),
              geojson.Feature("post", held, point(76.1, 29.0))],
        "b": [geojson.Feature("new", {}, point(76.0, 29.1)),
              geojson.Feature("post", held, point(76.1, 29.1))],
    }  # fmt: skip
    paths = [tmp_path / f"{name}.geojson" for name in sides]
    for path, features in zip(paths, sides.values(), strict=True):
        path.write_bytes(geojson.dumps(features))
    said = pattern_texts(content_of(pkzone.diff(*paths), shipped, "en"))
    assert said == [
        "Moved: place after", "Added", "Moved: place before", "Removed", "Point", "Point",
    ]  # fmt: skip


@pytest.mark.parametrize(("effect", "relation", "certain", "said"), [
    ("entered", "inside", True, "Place now inside"),
    ("entered", "inside", False, "Place that may now be inside"),
    ("left", "corridor", True, "Place no longer inside"),
    ("left", "corridor", False, "Place that may no longer be inside"),
    ("entered", "reach", True, "Place now within reach of the route"),
    ("left", "reach", False, "Place that may no longer be within reach of the route"),
])  # fmt: skip
def test_the_legend_says_no_more_of_a_place_than_the_report(
    shipped: Catalogue, effect: str, relation: str, certain: bool, said: str
) -> None:
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30")
    (place,) = (one for one in diff.affected if one.id == "lachin")
    told = replace(place, effect=effect, relation=relation, certain=certain)
    texts = pattern_texts(content_of(replace(diff, affected=(told,)), shipped, "en"))
    assert [one for one in texts if one.startswith("Place ")] == [said]


def test_countries_are_cited_only_where_they_are_drawn(tmp_path: Path) -> None:
    """Far out at sea no country is in view: the sources are those of the versions alone."""
    root = tmp_path / "sea"
    pkzone.init(root)
    pkzone.add_source(title="Report 12", id="report", catalogue=root)
    for day, north in (("2024-05-01", -40.0), ("2024-06-01", -39.9)):
        file = write(tmp_path / "line.geojson", line("a", (-30.0, north), (-29.5, north)))
        begun = {"new_layer": "Line"} if north == -40.0 else {}
        put(root, file, day, sources=["report"], **begun)
    own = pkzone.catalogue(root)
    refs = ("line@2024-05-01", "line@2024-06-01")
    for drawn in (refs, refs[:1]):
        said = Sheet(picture(*drawn, catalogue=own)).said("credits")
        assert "Sources: Report 12." in said
        assert "Natural Earth" not in said
    told = build(pkzone.diff(*refs, catalogue=own), own)
    assert [one["title"] for one in told["sources"]] == ["Report 12"]


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_no_date_and_no_number_is_cut_off(shipped: Catalogue, language: str) -> None:
    """The cells of a table break at spaces alone, and each line fits its column."""
    for layer in ("corridor", "zone"):
        diff = pkzone.diff(f"{layer}@2020-12-01", f"{layer}@2022-09-01")
        content = content_of(diff, shipped, language)
        for width in (12, 16, 18, 20):
            sizes = PageSizes(width)
            column = sizes.panel if sizes.has_side_panel else sizes.half
            builder = LegendBuilder(sizes.px, sizes.text * 0.95, column)
            shown = [
                cell
                for table in content.numbers
                for block in builder.table(table, content.heads)
                for cell in block.cells
            ]
            texts = {" ".join(lines) for _, lines in shown}
            assert set(content.heads) <= texts
            rows = [row for one in content.numbers for row in one["rows"]]
            assert {cell["text"] for row in rows for cell in row["cells"] if cell} <= texts
            for room, lines in shown:
                assert all(text_width(line, builder.size) <= room for line in lines)


def test_a_schematic_road_has_its_pale_band_on_map_and_legend(shipped: Catalogue) -> None:
    """The new road is straight lines between known points, the old one is not."""
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30")
    told = build(diff, shipped)
    rough = {
        (one["sheet"], one.get("geometry_basis")) for one in told["marks"] if one["side"] != "both"
    }
    assert {("added", "schematic"), ("removed", None)} <= rough
    assert ("removed", "schematic") not in rough
    sheet = Sheet(picture(diff, width_cm=25))
    assert "Pale band: schematic" in sheet.said("legend")
    straight = pkzone.diff("zone@2020-12-01", "zone@2022-08-30")
    assert "Pale band" not in Sheet(picture(straight, width_cm=25)).said("legend")
