"""Records in a small zone, a rectangle in force until 2024-06-12, and what is right for each."""

from __future__ import annotations

from typing import Any

#: lon, lat, time, then version, answer and problem.
ROWS: list[tuple[Any, Any, Any, Any, Any, Any]] = [
    (46.75, 39.75, "2022-09-01", "2020-11-10", "inside", None),
    (46.0, 39.75, "2022-09-01T12:00:00", "2020-11-10", "outside", None),
    (46.75, 39.75, "2024-06-11T23:59:59Z", "2020-11-10", "inside", None),
    (46.75, 39.75, "2024-06-12T00:00:00Z", "2024-06-12", "outside", None),
    (46.75, 39.75, "2020-11-09", None, None, None),
    (None, None, "2022-09-01", None, None, "no place"),
    (460.0, 39.75, "2022-09-01", None, None, "bad longitude"),
    (46.75, -91.0, "2022-09-01", None, None, "bad latitude"),
    (46.75, 39.75, None, None, None, "no time"),
    (46.75, 39.75, "1 September", None, None, "bad time"),
]
DATES = [
    "2022-09-01", "2022-09-01", "2024-06-11", "2024-06-12", "2020-11-09",
    "2022-09-01", "2022-09-01", "2022-09-01", None, None,
]  # fmt: skip
NOTES = ["=1+1", "a, b", 'say "so"', "two\nlines", "", "é", "-5", " x ", "0012", "1.50"]
NEW = ("tag_date", "tag_problem", "zone_version", "zone_answer", "zone_feature")


def expected(problems: bool = True) -> list[list[Any]]:
    """Return the new cells that are right for each row."""
    found = []
    for date, row in zip(DATES, ROWS, strict=True):
        version, answer, problem = row[3:]
        found.append([date, problem, version, answer, "core" if answer == "inside" else None])
    return found
