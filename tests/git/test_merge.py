"""`pkzone.merge`: what the git driver does, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import pkzone
from pkzone import errors
from pkzone.geojson import Feature, FeatureCollection, dumps
from pkzone.git.merge_driver import merge_files
from tests.helpers.small_features import features, one, point

BASE = features(one("a", point(46, 39), n=1, m=1), one("b", point(47, 39)), one("c", None))
OURS = features(one("a", point(46, 39), n=2, m=1), one("b", point(47, 39)), one("d", None))
THEIRS = features(one("a", point(46, 39), n=1, m=2), one("b", point(47, 40)), one("c", None))
MERGED = (one("a", point(46, 39), n=2, m=2), one("b", point(47, 40)), one("d", None))
CLASH = features(one("a", point(46, 39), n=3, m=1), one("b", point(48, 39)))


def test_what_one_side_changed_is_taken() -> None:
    result = pkzone.merge(BASE, OURS, THEIRS)
    assert result.is_clean
    assert result.features == MERGED
    assert result.data == dumps(MERGED)
    assert result.notices == ()
    assert repr(result) == "<MergeResult: 3 features, 0 conflicts>"
    assert list(result.to_frame().index) == ["a", "b", "d"]


def test_what_both_changed_is_a_conflict() -> None:
    result = pkzone.merge(BASE, OURS, CLASH)
    assert [(one.id, one.reason) for one in result.conflicts] == [
        ("a", 'both sides changed the property "n"')
    ]
    assert result.conflicts[0].theirs == CLASH.features[0]
    assert [one.id for one in result.features] == ["b", "d"]
    assert not result.is_clean
    assert result.data.count(b"<<<<<<< ours") == 1


def test_files_texts_versions_and_frames_are_sides(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("base.geojson", "ours.geojson", "theirs.geojson")]
    for path, side in zip(paths, (BASE, OURS, THEIRS), strict=True):
        path.write_bytes(dumps(side.features))
    texts = [path.read_bytes() for path in paths]
    assert pkzone.merge(*paths).data == pkzone.merge(*texts).data == dumps(MERGED)
    version = pkzone.catalogue()["corridor"].latest
    frame = version.frame()
    assert pkzone.merge(version, version, version).data == version.read_bytes()
    assert pkzone.merge(version, version, frame).data == pkzone.fmt(frame).data


def test_it_is_the_merge_of_the_driver(tmp_path: Path) -> None:
    for theirs in (THEIRS, CLASH):
        paths = [tmp_path / name for name in ("base", "ours", "theirs")]
        for path, side in zip(paths, (BASE, OURS, theirs), strict=True):
            path.write_bytes(dumps(side.features))
        result = pkzone.merge(*paths, output=tmp_path / "out.geojson", overwrite=True)
        merge_files(*paths, name="x.geojson")
        assert paths[1].read_bytes() == result.data == (tmp_path / "out.geojson").read_bytes()


def test_features_without_an_id_are_told_apart_by_place() -> None:
    base = features(one(None, point(46, 39), n=1), one(None, point(47, 39)))
    ours = features(one(None, point(46, 39), n=2), one(None, point(47, 39)))
    theirs = features(one(None, point(46, 39), n=3), one(None, point(47, 39)))
    result = pkzone.merge(base, ours, base)
    assert [(each.id, each.properties) for each in result.features] == [
        (None, {"n": 2}),
        (None, {}),
    ]
    assert len(result.notices) == 2
    (conflict,) = pkzone.merge(base, ours, theirs).conflicts
    assert conflict.id is None
    assert conflict.ours is not None
    assert conflict.ours.id is None


@pytest.mark.parametrize(
    ("side", "error"),
    [
        (b"{", errors.InvalidJSON),
        (b"<<<<<<< ours", errors.ForeignFormat),
        ("nowhere.geojson", errors.Unreadable),
        (FeatureCollection((Feature("a", {}, None),) * 2, ()), errors.DuplicateId),
    ],
)
def test_a_bad_side_is_refused(side: object, error: type[Exception], tmp_path: Path) -> None:
    output = tmp_path / "out.geojson"
    for sides in ((side, OURS, THEIRS), (BASE, side, THEIRS), (BASE, OURS, side)):
        with pytest.raises(error):
            pkzone.merge(*sides, output=output)  # type: ignore[arg-type]
    assert not output.exists()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    output = tmp_path / "out.geojson"
    output.write_bytes(b"mine")
    with pytest.raises(errors.OutputError, match="already exists"):
        pkzone.merge(BASE, OURS, THEIRS, output=output)
    assert output.read_bytes() == b"mine"
