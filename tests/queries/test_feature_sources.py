"""What features rest on: their sources, through the versions of a layer."""

from __future__ import annotations

from pathlib import Path

import pytest

import pkzone
from pkzone.errors import BadOption, BadReference, LayerNotFound, SourceNotFound
from pkzone.queries.feature_sources import feature_sources
from tests.helpers.drawn_catalogue import Feature, feature, point, write


def town(key: str, *sources: str, status: str = "inside", **properties: object) -> Feature:
    own = {"name": key.upper(), "status": status, "sources": list(sources), **properties}
    return feature(key, point(46, 39), **own)


MAP_DATA = {"geonames", "natural-earth", "ourairports", "whosonfirst"}
VERSIONS = {
    "2020-01-01": [town("a", "s"), town("b", "s", "t")],
    "2021-01-01": [town("a", "s"), town("b", "s", "t"), feature("c", point(46, 39), sources="s")],
    "2022-01-01": [town("a", "s", "t"), town("b", "s", "t")],
    "2023-01-01": [town("a", "s", "t"), town("b", "t", "t", certainty="reported")],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    sources = [{"id": one, "title": one} for one in "stu"]
    return write(tmp_path / "own", {"towns": VERSIONS, "none": {}}, sources=sources)


def rows(root: Path, ref: str | None = None, **wanted: object) -> list[tuple[object, ...]]:
    table = feature_sources(ref, catalogue=root, **wanted)  # type: ignore[arg-type]
    keys = ("feature", "valid_from", "valid_to", "sources")
    return [(*(row[key] for key in keys[:3]), "".join(row["sources"])) for row in table.records()]


def test_versions_that_rest_on_the_same_are_one_row(root: Path) -> None:
    every = [
        ("a", "2020-01-01", "2022-01-01", "s"),
        ("a", "2022-01-01", None, "st"),
        ("b", "2020-01-01", "2023-01-01", "st"),
        ("b", "2023-01-01", None, "t"),
        ("c", "2021-01-01", "2022-01-01", ""),
    ]
    assert rows(root) == every
    assert rows(root, "towns") == every
    assert rows(root, "none") == []


def test_features_of_one_source_and_of_a_given_one(root: Path) -> None:
    assert [row[0] for row in rows(root, at_most=1)] == ["a", "b", "c"]
    assert [row[0] for row in rows(root, at_most=0)] == ["c"]
    assert [row[:2] for row in rows(root, source="t")] == [
        ("a", "2022-01-01"),
        ("b", "2020-01-01"),
        ("b", "2023-01-01"),
    ]
    assert rows(root, source="u") == []


def test_a_version_has_the_features_of_its_day(root: Path) -> None:
    assert rows(root, "towns@2021-06-01") == [
        ("a", "2021-01-01", "2022-01-01", "s"),
        ("b", "2021-01-01", "2022-01-01", "st"),
        ("c", "2021-01-01", "2022-01-01", ""),
    ]


def test_a_range_has_the_versions_of_its_days(root: Path) -> None:
    assert [row[:3] for row in rows(root, "towns@2020-06..2021-06", at_most=1)] == [
        ("a", "2020-01-01", "2022-01-01"),
        ("c", "2021-01-01", "2022-01-01"),
    ]


def test_the_shipped_features_that_rest_on_one_source() -> None:
    found = [row for row in feature_sources(at_most=1).records() if row["layer"] == "corridor"]
    assert {
        (row["feature"], row["valid_from"]): set(row["sources"]) - MAP_DATA for row in found
    } == {
        ("lachin-new-az", "2023-08-08"): {"commonspace-2023-08-08"},
        ("lachin-old-am", "2020-11-10"): {"armenia-fund-lifeline-highway"},
    }


def test_counts_are_those_of_the_frames_without_map_data() -> None:
    frame = pkzone.load("corridor@2022-09-01")
    counts = {
        row["feature"]: row["source_count"]
        for row in feature_sources("corridor@2022-09-01").records()
    }
    assert counts == {key: len(set(value) - MAP_DATA) for key, value in frame["sources"].items()}


def test_map_data_counts_where_there_is_nothing_else() -> None:
    rivers = feature_sources("physical").records()
    assert {row["source_count"] for row in rivers} == {1}
    assert {source for row in rivers for source in row["sources"]} == {"natural-earth"}


def test_what_is_refused(root: Path) -> None:
    with pytest.raises(LayerNotFound, match="did you mean towns"):
        feature_sources("twns", catalogue=root)
    with pytest.raises(SourceNotFound, match="no source v"):
        feature_sources(source="v", catalogue=root)
    with pytest.raises(BadReference, match="names a file"):
        feature_sources("./towns.geojson", catalogue=root)
    with pytest.raises(BadOption, match="0 or more, not -1"):
        feature_sources(at_most=-1, catalogue=root)
