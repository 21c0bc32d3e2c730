"""Properties that differ as rows of the report: name or JSON Pointer, old and new value."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from pkzone.compare.catalogue_context import ENDS
from pkzone.compare.json_paths import PathChange, inner_differences
from pkzone.compare.result import Change, PropertyChange
from pkzone.reports.model import Joined, Part, joined, msg, plural
from pkzone.reports.values import ABSENT, distinct_names, plain, told_apart

__all__ = ["MOST_PATHS", "property_rows", "property_texts"]

LONG_TEXT: Final = 100
#: Most characters of an object, most items of a list and most differences inside a value that are
#: written; more are counted, or stand behind an ellipsis. The JSON report has them.
LONGEST_OBJECT: Final = 400
MOST_ITEMS: Final = 100
MOST_PATHS: Final = 20
SHOWN_FIRST = ("status", "name", "kind", "controller", "since", "certainty", "uncertainty_m")
SHOWN_LAST = ("sources", "note")

PropertyRow = tuple[str, Part, Part, Part]


def property_rows(
    change: Change, end_names: Mapping[str, str] | None = None
) -> Iterator[PropertyRow]:
    """Yield key, key as written, old and new value of each property that differs, status first.

    Of a long text only the new wording is told, of a list what came and what went: the old
    value is then empty. Values, and names, that would look alike are told apart. Of nested
    values each of the deepest differences is a row, its JSON Pointer behind the key.
    """
    written = distinct_names(change.properties)
    for name in sorted(change.properties, key=_property_rank):
        one = change.properties[name]
        nested = inner_differences(name, one.base, one.target, whole=_is_plain_list)
        rows = list(_nested_rows(name, written[name], nested))
        yield from rows or [(name, written[name], *property_texts(name, one, end_names))]


def property_texts(
    name: str, change: PropertyChange | PathChange, end_names: Mapping[str, str] | None = None
) -> tuple[Part, Part]:
    """Return the old and new value of a property; see `property_rows`."""
    base = change.base if change.in_base else ABSENT
    target = change.target if change.in_target else ABSENT
    if isinstance(base, list) and isinstance(target, list):
        moved = _came_and_went(base, target)
        return ("", moved) if moved else told_apart(base, target, write=_brief)
    write: Callable[[Any], Part] = _words if name == "status" else _brief
    if name in ENDS and end_names:
        write = partial(_end_name, end_names)
    old, new = write(base), write(target)
    texts = told_apart(base, target, write=write)
    longest = max(len(str(old)), len(str(new)))
    if longest > LONG_TEXT and target is not ABSENT and target is not None and texts == (old, new):
        return "", new
    return texts


def _nested_rows(name: str, written: str, paths: Iterator[PathChange]) -> Iterator[PropertyRow]:
    """Yield a row for each difference inside a value, and one that counts those left out."""
    first = list(islice(paths, MOST_PATHS))
    pointers = distinct_names([one.path for one in first])
    for one in first:
        where = msg("{name}: {pointer}", written, pointers[one.path])
        yield name, where, *property_texts("", one)
    rest = sum(1 for _ in paths)
    if rest:
        more = plural(rest, "{count} more difference inside", "{count} more differences inside")
        yield name, written, "", more


def _is_plain_list(values: Sequence[Any]) -> bool:
    """Tell whether a list is told by what came and what went, not by index."""
    return not any(isinstance(value, list | dict) for value in values)


def _property_rank(name: str) -> tuple[int, int | str]:
    if name in SHOWN_FIRST:
        return 0, SHOWN_FIRST.index(name)
    if name in SHOWN_LAST:
        return 2, SHOWN_LAST.index(name)
    return 1, name


def _words(status: Any) -> Part:
    return _brief(status.replace("_", " ") if isinstance(status, str) else status)


def _brief(value: Any) -> Part:
    """Return a value as people read it; an object or list with an ellipsis where it is long."""
    if isinstance(value, list) and len(value) > MOST_ITEMS and _is_plain_list(value):
        return _listed(value)
    text = plain(value)
    if isinstance(value, list | dict) and len(str(text)) > LONGEST_OBJECT:
        return f"{str(text)[:LONGEST_OBJECT]}…"
    return text


def _end_name(names: Mapping[str, str], end: Any) -> Part:
    """Return the name of a place or junction, or its id where none is known."""
    return names.get(end, end) if isinstance(end, str) else _brief(end)


def _came_and_went(base: list[Any], target: list[Any]) -> Part:
    """Return what a list gained and lost; nothing where that does not tell the two apart."""
    before, after = Counter(map(_key, base)), Counter(map(_key, target))
    if before == after:
        return msg("in another order")
    came = [value for value in target if _key(value) not in before]
    went = [value for value in base if _key(value) not in after]
    texts = [", ".join(str(plain(value)) for value in values) for values in (went, came)]
    if told_apart(*texts) != (plain(texts[0]), plain(texts[1])):
        return ""
    parts = [
        msg("new: {values}", _listed(came)) if came else "",
        msg("no longer: {values}", _listed(went)) if went else "",
    ]
    return joined("; ", parts)


def _listed(values: Sequence[Any]) -> Part:
    """Return the first items of a list, and how many more there are."""
    items = Joined(", ", tuple(str(_brief(value)) for value in values[:MOST_ITEMS]))
    rest = len(values) - MOST_ITEMS
    return msg("{names} and {number} more", items, f"{rest:,}") if rest > 0 else items


def _key(value: Any) -> str:
    """Return a text that is the same for the same JSON value only, at the top of a list."""
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, sort_keys=True)
