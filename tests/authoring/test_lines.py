"""Lines that a person digitised and handed in: taken up by the recipe, or refused by file and rule.

No line of this file is a road: the coordinates are made up for the tests.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("networkx", reason="the extra 'authoring' is not installed")

from click.testing import CliRunner
from shapely.geometry import LineString, Point

import pkzone
from authoring.__main__ import main
from authoring.lines import with_lines
from authoring.roads import Drawn
from authoring.states import FactsError

FOLDER = os.environ.get("PKZONE_INPUTS")
with_inputs = pytest.mark.skipif(not FOLDER, reason="PKZONE_INPUTS names no folder of inputs")
STRAIGHT = Drawn(LineString([(46.5, 39.6), (46.6, 39.7)]), "schematic", 3_000, ("geonames",), "x")
DRAWN = {"road": STRAIGHT, "airport": Drawn(Point(46.5, 39.6), "derived", 100, ())}
PROPERTIES = {"sources": ["scene"], "licence": "CC0-1.0", "uncertainty_m": 20}
LINE = {"type": "LineString", "coordinates": [[46.5, 39.6], [46.56, 39.64], [46.6, 39.7]]}


def line_file(folder: Path, name: str = "road.geojson", **given: Any) -> Path:
    """Write a file that is sound but for what is given."""
    feature = {"type": "Feature", "properties": PROPERTIES, "geometry": LINE} | given
    path = folder / name
    path.write_text(json.dumps(feature), encoding="utf-8")
    return path


def taken(folder: Path) -> dict[str, Drawn]:
    return with_lines(DRAWN, folder, set(DRAWN), {"scene", "geonames"})


def test_the_line_of_a_file_stands_in_the_place_of_the_schematic_one(tmp_path: Path) -> None:
    line_file(tmp_path)
    road = taken(tmp_path)["road"]
    assert list(road.geometry.coords) == [(46.5, 39.6), (46.56, 39.64), (46.6, 39.7)]
    assert (road.basis, road.uncertainty_m, road.sources) == ("digitised", 20, ("scene",))
    assert road.note == "Digitised by hand from satellite images, under CC0-1.0."


def test_without_a_file_every_line_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("What a file holds.")
    (tmp_path / ".DS_Store").write_bytes(b"left by a file manager")
    assert taken(tmp_path) == DRAWN


def test_a_collection_of_one_is_taken_as_gis_programs_write_it(tmp_path: Path) -> None:
    feature = {"type": "Feature", "id": "road", "properties": PROPERTIES, "geometry": LINE}
    collection = {"type": "FeatureCollection", "features": [feature]}
    (tmp_path / "road.geojson").write_text(json.dumps(collection))
    assert taken(tmp_path)["road"].basis == "digitised"


def test_the_form_that_the_page_of_gaps_prints_is_taken(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "gaps.md").read_text(encoding="utf-8")
    text = page.split("```json\n")[1].split("```")[0]
    (tmp_path / "road.geojson").write_text(text)
    (source,) = json.loads(text)["properties"]["sources"]
    assert with_lines(DRAWN, tmp_path, set(DRAWN), {source})["road"].basis == "digitised"


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "road.geojson").mkdir()
    with pytest.raises(FactsError, match=r"lines/road\.geojson: cannot be read"):
        taken(tmp_path)


def coordinates(*positions: list[float]) -> dict[str, Any]:
    return {"geometry": {"type": "LineString", "coordinates": list(positions)}}


def properties(**given: Any) -> dict[str, Any]:
    return {"properties": PROPERTIES | given}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("raod.geojson", {}, "must be named LINK.geojson after a drawn link"),
    ("road.json", {}, "must be named LINK.geojson after a drawn link"),
    ("airport.geojson", {}, "airport is a point"),
    ("road.geojson", {"id": "other"}, "has the id 'other', not 'road'"),
    ("road.geojson", {"geometry": None}, "must be a LineString, not None"),
    (
        "road.geojson",
        {"geometry": {"type": "Point", "coordinates": [46.5, 39.6]}},
        "must be a LineString, not Point",
    ),
    ("road.geojson", coordinates([46.5, 39.6]), "it needs two"),
    ("road.geojson", coordinates([39.6, 46.5], [39.7, 46.6]), "latitude stands before longitude"),
    ("road.geojson", coordinates([46.5, 39.6], [4.6, 39.7]), "lies outside the region"),
    ("road.geojson", coordinates([46.5, 39.6, 1200.0], [46.6, 39.7, 1300.0]), "has heights"),
    ("road.geojson", properties(licence=None), "licence is None, must be CC-BY-4.0, CC0-1.0"),
    ("road.geojson", properties(licence="ODbL-1.0"), "licence is 'ODbL-1.0'"),
    ("road.geojson", properties(sources=["scen"]), r"sources\.json has no scen"),
    ("road.geojson", properties(sources=[]), "must be a list of ids"),
    ("road.geojson", properties(sources="scene"), "must be a list of ids"),
    ("road.geojson", properties(uncertainty_m=3_000), "from 1 to 2999"),
    ("road.geojson", properties(uncertainty_m=0), "from 1 to 2999"),
    ("road.geojson", properties(uncertainty_m=True), "from 1 to 2999"),
    ("road.geojson", properties(uncertainty_m="20"), "from 1 to 2999"),
    ("road.geojson", properties(name="Road"), "alone, see: name"),
    ("road.geojson", {"properties": {"sources": ["scene"]}}, "see: licence, uncertainty_m"),
    ("road.geojson", {"properties": None}, "see: licence, sources, uncertainty_m"),
]


@pytest.mark.parametrize(("name", "given", "rule"), REFUSED)
def test_a_bad_file_is_refused_by_its_name_and_the_rule(
    tmp_path: Path, name: str, given: dict[str, Any], rule: str
) -> None:
    line_file(tmp_path, name, **given)
    with pytest.raises(FactsError, match=rule) as refusal:
        taken(tmp_path)
    assert f"lines/{name}" in str(refusal.value)


@pytest.mark.parametrize("text", ["", "{", '{"type":"FeatureCollection","features":[]}'])
def test_a_file_without_a_feature_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "road.geojson").write_text(text)
    with pytest.raises(FactsError, match=r"lines/road\.geojson"):
        taken(tmp_path)


@with_inputs
class TestBuild:
    """A made-up bend in the road km 36 - Hakari bridge, whose ends the catalogue prints."""

    LINK = "lachin-new-az"

    def build(self, lines: Path, out: Path) -> Any:
        return CliRunner().invoke(main, [str(FOLDER), "--out", str(out), "--lines", str(lines)])

    def ends(self, tmp_path: Path) -> tuple[list[float], list[float]]:
        (tmp_path / "none").mkdir()
        assert self.build(tmp_path / "none", tmp_path / "plain").exit_code == 0
        manifest = json.loads((tmp_path / "plain" / "datapackage.json").read_text("utf-8"))
        at = {node["id"]: [node["lon"], node["lat"]] for node in manifest["nodes"]}
        return at["km36"], at["hakari-bridge"]

    def test_a_line_is_taken_up_or_refused_and_nothing_is_written(self, tmp_path: Path) -> None:
        start, end = self.ends(tmp_path)
        bend = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 0.01]
        lines = tmp_path / "lines"
        lines.mkdir()
        sound = properties(sources=["natural-earth"]) | coordinates(start, bend, end)
        line_file(lines, f"{self.LINK}.geojson", **sound)
        built = tmp_path / "built"
        assert self.build(lines, built).exit_code == 0
        features = pkzone.catalogue(built).version("corridor@2022-09-01").features().features
        feature = next(one for one in features if one.id == self.LINK)
        assert feature.properties["geometry_basis"] == "digitised"
        assert feature.properties["uncertainty_m"] == 20
        assert "natural-earth" in feature.properties["sources"]
        assert "geonames" not in feature.properties["sources"]
        assert feature.properties["note"].endswith("under CC0-1.0.")
        assert [list(at) for at in feature.geometry["coordinates"]] == [
            start, [round(value, 5) for value in bend], end,
        ]  # fmt: skip

        before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
        far = properties(sources=["natural-earth"]) | coordinates(start, [46.3, 39.5])
        line_file(lines, f"{self.LINK}.geojson", **far)
        refused = self.build(lines, built)
        assert refused.exit_code == 1
        assert f"ends: lines/{self.LINK}.geojson: to_place: ends" in refused.output
        long = [start, [46.9, 39.6], end]
        line_file(lines, f"{self.LINK}.geojson", **sound | coordinates(*long))
        refused = self.build(lines, built)
        assert refused.exit_code == 1
        assert f"length: lines/{self.LINK}.geojson: drawn" in refused.output
        assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before
