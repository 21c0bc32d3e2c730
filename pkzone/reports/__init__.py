"""Reports of what was compared, and the one table of their formats.

A format is a line of `FORMATS` and a module with a function for each input that it renders:
``render_diff``, ``render_each``, ``render_history``. Commands and the methods of
`pkzone.compare.result.Diff` follow the table; the extensions of files stand in `pkzone.table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

__all__ = ["FORMATS", "Format", "formats_of", "render"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of reports.

    Attributes
    ----------
    name : str
        As the commands call it.
    module : str
        Dotted name of the module that renders it, imported when it is used.
    inputs : tuple of str
        What it can render: ``diff``, ``each`` (several diffs as a table), ``history``.
    options : frozenset of str
        Keywords that its functions take.
    """

    name: str
    module: str
    inputs: tuple[str, ...]
    options: frozenset[str] = frozenset()


_ALL: Final = ("diff", "each", "history")
_WORDS: Final = frozenset({"lang", "catalogue"})
_LAYOUT: Final = _WORDS | {"width", "strong"}
_ROWS: Final = frozenset({"form"})
_PAGE: Final = frozenset({"catalogue", "tiles", "tiles_attribution", "lang", "languages"})

FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format("text", "pkzone.reports.text", _ALL, _LAYOUT | {"ids"}),
        Format("csv", "pkzone.reports.tables", _ALL, _ROWS),
        Format("json", "pkzone.reports.as_json", _ALL),
        Format("jsonl", "pkzone.reports.tables", _ALL, _ROWS),
        Format("geojson", "pkzone.reports.as_features", ("diff",)),
        Format("markdown", "pkzone.reports.markdown", _ALL, _WORDS),
        Format("html", "pkzone.maps.diff.page", ("diff",), _PAGE),
    )
}
"""Formats by name."""


def formats_of(kind: str) -> tuple[str, ...]:
    """Return the names of the formats that render ``diff``, ``each`` or ``history``."""
    return tuple(form.name for form in FORMATS.values() if kind in form.inputs)


def render(name: str, kind: str, subject: object, **options: Any) -> str:
    """Return a report of a diff, of several (``each``), or of a history.

    Parameters
    ----------
    name : str
        One of `FORMATS`.
    kind : str
        One of its ``inputs``, and what `subject` is.
    subject : Diff, sequence of Diff or History
        What to report.
    **options
        Any options of formats; the format takes its own.
    """
    form = FORMATS[name]
    function = getattr(import_module(form.module), f"render_{kind}")
    options["form"] = name
    own = {option: value for option, value in options.items() if option in form.options}
    report: str = function(subject, **own)
    return report
