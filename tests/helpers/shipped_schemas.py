"""The JSON Schemas that are shipped for what commands print."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import pkzone

FOLDER = Path(pkzone.__file__).parent / "schemas"


@cache
def schemas() -> dict[str, Any]:
    """Return them by the name of their file."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.iterdir()}


@cache
def validator(name: str, part: str = "") -> Draft202012Validator:
    """Return what holds a document to a schema, or to a part of one: ``#/$defs/row``."""
    files = [(file, Resource.from_contents(schema)) for file, schema in schemas().items()]
    registry: Registry[Any] = Registry().with_resources(files)
    return Draft202012Validator({"$ref": f"{name}.json{part}"}, registry=registry)
