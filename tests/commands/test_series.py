"""``pkzone series`` on the small catalogue: formats, spans, exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.helpers.program import Run


def test_text_has_a_row_a_version_and_no_empty_columns(run: Run) -> None:
    result = run("series", "corridor")
    assert (result.code, result.err) == (0, "")
    head, *lines = result.out.partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines] == ["2020-11-10", "2022-08-30", "2022-08-30"]
    assert "drawn km" in head
    assert "published" not in head
    assert "km²" not in head
    assert "up to 250 m" in result.out


def test_csv_has_every_column(run: Run) -> None:
    text = run("series", "zone", "-f", "csv").out
    first, last = csv.DictReader(io.StringIO(text))
    assert list(first) == [
        "valid_from", "valid_to", "version", "features", "length_drawn_km",
        "length_schematic_km", "length_drawn_in_use_km", "length_schematic_in_use_km",
        "length_published_km", "length_published_in_use_km",
        "area_km2", "statuses", "title", "events",
    ]  # fmt: skip
    assert (first["valid_from"], first["valid_to"]) == ("2020-11-10", "2024-06-12")
    assert (last["valid_to"], last["features"], last["area_km2"]) == ("", "0", "0")
    assert (first["length_drawn_km"], first["events"]) == ("", "ceasefire")


def test_json_says_what_was_asked_for(run: Run) -> None:
    arguments = ("--from", "2022-09", "--to", "2022-12-31", "--by", "status", "--json")
    document = json.loads(run("series", "corridor", *arguments).out)
    assert document["schema"] == "pkzone.series/1"
    assert [document[key] for key in ("layer", "from", "to", "by")] == [
        "corridor", "2022-09", "2022-12-31", "status"
    ]  # fmt: skip
    [row] = document["rows"]
    assert (row["version"], row["status"], row["features"]) == ("2022-08-30.2", "restricted", 1)


def test_the_ending_chooses_the_form(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "zone.csv"
    code, out, err = run("series", "zone", "-o", path)
    assert (code, out) == (0, "")
    assert err == "pkzone: note: Areas are those of the ground as drawn; overlaps count once.\n"
    assert path.read_text(encoding="utf-8").startswith("valid_from,valid_to,version,")
    assert run("series", "zone", "-o", path).code == 3


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["corridro"], 3, "did you mean corridor?"),
        (["corridor", "--to", "2019-12-31"], 3, "2019-12-31"),
        (["corridor", "--from", "2023-01-01", "--to", "2022-01-01"], 3, "exchange"),
        (["corridor", "--from", "yesterday"], 3, "'yesterday' is not a version id; write a date"),
        (["corridor@2019"], 3, "2019"),
        (["corridor", "--by", "name"], 2, "'name' is not one of 'kind', 'status'"),
        (["base.geojson"], 3, "names a file"),
        ([], 2, "Missing argument 'LAYER'"),
    ],
)
def test_refusals_are_one_line(run: Run, arguments: list[str], code: int, text: str) -> None:
    result = run("series", *arguments)
    assert (result.code, result.out) == (code, "")
    assert text in result.err
    assert result.err.count("\n") == 1
