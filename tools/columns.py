"""What columns and members mean: ``columns.toml``, put into JSON Schemas as descriptions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Vocabulary"]

WORDS = Path(__file__).with_name("columns.toml")


class Vocabulary:
    """The lines of ``columns.toml``, and which of them are used."""

    def __init__(self) -> None:
        self._sections = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        self._used: set[tuple[str, str]] = set()

    def meaning(self, name: str, *sections: str) -> str:
        """Return what a name means, by the first of some sections that has it, else by ``all``."""
        for section in (*sections, "all"):
            if name in self._sections.get(section, {}):
                self._used.add((section, name))
                return str(self._sections[section][name])
        raise SystemExit(f"tools/columns.toml does not say what {name} of {sections[0]} means")

    def unused(self) -> list[str]:
        """Return the lines that nothing has asked for, as ``[section] name``."""
        lines = [(section, name) for section, names in self._sections.items() for name in names]
        return [
            f"[{section}] {name}" for section, name in lines if (section, name) not in self._used
        ]

    def described(
        self, schema: Mapping[str, Any], document: str, owner: str = ""
    ) -> dict[str, Any]:
        """Return a schema with a description of each member, and of those within it.

        Parameters
        ----------
        schema : mapping of str to JSON value
            A JSON Schema, or a part of it. Conditions (``if``, ``allOf``) stay as they are.
        document : str
            The name of the whole, ``diff``: a section.
        owner : str, optional
            The definition or member whose members these are, ``section``; with the document it is
            a section, ``diff.section``, which goes first.
        """
        result = dict(schema)
        if "properties" in schema:
            sections = [f"{document}.{owner}", document]
            result["properties"] = {
                name: {
                    "description": self.meaning(name, *sections),
                    **self._within(member, document, name),
                }
                for name, member in schema["properties"].items()
            }
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                result[key] = self.described(schema[key], document, owner)
        if "$defs" in schema:
            parts = schema["$defs"].items()
            result["$defs"] = {name: self.described(one, document, name) for name, one in parts}
        return result

    def _within(self, member: Any, document: str, name: str) -> dict[str, Any]:
        """Return a member with its own members described; ``true`` is what allows anything."""
        described = self.described({} if member is True else member, document, name)
        return {key: value for key, value in described.items() if key != "description"}
