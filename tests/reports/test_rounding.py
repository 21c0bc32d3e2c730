"""The reports round as the table of cases says, which the page's scripts keep to as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pkzone.reports.values import Rounding, percent

CASES = json.loads((Path(__file__).parents[1] / "data" / "rounding_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", ["length", "chainage", "area"])
def test_reports_keep_to_the_table_of_cases(kind: str) -> None:
    for uncertainty, value, expected in CASES[kind]:
        assert str(getattr(Rounding(uncertainty), kind)(value)) == expected, (uncertainty, value)


def test_areas_next_to_each_other_have_the_decimals_of_the_smallest() -> None:
    for uncertainty, areas, expected in CASES["together"]:
        rounding = Rounding(uncertainty)
        assert [str(rounding.area(one, areas)) for one in areas] == expected, (uncertainty, areas)


def test_percentages_keep_to_the_table_of_cases() -> None:
    for share, expected in CASES["percent"]:
        assert str(percent(share)) == expected, share
