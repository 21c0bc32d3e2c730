"""Write the JSON Schemas of tables, from the columns that are printed: ``python -m tools.schemas``.

``tests/project/test_schemas.py`` holds the files in ``pkzone/schemas`` to them. The others there
are written by hand: of documents that are no table, and of tables whose rows nest.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pkzone
from pkzone.cli import pkzone as program
from pkzone.table import Column, Table

FOLDER = Path(pkzone.__file__).parent / "schemas"

#: Runs of every command whose answer is a table, in a folder with `FILES`.
RUNS = (
    "layers --json",
    "log corridor --json",
    "on 2022-09-01 --json",
    "verify --json",
    "check --rules --json",
    "check odd.geojson -f jsonl",
    "diff zone@2022-08-26 zone@2022-08-30 -f jsonl",
    "history corridor lachin-old-az -f jsonl",
    "publish odd.geojson --catalogue own --layer line --new-layer L --from 2024-05-01 --title T "
    "--dry-run --json",
    "import posts.csv --list-layers --json",
    "events --layer corridor --json",
    "sources --features --json",
    "at Lachin --json",
    "at Lachin 2022-08-25 -f jsonl",
    "at 46.55,39.64 2022-09-01 --json",
    "passable Goris Stepanakert 2022-12-13 --json",
    "passable Stepanakert Goris --from 2022-12 --to 2023-10 --json",
    "story check odd.json --json",
)
FILES = {
    "odd.geojson": '{"type":"FeatureCollection","features":[{"type":"Feature","id":"a",'
    '"properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[0,0]}}]}',
    "posts.csv": "lon,lat,name\n46.5,39.7,A\n",
    "odd.json": '{"schema":"pkzone.story/1","title":"T","stops":[{"date":"2022-08-30","view":'
    '{"bounds":[46,39,47,40]},"heading":"On 30 August","sentences":[{"text":"A."}]}]}',
}

_DATE = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


def main() -> None:
    """Write the file of each table."""
    FOLDER.mkdir(exist_ok=True)
    for table in printed_tables():
        path = FOLDER / f"{table.name}.json"
        path.write_text(json.dumps(schema_of(table), indent=2) + "\n", encoding="utf-8")


def printed_tables() -> Iterator[Table]:
    """Yield the table of each run, once for each name."""
    printed: dict[str, Table] = {}
    records = Table.records

    def kept(table: Table) -> Any:
        if table.items is None:
            printed.setdefault(table.name, table)
        return records(table)

    with ground(), patch.object(Table, "records", kept):
        for line in RUNS:
            run(line)
    yield from printed.values()


@contextmanager
def ground() -> Iterator[None]:
    """Work in a folder with the files of the runs, on the catalogue that is shipped."""
    os.environ.pop("PKZONE_CATALOGUE", None)
    with TemporaryDirectory() as folder, chdir(folder):
        pkzone.init("own")
        for name, text in FILES.items():
            Path(name).write_text(text, encoding="utf-8")
        yield


def run(line: str) -> str:
    """Return what a command line prints."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        with redirect_stdout(printed), redirect_stderr(io.StringIO()):
            program.main(line.split(), prog_name="pkzone")
    except SystemExit as ended:
        if ended.code not in (0, 1):
            raise RuntimeError(f"pkzone {line}: ends with {ended.code}") from None
    printed.seek(0)
    return printed.read()


def schema_of(table: Table) -> dict[str, Any]:
    """Return the JSON Schema of a table and of its rows."""
    names = [column.name for column in table.columns]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.schema,
        "description": "Other members say what was asked for, and what holds for all rows.",
        "type": "object",
        "required": ["schema", "rows"],
        "properties": {
            "schema": {"const": table.schema},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "$defs": {
            "row": {
                "description": "In JSON Lines each row is a line and names the schema.",
                "type": "object",
                "required": names,
                "additionalProperties": False,
                "properties": {
                    "schema": {"const": table.schema},
                    **{column.name: _values_of(column) for column in table.columns},
                },
            }
        },
    }


def _values_of(column: Column) -> dict[str, Any]:
    """Return the schema of the values of a column, each of which may be missing."""
    if column.type == "date":
        return {**_DATE, "type": ["string", "null"]}
    kinds = ["string", "integer"] if column.type == "id" else [column.type]
    return {"type": [*kinds, "null"]}


if __name__ == "__main__":
    main()
