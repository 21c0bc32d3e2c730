"""The report of a diff as one value: sections of rows, worded by whatever renders it.

Words are messages, an English template and what goes into its braces, so that every renderer can
say them in its language. Numbers are figures, which keep their value, unit and source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from pkzone.i18n.messages import (
    Translatable,
    date_in_words,
    day_text,
    no_amount,
    note_text,
    number_text,
    phrase,
    say,
    say_count,
    term_text,
)
from pkzone.layers.model import Event

if TYPE_CHECKING:
    from pkzone.table import Table

__all__ = [
    "ChangeRow",
    "Day",
    "Digits",
    "Figure",
    "Joined",
    "LongDay",
    "Message",
    "Note",
    "Number",
    "Part",
    "Report",
    "Row",
    "Section",
    "Sentence",
    "Term",
    "cited",
    "joined",
    "listed",
    "messages_of",
    "msg",
    "names_in",
    "plural",
    "speaker_of",
    "worded",
]


class _Worded:
    """Base of what is worded: as a string it is English."""

    __slots__ = ()

    def __str__(self) -> str:
        return worded(self)


@dataclass(frozen=True, slots=True)
class Message(_Worded):
    """A phrase: its English template is the key of its translations.

    Attributes
    ----------
    template : str
        English, with the names of its parts in braces.
    parts : tuple of (str, Part)
        What takes the place of the braces; it is never read as a template itself.
    plural : str
        The template for every ``count`` but 1; empty where no number decides.
    count : int
        The number that decides.
    """

    template: str
    parts: tuple[tuple[str, Part], ...] = ()
    plural: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Number(_Worded):
    """A number and the decimals that it is written with; without a value it is ``none``."""

    value: float | None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Digits(_Worded):
    """A number as it is written in English."""

    text: str


@dataclass(frozen=True, slots=True)
class Day(_Worded):
    """A date, in parts or whole, as it is written in ISO 8601; any other text stays as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class LongDay(Day):
    """A date in words, as titles and sentences have it."""


@dataclass(frozen=True, slots=True)
class Term(_Worded):
    """A word that data take from a fixed list, such as a status, or the name of a property."""

    text: str


@dataclass(frozen=True, slots=True)
class Note(_Worded):
    """A free text of the data; where it is not in the language of a report, that says so."""

    text: str


@dataclass(frozen=True, slots=True)
class Joined(_Worded):
    """Several parts with the same separator between them."""

    separator: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Sentence(_Worded):
    """A part that begins with a capital letter."""

    words: Part


@dataclass(frozen=True, slots=True)
class Figure(_Worded):
    """A number measured or published: as it is, and as its uncertainty lets people read it.

    Attributes
    ----------
    value : float
        Not rounded.
    unit : str
        ``m``, ``km``, ``km2``, ``share`` or ``features``.
    rounded : Part
        The number for people, with its unit.
    source : Part
        The source that states it; empty for what is measured on the drawing.
    is_below_step : bool
        Whether it rounds to nothing without being zero.
    """

    value: float
    unit: str
    rounded: Part
    source: Part = ""
    is_below_step: bool = False


