"""The recipe of the shipped layers: the same inputs give the same bytes.

The inputs are not part of the project; ``authoring/inputs.json`` says where to fetch them. Name
their folder in ``PKZONE_INPUTS`` and install the extra ``authoring`` to run these tests.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from shapely.geometry import shape

import pkzone

ROOT = Path(__file__).parents[2]
FOLDER = os.environ.get("PKZONE_INPUTS")
with_inputs = pytest.mark.skipif(not FOLDER, reason="PKZONE_INPUTS names no folder of inputs")


def test_every_input_says_where_it_comes_from() -> None:
    listed = json.loads((ROOT / "authoring" / "inputs.json").read_text("utf-8"))["inputs"]
    for record in listed:
        assert re.fullmatch(r"[0-9a-f]{64}", record["sha256"])
        assert record["licence"]
        assert record["crop"]
        for origin in record["origins"]:
            assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", origin["repository"])
            assert re.fullmatch(r"[0-9a-f]{40}", origin["commit"])
            assert origin["paths"]


def test_no_share_alike_geometry_is_used() -> None:
    """OpenStreetMap, geoBoundaries and Wikipedia maps are share-alike; they must not ship."""
    listed = (ROOT / "authoring" / "inputs.json").read_text("utf-8")
    licences = {record["licence"] for record in json.loads(listed)["inputs"]}
    assert not [text for text in licences if re.search(r"ODbL|SA|GPL|NC", text)]


@with_inputs
def test_rebuilding_changes_no_byte() -> None:
    from authoring.catalogue import build
    from authoring.inputs import Inputs

    shipped = pkzone.catalogue().root
    built = build(Inputs(Path(str(FOLDER))), shipped)
    present = {p.relative_to(shipped).as_posix() for p in shipped.rglob("*") if p.is_file()}
    assert present == set(built)
    assert [path for path, data in built.items() if (shipped / path).read_bytes() != data] == []


@with_inputs
def test_another_file_under_the_name_of_an_input_is_refused(tmp_path: Path) -> None:
    from authoring.inputs import InputError, Inputs

    (tmp_path / "zone").mkdir()
    (tmp_path / "zone" / "gazetteer.geojson").write_text('{"features":[]}')
    with pytest.raises(InputError, match="sha256"):
        Inputs(tmp_path).features("zone/gazetteer.geojson")


@with_inputs
@pytest.mark.parametrize("layer", ["zone", "control"])
def test_no_area_overlaps_armenia(layer: str) -> None:
    """By more than 1 km2, measured against the drawn communities and provinces of Armenia."""
    source = Path(str(FOLDER)) / "zone" / "am_marz_and_communities_wof.geojson"
    units = json.loads(source.read_text("utf-8"))["features"]
    armenia = shapely.union_all([shape(unit["geometry"]) for unit in units])
    areas = {
        f"{version.ref}/{feature.id}": shape(feature.geometry)
        for version in pkzone.catalogue()[layer].versions
        for feature in version.features().features
    }
    overlaps_km2 = {
        key: sum(_area_km2(part) for part in shapely.get_parts(area.intersection(armenia)))
        for key, area in areas.items()
    }
    assert {key: km2 for key, km2 in overlaps_km2.items() if km2 > 1.0} == {}


def _area_km2(part: shapely.Geometry) -> float:
    if not isinstance(part, shapely.Polygon):
        return 0.0
    polygon = Geodesic.WGS84.Polygon()
    for lon, lat in part.exterior.coords[:-1]:
        polygon.AddPoint(lat, lon)
    return float(abs(polygon.Compute()[2])) / 1e6
