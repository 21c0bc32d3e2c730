"""The shipped story: sourced, translated, and each of its figures computed a second time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from shapely.geometry import shape

import pkzone
from pkzone.stories.check import check_story
from pkzone.stories.model import FILE_NAME, Stop, read
from pkzone.stories.telling import ToldStory, tell
from tests.helpers.shipped_schemas import validator
from tests.layers.test_translations import FOREIGN, NAMES

CATALOGUE = pkzone.catalogue().cached()
ROOT = CATALOGUE.root
STORY = read(ROOT / FILE_NAME)
OTHERS = ("az", "hy", "ru")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
REFERENCE = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def told() -> ToldStory:
    return tell(STORY, CATALOGUE, ("en", *OTHERS))


@pytest.fixture(scope="module")
def events() -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in json.loads((ROOT / "events.json").read_text("utf-8"))}


def features(layer: str, version: str) -> dict[str, dict[str, Any]]:
    """The features of a version's newest record, from its file."""
    path = max((ROOT / layer).glob(f"{version}*.geojson"), key=lambda one: (len(one.name), one))
    return {one["id"]: one for one in json.loads(path.read_text("utf-8"))["features"]}


def area_km2(layer: str, version: str) -> float:
    """The ground that a version covers, by geographiclib, counted once."""
    ground = shapely.unary_union(
        [shape(one["geometry"]) for one in features(layer, version).values()]
    )

    def ring_m2(ring: shapely.LinearRing) -> float:
        polygon = Geodesic.WGS84.Polygon()
        for lon, lat in ring.coords[:-1]:
            polygon.AddPoint(lat, lon)
        return abs(float(polygon.Compute()[2]))

    return (
        sum(
            ring_m2(part.exterior) - sum(map(ring_m2, part.interiors))
            for part in shapely.get_parts(ground)
        )
        / 1e6
    )


def figure(subject: str, day: str) -> str:
    with (ROOT / "figures.csv").open(encoding="utf-8") as file:
        (row,) = [r for r in csv.DictReader(file) if (r["subject"], r["date"]) == (subject, day)]
    return f"{int(row['value']):,}"


def test_it_is_sound() -> None:
    validator("story").validate(json.loads((ROOT / FILE_NAME).read_text("utf-8")))
    found = [str(one) for one in check_story(STORY, CATALOGUE)]
    assert found == [
        f"translation ({code}): has entries that no speaker has reviewed (fuzzy)" for code in OTHERS
    ]


def test_it_runs_from_the_statement_to_today() -> None:
    days = [stop.day for stop in STORY.stops]
    assert 8 <= len(days) <= 12
    assert days == sorted(days)
    assert days[0] == date(2020, 11, 10)
    assert days[-1] > date(2026, 1, 1)


def test_every_sentence_rests_on_sources_of_what_it_tells(events: dict[str, Any]) -> None:
    of_figures = {one for row in CATALOGUE.figures for one in row.source_ids}
    zone = {
        source
        for version in CATALOGUE["zone"].versions
        for one in version.features().features
        for source in one.properties["sources"]
    }
    for stop in STORY.stops:
        known = {source for one in stop.events for source in events[one]["sources"]}
        in_force = CATALOGUE["corridor"].on(stop.day).features().features
        roads = {source for one in in_force for source in one.properties["sources"]}
        for sentence in stop.sentences:
            assert sentence.sources
            assert not re.search(r"[.?!] ", sentence.text)  # one, so that it has its own sources
            assert set(sentence.sources) <= known | of_figures | zone | roads, sentence.text
            assert set(re.findall(r"\{event:([^}.=]+)", sentence.text)) <= {*stop.events}


def test_where_the_parties_differ_both_are_heard(told: ToldStory) -> None:
    disputed = re.compile(r"\b(calls?|says?|speaks?|reads?|asked|refuse)\b")
    heard = 0
    for stop in told.stops:
        for text in stop.sentences:
            if disputed.search(text) and "Azerbaijan" in text:
                rest = " ".join(stop.sentences)
                assert "Armenia" in rest or "Karabakh authorities" in rest
                heard += 1
    assert heard >= 6


