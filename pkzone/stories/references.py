"""Say what references in a story's texts stand for: names, dates and figures of the catalogue.

A reference stands in braces: a kind, what it names, and for what changes with time a day, which
is that of the stop where none is written. ``docs/story.md`` lists them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from pkzone.compare.catalogue_context import published_lengths
from pkzone.compare.published import is_schematic, part_of
from pkzone.compare.result import PublishedLength
from pkzone.errors import PkzoneError, StoryError, did_you_mean, printable
from pkzone.geo.convert import dimensions_of, shape_of
from pkzone.geo.measure import length_m
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import date_in_words, phrase, say, say_count
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_day
from pkzone.layers.figures import Figure
from pkzone.layers.model import Version
from pkzone.layers.names import source_names
from pkzone.queries.series import series
from pkzone.reports.lengths import drawn_words, rounding_of_drawing
from pkzone.reports.model import Number, worded
from pkzone.reports.values import Rounding, stated_uncertainty_m

__all__ = ["NamedPlace", "References", "has_words", "named_in", "typed_digits"]

_REFERENCE: Final = re.compile(r"\{([^{}]*)\}")
_QUANTITY: Final = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?: (km²|km|m|t|%))?")
_PUBLISHED: Final = re.compile(r"(more than |about )?(\d[\d,]*(?:\.\d+)?) km")
_QUOTED: Final = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»')
_PLACES: Final = "places"
#: Columns of a series, and how much of each is schematic.
_LENGTHS: Final = {
    "length_drawn_km": "length_schematic_km",
    "length_drawn_in_use_km": "length_schematic_in_use_km",
}
_PUBLISHED_LENGTHS: Final = ("length_published_km", "length_published_in_use_km")
_COLUMNS: Final = ("features", *_LENGTHS, *_PUBLISHED_LENGTHS, "area_km2")
#: Words of reports, which are English, that a story says in every language.
_OF_REPORTS: Final = (
    phrase("{length} as drawn"),
    phrase("about {length} as drawn, all of it schematic"),
    phrase("about {length} as drawn, {part} of it schematic"),
)


class NamedPlace(NamedTuple):
    """A place that a text names, and where it is.

    ``names`` are those of a junction, by property; of a place the layer has them.
    """

    id: str
    lon: float
    lat: float
    names: Mapping[str, str] | None


def named_in(template: str) -> list[str]:
    """Return the references in a template, without their braces."""
    return _REFERENCE.findall(template)


def has_words(template: str) -> bool:
    """Tell whether a template says anything of its own, which other languages say otherwise."""
    return any(map(str.isalpha, _REFERENCE.sub("", template)))


def typed_digits(template: str, names: Callable[[], Collection[str]]) -> str:
    """Return the first word with a digit that is no part of a reference or of a quoted name.

    Parameters
    ----------
    template : str
        A text of a story.
    names : callable
        Returns the names that the catalogue has; it is called where there are digits in quotes.
    """
    text = _REFERENCE.sub("", template)
    if not _digit_word(text):
        return ""
    known = names() if _QUOTED.search(text) else ()

    def without_a_name(match: re.Match[str]) -> str:
        return "" if next(filter(None, match.groups()), "") in known else match[0]

    return _digit_word(_QUOTED.sub(without_a_name, text))


def _digit_word(text: str) -> str:
    words = (word for word in text.split() if any(unicodedata.category(c)[0] == "N" for c in word))
    return next(words, "")


class References:
    """What a catalogue says in place of references, each asked for once.

    Parameters
    ----------
    catalogue : Catalogue
        Where names, dates and figures come from.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._kinds: dict[str, Callable[[str, date, str], str]] = {
            "date": self._date,
            "event": self._event,
            "feature": self._feature,
            "figure": self._figure,
            "layer": self._layer,
            "length": self._length,
            "place": self._place,
            "region": self._region,
            "series": self._series,
            "source": self._source,
            "version": self._version,
        }
        self.say: Callable[[str, date, str], str] = cache(self._say)
        self.source_names: Callable[[], Mapping[str, str]] = cache(lambda: source_names(catalogue))
        self.names: Callable[[], frozenset[str]] = cache(lambda: frozenset(_names(catalogue)))
        self._rows: Callable[[str], Mapping[str, Any]] = cache(self._measured)
        self._features: Callable[[str], Mapping[str, Feature]] = cache(self._by_id)

    def _say(self, template: str, day: date, language: str) -> str:
        """Return a template in words, on a day.

        Raises
        ------
        StoryError
            A reference stands for nothing; the message begins with it.
        """

        def said(match: re.Match[str]) -> str:
            try:
                return self._said(match[1], day, language)
            except PkzoneError as error:
                raise StoryError(f"{printable(match[0])}: {error}") from None

        left = _REFERENCE.sub("", template)
        if "{" in left or "}" in left:
            raise StoryError("has a brace that is no part of a reference such as {place:goris}")
        return _REFERENCE.sub(said, template)

    def _said(self, reference: str, day: date, language: str) -> str:
        kind, _, target = reference.partition(":")
        if kind not in self._kinds:
            hint, kinds = did_you_mean(kind, self._kinds), ", ".join(self._kinds)
            raise StoryError(f"is not a reference; {hint}the kinds are {kinds}")
        return self._kinds[kind](target, day, language)

    # Names.

    def _place(self, target: str, day: date, language: str) -> str:
        nodes = {one.id: one.names for one in self.catalogue.nodes}
        if _PLACES not in self.catalogue and target not in nodes:
            raise StoryError(f"the catalogue has no layer {_PLACES}; write {{feature:LAYER/ID}}")
        if target in nodes:
            return _name(nodes[target], language, target)
        return self._feature(f"{_PLACES}/{target}", day, language)

    def places_named(self, templates: Iterable[str], day: date) -> tuple[NamedPlace, ...]:
        """Return the places that texts name as ``{place:ID}``, each once."""
        references = (one.partition(":") for text in templates for one in named_in(text))
        targets = [target for kind, _, target in references if kind == "place"]
        return tuple(self._place_at(one, day) for one in dict.fromkeys(targets))

    def _place_at(self, target: str, day: date) -> NamedPlace:
        for node in self.catalogue.nodes:
            if node.id == target:
                return NamedPlace(node.id, node.lon, node.lat, node.names)
        target, day = _dated(target, day)
        feature = self.feature(f"{_PLACES}/{target}", day)
        at = shape_of(feature.geometry).representative_point()
        return NamedPlace(target, at.x, at.y, None)

    def _feature(self, target: str, day: date, language: str) -> str:
        target, day = _dated(target, day)
        feature = self.feature(target, day)
        return _name(feature.properties, language, str(feature.id))

    def feature(self, reference: str, day: date) -> Feature:
        """Return the feature ``LAYER/ID`` as it is on a day, or raise StoryError."""
        layer, _, feature_id = reference.partition("/")
        version = self.catalogue[layer].on(day)
        features = self._features(version.ref)
        if feature_id not in features:
            hint = did_you_mean(feature_id, features)
            raise StoryError(
                f"{version.ref} has no feature {printable(feature_id)}; {hint}".rstrip("; ")
            )
        return features[feature_id]

    def _by_id(self, ref: str) -> dict[str, Feature]:
        return {str(one.id): one for one in self.catalogue.version(ref).features().features}

    def _region(self, target: str, _day: date, language: str) -> str:
        regions = {one.id: one.names for one in self.catalogue.regions}
        if target not in regions:
            hint = did_you_mean(target, regions)
            raise StoryError(
                f"the catalogue has no region {printable(target)}; {hint}".rstrip("; ")
            )
        return _name(regions[target], language, target)

    def _layer(self, target: str, _day: date, language: str) -> str:
        return self.catalogue.say(self.catalogue[target].title, language)

    def _source(self, target: str, _day: date, _language: str) -> str:
        self.catalogue.source(target)
        return self.source_names()[target]

    # Dates and titles.

    def _date(self, target: str, day: date, language: str) -> str:
        if target:
            raise StoryError("takes nothing: it is the date of the stop")
        return date_in_words(day.isoformat(), language)

    def _version(self, target: str, day: date, language: str) -> str:
        reference, member = _member(target, "date")
        version = self.catalogue.version(reference if "@" in reference else f"{reference}@{day}")
        if member:
            return date_in_words(version.valid_from.isoformat(), language)
        return self.catalogue.say(version.title, language)

    def _event(self, target: str, _day: date, language: str) -> str:
        target, stated, quantity = target.partition("=")
        event_id, member = _member(target, "date")
        event = self.catalogue.event(event_id)
        if stated and not member:
            told = f"{event.title} {event.summary}"
            if not re.search(rf"(?<![\d.,]){re.escape(quantity)}(?!\w|[.,]\d)", told):
                raise StoryError(f"event {event.id} does not say {printable(quantity)!r}")
            return _quantity(quantity, language)
        if member:
            return date_in_words(event.date, language)
        return self.catalogue.say(event.title, language)

    # Figures.

    def _figure(self, target: str, day: date, language: str) -> str:
        target, day = _dated(target, day)
        subject, _, who = target.partition("/")
        figures = [one for one in self.catalogue.figures if one.subject == subject]
        if not figures:
            subjects = sorted({one.subject for one in self.catalogue.figures})
            raise StoryError(
                f"no figure has the subject {printable(subject)}; {did_you_mean(subject, subjects)}"
                f"there are {', '.join(subjects) or 'none'}"
            )
        found = [one for one in figures if one.date == day and who in ("", one.counted_by)]
        if len(found) != 1:
            days = ", ".join(f"{one.date} ({one.counted_by})" for one in figures)
            what = "no figure" if not found else "more than one figure; write {figure:SUBJECT/WHO}"
            raise StoryError(f"of {day} there is {what}: figures of {subject} are of {days}")
        return _counted(found[0], language)

    def _series(self, target: str, day: date, language: str) -> str:
        target, day = _dated(target, day)
        layer, _, column = target.rpartition(".")
        if column not in _COLUMNS:
            hint = did_you_mean(column, _COLUMNS)
            raise StoryError(f"{printable(column)} is not a measure; {hint}{', '.join(_COLUMNS)}")
        version = self.catalogue[layer].on(day)
        row = self._rows(layer)[version.id]
        if row[column] is None:
            raise StoryError(f"{version.ref} has no {column}")
        return _measure(row, column, version, language)

    def _measured(self, layer: str) -> dict[str, Any]:
        table = series(self.catalogue[layer], catalogue=self.catalogue)
        return {row["version"]: row for row in table.items or ()}

    def _length(self, target: str, day: date, language: str) -> str:
        target, day = _dated(target, day)
        if "/" not in target:
            return self._route_length(target, day, language)
        feature = self.feature(target, day)
        if published := PublishedLength.total([part_of(feature)]):
            return _published(published.text, language)
        shape = shape_of(feature.geometry)
        if 1 not in dimensions_of(shape):
            raise StoryError(f"{target} is not a line, which would have a length")
        drawn = length_m(shape)
        rounding = rounding_of_drawing([feature], stated_uncertainty_m([feature]))
        return worded(drawn_words(drawn, drawn if is_schematic(feature) else 0, rounding), language)

    def _route_length(self, route: str, day: date, language: str) -> str:
        """Return the length that a source states of a whole route."""
        for layer in self.catalogue.layers:
            with suppress(PkzoneError):
                version = layer.on(day)
                stated = published_lengths(self.catalogue, version, version.features().features)
                if route in stated:
                    return _published(stated[route].text, language)
        raise StoryError(f"no source states the length of a route {printable(route)} on {day}")


