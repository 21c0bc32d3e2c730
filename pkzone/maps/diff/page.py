"""A difference as a page: the map of base and target with the report beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.maps import html_document
from pkzone.maps.diff import labels, payload
from pkzone.maps.page import Map
from pkzone.maps.tiles import background
from pkzone.reports import sentences

if TYPE_CHECKING:
    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue

__all__ = ["diff_map", "report_html"]

#: Rows of a table in a notebook; what is left out is counted.
MAX_ROWS: Final = 20


def diff_map(
    diff: Diff,
    *,
    catalogue: Catalogue | None = None,
    tiles: str | Mapping[str, Any] | None = None,
    tiles_attribution: str | None = None,
) -> Map:
    """Return the map of base and target with the difference coloured and the report beside it.

    Parameters
    ----------
    diff : Diff
        The difference.
    catalogue : Catalogue, optional
        Where its versions came from; the shipped one by default. It gives rivers, boundaries,
        places, sources and the features that did not change. Without it, as for two files,
        the page draws what is known from the difference and from the files.
    tiles, tiles_attribution : optional
        As for `pkzone.map`.

    Returns
    -------
    Map
        A page of one file that by default needs no network; ``save`` writes it.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    BadOption
        The tiles cannot be had.
    """
    under = background(tiles, tiles_attribution) if tiles is not None else None
    source = open_catalogue() if catalogue is None else catalogue
    content = payload.build(diff, source)
    return Map(content, html_document.COMPARISON, background=under)


def report_html(diff: Diff) -> str:
    """Return the report as a short piece of HTML without scripts or styles, for notebooks.

    Parameters
    ----------
    diff : Diff
        The difference.
    """
    notes = sentences.notes(diff, with_source_ids=False)
    parts = [
        f"<h3>{escape(labels.title(diff))}</h3>",
        *(f"<p>{escape(sentence)}</p>" for sentence in sentences.lead(diff)),
        *(_numbers(box, labels.heads(diff)) for box in labels.boxes(diff)),
        _changes(labels.change_rows(diff)),
        *(f"<p><small>{escape(note)}</small></p>" for note in notes),
    ]
    text = "\n".join(filter(None, parts))
    safe = text.encode("utf-8", "replace").decode()
    return f'<div class="pkzone-diff">\n{safe}\n</div>\n'


def _numbers(box: dict[str, Any], heads: tuple[str, str]) -> str:
    """Return a box as a table with a column for each side, or as a line if it tells of both."""
    texts = [
        (row["term"], *("" if cell is None else cell["text"] for cell in row["cells"]))
        for row in box["rows"]
    ]
    if max(map(len, texts), default=0) > 2:
        return _table(box["title"], (box["title"], *heads), texts)
    told = ", ".join(f"{term} {text}" for term, text in texts)
    return f"<p>{escape(box['title'])}: {escape(told)}</p>" if told else ""


def _changes(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    shown = [
        (row["id"], row["name"], row["kind"], "; ".join([*row["told"], *_properties(row)]))
        for row in rows[:MAX_ROWS]
    ]
    rest = len(rows) - len(shown)
    more = f"<p>and {rest:,} more</p>" if rest else ""
    return _table("Changes", ("id", "name", "change", "what"), shown) + more


def _properties(row: dict[str, Any]) -> list[str]:
    return [f"{name}: {old} \u2192 {new}" if old else f"{name}: {new}"
            for name, old, new in row["properties"]]  # fmt: skip


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the last cell of a short row reaches to the end."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(f"<tr>{_cells(row, len(heads))}</tr>" for row in rows)
    return (
        f'<table aria-label="{escape(title)}">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>"
    )


def _cells(row: Sequence[str], columns: int) -> str:
    reach = columns - len(row) + 1
    wide = f' colspan="{reach}"' if reach > 1 else ""
    first = "".join(f"<td>{escape(text)}</td>" for text in row[:-1])
    return f"{first}<td{wide}>{escape(row[-1])}</td>"
