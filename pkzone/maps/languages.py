"""The languages of a page: which it offers, and the table of words that goes into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pkzone.errors import BadOption
from pkzone.i18n.messages import LANGUAGES, NAMES_ONLY, REVIEWED, label
from pkzone.i18n.pagewords import PAGE_WORDS
from pkzone.i18n.vocabulary import DATES, MONTHS, MONTHS_ALONE, WORDS
from pkzone.layers.catalogue import LANGUAGE_CODE
from pkzone.layers.terms import DIRECTIONS, IN_USE, STATUSES, TRAFFIC

__all__ = ["NAMES", "check", "offered", "with_phrases", "words_of"]

#: What each language calls itself.
NAMES: Final = {"en": "English", "az": "Azərbaycanca", "hy": "Հայերեն", "ru": "Русский"}

#: Words of pictures and legends that the page's scripts say too, besides labels and titles.
_SHARED: Final = (
    "Zone and control", "Routes", "Sites and places", "Base map", "Other layers", "Legend",
    "How sure", "dissolving", "Boundary", "km", "m", "{base} compared with {target}",
    "Route {name}", "Length as drawn", "Length as published", "Kept", "Removed", "Added",
    "Farthest apart", "Ground covered", "Area as drawn", "Lost", "Gained",
    "Share of both in common", "Modified", "Split", "Merged", "Renamed", "Unchanged",
    "The words and names in this language have not yet been reviewed by a speaker.",
)  # fmt: skip


def offered(listed: Iterable[str]) -> tuple[str, ...]:
    """Return the languages of a page: English, then those listed, the ones with words first."""
    named = dict.fromkeys(listed)
    others = (code for code in named if code not in LANGUAGES and LANGUAGE_CODE.fullmatch(code))
    return (*_spoken(named), *others)


def check(language: str | None, listed: Sequence[str]) -> str:
    """Return the language that a page opens in; none means English.

    Raises
    ------
    BadOption
        The catalogue does not list it.
    """
    codes = offered(listed)
    if language is None:
        return codes[0]
    if language not in codes:
        raise BadOption(f"language {language!r}: a map of these layers has {', '.join(codes)}")
    return language


def words_of(
    listed: Iterable[str], style: Mapping[str, Any], titles: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the words of a page in its languages, as plain JSON types.

    Parameters
    ----------
    listed : iterable of str
        The languages that the catalogue lists; see `offered`.
    style : mapping
        The style table, whose labels the legend shows.
    titles : iterable of str
        Titles of layers and of the catalogue; those without an entry stay as they are.

    Returns
    -------
    dict
        ``languages`` (codes, English first) with their ``names`` and those ``reviewed`` by a
        speaker; ``dates`` (forms of a day and of a month by language), ``months`` (after the
        number of a day) and ``months_alone``; ``phrases``: the words by their English form, in
        the order of the languages after English; ``terms``: what people read for the words of
        `pkzone.layers.terms`, by property, and what each status means; ``in_use``: the statuses
        that traffic follows; ``names_only``: what is said in a language that has no words,
        where there is one.
    """
    offers = offered(listed)
    codes = _spoken(offers)
    terms = _terms()
    said = [text for words in terms.values() for text in words.values()]
    texts = dict.fromkeys([*PAGE_WORDS, *_SHARED, *said, *_labels(style), *titles])
    return {
        "languages": list(offers),
        "reviewed": [code for code in codes if code in REVIEWED],
        "names": {code: NAMES.get(code, code) for code in offers},
        "terms": terms,
        "in_use": sorted(IN_USE),
        **({"names_only": NAMES_ONLY} if len(offers) > len(codes) else {}),
        "dates": {code: list(DATES[code]) for code in codes},
        "months": {code: list(MONTHS[code]) for code in codes},
        "months_alone": {code: list(MONTHS_ALONE[code]) for code in codes},
        "phrases": {} if len(codes) == 1 else {
            text: found for text in texts if (found := _in_others(text, codes[1:]))},
    }  # fmt: skip


def _terms() -> dict[str, dict[str, str]]:
    return {
        "status": {one.word: one.label for one in STATUSES},
        "traffic": {one.word: one.label for one in TRAFFIC},
        "direction": {one.word: one.label for one in DIRECTIONS},
        "meaning": {one.word: one.who.replace("`", "") for one in STATUSES},
    }


def with_phrases(
    content: Mapping[str, Any], words: Mapping[str, tuple[str, str, str]]
) -> dict[str, Any]:
    """Return a page's content with further words: by their English form, in `LANGUAGES`."""
    known = content["words"]
    others = _spoken(known["languages"])[1:]
    more = {
        text: [row[LANGUAGES.index(code) - 1] for code in others]
        for text, row in words.items()
        if others
    }
    return {**content, "words": {**known, "phrases": {**known["phrases"], **more}}}


def _spoken(codes: Iterable[str]) -> tuple[str, ...]:
    """Return English, and those of the languages that have words."""
    named = set(codes)
    return tuple(code for code in LANGUAGES if code == "en" or code in named)


def _in_others(text: str, codes: Sequence[str]) -> list[str] | None:
    """Return a phrase in the languages after English, or none if it has no entry."""
    row = PAGE_WORDS.get(text) or WORDS.get(text)
    if row:
        return [row[LANGUAGES.index(code) - 1] for code in codes]
    found = [label(text, code) for code in codes]
    return None if found == [text] * len(codes) else found


def _labels(style: Mapping[str, Any]) -> Iterator[str]:
    rows = [row for rules in style["rules"].values() for row in rules]
    for row in [*rows, *style["any"], *style["modifiers"]]:
        if row.get("label"):
            yield row["label"]
