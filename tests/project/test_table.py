"""Tables: the same rows in every format."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_markdown_links_plain_addresses_and_no_others() -> None:
    plain = ["https://a.org/x_y/?id=1&b=%20#z", "http://www.a.org:80"]
    unsafe = [
        "https://a.org/>|<b>",
        "https://a.org/a b",
        "https://a.org@b.org",
        "https://a.org/?a&lt;",
        "https://а.org",  # a Cyrillic letter
        "javascript:alert(1)",
        "https://a.org/\n",
        "ftp://a.org",
        "",
    ]
    columns = (Column("addresses", "array", is_linked=True), Column("title"))
    rows = (([*plain, *unsafe], plain[0]), (plain[1], None), (None, None), ([], None))
    lines = Table("t", columns, rows).to_markdown().splitlines()[2:]
    linked, title = lines[0].strip("| ").split(" | ")
    assert re.findall("<[^!][^>]*>", linked) == [f"<{one}>" for one in plain]
    assert "<!-- -->" in title
    assert lines[1:] == ["| <http://www.a.org:80> |  |", "|  |  |", "|  |  |"]


def test_frame_has_a_column_for_each() -> None:
    frame = TABLE.to_frame()
    assert list(frame.columns) == ["valid_from", "length_km", "sources"]
    assert frame.attrs["pkzone"]["layer"] == "corridor"


NARROW = Table(
    "narrow",
    (
        Column("layer"),
        Column("from", "date", rank=1),
        Column("km", "number", rank=2),
        Column("title"),
        Column("events", "array", in_text=False),
    ),
    (("corridor", "2020-11-10", 12.5, "The road is left", [{"id": "moves", "date": "2022"}]),),
)


@pytest.mark.parametrize(
    ("width", "heads", "left_out"),
    [
        (None, "layer     from          km  title", ""),
        (46, "layer     from          km  title", ""),
        (40, "layer     from        title", "km"),
        (24, "layer     title", "from, km"),
        (8, "layer     title", "from, km"),
    ],
)
def test_a_narrow_terminal_loses_columns_of_high_rank_first(
    width: int | None, heads: str, left_out: str
) -> None:
    text = NARROW.to_text(width=width)
    assert text.splitlines()[0].rstrip() == heads
    told = " ".join(text.partition("\n\n")[2].split())
    assert told == (
        f"Left out for want of room: {left_out}; -f csv has all columns." if left_out else ""
    )


@given(
    st.lists(st.tuples(st.dates(), st.integers(), st.text(max_size=40)), min_size=1, max_size=3),
    st.integers(1, 90),
)
def test_no_width_breaks_a_date_or_a_number(rows: list[tuple[date, int, str]], width: int) -> None:
    columns = (Column("day", "date"), Column("count", "integer"), Column("words", rank=1))
    table = Table("t", columns, tuple((day.isoformat(), n, text) for day, n, text in rows))
    words = table.to_text(width=width).split()
    for day, number, _ in rows:
        assert day.isoformat() in words
        assert str(number) in words


HOSTILE = '=1+1\n"\x1b[2J\u202e|<b>'


def test_no_value_breaks_a_row_or_steers_a_program() -> None:
    columns = (Column("a"), Column("b", "array"), Column(HOSTILE))
    table = Table("hostile", columns, ((HOSTILE, [HOSTILE], None),))
    rows = list(csv.reader(io.StringIO(table.to_csv()), strict=True))
    assert len(table.to_csv().splitlines()) == len(rows) == 2
    assert [cell[:2] for cell in (*rows[0], *rows[1])] == ["a", "b", "'=", "'=", "'=", ""]
    for form in ("csv", "json", "jsonl", "markdown", "text"):
        text = getattr(table, f"to_{form}")()
        assert text.replace("\n", "").isprintable()
    assert json.loads(table.to_json())["rows"][0]["a"] == HOSTILE
    assert "<b>" not in table.to_markdown()


def test_an_object_in_a_cell_stands_by_its_id() -> None:
    assert NARROW.to_csv().splitlines()[1].endswith(",moves")
    assert json.loads(NARROW.to_json())["rows"][0]["events"] == [{"id": "moves", "date": "2022"}]
    assert "events" not in NARROW.to_markdown() + NARROW.to_text()
