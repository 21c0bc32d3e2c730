"""Pages of the site that are generated from the commands, the docstrings and the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pkzone
from pkzone.cli import pkzone as program
from tools.columns import Vocabulary
from tools.schemas import CSV, FOLDER, csv_columns, data_tables, ground, layer_schemas

#: What the names of pkzone are for, by the room that they come from, in the order of the page.
ROOMS = {
    "layers": "Catalogues and versions",
    "compare": "What changed",
    "maps": "Maps",
    "pictures": "Pictures",
    "queries": "Questions",
    "tagging": "Records by place and day",
    "formats": "Files of other formats",
    "checks": "Checks of GeoJSON files",
    "store": "A catalogue of your own",
    "git": "Merging",
    "errors": "Errors",
}


def write_reference(folder: Path) -> None:
    """Write the reference of the commands, of Python and of the schemas."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("cli", _commands()), ("api", _api()), ("schemas", _schemas())):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _commands() -> str:
    lines = [
        "# Commands",
        "",
        "This page is made from the commands themselves: `pkzone COMMAND --help` prints the same. "
        "[Exit codes](../output.md#exit-codes) are the same for all of them.",
    ]
    for name, home in program.homes.items():
        module, _, place = home.partition(":")
        lines += ["", "```{eval-rst}", f".. click:: {module}:{place or 'command'}"]
        lines += [f"   :prog: pkzone {name}", "   :nested: full", "```"]
    return "\n".join(lines) + "\n"


def _api() -> str:
    lines = [
        "# Python",
        "",
        "All names on this page are in `pkzone` itself: `import pkzone`, then `pkzone.diff(...)`. "
        "[For a developer](../tutorials/developer.md) is a first walk through it.",
    ]
    names = [name for name in pkzone.__all__ if name != "__version__"]
    rooms = {name: getattr(pkzone, name).__module__.split(".")[1] for name in names}
    if missing := set(rooms.values()) - ROOMS.keys():
        raise SystemExit(f"tools/site_reference.py has no title for {', '.join(sorted(missing))}")
    for room, title in ROOMS.items():
        lines += ["", f"## {title}"]
        for name in (name for name in names if rooms[name] == room):
            kind = "autoclass" if isinstance(getattr(pkzone, name), type) else "autofunction"
            lines += ["", "```{eval-rst}", f".. {kind}:: pkzone.{name}"]
            lines += ["   :members:"] if kind == "autoclass" else []
            lines.append("```")
    return "\n".join(lines) + "\n"


def _schemas() -> str:
    words = Vocabulary()
    with ground():
        columns = csv_columns(words)
    lines = [_INTRODUCTION]
    for path in sorted(FOLDER.glob("*.json")):
        lines += _printed(path.stem, json.loads(path.read_text(encoding="utf-8")))
        if path.stem in columns:
            lines += _columns(path.stem, columns[path.stem])
    lines += ["", "(csv-of-export)=", "", "### CSV of `export --versions`", ""]
    lines += ["One row for each feature and version; without `--versions`, one for each feature."]
    lines += _columns("export", columns["export"])
    lines += ["", "## Features of the layers"]
    for file, schema in layer_schemas(words).items():
        lines += ["", f"### {schema['title']}", "", f"File: `{file}`.", "", *_HEAD]
        lines += _members(schema, {}, "")
    lines += ["", "## Tables of the catalogue"]
    for resource, fields in data_tables(words):
        lines += ["", f"### {resource['path']}", "", f"{resource['title']}.", "", *_HEAD]
        lines += map(_field, fields)
    return "\n".join(lines) + "\n"