def _names(catalogue: Catalogue) -> Iterator[str]:
    """Yield the names and titles that a catalogue has."""
    yield catalogue.title
    for layer in catalogue.layers:
        yield layer.title
        for version in layer.versions:
            yield version.title
            for feature in version.features().features:
                for key, value in feature.properties.items():
                    if key.partition("_")[0] == "name" and isinstance(value, str):
                        yield value
    yield from (event.title for event in catalogue.events)
    yield from (str(source["title"]) for source in catalogue.sources)


def _no_such(what: str, name: str, names: Iterable[str]) -> StoryError:
    return StoryError(f"{what} {printable(name)}; {did_you_mean(name, names)}".rstrip("; "))


def _name(names: Mapping[str, Any], language: str, otherwise: str) -> str:
    """Return a name in a language, or else the one that stands for all."""
    for key in (f"name_{language}", "name"):
        if isinstance(names.get(key), str) and names[key]:
            return str(names[key])
    return otherwise


def _dated(target: str, day: date) -> tuple[str, date]:
    """Return what is named and the day, which may stand behind it."""
    target, at, written = target.partition("@")
    return target, parse_day(written) if at else day


def _member(target: str, name: str) -> tuple[str, str]:
    """Return what is named and whether a member of it is asked for."""
    whole, dot, member = target.rpartition(".")
    return (whole, member) if dot and member == name else (target, "")


