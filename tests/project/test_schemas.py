"""The schemas that are shipped: what every command prints as JSON follows the one that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from jsonschema import Draft202012Validator

from pkzone.cli import pkzone as program
from tests.helpers.printed import ROOT
from tests.helpers.shipped_schemas import schemas, validator
from tools.schemas import RUNS, ground, printed_tables, run, schema_of

#: Runs whose document is not a table, or a table whose rows nest.
NESTED = (
    "diff zone@2022-08-26 zone@2022-08-30 --json",
    "diff corridor@2020-12-01 corridor@2022-09-01 --affected places --json",
    "diff corridor --each --json",
    "diff corridor --each -f jsonl",
    "history corridor --json",
    "history corridor lachin-old-az --json",
    "series corridor --json",
    "series transport --by controller -f jsonl",
    "series zone@2022.. --by status --json",
    "show corridor@2022-09-01 --json",
    "show places -f jsonl",
    "show odd.geojson --json",
    "sources --json",
    "sources corridor@2022-09-01 -f jsonl",
    "check odd.geojson --json",
    "tag posts.csv --on 2022-09-01 --sample --json",
    "tag posts.csv --on 2022-09-01 -o tagged.csv --json",
)
LINES = (*RUNS, *NESTED)
PAGE = "docs/output.md"


@pytest.fixture(scope="module", autouse=True)
def _ground() -> Iterator[None]:
    with ground():
        yield


@pytest.mark.parametrize("line", LINES)
def test_what_is_printed_follows_the_schema_that_it_names(line: str) -> None:
    printed = run(line)
    lines = line.endswith("jsonl")
    documents = list(map(json.loads, printed.splitlines() if lines else [printed]))
    assert documents
    for document in documents:
        program_name, _, rest = document["schema"].partition(".")
        name, _, number = rest.partition("/")
        assert (program_name, number) == ("pkzone", "1")
        is_row = lines and "row" in schemas()[f"{name}.json"].get("$defs", {})
        validator(name, "#/$defs/row" if is_row else "").validate(document)


def test_every_command_with_json_is_here() -> None:
    with_json = set()
    for name in program.list_commands(click.Context(program)):
        command = program.get_command(click.Context(program), name)
        assert command is not None
        group = command if isinstance(command, click.Group) else None
        names = group.list_commands(click.Context(program)) if group else ()
        below = [group.get_command(click.Context(program), one) for one in names] if group else []
        for param in [param for one in (command, *below) if one for param in one.params]:
            if "--json" in param.opts or "json" in getattr(param.type, "choices", ()):
                with_json.add(name)
    assert with_json == {line.split()[0] for line in LINES}


def test_schemas_of_tables_are_those_of_their_columns() -> None:
    """``python -m tools.schemas`` writes them."""
    derived = {f"{table.name}.json": schema_of(table) for table in printed_tables()}
    assert {name: schemas().get(name) for name in derived} == derived


@pytest.mark.parametrize("name", schemas())
def test_each_is_a_schema_that_the_page_names(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])
    stem = name.removesuffix(".json")
    assert schemas()[name]["title"] == f"pkzone.{stem}/1"
    assert f"`pkzone.{stem}/1`" in (ROOT / PAGE).read_text("utf-8")
