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
from pkzone.i18n.messages import phrase
from pkzone.reports.model import Day, Joined, Note, Part, Term, joined, msg, plural
from pkzone.reports.values import ABSENT, distinct_names, plain, told_apart

__all__ = ["MOST_PATHS", "NAMED", "parties", "property_rows", "property_texts"]

LONG_TEXT: Final = 100
#: Most characters of an object, most items of a list and most differences inside a value that are
#: written; more are counted, or stand behind an ellipsis. The JSON report has them.
LONGEST_OBJECT: Final = 400
MOST_ITEMS: Final = 100
MOST_PATHS: Final = 20
SHOWN_FIRST = ("status", "name", "kind", "controller", "since", "certainty", "uncertainty_m")
SHOWN_LAST = ("sources", "note")
#: Properties whose values are words of a fixed list, and other properties of layers.
TERMS: Final = (
    *(phrase("status"), phrase("kind"), phrase("controller"), phrase("certainty")),
    *(phrase("basis"), phrase("geometry_basis"), phrase("mode"), phrase("direction")),
    phrase("traffic"),
)
NAMED: Final = (
    *(*TERMS, phrase("name"), phrase("since"), phrase("uncertainty_m"), phrase("sources")),
    *(phrase("note"), phrase("route"), phrase("sequence"), phrase("length_published_km")),
    *(phrase("from_place"), phrase("to_place"), phrase("rank")),
)
#: Values of these properties that no style table of a map and no other text has.
WORDS: Final = (
    *(phrase("agreed"), phrase("corroborated"), phrase("reported"), phrase("inferred")),
    *(phrase("responsibility"), phrase("control"), phrase("traffic"), phrase("geography")),
    *(phrase("derived"), phrase("generalised"), phrase("schematic"), phrase("digitised")),
    *(phrase("in force"), phrase("dissolving"), phrase("held"), phrase("operating")),
    *(phrase("dismantled"), phrase("inside"), phrase("corridor"), phrase("divided")),
    *(phrase("disputed"), phrase("outside"), phrase("unknown"), phrase("shown")),
    *(phrase("civilian"), phrase("goods"), phrase("aid"), phrase("medical")),
    *(phrase("contingent"), phrase("forward"), phrase("backward"), phrase("both")),
)

PropertyRow = tuple[str, Part, Part, Part]


def property_rows(
    change: Change, end_names: Mapping[str, str] | None = None, *, in_catalogue: bool = False
) -> Iterator[PropertyRow]:
    """Yield key, key as written, old and new value of each property that differs, status first.

    Of a long text only the new wording is told, of a list what came and what went: the old
    value is then empty. Values, and names, that would look alike are told apart. Of nested
    values each of the deepest differences is a row, its JSON Pointer behind the key.
    """
    written: Mapping[str, Part] = {
        key: Term(key) if key == name and key in NAMED else name
        for key, name in distinct_names(change.properties).items()
    }
    for name in sorted(change.properties, key=_property_rank):
        one = change.properties[name]
        nested = inner_differences(name, one.base, one.target, whole=_is_plain_list)
        rows = list(_nested_rows(name, written[name], nested))
        if not rows:
            old, new = property_texts(name, one, end_names)
            if name == "note" and in_catalogue:
                old, new = (
                    Note(text) if isinstance(text, str) and text else text for text in (old, new)
                )
            rows = [(name, written[name], old, new)]
        yield from rows


def property_texts(
    name: str, change: PropertyChange | PathChange, end_names: Mapping[str, str] | None = None
) -> tuple[Part, Part]:
    """Return the old and new value of a property; see `property_rows`."""
    base = change.base if change.in_base else ABSENT
    target = change.target if change.in_target else ABSENT
    write = _writer(name, end_names)
    if isinstance(base, list) and isinstance(target, list):
        moved = _came_and_went(base, target, write)
        return ("", moved) if moved else told_apart(base, target, write=write)
    old, new = write(base), write(target)
    texts = told_apart(base, target, write=write)
    longest = max(len(str(old)), len(str(new)))
    if longest > LONG_TEXT and target is not ABSENT and target is not None and texts == (old, new):
        return "", new
    return texts


def _nested_rows(name: str, written: Part, paths: Iterator[PathChange]) -> Iterator[PropertyRow]:
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


def _writer(name: str, end_names: Mapping[str, str] | None) -> Callable[[Any], Part]:
    """Return what writes the values of a property."""
    if name in ENDS and end_names:
        return partial(_end_name, end_names)
    if name == "since":
        return lambda value: Day(value) if isinstance(value, str) and value else _brief(value)
    return partial(_terms, name) if name in TERMS else _brief


def _terms(name: str, value: Any) -> Part:
    """Return a word of a fixed list, or several; a controller may be of several parties."""
    if isinstance(value, list) and value and len(value) <= MOST_ITEMS and _is_plain_list(value):
        return Joined(", ", tuple(_terms(name, one) for one in value))
    if not isinstance(value, str) or not value:
        return _brief(value)
    if name == "controller":
        return parties(value)
    return Term(value.replace("_", " ") if name == "status" else value)


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


def parties(controller: str) -> Part:
    """Return who controls something: one party, or several with strokes between them."""
    return Joined(" / ", tuple(map(Term, controller.split(" / "))))


def _came_and_went(base: list[Any], target: list[Any], write: Callable[[Any], Part]) -> Part:
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
        msg("new: {values}", _listed(came, write)) if came else "",
        msg("no longer: {values}", _listed(went, write)) if went else "",
    ]
    return joined("; ", parts)


def _listed(values: Sequence[Any], write: Callable[[Any], Part] | None = None) -> Part:
    """Return the first items of a list, and how many more there are."""
    items = Joined(", ", tuple(map(write or _brief, values[:MOST_ITEMS])))
    rest = len(values) - MOST_ITEMS
    return msg("{names} and {number} more", items, rest) if rest > 0 else items


def _key(value: Any) -> str:
    """Return a text that is the same for the same JSON value only, at the top of a list."""
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, sort_keys=True)
