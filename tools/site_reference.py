"""Pages of the site that are generated from the commands, the docstrings and the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pkzone
from pkzone.cli import pkzone as program

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
        "All of this stands in `pkzone` itself: `import pkzone` and then `pkzone.diff(...)`. "
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
    root = Path(pkzone.__file__).parent
    lines = [
        "# Schemas",
        "",
        "The forms of the JSON that commands print, of the features of the shipped layers, and of "
        "the tables of the catalogue. The files are part of the package: `pkzone/schemas` and "
        "`pkzone/layers/data/schemas`. [What commands print](../output.md) says which command "
        "prints which, and what a CSV file has of them.",
        "",
        "## What commands print",
    ]
    for path in sorted((root / "schemas").glob("*.json")):
        lines += _schema(json.loads(path.read_text(encoding="utf-8")), f"schemas/{path.name}")
    lines += ["", "## Features of the layers"]
    for path in sorted((root / "layers/data/schemas").glob("*.json")):
        lines += _schema(json.loads(path.read_text(encoding="utf-8")), f"schemas/{path.name}")
    lines += ["", "## Tables"]
    manifest = json.loads((root / "layers/data/datapackage.json").read_text(encoding="utf-8"))
    for resource in manifest["resources"]:
        if fields := resource.get("schema", {}).get("fields"):
            lines += ["", f"### {resource['path']}", "", f"{resource['title']}.", "", *_HEAD]
            lines += [_field(one) for one in fields]
    return "\n".join(lines) + "\n"


_HEAD = ("| name | value | note |", "|---|---|---|")


def _field(field: dict[str, Any]) -> str:
    values = field.get("constraints", {}).get("enum")
    kind = ", ".join(f"`{value}`" for value in values) if values else field["type"]
    return f"| `{field['name']}` | {kind} | {field.get('description', '')} |"


def _schema(schema: dict[str, Any], file: str) -> Iterator[str]:
    yield from ("", f"### {schema['title']}", "")
    yield f"{schema.get('description', '')} File: `{file}`."
    rows = list(_members(schema, schema.get("$defs", {}), ""))
    if rows:
        yield from ("", *_HEAD, *rows)


def _members(schema: dict[str, Any], shared: dict[str, Any], above: str) -> Iterator[str]:
    """Yield a line for each member, and for those within it, with its path."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        path = f"{above}{name}"
        seen, inner = _resolved(member, shared)
        notes = [seen.get("description", ""), *([] if name in required else ["May be absent."])]
        yield f"| `{path}` | {_kind(seen)} | {' '.join(filter(None, notes))} |".replace("\n", " ")
        if above.count(".") < 2:
            yield from _members(inner, shared, f"{path}{'[]' if inner is not seen else ''}.")


_Schema: TypeAlias = dict[str, Any]


def _resolved(member: _Schema, shared: _Schema) -> tuple[_Schema, _Schema]:
    """Return a member with what it refers to, and the form of its items if it is a list."""
    if name := member.get("$ref", "").removeprefix("#/$defs/"):
        member = {**shared.get(name, {}), **member}
    items = member.get("items")
    if not isinstance(items, dict):
        return member, member
    return member, _resolved(items, shared)[0]


def _kind(member: dict[str, Any]) -> str:
    if "const" in member:
        return f"`{json.dumps(member['const'])}`"
    if "enum" in member:
        return ", ".join(f"`{json.dumps(one)}`" for one in member["enum"])
    kinds = member.get("type", "any")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
