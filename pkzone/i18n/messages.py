"""The words on a map in its languages: one place that the page and pictures can ask."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pkzone.i18n.vocabulary import DATES, MONTHS, WORDS

__all__ = ["LANGUAGES", "NAMES_ONLY", "REVIEWED", "day_in_words", "label", "names_only", "say"]

#: Languages of names and words, by their ISO 639-1 codes.
LANGUAGES: Final = ("en", "az", "hy", "ru")
#: What is said in a language that has names in the layers, and no words here.
NAMES_ONLY: Final = (
    "Names are in {language} where the layers have them; all other words are in English."
)
#: Those whose words a speaker has reviewed.
REVIEWED: Final = ("en",)

_COLUMN: Final = {code: number for number, code in enumerate(LANGUAGES[1:])}
_PART: Final = re.compile(r"\{(\w+)\}")


def say(text: str, language: str, **parts: object) -> str:
    """Return a phrase of the interface in a language.

    Parameters
    ----------
    text : str
        Its English form, with the names of its parts in braces.
    language : str
        One of `LANGUAGES`; what has no entry stays English.
    **parts : object
        What takes the place of the braces; it is put in once and never read as a phrase.
    """
    column = _COLUMN.get(language)
    found = text if column is None or text not in WORDS else WORDS[text][column]
    return _PART.sub(lambda match: str(parts.get(match[1], match[0])), found)


def label(text: str, language: str) -> str:
    """Return the label of a rule of the style table in a language.

    A label in parts, ``Corridor road, open``, is translated part by part unless the whole has
    an entry; if a part has none, the whole stays English.
    """
    parts = [text] if text in WORDS else text.split(", ")
    return ", ".join(say(part, language) for part in parts) if WORDS.keys() >= {*parts} else text


def names_only(language: str) -> str | None:
    """Return what to say of a language that only names are in; none for one that has words."""
    return None if language in LANGUAGES else NAMES_ONLY.format(language=language)


def day_in_words(day: date, language: str) -> str:
    """Return a day in words: ``1 September 2022``."""
    known = language if language in MONTHS else "en"
    form, month = DATES[known][0], MONTHS[known][day.month - 1]
    return form.format(day=day.day, month=month, year=day.year)
