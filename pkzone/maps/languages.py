"""Choose the languages of a page, and make the table of words that goes into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkzone.errors import BadOption
from pkzone.i18n import messages
from pkzone.i18n.messages import LANGUAGES, label
from pkzone.i18n.messages import check_language as check
from pkzone.layers.manifest import LANGUAGE_CODE
from pkzone.layers.terms import CLASSES, DIRECTIONS, IN_USE, STATUSES, TRAFFIC

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "check",
    "data_words",
    "labels_of",
    "name_in",
    "offered",
    "opening",
    "script_words",
    "scripts",
    "with_phrases",
    "words_of",
]

_WORDS: Final = Path(__file__).parent / "web" / "built" / "words.json"
#: The scripts whose words a map has, and the page of a difference.
_SCRIPTS: Final = ("words/text.js", "tools/embed.js", "panels/paper.js")
MAP_SCRIPTS: Final = (
    *_SCRIPTS,
    *("words/map-words.js", "words/lengths.js", "panels/chart.js", "tools/share.js"),
)
DIFF_SCRIPTS: Final = (*_SCRIPTS, "words/diff-words.js")
#: Values of ``kind`` and ``mode`` in the shipped layers, as people read them.
_KINDS: Final = (
    *("airport", "border", "bridge", "checkpoint", "city", "closure", "core", "corridor strip"),
    *("crossing", "district", "district lines", "former line", "headquarters", "height"),
    *("humanitarian centre", "lake", "monastery", "monitoring centre", "mountain", "pocket"),
    *("post", "railway", "reservoir", "river", "road", "town", "village", "air", "rail"),
)

#: Values of ``controller`` in the shipped layers; several stand with a stroke between them.
_CONTROLLERS: Final = (
    *("Armenia", "Azerbaijan", "Iran", "Russia", "Russian peacekeeping contingent"),
    "de facto Nagorno-Karabakh authorities",
)

#: Subjects of the shipped figures, units, and who counted them.
_FIGURES: Final = (
    *("aid lorries", "aid tonnes", "departures", "patients evacuated", "posts", "returnees"),
    *("vehicles departed", "people", "vehicles", "t", "Government of Armenia", "ICRC"),
    *("Karabakh authorities", "Red Cross of Russia", "Russian Ministry of Defence"),
)


def offered(listed: Iterable[str], wanted: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the languages of a page: English, then those listed, the ones with words first.

    Parameters
    ----------
    listed : iterable of str
        The languages that the catalogue lists.
    wanted : iterable of str, optional
        Those of them that the page is limited to; all by default.

    Raises
    ------
    BadOption
        One that is wanted is not one of these languages, or none is wanted.
    """
    named = dict.fromkeys(listed)
    others = (code for code in named if code not in LANGUAGES and LANGUAGE_CODE.fullmatch(code))
    codes = (*_spoken(named), *others)
    if wanted is None:
        return codes
    chosen = {check(code, codes) for code in wanted}
    if not chosen:
        raise BadOption(f"no language is named: a map of these layers has {', '.join(codes)}")
    return tuple(code for code in codes if code in chosen)


