"""The page of a difference as a text: the diff whole, what is drawn, safe and reproducible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import geojson
from pkzone.compare import diff
from pkzone.compare.result import Change, Diff, PropertyChange, SideInfo
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps import style
from pkzone.maps.diff import page as diffpage
from pkzone.maps.diff import payload
from pkzone.maps.diff import style as diff_style
from pkzone.maps.diff.marks import marks_of
from pkzone.maps.diff.page import diff_map, report_html
from tests.conftest import write_catalogue
from tests.helpers import drawn_diffs
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.pages import payload_of
from tests.maps.test_page import Tags, policy

HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}\ud800\"'&"


def content_of(found: Diff, source: Catalogue | None = None) -> dict[str, Any]:
    return payload_of(diff_map(found, catalogue=source).to_html())


def files(folder: Path, base: list[Feature], target: list[Feature]) -> tuple[str, str]:
    """Write two GeoJSON files and return their paths."""
    paths = [folder / "old.geojson", folder / "new.geojson"]
    for path, features in zip(paths, (base, target), strict=True):
        path.write_bytes(geojson.dumps(features))
    return str(paths[0]), str(paths[1])


def row(cells: dict[str, Any], term: str) -> list[Any]:
    return [one and one["value"] for one in cells[term]]


@pytest.mark.parametrize("drawn", [drawn_diffs.corridor, drawn_diffs.zone, drawn_diffs.every_kind])
def test_page_holds_the_diff_whole(drawn: Callable[[], Diff]) -> None:
    found = drawn()
    content = content_of(found)
    assert content["schema"] == "pkzone.diffmap/1"
    assert content["diff"] == found.to_dict()


@pytest.mark.parametrize("layer", ["corridor", "zone", "control", "places", "transport", "sites"])
def test_page_holds_the_diff_of_shipped_layers(layer: str) -> None:
    found = diff(f"{layer}@2020-12-01", f"{layer}@2022-09-01")
    content = content_of(found)
    assert content["diff"] == found.to_dict()
    for side, reference in zip(content["sides"], (found.base.ref, found.target.ref), strict=True):
        expected = catalogue().version(reference).features().features
        assert [one["id"] for one in side["features"]] == [one.id for one in expected]
    assert content["left_out"] == {"marks": 0, "features": 0}
    ground = ["physical", "boundaries", *(["zone"] if layer not in ("corridor", "zone") else [])]
    around = [one for one in (*ground, "places") if one != layer]
    assert [one["name"] for one in content["context"]] == around


def test_numbers_of_the_box_are_those_of_the_diff() -> None:
    route, counts, measured = content_of(drawn_diffs.corridor())["boxes"]
    cells = {one["term"]: one["cells"] for one in route["rows"]}
    # By hand from tests/drawn_diffs.py.
    assert row(cells, "Length as drawn") == [47_189.4, 50_487.3]
    assert row(cells, "Length as published") == [80.0, None]
    assert row(cells, "Unchanged, as drawn") == [30_000.0, 30_000.0]
    assert row(cells, "No longer used, as drawn") == [17_189.4, None]
    assert row(cells, "New, as drawn") == [None, 20_487.3]
    assert row(cells, "Greatest distance between the lines") == [5560.25]
    assert {one["term"]: row({"": one["cells"]}, "")[0] for one in counts["rows"]} == {
        "Added": 1, "Modified": 1, "Unchanged": 2,
    }  # fmt: skip
    assert [row({"": one["cells"]}, "")[0] for one in measured["rows"]] == [25.0, 1500.0]


def test_areas_of_the_box_are_those_of_the_diff() -> None:
    ground = content_of(drawn_diffs.zone())["boxes"][0]
    cells = {one["term"]: one["cells"] for one in ground["rows"]}
    assert row(cells, "Area as drawn") == [95.9312, 191.8624]
    assert row(cells, "New") == [None, 95.9312]
    assert "No longer covered" not in cells  # nothing is
    assert row(cells, "Overlap, share of both") == [0.5]


def test_numbers_read_as_in_the_text_report() -> None:
    found = diff("corridor@2020-12-01", "corridor@2022-09-01")
    text = " ".join(found.to_text(width=400).split())
    route = content_of(found)["boxes"][0]
    texts = [cell["text"] for one in route["rows"] for cell in one["cells"] if cell]
    assert len(texts) >= 8
    for one in texts:
        assert one in text


@pytest.mark.parametrize(
    ("base", "target", "title"),
    [
        (SideInfo("corridor@2020-12-01", "corridor", "2020-11-17"),
         SideInfo("corridor@2022-08-30", "corridor", "2022-08-30"),
         "corridor: 1 December 2020 compared with 30 August 2022"),
        (SideInfo("zone@latest", "zone", "2024-06-12"), SideInfo("zone", "zone", "2024-06-12"),
         "zone: 12 June 2024 compared with 12 June 2024"),
        (SideInfo("data/old.geojson"), SideInfo("-"), "old.geojson compared with -"),
        (SideInfo("zone@2020-12-01", "zone", "2020-11-10"), SideInfo("./mine.geojson"),
         "zone, 1 December 2020 compared with mine.geojson"),
    ],
    ids=["dates", "latest", "files", "mixed"],
)  # fmt: skip
def test_title_says_what_is_compared(base: SideInfo, target: SideInfo, title: str) -> None:
    html = diff_map(Diff(base, target, 25.0, (), 0)).to_html()
    assert payload_of(html)["title"] == title
    assert f'<body data-base="{base.ref}" data-target="{target.ref}">' in html


def test_routes_are_drawn_by_their_sections() -> None:
    marks = list(marks_of(drawn_diffs.corridor()))
    # The added feature and the one that the route left are told by the sections.
    assert [(one.row, one.sheet, one.side, one.id) for one in marks] == [
        ("section/0/0", "kept", "base", "a-b"), ("section/0/1", "removed", "base", "a-b"),
        ("section/0/2", "added", "target", "a-b"),
    ]  # fmt: skip
    assert marks[1].geometry["coordinates"] == drawn_diffs.ROAD


def test_segment_in_use_with_another_status_has_a_mark_of_its_own() -> None:
    found = drawn_diffs.corridor()
    (route,) = found.routes
    blocked = replace(route, segments_target=("new", "old"))
    marks = list(marks_of(replace(found, routes=(blocked,))))
    assert [(one.sheet, one.change, one.id) for one in marks if one.row == "change/1"] == [
        ("changed", "modified", "old"),
    ]  # fmt: skip


def test_every_kind_of_change_has_a_mark() -> None:
    found = drawn_diffs.every_kind()
    drawn = {one.row for one in marks_of(found)}
    placed = {
        f"change/{number}"
        for number, change in enumerate(found.changes)
        if any(one.geometry for one in (*change.base, *change.target))
    }
    assert drawn == placed
    moved = [one for one in marks_of(found) if one.id == "m"]
    assert [(one.sheet, one.geometry["coordinates"]) for one in moved] == [
        ("removed", [46.0, 39.0]), ("added", [46.1, 39.0]),
    ]  # fmt: skip


def test_ground_that_passes_to_another_feature_is_not_marked(tmp_path: Path) -> None:
    old = Feature("old", {}, square(46, 39, 0.2))
    new = Feature("new", {}, square(46.1, 39, 0.2))
    found = diff(*files(tmp_path, [old], [new]))
    drawn = {one.sheet: one.geometry for one in marks_of(found)}
    expected = {"removed": (46.0, 46.1), "added": (46.2, 46.3)}
    assert drawn.keys() == expected.keys()
    for sheet, (west, east) in expected.items():
        longitudes = {position[0] for position in drawn[sheet]["coordinates"][0]}
        assert longitudes == {west, east}


def test_versions_are_known_by_their_hash_only(small: Catalogue) -> None:
    found = diff("corridor@2020-11-10", "corridor@2022-08-30", catalogue=small)
    content = content_of(found, small)
    assert [side["title"] for side in content["sides"]] == [
        "The old road", "The new road beside the old one",
    ]  # fmt: skip
    assert [one["id"] for one in content["sources"]] == ["statement-2020", "bbc-2020"]
    stranger = content_of(found)  # the shipped catalogue has layers of the same names
    assert [side["title"] for side in stranger["sides"]] == [None, None]
    assert stranger["sources"] == []
    assert [one["name"] for one in stranger["context"]] == ["physical", "boundaries", "places"]
    assert content["citation"]["title"] == small.title
    hashes = sorted(str(one.sha256) for one in (found.base, found.target))
    both = sha256(f"{hashes[0]}\n{hashes[1]}\n".encode()).hexdigest()
    assert content["citation"]["sha256"] == both
    assert stranger["citation"] == {"title": stranger["title"], "sha256": both}


def test_context_is_that_of_the_target_date(tmp_path: Path) -> None:
    places = {
        "2020-01-01": [feature("p", point(46.5, 39.5), name="Early")],
        "2021-01-01": [feature("p", point(46.5, 39.5), name="Late")],
    }
    roads = {
        "2020-01-01": [feature("r", line((46.4, 39.5), (46.6, 39.6)))],
        "2020-06-01": [feature("r", line((46.4, 39.5), (46.6, 39.7)))],
    }
    source = catalogue(write(tmp_path / "c", {"places": places, "corridor": roads}))
    for day, name in (("2020-12-31", "Early"), ("2021-02-03", "Late")):
        found = diff("corridor@2020-01-01", f"corridor@{day}", catalogue=source)
        (context,) = content_of(found, source)["context"]
        assert context["features"][0]["properties"] == {"name": name}


def test_files_are_drawn_whole_while_they_are_what_was_compared(tmp_path: Path) -> None:
    still = Feature("still", {"name": "Still"}, point(46.5, 39.5))
    base = [still, Feature("gone", {}, point(46.6, 39.5))]
    paths = files(tmp_path, base, [still])
    found = diff(*paths)
    content = content_of(found)
    assert [len(side["features"]) for side in content["sides"]] == [2, 1]
    assert content["left_out"] == {"marks": 0, "features": 0}
    Path(paths[0]).write_bytes(geojson.dumps([still]))
    content = content_of(found)
    assert [one["id"] for one in content["sides"][0]["features"]] == ["gone"]
    assert content["left_out"] == {"marks": 0, "features": 1}


def test_ids_from_a_property_are_those_of_the_page(tmp_path: Path) -> None:
    base = [Feature(None, {"key": "a", "v": 1}, point(46.5, 39.5)),
            Feature(None, {"key": "b"}, point(46.6, 39.5))]  # fmt: skip
    target = [Feature(None, {"key": "a", "v": 2}, point(46.5, 39.5)), base[1]]
    content = content_of(diff(*files(tmp_path, base, target), id_property="key"))
    assert [(one["id"], one["change"]) for one in content["sides"][1]["features"]] == [
        ("a", "modified"), ("b", "unchanged"),
    ]  # fmt: skip


def test_above_the_limit_unchanged_features_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = [Feature(f"s{one}", {}, point(46 + one / 100, 39.5)) for one in range(20)]
    new = [Feature(f"n{one}", {}, point(46 + one / 100, 39.6)) for one in range(5)]
    found = diff(*files(tmp_path, same, [*same, *new]))
    monkeypatch.setattr(payload, "MAX_DRAWN", 15)
    content = content_of(found)
    assert len(content["marks"]) == 5
    assert [len(side["features"]) for side in content["sides"]] == [0, 5]
    assert content["left_out"] == {"marks": 0, "features": 40}
    monkeypatch.setattr(payload, "MAX_DRAWN", 3)
    content = content_of(found)
    assert (len(content["marks"]), content["left_out"]["marks"]) == (3, 2)
    assert len(content["changes"]) == len(content["diff"]["changes"]) == 5


def test_empty_and_placeless_diffs_have_a_page() -> None:
    nothing = content_of(Diff(SideInfo("a.geojson"), SideInfo("b.geojson"), 25.0, (), 3))
    assert (nothing["home"], nothing["marks"]) == (None, [])
    placeless = Change("x", "added", (), (Feature("x", {}, None),))
    content = content_of(Diff(SideInfo("a.geojson"), SideInfo("-"), 0.0, (placeless,), 0))
    assert (content["home"], content["marks"]) == (None, [])


def hostile() -> Diff:
    """A diff with hostile text in every place that takes text."""
    found = drawn_diffs.corridor()
    bad = Feature(HOSTILE, {"name": HOSTILE, HOSTILE: HOSTILE, "sources": [HOSTILE]},
                  line((46.0, 39.5), (46.1, 39.5)))  # fmt: skip
    change = Change(HOSTILE, "modified", (bad,), (bad,), aspects=("properties",),
                    properties={HOSTILE: PropertyChange(HOSTILE, f"{HOSTILE}2")})  # fmt: skip
    return replace(
        found,
        base=SideInfo(HOSTILE), target=SideInfo(f"{HOSTILE}.geojson"),
        changes=(*found.changes, change),
        routes=tuple(replace(one, route=HOSTILE) for one in found.routes),
        affected=tuple(replace(one, name=HOSTILE, of=HOSTILE) for one in found.affected),
        events=tuple(one._replace(title=HOSTILE, summary=HOSTILE) for one in found.events),
        notices=(HOSTILE,),
    )  # fmt: skip


def test_hostile_text_stays_data() -> None:
    html = diff_map(hostile()).to_html()
    tags = Tags(html).tags
    assert "img" not in {tag for tag, _ in tags}
    body = next(attrs for tag, attrs in tags if tag == "body")
    # Half a surrogate pair has no place in a text of UTF-8.
    assert body["data-base"] == HOSTILE.replace("\ud800", "?")
    assert payload_of(html)["diff"] == hostile().to_dict()
    for tag, attrs in tags:
        assert not attrs.keys() & {"style", "src"}, tag
        assert not [name for name in attrs if name.startswith("on")], tag
    assert "https:" not in policy(html)


def test_notebook_shows_the_report_without_running_anything() -> None:
    html = report_html(hostile())
    tags = [tag for tag, _ in Tags(html).tags]
    assert set(tags) <= {"div", "h3", "p", "small", "table", "thead", "tbody", "tr", "th", "td"}
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7 * 7 }}?" in html
    html.encode("utf-8")


def test_notebook_report_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    found = drawn_diffs.corridor()
    html = found._repr_html_()
    assert "17.2 km" in html
    assert "Tolerance 25 m" in html
    assert "open → former" in html
    monkeypatch.setattr(diffpage, "MAX_ROWS", 1)
    assert "and 1 more" in report_html(found)
    assert "The bypass" in report_html(found)


BUILD = """
import hashlib
from pkzone.compare import diff
print(hashlib.sha256(diff("corridor@2020-12-01", "corridor@2022-09-01").map().to_html().encode())
      .hexdigest())
