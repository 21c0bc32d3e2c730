"""The schemas that are shipped: what every command prints as JSON follows the one that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

from pkzone.cli import pkzone as program
from tests.helpers.printed import ROOT
from tests.helpers.shipped_schemas import schemas, validator
from tools.columns import Vocabulary
from tools.schemas import RUNS, all_schemas, ground, run

#: Runs whose document is not a table, or a table whose rows nest.
NESTED = (
    "diff zone@2022-08-26 zone@2022-08-30 --json",
    "diff corridor@2020-12-01 corridor@2022-09-01 --affected places --json",
    "diff corridor@2022-08..2022-12 --each --json",
    "diff corridor@2022-08..2022-12 --each -f jsonl",
    "history corridor@..2021-07 --json",
    "history corridor@2022-08..2022-12 lachin-old-az --json",
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


def test_schemas_are_those_of_the_columns_and_their_words() -> None:
    """``python -m tools.schemas`` writes them; it refuses words for what is nowhere."""
    words = Vocabulary()
    derived = {f"{name}.json": schema for name, schema in all_schemas(words).items()}
    assert derived == schemas()
    assert words.unused() == []


@pytest.mark.parametrize("name", schemas())
def test_every_member_is_described(name: str) -> None:
    members = list(_members(schemas()[name]))
    assert members
    bare = [
        path for path, member in members if not str(member.get("description", "")).endswith(".")
    ]
    assert bare == []


def _members(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each member that a schema names, but in conditions, with its path."""
    if isinstance(schema, dict):
        for name, member in schema.get("properties", {}).items():
            yield f"{path}.{name}", member
            yield from _members(member, f"{path}.{name}")
        for key in ("items", "additionalProperties"):
            yield from _members(schema.get(key), f"{path}[]")
        for name, part in schema.get("$defs", {}).items():
            yield from _members(part, name)


def test_a_word_for_what_is_nowhere_is_unused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "columns.toml"
    file.write_text('[all]\nname = "A name."\nnone = "No column."\n[on]\nname = "Of a layer."\n')
    monkeypatch.setattr("tools.columns.WORDS", file)
    words = Vocabulary()
    table = {"properties": {"name": {"type": "string"}}}
    described = {"properties": {"name": {"description": "Of a layer.", "type": "string"}}}
    assert words.described(table, "on") == described
    assert words.unused() == ["[all] name", "[all] none"]
    with pytest.raises(SystemExit, match="does not say what depth of on"):
        words.described({"properties": {"depth": True}}, "on")


def test_the_csv_of_a_series_has_the_members_of_its_rows() -> None:
    header = run("series corridor@2022-08..2022-09 --by status -f csv").partition("\n")[0]
    row = list(schemas()["series.json"]["$defs"]["row"]["properties"])
    assert header.split(",") == [
        name for name in row if name not in ("schema", "kind", "controller", "route")
    ]


@pytest.mark.parametrize("name", schemas())
def test_each_is_a_schema_that_the_page_names(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])
    stem = name.removesuffix(".json")
    assert schemas()[name]["title"] == f"pkzone.{stem}/1"
    assert f"`pkzone.{stem}/1`" in (ROOT / PAGE).read_text("utf-8")
