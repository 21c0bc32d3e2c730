"""Write the JSON Schemas of what commands print: ``python -m tools.schemas``.

Those of tables are made from the columns that are printed. The others in ``pkzone/schemas`` are
written by hand: of documents that are no table, and of tables whose rows nest. All have their
descriptions from ``columns.toml``, which describes the columns of CSV as well.
``tests/project/test_schemas.py`` holds the files to this.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pkzone
from pkzone.cli import pkzone as program
from pkzone.table import Column, Table
from tools.columns import Vocabulary

FOLDER = Path(pkzone.__file__).parent / "schemas"
SHIPPED = Path(pkzone.__file__).parent / "layers/data"

#: Runs of every command whose answer is a table, in a folder with `FILES`.
RUNS = (
    "layers --json",
    "log corridor --json",
    "on 2022-09-01 --json",
    "verify --json",
    "check --rules --json",
    "check odd.geojson -f jsonl",
    "diff zone@2022-08-26 zone@2022-08-30 -f jsonl",
    "history corridor@2022-08..2022-12 lachin-old-az -f jsonl",
    "publish odd.geojson --catalogue own --layer line --new-layer L --from 2024-05-01 --title T "
    "--dry-run --json",
    "import posts.csv --list-layers --json",
    "events --layer corridor --feature lachin-new-az --from 2022-08 --to 2022-12 --kind traffic "
    "--source azatutyun-2022-08-23 --json",
    "sources corridor --features --at-most 1 --source primeminister-am-2020-11-10 --json",
    "at Lachin --json",
    "at Lachin 2022-08-25 -f jsonl",
    "at 46.55,39.64 2022-09-01 --json",
    "passable Goris Stepanakert 2022-12-13 --json",
    "passable Stepanakert km36 2021-12-13 --json",
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

#: Runs whose CSV has other columns than the rows of their JSON, or no JSON at all.
CSV = {
    "each": "diff corridor@2022-08..2022-09 --each -f csv",
    "show": "show corridor@2022-09-01 -f csv",
    "sources": "sources -f csv",
    "tag": "tag trips.csv --time first --time-end last --layer zone --layer corridor -o -",
    "export": "export corridor --versions -o - -f csv",
}
FILES["trips.csv"] = 'first,last,wkt\n2022-08-01,2022-08-03,"LINESTRING (46.5 39.7, 46.6 39.7)"\n'

_ROW = (
    "A row: in JSON Lines a line that names the schema, in CSV a line with these columns. "
    "What is missing is null in JSON and empty in CSV."
)
_DATE = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
_KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}


def main() -> None:
    """Write the file of each schema."""
    words = Vocabulary()
    for name, schema in all_schemas(words).items():
        (FOLDER / f"{name}.json").write_text(f"{json_text(schema)}\n", encoding="utf-8")
    if unused := words.unused():
        raise SystemExit(f"tools/columns.toml describes what is nowhere: {', '.join(unused)}")


def all_schemas(words: Vocabulary) -> dict[str, dict[str, Any]]:
    """Return each schema of ``pkzone/schemas`` by its name, and use all words of other tables."""
    with ground():
        made = dict(table_schemas(words))
        csv_columns(words)
    written = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
    by_hand = {name: one for name, one in written.items() if name not in made}
    layer_schemas(words)
    data_tables(words)
    return made | {name: words.described(one, name) for name, one in by_hand.items()}


def table_schemas(words: Vocabulary) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and schema of each table that the runs print, in `ground`."""
    printed: dict[str, Table] = {}
    about: dict[str, dict[str, set[str]]] = {}
    records = Table.records

    def kept(table: Table) -> Any:
        if table.items is None:
            printed.setdefault(table.name, table)
            beside = about.setdefault(table.name, {})
            for name, value in table.about.items():
                kinds = set() if value is None else {_KINDS.get(type(value), "object")}
                beside[name] = beside.get(name, set()) | kinds
        return records(table)

    with patch.object(Table, "records", kept):
        for line in RUNS:
            run(line)
    for name, table in printed.items():
        yield name, words.described(schema_of(table, about[name], words), name)


def csv_columns(words: Vocabulary) -> dict[str, dict[str, str]]:
    """Return the columns that the CSV of each of `CSV` has, with their meanings, in `ground`."""
    return {
        name: {
            column: words.meaning(column, f"{name} csv", f"{name}.row", name, "feature")
            for column in (_added_by_tag(header) if name == "tag" else header)
        }
        for name, line in CSV.items()
        for header in [next(csv.reader(run(line).splitlines()))]
    }


def _added_by_tag(header: Iterable[str]) -> list[str]:
    """Return the columns that the run adds, ``LAYER`` for the names of its layers, each once."""
    own = FILES["trips.csv"].partition("\n")[0].split(",")
    names = [name for name in header if name not in own]
    for layer in ("zone", "corridor"):
        names = [name.replace(f"{layer}_", "LAYER_") for name in names]
    return list(dict.fromkeys(names))


def layer_schemas(words: Vocabulary) -> dict[str, dict[str, Any]]:
    """Return the schema of the features of each shipped layer, by its path, with meanings.

    Where the schema says more by itself, as of ``status``, that stays.
    """

    def described(schema: dict[str, Any]) -> dict[str, Any]:
        members = {
            name: {"description": words.meaning(name, "feature"), **described(member)}
            for name, member in schema.get("properties", {}).items()
        }
        return {**schema, "properties": members} if members else schema

    paths = sorted((SHIPPED / "schemas").glob("*.json"))
    return {f"schemas/{one.name}": described(json.loads(one.read_text("utf-8"))) for one in paths}


def data_tables(words: Vocabulary) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return each table of the shipped catalogue: its resource, and its fields with meanings."""
    manifest = json.loads((SHIPPED / "datapackage.json").read_text(encoding="utf-8"))
    tables = [(one, one.get("schema", {}).get("fields")) for one in manifest["resources"]]
    return [
        (
            resource,
            [
                {"description": words.meaning(one["name"], resource["name"]), **one}
                for one in fields
            ],
        )
        for resource, fields in tables
        if fields
    ]


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


def schema_of(
    table: Table, beside: Mapping[str, Collection[str]], words: Vocabulary
) -> dict[str, Any]:
    """Return the JSON Schema of a table and of its rows, with what stands beside these."""
    names = [column.name for column in table.columns]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.schema,
        "description": words.meaning(table.name, "tables"),
        "type": "object",
        "required": ["schema", "rows"],
        "properties": {
            "schema": {"const": table.schema},
            **{name: _type_of(kinds) for name, kinds in beside.items()},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "$defs": {
            "row": {
                "description": _ROW,
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


def _type_of(kinds: Collection[str]) -> dict[str, Any]:
    """Return the schema of a value of some types, which may be missing."""
    return {"type": [*sorted(kinds), "null"]} if kinds else {}


def json_text(value: Any, indent: str = "") -> str:
    """Return a value as JSON text, what is short enough on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(flat) <= _WIDTH:
        return flat
    inner = f"{indent}  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {json_text(one, inner)}" for key, one in value.items()]
    else:
        parts = [json_text(one, inner) for one in value]
    lines = f",\n{inner}".join(parts)
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n{inner}{lines}\n{indent}{right}"


_WIDTH = 110


if __name__ == "__main__":
    main()
