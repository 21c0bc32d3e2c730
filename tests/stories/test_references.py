"""References in the texts of a story: what they stand for, and what stands for nothing."""

from __future__ import annotations

import csv
from datetime import date

import pytest

import pkzone
from pkzone import Catalogue
from pkzone.errors import StoryError
from pkzone.stories.references import References, has_words, typed_digits

SHIPPED = pkzone.catalogue().cached()
REFERENCES = References(SHIPPED)
DAY = date(2022, 8, 30)


def say(template: str, language: str = "en", day: date = DAY) -> str:
    return REFERENCES.say(template, day, language)


@pytest.mark.parametrize(
    ("template", "english", "russian"),
    [
        ("{date}", "30 August 2022", "30 августа 2022 г."),
        ("{place:lachin}", "Berdzor / Lachin", "Бердзор / Лачин"),
        ("{place:hakari-bridge}", "Hakari bridge", None),
        ("{region:armenia}", "Armenia", "Армения"),
        ("{feature:zone/core}", "Responsibility zone", "Зона ответственности"),
        ("{layer:zone}", "Responsibility zone", None),
        ("{event:corridor-moves-2022.date}", "30 August 2022", "30 августа 2022 г."),
        ("{event:mod-maps-2020-11.date}", "November 2020", None),
        ("{event:stepanakert-airport-closed.date}", "1990", "1990"),
        ("{version:corridor@2022-08-30}", "Traffic moves to the new route", None),
        ("{version:corridor.date}", "30 August 2022", None),
        ("{event:statement-2020-11-10=5 km}", "5 km", "5 км"),
        ("{event:shusha-blockage.date}", "12 December 2022", None),
        ("{source:tass-1230247}", "TASS 2020-12-01", "TASS 2020-12-01"),
        ("On {date}, {place:goris}.", "On 30 August 2022, Goris.", "On 30 августа 2022 г., Горис."),
        ("<b>{date}</b>", "<b>30 August 2022</b>", None),
    ],
)
def test_names_and_dates(template: str, english: str, russian: str | None) -> None:
    assert say(template) == english
    if russian is not None:
        assert say(template, "ru") == russian


def test_figures_are_those_of_the_table_with_the_word_of_the_source() -> None:
    words = {"exact": "", "about": "about ", "more_than": "more than "}
    with (SHIPPED.root / "figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        said = say(f"{{figure:{row['subject']}/{row['counted_by']}@{row['date']}}}")
        unit = row["unit"].removesuffix("s") if row["value"] == "1" else row["unit"]
        assert said == f"{words[row['precision']]}{int(row['value']):,} {unit}"


def test_lengths_say_whether_they_are_published_or_drawn() -> None:
    assert say("{length:stepanakert-goris@2021-01-01}") == "more than 80 km"
    assert say("{length:corridor/lachin-new-az}") == "21.3 km"
    assert say("{length:corridor/lachin-old-az}") == "12.5 km as drawn"
    assert say("{series:corridor.length_drawn_km@2020-12-01}") == "55.9 km as drawn"
    assert say("{series:corridor.length_drawn_in_use_km}") == (
        "about 59 km as drawn, 16 km of it schematic"
    )
    assert say("{series:zone.area_km2}") == "about 3,100 km²"
    assert say("{series:zone.features}") == "3"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{place:lachn}", "{place:lachn}: places@2022-08-26 has no feature lachn; did you mean"),
        ("{place:}", "{place:}: places@2022-08-26 has no feature"),
        ("{plaice:lachin}", "{plaice:lachin}: is not a reference; did you mean place"),
        ("{}", "{}: is not a reference; the kinds are date, event"),
        ("{__class__}", "{__class__}: is not a reference"),
        ("{0.__class__}", "is not a reference"),
        ("{{date}}", "has a brace that is no part of a reference"),
        ("{date", "has a brace that is no part of a reference"),
        ("{date:2022-08-30}", "takes nothing: it is the date of the stop"),
        ("{event:none.date}", "the catalogue has no event none"),
        ("{event:statement-2020-11-10=6 km}", "does not say '6 km'"),
        ("{event:statement-2020-11-10=96}", "does not say '96'"),
        ("{event:statement-2020-11-10=7}", "does not say '7'"),
        ("{event:statement-2020-11-10=contingent}", "'contingent' is not a number"),
        ("{source:none}", "the catalogue has no source none"),
        ("{layer:zon}", "the catalogue has no layer zon; did you mean zone"),
        ("{region:atlantis}", "the catalogue has no region atlantis"),
        ("{feature:zone/none}", "zone@2022-08-30 has no feature none"),
        ("{feature:zone}", "has no feature"),
        ("{feature:zone/core@2019-01-01}", "no version of zone is in force on 2019-01-01"),
        ("{version:zone@2019-01-01}", "no version"),
        ("{version:../../etc/passwd}", "no layer|names a file"),
        ("{figure:returnees@2021-01-01}", "there is no figure: figures of returnees are of"),
        ("{figure:returned@2020-12-01}", "no figure has the subject returned; did you mean"),
        ("{series:zone.area@2022-08-30}", "area is not a measure; did you mean area_km2"),
        ("{series:zone.length_drawn_km}", "zone@2022-08-30 has no length_drawn_km"),
        ("{series:zone.area_km2@2019-01-01}", "no version of zone is in force on 2019-01-01"),
        ("{series:zone.area_km2@yesterday}", "'yesterday' is not a date"),
        ("{length:places/lachin}", "places/lachin is not a line"),
        ("{length:stepanakert-goris}", "no source states the length of a route"),
    ],
)
def test_what_stands_for_nothing_is_refused_with_its_word(template: str, reason: str) -> None:
    with pytest.raises(StoryError) as refused:
        say(template)
    assert any(one in str(refused.value) for one in reason.split("|")), str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("On 30 August", "30"),
        ("some 3,100 km²", "3,100"),
        ("in ٢٠٢٢", "٢٠٢٢"),
        ("½ of it", "½"),
        ("{event:corridor-moves-2022.date}", ""),
        ("a sentence", ""),
        ('the text "Statement of 10 November 2020" says', ""),
        ('the text "Statement of 11 November 2020" says', "11"),
        ("the text «Statement of 10 November 2020» says", ""),
    ],
)
def test_typed_digits(small: Catalogue, text: str, word: str) -> None:
    titles = [str(source["title"]) for source in small.sources]
    assert typed_digits(text, lambda: titles) == word


def test_what_has_no_words_needs_no_translation() -> None:
    assert not has_words("{event:a.date}: {series:zone.area_km2}.")
    assert has_words("On {date}")


def test_a_catalogue_without_places_says_so(small: Catalogue) -> None:
    with pytest.raises(StoryError, match=r"no layer places; write {feature:LAYER/ID}"):
        References(small).say("{place:goris}", DAY, "en")
    assert References(small).say("{feature:corridor/lachin-new}", DAY, "hy") == "Բերձոր"
