"""What may be compared: files, references, frames, features at hand; and what is refused."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import pkzone
from pkzone import errors
from pkzone.geojson import Feature
from pkzone.layers.frames import frame_of_features
from tests.helpers.own_catalogue import begin, put
from tests.helpers.small_features import TOLD, features, line, one, point, told, written


def test_a_property_may_take_the_place_of_the_id(tmp_path: Path) -> None:
    base = written(
        tmp_path / "base.geojson",
        one("1", point(46, 39), code="x", n=1),
        one("2", point(47, 39), code="y"),
        one("3", point(48, 39)),
    )
    target = written(
        tmp_path / "target.geojson",
        one("1", point(47, 39), code="y"),
        one("2", point(46, 39), code="x", n=2),
        one("4", point(48, 39), code=None),
    )
    found = pkzone.diff(base, target, id_property="code")
    # A feature without the property has its own id.
    assert told(found) == [("3", "renamed", "4"), ("x", "modified")]
    assert [list(change.properties) for change in found.changes] == [["code"], ["n"]]
    assert found.unchanged == 1
    assert found.id_property == "code"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (["x", "x"], errors.DuplicateId),
        ([1, "1"], errors.DuplicateId),
        ([1.5, 2], errors.BadId),
        ([True, 2], errors.BadId),
        ([["x"], 2], errors.BadId),
    ],
)
def test_a_property_that_tells_nothing_apart(values: list[Any], error: type[Exception]) -> None:
    given = features(*(one(str(i), None, code=value) for i, value in enumerate(values)))
    with pytest.raises(error):
        pkzone.diff(given, given, id_property="code")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (one(True, None), errors.BadId),
        (one(1.5, None), errors.BadId),  # type: ignore[arg-type]
        (one("a", point(200, 0)), errors.OutOfRange),
        (one("a", {"type": "Box"}), errors.BadStructure),
    ],
)
def test_features_at_hand_are_checked(given: Feature, error: type[Exception]) -> None:
    with pytest.raises(error, match="<features>"):
        pkzone.diff(features(given), features())


def test_two_features_at_hand_with_one_id() -> None:
    with pytest.raises(errors.DuplicateId, match="a: two features have this id"):
        pkzone.diff(features(one("a", None), one("a", None)), features())


def test_another_crs_is_refused(base: Path, target: Path) -> None:
    crs = b'"crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features"'
    target.write_bytes(target.read_bytes().replace(b'"features"', crs, 1))
    with pytest.raises(errors.ForeignCRS, match="EPSG:3857"):
        pkzone.diff(base, target)


def test_crs84_is_told_of(base: Path, target: Path) -> None:
    crs = b'"crs":{"type":"name","properties":{"name":"OGC:CRS84"}},"features"'
    target.write_bytes(target.read_bytes().replace(b'"features"', crs, 1))
    found = pkzone.diff(base, target)
    assert told(found) == TOLD
    assert len(found.notices) == 1
    assert "crs is CRS84" in found.notices[0]


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json", '{"type":"Topology"}', "<gml/>"])
def test_what_is_not_geojson_is_refused(text: str, tmp_path: Path, base: Path) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(text)
    with pytest.raises(errors.GeoJSONError, match=r"bad\.geojson"):
        pkzone.diff(base, path)


def test_what_cannot_be_opened_is_refused(tmp_path: Path, base: Path) -> None:
    for path in (tmp_path / "missing.geojson", tmp_path):
        with pytest.raises(errors.Unreadable, match=path.name):
            pkzone.diff(base, path)


def test_references(base: Path) -> None:
    found = pkzone.diff("corridor@2020-12-01", "corridor@2022-09-01")
    assert (found.base.ref, found.base.layer, found.base.version) == (
        "corridor@2020-12-01",
        "corridor",
        "2020-11-17",
    )
    assert found.target.version == "2022-08-30"
    assert "corridor-moves-2022" in {event.id for event in found.events}
    with pytest.raises(errors.LayerNotFound):
        pkzone.diff("corridors", base)
    with pytest.raises(errors.VersionNotFound):
        pkzone.diff("corridor@2019-01-01", base)
    with pytest.raises(TypeError, match="not a int"):
        pkzone.diff(3, base)  # type: ignore[arg-type]


def test_standard_input(monkeypatch: pytest.MonkeyPatch, base: Path, target: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(target.read_bytes())))
    found = pkzone.diff(base, "-")
    assert told(found) == TOLD
    assert found.target.ref == "-"
    with pytest.raises(errors.BadReference, match="standard input"):
        pkzone.diff("-", "-")


@pytest.mark.parametrize("ref", ["corridor@2022-09-01", "places@2020-12-01", "zone@2020-11-10"])
def test_a_frame_is_the_version_that_it_was_loaded_from(ref: str) -> None:
    frame = pkzone.load(ref)
    found = pkzone.diff(ref, frame)
    assert found.is_empty
    assert found.unchanged == len(frame)
    assert found.target.ref == frame.attrs["pkzone"]["ref"]
    assert pkzone.diff(frame, ref).is_empty


def test_a_frame_edited() -> None:
    frame = pkzone.load("corridor@2022-09-01")
    edited = frame.copy()
    label = edited.index[0]
    edited.loc[label, "status"] = "closed"
    edited = edited.drop(edited.index[1])
    assert told(pkzone.diff(frame, edited)) == [(label, "modified"), (frame.index[1], "removed")]


def test_a_frame_with_plain_numbering_has_no_ids() -> None:
    frame = gpd.GeoDataFrame(
        {"n": [1, 2]}, geometry=[shapely.Point(1, 2), shapely.Point(3, 4)], crs=4326
    )
    found = pkzone.diff(frame, frame.iloc[::-1].assign(n=[2, 3]))
    assert [(one.base[0].id, one.properties["n"].target) for one in found.changes] == [(None, 3)]


def test_a_frame_in_metres_is_refused() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)], crs=3857)
    with pytest.raises(errors.ForeignCRS, match=r"EPSG:3857; call to_crs\(4326\) first"):
        pkzone.diff(frame, frame)


@pytest.mark.parametrize("metres", [-1, float("nan"), float("inf"), "25", None, True])
def test_distances_must_be_metres(metres: Any) -> None:
    for options in ({"tolerance_m": metres}, {"within_m": metres}):
        with pytest.raises(errors.BadTolerance, match="give metres from 0 up"):
            pkzone.diff(features(), features(), **options)


class TestTwoLayers:
    """Versions of two layers are compared only when that is asked for; files always are."""

    ROADS = features(one("north", line((46, 39), (46.1, 39)), route="a-b", status="open"))

    def test_they_are_refused_by_name_and_done_when_asked(self) -> None:
        sides = ("zone@2022-09-01", pkzone.catalogue()["corridor"].on("2022-09-01"))
        for base, target in (sides, sides[::-1]):
            with pytest.raises(errors.BadReference, match=r"two layers.*--across.*across=True"):
                pkzone.diff(base, target)
            done = pkzone.diff(base, target, across=True)
            assert done.changes
            assert "versions of two layers" in done.notices[0]
            assert (done.routes, done.areas, done.affected, done.events) == ((), None, (), ())

    def test_one_layer_of_two_catalogues_is_one_layer(self, tmp_path: Path) -> None:
        shipped = pkzone.catalogue()["corridor"].latest
        root = begin(tmp_path / "z")
        mine = put(root, str(shipped.path), "2025-01-01", layer="corridor", new_layer="Roads")
        assert pkzone.diff(shipped, mine.version).is_empty

    @pytest.mark.parametrize("form", ["features", "file", "frame"])
    def test_a_file_without_an_id_in_common_is_noted(self, form: str, tmp_path: Path) -> None:
        strange = {
            "features": self.ROADS,
            "file": written(tmp_path / "x.geojson", *self.ROADS.features),
            "frame": frame_of_features(self.ROADS.features),
        }[form]
        name = str(strange) if form == "file" else f"<{form}>"
        note = (
            f"{name}: none of its ids is one of corridor@2022-09-01; is it of the layer corridor?"
        )
        for sides in (("corridor@2022-09-01", strange), (strange, "corridor@2022-09-01")):
            assert note in pkzone.diff(*sides).notices
        kept = pkzone.catalogue()["corridor"].on("2022-09-01").features().features[:1]
        known = features(*kept, *self.ROADS.features)
        assert not any("none of its ids" in each for each in pkzone.diff(known, sides[1]).notices)
        assert not any("none of its ids" in each for each in pkzone.diff(self.ROADS, known).notices)
