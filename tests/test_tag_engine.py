"""Tagging places: against an obvious oracle, at switch dates, at borders and around the globe."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import tag_oracle as oracle

import pkzone
from pkzone.layers.tag.tagger import Coded, Tagger

CATALOGUE = pkzone.catalogue()
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.of()


def days(*texts: str) -> Any:
    return np.array(texts, "datetime64[D]")


def rows(values: dict[str, Any]) -> list[Row]:
    columns = {}
    for name, one in values.items():
        if isinstance(one, Coded):
            columns[name] = [None if code < 0 else one.values[code] for code in one.codes]
        else:
            columns[name] = one.tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def tag(tagger: Tagger, lon: float, lat: float, day: str | date) -> Row:
    (row,) = rows(tagger.points(np.array([lon]), np.array([lat]), days(str(day))))
    return row


STEPANAKERT = (46.7515, 39.8177)
SWITCHES = [(name, version) for name in ("zone", "corridor") for version in CATALOGUE[name]]


@pytest.mark.parametrize(("layer", "version"), SWITCHES)
def test_a_version_holds_from_its_first_day(tagger: Tagger, layer: str, version: str) -> None:
    starts = [one.valid_from for one in CATALOGUE[layer].versions]
    ids = list(CATALOGUE[layer])
    start = CATALOGUE[layer][version].valid_from
    for day in (start - timedelta(days=1), start, start + timedelta(days=1)):
        number = oracle.in_force(starts, day)
        expected = None if number is None else ids[number]
        assert tag(tagger, *STEPANAKERT, day)[f"{layer}_version"] == expected


def test_before_the_first_version_nothing_is_known(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2020-11-09")
    assert all(value is None or value != value or value == -1 for value in row.values())


def test_a_version_without_areas_is_outside_of_everywhere(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2024-06-12")
    assert row["zone_version"] == "2024-06-12"
    assert row["zone_answer"] == "outside"
    assert row["zone_feature"] is None
    assert np.isnan(row["zone_border_m"])


def test_the_town_was_inside(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2022-09-01")
    assert (row["zone_answer"], row["zone_feature"]) == ("inside", "core")
    assert row["places_feature"] == "stepanakert"
    assert row["places_distance_m"] < 2000
