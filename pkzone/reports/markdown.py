"""A diff as GitHub Markdown: short, for a pull request or a changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pkzone.compare.result import Change, Diff, RouteDiff
from pkzone.errors import printable
from pkzone.reports.change_sentences import (
    geometry_sentences,
    label_of_change,
    name_of,
    property_lines,
    state_of,
)
from pkzone.reports.sentences import (
    SECTION_HEADS,
    affected_groups,
    area_facts,
    compared,
    lead,
    notes,
    route_facts,
    section_row,
    status_sentence,
    title,
)

__all__ = ["escaped", "markdown_table", "to_markdown"]

LEFT_OUT = ("sources", "note")  # long: the text and JSON reports have them

_MARKUP = re.compile(r"[\\`*{}\[\]<>#|~$&]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_LIST_MARKER = re.compile(r"([0-9]{0,9})(?=[-+.)](?:\s|\Z)|--|=)")
# What GitHub turns into a link, a call or a picture, up to where a comment breaks it: mentions
# and mail addresses, issues, addresses of pages, emoji. It reads references in plain text,
# where a backslash is gone already.
_REFERENCE = re.compile(
    r"@(?=\S)|#(?=\d)|gh(?=-\d)|(?:https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|:(?=[\w+-]+:)",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?<![^\W_])[0-9a-f]{7,}(?![^\W_])", re.ASCII | re.IGNORECASE)
_SIX = re.compile(r".{6}(?=.)")  # a hash that stands for a commit has seven digits or more
_BREAK = "\0"  # no printable text has one


def to_markdown(diff: Diff) -> str:
    """Return a diff as Markdown: tables as GitHub has them, every text from the data escaped.

    The sums, routes and areas are told in full, a feature in one row of a table.
    """
    blocks = [f"### {escaped(title(diff))}", escaped(" ".join(lead(diff)))]
    for route in diff.routes:
        blocks += _route(diff, route)
    if diff.areas is not None:
        names, values = zip(*area_facts(diff, diff.areas), strict=True)
        heads = [f"area {names[0]}", *names[1:]]
        blocks.append(markdown_table(heads, [values], right=range(len(heads))))
    if diff.changes:
        rows = [_change(one) for one in diff.changes]
        blocks.append(markdown_table(("change", "id", "name", "what differs"), rows))
    if diff.affected:
        blocks.append(
            "**Who is affected**\n\n"
            + "\n".join(
                f"- {escaped(effect)} ({len(names)}): {escaped('; '.join(names))}"
                for effect, names in affected_groups(diff)
            )
        )
    if diff.events:
        blocks.append("**Why: events in between**\n\n" + "\n".join(_events(diff)))
    sides = f"Before: {compared(diff.base)}; after: {compared(diff.target)}."
    blocks.append(
        "**Notes**\n\n" + "\n".join(f"- {escaped(note)}" for note in (sides, *notes(diff)))
    )
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    r"""Return a text from outside as one line of Markdown that shows just this text.

    Markup is escaped, HTML becomes entities; addresses, references to issues and commits,
    ``@names`` and emoji are kept from turning into links, calls or pictures, and a beginning
    such as ``1.`` or ``-`` from opening a list. Blanks at the beginning, which would indent,
    are left out.

    Examples
    --------
    >>> escaped("a|b <i>*c*")
    'a\\|b &lt;i&gt;\\*c\\*'
    """
    line = printable(text, limit=None).lstrip(" ")
    line = _HASH.sub(lambda found: _SIX.sub(rf"\g<0>{_BREAK}", found[0]), line)
    line = _REFERENCE.sub(rf"\g<0>{_BREAK}", line)
    line = _MARKUP.sub(lambda found: _ENTITIES.get(found[0], "\\" + found[0]), line)
    marker = _LIST_MARKER.match(line)
    if marker:
        line = f"{marker[0]}\\{line[marker.end() :]}"
    return line.replace(_BREAK, "<!-- -->")


def _route(diff: Diff, route: RouteDiff) -> Iterator[str]:
    yield f"**Route {escaped(route.route)}**"
    yield markdown_table(("", "before", "after", "difference"), list(route_facts(diff, route)))
    if route.status_changes:
        yield "\n".join(
            f"- {escaped(f'{one.name}: {status_sentence(one)}')}" for one in route.status_changes
        )
    if route.removed_m or route.added_m:
        rows = [section_row(diff, route, one) for one in route.sections]
        yield markdown_table(SECTION_HEADS, rows, right=(1, 2, 3))


def _change(change: Change) -> tuple[str, str, str, str]:
    """Return a change as a row: kind, id, name, what differs."""
    told = list(geometry_sentences(change))
    if change.kind in ("added", "removed"):
        told += filter(None, map(state_of, (*change.base, *change.target)))
    told += [
        f"{name}: {old} → {new}" if old else f"{name}: {new}"
        for name, old, new in property_lines(change)
        if name not in LEFT_OUT
    ]
    left_out = [name for name in LEFT_OUT if name in change.properties]
    told += [f"{' and '.join(left_out)} differ"] if left_out else []
    return change.kind, label_of_change(change), name_of(change), "; ".join(told)


def _events(diff: Diff) -> Iterator[str]:
    for event in diff.events:
        sources = f" [{', '.join(event.sources)}]" if event.sources else ""
        yield f"- {escaped(event.date)}: {escaped(event.title + sources)}"


def markdown_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> str:
    """Return a table of texts that are not escaped yet; `right`: indices of numeric columns."""
    marks = ["--:" if number in right else "---" for number in range(len(heads))]
    lines = [heads, *rows]
    shown = [f"| {' | '.join(escaped(one) for one in line)} |" for line in lines]
    shown.insert(1, f"| {' | '.join(marks)} |")
    return "\n".join(shown)
