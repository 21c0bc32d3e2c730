"""Whatever takes a reference to a file takes REV:PATH, in every format that is read."""

from __future__ import annotations

import geopandas as gpd
import pytest

import pkzone
from pkzone.compare.history import each
from pkzone.errors import FormatError
from pkzone.formats import any_file
from tests.helpers.git_repository import NEEDS_GIT, NEW, Repository, layer, line
from tests.helpers.pages import payload_of

pytestmark = NEEDS_GIT

BASE = layer(line("a", status="open"), line("b"))
TARGET = layer(line("a", NEW, status="closed"))


@pytest.fixture(name="roads")
def fixture_roads(here: Repository) -> Repository:
    here.commit(BASE)
    here.git("tag", "v1.0")
    here.commit(TARGET)
    return here


def test_show(roads: Repository) -> None:
    (roads.folder / "old.geojson").write_text(BASE, "utf-8")
    told = roads.pkzone("show", "v1.0:roads.geojson", "-f", "csv").stdout
    assert told == roads.pkzone("show", "old.geojson", "-f", "csv").stdout
    assert roads.pkzone("show", "v1.0:roads.geojson").stdout.startswith("v1.0:roads.geojson\n")


def test_export(roads: Repository) -> None:
    roads.pkzone("export", "v1.0:roads.geojson", "-o", "old.gpkg")
    assert "roads" in list(gpd.list_layers("old.gpkg")["name"])
    assert len(gpd.read_file("old.gpkg", layer="roads")) == 2


def test_map_of_two_states(roads: Repository) -> None:
    roads.pkzone("map", "v1.0:roads.geojson", "HEAD:roads.geojson", "-o", "out.html")
    payload = payload_of((roads.folder / "out.html").read_text("utf-8"))
    titles = [one["title"] for one in payload["layers"]]
    assert {"roads (v1.0)", "roads (HEAD)"} <= set(titles)


def test_picture(roads: Repository) -> None:
    roads.pkzone("picture", "v1.0:roads.geojson", "-o", "out.svg")
    text = (roads.folder / "out.svg").read_text("utf-8")
    assert "roads (v1.0)" in text


def test_the_page_of_a_diff_has_what_did_not_change(roads: Repository) -> None:
    kept = layer(line("a", status="open"), line("b", NEW))
    roads.commit(kept)
    (roads.folder / "v1").mkdir()
    (roads.folder / "v2").mkdir()
    (roads.folder / "v1/roads.geojson").write_text(BASE, "utf-8")
    (roads.folder / "v2/roads.geojson").write_text(kept, "utf-8")
    page = pkzone.diff("v1.0:roads.geojson", "HEAD:roads.geojson").report("html")
    files = pkzone.diff("v1/roads.geojson", "v2/roads.geojson").report("html")
    found, expected = (payload_of(one) for one in (page, files))
    for payload in (found, expected):
        # The names of both sides, in the words of its title too.
        for name in ("diff", "title", "citation", "base", "target", "references", "heads", "words"):
            payload.pop(name, None)
        for side in payload["sides"]:
            assert side.pop("told")[:2] in ("v1", "v2", "HE")
            assert side["features"]
    assert found == expected
    assert found["vertices"] == expected["vertices"] != b""


def test_who_is_affected(roads: Repository) -> None:
    point = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":"p","properties":{},'
        '"geometry":{"type":"Point","coordinates":[46.25,39.25]}}]}\n'
    )
    area = '{"type":"Polygon","coordinates":[[[46,39],[%s,39],[%s,40],[46,40],[46,39]]]}'
    for east in ("46.2", "46.5"):
        shape = area % (east, east)
        roads.commit(
            '{"type":"FeatureCollection","features":[{"type":"Feature","id":"z","properties":{},'
            f'"geometry":{shape}}}]}}\n',
            "zone.geojson",
        )
    roads.write(point, "posts.geojson")
    roads.commit()
    found = pkzone.diff(
        "HEAD~2:zone.geojson", "HEAD:zone.geojson", affected="HEAD:posts.geojson"
    ).affected
    assert (
        found
        == pkzone.diff(
            "HEAD~2:zone.geojson", "HEAD:zone.geojson", affected="posts.geojson"
        ).affected
    )
    assert [one.id for one in found] == ["p"]


@pytest.mark.parametrize("ending", ["gpkg", "kml", "fgb"])
def test_a_file_of_another_format(roads: Repository, ending: str) -> None:
    name = f"roads.{ending}"
    for revision in ("v1.0", "HEAD"):
        roads.pkzone("export", f"{revision}:roads.geojson", "-o", name, "--overwrite")
        roads.git("add", name)
        roads.git("commit", "-qm", "edit")
        (roads.folder / revision).mkdir()
        (roads.folder / revision / name).write_bytes((roads.folder / name).read_bytes())
        if revision == "v1.0":
            roads.git("branch", "before")
            roads.git("tag", "-f", "v1.0")
            roads.commit(TARGET + "\n")
    expected = pkzone.diff(f"v1.0/{name}", f"HEAD/{name}")
    found = pkzone.diff(f"before:{name}", f"HEAD:{name}")
    assert found.changes == expected.changes
    assert found.summary["modified"] or found.summary["removed"]
    assert [one.replace("before:", "v1.0/").replace("HEAD:", "HEAD/") for one in found.notices] == [
        *expected.notices
    ]
    (step,) = each(f"HEAD:{name}")
    assert step.changes == expected.changes
    assert len(pkzone.series(f"HEAD:{name}").records()) == 2


def test_a_shapefile_comes_with_what_lies_beside_it(roads: Repository) -> None:
    frame = pkzone.load("v1.0:roads.geojson").reset_index()
    (roads.folder / "data").mkdir()
    frame.to_file("data/roads.shp")
    expected = any_file.read("data/roads.shp")
    assert [one.properties["status"] for one in expected.features] == ["open", None]
    roads.commit()
    frame["status"] = "closed"
    frame.to_file("data/roads.shp")
    found = any_file.read("HEAD:data/roads.shp")
    assert found.features == expected.features
    roads.git("add", "--all")
    assert [one.properties["status"] for one in any_file.read(":data/roads.shp").features] == [
        "closed",
        "closed",
    ]


def test_a_damaged_file_has_the_name_that_the_user_knows(roads: Repository) -> None:
    (roads.folder / "roads.gpkg").write_bytes(b"SQLite format 3\0" + b"\0" * 52 + b"GPKG" * 9)
    roads.commit()
    with pytest.raises(FormatError) as told:
        pkzone.diff("HEAD:roads.gpkg", "HEAD:roads.geojson")
    assert str(told.value).startswith("HEAD:roads.gpkg: ")
    assert "pkzone-" not in str(told.value)
    assert told.value.file == "HEAD:roads.gpkg"