Part: TypeAlias = str | int | _Worded | None
_NO_NAMES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a section.

    Attributes
    ----------
    term : Part
        What the row is about.
    cells : tuple of Part
        One for each head of the section; a single one stands for base and target together.
    short_term : Part
        The term in plain text and Markdown; none where these leave the row out.
    kind : str
        What it tells of: a stretch or ground ``kept``, ``removed`` or ``added``, a place
        ``entered``.
    ref : str or None
        What the marks of a map refer to it by: ``section/0/2``, ``change/3``.
    """

    term: Part
    cells: tuple[Part, ...]
    short_term: Part = None
    kind: str = ""
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title: a ``route``, the ``areas``, the counts of ``features``, ``measure``.

    A route has its stretches and its changes of status as sections of its own.
    """

    kind: str
    title: Part
    rows: tuple[Row, ...]
    heads: tuple[Part, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: a feature that differs, or several that were split or merged.

    Attributes
    ----------
    kind : str
        As in `pkzone.compare.result.Change`.
    label, name, full_label : str
        Id of the feature, else what it is found by beside its name; its name; the label where
        no name stands beside it. Between versions a feature that has a name of its own has no
        label.
    summary, status : Part
        What differs in a word or two; the change of status where nothing else does.
    within_uncertainty : bool or None
        As in `pkzone.compare.result.Change`.
    sentences, states : tuple of Part
        What happened to place and shape; the states of features that came or went.
    properties : tuple of (str, Part, Part, Part)
        Key, key as written, old and new value of each property that differs, status first;
        without an old value the new one says it all.
    events : tuple of int
        Indices of the events that name the feature.
    """

    kind: str
    label: str
    name: str
    full_label: str
    summary: Part
    status: Part
    within_uncertainty: bool | None
    sentences: tuple[Part, ...]
    states: tuple[Part, ...]
    properties: tuple[tuple[str, Part, Part, Part], ...]
    events: tuple[int, ...] = ()

    def property_sentences(self, arrow: str = "→", *, without: Sequence[str] = ()) -> list[Part]:
        """Return a phrase for each property that differs, but for some keys."""
        moved = phrase("{name}: {old} -> {new}")
        if arrow == "→":
            moved = phrase("{name}: {old} → {new}")
        return [
            msg(moved if old else "{name}: {new}", name=name, old=old, new=new)
            for key, name, old, new in self.properties
            if key not in without
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """Report of a diff: sections, rows and notes in reading order, not yet worded.

    Attributes
    ----------
    title, full_title : Part
        What was compared, with an arrow and in words.
    heads, sides : tuple of Part
        Base and target: the date or name at the head of a column, and the whole reference.
    lead : tuple of Part
        The sentences that sum it up.
    sections : tuple of Section
        The numbers: routes, areas, counts of features, and what was measured with.
    changes : tuple of ChangeRow
        In the order of the diff.
    affected : tuple of Row
        Who is affected: text, (name, feature or route), group, effect.
    events : tuple of Event
        Those in between.
    sources : tuple of str
        What the difference rests on: names, or ids where there are none.
    notes, notices : tuple of Part
        What a reader must know to judge the numbers; what the comparison had to say.
    """

    title: Part
    full_title: Part
    heads: tuple[Part, Part]
    sides: tuple[Part, Part]
    lead: tuple[Part, ...]
    sections: tuple[Section, ...]
    changes: tuple[ChangeRow, ...]
    affected: tuple[Row, ...]
    events: tuple[Event, ...]
    notes: tuple[Part, ...]
    notices: tuple[Part, ...]
    sources: tuple[str, ...] = ()

    @property
    def all_notes(self) -> tuple[Part, ...]:
        """Notes and notices, with where to find the sources that are named."""
        where = msg(
            "Sources are named by publisher and date; the command 'pkzone sources' lists them in "
            "full."
        )
        cites = bool(self.sources) or any(event.sources for event in self.events)
        return (*self.notes, *((where,) if cites else ()), *self.notices)

    def sections_of(self, kind: str) -> tuple[Section, ...]:
        """Return the sections of a kind."""
        return tuple(section for section in self.sections if section.kind == kind)


def msg(template: str, /, *parts: Part, **named: Part) -> Message:
    """Return a phrase; parts fill the braces either in their order or by name."""
    pairs = named.items() if named else zip(names_in(template), parts, strict=True)
    return Message(template, tuple(pairs))


def messages_of(templates: Iterable[str], parts: Mapping[str, Part]) -> list[Message]:
    """Return the phrases of the templates whose braces all have a part."""
    return [
        msg(template, *(parts[name] for name in names_in(template)))
        for template in templates
        if parts.keys() >= {*names_in(template)}
    ]


def plural(count: int, template: str, other: str, /, *parts: Part) -> Message:
    """Return a phrase whose form a number decides; ``{count}`` stands for it."""
    names = (name for name in names_in(template) if name != "count")
    return Message(template, tuple(zip(names, parts, strict=True)), other, count)


@cache
def names_in(template: str) -> tuple[str, ...]:
    """Return the names in the braces of a template."""
    return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", template)))


def joined(separator: str, parts: Iterable[Part]) -> Part:
    """Return parts with a separator between them, without empty ones; nothing of none."""
    kept = tuple(part for part in parts if part)
    return Joined(separator, kept) if len(kept) > 1 else next(iter(kept), "")


def listed(parts: Iterable[Part]) -> Part:
    """Return parts as a sentence lists them: ``a, b and c``."""
    *first, last = [*parts] or [""]
    return msg("{names} and {last}", Joined(", ", tuple(first)), last) if first else last


def worded(part: Part, language: str = "en", names: Mapping[str, str] = _NO_NAMES) -> str:
    """Return a part in words of a language; nothing for none.

    Parameters
    ----------
    part : Part
        What is worded.
    language : str
        One of `pkzone.i18n.messages.LANGUAGES`; what has no entry stays English.
    names : mapping of str to str
        Names and titles in that language by those that stand in parts.
    """
    if isinstance(part, Translatable):
        return part.said(language, names)
    if isinstance(part, str):
        return names.get(part, part)
    if isinstance(part, Message):
        parts = {name: worded(value, language, names) for name, value in part.parts}
        if part.plural:
            return say_count(part.template, part.plural, part.count, language, **parts)
        return say(part.template, language, **parts) if parts or language != "en" else part.template
    if isinstance(part, Joined):
        return part.separator.join([worded(each, language, names) for each in part.parts])
    if isinstance(part, Figure):
        return worded(part.rounded, language, names)
    if isinstance(part, Sentence):
        return _capitalised(worded(part.words, language, names), language)
    if isinstance(part, Term | Note):
        return _in_words(part, language, names)
    return _in_digits(part, language)


def speaker_of(table: Table) -> Callable[[Part], str]:
    """Return what words parts in the language of a table, with the names that it has for ids."""
    if table.language == "en":
        return worded
    return partial(worded, language=table.language, names=table.translated)


def _capitalised(text: str, language: str) -> str:
    first = text[:1]
    return ("İ" if (first, language) == ("i", "az") else first.upper()) + text[1:]


def _in_words(part: Term | Note, language: str, names: Mapping[str, str]) -> str:
    if language == "en":
        return part.text
    if isinstance(part, Note):
        return note_text(part.text, language, names)
    # First, so that no layer that is called like a status takes its place.
    said = term_text(part.text, language)
    return names.get(part.text, said) if said == part.text else said


def _in_digits(part: Part, language: str) -> str:
    if isinstance(part, LongDay):
        return date_in_words(part.text, language)
    if isinstance(part, Day):
        return day_text(part.text, language)
    if isinstance(part, Number) and part.value is None:
        return no_amount(language)
    if isinstance(part, Number):
        return number_text(f"{part.value:,.{part.decimals}f}", language)
    if isinstance(part, Digits):
        return number_text(part.text, language)
    return "" if part is None else number_text(f"{part:,}", language)


def cited(event: Event, names: Mapping[str, str] = _NO_NAMES) -> Part:
    """Return what happened, and in brackets the sources that say so, by their names or ids."""
    if not event.sources:
        return event.title
    sources = dict.fromkeys(names.get(one, one) for one in event.sources)
    return msg("{title} [{sources}]", event.title, Joined(", ", tuple(sources)))
