"""The reports round as the table of cases says, which the page's scripts keep to as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pkzone.compare.published import is_schematic
from pkzone.geojson.model import Feature
from pkzone.reports.lengths import drawn_words, rounding_of_drawing
from pkzone.reports.values import Rounding, percent, stated_uncertainty_m

CASES = json.loads((Path(__file__).parents[1] / "data" / "rounding_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", ["length", "chainage", "area"])
def test_reports_keep_to_the_table_of_cases(kind: str) -> None:
    for uncertainty, value, expected in CASES[kind]:
        assert str(getattr(Rounding(uncertainty), kind)(value)) == expected, (uncertainty, value)


def test_areas_next_to_each_other_have_the_decimals_of_the_smallest() -> None:
    for uncertainty, areas, expected in CASES["together"]:
        rounding = Rounding(uncertainty)
        assert [str(rounding.area(one, areas)) for one in areas] == expected, (uncertainty, areas)


def test_drawn_lengths_of_features_keep_to_the_table_of_cases() -> None:
    for properties, drawn_m, expected in CASES["feature"]:
        feature = Feature("a", properties, None)
        rounding = rounding_of_drawing([feature], stated_uncertainty_m([feature]))
        schematic_m = drawn_m if is_schematic(feature) else 0.0
        assert str(drawn_words(drawn_m, schematic_m, rounding)) == expected, properties


def test_percentages_keep_to_the_table_of_cases() -> None:
    for share, expected in CASES["percent"]:
        assert str(percent(share)) == expected, share
