"""Each check of the build, shown failing on facts made for it, and passing without the fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("networkx", reason="the extra 'authoring' is not installed")

import pkzone
from authoring import checks
from authoring.catalogue import FACTS, points
from authoring.checks import Facts, Fault
from authoring.names import Names
from authoring.states import FactsError, Version, read_table
from pkzone.geojson import Feature

# A degree of longitude on the equator is 111.3 km, a square of it 12,309 km2 (WGS 84).
LINE = {"type": "LineString", "coordinates": [[0.0, 0.0], [1.0, 0.0]]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]],
}
ROWS = {
    "lachin": {"id": "lachin", "kind": "town", "en": "Lachin", "en_2": "Berdzor"},
    "goris": {"id": "goris", "kind": "town", "en": "Goris", "en_2": ""},
}
SOURCES = [
    {"id": "az", "side": "azerbaijan", "container-title": "One"},
    {"id": "az-2", "side": "azerbaijan", "container-title": "Two"},
    {"id": "am", "side": "armenia", "container-title": "Three"},
    {"id": "third", "side": "third", "container-title": "Four"},
    {"id": "third-2", "side": "third", "container-title": "Five"},
    {"id": "statement", "side": "joint", "container-title": "Six"},
]
PUBLISHERS = [
    {"publisher": "One", "side": "azerbaijan", "signed_texts": ""},
    {"publisher": "Two", "side": "azerbaijan", "signed_texts": ""},
    {"publisher": "Three", "side": "armenia", "signed_texts": ""},
    {"publisher": "Four", "side": "third", "signed_texts": ""},
    {"publisher": "Five", "side": "third", "signed_texts": ""},
    {"publisher": "Six", "side": "third", "signed_texts": "statement"},
]


def state(**values: Any) -> dict[str, Any]:
    plain = {"from": "2020-11-10", "certainty": "reported", "sources": ["az"], "note": None}
    return plain | values


def event(**values: Any) -> dict[str, Any]:
    plain = {"id": "e", "date": "2020-11-10", "title": "It begins", "certainty": "reported"}
    return plain | {"kind": "agreement", "sources": ["az"]} | values


def facts(layer: str = "zone", geometry: dict[str, Any] | None = None, **given: Any) -> Facts:
    """Facts of one feature; ``properties``, ``states`` and so on replace those that are sound."""
    states = given.pop("states", [state()])
    properties = {"name": "Feature", "note": states[0]["note"], "length_published_km": None}
    properties |= given.pop("properties", {})
    feature = Feature("f", properties, geometry)
    built = Version(layer, "2020-11-10", given.pop("title", "Begins"), ("e",), (feature,))
    layers = {name: [built] if name == layer else [] for name in ("zone", "corridor", "transport")}
    table = {"features": [{"id": given.pop("feature_id", "f"), "states": states}]}
    settings: dict[str, Any] = {
        "tables": {layer: table},
        "versions": layers,
        "events": [event()],
        "sources": SOURCES,
        "names": Names(ROWS),
        "points": {"west": (0.0, 0.0, 100.0), "east": (1.0, 0.0, 100.0)},
        "where": [],
        "sizes": [],
        "publishers": PUBLISHERS,
    }
    return Facts(**settings | given)


def road(published_km: float | None = None, **properties: Any) -> dict[str, Any]:
    ends = {"from_place": "west", "to_place": "east", "uncertainty_m": 1_000}
    return ends | {"length_published_km": published_km} | properties


Check = Callable[[Facts], Iterator[Fault]]
SIZE = {"layer": "zone", "feature": "f", "tolerance_percent": "5"}
PLACE = {"place": "east", "lon": "", "lat": "", "date": "2021-01-01", "layer": "zone"}
HERE = PLACE | {"lon": "0.5", "lat": "0.5"}
DISTRICT = state(note="Handed over under point 6 of the statement.")
SAME = state(note="Word for word.")
CASES: list[tuple[Check, Facts, Facts]] = [
    (  # 111.3 km drawn
        checks.lines_longer_than_published,
        facts("corridor", LINE, properties=road(100.0)),
        facts("corridor", LINE, properties=road(112.0)),
    ),
    (
        checks.areas_off_their_published_size,
        facts(geometry=SQUARE, sizes=[SIZE | {"km2": "11000"}]),
        facts(geometry=SQUARE, sizes=[SIZE | {"km2": "12000"}]),
    ),
    (
        checks.areas_off_their_published_size,
        facts(geometry=SQUARE, sizes=[SIZE | {"km2": "12309", "feature": "gone"}]),
        facts(geometry=SQUARE, sizes=[SIZE | {"km2": "12309"}]),
    ),
    (
        checks.ends_off_their_places,
        facts("corridor", LINE, properties=road(), points={"west": (0, 0, 0), "east": (1.1, 0, 0)}),
        facts("corridor", LINE, properties=road()),
    ),
    (
        checks.ends_off_their_places,
        facts("corridor", LINE, properties=road(to_place="nowhere")),
        facts("corridor", LINE, properties=road()),
    ),
    (
        checks.places_on_the_wrong_side,
        facts(geometry=SQUARE, where=[HERE | {"part": ""}]),
        facts(geometry=SQUARE, where=[HERE | {"part": "f"}]),
    ),
    (
        checks.places_on_the_wrong_side,
        facts(geometry=SQUARE, where=[PLACE | {"place": "unknown", "part": ""}]),
        facts(geometry=SQUARE, where=[HERE | {"lon": "9", "part": ""}]),
    ),
    (
        checks.facts_told_differently,
        facts(feature_id="kalbajar", states=[DISTRICT, state(note="point 2 of the statement")]),
        facts(feature_id="kalbajar", states=[DISTRICT, state(note="point 6 of the statement")]),
    ),
    (
        checks.facts_told_differently,
        facts(
            states=[state(posts_total=23)],
            events=[event(id="posts", title="27 observation posts")],
        ),
        facts(
            states=[state(posts_total=27)],
            events=[event(id="posts", title="27 observation posts")],
        ),
    ),
    (
        checks.events_without_version,
        facts(events=[event(), event(id="other")]),
        facts(events=[event(), event(id="other", context=True)]),
    ),
    (checks.events_without_version, facts(events=[event(context=True)]), facts()),
    (
        checks.certainty_beyond_its_sources,
        facts(states=[state(certainty="agreed", sources=["az", "third"])]),
        facts(states=[state(certainty="agreed", sources=["az", "am"])]),
    ),
    (
        checks.certainty_beyond_its_sources,
        facts(states=[state(certainty="corroborated", sources=["az", "az-2"])]),
        facts(states=[state(certainty="corroborated", sources=["third", "third-2"])]),
    ),
    (
        checks.certainty_beyond_its_sources,
        facts(events=[event(certainty="agreed")]),
        facts(events=[event(certainty="agreed", sources=["statement"])]),
    ),
    (
        checks.certainty_beyond_its_sources,
        facts(sources=[*SOURCES, {"id": "new", "container-title": "Seven"}]),
        facts(),
    ),
    (
        checks.sides_off_the_table,
        facts(sources=[*SOURCES[:-1], SOURCES[-1] | {"side": "third"}]),
        facts(),
    ),
    (
        checks.sides_off_the_table,
        facts(sources=[SOURCES[0] | {"side": "armenia"}, *SOURCES[1:]]),
        facts(),
    ),
    (checks.sides_off_the_table, facts(publishers=PUBLISHERS[1:]), facts()),
    (checks.sides_off_the_table, facts(sources=SOURCES[:-1]), facts()),
    (
        checks.absences_without_a_search,
        facts(states=[state(note="No report of its completion is known.")]),
        facts(states=[state(note="No report of its completion is known.", looked_on="2026-11-29")]),
    ),
    (checks.notes_repeated, facts(states=[SAME] * 6), facts(states=[SAME] * 5)),
    (
        checks.editors_talk,
        facts(states=[state(note="The sum is ours.")]),
        facts(states=[state(note="The hours of work are known.")]),
    ),
    (
        checks.names_outside_the_table,
        facts(title="Lachin handed over"),
        facts(title="Berdzor / Lachin handed over; the Lachin corridor stays; Goris"),
    ),
    (
        checks.names_outside_the_table,
        facts(title="Stepanakert\u0301 e\u0301"),
        facts(title="caf\u00e9"),
    ),
    (
        checks.names_outside_the_table,
        facts(properties={"name_ru": "Лачин, M12 и Лаcин"}),  # a Latin c
        facts(properties={"name_ru": "Лачин (M12)", "name_hy": "Գորիս", "name_az": "Laçın"}),
    ),
    (
        checks.words_outside_their_list,
        facts(events=[event(kind="ceremony")]),
        facts(
            events=[
                event(kind=kind)
                for kind in (
                    "agreement",
                    "movement",
                    "traffic",
                    "incident",
                    "aid",
                    "diplomacy",
                    "context",
                )
            ]
        ),
    ),
    (
        checks.words_outside_their_list,
        facts(states=[state(traffic={"food": ["az"]})]),
        facts(states=[state(traffic={"aid": ["az"], "medical": ["am"]})]),
    ),
    (
        checks.words_outside_their_list,
        facts(states=[state(traffic={"civilian": []})]),
        facts(states=[state(traffic={"civilian": ["az"]})]),
    ),
    (
        checks.words_outside_their_list,
        facts(states=[state(traffic={"none": ["az"], "aid": ["az"]})]),
        facts(states=[state(traffic={"none": ["az"]})]),
    ),
]


@pytest.mark.parametrize(("check", "faulty", "sound"), CASES)
def test_a_check_finds_its_fault_and_nothing_else(
    check: Check, faulty: Facts, sound: Facts
) -> None:
    assert list(check(faulty)) != []
    assert list(check(sound)) == []


def test_every_check_is_shown_failing() -> None:
    assert {check for check, _, _ in CASES} == set(checks.CHECKS)


class TestExceptions:
    FAULTY = facts(states=[state(note="The sum is ours.")])

    def test_a_fault_is_refused_in_one_line(self) -> None:
        with pytest.raises(FactsError, match=r"^talk: zone/f@2020-11-10: says 'ours'$"):
            checks.refuse(self.FAULTY, [])

    def test_a_listed_fault_passes(self) -> None:
        row = {"rule": "talk", "where": "zone/f@2020-11-10", "reason": "quoted"}
        checks.refuse(self.FAULTY, [row])

    def test_an_exception_that_nothing_needs_is_refused(self) -> None:
        row = {"rule": "talk", "where": "zone/f@2020-11-10", "reason": "quoted"}
        with pytest.raises(FactsError, match="no fault needs it"):
            checks.refuse(facts(), [row])


class TestNames:
    def test_both_forms_stand_in_alphabetical_order(self) -> None:
        names = Names({"a": {"en": "Zabukh", "en_2": "Aghavno", "ru": "Забух", "ru_2": "Агавно"}})
        assert names.of("a", "en") == "Aghavno / Zabukh"
        assert names.of("a", "ru") == "Агавно / Забух"

    def test_a_reference_to_no_row_names_the_place(self) -> None:
        with pytest.raises(FactsError, match=r"zone\.json/f: names\.csv has no place \{nowhere\}"):
            Names(ROWS).filled({"id": "f", "note": "Near {nowhere}."}, "zone.json")

    def test_a_place_without_a_name_in_a_language_is_refused_where_it_is_used(self) -> None:
        names = Names({"a": {"en": "A", "az": ""}})
        with pytest.raises(FactsError, match="has no name in az"):
            names.fill("{a} yolu", "az", "x")

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("a,town,A,,,,,,src\na,town,B,,,,,,src", "row 3: the id a occurs twice"),
            ("a,town,,,,,,,src", "row 2: a name in English and a source"),
            ("a,town,A,,,,,,", "row 2: a name in English and a source"),
            ("a,town,Cafe\u0301,,,,,,src", "row 2: is not in Unicode's composed form"),
        ],
    )
    def test_a_bad_row_is_named(self, tmp_path: Path, line: str, reason: str) -> None:
        table = tmp_path / "names.csv"
        table.write_text(f"id,kind,en,en_2,az,hy,ru,ru_2,sources\n{line}\n", encoding="utf-8")
        with pytest.raises(FactsError, match=reason):
            Names.read(table)


def shipped() -> Facts:
    """Return the layers as they ship beside the tables that they are built from."""
    found = pkzone.catalogue()

    def read(name: str) -> Any:
        return json.loads((found.root / name).read_text("utf-8"))

    versions = {
        layer.name: [
            Version(layer.name, one.id, one.title, one.events, one.features().features)
            for one in layer.versions
        ]
        for layer in found.layers
    }
    return Facts(
        tables={name: read_table(FACTS / f"{name}.json") for name in versions},
        versions=versions,
        events=read("events.json"),
        sources=read("sources.json"),
        names=Names.read(FACTS / "names.csv"),
        points=points(versions["places"], read("datapackage.json")["nodes"]),
        where=checks.read_rows(FACTS / "where.csv"),
        sizes=checks.read_rows(FACTS / "sizes.csv"),
        publishers=checks.read_rows(FACTS / "publishers.csv"),
    )


def test_the_shipped_catalogue_passes_every_check() -> None:
    facts = shipped()
    listed = checks.read_rows(FACTS / "exceptions.csv")
    checks.refuse(facts, listed)
    with pytest.raises(FactsError, match=listed[0]["rule"]):
        checks.refuse(facts, listed[1:])