"""


@pytest.mark.long
def test_bytes_are_the_same_in_another_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", BUILD], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "4242")
    }  # fmt: skip
    assert len(digests) == 1


def test_method_and_notebook_give_the_same_page() -> None:
    page = drawn_diffs.corridor().map()
    assert page.to_html() == diff_map(drawn_diffs.corridor()).to_html()
    assert page.get_root().render() == page.to_html()


def test_corridor_page_stays_within_300_kb() -> None:
    found = diff("corridor@2020-12-01", "corridor@2022-09-01")
    assert len(diff_map(found).to_html().encode()) <= 300_000


def test_small_catalogue_of_another_folder_is_used(tmp_path: Path) -> None:
    source = catalogue(write_catalogue(tmp_path / "mine"))
    found = diff("zone@2020-11-10", "zone@2024-06-12", catalogue=source)
    content = content_of(found, source)
    assert [len(side["features"]) for side in content["sides"]] == [1, 0]
    assert content["home"] == [46.5, 39.5, 47.0, 40.0]


def test_style_names_only_what_exists() -> None:
    known = style.PALETTE["light"].keys() | {"focus"}
    for sheet, rules in diff_style.RULES.items():
        for rule in rules:
            tokens = [one["color"] for one in rule["strokes"]]
            tokens += [rule["fill"]] if "fill" in rule else []
            tokens += [rule["hatch"]["color"]] if "hatch" in rule else []
            assert set(tokens) <= known, sheet
        assert sheet in diff_style.ORDER


def test_blue_and_vermilion_mean_the_difference_only() -> None:
    light = style.PALETTE["light"]
    assert [light[one] for one in ("added", "removed", "changed", "kept")] == [
        "#0072b2", "#d55e00", "#8f3f71", "#777777",
    ]  # fmt: skip
    meant = {light["added"], light["removed"], light["changed"]}
    for sheet in ("base", "target", "kept", "places", "boundaries", "physical"):
        for rule in diff_style.RULES[sheet]:
            tokens = [one["color"] for one in rule["strokes"]] + [rule.get("fill", "paper")]
            assert not meant & {light[one] for one in tokens}, sheet


def test_added_removed_and_changed_differ_beyond_colour() -> None:
    for kind in ("line", "area", "point"):
        patterns = {
            str([[(one["width"], one["dash"]) for one in rule["strokes"]], "hatch" in rule,
                 rule.get("fill") == "paper", rule.get("shape")])
            for sheet in ("added", "removed", "changed", "kept")
            for rule in diff_style.RULES[sheet]
            if rule["where"]["@geometry"] == kind
        }  # fmt: skip
        count = sum(
            rule["where"]["@geometry"] == kind
            for sheet in ("added", "removed", "changed", "kept")
            for rule in diff_style.RULES[sheet]
        )
        assert len(patterns) == count, kind


def test_files_have_around_them_what_a_map_of_them_has(tmp_path: Path) -> None:
    paths = [tmp_path / "a.geojson", tmp_path / "b.geojson"]
    for path, end in zip(paths, (39.7, 39.8), strict=True):
        path.write_text(json.dumps(feature("r", line((46.5, 39.6), (46.7, end)))), "utf-8")
    content = content_of(diff(*map(str, paths)))
    on_map = payload_of(pkzone.map(paths[0]).to_html())
    assert [one["name"] for one in content["context"]] == ["physical", "boundaries", "places"]
    assert content["regions"] == on_map["regions"] != []
    assert content["licenses"] == on_map["licenses"] != []
    assert content["borders"] == []  # the base drawing has them