def _number(text: str, language: str) -> str:
    """Return a number as it is printed in English as the language writes it."""
    plain = text.replace(",", "")
    return worded(Number(float(plain), len(plain.partition(".")[2])), language)


def _quantity(text: str, language: str) -> str:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise StoryError(f"{printable(text)!r} is not a number, with km, km², m, t or % behind it")
    is_grouped = "," in match[1] or len(match[1]) < 4  # a year is not: 2026
    number = _number(match[1], language) if is_grouped else match[1]
    match match[2]:
        case "km":
            return say("{number} km", language, number=number)
        case "km²":
            return say("{number} km²", language, number=number)
        case "m":
            return say("{number} m", language, number=number)
        case "t":
            return say("{number} t", language, number=number)
        case "%":
            return say("{number} %", language, number=number)
    return number


def _published(text: str, language: str) -> str:
    """Return a length as its source prints it, with the word that it puts before."""
    match = _PUBLISHED.fullmatch(text)
    if match is None:
        return text
    length = _quantity(f"{match[2]} km", language)
    return _weighed(
        length, {"more than ": "more_than", "about ": "about"}.get(match[1], ""), language
    )


def _weighed(value: str, precision: str, language: str) -> str:
    if precision == "more_than":
        return say("more than {value}", language, value=value)
    return say("about {value}", language, value=value) if precision == "about" else value