def opening(
    listed: Iterable[str], language: str | None = None, wanted: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return what a page says of the language that it opens in.

    Parameters
    ----------
    listed : iterable of str
        The languages that the catalogue lists; the first one is that of its texts.
    language : str, optional
        The one to open in; by default that of the reader's browser.
    wanted : sequence of str, optional
        Those that the page is limited to.

        Returns ------- dict ``languages`` (those listed), ``language`` (where the browser's
        is not one of the page's: the first one wanted, else English) and, where the browser
        decides, ``follows_browser``.

    Raises
    ------
    BadOption
        There is no such language.
    """
    listed = list(listed)
    offers = offered(listed, wanted)
    of = "a map of these layers has" if wanted is None else "this map is limited to"
    first = wanted[0] if wanted else offers[0]
    follows = {"follows_browser": True} if language is None and len(offers) > 1 else {}
    return {"languages": listed, "language": check(language or first, offers, of), **follows}


def words_of(
    offers: Sequence[str],
    style: Mapping[str, Any],
    catalogue: Catalogue | None = None,
    titles: Iterable[str] = (),
    scripts: Iterable[str] = MAP_SCRIPTS,
) -> dict[str, Any]:
    """Return the words of a page in its languages, as plain JSON types.

    Parameters
    ----------
    offers : sequence of str
        The languages of the page; see `offered`.
    style : mapping
        The style table, whose labels the legend shows.
    catalogue, titles : Catalogue, iterable of str
        What it calls itself, layers, versions and events, and what translates that; titles
        without an entry stay as they are.
    scripts : iterable of str
        The scripts of the page that have words.

    Returns
    -------
    dict
        ``languages`` (codes) with their ``names`` and those ``reviewed`` by a
        speaker; ``dates`` (forms of a day and of a month by language), ``months`` (after the
        number of a day) and ``months_alone``; ``phrases``: the words by their English form, in
        the order of the languages without English; ``terms``: what people read for the words of
        `pkzone.layers.terms`, by property, and what each status means; ``in_use``: the statuses
        that traffic follows; ``names_only``: what is said in a language that has no words,
        where there is one.
    """
    codes = _spoken(offers)
    texts = (*script_words(*scripts), *data_words(), *labels_of(style))
    translations = catalogue.translations if catalogue else {}
    return {
        "languages": list(offers),
        "reviewed": [
            code
            for code in codes
            if messages.is_reviewed(code)
            and (code not in translations or translations[code].is_reviewed)
        ],
        "names": {code: messages.own_name(code) for code in offers},
        "terms": _terms(),
        "in_use": sorted(IN_USE),
        **({"names_only": messages.NAMES_ONLY} if len(offers) > len(codes) else {}),
        "dates": {code: messages.date_forms(code) for code in codes},
        "months": {code: messages.month_names(code, alone=False) for code in codes},
        "months_alone": {code: messages.month_names(code, alone=True) for code in codes},
        "phrases": {
            # First, so that no title takes the place of a word of the page.
            **(
                _phrases(titles, [code for code in offers if code != "en"], catalogue.say)
                if catalogue
                else {}
            ),
            **_phrases(texts, codes[1:]),
        },
    }


def name_in(properties: Mapping[str, Any], language: str) -> str:
    """Return a feature's name in a language, else its name in both forms; else nothing."""
    for key in (f"name_{language}", "name"):
        value = properties.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def data_words() -> list[str]:
    """Return what people read for the values in the shipped layers and figures."""
    return [
        *(text for words in _terms().values() for text in words.values()),
        *(one.word.replace("_", " ") for one in STATUSES),  # as reports have it
        *_KINDS,
        *_CONTROLLERS,
        *_FIGURES,
    ]


def scripts() -> list[str]:
    """Return the scripts of the page that have words, in order of their names."""
    return list(_words_by_script())


def script_words(*scripts: str) -> list[str]:
    """Return the English words of scripts of the page: ``panels/notice.js``."""
    return [text for script in scripts for text in _words_by_script()[script]]


@cache
def _words_by_script() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return words


def _terms() -> dict[str, dict[str, str]]:
    return {
        "status": {one.word: one.label for one in STATUSES},
        "traffic": {one.word: one.label for one in TRAFFIC},
        "direction": {one.word: one.label for one in DIRECTIONS},
        "meaning": {one.word: one.who.replace("`", "") for one in STATUSES},
        **CLASSES,
    }


def with_phrases(content: Mapping[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    """Return a page's content with further words, by their English form."""
    words = content["words"]
    more = _phrases(texts, _spoken(words["languages"])[1:])
    return {**content, "words": {**words, "phrases": {**words["phrases"], **more}}}


def _spoken(codes: Iterable[str]) -> tuple[str, ...]:
    """Return English, and those of the languages that have words."""
    named = set(codes)
    return tuple(code for code in LANGUAGES if code == "en" or code in named)


def _phrases(
    texts: Iterable[str], codes: Sequence[str], say: Callable[[str, str], str] = label
) -> dict[str, list[str]]:
    """Return texts in languages by their English form, without those that stay as they are."""
    translated = {text: [say(text, code) for code in codes] for text in dict.fromkeys(texts)}
    return {text: others for text, others in translated.items() if others != [text] * len(codes)}


def labels_of(style: Mapping[str, Any]) -> Iterator[str]:
    """Yield the labels of a style table."""
    rows = [row for rules in style["rules"].values() for row in rules]
    for row in [*rows, *style["any"], *style["modifiers"]]:
        if row.get("label"):
            yield row["label"]
