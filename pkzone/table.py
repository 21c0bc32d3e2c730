"""Rows under named columns, and how they are written: text, CSV, JSON, JSON Lines, Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pkzone import text_layout
from pkzone.errors import printable
from pkzone.text_layout import (
    cell,
    defused,
    escaped_json,
    escaped_markdown,
    linked_markdown,
    longest_word,
    paragraph,
    width_of,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENDINGS", "FORMATS", "Column", "Table", "json_document", "named_value"]

ENDINGS: Final[Mapping[str, str]] = {
    "text": ".txt",
    "csv": ".csv",
    "json": ".json",
    "jsonl": ".jsonl",
    "markdown": ".md",
    "html": ".html",
    "geojson": ".geojson",
    "sarif": ".sarif",
}
"""Formats of tables and reports by name, and the extension of their files."""

FORMATS: Final = ("text", "csv", "json", "jsonl", "markdown")
"""Names of the formats that every table has."""

_READABLE = 20
#: Columns of what commands take as it stands.
_NAMES: Final = frozenset({"layer", "version", "id", "feature"})
_COUNTED = re.compile(r"([0-9]+) ([^0-9]+)")

ValueType: TypeAlias = Literal[
    "string", "date", "integer", "number", "boolean", "array", "object", "id"
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        The key in JSON and the head in CSV, with its unit: ``length_drawn_km``.
    type : str
        Type of its values, in the words of JSON Schema, ``date`` for an ISO 8601 date, ``id``
        for what is a string or a whole number. A value may always be missing (None).
    head : str
        The head in text and Markdown; without one the name, its underscores as blanks.
    rank : int
        Where a terminal is too narrow, columns of the highest rank are left out first; those of
        rank 0 never.
    in_text : bool
        Whether text and Markdown have it; CSV and JSON have every column.
    is_linked : bool
        Whether its values are addresses, which Markdown links.
    leads : bool
        Whether text and Markdown have it before the others: a name before ids.
    is_note : bool
        Whether its values are free texts, which say so where they are not in the language.
    """

    name: str
    type: ValueType = "string"
    head: str = ""
    rank: int = 0
    in_text: bool = True
    is_linked: bool = False
    leads: bool = False
    is_note: bool = False

    @property
    def label(self) -> str:
        """The head for people."""
        return self.head or self.name.replace("_", " ")

    @property
    def is_number(self) -> bool:
        """Whether its values are aligned to the right."""
        return self.type in ("integer", "number")


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
    items : tuple of mapping, optional
        The rows as JSON has them, where they nest more than columns can hold.
    names : mapping of str to str
        What people read in text and Markdown for a value: names for ids.
    language : str
        Of text and Markdown; the other formats are the same in every language.
    translated : mapping of str to str
        Names and titles in that language by the English ones.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    items: tuple[Mapping[str, Any], ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = "en"
    translated: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def schema(self) -> str:
        """Id of the JSON Schema of the table."""
        return f"pkzone.{self.name}/1"

    def records(self) -> Sequence[Mapping[str, Any]]:
        """Return each row as a mapping; a value that is missing stays, as None."""
        if self.items is not None:
            return self.items
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain JSON types."""
        table = {"schema": self.schema, **self.about, "rows": list(self.records())}
        return {**table, "notes": list(self.notes)} if self.notes else table

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a DataFrame; ``attrs["pkzone"]`` has what holds for all of them."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=[column.name for column in self.columns])
        # a column of numbers that are all missing holds numbers all the same
        empty = [one.name for one in self.columns if one.is_number and frame[one.name].isna().all()]
        frame = frame.astype(dict.fromkeys(empty, "float64"))
        frame.attrs["pkzone"] = {**self.about, "notes": list(self.notes)}
        return frame

    def __repr__(self) -> str:
        columns = printable(", ".join(column.name for column in self.columns), 200)
        kind = type(self).__name__
        return f"<{kind} {printable(self.name)}: {len(self.rows):,} rows of {columns}>"

    def _repr_html_(self) -> str:
        """Return the rows as a plain table of HTML, for a notebook; of many the first."""
        shown = self._shown()
        heads = "".join(f"<th>{_html(column.label)}</th>" for column in shown.columns)
        rows = (map(_html, row) for row in shown.rows[:_MOST_IN_HTML])
        lines = [heads, *("".join(f"<td>{value}</td>" for value in row) for row in rows)]
        table = "".join(f"<tr>{line}</tr>" for line in lines)
        left = len(self.rows) - _MOST_IN_HTML
        notes = [f"and {left:,} more rows"] * (left > 0) + list(shown.notes)
        return f"<table>{table}</table>" + "".join(f"<p>{_html(note)}</p>" for note in notes)

    def to_json(self) -> str:
        """Return the table as JSON, indented; control and bidi characters are escaped."""
        return json_document(self.to_dict())

    def to_jsonl(self) -> str:
        """Return one JSON object a line, a row each, with the id of its schema."""
        import json

        rows = ({"schema": self.schema, **record} for record in self.records())
        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
        return "".join(f"{escaped_json(line)}\n" for line in lines)

    def to_csv(self) -> str:
        """Return the rows as CSV: a head, one line a row, ISO dates, nothing for what is missing.

        What would steer a terminal or break the line is escaped, and an apostrophe goes before
        what a spreadsheet would take for a formula.
        """
        import csv
        import io

        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([_csv_value(column.name) for column in self.columns])
        writer.writerows([_csv_value(value) for value in row] for row in self.rows)
        return file.getvalue()

    def to_markdown(self) -> str:
        """Return the rows as a Markdown table, then the notes."""
        shown = self._shown()
        is_linked = [column.is_linked for column in shown.columns]
        lines = [
            [_markdown_value(column.label) for column in shown.columns],
            ["---:" if column.is_number else "---" for column in shown.columns],
            *(map(_markdown_value, row, is_linked) for row in shown.rows),
        ]
        table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
        return table + "".join(f"\n{_markdown_value(note)}\n" for note in shown.notes)

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return the rows in columns, then the notes.

        Where a terminal is too narrow for whole words, or for texts to be read with ease, columns
        are left out, and the last line says which.

        Parameters
        ----------
        width : int, optional
            Columns of the terminal; None for lines of any length.
        strong : callable, optional
            How the line of heads is set off.
        """
        shown = self._shown()
        fitted = shown if width is None else shown._fitted(width)
        text = text_layout.table(
            [cell(column.label) for column in fitted.columns],
            fitted.rows,
            width=width,
            right=[cell(column.label) for column in fitted.columns if column.is_number],
            strong=strong,
        )
        parts = [text, *(_note(note, width) for note in shown.notes)]
        left_out = [one.label for one in shown.columns if one not in fitted.columns]
        if left_out:
            from pkzone.i18n.messages import say

            told = say(
                "Left out for want of room: {columns}; -f csv has all columns.",
                self.language,
                columns=", ".join(left_out),
            )
            parts.append(paragraph(told, width=width))
        return "\n\n".join(parts) + "\n"

    def in_language(self, language: str, names: Mapping[str, str]) -> Table:
        """Return the table with text and Markdown in a language.

        Parameters
        ----------
        language : str
            One of `pkzone.i18n.messages.LANGUAGES`.
        names : mapping of str to str
            Names and titles in it by the English ones.
        """
        return replace(self, language=language, translated=names)

    def _shown(self) -> Table:
        """Return the table with the columns that people see, as they read it."""
        numbers = [number for number, one in enumerate(self.columns) if one.in_text]
        shown = self._with(sorted(numbers, key=lambda number: not self.columns[number].leads))
        if self.language == "en" and not self.names:
            return shown
        rows = (map(self._cell, row, shown.columns) for row in shown.rows)
        named = replace(shown, rows=tuple(map(tuple, rows)))
        if self.language == "en":
            return named
        from pkzone.i18n.messages import label

        heads = (replace(one, head=label(one.label, self.language)) for one in shown.columns)
        notes = tuple(_said(note, self.language, self.translated) for note in self.notes)
        return replace(named, columns=tuple(heads), notes=notes)

    def _cell(self, value: Any, column: Column) -> Any:
        """Return a value as people read it: by its name, and in the language."""
        named = named_value(value, self.names)
        if self.language == "en":
            return named
        return _in_language(named, column, self.language, self.translated)

    def _fitted(self, width: int) -> Table:
        """Return the table with the columns that a width has room for, texts not too narrow."""
        needed = [
            max(_needed_width(cell(text)) for text in (column.label, *values))
            for column, *values in zip(self.columns, *self.rows, strict=True)
        ]
        kept = list(range(len(self.columns)))
        while width_of([needed[number] for number in kept]) > width:
            last = max(kept, key=lambda number: (self.columns[number].rank, number))
            if self.columns[last].rank == 0:
                break
            kept.remove(last)
        return self._with(kept)

    def _with(self, numbers: Sequence[int]) -> Table:
        """Return the table with some of its columns, by their numbers."""
        return replace(
            self,
            columns=tuple(self.columns[number] for number in numbers),
            rows=tuple(tuple(row[number] for number in numbers) for row in self.rows),
        )


def named_value(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value, or the items of a list, with names for ids; two of one name are one."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return list(dict.fromkeys(names.get(one, one) for one in value))
    return value


def _in_language(value: Any, column: Column, language: str, names: Mapping[str, str]) -> Any:
    """Return a value as people read it in a language."""
    from pkzone.i18n.messages import label, note_text, number_text

    if isinstance(value, list):
        return [_in_language(one, column, language, names) for one in value]
    if isinstance(value, bool):
        return label("yes" if value else "no", language)
    if column.is_number and isinstance(value, int | float):
        return number_text(cell(value), language)
    if not isinstance(value, str) or column.name in _NAMES:
        return value
    if column.is_note:
        return note_text(value, language, names)
    return _said(value, language, names)


def _said(text: str, language: str, names: Mapping[str, str]) -> str:
    """Return a name, a word or counted words, or a sentence in a language."""
    from pkzone.i18n.messages import Translatable, day_text, label, say, term_text

    if isinstance(text, Translatable):
        return text.said(language, names)
    counted = [_COUNTED.fullmatch(part) for part in text.split(", ")]
    if not all(counted):
        parts = [text] if text in names else text.split(" / ")  # several have strokes between them
        return " / ".join(
            names.get(part) or day_text(term_text(part, language), language) for part in parts
        )
    return ", ".join(
        say("{number} {what}", language, number=one[1], what=label(one[2], language))
        for one in counted
        if one
    )


def json_document(document: Mapping[str, Any]) -> str:
    """Return a document as JSON, indented; control and bidi characters are escaped."""
    import json

    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return escaped_json(text) + "\n"


def _needed_width(text: str) -> int:
    """Return how wide a column has to be for a text: whole words, and some of them in a line."""
    return max(longest_word(text), min(len(text), _READABLE))


def _note(text: str, width: int | None) -> str:
    return printable(text, limit=None) if width is None else paragraph(text, width=width)


_MOST_IN_HTML, _LONGEST_IN_HTML = 60, 300


def _csv_value(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        value = "; ".join(map(cell, value))
    elif isinstance(value, Mapping):
        value = cell(value)
    return defused(printable(value, limit=None)) if isinstance(value, str) else value


def _markdown_value(value: Any, is_linked: bool = False) -> str:
    if is_linked and value:
        addresses = value if isinstance(value, list | tuple) else [value]
        return ", ".join(linked_markdown(cell(one)) for one in addresses)
    return "" if value is None else escaped_markdown(cell(value))


def _html(value: Any) -> str:
    import html

    return "" if value is None else html.escape(printable(cell(value), _LONGEST_IN_HTML))
