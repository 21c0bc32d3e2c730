"""Tables: the same rows in every format."""

from __future__ import annotations

import csv
import io
import json

from pkzone.table import Column, Table

TABLE = Table(
    "lengths",
    (
        Column("valid_from", "date", "from"),
        Column("length_km", "number"),
        Column("sources", "array"),
    ),
    (("2020-11-10", 12.5, ("a", "b")), ("2022-08-30", None, ())),
    about={"layer": "corridor"},
    notes=("Drawn lines.",),
)


def test_csv_is_read_back_by_the_standard_library() -> None:
    rows = list(csv.DictReader(io.StringIO(TABLE.to_csv())))
    assert [row["valid_from"] for row in rows] == ["2020-11-10", "2022-08-30"]
    assert [row["length_km"] for row in rows] == ["12.5", ""]


def test_json_and_json_lines_name_the_schema() -> None:
    whole = json.loads(TABLE.to_json())
    lines = [json.loads(line) for line in TABLE.to_jsonl().splitlines()]
    assert whole["schema"] == "pkzone.lengths/1"
    assert whole["layer"] == "corridor"
    assert whole["notes"] == ["Drawn lines."]
    assert [{"schema": whole["schema"], **row} for row in whole["rows"]] == lines


def test_markdown_has_a_line_for_each_row() -> None:
    lines = TABLE.to_markdown().splitlines()
    assert lines[0] == "| from | length km | sources |"
    assert lines[1] == "| --- | ---: | --- |"
    assert lines[2] == "| 2020-11-10 | 12.5 | a, b |"


def test_frame_has_a_column_for_each() -> None:
    frame = TABLE.to_frame()
    assert list(frame.columns) == ["valid_from", "length_km", "sources"]
    assert frame.attrs["pkzone"]["layer"] == "corridor"
