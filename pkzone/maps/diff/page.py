"""A difference as a page: the map of base and target with the report beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.maps import html_document
from pkzone.maps.diff import payload
from pkzone.maps.page import Page, listed
from pkzone.maps.tiles import background
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import ChangeRow, Joined, Part, worded

if TYPE_CHECKING:
    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue
    from pkzone.maps.folium_map import Map

__all__ = ["diff_map", "diff_page", "render_diff", "report_html"]

#: Rows of a table in a notebook; what is left out is counted.
MAX_ROWS: Final = 20


def diff_page(
    diff: Diff,
    *,
    catalogue: Catalogue | None = None,
    tiles: str | Mapping[str, Any] | None = None,
    tiles_attribution: str | None = None,
    lang: str | None = None,
    languages: str | Iterable[str] | None = None,
) -> Page:
    """Return the page of base and target with the difference coloured and the report beside it.

    Parameters
    ----------
    diff : Diff
        The difference.
    catalogue : Catalogue, optional
        Where its versions came from; the shipped one by default. It gives rivers, boundaries,
        places, sources and the features that did not change; of two files only what lies around
        them, if they lie where it has something.
    tiles, tiles_attribution, lang, languages : optional
        As for `pkzone.map`.

    Returns
    -------
    Page
        One file that by default needs no network.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    BadOption
        The tiles cannot be had, or there is no such language.
    """
    under = background(tiles, tiles_attribution) if tiles is not None else None
    source = open_catalogue() if catalogue is None else catalogue
    content = payload.page_content(diff, source, lang, listed(languages))
    return Page(content, html_document.COMPARISON, background=under)


def diff_map(diff: Diff, **options: Any) -> Map:
    """Return the page as a `folium.Map`, for more to be drawn on it; `options` as for its page."""
    from pkzone.maps.folium_map import Map

    return Map(diff_page(diff, **options))


def render_diff(diff: Diff, **options: Any) -> str:
    """Return the page as HTML; `options` as for `diff_page`."""
    return diff_page(diff, **options).to_html()


def report_html(diff: Diff) -> str:
    """Return the report as a short piece of HTML without scripts or styles, for notebooks."""
    report = report_of(diff)
    parts = [
        f"<h3>{_escaped(report.full_title)}</h3>",
        *(f"<p>{_escaped(sentence)}</p>" for sentence in report.lead),
        *(_figures(table, report.heads) for table in payload.figure_tables(report)),
        _changes(report.changes),
        *(f"<p><small>{_escaped(note)}</small></p>" for note in (*report.notes, *report.notices)),
    ]
    safe = "\n".join(filter(None, parts)).encode("utf-8", "replace").decode()
    return f'<div class="pkzone-diff">\n{safe}\n</div>\n'


def _escaped(part: Part) -> str:
    return escape(worded(part))


def _figures(table: dict[str, Any], heads: Sequence[Part]) -> str:
    """Return figures as a table with a column for each side, or as a line if they tell of both."""
    texts = [
        (row["term"], *("" if cell is None else cell["text"] for cell in row["cells"]))
        for row in table["rows"]
    ]
    if max(map(len, texts), default=0) > 2:
        return _table(table["title"], (table["title"], *heads), texts)
    line = ", ".join(f"{term} {text}" for term, text in texts)
    return f"<p>{escape(table['title'])}: {escape(line)}</p>" if line else ""


def _changes(changes: Sequence[ChangeRow]) -> str:
    if not changes:
        return ""
    has_labels = any(row.label for row in changes)  # a feature with a name of its own has none
    rows = [
        (
            row.name,
            *([row.label] if has_labels else []),
            row.summary,
            Joined("; ", (*row.sentences, *row.states, *row.property_sentences())),
        )
        for row in changes[:MAX_ROWS]
    ]
    rest = len(changes) - len(rows)
    more = f"<p>and {rest:,} more</p>" if rest else ""
    heads = ("name", "id", "change", "what") if has_labels else ("name", "change", "what")
    return _table("Changes", heads, rows) + more


def _table(title: str, heads: Sequence[Part], rows: Iterable[Sequence[Part]]) -> str:
    """Return a table; the last cell of a short row reaches to the end."""
    head = "".join(f'<th scope="col">{_escaped(text)}</th>' for text in heads)
    body = "\n".join(f"<tr>{_cells(row, len(heads))}</tr>" for row in rows)
    return (
        f'<table aria-label="{escape(title)}">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>"
    )


def _cells(row: Sequence[Part], columns: int) -> str:
    reach = columns - len(row) + 1
    wide = f' colspan="{reach}"' if reach > 1 else ""
    first = "".join(f"<td>{_escaped(text)}</td>" for text in row[:-1])
    return f"{first}<td{wide}>{_escaped(row[-1])}</td>"