def expected(events: dict[str, Any]) -> Iterator[tuple[int, str, list[str]]]:
    """The stop, a part of its text, and what that must say, from the raw files."""
    statement = events["statement-2020-11-10"]["summary"]
    (servicemen,) = re.findall(r"([\d,]+) servicemen", statement)
    (width,) = re.findall(r"corridor of (\d+ km)", events["lachin-handover"]["summary"])
    new_road = features("corridor", "2022-08-30")["lachin-new-az"]["properties"]
    (year,) = re.findall(r"half of (\d{4})", events["tripp-construction-plan"]["summary"])
    (share,) = re.findall(r"(\d+ %)", events["horadiz-aghband-70"]["title"])
    yield 1, "servicemen", [servicemen]
    yield 2, "for a road", [width]
    yield (
        2,
        "it measures",
        [f"about {round(area_km2('zone', '2020-11-10'), -1):,.0f} km²"],
    )
    yield 4, "counts", [f"{figure('returnees', '2021-01-13')} people"]
    yield 4, "Karabakh authorities", [f"about {figure('returnees', '2020-11-22')} people"]
    yield 5, "temporary section", [f"{new_road['length_published_km']} km"]
    yield 9, "have left", [f"{figure('departures', '2023-10-01')} people"]
    yield 10, "day before", [f"about {round(area_km2('zone', '2023-09-20'), -1):,.0f} km²"]
    yield 12, "second half", [year]
    yield 12, "complete", [share]


def test_every_figure_is_that_of_a_second_computation(
    told: ToldStory, events: dict[str, Any]
) -> None:
    found: dict[str, set[str]] = {}
    for number, mark, figures in expected(events):
        stop = told.stops[number - 1]
        (text,) = [one for one in (stop.heading, *stop.sentences) if mark in one]
        for one in figures:
            assert one in text
        found.setdefault(text, set()).update(re.findall(r"\d[\d,.]*\d|\d", " ".join(figures)))
    dates = re.compile(rf"\d{{1,2}} ({'|'.join(MONTHS)}) \d{{4}}")
    for stop in told.stops:
        for text in (stop.heading, *stop.sentences):
            left = set(re.findall(r"\d[\d,.]*\d|\d", dates.sub("", text)))
            if mark := [one for one in found if one == text]:
                left -= found[mark[0]]
            known = {"5"} if "strip of 5 km" in text else set()
            assert left <= known, text


def test_every_date_is_that_of_its_event(told: ToldStory, events: dict[str, Any]) -> None:
    count = 0
    for number, stop in enumerate(STORY.stops):
        for place, (_, template) in enumerate(stop.texts):
            said = (told.stops[number].heading, *told.stops[number].sentences)[place]
            for event in re.findall(r"\{event:([^}=]+)\.date\}", template):
                year, month, day = map(int, events[event]["date"].split("-"))
                assert f"{day} {MONTHS[month - 1]} {year}" in said
                count += 1
    assert count > 20


def test_events_are_not_after_the_day_in_view_but_the_order_of_the_court() -> None:
    for stop in STORY.stops:
        for event in map(CATALOGUE.event, stop.events):
            assert event.date <= stop.day.isoformat() or event.id == "icj-2023-02-22"


@pytest.mark.parametrize("language", OTHERS)
def test_it_is_translated_whole(language: str, told: ToldStory) -> None:
    texts = {text for _, _, text in STORY.texts}
    translation = STORY.translations[language]
    assert translation.texts.keys() == texts
    assert not translation.is_reviewed
    for text in translation.texts.values():
        own = NAMES.sub("", REFERENCE.sub("", text))
        assert not FOREIGN[language].search(own), text
        assert not re.search(r"\d", own)


def test_it_says_its_texts_in_each_language(told: ToldStory) -> None:
    assert told.say("The statement", "ru") == "Заявление"
    assert told.say("The statement", "en") == told.say("The statement", "fr") == "The statement"
    assert told.say("no text of it", "ru") == "no text of it"


def test_the_page_grows_by_less_than_60_kb() -> None:
    without, with_story = (pkzone.map(story=one, compare="none").to_html() for one in (None, True))
    assert len(with_story.encode()) - len(without.encode()) < 60_000


def test_each_stop_shows_what_it_tells_of(told: ToldStory) -> None:
    for one in told.stops:
        west, south, east, north = one.bounds
        assert 0.02 < east - west < 3.1
        assert 0.02 < north - south < 1.3
        assert one.layers == tuple(name for name in CATALOGUE if name in one.stop.layers)


def test_the_road_that_moves_and_the_zone_that_ends_are_compared() -> None:
    def compared(stop: Stop) -> tuple[str, str, str] | None:
        return (str(stop.compare), str(stop.day), stop.compare_layer) if stop.compare else None

    assert list(filter(None, map(compared, STORY.stops))) == [
        ("2022-08-29", "2022-08-30", "corridor"),
        ("2024-06-11", "2024-06-12", "zone"),
    ]
