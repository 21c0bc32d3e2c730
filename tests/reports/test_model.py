"""The parts of a report: phrases filled, counted and joined, numbers with their unit and source."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from pkzone import reports
from pkzone.compare.result import PublishedLength
from pkzone.reports import Format
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import Figure, Part, Row, joined, listed, msg, plural, worded
from pkzone.reports.values import Rounding
from tests.helpers import drawn_diffs


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (None, ""),
        (1234, "1,234"),
        ("a {b}", "a {b}"),
        (msg("from {a} to {b}", "x", "y"), "from x to y"),
        (msg("from {a} to {b}", b="y", a="x"), "from x to y"),
        (msg("{name} is new", "{name}"), "{name} is new"),
        (msg("{a}", msg("{b} km", 12)), "12 km"),
        (plural(1, "{count} road of {zone}", "{count} roads of {zone}", "z"), "1 road of z"),
        (
            plural(2000, "{count} road of {zone}", "{count} roads of {zone}", "z"),
            "2,000 roads of z",
        ),
        (joined(", ", ("a", "", None, "b")), "a, b"),
        (joined(", ", ()), ""),
        (listed(()), ""),
        (listed(("a",)), "a"),
        (listed(("a", "b", "c")), "a, b and c"),
    ],
)
def test_parts_in_english(part: Part, text: str) -> None:
    assert worded(part) == text


def test_a_figure_keeps_what_it_is_and_is_worded_in_every_language() -> None:
    length = Rounding(1500).length(12_487.3)
    assert (length.value, length.unit, length.source) == (12_487.3, "m", "")
    assert [worded(length, code) for code in ("en", "hy", "ru")] == [
        "12.5 km",
        "12,5 կմ",
        "12,5 км",
    ]
    assert Rounding(1500).length(30).is_below_step
    assert not Rounding(1500).length(0).is_below_step


def test_the_report_of_a_diff_is_a_value_with_the_sources_of_its_figures() -> None:
    diff = drawn_diffs.corridor()
    record = PublishedLength(80.0, "some 80 km", ("bbc-2020",))
    diff = replace(diff, routes=(replace(diff.routes[0], published_base=record),))
    report = report_of(diff)
    assert report == report_of(diff)
    assert [section.kind for section in report.sections] == ["route", "features", "measure"]
    (published,) = [
        cell
        for row in report.sections[0].rows
        for cell in row.cells
        if isinstance(cell, Figure) and cell.source
    ]
    assert (published.value, published.unit, published.source) == (80.0, "km", "bbc-2020")
    assert (worded(published), worded(published, "ru")) == ("some 80 km", "some 80 км")


def test_a_line_and_a_module_make_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("toy_format")
    module.render_diff = lambda diff, *, mark: f"{mark}{len(diff.changes)}"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy_format", module)
    toy = Format("toy", "toy_format", ("diff",), frozenset({"mark"}))
    monkeypatch.setattr(reports, "FORMATS", {**reports.FORMATS, "toy": toy})
    assert "toy" in reports.formats_of("diff")
    assert drawn_diffs.corridor().report("toy", mark="#", width=80) == "#2"


def test_rows_of_stretches_are_what_marks_refer_to() -> None:
    (route,) = report_of(drawn_diffs.corridor()).sections_of("route")
    stretches: tuple[Row, ...] = route.sections[0].rows
    assert [row.ref for row in stretches] == [f"section/0/{n}" for n in range(len(stretches))]
    assert {row.kind for row in stretches} == {"kept", "removed", "added"}
