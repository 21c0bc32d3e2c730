"""Applying a diff: forwards, backwards, and what it does not fit."""

from __future__ import annotations

from itertools import pairwise

import pytest

import pkzone
from pkzone import errors, geojson
from pkzone.geojson import Feature, FeatureCollection


def at(label: str | int | None, lon: float, **properties: object) -> Feature:
    return Feature(label, properties, {"type": "Point", "coordinates": [lon, 39]})


def features(*given: Feature) -> FeatureCollection:
    return FeatureCollection(given, ())


BASE = features(at("a", 46), at("b", 47, n=1), at("c", 48), at(None, 49), at(None, 49), at(3, 50))
TARGET = features(at(3, 50.5), at("b", 47, n=None), at("d", 48), at(None, 49), at("e", 51))


@pytest.mark.parametrize("layer", ["corridor", "zone", "control", "sites", "transport", "places"])
def test_every_step_of_the_shipped_layers(layer: str) -> None:
    versions = pkzone.catalogue()[layer].versions
    for base, target in pairwise(versions):
        found = pkzone.diff(base, target, evidence=False)
        assert not found.is_empty
        applied = pkzone.apply(found, base.features())
        assert geojson.dumps(applied.features) == target.read_bytes()
        undone = pkzone.apply(found, target.features(), backwards=True)
        assert geojson.dumps(undone.features) == base.read_bytes()


def test_the_order_of_the_base_does_not_matter() -> None:
    found = pkzone.diff(BASE, TARGET)
    applied = pkzone.apply(found, BASE.features[::-1])
    assert [one.id for one in applied.features] == [3, "b", "d", "e", None]
    assert pkzone.diff(applied, TARGET).is_empty


def test_other_features_may_have_changed_since() -> None:
    found = pkzone.diff(features(at("a", 46), at("b", 47)), features(at("a", 46.1), at("b", 47)))
    applied = pkzone.apply(found, [at("a", 46), at("b", 40), at("c", 41)])
    assert [one.geometry and one.geometry["coordinates"][0] for one in applied.features] == [
        46.1,
        40,
        41,
    ]


def test_an_empty_diff_changes_nothing() -> None:
    found = pkzone.diff(BASE, BASE)
    assert pkzone.diff(pkzone.apply(found, BASE), BASE).is_empty


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([at("b", 47)], "a: the feature is not there"),
        ([at("a", 46, n=1)], "a: the feature is not as the diff found it"),
        ([at("a", 46.5)], "a: the feature is not as the diff found it"),
        ([at("a", 46), at("b", 47)], "b: the feature that the diff adds already exists"),
        ([at(None, 46)], "a: the feature is not there"),
    ],
)
def test_features_that_the_diff_does_not_fit(given: list[Feature], reason: str) -> None:
    found = pkzone.diff(features(at("a", 46)), features(at("a", 47), at("b", 30)))
    with pytest.raises(errors.DoesNotFit, match=f"^{reason}"):
        pkzone.apply(found, given)


def test_a_feature_without_an_id_that_is_not_there() -> None:
    found = pkzone.diff(features(at(None, 46)), features())
    with pytest.raises(errors.DoesNotFit, match="without an id"):
        pkzone.apply(found, [at(None, 47)])


def test_ids_that_trade_places() -> None:
    base = features(at("a", 46), at("b", 47))
    target = features(at("a", 47), at("b", 46))
    applied = pkzone.apply(pkzone.diff(base, target), base)
    assert pkzone.diff(applied, target).is_empty


def test_a_property_in_the_place_of_the_id() -> None:
    base = features(at("1", 46, code="x"), at("2", 47, code="y"))
    target = features(at("2", 46, code="x", n=1), at("9", 48, code="z"))
    found = pkzone.diff(base, target, id_property="code")
    applied = pkzone.apply(found, base)
    assert [one.id for one in applied.features] == ["x", "z"]
    assert pkzone.diff(applied, target, id_property="code").is_empty


def test_features_that_are_not_sound() -> None:
    with pytest.raises(errors.DuplicateId):
        pkzone.apply(pkzone.diff(BASE, BASE), [at("a", 46), at("a", 47)])
