"""The table of what formats keep, in docs/formats.md, is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkzone.errors import CannotHold
from pkzone.formats.export import converted
from pkzone.formats.export_source import Subject
from pkzone.formats.registry import FORMATS, format_named
from pkzone.geojson import Feature
from tests.helpers.format_worker import worker_in_this_process

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
HEAD = next(line for line in PAGE.splitlines() if line.startswith("| |"))
TITLES = HEAD.removeprefix("| |").removesuffix("|").split("|")
NAMES = {form.title: form.name for form in FORMATS if form.written and not form.archive_of}
POINT = {"type": "Point", "coordinates": [46.5, 39.5]}
LINE = [[46.5, 39.5], [46.6, 39.6]]
RING = [[46, 39], [47, 39], [47, 40], [46, 39]]


def drawn(kind: str, coordinates: Any) -> tuple[Feature, ...]:
    return (Feature("a", {}, {"type": kind, "coordinates": coordinates}),)


def each(*values: Any) -> tuple[Feature, ...]:
    """A feature for each value of the property ``n``; an ellipsis is no such property."""
    return tuple(
        Feature(f"f{i}", {} if value is ... else {"n": value}, POINT)
        for i, value in enumerate(values)
    )


CASES: dict[str, tuple[Feature, ...]] = {
    "ids that are texts": (Feature("lachin-old", {}, POINT), Feature("a b", {}, POINT)),
    "ids that are numbers": (Feature(7, {}, POINT),),
    "no ids": (Feature(None, {}, POINT),),
    "Unicode": each("Բերձոր / Lachin"),
    "line breaks in text": each("a\nb"),
    "spaces around text": each(" a "),
    "text of more than 254 bytes": each("x" * 300),
    "text that looks like a number": each("1991"),
    "dates, as text": each("2022-08-30", "2021-07"),
    "empty text": each("", "x"),
    "a column with both empty text and null": each("", None, "x"),
    "null": each(None, "x"),
    "a property that some features lack": each(..., "x"),
    "a property missing on some features and null on others": each(..., None, "x"),
    "whole numbers": each(5, -3),
    "whole numbers beyond 32 bits": each(2**40),
    "fractions": each(0.5, 12.25),
    "fractions to the last digit": each(1 / 3),
    "whole numbers among fractions": each(5, 0.5),
    "true and false": each(True, False),
    "lists and objects": each(["a", "b"]),
    "values of mixed types": each(5, "five"),
    "names of more than 10 letters": (Feature("a", {"uncertainty_m": 1}, POINT),),
    "names with odd characters": (Feature("a", {"km/h": 1}, POINT),),
    "points": (Feature("a", {}, POINT),),
    "lines": drawn("LineString", LINE),
    "areas": drawn("Polygon", [RING]),
    "several points": drawn("MultiPoint", LINE),
    "several lines": drawn("MultiLineString", [LINE, [[1, 2], [3, 4]]]),
    "several areas": drawn("MultiPolygon", [[RING], [[[1, 1], [2, 1], [2, 2], [1, 1]]]]),
    "one line as several": drawn("MultiLineString", [LINE]),
    "collections": (Feature("a", {}, {"type": "GeometryCollection", "geometries": [
        POINT, {"type": "LineString", "coordinates": LINE}]}),),
    "no geometry": (Feature("a", {}, None), Feature("b", {}, POINT)),
    "heights": drawn("Point", [46.5, 39.5, 1850]),
    "heights on some features only": (*drawn("Point", [46.5, 39.5, 1850]), Feature("b", {}, POINT)),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _in_this_process() -> Iterator[None]:
    with worker_in_this_process():
        yield


def outcome(features: tuple[Feature, ...], name: str) -> str:
    try:
        _, notices, _ = converted(Subject("x", features), format_named(name), shown="x")
    except CannotHold:
        return "refused"
    return "changed" if any(one.endswith(" features") for one in notices) else "yes"


def row(case: str) -> str:
    return (
        f"| {case} | "
        + " | ".join(outcome(CASES[case], NAMES[title.strip()]) for title in TITLES)
        + " |"
    )


@pytest.mark.parametrize("case", CASES)
def test_the_table_is_true(case: str) -> None:
    assert row(case) in PAGE


def test_the_table_has_every_format() -> None:
    assert sorted(title.strip() for title in TITLES) == sorted(NAMES)


def test_the_table_has_no_other_rows() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) == len(CASES) + 1
