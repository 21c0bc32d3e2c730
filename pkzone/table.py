"""Rows under named columns, and how they are written: text, CSV, JSON, JSON Lines, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from pkzone import text_layout
from pkzone.errors import printable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "Column", "Table"]

FORMATS: Final = ("text", "csv", "json", "jsonl", "markdown")
"""Names of the formats that every table has."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        The key in JSON and the head in CSV, with its unit: ``length_drawn_km``.
    type : str
        Type of its values, in the words of JSON Schema, ``date`` for an ISO 8601 date. A value
        may always be missing (None).
    head : str
        The head in text and Markdown; without one the name, its underscores as blanks.
    rank : int
        Where a terminal is too narrow, columns of the highest rank are left out first; those of
        rank 0 never.
    """

    name: str
    type: Literal["string", "date", "integer", "number", "boolean", "array", "object"] = "string"
    head: str = ""
    rank: int = 0

    @property
    def label(self) -> str:
        """The head for people."""
        return self.head or self.name.replace("_", " ")


@dataclass(frozen=True)
class Table:
    """Rows under named columns, with what holds for all of them.

    Attributes
    ----------
    name : str
        What the rows are: ``series``. JSON names its schema after it, ``pkzone.series/1``.
    columns : tuple of Column
        From left to right.
    rows : tuple of tuple
        Plain JSON types, dates as ISO 8601 text, one value a column.
    about : mapping of str to JSON value
        What was asked for; members of the JSON beside the rows.
    notes : tuple of str
        Caps, guesses and gaps, each a sentence.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        """Id of the JSON Schema of the table."""
        return f"pkzone.{self.name}/1"

    def records(self) -> list[dict[str, Any]]:
        """Return each row as a dict; a value that is missing stays, as None."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain JSON types."""
        table = {"schema": self.schema, **self.about, "rows": self.records()}
        return {**table, "notes": list(self.notes)} if self.notes else table

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a DataFrame; ``attrs["pkzone"]`` has what holds for all of them."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=[column.name for column in self.columns])
        frame.attrs["pkzone"] = {**self.about, "notes": list(self.notes)}
        return frame

    def to_json(self) -> str:
        """Return the table as JSON, indented."""
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"

    def to_jsonl(self) -> str:
        """Return one JSON object a line, a row each, with the id of its schema."""
        import json

        rows = ({"schema": self.schema, **record} for record in self.records())
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def to_csv(self) -> str:
        """Return the rows as CSV: a head, ISO dates, nothing for a value that is missing."""
        import csv
        import io

        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows([_csv_value(value) for value in row] for row in self.rows)
        return file.getvalue()

    def to_markdown(self) -> str:
        """Return the rows as a Markdown table, then the notes."""
        lines = [
            [column.label for column in self.columns],
            ["---:" if column.type in _NUMBERS else "---" for column in self.columns],
            *([_markdown_value(value) for value in row] for row in self.rows),
        ]
        table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
        return table + "".join(f"\n{_markdown_value(note)}\n" for note in self.notes)

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return the rows in columns, then the notes.

        Parameters
        ----------
        width : int, optional
            Columns of the terminal; None for lines of any length.
        strong : callable, optional
            How the line of heads is set off.
        """
        text = text_layout.table(
            [column.label for column in self.columns],
            self.rows,
            width=width or 1_000_000,
            right=[column.label for column in self.columns if column.type in _NUMBERS],
            strong=strong,
        )
        notes = (printable(note, limit=None) for note in self.notes)
        return "\n\n".join([text, *notes]) + "\n"


_NUMBERS = ("integer", "number")


def _csv_value(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return value


def _markdown_value(value: Any) -> str:
    return text_layout.cell(value).replace("|", "\\|")
