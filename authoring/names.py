"""One table of names: every layer, event, title and note draws the names of places from it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authoring.states import FactsError

LANGUAGES = ("en", "az", "hy", "ru")
_REFERENCE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Names:
    """The rows of ``facts/names.csv`` by id.

    A text refers to a place as ``{lachin}``, which becomes its name in the language of the
    text: where two forms are in use both, in alphabetical order, ``Berdzor / Lachin``.
    """

    rows: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, path: Path) -> Names:
        """Return the names of a table in CSV, each row checked.

        Raises
        ------
        FactsError
            An id occurs twice, a name in English or a source is missing, or a text is not NFC.
        """
        rows: dict[str, Mapping[str, str]] = {}
        for number, row in enumerate(csv.DictReader(path.read_text("utf-8").splitlines()), start=2):
            where = f"{path.name} row {number}"
            if None in row or None in row.values():
                raise FactsError(f"{where}: has not as many cells as the first row")
            if row["id"] in rows:
                raise FactsError(f"{where}: the id {row['id']} occurs twice")
            if not row["en"] or not row["sources"]:
                raise FactsError(f"{where}: a name in English and a source are needed")
            if any(unicodedata.normalize("NFC", text) != text for text in row.values()):
                raise FactsError(f"{where}: is not in Unicode's composed form (NFC)")
            rows[row["id"]] = row
        return cls(rows)

    def of(self, name_id: str, language: str) -> str:
        """Return a place's name: both forms in alphabetical order where two are in use."""
        row = self.rows[name_id]
        forms = {row[language], row.get(f"{language}_2") or ""} - {""}
        return " / ".join(sorted(forms, key=str.casefold))

    def fill(self, text: str, language: str, where: str) -> str:
        """Return a text with the names in the place of its references.

        Raises
        ------
        FactsError
            A reference names no row, or the row has no name in this language.
        """

        def name(found: re.Match[str]) -> str:
            if found[1] not in self.rows:
                raise FactsError(f"{where}: names.csv has no place {found[0]}")
            if filled := self.of(found[1], language):
                return filled
            raise FactsError(f"{where}: {found[0]} has no name in {language}")

        filled = _REFERENCE.sub(name, text)
        if text.startswith("{") and not filled.startswith("km "):
            return filled[:1].upper() + filled[1:]
        return filled

    def filled(self, value: Any, where: str) -> Any:
        """Return a table of facts with the names filled in, at any depth.

        Texts are English but those of ``name_az``, ``name_hy`` and ``name_ru``; where the table
        has no name for a place in such a language, the feature has none.
        """
        if isinstance(value, str):
            return self.fill(value, "en", where)
        if isinstance(value, list):
            return [self.filled(one, where) for one in value]
        if not isinstance(value, Mapping):
            return value
        where = f"{where}/{value['id']}" if "id" in value else where
        if "name" in value and value["name"] == f"{{{value.get('id')}}}":
            value = {**value, **self.every_name(value["id"])}  # a place of the table itself
        plain = {key: self.filled(one, where) for key, one in value.items() if key[:5] != "name_"}
        own = {key: one for key, one in value.items() if key[:5] == "name_"}
        return plain | {key: self.fill(one, key[5:], where) for key, one in own.items() if one}

    def every_name(self, name_id: str) -> dict[str, str | None]:
        """Return the names of one place by the property that a feature has them in."""
        first, *others = LANGUAGES
        return {"name": self.of(name_id, first)} | {
            f"name_{language}": self.of(name_id, language) or None for language in others
        }
