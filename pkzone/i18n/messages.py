"""Translate the texts of pages, pictures and reports by the gettext catalogues in ``locale``.

A text is written once, in English, where it is used: ``say("Route {name}", language, name=route)``.
``nox -s words`` collects the texts of the sources into ``locale/CODE/LC_MESSAGES/pkzone.po``, one
for each language. Installing compiles those to ``.mo``; a checkout that is used without installing
reads them as they stand, for which it takes Babel.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from pkzone.errors import BadOption, PkzoneError, did_you_mean, printable

__all__ = [
    "CONTEXTS",
    "LANGUAGES",
    "MONTHS",
    "NAMES_ONLY",
    "Translatable",
    "check_language",
    "date_forms",
    "date_in_words",
    "day_in_words",
    "day_text",
    "is_reviewed",
    "label",
    "month_names",
    "names_only",
    "no_amount",
    "note_text",
    "number_text",
    "own_name",
    "phrase",
    "phrase_count",
    "say",
    "say_count",
    "short_months",
    "term_text",
    "translation",
]

_LOCALE: Final = Path(__file__).parent / "locale"
_PART: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
#: What is said in a language that the catalogue has, and that has no words here.
NAMES_ONLY: Final = (
    "Names and titles are in {language} where the catalogue has them; all other words are in "
    "English."
)

#: Languages of words, by their ISO 639-1 codes: English, and those that have a catalogue.
LANGUAGES: Final = (
    "en",
    *sorted(path.name for path in _LOCALE.iterdir() if (path / "LC_MESSAGES").is_dir()),
)
#: The months in English; a catalogue has each twice, after the number of a day and alone.
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: Contexts of the entries that gettext tells apart by ``msgctxt``, and the texts they have.
CONTEXTS: Final[dict[str, tuple[str, ...]]] = {
    "name of this language in itself": ("English",),
    "day": ("{day} {month} {year}",),
    "month and year": ("{month} {year}",),
    "month after a day": MONTHS,
    "month alone": MONTHS,
    "amount": ("none",),
}
_NAME, _DAY, _MONTH_AND_YEAR, _AFTER_A_DAY, _ALONE, _AMOUNT = CONTEXTS


@cache
def translation(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; one without a catalogue stays English.

    Raises
    ------
    PkzoneError
        The catalogue was never compiled, and Babel, which could do so now, is not installed.
    """
    if language == "en" or language not in LANGUAGES:
        return gettext.NullTranslations()
    folder = _LOCALE / language / "LC_MESSAGES"
    source, compiled = folder / "pkzone.po", folder / "pkzone.mo"
    if _is_current(compiled, source):
        return gettext.GNUTranslations(BytesIO(compiled.read_bytes()))
    try:
        from pkzone.i18n.compiling import compile_catalogue
    except ImportError:
        if compiled.exists():  # of a source before the last edit or checkout
            return gettext.GNUTranslations(BytesIO(compiled.read_bytes()))
        raise PkzoneError(
            f"the words of language {language!r} are not compiled; run: pip install -e ."
        ) from None
    return gettext.GNUTranslations(BytesIO(compile_catalogue(source.read_bytes())))


def _is_current(compiled: Path, source: Path) -> bool:
    """Whether a catalogue is compiled, and no edit or checkout has changed its source since."""
    if not source.exists():  # the wheel has the compiled ones alone
        return True
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def phrase(text: str) -> str:
    """Mark a text that `say` is given later, so that it is collected; return it as it is."""
    return text


def phrase_count(singular: str, plural: str) -> tuple[str, str]:
    """Mark both forms of a text that `say_count` is given later; return them as they are."""
    return singular, plural


def say(text: str, language: str, /, **parts: object) -> str:
    """Return a text in a language.

    Parameters
    ----------
    text : str
        Its English form, with the names of its parts in braces.
    language : str
        One of `LANGUAGES`; what has no entry stays English.
    **parts : object
        What takes the place of the braces; it is put in once and never read as a phrase.
    """
    return _filled(_in_language(text, language), parts)


def say_count(singular: str, plural: str, count: int, language: str, /, **parts: object) -> str:
    """Return a text about a number of things in the plural form that the language has for it.

    Parameters
    ----------
    singular, plural : str
        Its English forms for one and for many; ``{count}`` is the number.
    count : int
        The number that decides the form.
    language, **parts
        As those of `say`.
    """
    form = translation(language).ngettext(singular, plural, count)
    return _filled(form, {"count": number_text(f"{count:,}", language), **parts})


class Translatable(str):
    """A text in English, a string as any other, that can be said in another language.

    Parameters
    ----------
    template : str
        Its English form, with the names of its parts in braces.
    separator : str, optional
        What stands between several texts in one place.
    **parts : str or tuple of str
        What takes the place of the braces.

    Examples
    --------
    >>> route = Translatable("Route {name}", name="A")
    >>> route == "Route A", route.said("ru", {})
    (True, 'Маршрут A')
    """

    _template: str
    _separator: str
    _parts: Mapping[str, str | tuple[str, ...]]

    def __new__(
        cls, template: str, /, *, separator: str = "; ", **parts: str | tuple[str, ...]
    ) -> Translatable:
        """Return the text in English."""
        english: dict[str, object] = {key: _one(part, separator) for key, part in parts.items()}
        text = super().__new__(cls, _filled(template, english))
        text._template, text._separator, text._parts = template, separator, parts
        return text

    def said(self, language: str, names: Mapping[str, str]) -> str:
        """Return the text in a language, with the names in it that stand in parts."""

        def own(part: str) -> str:
            if isinstance(part, Translatable):
                return part.said(language, names)
            return names.get(part) or day_text(number_text(part, language), language)

        parts = {
            key: own(part) if isinstance(part, str) else self._separator.join(map(own, part))
            for key, part in self._parts.items()
        }
        return say(self._template, language, **parts)


