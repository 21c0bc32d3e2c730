"""The note on columns as it comes from outside: read, and taken only if it is one."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["read_note"]

_KINDS = {"text", "integer", "float", "number", "boolean", "json"}
_EMPTY = {"absent", "null", "text"}


def read_note(text: str | None) -> dict[str, Any] | None:
    """Return the note on columns that a text holds, None if it holds none: it is from outside."""
    if not text:
        return None
    try:
        note = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(note, dict) and note.get("pkzone") == 1):
        return None
    columns, identity = note.get("columns"), note.get("id")
    if not isinstance(columns, dict) or not all(map(_is_column, columns.values())):
        return None
    if identity is not None and not (
        isinstance(identity, dict)
        and isinstance(identity.get("column"), str)
        and identity.get("kind") in _KINDS
    ):
        return None
    return note


def _is_column(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("property"), str)
        and value.get("kind") in _KINDS
        and value.get("empty") in _EMPTY
    )