_INTRODUCTION = """# Schemas and columns

Every form of JSON and CSV that pkzone prints, column by column, then the features of the shipped
layers and the tables of the catalogue. The files are part of the package: `pkzone/schemas` and
`pkzone/layers/data/schemas`. [What commands print](../output.md) says what they have in common.

Lengths, distances and areas are geodesic, on the WGS 84 ellipsoid. A value that is missing is null
in JSON (or left out, where it may be absent), and an empty cell in CSV.

Columns of the CSV of a command:
[`at`](#schema-at),
[`check`](#schema-findings),
[`check --rules`](#schema-rules),
[`diff`](#schema-changes),
[`diff --each`](#csv-of-each),
[`events`](#schema-events),
[`export --versions`](#csv-of-export),
[`history`](#schema-entries),
[`import --list-layers`](#schema-file-layers),
[`layers`](#schema-layers),
[`log`](#schema-log),
[`on`](#schema-on),
[`passable`](#schema-passable),
[`passable --from --to`](#schema-passable-span),
[`publish`](#schema-publish),
[`series`](#schema-series),
[`show`](#csv-of-show),
[`sources`](#csv-of-sources),
[`sources --features`](#schema-feature-sources),
[`story check`](#schema-story-check),
[`tag`](#csv-of-tag),
[`verify`](#schema-verify).

## What commands print"""
_HEAD = ("| name | value | note |", "|---|---|---|")
#: Documents whose CSV has a schema of its own.
_AS_CSV = {"check": "findings", "diff": "changes", "history": "entries"}
_CSV_HEADS = {
    "each": "Columns of the CSV of `diff --each`, a row for each version but the first:",
    "show": "Columns of the CSV of `show`: the id, then the properties, here those of `corridor`:",
    "sources": "Columns of the CSV of `sources`:",
    "tag": "Columns that `tag` adds to a table, those with `LAYER` for each layer:",
    "export": "Its columns, with the properties of `corridor`; other layers have others:",
}


def _columns(name: str, meanings: Mapping[str, str]) -> Iterator[str]:
    """Yield the table of the columns of a CSV."""
    if name != "export":
        yield from ("", f"(csv-of-{name})=")
    yield from ("", _CSV_HEADS[name], "", "| column | note |", "|---|---|")
    yield from (f"| `{column}` | {meaning} |" for column, meaning in meanings.items())


def _field(field: dict[str, Any]) -> str:
    values = field.get("constraints", {}).get("enum")
    kind = ", ".join(f"`{value}`" for value in values) if values else field["type"]
    return f"| `{field['name']}` | {kind} | {field['description']} |"


def _printed(name: str, schema: dict[str, Any]) -> Iterator[str]:
    """Yield what a schema says: of a table its rows first, then what stands beside them."""
    yield from ("", f"(schema-{name})=", "", f"### {schema['title']}", "")
    yield f"{schema['description']} File: `schemas/{name}.json`."
    if name in _AS_CSV:
        yield f"Its CSV is that of [pkzone.{_AS_CSV[name]}/1](#schema-{_AS_CSV[name]})."
    parts = schema.get("$defs", {})
    if "row" not in parts:
        yield from ("", *_HEAD, *_members(schema, parts, ""))
        return
    is_csv = name not in CSV
    yield from ("", "Columns of the CSV, members of a row in JSON:" if is_csv else "A row in JSON:")
    row = {**parts["row"], "properties": _without(parts["row"], "schema")}
    others = _without(schema, "schema", "rows", "notes")
    beside = {"properties": others, "required": [*others]}
    yield from ("", *_HEAD, *_members(row, parts, ""))
    if beside["properties"]:
        yield from ("", "Beside the rows, in JSON, where they apply:", "", *_HEAD)
        yield from _members(beside, parts, "")


def _without(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: one for name, one in schema["properties"].items() if name not in names}


def _members(schema: _Schema, shared: _Schema, above: str) -> Iterator[str]:
    """Yield a line for each member, and for those within it, with its path."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        seen, inner, mark = _resolved(member, shared)
        note = seen.get("description", "")
        if name not in required and not any(word in note for word in ("Missing", "Left out")):
            note += " May be absent."
        yield f"| `{above}{name}` | {_kind(seen)} | {note} |".replace("\n", " ")
        yield from _members(inner, shared, f"{above}{name}{mark}.")


_Schema: TypeAlias = Mapping[str, Any]


def _resolved(member: _Schema, shared: _Schema) -> tuple[_Schema, _Schema, str]:
    """Return a member with what it refers to, and the form of its items or values with a mark."""
    if name := member.get("$ref", "").removeprefix("#/$defs/"):
        member = {**shared.get(name, {}), **member}
    for key, mark in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(member.get(key), dict):
            return member, _resolved(member[key], shared)[0], mark
    return member, member, ""


def _kind(member: _Schema) -> str:
    if "const" in member:
        return f"`{json.dumps(member['const'])}`"
    if "enum" in member:
        return ", ".join(f"`{json.dumps(one)}`" for one in member["enum"])
    kinds = member.get("type", "any")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