def _one(part: str | tuple[str, ...], separator: str) -> str:
    return part if isinstance(part, str) else separator.join(part)


def label(text: str, language: str) -> str:
    """Return the label of a rule of the style table in a language.

    A label in parts, ``Corridor road, open``, is translated part by part unless the whole has
    an entry; if a part has none, the whole stays English.
    """
    whole = _in_language(text, language)
    if whole != text:
        return whole
    parts = text.split(", ")
    others = [_in_language(part, language) for part in parts]
    return text if any(map(str.__eq__, parts, others)) else ", ".join(others)


def term_text(text: str, language: str) -> str:
    """Return a word of a fixed list, such as a status, which data write with underscores."""
    said = [(form, label(form, language)) for form in (text, text.replace("_", " "))]
    return next((other for form, other in said if other != form), text)


def note_text(text: str, language: str, names: Mapping[str, str]) -> str:
    """Return a free text in a language; one that is not translated says that it is in English."""
    if language == "en" or not text:
        return text
    return names.get(text) or " ".join((text, say("(in English)", language)))


def _in_language(text: str, language: str) -> str:
    # The entry of the empty text is the catalogue's header.
    return translation(language).gettext(text) if text else text


def _filled(text: str, parts: dict[str, object]) -> str:
    return _PART.sub(lambda match: str(parts.get(match[1], match[0])), text)


def is_reviewed(language: str) -> bool:
    """Whether a speaker has reviewed every entry: none of the catalogue is fuzzy."""
    fuzzy = translation(language).pgettext("about this catalogue", "fuzzy entries")
    return language == "en" or fuzzy == "0"


def no_amount(language: str) -> str:
    """Return what stands in the place of a number where there is nothing."""
    return translation(language).pgettext(_AMOUNT, *CONTEXTS[_AMOUNT])


def check_language(
    language: str, offers: Sequence[str], of: str = "a map of these layers has"
) -> str:
    """Return a language that a page or report may be in.

    Raises
    ------
    BadOption
        It is not one of those that are offered.
    """
    if language not in offers:
        hint, codes = did_you_mean(language, offers), ", ".join(offers)
        raise BadOption(f"language {printable(language)!r}: {hint}{of} {codes}")
    return language


def names_only(language: str) -> str | None:
    """Return what to say of a language that only the catalogue has; none for one with words."""
    return None if language in LANGUAGES else NAMES_ONLY.format(language=language)


def own_name(language: str) -> str:
    """Return what a language calls itself; its code where it has no catalogue."""
    if language not in LANGUAGES:
        return language
    return translation(language).pgettext(_NAME, "English")


def month_names(language: str, *, alone: bool) -> list[str]:
    """Return the months as they stand alone, or after the number of a day."""
    context = _ALONE if alone else _AFTER_A_DAY
    return [translation(language).pgettext(context, month) for month in MONTHS]


def short_months(language: str) -> list[str]:
    """Return the months in a few letters each, as they stand alone."""
    if language == "en" or language not in LANGUAGES:
        return [month[:3] for month in MONTHS]
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", "stand-alone", locale=language)
    return [names[number].rstrip(".") for number in range(1, 13)]


def date_forms(language: str) -> list[str]:
    """Return the forms of a day and of a month; the year alone is a number everywhere."""
    words = translation(language)
    return [words.pgettext(context, *CONTEXTS[context]) for context in (_DAY, _MONTH_AND_YEAR)]


def day_in_words(day: date, language: str) -> str:
    """Return a day in words: ``1 September 2022``."""
    month = month_names(language, alone=False)[day.month - 1]
    return _filled(date_forms(language)[0], {"day": day.day, "month": month, "year": day.year})


def date_in_words(text: str, language: str) -> str:
    """Return a date that may be partial in words; what is not a date as it stands.

    Examples
    --------
    >>> [date_in_words(text, "en") for text in ("2022-09-01", "2021-07", "2021", "lately")]
    ['1 September 2022', 'July 2021', '2021', 'lately']
    """
    try:
        if len(text) == len("2021-07"):
            month = date.fromisoformat(f"{text}-01")
            name = month_names(language, alone=True)[month.month - 1]
            return _filled(date_forms(language)[1], {"month": name, "year": text[:4]})
        return day_in_words(date.fromisoformat(text), language) if "-" in text else text
    except ValueError:
        return text


def number_text(text: str, language: str) -> str:
    """Return a number that is written in English as a language writes it, to the same digit.

    Examples
    --------
    >>> number_text("1,234.50", "az"), number_text("1,234.50", "en"), number_text("1e9", "az")
    ('1.234,50', '1,234.50', '1e9')
    """
    number = _NUMBER.fullmatch(text)
    if number is None or language == "en" or language not in LANGUAGES:
        return text
    from decimal import Decimal

    from babel.numbers import format_decimal

    whole = "#,##0" if "," in text else "0"
    form = f"{whole}.{'0' * len(number[1])}" if number[1] else whole
    return format_decimal(Decimal(text.replace(",", "")), format=form, locale=language)


def day_text(text: str, language: str) -> str:
    """Return a date of ISO 8601, whole or without its day, in the digits of a language.

    Examples
    --------
    >>> day_text("2022-09-01", "ru"), day_text("2021-07", "ru"), day_text("2022-09-01", "en")
    ('01.09.2022', '07.2021', '2022-09-01')
    """
    parts = _DATE.fullmatch(text)
    if parts is None or language == "en" or language not in LANGUAGES:
        return text
    from babel.dates import format_skeleton

    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3] or 1))
    except ValueError:  # as of no calendar
        return text
    return format_skeleton("yMd" if parts[3] else "yM", day, locale=language)
