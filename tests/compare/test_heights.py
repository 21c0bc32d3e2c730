"""Heights that come, go or change, and points that stay under another type, in every form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

import pkzone
from pkzone.compare import Diff
from pkzone.compare.equality import same_points
from pkzone.git.textconv import textconv
from pkzone.maps.diff.page import report_html
from tests.helpers.shipped_schemas import validator
from tests.helpers.small_features import features, one, written

RING = [[46, 39], [46.1, 39], [46.1, 39.1], [46, 39]]
FLAT = [[46.5, 39.6], [46.6, 39.65], [46.75, 39.82]]


def lifted(*heights: float | None) -> list[list[float]]:
    return [at if z is None else [*at, z] for at, z in zip(FLAT, heights, strict=True)]


def geometry(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


def compared(base: dict[str, Any] | None, target: dict[str, Any] | None) -> Diff:
    return pkzone.diff(features(one("r", base)), features(one("r", target)))


SAME = "same shape, drawn with the same points"


@pytest.mark.parametrize(
    ("base", "target", "sentence", "numbers"),
    [
        (
            FLAT,
            lifted(900, 901.5, 1902),
            "heights added at 3 positions: 900 m to 1,902 m",
            {"heights_base": 0, "heights_target": 3,
             "height_min_target_m": 900, "height_max_target_m": 1902},
        ),
        (
            lifted(-3, None, -3),
            FLAT,
            "heights removed from 2 positions: -3 m",
            {"heights_base": 2, "heights_target": 0,
             "height_min_base_m": -3, "height_max_base_m": -3},
        ),
        (
            lifted(900, 901, 902),
            lifted(900, 911.25, 900),
            "heights changed at 2 positions by 10.25 m at most; 900 m to 902 m → 900 m to 911.25 m",
            {"heights_base": 3, "heights_target": 3, "heights_changed": 2,
             "max_height_change_m": 10.25, "height_min_base_m": 900, "height_max_base_m": 902,
             "height_min_target_m": 900, "height_max_target_m": 911.25},
        ),
        (
            lifted(900, 901, None),
            lifted(900, None, 905),
            "heights at 2 positions before, at 2 after; 900 m to 901 m → 900 m to 905 m",
            {"heights_base": 2, "heights_target": 2, "height_min_base_m": 900,
             "height_max_base_m": 901, "height_min_target_m": 900, "height_max_target_m": 905},
        ),
    ],
)  # fmt: skip
def test_heights_alone(
    base: list[Any], target: list[Any], sentence: str, numbers: dict[str, float]
) -> None:
    found = compared(geometry("LineString", base), geometry("LineString", target))
    document = found.to_dict()
    validator("diff").validate(document)
    (change,) = document["changes"]
    assert change["class"] == "revertexed"
    assert change["same_points"] is True
    heights = {name: value for name, value in change["geometry"].items() if "height" in name}
    assert heights == numbers
    for form in ("text", "markdown"):
        plain = " ".join(found.report(form).split())
        assert SAME in plain
        assert sentence in plain
    assert sentence in report_html(found)
    drawn, *_ = found.to_geojson()["features"]
    assert numbers.items() <= drawn["properties"].items()
    assert found.to_frame().loc["r", "heights_base"] == numbers["heights_base"]


@pytest.mark.parametrize(
    ("base", "target"),
    [
        (FLAT, [*FLAT[:2], [46.75, 39.9]]),
        (lifted(1, 2, 3), [[46.5, 39.6, 1], [46.6, 39.65, 2], [46.75, 39.9, 8]]),  # a new place
        (lifted(1, 2, 3), [[46.5, 39.6, 1], [46.55, 39.7, 5], [46.6, 39.65, 2], [46.75, 39.82, 3]]),
        (lifted(1, 2, 3), [[46.5, 39.6, 1.0004], [46.6, 39.65, 2], [46.75, 39.9, 3]]),
    ],
)
def test_heights_that_stayed_in_their_place_are_not_told(base: Any, target: Any) -> None:
    found = compared(geometry("LineString", base), geometry("LineString", target))
    (change,) = found.to_dict()["changes"]
    assert not [name for name in change["geometry"] if "height" in name]
    assert "same_points" not in change


def test_heights_are_told_beside_another_course() -> None:
    other = [[46.5, 39.6, 900], [46.6, 39.9, 901], [46.75, 39.82, 902]]
    found = compared(geometry("LineString", FLAT), geometry("LineString", other))
    assert found.changes[0].geometry_class == "rerouted"
    assert "heights added at 3 positions: 900 m to 902 m" in found.to_text()


@pytest.mark.parametrize(
    ("base", "target", "sentence"),
    [
        (
            geometry("MultiPolygon", [[RING]]),
            geometry("Polygon", [RING]),
            "now a Polygon instead of a MultiPolygon of one part",
        ),
        (
            geometry("LineString", FLAT),
            geometry("MultiLineString", [lifted(1, 2, 3)]),
            "now a MultiLineString of one part instead of a LineString",
        ),
        (
            geometry("Point", [46, 39]),
            {"type": "GeometryCollection", "geometries": [geometry("MultiPoint", [[46, 39]])]},
            "now a GeometryCollection of one part instead of a Point",
        ),
    ],
)
def test_the_same_points_under_another_type(base: Any, target: Any, sentence: str) -> None:
    for found, types in (
        (compared(base, target), (base["type"], target["type"])),
        (compared(target, base), (target["type"], base["type"])),
    ):
        (change,) = found.to_dict()["changes"]
        validator("diff").validate(found.to_dict())
        assert change["same_points"] is True
        assert change["geometry_types"] == dict(zip(("base", "target"), types, strict=True))
        assert SAME in found.to_text()
        assert "other points" not in found.to_text()
    assert sentence in compared(base, target).to_text()
    assert compared(base, target).to_dict()["changes"][0]["aspects"] == ["geometry"]


def test_other_points_another_number_of_parts_and_no_geometry() -> None:
    longer = [*RING[:1], [46.05, 39], *RING[1:]]
    parts = [[RING], [[[x + 1, y] for x, y in RING]]]
    whole = geometry("Polygon", [RING])
    text = compared(geometry("MultiPolygon", [[longer]]), whole).to_text()
    assert "same shape, drawn with other points" in text
    assert "now a Polygon instead of a MultiPolygon of one part" in text
    assert "now a MultiPolygon of 2 parts instead of a Polygon" in " ".join(
        compared(whole, geometry("MultiPolygon", parts)).to_text().split()
    )
    assert "had no geometry, now has a Polygon" in compared(None, whole).to_text()
    assert "no longer has a geometry, had a Polygon" in compared(whole, None).to_text()
    types = {"base": None, "target": "Polygon"}
    assert compared(None, whole).to_dict()["changes"][0]["geometry_types"] == types


def test_points_of_collections_in_any_order() -> None:
    point, line = geometry("Point", [46, 39]), geometry("LineString", FLAT)
    turned = {"type": "GeometryCollection", "geometries": [point, line]}
    lifted_ones = [geometry("LineString", lifted(1, 2, 3)), point]
    assert same_points(turned, {"type": "GeometryCollection", "geometries": lifted_ones})
    assert not same_points(geometry("LineString", FLAT), geometry("LineString", FLAT[::-1]))
    assert same_points(geometry("Polygon", []), geometry("MultiPolygon", []))


def test_a_height_here_and_there_can_be_drawn_and_loaded(tmp_path: Path) -> None:
    mixed = lifted(900, None, 902)
    found = compared(geometry("LineString", FLAT), geometry("LineString", mixed))
    assert "heights added at 2 positions: 900 m to 902 m" in found.to_text()
    assert shapely.get_coordinates(found.map() and found.to_frame().geometry).tolist() == FLAT
    path = written(tmp_path / "mixed.geojson", one("r", geometry("LineString", mixed)))
    assert shapely.get_coordinates(pkzone.load(path).geometry).tolist() == FLAT
    # as Geod(ellps="WGS84").line_length has it
    assert "    length: 33,063.0 m" in textconv(path).decode()