def _counted(figure: Figure, language: str) -> str:
    """Return a figure that a source states, with its unit, as exact as the source is."""
    count, whole = int(figure.value), figure.value.is_integer()
    number = worded(
        Number(figure.value, 0 if whole else len(str(figure.value).split(".")[1])), language
    )
    match figure.unit if whole else "":
        case "people":
            said = say_count("{count} person", "{count} people", count, language, count=number)
        case "posts":
            said = say_count("{count} post", "{count} posts", count, language, count=number)
        case "vehicles":
            said = say_count("{count} vehicle", "{count} vehicles", count, language, count=number)
        case "t":
            said = say("{number} t", language, number=number)
        case _:
            said = f"{number} {figure.unit}"
    return _weighed(said, figure.precision, language)


def _measure(row: Mapping[str, Any], column: str, version: Version, language: str) -> str:
    """Return what is measured of a version in words, as reports do."""
    features = version.features().features
    uncertainty_m = stated_uncertainty_m(features)
    value = row[column]
    if column == "area_km2":
        area = worded(Rounding(uncertainty_m).area(value), language)
        return area if uncertainty_m is None else _weighed(area, "about", language)
    if column in _LENGTHS:
        schematic = row[_LENGTHS[column]] or 0
        rounding = rounding_of_drawing(features, uncertainty_m)
        return worded(drawn_words(1000 * value, 1000 * schematic, rounding), language)
    if column in _PUBLISHED_LENGTHS:
        return _quantity(f"{value:,} km", language)
    return worded(Number(value), language)
